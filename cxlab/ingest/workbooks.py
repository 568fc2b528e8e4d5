"""Read an Excel sheet: titles above the header and notes below the table stay apart."""

import zipfile
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
import pandas as pd

from cxlab.codebook import Table, did_you_mean
from cxlab.ingest.grids import FOOTER, LAST_ROWS, Grid, Wanted, footers
from cxlab.ingest.layouts import recognise, top
from cxlab.ingest.opening import IngestError

_LOOKED_AT = 40


def read_workbook(path: Path, table: Table, wanted: Wanted) -> Grid:
    """Read one sheet of a workbook.

    Raises:
        IngestError: names the sheet and what to do.
    """
    sheet, rows = _sheet(path, table.sheet)
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
    damage = damage[keep]
    places = [str(place) for place in wanted(header)]
    where = f"{path.name}: sheet '{sheet}', header in row {at + 1}, {header.layout} layout"
    notes = (f"{where}, {keep.sum():,} rows.",)
    body = frame.loc[keep, places].reset_index(drop=True)
    return Grid(body, header, lines[keep], damage if (damage != "").any() else "", notes)


def _sheet(path: Path, declared: str | None) -> tuple[str, list[list[str]]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile, ParseError, EOFError) as error:
        raise IngestError(f"{path.name}: the workbook is damaged ({error}).") from None
    names = book.sheetnames
    if declared is not None and declared not in names:
        raise IngestError(
            f"{path.name}: there is no sheet '{declared}'.{did_you_mean(declared, names)}"
        )
    try:
        sheets = {
            name: [
                [_as_text(cell) for cell in row] for row in book[name].iter_rows(values_only=True)
            ]
            for name in ([declared] if declared else names)
            if hasattr(book[name], "iter_rows")
        }
    except (ValueError, KeyError, ParseError, zipfile.BadZipFile, EOFError) as error:
        raise IngestError(f"{path.name}: the workbook is damaged ({error}).") from None
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


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell).strip()
