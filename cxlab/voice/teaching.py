"""Comments that people coded teach the machine which theme a comment is mainly about."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from cxlab.results import count, listing
from cxlab.voice.themes import Themed
from cxlab.voice.workings import coded, vectors
from cxlab.voice.workings.texts import cut

LEAST = 40  # coded comments from which is learned
EACH = 5  # of a theme, so that each fold holds one
FOLDS = 5
SURE = 1.645  # one-sided, 95%
TRUST = 2.0  # weight of what the machine said beside the words


def teach(themed: Themed, *, file: str | Path = "", seed: int = 0) -> Themed:
    """Let people's codes correct which theme a comment is mainly about.

    What the two people agree on is learned from, with what the machine said and the words of the
    comment. The lesson is taken only where, for comments it was not learned from, it is right more
    often than the machine was alone, beyond chance (McNemar 1947); the notes tell of how many. It
    is right to tell the theme that people chose, among others or not.

    Args:
        themed: comments with their themes.
        file: a workbook from `sheet`, filled in; nothing is taught if empty.
        seed: for folds.

    Returns:
        The comments with their themes, corrected where people taught it.

    Raises:
        Misuse: the file is no such workbook.
    """
    if not file:
        return themed
    said, of = _said(themed, file)
    names, known = [*themed.names, coded.NONE], said.isin([*themed.names, coded.NONE])
    if of and not len(said):
        return _noted(themed, f"None of {count(of, 'coded comment')} is one of these; none is "
                      "learned from.")  # fmt: skip
    if (lost := said[~known]).size:
        themed = _noted(themed, f"{count(len(lost), 'coded comment')} left aside: "
                        f"{listing(lost.unique(), 4)} is no theme of these.")  # fmt: skip
    sizes = said[known].value_counts()
    said = said[known & said.isin(sizes.index[sizes >= EACH])]
    if len(said) < LEAST or said.nunique() < 2:
        return _noted(themed, f"{count(len(said), 'coded comment')} are too few to learn from.")
    machine, x = _machine(themed, names), _features(themed, len(names), seed)
    rows, y = said.index.to_numpy(), said.map(names.index).to_numpy()
    # a theme of which too few were coded stays as it was told
    open_ = np.isin(machine, [*y, len(names) - 1])
    told = np.full(len(rows), -1)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for learn, test in folds.split(rows, y):
        told[test] = _fitted(x[rows[learn]], y[learn]).predict(x[rows[test]])
    told, place = np.where(open_[rows], told, machine[rows]), np.arange(len(rows))
    held = _held(themed)
    was, now = held[rows, y], _corrected(held, machine, told, rows)[place, y]
    before, after = int(was.sum()), int(now.sum())
    note = f"Of {count(len(rows), 'coded comment')} to learn from {before} were told right"
    apart = now != was
    if after - before <= SURE * np.sqrt(apart.sum()):
        return _noted(themed, f"{note}; what they coded taught nothing better and was not used.")
    taught = np.where(open_, _fitted(x[rows], y).predict(x), machine)
    learned = _taught(themed, machine, taught)
    return _noted(learned, f"{note}; taught by them, {after} of {count(len(rows))} that it was "
                  "not taught by.")  # fmt: skip


def _said(themed: Themed, file: str | Path) -> tuple[pd.Series, int]:
    """Give what people agree on by the place of the first comment of each text; of how many."""
    texts = pd.Series([cut(each) for each in themed.heard.frame[themed.heard.comment].astype(str)])
    told = coded.read(file)
    agreed = told["first"].where(told["first"].eq(told["second"]) | told["second"].isna())
    agreed = agreed.fillna(told["second"].where(told["first"].isna()))
    by_text = agreed.set_axis(told["comment"]).dropna()
    once = texts[~texts.duplicated()]  # a comment said twice is learned from, and judged, once
    return once.map(by_text[~by_text.index.duplicated()]).dropna(), len(by_text)


def _machine(themed: Themed, names: list[str]) -> np.ndarray:
    held = themed.carried.any(axis=1)
    return np.where(held, themed.strength.argmax(axis=1), len(names) - 1)


def _features(themed: Themed, k: int, seed: int) -> sparse.csr_matrix:
    """Give the words of comments in few directions, and what the machine said of them."""
    texts = list(themed.heard.text)
    at = vectors.space(texts, seed=seed)
    said = np.eye(k)[_machine(themed, [""] * k)] * TRUST
    words = np.zeros((len(texts), 1)) if at is None else vectors.place(texts, at)
    return sparse.csr_matrix(np.hstack([said, words]))


def _fitted(x: sparse.csr_matrix, y: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=3.0, max_iter=500).fit(x, y)


def _held(themed: Themed) -> np.ndarray:
    """Give a row a comment: whether it carries each theme; in the end, whether it carries none."""
    return np.column_stack([themed.carried, ~themed.carried.any(axis=1)])


def _corrected(held: np.ndarray, machine: np.ndarray, told: np.ndarray, rows: np.ndarray):
    """Put the theme that was learned in the place of the main one, where it is not told already."""
    held, place = held[rows].copy(), np.arange(len(rows))
    fresh, none = ~held[place, told], held.shape[1] - 1
    held[fresh & (told == none)] = False
    held[place[fresh], machine[rows][fresh]] = False
    held[place[fresh], told[fresh]] = True
    return held


def _taught(themed: Themed, machine: np.ndarray, taught: np.ndarray) -> Themed:
    carried = _corrected(_held(themed), machine, taught, np.arange(len(taught)))[:, :-1]
    came = carried & ~themed.carried
    strength = np.where(carried, np.maximum(themed.strength, 0.5 * came), 0.0)
    return replace(themed, carried=carried, strength=strength)


def _noted(themed: Themed, note: str) -> Themed:
    return replace(themed, notes=(*themed.notes, note))
