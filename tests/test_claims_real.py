"""What reading real studies aloud found: sentences that were false, or said too little.

Each test makes up the smallest data in which the sentence would be wrong.
"""

import numpy as np
import pandas as pd
import pytest

from cxlab import churn, drivers, metrics, missing, questions, results, retention
from cxlab.codebook import Scale
from cxlab.export.sentences import certainty, lead
from cxlab.metrics import Score
from cxlab.results import Result
from tests.churn_company import study
from tests.test_questions import _asked, _single


def test_a_top_box_of_one_answer_is_called_by_its_word():
    scale = Scale.model_validate({"range": "0..1", "labels": {"satisfied": 1, "dissatisfied": 0}})
    rows = pd.DataFrame({"csat": [1] * 30 + [0] * 10})
    told = metrics.score_of(rows, score=Score("csat", "top", scale, "CSAT")).headline
    assert told.startswith("CSAT: 75.0% give the best answer, 'satisfied'")
    five = metrics.score_of(pd.DataFrame({"csat": [5] * 30 + [1] * 10}), score="csat").headline
    assert "one of the best answers" in five


def test_what_people_are_is_no_answer_they_gave():
    said = np.repeat([0, 1], [52, 48])
    asked = _asked(
        _single(np.repeat([0, 1], [90, 10]), name="class", answers=("Eco", "First")),
        _single(said, name="liked"),
        **{"class": np.repeat(["Eco", "First"], [90, 10])},
    )
    assert questions.leading(asked).headline == "52% answered 'yes' to 'liked'."


def test_who_left_a_rating_empty_is_told_in_words():
    rng = np.random.default_rng(0)
    group = rng.choice(["f", "m"], 2000)
    empty = rng.random(2000) < np.where(group == "f", 0.2, 0.02)
    rows = pd.DataFrame({"seat_comfort": np.where(empty, np.nan, 4.0), "gender": group})
    told = missing.who(rows[["seat_comfort"]], known=rows[["gender"]]).headline
    assert "seat comfort" in told
    assert "_" not in told


def test_a_p_value_against_the_rest_is_written_as_one():
    assert results.cell("p_rest", 1e-9) == results.cell("p_value", 1e-9) != "0.00"


@pytest.mark.parametrize(("best", "says"), [(7, "lie at one end of 1 of 1 rating"), (5, "No r")])
def test_a_penalty_without_a_reward_is_not_nothing(best, says):
    rng = np.random.default_rng(1)
    speed = rng.integers(2, 5, 600).astype(float)
    speed[: 3 if best == 7 else 300] = best
    speed[-1] = 1
    rows = pd.DataFrame(
        {"speed": speed, "csat": (speed + rng.normal(0, 1, 600)).round().clip(1, 7)}
    )
    told = drivers.penalty_reward(rows, outcome="csat", drivers=["speed"], n_boot=60)
    assert says in told.headline or best == 5
    assert ("cannot be told" in told.headline) == (best == 7)


def test_a_point_of_the_mean_is_not_a_point_of_the_share():
    rng = np.random.default_rng(2)
    speed = rng.integers(1, 8, 400)
    rows = pd.DataFrame({"speed": speed, "csat": (speed + rng.integers(-1, 2, 400)).clip(1, 7)})
    told = drivers.simulate(rows, outcome="csat", drivers=["speed"], moves={"speed": (1, 0.3)})
    assert ". The mean answer to CSAT +" in told.headline


def test_gaps_marked_are_another_order_than_gaps_filled():
    rng = np.random.default_rng(3)
    rows = pd.DataFrame(rng.integers(1, 6, (400, 3)).astype(float), columns=["a", "b", "c"])
    rows["nps"] = (rows["a"] * 2).clip(0, 10)
    words = {"outcome": "nps", "drivers": ["a", "b", "c"]}
    assert drivers.nonlinear(rows, **words).headline.startswith("Boosted trees")
    rows.loc[:50, "b"] = np.nan
    assert drivers.nonlinear(rows, **words).headline.startswith("With gaps marked, b")


def test_more_calls_than_were_looked_at_may_bring_more():
    left = np.repeat([1, 0], [100, 400])
    listed = pd.DataFrame({"customer_id": [f"C{i}" for i in range(500)], "churned": left == 1})
    listed["mood"] = np.arange(500.0)
    asked = churn.asked(study(listed))
    score = asked.judge.label.to_numpy(float) * 0.9
    few = churn.profit(score, asked.judge, value=100, cost=1, saved=0.5, limit=10).headline
    all_of_them = churn.profit(score, asked.judge, value=100, cost=1, saved=0.5).headline
    assert "the most calls possible bring" in few
    assert "at most" in all_of_them


@pytest.fixture(scope="module")
def asked():
    """Month-to-month leaves four times as often; those with a card as often as those without."""
    rng = np.random.default_rng(4)
    contract = rng.choice(["monthly", "yearly"], 2000)
    gone = rng.random(2000) < np.where(contract == "monthly", 0.4, 0.1)
    listed = pd.DataFrame({"customer_id": [f"C{i}" for i in range(2000)], "churned": gone,
                           "contract": contract, "card": rng.choice(["yes", "no"], 2000),
                           "spend": rng.gamma(3, 9, 2000)})  # fmt: skip
    given = study(listed)
    given.mapping.tables["customers"].segments = {"contract": "contract", "card": "card"}
    return churn.asked(given)


def test_the_group_that_leaves_is_named_with_everybody_else_beside_it(asked):
    told = churn.by_group(asked, by=["contract", "card", "unknown"])
    whole = asked.all
    share = whole.gone.groupby(whole.features["contract"]).mean()
    rows = told.frame.set_index(told.frame["group"].str.split(": ").str[1])
    assert rows.loc["monthly", "share"] == pytest.approx(share["monthly"])
    assert rows.loc["monthly", "estimate"] == pytest.approx(share["monthly"] - share["yearly"])
    assert rows["verdict"].to_dict() == {"monthly": "above", "yearly": "below", "no": "not apart",
                                         "yes": "not apart"}  # fmt: skip
    assert told.headline.startswith("Of contract '")
    assert lead(told.to_dict())["verdict"] in ("above", "below")
    assert rows.loc[["monthly", "yearly"], "n"].sum() == told.frame["n"].sum() / 2 == 2000


def test_no_group_leaves_more_where_chance_alone_deals(asked):
    assert churn.by_group(asked, by=["card"]).headline.startswith("No group stands apart")
    with pytest.raises(churn.ChurnError, match="No segment known"):
        churn.by_group(asked, by=["unknown"])


def test_a_fact_that_turns_among_the_others_is_not_named():
    """What was paid in all is months times fee: alone it goes with staying, beside months not."""
    rng = np.random.default_rng(5)
    months, fee = rng.integers(1, 72, 4000), rng.uniform(20, 100, 4000)
    gone = rng.random(4000) < 1 / (1 + np.exp(-0.5 + 0.09 * months - 0.015 * fee))
    paid = months * fee + rng.normal(0, 30, 4000)
    listed = pd.DataFrame({"customer_id": [f"C{i}" for i in range(4000)], "churned": gone,
                           "months": months.astype(float), "paid": paid})  # fmt: skip
    case = churn.case(study(listed), model="logistic")
    told = churn.associations(case.model, case.judge)
    paid = told.frame.set_index("column").loc["paid"]
    assert paid["direction"].startswith("higher, likelier; alone, the lower")
    assert "paid" not in told.headline
    assert "months (the lower" in told.headline


def test_times_without_dates_say_whom_they_take_for_granted():
    frame = pd.DataFrame({"tenure": [2, 4, 4, 6], "churned": [1, 1, 0, 0]})
    told = retention.survival(frame)
    assert "(taken for all there ever were)" in told.base
    assert any("fewer stay than shown" in note for note in told.notes)


def _cohort(start: str, n: int, comes: float, months: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    first = pd.Timestamp(start)
    who = np.array([f"{start}-{i}" for i in range(n)])
    each = [who] + [who[rng.random(n) < comes] for _ in range(months)]
    days = [first + pd.DateOffset(months=k) for k in range(months + 1)]
    return pd.concat([pd.DataFrame({"customer_id": ids, "ordered_at": day, "amount": 5.0})
                      for ids, day in zip(each, days, strict=True)])  # fmt: skip


def test_an_age_seen_of_old_customers_alone_is_not_told_of_all():
    """The first month holds those who had bought before; of month 5 nobody else is seen yet."""
    old = _cohort("2024-01-10", 900, 0.4, 5, 1)
    new = [_cohort(f"2024-0{month}-10", 400, 0.2, 6 - month, month) for month in (2, 3)]
    orders = pd.concat([old, *new])
    told = retention.cohorts(orders, as_of="2024-06-30")
    assert told.headline.startswith("3 months after they began, 3")
    assert "The orders begin in 2024-01" in told.notes[0]
    late = retention.cohorts(orders, as_of="2024-05-31")
    assert late.base.endswith("; 1,300 of them watched for so long")


@pytest.mark.parametrize(("unit", "said", "gap"), [
    ("share", "CSAT by sex: F 83.3%, 77.3 percentage points above M.", 0.773),
    ("points", "NPS by area: F 31.3, 10.8 below the others.", -10.8),
])  # fmt: skip
def test_who_stands_apart_has_a_word_of_certainty(unit, said, gap):
    frame = pd.DataFrame({"group": ["F"], "estimate": [gap], "conf_low": [gap * 0.9],
                          "conf_high": [gap * 1.1], "p_adjusted": [0.02], "n": [400]})  # fmt: skip
    result = Result("CSAT against the rest", frame, said, "test", "all", unit=unit)
    row = lead(result.to_dict())
    assert row["estimate"] == gap
    assert certainty(row, unit) == "likely"
