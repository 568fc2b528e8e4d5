"""Questions around drivers: shape, place, what if, gaps, signs, and refusals."""

import json
import re
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

from cxlab import drivers, results, study
from cxlab.drivers.whatif import _raised
from cxlab.drivers.workings.design import prepare
from tests.conftest import ROOT, absent
from tests.test_drivers import FOUR, survey
from tests.test_drivers_golden import by_term, golden

TERMS = {"outcome": "nps", "drivers": FOUR}
CAUSAL = re.compile(
    r"\b(drives?|driven by|causes?|caused|impacts?|effect of|leads? to|because)\b", re.I
)


@pytest.fixture(scope="module")
def bank(shared_data):
    """The same bank customers with gaps, and without."""
    pytest.importorskip("pyreadstat", reason="SPSS files need pyreadstat")
    folder = shared_data / "bank_satisfaction_spss"
    if not folder.is_dir():
        absent("the bank data set")
    names = ("bank_tidied.sav", "satisfaction.sav")
    return [pd.read_spss(folder / name, convert_categoricals=False) for name in names]


BANK = ["Fees", "Interest", "Phone", "Branch", "Online", "ATM"]

# ---------------------------------------------------------------- penalty and reward


def test_penalty_and_reward_agree_with_lm(bank):
    given = golden("penalty_reward")["expected"]
    found = drivers.penalty_reward(
        bank[0].dropna(), outcome="Overall", drivers=BANK, cuts=(2, 5), n_boot=50
    ).frame
    sides = found.pivot(index="term", columns="part", values="estimate")
    p = found.pivot(index="term", columns="part", values="p_value")
    for side in ("penalty", "reward"):
        assert sides[side].to_dict() == pytest.approx(given[side], abs=1e-8)
        assert p[side].to_dict() == pytest.approx(given[f"p_{side}"], abs=1e-8)
    assert found["r2"].iloc[0] == pytest.approx(given["r2"], abs=1e-8)


def shaped(n=4000, seed=1) -> pd.DataFrame:
    """A must-have, a delighter, a straight line and nothing at all."""
    rng = np.random.default_rng(seed)
    raw = 0.7 * rng.normal(size=(n, 1)) + 0.7 * rng.normal(size=(n, 4))
    rows = pd.DataFrame(
        np.clip(np.round(3.3 + 1.1 * raw), 1, 5), columns=["must", "delight", "line", "none"]
    )
    score = 6.5 - 2 * (rows["must"] <= 2) + 1.5 * (rows["delight"] == 5) + 0.6 * (rows["line"] - 3)
    return rows.assign(nps=score + rng.normal(size=n))


def test_planted_shapes_are_named():
    terms = ["must", "delight", "line", "none"]
    found = drivers.penalty_reward(shaped(), outcome="nps", drivers=terms, n_boot=300).frame
    verdicts = found.drop_duplicates("term").set_index("term")["verdict"].to_dict()
    assert verdicts == {
        "must": "must-have",
        "delight": "delighter",
        "line": "linear",
        "none": "unclear",
    }


def test_turning_rating_and_score_over_makes_a_must_have_a_delighter():
    terms = ["must", "delight", "line", "none"]
    turned = (6 - shaped()[terms]).assign(nps=-shaped()["nps"])
    found = drivers.penalty_reward(
        turned, outcome="nps", drivers=terms, cuts=(1, 4), n_boot=200
    ).frame
    verdicts = found.drop_duplicates("term")["verdict"].tolist()
    assert verdicts == ["delighter", "must-have", "linear", "unclear"]


def test_few_answers_leave_the_shape_unclear():
    found = drivers.penalty_reward(shaped(80), outcome="nps", drivers=["line", "none"], n_boot=200)
    assert set(found.frame["verdict"]) == {"unclear"}
    assert "cannot be told: too few answers lie at one end of 2 of 2 ratings" in found.headline


def test_kano_agrees_with_berger():
    case = golden("kano")
    table = case["inputs"]["evaluation_table_rows_functional_cols_dysfunctional"]
    where = {table[i][j]: (i + 1, j + 1) for i in range(5) for j in range(5)}
    rows = [where[letter] for letter, k in case["inputs"]["counts"].items() for _ in range(k)]
    answers = pd.DataFrame(rows, columns=["there", "absent"])
    found = drivers.kano(answers, pairs={"tracking": ("there", "absent")}).frame.set_index("part")
    assert found.loc["better", "estimate"] == pytest.approx(case["expected"]["better"], abs=1e-9)
    assert found.loc["worse", "estimate"] == pytest.approx(case["expected"]["worse"], abs=1e-9)
    assert set(found["verdict"]) == {"must-have"}
    assert found.loc["must-have", "n"] == case["expected"]["total"]


# ---------------------------------------------------------------- the map and the gains


def test_quadrants_agree_with_martilla_and_james():
    case = golden("importance_performance")
    found = drivers.quadrants(case["inputs"]["importance"], case["inputs"]["performance"])
    assert found == case["expected"]["quadrants"]


def test_only_what_is_sure_is_placed():
    rows = survey(3000, slopes=(2.0, 0.6, 0.2, 0.2))
    rows["a"] = (rows["a"] - 1).clip(1)
    found = drivers.priorities(rows, **TERMS, n_boot=300).frame.set_index("term")
    assert found.loc["a", "verdict"] == "concentrate here"
    few = drivers.priorities(survey(60, slopes=(1, 1, 1, 1)), **TERMS, n_boot=300).frame
    assert (few["verdict"] == "cannot be placed").sum() >= 3


def test_performance_is_the_weighted_mean_of_the_ratings_given():
    rows = survey(200)
    rows.loc[:20, "b"] = np.nan
    found = drivers.priorities(rows, **TERMS, weight="weight", n_boot=20).frame.set_index("term")
    given = rows.dropna(subset="b")
    mean = np.average(given["b"], weights=given["weight"])
    assert found.loc["b", "performance"] == pytest.approx(mean, abs=1e-12)
    assert found.loc["b", "n"] == 179


def test_a_gain_is_slope_times_distance_to_the_best_group():
    rows = survey(600)
    slopes = drivers.fit(rows, **TERMS, points="nps").frame.set_index("term")["estimate"]
    found = drivers.gains(rows, **TERMS, by="region", n_boot=20).frame.set_index("term")
    for name in FOUR:
        best = rows.groupby("region")[name].mean()
        gain = slopes[name] * (best.max() - rows[name].mean())
        assert found.loc[name, "estimate"] == pytest.approx(gain, abs=1e-8)
        assert found.loc[name, "group"] == best.idxmax()
    assert found["share"].sum() == pytest.approx(1)


# ---------------------------------------------------------------- what if


def test_a_linear_move_is_slope_times_points():
    rows = survey(400)
    rows["nps"] = rows["nps"] + np.random.default_rng(0).normal(0, 0.1, 400)  # many values
    slope = by_term(drivers.fit(rows, **TERMS), "estimate")["a"]
    risen = (rows["a"] + 1).clip(upper=5) - rows["a"]
    found = drivers.simulate(rows, **TERMS, moves={"a": 1}).frame.iloc[0]
    assert found["estimate"] == pytest.approx(slope * risen.mean(), abs=1e-8)


def test_only_the_lowest_ratings_rise():

    rows = pd.DataFrame({"a": [1, 2, 2, 3, 4, 5, 5, 5, 5, 5.0], "nps": range(10)})
    design = prepare(rows, outcome="nps", drivers=["a"])
    step = _raised(design, rows[["a"]].to_numpy(), "a", 1, 0.2)
    # two of ten rise: the lowest, and one of two that share the next place, half a point each
    assert step.tolist() == [1, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0]


def test_what_if_covers_what_would_happen():
    hits, truth = 0, None
    whole = survey(60_000, seed=99)
    truth = drivers.simulate(whole, **TERMS, moves={"a": (1, 0.3)}).frame["estimate"][0]
    for seed in range(100):
        rows = whole.sample(400, random_state=seed)
        found = drivers.simulate(rows, **TERMS, moves={"a": (1, 0.3)}).frame.iloc[0]
        hits += found["conf_low"] <= truth <= found["conf_high"]
    assert 90 <= hits <= 99


LOW = {"outcome": "effort", "drivers": ["wait", "b", "c", "d"], "low_is_good": ["effort", "wait"]}


def mirrored(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = survey(n, slopes=(1, 0.6, 0.3, 0)).assign(region=(list("nsew") * n)[:n])
    turned = rows.assign(effort=10 - rows["nps"], wait=6 - rows["a"])
    return turned, rows.assign(effort=rows["nps"], wait=rows["a"])


def test_where_low_is_good_what_if_betters_what_is_bad():
    low, _ = mirrored(800)
    order = drivers.importance(low, **LOW, n_boot=20)
    assert not any("go with" in note for note in order.notes)
    words = {"outcome": "effort", "low_is_good": LOW["low_is_good"]}
    moves = drivers.moves(order, first=2, **words)
    assert moves == {"wait": (-1.0, 1.0), "b": (1.0, 1.0)}
    found = drivers.simulate(low, **LOW, moves=moves)
    assert found.headline.startswith("Lower wait by a point among everyone; raise b by a point")
    assert (found.frame["estimate"] < 0).all()


def test_a_what_if_ends_where_the_order_is_sure_and_moves_nothing_without_effect():
    table = pd.DataFrame({"term": list("abcdx"), "tie": ["a", "b", "bc", "c", "d"]})
    table = table.assign(direction=1, verdict=["own"] * 4 + ["none of its own"])
    order = results.Result("o", table, "s", "m", "b")
    assert list(drivers.moves(order, first=1)) == ["a"]
    assert list(drivers.moves(order, first=3)) == ["a"]
    open_ = results.Result("o", table.iloc[1:], "s", "m", "b")
    assert list(drivers.moves(open_, first=2)) == list("bcd")
    chance = drivers.importance(survey(400, slopes=(0, 0, 0, 0)), **TERMS, n_boot=20)
    assert "no detectable association" in chance.headline
    assert not any("truly first" in note or "adds nothing" in note for note in chance.notes)
    with pytest.raises(drivers.DriverError, match="none goes detectably with a better score"):
        drivers.simulate(survey(400), **TERMS, moves=drivers.moves(chance))


def test_of_many_ratings_without_effect_none_goes_the_wrong_way_by_chance():
    rng, wrong = np.random.default_rng(9), 0
    for _ in range(20):
        rows = pd.DataFrame(rng.integers(1, 6, (150, 9))).add_prefix("r")
        rows["nps"] = (rows["r0"] * 2 + rng.integers(-1, 2, 150)).clip(0, 10)
        found = drivers.importance(rows, outcome="nps", drivers=[*rows][:9], n_boot=0)
        wrong += (found.frame["verdict"] == "own").sum() - 1
    assert wrong <= 3  # about one in twenty runs, not four ratings in ten runs


def test_where_nothing_is_associated_no_other_way_names_a_first():
    noise = survey(300, slopes=(0, 0, 0, 0))
    assert (
        "no rating has a detectable association" in drivers.halo(noise, **TERMS, n_boot=20).headline
    )
    with pytest.raises(drivers.DriverError, match="no order to compare with"):
        drivers.nonlinear(noise, **TERMS)


def test_where_low_is_good_maps_and_shapes_are_those_of_the_mirror():
    low, high = mirrored(400)
    plain = {**LOW, "low_is_good": []}
    for ask in (drivers.priorities, drivers.penalty_reward):
        found, meant = ask(low, **LOW, n_boot=99), ask(high, **plain, n_boot=99)
        assert found.frame["verdict"].tolist() == meant.frame["verdict"].tolist()
    found = drivers.gains(low, **LOW, by="region", n_boot=50).frame
    meant = drivers.gains(high, **plain, by="region", n_boot=50).frame
    assert found["group"].tolist() == meant["group"].tolist()
    assert found["estimate"].tolist() == pytest.approx((-meant["estimate"]).tolist())
    assert found["conf_high"].tolist() == pytest.approx((-meant["conf_low"]).tolist())


def test_the_clause_is_always_there():
    found = drivers.simulate(survey(), **TERMS, moves={"a": (1, 0.3), "b": 2})
    assert set(found.frame["verdict"]) == {"assumed"}
    assert found.headline.endswith("if the association is causal.")
    assert re.match(r"Raise a by a point among the lowest 30%; b by 2 points among", found.headline)
    assert any("nobody was treated differently" in note for note in found.notes)


# ---------------------------------------------------------------- gaps


def test_listwise_deletion_moves_the_true_first_driver(bank):
    gapped, whole = bank
    true = drivers.importance(whole, outcome="Overall", drivers=BANK, n_boot=0).frame["term"]
    listwise = drivers.Survey(missing="listwise")
    lost = drivers.importance(gapped, outcome="Overall", drivers=BANK, weight=listwise, n_boot=0)
    kept = drivers.importance(gapped, outcome="Overall", drivers=BANK, n_boot=0)
    assert lost.frame["term"].tolist().index(true[0]) == 2
    assert kept.frame["term"][0] == true[0]
    assert lost.base.startswith("267 answers")
    said = drivers.gaps(gapped, outcome="Overall", drivers=BANK).headline
    assert f"leaving them out would move {true[0]} from place 1 to place 3" in said


def test_imputed_intervals_cover_where_gaps_depend_on_other_answers():
    true, hits = None, []
    true = by_term(drivers.fit(survey(40_000, seed=77), **TERMS), "estimate")
    for seed in range(40):
        rows = survey(400, seed=seed)
        chance = 1 / (1 + np.exp(-(rows["b"] - 3)))
        rows.loc[np.random.default_rng(seed).random(400) < 0.6 * chance, "a"] = np.nan
        found = drivers.fit(rows, **TERMS, seed=seed).frame.set_index("term")
        hits.append(found.loc["a", "conf_low"] <= true["a"] <= found.loc["a", "conf_high"])
    assert 0.87 <= np.mean(hits) <= 1


def test_few_gaps_are_left_out_and_counted():
    rows = survey(200)
    rows.loc[:4, "a"] = np.nan
    found = drivers.importance(rows, **TERMS, n_boot=0)
    assert found.base.startswith("195 answers with NPS and all 4 ratings, of 200 rows")
    assert any("2.5% of the answers lack a rating" in note for note in found.notes)


# ---------------------------------------------------------------- signs, segments, other ways


def test_a_turned_sign_is_named():
    rng = np.random.default_rng(1)
    good = rng.normal(size=2000)
    rows = pd.DataFrame({"good": good, "twin": good + 0.5 * rng.normal(size=2000)})
    rows["nps"] = 3 * rows["good"] - rows["twin"] + rng.normal(size=2000)
    found = drivers.conflicts(rows, outcome="nps", drivers=["good", "twin"])
    assert found.frame["verdict"].tolist()[1] == "sign turns"
    assert "twin turns sign among the others" in found.headline


def test_a_real_difference_between_segments_is_found_and_a_missing_one_is_not():
    rows = survey(1500)
    same = drivers.differs(rows, **TERMS, by="region")
    assert same.headline.startswith("No detectable difference by region")
    rows.loc[rows["region"] == "north", "nps"] += 1.5 * (rows["d"] - 3)
    found = drivers.differs(rows, **TERMS, by="region")
    assert "most clearly for d" in found.headline
    within = drivers.fit(rows[rows["region"] == "north"], **TERMS).frame.set_index("term")
    ours = found.frame.query("term == 'd' and group == 'north'")["estimate"].iloc[0]
    assert ours == pytest.approx(within.loc["d", "estimate"], abs=1e-10)


def test_segments_alike_are_called_different_as_often_as_stated():
    calls = 0
    for seed in range(60):
        rows = survey(300, seed=seed)
        calls += drivers.differs(rows, **TERMS, by="region").frame["p_value"].iloc[0] < 0.05
    assert calls <= 8


@pytest.mark.parametrize("word", [{"cluster": "region"}, {"level": 0.8}])
def test_a_word_beside_a_survey_that_says_another_thing_is_refused(word):
    rows = survey(60).assign(branch=range(60))
    told = drivers.Survey(cluster="branch", level=0.9)
    with pytest.raises(results.Misuse, match="Say it once"):
        drivers.fit(rows, **TERMS, weight=told, **word)


def test_trees_that_tell_nothing_give_no_order_to_compare_with():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(rng.integers(1, 6, (40, 3)), columns=list("abc"))
    rows["nps"] = rng.integers(0, 11, 40)
    with pytest.raises(drivers.DriverError, match="no order to compare with"):
        drivers.nonlinear(rows, outcome="nps", drivers=list("abc"))


def test_trees_agree_on_a_line_and_disagree_on_a_curve():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(rng.integers(1, 6, (1500, 3)), columns=["line", "curve", "none"])
    rows["nps"] = rows["line"] + rng.normal(size=1500)
    asked = {"outcome": "nps", "drivers": ["line", "curve", "none"]}
    assert set(drivers.nonlinear(rows, **asked).frame["verdict"]) == {"agrees"}
    rows["nps"] += 3 * (rows["curve"] - 3).abs()
    found = drivers.nonlinear(rows, **asked)
    assert set(found.frame["verdict"]) == {"disagrees"}
    assert found.frame["term"][0] == "curve"


def test_a_rating_that_only_echoes_the_mood_adds_nothing_beyond_it():
    rows = survey(4000, slopes=(1.5, 0.5, 0.5, 0.0))
    found = drivers.halo(rows, **TERMS, n_boot=50).frame.set_index("term")
    assert found.loc["d", "estimate"] < 0.02 < 0.05 < found.loc["b", "estimate"]
    assert drivers.importance(rows, **TERMS, n_boot=0).frame["estimate"].min() > 0.05


def test_checks_pass_where_all_is_well_and_fail_where_not():
    rng = np.random.default_rng(3)
    good = pd.DataFrame(rng.normal(size=(500, 3)), columns=["x", "y", "z"])
    good["nps"] = good.sum(axis=1) + rng.normal(size=500)
    asked = {"outcome": "nps", "drivers": ["x", "y", "z"]}
    assert set(drivers.checks(good, **asked).frame["verdict"]) == {"pass"}
    bad = good.assign(z=good["x"] + 0.05 * rng.normal(size=500))[:25]
    bad.loc[0, ["x", "z", "nps"]] = 40.0, 40.0, -900.0
    found = by_term(drivers.checks(bad, **asked), "verdict")
    assert found["answers for each column"] == found["single answers"] == "fail"
    assert found["ratings repeat each other"] == "fail"


# ---------------------------------------------------------------- refusals


def broken(what: str) -> tuple[pd.DataFrame, dict]:
    rows, more = survey(120), {}
    match what:
        case "constant":
            rows["b"] = 4
        case "twin":
            rows["b"] = rows["a"] * 2 + 1
        case "sum":
            rows["d"] = rows["a"] + rows["b"]
        case "few":
            rows = rows[:5]
        case "flat":
            rows["nps"] = 8
        case "infinite":
            rows.loc[3, "c"] = np.inf
        case "text":
            rows["c"] = rows["c"].astype(int).astype(str) + " - good"
        case "zeros":
            rows, more = rows.assign(weight=0.0), {"weight": "weight"}
        case "negative":
            rows.loc[7, "weight"], more = -1, {"weight": "weight"}
        case "empty":
            rows["b"] = np.nan
        case "absent":
            rows.loc[rows["region"] == "north", "b"] = np.nan
            more = {"controls": ["region"]}
        case "unknown":
            rows = rows.rename(columns={"b": "bb"})
        case "twice":
            more = {"controls": ["a"]}
    return rows, more


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("constant", "driver 'b' is 4 in all 120 answers used"),
        ("twin", "drivers 'a' and 'b' hold the same answers"),
        ("sum", "driver 'd' is an exact sum of a and b"),
        ("few", "5 answers cannot carry 4 drivers"),
        ("flat", "outcome 'nps' has the single value 8 in 120 answers"),
        ("infinite", r"driver 'c': 1 value infinite \(first rows \[3\]\)"),
        ("text", "driver 'c' holds text such as"),
        ("zeros", "weight 'weight': every weight is zero or missing"),
        ("negative", r"weight 'weight': 1 value below zero \(first rows \[7\]\)"),
        ("empty", "driver 'b' has no answer at all among 120 answers"),
        ("absent", "driver 'b' has no answer where region is 'north'"),
        ("unknown", "no column 'b' in the answers. Did you mean 'bb'"),
        ("twice", "'a' is named twice"),
    ],
)
@pytest.mark.parametrize("question", [drivers.importance, drivers.fit, drivers.penalty_reward])
def test_bad_input_is_named_with_what_to_do(question, what, said):
    rows, more = broken(what)
    with pytest.raises(drivers.DriverError, match=said) as refused:
        question(rows, **TERMS, **more)
    assert len(str(refused.value).split("\n")) == 2


def test_separation_names_the_driver():
    rows = survey(200).assign(stays=lambda r: (r["b"] >= 3).astype(int))
    with pytest.raises(drivers.DriverError, match="'b' separates the outcome"):
        drivers.fit(rows, outcome="stays", drivers=FOUR, model="logit")
    with pytest.raises(drivers.DriverError, match="'b' separates the outcome"):
        drivers.importance(rows, outcome="stays", drivers=FOUR, method="mcfadden")


def test_a_driver_absent_from_one_segment_is_refused_before_it_is_compared():
    rows = survey(300)
    rows.loc[rows["region"] == "north", "b"] = np.nan
    with pytest.raises(drivers.DriverError, match="'b' has no answer where region is 'north'"):
        drivers.differs(rows, **TERMS, by="region")


def test_an_unknown_method_is_answered_with_the_nearest():
    with pytest.raises(drivers.DriverError, match="Did you mean 'lmg'"):
        drivers.importance(survey(), **TERMS, method="lgm")


def test_names_are_inert(tmp_path):
    wild = ["__import__('os').mkdir('x')", "a b; c", "<b>bold</b>", "$x$ ~ 1 + `y`"]
    rows = survey(300).rename(columns=dict(zip(FOUR, wild, strict=True)))
    found = drivers.importance(rows, outcome="nps", drivers=wild, n_boot=20)
    assert sorted(found.frame["term"]) == sorted(wild)
    assert "<b>" not in found._repr_mimebundle_()["text/html"]
    drivers.fit(rows, outcome="nps", drivers=wild, model="ordinal")


# ---------------------------------------------------------------- words


def every_result(rows: pd.DataFrame):
    few = {"n_boot": 30}
    yield drivers.importance(rows, **TERMS, **few)
    yield drivers.importance(rows, outcome="nps", drivers={"g": ["a", "b"], "h": ["c"]}, **few)
    yield drivers.importance(rows, **TERMS, method="nagelkerke", **few)
    yield drivers.importance(rows, **TERMS, method="sampled", **few)
    yield drivers.relative_weights(rows, **TERMS, **few)
    yield drivers.pairs(rows, **TERMS, **few)
    yield drivers.dominance(rows, **TERMS)
    for model in ("linear", "ordinal"):
        yield drivers.fit(rows, **TERMS, model=model, points="nps")
    yield drivers.odds(rows, **TERMS)
    yield drivers.conflicts(rows, **TERMS)
    yield drivers.differs(rows, **TERMS, by="region")
    yield drivers.penalty_reward(rows, **TERMS, **few)
    yield drivers.priorities(rows, **TERMS, **few)
    yield drivers.gains(rows, **TERMS, by="region", **few)
    yield drivers.simulate(rows, **TERMS, moves={"a": (1, 0.3)})
    yield drivers.gaps(rows, **TERMS)
    yield drivers.checks(rows, **TERMS)
    yield drivers.halo(rows, **TERMS, **few)
    with suppress(drivers.DriverError):  # of noise, trees tell nothing
        yield drivers.nonlinear(rows, **TERMS)
    yield drivers.beside(rows, outcomes=["nps", "a"], drivers=["b", "c", "d"], **few)


@pytest.mark.parametrize("kind", ["clear", "noise", "gaps"])
def test_no_sentence_claims_a_cause(kind):
    rows = survey(500, slopes=(1.5, 0.7, 0.2, -0.3))
    if kind == "noise":
        rows["nps"] = np.random.default_rng(0).integers(0, 11, 500)
    if kind == "gaps":
        rows.loc[::4, "c"] = np.nan
    for found in every_result(rows):
        text = " ".join([found.headline, found.method, found.base, *found.notes])
        text += " ".join(found.frame.get("reason", pd.Series(dtype=str)).astype(str))
        assert not CAUSAL.search(text), f"{found.name}: {CAUSAL.search(text)}: {text}"
        assert str(len(rows)) in found.base
        assert re.match(r"[A-Za-z0-9]", found.headline)


def test_the_word_test_would_notice():
    for word in ("Support drives loyalty", "the impact of price", "this leads to churn"):
        assert CAUSAL.search(word)
    assert not CAUSAL.search("drivers go with the score, if the association is causal")


# ---------------------------------------------------------------- the sample and real data


@pytest.fixture(scope="module")
def sample_answers(sample):
    if not sample.is_file():
        absent("the sample study")
    return study.load(sample).responses


RATINGS = ["delivery", "website", "support", "product", "price", "communication"]


def test_the_planted_must_have_delighter_and_irrelevant_driver_are_found(sample_answers, sample):

    truth = json.loads((sample.parent / "truth.json").read_text())["effects"]
    by_customer = {"weight": drivers.Survey(cluster="customer_id")}
    asked = {"outcome": "nps", "drivers": RATINGS, **by_customer}
    shapes = drivers.penalty_reward(sample_answers, **asked, n_boot=300).frame
    shapes = shapes.drop_duplicates("term").set_index("term")["verdict"]
    assert shapes[truth["must_have"]] == "must-have"
    assert shapes[truth["delighter"]] == "delighter"
    order = drivers.importance(sample_answers, **asked, n_boot=100).frame
    assert order["term"].iloc[-1] == truth["irrelevant"]
    assert order["verdict"].iloc[-1] == "none of its own"


def test_shares_of_everybody_lie_within_the_intervals_of_those_who_answered(sample_answers, sample):

    everybody = json.loads((sample.parent / "truth.json").read_text())["effects"]["everybody"]
    found = drivers.importance(sample_answers, outcome="nps", drivers=RATINGS).frame
    found = found.set_index("term")
    true = pd.Series(everybody["lmg_share"]).reindex(found.index)
    # those who answer differ from everybody by design, so twice the interval's width is allowed
    width = found["conf_high"] - found["conf_low"]
    assert ((true - found["estimate"]).abs() < width).all()


@pytest.mark.parametrize("name", ["airline", "sfo"])
def test_real_studies_can_be_read(shared_data, name):

    opened = study.load(ROOT / "tests" / "studies" / f"{name}.yaml")
    rows = opened.responses
    terms = list(opened.mapping.tables["responses"].ratings)
    outcome = "nps" if name == "sfo" else "csat"
    weight = "weight" if name == "sfo" else None
    found = drivers.importance(rows, outcome=outcome, drivers=terms, weight=weight, n_boot=20)
    assert len(found.frame) == len(terms)
    assert found.frame["estimate"].sum() == pytest.approx(1)
    assert (found.frame["conf_low"] <= found.frame["estimate"]).mean() > 0.9


def test_sentences_name_ratings_as_a_person_would():
    rows = survey(400).rename(columns={"a": "first_call", "b": "call"})
    found = drivers.conflicts(rows, outcome="nps", drivers=["first_call", "call", "c", "d"])
    assert found.frame["term"].tolist()[0] == "first_call"
    fitted = drivers.fit(rows, outcome="nps", drivers=["first_call", "call"])
    assert "first call" in fitted.headline
    assert not any("first_call" in text for text in (fitted.headline, *found.notes, *fitted.notes))


def test_a_sentence_that_begins_with_a_rating_names_it_in_words():
    rows = survey(400).rename(columns={"a": "first_call_1", "b": "last_call"})
    asked = {"outcome": "nps", "drivers": ["first_call_1", "last_call"], "n_boot": 50}
    found = drivers.importance(rows, **asked).headline
    assert "_" not in found
    assert found[0].isupper()


def test_nothing_is_said_of_fewer_answers_than_may_be_shown():
    rows = survey(40)
    asked = {"outcome": "nps", "drivers": ["a", "b"]}
    assert drivers.used(drivers.screen(rows, **asked, smallest=40)) == ["a", "b"]
    with pytest.raises(drivers.DriverError, match=r"Only 40 answers.*fewer than 50 people"):
        drivers.screen(rows, **asked, smallest=50)
