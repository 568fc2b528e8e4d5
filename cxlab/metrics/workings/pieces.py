"""What a change is told in: its pieces, who was in both periods, and whose share moved."""

import pandas as pd

from cxlab.metrics.workings.estimates import SMALL
from cxlab.metrics.workings.measures import Score
from cxlab.results import number, percent

PANEL_SHARE = 0.25
OTHERS = "other groups"
COLUMNS = ["term", "group", "before", "after", "estimate", "std_error", "conf_low", "conf_high",
           "n", "level", "verdict"]  # fmt: skip
METHOD = (
    "mix + rate + interaction against the earlier period (Kitagawa 1955; Oaxaca 1973), intervals "
    "by linearisation (delta method)"
)


def few_in_both(before: pd.DataFrame, after: pd.DataFrame, pair: str) -> bool:
    """Say whether those who answered twice are too small a part to explain the change of all."""
    ids = [set(rows[pair].dropna()) for rows in (before, after)]
    stayed, all_of_them = len(ids[0] & ids[1]), len(ids[0] | ids[1])
    return stayed < SMALL or stayed < PANEL_SHARE * all_of_them


def largest_shifts(before: pd.DataFrame, after: pd.DataFrame, by: str, *, smallest: int) -> str:
    """Name the two groups whose share of the answers moved most, of those large enough to show."""
    counts = [rows[by].dropna().astype(str).value_counts() for rows in (before, after)]
    table = pd.concat(counts, axis=1, keys=["before", "after"]).fillna(0.0)
    shares = table / table.sum()
    shares = shares[(table.sum(axis=1) >= max(smallest, 1)).to_numpy()]
    most = shares.loc[(shares["after"] - shares["before"]).abs().nlargest(2).index]
    return ". ".join(
        f"{name} gave {percent(r.before)} of the answers, then {percent(r.after)}"
        for name, r in most.iterrows()
    )


def piece(row: pd.Series, what: Score) -> str:
    """Write a piece of a change with its sign."""
    value = row["estimate"] * (100 if what.kind == "top" else 1)
    return number(value, 2 if what.kind == "mean" else 1, signed=True)
