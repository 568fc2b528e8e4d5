"""Why did it move? The change of a score in pieces that sum to it exactly."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, label, question
from cxlab.metrics.migration import migration
from cxlab.metrics.workings.answers import ALL, CUSTOMER, Answers, By, need, take
from cxlab.metrics.workings.channels import MODE, mode_note
from cxlab.metrics.workings.estimates import ROUNDING, SMALL
from cxlab.metrics.workings.gaps import parted
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.metrics.workings.pieces import COLUMNS, METHOD, OTHERS, few_in_both, piece
from cxlab.results import Result, amount, count, listing

MOST_SEGMENTS = 300
FEW_NOTE = "Few customers answered in both periods; how they moved is told apart."
PIECES = ("mix", "rate", "interaction")


@question("weight", "level", "smallest")
def change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    score: str | Score = "nps",
    by: By = None,
    pair: str | None = None,
    how: How,
) -> Result:
    """Split the movement of a score into pieces that sum to it.

    `mix`: other people answered (a segment's share grew or shrank, times how far its score
    lay from the whole). `rate`: the same people scored otherwise. `interaction`: both at once.

    Args:
        before: answers of the earlier period.
        after: answers of the later period.
        by: column, or columns, that make the segments; without any, all of the change is rate.
        pair: column naming the customer. Answers of one customer are then not taken as
            independent, and the change is split a second time: who moved between detractor,
            passive and promoter, who came and who went (see `migration`).
        smallest: segments with fewer answers in a period are joined as `other groups`.

    Returns:
        term (`change`, `mix`, `rate`, `interaction`, then the pieces of `migration`), group
        (`all`, then each segment), before, after (shares for the mix, scores for the rate),
        estimate, std_error, conf_low, conf_high, n, level, verdict. For each term the
        segments sum to `all`; mix, rate and interaction sum to the change; so do the pieces
        of the migration.

    Raises:
        MetricsError: a period holds no answers, or there are too many segments.

    Example:
        >>> north, south = [9] * 10, [9] * 6 + [3] * 4
        >>> def wave(n, s):
        ...     return pd.DataFrame({"nps": north * n + south * s,
        ...                          "region": ["N"] * 10 * n + ["S"] * 10 * s})
        >>> change(wave(6, 2), wave(2, 6), by="region").frame["estimate"].round(6).tolist()[:4]
        [-40.0, -40.0, 0.0, 0.0]
    """
    what = resolve(score)
    if by is None and pair is not None:
        return migration(before, after, score=what, pair=pair, how=how)
    answers, wave = both(before, after, what, by, how.weight, pair)
    answers, joined = _join_small(answers, wave, how.smallest)
    frame, notes = _split(answers, wave, how.level)
    if not frame["std_error"].iloc[0] > ROUNDING * np.abs(answers.worth).max():
        frame = _alike(frame, wave, how.level)
    notes += joined
    notes += mode_note(answers, group=wave)
    if pair is not None and few_in_both(before, after, pair):
        notes.append(FEW_NOTE)
    elif pair is not None:
        moved = migration(before, after, score=what, pair=pair, how=how)
        frame = pd.concat([frame, moved.frame[moved.frame["term"] != "change"]], ignore_index=True)
        notes += [moved.headline, *moved.notes]
    return Result(
        name=f"{what.name} change",
        frame=frame[COLUMNS],
        headline=_headline(frame, what, by),
        method=METHOD,
        base=f"{count(int((wave == 0).sum()), 'answer')} before, "
        f"{count(int((wave == 1).sum()), 'answer')} after; {answers.base}",
        notes=tuple(dict.fromkeys((*answers.notes, *notes))),
        unit=what.unit,
    )


def both(
    before: pd.DataFrame,
    after: pd.DataFrame,
    what: Score,
    by: By,
    weight: str | None,
    pair: str | None,
) -> tuple[Answers, np.ndarray]:
    """Take the answers of two periods together, and say which period each belongs to."""
    names = [by] if isinstance(by, str) else list(by or [])
    columns = [what.column, *names, *(name for name in (weight, pair) if name)]
    for rows, word in ((before, "before"), (after, "after")):
        need(rows, columns)
        if not rows[what.column].notna().any():
            raise MetricsError(f"The period {word} holds no answer to '{what.column}'.")
    kept = list(dict.fromkeys([*columns, CUSTOMER, "answered_at", MODE]))
    sides = [rows[[name for name in kept if name in rows]] for rows in (before, after)]
    answers = take(pd.concat(sides, ignore_index=True), what, by=by, weight=weight, cluster=pair)
    wave = (answers.kept >= len(before)).astype(np.int64)
    if not 0 < wave.sum() < len(wave):
        raise MetricsError("One of the two periods holds no answer that counts.")
    return answers, wave


def _join_small(answers: Answers, wave: np.ndarray, smallest: int) -> tuple[Answers, list[str]]:
    """Join segments too small to show, so that the pieces still sum to the change."""
    who = np.arange(len(wave)) if answers.cluster is None else pd.factorize(answers.cluster)[0]
    once = pd.DataFrame({"wave": wave, "group": answers.group, "who": who}).drop_duplicates()
    sizes = np.zeros((2, len(answers.groups)))
    np.add.at(sizes, (once["wave"], once["group"]), 1)
    small: np.ndarray = np.any((sizes > 0) & (sizes < smallest), axis=0)
    small |= np.array([name == OTHERS for name in answers.groups])  # held back by who asks
    if not small.any():
        return answers, []
    for least in np.argsort(sizes.sum(axis=0), kind="stable"):  # alone, the joined would be told
        inside = once[small[once["group"]]]  # who answered from two groups is one person
        people = inside.groupby("wave")["who"].nunique().reindex([0, 1], fill_value=0)
        if small.sum() > 1 and people.min() >= smallest:
            break
        small[least] = True
    kept = np.flatnonzero(~small)
    place = np.full(len(small), len(kept))
    place[kept] = np.arange(len(kept))
    names = [*(answers.groups[i] for i in kept), OTHERS]
    note = (
        f"{count(int(small.sum()), 'group')} joined as '{OTHERS}': fewer than {smallest} people "
        "in a period, or would tell the numbers of those that have."
    )
    return replace(answers, groups=names, group=place[answers.group]), [note]


# ---------------------------------------------------------------- the three pieces


def _alike(frame: pd.DataFrame, wave: np.ndarray, level: float) -> pd.DataFrame:
    """Take the intervals off a change between answers without a spread; chance may part few."""
    frame = frame.assign(conf_low=np.nan, conf_high=np.nan)
    p = parted(int((wave == 0).sum()), int((wave == 1).sum()))
    still = frame["estimate"].abs() <= ROUNDING
    frame["verdict"] = np.where(still | (p > 1 - level), "no detectable difference", "moved")
    return frame


class _Sums(NamedTuple):
    """Sums of weights, of weighted scores, and of squares, by period and segment."""

    totals: np.ndarray
    squares: tuple[np.ndarray, np.ndarray, np.ndarray]
    n: np.ndarray


def _split(answers: Answers, wave: np.ndarray, level: float) -> tuple[pd.DataFrame, list[str]]:
    segments = len(answers.groups)
    if segments > MOST_SEGMENTS:
        raise MetricsError(
            f"{segments:,} segments are too many to explain a change by; at most {MOST_SEGMENTS}. "
            "Join small segments first."
        )
    place = wave * segments + answers.group
    sums = _sums(answers, wave, place)

    def pieces(totals: np.ndarray) -> np.ndarray:
        return _pieces(totals, sums.n)

    jacobian = stats.delta(pieces, sums.totals)
    std_error = np.sqrt(np.maximum(_variance(answers, place, sums, jacobian), 0))
    estimate = pieces(sums.totals)
    low, high = stats.mean_interval(estimate, std_error, level=level)
    frame = pd.DataFrame(
        {
            "term": ["change", *PIECES, *np.repeat(PIECES, segments)],
            "group": [ALL] * 4 + list(answers.groups) * 3,
            "estimate": estimate,
            "std_error": std_error,
            "conf_low": low,
            "conf_high": high,
            "level": level,
        }
    )
    frame["before"], frame["after"] = _ends(sums)
    n = sums.n.sum(axis=0).astype(int)
    frame["n"] = [int(n.sum())] * 4 + n.tolist() * 3
    frame["verdict"] = np.where((low > 0) | (high < 0), "moved", "no detectable difference")
    if answers.groups == [ALL]:
        frame = frame.head(4)
    return frame, _segment_notes(answers, sums.n)


def _sums(answers: Answers, wave: np.ndarray, place: np.ndarray) -> _Sums:
    segments = len(answers.groups)
    cells = stats.tally(
        place, answers.cell, groups=2 * segments, cells=len(answers.points), weight=answers.weight
    )
    worth = answers.worth
    n = cells.n.sum(axis=1).reshape(2, segments)
    waves = n.sum(axis=1, keepdims=True)
    correction = np.repeat(waves / np.maximum(waves - 1, 1), segments, axis=1).ravel()
    squares = [correction * (cells.w2 @ worth**power) for power in (0, 1, 2)]
    totals = np.concatenate([cells.w.sum(axis=1), cells.w @ worth])
    return _Sums(totals, (squares[0], squares[1], squares[2]), n)


def _levels(totals: np.ndarray, n: np.ndarray):
    """Give shares and scores of each segment in both periods.

    A segment seen in one period only is taken to have the same score in the other, so that
    its coming or going counts as mix.
    """
    segments = n.shape[1]
    w0, w1, v0, v1 = (totals[..., i * segments : (i + 1) * segments] for i in range(4))
    only0, only1 = n[1] == 0, n[0] == 0
    m0, m1 = v0 / np.where(only1, 1.0, w0), v1 / np.where(only0, 1.0, w1)
    m0, m1 = np.where(only1, m1, m0), np.where(only0, m0, m1)
    p0, p1 = w0 / w0.sum(axis=-1, keepdims=True), w1 / w1.sum(axis=-1, keepdims=True)
    return p0, p1, m0, m1


def _pieces(totals: np.ndarray, n: np.ndarray) -> np.ndarray:
    p0, p1, m0, m1 = _levels(totals, n)
    whole = (p0 * m0).sum(axis=-1, keepdims=True)
    mix = (p1 - p0) * (m0 - whole)
    rate = p0 * (m1 - m0)
    interaction = (p1 - p0) * (m1 - m0)
    sums = [part.sum(axis=-1, keepdims=True) for part in (mix, rate, interaction)]
    return np.concatenate([sums[0] + sums[1] + sums[2], *sums, mix, rate, interaction], axis=-1)


def _variance(answers: Answers, place: np.ndarray, sums: _Sums, jacobian: np.ndarray) -> np.ndarray:
    half = jacobian.shape[1] // 2
    per_answer, per_point = jacobian[:, :half], jacobian[:, half:]
    if answers.cluster is None:
        a, b, c = sums.squares
        return per_answer**2 @ a + 2 * (per_answer * per_point) @ b + per_point**2 @ c
    values = answers.values()
    weight = np.ones(len(values)) if answers.weight is None else answers.weight
    codes = pd.factorize(answers.cluster)[0]
    m = int(codes.max()) + 1
    found = [
        (np.bincount(codes, weight * (one[place] + two[place] * values)) ** 2).sum()
        for one, two in zip(per_answer, per_point, strict=True)
    ]
    return m / max(m - 1, 1) * np.array(found)


def _ends(sums: _Sums) -> tuple[np.ndarray, np.ndarray]:
    """Give what each piece is made of, before and after: shares for mix, scores for rate."""
    p0, p1, m0, m1 = _levels(sums.totals, sums.n)
    m0, m1 = np.where(sums.n[0] > 0, m0, np.nan), np.where(sums.n[1] > 0, m1, np.nan)
    blank = np.full(len(p0), np.nan)
    sides = []
    for p, m in ((p0, m0), (p1, m1)):
        sides.append(np.concatenate([[np.nansum(p * m)], [np.nan] * 3, p, m, blank]))
    return sides[0], sides[1]


def _segment_notes(answers: Answers, n: np.ndarray) -> list[str]:
    notes = []
    names = np.array(answers.groups, dtype=object)
    for gone, word in ((n[1] == 0, "after"), (n[0] == 0, "before")):
        if gone.any():
            who = listing(names[gone].tolist(), 4)
            notes.append(f"No answers from {who} {word}: all of that counts as mix.")
    if ((answers.cells.n > 0).sum(axis=1) <= 1).all():
        notes.append("The answers are all alike; intervals of no width are no certainty.")
    small = (n.min(axis=0) < SMALL) & (n.min(axis=0) > 0)
    if small.any():
        who = listing(names[small].tolist(), 4)
        notes.append(f"Fewer than {SMALL} answers in one period from {who}.")
    return notes


# ---------------------------------------------------------------- the sentence


def _headline(frame: pd.DataFrame, what: Score, by: By) -> str:
    rows = frame[frame["group"] == ALL].set_index("term")
    total, mix = rows.loc["change"], rows.loc["mix"]
    noun = label(by) if isinstance(by, str) else " and ".join(map(label, by or []))
    ends = f"from {amount(total['before'], what.unit)} to {amount(total['after'], what.unit)}"
    if by is None:
        word = "shows no detectable change" if total["verdict"] != "moved" else "moved"
        return f"{what.name} {word} {ends}. {_between(total, what)}."
    said = {
        "mix": f"{piece(mix, what)} goes with who answered{_shifts(frame)}",
        "rate": f"{piece(rows.loc['rate'], what)} with scores inside each {noun}",
        "interaction": f"{piece(rows.loc['interaction'], what)} with the two together",
    }
    moved = [term for term in PIECES if rows.loc[term, "verdict"] == "moved"]
    if total["verdict"] != "moved":
        rest = [f"{said[term]}." for term in moved] or [f"{_between(total, what)}."]
        return " ".join([f"{what.name} shows no detectable change {ends}.", *rest])
    if "rate" not in moved:
        said["rate"] = f"no detectable change inside each {noun}"
    if "interaction" not in moved:
        del said["interaction"]
    word = "rose" if total["estimate"] > 0 else "fell"
    start = f"{what.name} {word} by {what.difference(total['estimate'])}, {ends}"
    return f"{start}. {', '.join(said.values())}."


def _shifts(frame: pd.DataFrame) -> str:
    """Name the two segments whose share moved most, where the mix moved at all."""
    rows = frame[(frame["term"] == "mix") & (frame["group"] != ALL)]
    moved: Any = rows.assign(size=(rows["after"] - rows["before"]).abs())
    moved = moved.sort_values("size", ascending=False).head(2)
    if moved["size"].max() < 0.05:
        return ""
    said = [f"{'more' if r.after > r.before else 'fewer'} {r.group}" for r in moved.itertuples()]
    return f" ({', '.join(said)})"


def _between(row: pd.Series, what: Score) -> str:
    if np.isnan(row["conf_low"]):
        return "All answers of a period are alike: no interval"
    return f"The change lies between {_range(row, what).replace(' to ', ' and ')}"


def _range(row: pd.Series, what: Score) -> str:
    return what.range(row["conf_low"], row["conf_high"])
