#!/usr/bin/env bash
# python-calamine 0.9.1: a cell that shows #N/A or #DIV/0! comes back as an empty text, as if nobody
# had filled it in; openpyxl 3.1.5 hands over the error's name. pandas 3.0.0 inherits the difference:
# the same sheet, read with keep_default_na=False, holds '#N/A' by one engine and '' by the other.
# Matters to: lookups that failed in an export (#N/A as a customer or a sum), which are to be told
# apart from cells left empty before rows are counted or set aside.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check \
  python-calamine==0.9.1 openpyxl==3.1.5 xlsxwriter==3.2.9 pandas==3.0.0
cd "$folder"
"$folder/env/bin/python" - <<'PY'
import openpyxl
import pandas as pd
import xlsxwriter
from python_calamine import CalamineWorkbook

with xlsxwriter.Workbook("s.xlsx") as book:
    sheet = book.add_worksheet("S")
    sheet.write_row(0, 0, ["customer", "paid"])
    sheet.write_formula(1, 0, "=NA()", None, "#N/A")
    sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    sheet.write_row(2, 0, ["c2", 5])
one = CalamineWorkbook.from_path("s.xlsx").get_sheet_by_name("S").to_python()[1]
other = [cell.value for cell in openpyxl.load_workbook("s.xlsx", data_only=True)["S"][2]]
read = {name: str(pd.read_excel("s.xlsx", engine=name, keep_default_na=False)["customer"].iloc[0])
        for name in ("calamine", "openpyxl")}
print(f"python-calamine: {one}; openpyxl: {other}; pandas {pd.__version__}: {read}")
assert one == ["", ""], one
assert other == ["#N/A", "#DIV/0!"], other
assert read == {"calamine": "", "openpyxl": "nan"}, read
PY
