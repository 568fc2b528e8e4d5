"""How many answers would it take, and what could this sample have shown?"""

import numpy as np
import pandas as pd

from cxlab import results, stats
from cxlab.codebook import How, question
from cxlab.metrics.workings.answers import Answers, By, take
from cxlab.metrics.workings.estimates import means
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.results import Result, count, number, percent

# a change worth seeing, where none is named: five points, or the like on another scale
USUAL = {"nps": 5.0, "top": 0.05, "mean": 0.2}


def sample_size(
    *,
    promoters: float,
    detractors: float,
    change: float | None = None,
    margin: float | None = None,
    power: float = 0.8,
    population: float | None = None,
    level: float = 0.95,
) -> Result:
    """Say how many answers it takes to see a change of the NPS, or to know it within a margin.

    Args:
        promoters: expected share of promoters, 0 to 1.
        detractors: expected share of detractors, 0 to 1.
        change: difference between two waves to be seen, in points.
        margin: half the width of one wave's interval, in points.
        power: chance of seeing the change if it is there.
        population: how many there are to ask; shrinks the number for a margin.
        level: confidence level.

    Returns:
        term (`change`, `change, by t`, `margin`, `margin, worst case`), value (points), n
        (answers a wave, before rounding up), level.

    Example:
        >>> sample_size(promoters=0.5, detractors=0.2, change=5).headline
        'You would need 3,830 answers a wave to see a change of 5 points with 80% power.'
    """
    if not (promoters >= 0 and detractors >= 0 and promoters + detractors <= 1):
        raise MetricsError(
            f"promoters {promoters:g} and detractors {detractors:g} must be shares that sum to at "
            "most 1; write 0.5 for 50%."
        )
    if change is None and margin is None:
        raise MetricsError("Name the `change` to be seen, or the `margin` to be kept.")
    for word, value in (("change", change), ("margin", margin)):
        if value is not None and not 0 < value <= 200:
            raise MetricsError(f"{word} is in points and above zero; it is {value:g}.")
    variance = 1e4 * float(stats.nps_variance(detractors, promoters))
    rows: list[dict] = []
    said = []
    if change is not None:
        n = float(stats.n_for_change(variance, change=change, power=power, level=level))
        rows.append({"term": "change", "value": change, "n": n})
        more = stats.n_for_change_by_t(variance, change=change, power=power, level=level)
        rows.append({"term": "change, by t", "value": change, "n": more})
        said.append(
            f"{count(max(round(n), 1), 'answer')} a wave to see a change of {change:g} points with "
            f"{percent(power)} power"
        )
    if margin is not None:
        for term, spread in (("margin", variance), ("margin, worst case", 1e4)):
            n = float(stats.n_for_margin(spread, margin=margin, level=level, population=population))
            rows.append({"term": term, "value": margin, "n": n})
        said.append(
            f"{count(max(round(rows[-2]['n']), 1), 'answer')} to know the NPS within {margin:g} "
            "points"
        )
    base = f"Assuming {percent(promoters)} promoters and {percent(detractors)} detractors"
    if population:
        base += f" among {number(population, 0)} people"
    return Result(
        name="sample size",
        frame=pd.DataFrame(rows).assign(level=level),
        headline=f"You would need {' and '.join(said)}.",
        method=f"normal approximation from the variance of one answer (Rocks 2016); level {level}",
        base=base + "; simple random samples.",
    )


def sample_size_share(
    *, before: float, after: float, power: float = 0.8, level: float = 0.95
) -> Result:
    """Say how many answers a wave it takes to tell two shares apart, such as two CSATs.

    Args:
        before: expected share, 0 to 1.
        after: the share it should be told from.
        power, level: as in `sample_size`.

    Returns:
        term, before, after, n (answers a wave, before rounding up), level.

    Example:
        >>> sample_size_share(before=0.5, after=0.75, power=0.9).headline
        'You would need 77 answers a wave to tell 75% from 50% with 90% power.'
    """
    n = stats.n_two_shares(first=before, second=after, power=power, level=level)
    frame = [{"term": "change", "before": before, "after": after, "n": n, "level": level}]
    return Result(
        name="sample size",
        frame=pd.DataFrame(frame),
        headline=f"You would need {count(np.ceil(n), 'answer')} a wave to tell {percent(after)} "
        f"from {percent(before)} with {percent(power)} power.",
        method="two-sided test of two shares, normal approximation (as power.prop.test of R)",
        base="Simple random samples of equal size.",
    )


@question()
def detectable(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    by: By = None,
    change: float | None = None,
    power: float = 0.8,
    how: How,
) -> Result:
    """Say what this sample can show: the smallest change between two waves of its size.

    Args:
        responses: one row per answer; one wave, or the answers of a typical period.
        change: a change worth seeing, in the unit of the score.
        power: chance of seeing a change that is there.

    Returns:
        group (`all`, then each group), estimate (smallest change that would be seen), value (the
        change worth seeing), n, n_effective, n_needed (answers a wave to see it), level,
        verdict (`enough`, `too few`).

    Example:
        >>> rows = pd.DataFrame({"nps": [0] * 20 + [7] * 30 + [9] * 50})
        >>> int(detectable(rows).frame["n_needed"][0])
        3831
    """
    what = resolve(score)
    change = USUAL[what.kind] if change is None else change
    if not change > 0:
        raise MetricsError(f"change must be above zero; it is {change:g}.")
    answers = take(responses, what, by=by, weight=how.weight, cluster=how.cluster)
    frame = _seen(answers, change, power, how.level)
    if by is not None:
        whole = take(responses, what, weight=how.weight, cluster=how.cluster)
        few = results.hidden(frame, smallest=how.smallest)
        frame.loc[few, ["estimate", "n_effective", "n_needed", "verdict"]] = None
        frame = pd.concat([_seen(whole, change, power, how.level), frame], ignore_index=True)
    return Result(
        name=f"{what.name}: what can be seen",
        frame=frame,
        headline=_detectable_headline(frame, what, change, power),
        method="two waves of this size, normal approximation from the variance of one answer",
        base=answers.base,
        notes=answers.notes,
        unit=what.unit,
    )


def _seen(answers: Answers, change: float, power: float, level: float) -> pd.DataFrame:
    mean = means(answers)
    shares = answers.cells.w / np.maximum(answers.cells.w.sum(axis=1, keepdims=True), 1e-300)
    variance = shares @ answers.worth**2 - (shares @ answers.worth) ** 2
    smallest = stats.change_for_n(variance, n=mean.n_effective, power=power, level=level)
    needed = stats.n_for_change(variance, change=change, power=power, level=level)
    # weights and clusters make answers worth less; as many more are needed
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.ceil(needed * mean.n / mean.n_effective)
    seen = (variance > 0) & (mean.n > 1)
    frame = pd.DataFrame(
        {
            "group": answers.groups,
            "estimate": np.where(seen, smallest, np.nan),
            "value": change,
            "n": mean.n.astype(int),
            "n_effective": mean.n_effective,
            "n_needed": pd.array(np.where(seen, needed, np.nan), dtype="Int64"),
            "level": level,
            "verdict": np.where(mean.n >= needed, "enough", "too few").astype(object),
        }
    )
    frame.loc[~seen, "verdict"] = None
    return frame


def _detectable_headline(frame: pd.DataFrame, what: Score, change: float, power: float) -> str:
    scaled = change * 100 if what.kind == "top" else change
    goal = " ".join([f"{scaled:g}", *what.difference(change).split(" ")[1:]])
    known = frame.dropna(subset=["estimate"])
    if known.empty:
        return f"{what.name}: the answers are all alike; what could be seen is not known."
    row = known.iloc[0]
    start = (
        f"Two waves of {count(row['n'], 'answer')} show changes of "
        f"{what.difference(row['estimate'])} or more"
    )
    if row["verdict"] == "enough":
        return f"{start}: enough to see {goal}."
    needed = round(float(row["n_needed"]), -1) if row["n_needed"] > 1000 else row["n_needed"]
    return f"{start}. To see {goal}, each would need {count(needed, 'answer')}."
