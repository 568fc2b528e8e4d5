"""In what is an outcome counted, and on which scales were ratings asked?"""

import numpy as np

from cxlab.codebook import net_points
from cxlab.drivers.workings.design import Design


def worth_of(values: np.ndarray, points: str) -> np.ndarray:
    """Say what each category counts: its own value, or −100, 0 and 100 for NPS points."""
    return values.astype(float) if points == "score" else net_points(values)


def score_unit(design: Design) -> str:
    top = design.y.max()
    return f"of {top:g}" if float(top).is_integer() and 0 < top < 100 else ""


def points_of(design: Design) -> tuple[str, str]:
    """Say in what an outcome is counted: NPS points for `nps` on 0 to 10, else its own."""
    if design.outcome == "nps" and design.y.min() >= 0 and 5 < design.y.max() <= 10:
        return "nps", "points"
    return "score", score_unit(design)


def on_one_scale(ratings: np.ndarray) -> bool:
    """Say whether ratings begin and end at the same values, give or take one step."""
    step = min(np.diff(np.unique(c[np.isfinite(c)])).min() for c in ratings.T) * (1 + 1e-6)
    ends = np.nanmin(ratings, axis=0), np.nanmax(ratings, axis=0)
    return all(np.ptp(end) <= step for end in ends)
