"""Climb to the top of a likelihood of few positive parameters, and say how sharp the top is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from cxlab.lifetimes.design import FitError
from cxlab.results import listing

# a parameter is held to e^-12..e^12: beyond, the likelihood is flat and the number means nothing
REACH = 12.0
LOOSE = 10.0  # standard errors of a logarithm beyond a factor of 22,000 are no knowledge
Climb = Callable[[np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Top:
    """Where a likelihood is highest: the point, its height, and the covariance there.

    Attributes:
        point: logarithms of the parameters (covariates: as they are).
        loglik: the log-likelihood there.
        covariance: of `point`; inverse of the observed information.
        adrift: which parameters ran to the end of their range.
    """

    point: np.ndarray
    loglik: float
    covariance: np.ndarray
    adrift: np.ndarray


def climb(
    surface: Climb, start: np.ndarray, n: float, *, curve: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Maximise a log-likelihood with its gradient; give the point and the inverse curvature.

    Args:
        surface: height and gradient at a point.
        start: where to begin.
        n: how many the likelihood is of; the climb stops by its slope for each.
        curve: the inverse curvature to begin with; one that is flat somewhere is no help.
    """

    def downhill(point: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = surface(np.clip(point, -REACH, REACH))
        outside = point - np.clip(point, -REACH, REACH)
        if not np.isfinite(value):
            return 1e10, np.zeros(len(point))
        return -value / n + outside @ outside, -gradient / n + 2 * outside

    options: dict[str, object] = {"gtol": 1e-6, "maxiter": 500}
    if curve is not None:
        curve = (curve + curve.T) / 2
        bends = np.linalg.eigvalsh(curve)
        if bends[0] > 1e-12 * bends[-1]:
            options["hess_inv0"] = curve
    found = scipy.optimize.minimize(downhill, start, jac=True, method="BFGS", options=options)
    return found.x, found.hess_inv


def summit(surface: Climb, starts: Sequence[np.ndarray], n: float, names: Sequence[str]) -> Top:
    """Climb from one start, or from several and keep the highest; measure the top.

    Raises:
        FitError: no start leads anywhere.
    """
    best: np.ndarray | None = None
    height = -np.inf
    for start in starts:
        point = np.clip(climb(surface, start, n)[0], -REACH, REACH)
        value = surface(point)[0]
        if np.isfinite(value) and value > height:
            best, height = point, value
    if best is None:
        raise FitError(
            f"no {listing(list(names))} fit these counts better than others; "
            "look for times or counts that cannot be."
        )
    return measure(surface, best)


def firm(covariance: np.ndarray) -> np.ndarray:
    """Leave out the directions of which the data tell nothing: whatever lies there is rounding.

    Args:
        covariance: of logarithms or log-odds; a standard error beyond `LOOSE` tells nothing.

    Example:
        >>> firm(np.diag([0.5, 1e6])).tolist()
        [[0.5, 0.0], [0.0, 0.0]]
    """
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.where(np.abs(values) < LOOSE**2, values, 0.0)) @ vectors.T


def measure(surface: Climb, point: np.ndarray) -> Top:
    """Take the curvature at a point by differences of the analytic gradient."""
    size, step = len(point), 1e-4
    bend = np.empty((size, size))
    for j in range(size):
        move = np.zeros(size)
        move[j] = step
        bend[j] = (surface(point + move)[1] - surface(point - move)[1]) / (2 * step)
    information = -(bend + bend.T) / 2
    adrift = np.abs(point) > REACH - 0.5
    values, vectors = np.linalg.eigh(information)
    inverse = np.where(values > 1e-10 * max(values.max(), 1e-300), 1 / np.abs(values), 0.0)
    covariance = (vectors * inverse) @ vectors.T
    covariance = (covariance + covariance.T) / 2
    value, gradient = surface(point)
    # one Newton step takes away what the climb left
    nearer = np.clip(point + np.clip(covariance @ gradient, -0.1, 0.1), -REACH, REACH)
    higher = surface(nearer)[0]
    if higher >= value:
        point, value = nearer, higher
    return Top(point, float(value), covariance, adrift)
