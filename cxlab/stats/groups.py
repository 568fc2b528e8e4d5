"""Tests of several groups at once, from their counts."""

from typing import Any, NamedTuple

import numpy as np
from scipy import special


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
    return Test(statistic, float(df), float(special.chdtrc(df, statistic)), float(effect))


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
    return Test(float(h), df, float(special.chdtrc(df, h)), float(h / (n - 1)))


def _occupied(counts: Any) -> np.ndarray:
    """Leave out groups nobody is in and answers nobody gave."""
    table = np.asarray(counts, dtype=float)
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
