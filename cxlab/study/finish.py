"""What an opened study gets before it is handed over: masked comments, weights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cxlab import weighting
from cxlab.cleaning import masking
from cxlab.results import count, listing

if TYPE_CHECKING:
    from cxlab.study import Study

_TEXTS = (("responses", "comment"), ("reviews", "text"))


def finished(study: Study) -> Study:
    """Mask what people wrote and weight the answers, as the study file says."""
    return _weighted(_masked(study))


def _masked(study: Study) -> Study:
    if not study.mapping.privacy.mask_comments:
        return study
    customers = study.customers
    names, ids = [], []
    if customers is not None:
        columns = [name for name in ("first_name", "surname") if name in customers]
        names = [word for name in columns for word in customers[name].dropna().unique()]
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
        frame=done.frame.assign(**{column: texts.iloc[:n].to_numpy()}),
        judged=done.judged.assign(**{column: texts.iloc[n:].to_numpy()}),
    )
    said = (
        listing([f"{kind} in {count(times)}" for kind, times in found.items()], 8) if found else ""
    )
    note = f"Masked in '{column}': {said}." if found else f"Nothing to mask in '{column}'."
    return _with(study, table, done, note)


def _weighted(study: Study) -> Study:
    margins = study.mapping.population
    if not margins or study.responses is None:
        return study
    done = study.cleaned["responses"]
    start = "weight" if "weight" in done.frame else None
    weighted = weighting.rake(done.frame, margins=margins, weight=start)
    near = weighted.frame.groupby(list(margins), dropna=False)["weight"].mean().rename("weight")
    judged = done.judged.drop(columns="weight", errors="ignore")
    judged = judged.merge(near, left_on=list(margins), right_index=True, how="left")
    judged["weight"] = judged["weight"].fillna(weighted.frame["weight"].mean())
    done = replace(done, frame=weighted.frame, judged=judged)
    notes = " ".join([weighted.diagnostics.headline, *weighted.diagnostics.notes])
    effective = weighted.diagnostics.frame["n_effective"].iloc[0]
    study = _with(study, "responses", done, f"{notes} Effective sample size {effective:,.0f}.")
    return replace(study, weights=weighted.diagnostics)


def _with(study: Study, table: str, done, note: str) -> Study:
    notes = {**study.notes, table: (*study.notes.get(table, ()), note)}
    return replace(study, cleaned={**study.cleaned, table: done}, notes=notes)
