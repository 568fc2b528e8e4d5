"""Did it change at a date, and what if the silent think otherwise?"""

import numpy as np
import pandas as pd
import pytest

from cxlab import metrics, weighting

DATE = "2025-05-01"


def company(seed: int, *, effect: float = 0.0, first: str = "2023-06-01", n: int = 4000):
    """Two and a half years with a season and a trend; customers who answer often; a step."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(first, "2025-12-31", freq="D")
    at = days[rng.integers(0, len(days), n)]
    years = np.asarray((at - days[0]).days) / 365.25
    who = rng.integers(0, 1500, n)
    level = 15 + 15 * np.sin(2 * np.pi * years) + 6 * years + rng.normal(0, 25, 1500)[who]
    level = level + effect * (at >= DATE)
    promoter = rng.random(n) < (1 + np.clip(level, -95, 95) / 100) / 2
    return pd.DataFrame({"nps": np.where(promoter, 9, 3), "answered_at": at, "customer_id": who})


def row(found) -> pd.Series:
    """The answer."""
    return found.frame.iloc[0]


def test_season_and_trend_alone_are_no_change_at_a_date():
    claimed = [row(metrics.before_after(company(seed), date=DATE)) for seed in range(100)]
    assert sum(one["verdict"] == "changed" for one in claimed) <= 8


def test_a_true_change_of_ten_points_is_covered():
    found = [row(metrics.before_after(company(200 + s, effect=10), date=DATE)) for s in range(100)]
    assert sum(one["conf_low"] <= 10 <= one["conf_high"] for one in found) >= 90
    assert np.mean([one["estimate"] for one in found]) == pytest.approx(10, abs=2)


@pytest.mark.parametrize(
    ("first", "term", "said"),
    [
        ("2024-05-01", "change on the year", "a trend is not"),
        ("2025-01-01", "before and after", "neither season nor trend"),
    ],
)
def test_where_the_data_reach_back_less_it_says_what_it_cannot_tell(first, term, said):
    found = metrics.before_after(company(1, first=first), date=DATE)
    big = metrics.before_after(company(1, first=first, effect=60), date=DATE)
    assert row(found)["term"] == term
    assert row(big)["verdict"] == "cannot be told"
    assert said in found.headline or "would look the same" in found.headline
    assert any("would be needed" in note for note in found.notes)


def test_a_plain_before_and_after_by_hand():
    days = pd.to_datetime(["2025-04-25"] * 4 + ["2025-05-10"] * 4)
    rows = pd.DataFrame({"nps": [9, 9, 3, 3, 9, 9, 9, 3], "answered_at": days})
    found = metrics.before_after(rows, date=DATE)
    assert found.frame["estimate"].tolist() == pytest.approx([50, 0, 50])


def test_who_was_reached_is_no_change():
    rows = company(2, n=6000)
    rng = np.random.default_rng(2)
    late = (rows["answered_at"] >= DATE).to_numpy()
    rows["region"] = np.where(rng.random(len(rows)) < np.where(late, 0.8, 0.3), "S", "N")
    rows["nps"] = np.where(rng.random(len(rows)) < np.where(rows["region"] == "S", 0.3, 0.8), 9, 3)
    plain, held = (
        row(metrics.before_after(rows, date=DATE, margins=margins)) for margins in (None, "region")
    )
    assert plain["verdict"] == "changed"
    assert held["verdict"] == "no detectable change"


def test_a_date_without_answers_on_one_side_is_refused():
    with pytest.raises(metrics.MetricsError, match="No answers since 2027-01-01"):
        metrics.before_after(company(3, n=500), date="2027-01-01")


def test_a_difference_across_times_warns():
    rows = company(4, n=800)
    late = rows["answered_at"] >= DATE
    found = metrics.difference(rows[~late], rows[late])
    assert any("given at different times" in note for note in found.notes)
    assert not any("different times" in n for n in metrics.difference(rows, rows).notes)


# ------------------------------------------------------------------ the silent


def test_the_bounds_by_hand():
    # 60 of 100 who answered are promoters, 40 detractors: 20; of 200 asked, half are silent
    rows = pd.DataFrame({"nps": [10] * 60 + [3] * 40})
    found = metrics.bounds(rows, asked=200, departures=[-30]).frame.set_index("term")
    assert found.loc["worst case", "estimate"] == pytest.approx((20 - 100) / 2)
    assert found.loc["best case", "estimate"] == pytest.approx((20 + 100) / 2)
    assert found.loc["silent 30.0 points lower", "estimate"] == pytest.approx(20 - 15)
    assert found.loc["silent score alike", "estimate"] == pytest.approx(20)


def test_the_tipping_point_is_that_of_weighting():
    rows = pd.DataFrame({"nps": [10] * 60 + [3] * 40})
    silent = weighting.tipping_point(rows, asked=200).frame["estimate"][1]
    found = metrics.bounds(rows, asked=200).frame.set_index("term")
    assert 20 + found.loc["tipping point", "value"] == pytest.approx(silent)


def test_the_interval_of_the_worst_case_covers():
    rng, truth, inside = np.random.default_rng(5), 0.4 * 20 - 0.6 * 100, 0
    for _ in range(200):
        there = rng.random(500) < 0.4
        rows = pd.DataFrame({"nps": np.where(rng.random(there.sum()) < 0.6, 9, 3)})
        low = metrics.bounds(rows, asked=500).frame.iloc[0]
        inside += low["conf_low"] <= truth <= low["conf_high"]
    assert inside >= 184


def test_response_that_depends_on_what_is_known_is_called_by_its_name():
    rng = np.random.default_rng(6)
    asked = pd.DataFrame({"customer_id": np.arange(2000), "region": rng.choice(["N", "S"], 2000)})
    there = rng.random(2000) < np.where(asked["region"] == "N", 0.6, 0.2)
    rows = asked[there].assign(nps=np.where(asked["region"][there] == "N", 9, 3))
    found = metrics.bounds(rows, asked=asked)
    assert "non-response bias is likely" in found.headline
    assert any("Response depends on region" in note for note in found.notes)
    within = found.frame[found.frame["verdict"] == "same within groups"].iloc[0]
    truth = 100 * (asked["region"].value_counts(normalize=True) @ pd.Series({"N": 1, "S": -1}))
    assert within["estimate"] == pytest.approx(truth)


def test_the_last_answer_of_each_customer_counts_once():
    days = pd.to_datetime(["2025-01-01", "2025-02-01", "2025-01-01"])
    rows = pd.DataFrame({"customer_id": list("aab"), "nps": [3, 9, 9], "answered_at": days})
    assert metrics.bounds(rows, asked=2).headline.startswith("All asked answered")
    with pytest.raises(metrics.MetricsError, match="fewer people than answers"):
        metrics.bounds(rows, asked=1)


def test_a_mean_without_a_scale_has_no_bounds():
    with pytest.raises(metrics.MetricsError, match="on which scale"):
        metrics.bounds(pd.DataFrame({"price": [1.0, 2.0]}), asked=5, score="price")
