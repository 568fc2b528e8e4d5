"""Read an Excel sheet: titles above the header and notes below the table stay apart."""

import math
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

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
_EXACT = 10**15  # from here on a sheet keeps a number's first 15 digits alone


def read_workbook(path: Path, table: Table, wanted: Wanted) -> Grid:
    """Read one sheet of a workbook.

    Raises:
        IngestError: names the sheet and what to do.
    """
    sheet, rows, covers = _sheet(path, table.sheet if isinstance(table.sheet, str) else None)
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
    where = f"{path.name}: sheet '{sheet}', header in row {at + 1}, {header.layout} layout"
    notes = [f"{where}, {keep.sum():,} rows."]
    if len(heads):
        said = f"name what the rows below belong to; each has it as '{GROUP}'"
        notes.append(f"{path.name}: {count(len(heads), 'row')} {said}.")
    if covers:
        shown = listing([f"'{name}'" for name in covers], 6)
        notes.append(f"{path.name}: {shown} {'hold' if len(covers) > 1 else 'holds'} no table.")
    if empty := _uncomputed(path):
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
        return tuple(name for name, rows in filled.items() if _is_table(rows)) or tuple(filled)
    with _book(path) as book:
        names = book.sheetnames
    if not (there := tuple(name for name in declared if name in names)):
        raise IngestError(
            f"{path.name}: there is no sheet {listing([repr(name) for name in declared], 6)}."
            f"{did_you_mean(declared[0], names)}"
        )
    return there


def _sheet(path: Path, declared: str | None) -> tuple[str, list[list[str]], list[str]]:
    """Give the sheet's name and rows, and the sheets beside it that hold no table."""
    filled = _filled(path, declared)
    whole = {name: len(rows) for name, rows in filled.items() if _is_table(rows)} or filled
    if len(whole) > 1:
        raise ManySheets(
            f"{path.name}: {len(whole)} sheets hold data ({', '.join(whole)}). Declare 'sheet:' in "
            "the study file; several of one layout are a list.",
            tuple(whole),
        )
    name = next(iter(whole))
    return name, filled[name], [other for other in filled if other != name]


@contextmanager
def _book(path: Path) -> Iterator[Any]:
    import openpyxl  # a study without workbooks needs none of it

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile, ParseError, EOFError) as error:
        raise IngestError(f"{path.name}: the workbook is damaged ({error}).") from None
    except AttributeError:  # what the reader says of a chart without a drawing
        raise IngestError(
            f"{path.name}: a sheet of it has neither cells nor a chart. Take that sheet out and "
            "save the workbook again."
        ) from None
    yield book
    book.close()


def _filled(path: Path, declared: str | None) -> dict[str, list[list[str]]]:
    """Give the rows of each sheet that has any; of the one declared alone, if one is."""
    with _book(path) as book:
        names = book.sheetnames
        if declared is not None and declared not in names:
            raise IngestError(
                f"{path.name}: there is no sheet '{declared}'.{did_you_mean(declared, names)}"
            )
        try:
            sheets = {
                name: [[_as_text(cell) for cell in row]
                       for row in book[name].iter_rows(values_only=True)]
                for name in ([declared] if declared else names)
                if hasattr(book[name], "iter_rows")
            }  # fmt: skip
        except (ValueError, KeyError, ParseError, zipfile.BadZipFile, EOFError) as error:
            raise IngestError(f"{path.name}: the workbook is damaged ({error}).") from None
    filled = {name: rows for name, rows in sheets.items() if any(any(row) for row in rows)}
    if not filled:
        raise IngestError(f"{path.name}: the workbook is empty. Export it again.")
    return filled


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


def _uncomputed(path: Path) -> list[str]:
    """Name the cells whose formula has no result in the file, as some programs leave them."""
    cells: list[str] = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                with archive.open(name) as stream:
                    empty = [kind for kind in _without_result(stream) if b't="str"' not in kind]
                    cells += [_address(kind) for kind in empty]
    return cells


def _address(attributes: bytes) -> str:
    found = re.search(rb'\br="([A-Z]{1,3}\d+)"', attributes)
    return found[1].decode() if found else "without an address"


def _without_result(stream: IO[bytes]) -> Iterator[bytes]:
    """Give the attributes of each cell of a sheet that has a formula and no value."""
    rest = b""
    while piece := stream.read(2**20):
        rest += piece
        whole = rest.rfind(b"</c>") + 4
        yield from _EMPTY_FORMULA.findall(rest[:whole])
        rest = rest[whole:]


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        sign, left = ("-" if seconds < 0 else ""), abs(seconds)
        return f"{sign}{left // 3600}:{left // 60 % 60:02d}:{left % 60:02d}"
    if isinstance(cell, time):
        return cell.isoformat("seconds")
    if isinstance(cell, int | float) and abs(cell) >= _EXACT and math.isfinite(cell):
        return f"{cell:.14E}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
