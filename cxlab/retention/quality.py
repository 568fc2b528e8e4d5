"""How well does a model of leaving fit? In the numbers other programs print."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import chi2

from cxlab import stats
from cxlab.lifetimes import cox
from cxlab.lifetimes.asking import of_customers
from cxlab.lifetimes.design import FitError, design
from cxlab.lifetimes.spells import Spells
from cxlab.results import Result, listing, number, probability
from cxlab.retention.workings.lines import SHAPES, fit_line
from cxlab.retention.workings.proportional import cox_of

MODELS = ("cox", *SHAPES)
_METHODS = {
    "cox": "Cox's partial likelihood, {ties}'s ties; AIC counts coefficients; Wald and score test; "
    "concordance after Harrell, with the error of an influence function",
    "": "maximum likelihood, {model}; AIC counts intercept, coefficients and scale; concordance "
    "after Harrell",
}


@of_customers
def quality(
    watched: Spells,
    *,
    covariates: Sequence[str],
    model: str = "cox",
    strata: str | None = None,
    ties: str = "efron",
) -> Result:
    """Say how well a model of leaving fits: likelihood, AIC, concordance, tests.

    Args:
        covariates: as for `hazards` and `parametric`.
        model: `cox`, or a shape: `exponential`, `weibull`, `lognormal`, `loglogistic`.
        strata, ties: as for `hazards`.

    Returns:
        term (`log-likelihood`, `without covariates`, `AIC`, `parameters`, `customers`, `events`,
        `concordance`, `likelihood ratio`; of Cox also `Wald` and `score`), estimate, std_error
        (of concordance), statistic, df, p_value. Concordance is missing where customers came
        under watch late: pairs are then not comparable as counted.

    Raises:
        FitError: as `hazards` and `parametric`.

    Example:
        >>> frame = pd.DataFrame({"tenure": [1, 2, 3, 4, 5, 6], "churned": 1})
        >>> frame["calls"] = [3, 1, 2, 0, 2, 0]
        >>> found = quality(frame, covariates=["calls"]).frame.set_index("term")
        >>> round(float(found.loc["concordance", "estimate"]), 3)
        0.733
    """
    if model not in MODELS:
        raise FitError(f"model: '{model}' is none of {listing(MODELS)}.")
    if model != "cox" and strata:
        raise FitError(f"strata: a {model} line has none; take model='cox', or a covariate.")
    ask = _cox if model == "cox" else _line
    watched, rows, notes = ask(watched, covariates, model, strata, ties)
    frame = pd.DataFrame(rows).reindex(columns=WORDS)
    told = frame.set_index("term")
    agreeing = told["estimate"].get("concordance", np.nan)
    beyond = (
        f"; of pairs of customers, {number(100 * agreeing, 0)} in 100 are put in the right order"
    )
    return Result(
        name=f"quality of the {'Cox' if model == 'cox' else model} model",
        frame=frame,
        headline="That the covariates say nothing has p "
        f"{probability(told.loc['likelihood ratio', 'p_value'])}"
        f"{beyond if np.isfinite(agreeing) else ''}.",
        method=_METHODS.get(model, _METHODS[""]).format(ties=ties.capitalize(), model=model),
        base=watched.base,
        notes=watched.notes + notes,
    )


WORDS = ["term", "estimate", "std_error", "statistic", "df", "p_value"]


def _cox(watched: Spells, covariates, model: str, strata, ties: str):
    watched, columns, inside, found = cox_of(watched, covariates, strata, ties)
    wide, (before, after) = len(columns.terms), found.loglik
    risk = columns.x @ found.coefficients
    tests = {
        "likelihood ratio": 2 * (after - before),
        "Wald": stats.wald(found.coefficients, found.covariance)[0],
        "score": found.score_test,
    }
    rows = _sizes(watched, after, before, wide) + _concordance(watched, risk, inside)
    return (
        watched,
        rows + [_test(name, value, wide) for name, value in tests.items()],
        columns.notes,
    )


def _line(watched: Spells, covariates, model: str, strata, ties: str):
    columns = design(watched.frame, covariates)
    watched = watched.take(columns.kept)
    one = np.ones((len(watched), 1))
    terms = ["(intercept)", *columns.terms]
    found = fit_line(watched, np.column_stack([one, columns.x]), model, terms)
    null = fit_line(watched, one, model, terms[:1])
    wide = len(terms) + (model != "exponential")
    rows = _sizes(watched, found.loglik, null.loglik, wide)
    rows += _concordance(watched, -columns.x @ found.beta[1:], None)
    ratio = 2 * (found.loglik - null.loglik)
    return watched, [*rows, _test("likelihood ratio", ratio, len(columns.terms))], columns.notes


def _sizes(watched: Spells, after: float, before: float, wide: int) -> list[dict]:
    numbers = {
        "log-likelihood": after,
        "without covariates": before,
        "AIC": 2 * wide - 2 * after,
        "parameters": wide,
        "customers": len(watched),
        "events": int(watched.event.sum()),
    }
    return [{"term": term, "estimate": float(value)} for term, value in numbers.items()]


def _concordance(watched: Spells, risk: np.ndarray, inside) -> list[dict]:
    if (watched.entry > 0).any():
        return [{"term": "concordance"}]
    index, error = cox.concordance(watched.time, watched.event, risk, inside)
    return [{"term": "concordance", "estimate": index, "std_error": error}]


def _test(name: str, value: float, df: int) -> dict:
    return {"term": name, "statistic": value, "df": df, "p_value": float(chi2.sf(value, df))}
