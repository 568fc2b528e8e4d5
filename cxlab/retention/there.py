"""Who is there on a day, of customers whose subscriptions end and begin again?"""

from typing import Any

import pandas as pd

from cxlab.events import clock
from cxlab.lifetimes.stretches import stretches
from cxlab.results import Result, count


def there_on(subscriptions: pd.DataFrame, *, day: Any) -> Result:
    """Count the customers with a subscription on a day, and those of them who had come back.

    A subscription covers the moment it starts and no longer the moment it ends; a day without
    a time of day is asked about at its last moment.

    Args:
        subscriptions: `customer_id`, `started_at`, `ended_at`; see `stretches`.
        day: a day or a moment, by the clock of the study.

    Returns:
        term (`there`, `returned`, `gone`), n (customers).

    Raises:
        SpellError: a column is missing, or nobody has both an id and a start.
    """
    by = stretches(subscriptions)
    zone = clock.zone_of(by["started_at"])
    begun, ended = (clock.local_times(by[name], zone) for name in ("started_at", "ended_at"))
    at = clock.local_moment(day, zone)
    if at == at.normalize():
        at += pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    inside = (begun <= at) & ~(ended <= at)
    there = int(inside.sum())
    back = int((inside & (by["turn"] > 0)).sum())
    gone = int(by.loc[begun <= at, "customer_id"].nunique()) - there
    several = int((by["turn"] > 0).sum())
    return Result(
        name="there on a day",
        frame=pd.DataFrame({"term": ["there", "returned", "gone"], "n": [there, back, gone]}),
        headline=f"{count(there, 'customer')} had a subscription on {at:%Y-%m-%d}; "
        f"{count(back)} of them had come back after a gap.",
        method="overlapping and touching subscriptions of a customer joined, then counted",
        base=f"{count(int(by['customer_id'].nunique()), 'customer')} with "
        f"{count(int(by['n'].sum()), 'subscription')}",
        notes=(f"{count(several, 'gap')} between subscriptions, whole period.",),
    )
