"""What does every subset of drivers explain? One covariance matrix, all 2^p answers.

The residual variance of the outcome given a subset is what is left after eliminating the
subset's columns. Walking through the drivers, each is either left out (its row and column
are dropped) or eliminated (a Schur complement): the number of matrices doubles, their size
shrinks, and all subsets together cost a few operations each. A trailing axis carries many
matrices at once, for resampling.
"""

from collections.abc import Sequence
from math import comb

import numpy as np

LARGEST_EXACT = 25
LEAF = 1 << 16
FLAT = 1e-10

State = dict[tuple[int, int], np.ndarray]


def shapley_r2(cov: np.ndarray, *, always: int = 0) -> np.ndarray:
    """Share the explained variance among drivers, averaged over all orders (LMG, Shapley).

    Memory does not grow with the number of drivers: the first ones are walked one subset at
    a time, the last ones all at once, in about 5 MB.

    Args:
        cov: covariance matrices, shape (m, m) or (batch, m, m): controls first, then
            drivers, the outcome last.
        always: how many leading columns are controls, in every model.

    Returns:
        Each driver's part of R², shape (drivers,) or (batch, drivers).

    Example:
        >>> shapley_r2(np.array([[1, 0, 0.5], [0, 1, 0.2], [0.5, 0.2, 1]])).round(3).tolist()
        [0.25, 0.04]
    """
    single = cov.ndim == 2
    state, size = start(cov[None] if single else cov, always)
    batch = next(iter(state.values())).shape[1]
    width = max(1, min(size, (max(LEAF // batch, 2)).bit_length() - 1))
    tally = _Tally(size, batch)
    _walk(state, size, width, 0, tally)
    parts = (tally.inside - tally.whole).T
    return parts[0] if single else parts


def subset_r2(cov: np.ndarray, *, always: int = 0, blocks: Sequence[Sequence[int]] | None = None):
    """Compute R² beyond the controls for every subset of drivers, or of blocks of drivers.

    Args:
        cov: covariance matrices, as in `shapley_r2`.
        always: how many leading columns are controls.
        blocks: places of drivers that enter together; each driver alone if not given.

    Returns:
        R² of each subset, shape (2^blocks, batch): bit `k` of the row number says whether
        block `k` is in.

    Example:
        >>> subset_r2(np.array([[1, 0, 0.5], [0, 1, 0.2], [0.5, 0.2, 1]])).round(2).ravel().tolist()
        [0.0, 0.25, 0.04, 0.29]
    """
    state, size = start(cov[None] if cov.ndim == 2 else cov, always)
    outcome = size
    rest = state[outcome, outcome].copy()
    for block in blocks if blocks is not None else [[k] for k in range(size)]:
        state = _double(state, list(block))
    return rest - state[outcome, outcome]


def shapley(values: np.ndarray) -> np.ndarray:
    """Share a value among players, from its value for every subset.

    Args:
        values: shape (2^players, batch), as `subset_r2` returns them.

    Returns:
        Shape (players, batch).

    Example:
        >>> shapley(np.array([[0.0], [1.0], [1.0], [4.0]])).ravel().tolist()
        [2.0, 2.0]
    """
    players = len(values).bit_length() - 1
    tally = _Tally(players, values.shape[1])
    tally.add(values, 0, players)
    return tally.inside - tally.whole


def owen(cov: np.ndarray, groups: Sequence[Sequence[int]], *, always: int = 0) -> np.ndarray:
    """Share R² among groups of drivers, then within each group (Owen 1977).

    Args:
        cov: covariance matrices, as in `shapley_r2`.
        groups: places of the drivers in each group; together they hold every driver once.
        always: how many leading columns are controls.

    Returns:
        Each driver's part, shape (batch, drivers); a group's part is the sum of its members'.

    Example:
        >>> cov = np.array([[1, 0.5, 0.6], [0.5, 1, 0.6], [0.6, 0.6, 1]])
        >>> owen(cov, [[0], [1]]).round(3).tolist()
        [[0.24, 0.24]]
    """
    cov = cov[None] if cov.ndim == 2 else cov
    parts = np.zeros((len(cov), sum(len(group) for group in groups)))
    for place, group in enumerate(groups):
        others = [members for other, members in enumerate(groups) if other != place]
        values = subset_r2(cov, always=always, blocks=[*others, *[[k] for k in group]])
        values = values.reshape(1 << len(group), 1 << len(others), -1)
        chance = _orders(len(groups))[0][popcounts(len(others))]
        parts[:, list(group)] = shapley(np.einsum("sob,o->sb", values, chance)).T
    return parts


def owen_values(values: np.ndarray, groups: Sequence[Sequence[int]]) -> np.ndarray:
    """Share a value among groups, then within them, from its value for every subset.

    Example:
        >>> owen_values(np.array([[0.0], [1.0], [1.0], [4.0]]), [[0, 1]]).ravel().tolist()
        [2.0, 2.0]
    """
    parts = np.zeros((sum(len(group) for group in groups), values.shape[1]))
    for place, group in enumerate(groups):
        others = [sum(1 << k for k in g) for other, g in enumerate(groups) if other != place]
        joined, inner = _unions(others), _unions([1 << k for k in group])
        chance = _orders(len(groups))[0][popcounts(len(others))]
        met = np.einsum("sob,o->sb", values[inner[:, None] | joined[None, :]], chance)
        parts[list(group)] = shapley(met)
    return parts


def _unions(masks: Sequence[int]) -> np.ndarray:
    unions = np.zeros(1, dtype=np.int64)
    for mask in masks:
        unions = np.concatenate([unions, unions | mask])
    return unions


def sampled_r2(cov: np.ndarray, orders: np.ndarray, *, always: int = 0) -> np.ndarray:
    """Compute what each driver adds in given orders, for more drivers than subsets allow.

    Args:
        cov: one covariance matrix, as in `shapley_r2`.
        orders: permutations of the drivers, one per row.
        always: how many leading columns are controls.

    Returns:
        What each driver adds in each order, shape (orders, drivers); the mean over the
        orders estimates LMG, their spread its error.

    Example:
        >>> cov = np.array([[1, 0, 0.5], [0, 1, 0.2], [0.5, 0.2, 1]])
        >>> sampled_r2(cov, np.array([[0, 1], [1, 0]])).mean(axis=0).round(3).tolist()
        [0.25, 0.04]
    """
    scale = np.sqrt(np.diag(cov))
    scale = np.where(scale > 0, scale, 1.0)
    # a trace of the diagonal more: a replicate may hold columns that repeat each other
    corr = cov / np.outer(scale, scale) + FLAT * np.eye(len(cov))
    first = np.broadcast_to(np.arange(always), (len(orders), always))
    last = np.full((len(orders), 1), len(cov) - 1)
    order = np.column_stack([first, orders + always, last])
    # the last row of the Cholesky factor holds what each column adds, in its order
    added = np.empty(orders.shape)
    for begin in range(0, len(order), 2048):
        piece = order[begin : begin + 2048]
        factor = np.linalg.cholesky(corr[piece[:, :, None], piece[:, None, :]])
        steps = factor[:, -1, always:-1] ** 2
        np.put_along_axis(added[begin : begin + 2048], piece[:, always:-1] - always, steps, 1)
    return added


def permutations(drivers: int, *, n: int, seed: int) -> np.ndarray:
    """Draw orders of drivers in pairs, each with its reverse, which halves the error."""
    rng = np.random.default_rng(seed)
    half = rng.permuted(np.tile(np.arange(drivers), (n // 2, 1)), axis=1)
    return np.concatenate([half, half[:, ::-1]])


def start(cov: np.ndarray, always: int) -> tuple[State, int]:
    """Scale to correlations, eliminate the controls, and lay out for walking."""
    scale = np.sqrt(np.einsum("bii->bi", cov))
    scale = np.where(scale > 0, scale, 1.0)
    corr = cov / (scale[:, :, None] * scale[:, None, :])
    state = {
        (a, b): np.ascontiguousarray(corr[:, a, b])[None]
        for a in range(cov.shape[1])
        for b in range(a, cov.shape[1])
    }
    for control in range(always):
        state = _eliminate(state, control)
    state = {(a - always, b - always): entry for (a, b), entry in state.items()}
    return state, cov.shape[1] - always - 1


def popcounts(bits: int) -> np.ndarray:
    """Give the number of ones in 0 … 2^bits - 1."""
    sizes = np.zeros(1, dtype=np.int16)
    for _ in range(bits):
        sizes = np.concatenate([sizes, sizes + 1])
    return sizes


def _walk(state: State, left: int, width: int, size: int, tally: "_Tally") -> None:
    """Take the drivers one by one until the rest fits the cache, then all at once.

    Driver `left - 1` is taken first, so that the last `width` ones keep the low places.
    """
    if left <= width:
        outcome = max(state)[1]
        rest = tally.rest if tally.rest is not None else state[outcome, outcome].copy()
        tally.rest = rest
        for driver in range(left):
            state = _double(state, [driver])
        tally.add(rest - state[outcome, outcome], size, left)
        return
    driver = left - 1
    _walk(_drop(state, driver), left - 1, width, size, tally)
    tally.path.append(driver)
    _walk(_eliminate(state, driver), left - 1, width, size + 1, tally)
    tally.path.pop()


def _drop(state: State, driver: int) -> State:
    return {key: entry for key, entry in state.items() if driver not in key}


def _eliminate(state: State, driver: int) -> State:
    pivot = state[driver, driver]
    # a column that others already explain adds nothing
    factor = np.where(pivot > FLAT, 1.0, 0.0) / np.where(pivot > FLAT, pivot, 1.0)
    others = sorted({a for a, _ in state} - {driver})
    row = {a: state[min(a, driver), max(a, driver)] for a in others}
    scaled = {a: row[a] * factor for a in others}
    return {(a, b): state[a, b] - scaled[a] * row[b] for a in others for b in others if a <= b}


def _double(state: State, block: list[int]) -> State:
    """Put the subsets without the block first, those with it behind."""
    kept = state
    eliminated = state
    for driver in block:
        kept, eliminated = _drop(kept, driver), _eliminate(eliminated, driver)
    return {key: np.concatenate([entry, eliminated[key]]) for key, entry in kept.items()}


def _orders(players: int) -> tuple[np.ndarray, np.ndarray]:
    """Weigh a subset by its size: as what a player joins, and in both parts it takes."""
    joined = np.array([1 / (players * comb(players - 1, k)) for k in range(players)] + [0.0])
    both = joined + np.concatenate([[0.0], joined[:-1]])
    return joined, both


class _Tally:
    """Sums over subsets from which every player's share follows."""

    def __init__(self, players: int, batch: int) -> None:
        self.inside = np.zeros((players, batch))
        self.whole = np.zeros(batch)
        self.path: list[int] = []
        self.rest: np.ndarray | None = None
        self._joined, self._both = _orders(players)
        self._sizes: dict[int, np.ndarray] = {}

    def add(self, values: np.ndarray, size: int, players: int) -> None:
        """Add the subsets of the first players, joined to the `size` ones on the path."""
        sizes = self._sizes.setdefault(players, popcounts(players)) + size
        # summed without BLAS, whose threads cost more than they save on columns this thin
        self.whole += np.einsum("i,ij->j", self._joined[sizes], values)
        values = values * self._both[sizes][:, None]
        for player in reversed(range(players)):
            half = len(values) // 2
            self.inside[player] += np.einsum("ij->j", values[half:])
            values = values[:half] + values[half:]
        for player in self.path:
            self.inside[player] += values[0]
