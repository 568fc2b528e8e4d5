"""How does a help desk write a workbook?

Written as plain parts in a zip rather than cell by cell: a million cases take seconds, and the
same cases make the same bytes.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

MOST_ROWS = 1_000_000  # a sheet holds 1,048,576
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_VND = "application/vnd.openxmlformats-"
_TYPE = f"{_VND}officedocument.spreadsheetml."
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="{_VND}package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Cases" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>",
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}


def write(path: Path, table: pd.DataFrame, *, title: str) -> None:
    """Write a sheet with a title row, an empty row, a header row and the table below it.

    Text columns become shared strings, dates become real dates, numbers numbers.
    """
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in _PARTS.items():
            _add(book, name, [content])
        _add(book, "xl/worksheets/sheet1.xml", _sheet(table, title, texts))
        _add(book, "xl/sharedStrings.xml", _shared(texts))


def _add(book: zipfile.ZipFile, name: str, pieces) -> None:
    """Add one part with a fixed time, so that equal content is equal bytes."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    with book.open(info, "w", force_zip64=True) as part:
        part.write(_HEAD.encode())
        for piece in pieces:
            part.write(piece.encode())


def _sheet(
    table: pd.DataFrame, title: str, texts: dict[str, int], *, chunk: int = 50_000
) -> Iterator[str]:
    letters = [chr(65 + place) for place in range(len(table.columns))]
    yield f'<worksheet xmlns="{_MAIN}"><cols>'
    yield f'<col min="1" max="{len(letters)}" width="17" customWidth="1"/></cols><sheetData>'
    yield f'<row r="1">{_text_cell("A", 1, texts, title)}</row>'
    heads = [
        _text_cell(at, 3, texts, name) for at, name in zip(letters, table.columns, strict=True)
    ]
    yield f'<row r="3">{"".join(heads)}</row>'
    for start in range(0, len(table), chunk):
        rows = table.iloc[start : start + chunk]
        number = np.arange(start + 4, start + 4 + len(rows)).astype(str).astype(object)
        text = '<row r="' + number + '">'
        for letter, name in zip(letters, table.columns, strict=True):
            text = text + _cells(letter, number, rows[name], texts)
        yield "".join(text + "</row>")
    yield "</sheetData></worksheet>"


def _text_cell(letter: str, row: int, texts: dict[str, int], text: str) -> str:
    return f'<c r="{letter}{row}" s="2" t="s"><v>{_numbered(texts, text)}</v></c>'


def _numbered(texts: dict[str, int], text: str) -> int:
    """The number of a text among those of the whole book, in the order of first use."""
    return texts.setdefault(text, len(texts))


def _shared(texts: dict[str, int]) -> Iterator[str]:
    yield f'<sst xmlns="{_MAIN}" count="{len(texts)}" uniqueCount="{len(texts)}">'
    yield "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    yield "</sst>"


def _cells(letter: str, number: np.ndarray, column: pd.Series, texts: dict[str, int]) -> np.ndarray:
    """Return the XML of one column's cells, nothing for the empty ones."""
    if pd.api.types.is_datetime64_any_dtype(column):
        days = (column - pd.Timestamp("1899-12-30")) / pd.Timedelta("1D")
        style, value, empty = (
            ' s="1"',
            days.fillna(0).round(10).astype(str).to_numpy(object),
            column.isna(),
        )
    elif pd.api.types.is_numeric_dtype(column):
        style = ' s="3"' if column.dtype == float else ""
        value, empty = column.fillna(0).astype(str).to_numpy(object), column.isna()
    else:
        style, empty = ' t="s"', column == ""
        codes, uniques = pd.factorize(column)
        numbers = [str(_numbered(texts, text)) if text else "" for text in uniques]
        value = np.array(numbers, object)[codes]
    cells = f'<c r="{letter}' + number + f'"{style}><v>' + value + "</v></c>"
    return np.where(empty.to_numpy(bool), "", cells).astype(object)
