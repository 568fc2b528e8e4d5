"""What is not there: fill gaps many times over, and say what leaving rows out would do."""

import numpy as np

IMPUTATIONS = 20
WARM_UP = 10
BETWEEN = 4


def impute(columns: np.ndarray, w: np.ndarray, *, seed: int = 0) -> list[np.ndarray]:
    """Fill gaps with draws from chained normal regressions, 20 times.

    Each column with gaps is regressed on all others; coefficients and residual spread are
    drawn from their posterior, then the missing values (van Buuren & Groothuis-Oudshoorn
    2011). All columns are complete or imputed afterwards; complete ones are never touched.

    Args:
        columns: numbers, one column each, gaps as NaN.
        w: weights, used in the regressions.
        seed: seed of the draws.

    Returns:
        20 completed copies of `columns`.

    Example:
        >>> full = impute(np.array([[1.0, 2], [2, 4], [3, np.nan], [4, 8]]), np.ones(4))
        >>> len(full), bool(np.isfinite(full[0]).all())
        (20, True)
    """
    rng = np.random.default_rng(seed)
    gaps = np.isnan(columns)
    middle, spread = np.nanmean(columns, axis=0), np.nanstd(columns, axis=0)
    spread[spread == 0] = 1
    z = np.where(gaps, 0.0, (columns - middle) / spread)
    todo = np.flatnonzero(gaps.any(axis=0))
    todo = todo[np.argsort(gaps[:, todo].sum(axis=0))]
    z = np.column_stack([np.ones(len(z)), z])
    filled = []
    for sweep in range(WARM_UP + BETWEEN * (IMPUTATIONS - 1) + 1):
        for column in todo:
            _redraw(z, column + 1, gaps[:, column], w, rng)
        if sweep >= WARM_UP and (sweep - WARM_UP) % BETWEEN == 0:
            filled.append(np.where(gaps, z[:, 1:] * spread + middle, columns))
    return filled


def _redraw(z, column, gap, w, rng) -> None:
    """Draw one column's missing values given all others."""
    others = np.delete(np.arange(z.shape[1]), column)
    seen = ~gap
    known, target, weight = z[np.ix_(seen, others)], z[seen, column], w[seen]
    # weights count as information only in proportion: their sum stays the number of rows
    weight = weight * (len(weight) / weight.sum())
    cross = (known * weight[:, None]).T @ known
    # a trace of ridge keeps nearly repeated ratings from breaking the draw
    cross[np.diag_indices_from(cross)] += 1e-6 * len(weight)
    factor = np.linalg.cholesky(cross)
    beta = np.linalg.solve(cross, known.T @ (weight * target))
    freedom = max(len(target) - len(others), 1)
    sigma = np.sqrt((weight * (target - known @ beta) ** 2).sum() / rng.chisquare(freedom))
    beta = beta + sigma * np.linalg.solve(factor.T, rng.standard_normal(len(beta)))
    fresh = sigma * rng.standard_normal(int(gap.sum()))
    z[gap, column] = z[np.ix_(gap, others)] @ beta + fresh
