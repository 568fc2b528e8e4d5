"""What a fitted model of buying expects of each customer, and whether it came true."""

from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxlab.lifetimes.buyers import Buyers, days_of_purchase
from cxlab.lifetimes.design import FitError
from cxlab.lifetimes.spells import DAYS
from cxlab.results import Result, count, number
from cxlab.value.workings.expected import purchases_ahead, rates_for, still_there
from cxlab.value.workings.purchasing import MODELS, Buying


def outlook(
    fit: Buying, buyers: Buyers, *, horizon: float, discount: float | None = None
) -> pd.DataFrame:
    """Expect, for each customer, whether they are still there and how much they will buy.

    Args:
        fit: what `buying` gave.
        buyers: the customers asked about; the same kind of frame as was fitted.
        horizon: how far to look, in units of time; `inf` needs a discount.
        discount: yearly rate; without it purchases count in full.

    Returns:
        customer_id, p_alive, purchases (expected within the horizon, discounted if asked).

    Raises:
        FitError: an endless horizon without discount.
    """
    if discount is not None and discount <= -1:
        raise FitError("discount: a yearly rate lies above −1; write 0.1 for ten per cent.")
    delta = 0.0 if not discount else np.log1p(discount) / (DAYS["year"] / DAYS[fit.unit])
    if horizon is None or not horizon > 0:
        raise FitError("horizon: name how far to look, above 0, in units of time (52 weeks).")
    if not np.isfinite(horizon) and delta <= 0:
        raise FitError("horizon: without a discount the purchases of all time have no sum.")
    stats, rates = rates_for(fit, buyers.frame)
    alive = still_there(fit, stats, rates)
    ahead = purchases_ahead(fit, stats, rates, horizon, delta) * alive
    return pd.DataFrame(
        {
            "customer_id": buyers.frame["customer_id"],
            "p_alive": alive[stats.rows],
            "purchases": ahead[stats.rows],
        }
    )


def purchases_since_first(fit: Buying, ages: np.ndarray) -> np.ndarray:
    """Expect the repeat purchases of a new customer up to each age."""
    ages = np.asarray(ages, float)
    new = pd.DataFrame({"frequency": np.zeros(len(ages)), "recency": 0.0, "age": 0.0})
    if fit.covariates:
        raise FitError("a fit with covariates has no single new customer to expect from.")
    stats, rates = rates_for(fit, new)
    out = np.empty(len(ages))
    alive = still_there(fit, stats, rates)[0]
    for i, age in enumerate(ages):
        out[i] = purchases_ahead(fit, stats, rates, age, 0.0)[0] * alive if age > 0 else 0.0
    return out


# ---------------------------------------------------------------- did it come true?


def held_out(fit: Buying, buyers: Buyers, *, most: int = 7) -> Result:
    """Hold what was expected to what customers bought afterwards, by how often they had bought.

    Args:
        fit: fitted to the time before `as_of` only.
        buyers: made with `until`.
        most: the last group gathers customers with this many purchases or more.

    Returns:
        group (repeat purchases before), n, estimate (purchases each, as came), expected.

    Raises:
        FitError: nothing was held out.
    """
    if "held_out" not in buyers.frame.columns:
        raise FitError("nothing was held out: make the buyers with `until`.")
    ahead = outlook(fit, buyers, horizon=buyers.horizon)["purchases"]
    often = buyers.frame["frequency"].clip(upper=most).astype(int)
    rows = pd.DataFrame({"often": often, "came": buyers.frame["held_out"], "ahead": ahead})
    by = rows.groupby("often").agg(
        n=("came", "size"), estimate=("came", "mean"), expected=("ahead", "mean")
    )
    frame = by.reset_index()
    frame.insert(0, "group", [f"{k}{'+' if k == most else ''}" for k in frame.pop("often")])
    came, hoped = rows["came"].sum(), rows["ahead"].sum()
    return Result(
        name="purchases held out",
        frame=frame,
        headline=f"Held out: {count(came, 'purchase')} came where {number(hoped, 0)} were "
        f"expected ({_off(hoped, came)}).",
        method=f"{MODELS[fit.model]}, fitted to {buyers.as_of:%Y-%m-%d} only",
        base=f"{buyers.base}, held out to {buyers.until:%Y-%m-%d}",
    )


def tracking(fit: Buying, buyers: Buyers, orders: Any) -> Result:
    """Follow repeat purchases over the calendar: those expected, and those that came.

    Args:
        fit: fitted to the time before `as_of`.
        buyers: the customers it was fitted to, made with `until` to see the hold-out.
        orders: the orders they were made from.

    Returns:
        time (units since the first purchase of all), estimate (repeat purchases so far),
        expected, verdict (`fitted`, `held out`).
    """
    first = buyers.frame["first_at"]
    origin, unit = first.min(), DAYS[buyers.unit]
    end = buyers.until if buyers.until is not None else buyers.as_of
    times = np.arange(1, np.floor((end - origin) / pd.Timedelta(days=1) / unit) + 1)
    joined, sizes = np.unique((first - origin) / pd.Timedelta(days=1) / unit, return_counts=True)
    ages = (times[:, None] - joined[None, :]).clip(min=0)
    known, where = np.unique(ages, return_inverse=True)
    expected = purchases_since_first(fit, known)[where].reshape(ages.shape) @ sizes
    frame = pd.DataFrame({"time": times, "estimate": _so_far(orders, buyers, times, origin, end)})
    frame["expected"] = expected
    cut = (buyers.as_of - origin) / pd.Timedelta(days=1) / unit
    frame["verdict"] = np.where(times <= cut, "fitted", "held out")
    return Result(
        name=f"repeat purchases over time in {buyers.unit}s",
        frame=frame,
        headline=f"By {end:%Y-%m-%d}, {count(frame['estimate'].iloc[-1], 'repeat purchase')} came; "
        f"the model expected {number(frame['expected'].iloc[-1], 0)} "
        f"({_off(frame['expected'].iloc[-1], frame['estimate'].iloc[-1])}).",
        method=f"{MODELS[fit.model]}, fitted to {buyers.as_of:%Y-%m-%d} only",
        base=buyers.base,
    )


def _off(hoped: float, came: float) -> str:
    return f"{number(100 * (hoped / came - 1), 1, signed=True)}%" if came else "none came"


def _so_far(orders: Any, buyers: Buyers, times: np.ndarray, origin, end) -> np.ndarray:
    days = days_of_purchase(orders)
    # who began after the fit is not among those whose purchases it expects
    known = ibis.memtable(buyers.frame[["customer_id"]])
    days = days.semi_join(known, "customer_id")
    counts = days.group_by("day").aggregate(n=days.count()).execute()
    new = buyers.frame.groupby("first_at").size()
    counts = counts[(counts["day"] >= origin) & (counts["day"] <= end)].set_index("day")["n"]
    repeat = counts.sub(new.reindex(counts.index, fill_value=0)).sort_index()
    passed = (repeat.index - origin) / pd.Timedelta(days=1) / DAYS[buyers.unit]
    running = np.r_[0, np.cumsum(repeat.to_numpy())]
    return running[np.searchsorted(passed, times, side="right")]
