"""How long until half of the people are through? Those still waiting are counted as waiting."""

from typing import Any

import numpy as np
from scipy.special import ndtri

from cxlab.lifetimes import steps as curves


def median_time(hours: Any, ended: Any, *, level: float = 0.95) -> tuple[float, float, float]:
    """Give the Kaplan-Meier median with its interval (Brookmeyer and Crowley 1982).

    Args:
        hours: time until it ended, or until it was last seen.
        ended: whether it had ended by then.
        level: confidence level.

    Returns:
        Median, lower and upper end; missing where the curve, or its band on the log-log scale,
        never comes down to a half.

    Example:
        >>> median_time([1, 2, 3, 4], [True, True, False, False])[0]
        2.0
    """
    time, event = np.asarray(hours, float), np.asarray(ended, bool)
    if not len(time):
        return np.nan, np.nan, np.nan
    steps = curves.steps_of(np.zeros(len(time)), time, event)
    curve, error = curves.product_limit(steps)
    inside = (curve > 0) & (curve < 1)
    reach = np.zeros(len(curve))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = error[inside] / (curve[inside] * np.abs(np.log(curve[inside])))
    reach[inside] = np.exp(ndtri((1 + level) / 2) * spread)
    low, high = curve.copy(), curve.copy()
    low[inside] = curve[inside] ** reach[inside]
    high[inside] = curve[inside] ** (1 / reach[inside])
    return tuple(_first(steps["time"], band) for band in (curve, low, high))  # type: ignore


def _first(time: np.ndarray, curve: np.ndarray) -> float:
    below = np.flatnonzero(curve <= 0.5 + 1e-12)
    return float(time[below[0]]) if len(below) else np.nan
