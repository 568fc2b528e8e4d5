"""What do people do at each step of a visit?"""

from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxlab.codebook import How, question
from cxlab.events import END, Ways, passes
from cxlab.journey.workings.ways_of import of_sums, ways_of
from cxlab.results import Result, percent


@question("level")
def step_matrix(
    visits: Any,
    *,
    steps: int = 8,
    how: How,
) -> Result:
    """Tell what people do at each step of a visit.

    Args:
        visits: web and app events, or `Ways`.
        steps: how many steps.

    Returns:
        `rank` (the step), `term` (the event, `(end)` where the visit is over), `count` (visits),
        `n` (people), and `share` of all visits, with `conf_low`, `conf_high` that take a person's
        visits together.
    """
    ways = ways_of(visits)
    frame, total = (_read if ways.kept else _asked)(ways, steps)
    share, low, high = of_sums(
        frame["xx"], frame["xy"], total["yy"], frame["x"], total["y"], ways.people, how.level
    )
    frame = frame.assign(share=share, conf_low=low, conf_high=high, x=frame["x"].astype(int))
    frame = frame.rename(columns={"step": "rank", "event": "term", "x": "count"})
    frame = frame.sort_values(["rank", "count", "term"], ascending=[True, False, True])
    first = frame.iloc[0]
    return Result(
        name="step matrix",
        frame=frame[["rank", "term", "count", "n", "share", "conf_low", "conf_high"]],
        headline=f"{percent(first['share'])} of visits begin with '{first['term']}'.",
        method="Events in order of time, those of one moment in the order of the file. Shares of "
        "all visits; a person's visits are taken together (linearised).",
        base=ways.base,
        notes=ways.notes,
        unit="share",
    )


def _read(ways: Ways, steps: int) -> tuple[pd.DataFrame, dict[str, float]]:
    """Count steps by reading the ways once; a visit that is over stays so at the steps to come."""
    names = passes.names_of(ways.table)
    wide = len(names) + 1
    told, total = np.zeros((4, steps + 1, wide)), {"y": 0.0, "yy": 0.0}
    for each in passes.stretches(ways.table):
        visits = np.bincount(each.who[each.step == 1])
        total["y"] += visits.sum()
        total["yy"] += (visits.astype(float) ** 2).sum()
        last = (each.next == wide - 1) & (each.step < steps)
        here, gone = each.step <= steps, [last & (each.step < k) for k in range(2, steps + 1)]
        keys = [(each.who[here].astype(np.int64) * (steps + 1) + each.step[here]) * wide
                + each.event[here]]  # fmt: skip
        keys += [(each.who[over].astype(np.int64) * (steps + 1) + k) * wide + wide - 1
                 for k, over in enumerate(gone, 2)]  # fmt: skip
        key, x = passes.runs(np.concatenate(keys))
        cell, y = key % ((steps + 1) * wide), visits[key // ((steps + 1) * wide)]
        for at, sums in enumerate((x, x * x, x * y, None)):
            told[at] += np.bincount(cell, sums, told[at].size).reshape(steps + 1, wide)
    step, event = np.nonzero(told[0])
    columns = dict(zip(("x", "xx", "xy", "n"), told[:, step, event], strict=True))
    frame = pd.DataFrame({"step": step, "event": [[*names, END][at] for at in event], **columns})
    return frame.astype({"n": int}), total


def _asked(ways: Ways, steps: int) -> tuple[pd.DataFrame, pd.Series]:
    """Count the same where the events lie."""
    table = ways.table
    begun = table.filter(table.step == 1)
    whole = begun.group_by("who").aggregate(y=begun.count().cast("float64"))
    here = table.filter(table.step <= steps)
    each = here.group_by(["who", "step", "event"]).aggregate(x=here.count().cast("float64"))
    each = each.join(whole, "who")
    told = each.group_by(["step", "event"]).aggregate(**_sums(each.x, each.y)).execute()
    frame = pd.concat([told, _over(table, whole, steps)], ignore_index=True)
    return frame, whole.aggregate(y=whole.y.sum(), yy=(whole.y * whole.y).sum()).execute().iloc[0]


def _sums(x: ibis.Value, y: ibis.Value) -> dict[str, ibis.Value]:
    return {"x": x.sum(), "xx": (x * x).sum(), "xy": (x * y).sum(), "n": (x > 0).sum()}


def _over(table: ibis.Table, whole: ibis.Table, steps: int) -> pd.DataFrame:
    """Count the visits that are over before each step."""
    last = table.filter(table.next.isnull())
    ended = {f"x{k}": (last.step < k).sum().cast("float64") for k in range(2, steps + 1)}
    each = last.group_by("who").aggregate(**ended).join(whole, "who")
    asked = {
        f"{name}{k}": value
        for k in range(2, steps + 1)
        for name, value in _sums(each[f"x{k}"], each.y).items()
    }
    row = each.aggregate(**asked).execute().iloc[0]
    rows = [
        {"step": k, "event": END, **{name: row[f"{name}{k}"] for name in ("x", "xx", "xy", "n")}}
        for k in range(2, steps + 1)
    ]
    frame = pd.DataFrame(rows)
    return frame[frame["x"] > 0].astype({"n": int}) if len(frame) else frame
