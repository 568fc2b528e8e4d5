"""In what is an outcome counted, and on which scales were ratings asked?"""

from dataclasses import replace

import numpy as np

from cxlab.codebook import label, net_points
from cxlab.drivers.workings.design import Design
from cxlab.results import amount, listing


def worth_of(values: np.ndarray, points: str) -> np.ndarray:
    """Say what each category counts: its own value, or −100, 0 and 100 for NPS points."""
    return values.astype(float) if points == "score" else net_points(values)


def score_unit(design: Design) -> str:
    top = design.y.max()
    if set(np.unique(design.y)) <= {0, 1}:
        return "share"  # the mean of yes and no is the share of yes
    return f"of {top:g}" if float(top).is_integer() and 0 < top < 100 else ""


def risen(value: float, unit: str) -> str:
    """Write by how much a score moves: of a share, in percentage points."""
    text = amount(value, unit, signed=True)
    return f"{text.rstrip('%')} percentage points" if unit == "share" else text


def points_of(design: Design) -> tuple[str, str]:
    """Say in what an outcome is counted: NPS points for `nps` on 0 to 10, else its own."""
    if design.outcome == "nps" and design.y.min() >= 0 and 5 < design.y.max() <= 10:
        return "nps", "points"
    return "score", score_unit(design)


def turned(design: Design) -> Design:
    """Count ratings of which low is good from their other end, so that high is good in all."""
    over = np.array([design.good_end(name) < 0 for name in design.drivers])
    if not over.any():
        return design
    low, high = ends(design.given)

    def turn(ratings: np.ndarray) -> np.ndarray:
        return np.where(over, low + high - ratings, ratings)

    names = [label(name) for name, turns in zip(design.drivers, over, strict=True) if turns]
    note = f"Low is good in {listing(names)}: counted from the other end, as all others are."
    return replace(
        design, x=tuple(map(turn, design.x)), given=turn(design.given), notes=(note, *design.notes)
    )


def ends(ratings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the ends of the scale: one for all, or each rating's own where they differ."""
    low, high = np.nanmin(ratings, axis=0), np.nanmax(ratings, axis=0)
    if on_one_scale(ratings):
        low, high = np.full(len(low), low.min()), np.full(len(high), high.max())
    return low, high


def on_one_scale(ratings: np.ndarray) -> bool:
    """Say whether ratings begin and end at the same values, give or take one step."""
    step = min(np.diff(np.unique(c[np.isfinite(c)])).min() for c in ratings.T) * (1 + 1e-6)
    ends = np.nanmin(ratings, axis=0), np.nanmax(ratings, axis=0)
    return all(np.ptp(end) <= step for end in ends)
