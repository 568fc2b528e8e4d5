"""A line for the log of time, in four shapes: its fit and its curve."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, log_ndtr
from scipy.stats import norm

from cxlab import stats
from cxlab.lifetimes.design import FitError, separating
from cxlab.lifetimes.spells import Spells

SHAPES = ("exponential", "weibull", "lognormal", "loglogistic")


@dataclass(frozen=True, eq=False)
class Line:
    """A fitted line for the log of time: `log T = x b + scale e`."""

    beta: np.ndarray
    scale: float
    covariance: np.ndarray
    loglik: float
    shape: str

    @property
    def aic(self) -> float:
        """Akaike's criterion; the exponential has no scale to estimate."""
        return 2 * (len(self.beta) + (self.shape != "exponential")) - 2 * self.loglik


def curve_of(line: Line, times: np.ndarray, level: float) -> pd.DataFrame:
    """Give the curve of a line at some times, with its interval."""
    inside = times > 0
    w = (np.log(times[inside]) - line.beta[0]) / line.scale
    log_survival, _, _ = _SURVIVAL[line.shape](w)
    # the band is drawn on w, where the line is straight
    steer = np.column_stack([np.full(len(w), -1 / line.scale), -w])[:, : len(line.covariance)]
    reach = stats.quantile(level) * np.sqrt(np.einsum("ij,jk,ik->i", steer, line.covariance, steer))
    low, high = (np.exp(_SURVIVAL[line.shape](w + s * reach)[0]) for s in (1, -1))
    frame = pd.DataFrame({"time": times, "estimate": 1.0, "conf_low": 1.0, "conf_high": 1.0})
    frame.loc[inside, ["estimate", "conf_low", "conf_high"]] = np.column_stack(
        [np.exp(log_survival), low, high]
    )
    return frame


FULL = 600.0  # beyond it, a sum of exponentials is more than a number can hold


def _weibull_survival(w):
    grown = np.exp(np.minimum(w, FULL))
    return -grown, -grown, -grown


def _weibull_density(w):
    grown = np.exp(np.minimum(w, FULL))
    return w - grown, 1 - grown, -grown


def _normal_survival(w):
    ratio = np.exp(norm.logpdf(w) - log_ndtr(-w))
    return log_ndtr(-w), -ratio, -ratio * (ratio - w)


def _normal_density(w):
    return norm.logpdf(w), -w, -np.ones(len(w))


def _logistic_survival(w):
    p = expit(w)
    return -np.logaddexp(0, w), -p, -p * (1 - p)


def _logistic_density(w):
    p = expit(w)
    return w - 2 * np.logaddexp(0, w), 1 - 2 * p, -2 * p * (1 - p)


FARTHEST = 5.0  # a step of Newton: 150 times the time, or the scale
NO_SCATTER = -10.0  # the log of a scale: all times within a twenty-thousandth of a line
_Parts = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
_SURVIVAL: dict[str, _Parts] = {
    "exponential": _weibull_survival,
    "weibull": _weibull_survival,
    "lognormal": _normal_survival,
    "loglogistic": _logistic_survival,
}
_DENSITY: dict[str, _Parts] = {
    "exponential": _weibull_density,
    "weibull": _weibull_density,
    "lognormal": _normal_density,
    "loglogistic": _logistic_density,
}


def fit_line(watched: Spells, x: np.ndarray, shape: str, terms: Sequence[str]) -> Line:
    """Fit `log T = x b + scale e` by Newton's method, entries and censoring taken in."""
    at_zero = int((watched.event & (watched.time <= 0)).sum())
    if at_zero:
        raise FitError(
            f"{at_zero} of the customers left at time 0, which no {shape} curve allows; measure "
            "time in a finer unit, or count the first period as 1."
        )
    if watched.event.sum() <= x.shape[1]:
        raise FitError(
            f"{int(watched.event.sum())} customers left: too few for {x.shape[1] + 1} parameters."
        )
    kept = watched.time > 0
    y, event, given = np.log(watched.time[kept]), watched.event[kept], x[kept]
    x, turn = _one_scale(given)
    entry = watched.entry[kept]
    late = entry > 0
    begun = np.log(entry[late])
    free = x.shape[1] + (shape != "exponential")
    theta = np.r_[np.linalg.lstsq(x, y, rcond=None)[0], 0.0]
    theta[0] += 0.5
    value, gradient, curvature = _likelihood(theta, x, y, event, late, begun, shape)
    for _ in range(200):
        step = np.zeros(len(theta))
        inner = curvature[:free, :free]
        ridge = max(0.0, -np.linalg.eigvalsh(inner)[0] * 1.1)
        step[:free] = np.linalg.lstsq(inner + ridge * np.eye(free), gradient[:free], rcond=None)[0]
        # where a column parts leavers from stayers, a whole step would leave what exp can hold
        size = min(1.0, FARTHEST / max(np.abs(step).max(), FARTHEST))
        while True:
            new = _height(theta + size * step, x, y, event, late, begun, shape)
            if new >= value - 1e-10 * abs(value) or size < 1e-6:
                break
            size /= 2
        theta, moved, gain = theta + size * step, np.abs(size * step), new - value
        # a likelihood that no longer rises while a parameter still moves has no highest point
        ended = moved.max() < 1e-9 or (abs(gain) < 1e-8 and moved.max() > 1e-3)
        value, gradient, curvature = _likelihood(theta, x, y, event, late, begun, shape)
        if ended or theta[-1] < NO_SCATTER:
            break
    if theta[-1] < NO_SCATTER:
        raise FitError("These times lie on one line: nothing is left for chance to explain.")
    loose = moved[: x.shape[1]] > 1e-3
    if loose.any():
        raise FitError(separating(given, terms, event, loose))
    try:
        covariance = (
            turn[:free, :free] @ stats.inverse(curvature[:free, :free]) @ turn[:free, :free].T
        )
    except stats.DependentError as error:
        raise FitError(
            f"'{[*terms, 'scale'][error.place]}': these times say nothing of it."
        ) from None
    return Line((turn @ theta)[:-1], float(np.exp(theta[-1])), covariance, value, shape)


def _one_scale(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre and scale the columns after the constant; give also the way back, scale included."""
    turn = np.eye(x.shape[1] + 1)
    if x.shape[1] == 1:
        return x, turn
    columns, last = stats.scaled(x[:, 1:]), x.shape[1]
    turn[range(1, last), range(1, last)] = 1 / columns.spread
    turn[0, 1:last] = -columns.centre / columns.spread
    return np.column_stack([x[:, 0], columns.z]), turn


def _likelihood(theta, x, y, event, late, begun, shape):
    """Give the log-likelihood, its gradient and its negative second derivatives."""
    scale = np.exp(theta[-1])
    fit = x @ theta[:-1]
    w = (y - fit) / scale
    slope, bend = np.empty(len(y)), np.empty(len(y))
    _, slope[event], bend[event] = _DENSITY[shape](w[event])
    _, slope[~event], bend[~event] = _SURVIVAL[shape](w[~event])
    gradient, curvature = _chain(x, w, slope, bend, scale)
    gradient[-1] -= event.sum()
    if late.any():
        w = (begun - fit[late]) / scale
        _, slope, bend = _SURVIVAL[shape](w)
        less, flatter = _chain(x[late], w, slope, bend, scale)
        gradient, curvature = gradient - less, curvature - flatter
    return _height(theta, x, y, event, late, begun, shape), gradient, curvature


def _height(theta, x, y, event, late, begun, shape) -> float:
    """Give the log-likelihood alone: a step tried and not taken needs no more."""
    scale, fit = np.exp(theta[-1]), x @ theta[:-1]
    w = (y - fit) / scale
    total = _DENSITY[shape](w[event])[0].sum() + _SURVIVAL[shape](w[~event])[0].sum()
    before = _SURVIVAL[shape]((begun - fit[late]) / scale)[0].sum()
    return float(total - (y[event] + theta[-1]).sum() - before)


def _chain(x, w, slope, bend, scale):
    gradient = np.r_[-(slope @ x) / scale, -(slope @ w)]
    corner = ((bend * w + slope) @ x) / scale
    block = (x * bend[:, None]).T @ x / scale**2
    last = (bend * w**2 + slope * w).sum()
    return gradient, -np.block([[block, corner[:, None]], [corner[None, :], np.array([[last]])]])
