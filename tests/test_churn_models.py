"""Models and how they are judged: against R and pROC, and against planted truth."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from cxlab import churn
from cxlab.churn.workings import learning, penalised, scores
from tests.churn_company import people, study, taken

GOLDEN = Path(__file__).parent / "golden"


def case(name, place=0):
    return json.loads((GOLDEN / f"{name}.json").read_text())["cases"][place]


def test_ranking_measures_agree_with_r_on_ten_customers_with_a_tie():
    tiny = case("churn_metrics")
    y, p, want = np.array(tiny["inputs"]["y"]), np.array(tiny["inputs"]["p"]), tiny["expected"]
    got = {
        "auc": scores.auc(y, p)["estimate"],
        "brier": scores.brier(y, p).mean(),
        "log_loss": scores.log_loss(y, p).mean(),
        "lift_top_decile": scores.lift_top(y, p)[0],
        "ks": scores.ks(y, p)[0],
    }
    assert got == pytest.approx(want, abs=tiny["tolerance"]["abs"])
    assert scores.average_precision(y, p)[0] == pytest.approx(average_precision_score(y, p))


def test_delong_interval_agrees_with_proc(reference):
    known = case("churn_metrics", 1)
    table = pd.read_csv(reference / "data" / "aSAH.csv")
    got = scores.auc(table["outcome"] == "Poor", table["s100b"])
    low, high = known["expected"]["delong_ci95"]
    assert got["estimate"] == pytest.approx(known["expected"]["auc"], abs=1e-6)
    assert (got["conf_low"], got["conf_high"]) == pytest.approx((low, high), abs=1e-6)


def telco(shared_data, columns):
    table = pd.read_csv(shared_data / "telco_churn_ibm" / "Telco-Customer-Churn.csv")
    return churn.from_table(table[[*columns, "Churn"]], label="Churn")


def test_unpenalised_logistic_on_telco_agrees_with_glm_in_r(shared_data):
    known = case("churn_logistic")
    found = telco(shared_data, known["inputs"]["x"])
    plain = churn.untrained(found, "logistic")
    plain.set_params(model=LogisticRegression(C=np.inf, max_iter=5000, tol=1e-12))
    fitted = plain.fit(found.features, found.label)
    y, p = found.label.to_numpy(int), fitted.predict_proba(found.features)[:, 1]
    got = {
        "auc": scores.auc(y, p)["estimate"],
        "brier": scores.brier(y, p).mean(),
        "log_loss": scores.log_loss(y, p).mean(),
        "lift_top_decile": scores.lift_top(y, p)[0],
        "ks": scores.ks(y, p)[0],
    }
    want = {name: known["expected"][name] for name in got}
    assert got == pytest.approx(want, abs=known["tolerance"]["metrics"])


def test_coefficients_on_telco_agree_with_glm_in_r(shared_data):
    known = case("churn_logistic")
    found = telco(shared_data, known["inputs"]["x"])
    plain = churn.untrained(found, "logistic")
    plain.set_params(model=LogisticRegression(C=np.inf, max_iter=5000, tol=1e-12))
    plain.fit(found.features, found.label)
    made = plain.named_steps["columns"].get_feature_names_out()
    beta = dict(zip(made, plain.named_steps["model"].coef_[0], strict=True))
    year = beta["words__Contract_One year"] - beta["words__Contract_Month-to-month"]
    fiber = beta["words__InternetService_Fiber optic"] - beta["words__InternetService_DSL"]
    scale = dict(zip(["tenure"], [found.features["tenure"].std(ddof=0)], strict=True))
    want, near = known["expected"]["coef"], known["tolerance"]["coef"]
    assert year == pytest.approx(want["ContractOne year"], abs=near)
    assert fiber == pytest.approx(want["InternetServiceFiber optic"], abs=near)
    assert beta["numbers__tenure"] / scale["tenure"] == pytest.approx(want["tenure"], abs=near)


def test_auc_interval_covers_as_often_as_it_says():
    rng, hits, truth = np.random.default_rng(0), 0, norm.cdf(1 / np.sqrt(2))
    for _ in range(400):
        y = np.repeat([0, 1], [150, 40])
        got = scores.auc(y, rng.normal(size=190) + y)
        hits += got["conf_low"] <= truth <= got["conf_high"]
    assert 0.92 <= hits / 400 <= 0.98


def test_auc_interval_by_customer_covers_where_rows_repeat():
    rng, hits, plain = np.random.default_rng(1), 0, 0
    truth = norm.cdf(1 / np.sqrt(2))
    for _ in range(300):
        y, own = np.repeat([0, 1], [150, 40]), rng.normal(size=190)
        who, score = np.repeat(np.arange(190), 4), np.repeat(own + y, 4)
        got = scores.auc(np.repeat(y, 4), score, customer=who)
        hits += got["conf_low"] <= truth <= got["conf_high"]
        naive = scores.auc(np.repeat(y, 4), score)
        plain += naive["conf_low"] <= truth <= naive["conf_high"]
    assert 0.92 <= hits / 300 <= 0.98
    assert plain / 300 < 0.8, "without customers the same interval is far too short"


def test_calibration_line_finds_a_model_twice_too_sure():
    rng = np.random.default_rng(0)
    logit = rng.normal(-1, 1, 20_000)
    y = rng.random(20_000) < 1 / (1 + np.exp(-logit))
    sure = 1 / (1 + np.exp(-2 * logit))
    line = scores.calibration_line(y, sure)
    assert line["slope"]["conf_low"] <= 0.5 <= line["slope"]["conf_high"]
    right = scores.calibration_line(y, 1 / (1 + np.exp(-logit)))
    assert right["slope"]["conf_low"] <= 1 <= right["slope"]["conf_high"]
    assert right["intercept"]["conf_low"] <= 0 <= right["intercept"]["conf_high"]


def pair(seed=0):
    train = taken(seed, day=["2024-12-31", "2025-02-28"])
    return train, taken(seed, day="2025-08-31")


def test_a_later_day_is_judged_close_to_the_planted_truth():
    train, test = pair()
    table = churn.evaluate(churn.fit(train, model="logistic"), test).frame.set_index("term")
    best = roc_auc_score(test.judged().label, -test.judged().features["mood"])
    assert table.loc["AUC", "conf_high"] > best - 0.02
    assert table.loc["AUC", "conf_low"] > 0.55
    assert table.loc["base rate", "estimate"] == pytest.approx(test.label.mean())


def test_no_customer_is_on_both_sides():
    rng = np.random.default_rng(0)
    n = 600
    table = pd.DataFrame({"customer": [f"c{i}" for i in range(n)], "left": rng.random(n) < 0.3})
    table["own"] = rng.permutation(n).astype(float)
    found = churn.from_table(table, label="left", customer="customer")
    learned = churn.fit(found, model="boosting")
    memory = learned.predict_proba(found.features)[:, 1]
    assert roc_auc_score(found.label, memory) > 0.7, "the model does remember single customers"
    judged = churn.evaluate(learned, found).frame.set_index("term").loc["AUC"]
    assert judged["conf_high"] < 0.6


def test_leavings_after_the_day_may_not_teach():
    train, test = pair()
    model = churn.fit(test, model="logistic")
    with pytest.raises(churn.ChurnError, match="on that day they were not known"):
        churn.evaluate(model, train)


def test_the_simpler_model_is_kept_unless_the_other_is_better():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3000, 2))
    straight = pd.DataFrame(x, columns=["a", "b"])
    plain = rng.random(3000) < 1 / (1 + np.exp(2 - x[:, 0]))
    crossed = rng.random(3000) < np.where(x[:, 0] * x[:, 1] > 0, 0.5, 0.05)
    kept = [
        churn.choose(churn.from_table(straight.assign(left=y), label="left")).headline
        for y in (plain, crossed)
    ]
    assert kept[0].startswith("The simpler logistic regression is kept")
    assert kept[1].startswith("Boosting is kept")


@pytest.mark.parametrize("model", ["logistic", "boosting"])
def test_pipelines_take_missing_values_and_levels_never_seen(model):
    train, test = taken(), taken(day="2025-08-31")
    features = test.features.assign(contract="weekly", mood=np.nan)
    features.loc[0, "contract"] = None
    p = churn.fit(train, model=model).predict_proba(features)[:, 1]
    assert np.isfinite(p).all()


def test_shuffled_rows_move_no_estimate():
    train, test = pair()
    order = np.random.default_rng(0).permutation(len(test))
    model = churn.fit(train, model="logistic")
    left, right = (churn.evaluate(model, s).frame for s in (test, test.rows(order)))
    exact = left["term"].isin(["AUC", "PR-AUC", "KS", "Brier score", "calibration slope"])
    np.testing.assert_allclose(left["estimate"][exact], right["estimate"][exact], atol=1e-9)


def test_lift_adds_up_to_everybody():
    train, test = pair()
    table = churn.lift(churn.fit(train, model="logistic"), test).frame
    assert table["n"].sum() == test.label.notna().sum()
    assert table["events"].sum() == test.label.sum()
    assert table["cumulative"].iloc[-1] == pytest.approx(1)
    assert (table["lift"] * table["n"]).sum() / table["n"].sum() == pytest.approx(1)


def test_few_customers_are_dealt_into_as_many_groups_as_may_be_shown():
    train, test = pair()
    few = test.rows(np.arange(len(test)) < 64)
    model = churn.fit(train, model="logistic")
    for made in (churn.lift, churn.calibration):
        found = made(model, few, smallest=10)
        n = len(few.judged())
        assert len(found.frame) == n // 10
        assert found.frame["n"].min() >= 10
        said = f"Dealt into {n // 10} groups, not 10, so that each holds 10 or more."
        assert said in found.notes


def test_calibration_headline_tells_too_many_from_right():
    rng = np.random.default_rng(0)
    p = rng.beta(1, 9, 8000)
    table = pd.DataFrame({"left": rng.random(8000) < p, "x": p})
    found = churn.from_table(table, label="left")
    right = churn.calibration(p, found)
    assert right.headline == "The risks foretold cannot be told apart from how many left."
    inside = right.frame["expected"].between(right.frame["conf_low"], right.frame["conf_high"])
    assert inside.sum() >= 8
    assert churn.calibration(p / 2, found).headline.startswith("More customers leave than foretold")


def test_a_line_sets_the_level_right_and_keeps_the_order():
    model = churn.fit(taken(n=6000), model="logistic")
    learned = model.lesson_.snapshot
    risk = model.predict_proba(learned.features)[:, 1]
    line = churn.Line(*scores.platt(learned.label.astype(int), risk / 3))
    right = line(risk / 3)
    assert right.mean() == pytest.approx(learned.label.mean(), abs=1e-4)
    np.testing.assert_array_equal(np.argsort(np.argsort(risk)), np.argsort(np.argsort(right)))


def test_the_line_of_the_last_day_takes_the_level_of_that_day():
    rng = np.random.default_rng(3)
    n, rates = 6000, (0.30, 0.10)
    table = pd.DataFrame({"x": rng.normal(size=2 * n), "id": np.arange(2 * n)})
    table["day"] = np.repeat(pd.to_datetime(["2025-01-01", "2025-04-01"]), n)
    base = np.repeat(np.log(np.array(rates) / (1 - np.array(rates))), n)
    table["left"] = rng.random(2 * n) < 1 / (1 + np.exp(-(base + 0.5 * table["x"])))
    found = churn.from_table(table, label="left", customer="id", day="day")
    model = churn.fit(found, model="logistic")
    late = found.rows((found.day == found.day.max()).to_numpy())
    foretold = model.predict_proba(late.features)[:, 1]
    assert foretold.mean() > late.label.mean() + 0.05
    right = churn.line_of(model, found.day.max())(foretold)
    assert right.mean() == pytest.approx(late.label.mean(), abs=0.005)


def test_recalibration_is_judged_on_customers_the_line_was_not_fitted_to():
    rng = np.random.default_rng(0)
    p = rng.beta(1, 9, 8000)
    table = pd.DataFrame({"left": rng.random(8000) < p, "x": p})
    found = churn.from_table(table, label="left")
    again = churn.calibration(p / 2, found, recalibrated=True)
    assert again.headline.startswith("Recalibrated on other customers: the risks foretold cannot")
    few = found.rows(np.arange(250))
    with pytest.raises(churn.ChurnError, match="takes 20 leavers"):
        churn.calibration(p[:250] / 2, few, recalibrated=True)


@pytest.mark.parametrize("model", ["logistic", "boosting"])
def test_a_column_hardly_anybody_has_does_not_stop_a_fit(model):
    found = taken()
    rare = np.full(len(found), np.nan)
    rare[:3] = 1.0
    for column in (rare, np.nan * rare):
        some = replace(found, features=found.features.assign(rare=column))
        fitted = churn.fit(some, model=model)
        assert np.isfinite(fitted.predict_proba(some.features)).all()
        assert np.isfinite(churn.line_of(fitted).slope)


def test_bands_that_miss_are_told_though_level_and_slope_fit():
    rng = np.random.default_rng(1)
    p = rng.uniform(0.1, 0.9, 6000)
    true = np.clip(p + 0.08 * np.cos(2 * np.pi * (p - 0.5) / 0.4), 0.01, 0.99)
    table = pd.DataFrame({"left": rng.random(6000) < true, "x": p})
    said = churn.calibration(p, churn.from_table(table, label="left")).headline
    assert said == "As many leave as foretold over all, but not band by band."


def test_the_test_of_bands_does_not_cry_wolf():
    rng = np.random.default_rng(2)
    p = np.sort(rng.beta(2, 8, 2000))
    n, expected = np.full(10, 200), p.reshape(10, 200).sum(axis=1)
    chances = []
    for _ in range(600):
        events = (rng.random(2000) < p).reshape(10, 200).sum(axis=1)
        chances.append(scores.hosmer_lemeshow(events, expected, n))
    assert np.mean(np.array(chances) < 0.05) == pytest.approx(0.05, abs=0.025)


def test_rolling_learns_only_from_outcomes_known_by_the_day():
    days = ["2024-09-30", "2024-12-31", "2025-03-31", "2025-06-30"]
    table = churn.rolling(taken(day=days, n=2500)).frame
    # the outcome of September is known on 12 January: the first day judged is in March
    assert table["period"].tolist() == ["2025-03-31", "2025-06-30"]
    assert table["estimate"].between(0.5, 0.9).all()
    assert table["correlation"].iloc[1] > 0.5


def test_other_definitions_are_held_against_the_one_in_use():
    known = churn.definition(study(people()), lookback="120D", gap="0D", horizon="3M")
    used, gap, horizon, *rest = churn.choices_around(known)
    assert used == {"lookback": "120D", "gap": "0D", "horizon": "3M"}
    assert (gap["gap"], horizon["horizon"]) == ("14D", "45D")
    assert [choice["lookback"] for choice in rest[:2]] == ["60D", "240D"]


def test_sensitivity_gives_a_row_a_choice_and_a_reason_where_it_cannot():
    choices = [{"horizon": "60D"}, {"gap": "0D"}, {"horizon": "900D"}]
    table = churn.sensitivity(study(people()), as_of="2025-06-30", choices=choices).frame
    assert table["term"].tolist() == ["horizon 60D", "gap 0D", "horizon 900D"]
    assert table["estimate"].notna().tolist() == [True, True, False]
    assert "reaches" in table["reason"].iloc[2]


def test_fewer_than_twenty_leavers_teach_nothing():
    found = taken(n=150, gap="0D", horizon="30D")
    assert found.label.sum() < 20
    with pytest.raises(churn.ChurnError, match=r"only .* leave; a model needs at least 20"):
        churn.fit(found)


def test_separation_is_no_obstacle_to_a_penalised_fit():
    rng = np.random.default_rng(0)
    left = np.repeat([True, False], [60, 240])
    almost = np.where(left, 1.0, 0.0)
    almost[:2] = 0.0
    table = pd.DataFrame({"left": left, "x": almost, "y": rng.random(300)})
    fitted = churn.fit(churn.from_table(table, label="left"), model="logistic")
    assert np.abs(fitted.named_steps["model"].coef_).max() < 10


def test_words_told_as_numbers_teach_every_model_the_same():
    rng = np.random.default_rng(3)
    plan = pd.Series(rng.choice(["b", "a", "(x", None], 600, p=[0.5, 0.3, 0.18, 0.02]), dtype="str")
    size = pd.Series(rng.normal(size=600)).where(rng.random(600) < 0.9)
    left = (size.fillna(0) + (plan == "a") + rng.normal(size=600) > 1.5).map(
        {True: "yes", False: "no"}
    )
    snap = churn.from_table(pd.DataFrame({"size": size, "plan": plan, "left": left}), label="left")
    for name in learning.MODELS:
        recipe = learning.untrained(snap, name)
        fitted = learning.learn(recipe, snap.features, snap.label)
        (coded,) = learning.in_codes(recipe, snap.features)
        again = learning.learn(recipe, coded, snap.label)
        want = fitted.predict_proba(snap.features)[:, 1]
        assert again.predict_proba(coded)[:, 1] == pytest.approx(want, rel=1e-5)


def test_trees_learn_beside_a_column_that_nobody_has_yet():
    rows = pd.DataFrame({"a": np.arange(200.0), "b": np.nan})
    recipe = learning.untrained(replace(taken(), features=rows), "boosting")
    fitted = learning.learn(recipe, rows, np.arange(200) > 100)
    assert fitted.predict_proba(rows)[[0, -1], 1].round().tolist() == [0, 1]


def test_the_first_group_is_the_tenth_that_the_lift_counts():
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": rng.normal(size=508)})
    found = churn.from_table(table.assign(left=rng.random(508) < 0.4), label="left")
    top = churn.lift(table["x"], found).frame.iloc[0]
    all_of_it = churn.evaluate(table["x"], found).frame.set_index("term")
    assert top["n"] == 51
    assert top["lift"] == pytest.approx(all_of_it.loc["lift, top tenth", "estimate"])


def test_the_penalty_is_chosen_once_for_all_days(monkeypatch):
    days = taken(day=["2024-09-30", "2024-12-31", "2025-03-31", "2025-06-30"], n=2500)
    chosen, choose = [], penalised._chosen
    monkeypatch.setattr(penalised, "_chosen", lambda *of: chosen.append(1) or choose(*of))
    assert len(churn.rolling(days).frame) == 2
    assert len(chosen) == 1


def test_the_same_strength_is_chosen_as_by_scikit_learn_and_the_same_foot_reached():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(900, 6)) @ (np.eye(6) + 0.4)
    left = (rng.random(900) < 1 / (1 + np.exp(2 - x[:, 0] + 0.5 * x[:, 3]))).astype(int)
    asked = learning.untrained(taken(), "logistic").named_steps["model"]
    theirs, ours = clone(asked).fit(x, left), penalised.fit(asked, x, left)
    assert ours.C == theirs.C_
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-6)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-6)


def test_of_very_many_folds_learn_from_some_score_all_and_say_so(monkeypatch):
    here, asked = study(people()), {"choices": [{"horizon": "60D"}], "as_of": "2025-06-30"}
    whole = churn.sensitivity(here, **asked)
    monkeypatch.setattr(learning, "MOST_TAUGHT", 300)
    few = churn.sensitivity(here, **asked)
    counted = ["share", "events", "n"]
    assert few.frame[counted].equals(whole.frame[counted])
    assert few.frame["estimate"][0] != whole.frame["estimate"][0]
    assert "customers drawn by lot of" in few.notes[0]
    assert not whole.notes
