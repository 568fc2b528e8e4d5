"""Who are the good customers, and do they remain so? Recency, frequency, money, and tiers."""

from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxlab import events
from cxlab.lifetimes.buyers import OrdersError, table_of
from cxlab.results import Result, count, percent

# Read from above: the first rule that fits gives the tier.
TIERS: dict[str, str] = {
    "champion": "bought lately and often (R and F of 4 or 5)",
    "loyal": "buys often, not lately (F of 4 or 5, R of 2 or 3)",
    "slipping": "bought often, long ago (F of 3 to 5, R of 1)",
    "promising": "bought lately, not often yet (R of 4 or 5)",
    "occasional": "in between (R of 2 or 3)",
    "dormant": "bought seldom and long ago",
}


def rfm(
    orders: Any,
    *,
    lookback: str | None = None,
    step: float = 1.0,
    as_of: Any,
) -> pd.DataFrame:
    """Score customers from 1 to 5 on how lately, how often and for how much they bought.

    Args:
        orders: pandas frame or Ibis table with `customer_id`, `ordered_at`, `amount`, and
            `refunded` where there were refunds.
        lookback: how far back orders count, such as `365D`; without it, all of them.
        step: a score begins this much above its quintile (the R package rfm's rule, made for
            whole numbers).
        as_of: the day recency is counted to; later orders are not known.

    Returns:
        customer_id, recency (days), frequency (orders), amount, r, f, m (5 is best), tier.

    Raises:
        OrdersError: a column is missing, or no order lies in the window.

    Example:
        >>> orders = pd.DataFrame({"customer_id": [*"abcde"], "amount": [90, 80, 70, 60, 50]})
        >>> orders["ordered_at"] = pd.date_range("2024-01-01", periods=5)
        >>> rfm(orders, as_of="2024-01-31")["m"].tolist()
        [5, 4, 3, 2, 1]
    """
    frame = _summed(orders, pd.Timestamp(as_of), lookback)
    return _scored(frame, _cuts(frame, step))


def tiers(orders: Any, *, lookback: str | None = None, as_of: Any) -> Result:
    """Count customers and money by loyalty tier.

    Args:
        orders, as_of, lookback: as for `rfm`.

    Returns:
        group (tier), reason (what it means), n, share (of customers), estimate (money per
        customer), of_money (share of all money).
    """
    scored = rfm(orders, as_of=as_of, lookback=lookback)
    by = scored.groupby("tier").agg(n=("amount", "size"), total=("amount", "sum"))
    by = by.reindex([tier for tier in TIERS if tier in by.index]).reset_index(names="group")
    frame = pd.DataFrame({"group": by["group"], "reason": by["group"].map(TIERS), "n": by["n"]})
    frame["share"] = by["n"] / by["n"].sum()
    frame["estimate"] = by["total"] / by["n"]
    whole = by["total"].sum()
    frame["of_money"] = by["total"] / whole if whole > 0 else np.nan
    top = frame.loc[frame["of_money"].fillna(0).idxmax()]
    return Result(
        name="loyalty tiers",
        frame=frame,
        headline=f"{percent(top['share'])} of the customers, the tier '{top['group']}', bring "
        f"{percent(top['of_money'])} of the money."
        if np.isfinite(top["of_money"])
        else "No money was brought in this window.",
        method="quintiles of recency and frequency, tiers by fixed rules",
        base=f"{count(len(scored), 'customer')} with orders to {pd.Timestamp(as_of):%Y-%m-%d}"
        + (f", looking back {events.spoken(lookback)}" if lookback else ""),
    )


def migration(orders: Any, *, after: Any, before: Any = None, lookback: str = "365D") -> Result:
    """Follow customers from tier to tier between two days.

    The cut points of the first day hold on the second, so that tiers can grow or shrink.

    Args:
        orders: as for `rfm`.
        after: the later day.
        before: the earlier day; where the window of the later one begins, if not given.
        lookback: how far back orders count on each day.

    Returns:
        term (tier before, or `new`), group (tier after, or `gone`), n, share (of those in the
        tier before).
    """
    then = pd.Timestamp(after)
    first = then - pd.Timedelta(lookback) if before is None else pd.Timestamp(before)
    if then <= first:
        raise OrdersError(f"after: {then:%Y-%m-%d} must lie after before, {first:%Y-%m-%d}.")
    old = _summed(orders, first, lookback)
    cuts = _cuts(old, 1.0)
    new = _scored(_summed(orders, then, lookback), cuts)
    both = _scored(old, cuts)[["customer_id", "tier"]].merge(
        new[["customer_id", "tier"]], on="customer_id", how="outer", suffixes=("_old", "_new")
    )
    both = both.fillna({"tier_old": "new", "tier_new": "gone"})
    frame = both.groupby(["tier_old", "tier_new"]).size().rename("n").reset_index()
    frame.columns = ["term", "group", "n"]
    frame["share"] = frame["n"] / frame.groupby("term")["n"].transform("sum")
    order = {tier: i for i, tier in enumerate([*TIERS, "new", "gone"])}
    frame = frame.sort_values(["term", "group"], key=lambda c: c.map(order), ignore_index=True)
    top = frame[(frame["term"] == "champion") & (frame["group"] == "champion")]
    stayed = float(top["share"].iloc[0]) if len(top) else 0.0
    n = int(frame.loc[frame["term"] == "champion", "n"].sum())
    return Result(
        name="migration of tiers",
        frame=frame,
        headline=f"Of {count(n, 'champion')} on {first:%Y-%m-%d}, {percent(stayed)} are champions "
        f"still on {then:%Y-%m-%d}."
        if n
        else f"No customer was a champion on {first:%Y-%m-%d}: nobody had bought both lately and "
        "often.",
        method=f"tiers by the cut points of {first:%Y-%m-%d}, looking back "
        f"{events.spoken(lookback)} on each day",
        base=f"{count(len(both), 'customer')} with orders on either day",
    )


def _summed(orders: Any, last: pd.Timestamp, lookback: str | None) -> pd.DataFrame:
    """Sum orders per customer, in the engine that holds them."""
    zone = events.zone_of(orders["ordered_at"]) if "ordered_at" in orders.columns else None
    last = events.local_moment(last, zone)
    table = table_of(orders, ("customer_id", "ordered_at", "amount"))
    paid = table["amount"].cast("float64")
    if "refunded" in table.columns:
        paid = paid - table["refunded"].cast("float64").fill_null(0.0)
    day = table["ordered_at"].cast("timestamp").truncate("D")
    rows = table.select(
        customer_id=table["customer_id"],
        day=day,
        paid=paid.fill_null(0.0),
        order=(table["amount"] >= 0).cast("int64"),
    )
    rows = rows.filter(rows["customer_id"].notnull() & (rows["day"] <= ibis.literal(last)))
    if lookback is not None:
        rows = rows.filter(rows["day"] > ibis.literal(last - pd.Timedelta(lookback)))
    latest = rows.filter(rows["order"] == 1)
    summed = rows.group_by("customer_id").aggregate(
        frequency=rows["order"].sum(), amount=rows["paid"].sum()
    )
    seen = latest.group_by("customer_id").aggregate(last=latest["day"].max())
    frame = summed.join(seen, "customer_id").execute().sort_values("customer_id", ignore_index=True)
    if frame.empty:
        raise OrdersError(f"no order lies in the window to {last:%Y-%m-%d}; look at 'ordered_at'.")
    frame["recency"] = (last.normalize() - pd.to_datetime(frame["last"])).dt.days
    return frame[["customer_id", "recency", "frequency", "amount"]]


def _cuts(frame: pd.DataFrame, step: float) -> dict[str, np.ndarray]:
    shares = [0.2, 0.4, 0.6, 0.8]
    words = ("recency", "frequency", "amount")
    return {word: np.quantile(frame[word].to_numpy(float), shares) + step for word in words}


def _scored(frame: pd.DataFrame, cuts: dict[str, np.ndarray]) -> pd.DataFrame:
    score = {
        word: 1 + np.searchsorted(edges, frame[word].to_numpy(float), side="right")
        for word, edges in cuts.items()
    }
    r, f = 6 - score["recency"], score["frequency"]
    tier = np.select(
        [(r >= 4) & (f >= 4), (r >= 2) & (f >= 4), (r == 1) & (f >= 3), r >= 4, r >= 2],
        list(TIERS)[:5],
        "dormant",
    )
    return frame.assign(r=r, f=f, m=score["amount"], tier=tier)
