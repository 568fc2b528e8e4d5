"""Drivers at any length: what is exact stays so, what is not says so, nothing runs for hours."""

import importlib

import numpy as np
import pandas as pd
import pytest

from cxlab import drivers
from cxlab.drivers import crosschecks
from cxlab.drivers.workings import certainty, subsets
from cxlab.drivers.workings.design import prepare
from tests.test_drivers import survey

sharing = importlib.import_module("cxlab.drivers.workings.sharing")


def long(ratings: int, n: int = 400):
    terms = [f"t{k}" for k in range(ratings)]
    return terms, survey(n, terms, slopes=np.linspace(1, 0, ratings))


def test_up_to_fifteen_drivers_every_order_is_in_every_replicate():
    terms, rows = long(15)
    design = prepare(rows, outcome="nps", drivers=terms)
    covs = sharing.covariances(design)
    how = sharing.sharing(design, covs, n_boot=1000, seed=0)
    assert (how.exact, how.told, how.replicates) == (True, (), 1000)
    assert (how.of(covs) == subsets.shapley_r2(covs)).all()


@pytest.mark.parametrize("ratings", [16, 20])
def test_longer_lists_keep_exact_shares_and_say_what_replicates_look_at(ratings):
    terms, rows = long(ratings)
    found = drivers.importance(rows, outcome="nps", drivers=terms)
    cov = certainty.mean_covariance(prepare(rows, outcome="nps", drivers=terms))
    exact = dict(zip(terms, subsets.shapley_r2(cov), strict=True))
    assert found.frame.set_index("term")["r2"].to_dict() == pytest.approx(exact, abs=1e-12)
    assert any("random orders, set right" in note for note in found.notes)
    assert "Exact LMG" in found.method


def test_replicates_over_some_orders_scatter_as_those_over_all(monkeypatch):
    terms, rows = long(10)
    design = prepare(rows, outcome="nps", drivers=terms)
    covs, drawn = sharing.covariances(design), []
    for most in (1 << 25, 0):
        monkeypatch.setattr(sharing, "SUBSETS_AT_MOST", most)
        how = sharing.sharing(design, covs, n_boot=300, seed=0)
        drawn.append(certainty.resample(design, how.of, n_boot=300, seed=1) - how.parts)
    every, some = drawn
    assert np.abs((some - every).mean(axis=0) / every.std(axis=0)).max() < 0.15
    assert some.std(axis=0) / every.std(axis=0) == pytest.approx(1, abs=0.08)


def test_sixty_drivers_are_shared_over_random_orders_with_their_error_stated():
    terms, rows = long(60, 500)
    found = drivers.importance(rows, outcome="nps", drivers=terms, n_boot=20)
    assert "random orders" in found.method
    assert any("standard error is at most" in note for note in found.notes)
    assert found.frame["estimate"].sum() == pytest.approx(1)


def test_steps_stay_below_their_bound_for_any_number_of_drivers_and_answers():
    for players in range(2, sharing.MOST_DRIVERS):
        for n in (100, 3000, 1_000_000):
            replicates, orders = sharing._fitting(players, n, 1000)
            assert replicates >= sharing.FEWEST_REPLICATES
            assert replicates * orders * players**2 <= max(
                sharing.STEPS_AT_MOST, sharing.FEWEST_REPLICATES * 20 * players**2
            )


def test_more_ratings_than_can_stand_beside_each_other_are_refused_at_once():
    rows = pd.DataFrame(np.random.default_rng(1).integers(1, 6, (5100, 4998)))
    rows = rows.set_axis(["nps", *[f"q{k}" for k in range(4997)]], axis=1)
    with pytest.raises(drivers.DriverError, match="4,997 ratings are more than the 100"):
        drivers.screen(rows, outcome="nps", drivers=[*rows.columns[1:]])


@pytest.mark.parametrize(("n", "ratings"), [(20, 24), (20, 3), (40, 60)])
def test_too_few_answers_are_said_first(n, ratings):
    terms, rows = long(ratings, n)
    with pytest.raises(drivers.DriverError, match=rf"^Only {n} answers with NPS, for {ratings} "):
        drivers.screen(rows, outcome="nps", drivers=terms)


def test_ten_customers_who_answer_six_times_are_ten_people():
    terms, rows = long(3, 60)
    rows["customer_id"] = np.repeat([f"c{k}" for k in range(10)], 6)
    with pytest.raises(drivers.DriverError, match=r"^Only 10 people gave 60 answers"):
        drivers.screen(rows, outcome="nps", drivers=terms, cluster="customer_id")


def test_no_rating_that_can_be_used_is_a_sentence():
    rows = survey(60).assign(a=4, b=3)
    screened = drivers.screen(rows, outcome="nps", drivers=["a", "b"])
    with pytest.raises(drivers.DriverError, match=r"No rating can be used: a \(always 4\)"):
        drivers.used(screened)


def test_likelihood_based_shares_say_what_stands_in_their_place():
    terms, rows = long(9)
    with pytest.raises(drivers.DriverError, match="the 512 subsets of 9 ratings"):
        drivers.by_likelihood(rows, outcome="nps", drivers=terms)


def test_halo_and_trees_bound_their_steps():
    assert crosschecks.replicates_looked_at(20, 1000) == 1000
    assert crosschecks.replicates_looked_at(60, 1000) == 100
    assert crosschecks.rows_looked_at(12, 12) == crosschecks.ROWS_AT_MOST
    assert crosschecks.rows_looked_at(60, 60) < crosschecks.ROWS_AT_MOST


def test_sixty_answers_of_ten_customers_are_worth_ten():
    rng = np.random.default_rng(3)
    once = pd.DataFrame({"nps": rng.integers(0, 11, 10), "speed": rng.integers(1, 6, 10),
                         "customer": [f"c{i}" for i in range(10)]})  # fmt: skip
    rows = pd.concat([once] * 6, ignore_index=True)
    words = {"outcome": "nps", "drivers": ["speed"]}
    alone = drivers.fit(rows, **words).frame["n_effective"].iloc[0]
    drawn = drivers.fit(rows, weight=drivers.Survey(cluster="customer"), **words).frame
    assert alone == 60
    assert drawn["n_effective"].iloc[0] == pytest.approx(9.15, abs=0.1)
