"""Which answers do these chips choose, and which chips can be chosen?"""

from dataclasses import dataclass
from typing import Any

from cxlab.explore.cube import TIERS, Chips, Cube, several
from cxlab.results import count, listing
from cxlab.study import Study

OFFERED = 30  # values of a column that are offered at once; the others are found by typing


@dataclass(frozen=True)
class Choice:
    """A column one can choose by.

    Attributes:
        column: the word a chip begins with.
        title: how people call it.
        values: value and number of answers, those that may be shown.
        note: what is not offered, and why; empty if all is.
    """

    column: str
    title: str
    values: tuple[tuple[str, int], ...]
    note: str = ""


def chosen(study: Study, **chips: Any) -> Study:
    """Restrict a study to the answers that chips choose.

    Args:
        study: the whole study, or a part of it.
        chips: column = value, or a list of values of which one must hold. Columns are segments,
            `channel`, `touchpoint`, `language`, scores, ratings, `period` (`2025Q3`, `2025-09`),
            `tier` (`detractor`, `passive`, `promoter`) and `comment` (a word it contains).

    Returns:
        A study of these answers, every other table as it was.

    Raises:
        Misuse: there is no such column, or no such value.
    """
    return kept(Cube(study), chips) if chips else study


def kept(cube: Cube, chips: Chips) -> Study:
    """Give the study of the answers that chips choose."""
    if not chips:
        return cube.study
    words = {name: listing([str(each) for each in several(wanted)], len(TIERS))
             for name, wanted in chips.items()}  # fmt: skip
    return cube.study.keeping(cube.rows(chips), **words)


def choices(cube: Cube, *, smallest: int) -> tuple[Choice, ...]:
    """List what can be chosen: columns of two values or more, and how many gave each.

    Args:
        cube: the answers.
        smallest: fewest answers of a value that is offered.
    """
    named = {name: title for name, title in cube.columns.items() if name != "comment"}
    listed = (_choice(cube, name, title, smallest) for name, title in named.items())
    return tuple(each for each in listed if len(each.values) > 1 or "further" in each.note)


def _choice(cube: Cube, column: str, title: str, smallest: int) -> Choice:
    counts = cube.counts(column).sort_values(ascending=False, kind="stable")
    large = counts[counts >= smallest]
    some = large.iloc[:OFFERED].sort_index()
    said = []
    if small := len(counts) - len(large):
        said.append(
            f"{count(small, 'value')} of fewer than {count(smallest, 'answer')} not offered"
        )
    if more := len(large) - len(some):
        said.append(f"{more} further values: type one to find it")
    values = tuple((_text(value), int(n)) for value, n in some.items())
    return Choice(column, title, values, "; ".join(said))


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
