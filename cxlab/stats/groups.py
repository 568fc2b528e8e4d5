"""Tests of several groups at once, from their counts."""

from typing import Any, NamedTuple

import numpy as np
import scipy


class Test(NamedTuple):
    """A test statistic, its degrees of freedom, its p-value, and an effect size."""

    statistic: float
    df: float
    p_value: float
    effect: float


def chi_square(counts: Any) -> Test:
    """Test whether groups (rows) differ in their answers (columns); the effect is Cramer's V.

    Example:
        >>> round(chi_square([[762, 327, 468], [484, 239, 477]]).statistic, 2)
        30.07
    """
    table = _occupied(counts)
    rows, columns = table.shape
    df = (rows - 1) * (columns - 1)
    if df == 0:
        return Test(0.0, 0.0, 1.0, 0.0)
    total = table.sum()
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / total
    statistic = float(((table - expected) ** 2 / expected).sum())
    effect = (statistic / total / (min(rows, columns) - 1)) ** 0.5
    return Test(statistic, float(df), float(scipy.special.chdtrc(df, statistic)), float(effect))


def kruskal(counts: Any) -> Test:
    """Test whether groups (rows) differ in level, given counts by ordered answer (columns).

    Kruskal and Wallis (1952), corrected for ties; the effect is epsilon squared.

    Example:
        >>> round(kruskal([[3, 1, 0], [0, 1, 3]]).statistic, 3)
        5.25
    """
    table = _occupied(counts)
    ties, sizes = table.sum(axis=0), table.sum(axis=1)
    n = ties.sum()
    correction = 1 - (ties**3 - ties).sum() / (n**3 - n) if n > 1 else 0.0
    if len(sizes) < 2 or correction <= 0:
        return Test(0.0, max(len(sizes) - 1.0, 0.0), 1.0, 0.0)
    ranks = np.cumsum(ties) - (ties - 1) / 2
    sums = table @ ranks
    h = (12 / (n * (n + 1)) * (sums**2 / sizes).sum() - 3 * (n + 1)) / correction
    df = len(sizes) - 1.0
    return Test(float(h), df, float(scipy.special.chdtrc(df, h)), float(h / (n - 1)))


def fisher(counts: Any) -> Test:
    """Test a table of two by two exactly (Fisher 1935); the effect is the sample odds ratio.

    Example:
        >>> round(fisher([[3, 1], [1, 3]]).p_value, 4)
        0.4857
    """
    table = np.asarray(counts, dtype=int)
    (a, b), (c, d) = table
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.divide(float(a * d), float(b * c))
    p = scipy.stats.fisher_exact(table).pvalue
    return Test(float(a), 1.0, float(p), float(odds))


def mann_whitney(first: Any, second: Any) -> Test:
    """Test whether two sets of answers differ in level (Mann and Whitney 1947).

    Exact for fewer than fifty a side without ties, otherwise by the normal law with correction
    for ties and continuity, as R does. The effect is the chance that an answer of the first set
    is above one of the second, ties halved.

    Example:
        >>> mann_whitney([1, 2, 4], [3, 5, 6]).effect.__round__(3)
        0.111
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    tied = len(np.unique(np.concatenate([x, y]))) < len(x) + len(y)
    exact = not tied and max(len(x), len(y)) < 50
    found = scipy.stats.mannwhitneyu(x, y, method="exact" if exact else "asymptotic")
    p = 1.0 if np.ptp(np.concatenate([x, y])) == 0 else float(found.pvalue)
    return Test(float(found.statistic), np.nan, p, float(found.statistic / len(x) / len(y)))


def _occupied(counts: Any) -> np.ndarray:
    """Leave out groups nobody is in and answers nobody gave."""
    table = np.asarray(counts, dtype=float)
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
