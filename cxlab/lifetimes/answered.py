"""Customers who answered, watched from their first answer on."""

from dataclasses import replace
from typing import Any

import pandas as pd

from cxlab import events
from cxlab.codebook import WORTH, need, tier
from cxlab.lifetimes.spells import SpellError, Spells, spells
from cxlab.results import count


def from_answers(
    customers: pd.DataFrame, responses: pd.DataFrame, *, score: str = "nps", as_of: Any = None
) -> Spells:
    """Watch each customer from their first answer on.

    A customer's experience is known from the answer only: counting the time before it, too, would
    credit the score with time the customer had to survive in order to answer.

    Args:
        customers: the customer list, with `customer_id`, `churned_at`.
        responses: the answers, with `customer_id`, `answered_at` and the score.
        score: the score that must be there.
        as_of: the last moment known.

    Returns:
        `Spells` of customers with answer and list entry; besides the columns of both, `tier`
        (of the score) and `tenure_before` (months from signing up to the answer).

    Raises:
        SpellError: a column is missing, or nobody on the list answered.
    """
    for frame, name in ((customers, "customers"), (responses, "responses")):
        needed = ("customer_id", "churned_at") if name == "customers" else (
            "customer_id", "answered_at", score)  # fmt: skip
        need(frame, needed, SpellError, f"{name}: there is no column '{{}}'.")
    known = responses.dropna(subset=["customer_id", "answered_at", score])
    first = known.sort_values("answered_at", kind="stable").drop_duplicates("customer_id")
    both = [c for c in first.columns if c in customers.columns and c != "customer_id"]
    people = first.drop(columns=both).merge(customers, on="customer_id")
    gone = people["churned_at"] < people["answered_at"]
    people = people[~gone].reset_index(drop=True)
    if people.empty:
        raise SpellError("nobody on the customer list gave an answer while being a customer.")
    people["tier"] = tier_of(people[score])
    if "signed_up_at" in people:
        since = events.local_times(people["answered_at"])
        since -= events.local_times(people["signed_up_at"])
        people["tenure_before"] = (since / pd.Timedelta(days=365.25 / 12)).clip(lower=0)
    watched = spells(people, start="answered_at", end="churned_at", as_of=as_of)
    late = int(gone.sum())
    notes = (f"{count(late, 'answer')} came after the customer had left.",) if late else ()
    base = watched.base.replace("customers with 'answered_at'", "customers from their first answer")
    return replace(watched, base=base, notes=watched.notes + notes)


def tier_of(scores: pd.Series) -> pd.Series:
    """Name the tier of each recommendation score: promoter, passive or detractor.

    Example:
        >>> tier_of(pd.Series([10, 8, 3, None])).tolist()
        ['promoter', 'passive', 'detractor', nan]
    """
    given = pd.to_numeric(scores, errors="coerce")
    return pd.Series(pd.Categorical(tier(given), categories=[*WORTH]), index=scores.index)
