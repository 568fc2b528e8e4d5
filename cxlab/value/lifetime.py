"""What is a customer worth? Purchases expected, times spend, discounted."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from cxlab.lifetimes.buyers import Buyers
from cxlab.lifetimes.design import FitError
from cxlab.lifetimes.likelihood import firm
from cxlab.lifetimes.spells import DAYS
from cxlab.results import Result, number, percent
from cxlab.value.buying import buying
from cxlab.value.outlook import outlook
from cxlab.value.spend import check_spend, spending
from cxlab.value.workings.expected import purchases_ahead, rates_for, still_there
from cxlab.value.workings.purchasing import MODELS, Buying, slope_of_buying
from cxlab.value.workings.spend import Spend, slope_of_spend


def customer_values(
    buyers: Buyers,
    *,
    fit: Buying | None = None,
    spend: Spend | None = None,
    horizon: float = np.inf,
    discount: float = 0.1,
    margin: float = 1.0,
) -> pd.DataFrame:
    """Expect the value of each customer from `as_of` on.

    Args:
        buyers: what `buyers` gave.
        fit: a model of buying; without it, Pareto/NBD is fitted.
        spend: a model of spend; without it, Gamma-Gamma is fitted.
        horizon: how far to look, in units of time; endless by default.
        discount: yearly rate.
        margin: share of spend that is kept.

    Returns:
        customer_id, p_alive, purchases (discounted), spend (expected per purchase), value.
    """
    fit = buying(buyers, model="pareto_nbd") if fit is None else fit
    spend = spending(buyers) if spend is None else spend
    frame = outlook(fit, buyers, horizon=horizon, discount=discount)
    often, mean = (buyers.frame[word].to_numpy(float) for word in ("frequency", "spend"))
    frame["spend"] = spend.expect(often, mean)
    frame["value"] = frame["purchases"] * frame["spend"] * margin
    return frame


def lifetime_value(
    buyers: Buyers,
    *,
    model: str = "pareto_nbd",
    horizon: float = np.inf,
    discount: float | None = 0.1,
    margin: float = 1.0,
    level: float = 0.95,
    n_boot: int = 200,
    seed: int = 0,
) -> Result:
    """Estimate what the customers of today will still be worth, without contract.

    Args:
        buyers: what `buyers` gave.
        model: `pareto_nbd`, `bg_nbd` or `mbg_nbd`.
        horizon: how far to look, in units of time; endless by default.
        discount: yearly rate; none, or 0, counts all spend in full.
        margin: share of spend that is kept.
        level: confidence level.
        n_boot: resamples of customers; each moves both models by one Newton step.
        seed: of the resampling.

    Returns:
        term (`value per customer`, `value of all`, `share still there`,
        `purchases per customer`, `spend per purchase`), estimate, conf_low, conf_high, n.

    Raises:
        FitError: too few repeat buyers, no horizon, or an endless one without discount.
    """
    if not margin > 0:
        raise FitError("margin: the share of spend that is kept lies above 0, such as 0.3.")
    fit, spend = buying(buyers, model=model), spending(buyers)
    discount = discount or 0.0
    terms = ["value per customer", "value of all", "share still there"]
    terms += ["purchases per customer", "spend per purchase"]
    asked: dict[str, float] = {"horizon": horizon, "discount": discount, "margin": margin}
    values = customer_values(buyers, fit=fit, spend=spend, **asked)
    often = values["purchases"].sum() or np.nan  # where nobody buys again, a purchase has no price
    estimate = [values["value"].mean(), values["value"].sum(), values["p_alive"].mean()]
    estimate += [values["purchases"].mean(), values["value"].sum() / margin / often]
    draws = np.array(list(_resampled(buyers, fit, spend, n_boot=n_boot, seed=seed, **asked)))
    ends = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    frame = pd.DataFrame({"term": terms, "estimate": estimate})
    frame["conf_low"], frame["conf_high"], frame["n"] = ends[0], ends[1], len(buyers)
    first, span = frame.iloc[0], _span(horizon, buyers.unit)
    return Result(
        name="lifetime value",
        frame=frame,
        headline=f"A customer of today is worth {number(first['estimate'], 2)} {span} "
        f"({number(first['conf_low'], 2)} to {number(first['conf_high'], 2)}).",
        method=f"{MODELS[model]} and Gamma-Gamma, {percent(discount, 1)} a year discount, margin "
        f"{percent(margin)}; bootstrap over customers ({n_boot} resamples, one Newton step each)",
        base=buyers.base,
        notes=(
            *buyers.notes,
            check_spend(buyers).headline,
            *(["All that is spent counts as worth: no margin is said."] if margin == 1 else []),
        ),
    )


def _span(horizon: float, unit: str) -> str:
    if not np.isfinite(horizon):
        return "from now on"
    return f"over the next {number(horizon, 0)} {unit}s"


def _resampled(buyers, fit, spend, *, horizon, discount, margin, n_boot, seed) -> Iterator[list]:
    """Draw customers anew, move both fits one Newton step, and value the draw.

    What a step does to each customer's purchases is read off their slopes in the logarithms,
    worked out once: to work them out anew in each draw takes minutes and moves no end.
    """
    rng = np.random.default_rng(seed)
    stats, _ = rates_for(fit, buyers.frame)
    x, m = (buyers.frame[word].to_numpy(float) for word in ("frequency", "spend"))
    used = (x > 0) & (m > 0)
    n, delta = len(x), np.log1p(discount) / (DAYS["year"] / DAYS[fit.unit])
    bought, there, steep, leaning = _slopes(fit, stats, horizon, delta)
    slope = slope_of_buying(stats, fit)
    spread, spread_of_spend = firm(fit.top.covariance), firm(spend.top.covariance)
    for _ in range(n_boot):
        times = rng.multinomial(n, np.full(n, 1 / n)).astype(float)
        drawn = np.bincount(stats.rows, times, len(stats.x))
        step = np.clip(spread @ slope(drawn), -1, 1)
        ahead = (bought * np.exp(step @ steep))[stats.rows]
        alive = np.clip(there + step @ leaning, 0, 1)[stats.rows]
        step = spread_of_spend @ slope_of_spend(x[used], m[used], times[used], spend)
        step = np.clip(step, -1, 1)
        paid = Spend(replace(spend.top, point=spend.top.point + step), spend.n)
        value = times @ (ahead * paid.expect(x, m)) * margin
        often = times @ ahead
        yield [value / n, value, times @ alive / n, often / n, value / margin / often]


def _slopes(fit: Buying, stats, horizon: float, delta: float):
    """Give purchases ahead and chance of being there, and how they move with each parameter."""

    def told(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        moved = replace(fit, top=replace(fit.top, point=point))
        rates = _rates_of(moved, stats)
        alive = still_there(moved, stats, rates)
        return purchases_ahead(moved, stats, rates, horizon, delta) * alive, alive

    point, reach = fit.top.point, 1e-3
    bought, there = told(point)
    sides = [(told(point + d), told(point - d)) for d in np.eye(len(point)) * reach]
    tiny = np.finfo(float).tiny
    steep = [(np.log(u[0] + tiny) - np.log(d[0] + tiny)) / (2 * reach) for u, d in sides]
    leaning = [(u[1] - d[1]) / (2 * reach) for u, d in sides]
    return bought, there, np.array(steep), np.array(leaning)


def _rates_of(fit: Buying, stats) -> np.ndarray:
    base = fit.top.point[[1, 3]] if fit.model == "pareto_nbd" else fit.top.point[[1, 2, 3]]
    return np.repeat(np.exp(base)[:, None], len(stats.x), 1)
