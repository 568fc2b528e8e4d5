"""Which rows are the header? Vendor layouts, recognised by what they contain."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_USUAL = {
    "qualtrics": {
        "response_id": "ResponseId",
        "status": "Status",
        "finished": "Finished",
        "progress": "Progress",
        "duration_s": "Duration (in seconds)",
    }
}
_ANSWER_WORDS = {"response", "open-ended response"}


@dataclass(frozen=True)
class Header:
    """The header of an export.

    Attributes:
        layout: `plain`, `qualtrics` or `surveymonkey`.
        rows: how many rows it takes, counted from the first row given.
        names: one distinct name a column.
        wording: the question behind each column, or its name.
        zones: the zone each column's times are written in, or nothing.
        usual: columns every export of this layout has, mapped without being asked for,
            because previews and partials must not pass as answers.
    """

    layout: str
    rows: int
    names: tuple[str, ...]
    wording: tuple[str, ...]
    zones: tuple[str, ...] = ()

    @property
    def usual(self) -> dict[str, str]:
        return _USUAL.get(self.layout, {})


def recognise(rows: Sequence[Sequence[str]]) -> Header:
    """Tell the header from its first rows.

    Args:
        rows: the first few rows of the export, as text.

    Returns:
        The header; `plain` with one row when nothing else fits.
    """
    first = [cell.strip() for cell in rows[0]]
    for at in (2, 1):
        if len(rows) > at and any('"ImportId"' in cell for cell in rows[at]):
            names, wording = _distinct(first), tuple(_wording(rows[:at]))
            return Header("qualtrics", at + 1, names, wording, tuple(map(_zone, rows[at])))
    if len(rows) > 1 and _is_wording_row(first, rows[1]):
        return Header("qualtrics", 2, _distinct(first), tuple(_wording(rows[:2])))
    if len(rows) > 1 and _is_option_row(first, rows[1]):
        names = _distinct(_with_options(first, rows[1]))
        return Header("surveymonkey", 2, names, names)
    names = _distinct(first)
    return Header("plain", 1, names, names)


def _is_wording_row(names: list[str], row: Sequence[str]) -> bool:
    known = {"ResponseId": "Response ID", "StartDate": "Start Date", "EndDate": "End Date"}
    cells = dict(zip(names, row, strict=False))
    return any(cells.get(name, "").strip() == words for name, words in known.items())


def _is_option_row(names: list[str], row: Sequence[str]) -> bool:
    words = [cell.strip().lower() for cell in row]
    merged = any(not name for name in names)
    return merged and not words[0] and any(word in _ANSWER_WORDS for word in words)


def _with_options(questions: list[str], options: Sequence[str]) -> list[str]:
    names, asked = [], ""
    for question, option in zip(questions, options, strict=False):
        asked = question or asked
        option = option.strip()
        plain = not option or option.lower() in _ANSWER_WORDS
        names.append(asked if plain else f"{asked} - {option}")
    return names


def _wording(rows: Sequence[Sequence[str]]) -> list[str]:
    return [" ".join(cell.split()) for cell in rows[-1]]


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    out = []
    for place, name in enumerate(names, start=1):
        name = " ".join(name.split()) or f"column {place}"
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(out)


def _zone(import_id: str) -> str:
    found = re.search(r'"timeZone"\s*:\s*"([A-Za-z_+\-/0-9]+)"', import_id)
    return found[1] if found else ""
