"""What readers of the overview may choose: every set of answers large enough to be shown.

All combinations of chips are listed at once, for nobody keeps account of what a reader of a page
has seen. So none may be told by the others: along every line of the table (one chip changed, the
others kept) those held back are nobody or enough people, or a further one is held back with them.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from cxlab import stats
from cxlab.desk import metrics
from cxlab.explore.cube import Cube
from cxlab.results import AROUND, Absence, amount, count, dressed, listing, sentence
from cxlab.study import Study

LARGEST = 1_800_000  # characters of all combinations, in a page of at most 2 MB
MOST_VALUES, MOST_CELLS, MOST_DIMENSIONS = 40, 400_000, 6
MOST_CHECKED = 12_000_000  # sets times finest cells
TOLERANCE = 1e-6
A_CELL = 30  # characters
AT_ONCE = 900  # groups a question takes

On = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Dimension:
    """A column that readers choose by.

    Attributes:
        column: the column.
        title: how people call it.
        values: what can be chosen of it.
        codes: of each answer the place of its value; the last place is for all others.
    """

    column: str
    title: str
    values: list[str]
    codes: np.ndarray

    @property
    def size(self) -> int:
        """The places of its codes."""
        return len(self.values) + 1


@dataclass(frozen=True)
class Around:
    """The combinations that are offered, as a notebook shows them.

    Attributes:
        said: what is offered, in a sentence.
        table: all of it as plain JSON values; empty where nothing is.
    """

    said: str
    table: dict[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        shown = dressed(f'<p class="cx-base">{html.escape(self.said)}</p>')
        more = {AROUND: self.table} if self.table else {}
        return {"text/plain": self.said, "text/html": shown, **more}


def around(study: Study, *, level: float = 0.95) -> Around | Absence:
    """Count and measure every combination of chips that readers of the overview may see.

    Args:
        study: the study; of a part, nothing is offered.
        level: confidence level of each interval.

    Returns:
        The main score of each set of answers, with its interval as `metrics.score_of` gives it.
        Sets of fewer people than leadership may see are left out, and those that would tell them.
        Where no column has two groups that may be seen, an absence.
    """
    if study.only:
        return Around("Groups can be chosen on the overview of everyone.")
    cube = Cube(study)
    if isinstance(cube.score, Absence):
        return cube.score
    rows = np.flatnonzero(_counting(cube))
    smallest = study.mapping.privacy.fewest()["leadership"]
    offered = list(_dimensions(cube, rows, smallest))
    if not offered:
        why = f"No column of the answers has two groups of {count(smallest, 'person')} or more."
        return Absence(why, "a segment or a date")
    kept, shown, left = _fitting(offered, cube.people[rows], smallest)
    sets = [_measured(cube, rows, kept, on, np.flatnonzero(which), level)
            for on, which in shown.items() if which.any()]  # fmt: skip
    table = {
        "score": cube.score.name,
        "suffix": "%" if cube.score.unit == "share" else "",
        "digits": len(amount(0.0, cube.score.unit).removesuffix("%").partition(".")[2]),
        "smallest": smallest,
        "level": level,
        "dimensions": [{"title": sentence(each.title), "values": each.values,
                        "line": each.column == "period"} for each in kept],
        "sets": sets,
    }  # fmt: skip
    if not any(each["at"] for each in sets):
        return Around("No group is large enough to be chosen on the overview.")
    return Around(_said(table, left), table)


def _counting(cube: Cube) -> np.ndarray:
    counting = cube.frame[cube.score.column].notna().to_numpy()
    weight = cube.study.weight
    return counting & (cube.frame[weight] > 0).to_numpy() if weight else counting


def _said(table: dict[str, Any], left: Sequence[str]) -> str:
    n = sum(len(each["at"]) for each in table["sets"])
    titles = [each["title"] for each in table["dimensions"]]
    names = listing(titles) if titles else "nothing"
    more = f" Left out, for it would be too much: {listing(list(left))}." if left else ""
    return (
        f"The overview lets its readers choose by {names}: {count(n, 'set')} of answers of at "
        f"least {count(table['smallest'], 'person')} each.{more}"
    )


def _dimensions(cube: Cube, rows: np.ndarray, smallest: int) -> Iterator[Dimension]:
    """Give the columns that are offered, with their largest values."""
    scored = {*cube.study.scales, *cube.study.ratings, "tier", "comment"}
    for column, title in cube.columns.items():
        if column in scored:
            continue
        codes, known = cube.coded(column)
        n = np.bincount(codes[rows] + 1, minlength=len(known) + 1)[1:]
        enough = np.flatnonzero(n >= smallest)
        large = np.sort(enough[np.argsort(-n[enough], kind="stable")][:MOST_VALUES])
        if len(large) < 2:
            continue
        place = np.full(len(known) + 1, len(large))
        place[large] = np.arange(len(large))
        values = [_label(cube, known[each]) for each in large]
        yield Dimension(column, title, values, place[codes[rows]])


def _label(cube: Cube, value: Any) -> str:
    if not isinstance(value, pd.Period):
        return f"{value:g}" if isinstance(value, float) else str(value)
    end = pd.Timestamp(cube.study.mapping.as_of).tz_localize(None) + pd.Timedelta(days=1)
    return f"{value}{', not over' if value.end_time > end else ''}"


def _fitting(
    offered: Sequence[Dimension], who: np.ndarray, smallest: int
) -> tuple[list[Dimension], dict[On, np.ndarray], list[str]]:
    """Take dimension after dimension as long as all their combinations can be told."""
    kept: list[Dimension] = []
    (shown, people), left = shown_of([], who, smallest), []
    for each in offered:
        more = [*kept, each]
        cells = np.prod([one.size + 1 for one in more])
        found = None
        if cells <= MOST_CELLS and len(more) <= MOST_DIMENSIONS:
            found = shown_of(more, who, smallest)
        if found and _bearable(*found):
            kept, (shown, people) = more, found
        else:
            left.append(each.title)
    return kept, unlinked(kept, shown, people, smallest) if kept else shown, left


def _bearable(shown: dict[On, np.ndarray], people: dict[On, np.ndarray]) -> bool:
    """Say whether combinations fit a page, and can be checked against each other."""
    cells = sum(int(which.sum()) for which in shown.values())
    finest = int((people[max(people, key=len)] > 0).sum())
    return cells * A_CELL <= LARGEST and cells * finest <= MOST_CHECKED


def shown_of(
    dimensions: Sequence[Dimension], who: np.ndarray, smallest: int
) -> tuple[dict[On, np.ndarray], dict[On, np.ndarray]]:
    """Say which combinations may be shown together, line by line.

    Args:
        dimensions: what is chosen by.
        who: code of the person behind each answer.
        smallest: fewest people of a set.

    Returns:
        Places of the dimensions that are chosen -> a truth a cell, in the order of codes; and
        the people of each cell.
    """
    places = range(len(dimensions))
    sets = [on for k in range(len(places) + 1) for on in combinations(places, k)]
    most = np.sort(np.bincount(who))[-max(smallest - 1, 1) :]
    people = People(who, int(most.sum()) + 1)
    codes = {on: _joint(dimensions, on, len(who)) for on in sets}
    n = {on: people.of(codes[on], _cells(dimensions, on)) for on in sets}
    shown = {on: (n[on] >= smallest) & _chosen(dimensions, on) for on in sets}
    again = True
    while again:
        again = False
        for on in sets[:0:-1]:
            for at in range(len(on)):
                whole = on[:at] + on[at + 1 :]
                hidden = np.flatnonzero(~shown[on][codes[on]])
                held = people.of(codes[whole][hidden], len(n[whole]), hidden)
                told = (held < smallest) & ((held > 0) | ~shown[whole])
                shape = [dimensions[each].size for each in on]
                again |= _hold_one_more(shown[on].reshape(shape), n[on].reshape(shape), at, told)
    return shown, n


def unlinked(
    dimensions: Sequence[Dimension],
    shown: dict[On, np.ndarray],
    people: dict[On, np.ndarray],
    smallest: int,
) -> dict[On, np.ndarray]:
    """Take out what would tell of too few by any sums and differences of what is shown.

    A set is a sum of the finest cells. One of too few people can be worked out when it lies in
    the span of those shown; so they are admitted one by one, the largest first, as long as no
    such set comes to lie in it.

    Args:
        dimensions: what is chosen by.
        shown: what may be shown line by line, as `shown_of` gives it.
        people: the people of each cell.
        smallest: fewest people of a set.

    Returns:
        As `shown`, fewer.
    """
    full = _joint(dimensions, tuple(range(len(dimensions))), len(dimensions[0].codes))
    first = np.unique(full, return_index=True)[1]
    cells = {on: _joint(dimensions, on, len(full))[first] for on in shown}
    small = sparse.vstack([_sets(cells[on], (n > 0) & (n < smallest)) for on, n in people.items()])
    outside = np.asarray(small.sum(axis=1)).ravel()  # how far each lies from the span, squared
    span, kept = np.zeros((0, len(first))), {on: which.copy() for on, which in shown.items()}
    for on, which in shown.items():
        places = np.flatnonzero(which)
        for cell in places[np.argsort(-people[on][places], kind="stable")]:
            new = (cells[on] == cell).astype(float)
            for _ in range(2):  # once more, for the digits
                new -= span.T @ (span @ new)
            if (size := np.linalg.norm(new)) < TOLERANCE:
                continue  # it follows from what is shown
            left = outside - (small @ (new / size)) ** 2
            if (left < TOLERANCE).any():
                kept[on][cell] = False
            else:
                outside, span = left, np.vstack([span, new / size])
    return kept


def _sets(cells: np.ndarray, which: np.ndarray) -> sparse.csr_array:
    """Give the finest cells of each set marked, one row a set."""
    row = np.cumsum(which) - 1
    inside = np.flatnonzero(which[cells])
    place = (row[cells[inside]], inside)
    return sparse.csr_array((np.ones(len(inside)), place), shape=(which.sum(), len(cells)))


@dataclass(frozen=True, eq=False)
class People:
    """Counts people by cell; `sure` answers are of enough people, whoever gave them."""

    who: np.ndarray
    sure: int

    def of(self, code: np.ndarray, cells: int, rows: np.ndarray | None = None) -> np.ndarray:
        """Count the people of each cell; where answers are surely enough, these instead."""
        who = self.who if rows is None else self.who[rows]
        n = np.bincount(code, minlength=cells)
        few = (n < self.sure)[code]
        owner, _, _ = stats.pairs(code[few], who[few], cells)
        return np.where(n < self.sure, np.bincount(owner, minlength=cells), n)


def _hold_one_more(shown: np.ndarray, n: np.ndarray, at: int, told: np.ndarray) -> bool:
    """Hold back the smallest of each line whose held ones would be told; say whether any was."""
    lines = np.moveaxis(shown, at, -1)
    sizes = np.where(lines, np.moveaxis(n, at, -1), np.iinfo(np.int64).max)
    bad = (told.reshape(lines.shape[:-1]) & lines.any(axis=-1))[..., np.newaxis]
    fewest = np.arange(lines.shape[-1]) == sizes.argmin(axis=-1)[..., np.newaxis]
    lines[bad & fewest] = False
    return bool(bad.any())


def _joint(dimensions: Sequence[Dimension], on: On, n: int) -> np.ndarray:
    code = np.zeros(n, dtype=np.int64)
    for each in on:
        code = code * dimensions[each].size + dimensions[each].codes
    return code


def _cells(dimensions: Sequence[Dimension], on: On) -> int:
    return int(np.prod([dimensions[each].size for each in on], dtype=np.int64))


def _chosen(dimensions: Sequence[Dimension], on: On) -> np.ndarray:
    """Mark the cells that are of values one can choose, not of all others."""
    marked = np.ones([dimensions[each].size for each in on], dtype=bool)
    for at in range(len(on)):
        np.moveaxis(marked, at, -1)[..., -1] = False
    return marked.ravel()


def _measured(
    cube: Cube, rows: np.ndarray, dimensions: Sequence[Dimension], on: On, cells: np.ndarray,
    level: float,
) -> dict[str, Any]:  # fmt: skip
    """Ask for the score of each cell, as digits."""
    code, how = _joint(dimensions, on, len(rows)), replace(cube.how, level=level, smallest=0)
    place = np.full(_cells(dimensions, on), -1)
    place[cells] = np.arange(len(cells))
    frame, at = cube.part({}).take(rows), place[code]
    again = _answered_again(cube.who.codes[rows], at, len(cells)) if how.cluster else None
    told = [
        _asked(cube, frame, np.where(which[at] & (at >= 0), at, -1), how=one)
        for one, which in _roads(how, again, len(cells))
    ]
    found = pd.concat(told).sort_index()
    digits = {
        name[5 if name.startswith("conf") else 0]: [_digits(each, cube.score.unit) for each in row]
        for name, row in found[["estimate", "conf_low", "conf_high"]].items()
    }
    return {"on": list(on), "at": cells.tolist(), "n": found["n"].astype(int).tolist(), **digits}


def _roads(how: Any, again: np.ndarray | None, cells: int) -> list[tuple[Any, np.ndarray]]:
    """Say of which cells a customer answered more than once; the others are asked without."""
    if again is None:
        return [(how, np.ones(cells, dtype=bool))]
    return [(how, again), (replace(how, cluster=""), ~again)]


def _answered_again(who: np.ndarray, at: np.ndarray, cells: int) -> np.ndarray:
    named = (who >= 0) & (at >= 0)
    owner, _, (answers,) = stats.pairs(at[named], who[named], cells, np.ones(named.sum()))
    return np.bincount(owner[answers > 1], minlength=cells) > 0


def _asked(cube: Cube, frame: pd.DataFrame, at: np.ndarray, *, how: Any) -> pd.DataFrame:
    """Ask for the score of each place, at most so many at once."""
    cells, parts = np.unique(at[at >= 0]), []
    for start in range(0, len(cells), AT_ONCE):
        some = cells[start : start + AT_ONCE]
        inside = np.flatnonzero((at >= some[0]) & (at <= some[-1]))
        names = pd.Categorical.from_codes(np.searchsorted(some, at[inside]), some)
        part = frame.take(inside).assign(cell=names)
        told = metrics.score_of(part, score=cube.score, by="cell", how=how).frame
        parts.append(told.set_index(some[: len(told)]))
    return pd.concat(parts) if parts else pd.DataFrame()


def _digits(value: float, unit: str) -> int | None:
    """Give a number as the digits it is written with."""
    if not np.isfinite(value):
        return None
    text = amount(float(value), unit).replace("−", "-")
    return int("".join(each for each in text if each.isdigit() or each == "-"))
