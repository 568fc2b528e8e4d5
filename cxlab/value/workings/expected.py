"""What a fitted model expects of a customer: a rate, a chance to be there, purchases."""

import numpy as np
import pandas as pd
from numpy.polynomial.chebyshev import chebinterpolate, chebval
from scipy.special import expit, hyp2f1

from cxlab.lifetimes.design import design
from cxlab.value.workings.purchasing import Buying, histories, left_between, shifted

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2


def rates_for(fit: Buying, frame: pd.DataFrame):
    """Give what is known of each customer's buying, and the rates a fitted model has for them."""
    z = np.zeros((len(frame), 0))
    if fit.covariates:
        z = design(frame, fit.covariates).x
    stats = histories(frame, z)
    kinds = 2 if fit.model == "pareto_nbd" else 3
    if z.shape[1]:
        logs = shifted(fit.top.point, stats.z, kinds)
    else:
        base = fit.top.point[[1, 2, 3]] if kinds == 3 else fit.top.point[[1, 3]]
        logs = np.repeat(base[:, None], len(stats.x), 1)
    return stats, np.exp(logs)


def still_there(fit: Buying, stats, rates) -> np.ndarray:
    """Give each customer's chance to be there still."""
    r, x = np.exp(fit.top.point[0]), stats.x
    if fit.model == "pareto_nbd":
        s, (alpha, beta) = np.exp(fit.top.point[2]), rates
        still = -(r + x) * np.log(alpha + stats.age) - s * np.log(beta + stats.age)
        return expit(still - left_between(r, s, alpha, beta, stats)[0])
    alpha, a, b = rates
    modified = fit.model == "mbg_nbd"
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(a) - np.log(b + x - 1 + modified)
        odds = odds + (r + x) * np.log((alpha + stats.age) / (alpha + stats.last))
    return np.where((x > 0) | modified, expit(-odds), 1.0)


def purchases_ahead(fit: Buying, stats, rates, horizon: float, delta: float) -> np.ndarray:
    """Expect purchases of customers who are there at the end of their age."""
    if horizon <= 0:
        return np.zeros(len(stats.x))
    # of e^-40 nothing is left to discount
    reach = horizon if delta == 0 else min(horizon, 40 / delta)
    wait = (rates[0] + stats.age)[:, None]
    grown = np.log1p(reach / wait) * _NODES
    ahead = wait * np.expm1(grown)
    weight = _WEIGHTS * np.log1p(reach / wait) * (wait + ahead) * np.exp(-delta * ahead)
    return (weight * _rate(fit, stats, rates, ahead, grown)).sum(1)


def _rate(fit: Buying, stats, rates, ahead: np.ndarray, grown: np.ndarray) -> np.ndarray:
    """Expect the rate of buying some time ahead, of customers who are there now."""
    r, x = np.exp(fit.top.point[0]), stats.x
    now = ((r + x) / (rates[0] + stats.age))[:, None]
    if fit.model == "pareto_nbd":
        since = (rates[1] + stats.age)[:, None]
        return now * np.exp(-np.exp(fit.top.point[2]) * np.log1p(ahead / since))
    _, a, b = rates
    b = b + (fit.model == "mbg_nbd")
    shape = np.empty_like(grown)
    order = np.argsort(stats.which, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(stats.which[order])) + 1):
        i = rows[0]
        shape[rows] = _hypergeometric(a[i] + b[i] - r - 1, a[i], a[i] + b[i] + x[i], grown[rows])
    return now * np.exp(-a[:, None] * grown) * shape


def _hypergeometric(one: float, two: float, three: float, grown: np.ndarray) -> np.ndarray:
    """Give 2F1(one, two; three; 1 - e^-grown), where Pfaff's form keeps its digits.

    The function is smooth in `grown`, and customers with equally many purchases share it: it is
    worked out at 40 Chebyshev points and interpolated where it is asked for more often.
    """
    if grown.size <= 40:
        return hyp2f1(one, two, three, -np.expm1(-grown))
    half = grown.max() / 2
    series = chebinterpolate(lambda u: hyp2f1(one, two, three, -np.expm1(-half * (u + 1))), 39)
    return chebval(grown / half - 1, series)
