"""From counted answers to a result: the estimate of each group, its sentence and its notes."""

from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.metrics.workings.answers import ALL, Answers, By
from cxlab.metrics.workings.apart import apart, stands_apart
from cxlab.metrics.workings.channels import mode_note
from cxlab.metrics.workings.estimates import estimated, mark_small
from cxlab.results import Result, amount, count, span

LINEARISED = "standard error by Taylor linearisation (Binder 1983)"


def level_result(
    answers: Answers, *, by: By, method: str, level: float, smallest: int = 0
) -> Result:
    """Turn counted answers into a result."""
    frame = estimated(answers, method=method, level=level).assign(level=level, verdict=None)
    notes = [*answers.notes, *_spread_notes(answers, frame)]
    if by is not None:
        notes += mode_note(answers, by)
    frame, more = mark_small(frame, smallest)
    return Result(
        name=answers.score.name,
        frame=frame,
        headline=_headline(answers, frame, by, level, smallest),
        method=_method(answers, method),
        base=answers.base,
        notes=(*notes, *more),
        unit=answers.score.unit,
    )


def _headline(answers: Answers, frame: pd.DataFrame, by: By, level: float, smallest: int) -> str:
    score, whole = answers.score, int(frame["n"].sum())
    if by is not None and whole < smallest:
        fewer = f"fewer than the smallest group of {smallest}"
        return f"{score.name} is not shown: {count(whole, 'answer')}, {fewer}."
    if by is not None and len(frame) > 1:
        shown = frame["verdict"].isin(["suppressed", "no answers"]).to_numpy()
        return stands_apart(answers, apart(answers, level=level, hidden=shown), by)
    row = frame.iloc[0]
    if row["verdict"] == "suppressed":
        return (
            f"{score.name} is not shown: {count(row['n'], 'answer')}, fewer than the smallest "
            f"group of {smallest}."
        )
    who = "" if row["group"] == ALL else f" for {row['group']}"
    text = score.says(amount(row["estimate"], score.unit)) + who
    if np.isfinite(row["conf_low"]):
        text += f" ({span(row['conf_low'], row['conf_high'], score.unit)})"
    tail = f"; {'low' if score.low_is_good else 'high'} means easy" if score.name == "CES" else ""
    few = f" Only {count(row['n'], 'answer')}." if row["verdict"] == "small base" else ""
    return f"{text}{tail if score.kind == 'mean' else ''}.{few}"


def _method(answers: Answers, method: str) -> str:
    if answers.score.kind == "mean":
        parts = ["mean with t interval"]
    elif answers.score.kind == "top":
        parts = [stats.PROPORTION_METHODS[method]]
    else:
        parts = [stats.NPS_METHODS[method]]
    if answers.weight is not None or answers.cluster is not None:
        parts.append(LINEARISED)
        if answers.score.kind != "mean" and method != "bootstrap":
            parts.append("interval from effective counts (Korn and Graubard 1998)")
    return "; ".join(parts)


def _spread_notes(answers: Answers, frame: pd.DataFrame) -> list[str]:
    """Say where answers are all alike, or too few, so that no spread can be seen."""
    n: Any = frame["n"]
    alike = ((answers.cells.n > 0).sum(axis=1) == 1) & (n > 1)
    notes = []
    if alike.any():
        who = "All" if len(frame) == 1 else f"In {count(int(alike.sum()), 'group')} all"
        tail = "the standard error of zero is no certainty."
        if answers.score.kind == "mean":
            tail = "their spread is unknown and no interval is given."
        notes.append(f"{who} answers are the same; {tail}")
    if (n == 1).any() and answers.score.kind == "mean":
        notes.append("A single answer has no interval.")
    lone = frame["conf_low"].isna() & (n > 1) & ~alike
    if lone.any() and answers.cluster is not None:
        notes.append("Answers of a single cluster do not show how clusters differ: no interval.")
    return notes
