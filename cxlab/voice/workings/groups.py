"""Groups of sentences that are found again when only half of them are looked at."""

from typing import NamedTuple

import numpy as np
from sklearn.cluster import KMeans
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

NUMBERS = (4, 6, 9, 13, 19, 27, 38, 48)
HALVES = 3  # times that half of the sentences is drawn
LEARNED = 6_000  # sentences from which groups are learned
SMALLEST = 12  # sentences of a group, on average, at least
FOUND_AGAIN = 0.5  # below this likeness a group is dissolved (Hennig 2007)
CHANCE = 0.80  # share of sentences of shuffled words that belong to no theme


class Groups(NamedTuple):
    """Middles of groups, how far each is found again, and how near its sentences must lie."""

    middles: np.ndarray
    steadiness: np.ndarray
    near: np.ndarray


def grouped(at: np.ndarray, shuffled: np.ndarray, *, seed: int = 0) -> Groups | None:
    """Group directions, with the number of groups under which halves agree best.

    Args:
        at: a row a sentence, of length 1.
        shuffled: the same for sentences made of words drawn from all others.
        seed: for starts and halves.

    Returns:
        Groups that are found again in halves of the sentences; None where none is.
    """
    draw = np.random.default_rng(seed)
    at = at[np.abs(at).sum(axis=1) > 0]
    if len(at) > LEARNED:
        at = at[draw.choice(len(at), LEARNED, replace=False)]
    numbers = [k for k in NUMBERS if k * SMALLEST <= len(at)]
    if not numbers:
        return None
    with threadpool_limits(1):  # many small fits: threads would wait for each other
        tried = [_tried(at, k, draw) for k in numbers]
    middles, steady, _ = max(tried, key=lambda one: one[2])
    kept = steady >= FOUND_AGAIN
    if not kept.any():
        return None
    middles = middles[kept]
    return Groups(middles, steady[kept], _reach(middles, shuffled))


def nearest(at: np.ndarray, groups: Groups) -> np.ndarray:
    """Give the group of each sentence, -1 where it lies near none."""
    likeness = at @ groups.middles.T
    best = likeness.argmax(axis=1)
    return np.where(likeness[np.arange(len(at)), best] >= groups.near[best], best, -1)


def _tried(at: np.ndarray, k: int, draw: np.random.Generator):
    """Group all sentences and halves of them; say how far each group is found again."""
    start = int(draw.integers(2**31))
    whole = KMeans(k, n_init=2, random_state=start).fit(at)
    steady = np.zeros(k)
    for _ in range(HALVES):
        half = draw.choice(len(at), len(at) // 2, replace=False)
        again = KMeans(k, n_init=1, random_state=int(draw.integers(2**31))).fit(at[half])
        steady += _likeness(whole.labels_[half], again.labels_, k).max(axis=1) / HALVES
    agreed = float(steady[whole.labels_].mean())
    return normalize(whole.cluster_centers_), steady, agreed


def _likeness(first: np.ndarray, second: np.ndarray, k: int) -> np.ndarray:
    """Give Jaccard's likeness of every group of one grouping with every one of another."""
    both = np.bincount(first * k + second, minlength=k * k).reshape(k, k).astype(float)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0)[None] - both
    return both / np.maximum(either, 1)


def _reach(middles: np.ndarray, shuffled: np.ndarray) -> np.ndarray:
    """Say how near a sentence must lie so that words put together by chance seldom do."""
    likeness = shuffled @ middles.T
    top = likeness.max(axis=1) if len(likeness) else np.zeros(1)
    return np.full(len(middles), float(np.quantile(top, CHANCE)))
