"""One verdict on movement: trend, shift, last change and panel, weighed together."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, question
from cxlab.metrics.movement import change_point, slope
from cxlab.metrics.trend import trend
from cxlab.metrics.workings import season
from cxlab.metrics.workings.alike import BROUGHT, STAYS, Margins, said, targets, two_alike
from cxlab.metrics.workings.answers import need, repeated
from cxlab.metrics.workings.gaps import Gap, gap_between, two_sided
from cxlab.metrics.workings.measures import Score, resolve
from cxlab.metrics.workings.periods import WORDS, answered
from cxlab.metrics.workings.pieces import largest_shifts
from cxlab.results import Result, amount, listing, number

NAME = "movement"
PANEL = 30  # customers in both periods, from which they are heard as witnesses of their own
POWER = 0.8
NOTHING = "no detectable change"
COLUMNS = ["term", "period", "before", "after", "estimate", "raw", "std_error", "conf_low",
           "conf_high", "p_value", "p_adjusted", "n", "level", "verdict"]  # fmt: skip
METHOD = (
    "each look's p-value times the number of looks (Bonferroni) decides; the last two finished "
    "periods are compared at the same mix of people, a lasting shift or trend beside the season "
    "and only where two years are seen"
)


class _Two(NamedTuple):
    """The last two periods: their names, the change at the same mix, and as answered."""

    first: str
    last: str
    held: Gap
    raw: Gap
    moved: str
    notes: tuple[str, ...]


@question("weight", "cluster", "as_of", "timezone", "level", "smallest")
def movement(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    period: str = "quarter",
    margins: Margins = None,
    pair: str | None = "customer_id",
    how: How,
) -> Result:
    """Say in one sentence whether a score is moving, with every look at it as evidence below.

    The rule. Up to four looks are taken: the last finished period against the one before, a
    lasting shift, a steady trend, and the customers who answered in both periods. A look counts
    as movement where its p-value times the number of looks stays below 1 - level. A shift or a
    trend, whichever fits better, is told first, and only from two years on: before that, season
    and change cannot be told apart. Then comes the last change, a statement about two periods:
    it is at the same mix of people, and where two years are seen it is also held against the same
    step of earlier years. What moved only because others were reached is said to have.

    Args:
        responses: one row per answer, with `answered_at`.
        period, margins: as in `trend`.
        pair: column naming the customer, for those who answered in both of the last two periods.

    Returns:
        One row a look: term (`last change`, `last change beyond the season`, `lasting shift`,
        `trend`, `same customers`), period, before, after, estimate, raw (without the same mix),
        std_error, conf_low, conf_high, p_value, p_adjusted, n, level, verdict (`moved`,
        `no detectable change`, `season or change`). An empty frame, and a headline that says why,
        where no two finished periods have enough answers.

    Example:
        >>> days = pd.to_datetime(["2025-01-10", "2025-04-10"]).repeat(100)
        >>> rows = pd.DataFrame({"nps": [9, 3] * 100, "answered_at": days})
        >>> movement(rows, as_of="2025-06-30").headline
        'NPS shows no detectable change from 2025Q1 (0.0) to 2025Q2 (0.0).'
    """
    what, period = resolve(score), WORDS.get(period, period)
    need(responses, ["answered_at", what.column])
    how = replace(how, cluster=(repeated(responses) if how.cluster is None else how.cluster) or "")
    line = trend(responses, score=what, period=period, margins=margins, how=how)
    shown, _ = season.usable(line.frame)
    if len(shown) < 2:
        return _silent(line, what, period, len(shown))
    waves = dict(answered(responses, what, period, how.as_of, how.timezone))
    known = responses[responses[what.column].notna()]
    shares = targets(known, margins, how.weight) if margins else {}
    two = _two(waves, shown["period"].tolist(), what, shares, how)
    looks = _looks(line, two, waves, what, period, pair, how)
    frame = _judged(pd.DataFrame(looks, columns=COLUMNS), how.level)
    told = season.spans_two_years(shown["place"].to_numpy(), period)
    notes = (*line.notes, *two.notes, *_notes(frame, two, told, what, how.level))
    return Result(
        name=NAME,
        frame=frame,
        headline=_sentence(frame, two, line, what, period, how.level),
        method=f"{METHOD}; {two.held.method}",
        base=line.base,
        notes=tuple(dict.fromkeys(notes)),
        unit=what.unit,
    )


def _silent(line: Result, what: Score, period: str, shown: int) -> Result:
    why = f"no {period} has enough answers to be shown"
    if line.frame["estimate"].notna().any():
        why = f"no {period} with enough answers is over yet"
    if shown:
        why = f"one finished {period} has enough answers; there is nothing to compare it with"
    return Result(
        name=NAME,
        frame=pd.DataFrame(columns=COLUMNS),
        headline=f"Whether {what.name} is moving cannot be said: {why}.",
        method=METHOD,
        base=line.base,
        notes=line.notes,
        unit=what.unit,
    )


# ---------------------------------------------------------------- the looks


def _two(waves, shown, what: Score, shares, how: How) -> _Two:
    """Compare the last two periods, at the same mix and as answered."""
    first, last = shown[-2:]
    before, after = waves[first], waves[last]
    words: dict[str, Any] = {"what": what, "pair": None, "cluster": how.cluster, "method": "mover"}
    words["level"] = how.level
    raw = gap_between(before, after, weight=how.weight, **words)
    if not shares:
        return _Two(first, last, raw, raw, "", ())
    sides, notes = two_alike(before, after, shares, how.weight)
    held = gap_between(sides[0], sides[1], weight=BROUGHT, **words)
    moved = largest_shifts(before, after, next(iter(shares)), smallest=how.smallest)
    return _Two(first, last, held, raw, moved, (f"Held the same: {said(shares)}.", *notes))


def _looks(line: Result, two: _Two, waves, what, period, pair, how: How) -> list[dict]:
    names = f"{two.first} to {two.last}"
    looks = [{"term": "last change", "period": names, **_of(two.held), "raw": two.raw.estimate}]
    shown, error = season.usable(line.frame)
    if len(shown) >= season.FEWEST and (error > 0).all():
        looks += _beyond(shown, error, period, names, how.level)
        looks += [_of_line(find(line, level=how.level), term) for find, term in _LINES]
    before, after = waves[two.first], waves[two.last]
    if pair in before and pair in after:
        both = np.intersect1d(before[pair].dropna().unique(), after[pair].dropna().unique())
        if len(both) >= max(PANEL, how.smallest):
            gap = gap_between(before, after, what, pair, None, None, "mover", how.level)
            looks.append({"term": "same customers", "period": names, **_of(gap)})
    return looks[:1] + [look for look in looks[1:] if np.isfinite(look["p_value"])]


_LINES = ((change_point, "lasting shift"), (slope, "trend"))


def _of(gap: Gap) -> dict[str, Any]:
    sure = [gap.std_error, gap.low, gap.high] if np.isfinite(gap.p_value) else [np.nan] * 3
    return {
        "before": gap.before, "after": gap.after, "estimate": gap.estimate,
        **dict(zip(("std_error", "conf_low", "conf_high"), sure, strict=True)),
        "p_value": gap.p_value, "n": gap.n,
    }  # fmt: skip


def _of_line(found: Result, term: str) -> dict[str, Any]:
    row = found.frame.iloc[0]
    return {**{name: row[name] for name in COLUMNS if name in row}, "term": term}


def _beyond(shown: pd.DataFrame, error: np.ndarray, period: str, names: str, level: float):
    """Hold the last step against the same step of earlier years, where there are any."""
    columns, told = season.background(shown["period"], shown["place"].to_numpy(), period)
    if not told or period == "year":
        return []
    first, last = np.eye(len(shown))[-2:]
    base = season.ground(
        shown["estimate"].to_numpy(float), error, np.column_stack([columns, first + last])
    )
    step = season.beside(base, (last - first) / 2)
    if not np.isfinite(step.std_error):
        return []
    low, high = stats.mean_interval(step.estimate, step.std_error, df=step.sure, level=level)
    return [{
        "term": BEYOND, "period": names, "estimate": step.estimate, "std_error": step.std_error,
        "conf_low": float(low), "conf_high": float(high),
        "p_value": two_sided(step.estimate, step.std_error, step.sure),
    }]  # fmt: skip


BEYOND = "last change beyond the season"


def _judged(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    """Correct the p-values for the number of looks, and give each look its verdict."""
    counted = int(
        ((frame["term"] != BEYOND) & frame["p_value"].notna()).sum()
    )  # it qualifies a look and is none
    frame.loc[frame["estimate"].abs() < season.ROUNDING, "p_value"] = 1.0  # answers all alike
    frame["p_adjusted"] = (frame["p_value"].astype(float) * counted).clip(upper=1.0)
    moved = frame["p_adjusted"] <= 1 - level
    unsure = frame["verdict"].isin(["season or shift", "season or trend"])
    words = np.select([moved & unsure, moved], ["season or change", "moved"], default=NOTHING)
    return frame.assign(verdict=words, level=level)


# ---------------------------------------------------------------- the sentence


def _sentence(
    frame: pd.DataFrame, two: _Two, line: Result, what: Score, period: str, level: float
) -> str:
    rows = frame.set_index("term")
    lasting = _lasting(rows, what, period)
    last = _last(rows, two, what, level)
    if lasting:
        moved = rows.loc["last change", "verdict"] == "moved"
        tail = last.removeprefix(f"{what.name} ") if moved else f"the last {period} shows {NOTHING}"
        return f"{lasting}; {_again(tail)}."
    return f"{last}{_odd(line, two)}{_unsure(rows)}{_reached(rows, two, what, level)}."


def _again(tail: str) -> str:
    return f"it {tail}" if tail.startswith(("rose", "fell")) else tail


def _lasting(rows: pd.DataFrame, what: Score, period: str) -> str:
    """Tell the shift or the trend, whichever stands out further."""
    found = [term for _, term in _LINES if term in rows.index and rows["verdict"][term] == "moved"]
    if not found:
        return ""
    best = max(found, key=lambda term: abs(rows["estimate"][term]) / rows["std_error"][term])
    row = rows.loc[best]
    if best == "trend":
        word = "rising" if row["estimate"] > 0 else "falling"
        return f"{what.name} is {word} by {what.difference(row['estimate'])} a {period}"
    after, before = (amount(row[end], what.unit) for end in ("after", "before"))
    return f"{what.name} has stood at {after} since {row['period']}, after {before} before"


def _last(rows: pd.DataFrame, two: _Two, what: Score, level: float) -> str:
    """Tell the change between the last two periods, a statement about them alone."""
    row = rows.loc["last change"]
    ends = [amount(row[end], what.unit) for end in ("before", "after")]
    if row["verdict"] != "moved":
        return f"{what.name} shows {NOTHING} from {two.first} ({ends[0]}) to {two.last} ({ends[1]})"
    word = "rose" if row["estimate"] > 0 else "fell"
    size = what.difference(row["estimate"])
    start = f"{what.name} {word} by {size} from {two.first} to {two.last}, to {ends[1]}"
    if BEYOND not in rows.index:
        return start
    beyond = rows.loc[BEYOND]
    same_way = beyond["estimate"] * row["estimate"] > 0
    if beyond["p_value"] <= 1 - level and same_way:
        return f"{start}, more than the season explains"
    return f"{start}, which the season may explain"


def _odd(line: Result, two: _Two) -> str:
    """Name the periods that stand apart, so that the line below does not contradict."""
    out = line.frame[line.frame["verdict"].isin(["above limits", "below limits"])]
    names = [name for name in out["period"] if name not in (two.first, two.last)]
    return f"; {listing(names, 3)} stood apart" if names else ""


def _unsure(rows: pd.DataFrame) -> str:
    return f"; over {season.TOO_SHORT}" if (rows["verdict"] == "season or change").any() else ""


def _reached(rows: pd.DataFrame, two: _Two, what: Score, level: float) -> str:
    """Say where the line as answered moved by who was reached."""
    row, raw = rows.loc["last change"], two.raw
    if not (raw.p_value <= 1 - level and two.held is not raw):
        return ""
    if row["verdict"] == "moved" and raw.estimate * row["estimate"] > 0:
        return ""
    size, rose = what.difference(raw.estimate), raw.estimate > 0
    if row["estimate"] / raw.estimate > STAYS:
        said = "rose" if rose else "fell"
        return f"; as answered, not at the same mix, it {said} by {size}"
    return f"; the raw {'rise' if rose else 'fall'} of {size} goes with who was reached"


def _notes(frame: pd.DataFrame, two: _Two, told: bool, what: Score, level: float) -> list[str]:
    looks = int(((frame["term"] != BEYOND) & frame["p_value"].notna()).sum())
    error = float(frame["std_error"].iloc[0])
    notes = [] if told else [season.SHORT_NOTE]
    if _reached(frame.set_index("term"), two, what, level) and two.moved:
        notes.append(f"Who was reached: {two.moved}.")
    if looks > 1:
        notes.append(f"{number(looks, 0)} looks were taken; the verdict allows for all of them.")
    if looks and error > 0:
        reach = stats.quantile(1 - (1 - level) / looks) + stats.quantile(2 * POWER - 1)
        size = what.difference(float(reach * error))
        notes.append(f"Between two such periods a change below {size} would most likely go unseen.")
    return notes
