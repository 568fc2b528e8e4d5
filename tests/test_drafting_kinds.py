"""Kinds of export that were misread: found right, or doubted aloud."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import yaml

from cxlab import study
from cxlab.drafting import draft

DAYS = [datetime(2025, 1, 3) + timedelta(days=at) for at in range(200)]


def _csv(path, head, rows):
    path.write_text(
        "\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8"
    )
    return path


def _drafted(folder, *paths):
    """Give the doubts, what the draft says, and the study it opens."""
    made = draft(list(paths), folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    return made, yaml.safe_load(made.text), study.load(folder / "study.yaml", cache=False)


def test_a_middle_answer_in_a_battery_is_no_missing_code(tmp_path):
    words = ["Agree", "Neutral", "Strongly agree", "Disagree", "Strongly disagree"]
    rows = [
        (f"{day:%Y/%m/%d %I:%M:%S %p} GMT+1", at % 11, words[at % 5], words[at % 3])
        for at, day in enumerate(DAYS)
    ]
    head = (
        "Timestamp,How likely are you to recommend us?,I agree [It was quick],I agree [It was kind]"
    )
    _, said, opened = _drafted(tmp_path, _csv(tmp_path / "form.csv", head, rows))
    assert list(said["tables"]["responses"]["ratings"]) == ["it_was_quick", "it_was_kind"]
    assert opened.responses["it_was_quick"].mean() == pytest.approx(3.0)
    assert opened.responses["it_was_quick"].notna().all()


def test_the_ends_of_a_scale_are_no_part_of_a_name(tmp_path):
    rows = [(at, at % 11, 1 + at % 5, 1 + at * 3 % 5, 1 + at * 7 % 5) for at in range(60)]
    head = "id,Recommend? (0-10),Bediening (1 tot 5),Speed [1 = bad; 5 = good],Price 2 (1–5)"
    _, said, _ = _drafted(tmp_path, _csv(tmp_path / "form.csv", head, rows))
    assert set(said["tables"]["responses"]["ratings"]) == {"bediening", "speed", "price_2"}


def test_four_faces_are_no_nps_and_the_doubt_says_their_ends(tmp_path):
    rows = [(at, f"{day:%Y-%m-%d}", 1 + at % 4) for at, day in enumerate(DAYS)]
    made, said, _ = _drafted(tmp_path, _csv(tmp_path / "w.csv", "id,submitted_at,score", rows))
    assert "nps" not in said["tables"]["responses"]["columns"]
    assert any("run from 1 to 4" in doubt and "NPS" in doubt for doubt in made.doubts)


def test_a_question_worded_like_nps_on_five_points_is_no_nps(tmp_path):
    rows = [(at, 1 + at % 5) for at in range(60)]
    made, said, _ = _drafted(tmp_path, _csv(tmp_path / "w.csv", "id,Would you recommend us", rows))
    assert "nps" not in said["tables"]["responses"]["columns"]
    assert any("run from 1 to 5" in doubt for doubt in made.doubts)


def test_cancellations_after_the_last_signing_up_are_known(tmp_path):
    rows = [
        (
            f"C{at}",
            f"{DAYS[at % 90]:%Y-%m-%d}",
            f"{DAYS[150 + at]:%Y-%m-%d}" if at < 40 else "",
            "Plus" if at % 2 else "Basic",
        )
        for at in range(120)
    ]
    head = "Customer ID,Signup date,Cancel date,Plan"
    _, said, opened = _drafted(tmp_path, _csv(tmp_path / "crm.csv", head, rows))
    assert said["as_of"] == DAYS[189].date()
    assert opened.customers["churned_at"].notna().sum() == 40
    assert list(said["reports"]["over"]) == list(said["tables"]["customers"]["segments"])


def test_ends_that_lie_ahead_are_planned_and_told(tmp_path):
    rows = [
        (f"C{at}", f"{DAYS[at]:%Y-%m-%d}", f"{DAYS[at] + timedelta(days=400):%Y-%m-%d}")
        for at in range(120)
    ]
    crm = _csv(tmp_path / "crm.csv", "Customer ID,Signup date,Contract end date", rows)
    os.utime(crm, (DAYS[130].timestamp(), DAYS[130].timestamp()))
    made, said, _ = _drafted(tmp_path, crm)
    assert said["as_of"] == DAYS[119].date()
    assert any("taken for planned" in doubt and "120 of 120" in doubt for doubt in made.doubts)


def test_a_day_that_is_the_same_in_every_row_dates_nothing(tmp_path):
    rows = [(at, "1980-01-01 00:00:00", 3, "en", 7, at % 11) for at in range(60)]
    head = "id,submitdate,lastpage,startlanguage,seed,NPS"
    made, said, _ = _drafted(tmp_path, _csv(tmp_path / "lime.csv", head, rows))
    assert "answered_at" not in said["tables"]["responses"]["columns"]
    assert any("1980-01-01" in doubt and "nothing says when" in doubt for doubt in made.doubts)
    assert said["as_of"] > date(2020, 1, 1)


def test_every_column_is_mapped_kept_or_listed_with_a_reason(tmp_path):
    head = "Client,Datum,Betrag,Notiz,Leer,Lager,Fax"
    rows = [
        (
            f"K{at % 50}",
            f"{day:%d.%m.%Y}",
            f"{at + 0.5}",
            f"frei {at} Text der lang genug ist ja",
            "",
            "Nord",
            f"x{at}y",
        )
        for at, day in enumerate(DAYS)
    ]
    made, _, _ = _drafted(tmp_path, _csv(tmp_path / "verkauf.csv", head, rows))
    for name in head.split(","):
        assert f": {name}\n" in made.text or f"# not used: '{name}' (" in made.text, name
    assert "'Leer' (empty)" in made.text
    assert "'Lager' (always 'Nord')" in made.text


@pytest.mark.parametrize(
    ("head", "table", "columns"),
    [
        ("Account No,Member since,Rating", "customers", {"customer_id", "signed_up_at"}),
        ("cust,date", "interactions", {"customer_id", "opened_at"}),
        ("Record ID,Became a Customer Date,Town", "customers", {"customer_id", "signed_up_at"}),
    ],
)
def test_content_decides_between_tables(head, table, columns, tmp_path):
    n = 200 if table == "customers" else 40
    third = ["North" if "Town" in head else 1 + at % 5 for at in range(200)]
    rows = [
        (f"A{at % n:04d}", f"{day:%Y-%m-%d}", third[at])[: head.count(",") + 1]
        for at, day in enumerate(DAYS)
    ]
    _, said, _ = _drafted(tmp_path, _csv(tmp_path / "data.csv", head, rows))
    assert columns <= set(said["tables"][table]["columns"])


def test_failed_payments_and_other_currencies_are_left_out_aloud(tmp_path):
    rows = [
        (
            f"ch_{at}x",
            f"{day:%Y-%m-%d %H:%M:%S}",
            10,
            0,
            ("usd", "usd", "eur")[at % 3],
            "Failed" if at % 5 == 0 else "Paid",
            f"cus_{at % 40}",
        )
        for at, day in enumerate(DAYS)
    ]
    head = "id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer ID"
    made, said, _ = _drafted(tmp_path, _csv(tmp_path / "pay.csv", head, rows))
    where = said["tables"]["orders"]["where"]
    assert where == {"Status": {"not": ["Failed"]}, "Currency": ["usd"]}
    assert any("worth 400.00 of 2,000.00" in doubt for doubt in made.doubts)
    assert any("660.00 EUR and 1,340.00 USD" in doubt for doubt in made.doubts)


def test_amounts_converted_by_the_vendor_are_read_instead(tmp_path):
    rows = [
        (
            f"ch_{at}x",
            f"{day:%Y-%m-%d %H:%M:%S}",
            1000,
            0,
            ("usd", "jpy")[at % 2],
            7.5,
            "usd",
            "Paid",
            f"cus_{at % 40}",
        )
        for at, day in enumerate(DAYS)
    ]
    head = (
        "id,Created date (UTC),Amount,Amount Refunded,Currency,Converted Amount,"
        "Converted Currency,Status,Customer ID"
    )
    _, said, _ = _drafted(tmp_path, _csv(tmp_path / "pay.csv", head, rows))
    assert said["tables"]["orders"]["columns"]["amount"] == "Converted Amount"
    assert said["currency"] == "USD"


def test_a_list_of_those_alive_at_a_migration_is_doubted_with_its_number(tmp_path):
    rows = []
    for at in range(400):
        joined = datetime(2019, 1, 1) + timedelta(days=at * 6)
        left = max(joined, datetime(2024, 1, 1)) + timedelta(days=30 + at % 300)
        rows.append((f"M{at}", f"{joined:%Y-%m-%d}", f"{left:%Y-%m-%d}" if at % 3 else ""))
    made, _, _ = _drafted(tmp_path, _csv(tmp_path / "crm.csv", "member,joined,left", rows))
    (doubt,) = [doubt for doubt in made.doubts if "since:" in doubt]
    assert "nobody left before 2024-0" in doubt
    assert "stay a year then, and not" in doubt


def test_ids_in_two_forms_are_brought_together_by_a_rule(tmp_path):
    crm = [(f"{at:06d}", f"{DAYS[at]:%Y-%m-%d}") for at in range(100)]
    answers = [(at, at, f"{DAYS[at]:%Y-%m-%d}", at % 11) for at in range(100)]
    paths = [
        _csv(tmp_path / "crm.csv", "Customer ID,Member since", crm),
        _csv(tmp_path / "nps.csv", "response id,customer id,answered,nps", answers),
    ]
    made, said, _ = _drafted(tmp_path, *paths)
    assert said["tables"]["customers"]["ids"] == {"customer_id": "pad 6"}
    assert any("meets" in doubt and "100%" in doubt for doubt in made.doubts)


def test_months_become_one_pattern_that_takes_no_other_file(tmp_path):
    rows = [(at, f"{day:%Y-%m-%d}", at % 11) for at, day in enumerate(DAYS)]
    paths = [
        _csv(tmp_path / f"survey_2025-0{month}.csv", "id,date,nps", rows[month * 20 :][:20])
        for month in (1, 2)
    ]
    _, said, opened = _drafted(tmp_path, *paths)
    assert said["tables"]["responses"]["files"] == "survey_*.csv"
    assert len(opened.responses) == 40
    _csv(tmp_path / "survey_codes.csv", "code,words", [(1, "a")])
    made = yaml.safe_load(draft(paths, tmp_path).text)
    assert made["tables"]["responses"]["files"] == "survey_[0-9]*.csv"


def test_doubts_come_by_what_they_could_change_and_name_their_line(tmp_path):
    rows = [
        (
            at,
            f"{at % 12 + 1:02d}/{at % 9 + 1:02d}/2025",
            99 if at % 40 == 0 else at % 11,
            ("a;b", "b", "a", "c;a")[at % 4],
        )
        for at in range(200)
    ]
    made, _, _ = _drafted(tmp_path, _csv(tmp_path / "s.csv", "id,date,nps,labels", rows))
    assert "does not tell day from month" in made.doubts[0]
    assert all("(line: " in doubt for doubt in made.doubts)
    assert any("instead of" in doubt for doubt in made.doubts)


def test_what_check_will_book_stands_in_the_draft(tmp_path):
    rows = [(at % 190, f"{day:%Y-%m-%d}", at % 11) for at, day in enumerate(DAYS)]
    made, _, _ = _drafted(tmp_path, _csv(tmp_path / "s.csv", "response id,date,nps", rows))
    assert (
        "# check: responses, 200 rows read, 190 kept; set aside: 10 duplicate_response" in made.text
    )
    assert any("10 of 200 rows will be set aside" in doubt for doubt in made.doubts)


def test_dates_of_a_second_customer_file_count_for_as_of(tmp_path):
    crm = [(f"C{at}", f"{DAYS[at % 60]:%Y-%m-%d}", "x") for at in range(120)]
    old = [(f"D{at}", f"{DAYS[at % 9]:%d.%m.%Y}", f"{DAYS[130 + at]:%d.%m.%Y}") for at in range(40)]
    made, said, _ = _drafted(
        tmp_path,
        _csv(tmp_path / "crm.csv", "Customer ID,Signup date,Town", crm),
        _csv(tmp_path / "ex.csv", "Kundennummer,Kunde seit,Kündigungsdatum", old),
    )
    assert said["as_of"] == DAYS[169].date()
    assert any("ex.csv" in doubt and "left out" in doubt for doubt in made.doubts)


@pytest.mark.parametrize("heading", ["Bemerkung", "Remarks", "Observaciones", "Osservazioni"])
def test_few_different_remarks_are_comments_all_the_same(tmp_path, heading):
    said_by = ["", "very kind", "waited too long", "ok"]
    rows = [(f"{day:%Y-%m-%d}", at % 11, said_by[at % 4]) for at, day in enumerate(DAYS)]
    _, said, _ = _drafted(tmp_path, _csv(tmp_path / "w.csv", f"date,nps,{heading}", rows))
    assert said["tables"]["responses"]["columns"]["comment"] == heading


def _workbook(path: Path, sheets: dict[str, list[list]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


_ANSWERS = [["Date", "Customer ID", "NPS"]]
_ANSWERS += [[f"{day:%Y-%m-%d}", f"C{at % 60:04d}", at % 11] for at, day in enumerate(DAYS)]
_BOUGHT = [["Order No", "Order date", "Customer ID", "Total"]]
_BOUGHT += [[f"B{at}", *row[:2], at + 0.5] for at, row in enumerate(_ANSWERS[1:])]


def test_a_cover_sheet_is_no_table(tmp_path):
    cover = [["Report of the year"], ["Made by", "the tool"]]
    book = _workbook(tmp_path / "a.xlsx", {"About": cover, "Answers": _ANSWERS})
    _, _, opened = _drafted(tmp_path, book)
    assert len(opened.responses) == len(DAYS)
    assert any("'About' holds no table" in note for note in opened.notes["responses"])


def test_each_sheet_of_a_workbook_is_a_table_of_the_draft(tmp_path):
    book = _workbook(tmp_path / "a.xlsx", {"Survey": _ANSWERS, "Sales": _BOUGHT})
    _, said, opened = _drafted(tmp_path, book)
    assert {table: part["sheet"] for table, part in said["tables"].items()} == {
        "responses": "Survey",
        "orders": "Sales",
    }
    assert len(opened.cleaned["orders"].frame) == len(opened.responses) == len(DAYS)


def test_pairs_of_words_above_a_table_are_no_header(tmp_path):
    path = tmp_path / "p.csv"
    lines = ["Seller;me", "Period;2025", "", "Order No;Order date;Customer ID;Shop;Total"]
    lines += [f"{no};{day};{who};x{who[-1]};{paid:.2f}" for no, day, who, paid in _BOUGHT[1:]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _, _, opened = _drafted(tmp_path, path)
    assert opened.cleaned["orders"].frame["amount"].sum() == sum(row[3] for row in _BOUGHT[1:])


def test_the_only_question_about_satisfaction_is_the_score(tmp_path):
    faces = ("😡", "🙁", "😐", "🙂", "😍")
    rows = [(f"{day:%Y-%m-%d}", f"C{at % 60:04d}", faces[at % 5]) for at, day in enumerate(DAYS)]
    head = "Date,Customer,How satisfied are you with your visit?"
    made, _, opened = _drafted(tmp_path, _csv(tmp_path / "visit.csv", head, rows))
    assert opened.responses["csat"].mean() == 3
    assert any("only question about satisfaction" in doubt for doubt in made.doubts)


def test_the_inner_five_of_seven_points_are_doubted_with_the_other_mean(tmp_path):
    words = ("Disagree", "Somewhat disagree", "Neutral", "Somewhat agree", "Agree")
    rows = [(f"{day:%Y-%m-%d}", f"C{at % 60:04d}", words[at % 5]) for at, day in enumerate(DAYS)]
    head = "Date,Customer,They made it easy for me"
    made, _, _ = _drafted(tmp_path, _csv(tmp_path / "e.csv", head, rows))
    assert any("mean of 3.00; on 1..7 it would be 4.00" in doubt for doubt in made.doubts)


def test_spells_of_the_plainest_headings_are_subscriptions(tmp_path):
    rows = [
        (
            at,
            f"c{at % 60}",
            f"{day:%Y-%m-%d}",
            f"{DAYS[at + 50]:%Y-%m-%d}" if at < 40 else "",
            "9.90",
        )
        for at, day in enumerate(DAYS[:90])
    ]
    _, said, _ = _drafted(tmp_path, _csv(tmp_path / "s.csv", "sub,cust,from,to,fee", rows))
    assert said["tables"]["subscriptions"]["columns"]["ended_at"] == "to"


def test_what_staff_said_in_a_transcript_is_no_comment(tmp_path):
    said = (("Agent", "how can I help"), ("Customer", "the box came late and wet"))
    rows = [(f"C{at % 60:05d}", f"{day:%Y-%m-%d %H:%M:%S}", *said[at % 2])
            for at, day in enumerate(DAYS)]  # fmt: skip
    head = "conversation_id,timestamp,speaker,text"
    made, _, opened = _drafted(tmp_path, _csv(tmp_path / "chat.csv", head, rows))
    assert set(opened.responses["comment"]) == {said[1][1]}
    assert any("100 of 200 rows were written by 'Agent'" in doubt for doubt in made.doubts)


def test_which_side_speaks_is_no_customer(tmp_path):
    said = ("one moment and I will look", "my cup came cracked and nobody")
    rows = [(at // 2, f"{day:%Y-%m-%d %H:%M}", ("operator", "guest")[at % 2],
             f"{said[at % 2]} {at}") for at, day in enumerate(DAYS)]  # fmt: skip
    head = "thread,timestamp,participant,message"
    made, told, _ = _drafted(tmp_path, _csv(tmp_path / "talks.csv", head, rows))
    columns = told["tables"]["reviews"]["columns"]
    assert columns["text"] == "message"
    assert "participant" not in columns.values()
    assert any("were written by 'operator'" in doubt for doubt in made.doubts)


def test_posts_told_by_their_reach_are_reviews(tmp_path):
    told = ("the courier left my box out in the rain again", "lovely coffee and a kind answer")
    felt = ("negative", "positive", "neutral")
    rows = [(f"p{at}", f"{day:%Y-%m-%d %H:%M}", "ann", f"{told[at % 2]} {at}", 90 + at,
             felt[at % 3]) for at, day in enumerate(DAYS)]  # fmt: skip
    head = "Post ID,Date,Author,Snippet,Impressions,Sentiment"
    _, said, _ = _drafted(tmp_path, _csv(tmp_path / "posts.csv", head, rows))
    reviews = said["tables"]["reviews"]
    assert reviews["columns"] == {"review_id": "Post ID", "posted_at": "Date", "text": "Snippet"}
    assert "ratings" not in reviews


def test_the_full_text_of_a_post_is_read(tmp_path):
    told = ("the courier left my box out in the rain again", "lovely coffee and a kind answer")
    rows = [("Kestrel", f"{day:%Y-%m-%d %H:%M:%S}.0", "", told[at % 2][:20], f"https://x.com/{at}",
             "x.com", ("bad", "good")[at % 2], "forum", "en", "Ann", f"{told[at % 2]} {at}")
            for at, day in enumerate(DAYS)]  # fmt: skip
    head = "Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Language,Author,Full Text"
    _, said, _ = _drafted(tmp_path, _csv(tmp_path / "social.csv", head, rows))
    assert said["tables"]["reviews"]["columns"]["text"] == "Full Text"
