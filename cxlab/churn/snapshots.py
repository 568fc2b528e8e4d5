"""Customers as known on a day, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cxlab import events
from cxlab.churn.definition import CONTRACT, FLAG, SILENCE, ChurnError, Definition, definition
from cxlab.churn.workings.asking import question
from cxlab.codebook import label, marks
from cxlab.lifetimes import stretches
from cxlab.results import Misuse, count, listing

#: Columns of a customer list that say who somebody is, or that tell of the leaving itself.
NOT_FACTS = (
    "customer_id", "first_name", "surname", "email", "phone", "referred_by",
    "churned", "churned_at", "churn_reason", "voluntary", "signed_up_at",
    "watched_since",
)  # fmt: skip
_PARTS = ("features", "customer", "day", "label", "undated", "ever", "left_at", "gone")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What was known about customers on a day, and whether they left afterwards.

    Attributes:
        features: one row per customer and day; only what was known then.
        customer: whose row it is.
        day: the day of the row; missing where the table has no dates.
        label: 1 left within the horizon, 0 stayed, missing where it is not judged.
        definition: what counts as leaving.
        undated: columns of the customer list without a date, in the same rows. They are kept
            apart because nobody can say when they were written; the audit looks at them.
        ever: 1 where the customer has left by the end of the study, whenever.
        left_at: when, where an end date is known.
        gone: 1 where the customer left by the end of the horizon, be it within the gap, 0 for
            everybody else who was there on the day, judged or not.
        notes: what was left aside on the way.
    """

    features: pd.DataFrame
    customer: pd.Series
    day: pd.Series
    label: pd.Series
    definition: Definition
    undated: pd.DataFrame = field(default_factory=pd.DataFrame)
    ever: pd.Series | None = None
    left_at: pd.Series | None = None
    gone: pd.Series | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.features)

    def rows(self, chosen) -> "Snapshot":
        """Keep some rows, given as a mask or as places."""
        chosen = np.asarray(chosen)
        places = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        parts = {
            name: value.take(places).reset_index(drop=True)
            for name in _PARTS
            if (value := getattr(self, name)) is not None and len(value) == len(self)
        }
        return replace(self, **parts)

    def without(self, columns: Sequence[str]) -> "Snapshot":
        """Leave columns out of the features."""
        gone = [name for name in columns if name in self.features]
        return replace(self, features=self.features.drop(columns=gone)) if gone else self

    def judged(self) -> "Snapshot":
        """Keep the rows of which it is known whether they left."""
        return self.rows(self.label.notna().to_numpy())

    def base(self) -> str:
        """Say who is counted."""
        known = self.label.notna()
        left = int(self.label.sum())
        who = f"{count(int(known.sum()), 'customer')} judged, of whom {count(left)} left"
        there = 0 if self.gone is None else int(self.gone.notna().sum())
        if known.sum() < there / 2 and self.day.nunique() == 1:
            who = f"of {count(there, 'customer')} there that day {count(int(known.sum()))} judged, "
            who += f"of whom {count(left)} left"
        days = self.day.dropna().unique()
        if not len(days):
            return f"{who}; the table carries no dates."
        local = [f"{day.tz_convert(self.definition.timezone):%Y-%m-%d}" for day in sorted(days)]
        if len(local) == 1:
            return f"{who}; known on {local[0]}."
        return (
            f"{count(self.customer[known].nunique(), 'customer')} judged on {count(len(local))} "
            f"days, {local[0]} to {local[-1]}: {count(int(known.sum()), 'judgement')}, of which "
            f"{count(left)} ended in leaving."
        )


@question
def snapshot(
    study,
    *,
    lookback: str = "180D",
    gap: str = "14D",
    horizon: str | None = "90D",
    attributes: Sequence[str] = (),
    silence: float = 3.0,
    leavers: str = "all",
    as_of=None,
) -> Snapshot:
    """Take customers as known on a day, with what became of them in the horizon.

    Only customers active on the day have a row; only facts known by its end are features.
    Columns of the customer list without a date of their own are left out, because a file
    written today says about a past day what was not known then.

    Args:
        study: a study, or anything with the same tables.
        horizon: stretch in which leaving is asked about; None for a day with no outcome yet.
        attributes: undated columns to use all the same, knowingly.
        as_of: one day or several; they are stacked. Left out for a ready-made table without
            dates, where every column of the list is a feature.

    Returns:
        The snapshot.

    Raises:
        ChurnError: no dates, a horizon that reaches past what the study knows, nobody or
            everybody leaving, an unknown attribute, and the like.
        Misuse: days that are no dates.
    """
    known = definition(
        study, lookback=lookback, gap=gap, horizon=horizon, silence=silence, leavers=leavers
    )
    if known.kind == FLAG:
        return _undated_table(study, as_of, known)
    days = days_of(as_of, known)
    _check_watched(study, days)
    return judged_by(known, study, events.as_of(study, days, lookback), days, attributes)


def _check_watched(study, days: list[pd.Timestamp]) -> None:
    """Refuse days on which the customer list did not yet tell who leaves."""
    customers = study.customers
    if customers is None or "watched_since" not in customers or customers.empty:
        return
    since = events.local_moment(customers["watched_since"].iloc[0])
    if events.local_moment(min(days), events.zone_of(customers["watched_since"])) < since:
        raise ChurnError(
            f"as_of: on {min(days):%Y-%m-%d} the customer list told of nobody leaving; it begins "
            f"on {since:%Y-%m-%d} (`since` of the study file). Take days from then on."
        )


def judged_by(
    known: Definition,
    study,
    facts: pd.DataFrame,
    days: Sequence[pd.Timestamp],
    attributes: Sequence[str] | None = (),
) -> Snapshot:
    """Put the outcomes of a definition beside facts that are known already, for some of the days.

    Several questions share the facts of a day: one pass over the events serves them all. Without
    `attributes` (None) no undated column is looked at.
    """
    inside = facts["day"].isin(days)
    here = facts if inside.all() else facts[inside].reset_index(drop=True)
    if here.empty:
        raise ChurnError(
            f"as_of: no customer was active on {listing([_day(d, known) for d in days])}."
        )
    here.attrs = facts.attrs
    taken = _with_labels(study, here, known)
    if attributes is not None:
        taken = _with_undated(study, taken, attributes)
    if known.horizon is not None:
        _check_label(taken)
    return taken


def from_table(
    frame: pd.DataFrame, *, label: str, customer: str | None = None, day: str | None = None
) -> Snapshot:
    """Take a table that comes ready-made, with a column that marks who left.

    Args:
        frame: one row per customer.
        label: column with yes and no, true and false, or 1 and 0.
        customer: column with the id; rows are numbered where there is none.
        day: column with the day on which the row was known, if any.

    Returns:
        The snapshot; text columns of numbers become numbers, columns of names are left out.

    Example:
        >>> table = pd.DataFrame({"tenure": [1, 2, 3, 4], "left": ["Yes", "No", "Yes", "No"]})
        >>> from_table(table, label="left").label.tolist()
        [1.0, 0.0, 1.0, 0.0]
    """
    for name in filter(None, (label, customer, day)):
        if name not in frame:
            raise ChurnError(
                f"'{name}' is no column of the table; it has {listing(frame.columns)}."
            )
    ids = frame[customer].astype("str") if customer else pd.Series(frame.index.astype("str"))
    known = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    if day:
        known = events.utc(frame[day], "UTC")
    rest = [name for name in frame if name not in {label, customer, day}]
    features, notes = _usable(frame[rest])
    taken = Snapshot(
        features=features.reset_index(drop=True),
        customer=ids.reset_index(drop=True),
        day=known.reset_index(drop=True),
        label=as_mark(frame[label]).reset_index(drop=True),
        definition=Definition(FLAG, horizon=None),
        notes=notes,
    )
    taken = replace(taken, ever=taken.label, gone=taken.label)
    _check_label(taken)
    return taken


def stack(snapshots: Sequence[Snapshot]) -> Snapshot:
    """Put snapshots of several days into one."""
    taken = list(snapshots)
    if len(taken) == 1:
        return taken[0]
    if not taken:
        raise ChurnError("there is no snapshot to stack; take at least one.")
    if len({part.definition for part in taken}) > 1:
        raise ChurnError("snapshots with different definitions of leaving do not stack.")
    join = {
        name: pd.concat([getattr(part, name) for part in taken], ignore_index=True)
        for name in _PARTS
        if all(getattr(part, name) is not None for part in taken)
    }
    notes = tuple(dict.fromkeys(note for part in taken for note in part.notes))
    return replace(taken[0], **join, notes=notes)


# ---------------------------------------------------------------- labels


def days_of(as_of, known: Definition) -> list[pd.Timestamp]:
    """Read the days asked for, and refuse those whose outcome cannot be known."""
    last = known.latest_day() if known.horizon is not None else None
    if as_of is None:
        latest = (
            f" The latest day with a whole horizon is {_day(last, known)}."
            if last is not None
            else ""
        )
        raise ChurnError(f"as_of: no day is given; name the day to judge from.{latest}")
    given = (
        [as_of] if isinstance(as_of, str) or not isinstance(as_of, Sequence | pd.Index) else as_of
    )
    try:
        days = sorted({events.moment(day, known.timezone) for day in given})
    except (ValueError, TypeError):
        raise Misuse(f"as_of: {list(given)} are not dates; write '2025-03-31'.") from None
    if not days:
        raise ChurnError("as_of: no day is given; name the day to judge from.")
    if known.until is not None:
        beyond = known.window(days[-1])[1] if known.horizon else days[-1]
        if beyond > known.until:
            raise ChurnError(_too_late(days[-1], beyond, last, known))
    return days


def _too_late(day, beyond, last, known: Definition) -> str:
    if known.horizon is None:
        return (
            f"as_of: {_day(day, known)} lies after the study's as_of, {_day(known.until, known)}."
        )
    reaches, until = _day(beyond, known), _day(known.until, known)
    return (
        f"as_of: {_day(day, known)} + gap {known.gap} + horizon {known.horizon} reaches {reaches}, "
        f"and the study knows nothing after {until}. Choose {_day(last, known)} or earlier, "
        "shorten the horizon, or leave it out to list customers without judging."
    )


def _with_labels(study, facts: pd.DataFrame, known: Definition) -> Snapshot:
    customer, day = facts["customer_id"], facts["day"]
    features = facts.drop(columns=["customer_id", "day"])
    notes = list(facts.attrs["notes"])
    if known.kind == CONTRACT:
        label, left_at, gone = _by_contract(study, customer, day, known, notes)
        told = {"ever": left_at.notna().astype(float), "left_at": left_at, "gone": gone}
        away = _away(study, customer, day, known)
        if away.any():
            notes.append(f"{_of(customer, away)} had left that day, to come back later; not asked.")
        taken = Snapshot(features, customer, day, label, known, **told, notes=tuple(notes))
        return taken.rows(~away.to_numpy()) if away.any() else taken
    label, ever, kept, gone = _by_silence(study, customer, day, known, notes)
    taken = Snapshot(
        features, customer, day, label, known, ever=ever, gone=gone, notes=tuple(notes)
    )
    return taken.rows(kept.to_numpy())


def _away(study, customer, day, known: Definition) -> pd.Series:
    """Say who was between two subscriptions on the day: no customer then, though one later."""
    away = pd.Series(False, index=customer.index)
    held = getattr(study, "cleaned", {}).get("subscriptions")
    if held is None:
        return away
    by = stretches(held.frame)
    by["back"] = events.utc(by["started_at"], known.timezone)
    by["back"] = by.groupby("customer_id")["back"].shift(-1)
    gaps = by.dropna(subset=["back", "ended_at"])
    asked = pd.DataFrame({"customer_id": customer.astype("str"), "day": events.utc(day, "UTC"),
                          "row": customer.index})  # fmt: skip
    met = asked.merge(gaps.assign(customer_id=gaps["customer_id"].astype("str")), on="customer_id")
    ended = events.utc(met["ended_at"], known.timezone)
    away[met.loc[(ended <= met["day"]) & (met["day"] < met["back"]), "row"]] = True
    return away


def _by_contract(study, customer, day, known: Definition, notes: list[str]):
    listed = study.customers.set_index(study.customers["customer_id"].astype("str"))
    left = events.utc(listed["churned_at"], known.timezone).reindex(customer)
    left = left.reset_index(drop=True)
    if known.horizon is None:
        return pd.Series(np.nan, index=customer.index), left, None
    starts, ends = _windows(day, known)
    label = ((left > starts) & (left <= ends)).astype(float)
    gone = ((left > day) & (left <= ends)).astype(float)
    early = (left > day) & (left <= starts)
    label[early] = np.nan
    if early.any():
        notes.append(f"{_of(customer, early)} left within the gap; not judged.")
    if known.leavers == "voluntary":
        chose = listed["voluntary"].reindex(customer).reset_index(drop=True)
        pushed = (label == 1) & ~chose.fillna(True).astype(bool)
        label[pushed] = np.nan
        notes.append(f"{_of(customer, pushed)} did not choose to leave; not judged.")
    return label, left, gone


def _by_silence(study, customer, day, known: Definition, notes: list[str]):
    """Ask the same rule on the day, at the end of the gap, and at the end of the horizon.

    Whose silence could not be long enough by the end of the horizon, whatever they do, is not
    judged: to call them loyal would reward a model for reading the calendar.
    """
    slack = _slack(study, customer, day, known)
    kept = slack >= 0
    ever = pd.Series(np.nan, index=customer.index)
    if known.until is not None:
        now = pd.Series([known.until] * len(day), index=day.index)
        ever = (_slack(study, customer, now, known) < 0).astype(float)
    if known.horizon is None:
        return pd.Series(np.nan, index=customer.index), ever, kept, None
    starts, ends = _windows(day, known)
    gone_early = _slack(study, customer, starts, known) < 0
    gone = _slack(study, customer, ends, known) < 0
    label = gone.astype(float)
    label[gone & gone_early] = np.nan
    early = gone & gone_early & kept
    if early.any():
        notes.append(f"{_of(customer, early)} fell silent within the gap; not judged.")
    safe = slack >= _days_to(ends, day, known)
    label[safe] = np.nan
    if (safe & kept).any():
        notes.append(
            f"{_of(customer, safe & kept)} buy so seldom that no silence within the horizon would "
            "count as leaving; they are not judged."
        )
    return label, ever, kept, gone.astype(float)


def _of(customer: pd.Series, chosen: pd.Series) -> str:
    """Count the customers behind some rows; one who has a row on several days is counted once."""
    return count(customer[chosen].nunique(), "customer")


def within_reach(study, taken: Snapshot, known: Definition) -> Snapshot:
    """Keep the customers who could leave, as defined, by the end of a horizon from their day."""
    if known.kind != SILENCE or known.horizon is None:
        return taken
    ends = _windows(taken.day, known)[1]
    slack = _slack(study, taken.customer, taken.day, known)
    return taken.rows((slack < _days_to(ends, taken.day, known)).to_numpy())


def _days_to(ends: pd.Series, day: pd.Series, known: Definition) -> pd.Series:
    ends, day = (events.local_times(at, known.timezone) for at in (ends, day))
    return (ends - day) / pd.Timedelta("1D")


def _slack(study, customer, when: pd.Series, known: Definition) -> pd.Series:
    """Give the days of silence left before a customer counts as gone, by what was known then."""
    pace = events.rhythm(study, sorted(when.unique()))
    # who bought once has no rhythm of their own and is given the middle one known that day
    steady = pace[pace["orders_ever"] >= 3].groupby("day")["usual_gap_days"].median()
    usual = pace["usual_gap_days"].fillna(pace["day"].map(steady))
    pace = pace.assign(slack=known.silence * usual - pace["days_since_order"])
    wanted = pd.MultiIndex.from_arrays([customer, when])
    slack = pace.set_index(["customer_id", "day"])["slack"].reindex(wanted)
    return pd.Series(slack.fillna(-np.inf).to_numpy(dtype=float), index=customer.index)


def _windows(day: pd.Series, known: Definition) -> tuple[pd.Series, pd.Series]:
    code, days = pd.factorize(day)
    ends = zip(*(known.window(one) for one in days), strict=True)
    starts, stops = (pd.Series(pd.DatetimeIndex(end).as_unit("us").take(code)) for end in ends)
    return starts, stops


def _check_label(taken: Snapshot) -> None:
    judged = taken.label.dropna()
    if judged.empty:
        raise ChurnError("nobody can be judged: every label is missing. Check gap and horizon.")
    if judged.nunique() == 1:
        who = "everyone" if judged.iloc[0] == 1 else "no one"
        raise ChurnError(
            f"{who} of {count(len(judged), 'customer')} leaves in the stretch asked about; there "
            "is nothing to compare. Check the end dates, or choose another day or horizon."
        )


# ---------------------------------------------------------------- undated columns


def _with_undated(study, taken: Snapshot, attributes: Sequence[str]) -> Snapshot:
    if study.customers is None:
        return taken
    listed = study.customers.set_index(study.customers["customer_id"].astype("str"))
    names = [
        name for name in listed if name not in NOT_FACTS and name not in taken.features.columns
    ]
    unknown = [name for name in attributes if name not in names]
    if unknown:
        raise ChurnError(f"attributes: {unknown} are not undated columns; there are {names}.")
    undated, notes = _usable(listed[names].reindex(taken.customer).reset_index(drop=True))
    features = taken.features.join(undated[[name for name in attributes if name in undated]])
    if len(undated.columns):
        notes = (*notes, _undated_note(undated.columns, attributes))
    return replace(taken, features=features, undated=undated, notes=(*taken.notes, *notes))


def _undated_note(names, attributes: Sequence[str]) -> str:
    out = [name for name in names if name not in attributes]
    kept = f"{listing(list(attributes))} used all the same. " if attributes else ""
    if not out:
        return f"{kept}Nobody can say when these columns were written."
    return (
        f"{kept}Left out, because nobody can say when they were written: "
        f"{listing([label(name) for name in out], 8)}. "
        "Name a column in 'attributes' to use it all the same."
    )


def _undated_table(study, as_of, known: Definition) -> Snapshot:
    if as_of is not None:
        raise ChurnError(
            "as_of: this study marks who left ('churned') and has no end dates, so no day can be "
            "gone back to. Leave as_of out to use the table as it is, or declare 'churned_at'."
        )
    listed = study.customers
    kept = [name for name in listed if name not in NOT_FACTS or name in ("customer_id", "churned")]
    if listed["churned"].isna().all():
        raise ChurnError("churned: no value could be read as yes or no; check the column.")
    taken = from_table(listed[kept], label="churned", customer="customer_id")
    return replace(taken, definition=replace(known, horizon=None))


def _usable(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read columns as numbers or categories; leave out names and free text."""
    columns, names = {}, []
    for name, column in frame.items():
        if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_numeric_dtype(column):
            columns[name] = column if column.dtype != "boolean" else column.astype("float")
            continue
        code, kinds = pd.factorize(column.astype("object"))  # few of them, however many rows
        written = np.array([str(kind).strip() != "" for kind in kinds], dtype=bool)
        number = pd.to_numeric(pd.Series(kinds, dtype="object"), errors="coerce").astype(float)
        if not written.any():
            continue
        if number[written].notna().all():
            columns[name] = number.reindex(code).set_axis(column.index)
        elif len(kinds) > max(50, 0.05 * len(column)):
            names.append(str(name))
        else:
            text = pd.Series(kinds, dtype="object").where(written, None)
            columns[name] = text.reindex(code).set_axis(column.index).astype("str")
    notes = (
        (f"Left out, because nearly every customer has a value of their own: {listing(names, 8)}.",)
        if names
        else ()
    )
    return pd.DataFrame(columns, index=frame.index), notes


def as_mark(column: pd.Series) -> pd.Series:
    """Read yes and no, true and false, 1 and 0 as 1 and 0."""
    found = marks(column)
    if found is None:
        raise ChurnError(
            f"'{column.name}' is no mark of leaving: it must hold yes and no, or 1 and 0."
        )
    return found


def _day(stamp: pd.Timestamp, known: Definition) -> str:
    return f"{stamp.tz_convert(known.timezone):%Y-%m-%d}"
