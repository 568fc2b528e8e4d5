"""The question of recommending, from 0 to 10: who promotes, who is passive, who detracts."""

from typing import Any

import numpy as np

LOWEST_PROMOTER, HIGHEST_DETRACTOR = 9, 6  # Reichheld (2003)
WORTH = {"detractor": -100.0, "passive": 0.0, "promoter": 100.0}  # their mean is the NPS


def tier(scores: Any) -> np.ndarray:
    """Name the tier of each score from 0 to 10 (Reichheld 2003); empty where there is none.

    Example:
        >>> tier([10, 8, 6, None]).tolist()
        ['promoter', 'passive', 'detractor', '']
    """
    given = np.asarray(scores, dtype=float)
    found = [given >= LOWEST_PROMOTER, given > HIGHEST_DETRACTOR, given >= 0]
    return np.select(found, [*WORTH][::-1], "").astype(object)


def those(group: str) -> str:
    """Speak of the people of a group: a tier by its plural, another group by its name in quotes.

    Example:
        >>> those("promoter"), those("North")
        ('promoters', "'North'")
    """
    return f"{group}s" if group in WORTH else f"'{group}'"


def net_points(scores: Any) -> np.ndarray:
    """Give what each score from 0 to 10 adds to the NPS: 100, 0 or −100; NaN where there is none.

    Example:
        >>> net_points([10, 8, 6]).tolist()
        [100.0, 0.0, -100.0]
    """
    given = np.asarray(scores, dtype=float)
    found = [given >= LOWEST_PROMOTER, given > HIGHEST_DETRACTOR, given <= HIGHEST_DETRACTOR]
    return np.select(found, [*WORTH.values()][::-1], np.nan)
