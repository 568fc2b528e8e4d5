"""Who comes through the declared steps, how soon, and where do the others go?"""

from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxlab.codebook import How, question
from cxlab.events import END, Ways, passes
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
    until = pd.Timestamp(as_of)
    until = until.tz_localize("UTC") if until.tz is None else until
    rows = []
    moments, instead = _read(ways, steps) if ways.kept else _asked(ways.table, steps)
    for rank, step in enumerate(steps):
        now = moments[f"u{rank}"]
        row = {"rank": rank + 1, "term": step, "n": int(now.notna().sum())}
        if rank:
            row |= _since(moments[f"u{rank - 1}"], now, until, how.level)
            row |= _instead(instead[rank - 1])
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
    there = set(table.select("event").distinct().execute()["event"])
    gone = [step for step in steps if step not in there]
    if gone:
        raise JourneyError(f"nobody did '{gone[0]}', a step of the declared way.")


def _reached(table: ibis.Table, steps: list[str]) -> ibis.Table:
    """Give who began, with the turn (`t0`, `t1`, …) and the moment (`u0`, …) of each step."""
    before = here = None
    for rank, step in enumerate(steps):
        rows = table.filter(table.event == step).select("who", "turn", "us")
        if before is not None:
            rows = rows.join(before, "who").filter(lambda t, k=rank: t.turn > t[f"t{k - 1}"])
        now = {f"t{rank}": rows.turn.min(), f"u{rank}": rows.us.min()}
        before = rows.group_by("who").aggregate(**now)
        here = before if here is None else here.left_join(before, "who").drop("who_right")
    return here


def _since(before: pd.Series, now: pd.Series, until: pd.Timestamp, level: float) -> dict:
    """Tell the hours until half have gone on; those who have not are still under way."""
    last = until.value // 1000 if until.unit == "ns" else until.as_unit("us").value
    came = now[before.notna()]
    hours = (came.fillna(last).to_numpy() - before.dropna().to_numpy()) / HOUR
    half, low, high = median_time(np.maximum(hours, 0), came.notna().to_numpy(), level=level)
    return {"time": half, "time_low": low, "time_high": high}


def _asked(table: ibis.Table, steps: list[str]) -> tuple[pd.DataFrame, list[pd.Series]]:
    """Give the moments of each step a person, and where who did not go on went, where they lie."""
    reached = _reached(table, steps)
    moments = reached.select(*[f"u{rank}" for rank in range(len(steps))]).execute()
    instead = []
    for rank in range(1, len(steps)):
        last, now = reached[f"t{rank - 1}"], reached[f"t{rank}"]
        left = reached.filter(last.notnull() & now.isnull()).select("who", turn=last)
        there = left.join(table.select("who", "turn", "next"), ["who", "turn"])
        went = there.group_by("next").aggregate(n=there.count()).execute().fillna({"next": END})
        instead.append(went.set_index("next")["n"])
    return moments, instead


def _read(ways: Ways, steps: list[str]) -> tuple[pd.DataFrame, list[pd.Series]]:
    """Give the same by reading the ways once."""
    names = passes.names_of(ways.table)
    wanted = [names.index(step) for step in steps]
    parts, went = [], np.zeros((len(steps) - 1, len(names) + 1), int)
    for each in passes.stretches(ways.table):
        turns = passes.first_turns(each, wanted)
        turns = turns[:, turns[0] >= 0]
        parts.append(np.where(turns >= 0, each.us[turns], np.nan))
        for rank in range(1, len(steps)):
            gone = turns[rank - 1][(turns[rank - 1] >= 0) & (turns[rank] < 0)]
            went[rank - 1] += np.bincount(each.next[gone], minlength=went.shape[1])
    told = np.concatenate(parts, axis=1)
    moments = pd.DataFrame({f"u{rank}": each for rank, each in enumerate(told)})
    return moments, [pd.Series(row, [*names, END])[row > 0] for row in went]


def _instead(went: pd.Series) -> dict:
    """Tell where those who did not go on went right after the last step they reached."""
    if went.empty:
        return {}
    most = min(went.index, key=lambda name: (-went[name], name))
    return {"against": most, "lost": went[most] / went.sum()}


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
