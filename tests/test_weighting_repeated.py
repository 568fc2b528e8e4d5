"""Is a table of counts answered as its rows written out would be?"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from pandas.testing import assert_frame_equal

from cxlab import drivers, metrics, retention, weighting
from cxlab.weighting import WeightingError

MARGINS = {"region": {"north": 0.5, "south": 0.5}}
FIT = {"drivers": ["speed", "price"]}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = pd.DataFrame(rng.integers(1, 6, (90, 2)), columns=["speed", "price"])
    rows["nps"] = (rows.sum(axis=1) + rng.integers(-2, 3, 90)).clip(0, 10)
    rows["again"] = (rows["nps"] + rng.integers(0, 5, 90) > 8).astype(int)
    rows["tenure"] = rng.integers(1, 20, 90) + rows["speed"]
    rows["churned"] = (rng.random(90) < 0.6).astype(int)
    rows["region"] = rng.choice(["north", "south"], 90)
    return rows.assign(n=rng.integers(0, 5, 90))


@pytest.mark.parametrize(
    "asked",
    [
        lambda d: metrics.nps(d, by="region").frame,
        lambda d: metrics.csat(d, score="speed").frame,
        lambda d: drivers.fit(d, outcome="nps", **FIT).frame,
        lambda d: drivers.fit(d, outcome="again", model="logit", **FIT).frame,
        lambda d: drivers.fit(d, outcome="nps", model="ordinal", **FIT).frame,
        lambda d: retention.stay(d).frame,
        lambda d: retention.hazards(d, covariates=["speed"]).frame,
        lambda d: weighting.rake(d, margins=MARGINS).frame,
    ],
)
def test_a_table_of_counts_is_answered_as_its_rows_are(table, asked):
    written = table.loc[np.repeat(table.index, table["n"])].drop(columns="n")
    assert_frame_equal(
        asked(weighting.repeated(table, frequency="n")),
        asked(written.reset_index(drop=True)),
        check_exact=True,
    )


def test_frequencies_are_those_of_statsmodels_and_not_its_weights(table):
    rows = weighting.repeated(table, frequency="n")
    ours = drivers.fit(rows, outcome="again", model="logit", points="log-odds", **FIT).frame
    x = sm.add_constant(table[["speed", "price"]])
    theirs = sm.GLM(table["again"], x, family=sm.families.Binomial(), freq_weights=table["n"]).fit()
    assert ours["estimate"].to_numpy() == pytest.approx(theirs.params.to_numpy(), rel=1e-6)
    assert ours["std_error"].to_numpy() == pytest.approx(theirs.bse.to_numpy(), rel=1e-6)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"n": [1, 0.5]}, "0.5 in row 1 and no whole number in 1 row"),
        ({"n": [1, -2]}, "-2 in row 1"),
        ({"n": ["1", "many"]}, "many in row 1"),
        ({"n": [1, 30_000_000]}, "30,000,001 answers"),
        ({"n": [1, 2], "customer_id": ["a", "b"]}, "row 1 .* one 'customer_id'"),
        ({"m": [1, 2]}, "no column 'n'"),
    ],
)
def test_what_is_no_frequency_is_refused(rows, says):
    with pytest.raises(WeightingError, match=says):
        weighting.repeated(pd.DataFrame({"nps": [9, 3], **rows}), frequency="n")
