"""The Gamma-Gamma model of spend: its fit, and its slope."""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from cxlab.lifetimes.likelihood import Top, climb, measure, summit

SMALL = 50_000


@dataclass(frozen=True, eq=False)
class Spend:
    """A fitted model of spend per purchase; `top.point` holds the logarithms of p, q, v."""

    top: Top
    n: int

    @property
    def parameters(self) -> dict[str, float]:
        """Give p, q, v by name."""
        return dict(zip(("p", "q", "v"), np.exp(self.top.point), strict=True))

    @property
    def mean(self) -> float:
        """Give the expected spend of a customer nothing is known about."""
        p, q, v = np.exp(self.top.point)
        return float(p * v / (q - 1)) if q > 1 else np.nan

    def expect(self, frequency: np.ndarray, spend: np.ndarray) -> np.ndarray:
        """Expect a customer's spend per purchase: between their own mean and everyone's."""
        p, q, v = np.exp(self.top.point)
        known = np.where((frequency > 0) & (spend > 0), frequency, 0.0)
        total = known * np.where(known > 0, spend, 0.0)
        return p * (v + total) / (p * known + q - 1)


def top_of(x, m, w, scale: float, start: Spend | None) -> Top:
    """Find where the likelihood is highest."""
    shift = np.array([0.0, 0.0, np.log(scale)])
    surface, n, names = _surface(x, m, w), w.sum(), ("p", "q", "v")
    begin = np.log([1.0, 2.0, 1.0]) if start is None else start.top.point - shift
    if start is None and len(x) > SMALL:
        pick = np.linspace(0, len(x) - 1, SMALL // 2).astype(int)
        near = summit(_surface(x[pick], m[pick], w[pick]), [begin], w[pick].sum(), names)
        point, _ = climb(surface, near.point, n, curve=near.covariance * w[pick].sum())
        top = measure(surface, point)
    else:
        top = summit(surface, [begin], n, names)
    loglik = top.loglik - w.sum() * np.log(scale)
    return Top(top.point + shift, loglik, top.covariance, top.adrift)


def _surface(x, m, w):
    """Give the log-likelihood with its gradient; gamma functions once per number of purchases."""
    often, which = np.unique(x, return_inverse=True)
    counts = np.bincount(which, w)
    total, log_total = x * m, np.log(x * m)
    fixed = w @ np.log(m)
    by_often = np.bincount(which, w * log_total)

    def surface(point):
        p, q, v = np.exp(point)
        log = np.log(total + v)
        logs = np.bincount(which, w * log)
        value = counts @ (gammaln(p * often + q) - gammaln(p * often) - gammaln(q) + q * point[2])
        value += p * (often @ by_often) - fixed - (p * often + q) @ logs
        both = digamma(p * often + q)
        d_p = counts @ (often * (both - digamma(p * often))) + often @ by_often - often @ logs
        d_q = counts @ (both - digamma(q) + point[2]) - logs.sum()
        d_v = q / v * counts.sum() - (p * often + q) @ np.bincount(which, w / (total + v))
        return float(value), np.array([p * d_p, q * d_q, v * d_v])

    return surface


def slope_of_spend(x, m, weight, fit: Spend) -> np.ndarray:
    """Give the gradient of the log-likelihood of other customers at a fit."""
    return _surface(x, m, weight)(fit.top.point)[1]
