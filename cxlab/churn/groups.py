"""Who leaves more? Each group of customers against everybody outside it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxlab import events, stats
from cxlab.churn.case import Asked
from cxlab.churn.definition import ChurnError
from cxlab.churn.workings.asking import question
from cxlab.results import Result, count, hidden, listing, number, percent

MOST_GROUPS = 12
NEEDS = "a segment of the customer list with two groups or more"


@question
def by_group(asked: Asked, *, by: Sequence[str], level: float = 0.95) -> Result:
    """Compare how many left in each group with everybody outside it.

    Args:
        asked: the customers of the question; nothing has to be learned of them. A column that
            knows of the leaving, or that nobody can place in time, is left out.
        by: columns that make groups, each looked at by itself.
        level: of the intervals; a group stands apart when its adjusted p is below 1 - level.

    Returns:
        A `Result` with `breakdown` (the column), `group` (column and value), `share` (who left),
        `estimate` (less the share of all others), `conf_low`, `conf_high` (Newcombe 1998),
        `p_value`, `p_adjusted` (Benjamini and Hochberg 1995, over all groups), `events`, `n`,
        `verdict` (above, below, not apart). The sentence names no group of few people.

    Raises:
        ChurnError: no column makes groups, or the table does not say who left.
    """
    taken = asked.judge if asked.dated else asked.all
    if taken.gone is None:
        raise ChurnError("the table does not say who left.")
    tables = [_counted(taken.features[name], taken.gone, name) for name in by
              if name in taken.features and name not in asked.left_out]  # fmt: skip
    tables = [each for each in tables if 2 <= len(each) <= MOST_GROUPS]
    if not tables:
        raise ChurnError("No segment known of the customers makes groups.", needs=NEEDS)
    frame = pd.concat(tables, ignore_index=True)
    n, left = (frame[word].to_numpy(float) for word in ("n", "events"))
    rest, rest_left = (frame[word].to_numpy(float) for word in ("rest", "rest_left"))
    frame["share"], frame["estimate"] = left / n, left / n - rest_left / rest
    low, high = stats.newcombe(rest_left, rest, left, n, level=level)
    frame["conf_low"], frame["conf_high"] = low, high
    pooled = (left + rest_left) / (n + rest)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / rest))
    z = np.divide(frame["estimate"], error, out=np.zeros(len(n)), where=error > 0)
    frame["statistic"], frame["p_value"] = np.abs(z), 2 * norm.sf(np.abs(z))
    frame["p_adjusted"] = stats.adjust(frame["p_value"])
    apart = (frame["p_adjusted"] <= 1 - level) & ((low > 0) | (high < 0))
    side = np.where(frame["estimate"] > 0, "above", "below")
    frame["verdict"] = np.where(apart, side, "not apart").astype(object)
    seen = frame[~hidden(frame, smallest=asked.smallest)]
    if seen.empty:
        few = f"No segment makes groups of {asked.smallest} customers or more."
        raise ChurnError(few, needs=NEEDS)
    did, when = asked.left
    return Result(
        name="leaving against the rest",
        frame=frame.drop(columns=["rest", "rest_left", "statistic"]),
        headline=_headline(seen, did, when),
        method="Shares of each group against all customers outside it: score test, Newcombe's "
        "interval; false discovery rate held over all groups (Benjamini and Hochberg 1995).",
        base=f"{count(int(taken.gone.notna().sum()), 'customer')}, of whom "
        f"{count(int(taken.gone.sum()))} {did}{when}",
        notes=(
            "Groups differ in more than their name; what goes with leaving need not bring it "
            "about.",
        ),
        unit="share",
    )


def _counted(values: pd.Series, gone: pd.Series, name: str) -> pd.DataFrame:
    """Count who left of each group and of everybody outside it, among whom the group is known."""
    known = values.notna() & gone.notna()
    both = pd.DataFrame({"group": values[known].astype(str), "gone": gone[known].astype(int)})
    counted = both.groupby("group", observed=True)["gone"].agg(events="sum", n="size").reset_index()
    everyone = counted[["events", "n"]].sum()
    said = events.describe(name)
    return counted.assign(
        breakdown=said,
        group=[f"{said}: {value}" for value in counted["group"]],
        rest_left=everyone["events"] - counted["events"],
        rest=everyone["n"] - counted["n"],
    )[["breakdown", "group", "events", "n", "rest_left", "rest"]]


def _headline(frame: pd.DataFrame, did: str, when: str) -> str:
    apart = frame[frame["verdict"] != "not apart"]
    when = when.partition(";")[0]  # a table without dates says so once, in the base
    if apart.empty:
        terms = list(dict.fromkeys(frame["breakdown"]))
        return f"No group stands apart in how many {did}{when}, by {listing(terms, 3)}."
    # how surely it stands apart: a handful far off says less than half of everybody
    top = apart.loc[apart["statistic"].idxmax()]
    more = [term for term in dict.fromkeys(apart["breakdown"]) if term != top["breakdown"]]
    too = f" ({listing(more, 3)} too)" if more else ""
    size = f"{number(abs(top['estimate']) * 100, 1)} percentage points {top['verdict']} all others"
    value = top["group"].removeprefix(f"{top['breakdown']}: ")
    return f"Of {top['breakdown']} '{value}' {percent(top['share'], 1)} {did}{when}, {size}{too}."
