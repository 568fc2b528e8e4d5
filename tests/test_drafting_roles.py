"""What no heading says, the values say, and it is doubted aloud."""

from datetime import datetime, timedelta

import pytest
import yaml

from cxlab import study
from cxlab.drafting import draft

N = 120
DAYS = [datetime(2025, 1, 6, 9, 30) + timedelta(days=2 * at) for at in range(N)]


def _drafted(tmp_path, head, row, *, mark=",", name="extract_x.csv"):
    lines = [mark.join(map(str, row(at))) for at in range(N)]
    (tmp_path / name).write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    made = draft([tmp_path / name], tmp_path)
    (tmp_path / "study.yaml").write_text(made.text, encoding="utf-8")
    opened = study.load(tmp_path / "study.yaml", cache=False)
    return made.doubts, yaml.safe_load(made.text)["tables"], opened


def _told(doubts, *words):
    return any(all(word in doubt for word in words) for doubt in doubts)


def test_strange_headings_of_order_lines_are_read_by_their_values(tmp_path):
    row = lambda at: (f"B-{at // 2:04d}", f"{DAYS[at // 2]:%d.%m.%Y}", 7000 + at // 2 % 37,  # noqa: E731
                      at % 3 + 1, f"{at % 40},50")  # fmt: skip
    doubts, said, opened = _drafted(tmp_path, "Ref;Wann;Gegenseite;Menge;Zeile", row, mark=";")
    columns = said["orders"]["columns"]
    assert columns["order_id"] == "Ref"
    assert columns["customer_id"] == "Gegenseite"
    orders = opened.cleaned["orders"].frame
    assert len(orders) == N // 2
    assert orders["amount"].sum() == sum((at % 3 + 1) * (at % 40 + 0.5) for at in range(N))
    assert _told(doubts, "'Gegenseite'", "customer_id")
    assert _told(doubts, "'Wann'", "ordered_at")


@pytest.mark.parametrize(("unit", "size"), [("seconds", 1), ("minutes", 60), ("hours", 3600)])
def test_the_unit_of_a_length_is_told_by_the_moments_it_lies_between(tmp_path, unit, size):
    took = [3600 * (1 + at % 50) for at in range(N)]
    row = lambda at: (f"INC{at:05d}", f"{DAYS[at]:%Y-%m-%d %H:%M:%S}",  # noqa: E731
                      f"{DAYS[at] + timedelta(seconds=took[at]):%Y-%m-%d %H:%M:%S}",
                      f"u{at % 40}", took[at] / size)  # fmt: skip
    _, said, opened = _drafted(tmp_path, "Number,Opened,Closed,Caller,Resolve time", row)
    assert said["interactions"]["formats"]["resolution"] == unit
    assert opened.cleaned["interactions"].frame["resolution"].tolist() == took


@pytest.mark.parametrize(("heading", "size"), [
    ("Reactietijd (uren)", 3600), ("Délai de première réponse (minutes)", 60),
    ("Tempo de primeira resposta (horas)", 3600), ("Erstantwortzeit [Std.]", 3600)])  # fmt: skip
def test_a_unit_in_a_heading_is_read_in_seven_languages(tmp_path, heading, size):
    row = lambda at: (f"T{at}", f"K{at % 30:03d}", f"{DAYS[at]:%Y-%m-%d}", at % 9 + 1)  # noqa: E731
    _, _, opened = _drafted(tmp_path, f"Ticket;Klant-ID;Aangemeld op;{heading}", row, mark=";")
    read = opened.cleaned["interactions"].frame["first_reply"]
    assert read.tolist() == [size * (at % 9 + 1) for at in range(N)]


def test_a_list_without_an_id_is_known_by_its_addresses(tmp_path):
    row = lambda at: (f"a{at}@example.org", f"{DAYS[at % 20]:%Y-%m-%d %H:%M:%S}",  # noqa: E731
                      f"{DAYS[at]:%Y-%m-%d %H:%M:%S}", f"{DAYS[at]:%Y-%m-%d %H:%M:%S}")  # fmt: skip
    head = "Email Address,OPTIN_TIME,UNSUB_TIME,LAST_CHANGED"
    doubts, said, _ = _drafted(tmp_path, head, row, name="unsubscribed.csv")
    assert said["customers"]["columns"] == {
        "customer_id": "Email Address", "signed_up_at": "OPTIN_TIME", "churned_at": "UNSUB_TIME"
    }  # fmt: skip
    assert _told(doubts, "'Email Address'")


def test_when_records_were_last_touched_tells_up_to_when_the_export_does(tmp_path):
    row = lambda at: (f"K{at}", f"{DAYS[at % 20]:%Y-%m-%d}", "a", f"{DAYS[at]:%Y-%m-%d}")  # noqa: E731
    _, _, opened = _drafted(tmp_path, "Customer ID,Member since,Plan,Last updated", row)
    assert opened.mapping.as_of == DAYS[-1].date()


def test_a_file_of_satisfaction_alone_is_a_survey(tmp_path):
    row = lambda at: (4000 + at, f"{DAYS[at]:%d.%m.%Y}", at % 5 + 1, "Nord")  # noqa: E731
    _, said, _ = _drafted(tmp_path, "Kundennr;Datum;Zufriedenheit;Gebiet", row, mark=";")
    assert said["responses"]["columns"]["csat"] == "Zufriedenheit"


def test_a_status_is_known_by_its_words_whatever_its_heading(tmp_path):
    words = ("Zrealizowane", "Anulowane")
    row = lambda at: (f"Z{at}", f"{DAYS[at]:%Y-%m-%d}", f"K{at % 30}", f"{at},50 zł",  # noqa: E731
                      words[at % 2])  # fmt: skip
    doubts, _, opened = _drafted(tmp_path, "Nr;Data;Klient;Kwota;Stan", row, mark=";")
    assert opened.cleaned["orders"].frame["amount"].sum() == sum(at + 0.5 for at in range(0, N, 2))
    assert _told(doubts, "'Anulowane'", "left out")


def test_sums_in_a_column_for_each_currency_are_doubted(tmp_path):
    row = lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", f"C{at % 30}",  # noqa: E731
                      *((at, "") if at % 2 else ("", at)))  # fmt: skip
    head = "order id,order date,customer id,Total EUR,Total USD"
    doubts, _, _ = _drafted(tmp_path, head, row)
    assert _told(doubts, "'Total EUR' is counted (60 of 120 rows)", "'Total USD'")


def test_sums_in_each_rows_own_currency_are_doubted(tmp_path):
    row = lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", f"C{at % 30}", f"{at}.25")  # noqa: E731
    head = "order id,order date,customer id,Amount (local currency)"
    assert _told(_drafted(tmp_path, head, row)[0], "'Amount (local currency)'", "several")


def test_faces_and_stars_are_points(tmp_path):
    faces, stars = ("😡", "😕", "😐", "🙂", "😍"), "★★★★★"
    row = lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", faces[at % 5], stars[: at % 5 + 1])  # noqa: E731
    head = "Feedback ID,Submitted at,How satisfied are you?,Delivery rating"
    _, _, opened = _drafted(tmp_path, head, row)
    answers = opened.cleaned["responses"].frame
    assert answers["csat"].mean() == answers["delivery_rating"].mean() == 3


def test_a_strange_word_among_numbers_is_no_answer_and_doubted(tmp_path):
    words = ("1", "2", "3", "4", "5", "Ask my wife")
    row = lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", words[at % 6])  # noqa: E731
    doubts, _, opened = _drafted(tmp_path, "resp,date,Overall satisfaction", row)
    assert opened.cleaned["responses"].frame["csat"].mean() == 3
    assert _told(doubts, "'Ask my wife' (20 times)")


def test_a_score_in_words_of_no_known_order_is_doubted(tmp_path):
    words = ("bof", "ouais", "nickel")
    row = lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", at % 11, words[at % 3])  # noqa: E731
    doubts, _, _ = _drafted(tmp_path, "resp,date,NPS,Overall satisfaction", row)
    assert _told(doubts, "'Overall satisfaction'", "'bof'", "labels")


def test_percentages_are_a_score_of_100_points(tmp_path):
    row = lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", f"{at % 101}%")  # noqa: E731
    _, _, opened = _drafted(tmp_path, "survey_id,date,CSAT", row)
    assert opened.cleaned["responses"].frame["csat"].max() == 100


def test_the_groups_of_nps_give_nps_and_are_said_to_be_no_points(tmp_path):
    words = ("Promoter", "Passive", "Detractor", "Promoter")
    row = lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", words[at % 4])  # noqa: E731
    doubts, _, opened = _drafted(tmp_path, "Response ID,Date,NPS", row)
    scores = opened.cleaned["responses"].frame["nps"]
    assert (scores > 8).mean() - (scores < 7).mean() == 0.25
    assert _told(doubts, "'NPS' holds the groups", "no points")


def test_a_question_answered_as_nps_is_doubted_with_the_number_it_would_be(tmp_path):
    row = lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", at % 5 + 1, at % 11)  # noqa: E731
    head = "resp,date,Overall satisfaction,advocacy"
    doubts, _, _ = _drafted(tmp_path, head, row)
    assert _told(doubts, "'nps: advocacy'", "on 120 answers")


def test_a_later_date_that_some_customers_have_is_doubted_as_their_leaving(tmp_path):
    row = lambda at: (f"M{at:04d}", f"{DAYS[at % 40]:%Y-%m-%d}",  # noqa: E731
                      f"{DAYS[60 + at % 60]:%Y-%m-%d}" if at % 4 == 0 else "", "Gold")  # fmt: skip
    doubts, _, _ = _drafted(tmp_path, "Customer ID,Member since,Zeta,Tier", row, name="crm.csv")
    assert _told(doubts, "'churned_at: Zeta'", "30 of 120 customers")


def test_months_without_days_are_doubted(tmp_path):
    row = lambda at: (f"C{at % 45}", f"2025-{at % 12 + 1:02d}", f"{at}.50")  # noqa: E731
    doubts, _, _ = _drafted(tmp_path, "Client,Month,Revenue", row)
    assert _told(doubts, "'Month' ('2025-01') holds months")


def test_a_caller_is_a_customer_and_no_id_of_a_call(tmp_path):
    row = lambda at: (f"{DAYS[at]:%Y-%m-%d %H:%M}", f"+49171{at:07d}", at % 5 + 1)  # noqa: E731
    _, said, _ = _drafted(tmp_path, "Call start,Caller number,Post-call rating", row)
    assert said["interactions"]["columns"]["customer_id"] == "Caller number"
    assert said["interactions"]["columns"]["csat"] == "Post-call rating"


def test_points_are_read_before_groups_of_nps(tmp_path):
    words = ("Detractor", "Passive", "Promoter")
    row = lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", at % 11, words[(at % 11 > 6) + (at % 11 > 8)])  # noqa: E731
    _, said, _ = _drafted(tmp_path, "resp,date,Likelihood to recommend us,NPS", row)
    assert said["responses"]["columns"]["nps"] == "Likelihood to recommend us"
    assert "NPS" not in said["responses"].get("segments", {}).values()


@pytest.mark.parametrize(("heading", "yes", "no"), [
    ("quote", "yes", "no"), ("Can we publish it?", "Y", "N"), ("Zitierfähig", "ja", "nein"),
    ("OK to be quoted", "True", "False"), ("Pouvons-nous vous citer ?", "oui", "non"),
])  # fmt: skip
def test_who_may_be_quoted_is_read_in_many_words(heading, yes, no, tmp_path):
    row = lambda at: (f"R{at}", at % 11, f"It took {at} days and two calls.",  # noqa: E731
                      yes if at % 3 else no)  # fmt: skip
    _, said, opened = _drafted(tmp_path, f"Response,NPS,Comment,{heading}", row)
    assert said["responses"]["columns"]["consent"] == heading
    assert opened.responses["consent"].sum() == N - N // 3
