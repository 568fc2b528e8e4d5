"""What an opened study gets before it is handed over: masked comments, weights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlab import weighting
from cxlab.cleaning import masking
from cxlab.codebook import Weighting, did_you_mean
from cxlab.results import count, listing
from cxlab.study.watch import watched
from cxlab.weighting import Weighted

if TYPE_CHECKING:
    from cxlab.study import Study

_TEXTS = (("responses", "comment"), ("reviews", "text"), ("reviews", "reply"))


def finished(study: Study) -> Study:
    """Name rows, begin the watch, mask what people wrote, weight the answers."""
    return _weighted(_masked(watched(_numbered(study))))


def _numbered(study: Study) -> Study:
    """Name the customers of a list without an id by their row: a row is a customer there."""
    done = study.cleaned.get("customers")
    if done is None or "customer_id" in done.frame:
        return study
    frame = done.frame.assign(customer_id=[f"row {n}" for n in range(1, len(done.frame) + 1)])
    note = "The customer list carries no id: each row is a customer, whom no other table can name."
    return _with(study, "customers", replace(done, frame=frame), note)


def _masked(study: Study) -> Study:
    if not study.mapping.privacy.mask_comments:
        return study
    customers = study.customers
    names, ids = [], []
    if customers is not None:
        columns = [name for name in ("first_name", "surname") if name in customers]
        names = [word for name in columns for word in customers[name].dropna().unique()]
        if len(columns) == 2:
            names += list((customers["first_name"] + " " + customers["surname"]).dropna().unique())
        ids = list(customers["customer_id"].dropna()) if "customer_id" in customers else []
    contacts = study.cleaned.get("interactions")
    if contacts is not None and "agent" in contacts.frame:
        names += list(contacts.frame["agent"].dropna().unique())
    for table, column in _TEXTS:
        done = study.cleaned.get(table)
        if done is not None and column in done.frame:
            study = _mask_one(study, table, column, names, ids)
    return study


def _mask_one(study: Study, table: str, column: str, names: list[str], ids: list[str]) -> Study:
    done = study.cleaned[table]
    both = pd.concat([done.frame[column], done.judged[column]], ignore_index=True)
    texts, found = masking.mask(both, names=names, ids=ids)
    n = len(done.frame)
    done = replace(
        done,
        frame=done.frame.assign(**{column: texts.iloc[:n].array}),
        judged=done.judged.assign(**{column: texts.iloc[n:].array}),
    )
    said = (
        listing([f"{kind} in {count(times)}" for kind, times in found.items()], 12) if found else ""
    )
    note = f"Masked in '{column}': {said}." if found else f"Nothing to mask in '{column}'."
    if likely := masking.unsure(texts):
        note += f" {count(likely, 'text')} may hold another name, two capitals side by side."
    return _with(study, table, done, f"{note} {masking.NOT_FOUND}")


def _weighted(study: Study) -> Study:
    asked = study.mapping.weighting or Weighting()
    by = asked.using or list(study.mapping.population)
    if not by or study.responses is None:
        return study
    done = study.cleaned["responses"]
    weighted = _WAYS[asked.method](study, asked, by)
    near = [name for name in by if name in done.frame]
    judged = done.judged.drop(columns="weight", errors="ignore").assign(weight=np.nan)
    if near:
        alike = weighted.frame.groupby(near, dropna=False)["weight"].mean().rename("weight")
        judged = judged.drop(columns="weight").merge(
            alike, left_on=near, right_index=True, how="left"
        )
    judged["weight"] = judged["weight"].fillna(weighted.frame["weight"].mean())
    frame = done.frame.assign(weight=weighted.frame["weight"].array)
    done = replace(done, frame=frame, judged=judged)
    notes = " ".join([weighted.diagnostics.headline, *weighted.diagnostics.notes])
    effective = weighted.diagnostics.frame["n_effective"].iloc[0]
    study = _with(study, "responses", done, f"{notes} Effective sample size {effective:,.0f}.")
    return replace(study, weights=weighted.diagnostics)


def _raked(study: Study, asked: Weighting, by: list[str]) -> Weighted:
    margins = study.mapping.population or {
        name: _listed(study, by)[name].value_counts(normalize=True).to_dict() for name in by
    }
    frame = study.responses
    return weighting.rake(frame, margins=margins, weight=_start(frame), cap=asked.cap)


def _by_cell(study: Study, asked: Weighting, by: list[str]) -> Weighted:
    sizes = _listed(study, by).value_counts(by, normalize=True).reset_index(name="share")
    frame = study.responses
    start = _start(frame)
    return weighting.cells(frame, population=sizes, size="share", weight=start, cap=asked.cap)


def _by_chance(study: Study, asked: Weighting, by: list[str]) -> Weighted:
    if study.weight:
        raise weighting.WeightingError(
            "weighting: propensity takes no weights to start from; leave 'weight' out of the "
            "columns of responses, or rake to 'using'."
        )
    listed = _listed(study, by)
    return weighting.propensity(study.responses, listed, using=by, cap=asked.cap)


_WAYS = {"rake": _raked, "cells": _by_cell, "propensity": _by_chance}


def _listed(study: Study, by: list[str]) -> pd.DataFrame:
    """Give the customer list, once it is sure to hold what is asked of it."""
    customers: pd.DataFrame = study.customers  # type: ignore[assignment]  # the mapping asks for it
    for name in by:
        if name not in customers:
            near = did_you_mean(name, customers.columns)
            raise weighting.WeightingError(
                f"weighting.using: the customer list has no column '{name}'.{near}"
            )
    return customers


def _start(responses: pd.DataFrame) -> str | None:
    return "weight" if "weight" in responses else None


def _with(study: Study, table: str, done, note: str) -> Study:
    notes = {**study.notes, table: (*study.notes.get(table, ()), note)}
    return replace(study, cleaned={**study.cleaned, table: done}, notes=notes)
