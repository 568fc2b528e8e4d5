"""Survival, hazards and reasons: agreement with R, laws, and refusals."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlab import plots, results, retention, stats
from cxlab.codebook import colours
from cxlab.retention.parametric import _person_periods

GOLDEN = Path(__file__).parent / "golden"
ROSSI = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]


def golden(name: str) -> tuple[pd.DataFrame, dict]:
    given = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return pd.DataFrame(given.get("data", {})), given["expected"]


def more(name: str) -> dict:
    return json.loads((GOLDEN / "survival_more.json").read_text(encoding="utf-8"))[name]


def late_entry() -> tuple[retention.Spells, dict]:
    data, expected = golden("late_entry")
    watched = retention.spells(data, start="time", end="event", since="entry")
    return watched, expected


@pytest.fixture(scope="module")
def rossi() -> tuple[pd.DataFrame, dict]:
    return golden("cox")


@pytest.fixture(scope="module")
def telco(shared_data) -> pd.DataFrame:
    frame = pd.read_csv(shared_data / "telco_churn_ibm" / "Telco-Customer-Churn.csv")
    return frame.assign(left=frame["Churn"] == "Yes")


def simulated(n: int, seed: int, effect: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    tier = rng.integers(0, 2, n)
    life, watch = rng.exponential(10 * np.exp(-effect * tier)), rng.uniform(2, 20, n)
    return pd.DataFrame({"tenure": np.minimum(life, watch), "churned": life <= watch, "tier": tier})


# ---------------------------------------------------------------- curves


@pytest.mark.parametrize("group", ["Maintained", "Nonmaintained"])
@pytest.mark.parametrize("method", ["log", "log-log"])
def test_curve_and_bands_agree_with_r(group, method):
    data, expected = golden("kaplan_meier_logrank")
    frame = retention.survival(data, start="time", end="status", by="x", method=method).frame
    rows = frame[(frame["group"] == group) & (frame["events"] > 0)]
    right = expected["curves"][f"x={group}"]
    assert rows["time"].tolist() == right["time"]
    assert rows["at_risk"].tolist() == right["n_risk"]
    for word, numbers in {
        "estimate": right["survival"],
        "std_error": right["se_greenwood"],
        "conf_low": right[f"ci_{method.replace('-', '')}"]["lower"],
        "conf_high": right[f"ci_{method.replace('-', '')}"]["upper"],
    }.items():
        np.testing.assert_allclose(rows[word], np.array(numbers, float), atol=1e-6)


@pytest.mark.parametrize("method", ["log", "log-log"])
def test_the_interval_of_a_median_agrees_with_r(method):
    data = golden("kaplan_meier_logrank")[0]
    data = data.loc[data.index.repeat(10)]
    frame = retention.stay(data, start="time", end="status", by="x", method=method).frame
    rows = frame[frame["term"] == "median"].set_index("group")
    for group, right in more("medians")[method].items():
        assert rows.loc[group, ["estimate", "conf_low", "conf_high"]].tolist() == right


def test_median_and_restricted_mean_agree_with_r():
    data, expected = golden("kaplan_meier_logrank")
    # eleven a group are too few to read numbers off; ten of each move no curve, and errors by √10
    data = data.loc[data.index.repeat(10)]
    frame = retention.stay(data, start="time", end="status", by="x", horizon=40).frame
    medians = frame[frame["term"] == "median"].set_index("group")["estimate"]
    means = frame[frame["term"] == "mean to 40"].set_index("group")
    for group in ("Maintained", "Nonmaintained"):
        assert medians[group] == expected["median"][f"x={group}"]
        assert means["estimate"][group] == pytest.approx(expected["rmst"]["mean"][f"x={group}"])
        error = means["std_error"][group] * np.sqrt(10)
        assert error == pytest.approx(expected["rmst"]["se"][f"x={group}"])


@pytest.mark.parametrize(("method", "key"), [("logrank", "chi_square"), ("peto", "peto_peto")])
def test_logrank_and_its_weighted_form_agree_with_r(method, key):
    data, expected = golden("kaplan_meier_logrank")
    result = retention.compare(data, start="time", end="status", by="x", method=method)
    key = key if key in expected["logrank"] else f"{key}_chi_square"
    assert result.frame["statistic"][0] == pytest.approx(expected["logrank"][key], abs=1e-6)
    assert "No detectable difference" in result.headline


@pytest.mark.parametrize(("method", "rho"), [("logrank", "0"), ("peto", "1")])
def test_logrank_of_three_groups_agrees_with_r(method, rho):
    data, expected = golden("late_entry")
    frame = retention.compare(data, start="time", end="event", by="group", method=method).frame
    assert frame["statistic"][0] == pytest.approx(expected[f"logrank{rho}"]["chisq"], rel=1e-6)


def test_two_groups_are_one_test():
    frame = retention.compare(simulated(200, 1), by="tier").frame
    assert frame["p_adjusted"][1] == frame["p_value"][0]


def test_curve_of_late_entrants_agrees_with_r():
    watched, expected = late_entry()
    frame = retention.survival(watched).frame
    rows, right = frame[frame["events"] > 0], expected["km"]
    assert rows["at_risk"].tolist() == right["n_risk"]
    np.testing.assert_allclose(rows["estimate"], right["survival"], rtol=1e-9)
    np.testing.assert_allclose(rows["std_error"], right["se"], rtol=1e-9)
    np.testing.assert_allclose(rows["conf_low"], right["lower"], rtol=1e-9)


def test_ignoring_late_entry_would_make_customers_look_loyal():
    rng = np.random.default_rng(3)
    joined, life = rng.uniform(-30, 10, 4000), rng.exponential(10, 4000)
    seen = joined + life > 0
    frame = pd.DataFrame({"tenure": life[seen], "churned": True, "entry": -joined[seen]})
    naive = retention.stay(retention.spells(frame), horizon=20).frame["estimate"][0]
    honest = retention.stay(retention.spells(frame, since="entry"), horizon=20).frame
    assert naive > 1.2 * 10 * np.log(2)
    assert honest["estimate"][0] == pytest.approx(10 * np.log(2), rel=0.1)


def test_moments_and_elapsed_time_give_the_same_curve():
    frame = simulated(300, 4)
    begun = pd.Timestamp("2024-01-01") + pd.to_timedelta(-frame["tenure"], "D")
    dated = pd.DataFrame({"signed_up_at": begun})
    dated["churned_at"] = pd.Series(pd.Timestamp("2024-01-01"), frame.index).where(frame["churned"])
    one = retention.survival(dated, as_of="2024-01-01", unit="day").frame
    other = retention.survival(frame, unit="day").frame
    np.testing.assert_allclose(one["estimate"], other["estimate"], atol=1e-12)


def test_band_covers_as_often_as_it_says():
    hits = []
    for seed in range(200):
        curve = retention.survival(simulated(120, seed))
        row = retention.survival_at(curve, times=[6.0]).frame.iloc[0]
        hits.append(row["conf_low"] <= np.exp(-0.6) <= row["conf_high"])
    assert 0.91 <= np.mean(hits) <= 0.985


def test_logrank_rejects_as_often_as_it_says_when_nothing_differs():
    p = [retention.compare(simulated(100, s), by="tier").frame["p_value"][0] for s in range(200)]
    assert 0.02 <= np.mean(np.array(p) < 0.05) <= 0.085


def test_shuffled_rows_move_nothing():
    frame = simulated(200, 5)
    mixed = frame.sample(frac=1, random_state=1)
    one, other = (retention.survival(f, by="tier").frame for f in (frame, mixed))
    pd.testing.assert_frame_equal(one, other)


def test_curve_says_nothing_beyond_the_last_customer():
    curve = retention.survival(pd.DataFrame({"tenure": [1, 2, 3], "churned": [1, 1, 0]}))
    late = retention.survival_at(curve, times=[2, 5]).frame
    assert late["estimate"].tolist()[0] == pytest.approx(1 / 3)
    assert late["estimate"].isna()[1]


def long_tail() -> pd.DataFrame:
    """A hundred customers of whom none is watched for longer than 20 months, and one for 60."""
    frame = pd.DataFrame({"tenure": np.r_[np.arange(1, 41) / 4, np.linspace(15, 20, 60), 60]})
    return frame.assign(churned=frame.index < 40)


def test_no_number_is_read_off_where_fewer_than_ten_are_under_watch():
    curve = retention.survival(long_tail(), unit="month")
    until = np.linspace(15, 20, 60)[-6]  # seven of 60%: the curve of eleven
    assert curve.headline == f"After {until:.1f} months, 60% of the customers are still there."
    assert f"is carried by at least 10 customers until {until:.1f} months" in " ".join(curve.notes)
    result = retention.stay(long_tail(), unit="month")
    median, mean = result.frame.iloc[0], result.frame.iloc[1]
    assert (median["verdict"], mean["term"]) == ("not reached", f"mean to {until:.1f}")
    assert result.headline.startswith(f"Of the first {until:.1f} months, customers stay")
    assert "median is not reached" in result.headline
    with pytest.raises(retention.SpellError, match="at least 10 customers; choose at most that"):
        retention.stay(long_tail(), horizon=30)


def test_a_median_that_rests_on_a_handful_is_not_reached():
    late = pd.DataFrame({"tenure": [30.0, 31, 32, 33], "churned": True})
    frame = pd.concat([long_tail()[:-1], late], ignore_index=True)
    row = retention.stay(frame).frame.iloc[0]
    assert (row["verdict"], np.isnan(row["estimate"])) == ("not reached", True)


def test_a_group_of_a_handful_is_left_out_of_what_is_said():
    small = pd.DataFrame({"tenure": [1.0, 2, 3], "churned": True}).assign(plan="small")
    frame = pd.concat([long_tail().assign(plan="large"), small], ignore_index=True)
    curve = retention.survival(frame, by="plan")
    assert curve.headline.endswith("60% of 'large' are still there.")
    assert "The curve of 'small' is carried by fewer than 10 customers all along." in curve.notes
    rows = retention.stay(frame, by="plan").frame.set_index("group")
    assert rows.loc["small", "estimate"].isna().all()
    with pytest.raises(retention.SpellError, match="fewer than 10 customers are under watch"):
        retention.stay(small)


# ---------------------------------------------------------------- hazards


def test_cox_agrees_with_r(rossi):
    data, expected = rossi
    frame = retention.hazards(data, covariates=ROSSI, start="week", end="arrest").frame
    for row in frame.itertuples():
        assert row.coefficient == pytest.approx(expected["coef"][row.term], abs=1e-5)
        assert row.estimate == pytest.approx(expected["hr"][row.term], abs=1e-5)
        assert row.std_error / row.estimate == pytest.approx(expected["se"][row.term], abs=1e-5)
        assert row.p_value == pytest.approx(expected["p"][row.term], abs=1e-5)


def test_cox_with_the_ties_of_breslow_agrees_with_r(rossi):
    right = more("breslow")
    asked = {"covariates": ROSSI, "ties": "breslow", "start": "week", "end": "arrest"}
    frame = retention.hazards(rossi[0], **asked).frame
    np.testing.assert_allclose(frame["coefficient"], right["coef"], rtol=1e-6)
    np.testing.assert_allclose(frame["coefficient_error"], right["se"], rtol=1e-6)
    np.testing.assert_allclose(frame["std_error"], frame["estimate"] * right["se"], rtol=1e-6)
    rows = retention.quality(rossi[0], **asked).frame.set_index("term")
    assert rows.loc["log-likelihood", "estimate"] == pytest.approx(right["loglik"][1], rel=1e-9)
    assert rows.loc["AIC", "estimate"] == pytest.approx(right["aic"][0], rel=1e-9)
    told = rows.loc["concordance", ["estimate", "std_error"]]
    np.testing.assert_allclose(told.to_numpy(float), right["concordance"], rtol=1e-6)
    tests = rows.loc[["likelihood ratio", "Wald", "score"], "statistic"]
    np.testing.assert_allclose(tests, [*right["lr"], *right["wald"], *right["score"]], rtol=1e-6)


def test_quality_of_cox_agrees_with_r(rossi):
    data, right = rossi
    frame = retention.quality(data, covariates=ROSSI, start="week", end="arrest").frame
    rows = frame.set_index("term")
    numbers = rows.loc[["without covariates", "log-likelihood"], "estimate"]
    np.testing.assert_allclose(numbers, right["loglik"], rtol=1e-9)
    for name, key in (("likelihood ratio", "lr_test"), ("score", "score_test")):
        told = rows.loc[name, ["statistic", "df", "p_value"]].to_numpy(float)
        np.testing.assert_allclose(told, right[key], rtol=1e-6)
    assert rows.loc["Wald", "statistic"] == pytest.approx(right["wald_test"][0], abs=0.005)
    assert rows.loc[["customers", "events"], "estimate"].tolist() == [right["n"], right["events"]]


@pytest.mark.parametrize("shape", ["weibull", "exponential", "lognormal", "loglogistic"])
def test_quality_of_each_shape_agrees_with_r(rossi, shape):
    right = more("shapes")[shape]
    asked = {"covariates": ROSSI, "model": shape, "start": "week", "end": "arrest"}
    rows = retention.quality(rossi[0], **asked).frame.set_index("term")
    numbers = rows.loc[["without covariates", "log-likelihood", "AIC"], "estimate"]
    np.testing.assert_allclose(numbers, [*right["loglik"], *right["aic"]], rtol=1e-8)
    assert rows.loc["concordance", "estimate"] == pytest.approx(right["concordance"][0], rel=1e-6)
    assert rows.loc["likelihood ratio", "statistic"] == pytest.approx(right["lr"][0], rel=1e-6)


def test_a_covariate_of_words_is_checked_as_a_whole_as_in_r(rossi):
    data, right = rossi[0], more("factor")
    data = data.assign(past=pd.cut(data["prio"], [-1, 0, 2, 5, 99], labels=list("abcd")))
    asked = {"covariates": ["fin", "age", "past"], "start": "week", "end": "arrest"}
    rows = retention.check_hazards(data, **asked).frame.set_index("term")
    whole = rows.loc[["fin", "age", "past", "all together"]]
    np.testing.assert_allclose(whole["statistic"], right["terms"], rtol=1e-5)
    assert whole["df"].tolist() == right["df"]
    each = rows.drop("past")["statistic"]
    np.testing.assert_allclose(each, right["columns"], rtol=1e-5)


def test_words_of_a_model_of_leaving_that_are_none_are_refused(rossi):
    asked = {"covariates": ["age"], "start": "week", "end": "arrest"}
    with pytest.raises(retention.FitError, match="ties: 'exact' is none of"):
        retention.hazards(rossi[0], **asked, ties="exact")
    with pytest.raises(retention.FitError, match="model: 'gamma' is none of"):
        retention.quality(rossi[0], **asked, model="gamma")
    with pytest.raises(retention.SpellError, match="method: 'plain' is none of"):
        retention.survival(rossi[0], start="week", end="arrest", method="plain")


def test_how_well_a_cox_model_fits_is_told_with_its_method(rossi):
    data, _ = rossi
    found = retention.hazards(data, covariates=ROSSI, start="week", end="arrest")
    assert "likelihood-ratio test 33.3 on 7 df" in found.method
    assert "concordance 0.640 (std. error 0.027)" in found.method
    assert "'age' does not keep its ratio over time (p 0.015)" in " ".join(found.notes)


@pytest.mark.parametrize("clock", ["km", "rank", "identity"])
def test_check_of_hazards_agrees_with_r(rossi, clock):
    data, expected = rossi
    frame = retention.check_hazards(
        data, covariates=ROSSI, clock=clock, start="week", end="arrest"
    ).frame
    right = [row["chisq"] for row in expected["ph_test"][clock].values()]
    np.testing.assert_allclose(frame["statistic"], right, rtol=1e-3)


@pytest.mark.parametrize("case", ["cox", "cox_strata", "cox_cluster"])
def test_cox_with_late_entry_strata_and_clusters_agrees_with_r(case):
    watched, expected = late_entry()
    more = {} if case == "cox" else {"strata": "group"}
    more |= {"cluster": "cluster"} if case == "cox_cluster" else {}
    frame = retention.hazards(watched, covariates=["x1", "x2"], **more).frame
    right = expected[case]
    np.testing.assert_allclose(frame["coefficient"], list(right["coef"]), rtol=1e-6)
    np.testing.assert_allclose(frame["std_error"] / frame["estimate"], right["se"], rtol=1e-6)


def test_check_of_hazards_with_strata_and_late_entry_agrees_with_r():
    watched, expected = late_entry()
    frame = retention.check_hazards(watched, covariates=["x1", "x2"], strata="group").frame
    np.testing.assert_allclose(frame["statistic"], expected["cox_strata"]["zph"], rtol=1e-5)


def test_concordance_within_strata_agrees_with_r():
    data, expected = golden("late_entry")
    told = retention.hazards(
        data, covariates=["x1", "x2"], strata="group", start="time", end="event"
    ).method
    index, error = expected["cox_strata_plain"]["concordance"]
    assert f"concordance {index:.3f} (std. error {error:.3f})" in told


def test_cutting_time_into_episodes_moves_nothing_when_nothing_changes(rossi):
    data, expected = rossi
    watched = retention.spells(
        data.assign(customer_id=data.index.astype(str)), start="week", end="arrest"
    )
    same = pd.DataFrame({"customer_id": data.index.astype(str), "at": 10.0, "prio": data["prio"]})
    cut = retention.episodes(watched, same, at="at")
    assert len(cut) > len(watched)
    assert cut.event.sum() == watched.event.sum()
    frame = retention.hazards(cut, covariates=ROSSI).frame
    right = [expected["coef"][term] for term in frame["term"]]
    np.testing.assert_allclose(frame["coefficient"], right, atol=1e-6)


def test_episodes_take_moments_as_they_take_lengths_of_time():
    people = pd.DataFrame({"customer_id": ["a", "b"], "failed": 0})
    people["signed_up_at"] = pd.to_datetime(["2025-03-01", "2025-03-01"])
    people["churned_at"] = pd.to_datetime(["2025-05-01", None])
    failures = pd.DataFrame({"customer_id": ["b", "a", "a", "z", "b"], "failed": [5, 2, 1, 9, 9]})
    days = ["2025-03-31", "2025-02-20", "2025-02-01", "2025-04-01", None]
    asked = {"at": "at", "as_of": "2025-05-31", "unit": "day"}
    cut = retention.episodes(people, failures.assign(at=pd.to_datetime(days)), **asked)
    # of two failures before she came, the later one holds
    assert cut.frame["failed"].tolist() == [2, 0, 5]
    assert (cut.entry.tolist(), cut.time.tolist()) == ([0, 0, 30], [61, 30, 91])
    assert "2 changes without a time or of customers not watched are left out." in cut.notes
    lengths = failures.assign(at=[30.0, -9.0, -28.0, 5.0, np.nan])
    other = retention.episodes(people, lengths, **asked)
    assert other.entry.tolist() == cut.entry.tolist()


def test_moments_of_change_need_customers_with_moments():
    watched = retention.spells(
        pd.DataFrame({"tenure": [3, 5], "churned": [1, 0], "customer_id": ["a", "b"]})
    )
    changes = pd.DataFrame({"customer_id": ["a"], "at": pd.to_datetime(["2025-01-01"]), "up": 1})
    with pytest.raises(retention.FitError, match=r"'at' holds moments.*only lengths of time"):
        retention.episodes(watched, changes, at="at")


def test_a_failure_on_the_way_is_found_with_its_size():
    rng = np.random.default_rng(8)
    failed_at, early, late = rng.uniform(0, 10, 3000), rng.exponential(20, 3000), 0.0
    late = failed_at + rng.exponential(20 / 3, 3000)
    life = np.where(early < failed_at, early, late)
    frame = pd.DataFrame({"customer_id": np.arange(3000).astype(str)})
    frame = frame.assign(tenure=np.minimum(life, 15), churned=life < 15)
    failures = pd.DataFrame({"customer_id": frame["customer_id"], "time": failed_at, "failed": 1})
    watched = retention.episodes(retention.spells(frame), failures)
    found = retention.hazards(watched, covariates=["failed"], cluster="customer_id").frame
    assert found["conf_low"][0] < 3 < found["conf_high"][0]


@pytest.mark.parametrize("shape", ["weibull", "exponential", "lognormal", "loglogistic"])
def test_parametric_stay_agrees_with_r(rossi, shape):
    data, _ = rossi
    right = golden("aft")[1][shape]
    result = retention.parametric(
        data, covariates=ROSSI, shape=shape, start="week", end="arrest", unit="week"
    )
    frame = result.frame.iloc[:-1]
    np.testing.assert_allclose(frame["coefficient"], list(right["coef"].values()), rtol=1e-3)
    np.testing.assert_allclose(
        frame["std_error"] / frame["estimate"], list(right["se"].values()), rtol=1e-3
    )
    assert result.frame["estimate"].iloc[-1] == pytest.approx(right["scale"], rel=1e-3)
    assert f"AIC {right['aic']:,.3f}" in result.notes[-1]


def test_discrete_time_tells_what_cox_tells_when_periods_are_short(rossi):
    data, expected = rossi
    frame = retention.discrete_hazards(
        data, covariates=ROSSI, bands=40, start="week", end="arrest", unit="week"
    ).frame
    for row in frame.itertuples():
        assert row.coefficient == pytest.approx(expected["coef"][row.term], abs=0.02)


def leavers(n: int, seed: int, mean: float = 0.0) -> pd.DataFrame:
    """Customers who leave by odds that double with a standard deviation (10) of x."""
    rng = np.random.default_rng(seed)
    x, watch = rng.normal(mean, 10, n), rng.integers(3, 13, n)
    chance = 1 / (1 + np.exp(3 - np.log(2) / 10 * (x - mean)))
    life = rng.geometric(chance)
    return pd.DataFrame({"tenure": np.minimum(life, watch), "churned": life <= watch, "x": x})


@pytest.mark.parametrize("mean", [0.0, 100.0, 1e5])
def test_discrete_hazards_are_those_of_statsmodels(mean):
    frame = leavers(3000, 1, mean)
    long = frame.loc[frame.index.repeat(frame["tenure"])]
    long = long.assign(t=long.groupby(level=0).cumcount() + 1)
    left = (long["churned"] & (long["t"] == long["tenure"])).astype(float)
    dummies = pd.get_dummies(long["t"], dtype=float).assign(x=long["x"] - mean)
    right = sm.Logit(left, dummies).fit(disp=0)
    row = retention.discrete_hazards(frame, covariates=["x"], bands=2000).frame.iloc[0]
    assert row["coefficient"] == pytest.approx(right.params["x"], rel=1e-6)
    assert row["std_error"] / row["estimate"] == pytest.approx(right.bse["x"], rel=1e-6)


def test_odds_of_a_covariate_far_from_zero_are_covered_as_often_as_said():
    hits = []
    for seed in range(150):
        row = retention.discrete_hazards(leavers(200, seed, 100.0), covariates=["x"]).frame.iloc[0]
        hits.append(row["conf_low"] <= 2**0.1 <= row["conf_high"])
    assert 0.90 <= np.mean(hits) <= 0.985


def test_bands_of_periods_are_whole_and_hold_somebody_who_left():
    watched = retention.spells(leavers(400, 2))
    for bands in (3, 7, 12, 40):
        _, band, trials, left = _person_periods(watched, bands)
        assert (trials == trials.astype(int)).all()
        assert (np.bincount(band, left) > 0).all()
        assert trials.sum() == watched.periods()[1].sum()


def test_a_period_in_which_all_left_moves_no_odds():
    frame = leavers(900, 3)
    last = pd.DataFrame({"tenure": 13, "churned": True, "x": [1.0, 2.0, 3.0]})
    asked = {"covariates": ["x"], "bands": 2000}
    both = pd.concat([frame, last], ignore_index=True)
    stay = pd.concat([frame, last.assign(tenure=12, churned=False)], ignore_index=True)
    one, other = (retention.discrete_hazards(f, **asked).frame for f in (both, stay))
    assert one["estimate"][0] == pytest.approx(other["estimate"][0], rel=1e-9)


def test_cox_interval_covers_as_often_as_it_says():
    hits = []
    for seed in range(200):
        row = retention.hazards(simulated(150, seed, 0.5), covariates=["tier"]).frame.iloc[0]
        hits.append(row["conf_low"] <= np.exp(0.5) <= row["conf_high"])
    assert 0.90 <= np.mean(hits) <= 0.985


# ---------------------------------------------------------------- reasons


def test_shares_by_reason_agree_with_r():
    data, expected = golden("late_entry")
    watched = retention.spells(data.replace({"reason": {"": None}}), start="time", end="event")
    frame = retention.reasons(watched, reason="reason").frame
    right = expected["aj"]
    for k, state in enumerate(right["states"][1:], start=1):
        rows = frame[frame["term"] == state]
        np.testing.assert_allclose(rows["estimate"], np.array(right["pstate"])[:, k], rtol=1e-9)
        np.testing.assert_allclose(rows["std_error"], np.array(right["se"])[:, k], rtol=0.03)


def test_shares_by_reason_and_the_curve_make_one():
    data, _ = golden("late_entry")
    watched = retention.spells(data, start="time", end="event")
    lost = retention.reasons(watched, reason="reason").frame.groupby("time")["estimate"].sum()
    curve = retention.survival(watched).frame.set_index("time")["estimate"]
    np.testing.assert_allclose(1 - lost, curve[lost.index], atol=1e-12)


def test_one_reason_has_the_error_of_the_curve():
    frame = simulated(200, 9).assign(churn_reason="price")
    lost = retention.reasons(frame).frame.set_index("time")["std_error"]
    curve = retention.survival(frame).frame.set_index("time")["std_error"]
    np.testing.assert_allclose(lost.iloc[:-5], curve[lost.index].iloc[:-5], rtol=1e-8)


# ---------------------------------------------------------------- real data


def test_telco_curves_and_cox_agree_with_r(telco):
    expected = golden("survival_on_churn_data")[1]
    curve = retention.survival(telco, start="tenure", end="left", by="Contract")
    frame = retention.survival_at(curve, times=[12, 24, 36, 60]).frame
    for row in frame.itertuples():
        right = expected["survival_at"][f"Contract={row.group}"][f"t{row.time:g}"]
        assert row.estimate == pytest.approx(right, abs=1e-6)
    covariates = ["Contract", "MonthlyCharges", "SeniorCitizen", "PaperlessBilling"]
    found = retention.hazards(telco, covariates=covariates, start="tenure", end="left").frame
    np.testing.assert_allclose(
        found["coefficient"], list(expected["cox"]["coef"].values()), atol=1e-5
    )
    assert found["n"][0] == expected["rows"]


def test_telco_logrank_agrees_with_r(telco):
    right = golden("survival_on_churn_data")[1]["logrank"]
    frame = retention.compare(telco, start="tenure", end="left", by="Contract").frame
    assert frame["statistic"][0] == pytest.approx(right["chi_square"], rel=1e-9)
    np.testing.assert_allclose(frame["expected"][1:], right["expected"], rtol=1e-9)
    assert int((telco["tenure"] == 0).sum()) == 11


# ---------------------------------------------------------------- refusing well


def bad(**columns) -> pd.DataFrame:
    frame = {"tenure": [1.0, 2, 3, 4, 5, 6, 7, 8], "churned": [1, 1, 1, 1, 1, 0, 0, 0]}
    return pd.DataFrame(frame | columns)


def test_end_before_start_is_set_aside_with_its_line():
    frame = pd.DataFrame({"signed_up_at": pd.to_datetime(["2024-01-01", "2024-02-01"])})
    frame["churned_at"] = pd.to_datetime(["2024-03-01", "2024-01-15"])
    watched = retention.spells(frame)
    assert watched.set_aside["line"].tolist() == [1]
    assert watched.set_aside["reason"].tolist() == ["churn_before_signup"]


def test_nobody_left_is_a_line_at_one_and_said():
    curve = retention.survival(bad(churned=[0] * 8))
    assert (curve.frame["estimate"] == 1).all()
    assert curve.headline.startswith("Nobody left: none of the 8 customers left")
    at = retention.survival_at(curve, times=[curve.frame["time"].max()])
    assert "Still there: all of the customers after" in at.headline


def test_a_half_that_was_reached_is_told_where_leaving_thinned_the_watch():
    """Gehan (1965), 6-MP: median 23, mean to 20 of 16.117 (R, survival)."""
    time = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    left = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    frame = pd.DataFrame({"tenure": time, "churned": left}).astype({"tenure": float})
    median, mean = (row for _, row in retention.stay(frame, horizon=20).frame.iterrows())
    assert (median["verdict"], median["estimate"]) == ("reached", 23)
    assert mean["estimate"] == pytest.approx(16.117, abs=5e-4)


def test_of_customers_who_all_left_nobody_is_said_to_be_there():
    frame = pd.DataFrame({"tenure": np.arange(1.0, 15), "churned": True})
    result = retention.stay(frame)
    assert result.frame["estimate"].tolist() == [7.5, 7.5]  # by hand: the mean is that of 1 to 14
    assert "are there yet" not in result.headline
    assert retention.stay(frame, horizon=24).frame["estimate"].iloc[1] == 7.5


def test_customers_watched_to_the_end_carry_the_mean_to_it():
    time = np.random.default_rng(3).exponential(9, 200)
    frame = pd.DataFrame({"tenure": np.minimum(time, 24), "churned": time < 24})
    mean = retention.stay(frame, horizon=24).frame.iloc[1]
    assert mean["estimate"] == pytest.approx(np.minimum(time, 24).mean())


def test_where_nobody_left_every_question_names_the_column_that_says_so():
    frame = bad(churned=[0] * 8, churn_reason="price", calls=range(8))
    asked = [retention.stay, retention.reasons, retention.project, retention.sorting]
    asked += [retention.still_there]
    asked += [lambda f: retention.hazards(f, covariates=["calls"])]
    asked += [lambda f: retention.discrete_hazards(f, covariates=["calls"])]
    for question in asked:
        with pytest.raises(results.Unanswerable, match="as far as 'churned' tells") as why:
            question(frame)
        assert str(why.value).startswith("none of the 8 customers left while under watch"), question


def test_times_that_are_all_nothing_are_refused_with_their_columns():
    day = pd.to_datetime(["2024-01-01", "2024-02-01"])
    frame = pd.DataFrame({"signed_up_at": day, "churned_at": day})
    with pytest.raises(retention.SpellError, match=r"no time at all; .*'signed_up_at' and 'chur"):
        retention.spells(frame)


def test_reasons_that_took_everyone_at_once_are_drawn():
    frame = pd.DataFrame({"tenure": [2.0] * 20, "churned": True, "churn_reason": "price"})
    assert plots.reasons(retention.reasons(frame)).get_ylim()[1] == 1


def test_curves_and_reasons_say_in_what_their_time_is_counted():
    watched = retention.spells(simulated(300, 1).assign(churn_reason="price"), unit="week")
    assert plots.survival(retention.survival(watched)).get_xlabel() == "weeks"
    assert plots.reasons(retention.reasons(watched)).get_xlabel() == "weeks"


def test_a_forest_names_its_terms_as_people_do():
    frame = simulated(300, 2).assign(tenure_before=np.arange(300.0) % 7)
    ratios = retention.hazards(frame, covariates=["tier", "tenure_before"])
    names = [tick.get_text() for tick in plots.forest(retention.in_words(ratios)).get_yticklabels()]
    assert "time as a customer before" in names


def test_a_question_about_money_says_where_it_went():
    with pytest.raises(AttributeError, match=r"it is 'value\.tiers' now"):
        retention.tiers  # noqa: B018


def test_constant_covariate_is_named():
    with pytest.raises(retention.FitError, match="'plan' is constant"):
        retention.hazards(bad(plan="basic"), covariates=["plan"])


def test_collinear_covariate_is_named_with_its_cause():
    frame = bad(calls=[1, 5, 2, 4, 3, 1, 2, 2])
    frame["minutes"] = frame["calls"] * 3 + 1
    with pytest.raises(retention.FitError, match=r"'minutes' is collinear.*from calls"):
        retention.hazards(frame, covariates=["calls", "minutes"])


def test_separating_covariate_is_named_with_the_group_nobody_left():
    frame = simulated(300, 2)
    frame["vip"] = (frame.index % 5 == 0) & ~frame["churned"]
    for model in (retention.hazards, retention.parametric, retention.discrete_hazards):
        with pytest.raises(retention.FitError, match="'vip = 1': nobody left"):
            model(frame, covariates=["tier", "vip"])


def test_too_few_events_are_refused_with_their_number():
    frame = bad(churned=[1] + [0] * 7, a=range(8), b=[3, 1, 2, 5, 4, 9, 8, 8])
    with pytest.raises(retention.FitError, match="1 customer left, but there are 2 terms"):
        retention.hazards(frame, covariates=["a", "b"])


def test_one_event_is_noted():
    notes = retention.survival(bad(churned=[1] + [0] * 7)).notes
    assert "The curve of 'all' rests on one customer who left." in notes


def test_negative_and_unknown_times_are_booked_and_zero_is_kept():
    frame = pd.DataFrame({"tenure": [0, -1, np.nan, 4], "churned": [0, 1, 1, 1]})
    watched = retention.spells(frame)
    assert watched.set_aside["reason"].tolist() == ["churn_before_signup", "start_missing"]
    assert len(watched) == 2


def test_leaving_at_time_zero_is_refused_where_logs_are_taken():
    with pytest.raises(retention.FitError, match="1 of the customers left at time 0"):
        retention.parametric(bad(tenure=[0.0, 2, 3, 4, 5, 6, 7, 8]))


def test_time_whose_unit_nobody_told_is_not_called_months():
    frame = simulated(300, 11)
    said = [retention.survival(frame), retention.stay(frame), retention.sorting(frame)]
    said += [retention.discrete_hazards(frame, covariates=["tier"])]
    assert not any("month" in answer.headline for answer in said)
    assert any("In which unit 'tenure' counts is not told" in note for note in said[0].notes)
    assert not said[2].frame["term"].str.startswith("further renewals").any()
    assert "years" in retention.survival(frame, unit="year").headline
    with pytest.raises(retention.SpellError, match="nothing can be counted by the year"):
        retention.spells(frame).units_in("year")


@pytest.mark.parametrize("level", [95, 0, 1.0])
def test_a_level_that_is_none_is_refused_by_every_question(level):
    frame = simulated(300, 11).assign(churn_reason="price")
    asked = (retention.survival, retention.stay, retention.reasons, retention.still_there)
    asked += (retention.project, retention.sorting)
    for question in asked:
        with pytest.raises(stats.StatsError, match="level must lie between 0 and 1"):
            question(frame, level=level)
    for question in (retention.hazards, retention.parametric, retention.discrete_hazards):
        with pytest.raises(stats.StatsError, match="level must lie between 0 and 1"):
            question(frame, covariates=["tier"], level=level)


def test_the_first_numbers_have_the_level_asked_for():
    narrow, wide = (retention.still_there(simulated(300, 11), level=x).frame for x in (0.5, 0.99))
    assert wide["conf_low"][0] < narrow["conf_low"][0] < narrow["conf_high"][0]
    assert narrow["conf_high"][0] < wide["conf_high"][0]


def test_a_group_called_none_is_a_group():
    frame = simulated(300, 12, effect=1.5)
    frame["plan"] = np.where(frame["tier"] == 1, "None", "Basic")
    for question in (retention.survival, retention.stay, retention.compare):
        assert "'None'" in question(frame, by="plan").headline
    assert "'None'" in retention.hazards(frame, covariates=["plan"]).headline


def test_unknown_column_suggests_the_nearest():
    with pytest.raises(retention.SpellError, match="Did you mean 'tenure'"):
        retention.survival(bad(), start="tenur", end="churned")


def test_words_where_a_flag_belongs_are_shown():
    with pytest.raises(retention.SpellError, match="holds 'Yes'"):
        retention.survival(bad(churned=["Yes", "No"] * 4))


def test_a_reason_not_given_is_no_reason():
    frame = pd.DataFrame({"tenure": [1, 2, 3, 4, 5, 6], "churned": [1, 1, 1, 1, 0, 0]})
    frame["churn_reason"] = ["Not given", "Not given", "Not given", "Price", None, None]
    said = retention.reasons(frame.loc[frame.index.repeat(10)]).headline
    assert "the reason given most often is 'Price': 16.7% (" in said
    assert said.endswith(" 50.0% gave none.")


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((60, 30, 20), "the reason given most often is 'A': 15.0% ("),
        (
            (60, 52, 20),
            "the reasons given most often are 'A' (15.0%) and 'B' (13.0% of all customers)",
        ),
        (
            (60, 52, 50),
            "the commonest reason is 'A': 15.0% of customers (11.9% to 18.9%), which others may",
        ),
    ],
)
def test_a_first_reason_is_told_only_beyond_chance(counts, said):
    why = np.repeat(["A", "B", "C", None], [*counts, 400 - sum(counts)])
    frame = pd.DataFrame({"tenure": 5, "churned": pd.notna(why), "churn_reason": why})
    assert said in retention.reasons(frame).headline


def test_a_sentence_names_columns_and_groups_as_people_do():
    rng = np.random.default_rng(0)
    nps, plan = rng.integers(0, 11, 800), rng.choice(["Home", "Office"], 800)
    stay = rng.exponential(20 * np.exp(0.2 * (nps - 5)))
    frame = pd.DataFrame({"tenure": stay, "churned": True, "nps": nps, "plan": plan})
    said = retention.hazards(frame, covariates=["nps", "plan"]).headline
    assert said.startswith("Most clearly associated with leaving later: a higher NPS (hazard ratio")
    watched = retention.spells(frame, unit="month")
    odds = retention.discrete_hazards(watched, covariates=["nps", "plan"]).headline
    assert odds.startswith("Associated with the odds of leaving in a month, with odds ratios: NPS")


def test_how_times_are_read_is_said_once():
    frame = pd.DataFrame({"tenure": [2, 4, 4, 6] * 9, "churned": [1, 1, 0, 0] * 9})
    watched = retention.spells(frame, unit="month")
    assert retention.stay(watched).frame.equals(retention.stay(frame, unit="month").frame)
    with pytest.raises(results.Misuse, match="unit: how the times are read was said"):
        retention.stay(watched, unit="week")


def test_curves_of_promoters_and_detractors_keep_the_colours_of_their_meaning():
    tiers = ["detractor", "passive", "promoter"] * 20
    frame = pd.DataFrame({"tenure": range(1, 61), "churned": 1, "tier": tiers})
    ax = plots.survival(retention.survival(frame, by="tier"))
    named = {text.get_text(): text.get_color() for text in ax.texts}
    assert (named["detractor"], named["promoter"]) == (colours.ORANGE, colours.GREEN)


@pytest.mark.parametrize("shape", ["weibull", "lognormal", "loglogistic"])
def test_a_column_that_parts_long_from_short_stays_is_refused_without_a_warning(shape):
    rng = np.random.default_rng(0)
    tenure = np.ceil(rng.exponential(30, 60))
    frame = pd.DataFrame({"tenure": tenure, "churned": tenure <= np.median(tenure)})
    frame["z"] = (tenure > np.median(tenure)).astype(float)
    line = pd.DataFrame({"tenure": np.exp(np.arange(1, 30) / 9), "churned": True})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(retention.FitError, match="The likelihood has no"):
            retention.parametric(frame, covariates=["z"], shape=shape)
        with pytest.raises(retention.FitError, match="on one line"):
            retention.parametric(line.assign(x=np.arange(1.0, 30)), covariates=["x"], shape=shape)


def test_where_all_have_left_nothing_is_carried_on():
    gone = pd.DataFrame({"tenure": np.arange(1.0, 41), "churned": True})
    with pytest.raises(retention.FitError, match="All 40 customers have left"):
        retention.extrapolate(gone, horizon=60)
    early = pd.DataFrame({"tenure": [1.0] * 40 + [2.0] * 80, "churned": True})
    assert "cannot be told by this model: it misses" in retention.sorting(early).headline


def test_half_leave_within_a_time_that_has_ends_or_says_that_it_has_none():
    sure = pd.DataFrame({"tenure": np.tile(np.arange(1.0, 21), 20), "churned": True})
    assert retention.survival(sure, unit="month").headline.startswith(
        "Half of the customers leave within 10.5 months (9"
    )
    few = pd.DataFrame(
        {"tenure": [*range(1, 16), *[16.0] * 14], "churned": [True] * 15 + [False] * 14}
    )
    assert " or more)." in retention.survival(few, unit="month").headline
