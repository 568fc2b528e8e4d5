"""Are gaps filled as other programs fill them, and is what was lost said?"""

import json

import numpy as np
import pandas as pd
import pytest
from statsmodels.api import OLS
from statsmodels.imputation import mice

from cxlab import ingest
from cxlab.codebook import Table
from cxlab.drivers.workings.missing import _drawn, impute
from tests.conftest import ROOT

CASE = json.loads((ROOT / "tests/golden/missing_data.json").read_text())["cases"][0]
EXPECTED = CASE["expected"]


@pytest.fixture(scope="module")
def bank(shared_data) -> pd.DataFrame:
    path = shared_data / "bank_satisfaction_spss" / "bank_tidied.sav"
    names = list(EXPECTED["missing"])
    table = Table(files=(path.name,), attributes=names)
    return ingest.read([path], table).frame[names].astype(float)


def test_what_is_missing_is_what_r_counts(bank):
    assert len(bank) == EXPECTED["rows"]
    assert bank.isna().sum().to_dict() == EXPECTED["missing"]
    assert len(bank.dropna()) == EXPECTED["complete_rows"]


def test_correlations_of_what_is_there_are_those_of_r(bank):
    r = bank.corr()["Overall"].drop("Overall").to_dict()
    assert r == pytest.approx(EXPECTED["pairwise_r_with_Overall"], abs=1e-9)
    known = bank.notna().astype(int)
    assert (known.T @ known).to_numpy().min() == EXPECTED["pairwise_n_min"]


def gapped(n: int = 3000) -> pd.DataFrame:
    """Three ratings of which the second is often empty where the first is high."""
    rng = np.random.default_rng(8)
    a = rng.normal(3, 1, n)
    b = 0.6 * a + rng.normal(0, 0.8, n)
    rows = pd.DataFrame({"a": a, "b": b, "y": a + 2 * b + rng.normal(0, 1, n)})
    rows.loc[rng.random(n) < 1 / (1 + np.exp(-2 * (a - 3))), "b"] = np.nan
    return rows


def slopes(rows: np.ndarray) -> np.ndarray:
    design = np.column_stack([np.ones(len(rows)), rows[:, :2]])
    return np.linalg.lstsq(design, rows[:, 2], rcond=None)[0]


def test_filled_gaps_give_the_slopes_of_chained_equations():
    rows = gapped()
    ours = np.mean([slopes(one) for one in impute(rows.to_numpy(), np.ones(len(rows)))], axis=0)
    np.random.seed(4)  # statsmodels draws from the global state
    chained = mice.MICE("y ~ a + b", OLS, mice.MICEData(rows))
    theirs = chained.fit(10, 20).params
    assert ours == pytest.approx(theirs, abs=0.06)
    assert ours[1:] == pytest.approx([1, 2], abs=0.1)


def test_the_same_answers_are_filled_once_and_others_anew():
    rows = gapped(200).to_numpy(dtype=float, copy=True)
    first, before = impute(rows, np.ones(200)), _drawn.cache_info()
    first[0][:] = 0.0  # what a question does with its copy is its own affair
    again, after = impute(rows, np.ones(200)), _drawn.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)
    rows[0, 0] += 1
    other = impute(rows, np.ones(200))
    assert _drawn.cache_info().misses == before.misses + 1
    assert np.isfinite(again[0]).all()
    assert not np.array_equal(again[0], other[0])


def test_the_mean_of_the_filled_is_the_planted_one_where_that_of_the_rest_is_not():
    rows = gapped()
    filled = np.mean([one[:, 1].mean() for one in impute(rows.to_numpy(), np.ones(len(rows)))])
    assert filled == pytest.approx(1.8, abs=0.06)  # 0.6 times 3
    assert rows["b"].mean() < 1.6
