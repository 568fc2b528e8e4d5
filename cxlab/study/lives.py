"""Customers as their subscriptions tell of them: since when, until when, and who came back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cxlab.cleaning import Cleaned
from cxlab.codebook import Table
from cxlab.results import count

if TYPE_CHECKING:
    from cxlab.study import Study


def with_lives(study: Study) -> Study:
    """Make the customer list of subscriptions, or tell the list who left."""
    done = study.cleaned.get("subscriptions")
    if done is None:
        return study
    from cxlab.lifetimes import SpellError, lives, stretches  # opened where there are any

    try:
        by = stretches(done.frame, as_of=study.mapping.until())
        told = lives(done.frame, as_of=study.mapping.until())
    except SpellError as error:
        return _note(study, f"No customers come of the subscriptions: {error}")
    again = by[by["turn"] > 0]
    study = _note(
        study,
        f"{count(len(told), 'customer')} with {count(len(by), 'stretch')} of subscription: "
        f"{count(int(again['customer_id'].nunique()))} came back after a gap and are counted as "
        f"left only if they left again; {count(int(by['n'].sum() - len(by)), 'row')} overlap or "
        "touch another and were joined.",
    )
    listed = study.cleaned.get("customers")
    if listed is None:
        return _listed(study, done, told)
    if {"churned_at", "churned"} & set(listed.frame) or "customer_id" not in listed.frame:
        return study
    ends = told.set_index("customer_id")["churned_at"]
    frame = listed.frame.assign(churned_at=listed.frame["customer_id"].map(ends))
    return replace(study, cleaned={**study.cleaned, "customers": replace(listed, frame=frame)})


def _listed(study: Study, done: Cleaned, told) -> Study:
    spec = study.mapping.tables["subscriptions"]
    heads = spec.sources()
    named = {"customer_id": "customer_id", "signed_up_at": "started_at", "churned_at": "ended_at"}
    columns = {ours: heads[theirs] for ours, theirs in named.items() if theirs in heads}
    segments = {"plan": heads["plan"]} if "plan" in told and "plan" in heads else {}
    table = Table(files=spec.files, columns=columns, segments=segments)
    mapping = study.mapping.model_copy(
        update={"tables": {**study.mapping.tables, "customers": table}}
    )
    made = Cleaned(
        told,
        done.set_aside.iloc[:0],
        done.repairs.iloc[:0],
        told.iloc[:0],
        (),
        len(told),
        made_of="subscriptions",
    )
    return replace(study, mapping=mapping, cleaned={**study.cleaned, "customers": made})


def _note(study: Study, said: str) -> Study:
    notes = {**study.notes, "subscriptions": (*study.notes.get("subscriptions", ()), said)}
    return replace(study, notes=notes)
