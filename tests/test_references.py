"""What other programs offer, each number as its source has it."""

import numpy as np
import pandas as pd
import pytest

from cxlab import churn, drivers, metrics, stats, weighting
from tests.test_drivers_golden import golden
from tests.test_units import people, tried


def test_fisher_agrees_with_the_lady_tasting_tea():
    # Agresti (2007), An Introduction to Categorical Data Analysis, p. 46; R's fisher.test
    assert stats.fisher([[3, 1], [1, 3]]).p_value == pytest.approx(0.4857, abs=5e-5)


def test_mann_whitney_agrees_with_hollander_and_wolfe():
    # permeability of the placenta, Hollander and Wolfe (1973), p. 69; R's wilcox.test: W = 35
    term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]
    found = stats.mann_whitney(term, early)
    assert (found.statistic, found.p_value / 2) == pytest.approx((35, 0.1272), abs=5e-5)


def test_two_groups_are_compared_by_both_tests():
    rows = people().assign(group=lambda d: d["region"])
    found = metrics.two_groups(rows, by="group").frame.set_index("term")
    north, south = (rows.loc[rows["group"] == g, "nps"] for g in ("north", "south"))
    above = (north.to_numpy()[:, None] > south.to_numpy()).mean()
    tied = (north.to_numpy()[:, None] == south.to_numpy()).mean()
    assert found.loc["level", "estimate"] == pytest.approx(above + tied / 2, rel=1e-12)
    with pytest.raises(metrics.MetricsError, match="takes two"):
        metrics.two_groups(rows, by="customer_id")


def test_answers_needed_by_t_agree_with_power_t_test():
    # R's help page of power.t.test: power 0.90, delta 1, sd 1 give n = 22.02110
    assert stats.n_for_change_by_t(1, change=1, power=0.9) == pytest.approx(22.02110, abs=5e-6)
    rows = metrics.sample_size(promoters=0.5, detractors=0.2, change=20).frame.set_index("term")
    assert 0.9 < rows.loc["change, by t", "n"] - rows.loc["change", "n"] < 1.1


def test_alpha_has_a_word_when_it_is_low_and_a_number_on_pairwise_rows():
    rng = np.random.default_rng(4)
    items = pd.DataFrame(rng.integers(1, 6, (200, 4)), columns=list("abcd")).astype(float)
    items.loc[:30, "a"] = np.nan
    found = metrics.reliability(items, items=list("abcd"), n_boot=20)
    assert found.headline.endswith("too low to be read as one scale.")
    cov = items.cov().to_numpy()
    pairwise = 4 / 3 * (1 - np.trace(cov) / cov.sum())
    assert found.frame.set_index("term").loc["alpha, pairwise rows", "estimate"] == pairwise


def test_dominance_from_correlations_is_that_of_the_rows():
    rows = people()
    asked = {"outcome": "nps", "drivers": ["a", "b", "c"]}
    ours = drivers.dominance_of(rows[["a", "b", "c", "nps"]].corr(), **asked).frame
    theirs = drivers.dominance(rows, **asked).frame
    pd.testing.assert_frame_equal(ours, theirs)
    with pytest.raises(drivers.DriverError, match="no 'price'"):
        drivers.dominance_of(rows[["a", "nps"]].corr(), outcome="nps", drivers=["price"])


def test_conditional_dominance_of_a_logit_averages_to_the_general_one():
    rows = people()
    found = drivers.dominance(
        rows, outcome="again", drivers=["a", "b", "c"], method="mcfadden"
    ).frame
    own = found[found["against"].isna()].pivot(index="term", columns="part", values="estimate")
    sizes = own[["model of 1", "model of 2", "model of 3"]].mean(axis=1)
    assert sizes.to_numpy() == pytest.approx(own["general"].to_numpy(), rel=1e-9)
    assert golden("logistic_dominance")["expected"]["general_mcfadden"]["lwt"] > 0


def test_risks_and_uplifts_are_handed_out_for_each_customer():
    taken, given = tried()
    risks = churn.unseen(taken).frame
    assert len(risks) == len(taken)
    assert risks["estimate"].between(0, 1).all()
    gains = churn.uplift_by_customer(taken, treated=given).frame
    assert gains["customer"].is_unique
    assert gains["estimate"].is_monotonic_decreasing


def test_margins_that_disagree_are_told_as_they_add_up():
    rows = pd.DataFrame({"a": ["x", "y"], "b": ["u", "v"]})
    margins = {"a": {"x": 40, "y": 60}, "b": {"u": 90, "v": 60}}
    with pytest.raises(weighting.WeightingError, match="a to 100 and b to 150"):
        weighting.rake(rows, margins=margins)
