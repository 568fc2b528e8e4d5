"""Themes of sentences: as many distributions of words as are found again in halves.

Sentences begin in many small groups that lie near each other. Groups are merged while their words
speak for it, by the evidence of one distribution of words against two (Dirichlet-multinomial;
Heller and Ghahramani 2005); each number of groups on the way is refined as a mixture (Yin and Wang
2014) beside the words of all sentences, to which a sentence belongs that no theme explains better.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import gammaln
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

FEWEST, MOST = 3, 15  # themes; a reader holds no more
NUMBERS = (*range(FEWEST, 9), 10, 12, 14, 16, 18, 21, 24, 28, 32, 36)  # of groups that are tried
HALVES = 3  # times that the sentences are split in two
SMALL = 72  # groups to begin with, at most
SMALLEST = 4  # sentences of a group to begin with, on average
WORDS = 1_500  # words by which groups are merged, the most frequent
ROUNDS = 12  # of a mixture
PRIOR = 100.0  # words of all sentences that a theme begins with
NONE = np.log(0.05)  # chance of no theme beside those of themes
SECOND = np.log(20.0)  # how much likelier what is left of a sentence must be under a second theme
FOUND_AGAIN = 0.5  # below this likeness a group is dissolved (Hennig 2007)
LARGEST = 0.5  # share of the sentences, above which a theme is what the others leave
LEAST = 0.01  # share of the sentences, below which a theme is too small to be told


class Groups(NamedTuple):
    """Log-ratios of words in a theme to words at all, its log-share, how far it is found again."""

    ratios: np.ndarray  # a row a word, a column a theme
    shares: np.ndarray
    steadiness: np.ndarray
    none: float = NONE  # log-chance of no theme beside those of themes

    def some(self, places: np.ndarray) -> "Groups":
        """Take some themes."""
        ratios, shares, steadiness = (part[..., places] for part in self[:3])
        return Groups(ratios, shares, steadiness, self.none)


def grouped(
    held: sparse.csr_matrix, at: np.ndarray, *, most: int = MOST, seed: int = 0
) -> Groups | None:
    """Group sentences, with the number of groups of which halves alone find most again.

    Args:
        held: a row a sentence, a column a word.
        at: where the sentences lie, of length 1 or 0.
        most: themes that are told, at most; people write of more.
        seed: for starts and halves.

    Returns:
        Groups that are found again in halves of the sentences; None where none is.
    """
    draw = np.random.default_rng(seed)
    known = np.abs(at).sum(axis=1) > 0
    held, at = held[known], at[known]
    if len(at) < 2 * SMALLEST * FEWEST:
        return None
    often = np.asarray(held.sum(axis=0)).ravel() + 0.5
    prior = often / often.sum() * PRIOR
    halves = [part for _ in range(HALVES) for part in np.array_split(draw.permutation(len(at)), 2)]
    with threadpool_limits(1):  # many small fits: threads would wait for each other
        whole = _fitted(held, at, prior, draw)
        apart = [_fitted(held[part], at[part], prior, draw) for part in halves]
        told = [{k: first(held, one)[0] for k, one in fits.items()} for fits in apart]
        return _found_again(held, whole, told, most)


def first(held: sparse.csr_matrix, groups: Groups) -> tuple[np.ndarray, np.ndarray]:
    """Give the theme of each sentence, -1 for none, and how much likelier it makes its words."""
    ratio = np.asarray(held @ groups.ratios)
    chance = _chances(ratio + groups.shares, groups.none)
    best, rows = chance.argmax(axis=1), np.arange(len(chance))
    return np.where(chance[rows, best] > 0.5, best, -1), ratio[rows, best]


def second(held: sparse.csr_matrix, groups: Groups, which: np.ndarray) -> np.ndarray:
    """Give a theme for what the first one leaves unexplained of a sentence, -1 for none."""
    out = np.full(len(which), -1)
    for theme in range(len(groups.shares)):
        ours = np.flatnonzero(which == theme)
        left = held[ours] @ sparse.diags((groups.ratios[:, theme] <= 0).astype(float))
        ratio = np.asarray(left @ groups.ratios)
        best = ratio.argmax(axis=1)
        sure = ratio[np.arange(len(ours)), best] > SECOND
        out[ours[sure]] = best[sure]
    return out


def followed(held: sparse.csr_matrix, before: np.ndarray, *, seed: int = 0) -> Groups:
    """Tell the themes of an earlier wave in this one, and how far halves of it lead to the same.

    Args:
        held: a row a sentence, a column a word.
        before: a row a word, a column a theme: how often its sentences held the word before.
        seed: for halves.
    """
    draw, k = np.random.default_rng(seed), before.shape[1]
    whole, steady = _after(held, before), np.zeros(k)
    which = first(held, whole)[0]
    for _ in range(HALVES):
        for part in np.array_split(draw.permutation(held.shape[0]), 2):
            again = first(held, _after(held[part], before))[0]
            steady += likeness(which, again, k) / (2 * HALVES)
    return whole._replace(steadiness=steady)


# ---------------------------------------------------------------- fitting


def _after(held: sparse.csr_matrix, before: np.ndarray) -> Groups:
    """Give themes by their words of before, so that none becomes another; shares are of now."""
    often = np.asarray(held.sum(axis=0)).ravel() + 0.5
    prior, k = often / often.sum() * PRIOR, before.shape[1]
    words = before + prior[:, None]
    ratios = np.log(words / words.sum(axis=0)) - np.log(prior / prior.sum())[:, None]
    likely, shares = np.asarray(held @ ratios), np.log(np.full(k + 1, 1 / (k + 1)))
    for _ in range(ROUNDS):
        chance = _chances(likely + shares[:-1], shares[-1])
        mass = np.append(chance.sum(axis=0), (1 - chance.sum(axis=1)).sum()) + 1
        shares = np.log(mass / mass.sum())
    return Groups(ratios, shares[:-1], np.ones(k), float(shares[-1]))


def _fitted(held, at, prior: np.ndarray, draw: np.random.Generator):
    """Fit mixtures of many numbers of themes, each begun where merging came to it."""
    small = min(SMALL, len(at) // SMALLEST, len(np.unique(at.round(6), axis=0)))
    start = KMeans(small, n_init=1, random_state=int(draw.integers(2**31))).fit(at).labels_
    words = np.argsort(-prior, kind="stable")[:WORDS]
    counts = (_marked(start, small).T @ held[:, words]).toarray()
    wanted = [k for k in NUMBERS if k <= small // 2]
    steps = _merged(counts, prior[words], wanted)
    return {k: _mixture(held, labels[start], k, prior) for k, labels in steps.items()}


def _merged(counts: np.ndarray, prior: np.ndarray, wanted: Sequence[int]) -> dict[int, np.ndarray]:
    """Merge the two groups whose words speak most for it, again and again."""
    n, counts = len(counts), counts.copy()
    own, labels, out = _evidence(counts, prior), np.arange(n), {}
    gain = np.full((n, n), -np.inf)
    for one in range(n - 1):
        gain[one, one + 1 :] = _evidence(counts[one] + counts[one + 1 :], prior)
        gain[one, one + 1 :] -= own[one] + own[one + 1 :]
    alive = np.ones(n, dtype=bool)
    for left in range(n - 1, min(wanted, default=n) - 1, -1):
        a, b = map(int, np.unravel_index(gain.argmax(), gain.shape))
        counts[a] += counts[b]
        labels[labels == b] = a
        alive[b], gain[b], gain[:, b] = False, -np.inf, -np.inf
        own[a] = _evidence(counts[a], prior)
        others = np.flatnonzero(alive & (np.arange(n) != a))
        worth = _evidence(counts[a] + counts[others], prior) - own[a] - own[others]
        gain[np.minimum(a, others), np.maximum(a, others)] = worth
        if left in wanted:
            out[left] = np.unique(labels, return_inverse=True)[1]
    return out


def _evidence(counts: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Give the log-evidence of counts under one distribution of words, up to a constant."""
    total = gammaln(prior.sum()) - gammaln(prior.sum() + counts.sum(axis=-1))
    return total + (gammaln(prior + counts) - gammaln(prior)).sum(axis=-1)


def _mixture(held, labels: np.ndarray, k: int, prior: np.ndarray) -> Groups:
    """Refine groups as a mixture with a part for sentences of no theme."""
    chance = _marked(labels, k).toarray()
    common = np.log(prior / prior.sum())[:, None]
    for _ in range(ROUNDS):
        words = held.T @ chance + prior[:, None]
        ratios = np.log(words / words.sum(axis=0)) - common
        shares = np.log((chance.sum(axis=0) + 1) / (chance.sum() + k))
        chance = _chances(np.asarray(held @ ratios) + shares)
    return Groups(ratios, shares, np.ones(k))


def _chances(likely: np.ndarray, none: float = NONE) -> np.ndarray:
    """Give the chance of each theme; what lacks to one is that of no theme."""
    top = np.maximum(likely.max(axis=1, keepdims=True), none)
    chance = np.exp(likely - top)
    return chance / (chance.sum(axis=1, keepdims=True) + np.exp(none - top))


def _marked(labels: np.ndarray, k: int) -> sparse.csr_matrix:
    rows = np.flatnonzero(labels >= 0)
    return sparse.csr_matrix((np.ones(len(rows)), (rows, labels[rows])), shape=(len(labels), k))


# ---------------------------------------------------------------- found again


def _found_again(
    held, whole: dict[int, Groups], told: list[dict[int, np.ndarray]], most: int
) -> Groups | None:
    """Keep the themes that halves of the sentences alone lead to, too, and that are not tiny.

    Their number is the one under which what those that may be told say of a sentence, its entropy,
    weighed by how far each theme is found again, is largest.
    """
    best, much = None, 0.0
    for k in (k for k in whole if all(k in each for each in told)):
        which = first(held, whole[k])[0]
        share = np.bincount(which[which >= 0], minlength=k) / len(which)
        steady = np.mean([again(which, each[k], k) for each in told], axis=0)
        fit = (steady >= FOUND_AGAIN) & (share >= max(2 / len(which), LEAST)) & (share <= LARGEST)
        worth = np.where(fit, -steady * share * np.log(np.maximum(share, 1e-12)), 0.0)
        kept = np.sort(np.argsort(-worth, kind="stable")[: min(most, int(fit.sum()))])
        if worth[kept].sum() > much:
            groups = whole[k]
            best = Groups(groups.ratios[:, kept], groups.shares[kept], steady[kept])
            much = worth[kept].sum()
    return best


def again(one: np.ndarray, two: np.ndarray, k: int) -> np.ndarray:
    """Give Jaccard's likeness of each theme to the most like one of another telling, beyond chance.

    By chance two themes share what their sizes say; that is taken off, and 1 stays 1 (as Hubert and
    Arabie 1985 do), or a theme of nearly everything would always be found again.

    Example:
        >>> again(np.array([0, 0, 1, -1]), np.array([1, 1, 0, 0]), 2).round(2).tolist()
        [1.0, 0.37]
    """
    told = (one >= 0) & (two >= 0)
    both = np.bincount(one[told] * k + two[told], minlength=k * k).reshape(k, k)
    ours, theirs = (np.bincount(each[each >= 0], minlength=k) for each in (one, two))
    sizes, usual = ours[:, None] + theirs, np.outer(ours, theirs) / len(one)
    like, chance = (each / np.maximum(sizes - each, 1e-9) for each in (both, usual))
    return ((like - chance) / np.maximum(1 - chance, 1e-9)).max(axis=1).clip(0)


def likeness(one: np.ndarray, two: np.ndarray, k: int) -> np.ndarray:
    """Give Jaccard's likeness of each theme to itself in another telling."""
    return np.array([
        ((one == theme) & (two == theme)).sum() / max(1, ((one == theme) | (two == theme)).sum())
        for theme in range(k)
    ])  # fmt: skip
