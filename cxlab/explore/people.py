"""From a group to its people: their comments, and one person's answers and contacts."""

from typing import Any

import pandas as pd

from cxlab.codebook import label
from cxlab.explore.views import State
from cxlab.results import count

LISTED = 12
CONTACTS = 20
LATEST = "answered_at"


def listed(state: State) -> list[dict[str, str]]:
    """Give the latest comments of the chosen that may be quoted, masked, with who says it.

    Args:
        state: what is chosen.

    Returns:
        `text` and `who` (score and day) of each; people are known by their place alone.
    """
    return [{"text": str(row.get("comment", "")), "who": _who(row, state)}
            for row in _latest(state).to_dict("records")]  # fmt: skip


def told(state: State, place: int | None) -> dict[str, Any] | None:
    """Give what one person of the list answered, and which contacts there were.

    Args:
        state: what is chosen.
        place: place in the list, from 0.

    Returns:
        `answers` and `contacts`, each rows of word and text; None where nobody stands there.
    """
    rows = _latest(state)
    if place is None or not 0 <= place < len(rows):
        return None
    row = rows.iloc[place].to_dict()
    asked = [*state.whole.scales, *state.whole.ratings, *state.whole.segments()]
    given = [
        [label(name), _text(row[name])] for name in asked if name in row and pd.notna(row[name])
    ]
    return {"who": _who(row, state), "text": str(row.get("comment", "")), "answers": given,
            "contacts": _contacts(state, row.get("customer_id"))}  # fmt: skip


def _latest(state: State) -> pd.DataFrame:
    rows = state.known.quotable
    if state.chips:
        rows = rows[state.known.rows(state.chips)[rows]]
    return state.known.frame.iloc[rows[:LISTED]].reset_index(drop=True)


def _who(row: dict[str, Any], state: State) -> str:
    column = state.outcome if isinstance(state.outcome, str) else ""
    score = [f"{label(column)} {_text(row[column])}"] if pd.notna(row.get(column)) else []
    day = [f"{row[LATEST]:%-d %B %Y}"] if pd.notna(row.get(LATEST)) else []
    return ", ".join([*score, *day]) or "an answer"


def _contacts(state: State, customer: Any) -> list[list[str]]:
    contacts = state.whole.interactions
    if contacts is None or pd.isna(customer) or "customer_id" not in contacts.columns:
        return []
    found = contacts.filter(contacts["customer_id"] == str(customer)).limit(CONTACTS).execute()
    moment = next((name for name in ("created_at", "opened_at", "at") if name in found), None)
    words = [name for name in ("channel", "topic", "kind", "category", "status") if name in found]
    if moment:
        found = found.sort_values(moment, kind="stable")
    said = [[_day(row.get(moment)), ", ".join(str(row[w]) for w in words if pd.notna(row[w]))]
            for row in found.to_dict("records")]  # fmt: skip
    return said or [["contacts", count(0)]]


def _day(moment: Any) -> str:
    return f"{moment:%-d %B %Y}" if isinstance(moment, pd.Timestamp) else ""


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
