"""Eighty-odd broken files: each is refused with its reason, or read and accounted for."""

import gzip
import io
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxlab.codebook import Refusal, Table
from cxlab.ingest import read
from tests import small

SAID = {"columns": {"nps": "Q1"}, "attributes": ["Q2"]}


def book(*rows, sheets=1, chart=False) -> bytes:
    made = openpyxl.Workbook()
    if chart:
        made.create_chartsheet("C")
    for at in range(sheets):
        sheet = made.active if at == 0 else made.create_sheet(f"S{at}")
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def parquet(columns: list[list], names: list[str]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns, names=names), stream)
    return stream.getvalue()


def archive(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "."), data)
    return stream.getvalue()


GOOD = b"Q1,Q2\n9,a\n8,b\n"
WIDE = "Q1,Q2,c,d,e\n" + "".join(f"{n % 11},a,1,2,3\n" for n in range(20))

# name of the file, its bytes, what it must be refused with
REFUSED = {
    "no byte": ("s.csv", b"", "empty"),
    "blank lines": ("s.csv", b"\n\n\n", "blank lines"),
    "blanks and commas": ("s.csv", b" , \n , \n", "blank lines|no column"),
    "mark alone": ("s.csv", b"\xef\xbb\xbf", "blank lines|empty"),
    "header alone": ("s.csv", b"Q1,Q2\n", "no row below"),
    "header without end": ("s.csv", b"Q1,Q2", "no row below"),
    "other columns": ("s.csv", b"a,b\n1,2\n", "no column 'Q1'"),
    "case differs": ("s.csv", b"q1,Q2\n1,2\n", "Did you mean"),
    "one column lacking": ("s.csv", b"Q1\n9\n", "no column 'Q2'"),
    "open quote": ("s.csv", b'Q1,Q2\n9,"a\n8,b\n7,c\n', "never closed"),
    "open quote first": ("s.csv", b'Q1,Q2\n"9,a\n8,b\n', "never closed"),
    "pdf": ("s.csv", b"%PDF-1.7\n", "PDF"),
    "png": ("s.csv", b"\x89PNG\r\n\x1a\n", "picture"),
    "jpeg": ("s.csv", b"\xff\xd8\xff\xe0", "picture"),
    "sqlite": ("s.csv", b"SQLite format 3\0", "database"),
    "web page": ("s.csv", b"<html><body>login</body></html>", "web page"),
    "web page, capitals": ("s.csv", b"\n<!DOCTYPE HTML><html>", "web page"),
    "gzip unnamed": ("s.csv", gzip.compress(GOOD), "gzip"),
    "zip unnamed": ("s.csv", archive(a__csv=GOOD), "zip archive"),
    "workbook unnamed": ("s.csv", book(["Q1", "Q2"], [9, "a"]), "Excel workbook"),
    "parquet unnamed": ("s.csv", b"PAR1" + b"\0" * 20, "Parquet"),
    "spss unnamed": ("s.csv", b"$FL2@(#) SPSS", "SPSS"),
    "old workbook": ("s.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "97-2003"),
    "text as workbook": ("s.xlsx", GOOD, "text file"),
    "text as parquet": ("s.parquet", GOOD, "text file"),
    "text as spss": ("s.sav", GOOD, "text file"),
    "text as gzip": ("s.csv.gz", GOOD, "text file"),
    "text as zip": ("s.zip", GOOD, "text file"),
    "xls": ("s.xls", b"\xd0\xcf\x11\xe0", "Save it as .xlsx"),
    "unknown ending": ("s.dat", GOOD, "are not read"),
    "no ending": ("s", GOOD, "are not read"),
    "7z": ("s.7z", b"7z\xbc\xaf", "Unpack"),
    "damaged parquet": ("s.parquet", b"PAR1" + b"x" * 50, "damaged"),
    "cut parquet": ("s.parquet", b"PAR1", "damaged"),
    "damaged spss": ("s.sav", b"$FL2" + b"x" * 50, "damaged"),
    "damaged zip": ("s.zip", b"PK\x03\x04" + b"x" * 50, "damaged"),
    "damaged workbook": ("s.xlsx", b"PK\x03\x04" + b"x" * 50, "damaged"),
    "cut workbook": ("s.xlsx", book(["Q1", "Q2"], [9, "a"])[:900], "damaged"),
    "zip as workbook": ("s.xlsx", archive(a__csv=GOOD), "zip archive"),
    "cut gzip": ("s.csv.gz", gzip.compress(GOOD * 50)[:-9], "damaged"),
    "gzip of nothing": ("s.csv.gz", gzip.compress(b""), "empty"),
    "gzip of a workbook": ("s.xlsx.gz", gzip.compress(GOOD), "are not read"),
    "empty zip": ("s.zip", archive(), "content is a text file|one text export|damaged"),
    "zip of two": ("s.zip", archive(a__csv=GOOD, b__csv=GOOD), "one text export"),
    "zip of a picture": ("s.zip", archive(a__png=b"x"), "one text export"),
    "zip of an empty file": ("s.zip", archive(a__csv=b""), "empty"),
    "empty workbook": ("s.xlsx", book(), "empty"),
    "workbook, header alone": ("s.xlsx", book(["Q1", "Q2"]), "no row below"),
    "workbook, two sheets": ("s.xlsx", book(["Q1", "Q2"], [9, "a"], sheets=2), "2 sheets"),
    "zero bytes": ("s.csv", b"Q1,Q2\n9,a\0b\n8,c\n", "zero byte"),
    "zeros alone": ("s.csv", b"\0" * 64, "zero byte|blank|no column|not decide"),
    "false mark": ("s.csv", b"\xef\xbb\xbfQ1,Q2\n9,\xff\n", "line 2.*not"),
    "half a letter": ("s.csv", b"\xff\xfeQ\x001\x00,\x00Q\x002", "UTF-16"),
    "a stray byte": ("s.csv", "Q1,Q2\n9,café naïve\n8,plain\n".encode() + b"8,caf\xe9 x\n",
                     "line 4: a byte that is not UTF-8, as the 2 letters"),
    "a stray byte at the end": ("s.csv", "Q1,Q2\n9,café\n".encode() * 9 + b"8,caf\xe9",
                                "line 19: a byte that is not UTF-8"),
    "letters of DOS": ("s.csv", "Q1,Q2\n9,sehr schön große\n".encode("cp850"), "do not decide"),
    "a mark after each row": ("s.csv", b"Q1,Q2\n9,a,\n8,b,\n", "line 2: not one row fits"),
    "a mark after the header": ("s.csv", b"Q1,Q2,\n9,a\n8,b\n", "2 fields, 3 expected"),
    "parquet, one name twice": ("s.parquet", parquet([[9], [1]], ["Q1", "Q1"]),
                                "several columns are called 'Q1'"),
    "parquet, bytes": ("s.parquet", parquet([[9], [b"\xff"]], ["Q1", "Q2"]), "'Q2' holds bytes"),
    "two delimiters": ("s.csv", b"Q1,Q2;x\n9,a;b\n8,c;d\n7,e;f\n", "equally well"),
}  # fmt: skip

# name of the file, its bytes, scores kept, reasons of rows set aside
READ = {
    "no end of line": ("s.csv", b"Q1,Q2\n9,a\n8,b", [9, 8], {}),
    "a chart without a drawing": ("s.xlsx", book(["Q1", "Q2"], [9, "a"], chart=True), [9], {}),
    "windows ends": ("s.csv", b"Q1,Q2\r\n9,a\r\n8,b\r\n", [9, 8], {}),
    "old mac ends": ("s.csv", b"Q1,Q2\r9,a\r8,b\r", [9, 8], {}),
    "mark": ("s.csv", b"\xef\xbb\xbfQ1,Q2\n9,a\n", [9], {}),
    "utf-16": ("s.csv", GOOD.decode().encode("utf-16"), [9, 8], {}),
    "utf-16 without mark": ("s.csv", GOOD.decode().encode("utf-16-le"), [9, 8], {}),
    "utf-16 other way": ("s.csv", GOOD.decode().encode("utf-16-be"), [9, 8], {}),
    "cp1252": ("s.csv", "Q1,Q2\n9,café\n".encode("cp1252"), [9], {}),
    "korean": ("s.csv", ("Q1,Q2\n" + "9,배송이 빨라요\n" * 3).encode("cp949"), [9] * 3, {}),
    "japanese": ("s.csv", ("Q1,Q2\n" + "9,とてもよかった\n" * 3).encode("shift_jis"), [9] * 3, {}),
    "tabs": ("s.tsv", b"Q1\tQ2\n9\ta\n", [9], {}),
    "semicolons": ("s.csv", b"Q1;Q2\n9;a,b\n8;c\n", [9, 8], {}),
    "bars": ("s.txt", b"Q1|Q2\n9|a\n", [9], {}),
    "quoted header": ("s.csv", b'"Q1","Q2"\n"9","a"\n', [9], {}),
    "blanks in header": ("s.csv", b" Q1 , Q2 \n9,a\n", [9], {}),
    "same name twice": ("s.csv", b"Q1,Q2,Q1\n9,a,0\n", [9], {}),
    "unnamed column": ("s.csv", b"Q1,Q2,\n9,a,x\n", [9], {}),
    "too few fields": ("s.csv", b"Q1,Q2\n9,a\n8\n7,c\n", [9, 7], {"row_torn": 1}),
    "too many fields": ("s.csv", b"Q1,Q2\n9,a\n8,b,c\n7,d\n", [9, 7], {"row_torn": 1}),
    "separators alone": ("s.csv", b"Q1,Q2\n9,a\n,\n7,d\n", [9, 7], {"row_torn": 1}),
    "blank lines between": ("s.csv", b"Q1,Q2\n9,a\n\n7,d\n\n", [9, 7], {}),
    "header again": ("s.csv", b"Q1,Q2\n9,a\nQ1,Q2\n7,d\n", [9, 7], {"below_table": 1}),
    "line break inside": ("s.csv", b'Q1,Q2\n9,"a\nb"\n8,c\n', [9, 8], {}),
    "doubled quote": ("s.csv", b'Q1,Q2\n9,"a ""b"" c"\n', [9], {}),
    "title above": ("s.csv", b"Report of May\n\n" + WIDE.encode(), None, {}),
    "a long torn row": ("s.csv", b"Q1,Q2\n9,a\n" + b"8,b\n" * 50 + b"7," + b"x" * 200_000 + b",y\n",
                        [9] + [8] * 50, {"row_torn": 1}),
    "a long comment": ("s.csv", b'Q1,Q2\n9,"' + b"x" * 200_000 + b'"\n8,b\n', [9, 8], {}),
    "parquet, text as bytes": ("s.parquet", parquet([[9], [b"a"]], ["Q1", "Q2"]), [9], {}),
    "off scale": ("s.csv", b"Q1,Q2\n9,a\n99,b\n", [9], {"score_off_scale": 1}),
    "words for missing": ("s.csv", b"Q1,Q2\n9,a\nN/A,b\n", [9], {"no_answer": 1}),
    "packed": ("s.csv.gz", gzip.compress(GOOD), [9, 8], {}),
    "archived": ("s.zip", archive(a__csv=GOOD), [9, 8], {}),
    "workbook": ("s.xlsx", book(["Q1", "Q2"], [9, "a"], [8, "b"]), [9, 8], {}),
    "workbook with title": (
        "s.xlsx", book(["Survey"], [], ["Q1", "Q2", "c"], [9, "a", 1], [8, "b", 2]), [9, 8], {},
    ),
    "workbook with total": (
        "s.xlsx",
        book(["Q1", "Q2", "c", "d", "e"], *[[9, "a", 1, 2, 3]] * 4, [], [None, "Total: 4"]),
        [9] * 4, {"below_table": 1},
    ),
    "workbook with average and total": (
        "s.xlsx",
        book(["Q2", "Q1", "c"], ["a", 9, 5], ["b", 8, 4], ["Average", 8.5, 4.5], ["Total", 17, 9]),
        [9, 8], {"below_table": 2},
    ),
    "total below": ("s.csv", b"Q2,Q1\na,9\nb,8\nGrand total,17\n", [9, 8], {"below_table": 1}),
    "note below": ("s.csv", WIDE.encode() + b"\nGenerated on 2025-01-01\n", None,
                   {"below_table": 1}),
    "a short last answer": ("s.csv", WIDE.encode() + b"\n5,b,,,\n", None, {}),
    "count in the middle": ("s.csv", b"Q2,Q1\na,9\nTotal,8\nb,7\n", [9, 8, 7], {}),
    "total as a value": ("s.csv", b"Q2,Q1\nTotal,9\na,8\nTotal,7\n", [9, 8, 7], {}),
    "a comment on a total": ("s.csv", b"Q2,Q1\na,9\nTotal waste of time,0\n", [9, 0], {}),
    "a note of one answer": ("s.csv", b"Q2,Q1\na,9\nReporting was slow,1\n", [9, 1], {}),
    "workbook, merged heads": (
        "s.xlsx", book(["Base", "", ""], ["Q1", "Q2", "Q3"], [9, "a", 3], [8, "b", 4]), [9, 8], {},
    ),
}  # fmt: skip


def test_there_are_eighty():
    assert len(REFUSED) + len(READ) >= 80


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_file_is_refused_with_its_reason(case, tmp_path):
    name, data, says = REFUSED[case]
    with pytest.raises(Refusal, match=says):
        small.load(tmp_path, data, name=name, **SAID)


@pytest.mark.parametrize("case", READ)
def test_an_odd_file_is_read_and_accounted_for(case, tmp_path):
    name, data, scores, gone = READ[case]
    opened = small.load(tmp_path, data, name=name, **SAID)
    done = opened.cleaned["responses"]
    assert done.rows_in == len(done.frame) + len(done.set_aside)
    assert small.reasons(opened) == gone
    assert scores is None or done.frame["nps"].tolist() == scores


def test_a_file_that_ends_within_a_row_is_doubted_as_cut_off(tmp_path):
    path = tmp_path / "a.csv"
    rows = "".join(f"{at},2025-01-{at % 28 + 1:02d},{at % 11},x\n" for at in range(40))
    path.write_text("id,date,nps,why\n" + rows[:-12], encoding="utf-8")
    table = Table(files=("a.csv",), columns={"nps": "nps"})
    assert any("a.csv ends in the midst of line 41" in note for note in read([path], table).notes)
    path.write_text("id,date,nps,why\n" + rows[:-1], encoding="utf-8")  # no mark of a line's end
    assert not any("cut off" in note for note in read([path], table).notes)
