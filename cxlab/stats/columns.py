"""Columns on one scale before anything is solved, and the way back to the units given.

Sums of products of raw columns lose a column of large or small units in silence (a pseudo-inverse
takes it for rounding), so every model of the house is fitted to centred, scaled columns: least
squares by an orthogonal decomposition, a likelihood by steps whose curvature is checked.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy

from cxlab.stats.intervals import StatsError

#: A column whose spread is a smaller part of its size has fewer than seven digits to tell rows by.
LEAST_SPREAD = 1e-10
#: What a column must have of its own, in its standard deviations: beyond, rounding decides.
OWN = 1e-9
#: Beside the largest, an eigenvalue of a scaled matrix that rounding may have made.
NEGLIGIBLE = 1e-13
#: With less of its own than this, a column's slope is worth a second look in longer arithmetic.
REFINED = 0.1


class DependentError(StatsError):
    """A column follows from those before it, or does not vary: it has no number of its own."""

    def __init__(self, place: int) -> None:
        self.place = place
        super().__init__(
            f"column {place + 1} follows from the columns before it, as far as their digits tell. "
            "Leave one of them out."
        )


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns with weighted mean 0 and standard deviation 1, and what they were before.

    Attributes:
        z: the columns, scaled.
        centre: the means taken away.
        spread: the standard deviations divided by.
    """

    z: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    def moved(self, x: np.ndarray) -> np.ndarray:
        """Bring other rows of the same columns to the same scale."""
        return (x - self.centre) / self.spread

    def back(self, beta: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give intercept and slopes per unit of the columns given, and their covariance.

        Args:
            beta: intercept, then slopes of the scaled columns.
            covariance: of these.
        """
        turn = np.diag(np.append(1.0, 1 / self.spread))
        turn[0, 1:] = -self.centre / self.spread
        slopes = beta[1:] / self.spread
        first = beta[0] - self.centre @ slopes
        return np.append(first, slopes).astype(float), turn @ covariance @ turn.T


def scaled(x: np.ndarray, weight: np.ndarray | None = None) -> Columns:
    """Bring columns to weighted mean 0 and standard deviation 1.

    Raises:
        DependentError: a column does not vary, or only beyond the digits it can hold.

    Example:
        >>> scaled(np.array([[1e9], [3e9]])).z.ravel().tolist()
        [-1.0, 1.0]
    """
    x = np.asarray(x, dtype=float)
    share = np.full(len(x), 1 / len(x)) if weight is None else weight / weight.sum()
    # from a value of its own, so that a large offset costs no digits
    z = x - x[0]
    mean = share @ z
    z -= mean
    spread = np.sqrt(share @ (z * z))
    flat = ~(spread > LEAST_SPREAD * np.abs(x[0] + mean))
    if flat.any():
        raise DependentError(int(np.argmax(flat)))
    z /= spread
    return Columns(z, x[0] + mean, spread)


def flats(x: np.ndarray) -> np.ndarray:
    """Say which columns do not vary, or only beyond the digits their size leaves them.

    Example:
        >>> flats(np.array([[0.1, 1.0, 1e18], [0.1, 2.0, 1e18 + 256]])).tolist()
        [True, False, True]
    """
    if not len(x):
        return np.zeros(x.shape[1], dtype=bool)
    z = x - x[0]
    return ~(z.std(axis=0) > LEAST_SPREAD * np.abs(x[0] + z.mean(axis=0)))


def blurred(name: str, values: np.ndarray) -> str:
    """Say why a column that varies, but only beyond its digits, cannot be used.

    Example:
        >>> blurred("at", np.array([1e17, 1e17 + 64])).split(":")[0]
        "'at' runs from 100000000000000000 to 100000000000000064"
    """
    return (
        f"'{name}' runs from {values.min():.18g} to {values.max():.18g}: its values differ only "
        "beyond their tenth digit, too few to tell them apart.\n"
        "Take away what they have in common (such as the first date), and ask again."
    )


def owned(x: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Say what part of each column the columns before it leave to it, in standard deviations.

    A column that does not vary has nothing of its own, nor has one whose rest is rounding.

    Example:
        >>> owned(np.array([[1.0, 2, 1], [2, 4, 5], [3, 6, 2], [4, 8, 4]])).round(2).tolist()
        [1.0, 0.0, 0.91]
    """
    x = np.asarray(x, dtype=float)
    left = np.zeros(x.shape[1])
    varied = np.flatnonzero(~flats(x))
    if not len(varied):
        return left
    columns = scaled(x[:, varied], weight)
    root = np.ones(len(x)) if weight is None else np.sqrt(weight)
    table = columns.z * (root / np.linalg.norm(root))[:, None]
    # digits lost to a large offset are no digits of its own
    blur = 64 * np.finfo(float).eps * (np.abs(columns.centre) / columns.spread + 1)
    for at in range(len(varied)):
        here = float(np.linalg.norm(table[:, at]))
        if here > max(OWN, blur[: at + 1].max()):
            left[varied[at]] = here
            unit = table[:, at] / here
            table[:, at + 1 :] -= np.outer(unit, unit @ table[:, at + 1 :])
    return left


@dataclass(frozen=True, eq=False)
class Line:
    """A linear model with an intercept, fitted by weighted least squares.

    Attributes:
        coefficients: intercept, then one slope a column, in the units given.
        covariance: robust (HC3, or by cluster).
        classical: covariance if scatter were even and answers independent.
        df: degrees of freedom of the robust errors: rows, or clusters, less what was estimated.
        df_residual: rows less what was estimated.
        r2: part of the outcome's variance explained.
        scatter: residual standard deviation.
        loglik: normal log-likelihood, weights as precisions.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    classical: np.ndarray
    df: int
    df_residual: int
    r2: float
    scatter: float
    loglik: float

    @property
    def adjusted_r2(self) -> float:
        """R² less what columns of noise would give it (Ezekiel 1930)."""
        n = self.df_residual + len(self.coefficients)
        return 1 - (1 - self.r2) * (n - 1) / self.df_residual

    @property
    def f(self) -> float:
        """F statistic of all slopes together."""
        wide = len(self.coefficients) - 1
        with np.errstate(divide="ignore"):
            return float(np.divide(self.r2, 1 - self.r2) * self.df_residual / wide)

    @property
    def aic(self) -> float:
        """Akaike's criterion, counted as statsmodels does: slopes and intercept."""
        return 2 * len(self.coefficients) - 2 * self.loglik


def line(x: np.ndarray, y: np.ndarray, *, weight: Any = None, cluster: Any = None) -> Line:
    """Fit a linear model by an orthogonal decomposition of scaled columns.

    Errors are HC3 (MacKinnon and White 1985) or, by cluster, with the usual small-sample factor.

    Args:
        x: columns, without a constant.
        y: the outcome.
        weight: optional weight of each row.
        cluster: optional codes of rows that belong together.

    Raises:
        DependentError: a column follows from those before it; it says which.

    Example:
        >>> found = line(np.array([[1e9], [2e9], [3e9], [4e9]]), np.array([1.0, 2.1, 2.9, 4.0]))
        >>> float(found.coefficients[1].round(12)), round(found.r2, 4)
        (9.8e-10, 0.9963)
    """
    columns = scaled(x, weight)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=float)
    root, total = np.sqrt(w), w.sum()
    table = np.empty((len(y), 1 + columns.z.shape[1]))
    table[:, 0], table[:, 1:] = 1.0, columns.z
    table *= root[:, None]
    q, r = _orthogonal(table)
    own = np.abs(np.diag(r)[1:]) / np.sqrt(total)
    if (own < OWN).any():
        raise DependentError(int(np.argmax(own < OWN)))
    mean = w @ y / total
    target = (y - mean) * root
    inside = q.T @ target
    away = target - q @ inside
    turn = scipy.linalg.solve_triangular(r, np.eye(len(r)))
    beta = turn @ inside
    if (own < REFINED).any():
        beta, away = _refined(columns, x, root, target, (q, turn), beta, away)
    beta = beta + np.append(mean, np.zeros(len(beta) - 1))
    n, wide = table.shape
    left = float(away @ away)
    whole = float(target @ target)
    scatter2 = left / (n - wide) if n > wide else np.nan
    middle, df = _meat(q, away, cluster)
    coefficients, covariance = columns.back(beta, turn @ middle @ turn.T)
    _, classical = columns.back(beta, scatter2 * turn @ turn.T)
    with np.errstate(divide="ignore"):
        loglik = -n / 2 * (np.log(2 * np.pi * left / n) + 1) + np.log(root[root > 0]).sum()
    return Line(
        coefficients,
        covariance,
        classical,
        df,
        n - wide,
        1 - left / whole if whole > 0 else np.nan,
        float(np.sqrt(scatter2)),
        float(loglik),
    )


def _orthogonal(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Decompose into orthonormal columns and a triangle.

    Twice by Cholesky (Yamamoto and others 2015), as good as Householder's and five times as fast
    unless columns nearly repeat each other; then Householder's.
    """
    try:
        first = np.linalg.cholesky(table.T @ table).T
        if np.diag(first).min() > REFINED * np.diag(first).max():
            half = table @ scipy.linalg.solve_triangular(first, np.eye(len(first)))
            second = np.linalg.cholesky(half.T @ half).T
            return half @ scipy.linalg.solve_triangular(second, np.eye(len(second))), second @ first
    except np.linalg.LinAlgError:
        pass
    return np.linalg.qr(table)


def _refined(columns: Columns, x, root, target, factors, beta, away):
    """Correct coefficients and residuals together, in longer arithmetic (Björck 1967)."""
    long = np.longdouble
    q, turn = factors
    z = (np.asarray(x, dtype=long) - columns.centre) / columns.spread
    table = np.column_stack([np.ones(len(z), dtype=long), z]) * root[:, None]
    beta, away = beta.astype(long), away.astype(long)
    for _ in range(2):
        gap = (target - away - table @ beta).astype(float)
        tilt = turn.T @ -(table.T @ away).astype(float)
        inside = q.T @ gap
        beta = beta + turn @ (inside - tilt)
        away = away + gap - q @ (inside - tilt)
    return beta, away.astype(float)


def _meat(q: np.ndarray, away: np.ndarray, cluster: Any) -> tuple[np.ndarray, int]:
    n, wide = q.shape
    if cluster is None:
        leverage = np.einsum("ij,ij->i", q, q)
        each = q * (away / np.maximum(1 - leverage, 1e-12))[:, None]
        return each.T @ each, n - wide
    each = totals(q * away[:, None], cluster)
    groups = len(each)
    factor = groups / (groups - 1) * (n - 1) / (n - wide)
    return factor * each.T @ each, groups - 1


def totals(each: np.ndarray, cluster: Any) -> np.ndarray:
    """Sum the rows of each cluster, in the order of their first rows.

    Example:
        >>> totals(np.array([[1.0], [2.0], [4.0]]), ["b", "a", "b"]).ravel().tolist()
        [5.0, 2.0]
    """
    codes = pd.factorize(np.asarray(cluster))[0]
    return np.column_stack([np.bincount(codes, weights=column) for column in each.T])


def inverse(information: np.ndarray) -> np.ndarray:
    """Invert the information of a likelihood, on a scale where every diagonal is 1.

    Raises:
        DependentError: a parameter has no information of its own; it says which.

    Example:
        >>> inverse(np.diag([4.0, 2.0**60])).diagonal().tolist() == [0.25, 2.0**-60]
        True
    """
    size = np.sqrt(np.maximum(np.diag(information), 0))
    if not (size > 0).all():
        raise DependentError(int(np.argmin(size > 0)))
    values, vectors = np.linalg.eigh(information / size[:, None] / size)
    if not values[0] > NEGLIGIBLE:
        raise DependentError(int(np.argmax(np.abs(vectors[:, 0]))))
    inside = (vectors / values) @ vectors.T
    return inside / size[:, None] / size


def wald(away: np.ndarray, covariance: np.ndarray) -> tuple[float, int]:
    """Give the Wald chi-squared of estimates that should all be zero, and its degrees of freedom.

    Directions in which the covariance has nothing to say, as with fewer clusters than terms, are
    left out and not counted.

    Example:
        >>> statistic, df = wald(np.array([2.0, 3e9]), np.diag([1.0, 1e18]))
        >>> round(statistic, 6), df
        (13.0, 2)
    """
    size = np.sqrt(np.diag(covariance))
    told = size > 0
    if not told.any():
        return 0.0, 0
    size = size[told]
    values, vectors = np.linalg.eigh(covariance[np.ix_(told, told)] / size[:, None] / size)
    kept = values > NEGLIGIBLE * values[-1]
    along = vectors[:, kept].T @ (away[told] / size)
    return float(along @ (along / values[kept])), int(kept.sum())
