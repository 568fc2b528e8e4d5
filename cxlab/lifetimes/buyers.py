"""Who bought how often, when last, and for how much, as known on a day?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import numpy as np
import pandas as pd
from pandas.api import types

from cxlab import events
from cxlab.codebook import did_you_mean, need
from cxlab.lifetimes.spells import DAYS
from cxlab.results import Unanswerable, count


class OrdersError(Unanswerable):
    """Orders cannot be used for this question."""


@dataclass(frozen=True, eq=False)
class Buyers:
    """One row per customer who bought: what the models of buying need to know.

    Attributes:
        frame: `customer_id`, `first_at`, `frequency` (days with a repeat purchase), `recency`
            (time from the first purchase to the last), `age` (from the first purchase to
            `as_of`), `spend` (mean amount of a repeat purchase), and, where `until` was given,
            `held_out` (purchases from `as_of` to `until`) and `held_out_spend`.
        unit: what one unit of time is.
        as_of, until: the last day used, and the last day held out.
        base: who is counted.
        notes: what was assumed or left out.
    """

    frame: pd.DataFrame
    unit: str
    as_of: pd.Timestamp
    until: pd.Timestamp | None
    base: str
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def horizon(self) -> float:
        """Give the length of the hold-out, in units of time."""
        return 0.0 if self.until is None else _days(self.until - self.as_of) / DAYS[self.unit]


def buyers(
    orders: Any,
    *,
    until: Any = None,
    unit: str = "week",
    as_of: Any,
) -> Buyers:
    """Summarise orders per customer: how often, when last, since when, for how much.

    Purchases of one customer on one day are one purchase, as in all published fits. The work is
    done where the orders are; what comes back is one row per customer.

    Args:
        orders: pandas frame or Ibis table with `customer_id`, `ordered_at` and, where money
            matters, `amount` and `refunded`.
        until: the last day to hold the fit to; orders after `as_of` are counted up to here.
        unit: unit of time: `day`, `week`, `month`, `quarter` or `year`.
        as_of: the last day the fit may know.

    Returns:
        `Buyers`.

    Raises:
        OrdersError: a column is missing, or no order lies before `as_of`.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": [5.0, 7.0, 9.0]})
        >>> orders["ordered_at"] = pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-08"])
        >>> buyers(orders, as_of="2024-01-29").frame["recency"].tolist()
        [2.0, 0.0]
    """
    if unit not in DAYS:
        raise OrdersError(f"unit: '{unit}' is none of {', '.join(DAYS)}.{did_you_mean(unit, DAYS)}")
    last = last_day(orders, as_of)
    end = None if until is None else last_day(orders, until)
    frame = _per_customer(days_of_purchase(orders), last, end).execute()
    if frame.empty:
        raise OrdersError(f"no order lies on or before {last:%Y-%m-%d}; look at 'ordered_at'.")
    frame = frame.sort_values("customer_id", ignore_index=True)
    first, latest = pd.to_datetime(frame["first_at"]), pd.to_datetime(frame["last_at"])
    day = pd.Timedelta(days=1)
    out = pd.DataFrame({"customer_id": frame["customer_id"], "first_at": first})
    out["frequency"] = frame["days"].astype(float) - 1
    out["recency"] = (latest - first) / day / DAYS[unit]
    out["age"] = (last - first) / day / DAYS[unit]
    repeat = (frame["total"] - frame["opening"]).to_numpy(float)
    often = out["frequency"].to_numpy()
    out["spend"] = np.divide(repeat, often, out=np.zeros(len(out)), where=often > 0)
    if end is not None:
        out["held_out"] = frame["held_out"].fillna(0).astype(float)
        out["held_out_spend"] = frame["held_out_spend"].fillna(0).astype(float)
    base = f"{count(len(out), 'customer')} with a first purchase by {last:%Y-%m-%d}"
    return Buyers(out, unit, last, end, base, _oddities(out))


def orders_of(orders: Any, customers: pd.DataFrame | None = None) -> Any:
    """Give back the orders, having made sure that some are of a customer on the list.

    Raises:
        OrdersError: there are none, or none joins a customer.
    """
    table = ibis.memtable(moments_of(orders)) if isinstance(orders, pd.DataFrame) else orders
    if "customer_id" not in table.columns:
        near = did_you_mean("customer_id", table.columns)
        raise OrdersError(f"orders: there is no column 'customer_id'.{near}")
    if customers is not None and "customer_id" in customers:
        listed = customers[["customer_id"]].dropna().drop_duplicates()
        table = table.semi_join(ibis.memtable(listed), "customer_id")
    if not table.filter(table["customer_id"].notnull()).limit(1).execute().empty:
        return orders
    if customers is None or "customer_id" not in customers:
        raise OrdersError("no order names its customer; look at 'customer_id' of the orders.")
    raise OrdersError(
        f"no order joins any of the {count(len(customers), 'customer')} of the list; look at how "
        "'customer_id' is written in both tables."
    )


def days_of_purchase(orders: Any) -> ibis.Table:
    """Gather orders to one row per customer and day, as an expression over their table."""
    table = table_of(orders)
    paid = table["amount"].cast("float64") if "amount" in table.columns else ibis.literal(0.0)
    if "refunded" in table.columns:
        paid = paid - table["refunded"].cast("float64").fill_null(0.0)
    bought = table["amount"] >= 0 if "amount" in table.columns else ibis.literal(True)
    table = table.select(
        customer_id=table["customer_id"],
        day=table["ordered_at"].cast("timestamp").truncate("D"),
        paid=paid.fill_null(0.0),
        bought=bought.fill_null(True),
    )
    table = table.filter(table["customer_id"].notnull() & table["day"].notnull())
    days = table.group_by(["customer_id", "day"]).aggregate(
        paid=table["paid"].sum(), bought=table["bought"].any()
    )
    return days.filter(days["bought"]).drop("bought")


def table_of(orders: Any, needs: Sequence[str] = ("customer_id", "ordered_at")) -> ibis.Table:
    """Give orders as a table of an engine, their moments as local times of the zone they carry.

    Raises:
        OrdersError: a column is missing, or 'ordered_at' holds no moments.
    """
    table = ibis.memtable(moments_of(orders)) if isinstance(orders, pd.DataFrame) else orders
    need(table, needs, OrdersError, "orders: there is no column '{}'.")
    return events.local(table)


def last_day(orders: Any, as_of: Any) -> pd.Timestamp:
    """Give the day on which a moment falls where the orders were placed."""
    there = "ordered_at" in orders.columns
    zone = events.zone_of(orders["ordered_at"]) if there else None
    return events.local_moment(as_of, zone).normalize()


def moments_of(orders: pd.DataFrame) -> pd.DataFrame:
    """Keep what questions about buying read of a frame of orders, its moments as local times."""
    wanted = ("customer_id", "ordered_at", "amount", "refunded")
    kept = orders[[column for column in wanted if column in orders.columns]]
    if "ordered_at" in kept.columns and not types.is_datetime64_any_dtype(kept["ordered_at"]):
        raise OrdersError(
            f"orders: 'ordered_at' holds {kept['ordered_at'].dtype}, not moments; convert it with "
            "pandas.to_datetime and a declared format."
        )
    return events.local(kept)


def _per_customer(days: ibis.Table, last: pd.Timestamp, end: pd.Timestamp | None) -> ibis.Table:
    known = days.filter(days["day"] <= ibis.literal(last))
    known = known.group_by("customer_id").aggregate(
        first_at=known["day"].min(),
        last_at=known["day"].max(),
        days=known.count(),
        total=known["paid"].sum(),
        opening=known["paid"].argmin(known["day"]),
    )
    if end is None:
        return known
    later = days.filter((days["day"] > ibis.literal(last)) & (days["day"] <= ibis.literal(end)))
    later = later.group_by("customer_id").aggregate(
        held_out=later.count(), held_out_spend=later["paid"].sum()
    )
    return known.left_join(later, "customer_id").drop("customer_id_right")


def _oddities(frame: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    nothing = int(((frame["spend"] <= 0) & (frame["frequency"] > 0)).sum())
    if nothing:
        notes.append(
            f"Repeat purchases of {count(nothing, 'customer')} came to nothing, net of what was "
            "given back; they are left out of the model of spend, not of the model of buying."
        )
    if len(frame) == 1:
        notes.append("There is one customer only: nothing can be said about differences.")
    return tuple(notes)


def _days(gap: pd.Timedelta) -> float:
    return gap / pd.Timedelta(days=1)
