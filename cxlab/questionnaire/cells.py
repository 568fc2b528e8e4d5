"""The cells of one question's columns: which are words, which codes, which say nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import ASKED, Question, Refusal, did_you_mean, fitting, in_order

LARGEST = 60  # answers beyond which a question says that nobody can read its table


class QuestionError(Refusal):
    """A question cannot be tabulated as it is declared."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column as it was answered.

    Attributes:
        heading: its name in the export.
        wording: the question that stands over it.
        place: for each person the place of the cell in `words`; -1 where it is empty.
        words: the distinct cells.
        labels: code -> words, as the export or the study file says.
        missing: codes that the export declares as no answer.
    """

    heading: str
    wording: str
    place: np.ndarray
    words: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def columns_of(
    name: str, question: Question, frame: pd.DataFrame, printed: Mapping[str, Mapping[str, Any]]
) -> dict[str, Column]:
    """Find the columns of a question, items by the name they are shown under.

    Args:
        name: its name.
        question: what the study file says.
        frame: cells under `asked:heading`.
        printed: file -> what it says of them.
    """
    if question.column:
        return {"": column(question.column, question, frame, printed)}
    if question.set:
        asked = question.set.lstrip("$").casefold()
        sets = [said for file in printed.values() for said in file["sets"].items()]
        headings = next(said["members"] for key, said in sets if key.casefold() == asked)
        found = [(f"{at}\x1f", heading) for at, heading in enumerate(headings)]
    else:
        found = [
            (item if len(several) == 1 else f"{item}{at}\x1f", heading)
            for item, given in question.columns.items()
            for several in [_fitting(given, frame)]
            for at, heading in enumerate(several)
        ]
    read = [(item, column(heading, question, frame, printed)) for item, heading in found]
    told = items([each.wording for _, each in read])
    out: dict[str, Column] = {}
    for (item, each), (_, label) in zip(read, told, strict=True):
        shown = (label if item.endswith("\x1f") else item) or each.heading
        if shown in out:
            raise QuestionError(
                f"questions.{name}: the item '{shown}' stands twice, in the columns "
                f"'{out[shown].heading}' and '{each.heading}'. Leave one out, or give each a name "
                "under 'columns'.",
                column=each.heading,
            )
        out[shown] = each
    return out


def column(
    heading: str,
    question: Question,
    frame: pd.DataFrame,
    printed: Mapping[str, Mapping[str, Any]],
) -> Column:
    """Take one column as it was answered."""
    key = ASKED + heading
    cells = frame[key]
    held = cells.cat if isinstance(cells.dtype, pd.CategoricalDtype) else None
    if held is None:
        place, words = pd.factorize(cells)
    else:
        place, words = held.codes.to_numpy(), held.categories
    labels: dict[str, str] = {}
    missing: list[str] = []
    wording = heading
    for said in printed.values():
        labels.update(said["labels"].get(key, {}))
        missing += said["missing"].get(key, [])
        wording = said["wording"].get(key, wording)
    labels = {**question.codes, **{k: v for k, v in labels.items() if k not in question.codes}}
    used = np.bincount(place[place >= 0], minlength=len(words)) > 0
    kept = np.flatnonzero(used)
    back = np.full(len(words) + 1, -1, dtype=np.int32)
    back[kept] = np.arange(len(kept))
    shown = tuple(map(str, pd.Index(words).take(kept).tolist()))
    return Column(heading, wording, back[place], shown, labels, tuple(missing))


def items(wordings: Sequence[str]) -> list[tuple[str, str]]:
    """Cut wordings into the question they share and the item each asks about.

    Example:
        >>> items(["Rate us. - Price", "Rate us. - Speed"])
        [('Rate us.', 'Price'), ('Rate us.', 'Speed')]
    """
    if len(wordings) < 2:
        return [("", each) for each in wordings]
    wordings = [_CODED.sub("", each) for each in wordings]
    shared = _shared(wordings)
    cuts = [mark for mark in _CUTS if mark in shared]
    cuts = cuts[:1] if cuts[:1] == [" - "] else cuts
    ends = max((shared.rfind(mark) + len(mark) for mark in cuts), default=0)
    question, last = shared[:ends], "]" if shared[:ends].endswith("[") else ""
    return [(_bare(question), _bare(each[ends:].removesuffix(last))) for each in wordings]


_CODED = re.compile(r"^\w+\[\w+\]\s*\.\s*(?=\S)")  # LimeSurvey: Q5[SQ001]. How was … [Price]
_CUTS = (" - ", "[", ": ", "? ", ". ", "| ")


def _shared(wordings: Sequence[str]) -> str:
    first, last = min(wordings), max(wordings)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return first[:same]


def _bare(text: str) -> str:
    text = re.sub(r"^\s*(?:Selected Choice\s*)?-?\s*", "", text)
    return re.sub(r"\s*(?:-\s*Selected Choice)?\s*[-:\[|]?\s*$", "", text).strip()


def same(text: str) -> str:
    """Fold what makes no difference between two answers: case and blanks."""
    return " ".join(text.split()).casefold()


def placed(
    column: Column, question: Question, answers: Sequence[str], name: str
) -> tuple[np.ndarray, dict[str, int]]:
    """Say for each distinct cell of a column which answer it is.

    Returns:
        Place of the answer, -1 for no answer, -2 for not asked, -3 for a cell that is no answer
        of the list; and the words for no answer with the people who gave them.
    """
    where = {same(answer): at for at, answer in enumerate(answers)}
    by_code = {same(code): same(words) for code, words in column.labels.items()}
    gone = silent(column, question)
    unasked = {same(each) for each in question.not_asked}
    out = np.full(len(column.words) + 1, -1, dtype=np.int32)
    counts = np.bincount(column.place[column.place >= 0], minlength=len(column.words))
    missing: dict[str, int] = {}
    for at, word in enumerate(column.words):
        key = same(word)
        if key in unasked:
            out[at] = -2
        elif key in gone or by_code.get(key, key) in gone:
            label = column.labels.get(word, word)
            missing[label] = missing.get(label, 0) + int(counts[at])
        else:
            out[at] = where.get(by_code.get(key, key), where.get(key, -3))
    return out, missing


def silent(column: Column, question: Question) -> set[str]:
    """Name the cells that mean no answer, folded: declared here or in the export."""
    listed = [*question.missing, *column.missing]
    return {same(each) for each in listed} | {
        same(column.labels[each]) for each in listed if each in column.labels
    }


def heard_of(column: Column, question: Question) -> Column:
    """Leave out of a column the cells that say nothing."""
    gone = silent(column, question) | {same(each) for each in question.not_asked}
    kept = [at for at, word in enumerate(column.words) if same(word) not in gone]
    back = np.full(len(column.words) + 1, -1, dtype=np.int32)
    back[kept] = np.arange(len(kept))
    words = tuple(column.words[at] for at in kept)
    return replace(column, place=back[column.place], words=words)


def answers_of(columns: Iterable[Column], question: Question) -> tuple[list[str], list[str]]:
    """List what could be answered, in order: labelled codes first, then what else stands there.

    Where codes with and without a label are numbers, all stand in the order of the numbers.

    Returns:
        The answers, and the codes that have no label where most others have one.
    """
    columns = list(columns)
    labels: dict[str, str] = {}
    skip = {same(each) for each in question.not_asked}
    for each in columns:
        labels.update({code: words for code, words in each.labels.items() if code not in labels})
        skip |= silent(each, question)
    kept = {code: words for code, words in labels.items() if not {same(code), same(words)} & skip}
    extra = _unlisted(columns, skip | {same(word) for each in labels.items() for word in each})
    told = [(number_of(code), words) for code, words in kept.items()]
    more = [(number_of(word), word) for word in extra]
    if extra and kept and all(place is not None for place, _ in (*told, *more)):
        answers = [word for _, word in sorted((place or 0.0, word) for place, word in told + more)]
    else:
        answers = [*kept.values(), *extra]
    return list(dict.fromkeys(answers)), extra if len(kept) > len(extra) else []


def _unlisted(columns: Sequence[Column], known: set[str]) -> list[str]:
    """List the cells that no label stands for, in order."""
    counts: dict[str, int] = {}
    shown: dict[str, str] = {}
    for each in columns:
        n = np.bincount(each.place[each.place >= 0], minlength=len(each.words))
        for word, times in zip(each.words, n, strict=True):
            if same(word) not in known:
                counts[same(word)] = counts.get(same(word), 0) + int(times)
                shown.setdefault(same(word), word)
    return _in_order(shown, counts)


def _in_order(shown: Mapping[str, str], counts: Mapping[str, int]) -> list[str]:
    """Put answers in the order they have of their own, else the commonest first."""
    told = in_order([shown[key] for key in sorted(shown)])
    return told or [shown[key] for key in sorted(shown, key=lambda key: (-counts[key], key))]


def number_of(text: str) -> float | None:
    """Read the number of an answer: `4`, `4 - Very good`, `-1.5`."""
    found = re.fullmatch(r"\s*(-?\d+(?:[.,]\d+)?)(?:\s*(?:[-–—:=.)]\s*)?[^\d\s].*)?\s*", text)
    return float(found[1].replace(",", ".")) if found else None


def nets_of(
    name: str, question: Question, answers: Sequence[str], labels: Mapping[str, str]
) -> dict[str, tuple[int, ...]]:
    """Find the places of what is counted together.

    Raises:
        QuestionError: a net names an answer that there is not.
    """
    where = {same(answer): at for at, answer in enumerate(answers)}
    where |= {same(c): where[same(w)] for c, w in labels.items() if same(w) in where}
    for at, answer in enumerate(answers):  # a bare number may stand for '4 - Very good'
        if (told := number_of(answer)) is not None:
            where.setdefault(f"{told:g}", at)
    out = {}
    for net, members in question.nets.items():
        absent = [each for each in members if same(each) not in where]
        if absent:
            near = did_you_mean(absent[0], [*answers, *labels])
            raise QuestionError(
                f"questions.{name}.nets.{net}: nobody could answer '{absent[0]}'.{near} "
                f"The answers are {', '.join(repr(a) for a in answers[:8])}."
            )
        out[net] = tuple(sorted({where[same(each)] for each in members}))
    return out


def _fitting(heading: str, frame: pd.DataFrame) -> list[str]:
    names = [str(n).removeprefix(ASKED) for n in frame if str(n).startswith(ASKED)]
    return fitting(heading, names) or [heading]
