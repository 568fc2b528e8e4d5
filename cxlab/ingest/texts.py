"""Read delimited text: one row at a time, none lost, each with the line it begins on."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from cxlab.codebook import DOUBT, Table
from cxlab.ingest.encodings import decode
from cxlab.ingest.grids import (
    FOOTER,
    LAST_ROWS,
    Grid,
    Wanted,
    footers,
    headers_again,
    is_sum,
    stacked,
)
from cxlab.ingest.layouts import Header, recognise, top
from cxlab.ingest.opening import HEAD, Bytes, IngestError, Opened, Streamed, delimiter, tally
from cxlab.ingest.quotes import check_header, check_quotes, find_open, unclosed

_BLOCK = 2**24
_MARKS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_LOOKED_AT = 40  # rows among which the header must begin


def read_text(path: Path, opened: Opened, table: Table, wanted: Wanted) -> Grid:
    """Read a delimited text file.

    Raises:
        IngestError: names the line and what to do.
    """
    name = path.name
    data, encoding, why, doubt = decode(opened.data, name, table.encoding)
    if data.find(b"\n") < 0 <= data.find(b"\r"):
        data = bytes(data).replace(b"\r", b"\n")
    mark = delimiter(bytes(data[:HEAD]).decode("utf-8", "ignore"), name, table.delimiter)
    if mark == " ":  # columns set apart by runs of blanks
        data, mark = re.sub(rb"[ ]+", b"\t", re.sub(rb"(?m)^ +| +(?=\r?$)", b"", bytes(data))), "\t"
    header, start, before = _text_header(data, mark, name)
    places = wanted(header)
    lines_below = tally(data, b"\n") - before + (data[-1:] != b"\n")
    width = len(header.names)
    types = _types(bytes(data[start : start + HEAD]), mark, width)
    body, torn = _parse(data, start, before, mark, types, places, name)
    if len(body) + len(torn) != lines_below:  # line breaks inside fields: every field counts
        places = list(range(width))
        body, torn = _parse(data, start, before, mark, types, places, name)
    cells, lines, damage, blank = _records(
        body, torn, mark, before, lines_below, places, width, data
    )
    del body
    pa.default_memory_pool().release_unused()
    if lines_below > len(lines) and data.find(b'"') >= 0:
        check_quotes(
            data, cells, lines=lines, last=before + lines_below, damage=damage, mark=mark, name=name
        )
    if before > header.rows:
        check_header(data, cells, before=before, mark=mark, name=name)
    if not len(lines):
        raise IngestError(f"{name}: there is a header but no row below it.")
    _check_some_whole(damage, lines, name, table)
    below = _below(data, mark, lines, before + lines_below)
    below = [*_amid(data, mark, lines, len(header.names)), *below]
    if below := [*headers_again(cells, header), *below]:
        marked = np.full(len(lines), "", dtype=object)
        marked[:] = damage
        marked[below] = FOOTER
        damage = marked
    notes = [
        f"{name}: {encoding} ({why}), fields separated by {_MARKS.get(mark, repr(mark))}, "
        f"{header.layout} layout, {len(lines):,} rows."
    ]
    if doubt:
        notes.append(doubt)
    if blank:
        notes.append(f"{name}: {blank:,} blank lines passed over.")
    cut = damage[-1] if isinstance(damage, np.ndarray) and data[-1:] != b"\n" else ""
    if " expected" in str(cut):
        notes.append(
            f"{DOUBT}{name} ends in the midst of line {lines[-1]} ({cut}): the export seems to be "
            "cut off, and what should follow is missing. Export it again."
        )
    if opened.note:
        notes.insert(0, opened.note)
    return Grid(cells, header, lines, damage, tuple(notes))


def _text_header(data: Bytes, mark: str, name: str) -> tuple[Header, int, int]:
    """Find the header, the byte where the data begin, and the lines before them."""
    head = bytes(data[:HEAD]).decode("utf-8", "ignore")
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=mark)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
                ends.append(reader.line_num)
            if len(rows) == _LOOKED_AT:
                break
    except csv.Error as error:
        if len(rows) < 4:
            raise IngestError(f"{name}, line {reader.line_num}: {error}.") from None
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise IngestError(f"{name}: the file holds nothing but blank lines. Export it again.")
    at = top(rows)
    header = recognise(rows[at : at + 4])
    if len(rows) < at + header.rows:
        raise IngestError(f"{name}: the header is cut off.")
    lines = ends[at + header.rows - 1] if at + header.rows else 0
    start = 0
    for _ in range(lines):
        start = data.find(b"\n", start) + 1 or len(data)
    if found := find_open(data[:start], 0, 0, mark):
        raise unclosed(name, *found)
    return header, start, lines


def _types(head: bytes, mark: str, width: int) -> dict[str, pa.DataType]:
    """Say how each column is held: where its first rows repeat a few values, each value once."""
    reader = csv.reader(io.StringIO(head.decode("utf-8", "ignore"), newline=""), delimiter=mark)
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(reader)
    rows = [row for row in rows if len(row) == width]
    few = [len({row[place] for row in rows}) <= len(rows) / 2 for place in range(width)]
    kinds = {True: pa.dictionary(pa.int32(), pa.string()), False: pa.string()}
    return {str(place): kinds[few[place]] for place in range(width)}


def _parse(
    data: Bytes,
    start: int,
    before: int,
    mark: str,
    types: dict[str, pa.DataType],
    places: list[int],
    name: str,
) -> tuple[pa.Table, list[tuple[int, str]]]:
    """Parse the rows; those with too few or too many fields come back apart."""
    torn: list[tuple[int, str]] = []

    def keep(row: pyarrow.csv.InvalidRow) -> str:
        torn.append((row.number - 1, row.text))
        return "skip"

    read = [str(place) for place in places]
    if start >= len(data):
        return pa.table({place: pa.array([], pa.string()) for place in read}), torn
    try:
        body = pyarrow.csv.read_csv(
            pa.PythonFile(Streamed(data, start)),
            read_options=pyarrow.csv.ReadOptions(
                column_names=list(types), use_threads=False, block_size=_BLOCK
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=mark,
                newlines_in_values=data.find(b'"') >= 0,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=types,
                include_columns=read,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        if found := find_open(data, start, before, mark):
            raise unclosed(name, *found) from None
        raise IngestError(f"{name}: the rows cannot be told apart ({error}).") from None
    return body.unify_dictionaries(), torn


def _records(
    body: pa.Table,
    torn: list[tuple[int, str]],
    mark: str,
    before: int,
    lines_below: int,
    places: list[int],
    width: int,
    data: Bytes,
) -> tuple[pd.DataFrame, np.ndarray, object, int]:
    """Put torn rows back in their place, give every row its line, pass over blank lines."""
    total = len(body) + len(torn)
    at = np.array([place for place, _ in torn], dtype=int)
    whole = np.ones(total, bool)
    whole[at] = False
    lines = before + 1 + np.arange(total)
    if total != lines_below:  # some rows go over several lines
        breaks = np.zeros(total, dtype=np.int64)
        breaks[whole] = _newlines(body)
        breaks[at] = [text.count("\n") for _, text in torn]
        lines += np.cumsum(breaks) - breaks
    damage = np.full(total, "", dtype=object)
    damage[np.flatnonzero(whole)[_all_empty(body)]] = "every field is empty"
    cells = body.to_pandas()
    if torn:
        fields = [next(csv.reader(io.StringIO(text), delimiter=mark), []) for _, text in torn]
        damage[at] = [f"{len(row)} fields, {width} expected" for row in fields]
        padded = [[row[place] if place < len(row) else "" for place in places] for row in fields]
        rows = pd.DataFrame(padded, columns=body.column_names, dtype="str")
        order = np.argsort(np.concatenate([np.flatnonzero(whole), at]))
        cells = stacked([cells, rows]).take(order).reset_index(drop=True)
    blank = np.zeros(total, bool)
    blank[at] = [not text.strip() for _, text in torn]
    empty = np.flatnonzero(damage == "every field is empty")
    blank[empty] = [_is_blank(line) for line in _lines(data, lines[empty])]
    if blank.any():
        cells, lines, damage = cells[~blank].reset_index(drop=True), lines[~blank], damage[~blank]
    return cells, lines, damage if (damage != "").any() else "", int(blank.sum())


def _lines(data: Bytes, numbers: np.ndarray) -> list[bytes]:
    """Give lines of the file by their number."""
    if not len(numbers):
        return []
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    ends = np.concatenate([[-1], ends, [len(data)]])
    return [bytes(data[ends[n - 1] + 1 : ends[n]]) for n in numbers]


def _below(data: Bytes, mark: str, lines: np.ndarray, last: int) -> list[int]:
    """Find the rows at the end of a file that are a total or a note."""
    begin = lines[-LAST_ROWS:]
    text = _last_lines(data, int(last + 1 - begin[0]))
    rows: list[list[str]] = []
    places: list[int] = []
    for at, (line, after) in enumerate(zip(begin, [*begin[1:], last + 1], strict=True)):
        own = text[line - begin[0] : after - begin[0]]
        blank: list[list[str]] = [[]] if own and not own[-1].strip() else []
        with suppress(csv.Error):
            fields = next(csv.reader([f"{part}\n" for part in own], delimiter=mark), [])
            rows += [fields, *blank]
            places += [len(lines) - len(begin) + at] * (1 + len(blank))
    return [places[at] for at in footers(rows)]


_SUM_LINE = re.compile(
    rb"(?im)^[^\w\n]*(?:[^\n,;\t|\"]{1,60}[ -])??(?:grand |sub)?(?:total|\w*summe|suma)\b[^\n]*"
)
_SMALL = 2**24  # bytes; reports with sums amid their rows are made to be read


def _amid(data: Bytes, mark: str, lines: np.ndarray, width: int) -> list[int]:
    """Find rows amid a report that add up those above, as of each customer."""
    if len(data) > _SMALL:
        return []
    whole, found = bytes(data), []
    for line in _SUM_LINE.finditer(whole):
        with suppress(csv.Error):
            fields = next(
                csv.reader([line[0].decode(errors="replace").strip("\r")], delimiter=mark)
            )
            at = int(np.searchsorted(lines, number := whole.count(b"\n", 0, line.start()) + 1))
            if is_sum(fields, width) and at < len(lines) and lines[at] == number:
                found.append(at)
    return found if len(found) > 1 else []


def _last_lines(data: Bytes, n: int) -> list[str]:
    """Give the last lines of the file."""
    end = at = len(data) - (data[-1:] == b"\n")
    for _ in range(n):
        at = data.rfind(b"\n", 0, at)
        if at < 0:
            break
    return bytes(data[at + 1 : end]).decode(errors="replace").split("\n")


def _is_blank(line: bytes) -> bool:
    return not line.strip()


def _newlines(body: pa.Table) -> np.ndarray | int:
    """Count the line breaks inside each row."""
    total: np.ndarray | int = 0
    for column in body.columns:
        found = _of_values(lambda values: pc.count_substring(values, "\n"), column)
        if found.any():
            total = total + found
    return total


def _all_empty(body: pa.Table) -> np.ndarray:
    """Find rows of separators alone."""
    empty = np.ones(len(body), bool)
    for column in body.columns:
        if not empty.any():
            break
        empty &= _of_values(pc.binary_length, column) == 0
    return np.flatnonzero(empty)


def _of_values(measure: Callable, column: pa.ChunkedArray) -> np.ndarray:
    """Measure each cell, or each value once where the column holds each value once."""
    if not pa.types.is_dictionary(column.type):
        return measure(column).to_numpy()
    parts = [
        measure(chunk.dictionary).to_numpy(zero_copy_only=False)[chunk.indices.to_numpy()]
        for chunk in column.chunks
    ]
    return np.concatenate(parts) if parts else np.zeros(0, int)


def _check_some_whole(damage: object, lines: np.ndarray, name: str, table: Table) -> None:
    """Refuse a file of which no row fits the header."""
    if isinstance(damage, str) or table.rules.get("row_torn") == "off":
        return
    torn = np.array([" expected" in str(why) for why in damage])  # type: ignore[attr-defined]
    if torn.all():
        raise IngestError(
            f"{name}, line {lines[0]}: not one row fits the header (here {damage[0]}). "  # type: ignore[index]
            "A mark at the end of each row, or of the header alone, does that: name the column "
            "it makes, or export again.",
            line=int(lines[0]),
        )
