"""In which periods was each customer there? One bit a period, customers of equal bits together.

A cohort matrix needs no row per customer and period: the periods in which a customer was seen fit
into the bits of a few whole numbers, gathered in one pass over the orders. Few patterns are
different, so that what comes back is small, and cohorts, ages and brackets are read off the bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd

WORD = 62  # bits a whole number holds, its sign left alone
MOST_WORDS = 4


@dataclass(frozen=True, eq=False)
class Attendance:
    """How many customers were there in which periods.

    Attributes:
        begun: place of the period each pattern begins in.
        there: patterns by periods, whether they were there.
        n: customers of each pattern.
        first: the first period, as an ordinal of the calendar.
    """

    begun: np.ndarray
    there: np.ndarray
    n: np.ndarray
    first: int


def attendance(visits: ibis.Table, period: str, begun: pd.DataFrame | None) -> Attendance | None:
    """Gather the bits, in the engine that holds the orders.

    Args:
        visits: `customer_id` and `day`.
        period: `week`, `month`, `quarter` or `year`.
        begun: `customer_id` and `begun`, an ordinal, where cohorts begin with signing up.

    Returns:
        The attendance; None where the time spanned takes too many bits.
    """
    place = ordinal(visits["day"], period)
    # the ends of days are known to the file; those of periods would be worked out row by row
    days = visits.aggregate(low=visits["day"].min(), high=visits["day"].max()).execute().iloc[0]
    if days.isna().any():
        return None
    low, high = ordinal(pd.to_datetime(days), period).astype(int)
    if begun is not None and len(begun):
        low = min(low, int(begun["begun"].min()))
    size = high - low + 1
    words = -(-size // WORD)
    if words > MOST_WORDS:
        return None
    at = place - low
    bits = {f"word{k}": _word(at, k, words) for k in range(words)}
    each = visits.group_by("customer_id").aggregate(**bits)
    keys = list(bits)
    if begun is not None:
        each = each.join(ibis.memtable(begun), "customer_id")
        keys.append("begun")
    counts = each.group_by(keys).aggregate(n=each.count()).execute()
    there = np.column_stack(
        [(counts[f"word{p // WORD}"].to_numpy(np.int64) >> (p % WORD)) & 1 for p in range(size)]
    ).astype(bool)
    start = there.argmax(axis=1) if begun is None else counts["begun"].to_numpy(int) - low
    return Attendance(start, there, counts["n"].to_numpy(float), low)


def ordinal(day, period: str):
    """Number the period of a day, as pandas numbers it; of an expression or of a column."""
    if period == "week":
        seconds = day.epoch_seconds() if isinstance(day, ibis.Value) else _seconds(day)
        return (seconds // 86_400 + 3) // 7 + 1
    parts = day if isinstance(day, ibis.Value) else day.dt
    year = _value(parts.year) - 1970
    if period == "year":
        return year
    if period == "quarter":
        return year * 4 + _value(parts.quarter) - 1
    return year * 12 + _value(parts.month) - 1


def counted(seen: Attendance, rule: str, brackets: Sequence[int]) -> pd.DataFrame:
    """Count customers per cohort and age: `begun` (ordinal), `time`, `events`."""
    size = seen.there.shape[1]
    age = np.arange(size)[None, :] - seen.begun[:, None]
    there = seen.there & (age >= 0)
    if rule == "on or after":
        # who was last seen at an age was there at or after each age before it
        last = size - 1 - there[:, ::-1].argmax(axis=1)
        there &= np.arange(size)[None, :] == last[:, None]
    if rule == "bracket":
        age = np.searchsorted(sorted(brackets), age, side="right") - 1
        there &= age >= 0
        again = np.zeros_like(there)
        again[:, 1:] = (age[:, 1:] == age[:, :-1]) & _so_far(there, age)[:, :-1]
        there &= ~again
    row, column = np.nonzero(there)
    cells = pd.DataFrame({"begun": seen.begun[row] + seen.first, "time": age[row, column]})
    cells["events"] = seen.n[row]
    return cells.groupby(["begun", "time"], as_index=False)["events"].sum()


def _so_far(there: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Say of each cell whether its bracket has been attended up to it."""
    found = there.copy()
    for p in range(1, there.shape[1]):
        found[:, p] |= found[:, p - 1] & (age[:, p] == age[:, p - 1])
    return found


def _word(at, k: int, words: int):
    one = ibis.literal(1, type="int64")
    if words == 1:
        return (one << at.cast("int64")).bit_or()
    inside = (at >= k * WORD) & (at < (k + 1) * WORD)
    return inside.ifelse(one << (at - k * WORD).cast("int64"), ibis.literal(0, "int64")).bit_or()


def _value(part):
    return part() if callable(part) else part


def _seconds(day: pd.Series) -> pd.Series:
    return day.astype("datetime64[s]").astype("int64")
