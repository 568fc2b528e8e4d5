"""The clock on the wall: moments as plain local times, before days or months are told.

An instant belongs to a day only in a zone, and engines tell days in whichever zone they like
(UTC, or that of their session). This is the one place where instants become local times;
whatever speaks of hours, days, weeks or months asks here first.
"""

from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

#: How engines name the function that tells the local time of an instant.
_NAMES = {"duckdb": "timezone", "postgres": "timezone"}
_FROM, _TO = "1970", "2100"


def zone_of(column) -> Any:
    """Give the zone that moments carry, of a column of a frame or an engine; None without one."""
    if isinstance(column, pd.Series):
        return getattr(column.dtype, "tz", None)
    kind = column.type()
    return kind.timezone if kind.is_timestamp() else None


def local(table, timezone: Any = None):
    """Give a table with its moments as the clock on the wall showed them, without a zone.

    Args:
        table: a frame, or an Ibis table; it stays what it is.
        timezone: the zone whose clock is read; without it, the zone each column carries.
            Times that carry none are taken as local already.

    Example:
        >>> when = pd.to_datetime(["2025-02-01 04:00"], utc=True)
        >>> local(pd.DataFrame({"at": when}), "America/Los_Angeles")["at"].dt.day.tolist()
        [31]
    """
    if isinstance(table, pd.DataFrame):
        zoned = table.select_dtypes("datetimetz").columns
        return table.assign(**{name: local_times(table[name], timezone) for name in zoned})
    changed = {
        name: _told(table[name], timezone or zone_of(table[name]))
        for name in table.columns
        if zone_of(table[name])
    }
    return table.mutate(**changed) if changed else table


def local_times(times: pd.Series, timezone: Any = None) -> pd.Series:
    """Give one column of a frame as local times; see `local`."""
    times = pd.to_datetime(times)
    if times.dt.tz is None:
        return times
    return times.dt.tz_convert(timezone or times.dt.tz).dt.tz_localize(None)


def begun_late(times: pd.Series, unit: str) -> pd.Period | None:
    """Name the first period, where only its end was watched.

    Moments begin in its second half although they run through later ones; one that chance may
    have left empty so long, and waves that fill no period, are whole.

    Args:
        times: local times, without a zone.
        unit: a period as pandas writes it, such as `Q` or `M`.

    Example:
        >>> days = pd.Series(pd.date_range("2025-03-20", "2025-06-30"))
        >>> begun_late(days, "Q"), begun_late(days, "M")
        (Period('2025Q1', 'Q-DEC'), Period('2025-03', 'M'))
        >>> begun_late(pd.Series(pd.date_range("2025-02-10", "2025-06-30")), "Q")
    """
    known = times.dropna()
    by = known.groupby(known.dt.to_period(unit))
    ends = by.agg(["min", "max", "size"])
    if len(ends) < 2:
        return None
    begin = ends.index.start_time  # type: ignore[attr-defined]
    length = ends.index.end_time - begin  # type: ignore[attr-defined]
    late = (ends["min"] - begin) / length
    run = (ends["max"] - ends["min"]) / length
    empty, n = float(late.iloc[0]), int(ends["size"].iloc[0])
    by_chance = n < 5 or (1 - empty) ** n > 0.01
    return ends.index[0] if empty > 0.5 < run.iloc[1:].median() and not by_chance else None


def local_moment(given: Any, timezone: Any = None) -> pd.Timestamp:
    """Give one moment as local time; one without a zone is taken as local already."""
    stamp = pd.Timestamp(given)
    if stamp.tzinfo is None:
        return stamp
    return stamp.tz_convert(timezone or stamp.tzinfo).tz_localize(None)


def local_micros(moments: np.ndarray, timezone: str) -> np.ndarray:
    """Give instants in microseconds as local times in microseconds."""
    index = pd.DatetimeIndex(moments.astype("datetime64[us]"), tz="UTC")
    return np.asarray(index.tz_convert(timezone).tz_localize(None).as_unit("us").asi8)


def _told(column, timezone: Any):
    """Write the local time of instants, in the words of the engine that holds them."""
    engine, zone = column.get_backend().name, str(timezone)
    name = _NAMES.get(engine)
    named = "/" in zone or zone == "UTC"
    return _asked(name)(zone, column) if name and named else _shifted(column, timezone)


def _asked(name: str):
    import ibis
    import ibis.expr.datatypes as dt

    @ibis.udf.scalar.builtin(name=name)
    def told(zone: str, at: dt.Timestamp(timezone="UTC")) -> dt.timestamp: ...  # type: ignore

    return told


def _shifted(column, timezone: Any):
    """Add what the zone was ahead of UTC, stretch by stretch; for engines without a word for it."""
    import ibis

    changes, seconds = _stretches(timezone)
    plain = column.cast("timestamp('UTC')").cast("timestamp")
    if not changes:
        return plain + ibis.interval(seconds=seconds[0])
    before = [column < ibis.literal(at, "timestamp('UTC')") for at in changes]
    ahead = ibis.cases(*zip(before, seconds[:-1], strict=True), else_=seconds[-1])
    return plain + ahead.as_interval("s")


@cache
def _stretches(timezone: Any) -> tuple[list[datetime], list[int]]:
    """List the moments at which a zone changed its clocks, and the seconds ahead in between."""
    steps = pd.date_range(_FROM, _TO, freq="30min", tz="UTC")
    ahead = (steps.tz_convert(timezone).tz_localize(None) - steps.tz_localize(None)).to_numpy()
    new = np.flatnonzero(np.diff(ahead)) + 1
    seconds = ahead[np.r_[0, new]] // np.timedelta64(1, "s")
    return [steps[k].to_pydatetime() for k in new], seconds.astype(int).tolist()
