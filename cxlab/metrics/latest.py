"""What moved last? The last finished period of a study against the one before."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import How, question
from cxlab.metrics.change import change
from cxlab.metrics.migration import migration, panel
from cxlab.metrics.workings.alike import BROUGHT, STAYS, Margins, said, targets, two_alike
from cxlab.metrics.workings.answers import ALL, By
from cxlab.metrics.workings.gaps import gap_between
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.metrics.workings.periods import WORDS, answered, calendar, moment
from cxlab.metrics.workings.pieces import COLUMNS, METHOD, OTHERS, few_in_both, piece
from cxlab.results import Result, crossed, people_behind, tellable

SAME_MIX = "at the same mix"


def end_of(period: str, *, as_of: str | date | pd.Timestamp | None = None) -> pd.Timestamp | None:
    """Give the last moment a report on one period may know.

    Args:
        period: `2025Q3`, `2025-09`, `2025`, or empty for no such bound.
        as_of: the last moment of the study.

    Returns:
        The end of the period or `as_of`, whichever comes first; None if neither is given.

    Example:
        >>> end_of("2025Q3", as_of="2025-12-31").date().isoformat()
        '2025-09-30'
    """
    known = moment(as_of)
    if not period:
        return known
    try:
        end = pd.Period(period).end_time.floor("us")
    except ValueError as error:
        raise MetricsError(f"'{period}' is no period; write 2025Q3, 2025-09 or 2025.") from error
    return end if known is None else min(end, known)


def latest(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    period: str = "quarter",
    as_of: str | date | pd.Timestamp | None = None,
    timezone: str | None = None,
) -> pd.DataFrame:
    """Give the answers of the last finished period; all of them where there is none.

    Args:
        responses: one row per answer.
        score: the score that must have been answered.
        period, as_of, timezone: as in `trend`.
    """
    found = answered(responses, resolve(score), period, as_of, timezone)
    return found[-1][1] if found else responses


@question("weight", "as_of", "timezone", "level", "smallest")
def latest_change(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    by: By = None,
    period: str = "quarter",
    pair: str | None = None,
    margins: Margins = None,
    how: How,
) -> Result:
    """Explain how the last finished period differs from the one before.

    A statement about these two periods: whether it lasts, or comes back every year, `movement`
    says.

    Args:
        responses: one row per answer, with `answered_at`.
        by: as in `change`.
        pair: as in `change`; alone, the change is
            told by customers; where those in both periods are few, of them alone (`panel`). A
            column that the answers lack is left out.
        margins: as in `trend`; the change at the same mix of people then comes first in the
            sentence, as term `at the same mix`, and the pieces explain the line as answered.
        period: as in `trend`.

    Returns:
        What `change` returns; an empty frame, and a headline that says why, where there are no
        two finished periods or nothing to explain the change by.

    Example:
        >>> rows = pd.DataFrame({"nps": [9], "answered_at": pd.to_datetime(["2025-01-05"])})
        >>> latest_change(rows, as_of="2025-12-31").headline
        'NPS: fewer than two finished quarters with answers; no change to explain.'
    """
    what = resolve(score)
    found = answered(responses, what, period, how.as_of, how.timezone)
    word = WORDS.get(period, period)
    if "answered_at" not in responses:
        return _nothing(what, "the answers carry no date; no change to explain")
    if len(found) < 2:
        return _nothing(what, f"fewer than two finished {word}s with answers; no change to explain")
    known = responses[responses[what.column].notna()]
    names = tellable(calendar(known["answered_at"], period, how.timezone).value_counts())
    found = [wave for wave in found if wave[0] in names and len(wave[1]) >= how.smallest]
    if len(found) < 2:  # also where a second one would tell of a first with too few
        return _nothing(what, f"fewer than two finished {word}s with enough answers to be shown")
    (first, before), (last, after) = found[-2:]
    pair = pair if pair in responses else None
    if by is None and pair is None:
        return _nothing(what, "no segment and no customer to explain a change by")
    enough = pair is not None and _shared(before, after, pair) >= max(how.smallest, 2)
    if by is None and not enough:
        return _nothing(
            what, f"too few customers answered in both {first} and {last} to follow them"
        )
    pair = pair if enough else None
    words: dict[str, Any] = {"score": what, "pair": pair, "how": how}
    if by is None and few_in_both(before, after, str(pair)):
        told = panel(before, after, **words)
    elif by is None:
        told = migration(before, after, **words)
    else:
        told = change(*_joined({first: before, last: after}, by, how), by=by, **words)
    told = replace(told, headline=f"{first} to {last}: {told.headline}")
    shares = targets(known, margins, how.weight) if margins and by else {}
    return _at_the_same_mix(told, before, after, what, shares, how) if shares else told


def _joined(waves: dict[str, pd.DataFrame], by: By, how: How) -> list[pd.DataFrame]:
    """Join the groups that the study holds back in one of two periods, as `other groups`."""
    if not isinstance(by, str):
        return list(waves.values())
    gone: set[Any] = set()
    for period, rows in waves.items():
        n = rows[by].value_counts()
        people = people_behind(n.to_numpy(float), [crossed(group, period) for group in n.index])
        gone |= set(n.index[(people < how.smallest) & (n.to_numpy() >= how.smallest)])
    return [rows.assign(**{by: rows[by].astype(object).mask(rows[by].isin(list(gone)), OTHERS)})
            if gone else rows for rows in waves.values()]  # fmt: skip


def _at_the_same_mix(told: Result, before, after, what: Score, shares, how: How) -> Result:
    """Add the change that is left when both periods stand for the same people, and say it first."""
    sides, notes = two_alike(before, after, shares, how.weight)
    gap = gap_between(sides[0], sides[1], what, None, BROUGHT, None, "mover", how.level)
    row = {
        "term": SAME_MIX, "group": ALL, "before": gap.before, "after": gap.after,
        "estimate": gap.estimate, "std_error": gap.std_error, "conf_low": gap.low,
        "conf_high": gap.high, "n": gap.n, "level": how.level,
        "verdict": "moved" if gap.low > 0 or gap.high < 0 else "no detectable difference",
    }  # fmt: skip
    whole = told.frame.iloc[0]
    frame = pd.concat([told.frame, pd.DataFrame([row])], ignore_index=True)
    notes = (f"Held the same: {said(shares)}.", *notes, *told.notes)
    headline = told.headline.replace(": ", ", as answered: ", 1)
    if whole["verdict"] == "moved" and not (
        row["verdict"] == "moved" and gap.estimate * whole["estimate"] > 0
    ):
        mix = told.frame.set_index(["term", "group"]).loc[("mix", ALL)]
        why = f"{piece(mix, what)} with who answered"
        if gap.estimate / whole["estimate"] > STAYS:  # what chance hides, the mix did not make
            why = "most of which is left at the same mix"
        elif mix["verdict"] != "moved":
            why = f"with the mix of {said(shares)}"
        unsaid = "no detectable change" if row["verdict"] != "moved" else _moved(gap.estimate, what)
        headline = (
            f"{told.headline.split(': ')[0]}: {what.name} shows {unsaid} at the same mix; as "
            f"answered it {'rose' if whole['estimate'] > 0 else 'fell'} by "
            f"{what.difference(whole['estimate'])}, {why}."
        )
    return replace(told, frame=frame, headline=headline, notes=notes)


def _moved(value: float, what: Score) -> str:
    return f"a {'rise' if value > 0 else 'fall'} of {what.difference(value)}"


def _shared(before: pd.DataFrame, after: pd.DataFrame, pair: str) -> int:
    return len(np.intersect1d(before[pair].dropna().unique(), after[pair].dropna().unique()))


def _nothing(what: Score, why: str) -> Result:
    return Result(
        name=f"{what.name} change",
        frame=pd.DataFrame(columns=COLUMNS),
        headline=f"{what.name}: {why}.",
        method=METHOD,
        base="No two periods to compare.",
        unit=what.unit,
    )
