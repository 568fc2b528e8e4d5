"""Resampling: bootstrap multiplicities of rows, clusters and counts."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlab.stats.intervals import Pair, StatsError
from cxlab.stats.moments import Tally

CELLS_PER_CHUNK = 4_000_000
ROWS_AT_ONCE = 16_384
MOST_LOTS = 5_000
MOST_DRAWN = 20_000
FEWEST_LOTS = 50  # of a stratum that has as many


@dataclass(frozen=True, eq=False)
class Lots:
    """Rows that a bootstrap draws together, so that a replicate is a sum over lots.

    Attributes:
        rows: row numbers, lot by lot.
        begin: where each lot begins in them.
        strata: stratum of each lot, or None.
        dealt: whether rows or clusters that are not one share a lot.
    """

    rows: np.ndarray
    begin: np.ndarray
    strata: np.ndarray | None = None
    dealt: bool = False

    def __len__(self) -> int:
        return len(self.begin)

    def sums(self, of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Sum what `of` gives for rows, by lot: takes row numbers, gives (rows, k)."""
        ends = np.append(self.begin, len(self.rows))
        cuts = np.arange(0, len(self.rows), ROWS_AT_ONCE)
        first = np.unique(np.append(np.searchsorted(self.begin, cuts), len(self)))
        found = []
        for a, b in itertools.pairwise(first):
            values = of(self.rows[ends[a] : ends[b]])
            alone = len(values) == b - a
            found.append(values if alone else np.add.reduceat(values, ends[a:b] - ends[a], axis=0))
        return np.concatenate(found)

    def counts(self, *, n_boot: int = 1000, seed: int = 0) -> Iterator[np.ndarray]:
        """Say how often each lot is drawn in each replicate, as `counts` does of rows."""
        return counts(len(self), n_boot=n_boot, seed=seed, strata=self.strata)


def lots(
    n: int, *, cluster: Any = None, strata: Any = None, seed: int = 0, most: int = MOST_LOTS
) -> Lots:
    """Put rows into the lots that a bootstrap draws.

    A row, or a cluster, is a lot of its own. Where there are more than `most` of them, some share
    a lot by chance, within strata: the spread of the replicates stays what it would be but for a
    part of 1 / sqrt(2 `most`) by chance (random groups, Wolter 2007), and their time no longer
    grows with the rows.

    Args:
        n: number of rows.
        cluster: rows that belong together are drawn together.
        strata: rows, or clusters, are drawn within their stratum.
        seed: for the lot that each draws.
        most: about how many lots there are at most.

    Example:
        >>> few = lots(5, cluster=["a", "b", "a", "b", "c"])
        >>> len(few), few.sums(lambda rows: np.ones((len(rows), 1)))[:, 0].tolist()
        (3, [2.0, 2.0, 1.0])
    """
    unit, stratum = _units(n, cluster, strata)
    dealt = len(stratum) > most
    if dealt:
        unit, stratum = _shared(unit, stratum, np.random.default_rng(seed), most)
    order = np.argsort(unit, kind="stable")
    begin = np.searchsorted(unit[order], np.arange(len(stratum)))
    return Lots(order, begin, None if strata is None else stratum, dealt)


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
    unit, stratum = _units(n, cluster, strata)
    n_units = len(stratum)
    members = [np.flatnonzero(stratum == s) for s in range(int(stratum.max()) + 1)]
    rng = np.random.default_rng(seed)
    chunk = max(1, min(n_boot, CELLS_PER_CHUNK // max(n, n_units)))
    for start in range(0, n_boot, chunk):
        size = min(chunk, n_boot - start)
        drawn = np.zeros((size, n_units), dtype=np.int32)
        for part in members:
            drawn[:, part] = _draw(rng, len(part), size)
        yield drawn if cluster is None else drawn[:, unit]


def samples(
    n: int, *, n_boot: int = 1000, seed: int = 0, most: int = MOST_DRAWN
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give the rows that each replicate draws, and how often, for what is fitted anew in each.

    Of more than `most` rows only that many are drawn (m out of n; Bickel, Götze and van Zwet
    1997): what comes of them spreads too far, and `narrowed` brings it back.

    Args:
        n: number of rows.
        n_boot: number of replicates.
        seed: for the random numbers.
        most: how many rows a replicate draws at most.

    Example:
        >>> rows, times = next(samples(50_000, n_boot=5, most=1000))
        >>> int(times.sum()), len(rows) == len(times) < 1000
        (1000, True)
    """
    if n <= most:
        for chunk in counts(n, n_boot=n_boot, seed=seed):
            for times in chunk:
                rows = np.flatnonzero(times)
                yield rows, times[rows]
        return
    rng = np.random.default_rng(seed)
    for _ in range(n_boot):
        yield np.unique(rng.integers(0, n, most), return_counts=True)


def narrowed(replicates: Any, found: Any, n: int, *, most: int = MOST_DRAWN) -> np.ndarray:
    """Bring replicates of `samples` as near to the estimate as those of all `n` rows would lie.

    Example:
        >>> narrowed([8.0, 12.0], 10.0, 400, most=100).tolist()
        [9.0, 11.0]
    """
    found = np.asarray(found, float)
    if n <= most:
        return np.asarray(replicates, float)
    return found + np.sqrt(most / n) * (np.asarray(replicates, float) - found)


def resamples(n_boot: int, n: int, *, most: int = MOST_DRAWN) -> str:
    """Say how many replicates of `samples` there are, and of how many rows where not of all.

    Example:
        >>> resamples(300, 5000), resamples(300, 50_000)
        ('300 resamples', '300 resamples of 20,000 each, brought to the spread of 50,000')
    """
    of_each = f" of {most:,} each, brought to the spread of {n:,}" if n > most else ""
    return f"{n_boot:,} resamples{of_each}"


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


def _units(n: int, cluster: Any, strata: Any) -> tuple[np.ndarray, np.ndarray]:
    """Number what is drawn whole, row by row, and give the stratum of each."""
    unit = np.arange(n) if cluster is None else pd.factorize(np.asarray(cluster))[0]
    if n < 1 or len(unit) != n:
        raise StatsError(f"cannot resample {n} rows with {len(unit)} cluster labels.")
    return unit, _strata_of(unit, int(unit.max()) + 1, strata)


def _shared(
    unit: np.ndarray, stratum: np.ndarray, rng: np.random.Generator, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Deal the units of each stratum out to its share of the lots, as evenly as they go."""
    lot = np.empty(len(stratum), np.intp)
    of: list[int] = []
    for s in range(int(stratum.max()) + 1):
        mine = np.flatnonzero(stratum == s)
        here = min(len(mine), max(round(most * len(mine) / len(stratum)), FEWEST_LOTS))
        lot[rng.permutation(mine)] = len(of) + np.arange(len(mine)) % here
        of += [s] * here
    return lot[unit], np.array(of)


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
