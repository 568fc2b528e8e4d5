"""Worth of an experience, the chain, referrals and price: planted truth, and the sample."""

import json

import numpy as np
import pandas as pd
import pytest

from cxlab import results, retention, study, value

DAY = pd.Timestamp("2025-01-01")


@pytest.fixture(scope="module")
def kestrel(sample):
    if not sample.exists():
        pytest.skip("the sample company is absent")
    return study.load(sample), json.loads((sample.parent / "truth.json").read_text())


def tiered(n: int, seed: int, gap: float = 10.0) -> pd.DataFrame:
    """Promoters are worth `gap` more, and besides are the ones who spent more before."""
    rng = np.random.default_rng(seed)
    before = rng.normal(100, 20, n)
    keen = rng.random(n) < 1 / (1 + np.exp(-(before - 100) / 15))
    brought = before + gap * keen + rng.normal(0, 15, n)
    tier = np.where(keen, "promoter", "detractor")
    return pd.DataFrame({"tier": tier, "before": before, "value": brought})


def answered(n: int, seed: int) -> pd.DataFrame:
    """A point of rating gives 1.5 points of score, a point of score 20 % less leaving."""
    rng = np.random.default_rng(seed)
    rating = rng.integers(1, 6, n).astype(float)
    score = 2 + 1.5 * rating + rng.normal(0, 1, n)
    life = rng.exponential(1 / (0.06 * np.exp(-0.22 * (score - 6.5))))
    watch = rng.uniform(12, 24, n)
    frame = pd.DataFrame({"rating": rating, "nps": score, "monthly_fee": 20.0})
    return frame.assign(tenure=np.minimum(life, watch), churned=life <= watch)


def true_chain(n: int = 50_000) -> float:
    """Give the money within 12 months when every hazard falls by 1.5 x 0.22 in the log."""
    rng = np.random.default_rng(7)
    score = 2 + 1.5 * rng.integers(1, 6, n) + rng.normal(0, 1, n)
    rate = 0.06 * np.exp(-0.22 * (score - 6.5))
    stay = [-np.expm1(-rate * ratio * 12) / (rate * ratio) for ratio in (np.exp(-0.33), 1.0)]
    return float(20 * (stay[0] - stay[1]).mean())


# ---------------------------------------------------------------- worth


def test_selection_is_told_from_worth():
    frame = value.worth(tiered(1500, 1), adjust=["before"], n_boot=200).frame
    rows = frame[frame["group"] == "promoter"].set_index("term")
    assert rows.loc["gap", "estimate"] > 20
    assert rows.loc["gap, adjusted", "conf_low"] < 10 < rows.loc["gap, adjusted", "conf_high"]
    share = rows.loc["share of the gap that is selection", "estimate"]
    assert share == pytest.approx(1 - 10 / rows.loc["gap", "estimate"], abs=0.1)


def test_adjusted_interval_covers_as_often_as_it_says():
    hits = []
    for seed in range(30):
        made = tiered(250, seed)
        frame = value.worth(made, adjust=["before"], n_boot=60, seed=seed).frame
        row = frame[frame["term"] == "gap, adjusted"].iloc[0]
        hits.append(row["conf_low"] <= 10 <= row["conf_high"])
    assert np.mean(hits) >= 0.83


def test_a_gap_that_is_all_selection_leaves_nothing():
    result = value.worth(tiered(1500, 2, gap=0.0), adjust=["before"], n_boot=200)
    assert result.headline.startswith("No detectable difference in value")


def test_without_adjustment_the_gap_is_the_difference_of_means():
    made = tiered(300, 3)
    frame = value.worth(made, n_boot=50).frame
    means = made.groupby("tier")["value"].mean()
    gap = frame[frame["term"] == "gap"].iloc[0]
    assert gap["estimate"] == pytest.approx(means["promoter"] - means["detractor"])


def test_a_tier_with_too_few_is_named():
    made = tiered(200, 4)
    made.loc[:3, "tier"] = "passive"
    with pytest.raises(value.FitError, match="passive has too few customers"):
        value.worth(made, adjust=["before"])


def test_money_before_and_after_is_cut_at_the_answer():
    moments = pd.DataFrame({"customer_id": ["a"], "at": [DAY]})
    orders = pd.DataFrame({"customer_id": ["a"] * 4, "amount": [1.0, 2, 4, 8]})
    orders["ordered_at"] = DAY + pd.to_timedelta([-40, 0, 10, 31], "D")
    row = value.value_around(moments, orders, horizon="30D", as_of="2025-02-01").iloc[0]
    # day 0 belongs to before, day 10 to after; days -40 and 31 to neither
    assert (row["before"], row["value"], row["finished"]) == (2, 4, True)
    late = value.value_around(moments, orders, horizon="90D", as_of="2025-02-01").iloc[0]
    assert not late["finished"]


# ---------------------------------------------------------------- chain


def test_each_link_of_a_planted_chain_is_found():
    made = answered(3000, 5)
    links = ("rating", "nps", "monthly_fee")
    frame = value.chain(made, links=links, n_boot=100, level=0.99).frame
    truth = [1.5, np.exp(-0.22), true_chain() / 20, true_chain()]
    for row, right in zip(frame.itertuples(), truth, strict=True):
        assert row.conf_low < right < row.conf_high


def test_the_end_of_the_chain_covers_as_often_as_it_says():
    truth, hits = true_chain(), []
    for seed in range(30):
        links = ("rating", "nps", "monthly_fee")
        row = value.chain(answered(250, seed), links=links, n_boot=50, seed=seed).frame.iloc[-1]
        hits.append(row["conf_low"] <= truth <= row["conf_high"])
    assert np.mean(hits) >= 0.83


def test_a_chain_with_a_broken_link_says_so():
    made = answered(400, 2)
    made["rating"] = np.random.default_rng(0).integers(1, 6, 400).astype(float)
    result = value.chain(made, links=("rating", "nps", "monthly_fee"), n_boot=100)
    assert result.headline.startswith("No detectable money goes with 'rating'")


def test_a_horizon_beyond_the_watch_is_refused():
    with pytest.raises(value.FitError, match="lie beyond the longest watch"):
        value.chain(answered(200, 3), links=("rating", "nps", "monthly_fee"), horizon=60)


# ---------------------------------------------------------------- referral


def test_referrals_are_counted_by_hand():
    frame = pd.DataFrame({"customer_id": list("abcd"), "referred_by": [None, "a", "a", "d"]})
    frame["signed_up_at"] = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-05-01", "2024-05-01"])
    # naming oneself is no referral
    assert value.count_referrals(frame).tolist() == [2, 0, 0, 0]
    after = pd.Series({"a": pd.Timestamp("2024-03-01")})
    assert value.count_referrals(frame, after=after).tolist() == [1, 0, 0, 0]


def test_referrals_are_counted_where_no_day_of_joining_is_known():
    frame = pd.DataFrame({"customer_id": ["a", "b"], "referred_by": [None, "a"]})
    assert value.count_referrals(frame).tolist() == [1, 0]
    with pytest.raises(value.FitError, match="there is no column 'signed_up_at'"):
        value.count_referrals(frame, after=pd.Series({"a": pd.Timestamp("2024-03-01")}))


def test_who_came_before_the_answer_was_not_brought_after_it():
    days = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-05-01", "2024-06-01"])
    listed = pd.DataFrame({"customer_id": list("abcd"), "signed_up_at": days, "churned_at": pd.NaT})
    listed["referred_by"] = [None, "a", "a", "a"]
    answers = pd.DataFrame({"customer_id": ["a"], "answered_at": [pd.Timestamp("2024-03-01")]})
    people = value.from_answers(listed, answers.assign(nps=9), as_of="2024-12-31")
    assert value.with_referrals(people, listed).frame["referrals"].tolist() == [2]


def test_who_came_when_their_referrer_had_left_was_not_brought_under_watch():
    days = pd.to_datetime(["2024-01-01", "2024-05-01", "2024-09-01"])
    listed = pd.DataFrame({"customer_id": list("abc"), "signed_up_at": days})
    listed["churned_at"] = pd.to_datetime(["2024-07-01", None, None])
    listed["referred_by"] = [None, "a", "a"]
    answers = pd.DataFrame({"customer_id": ["a"], "answered_at": [pd.Timestamp("2024-03-01")]})
    people = value.from_answers(listed, answers.assign(nps=9), as_of="2024-12-31")
    assert value.with_referrals(people, listed).frame["referrals"].tolist() == [1]


def test_rate_of_referrals_is_per_customer_year():
    frame = pd.DataFrame({"tenure": [12.0] * 20, "churned": False, "referrals": [1, 0] * 10})
    frame["tier"] = ["promoter"] * 10 + ["detractor"] * 10
    watched = retention.spells(frame, unit="month")
    rows = value.referrals(watched, value=80).frame.set_index("group")
    # 5 referrals in 10 customer-years
    assert rows.loc["promoter", "estimate"] == pytest.approx(50)
    assert rows.loc["promoter", "expected"] == pytest.approx(40)


def test_a_referral_is_worth_stay_times_money():
    frame = pd.DataFrame({"tenure": [4.0, 12.0] * 20, "churned": [True, False] * 20})
    frame = frame.assign(monthly_fee=10.0, referred_by=[None] * 20 + ["a"] * 20)
    frame.loc[20:, "monthly_fee"] = 20.0
    # half stay 4 months, half 12: 8 months on average; of years, the fee is paid twelve times each
    for unit, months in (("month", 1), ("year", 12)):
        watched = retention.spells(frame, unit=unit)
        rows = value.referral_value(watched, horizon=12, n_boot=20).frame["estimate"]
        assert rows.tolist() == pytest.approx([160 * months, 80 * months, 80 * months])


def test_the_sample_says_referred_customers_leave_less(kestrel):
    company, truth = kestrel
    result = retention.referred(company.customers, adjust=["region", "plan"], as_of="2025-12-31")
    row = result.frame.iloc[-1]
    assert row["conf_low"] < truth["referral"]["hazard_ratio_of_the_referred"] < row["conf_high"]
    assert row["conf_high"] < 1


# ---------------------------------------------------------------- price


def risen(n: int, seed: int) -> pd.DataFrame:
    """Price rises by 10 % for half: leaving x 2, x 0.4 if fond, x 2.2 if in the habit."""
    rng = np.random.default_rng(seed)
    felt, fond, habit = (rng.random(n) < share for share in (0.5, 0.4, 0.4))
    log = np.log(0.04) + felt * (np.log(2) + np.log(0.4) * fond + np.log(2.2) * habit)
    life = rng.exponential(1 / np.exp(log - 0.3 * fond))
    frame = pd.DataFrame({"felt": felt, "fond": fond, "habit": habit})
    left = DAY + pd.to_timedelta(life * 30.4375, "D")
    return frame.assign(signed_up_at=pd.Timestamp("2024-06-01"), churned_at=left.where(life < 12))


def test_both_moderators_are_found_with_their_signs():
    made = risen(5000, 1)
    asked = {"changed_on": DAY, "increase": 0.1, "loyalty": ("fond", "habit")}
    frame = value.price_response(made, level=0.99, **asked).frame.set_index("term")
    for term, truth in {"price": 2, "price × fond": 0.4, "price × habit": 2.2}.items():
        row = frame.loc[term]
        assert row["conf_low"] < truth < row["conf_high"]
    assert frame.loc["price × fond", "conf_high"] < 1 < frame.loc["price × habit", "conf_low"]


def test_elasticity_is_leaving_per_cent_of_price():
    asked = {"changed_on": DAY, "increase": 0.1, "loyalty": ("fond", "habit")}
    frame = value.price_response(risen(2000, 2), **asked).frame
    price = frame[frame["term"] == "price"]["estimate"].iloc[0]
    rows = frame[frame["term"] == "elasticity"].set_index("group")
    assert rows.loc["neither", "estimate"] == pytest.approx((price - 1) / 0.1)


def test_the_sample_shows_opposite_loyalties(kestrel):
    company, truth = kestrel
    rise, people = truth["price_rise"], company.customers
    people = people.assign(felt=people["region"] == rise["region"])
    measured = value.loyalties(people, company.responses, company.orders, changed_on=rise["date"])
    asked = {"changed_on": rise["date"], "increase": 0.15, "loyalty": ("attitude", "habit")}
    rows = value.price_response(measured, **asked).frame.set_index("term")
    assert rows.loc["price", "conf_low"] > 1
    assert rows.loc["price × attitude", "estimate"] < 0.85
    assert rows.loc["price × habit", "conf_low"] > 1


def test_a_change_of_price_is_read_from_one_line(kestrel):
    company, _ = kestrel
    tables = company.customers, company.responses, company.orders
    result = value.answer_to_price(*tables, change="2025-01-01 region=West +15%")
    assert "felt the change of 15%" in result.base
    with pytest.raises(results.Misuse, match="does not name a change of price"):
        value.answer_to_price(*tables, change="last winter")


def test_loyalty_is_measured_before_the_change_only(kestrel):
    company, truth = kestrel
    day = pd.Timestamp(truth["price_rise"]["date"], tz="Europe/London")
    orders, answers = company.orders.execute(), company.responses
    one = value.loyalties(company.customers, answers, orders, changed_on=day)
    known = orders[orders["ordered_at"] < day], answers[answers["answered_at"] < day]
    other = value.loyalties(company.customers, known[1], known[0], changed_on=day)
    pd.testing.assert_frame_equal(one, other)


def test_a_price_nobody_felt_is_refused():
    asked = {"changed_on": DAY, "increase": 0.1, "loyalty": ("fond", "habit")}
    with pytest.raises(value.FitError, match="felt the change"):
        value.price_response(risen(200, 3).assign(felt=False), **asked)
