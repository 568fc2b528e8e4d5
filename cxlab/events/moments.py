"""Days and durations: where a day ends, and what lies a duration before it."""

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from cxlab.results import count

UTC = "UTC"


def moment(day, timezone: str = UTC) -> pd.Timestamp:
    """Give the last moment of a day, or the moment itself where a time is given.

    Args:
        day: a date, a text such as `2025-03-31`, or a moment.
        timezone: zone of days and moments that carry none.

    Returns:
        The moment in UTC.

    Example:
        >>> str(moment("2025-03-31", "Europe/London"))
        '2025-03-31 22:59:59.999999+00:00'
    """
    stamp = pd.Timestamp(day)
    if stamp.tz is None and stamp == stamp.normalize():
        stamp = stamp + pd.Timedelta(days=1) - pd.Timedelta(1, "us")
    return localised(stamp, timezone)


def localised(stamp: pd.Timestamp, timezone: str) -> pd.Timestamp:
    """Give a moment in UTC; one without a zone is read in the given one."""
    if stamp.tz is None:
        stamp = stamp.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return stamp.tz_convert(UTC)


def earlier(stamp: pd.Timestamp, duration: str, timezone: str = UTC, *, part: float = 1.0):
    """Give the moment a duration before another; months follow the calendar.

    Args:
        stamp: a moment with zone.
        duration: `90D`, `12W`, or calendar months as `6M`; a month's last day stays one.
        timezone: zone in which days begin.
        part: which part of the duration, such as a half.

    Example:
        >>> str(earlier(moment("2025-06-30"), "6M").date())
        '2024-12-31'
    """
    local = stamp.tz_convert(timezone).tz_localize(None)
    months = re.fullmatch(r"(\d+)M", duration)
    if months:
        # half of an odd number of months is rounded up, so that both halves are whole months
        steps = int(np.ceil(int(months[1]) * part))
        last = local.is_month_end
        local = local - pd.DateOffset(months=steps)
        if last:
            local = local.normalize() + pd.offsets.MonthEnd(0) + (stamp_time(stamp, timezone))
    else:
        local = local - pd.Timedelta(duration) * part
    return localised(local, timezone)


def stamp_time(stamp: pd.Timestamp, timezone: str) -> pd.Timedelta:
    """Give the time of day of a moment."""
    local = stamp.tz_convert(timezone).tz_localize(None)
    return local - local.normalize()


@lru_cache(maxsize=1024)
def later(stamp: pd.Timestamp, duration: str, timezone: str = UTC) -> pd.Timestamp:
    """Give the moment a duration after another, by the clock of the zone.

    Fourteen days after the last moment of a day is the last moment of a day, also where the
    clocks change between. Months follow the calendar; the last day of a month stays one.

    Example:
        >>> str(later(moment("2025-03-25", "Europe/London"), "7D", "Europe/London"))
        '2025-04-01 22:59:59.999999+00:00'
    """
    local = pd.Series([stamp.tz_convert(timezone).tz_localize(None)])
    return localised(ahead(local, duration).iloc[0], timezone)


def ahead(local: pd.Series, duration: str) -> pd.Series:
    """Give the local times a duration after others, as `later` does.

    Example:
        >>> days = pd.Series(pd.to_datetime(["2025-01-15", "2025-01-31"]))
        >>> ahead(days, "1M").astype(str).tolist()
        ['2025-02-15', '2025-02-28']
    """
    if not re.fullmatch(r"\d+M", duration):
        return local + pd.Timedelta(duration)
    moved = local + pd.DateOffset(months=int(duration[:-1]))
    return moved.where(~local.dt.is_month_end, moved + pd.offsets.MonthEnd(0))


def spoken(duration: str) -> str:
    """Put a duration into words.

    Example:
        >>> spoken("90D"), spoken("1M")
        ('90 days', '1 month')
    """
    units = {"D": "day", "W": "week", "M": "month"}
    found = re.fullmatch(r"(\d+)([DWM])", duration)
    return count(int(found[1]), units[found[2]]) if found else duration


def micros(times) -> np.ndarray:
    """Give moments as microseconds since 1970 in UTC; missing is the smallest integer."""
    return np.asarray(pd.DatetimeIndex(times).as_unit("us").asi8)


def utc(times: pd.Series, timezone: str) -> pd.Series:
    """Give a column of moments in UTC, whether or not it carries a zone."""
    times = pd.to_datetime(times)
    if times.dt.tz is None:
        times = times.dt.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return times.dt.tz_convert(UTC).dt.as_unit("us")
