"""A question with its answers as codes, and the questions of a study together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cxlab.codebook import did_you_mean
from cxlab.results import Misuse

NOT_ANSWERED, NOT_ASKED = -1, -2
IN_WORDS = ": other, in words"  # ends the name of what was written beside a question


@dataclass(frozen=True, eq=False)
class Asked:
    """One question and what everyone answered.

    Attributes:
        name: its name in the study file.
        kind: one of `codebook.KINDS`.
        text: the wording.
        items: its lines, where it has several; one empty name otherwise.
        answers: what could be answered, in order; of choose-all, nothing: its items are that.
        values: what each answer counts in a mean; missing where it is no number.
        codes: (items, people) place of the answer, `NOT_ANSWERED` or `NOT_ASKED`; of
            choose-all 1 where the item was chosen and 0 where it was not.
        numbers: (items, people) the number given, for kinds `number` and `sum`.
        nets: name -> places of answers, of items for choose-all.
        missing: words that mean no answer -> people who gave them.
        better: which end of its answers is good, `high` numbers or `low`.
        notes: what the reader must know, a sentence each.
    """

    name: str
    kind: str
    text: str
    items: tuple[str, ...]
    answers: tuple[str, ...]
    values: tuple[float, ...]
    codes: np.ndarray
    numbers: np.ndarray | None = None
    nets: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    better: str = "high"

    @property
    def upwards(self) -> tuple[int, ...]:
        """Places of its answers from the bad end to the good one; the best of a rank is the first.

        As they stand where not all are numbers.
        """
        worth = np.array(self.values, dtype=float)
        worth = np.arange(len(worth)) if np.isnan(worth).any() else worth
        falls = self.kind == "rank" or self.better == "low"
        return tuple(np.argsort(-worth if falls else worth, kind="stable").tolist())

    def put_to(self) -> np.ndarray:
        """Say who was asked: those to whom at least one item was put."""
        return np.any(self.codes != NOT_ASKED, axis=0)

    def answered(self) -> np.ndarray:
        """Say who answered at least one item."""
        return np.any(self.codes >= 0, axis=0)


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """The questions of a study, with what is known of each person.

    Attributes:
        questions: in the order of the study file.
        people: one row a person, as the codes are: segments, weight, customer, moment.
        segments: columns of `people` that may break questions down.
        weight: its column of weights, or nothing.
        cluster: its column of customers, where some answered more than once.
        smallest: fewest people of a group that is shown.
        base: who the people are, in words.
        notes: what the reader must know of all questions.
    """

    questions: tuple[Asked, ...]
    people: pd.DataFrame
    segments: tuple[str, ...] = ()
    weight: str | None = None
    cluster: str | None = None
    smallest: int = 1
    base: str = ""
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Asked:
        for each in self.questions:
            if each.name == name:
                return each
        near = did_you_mean(name, self.names())
        raise Misuse(f"there is no question '{name}'.{near}")

    def names(self) -> list[str]:
        """Give the names of the questions, in order."""
        return [each.name for each in self.questions]

    def chosen(self, names: str | Sequence[str] | None) -> tuple[Asked, ...]:
        """Give the questions of these names, or all."""
        if names is None:
            return self.questions
        if not len(names):
            raise Misuse("no question is named; name one, or leave the word out for all.")
        return tuple(self[name] for name in ([names] if isinstance(names, str) else names))


def replaced(questions: Sequence[Asked], change: Callable[[Asked], Asked]) -> tuple[Asked, ...]:
    """Change each question."""
    return tuple(change(each) for each in questions)
