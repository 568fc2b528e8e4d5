"""A tone learned from words, judged only on comments it was not learned from."""

import re
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import expit
from scipy.stats import rankdata
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import normalize

from cxlab import stats
from cxlab.voice.workings.polarity import SIGN
from cxlab.voice.workings.texts import MASK, WORD

FOLDS = 5
PRIOR = 0.5  # weight of the sign that words usually have beside those that the study teaches
MOST = 40_000  # comments a model is learned from
_WORDS = """
no not never nothing without cannot nobody none nor neither nicht kein keine nie ohne pas jamais
sans ni nunca sin non mai senza niet geen nooit
"""
_NOT = frozenset(_WORDS.split())
REACH = 4  # words that a `not` turns, at most to the end of its clause
# "could not be happier" is the most one can say, not the contrary
_UTMOST = re.compile(r"\bcould not (?:be|have been|ask for)(?: any)? (?=\w+er\b|worse\b|more\b)")
_WORD_OR_END = re.compile(rf"{WORD.pattern}|[.,;:!?]")


class Area(NamedTuple):
    """Chance that of a high and a low one the high one is told, with its interval."""

    estimate: float
    std_error: float
    low: float
    high: float


def signed(text: str) -> list[tuple[str, bool]]:
    """Give the words of a folded text, and whether a `not` before them turns each.

    Example:
        >>> signed("not bad, good")
        [('not', False), ('bad', True), ('good', False)]
    """
    plain = MASK.sub(" ", text).replace("cannot", "can not").replace("n't", " not")
    plain = _UTMOST.sub("very ", plain)
    out, left = [], 0
    for word in _WORD_OR_END.findall(plain):
        if not word[0].isalpha():
            left = 0
            continue
        out.append((word, left > 0 and word not in _NOT))
        left = REACH if word in _NOT else left - 1
    return out


def pieces(text: str) -> list[str]:
    """Give words and pairs, small words too; what a `not` turns carries its mark.

    Example:
        >>> pieces("not bad")
        ['not', 'not_bad', 'not not_bad']
    """
    found = [f"not_{word}" if turned else word for word, turned in signed(text)]
    return found + [f"{one} {two}" for one, two in pairwise(found)]


def table(texts: np.ndarray) -> Any:
    """Give the pieces of comments as columns, rare ones with more weight; no score is looked at.

    That is words and pairs, and each word once more with the other sign where a
    `not` turns it, so that who never read 'not late' knows it from 'late'; and the sign that words
    usually have, for those that the study does not teach.
    """
    return counted(texts)[0]


def counted(texts: np.ndarray):
    """Learn the pieces of texts; give them as columns, and what does the same to others."""
    words = TfidfVectorizer(analyzer=pieces, min_df=2, sublinear_tf=True, max_features=60_000)
    known = TfidfVectorizer(analyzer=lambda text: [word for word, _ in signed(text)], min_df=2)
    held = words.fit_transform(texts)
    known.fit(texts)

    def told(others: np.ndarray, held: Any = None) -> Any:
        held = words.transform(others) if held is None else held
        return sparse.hstack([held, _turned(known, others)]).tocsr()

    return told(texts, held), told


def _turned(known: TfidfVectorizer, texts: np.ndarray) -> sparse.csr_matrix:
    """Count a word once more, against itself where a `not` turns it.

    The last column is how far a text's words usually praise or blame, turned likewise.
    """
    places, rows, columns, signs = known.vocabulary_, [], [], []
    usual = np.zeros((len(texts), 1))
    for row, text in enumerate(texts):
        found = signed(text)
        for word, turned in dict(found).items():
            if word in places:
                rows.append(row)
                columns.append(places[word])
                signs.append(-1.0 if turned else 1.0)
        praise = sum(SIGN.get(word, 0.0) * (-1 if turned else 1) for word, turned in found)
        usual[row] = PRIOR * praise / np.sqrt(max(len(found), 1))
    held = sparse.csr_matrix((signs, (rows, columns)), shape=(len(texts), len(places)))
    return sparse.hstack([normalize(held @ sparse.diags(known.idf_)), usual])


def fitted(x: Any, high: np.ndarray, seed: int) -> LogisticRegression:
    """Fit a logistic model, on at most `MOST` comments."""
    if len(high) > MOST:
        chosen = np.random.default_rng(seed).choice(len(high), MOST, replace=False)
        x, high = x[chosen], high[chosen]
    return LogisticRegression(C=2.0, max_iter=300, random_state=seed).fit(x, high)


def out_of_fold(x: Any, high: np.ndarray, alike: np.ndarray, seed: int) -> np.ndarray:
    """Give each comment's calibrated chance of a high score, by models not taught by it.

    Args:
        x: rows of `table`.
        high: whether the score was high.
        alike: codes of texts; those word for word the same are in one fold.
        seed: for folds. Calibration is Platt's (1999), learned in the other folds.
    """
    fold = np.zeros(len(high), dtype=int)
    away = np.zeros(len(high))
    splitter = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    for place, (learn, told) in enumerate(splitter.split(x, high, alike)):
        fold[told] = place
        away[told] = fitted(x[learn], high[learn], seed).decision_function(x[told])
    out = np.zeros(len(high))
    for place in range(FOLDS):
        inside = fold == place
        out[inside] = expit(_platt(away[~inside], high[~inside], away[inside]))
    return out


def chances(x: Any, high: np.ndarray, others: Any, seed: int) -> np.ndarray:
    """Give the chance of comments whose score was no label."""
    if not others.shape[0]:
        return np.zeros(0)
    return expit(fitted(x, high, seed).decision_function(others))


def area(high: np.ndarray, told: np.ndarray, *, level: float = 0.95) -> Area:
    """Give the area under the curve with its interval (DeLong, DeLong and Clarke-Pearson 1988).

    Example:
        >>> area(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])).estimate
        0.75
    """
    up = np.asarray(high, dtype=bool)
    ranks, n, m = rankdata(told), int(up.sum()), int((~up).sum())
    ours = (ranks[up] - rankdata(told[up])) / m
    theirs = 1 - (ranks[~up] - rankdata(told[~up])) / n
    estimate = float(ours.mean())
    variance = ours.var(ddof=1) / n + theirs.var(ddof=1) / m if min(n, m) > 1 else np.nan
    reach = float(stats.quantile(level) * np.sqrt(variance))
    return Area(estimate, float(np.sqrt(variance)), max(0.0, estimate - reach),
                min(1.0, estimate + reach))  # fmt: skip


def slope(high: np.ndarray, chance: np.ndarray) -> float:
    """Give the slope of the outcome on the log-odds told: 1 where chances mean what they say."""
    odds = _logit(chance)
    found = LogisticRegression(C=1e6, max_iter=500).fit(odds[:, None], high)
    return float(found.coef_[0, 0])


def _platt(x: np.ndarray, high: np.ndarray, at: np.ndarray) -> np.ndarray:
    found = LogisticRegression(C=1e6, max_iter=500).fit(x[:, None], high)
    return found.decision_function(at[:, None])


def _logit(chance: np.ndarray) -> np.ndarray:
    safe = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.log(safe / (1 - safe))
