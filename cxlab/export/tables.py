"""Every table behind every chart, as a workbook whose text is inert."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from cxlab.codebook import headings
from cxlab.export.inert import plain

INERT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
          "in_memory": True, "nan_inf_to_errors": True}  # fmt: skip


def workbook(found: Sequence[Mapping[str, Any]]) -> bytes:
    """Write a report's findings as a workbook: a list of them, then a sheet each.

    Args:
        found: the report's findings.

    Returns:
        The file. No cell is a formula, a link or a number made of text.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, INERT) as book:
        bold = book.add_format({"bold": True})
        contents = book.add_worksheet("contents")
        contents.set_column(0, 0, 34)
        contents.set_column(1, 1, 90)
        contents.write_row(0, 0, ["sheet", "finding"], bold)
        taken = {"contents"}
        for place, finding in enumerate(found, 1):
            name = sheet_name(finding["name"], taken)
            contents.write_row(place, 0, [name, plain(finding["headline"])])
            _write(book.add_worksheet(name), finding, bold)
    return buffer.getvalue()


def _write(sheet: Any, finding: Mapping[str, Any], bold: Any) -> None:
    columns = finding["frame"]["columns"]
    sheet.write_string(0, 0, plain(finding["headline"]), bold)
    for x, words in enumerate(headings(columns, finding["unit"]).values()):
        sheet.write_string(2, x, words, bold)
        sheet.set_column(x, x, max(12, len(words) + 2))
    last = 2
    for last, row in enumerate(finding["frame"]["rows"], 3):
        for x, value in enumerate(row):
            if isinstance(value, bool):
                sheet.write_boolean(last, x, value)
            elif isinstance(value, int | float) and abs(value) < 1e15:
                sheet.write_number(last, x, value)
            elif value is not None:
                sheet.write_string(last, x, plain(value))
    sheet.freeze_panes(3, 0)
    said = [finding["base"], finding["method"], *finding["notes"]]
    for y, line in enumerate(said, last + 2):
        sheet.write_string(y, 0, plain(line))


def sheet_name(name: str, taken: set[str]) -> str:
    """Give a sheet a name that is allowed and used once."""
    base = re.sub(r"[\[\]:*?/\\']", " ", plain(name)).strip()[:26] or "finding"
    out, n = base, 2
    while out.lower() in taken:
        out, n = f"{base} ({n})", n + 1
    taken.add(out.lower())
    return out
