"""How sure is a mean or a total under raked weights, given how the sample was drawn?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy

from cxlab.codebook import How, need, question
from cxlab.results import Result, amount, count, listing, percent, span
from cxlab.weighting.raking import ABSENT, WeightingError, effective_size

METHOD = (
    "calibrated weights; standard error from what the margins leave unexplained (Deville and "
    "Särndal 1992)"
)


class Drawn(NamedTuple):
    """How the sample was drawn.

    Attributes:
        base: column of weights before raking, such as inverse chances of selection.
        cluster: column of what was drawn as one, such as the customer or the branch.
        strata: column of the groups that were drawn from apart.
        population: how many clusters (rows, without clusters) there were to draw from: a number,
            or a column that holds each stratum's.
    """

    base: str | None = None
    cluster: str | None = None
    strata: str | None = None
    population: str | float | None = None


@question("weight", "cluster", "level")
def calibrated_mean(
    responses: pd.DataFrame,
    *,
    score: str,
    margins: Sequence[str],
    drawn: Drawn | None = None,
    how: How,
) -> Result:
    """Give a weighted mean with the standard error that raking leaves.

    Where a margin goes with the score, fixing it to the population's takes away what that margin
    would have varied by from sample to sample; an error that takes the weights as given misses it.

    Args:
        responses: one row an answer, weighted by `rake` or `cells`.
        score: column of numbers.
        margins: the columns the weights were raked to.
        drawn: how the sample was drawn; by default each row, or cluster, with equal chances.
        weight: column of the raked weights; `weight` unless another is named.
        cluster: as in `drawn`, where that names none.

    Returns:
        term, estimate, std_error, conf_low, conf_high, n, n_effective (Kish), df, level; in the
        score's unit. The interval is Student's, on clusters less strata.

    Raises:
        WeightingError: a column is absent or cannot be read, a stratum holds one cluster, or the
            population is smaller than the sample.

    Example:
        >>> rows = pd.DataFrame({"plan": list("aabb"), "nps": [9, 9, 2, 2], "weight": 1.0})
        >>> found = calibrated_mean(rows, score="nps", margins=["plan"])
        >>> found.frame["estimate"].tolist(), found.frame["std_error"].round(9).tolist()
        ([5.5], [0.0])
    """
    return _answer(responses, "mean", score, margins, drawn or Drawn(), how)


@question("weight", "cluster", "level")
def calibrated_total(
    responses: pd.DataFrame,
    *,
    score: str,
    margins: Sequence[str],
    drawn: Drawn | None = None,
    how: How,
) -> Result:
    """Give a weighted total with the standard error that raking leaves.

    The total is of the population only where the weights sum to it: rake to numbers of people.

    Args:
        score, margins, drawn, weight, cluster: as in `calibrated_mean`.

    Returns:
        As `calibrated_mean`, the estimate being the sum over the population.

    Raises:
        WeightingError: as `calibrated_mean`, or an answer lacks the number to be summed.

    Example:
        >>> rows = pd.DataFrame({"plan": list("aabb"), "visits": [1, 3, 2, 2], "weight": 10.0})
        >>> calibrated_total(rows, score="visits", margins=["plan"]).frame["estimate"].tolist()
        [80.0]
    """
    return _answer(responses, "total", score, margins, drawn or Drawn(), how)


# ---------------------------------------------------------------- helpers


def _answer(
    responses: pd.DataFrame,
    term: str,
    score: str,
    margins: Sequence[str],
    drawn: Drawn,
    how: How,
) -> Result:
    weight, level = how.weight or "weight", how.level
    drawn = drawn._replace(cluster=drawn.cluster or how.cluster)
    named = [score, weight, *margins, drawn.base, drawn.cluster, drawn.strata]
    need(responses, [name for name in named if name], WeightingError, ABSENT)
    y, known = _scored(responses, score, term)
    w = _weights(responses, weight)
    base = _weights(responses, drawn.base) if drawn.base else np.ones(len(w))
    mean = (w * y).sum() / (w * known).sum()
    size = (w * known).sum() if term == "mean" else 1.0
    left = _unexplained(known * (y - mean), _margins(responses, margins, w), base)
    error, df = _error(w * left / size, responses, drawn)
    estimate = mean if term == "mean" else float((w * y).sum())
    reach = scipy.special.stdtrit(df, (1 + level) / 2) * error
    frame = pd.DataFrame({"term": [term], "estimate": estimate, "std_error": error})
    frame = frame.assign(conf_low=estimate - reach, conf_high=estimate + reach)
    frame = frame.assign(n=int(known.sum()), n_effective=effective_size(w[known]), df=df)
    said = f"{amount(estimate, '')} ({span(estimate - reach, estimate + reach, '')})"
    return Result(
        name=f"{term} of {score}, weights calibrated",
        frame=frame.assign(level=level),
        headline=f"The {term} of '{score}' is {said}, {count(known.sum(), 'answer')}.",
        method=f"{METHOD}; {_design(drawn)}; {percent(level)} interval.",
        base=f"{count(known.sum(), 'answer')}, weighted to {listing(list(margins))}.",
        notes=_notes(known, score),
    )


def _scored(responses: pd.DataFrame, score: str, term: str) -> tuple[np.ndarray, np.ndarray]:
    """Give the numbers, zero where there is none, and where there is one."""
    try:
        y = pd.to_numeric(responses[score]).to_numpy(dtype=float, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise WeightingError(f"'{score}' holds what is no number: {error}.") from None
    known = np.isfinite(y)
    if not known.any():
        raise WeightingError(f"'{score}' holds no number.")
    if term == "total" and not known.all():
        raise WeightingError(
            f"{count((~known).sum(), 'answer')} without a number in '{score}', so its total is "
            "not known. Fill them in (0 where nothing is meant), or ask for the mean."
        )
    return np.where(known, y, 0.0), known


def _weights(responses: pd.DataFrame, name: str) -> np.ndarray:
    w = pd.to_numeric(responses[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if not (np.isfinite(w) & (w > 0)).all():
        raise WeightingError(
            f"'{name}': {count((~(w > 0)).sum(), 'weight')} missing, zero or negative. "
            "Set these rows aside."
        )
    return w


def _margins(responses: pd.DataFrame, margins: Sequence[str], w: np.ndarray) -> np.ndarray:
    """Give what raking holds fixed: each group against its share of those whose group is known."""
    columns = [np.ones(len(w))]
    for name in margins:
        codes, groups = pd.factorize(responses[name])
        counted = np.bincount(codes[codes >= 0], w[codes >= 0], len(groups))
        shares = counted / counted.sum()
        columns += [(codes == at) - shares[at] * (codes >= 0) for at in range(len(groups))]
    return np.column_stack(columns)


def _unexplained(y: np.ndarray, x: np.ndarray, base: np.ndarray) -> np.ndarray:
    root = np.sqrt(base)
    beta, *_ = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)
    return y - x @ beta


def _error(parts: np.ndarray, responses: pd.DataFrame, drawn: Drawn) -> tuple[float, int]:
    """Add up the variance between clusters within each stratum."""
    rows = np.arange(len(parts))
    keys = {
        "stratum": _labels(responses, drawn.strata) if drawn.strata else np.zeros(len(parts)),
        "cluster": _labels(responses, drawn.cluster) if drawn.cluster else rows,
    }
    table = pd.DataFrame(keys).assign(part=parts, there=_population(responses, drawn))
    drawn_from = table.groupby("stratum")["there"].agg(["min", "max"])
    clusters = table.groupby(["stratum", "cluster"])["part"].sum()
    by = clusters.groupby(level="stratum").agg(["count", "var"])
    what = drawn.cluster or "row"
    if (by["count"] < 2).any():
        place = f" of stratum '{by.index[by['count'] < 2][0]}'" if drawn.strata else ""
        raise WeightingError(
            f"one {what}{place} says nothing of how they differ. Join it with another stratum."
            if drawn.strata
            else f"one {what} says nothing of how they differ; at least two are needed."
        )
    if (drawn_from["min"] != drawn_from["max"]).any() or (drawn_from["min"] < by["count"]).any():
        raise WeightingError(
            f"population={drawn.population!r} must say, once for each stratum, how many there were "
            f"to draw from: no fewer than were drawn (up to {by['count'].max():,})."
        )
    left = 1 - by["count"] / drawn_from["min"]
    return float(np.sqrt((left * by["count"] * by["var"]).sum())), int((by["count"] - 1).sum())


def _labels(responses: pd.DataFrame, name: str) -> pd.Series:
    if responses[name].isna().any():
        raise WeightingError(
            f"{count(responses[name].isna().sum(), 'answer')} without '{name}': how they were "
            "drawn is not known. Set these rows aside."
        )
    return responses[name].reset_index(drop=True)


def _population(responses: pd.DataFrame, drawn: Drawn) -> np.ndarray | float:
    if drawn.population is None:
        return np.inf
    if not isinstance(drawn.population, str):
        return float(drawn.population)
    need(responses, [drawn.population], WeightingError, ABSENT)
    return _weights(responses, drawn.population)


def _design(drawn: Drawn) -> str:
    words = [f"by {drawn.cluster}" if drawn.cluster else "each row by itself"]
    words += [f"within {drawn.strata}"] if drawn.strata else []
    words += ["finite population"] if drawn.population is not None else []
    return ", ".join(words)


def _notes(known: np.ndarray, score: str) -> tuple[str, ...]:
    if known.all():
        return ()
    return (f"{count((~known).sum(), 'answer')} without '{score}' are not counted.",)
