"""Columns on one scale: least squares agree with NIST, and units change nothing."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlab import drivers, stats

GOLDEN = Path(__file__).parent / "golden" / "nist_linear.json"
SETS = {case["id"]: case for case in json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]}
# ten powers of one column: doubles hold the columns themselves to seven digits of the answer
DIGITS = {"filip": 1e-7}


def nist(name: str) -> tuple[np.ndarray, np.ndarray, dict]:
    given = SETS[name]["inputs"]
    if "powers" in given:
        x = np.column_stack([np.array(given["x"]) ** k for k in range(1, given["powers"] + 1)])
    else:
        x = np.array(given["columns"]).T
    return x, np.array(given["y"]), SETS[name]["published"]


@pytest.mark.parametrize("name", SETS)
def test_least_squares_agree_with_nist(name):
    x, y, certified = nist(name)
    found, close = stats.line(x, y), DIGITS.get(name, 1e-8)
    assert found.coefficients == pytest.approx(certified["coef"], rel=close)
    error = np.sqrt(np.diag(found.classical))
    assert error == pytest.approx(certified["se"], rel=close, abs=1e-8)
    assert found.scatter == pytest.approx(certified["sigma"], rel=close, abs=1e-8)
    assert found.r2 == pytest.approx(certified["r2"], rel=1e-10)


@pytest.mark.parametrize("name", SETS)
def test_the_driver_model_agrees_with_nist(name):
    x, y, certified = nist(name)
    frame = pd.DataFrame(x, columns=[f"x{k}" for k in range(x.shape[1])]).assign(y=y)
    found = drivers.fit(frame, outcome="y", drivers=[c for c in frame if c != "y"]).frame
    slopes = found.set_index("role")["estimate"]
    close = DIGITS.get(name, 1e-8)
    assert slopes["intercept"] == pytest.approx(certified["coef"][0], rel=close)
    assert np.atleast_1d(slopes["driver"]) == pytest.approx(certified["coef"][1:], rel=close)


@pytest.mark.parametrize("how", ["plain", "weights", "clusters"])
def test_robust_errors_agree_with_statsmodels(how):
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(200, 3)), rng.normal(size=200)
    w = rng.uniform(0.5, 2, 200) if how == "weights" else np.ones(200)
    cluster = np.repeat(np.arange(40), 5) if how == "clusters" else None
    errors = {"cov_type": "HC3"}
    if cluster is not None:
        errors = {"cov_type": "cluster", "cov_kwds": {"groups": cluster}}
    peer = sm.WLS(y, sm.add_constant(x), weights=w)
    found = stats.line(x, y, weight=w, cluster=cluster)
    assert found.covariance == pytest.approx(peer.fit(**errors).cov_params(), rel=1e-10)
    plain = peer.fit()
    theirs = [plain.rsquared_adj, plain.fvalue, plain.llf, plain.aic, plain.scale**0.5]
    ours = [found.adjusted_r2, found.f, found.loglik, found.aic, found.scatter]
    assert ours == pytest.approx(theirs, rel=1e-10)
    assert found.classical == pytest.approx(plain.cov_params(), rel=1e-10)


@pytest.mark.parametrize("power", range(-9, 10, 3))
def test_a_unit_scales_its_own_slope_and_nothing_else(power):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(90, 3)) @ np.array([[1, 0.9, 0], [0, 0.2, 0], [0, 0, 1]])
    y = x.sum(axis=1) + rng.normal(size=90)
    plain, other = stats.line(x, y), stats.line(x * [1, 10.0**power, 1], y)
    turn = np.array([1, 1, 10.0**power, 1])
    assert other.coefficients * turn == pytest.approx(plain.coefficients, rel=1e-9)
    assert other.covariance * np.outer(turn, turn) == pytest.approx(plain.covariance, rel=1e-9)


def test_a_column_that_follows_from_others_is_named():
    x = np.random.default_rng(0).normal(size=(50, 3))
    with pytest.raises(stats.DependentError) as refused:
        stats.line(np.column_stack([x, x[:, 0] + 1e6 - 3 * x[:, 2]]), x[:, 1])
    assert refused.value.place == 3


def test_digits_that_a_number_cannot_hold_are_refused():
    seen = pd.DataFrame({"y": range(40), "at": 1e17 + 64.0 * (np.arange(40) % 7)})
    with pytest.raises(drivers.DriverError, match=r"'at' .* beyond their tenth digit"):
        drivers.fit(seen, outcome="y", drivers=["at"])


def test_an_information_of_unlike_units_is_inverted():
    units = np.array([1e-9, 1.0, 1e12])
    plain = np.array([[4.0, 1, 0], [1, 3, 1], [0, 1, 2]])
    found = stats.inverse(plain * np.outer(units, units))
    assert found * np.outer(units, units) == pytest.approx(np.linalg.inv(plain), rel=1e-12)
    with pytest.raises(stats.DependentError):
        stats.inverse(np.ones((2, 2)))
