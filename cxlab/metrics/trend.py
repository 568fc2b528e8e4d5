"""Is it moving? Scores by period, on the study's calendar, with control limits."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, question
from cxlab.events import begun_late
from cxlab.metrics.workings import season
from cxlab.metrics.workings.alike import BROUGHT, Margins, brought, said, targets
from cxlab.metrics.workings.answers import Answers, By, need, take
from cxlab.metrics.workings.estimates import estimated, mark_small
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.metrics.workings.periods import PERIODS, label_of, local, moment, period_named
from cxlab.results import Result, amount, count, listing, span

COLUMNS = ["group", "period", "estimate", "raw", "std_error", "conf_low", "conf_high", "n",
           "n_effective", "level", "expected", "limit_low", "limit_high", "finished",
           "verdict"]  # fmt: skip
SIGMAS = 3
_ENOUGH = 3  # periods with answers, fewer of which lie around their own mean by necessity
METHOD = (
    f"control limits {SIGMAS} standard errors around the level of all finished periods, or around "
    "what the others lead to expect of the season, from the answers of each period "
    "(Shewhart 1931); intervals as for single scores"
)
MOST_PERIODS = 4000


@question("weight", "cluster", "as_of", "timezone", "level", "smallest")
def trend(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    by: By = None,
    period: str = "month",
    margins: Margins = None,
    how: How,
) -> Result:
    """Give a score period by period, with the limits that chance alone would keep to.

    Where the finished periods span two years, a period is held against what the others lead to
    expect at its time of the year, with the uncertainty of that; below, against their level.

    Args:
        responses: one row per answer, with `answered_at`.
        by: column, or columns, to report by.
        period: `day`, `week` (Monday to Sunday), `month`, `quarter` or `year`.
        margins: column -> value -> share in the population, or names of columns: each period is
            brought to these shares by itself (of names: to the shares among all answers), so
            that no line moves by who was reached; `raw` is the line without that.
        as_of: the last moment known; a period that ends later is incomplete, as is a first one
            of which answers tell the end alone (`events.begun_late`). A day means its end.
        timezone: the zone of the calendar; times without a zone are taken as local.

    Returns:
        group, period, estimate, raw, std_error, conf_low, conf_high, n, n_effective, level,
        expected (the level of all finished periods, or of the season), limit_low, limit_high,
        finished, verdict (`above limits`, `below limits`, `incomplete`, `no answers`, ...). Periods
        without answers are rows too.

    Raises:
        MetricsError: `answered_at` is absent or holds no times.

    Example:
        >>> days = pd.to_datetime(["2025-01-31 23:00", "2025-02-01 01:00"])
        >>> rows = pd.DataFrame({"nps": [9, 3], "answered_at": days})
        >>> trend(rows, period="month", as_of="2025-02-10").frame["verdict"].tolist()
        ['small base', 'incomplete']
    """
    period = period_named(period)
    what = resolve(score)
    need(responses, ["answered_at", what.column])
    times = local(responses["answered_at"], how.timezone)
    end = moment(how.as_of, how.timezone)
    known, notes = _known(times, end)
    rows, times = responses[known], times[known]
    answers = take(rows, what, by=by, weight=how.weight, cluster=how.cluster)
    within = times.iloc[answers.kept].dt.to_period(PERIODS[period])
    first, last = within.min(), within.max()
    periods = pd.period_range(first, last)
    if len(periods) > MOST_PERIODS:
        raise MetricsError(f"{len(periods):,} periods from {first} to {last}: check the dates.")
    place = periods.get_indexer(pd.PeriodIndex(within))
    frame = _by_period(answers, periods, place, how.level, how.smallest)
    frame["raw"] = np.nan
    shares = targets(rows[rows[what.column].notna()], margins, how.weight) if margins else {}
    method, base = METHOD, answers.base
    if shares:
        answers, alike = _held(rows, answers, what, by, how.cluster, shares, frame["period"], place)
        held = _by_period(answers, periods, place, how.level, how.smallest)
        frame = held.assign(raw=frame["estimate"])
        notes += alike
        method += "; each period raked by itself to the same shares (Deming and Stephan 1940)"
        base = f"{base[:-1]}; every {period} brought to the same mix of {said(shares)}."
    frame["finished"], more = _finished(periods, end, len(answers.groups))
    if (late := begun_late(times.iloc[answers.kept], PERIODS[period])) is not None:
        frame.loc[frame["period"] == label_of(late), "finished"] = False
        begin = times.iloc[answers.kept].min()
        more.append(f"{label_of(late)} is incomplete: answers begin {begin:%Y-%m-%d}.")
    frame["verdict"], seasoned = _verdict(frame, what.ends, period)
    frame["level"] = how.level
    return Result(
        name=f"{what.name} by {period}",
        frame=frame[COLUMNS],
        headline=_headline(frame, what, period),
        method=method,
        base=base,
        notes=(*answers.notes, *notes, *more, *seasoned),
        unit=what.unit,
    )


def _held(rows, answers: Answers, what: Score, by: By, cluster, shares, labels, place):
    """Take the answers again, each period brought to the same shares."""
    kept = rows.iloc[answers.kept]
    start = None
    if answers.weight is not None:
        kept, start = kept.assign(**{BROUGHT: answers.weight}), BROUGHT
    found = brought(kept, labels.to_numpy()[place], shares, weight=start)
    held = kept.assign(**{BROUGHT: found.weight})
    return take(held, what, by=by, weight=BROUGHT, cluster=cluster), list(found.notes)


# ---------------------------------------------------------------- periods


def _known(times: pd.Series, end: pd.Timestamp | None) -> tuple[np.ndarray, list[str]]:
    undated = times.isna().to_numpy()
    late = (times > end).to_numpy() if end is not None else np.zeros(len(times), bool)
    notes = []
    if undated.any():
        notes.append(f"{count(int(undated.sum()), 'answer')} without a date are left out.")
    if late.any():
        notes.append(f"{count(int(late.sum()), 'answer')} after {end:%Y-%m-%d} are left out.")
    if (undated | late).all():
        raise MetricsError("'answered_at': no answer has a date within the period known.")
    return ~(undated | late), notes


def _by_period(
    answers: Answers, periods: pd.PeriodIndex, place: np.ndarray, level: float, smallest: int
) -> pd.DataFrame:
    shape = len(answers.groups) * len(periods)
    code = answers.group.astype(np.int64) * len(periods) + place
    cells = stats.tally(
        code, answers.cell, groups=shape, cells=len(answers.points), weight=answers.weight
    )
    labels = [label_of(p) for p in periods]
    split = replace(answers, groups=[str(i) for i in range(shape)], cells=cells, group=code)
    method = "adjusted_wald" if answers.score.kind == "nps" else "wilson"
    frame = estimated(split, method=method, level=level)
    frame["group"] = np.repeat(answers.groups, len(periods))
    frame["period"] = labels * len(answers.groups)
    frame["spread"] = np.repeat(_spread(answers), len(periods))
    return mark_small(frame, smallest)[0]


def _spread(answers: Answers) -> np.ndarray:
    """Give the standard deviation of one answer in each group."""
    w = answers.cells.w
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = w / w.sum(axis=1, keepdims=True)
        return np.sqrt(np.maximum(shares @ answers.worth**2 - (shares @ answers.worth) ** 2, 0))


def _finished(periods: pd.PeriodIndex, end: pd.Timestamp | None, groups: int):
    if end is None:
        done: list[bool | None] = [True] * (len(periods) - 1) + [None]
        note = "Without as_of it is not known whether the last period is complete."
        return done * groups, [note]
    over = [bool(p.end_time.floor("s") <= end) for p in periods]
    if all(over):
        return over * groups, []
    return over * groups, [f"{label_of(periods[-1])} is incomplete: the data end {end:%Y-%m-%d}."]


def _verdict(
    frame: pd.DataFrame, ends: tuple[float, float], period: str
) -> tuple[pd.Series, list[str]]:
    """Add control limits, and say which periods lie outside them."""
    ended = frame["finished"].map(lambda done: done is not False).to_numpy(bool)
    counts = ended & frame["estimate"].notna().to_numpy()
    w = np.where(counts, frame["n_effective"].fillna(0), 0.0)
    totals = pd.DataFrame({"w": w, "wv": w * frame["estimate"].fillna(0)})
    sums = totals.groupby(frame["group"], sort=False).transform("sum")
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["expected"] = sums["wv"] / sums["w"]
        half = SIGMAS * frame["spread"] / np.sqrt(frame["n_effective"])
    notes = _seasonal(frame, half, counts, period)
    frame["limit_low"] = np.maximum(frame["expected"] - half, ends[0])
    frame["limit_high"] = np.minimum(frame["expected"] + half, ends[1])
    outside = np.select(
        [
            frame["estimate"] > frame["limit_high"] + season.ROUNDING,
            frame["estimate"] < frame["limit_low"] - season.ROUNDING,
        ],
        ["above limits", "below limits"],
        default="",
    )
    found = np.where(outside == "", frame["verdict"].fillna(""), outside)
    found = np.where(~ended & frame["estimate"].notna(), "incomplete", found)
    return pd.Series(found, index=frame.index, dtype=object).replace("", None), notes


def _seasonal(frame: pd.DataFrame, half: Any, counts: np.ndarray, period: str) -> list[str]:
    """Put in the place of the level what the season leads to expect, where two years are seen."""
    if period == "year" or not season.spans_two_years(np.arange(frame["period"].nunique()), period):
        return []
    told = []
    for _, rows in frame.groupby("group", sort=False):
        place = np.arange(len(rows))[counts[rows.index]]
        at = rows.index[place]
        error = half[at].to_numpy(float) / SIGMAS
        if not season.spans_two_years(place, period) or not (error > 0).all():
            continue
        columns, _ = season.background(rows["period"].loc[at], place, period)
        values = rows["estimate"].loc[at].to_numpy(float)
        expected, gap = season.foretold(values, error, columns, most=SIGMAS)
        frame.loc[at, "expected"] = expected
        half[at] = SIGMAS * gap
        told.append(True)
    return ["The season is allowed for in the limits."] if told else []


def _headline(frame: pd.DataFrame, what: Score, period: str) -> str:
    out = frame[frame["verdict"].isin(["above limits", "below limits"])]
    whole = frame["group"].nunique() == 1
    n = frame.loc[frame["estimate"].notna(), "period"].nunique()
    if frame["estimate"].isna().all():
        return f"{what.name}: no {period} has enough answers to be shown."
    if out.empty and frame["expected"].isna().all():
        return f"{what.name}: no {period} with enough answers is over yet."
    if out.empty:
        if n == 1:
            row = frame[frame["estimate"].notna()].iloc[0]
            return f"{what.name}: one {period} only, {row['period']}; nothing to compare it with."
        if n < _ENOUGH:
            return f"{what.name}: {count(n, period)} with answers, too few to call one unusual."
        steady = whole and frame["expected"].nunique() == 1
        level = amount(frame["expected"].dropna().iloc[0], what.unit)
        stays = (
            f"stays within its control limits{f' around {level}' if steady else ''}"
            if whole
            else "stays within its control limits in every group"
        )
        return f"{what.name} {stays} over {count(n, period)}: no {period} stands apart."
    if whole:
        said = [
            f"{r.verdict.split()[0]} in {r.period} ({amount(r.estimate, what.unit)}, expected "
            f"{span(r.limit_low, r.limit_high, what.unit)})"
            for r in out.itertuples()
        ]
        return f"{what.name} left its control limits: {listing(said, 3)}."
    said = [f"{r.group} {r.verdict.split()[0]} in {r.period}" for r in out.itertuples()]
    return f"{what.name} left its control limits: {listing(said, 4)}."
