"""Until when a curve is carried by enough customers, and how far it may be looked ahead."""

import numpy as np
import pandas as pd

from cxlab.lifetimes.spells import Spells
from cxlab.lifetimes.steps import LEAST
from cxlab.lifetimes.steps import carried as enough


def carried(steps: pd.DataFrame) -> float:
    """Say until when a curve is worth that of `LEAST` customers; missing where it never is."""
    told = (steps[word].to_numpy() for word in ("at_risk", "estimate", "std_error"))
    return float(steps.loc[enough(*told), "time"].max())


def spans(watched: Spells, *, fit_to: int = 0) -> tuple[int, int]:
    """Choose how much of the time watched a projection may use, and how far it looks.

    Args:
        watched: the customers.
        fit_to: periods to use; two thirds of those in which ten customers were watched, if 0.

    Returns:
        The periods to fit to, and the horizon: half as far again as was watched.
    """
    ends = np.sort(watched.periods()[1])
    longest = int(ends[-min(LEAST, len(ends))])
    return fit_to or int(np.ceil(longest * 2 / 3)), max(int(np.ceil(longest * 1.5)), fit_to + 1)
