"""When has a customer left? The definition comes before any model."""

from dataclasses import dataclass, replace

import pandas as pd

from cxlab import events
from cxlab.churn.workings.asking import question
from cxlab.results import Misuse, Result, Unanswerable

CONTRACT, SILENCE, FLAG = "contract", "silence", "flag"


class ChurnError(Unanswerable):
    """A question about leaving cannot be answered from this study."""


@dataclass(frozen=True)
class Definition:
    """What counts as leaving, and which stretches of time are looked at.

    Attributes:
        kind: `contract` (an end date), `silence` (beyond a multiple of the customer's own
            rhythm), or `flag` (a mark without a date).
        lookback: how far back recent facts reach.
        gap: the days after the day that nobody can use; who leaves then is not judged.
        horizon: the stretch after the gap in which leaving is asked about; None asks nothing.
        silence: multiple of a buyer's usual gap after which silence counts as leaving.
        leavers: `all`, or `voluntary` to leave aside those who did not choose.
        timezone: zone in which days begin.
        until: last moment the study knows.
    """

    kind: str
    lookback: str = "180D"
    gap: str = "14D"
    horizon: str | None = "90D"
    silence: float = 3.0
    leavers: str = "all"
    timezone: str = "UTC"
    until: pd.Timestamp | None = None

    def window(self, day: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Give the moments after which, and up to which, leaving counts."""
        starts = events.later(day, self.gap, self.timezone)
        return starts, events.later(starts, self.horizon or "0D", self.timezone)

    def latest_day(self) -> pd.Timestamp | None:
        """Give the latest day with a whole horizon, by the clock on the wall, if one is known."""
        if self.until is None:
            return None
        end = events.local_moment(self.until, self.timezone)
        span = events.local_moment(self.window(self.until)[1], self.timezone) - end
        return events.moment(end - span, self.timezone)

    def sentence(self) -> str:
        """Say what counts as leaving."""
        if self.kind == FLAG:
            return "Left is who the table marks as having left; it does not say when."
        when = "after the day"
        if self.horizon:
            length, gap = events.spoken(self.horizon), events.spoken(self.gap)
            when = f"within {length} once a gap of {gap} after the day is over"
        if self.kind == SILENCE:
            return (
                f"Left is who stays silent beyond {self.silence:g} times their own usual "
                "gap between orders (the middle gap of others for who has bought once), judged "
                f"{when}."
            )
        who = " of their own choice" if self.leavers == "voluntary" else ""
        return f"Left is whose contract ends{who} {when}."


@question
def definition(
    study,
    *,
    lookback: str = "180D",
    gap: str = "14D",
    horizon: str | None = "90D",
    silence: float = 3.0,
    leavers: str = "all",
) -> Definition:
    """Settle what counts as leaving from what the study has.

    Args:
        study: with `customers`, `orders` and `mapping`.
        horizon: time in which leaving counts; None where nothing is judged.

    Returns:
        The definition: by end date where there is one, else by the mark, else by silence.

    Raises:
        ChurnError: nothing in the study tells who left.
        Misuse: a duration, or a choice of leavers, that is none.
    """
    zone = getattr(study.mapping, "timezone", None) or "UTC"
    until = getattr(study.mapping, "as_of", None)
    known = Definition(
        _kind(study),
        lookback,
        gap,
        horizon,
        silence,
        leavers,
        zone,
        None if until is None else events.moment(until, zone),
    )
    _check(known, study)
    return known


def timeline(known: Definition, day) -> Result:
    """Lay out a day and the stretches of time around it.

    Returns:
        `term` (lookback, day, gap, horizon), `starts`, `ends`.
    """
    if known.kind == FLAG:
        raise ChurnError("a mark without a date has no timeline; declare 'churned_at' to have one.")
    day = events.moment(day, known.timezone)
    since = events.earlier(day, known.lookback, known.timezone)
    starts, ends = known.window(day)
    rows = [("lookback", since, day), ("day", day, day), ("gap", day, starts)]
    rows += [("horizon", starts, ends)] if known.horizon else []
    frame = pd.DataFrame(rows, columns=["term", "starts", "ends"])
    for name in ("starts", "ends"):
        frame[name] = frame[name].dt.tz_convert(known.timezone)
    asked = f", asked about leaving until {_short(ends, known)}" if known.horizon else ""
    return Result(
        name="churn timeline",
        frame=frame,
        headline=f"Judged on what was known on {_short(day, known)}{asked}.",
        method=known.sentence(),
        base=f"Facts since {_short(since, known)} count as recent. Times in {known.timezone}.",
    )


def open_ended(known: Definition) -> Definition:
    """Give the definition for a day of which nobody knows the outcome yet."""
    return replace(known, horizon=None)


def _short(stamp: pd.Timestamp, known: Definition) -> str:
    return f"{stamp.tz_convert(known.timezone):%d %B %Y}"


def _kind(study) -> str:
    listed = study.customers
    if listed is not None and "churned_at" in listed:
        if listed["churned_at"].notna().any():
            return CONTRACT
        raise ChurnError(
            "churned_at: no customer has an end date, so nobody has left and there is nothing to "
            "learn from. Give the dates, or drop the column to judge by silence between orders."
        )
    if listed is not None and "churned" in listed:
        return FLAG
    if study.orders is not None:
        return SILENCE
    raise ChurnError(
        "nothing tells who left: the study has no 'churned_at' and no 'churned' among its "
        "customers, and no orders whose rhythm could stop. Declare one of them."
    )


def _check(known: Definition, study) -> None:
    for name in ("lookback", "gap", "horizon"):
        duration = getattr(known, name)
        if duration is None or (duration.endswith("M") and duration[:-1].isdigit()):
            continue
        try:
            fits = pd.Timedelta(duration) >= pd.Timedelta(0)
        except ValueError:
            fits = False
        if not fits:
            raise Misuse(f"{name}: '{duration}' is no duration; write '90D', or '3M'.")
    if known.leavers not in ("all", "voluntary"):
        raise Misuse(f"leavers: '{known.leavers}' is neither 'all' nor 'voluntary'.")
    listed = study.customers
    if known.leavers == "voluntary" and (listed is None or "voluntary" not in listed):
        raise ChurnError(
            "leavers: 'voluntary' is asked for, and the customer list has no column 'voluntary'."
        )
    if known.kind == CONTRACT and "signed_up_at" in listed:
        wrong = listed["churned_at"] < listed["signed_up_at"]
        if wrong.any():
            raise ChurnError(
                f"churned_at: {wrong.sum():,} customers left before they signed up (such as "
                f"'{listed.loc[wrong, 'customer_id'].iloc[0]}'). Set the dates right, or let the "
                "rule 'churn_before_signup' set them aside."
            )
