"""Read the files of one table: every cell as text, every row with its file and line."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from cxlab.codebook import Table, did_you_mean
from cxlab.ingest.layouts import Header, recognise
from cxlab.ingest.opening import HEAD, IngestError, decode, delimiter, open_file

_BLOCK = 2**25


@dataclass(frozen=True, eq=False)
class Raw:
    """A table as it came, under our names.

    Attributes:
        frame: one row per row of the exports. Our column names; text as it stood, typed
            columns of Parquet as they are. `file` and `line` say where the row stands;
            `damage` says why its fields cannot be trusted, or is empty.
        wording: our column -> the question or heading of the export.
        zones: our column -> the zone its times are written in, where the export says so.
        notes: what was decided on the way, a sentence each.
    """

    frame: pd.DataFrame
    wording: dict[str, str]
    zones: dict[str, str]
    notes: tuple[str, ...]


def read(paths: Sequence[Path], table: Table) -> Raw:
    """Read one or more exports of the same kind.

    Args:
        paths: the files; their columns may stand in different order.
        table: which columns are wanted, and what is declared about the files.

    Returns:
        The rows of all files, one below the other.

    Raises:
        IngestError: names the file, the line where there is one, and what to do.
    """
    parts: list[pd.DataFrame] = []
    wording: dict[str, str] = {}
    zones: dict[str, str] = {}
    notes: list[str] = []
    for path in paths:
        raw = _read_one(path, table)
        parts.append(raw.frame)
        wording.update(raw.wording)
        zones.update(raw.zones)
        notes += raw.notes
    frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return Raw(frame, wording, zones, tuple(notes))


def _read_one(path: Path, table: Table) -> Raw:
    try:
        opened = open_file(path)
        if opened.kind == "text":
            return _read_text(path, opened.data, table)
        if opened.kind == "workbook":
            return _read_workbook(path, table)
        return _read_parquet(path, table)
    except OSError as error:
        reason = error.strerror or error
        raise IngestError(f"{path.name}: cannot be opened ({reason}).", file=path.name) from None
    except IngestError as error:
        error.file = path.name
        raise


# ---------------------------------------------------------------- text


def _read_text(path: Path, data: bytes, table: Table) -> Raw:
    data, encoding, why = decode(data, path.name, table.encoding)
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    mark = delimiter(data[:HEAD].decode("utf-8", "ignore"), path.name, table.delimiter)
    header, start, before = _text_header(data, mark, path.name)
    wanted = _wanted(table, header, path.name)
    body, torn = _parse(data[start:], mark, len(header.names), path.name)
    cells, lines, damage = _records(body, torn, mark, before)
    if data.count(b'"') % 2 and (runs := int((data.count(b"\n") + 1) - lines[-1])) > 1:
        raise IngestError(
            f"{path.name}, line {lines[-1]}: a quotation mark is opened here and never closed, "
            f"so the last {runs:,} lines run into one field. Close it, or double it.",
            line=int(lines[-1]),
        )
    frame = _named(cells, wanted, path.name, lines, damage)
    rows = len(frame)
    frame = _set_blank_apart(frame, cells, data)
    if frame.empty:
        raise IngestError(f"{path.name}: there is a header but no row below it.")
    notes = [
        f"{path.name}: {encoding} ({why}), fields separated by {_MARKS.get(mark, repr(mark))}, "
        f"{header.layout} layout, {len(frame):,} rows."
    ]
    if rows > len(frame):
        notes.append(f"{path.name}: {rows - len(frame):,} blank lines passed over.")
    return Raw(frame, *_worded(header, wanted), tuple(notes))


_MARKS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def _text_header(data: bytes, mark: str, name: str) -> tuple[Header, int, int]:
    """Find the header, the byte where the data begin, and the lines before them."""
    head = data[:HEAD].decode("utf-8", "ignore")
    stream = io.StringIO(head, newline="")
    reader = csv.reader(stream, delimiter=mark)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in reader:
            if row or rows:
                rows.append(row)
                ends.append(reader.line_num)
            if len(rows) == 4:
                break
    except csv.Error as error:
        raise IngestError(f"{name}, line {reader.line_num}: {error}.") from None
    if not rows:
        raise IngestError(f"{name}: the file holds nothing but blank lines. Export it again.")
    header = recognise([row or [""] for row in rows])
    lines = ends[header.rows - 1]
    start = 0
    for _ in range(lines):
        start = data.find(b"\n", start) + 1 or len(data)
    return header, start, lines


def _parse(data: bytes, mark: str, width: int, name: str) -> tuple[pa.Table, list[tuple[int, str]]]:
    """Parse the rows; those with too few or too many fields come back apart."""
    torn: list[tuple[int, str]] = []

    def keep(row: pyarrow.csv.InvalidRow) -> str:
        torn.append((row.number - 1, row.text))
        return "skip"

    names = [str(place) for place in range(width)]
    if not data:
        return pa.table({place: pa.array([], pa.string()) for place in names}), torn
    quoted = b'"' in data
    try:
        body = pyarrow.csv.read_csv(
            io.BytesIO(data),
            read_options=pyarrow.csv.ReadOptions(
                column_names=names, use_threads=False, block_size=_BLOCK
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=mark,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise IngestError(f"{name}: the rows cannot be told apart ({error}).") from None
    return body, torn


def _newlines(body: pa.Table) -> pa.ChunkedArray:
    """Count the line breaks inside each row."""
    total = pa.chunked_array([pa.array([0] * len(body), pa.int32())])
    for column in body.columns:
        total = pc.add(total, pc.count_substring(column, "\n"))
    return total


def _records(
    body: pa.Table, torn: list[tuple[int, str]], mark: str, before: int
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Put torn rows back in their place and give every row the line it begins on."""
    width, total = body.num_columns, len(body) + len(torn)
    at = np.array([place for place, _ in torn], dtype=int)
    whole = np.setdiff1d(np.arange(total), at, assume_unique=True)
    breaks = np.zeros(total, dtype=np.int64)
    breaks[whole] = _newlines(body).to_numpy()
    breaks[at] = [text.count("\n") for _, text in torn]
    lines = before + 1 + np.arange(total) + np.concatenate([[0], np.cumsum(breaks)[:-1]])[:total]
    damage = np.full(total, "", dtype=object)
    if not torn:
        return body.to_pandas(), lines, damage
    fields = [next(csv.reader(io.StringIO(text), delimiter=mark), []) for _, text in torn]
    damage[at] = [f"{len(cells)} fields, {width} expected" for cells in fields]
    cells = [(cells + [""] * width)[:width] for cells in fields]
    rows = pd.concat([body.to_pandas(), pd.DataFrame(cells, columns=body.column_names, dtype=str)])
    rows.index = np.concatenate([whole, at])
    return rows.sort_index(), lines, damage


def _set_blank_apart(frame: pd.DataFrame, cells: pd.DataFrame, data: bytes) -> pd.DataFrame:
    """Leave out blank lines; a row of separators alone stays, as torn."""
    empty = (cells == "").all(axis="columns").to_numpy()
    if not empty.any():
        return frame
    text = data.split(b"\n")
    blank = empty & np.array(
        [e and not text[n - 1].strip() for e, n in zip(empty, frame["line"], strict=True)]
    )
    frame.loc[empty & ~blank, "damage"] = "every field is empty"
    return frame[~blank].reset_index(drop=True)


# ---------------------------------------------------------------- workbooks


def _read_workbook(path: Path, table: Table) -> Raw:
    sheet, rows = _sheet(path, table.sheet)
    top = _header_row(rows)
    if top is None:
        raise IngestError(f"{path.name}, sheet '{sheet}': no row looks like a header.")
    header = recognise(rows[top : top + 4])
    width = len(header.names)
    first = top + header.rows
    cells = [(row + [""] * width)[:width] for row in rows[first:]]
    frame = pd.DataFrame(cells, columns=[str(place) for place in range(width)], dtype=str)
    lines = np.arange(first + 1, first + 1 + len(cells))
    filled = (frame != "").any(axis="columns").to_numpy()
    wanted = _wanted(table, header, path.name)
    named = _named(frame[filled], wanted, path.name, lines[filled], "")
    if named.empty:
        raise IngestError(f"{path.name}: there is a header but no row below it.")
    where = f"{path.name}: sheet '{sheet}', header in row {top + 1}, {header.layout} layout"
    return Raw(named, *_worded(header, wanted), (f"{where}, {len(named):,} rows.",))


def _sheet(path: Path, declared: str | None) -> tuple[str, list[list[str]]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (ValueError, KeyError, zipfile.BadZipFile, ParseError) as error:
        raise IngestError(f"{path.name}: the workbook is damaged ({error}).") from None
    names = book.sheetnames
    if declared is not None and declared not in names:
        raise IngestError(
            f"{path.name}: there is no sheet '{declared}'.{did_you_mean(declared, names)}"
        )
    sheets = {
        name: [[_as_text(cell) for cell in row] for row in book[name].iter_rows(values_only=True)]
        for name in ([declared] if declared else names)
        if hasattr(book[name], "iter_rows")
    }
    book.close()
    filled = {name: rows for name, rows in sheets.items() if any(any(row) for row in rows)}
    if not filled:
        raise IngestError(f"{path.name}: the workbook is empty. Export it again.")
    if len(filled) > 1:
        raise IngestError(
            f"{path.name}: {len(filled)} sheets hold data ({', '.join(filled)}). "
            "Declare 'sheet:' in the study file."
        )
    return next(iter(filled.items()))


def _header_row(rows: list[list[str]]) -> int | None:
    """Find the first row that names most columns; titles above it fill one or two cells."""
    filled = [sum(cell != "" for cell in row) for row in rows[:40]]
    if not filled or not max(filled):
        return None
    return next(at for at, n in enumerate(filled) if n > max(filled) / 2)


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell).strip()


# ---------------------------------------------------------------- parquet


def _read_parquet(path: Path, table: Table) -> Raw:
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise IngestError(f"{path.name}: the Parquet file is damaged ({error}).") from None
    names = tuple(file.schema_arrow.names)
    header = Header("plain", 0, names, names)
    wanted = _wanted(table, header, path.name)
    places = list(dict.fromkeys(wanted.values()))
    body = file.read(columns=[names[place] for place in places]).to_pandas()
    body.columns = pd.Index([str(place) for place in places])
    if body.empty:
        raise IngestError(f"{path.name}: the Parquet file has columns but no row.")
    frame = _named(body, wanted, path.name, np.arange(1, len(body) + 1), "")
    note = f"{path.name}: Parquet, {len(frame):,} rows, types as stored."
    return Raw(frame, *_worded(header, wanted), (note,))


# ---------------------------------------------------------------- our names


def _wanted(table: Table, header: Header, name: str) -> dict[str, int]:
    """Find the place of each column of ours: by name, else by the question's wording.

    Raises:
        IngestError: every column that is not in the export, with the nearest name.
    """
    by_name = {given: place for place, given in enumerate(header.names)}
    by_wording = {given: place for place, given in enumerate(header.wording)}
    places, absent = {}, []
    usual = {ours: theirs for ours, theirs in header.usual.items() if theirs in by_name}
    for ours, theirs in {**usual, **table.sources()}.items():
        folded = " ".join(theirs.split())
        place = by_name.get(theirs, by_name.get(folded, by_wording.get(folded)))
        if place is None:
            absent.append(
                f"{name}: no column '{theirs}' (wanted as '{ours}')."
                f"{did_you_mean(theirs, header.names)}"
            )
        else:
            places[ours] = place
    if absent:
        raise IngestError("\n".join(absent))
    return places


def _named(
    cells: pd.DataFrame, wanted: dict[str, int], name: str, lines: np.ndarray, damage: object
) -> pd.DataFrame:
    frame = pd.DataFrame({ours: cells[str(place)] for ours, place in wanted.items()})
    frame = frame.reset_index(drop=True)
    frame["file"] = pd.Categorical([name] * len(frame))
    frame["line"] = lines
    frame["damage"] = damage
    return frame


def _worded(header: Header, wanted: dict[str, int]) -> tuple[dict[str, str], dict[str, str]]:
    wording = {ours: header.wording[place] for ours, place in wanted.items()}
    zoned = {ours: place for ours, place in wanted.items() if place < len(header.zones)}
    zones = {ours: header.zones[place] for ours, place in zoned.items() if header.zones[place]}
    return wording, zones
