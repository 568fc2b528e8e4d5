"""Many comparisons at once: p-values corrected for their number."""

from typing import Any

import numpy as np

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
