"""What ratings say by themselves: means, intervals, and the two best points."""

import pandas as pd
import pytest

from cxlab import metrics, plots
from cxlab.codebook import Scale
from cxlab.results import Unanswerable
from tests import lattice


def test_ratings_lead_with_mean_interval_and_the_two_best_points():
    # means 4.5 and 2; of four answers to speed all lie in the two best points
    rows = pd.DataFrame({"speed": [5, 4, 5, 4] * 10, "price": [1, 2, 3, 2] * 10})
    scales = {"price": Scale(low=1, high=5), "speed": Scale(low=1, high=5)}
    found = metrics.ratings_overview(rows, ratings=scales)
    assert found.frame[["term", "estimate", "share", "n"]].to_numpy().tolist() == [
        ["speed", 4.5, 1.0, 40],
        ["price", 2.0, 0.0, 40],
    ]
    assert found.headline.startswith("Speed is rated best (4.50 of 5) and price worst (2.00).")


def test_a_rating_whose_low_end_is_good_is_turned_round():
    rows = pd.DataFrame({"effort": [1, 2, 1, 5], "speed": [3, 3, 3, 3]})
    scales = {"effort": Scale(low=1, high=5, better="low"), "speed": Scale(low=1, high=5)}
    found = metrics.ratings_overview(rows, ratings=scales).frame.set_index("term")
    assert found["rank"].to_dict() == {"effort": 1, "speed": 2}
    assert found.loc["effort", "share"] == 0.75


def test_of_the_best_and_the_worst_rating_it_is_told_that_others_may_be_it():
    rows = pd.DataFrame({"speed": [5, 4, 5, 4] * 30, "staff": [1, 2, 3, 2] * 30})
    rows["price"] = [1, 2, 2, 3] * 29 + [1, 1, 2, 3]
    rows["effort"] = [1, 2, 1, 2] * 30
    ends = dict.fromkeys(["speed", "staff", "price"], Scale(low=1, high=5))
    found = metrics.ratings_overview(rows, ratings=ends).headline
    assert found == "Speed is rated best (4.50 of 5) and price or another worst (1.99)."
    ends["effort"] = Scale(low=1, high=5, better="low")  # 1.50 is as good as 4.50
    found = metrics.ratings_overview(rows, ratings=ends).headline
    assert found.startswith("Speed or another is rated best (4.50 of 5)")


def test_ratings_on_unlike_scales_are_told_each_with_its_own():
    rows = pd.DataFrame({"speed": [60, 80, 70, 90] * 30, "price": [2, 2, 1, 2] * 30})
    scales = {"speed": Scale(low=0, high=100), "price": Scale(low=1, high=5)}
    found = metrics.ratings_overview(rows, ratings=scales).headline
    ends = "(75.0 of 100) and price lowest (1.75 of 5)"
    assert found == f"Speed lies highest on its scale {ends}; the scales differ."


def test_a_study_without_a_score_leads_with_its_ratings(tmp_path):
    kind = lattice.ORDINARY | dict.fromkeys(("customers", "orders", "contacts"), "none")
    path = lattice.write({**kind, "scores": "none"}, tmp_path)
    only = ["20_scores", "90_leadership"]
    scores, leads = lattice.pages(path, tmp_path / "out", only=only)
    assert (scores.state, leads.state) == ("done", "done")
    assert scores.headline.startswith("No rating stands apart: support is 2.95 of 5, the")
    assert leads.headline == scores.headline


def test_a_distribution_held_back_is_no_picture():
    found = metrics.distribution(pd.DataFrame({"nps": [9, 3, 10] * 3}), score="nps", smallest=10)
    with pytest.raises(Unanswerable, match="10 or more people"):
        plots.distribution(found)


def test_six_answers_of_one_customer_are_one_voice():
    who = [f"c{i}" for i in range(10)]
    once = pd.DataFrame({"customer_id": who, "speed": [1, 2, 3, 4, 5] * 2})
    scales = {"speed": Scale(low=1, high=5)}
    six = metrics.ratings_overview(pd.concat([once] * 6, ignore_index=True), ratings=scales)
    first, again = metrics.ratings_overview(once, ratings=scales).frame, six.frame
    assert again.loc[0, "std_error"] == pytest.approx(first.loc[0, "std_error"])
    assert again.loc[0, "n_effective"] < 11
    assert "answers of one customer taken together" in six.base
