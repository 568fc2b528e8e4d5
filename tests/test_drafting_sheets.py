"""Sheets of one layout in a workbook are one table, its rows accounted for by sheet and line."""

import numpy as np
import openpyxl
import pytest
import yaml

from cxlab import study
from cxlab.codebook import Table
from cxlab.drafting import draft
from cxlab.ingest import IngestError, read
from tests.test_drafting_overlooked import DAYS, PAID, N
from tests.test_drafting_vendors import measured


def _book(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def _sold(at):
    return [f"S{at:05d}", f"k{at % 31}", DAYS[at].replace(tzinfo=None), float(PAID[at])]


HEAD = ["Receipt", "Customer", "Sold on", "Total"]


@pytest.mark.parametrize("beside", [{}, {"Cover": [["Till report"], ["made by hand"]]}])
def test_months_on_sheets_of_one_layout_are_one_table(beside, tmp_path):
    thirds = np.array_split(np.arange(N), 3)
    sheets = {
        name: [HEAD, *map(_sold, part)]
        for name, part in zip(("January", "February", "March"), thirds, strict=True)
    }
    sheets["February"][4][2] = "some day"
    _book(tmp_path / "till.xlsx", beside | sheets)
    doubts, said, opened = _opened(tmp_path, "till.xlsx")
    assert said["orders"]["sheet"] == "*"
    assert measured(opened, "orders") == N - 1
    gone = opened.cleaned["orders"].set_aside[["file", "line"]].to_numpy().tolist()
    assert gone == [["till.xlsx, sheet 'February'", 5]]
    assert "layout" not in doubts


def test_sheets_of_shops_are_one_table_and_their_names_doubted(tmp_path):
    other = {"Staff": [["Name", "Since"], *[[f"n{at}", DAYS[at]] for at in range(9)]]}
    halves = {"Bern": [HEAD, *map(_sold, range(60))], "Thun": [HEAD, *map(_sold, range(60, N))]}
    _book(tmp_path / "shops.xlsx", halves | other)
    doubts, said, opened = _opened(tmp_path, "shops.xlsx")
    assert said["orders"]["sheet"] == ["Bern", "Thun"]
    assert measured(opened, "net") == pytest.approx(PAID.sum())
    assert "sheet 'Staff' (9 rows) is left out" in doubts  # nobody has an id there
    assert f"'Bern' (60 rows) and 'Thun' ({N - 60} rows)" in doubts


def test_a_sheet_of_all_months_beside_the_months_is_left_out(tmp_path):
    whole = {"All": [HEAD, *map(_sold, range(N))]}
    parts = {"Q1 2025": [HEAD, *map(_sold, range(50))],
             "Q2 2025": [HEAD, *map(_sold, range(50, N))]}  # fmt: skip
    _book(tmp_path / "year.xlsx", whole | parts)
    doubts, said, opened = _opened(tmp_path, "year.xlsx")
    assert said["orders"]["sheet"] == ["Q1 2025", "Q2 2025"]
    assert measured(opened, "orders") == N
    assert "year.xlsx, sheet 'All'" in doubts


def test_a_sheet_that_no_workbook_has_is_refused(tmp_path):
    _book(tmp_path / "a.xlsx", {"One": [HEAD, *map(_sold, range(9))]})
    with pytest.raises(IngestError, match="there is no sheet 'Two'"):
        read([tmp_path / "a.xlsx"], Table(files=("a.xlsx",), sheet=("Two",)))


def _opened(folder, name):
    made = draft([folder / name], folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    return (
        "\n".join(made.doubts),
        yaml.safe_load(made.text)["tables"],
        study.load(folder / "study.yaml"),
    )
