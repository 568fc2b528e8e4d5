"""Whose visits are these? A visitor is a customer from the first log-in on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cxlab.results import count, percent

if TYPE_CHECKING:
    from cxlab.study import Study


def identified(study: Study) -> Study:
    """Give events of a visitor the customer who last logged in, and tell how many have one.

    What came before the first log-in stays the visitor's alone, unless the study file says
    `journey: {before_login: true}`: who signs in at a shared machine did not do all before.
    """
    study = _before_joining(study, "interactions", "opened_at")
    done = study.cleaned.get("visits")
    if done is None or not len(done.frame):
        return study
    rows = done.frame
    if {"visitor_id", "customer_id"} <= set(rows):
        rows = rows.assign(customer_id=_customers(rows, study.mapping.journey.before_login))
    notes = (*study.notes.get("visits", ()), *_told(done.frame, rows, study))
    study = replace(
        study,
        cleaned={**study.cleaned, "visits": replace(done, frame=rows)},
        notes={**study.notes, "visits": notes},
    )
    return _before_joining(study, "visits", "at")


def _before_joining(study: Study, table: str, moment: str) -> Study:
    """Tell of rows that lie on a day before their customer signed up; they are kept."""
    done, customers = study.cleaned.get(table), study.customers
    if done is None or customers is None or "signed_up_at" not in customers:
        return study
    if not {"customer_id", moment} <= set(done.frame):
        return study
    joined = customers.dropna(subset=["customer_id"]).drop_duplicates("customer_id")
    joined = joined.set_index("customer_id")["signed_up_at"]
    days = done.frame["customer_id"].map(joined).dt.normalize()
    early = done.frame.loc[done.frame[moment] < days, "customer_id"]
    if early.empty:
        return study
    noun = "event" if table == "visits" else "contact"
    note = (
        f"Before the day of sign-up: {count(len(early), noun)} of "
        f"{count(early.nunique(), 'customer')}, kept: people look and ask before they join."
    )
    return replace(study, notes={**study.notes, table: (*study.notes.get(table, ()), note)})


def _customers(rows: pd.DataFrame, before: bool) -> pd.Series:
    """Carry each log-in forward along the visitor's events; those of one moment in file order."""
    ways = rows[["visitor_id", "customer_id"]].loc[rows["at"].sort_values(kind="stable").index]
    known = ways["visitor_id"].notna()
    carried = ways[known].groupby("visitor_id", sort=False)["customer_id"].ffill()
    if before:
        first = ways[known].groupby("visitor_id", sort=False)["customer_id"].bfill()
        carried = carried.fillna(first)
    return ways["customer_id"].fillna(carried).reindex(rows.index)


def _told(given: pd.DataFrame, rows: pd.DataFrame, study: Study) -> list[str]:
    events, told = len(rows), []
    if "customer_id" not in rows:
        return ["Visits name no customer: they are met with no score, order or contact."]
    known = int(rows["customer_id"].notna().sum())
    if "visitor_id" in rows:
        pairs = rows[["visitor_id", "customer_id"]].dropna().drop_duplicates()
        visitors, met = rows["visitor_id"].nunique(), pairs["visitor_id"].nunique()
        share = percent(met / visitors) if visitors else "none"
        before = " and before it" if study.mapping.journey.before_login else ""
        told.append(
            f"{count(met)} of {count(visitors, 'visitor')} ({share}) logged in; a visitor's events "
            f"are the customer's from the first log-in on{before}: {count(known)} of "
            f"{count(events, 'event')} ({percent(known / events)})."
        )
        shared = int(pairs["visitor_id"].duplicated().sum())
        if shared:
            told.append(
                f"{count(shared, 'time')} another customer logged in as the same visitor: from "
                "then on the events are the other's."
            )
    customers = study.customers
    if customers is not None and "customer_id" in customers:
        ids = pd.Index(rows["customer_id"].dropna().unique())
        lost = int((~ids.isin(customers["customer_id"])).sum())
        if lost:
            told.append(f"{count(lost)} of {count(len(ids), 'customer')} with visits are not in "
                        "the customer list; their events are kept.")  # fmt: skip
    return told
