"""What is empty: not asked or skipped, together or alone, of whom."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import contingency

from cxlab import missing, plots


def company(n=2000, *, seed=1, lean=0.0):
    """Make answers to three questions; `support` is put only to those who had contact."""
    rng = np.random.default_rng(seed)
    known = pd.DataFrame(
        {
            "contacted": np.where(rng.random(n) < 0.4, "yes", "no"),
            "region": rng.choice(["North", "South"], n),
            "tenure": rng.normal(size=n),
        }
    )
    asked = pd.DataFrame(rng.integers(1, 6, (n, 3)), columns=["price", "website", "support"])
    asked = asked.astype(float)
    skipped = rng.random(n) < 0.1 + lean * (known["region"] == "North")
    asked.loc[skipped, "website"] = np.nan
    asked.loc[(known["contacted"] == "no") | (rng.random(n) < 0.05), "support"] = np.nan
    return asked, known


def test_a_question_not_put_to_a_group_is_told_from_one_that_was_skipped():
    asked, known = company()
    found = missing.by_question(asked, known=known).frame.set_index("column")
    assert found.loc["support", "value"] == "contacted: no"
    assert found.loc["support", "n"] == (known["contacted"] == "yes").sum()
    assert found.loc["support", "share"] == pytest.approx(0.05, abs=0.02)
    assert found["value"].notna().sum() == 1


def test_every_row_is_asked_and_answered_or_empty_or_not_asked():
    asked, known = company()
    found = missing.by_question(asked, known=known).frame.set_index("column")
    answered = asked.notna().sum()
    assert (found["n"] - found["events"]).to_dict() == answered.to_dict()


def test_small_groups_prove_nothing():
    asked = pd.DataFrame({"q": [None] * 29 + [1.0] * 100})
    known = pd.DataFrame({"group": ["small"] * 29 + ["large"] * 100})
    assert missing.not_asked(asked, known=known) == {}


def test_patterns_are_counted_whole():
    asked, _ = company()
    found = missing.patterns(asked).frame
    assert found.drop_duplicates("rank")["n"].sum() == len(asked)
    first = found[found["rank"] == 1]
    same = (asked.isna().to_numpy() == (first["verdict"] == "empty").to_numpy()).all(axis=1)
    assert same.sum() == first["n"].iloc[0]


def test_who_skips_is_found_where_it_is_planted():
    asked, known = company(lean=0.15)
    found = missing.who(asked, known=known)
    first = found.frame.iloc[0]
    assert (first["column"], first["term"], first["verdict"]) == ("website", "region", "goes with")
    assert found.headline.startswith("Leaving 'website' empty goes with region")


def test_nothing_is_found_where_nothing_is():
    alarms = 0
    for seed in range(200):
        asked, known = company(400, seed=seed)
        alarms += (missing.who(asked, known=known).frame["verdict"] == "goes with").any()
    assert alarms <= 20  # 5% of 200 are 10; more than 20 has p below 0.002


def test_the_test_of_association_agrees_with_scipy():
    asked, known = company(lean=0.1)
    row = (
        missing.who(asked, known=known)
        .frame.set_index(["column", "term"])
        .loc[("website", "region")]
    )
    table = pd.crosstab(known["region"], asked["website"].isna())
    assert row["estimate"] == pytest.approx(contingency.association(table), rel=1e-12)


@pytest.mark.parametrize("frame", [pd.DataFrame(index=range(3)), pd.DataFrame({"q": [1.0] * 3})])
def test_little_to_say_is_said(frame):
    known = pd.DataFrame({"region": ["a", "a", "b"]})
    assert missing.who(frame, known=known).headline.startswith("Too few questions")
    assert missing.by_question(frame, known=known).headline


def test_the_map_is_drawn():
    asked, _ = company()
    assert plots.show(plots.empties(missing.patterns(asked))).png.startswith(b"\x89PNG")
