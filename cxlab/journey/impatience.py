"""Do those leave who waited long?"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from cxlab import events
from cxlab.codebook import How, question
from cxlab.journey.workings.cases import Cases, cases_of
from cxlab.journey.workings.refusal import JourneyError
from cxlab.journey.workings.waiting import HOUR, SOONER, Waited, against_waiting
from cxlab.results import Result, count, money, money_in, number, percent

LEFT = "left"


@question("as_of", "level", "currency")
def impatience(
    interactions: Any,
    customers: Any,
    *,
    waiting: str = "waited",
    adjust: Sequence[str] = ("kind", "channel", "handled_by"),
    hours: float = 4,
    within: str = "90D",
    seed: int = 0,
    how: How,
) -> Result:
    """Draw the share who leave against how long they waited, and look for a knee.

    A customer's first contact alone counts, so that nobody counts twice and how often somebody
    gets in touch says nothing. Contacts too late to tell, or after leaving, are left out.

    Args:
        interactions: contacts, one a row.
        customers: the customer list with `churned_at`; with `monthly_fee`, in money, too.
        waiting: `waited` (hours to the first reply) or `solved` (hours to the end).
        adjust: columns of words held the same.
        hours: the wait of the what-if.
        within: how long after the contact leaving counts.
        seed: for everything that is drawn.

    Returns:
        As `promptness`, of the share who left.

    Raises:
        JourneyError: nothing tells who left, or too few first contacts have a wait that ended.
    """
    cases = cases_of(interactions, as_of=how.as_of)
    rows = _with_leaving(cases, customers, within)
    found = against_waiting(rows, LEFT, waiting, adjust=adjust, hours=hours, level=how.level,
                            seed=seed)  # fmt: skip
    days = pd.Timedelta(within).days
    what = f"The share who leave within {count(days, 'day')}"
    fee = rows["monthly_fee"].mean() if "monthly_fee" in rows else np.nan
    base = f"{count(found.n, 'customer')}, each with the first contact. {cases.base}"
    return Result(
        name="impatience",
        frame=found.frame,
        headline=found.said(what, partial(percent, digits=1), waiting),
        method=found.method,
        base=money_in(base, how.currency),
        notes=(*cases.notes, _clause(found, hours, waiting, fee, how.currency)),
        unit="share",
    )


def _with_leaving(cases: Cases, customers: Any, within: str) -> pd.DataFrame:
    """Give each customer's first contact with `left` (1, 0), and the monthly fee if known."""
    if customers is None or not {"customer_id", "churned_at"} <= set(customers.columns):
        raise JourneyError("no customer list tells who left.", needs="'churned_at' of customers")
    if "customer_id" not in cases.frame:
        raise JourneyError("contacts name no customer.", needs="'customer_id' of contacts")
    wanted = [n for n in ("customer_id", "churned_at", "monthly_fee") if n in customers.columns]
    known = customers[wanted].drop_duplicates("customer_id").astype({"customer_id": "str"})
    rows = cases.frame[cases.frame["customer_id"].notna()]
    rows = rows.drop_duplicates("customer_id", keep="first").astype({"customer_id": "str"})
    rows = rows.merge(known, on="customer_id", how="inner")
    gone = events.utc(rows["churned_at"], "UTC")
    until = rows["opened_at"] + pd.Timedelta(within)
    left, before = gone.le(until), gone.le(rows["opened_at"])
    rows[LEFT] = left.astype(float).where(~before & (left | until.le(cases.until)))
    return rows[rows[LEFT].notna()].reset_index(drop=True)


def _clause(found: Waited, hours: float, waiting: str, fee: float, currency: str) -> str:
    """Say in people, and in money a month, what a shorter wait would come to."""
    longer = found.longer(hours, waiting)
    row = found.row(SOONER)
    if not row["n"] or not found.goes:
        return longer
    people, low, high = (number(found.n * row[name], 0, signed=name == "estimate")
                         for name in ("estimate", "conf_low", "conf_high"))  # fmt: skip
    fees = money(found.n * row["estimate"] * fee, currency)
    worth = f" The fees they pay a month would by {fees}." if fee > 0 else ""
    hour = number(found.n * found.row(HOUR)["estimate"], 0, signed=True)
    return (
        f"{longer} If the association were causal and nobody did, the number who left would "
        f"differ by {people} ({low} to {high}).{worth} With an hour less for whoever waited longer "
        f"than one, it would by {hour}. What is waited for long may be hard."
    )
