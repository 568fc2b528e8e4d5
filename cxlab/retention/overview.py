"""The first number of the page on retention, and two ways of looking ahead side by side."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cxlab import results
from cxlab.lifetimes.asking import of_customers
from cxlab.lifetimes.design import spoken
from cxlab.lifetimes.spells import DAYS, SpellError, Spells
from cxlab.lifetimes.steps import LEAST
from cxlab.results import Result, percent
from cxlab.retention.survival import survival, survival_at
from cxlab.retention.workings.reach import carried


@of_customers
def still_there(
    watched: Spells,
    *,
    months: float = 12.0,
    level: float = 0.95,
) -> Result:
    """Give the share of customers still there after some months, or as long as it was watched.

    Args:
        months: when the share is read, where customers were watched that long; the end of the
            watch where it is not told how long a unit of time is.
        as_of: the last moment known.

    Returns:
        What `survival_at` gives, one row.

    Raises:
        SpellError: nobody is known to have left, or too few are under watch.
    """
    if not watched.event.any():
        raise SpellError(watched.nobody_left())
    curve = survival(watched, level=level)
    asked_for = months * watched.units_in("month") if watched.unit in DAYS else np.inf
    seen = curve.frame.loc[curve.frame["at_risk"] >= LEAST, "time"].max()
    reach = min(asked_for, carried(curve.frame), seen)
    if not np.isfinite(reach):
        raise SpellError("fewer than ten customers are under watch: too few to answer from.")
    return survival_at(curve, times=[reach])


def covariates(watched: Spells, *, among: Sequence[str]) -> list[str]:
    """Name the columns of a list that customers have and that tell them apart.

    Args:
        watched: the customers.
        among: the columns of the list.
    """
    return [name for name in among if name in watched.frame and watched.frame[name].nunique() > 1]


def in_words(answer: Result) -> Result:
    """Name the terms of a model as a person would."""
    return replace(answer, frame=answer.frame.assign(term=answer.frame["term"].map(spoken)))


def beside(projected: Result, carried_on: Result) -> results.Note:
    """Say whether two ways of looking ahead agree at their common horizon.

    Args:
        projected: what `project` gave.
        carried_on: what `extrapolate` gave.

    Raises:
        SpellError: they look ahead to different days.
    """
    one, lines = projected.frame.iloc[-1], carried_on.frame
    other = lines[(lines["rank"] == 1) & (lines["time"] == one["time"])]
    if other.empty:
        raise SpellError("the two ways of looking ahead do not look equally far.")
    other = other.iloc[0]
    apart = one["conf_low"] > other["conf_high"] or one["conf_high"] < other["conf_low"]
    verdict = (
        "do not agree, and which of them is right cannot be told before it comes"
        if apart
        else "agree within their ranges"
    )
    said = [
        f"{percent(row['estimate'])} ({percent(row['conf_low'])} to {percent(row['conf_high'])})"
        for row in (one, other)
    ]
    return results.Note(
        f"Two ways of looking ahead {verdict}: of the same customers, {said[0]} are expected to be "
        f"there by the projection, {said[1]} by the {other['term']} curve."
    )
