"""Do weights reach their margins, at the price they name?"""

import json

import numpy as np
import pandas as pd
import pytest
import yaml

from cxlab import study, weighting
from cxlab.codebook import Scale
from cxlab.weighting import WeightingError
from tests import small
from tests.conftest import ROOT

CASE = json.loads((ROOT / "tests/golden/weighting_raking.json").read_text())["cases"][0]
EXPECTED, MARGINS = CASE["expected"], CASE["inputs"]["margins"]


@pytest.fixture(scope="module")
def schools() -> pd.DataFrame:
    """The sample, each school with the means of its cell: weighted means stay what they are."""
    cells = pd.DataFrame(CASE["inputs"]["cells"])
    return cells.loc[cells.index.repeat(cells["n"])].drop(columns="n").reset_index(drop=True)


def skewed(n: int = 4000, seed: int = 1) -> pd.DataFrame:
    """Answers in which the young are few and the north is much."""
    rng = np.random.default_rng(seed)
    age = rng.choice(["young", "old"], n, p=[0.2, 0.8])
    region = rng.choice(["north", "south"], n, p=[0.7, 0.3])
    return pd.DataFrame({"age": age, "region": region, "nps": rng.integers(0, 11, n)})


def test_raking_equals_the_survey_package(schools):
    done = weighting.rake(schools, margins=MARGINS, weight="pw", cap=None)
    weights, raked = done.frame["weight"], EXPECTED["raked"]
    assert weights.sum() == pytest.approx(raked["weight_sum"])
    assert weights.agg(["min", "max"]).tolist() == pytest.approx(
        [raked["weight_min"], raked["weight_max"]], abs=1e-6
    )
    for name, mean in raked["mean"].items():
        assert np.average(schools[name], weights=weights) == pytest.approx(mean, abs=1e-6)
    worth = done.diagnostics.frame["n_effective"].iloc[0]
    assert len(schools) / worth == pytest.approx(raked["deff_kish"], abs=1e-6)


def test_each_cell_has_the_weight_of_the_survey_package(schools):
    frame = weighting.rake(schools, margins=MARGINS, weight="pw", cap=None).frame
    got = frame.groupby(["stype", "sch.wide"])["weight"].first()
    for cell in EXPECTED["raked_weight_by_cell"]:
        assert got[cell["stype"], cell["sch.wide"]] == pytest.approx(cell["w"], abs=1e-6)


def test_cell_weights_equal_post_stratification(schools):
    population = pd.DataFrame(MARGINS["stype"].items(), columns=["stype", "n"])
    frame = weighting.cells(schools, population=population, weight="pw").frame
    for name, mean in EXPECTED["post_stratified_by_stype"]["mean"].items():
        assert np.average(frame[name], weights=frame["weight"]) == pytest.approx(mean, abs=1e-6)


def test_shares_give_weights_of_mean_one_that_reach_the_margins():
    margins = {"age": {"young": 0.5, "old": 0.5}, "region": {"north": 0.5, "south": 0.5}}
    done = weighting.rake(skewed(), margins=margins)
    assert done.frame["weight"].mean() == pytest.approx(1)
    rows = done.diagnostics.frame.iloc[1:]
    assert np.allclose(rows["after"], rows["expected"], atol=1e-9)
    for name in margins:
        shares = done.frame.groupby(name)["weight"].sum() / len(done.frame)
        assert shares.to_dict() == pytest.approx(margins[name])


def test_shares_percentages_and_row_order_give_the_same_weights():
    answers = skewed(500)
    share = weighting.rake(answers, margins={"age": {"young": 0.4, "old": 0.6}}).frame["weight"]
    hundred = weighting.rake(answers, margins={"age": {"young": 40, "old": 60}}).frame["weight"]
    mixed = weighting.rake(answers.iloc[::-1], margins={"age": {"young": 0.4, "old": 0.6}})
    assert np.allclose(share, hundred)
    assert np.allclose(share, mixed.frame["weight"].iloc[::-1])


def test_a_binding_cap_holds_and_says_which_margin_it_misses():
    answers = pd.DataFrame({"age": ["young"] * 2 + ["old"] * 98})
    done = weighting.rake(answers, margins={"age": {"young": 0.5, "old": 0.5}}, cap=5)
    assert done.frame["weight"].max() <= 5
    assert done.frame["weight"].min() >= 1 / 5
    assert "margins are missed: age 'young'" in " ".join(done.diagnostics.notes)


def test_an_answer_without_a_value_keeps_its_share():
    answers = pd.DataFrame({"age": ["young"] * 2 + ["old"] * 6 + [None] * 2})
    done = weighting.rake(answers, margins={"age": {"young": 0.5, "old": 0.5}})
    assert done.frame["weight"].tolist()[-2:] == pytest.approx([1, 1])
    assert "2 answers without age" in " ".join(done.diagnostics.notes)


@pytest.mark.parametrize(
    ("margins", "says"),
    [
        ({"age": {"young": 0.5, "old": 0.3, "other": 0.2}}, "nobody answered for 'other'"),
        ({"age": {"young": 1.0}}, "answers with 'old', which has no share"),
        ({"aeg": {"young": 1.0}}, r"no column 'aeg'. Did you mean 'age'\?"),
        ({"age": {"young": 0.5, "old": 0.7}}, "add up to 1.200"),
        ({"age": {"young": 0, "old": 1}}, "'young' must have a share above 0"),
        (
            {"age": {"young": 50, "old": 70}, "region": {"north": 90, "south": 90}},
            "do not agree on the size",
        ),
        ({}, "no margin"),
    ],
)
def test_margins_that_cannot_be_reached_are_refused(margins, says):
    with pytest.raises(WeightingError, match=says):
        weighting.rake(skewed(200), margins=margins)


def test_effective_size_by_hand():
    assert weighting.effective_size(np.array([1, 1, 2])) == pytest.approx(16 / 6)
    assert weighting.effective_size(np.ones(7)) == 7


def test_weights_of_the_study_file_reach_the_population(sample):
    opened = study.load(sample)
    margin = opened.mapping.population["region"]
    weights = opened.responses.groupby("region")["weight"].sum() / opened.responses["weight"].sum()
    assert weights.to_dict() == pytest.approx(margin, abs=1e-6)
    assert opened.weight == "weight"
    assert any("Effective sample size" in note for note in opened.notes["responses"])


def test_a_population_of_an_unknown_column_is_refused(tmp_path):
    said = {"columns": {"nps": "Q1"}, "segments": ["region"]}
    whole = {"population": {"regoin": {"a": 0.5, "b": 0.5}}}
    with pytest.raises(ValueError, match=r"no column 'regoin'. Did you mean 'region'"):
        small.load(tmp_path, "Q1,region\n9,a\n8,b\n", whole=whole, **said)


def test_propensity_weights_undo_a_known_bias():
    rng = np.random.default_rng(5)
    n = 20_000
    asked = pd.DataFrame({"customer_id": np.arange(n).astype(str), "age": rng.normal(50, 10, n)})
    chance = 1 / (1 + np.exp(-(asked["age"] - 60) / 10))
    answers = asked[rng.random(n) < chance]
    done = weighting.propensity(answers[["customer_id"]], asked, using=["age"])
    weighted = np.average(answers["age"], weights=done.frame["weight"])
    assert answers["age"].mean() - asked["age"].mean() > 3
    assert abs(weighted - asked["age"].mean()) < 0.5


def test_balance_by_hand():
    # 3 of 4 answers are north, half of the population: (0.75 - 0.5) / 0.5
    answers = pd.DataFrame({"region": ["n", "n", "n", "s"], "weight": [1 / 3] * 3 + [1.0]})
    people = pd.DataFrame({"region": ["n", "s"]})
    frame = weighting.balance(answers, people, by=["region"], weight="weight").frame
    # of two values, the second says it all
    assert frame["group"].tolist() == ["s"]
    assert frame["before"].tolist() == pytest.approx([-0.5])
    assert frame["after"].tolist() == pytest.approx([0])


def test_response_rates_count_people_once():
    asked = pd.DataFrame({"customer_id": list("abcd"), "region": list("nnss")})
    answers = pd.DataFrame({"customer_id": ["a", "a", "c", "stranger"]})
    frame = weighting.response_rates(answers, asked, by="region").frame
    assert frame["estimate"].tolist() == [0.5, 0.5, 0.5]
    assert frame["events"].tolist() == [2, 1, 1]


def test_the_tipping_point_by_hand():
    # 100 of 400 answered with NPS 50: 0.25 * 50 + 0.75 * x = 0 gives x = -16.67
    answers = pd.DataFrame({"nps": [10] * 60 + [8] * 30 + [0] * 10})
    frame = weighting.tipping_point(answers, asked=400).frame
    assert frame["estimate"].tolist() == pytest.approx([50, -50 / 3])


def test_the_last_answer_is_that_of_the_latest_day_in_whatever_order_rows_come():
    days = pd.to_datetime(["2025-03-01", "2025-01-01", "2025-02-01"])
    answers = pd.DataFrame({"id": ["a", "a", "b"], "nps": [10, 0, 10], "answered_at": days})
    assert weighting.tipping_point(answers, asked=4, person="id").frame["estimate"][0] == 100


def test_the_tipping_point_takes_the_last_answer_of_each_person_known():
    answers = pd.DataFrame(
        {"id": ["a", "a", "b", None, None], "nps": [0, 10, 10, 0, 0], "w": [9.0, 1, 3, 9, 9]}
    )
    done = weighting.tipping_point(answers, asked=4, person="id", weight="w")
    assert done.frame["n"].tolist() == [2, 2]
    assert done.frame["estimate"].tolist() == [100, -100]
    assert "the last answer of each, weighted" in done.base


def test_a_line_that_cannot_be_reached_is_said_so():
    answers = pd.DataFrame({"csat": [5.0] * 90})
    done = weighting.tipping_point(
        answers, asked=100, score="csat", line=4.0, scale=Scale.model_validate("1..5")
    )
    assert done.headline == "Whatever the silent 10% think, the score of all asked stays above 4.0."
    assert np.isnan(done.frame["estimate"].iloc[1])


# ---------------------------------------------------------------- asked for in the study file


def _opened(folder, **weights) -> study.Study:
    """Open a study in which 6 of 8 in the north and 2 of 8 in the south have answered."""
    people = [(f"c{k}", "north" if k < 8 else "south", 30 + 5 * (k % 4)) for k in range(16)]
    rows = "".join(f"{who},{region},{age}\n" for who, region, age in people)
    (folder / "crm.csv").write_text("id,region,age\n" + rows)
    answered = [f"c{k},{9 if k < 8 else 3}\n" for k in (0, 1, 2, 3, 4, 5, 8, 9)]
    (folder / "survey.csv").write_text("id,Q1\n" + "".join(answered))
    crm = {"files": "crm.csv", "columns": {"customer_id": "id"}, "segments": ["region"]}
    tables = {"customers": {**crm, "attributes": ["age"]}, "responses": {"files": "survey.csv"}}
    tables["responses"]["columns"] = {"customer_id": "id", "nps": "Q1"}
    said = {"study": "Weighted", "as_of": "2025-12-31", "tables": tables, **weights}
    (folder / "study.yaml").write_text(yaml.safe_dump(said))
    return study.load(folder / "study.yaml", cache=False)


@pytest.mark.parametrize("method", ["rake", "cells", "propensity"])
def test_a_study_file_weights_to_the_customer_list(tmp_path, method):
    # half of the customers live in each region, so each half of the weight belongs to one
    opened = _opened(tmp_path, weighting={"method": method, "using": ["region"]})
    sums = opened.responses.groupby("region")["weight"].sum() / opened.responses["weight"].sum()
    assert sums.to_dict() == pytest.approx({"north": 0.5, "south": 0.5}, abs=1e-3)


def test_a_cap_of_the_study_file_bounds_the_weights(tmp_path):
    opened = _opened(tmp_path, weighting={"using": ["region"], "cap": 1.2})
    assert opened.responses["weight"].max() <= 1.2 + 1e-9
    assert "margins are missed" in opened.weights.notes[-1]


def test_propensity_may_use_what_only_the_customer_list_knows(tmp_path):
    opened = _opened(tmp_path, weighting={"method": "propensity", "using": ["age"]})
    assert opened.weights.name == "propensity weights"
    assert opened.responses["weight"].mean() == pytest.approx(1)


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({"weighting": {"method": "cells"}}, "cells needs 'using', columns of the customer list."),
        ({"weighting": {"cap": 3}}, "rake needs 'using', .*, or shares under 'population'."),
        ({"weighting": {"method": "rakes"}}, "weighting.method"),
        ({"weighting": {"usign": ["region"]}}, "'weighting.usign'. Did you mean 'using'"),
        ({"weighting": {"using": ["regoin"]}}, "no column 'regoin'. Did you mean 'region'"),
        ({"weighting": {"using": ["region"]}, "population": {"region": {"north": 1}}},
         "keep the one the answers should stand for"),
    ],
)  # fmt: skip
def test_weights_that_cannot_be_made_are_refused(tmp_path, weights, says):
    with pytest.raises(ValueError, match=says):
        _opened(tmp_path, **weights)


# ---------------------------------------------------------------- calibrated weights


def _raked_schools(reference) -> pd.DataFrame:
    rows = pd.read_csv(reference / CASE["data"].removeprefix("shared/reference/"))
    return weighting.rake(rows, margins=MARGINS, weight="pw", cap=None).frame


def test_calibrated_errors_equal_the_survey_package(reference):
    raked, margins = _raked_schools(reference), list(MARGINS)
    drawn = weighting.Drawn(base="pw", cluster="dnum", population="fpc")
    for score, error in EXPECTED["raked"]["se"].items():
        done = weighting.calibrated_mean(raked, score=score, margins=margins, drawn=drawn)
        assert done.frame["std_error"].iloc[0] == pytest.approx(error, rel=1e-9)
        assert done.frame["df"].iloc[0] == 14
    done = weighting.calibrated_total(raked, score="enroll", margins=margins, drawn=drawn)
    assert done.frame["estimate"].iloc[0] == pytest.approx(EXPECTED["raked"]["total_enroll"])
    assert done.frame["std_error"].iloc[0] == pytest.approx(EXPECTED["raked"]["se_total_enroll"])


def test_strata_and_a_finite_population_by_hand():
    rows = pd.DataFrame({"h": list("aaabbb"), "y": [1, 2, 6, 10, 11, 15], "all": 1})
    rows = rows.assign(weight=[10.0] * 3 + [4.0] * 3, there=[30] * 3 + [12] * 3)
    drawn = weighting.Drawn(base="weight", strata="h", population="there")
    done = weighting.calibrated_total(rows, score="y", margins=["all"], drawn=drawn)
    left = rows["y"] - np.average(rows["y"], weights=rows["weight"])
    variance = (left * rows["weight"]).groupby(rows["h"]).var()
    by_hand = np.sqrt((variance * 3 * (1 - 3 / pd.Series({"a": 30, "b": 12}))).sum())
    assert done.frame["std_error"].iloc[0] == pytest.approx(by_hand)
    assert done.frame["df"].iloc[0] == 4


def test_the_calibrated_error_is_how_much_raked_means_scatter():
    rng, means, errors = np.random.default_rng(3), [], []
    for _ in range(300):
        rows = pd.DataFrame({"plan": rng.choice(["basic", "plus"], 200)})
        rows["y"] = (rows["plan"] == "plus") * 5 + rng.normal(size=200)
        raked = weighting.rake(rows, margins={"plan": {"basic": 0.3, "plus": 0.7}}).frame
        row = weighting.calibrated_mean(raked, score="y", margins=["plan"]).frame.iloc[0]
        means.append(row["estimate"])
        errors.append(row["std_error"])
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.12)


@pytest.mark.parametrize(
    ("drawn", "says"),
    [
        ({"strata": "lone"}, "stratum 'x'.*Join"),
        ({"population": 3}, "no fewer than were drawn"),
        ({"cluster": "gone"}, "no column 'gone'"),
        ({"cluster": "blank"}, "1 answer without 'blank'"),
    ],
)
def test_a_design_that_cannot_be_is_refused(drawn, says):
    rows = pd.DataFrame({"y": [1, 2, 3, 4], "m": list("aabb"), "weight": 1.0})
    rows = rows.assign(lone=list("xyyy"), blank=["p", "q", "r", None])
    with pytest.raises(WeightingError, match=says):
        weighting.calibrated_mean(rows, score="y", margins=["m"], drawn=weighting.Drawn(**drawn))


def test_a_total_with_gaps_is_refused_and_a_mean_counts_them():
    rows = pd.DataFrame({"y": [1, None, 3, 4], "m": list("aabb"), "weight": 1.0})
    with pytest.raises(WeightingError, match="1 answer without a number"):
        weighting.calibrated_total(rows, score="y", margins=["m"])
    done = weighting.calibrated_mean(rows, score="y", margins=["m"])
    assert done.notes
    assert done.frame["n"].iloc[0] == 3
