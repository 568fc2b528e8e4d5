"""Resampling: bootstrap multiplicities of rows, clusters and counts."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from cxlab.stats.intervals import Pair, StatsError
from cxlab.stats.moments import Tally

CELLS_PER_CHUNK = 4_000_000


def counts(
    n: int, *, n_boot: int = 1000, seed: int = 0, cluster: Any = None, strata: Any = None
) -> Iterator[np.ndarray]:
    """Say how often each row is drawn in each bootstrap replicate.

    Args:
        n: number of rows.
        n_boot: number of replicates.
        seed: for the random numbers.
        cluster: rows that belong together are drawn together.
        strata: rows, or clusters, are drawn within their stratum.

    Returns:
        A generator of (replicates, n) int32 arrays, together `n_boot` rows, in chunks that
        fit in memory.

    Example:
        >>> drawn = next(counts(4, n_boot=10, seed=1))
        >>> drawn.shape, set(drawn.sum(axis=1).tolist())
        ((10, 4), {4})
    """
    unit = np.arange(n) if cluster is None else pd.factorize(np.asarray(cluster))[0]
    if n < 1 or len(unit) != n:
        raise StatsError(f"cannot resample {n} rows with {len(unit)} cluster labels.")
    n_units = int(unit.max()) + 1
    stratum = _strata_of(unit, n_units, strata)
    members = [np.flatnonzero(stratum == s) for s in range(int(stratum.max()) + 1)]
    rng = np.random.default_rng(seed)
    chunk = max(1, min(n_boot, CELLS_PER_CHUNK // max(n, n_units)))
    for start in range(0, n_boot, chunk):
        size = min(chunk, n_boot - start)
        drawn = np.zeros((size, n_units), dtype=np.int32)
        for part in members:
            drawn[:, part] = _draw(rng, len(part), size)
        yield drawn if cluster is None else drawn[:, unit]


def percentile(replicates: Any, level: float = 0.95) -> Pair:
    """Give the percentile interval of bootstrap replicates along their first axis.

    Example:
        >>> low, high = percentile(np.arange(101), 0.9)
        >>> round(float(low), 6), round(float(high), 6)
        (5.0, 95.0)
    """
    tail = (1 - level) / 2
    low, high = np.nanquantile(np.asarray(replicates, float), [tail, 1 - tail], axis=0)
    return low, high


def resampled_means(cells: Tally, values: Any, *, n_boot: int = 1000, seed: int = 0) -> np.ndarray:
    """Draw bootstrap replicates of every group's weighted mean from its counts.

    The counts of the cells are drawn, not the rows. Given a cell's count, the sum of its
    weights is drawn from the normal law with the mean and variance that resampling its rows
    would have; with equal weights nothing is approximated.

    Args:
        cells: the tally of the groups.
        values: what an answer in each cell is worth.
        n_boot: number of replicates.
        seed: for the random numbers.

    Returns:
        An array (n_boot, groups); a group without answers is missing.

    Example:
        >>> cells = Tally(*(np.array([[10.0, 20.0, 30.0]]),) * 3)
        >>> resampled_means(cells, [-100, 0, 100], n_boot=5).shape
        (5, 1)
    """
    rng = np.random.default_rng(seed)
    values = np.asarray(values, dtype=float)
    # cells of the same worth are one cell: three for the NPS, however long the scale
    worth, cell = np.unique(values, return_inverse=True)
    join = np.eye(len(worth))[cell]
    n, w, w2 = cells.n @ join, cells.w @ join, cells.w2 @ join
    total = n.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(total > 0, n / total, 1 / len(worth))
        typical = np.where(n > 0, w / n, 0.0)
        spread = np.sqrt(np.maximum(np.where(n > 0, w2 / n, 0.0) - typical**2, 0.0))
        # rounding leaves a trace of a spread where all weights are equal
        spread[spread < 1e-7 * typical] = 0.0
        size = total[:, 0].astype(np.int64)
        drawn = rng.multinomial(size, shares, size=(n_boot, len(n))).astype(float)
        sums = drawn * typical
        if spread.any():
            sums += np.sqrt(drawn) * spread * rng.standard_normal(drawn.shape)
        return np.where(total[:, 0] > 0, sums @ worth / sums.sum(axis=2), np.nan)


def _strata_of(unit: np.ndarray, n_units: int, strata: Any) -> np.ndarray:
    if strata is None:
        return np.zeros(n_units, dtype=np.intp)
    codes = pd.factorize(np.asarray(strata))[0]
    if len(codes) != len(unit):
        raise StatsError(f"{len(codes)} strata labels for {len(unit)} rows.")
    stratum = np.zeros(n_units, dtype=np.intp)
    stratum[unit] = codes
    if (stratum[unit] != codes).any():
        raise StatsError(
            "a cluster lies in more than one stratum; clusters must lie within strata."
        )
    return stratum


def _draw(rng: np.random.Generator, n: int, size: int) -> np.ndarray:
    picked = rng.integers(0, n, size=(size, n), dtype=np.int64)
    picked += np.arange(size)[:, None] * n
    return np.bincount(picked.ravel(), minlength=size * n).reshape(size, n)
