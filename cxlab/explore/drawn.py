"""A view as the panel draws it: rows of text with places on a track from 0 to 100."""

from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import label
from cxlab.explore.views import Asked, State, View, code
from cxlab.results import Result, cell, count, shown

MOST_ROWS = 40
LABELS = {"trend": "period", "distribution": "value", "drivers": "term", "question": "answer"}
SHARES = ("distribution", "question")


def drawn(view: View, answer: Asked, state: State) -> dict[str, Any]:
    """Give a view as plain JSON values.

    Args:
        view: the view.
        answer: what its question gave.
        state: what it was asked of.

    Returns:
        `name`, `title`, `kind`, `said`, and either `absent` or `rows`, `note`, `base`, `code`.
        A row has `label`, `text`, `at`, `low`, `high` (percent of the track) and `chip`.
    """
    head = {"name": view.name, "title": view.title, "kind": view.kind}
    if not isinstance(answer, Result):
        return {**head, "absent": answer.sentence}
    told = shown(answer)
    rows = _rows(view, told, state)
    return {
        **head,
        "said": told.headline,
        "rows": rows[:MOST_ROWS],
        "zero": _zero(view, told),
        "note": f"{len(rows) - MOST_ROWS} more rows in the code" if len(rows) > MOST_ROWS else "",
        "base": told.base,
        "code": code(view, state),
    }


def _rows(view: View, told: Result, state: State) -> list[dict[str, Any]]:
    frame = told.frame
    if view.name == "question":
        frame = frame[frame["part"] == "answer"].assign(n=lambda rows: rows["count"])
        frame = frame.assign(answer=_of_items(frame))
    value = "share" if view.name in SHARES else "estimate"
    places = _places(view, frame, value)
    names = frame[LABELS.get(view.name, "group")].astype(object)
    texts = [_text(row, value, told.unit) for row in frame.to_dict("records")]
    return [
        {
            "label": _label(view, name),
            "text": text,
            "chip": _chip(view, name, state),
            **dict(zip(("at", "low", "high"), place, strict=True)),
        }
        for name, text, place in zip(names, texts, places, strict=True)
    ]


def _of_items(frame: pd.DataFrame) -> pd.Series:
    """Name each answer; of several items, with its item."""
    if "item" not in frame or frame["item"].nunique() < 2:
        return frame["answer"]
    return frame["item"].astype(str) + ": " + frame["answer"].astype(str)


def _label(view: View, name: Any) -> str:
    if view.name == "distribution":
        return f"{name:g}"
    return label(str(name)) if view.name == "drivers" else str(name)


def _text(row: dict[str, Any], value: str, unit: str) -> str:
    """Write the number with its interval and its base; a held row says that it is held."""
    if pd.isna(row[value]):
        return "held back"
    if value == "share":
        return f"{cell('share', row['share'])} · {count(row['n'])}"
    number, low, high = (
        cell(name, row[name], unit) for name in ("estimate", "conf_low", "conf_high")
    )
    people = f" · n {count(row['n'])}" if not pd.isna(row.get("n", np.nan)) else ""
    return f"{number} ({low} to {high}){people}"


def _chip(view: View, name: Any, state: State) -> list[str] | None:
    column = {"value": state.outcome, "period": "period", "group": state.by}.get(view.click)
    if not column or column in state.chips:
        return None
    return [str(column), _label(view, name)]


def _track(view: View, frame: pd.DataFrame, value: str) -> tuple[float, float]:
    columns = [name for name in (value, "conf_low", "conf_high") if name in frame]
    numbers = frame[columns].to_numpy(dtype=float)
    if not np.isfinite(numbers).any():
        return 0.0, 1.0
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    if view.kind == "bars" or view.name == "against":  # what stands on zero shows its zero
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.0 if view.kind == "bars" else (high - low) * 0.06
    return low - room, high + room if high > low else low + 1


def _places(view: View, frame: pd.DataFrame, value: str) -> list[tuple[float | None, ...]]:
    low, high = _track(view, frame, value)
    columns = [frame[name].to_numpy(dtype=float) for name in (value, "conf_low", "conf_high")]
    places = (np.column_stack(columns) - low) / (high - low) * 100
    return [tuple(round(x, 2) if np.isfinite(x) else None for x in row) for row in places]


def _zero(view: View, told: Result) -> float | None:
    """Give the place of zero, where it lies on the track of a comparison."""
    if view.name != "against":
        return None
    low, high = _track(view, told.frame, "estimate")
    return round(-low / (high - low) * 100, 2)
