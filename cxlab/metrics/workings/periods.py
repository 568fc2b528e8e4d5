"""The calendar of a study: local times, periods, and their names."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import did_you_mean
from cxlab.events import begun_late
from cxlab.metrics.workings.answers import need
from cxlab.metrics.workings.measures import MetricsError, Score

PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
LABELS = {"D": "%Y-%m-%d", "W": "%G-W%V", "M": "%Y-%m", "Q": "%YQ%q", "Y": "%Y"}
WORDS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"}


def moment(as_of: Any, timezone: str | None = None) -> pd.Timestamp | None:
    """Read the last moment known, in local time; a day means its end."""
    if as_of is None:
        return None
    whole_day = (isinstance(as_of, date) and not isinstance(as_of, datetime)) or (
        isinstance(as_of, str) and len(as_of.strip()) == 10
    )
    at = pd.Timestamp(as_of)
    if at.tzinfo is not None:
        at = (at.tz_convert(timezone) if timezone else at).tz_localize(None)
    return at + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1) if whole_day else at


def period_named(period: str) -> str:
    """Give the period that a word names, or refuse it with the nearest."""
    period = WORDS.get(period, period)
    if period not in PERIODS:
        near = did_you_mean(period, PERIODS)
        raise MetricsError(f"'{period}' is no period; choose one of {list(PERIODS)}.{near}")
    return period


def calendar(times: pd.Series, period: str, timezone: str | None = None) -> pd.Series:
    """Name the period each moment lies in, as `trend` does."""
    codes, periods = pd.factorize(
        local(times, timezone).dt.to_period(PERIODS[period_named(period)])
    )
    labels = np.array([*map(label_of, periods), None], dtype=object)
    return pd.Series(labels[codes], index=times.index, name="period")


def waves(
    responses: pd.DataFrame,
    *,
    period: str = "quarter",
    as_of: str | date | pd.Timestamp | None = None,
    timezone: str | None = None,
) -> list[tuple[str, pd.DataFrame]]:
    """Cut the answers into their finished periods, in order of time.

    A first one of which only the end was watched (`events.begun_late`) is left out.

    Args:
        responses: one row per answer, with `answered_at`.
        period, as_of, timezone: as in `trend`; without `as_of` the last period counts as finished.

    Returns:
        Name and answers of each period that has any.

    Example:
        >>> rows = pd.DataFrame({"answered_at": pd.to_datetime(["2025-01-05", "2025-05-05"])})
        >>> [name for name, _ in waves(rows, as_of="2025-06-01")]
        ['2025Q1']
    """
    need(responses, ["answered_at"])
    end = moment(as_of, timezone)
    names = calendar(responses["answered_at"], period, timezone)
    times, code = local(responses["answered_at"], timezone), PERIODS[period_named(period)]
    if end is not None:
        names = names.where(times.dt.to_period(code).dt.end_time.dt.floor("s") <= end)
        times = times.where(times <= end)
    if (late := begun_late(times, code)) is not None:
        names = names.where(names != label_of(late))
    return [
        (str(name), responses[(names == name).to_numpy()])
        for name in sorted(names.dropna().unique())
    ]


def answered(
    responses: pd.DataFrame, what: Score, period: str, as_of: Any, timezone: str | None
) -> list[tuple[str, pd.DataFrame]]:
    """Give the answers to a score in each finished period that has any, in order of time."""
    if "answered_at" not in responses or not responses["answered_at"].notna().any():
        return []
    need(responses, [what.column])
    held = responses[responses[what.column].notna()]
    return waves(held, period=period, as_of=as_of, timezone=timezone)


def local(times: pd.Series, timezone: str | None) -> pd.Series:
    """Give moments as local time; times without a zone are local already."""
    if not pd.api.types.is_datetime64_any_dtype(times):
        raise MetricsError(
            f"'{times.name}' holds {times.dtype}, not times. Read the dates first; cleaning does, "
            "and books those it cannot read."
        )
    if times.dt.tz is None:
        return times
    try:
        return (times.dt.tz_convert(timezone) if timezone else times).dt.tz_localize(None)
    except Exception as error:  # the zone database raises many kinds of error
        raise MetricsError(f"'{timezone}' is no time zone; write one as Europe/London.") from error


def label_of(period: pd.Period) -> str:
    kind = period.freqstr.split("-")[0]
    if kind == "W":
        return period.start_time.strftime(LABELS["W"])
    return period.strftime(LABELS[kind])
