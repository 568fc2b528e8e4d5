"""Since when does a customer list tell who leaves?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlab import events
from cxlab.codebook import DOUBT
from cxlab.results import count, percent

if TYPE_CHECKING:
    from cxlab.study import Study

SINCE = "watched_since"
_YEAR = 365.25
_UNDATED = (
    DOUBT + "`since: {since}` changes nothing: the list has no day of joining, and a time already "
    "elapsed does not tell when it began. Map signed_up_at, or read how long customers stay as of "
    "those who were still there on that day."
)
_FEWEST = 10  # leavings below which a silence proves nothing
_SEEN = 5  # customers there below which a pace is not told


def watched(study: Study) -> Study:
    """Write into the customer list since when it tells of leaving, or doubt that it always did.

    With `since:` each customer gets `watched_since`, which `lifetimes.spells` takes as late
    entry: who joined earlier is at risk of being seen to leave only from then on.
    """
    customers = study.customers
    if customers is None:
        return study
    since = study.mapping.tables["customers"].since
    if "signed_up_at" not in customers:
        return study if since is None else _note(study, _UNDATED.format(since=since))
    times = _times(customers)
    if since is None:
        return _note(study, _doubtful(times, study)) if times is not None else study
    zone = events.zone_of(customers["signed_up_at"])
    moment = pd.Timestamp(since).tz_localize(zone)
    done = study.cleaned["customers"]
    column = pd.Series(moment, index=customers.index, dtype=customers["signed_up_at"].dtype)
    done = replace(done, frame=customers.assign(**{SINCE: column}))
    study = replace(study, cleaned={**study.cleaned, "customers": done})
    earlier = int((customers["signed_up_at"] < moment).sum())
    said = f"The list tells who leaves since {since:%Y-%m-%d}: {count(earlier, 'customer')}"
    said += " who joined earlier are watched from then on only."
    gone = 0 if times is None else int((times["left"] < pd.Timestamp(since)).sum())
    if gone:
        said += f" {count(gone, 'customer')} left before it and are not counted in how long"
        said += " customers stay; if the list holds all who left, take `since` out."
    return _note(study, said)


def _times(customers: pd.DataFrame) -> pd.DataFrame | None:
    """Give joining and leaving by the study's clock, or None where nobody's leaving is dated."""
    ends = customers.get("churned_at")
    if ends is None or not pd.api.types.is_datetime64_any_dtype(ends):
        return None
    zone = events.zone_of(customers["signed_up_at"])
    both = {"begun": events.local_times(customers["signed_up_at"], zone)}
    both["left"] = events.local_times(ends, zone)
    return pd.DataFrame(both).dropna(subset=["begun"])


def _doubtful(times: pd.DataFrame, study: Study) -> str:
    """Say that nobody left before a day although many were there who could have."""
    first = times["left"].min()
    if times["left"].notna().sum() < _FEWEST:
        return ""
    first = first.normalize()
    last = events.local_moment(study.mapping.until(), study.mapping.timezone)
    old = times["begun"] < first
    if old.mean() < 0.25 or first - times["begun"].min() < pd.Timedelta(days=183):
        return ""
    day = first.replace(day=1) if first.day <= 7 else first
    if _missed(times, first, last) < _FEWEST:
        return ""
    naive, late = (_a_year(times, last, at) for at in (None, day))
    staying = f"{percent(late)} stay a year then, and not {percent(naive)}."
    if np.isnan(naive):
        staying = "too few are seen to say what it changes."
    elif np.isnan(late):
        staying = f"{percent(naive)} stay a year now; then too few are seen to say."
    return (
        f"{DOUBT}nobody left before {first:%Y-%m-%d}, although {percent(old.mean())} of "
        f"{count(len(times), 'customer')} had joined by then: the list may hold only those who "
        f"were there. If so, write `since: {day:%Y-%m-%d}` under tables.customers: {staying}"
    )


def _missed(times: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> float:
    """Say how many should have left before a day, at the pace seen after it by time elapsed.

    The pace is that of Nelson (1972) and Aalen (1978) with late entry, of those who were there.
    """
    day = pd.Timedelta(days=1)
    gone = (times["left"] <= last).to_numpy()
    stay = ((times["left"].where(gone, last) - times["begun"]) / day).to_numpy(float)
    age = ((first - times["begun"]) / day).to_numpy(float)
    at, left = np.unique(stay[gone], return_counts=True)
    there = np.searchsorted(np.sort(age), at, "left") - np.searchsorted(np.sort(stay), at, "left")
    pace = np.where(there >= _SEEN, left / np.maximum(there, 1), 0.0)
    so_far = np.concatenate([[0.0], np.cumsum(pace)])
    return float(so_far[np.searchsorted(at, age[age > 0], "right")].sum())


def _a_year(times: pd.DataFrame, last: pd.Timestamp, since: pd.Timestamp | None) -> float:
    """Give the share staying a year (Kaplan and Meier 1958), with late entry where asked.

    Missing where fewer than ten were there when somebody left.
    """
    gone = (times["left"] <= last).to_numpy()
    stay = (times["left"].where(gone, last) - times["begun"]) / pd.Timedelta(days=1)
    stay = stay.to_numpy(float)
    entry = np.zeros(len(stay))
    if since is not None:
        entry = ((since - times["begun"]) / pd.Timedelta(days=1)).clip(lower=0).to_numpy(float)
    seen = (stay > entry) | (entry == 0)
    at, left = np.unique(stay[seen & gone & (stay <= _YEAR)], return_counts=True)
    # who is seen from the first day on is there when somebody leaves on it
    begun, over = np.sort(np.where(entry[seen] > 0, entry[seen], -1.0)), np.sort(stay[seen])
    # at a time are those who entered before it and had not gone before it
    there = np.searchsorted(begun, at, "left") - np.searchsorted(over, at, "left")
    if len(there) and there.min() < _FEWEST:
        return np.nan
    return float(np.prod(1 - left / there))


def _note(study: Study, said: str) -> Study:
    if not said:
        return study
    notes = {**study.notes, "customers": (*study.notes.get("customers", ()), said)}
    return replace(study, notes=notes)
