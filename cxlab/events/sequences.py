"""Which way did each person go? Events put in order, visit by visit, where they lie.

Events of one moment fall by their place in the export (`position`), the same at every run: an
engine keeps no order of its own among equal moments.
"""

from dataclasses import dataclass
from itertools import count as count_from
from typing import Any

import ibis
import pandas as pd

from cxlab.events.clock import local
from cxlab.events.moments import UTC
from cxlab.results import Unanswerable, count, percent

OTHER, START, END = "(other)", "(start)", "(end)"
_TURN = count_from(1)
MOST = 50  # names told apart; what is rarer is counted together


class WaysError(Unanswerable):
    """No way can be told from these events."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Events in order, in the engine that holds them; times in microseconds since 1970.

    Attributes:
        table: one row an event: `who`, `turn` (its place in all of the person's events), `begin`
            (the turn its visit began with), `step` (its place in the visit), `event`, `us`, and
            `next`, `next_us` of the same visit, missing at its end; `tied` to the one before.
        people, visits, events: how many there are.
        tied: events at the very moment of the one before.
        base: who is counted.
        notes: what the reader must know.
    """

    table: ibis.Table
    people: int
    visits: int
    events: int
    tied: int
    base: str
    notes: tuple[str, ...]


def ways(
    visits: Any, *, gap: str = "30min", within: str = "visit", who: str = "", most: int = MOST
) -> Ways:
    """Put events in order.

    Args:
        visits: an Ibis table with `at`, `event`, `position`, and `visitor_id` or `customer_id`.
        gap: a visit ends where nothing happened for so long, unless the export names sessions.
        within: `visit`, or `person` for one way a person.
        who: `visitor_id` or `customer_id`; the visitor if not given, else the customer.
        most: names told apart; the rarer are counted together, and that is told.

    Returns:
        The events in order; those without a person under `who` are left out and told.

    Raises:
        WaysError: there is no event of anybody.
    """
    if visits is None:
        raise WaysError("the study holds no visits.", needs="a table 'visits'")
    who = who or ("visitor_id" if "visitor_id" in visits.columns else "customer_id")
    if who not in visits.columns:
        raise WaysError(f"no visit names a {who.removesuffix('_id')}.", needs=f"'{who}' in visits")
    names, rare = _names(visits, most)
    table = _kept(_ordered(_chosen(visits, who, names), gap, within))
    found = table.aggregate(
        events=table.count(), people=table.who.nunique(),
        visits=(table.step == 1).sum(), tied=table.tied.sum(),
    ).execute().iloc[0].fillna(0).astype(int)  # fmt: skip
    if not found["events"]:
        raise WaysError(f"no visit has a {who.removesuffix('_id')}.", needs=f"'{who}' in visits")
    nobody = int(visits.count().execute()) - found["events"]
    noun = who.removesuffix("_id")
    base = (
        f"{count(found['events'], 'event')} of {count(found['people'], noun)} in "
        f"{count(found['visits'], 'visit')}."
    )
    notes = [*rare, *_told(found, nobody, noun, gap, within, visits)]
    return Ways(table, found["people"], found["visits"], found["events"], found["tied"], base,
                tuple(notes))  # fmt: skip


def _names(visits: ibis.Table, most: int) -> tuple[list[str], list[str]]:
    """Give the commonest names of events, and say what is counted together."""
    found = visits.group_by("event").aggregate(n=visits.count())
    found = found.order_by([ibis.desc("n"), "event"]).limit(most + 1).execute()
    if len(found) <= most:
        return [], []
    kept = list(found["event"][:most])
    total, names = int(visits.count().execute()), int(visits.event.nunique().execute())
    share = 1 - found["n"][:most].sum() / total
    return kept, [
        f"{count(names, 'event name')}: the {most} commonest are told apart, the others, "
        f"{percent(share, 1)} of the events, are counted together as {OTHER}."
    ]


def _chosen(visits: ibis.Table, who: str, names: list[str]) -> ibis.Table:
    """Write the rows that tell a way, with the names that are told apart."""
    event = visits.event
    if names:
        event = ibis.ifelse(event.isin(names), event, OTHER)
    columns = {"who": visits[who], "at": visits.at, "position": visits.position, "event": event}
    if "session_id" in visits.columns:
        columns["session"] = visits.session_id
    return local(visits.filter(visits[who].notnull() & visits.at.notnull()).select(**columns), UTC)


def _ordered(rows: ibis.Table, gap: str, within: str) -> ibis.Table:
    """Write the order: one pass for neighbours, one for where each visit began."""
    by_time = ibis.window(group_by="who", order_by=["at", "position"])
    long = int(pd.Timedelta(gap).total_seconds() * 1e6)
    rows = rows.mutate(us=_micros(rows.at))
    before, after = rows.us.lag().over(by_time), rows.us.lead().over(by_time)
    new, ends = rows.us - before > long, after - rows.us > long
    if within == "person":
        new = ends = ibis.literal(False)
    elif "session" in rows.columns:
        old, coming = rows.session.lag().over(by_time), rows.session.lead().over(by_time)
        new = ibis.coalesce(rows.session != old, new)
        ends = ibis.coalesce(rows.session != coming, ends)
    rows = rows.mutate(
        turn=ibis.row_number().over(by_time) + 1,
        starts=(new | before.isnull()).fill_null(True),
        ends=(ends | after.isnull()).fill_null(True),
        tied=(rows.us == before).fill_null(False).cast("int64"),
        next_name=rows.event.lead().over(by_time),
        next_us=after,
    )
    so_far = ibis.window(group_by="who", order_by="turn", preceding=None, following=0)
    begin = ibis.ifelse(rows.starts, rows.turn, ibis.null("int64")).max().over(so_far)
    rows = rows.mutate(begin=begin)
    return rows.select(
        "who", "turn", "begin", "event", "us", "tied",
        step=rows.turn - rows.begin + 1,
        next=ibis.ifelse(rows.ends, ibis.null("string"), rows.next_name),
        next_us=ibis.ifelse(rows.ends, ibis.null("int64"), rows.next_us),
    )  # fmt: skip


def _kept(rows: ibis.Table) -> ibis.Table:
    """Write the events in order once, where the engine is ours; elsewhere they stay a query."""
    backend = rows.get_backend()
    if backend.name != "duckdb":
        return rows
    name = f"cxlab_ways_{next(_TURN)}"
    backend.con.execute(f"create or replace temp table {name} as {backend.compile(rows)}")
    return backend.table(name)


def _micros(at: Any) -> Any:
    """Give times by the clock of UTC as whole microseconds since 1970, on every engine."""
    whole = at.truncate("s").epoch_seconds().cast("int64")
    return whole * 1_000_000 + at.microsecond().cast("int64")


def _told(found: Any, nobody: int, noun: str, gap: str, within: str, visits: Any) -> list[str]:
    told = []
    if within == "visit":
        named = "session_id" in visits.columns
        ends = f"a visit ends after {gap} without an event, also across midnight."
        told.append(f"Visits are the sessions that the export names; where it names none, {ends}"
                    if named else ends.capitalize())  # fmt: skip
    if nobody:
        told.append(f"{count(nobody, 'event')} without a {noun} left out.")
    if found["tied"]:
        share = percent(found["tied"] / found["events"], 1)
        told.append(
            f"{count(found['tied'], 'event')} ({share}) stand at the very moment of the one "
            "before; their order is that of the file, not known."
        )
    if found["people"] and found["events"] == found["people"]:
        told.append(f"Every {noun} has one event alone: no way leads anywhere.")
    return told
