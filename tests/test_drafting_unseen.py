"""Exports nobody here had seen: what they taught about flags, groups, labels, days and money."""

import openpyxl
import pandas as pd
import pytest
import yaml

from cxlab import study
from cxlab.cleaning.convert import to_currency, to_number
from cxlab.cleaning.counting import standing
from cxlab.cleaning.dates import to_time
from cxlab.drafting import draft
from tests.test_drafting_overlooked import DAYS, NPS, PAID, RATED, SCORE, N, _drafted

FAR = "2025-09-{:02d}"


def _sheet(folder, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "e.xlsx")
    made = draft([folder / "e.xlsx"], folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    opened = study.load(folder / "study.yaml", cache=False)
    return " ".join(made.doubts), yaml.safe_load(made.text)["tables"], opened


@pytest.mark.parametrize("dated", [False, True], ids=["beside", "in the day's column"])
def test_lines_of_a_report_that_name_a_group_stand_in_each_row_below(dated, tmp_path):
    head = ["Date", "Invoice", "Goods", "Amount"] if dated else ["", "Date", "Invoice", "Amount"]
    rows = [["Turnover by patient, spring"], [], head]
    for at in range(0, N, 3):
        rows.append([f"Ms Patient {at}", None, None, None])
        for each in range(at, at + 3):
            cells = [DAYS[each], f"b{each}", *(["x"] if dated else []), float(PAID[each])]
            rows.append(cells if dated else [None, *cells])
        rows.append([f"Total for Ms Patient {at}", None, None, float(PAID[at : at + 3].sum())])
    doubts, _, opened = _sheet(tmp_path, rows)
    orders = opened.cleaned["orders"]
    assert orders.frame["amount"].sum() == pytest.approx(PAID.sum())
    assert len(orders.frame) == N
    assert f"'group above' ('Ms Patient 0') comes again ({N // 3} customers in {N} rows)" in doubts
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
    text = text.replace("      ordered_at", "      customer_id: group above\n      ordered_at")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    opened = study.load(tmp_path / "study.yaml", cache=False)
    spent = opened.cleaned["orders"].frame.groupby("customer_id")["amount"].sum()
    assert spent["Ms Patient 3"] == pytest.approx(PAID[3:6].sum())


def test_rows_of_which_only_the_id_is_filled_are_no_groups(tmp_path):
    rows = [["Reply No", "Day", "Would you recommend us?", "Staff", "Rooms"]]
    rows += [[f"r{at}", *([None] * 4 if at % 9 == 0 else [DAYS[at], int(NPS[at]), 4, 5])]
             for at in range(N)]  # fmt: skip
    _, said, _ = _sheet(tmp_path, rows)
    assert "group above" not in str(said)


def test_words_that_say_again_what_codes_do_are_labels_and_no_rating_of_their_own(tmp_path):
    words = ("Awful", "Poor", "So so", "Fine", "Superb")
    _, said, opened = _drafted(
        tmp_path, "Reply;Day;How satisfied are you overall?;Satisfied (word);Recommend us",
        lambda at: (f"r{at}", DAYS[at], RATED[at], words[RATED[at] - 1], NPS[at]), ";",
    )  # fmt: skip
    assert "ratings" not in said["responses"]
    assert "Satisfied (word)" not in str(said)
    assert opened.responses["csat"].mean() == pytest.approx(RATED.mean())


def test_words_beside_codes_say_which_end_is_the_good_one(tmp_path):
    words = ("Very satisfied", "Satisfied", "Neutral", "Dissatisfied", "Very dissatisfied")
    _, said, _ = _drafted(
        tmp_path, "Reply;Day;Overall satisfaction;Overall satisfaction (text)",
        lambda at: (f"r{at}", DAYS[at], RATED[at], words[RATED[at] - 1]), ";",
    )  # fmt: skip
    assert said["responses"]["scales"]["csat"]["better"] == "low"


@pytest.mark.parametrize("heading", ["Cena (Kč)", "Avgift kr", "Preis in €", "Biaya (IDR)"])
def test_a_heading_with_a_currency_is_money_and_rows_of_it_are_orders(heading, tmp_path):
    _, said, _ = _drafted(
        tmp_path, f"Nr;Klient;Dag;Sal;{heading}",
        lambda at: (at + 700, f"k{at % 31}", f"{DAYS[at]:%Y-%m-%d}", "AB"[at % 2], 300 + at % 7),
        ";",
    )  # fmt: skip
    assert said["orders"]["columns"]["amount"] == heading


def test_an_amount_that_is_mostly_nothing_does_not_make_orders_of_loans(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Nr;Leser;Tag;Titel;Ticket-Art;Strafe (€)",
        lambda at: (at + 700, f"k{at % 31}", f"{DAYS[at]:%Y-%m-%d}", f"Buch {at % 40}",
                    "AB"[at % 2], "2,00" if at % 9 == 0 else "0,00"), ";",
    )  # fmt: skip
    assert "orders" not in said


def test_a_length_of_time_is_no_money_however_it_is_written(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Nr;Kund;Dag;Typ;Väntan (min)",
        lambda at: (at + 700, f"k{at % 31}", f"{DAYS[at]:%Y-%m-%d}", "AB"[at % 2],
                    f"{at % 20 + .25:.2f}".replace(".", ",")), ";",
    )  # fmt: skip
    assert "amount" not in str(said)


def test_rupees_are_read_with_their_word_and_named():
    cells = pd.Series(["Rs. 1,299.50", "Rs 40.00", "₨ 7.25"])
    assert to_number(cells).values.tolist() == [1299.5, 40.0, 7.25]
    assert to_currency(cells).values.tolist() == ["INR"] * 3


def test_failures_are_no_sales():
    assert standing(pd.Series(["Payment Failure", "FAILURE"]), "orders").tolist() == [
        "not_counted",
        "not_counted",
    ]


@pytest.mark.parametrize(
    ("cells", "day"),
    [
        (["3 de marzo de 2025", "14 de abril de 2025"], "2025-03-03"),
        (["3 de março de 2025", "1º de maio de 2025"], "2025-03-03"),
        (["03312025", "04152025"], "2025-03-31"),
        (["31032025", "15042025"], "2025-03-31"),
        (["20250331", "20250415"], "2025-03-31"),
    ],
)
def test_days_with_de_and_days_in_eight_figures_are_read(cells, day):
    assert str(to_time(pd.Series(cells), timezone="UTC").values[0].date()) == day


def test_eight_figures_that_do_not_tell_day_from_month_are_refused():
    with pytest.raises(ValueError, match="reads as 3 Apr or as 4 Mar"):
        to_time(pd.Series(["03042025", "05062025"]), timezone="UTC", name="x")


@pytest.mark.parametrize(
    ("heading", "yes", "no", "word"),
    [("Excluded from scoring", "true", "false", "true"), ("Is test", "Y", "N", "Y"),
     ("Survey completed", "No", "Yes", "No"), ("Abgeschlossen", "Nein", "Ja", "Nein")],
)  # fmt: skip
def test_rows_that_a_flag_sets_apart_are_doubted_with_the_score_without_them(
    heading, yes, no, word, tmp_path
):
    apart = [at % 6 == 0 for at in range(N)]
    doubts, _, _ = _drafted(
        tmp_path, f"Reply;Day;Likely to recommend us;{heading}",
        lambda at: (f"r{at}", DAYS[at], NPS[at], yes if apart[at] else no), ";",
    )  # fmt: skip
    kept = NPS[[not each for each in apart]]
    without = 100 * ((kept > 8).mean() - (kept < 7).mean())
    said = f"'{word}' of {sum(apart)} of {N} rows (NPS {SCORE:.1f}, without them {without:.1f})"
    assert said in doubts


@pytest.mark.parametrize(("heading", "no"), [("Paid", "N"), ("Zaplaceno", "ne"), ("paid_flg", "0")])
def test_orders_that_a_flag_calls_unpaid_are_doubted_with_their_worth(heading, no, tmp_path):
    yes = {"N": "Y", "ne": "ano", "0": "1"}[no]
    doubts, _, _ = _drafted(
        tmp_path, f"Order ID;Customer ID;Order date;Total;{heading}",
        lambda at: (f"o{at}", f"k{at % 30}", DAYS[at], PAID[at], no if at % 5 == 0 else yes), ";",
    )  # fmt: skip
    assert f"'{no}' of {N // 5} of {N} rows, worth {PAID[::5].sum():,.2f}" in doubts


def test_an_end_of_contract_that_everybody_has_leaves_the_day_of_leaving_to_be_found(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "Account No;Supply start;Contract End Date;Handed over",
        lambda at: (f"a{at}", f"{DAYS[at]:%Y-%m-%d}", f"{DAYS[at].replace(year=2027):%Y-%m-%d}",
                    FAR.format(at % 28 + 1) if at % 5 == 0 else ""), ";",
    )  # fmt: skip
    assert "churned_at" not in said["customers"]["columns"]
    assert f"'Handed over' holds a later date for {N // 5} of {N}" in doubts


def test_sums_in_either_of_two_columns_are_doubted_with_both(tmp_path):
    back = PAID[::2].sum()
    doubts, _, _ = _drafted(
        tmp_path, "Booked;Customer Ref;Text;Out;In",
        lambda at: (f"{DAYS[at]:%Y-%m-%d}", f"k{at % 31}", "ab"[at % 2],
                    *((f"{PAID[at]:.2f}", "") if at % 2 == 0 else ("", f"{PAID[at]:.2f}"))), ";",
    )  # fmt: skip
    assert f"'Out' ({len(PAID[::2])} rows, {back:,.2f})" in doubts
    assert f"{abs(PAID.sum() - 2 * back):,.2f} together" in doubts


def test_words_of_sales_and_voids_make_orders_of_a_till_roll(tmp_path):
    _, _, opened = _drafted(
        tmp_path, "BIZ DATE|CLOCK|SEQ|KIND|CLUB#|AMT",
        lambda at: (f"{DAYS[at]:%d.%m.%Y}", f"{DAYS[at]:%H:%M}", 9000 + at,
                    ("SALE", "SALE", "VOID")[at % 3], 5000 + at % 31, round(PAID[at])), "|",
    )  # fmt: skip
    kept = sum(round(PAID[at]) for at in range(N) if at % 3 < 2)
    assert opened.cleaned["orders"].frame["amount"].sum() == kept


def test_a_list_with_first_and_last_days_of_each_is_a_list_of_customers(tmp_path):
    _, said, opened = _drafted(
        tmp_path, "Record;First order on;Last order on;Orders;Spent in total;Lapsed?",
        lambda at: (f"d-{at}", f"{DAYS[at]:%d %B %Y}", f"{DAYS[-1]:%d %B} {2025 + at % 2}",
                    1 + at % 9, f"£{PAID[at]:.2f}", "Y" if at % 4 == 0 else "N"), ";",
    )  # fmt: skip
    assert list(said) == ["customers"]
    assert said["customers"]["columns"]["churned"] == "Lapsed?"
    assert opened.mapping.as_of.year == 2026


def test_a_day_of_giving_up_in_a_list_of_sales_is_doubted(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Pass No;Customer ID;Order date;Total;Date of termination",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", PAID[at],
                    FAR.format(at % 28 + 1) if at % 6 == 0 else ""), ";",
    )  # fmt: skip
    assert f"'Date of termination' holds a day in {N // 6} of {N} rows" in doubts


def test_those_who_answer_are_few_and_no_customers(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "line;direction;user;started;contact",
        lambda at: ("UK", ("in", "out")[at % 2], f"Agent {at % 3}", f"{DAYS[at]:%Y-%m-%d %H:%M}",
                    f"Caller {at % 41}"), ";",
    )  # fmt: skip
    assert said["interactions"]["columns"]["customer_id"] == "contact"


def test_an_account_closed_goes_before_a_day_of_opting_out(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "member_no;enrol_dt;opt_out_dt;acct_closed_dt",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%d}", FAR.format(at % 28 + 1) if at % 3 else "",
                    FAR.format(at % 28 + 1) if at % 7 == 0 else ""), ";",
    )  # fmt: skip
    assert said["customers"]["columns"]["churned_at"] == "acct_closed_dt"


def test_the_ends_of_a_scale_below_its_question_are_a_second_row_of_headings(tmp_path):
    rows = [["No.", "Day", "Satisfaction with …", None, None, "Recommend us", "Remark"],
            [None, None, "Staff", "Rooms", "Overall", "0-10", None]]  # fmt: skip
    rows += [[at + 1, DAYS[at], int(RATED[at]) % 5 + 1, 5, int(RATED[at]), int(NPS[at]), None]
             for at in range(N)]  # fmt: skip
    _, _, opened = _sheet(tmp_path, rows)
    assert opened.responses["csat"].mean() == pytest.approx(RATED.mean())
    assert 100 * ((opened.responses["nps"] > 8).mean()
                  - (opened.responses["nps"] < 7).mean()) == pytest.approx(SCORE)  # fmt: skip


def test_five_faces_of_which_the_best_two_laugh_are_five_points(tmp_path):
    faces = "😠🙁😐😃🤩"
    _, said, opened = _drafted(
        tmp_path, "Conversation ID;User ID;Created at;Rating",
        lambda at: (f"c{at}", f"u{at % 40}", f"{DAYS[at]:%Y-%m-%d %H:%M}", faces[RATED[at] - 1]),
        ";",
    )  # fmt: skip
    table = next(iter(said))
    assert opened.cleaned[table].frame["csat"].mean() == pytest.approx(RATED.mean())


def test_months_in_six_figures_date_bills(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "account_id,billing_month,total_due",
        lambda at: (f"k{at % 30}", 202501 + at // 30, f"{PAID[at]:.2f}"),
    )  # fmt: skip
    assert said["orders"]["columns"]["ordered_at"] == "billing_month"


def test_goods_sent_back_are_known_in_japanese(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "注文番号;注文日;会員ID;数量;単価;小計;ステータス",
        lambda at: (f"A{at}", f"{DAYS[at]:%Y/%m/%d}", f"M{at % 30}", 2, 500 + at, 1000 + 2 * at,
                    ("発送済み", "返品")[at % 9 == 0]), ";",
    )  # fmt: skip
    assert said["orders"]["columns"]["amount"] == "小計"
    assert f"{N // 9} of {N} rows '返品'" in doubts


@pytest.mark.parametrize(
    ("heading", "cells", "said"),
    [("Zahlung", ("jährlich", "monatlich"), "for how long each pays, 'jährlich' ("),
     ("Billing interval", ("1", "12"), "for how long each pays, '1' ("),
     ("Quantity", ("1", "3"), "how many each has")],
)  # fmt: skip
def test_fees_of_unlike_spans_or_pieces_are_doubted_with_their_sums(heading, cells, said, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, f"Member No;Joined on;Left on;Monthly fee;{heading}",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%d}", FAR.format(at % 28 + 1) if at % 3 else "",
                    f"{PAID[at]:.2f}", cells[at % 2]), ";",
    )  # fmt: skip
    assert f"'{heading}' says {said}" in doubts


def test_a_list_of_contracts_of_which_some_have_one_holder_is_doubted(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Contract;Begin;Storniert am;Halter-Nr",
        lambda at: (f"V{at:05d}", f"{DAYS[at]:%Y-%m-%d}", FAR.format(at % 28 + 1) if at % 3 else "",
                    f"H{at % 60:04d}"), ";",
    )  # fmt: skip
    assert f"each of {N} rows counts as a customer, and 'Halter-Nr' names 60" in doubts


def test_a_zone_behind_a_heading_is_the_zone_of_its_times(tmp_path):
    _, _, opened = _drafted(
        tmp_path, "Ticket ID;User ID;Created (Asia/Tokyo);Rating",
        lambda at: (f"t{at}", f"u{at % 40}", f"{DAYS[at]:%Y-%m-%d %H:%M}", RATED[at]), ";",
    )  # fmt: skip
    assert opened.mapping.timezone == "Asia/Tokyo"


def test_the_movement_of_a_monthly_list_that_says_churn_is_doubted(tmp_path):
    moved = ("new", "none", "churned", "none")
    doubts, _, _ = _drafted(
        tmp_path, "Month;Customer;MRR;Movement",
        lambda at: (f"2025-{at % 3 + 1:02d}", f"Firm {at // 3}", f"{PAID[at]:.2f}", moved[at % 4]),
        ";",
    )  # fmt: skip
    assert f"'Movement' holds 'churned' in {len(range(2, N, 4))} rows" in doubts


def test_charges_and_their_payments_that_cancel_are_doubted_with_both_sums(tmp_path):
    kinds = ("Charge", "Charge", "Payment")
    sums = [-PAID[at - 1] - PAID[at - 2] if at % 3 == 2 else PAID[at] for at in range(N)]
    doubts, _, _ = _drafted(
        tmp_path, "Posted;Customer ID;Class;Amount",
        lambda at: (f"{DAYS[at]:%Y-%m-%d}", f"k{at // 3 % 20}", kinds[at % 3], f"{sums[at]:.2f}"),
        ";",
    )  # fmt: skip
    charged = sum(each for each in sums if each > 0)
    assert "below zero ('Payment' of 'Class')" in doubts
    assert f"against {charged:,.2f} above" in doubts


@pytest.mark.parametrize(("yes", "no"), [("S", "N"), ("J", "N"), ("O", "N"), ("ano", "ne")])
def test_one_letter_for_yes_in_other_languages_calls_an_order_off(yes, no, tmp_path):
    _, _, opened = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Total;Annullata",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", PAID[at],
                    yes if at % 6 == 0 else no), ";",
    )  # fmt: skip
    kept = PAID.sum() - PAID[::6].sum()
    assert opened.cleaned["orders"].frame["amount"].sum() == pytest.approx(kept)


def test_a_contact_that_a_state_calls_cancelled_did_not_take_place(tmp_path):
    state = ("Closed", "Closed", "Cancelled")
    doubts, _, opened = _drafted(
        tmp_path, "Case Number;Caller;Opened;Closed at;State",
        lambda at: (f"I{at}", f"p{at % 40}", f"{DAYS[at]:%Y-%m-%d %H:%M}",
                    f"{DAYS[at]:%Y-%m-%d} 23:00", state[at % 3]), ";",
    )  # fmt: skip
    assert len(opened.cleaned["interactions"].frame) == N - N // 3
    assert f"'State' calls {N // 3} of {N} rows 'Cancelled'" in doubts


def test_days_as_airlines_write_them_are_read():
    cells = pd.Series(["07JAN2025", "1feb25"])
    days = to_time(cells, timezone="UTC").values
    assert [str(day.date()) for day in days] == ["2025-01-07", "2025-02-01"]


def test_all_in_all_satisfied_in_norwegian_is_satisfaction(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Svar;Dato;Hvor fornøyd er du alt i alt med banken?;Tillit (1-5)",
        lambda at: (f"r{at}", f"{DAYS[at]:%d.%m.%Y}", RATED[at], RATED[-at]), ";",
    )  # fmt: skip
    assert said["responses"]["columns"]["csat"].startswith("Hvor forn")


def test_the_worst_word_that_nobody_gave_may_not_have_been_offered(tmp_path):
    words = ("schlecht", "mittel", "gut", "sehr gut")
    doubts, _, _ = _drafted(
        tmp_path, "Nr;Tag;Wie zufrieden sind Sie insgesamt?;Essen;Bedienung",
        lambda at: (at + 1, f"{DAYS[at]:%d.%m.%Y}", *[words[(at * k + at // 7) % 4]
                                                     for k in (1, 3, 5)]), ";",
    )  # fmt: skip
    assert "nobody gave the worst of five points" in doubts


@pytest.mark.parametrize("heading", ["ACV (kEUR)", "TCV", "fare_cents", "Umsatz [TEUR]"])
def test_money_in_thousands_or_cents_is_money(heading, tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, f"Contract No;Customer ID;Start;{heading};Ended",
        lambda at: (f"c{at}", f"k{at % 60}", f"{DAYS[at]:%Y-%m-%d}", 100 + at % 40,
                    FAR.format(at % 28 + 1) if at % 3 else ""), ";",
    )  # fmt: skip
    total = sum(100 + at % 40 for at in range(N))
    assert (
        f"{total:,.2f}" in doubts or heading in said.get("orders", {}).get("columns", {}).values()
    )


def test_money_among_answers_is_doubted_as_orders(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "when,member.id,bill.value,rec_nps",
        lambda at: (f"{DAYS[at]:%Y-%m-%dT%H:%M:%S}", f"m{at % 30}", PAID[at],
                    NPS[at] if at % 3 == 0 else ""),
    )  # fmt: skip
    assert f"'bill.value' holds money ({PAID.sum():,.2f})" in doubts


def test_points_of_five_in_a_list_of_sales_are_no_promoters(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Total;Rating",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", PAID[at], RATED[at]), ";",
    )  # fmt: skip
    assert f"'Rating' holds answers (a mean of {RATED.mean():.2f})" in doubts


@pytest.mark.parametrize("heading", ["NPS (1-10)", "nps_1to10", "Recommend us (1 bis 10)"])
def test_points_from_one_to_ten_are_doubted_as_nps(heading, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, f"Reply;Day;{heading}",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", max(NPS[at], 1)), ";",
    )  # fmt: skip
    assert f"'{heading}' says that 1 to 10 was asked" in doubts


def test_a_flag_of_refunds_is_doubted_with_its_worth(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Total;refund_flag",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", PAID[at], int(at % 9 == 0)),
        ";",
    )  # fmt: skip
    assert f"'refund_flag' calls {N // 9} of {N} rows returned" in doubts


def test_firms_taken_for_customers_are_doubted_where_an_address_names_a_person(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Response ID,Created,Likely to recommend us,Company,Customer email",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", NPS[at], f"F{at % 28}", f"p{at % 60}@f.com"),
    )  # fmt: skip
    assert "'Customer email' (60 customers in 90 rows)" in doubts


def test_what_was_claimed_is_no_sale(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Claimnr.;Ingediend op;Klantnr.;Zendingnr.;Reden;Status;Geclaimd bedrag",
        lambda at: (f"C{at}", f"{DAYS[at]:%d-%m-%Y}", f"{3000 + at % 40}", f"3S{at:06d}",
                    "ab"[at % 2], ("Toegekend", "Afgewezen")[at % 2], f"€ {50 + at % 9},00"), ";",
    )  # fmt: skip
    assert "'amount': 'Geclaimd bedrag'" not in str(said)


def test_ease_beside_the_rating_of_a_call_is_doubted(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Case Number;Opened;Caller;Agent;Closed at;Satisfaction rating;Facilité /7",
        lambda at: (f"A{at}", f"{DAYS[at]:%Y-%m-%d}", f"S{at % 40}", f"C{at % 4}",
                    f"{DAYS[at]:%Y-%m-%d}", RATED[at], 1 + at % 7), ";",
    )  # fmt: skip
    assert "'Facilité /7' holds answers" in doubts


def test_sums_are_no_numbers_of_orders(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "N° bail;N° locataire;Date d'entrée;Date de sortie;Loyer;Charges",
        lambda at: (f"B{at}", f"L{at % 60}", f"{DAYS[at]:%d/%m/%Y}",
                    f"{at % 28 + 1:02d}/09/2025" if at % 4 == 1 else "", f"{400 + at % 9},50 €",
                    f"{80 + at % 3},00 €"), ";",
    )  # fmt: skip
    assert "'order_id': 'Charges'" not in str(said)
    assert "Date de sortie" in str(said)


def test_neither_good_nor_poor_is_the_middle(tmp_path):
    words = ("Very poor", "Poor", "Neither good nor poor", "Good", "Very good")
    _, _, opened = _drafted(
        tmp_path, "Ref;Day;Overall, how was your experience of our service?",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}",
                    "Don't know" if at % 15 == 3 else words[RATED[at] - 1]), ";",
    )  # fmt: skip
    kept = [RATED[at] for at in range(N) if at % 15 != 3]
    assert opened.responses["csat"].mean() == pytest.approx(sum(kept) / len(kept))


def test_a_row_left_out_as_void_is_not_said_to_be_counted(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Order ID;Customer ID;Order date;Total;Void",
        lambda at: (f"o{at}", f"k{at % 30}", f"{DAYS[at]:%Y-%m-%d}", PAID[at],
                    "Y" if at % 9 == 0 else ""), ";",
    )  # fmt: skip
    assert "left out as called off" in doubts
    assert "they are counted; `where: {Void" not in doubts


def test_answers_a_row_each_over_two_waves_are_doubted_and_no_sales(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "panelist,wave,date,question,value",
        lambda at: (f"P{at // 6}", at // 3 % 2, f"2025-0{1 + at // 3 % 2}-1{at % 9}",
                    ("NPS", "Staff", "Speed")[at % 3], NPS[at] if at % 3 == 0 else RATED[at]),
    )  # fmt: skip
    assert "a row seems to be an answer to one question" in doubts


def test_a_reason_of_refusal_that_some_orders_bear_is_doubted_with_its_worth(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Beleg Nr;Auftraggeber;Datum;Nettowert;Absagegrund",
        lambda at: (4500 + at, 100 + at % 30, f"{DAYS[at]:%d.%m.%Y}",
                    f"{PAID[at]:.2f}".replace(".", ","), "Storniert" if at % 7 == 0 else ""), ";",
    )  # fmt: skip
    assert f"'Absagegrund' bears 'Storniert' in {len(PAID[::7])} of {N} rows" in doubts


def test_yuan_have_hundredths_and_closed_deals_do_not_count(tmp_path):
    _, _, opened = _drafted(
        tmp_path, "订单编号,买家昵称,下单时间,实付金额,订单状态",
        lambda at: (f"77{at:06d}", f"b{at % 30}", f"{DAYS[at]:%Y-%m-%d}", f"¥{PAID[at]:.2f}",
                    ("交易成功", "交易成功", "交易关闭")[at % 3]),
    )  # fmt: skip
    kept = sum(PAID[at] for at in range(N) if at % 3 < 2)
    assert opened.cleaned["orders"].frame["amount"].sum() == pytest.approx(kept)
    assert opened.mapping.currency == "CNY"


def test_partial_answers_and_free_text_in_german_are_seen(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "Nr;Tag;Würden Sie uns empfehlen? (0-10);is_partial;Freitext",
        lambda at: (at + 1, f"{DAYS[at]:%d.%m.%Y}", NPS[at], "true" if at % 9 == 0 else "false",
                    f"Login klappt nicht {at}" if at % 4 == 0 else ""), ";",
    )  # fmt: skip
    assert f"'true' of {N // 9} of {N} rows (NPS" in doubts
    assert said["responses"]["columns"]["comment"] == "Freitext"
