"""Which ways do people go? Transitions, loops, and the commonest ways."""

from dataclasses import replace
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxlab.codebook import How, question
from cxlab.events import END, START, Ways, passes
from cxlab.journey.workings.ways_of import of_people, of_sums, ways_of
from cxlab.results import Result, count, percent

ARROW = " → "
_ORDER = "Events in order of time, those of one moment in the order of the file."


@question("level")
def transitions(
    visits: Any,
    *,
    how: How,
) -> Result:
    """Tell where people go from each event.

    Args:
        visits: web and app events, or `Ways`.

    Returns:
        A row a pair of neighbours: `term` (from), `against` (to), `count` (how often), `n`
        (people), `share` of what follows `term`, with `conf_low` and `conf_high` that take a
        person's events together. `(start)` stands before the first event of a visit, `(end)`
        after the last.

    Raises:
        WaysError: there are no events of anybody.
    """
    ways = ways_of(visits)
    edges = _read(ways) if ways.kept else _asked(ways.table)
    frame = edges.sort_values(["count", "term", "against"], ascending=[False, True, True])
    share, low, high = of_sums(frame["xx"], frame["xy"], frame["yy"], frame["count"], frame["y"],
                               frame["people"], how.level)  # fmt: skip
    frame = frame.assign(share=share, conf_low=low, conf_high=high)
    frame = frame[["term", "against", "count", "n", "share", "conf_low", "conf_high"]]
    inner = frame[(frame["term"] != START) & (frame["against"] != END)]
    method = (
        "Shares of what follows, with Wilson's interval on the number of independent events worth "
        "as much, a person's events taken together (linearised)."
    )
    return _told(ways, "transitions", frame, _commonest_step(inner), method)


def _told(ways: Ways, name: str, frame: pd.DataFrame, headline: str, method: str) -> Result:
    """Give what was counted on the ways as an answer."""
    return Result(
        name=name,
        frame=frame.reset_index(drop=True),
        headline=headline,
        method=f"{_ORDER} {method}",
        base=ways.base,
        notes=ways.notes,
        unit="share",
    )


def _read(ways: Ways) -> pd.DataFrame:
    """Count neighbours by reading the ways once."""
    names = passes.names_of(ways.table)
    size = len(names)
    steps, first = np.zeros((2, 7, size + 1, size + 1))
    for each in passes.stretches(ways.table):
        steps += passes.edges(each, each.event, each.next, size)
        begun = each.step == 1
        some = replace(each, who=each.who[begun])
        event = each.event[begun]
        first += passes.edges(some, np.zeros_like(event), event, size)
    parts = []
    for counted, terms in ((steps, [*names, END]), (first, [START] * (size + 1))):
        term, against = np.nonzero(counted[0])
        told = dict(zip(("count", "n", "xx", "xy", "y", "yy", "people"),
                        counted[:, term, against], strict=True))  # fmt: skip
        there = {"term": [terms[at] for at in term],
                 "against": [[*names, END][at] for at in against]}  # fmt: skip
        parts.append(pd.DataFrame({**there, **told}))
    return pd.concat(parts, ignore_index=True).astype({"count": int, "n": int})


def _asked(table: ibis.Table) -> pd.DataFrame:
    """Count neighbours where they lie."""
    steps = _edges(table.select("who", term=table.event, against=table.next))
    begun = table.filter(table.step == 1)
    first = _edges(begun.select("who", term=ibis.literal(START), against=begun.event))
    return pd.concat([steps, first], ignore_index=True).fillna({"against": END})


def _edges(pairs: ibis.Table) -> pd.DataFrame:
    """Count each pair of neighbours: how often, by how many, and what its interval takes."""
    each = pairs.group_by(["who", "term", "against"]).aggregate(x=pairs.count())
    left = each.group_by(["who", "term"]).aggregate(y=each.x.sum())
    both = each.join(left, ["who", "term"])
    x, y = both.x.cast("float64"), both.y.cast("float64")
    edges = both.group_by(["term", "against"]).aggregate(
        count=both.x.sum(), n=both.count(), xx=(x * x).sum(), xy=(x * y).sum()
    )
    y = left.y.cast("float64")
    froms = left.group_by("term").aggregate(y=left.y.sum(), people=left.count(), yy=(y * y).sum())
    return edges.execute().merge(froms.execute(), on="term")


def _commonest_step(inner: pd.DataFrame) -> str:
    if inner.empty:
        return "No event is followed by another in the same visit."
    most = inner.iloc[0]
    return (
        f"The commonest step is from '{most['term']}' to '{most['against']}': "
        f"{count(most['count'], 'time')}, {percent(most['share'])} of what follows "
        f"'{most['term']}'."
    )


@question("level")
def loops(
    visits: Any,
    *,
    how: How,
) -> Result:
    """Tell where people go in circles: the same event again, or back after one step elsewhere.

    Args:
        visits: web and app events, or `Ways`.

    Returns:
        `term` (such as `basket → delivery → basket`), `count` (how often), `n` (people), `share`
        of the people who reached the event, with `conf_low`, `conf_high`.
    """
    ways = ways_of(visits)
    table = ways.table
    window = ibis.window(group_by="who", order_by="turn")
    ahead = table.mutate(
        third=table.event.lead(2).over(window), third_begin=table.begin.lead(2).over(window)
    )
    same = ahead.filter(ahead.event == ahead.next)
    back = ahead.filter(
        (ahead.event == ahead.third) & (ahead.begin == ahead.third_begin)
        & (ahead.event != ahead.next)
    )  # fmt: skip
    rows = ibis.union(
        same.select("who", "event", path=same.event + ARROW + same.event),
        back.select("who", "event", path=back.event + ARROW + back.next + ARROW + back.event),
    )
    by_person = rows.group_by(["who", "event", "path"]).aggregate(x=rows.count())
    found = by_person.group_by(["event", "path"]).aggregate(
        count=by_person.x.sum(), n=by_person.count()
    ).execute()  # fmt: skip
    people = table.group_by("event").aggregate(reached=table.who.nunique()).execute()
    frame = found.merge(people, on="event").rename(columns={"path": "term"})
    frame = frame.sort_values(["count", "term"], ascending=[False, True])
    frame["share"] = frame["n"] / frame["reached"]
    frame["conf_low"], frame["conf_high"] = of_people(frame["share"], frame["reached"], how.level)
    frame = frame[["term", "count", "n", "share", "conf_low", "conf_high"]]
    method = (
        "A loop is the same event again at once, or after one other event, in one visit. Shares of "
        "the people who reached the event, Wilson intervals."
    )
    return _told(ways, "loops", frame, _loop(frame), method)


def _loop(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "Nobody goes back to an event in the same visit."
    most = frame.iloc[0]
    return (
        f"The commonest loop is {most['term']}: {count(most['n'], 'person')}, "
        f"{percent(most['share'])} of those who got there, {count(most['count'], 'time')}."
    )


@question("level")
def commonest(
    visits: Any,
    *,
    steps: int = 6,
    rows: int = 10,
    how: How,
) -> Result:
    """List the commonest ways through a visit.

    Args:
        visits: web and app events, or `Ways`.
        steps: events of a way that are told; what comes after is `…`.
        rows: how many ways are listed.

    Returns:
        `term` (the way), `count` (visits), `n` (people), `share` of all people who went it at
        least once, with `conf_low`, `conf_high`.
    """
    ways = ways_of(visits)
    table = ways.table
    told = table.filter(table.step <= steps + 1)
    word = ibis.ifelse(told.step > steps, "…", told.event)
    each = told.group_by(["who", "begin"]).aggregate(
        term=word.group_concat(ARROW, order_by=told.turn)
    )
    found = each.group_by("term").aggregate(count=each.count(), n=each.who.nunique())
    kinds = int(found.count().execute())
    frame = found.order_by([ibis.desc("count"), "term"]).limit(rows).execute()
    frame["share"] = frame["n"] / ways.people
    frame["conf_low"], frame["conf_high"] = of_people(frame["share"], ways.people, how.level)
    most = frame.iloc[0]
    headline = (
        f"The commonest of {count(kinds, 'way')} is {most['term']}: "
        f"{count(most['count'], 'visit')}, by {percent(most['share'])} of people."
    )
    method = f"Ways are told apart by their first {steps} events."
    return _told(ways, "commonest ways", frame, headline, method)
