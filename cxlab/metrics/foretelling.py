"""What did customers do after they answered? Later behaviour beside each answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cxlab import events
from cxlab.codebook import label
from cxlab.metrics.prediction import predictors
from cxlab.metrics.workings.answers import need
from cxlab.metrics.workings.measures import MetricsError, Score
from cxlab.metrics.workings.periods import moment
from cxlab.results import Result

OUTCOMES = {"left": "leaving", "orders": "ordering", "referrals": "referring others"}
FEWEST = 20
COLUMNS = ["part", "term", "against", "estimate", "std_error", "conf_low", "conf_high", "rank",
           "verdict", "n", "level"]  # fmt: skip


def afterwards(
    responses: pd.DataFrame,
    *,
    customers: pd.DataFrame | None = None,
    orders: Any = None,
    within: str = "90D",
    as_of: str | date | pd.Timestamp,
) -> pd.DataFrame:
    """Add to each answer what its customer did in the time that followed.

    Only answers whose time was watched to its end are kept, from customers who had not left.

    Args:
        responses: one row per answer, with `customer_id` and `answered_at`.
        customers: the customer list; `churned_at` gives `left`, `referred_by` with
            `signed_up_at` gives `referrals`.
        orders: pandas frame or Ibis table of orders, which gives `orders`.
        within: how long after the answer, such as `90D`, or `3M` of the calendar.
        as_of: the last moment known.

    Returns:
        The answers with a column for each outcome that is known.

    Example:
        >>> answers = pd.DataFrame({"customer_id": ["a", "b"], "nps": [3, 9],
        ...                         "answered_at": pd.to_datetime(["2025-01-01", "2025-01-01"])})
        >>> people = pd.DataFrame({"customer_id": ["a", "b"],
        ...                        "churned_at": pd.to_datetime(["2025-02-01", None])})
        >>> afterwards(answers, customers=people, as_of="2025-12-31")["left"].tolist()
        [True, False]
    """
    need(responses, ["customer_id", "answered_at"])
    zone = events.zone_of(responses["answered_at"])
    held = responses[responses["customer_id"].notna() & responses["answered_at"].notna()]
    times = events.local_times(held["answered_at"], zone)
    ends = events.ahead(times, within)
    over = ends <= moment(as_of, zone)
    held, times, ends = held[over], times[over], ends[over]
    if customers is not None and "churned_at" in customers:
        gone = customers.drop_duplicates("customer_id").set_index("customer_id")["churned_at"]
        known = held["customer_id"].isin(gone.index)
        when = events.local_times(held["customer_id"].map(gone), zone)
        there = (known & ~(when <= times)).to_numpy()
        held = held.assign(left=(when <= ends).to_numpy())[there]
        times, ends = times[there], ends[there]
    if customers is not None and {"referred_by", "signed_up_at"} <= set(customers.columns):
        new = customers.dropna(subset=["referred_by"])
        joined = events.local_times(new["signed_up_at"], zone)
        brought = pd.DataFrame({"customer_id": new["referred_by"], "at": joined})
        held = held.assign(referrals=_count(held, times, ends, brought))
    if orders is not None:
        bought = _orders(orders, held)
        bought["at"] = events.local_times(bought["at"], zone)
        held = held.assign(orders=_count(held, times, ends, bought))
    return held


def foretells(
    responses: pd.DataFrame,
    *,
    scores: Sequence[str | Score],
    outcome: str = "left",
    customers: pd.DataFrame | None = None,
    orders: Any = None,
    within: str = "90D",
    as_of: str | date | pd.Timestamp,
    level: float = 0.95,
) -> Result:
    """Say which score best tells what customers do next, judged on answers of a later time.

    The earlier answers, whose time was over when the later ones began, teach which way each
    score points; the later ones judge it.

    Args:
        responses, customers, orders, within, as_of: as in `afterwards`.
        scores: the scores compared.
        outcome: `left`, `orders` or `referrals`.
        level: confidence level.

    Returns:
        What `predictors` returns; an empty frame, and a headline that says why, where too
        little is known.

    Example:
        >>> rows = pd.DataFrame({"nps": [9]})
        >>> foretells(rows, scores=["nps"], as_of="2025-12-31").headline
        'Whether a score tells leaving is not known: no answers with customer and date.'
    """
    if outcome not in OUTCOMES:
        raise MetricsError(f"'{outcome}' is no outcome; choose one of {list(OUTCOMES)}.")
    if not {"customer_id", "answered_at"} <= set(responses.columns):
        return _unknown(outcome, "no answers with customer and date")
    told = afterwards(responses, customers=customers, orders=orders, within=within, as_of=as_of)
    if outcome not in told:
        return _unknown(outcome, f"the study does not say who is {OUTCOMES[outcome]}")
    early, late = _halves(told, within)
    happened = min(int((part[outcome] > 0).sum()) for part in (early, late))
    if happened < FEWEST:
        return _unknown(
            outcome, f"it was seen fewer than {FEWEST} times after earlier or later answers"
        )
    found = predictors(
        early, late, scores=scores, outcome=outcome, cluster="customer_id", level=level
    )
    return Result(
        name=f"what tells {OUTCOMES[outcome]}",
        frame=found.frame,
        headline=found.headline.replace(f"'{outcome}'", OUTCOMES[outcome]),
        method=found.method,
        base=found.base.replace(
            f"'{outcome}' after", f"{label(OUTCOMES[outcome])} within {events.spoken(within)} of"
        ),
        notes=tuple(note.replace(f"'{outcome}'", OUTCOMES[outcome]) for note in found.notes),
        unit=found.unit,
    )


def _orders(orders: Any, held: pd.DataFrame) -> pd.DataFrame:
    """Fetch when these customers ordered; an Ibis table is filtered where it lives."""
    if not isinstance(orders, pd.DataFrame):
        import ibis

        people = ibis.memtable(pd.DataFrame({"customer_id": held["customer_id"].unique()}))
        orders = orders.semi_join(people, "customer_id").select("customer_id", "ordered_at")
        orders = orders.to_pandas()
    return pd.DataFrame({"customer_id": orders["customer_id"], "at": orders["ordered_at"]})


def _count(
    held: pd.DataFrame, times: pd.Series, ends: pd.Series, happened: pd.DataFrame
) -> np.ndarray:
    """Count each customer's events in the time after each answer."""
    answers = pd.DataFrame(
        {
            "customer_id": held["customer_id"].to_numpy(),
            "time": times.to_numpy(),
            "end": ends.to_numpy(),
            "row": range(len(held)),
        }
    )
    pairs = answers.merge(happened.dropna(), on="customer_id")
    inside = (pairs["at"] > pairs["time"]) & (pairs["at"] <= pairs["end"])
    return np.bincount(pairs.loc[inside, "row"], minlength=len(held))


def _halves(told: pd.DataFrame, within: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    times = events.local_times(told["answered_at"])
    if times.empty:
        return told, told
    cut = times.quantile(0.55)
    return told[events.ahead(times, within) <= cut], told[times >= cut]


def _unknown(outcome: str, why: str) -> Result:
    return Result(
        name=f"what tells {OUTCOMES[outcome]}",
        frame=pd.DataFrame(columns=COLUMNS),
        headline=f"Whether a score tells {OUTCOMES[outcome]} is not known: {why}.",
        method="not computed",
        base="No answers followed.",
        unit="share",
    )
