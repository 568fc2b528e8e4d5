"""Which rows a draft leaves out, and what they are worth."""

import pandas as pd

from cxlab.drafting.guesses import Guess
from cxlab.drafting.profiles import Profile


def gone(made: Guess) -> pd.Series:
    """Say which rows the words of `where` leave out already."""
    out = pd.Series(False, range(made.files.rows))
    for name, rule in made.said.get("where", {}).items():
        if isinstance(rule, dict) and "not" in rule:
            column = next(c for c in made.found if c.name == name)
            out |= made.raw(column).isin(rule["not"])
    return out


def set_where(made: Guess, column: Profile, rule: object) -> None:
    """Let a column of no other use tell which rows count."""
    made.said.setdefault("where", {})[column.name] = rule
    if made.columns.get("status") is column:
        made.columns.pop("status")
    made.release(column)
    made.unused[column.name] = "read by `where`"


def valued(made: Guess, column: Profile, words: list[str]) -> str:
    """Say which part of all sums stands beside some words of a column."""
    if "amount" not in made.columns:
        return ""
    numbers = made.raw(made.columns["amount"]).map(made.columns["amount"].numbers).astype(float)
    total = numbers[made.raw(column).isin(words)].sum()
    return f"{total:,.2f} of {numbers.sum():,.2f}"


def taken_off(made: Guess, rows: pd.Series) -> bool:
    """Say whether a column takes off what was given back in these rows."""
    back = made.columns.get("refunded")
    if back is None:
        return False
    return bool((made.raw(back)[rows].map(back.numbers).astype(float) != 0).mean() > 0.5)
