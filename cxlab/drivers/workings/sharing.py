"""Share what drivers explain over all their orders, or over as many as their number allows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle

import numpy as np

from cxlab.drivers.workings import certainty, subsets
from cxlab.drivers.workings.design import Design, DriverError
from cxlab.results import count, percent

# counts of steps, not of seconds: the same answers are treated alike on every machine
SUBSETS_AT_MOST = 1 << 25
STEPS_AT_MOST = 50_000_000  # of all random orders in all replicates, squared drivers each
PRODUCTS_AT_MOST = 50_000_000_000  # of all answers' ratings, two by two, in all replicates
ORDERS = 2000
ORDERS_IN_REPLICATES = (20, 200)
FEWEST_REPLICATES = 100
MOST_DRIVERS = 100


@dataclass(frozen=True, eq=False)
class Sharing:
    """How R² is shared among the drivers of one design, within a bounded number of steps.

    Attributes:
        parts: each driver's part of R², averaged over imputations.
        of: gives the parts under (batch, m, m) covariances, for replicates.
        replicates: how many of them are drawn.
        exact: whether the shares average over every order of the drivers.
        told: what was done in place of all orders in all replicates; empty where nothing was.
    """

    parts: np.ndarray
    of: Callable[[np.ndarray], np.ndarray]
    replicates: int
    exact: bool = True
    told: tuple[str, ...] = ()


def sharing(
    design: Design, covs: np.ndarray, *, n_boot: int, seed: int, sampled: bool = False
) -> Sharing:
    """Choose how LMG shares are computed: over all subsets of drivers while these are few.

    Beyond that the shares themselves stay exact for as long as they can, while replicates look
    at random orders only; what these orders get wrong on the answers themselves is taken off
    every replicate (a control variate). Then the shares rest on random
    orders too, in pairs of an order and its reverse (Castro, Gomez and Tejada 2009).

    Args:
        design: what was prepared.
        covs: covariances of `certainty.table_of`, one for each imputation.
        n_boot: replicates asked for.
        seed: seed of the random orders.
        sampled: take random orders, however few the drivers are.

    Raises:
        DriverError: more drivers than can be shared out.
    """
    players, always = len(design.drivers), len(design.controls)
    refuse_many(players)
    whole = (1 << players) if players <= subsets.LARGEST_EXACT else SUBSETS_AT_MOST + 1
    if not sampled and whole * (n_boot + len(covs)) <= SUBSETS_AT_MOST:
        parts = _all_exactly(covs, always)
        return Sharing(parts, lambda many: subsets.shapley_r2(many, always=always), n_boot)
    exact = not sampled and whole * len(covs) <= SUBSETS_AT_MOST
    many = subsets.permutations(players, n=ORDERS, seed=seed)
    parts = _all_exactly(covs, always) if exact else _over(many, covs, always).mean(axis=0)
    replicates, orders = _fitting(players + always, len(design.lots), n_boot)
    of = _by_turns(many, orders, covs, parts, always)
    told = _told(covs.mean(axis=0), many, always, exact=exact)
    told += (_of_replicates(replicates, n_boot, orders),) if n_boot else ()
    return Sharing(parts, of, replicates, exact, told)


def lmg(design: Design, covs: np.ndarray | None = None) -> np.ndarray:
    """Give each driver's part of R² without replicates.

    Args:
        design: what was prepared.
        covs: covariances to share out; the mean one of the design if not given.
    """
    covs = certainty.mean_covariance(design)[None] if covs is None else covs
    return sharing(design, covs, n_boot=0, seed=0).parts


def covariances(design: Design) -> np.ndarray:
    """Give the covariance matrix of each imputation."""
    tables = (certainty.table_of(design, place) for place in range(len(design.x)))
    return np.array([certainty.covariance(table, design.w) for table in tables])


def refuse_many(players: int) -> None:
    """Refuse more drivers than can stand beside each other."""
    if players > MOST_DRIVERS:
        raise DriverError(
            f"{count(players, 'rating')} are more than the {MOST_DRIVERS} that can be shared out "
            "beside each other.",
            needs="fewer ratings in the study file, or groups of them (drivers={group: [...]})",
        )


def sampling_error(cov: np.ndarray, orders: np.ndarray, always: int) -> np.ndarray:
    """Give the standard error that random orders leave in each share.

    Args:
        cov: one covariance matrix, as in `subsets.shapley_r2`.
        orders: the orders, their reverses in the second half.
        always: how many leading columns are controls.
    """
    added, half = subsets.sampled_r2(cov, orders, always=always), len(orders) // 2
    mirrored = (added[:half] + added[half:]) / 2
    return mirrored.std(axis=0, ddof=1) / np.sqrt(half) / mirrored.mean(axis=0).sum()


def _all_exactly(covs: np.ndarray, always: int) -> np.ndarray:
    """Average over imputations, two at a time: each has its own sums, so threads move no digit."""
    with ThreadPoolExecutor(2) as hands:
        return np.mean(list(hands.map(lambda cov: _exactly(cov, always), covs)), axis=0)


def _exactly(cov: np.ndarray, always: int) -> np.ndarray:
    """Share out one matrix exactly; the questions of a page ask for the same one."""
    return _kept(np.ascontiguousarray(cov, float).tobytes(), len(cov), always)


@lru_cache(maxsize=128)
def _kept(raw: bytes, wide: int, always: int) -> np.ndarray:
    return subsets.shapley_r2(np.frombuffer(raw).reshape(wide, wide), always=always)


def _over(orders: np.ndarray, covs: np.ndarray, always: int) -> np.ndarray:
    means = [subsets.sampled_r2(cov, orders, always=always).mean(axis=0) for cov in covs]
    return np.array(means)


def _fitting(columns: int, n: int, n_boot: int) -> tuple[int, int]:
    """Give as many replicates, and as many orders in each, as the steps allow."""
    least, most = ORDERS_IN_REPLICATES
    each = columns**2
    allowed = min(STEPS_AT_MOST // (least * each), PRODUCTS_AT_MOST // (n * each))
    replicates = min(n_boot, max(allowed, FEWEST_REPLICATES))
    orders = STEPS_AT_MOST // (max(replicates, 1) * each) // 2 * 2
    return replicates, min(max(orders, least), most)


def _by_turns(
    many: np.ndarray, orders: int, covs: np.ndarray, parts: np.ndarray, always: int
) -> Callable[[np.ndarray], np.ndarray]:
    """Give what shares out replicates, one after the other, over some orders each.

    The orders take turns: with the same ones in all replicates, what these few miss would
    stretch or shrink the spread of every replicate alike.
    """
    half, few = len(many) // 2, orders // 2
    turns = cycle(range(half // few))
    own = np.mean([subsets.sampled_r2(cov, many, always=always) for cov in covs], axis=0)

    def one(cov: np.ndarray) -> np.ndarray:
        mine = np.arange(few) + next(turns) * few
        mine = np.concatenate([mine, half + mine])
        added = subsets.sampled_r2(cov, many[mine], always=always)
        return np.maximum((added - own[mine]).mean(axis=0) + parts, 0)

    return lambda drawn: np.array([one(cov) for cov in drawn])


def _told(cov: np.ndarray, orders: np.ndarray, always: int, *, exact: bool) -> tuple[str, ...]:
    if exact:
        return ()
    error = sampling_error(cov, orders, always).max()
    return (
        f"{count(len(orders))} random orders stand for all: their standard error is at most "
        f"{percent(error, 2)} of what is explained, beside the error of the sample.",
    )


def _of_replicates(replicates: int, n_boot: int, orders: int) -> str:
    fewer = "" if replicates == n_boot else f", in place of {count(n_boot)}"
    return (
        f"With this many ratings each of {count(replicates, 'replicate')}{fewer} looks at "
        f"{count(orders)} random orders, set right by what they miss on the answers themselves."
    )
