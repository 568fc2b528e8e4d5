"""Does what customers get fall short of what they expect? Gaps of service quality."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, label, question
from cxlab.metrics.workings.answers import need, numeric, repeated
from cxlab.metrics.workings.gaps import two_sided
from cxlab.metrics.workings.measures import MetricsError
from cxlab.results import Result, count, listing, number, percent

ALIKE = "the same for all"  # no scatter, so chance cannot be judged
_MEANS = ["estimate", "std_error", "conf_low", "conf_high", "expectation", "performance"]
_ORDER = ["part", "term", *_MEANS, "p_value", "p_adjusted", "verdict", "n", "level"]


@question("weight", "cluster", "level")
def service_gaps(
    responses: pd.DataFrame,
    *,
    items: Mapping[str, tuple[str, str]],
    dimensions: Mapping[str, Sequence[str]] | None = None,
    how: How,
) -> Result:
    """Give perception minus expectation, item by item and dimension by dimension.

    SERVQUAL (Parasuraman, Zeithaml and Berry 1988): each person is compared with their own
    expectation, so only those who gave both count. A person's gap in a dimension is the mean of
    the gaps of the items they answered.

    Args:
        responses: one row an answer.
        items: name -> its columns of expectation and of perception, on one scale.
        dimensions: name -> the items it is made of; without, all items make one.
        cluster: column of what was drawn together; by default the customer where customers
            answered more than once, "" for every answer by itself.

    Returns:
        part (`item`, `dimension`), term, estimate (the gap, below zero where service falls
        short), std_error, conf_low, conf_high, expectation, performance (means), p_value,
        p_adjusted (Holm, within items and within dimensions), verdict (`falls short`, `exceeds`,
        `no detectable gap`, `the same for all`), n, level; in points of the scale.

    Raises:
        MetricsError: no item, an absent column, a dimension of unknown items, or fewer than two
            people who gave both.

    Example:
        >>> rows = pd.DataFrame({"e": [7, 6, 7, 5, 6], "p": [5, 6, 4, 5, 7]})
        >>> service_gaps(rows, items={"prompt": ("e", "p")}).headline
        'No detectable gap between what is expected and what is perceived.'
    """
    if not items:
        raise MetricsError("no item is named; give each its expectation and its perception.")
    cluster = (repeated(responses) if how.cluster is None else how.cluster) or None
    sides = _sides(responses, items, [name for name in (how.weight, cluster) if name])
    made = {"all items": list(items)} if dimensions is None else dict(dimensions)
    for name, members in made.items():
        unknown = [f"'{member}'" for member in members if member not in items] or ["nothing"]
        if unknown != ["nothing"] or not len(members):
            raise MetricsError(f"dimension '{name}': {listing(unknown)} is not among the items.")
    drawn = {"weight": responses[how.weight]} if how.weight else {}
    drawn |= {"cluster": responses[cluster]} if cluster else {}
    rows = [("item", name, *_gap(name, sides, [name], drawn, how.level)) for name in items]
    rows += [("dimension", name, *_gap(name, sides, made[name], drawn, how.level)) for name in made]
    frame = _judged(
        pd.DataFrame(rows, columns=["part", "term", *_MEANS, "p_value", "n"]), how.level
    )
    return Result(
        name="service gaps",
        frame=frame[_ORDER],
        headline=_headline(frame),
        method="Perception minus expectation of the same person (Parasuraman, Zeithaml and Berry "
        f"1988); paired t intervals at {percent(how.level)}, verdicts by Holm.",
        base=f"{count(frame['n'].max(), 'answer')} with both, {count(len(items), 'item')}; "
        + ("weighted." if how.weight else "unweighted."),
        unit="points",
    )


# ---------------------------------------------------------------- helpers


def _sides(
    responses: pd.DataFrame, items: Mapping[str, tuple[str, str]], more: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give expectations and perceptions, item by item, of those who gave both."""
    need(responses, [column for pair in items.values() for column in pair] + list(more))
    wanted, found = (
        pd.DataFrame({n: numeric(responses, pair[k]).astype(float) for n, pair in items.items()})
        for k in (0, 1)
    )
    both = wanted.notna() & found.notna()
    return wanted.where(both), found.where(both)


def _gap(name, sides, members, drawn: dict, level: float) -> tuple:
    wanted, found = (side[list(members)].mean(axis="columns") for side in sides)
    held = wanted.notna()
    if "weight" in drawn:
        held &= drawn["weight"].fillna(0) > 0
    if held.sum() < 2:
        raise MetricsError(
            f"'{label(name)}': {count(held.sum(), 'answer')} with both expectation and perception; "
            "two are needed."
        )
    given = {key: column[held] for key, column in drawn.items()}
    w = given.get("weight", pd.Series(1.0, index=wanted[held].index)).to_numpy(float)
    gap = stats.linearised((found - wanted)[held].to_numpy(), **given)
    estimate, error, df = float(gap.estimate[0]), float(gap.std_error[0]), float(gap.df[0])
    low, high = stats.mean_interval(estimate, error, df=df, level=level)
    p = float(two_sided(estimate, error, df))
    means = (float(np.average(side[held], weights=w)) for side in (wanted, found))
    return (estimate, error, float(low), float(high), *means, p, int(held.sum()))


def _judged(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    by_part = frame.groupby("part")["p_value"]
    frame["p_adjusted"] = by_part.transform(lambda p: stats.adjust(p, method="holm"))
    words = np.where(frame["estimate"] < 0, "falls short", "exceeds")
    words = np.where(frame["p_adjusted"] < 1 - level, words, "no detectable gap")
    return frame.assign(verdict=np.where(frame["p_value"].isna(), ALIKE, words), level=level)


def _headline(frame: pd.DataFrame) -> str:
    apart = frame[(frame["part"] == "item") & frame["verdict"].isin(["falls short", "exceeds"])]
    if apart.empty:
        return "No detectable gap between what is expected and what is perceived."
    short = apart[apart["estimate"] < 0]
    row = (short if len(short) else apart).sort_values("estimate").iloc[0 if len(short) else -1]
    ends = f"{number(row['conf_low'], 2)} to {number(row['conf_high'], 2)}"
    said = f"{number(row['estimate'], 2, signed=True)} ({ends})"
    if short.empty:
        return f"{label(row['term'])} exceeds what is expected most: {said}."
    return f"{label(row['term'])} falls short of what is expected most: {said}."
