"""Sentences into numbers, by words and pieces of words, fitted on the study itself.

A word is what it is and the pieces of letters it is made of, so that `delivery` and `deliveries`
lie near each other, and a slip of the pen is no other word. A sentence is the sum of its words,
reduced by a truncated singular value decomposition (Deerwester et al. 1990).

Where the extra `voice` is installed and the study asks for it, English words lie where a static
embedding has them: wordllama 0.4, made for English, whose weights stand in its wheel. Its code is
MIT; of the weights its wheel says nothing apart. They were trained from the tables of words of
Llama 2 70B and Phi-3 Medium among others, so the Llama 2 Community License may reach them: whoever
passes them on should ask. On the sample without ratings its themes are purer (0.73 for 0.69) and
hold less of what was planted (17.5% for 22.7%, means of three seeds), with ratings nothing moves
(0.88 for 0.89), and a tone learned from it is worse (telecom comments: AUC 0.93 for 0.96). So it is
no default. Nothing is downloaded in either way.
"""

import importlib.util
import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from cxlab.voice.workings.texts import topics

DIMENSIONS = 40
PIECES = 0.6  # weight of the pieces of words beside the words themselves
FEWEST = 2  # sentences a word must stand in
STUDY, STATIC = "study", "static"  # where words lie: as the study has it, or an embedding
TONGUE = "en"  # of the embedding
EXTRA = "'static' needs the extra 'voice': pip install 'cxlab[voice]'"


class Space(NamedTuple):
    """Where words lie."""

    counter: CountVectorizer
    words: np.ndarray  # a row a word

    def held(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Say which sentence holds which word."""
        return self.counter.transform(texts).astype(float).tocsr()


def installed() -> bool:
    """Say whether the embedding is there."""
    return importlib.util.find_spec("wordllama") is not None


def space(texts: Sequence[str], *, by: str = STUDY, seed: int = 0) -> Space | None:
    """Learn where words lie from sentences; None where they share too few words.

    Args:
        texts: folded sentences.
        by: `study`, or `static` for the embedding, from which nothing is learned.
        seed: for the decomposition.
    """
    counter = CountVectorizer(analyzer=topics, binary=True, min_df=FEWEST)
    try:
        held = counter.fit_transform(texts).astype(float)
    except ValueError:  # no word stands in two sentences
        return None
    if min(held.shape) < 4:
        return None
    rare = sparse.diags(np.log((1 + held.shape[0]) / (1 + held.sum(axis=0).A1)) + 1)
    if by == STATIC:
        return Space(counter, rare @ _embedded(counter.get_feature_names_out().tolist()))
    pieces = _pieces(counter.get_feature_names_out(), held)
    sides = sparse.hstack([rare, rare @ pieces * PIECES]).tocsr()
    dims = min(DIMENSIONS, min(held.shape) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):  # the share explained, where all are alike
        fitted = TruncatedSVD(dims, random_state=seed).fit(normalize(held @ sides))
    strength = np.maximum(fitted.singular_values_, 1e-9)
    return Space(counter, (sides @ fitted.components_.T) / np.sqrt(strength))


def place(texts: Sequence[str], at: Space) -> np.ndarray:
    """Give each sentence its direction; zeros where it holds no word of the space."""
    return normalize(at.held(texts) @ at.words)


def _embedded(words: list[str]) -> np.ndarray:
    return _embedding().embed(words, norm=True).astype(float)


@lru_cache(1)
def _embedding() -> Any:
    """Open the embedding from its own wheel; it would ask the network for a file it ships."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    import wordllama  # sets up logging for everybody, which is undone

    root.setLevel(level)
    root.handlers[:] = handlers
    home = Path(wordllama.__file__).parent  # holds `weights` and `tokenizers`, as a cache does
    return wordllama.WordLlama.load(cache_dir=home, disable_download=True)


def _pieces(known: np.ndarray, held: sparse.csr_matrix) -> sparse.csr_matrix:
    """Give the pieces of three to five letters of each word, the rare ones with more weight."""
    found = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5)).fit_transform(known)
    often = np.asarray(((held @ found) > 0).sum(axis=0)).ravel()
    kept = often >= 5
    if not kept.any():
        return sparse.csr_matrix((len(known), 1))
    rare = sparse.diags(np.log((1 + held.shape[0]) / (1 + often[kept])) + 1)
    return normalize(found[:, kept].astype(float) @ rare)
