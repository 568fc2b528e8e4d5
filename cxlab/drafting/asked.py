"""Questions that are neither score nor rating: choose-all, grids, ranks, sets of an SPSS file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlab.codebook import ASKED, Question, Refusal, fitting
from cxlab.drafting.lexicon import PERSONAL
from cxlab.drafting.profiles import Profile, folded, stem_of, telling
from cxlab.drafting.profiles import joined as named
from cxlab.questionnaire import coded
from cxlab.questionnaire.build import SEEN
from cxlab.questionnaire.cells import LARGEST, Column
from cxlab.questionnaire.kinds import of_columns, separator
from cxlab.results import brief

if TYPE_CHECKING:
    from cxlab.drafting.guesses import Guess

_ANSWERS = 12  # most different answers of a grid
_FEWEST = 2  # columns of one question
_WORDS = 4  # of a name
_CODE = r"(?i)(zip|post|code|gate|id|nr|no|number|flight|date)$"  # numbers that are names
FURTHER_DATE = "a further date"
# a moment that the survey tool or the firm's own system notes, which nobody was asked for
_LOGGED = (
    r"start|begin|beginn|\bends?\b|ended|finish|complet|submit|creat|record|updat|modif|chang|"
    r"\bsent\b|invit|remind|opened|click|import|upload|stamp|sync|seen|log ?in|erstellt|geander|"
    r"gestart|abgeschlossen|absend|date de (?:debut|fin)|fecha de (?:inicio|fin)"
)
_PERIODS = (
    (31, "day"),
    (1100, "month"),
    (4000, "quarter"),
    (10**6, "year"),
)  # at most so many days
# what was written for 'other, please specify'
_WRITTEN = r"(?i)_text$|\[other\]|_other$| - other \(please specify\)$"


def questions(made: Guess) -> None:
    """Find the questions of several columns, and take their columns from what is left.

    Args:
        made: a table of answers whose scores and ratings are found.
    """
    empty = [c for c in made.found if c.kind == "empty" and not re.search(_WRITTEN, c.name)]
    free = {*map(id, made.left()), *map(id, empty)}
    left = {column.name: column for column in made.found if id(column) in free}
    for label, headings in _sets(made):
        if all(heading in left for heading in headings):
            _declare(made, label, {"set": label}, [left.pop(each) for each in headings])
    groups: dict[str, list[Profile]] = {}
    for column in left.values():
        if stem := stem_of(column) or _numbered(column):
            groups.setdefault(stem, []).append(column)
    for stem, several in groups.items():
        written = [column for column in several if re.search(_WRITTEN, column.name)]
        items = [column for column in several if column not in written]
        columns = [column for column in items if column.kind != "empty"]
        if len(columns) >= _FEWEST and (kind := _kind(made, columns)):
            columns = items if kind == "choose all" else columns  # nobody chose one: that is told
            said: dict[str, Any] = {"columns": _headings(made, columns)}
            said |= {"kind": kind} if kind != "choose all" else {}
            said |= {"other": written[0].name} if len(written) == 1 else {}
            _declare(made, stem, said, columns + written[: "other" in said])


def in_order(made: Guess, columns: Sequence[Profile]) -> bool:
    """Say whether the numbers of columns are places of a ranking, or parts of one sum."""
    read = {column.name: _column(made, column) for column in columns}
    return len(columns) > _FEWEST and of_columns(read) in ("rank", "sum")


def of_several(made: Guess, column: Profile) -> bool:
    """Say whether the cells of a column hold several answers of a list."""
    return bool(separator(_column(made, column)))


def joined(made: Guess) -> None:
    """Find cells that hold several answers of a list, and questions of one choice.

    Args:
        made: a table of answers, when all its columns have a place or a reason to have none.
    """
    held = {id(column) for part in (made.columns, made.ratings) for column in part.values()}
    for column in made.found:
        if id(column) in held or column.kind not in ("text", "category"):
            continue
        if re.search(PERSONAL, column.called) or len(column.counts) < _FEWEST:
            continue
        if mark := separator(_column(made, column)):
            said = {"column": column.name, "kind": "choose all", "split": mark}
            _declare(made, column.name, said, [column])
    for key, column in (*made.segments.items(), *made.attributes.items()):
        if (
            column.kind in ("category", "flag", "scale")
            and _FEWEST <= len(column.counts) <= LARGEST
        ):
            asked = made.said.setdefault("questions", {})
            if all(column.name != said.get("column") for said in asked.values()):
                own = key in made.segments and key not in asked
                name = key if own else _free(asked, column.name)
                asked[name] = {"column": column.name, **_beside(made, column)}
    for column in made.attributes.values():
        if column.kind == "number" and not re.search(_CODE, column.name):
            _number(made, column)
    for column in made.found:
        if made.unused.get(column.name) == FURTHER_DATE and not re.search(_LOGGED, column.said):
            _date(made, column)
    if asked := made.said.get("questions"):
        made.said["questions"] = dict(sorted(asked.items(), key=lambda one: _place(made, one[1])))


def _number(made: Guess, column: Profile) -> None:
    """Write an amount down as a question, in classes of about as many people each."""
    words = [word for word in column.counts.index.tolist() if word in column.numbers]
    given = np.repeat([column.numbers[word] for word in words], column.counts[words])
    edges = {float(f"{each:.2g}") for each in np.quantile(given, (0.2, 0.4, 0.6, 0.8))}
    bins = [int(each) if each.is_integer() else each for each in sorted(edges)]
    said: dict[str, Any] = {"column": column.name, "kind": "number"}
    said |= {"bins": bins} if len(bins) > 1 else {}
    if not _written_down(made, column, said):
        return
    if len(column.counts) <= LARGEST and all(each.is_integer() for each in map(float, given[:9])):
        made.doubt(
            f"'{column.name}': its {len(column.counts)} different whole numbers are taken for "
            "amounts and have a mean; if they are codes, write 'kind: single' and no bins.",
            0.02,
            "questions",
        )


def _date(made: Guess, column: Profile) -> None:
    """Write a day that people named down as a question, in periods that can be read."""
    told = column.moments
    days = 0 if told is None else (told.max() - told.min()).days
    by = next(word for most, word in _PERIODS if days <= most)
    said: dict[str, Any] = {"column": column.name, "kind": "date"}
    said |= {"by": by} if by != "month" else {}
    if not _written_down(made, column, said):
        return
    made.unused.pop(column.name)
    made.asked.append(column)


def _written_down(made: Guess, column: Profile, said: dict[str, Any]) -> bool:
    """Write a question down, if its column can be coded so."""
    frame = pd.DataFrame({ASKED + column.name: _heard(made, column).replace("", None)})
    try:
        coded(frame, {"q": Question(**said)})
    except Refusal:
        return False
    asked = made.said.setdefault("questions", {})
    asked[_free(asked, column.name)] = said
    return True


def _beside(made: Guess, column: Profile) -> dict[str, str]:
    """Name the column of what was written beside a question of one choice."""
    words = [one for one in made.found if one.name.startswith(f"{column.name} - ")]
    words = [one for one in words if re.search(_WRITTEN, one.name) and one.kind != "empty"]
    for one in words[:1]:
        made.unused.pop(one.name, None)
        made.asked.append(one)
    return {"other": words[0].name} if words else {}


def _place(made: Guess, said: dict[str, Any]) -> int:
    """Give the place of a question in the export: who was asked is told by earlier answers."""
    first = said.get("column") or next(iter(said.get("columns", ())), "")
    names = [column.name for column in made.found]
    return names.index(fitting(first, names)[0]) if fitting(first, names) else len(names)


def _sets(made: Guess) -> Iterator[tuple[str, list[str]]]:
    """Give the multiple-response sets of an SPSS file."""
    for grid in made.files.grids[:1]:
        for name, said in (getattr(grid.header, "sets", None) or {}).items():
            yield name, list(said["members"])


def _kind(made: Guess, columns: Sequence[Profile]) -> str:
    """Tell the kind of a question with these columns; empty where they are no one question."""
    if any(column.kind in ("text", "email", "time") for column in columns):
        return ""
    read = {column.name: _column(made, column) for column in columns}
    kind = of_columns(read)
    if kind in ("", "rank", "sum"):
        return kind
    words = {folded(word) for column in read.values() for word in column.words}
    if kind == "choose all":
        return kind if len(words) > 1 or len(columns) > _FEWEST else ""
    alike = 1 < len(words) <= _ANSWERS and all(c.kind in ("category", "scale") for c in columns)
    alike = alike and all(2 * len(column.words) >= len(words) for column in read.values())
    return kind if kind == "grid" and alike else ""


def _column(made: Guess, column: Profile) -> Column:
    if column.name not in made.read:
        cells = _heard(made, column)
        place, words = pd.factorize(cells.where(cells != ""))
        made.read[column.name] = Column(column.name, column.wording, place,
                                        tuple(map(str, words)), column.labels or {},
                                        column.codes)  # fmt: skip
    return made.read[column.name]


def _heard(made: Guess, column: Profile) -> pd.Series:
    """Give the cells of a column; what its vendor writes for 'not answered' is empty."""
    header = made.files.grids[0].header
    lime = any("[" in name and name.endswith("]") for name in header.names)
    silent = {SEEN} if header.layout == "qualtrics" else {"N/A"} if lime else set()
    cells = made.raw(column)
    return cells.mask(cells.isin(silent), "") if silent else cells


def _numbered(column: Profile) -> str:
    """Give what stands before the number of an item: `own` of `own_SQ001`, `use` of `use_3`."""
    found = re.fullmatch(r"([A-Za-z]\w*?)[_.]?(?:SQ)?\d+", column.name)
    return folded(found[1]) if found else ""


def _headings(made: Guess, columns: Sequence[Profile]) -> list[str]:
    """Write the headings, or a pattern that names these alone."""
    names = [column.name for column in columns]
    start = names[0]
    while start and not all(name.startswith(start) for name in names):
        start = start[:-1]
    pattern = f"{start}*"
    every = [column.name for column in made.found]
    exact = len(start) > 1 and "*" not in start and fitting(pattern, every) == names
    return [pattern] if exact else names


def _declare(made: Guess, name: str, said: dict[str, Any], columns: Sequence[Profile]) -> None:
    """Write a question down if it can be tabulated as it stands."""
    frame = pd.DataFrame({ASKED + c.name: _heard(made, c).replace("", None) for c in columns})
    try:
        told = coded(frame, {name: Question(**said)}) if "set" not in said else ()
    except Refusal:
        return
    asked = made.said.setdefault("questions", {})
    asked[_free(asked, name)] = said
    made.asked += columns
    for column in columns:
        made.unused.pop(column.name, None)
    kind = told[0].kind if told else "choose all"
    names = [f"'{brief(c.name, 90)}'" for c in columns[:3]]
    made.doubt(
        f"{', '.join(names)}{' …' if len(columns) > 3 else ''} taken "
        f"for one question of kind '{kind}'.",
        0.02,
        "questions",
    )


def _free(asked: Mapping[str, Any], name: str) -> str:
    """Make a short name of a question, the first words that tell something, that no other has."""
    words = telling(name.lstrip("$"), most=_WORDS) or ["question"]
    tries = [named(words[:k]) for k in range(min(_WORDS, len(words)), len(words) + 1)]
    numbered = (f"{tries[0]}_{k}" for k in range(2, len(asked) + 3))
    return next(key for key in (*tries, *numbered) if key not in asked)
