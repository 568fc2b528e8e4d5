"""What the tables know of the same people: facts of each customer, and how tables meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlab import events, weighting
from cxlab.results import Absence, Result, count, listing, percent
from cxlab.study import meeting

if TYPE_CHECKING:
    from cxlab.study import Study

MOST_KINDS = 12  # a column with more different words names people, not groups
_FACTS = ("acquired_via", "monthly_fee")
YEAR = pd.Timedelta(days=365)
_SAID = ("channel", "touchpoint", "language")


def people(study: Study) -> pd.DataFrame | None:
    """See `Study.people`."""
    customers = study.customers
    if customers is None or "customer_id" not in customers:
        return None
    once = customers.dropna(subset=["customer_id"]).drop_duplicates("customer_id")
    out = once[["customer_id"]].copy()
    for name in (*study.mapping.tables["customers"].segments, *_FACTS):
        if name in once and _tells(once[name]):
            out[name] = once[name]
    if "signed_up_at" in once:
        until = pd.Timestamp(study.mapping.until())
        out["tenure"] = (until - events.local_times(once["signed_up_at"])).dt.days.astype(float)
    if "churned_at" in once:
        out["left"] = once["churned_at"].notna().map({True: "yes", False: "no"})
    for table, word in (("interactions", "contacted"), ("orders", "ordered")):
        done = study.cleaned.get(table)
        if done is not None and "customer_id" in done.frame:
            met = once["customer_id"].isin(done.frame["customer_id"].unique())
            if 0 < met.sum() < len(met):
                out[word] = met.map({True: "yes", False: "no"})
    return out.reset_index(drop=True)


def known(study: Study) -> pd.DataFrame | None:
    """See `Study.known`."""
    responses, facts = study.responses, study.people
    if responses is None:
        return None
    spec = study.mapping.tables["responses"]
    names = dict.fromkeys([*spec.segments, *_SAID, *study.segments()])
    own = [name for name in names if name in responses and _tells(responses[name])]
    out = responses[own].reset_index(drop=True)
    if study.dated:
        out["quarter"] = events.local_times(responses["answered_at"]).dt.to_period("Q").to_numpy()
        out["quarter"] = out["quarter"].astype(str).where(responses["answered_at"].notna().array)
    if facts is None or "customer_id" not in responses:
        return out
    late = ("customer_id", "left", "contacted", "ordered")
    more = [name for name in facts if name not in out and name not in late]
    joined = responses[["customer_id"]].merge(facts, on="customer_id", how="left")
    out = out.assign(**{name: joined[name].to_numpy() for name in more})
    return _contacted(out, study)


def _contacted(out: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add whether there was a contact in the year before the answer."""
    responses, contacts = study.responses, study.cleaned.get("interactions")
    if responses is None or contacts is None or not study.dated:
        return out
    if not {"customer_id", "opened_at"} <= set(contacts.frame.columns):
        return out
    asked = responses[["customer_id", "answered_at"]].reset_index(names="row")
    # nobody without an id is the same person as anybody else without one
    named, ours = asked.dropna(), contacts.frame[["customer_id", "opened_at"]].dropna()
    pairs = named.merge(ours, on="customer_id")
    answered, opened = (events.local_times(pairs[at]) for at in ("answered_at", "opened_at"))
    since = answered - opened
    near = asked["row"].isin(pairs.loc[since.between(pd.Timedelta(0), YEAR), "row"])
    said = near.map({True: "yes", False: "no"}).where(asked["row"].isin(named["row"]))
    return out.assign(**{"contacted in the year before": said})


def balance(study: Study) -> Result | Absence:
    """See `Study.balance`."""
    responses, facts = study.responses, study.people
    if responses is None or facts is None or "customer_id" not in responses:
        return Absence(
            "Who is missing cannot be said.", "answers and a customer list that share an id"
        )
    by = [name for name in facts if name != "customer_id"]
    said = responses[["customer_id", *([study.weight] if study.weight else [])]]
    met = said.merge(facts, on="customer_id")
    if met.empty or not by:
        return Absence(
            "Those who answered cannot be set beside all customers.",
            "segments or dates in the customer list, of customers who answered",
        )
    return weighting.balance(met, facts, by=by, weight=study.weight)


def joins(study: Study) -> Result:
    """See `Study.joins`."""
    customers = study.cleaned.get("customers")
    rows: list[dict[str, Any]] = []
    if customers is not None and "customer_id" in customers.frame:
        ids = set(customers.frame["customer_id"].dropna())
        for table, done in study.cleaned.items():
            if table != "customers" and "customer_id" in done.frame:
                rows += _join(table, done, ids)
    frame = pd.DataFrame(rows, columns=["table", "term", "n", "share", "value"])
    joined = _joined_sentence(frame, alone=len(study.cleaned) == 1)
    return Result(
        name="joins",
        frame=frame,
        headline=" ".join([*(said for _, said in meeting.doubts(study.cleaned)), joined]),
        method="Tables meet on the customer's id, cleaned on both sides. The customer list has "
        "one row a customer, so no row is multiplied by a join.",
        base=f"{study.mapping.study}; exports known on {study.mapping.as_of:%d %B %Y}.",
    )


def _join(table: str, done, ids: set[str]) -> list[dict[str, Any]]:
    """Count one table's rows that find their customer, and the customers that are found."""
    orphans = done.set_aside[done.set_aside["reason"] == "orphan"]
    given = done.frame["customer_id"]
    met = given.isin(ids)  # asks pandas for each id apart
    lost, found = len(orphans) + int((given.notna() & ~met).sum()), int(met.sum())
    examples = [f"{row.file}, line {count(row.line)}" for row in orphans.head(3).itertuples()]
    each = given[met].value_counts()
    total = max(found + lost + int(given.isna().sum()), 1)
    counted = [
        {"table": table, "term": "rows with their customer", "n": found, "share": found / total},
        {"table": table, "term": "rows whose customer is not in the list", "n": lost}
        | {"share": lost / total, "value": "; ".join(examples) or None},
        {"table": table, "term": "rows without an id", "n": int(given.isna().sum())}
        | {"share": int(given.isna().sum()) / total},
        {"table": table, "term": "customers with a row", "n": len(each)}
        | {"share": len(each) / max(len(ids), 1)},
        {"table": table, "term": "customers with several rows", "n": int((each > 1).sum())}
        | {"share": int((each > 1).sum()) / max(len(ids), 1)},
    ]
    return [row for row in counted if row["n"]]


def _joined_sentence(frame: pd.DataFrame, *, alone: bool) -> str:
    if alone:
        return "The study holds one table, so there is nothing to join."
    if frame.empty:
        return "There is no customer list to join on."
    lost = frame[(frame["term"] == "rows whose customer is not in the list")]
    met = frame[frame["term"] == "customers with a row"]
    have = [f"{percent(row.share)} have {row.table}" for row in met.itertuples()][:3]
    said = f"Of the customers, {listing(have)}" if have else "No customer has a row elsewhere"
    if lost.empty:
        return f"Every row with an id finds its customer. {said}."
    return f"{count(lost['n'].sum(), 'row')} with an id find no customer in the list. {said}."


def _tells(column: pd.Series) -> bool:
    """Say whether a column sorts people into groups, or measures them."""
    kinds = column.nunique()
    return kinds > 1 and (pd.api.types.is_numeric_dtype(column) or kinds <= MOST_KINDS)
