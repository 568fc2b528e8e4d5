"""Who comes through the declared steps, how soon, and where do the others go?"""

from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxlab.codebook import How, question
from cxlab.events import END
from cxlab.journey.workings.half import median_time
from cxlab.journey.workings.refusal import JourneyError
from cxlab.journey.workings.ways_of import of_people, ways_of
from cxlab.results import Result, count, number, percent, span

HOUR = 3_600_000_000  # microseconds


@question("level")
def funnel(
    visits: Any,
    *,
    steps: Sequence[str],
    as_of: Any,
    how: How,
) -> Result:
    """Tell how many people reach each of the declared steps, in their order.

    A person reaches a step by doing it at any time after the step before, whatever lies between.

    Args:
        visits: web and app events, or `Ways`.
        steps: events, the first step first.
        as_of: the last moment known; who has not gone on by then may still do so.

    Returns:
        A row a step: `rank`, `term`, `n` (people who reached it), `share` of those who began,
        `conf_low`, `conf_high`; `time`, the hours until half of those at the step before have come
        here (Kaplan-Meier, who has not come yet counts as still on the way; missing where it
        never is half), with `time_low`, `time_high`; `against`, where most of those who stayed
        away at this step went next instead, and `lost`, which share of them.

    Raises:
        JourneyError: fewer than two steps, a step that never happened, or nobody began.
    """
    ways = ways_of(visits)
    steps = [str(step) for step in steps]
    _known(ways.table, steps)
    reached = _reached(ways.table, steps)
    until = pd.Timestamp(as_of)
    until = until.tz_localize("UTC") if until.tz is None else until
    rows = []
    for rank, step in enumerate(steps):
        now = reached[rank]
        row = {"rank": rank + 1, "term": step, "n": len(now)}
        if rank:
            row |= _since(reached[rank - 1], now, until, how.level)
            row |= _instead(ways.table, reached[rank - 1], now)
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame["share"] = frame["n"] / frame["n"].iloc[0]
    frame["conf_low"], frame["conf_high"] = of_people(frame["share"], frame["n"].iloc[0], how.level)
    return Result(
        name="funnel",
        frame=frame.reindex(columns=_COLUMNS),
        headline=_headline(frame),
        method="Steps in order, whatever lies between; shares of people with Wilson intervals; "
        "times by Kaplan-Meier (1958), intervals by Brookmeyer and Crowley (1982).",
        base=f"{count(frame['n'].iloc[0], 'person')} who did '{steps[0]}'; {ways.base}",
        notes=ways.notes,
        unit="share",
    )


_COLUMNS = ["rank", "term", "n", "share", "conf_low", "conf_high", "time", "time_low", "time_high",
            "against", "lost"]  # fmt: skip


def _known(table: ibis.Table, steps: list[str]) -> None:
    if len(steps) < 2:
        raise JourneyError(
            "no steps of a way are declared.", needs="'journey: {funnel: [first, …]}'"
        )
    there = set(table.filter(table.event.isin(steps)).event.name("event").execute().unique())
    gone = [step for step in steps if step not in there]
    if gone:
        raise JourneyError(f"nobody did '{gone[0]}', a step of the declared way.")


def _reached(table: ibis.Table, steps: list[str]) -> list[pd.DataFrame]:
    """Give of each step who reached it: the turn and the moment of the first time."""
    rows = table.filter(table.event.isin(steps)).select("who", "turn", "us", "event")
    rows = rows.execute().sort_values(["who", "turn"], kind="stable")
    found: list[pd.DataFrame] = []
    for rank, step in enumerate(steps):
        here = rows[rows["event"] == step]
        if rank:
            before = found[-1]["turn"].rename("before")
            here = here.join(before, on="who", how="inner")
            here = here[here["turn"] > here["before"]]
        found.append(here.groupby("who", sort=False)[["turn", "us"]].first())
    return found


def _since(before: pd.DataFrame, now: pd.DataFrame, until: pd.Timestamp, level: float) -> dict:
    """Tell the hours until half have gone on; those who have not are still under way."""
    came = now["us"].reindex(before.index)
    last = until.value // 1000 if until.unit == "ns" else until.as_unit("us").value
    hours = (came.fillna(last).to_numpy() - before["us"].to_numpy()) / HOUR
    half, low, high = median_time(np.maximum(hours, 0), came.notna().to_numpy(), level=level)
    return {"time": half, "time_low": low, "time_high": high}


def _instead(table: ibis.Table, before: pd.DataFrame, now: pd.DataFrame) -> dict:
    """Tell where those who did not go on went right after the last step they reached."""
    left = before[~before.index.isin(now.index)]
    if left.empty:
        return {}
    turns = table.filter(table.who.isin(list(left.index))).select("who", "turn", "next").execute()
    at = turns.merge(left.reset_index()[["who", "turn"]], on=["who", "turn"])
    most = at["next"].fillna(END).value_counts().sort_index().sort_values(
        ascending=False, kind="stable")  # fmt: skip
    return {"against": most.index[0], "lost": most.iloc[0] / len(left)}


def _headline(frame: pd.DataFrame) -> str:
    last, n = frame.iloc[-1], frame["n"].to_numpy()
    said = (
        f"{percent(last['share'])} ({span(last['conf_low'], last['conf_high'], 'share')}) of those "
        f"who did '{frame['term'].iloc[0]}' come to '{last['term']}'"
    )
    gone = n[:-1] - n[1:]
    if not gone.any():
        return f"{said}."
    worst = int(np.argmax(gone / np.maximum(n[:-1], 1)))
    share = gone[worst] / n[worst]
    to = frame["against"].iloc[worst + 1]
    return (
        f"{said}; most are lost between '{frame['term'].iloc[worst]}' and "
        f"'{frame['term'].iloc[worst + 1]}' ({number(share * 100, 0)}%), where "
        + ("the visit mostly ends." if to == END else f"they mostly go to '{to}' instead.")
    )
