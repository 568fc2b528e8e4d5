"""Small groups lean on all: estimates drawn towards the mean by how little they know."""

from typing import Any

import numpy as np


def shrunk(estimate: Any, std_error: Any) -> tuple[np.ndarray, np.ndarray, float]:
    """Draw estimates towards their common mean (empirical Bayes).

    The spread between groups is that of DerSimonian and Laird (1986); each group keeps the part
    of its distance that its own uncertainty does not explain (Efron and Morris 1975).

    Args:
        estimate: one a group; a missing one stays so.
        std_error: of each.

    Returns:
        Estimates drawn in, their standard errors, and the variance between groups.

    Example:
        >>> drawn, _, between = shrunk([10.0, 0.0], [1.0, 1.0])
        >>> drawn.round(1).tolist(), between
        ([9.9, 0.1], 49.0)
    """
    y, se = np.asarray(estimate, float), np.asarray(std_error, float)
    known = np.isfinite(y) & np.isfinite(se) & (se > 0)
    if known.sum() < 2:
        return y, se, np.nan
    w = 1 / se[known] ** 2
    mean = (w * y[known]).sum() / w.sum()
    q = (w * (y[known] - mean) ** 2).sum()
    between = max(0.0, (q - (known.sum() - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    w = 1 / (se[known] ** 2 + between)
    mean = (w * y[known]).sum() / w.sum()
    keep = between / (between + se[known] ** 2)
    out, error = y.copy(), se.copy()
    out[known] = mean + keep * (y[known] - mean)
    error[known] = np.sqrt(keep * se[known] ** 2 + (1 - keep) ** 2 / w.sum())
    return out, error, float(between)
