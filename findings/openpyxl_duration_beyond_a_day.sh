#!/usr/bin/env bash
# openpyxl 3.1.5: one and the same cell value, 26 hours and 15 minutes, comes back as a duration where
# the cell is formatted [h]:mm:ss, and as a moment of the year 1900 where it is formatted h:mm:ss; the
# day is then to be taken off by whoever reads it.
# Matters to: handling and resolution times in ticket exports saved from a spreadsheet.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5
"$folder/env/bin/python" - "$folder/times.xlsx" <<'PY'
import sys

import openpyxl

book = openpyxl.Workbook()
for row, form in enumerate(("[h]:mm:ss", "h:mm:ss"), start=1):
    cell = book.active.cell(row, 1, 26.25 / 24)
    cell.number_format = form
book.save(sys.argv[1])
read = [repr(row[0]) for row in openpyxl.load_workbook(sys.argv[1]).active.iter_rows(values_only=True)]
print(f"openpyxl {openpyxl.__version__}: 26:15 is read as {read}")
assert read[0] == "datetime.timedelta(days=1, seconds=8100)", read
assert read[1] == "datetime.datetime(1900, 1, 1, 2, 15)", read
PY
