"""What ratings say by themselves: means, intervals, and the two best points."""

import pandas as pd

from cxlab import metrics
from cxlab.codebook import Scale


def test_ratings_lead_with_mean_interval_and_the_two_best_points():
    # means 4.5 and 2; of four answers to speed all lie in the two best points
    rows = pd.DataFrame({"speed": [5, 4, 5, 4] * 10, "price": [1, 2, 3, 2] * 10})
    scales = {"price": Scale(low=1, high=5), "speed": Scale(low=1, high=5)}
    found = metrics.ratings_overview(rows, ratings=scales)
    assert found.frame[["term", "estimate", "share", "n"]].to_numpy().tolist() == [
        ["speed", 4.5, 1.0, 40],
        ["price", 2.0, 0.0, 40],
    ]
    assert found.headline.startswith("Speed is rated best, 4.50 of 5 (4.34 to 4.66), 100% in")


def test_a_rating_whose_low_end_is_good_is_turned_round():
    rows = pd.DataFrame({"effort": [1, 2, 1, 5], "speed": [3, 3, 3, 3]})
    scales = {"effort": Scale(low=1, high=5, better="low"), "speed": Scale(low=1, high=5)}
    found = metrics.ratings_overview(rows, ratings=scales).frame.set_index("term")
    assert found["rank"].to_dict() == {"effort": 1, "speed": 2}
    assert found.loc["effort", "share"] == 0.75
