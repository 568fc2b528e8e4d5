"""The lines of a question's table: one block an item, for every line what is counted in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxlab.questionnaire import Asked
from cxlab.questionnaire.asked import NOT_ASKED

ANSWER, NET, MEAN = "answer", "net", "mean"
_BOXES = ("scale", "grid")
_FEWEST = 4  # answers from which two at an end are told together


@dataclass(frozen=True, eq=False)
class Block:
    """The lines of one item.

    Attributes:
        question, item: names.
        answers: a label a line.
        part: what each line is: an answer, a net or a mean; means stand in blocks of their own.
        kind: (people) which kind of answer each gave; those of a kind count alike in every line.
        lines: (lines, kinds) 1 where a kind counts in a line, or the number given; 0 outside the
            base.
        base: (kinds) which of them are an answer.
        asked: how many the item was put to.
    """

    question: str
    item: str
    answers: tuple[str, ...]
    part: tuple[str, ...]
    kind: np.ndarray
    lines: np.ndarray
    base: np.ndarray
    asked: int

    @property
    def means(self) -> bool:
        """Whether the lines are numbers."""
        return self.part[0] == MEAN


def blocks(asked: Asked) -> Iterator[Block]:
    """Give the lines of a question, item by item."""
    if asked.kind == "choose all":
        yield _chosen(asked)
        return
    nets = boxes(asked)
    for at, item in enumerate(asked.items):
        kind = asked.codes[at] - NOT_ASKED  # 0 not asked, 1 not answered
        put_to = int(np.count_nonzero(kind))
        if asked.answers:
            lines = np.eye(len(asked.answers) + 2)[2:]
            told = [lines, *(lines[list(members)].sum(axis=0) for members in nets.values())]
            part = (ANSWER,) * len(asked.answers) + (NET,) * len(nets)
            answers, base = (*asked.answers, *nets), np.any(lines, axis=0)
            yield Block(asked.name, item, answers, part, kind, np.vstack(told), base, put_to)
        given = _numbers(asked, at)
        if given is not None:
            there = ~np.isnan(given)
            kind = kind if asked.numbers is None else np.arange(len(given))
            lines = np.where(there, given, 0.0)[None]
            yield Block(asked.name, item, ("mean",), (MEAN,), kind, lines, there, put_to)


def boxes(asked: Asked) -> dict[str, tuple[int, ...]]:
    """Give what is counted together: the nets declared, and the good and bad end of a scale."""
    k, nets = len(asked.answers), dict(asked.nets)
    if asked.kind not in _BOXES or k < _FEWEST:
        return nets
    worth = np.array(asked.values, dtype=float)
    if np.isnan(worth).any():  # words in no known order have no ends
        return nets
    order = asked.upwards
    ends = {"top 2": _places(order[-2:]), "bottom 2": _places(order[:2])}
    taken = {" ".join(name.lower().split()) for name in nets}
    return nets | {name: places for name, places in ends.items() if name not in taken}


def _places(order: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(order))


def _chosen(asked: Asked) -> Block:
    base = asked.answered()
    lines = np.empty((len(asked.items) + len(asked.nets), len(base)))
    np.equal(asked.codes, 1, out=lines[: len(asked.items)], casting="unsafe")
    for place, members in enumerate(asked.nets.values(), len(asked.items)):
        lines[place] = (asked.codes[list(members)] == 1).any(axis=0)
    part = (ANSWER,) * len(asked.items) + (NET,) * len(asked.nets)
    answers = (*asked.items, *asked.nets)
    kind = np.arange(len(base))  # as many kinds of answer as people, at worst
    return Block(asked.name, "", answers, part, kind, lines, base, int(asked.put_to().sum()))


def _numbers(asked: Asked, at: int) -> np.ndarray | None:
    """Give the number that each person, or else each kind of answer, counts in a mean."""
    if asked.numbers is not None:
        return asked.numbers[at]
    worth = np.array(asked.values, dtype=float)
    if asked.kind in ("date", "open") or not len(worth) or np.isnan(worth).all():
        return None
    return np.append([np.nan, np.nan], worth)
