"""Projections of those under contract: what is counted, and the fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from cxlab.lifetimes.design import ENOUGH, FitError
from cxlab.lifetimes.likelihood import Top, summit
from cxlab.lifetimes.spells import UNTOLD, Spells, spells
from cxlab.lifetimes.steps import carried, product_limit
from cxlab.results import count, listing, number

MODELS = {"sbg": "shifted beta-geometric", "bdw": "beta-discrete-Weibull"}


@dataclass(frozen=True, eq=False)
class Contract:
    """A fitted projection: what it takes to draw any part of its curve.

    Attributes:
        model: `sbg` or `bdw`.
        top: the fit; `point` holds the logarithms of alpha, beta (and c).
        customers: how many were there at the start.
        lost: how many left in each period the fit has seen, from 0.
        watched: how many were there, and under watch, when each of these periods began.
    """

    model: str
    top: Top
    customers: int
    lost: np.ndarray
    watched: np.ndarray

    @property
    def fitted(self) -> int:
        """Count the periods the fit has seen."""
        return len(self.lost) - 1

    @property
    def alike(self) -> bool:
        """Say whether the data cannot tell customers apart: alpha and beta have no end."""
        loose = np.diag(self.top.covariance)[:2] > 4
        return bool(self.top.adrift.any() or loose.any())

    @property
    def parameters(self) -> dict[str, float]:
        """Give alpha, beta (and c) by name."""
        return dict(zip(("alpha", "beta", "c"), np.exp(self.top.point), strict=False))

    def survival(self, periods: Sequence[float] | np.ndarray) -> np.ndarray:
        """Give the share still there after each number of periods."""
        return np.exp(log_survival(self.top.point, np.asarray(periods, float))[0])


def period_of(survivors: pd.DataFrame | Spells, unit: str = UNTOLD) -> str:
    """Name what is counted: the unit of customers' times, or a period of a table of counts."""
    return survivors.unit if isinstance(survivors, Spells) else unit


def fit_contract(survivors: pd.DataFrame | Spells, model: str, fit_to: int | None):
    """Fit a projection to those who left and those who stayed."""
    if model not in MODELS:
        raise FitError(f"model: '{model}' is none of {listing(list(MODELS))}.")
    lost, there, entered, seen = _counts(survivors, fit_to)
    if lost.sum() == 0:
        raise FitError("nobody left in the periods used to fit: there is nothing to project.")
    if lost.sum() < ENOUGH:
        raise FitError(
            f"{count(lost.sum(), 'customer')} left in the {count(len(lost) - 1, 'period')} used "
            f"to fit: too few to project from, it takes {ENOUGH}. Watch longer."
        )
    if len(lost) - 1 < (2 if model == "sbg" else 3):
        raise FitError(
            f"{count(len(lost) - 1, 'period')} cannot hold the parameters of the "
            f"{MODELS[model]}; wait for more, or choose 'sbg'."
        )
    n = int(lost.sum() + there.sum())

    def surface(point):
        return _likelihood(point, lost, there, entered)

    mean = np.log(max(lost[1] / n, 1e-3))
    starts = [np.array([0.0, -mean])]
    if model == "bdw":
        starts = [np.array([0.0, -mean, 0.0]), np.array([-1.0, 0.5, 0.3])]
    top = summit(surface, starts, n, ("alpha", "beta", "c")[: len(starts[0])])
    return Contract(model, top, n, lost, _watched(lost, there, entered)), seen


def as_told(survivors: pd.DataFrame | Spells) -> pd.DataFrame | Spells:
    """Leave a table of counts as it is; turn customers into their times."""
    if isinstance(survivors, pd.DataFrame) and {"time", "n"} <= set(survivors.columns):
        return survivors
    return spells(survivors)


def _counts(survivors: pd.DataFrame | Spells, fit_to: int | None):
    """Count who was lost in each period, who was last seen there, and who was let in there."""
    watched = as_told(survivors)
    if not isinstance(watched, Spells):
        return _counts_of_cohorts(watched, fit_to)
    if not watched.event.any():
        raise FitError(watched.nobody_left())
    begin, end, gone = watched.periods()
    first, last = begin.astype(int), end.astype(int)
    cut = int(last.max()) if fit_to is None else min(fit_to, int(last.max()))
    left = gone & (last <= cut)
    inside = first < np.maximum(np.minimum(last, cut), 1)
    lost = np.bincount(last[left & inside], minlength=cut + 1).astype(float)
    there = np.bincount(np.minimum(last, cut)[~left & inside], minlength=cut + 1).astype(float)
    entered = np.bincount(first[inside], minlength=cut + 1).astype(float)
    return lost, there, entered, _seen(last, first, gone)


def _watched(lost: np.ndarray, there: np.ndarray, entered: np.ndarray) -> np.ndarray:
    """Count who was under watch as each period began; a table of counts lets all in at once."""
    begun = np.cumsum(entered) if entered.any() else np.full(len(lost), (lost + there).sum())
    return np.r_[0.0, (begun - np.cumsum(lost + there))[:-1]]


def _seen(last: np.ndarray, first: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Carry the observed curve, scaled to all customers, as far as enough were under watch."""
    size = int(last.max()) + 1
    leaving, entering = np.bincount(last, minlength=size), np.bincount(first, minlength=size)
    under_watch = np.r_[0, np.cumsum(entering)[:-1]] - np.r_[0, np.cumsum(leaving)[:-1]]
    gone = np.bincount(last[event], minlength=size)
    curve, error = product_limit({"at_risk": under_watch, "events": gone})
    known = np.flatnonzero(carried(under_watch, curve, error)).max(initial=0) + 1
    return curve[:known] * len(last)


def _counts_of_cohorts(survivors: pd.DataFrame, fit_to: int | None):
    lost, there = np.zeros((2, int(survivors["time"].max()) + 1))
    sizes, size = np.zeros((2, len(lost)))
    cohorts = survivors.assign(group=survivors.get("group", "all"))
    for name, rows in cohorts.groupby("group", sort=False):
        n = rows.sort_values("time")["n"].to_numpy(float)
        times = np.sort(rows["time"].to_numpy())
        if len(times) and not np.array_equal(times, np.arange(len(times))):
            raise FitError(f"cohort '{name}': the periods must run 0, 1, 2 … without a gap.")
        if (np.diff(n) > 0).any():
            at = int(np.flatnonzero(np.diff(n) > 0)[0])
            raise FitError(
                f"cohort '{name}' grows from {n[at]:g} to {n[at + 1]:g} customers at period "
                f"{at + 1}: under contract nobody comes back. Use `buying` without contract."
            )
        sizes[: len(n)] += n
        size[: len(n)] += n[0]
        n = n[: len(n) if fit_to is None else fit_to + 1]
        lost[1 : len(n)] += -np.diff(n)
        there[len(n) - 1] += n[-1]
    last = int(np.flatnonzero(lost + there)[-1])
    entered = np.zeros(last + 1)
    return lost[: last + 1], there[: last + 1], entered, sizes / size * size[0]


def log_survival(point: np.ndarray, periods: np.ndarray):
    """Give log S(t) and its derivatives in the logarithms of the parameters."""
    a, b = np.exp(point[:2])
    c = np.exp(point[2]) if len(point) > 2 else 1.0
    grown = periods**c
    value = gammaln(b + grown) - gammaln(a + b + grown) + gammaln(a + b) - gammaln(b)
    whole = digamma(a + b) - digamma(a + b + grown)
    slope = [a * whole, b * (whole + digamma(b + grown) - digamma(b))]
    if len(point) > 2:
        log = np.log(np.where(periods > 0, periods, 1.0))
        slope.append(c * log * grown * (digamma(b + grown) - digamma(a + b + grown)))
    return value, np.array(slope)


def _likelihood(point, lost, there, entered):
    periods = np.arange(len(lost), dtype=float)
    value, slope = log_survival(point, periods)
    survival = np.exp(value)
    gone = np.maximum(survival[:-1] - survival[1:], 1e-300)
    steep = (survival[:-1] * slope[:, :-1] - survival[1:] * slope[:, 1:]) / gone
    total = lost[1:] @ np.log(gone) + (there - entered) @ value
    return float(total), steep @ lost[1:] + slope @ (there - entered)


def notes_of(found: Contract) -> tuple[str, ...]:
    """Say what the reader must know of a projection."""
    notes = []
    if found.alike:
        notes.append(
            "Customers look alike, so that alpha and beta, which tell them apart, have no end; the "
            "curve itself stands."
        )
    if found.model == "bdw":
        c = found.parameters["c"]
        way = "rises" if c > 1 else "falls"
        notes.append(f"c = {number(c, 2)}: a single customer's chance of leaving {way} with time.")
    if not notes:
        notes.append(
            "Retention rises because those likely to leave go first; nobody need change for it."
        )
    return tuple(notes)
