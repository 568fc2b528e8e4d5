"""From the cells of an export to the questions of a study."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import ASKED, Question, Scale
from cxlab.questionnaire import chosen, listed
from cxlab.questionnaire.asked import IN_WORDS, NOT_ANSWERED, NOT_ASKED, Asked
from cxlab.questionnaire.cells import (
    Column,
    QuestionError,
    columns_of,
    heard_of,
    items,
    nets_of,
    same,
)
from cxlab.questionnaire.kinds import mentioned, of_column, of_columns
from cxlab.questionnaire.written import with_written
from cxlab.results import count

__all__ = ["QuestionError", "coded", "of_scores"]

SEEN = "-99"  # Qualtrics' code for a question that was seen and not answered


def coded(
    frame: pd.DataFrame,
    questions: Mapping[str, Question],
    printed: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Asked, ...]:
    """Code the answers to the questions that a study file declares.

    Args:
        frame: a row a person; cells under `asked:heading`, as cleaning leaves them.
        questions: name -> what the study file says.
        printed: file -> what it says of these columns (`ingest.Raw.printed`).

    Returns:
        The questions, in order; texts of 'other, please specify' as questions of their own.

    Raises:
        QuestionError: names the question, the column, and what to do.
    """
    printed = printed or {"": {"labels": {}, "missing": {}, "wording": {}, "sets": {}}}
    out: list[Asked] = []
    for name, question in questions.items():
        out.append(_one(name, question, frame, printed))
        if question.other:
            words = Question(column=question.other, kind="open", missing=question.missing)
            out.append(_one(f"{name}{IN_WORDS}", words, frame, printed))
    return tuple(out)


def of_scores(
    frame: pd.DataFrame,
    scales: Mapping[str, Scale],
    wording: Mapping[str, str],
    batteries: Mapping[str, Sequence[str]],
) -> tuple[Asked, ...]:
    """Give scores and ratings as questions: those of a battery, or all ratings, as a grid.

    Args:
        frame: numbers, one column a score.
        scales: score or rating -> its scale.
        wording: column -> the question in the export.
        batteries: name -> ratings that were asked together, on one scale.
    """
    in_grid = {name: grid for grid, members in batteries.items() for name in members}
    out, made = [], set()
    for name, scale in scales.items():
        grid = in_grid.get(name, "")
        if not grid:
            out.append(_scored(name, {"": name}, scale, frame, wording))
        elif grid not in made:
            made.add(grid)
            members = [each for each in batteries[grid] if each in scales]
            out.append(_scored(grid, {each: each for each in members}, scale, frame, wording))
    return tuple(out)


def _one(
    name: str,
    question: Question,
    frame: pd.DataFrame,
    printed: Mapping[str, Mapping[str, Any]],
) -> Asked:
    columns = columns_of(name, question, frame, printed)
    question, notes = _seen(question, columns, printed)
    kind = question.kind or _kind(question, columns)
    if question.other:
        text = columns_of(name, Question(column=question.other), frame, printed)[""]
        columns = with_written(columns, question, kind, text)
    blank = Asked(
        name=name,
        kind=kind,
        text=question.text or _text(name, question, columns, printed),
        items=("",),
        answers=(),
        values=(),
        codes=np.full((1, len(frame)), NOT_ANSWERED, dtype=np.int16),
        notes=(*notes, *_reworded(columns, printed)),
    )
    first = next(iter(columns.values()))
    if kind == "choose all":
        found = _choose_all(name, question, columns, printed)
        return _with_blanks(blank, question, columns, found)
    if kind in ("number", "sum"):
        done = listed.numbers(blank, question, columns)
    elif kind == "date":
        done = listed.dates(blank, question, first)
    elif kind == "open":
        done = listed.texts(blank, question, first)
    else:
        done = listed.listed(blank, question, columns)
    return _put_apart(done, question, columns)


def _kind(question: Question, columns: Mapping[str, Column]) -> str:
    if question.set or question.split:
        return "choose all"
    heard = {item: heard_of(column, question) for item, column in columns.items()}
    return of_columns(heard) if question.columns else of_column(next(iter(heard.values())))


def _choose_all(
    name: str,
    question: Question,
    columns: Mapping[str, Column],
    printed: Mapping[str, Mapping[str, Any]],
) -> chosen.Coded:
    if question.column:
        return chosen.from_cell(name, question, columns[""])
    if not question.set:
        heard = [heard_of(column, question) for column in columns.values()]
        if not question.counted and mentioned(heard):
            return chosen.from_categories(name, question, columns)
        return chosen.from_columns(name, question, chosen.named_by_cells(question, columns))
    asked = question.set.lstrip("$").casefold()
    said = next(s for file in printed.values() for k, s in file["sets"].items()
                if k.casefold() == asked)  # fmt: skip
    if said["counted"] is None:
        return chosen.from_categories(name, question, columns)
    return chosen.from_columns(name, question, columns, said["counted"])


def _with_blanks(
    blank: Asked, question: Question, columns: Mapping[str, Column], found: chosen.Coded
) -> Asked:
    told, codes, missing, notes = found
    if not told:
        raise QuestionError(
            f"questions.{blank.name}: nobody answered it; the column "
            f"'{next(iter(columns.values())).heading}' is empty. Leave the question out.",
            column=next(iter(columns.values())).heading,
        )
    labels = {k: v for column in columns.values() for k, v in column.labels.items()}
    named = chosen.named_by_cells(question, columns)
    labels |= {column.heading: item for item, column in named.items()}
    labels = {k: v for k, v in labels.items() if same(v) in {same(item) for item in told}}
    done = replace(blank, items=told, codes=codes, missing=missing, notes=(*blank.notes, *notes),
                   nets=nets_of(blank.name, question, told, labels))  # fmt: skip
    return _put_apart(done, question, columns)


def _put_apart(asked: Asked, question: Question, columns: Mapping[str, Column]) -> Asked:
    """Take empty rows for not asked where the export marks who was asked and did not answer."""
    if "\x00blank" not in question.not_asked:
        return asked
    empty = np.vstack([column.place for column in columns.values()]) < 0
    if len(empty) != len(asked.codes):
        empty = np.repeat(empty.all(axis=0, keepdims=True), len(asked.codes), axis=0)
    codes = np.where(empty & (asked.codes == NOT_ANSWERED), NOT_ASKED, asked.codes)
    return replace(asked, codes=codes.astype(asked.codes.dtype))


def _seen(
    question: Question, columns: Mapping[str, Column], printed: Mapping[str, Mapping[str, Any]]
) -> tuple[Question, list[str]]:
    """Read what the vendor writes for 'seen, not answered' and for 'not asked'."""
    layouts = {said.get("layout", "") for said in printed.values()}
    words = {word for column in columns.values() for word in column.words}
    blanks = any((column.place < 0).any() for column in columns.values())
    heading = next(iter(columns.values())).heading
    if "qualtrics" in layouts and SEEN in words and SEEN not in question.codes:
        marked = {"missing": (*question.missing, SEEN)}
        if blanks:
            marked["not_asked"] = (*question.not_asked, "\x00blank")
        note = f"'{heading}': {SEEN} is seen and not answered; an empty cell is not asked."
        return question.model_copy(update=marked), [note]
    lime = any("[" in n and n.endswith("]") for s in printed.values()
               for n in s.get("names", {}).values())  # fmt: skip
    if lime and "N/A" in words and "N/A" not in (*question.codes, *question.missing):
        note = f"'{heading}': N/A is not asked, as LimeSurvey writes it."
        return question.model_copy(update={"not_asked": (*question.not_asked, "N/A")}), [note]
    return question, []


def _text(
    name: str,
    question: Question,
    columns: Mapping[str, Column],
    printed: Mapping[str, Mapping[str, Any]],
) -> str:
    """Give the wording of the export: of several columns, what they share."""
    if question.set:
        asked = question.set.lstrip("$").casefold()
        sets = [said for file in printed.values() for said in file["sets"].items()]
        if label := next((s["label"] for k, s in sets if k.casefold() == asked and s["label"]), ""):
            return label
    wordings = [column.wording for column in columns.values()]
    if len(wordings) == 1:
        return wordings[0].removesuffix(" - Selected Choice").strip() or name
    return items(wordings)[0][0] or name


def _reworded(columns: Mapping[str, Column], printed: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Say where one file words or labels a column otherwise than another."""
    notes = []
    for column in columns.values():
        key = ASKED + column.heading
        for what, word in (("wording", "is asked"), ("labels", "is labelled")):
            told = {file: said[what][key] for file, said in printed.items() if key in said[what]}
            first = next(iter(told.items()), ("", None))
            other = next(((f, w) for f, w in told.items() if w != first[1]), None)
            if other:
                notes.append(
                    f"'{column.heading}' {word} differently in {other[0]} than in {first[0]}: "
                    f"{_short(other[1])}, not {_short(first[1])}."
                )
    return notes


def _short(told: Any) -> str:
    text = told if isinstance(told, str) else ", ".join(f"{k} = {v}" for k, v in told.items())
    return f"'{text[:120]}'"


def _scored(
    name: str,
    members: Mapping[str, str],
    scale: Scale,
    frame: pd.DataFrame,
    wording: Mapping[str, str],
) -> Asked:
    given = np.stack([frame[each].to_numpy(dtype=float, na_value=np.nan)
                      for each in members.values()])  # fmt: skip
    points = np.arange(scale.low, scale.high + 1)
    told = [wording.get(each, each) for each in members.values()]
    labels = {value: words for words, value in scale.labels.items()}
    shared = items(told) if len(told) > 1 else [(told[0], "")]
    text = shared[0][0] or (told[0] if len(told) == 1 else name)
    shown = [label or each for each, (_, label) in zip(members, shared, strict=True)] \
        if len(told) > 1 else [""]  # fmt: skip
    whole = len(points) <= 11 and bool((np.nan_to_num(given) % 1 == 0).all())
    codes = np.where(
        np.isnan(given), NOT_ANSWERED, np.nan_to_num(given) - scale.low if whole else 0
    )
    notes = [] if whole else [f"'{name}': {count(len(points), 'point')}; its mean is shown."]
    notes += listed.unsettled(name, given, scale, "{{range: {}, missing: [{}]}} under 'scales'")
    return Asked(
        name=name,
        kind=("scale" if len(members) == 1 else "grid") if whole else "number",
        text=text,
        items=tuple(shown) if len(set(shown)) == len(shown) else tuple(members),
        answers=tuple(labels.get(p, f"{p:g}") for p in points) if whole else (),
        values=tuple(map(float, points)) if whole else (),
        codes=codes.astype(np.int16),
        numbers=None if whole else given,
        notes=tuple(notes),
        better=scale.better,
    )
