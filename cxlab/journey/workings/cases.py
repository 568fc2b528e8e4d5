"""Contacts as a journey reads them: stage, waiting, whether it failed, whether it came again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlab import events
from cxlab.codebook import label
from cxlab.journey.workings.refusal import JourneyError
from cxlab.journey.workings.stages import NO_STAGE, stage_of
from cxlab.results import Misuse, count, percent

_READ = ("customer_id", "opened_at", "first_reply_at", "closed_at", "channel", "channels_used",
         "kind", "stage", "touchpoint", "resolved", "reopened", "agent", "csat",
         "cost", "handled_by", "personalised")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Cases:
    """Contacts of customers, one row each, in order of time.

    Attributes:
        frame: `customer_id`, `opened_at` (UTC), `stage`, and of what the study knows: `waited` and
            `solved` (hours until the first reply and until the end, or until now), `replied` and
            `closed` (whether they came), `failed` and `again` (1, 0, or missing where it is not
            known), `touchpoint`, `kind`, `channel`, `channels_used`, `agent`, `csat`, `cost`.
        until: the last moment known (UTC).
        base: who is counted.
        notes: what the reader must know.
    """

    frame: pd.DataFrame
    until: pd.Timestamp
    base: str
    notes: tuple[str, ...]


def cases_of(
    interactions: Any,
    *,
    as_of: Any,
    stages: Mapping[str, Sequence[str]] | None = None,
    repeat: str = "7D",
    also: Sequence[str] = (),
) -> Cases:
    """Read contacts.

    Args:
        interactions: a frame or an Ibis table.
        as_of: the last moment known.
        stages: stage -> values of stage, touchpoint or kind that belong to it.
        repeat: within how long a further contact says that the first was not settled.
        also: further columns to carry along, where contacts have them.

    Raises:
        JourneyError: there is no contact, or none with a day.
    """
    if isinstance(interactions, Cases):
        return interactions
    rows = _rows(interactions, also)
    until = _instant(as_of, rows["opened_at"])
    if "kind" in rows:  # an invitation to a survey is ours, not the customer's
        rows = rows[~rows["kind"].astype("str").str.lower().str.contains("invit", na=False)]
    rows = rows[rows["opened_at"].notna()].sort_values("opened_at", kind="stable")
    rows = rows.reset_index(drop=True)
    if rows.empty:
        raise JourneyError("no contact has a day on which it was opened.")
    rows["opened_at"] = events.utc(rows["opened_at"], "UTC")
    notes = [_staged(rows, stages or {})]
    notes += _waits(rows, until)
    _failures(rows)
    notes += _again(rows, until, repeat)
    people = rows["customer_id"].nunique() if "customer_id" in rows else 0
    of = f" of {count(people, 'customer')}" if people else ""
    first, last = (rows["opened_at"].iloc[at] for at in (0, -1))
    base = f"{count(len(rows), 'contact')}{of}, {first:%B %Y} to {last:%B %Y}."
    return Cases(rows, until, base, tuple(filter(None, notes)))


def _rows(interactions: Any, also: Sequence[str]) -> pd.DataFrame:
    columns = [name for name in dict.fromkeys((*_READ, *also)) if name in interactions.columns]
    if "opened_at" not in columns:
        raise JourneyError("contacts have no day.", needs="'opened_at' under tables.interactions")
    rows = interactions[columns]
    if isinstance(rows, pd.DataFrame):
        return rows.copy()
    return rows.to_pyarrow().to_pandas()  # `execute` lists each column with gaps value by value


def _instant(as_of: Any, times: pd.Series) -> pd.Timestamp:
    """Give the last moment known in UTC; one without a zone is told by the clock of the cases."""
    if as_of is None:
        raise Misuse("say 'as_of', the last moment that is known: open cases wait until then.")
    until = pd.Timestamp(as_of)
    zone = events.zone_of(pd.to_datetime(times)) or "UTC"
    return (until.tz_localize(zone) if until.tz is None else until).tz_convert("UTC")


def _staged(rows: pd.DataFrame, stages: Mapping[str, Sequence[str]]) -> str:
    """Give each contact its stage, and tell how many have none."""
    given = rows["stage"] if "stage" in rows else pd.Series(None, rows.index, dtype="str")
    stage = given.astype(object)
    if stages:
        stage = pd.Series(None, rows.index, dtype=object)
        for column in ("stage", "touchpoint", "kind"):
            if column in rows:
                values = rows[column].dropna().unique()
                known = {value: stage_of(str(value), stages) for value in values}
                stage = stage.where(stage.notna(), rows[column].map(known))
    none = stage.isna()
    rows["stage"] = stage.where(~none, NO_STAGE).astype(str)
    if not none.any():
        return ""
    return (
        f"{count(none.sum())} of {count(len(rows), 'contact')} ({percent(none.mean())}) belong to "
        f"no stage and are shown as {NO_STAGE}."
    )


def _waits(rows: pd.DataFrame, until: pd.Timestamp) -> list[str]:
    """Tell how long each case waited for a reply and for its end; open ones wait until now."""
    told = []
    now = (until - rows["opened_at"]).dt.total_seconds() / 3600
    ended = "closed_at" in rows
    for moment, hours, came in (("first_reply_at", "waited", "replied"),
                                ("closed_at", "solved", "closed")):  # fmt: skip
        if moment not in rows:
            continue
        at = events.utc(rows[moment], "UTC")
        rows[came] = at.notna()
        rows[hours] = (at - rows["opened_at"]).dt.total_seconds() / 3600
        rows[hours] = rows[hours].fillna(now.clip(lower=0))
        unknown = rows[hours] < 0
        if moment == "first_reply_at" and ended:
            unknown |= at.isna() & rows["closed_at"].notna()
        rows.loc[unknown, hours] = np.nan
        if unknown.any():
            what = "first reply" if came == "replied" else "end"
            told.append(f"{count(unknown.sum(), 'contact')} without a {what} that can be right "
                        "left out of the times.")  # fmt: skip
    return told


def _failures(rows: pd.DataFrame) -> None:
    """Say which cases failed: not resolved, or opened again."""
    known = [name for name in ("resolved", "reopened") if name in rows]
    if not known:
        return
    bad = pd.Series(False, rows.index)
    sure = pd.Series(False, rows.index)
    for name, wrong in (("resolved", False), ("reopened", True)):
        if name in rows:
            flag = rows[name].astype("boolean")
            bad |= flag.eq(wrong).fillna(False).astype(bool)
            sure |= flag.notna()
    if "resolved" in rows:  # whether it was opened again says nothing of a case still open
        sure &= rows["resolved"].notna()
    rows["failed"] = bad.astype(float).where(sure)


def _again(rows: pd.DataFrame, until: pd.Timestamp, repeat: str) -> list[str]:
    """Say of which contact a further one of the customer followed; not known of the last days."""
    if "customer_id" not in rows:
        return ["Contacts name no customer: repeats and scores are not told."]
    next_ = rows.groupby("customer_id", sort=False)["opened_at"].shift(-1)
    within = (next_ - rows["opened_at"]) <= pd.Timedelta(repeat)
    seen = rows["opened_at"] + pd.Timedelta(repeat) <= until
    rows["again"] = within.astype(float).where((seen | within) & rows["customer_id"].notna())
    return []


def scored(cases: Cases, outcome: str) -> pd.DataFrame:
    """Give the contacts that have the outcome, or refuse."""
    rows = cases.frame
    if outcome not in rows or not rows[outcome].notna().any():
        raise JourneyError(f"no contact has {label(outcome)}.", needs=f"'{outcome}' of contacts")
    rows = rows[rows[outcome].notna()]
    if rows[outcome].nunique() < 2:
        raise JourneyError(f"{label(outcome)} is the same in every contact.")
    return rows
