"""Models of buying: likelihoods on customers alike in how often, when last, how long."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from cxlab.lifetimes.likelihood import Top, climb, measure, summit

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2
EVERYBODY = 0.995  # where even the low end of who is there is above, nobody was seen to stop
MODELS = {"bg_nbd": "BG/NBD", "mbg_nbd": "MBG/NBD", "pareto_nbd": "Pareto/NBD"}
NAMES = {
    "bg_nbd": ("r", "alpha", "a", "b"),
    "mbg_nbd": ("r", "alpha", "a", "b"),
    "pareto_nbd": ("r", "alpha", "s", "beta"),
}
SMALL = 50_000
SHIFTED = {
    "bg_nbd": ("buying", "stopping (a)", "stopping (b)"),
    "mbg_nbd": ("buying", "stopping (a)", "stopping (b)"),
    "pareto_nbd": ("buying", "stopping"),
}


@dataclass(frozen=True, eq=False)
class Buying:
    """A fitted model of buying, to be asked about any customer.

    Attributes:
        model: `bg_nbd`, `mbg_nbd` or `pareto_nbd`.
        top: the fit; `point` holds logarithms of the parameters, then covariate effects.
        unit: unit of time.
        covariates: columns the rates depend on.
        terms: names of the covariate effects, in order.
        n: customers fitted to.
    """

    model: str
    top: Top
    unit: str
    covariates: tuple[str, ...]
    terms: tuple[str, ...]
    n: int

    @property
    def parameters(self) -> dict[str, float]:
        """Give the four parameters by name (for customers whose covariates are all zero)."""
        return dict(zip(NAMES[self.model], np.exp(self.top.point[:4]), strict=True))

    @property
    def loglik(self) -> float:
        """Give the log-likelihood."""
        return self.top.loglik


@dataclass(frozen=True, eq=False)
class Grouped:
    """Customers counted by equal history: the sufficient statistics."""

    x: np.ndarray
    last: np.ndarray
    age: np.ndarray
    weight: np.ndarray
    z: np.ndarray
    which: np.ndarray
    rows: np.ndarray

    @cached_property
    def here(self) -> np.ndarray:
        """Give one row for each pair of purchases and covariates."""
        first = np.zeros(self.which.max() + 1, np.int64)
        first[self.which[::-1]] = np.arange(len(self.which))[::-1]
        return first

    @property
    def n(self) -> float:
        """Count the customers."""
        return float(self.weight.sum())


def histories(frame: pd.DataFrame, z: np.ndarray) -> Grouped:
    """Count customers of equal history (and equal covariates) together."""
    x, last, age = (frame[word].to_numpy(float) for word in ("frequency", "recency", "age"))
    keys = pd.DataFrame({"x": x, "last": last, "age": age})
    for j in range(z.shape[1]):
        keys[j] = z[:, j]
    grouped = keys.groupby(list(keys.columns), sort=False)
    rows = grouped.ngroup().to_numpy()
    first = np.zeros(rows.max() + 1, np.int64)
    first[rows[::-1]] = np.arange(len(rows))[::-1]
    weights = np.bincount(rows).astype(float)
    x, last, age, z = x[first], last[first], age[first], z[first]
    pattern = np.unique(z, axis=0, return_inverse=True)[1].ravel() if z.shape[1] else 0
    which = np.unique(x * (np.max(pattern) + 1) + pattern, return_inverse=True)[1]
    return Grouped(x, last, age, weights, z, which, rows)


def top_of(stats: Grouped, model: str, start: np.ndarray | None = None) -> Top:
    """Find the top; of many rows, a part first, whose curvature then guides the whole."""
    scale = stats.age.max() or 1.0
    stats = Grouped(
        stats.x,
        stats.last / scale,
        stats.age / scale,
        stats.weight,
        stats.z,
        stats.which,
        stats.rows,
    )
    effects = np.zeros(len(SHIFTED[model]) * stats.z.shape[1])
    surface = _surface(stats, model)
    times = np.array([0.0, 1.0, 0.0, 0.0] if model != "pareto_nbd" else [0.0, 1.0, 0.0, 1.0])
    shift = np.r_[times * np.log(scale), effects]
    if start is not None:
        top = summit(surface, [start - shift], stats.n, NAMES[model])
    elif len(stats.x) <= SMALL:
        top = summit(surface, _starts(stats, model, effects), stats.n, NAMES[model])
    else:
        part = _part(stats)
        near = summit(_surface(part, model), _starts(part, model, effects), part.n, NAMES[model])
        point, _ = climb(surface, near.point, stats.n, curve=near.covariance * part.n)
        top = measure(surface, point)
    loglik = top.loglik - stats.weight @ stats.x * np.log(scale)
    return Top(top.point + shift, loglik, top.covariance, top.adrift)


def _part(stats: Grouped) -> Grouped:
    pick = np.linspace(0, len(stats.x) - 1, SMALL // 2).astype(int)
    which = np.unique(stats.which[pick], return_inverse=True)[1]
    return Grouped(
        stats.x[pick],
        stats.last[pick],
        stats.age[pick],
        stats.weight[pick],
        stats.z[pick],
        which,
        stats.rows,
    )


def _starts(stats: Grouped, model: str, effects: np.ndarray) -> list[np.ndarray]:
    mean = np.average(stats.x, weights=stats.weight) / np.average(stats.age, weights=stats.weight)
    plain = [0.0, -np.log(max(mean, 1e-3)), 0.0, 0.5]
    if model == "pareto_nbd":
        plain = [0.0, -np.log(max(mean, 1e-3)), 0.0, 0.0]
    return [np.r_[plain, effects]]


def _surface(stats: Grouped, model: str):
    if model == "pareto_nbd":
        return lambda point: _pareto(point, stats)
    return lambda point: _beta_geometric(point, stats, model == "mbg_nbd")


def slope_of_buying(stats: Grouped, fit: Buying) -> Callable[[np.ndarray], np.ndarray]:
    """Give what tells the gradient at a fit, had each history other numbers of customers.

    The integrals of the Pareto/NBD do not depend on these numbers: they are worked out once.
    """
    if fit.model != "pareto_nbd":
        return lambda weight: _surface(replace(stats, weight=weight), fit.model)(fit.top.point)[1]
    _, rows = _pareto_rows(fit.top.point, stats)
    return lambda weight: _pareto_slope(rows, weight, stats)


def shifted(point: np.ndarray, z: np.ndarray, kinds: int) -> np.ndarray:
    """Give log alpha, log a, log b (or log alpha, log beta) of each row."""
    effects = point[4:].reshape(kinds, -1)
    base = point[[1, 2, 3]] if kinds == 3 else point[[1, 3]]
    sign = np.array([-1.0, 1.0, 1.0] if kinds == 3 else [-1.0, -1.0])
    return base[:, None] + sign[:, None] * (effects @ z.T)


def _gather(rows: np.ndarray, z: np.ndarray, kinds: int, first: np.ndarray) -> np.ndarray:
    """Put the gradient in the parameters before that in the covariate effects."""
    sign = np.array([-1.0, 1.0, 1.0] if kinds == 3 else [-1.0, -1.0])
    return np.r_[first, (sign[:, None] * (rows @ z)).ravel()]


def _beta_geometric(point: np.ndarray, stats: Grouped, modified: bool):
    """Give the BG/NBD or MBG/NBD log-likelihood and its gradient in the logarithms.

    What depends on the number of purchases and the covariates alone is worked out once for each
    pair that occurs, and handed to the rows that have it.
    """
    r, which, w, x = np.exp(point[0]), stats.which, stats.weight, stats.x[stats.here]
    log_alpha, log_a, log_b = shifted(point, stats.z[stats.here], 3)
    alpha, a, b = np.exp(log_alpha), np.exp(log_a), np.exp(log_b)
    # stopping is decided by a coin after each purchase; the modified form tosses it at once, too
    more = 1.0 if modified else 0.0
    k = np.where((x > 0) | modified, b + x - 1 + more, np.inf)
    rate, own = (r + x)[which], alpha[which] if stats.z.shape[1] else alpha[0]
    begun, known = own + stats.last, own + stats.age
    late, early = np.log(known), np.log(begun)
    with np.errstate(divide="ignore"):
        odds = (log_a - np.log(k))[which] + rate * (late - early)
    small = np.exp(-np.abs(odds))
    either = np.maximum(odds, 0) + np.log1p(small)
    gone = np.where(odds >= 0, 1.0, small) / (1 + small) * w
    counts, stopped = np.bincount(which, w), np.bincount(which, gone)
    ends = gammaln(b + x + more) - gammaln(a + b + x + more) + gammaln(a + b) - gammaln(b)
    value = counts @ (gammaln(r + x) - gammaln(r) + ends + r * log_alpha)
    value += _sum(w, either) - _sum(w, rate * late)
    d_r = counts @ (digamma(r + x) - digamma(r) + log_alpha)
    d_r += _sum(gone, late - early) - _sum(w, late)
    both = digamma(a + b) - digamma(a + b + x + more)
    d_b = b * (both + digamma(b + x + more) - digamma(b))
    pull = np.bincount(which, rate * own * ((gone - w) / known - gone / begun))
    rows = [counts * r + pull, counts * a * both + stopped, counts * d_b - stopped * b / k]
    first = np.array([r * d_r, *(row.sum() for row in rows)])
    return float(value), _gather(np.vstack(rows), stats.z[stats.here], 3, first)


def _sum(weight: np.ndarray, values: np.ndarray) -> float:
    """Sum with weights, on one core: for a vector the threads of BLAS cost more than they save."""
    return float(np.einsum("i,i->", weight, values))


def _pareto(point: np.ndarray, stats: Grouped):
    """Give the Pareto/NBD log-likelihood and its gradient in the logarithms."""
    value, rows = _pareto_rows(point, stats)
    return float(stats.weight @ value), _pareto_slope(rows, stats.weight, stats)


def _pareto_slope(rows: np.ndarray, weight: np.ndarray, stats: Grouped) -> np.ndarray:
    first = rows @ weight
    return _gather(rows[[1, 3]] * weight, stats.z, 2, first) if stats.z.shape[1] else first


def _pareto_rows(point: np.ndarray, stats: Grouped) -> tuple[np.ndarray, np.ndarray]:
    """Give the log-likelihood of each history and its gradient, a column each."""
    r, s = np.exp(point[0]), np.exp(point[2])
    if stats.z.shape[1]:
        log_alpha, log_beta = shifted(point, stats.z, 2)
    else:
        log_alpha, log_beta = (np.full(len(stats.x), point[j]) for j in (1, 3))
    alpha, beta, x = np.exp(log_alpha), np.exp(log_beta), stats.x
    late = np.log(alpha + stats.age), np.log(beta + stats.age)
    alive = -(r + x) * late[0] - s * late[1]
    gone, d_gone = left_between(r, s, alpha, beta, stats)
    both = np.logaddexp(alive, gone)
    share = np.exp(alive - both), np.exp(gone - both)
    value = gammaln(r + x) - gammaln(r) + r * log_alpha + s * log_beta + both
    d_alive = (
        -r * late[0],
        -(r + x) * alpha / (alpha + stats.age),
        -s * late[1],
        -s * beta / (beta + stats.age),
    )
    plain = (r * (digamma(r + x) - digamma(r) + log_alpha), r, s * log_beta, s)
    parts = zip(plain, d_alive, d_gone, strict=True)
    return value, np.vstack([p + share[0] * still + share[1] * left for p, still, left in parts])


def left_between(r, s, alpha, beta, stats: Grouped, most: int = 400):
    """Integrate over the moment of leaving, between the last purchase and the last day.

    The integral of s (alpha+t)^-(r+x) (beta+t)^-(s+1) is taken in y, where alpha + t is
    (alpha + last) y^(-1/k) with k = r + s + x: for alpha = beta its integrand is flat.
    """
    log = np.empty(len(stats.x))
    slope = np.empty((4, len(stats.x)))
    for begin in range(0, len(log), most):
        rows = slice(begin, begin + most)
        x, last, age = (v[rows, None] for v in (stats.x, stats.last, stats.age))
        a, b = alpha[rows, None], beta[rows, None]
        k = r + s + x
        width = -np.expm1(-k * np.log((a + age) / (a + last)))
        y = 1 - width * _NODES
        early = a + last
        steep = np.log(y) / k  # logarithms once: they are what the integral costs
        at = early * np.exp(-steep)
        other = b + at - a
        far = np.log(other)
        # relative to the integrand at the last purchase, so that nothing under- or overflows
        height = -(s + 1) * (steep + far - np.log(b + last))
        part = np.exp(height) * _WEIGHTS * width * early / k
        total = part.sum(1)
        lead = -(r + x) * np.log(early) - (s + 1) * np.log(b + last) + np.log(s)
        with np.errstate(divide="ignore"):
            log[rows] = lead[:, 0] + np.log(total)
        share = part / np.where(total > 0, total, 1.0)[:, None]
        whole = share.sum(1)
        slope[0, rows] = -r * (whole * np.log(early[:, 0]) - _along(share, steep))
        slope[1, rows] = -((r + x) * a)[:, 0] * _along(share, 1 / at)
        slope[2, rows] = 1 - s * _along(share, far)
        slope[3, rows] = -(s + 1) * b[:, 0] * _along(share, 1 / other)
    return log, slope


def _along(share: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", share, values)
