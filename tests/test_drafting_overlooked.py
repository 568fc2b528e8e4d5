"""What drafts passed over in silence: other calendars, ledgers, months and points as columns."""

from datetime import datetime, timedelta

import numpy as np
import openpyxl
import pytest
import yaml

from cxlab import study
from cxlab.drafting import draft
from tests.test_drafting_vendors import measured

N = 90
RNG = np.random.default_rng(77)
NPS = RNG.choice(11, N, p=[0.03, 0.02, 0.03, 0.03, 0.04, 0.08, 0.09, 0.13, 0.2, 0.2, 0.15])
RATED = RNG.integers(1, 6, N)
PAID = np.round(RNG.gamma(2, 30, N) + 5, 2)
SCORE = 100 * ((NPS > 8).mean() - (NPS < 7).mean())
DAYS = [datetime(2025, 1, 3, 9, 15) + timedelta(days=2 * at) for at in range(N)]


def _drafted(folder, head: str, row, mark: str = ","):
    lines = [head, *(mark.join(map(str, row(at))) for at in range(N))]
    (folder / "e.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = draft([folder / "e.csv"], folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    opened = study.load(folder / "study.yaml", cache=False)
    return " ".join(made.doubts), yaml.safe_load(made.text)["tables"], opened


@pytest.mark.parametrize(
    ("head", "ladder"),
    [
        ("Yanıt tarihi;Bizi tavsiye eder misiniz?;Teslimat;Personel",
         "Hiç memnun değilim|Memnun değilim|Kararsızım|Memnunum|Çok memnunum"),
        ("タイムスタンプ;友人に勧める可能性;配送;スタッフ",
         "とても不満|不満|どちらでもない|満足|とても満足"),
        ("提交时间;您向朋友推荐我们的可能性;配送;客服", "非常不满意|不满意|一般|满意|非常满意"),
        ("응답 시간;친구에게 추천할 의향;배송;직원", "매우 불만족|불만족|보통|만족|매우 만족"),
        ("Время;Порекомендуете ли вы нас?;Доставка;Персонал",
         "Очень недоволен|Недоволен|Нейтрально|Доволен|Очень доволен"),
        ("التاريخ;هل توصي بنا لصديق;التوصيل;الموظفين", "غير راض جدا|غير راض|محايد|راض|راض جدا"),
    ],
    ids=["turkish", "japanese", "chinese", "korean", "russian", "arabic"],
)  # fmt: skip
def test_surveys_of_other_scripts_give_their_score_and_ratings(head, ladder, tmp_path):
    words = ladder.split("|")
    _, said, opened = _drafted(
        tmp_path, head, lambda at: (DAYS[at], NPS[at], words[RATED[at] - 1], words[RATED[-at] - 1]),
        mark=";",
    )  # fmt: skip
    assert measured(opened, "nps") == pytest.approx(SCORE)
    first = next(iter(said["responses"]["ratings"]))
    assert opened.responses[first].mean() == pytest.approx(RATED.mean())


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("Order Date", lambda day: f"{day:%d/%m}/{day.year + 543}", "2568 is about 2025"),
        ("Week", lambda day: f"{day:%G}-W{day:%V}", "holds weeks or quarters and no days"),
        ("Period", lambda day: f"Q{(day.month + 2) // 3} {day.year}", "dates none of 90 rows"),
        ("Order Date", lambda day: f"day {day:%j} of {day:%Y}", "are not read as dates"),
    ],
)
def test_days_of_no_known_form_are_doubted(column, cell, says, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, f"Order,{column},Client,Amount",
        lambda at: (f"T{at}", cell(DAYS[at]), f"u{at % 30}", PAID[at]),
    )  # fmt: skip
    assert says in doubts


@pytest.mark.parametrize(
    "form",
    [
        lambda day: f"{day.year}年{day.month}月{day.day}日 {day.hour}時{day.minute}分",
        lambda day: f"令和{day.year - 2018}年{day.month}月{day.day}日 午前{day:%I:%M}",
        lambda day: f"{day.year}. {day.month}. {day.day}. 오전 {day:%-I:%M:%S}",
        lambda day: f"/Date({int((day - datetime(1970, 1, 1)).total_seconds()) * 1000})/",
    ],
    ids=["japanese", "era", "korean", "net"],
)
def test_days_of_east_asia_and_of_net_are_read(form, tmp_path):
    _, _, opened = _drafted(
        tmp_path, "OrderId,Created,CustomerId,Total",
        lambda at: (f"T{at}", form(DAYS[at]), f"u{at % 30}", PAID[at]),
    )  # fmt: skip
    kept = opened.cleaned["orders"].frame["ordered_at"].dt.tz_localize(None)
    assert kept.tolist() == DAYS


@pytest.mark.parametrize("words", [("DR", "CR"), ("Af", "Bij"), ("S", "H"), ("-", "+")])
def test_the_side_of_a_ledger_is_doubted_with_both_sums(words, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Txn Date,Customer No,Amount,Side",
        lambda at: (f"{DAYS[at]:%Y-%m-%d}", 7000 + at % 30, PAID[at], words[at % 7 != 0]),
    )  # fmt: skip
    one, other = PAID[::7].sum(), PAID.sum() - PAID[::7].sum()
    assert f"{PAID.sum():,.2f} together" in doubts
    assert f"would be {other - one:,.2f}" in doubts


def test_points_and_months_as_columns_are_doubted_with_their_number(tmp_path):
    head = "Respondent ID,End Date," + ",".join(map(str, range(11)))
    doubts, _, _ = _drafted(
        tmp_path, head,
        lambda at: (1000 + at, DAYS[at], *("X" if NPS[at] == n else "" for n in range(11))),
    )  # fmt: skip
    assert f"as NPS it would be {SCORE:.1f} on 90 answers" in doubts
    doubts, _, _ = _drafted(
        tmp_path, "Customer ID,Jan-25,Feb-25,Mar-25", lambda at: (f"c{at}", PAID[at], 1.5, 2.5)
    )
    assert f"add up to {PAID.sum() + 4 * N:,.2f}" in doubts


def test_weights_and_orders_without_an_amount_are_doubted_with_the_other_number(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Response ID,Date,NPS,Weight",
        lambda at: (at, DAYS[at], NPS[at], (0.5, 1.7)[at % 2]),
    )  # fmt: skip
    assert f"without {SCORE:.2f}" in doubts
    doubts, _, _ = _drafted(
        tmp_path, "Order,Date,Customer,Total",
        lambda at: (f"O{at}", DAYS[at], f"c{at % 30}", PAID[at] if at % 15 else "#N/A"),
    )  # fmt: skip
    assert "'Total' holds no number in 6 of 90 rows" in doubts


def test_a_header_that_comes_again_is_no_customer(tmp_path):
    rows = [f"c{at},{DAYS[at]:%Y-%m-%d},{'NS'[at % 2]}" for at in range(N)]
    head = "customer_id,signed_up,region"
    lines = [head, *rows[:40], head, *rows[40:70], f"\ufeff{head}", *rows[70:]]
    (tmp_path / "crm.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(draft([tmp_path / "crm.csv"], tmp_path).text)
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert len(opened.customers) == N
    assert opened.cleaned["customers"].set_aside["reason"].tolist() == ["below_table"] * 2


def test_rare_marks_bounds_and_dashes_are_read(tmp_path):
    _, _, opened = _drafted(
        tmp_path, "Ticket~Opened~User~First response",
        lambda at: (f"T{at}", f"{DAYS[at]:%Y-%m-%d %H:%M}", f"u{at % 30}",
                    ("< 1 minute", "1.02:03:04", "90 mins", "3分30秒")[at % 4]), mark="~",
    )  # fmt: skip
    took = opened.cleaned["interactions"].frame["first_reply"]
    assert took.tolist()[:4] == [60, 93_784, 5400, 210]
    _, _, opened = _drafted(
        tmp_path, "Beleg-Nr;Belegdatum;Kd-Nr;Betrag CHF",
        lambda at: (f"B{at}", f"{DAYS[at]:%Y-%m-%d}", at % 30, f"1'{100 + at}.–"), mark=";",
    )  # fmt: skip
    assert measured(opened, "net") == sum(1100 + at for at in range(N))


def test_the_ends_of_a_scale_in_its_heading_are_its_ends(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Nr.;Datum;Gesamtnote (1 = sehr gut, 6 = ungenügend)",
        lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", RATED[at]), mark=";",
    )  # fmt: skip
    assert said["responses"]["scales"]["csat"] == {"range": "1..6", "better": "low"}


@pytest.mark.parametrize(
    ("head", "row", "table", "truth"),
    [
        ("response_id,person_id,answer,comment,dontcontact,sent,opened,responded,question_type",
         lambda at: (at, at, NPS[at], "", 0, 0, 0, int(DAYS[at].timestamp()), "nps"),
         "responses", {"nps": SCORE}),
        ("Deal - ID,Deal - Value,Deal - Status,Deal - Won time,Organization - ID",
         lambda at: (at, PAID[at], ("Won", "Lost", "Open")[at % 3],
                     "" if at % 3 else DAYS[at], at % 30),
         "orders", {"orders": 30, "net": PAID[::3].sum()}),
        ("Record Id,Deal Owner,Deal Name,Amount,Closing Date,Contact Name.id,Stage,Created Time",
         lambda at: (f"z{at:05}", "Bo", f"D{at}", 100 + at, f"{DAYS[at]:%Y-%m-%d}", f"c{at % 30}",
                     ("Closed Won", "Negotiation")[at % 2], DAYS[at]),
         "orders", {"orders": 45, "net": sum(100 + at for at in range(0, N, 2))}),
        ("Ticket id,Creation date,Customer email,Survey score,First response time (s)",
         lambda at: (at, DAYS[at], f"u{at % 30}@x.io", RATED[at], 600 + at),
         "interactions", {"reply": 600 + (N - 1) / 2}),
        ("Call ID,Start Time,Customer ID,Talk Time,Handle Time",
         lambda at: (at, DAYS[at], at % 30, f"00:0{at % 9}:12", f"00:1{at % 9}:12"),
         "interactions", {"resolution": 612 + 60 * np.mean([at % 9 for at in range(N)])}),
    ],
    ids=["asknicely", "pipedrive", "zoho deals", "gorgias", "handle time"],
)  # fmt: skip
def test_further_systems_are_read(head, row, table, truth, tmp_path):
    _, said, opened = _drafted(tmp_path, head, row)
    assert list(said) == [table]
    for name, true in truth.items():
        if name == "resolution":
            assert opened.cleaned[table].frame[name].mean() == pytest.approx(true)
        else:
            assert measured(opened, name) == pytest.approx(true), name


def test_a_column_for_each_wave_is_doubted_with_every_number(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "customer,NPS Jan 2025,NPS Feb 2025,NPS Mar 2025",
        lambda at: (f"c{at}", NPS[-at], NPS[at], NPS[at]),
    )  # fmt: skip
    assert "are one question in 3 waves" in doubts
    assert f"'NPS Jan 2025' (NPS {SCORE:.1f} on 90 answers)" in doubts
    assert "ratings" not in said["responses"]


def test_a_second_day_of_leaving_is_doubted(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "Customer ID,Sign up,Cancelled at,Expires at",
        lambda at: (f"c{at}", f"{DAYS[at]:%Y-%m-%d}",
                    *(f"{DAYS[at] + timedelta(days=more):%Y-%m-%d}" if at % 3 == 0 else ""
                      for more in (40, 70))),
    )  # fmt: skip
    assert said["customers"]["columns"]["churned_at"] == "Cancelled at"
    assert "'Expires at' holds another day in 30 of them, 30 days later" in doubts


def test_ids_cut_to_powers_of_ten_are_told(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Kundennummer;Eintritt", lambda at: ("4,50000E+12", f"{DAYS[at]:%d.%m.%Y}"),
        mark=";",
    )  # fmt: skip
    assert "a spreadsheet cut long ids short, 1 different one is left" in doubts


@pytest.mark.parametrize(
    ("heading", "answer", "reading"),
    [
        ("Happiness rating", lambda at: RATED[at] - 3, "-2..2"),
        ("Rating", lambda at: ("Not Good", "Okay", "Great")[at % 3],
         {"range": "1..3", "labels": {"Great": 3, "Okay": 2, "Not Good": 1}}),
    ],
)  # fmt: skip
def test_points_below_zero_and_three_words_are_scales(heading, answer, reading, tmp_path):
    _, said, _ = _drafted(
        tmp_path, f"Ticket ID,Created Time,Contact ID,{heading}",
        lambda at: (at, DAYS[at], f"c{at % 30}", answer(at)),
    )  # fmt: skip
    assert said["interactions"]["scales"]["csat"] == reading


def test_typed_lengths_of_a_questionnaire_are_drafted(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Antwort-ID", "Datum", "NPS", "Bearbeitungszeit"])
    for at in range(N):
        book.active.append([at, DAYS[at], int(NPS[at]), timedelta(seconds=100 + at)])
    book.save(tmp_path / "e.xlsx")
    (tmp_path / "study.yaml").write_text(draft([tmp_path / "e.xlsx"], tmp_path).text)
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert opened.responses["duration_s"].tolist() == [100 + at for at in range(N)]


def test_the_groups_of_nps_are_not_said_to_be_read_where_the_points_are(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Response ID,Date,NPS Score,NPS Rating",
        lambda at: (at, DAYS[at], NPS[at],
                    ("Detractor", "Passive", "Promoter")[int(NPS[at] > 6) + int(NPS[at] > 8)]),
    )  # fmt: skip
    assert "holds the groups of NPS" not in doubts


@pytest.mark.parametrize("who", ["Review Consumer User Name", "Author", "Reviewer Name",
                                 "Display Name", "Posted By", "Username"])  # fmt: skip
def test_who_wrote_a_review_is_no_part_of_the_study(tmp_path, who):
    names = ["Jo K", "Marta", "P Singh"]
    _, tables, _ = _drafted(
        tmp_path, f"Review Id,Posted On,Stars,Review Text,{who},Shop",
        lambda at: (f"r{at}", DAYS[at].date(), RATED[at], f"good box number {at} and a kind word",
                    names[at % 3], "NS"[at % 2]),
    )  # fmt: skip
    assert tables["reviews"]["segments"] == {"shop": "Shop"}


def test_a_table_of_counts_weighs_its_rows_and_says_whose_number_it_is(tmp_path):
    scores, counts = [at % 11 for at in range(N)], RNG.integers(1, 40, N)
    worth = np.array([(score > 8) - (score < 7) for score in scores])
    doubts, said, _ = _drafted(
        tmp_path,
        "Monat;NPS;Anzahl Antworten",
        lambda at: (f"2025-{at // 11 + 1:02d}", scores[at], counts[at]),
        ";",
    )
    assert said["responses"]["columns"]["weight"] == "Anzahl Antworten"
    assert f"adds up to {counts.sum():,} over {N} rows" in doubts
    assert f"with them 'NPS' is {100 * np.average(worth, weights=counts):.2f}" in doubts


def test_a_count_beside_a_person_is_no_weight(tmp_path):
    counts = RNG.integers(1, 40, N)
    _, said, opened = _drafted(
        tmp_path, "email,nps,responses", lambda at: (f"p{at}@x.org", NPS[at], counts[at])
    )
    assert "weight" not in said["responses"]["columns"]
    assert measured(opened, "nps") == pytest.approx(SCORE)


def test_sums_a_month_are_not_ids_of_orders_and_are_doubted(tmp_path):
    pieces = RNG.integers(1, 5, N)
    doubts, said, opened = _drafted(
        tmp_path,
        "customer_id,month,orders,revenue",
        lambda at: (f"C{at % 30:03d}", f"2025-{at // 30 + 1:02d}-01", pieces[at], PAID[at]),
    )
    assert said["orders"]["columns"] == {
        "customer_id": "customer_id", "ordered_at": "month", "amount": "revenue",
    }  # fmt: skip
    assert f"'orders' adds up to {pieces.sum()} over {N} rows" in doubts
    assert opened.orders.amount.sum().execute() == pytest.approx(PAID.sum())


def test_sums_a_day_of_nobody_are_no_customers_without_a_word(tmp_path):
    calls = RNG.integers(40, 90, N)
    doubts, _, _ = _drafted(
        tmp_path, "Datum;Warteschlange;Anrufe;Wartezeit (s)",
        lambda at: (f"{DAYS[at]:%Y-%m-%d}", "AB"[at % 2], calls[at], 20 + at % 7), ";",
    )  # fmt: skip
    assert f"'Anrufe' adds up to {calls.sum():,} over {N} rows" in doubts


def test_hours_in_a_row_of_figures_date_what_people_did(tmp_path):
    steps = ("session_start", "view_item", "purchase")
    doubts, said, opened = _drafted(
        tmp_path,
        "Event name,App-instance ID,Date + hour (YYYYMMDDHH),Event count",
        lambda at: (steps[at % 3], f"{at % 20}.17000", f"{DAYS[at]:%Y%m%d%H}", 1 + at % 3),
    )
    assert list(said) == ["visits"]
    last = opened.visits["at"].max().execute().replace(tzinfo=None)
    assert last == DAYS[-1].replace(minute=0)
    assert f"'Event count' adds up to {sum(1 + at % 3 for at in range(N))} over {N} rows" in doubts


def test_the_answer_of_a_long_export_is_not_the_column_that_names_the_person(tmp_path):
    asked = ("How likely are you to recommend us?", "Staff", "Anything else?")
    rows = [
        f"R{at:04d},{DAYS[at]:%Y-%m-%d},{question},{answer}"
        for at in range(N)
        for question, answer in zip(asked, (NPS[at], RATED[at], f"word {at}"), strict=True)
    ]
    (tmp_path / "e.csv").write_text("Response,Date,Question,Answer\n" + "\n".join(rows))
    made = draft([tmp_path / "e.csv"], tmp_path)
    (tmp_path / "study.yaml").write_text(made.text, encoding="utf-8")
    said = yaml.safe_load(made.text)["tables"]["responses"]
    assert (said["question"], said["answer"]) == ("Question", "Answer")
    assert said["columns"]["response_id"] == "Response"
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert measured(opened, "nps") == pytest.approx(SCORE)


def test_a_heading_that_both_exports_have_names_the_customer_in_both(tmp_path):
    (tmp_path / "list.csv").write_text(
        "N° participante;Fecha alta;Fecha baja\n"
        + "\n".join(f"{at:06d};{DAYS[at]:%Y-%m-%d};{'2026-01-04' if at % 4 == 0 else ''}"
                    for at in range(N)), encoding="utf-8")  # fmt: skip
    (tmp_path / "said.csv").write_text(
        "N° participante;Fecha de respuesta;NPS\n"
        + "\n".join(f"{at:06d};2026-01-02;{NPS[at]}" for at in range(0, N, 2)),
        encoding="utf-8",
    )
    made = yaml.safe_load(draft(sorted(tmp_path.glob("*.csv")), tmp_path).text)["tables"]
    assert made["responses"]["columns"]["customer_id"] == "N° participante"
    assert made["customers"]["columns"]["customer_id"] == "N° participante"


def test_a_status_that_says_again_who_left_is_no_segment(tmp_path):
    _, said, _ = _drafted(
        tmp_path,
        "customer_id,joined,left,standing,plan",
        lambda at: (
            f"C{at:03d}", f"{DAYS[at]:%Y-%m-%d}",
            f"2026-01-{1 + at // 9:02d}" if at % 3 == 0 else "",
            "bygone" if at % 3 == 0 else "with us", "ab"[at % 2],
        ),
    )  # fmt: skip
    assert "plan" in said["customers"]["segments"]
    assert "standing" not in said["customers"]["segments"]


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [(("1 T 3 Std. 5 Min.", "2 Std. 10 Min."), 97_500 + 7_800), (("5 t", "12 t"), None)],
)
def test_a_t_is_a_day_before_hours_alone(cells, seconds, tmp_path):
    _, said, opened = _drafted(
        tmp_path, "Ticketnr.;Kundennr.;Erstellt am;Gelöst nach",
        lambda at: (f"#{at}", f"K{at % 40}", f"{DAYS[at]:%d.%m.%Y %H:%M}", cells[at % 2]), ";",
    )  # fmt: skip
    if seconds is None:
        assert "resolution" not in said["interactions"]["columns"]
    else:
        assert opened.interactions.resolution.sum().execute() == pytest.approx(seconds * N / 2)


def test_reviews_and_satisfaction_in_further_languages(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    texts = ("Snel geleverd", "Nooit meer hier", "Prima kwaliteit", "Wacht al weken")
    _, said, _ = _drafted(
        tmp_path / "a", "Datum;Sterren;Beoordeling;Bron",
        lambda at: (f"{DAYS[at]:%d-%m-%Y}", RATED[at], f"{texts[at % 4]} {at}", "ab"[at % 2]), ";",
    )  # fmt: skip
    assert {"rating", "text", "posted_at"} <= set(said["reviews"]["columns"])
    _, said, opened = _drafted(
        tmp_path / "b", "Nr klienta;Data odpowiedzi;Ocena ogólna satysfakcji (1-5)",
        lambda at: (f"PL{at:04d}", f"{DAYS[at]:%d.%m.%Y}", RATED[at]), ";",
    )  # fmt: skip
    assert opened.responses.csat.mean() == pytest.approx(RATED.mean())


def test_complaints_are_contacts_and_no_customers_who_left(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Complaint ID,Date received,Product,Date closed,Consumer ID",
        lambda at: (f"{700 + at}", f"{DAYS[at]:%Y-%m-%d}", "ab"[at % 2],
                    f"{DAYS[at] + timedelta(days=3):%Y-%m-%d}", f"C{at % 40:03d}"),
    )  # fmt: skip
    assert list(said) == ["interactions"]
    assert said["interactions"]["columns"] == {
        "interaction_id": "Complaint ID", "customer_id": "Consumer ID",
        "opened_at": "Date received", "closed_at": "Date closed",
    }  # fmt: skip


def test_a_second_column_of_who_left_is_no_segment_and_a_score_of_it_no_date(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "CustomerID,Tenure Months,Contract,Churn Label,Churn Value,Churn Score",
        lambda at: (f"{at:04d}-X", at % 70, "ab"[at % 2], "Yes" if at % 4 == 0 else "No",
                    int(at % 4 == 0), 20 + at % 60),
    )  # fmt: skip
    assert said["customers"]["columns"]["churned"] == "Churn Label"
    assert list(said["customers"]["segments"]) == ["contract"]
    assert "'Churn Score'" not in doubts


def test_a_list_written_each_month_is_doubted_first(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "account_id,month,seats,mrr,churned",
        lambda at: (f"acc_{at % 15:02d}", f"2025-{at // 15 + 1:02d}-01", 3 + at % 9, 49 + at % 3,
                    int(at > 80)),
    )  # fmt: skip
    assert doubts.startswith(f"e.csv: 'account_id' repeats: 15 customers in {N} rows")
    assert "customer_id" not in said["customers"]["columns"]


def test_receipts_of_some_with_a_card_have_their_customers(tmp_path):
    _, said, opened = _drafted(
        tmp_path, "Bon-Nr;Kundenkarte Nr;Datum;Summe",
        lambda at: (90000 + at, f"K{at % 25:05d}" if at % 3 else "", f"{DAYS[at]:%d.%m.%Y}",
                    f"{PAID[at]:.2f}".replace(".", ",")), ";",
    )  # fmt: skip
    assert said["orders"]["columns"]["customer_id"] == "Kundenkarte Nr"
    kept = sum(PAID[at] for at in range(N) if at % 3)
    assert opened.orders.amount.sum().execute() == pytest.approx(kept)


def test_names_of_guests_are_no_segment(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Review date,Guest name,Review score,Positive review,Country",
        lambda at: (f"{DAYS[at]:%Y-%m-%d}", ("Ana", "Bob", "Chi")[at % 3], 1 + RATED[at],
                    f"The staff were kind and the room was clean {at}", "ab"[at % 2]),
    )  # fmt: skip
    assert "guest_name" not in said["reviews"].get("segments", {})
    assert "country" in said["reviews"]["segments"]


def test_tickets_that_open_and_close_are_no_spells_of_a_contract(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Ticket,Client,Opened,Closed,Rating",
        lambda at: (f"T{at}", f"CL{at % 30:03d}", f"{DAYS[at]:%Y-%m-%d %H:%M}",
                    f"{DAYS[at] + timedelta(hours=9):%Y-%m-%d %H:%M}",
                    ("Good", "Bad", "Offered")[at % 3]),
    )  # fmt: skip
    assert list(said) == ["interactions"]
    assert said["interactions"]["scales"]["csat"]["missing"] == ["Offered"]


def test_lines_that_were_disconnected_have_left(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "MSISDN,Activation Dt,Disconnect Dt,Line Status,Rate Plan,MRC",
        lambda at: (f"1555{at:07d}", f"{DAYS[at]:%m/%d/%Y}",
                    f"{DAYS[at] + timedelta(days=40):%m/%d/%Y}" if at % 4 == 0 else "",
                    "Disconnected" if at % 4 == 0 else "Active", "ab"[at % 2],
                    f"${15 + at % 3}.50"),
    )  # fmt: skip
    columns = said["customers"]["columns"]
    assert (columns["churned_at"], columns["monthly_fee"]) == ("Disconnect Dt", "MRC")
    assert list(said["customers"]["segments"]) == ["rate_plan"]


def test_groups_of_nps_alone_give_the_score_whatever_their_heading(tmp_path):
    groups = ["Detractor" if n < 7 else "Promoter" if n > 8 else "Passive" for n in NPS]
    doubts, _, opened = _drafted(
        tmp_path, "Respondent,Completed,NPS group",
        lambda at: (at, f"{DAYS[at]:%Y-%m-%d}", groups[at]),
    )  # fmt: skip
    assert measured(opened, "nps") == pytest.approx(SCORE)
    assert "holds the groups of NPS and no points" in doubts


@pytest.mark.parametrize(
    ("faces", "points"),
    [("😀🙂😐🙁", (5, 4, 3, 2)), ("😃🙂🙁😡", (4, 3, 2, 1))],
    ids=["five", "four"],
)
def test_faces_pressed_at_a_terminal_are_satisfaction(faces, points, tmp_path):
    _, _, opened = _drafted(
        tmp_path, "Zeit;Standort;Smiley",
        lambda at: (f"{DAYS[at]:%d.%m.%Y %H:%M}", "ab"[at % 2], faces[at % 4]), ";",
    )  # fmt: skip
    told = [points[at % 4] for at in range(N)]
    assert opened.responses.csat.mean() == pytest.approx(np.mean(told))


@pytest.mark.parametrize(
    ("head", "cell"), [("ARR", lambda at: 1000 * (5 + at % 40)), ("% sure", lambda at: f"{at}.5%")]
)
def test_money_and_percentages_name_nobody(head, cell, tmp_path):
    _, said, _ = _drafted(
        tmp_path, f"Date,NPS,{head}", lambda at: (f"{DAYS[at]:%Y-%m-%d}", NPS[at], cell(at))
    )
    assert "customer_id" not in said["responses"]["columns"]


def test_topics_that_hold_a_word_for_counts_are_rated_like_the_others(tmp_path):
    heads = ("Frühstück", "Kinderbetreuung", "Educational value", "Zimmer")
    _, said, _ = _drafted(
        tmp_path, f"Zeitpunkt;NPS;{';'.join(heads)};Kinder",
        lambda at: (f"{DAYS[at]:%d.%m.%Y}", NPS[at], *np.roll(RATED, at)[:4], RATED[-at] - 1), ";",
    )  # fmt: skip
    assert set(said["responses"]["ratings"].values()) == set(heads)
