"""The columns of a banner table: everyone, and the groups of each breakdown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxlab.codebook import did_you_mean
from cxlab.questionnaire import Questionnaire
from cxlab.results import Misuse

ALL = "all"
MOST = 60  # groups of one breakdown
NESTED = "+"  # between the names of breakdowns that are nested


class Sum(NamedTuple):
    """Columns that add up to a number that is told, or may be: to the column `whole`, 0 where
    it is none of the table."""

    places: Any
    whole: int = 0


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a banner table; the first is everyone.

    Attributes:
        breakdown, group, letter: a word a column.
        member: (people, columns) 1 where a person stands in a column.
        spans: breakdown -> places of its columns.
        overlap: breakdowns whose columns share people.
        nested: breakdown -> for each column the groups it lies in, of nested breakdowns.
        weight: of each person, or None.
        cluster: code of each person's cluster, or None.
        parts: breakdown -> the breakdowns that are nested in it.
    """

    breakdown: tuple[str, ...]
    group: tuple[str, ...]
    letter: tuple[str, ...]
    member: np.ndarray
    spans: dict[str, tuple[int, ...]]
    overlap: frozenset[str]
    nested: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    weight: np.ndarray | None = None
    cluster: np.ndarray | None = None
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def sums(self) -> list[Sum]:
        """Which columns add up to which."""
        return [*map(Sum, self.spans.values()), *(one for name in self.nested
                for one in self._margins(name))]  # fmt: skip

    def _margins(self, name: str) -> Iterator[Sum]:
        """Give the rows and columns of nested breakdowns, each with its own column if it has one.

        Of every kind of part, in whichever order another breakdown nests them.
        """
        span, inside, parts = self.spans[name], self.nested[name], self.parts.get(name, ())
        whole = {
            frozenset(zip(self.parts[other], each, strict=True)): at
            for other in self.parts
            for at, each in zip(self.spans[other], self._inside(other), strict=True)
        }
        for size in range(1, len(inside[0])):
            for kept in combinations(range(len(inside[0])), size):
                rows: dict[tuple[str, ...], list[int]] = {}
                for at, each in zip(span, inside, strict=True):
                    rows.setdefault(tuple(each[k] for k in kept), []).append(at)
                for labels, places in rows.items():
                    key = frozenset(zip((parts[k] for k in kept), labels, strict=True)) \
                        if parts else frozenset()  # fmt: skip
                    yield Sum(places, whole.get(key, 0))

    def _inside(self, name: str) -> Sequence[tuple[str, ...]]:
        return self.nested.get(name) or [(self.group[at],) for at in self.spans[name]]

    @cached_property
    def weighted(self) -> np.ndarray:
        """Members with their weight."""
        return self.member if self.weight is None else self.member * self.weight[:, None]

    @cached_property
    def squared(self) -> np.ndarray:
        """Members with the square of their weight."""
        return self.member if self.weight is None else self.weighted * self.weight[:, None]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Columns that are compared: those of one breakdown, each with each."""
        return [(c, d) for span in self.spans.values()
                for at, c in enumerate(span) for d in span[at + 1 :]]  # fmt: skip

    @cached_property
    def shared(self) -> np.ndarray:
        """(people, pairs) squared weight where a person stands on both sides of a pair."""
        out = np.zeros((len(self.member), len(self.pairs)))
        square = 1.0 if self.weight is None else self.weight**2
        for at, (c, d) in enumerate(self.pairs):
            if self.breakdown[c] in self.overlap:
                out[:, at] = self.member[:, c] * self.member[:, d] * square
        return out


def columns(
    asked: Questionnaire,
    by: Sequence[str],
    *,
    weight: np.ndarray | None = None,
    cluster: np.ndarray | None = None,
) -> Columns:
    """Lay out the columns.

    Args:
        asked: the questionnaire.
        by: segments, or questions of one choice or choose-all; `region+plan` nests.
        weight, cluster: of each person.

    Raises:
        Misuse: an unknown breakdown, or one with too many values; the nearest is named.
    """
    people = len(asked.people)
    members, breakdowns, named = [np.ones((people, 1))], [ALL], [ALL]
    spans, nested, overlap, made = {}, {}, set(), {}
    for name in dict.fromkeys(by):
        parts = _parts(asked, name)
        made[name] = tuple(parts)
        found = [groups(asked, part) for part in parts]
        labels, table = found[0]
        inside: list[tuple[str, ...]] = [(label,) for label in labels]
        for more, other in found[1:]:
            table = (table[:, :, None] * other[:, None, :]).reshape(people, -1)
            inside = [(*left, right) for left in inside for right in more]
        filled = np.flatnonzero(table.sum(axis=0) > 0)
        if len(filled) > MOST:
            raise Misuse(_too_many(asked, name, len(filled)))
        start = len(named)
        spans[name] = tuple(range(start, start + len(filled)))
        members.append(table[:, filled])
        breakdowns += [name] * len(filled)
        nested[name] = tuple(inside[at] for at in filled)
        named += [" × ".join(each) for each in nested[name]]
        if (table.sum(axis=1) > 1).any():
            overlap.add(name)
    letters = ["", *(_letter(at) for at in range(len(named) - 1))]
    return Columns(
        tuple(breakdowns),
        tuple(named),
        tuple(letters),
        np.concatenate(members, axis=1),
        spans,
        frozenset(overlap),
        {name: inside for name, inside in nested.items() if len(inside[0]) > 1},
        weight,
        cluster,
        made,
    )


def _parts(asked: Questionnaire, name: str) -> list[str]:
    known = [*asked.segments, *asked.names()]
    parts = [name] if name in known else [part.strip() for part in name.split(NESTED)]
    for part in parts:
        if part not in known:
            raise Misuse(
                f"'{part}' is neither a segment nor a question of this study."
                f"{did_you_mean(part, known)}"
            )
    return parts


def groups(asked: Questionnaire, name: str) -> tuple[list[str], np.ndarray]:
    """Give the groups of a segment, or of the answers to a question, and who is in them."""
    if name in asked.segments:
        codes, found = pd.factorize(asked.people[name].astype(object), sort=False)
        order = sorted(range(len(found)), key=lambda at: str(found[at]))
        if len(found) > MOST:
            raise Misuse(_too_many(asked, name, len(found)))
        return [str(found[at]) for at in order], np.equal.outer(codes, order).astype(float)
    question = asked[name]
    if question.kind == "choose all":
        return list(question.items), (question.codes == 1).T.astype(float)
    if len(question.items) > 1 or not question.answers or question.kind == "open":
        raise Misuse(
            f"'{name}' is a question of kind '{question.kind}' and cannot break others down; "
            "take one of one choice, or choose-all."
        )
    if len(question.answers) > MOST:
        raise Misuse(_too_many(asked, name, len(question.answers)))
    places = range(len(question.answers))
    return list(question.answers), np.equal.outer(question.codes[0], places).astype(float)


def _too_many(asked: Questionnaire, name: str, n: int) -> str:
    return (
        f"the breakdown '{name}' has {n:,} values, and a table is read with at most {MOST} columns "
        "of one breakdown. Put values together in a column of the export, or break down by "
        f"another, such as {', '.join(s for s in asked.segments if s != name) or 'a segment'}."
    )


def _letter(at: int) -> str:
    """Give the letter of a column: A to Z, then AA.

    Example:
        >>> _letter(0), _letter(27)
        ('A', 'AB')
    """
    out = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        out = chr(65 + rest) + out
    return out
