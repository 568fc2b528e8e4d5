"""The workbook of banner tables: numbers are numbers, text is inert, links lead inside."""

import io
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cxlab import questions
from cxlab.export import book
from cxlab.questionnaire import Asked, Questionnaire
from tests.conftest import absent

EVIL = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def banner():
    codes = np.r_[np.zeros(60), np.ones(40), np.zeros(20), np.ones(80)].astype(int)[None]
    asked = Asked(EVIL, "single", "", ("",), (EVIL, "no"), (np.nan, np.nan), codes)
    people = pd.DataFrame({"side": np.repeat(["A", "B"], 100)})
    return questions.banner(Questionnaire((asked,), people, ("side",)))


def _sheets(banner, **words):
    data = book.book(banner, {EVIL: "Why?"}, title="Small", **words)
    return openpyxl.load_workbook(io.BytesIO(data))


def test_numbers_have_formats_and_letters_columns_of_their_own(banner):
    sheet = _sheets(banner)["tables"]
    line = next(row for row in sheet.iter_rows(min_row=6) if row[0].value == EVIL)
    assert [cell.value for cell in line[1:7]] == [0.4, None, 0.6, "B", 0.2, None]
    assert line[1].number_format == "0%"
    assert sheet.freeze_panes == "B5"


def test_text_stays_text_and_links_lead_inside(banner):
    file = _sheets(banner)
    kinds = {cell.data_type for sheet in file for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    link = file["contents"]["A5"].hyperlink
    assert link.target is None
    assert link.location.startswith("'tables'!A") or link.location.startswith("tables!A")


def test_tidy_cells_are_no_formulas(banner):
    text = book.tidy(banner).decode("utf-8-sig")
    assert f"'{EVIL}" in text
    assert not any(part.startswith("=") for line in text.splitlines() for part in line.split(","))


def test_the_cells_beside_the_book_are_those_of_its_sheet(banner):
    cells = pd.read_csv(io.BytesIO(book.tidy(banner)))
    rows = list(_sheets(banner)["tables"].iter_rows(min_row=6, values_only=True))
    assert [v for row in rows for v in row if isinstance(v, float)] == cells["share"].tolist()
    letters = [v for row in rows for v in row[2::2] if isinstance(v, str)]
    assert letters == cells["above"].dropna().tolist()


def test_a_long_wording_has_the_height_it_needs(banner):
    data = book.book(banner, {EVIL: "Which of these did you use? " * 10}, title="Small")
    sheet = openpyxl.load_workbook(io.BytesIO(data))["contents"]
    assert sheet.row_dimensions[5].height >= 15 * 280 / 62


def test_calc_opens_the_workbook(banner, tmp_path):
    if not shutil.which("soffice"):
        absent("LibreOffice (soffice)")
    (tmp_path / "b.xlsx").write_bytes(book.book(banner, {EVIL: "Why?"}, title="Small"))
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
             "--convert-to", "csv", "--outdir", tmp_path, tmp_path / "b.xlsx"]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True, timeout=170)
    if not (tmp_path / "b.csv").exists():  # without Calc the status is 0 all the same
        absent("LibreOffice Calc")
    assert EVIL in (tmp_path / "b.csv").read_text(encoding="utf-8")  # text, and no link made of it


def test_headings_stand_over_the_columns_they_name(banner):
    name = "have you seen any of the films of the franchise"
    long = replace(banner, frame=banner.frame.replace({"breakdown": {"side": name}}))
    sheet = _sheets(long)["tables"]
    assert {"D2:G2", "D3:E3", "F3:G3"} <= {str(each) for each in sheet.merged_cells.ranges}
    assert sheet["D2"].value == name
    assert sheet.row_dimensions[2].height > 15


def test_a_wide_table_is_printed_on_pages_that_can_be_read_and_part_no_group(banner):
    people = pd.DataFrame({"side": [f"g{at % 24:02d}" for at in range(480)]})
    asked = Asked("q", "single", "", ("",), ("a", "b"), (np.nan,) * 2, np.arange(480)[None] % 2)
    wide = questions.banner(Questionnaire((asked,), people, ("side",)))
    breaks = [_sheets(each)["tables"].col_breaks.brk for each in (banner, wide)]
    assert [[each.id for each in some] for some in breaks] == [[], [21, 41]]
