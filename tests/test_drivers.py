"""Importance of drivers: exact, weighted, and honest about its order."""

import importlib
import itertools
import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

from cxlab import drivers, stats
from cxlab.drivers.workings import certainty, likelihood, subsets
from cxlab.drivers.workings import ordered as ordinal
from cxlab.drivers.workings.design import prepare
from cxlab.drivers.workings.points import worth_of

# the room's face hides this module behind the question of the same name
sharing = importlib.import_module("cxlab.drivers.workings.sharing")
FOUR = ["a", "b", "c", "d"]


def survey(n=400, terms=FOUR, slopes=(1.0, 0.7, 0.4, 0.0), noise=1.5, seed=1) -> pd.DataFrame:
    """Ratings that share a mood, and a score made from them."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=(n, 1))
    raw = 0.75 * mood + 0.65 * rng.normal(size=(n, len(terms)))
    rows = pd.DataFrame(np.clip(np.round(3 + 1.1 * raw), 1, 5), columns=list(terms))
    score = rows.to_numpy() @ np.array(slopes) + noise * rng.normal(size=n)
    rows["nps"] = np.clip(np.round(6 + 1.2 * (score - score.mean())), 0, 10)
    return rows.assign(region=rng.choice(["north", "south"], n), weight=rng.uniform(0.5, 2, n))


def parts(rows, **more) -> pd.Series:
    found = drivers.importance(rows, outcome="nps", n_boot=0, **{"drivers": FOUR} | more)
    return found.frame.set_index("term")["r2"]


def r2(rows, columns, weight=None) -> float:
    table = sm.add_constant(rows[list(columns)].astype(float)) if columns else np.ones(len(rows))
    w = 1.0 if weight is None else rows[weight]
    return sm.WLS(rows["nps"], table, weights=w).fit().rsquared


def by_orders(rows, always=(), **more) -> dict:
    """What each driver adds, averaged over all orders: the definition, by another road."""
    added = dict.fromkeys(FOUR, 0.0)
    for order in itertools.permutations(FOUR):
        known = list(always)
        for name in order:
            added[name] += r2(rows, [*known, name], **more) - r2(rows, known, **more)
            known.append(name)
    return {name: total / math.factorial(len(FOUR)) for name, total in added.items()}


# ---------------------------------------------------------------- shares


def test_uncorrelated_drivers_share_their_squared_correlations():
    # the four corners of a square, twice: price and speed have nothing in common
    rows = pd.DataFrame({"price": [1, 1, 5, 5] * 2, "speed": [1, 5, 1, 5] * 2})
    rows["nps"] = [0, 4, 6, 10, 1, 3, 7, 9]
    shares = drivers.importance(rows, outcome="nps", drivers=["price", "speed"], n_boot=0).frame
    squared = [rows["price"].corr(rows["nps"]) ** 2, rows["speed"].corr(rows["nps"]) ** 2]
    assert shares["r2"].tolist() == pytest.approx(squared, abs=1e-12)


def test_shares_are_averages_over_all_orders():
    assert parts(survey(120)).to_dict() == pytest.approx(by_orders(survey(120)), abs=1e-10)


def test_weighted_shares_are_averages_of_weighted_models():
    rows = survey(120)
    expected = by_orders(rows, weight="weight")
    assert parts(rows, weight="weight").to_dict() == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("cluster", [None, "person"])
def test_robust_errors_are_those_of_statsmodels(cluster):
    rows = survey(200).assign(person=lambda r: np.arange(200) // 3)
    how = drivers.Survey(weight="weight", cluster=cluster)
    found = drivers.fit(rows, outcome="nps", drivers=FOUR, weight=how).frame.set_index("term")
    model = sm.WLS(rows["nps"], sm.add_constant(rows[FOUR]), weights=rows["weight"])
    kind = {"cov_type": "HC3"}
    if cluster:
        kind = {"cov_type": "cluster", "cov_kwds": {"groups": rows[cluster]}}
    peer = model.fit(**kind, use_t=True)
    assert found.loc[FOUR, "std_error"].to_dict() == pytest.approx(peer.bse[FOUR].to_dict())
    assert found.loc[FOUR, "p_value"].to_dict() == pytest.approx(peer.pvalues[FOUR].to_dict())


def test_controls_stay_in_and_are_not_shared_out():
    rows = survey(120).assign(south=lambda r: (r["region"] == "south").astype(float))
    expected = by_orders(rows, always=["south"])
    assert parts(rows, controls=["region"]).to_dict() == pytest.approx(expected, abs=1e-10)


def test_walking_subsets_piece_by_piece_changes_nothing(monkeypatch):
    cov = np.cov(np.random.default_rng(0).normal(size=(50, 9)) @ np.tri(9), rowvar=False)
    whole = subsets.shapley_r2(cov)
    monkeypatch.setattr(subsets, "LEAF", 4)
    assert subsets.shapley_r2(cov) == pytest.approx(whole, abs=1e-12)
    assert subsets.shapley(subsets.subset_r2(cov))[:, 0] == pytest.approx(whole, abs=1e-12)


def test_whole_weights_count_like_repeated_rows():
    rows = survey(150).assign(times=lambda r: np.where(r["region"] == "north", 3, 1))
    repeated = rows.loc[rows.index.repeat(rows["times"])]
    weighted = parts(rows, weight="times").to_dict()
    assert weighted == pytest.approx(parts(repeated).to_dict(), abs=1e-12)


def test_order_of_rows_and_drivers_moves_nothing():
    rows = survey(150)
    turned = parts(rows.sample(frac=1, random_state=3), drivers=FOUR[::-1])
    assert turned.to_dict() == pytest.approx(parts(rows).to_dict(), abs=1e-12)


def test_turning_a_scale_over_keeps_its_share_and_turns_its_direction():
    rows, terms = survey(), {"outcome": "nps", "drivers": FOUR, "n_boot": 0}
    turned = drivers.importance(rows.assign(a=6 - rows["a"]), **terms).frame.set_index("term")
    straight = drivers.importance(rows, **terms).frame.set_index("term")
    assert turned["r2"].to_dict() == pytest.approx(straight["r2"].to_dict(), abs=1e-12)
    both = (straight.loc["a", "direction"], turned.loc["a", "direction"])
    assert both == (1, -1)


def test_a_group_holds_what_its_members_share():
    groups = {"one": ["a", "b"], "two": ["c"], "three": ["d"]}
    found = drivers.importance(survey(), outcome="nps", drivers=groups, n_boot=0).frame
    whole = found[found["group"].isna()].set_index("term")["r2"]
    members = found[found["group"].notna()].groupby("group")["r2"].sum()
    assert members.to_dict() == pytest.approx(whole.to_dict(), abs=1e-12)
    assert whole.sum() == pytest.approx(r2(survey(), FOUR), abs=1e-10)


def test_groups_are_shared_over_orders_of_whole_groups():
    rows, found = survey(120), {}
    for first, then in (("ab", "cd"), ("cd", "ab")):
        found[first] = (r2(rows, first) + r2(rows, first + then) - r2(rows, then)) / 2
    shared = parts(rows, drivers={"ab": ["a", "b"], "cd": ["c", "d"]})
    assert shared[["ab", "cd"]].to_dict() == pytest.approx(found, abs=1e-10)


def test_sampled_orders_agree_with_all_orders_within_their_stated_error():
    terms, away = [f"t{k}" for k in range(10)], []
    rows = survey(500, terms, slopes=np.linspace(1, 0, 10))
    cov = certainty.mean_covariance(prepare(rows, outcome="nps", drivers=terms))
    exact = subsets.shapley_r2(cov)
    for seed in range(20):
        orders = subsets.permutations(10, n=sharing.ORDERS, seed=seed)
        drawn = subsets.sampled_r2(cov, orders).mean(axis=0)
        error = sharing.sampling_error(cov, orders, 0) * exact.sum()
        away += ((drawn - exact) / error).tolist()
    assert 0.8 < np.std(away) < 1.2
    assert np.abs(away).max() < 4.5


def test_more_than_25_drivers_are_sampled_with_their_error_stated():
    terms = [f"t{k}" for k in range(30)]
    rows = survey(900, terms, slopes=np.linspace(1, 0, 30))
    found = drivers.importance(rows, outcome="nps", drivers=terms, n_boot=20)
    assert found.frame["r2"].sum() == pytest.approx(r2(rows, terms), abs=1e-8)
    assert any("random orders stand for all" in note for note in found.notes)


def test_weights_and_shares_agree_where_drivers_are_two():
    # with two drivers relative weights and LMG are the same
    terms = {"drivers": ["a", "b"]}
    weights = parts(survey(), method="relative_weights", **terms)
    assert weights.to_dict() == pytest.approx(parts(survey(), **terms).to_dict(), abs=1e-10)


# ---------------------------------------------------------------- certainty


def test_resampled_moments_are_those_of_the_resampled_rows():
    rng = np.random.default_rng(0)
    table, w = rng.normal(size=(50, 3)), rng.uniform(1, 2, 50)
    drawn = rng.multinomial(50, np.full(50, 1 / 50), size=4)
    sums = certainty.products(table, w, stats.lots(50))
    found = certainty.covariances(sums, drawn, 3)
    for cov, times in zip(found, drawn, strict=True):
        expected = np.cov(table, rowvar=False, fweights=times, aweights=w, ddof=0)
        assert cov == pytest.approx(expected, abs=1e-12)


def test_same_seed_same_certainty():
    once, again = (drivers.importance(survey(), outcome="nps", drivers=FOUR) for _ in range(2))
    pd.testing.assert_frame_equal(once.frame, again.frame)


def test_answers_given_twice_make_nothing_surer_when_clustered():
    rows = survey(300).assign(person=range(300))
    twice = pd.concat([rows, rows], ignore_index=True)
    width = {}
    for name, data, weight in (
        ("once", rows, None),
        ("naive", twice, None),
        ("clustered", twice, drivers.Survey(cluster="person")),
    ):
        found = drivers.importance(data, outcome="nps", drivers=FOUR, weight=weight).frame
        width[name] = (found["conf_high"] - found["conf_low"]).mean()
    assert width["clustered"] == pytest.approx(width["once"], rel=0.1)
    assert width["naive"] < 0.8 * width["once"]


def made(cov: np.ndarray, n: int, seed: int) -> pd.DataFrame:
    rows = np.random.default_rng(seed).normal(size=(n, len(cov))) @ np.linalg.cholesky(cov).T
    return pd.DataFrame(rows, columns=[f"t{k}" for k in range(len(cov) - 1)] + ["nps"])


def population(slopes, rho=0.6, explained=0.5) -> np.ndarray:
    p, slopes = len(slopes), np.asarray(slopes, float)
    cov = np.full((p + 1, p + 1), rho)
    np.fill_diagonal(cov, 1)
    cov[:p, p] = cov[p, :p] = cov[:p, :p] @ slopes
    cov[p, p] = slopes @ cov[:p, :p] @ slopes / explained
    return cov


def test_intervals_of_shares_cover_as_often_as_they_say():
    cov = population([4, 3, 2, 1])
    true = subsets.shapley_r2(cov)
    true, names, hits = true / true.sum(), [f"t{k}" for k in range(4)], []
    for seed in range(150):
        rows = made(cov, 400, seed)
        found = drivers.importance(rows, outcome="nps", drivers=names, n_boot=300).frame
        found = found.set_index("term").loc[names]
        hits.append((found["conf_low"] <= true) & (true <= found["conf_high"]))
    assert 0.92 < np.mean(hits) < 0.98


@pytest.mark.parametrize("slopes", [np.arange(8, 0, -1), np.linspace(1.4, 0.6, 8)])
def test_probability_of_the_first_three_is_calibrated(slopes):
    cov = population(slopes)
    names = np.array([f"t{k}" for k in range(8)])
    top = set(names[np.argsort(-subsets.shapley_r2(cov))[:3]])
    stated, true = [], []
    for seed in range(120):
        rows = made(cov, 500, seed)
        found = drivers.importance(rows, outcome="nps", drivers=list(names), n_boot=200).frame
        stated += found["p_top3"].tolist()
        true += found["term"].isin(top).tolist()
    stated, true = np.array(stated), np.array(true)
    bins = np.digitize(stated, [0.2, 0.4, 0.6, 0.8])
    away = [abs(stated[bins == b].mean() - true[bins == b].mean()) for b in np.unique(bins)]
    assert np.average(away, weights=np.bincount(bins)[np.unique(bins)]) < 0.06


def test_unshrunk_resampling_would_be_too_sure():
    # the same close race, counted without shrinkage: the stated surety is not met
    cov, stated, true = population(np.linspace(1.4, 0.6, 8)), [], []
    for seed in range(60):
        design = prepare(made(cov, 500, seed), outcome="nps", drivers=[f"t{k}" for k in range(8)])
        drawn = certainty.resample(design, subsets.shapley_r2, n_boot=200, seed=0)
        rank = (-drawn).argsort(axis=1).argsort(axis=1)
        sure = (rank < 3).mean(axis=0) > 0.8
        stated += (rank < 3).mean(axis=0)[sure].tolist()
        true += (np.arange(8) < 3)[sure].tolist()
    assert np.mean(stated) - np.mean(true) > 0.1


def test_equal_drivers_are_seldom_told_apart():
    cov, names, false = population([1, 1, 1, 1]), [f"t{k}" for k in range(4)], 0
    for seed in range(100):
        rows = made(cov, 400, seed)
        pairs = drivers.pairs(rows, outcome="nps", drivers=names, n_boot=200)
        false += (pairs.frame["verdict"] == "apart").any()
    assert false <= 10


def test_ties_of_a_clear_order_and_of_none():
    rows = survey(4000, slopes=(3.0, 0.9, 0.9, 0.0), noise=3)
    letters = drivers.importance(rows, outcome="nps", drivers=FOUR).frame.set_index("term")["tie"]
    assert letters["a"] == "a"
    assert letters["b"] == letters["c"] == "b"
    assert letters["d"] == "c"


def test_a_tie_is_named_with_what_lies_below():
    rows = survey(4000, slopes=(1.0, 1.0, 0.0, 0.0), noise=3)
    found = drivers.importance(rows, outcome="nps", drivers=FOUR)
    assert "cannot be told apart in their association with NPS; both are above" in found.headline


def test_pure_noise_is_called_nothing():
    rng = np.random.default_rng(5)
    rows = survey(300).assign(nps=rng.integers(0, 11, 300))
    found = drivers.importance(rows, outcome="nps", drivers=FOUR)
    assert found.headline.startswith("Nothing stands apart")


def test_answers_needed_follow_the_square_of_the_error():
    # a difference of one with standard error 0.5 at 100 answers: 100 (2.8016 · 0.5)² = 196.2
    drawn = np.column_stack([np.tile([0.5, 1.5], 5000), np.zeros(10_000)])
    pair = certainty.differences(np.array([1.0, 0.0]), drawn, 100, 0.95)
    assert pair["n_needed"][0, 1] == 197


# ---------------------------------------------------------------- ordered answers


def test_ordered_logit_agrees_with_statsmodels():
    rows = survey(300)
    model = ordinal.fit_ordered(rows["nps"].to_numpy(), rows[FOUR].to_numpy(), np.ones(300))
    peer = OrderedModel(rows["nps"], rows[FOUR], distr="logit").fit(method="bfgs", disp=False)
    assert model.slopes == pytest.approx(peer.params[FOUR].to_numpy(), abs=1e-4)
    assert model.loglik == pytest.approx(peer.llf, abs=1e-6)


def test_ordered_weights_count_like_repeated_rows():
    rows = survey(200).assign(times=lambda r: np.where(r["region"] == "north", 2, 1))
    repeated = rows.loc[rows.index.repeat(rows["times"])]
    x, y = rows[FOUR].to_numpy(), rows["nps"].to_numpy()
    weighted = ordinal.fit_ordered(y, x, rows["times"].to_numpy(float))
    whole = ordinal.fit_ordered(
        repeated["nps"].to_numpy(), repeated[FOUR].to_numpy(), np.ones(len(repeated))
    )
    assert weighted.theta == pytest.approx(whole.theta, abs=1e-7)


def test_slope_and_curvature_are_derivatives_of_the_likelihood():
    rows = survey(60)
    y, x = np.unique(rows["nps"], return_inverse=True)[1], rows[FOUR].to_numpy()
    state = ordinal._Likelihood(y, y.max() + 1, x, rows["weight"].to_numpy())
    theta = np.concatenate([np.linspace(-2, 3, y.max()), [0.3, -0.2, 0.1, 0.0]])
    _, slope, curve = state.at(theta)
    for k in range(len(theta)):
        step = 1e-5 * (np.arange(len(theta)) == k)
        up, down = state.at(theta + step), state.at(theta - step)
        assert slope[k] == pytest.approx((up[0] - down[0]) / 2e-5, rel=1e-5, abs=1e-6)
        assert -curve[k] == pytest.approx((up[1] - down[1]) / 2e-5, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("points", ["score", "nps"])
def test_points_are_slopes_of_the_predicted_mean(points):
    rows = survey(200)
    x, w = rows[FOUR].to_numpy(), rows["weight"].to_numpy()
    model = ordinal.fit_ordered(rows["nps"].to_numpy(), x, w)
    worth = worth_of(model.values, points)
    slopes, _ = ordinal.slopes_in_points(model, np.eye(len(model.theta)), x, w, worth)
    for k in range(4):
        step = 1e-5 * (np.arange(4) == k)
        rise = ordinal.expected(model, x + step, worth) - ordinal.expected(model, x - step, worth)
        assert slopes[k] == pytest.approx(np.average(rise, weights=w) / 2e-5, rel=1e-6)


def test_a_newton_step_stands_in_for_a_refit():
    rows = survey(500).assign(csat=lambda r: np.ceil((r["nps"] + 1) / 4))
    design = prepare(rows, outcome="csat", drivers=FOUR)
    _, stepped = likelihood.parts(design, "mcfadden", n_boot=12, seed=4)
    times = next(certainty.stats.counts(500, n_boot=12, seed=4))
    for replicate, drawn in zip(stepped, times, strict=True):
        again = rows.loc[rows.index.repeat(drawn)]
        full = drivers.importance(again, outcome="csat", drivers=FOUR, method="mcfadden", n_boot=0)
        full = full.frame.set_index("term").loc[FOUR, "r2"]
        assert replicate == pytest.approx(full.to_numpy(), abs=0.004)


def test_uneven_slopes_are_found_and_named():
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(rng.integers(1, 6, (3000, 2)), columns=["must", "even"])
    # `must` parts the low answers only
    low = rng.random(3000) < 1 / (1 + np.exp(-(3 - 2 * rows["must"] + 0.5 * (3 - rows["even"]))))
    high = rng.random(3000) < 1 / (1 + np.exp(-0.5 * (rows["even"] - 3)))
    rows["nps"] = np.where(low, 3, np.where(high, 10, 8))
    found = drivers.odds(rows, outcome="nps", drivers=["must", "even"], cuts=(6, 8))
    assert found.headline.startswith("One slope does not fit all cuts of NPS")
    assert "must" in found.headline


def test_the_same_answers_are_drawn_from_once_and_others_anew(monkeypatch):
    drawn, draw = [], certainty._drawn
    monkeypatch.setattr(certainty, "_drawn", lambda *of: drawn.append(1) or draw(*of))
    asked = {"outcome": "nps", "drivers": FOUR, "n_boot": 60}
    first = drivers.importance(survey(seed=77), **asked)
    drivers.halo(survey(seed=77), **asked)
    assert len(drawn) == 1
    again = drivers.importance(survey(seed=77), weight="weight", **asked)
    assert len(drawn) == 2
    assert (first.frame["conf_low"] != again.frame["conf_low"]).any()
