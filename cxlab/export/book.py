"""A banner table as a workbook that a client can read: contents, numbers, letters beside them."""

import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from cxlab.codebook import label
from cxlab.export.inert import cell, plain
from cxlab.export.tables import INERT, sheet_name
from cxlab.results import Result

_TABLES = "tables"
_HEAD = 4  # rows above the tables: whose, breakdown, group, letter
_NUMBER, _LETTERS = 10, 6  # characters in the columns of a group
_ACROSS = 10  # groups on a printed page; with more, letters are too small to read
_PER_CENT = 60  # of their size, at which so many fill a page
_WITHHELD = "withheld"
_FORMS = {"bold": {"bold": True, "valign": "top"}, "title": {"bold": True, "font_size": 12},
          "wrap": {"text_wrap": True, "valign": "top", "align": "center", "bold": True},
          "over": {"text_wrap": True, "valign": "top", "align": "left", "bold": True},
          "grey": {"font_color": "#595959"}, "text": {"text_wrap": True, "valign": "top"},
          "top": {"valign": "top", "num_format": "#,##0"}, "share": {"num_format": "0%"},
          "mean": {"num_format": "0.00"}, "count": {"num_format": "#,##0"},
          "small": {"num_format": '#,##0"*"', "font_color": "#9c5700"},
          "letter": {"font_color": "#1f4e79", "align": "left"},
          "link": {"font_color": "#0563c1", "underline": 1, "valign": "top",
                   "text_wrap": True}}  # fmt: skip


def book(
    banner: Result, wording: Mapping[str, str], *, title: str, each: bool = False, percent: str = ""
) -> bytes:
    """Write banner tables as a workbook.

    Args:
        banner: from `questions.banner`: a row a cell, lines in order, everyone first.
        wording: question -> its text.
        title: what stands above, such as the name of the study.
        each: a sheet for each question; else all stand below one another on one sheet.
        percent: what the shares are of, in words; `count` writes weighted numbers instead.

    Returns:
        The file. Text is inert; the only links lead inside the file.
    """
    grid = _Grid.of(banner.frame)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, INERT) as file:
        forms = {name: file.add_format(form) for name, form in _FORMS.items()}
        contents = file.add_worksheet("contents")
        taken, links = {"contents"}, []
        sheet, row = None, 0
        for name, lines in grid.questions():
            if sheet is None or each:
                called = sheet_name(name if each else _TABLES, taken)
                sheet, row = file.add_worksheet(called), _HEAD
                _head(sheet, grid, f"{title}. {banner.base}", forms)
            links.append((name, called, row, int(grid.asked(lines))))
            row = _table(sheet, row, name, wording.get(name, ""), grid, lines, forms, percent)
        _contents(contents, links, wording, banner, title, forms)
    return buffer.getvalue()


def tidy(banner: Result) -> bytes:
    """Write the cells of a banner table as CSV; no cell is a formula."""
    frame = banner.frame.copy()
    for name in frame.select_dtypes(["object", "str"]):
        told = {value: cell(value) for value in frame[name].unique()}
        frame[name] = frame[name].map(told)
    return frame.to_csv(index=False, float_format="%.10g").encode("utf-8-sig")


class _Grid:
    """The cells of a banner as arrays of lines and columns."""

    def __init__(self, frame: pd.DataFrame, columns: int) -> None:
        self.columns = columns
        self.heads = frame.iloc[:columns]
        self.lines = frame.iloc[::columns].reset_index(drop=True)
        self.cells = {name: frame[name].to_numpy().reshape(-1, columns) for name in frame}

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "_Grid":
        everyone = np.flatnonzero((frame["breakdown"] == "all").to_numpy())
        return cls(frame, int(everyone[1]) if len(everyone) > 1 else len(frame))

    def questions(self) -> list[tuple[str, np.ndarray]]:
        """Give the lines of each question."""
        names = self.lines["question"].to_numpy()
        return [(str(name), np.flatnonzero(names == name)) for name in dict.fromkeys(names)]

    def asked(self, lines: np.ndarray) -> float:
        """Give the largest base of a question."""
        n = self.cells["n"][lines, 0].astype(float)
        return 0.0 if np.isnan(n).all() else float(np.nanmax(n))


def _head(sheet: Any, grid: _Grid, base: str, forms: Mapping[str, Any]) -> None:
    """Write what stands above every table, and set the page up."""
    sheet.write_string(0, 0, plain(base), forms["grey"])
    sheet.set_column(0, 0, 46)
    heads = list(grid.heads.itertuples(index=False))
    for at, head in enumerate(heads):
        x = 1 + 2 * at
        sheet.set_column(x, x, _NUMBER)
        sheet.set_column(x + 1, x + 1, _LETTERS)
        sheet.merge_range(2, x, 2, x + 1, plain(head.group), forms["wrap"])
        sheet.write_string(3, x, head.letter, forms["wrap"])
    wide = []
    for name, some in groupby(range(len(heads)), lambda at: heads[at].breakdown):
        places = list(some)
        wide.append((name, len(places) * (_NUMBER + _LETTERS)))
        sheet.merge_range(
            1, 1 + 2 * places[0], 1, 2 + 2 * places[-1], plain(label(name)), forms["over"]
        )
    _high(sheet, 1, *wide)
    _high(sheet, 2, *((head.group, _NUMBER + _LETTERS) for head in heads))
    sheet.freeze_panes(_HEAD, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    if len(heads) <= _ACROSS:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.set_print_scale(_PER_CENT)
        sheet.set_v_pagebreaks([1 + 2 * at for at in range(_ACROSS, len(heads), _ACROSS)])
    sheet.repeat_rows(0, _HEAD - 1)
    sheet.repeat_columns(0)
    sheet.set_footer("&L&A&RPage &P of &N")


def _table(
    sheet: Any,
    row: int,
    name: str,
    text: str,
    grid: _Grid,
    lines: np.ndarray,
    forms: Mapping[str, Any],
    percent: str,
) -> int:
    """Write a question's table, and give the row after it."""
    called = label(name)
    title = f"{called}: {text}" if text not in ("", name, called) else called
    sheet.write_string(row, 0, plain(title), forms["title"])
    row += 1
    last: tuple[str, float] | None = None
    for line in lines:
        told = grid.lines.loc[line]
        base = told["item"], float(np.nan_to_num(grid.cells["n"][line, 0]))
        if last is None or base[0] != last[0]:
            if told["item"]:
                sheet.write_string(row, 0, plain(told["item"]), forms["bold"])
                row += 1
            row = _bases(sheet, row, grid, line, forms)
        elif base[1] != last[1]:
            row = _bases(sheet, row, grid, line, forms)
        last = base
        _line(sheet, row, grid, line, forms, percent)
        row += 1
    return row + 1


def _bases(sheet: Any, row: int, grid: _Grid, line: int, forms: Mapping[str, Any]) -> int:
    """Write who is counted: people, and their weights where there are any."""
    n, w = (grid.cells[word][line].astype(float) for word in ("n", "base_weighted"))
    small = grid.cells["verdict"][line] == "small base"
    rows = [("Base: answered", n)]
    if not np.allclose(n, w, equal_nan=True):
        rows.append(("Base: weighted", w))
    for base, numbers in rows:
        sheet.write_string(row, 0, base, forms["grey"])
        for at, value in enumerate(numbers):
            if np.isfinite(value):
                sheet.write_number(row, 1 + 2 * at, value, forms["small" if small[at] else "count"])
            elif grid.cells["verdict"][line, at] == _WITHHELD:
                sheet.write_string(row, 1 + 2 * at, _WITHHELD, forms["grey"])
        row += 1
    return row


def _line(
    sheet: Any, row: int, grid: _Grid, line: int, forms: Mapping[str, Any], percent: str
) -> None:
    part = grid.cells["part"][line, 0]
    answer = grid.cells["answer"][line, 0]
    sheet.write_string(row, 0, plain(answer), forms["bold"] if part == "net" else None)
    word, form = ("estimate", "mean") if part == "mean" else ("share", "share")
    if percent == "count" and part != "mean":
        word, form = "weighted", "count"
    numbers = grid.cells[word][line].astype(float)
    for at in np.flatnonzero(np.isfinite(numbers)):
        sheet.write_number(row, 1 + 2 * int(at), numbers[at], forms[form])
    letters = grid.cells["above"][line]
    for at in np.flatnonzero(letters != ""):
        sheet.write_string(row, 2 + 2 * int(at), letters[at], forms["letter"])


def _contents(
    sheet: Any,
    links: Sequence[tuple[str, str, int, int]],
    wording: Mapping[str, str],
    banner: Result,
    title: str,
    forms: Mapping[str, Any],
) -> None:
    """List the questions, each with a link to its table, and how to read them."""
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 62)
    sheet.set_column(2, 2, 9)
    sheet.write_string(0, 0, plain(title), forms["title"])
    sheet.write_string(1, 1, plain(banner.base), forms["text"])
    for x, word in enumerate(("question", "wording", "answered")):
        sheet.write_string(3, x, word, forms["bold"])
    row = 3
    for row, (name, called, at, n) in enumerate(links, 4):
        place = f"internal:'{called}'!A{at + 1}"
        sheet.write_url(row, 0, place, forms["link"], string=plain(label(name), longest=200))
        sheet.write_string(row, 1, plain(wording.get(name, "")), forms["text"])
        sheet.write_number(row, 2, n, forms["top"])
        _high(sheet, row, (name, 32), (wording.get(name, ""), 62))
    said = (banner.headline, banner.method, "* marks a base below 30 answers.", *banner.notes)
    sheet.write_string(row + 2, 0, "how to read", forms["bold"])
    for below, line in enumerate(said, row + 2):
        sheet.write_string(below, 1, plain(line), forms["text"])
        _high(sheet, below, (line, 62))
    sheet.freeze_panes(4, 0)
    sheet.set_paper(9)  # upright, as wide as it is, and as many pages as it takes
    sheet.fit_to_pages(1, 0)


def _high(sheet: Any, row: int, *texts: tuple[str, int]) -> None:
    """Make a row as high as its wrapped texts need; not every program works that out itself."""
    lines = max(len(wrap(text, max(width - 1 - width // 9, 4))) for text, width in texts)
    if lines > 1:
        sheet.set_row(row, 15 * lines)
