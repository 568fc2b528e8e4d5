"""Exports of layouts and languages that no vendor of ours writes: understood, or doubted aloud."""

from datetime import datetime, timedelta

import numpy as np
import pytest
import yaml

from cxlab import study
from cxlab.drafting import draft
from tests.test_drafting_vendors import measured

N = 150
RNG = np.random.default_rng(5)
NPS = RNG.choice(11, N, p=[0.03, 0.02, 0.03, 0.03, 0.04, 0.08, 0.09, 0.13, 0.2, 0.2, 0.15])
RATED = RNG.integers(1, 6, N)
PAID = np.round(RNG.gamma(2, 30, N) + 5 + RNG.integers(0, 2, N) * 1000, 2)
SCORE = 100 * ((NPS > 8).mean() - (NPS < 7).mean())
SOLD = np.arange(N) % 10 != 0  # one order in ten was called off
LEFT = np.arange(N) % 4 == 0
NL = ("Zeer ontevreden", "Ontevreden", "Neutraal", "Tevreden", "Zeer tevreden")
PT = ("Muito insatisfeito", "Insatisfeito", "Nem satisfeito nem insatisfeito", "Satisfeito",
      "Muito satisfeito")  # fmt: skip


def _day(at: int, form: str = "%Y-%m-%d") -> str:
    return (datetime(2025, 1, 3, 9, 15) + timedelta(days=at, minutes=37 * at % 600)).strftime(form)


def _comma(value: float, thousands: str = "") -> str:
    return f"{value:,.2f}".replace(",", "_").replace(".", ",").replace("_", thousands)


def _drafted(folder, head: str, row, *, mark: str = ",", name: str = "export.csv", n: int = N):
    """Write an export, draft it and open the draft."""
    lines = [head, *(mark.join(map(str, row(at))) for at in range(n))]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = draft([folder / name], folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    said = yaml.safe_load(made.text)
    return made, said["tables"], study.load(folder / "study.yaml", cache=False)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (
            "Respondentnummer;Datum ingevuld;Klantnummer;Hoe waarschijnlijk is het dat u ons "
            "aanbeveelt?;Tevreden over [Levering];Tevreden over [Service]",
            lambda at: (
                at,
                _day(at, "%d-%m-%Y %H:%M"),
                f"K{at % 50:05d}",
                NPS[at],
                NL[RATED[at] - 1],
                NL[RATED[-at] - 1],
            ),
        ),
        (
            "ID da resposta;Data da resposta;Código do cliente;De 0 a 10, qual a probabilidade de "
            "nos recomendar?;Satisfação [Entrega];Satisfação [Atendimento]",
            lambda at: (
                at,
                _day(at, "%d/%m/%Y"),
                f"C-{at % 50}",
                NPS[at],
                PT[RATED[at] - 1],
                PT[RATED[-at] - 1],
            ),
        ),
    ],
    ids=["dutch", "portuguese"],
)
def test_surveys_of_further_languages_are_read(head, row, tmp_path):
    _, said, opened = _drafted(tmp_path, head, row, mark=";")
    assert measured(opened, "nps") == pytest.approx(SCORE)
    assert {"response_id", "answered_at", "customer_id"} <= set(said["responses"]["columns"])
    first = next(iter(said["responses"]["ratings"]))
    assert opened.responses[first].mean() == pytest.approx(RATED.mean())


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (
            "Numero ordine;Data ordine;Codice cliente;Totale;Stato",
            lambda at: (
                f"IT{at}",
                _day(at, "%d/%m/%Y"),
                at % 50 + 100,
                "€ " + _comma(PAID[at], "."),
                "Spedito" if SOLD[at] else "Annullato",
            ),
        ),
        (
            "Bestelnummer;Besteldatum;Klantnr;Bedrag;Status",
            lambda at: (
                at + 7000,
                _day(at, "%d-%m-%Y"),
                at % 50 + 100,
                _comma(PAID[at]),
                "Betaald" if SOLD[at] else "Geannuleerd",
            ),
        ),
        (
            "Número do pedido;Data do pedido;Cliente;Valor total;Situação",
            lambda at: (
                at,
                _day(at, "%d/%m/%Y"),
                f"u{at % 50}",
                _comma(PAID[at]),
                "Entregue" if SOLD[at] else "Cancelado",
            ),
        ),
    ],
    ids=["italian", "dutch", "portuguese"],
)
def test_orders_of_further_languages_leave_out_what_was_called_off(head, row, tmp_path):
    _, _, opened = _drafted(tmp_path, head, row, mark=";")
    assert measured(opened, "orders") == SOLD.sum()
    assert measured(opened, "net") == pytest.approx(PAID[SOLD].sum())


def test_who_left_may_stand_in_words_alone(tmp_path):
    made, said, opened = _drafted(
        tmp_path,
        "Account Number,Created,Status,Region",
        lambda at: (f"{at:06d}", _day(-at), ("Active", "Cancelled")[at % 4 == 0], "NS"[at % 2]),
    )
    assert said["customers"]["columns"]["churned"] == "Status"
    assert measured(opened, "left") == LEFT.sum()
    assert any("'Cancelled' is read as left, 38 of 150" in doubt for doubt in made.doubts)


@pytest.mark.parametrize(
    ("head", "mark"),
    [("Teilnehmer-ID;Datum;Frage;Antwort", ";"), ("response_id,submitted,question,answer", ",")],
)
def test_one_row_a_question_is_put_together(head, mark, tmp_path):
    asked = ("How likely are you to recommend us?", "Delivery", "Staff")
    answers = (NPS, RATED, RATED[::-1])
    _, said, opened = _drafted(
        tmp_path,
        head,
        lambda at: (at // 3, _day(at // 3), asked[at % 3], answers[at % 3][at // 3]),
        mark=mark,
        n=3 * N,
    )
    assert {"question", "answer"} <= set(said["responses"])
    assert len(opened.responses) == N
    assert measured(opened, "nps") == pytest.approx(SCORE)
    assert opened.responses["delivery"].mean() == pytest.approx(RATED.mean())


def test_several_currencies_come_with_the_line_that_counts_them_all(tmp_path):
    made, _, _ = _drafted(
        tmp_path,
        "order id,customer id,date,amount,currency",
        lambda at: (at, at % 50, _day(at), PAID[at], ("EUR", "GBP", "USD")[at % 3]),
    )
    assert any(
        "fill in the line `rates:` and take 'currency' out" in doubt for doubt in made.doubts
    )
    text = made.text.replace("# rates: {EUR: 1.0, GBP: 1.0}", "rates: {EUR: 1.0, GBP: 1.0}")
    text = text.replace("    where: {currency: [USD]}", "    # where")
    (tmp_path / "study.yaml").write_text(text)
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert measured(opened, "net") == pytest.approx(PAID.sum())


def test_the_best_mark_may_be_the_lowest(tmp_path):
    made, said, _ = _drafted(
        tmp_path,
        "lfdn;datum;Gesamtzufriedenheit (Schulnote);Weiterempfehlung;Lieferung;Service",
        lambda at: (at, _day(at), 6 - RATED[at], 2 * RATED[at], 6 - RATED[at], 6 - RATED[at]),
        mark=";",
    )
    assert said["responses"]["scales"]["csat"] == {"range": "1..5", "better": "low"}
    turned = [doubt for doubt in made.doubts if "falls where" in doubt]
    assert len(turned) == 2
    assert "'Lieferung' falls where 'Weiterempfehlung' rises" in turned[0]


def test_cents_returns_and_overlapping_files_are_doubted_with_their_sums(tmp_path):
    made, _, _ = _drafted(
        tmp_path,
        "id,customer,created,amount,currency,return_date",
        lambda at: (
            f"ch_{at}",
            f"cus_{at % 50}",
            _day(at),
            round(100 * PAID[at]),
            "eur",
            "" if SOLD[at] else _day(at + 9),
        ),
    )
    cents, back = f"{100 * PAID.sum():,.2f}", f"{100 * PAID[~SOLD].sum():,.2f}"
    assert any("may be cents" in doubt and cents in doubt for doubt in made.doubts)
    assert any("15 orders of 150 came back" in doubt and back in doubt for doubt in made.doubts)


def _in_two_files(folder, first, second):
    for month, at in (("01", first), ("02", second)):
        rows = "".join(f"{_day(i)},C{i % 50},{PAID[i]}\n" for i in at)
        (folder / f"sales_2025-{month}.csv").write_text(f"Date,Customer,Amount\n{rows}")
    made = draft(sorted(folder.glob("*.csv")), folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    return made, study.load(folder / "study.yaml", cache=False)


@pytest.mark.parametrize("start", [100, 70, 0], ids=["one after the other", "overlap", "grown"])
def test_exports_that_overlap_are_counted_once(start, tmp_path):
    made, opened = _in_two_files(tmp_path, range(100), range(start, N))
    assert measured(opened, "net") == pytest.approx(PAID.sum())
    told = [doubt for doubt in made.doubts if "the exports overlap" in doubt]
    assert len(told) == (start < 100)
    assert all(f"{PAID[start:100].sum():,.2f}" in doubt for doubt in told)


def test_rows_that_two_exports_share_in_part_are_counted_and_doubted(tmp_path):
    made, opened = _in_two_files(tmp_path, range(0, N, 2), [*range(1, N, 2), *range(0, 40, 2)])
    assert measured(opened, "net") == pytest.approx(PAID.sum() + PAID[:40:2].sum())
    assert any("20 of 95 rows of sales_2025-02.csv" in doubt for doubt in made.doubts)


def test_a_column_that_only_some_files_have_is_read_and_doubted(tmp_path):
    head = "Email Address,MEMBER_RATING,LEID,OPTIN_TIME"
    there = "".join(f"a{at}@x.io,3,{at},{_day(-at)}\n" for at in range(N))
    gone = "".join(f"b{at}@x.io,2,{at},{_day(-at)},{_day(at)}\n" for at in range(40))
    (tmp_path / "subscribed_members.csv").write_text(f"{head}\n{there}")
    (tmp_path / "unsubscribed_members.csv").write_text(f"{head},UNSUB_TIME\n{gone}")
    made = draft(sorted(tmp_path.glob("*.csv")), tmp_path)
    (tmp_path / "study.yaml").write_text(made.text, encoding="utf-8")
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert (measured(opened, "customers"), measured(opened, "left")) == (N + 40, 40)
    said = "subscribed_members.csv has no column 'UNSUB_TIME' (wanted as 'churned_at')"
    assert any(said in doubt for doubt in made.doubts)


@pytest.mark.parametrize(
    ("head", "row", "truth"),
    [
        (
            "Issue key,Reporter,Created,Resolved,Status,Issue Type,Satisfaction rating,"
            "Time to first response",
            lambda at: (
                f"SUP-{at}",
                f"u{at % 50}@x.com",
                _day(at, "%d/%b/%y %I:%M %p"),
                _day(at + 1, "%d/%b/%y %I:%M %p"),
                "Done",
                ("Incident", "Question")[at % 2],
                RATED[at],
                f"{at % 5}h {at % 60}m",
            ),
            {"ticket csat": RATED.mean(), "reply": np.mean([at % 5 * 3600 + at % 60 * 60
                                                            for at in range(N)])},
        ),
        (
            "Ticketnummer,Kundennr.,Eröffnet am,Geschlossen am,Kanal,Erstreaktionszeit (Std.)",
            lambda at: (at, at % 50, _day(at), _day(at + 2), ("Telefon", "E-Mail")[at % 2],
                        0.5 + at % 4),
            {"reply": np.mean([3600 * (0.5 + at % 4) for at in range(N)])},
        ),
        (
            "Date,Time,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,Transaction ID,"
            "Reference Txn ID",
            lambda at: (
                _day(at), "09:15:00", f"N{at % 50}", "Payment", "Completed", "GBP",
                PAID[at] if SOLD[at] or at == 0 else -PAID[at - 1], -0.3, 0, f"u{at}@x.com",
                f"TX{at}", "" if SOLD[at] or at == 0 else f"TX{at - 1}",
            ),
            {"orders": 136, "net": PAID.sum() - PAID[~SOLD][1:].sum() - PAID[9:149:10].sum()},
        ),
    ],
    ids=["jira", "german desk", "paypal"],
)  # fmt: skip
def test_further_vendors_are_read(head, row, truth, tmp_path):
    _, _, opened = _drafted(tmp_path, head, row)
    for name, true in truth.items():
        assert measured(opened, name) == pytest.approx(true), name


def test_stars_and_numbers_in_brackets_are_ratings(tmp_path):
    _, said, opened = _drafted(
        tmp_path,
        "Response No,Completed,NPS,Delivery,Staff",
        lambda at: (
            at,
            _day(at),
            NPS[at],
            f"({RATED[at]})",
            "★" * RATED[at] + "☆" * (5 - RATED[at]),
        ),
    )
    assert list(said["responses"]["ratings"]) == ["delivery", "staff"]
    assert opened.responses[["delivery", "staff"]].mean().tolist() == pytest.approx(
        [RATED.mean()] * 2
    )


def test_one_rating_in_words_of_a_known_order_is_a_rating(tmp_path):
    words = ("sehr unzufrieden", "unzufrieden", "teils/teils", "zufrieden", "sehr zufrieden")
    head = "Kundennr;Datum;Weiterempfehlung (0-10);Zufriedenheit mit Lieferung;Tarif"
    plans = ("Basis", "Plus")
    _, said, opened = _drafted(
        tmp_path, head, lambda at: (f"K{at:04d}", _day(at, "%d.%m.%Y"), NPS[at],
                                    words[RATED[at] - 1], plans[at % 2]), mark=";")  # fmt: skip
    assert said["responses"]["ratings"] == {
        "zufriedenheit_mit_lieferung": "Zufriedenheit mit Lieferung"
    }
    assert list(said["responses"]["segments"]) == ["tarif"]
    assert opened.responses["zufriedenheit_mit_lieferung"].tolist() == RATED.tolist()


def test_an_id_a_date_and_a_mood_are_not_taken_for_customers_without_a_word(tmp_path):
    moods = ("😀", "😐", "☹")
    made, said, _ = _drafted(
        tmp_path, "id,date,mood", lambda at: (f"R{at:04d}", _day(at), moods[at % 3])
    )
    (table,) = said
    assert any(f"taken for {table}" in str(doubt) for doubt in made.doubts)


STEPS = ("visit", "look", "cart", "buy")


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        (
            "event_date,event_timestamp,event_name,user_pseudo_id,user_id,ga_session_id,"
            "device_category,page_location",
            lambda at: (
                _day(at, "%Y%m%d"), 1735895700000000 + at * 10**9, STEPS[at % 4],
                f"1{at % 40}.9", f"C{at % 40}" if at % 2 else "", at // 4, "mobile", f"/{at % 5}",
            ),
            {"visitor_id": "user_pseudo_id", "at": "event_timestamp", "event": "event_name"},
        ),
        (
            "idVisit,visitorId,serverTimestamp,url,deviceType",
            lambda at: (at // 4, f"{at % 40:016x}", 1735895700 + at * 10**4, f"/{at % 4}", "Phone"),
            {"visitor_id": "visitorId", "at": "serverTimestamp", "event": "url"},
        ),
        (
            "Besucher-ID,Zeitpunkt,Seite,Gerät",
            lambda at: (f"B{at % 40}", _day(at, "%d.%m.%Y %H:%M:%S"), f"/{STEPS[at % 4]}", "PC"),
            {"visitor_id": "Besucher-ID", "at": "Zeitpunkt", "event": "Seite"},
        ),
        (
            "user_id,event,time",
            lambda at: (at % 40, STEPS[at % 4], _day(at, "%Y-%m-%d %H:%M:%S")),
            {"customer_id": "user_id", "at": "time", "event": "event"},
        ),
    ],
    ids=["google analytics", "matomo", "german", "plain"],
)  # fmt: skip
def test_events_of_a_site_are_visits(head, row, said, tmp_path):
    _, tables, opened = _drafted(tmp_path, head, row)
    assert said.items() <= tables["visits"]["columns"].items()
    assert len(opened.cleaned["visits"].frame) == N


SAID = ("It works well every day and I like it", "Crashes at the start so please fix it soon")
STARS = ("ONE", "TWO", "THREE", "FOUR", "FIVE")


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("reviewId,reviewer.displayName,starRating,comment,createTime,reviewReply.comment",
         lambda at: (f"Ab{at}x", f"P {at}", STARS[RATED[at] - 1], f"{SAID[at % 2]} {at}",
                     _day(at, "%Y-%m-%dT%H:%M:%SZ"), "")),
        ("Review Submit Date and Time,Star Rating,Review Text,Developer Reply Date and Time",
         lambda at: (_day(at), RATED[at], f"{SAID[at % 2]} {at}", _day(at + 1))),
        ("Datum,Portal,Sterne,Bewertungstext",
         lambda at: (_day(at, "%d.%m.%Y"), "X", f"{RATED[at]} Sterne", f"{SAID[at % 2]} {at}")),
        ("review_id,user_id,stars,date,text",
         lambda at: (f"r{at}", f"u{at}", RATED[at], _day(at), f"{SAID[at % 2]} {at}")),
    ],
    ids=["google business", "play store", "german portals", "yelp"],
)  # fmt: skip
def test_reviews_of_the_portals_are_read(head, row, tmp_path):
    _, said, opened = _drafted(tmp_path, head, row)
    assert opened.reviews["rating"].mean() == pytest.approx(RATED.mean())
    assert {"posted_at", "text"} <= set(said["reviews"]["columns"])
