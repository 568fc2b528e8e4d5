"""Choose-all-that-apply: a column an item, a cell of several answers, or a set of categories."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from cxlab.codebook import DOUBT, Question
from cxlab.questionnaire import doubts
from cxlab.questionnaire.asked import NOT_ANSWERED, NOT_ASKED
from cxlab.questionnaire.cells import (
    LARGEST,
    Column,
    QuestionError,
    answers_of,
    heard_of,
    number_of,
    placed,
    same,
    silent,
)
from cxlab.questionnaire.kinds import MARKS, NO, YES, separator
from cxlab.results import count, listing

_NONE = re.compile(
    r"none of (?:these|the above|them)|no(?:ne|thing)|keine? (?:der|davon|von).*|nichts(?: davon)?|"
    r"aucun.*|ningun[oa].*", re.IGNORECASE)  # fmt: skip

Coded = tuple[tuple[str, ...], np.ndarray, dict[str, int], tuple[str, ...]]


def from_columns(
    name: str, question: Question, columns: Mapping[str, Column], counted: str | None = None
) -> Coded:
    """Code columns of yes and no.

    Args:
        name: of the question.
        question: what the study file says.
        columns: item -> its column.
        counted: the cell that means 'chosen', as an SPSS set says it.

    Returns:
        Items, codes, words for no answer with their people, notes. Who has an empty row chose
        nothing that can be told: it is `NOT_ANSWERED`, unless a cell of the row says 'no'.
    """
    people = len(next(iter(columns.values())).place)
    codes = np.zeros((len(columns), people), dtype=np.int8)
    saw = np.zeros(people, bool)
    unasked = np.ones(people, bool)
    missing: dict[str, int] = {}
    notes: list[str] = []
    for at, (item, column) in enumerate(columns.items()):
        chosen, said = _chosen(name, question, item, column, counted)
        notes += said
        silence, told = placed(column, question, [], name)
        missing.update({word: missing.get(word, 0) + n for word, n in told.items()})
        cell = np.append(chosen, False)[column.place]
        codes[at] = cell
        answered = np.append(silence[:-1] == -3, False)[column.place]
        saw |= answered
        unasked &= np.append(silence[:-1] == NOT_ASKED, False)[column.place]
        if not cell.any():
            notes.append(f"'{column.heading}': nobody chose '{item}'.")
    codes[:, ~saw] = 0 if question.none == "empty" else NOT_ANSWERED
    codes[:, unasked] = NOT_ASKED
    notes += [*too_many(columns.values(), [*columns]),
              *_contradicted(name, question, columns, codes)]  # fmt: skip
    return tuple(columns), codes, missing, tuple(notes)


def named_by_cells(question: Question, columns: Mapping[str, Column]) -> dict[str, Column]:
    """Name an item that the export names by its heading alone after the words in its cells."""
    named: dict[str, Column] = {}
    for item, column in columns.items():
        heard = heard_of(column, question).words
        words = {same(word): word for word in heard if same(word) not in YES | NO}
        own = next(iter(words.values())) if len(words) == 1 else ""
        bare = item == column.heading == column.wording and own and not column.labels
        tells = bare and not (same(own) in YES | NO or _coded(own))
        named[own if tells and own not in {*named, *columns} else item] = column
    return named


def from_cell(name: str, question: Question, column: Column) -> Coded:
    """Code a column whose cells hold several answers."""
    mark = question.split or separator(column) or next(
        (m for m in MARKS if any(m in word for word in column.words)), ";"
    )  # fmt: skip
    mark = mark if mark == "\n" else mark.strip() or mark
    pieces = [[p.strip() for p in word.split(mark) if p.strip()] for word in column.words]
    flat = [piece for some in pieces for piece in some]
    counts = np.bincount(column.place[column.place >= 0], minlength=len(column.words))
    weights = np.repeat(counts, [len(some) for some in pieces])
    words = list(dict.fromkeys(flat))
    at = {word: place for place, word in enumerate(words)}
    n = np.bincount([at[p] for p in flat], weights=weights, minlength=len(words)).astype(int)
    each = Column(column.heading, column.wording, np.repeat(np.arange(len(words)), n),
                  tuple(words), column.labels, column.missing)  # fmt: skip
    answers, bare = answers_of([each], question)
    place, missing = placed(each, question, answers, name)
    table = np.zeros((len(column.words) + 1, len(answers)), dtype=np.int8)
    state = np.zeros(len(column.words) + 1, dtype=np.int8)
    state[-1] = 0 if question.none == "empty" else NOT_ANSWERED
    twice = 0
    for row, some in enumerate(pieces):
        found = [int(place[at[piece]]) for piece in some]
        if found and max(found) < 0:
            state[row] = NOT_ASKED if NOT_ASKED in found else NOT_ANSWERED
        hit = [where for where in found if where >= 0]
        twice += int(counts[row]) if len(hit) > len(set(hit)) else 0
        table[row, hit] = 1
    codes = np.where(state < 0, state, table.T)[:, column.place]
    notes = []
    if twice:
        notes.append(
            f"'{column.heading}': {count(twice, 'cell')} hold the same answer twice; it counts "
            "once."
        )
    notes += [*unlabelled(column.heading, bare), *too_many([column], answers)]
    return tuple(answers), codes, missing, (*notes, *_contradicted(name, question, answers, codes))


def from_categories(name: str, question: Question, columns: Mapping[str, Column]) -> Coded:
    """Code a set of columns each of which holds one of the answers that were chosen."""
    answers, bare = answers_of(columns.values(), question)
    people = len(next(iter(columns.values())).place)
    codes = np.zeros((len(answers), people), dtype=np.int8)
    saw, twice, unasked = (np.zeros(people, bool) for _ in range(3))
    missing: dict[str, int] = {}
    for column in columns.values():
        place, told = placed(column, question, answers, name)
        missing.update({word: missing.get(word, 0) + n for word, n in told.items()})
        where = place[column.place]
        hit = np.flatnonzero(where >= 0)
        twice[hit] |= codes[where[hit], hit] > 0
        codes[where[hit], hit] = 1
        saw[hit] = True
        unasked |= where == NOT_ASKED
    codes[:, ~saw] = 0 if question.none == "empty" else NOT_ANSWERED
    codes[:, ~saw & unasked] = NOT_ASKED
    notes = [*unlabelled(name, bare), *too_many(columns.values(), answers)]
    if twice.any():
        notes.append(f"'{name}': {count(int(twice.sum()), 'person')} gave the same answer in two "
                     "columns; it counts once.")  # fmt: skip
    return tuple(answers), codes, missing, (*notes, *_lone_zero(name, question, answers, codes))


def _lone_zero(name: str, question: Question, answers: Sequence[str], codes: np.ndarray):
    if "0" not in answers or question.none or len(answers) < 3:
        return []
    zero = codes[answers.index("0")] > 0
    alone = zero.any() and ((codes > 0).sum(axis=0)[zero] == 1).all()
    return [doubts.lone_zero(name, int(zero.sum()))] if alone else []


def says_none(question: Question, item: str) -> bool:
    """Say whether an item means 'none of these': the one declared, or one that reads so."""
    if question.none:
        return same(item) == same(question.none)
    return bool(_NONE.fullmatch(item.strip(" .!")))


def unlabelled(heading: str, codes: Sequence[str]) -> list[str]:
    """Say which codes have no label where others of the column have one."""
    if not codes:
        return []
    listed = listing([f"'{code}'" for code in codes])
    one = len(codes) == 1
    return [
        f"'{heading}': {listed} {'has' if one else 'have'} no label, and {'is' if one else 'are'} "
        "shown as it stands. Say under 'codes' what it means, or under 'missing' that it is no "
        "answer."
    ]


def too_many(columns: Iterable[Column], answers: Sequence[str]) -> list[str]:
    """Say of a list of answers that nobody can read it, and what to do."""
    if len(answers) <= LARGEST:
        return []
    first, *more = columns
    of = f"'{first.heading}'" + (f" and {count(len(more), 'more column')}" if more else "")
    return [
        f"{of}: {len(answers):,} different answers, too many to read; put them together under "
        "'nets', or write 'kind: open' if they are texts. The table holds all of them."
    ]


def _chosen(
    name: str, question: Question, item: str, column: Column, counted: str | None
) -> tuple[np.ndarray, list[str]]:
    """Say which distinct cells of an item mean 'chosen'."""
    gone = silent(column, question) | {same(each) for each in question.not_asked}
    cells = [same(word) for word in column.words]
    labels = {same(code): same(words) for code, words in column.labels.items()}
    marked = {same(each) for each in question.counted}
    if counted is not None and not marked:
        marked = {same(counted), *([labels[same(counted)]] if same(counted) in labels else [])}
    if marked:
        return np.array([cell in marked or labels.get(cell) in marked for cell in cells], bool), []
    told = {labels.get(cell, cell) for cell in cells if cell not in gone}
    if told <= YES | NO:
        return np.array([labels.get(cell, cell) in YES for cell in cells], bool), []
    left = told - NO
    own = {same(item), same(column.heading)}
    if len(left) == 1 or (left & own and left <= own | YES | {c for c in left if _coded(c)}):
        notes = []
        if len(left) > 1:
            shown = listing([f"'{word}'" for word in column.words])
            notes.append(
                f"{DOUBT}'{column.heading}' holds {shown}, codes beside labels; all count as "
                f"'{item}' chosen. Say under 'counted' which do."
            )
        said = left | {cell for cell in cells if labels.get(cell) in left}
        return np.array([cell in said for cell in cells], bool), notes
    shown = listing([f"'{word}'" for word in column.words], 6)
    raise QuestionError(
        f"questions.{name}: an item of choose-all is chosen or not, and the column "
        f"'{column.heading}' holds {count(len(column.words), 'different answer')}: {shown}. Say "
        "under 'counted' which of them mean chosen, or write 'kind: grid'.",
        column=column.heading,
    )


def _coded(cell: str) -> bool:
    return number_of(cell) is not None


def _contradicted(
    name: str, question: Question, items: Mapping[str, Column] | Sequence[str], codes: np.ndarray
) -> list[str]:
    """Say how many chose 'none of these' together with something."""
    none = [at for at, item in enumerate(items) if says_none(question, item)]
    if not none or len(codes) < 2:
        return []
    others = np.delete(codes, none[0], axis=0)
    both = int(((codes[none[0]] == 1) & (others == 1).any(axis=0)).sum())
    if not both:
        return []
    item = [*items][none[0]]
    return [
        f"'{name}': {count(both, 'person')} chose '{item}' together with something else; both "
        "count."
    ]
