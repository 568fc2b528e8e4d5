"""How did customers answer a change of price, and whom did loyalty hold?"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxlab import events, stats
from cxlab.codebook import need
from cxlab.lifetimes.cox import fit as fit_cox
from cxlab.lifetimes.design import FitError, design, separating
from cxlab.lifetimes.spells import DAYS, _moment
from cxlab.results import Misuse, Result, count, number, percent, span
from cxlab.value.rfm import rfm

WORDS = [
    "term",
    "group",
    "estimate",
    "conf_low",
    "conf_high",
    "p_value",
    "coefficient",
    "n",
    "events",
]


def price_response(
    customers: pd.DataFrame,
    *,
    controls: Sequence[str] = (),
    changed_on: Any,
    increase: float,
    loyalty: tuple[str, str],
    felt: str = "felt",
    horizon: str = "180D",
    level: float = 0.95,
) -> Result:
    """Estimate how leaving answered a change of price, by loyalty of mind and of habit.

    Customers who felt the change are held against those who did not over the same weeks, so that
    what happened to everyone cancels. The two loyalties moderate separately: a customer may buy
    often without being fond of the company, and be fond of it without buying often.

    Args:
        customers: those there on the day: `signed_up_at`, `churned_at`.
        controls: columns held equal.
        changed_on: the day of the change.
        increase: the change as a share: 0.15 for 15 % more.
        loyalty: columns of attitudinal and of behavioural loyalty, measured before the change;
            scores are taken as they are, so centre them where 0 should be an ordinary customer.
        felt: flag column: whose price changed.
        horizon: how long after the change leaving counts.
        level: confidence level.

    Returns:
        term, group, estimate, conf_low, conf_high, p_value, coefficient, n, events. Terms
        `price` and `price × …` are hazard ratios; `elasticity` is per cent more leaving per per
        cent of price, for customers of each kind of loyalty (by group; one point above 0).

    Raises:
        FitError: nobody felt it, or everybody did; a column is missing, constant or separating.
    """
    if not increase or not np.isfinite(increase):
        raise FitError("increase: a change of 0 has no elasticity.")
    rows, time, left = _there(customers, changed_on, horizon, felt, loyalty)
    mind, habit = loyalty
    felt_it = rows[felt].astype(float)
    if not 0 < felt_it.sum() < len(rows):
        raise FitError(
            f"'{felt}': {int(felt_it.sum())} of {len(rows)} customers felt the change; "
            "without others there is nothing to hold them against."
        )
    terms = {"price": felt_it, mind: rows[mind].astype(float), habit: rows[habit].astype(float)}
    terms |= {f"price × {mind}": felt_it * terms[mind], f"price × {habit}": felt_it * terms[habit]}
    frame = pd.DataFrame(terms)
    for name in controls:
        frame[name] = rows[name]
    columns = design(frame, list(frame.columns))
    kept = columns.kept
    time, left = time[kept], left[kept]
    found = fit_cox(np.zeros(len(time)), time, left, columns.x)
    if not found.settled.all():
        raise FitError(separating(columns.x, columns.terms, left, ~found.settled))
    table = _table(columns.terms, found, increase, loyalty, level)
    table["n"], table["events"] = len(time), int(left.sum())
    return Result(
        name="answer to a price change",
        frame=table[WORDS],
        headline=_headline(table, loyalty),
        method=f"Cox regression over {horizon} from {pd.Timestamp(changed_on):%Y-%m-%d}, those who "
        "felt the change against those who did not, two moderators",
        base=f"{count(len(time), 'customer')} there on the day, {count(int(left.sum()))} of whom "
        f"left; {count(int(felt_it[kept].sum()))} felt the change of {percent(increase)}",
        notes=(
            *columns.notes,
            "Who felt the change was not drawn by lot: what else differed there is in the numbers.",
        ),
        unit="ratio",
    )


def loyalties(
    customers: pd.DataFrame,
    responses: pd.DataFrame,
    orders: Any,
    *,
    score: str = "nps",
    changed_on: Any,
    lookback: str = "180D",
) -> pd.DataFrame:
    """Measure loyalty of mind and of habit before a change of price.

    Args:
        customers: `customer_id`, `signed_up_at`, `churned_at`.
        responses: `customer_id`, `answered_at` and the score.
        orders: pandas frame or Ibis table of orders.
        score: the score that stands for loyalty of mind.
        changed_on: the day of the change; nothing after it is used.
        lookback: how far back orders count for loyalty of habit.

    Returns:
        `customers` with `attitude` (last score before the day) and `habit` (orders a month before
        it), each from its mean in standard deviations: 0 is an ordinary customer.
    """
    day = _moment(changed_on, events.zone_of(customers["signed_up_at"]))
    customers, responses = events.local(customers), events.local(responses)
    said = responses[responses["answered_at"] < day].sort_values("answered_at", kind="stable")
    last = said.groupby("customer_id")[score].last()
    scored = rfm(orders, as_of=day - pd.Timedelta(days=1), lookback=lookback)
    bought = scored.set_index("customer_id")["frequency"]
    months = ((day - customers["signed_up_at"]) / pd.Timedelta(days=DAYS["month"])).clip(lower=1)
    months = months.clip(upper=pd.Timedelta(lookback) / pd.Timedelta(days=DAYS["month"]))
    here = (customers["signed_up_at"] < day) & ~(customers["churned_at"] < day)
    out = customers.assign(
        attitude=customers["customer_id"].map(last),
        habit=customers["customer_id"].map(bought).fillna(0.0) / months,
    )
    for column in ("attitude", "habit"):
        known = out.loc[here, column]
        spread = known.std()
        if not spread > 0:
            raise FitError(f"'{column}' is constant before the change: no loyalty to tell apart.")
        out[column] = (out[column] - known.mean()) / spread
    return out


def _there(customers: pd.DataFrame, changed_on: Any, horizon: str, felt: str, loyalty):
    need(customers, ("signed_up_at", "churned_at", felt, *loyalty), FitError)
    day = _moment(changed_on, events.zone_of(customers["signed_up_at"]))
    customers = events.local(customers)
    end = day + pd.Timedelta(horizon)
    gone = customers["churned_at"]
    rows = customers[(customers["signed_up_at"] < day) & ~(gone < day)]
    if rows.empty:
        raise FitError(f"nobody was a customer on {day:%Y-%m-%d}.")
    left = (rows["churned_at"] <= end).to_numpy()
    stop = rows["churned_at"].where(left, end)
    time = ((stop - day) / pd.Timedelta(days=1) / DAYS["month"]).to_numpy(float)
    return rows.reset_index(drop=True), time, left


def _table(terms, found, increase: float, loyalty, level: float) -> pd.DataFrame:
    """Give hazard ratios, then elasticities for four kinds of customer."""
    beta, spread = found.coefficients, found.covariance
    reach = stats.quantile(level)
    place = {term: i for i, term in enumerate(terms)}
    rows = []
    for term in ("price", f"price × {loyalty[0]}", f"price × {loyalty[1]}", *loyalty):
        j = place[term]
        rows.append(_ratio(term, beta[j], np.sqrt(spread[j, j]), reach))
    kinds = {"neither": (0, 0), loyalty[0]: (1, 0), loyalty[1]: (0, 1), "both": (1, 1)}
    for kind, (mind, habit) in kinds.items():
        pick = np.zeros(len(beta))
        pick[place["price"]] = 1
        pick[place[f"price × {loyalty[0]}"]] = mind
        pick[place[f"price × {loyalty[1]}"]] = habit
        row = _ratio("elasticity", pick @ beta, np.sqrt(pick @ spread @ pick), reach)
        for word in ("estimate", "conf_low", "conf_high"):
            row[word] = (row[word] - 1) / increase
        rows.append(row | {"group": kind, "coefficient": np.nan})
    table = pd.DataFrame(rows)
    table["group"] = table.get("group")
    if increase < 0:
        swap = table["term"] == "elasticity"
        ends = table.loc[swap, ["conf_high", "conf_low"]].to_numpy()
        table.loc[swap, ["conf_low", "conf_high"]] = ends
    return table


def _ratio(term: str, value: float, error: float, reach: float) -> dict[str, Any]:
    ends = {"conf_low": np.exp(value - reach * error), "conf_high": np.exp(value + reach * error)}
    p = 2 * norm.sf(abs(value / error))
    return {"term": term, "estimate": np.exp(value), **ends, "p_value": p, "coefficient": value}


def _headline(table: pd.DataFrame, loyalty) -> str:
    rows = table.set_index("term")
    said = []
    for name, what in zip(loyalty, ("attitude", "habit"), strict=True):
        row = rows.loc[f"price × {name}"]
        ends = span(row["conf_low"], row["conf_high"]).replace("−", "-")
        apart = not row["conf_low"] <= 1 <= row["conf_high"]
        way = "softens" if row["estimate"] < 1 else "sharpens"
        verdict = (
            way if apart else f"points to {'softer' if way == 'softens' else 'sharper'}, not apart"
        )
        ratio = number(row["estimate"], 2)
        said.append(f"loyalty of {what} {verdict} (ratio {ratio}, {ends})")
    price = rows.loc["price"]
    return (
        f"The change of price goes with {number(price['estimate'], 2)} times the leaving of an "
        f"ordinary customer ({number(price['conf_low'], 2)} to {number(price['conf_high'], 2)}); "
        f"{said[0]}; {said[1]}."
    )


_CHANGE = re.compile(r"\s*(\d{4}-\d{2}-\d{2})\s+(.+?)\s*=\s*(.+?)\s+([+\-−]?\d+(?:\.\d+)?)\s*%\s*")


def answer_to_price(
    customers: pd.DataFrame,
    responses: pd.DataFrame,
    orders: Any,
    *,
    score: str = "nps",
    change: str,
    level: float = 0.95,
) -> Result:
    """Measure both loyalties before a change of price, and how leaving answered it.

    Args:
        customers, responses, orders: the tables of the study.
        change: the day, who felt it, and by how much: `2025-01-01 region=West +15%`.
        score: the score that stands for loyalty of attitude.
        level: confidence level.

    Returns:
        What `price_response` gives.

    Raises:
        Misuse: the change cannot be read.
        FitError: none is named, or it cannot be measured.
    """
    if not change.strip():
        needs = "its day, who felt it and by how much, in 'price_change'"
        raise FitError("no change of price is named.", needs=needs)
    read = _CHANGE.fullmatch(change)
    if read is None:
        raise Misuse(
            f"'{change[:60]}' does not name a change of price; write the day, who felt it and by "
            "how much, such as: 2025-01-01 region=West +15%."
        )
    day, segment, felt, step = read.groups()
    need(customers, [segment], FitError)
    people = customers.assign(felt=customers[segment].astype(str) == felt)
    measured = loyalties(people, responses, orders, changed_on=day, score=score)
    increase = float(step.replace("−", "-")) / 100
    loyalty = ("attitude", "habit")
    return price_response(measured, changed_on=day, increase=increase, loyalty=loyalty, level=level)
