"""How many answers are needed, and what a number of answers can show."""

from typing import Any

import numpy as np
import scipy

from cxlab.stats.intervals import StatsError, quantile


def n_for_margin(
    variance: Any, *, margin: float, level: float = 0.95, population: float | None = None
) -> Any:
    """Give the answers needed for an interval of plus or minus a margin.

    Args:
        variance: of one answer, in the square of the margin's unit.
        margin: half the width of the interval.
        level: confidence level.
        population: how many there are to ask, if not many more than needed.

    Example:
        >>> round(float(n_for_margin(0.25, margin=0.05)), 1)
        384.1
    """
    n = (quantile(level) / margin) ** 2 * np.asarray(variance, float)
    return n if population is None else n / (1 + (n - 1) / population)


def n_for_change(variance: Any, *, change: float, power: float = 0.8, level: float = 0.95) -> Any:
    """Give the answers needed in each of two waves to see a change.

    Example:
        >>> round(float(n_for_change(0.61e4, change=5)))
        3830
    """
    both = quantile(level) + _power_quantile(power)
    return 2 * np.asarray(variance, float) * (both / change) ** 2


def n_for_change_by_t(
    variance: float, *, change: float, power: float = 0.8, level: float = 0.95
) -> float:
    """Give the answers needed in each of two waves by the t test, as R's power.t.test does.

    Example:
        >>> round(n_for_change_by_t(1.0, change=1, power=0.9), 5)
        22.0211
    """
    _power_quantile(power)

    def short(n: float) -> float:
        df = 2 * (n - 1)
        reach = scipy.special.stdtrit(df, (1 + level) / 2)
        return (
            float(1 - scipy.special.nctdtr(df, change * np.sqrt(n / 2 / variance), reach)) - power
        )

    close = float(n_for_change(variance, change=change, power=power, level=level))
    # beyond a few thousand answers both laws agree to more digits than the search has
    if close > 5000:
        return close
    return float(scipy.optimize.brentq(short, 1.5, 2 * close + 20, xtol=1e-9))


def change_for_n(variance: Any, *, n: Any, power: float = 0.8, level: float = 0.95) -> Any:
    """Give the smallest change that two waves of n answers each would show.

    Example:
        >>> round(float(change_for_n(0.61e4, n=3830.25)), 2)
        5.0
    """
    both = quantile(level) + _power_quantile(power)
    spread = np.maximum(np.asarray(variance, float), 0)  # rounding may leave a hair below zero
    with np.errstate(divide="ignore", invalid="ignore"):
        return both * np.sqrt(2 * spread / np.asarray(n, float))


def power_two_shares(n: Any, *, first: float, second: float, level: float = 0.95) -> Any:
    """Give the power to tell two shares apart with n answers each (pooled test, near tail only).

    Example:
        >>> round(float(power_two_shares(50, first=0.5, second=0.75)), 4)
        0.7402
    """
    pooled = np.sqrt((first + second) * (1 - (first + second) / 2))
    own = np.sqrt(first * (1 - first) + second * (1 - second))
    reach = np.sqrt(np.asarray(n, float)) * abs(first - second) - quantile(level) * pooled
    return scipy.special.ndtr(reach / own)


def n_two_shares(*, first: float, second: float, power: float = 0.8, level: float = 0.95) -> float:
    """Give the answers needed in each group to tell two shares apart.

    Example:
        >>> round(n_two_shares(first=0.5, second=0.75, power=0.9), 2)
        76.71
    """
    if first == second or not (0 < first < 1 and 0 < second < 1):
        raise StatsError(f"two different shares between 0 and 1 are needed, not {first}, {second}.")
    _power_quantile(power)

    def short(n: float) -> float:
        return float(power_two_shares(n, first=first, second=second, level=level)) - power

    return float(scipy.optimize.brentq(short, 1e-6, 1e12, xtol=1e-9))


def _power_quantile(power: float) -> float:
    if not 0 < power < 1:
        raise StatsError(f"power must lie between 0 and 1, such as 0.8; it is {power}.")
    return float(scipy.special.ndtri(power))
