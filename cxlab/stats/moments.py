"""Weighted and clustered means by Taylor linearisation, from rows or from counts."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxlab.stats.intervals import StatsError

SPARSE = 8  # cells a row up to which a table of all pairs is made


class Tally(NamedTuple):
    """Answers counted by group (rows) and cell (columns), with sums of weights and squares."""

    n: np.ndarray
    w: np.ndarray
    w2: np.ndarray


class Mean(NamedTuple):
    """Means of groups: an array each, missing where a group has no answers."""

    estimate: np.ndarray
    std_error: np.ndarray
    n: np.ndarray
    n_effective: np.ndarray
    df: np.ndarray


def tally(
    group: np.ndarray, cell: np.ndarray, *, groups: int, cells: int, weight: Any = None
) -> Tally:
    """Count answers by group and cell in one pass.

    Args:
        group: code of each row's group, from 0.
        cell: code of each row's answer, from 0.
        groups: number of groups.
        cells: number of cells.
        weight: optional weight of each row.

    Returns:
        Counts, sums of weights and sums of squared weights, (groups, cells) each.

    Example:
        >>> tally(np.array([0, 0, 1]), np.array([2, 2, 0]), groups=2, cells=3).n.tolist()
        [[0.0, 0.0, 2.0], [1.0, 0.0, 0.0]]
    """
    key = np.multiply(group, cells, dtype=np.int64)
    key += cell
    size, shape = groups * cells, (groups, cells)
    n = np.bincount(key, minlength=size).astype(float).reshape(shape)
    if weight is None:
        return Tally(n, n, n)
    weight = np.asarray(weight, dtype=float)
    w = np.bincount(key, weights=weight, minlength=size).reshape(shape)
    w2 = np.bincount(key, weights=weight * weight, minlength=size).reshape(shape)
    return Tally(n, w, w2)


def mean_of(cells: Tally, values: Any) -> Mean:
    """Give each group's weighted mean with its linearised standard error.

    The variance is the with-replacement linearisation n/(n-1) * sum w^2 (v - mean)^2 / (sum w)^2,
    as survey software computes it.

    Args:
        cells: the tally of the groups.
        values: what an answer in each cell is worth.

    Example:
        >>> found = mean_of(Tally(*(np.array([[10.0, 20.0, 30.0]]),) * 3), [-100, 0, 100])
        >>> round(float(found.estimate[0]), 1), round(float(found.std_error[0]), 2)
        (33.3, 9.7)
    """
    values = np.asarray(values, dtype=float)
    n, total = cells.n.sum(axis=1), cells.w.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = cells.w @ values / total
        squares = (cells.w2 * (values - estimate[:, None]) ** 2).sum(axis=1)
        std_error = np.sqrt(n / (n - 1) * squares) / total
        n_effective = total**2 / cells.w2.sum(axis=1)
    std_error = np.where(n > 1, std_error, np.nan)
    return Mean(estimate, std_error, n, np.where(n > 0, n_effective, 0.0), np.maximum(n - 1, 0))


def linearised(values: Any, *, weight: Any = None, group: Any = None, cluster: Any = None) -> Mean:
    """Give weighted means of rows with standard errors that respect clusters.

    Args:
        values: numbers without gaps.
        weight: optional weight of each row.
        group: optional codes of groups, from 0.
        cluster: optional labels; rows of one cluster are not independent.

    Returns:
        Arrays over the groups; `n_effective` is Kish's, divided by what clustering costs;
        `df` is clusters less one.

    Raises:
        StatsError: lengths differ or values are missing.

    Example:
        >>> float(linearised([1.0, 2.0, 3.0], weight=[1, 1, 2]).estimate[0])
        2.25
    """
    v = np.asarray(values, dtype=float)
    w = np.ones(len(v)) if weight is None else np.asarray(weight, dtype=float)
    g = np.zeros(len(v), dtype=np.intp) if group is None else np.asarray(group).astype(np.intp)
    if not len(v) == len(w) == len(g) or np.isnan(v).any() or np.isnan(w).any():
        raise StatsError("values, weights and groups must be of one length, without gaps.")
    groups = int(g.max()) + 1 if len(g) else 1
    n, total = np.bincount(g, minlength=groups), np.bincount(g, w, minlength=groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.bincount(g, w * v, minlength=groups) / total
        score = w * (v - estimate[g])
        variance = n / (n - 1) * np.bincount(g, score**2, minlength=groups)
        n_effective = total**2 / np.bincount(g, w * w, minlength=groups)
        df = n - 1
        if cluster is not None:
            alone = variance
            m, squares = _by_cluster(g, _codes(cluster), groups, score)
            variance, df = m / (m - 1) * squares, m - 1
            n_effective = np.where(variance > 0, n_effective * alone / variance, n_effective)
        std_error = np.where(df > 0, np.sqrt(variance) / total, np.nan)
    return Mean(estimate, std_error, n, np.where(n > 0, n_effective, 0.0), np.maximum(df, 0))


def _by_cluster(
    group: np.ndarray, cluster: np.ndarray, groups: int, score: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Count the clusters of each group, and sum the squares of what each adds up to."""
    m = int(cluster.max(initial=-1)) + 1
    if groups * m > SPARSE * len(group) + 1000:
        owner, _, (totals,) = pairs(group, cluster, groups, score)
        return np.bincount(owner, minlength=groups), np.bincount(owner, totals**2, groups)
    key = np.multiply(group, m, dtype=np.int64)
    key += cluster
    seen = np.zeros(groups * m, dtype=bool)
    seen[key] = True
    totals = np.bincount(key, score, minlength=groups * m).reshape(groups, m)
    return seen.reshape(groups, m).sum(axis=1), np.einsum("gm,gm->g", totals, totals)


def delta(pieces: Callable[[np.ndarray], np.ndarray], totals: Any) -> np.ndarray:
    """Differentiate pieces with respect to the totals they are made of.

    Uses a complex step, which is exact to rounding, so `pieces` may use arithmetic only, and
    must work along the last axis of a batch.

    Args:
        pieces: maps totals (..., k) to pieces (..., m).
        totals: the k totals.

    Returns:
        The (m, k) matrix of derivatives.

    Example:
        >>> delta(lambda t: t[..., :1] / t[..., 1:], [3.0, 4.0]).round(4).tolist()
        [[0.25, -0.1875]]
    """
    totals = np.asarray(totals, dtype=complex)
    step = 1e-30
    return (pieces(totals + 1j * step * np.eye(len(totals))).imag / step).T


def pairs(
    group: np.ndarray, cluster: np.ndarray, groups: int, *values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Add up values by group and cluster, over the pairs there are, group after group.

    Args:
        group: code of each row's group, from 0.
        cluster: code of each row's cluster, from 0.
        groups: number of groups.
        values: what is added up.

    Returns:
        The group of each pair, its cluster, and the sum of each value.

    Example:
        >>> owner, who, (sums,) = pairs(np.array([0, 0, 1]), np.array([4, 4, 4]), 2, np.ones(3))
        >>> owner.tolist(), who.tolist(), sums.tolist()
        ([0, 1], [4, 4], [2.0, 1.0])
    """
    m = int(cluster.max(initial=-1)) + 1
    key = np.multiply(group, m, dtype=np.int64)
    key += cluster
    if groups * m <= SPARSE * len(key) + 1000:  # a table of all pairs is quicker than a sort
        seen = np.zeros(groups * m, dtype=bool)
        seen[key] = True
        found = np.flatnonzero(seen)
        sums = [np.bincount(key, each, minlength=groups * m)[found] for each in values]
    else:
        found, place = np.unique(key, return_inverse=True)
        sums = [np.bincount(place, each) for each in values]
    return found // max(m, 1), found % max(m, 1), sums


def _codes(labels: Any) -> np.ndarray:
    """Give labels as codes from 0; what is such already stays as it is."""
    given = np.asarray(labels)
    whole = given.dtype.kind in "iu" and len(given)
    if whole and given.min() >= 0 and given.max() < SPARSE * len(given):
        return given
    return pd.factorize(given)[0]
