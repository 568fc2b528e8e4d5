"""The engine under `hazards`: Cox's partial likelihood, vectorised; ties by Efron or Breslow.

A customer under watch over (entry, time] belongs to the risk sets of the distinct event times
lo..hi-1. Sums over risk sets are then one histogram and one running sum from the end, and the
information matrix is one weighted cross-product of the covariates, whatever the ties.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TIES = ("efron", "breslow")


@dataclass(frozen=True, eq=False)
class Fit:
    """A Cox regression: coefficients, their covariance, the likelihood at zero and at the end."""

    coefficients: np.ndarray
    covariance: np.ndarray
    loglik: tuple[float, float]
    score_test: float
    settled: np.ndarray
    sets: "RiskSets"
    last: "Pass"


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Who belongs to which risk set, and which events are tied."""

    lo: np.ndarray
    hi: np.ndarray
    times: np.ndarray
    events: np.ndarray
    at: np.ndarray
    time_of: np.ndarray
    fraction: np.ndarray
    by_hi: tuple[np.ndarray, np.ndarray, np.ndarray]
    by_lo: tuple[np.ndarray, np.ndarray, np.ndarray]
    by_at: tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Pass:
    """What one pass over the risk sets gives: likelihood, gradient, information, and sums."""

    loglik: float
    gradient: np.ndarray
    information: np.ndarray
    risk: np.ndarray
    denominator: np.ndarray
    average: np.ndarray


def risk_sets(entry, time, event, strata: np.ndarray, ties: str = "efron") -> RiskSets:
    """Index the risk sets once; every pass of the fit reuses them.

    Of events at one time, Efron (1977) takes away a growing part from the risk set of each;
    Breslow (1974) lets each face all of it.
    """
    lo, hi, at = (np.zeros(len(time), np.int64) for _ in range(3))
    parts, begin = [], 0
    start = np.where(entry > 0, entry, -np.inf)
    for stratum in np.unique(strata):
        mine = np.flatnonzero(strata == stratum) if strata.any() else np.arange(len(time))
        times = np.unique(time[mine][event[mine]])
        lo[mine] = begin + np.searchsorted(times, start[mine], side="right")
        hi[mine] = begin + np.searchsorted(times, time[mine], side="right")
        parts.append(times)
        begin += len(times)
    # a customer whose watch holds no event time belongs to no risk set
    hi = np.maximum(hi, lo)
    events = np.flatnonzero(event)
    events = events[np.argsort(hi[events], kind="stable")]
    at = hi[events] - 1
    tied = np.bincount(at, minlength=begin)
    first = np.cumsum(tied) - tied
    fraction = (np.arange(len(events)) - first[at]) / tied[at] * (ties == "efron")
    return RiskSets(
        lo,
        hi,
        np.concatenate(parts),
        events,
        at,
        np.repeat(np.arange(begin), tied),
        fraction,
        _runs(np.where(hi > lo, hi - 1, -1)),
        _runs(np.where((hi > lo) & (lo > 0), lo - 1, -1)),
        _runs(at, events),
    )


def _runs(place: np.ndarray, rows: np.ndarray | None = None):
    """Order rows by the risk set they count in: the order, where each run begins, its set."""
    kept = np.flatnonzero(place >= 0)
    order = kept[np.argsort(place[kept], kind="stable")]
    there = place[order]
    first = np.flatnonzero(np.r_[True, there[1:] > there[:-1]]) if len(there) else order
    return (order if rows is None else rows[order]), first, there[first]


def _total(values: np.ndarray, runs, size: int) -> np.ndarray:
    order, first, sets = runs
    total = np.zeros((size, *values.shape[1:]))
    if len(order):
        total[sets] = np.add.reduceat(values[order], first, axis=0)
    return total


def _over_risk_set(values: np.ndarray, sets: RiskSets) -> np.ndarray:
    """Sum values over each risk set."""
    size = len(sets.times)
    jump = _total(values, sets.by_hi, size) - _total(values, sets.by_lo, size)
    return np.cumsum(jump[::-1], axis=0)[::-1]


def evaluate(sets: RiskSets, x: np.ndarray, beta: np.ndarray, weight: np.ndarray | None = None):
    """Pass once over the data; `weight` per event time weighs the information only."""
    eta = x @ beta
    shift = eta.max()
    risk = np.exp(eta - shift)
    size, k, f = len(sets.times), sets.time_of, sets.fraction
    weighted = risk[:, None] * x
    s0, e0 = _over_risk_set(risk, sets), _total(risk, sets.by_at, size)
    s1, e1 = _over_risk_set(weighted, sets), _total(weighted, sets.by_at, size)
    denominator = s0[k] - f * e0[k]
    average = (s1[k] - f[:, None] * e1[k]) / denominator[:, None]
    loglik = eta[sets.events].sum() - (np.log(denominator) + shift).sum()
    gradient = x[sets.events].sum(0) - average.sum(0)
    each = np.ones(size) if weight is None else weight
    share = each[k] / denominator
    exposure = risk * _exposure(sets, share)
    information = (x * exposure[:, None]).T @ x - (average * each[k][:, None]).T @ average
    return Pass(float(loglik), gradient, information, risk, denominator, average)


def _exposure(sets: RiskSets, share: np.ndarray) -> np.ndarray:
    """Sum, for each row, a share per tied event over the risk sets the row belongs to."""
    size = len(sets.times)
    running = np.r_[0.0, np.cumsum(np.bincount(sets.time_of, share, size))]
    exposure = running[sets.hi] - running[sets.lo]
    own = np.bincount(sets.time_of, share * sets.fraction, size)
    exposure[sets.events] -= own[sets.at]
    return exposure


def fit(entry, time, event, x, strata=None, *, ties: str = "efron", most: int = 40) -> Fit:
    """Maximise the partial likelihood by Newton's method with step halving.

    Columns of `x` are centred and scaled inside. `settled` says, column by column, whether the
    coefficient had stopped moving when the likelihood had: one that had not runs off to infinity.
    """
    strata = np.zeros(len(time), np.int64) if strata is None else strata
    sets = risk_sets(entry, time, event, strata, ties)
    scale = x.std(0)
    z = (x - x.mean(0)) / scale
    beta = np.zeros(x.shape[1])
    first = last = evaluate(sets, z, beta)
    score = float(first.gradient @ np.linalg.solve(first.information, first.gradient))
    step = np.zeros_like(beta)
    for _ in range(most):
        step = np.linalg.lstsq(last.information, last.gradient, rcond=1e-12)[0]
        new = evaluate(sets, z, beta + step)
        while not new.loglik >= last.loglik - 1e-9 * abs(last.loglik) and np.abs(step).max() > 1e-8:
            step = step / 2
            new = evaluate(sets, z, beta + step)
        gain, beta, last = new.loglik - last.loglik, beta + step, new
        # a likelihood that no longer rises while a coefficient still moves has no highest point
        if np.abs(step).max() < 1e-9 or (abs(gain) < 1e-8 and np.abs(step).max() > 1e-3):
            break
    settled = np.abs(step) < 1e-3
    covariance = np.linalg.pinv(last.information, hermitian=True) / np.outer(scale, scale)
    return Fit(beta / scale, covariance, (first.loglik, last.loglik), score, settled, sets, last)


def scores(found: Fit, x: np.ndarray) -> np.ndarray:
    """Give each row's share of the gradient (score residuals), on the scale of `x`."""
    sets, p = found.sets, found.last
    z = (x - x.mean(0)) / x.std(0)
    size, k = len(sets.times), sets.time_of
    share = 1 / p.denominator
    drift = p.average * share[:, None]
    running = np.vstack([np.zeros(z.shape[1]), np.cumsum(_grouped(drift, k, size), 0)])
    own = _grouped(drift * sets.fraction[:, None], k, size)
    pull = running[sets.hi] - running[sets.lo]
    pull[sets.events] -= own[sets.at]
    residual = -p.risk[:, None] * (z * _exposure(sets, share)[:, None] - pull)
    tied = np.bincount(sets.at, minlength=size)
    mean = _grouped(p.average, k, size) / tied[:, None]
    residual[sets.events] += z[sets.events] - mean[sets.at]
    return residual * x.std(0)


def _grouped(values: np.ndarray, k: np.ndarray, size: int) -> np.ndarray:
    return np.column_stack([np.bincount(k, column, size) for column in values.T])


def robust(found: Fit, x: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Give the covariance that holds when rows of one cluster belong together (Lin-Wei)."""
    pull = scores(found, x) @ found.covariance
    together = _grouped(pull, cluster, int(cluster.max()) + 1)
    return together.T @ together


def proportional(
    found: Fit, x: np.ndarray, clock: np.ndarray, parts: Sequence[Sequence[int]]
) -> np.ndarray:
    """Score-test coefficients for change over the clock (Grambsch-Therneau, cox.zph >= 3).

    Args:
        found: the fit.
        x: its covariates.
        clock: the transformed time of each distinct event time.
        parts: the columns tested together in each test; the others keep still over time.

    Returns:
        The chi-square of each part, with as many degrees of freedom as it has columns.
    """
    sets, p = found.sets, found.last
    scale = x.std(0)
    z = (x - x.mean(0)) / scale
    beta = found.coefficients * scale
    clock = clock - np.average(clock, weights=np.bincount(sets.at, minlength=len(clock)))
    gap = (
        z[sets.events]
        - _grouped(p.average, sets.time_of, len(clock))[sets.at]
        / np.bincount(sets.at, minlength=len(clock))[sets.at][:, None]
    )
    pull = clock[sets.at] @ gap
    plain = p.information
    once = evaluate(sets, z, beta, clock).information
    twice = evaluate(sets, z, beta, clock**2).information
    left = twice - once @ np.linalg.solve(plain, once)
    return np.array(
        [pull[list(j)] @ np.linalg.solve(left[np.ix_(j, j)], pull[list(j)]) for j in parts]
    )


# ---------------------------------------------------------------- concordance


def concordance(time: np.ndarray, event: np.ndarray, risk: np.ndarray, strata=None):
    """Share of comparable pairs in which the one at higher risk left first, and its error.

    Pairs are counted over the bits of the ordered times: at each bit, every block of times
    splits in an earlier and a later half, and one running count in the order of risk serves
    all blocks at once.
    """
    if strata is not None and strata.any():
        # put each stratum's times into blocks of their own and count inside only
        parts = [
            _pairs(time[strata == s], event[strata == s], risk[strata == s])
            for s in np.unique(strata)
        ]
        right, tied, pairs = (np.concatenate(one) for one in zip(*parts, strict=True))
    else:
        right, tied, pairs = _pairs(time, event, risk)
    total = pairs.sum() / 2
    if total == 0:
        return np.nan, np.nan
    index = (right + tied / 2).sum() / 2 / total
    influence = (right + tied / 2 - index * pairs) / total
    return float(index), float(np.sqrt((influence**2).sum()))


def _pairs(time, event, risk):
    """Count each row's concordant, tied and comparable pairs."""
    level = np.unique(time, return_inverse=True)[1] * 2 + ~event
    rank = np.unique(risk, return_inverse=True)[1]
    by_rank = np.argsort(rank, kind="stable")
    right, tied, pairs = np.zeros((3, len(time)))
    for bit in range(int(level.max()).bit_length()):
        block = level[by_rank] >> (bit + 1)
        order = by_rank[np.argsort(block, kind="stable")]
        late = (level[order] >> bit) & 1 == 1
        early = ~late & event[order]
        below, same, above = _beside(level[order] >> (bit + 1), rank[order], early)
        rows = order[late]
        right[rows] += above[late]
        tied[rows] += same[late]
        pairs[rows] += (below + same + above)[late]
        below, same, above = _beside(level[order] >> (bit + 1), rank[order], late)
        rows = order[early]
        right[rows] += below[early]
        tied[rows] += same[early]
        pairs[rows] += (below + same + above)[early]
    return right, tied, pairs


def _beside(block: np.ndarray, rank: np.ndarray, marked: np.ndarray):
    """Count the marked rows of the same block with lower, equal and higher rank."""
    running = np.r_[0, np.cumsum(marked)]
    new_block = np.r_[True, block[1:] != block[:-1]]
    new_rank = new_block | np.r_[True, rank[1:] != rank[:-1]]
    low, high = _ends(new_block)
    first, after = _ends(new_rank)
    below = running[first] - running[low]
    same = running[after] - running[first]
    return below, same, running[high] - running[after]


def _ends(new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    begin = np.flatnonzero(new)
    which = np.cumsum(new) - 1
    return begin[which], np.r_[begin[1:], len(new)][which]
