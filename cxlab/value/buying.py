"""Will they buy again? BG/NBD, MBG/NBD and Pareto/NBD on grouped sufficient statistics.

The likelihood of a customer depends on how often, when last and how long only, so customers who
agree in all three are counted together, and the gamma functions are worked out once for each
number of purchases. Gradients are analytic; the Pareto/NBD's likelihood is written as an integral
over the moment of leaving, in a variable in which it is nearly flat, so that a few nodes give all
digits and the gradient is the integral of the gradient.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.lifetimes.buyers import Buyers
from cxlab.lifetimes.design import FitError, design
from cxlab.lifetimes.likelihood import Top
from cxlab.lifetimes.spells import DAYS
from cxlab.results import Result, count, listing, number
from cxlab.value.workings.purchasing import MODELS, NAMES, SHIFTED, Buying, histories, top_of


def buying(
    buyers: Buyers,
    *,
    covariates: Sequence[str] = (),
    model: str = "bg_nbd",
    start=None,
) -> Buying:
    """Fit a model of how often customers buy and when they stop.

    Args:
        buyers: what `buyers` gave.
        covariates: columns of the frame, such as an experience tier, that shift the rate of
            buying and the chance of stopping (Fader & Hardie 2007).
        model: `bg_nbd` (Fader, Hardie & Lee 2005), `mbg_nbd` (Batislam et al. 2007; customers
            may stop right after the first purchase) or `pareto_nbd` (Schmittlein et al. 1987).
        start: a former fit to start from.

    Returns:
        `Buying`; see `describe` for its parameters as a table.

    Raises:
        FitError: nobody bought twice, or the covariates cannot be told apart.
    """
    if model not in MODELS:
        raise FitError(f"model: '{model}' is none of {listing(list(MODELS))}.")
    _check(buyers.frame)
    z, names = np.zeros((len(buyers), 0)), tuple[str, ...]()
    if covariates:
        columns = design(buyers.frame, covariates)
        if not columns.kept.all():
            raise FitError(f"{listing(list(covariates))}: fill or leave out missing values first.")
        z, names = columns.x, columns.terms
    terms = tuple(f"{what} × {t}" for what in SHIFTED[model] for t in names)
    stats = histories(buyers.frame, z)
    top = top_of(stats, model, None if start is None else start.top.point)
    return Buying(model, top, buyers.unit, tuple(covariates), terms, len(buyers))


def buying_of(
    parameters: Mapping[str, float], *, model: str = "bg_nbd", unit: str = "week"
) -> Buying:
    """Take a model of buying from parameters given, such as those of a paper.

    Args:
        parameters: by name: `r`, `alpha`, `a`, `b`; of `pareto_nbd` `r`, `alpha`, `s`, `beta`.
        model, unit: as for `buying` and `buyers`; the unit of time the parameters are told in.

    Returns:
        `Buying`, to ask with `purchases_since_first` and `outlook`; it has no errors.

    Raises:
        FitError: a parameter is missing, unknown, or not above zero.

    Example:
        >>> from cxlab.value import purchases_since_first
        >>> cdnow = buying_of({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
        >>> purchases_since_first(cdnow, [52]).round(3).tolist()
        [1.446]
    """
    if model not in MODELS:
        raise FitError(f"model: '{model}' is none of {listing(list(MODELS))}.")
    if unit not in DAYS:
        raise FitError(f"unit: '{unit}' is none of {listing(list(DAYS))}.")
    names = NAMES[model]
    if set(parameters) != set(names):
        raise FitError(f"parameters: {model} takes {listing(list(names))}, each once.")
    values = np.array([parameters[name] for name in names], float)
    if not (np.isfinite(values) & (values > 0)).all():
        raise FitError(f"parameters: each of {listing(list(names))} is a number above 0.")
    none = np.full((4, 4), np.nan)
    top = Top(np.log(values), np.nan, none, np.zeros(4, dtype=bool))
    return Buying(model, top, unit, (), (), 0)


def describe(fit: Buying, *, level: float = 0.95) -> Result:
    """Give the parameters of a fit with their intervals.

    Returns:
        term, estimate, std_error, conf_low, conf_high, n. Covariate effects are ratios of rates
        (of the parameters a and b for stopping).
    """
    point, error = fit.top.point, np.sqrt(np.diag(fit.top.covariance))
    reach = stats.quantile(level) * error
    value = np.exp(point)
    frame = pd.DataFrame({"term": [*NAMES[fit.model], *fit.terms], "estimate": value})
    frame["std_error"] = value * error
    frame["conf_low"], frame["conf_high"] = np.exp(point - reach), np.exp(point + reach)
    frame["n"] = fit.n
    rate = fit.parameters["r"] / fit.parameters["alpha"]
    notes: tuple[str, ...] = ("Parameters as given, without errors.",)
    if np.isfinite(fit.loglik):
        notes = (f"Log-likelihood {number(fit.loglik, 2)}.",)
    if fit.top.adrift.any():
        lost = [frame["term"][i] for i in np.flatnonzero(fit.top.adrift)]
        notes += (f"{listing(lost)} ran to the end of its range: the data cannot tell it.",)
    return Result(
        name=f"{MODELS[fit.model]} parameters",
        frame=frame,
        headline=f"While they stay, customers buy {number(rate, 3)} times a {fit.unit} on average.",
        method=f"{MODELS[fit.model]}, maximum likelihood; intervals on the log scale",
        base=f"{count(fit.n, 'customer')}",
        notes=notes,
    )


def _check(frame: pd.DataFrame) -> None:
    odd = (frame["recency"] > frame["age"] + 1e-9) | (frame["frequency"] < 0) | (frame["age"] < 0)
    if odd.any():
        raise FitError(
            f"{count(int(odd.sum()), 'customer')} bought after the last day or before the first "
            f"(first rows {np.flatnonzero(odd)[:3].tolist()}); look at 'recency' and 'age'."
        )
    repeat = int((frame["frequency"] > 0).sum())
    if repeat < 5:
        raise FitError(
            f"{count(repeat, 'customer')} of {count(len(frame))} bought more than once: too few "
            "to tell how often customers buy. Watch longer."
        )
