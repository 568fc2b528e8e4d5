"""Contributions are exact, reasons say when they do not come back, lists are inert."""

import csv
from itertools import combinations
from math import factorial

import numpy as np
import openpyxl
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from cxlab import churn, results
from cxlab.churn.reasons import tree_contributions
from tests.churn_company import taken

CAUSAL = ("drives", "causes", "because of", "leads to", "impact")


def trees(n=600, features=4, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features))
    x[rng.random(x.shape) < 0.15] = np.nan
    logit = np.nan_to_num(x[:, 0]) * np.nan_to_num(x[:, 1]) + np.isnan(x[:, 2])
    y = rng.random(n) < 1 / (1 + np.exp(-logit))
    learner = HistGradientBoostingClassifier(max_iter=15, max_leaf_nodes=8, min_samples_leaf=10)
    return learner.fit(x, y), x


def shapley(learner, row, background):
    """The definition: each feature joins every coalition of the others."""
    m = len(row)

    def worth(inside):
        mixed = background.copy()
        mixed[:, list(inside)] = row[list(inside)]
        return learner.decision_function(mixed).mean()

    values = np.zeros(m)
    for one in range(m):
        rest = [f for f in range(m) if f != one]
        for size in range(m):
            share = factorial(size) * factorial(m - size - 1) / factorial(m)
            for group in combinations(rest, size):
                values[one] += share * (worth({*group, one}) - worth(group))
    return values


def test_tree_contributions_are_the_shapley_values_by_definition():
    learner, x = trees()
    background, rows = x[:25], x[100:106]
    expected = np.array([shapley(learner, row, background) for row in rows])
    np.testing.assert_allclose(tree_contributions(learner, rows, background), expected, atol=1e-10)


@pytest.mark.parametrize("model", ["logistic", "boosting"])
def test_contributions_add_up_to_the_log_odds(model):
    train, test = taken(), taken(day="2025-08-31")
    fitted = churn.fit(train, model=model)
    parts = churn.contributions(fitted, test)
    assert set(parts.columns) - {"base"} <= set(test.features.columns)
    np.testing.assert_allclose(
        parts.sum(axis=1), fitted.decision_function(test.features), atol=1e-9
    )


def test_what_was_planted_goes_with_leaving_and_noise_does_not():
    train = taken(attributes=("mood", "colour"), day=["2024-12-31", "2025-03-31"])
    found = churn.associations(churn.fit(train, model="logistic"), train).frame
    assert set(found["column"].head(3)) >= {"mood", "contract"}
    mood = found.set_index("column").loc["mood"]
    assert (mood["direction"], mood["verdict"]) == ("lower, likelier", "stable")


def test_reasons_are_sentences_without_causes():
    train, test = taken(), taken(day="2025-08-31")
    found = churn.reasons(churn.fit(train, model="logistic"), test.rows(np.arange(40)), top=2)
    assert len(found.frame) == 80
    words = [found.headline, found.method, *found.notes, *found.frame["reason"]]
    assert not any(verb in text for verb in CAUSAL for text in words)
    assert set(found.frame["verdict"]) <= {"stable", "unstable"}


def test_reasons_from_noise_are_marked_unstable():
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(rng.normal(size=(400, 20))).add_prefix("x")
    found = churn.from_table(noise.assign(left=rng.random(400) < 0.3), label="left")
    first = churn.reasons(churn.fit(found, model="boosting"), found, top=1).frame
    planted = churn.from_table(
        noise.assign(left=rng.random(400) < 1 / (1 + np.exp(-3 * noise["x0"]))), label="left"
    )
    steady = churn.reasons(churn.fit(planted, model="boosting"), planted, top=1).frame
    assert (first["verdict"] == "stable").mean() < 0.5
    of_x0 = steady[(steady["term"] == "x0") & (steady["estimate"] > 0.5)]
    assert (of_x0["verdict"] == "stable").mean() > 0.9


def test_of_a_ranking_no_better_than_chance_nothing_goes_with_leaving():
    rng = np.random.default_rng(5)
    noise = pd.DataFrame(rng.normal(size=(300, 3))).add_prefix("x")
    found = churn.from_table(noise.assign(left=rng.random(300) < 0.3), label="left")
    told = churn.associations(churn.fit(found), found)
    assert "cannot be told: the ranking is no better than chance" in told.headline


def listed(**options):
    model = churn.fit(taken(), model="logistic")
    return churn.targets(model, taken(day="2025-08-31"), **{"key": b"of a test", **options})


def test_the_list_is_ranked_capped_and_holds_some_out_at_random():
    found = listed(contacts=90, hold_out=0.1).frame
    assert found["role"].value_counts().to_dict() == {"call": 90, "hold out": 10}
    assert found["estimate"].is_monotonic_decreasing
    assert found["rank"].tolist() == list(range(1, 101))
    places = [
        listed(contacts=9, hold_out=0.5, seed=s).frame["role"].eq("hold out") for s in range(30)
    ]
    # every place is held out about half of the time
    assert np.abs(np.mean(places, axis=0) - 0.5).max() < 3.5 * np.sqrt(0.25 / 30)


def test_a_list_has_pseudonyms_unless_asked():
    hidden, real = listed(contacts=20).frame, listed(contacts=20, key=None).frame
    assert hidden["customer"].str.fullmatch(r"P[0-9a-f]{12}").all()
    assert hidden["customer"].nunique() == real["customer"].nunique()
    pd.testing.assert_frame_equal(hidden.drop(columns="customer"), real.drop(columns="customer"))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_list_is_written_as_inert_text(tmp_path, suffix):
    found = listed(contacts=5, hold_out=0.0)
    found.frame["reason"] = ["=1+1", "+cmd", "@x", "-2", "plain"]
    path = churn.save(found, tmp_path / f"list{suffix}")
    if suffix == ".csv":
        with path.open(encoding="utf-8-sig") as file:
            assert [row["reason"] for row in csv.DictReader(file)][:2] == ["'=1+1", "'+cmd"]
        return
    column = list(openpyxl.load_workbook(path).active.columns)[6][1:]
    assert [cell.data_type for cell in column] == ["s"] * 5
    assert [cell.value for cell in column] == found.frame["reason"].tolist()


def test_profit_by_hand():
    # ten customers, the first, second and fifth of the ranking leave
    left = [1, 1, 0, 0, 1, 0, 0, 0, 0, 0] * 4
    score = np.tile(np.linspace(1, 0.1, 10), 4)
    found = churn.from_table(pd.DataFrame({"left": left, "x": 1.0}), label="left")
    table = churn.profit(score, found, value=100, cost=10, saved=0.5).frame.set_index("n")
    # 8 calls reach 8 leavers: 8 × (50 − 10); 40 calls reach all 12: 12 × 50 − 40 × 10
    assert table.loc[8, "estimate"] == 320
    assert table.loc[40, "estimate"] == 200
    assert table.loc[0, "estimate"] == 0


def test_it_is_told_at_what_a_customer_counts():
    rows = pd.DataFrame({"left": [1, 0] * 20, "x": 1.0, "monthly_fee": 9.0})
    found = churn.from_table(rows, label="left")
    for value, said in (("monthly_fee", "at one monthly fee"), (9.0, "each counts alike")):
        notes = churn.profit(np.linspace(1, 0, 40), found, value=value, cost=1).notes
        assert any(said in note for note in notes), notes


def test_where_calls_pay_for_nearly_everyone_no_amount_is_named():
    found = churn.from_table(pd.DataFrame({"left": [1] * 98 + [0] * 2, "x": 1.0}), label="left")
    said = churn.profit(np.linspace(1, 0, 100), found, value=100, cost=1, saved=0.5).headline
    assert "pays to call nearly everyone" in said
    assert not any(map(str.isdigit, said))


def test_no_call_pays_when_the_ranking_is_chance_and_calls_are_dear():
    rng = np.random.default_rng(0)
    found = churn.from_table(pd.DataFrame({"left": rng.random(500) < 0.1, "x": 1.0}), label="left")
    told = churn.profit(rng.random(500), found, value=100, cost=20, saved=0.3).headline
    assert told == "At this value and cost no number of calls detectably pays."


@pytest.mark.parametrize(("signal", "said"), [
    (0.0, "those down the ranking bring detectably no more than as many drawn by lot"),
    (0.6, "they bring at most"),
])  # fmt: skip
def test_an_amount_is_told_only_of_a_ranking_that_brings_more_than_a_draw_by_lot(signal, said):
    rng = np.random.default_rng(4)
    left = rng.random(800) < 0.3
    found = churn.from_table(pd.DataFrame({"left": left, "x": 1.0}), label="left")
    score = rng.random(800) + signal * left
    told = churn.profit(score, found, value=100, cost=8, saved=0.4, limit=600).headline
    assert said in told, told


def test_few_rankings_of_chance_are_said_to_bring_more_than_a_draw_by_lot():
    rng = np.random.default_rng(7)
    found = churn.from_table(pd.DataFrame({"left": rng.random(300) < 0.4, "x": 1.0}), label="left")
    told = [churn.profit(np.random.default_rng(seed).random(300), found, value=1, cost=0.02,
                         limit=100).headline for seed in range(60)]  # fmt: skip
    assert sum("bring detectably no more" in said for said in told) >= 50


def test_the_limit_caps_the_calls():
    found = churn.from_table(pd.DataFrame({"left": [1, 0] * 50, "x": 1.0}), label="left")
    table = churn.profit(np.linspace(0, 1, 100), found, value=50, cost=1, limit=30).frame
    assert table["n"].max() == 30


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"value": "worth"}, "'worth' is neither a number nor a column"),
        ({"contacts": 0}, "contacts is 1 or more"),
        ({"hold_out": 1.0}, "hold_out from 0 up to 1"),
    ],
)
def test_lists_that_make_no_sense_are_refused(options, message):
    wanted = churn.ChurnError if "value" in options else results.Misuse
    with pytest.raises(wanted, match=message):
        listed(**options)


@pytest.mark.parametrize(("options", "message"), [
    ({"cost": -3}, "cannot cost -3"), ({"saved": 1.7}, "keep 1.7 of the leavers"),
    ({"limit": 0}, "0 calls are none"), ({"limit": -5}, "-5 calls are none"),
])  # fmt: skip
def test_calls_in_words_that_are_none_stop_the_page(options, message):
    found = churn.from_table(pd.DataFrame({"left": [1, 0] * 50, "x": 1.0}), label="left")
    with pytest.raises(results.Misuse, match=message):
        churn.profit(np.linspace(0, 1, 100), found, value=50, **{"cost": 1, **options})
