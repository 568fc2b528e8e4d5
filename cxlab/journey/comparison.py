"""Where do the ways of two groups part?"""

from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, label, question, tier
from cxlab.journey.workings.refusal import JourneyError
from cxlab.journey.workings.ways_of import ways_of
from cxlab.results import Result, count, listing, percent, span

FEWEST = 10
ARROW = " → "


@question("level")
def compare_ways(
    visits: Any,
    groups: pd.DataFrame,
    *,
    score: str = "nps",
    smallest: int = FEWEST,
    how: How,
) -> Result:
    """Tell which events and steps people of one group take more often than those of another.

    Args:
        visits: web and app events, or `Ways` of customers (`ways(visits, who="customer_id")`).
        groups: answers with `customer_id` and the score, of which the last one tells promoters
            (9, 10) from detractors (0 to 6); a customer list with `churned_at`, of which who left
            are told from who stayed; or a frame of `customer_id` and `group`, two of them.
        score: column of the score.
        smallest: what fewer people of both groups did together is not looked at.

    Returns:
        A row an event or step: `term`, `part` (`event`, `step`), `before` and `after` (share of
        the people of either group who did it at least once), `estimate` (the difference),
        `conf_low`, `conf_high`, `p_value`, `p_adjusted` over all rows, `n` (people who did it).

    Raises:
        JourneyError: the groups are not two, or too few of them have visits.
    """
    ways = ways_of(visits)
    member = _members(groups, score)
    mine = ways.ids.filter(ways.ids.id.isin(list(member.index)))
    rows = ways.table.join(mine, "who").drop("who").rename(who="id")
    events = rows.select("who", term=rows.event).distinct().execute().assign(part="event")
    walked = rows.filter(rows.next.notnull() & (rows.next != rows.event))
    walked = walked.select("who", term=walked.event + ibis.literal(ARROW) + walked.next)
    did = pd.concat([events, walked.distinct().execute().assign(part="step")])
    there = member[member.index.isin(events["who"])]
    names = sorted(there.unique())
    sizes = there.value_counts().reindex(names)
    if len(names) != 2 or sizes.min() < FEWEST:
        raise JourneyError(
            f"fewer than {FEWEST} people of each of two groups have visits that name them.",
            needs="visits with 'customer_id'",
        )
    found = did.assign(group=did["who"].map(there)).groupby(["part", "term", "group"]).size()
    table = found.unstack(fill_value=0)[names]
    table = table[table.sum(axis=1) >= smallest]
    frame = _differences(table, sizes, how.level)
    return Result(
        name="ways compared",
        frame=frame,
        headline=_headline(frame, names),
        method="Shares of people who did it at least once; difference by Newcombe (1998), p by "
        f"Fisher (1935), adjusted for all {len(frame)} looked at (Benjamini and Hochberg 1995).",
        base=f"{listing([f'{count(sizes[name])} {name}' for name in names])} with visits.",
        notes=(*ways.notes, "Who has been there longer has had more time to do anything."),
        unit="share",
    )


def _members(groups: pd.DataFrame, score: str) -> pd.Series:
    if "customer_id" not in groups:
        raise JourneyError("the groups name no customer.", needs="'customer_id' of the answers")
    if "group" in groups:
        rows = groups[["customer_id", "group"]].dropna()
    elif "churned_at" in groups:
        gone = groups["churned_at"].notna()
        rows = groups[["customer_id"]].assign(group=np.where(gone, "leavers", "stayers"))
        rows = rows.dropna()
    elif score not in groups:
        raise JourneyError(
            f"people are told apart neither by {label(score)} nor by who left.",
            needs=f"'{score}' of answers, or 'churned_at' of customers",
        )
    else:
        order = ["answered_at"] if "answered_at" in groups else []
        rows = groups.dropna(subset=["customer_id", score]).sort_values(order or "customer_id",
                                                                       kind="stable")  # fmt: skip
        rows = rows.assign(group=_sides(rows[score], score))
    last = rows.drop_duplicates("customer_id", keep="last")
    last = last[last["group"] != ""]
    return pd.Series(last["group"].astype(str).to_numpy(), last["customer_id"].astype(str))


def _sides(given: pd.Series, score: str) -> np.ndarray:
    """Name the side of each score; who is on neither is left out."""
    if score != "nps":
        said = f"people are on the side of promoters or detractors by NPS, not by {label(score)}."
        raise JourneyError(said, needs="a column 'group' beside 'customer_id'")
    sides = tier(given)
    return np.where(np.isin(sides, ["promoter", "detractor"]), sides + "s", "")


def _differences(table: pd.DataFrame, sizes: pd.Series, level: float) -> pd.DataFrame:
    a, b = (table[name].to_numpy(float) for name in table)
    low, high = stats.newcombe(a, sizes.iloc[0], b, sizes.iloc[1], level=level)
    p = [
        stats.fisher([[x, sizes.iloc[0] - x], [y, sizes.iloc[1] - y]]).p_value
        for x, y in table.to_numpy()
    ]
    frame = pd.DataFrame({
        "term": table.index.get_level_values("term"), "part": table.index.get_level_values("part"),
        "before": a / sizes.iloc[0], "after": b / sizes.iloc[1],
        "estimate": b / sizes.iloc[1] - a / sizes.iloc[0], "conf_low": low, "conf_high": high,
        "p_value": p, "p_adjusted": stats.adjust(p), "n": (a + b).astype(int),
    })  # fmt: skip
    return frame.sort_values(["p_value", "term"], kind="stable").reset_index(drop=True)


def _headline(frame: pd.DataFrame, names: list[str]) -> str:
    sure = frame[frame["p_adjusted"] < 0.05]
    if sure.empty:
        return f"The ways of {listing(names)} part nowhere more than chance has it."
    best = sure.iloc[0]
    return (
        f"{percent(best['after'])} of {names[1]} and {percent(best['before'])} of {names[0]} did "
        f"'{best['term']}' (difference {span(best['conf_low'], best['conf_high'], 'share')}); "
        f"{count(len(sure))} of {count(len(frame))} events and steps differ after adjustment."
    )
