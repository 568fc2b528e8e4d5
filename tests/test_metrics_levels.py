"""Scores, their intervals, groups and small bases; and how bad input is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlab import metrics, stats
from cxlab.codebook import Refusal, ScaleError

GOLDEN = Path(__file__).parent / "golden"
NAMES = {0: "detractors", 7: "passives", 9: "promoters"}


def golden(method: str, name: str) -> dict:
    """One golden case."""
    text = (GOLDEN / f"{method}.json").read_text(encoding="utf-8")
    return next(case for case in json.loads(text)["cases"] if case["id"] == name)


def wave(detractors: int, passives: int, promoters: int, **columns) -> pd.DataFrame:
    """Answers with these counts."""
    return pd.DataFrame({"nps": [0] * detractors + [7] * passives + [9] * promoters, **columns})


def sfo(shared_data: Path) -> pd.DataFrame:
    """The airport survey; 11 and empty are no answer."""
    file = shared_data / "sfo_airport_2017" / "2017_SFO_Customer_Survey.csv"
    rows = pd.read_csv(file, low_memory=False)
    rows["nps"] = pd.to_numeric(rows["NETPRO"], errors="coerce").where(lambda x: x <= 10)
    return rows


# ------------------------------------------------------------------ agreement


def test_six_answers_by_hand():
    # 3 promoters, 1 detractor of 6: 100 * (3 - 1) / 6; variance (3 + 1) / 6 - (2 / 6)^2 = 5 / 9
    row = metrics.nps(pd.DataFrame({"nps": [0, 7, 7, 9, 9, 9]})).frame.iloc[0]
    assert row["estimate"] == pytest.approx(100 / 3)
    assert row["std_error"] == pytest.approx(100 * (5 / 9 / 6) ** 0.5)
    assert row["n"] == 6


def test_tiny_samples_agree_with_the_author_of_the_interval():
    case = golden("nps", "nps_unit_values")
    given = [np.atleast_1d(scores) for scores in case["inputs"]["scores"]]
    rows = [metrics.nps(pd.DataFrame({"nps": scores})).frame.iloc[0] for scores in given]
    assert [r["estimate"] for r in rows] == pytest.approx(case["expected"]["nps"])
    assert [r["std_error"] for r in rows] == pytest.approx(case["expected"]["se"])


def test_the_airport_survey_plain_and_weighted(shared_data, reference):
    told = json.loads((reference / "nps.json").read_text())["cases"]
    told = next(case for case in told if case["id"] == "nps_sfo_2017")["expected"]
    rows = sfo(shared_data)
    plain = metrics.nps(rows).frame.iloc[0]
    assert [plain["conf_low"], plain["conf_high"]] == pytest.approx(told["adjusted_wald"], abs=1e-6)
    weighted = metrics.nps(rows, weight="WEIGHT", method="wald").frame.iloc[0]
    assert weighted["estimate"] == pytest.approx(told["weighted"]["nps"], abs=1e-6)
    assert weighted["std_error"] == pytest.approx(told["weighted"]["se_design"], abs=1e-6)
    assert weighted["n_effective"] == pytest.approx(told["weighted"]["kish_effective_n"], abs=1e-4)
    assert weighted["conf_low"] == pytest.approx(told["weighted"]["ci95_normal"][0], abs=0.002)


def test_touchpoints_of_the_telecom(shared_data, reference):
    told = json.loads((reference / "nps.json").read_text())["cases"][-1]["expected"]
    rows = pd.read_csv(shared_data / "telecom_nps_verbatims" / "verbatims.csv")
    found = metrics.nps(rows, score="NPS_SCORE", by="SURVEY_SUB_TYPE").frame.set_index("group")
    for group, case in told["by_SURVEY_SUB_TYPE"].items():
        assert found.loc[group, "n"] == case["n"]
        assert found.loc[group, "estimate"] == pytest.approx(case["nps"], abs=1e-6)
        ends = found.loc[group, ["conf_low", "conf_high"]].tolist()
        assert ends == pytest.approx(case["adjusted_wald"], abs=1e-6)


def test_satisfaction_at_the_airport(shared_data, reference):
    told = json.loads((reference / "csat_proportion_ci.json").read_text())["cases"][2]["expected"]
    rows = sfo(shared_data)
    for column, case in told.items():
        rows[column] = pd.to_numeric(rows[column], errors="coerce").where(lambda x: x.between(1, 5))
        top = metrics.csat(rows, score=column).frame.iloc[0]
        mean = metrics.csat(rows, score=column, kind="mean").frame.iloc[0]
        assert top["estimate"] == pytest.approx(case["top2_share"], abs=1e-6)
        assert [top["conf_low"], top["conf_high"]] == pytest.approx(case["wilson"], abs=1e-6)
        assert mean["estimate"] == pytest.approx(case["mean"], abs=1e-6)
        assert [mean["conf_low"], mean["conf_high"]] == pytest.approx(case["t_ci95"], abs=1e-6)


def test_effort_as_mean_and_as_share():
    case = golden("ces_and_csat_real", "ces_worked")
    counts = case["inputs"]["counts_1_to_7"]
    rows = pd.DataFrame({"ces": np.repeat(np.arange(1, 8), counts)})
    mean = metrics.ces(rows).frame.iloc[0]
    easy = metrics.ces(rows, kind="top").frame.iloc[0]
    assert [mean["conf_low"], mean["conf_high"]] == pytest.approx(case["expected"]["t_ci95"])
    assert easy["estimate"] == pytest.approx(case["expected"]["share_5_to_7"])
    assert [easy["conf_low"], easy["conf_high"]] == pytest.approx(case["expected"]["wilson_5_to_7"])


def test_weights_and_clusters_agree_with_survey_software():
    case = golden("weighting", "svymean_60")
    rows, told = pd.DataFrame(case["inputs"]), case["expected"]
    for by, name in ((None, "nps weighted clustered"), ("region", "S weighted clustered")):
        words = {"by": by, "weight": "weight", "cluster": "shop"}
        row = metrics.nps(rows, **words).frame.iloc[-1]
        assert row["estimate"] == pytest.approx(told[name]["estimate"], rel=1e-9)
        assert row["std_error"] == pytest.approx(told[name]["std_error"], rel=1e-9)
    assert metrics.nps(rows, weight="weight").frame["n_effective"][0] == pytest.approx(told["kish"])


# ------------------------------------------------------------------ laws of the score


def test_nps_mirrors_when_the_scores_mirror():
    rows = wave(20, 30, 50)
    mirrored = rows.replace({"nps": {0: 9, 9: 0}})
    one, other = (metrics.nps(r).frame.iloc[0] for r in (rows, mirrored))
    assert one["estimate"] == -other["estimate"]
    assert one["conf_low"] == pytest.approx(-other["conf_high"])


def test_nothing_moves_when_rows_are_shuffled():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"nps": rng.integers(0, 11, 300), "region": rng.choice(list("abc"), 300)})
    shuffled = rows.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(
        metrics.nps(rows, by="region").frame, metrics.nps(shuffled, by="region").frame
    )


def test_equal_weights_weigh_nothing():
    rows = wave(20, 30, 50, weight=2.5)
    plain, weighted = metrics.nps(rows).frame, metrics.nps(rows, weight="weight").frame
    assert weighted["estimate"][0] == plain["estimate"][0]
    assert weighted["n_effective"][0] == pytest.approx(100)
    # survey software divides by n - 1
    assert weighted["std_error"][0] == pytest.approx(plain["std_error"][0] * (100 / 99) ** 0.5)


def test_a_weight_of_two_is_the_answer_given_twice():
    rows = wave(2, 3, 5, weight=2.0)
    twice = pd.concat([rows, rows])
    one, other = metrics.nps(rows, weight="weight"), metrics.nps(twice)
    assert one.frame["estimate"][0] == other.frame["estimate"][0]


def test_customers_who_answer_twice_the_same_add_no_certainty():
    rows = wave(20, 30, 50, customer_id=np.arange(100))
    twice = pd.concat([rows, rows])
    once = metrics.nps(rows, cluster="customer_id").frame.iloc[0]
    both = metrics.nps(twice, cluster="customer_id").frame.iloc[0]
    assert both["std_error"] == pytest.approx(once["std_error"])
    assert both["n_effective"] == pytest.approx(100, rel=0.02)


def test_groups_are_those_of_pandas():
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"nps": rng.integers(0, 11, 500), "region": rng.choice(list("abcd"), 500)})
    worth = rows["nps"].map(lambda x: 100 if x >= 9 else -100 if x <= 6 else 0)
    expected = worth.groupby(rows["region"]).mean()
    found = metrics.nps(rows, by="region").frame
    assert found["group"].tolist() == list("abcd")
    assert found["estimate"].tolist() == pytest.approx(expected.tolist())


def test_categories_keep_their_order_and_two_columns_make_joint_groups():
    size = pd.Categorical(["S", "L", "L", "S"], categories=["S", "M", "L"], ordered=True)
    rows = pd.DataFrame({"nps": [9, 9, 3, 7], "size": size, "plan": list("xxyy")})
    assert metrics.nps(rows, by="size").frame["group"].tolist() == ["S", "L"]
    both = metrics.nps(rows, by=["size", "plan"]).frame
    assert both["group"].tolist() == ["S · x", "S · y", "L · x", "L · y"]
    assert both["estimate"].tolist() == [100, 0, 100, -100]


def test_the_bootstrap_stands_beside_the_other_intervals():
    rows = wave(200, 300, 500, weight=np.random.default_rng(1).uniform(0.5, 2, 1000))
    words = {"weight": "weight"}
    boot = metrics.nps(rows, method="bootstrap", **words).frame.iloc[0]
    wald = metrics.nps(rows, method="wald", **words).frame.iloc[0]
    assert boot["conf_low"] == pytest.approx(wald["conf_low"], abs=0.6)
    assert boot["conf_high"] == pytest.approx(wald["conf_high"], abs=0.6)


def test_the_clustered_bootstrap_sees_the_clusters():
    rng = np.random.default_rng(2)
    shop = np.repeat(np.arange(40), 25)
    rows = pd.DataFrame({"nps": np.where(rng.random(40)[shop] < 0.5, 9, 3), "shop": shop})
    boot = metrics.nps(rows, cluster="shop", method="bootstrap").frame.iloc[0]
    wald = metrics.nps(rows, cluster="shop", method="wald").frame.iloc[0]
    assert boot["conf_high"] - boot["conf_low"] == pytest.approx(
        wald["conf_high"] - wald["conf_low"], rel=0.1
    )


def test_the_distribution_is_whole():
    rows = wave(20, 30, 50)
    found = metrics.distribution(rows).frame
    assert found["value"].tolist() == list(range(11))
    assert found["share"].sum() == pytest.approx(1)
    assert found.groupby("term")["share"].sum().to_dict() == pytest.approx(
        {"detractor": 0.2, "passive": 0.3, "promoter": 0.5}
    )
    assert (found["conf_high"] >= found["share"]).all()


def test_the_direction_of_effort_is_said():
    rows = pd.DataFrame({"ces": [1, 2, 2, 3, 6]})
    low = metrics.ces(rows, scale=metrics.Score("ces", "mean", "1..7").scale)
    assert low.headline.endswith("high means easy. Only 5 answers.")
    easy = {"range": "1..7", "better": "low"}
    scale = type(low_scale := metrics.Score().scale).model_validate(easy)
    assert low_scale is not None
    assert metrics.ces(rows, scale=scale).headline.endswith("low means easy. Only 5 answers.")
    assert metrics.ces(rows, scale=scale, kind="top").frame["estimate"][0] == pytest.approx(0.8)


# ------------------------------------------------------------------ words


def test_the_headline_of_one_score():
    assert metrics.nps(wave(30, 40, 30)).headline == "NPS is 0.0 (−14.9 to 14.9)."


def test_nothing_stands_apart_is_said():
    rows = wave(30, 40, 30, region=["N", "S"] * 50)
    found = metrics.nps(rows, by="region")
    assert found.headline == "No region stands apart from the rest: NPS is 0.0 overall."


def test_a_difference_is_told_with_its_level():
    rows = pd.concat([wave(10, 40, 50, region="N"), wave(40, 30, 30, region="S")])
    rows = pd.concat([rows, wave(40, 30, 30, region="W")])
    alone = metrics.nps(rows, by="region").headline
    assert alone == "NPS by region: N above the others; S and W below the others."
    said = metrics.compare(rows, by="region").headline
    assert said == (
        "NPS by region: N 40.0, 50.0 above the others. S −10.0, 25.0 below the others (W too)."
    )


# ------------------------------------------------------------------ small bases


def test_small_groups_are_suppressed_with_one_that_would_tell_them():
    rows = pd.concat([wave(4, 3, 2, region="tiny"), wave(10, 10, 9, region="small")])
    rows = pd.concat([rows, wave(30, 40, 30, region="large"), wave(9, 9, 9, region="next")])
    found = metrics.nps(rows, by="region", smallest=10)
    frame = found.frame.set_index("group")
    assert np.isnan(frame.loc["tiny", ["estimate", "conf_low", "std_error"]].astype(float)).all()
    assert frame.loc[["tiny", "next"], "verdict"].eq("suppressed").all()
    assert frame.loc["small", "verdict"] == "small base"
    assert any("fewer than 10 answers: suppressed" in note for note in found.notes)
    assert "tiny" not in found.headline


def test_a_small_whole_is_not_shown_either():
    found = metrics.nps(wave(2, 2, 3), smallest=10)
    assert found.headline == ("NPS is not shown: 7 answers, fewer than the smallest group of 10.")


def test_a_handful_of_equal_answers_is_not_taken_for_certainty():
    rows = pd.concat([wave(0, 0, 3, region="few"), wave(300, 300, 400, region="rest")])
    assert metrics.compare(rows, by="region").frame["verdict"].tolist() == ["not apart"] * 2


# ------------------------------------------------------------------ bad input


def test_constant_scores_have_no_false_certainty():
    top = metrics.nps(wave(0, 0, 50))
    assert top.frame["conf_low"][0] < 97
    assert any("no certainty" in note for note in top.notes)
    mean = metrics.csat(pd.DataFrame({"csat": [4] * 20}), kind="mean")
    assert np.isnan(mean.frame["conf_low"][0])
    assert mean.headline == "CSAT averages 4.00. Only 20 answers."
    assert any("spread is unknown" in note for note in mean.notes)


def test_one_answer_is_an_answer():
    assert metrics.nps(pd.DataFrame({"nps": [9]})).headline.endswith("Only 1 answer.")
    mean = metrics.ces(pd.DataFrame({"ces": [5]}))
    assert mean.headline == "CES averages 5.00; high means easy. Only 1 answer."
    assert "A single answer has no interval." in mean.notes


def test_a_group_without_answers_is_a_row_and_a_note():
    rows = pd.DataFrame({"nps": [9, 7, None, None], "region": ["N", "N", "S", "S"]})
    found = metrics.nps(rows, by="region")
    assert found.frame["n"].tolist() == [2, 0]
    assert np.isnan(found.frame["estimate"][1])
    assert any("No answers from 1 group, first 'S'" in note for note in found.notes)


def test_nobody_answered_is_refused():
    with pytest.raises(metrics.MetricsError, match="none of 2 rows holds an answer"):
        metrics.nps(pd.DataFrame({"nps": [np.nan, np.nan]}))


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1, -1, 1], "'w': 1 weight of 3 are negative or infinite"),
        ([1, np.inf, 1], "negative or infinite"),
        ([0, 0, 0], "every weight is zero or missing"),
        ([np.nan, np.nan, 0], "every weight is zero or missing"),
    ],
)
def test_impossible_weights_are_refused(weights, said):
    with pytest.raises(metrics.MetricsError, match=said):
        metrics.nps(pd.DataFrame({"nps": [9, 7, 3], "w": weights}), weight="w")


def test_missing_and_zero_weights_are_noted():
    rows = pd.DataFrame({"nps": [9, 7, 3, 10], "w": [1, np.nan, 0, 1]})
    found = metrics.nps(rows, weight="w")
    assert found.frame["n"][0] == 2
    assert len(found.notes) >= 2
    assert found.notes[0] == "1 answer without weight ('w') count for nobody here."


def test_five_thousand_groups_are_refused():
    rows = pd.DataFrame({"nps": 9, "customer": np.arange(5000).astype(str)})
    with pytest.raises(metrics.MetricsError, match="customer has 5,000 different values"):
        metrics.nps(rows, by="customer")


def test_scores_off_the_scale_are_refused():
    with pytest.raises(ScaleError, match="1 of 3 values lie outside"):
        metrics.nps(pd.DataFrame({"nps": [9, 11, 3]}))


def test_half_scores_belong_to_no_box():
    with pytest.raises(metrics.MetricsError, match="1 answer of 2 are not whole"):
        metrics.nps(pd.DataFrame({"nps": [9, 8.5]}))


def test_words_are_no_scores():
    with pytest.raises(metrics.MetricsError, match="cannot be read as numbers"):
        metrics.nps(pd.DataFrame({"nps": ["9", "great"]}))
    assert metrics.nps(pd.DataFrame({"nps": ["9", "10"]})).frame["estimate"][0] == 100


def test_yes_and_no_are_no_scores():
    with pytest.raises(metrics.MetricsError, match="cannot be read as numbers"):
        metrics.nps(pd.DataFrame({"nps": [True, False]}))


def test_a_whole_below_the_smallest_group_is_not_shown_by_groups_either():
    rows = wave(2, 2, 2, region=["a", "b"] * 3)
    assert metrics.nps(rows, by="region", smallest=10).headline.startswith("NPS is not shown")


def test_a_scale_that_is_none_is_refused():
    with pytest.raises(metrics.MetricsError, match="'nonsense' is not a scale"):
        metrics.csat(pd.DataFrame({"csat": [5]}), scale="nonsense")


def test_an_unknown_column_suggests_the_nearest():
    with pytest.raises(Refusal, match="Did you mean 'region'"):
        metrics.nps(pd.DataFrame({"nps": [9], "region": ["N"]}), by="regoin")


def test_an_unknown_method_names_the_known_ones():
    with pytest.raises(ValueError, match="'adjusted_wald'"):
        metrics.nps(wave(1, 1, 1), method="exact")


def test_customers_without_a_region_are_a_group_of_their_own():
    rows = pd.DataFrame({"nps": [9, 7, 3], "region": ["N", None, "N"]})
    found = metrics.nps(rows, by="region")
    assert found.frame["group"].tolist() == ["N", "not stated"]


def test_a_name_that_is_code_stays_a_name():
    rows = wave(10, 10, 10, **{"__import__('os')": ["<b>", "=1+1", "../x"] * 10})
    found = metrics.nps(rows, by="__import__('os')")
    assert set(found.frame["group"]) == {"<b>", "=1+1", "../x"}


# ------------------------------------------------------------------ promises kept


def test_the_weighted_interval_covers():
    rng = np.random.default_rng(21)
    sample, heavy = np.repeat(np.arange(800), 50), rng.random(40_000) < 0.3
    # the heavy score 100 * (0.3 - 0.35), the light 100 * (0.6 - 0.2)
    nps = np.where(rng.random(40_000) < np.where(heavy, 0.3, 0.6), 9, rng.choice([3, 7], 40_000))
    rows = pd.DataFrame({"sample": sample, "nps": nps, "w": np.where(heavy, 2.5, 0.4)})
    truth = (0.3 * 2.5 * -5 + 0.7 * 0.4 * 40) / (0.3 * 2.5 + 0.7 * 0.4)
    found = metrics.nps(rows, by="sample", weight="w").frame
    assert 0.93 <= found["conf_low"].le(truth).mul(found["conf_high"].ge(truth)).mean() <= 0.97


def test_the_clustered_interval_covers_and_the_plain_one_does_not():
    rng = np.random.default_rng(22)
    sample = np.repeat(np.arange(500), 150)
    shop = np.repeat(np.arange(500 * 15), 10)
    chance = np.clip(0.5 + 0.15 * rng.standard_normal(500 * 15), 0, 1)[shop]
    nps = np.where(rng.random(len(shop)) < chance, 9, 3)
    rows = pd.DataFrame({"sample": sample, "shop": shop, "nps": nps})
    clustered, plain = (
        metrics.nps(rows, by="sample", cluster=cluster).frame for cluster in ("shop", None)
    )
    inside = [f["conf_low"].le(0).mul(f["conf_high"].ge(0)).mean() for f in (clustered, plain)]
    assert 0.93 <= inside[0] <= 0.98
    assert inside[1] < 0.92


def test_clusters_across_groups_are_seen_in_the_comparison():
    rng = np.random.default_rng(23)
    mood = rng.random(400) < 0.5
    rows = pd.DataFrame(
        {"nps": np.where(np.repeat(mood, 2), 9, 3), "who": np.repeat(np.arange(400), 2)}
    )
    rows["region"] = ["N", "S"] * 400
    # every customer answers the same in both regions: the difference is surely nothing
    alone = metrics.compare(rows, by="region").frame["std_error"][0]
    paired = metrics.compare(rows, by="region", cluster="who").frame["std_error"][0]
    assert paired < alone / 20


def judged(*reasons: str, nps: float) -> pd.DataFrame:
    return pd.DataFrame({"nps": nps, "reason": list(reasons), "weight": 1.0})


def test_every_choice_of_cleaning_and_weighting_is_a_row():
    kept = wave(20, 30, 50, weight=1.0)
    out = judged("speeder", "speeder", "duplicate_response", nps=0)
    found = metrics.universes(kept, out, score=metrics.Score(), weight="weight")
    assert len(found.frame) == 8
    assert found.frame.sort_values("rank")["estimate"].is_monotonic_increasing
    assert found.frame["verdict"].tolist() == ["reported", *["other"] * 7]
    plain = found.frame[found.frame["part"] == "every answer alike"].set_index("reason")["estimate"]
    assert plain["speeder, duplicate_response"] == 30
    assert plain["duplicate_response"] == pytest.approx(100 * (50 - 22) / 102)
    assert plain["none"] == pytest.approx(100 * (50 - 23) / 103)


def test_whether_the_answer_depends_on_the_cleaning_is_said():
    few, many = judged("speeder", nps=0), judged(*["speeder"] * 60, nps=0)
    says = [
        metrics.universes(wave(20, 30, 50, weight=1.0), out, score=metrics.Score()).headline
        for out in (few, many, few.head(0))
    ]
    assert "does not depend" in says[0]
    assert "it depends on them. 1 lies outside" in says[1]
    assert "cannot sway" in says[2]


def test_shares_of_clustered_answers_are_linearised_means_of_each_point():
    draw = np.random.default_rng(4)
    rows = pd.DataFrame({"nps": draw.integers(0, 11, 500), "by": draw.choice(list("ab"), 500)})
    rows = rows.assign(customer_id=draw.integers(0, 200, 500), w=draw.uniform(0.3, 3, 500))
    told = metrics.distribution(rows, by="by", weight="w").frame
    for value in (0, 7, 10):
        mean = stats.linearised(rows["nps"] == value, weight=rows["w"], group=rows["by"] == "b",
                                cluster=rows["customer_id"])  # fmt: skip
        seen = told[told["value"] == value]
        np.testing.assert_allclose(seen["share"], mean.estimate, rtol=1e-12)
        np.testing.assert_allclose(seen["std_error"], mean.std_error, rtol=1e-12)
