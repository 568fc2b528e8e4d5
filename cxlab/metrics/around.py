"""Did it change at this date? Before and after, against the same stretch of the year before."""

import datetime as clock
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from cxlab import stats
from cxlab.codebook import How, question
from cxlab.metrics.workings.alike import BROUGHT, Margins, brought, said, targets
from cxlab.metrics.workings.answers import Answers, need, take
from cxlab.metrics.workings.gaps import two_sided
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.metrics.workings.periods import local, moment
from cxlab.results import Result, count

SLICE = pd.Timedelta(28, unit="D")  # whole weeks, so that no weekday weighs more than another
FEW = 10  # answers a slice, below which the stretch is taken whole
MOST = 6  # slices: half a year, or the stretches of two years would overlap
SIDES = ("before, a year earlier", "after, a year earlier", "before", "after")
GRADES = {
    "full": "beyond the season and the trend of the year before",
    "season": "against the same stretch a year before; a steady trend would look the same",
    "plain": "season, trend and whatever else came then cannot be told from it",
}


class _Cells(NamedTuple):
    """The mean of each slice on each side, with the covariance that customers in several give."""

    side: np.ndarray
    place: np.ndarray
    mean: np.ndarray
    error: np.ndarray
    covariance: np.ndarray
    n: np.ndarray


@question("weight", "cluster", "as_of", "timezone", "level")
def before_after(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    date: str | clock.date | pd.Timestamp,
    within: str = "168D",
    margins: Margins = None,
    how: How,
) -> Result:
    """Ask whether a score changed at a date, season and trend allowed for.

    The answers before and after the date are compared, slice of four weeks by slice, with those
    of the same calendar stretch a year earlier. What comes back every year is in both and goes;
    so does a steady trend, which makes the same step in both years (difference in differences,
    Card and Krueger 1994). Where the data reach back a year but not beyond, the season is allowed
    for and a trend is not; where they reach back less, before and after stand alone: then a
    difference is told and no change at the date is claimed. Waves that scatter more than sampling
    would widen the interval.

    Args:
        responses: one row per answer, with `answered_at`.
        date: the first day after the change.
        within: how long before and after to look, up to 168 days; shorter where the data end.
        margins: as in `trend`: each stretch is brought to the same mix.

    Returns:
        First the answer: term (`change at the date`, `change on the year`, `before and after`),
        estimate, std_error, conf_low, conf_high, p_value, n, level, verdict (`changed`,
        `no detectable change`, `cannot be told`); then each stretch with its mean as estimate.

    Raises:
        MetricsError: no answers before or after the date.

    Example:
        >>> days = pd.date_range("2024-01-01", periods=730, freq="D")
        >>> rows = pd.DataFrame({"nps": [9, 3] * 365, "answered_at": days})
        >>> before_after(rows, date="2025-07-01").frame["verdict"][0]
        'no detectable change'
    """
    what = resolve(score)
    need(responses, ["answered_at", what.column])
    times, start = local(responses["answered_at"], how.timezone), pd.Timestamp(date)
    start = start.tz_localize(None) if start.tzinfo else start
    end = moment(how.as_of, how.timezone)
    known = (responses[what.column].notna() & times.notna()).to_numpy()
    known = known & (times <= end).to_numpy() if end is not None else known
    rows, times = responses[known], times[known]
    grade, slices, width = _reach(times, start, end, pd.Timedelta(within))
    side, place = _placed(times, start, slices, width, grade)
    answers, notes = _taken(rows[side >= 0], side[side >= 0], what, margins, how)
    cells = _cells(answers, side[side >= 0], place[side >= 0])
    row = _step(cells, grade, how.level)
    row["verdict"] = _verdict(row, grade)
    stretch = f"{count(slices * width / pd.Timedelta(1, unit='D'), 'day')} before and after"
    return Result(
        name=f"{what.name} around {start:%Y-%m-%d}",
        frame=pd.concat([pd.DataFrame([row]), _stretches(cells)], ignore_index=True),
        headline=_headline(row, grade, what, start),
        method=_METHODS[grade],
        base=f"{answers.base[:-1]}; {stretch} {start:%Y-%m-%d}"
        f"{'' if grade == 'plain' else ' and a year earlier'}.",
        notes=(*answers.notes, *notes, *_caveats(grade)),
        unit=what.unit,
    )


_METHODS = {
    "full": "difference in differences against the same calendar stretch a year earlier, slice by "
    "slice of four weeks (Card and Krueger 1994); errors by customer",
    "season": "difference from the same calendar stretch a year earlier, slice by slice; errors by "
    "customer",
    "plain": "difference of the means before and after; errors by customer",
}


def _reach(times: pd.Series, start: pd.Timestamp, end, within: pd.Timedelta):
    """Say how far the answers let us look: grade, number of slices, their length."""
    if within <= pd.Timedelta(0):
        raise MetricsError(f"within must be longer than a moment; it is {within}.")
    first, last = times.min(), times.max() if end is None else max(times.max(), end)
    if times.empty or not ((times < start).any() and (times >= start).any()):
        raise MetricsError(
            f"No answers {'before' if not (times < start).any() else 'since'} {start:%Y-%m-%d}: "
            "a change at a date needs answers on both sides of it."
        )
    after = min(within, last - start + pd.Timedelta(1, unit="s"))
    width = min(SLICE, max(after, pd.Timedelta(1, unit="D")))
    slices = int(np.clip(after // width, 1, MOST))
    year = start - pd.DateOffset(years=1)
    earlier = int((year - first) // width)
    if earlier >= min(slices, 2):
        return "full", min(slices, earlier), width
    if ((times >= year) & (times < year + slices * width)).any() and first <= year + width:
        return "season", slices, width
    return "plain", min(slices, max(1, int((start - first) // width))), width


def _placed(times: pd.Series, start: pd.Timestamp, slices: int, width: pd.Timedelta, grade: str):
    """Give each answer its side (see `SIDES`; -1 for none) and its slice from the date."""
    side = np.full(len(times), -1)
    place = np.zeros(len(times), int)
    for year, day in enumerate((start - pd.DateOffset(years=1), start)):
        step = np.floor(((times - day) / width).to_numpy(float)).astype(int)
        inside = (step >= -slices) & (step < slices)
        side[inside] = 2 * year + (step[inside] >= 0)
        place[inside] = step[inside]
    used = {"full": (0, 1, 2, 3), "season": (1, 3), "plain": (2, 3)}[grade]
    side[~np.isin(side, used)] = -1
    counts = [((side == one) & (place == step)).sum() for one in used for step in set(place)]
    if np.mean(counts) < FEW:
        place[:] = np.where(place >= 0, 0, -1)
    return side, place


def _taken(rows, side, what: Score, margins: Margins, how: How):
    shares = targets(rows, margins, how.weight) if margins else {}
    if not shares:
        return take(rows, what, weight=how.weight, cluster=how.cluster), ()
    found = brought(rows, np.array(SIDES)[side], shares, weight=how.weight)
    held = rows.assign(**{BROUGHT: found.weight})
    answers = take(held, what, weight=BROUGHT, cluster=how.cluster)
    return answers, (f"Each stretch at the same mix of {said(shares)}.", *found.notes)


def _cells(answers: Answers, side: np.ndarray, place: np.ndarray) -> _Cells:
    side, place = side[answers.kept], place[answers.kept]
    keys, cell = np.unique(np.stack([side, place], axis=1), axis=0, return_inverse=True)
    values, cell = answers.values(), cell.ravel()
    w = np.ones(len(values)) if answers.weight is None else answers.weight
    total = np.bincount(cell, w)
    mean = np.bincount(cell, w * values) / total
    off = w * (values - mean[cell]) / total[cell]
    who = np.arange(len(values)) if answers.cluster is None else answers.cluster
    sums = sparse.csr_array((off, (who, cell)), shape=(int(who.max()) + 1, len(mean)))
    people = len(np.unique(who))
    covariance = people / max(people - 1, 1) * (sums.T @ sums).toarray()
    spread = float(np.average((values - mean[cell]) ** 2, weights=w))
    error = np.sqrt(spread * np.bincount(cell, w * w) / total**2)
    # a slice of few alike answers is no surer than the others
    diagonal = np.diag_indices(len(mean))
    covariance[diagonal] = np.maximum(covariance[diagonal], error**2)
    return _Cells(keys[:, 0], keys[:, 1], mean, error, covariance, np.bincount(cell))


def _step(cells: _Cells, grade: str, level: float) -> dict[str, Any]:
    """Fit slices, year and the step, and give the step."""
    late, after = cells.side >= 2, cells.side % 2 == 1
    columns = [(cells.place == step).astype(float) for step in np.unique(cells.place)]
    step = (late & after).astype(float)
    if grade == "full":
        columns.append(late.astype(float))
    if grade == "plain":
        columns = [np.ones(len(late))]
    design = np.column_stack([*columns, step]) / cells.error[:, None]
    solve = np.linalg.pinv(design) / cells.error
    if not (cells.error > 0).all() or np.linalg.matrix_rank(design) < design.shape[1]:
        raise MetricsError(
            "The answers around this date cannot show a change: they are all alike, or the same "
            "weeks were not asked in both years. A longer `within` may help."
        )
    estimate = float(solve[-1] @ cells.mean)
    left = cells.mean / cells.error - design @ (solve @ cells.mean)
    df = len(left) - design.shape[1]
    scatter = float(left @ left) / df if df else 1.0
    std_error = float(np.sqrt(max(1.0, scatter) * solve[-1] @ cells.covariance @ solve[-1]))
    sure = df if df and scatter > 1 else np.inf
    low, high = stats.mean_interval(estimate, std_error, df=sure, level=level)
    terms = {"full": "change at the date", "season": "change on the year"}
    return {
        "term": terms.get(grade, "before and after"), "estimate": estimate,
        "std_error": std_error, "conf_low": float(low), "conf_high": float(high),
        "p_value": two_sided(estimate, std_error, sure), "n": int(cells.n.sum()), "level": level,
    }  # fmt: skip


def _verdict(row: dict[str, Any], grade: str) -> str:
    if row["conf_low"] <= 0 <= row["conf_high"]:
        return "no detectable change"
    return "changed" if grade == "full" else "cannot be told"


def _stretches(cells: _Cells) -> pd.DataFrame:
    rows = []
    for side in np.unique(cells.side):
        at = cells.side == side
        share = cells.n[at] / cells.n[at].sum()
        mean = float(share @ cells.mean[at])
        error = float(np.sqrt(share @ cells.covariance[np.ix_(at, at)] @ share))
        rows.append({"term": SIDES[side], "estimate": mean, "std_error": error,
                     "n": int(cells.n[at].sum())})  # fmt: skip
    return pd.DataFrame(rows)


def _headline(row: dict[str, Any], grade: str, what: Score, start: pd.Timestamp) -> str:
    ends = what.range(row["conf_low"], row["conf_high"])
    day = f"{start:%Y-%m-%d}"
    if row["verdict"] == "no detectable change":
        return f"{what.name} shows no detectable change at {day} ({ends}); {_AGAINST[grade]}."
    size = what.difference(row["estimate"])
    if grade == "full":
        word = "rose" if row["estimate"] > 0 else "fell"
        return f"{what.name} {word} by {size} at {day} ({ends}), {GRADES[grade]}."
    word = "higher" if row["estimate"] > 0 else "lower"
    if grade == "season":
        return f"{what.name} is {size} {word} after {day} ({ends}), {GRADES[grade]}."
    return f"{what.name} is {size} {word} after {day} than before ({ends}); {GRADES[grade]}."


_AGAINST = {
    "full": "season and trend are allowed for",
    "season": "the season is allowed for, a trend is not",
    "plain": "neither season nor trend is allowed for",
}


def _caveats(grade: str) -> tuple[str, ...]:
    if grade == "full":
        return ("Whatever else came at this date, and not a year earlier, is in the change.",)
    needed = "a year and two months" if grade == "season" else "a year"
    return (f"To allow for more, answers from {needed} before the date would be needed.",)
