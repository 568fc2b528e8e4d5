"""Is a column that is not what it is said to be refused, or doubted aloud?"""

import pandas as pd
import pytest
import yaml

from cxlab import study
from cxlab.cleaning.convert import matched as matched_ids
from cxlab.cleaning.convert import to_id
from cxlab.cleaning.durations import to_duration
from cxlab.study import StudyError
from tests import small

NPS = {"columns": {"nps": "Q1", "csat": "Q2"}}


def survey(folder, pairs, **said):
    rows = "".join(f"{one},{other}\n" for one, other in pairs)
    return small.load(folder, "Q1,Q2\n" + rows, **{**NPS, **said})


def notes(opened, table: str = "responses") -> str:
    return " ".join(opened.notes[table])


def seconds(*cells, heading="Reply", **said) -> list[float]:
    return to_duration(pd.Series(cells, dtype="str"), heading=heading, **said).values.tolist()


# ---------------------------------------------------------------- scores


def test_a_score_in_words_is_refused_with_the_words_and_their_counts(tmp_path):
    with pytest.raises(StudyError) as refused:
        survey(tmp_path, [(9, "fine"), (8, "fine"), (7, "poor"), (6, "")])
    said = str(refused.value)
    assert "survey.csv, line 2: 'Q2' (read as csat): 3 of 3 filled cells are no score" in said
    assert "'fine' (2) and 'poor' (1)" in said
    scales = {"csat": {"range": "0..1", "labels": {"fine": 1, "poor": 0}}}
    got = survey(tmp_path, [(9, "fine"), (8, "fine"), (7, "poor"), (6, "")], scales=scales)
    assert got.responses["csat"].sum() == 2


def test_half_a_column_unreadable_is_refused_and_less_is_booked(tmp_path):
    with pytest.raises(StudyError, match="4 of 8 filled cells are no score"):
        survey(tmp_path, [(n, "bad" if n < 4 else 5) for n in range(8)])
    got = survey(tmp_path, [(n, "bad" if n < 3 else 5) for n in range(8)])
    assert small.repairs(got) == {"csat:unreadable": 3}


def test_a_second_score_off_its_scale_leaves_the_row_and_is_alarming(tmp_path):
    got = survey(tmp_path, [(n % 11, n % 7 + 1) for n in range(77)])
    assert len(got.responses) == 77
    assert small.repairs(got) == {"csat:off_scale": 22}
    assert "'Q2': 22 of 77 answers lie off the scale 1..5 (6 and 7): is it 1..7?" in notes(got)


def test_a_likely_code_for_no_answer_is_told(tmp_path):
    got = survey(tmp_path, [(n % 11, 99 if n % 9 == 0 else 4) for n in range(45)])
    assert "'Q2' holds 99 (5 cells), likely a code" in notes(got)
    assert "missing: [99]" in notes(got)


def test_an_nps_that_never_leaves_one_to_five_is_refused_unless_declared(tmp_path):
    rows = [(n % 5 + 1, 3) for n in range(40)]
    with pytest.raises(StudyError, match="the answers run from 1 to 5, none beyond; declare"):
        survey(tmp_path, rows)
    assert "Doubtful: 'Q1'" in notes(survey(tmp_path, rows, scales={"nps": "0..10"}))


def test_one_moment_in_every_row_is_no_date(tmp_path):
    rows = "Q1,d\n" + "".join(f"{n % 11},2025-03-01 10:00\n" for n in range(20))
    got = small.load(tmp_path, rows, columns={"nps": "Q1", "answered_at": "d"})
    assert not got.dated
    assert "one and the same moment, 2025-03-01 10:00, in all 20 rows" in notes(got)


def test_refusals_name_file_heading_and_line(tmp_path):
    rows = "Q1,When asked\n9,13/01/2025\n8,01/13/2025\n"
    columns = {"nps": "Q1", "answered_at": "When asked"}
    with pytest.raises(StudyError, match=r"survey.csv, line 3: 'When asked': '13/01/2025' has the"):
        small.load(tmp_path, rows, columns=columns)
    text = "c,o,Paid\nx,1,€5\ny,2,$6\n"
    columns = {"customer_id": "c", "order_id": "o", "amount": "Paid"}
    with pytest.raises(StudyError, match=r"survey.csv, line 3: 'Paid': '€5' and"):
        small.load(tmp_path, text, table="orders", columns=columns)


# ---------------------------------------------------------------- lengths of time


def test_lengths_of_time_are_read_as_clock_words_and_standard():
    cells = ["26:15:09", "2 d 3 h", "1h 20m", "PT1H", "1 day, 2:00:00", "1,5 Std.", "90 sec", "-"]
    expected = [94509, 183600, 4800, 3600, 93600, 5400, 90]
    assert seconds(*cells)[:7] == expected
    assert seconds("1900-01-01 02:15:00", "1900-03-01 00:00:00") == [94500, 61 * 86400]


@pytest.mark.parametrize(
    ("heading", "value"),
    [("First reply (minutes)", 90), ("reply_hours", 5400), ("Dauer in Tagen", 129600)],
)
def test_the_heading_names_the_unit_of_plain_numbers(heading, value):
    assert seconds("1.5", "2.25", heading=heading)[0] == value


def test_a_length_without_a_unit_is_refused_and_can_be_declared(tmp_path):
    text = "id,c,open,Reply\n1,x,2025-01-01 10:00,90\n2,y,2025-01-02 10:00,15\n"
    columns = {"interaction_id": "id", "customer_id": "c", "opened_at": "open"}
    said = {"table": "interactions", "columns": columns | {"first_reply": "Reply"}}
    with pytest.raises(StudyError, match=r"line 2: 'Reply': '90' is a length of time without a"):
        small.load(tmp_path, text, **said)
    got = small.load(tmp_path, text, **said, formats={"first_reply": "minutes"})
    replied = got.cleaned["interactions"].frame["first_reply_at"]
    assert f"{replied.iloc[0]:%H:%M}" == "11:30"


def test_two_figures_are_minutes_of_a_questionnaire_and_hours_of_a_case():
    assert seconds("12:30", usual="seconds") == [750]
    assert seconds("12:30") == [45000]
    assert seconds("12:30", declared="m:ss") == [750]


# ---------------------------------------------------------------- ids


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        ("case", "Ana@Example.org", "ana@example.org"),
        ("pad 6", "123", "000123"),
        ("plain number", "#00 123.0", "123"),
        ("last number", "Kd. 00123", "123"),
        ("last number", "00123", "123"),
        ("salesforce18", "001A0000006Vm9r", "001A0000006Vm9rIAC"),
        ("salesforce18", "001a0000006VM9RIAC", "001A0000006Vm9rIAC"),
    ],
)
def test_ids_are_brought_into_one_form(rule, given, expected):
    done = matched_ids(to_id(pd.Series([given, None])), rule)
    assert done.values.tolist()[0] == expected
    assert done.repairs["id_matched"].tolist() == [True, False]


def test_a_rule_for_the_customers_id_holds_in_every_table(tmp_path):
    (tmp_path / "crm.csv").write_text("k\nA1\nB2\n")
    path = small.write(tmp_path, "Q1,k\n9,a1\n8,b2\n", columns={"nps": "Q1", "customer_id": "k"})

    said = yaml.safe_load(path.read_text())
    said["tables"]["responses"]["ids"] = {"customer_id": "case"}
    said["tables"]["customers"] = {"files": "crm.csv", "columns": {"customer_id": "k"}}
    path.write_text(yaml.safe_dump(said))
    assert study.load(path, cache=False).customers["customer_id"].tolist() == ["a1", "b2"]


# ---------------------------------------------------------------- labels and questions

TAGS = "Q1,tags\n" + "".join(
    f"{n % 11},{('vip; lead', 'lead', 'vip;beta', 'beta', '')[n % 5]}\n" for n in range(50)
)


def test_a_row_counts_for_each_of_its_labels(tmp_path):
    said = {"columns": {"nps": "Q1"}, "segments": ["tags"], "split": {"tags": ";"}}
    over = {"reports": {"over": {"tags": "all"}}}
    got = small.load(tmp_path, TAGS, **said, whole=over)
    assert got.segments() == ("tags: beta", "tags: lead", "tags: vip")
    assert (got.responses["tags: vip"] == "yes").sum() == 20
    assert [part["segment"] for part in study.wanted(got)[1:]] == list(got.segments())
    assert len(got.part(segment="tags: lead", value="yes").responses) == 20


def test_several_labels_in_a_cell_are_told_where_nothing_is_declared(tmp_path):
    got = small.load(tmp_path, TAGS, columns={"nps": "Q1"}, segments=["tags"])
    assert "2 combinations are read as groups of their own" in notes(got)
    assert "'split: {tags: \";\"}'" in notes(got)


LONG = "id,region,q,a\n" + "".join(
    f"{n},{'NS'[n % 2]},How likely?,{n}\n{n},,Delivery on time,{n % 5 + 1}\n{n},,Shoe size,x\n"
    for n in range(1, 11)
)
ASKED = {"question": "q", "answer": "a", "segments": ["region"]}


def test_rows_of_questions_become_rows_of_people_and_each_is_booked(tmp_path):
    said = {"columns": {"response_id": "id", "nps": "How likely?"}, **ASKED}
    said |= {"ratings": {"delivery": "delivery on time"}, "where": {"q": {"not": ["Shoe size"]}}}
    got = small.load(tmp_path, LONG + "11,N,How likely?,44\n11,N,Delivery on time,3\n", **said)
    assert got.responses["nps"].tolist() == list(range(1, 11))
    assert got.responses["delivery"].tolist() == [n % 5 + 1 for n in range(1, 11)]
    table = study.account_of(got)["tables"]["responses"]
    assert (table["rows_in"], table["kept"], table["set_aside"]) == (32, 20, 12)


def test_a_question_nobody_was_asked_is_refused_with_the_nearest(tmp_path):
    columns = {"response_id": "id", "nps": "How likly?"}
    with pytest.raises(StudyError, match=r"no question 'How likly\?'.*Did you mean 'How likely\?'"):
        small.load(tmp_path, LONG, columns=columns, **ASKED)


def test_customers_who_come_back_in_further_rows_are_spells(tmp_path):
    rows = "id,began,ended\n" + "".join(f"c{at},2024-01-{at + 1:02d},\n" for at in range(9))
    back = rows + "".join(f"w{at},2023-01-05,2023-05-01\nw{at},2024-02-01,\n" for at in range(2))
    said = {"columns": {"customer_id": "id", "signed_up_at": "began", "churned_at": "ended"}}
    with pytest.raises(study.StudyError, match=r"line 12: 2 customers .* table 'subscriptions'"):
        small.load(tmp_path, back, table="customers", **said)
    twice = rows + "c3,2024-01-04,\nc3,2024-01-04,\n"
    assert small.reasons(small.load(tmp_path, twice, table="customers", **said), "customers") == {
        "duplicate_customer": 2
    }


def test_lengths_of_time_of_a_table_without_rows_are_none():
    assert to_duration(pd.Series([], dtype="str"), heading="Duration (min)").values.empty
