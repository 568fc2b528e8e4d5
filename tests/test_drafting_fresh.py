"""What exports of further trades and tongues brought to light: read, or doubted aloud."""

from datetime import datetime, timedelta

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cxlab import study
from cxlab.cleaning.purchases import combined
from cxlab.drafting import draft
from cxlab.ingest.encodings import decode
from tests.test_drafting_overlooked import DAYS, NPS, PAID, RATED, SCORE, N, _drafted
from tests.test_drafting_vendors import measured

WROTE = ("Kettle was cold again and nobody came", "A very calm morning with good light", "Fine")


@pytest.mark.parametrize("cell", ["{}/5 stelle", "{} of 5 {}", "{}/5"])
def test_points_of_most_may_have_a_word_behind_them(cell, tmp_path):
    words = ("bad", "poor", "fair", "good", "great")
    _, said, opened = _drafted(
        tmp_path, "Review ID;Published;Score;Review",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}",
                    cell.format(RATED[at], words[RATED[at] - 1]), f"{WROTE[at % 2]} {at}"), ";",
    )  # fmt: skip
    assert said["reviews"]["columns"]["rating"] == "Score"
    assert opened.reviews["rating"].mean() == pytest.approx(RATED.mean())


def test_lines_that_were_voided_are_left_out(tmp_path):
    doubts, said, opened = _drafted(
        tmp_path, "Check Id,Check #,Opened On,Item,Paid,Voided",
        lambda at: (f"7{at // 2:05d}", at // 2 % 9, f"{DAYS[at - at % 2]:%Y-%m-%d %H:%M}",
                    f"dish {at % 7}", PAID[at], "TRUE" if at % 8 == 1 else "FALSE"),
    )  # fmt: skip
    assert said["orders"]["columns"]["order_id"] == "Check Id"
    kept = sum(PAID[at] for at in range(N) if at % 8 != 1)
    assert measured(opened, "net") == pytest.approx(kept)
    assert "adds up to" not in doubts  # 'Check #' counts nothing


def test_who_opted_out_of_letters_is_doubted_with_the_number(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Email,Profile Created,Email opt-in state",
        lambda at: (f"p{at}@post.org", f"{DAYS[at]:%Y-%m-%d}",
                    ("subscribed", "unsubscribed", "pending")[at % 3]),
    )  # fmt: skip
    assert f"'unsubscribed' ({N // 3})" in doubts


def test_fees_and_payouts_of_a_market_are_no_sales(tmp_path):
    fees = np.round(PAID * 0.12, 2)
    rows = [(f"M{at}", DAYS[at], f"b{at % 20}", word, amount) for at in range(0, N, 3)
            for word, amount in (("Sale", PAID[at]), ("Listing fee", -fees[at]))]  # fmt: skip
    rows[50] = ("", DAYS[70], "", "Payout", -400.0)
    doubts, _, opened = _drafted(
        tmp_path, "Order no,Date,Buyer,Entry,Amount",
        lambda at: rows[at % len(rows)] if at < len(rows) else ("", "", "", "", ""),
    )  # fmt: skip
    sold = sum(row[-1] for row in rows if row[3] == "Sale")
    assert measured(opened, "net") == pytest.approx(sold)
    assert f"with them to {sum(row[-1] for row in rows):,.2f}" in doubts


def test_what_is_above_zero_among_refunds_with_a_minus_was_not_given_back():
    rows = pd.DataFrame(
        {
            "order_id": ["A", "A", "A", "A"],
            "kind": ["Sale", "Refund", "Refund", "Refund"],
            "amount": [100.0, -60.0, -12.0, 9.0],  # nine of the fee come back
            "ordered_at": pd.to_datetime(["2025-01-02"] * 4, utc=True),
            "file": "e.csv",
            "line": [2, 3, 4, 5],
        }
    )
    assert combined(rows, given=True).frame["amount"].sum() == pytest.approx(37.0)


@pytest.mark.parametrize(
    ("head", "row", "table", "columns"),
    [
        ("MSISDN|TOPUP_TS|TOPUP VALUE|TRX REF",
         lambda at: (f"3519{at % 25:08d}", f"{DAYS[at]:%Y%m%d%H%M%S}", (5, 10, 20)[at % 3],
                     f"R{at:08d}"),
         "orders", {"order_id": "TRX REF", "customer_id": "MSISDN", "ordered_at": "TOPUP_TS",
                    "amount": "TOPUP VALUE"}),
        ("Zendingnummer|Gebeurtenis|Tijdstip|Verzendklant",
         lambda at: (f"3S{at // 3:09d}", ("Gemeld", "Onderweg", "Bezorgd")[at % 3],
                     f"{DAYS[at]:%d-%m-%Y %H:%M}", f"K{at % 20:03d}"),
         "visits", {"event": "Gebeurtenis", "at": "Tijdstip", "session_id": "Zendingnummer",
                    "customer_id": "Verzendklant"}),
        ("Chart No|First Visit|Inactive Date|Hygienist",
         lambda at: (5000 + at, f"{DAYS[at]:%Y-%m-%d}",
                     f"2026-01-{1 + at // 5:02d}" if at % 5 == 0 else "", "ab"[at % 2]),
         "customers", {"customer_id": "Chart No", "signed_up_at": "First Visit",
                       "churned_at": "Inactive Date"}),
        ("Código cliente|Fecha activación|Fecha baja|Cuota mensual|Consumo kWh",
         lambda at: (f"C{at % 60:04d}", f"{DAYS[at]:%d/%m/%Y}",
                     f"{1 + at // 4:02d}/12/2025" if at % 4 == 0 else "", "9,50",
                     f"{1000 + at * 7},25"),
         "subscriptions", {"customer_id": "Código cliente", "started_at": "Fecha activación",
                           "ended_at": "Fecha baja", "amount": "Cuota mensual"}),
    ],
    ids=["top-ups", "parcels", "patients", "supplies"],
)  # fmt: skip
def test_logs_and_lists_of_further_trades_are_the_table_they_are(
    head, row, table, columns, tmp_path
):
    _, said, _ = _drafted(tmp_path, head, row, "|")
    assert list(said) == [table]
    assert said[table]["columns"] == columns


@pytest.mark.parametrize(
    "words",
    ["Never|Sometimes|Usually|Always", "Nie|Selten|Manchmal|Oft|Immer",
     "Definitely not|Probably not|Probably|Definitely"],
)  # fmt: skip
def test_how_often_and_how_surely_are_scales(words, tmp_path):
    places = words.split("|")
    points = [1 + at % len(places) for at in range(N)]
    _, said, opened = _drafted(
        tmp_path, "Respondent ID,Survey date,Staff listened,Staff explained,Ward was quiet",
        lambda at: (at, f"{DAYS[at]:%Y-%m-%d}",
                    *(places[points[at - back] - 1] for back in range(3))),
    )  # fmt: skip
    assert len(said["responses"]["ratings"]) == 3
    assert opened.responses["staff_listened"].mean() == pytest.approx(np.mean(points))


@pytest.mark.parametrize("heading", ["Hur kan vi bli bättre?", "Q7_TXT", "Sizce ne eksik"])
def test_the_only_sentences_of_a_survey_are_its_comment(heading, tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, f"Respondent ID,Survey date,NPS,{heading}",
        lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", NPS[at], f"{WROTE[at % 2]} {at}"),
    )  # fmt: skip
    assert said["responses"]["columns"]["comment"] == heading
    assert f"'{heading}'" in doubts


def test_a_second_text_of_a_review_is_doubted(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Review ID,Review date,Rating,Review,Room for improvement",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", RATED[at], f"{WROTE[0]} {at}",
                    f"{WROTE[1]} {at}" if at % 2 else ""),
    )  # fmt: skip
    assert f"'Room for improvement' ({N // 2} rows) is not" in doubts


@pytest.mark.parametrize("head", ["Celkové hodnocení", "Helhetsbedömning", "Genel değerlendirme"])
def test_overall_marks_of_further_languages_are_satisfaction(head, tmp_path):
    _, _, opened = _drafted(
        tmp_path, f"Nr;Datum;{head} (1-5);A;B",
        lambda at: (at, f"{DAYS[at]:%d.%m.%Y}", RATED[at], RATED[-at], RATED[-at]), ";",
    )  # fmt: skip
    assert opened.responses.csat.mean() == pytest.approx(RATED.mean())


def test_no_score_names_the_ratings_that_may_be_one(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Respondent ID,Survey date,Rate the ward 0-10,Rate the food 0-10",
        lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", NPS[at], NPS[-at]),
    )  # fmt: skip
    assert f"'Rate the ward 0-10' (mean {NPS.mean():.2f})" in doubts
    assert np.isfinite(SCORE)


def test_a_word_that_no_language_has_settles_an_encoding_however_often_others_come():
    text = "Sposób zamówienia;Uwagi\n" + "telefon;Proszę częściej dzwonić\n" * 300 + "próżny;\n"
    read = decode(text.encode("cp1250"), "e.csv", None)
    assert read.encoding == "cp1250"


def test_records_refused_and_sent_back_are_no_sales_whatever_their_spelling(tmp_path):
    words = ("SentForCapture", "Settled", "Declined", "SentForRefund")
    doubts, _, opened = _drafted(
        tmp_path, "Journal Ref,Shopper,Journal Date,Entry type,Value",
        lambda at: (f"J{at:05d}", f"s{at // 4:03d}", DAYS[at], words[at % 4],
                    PAID[at - 2] if at % 4 == 3 else PAID[at]),
    )  # fmt: skip
    sold = sum(PAID[at] * (1 + (at % 4 == 1) * -1 * (at + 2 < N)) for at in range(N) if at % 4 < 2)
    assert measured(opened, "net") == pytest.approx(sold)
    assert f"23 of {N} rows 'Declined'" in doubts or f"22 of {N} rows 'Declined'" in doubts
    assert "SentForRefund' (" not in doubts.split("not known whether")[-1]


def test_a_total_with_its_tax_is_paid_and_a_tip_is_not(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Nº recibo;Fecha;Cliente;Total con IVA;IVA;Propina",
        lambda at: (f"T/{at}", f"{DAYS[at]:%d/%m/%Y}", f"c{at % 30}",
                    *(f"{PAID[at] * part:.2f}".replace(".", ",") for part in (1, 0.21, 0.05))), ";",
    )  # fmt: skip
    assert said["orders"]["columns"]["amount"] == "Total con IVA"


@pytest.mark.parametrize(("nobody", "told"), [("Walk-in", True), ("000000", True), ("c7", False)])
def test_an_id_that_stands_for_nobody_is_doubted_with_what_it_holds(nobody, told, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Order no,Order date,Customer no,Total",
        lambda at: (at, DAYS[at], nobody if at % 2 and (told or at < 10) else f"c{at % 40}",
                    PAID[at]),
    )  # fmt: skip
    assert (f"'Customer no' holds '{nobody}' in {N // 2} of {N} rows" in doubts) == told


def test_ends_that_everybody_has_are_planned_where_a_status_says_who_is_there(tmp_path):
    doubts, said, opened = _drafted(
        tmp_path, "Member no,Joined,Membership ended on,Standing",
        lambda at: (f"{at:05d}", f"{DAYS[at]:%Y-%m-%d}",
                    f"{DAYS[at] + timedelta(days=365):%Y-%m-%d}",
                    "Lapsed" if at % 5 == 0 else "Active"),
    )  # fmt: skip
    assert "churned_at" not in said["customers"]["columns"]
    assert measured(opened, "left") == N // 5
    assert f"'Membership ended on' holds a day in {N} of {N} rows" in doubts


@pytest.mark.parametrize(
    ("head", "row", "columns"),
    [
        ("会員番号,お名前,加入日,解約日,月額",
         lambda at: (f"M{at:05d}", f"佐藤{at}", f"{DAYS[at]:%Y/%m/%d}",
                     f"2026/01/{1 + at // 6:02d}" if at % 6 == 0 else "", '"¥6,600"'),
         {"customer_id": "会員番号", "signed_up_at": "加入日", "churned_at": "解約日",
          "monthly_fee": "月額"}),
        ("Номер клиента,Дата подключения,Дата отключения",
         lambda at: (f"A{at:05d}", f"{DAYS[at]:%d.%m.%Y}",
                     f"{1 + at // 6:02d}.01.2026" if at % 6 == 0 else ""),
         {"customer_id": "Номер клиента", "signed_up_at": "Дата подключения",
          "churned_at": "Дата отключения"}),
    ],
    ids=["japanese", "russian"],
)  # fmt: skip
def test_lists_of_other_scripts_say_who_left(head, row, columns, tmp_path):
    _, said, opened = _drafted(tmp_path, head, row)
    assert said["customers"]["columns"] == columns
    assert measured(opened, "left") == N // 6
    if "monthly_fee" in columns:
        assert opened.customers["monthly_fee"].mean() == 6600


def test_firms_are_customers_where_no_id_stands(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Account Name,Survey date,NPS,Renewal Date,Themes (tags)",
        lambda at: (f"Firm {at % 60} and Sons Ltd", f"{DAYS[at]:%Y-%m-%d}", NPS[at],
                    f"2027-01-{1 + at % 28:02d}", ("price; staff", "staff")[at % 2]),
    )  # fmt: skip
    columns = said["responses"]["columns"]
    assert columns["customer_id"] == "Account Name"
    assert columns["answered_at"] == "Survey date"
    assert "comment" not in columns


def test_riders_are_the_customers_and_not_who_drives_them(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "ride_id,driver_id,passenger_id,ordered_at,fare",
        lambda at: (f"r{at:04d}-x", f"d{at % 11}", f"p{at % 33:03d}", DAYS[at], PAID[at]),
    )  # fmt: skip
    assert said["orders"]["columns"]["customer_id"] == "passenger_id"
    assert said["orders"]["columns"]["amount"] == "fare"


def test_the_currency_of_a_list_of_contracts_is_the_study_s(tmp_path):
    lines = ["Contract ID,Customer ID,Start,End,Fee,Currency"]
    for at in range(N):
        ended = f"2026-01-{1 + at // 9:02d}" if at % 9 == 0 else ""
        lines.append(f"k{at},c{at % 70},{DAYS[at]:%Y-%m-%d},{ended},{10 + at % 3}.50,DKK")
    (tmp_path / "e.csv").write_text("\n".join(lines), encoding="utf-8")
    assert "\ncurrency: DKK" in draft([tmp_path / "e.csv"], tmp_path).text


def test_credits_beside_sales_are_doubted_and_what_was_declined_is_left_out(tmp_path):
    doubts, _, opened = _drafted(
        tmp_path, "Transaction ID,Transaction Type,Transaction Status,Created,Customer ID,Amount",
        lambda at: (f"t{at:04d}x", "credit" if at % 9 == 4 else "sale",
                    "gateway_rejected" if at % 9 == 1 else "settled", DAYS[at], f"c{at % 20}",
                    PAID[at]),
    )  # fmt: skip
    kept = sum(PAID[at] for at in range(N) if at % 9 != 1)
    assert measured(opened, "net") == pytest.approx(kept)
    assert f"({PAID[4::9].sum():,.2f} of {PAID.sum():,.2f}). If they were given back" in doubts


def test_a_mark_in_a_column_of_what_was_called_off_leaves_its_rows_out(tmp_path):
    _, _, opened = _drafted(
        tmp_path, "Beleg-Nr;Buchungstag;Spender-Nr;Betrag;Storno-Kz",
        lambda at: (at + 7000, f"{DAYS[at]:%d.%m.%Y}", f"S{at % 30:04d}",
                    f"{PAID[at]:.2f}".replace(".", ","), "X" if at % 10 == 3 else ""), ";",
    )  # fmt: skip
    kept = sum(PAID[at] for at in range(N) if at % 10 != 3)
    assert measured(opened, "net") == pytest.approx(kept)


def test_calls_are_of_who_rang_and_last_as_their_heading_says(tmp_path):
    _, said, opened = _drafted(
        tmp_path, "Conversation ID,Start,End,From number,Wait (s),Handling (ms),Users",
        lambda at: (f"{at:05d}-c", DAYS[at], DAYS[at] + timedelta(minutes=5),
                    f"+44770{at % 35:06d}", 10 + at % 40, 1000 * (200 + at), f"rep{at % 5}"),
    )  # fmt: skip
    assert said["interactions"]["columns"]["customer_id"] == "From number"
    frame = opened.cleaned["interactions"].frame
    assert frame["first_reply"].mean() == pytest.approx(np.mean([10 + at % 40 for at in range(N)]))
    assert frame["resolution"].mean() == pytest.approx(np.mean([200 + at for at in range(N)]))


def test_a_price_is_paid_and_a_commission_is_not_and_no_show_has_its_worth(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "Booking number,Booker ID,Booked on,Status,Price,Commission amount",
        lambda at: (7000 + at, f"b{at % 30}", DAYS[at], "no_show" if at % 9 == 2 else "ok",
                    f"{PAID[at]} EUR", f"{PAID[at] * 0.15:.2f} EUR"),
    )  # fmt: skip
    assert said["orders"]["columns"]["amount"] == "Price"
    assert f"'no_show' ({N // 9}, {PAID[2::9].sum():,.2f}), of which it is not known" in doubts


def test_a_list_of_accounts_written_monthly_says_who_is_not_in_the_last(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "workspace_id,snapshot_month,plan,seats,mrr",
        lambda at: (f"w{at % 18 + (18 if at > 71 and at % 18 < 4 else 0):02d}",
                    f"2025-{at // 18 + 1:02d}", "ab"[at % 2], 3 + at % 7, 20 + at % 9),
    )  # fmt: skip
    assert list(said) == ["customers"]
    assert "22 customers in 90 rows" in doubts
    assert "4 of them have no row at its last 'snapshot_month'" in doubts


@pytest.mark.parametrize(
    ("head", "rating", "text"),
    [("レビュー番号,投稿日,評価,本文", "評価", "本文"), ("번호,작성일,평점,내용", "평점", "내용"),
     ("Id opinión,Fecha de opinión,Puntuación,Lo peor", "Puntuación", "Lo peor")],
)  # fmt: skip
def test_reviews_of_further_languages_are_reviews(head, rating, text, tmp_path):
    _, said, opened = _drafted(
        tmp_path, head,
        lambda at: (f"R{at:05d}", f"{DAYS[at]:%Y-%m-%d}", "★" * RATED[at] + "☆" * (5 - RATED[at]),
                    f"{WROTE[at % 2]} {at}"),
    )  # fmt: skip
    columns = said["reviews"]["columns"]
    assert (columns["rating"], columns["text"]) == (rating, text)
    assert opened.reviews["rating"].mean() == pytest.approx(RATED.mean())


def test_each_sheet_that_is_left_out_is_named(tmp_path):
    book = openpyxl.Workbook()
    for month in (1, 2, 3):
        sheet = book.active if month == 1 else book.create_sheet()
        sheet.title = f"M{month}"
        whose, paid = (
            ("Customer ID", "Total") if month == 1 else (f"Buyer {month}", f"Paid {month}")
        )
        sheet.append(["Receipt No", "Date", whose, paid])
        for at in range(30):
            sheet.append([month * 100 + at, datetime(2025, month, 1 + at % 28), f"c{at % 9}", 5.5])
    book.save(tmp_path / "e.xlsx")
    doubts = " ".join(draft([tmp_path / "e.xlsx"], tmp_path).doubts)
    assert "sheet 'M2' (30 rows)" in doubts
    assert "sheet 'M3' (30 rows)" in doubts


@pytest.mark.parametrize("head", ["Peso", "Waga", "Vikt"])
def test_weights_of_further_languages_are_doubted_with_both_numbers(head, tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, f"Respondent ID,Survey date,NPS,{head}",
        lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", NPS[at], (0.5, 1.5)[at % 2]),
    )  # fmt: skip
    assert said["responses"]["columns"]["weight"] == head
    assert f"without {SCORE:.2f}" in doubts


@pytest.mark.parametrize(
    "words",
    ["Pas du tout satisfait|Peu satisfait|Satisfait|Très satisfait",
     "Very dissatisfied|Slightly dissatisfied|Satisfied|Very satisfied"],
)  # fmt: skip
def test_four_words_of_a_longer_order_are_four_points_and_doubted(words, tmp_path):
    places = words.split("|")
    doubts, _, opened = _drafted(
        tmp_path, "Respondent ID,Survey date,Overall satisfaction,Desk,Meals",
        lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", *(places[(at + back) % 4] for back in range(3))),
    )  # fmt: skip
    assert opened.responses["csat"].mean() == pytest.approx(
        np.mean([1 + at % 4 for at in range(N)])
    )
    assert "read as 4 points" in doubts


def test_a_rating_of_a_ride_is_not_what_it_cost(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Buchung;Nutzer-ID;Mietbeginn;Entgelt brutto;Bewertung Fahrt",
        lambda at: (f"B{at:05d}", f"N{at % 30:04d}", f"{DAYS[at]:%d.%m.%Y %H:%M}",
                    f"{PAID[at]:.2f} €".replace(".", ","), RATED[at]), ";",
    )  # fmt: skip
    assert said["orders"]["columns"]["amount"] == "Entgelt brutto"


def test_what_is_price_times_pieces_was_paid_whatever_the_headings(tmp_path):
    pieces = [1 + at % 4 for at in range(N)]
    doubts, said, opened = _drafted(
        tmp_path, "Order no,Order date,Customer ID,qty,price,ext",
        lambda at: (at + 100, DAYS[at], f"c{at % 30}", pieces[at], 5 + at % 7,
                    pieces[at] * (5 + at % 7)),
    )  # fmt: skip
    assert said["orders"]["columns"]["amount"] == "ext"
    assert said["orders"]["columns"]["unit_price"] == "price"
    total = sum(n * (5 + at % 7) for at, n in enumerate(pieces))
    assert measured(opened, "net") == pytest.approx(total)
    assert "might also be" not in doubts


def test_of_several_marks_the_total_is_the_overall_one(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Respondentnr;Datum;Eindcijfer arts;Eindcijfer balie;Eindcijfer totaal",
        lambda at: (at, f"{DAYS[at]:%d-%m-%Y}", NPS[at] or 1, NPS[-at] or 1, NPS[at] or 1), ";",
    )  # fmt: skip
    assert said["responses"]["columns"]["csat"] == "Eindcijfer totaal"


@pytest.mark.parametrize("head", ["Memnuniyet puanı", "Zadowolenie klienta", "満足度"])
def test_contacts_are_rated_in_further_languages(head, tmp_path):
    _, said, _ = _drafted(
        tmp_path, f"Ticket ID;Customer ID;Opened at;Closed at;{head}",
        lambda at: (f"T{at}", f"c{at % 30}", DAYS[at], DAYS[at] + timedelta(hours=2),
                    RATED[at] if at % 3 else ""), ";",
    )  # fmt: skip
    assert said["interactions"]["columns"]["csat"] == head


@pytest.mark.parametrize("word", ["Spam", "Deleted", "Merged", "Gelöscht", "Doublon", "Eliminado"])
def test_contacts_that_a_status_calls_spam_or_deleted_are_left_out_aloud(word, tmp_path):
    doubts, _, opened = _drafted(
        tmp_path, "Ticket ID;Requester email;Created at;Status",
        lambda at: (f"T{at}", f"c{at % 30}@a.org", DAYS[at], word if at % 9 == 4 else "Solved"),
        ";",
    )  # fmt: skip
    assert measured(opened, "tickets") == N - N // 9
    assert f"calls {N // 9} of {N} rows '{word}'" in doubts


@pytest.mark.parametrize(
    ("heading", "cell", "off"),
    [("Discount %", "{}%", 0.01), ("Rabatt (Prozent)", "{}", 0.01), ("Discount", "{}.00", None)],
)
def test_discounts_that_no_sum_takes_off_are_doubted_with_both_numbers(
    heading, cell, off, tmp_path
):
    pieces, cut = NPS % 3 + 1, np.where(np.arange(N) % 4, 0, 10)
    doubts, said, opened = _drafted(
        tmp_path, f"Order,Order Date,Customer No,Qty,Unit Price,{heading}",
        lambda at: (f"SO{at}", f"{DAYS[at]:%Y-%m-%d}", f"C{at % 30}", pieces[at],
                    30 + 2 * RATED[at], cell.format(cut[at])),
    )  # fmt: skip
    whole = pieces * (30 + 2 * RATED)
    less = whole * cut * off if off else cut
    assert said["orders"]["columns"]["unit_price"] == "Unit Price"
    assert measured(opened, "net") == pytest.approx(whole.sum())
    assert f"'{heading}' is not taken off" in doubts
    assert f"{whole.sum():,.2f}, and less it to {whole.sum() - less.sum():,.2f}" in doubts


def test_discounts_that_the_sum_of_a_line_holds_are_not_doubted(tmp_path):
    doubts, _, opened = _drafted(
        tmp_path, "Order,Order Date,Customer No,Qty,Unit Price,Discount,Line Total",
        lambda at: (f"SO{at}", f"{DAYS[at]:%Y-%m-%d}", f"C{at % 30}", 2, 40 + at % 9, at % 4,
                    2 * (40 + at % 9) - at % 4),
    )  # fmt: skip
    assert measured(opened, "net") == sum(2 * (40 + at % 9) - at % 4 for at in range(N))
    assert "is not taken off" not in doubts


def test_sliders_by_fives_have_no_codes_for_no_answer(tmp_path):
    marks = 20 + 5 * (np.arange(N) * 7 % 17)
    _, _, opened = _drafted(
        tmp_path, "Response ID;Submitted at;Overall satisfaction (0-100);Staff (0-100)",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d %H:%M}", marks[at], marks[-at]), ";",
    )  # fmt: skip
    assert opened.responses["csat"].mean() == pytest.approx(marks.mean())


@pytest.mark.parametrize(
    ("head", "words"),
    [("Overall, how satisfied are you with us?",
      "Extremely dissatisfied|Moderately dissatisfied|Slightly dissatisfied|Neither satisfied nor "
      "dissatisfied|Slightly satisfied|Moderately satisfied|Extremely satisfied"),
     ("How easy was it to solve your problem?",
      "Extremely difficult|Moderately difficult|Slightly difficult|Neither easy nor difficult|"
      "Slightly easy|Moderately easy|Extremely easy")],
)  # fmt: skip
def test_seven_points_of_words_have_their_order(head, words, tmp_path):
    ladder, points = words.split("|"), NPS % 7 + 1
    _, _, opened = _drafted(
        tmp_path, f"Date;Customer ID;{head};Comment",
        lambda at: (f"{DAYS[at]:%Y-%m-%d}", f"V{at % 30}", ladder[points[at] - 1],
                    ("", f"so so, really {at}")[at % 2]), ";",
    )  # fmt: skip
    score = "csat" if "satisfied" in head else "ces"
    assert opened.responses[score].mean() == pytest.approx(points.mean())


def test_lists_of_accounts_a_file_a_month_say_who_is_not_in_the_last(tmp_path):
    lasts = {"01": 40, "02": 34, "03": 31}  # nine are gone by March
    for month, there in lasts.items():
        rows = [f"A{at:03d},{DAYS[at]:%Y-%m-%d},2026-{month}-28,Fibre,35" for at in range(there)]
        text = "\n".join(["account_id,activation_date,snapshot_month,plan,mrr", *rows])
        (tmp_path / f"base_2026-{month}.csv").write_text(f"{text}\n", encoding="utf-8")
    made = draft(sorted(tmp_path.iterdir()), tmp_path)
    doubts = " ".join(made.doubts)
    assert "9 of them have no row at its last 'snapshot_month'" in doubts
    assert "obody is known to have left" in doubts
    assert "as_of: 2026-03-28" in made.text


@pytest.mark.parametrize(
    "named", ["C{} Subtotal", "Müller & Söhne {} - Total", "Store no {} total"]
)
def test_sums_below_each_customer_are_no_records_whoever_they_name(named, tmp_path):
    lines = ["Customer,Order No,Order Date,Amount"]
    for at in range(0, N, 5):
        lines += [f"C{at},o{each},{DAYS[each]:%Y-%m-%d},{PAID[each]}" for each in range(at, at + 5)]
        lines.append(f"{named.format(at)},,,{PAID[at : at + 5].sum():.2f}")
    (tmp_path / "e.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(draft([tmp_path / "e.csv"], tmp_path).text, "utf-8")
    orders = study.load(tmp_path / "study.yaml", cache=False).cleaned["orders"]
    assert orders.frame["amount"].sum() == pytest.approx(PAID.sum())
    assert len(orders.frame) == N


@pytest.mark.parametrize(
    ("sold", "offered"),
    [("Invoice", "Quote"), ("Rechnung", "Angebot"), ("Facture", "Devis"), ("Factura", "Pro forma")],
)  # fmt: skip
def test_quotes_among_invoices_are_left_out_aloud(sold, offered, tmp_path):
    doubts, _, opened = _drafted(
        tmp_path, "Document No,Customer No,Document Date,Document Type,Total",
        lambda at: (f"D{at}", f"K{at % 30}", f"{DAYS[at]:%Y-%m-%d}",
                    offered if at % 4 == 1 else sold, PAID[at]),
    )  # fmt: skip
    assert measured(opened, "net") == pytest.approx(PAID.sum() - PAID[1::4].sum())
    assert f"'{offered}' ({len(PAID[1::4])}), worth {PAID[1::4].sum():,.2f}" in doubts
    assert "of which it is not known" not in doubts


@pytest.mark.parametrize("word", ["Lead", "Prospect", "Interessent", "Marketing Qualified Lead",
                                  "Test account", "Supplier"])  # fmt: skip
def test_rows_of_a_list_that_are_no_customers_yet_are_doubted(word, tmp_path):
    doubts, said, opened = _drafted(
        tmp_path, "Account ID,Account Name,Lifecycle Stage,Create Date,Churn Date",
        lambda at: (f"A{at:03d}", f"Firm {at}", word if at % 5 == 1 else "Customer",
                    f"{DAYS[at]:%Y-%m-%d}", "2025-07-01" if at % 9 == 0 else ""),
    )  # fmt: skip
    assert list(said) == ["customers"]
    assert len(opened.customers) == N
    assert f"calls {N // 5} of {N} rows '{word}'" in doubts
    assert f"`where: {{Lifecycle Stage: {{not: [{word}]}}}}`" in doubts


def test_receipt_numbers_that_begin_anew_each_day_are_no_orders(tmp_path):
    doubts, said, opened = _drafted(
        tmp_path, "Store,Receipt No,Date,Loyalty Card,Total",
        lambda at: ("NS"[at % 2], at % 4 + 1, f"{DAYS[at - at % 4]:%Y-%m-%d}", f"LC{at % 31:04d}",
                    PAID[at]),
    )  # fmt: skip
    assert said["orders"]["columns"]["customer_id"] == "Loyalty Card"
    assert measured(opened, "orders") == N
    assert measured(opened, "net") == pytest.approx(PAID.sum())
    assert "'Receipt No' names 4 orders in 90 rows" in doubts
