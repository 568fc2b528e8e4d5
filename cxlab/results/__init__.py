"""What is an answer? A tidy frame, a sentence, a method, a base; and what of it is shown."""

import html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

import pandas as pd

from cxlab.codebook import RESULT_WORDS, headings, label
from cxlab.results.absence import ABSENCE, Absence, Misuse, Unanswerable, absent
from cxlab.results.dress import dressed
from cxlab.results.quoted import Quoted, quote, quoted
from cxlab.results.suppression import (
    ALL,
    crossed,
    hidden,
    keep_back,
    known_people,
    people_behind,
    shown,
    speechless,
    suppress,
    tellable,
)
from cxlab.results.words import (
    RATIOS,
    amount,
    brief,
    count,
    currency_of,
    in_unit,
    listing,
    may_equal,
    money,
    money_in,
    number,
    or_others,
    percent,
    probability,
    sentence,
    span,
    whole,
)

__all__ = [
    "ABSENCE",
    "ALL",
    "AROUND",
    "MIME",
    "RATIOS",
    "SHOWN_ROWS",
    "Absence",
    "Answer",
    "Misuse",
    "Note",
    "Quoted",
    "Result",
    "ResultError",
    "Unanswerable",
    "absent",
    "amount",
    "answer",
    "as_html",
    "brief",
    "cell",
    "count",
    "crossed",
    "currency_of",
    "decimals",
    "dressed",
    "either",
    "first",
    "hidden",
    "in_unit",
    "keep_back",
    "listing",
    "may_equal",
    "measures",
    "money",
    "money_in",
    "note",
    "number",
    "or_others",
    "people_behind",
    "percent",
    "probability",
    "quote",
    "quoted",
    "says_nothing",
    "sentence",
    "shown",
    "span",
    "speechless",
    "suppress",
    "table",
    "tellable",
    "whole",
]

MIME = "application/vnd.cxlab.result+json"
AROUND = "application/vnd.cxlab.around+json"  # what readers of an overview may choose
SHOWN_ROWS = 40
OPEN_ROWS, OPEN_COLUMNS = 6, 6  # a larger table opens on request
ESTIMATES = ("estimate", "std_error", "conf_low", "conf_high")
# written as an estimate is: columns that stand beside it in its own unit
_ALIKE = (*ESTIMATES, "std_error_plain", "before", "after", "raw", "limit_low", "limit_high",
          "felt", "felt_low", "felt_high")  # fmt: skip
_PARTS = ("share", "share_rest", "cumulative", "of_money", "r2", "lost", "quality", "p_first",
          "p_top3", "p_bottom3")  # fmt: skip


class ResultError(ValueError):
    """A result breaks the shape every result has."""


@dataclass(frozen=True, eq=False)
class Result:
    """One answer: what was found, how, and for whom.

    Attributes:
        name: short name of the question, such as `nps` or `driver importance`.
        frame: tidy; keys are columns, plain index, columns from the closed list
            `codebook.RESULT_WORDS`; what was not computed is missing.
        headline: one sentence computed from the frame.
        method: how it was computed, with its source.
        base: who is counted, when, with which weight.
        notes: what the reader must know, a sentence each.
        unit: what `estimate` is measured in: `points`, `share`, `of 5`, `money`, or nothing.

    Raises:
        ResultError: an unknown column, an index that carries meaning, a headline that is
            empty or not one line, or one that quotes a number that could not be computed.
    """

    name: str
    frame: pd.DataFrame
    headline: str
    method: str
    base: str
    notes: tuple[str, ...] = field(default=())
    unit: str = ""

    def __post_init__(self) -> None:
        unknown = [name for name in self.frame.columns if name not in RESULT_WORDS]
        if unknown:
            raise ResultError(f"'{self.name}': {unknown} are not in codebook.RESULT_WORDS.")
        if not isinstance(self.frame.index, pd.RangeIndex):
            object.__setattr__(self, "frame", self.frame.reset_index(drop=True))
        if not self.headline.strip() or "\n" in self.headline:
            raise ResultError(f"'{self.name}': the headline must be one line of text.")
        if _no_number(self.headline, self.name, self.frame):
            raise ResultError(f"'{self.name}': the headline quotes no number: {self.headline}")

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain JSON values, missing numbers as null."""
        return {
            "name": self.name,
            "headline": self.headline,
            "method": self.method,
            "base": self.base,
            "notes": list(self.notes),
            "unit": self.unit,
            "frame": {
                "columns": list(self.frame.columns),
                "rows": [[_plain(cell) for cell in row] for row in self.frame.to_numpy(object)],
            },
        }

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> "Result":
        """Rebuild a result from `to_dict`."""
        frame = pd.DataFrame(given["frame"]["rows"], columns=given["frame"]["columns"])
        empty = [name for name in frame if frame[name].isna().all()]
        if empty:
            frame = frame.astype(dict.fromkeys(empty, float))  # a number nobody has is one yet
        words = {key: given[key] for key in ("name", "headline", "method", "base", "unit")}
        return cls(frame=frame, notes=tuple(given["notes"]), **words)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        told = shown(self)
        shown_as = dressed(as_html(told))
        return {"text/plain": repr(told), "text/html": shown_as, MIME: _with_people(told)}

    def __repr__(self) -> str:
        told = shown(self)
        return f"{told.headline}\n\n{told.frame.head(SHOWN_ROWS).to_string()}\n\n{told.base}"


def _with_people(told: Result) -> dict[str, Any]:
    """Give a result as JSON, with the people of each row where its answers are of fewer."""
    people = known_people(told.frame)
    return told.to_dict() | ({"people": people} if people else {})


def _no_number(headline: str, name: str, frame: pd.DataFrame) -> bool:
    """Say whether a sentence quotes what is no number, and no word of it or of the data either."""
    bare = re.sub(r"(?<!\w)'[^']*'(?!\w)", "", headline)
    bare = re.sub(r"(?:^|(?<=[.:;!?] ))None(?= [a-z])", "", bare)  # a sentence may begin with it
    odd = set(re.findall(r"\b(nan|inf|NaT|None)\b", bare))
    if not odd:
        return False
    texts = {
        value for column in frame for value in frame[column].unique() if isinstance(value, str)
    }
    said = " ".join({name, *texts}).replace("_", " ").casefold()
    return not {word.casefold() for word in odd} <= set(re.findall(r"\w+", said))


@dataclass(frozen=True, eq=False)
class Answer:
    """The first screen of a report: one sentence and at most three numbers.

    Attributes:
        results: the first one's headline is the sentence; each with one row is a number.
    """

    results: tuple[Result, ...]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        told = [shown(result) for result in self.results]
        said = [_with_people(result) for result in told]
        shown_as = dressed(self._html(told))
        return {"text/plain": told[0].headline, "text/html": shown_as, MIME: said}

    def _html(self, told: list[Result]) -> str:
        tiles = "".join(_tile(result) for result in told[:3] if len(result.frame) == 1)
        tiles = f'<ul class="cx-tiles">{tiles}</ul>' if tiles else ""
        return (
            f'<section class="cx-answer"><h3>{html.escape(told[0].headline)}</h3>{tiles}'
            f'<p class="cx-base">{html.escape(told[0].base)}</p></section>'
        )


def answer(*results: Result | Absence) -> Answer | Absence:
    """Put the answer first: the headline of the first result and up to three numbers.

    Args:
        *results: the answer, then what stands beside it; what is absent is passed over.

    Returns:
        The answer; where all are absent, the first absence.
    """
    there = tuple(result for result in results if isinstance(result, Result))
    return Answer(there) if there else results[0]  # type: ignore[return-value]


def either(*answers: Any) -> Any:
    """Give the first answer that is there; where none is, the first absence.

    Example:
        >>> either(Absence("No orders."), "kept").upper()
        'KEPT'
    """
    return next((each for each in answers if not isinstance(each, Absence)), answers[0])


@dataclass(frozen=True)
class Note:
    """A sentence for the reader that is no result."""

    text: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        return {"text/plain": self.text, "text/html": f"<p>{html.escape(self.text)}</p>"}


def first(result: Result, *, rows: int = 10) -> Result:
    """Keep the first lines of a long answer, and say how many there were."""
    if isinstance(result, Absence) or len(result.frame) <= rows:
        return result
    more = f"The first {rows} of {count(len(result.frame), 'line')}."
    return replace(result, frame=result.frame.head(rows), notes=(more, *result.notes))


def note(text: str | Result | Absence) -> Note | Absence:
    """Say a sentence: one computed that is no result, or that of a result without its table."""
    if isinstance(text, Absence):
        return text
    return Note(shown(text).headline if isinstance(text, Result) else text)


def _tile(result: Result) -> str:
    row = result.frame.iloc[0]
    if pd.isna(row.get("estimate")) or says_nothing(row, result.unit):
        return ""
    interval = span(row["conf_low"], row["conf_high"], result.unit)
    shown = in_unit(row["estimate"], result.unit, result.base)
    return (
        f"<li><strong>{html.escape(shown)}</strong>"
        f"<span>{html.escape(label(result.name))}</span>"
        f"<span>{html.escape(interval)}</span></li>"
    )


def says_nothing(row: Mapping[str, Any], unit: str) -> bool:
    """Say whether a share is nobody or everybody without any doubt: no number for a tile.

    Example:
        >>> says_nothing({"estimate": 1.0, "conf_low": 1.0, "conf_high": 1.0}, "share")
        True
    """
    words = {amount(row[key], unit) for key in ("estimate", "conf_low", "conf_high")
             if row.get(key) is not None}  # fmt: skip
    return unit == "share" and len(words) == 1 and words <= {"0.0%", "100.0%"}


# ---------------------------------------------------------------- the one table renderer


def as_html(result: Result) -> str:
    """Render a result as inert HTML: headline, table (folded where it is large), base, notes."""
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in result.notes)
    notes = f'<ul class="cx-notes">{notes}</ul>' if notes else ""
    written = table(result.frame, result.unit)
    rows, columns = result.frame.dropna(axis="columns", how="all").shape
    tests = "p_value" in result.frame  # for who asks how it was found
    if rows > OPEN_ROWS or columns > OPEN_COLUMNS or tests:
        told = count(len(result.frame), "line")
        written = f"<details><summary>The numbers, {told}</summary>{written}</details>"
    return (
        f'<section class="cx-result"><h3>{html.escape(result.headline)}</h3>'
        f"{written}"
        f'<p class="cx-base">{html.escape(result.base)}</p>'
        f"{notes}</section>"
    )


def table(frame: pd.DataFrame, unit: str = "", *, rows: int = SHOWN_ROWS) -> str:
    """Render a frame as an HTML table; every cell is escaped text.

    Args:
        frame: a tidy frame; columns that are wholly missing are left out.
        unit: the unit of `estimate` and its interval.
        rows: how many rows are shown; the rest is counted below.

    Returns:
        One `<table>`, with a line below when rows were left out.
    """
    shown = frame.head(rows).dropna(axis="columns", how="all")
    words = headings(shown.columns, unit)
    sides = {c: _side(shown[c]) for c in shown.columns}
    head = "".join(f"<th{sides[c]}>{html.escape(words[c])}</th>" for c in shown.columns)
    digits, units = decimals(shown, unit), measures(shown, unit)
    # among shares of answers, their mean is none
    means = shown["part"].eq("mean") if "part" in shown else pd.Series(False, shown.index)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{sides[c]}>{html.escape(cell(c, v, of.get(c, ''), digits=digits.get(c)))}</td>"
            for c, v in zip(shown.columns, row, strict=True)
        )
        + "</tr>"
        for row, of in zip(
            shown.itertuples(index=False, name=None),
            ({} if mean else units for mean in means),
            strict=True,
        )
    )
    left = len(frame) - len(shown)
    more = f'<p class="cx-base">and {count(left, "more row")}</p>' if left > 0 else ""
    return (
        '<div class="cx-scroll" tabindex="0" role="group" aria-label="table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"
    )


def decimals(frame: pd.DataFrame, unit: str) -> dict[str, int]:
    """Give the decimals of each column, so that one column is not written in two ways."""
    columns = {c: frame[c].dropna() for c in frame if pd.api.types.is_numeric_dtype(frame[c])}
    out = {c: 0 if (rows % 1 == 0).all() or abs(rows).median() >= 1000 else 2
           for c, rows in columns.items() if rows.dtype != bool}  # fmt: skip
    told = [abs(columns[c]) for c in ESTIMATES if c in columns]
    few = any((rows < 10).any() for rows in told)
    return {**out, **({} if unit else dict.fromkeys(ESTIMATES, 2 if few else 1))}


def measures(frame: pd.DataFrame, unit: str) -> dict[str, str]:
    """Say in which unit each column is written, so that one table has one form for one thing.

    Example:
        >>> measures(pd.DataFrame({"estimate": [0.2], "before": [0.1], "n": [9]}), "of 5")
        {'estimate': 'of 5', 'before': 'of 5'}
    """
    out = {c: "share" if c in _PARTS else unit for c in frame if c in (*_ALIKE, *_PARTS)}
    if "expected" in frame:
        # beside shares either one of them or a number of people; beside customers, a risk
        share = unit == "share" or "customer" in frame
        few = share and pd.to_numeric(frame["expected"], errors="coerce").max() <= 1
        out["expected"] = "share" if few else "" if share else unit
    if {"value", "n_needed"} <= set(frame):  # a change worth seeing
        out["value"] = unit
    return out


# columns whose texts are names of ours or of the study, which a reader meets as words
NAMED = ("table", "column", "reason", "term", "against", "group", "question")


def cell(column: str, value: Any, unit: str = "", *, digits: int | None = None) -> str:
    """Write one cell of a result's frame as text for reading.

    Args:
        column: its column.
        value: what it holds.
        unit: the unit of this column, as `measures` says.
        digits: decimals, where the unit and the column do not say; by the value if not given.
    """
    if _lacks(value) or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if not isinstance(value, Real):
        return label(str(value)) if column in NAMED else str(value)
    value = float(value)
    if column in ("p_value", "p_adjusted", "p_rest"):
        return probability(value)
    if column == "level":
        return percent(value)
    if column in ("n", "n_effective", "rank", "line"):
        return number(value, 0)
    if unit or column in _PARTS:
        return amount(value, unit or "share")
    if column in ESTIMATES:
        return number(value, digits if digits is not None else 1 if abs(value) >= 10 else 2)
    return number(value, digits if digits is not None else 0 if value.is_integer() else 2)


def _side(column: pd.Series) -> str:
    return ' class="cx-number"' if pd.api.types.is_numeric_dtype(column) else ""


def _lacks(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA


def _plain(value: Any) -> Any:
    if _lacks(value) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp | pd.Period):
        return str(value)
    return value.item() if hasattr(value, "item") else value
