"""Differences, league tables, planning, prediction, channels, benchmarks and scales."""

import json
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from sklearn.metrics import roc_auc_score

from cxlab import metrics, study

GOLDEN = Path(__file__).parent / "golden"
CSAT = metrics.Score("csat", "top", metrics.Score("csat", "mean", "1..5").scale, "CSAT")


def golden(method: str, name: str) -> dict:
    """One golden case."""
    text = (GOLDEN / f"{method}.json").read_text(encoding="utf-8")
    return next(case for case in json.loads(text)["cases"] if case["id"] == name)


def wave(detractors: int, passives: int, promoters: int, **columns) -> pd.DataFrame:
    """Answers with these counts."""
    return pd.DataFrame({"nps": [0] * detractors + [7] * passives + [9] * promoters, **columns})


def random_wave(rng, n: int, shares=(0.25, 0.35, 0.4)) -> pd.DataFrame:
    """Answers drawn with these shares of detractors, passives, promoters."""
    return pd.DataFrame({"nps": rng.choice([3, 7, 9], n, p=shares)})


# ------------------------------------------------------------------ differences


def test_the_difference_of_two_waves_agrees_with_the_published_package():
    case = golden("nps", "nps_diff_pub")
    first, second = (wave(*case["inputs"][side]) for side in ("first", "second"))
    row = metrics.difference(first, second, method="wald").frame.iloc[0]
    told = case["expected"]
    assert row["estimate"] == pytest.approx(told["difference_second_minus_first"])
    assert row["std_error"] == pytest.approx(told["se"])
    assert row["p_value"] == pytest.approx(told["p_two_sided"])
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(told["wald95"])


def test_the_difference_of_two_shares_agrees_with_newcombe():
    case = golden("csat_difference", "diff_56_70_48_80")["expected"]
    first = pd.DataFrame({"csat": [5] * 48 + [1] * 32})
    second = pd.DataFrame({"csat": [5] * 56 + [1] * 14})
    row = metrics.difference(first, second, score="csat").frame.iloc[0]
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(case["newcombe_wilson"], abs=1e-6)
    assert row["p_value"] == pytest.approx(case["p_pooled_two_sided"])


def test_means_differ_by_welch():
    rng = np.random.default_rng(1)
    first, second = (pd.DataFrame({"ces": rng.integers(1, 8, n)}) for n in (40, 25))
    told = sm.stats.CompareMeans(
        sm.stats.DescrStatsW(second["ces"]), sm.stats.DescrStatsW(first["ces"])
    )
    row = metrics.difference(first, second, score="ces").frame.iloc[0]
    expected = told.tconfint_diff(usevar="unequal")
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(expected)


def test_the_same_customers_are_compared_with_themselves():
    first = pd.DataFrame({"customer_id": list("abcd"), "nps": [9, 7, 3, 9]})
    second = pd.DataFrame({"customer_id": list("dcbe"), "nps": [9, 7, 9, 0]})
    row = metrics.difference(first, second, pair="customer_id").frame.iloc[0]
    # b +100, c +100, d 0
    assert row["estimate"] == pytest.approx(200 / 3)
    assert row["n"] == 3
    assert row["std_error"] == pytest.approx(np.std([100, 100, 0], ddof=1) / 3**0.5)


def test_pairs_are_surer_than_strangers_when_customers_keep_their_mind():
    rng = np.random.default_rng(2)
    first = random_wave(rng, 400).assign(customer_id=np.arange(400))
    second = first.assign(nps=np.where(rng.random(400) < 0.1, 9, first["nps"]))
    paired, clustered = (
        metrics.difference(first, second, **{word: "customer_id"}).frame["std_error"][0]
        for word in ("pair", "cluster")
    )
    alone = metrics.difference(first, second, cluster="").frame["std_error"][0]
    assert metrics.difference(first, second).frame["std_error"][0] == clustered
    assert paired < alone / 2
    assert clustered == pytest.approx(paired, rel=0.01)


def test_the_interval_of_a_difference_covers_when_waves_are_small():
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(300):
        waves = random_wave(rng, 25, (0.1, 0.2, 0.7)), random_wave(rng, 25, (0.2, 0.3, 0.5))
        row = metrics.difference(*waves).frame.iloc[0]
        inside += row["conf_low"] <= -30 <= row["conf_high"]
    assert 0.92 <= inside / 300 <= 0.98


def test_no_difference_is_called_no_detectable_difference():
    found = metrics.difference(wave(30, 40, 30), wave(31, 40, 29))
    assert found.headline.startswith("NPS: no detectable difference")


def test_groups_are_compared_with_the_rest_and_not_with_the_whole():
    rows = pd.concat([wave(10, 0, 30, region="N"), wave(30, 0, 30, region="S")])
    rows = pd.concat([rows, wave(40, 0, 20, region="W")])
    frame = metrics.compare(rows, by="region").frame.set_index("group")
    # N: 50; the rest: (50 - 70) / 120 of 100
    assert frame.loc["N", "estimate"] == pytest.approx(50 + 100 * 20 / 120)
    assert frame.loc["N", "verdict"] == "above"
    assert (frame["p_adjusted"] >= frame["p_value"]).all()


def test_false_discoveries_stay_within_the_level():
    rng = np.random.default_rng(4)
    called = 0
    for _ in range(100):
        rows = random_wave(rng, 600).assign(region=rng.integers(0, 12, 600).astype(str))
        called += metrics.compare(rows, by="region").frame["verdict"].ne("not apart").any()
    assert called <= 10


def test_equivalence_is_shown_by_many_answers_and_not_by_few():
    rng = np.random.default_rng(5)
    many = metrics.equivalence(random_wave(rng, 40_000), random_wave(rng, 40_000), margin=3)
    few = metrics.equivalence(random_wave(rng, 200), random_wave(rng, 200), margin=3)
    assert many.headline.startswith("NPS did not change by more than 3.0 points")
    assert few.frame["verdict"][0] == "not shown"
    assert "cannot be ruled out" in few.headline


def test_equivalence_at_its_edge_is_rarely_claimed():
    rng = np.random.default_rng(6)
    claimed = [
        metrics.equivalence(
            random_wave(rng, 3000, (0.25, 0.35, 0.4)), random_wave(rng, 3000, (0.235, 0.35, 0.415)),
            margin=3,
        ).frame["verdict"][0]
        for _ in range(200)
    ]  # fmt: skip
    assert claimed.count("equivalent") <= 20


def test_a_handful_of_equal_answers_shows_no_equivalence():
    rows = wave(0, 0, 5)
    assert metrics.equivalence(rows, rows, margin=3).frame["verdict"][0] == "not shown"
    ces = pd.DataFrame({"ces": [5] * 5})
    found = metrics.difference(ces, ces.replace(5, 3), score="ces")
    assert "no interval is given" in found.headline


# ------------------------------------------------------------------ league tables


def shops(rng, n: int = 30, spread: float = 0.0) -> tuple[pd.DataFrame, np.ndarray]:
    """Answers of shops of uneven size, and each shop's true score."""
    promoter = np.clip(0.5 + spread * rng.standard_normal(n), 0.05, 0.95)
    shop = np.repeat(np.arange(n), rng.integers(15, 120, n))
    chance = promoter[shop]
    nps = np.where(rng.random(len(shop)) < chance, 9, 3)
    return pd.DataFrame({"nps": nps, "shop": shop}), 200 * promoter - 100


def test_shops_that_do_not_differ_are_drawn_together():
    rows, _ = shops(np.random.default_rng(7))
    frame = metrics.league(rows, by="shop").frame
    assert frame["estimate"].std() < frame["raw"].std() / 2
    assert frame["verdict"].isna().all()


def test_pooled_scores_are_nearer_the_truth_than_raw_ones():
    rng = np.random.default_rng(8)
    raw, pooled, inside = [], [], []
    for _ in range(20):
        rows, truth = shops(rng, spread=0.08)
        frame = metrics.league(rows, by="shop").frame
        true = truth[frame["group"].astype(int)]
        raw.append(((frame["raw"] - true) ** 2).mean())
        pooled.append(((frame["estimate"] - true) ** 2).mean())
        inside.append(frame["conf_low"].le(true).mul(frame["conf_high"].ge(true)).mean())
    assert np.mean(pooled) < 0.75 * np.mean(raw)
    assert 0.92 <= np.mean(inside) <= 0.98


def test_the_chance_to_be_among_three_sums_to_three():
    rows, _ = shops(np.random.default_rng(9), spread=0.1)
    frame = metrics.league(rows, by="shop").frame
    assert frame["p_top3"].sum() == pytest.approx(3)
    assert frame["p_bottom3"].sum() == pytest.approx(3)
    assert (frame["rank_low"] <= frame["rank_high"]).all()


def test_a_clear_winner_is_named():
    rows, _ = shops(np.random.default_rng(10))
    star = pd.DataFrame({"nps": [9] * 300, "shop": 99})
    found = metrics.league(pd.concat([rows, star]), by="shop")
    assert found.headline == "NPS: 99 is among the best three (95% sure)."


def test_two_groups_make_no_league():
    with pytest.raises(metrics.MetricsError, match="a league table needs three"):
        metrics.league(wave(2, 2, 2, region=["a", "b"] * 3), by="region")


# ------------------------------------------------------------------ planning


def test_the_sentence_of_a_plan():
    found = metrics.sample_size(promoters=0.5, detractors=0.2, change=5)
    assert found.headline == (
        "You would need 3,830 answers a wave to see a change of 5 points with 80% power."
    )


def test_the_margin_of_a_plan_agrees_with_r():
    case = golden("sample_size", "n_for_nps")
    found = metrics.sample_size(promoters=0.5, detractors=0.2, margin=5).frame
    told = [case["expected"]["n"], case["expected"]["n_worst_case"]]
    assert found["n"].tolist() == pytest.approx(told)


def test_a_plan_keeps_its_promise():
    rng = np.random.default_rng(11)
    plan = metrics.sample_size(promoters=0.45, detractors=0.25, change=20).frame["n"][0]
    n = int(np.ceil(plan))
    seen = 0
    for _ in range(300):
        waves = random_wave(rng, n, (0.25, 0.3, 0.45)), random_wave(rng, n, (0.15, 0.3, 0.55))
        seen += metrics.difference(*waves).frame["verdict"][0] == "higher"
    assert 0.73 <= seen / 300 <= 0.9


def test_what_can_be_seen_shrinks_with_the_answers():
    few, many = (metrics.detectable(wave(20 * k, 30 * k, 50 * k)).frame for k in (1, 4))
    assert few["estimate"][0] == pytest.approx(2 * many["estimate"][0])
    assert few["n_needed"][0] == many["n_needed"][0] == 3831


def test_uneven_weights_need_more_answers():
    rows = wave(200, 300, 500, w=[0.2, 1.8] * 500)
    plain = metrics.detectable(rows).frame.iloc[0]
    weighted = metrics.detectable(rows, weight="w").frame.iloc[0]
    assert weighted["estimate"] > plain["estimate"]
    assert weighted["n_needed"] > plain["n_needed"]


@pytest.mark.parametrize("words", [{"promoters": 50}, {"change": 0}, {"change": None}])
def test_impossible_plans_are_refused(words):
    given = {"promoters": 0.5, "detractors": 0.2, "change": 5, **words}
    with pytest.raises(metrics.MetricsError):
        metrics.sample_size(**given)


# ------------------------------------------------------------------ prediction


def behaviour(rng, n: int, effect: float = 1.0) -> pd.DataFrame:
    """Answers whose CSAT goes with leaving, whose NPS is a noisy copy, whose CES is noise."""
    mood = rng.standard_normal(n)
    left = rng.random(n) < 1 / (1 + np.exp(1 + effect * mood))
    return pd.DataFrame({
        "csat": np.clip(np.round(3 + mood), 1, 5),
        "nps": np.clip(np.round(6 + 2 * (mood + 1.5 * rng.standard_normal(n))), 0, 10),
        "ces": rng.integers(1, 8, n), "left": left, "spent": np.exp(effect * mood) * 10,
        "customer_id": np.arange(n),
    })  # fmt: skip


def test_the_area_under_the_curve_is_that_of_scikit_learn():
    rng = np.random.default_rng(12)
    train, test = behaviour(rng, 800), behaviour(rng, 600)
    frame = metrics.predictors(
        train, test, scores=["csat", "nps"], outcome="left", n_boot=50
    ).frame.set_index(["part", "term"])
    for column, name in (("csat", "CSAT"), ("nps", "NPS")):
        expected = roc_auc_score(test["left"], -test[column])
        assert frame.loc[("score", name), "estimate"] == pytest.approx(expected)


def test_the_score_that_tells_is_named_and_noise_is_not():
    rng = np.random.default_rng(13)
    train, test = behaviour(rng, 1500), behaviour(rng, 1500)
    found = metrics.predictors(
        train, test, scores=["csat", "nps", "ces"], outcome="left", n_boot=300
    )
    assert found.headline.startswith("CSAT tells 'left' best")
    rows = found.frame.set_index(["part", "term"])["verdict"]
    assert rows["score", "CES"] == "no better than chance"
    assert rows["against the best", "NPS"] == "worse"


def test_amounts_are_told_by_counting_pairs():
    rows = behaviour(np.random.default_rng(14), 200)
    rows["orders"] = np.clip(np.round(rows.pop("spent") / 10), 0, 5)
    found = metrics.predictors(rows, rows, scores=["csat"], outcome="orders", n_boot=20)
    gap = np.sign(np.subtract.outer(rows["orders"].to_numpy(), rows["orders"].to_numpy()))
    same = np.sign(np.subtract.outer(rows["csat"].to_numpy(), rows["csat"].to_numpy()))
    right = np.where(gap == same, 1.0, np.where(same == 0, 0.5, 0.0))[gap != 0].mean()
    assert found.frame["estimate"][0] == pytest.approx(right)


def test_boxes_are_candidates_of_their_own():
    rows = behaviour(np.random.default_rng(22), 300)
    scores = ["csat", CSAT, metrics.Score()]
    found = metrics.predictors(rows, rows, scores=scores, outcome="left", n_boot=20)
    assert set(found.frame["term"]) == {"CSAT", "CSAT top box", "NPS in boxes"}


def test_the_paired_interval_covers_no_difference():
    rng = np.random.default_rng(15)
    inside = 0
    for _ in range(40):
        rows = behaviour(rng, 400, effect=0.0)
        gap = metrics.predictors(rows, rows, scores=["csat", "nps"], outcome="left", n_boot=200)
        row = gap.frame[gap.frame["part"] == "against the best"].iloc[0]
        inside += row["conf_low"] <= 0 <= row["conf_high"]
    assert inside >= 34


def test_an_outcome_that_never_happens_is_refused():
    rows = behaviour(np.random.default_rng(16), 50).assign(left=False)
    with pytest.raises(metrics.MetricsError, match="the same for all"):
        metrics.predictors(rows, rows, scores=["csat"], outcome="left")


def test_what_followed_each_answer_by_hand():
    day = pd.Timestamp("2025-01-01", tz="Europe/London")
    asked = pd.DataFrame({"customer_id": list("abcde"), "nps": 9, "answered_at": day})
    asked.loc[4, "answered_at"] = day + pd.Timedelta("300D")
    people = pd.DataFrame({
        "customer_id": list("abcdef"),
        "churned_at": [day + pd.Timedelta(days=d) if d else pd.NaT for d in (-5, 30, 120, 0, 0, 0)],
        "referred_by": [None, None, None, "b", "b", "c"],
        "signed_up_at": [day + pd.Timedelta(days=d) for d in (-9, -9, -9, 20, 200, 10)],
    })  # fmt: skip
    ordered = [day + pd.Timedelta(days=d) for d in (1, 91, -1)]
    orders = pd.DataFrame({"customer_id": ["b", "b", "c"], "ordered_at": ordered})
    found = metrics.afterwards(asked, customers=people, orders=orders, as_of="2025-12-01")
    # a had left before answering, e was asked too late to be followed
    assert found["customer_id"].tolist() == ["b", "c", "d"]
    assert found["left"].tolist() == [True, False, False]
    assert found["referrals"].tolist() == [1, 1, 0]
    assert found["orders"].tolist() == [1, 0, 0]


def test_orders_may_live_in_an_engine():
    asked = pd.DataFrame({"customer_id": ["a", "b"], "answered_at": pd.Timestamp("2025-01-01")})
    table = pd.DataFrame({"customer_id": ["a", "c"], "ordered_at": pd.Timestamp("2025-02-01")})
    found = metrics.afterwards(asked, orders=ibis.memtable(table), as_of="2025-12-01")
    assert found["orders"].tolist() == [1, 0]


def test_the_scores_of_the_sample_tell_who_leaves(sample):
    opened = study.load(sample)
    found = metrics.foretells(
        opened.responses, scores=["nps", "csat", "ces"], customers=opened.customers,
        as_of=opened.mapping.as_of,
    )  # fmt: skip
    assert found.headline.startswith("NPS tells leaving: ")
    assert found.headline.endswith(", which others may equal.")
    assert found.frame["conf_low"][0] > 0.5


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"nps": [9]}, "no answers with customer and date"),
        ({"nps": [9], "customer_id": ["a"], "answered_at": [pd.Timestamp("2025-01-01")]},
         "does not say who is leaving"),
    ],
)  # fmt: skip
def test_too_little_to_foretell_is_an_answer(columns, said):
    found = metrics.foretells(pd.DataFrame(columns), scores=["nps"], as_of="2025-12-31")
    assert found.frame.empty
    assert said in found.headline


# ------------------------------------------------------------------ channels


def channels(rng, n: int = 3000) -> pd.DataFrame:
    """Web is used by the young, who score lower; the channel itself changes nothing."""
    young = rng.random(n) < 0.5
    web = rng.random(n) < np.where(young, 0.8, 0.2)
    nps = np.where(rng.random(n) < np.where(young, 0.3, 0.7), 9, 3)
    age = np.where(young, "young", "old")
    return pd.DataFrame({"nps": nps, "age": age, "channel": np.where(web, "web", "phone")})


def test_who_answers_is_not_taken_for_how_they_were_asked():
    rows = channels(np.random.default_rng(17))
    raw = metrics.compare(rows, by="channel")
    found = metrics.adjusted(rows, controls=["age"])
    assert (raw.frame["verdict"] != "not apart").all()
    gap = found.frame["estimate"].diff().iloc[-1]
    assert abs(gap) < 12 < abs(found.frame["raw"].diff().iloc[-1])
    assert "no detectable difference" in found.headline


def test_adjusted_scores_are_those_of_a_regression():
    rows = channels(np.random.default_rng(18), 500)
    worth = np.where(rows["nps"] >= 9, 100.0, -100.0)
    design = np.column_stack([rows["channel"] == "phone", rows["channel"] == "web",
                              rows["age"] == "young"]).astype(float)  # fmt: skip
    fit = sm.OLS(worth, design).fit(cov_type="HC1")
    at = np.array([[1, 0, design[:, 2].mean()], [0, 1, design[:, 2].mean()]])
    frame = metrics.adjusted(rows, controls=["age"]).frame
    assert frame["estimate"].tolist() == pytest.approx((at @ fit.params).tolist())
    expected = np.sqrt(np.diag(at @ fit.cov_params() @ at.T))
    assert frame["std_error"].tolist() == pytest.approx(expected.tolist(), rel=1e-3)


def test_channels_that_cannot_be_separated_are_refused():
    rows = wave(5, 5, 5, channel=["a", "b", "b"] * 5, plan=["x", "y", "y"] * 5)
    with pytest.raises(metrics.MetricsError, match="cannot be separated"):
        metrics.adjusted(rows, controls=["plan"])


def test_comparing_channels_says_that_modes_matter():
    rows = channels(np.random.default_rng(19))
    assert any("Ways of asking" in note for note in metrics.nps(rows, by="channel").notes)
    told = metrics.compare(rows, by="age").notes
    assert any("asked in different ways" in note for note in told)


# ------------------------------------------------------------------ benchmarks, scales


def test_a_benchmark_without_a_base_is_shown_and_not_compared():
    table = pd.DataFrame({"group": ["A", "B"], "score": [90, -90], "n": [500, None]})
    found = metrics.benchmark(wave(20, 30, 50), table)
    assert found.frame["verdict"].tolist() == [None, "above us", "no base"]
    assert found.headline == "NPS is 30.0, with A above."


def test_a_published_spread_is_used_and_a_missing_one_is_taken_at_its_worst():
    table = pd.DataFrame({"group": ["A", "B"], "score": [20, 20], "n": [400, 400],
                          "promoters": [0.4, None], "detractors": [0.2, None]})  # fmt: skip
    frame = metrics.benchmark(wave(20, 30, 50), table).frame
    assert frame["std_error"][1] == pytest.approx(100 * ((0.6 - 0.04) / 400) ** 0.5)
    assert frame["std_error"][2] == pytest.approx(100 * ((1 - 0.04) / 400) ** 0.5)


def test_alpha_agrees_with_psych():
    case = golden("cronbach_alpha", "alpha_attitude")
    covariance = np.array(case["inputs"]["covariance"])
    noise = np.random.default_rng(20).standard_normal((case["inputs"]["n"], len(covariance)))
    white = np.linalg.qr(noise - noise.mean(axis=0))[0] * (len(noise) - 1) ** 0.5
    rows = pd.DataFrame(white @ np.linalg.cholesky(covariance).T, columns=case["inputs"]["items"])
    frame = metrics.reliability(rows, items=list(rows), n_boot=50).frame.set_index("term")
    told = case["expected"]
    assert frame.loc["alpha", "estimate"] == pytest.approx(told["alpha_complete_cases"])
    assert frame.loc["alpha, standardised", "estimate"] == pytest.approx(told["alpha_standardized"])
    for item, value in told["alpha_if_dropped"].items():
        assert frame.loc[item, "estimate"] == pytest.approx(value)
        assert frame.loc[item, "correlation"] == pytest.approx(told["item_rest_r"][item])


def test_omega_is_alpha_when_items_are_equally_good_and_more_when_not():
    rng = np.random.default_rng(21)
    trait = rng.standard_normal((20_000, 1))
    found = []
    for loadings in ([0.7] * 5, [0.95, 0.8, 0.5, 0.3, 0.2]):
        noise = rng.standard_normal((20_000, 5)) * np.sqrt(1 - np.square(loadings))
        rows = pd.DataFrame(trait * loadings + noise).add_prefix("q")
        frame = metrics.reliability(rows, items=list(rows), n_boot=20).frame
        found.append(frame.set_index("term")["estimate"])
        truth = sum(loadings) ** 2 / (sum(loadings) ** 2 + (1 - np.square(loadings)).sum())
        assert found[-1]["omega"] == pytest.approx(truth, abs=0.01)
    assert found[0]["omega"] == pytest.approx(found[0]["alpha"], abs=0.005)
    assert found[1]["omega"] > found[1]["alpha"] + 0.02


def test_an_item_that_never_varies_is_refused():
    rows = pd.DataFrame({"a": [1, 2, 3, 4], "b": [3, 3, 3, 3]})
    with pytest.raises(metrics.MetricsError, match="'b' has the same answer in every row"):
        metrics.reliability(rows, items=["a", "b"])


# ------------------------------------------------------------------ what was expected


def test_the_gap_of_service_equals_r():
    case = golden("servqual_gap", "servqual_small")
    rows = pd.DataFrame({"e": case["inputs"]["expectation"], "p": case["inputs"]["perception"]})
    row = metrics.service_gaps(rows, items={"prompt": ("e", "p")}).frame.iloc[0]
    assert row["estimate"] == pytest.approx(case["expected"]["gap"], abs=1e-9)
    ends = row[["conf_low", "conf_high"]].tolist()
    assert ends == pytest.approx(case["expected"]["t_ci95"], abs=1e-9)


def test_planted_gaps_are_found_by_item_and_dimension():
    rng = np.random.default_rng(5)
    rows = pd.DataFrame({f"e{k}": rng.integers(4, 8, 300) for k in range(4)})
    for k, gap in enumerate((-2, 0, 0, 1)):
        rows[f"p{k}"] = rows[f"e{k}"] + gap + rng.integers(-1, 2, 300)
    items = {f"item {k}": (f"e{k}", f"p{k}") for k in range(4)}
    made = {"staff": ["item 0", "item 1"], "place": ["item 2", "item 3"]}
    frame = metrics.service_gaps(rows, items=items, dimensions=made).frame.set_index("term")
    said = frame["verdict"]
    assert said[["item 0", "item 3", "staff", "place"]].tolist() == [
        "falls short", "exceeds", "falls short", "exceeds"]  # fmt: skip
    assert frame.loc["staff", "estimate"] == pytest.approx(-1, abs=0.2)
    assert np.allclose(frame["performance"] - frame["expectation"], frame["estimate"])


def test_only_those_who_gave_both_count_and_weights_stand_for_rows():
    rows = pd.DataFrame({"e": [5, 6, None, 4, 7], "p": [4, 6, 7, None, 3], "w": [1, 1, 9, 9, 2]})
    row = metrics.service_gaps(rows, items={"x": ("e", "p")}, weight="w").frame.iloc[0]
    assert row["n"] == 3
    assert row["estimate"] == pytest.approx((-1 + 0 - 8) / 4)


def test_gaps_that_nobody_can_show_are_refused():
    rows = pd.DataFrame({"e": [5, None], "p": [None, 4]})
    with pytest.raises(metrics.MetricsError, match="0 answers with both"):
        metrics.service_gaps(rows, items={"x": ("e", "p")})
    with pytest.raises(metrics.MetricsError, match="'y' is not among"):
        metrics.service_gaps(rows, items={"x": ("e", "p")}, dimensions={"d": ["y"]})
    alike = pd.DataFrame({"e": [5, 6, 7], "p": [4, 5, 6]})
    row = metrics.service_gaps(alike, items={"x": ("e", "p")}).frame.iloc[0]
    assert row["verdict"] == "the same for all"


@pytest.mark.parametrize("zone", [None, "America/Los_Angeles", "Asia/Kolkata"])
def test_what_came_afterwards_is_told_by_the_clock_of_the_study(zone):
    at = pd.to_datetime(["2025-10-01 20:00", "2025-10-02 20:00"])
    left = pd.to_datetime(["2025-12-30 19:30", None])
    asked = pd.DataFrame({"customer_id": ["a", "b"], "answered_at": at.tz_localize(zone)})
    people = pd.DataFrame({"customer_id": ["a", "b"], "churned_at": left.tz_localize(zone)})
    told = metrics.afterwards(asked, customers=people, as_of="2025-12-31")
    assert told["left"].tolist() == [True, False]


@pytest.mark.parametrize("within", ["30D", "1M"])
def test_the_time_after_an_answer_keeps_to_the_clock_where_it_is_put_back(within):
    at = pd.to_datetime(["2025-10-05 12:00", "2025-11-04 12:00"]).tz_localize("Europe/London")
    asked = pd.DataFrame({"customer_id": ["a", "b"], "answered_at": at})
    # clocks went back on 26 October: 30 days by the clock are 30 days and an hour
    left = pd.to_datetime(["2025-11-04 11:30", None]).tz_localize("Europe/London")
    people = pd.DataFrame({"customer_id": ["a", "b"], "churned_at": left})
    told = metrics.afterwards(asked, customers=people, within=within, as_of="2025-12-31")
    assert told["left"].tolist() == [True, False]


@pytest.mark.parametrize("pair", ["customer_id", None])
def test_answers_without_a_spread_have_a_p_value_counted(pair):
    before = pd.DataFrame({"customer_id": list("abcdef"), "effort": 2.0})
    after = before.assign(effort=3.0)
    found = metrics.difference(before, after, score="effort", pair=pair, cluster="")
    # by signs of 6 pairs: 2 of 64; by dealing 12 answers to two sets: 2 of 924
    right = 2 / 64 if pair else 2 / 924
    assert found.frame["p_value"][0] == pytest.approx(right)
    assert found.frame["conf_low"].isna().all()
    assert "no interval is given" in found.headline
    same = metrics.difference(before, before, score="effort", pair=pair, cluster="")
    assert same.frame["p_value"][0] == 1


def test_customers_who_did_not_answer_the_question_change_no_error():
    rng = np.random.default_rng(0)
    said = pd.DataFrame({"customer_id": np.repeat(np.arange(30), 2), "nps": rng.integers(0, 11, 60),
                         "region": np.where(np.arange(60) % 4 < 2, "a", "b")})  # fmt: skip
    silent = pd.DataFrame({"customer_id": np.arange(90, 110), "nps": np.nan, "region": "a"})
    both = pd.concat([silent, said], ignore_index=True)
    for ask in (metrics.nps, metrics.compare):
        apart = [ask(frame, by="region").frame["std_error"].to_numpy() for frame in (said, both)]
        np.testing.assert_allclose(*apart, rtol=1e-12)
