"""Experience and leaving, health scores and uplift against planted truth."""

import ibis
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlab import churn
from cxlab.churn.exposure import hazard_model
from tests.churn_company import START, study, taken

MONTHS = 20


def failing(seed=0, n=1500, *, unsolved=1.0, solved=0.0, answers=0.0):
    """Customers month by month; log hazard ratios planted for the 90 days after a failure."""
    rng = np.random.default_rng(seed)
    left, cases, replies = np.full(n, np.inf), [], []
    mood = rng.normal(size=n)
    since = {True: np.full(n, -999.0), False: np.full(n, -999.0)}
    for day in range(0, MONTHS * 30, 5):
        here = left > day
        bad = here & (rng.random(n) < 0.02)
        good = rng.random(n) < 0.5
        for solved_ in (True, False):
            who = np.flatnonzero(bad & (good == solved_))
            since[solved_][who] = day
            cases += [(f"{i:05d}", day, solved_) for i in who]
        says = np.flatnonzero(here & (rng.random(n) < 0.02))
        replies += [(f"{i:05d}", day, np.clip(round(7 + 2 * mood[i]), 0, 10)) for i in says]
        recent = {k: (day - at < 90) for k, at in since.items()}
        log = unsolved * recent[False] + solved * (recent[True] & ~recent[False])
        chance = 1 - np.exp(-0.005 * np.exp(log - answers * mood))
        left[here & (rng.random(n) < chance)] = day + 2
    return left, cases, replies


def company(left, cases, replies):
    day = pd.Timedelta("1D")
    customers = pd.DataFrame({"customer_id": [f"{i:05d}" for i in range(len(left))]})
    customers["signed_up_at"] = START
    ends = pd.Series(np.where(np.isinf(left), np.nan, left))
    customers["churned_at"] = START + pd.to_timedelta(ends, unit="D")
    table = pd.DataFrame(cases, columns=["customer_id", "day", "resolved"])
    table["opened_at"] = START + table["day"] * day
    table["closed_at"] = table["opened_at"] + pd.Timedelta("1h")
    con = ibis.duckdb.connect()
    con.con.register("interactions", table.assign(kind="Complaint"))
    answered = pd.DataFrame(replies, columns=["customer_id", "day", "nps"])
    answered["answered_at"] = START + answered["day"] * day
    made = study(customers, interactions=con.table("interactions"), responses=answered)
    made.mapping.tables = {}
    made.mapping.as_of = (START + MONTHS * 30 * day).date()
    return made


def test_hazards_after_failures_are_found_as_planted():
    hits, seeds = 0, 4
    for seed in range(seeds):
        found = churn.hazard_by_failure(company(*failing(seed))).frame.set_index("group")
        row = found.loc["failure not put right"]
        # exposure is known at the start of a month only, which dilutes the ratio of e
        hits += row["conf_low"] <= np.e and row["conf_high"] >= np.e * 0.75
        right = found.loc["failure put right"]
        assert right["conf_low"] < 1.25
    assert hits >= seeds


def test_the_hazard_model_agrees_with_statsmodels():
    rng = np.random.default_rng(0)
    x = np.column_stack([np.ones(2000), rng.normal(size=(2000, 2))])
    y = (rng.random(2000) < -np.expm1(-np.exp(x @ [-2, 0.5, -0.3]))).astype(float)
    who = np.repeat(np.arange(500), 4)
    link = sm.families.Binomial(sm.families.links.CLogLog())
    known = sm.GLM(y, x, family=link).fit(cov_type="cluster", cov_kwds={"groups": who}, tol=1e-12)
    beta, error = hazard_model(x, y, who)
    np.testing.assert_allclose(beta, known.params, atol=1e-8)
    np.testing.assert_allclose(error, known.bse, rtol=1e-6)


def test_no_planted_difference_no_claim():
    told = [
        churn.hazard_by_failure(company(*failing(seed, 700, unsolved=0.0))).headline
        for seed in range(4)
    ]
    assert sum(text.startswith("Nothing stands apart") for text in told) >= 3


def test_surviving_to_fail_lends_no_better_outlook():
    # with no true difference, counting who ever failed by the end shows a false protection
    left, cases, replies = failing(3, 1500, unsolved=0.0)
    ever = np.isin(np.arange(1500), [int(who) for who, _, _ in cases])
    naive = np.isfinite(left[ever]).mean() - np.isfinite(left[~ever]).mean()
    assert naive < -0.1
    found = churn.hazard_by_failure(company(left, cases, replies)).frame.set_index("group")
    row = found.loc["failure not put right"]
    assert row["conf_low"] <= 1.1
    assert row["conf_high"] >= 0.9


def test_who_never_answered_is_a_group_of_its_own():
    found = churn.hazard_by_score(company(*failing(0, answers=0.6)))
    assert found.frame["group"].tolist()[0] == "promoter"
    table = found.frame.set_index("group")
    assert "never answered" in table.index
    assert table.loc["detractor", "conf_low"] > 1
    assert "associated" in found.notes[0] or "brought about" in found.notes[0]


def test_hazards_need_dates_and_kinds():
    left, cases, replies = failing(0, 200)
    made = company(left, cases, replies)
    with pytest.raises(churn.ChurnError, match="none of the kinds Complaint is one"):
        churn.hazard_by_failure(made, kinds=("Flood",))
    made.responses = None
    with pytest.raises(churn.ChurnError, match="no dated answers to 'nps'"):
        churn.hazard_by_score(made)


def test_a_health_score_is_replayed_as_known_on_each_day():
    days = ["2025-03-31", "2025-06-30"]
    found = taken(day=days)
    early, late = pd.Timestamp("2025-03-01", tz="UTC"), pd.Timestamp("2025-09-01", tz="UTC")
    mood = found.features["mood"].groupby(found.customer).first()
    scored = pd.DataFrame({"customer_id": mood.index, "scored_at": early, "score": mood.to_numpy()})
    hindsight = scored.assign(scored_at=late, score=-99.0)
    both = pd.concat([scored, hindsight])
    table = churn.health(found, score=both).frame
    pd.testing.assert_frame_equal(table, churn.health(found, score=scored).frame)
    same = churn.health(found, score="mood").frame
    assert table.set_index("term").loc["AUC", "estimate"] == pytest.approx(
        same.set_index("term").loc["AUC", "estimate"]
    )


def test_a_health_score_that_points_the_wrong_way_is_told_so():
    found = taken()
    assert "It ranks a leaver above" in churn.health(found, score="mood").headline
    assert "points the wrong way" in churn.health(found, score="mood", better="low").headline


def test_lead_time_is_from_the_first_bad_day_without_a_better_one():
    days = pd.date_range("2025-01-31", "2025-06-30", freq="ME")
    found = taken(day=list(days), n=800)
    # bad from the end of March on for those who leave in July, good for everybody else
    soon = found.left_at.between("2025-07-15", "2025-08-01", inclusive="both")
    bad = soon & (found.day >= pd.Timestamp("2025-03-31", tz="UTC"))
    rng = np.random.default_rng(0)
    looked = found.features.assign(score=np.where(bad, 0.0, 1 + rng.random(len(found))))
    replayed = churn.health(
        churn.Snapshot(
            looked, found.customer, found.day, found.label, found.definition, left_at=found.left_at
        ),
        score="score",
    )
    expected = (found.left_at[soon] - pd.Timestamp("2025-03-31", tz="UTC")).dt.days.median()
    row = replayed.frame.set_index("term")
    assert row.loc["lead time, days (median)", "estimate"] <= expected + 1


def tried(seed, *, effect, everybody=0.0, n=3000):
    """A randomised treatment that keeps only customers with x above zero."""
    rng = np.random.default_rng(seed)
    x, given = rng.normal(size=n), rng.random(n) < 0.5
    logit = -1 - given * (effect * (x > 0) + everybody)
    table = pd.DataFrame({"x": x, "z": rng.normal(size=n)})
    table["left"] = rng.random(n) < 1 / (1 + np.exp(-logit))
    return churn.from_table(table, label="left"), pd.Series(given)


def test_uplift_finds_whom_treatment_keeps():
    found, given = tried(0, effect=1.5)
    told = churn.uplift(found, treated=given)
    assert told.headline.endswith("choosing by uplift avoids more than any order would.")
    middle = told.frame.set_index("share").loc[0.5]
    assert middle["estimate"] > middle["expected"]
    # half of the customers, 26.9% against 7.6% leaving: 97 avoided per 1,000
    end = told.frame.iloc[-1]
    assert end["conf_low"] <= 97 <= end["conf_high"]


def test_arms_are_words_of_which_one_is_control():
    found, given = tried(0, effect=1.5, n=1200)
    named = given.map({True: "Letter", False: "Control"})
    by_word = churn.uplift(found, treated=named).frame["estimate"]
    assert by_word.tolist() == churn.uplift(found, treated=given).frame["estimate"].tolist()
    with pytest.raises(churn.ChurnError, match="one word beside 'control'"):
        churn.uplift(found, treated=given.map({True: "Letter", False: "Mail"}))


def test_uplift_claims_no_order_where_the_effect_is_alike():
    quiet = sum(
        "whom to treat first cannot be told"
        in churn.uplift(*tried(seed, effect=0.0, everybody=0.5)[:1], treated=tried(
            seed, effect=0.0, everybody=0.5)[1]).headline
        for seed in range(6)
    )  # fmt: skip
    assert quiet >= 5


def test_without_an_experiment_risk_is_not_persuadability():
    found, _ = tried(0, effect=0.0)
    assert churn.uplift(found, treated=None).headline.startswith("Risk is not persuadability")
