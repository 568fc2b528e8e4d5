"""Which kind of question is this? Told by its answers where the study file does not say it."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cxlab.questionnaire.cells import Column, number_of, same

YES = {"1", "yes", "y", "true", "checked", "selected", "x", "ja", "oui", "si", "sí", "quoted",
       "chosen", "on", "wahr", "ticked"}  # fmt: skip
NO = {"0", "no", "n", "false", "unchecked", "not selected", "unselected", "not checked", "nein",
      "non", "not quoted", "not chosen", "off", "falsch", "not ticked", "unticked"}  # fmt: skip
_MARKS = {"1", "0", "x"}  # codes of chosen or not that are no words
MARKS = ("\n", "|", ";", ",")
_DAY = re.compile(r"\d{4}-\d\d-\d\d.*|\d\d?[./]\d\d?[./]\d{4}.*")
_POINTS = 11  # most points of a scale
_LATER = 0.8  # most of those who filled a first column who also fill the last of mentions
_CHANCE = 0.02  # rows that may break the rule of mentions
_CHOICES = 40  # most answers of a question with one column, unless few people answered so much


def of_columns(columns: Mapping[str, Column]) -> str:
    """Tell the kind of a question with several columns."""
    each = list(columns.values())
    if all(map(_chosen_or_not, each)) or _own_labels(each) or mentioned(each):
        return "choose all"
    words = {word for column in each for word in column.words}
    if words and all(number_of(word) is not None and _is_number(word) for word in words):
        table = np.stack([_numbers(column) for column in each])
        if _ranked(table):
            return "rank"
        if _added(table):
            return "sum"
        return "grid" if len(words) <= _POINTS else "number"
    return "grid"


def of_column(column: Column) -> str:
    """Tell the kind of a question with one column."""
    words, labels = column.words, column.labels
    if separator(column):
        return "choose all"
    if words and all(_is_number(word) for word in words):
        plain = not labels or len(labels) < len(words)
        whole = all(float(word.replace(",", ".")).is_integer() for word in words)
        if not whole or len(words) > _POINTS:
            return "number" if plain else "single"
        return "scale" if plain else "single"
    if words and all(_DAY.fullmatch(word) for word in words):
        return "date"
    answered = int((column.place >= 0).sum())
    if len(words) <= _CHOICES and (len(words) <= 12 or len(words) <= answered / 5):
        return "single"
    return "single" if labels and len(words) <= len(labels) else "open"


def separator(column: Column) -> str:
    """Find what stands between several answers in one cell, or nothing.

    A mark counts only where the pieces recur on their own or in other company; a comma also
    stands inside of answers, so it has to part most of the cells that hold it into known pieces.
    """
    words = [word for word in column.words if len(word) < 4000]
    counts = np.bincount(column.place[column.place >= 0], minlength=len(column.words))
    for mark in MARKS:
        marked = [word for word in words if mark in word.strip(mark)]
        if len(marked) < 2:
            continue
        pieces = [same(piece) for word in words for piece in word.split(mark) if piece.strip()]
        distinct, times = np.unique(pieces, return_counts=True)
        again = times[times > 1].sum() / len(pieces)
        known = {*distinct[times > 1]}
        parts = np.mean([all(same(p) in known for p in w.split(mark) if p.strip()) for w in marked])
        few = len(distinct) <= max(8, len(words) * (0.9 if mark != "," else 0.6))
        several = counts[[column.words.index(word) for word in marked]].sum() / max(counts.sum(), 1)
        known_parts = parts >= 0.5 if mark in "\n|" else parts > 0.6  # no answer holds these itself
        if again > 0.7 and few and known_parts and several > 0.05 and max(map(len, distinct)) < 120:
            return mark
    return ""


def mentioned(columns: Sequence[Column]) -> bool:
    """Say whether columns hold the answers of one list that were given first, second, third.

    Few who left a column empty filled the next, hardly anybody gave an answer twice, and what
    stands in the later columns stands in the first as well.
    """
    used = [column for column in columns if column.words]  # nobody may have given a fifth
    if len(used) < 2:
        return False
    table = np.stack([_words(column) for column in used])
    filled = table != ""
    n = filled.sum(axis=1)
    some, first = int(n[1:].sum()), {*table[0]} - {""}
    if len(first) <= 2 or n[-1] > _LATER * n[0] or (np.diff(n) > 0).any():
        return False
    skipped = int((filled[1:] & ~filled[:-1]).sum())
    twice = [filled[at] & (table[at] == table[:at]).any(axis=0) for at in range(1, len(table))]
    again = int(np.sum(twice))
    known = {word for row in table[1:] for word in row} - {""}
    return max(skipped, again) <= _CHANCE * some and len(known & first) > 0.5 * len(known)


def _words(column: Column) -> np.ndarray:
    return np.array([*map(same, column.words), ""], dtype=object)[column.place]


def _chosen_or_not(column: Column) -> bool:
    words = {same(word) for word in column.words}
    if len(words) <= 1:
        return not words or not _is_number(next(iter(words))) or next(iter(words)) in YES | NO | {
            "2", "3", "4", "5", "6", "7", "8", "9"}  # fmt: skip
    left = words - NO
    if len(left) == 2 and len(left & YES) == 1 and same(column.wording).endswith(tuple(left - YES)):
        return True  # codes beside the label of the item
    return words <= YES | NO and bool(words & NO)


def _own_labels(columns: Sequence[Column]) -> bool:
    """Say whether each column holds the label of its item, here and there a code beside it."""
    told = [{same(word) for word in column.words} for column in columns]
    own = [words - _MARKS for words in told]
    every = [word for words in own for word in words]
    return all(len(words) == 1 for words in own) and len({*every}) == len(every) > 1


def _is_number(word: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(?:[.,]\d+)?", word.strip()))


def _numbers(column: Column) -> np.ndarray:
    told = [float(word.replace(",", ".")) for word in column.words]
    return np.array([*told, np.nan])[column.place]


def _ranked(table: np.ndarray) -> bool:
    """Say whether most people gave every item another place, from 1 on."""
    k = len(table)
    whole = ~np.isnan(table).any(axis=0)
    if k < 2 or not whole.any():
        return False
    rows = np.sort(table[:, whole], axis=0)
    return bool((rows == np.arange(1, k + 1)[:, None]).all(axis=0).mean() > 0.9)


def _added(table: np.ndarray) -> bool:
    """Say whether what most people gave adds up to one and the same number."""
    some = ~np.isnan(table).all(axis=0)
    totals = pd.Series(np.nansum(table[:, some], axis=0)).round(6)
    if len(table) < 2 or len(totals) < 3:
        return False
    most = totals.value_counts()
    return bool(most.iloc[0] > 0.8 * len(totals) and most.index[0] in (1, 10, 20, 50, 100, 1000))
