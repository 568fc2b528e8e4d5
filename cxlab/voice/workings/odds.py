"""Words that stand in one set of comments rather than in another."""

from collections.abc import Callable
from functools import partial
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.stats import norm
from sklearn.feature_extraction.text import CountVectorizer

from cxlab.voice.workings.texts import CLAUSE, telling, words

SOURCE = (
    "Log-odds ratio with an informative Dirichlet prior, the words of both sets together "
    "(Monroe, Colaresi and Quinn 2008); a comment counts a word once"
)

SAME = 0.9  # share of comments in common (Jaccard) from which two phrases are one


class Odds(NamedTuple):
    """Log-odds of words, the first set against the second, and their standard errors."""

    log_odds: np.ndarray
    std_error: np.ndarray


def log_odds(first: np.ndarray, second: np.ndarray, *, prior: float = 0.0) -> Odds:
    """Give the log-odds ratio of each word, drawn towards no difference where it is rare.

    Args:
        first: how often each word stands in the first set.
        second: the same for the second.
        prior: words that the prior is worth; as many as there are different ones if 0.

    Example:
        >>> found = log_odds(np.array([8.0, 2.0]), np.array([2.0, 8.0]), prior=2)
        >>> found.log_odds.round(4).tolist(), found.std_error.round(4).tolist()
        ([2.1972, -2.1972], [0.6667, 0.6667])
    """
    y, z = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    worth = prior or len(y)
    share = worth * (y + z) / (y + z).sum()
    ours, theirs = y.sum() + worth, z.sum() + worth
    gap = np.log((y + share) / (ours - y - share)) - np.log((z + share) / (theirs - z - share))
    return Odds(gap, np.sqrt(1 / (y + share) + 1 / (z + share)))


def phrases(text: str, by: Callable[[str], list[str]] = words) -> list[str]:
    """Give the words of a text, and its pairs of words that stand side by side in one clause.

    Example:
        >>> phrases("bag missing. broken cup")
        ['bag', 'missing', 'broken', 'cup', 'bag missing', 'broken cup']
    """
    clauses = [by(clause) for clause in CLAUSE.split(text)]
    pairs = [f"{a} {b}" for told in clauses for a, b in pairwise(told)]
    return [*chain.from_iterable(clauses), *pairs]


def counted(texts, *, fewest: int = 5, by: Callable[[str], list[str]] = words):
    """Count words and pairs, once a text: the matrix, and the phrases; None where none is left."""
    counter = CountVectorizer(analyzer=partial(phrases, by=by), binary=True, min_df=fewest)
    try:
        held = counter.fit_transform(texts)
    except ValueError:
        return None
    return held.tocsr(), counter.get_feature_names_out()


def fresh(held, order) -> np.ndarray:
    """Say which phrases stand in comments of their own, not in those of one before them.

    Args:
        held: a row a comment, a column a phrase: whether it holds it.
        order: places of phrases, the most telling first.

    Returns:
        True for each place of `order` whose comments are not nearly (`SAME`) those of an earlier.

    Example:
        >>> held = np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1]])
        >>> fresh(sparse.csr_matrix(held), [0, 1, 2]).tolist()
        [True, False, True]
    """
    ours = sparse.csc_matrix(held, dtype=float)[:, np.asarray(order, dtype=int)]
    both, sizes = (ours.T @ ours).toarray(), np.asarray(ours.sum(axis=0)).ravel()
    alike = both >= SAME * np.maximum(sizes[:, None] + sizes - both, 1)
    out = np.ones(len(sizes), dtype=bool)
    for place in range(1, len(sizes)):
        out[place] = not (alike[place, :place] & out[:place]).any()
    return out


def detail(phrases) -> np.ndarray:
    """Count the letters of phrases all of whose words tell something; others tell less.

    Example:
        >>> detail(["label", "return label", "label today"]).tolist()
        [5, 12, 0]
    """
    return np.array([len(each) if len(telling(each)) == each.count(" ") + 1 else 0
                     for each in map(str, phrases)])  # fmt: skip


def two_shares(first: np.ndarray, n: float, second: np.ndarray, m: float) -> np.ndarray:
    """Give two-sided p-values of two shares by the score test."""
    pooled = np.clip((first + second) / (n + m), 0, 1)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs(second / m - first / n) / error
    return np.where(error > 0, 2 * norm.sf(z), 1.0)
