"""Why does retention rise with time? How different customers are in their chance of leaving."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import chi2

from cxlab import stats
from cxlab.lifetimes.design import FitError
from cxlab.lifetimes.spells import DAYS, UNTOLD, Spells
from cxlab.results import Result, count, listing, number, percent
from cxlab.retention.workings.contracts import (
    MODELS,
    Contract,
    as_told,
    fit_contract,
    notes_of,
    period_of,
)


def sorting(
    survivors: pd.DataFrame | Spells,
    *,
    model: str | None = None,
    fit_to: int | None = None,
    discount: float = 0.1,
    renewals: int = 0,
    unit: str = "year",
    level: float = 0.95,
) -> Result:
    """Say how different customers are in their chance of leaving, and how it moves with time.

    Retention among survivors rises even when no single customer grows more loyal, because
    those likely to leave go first and those unlikely to leave remain.

    Args:
        survivors, fit_to: as for `project`.
        model: `sbg` or `bdw`; without it, `sbg` unless `bdw` fits clearly better.
        discount: yearly discount rate for the expected further renewals.
        renewals: how often the customer in question has renewed already.
        level: confidence level.
        unit: how long one period of a table of counts is; customers bring their own.

    Returns:
        term (`alpha`, `beta`, `c`, `leaving in the first period, %`, `leaving in period …, the
        highest, %` where it rises first, `leaving after …, %`, `further renewals, discounted at
        … a year` where the length of a period is known), estimate, std_error, conf_low, conf_high.
    """
    survivors = as_told(survivors)
    found = (
        _likelier(survivors, fit_to) if model is None else fit_contract(survivors, model, fit_to)[0]
    )
    rows = [_delta(found, name, level, i) for i, name in enumerate(found.parameters)]
    rows += [_delta(found, _leaving(k, found), level, _chance(k)) for k in _telling(found)]
    chances = pd.DataFrame(rows[len(found.parameters) :])
    rate, untold = _per_period(discount, period_of(survivors, unit))
    if not untold:
        renewed = f"further renewals, discounted at {percent(discount, 1)} a year"
        rows.append(_delta(found, renewed, level, lambda c: _further(c, renewals, rate)))
    frame = pd.DataFrame(rows)
    if found.alike:  # where alpha and beta have no end, their digits are those of a stop
        endless = frame["term"].isin(["alpha", "beta"])
        numbers = frame.columns.drop("term")
        frame[numbers] = frame[numbers].mask(endless)
    return Result(
        name="sorting of customers",
        frame=frame,
        headline=_headline(found, chances, period_of(survivors), level),
        method=f"{MODELS[found.model]}, maximum likelihood; log-likelihood "
        f"{number(found.top.loglik, 2)}" + ("" if model else "; chosen by likelihood ratio"),
        base=f"{count(found.customers, 'customer')}, {count(found.fitted, 'period')} used to fit",
        notes=notes_of(found) + untold,
    )


def _likelier(survivors: pd.DataFrame | Spells, fit_to: int | None) -> Contract:
    """Let a customer's own chance change with time where the likelihood asks for it."""
    steady = fit_contract(survivors, "sbg", fit_to)[0]
    if steady.fitted < 3:
        return steady
    moving = fit_contract(survivors, "bdw", fit_to)[0]
    gain = 2 * (moving.top.loglik - steady.top.loglik)
    return moving if chi2.sf(gain, 1) < 0.05 else steady


def _telling(found: Contract) -> list[int]:
    """Choose the periods whose chance of leaving is told: first, highest, and the one to come."""
    last = found.fitted + 1
    curve = found.survival(np.arange(last + 1))
    highest = int(np.argmax(1 - curve[1:] / curve[:-1])) + 1
    return [1, last] if highest in (1, last) else [1, highest, last]


def _chance(period: int):
    return lambda c: 100 * (1 - np.divide(*c.survival([period, period - 1])))


def _leaving(period: int, found: Contract) -> str:
    if period == 1:
        return "leaving in the first period, %"
    if period > found.fitted:
        return f"leaving after {found.fitted} periods, %"
    return f"leaving in period {period}, the highest, %"


def _headline(found: Contract, chances: pd.DataFrame, period: str, level: float) -> str:
    """Say how the chance of leaving moves, and whether the first period seen agrees."""
    first, last = chances.iloc[0], chances.iloc[-1]
    top = chances.iloc[1] if len(chances) > 2 else first
    start = _said(first)
    end = f"{_said(last)} after {count(found.fitted, period)}"
    risen = top["conf_low"] > first["conf_high"]
    told = _misfit(found, period, level)
    if risen and last["conf_high"] < top["conf_low"]:
        peak = f"{_said(top)} in {period} {_telling(found)[1]}"
        return f"The chance of leaving rises from {start} to {peak}, then falls to {end}.{told}"
    if last["conf_high"] < first["conf_low"]:
        return f"The chance of leaving falls from {start} to {end}{_why(found)}.{told}"
    if last["conf_low"] > first["conf_high"]:
        return f"The chance of leaving rises from {start} to {end}.{told}"
    if told:
        return (
            "Whether the chance of leaving changes with time cannot be told by this model:"
            f"{told.replace(' The model', ' it', 1)}"
        )
    start = f"{start} in the first {period}"
    return f"No detectable change in the chance of leaving with time: {start}, {end}."


def _said(row: pd.Series) -> str:
    return percent(row["estimate"] / 100, 1)


def _why(found: Contract) -> str:
    if not found.alike:
        return ", as those likely to leave go first"
    return ", for each customer alike" if found.model == "bdw" else ""


def _misfit(found: Contract, period: str, level: float) -> str:
    """Say which of the first and the last period lies outside what the model says of it."""
    ends = np.array([1, found.fitted])
    low, high = stats.proportion_interval(found.lost[ends], found.watched[ends], level=level)
    model = np.array([_chance(k)(found) for k in ends]) / 100
    off = (model < low) | (model > high)
    missed = {(True, True): "both ends", (True, False): f"the first {period}",
              (False, True): f"the last {period}"}.get((bool(off[0]), bool(off[1])))  # fmt: skip
    return f" The model misses {missed}." if missed else ""


def _delta(found: Contract, term: str, level: float, ask) -> dict[str, float | str]:
    """Carry the covariance of the fit through to a number asked of it, on the log scale."""

    def answer(point):
        if isinstance(ask, int):
            return point[ask]
        return np.log(ask(replace(found, top=replace(found.top, point=point))))

    point = found.top.point
    steps = np.eye(len(point)) * 1e-5
    slope = np.array([(answer(point + s) - answer(point - s)) / 2e-5 for s in steps])
    log, error = answer(point), np.sqrt(slope @ found.top.covariance @ slope)
    reach = stats.quantile(level) * error
    ends = {"conf_low": np.exp(log - reach), "conf_high": np.exp(log + reach)}
    value = np.exp(log)
    return {"term": term, "estimate": value, "std_error": value * error, **ends}


def _per_period(discount: float, unit: str) -> tuple[float, tuple[str, ...]]:
    """Turn a yearly rate into the rate of one period; say so where its length is not told."""
    if discount <= 0:
        raise FitError("discount: without one the sum of all renewals has no end.")
    if unit == UNTOLD:
        return 0.0, ("Further renewals are not discounted: how long a period is, is not told.",)
    if unit not in DAYS:
        raise FitError(f"unit: '{unit}' is none of {listing(list(DAYS))}.")
    return (1 + discount) ** (DAYS[unit] / DAYS["year"]) - 1, ()


def _further(found: Contract, renewals: int, discount: float) -> float:
    """Expect further renewals, each discounted to the coming one (Fader-Hardie 2010)."""
    # of e^-40 nothing is left to discount
    periods = np.arange(renewals + 1, renewals + 2 + int(40 / np.log1p(discount)))
    kept = found.survival(periods) / found.survival([renewals])[0]
    return float((kept / (1 + discount) ** (periods - renewals - 1)).sum())
