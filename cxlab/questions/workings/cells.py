"""Every cell of a banner table at once: people are counted once by answer and place, then summed.

Variances are the with-replacement linearisation of survey software (Taylor series; Särndal,
Swensson and Wretman 1992, section 5.5); rows of one cluster are added up before they are squared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from cxlab.questionnaire import Asked
from cxlab.questions.workings.blocks import Block, blocks
from cxlab.questions.workings.columns import Columns


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a block; arrays over columns, or over lines and columns.

    Attributes:
        n, w: (columns) answers, and their weights added up.
        n_effective: (columns) answers the weighted base is worth (Kish 1965).
        units: (columns) clusters, or answers, that the variance rests on.
        count, weighted: (lines, columns) people in a cell, and their weights.
        estimate: (lines, columns) share or mean.
        variance: (lines, columns) of the estimate.
        covariance: (lines, pairs) of the estimates of two columns.
        rest: the cells of everyone of a breakdown outside each column, in the same shape.
        with_rest: (lines, columns) covariance of a column and its rest, which clusters make.
        who: (columns, clusters) who stands in a column; None where each answer is a person.
    """

    n: np.ndarray
    w: np.ndarray
    n_effective: np.ndarray
    units: np.ndarray
    count: np.ndarray
    weighted: np.ndarray
    estimate: np.ndarray
    variance: np.ndarray
    covariance: np.ndarray | None = None
    rest: "Cells | None" = None
    with_rest: np.ndarray | None = None
    who: sparse.csr_matrix | None = None

    def people(self, places: np.ndarray) -> int:
        """Count the people of some columns together."""
        if self.who is None:
            return int(self.n[places].sum())
        return len(np.unique(self.who[places].indices))


def cells(
    asked: Asked, columns: Columns, *, rest: Columns | None = None
) -> Iterator[tuple[Block, Cells]]:
    """Count and weigh every block of a question in every column.

    Args:
        asked: the question.
        columns: the columns.
        rest: for each column everyone else of its breakdown, to be compared with.
    """
    kind, crossed = None, ()
    for block in blocks(asked):
        if block.kind is not kind:  # answers and their mean are counted once
            kind, crossed = block.kind, tuple(columns.crossed(block.kind, len(block.base)))
        yield block, _summed(block, crossed, columns, rest)


def _summed(
    block: Block, crossed: Sequence[np.ndarray], columns: Columns, rest: Columns | None
) -> Cells:
    """Sum what was counted by answer and place over lines and columns."""
    lines = np.vstack([block.base, block.lines])
    if block.means:
        lines = np.vstack([lines, block.lines**2])
    plain, *more = (lines @ each for each in crossed)
    heavy, square = more or (plain, plain)
    done = _cells(plain, heavy, square, block, columns)
    pairs = _overlaps(square, block, columns, done) if columns.overlap else None
    beside = with_rest = None
    if rest is not None:
        beside = _cells(plain, heavy, square, block, rest)
    if columns.cluster is not None:
        done, beside, pairs, with_rest = _clustered(block, columns, rest, done, beside, pairs)
    return Cells(**{**vars(done), "covariance": pairs, "rest": beside, "with_rest": with_rest})


def _cells(
    plain: np.ndarray, heavy: np.ndarray, square: np.ndarray, block: Block, columns: Columns
) -> Cells:
    """Sum what was counted, weighed, and weighed squared (lines, places) over each column."""
    k = len(block.lines)
    plain, heavy, square = (each @ columns.member for each in (plain, heavy, square))
    n, w, w2 = plain[0], heavy[0], square[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = heavy[1 : k + 1] / w
        powers = square[k + 1 :] if block.means else square[1:]
        scatter = powers - 2 * estimate * square[1 : k + 1] + estimate**2 * w2
        variance = np.maximum(scatter, 0) / w**2 * (n / (n - 1))
        n_effective = np.where(n > 0, w**2 / w2, 0.0)
    variance = np.where(n > 1, variance, np.nan)
    count = plain[1 : k + 1] if not block.means else np.repeat(n[None], k, axis=0)
    return Cells(n, w, n_effective, n, count, heavy[1 : k + 1], estimate, variance)


def _overlaps(square: np.ndarray, block: Block, columns: Columns, done: Cells) -> np.ndarray:
    """Give the covariances that people make who stand in two columns."""
    k = len(block.lines)
    both = square @ columns.shared
    first, second = columns.ends.T
    p, q = done.estimate[:, first], done.estimate[:, second]
    powers = both[k + 1 :] if block.means else both[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        return (powers - (p + q) * both[1 : k + 1] + p * q * both[0]) / (
            done.w[first] * done.w[second]
        )


def _clustered(
    block: Block,
    columns: Columns,
    rest: Columns | None,
    done: Cells,
    beside: Cells | None,
    pairs: np.ndarray | None,
) -> tuple[Cells, Cells | None, np.ndarray, np.ndarray | None]:
    """Put in what rows of one cluster have in common; rows alone in theirs change nothing."""
    inside = np.flatnonzero(block.base[block.kind])
    cluster = np.unique(columns.cluster[inside], return_inverse=True)[1]  # type: ignore[index]
    size = np.bincount(cluster)
    several = size[cluster] > 1
    rows, (names, group) = inside[several], np.unique(cluster[several], return_inverse=True)
    shape = (len(names), len(rows))  # none where nobody who was asked answered twice
    add = sparse.csr_matrix((np.ones(len(rows)), (group, np.arange(len(rows)))), shape)
    sides = [(columns, done)] + ([(rest, beside)] if rest is not None and beside else [])
    heavy = [c.weighted(rows) for c, _ in sides]
    own = [np.zeros_like(cells.estimate) for _, cells in sides]
    first, second = columns.ends.T
    cross = np.zeros((len(block.lines), len(columns.pairs))) if pairs is None else pairs.copy()
    with_rest = None if beside is None else np.zeros_like(done.estimate)
    for at, line in enumerate(block.lines[:, block.kind[rows]] if len(rows) else ()):
        totals = []
        for side, (_, cells) in enumerate(sides):
            with np.errstate(divide="ignore", invalid="ignore"):
                score = heavy[side] * (line[:, None] - cells.estimate[at]) / cells.w
            score = np.nan_to_num(score)
            total = add @ score
            own[side][at] = (total**2).sum(axis=0) - (score**2).sum(axis=0)
            totals.append((total, score))
        total, score = totals[0]
        both = total.T @ total - score.T @ score
        cross[at] += both[first, second]
        if with_rest is not None:
            other, single = totals[1]
            with_rest[at] = (total * other).sum(axis=0) - (score * single).sum(axis=0)
    fixed = [
        _with_variance(cells, extra, _who(cluster, c.standing(inside)))
        for (c, cells), extra in zip(sides, own, strict=True)
    ]
    return fixed[0], fixed[1] if len(fixed) > 1 else None, cross, with_rest


def _with_variance(cells: Cells, extra: np.ndarray, who: sparse.csr_matrix) -> Cells:
    units = np.diff(who.indptr).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = cells.variance * (cells.n - 1) / cells.n + extra
        variance = np.where(units > 1, np.maximum(raw, 0) * units / (units - 1), np.nan)
    return Cells(**{**vars(cells), "variance": variance, "units": units, "who": who})


def _who(cluster: np.ndarray, standing: np.ndarray) -> sparse.csr_matrix:
    """Say which clusters stand in each column, (columns, clusters)."""
    row, column = np.nonzero(standing > 0)
    shape = standing.shape[1], int(cluster.max(initial=-1)) + 1
    who = sparse.csr_matrix((np.ones(len(row), bool), (column, cluster[row])), shape)
    who.sum_duplicates()
    return who
