"""Hold kind and channel of a contact the same, and a customer's contacts together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from cxlab import stats
from cxlab.codebook import label
from cxlab.results import listing

RARE = 5  # contacts; rarer kinds are held together


def covariates(rows: pd.DataFrame, adjust: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Give an intercept and a column a value of each column named, and which columns were there.

    Args:
        rows: contacts.
        adjust: columns of words; those that are not there, or the same in every row, are left out.
    """
    parts, used = [np.ones((len(rows), 1))], []
    for name in adjust:
        if name not in rows:
            continue
        word = rows[name].astype(object).where(rows[name].notna(), "")
        rare = word.map(word.value_counts()) < RARE
        codes, values = pd.factorize(word.mask(rare, "(rare)"), sort=True)
        if len(values) > 1:
            parts.append(np.eye(len(values))[codes][:, 1:])
            used.append(name)
    return _independent(np.hstack(parts)), used


def _independent(x: np.ndarray) -> np.ndarray:
    """Leave out columns that others make up."""
    kept: list[int] = []
    basis = np.empty((len(x), 0))
    for at, column in enumerate(x.T):
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)
        size = np.linalg.norm(left)
        if size > 1e-8 * max(float(np.linalg.norm(column)), 1.0):
            kept.append(at)
            basis = np.column_stack([basis, left / size])
    return x[:, kept]


def told(used: Sequence[str]) -> str:
    """Say what is held the same."""
    return (
        f", {listing([label(name) for name in used])} of the contact held the same" if used else ""
    )


@dataclass(frozen=True, eq=False)
class Fit:
    """A line by least squares.

    Attributes:
        beta: coefficients.
        cover: their covariance with a customer's contacts together.
        plain: the same if scatter were even and contacts independent.
        df: customers less coefficients.
    """

    beta: np.ndarray
    cover: np.ndarray
    plain: np.ndarray
    df: int

    def errors(self, change: np.ndarray) -> np.ndarray:
        """Give the standard error of each row of sums of the coefficients, the larger of the two.

        Where one side is all alike, its scatter is none, and too small (Angrist, Pischke 2009).
        """
        of = [np.einsum("ij,jk,ik->i", change, each, change) for each in (self.cover, self.plain)]
        return np.sqrt(np.maximum(np.maximum(*of), 0))

    def of(self, change: np.ndarray, level: float) -> tuple[float, float, float, float]:
        """Give a sum of the coefficients, the ends of its interval, and its p-value."""
        estimate, error = float(change @ self.beta), float(self.errors(change[None])[0])
        low, high = stats.mean_interval(estimate, error, df=self.df, level=level)
        p = 2 * float(student.sf(abs(estimate) / error, self.df)) if error > 0 else 1.0
        return estimate, float(low), float(high), p

    def last(self, level: float) -> tuple[float, float, float, float]:
        """Give the same of the last coefficient."""
        return self.of(np.eye(len(self.beta))[-1], level)


def robust(design: np.ndarray, y: np.ndarray, who: np.ndarray) -> Fit:
    """Fit by least squares, with errors by customer (CR1, Liang and Zeger 1986).

    Args:
        design: columns, with an intercept or what stands for one.
        y: the outcome.
        who: codes of whose row each is.
    """
    inverse = np.linalg.pinv(design.T @ design)
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    left = y - design @ beta
    each = together(design * left[:, None], who)
    (n, p), groups = design.shape, len(each)
    factor = groups / max(groups - 1, 1) * (n - 1) / max(n - p, 1)
    cover = factor * inverse @ (each.T @ each) @ inverse
    return Fit(beta, cover, left @ left / max(n - p, 1) * inverse, max(groups - p, 1))


def difference(
    rows: pd.DataFrame, outcome: str, mine: pd.Series, adjust: Sequence[str], level: float
) -> dict[str, Any]:
    """Compare the mean of some contacts with that of the others, what is named held the same.

    Args:
        rows: contacts that have the outcome.
        outcome: column of numbers.
        mine: which rows are compared with the others.
        adjust: columns of words held the same.
        level: confidence level.

    Returns:
        `estimate`, `conf_low`, `conf_high`, `raw`, `p_value`, `count`, `n` and `held` (columns
        held the same); nothing where those columns alone tell which rows they are.
    """
    y, side = rows[outcome].to_numpy(float), mine.to_numpy(float)
    x, used = covariates(rows, adjust)
    apart = side - x @ np.linalg.lstsq(x, side, rcond=None)[0]
    if (apart**2).sum() < 1e-12 * max(side.sum(), 1.0):
        return {}
    estimate, low, high, p = robust(np.column_stack([x, side]), y, whose(rows)).last(level)
    raw = float(y[side == 1].mean() - y[side == 0].mean())
    return {"estimate": estimate, "conf_low": low, "conf_high": high, "raw": raw, "p_value": p,
            "count": int(side.sum()), "n": len(y), "held": used}  # fmt: skip


def together(each: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Add up rows by whose they are."""
    codes = np.unique(who, return_inverse=True)[1]
    return np.column_stack([np.bincount(codes, column) for column in each.T])


def whose(rows: pd.DataFrame) -> np.ndarray:
    """Give a code a customer; a contact that names none is alone."""
    alone = pd.Series(np.arange(len(rows)), rows.index).astype(str).radd("row ")
    if "customer_id" not in rows:
        return np.arange(len(rows))
    return pd.factorize(
        rows["customer_id"].astype(object).where(rows["customer_id"].notna(), alone)
    )[0]
