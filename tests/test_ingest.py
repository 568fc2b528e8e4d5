"""Does reading give what stands in the file, and say so where it cannot?"""

import csv
import gzip
import io
import json
import shutil
import subprocess
import tracemalloc
from datetime import datetime, time, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from cxlab import codebook, ingest, study
from cxlab.codebook import DOUBT, MappingError, Table
from cxlab.ingest import IngestError, workbooks
from cxlab.study import StudyError
from tests import small
from tests.conftest import ROOT, absent

GOLDEN = json.loads((ROOT / "tests/golden/import_and_cleaning.json").read_text(encoding="utf-8"))
FACTS = {case["id"]: case["expected"] for case in GOLDEN["cases"]}
NPS = {"columns": {"nps": "Q1"}}


def opened(name: str, shared_data: Path) -> study.Study:
    """Open one of the studies on real data."""
    return study.load(ROOT / "tests" / "studies" / f"{name}.yaml", cache=False)


def read_all(path: Path, **said) -> ingest.Raw:
    """Read every column of one file as it stands."""
    if not path.exists():
        absent(str(path.name))
    return ingest.read([path], Table(files=(path.name,), **said))


# ---------------------------------------------------------------- real exports


def test_starwars_two_header_rows_and_blank_heads(shared_data):
    fact, got = FACTS["import_starwars"], opened("starwars", shared_data)
    frame = got.responses
    assert len(frame) == fact["respondents"]
    assert frame["response_id"].nunique() == fact["unique_RespondentID"]
    assert frame["gender"].fillna("").value_counts().to_dict() == fact["gender"]
    assert frame["seen_any"].value_counts().to_dict() == fact["seen_any"]
    assert frame["fan"].fillna("").value_counts().to_dict() == fact["fan"]
    assert "cp1252" in got.notes["responses"][0]


def test_starwars_options_are_named_after_their_question(shared_data):
    path = shared_data / "starwars_surveymonkey" / "StarWars.csv"
    head = next(csv.reader(io.StringIO(path.read_bytes().decode("cp1252"))))
    asked = [name for name in head if name.startswith(("Which of the following", "Please rank"))]
    films = ingest.look(path, Table(files=(path.name,))).header.names
    seen, ranks = ([n for n in films if n.startswith(f"{q.strip()} - ")] for q in asked)
    body = read_all(path, attributes=[*seen, *ranks]).frame
    fact = FACTS["import_starwars"]
    assert [int((body[name] != "").sum()) for name in seen] == fact[
        "multi_select_films_seen_counts"
    ]
    means = [pd.to_numeric(body[name], errors="coerce").mean() for name in ranks]
    assert np.allclose(means, fact["rank_columns_mean"], atol=1e-9)


def test_qualtrics_three_header_rows_with_line_breaks(shared_data):
    fact, got = FACTS["import_qualtrics"], opened("qualtrics", shared_data)
    account = got.cleaned["responses"]
    whole = pd.concat([got.responses, account.judged])
    assert account.rows_in == fact["respondents"] == len(whole)
    for rating, mean in fact["mean_of_12_sliders"].items():
        assert whole[rating].mean() == pytest.approx(mean, abs=1e-9)
    seconds = whole["duration_s"]
    assert [seconds.min(), seconds.max()] == fact["duration_min_max"]
    ratings = whole[list(fact["mean_of_12_sliders"])]
    assert (ratings.nunique(axis=1) == 1).sum() == fact["straightliners_all_12_equal"]


def test_qualtrics_times_are_in_the_zone_of_the_header(tmp_path, shared_data):
    path = shared_data / "qualtrics_export" / "qualtrics.csv"
    raw = read_all(path, columns={"started_at": "StartDate"})
    assert raw.frame["started_at"].min() == FACTS["import_qualtrics"]["first_StartDate"]
    zone = FACTS["import_qualtrics"]["time_zone_in_header_3"]
    assert raw.zones["started_at"] == {path.name: zone}


def test_telecom_dates_are_day_first(shared_data):
    fact, frame = FACTS["import_telecom_verbatims"], opened("telecom", shared_data).responses
    when = frame["answered_at"]
    assert len(frame) == fact["rows"]
    assert f"{when.min():%Y-%m-%d %H:%M:%S}" == fact["min"]
    assert f"{when.max():%Y-%m-%d %H:%M:%S}" == fact["max"]
    assert frame["nps"].isna().sum() == fact["empty_score"]
    assert when.isna().sum() == fact["unparsed_as_day_first"]
    assert frame["comment"].duplicated(keep=False).sum() >= fact["exact_duplicate_texts"]


def test_telco_blank_totals_are_missing_not_text(shared_data):
    fact, frame = FACTS["import_telco"], opened("telco", shared_data).customers
    assert len(frame) == fact["rows"]
    assert frame["customer_id"].nunique() == fact["unique_ids"]
    blank = frame["TotalCharges"].isna()
    assert blank.sum() == fact["TotalCharges_blank"]
    assert frame.loc[blank, "tenure"].eq(0).all() == fact["blank_rows_all_tenure_0"]
    assert frame["churned"].sum() == fact["churn_yes"]
    assert frame["monthly_fee"].sum() == pytest.approx(fact["sum_MonthlyCharges"])


def test_the_torn_last_row_of_the_airline_is_booked(shared_data):
    fact, got = FACTS["import_truncated_airline"], opened("airline", shared_data)
    done = got.cleaned["responses"]
    assert len(done.frame) == fact["complete_rows"]
    assert done.rows_in == fact["complete_rows"] + 1
    assert done.set_aside[["reason", "line"]].to_numpy().tolist() == [["row_torn", 37958]]
    assert done.frame["csat"].sum() == fact["satisfied"]
    assert done.frame["arrival_delay"].isna().sum() == fact["empty_arrival_delay"]


def test_spss_file_brings_its_labels_as_wording(shared_data):
    fact = FACTS["import_bank_sav"]
    path = shared_data / "bank_satisfaction_spss" / "satisfaction.sav"
    ratings = ["Fees", "Interest", "Phone", "Branch", "Online", "ATM"]
    raw = read_all(path, columns={"customer_id": "ID", "csat": "Overall"}, ratings=ratings)
    assert len(raw.frame) == fact["rows"]
    assert raw.frame["customer_id"].nunique() == fact["unique_ID"]
    assert {name: int(raw.frame[name].isna().sum()) for name in ratings} == {
        name: fact["missing"][name] for name in ratings
    }
    assert raw.wording["csat"] == "Overall satisfaction"
    assert "Very dissatisfied" in raw.notes[-1]


def test_semicolons_and_decimal_commas(reference, tmp_path):
    fact, path = FACTS["import_european_csv"], reference / "data" / "ologit.csv"
    got = small.load(
        tmp_path, path.read_bytes(), table="customers",
        columns={"monthly_fee": "gpa"}, segments=["apply"],
    )  # fmt: skip
    frame = got.customers
    assert len(frame) == fact["rows"]
    assert frame["monthly_fee"].mean() == pytest.approx(fact["mean_gpa"])
    assert frame["apply"].value_counts().to_dict() == fact["apply"]
    assert "semicolons" in got.notes["customers"][0]


def test_online_retail_log(shared_data, tmp_path):
    fact = FACTS["import_online_retail"]
    path = shared_data / "online_retail_2010_2011" / "online_retail.csv.gz"
    columns = {"customer_id": "CustomerID", "ordered_at": "InvoiceDate"}
    got = small.load(
        tmp_path, path.read_bytes(), name=path.name, table="orders", columns=columns,
        attributes=["InvoiceNo", "Quantity"],
    )  # fmt: skip
    done = got.cleaned["orders"]
    assert done.rows_in == fact["rows"]
    assert small.reasons(got, "orders") == {"id_missing": fact["no_customer"]}
    assert done.frame["customer_id"].nunique() == fact["customers"]
    assert done.frame["customer_id"].str.fullmatch(r"\d{5}").all()
    assert f"{done.frame['ordered_at'].min():%Y-%m-%d %H:%M:%S}" == fact["min"]


# ---------------------------------------------------------------- the sample


def test_the_sample_counts_equal_its_truth(sample):
    truth = json.loads((sample.parent / "truth.json").read_text(encoding="utf-8"))["dirt"]
    got = study.load(sample, cache=False)
    for table, dirt in truth.items():
        assert got.cleaned[table].rows_in == dirt["rows_in"]
        assert small.reasons(got, table) == dirt["set_aside"]
        assert small.repairs(got, table) == dirt["repairs"]


# ---------------------------------------------------------------- the spine of refusals


def test_a_missing_file_is_named_with_the_nearest(tmp_path):
    path = small.write(tmp_path, "Q1\n9\n", **NPS)
    path.write_text(path.read_text().replace("survey.csv", "surve.csv"))
    with pytest.raises(StudyError, match=r"no file matches 'surve.csv'.*Did you mean 'survey.csv'"):
        study.load(path)


def test_a_wrong_column_is_named_with_the_nearest(tmp_path):
    with pytest.raises(StudyError, match=r"no column 'Q11' .wanted as 'nps'.*Did you mean 'Q1'"):
        small.load(tmp_path, "Q1,Q2\n9,1\n", columns={"nps": "Q11"})


def test_an_unknown_key_is_named_with_line_and_nearest(tmp_path):
    path = small.write(tmp_path, "Q1\n9\n", **NPS)
    path.write_text(path.read_text() + "privaci: {smallest_group: 5}\n")
    with pytest.raises(MappingError, match=r"line \d+: unknown key 'privaci'.*'privacy'"):
        codebook.load(path)


def test_an_empty_file_is_said_to_be_empty(tmp_path):
    with pytest.raises(StudyError, match=r"empty .0 bytes"):
        small.load(tmp_path, "", **NPS)


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"%PDF-1.4 ...", "survey.csv", "its content is a PDF"),
        (b"PAR1....PAR1", "survey.csv", "its content is a Parquet"),
        (b"<!DOCTYPE html><html>", "survey.csv", "its content is a web page"),
        (b"a,b\n1,2\n", "survey.xlsx", "its content is a text file"),
        (b"a,b\n1,2\n", "survey.parquet", "its content is a text file"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "survey.xlsx", "Excel 97-2003"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path, data, name, says):
    with pytest.raises(StudyError, match=says):
        small.load(tmp_path, data, name=name, **NPS)


def test_every_table_that_fails_is_named_at_once(tmp_path):
    path = small.write(tmp_path, "", **NPS)
    path.write_text(
        path.read_text() + "  customers: {files: none.csv, columns: {customer_id: C}}\n"
    )
    with pytest.raises(StudyError) as caught:
        study.load(path)
    assert {error["table"] for error in caught.value.errors} >= {"customers"}


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Świetna obsługa, łatwo. Źle było z dostawą"),
        ("iso8859-2", "Świetna obsługa, łatwo. Źle było z dostawą"),
        ("cp1250", "příliš žluťoučký kůň"),
        ("cp1250", "Foarte mulţumit de servicii, aşteptare scurtă"),
        ("cp1254", "Çok güzel hizmet, teşekkürler, ığdır İstanbul"),
        ("mac_roman", "café déjà, très bien"),
        ("cp1252", "Très bien, mañana sehr schön, não gostei – it’s €5 for 2 m²"),
        ("cp1252", "geïnteresseerd in één"),
        ("euc_jp", "とてもよかったです。配送が早い"),
        ("shift_jis", "とてもよかったです。配送が早い"),
        ("cp949", "LG전자 배송이 빨라요"),
        ("shift_jis", "田中太郎、東京都"),
        ("gb18030", "序号，提交答卷时间，满意度"),
        ("big5", "客戶滿意度，王小明"),
        ("cp1251", "Доставка была поздно, никто не отвечал на звонки"),
        ("cp1253", "Όνομα, Πόλη, Γιώργος Παπαδόπουλος"),
        ("cp1256", "وصل الطرد متأخرا ولم يرد أحد"),
    ],
)
def test_letters_that_make_words_tell_the_encoding(tmp_path, encoding, text):
    (tmp_path / "s.csv").write_bytes(f'Q1,Q2\n9,"{text}"\n8,plain\n'.encode(encoding))
    grid = ingest.look(tmp_path / "s.csv", Table(files=("s.csv",)))
    assert grid.cells["1"].tolist() == [text, "plain"]
    assert encoding in grid.notes[0]


@pytest.mark.parametrize(
    ("encoding", "text", "other"),
    [
        ("cp1251", "хорошо", "cp1253"),
        ("cp1250", "Kovačić", "cp1250"),
        ("cp1254", "Yıldız Şahin", "cp1254"),
        ("cp949", "이름 주소", "gb18030"),
        ("iso8859-8", "שם דוד כהן", "cp1253"),
    ],
)
def test_little_text_of_several_readings_is_doubted_with_both(tmp_path, encoding, text, other):
    (tmp_path / "s.csv").write_bytes(f"Q1,Q2\n9,{text}\n8,plain\n".encode(encoding))
    doubts = [note for note in ingest.look(tmp_path / "s.csv", Table(files=("s.csv",))).notes
              if note.startswith(DOUBT)]  # fmt: skip
    assert len(doubts) == 1
    assert text in doubts[0]
    assert f"declare 'encoding: {other}'" in doubts[0]


def test_lines_are_those_an_editor_shows(tmp_path):
    data = 'Q1,Q9\n9,"two\nlines"\n99,off\n'
    got = small.load(tmp_path, data, columns={"nps": "Q1", "comment": "Q9"})
    assert got.cleaned["responses"].set_aside[["line", "value"]].to_numpy().tolist() == [[4, "99"]]


def test_files_with_columns_in_different_order_are_one_table(tmp_path):
    (tmp_path / "survey_2.csv").write_text("Q2,Q1\n4,10\n")
    got = small.load(
        tmp_path, "Q1,Q2\n9,5\n", name="survey_1.csv", files="survey_*.csv",
        columns={"nps": "Q1", "csat": "Q2"},
    )  # fmt: skip
    assert got.responses[["nps", "csat"]].to_numpy().tolist() == [[9, 5], [10, 4]]


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path):
    for folder in ("jan", "feb"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "s.csv").write_text("Q1,Q2\n9,a\n8,b,c\n")
    got = small.load(tmp_path, "", files=["jan/s.csv", "feb/s.csv"], **NPS).cleaned["responses"]
    assert got.set_aside["file"].tolist() == ["jan/s.csv", "feb/s.csv"]


def test_codes_that_one_spss_file_calls_missing_stay_answers_in_another(tmp_path):
    answers = pd.DataFrame({"Q1": [9.0, 8.0]})
    pyreadstat.write_sav(answers, tmp_path / "a.sav", missing_ranges={"Q1": [9]})
    pyreadstat.write_sav(answers, tmp_path / "b.sav", missing_ranges={"Q1": [8]})
    got = small.load(tmp_path, "", files="*.sav", **NPS)
    assert got.responses["nps"].tolist() == [8, 9]
    gone = got.cleaned["responses"].set_aside
    assert gone[["file", "line"]].to_numpy().tolist() == [["a.sav", 1], ["b.sav", 2]]


def test_a_packed_file_is_read_and_a_bomb_refused(tmp_path, monkeypatch):
    packed = gzip.compress(b"Q1\n" + b"9\n" * 1000)
    assert len(small.load(tmp_path, packed, name="survey.csv.gz", **NPS).responses) == 1000
    monkeypatch.setattr("cxlab.ingest.opening.LARGEST_UNPACKED", 1000)
    with pytest.raises(StudyError, match="more than 1,000 bytes; refused"):
        small.load(tmp_path, packed, name="survey.csv.gz", **NPS)


def test_a_bomb_is_refused_before_it_is_held(tmp_path, monkeypatch):
    monkeypatch.setattr("cxlab.ingest.opening.LARGEST_UNPACKED", 2**27)
    bomb = gzip.compress(b"Q1\n" + b"9\n" * 2**26, compresslevel=1)  # unpacks to 2**27 + 3 bytes
    tracemalloc.start()
    with pytest.raises(StudyError, match="refused"):
        small.load(tmp_path, bomb, name="survey.csv.gz", **NPS)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**26


def test_formulas_without_a_result_are_counted(tmp_path):
    made = openpyxl.Workbook()
    for row in (["Id", "Q1"], [1, "=4+5"], [2, 8], [3, "=B3"]):
        made.active.append(row)
    made.save(tmp_path / "s.xlsx")
    got = small.load(tmp_path, (tmp_path / "s.xlsx").read_bytes(), name="s.xlsx", **NPS)
    assert "2 formulas without a result, read as empty. Open and" in got.notes["responses"][1]
    assert "Cell B2 and B4." in got.ledger.headline
    assert small.reasons(got) == {"no_answer": 2}


def test_a_cell_reads_as_it_is_seen_in_the_sheet(tmp_path):
    made = openpyxl.Workbook()
    seen = {"=1/0": "#DIV/0!", "=NA()": "#N/A", True: "True", 0.1: "0.1", 12.0: "12", -5: "-5",
            " 007 ": "007", datetime(2025, 1, 2): "2025-01-02 00:00:00", 1e-7: "1e-07",
            datetime(2025, 1, 2, 3, 4, 5): "2025-01-02 03:04:05", time(3, 4, 5): "03:04:05",
            timedelta(hours=30): "30:00:00", "日本 <b>": "日本 <b>"}  # fmt: skip
    made.create_sheet("Cover", 0)["A1"] = "=1/0"
    made["Sheet"]["B1"] = "x"
    for at, cell in enumerate(seen, 3):  # two lines and a column stand empty before them
        made["Sheet"].cell(at, 2, cell)
    made.create_chartsheet("Chart")
    made.save(tmp_path / "open.xlsx")
    words = ["--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
             "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "worked"),
             str(tmp_path / "open.xlsx")]  # fmt: skip
    office = shutil.which("soffice") or absent("LibreOffice (soffice)")
    subprocess.run([office, *words], check=True, capture_output=True, timeout=170)
    sheets = workbooks._filled(tmp_path / "worked" / "open.xlsx", None)
    assert [row[1] for row in sheets["Sheet"].rows[2:]] == [*seen.values()]
    assert sheets["Cover"].rows == [["#DIV/0!"]]
    bare = workbooks._filled(tmp_path / "open.xlsx", None)["Sheet"]
    assert [row[1] for row in bare.rows[2:]] == ["", "", *[*seen.values()][2:]]
    assert bare.unworked == ["B3", "B4"]


def test_a_cell_far_from_the_table_is_refused_before_it_is_held(tmp_path):
    made = openpyxl.Workbook()
    for row in range(2500):
        made.active.append([row, 9])
    made.active["XFD2"] = "stray"
    made.save(tmp_path / "s.xlsx")
    with pytest.raises(
        StudyError, match=r"sheet 'Sheet' reaches to cell XFD2500.*5,001 are filled"
    ):
        small.load(tmp_path, (tmp_path / "s.xlsx").read_bytes(), name="s.xlsx", **NPS)


def test_an_id_of_a_sheet_with_more_digits_than_it_keeps_is_damaged(tmp_path):
    made = openpyxl.Workbook()
    for row in (["Id", "Q1"], [999999999999999, 9], [1234567890123450, 8]):
        made.active.append(row)
    made.save(tmp_path / "s.xlsx")
    data, columns = (tmp_path / "s.xlsx").read_bytes(), {"response_id": "Id", "nps": "Q1"}
    got = small.load(tmp_path, data, name="s.xlsx", columns=columns)
    assert got.responses["response_id"].tolist() == ["999999999999999"]
    assert small.reasons(got) == {"id_damaged": 1}


def test_an_open_quotation_mark_is_found(tmp_path):
    with pytest.raises(StudyError, match="line 3: a quotation mark is opened here"):
        small.load(tmp_path, 'Q1,Q2\n1,a\n2,"b\n3,c\n4,d\n', **NPS)


def test_ingest_error_carries_its_file():
    with pytest.raises(IngestError) as caught:
        ingest.read([Path("nowhere.csv")], Table(files=("nowhere.csv",)))
    assert caught.value.file == "nowhere.csv"


UNSEEN = ["\ufeff", "\u200b", "\u00a0", "\u00ad", "\u200e", "\u202a", "\u2066", "\u2009", "\u2060"]


@pytest.mark.parametrize("mark", UNSEEN)
def test_what_nobody_sees_in_a_heading_or_around_a_value_is_no_part_of_it(tmp_path, mark):
    rows = f"{mark}Q1,How {mark}likely{mark}\n{mark}9{mark},a\n8{mark},{mark}b\n"
    got = small.load(tmp_path, rows, columns={"nps": "Q1"}, segments=["How likely"]).responses
    assert got["nps"].tolist() == [9, 8]
    assert got["How likely"].tolist() == ["a", "b"]
    again = small.load(tmp_path, rows, columns={"nps": f"Q1{mark}"}).responses
    assert again["nps"].tolist() == [9, 8]


@pytest.mark.parametrize("eaten", ["09-Oct", "Oct-10", "10-Sep", "9. Okt", "2024-10-09", "9/10/24"])
def test_an_answer_that_a_spreadsheet_made_a_date_of_is_no_score(tmp_path, eaten):
    data = f"Q1,Q2\n9,4\n{eaten},5\n10 - May be,5\n7,{eaten}\n"
    got = small.load(tmp_path, data, columns={"nps": "Q1"}, ratings={"help": "Q2"})
    assert got.responses["nps"].tolist() == [9, 10, 7]
    assert small.reasons(got) == {"score_as_date": 1}
    assert small.repairs(got)["help:as_date"] == 1
    assert "1 of 4 answers to 'nps' came as dates" in got.ledger.headline


def test_a_score_half_of_which_a_spreadsheet_ate_is_refused(tmp_path):
    text = "nps,b\n" + "9-Oct,x\n7,y\n8-Oct,z\n" * 8
    with pytest.raises(study.StudyError) as refused:
        small.load(tmp_path, text, columns={"nps": "nps"})
    assert "line 2: 'nps' (read as nps): 16 of 24 filled cells are no score" in str(refused.value)
    assert "A spreadsheet made dates of answers such as 9-10" in str(refused.value)
