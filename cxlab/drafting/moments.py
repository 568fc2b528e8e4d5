"""Up to when do these exports tell? The last moment that happened, not one that is planned."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from cxlab.cleaning import CleaningError
from cxlab.cleaning.convert import LEFT, STAYED
from cxlab.cleaning.durations import to_duration
from cxlab.drafting.guesses import Guess
from cxlab.drafting.lexicon import LISTED, PLANNED, TOUCHED
from cxlab.drafting.profiles import MOST_VALUES
from cxlab.drafting.roles import moments_of

_ENDS = ("churned_at", "ended_at")
_MISTYPED = 0.005  # part of the dates that may be mistyped
_LEEWAY = pd.Timedelta(days=31)


def last_day(tables: Sequence[Guess]) -> date | None:
    """Find the day after which nothing is known.

    A year mistyped is not followed, nor are ends of contract that lie ahead. Both are doubted.

    Args:
        tables: the tables of the draft; doubts are booked there.

    Returns:
        The day of the latest moment in any table, or None where nothing is dated.
    """
    happened, ends = [], []
    for made in tables:
        for ours, column in made.columns.items():
            if column.moments is None or not len(column.moments):
                continue
            last = _last(made, ours, column.moments)
            if column.by_month:
                last += pd.offsets.MonthEnd(0)
            if ours in _ENDS or re.search(PLANNED, column.called):
                ends.append((made, ours, last))
            else:
                happened.append((made, last))
    happened += [(made, seen.max()) for made in tables for seen in _beside(made)]
    happened += [(made, last) for made in tables for last in _reached(made)]
    known = max((last for _, last in happened), default=None)
    written = _written(tables)
    for made, ours, last in ends:
        if not _planned(made, ours, last, happened, written):
            known = last if known is None else max(known, last)
    for made, ours, last in ends:
        if known is not None and last.normalize() > known.normalize():
            _tell_planned(made, ours, known)
    return None if known is None else known.date()


def _beside(made: Guess) -> list[pd.Series]:
    """Give the moments, of columns that are not used, at which a record was touched or listed."""
    used = set(map(id, made.columns.values()))
    return [
        column.moments
        for column in made.found
        if column.moments is not None
        and len(column.moments)
        and id(column) not in used
        and re.search(f"{TOUCHED}|{LISTED}", column.called)
        and not re.search(PLANNED, column.called)
    ]


def _reached(made: Guess) -> Iterator[pd.Timestamp]:
    """Give the last moments of replies and solutions of which only the length is told."""
    for ours, moment in (("first_reply", "first_reply_at"), ("resolution", "closed_at")):
        column = made.columns.get(ours)
        if column is None or moment in made.columns or "opened_at" not in made.columns:
            continue
        begun = moments_of(made, "opened_at", made.columns["opened_at"])
        try:
            took = to_duration(
                made.raw(column), heading=column.name, declared=made.formats.get(ours)
            )
        except CleaningError:  # refused, and said, where the draft is tried
            continue
        done = (begun + pd.to_timedelta(took.values, unit="s")).dt.tz_localize(None).dropna()
        if len(done) and done.max() <= _written([made]):
            yield _last(made, ours, done)


def _last(made: Guess, ours: str, moments: pd.Series) -> pd.Timestamp:
    """Give the last moment that does not stand far beyond all others, as a mistyped year does."""
    seen = moments.sort_values(ignore_index=True)
    for at in range(len(seen) - max(1, int(_MISTYPED * len(seen))), len(seen)):
        if at < 1:
            continue
        before, after = seen[at - 1], seen[at]
        far = after - before > max(pd.Timedelta(days=180), (before - seen[0]) / 2)
        odd = before.year < 1990 or after.year - before.year > 30 or len(seen) >= 20
        if far and odd:
            made.doubt(
                f"{len(seen) - at:,} of {len(seen):,} dates of '{made.columns[ours].name}' lie "
                f"far beyond the others (the first on {after:%Y-%m-%d}, the others end on "
                f"{before:%Y-%m-%d}); they are taken for mistyped.",
                0.05,
                "columns",
                ours,
            )
            return before
    return seen.iloc[-1]


def _written(tables: Sequence[Guess]) -> pd.Timestamp:
    """Say when the last export was written: nothing later can have happened."""
    paths = [path for made in tables for path in made.files.paths]
    seconds = max((path.stat().st_mtime for path in paths), default=0.0)
    return pd.Timestamp(seconds, unit="s")


def _planned(
    made: Guess,
    ours: str,
    last: pd.Timestamp,
    happened: list[tuple[Guess, pd.Timestamp]],
    written: pd.Timestamp,
) -> bool:
    """Say whether ends lie ahead: so called, after the export, or after all else has ended."""
    if _have_ended(made, ours):
        return False
    if re.search(PLANNED, made.columns[ours].called):
        return bool(happened)
    known = max((last for _, last in happened), default=None)
    if known is None or last <= known + _LEEWAY:
        return False
    if known < written < last - pd.Timedelta(days=1):
        return True
    own = max((moment for one, moment in happened if one is made), default=None)
    others = [moment for one, moment in happened if one is not made]
    return own is not None and bool(others) and abs(own - max(others)) <= _LEEWAY


def _have_ended(made: Guess, ours: str) -> bool:
    """Say whether a status calls those ended that have an end, and those there that have none.

    Words that are not known to be either, such as 'paused', tell nothing.
    """
    dated = made.raw(made.columns[ours]) != ""
    for status in made.found:
        words = {word: word.casefold() for word in status.counts.index[:MOST_VALUES]}
        left = [word for word, low in words.items() if low in LEFT]
        if not left or status.moments is not None:
            continue
        cells = made.raw(status)
        gone = cells.isin(left)
        told = gone | cells.isin([word for word, low in words.items() if low in STAYED])
        if (gone == dated)[told].mean() > 0.98 and (gone & dated).sum() >= 0.5 * dated.sum():
            return True
    return False


def _tell_planned(made: Guess, ours: str, known: pd.Timestamp) -> None:
    column = made.columns[ours]
    moments = pd.Series() if column.moments is None else column.moments
    ahead = int((moments.dt.normalize() > known.normalize()).sum())
    made.doubt(
        f"{ahead:,} of {len(moments):,} dates of '{column.name}' lie after {known:%Y-%m-%d}, the "
        "last day anything else happened; they are taken for planned and do not count as left. If "
        f"they happened, set as_of to {moments.max():%Y-%m-%d}.",
        min(0.9, ahead / max(made.files.rows, 1)),
        "columns",
        ours,
    )
