"""Who was under watch, from when to when, and did they leave?"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from cxlab import events
from cxlab.codebook import did_you_mean, label, need
from cxlab.results import Misuse, Unanswerable, count

UNTOLD = "period"
SAY_UNIT = "write `formats: {tenure: months}` under tables.customers, or name it as `unit`."
EVER = "The times carry no dates: if who left long ago is not in the table, fewer stay than shown."
DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}

REASONS = {
    "start_missing": "no start is known",
    "end_missing": "not known whether the customer left",
    "churn_before_signup": "left before joining",
    "date_after_as_of": "joined after the last day of the study",
    "left_before_watch": "left before the watch began",
}


class SpellError(Unanswerable):
    """Customers cannot be turned into times under watch."""


@dataclass(frozen=True, eq=False)
class Spells:
    """Customers with the time each was under watch.

    Attributes:
        frame: the customers kept, in their order, plain index.
        entry: when the watch on each began, counted from the start; 0 where it began at once.
        time: when the watch ended, counted from the start.
        event: whether it ended because the customer left.
        limit: when it would have ended had the customer not left; infinite where not known.
        unit: what one unit of time is: `month`, `week`; `period` where nobody told.
        base: who is counted, in words.
        set_aside: `line` (row of the given frame, from 0), `reason`, `value`.
        notes: what was assumed.
        columns: which columns said when customers came, and whether they left.
    """

    frame: pd.DataFrame
    entry: np.ndarray
    time: np.ndarray
    event: np.ndarray
    limit: np.ndarray
    unit: str
    base: str
    set_aside: pd.DataFrame
    notes: tuple[str, ...] = field(default=())
    columns: tuple[str, str] = ("start", "end")

    def __len__(self) -> int:
        return len(self.time)

    def periods(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Count in whole periods: first and last one seen, and whether the customer left in it.

        A period not seen to its end counts for nobody. Were it to count for those who left in it
        but not for those who stayed, leaving would look more frequent than it is.
        """
        whole = np.floor(self.limit)
        last = np.where(self.event, np.maximum(np.ceil(self.time), 1), np.floor(self.time))
        left = self.event & (last <= whole)
        return np.floor(self.entry), np.minimum(last, whole), left

    def units_in(self, span: str) -> float:
        """Say how many units of time make up a `month` or a `year`.

        Raises:
            SpellError: nobody told how long a unit is.
        """
        if self.unit not in DAYS:
            raise SpellError(
                f"it is not told how long one unit of time is, so nothing can be counted by the "
                f"{span}: name it as `unit`, such as 'month' or 'year'."
            )
        return DAYS[span] / DAYS[self.unit]

    def take(self, rows: np.ndarray) -> "Spells":
        """Keep some rows, by position or by mask; repeated positions are allowed."""
        frame = self.frame[rows] if rows.dtype == bool else self.frame.iloc[rows]
        return replace(
            self,
            frame=frame.reset_index(drop=True),
            entry=self.entry[rows],
            time=self.time[rows],
            event=self.event[rows],
            limit=self.limit[rows],
        )

    def nobody_left(self) -> str:
        """Say that nobody left, and which column says so."""
        return (
            f"none of the {count(len(self), 'customer')} left while under watch, as "
            f"far as '{label(self.columns[1])}' tells. Watch longer, or name the column that says "
            "who left."
        )


def spells(
    customers: pd.DataFrame | Spells,
    *,
    start: str | None = None,
    end: str | None = None,
    since: Any = None,
    unit: str = "",
    as_of: Any = None,
) -> Spells:
    """Work out how long each customer was under watch, and whether they left.

    Args:
        customers: one row per customer; `Spells` pass through untouched.
        start: column of moments the customer joined, or of elapsed time (`tenure`). Without
            it, `signed_up_at` or else `tenure`.
        end: column of moments the customer left, missing while they stay; or, with elapsed
            time, a yes/no flag. Without it, `churned_at` or else `churned`.
        since: the moment the data begin (or a column of such moments, or of elapsed time).
            Who joined earlier is watched only from then on, and who left earlier is not seen.
            Without it, `watched_since` where the list has it and times are moments.
        unit: `day`, `week`, `month` (365.25 / 12 days), `quarter` or `year`. Without it, moments
            are counted in months, and elapsed time in periods whose length nobody told.
        as_of: the last moment anything is known; without it, the latest moment seen.

    Returns:
        The customers kept, with their times; each row set aside has one reason.

    Raises:
        SpellError: a column is missing or of the wrong kind, or nobody is left to count.

    Example:
        >>> frame = pd.DataFrame({"tenure": [3, 8, -1], "churned": [True, False, True]})
        >>> len(spells(frame)), spells(frame).set_aside["reason"].tolist()
        (2, ['churn_before_signup'])
    """
    if isinstance(customers, Spells):
        return customers
    if unit and unit not in DAYS:
        raise Misuse(f"unit: '{unit}' is none of {', '.join(DAYS)}.{did_you_mean(unit, DAYS)}")
    start = start or _first(customers, ("signed_up_at", "tenure"), "start")
    end = end or _first(customers, ("churned_at", "churned"), "end")
    need(customers, (start, end), SpellError)
    if types.is_datetime64_any_dtype(customers[start]):
        if since is None and "watched_since" in customers.columns:
            since = "watched_since"
        return _from_moments(customers, start, end, as_of, since, unit or "month")
    if types.is_numeric_dtype(customers[start]) and not types.is_bool_dtype(customers[start]):
        return _from_tenure(customers, start, end, since, unit)
    raise SpellError(
        f"'{start}' holds {customers[start].dtype}, neither moments nor numbers; convert it "
        "with pandas.to_datetime or pandas.to_numeric, or name another start."
    )


def _first(customers: pd.DataFrame, names: tuple[str, str], what: str) -> str:
    for name in names:
        if name in customers.columns:
            return name
    raise SpellError(f"neither '{names[0]}' nor '{names[1]}' is there; name the {what} column.")


def _from_moments(customers, start, end, as_of, since, unit) -> Spells:
    begun, left = customers[start], customers[end]
    if not types.is_datetime64_any_dtype(left):
        if not left.isna().all():
            raise SpellError(
                f"'{start}' holds moments but '{end}' holds {left.dtype}; name the column of "
                "moments the customers left, or give `tenure` as start and a flag as end."
            )
        left = pd.Series(pd.NaT, index=left.index, dtype=begun.dtype)
    zone = events.zone_of(begun)
    begun, left = (events.local_times(at, zone) for at in (begun, left))
    notes: tuple[str, ...] = ()
    if as_of is None:
        as_of = pd.concat([begun, left]).max()
        notes = (f"Customers still there are counted to {as_of:%Y-%m-%d}, the latest day seen.",)
    last = _moment(as_of, zone)
    gone = (left.notna() & (left <= last)).to_numpy()
    stop = left.where(gone, last)
    time = elapsed(stop - begun, unit)
    entry = np.zeros(len(time))
    if since is not None:
        if _is_column(customers, since):
            first = events.local_times(customers[since], zone)
        else:
            first = _moment(since, zone)
        entry = np.maximum(elapsed(first - begun, unit), 0.0)
    reason = _reasons(
        start_missing=begun.isna().to_numpy(),
        date_after_as_of=(begun > last).to_numpy(),
        churn_before_signup=(left < begun).to_numpy(),
        left_before_watch=(entry > 0) & ~(time > entry),
    )
    words = "joined" if start == "signed_up_at" else f"with '{start}'"
    words = f"{words} to {last:%Y-%m-%d}"
    limit = elapsed(last - begun, unit)
    return _keep(customers, (entry, time, gone, limit), reason, (start, end), unit, words, notes)


def _from_tenure(customers, start, end, since, unit) -> Spells:
    time = customers[start].to_numpy(float, na_value=np.nan)
    event, unknown = _flag(customers[end])
    entry = np.zeros(len(time))
    if since is not None:
        if not _is_column(customers, since):
            raise SpellError("since: with elapsed time, name the column of time before the watch.")
        entry = np.nan_to_num(customers[since].to_numpy(float, na_value=np.nan)).clip(min=0)
    reason = _reasons(
        start_missing=~np.isfinite(time),
        end_missing=unknown,
        churn_before_signup=time < 0,
        left_before_watch=(entry > 0) & ~(time > entry),
    )
    times = (entry, time, event, np.full(len(time), np.inf))
    notes = () if unit else (f"In which unit '{start}' counts is not told: {SAY_UNIT}",)
    columns, words = (start, end), f"with '{start}' (taken for all there ever were)"
    return _keep(customers, times, reason, columns, unit or UNTOLD, words, (*notes, EVER))


def _keep(customers, times, reason, columns, unit, words, notes) -> Spells:
    kept = reason == ""
    if not kept.any():
        raise SpellError(
            f"none of the {count(len(customers), 'customer')} can be counted: "
            f"{_tally(reason) or 'the table is empty'}. "
            f"Look at the columns '{columns[0]}' and '{columns[1]}'."
        )
    lines = np.flatnonzero(~kept)
    first, last = (customers[name].iloc[lines].astype(str) for name in columns)
    values = (first + " to " + last).to_numpy()
    aside = pd.DataFrame({"line": lines, "reason": reason[lines], "value": values})
    if len(lines):
        notes = (*notes, f"Set aside: {_tally(reason)}.")
    base = f"{count(kept.sum(), 'customer')} {words}, {count(times[2][kept].sum())} of whom left"
    frame = customers if kept.all() else customers[kept]
    frame = frame.reset_index(drop=True)
    entry, time, event, limit = (each[kept] for each in times)
    if not (time > 0).any():
        raise SpellError(
            f"each of the {count(len(time), 'customer')} counted was there for no time at all; "
            f"look whether '{columns[0]}' and '{columns[1]}' hold the same values, or each other's."
        )
    return Spells(frame, entry, time, event, limit, unit, base, aside, notes, columns)


def _tally(reason: np.ndarray) -> str:
    names, counts = np.unique(reason[reason != ""], return_counts=True)
    return ", ".join(
        f"{count(n, 'customer')} ({REASONS[name]})" for name, n in zip(names, counts, strict=True)
    )


def _reasons(**masks: np.ndarray) -> np.ndarray:
    return np.select(list(masks.values()), list(masks), default="")


def _is_column(customers: pd.DataFrame, name: Any) -> bool:
    return isinstance(name, str) and name in customers.columns


def _moment(given: Any, zone: Any) -> pd.Timestamp:
    try:
        return events.local_moment(given, zone)
    except (TypeError, ValueError):
        raise SpellError(f"'{given}' is neither a moment nor a column.") from None


def elapsed(gap: pd.Series, unit: str) -> np.ndarray:
    """Count lengths of time in units."""
    return (gap / pd.Timedelta(days=1)).to_numpy(float) / DAYS[unit]


def _flag(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    unknown = column.isna().to_numpy()
    known = column[~unknown]
    if not (types.is_bool_dtype(known) or known.isin([0, 1]).all()):
        odd = known[~known.isin([0, 1])].iloc[0]
        raise SpellError(
            f"'{column.name}' should say whether the customer left (True/False or 1/0) "
            f"but holds '{odd}'; convert it first."
        )
    event = np.zeros(len(column), bool)
    event[~unknown] = known.astype(bool).to_numpy()
    return event, unknown


def groups(watched: Spells, by: str | None) -> tuple[np.ndarray, list[str], tuple[str, ...]]:
    """Give each row's group number (-1: not known), the names in order, and notes."""
    if by is None:
        return np.zeros(len(watched), int), ["all"], ()
    need(watched.frame, [by], SpellError, "by: there is no column '{}'.")
    column = watched.frame[by]
    codes, names = pd.factorize(column, sort=not isinstance(column.dtype, pd.CategoricalDtype))
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = [name for name in column.cat.categories if name in set(names)]
        codes = pd.Categorical(column, categories=names).codes
    missing = int((codes < 0).sum())
    notes = (f"{count(missing, 'customer')} without '{by}' are left out.",) if missing else ()
    return np.asarray(codes), [str(name) for name in names], notes
