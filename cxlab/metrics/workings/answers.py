"""From rows to counts: the answers of each group, checked, weighted and accounted for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlab import codebook, stats
from cxlab.codebook import check_scale, label
from cxlab.metrics.workings.measures import MetricsError, Score
from cxlab.results import count

MOST_GROUPS = 1000
MOST_CELLS = 20_000_000
ALL = "all"
NOT_STATED = "not stated"
CUSTOMER = "customer_id"
By = str | Sequence[str] | None


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to one score, by group.

    Attributes:
        score: what is measured.
        groups: label of each group.
        points: the points of the scale, one per cell.
        cells: counts and weights by group and cell.
        group, cell, weight, cluster: the same, row by row.
        mask: which rows of the frame given count; none means all.
        mode: by which channel each answer came, if known.
        base: who is counted, as a sentence.
        notes: what was left out and why.
    """

    score: Score
    groups: list[str]
    points: np.ndarray
    cells: stats.Tally
    group: np.ndarray
    cell: np.ndarray
    weight: np.ndarray | None
    cluster: np.ndarray | None
    mask: np.ndarray | None
    mode: pd.Series | None
    base: str
    notes: tuple[str, ...]

    @property
    def kept(self) -> np.ndarray:
        """The position of each answer in the frame given."""
        return np.arange(len(self.cell)) if self.mask is None else np.flatnonzero(self.mask)

    @property
    def worth(self) -> np.ndarray:
        """What an answer in each cell adds to the score."""
        return self.score.worth(self.points)

    @property
    def total(self) -> stats.Tally:
        """The counts of all groups together."""
        return stats.Tally(*(part.sum(axis=0, keepdims=True) for part in self.cells))

    def values(self) -> np.ndarray:
        """What each answer adds to the score, row by row."""
        return self.worth[self.cell]


def take(
    responses: pd.DataFrame,
    score: Score,
    *,
    by: By = None,
    weight: str | None = None,
    cluster: str | None = None,
) -> Answers:
    """Count the answers of each group.

    Answers of one customer are not independent: where `customer_id` repeats and no cluster is
    named, it is the cluster; an empty name takes every answer by itself.

    Raises:
        MetricsError: a column is absent, nothing was answered, weights are negative, or
            there are too many groups.
        ScaleError: scores lie outside their scale.
    """
    names = [by] if isinstance(by, str) else list(by or [])
    cluster = (repeated(responses) if cluster is None else cluster) or None
    need(responses, [score.column, *names, *(c for c in (weight, cluster) if c)])
    scores = numeric(responses, score.column)
    weights = _weights(responses, weight)
    kept, notes = _kept(scores, weights, weight)
    values = scores.to_numpy(dtype=float, na_value=np.nan) if kept is not None else None
    chosen = scores.to_numpy() if values is None or kept is None else values[kept]
    if not len(chosen):
        raise MetricsError(
            f"'{score.column}': none of {count(len(responses), 'row')} holds an answer, "
            "so there is no score. Check the column's mapping, or widen the filter."
        )
    cell, points = _cells(chosen, scores, score)
    codes, groups, more = _groups(responses, names, kept)
    if len(groups) * len(points) > MOST_CELLS:
        raise MetricsError(
            f"'{score.column}' has {len(points):,} different values in {len(groups):,} groups: "
            "too many to count. Round the scores, or name a column with fewer groups."
        )
    if weights is not None and kept is not None:
        weights = weights[kept]
    cells = stats.tally(codes, cell, groups=len(groups), cells=len(points), weight=weights)
    labels = None if cluster is None else _clusters(responses, cluster, kept)
    mode = None
    if "channel" in responses:
        mode = responses["channel"] if kept is None else responses["channel"][kept]
    base = _base(responses, score, len(chosen), kept, weight, cluster)
    rest = (weights, labels, kept, mode, base, (*notes, *more))
    return Answers(score, groups, points, cells, codes, cell, *rest)


def need(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse a frame that lacks a column, naming the nearest one."""
    codebook.need(frame, columns, MetricsError, "There is no column '{}' in these rows.")


def repeated(responses: pd.DataFrame) -> str | None:
    """Name the column of the customer where some answered more than once.

    Example:
        >>> repeated(pd.DataFrame({"customer_id": ["a", "b", "a", None]}))
        'customer_id'
    """
    if CUSTOMER not in responses:
        return None
    return CUSTOMER if responses[CUSTOMER].dropna().duplicated().any() else None


def numeric(frame: pd.DataFrame, column: str) -> pd.Series:
    """Give a column as numbers, or refuse it with its first words."""
    values = frame[column]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values
    numbers = pd.to_numeric(values, errors="coerce")
    yes_or_no = values.map(lambda value: isinstance(value, bool | np.bool_)).astype(bool)
    wrong = (numbers.isna() & values.notna()) | yes_or_no
    if wrong.any():
        first = [str(value) for value in values[wrong].head(3)]
        raise MetricsError(
            f"'{column}': {count(int(wrong.sum()), 'value')} of {len(values):,} cannot be read as "
            f"numbers (first {first}).\nClean the column first; cleaning books what it changes."
        )
    return numbers.astype(float)


def _weights(responses: pd.DataFrame, weight: str | None) -> np.ndarray | None:
    if weight is None:
        return None
    weights = numeric(responses, weight).to_numpy(dtype=float, na_value=np.nan)
    if _sound(weights):
        return weights
    wrong = np.flatnonzero((weights < 0) | np.isinf(weights))
    if len(wrong):
        raise MetricsError(
            f"'{weight}': {count(len(wrong), 'weight')} of {len(weights):,} are negative or "
            f"infinite (first rows {responses.index[wrong[:3]].tolist()}).\n"
            "A weight says how many people an answer stands for; correct the weighting."
        )
    return weights


def _sound(weights: np.ndarray) -> bool:
    """Say at little cost whether all weights are numbers above zero."""
    return bool(len(weights) and weights.min() > 0 and weights.max() < np.inf)


def _kept(scores: pd.Series, weights: np.ndarray | None, weight: str | None):
    """Say which rows count, and note the others; none set aside gives no mask."""
    missing = scores.isna().to_numpy()
    answered = None if not missing.any() else ~missing
    notes: list[str] = []
    if weights is None or _sound(weights):
        return answered, notes
    unweighted, zero = np.isnan(weights), weights == 0
    for left_out, word in ((unweighted, "without"), (zero, "of zero")):
        left = int((left_out & ~missing).sum()) if left_out.any() else 0
        if left:
            what = f"{word} weight" if word == "without" else f"with a weight {word}"
            notes.append(f"{count(left, 'answer')} {what} ('{weight}') count for nobody here.")
    counted = ~(unweighted | zero)
    if not counted.any() and len(counted):
        raise MetricsError(f"'{weight}': every weight is zero or missing; nobody is counted.")
    if counted.all():
        return answered, notes
    return (counted if answered is None else counted & answered), notes


def _cells(chosen: np.ndarray, scores: pd.Series, score: Score) -> tuple[np.ndarray, np.ndarray]:
    """Code each answer by its point of the scale."""
    scale = score.scale
    if scale is None or scale.high - scale.low > 100 or scale.low % 1:
        if scale is not None:
            check_scale(scores, scale.low, scale.high)
        points, cell = np.unique(chosen.astype(float), return_inverse=True)
        return cell, points
    if chosen.min() < scale.low or chosen.max() > scale.high:
        check_scale(scores, scale.low, scale.high)
    cell = chosen.astype(np.int8)
    if chosen.dtype.kind == "f" and not np.array_equal(cell, chosen):
        if score.kind == "mean":
            points, cell = np.unique(chosen, return_inverse=True)
            return cell, points
        wrong = chosen[cell != chosen]
        raise MetricsError(
            f"'{score.column}': {count(len(wrong), 'answer')} of {len(chosen):,} are not whole "
            f"(first {wrong[:3].tolist()}); on {scale} they belong to no box.\n"
            "Round them by a stated rule before, or report the mean."
        )
    return (cell - int(scale.low)).astype(np.int8), np.arange(scale.low, scale.high + 1)


def _groups(responses: pd.DataFrame, names: list[str], kept: np.ndarray | None):
    """Code the rows by group, in the order of the categories or of the alphabet."""
    if not names:
        n = len(responses) if kept is None else int(kept.sum())
        return np.zeros(n, dtype=np.int8), [ALL], []
    codes, labels = _coded(responses[names[0]])
    for name in names[1:]:
        other, words = _coded(responses[name])
        joined, seen = pd.factorize(codes.astype(np.int64) * len(words) + other, sort=True)
        labels = [f"{labels[c // len(words)]} · {words[c % len(words)]}" for c in seen]
        codes = joined
    if len(labels) > MOST_GROUPS:
        raise MetricsError(
            f"{label(' × '.join(names))} has {len(labels):,} different values; scores are given "
            f"for at most {MOST_GROUPS:,} groups.\nName a column with fewer values, or join "
            "small groups first."
        )
    notes = []
    if NOT_STATED in labels:
        blank = int((codes == labels.index(NOT_STATED)).sum())
        notes.append(f"{count(blank, 'row')} without a value in '{names[0]}': '{NOT_STATED}'.")
    return (codes if kept is None else codes[kept]), labels, notes


def _coded(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, seen = _seen(values)
        labels = [str(values.cat.categories[each]) for each in seen]
    else:
        codes, unique = pd.factorize(values, sort=True)
        whole = pd.api.types.is_float_dtype(values.dtype)
        labels = [f"{name:g}" if whole else str(name) for name in unique]
    if len(codes) and codes.min() < 0:
        return np.where(codes < 0, len(labels), codes), [*labels, NOT_STATED]
    return codes, labels


def _seen(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Code a categorical by the categories that occur; give these as well."""
    codes = values.cat.codes.to_numpy()
    seen = np.zeros(len(values.cat.categories) + 1, dtype=bool)
    seen[codes] = True  # what is missing has code -1, the last place
    place = np.append(np.cumsum(seen[:-1]) - 1, -1)
    return place[codes], np.flatnonzero(seen[:-1])


def _clusters(responses: pd.DataFrame, cluster: str, kept: np.ndarray | None) -> np.ndarray:
    # coded among those kept, so that the largest code tells how many clusters there are
    values = responses[cluster] if kept is None else responses[cluster][kept]
    coded = isinstance(values.dtype, pd.CategoricalDtype)
    codes = _seen(values)[0] if coded else pd.factorize(values)[0]
    # an answer without an id stands alone
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    return codes


def _base(responses, score: Score, n: int, kept, weight: Any, cluster: Any) -> str:
    parts = [f"{count(n, 'answer')} to {label(score.column)}"]
    if "answered_at" in responses and pd.api.types.is_datetime64_any_dtype(responses.answered_at):
        times = responses["answered_at"] if kept is None else responses["answered_at"][kept]
        first, last = times.min(), times.max()
        if pd.notna(first):
            parts[0] += f", {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    parts.append("weighted" if weight else "unweighted")
    if cluster:
        who = "customer" if cluster == CUSTOMER else label(cluster)
        parts.append(f"answers of one {who} taken together")
    left = len(responses) - n
    if left:
        parts.append(f"{count(left, 'row')} without an answer that counts")
    return "; ".join(parts) + "."
