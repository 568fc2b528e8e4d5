"""How much of the spread lies between groups? One random intercept, fitted by REML."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import chi2

_MOST = 1 - 1e-6


@dataclass(frozen=True)
class Shared:
    """The part of the variance between groups, its interval, and the variances.

    Attributes:
        share: variance between groups over all variance (intraclass correlation).
        low, high: ends of its profile interval.
        between, within: the two variances.
        p_value: of no variance between groups at all, by likelihood ratio (half a chi-square).
    """

    share: float
    low: float
    high: float
    between: float
    within: float
    p_value: float


def shared(y: np.ndarray, group: np.ndarray, x: np.ndarray, *, level: float = 0.95) -> Shared:
    """Fit `y = x b + u(group) + e` by REML (Patterson and Thompson 1971).

    Args:
        y: numbers without gaps.
        group: codes from 0.
        x: covariates, one column a term, the intercept among them, of full rank.
        level: confidence level of the profile-likelihood interval.
    """
    sums = _Sums.of(y, group, x)
    best = minimize_scalar(lambda r: -sums.likelihood(r), bounds=(0, _MOST), method="bounded",
                           options={"xatol": 1e-10})  # fmt: skip
    share, top = float(best.x), -float(best.fun)
    none = sums.likelihood(0.0)
    if none >= top:
        share, top = 0.0, none
    cut = top - chi2.ppf(level, 1) / 2
    low = 0.0 if none >= cut else brentq(lambda r: sums.likelihood(r) - cut, 0, share)
    end = sums.likelihood(_MOST) - cut
    high = 1.0 if end >= 0 else brentq(lambda r: sums.likelihood(r) - cut, share, _MOST)
    within = sums.within(share)
    p = float(chi2.sf(2 * max(top - none, 0), 1) / 2) if share > 0 else 1.0
    return Shared(share, low, high, within * share / (1 - share), within, p)


@dataclass(frozen=True, eq=False)
class _Sums:
    """What the likelihood needs of the rows: products, and sums by group."""

    n: int
    sizes: np.ndarray
    gram: np.ndarray  # of covariates and outcome
    totals: np.ndarray  # by group

    @classmethod
    def of(cls, y: np.ndarray, group: np.ndarray, x: np.ndarray) -> "_Sums":
        both = np.column_stack([x, y])
        sizes = np.bincount(group)
        totals = np.column_stack([np.bincount(group, column) for column in both.T])
        return cls(len(y), sizes[sizes > 0], both.T @ both, totals[sizes > 0])

    def _products(self, share: float) -> np.ndarray:
        ratio = share / (1 - share)
        off = ratio / (1 + self.sizes * ratio)
        return self.gram - (self.totals * off[:, None]).T @ self.totals

    def _left(self, products: np.ndarray) -> float:
        a, b = products[:-1, :-1], products[:-1, -1]
        return float(products[-1, -1] - b @ np.linalg.solve(a, b))

    def within(self, share: float) -> float:
        """Give the variance within groups at a share."""
        return self._left(self._products(share)) / (self.n - len(self.gram) + 1)

    def likelihood(self, share: float) -> float:
        """Give the restricted log-likelihood at a share, up to a constant."""
        products, ratio = self._products(share), share / (1 - share)
        df = self.n - len(self.gram) + 1
        left = self._left(products)
        if left <= 0:
            return -np.inf
        return -0.5 * (
            np.log1p(self.sizes * ratio).sum()
            + np.linalg.slogdet(products[:-1, :-1])[1]
            + df * np.log(left / df)
        )
