"""What a score is counted in, and who stands at its ends."""

import numpy as np
import pandas as pd

from cxlab.codebook import label, net_points, tier

NPS = "nps"


def values(frame: pd.DataFrame, score: str) -> np.ndarray:
    """Give what an answer adds to the score: -100, 0 or 100 for NPS, else its number."""
    given = pd.to_numeric(frame[score], errors="coerce").to_numpy(float)
    return net_points(given) if score == NPS else given


def unit(score: str) -> str:
    """Name what differences of a score are counted in."""
    return "points" if score == NPS else f"{label(score)} points"


def ends(frame: pd.DataFrame, score: str) -> tuple[np.ndarray, np.ndarray]:
    """Say who is at the low end of a score, and who at the high end: thirds, where not NPS."""
    given = pd.to_numeric(frame[score], errors="coerce").to_numpy(float)
    if score == NPS:
        return tier(given) == "detractor", tier(given) == "promoter"
    top = np.nanmax(given) if np.isfinite(given).any() else np.nan
    return given <= np.ceil(top / 2), given >= top


def names(score: str) -> tuple[str, str]:
    """Name the two ends."""
    told = label(score)
    return ("detractors", "promoters") if score == NPS else (f"low {told}", f"high {told}")
