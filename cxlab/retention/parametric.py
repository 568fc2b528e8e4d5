"""What does leaving look like beyond the data? Parametric and discrete-time models."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import expit

from cxlab import stats
from cxlab.codebook import did_you_mean
from cxlab.lifetimes.asking import of_customers
from cxlab.lifetimes.design import ENOUGH, FitError, design, separating, spoken
from cxlab.lifetimes.spells import Spells, groups
from cxlab.results import Result, count, listing, number, percent
from cxlab.retention.survival import survival
from cxlab.retention.workings.lines import SHAPES, curve_of, fit_line
from cxlab.retention.workings.proportional import ratios
from cxlab.retention.workings.reach import carried, spans


@of_customers
def parametric(
    watched: Spells,
    *,
    covariates: Sequence[str] = (),
    shape: str = "weibull",
    level: float = 0.95,
) -> Result:
    """Estimate by what factor covariates stretch the time until customers leave.

    Args:
        customers: one row per customer, or `Spells` (which may begin late).
        covariates: columns; numbers and flags as they are, words against their first value.
        shape: `exponential`, `weibull`, `lognormal` or `loglogistic`.

    Returns:
        term, estimate (time ratio; `scale` as it is), std_error (of the ratio, by the delta
        method), conf_low, conf_high, p_value, coefficient (of log time), coefficient_error, n,
        events. AIC, log-likelihood and tests are rows of `quality`.

    Raises:
        FitError: a column is constant, collinear or separating, or somebody left at time 0.
    """
    _known_shape(shape)
    x, terms, notes = np.ones((len(watched), 1)), ["(intercept)"], watched.notes
    if covariates:
        columns = design(watched.frame, covariates)
        watched = watched.take(columns.kept)
        x = np.column_stack([np.ones(len(watched)), columns.x])
        terms, notes = [*terms, *columns.terms], watched.notes + columns.notes
    found = fit_line(watched, x, shape, terms)
    spread = found.covariance[: len(terms), : len(terms)]
    frame = ratios(terms, found.beta, spread, level)
    log_error = np.sqrt(found.covariance[-1, -1]) if shape != "exponential" else np.nan
    reach = stats.quantile(level) * log_error
    ends = {"conf_low": found.scale * np.exp(-reach), "conf_high": found.scale * np.exp(reach)}
    last = {"term": "scale", "estimate": found.scale, "std_error": found.scale * log_error, **ends}
    frame = pd.concat([frame, pd.DataFrame([last])], ignore_index=True)
    frame["n"], frame["events"] = len(watched), int(watched.event.sum())
    return Result(
        name=f"{shape} length of stay",
        frame=frame,
        headline=_headline(frame.iloc[1:-1], shape),
        method=f"accelerated failure time, {shape}, maximum likelihood: log T = xb + scale e",
        base=watched.base,
        notes=(*notes, f"Log-likelihood {number(found.loglik, 3)}, AIC {number(found.aic, 3)}."),
        unit="ratio",
    )


@of_customers
def extrapolate(
    watched: Spells,
    *,
    by: str | None = None,
    horizon: float = 0,
    shapes: Sequence[str] = SHAPES,
    level: float = 0.95,
) -> Result:
    """Carry survival curves beyond the data, with every shape named, the likeliest first.

    Args:
        horizon: how far, in the unit of time; half as far again as was watched, if 0.
        shapes: which of `exponential`, `weibull`, `lognormal`, `loglogistic` to try.
        by: column to fit separately for.
        level: confidence level of the bands (of the fitted line; the shape is a choice).

    Returns:
        term (shape), group, time, estimate (share still there), conf_low, conf_high, rank
        (1: lowest AIC in its group), finished (whether the time lies within the data), verdict
        (assumed beyond them, as the shape is).

    Raises:
        FitError: somebody left at time 0, or fewer than twenty customers left.
    """
    for shape in shapes:
        _known_shape(shape)
    codes, names, notes = groups(watched, by)
    horizon = horizon or spans(watched)[1]
    times = np.linspace(0, horizon, 7)
    parts = []
    for i, name in enumerate(names):
        mine = watched.take(codes == i)
        _enough(mine, name)
        _some_stayed(mine, name)
        lines = [fit_line(mine, np.ones((len(mine), 1)), s, ["(intercept)"]) for s in shapes]
        order = np.argsort(np.argsort([line.aic for line in lines])) + 1
        for line, rank in zip(lines, order, strict=True):
            part = curve_of(line, times, level).assign(term=line.shape, group=name, rank=rank)
            parts.append(part.assign(finished=times <= mine.time.max()))
    frame = pd.concat(parts, ignore_index=True)
    frame["verdict"] = frame["finished"].map({True: None, False: "assumed"})
    words = ["term", "group", "time", "estimate", "conf_low", "conf_high", "rank", "finished",
             "verdict"]  # fmt: skip
    where = "" if by is None else f" in '{names[0]}'"
    ends = frame[frame["time"] == horizon].groupby("group", sort=False)["estimate"]
    low, high = ends.min().iloc[0], ends.max().iloc[0]
    best = frame[(frame["rank"] == 1) & (frame["group"] == names[0])].iloc[-1]
    beyond = not frame["finished"].all()
    missed = _missed(watched.take(codes == 0), best["term"], level)
    return Result(
        name="extrapolated stay",
        frame=frame[words],
        headline=f"{'Doubtful: after' if missed else 'After'} {horizon:g} {watched.unit}s, "
        f"{percent(best['estimate'], 1)} of the customers{where} are expected to be there still; "
        f"the shapes tried say {percent(low, 1)} to {percent(high, 1)}.",
        method=f"maximum likelihood; shapes ranked by AIC, the first of them {best['term']}",
        base=watched.base,
        notes=(*missed, *watched.notes, *notes, _BEYOND if beyond else _WITHIN),
        unit="share",
    )


_BEYOND = "Beyond the data the curve rests on its shape alone: trust the range, not the line."
_WITHIN = "All of these times were watched: the survival curve, which assumes no shape, says more."


def _enough(mine: Spells, name: str) -> None:
    left = int(mine.event.sum())
    if left < ENOUGH:
        whose = "" if name == "all" else f" of '{name}'"
        raise FitError(
            f"{count(left, 'customer')}{whose} left: too few to carry a curve beyond what was "
            f"watched, it takes {ENOUGH}."
        )


def _some_stayed(mine: Spells, name: str) -> None:
    if mine.event.all():
        whose = "" if name == "all" else f" of '{name}'"
        raise FitError(
            f"All {count(len(mine), 'customer')}{whose} have left: nobody's stay goes on beyond "
            "what was watched."
        )


def _missed(mine: Spells, shape: str, level: float) -> tuple[str, ...]:
    """Say where the shape misses what was seen, at the end of the curve that enough carry."""
    steps = survival(mine, level=level).frame
    end = carried(steps)
    if not end > 0:
        return ()
    line = fit_line(mine, np.ones((len(mine), 1)), shape, ["(intercept)"])
    says = curve_of(line, np.array([end]), level)["estimate"].iloc[0]
    seen = steps[steps["time"] <= end].iloc[-1]
    if seen["conf_low"] <= says <= seen["conf_high"]:
        return ()
    return (
        f"The shape ({shape}) misses what was seen: {percent(seen['estimate'], 1)} were there "
        f"after {end:.3g} {mine.unit}s, where it says {percent(says, 1)}.",
    )


def _known_shape(shape: str) -> None:
    if shape not in SHAPES:
        raise FitError(
            f"shape: '{shape}' is none of {listing(SHAPES)}.{did_you_mean(shape, SHAPES)}"
        )


def _headline(terms: pd.DataFrame, shape: str) -> str:
    apart = terms[(terms["conf_low"] > 1) | (terms["conf_high"] < 1)]
    if apart.empty:
        return f"Nothing is detectably associated with length of stay ({shape})."
    top = apart.loc[apart["p_value"].idxmin()]
    return (
        f"Most clearly associated with length of stay: {spoken(top['term'])}, with "
        f"{number(top['estimate'], 2)} times the stay "
        f"({number(top['conf_low'], 2)} to {number(top['conf_high'], 2)})."
    )


# Each gives the value and its first two derivatives in w.


# ---------------------------------------------------------------- discrete time


@of_customers
def discrete_hazards(
    watched: Spells,
    *,
    covariates: Sequence[str],
    bands: int = 12,
    level: float = 0.95,
) -> Result:
    """Estimate the odds of leaving in a period, by logistic regression: the plain alternative.

    A customer counts once per whole period under watch. The rhythm of leaving is one odds per
    band of periods, bands holding equally many events; within a band the likelihood needs only
    how many periods each customer was there.

    Args:
        covariates: columns; numbers and flags as they are, words against their first value.
        bands: how many bands of periods at most.
        unit: the period.

    Returns:
        term, estimate (odds ratio), std_error (of the ratio, by the delta method), conf_low,
        conf_high, p_value, coefficient (log-odds), coefficient_error, n (customers), events.

    Raises:
        FitError: a column is constant, collinear or separating, or nobody left.
    """
    columns = design(watched.frame, covariates)
    watched = watched.take(columns.kept)
    who, band, trials, left = _person_periods(watched, bands)
    beta, spread = _odds(band, columns, who, trials, left, watched)
    frame = ratios(columns.terms, beta, spread, level)
    frame["n"], frame["events"] = len(watched), int(left.sum())
    apart = frame[(frame["conf_low"] > 1) | (frame["conf_high"] < 1)]
    unit = watched.unit
    named = [f"{spoken(row.term)} ({number(row.estimate, 2)})" for row in apart.itertuples()]
    return Result(
        name="discrete hazards",
        frame=frame,
        headline=f"Associated with the odds of leaving in a {unit}, with odds "
        f"ratios: {listing(named)}."
        if named
        else f"No covariate is detectably associated with the odds of leaving in a {unit}.",
        method=f"logistic regression on customer-{unit}s, one odds per band of {unit}s",
        base=watched.base,
        notes=watched.notes + columns.notes + (f"{int(trials.sum()):,} customer-{unit}s.",),
        unit="ratio",
    )


def _person_periods(watched: Spells, bands: int):
    first, last, event = watched.periods()
    if not event.any():
        raise FitError(watched.nobody_left())
    shares = np.linspace(0, 1, bands + 1)[1:-1]
    # whole periods only, each band with somebody who left
    cuts = np.unique(np.quantile(last[event], shares, method="inverted_cdf"))
    edges = np.r_[0.0, cuts[(cuts > 0) & (cuts < last[event].max())], np.inf]
    who, band, trials, left = [], [], [], []
    for k in range(len(edges) - 1):
        there = np.minimum(last, edges[k + 1]) - np.maximum(first, edges[k])
        rows = np.flatnonzero(there > 0)
        who.append(rows)
        band.append(np.full(len(rows), k))
        trials.append(there[rows])
        left.append(event[rows] & (last[rows] <= edges[k + 1]) & (last[rows] > edges[k]))
    parts = (np.concatenate(part) for part in (who, band, trials, left))
    who_, band_, trials_, left_ = parts
    return who_, band_, trials_, left_.astype(float)


def _odds(band, columns, who, trials, left, watched):
    """Fit odds of leaving to covariates in standard deviations; give them back per unit.

    A band in which all who were there left, at its one period, tells nothing of covariates.
    """
    telling = np.bincount(band, left) < np.bincount(band, trials)
    rows = telling[band]
    if not rows.any():
        raise FitError("everybody left in the same period: there are no odds to compare.")
    places = np.unique(band[rows], return_inverse=True)[1]
    on = stats.scaled(columns.x)
    x = np.column_stack([np.eye(places.max() + 1)[places], on.z[who[rows]]])
    beta, information, step = _binomial(x, left[rows], trials[rows], places.max() + 1)
    own = slice(places.max() + 1, None)
    loose = (np.abs(step[own]) > 1e-3) | (np.abs(beta[own]) > 15)
    if loose.any():
        raise FitError(separating(columns.x, columns.terms, watched.event, loose))
    try:
        spread = stats.inverse(information)[own, own]
    except stats.DependentError:
        raise FitError(
            f"the periods tell nothing about {listing(columns.terms)}: leave out what never "
            "differs among those who were there at the same time."
        ) from None
    return beta[own] / on.spread, spread / np.outer(on.spread, on.spread)


def _binomial(x, left, trials, fixed):
    """Climb by Newton's steps, halved where the likelihood would fall."""
    beta = np.zeros(x.shape[1])
    beta[:fixed] = np.log((left.sum() + 0.5) / (trials.sum() - left.sum() + 0.5))
    value = left @ (x @ beta) - trials @ np.logaddexp(0, x @ beta)
    for _ in range(100):
        p = expit(x @ beta)
        information = (x * (trials * p * (1 - p))[:, None]).T @ x
        step = np.linalg.lstsq(information, x.T @ (left - trials * p), rcond=1e-12)[0]
        size, before = 1.0, value
        while True:
            eta = x @ (beta + size * step)
            value = left @ eta - trials @ np.logaddexp(0, eta)
            if value >= before - 1e-12 * abs(before) or size < 1e-6:
                break
            size /= 2
        beta, step = beta + size * step, size * step
        moved = np.abs(step).max()
        # a likelihood that no longer rises while a coefficient still moves has no highest point
        if moved < 1e-10 or (value - before < 1e-9 * abs(value) and moved > 1e-3):
            break
    return beta, information, step
