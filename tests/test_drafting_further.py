"""Kinds of columns that no heading names: read by what their values do, or doubted aloud."""

import json
from datetime import timedelta

import openpyxl
import pytest

from cxlab import study
from cxlab.cleaning.durations import unit_named
from cxlab.codebook import Table
from cxlab.drafting import draft
from cxlab.ingest import look
from cxlab.ingest.encodings import decode
from tests.test_drafting_overlooked import DAYS, NPS, PAID, RATED, N, _drafted

LATER = "2025-09-{:02d}"


def test_the_day_of_those_who_left_is_known_though_others_are_in_a_state_unknown(tmp_path):
    state = ("Active", "Active", "Cancelled", "On hold")
    _, _, opened = _drafted(
        tmp_path, "Customer ID;Joined on;Ended;State",
        lambda at: (f"k{at}", f"{DAYS[at]:%Y-%m-%d}",
                    LATER.format(at % 28 + 1) if at % 4 == 2 else "", state[at % 4]), ";",
    )  # fmt: skip
    assert opened.cleaned["customers"].frame["churned_at"].notna().sum() == N // 4
    assert str(opened.mapping.as_of) >= "2025-09-27"


@pytest.mark.parametrize(
    "text", ["N.º;Rua\n1;Águas 2º andar\n", "Nr;Ort\n1;Skåne\n", "a\n1ª planta\n", "x\nnão\nmãe\n",
             "x\ncittà\npiù\n", "x\nseñal\n"],
)  # fmt: skip
def test_words_of_the_west_with_few_letters_are_read_without_a_doubt(text):
    read = decode(text.encode("cp1252"), "x.csv", None)
    assert bytes(read.data).decode() == text
    assert not read.doubt


@pytest.mark.parametrize("text", ["Miasto\nGdańsk\nPoznań\n", "x\noraş\n"])
def test_words_of_the_middle_with_few_letters_are_doubted(text):
    assert "cp1250" in decode(text.encode("cp1250"), "x.csv", None).doubt


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("İlk yanıt (sn)", "seconds"), ("Czas (godz)", "hours"), ("Svarstid (minuter)", "minutes"),
     ("Kesto (tuntia)", "hours"), ("Время (сек)", "seconds"), ("Doba (dny)", "days")],
)  # fmt: skip
def test_units_of_further_languages_are_known(heading, unit):
    assert unit_named(heading) == unit


@pytest.mark.parametrize("heading", ["Q4_Resolved", "Was the problem fixed?", "FCR"])
def test_yes_and_no_as_one_and_two_are_doubted_with_their_share(heading, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, f"Respondent;Date;Likely to recommend us;{heading}",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", NPS[at], 1 + (at % 5 == 0)), ";",
    )  # fmt: skip
    assert f"if 1 is yes, that is {1 - (N // 5) / N:.0%}" in doubts


def test_a_satisfaction_behind_the_number_of_its_question_is_satisfaction(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Call Ref;Answered;Q1_Satisfaction;Q2_Agent_Courtesy",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", RATED[at], RATED[-at]), ";",
    )  # fmt: skip
    assert said["responses"]["columns"]["csat"] == "Q1_Satisfaction"


@pytest.mark.parametrize("heading", ["Dues", "Premium", "Plan £"])
def test_money_of_a_list_that_nothing_reads_is_doubted_with_its_sum(heading, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, f"Member No;Joined;Left;{heading}",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%d}",
                    LATER.format(at % 28 + 1) if at % 3 == 0 else "", f"{PAID[at]:.2f}"), ";",
    )  # fmt: skip
    assert f"'{heading}' holds money ({PAID.sum():,.2f})" in doubts


def test_a_day_that_some_have_is_doubted_where_no_day_of_joining_stands(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Member No;Branch;Wegfall",
        lambda at: (f"m{at}", "NS"[at % 2], LATER.format(at % 28 + 1) if at % 3 == 0 else ""), ";",
    )  # fmt: skip
    assert f"'Wegfall' holds a date for {N // 3} of {N}" in doubts


def test_a_day_that_just_those_have_whom_a_status_calls_gone_is_when_they_left(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "Member No;Joined;Wegfall;Status",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%d}",
                    LATER.format(at % 28 + 1) if at % 3 == 0 else "",
                    ("inactive", "active", "paused")[at % 3]), ";",
    )  # fmt: skip
    assert said["customers"]["columns"]["churned_at"] == "Wegfall"
    assert "when somebody left" in doubts


def test_a_state_told_in_several_words_is_doubted_with_who_left(tmp_path):
    state = ("Active donor", "Former donor", "Paused donor")
    doubts, _, _ = _drafted(
        tmp_path, "Donor ID;Donor since;Donor Status",
        lambda at: (f"d{at}", f"{DAYS[at]:%Y-%m-%d}", state[at % 3]), ";",
    )  # fmt: skip
    assert f"'Former donor' ({N // 3})" in doubts
    assert "nobody is known to have left" in doubts


def test_steps_that_say_somebody_left_and_money_beside_them_are_doubted(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "User ID;Event Name;Event Time;Proceeds",
        lambda at: (f"u{at % 30}", ("Start", "Renewal", "Unsubscribed")[at % 3],
                    f"{DAYS[at]:%Y-%m-%d %H:%M}", (2.99, 4.99, 0)[at % 3]), ";",
    )  # fmt: skip
    assert f"'Unsubscribed' in {N // 3} rows, of 10 customers" in doubts
    assert f"'Proceeds' holds money ({N // 3 * 7.98:,.2f})" in doubts


def test_letters_of_one_language_are_taken_before_those_of_several():
    usual = "".join(f"ház {letter}tvét mérés éléskamráé {letter * 2}\n" for letter in "bcdfghjklm")
    text = f"hely\n{usual}Győr\nerdő\ngyűrű\nfűtés\n"
    read = decode(text.encode("cp1250"), "x.csv", None)
    assert bytes(read.data).decode() == text


def test_a_status_of_unknown_words_is_doubted_with_the_worth_of_each(tmp_path):
    words = ("Oppmøtt", "Uteblitt", "Flyttet")
    doubts, _, opened = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Status;Total",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", words[at % 3], PAID[at]), ";",
    )  # fmt: skip
    assert f"'Uteblitt' ({N // 3}, {PAID[1::3].sum():,.2f})" in doubts
    assert opened.cleaned["orders"].frame["amount"].sum() == pytest.approx(PAID.sum())


def test_no_score_names_ratings_in_words_and_no_numbers_of_rows(tmp_path):
    words = ("Never", "Rarely", "Sometimes", "Often", "Always")
    doubts, _, _ = _drafted(
        tmp_path, "Running number;Answered on;The lessons begin on time;I can ask what I want",
        lambda at: (at + 1, f"{DAYS[at]:%Y-%m-%d}", words[RATED[at] - 1], words[RATED[-at] - 1]),
        ";",
    )  # fmt: skip
    assert f"'The lessons begin on time' (mean {RATED.mean():.2f})" in doubts
    assert "'Running number' (mean" not in doubts


def test_points_among_messages_are_doubted_with_their_score(tmp_path):
    points = [at // 2 % 11 for at in range(1, N, 2)]
    doubts, _, _ = _drafted(
        tmp_path, "Message;Sent at;Handset;Reply",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%dT%H:%M:%SZ}", f"+4917{at % 50:08d}",
                    at // 2 % 11 if at % 2 else f"hello out there {at % 4}"), ";",
    )  # fmt: skip
    score = 100 * sum((point > 8) - (point < 7) for point in points) / len(points)
    assert f"it would be {score:.1f} on {len(points)} answers" in doubts


def test_points_in_a_list_of_orders_are_doubted_with_their_score(tmp_path):
    points = [at % 11 for at in range(N)]
    doubts, said, _ = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Total;Survey",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", PAID[at], points[at]), ";",
    )  # fmt: skip
    score = 100 * sum((point > 8) - (point < 7) for point in points) / N
    assert "responses" not in said
    assert f"'Survey' holds answers (NPS {score:.1f} on {N} answers)" in doubts


@pytest.mark.parametrize("heading", ["Sent at", "SentDate"])
def test_answers_with_no_other_day_are_dated_by_when_they_were_sent(heading, tmp_path):
    _, said, _ = _drafted(
        tmp_path, f"Response ID;{heading};How likely are you to recommend us?",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%dT%H:%M:%SZ}", NPS[at]), ";",
    )  # fmt: skip
    assert said["responses"]["columns"]["answered_at"] == heading


def test_sums_amid_a_sheet_are_no_records_and_days_put_together_are_doubted(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Day", "Receipt", "Customer", "Goods", "Total"])
    for at in range(0, N, 3):
        for each in range(3):
            book.active.append(
                [
                    DAYS[at] if each == 0 else None,
                    f"R{at + each}",
                    f"k{(at + each) % 31}",
                    "ab"[at % 2],
                    float(PAID[at + each]),
                ]
            )
        book.active.append(["Sum of the day", None, None, None, float(PAID[at : at + 3].sum())])
    book.save(tmp_path / "e.xlsx")
    made = draft([tmp_path / "e.xlsx"], tmp_path)
    (tmp_path / "study.yaml").write_text(made.text, encoding="utf-8")
    orders = study.load(tmp_path / "study.yaml").cleaned["orders"]
    assert orders.frame["amount"].sum() == pytest.approx(PAID.sum())
    assert set(orders.set_aside["reason"]) == {"below_table"}
    assert f"'Day' is empty in {N - N // 3} of {N} rows" in " ".join(made.doubts)


def test_a_unit_is_no_part_of_another_word():
    assert unit_named("Resolve time") is None


def test_a_file_without_headings_whose_first_line_is_a_record_is_known(tmp_path):
    lines = [f"{DAYS[at]:%d.%m.%Y %H:%M};K-{at % 30:04d};{'cash' if at % 2 else 'card'};{PAID[at]}"
             for at in range(N)]  # fmt: skip
    (tmp_path / "till.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = draft([tmp_path / "till.csv"], tmp_path)
    (tmp_path / "study.yaml").write_text(made.text, encoding="utf-8")
    orders = study.load(tmp_path / "study.yaml").cleaned["orders"].frame
    assert "has no header" in " ".join(made.doubts)
    assert orders["amount"].sum() == pytest.approx(PAID.sum())


@pytest.mark.parametrize("head", ["2025-01-03 09:15;Kind;How many", "Day;Kind;2025-01-03"])
def test_a_day_in_a_heading_above_other_things_is_a_heading(head, tmp_path):
    (tmp_path / "e.csv").write_text(f"{head}\nnorth;1;2\nsouth;3;4\neast;5;6\n", encoding="utf-8")
    assert look(tmp_path / "e.csv", Table(files=("e.csv",))).header.rows == 1


def test_stays_of_an_hour_are_no_contracts(tmp_path):
    doubts, said, opened = _drafted(
        tmp_path, "Court;Member No;Start;End;Price",
        lambda at: (f"C{at % 4}", f"m{at % 30}", f"{DAYS[at]:%Y-%m-%d %H:%M}",
                    f"{DAYS[at] + timedelta(minutes=50):%Y-%m-%d %H:%M}", PAID[at]), ";",
    )  # fmt: skip
    assert "subscriptions" not in said
    assert opened.cleaned["orders"].frame["amount"].sum() == pytest.approx(PAID.sum())
    assert "ordered_at" in doubts


def test_words_that_rate_beside_other_things_are_doubted_with_their_mean(tmp_path):
    words = ("Very poor", "Poor", "Average", "Good", "Very good")
    doubts, said, _ = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Total;Review rating",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", PAID[at],
                    words[RATED[at] - 1]), ";",
    )  # fmt: skip
    assert "orders" in said
    assert f"'Review rating' holds answers (a mean of {RATED.mean():.2f})" in doubts


def test_what_an_order_cost_and_what_was_left_of_it_are_told_apart_aloud(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Payout total;Basket before commission",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", f"{PAID[at] * 0.7:.2f}",
                    f"{PAID[at]:.2f}"), ";",
    )  # fmt: skip
    assert f"({PAID.sum():,.2f})" in doubts


def test_contracts_of_some_who_have_several_are_doubted_as_customers(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Id;Tenant e-mail;Start date;Cancelled on;Desk",
        lambda at: (500 + at, f"t{at % 70}@desk.org", f"{DAYS[at]:%Y-%m-%d}",
                    LATER.format(at % 28 + 1) if at % 3 == 0 else "", "AB"[at % 2]), ";",
    )  # fmt: skip
    assert f"each of {N} rows counts as a customer, and 'Tenant e-mail' names 70" in doubts


@pytest.mark.parametrize(
    ("day", "sum_"), [("{:%d.%m.%Y г.}", "{} лв."), ("{:%d.%m.%Y. %H:%M}", "{} din"),
                      ("{:%d.%m.%Y %H:%M Uhr}", "{} kr."), ("{:%d.%m.%Y kl. %H:%M}", "{} руб.")]
)  # fmt: skip
def test_days_and_sums_with_words_around_them_are_read(day, sum_, tmp_path):
    _, _, opened = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Total",
        lambda at: (f"o{at}", f"k{at % 30}", day.format(DAYS[at]),
                    sum_.format(f"{PAID[at]:.2f}".replace(".", ","))), ";",
    )  # fmt: skip
    orders = opened.cleaned["orders"].frame
    assert orders["amount"].sum() == pytest.approx(PAID.sum())
    assert f"{orders['ordered_at'].max():%Y-%m-%d}" == f"{DAYS[-1]:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("cell", "what"), [("{:%Y|%d.%m.} ab", ""), ("{:%d-%m-%Y} früh", "looks like dates")]
)
def test_what_looks_like_dates_and_is_not_read_is_doubted(cell, what, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Member No;Branch;Kam",
        lambda at: (f"m{at}", "NS"[at % 2], cell.format(DAYS[at])), ";",
    )  # fmt: skip
    assert ("looks like dates" in doubts) == bool(what)


def test_numbers_with_an_unknown_word_are_doubted(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Spent",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", f"Qz. {PAID[at]:.2f}"), ";",
    )  # fmt: skip
    assert "'Spent' ('Qz. " in doubts
    assert "numbers with a word" in doubts


@pytest.mark.parametrize("words", [("blip", "blop", "blap", "blup"), ("++", "+", "-", "--")])
def test_words_that_several_answers_share_in_no_known_order_are_doubted(words, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Respondent;Answered;Likely to recommend us;Rooms;Food",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", NPS[at], words[at % 4], words[at // 4 % 4]),
        ";",
    )  # fmt: skip
    assert "'Rooms' and 'Food' share 4 words" in doubts
    assert f"'{words[0]}' ({len(range(0, N, 4))})" in doubts


@pytest.mark.parametrize(("heading", "no"), [("Renewed?", "N"), ("Active", "FALSE")])
def test_a_flag_of_who_stays_is_doubted_with_those_who_do_not(heading, no, tmp_path):
    yes = {"N": "Y", "FALSE": "TRUE"}[no]
    doubts, _, _ = _drafted(
        tmp_path, f"Customer ID;Signed up;{heading}",
        lambda at: (f"k{at}", f"{DAYS[at]:%Y-%m-%d}", no if at % 5 == 0 else yes), ";",
    )  # fmt: skip
    assert f"'{no}' in {N // 5} of {N} rows" in doubts


def test_a_mark_that_some_orders_bear_is_doubted_with_their_worth(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Total;Bounced",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", PAID[at],
                    "" if at % 9 else "Y"), ";",
    )  # fmt: skip
    assert f"worth {PAID[::9].sum():,.2f} of {PAID.sum():,.2f}" in doubts


def test_points_of_both_signs_are_doubted_with_their_sum(tmp_path):
    points = [(200 + at) * (1 if at % 3 else -1) for at in range(N)]
    doubts, said, _ = _drafted(
        tmp_path, "Member No;Booked on;Activity;Units",
        lambda at: (f"m{at % 30}", f"{DAYS[at]:%Y-%m-%d}", "ABC"[at % 3], points[at]), ";",
    )  # fmt: skip
    assert "orders" not in said
    assert f"({sum(points):,.2f})" in doubts


def test_sums_amid_a_report_are_no_records(tmp_path):
    lines = ["Area,Order ID,Customer ID,Order date,Goods,Total"]
    for at in range(0, N, 5):
        lines += [f",o{each},k{each % 30},{DAYS[each]:%Y-%m-%d},soap,{PAID[each]}"
                  for each in range(at, at + 5)]  # fmt: skip
        lines.append(f"Total for area {at},,,,,{PAID[at : at + 5].sum():.2f}")
    (tmp_path / "e.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(draft([tmp_path / "e.csv"], tmp_path).text, "utf-8")
    orders = study.load(tmp_path / "study.yaml").cleaned["orders"]
    assert orders.frame["amount"].sum() == pytest.approx(PAID.sum())
    assert set(orders.set_aside["reason"]) == {"below_table"}


def test_an_address_in_one_word_is_who_bought(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "OrderNumber;EmailAddress;OrderDate;Total",
        lambda at: (f"o{at}", f"k{at % 30}@a.org", f"{DAYS[at]:%Y-%m-%d}", PAID[at]), ";",
    )  # fmt: skip
    assert said["orders"]["columns"]["customer_id"] == "EmailAddress"


def test_meetings_end_no_membership_and_those_called_off_are_no_contacts(tmp_path):
    doubts, said, opened = _drafted(
        tmp_path, "Guest Email;Start time;End time;Made on;Topic;Cancelled",
        lambda at: (f"g{at % 40}@a.org", f"{DAYS[at]:%Y-%m-%d %H:%M}",
                    f"{DAYS[at] + timedelta(minutes=45):%Y-%m-%d %H:%M}",
                    f"{DAYS[at] - timedelta(days=4):%Y-%m-%d %H:%M}", "ab"[at % 2],
                    "No" if at % 6 else "Yes"), ";",
    )  # fmt: skip
    assert list(said) == ["interactions"]
    assert len(opened.cleaned["interactions"].frame) == N - N // 6
    assert f"{N // 6} of {N} rows have 'Yes' under 'Cancelled'" in doubts


def test_a_turned_table_is_doubted_first(tmp_path):
    lines = [["Item", *(f"Person {at}" for at in range(30))],
             ["Recommend 0-10", *NPS[:30]], ["Staff 1-5", *RATED[:30]], ["Food 1-5", *RATED[30:60]],
             ["City", *("ab"[at % 2] for at in range(30))]]  # fmt: skip
    text = "\n".join(";".join(map(str, line)) for line in lines)
    (tmp_path / "e.csv").write_text(f"{text}\n", encoding="utf-8")
    assert "seems turned" in draft([tmp_path / "e.csv"], tmp_path).doubts[0]


def test_months_of_an_unknown_tongue_are_doubted(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Member No;Joined;Kulunut",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%d}",
                    f"{('tammi', 'helmi', 'maalis')[at % 3]} 2025" if at % 4 == 0 else ""), ";",
    )  # fmt: skip
    assert "'Kulunut' (" in doubts
    assert "looks like dates" in doubts


def test_thumbs_beside_contacts_are_doubted_with_their_number(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "Chat ID;Visitor;Opened;Closed;Was this helpful",
        lambda at: (f"c{at}", f"v{at % 40}", f"{DAYS[at]:%Y-%m-%d %H:%M}",
                    f"{DAYS[at] + timedelta(hours=2):%Y-%m-%d %H:%M}", ("👍", "👎", "")[at % 3]),
        ";",
    )  # fmt: skip
    assert "interactions" in said
    assert f"'👍' ({N // 3})" in doubts


def test_ratings_of_another_length_keep_their_own_scale(tmp_path):
    doubts, _, opened = _drafted(
        tmp_path, "Respondent;Answered;Recommend;Rate the room;Rate the food;Rate the staff",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", NPS[at], f"{at * 7 % 101}",
                    f"{at * 13 % 101}", RATED[at]), ";",
    )  # fmt: skip
    spec = opened.mapping.tables["responses"]
    name = next(key for key, theirs in spec.ratings.items() if theirs == "Rate the staff")
    assert spec.scale(name).high == 5
    assert "'Rate the staff' is rated up to 5" in doubts


def test_a_scale_that_stands_alone_beside_a_score_is_doubted_with_its_mean(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Respondent;Answered;Recommend us;The hotline knew what to do",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", NPS[at], 1 + at % 7), ";",
    )  # fmt: skip
    alone = sum(1 + at % 7 for at in range(N)) / N
    assert f"is answered on 1..7 (a mean of {alone:.2f})" in doubts


def test_orders_of_nobody_name_the_id_that_comes_again(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "Tags;Receipt No;Sold on;Total",
        lambda at: (f"T{at % 30:05d}", f"R{at}", f"{DAYS[at]:%Y-%m-%d}", PAID[at]), ";",
    )  # fmt: skip
    assert "customer_id" not in said["orders"]["columns"]
    assert "'Tags' ('T00000') comes again (30 customers in 90 rows)" in doubts


def test_fourteen_figures_are_moments_whatever_their_heading(tmp_path):
    _, said, opened = _drafted(
        tmp_path, "Order ID;Customer ID;Gate;Total",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y%m%d%H%M%S}", PAID[at]), ";",
    )  # fmt: skip
    assert said["orders"]["columns"]["ordered_at"] == "Gate"
    assert f"{opened.mapping.as_of}" == f"{DAYS[-1]:%Y-%m-%d}"


def test_a_score_in_a_list_of_other_things_is_doubted_with_its_mean(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "Member No;Joined;Left;Club score",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%d}",
                    LATER.format(at % 28 + 1) if at % 3 == 0 else "", RATED[at]), ";",
    )  # fmt: skip
    assert "responses" not in said
    assert f"'Club score' holds answers (a mean of {RATED.mean():.2f})" in doubts


@pytest.mark.parametrize("indent", [None, 2])
def test_records_that_an_interface_wraps_are_read(indent, tmp_path):
    records = [{"id": f"o{at}", "customer": {"id": f"k{at % 30}"}, "total": float(PAID[at]),
                "created_at": f"{DAYS[at]:%Y-%m-%dT%H:%M:%S}Z"} for at in range(N)]  # fmt: skip
    text = json.dumps({"ok": True, "page": {"next": None}, "data": records}, indent=indent)
    (tmp_path / "e.json").write_text(text, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(draft([tmp_path / "e.json"], tmp_path).text, "utf-8")
    orders = study.load(tmp_path / "study.yaml").cleaned["orders"].frame
    assert orders["amount"].sum() == pytest.approx(PAID.sum())
