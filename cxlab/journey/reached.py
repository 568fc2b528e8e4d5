"""How many people does each stage reach, by contacts and by visits?"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pandas as pd

from cxlab.codebook import label
from cxlab.journey.workings.cases import cases_of
from cxlab.journey.workings.refusal import JourneyError
from cxlab.journey.workings.stages import NO_STAGE, pattern
from cxlab.results import Result, count, percent


def reached(
    interactions: Any = None,
    visits: Any = None,
    *,
    stages: Mapping[str, Sequence[str]],
    as_of: Any,
) -> Result:
    """Count the people of each stage of the way: those who got in touch, and those who visited.

    Args:
        interactions: contacts, one a row; none if not given.
        visits: web and app events; none if not given. A customer is counted once over both.
        stages: stage, in order of the way -> values of a contact's stage, touchpoint or kind, or
            of a visit's event or page.
        as_of: the last moment known.

    Returns:
        A row a stage, in order, and one of what belongs to none: `group`, `n` (people; a visitor
        who never logged in is one), `share` of all people, `count` (contacts), `events` (of
        visits).

    Raises:
        JourneyError: no stages are declared, or there are neither contacts nor visits.
    """
    if not stages:
        raise JourneyError("no stages of the way are declared.", needs="'journey: {stages: …}'")
    parts = []
    if interactions is not None:
        parts.append(_contacts(interactions, stages, as_of))
    if visits is not None:
        parts.append(_events(visits, stages))
    if not parts:
        raise JourneyError("there are neither contacts nor visits.", needs="a table 'visits'")
    rows = pd.concat(parts, ignore_index=True)
    frame = rows.groupby("group")[["count", "events"]].sum()
    people = rows.dropna(subset=["person"]).groupby("group")["person"].nunique()
    names = [*stages, *([NO_STAGE] if NO_STAGE in frame.index else [])]
    frame = frame.reindex(names, fill_value=0).assign(n=people).fillna({"n": 0}).reset_index()
    total = rows["person"].nunique()
    frame["share"] = frame["n"] / total if total else float("nan")
    frame = frame.astype({"n": int, "count": int, "events": int})
    return Result(
        name="people by stage",
        frame=frame[["group", "n", "share", "count", "events"]],
        headline=_headline(frame, total),
        method="People by the customer, or by the visitor where nobody had logged in; each counted "
        "once a stage.",
        base=f"{count(total, 'person')} with {_had(frame)}.",
        unit="share",
    )


def _contacts(interactions: Any, stages: Mapping, as_of: Any) -> pd.DataFrame:
    frame = cases_of(interactions, as_of=as_of, stages=stages).frame
    who = "c" + frame["customer_id"].astype("str") if "customer_id" in frame else None
    rows = pd.DataFrame({"group": frame["stage"], "person": who, "count": 1, "events": 0})
    return rows.groupby(["group", "person"], dropna=False, as_index=False).sum()


def _events(visits: Any, stages: Mapping) -> pd.DataFrame:
    """Count the events of each stage and person, where they lie."""
    named = [visits[name] for name in ("event", "page") if name in visits.columns]
    branches = [(each.lower().re_search(pattern(like)), name)
                for each in named for name, like in stages.items()]  # fmt: skip
    people = {
        name: visits[name] for name in ("customer_id", "visitor_id") if name in visits.columns
    }
    rows = visits.select(group=ibis.cases(*branches, else_=NO_STAGE), **people)
    rows = rows.group_by(list(rows.columns)).aggregate(events=rows.count()).execute()
    person = pd.Series(None, rows.index, dtype=object)
    for name in people:
        person = person.where(person.notna(), name[0] + rows[name].astype("str"))
    return rows[["group", "events"]].assign(person=person, count=0)


def _had(frame: pd.DataFrame) -> str:
    told = {"contact": frame["count"].sum(), "event": frame["events"].sum()}
    return " and ".join(count(int(n), noun) for noun, n in told.items() if n)


def _headline(frame: pd.DataFrame, total: int) -> str:
    staged = frame[frame["group"] != NO_STAGE]
    most = staged.loc[staged["n"].idxmax()]
    none = frame[frame["group"] == NO_STAGE][["count", "events"]].to_numpy().sum()
    share = none / max(frame[["count", "events"]].to_numpy().sum(), 1)
    said = f"'{label(most['group'])}' reaches most people, {percent(most['n'] / max(total, 1))}"
    return f"{said}; {percent(share)} of what is known of them belongs to no stage."
