"""What do contacts and refunds cost, of whom, and what if cases were settled the first time?"""

from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import How, label, question, tier
from cxlab.journey.workings.adjusting import covariates, robust, told, whose
from cxlab.journey.workings.cases import cases_of
from cxlab.journey.workings.means import mean_of
from cxlab.journey.workings.refusal import JourneyError
from cxlab.results import Result, count, money, money_in, percent

FEWEST = 10  # customers of a tier, cases of either kind
SERVED, BACK, CASE, SPARED = "contacts", "refunds", "a case", "spared if settled first"
ONCE, NOT = "settled first time", "not settled first time"


@question("as_of", "level", "currency")
def cost_to_serve(
    interactions: Any,
    responses: pd.DataFrame | None = None,
    orders: Any = None,
    *,
    score: str = "nps",
    repeat: str = "7D",
    how: How,
) -> Result:
    """Tell what customers cost to serve, by what they say and by cases settled at once.

    A case is a contact with all that follow it within `repeat` of one another; it was settled the
    first time if nothing followed and it did not fail. A case whose repeat time is not over is
    left out.

    Args:
        interactions: contacts with `cost`, one a row.
        responses: answers, of which a customer's last one tells promoter, passive or detractor.
        orders: orders with `refunded`; none if not given.
        score: column of a score from 0 to 10.
        repeat: within how long a further contact belongs to the case before.

    Returns:
        `part` and `group`: `contacts` and `refunds` by tier (`estimate`, the mean cost of a
        customer who answered, with none at 0); `a case` by how it was settled (mean cost, the kind
        of the first contact held the same for the second); and `spared if settled first`, by how
        much less all cases together would have cost if the difference were causal. `conf_low`,
        `conf_high`, `n` (customers or cases).

    Raises:
        JourneyError: contacts have no cost or name no customer, or too few cases are of either
            kind and no score is known.
    """
    cases = cases_of(interactions, as_of=how.as_of, repeat=repeat)
    rows = cases.frame
    for name in ("customer_id", "cost"):
        if name not in rows or rows[name].isna().all():
            raise JourneyError(f"contacts have no {label(name)}.", needs=f"'{name}' of contacts")
    found = _by_tier(rows, responses, orders, score, how.level)
    settled, used = _by_settling(rows, repeat, how)
    if not found and not settled:
        raise JourneyError(f"fewer than {FEWEST} cases were, or were not, settled the first time.")
    frame = pd.DataFrame([*found, *settled]).reindex(columns=_COLUMNS)
    return Result(
        name="cost to serve",
        frame=frame,
        headline=_headline(frame, f"{how.currency} ".lstrip()),
        method=f"Means with intervals by Student's t; cases compared by least squares{told(used)}, "
        "a customer's cases taken together (CR1, no less than plain).",
        base=money_in(cases.base, how.currency),
        notes=(*cases.notes, *_notes(rows, found)),
        unit="money",
    )


_COLUMNS = ["part", "group", "estimate", "conf_low", "conf_high", "n"]


def _by_tier(rows: pd.DataFrame, responses: Any, orders: Any, score: str, level: float) -> list:
    """Give mean costs of customers by the tier of their last answer."""
    if responses is None or not {"customer_id", score} <= set(responses):
        return []
    given = responses.dropna(subset=["customer_id", score])
    order = ["answered_at"] if "answered_at" in given else []
    last = given.sort_values(order, kind="stable") if order else given
    last = last.drop_duplicates("customer_id", keep="last")
    tiers = pd.Series(tier(last[score]), last["customer_id"].astype("str"))
    sums = {SERVED: rows.groupby(rows["customer_id"].astype("str"))["cost"].sum()}
    if orders is not None and {"customer_id", "refunded"} <= set(orders.columns):
        sums[BACK] = _refunds(orders)
    out = []
    for part, cost in sums.items():
        each = cost.reindex(tiers.index).fillna(0.0)
        for name in ("detractor", "passive", "promoter"):
            mine = each[tiers == name].to_numpy(float)
            if len(mine) >= FEWEST:
                out.append(
                    {
                        "part": part,
                        "group": f"{name}s",
                        **mean_of(mine, np.arange(len(mine)), level=level),
                    }
                )
    return out


def _refunds(orders: Any) -> pd.Series:
    rows = orders[["customer_id", "refunded"]]
    if not isinstance(rows, pd.DataFrame):
        rows = rows.group_by("customer_id").aggregate(refunded=rows.refunded.sum()).execute()
    return rows.groupby(rows["customer_id"].astype("str"))["refunded"].sum()


def _by_settling(rows: pd.DataFrame, repeat: str, how: How) -> tuple[list, list[str]]:
    """Compare cases that were settled at the first contact with those that were not."""
    whole = _whole(rows, repeat)
    hard = whole["back"].to_numpy(bool)
    if min(hard.sum(), (~hard).sum()) < FEWEST:
        return [], []
    x, used = covariates(whole, ["kind"])
    y = whole["cost"].to_numpy(float)
    gap, low, high, _ = robust(np.column_stack([x, hard]), y, whose(whole)).last(how.level)
    once = mean_of(y[~hard], whole["customer_id"][~hard], level=how.level)
    n, at = int(hard.sum()), once["estimate"]
    more = {"estimate": at + gap, "conf_low": at + low, "conf_high": at + high, "n": n}
    spared = {"estimate": n * gap, "conf_low": n * low, "conf_high": n * high, "n": n}
    return [{"part": CASE, "group": ONCE, **once}, {"part": CASE, "group": NOT, **more},
            {"part": SPARED, "group": "all cases", **spared}], used  # fmt: skip


def _whole(rows: pd.DataFrame, repeat: str) -> pd.DataFrame:
    """Put the contacts of a case together: its cost, and whether it was settled at the first."""
    known = rows[rows["customer_id"].notna()]
    gap = known.groupby("customer_id", sort=False)["opened_at"].diff()
    begins = gap.isna() | (gap > pd.Timedelta(repeat))
    case = begins.groupby(known["customer_id"], sort=False).cumsum()
    by = known.groupby([known["customer_id"], case], sort=False)
    failed = by["failed"].first() if "failed" in known else by["again"].first() * np.nan
    whole = pd.DataFrame({"cost": by["cost"].sum(min_count=1), "size": by.size(),
                          "failed": failed, "again": by["again"].last()})  # fmt: skip
    if "kind" in known:
        whole["kind"] = by["kind"].first()
    whole["back"] = (whole["size"] > 1) | whole["failed"].eq(1)
    sure = (whole["size"] > 1) | (whole["again"].notna() & (whole["failed"].notna() |
                                                           ("failed" not in known)))  # fmt: skip
    whole = whole[sure & whole["cost"].notna()]
    return whole.reset_index("customer_id").reset_index(drop=True)


def _notes(rows: pd.DataFrame, found: list) -> list[str]:
    told_of = ["What is spared holds only if settling at once is what makes a case cheap."]
    if found:
        told_of.append("Who has been a customer for longer has had more time to cost.")
    if gone := int(rows["cost"].isna().sum()):
        told_of.append(f"{count(gone, 'contact')} without a cost count as none.")
    return told_of


def _headline(frame: pd.DataFrame, of: str) -> str:
    rows = frame.set_index(["part", "group"])
    if (CASE, NOT) in rows.index:
        once, more = rows.loc[(CASE, ONCE)], rows.loc[(CASE, NOT)]
        share = more["n"] / (more["n"] + once["n"])
        return (
            f"A case settled the first time costs {of}{money(once['estimate'])}, another "
            f"{of}{money(more['estimate'])}; {percent(share)} are not settled the first time."
        )
    served = frame[frame["part"] == SERVED]
    most = served.loc[served["estimate"].idxmax()]
    return f"Contacts cost most of {most['group']}: {of}{money(most['estimate'])} a customer."
