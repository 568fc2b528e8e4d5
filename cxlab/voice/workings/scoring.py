"""What a score is counted in, and who stands at its ends."""

import numpy as np
import pandas as pd

from cxlab.codebook import Scale, label, net_points, tier

NPS = "nps"


def values(frame: pd.DataFrame, score: str) -> np.ndarray:
    """Give what an answer adds to the score: -100, 0 or 100 for NPS, else its number."""
    given = pd.to_numeric(frame[score], errors="coerce").to_numpy(float)
    return net_points(given) if score == NPS else given


def unit(score: str) -> str:
    """Name what differences of a score are counted in."""
    return "points" if score == NPS else f"{label(score)} points"


def turned(scale: Scale | None) -> bool:
    """Say whether the low end of a score is the good one."""
    return scale is not None and scale.better == "low"


def ends(
    frame: pd.DataFrame, score: str, scale: Scale | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Say who is at the bad end of a score, and who at the good end.

    That is detractors and promoters for NPS; else the worse half of the scale, its middle among
    it, and its best point: of the scale, or of what was given where none is named.

    Example:
        >>> rows = pd.DataFrame({"ces": [1, 4, 7]})
        >>> [each.tolist() for each in ends(rows, "ces", Scale.model_validate("1..7"))]
        [[True, True, False], [False, False, True]]
    """
    given = pd.to_numeric(frame[score], errors="coerce").to_numpy(float)
    if score == NPS:
        return tier(given) == "detractor", tier(given) == "promoter"
    known = given[np.isfinite(given)]
    low, high = (scale.low, scale.high) if scale else (1.0, known.max() if len(known) else np.nan)
    if turned(scale):
        given = low + high - given
    return given <= np.ceil((low + high - 1) / 2), given >= high


def names(score: str, scale: Scale | None = None) -> tuple[str, str]:
    """Name the two ends, the bad one first."""
    told = label(score)
    sides = (f"those with a low {told}", f"those with a high {told}")
    return ("detractors", "promoters") if score == NPS else sides[::-1] if turned(scale) else sides
