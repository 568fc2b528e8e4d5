"""Is a quotation mark opened that nobody closed? It would run the next rows into one field."""

import csv
import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from cxlab.ingest.opening import Bytes, IngestError, pieces

_LIKE = 2_000  # whole rows that say what a column's values look like
_SURE = 6  # marks between fields that lines hold in just the right places, and not by chance


def check_quotes(
    data: Bytes,
    cells: pd.DataFrame,
    *,
    lines: np.ndarray,
    last: int,
    damage: object,
    mark: str,
    name: str,
) -> None:
    """Refuse a file in which a quotation mark swallows rows.

    A field may go over several lines. It has swallowed rows where its closing mark stands amid
    text (so it opened another field), and where a line of it is a whole row of its own: as many
    fields as the header, with values like those of their columns.

    Args:
        data: the file.
        cells: its rows as they were read, every column under its place.
        lines: line on which each row begins.
        last: the file's last line.
        damage: why a row is torn, one a row, or empty.
        mark: what stands between fields.
        name: the file, for the message.

    Raises:
        IngestError: names the line on which the mark opens and the lines it swallows.
    """
    ends = np.append(lines[1:], last + 1)
    several = ends - lines > 1
    long = np.flatnonzero(several)
    if not len(long):
        return
    shut, width = _well_formed(mark), cells.shape[1]
    like = _Like(cells, np.flatnonzero(~several))
    torn = np.full(len(lines), False) if isinstance(damage, str) else np.array(damage) != ""  # type: ignore[comparison-overlap]
    text = _Lines(data)
    for at, line, after in zip(long, lines[long].tolist(), ends[long].tolist(), strict=True):
        whole = text.between(line, after).rstrip("\r\n\t ")  # blank lines may follow it
        if "\n" not in whole:
            continue
        opened = None if shut.fullmatch(whole) else badly_closed(whole, mark)
        own = whole.split("\n")
        wide = any(each.count(mark) >= width - 1 for each in own[1:])
        if opened is None and wide and _swallows(own, like, mark, width, torn=bool(torn[at])):
            opened = _first_open(whole, mark)
        if opened is not None:
            raise unclosed(name, line + whole.count("\n", 0, opened), after - 1)


def check_header(data: Bytes, cells: pd.DataFrame, *, before: int, mark: str, name: str) -> None:
    """Refuse a header whose quotation mark swallows the first rows.

    Args:
        data: the file.
        cells: its rows.
        before: lines that the header and what stands above it take.
        mark: what stands between fields.
        name: the file, for the message.

    Raises:
        IngestError: names the line on which the mark opens.
    """
    whole = _Lines(data).between(1, before + 1)
    own = whole.split("\n")
    if '"' not in whole or not len(cells):
        return
    like = _Like(cells, np.arange(len(cells)))
    rows = [next(csv.reader([line.rstrip("\r")], delimiter=mark), []) for line in own[1:]]
    if any(len(row) == cells.shape[1] and like.row(row) for row in rows):
        line = 1 + whole.count("\n", 0, _first_open(whole, mark))
        raise unclosed(name, line, before)


def unclosed(name: str, line: int, last: int) -> IngestError:
    """Say where a quotation mark opens, and up to which line it swallows what follows."""
    lines = f"line {line + 1:,}" if last == line + 1 else f"lines {line + 1:,} to {last:,}"
    return IngestError(
        f"{name}, line {line}: a quotation mark is opened here and never closed, so that {lines} "
        "would run into one field. Close it, or double it.",
        line=line,
    )


def find_open(data: Bytes, start: int, before: int, mark: str) -> tuple[int, int] | None:
    """Find the first field that is badly closed, or never.

    Args:
        data: the file.
        start: byte where the rows begin.
        before: lines before it.
        mark: what stands between fields.

    Returns:
        The line on which it opens and the last it covers; None where all are closed well.
    """
    text = b"".join(pieces(data, start)).decode("utf-8", "replace")
    opened = badly_closed(text, mark)
    if opened is None:
        return None
    line = before + 1 + text.count("\n", 0, opened)
    closed = text.find('"', opened + 1)
    last = before + 1 + text.count("\n", 0, closed if closed > 0 else len(text.rstrip("\n")))
    return line, max(last, line + 1)


def badly_closed(text: str, mark: str) -> int | None:
    """Give the place of the first quotation mark whose field goes over a line and ends amid text.

    Example:
        >>> badly_closed('9,"a\\n8,"b"', ","), badly_closed('9,"a\\nb"', ",")
        (2, None)
    """
    at = 0
    for field in _field(mark).finditer(text):
        if field.start() < at:
            continue
        at = field.end()
        whole = field[1] is not None
        ends = whole and (at == len(text) or text[at] in f"{mark}\r\n")
        if not ends and "\n" in field[0]:
            return text.index('"', field.start())
        if not ends:  # on one line: what follows belongs to the same field
            at = min((p for p in (text.find(mark, at), text.find("\n", at)) if p >= 0), default=at)
    return None


# ---------------------------------------------------------------- helpers


def _field(mark: str) -> re.Pattern[str]:
    """Make what finds quoted fields: whole ones, and one that is open to the end."""
    return re.compile(rf'(?:(?<=[{re.escape(mark)}\n])|\A)"(?:((?:[^"]|"")*+")|(?:[^"]|"")*+\Z)')


def _well_formed(mark: str) -> re.Pattern[str]:
    sep = re.escape(mark)
    field = rf'(?:"(?:[^"]|"")*+"|[^"{sep}\r\n][^{sep}\r\n]*+)?'
    return re.compile(rf"{field}(?:{sep}{field})*+\r?")


def _first_open(text: str, mark: str) -> int:
    """Give the place where the first field over several lines opens."""
    found = (f for f in _field(mark).finditer(text) if "\n" in f[0])
    return next((f.start() for f in found), 0)


def _swallows(own: Sequence[str], like: "_Like", mark: str, width: int, *, torn: bool) -> bool:
    """Say whether a line of a long row is a row of its own."""
    rows = [next(csv.reader([line.rstrip("\r")], delimiter=mark), []) for line in own]
    fits = [len(row) == width for row in rows]
    if width > 1 and all(fits) and (len(own) - 1) * (width - 1) >= _SURE:
        return True
    if torn and width > 2 and any(fits[1:]):
        return True
    return any(fit and like.row(row) for fit, row in zip(fits[1:], rows[1:], strict=True))


class _Like:
    """What the values of each column look like."""

    def __init__(self, cells: pd.DataFrame, rows: np.ndarray) -> None:
        self._some = cells.take(rows[:: max(1, len(rows) // _LIKE)])

    @cached_property
    def known(self) -> list[set[str]]:
        """The values of each column; most files have no row that asks for them."""
        return [set(self._some[place].astype("str")) for place in self._some]

    @cached_property
    def shapes(self) -> list[set[str]]:
        """What these values look like."""
        return [{_shape(value) for value in values} for values in self.known]

    def row(self, fields: Sequence[str]) -> bool:
        """Say whether most of the fields could stand in their columns."""
        filled = [at for at, value in enumerate(fields) if value.strip()]
        alike = [at for at in filled if self._value(at, fields[at].strip())]
        return len(filled) > 1 and len(alike) >= max(1, len(filled) / 2)

    def _value(self, at: int, value: str) -> bool:
        told = any(letter.isdigit() for letter in value) and _shape(value) in self.shapes[at]
        return told or value in self.known[at]


def _shape(value: str) -> str:
    return re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", "9", value))


class _Lines:
    """The lines of a file by their number, found once."""

    def __init__(self, data: Bytes) -> None:
        self.data = data
        breaks: list[np.ndarray] = []
        before = 0
        for piece in pieces(data):
            breaks.append(np.flatnonzero(np.frombuffer(piece, np.uint8) == 10) + before)
            before += len(piece)
        self.ends = np.concatenate([[-1], *breaks, [len(data)]]).tolist()

    def between(self, first: int, after: int) -> str:
        """Give the lines from one number up to another, without the last one's end."""
        start, end = self.ends[first - 1] + 1, self.ends[min(after, len(self.ends)) - 1]
        return self.data[start:end].decode("utf-8", "replace")
