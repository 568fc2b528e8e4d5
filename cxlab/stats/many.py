"""Many comparisons at once: p-values corrected for their number, and who may come first."""

from typing import Any

import numpy as np
import scipy

from cxlab.stats.intervals import StatsError

METHODS = ("bh", "by", "holm", "bonferroni")


def adjust(p_values: Any, *, method: str = "bh") -> np.ndarray:
    """Correct p-values for how many were computed together.

    Args:
        p_values: one per comparison; missing ones stay missing and are not counted.
        method: `bh` or `by` bound the false discovery rate (Benjamini and Hochberg 1995,
            Benjamini and Yekutieli 2001); `holm` or `bonferroni` the chance of any error.

    Returns:
        The adjusted p-values in the order given.

    Example:
        >>> adjust([0.01, 0.04, 0.03]).round(3).tolist()
        [0.03, 0.04, 0.04]
    """
    if method not in METHODS:
        raise StatsError(f"'{method}' is no known correction; choose one of {list(METHODS)}.")
    given = np.asarray(p_values, dtype=float)
    known = ~np.isnan(given)
    p, m = given[known], int(known.sum())
    if m and (p.min() < 0 or p.max() > 1):
        raise StatsError("p-values lie between 0 and 1; some of these do not.")
    order = np.argsort(p, kind="stable")
    place = np.arange(1, m + 1)
    if method == "bonferroni":
        sorted_adjusted = p[order] * m
    elif method == "holm":
        sorted_adjusted = np.maximum.accumulate(p[order] * (m - place + 1))
    else:
        factor = np.sum(1 / place) if method == "by" else 1.0
        stepped = p[order] * m * factor / place
        sorted_adjusted = np.minimum.accumulate(stepped[::-1])[::-1]
    adjusted = np.full(given.shape, np.nan)
    back = np.empty(m)
    back[order] = np.minimum(sorted_adjusted, 1.0)
    adjusted[known] = back
    return adjusted


def contenders(estimate: Any, covariance: Any, *, level: float = 0.95) -> np.ndarray:
    """Say which of several may be the highest: those that no other beats beyond chance.

    A first place is told only where one is left. However many are compared, the highest is among
    them with at least the chance `level` (comparisons with the best, Hsu 1981, by Bonferroni).

    Args:
        estimate: one value each; missing ones are never the highest.
        covariance: of the values, one row and column each.
        level: of confidence.

    Returns:
        Whether each may be the highest.

    Example:
        >>> contenders([5.0, 4.0, 1.0], np.eye(3)).tolist()
        [True, True, False]
    """
    value, cover = np.asarray(estimate, dtype=float), np.asarray(covariance, dtype=float)
    known = np.isfinite(value)
    out = known.copy()
    value, cover = value[known], cover[np.ix_(known, known)]
    own = np.diag(cover)
    spread = np.sqrt(np.maximum(own[:, None] + own - 2 * cover, 0))
    reach = scipy.special.ndtri(1 - (1 - level) / max(len(value) - 1, 1)) * spread
    out[known] = (value[:, None] + reach >= value).all(axis=1)
    return out
