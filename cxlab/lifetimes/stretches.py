"""Subscriptions joined into stretches: when was each customer there without a gap?"""

from typing import Any

import numpy as np
import pandas as pd

from cxlab.events import clock
from cxlab.lifetimes.spells import SpellError


def stretches(subscriptions: pd.DataFrame, *, as_of: Any = None) -> pd.DataFrame:
    """Join the overlapping and touching subscriptions of a customer.

    Args:
        subscriptions: one row per subscription with `customer_id`, `started_at` and, unless all
            go on, `ended_at`, missing while it does; perhaps `plan`.
        as_of: the last moment known; who ends later is still there.

    Returns:
        One row per customer and stretch, in order: `customer_id`, `started_at`, `ended_at`
        (missing while open), `n` (subscriptions joined), `turn` (0 for the first stretch),
        and `plan` of its last subscription.

    Raises:
        SpellError: a column is missing, or nobody has both an id and a start.

    Example:
        >>> days = [pd.to_datetime(["2025-01-01", "2025-02-01", "2025-06-01"]),
        ...         pd.to_datetime(["2025-02-01", "2025-03-01", None])]
        >>> frame = pd.DataFrame({"customer_id": "a", "started_at": days[0], "ended_at": days[1]})
        >>> stretches(frame)["n"].tolist()
        [2, 1]
    """
    for name in ("customer_id", "started_at"):
        if name not in subscriptions:
            raise SpellError(f"subscriptions have no '{name}'; map it under tables.subscriptions.")
    rows = subscriptions.dropna(subset=["customer_id", "started_at"])
    if rows.empty:
        raise SpellError("no subscription has both a customer and a start.")
    begun = rows["started_at"]
    none = pd.Series(pd.NaT, index=rows.index, dtype=begun.dtype)
    ends = rows.get("ended_at", none).astype(begun.dtype)
    if as_of is not None:
        last = clock.local_moment(as_of, clock.zone_of(begun)).tz_localize(clock.zone_of(begun))
        ends = ends.where(ends <= last)
    rows = rows.assign(ended_at=ends)
    plan = ["plan"] if "plan" in rows else []
    # what goes on comes last among equal starts, and plans decide the rest: order never matters
    rows = rows.sort_values(["customer_id", "started_at", "ended_at", *plan], ignore_index=True)
    far = pd.Timestamp.max.value
    end = rows["ended_at"].dt.as_unit("ns").astype("int64").where(rows["ended_at"].notna(), far)
    same = rows["customer_id"].eq(rows["customer_id"].shift()).to_numpy(bool)
    reached = end.groupby(rows["customer_id"].to_numpy(), sort=False).cummax().shift()
    start = rows["started_at"].dt.as_unit("ns").astype("int64")
    stretch = np.cumsum(~(same & (start <= reached).to_numpy(bool)))
    by = rows.groupby(stretch)
    out = by[["customer_id", "started_at"]].first()
    # groupby's max skips missing ends, but one that is missing goes on
    out["ended_at"] = by["ended_at"].max().where(~rows["ended_at"].isna().groupby(stretch).any())
    out["n"] = by.size()
    out["turn"] = out.groupby("customer_id").cumcount()
    if plan:
        out["plan"] = by["plan"].last()
    return out.reset_index(drop=True)


def lives(subscriptions: pd.DataFrame, *, as_of: Any = None) -> pd.DataFrame:
    """Give one row per customer: who came back is not counted as left.

    Args:
        subscriptions, as_of: see `stretches`.

    Returns:
        `customer_id`, `signed_up_at` (the first start), `churned_at` (the last end, missing
        while a subscription goes on), and `plan` of the last subscription.

    Raises:
        SpellError: see `stretches`.
    """
    by = stretches(subscriptions, as_of=as_of)
    last = by.drop_duplicates("customer_id", keep="last").set_index("customer_id")
    first = by.drop_duplicates("customer_id").set_index("customer_id")
    out = pd.DataFrame({"signed_up_at": first["started_at"], "churned_at": last["ended_at"]})
    return out.assign(**{n: last[n] for n in ("plan",) if n in last}).reset_index()
