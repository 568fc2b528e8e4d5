"""Read an Excel sheet: titles above the header and notes below the table stay apart."""

import math
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from cxlab.codebook import DOUBT, Table, did_you_mean
from cxlab.ingest.grids import (
    FOOTER,
    GROUP,
    LAST_ROWS,
    Grid,
    Wanted,
    footers,
    grouped,
    headers_again,
    sums_amid,
)
from cxlab.ingest.layouts import recognise, top
from cxlab.ingest.opening import IngestError
from cxlab.results import count, listing

_LOOKED_AT = 40
_EMPTY_FORMULA = re.compile(
    rb"<c([^>]*)>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
_FAULT = re.compile(rb"<c([^>]*\bt=\"e\"[^>]*)>(?:(?!</c>).)*?<v>([^<]*)</v>", re.DOTALL)
_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")
_COLUMNS, _FAR = re.compile(rb' r="([A-Z]+)'), re.compile(rb'r="[A-Z]*(\d{7,})"')
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_DAMAGED = (ElementTree.ParseError, zipfile.BadZipFile, zlib.error, EOFError, LookupError,
            NotImplementedError, StopIteration, ValueError)  # fmt: skip
_SPREAD = 40_000_000  # cells from first to last, of which few are filled, that are not held
_EXACT = 10**15  # from here on a sheet keeps a number's first 15 digits alone


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet as text, row by row, and where formulas were never worked out."""

    rows: list[list[str]]
    unworked: list[str]


def read_workbook(path: Path, table: Table, wanted: Wanted) -> Grid:
    """Read one sheet of a workbook.

    Raises:
        IngestError: names the sheet and what to do.
    """
    name, sheet, covers = _sheet(path, table.sheet if isinstance(table.sheet, str) else None)
    rows = sheet.rows
    at = top(rows[:_LOOKED_AT])
    header = recognise(rows[at : at + 4])
    width = len(header.names)
    first = at + header.rows
    cells = [(row + [""] * width)[:width] for row in rows[first:]]
    frame = pd.DataFrame(cells, columns=[str(place) for place in range(width)], dtype="str")
    lines = np.arange(first + 1, first + 1 + len(cells))
    filled = (frame != "").sum(axis="columns").to_numpy()
    keep = filled > 0
    if not keep.any():
        raise IngestError(f"{path.name}: there is a header but no row below it.")
    damage = np.full(len(cells), "", dtype=object)
    last = max(0, int(np.flatnonzero(keep)[-1]) + 1 - LAST_ROWS)
    damage[[last + at for at in footers(cells[last:])]] = FOOTER
    damage[headers_again(frame, header)] = FOOTER
    damage[np.flatnonzero(keep)[sums_amid(frame[keep])]] = FOOTER
    frame, header, heads = grouped(frame, header)
    damage[heads] = FOOTER
    damage = damage[keep]
    places = [str(place) for place in wanted(header)]
    where = f"{path.name}: sheet '{name}', header in row {at + 1}, {header.layout} layout"
    notes = [f"{where}, {keep.sum():,} rows."]
    if len(heads):
        said = f"name what the rows below belong to; each has it as '{GROUP}'"
        notes.append(f"{path.name}: {count(len(heads), 'row')} {said}.")
    if covers:
        shown = listing([f"'{name}'" for name in covers], 6)
        notes.append(f"{path.name}: {shown} {'hold' if len(covers) > 1 else 'holds'} no table.")
    if empty := sheet.unworked:
        doubt = DOUBT if 3 * len(empty) >= keep.sum() else ""
        notes.append(
            f"{doubt}{path.name}: {count(len(empty), 'formula')} without a result, read as empty. "
            f"Open and save the workbook in Excel, then read it again. Cell "
            f"{listing(empty, 6)}."
        )
    body = frame.loc[keep, places].reset_index(drop=True)
    return Grid(body, header, lines[keep], damage if (damage != "").any() else "", tuple(notes))


def tables_of(path: Path, declared: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Name the sheets that hold a table; of those declared, the ones a workbook has.

    Raises:
        IngestError: the workbook is damaged or empty, or has none of those declared.
    """
    if not declared:
        filled = _filled(path, None)
        return tuple(n for n, sheet in filled.items() if _is_table(sheet.rows)) or tuple(filled)
    with _book(path) as book:
        names = book.sheet_names
    if not (there := tuple(name for name in declared if name in names)):
        raise IngestError(
            f"{path.name}: there is no sheet {listing([repr(name) for name in declared], 6)}."
            f"{did_you_mean(declared[0], names)}"
        )
    return there


def _sheet(path: Path, declared: str | None) -> tuple[str, Sheet, list[str]]:
    """Give the sheet's name and cells, and the sheets beside it that hold no table."""
    filled = _filled(path, declared)
    whole = [name for name, sheet in filled.items() if _is_table(sheet.rows)] or [*filled]
    if len(whole) > 1:
        raise ManySheets(
            f"{path.name}: {len(whole)} sheets hold data ({', '.join(whole)}). Declare 'sheet:' in "
            "the study file; several of one layout are a list.",
            tuple(whole),
        )
    name = whole[0]
    return name, filled[name], [other for other in filled if other != name]


@contextmanager
def _book(path: Path) -> Iterator[Any]:
    from python_calamine import CalamineError, CalamineWorkbook  # a study without needs none

    try:
        with CalamineWorkbook.from_path(path) as book:
            yield book
    except IngestError:
        raise
    except (CalamineError, *_DAMAGED) as error:
        raise IngestError(f"{path.name}: the workbook is damaged ({error}).") from None
    except BaseException as error:  # the reader's own way to give up, which is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise IngestError(f"{path.name}: the workbook is damaged.") from None


def _filled(path: Path, declared: str | None) -> dict[str, Sheet]:
    """Give each sheet that has any cells; the one declared alone, if one is."""
    from python_calamine import SheetTypeEnum

    with _book(path) as book:
        names = [each.name for each in book.sheets_metadata
                 if each.typ == SheetTypeEnum.WorkSheet]  # fmt: skip
        if declared is not None and declared not in names:
            raise IngestError(
                f"{path.name}: there is no sheet '{declared}'.{did_you_mean(declared, names)}"
            )
        sheets = {name: _cells(path, book, name) for name in ([declared] if declared else names)}
    filled = {name: sheet for name, sheet in sheets.items() if any(map(any, sheet.rows))}
    if not filled:
        raise IngestError(f"{path.name}: the workbook is empty. Export it again.")
    return filled


def _cells(path: Path, book: Any, name: str) -> Sheet:
    """Give the cells of a sheet as text, an error such as #N/A as what is seen of it."""
    marked = _marked(path, name)
    rows = [[_as_text(cell) for cell in row]
            for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]  # fmt: skip
    for address, fault in marked:
        at = _PLACE.fullmatch(address)
        if fault and at:
            rows[int(at[2]) - 1][_column(at[1])] = fault
    return Sheet(rows, [address for address, fault in marked if not fault])


class ManySheets(IngestError):
    """A workbook holds several tables, and none is named; `sheets` lists them."""

    def __init__(self, message: str, sheets: tuple[str, ...]) -> None:
        super().__init__(message)
        self.sheets = sheets


def _is_table(rows: list[list[str]]) -> bool:
    """Say whether a sheet holds a table, and not a cover or a few notes in one column."""
    wide = [row for row in rows if sum(cell != "" for cell in row) > 1]
    return len(wide) > _COVER


_COVER = 3  # rows of two cells and more, at most, on a sheet that only says what the others are


def _column(letters: str) -> int:
    """Give the place of a column from its letters: A is 0, AA is 26."""
    at = 0
    for letter in letters:
        at = 26 * at + ord(letter) - ord("A") + 1
    return at - 1


def _marked(path: Path, sheet: str) -> list[tuple[str, str]]:
    """Find what the reader leaves out of a sheet: errors, and formulas without a result.

    Returns:
        The address of each cell, with the error or, of a formula that was never worked out as
        some programs leave them, nothing.

    Raises:
        IngestError: a stray cell lies so far off that the sheet would be too large to be held.
    """
    with zipfile.ZipFile(path) as archive:
        name = _member(archive, sheet)
        with archive.open(name) as stream:
            return [*_left_out(path, sheet, stream)]


def _member(archive: zipfile.ZipFile, sheet: str) -> str:
    """Name the part of a workbook that holds a sheet."""
    related = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    parts = {each.get("Id"): each.get("Target", "") for each in related}
    for each in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if each.tag.endswith("}sheet") and each.get("name") == sheet:
            target = parts[next(value for key, value in each.items() if key.endswith("}id"))]
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    raise KeyError(sheet)


def _left_out(path: Path, sheet: str, stream: IO[bytes]) -> Iterator[tuple[str, str]]:
    rest, filled, last, widest = b"", 0, 0, "A"
    while piece := stream.read(2**20):
        rest += piece
        end = rest.rfind(b"</c>") + 4
        whole, rest = rest[:end], rest[end:]
        cells = _COLUMNS.findall(whole)
        filled += len(cells)
        widest = max(widest, *(each.decode() for each in {*cells, b"A"}), key=_column)
        row = _ROW.match(whole, max(whole.rfind(b"<row "), 0))
        last = max(last, *map(int, _FAR.findall(whole)), int(row[1]) if row else 0)
        if b"<f" in whole:
            yield from ((_address(kind), "") for kind in _EMPTY_FORMULA.findall(whole)
                        if b't="str"' not in kind)  # fmt: skip
        if b't="e"' in whole:
            yield from ((_address(kind), fault.decode()) for kind, fault in _FAULT.findall(whole))
    spread = last * (_column(widest) + 1)
    if spread > max(_SPREAD, 4 * filled):
        raise IngestError(
            f"{path.name}: sheet '{sheet}' reaches to cell {widest}{last}, {spread:,} cells, of "
            f"which {filled:,} are filled. Delete the rows and columns beyond the table, and save "
            "it again."
        )


def _address(attributes: bytes) -> str:
    found = re.search(rb'\br="([A-Z]{1,3}\d+)"', attributes)
    return found[1].decode() if found else "without an address"


def _as_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return f"{cell.isoformat()} 00:00:00"
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        sign, left = ("-" if seconds < 0 else ""), abs(seconds)
        return f"{sign}{left // 3600}:{left // 60 % 60:02d}:{left % 60:02d}"
    if isinstance(cell, time):
        return cell.isoformat("seconds")
    if isinstance(cell, int | float) and abs(cell) >= _EXACT and math.isfinite(cell):
        return f"{cell:.14E}"
    return str(cell)
