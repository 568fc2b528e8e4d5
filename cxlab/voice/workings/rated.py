"""Themes that the study's own ratings teach: people write about what stood out to them.

Each sentence speaks of one of the things rated, or of something else. Which one depends on how its
writer rated each of them, given their score (conditional logit, McFadden 1974); its words depend on
the thing and on whether that was rated low, middling or high. Both are fitted by expectation and
maximisation (Dempster, Laird and Rubin 1977). In the end a sentence is judged by its words alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import logsumexp, softmax
from scipy.stats import chi2

from cxlab.voice.workings import groups

STEPS = 4  # places on a scale, beyond the lowest
LOW_MIDDLE_HIGH = np.array([1, 0, 0, 1, 2, 2])  # of a missing rating, then of each place
ROUNDS = 40
SLOW = 5  # rounds in which the words gain their weight
TILT = 0.8  # log-odds a place to begin with: who is content speaks of what was good
MISSING = -6.0  # log-odds that somebody speaks of what they did not rate
NAMED = np.log(20.0)  # log-odds for a thing that the sentence names
SURE = 0.7  # chance from which a sentence speaks of a thing
NAMING = 0.05  # share of the sentences on a thing that name it
UNTIED = 0.05  # chance, over all things, of a tie to a rating where there is none
HALVES = 2  # times that the comments are split in two


class Taught(NamedTuple):
    """Log-ratios of words (words, things and else, low to high), log-shares, and steadiness.

    `tied` is the p-value of each thing's own rating: that who writes of it, told by words learned
    from others, rated it as everybody of their score did.
    """

    ratios: np.ndarray
    shares: np.ndarray
    steadiness: np.ndarray
    tied: np.ndarray


class Seen(NamedTuple):
    """Sentences: their words, the things they name, how each thing was rated, the score's third."""

    held: sparse.csr_matrix
    named: np.ndarray
    places: np.ndarray
    third: np.ndarray

    def some(self, rows: np.ndarray) -> "Seen":
        """Take some sentences."""
        return Seen(*(part[rows] for part in self))


def places(frame: pd.DataFrame, ratings: Sequence[str]) -> np.ndarray:
    """Say where on the scale each thing was rated, 1 to 5; 0 where it was not.

    Example:
        >>> places(pd.DataFrame({"price": [0, 5, 10, None]}), ["price"]).ravel().tolist()
        [1, 3, 5, 0]
    """
    given = frame[list(ratings)].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    if not np.isfinite(given).any():
        return np.zeros(given.shape, dtype=int)
    low, high = np.nanmin(given), np.nanmax(given)
    share = (given - low) / max(high - low, 1e-9)
    return np.where(np.isfinite(given), 1 + np.nan_to_num(share * STEPS).round(), 0).astype(int)


def found(seen: Seen, comment: np.ndarray, before: np.ndarray, *, seed: int = 0) -> Taught:
    """Learn the words of each thing, and how far halves of the comments lead to the same.

    Args:
        seen: sentences.
        comment: in which comment each stands.
        before: a row a word, a column a thing: how often sentences on it held the word before.
        seed: for halves.
    """
    draw = np.random.default_rng(seed)
    whole = _fitted(seen, before)
    which, k = told(seen, whole)[0], seen.named.shape[1]
    steady, unseen = np.zeros(k), which.copy()
    for _ in range(HALVES):
        coin = draw.random(comment.max() + 1) < 0.5
        for side in (coin[comment], ~coin[comment]):
            again = told(seen, _fitted(seen.some(np.flatnonzero(side)), before))[0]
            steady += groups.likeness(which, again, k) / (2 * HALVES)
            unseen[~side] = again[~side]
    return whole._replace(steadiness=steady, tied=_tied(seen, unseen, comment, k))


def _tied(seen: Seen, which: np.ndarray, comment: np.ndarray, k: int) -> np.ndarray:
    """Test each thing: do those who write of it rate it otherwise than others of their score?

    Chi-square of speaking of it against low, middle and high, added up over thirds of the score.
    """
    first = np.unique(comment, return_index=True)[1]
    third, place = seen.third[first], seen.places[first]
    out = np.ones(k)
    for j in range(k):
        speaks = np.isin(comment[first], comment[which == j])
        total, freedom = 0.0, 0
        for each in range(3):
            here = (third == each) & (place[:, j] > 0)
            table = np.zeros((2, 3))
            np.add.at(table, (speaks[here].astype(int), LOW_MIDDLE_HIGH[place[here, j]]), 1)
            table = table[:, table.any(axis=0)]
            if table.shape[1] > 1 and table.any(axis=1).all():
                expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
                total += float(((table - expected) ** 2 / expected).sum())
                freedom += table.shape[1] - 1
        out[j] = chi2.sf(total, freedom) if freedom else 1.0
    return out


def told(seen: Seen, taught: Taught) -> tuple[np.ndarray, np.ndarray]:
    """Say by its words of which thing each sentence speaks, -1 for none, and how surely."""
    n, (_, things, _) = seen.held.shape[0], taught.ratios.shape
    likely = (seen.held @ taught.ratios.reshape(-1, things * 3)).reshape(n, things, 3)
    chance = softmax(logsumexp(likely + taught.shares, axis=2) + _naming(seen), axis=1)
    best = chance.argmax(axis=1)
    sure = (chance.max(axis=1) >= SURE) & (best < things - 1)
    sure &= np.asarray(seen.held.sum(axis=1)).ravel() > 0
    return np.where(sure, best, -1), chance.max(axis=1)


def spoken_of(seen: Seen, which: np.ndarray, tied: np.ndarray) -> np.ndarray:
    """Say which things are spoken of: named by what is said of them, or tied to their own rating.

    Without either, the words are those of content and discontent at large. Where nearly all others
    of a battery are spoken of, and three at least, what is left may be the last.
    """
    k = len(tied)
    names = [seen.named[which == j, j].mean() if (which == j).any() else 0.0 for j in range(k)]
    plainly = (np.array(names) >= NAMING) | (tied < UNTIED / k)
    return plainly | (plainly.sum() >= max(3, 2 / 3 * (k - 1)))


# ---------------------------------------------------------------- fitting


def _fitted(seen: Seen, before: np.ndarray) -> Taught:
    """Fit words and choice by turns, begun with the ratings alone."""
    (n, words), k = seen.held.shape, seen.named.shape[1]
    often = np.asarray(seen.held.sum(axis=0)).ravel() + 0.5
    common = often / often.sum()
    before = np.column_stack([before, np.zeros(words)])[:, :, None]
    level = np.column_stack([LOW_MIDDLE_HIGH[seen.places], seen.third])
    at = level[:, :, None] == np.arange(3)
    tilt = TILT * np.outer([-1, 0, 1], np.arange(STEPS + 2) - (STEPS + 2) / 2)
    tilt[:, 0], usual, by_words = MISSING, np.zeros(k + 1), np.zeros((n, k + 1))
    for turn in range(ROUNDS):
        weight = min(1.0, (turn + 1) / SLOW)
        chance = softmax(_choice(seen, tilt, usual) + by_words * weight + _naming(seen), axis=1)
        part = (chance[:, :, None] * at).reshape(n, -1)
        counts = (seen.held.T @ part).reshape(words, k + 1, 3) + before / 3
        whole = counts.sum(axis=2, keepdims=True) + groups.PRIOR * common[:, None, None]
        start = (common[:, None, None] + whole / whole.sum(axis=0)) / 2
        counts += groups.PRIOR * start
        ratios = np.log(counts / counts.sum(axis=0)) - np.log(common)[:, None, None]
        by_words = ((seen.held @ ratios.reshape(words, -1)).reshape(n, k + 1, 3) * at).sum(axis=2)
        tilt, usual = _chosen(seen, tilt, usual, chance)
    mass = part.sum(axis=0).reshape(k + 1, 3) + 1
    return Taught(ratios, np.log(mass / mass.sum()), np.ones(k), np.ones(k))


def _naming(seen: Seen) -> np.ndarray:
    return np.column_stack([seen.named * NAMED, np.zeros(len(seen.named))])


def _choice(seen: Seen, tilt: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Give the log-chance of each thing, and of something else, by ratings and score alone."""
    given = tilt[seen.third[:, None], seen.places] + usual[:-1]
    both = np.column_stack([given, np.full(len(given), usual[-1])])
    return both - logsumexp(both, axis=1, keepdims=True)


def _chosen(seen: Seen, tilt: np.ndarray, usual: np.ndarray, chance: np.ndarray):
    """Move the choice towards what the sentences speak of (a step of Newton's by its diagonal)."""
    mine = seen.third[:, None] * tilt.shape[1] + seen.places
    for _ in range(3):
        now = np.exp(_choice(seen, tilt, usual))
        left, steep = chance - now, now * (1 - now)
        sums = [np.bincount(mine.ravel(), each[:, :-1].ravel(), minlength=tilt.size)
                for each in (left, steep)]  # fmt: skip
        tilt = tilt + np.clip(sums[0] / (sums[1] + 3), -1, 1).reshape(tilt.shape)
        usual = usual + np.clip(left.sum(axis=0) / (steep.sum(axis=0) + 3), -1, 1)
        tilt[:, 0], usual = MISSING, usual - usual.mean()
    return tilt, usual
