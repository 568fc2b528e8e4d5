"""Which rows are the header? Vendor layouts, recognised by what they contain."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cxlab.codebook import UNSEEN

_USUAL = {
    "qualtrics": {
        "response_id": ("ResponseId", "ResponseID"),
        "status": ("Status",),
        "finished": ("Finished",),
        "progress": ("Progress",),
        "duration_s": ("Duration (in seconds)",),
    }
}
_BARE_WORDS = {"response", "open-ended response"}  # stand for the question itself
_ANSWER_WORDS = {*_BARE_WORDS, "other (please specify)"}
_QUALTRICS = {"ResponseId", "ResponseID"}


@dataclass(frozen=True)
class Header:
    """The header of an export.

    Attributes:
        layout: `plain`, `qualtrics`, `surveymonkey`, `google forms`, `typeform` or
            `merged` (groups of columns under a shared heading).
        rows: how many rows it takes, counted from the first row given.
        names: one distinct name a column.
        wording: the question behind each column, or its name.
        zones: the zone each column's times are written in, or nothing.
        usual: columns every export of this layout has, mapped without being asked for,
            because previews and partials must not pass as answers.
        sets: name -> columns that the file itself says are one question.
    """

    layout: str
    rows: int
    names: tuple[str, ...]
    wording: tuple[str, ...]
    zones: tuple[str, ...] = ()
    sets: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def usual(self) -> dict[str, str]:
        """Give column of ours -> name in this export, for what the layout always has."""
        known = _USUAL.get(self.layout, {})
        return {ours: name for ours, may in known.items() for name in may if name in self.names}

    @property
    def repeated(self) -> set[str]:
        """Give the names that several columns bear: the first keeps it, the next gets a number."""
        names = set(self.names)
        return {name for name in names if f"{name} (2)" in names}


def top(rows: Sequence[Sequence[str]]) -> int:
    """Find the first row of the header; titles above it fill one or two cells.

    Args:
        rows: the first rows of the export.
    """
    filled = [sum(cell.strip() != "" for cell in row) for row in rows]
    most = max(filled, default=0)
    widest = max((len(row) for row in rows), default=0)
    few = max(1, most // 4) if most < 12 else 2
    for at, (row, n) in enumerate(zip(rows, filled, strict=True)):
        short = len(row) < widest or most > 3 or (n == 1 and row[0].strip() != "")
        pair = len(row) <= 2 and most >= _WIDE  # such as 'Period;2025', without further fields
        if n and not ((n <= few or pair) and n < most and short):
            return at
    return 0


_WIDE = 5  # columns of a table above which a line of two fields is no header


def seen_of(heading: str) -> str:
    """Leave out of a heading what nobody sees, and make one blank of several.

    Example:
        >>> seen_of("\\ufeffHow\\u00a0 likely\\u200b? ")
        'How likely?'
    """
    return " ".join(heading.translate(_UNSEEN).split())


_UNSEEN = dict.fromkeys(
    ord(mark) for mark in UNSEEN if not mark.isspace() and mark not in "\u200c\u200d"
) | {ord(mark): " " for mark in UNSEEN if mark.isspace()}  # joiners make letters: they stay


def recognise(rows: Sequence[Sequence[str]]) -> Header:
    """Tell the header from its first rows.

    Args:
        rows: the first few rows of the export, as text.

    Returns:
        The header; `plain` with one row when nothing else fits.
    """
    rows = [[seen_of(cell) for cell in row] for row in rows]
    first = list(rows[0])
    for at in (2, 1):
        if len(rows) > at and any('"ImportId"' in cell for cell in rows[at]):
            names, wording = _distinct(first), tuple(_wording(rows[:at]))
            return Header("qualtrics", at + 1, names, wording, tuple(map(_zone, rows[at])))
    if len(rows) > 1 and _is_wording_row(first, rows[1]):
        return Header("qualtrics", 2, _distinct(first), tuple(_wording(rows[:2])))
    if len(rows) > 1 and _is_option_row(first, rows[1]):
        names = _distinct(_with_options(first, rows[1]))
        return Header("surveymonkey", 2, names, names)
    if len(rows) > 2 and _is_merged(first, rows[1], rows[2]):
        return _merged(first, rows[1])
    if (len(first) > 1 and all(_is_number(cell) for cell in first)) or _is_record(rows):
        names = _distinct([""] * len(first))
        return Header("no header", 0, names, names)
    names = _distinct(first)
    return Header(_named_layout(names), 1, names, names, tuple(map(_zone_of_name, names)))


DATE = re.compile(r"(?:\d{4}[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./]\d{4})(?:[T ]\d.*)?")


def _is_record(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row holds a day and is written as those below it: no heading is."""
    first, *below = [[_shape(cell) for cell in row] for row in rows]
    below = [row for row in below if len(row) == len(first)]
    dated = [at for at, cell in enumerate(rows[0]) if DATE.fullmatch(cell.strip())]
    if len(below) < 2 or len(first) < 3 or not any(first[at] == below[0][at] for at in dated):
        return False
    alike = [sum(a == b for a, b in zip(first, row, strict=True)) for row in below]
    return min(alike) >= len(first) / 2


def _shape(cell: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell.strip()))


def _named_layout(names: Sequence[str]) -> str:
    """Tell the vendors whose export has one header row of its own kind."""
    if _QUALTRICS & set(names) and {"Status", "Finished"} & set(names):
        return "qualtrics"
    if names[0] == "#" and any(name.startswith("Submit Date") for name in names):
        return "typeform"
    if names[0] == "Timestamp" and any(len(name.split()) > 2 for name in names[1:]):
        return "google forms"
    return "plain"


def _is_wording_row(names: list[str], row: Sequence[str]) -> bool:
    known = {"ResponseId": "Response ID", "ResponseID": "Response ID"}
    known |= {"StartDate": "Start Date", "EndDate": "End Date"}
    cells = dict(zip(names, row, strict=False))
    return any(cells.get(name, "").strip() == words for name, words in known.items())


def _is_option_row(names: list[str], row: Sequence[str]) -> bool:
    words = [cell.strip().lower() for cell in row]
    if not words or words[0]:
        return False
    return any(word in _ANSWER_WORDS for word in words)


def _is_merged(groups: list[str], row: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether the second row names the columns that the first one only groups."""
    names = [cell.strip() for cell in row]
    under = [at for at, group in enumerate(groups) if not group and any(groups[:at])]
    named = [at for at in under if at < len(names) and names[at]]
    alone = [at for at, group in enumerate(groups) if group and at + 1 not in under]
    bare = not any(names[at] for at in alone if at < len(names))  # the second row names no other
    if not named or len(named) < len(under) or (len(named) < 2 and not bare):
        return False
    values = [below[at].strip() for at in range(min(len(below), len(names)))]
    numbers = [_is_number(value) for value in values]
    return not any(map(_is_number, names)) and any(numbers[at] for at in named if at < len(values))


def _is_number(text: str) -> bool:
    if re.fullmatch(r"[01] ?[-–] ?(?:5|7|10|100)", text):  # a scale's ends, below its question
        return False
    return bool(re.fullmatch(r"[+-]?[\d.,:/\- ]*\d[\d.,:/\- ]*", text))


def _merged(groups: list[str], row: Sequence[str]) -> Header:
    asked, full, short = "", [], []
    for group, name in zip(groups, [cell.strip() for cell in row], strict=False):
        asked = group or asked
        full.append(f"{asked} - {name}" if name and asked and name != asked else name or asked)
        short.append(name or asked)
    names = _distinct(short if len(set(short)) == len(short) else full)
    return Header("merged", 2, names, tuple(" ".join(words.split()) for words in full))


def _with_options(questions: list[str], options: Sequence[str]) -> list[str]:
    names, asked = [], ""
    for question, option in zip(questions, options, strict=False):
        asked = question or asked
        option = option.strip()
        plain = not option or option.lower() in _BARE_WORDS
        names.append(asked if plain else f"{asked} - {option}")
    return names


def _wording(rows: Sequence[Sequence[str]]) -> list[str]:
    return [" ".join(cell.split()) for cell in rows[-1]]


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    out = []
    for place, name in enumerate(names, start=1):
        name = seen_of(name) or f"column {place}"
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(out)


def _zone(import_id: str) -> str:
    found = re.search(r'"timeZone"\s*:\s*"([A-Za-z_+\-/0-9]+)"', import_id)
    return found[1] if found else ""


def _zone_of_name(name: str) -> str:
    found = _ZONED.search(name)
    return "" if not found else found[1] or "UTC"


_ZONED = re.compile(
    r"[(\[](?:UTC|GMT|((?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_/]+))"
    r"[)\]]\s*$"
)
