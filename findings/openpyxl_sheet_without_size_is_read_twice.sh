#!/usr/bin/env bash
# openpyxl 3.1.5: the sheets that its write-only mode makes name no size (no <dimension> before the
# rows), and its read-only mode then goes through the whole sheet once to find the size and a second
# time for the cells; the same rows written in the ordinary mode, which names the size, are gone
# through once. Nothing is said, the values are the same.
# Matters to: big exports made by scripts, whose reading takes nearly twice as long as of the same
# table saved by a spreadsheet program.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5
cd "$folder"
"$folder/env/bin/python" - <<'PY'
import zipfile

import openpyxl

ROWS = 5000
read = {}


class Counted(zipfile.ZipExtFile):
    def read(self, n=-1):
        found = super().read(n)
        read[self.name] = read.get(self.name, 0) + len(found)
        return found


zipfile.ZipExtFile = Counted


def gone_through(path: str) -> float:
    """Say how often the sheet was read, from opening the book to its last row."""
    read.clear()
    book = openpyxl.load_workbook(path, read_only=True)
    rows = [row for row in book.worksheets[0].iter_rows(values_only=True)]
    assert rows[-1] == (ROWS - 1, "a few words")
    size = zipfile.ZipFile(path).getinfo("xl/worksheets/sheet1.xml").file_size
    return read["xl/worksheets/sheet1.xml"] / size


for name in ("plain", "write_only"):
    book = openpyxl.Workbook(write_only=name == "write_only")
    sheet = book.create_sheet("a") if name == "write_only" else book.active
    for at in range(ROWS):
        sheet.append([at, "a few words"])
    book.save(f"{name}.xlsx")
times = {name: round(gone_through(f"{name}.xlsx"), 1) for name in ("plain", "write_only")}
print(f"openpyxl {openpyxl.__version__}: times a sheet is read: {times}")
assert times["plain"] < 1.3 and 1.9 <= times["write_only"] < 2.3
PY
