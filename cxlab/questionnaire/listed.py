"""Questions with a list of answers, numbers, dates and text: their cells as codes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cxlab.codebook import DOUBT, Question, Scale
from cxlab.questionnaire import doubts
from cxlab.questionnaire.asked import NOT_ANSWERED, NOT_ASKED, Asked
from cxlab.questionnaire.cells import (
    Column,
    QuestionError,
    answers_of,
    nets_of,
    number_of,
    placed,
    same,
    silent,
)
from cxlab.questionnaire.chosen import too_many, unlabelled
from cxlab.results import count, listing


def listed(blank: Asked, question: Question, columns: Mapping[str, Column]) -> Asked:
    """Code single choice, scales, grids and ranks: every item has the same answers."""
    answers, bare = answers_of(columns.values(), question)
    codes = np.full((len(columns), blank.codes.shape[1]), NOT_ANSWERED, dtype=np.int16)
    missing: dict[str, int] = {}
    for at, column in enumerate(columns.values()):
        place, told = placed(column, question, answers, blank.name)
        missing.update({word: missing.get(word, 0) + n for word, n in told.items()})
        codes[at] = place[column.place]
    labels = next((column.labels for column in columns.values()), {})
    worth = {same(words): number_of(code) for code, words in labels.items()}
    values = [worth.get(same(a)) if same(a) in worth else number_of(a) for a in answers]
    if blank.kind == "single" and not all(number_of(a) is not None for a in answers):
        values = [None] * len(answers)  # the codes of a list of names are no quantity
    notes = [*unlabelled(_headings(columns), bare), *too_many(columns.values(), answers)]
    if blank.kind == "grid":
        notes += _differing(blank.name, columns, question)
    if blank.kind in ("grid", "scale"):
        notes += _unordered(blank.name, [a for a, v in zip(answers, values, strict=True)
                                         if v is None], len(answers))  # fmt: skip
        notes += _coded_ends(blank.name, codes, values, question, labelled=bool(labels))
    return replace(
        blank,
        items=tuple(columns),
        answers=tuple(answers),
        values=tuple(float("nan") if v is None else v for v in values),
        codes=codes,
        nets=nets_of(blank.name, question, answers, labels),
        missing=missing,
        notes=(*blank.notes, *notes),
    )


def _unordered(name: str, words: Sequence[str], every: int) -> list[str]:
    """Doubt a scale some of whose answers stand on no point of it."""
    if not words:
        return []
    if len(words) == every:
        return [f"{DOUBT}'{name}': the export gives its answers no order, so there are no means "
                "and no top two. List them in order under 'codes'."]  # fmt: skip
    shown = listing([f"'{word}'" for word in words])
    return [f"{DOUBT}'{name}': {shown} {'is' if len(words) == 1 else 'are'} no point of its scale, "
            "so there is no top two. Say under 'missing' that it is no answer, or list all in "
            "order under 'codes'."]  # fmt: skip


def unsettled(name: str, given: np.ndarray, scale: Scale, word: str) -> list[str]:
    """Doubt an end of a scale that may stand for no answer, where people gave it.

    Args:
        name: of the question.
        given: the numbers that were answered.
        scale: how the study file, or the export, has them run.
        word: what to write, with places for the scale that is left and the codes.
    """
    odd = [end for end in scale.unsettled() if (given == end).any()]
    if not odd:
        return []
    told = listing([f"{end:g} ({count(int((given == end).sum()), 'time')})" for end in odd])
    left = f"{max(scale.low, 1):g}..{scale.high - (scale.high in odd):g}"
    say = word.format(left, ", ".join(f"{end:g}" for end in odd))
    are = "is" if len(odd) == 1 else "are"
    return [
        f"{DOUBT}'{name}': {told} {are} {doubts.COUNTED} {scale}. If that means "
        f"'no answer', write {say}; if not, missing: []."
    ]


def _coded_ends(
    name: str,
    codes: np.ndarray,
    values: Sequence[float | None],
    question: Question,
    *,
    labelled: bool,
) -> list[str]:
    worth = [value for value in values if value is not None]
    if labelled or "missing" in question.model_fields_set or len(worth) < max(len(values), 3):
        return []
    scale = Scale(low=min(worth), high=max(worth))
    return unsettled(name, np.array([*worth, np.nan, np.nan])[codes], scale, "missing: [{1}]")


def numbers(blank: Asked, question: Question, columns: Mapping[str, Column]) -> Asked:
    """Code numbers: the number itself, and the class it falls into where there are bins."""
    people = blank.codes.shape[1]
    given = np.full((len(columns), people), np.nan)
    codes = np.full((len(columns), people), NOT_ANSWERED, dtype=np.int16)
    missing: dict[str, int] = {}
    bins = list(question.bins)
    notes = []
    for at, column in enumerate(columns.values()):
        place, told = placed(column, question, [], blank.name)
        missing.update({word: missing.get(word, 0) + n for word, n in told.items()})
        read = [_read(blank.name, column, word) if place[i] == -3 else np.nan
                for i, word in enumerate(column.words)]  # fmt: skip
        given[at] = np.array([*read, np.nan])[column.place]
        codes[at] = np.where(np.isnan(given[at]), np.where(place[column.place] == NOT_ASKED,
                             NOT_ASKED, NOT_ANSWERED), 0)  # fmt: skip
    if bins:
        below = (given < bins[0]).any()
        edges = [-np.inf, *bins] if below else bins
        there = codes >= 0
        codes[there] = np.searchsorted(edges, given[there], side="right") - 1
        answers = tuple(_class(edges, at, given) for at in range(len(edges)))
    else:
        answers = ()
    if blank.kind == "sum":
        notes += _uneven(blank.name, given)
    return replace(blank, items=tuple(columns), answers=answers, codes=codes, numbers=given,
                   values=(float("nan"),) * len(answers), missing=missing,
                   nets=nets_of(blank.name, question, answers, {}),
                   notes=(*blank.notes, *notes))  # fmt: skip


def dates(blank: Asked, question: Question, column: Column) -> Asked:
    """Code days by month, or by what the study file says."""
    place, missing = placed(column, question, [], blank.name)
    told = [word if place[at] == -3 else None for at, word in enumerate(column.words)]
    moments = _moments(blank.name, column, told)
    periods = moments.dt.to_period(question.by[0].upper() if question.by != "day" else "D")
    found, answers = pd.factorize(periods, sort=True)
    codes = np.append(np.where(found >= 0, found, place[:-1]), NOT_ANSWERED)[column.place]
    shown = tuple(str(each) for each in answers)
    return replace(blank, items=("",), answers=shown, values=(float("nan"),) * len(shown),
                   codes=codes[None].astype(np.int16), missing=missing,
                   nets=nets_of(blank.name, question, shown, {}))  # fmt: skip


def texts(blank: Asked, question: Question, column: Column) -> Asked:
    """Count who wrote something; what they wrote stays where it is."""
    place, missing = placed(column, question, [], blank.name)
    codes = np.where(place == -3, 0, place)[column.place]
    return replace(blank, items=("",), answers=("wrote something",), values=(float("nan"),),
                   codes=codes[None].astype(np.int16), missing=missing)  # fmt: skip


def _headings(columns: Mapping[str, Column]) -> str:
    first = next(iter(columns.values())).heading
    return first if len(columns) == 1 else f"{first} and {len(columns) - 1} more"


def _differing(name: str, columns: Mapping[str, Column], question: Question) -> list[str]:
    """Doubt a grid whose items were not asked on one scale."""
    ends: dict[tuple[float, float], list[str]] = {}
    labelled: dict[tuple, list[str]] = {}
    for item, column in columns.items():
        gone = silent(column, question) | {same(each) for each in question.not_asked}
        words = [word for word in column.words if same(word) not in gone]
        told = [value for word in words if (value := number_of(word)) is not None]
        if told and len(told) == len(words):
            ends.setdefault((min(told), max(told)), []).append(item)
        if column.labels:
            labelled.setdefault(tuple(column.labels.items()), []).append(item)
    if len(labelled) > 1:
        odd = min(labelled.values(), key=len)
        has = "has" if len(odd) == 1 else "have"
        return [f"{DOUBT}'{name}': {listing(odd)} {has} other labels than the other items; ask "
                "apart what is on another scale."]  # fmt: skip
    widest = max((high - low for low, high in ends), default=0)
    odd = [i for (low, high), some in ends.items() if widest > 2 * (high - low) > 0 for i in some]
    if not odd:
        return []
    low, high = next(key for key, some in ends.items() if odd[0] in some)
    return [
        f"{DOUBT}'{name}': {listing(odd)} {'was' if len(odd) == 1 else 'were'} answered from "
        f"{low:g} to {high:g} only, other items on a scale {widest + 1:g} points long. If its "
        "scale is another, make it a question of its own."
    ]


def _uneven(name: str, given: np.ndarray) -> list[str]:
    some = ~np.isnan(given).all(axis=0)
    totals = pd.Series(np.nansum(given[:, some], axis=0)).round(6)
    if totals.empty:
        return []
    usual = totals.mode().iloc[0]
    odd = int((totals != usual).sum())
    return (
        [f"'{name}': {count(odd, 'person')} gave parts that do not add up to {usual:g}; they count "
         "as they stand."]
        if odd
        else []
    )  # fmt: skip


def _read(name: str, column: Column, word: str) -> float:
    text = re.sub(r"[\s£$€%']", "", word)
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise QuestionError(
            f"questions.{name}: '{word}' in the column '{column.heading}' is no number. Name it "
            "under 'missing' if it means no answer, or write 'kind: single'.",
            column=column.heading,
        ) from None


def _class(edges: Sequence[float], at: int, given: np.ndarray) -> str:
    low, high = edges[at], edges[at + 1] if at + 1 < len(edges) else np.inf
    whole = bool((np.nan_to_num(given) % 1 == 0).all()) and float(high).is_integer()
    if low == -np.inf:
        return f"below {high:g}"
    if high == np.inf:
        return f"{low:g} and more"
    return f"{low:g} to {high - 1:g}" if whole else f"{low:g} to below {high:g}"


def _moments(name: str, column: Column, told: Sequence[str | None]) -> pd.Series:
    """Read days; an order of day and month that the column leaves open is refused."""
    text = pd.Series(told, dtype="str")
    for form in ("ISO8601", "%d.%m.%Y"):
        try:
            return pd.to_datetime(text, format=form)
        except ValueError:
            continue
    ways = []
    for form in ("%d/%m/%Y", "%m/%d/%Y"):
        try:
            ways.append(pd.to_datetime(text, format=form))
        except ValueError:
            continue
    if len(ways) == 1:
        return ways[0]
    shown = next(word for word in told if word)
    why = "can be read as day and month or the other way round" if ways else "is no day"
    raise QuestionError(
        f"questions.{name}: '{shown}' in the column '{column.heading}' {why}. Write days like "
        "2025-01-31, or name the column 'kind: single'.",
        column=column.heading,
    )
