"""Projection, buying, spend and value: published numbers, other roads, planted truth."""

import importlib
import json
from dataclasses import replace
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1, hyperu

from cxlab import results, retention, value
from cxlab.lifetimes import likelihood
from cxlab.value.workings.purchasing import _surface, histories

GOLDEN = Path(__file__).parent / "golden"
MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd")
LATER = {"26": (26.0, 30.857, 31.0)} | {k: (float(k), 20.0, 39.0) for k in ["10", "15", "20", "25"]}


def golden(name: str) -> dict:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def purchases(shared_data) -> pd.DataFrame:
    path = shared_data / "cdnow" / "CDNOW_sample.txt"
    names = ["master", "customer_id", "date", "cds", "amount"]
    frame = pd.read_csv(path, sep=r"\s+", header=None, names=names, dtype={"customer_id": str})
    frame["ordered_at"] = pd.to_datetime(frame["date"].astype(str), format="%Y%m%d")
    return frame[["customer_id", "ordered_at", "amount"]]


@pytest.fixture(scope="module")
def cdnow(purchases) -> value.Buyers:
    return value.buyers(purchases, as_of="1997-09-30", until="1998-06-30")


@pytest.fixture(scope="module")
def fits(cdnow) -> dict[str, value.Buying]:
    return {model: value.buying(cdnow, model=model) for model in MODELS}


def people(rows, unit: str = "week", **more) -> value.Buyers:
    frame = pd.DataFrame(rows, columns=["frequency", "recency", "age"]).assign(spend=20.0, **more)
    frame.insert(0, "customer_id", [str(i) for i in range(len(frame))])
    return value.Buyers(frame, unit, pd.Timestamp("2024-01-01"), None, "made-up customers")


def simulated(n: int, seed: int, *, model: str = "bg_nbd") -> value.Buyers:
    """Customers who buy and stop as a model says: r .8, alpha 8, a .8, b 2.5 (s .6, beta 12)."""
    rng = np.random.default_rng(seed)
    rate, coin = rng.gamma(0.8, 1 / 8, n), rng.beta(0.8, 2.5, n)
    age, end = rng.uniform(20, 60, n), rng.exponential(1 / rng.gamma(0.6, 1 / 12, n))
    x, last, going = np.zeros(n), np.zeros(n), np.ones(n, bool)
    if model == "mbg_nbd":
        going = rng.random(n) > coin
    clock = np.zeros(n)
    while going.any():
        clock = clock + rng.exponential(1 / rate)
        stop = np.minimum(age, end) if model == "pareto_nbd" else age
        going &= clock <= stop
        x, last = x + going, np.where(going, clock, last)
        if model != "pareto_nbd":
            going &= rng.random(n) > coin
    return people(np.column_stack([x, last, age]))


# ---------------------------------------------------------------- contracts


@pytest.mark.parametrize("model", ["sbg", "bdw"])
def test_projection_gives_the_published_curve(model):
    given = golden(model)
    found = retention.contract(pd.DataFrame(given["data"]), model=model, fit_to=given["fit_to"])
    right = given["expected"]
    for name, published in right["params"].items():
        assert found.parameters[name] == pytest.approx(published, rel=1e-3)
    assert found.top.loglik == pytest.approx(right["loglik"], abs=1e-4)
    curve = found.survival(np.arange(13)) * 100
    np.testing.assert_allclose(curve, right["survival_percent_0_to_12"], atol=1e-3)


def test_further_renewals_are_worth_what_was_published():
    given = golden("sbg")
    cohort, right = pd.DataFrame(given["data"]), given["expected"]
    asked = {"model": "sbg", "fit_to": 7, "discount": 0.1}
    later = retention.sorting(cohort, renewals=7, **asked).frame["estimate"].iloc[-1]
    new = retention.sorting(cohort, renewals=0, **asked).frame["estimate"].iloc[-1]
    assert later == pytest.approx(right["derl_after_7_renewals_discount_0.10"], rel=1e-4)
    # a new customer has paid once already: their own payment, and the rest a period later
    assert 1 + new / 1.1 == pytest.approx(right["derl_new_customer_discount_0.10"], rel=1e-4)


@pytest.mark.parametrize(("unit", "per_year"), [("month", 12), ("quarter", 4), ("year", 1)])
def test_renewals_are_discounted_by_the_year_whatever_the_period(unit, per_year):
    cohort = pd.DataFrame({"time": range(6), "n": [1000, 869, 743, 653, 593, 551]})
    lost, gone = np.repeat(np.arange(1, 6), -np.diff(cohort["n"])), np.arange(1000) < 449
    people = pd.DataFrame({"tenure": np.r_[lost, np.full(551, 5)], "churned": gone})
    watched = retention.spells(people, unit=unit)
    row = retention.sorting(watched, model="sbg").frame.iloc[-1]
    assert row["term"] == "further renewals, discounted at 10.0% a year"
    kept = retention.contract(cohort).survival(np.arange(1, 9000))
    hand = kept @ 1.1 ** -(np.arange(8999) / per_year)
    assert row["estimate"] == pytest.approx(hand, rel=1e-4)
    table = retention.sorting(cohort, model="sbg", unit=unit).frame.iloc[-1]
    assert table["estimate"] == pytest.approx(hand, rel=1e-4)


def cohort_of(chances) -> pd.DataFrame:
    """A cohort of 20,000 of whom these shares leave, period by period."""
    there = np.r_[1.0, np.cumprod(1 - np.asarray(chances))]
    return pd.DataFrame({"time": range(len(there)), "n": (20_000 * there).round()})


def test_a_chance_of_leaving_that_does_not_move_is_not_said_to_fall():
    said = retention.sorting(cohort_of(np.full(10, 0.041))).headline
    assert said.startswith("No detectable change in the chance of leaving with time: 4.1% in the")


def test_a_chance_that_rises_before_it_falls_is_told_with_its_top():
    said = retention.sorting(cohort_of([0.02, 0.05, *np.linspace(0.045, 0.02, 14)])).headline
    assert said.startswith("The chance of leaving rises from 2.")
    assert ", then falls to " in said
    steady = retention.sorting(cohort_of([0.02, 0.05, *np.full(14, 0.04)]), model="sbg").headline
    assert "cannot be told by this model: it misses the first period." in steady


@pytest.mark.parametrize(("c", "word"), [(0.6, "falls"), (1.5, "rises")])
def test_the_model_that_fits_is_the_one_that_is_told(c, word):
    kept = np.exp(-0.05 * np.arange(13) ** c)
    result = retention.sorting(cohort_of(1 - kept[1:] / kept[:-1]))
    assert result.frame.set_index("term")["estimate"]["c"] == pytest.approx(c, rel=0.05)
    assert result.headline.startswith(f"The chance of leaving {word} from")
    assert "fits badly" not in result.headline
    assert "likely to leave go first" not in result.headline  # these customers are all alike


def test_what_was_held_out_lies_in_the_band():
    given = golden("sbg")
    result = retention.project(pd.DataFrame(given["data"]), fit_to=7)
    held = result.frame[result.frame["verdict"] == "held out"]
    assert len(held) == 5
    assert held["share"].between(held["conf_low"], held["conf_high"]).all()
    assert "Held out: 5 periods, mean gap 1.2%" in result.notes[0]


def watched_to(end: int, seed: int, n: int = 2000, rate: float = 0.05, after=None):
    """Customers who leave at one rate, after six months at another, watched for `end` months."""
    rng = np.random.default_rng(seed)
    life = rng.exponential(1 / rate, n)
    if after:
        life = np.where(life > 6, 6 + rng.exponential(1 / after, n), life)
    frame = pd.DataFrame({"tenure": np.minimum(life, end), "churned": life <= end})
    return retention.spells(frame, unit="month")


def test_a_projection_that_failed_where_it_was_tested_says_so_first():
    bad = retention.project(watched_to(9, 1, after=0.2), fit_to=0, horizon=0).headline
    assert bad.startswith("The projection failed its test: after 9 months fewer are left than")
    found = retention.project(watched_to(9, 1), fit_to=0, horizon=0)
    assert found.frame["verdict"].value_counts()[["fitted", "held out", "projected"]].tolist() == [
        7,
        3,
        5,
    ]
    good = found.headline
    assert good.startswith("Of a hundred customers, ")
    assert good.endswith(" Of 3 months held out, all lie in the band.")


def test_a_projection_takes_twenty_who_left_and_two_periods():
    with pytest.raises(value.FitError, match="left in the 9 periods used to fit: too few"):
        retention.project(watched_to(9, 2, n=30))
    with pytest.raises(value.FitError, match="1 period cannot hold the parameters"):
        retention.project(watched_to(9, 2), fit_to=1)
    with pytest.raises(value.FitError, match="too few to carry a curve beyond"):
        retention.extrapolate(watched_to(9, 2, n=30), horizon=20)


def test_what_was_watched_is_not_called_beyond_the_data():
    within = retention.extrapolate(watched_to(30, 3), horizon=20)
    assert not any("Beyond" in note for note in within.notes)
    ahead = retention.extrapolate(watched_to(30, 3), horizon=40)
    assert any(note.startswith("Beyond the data") for note in ahead.notes)
    assert "Doubtful" not in ahead.headline


def test_a_curve_that_misses_what_was_seen_says_so():
    found = retention.extrapolate(watched_to(30, 3, n=20_000, after=0.002), horizon=40)
    assert found.headline.startswith("Doubtful: after 40 months, ")
    assert "misses what was seen: " in found.notes[0]


def test_two_ways_ahead_that_differ_are_told_apart_in_one_sentence():
    asked = {"fit_to": 6, "horizon": 18}
    odd = watched_to(12, 4, after=0.2)
    said = retention.beside(
        retention.project(odd, **asked), retention.extrapolate(odd, horizon=18)
    ).text
    assert said.startswith("Two ways of looking ahead do not agree")
    even = watched_to(12, 4)
    both = retention.project(even, **asked), retention.extrapolate(even, horizon=18)
    assert retention.beside(*both).text.startswith("Two ways of looking ahead agree")


def test_a_projection_from_customers_is_that_from_their_counts():
    n = np.array([1000, 869, 743, 653, 593, 551])
    lost = np.repeat(np.arange(1, 6), -np.diff(n))
    tenure = np.r_[lost, np.full(551, 5)]
    frame = pd.DataFrame({"tenure": tenure, "churned": np.arange(1000) < 449})
    one = retention.contract(frame).parameters
    other = retention.contract(pd.DataFrame({"time": range(6), "n": n})).parameters
    assert one["alpha"] == pytest.approx(other["alpha"], rel=1e-5)
    assert one["beta"] == pytest.approx(other["beta"], rel=1e-5)


def test_several_unfinished_cohorts_count_as_far_as_they_were_seen():
    whole = pd.DataFrame({"time": range(6), "n": [1000, 869, 743, 653, 593, 551]})
    cut = pd.concat([whole.assign(group="a"), whole[:4].assign(group="b")])
    again = retention.contract(cut).survival([5])[0]
    assert again == pytest.approx(retention.contract(whole).survival([5])[0], abs=0.01)
    assert retention.contract(cut).customers == 2000


def test_projection_band_covers_a_new_cohort_as_often_as_it_says():
    hits = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        life = rng.geometric(rng.beta(1, 4, 800))
        n = [int((life > t).sum()) for t in range(13)]
        frame = retention.project(pd.DataFrame({"time": range(13), "n": n}), fit_to=8).frame
        fresh = np.mean(rng.geometric(rng.beta(1, 4, 800)) > 12)
        hits.append(frame["conf_low"].iloc[12] <= fresh <= frame["conf_high"].iloc[12])
    assert 0.90 <= np.mean(hits) <= 0.99


def test_a_growing_cohort_is_no_contract():
    with pytest.raises(value.FitError, match="'all' grows from 80 to 90 customers at period 2"):
        retention.project(pd.DataFrame({"time": range(4), "n": [100, 80, 90, 70]}))


# ---------------------------------------------------------------- buying


@pytest.mark.parametrize("model", MODELS)
def test_cdnow_parameters_and_likelihood_are_the_published(fits, model):
    right = golden(model)["expected"]
    parameters = right.get("params", right.get("mbg_params"))
    for name, published in parameters.items():
        assert fits[model].parameters[name] == pytest.approx(published, rel=3e-3)
    loglik = right.get("loglik", right.get("mbg_loglik"))
    assert fits[model].loglik == pytest.approx(loglik, abs=0.01)


def test_cdnow_likelihood_is_no_lower_than_any_published(fits):
    for model, published in {"bg_nbd": -9582.4292, "pareto_nbd": -9594.9762}.items():
        assert fits[model].loglik >= published - 1e-4


@pytest.mark.parametrize("model", ["bg_nbd", "pareto_nbd"])
def test_cdnow_expectations_are_the_published(fits, model):
    right, fit = golden(model)["expected"], fits[model]
    ahead = value.outlook(fit, people(list(LATER.values())), horizon=52)
    assert ahead["p_alive"][0] == pytest.approx(right["p_alive_x26"], rel=2e-3)
    assert ahead["purchases"][0] == pytest.approx(right["conditional_52_x26"], rel=2e-3)
    numbers = list(right["conditional_52_by_x"].values())
    np.testing.assert_allclose(ahead["purchases"][1:], numbers, rtol=2e-3)
    new = value.purchases_since_first(fit, [52])[0]
    assert new == pytest.approx(right["expectation_52"], rel=2e-3)


@pytest.mark.parametrize("model", ["bg_nbd", "pareto_nbd"])
def test_cdnow_hold_out_is_the_published(fits, cdnow, model):
    right = golden(model)["expected"]
    frame = value.held_out(fits[model], cdnow).frame
    assert (frame["estimate"] * frame["n"]).sum() == pytest.approx(1882)
    assert (frame["expected"] * frame["n"]).sum() == pytest.approx(
        right["holdout_39_total"], rel=2e-3
    )
    numbers = list(right["holdout_mean_by_frequency_0_to_7plus"].values())
    np.testing.assert_allclose(frame["expected"], numbers, rtol=2e-3)


def test_tracking_ends_where_the_orders_end(fits, cdnow, purchases):
    frame = value.tracking(fits["pareto_nbd"], cdnow, purchases).frame
    days = purchases.groupby("customer_id")["ordered_at"].nunique()
    last = purchases["ordered_at"] > pd.Timestamp("1997-01-01") + pd.Timedelta(weeks=len(frame))
    unseen = purchases[last].drop_duplicates(["customer_id", "ordered_at"])
    assert frame["estimate"].iloc[-1] == (days - 1).sum() - len(unseen)
    assert abs(frame["expected"].iloc[-1] / frame["estimate"].iloc[-1] - 1) < 0.05


def test_tracking_follows_those_the_model_was_fitted_to(fits, purchases):
    late = purchases.groupby("customer_id").head(3).assign(ordered_at=pd.Timestamp("1998-05-01"))
    late["customer_id"] = "late " + late["customer_id"]
    late["ordered_at"] += pd.to_timedelta(late.groupby("customer_id").cumcount() * 9, "D")
    both = pd.concat([purchases, late], ignore_index=True)
    early = value.buyers(both, as_of="1997-09-30", until="1998-06-30")
    one, other = (value.tracking(fits["bg_nbd"], early, o).frame for o in (both, purchases))
    pd.testing.assert_frame_equal(one, other)


def test_customers_without_contract_are_valued_by_the_likeliest_model(fits, purchases):
    found = value.unbound(purchases, as_of="1998-06-30", n_boot=20)
    best = max(fits, key=lambda model: fits[model].loglik)
    # the first half of the time ends on the day to which the published fits know the data
    assert (found.fit.model, found.fit.loglik) == (best, pytest.approx(fits[best].loglik))
    assert found.tracked.frame["verdict"].eq("held out").sum() == 39
    assert found.held.frame["n"].sum() == 2357
    assert "over the next 52 weeks" in found.value.headline
    assert "fewer purchases than came" in found.value.headline
    with pytest.raises(value.OrdersError, match="too short to test"):
        value.unbound(purchases[purchases["ordered_at"] == "1997-01-01"], as_of="1997-01-01")


@pytest.mark.parametrize(("months", "word"), [(12, None), (48, "assumed"), (240, None)])
def test_a_value_reaches_no_further_than_the_time_watched_allows(purchases, months, word):
    found = value.unbound(purchases, as_of="1998-06-30", months=months, n_boot=5).value
    row = found.frame.set_index("term").loc["value per customer"]
    assert pd.isna(row["estimate"]) == (months == 240)
    assert row.get("verdict") == word or (word is None and pd.isna(row.get("verdict")))
    assert any("goes on for 1,461 days as in the orders of 545 days" in n for n in found.notes) \
        == (months == 48)  # fmt: skip
    if months == 240:
        assert found.headline.endswith("days cannot be told from orders of 545 days.")


def test_a_model_that_ran_away_is_not_chosen(fits, cdnow, monkeypatch):
    rooms = importlib.import_module("cxlab.value.unbound")
    best = max(fits.values(), key=lambda fit: fit.loglik)
    away = replace(best, top=replace(best.top, adrift=np.ones(4, bool)))
    made = {**fits, best.model: away}
    monkeypatch.setattr(rooms, "buying", lambda _, model: made[model])
    assert value.likeliest(cdnow).model != best.model


def test_discounted_purchases_agree_with_the_closed_form(fits):
    r, alpha, s, beta = fits["pareto_nbd"].parameters.values()
    delta, (x, last, age) = 0.0027, (26.0, 30.857, 31.0)
    yearly = np.expm1(delta * 365.25 / 7)
    ahead = value.outlook(
        fits["pareto_nbd"], people([(x, last, age)]), horizon=np.inf, discount=yearly
    )
    z = delta * (beta + age)
    stay = (beta + age) * z ** (s - 1) * hyperu(s, s, z)
    closed = ahead["p_alive"][0] * (r + x) / (alpha + age) * stay
    assert ahead["purchases"][0] == pytest.approx(closed, rel=1e-6)


@pytest.mark.parametrize(("model", "more"), [("bg_nbd", 0), ("mbg_nbd", 1)])
def test_expected_purchases_agree_with_the_closed_form(fits, model, more):
    r, alpha, a, b = fits[model].parameters.values()
    b += more
    rows = [(x, 0.6 * age, age) for x in (1, 4, 30, 200) for age in (5.0, 38.0, 60.0)]
    ahead = value.outlook(fits[model], people(rows), horizon=30)
    for row, (x, _, age) in zip(ahead.itertuples(), rows, strict=True):
        z = 30 / (alpha + age + 30)
        wave = (1 - z) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
        closed = (a + b + x - 1) / (a - 1) * (1 - wave) * row.p_alive
        assert row.purchases == pytest.approx(closed, rel=1e-7)


@pytest.mark.parametrize("model", MODELS)
def test_planted_parameters_are_found(model):
    fit = value.buying(simulated(2000, 1, model=model), model=model)
    truth = {"r": 0.8, "alpha": 8, "a": 0.8, "b": 2.5, "s": 0.6, "beta": 12}
    frame = value.describe(fit, level=0.999).frame
    for row in frame.itertuples():
        assert row.conf_low <= truth[row.term] <= row.conf_high


def test_intervals_of_buying_cover_as_often_as_they_say():
    hits = []
    for seed in range(50):
        frame = value.describe(value.buying(simulated(600, seed))).frame
        for k, truth in enumerate((0.8, 8)):
            hits.append(frame["conf_low"][k] <= truth <= frame["conf_high"][k])
    assert 0.90 <= np.mean(hits) <= 0.99


@pytest.mark.parametrize("model", MODELS)
def test_gradients_are_those_of_the_likelihood(model):
    made = simulated(300, 2)
    z = (np.arange(300) % 2).astype(float)[:, None]
    surface = _surface(histories(made.frame, z), model)
    point = np.r_[-0.3, 1.9, 0.1, 0.6, np.linspace(0.1, 0.3, 2 + (model != "pareto_nbd"))]
    steps = np.eye(len(point)) * 1e-5
    right = [(surface(point + s)[0] - surface(point - s)[0]) / 2e-5 for s in steps]
    np.testing.assert_allclose(surface(point)[1], right, rtol=1e-5, atol=1e-3)


def test_counting_equal_histories_together_moves_nothing():
    one = simulated(400, 3)
    twice = people(np.repeat(one.frame[["frequency", "recency", "age"]].to_numpy(), 2, axis=0))
    a, b = value.buying(one), value.buying(twice)
    assert b.loglik == pytest.approx(2 * a.loglik, rel=1e-9)
    np.testing.assert_allclose(a.top.point, b.top.point, atol=1e-5)


def test_the_unit_of_time_moves_rates_only():
    weeks = simulated(800, 4)
    frame = weeks.frame.assign(recency=weeks.frame["recency"] * 7, age=weeks.frame["age"] * 7)
    days = value.Buyers(frame, "day", weeks.as_of, None, "the same")
    one, other = (value.buying(b).parameters for b in (weeks, days))
    assert other["alpha"] == pytest.approx(7 * one["alpha"], rel=1e-4)
    assert other["a"] == pytest.approx(one["a"], rel=1e-4)


def test_a_tier_that_buys_more_is_found():
    plain, keen = simulated(2500, 6).frame, simulated(2500, 7).frame
    keen = keen.assign(recency=keen["recency"] / 1.8, age=keen["age"] / 1.8)
    both = pd.concat([plain.assign(tier="c"), keen.assign(tier="a promoter")])
    made = people(both[["frequency", "recency", "age"]].to_numpy(), tier=both["tier"].to_numpy())
    frame = value.describe(value.buying(made, covariates=["tier"])).frame
    row = frame[frame["term"] == "buying × tier: c"].iloc[0]
    assert row["conf_low"] < 1 / 1.8 < row["conf_high"]


# ---------------------------------------------------------------- spend and value


def test_cdnow_spend_is_the_published(cdnow):
    right, fit = golden("gamma_gamma")["expected"], value.spending(cdnow)
    assert fit.n == right["customers"]
    for name, published in right["params"].items():
        assert fit.parameters[name] == pytest.approx(published, rel=2e-3)
    assert fit.top.loglik == pytest.approx(right["loglik"], abs=0.01)
    assert fit.mean == pytest.approx(right["expected_value_mx0_x0_population"], rel=1e-3)
    own = fit.expect(np.array([3.0]), np.array([35.0]))[0]
    assert own == pytest.approx(right["expected_value_mx35_x3"], rel=1e-3)


def test_cdnow_value_is_that_of_the_reference(cdnow, fits):
    right = golden("clv")["expected"]
    # the reference discounts by ln(1.15) / 52 a week: a year of 52 weeks
    yearly = 1.15 ** (365.25 / 7 / 52) - 1
    values = value.customer_values(cdnow, fit=fits["pareto_nbd"], discount=yearly)
    assert values["purchases"].sum() == pytest.approx(right["dert_total"], rel=5e-3)
    assert values["value"].sum() == pytest.approx(right["clv_total"], rel=5e-3)
    np.testing.assert_allclose(values["value"][:5], right["clv_first_five"], rtol=5e-3)


def test_margin_scales_value_and_its_interval():
    made = simulated(500, 8)
    made.frame["spend"] = np.random.default_rng(0).gamma(6, 5, 500)
    asked = {"horizon": 52, "model": "bg_nbd", "n_boot": 20}
    full, half = (value.lifetime_value(made, margin=m, **asked).frame for m in (1.0, 0.5))
    np.testing.assert_allclose(half.iloc[:2, 1:4], full.iloc[:2, 1:4] / 2)
    np.testing.assert_allclose(half.iloc[2:, 1:4], full.iloc[2:, 1:4])


def test_value_interval_covers_as_often_as_it_says():
    truth, hits = purchases_to_come(), []
    for seed in range(40):
        made = simulated(300, seed, model="pareto_nbd")
        spend = 30 * 2.7 / np.random.default_rng(seed).gamma(3.7, 1, 300)
        made.frame["spend"] = spend
        found = value.lifetime_value(made, horizon=26, n_boot=80, seed=seed).frame
        row = found[found["term"] == "purchases per customer"].iloc[0]
        hits.append(row["conf_low"] <= truth <= row["conf_high"])
    assert np.mean(hits) >= 0.85  # at 95%, fewer than 34 of 40 have p below 0.005


def purchases_to_come() -> float:
    """Count, in a large simulated population, the discounted purchases of the next 26 weeks."""
    rng, n = np.random.default_rng(99), 200_000
    rate, leave, age = rng.gamma(0.8, 1 / 8, n), rng.gamma(0.6, 1 / 12, n), rng.uniform(20, 60, n)
    there = rng.exponential(1 / leave)
    watched = np.clip(np.minimum(there, age + 26) - age, 0, None)
    delta = np.log1p(0.1) / (365.25 / 7)
    return float((rate * -np.expm1(-delta * watched) / delta).mean())


def test_spend_that_goes_with_frequency_is_said():
    made = simulated(600, 9)
    made.frame["spend"] = 10 + 5 * made.frame["frequency"]
    result = value.check_spend(made)
    assert result.frame["verdict"].tolist() == ["not negligible", "not negligible"]
    assert "read values per customer with care" in result.headline


# ---------------------------------------------------------------- orders


def test_purchases_of_one_day_are_one_and_refunds_reduce_them():
    frame = pd.DataFrame({"customer_id": ["a"] * 4, "amount": [10.0, 5, 20, 30]})
    days = pd.to_datetime(["2024-01-01", "2024-01-01", "2024-01-08", "2024-01-15"])
    frame["ordered_at"] = days + pd.to_timedelta([0, 18, 0, 0], "h")
    frame["refunded"] = [0, 0, 8.0, np.nan]
    row = value.buyers(frame, as_of="2024-01-22").frame.iloc[0]
    # repeat purchases: 20 - 8 on the 8th, 30 on the 15th
    assert (row["frequency"], row["recency"], row["age"]) == (2, 2, 3)
    assert row["spend"] == 21


def test_refunds_larger_than_orders_are_kept_and_noted():
    frame = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": [10.0, 5, 9]})
    frame["ordered_at"] = pd.to_datetime(["2024-01-01", "2024-01-08", "2024-01-01"])
    frame["refunded"] = [0.0, 50.0, 0.0]
    made = value.buyers(frame, as_of="2024-02-01")
    assert made.frame["frequency"].tolist() == [1, 0]
    assert made.notes[0].startswith("Repeat purchases of 1 customer came to nothing")


def test_an_ibis_table_gives_what_a_frame_gives(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"customer_id": rng.integers(0, 50, 400).astype(str)})
    frame["ordered_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        rng.integers(0, 300, 400), "D"
    )
    frame["amount"] = rng.gamma(3, 10, 400)
    frame.to_parquet(tmp_path / "orders.parquet")
    table = ibis.duckdb.connect().read_parquet(tmp_path / "orders.parquet")
    one, other = (value.buyers(o, as_of="2024-08-01").frame for o in (frame, table))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def test_too_few_repeat_buyers_are_refused_with_their_number():
    with pytest.raises(value.FitError, match="1 customer of 3 bought more than once"):
        value.buying(people([(0, 0, 5), (1, 2, 5), (0, 0, 9)]))


def test_purchases_after_the_last_day_are_refused_with_their_rows():
    with pytest.raises(value.FitError, match=r"first rows \[1\]"):
        value.buying(people([(0, 0, 5), (1, 6, 5), (0, 0, 9)]))


def test_orders_without_moments_are_refused():
    frame = pd.DataFrame({"customer_id": ["a"], "ordered_at": ["01/02/2024"]})
    with pytest.raises(value.OrdersError, match="not moments; convert it"):
        value.buyers(frame, as_of="2024-02-01")


def test_an_endless_horizon_needs_a_discount():
    fit = value.buying(simulated(300, 10))
    with pytest.raises(value.FitError, match="have no sum"):
        value.outlook(fit, simulated(300, 10), horizon=np.inf)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"horizon": None, "discount": 0}, "horizon: name how far to look"),
        ({"horizon": np.nan}, "horizon: name how far to look"),
        ({"discount": None}, "have no sum"),
        ({"margin": 0}, "margin: the share of spend"),
    ],
)
def test_a_value_that_has_no_end_or_no_share_is_refused(asked, said):
    rng = np.random.default_rng(1)
    spent = simulated(300, 10)
    spent.frame["spend"] = rng.gamma(3, 10, 300)
    with pytest.raises(value.FitError, match=said):
        value.lifetime_value(spent, n_boot=5, **asked)


def test_the_number_to_quote_stands_in_front_with_its_stretch():
    rows = pd.DataFrame({"term": ["value per customer", "share still there"]})
    rows = rows.assign(estimate=[30.0, 0.4], conf_low=[28.0, 0.3], conf_high=[32.0, 0.5])
    said = "A customer of today is worth 30.00 over the next 52 weeks (28.00 to 32.00)."
    first, second = value.in_front(results.Result("lifetime value", rows, said, "m", "b"))
    assert (first.name, first.unit) == ("value of a customer over the next 52 weeks", "money")
    assert (second.name, second.unit) == ("share still there", "share")


def test_that_a_model_saw_nobody_stop_is_no_number_to_quote():
    rows = pd.DataFrame({"term": ["value per customer", "share still there"]})
    rows = rows.assign(estimate=[30.0, 1.0], conf_low=[28.0, 1.0], conf_high=[32.0, 1.0])
    said = "A customer of today is worth 30.00 over the next 52 weeks (28.00 to 32.00)."
    assert len(value.in_front(results.Result("lifetime value", rows, said, "m", "b"))) == 1


@pytest.mark.parametrize(
    ("hoped", "starts", "estimate"),
    [(1.05, "A customer of today is worth 30.00", 30.0),
     (1.53, "Tested, the model expected 53% more purchases than came. Set right", 30 / 1.53),
     (2.5, "What a customer will bring cannot be told: where it was tested", np.nan),
     (0.4, "What a customer will bring cannot be told", np.nan)],
)  # fmt: skip
def test_a_value_that_foretold_badly_is_set_right_or_refused_before_it_is_told(
    hoped, starts, estimate
):
    terms = ["value per customer", "value of all", "share still there"]
    rows = {"term": terms, "estimate": [30.0, 3000.0, 0.5]}
    rows |= {"conf_low": [25.0, 2500.0, 0.4], "conf_high": [36.0, 3600.0, 0.6]}
    said = "A customer of today is worth 30.00 over the next 52 weeks (25.00 to 36.00)."
    worth = results.Result("lifetime value", pd.DataFrame(rows), said, "m", "b")
    table = pd.DataFrame({"group": ["0"], "n": [100], "estimate": [1.0], "expected": [hoped]})
    found = importlib.import_module("cxlab.value.unbound")._tested(
        worth, results.Result("held out", table, "s", "m", "b")
    )
    assert found.headline.startswith(starts)
    assert found.frame["estimate"].iloc[:2].tolist() == pytest.approx(
        [estimate, 100 * estimate], nan_ok=True
    )
    assert found.frame["estimate"].iloc[2] == 0.5
    assert found.frame["conf_high"].iloc[0] == pytest.approx(
        36.0 if hoped < 2 and hoped > 0.5 else np.nan, nan_ok=True
    )


def test_parameters_as_published_expect_what_was_published():
    right = golden("bg_nbd")["expected"]
    fit = value.buying_of(right["params"])
    new = value.purchases_since_first(fit, [52])[0]
    assert new == pytest.approx(right["expectation_52"], rel=1e-9)
    # printed as 30.857 weeks: 216 days
    asked = people([(26.0, 216 / 7, 31.0), *(LATER[k] for k in right["conditional_52_by_x"])])
    ahead = value.outlook(fit, asked, horizon=52)
    expected = [right["conditional_52_x26"], *right["conditional_52_by_x"].values()]
    np.testing.assert_allclose(ahead["purchases"], expected, rtol=1e-8)
    assert ahead["p_alive"][0] == pytest.approx(right["p_alive_x26"], rel=1e-8)
    assert "nan" not in " ".join([*value.describe(fit).notes, value.describe(fit).headline])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"r": 1, "alpha": 1, "a": 1}, "takes r, alpha, a and b"),
        ({"r": 1, "alpha": 1, "a": 1, "s": 1}, "takes r, alpha, a and b"),
        ({"r": 1, "alpha": -1, "a": 1, "b": 1}, "a number above 0"),
    ],
)
def test_parameters_that_are_none_are_refused(given, says):
    with pytest.raises(value.FitError, match=says):
        value.buying_of(given)


def test_the_range_of_a_value_does_not_hang_on_rounding():
    """Where nobody seems to leave, a parameter runs away and rounding decides its direction."""
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"customer_id": np.repeat(np.arange(150), 8).astype(str)})
    gaps = rng.gamma(30.0, 0.9, len(rows))
    after = pd.Series(gaps).groupby(rows["customer_id"]).cumsum()
    rows["ordered_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(after.round(), unit="D")
    rows["amount"] = rng.gamma(5.0, 10.0, len(rows)).round(2)
    known = value.buyers(rows, as_of="2024-12-31")
    fit = value.buying(known, model="bg_nbd")
    assert fit.top.adrift.any()
    ends = []
    for noise in (1.0, -1.0):
        loose = fit.top.covariance + noise * 1e9 * np.outer(fit.top.adrift, fit.top.adrift)
        ends.append(likelihood.firm(loose)[~fit.top.adrift][:, ~fit.top.adrift])
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("curve", [[[1.0, 0.0], [0.0, 0.0]], [[2.0, 3.0], [3.0, 2.0]]])
def test_a_climb_begins_anywhere_even_where_the_data_tell_nothing(curve):
    def hill(point):
        away = point - np.array([0.4, -1.2])
        return -float(away @ away), -2 * away

    top, _ = likelihood.climb(hill, np.zeros(2), 10, curve=np.array(curve))
    assert top == pytest.approx([0.4, -1.2], abs=1e-5)
