"""What does each stage look like: people, scores, failures, repeats, waiting, cost?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, Scale, label, question
from cxlab.journey.workings.cases import NO_STAGE, Cases, cases_of
from cxlab.journey.workings.half import median_time
from cxlab.journey.workings.means import mean_of
from cxlab.journey.workings.near import near
from cxlab.journey.workings.refusal import JourneyError
from cxlab.results import Result, count, percent

SCORES: Mapping[str, Any] = {"nps": None, "ces": None}
# measure -> column, whether it is a share
_MEANS = {"rating of the contact": ("csat", False), "share failed": ("failed", True),
          "share back again": ("again", True), "cost of a contact": ("cost", False)}  # fmt: skip
_TIMES = {"hours to the first reply": ("waited", "replied"),
          "hours to the end": ("solved", "closed")}  # fmt: skip


@question("weight", "as_of", "level")
def scorecard(
    interactions: Any,
    *,
    responses: pd.DataFrame | None = None,
    by: str | None = None,
    stages: Mapping[str, Sequence[str]] | None = None,
    within: str = "30D",
    repeat: str = "7D",
    scales: Mapping[str, Scale] | None = None,
    how: How,
) -> Result:
    """Describe each stage, touchpoint, kind or channel by its contacts.

    Args:
        interactions: contacts, one a row.
        responses: answers, for the scores that follow a contact; none if not given.
        by: `stage`, `touchpoint`, `kind` or `channel`; if not given, the first of them that
            contacts name.
        stages: stage -> what belongs to it, in order of the way.
        within: how long before an answer a contact counts.
        repeat: within how long a further contact says that the first was not settled.
        scales: score -> its scale, of the scores that follow a contact; NPS and CES if not given.

    Returns:
        A row a stage and measure: `group`, `part` (the measure), `estimate`, `conf_low`,
        `conf_high`, `n` (contacts or answers it is of). Times are Kaplan-Meier medians in hours,
        with open cases as still waiting; missing where fewer than half have come to an end.

    Raises:
        JourneyError: there are no contacts, or they have no such column.
    """
    cases = cases_of(interactions, as_of=how.as_of, stages=stages, repeat=repeat)
    by = by or next((name for name in _PLACES if _named(cases, name)), _PLACES[0])
    if by not in cases.frame:
        raise JourneyError(f"contacts have no {by}.", needs=f"'{by}' under tables.interactions")
    groups = _in_order(cases, by, stages)
    rows: list[dict[str, Any]] = []
    for group in groups:
        mine = cases.frame[cases.frame[by] == group]
        rows += [{"group": group, **row} for row in _of_group(mine, how.level)]
    rows += _scores(cases, responses, by, within, scales or SCORES, how)
    frame = pd.DataFrame(rows)
    frame["place"] = frame["group"].map({name: at for at, name in enumerate(groups)})
    frame = frame.sort_values("place", kind="stable").reindex(columns=_COLUMNS)
    frame = frame.reset_index(drop=True)  # contacts of which only the day is known have no interval
    return Result(
        name="scorecard",
        frame=frame,
        headline=_headline(frame, by, how.level),
        method="Shares by Wilson on the contacts worth as much, a customer's taken together; times "
        "by Kaplan-Meier (1958), intervals by Brookmeyer and Crowley (1982); a contact failed if "
        f"it was not resolved or opened again; back again: a further contact within {repeat}; "
        f"scores: answers whose last contact, within {within}, was there.",
        base=f"{cases.base}{' Answers are weighted.' if how.weight else ''}",
        notes=cases.notes,
    )


_PLACES = ("stage", "touchpoint", "kind", "channel")
_COLUMNS = ["group", "part", "estimate", "conf_low", "conf_high", "n"]


def _named(cases: Cases, by: str) -> bool:
    """Say whether any contact names its stage, or what else it is told by."""
    return by in cases.frame and bool((cases.frame[by].dropna() != NO_STAGE).any())


def _in_order(cases: Cases, by: str, stages: Mapping | None) -> list[str]:
    there = cases.frame[by].value_counts().sort_index()
    there = list(there.sort_values(ascending=False, kind="stable").index)
    first = [name for name in (stages or {}) if name in there] if by == "stage" else []
    return first + [name for name in there if name not in first]


def _of_group(rows: pd.DataFrame, level: float) -> list[dict[str, Any]]:
    who = rows["customer_id"] if "customer_id" in rows else pd.Series(rows.index, rows.index)
    out = [
        {"part": "customers", "estimate": who.nunique(), "n": len(rows)},
        {"part": "contacts", "estimate": len(rows), "n": len(rows)},
    ]
    for part, (column, share) in _MEANS.items():
        if column in rows and rows[column].notna().any():
            known = rows[column].notna()
            told = mean_of(rows.loc[known, column], who[known], share=share, level=level)
            out.append({"part": part, **told})
    for part, (hours, came) in _TIMES.items():
        if hours in rows and rows[hours].notna().any():
            known = rows[rows[hours].notna()]
            half, low, high = median_time(known[hours], known[came], level=level)
            out.append({"part": part, "estimate": half, "conf_low": low, "conf_high": high,
                        "n": len(known)})  # fmt: skip
    return out


def _scores(
    cases: Cases, responses: Any, by: str, within: str, scales: Mapping, how: How
) -> list[dict[str, Any]]:
    """Describe the answers that follow a contact at each stage."""
    rows = []
    for score, scale in scales.items() if responses is not None else ():
        if score not in responses or "customer_id" not in responses:
            continue
        told = near(cases, responses, score=score, within=within, weight=how.weight)
        told = told[told["case"] >= 0]
        place = cases.frame[by].to_numpy()[told["case"]]
        low = ", low is good" if scale is not None and scale.better == "low" else ""
        for group, each in told.groupby(place):
            found = mean_of(each["value"], each["customer_id"], level=how.level,
                            weight=each["weight"])  # fmt: skip
            rows.append({"group": group, "part": f"{label(score)} after it{low}", **found})
    return rows


def _headline(frame: pd.DataFrame, by: str, level: float) -> str:
    sizes = frame[frame["part"] == "contacts"].set_index("group")["estimate"]
    placed = sizes.drop(NO_STAGE, errors="ignore")
    if placed.empty:
        return f"None of the {count(sizes.sum(), 'contact')} names its {by}."
    frame, most = frame[frame["group"] != NO_STAGE], placed.idxmax()
    where = {"kind": "of the", "channel": "by the"}.get(by, "at the")
    said = f"Contacts are most often {where} {by} '{most}': {percent(sizes[most] / sizes.sum())}"
    failed = frame[frame["part"] == "share failed"].dropna(subset=["conf_low"])
    if failed.empty:
        return f"{said} of {count(sizes.sum())}."
    error = (failed["conf_high"] - failed["conf_low"]) / (2 * stats.quantile(level))
    most = stats.contenders(failed["estimate"], np.diag(error**2), level=level)
    said = f"{said} of {count(sizes.sum())}"
    if len(failed) == 1:
        return f"{said}; {percent(failed['estimate'].iloc[0])} of them were not settled."
    if most.sum() > 1:
        return f"{said}; {where.split()[0]} which {by} most are not settled cannot be told."
    worst = failed[most].iloc[0]
    return (
        f"{said}; most often not settled are those {where.split()[0]} '{worst['group']}': "
        f"{percent(worst['estimate'])}."
    )
