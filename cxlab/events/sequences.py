"""Which way did each person go? Events put in order, visit by visit, where they lie.

Events of one moment fall by their place in the export (`position`), the same at every run: an
engine keeps no order of its own among equal moments.
"""

from dataclasses import dataclass
from itertools import count as count_from
from typing import Any

import ibis
import ibis.expr.operations as ops
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
        table: one row an event: `who`, `turn` (a number that rises by one from each of the
            person's events to the next), `begin` (the turn its visit began with), `step` (its
            place in the visit), `event`, `us`, and `next`, the event that follows in the same
            visit, missing at its end; `tied` to the one before.
        ids: `who` and the `id` of the person in the export.
        people, visits, events: how many there are.
        tied: events at the very moment of the one before.
        base: who is counted.
        notes: what the reader must know.
        kept: whether the table was written in order in our engine, to be read in passes.
    """

    table: ibis.Table
    ids: ibis.Table
    people: int
    visits: int
    events: int
    tied: int
    base: str
    notes: tuple[str, ...]
    kept: bool = False


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
    table, ids = _kept(_chosen(visits, who, names), gap, within)
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
    return Ways(table, ids, found["people"], found["visits"], found["events"], found["tied"], base,
                tuple(notes), kept=isinstance(table.op(), ops.PhysicalTable))  # fmt: skip


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
    person = visits[who].cast("string")
    columns = {"who": person, "at": visits.at, "position": visits.position, "event": event}
    if "session_id" in visits.columns:
        columns["session"] = visits.session_id
    rows = local(visits.filter(visits[who].notnull() & visits.at.notnull()).select(**columns), UTC)
    return rows.mutate(us=_micros(rows.at)).drop("at")


def _ordered(rows: ibis.Table, gap: str, within: str, **order: Any) -> ibis.Table:
    """Write the order: one pass for neighbours, one for where each visit began.

    Args:
        rows: events of people.
        gap: after so long without an event a visit ends.
        within: `visit` or `person`.
        order: words of the window; none where the rows lie in order already.
    """
    by_time = ibis.window(**order)
    long = int(pd.Timedelta(gap).total_seconds() * 1e6)
    mine = (rows.who.lag().over(by_time) == rows.who).fill_null(False)
    ours = (rows.who.lead().over(by_time) == rows.who).fill_null(False)
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
        starts=(new | ~mine).fill_null(True),
        ends=(ends | ~ours).fill_null(True),
        tied=ibis.ifelse((mine & (rows.us == before)).fill_null(False), 1, 0).cast("int64"),
        next_name=rows.event.lead().over(by_time),
    )
    again = {"group_by": "who", "order_by": "turn"} if order else {}
    so_far = ibis.window(**again, preceding=None, following=0)
    begin = ibis.ifelse(rows.starts, rows.turn, ibis.null("int64")).max().over(so_far)
    rows = rows.mutate(begin=begin)
    return rows.select(
        "who", "turn", "begin", "event", "us", "tied",
        step=rows.turn - rows.begin + 1,
        next=ibis.ifelse(rows.ends, ibis.null(), rows.next_name),
    )  # fmt: skip


def _kept(rows: ibis.Table, gap: str, within: str) -> tuple[ibis.Table, ibis.Table]:
    """Write the events in order once, where the engine is ours; elsewhere they stay a query.

    Our engine sorts once, with numbers for people and for names, and reads neighbours off the
    sorted rows.

    Returns:
        The events in order, and the id of each person.
    """
    backend = rows.get_backend()
    if backend.name != "duckdb" or not _keeps_order(backend):
        people = rows.select("who", id=rows.who).distinct()
        return _ordered(rows, gap, within, group_by="who", order_by=["us", "position"]), people
    run, name = backend.con.execute, f"cxlab_ways_{next(_TURN)}"
    given = backend.compile(rows)
    run(f"create temp table {name}_people as select id, (row_number() over (order by id))::int as "
        f"who from (select distinct who as id from ({given}))")  # fmt: skip
    run(f"create temp type {name}_event as enum (select distinct event from ({given}) "
        "where event is not null order by 1)")  # fmt: skip
    told = {"who": "people.who", "event": f"event::{name}_event as event"}
    columns = ", ".join(told.get(each, each) for each in rows.columns if each != "position")
    run(f"create temp table {name}_rows as select {columns} from ({given}) as given "
        f"join {name}_people as people on people.id = given.who "
        "order by people.who, us, position")  # fmt: skip
    ordered = _ordered(backend.table(f"{name}_rows"), gap, within)
    run(f"create temp table {name} as {backend.compile(ordered)}")
    run(f"drop table {name}_rows")
    return backend.table(name), backend.table(f"{name}_people")


def _keeps_order(backend: Any) -> bool:
    """Say whether rows are read in the order in which they were written."""
    asked = "select current_setting('preserve_insertion_order')"
    return bool(backend.con.execute(asked).fetchone()[0])


def _micros(at: Any) -> Any:
    """Give times by the clock of UTC as whole microseconds since 1970, on every engine."""
    whole = at.truncate("s").epoch_seconds().cast("int64")
    return whole * 1_000_000 + at.microsecond().cast("int64")


def _told(found: Any, nobody: int, noun: str, gap: str, within: str, visits: Any) -> list[str]:
    told = []
    if within == "visit":
        named = "session_id" in visits.columns
        minutes = pd.Timedelta(gap).total_seconds() / 60
        ends = f"a visit ends after {minutes:g} minutes without an event, also across midnight."
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
