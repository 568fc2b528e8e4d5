"""What is not there: fill gaps many times over, from what the same people did answer."""

from functools import lru_cache

import numpy as np

IMPUTATIONS = 20
WARM_UP = 20
BETWEEN = 5


def impute(columns: np.ndarray, w: np.ndarray, *, seed: int = 0) -> list[np.ndarray]:
    """Fill gaps with draws from a joint normal model of all columns, 20 times.

    Means and covariances are drawn given the filled rows, then the gaps given these, in
    turn (data augmentation, Schafer 1997). Complete columns are never touched.

    Args:
        columns: numbers, one column each, gaps as NaN.
        w: weights of the rows.
        seed: seed of the draws.

    Returns:
        20 completed copies of `columns`.

    Example:
        >>> rows = np.array([[1.0, 2], [2, 4], [3, np.nan], [4, 8], [2, 3]])
        >>> filled = impute(rows, np.ones(5))
        >>> len(filled), bool(np.isfinite(filled[0]).all())
        (20, True)
    """
    columns = np.ascontiguousarray(columns, dtype=float)
    gaps = np.isnan(columns)
    torn, filled = gaps.any(axis=1), []
    for rows in _drawn(columns.tobytes(), columns.shape, np.asarray(w, float).tobytes(), seed):
        copy = columns.copy()
        copy[torn] = np.where(gaps[torn], rows, columns[torn])
        filled.append(copy)
    return filled


@lru_cache(maxsize=2)  # a page asks a dozen questions about the same answers to one outcome or two
def _drawn(cells: bytes, shape: tuple[int, int], weights: bytes, seed: int) -> list[np.ndarray]:
    """Give the rows with gaps, 20 times filled; called by content, so never what was before."""
    columns, w = np.frombuffer(cells).reshape(shape), np.frombuffer(weights)
    rng = np.random.default_rng(seed)
    gaps = np.isnan(columns)
    middle, spread = np.nanmean(columns, axis=0), np.nanstd(columns, axis=0)
    spread[spread == 0] = 1
    z = np.where(gaps, 0.0, (columns - middle) / spread)
    # weights say how much a row counts, not that there are more rows
    w = w * (len(w) / w.sum())
    torn = np.flatnonzero(gaps.any(axis=1))
    whole = np.delete(np.arange(len(z)), torn)
    fixed = _sums(z[whole], w[whole])
    open_rows, open_gaps, open_w = z[torn], gaps[torn], w[torn]
    drawn = []
    for sweep in range(WARM_UP + BETWEEN * (IMPUTATIONS - 1) + 1):
        mean, precision = _draw(fixed + _sums(open_rows, open_w), rng)
        _refill(open_rows, open_gaps, mean, precision, rng)
        if sweep >= WARM_UP and (sweep - WARM_UP) % BETWEEN == 0:
            drawn.append(open_rows * spread + middle)
    return drawn


def _sums(rows: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Sum weights, values and products, in one matrix."""
    rows = np.column_stack([np.ones(len(rows)), rows])
    return (rows * w[:, None]).T @ rows


def _draw(sums: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray]:
    """Draw mean and precision from their posterior (normal, inverse Wishart)."""
    n, wide = sums[0, 0], len(sums) - 1
    mean = sums[0, 1:] / n
    scatter = sums[1:, 1:] - n * np.outer(mean, mean)
    # a trace of ridge keeps nearly repeated ratings from breaking the draw
    scatter[np.diag_indices(wide)] += 1e-6 * n
    root = np.linalg.cholesky(np.linalg.inv(scatter))
    bartlett = np.tril(rng.standard_normal((wide, wide)), -1)
    freedom = np.maximum(n - 1 - np.arange(wide), 1.0)
    bartlett[np.diag_indices(wide)] = np.sqrt(rng.chisquare(freedom))
    factor = root @ bartlett
    precision = factor @ factor.T
    shift = np.linalg.solve(factor.T, rng.standard_normal(wide)) / np.sqrt(n)
    return mean + shift, precision


def _refill(rows, gaps, mean, precision, rng) -> None:
    """Draw each column's gaps given everything else in the row."""
    for column in np.flatnonzero(gaps.any(axis=0)):
        gap = gaps[:, column]
        others = (rows[gap] - mean) @ precision[column]
        own = rows[gap, column] - mean[column]
        spread = 1 / precision[column, column]
        centre = mean[column] - spread * (others - precision[column, column] * own)
        rows[gap, column] = centre + np.sqrt(spread) * rng.standard_normal(int(gap.sum()))
