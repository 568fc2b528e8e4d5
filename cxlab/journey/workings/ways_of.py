"""Ways as a question takes them, and shares of people with their intervals."""

from typing import Any

import numpy as np

from cxlab import events, stats
from cxlab.events import Ways


def ways_of(visits: Any) -> Ways:
    """Take ways that are in order already, or put visits in order as `events.ways` does."""
    return visits if isinstance(visits, Ways) else events.ways(visits)


def of_people(share: Any, n: Any, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Give Wilson's interval of a share of people, each counted once."""
    share, n = np.asarray(share, float), np.asarray(n, float)
    return stats.proportion_interval(share * n, n, level=level)


def of_sums(
    xx: Any, xy: Any, yy: Any, x: Any, y: Any, n: Any, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the share of x in y over people, each with several, and Wilson's interval of it.

    The variance is that of a ratio of sums over people (linearised), and the interval is Wilson's
    on the number of independent events that would be worth as much.

    Args:
        xx, xy, yy: sums over people of the products of their counts.
        x, y: sums over people of their counts.
        n: people with any y.
        level: confidence level.

    Returns:
        Share, lower and upper end.
    """
    xx, xy, yy, x, y, n = (np.asarray(each, float) for each in (xx, xy, yy, x, y, n))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = x / y
        spread = n / (n - 1) * (xx - 2 * share * xy + share**2 * yy) / y**2
        worth = share * (1 - share) / spread
    # where everybody does the same there is no spread to tell: a person counts once
    worth = np.where(np.isfinite(worth) & (worth > 0), np.minimum(worth, y), n)
    low, high = stats.proportion_interval(share * worth, worth, level=level)
    return share, low, high
