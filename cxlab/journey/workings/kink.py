"""Is there a knee? A line with one bend against lines without."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from cxlab.journey.workings.adjusting import Fit, robust, together

GRID = 60
DRAWS = 4000


@dataclass(frozen=True, eq=False)
class Kink:
    """The best bend, and what speaks for one.

    Attributes:
        at, low, high: where it bends, with the ends of its interval, on the scale of `x`.
        p_value: of no bend anywhere, the best of all places looked at taken into account.
        gain: by how much the bent line's BIC is below that of the better line without.
        fit: the bent line; its last two coefficients are the slopes before and after.
    """

    at: float
    low: float
    high: float
    p_value: float
    gain: float
    fit: Fit


def bent(x: np.ndarray, y: np.ndarray, other: np.ndarray, rest: np.ndarray, who: np.ndarray, *,
         level: float, seed: int) -> Kink | None:  # fmt: skip
    """Fit `y = rest + b min(x, k) + c max(x - k, 0)` for the best k of a grid.

    The test takes the largest score over the grid, with its joint law drawn (Hansen 1996); the
    interval keeps all k whose fit is not worse by more than chance (Hansen 2017).

    Args:
        x: what bends the line.
        y: the outcome.
        other: another scale of x on which the line may be straight.
        rest: covariates with an intercept, of full rank.
        who: codes of whose rows they are; a customer's belong together.
        level: confidence level of the interval.
        seed: of the draws.

    Returns:
        The bend; None where x has too few values between.
    """
    inner = np.unique(np.quantile(x, np.linspace(0.1, 0.9, GRID)))
    if len(inner) < 5:
        return None
    straight = np.column_stack([rest, x])
    bends = np.maximum(x[:, None] - inner[None, :], 0)
    apart = bends - straight @ np.linalg.lstsq(straight, bends, rcond=None)[0]
    left = y - straight @ np.linalg.lstsq(straight, y, rcond=None)[0]
    size = (apart**2).sum(axis=0)
    usable = size > 1e-9 * max(size.max(), 1e-300)
    if usable.sum() < 3:
        return None
    inner, apart, size = inner[usable], apart[:, usable], size[usable]
    score = apart.T @ left
    base = float(left @ left)
    rss = base - score**2 / size
    best = int(np.argmin(rss))
    n, p = len(y), straight.shape[1] + 2
    noise = rss[best] / (n - p)
    near = rss - rss[best] <= noise * chi2.ppf(level, 1)
    curved = np.column_stack([rest, other])
    wave = y - curved @ np.linalg.lstsq(curved, y, rcond=None)[0]
    bic = n * np.log([base / n, float(wave @ wave) / n]) + (p - 1) * np.log(n)
    mine = n * np.log(rss[best] / n) + (p + 1) * np.log(n)
    at = float(inner[best])
    fit = robust(np.column_stack([rest, np.minimum(x, at), np.maximum(x - at, 0)]), y, who)
    return Kink(
        at, float(inner[near].min()), float(inner[near].max()),
        _p_value(apart, left, score, who, seed), float(bic.min() - mine), fit,
    )  # fmt: skip


def _p_value(apart, left: np.ndarray, score: np.ndarray, who: np.ndarray, seed: int) -> float:
    """Give the p-value of the largest score, drawn from the joint law of all of them."""
    each = together(apart * left[:, None], who)
    cover = each.T @ each
    spread = np.sqrt(np.diag(cover))
    found = np.abs(score / spread).max()
    rng = np.random.default_rng(seed)
    draws = rng.multivariate_normal(np.zeros(len(spread)), cover / np.outer(spread, spread),
                                    DRAWS, method="eigh")  # fmt: skip
    return float((1 + (np.abs(draws).max(axis=1) >= found).sum()) / (DRAWS + 1))
