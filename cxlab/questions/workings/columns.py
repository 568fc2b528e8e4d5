"""The columns of a banner table: everyone, and the groups of each breakdown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, permutations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import linalg, sparse

from cxlab.codebook import did_you_mean, in_order
from cxlab.questionnaire import Questionnaire
from cxlab.questions.workings.people import QuestionsError, clusters_of, weights_of
from cxlab.results import Misuse, listing

ALL = "all"
MOST = 60  # groups of one breakdown
NESTED = "+"  # between the names of breakdowns that are nested
_TOGETHER = 500  # places of several breakdowns that are told apart together
_BLOCK = 32_768  # people who are counted at a time
_DENSE = 1_000_000  # kinds of answer by places, up to which every pair has a number


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
        member: (places, columns) 1 where those of a place stand in a column.
        spans: breakdown -> places of its columns.
        overlap: breakdowns whose columns share people.
        nested: breakdown -> for each column the groups it lies in, of nested breakdowns.
        weight: of each person, or None.
        cluster: code of each person's cluster, or None.
        parts: breakdown -> the breakdowns that are nested in it.
        places: (people) the place of each person, once for all breakdowns told apart together.
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
    places: tuple[np.ndarray, ...] = ()

    @cached_property
    def sums(self) -> list[Sum]:
        """Which columns add up to which."""
        return [*map(Sum, self.spans.values()), *(one for name in self.nested
                for one in self._margins(name)), *self._within()]  # fmt: skip

    def _within(self) -> Iterator[Sum]:
        """Give the groups that are made of groups of another breakdown, as regions of branches.

        Also those that are a group of another breakdown under another name.
        """
        if len(self.spans) < 2:
            return
        there = self._meetings > 0
        met = there.T.astype(np.float32) @ there > 0
        apart = [name for name in self.spans if name not in self.overlap]
        for large, small in permutations(apart, 2):
            across, within = (np.array(self.spans[name], dtype=int) for name in (large, small))
            alone = there[:, across] & ~there[:, within].any(axis=1, keepdims=True)
            partly = {*across[alone.any(axis=0)].tolist()}
            for at in across.tolist():
                parts = within[met[at, within]]
                whole = (met[np.ix_(parts, across)].sum(axis=1) == 1).all()
                if whole and at not in partly and len(parts):
                    yield Sum(parts, at)

    @property
    def _meetings(self) -> np.ndarray:
        """(kinds of people, columns) in which columns those stand who stand in the same."""
        kind, size = self.places[0], len(self.member)
        for more in self.places[1:]:
            kind, seen = _renumbered(kind * len(self.member) + more, size * len(self.member))
            size = len(seen)
        first = np.unique(kind, return_index=True)[1]
        return self.standing(first)

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

    def crossed(self, kind: np.ndarray, kinds: int) -> list[Any]:
        """Count people by kind of answer and place, (kinds, places); with weights, also add up
        these and their squares."""
        shape = kinds, len(self.member)
        if kinds * shape[1] > _DENSE:
            given = [np.ones(len(kind)), *self.powers]
            return [sum(sparse.csr_matrix((one, (kind, at)), shape) for at in self.places)
                    for one in given]  # fmt: skip
        out = [np.zeros(kinds * shape[1], dtype) for dtype in (int, float, float)]
        narrow = np.int16 if kinds * shape[1] < np.iinfo(np.int16).max else np.intp
        for start in range(0, len(kind), _BLOCK):  # what is counted stays in the cache
            rows = slice(start, start + _BLOCK)
            first = np.multiply(kind[rows], shape[1], dtype=narrow, casting="unsafe")
            for place in self.places:
                key = np.add(first, place[rows], dtype=narrow, casting="unsafe").astype(np.intp)
                for total, weight in zip(out, (None, *self.powers), strict=False):
                    total += np.bincount(key, None if weight is None else weight[rows], len(total))
        return [total.reshape(shape) for total in out[: 1 + len(self.powers)]]

    @cached_property
    def powers(self) -> tuple[np.ndarray, ...]:
        """The weights and their squares, where there are weights."""
        return () if self.weight is None else (self.weight, self.weight**2)

    def standing(self, rows: np.ndarray) -> np.ndarray:
        """Give the columns in which people stand, (rows, columns)."""
        return sum(self.member[place[rows]] for place in self.places)

    def weighted(self, rows: np.ndarray) -> np.ndarray:
        """Give the columns in which people stand, with their weight."""
        inside = self.standing(rows)
        return inside if self.weight is None else inside * self.weight[rows, None]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Columns that are compared: those of one breakdown, each with each."""
        return [(c, d) for span in self.spans.values()
                for at, c in enumerate(span) for d in span[at + 1 :]]  # fmt: skip

    @cached_property
    def ends(self) -> np.ndarray:
        """(pairs, 2) the columns of each pair."""
        return np.array(self.pairs, dtype=int).reshape(-1, 2)

    @cached_property
    def shared(self) -> np.ndarray:
        """(places, pairs) 1 where those of a place stand on both sides of a pair."""
        out = np.zeros((len(self.member), len(self.pairs)))
        for at, (c, d) in enumerate(self.pairs):
            if self.breakdown[c] in self.overlap:
                out[:, at] = self.member[:, c] * self.member[:, d]
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
        QuestionsError: a breakdown has too many values.
        Misuse: an unknown breakdown; the nearest is named.
    """
    tables = [_Standing(np.zeros(len(asked.people), np.intp), np.ones((1, 1)))]
    breakdowns, named = [ALL], [ALL]
    spans, nested, overlap, made = {}, {}, set(), {}
    for name in dict.fromkeys(by):
        parts = _parts(asked, name)
        made[name] = tuple(parts)
        found = [_standing(asked, part) for part in parts]
        labels, one = found[0]
        inside: list[tuple[str, ...]] = [(label,) for label in labels]
        for more, other in found[1:]:
            place, left, right = _pairs(one, other)
            one = _Standing(place, (left[:, :, None] * right[:, None, :]).reshape(len(left), -1))
            inside = [(*label, further) for label in inside for further in more]
        filled = np.flatnonzero(one.member.sum(axis=0) > 0)
        if len(filled) > MOST:
            raise _too_many(asked, name, len(filled))
        start = len(named)
        spans[name] = tuple(range(start, start + len(filled)))
        _add(tables, _Standing(one.place, one.member[:, filled]))
        breakdowns += [name] * len(filled)
        nested[name] = tuple(inside[at] for at in filled)
        named += [" × ".join(each) for each in nested[name]]
        if (one.member.sum(axis=1) > 1).any():
            overlap.add(name)
    starts = np.cumsum([0, *(len(table.member) for table in tables)])
    letters = ["", *(_letter(at) for at in range(len(named) - 1))]
    return Columns(
        tuple(breakdowns),
        tuple(named),
        tuple(letters),
        linalg.block_diag(*(table.member for table in tables)),
        spans,
        frozenset(overlap),
        {name: inside for name, inside in nested.items() if len(inside[0]) > 1},
        weight,
        cluster,
        made,
        tuple(table.place + start for table, start in zip(tables, starts, strict=False)),
    )


class _Standing(NamedTuple):
    """The place of each person, and (places, columns) in which columns those of a place stand."""

    place: np.ndarray
    member: np.ndarray


def _pairs(one: _Standing, other: _Standing) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number the pairs of places that occur; give their members on either side."""
    width = len(other.member)
    place, seen = _renumbered(one.place * width + other.place, len(one.member) * width)
    return place, one.member[seen // width], other.member[seen % width]


def _add(tables: list[_Standing], more: _Standing) -> None:
    """Put columns beside the last ones, where their places together are few."""
    if len(tables[-1].member) * len(more.member) > _TOGETHER:
        tables.append(more)
        return
    place, left, right = _pairs(tables[-1], more)
    tables[-1] = _Standing(place, np.hstack([left, right]))


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
    labels, (place, member) = _standing(asked, name)
    return labels, member[place]


def _standing(asked: Questionnaire, name: str) -> tuple[list[str], _Standing]:
    """Give the groups, and in which of them each person stands."""
    if name in asked.segments:
        codes, found = pd.factorize(asked.people[name], sort=False)
        if len(found) > MOST:
            raise _too_many(asked, name, len(found))
        places = {str(each): at for at, each in enumerate(found)}
        labels = in_order(sorted(places)) or sorted(places)
        return labels, _numbered(codes, [places[label] for label in labels])
    question = asked[name]
    if question.kind == "choose all":
        one = _Standing(np.zeros(len(asked.people), np.intp), np.ones((1, 0)))
        for codes in question.codes:
            place, left, right = _pairs(one, _numbered(codes == 1, [True]))
            one = _Standing(place, np.hstack([left, right]))
        return list(question.items), one
    if len(question.items) > 1 or not question.answers or question.kind == "open":
        raise Misuse(
            f"'{name}' is a question of kind '{question.kind}' and cannot break others down; "
            "take one of one choice, or choose-all."
        )
    if len(question.answers) > MOST:
        raise _too_many(asked, name, len(question.answers))
    return list(question.answers), _numbered(question.codes[0], range(len(question.answers)))


def _numbered(codes: np.ndarray, groups: Sequence[int]) -> _Standing:
    """Number the codes that occur; each stands in the group of that code, if there is one."""
    lowest = int(codes.min(initial=0))
    place, seen = _renumbered(codes - lowest, int(codes.max(initial=0)) - lowest + 1)
    return _Standing(place, np.equal.outer(seen + lowest, groups).astype(float))


def _renumbered(codes: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Number codes below a size without gaps; give the code of each number."""
    if size > _DENSE:
        return pd.factorize(codes)
    seen = np.flatnonzero(np.bincount(codes, minlength=size))
    number = np.zeros(size, np.intp)
    number[seen] = np.arange(len(seen))
    return number[codes], seen


def _too_many(asked: Questionnaire, name: str, n: int) -> QuestionsError:
    few = [one for one in asked.segments if one != name and asked.people[one].nunique() <= MOST]
    other = f", or break down by {listing([repr(one) for one in few], 3)}" if few else ""
    return QuestionsError(
        f"The breakdown '{name}' has {n:,} values, and a table is read with at most {MOST} columns "
        f"of one breakdown. Put values together in a column of the export{other}.",
        needs=f"a breakdown of at most {MOST} values",
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


def layout_of(asked: Questionnaire, by: str | Sequence[str] | None) -> tuple[Columns, Columns]:
    """Lay out the columns, and for each everyone else of its breakdown."""
    known = [name for name in asked.segments if asked.people[name].nunique() <= MOST]
    names = known if by is None else [by] if isinstance(by, str) else list(by)
    layout = columns(asked, names, weight=weights_of(asked), cluster=clusters_of(asked))
    there = np.zeros_like(layout.member)
    for span in layout.spans.values():
        there[:, span] = (layout.member[:, span].sum(axis=1) > 0)[:, None]
    rest = {**vars(layout), "member": there - layout.member}
    return layout, Columns(**{name: rest[name] for name in Columns.__dataclass_fields__})
