"""Drivers agree with independent programs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlab import drivers
from tests.conftest import absent

GOLDEN = Path(__file__).parent / "golden"


def golden(method: str, case: int = 0) -> dict:
    return json.loads((GOLDEN / f"{method}.json").read_text(encoding="utf-8"))["cases"][case]


def answers_with(case: dict) -> pd.DataFrame:
    """Rows made up so that their means and covariances are those of the published data."""
    moments, n = case["moments"], case["expected"].get("n", 32)
    raw = np.random.default_rng(0).normal(size=(n, len(moments["columns"])))
    raw -= raw.mean(axis=0)
    white = np.linalg.solve(np.linalg.cholesky(np.cov(raw, rowvar=False, ddof=0)), raw.T).T
    rows = white @ np.linalg.cholesky(np.array(moments["covariance"])).T + moments["mean"]
    return pd.DataFrame(rows, columns=moments["columns"])


def by_term(result, word: str) -> dict:
    return result.frame.set_index("term")[word].to_dict()


def reference_rows(reference: Path, name: str, **how) -> pd.DataFrame:
    path = reference / "data" / name
    if not path.is_file():
        absent(f"the reference data set {name}")
    return pd.read_csv(path, **how)


@pytest.mark.parametrize("case", [0, 1])
def test_lmg_agrees_with_relaimpo(case):
    given = golden("relative_importance_lmg", case)
    found = drivers.importance(
        answers_with(given), outcome=given["inputs"]["y"], drivers=given["inputs"]["x"], n_boot=0
    )
    assert by_term(found, "r2") == pytest.approx(given["expected"]["lmg"], abs=1e-8)
    percent = {term: 100 * share for term, share in by_term(found, "estimate").items()}
    assert percent == pytest.approx(given["expected"]["lmg_percent"], abs=1e-6)


def test_lmg_of_swiss_agrees_on_the_rows_themselves(reference):
    given = golden("relative_importance_lmg")
    rows = reference_rows(reference, "swiss.csv")
    found = drivers.importance(rows, outcome="Fertility", drivers=given["inputs"]["x"], n_boot=0)
    assert by_term(found, "r2") == pytest.approx(given["published"]["lmg"], abs=1e-7)


@pytest.mark.parametrize("case", [0, 1])
def test_relative_weights_agree_with_rwa(case):
    given = golden("relative_weights", case)
    found = drivers.relative_weights(
        answers_with(given), outcome="mpg", drivers=given["inputs"]["x"], n_boot=0
    )
    assert by_term(found, "r2") == pytest.approx(given["expected"]["raw"], abs=1e-7)


def test_signs_agree_with_rwa():
    given = golden("relative_weights", 1)
    found = drivers.conflicts(answers_with(given), outcome="mpg", drivers=given["inputs"]["x"])
    signs = {term: "+" if r > 0 else "-" for term, r in by_term(found, "correlation").items()}
    assert signs == given["expected"]["sign"]
    # disp turns its sign beside weight, which one sign per driver cannot show
    assert by_term(found, "estimate")["disp"] > 0


def test_dominance_agrees_with_domir():
    given = golden("dominance_analysis")
    found = drivers.dominance(
        answers_with(given), outcome="mpg", drivers=given["inputs"]["x"]
    ).frame
    parts = found[found["against"].isna()].pivot(index="term", columns="part", values="estimate")
    assert parts["general"].to_dict() == pytest.approx(given["expected"]["general"], abs=1e-8)
    for term, steps in given["published"]["conditional"].items():
        ours = parts.loc[term, ["model of 1", "model of 2", "model of 3"]].tolist()
        assert ours == pytest.approx(steps, abs=6e-8)
    complete = found[found["part"] == "complete"]
    ours = {f"{r.term}>{r.against}": r.estimate for r in complete.itertuples()}
    assert ours == given["published"]["complete"]


@pytest.mark.parametrize("method", ["mcfadden", "cox_snell", "nagelkerke"])
def test_logistic_dominance_agrees_with_dominanceanalysis(reference, method):
    given = golden("logistic_dominance")
    rows = reference_rows(reference, "birthwt.csv")
    found = drivers.importance(
        rows, outcome="low", drivers=given["inputs"]["x"], method=method, n_boot=0
    )
    assert by_term(found, "r2") == pytest.approx(given["expected"][f"general_{method}"], abs=1e-6)


def test_logit_agrees_with_glm(reference):
    given = golden("logistic_dominance")
    rows = reference_rows(reference, "birthwt.csv")
    asked = {"outcome": "low", "drivers": given["inputs"]["x"], "model": "logit"}
    odds = drivers.fit(rows, **asked, points="log-odds").frame
    odds = odds.set_index(odds["term"].replace("intercept", "(Intercept)"))
    assert odds["estimate"].to_dict() == pytest.approx(given["expected"]["coef"], abs=1e-6)
    assert odds["std_error"].to_dict() == pytest.approx(given["expected"]["se"], abs=1e-5)
    said = drivers.quality(rows, **asked).frame.set_index("term")
    null, left = given["expected"]["null_deviance"], given["expected"]["residual_deviance"]
    assert said.loc["all slopes are zero", "statistic"] == pytest.approx(null - left, abs=1e-6)
    assert said.loc["log-likelihood", "estimate"] == pytest.approx(-left / 2, abs=1e-6)
    assert said.loc["AIC", "estimate"] == pytest.approx(left + 2 * 5, abs=1e-6)


def applicants(reference: Path) -> pd.DataFrame:
    rows = reference_rows(reference, "ologit.csv", sep=";", decimal=",")
    order = {"unlikely": 1, "somewhat likely": 2, "very likely": 3}
    return rows.assign(apply=rows["apply"].map(order))


def test_ordered_logit_agrees_with_polr(reference):
    given = golden("ordered_logit")["expected"]
    frame = drivers.fit(
        applicants(reference), outcome="apply", drivers=["pared", "public", "gpa"],
        model="ordinal", points="log-odds",
    ).frame  # fmt: skip
    odds = frame.set_index("term")
    assert odds.loc[list(given["coef"]), "estimate"].to_dict() == pytest.approx(
        given["coef"], abs=1e-4
    )
    assert odds.loc[["1|2", "2|3"], "estimate"].tolist() == pytest.approx(
        list(given["cutpoints"].values()), abs=1e-4
    )
    errors = odds["std_error"].rename(
        {"1|2": "unlikely|somewhat likely", "2|3": "somewhat likely|very likely"}
    )
    assert errors.to_dict() == pytest.approx(given["se"], abs=1e-3)
    assert odds.loc["gpa", "odds_ratio"] == pytest.approx(given["odds_ratio"]["gpa"], abs=1e-3)


def test_brant_agrees_with_brant(reference):
    given = golden("ordered_logit")["expected"]["brant_test"]
    frame = drivers.odds(
        applicants(reference), outcome="apply", drivers=["pared", "public", "gpa"]
    ).frame
    ours = frame[frame["part"] == "test"].set_index("term").rename({"all together": "Omnibus"})
    for term, test in given.items():
        assert ours.loc[term, "estimate"] == pytest.approx(test["X2"], abs=1e-3)
        assert ours.loc[term, "p_value"] == pytest.approx(test["probability"], abs=1e-3)


def test_least_squares_agree_with_lm(reference):
    given = golden("ols")
    rows = reference_rows(reference, "swiss.csv")
    frame = drivers.fit(rows, outcome="Fertility", drivers=given["inputs"]["x"]).frame
    frame["term"] = frame["term"].replace("intercept", "(Intercept)")
    found = frame.set_index("term")
    expected = given["expected"]
    assert found["estimate"].to_dict() == pytest.approx(expected["coef"], rel=1e-7)
    assert found["std_error"].to_dict() == pytest.approx(expected["se_hc3"], rel=1e-7)
    assert found["std_error_plain"].to_dict() == pytest.approx(expected["se"], rel=1e-7)
    said = drivers.quality(rows, outcome="Fertility", drivers=given["inputs"]["x"]).frame
    said = said.set_index("term")
    assert said.loc["adjusted R²", "estimate"] == pytest.approx(expected["adj_r2"], rel=1e-9)
    f = said.loc["all slopes are zero", ["statistic", "df"]].tolist()
    assert f == pytest.approx(expected["f"][:2], rel=1e-9)


def test_inflation_and_standardised_slopes_agree_with_lm():
    given = golden("ols")
    found = drivers.conflicts(
        answers_with(given), outcome="Fertility", drivers=given["inputs"]["x"]
    )
    assert by_term(found, "vif") == pytest.approx(given["expected"]["vif"], rel=1e-7)
    assert by_term(found, "estimate") == pytest.approx(given["expected"]["std_beta"], rel=1e-7)
