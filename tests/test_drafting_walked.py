"""What a walk through exports of known systems found: lines, lengths, groups, answers in lists."""

import csv
from datetime import datetime, timedelta

import numpy as np
import pytest
import yaml

from cxlab import churn, study
from cxlab.drafting import draft
from tests.test_drafting_vendors import measured

N = 90
RNG = np.random.default_rng(4021)
NPS = RNG.choice(11, N, p=[0.04, 0.02, 0.03, 0.03, 0.04, 0.08, 0.09, 0.13, 0.2, 0.2, 0.14])
SCORE = 100 * ((NPS > 8).mean() - (NPS < 7).mean())
SINCE = [f"2023-04-{at % 28 + 1:02d}" for at in range(N)]
LEFT = [f"2025-03-{at % 28 + 1:02d}" for at in range(N)]
DAYS = [datetime(2025, 2, 1, 8, 30) + timedelta(days=2 * at) for at in range(N)]


def _drafted(folder, head, rows):
    with (folder / "export.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    made = draft([folder / "export.csv"], folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    opened = study.load(folder / "study.yaml", cache=False)
    return " ".join(made.doubts), yaml.safe_load(made.text), opened


def _orders(opened):
    return opened.orders.to_pandas()


def test_lines_alike_but_for_their_number_are_all_counted(tmp_path):
    lines = [(f"A{at}", no + 1, f"p{at % 30}", DAYS[at].date(), "bolt", 2, "3.50")
             for at in range(N) for no in range(1 + at % 3)]  # fmt: skip
    head = ["Order no", "Pos", "Buyer id", "Order date", "Article", "Qty", "Unit price"]
    _, said, opened = _drafted(tmp_path, head, lines)
    assert "Pos" in said["tables"]["orders"]["attributes"]
    assert _orders(opened)["amount"].sum() == pytest.approx(7 * len(lines))


def test_lines_alike_in_everything_are_the_same_line(tmp_path):
    lines = [(f"A{at}", f"p{at % 30}", DAYS[at].date(), "bolt", 2, "3.50")
             for at in range(N) for _ in range(1 + at % 3)]  # fmt: skip
    head = ["Order no", "Buyer id", "Order date", "Article", "Qty", "Unit price"]
    said, _, opened = _drafted(tmp_path, head, lines)
    assert "second time" in said
    assert _orders(opened)["amount"].sum() == pytest.approx(7 * N)


def test_a_line_of_pieces_given_back_names_its_order(tmp_path):
    lines = [(f"F{at}", f"p{at % 30}", DAYS[at].date(), at % 4 + 1, "5.00", "") for at in range(N)]
    lines += [(f"G{at}", f"p{at % 30}", DAYS[at + 5].date(), -1, "5.00", f"F{at}")
              for at in range(0, 40, 8)]  # fmt: skip
    head = ["Invoice", "Customer", "Date", "Qty", "Price each", "Cancels"]
    _, said, opened = _drafted(tmp_path, head, lines)
    assert said["tables"]["orders"]["columns"]["refund_of"] == "Cancels"
    net = sum(line[3] * 5.0 for line in lines)
    assert _orders(opened)["amount"].sum() == pytest.approx(net)


def test_words_of_a_state_that_are_known_leave_rows_out_and_the_others_are_doubted(tmp_path):
    state = ["shipped", "delivered", "cancelled", "in the van"]
    lines = [(f"F{at}", f"p{at % 30}", DAYS[at].date(), 10 + at, state[at % 4]) for at in range(N)]
    head = ["Order", "Customer", "Placed on", "Total", "Where it is"]
    said, study_, _ = _drafted(tmp_path, head, lines)
    assert study_["tables"]["orders"]["where"] == {"Where it is": {"not": ["cancelled"]}}
    assert "in the van" in said


def test_as_of_holds_the_replies_and_solutions_told_as_lengths(tmp_path):
    lines = [(f"T{at}", f"p{at % 30}", DAYS[at], "2:10", f"{at % 5} d 3 h") for at in range(N)]
    head = ["Ticket no", "Client id", "Opened at", "First reply (h:mm)", "Time to solve"]
    said, study_, opened = _drafted(tmp_path, head, lines)
    last = max(day + timedelta(days=at % 5, hours=3) for at, day in enumerate(DAYS))
    assert study_["as_of"] == last.date()
    assert "will be empty" not in said
    assert opened.interactions.to_pandas()["closed_at"].notna().all()


def test_words_that_judge_rate_a_contact_and_priorities_do_not(tmp_path):
    words, urgent = ["Great", "Okay", "Poor"], ["Low", "Medium", "High"]
    lines = [(f"T{at}", f"p{at % 30}", DAYS[at], words[at % 3], urgent[at * 7 % 3])
             for at in range(N)]  # fmt: skip
    head = ["Ticket no", "Client id", "Opened at", "How was it", "Urgency"]
    said, study_, opened = _drafted(tmp_path, head, lines)
    assert study_["tables"]["interactions"]["columns"]["csat"] == "How was it"
    assert "'How was it'" in said
    assert opened.interactions.to_pandas()["csat"].mean() == pytest.approx(2, abs=0.05)


def test_the_groups_beside_the_points_are_no_segment(tmp_path):
    group = np.where(NPS > 8, "Promoter", np.where(NPS < 7, "Detractor", "Passive"))
    lines = [(f"R{at}", DAYS[at], NPS[at], group[at], "ab"[at % 2]) for at in range(N)]
    head = ["Response id", "Answered", "Likelihood to recommend", "Kind of fan", "Branch"]
    _, study_, opened = _drafted(tmp_path, head, lines)
    assert list(study_["tables"]["responses"]["segments"].values()) == ["Branch"]
    assert measured(opened, "nps") == pytest.approx(SCORE)


def test_satisfaction_with_parts_is_a_rating_of_each(tmp_path):
    lines = [(f"R{at}", DAYS[at], NPS[at], at % 5 + 1, (at * 3) % 5 + 1) for at in range(N)]
    head = ["Response id", "Answered", "Likelihood to recommend", "Satisfaction with the room",
            "Satisfaction with the food"]  # fmt: skip
    _, study_, _ = _drafted(tmp_path, head, lines)
    table = study_["tables"]["responses"]
    assert "csat" not in table["columns"]
    assert sorted(table["ratings"].values()) == sorted(head[3:])


def test_a_survey_headed_by_code_and_text_is_known_and_dated_by_its_begin(tmp_path):
    lines = [(at + 1, "1980-01-01 00:00:00", 3, 10_000_000 + 37 * at, DAYS[at], NPS[at])
             for at in range(N)]  # fmt: skip
    head = ["id. Response ID", "submitdate. Date submitted", "lastpage. Last page", "seed. Seed",
            "startdate. Date started", "REC. How likely are you to recommend us?"]  # fmt: skip
    said, study_, opened = _drafted(tmp_path, head, lines)
    columns = study_["tables"]["responses"]["columns"]
    assert columns["response_id"] == "id. Response ID"
    assert columns["answered_at"] == "startdate. Date started"
    assert "began" in said
    assert measured(opened, "nps") == pytest.approx(SCORE)


@pytest.mark.parametrize("plan", [[], ["Plan", "Monthly fee", "City", "Owner"]])
def test_a_file_of_customers_and_their_answers_is_read_as_both(plan, tmp_path):
    asked = [at % 3 > 0 for at in range(N)]
    lines = [(f"K{at}", SINCE[at], LEFT[at] if at % 9 == 0 else "", *["ab"[at % 2]] * len(plan),
              NPS[at] if asked[at] else "", DAYS[at].date() if asked[at] else "")
             for at in range(N)]  # fmt: skip
    head = ["Client id", "Client since", "Left on", *plan, "NPS last survey", "Date of last survey"]
    _, study_, opened = _drafted(tmp_path, head, lines)
    assert study_["as_of"] == DAYS[-1].date()
    seen = NPS[asked]
    expected = 100 * ((seen > 8).mean() - (seen < 7).mean())
    assert measured(opened, "nps") == pytest.approx(expected)
    listed = opened.customers
    assert (len(listed), listed["churned_at"].notna().sum()) == (N, N // 9)
    said = str(study_["tables"])
    assert said.count("NPS last survey") - said.count("'where'") == 1
    assert said.count("Left on") == 1


def test_answers_in_a_list_without_their_day_are_doubted_with_their_number(tmp_path):
    lines = [(f"K{at}", SINCE[at], LEFT[at] if at % 9 == 0 else "", "gold" if at % 2 else "blue",
              20 + at % 7, NPS[at]) for at in range(N)]  # fmt: skip
    head = ["Customer id", "Customer since", "Cancelled on", "Plan", "Monthly fee", "Last NPS"]
    said, study_, _ = _drafted(tmp_path, head, lines)
    assert list(study_["tables"]) == ["customers"]
    assert f"NPS {SCORE:.1f}" in said


def test_the_one_currency_of_subscriptions_is_the_study_s(tmp_path):
    lines = [(f"S{at}", f"p{at % 80}", DAYS[at].date(), "", "basic", 9, "chf") for at in range(N)]
    head = ["Subscription id", "Customer id", "Started at", "Cancelled at", "Plan", "MRR",
            "Currency"]  # fmt: skip
    _, study_, _ = _drafted(tmp_path, head, lines)
    assert study_["currency"] == "CHF"


def test_a_currency_behind_a_heading_hides_no_amount(tmp_path):
    state = ["Færdig", "Færdig", "Annulleret"]
    lines = [(f"T{at}", f"b{at % 20}", DAYS[at], f"{20 + at % 40}.50", state[at % 3])
             for at in range(N)]  # fmt: skip
    head = ["Tur-nr", "Bruger", "Starttid", "Beløb (DKK)", "Status"]
    _, study_, opened = _drafted(tmp_path, head, lines)
    assert list(study_["tables"]) == ["orders"]
    paid = sum(20.5 + at % 40 for at in range(N) if at % 3 < 2)
    assert _orders(opened)["amount"].sum() == pytest.approx(paid)


def test_a_customer_with_a_day_and_some_with_a_later_one_is_no_order(tmp_path):
    lines = [(f"{500 + at}", f"{at % 28 + 1:02d}.04.2023", LEFT[at] if at % 6 == 0 else "",
              f"{20 + at % 9},50") for at in range(N)]  # fmt: skip
    head = ["Customer no", "Uzavření", "Vypovězení", "Za měsíc"]
    said, study_, _ = _drafted(tmp_path, head, lines)
    assert list(study_["tables"]) == ["customers"]
    assert "'Vypovězení' holds a later date for 15 of 90 customers" in said
    assert "as_of no earlier than 2025-03-2" in said


def test_a_file_of_what_came_back_is_no_list_of_customers(tmp_path):
    sold = [(f"W{at}", f"u{at % 30}@x.example", DAYS[at], 40, "paid") for at in range(N)]
    back = [(f"RT{at}", f"W{at}", DAYS[at].date() + timedelta(days=9), "40.00")
            for at in range(0, N, 10)]  # fmt: skip
    for name, head, rows in (
        ("shop", ["order_number", "customer_email", "created", "order_total", "state"], sold),
        ("sent_back", ["return_id", "order_number", "returned_on", "refund_value"], back),
    ):
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows])
    made = draft([tmp_path / "shop.csv", tmp_path / "sent_back.csv"], tmp_path)
    tables = yaml.safe_load(made.text)["tables"]
    assert list(tables) == ["orders"]
    assert tables["orders"]["columns"]["customer_id"] == "customer_email"
    assert "'refund_value' (360.00)" in made.doubts[0]


def test_a_score_with_words_behind_it_is_named_where_no_heading_says_it(tmp_path):
    lines = [(f"+4479{at:08d}", DAYS[at], f"{NPS[at]}{['', ' great team', '. Too long'][at % 3]}")
             for at in range(N)]  # fmt: skip
    said, study_, _ = _drafted(tmp_path, ["Mobile", "Reply time", "Reply"], lines)
    assert list(study_["tables"]) == ["responses"]
    assert "'Reply'" in said


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (["Ticket ID", "Opened at", "Closed at", "How easy was it to solve (1-7)", "Agent"],
         lambda at: (f"T{at}", DAYS[at], DAYS[at], at % 7 + 1, "ab"[at % 2])),
        (["Reservation", "Guest Email", "Order date", "Room Revenue", "Review Score"],
         lambda at: (f"H{at}", f"g{at % 40}@x.example", DAYS[at].date(), "120.50", at % 7 + 1)),
    ],
    ids=["effort in tickets", "reviews in bookings"],
)  # fmt: skip
def test_answers_in_another_table_are_doubted_with_their_mean(head, row, tmp_path):
    said, _, _ = _drafted(tmp_path, head, [row(at) for at in range(N)])
    mean = np.mean([at % 7 + 1 for at in range(N)])
    assert f"holds answers (a mean of {mean:.2f})" in said


def test_a_french_scale_with_ne_se_prononce_pas_is_a_scale(tmp_path):
    words = ["Très satisfait", "Plutôt satisfait", "Plutôt pas satisfait", "Pas du tout satisfait",
             "NSP"]  # fmt: skip
    lines = [(at, DAYS[at].date(), words[at % 5]) for at in range(N)]
    head = ["N° questionnaire", "Date de réponse", "Globalement, êtes-vous satisfait ?"]
    _, study_, opened = _drafted(tmp_path, head, lines)
    assert study_["tables"]["responses"]["columns"]["csat"] == head[2]
    assert opened.responses["csat"].notna().sum() == N * 4 // 5


def test_a_study_is_called_after_its_answers_and_not_after_a_month(tmp_path):
    for month in ("04", "05"):
        rows = [f"R{month}{n},M{n},2025-{month}-{n % 28 + 1:02d},{n % 11}" for n in range(30)]
        told = "response id,member id,answered on,nps\n" + "\n".join(rows)
        (tmp_path / f"gym_answers_2025-{month}.csv").write_text(told)
    members = "\n".join(f"M{n},2023-01-{n % 28 + 1:02d},{'AB'[n % 2]}" for n in range(30))
    (tmp_path / "a_members.csv").write_text("member id,member since,plan\n" + members)
    found = draft(sorted(tmp_path.glob("*.csv")), tmp_path)
    assert "\nstudy: gym answers\n" in found.text


def test_what_a_form_was_looked_at_with_is_the_last_thing_to_report_by(tmp_path):
    rows = [
        f"{n},2025-03-{n % 28 + 1:02d},{n % 11},{'FS'[n % 2]},{'xyz'[n % 3]}" for n in range(60)
    ]
    told = "response id,answered on,nps,device,branch\n" + "\n".join(rows)
    (tmp_path / "s.csv").write_text(told)
    found = draft([tmp_path / "s.csv"], tmp_path)
    assert "over: {branch: all}" in found.text


@pytest.mark.parametrize("heading", ["reco", "Recom.", "q3_recomm"])
def test_recommending_cut_short_is_recommending(tmp_path, heading):
    rows = [f"{n},2025-03-{n % 28 + 1:02d},{[0, 4, 7, 9, 10, 99][n % 6]}" for n in range(60)]
    (tmp_path / "s.csv").write_text(f"resp_id,interview_date,{heading}\n" + "\n".join(rows))
    found = draft([tmp_path / "s.csv"], tmp_path)
    assert "nps: {range: 0..10, missing: [99]}" in found.text


def test_the_invoice_that_a_credit_note_is_of_is_no_number_of_its_own(tmp_path):
    rows = ["invoice,client id,invoice date,article,qty,unit price,credits invoice"]
    for n in range(40):
        line = f"INV{n},C{n % 15},2025-04-{n % 28 + 1:02d}"
        rows += [f"{line},A,1,8.00,", f"{line},B,2,5.00,"]
    rows += [f"CN{n},C{n % 15},2025-05-02,A,-1,8.00,INV{n}" for n in range(6)]
    (tmp_path / "lines.csv").write_text("\n".join(rows))
    found = draft([tmp_path / "lines.csv"], tmp_path)
    (tmp_path / "study.yaml").write_text(found.text)
    here = study.load(tmp_path / "study.yaml", cache=False)
    assert "refund_of: credits invoice" in found.text
    assert any("80 rows make 40 orders" in note for note in here.notes["orders"])
    assert measured(here, "net") == pytest.approx(40 * 18 - 6 * 8)


def test_a_customer_list_without_ids_numbers_its_rows_and_says_so(tmp_path):
    rows = ["Name,Since,Plan,Left"]
    for n in range(60):
        left = f"2025-02-{n % 28 + 1:02d}" if n % 5 == 0 else ""
        rows.append(f"N {n},2023-01-{n % 28 + 1:02d},{'AB'[n % 2]},{left}")
    (tmp_path / "cust.csv").write_text("\n".join(rows))
    (tmp_path / "study.yaml").write_text(draft([tmp_path / "cust.csv"], tmp_path).text)
    here = study.load(tmp_path / "study.yaml", cache=False)
    assert here.customers["customer_id"].tolist()[:2] == ["row 1", "row 2"]
    assert "carries no id: each row is a customer" in here.notes["customers"][-1]
    assert len(here.part(segment="plan", value="A").customers) == 30
    assert study.wanted(here)
    assert churn.definition(here, horizon="30D").kind == "contract"


@pytest.mark.parametrize("never", ["2099-12-31", "9999-12-31", "3000-01-01"])
def test_a_day_that_never_comes_is_no_end(tmp_path, never):
    ends = [f"2025-0{n % 6 + 1}-{n % 28 + 1:02d}" if n % 4 == 0 else never for n in range(120)]
    rows = [f"A{n},2023-02-{n % 28 + 1:02d},{end},{'SM'[n % 2]}" for n, end in enumerate(ends)]
    (tmp_path / "c.csv").write_text("cust_id,signup_date,cancel_date,plan\n" + "\n".join(rows))
    found = draft([tmp_path / "c.csv"], tmp_path)
    (tmp_path / "study.yaml").write_text(found.text)
    here = study.load(tmp_path / "study.yaml", cache=False)
    assert measured(here, "left") == 30
    assert here.mapping.as_of.year == 2025


def test_days_beside_a_day_that_never_comes_are_doubted_under_any_heading(tmp_path):
    ends = [f"{n % 28 + 1:02d}.03.2025" if n % 4 == 0 else "31.12.9999" for n in range(120)]
    rows = [f"A{n},{n % 28 + 1:02d}.02.2023,{end},{'SM'[n % 2]}" for n, end in enumerate(ends)]
    (tmp_path / "m.csv").write_text("member no,joined,valid until,tier\n" + "\n".join(rows))
    doubt = next(one for one in draft([tmp_path / "m.csv"], tmp_path).doubts if "never" in one)
    assert "such as '31.12.9999', in 90 of 120 rows, and a day in 30, up to 2025-03-" in doubt
    assert "write 'churned_at: valid until'" in doubt
