"""What a page about leaving claims: no leak used, no list that does not pay, shares of everyone."""

import re
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cxlab import churn, results
from cxlab.export import leadership
from tests import lattice, small
from tests.churn_company import people, study


def table(n=1500, *, signal=1.0, leak=False, left=None, seed=0) -> SimpleNamespace:
    """A customer list with a mark of leaving, which goes with mood as strongly as said."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=n)
    gone = rng.random(n) < 1 / (1 + np.exp(1.5 - signal * mood))
    if left is not None:
        gone = np.arange(n) < left
    complains = rng.random(n) < np.where(gone, 0.97, 0.004)
    columns = {"customer_id": [f"C{i:04d}" for i in range(n)], "churned": gone, "mood": mood}
    columns |= {"fee": rng.gamma(4, 8, n), "complains": complains} if leak else {}
    return study(pd.DataFrame(columns))


def asked_and_answered(given, **words):
    case = churn.case(given, model="logistic", **words)
    judged = churn.evaluate(case.model, case.judge)
    pays = churn.calls(case, limit=100)
    return case, judged, churn.verdict(case, judged, pays)


@pytest.fixture(scope="module")
def leaky():
    return asked_and_answered(table(leak=True))


@pytest.fixture(scope="module")
def silent():
    """No fact goes with leaving."""
    return asked_and_answered(table(signal=0.0))


def test_a_leak_found_is_no_leak_used(leaky):
    case, judged, found = leaky
    assert case.left_out == ("complains",)
    assert "complains" not in case.model.feature_names_in_
    assert judged.frame.set_index("term").loc["AUC", "estimate"] < 0.85
    assert case.audit.headline.startswith("Red: complains knows of the leaving and has left the")
    assert found.headline.startswith("Without complains, which knows of the leaving, the top")


def test_of_very_many_a_model_learns_from_customers_drawn_by_lot_and_judges_all(monkeypatch):
    all_ = churn.asked(table())
    monkeypatch.setattr(sys.modules["cxlab.churn.workings.learning"], "MOST_TAUGHT", 300)
    few, again = churn.asked(table()), churn.asked(table())
    assert few.learn.customer.tolist() == again.learn.customer.tolist()
    assert 250 < len(few.learn) < 420
    assert set(few.learn.customer) < set(all_.learn.customer)
    assert few.judge.customer.tolist() == all_.judge.customer.tolist()
    assert f"Learned from {len(few.learn)} customers drawn by lot of 1,0" in few.left_aside
    assert "by lot" not in all_.left_aside


@pytest.mark.parametrize(("signal", "limit", "cost", "said"), [
    (0.0, 100, 0.02, "nobody can be picked out yet: leavers rank above stayers"),
    (1.0, 100, 0.9, "no calls detectably pay: the top tenth left"),
])  # fmt: skip
def test_whatever_the_verdict_the_column_that_left_the_model_is_named(signal, limit, cost, said):
    case = churn.case(table(signal=signal, leak=True), model="logistic")
    judged = churn.evaluate(case.model, case.judge)
    found = churn.verdict(case, judged, churn.calls(case, cost=cost, limit=limit))
    assert found.headline.startswith(f"Without complains, which knows of the leaving, {said}")
    assert len(found.headline.split()) <= 25


KNOWING = "Red: complains knows of the leaving and has left the model."


@pytest.mark.parametrize(("n", "columns", "first"), [
    (900, ["mood", "complains"], "Without complains, which knows of the leaving"),
    (900, ["complains"], "of the customers are marked as having left"),  # nothing else is known
    (110, ["mood", "complains"], "of the customers are marked as having left"),  # too few to judge
])  # fmt: skip
def test_leadership_is_told_which_column_knew_of_the_leaving(tmp_path, n, columns, first):
    rows = table(n, signal=0.0, leak=True).customers
    path = small.write(tmp_path, rows[["customer_id", "churned", *columns]].to_csv(index=False),
                       table="customers", attributes=columns,
                       columns={"customer_id": "customer_id", "churned": "churned"})  # fmt: skip
    made = lattice.pages(path, tmp_path / "out", only=["40_churn", "90_leadership"])
    page = made[-1]
    assert (page.notebook, page.state) == ("90_leadership", "done")
    assert first in page.headline
    assert KNOWING in (tmp_path / "out/90_leadership/everyone.html").read_text(encoding="utf-8")


def test_the_score_is_shown_with_and_without_the_leak(leaky):
    case, judged, _ = leaky
    rows = churn.with_and_without(case, judged).frame.set_index("term")
    assert rows.loc["with", "estimate"] > 0.95 > 0.85 > rows.loc["without", "estimate"]
    assert rows.loc["with", "verdict"] == "suspicious"


def test_a_leak_may_be_kept_by_hand_and_is_never_believed():
    case, judged, found = asked_and_answered(table(leak=True), keep="complains")
    assert "complains" in case.model.feature_names_in_
    assert "because 'keep' says so" in case.audit.headline
    assert judged.headline.startswith("Too good to be believed")
    assert found.frame["verdict"].tolist() == ["suspicious"]
    with pytest.raises(results.Misuse, match=r"'complain' is no column.*Did you mean 'complains'"):
        churn.asked(table(leak=True), keep="complain")


def test_all_that_rests_on_a_ranking_too_good_to_be_believed_is_suspicious():
    rng, given = np.random.default_rng(3), table(1200, signal=0.0)
    left = given.customers["churned"].to_numpy()
    for k in range(8):  # each alone is no leak
        given.customers[f"f{k}"] = left * 1.3 + rng.normal(size=1200)
    case, judged, found = asked_and_answered(given)
    assert case.left_out == ()
    told = [found, churn.beside(found, judged), churn.lift(case.model, case.judge),
            churn.calls(case, limit=100)]  # fmt: skip
    for each in told:
        words = {leadership.certainty(dict(row), each.unit) for _, row in each.frame.iterrows()}
        assert words == {"suspicious"}, each.headline


def test_a_copy_of_the_mark_leaves_and_stops_no_page():
    given = table()
    given.customers["gone"] = np.where(given.customers["churned"], "y", "n")
    case, judged, _ = asked_and_answered(given)
    assert case.left_out == ("gone",)
    assert churn.with_and_without(case, judged).frame["estimate"].max() > 0.999


def test_the_evidence_against_a_column_passes_the_rule_as_printed(leaky):
    case, _, _ = leaky
    row = case.audit.frame.set_index("column").loc["complains"]
    least, many, hardly = 95, 20, 2
    shown = [float(word) for word in re.findall(r"([\d.]+)%", row["reason"])]
    of = (
        [float(n) for n in re.findall(r"\((\d+) of (\d+)", row["reason"])[0]]
        if not shown[1:]
        else 0
    )
    assert (of and of[0] / of[1] >= least / 100) or (shown[0] >= many and shown[1] <= hardly)
    for word in (least, many, hardly):
        assert f"{word}%" in case.audit.method


def test_where_the_ranking_is_chance_no_list_is_offered(silent):
    case, _, found = silent
    assert found.headline.startswith("We cannot yet pick out who will leave: leavers rank above")
    assert found.frame["verdict"].tolist() == ["not yet"]
    with pytest.raises(churn.ChurnError, match=r"no list is offered\. We cannot yet pick out who"):
        churn.whom(case, found, key=b"k")


def test_chance_is_offered_as_a_list_in_few_seeds():
    asked = churn.asked(table(600, signal=0.0))
    offered = 0
    for seed in range(40):
        chance = np.random.default_rng(seed).random(len(asked.judge))
        judged = churn.evaluate(chance, asked.judge)
        pays = churn.profit(chance, asked.judge, value=1.0, cost=0.02, limit=100)
        offered += churn.verdict(asked, judged, pays).frame["verdict"].iloc[0] != "not yet"
    assert offered <= 3


def test_a_draw_by_lot_ranks_nobody(silent):
    case, _, found = silent
    drawn = churn.whom(case, found, key=b"k", contacts=30, by_lot=True)
    assert drawn.frame["role"].value_counts().to_dict() == {"call": 30, "hold out": 30}
    assert list(drawn.frame) == ["customer", "role"]
    assert "drawn by lot for an experiment" in drawn.headline


def test_nobody_below_the_usual_risk_is_called(leaky):
    case, _, found = leaky
    rows = churn.whom(case, found, key=b"k", contacts=1000).frame
    assert rows["expected"].min() > case.all.label.mean()
    assert len(rows) < 1000 / 0.9


def test_no_call_paying_is_the_verdict_though_the_ranking_is_good():
    case = churn.case(table(), model="logistic")
    judged = churn.evaluate(case.model, case.judge)
    dear = churn.calls(case, cost=0.9)
    said = churn.verdict(case, judged, dear)
    assert said.headline.startswith(
        "We cannot yet pick out who will leave: no calls detectably pay"
    )


def test_a_ranking_is_not_measured_by_a_handful_of_leavers(silent):
    case, _, _ = silent
    taken = case.judge.judged()
    left = taken.label.to_numpy() == 1
    few = taken.rows(~left | (left.cumsum() <= 5))
    judged = churn.evaluate(few.label.to_numpy(dtype=float), few)
    found = churn.verdict(replace(case, judge=few), judged, churn.calls(case, limit=100))
    assert re.match("We cannot yet pick out who will leave: only 5 of .* too few", found.headline)
    assert found.frame["estimate"].isna().all()
    assert judged.headline.startswith("Only 5 of ")
    assert churn.beside(found, judged) is found


def test_profit_that_rests_on_an_assumed_share_is_assumed(leaky):
    pays = churn.calls(leaky[0], limit=100)
    assert set(pays.frame["verdict"]) == {"assumed"}
    assert pays.headline.startswith("If calls keep as many as is assumed")


def test_the_share_leaving_is_of_everyone_with_the_judged_share_beside_it():
    said = churn.leaving(churn.asked(table(600, left=20)))
    assert said.headline.startswith("3.3% of the customers are marked as having left (2.2% to 5.1%")
    assert re.search(r"600 customers, of whom 20 left; a model can be judged on \d+ of", said.base)
    with pytest.raises(churn.ChurnError, match=r"to learn from leave.*Wait until more are marked"):
        churn.case(table(600, left=20))


def test_who_left_within_the_gap_has_left_too():
    customers = people()
    asked = churn.asked(study(customers), gap="30D", horizon="90D")
    day = asked.day
    there = customers[(customers.signed_up_at <= day) & ~(customers.churned_at <= day)]
    left = there.churned_at.between(day, day + pd.Timedelta("120D"), inclusive="right").sum()
    said = churn.leaving(asked)
    assert said.frame["events"].tolist() == [left]
    assert said.frame["n"].tolist() == [len(there)]
    assert "in the 120 days after 2 September 2025" in said.headline
    assert left > asked.judge.label.sum()  # those of the gap are not judged


def test_days_judged_are_not_called_customers():
    days = ["2025-03-31", "2025-06-30"]
    taken = churn.snapshot(study(people()), as_of=days)
    both, rows = taken.judged().customer.nunique(), len(taken.judged())
    assert taken.base().startswith(f"{both:,} customers judged on 2 days")
    assert f": {rows:,} judgements, of which" in taken.base()
    assert both < rows


@pytest.mark.parametrize("which", ["leaky", "silent"])
def test_what_a_leader_reads_is_short_and_has_few_numbers(which, request):
    case, judged, found = request.getfixturevalue(which)
    said = [found, churn.leaving(case), churn.beside(found, judged), churn.calls(case), judged]
    for line in (each.headline for each in said):
        assert len(line.split()) <= 25, line
        assert len(re.findall(r"\d[\d,.]*", line)) <= 3, line
        assert not re.search(r"AUC|lift|base rate|_", line), line
