"""The calendar of a study: local times, periods, and their names."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from cxlab.metrics.workings.measures import MetricsError

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


def calendar(times: pd.Series, period: str, timezone: str | None = None) -> pd.Series:
    """Name the period each moment lies in, as `trend` does."""
    period = WORDS.get(period, period)
    codes, periods = pd.factorize(local(times, timezone).dt.to_period(PERIODS[period]))
    labels = np.array([*map(label_of, periods), None], dtype=object)
    return pd.Series(labels[codes], index=times.index, name="period")


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
