"""What does every subset explain when the outcome is a choice or a step on a scale?"""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.drivers.workings import subsets
from cxlab.drivers.workings.design import Design, DriverError
from cxlab.drivers.workings.ordered import (
    MOST_CATEGORIES,
    Ordered,
    columns,
    fit_held,
    scores,
)
from cxlab.results import count

MOST_DRIVERS = 12
WORK_AT_MOST = 1e12


def parts(design: Design, method: str, *, n_boot: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Share a likelihood-based R² among drivers, with bootstrap replicates.

    A model is fitted to every subset once. In a replicate, each model's log-likelihood at
    its maximum is that at the fitted values plus what one Newton step from there gains.

    Args:
        design: what was prepared.
        method: `mcfadden`, `cox_snell` or `nagelkerke`.
        n_boot: number of replicates.
        seed: seed of the draws.

    Returns:
        Each driver's part, and its replicates, shape (n_boot, drivers).
    """
    _check(design, n_boot)
    design = _one_scale(design)
    drawn = list(design.lots.counts(n_boot=n_boot, seed=seed)) if n_boot else []
    values, replicates = _every_subset(design, drawn)
    null, null_drawn = _nulls(design, drawn)
    of = _R2[method]
    all_values = np.column_stack([values, replicates])
    all_nulls = np.concatenate([[null], null_drawn])
    weights = design.lots.sums(lambda rows: design.w[rows])
    sizes = np.concatenate([[design.w.sum()], *[d @ weights for d in drawn]])
    r2 = of(all_values, all_nulls, sizes)
    r2 = r2 - r2[0]
    shared = _shared(r2, design)
    return shared[:, 0], shared[:, 1:].T


def subset_r2(design: Design, method: str) -> np.ndarray:
    """Compute a likelihood-based R² beyond the controls for every subset, shape (subsets, 1)."""
    _check(design, 0)
    design = _one_scale(design)
    values, _ = _every_subset(design, [])
    r2 = _R2[method](values, _nulls(design, [])[0], design.w.sum())
    return r2 - r2[0]


def _one_scale(design: Design) -> Design:
    scale, players = columns(design).z, len(design.drivers)
    return replace(design, x=(scale[:, :players],), z=scale[:, players:])


def _mcfadden(loglik, null, n):
    return 1 - loglik / null


def _cox_snell(loglik, null, n):
    return -np.expm1(2 * (null - loglik) / n)


def _nagelkerke(loglik, null, n):
    return _cox_snell(loglik, null, n) / -np.expm1(2 * null / n)


_R2 = {"mcfadden": _mcfadden, "cox_snell": _cox_snell, "nagelkerke": _nagelkerke}


def _every_subset(design: Design, drawn: list[np.ndarray]):
    """Fit all subsets, each beginning from the one without its last driver."""
    players = len(design.drivers)
    values = np.empty((1 << players, 1))
    replicates = np.empty((1 << players, sum(len(d) for d in drawn)))
    found: dict[int, np.ndarray] = {}
    for subset in range(1 << players):
        inside = [k for k in range(players) if subset >> k & 1]
        table = np.column_stack([design.z, design.x[0][:, inside]])
        begin = None
        if inside:
            begin = np.append(found[subset ^ (1 << inside[-1])], 0.0)
        model = _fit(design, table, begin, inside)
        found[subset] = model.theta
        values[subset] = model.loglik
        if drawn:
            replicates[subset] = _one_step(design, model, table, drawn)
    return values, replicates


def _fit(design: Design, table, begin, inside) -> Ordered:
    names = [*design.controls, *[design.drivers[k] for k in inside]]
    return fit_held(design, design.y, table, names, begin)


def _one_step(design: Design, model: Ordered, table, drawn) -> np.ndarray:
    """Approximate the maximum under each replicate's multiplicities."""
    each = np.column_stack([model.each, scores(model, design.y, table)]) * design.w[:, None]
    sums = design.lots.sums(lambda rows: each[rows])
    inverse = stats.inverse(model.information)
    gained = []
    for counts in drawn:
        summed = counts @ sums
        slope = summed[:, 1:]
        gained.append(summed[:, 0] + 0.5 * np.einsum("bi,ij,bj->b", slope, inverse, slope))
    return np.concatenate(gained)


def _nulls(design: Design, drawn) -> tuple[float, np.ndarray]:
    """Give the log-likelihood of the shares of the categories, here and in each replicate."""
    codes = pd.factorize(design.y, sort=True)[0]
    marked = np.eye(codes.max() + 1)[codes] * design.w[:, None]
    by_lot = design.lots.sums(lambda rows: marked[rows])
    sums = np.concatenate([marked.sum(axis=0)[None], *[counts @ by_lot for counts in drawn]])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(sums > 0, sums * np.log(sums / sums.sum(axis=1, keepdims=True)), 0.0)
    null = logs.sum(axis=1)
    return float(null[0]), null[1:]


def _shared(values: np.ndarray, design: Design) -> np.ndarray:
    if design.groups is None:
        return subsets.shapley(values)
    place = {name: k for k, name in enumerate(design.drivers)}
    groups = [[place[name] for name in members] for members in design.groups.values()]
    return subsets.owen_values(values, groups)


def _check(design: Design, n_boot: int) -> None:
    categories = len(np.unique(design.y))
    if categories > MOST_CATEGORIES:
        raise DriverError(
            f"outcome '{design.outcome}' has {categories} values: too many to be categories.\n"
            "Use method='lmg', or band the outcome."
        )
    columns = categories + len(design.drivers) + len(design.controls)
    work = 2.0 ** len(design.drivers) * design.n * columns
    if work * n_boot > WORK_AT_MOST:
        raise DriverError(
            f"{count(n_boot, 'replicate')} of {2 ** len(design.drivers):,} ordered models on "
            f"{count(design.n, 'answer')} take minutes to hours.\n"
            f"Use n_boot={int(WORK_AT_MOST / work)} or fewer, or method='lmg'."
        )
