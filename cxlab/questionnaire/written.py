"""What was written under 'other, please specify' is an answer, where nothing else marks it."""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from cxlab.codebook import Question
from cxlab.questionnaire.cells import Column, heard_of, same

OTHER = "Other, in words"
# other, in the languages that exports are read in
_MARK = re.compile(
    r"(?i)^\W*(other|sonst|ander|autre|otr[oa]|altr[oi]|outr[oa]|overig|inn[ey]|ann)"
)


def with_written(
    columns: dict[str, Column], question: Question, kind: str, text: Column
) -> dict[str, Column]:
    """Add what was written as an answer of its own.

    Some exports mark in the question itself who chose 'other' and keep the words beside it; in
    others the words alone tell it, and whoever only wrote would pass for not having answered.

    Args:
        columns: item -> its column; of a question of one choice, one.
        question: what the study file says.
        kind: of the question; only `single` and `choose all` in several columns are added to.
        text: the column of what was written.

    Returns:
        The columns with an item, or an answer, more; as they were where the export marks it.
    """
    wrote = heard_of(text, question).place >= 0
    if kind == "choose all" and question.columns:
        if not wrote.any() or any(_MARK.match(item) for item in columns):
            return columns
        words = (question.counted[0] if question.counted else OTHER, *question.not_asked[:1])
        place = np.where(wrote, 0, np.where(_unasked(columns, question), 1, -1))
        return {**columns, OTHER: Column(text.heading, text.wording, place, words)}
    item, one = next(iter(columns.items()))
    alone = wrote & (one.place < 0)
    if kind != "single" or not alone.any():
        return columns
    place = np.where(alone, len(one.words), one.place)
    labels = {**one.labels, OTHER: OTHER} if one.labels else one.labels
    return {item: replace(one, place=place, words=(*one.words, OTHER), labels=labels)}


def _unasked(columns: Mapping[str, Column], question: Question) -> np.ndarray:
    """Say to whom no item was put, as the cells tell."""
    gone = {same(word) for word in question.not_asked}
    told = [np.append([same(word) in gone for word in one.words], False)[one.place]
            for one in columns.values()]  # fmt: skip
    return np.all(told, axis=0)
