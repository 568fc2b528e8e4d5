"""From text to moments; a date is never guessed."""

import re

import numpy as np
import pandas as pd

from cxlab.cleaning.convert import _MISSING, CleaningError, Converted, trimmed

_TIME = r"(?:[T ]+(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?\s*(?P<ap>[AaPp][Mm])?)?"
_ZONE = r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
# the forms a date comes in; each names year, month and day, or two parts still to be told apart
_FORMS = {
    "iso": r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
    "compact": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "parts": r"(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y>\d{4}|\d{2})",
    "day month": r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -]+(?P<name>[A-Za-z]{3,9})\.?[ ,-]+(?P<y>\d{4})",
    "month day": r"(?P<name>[A-Za-z]{3,9})\.?[ ]+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?[ ]+(?P<y>\d{4})",
}
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: at for at, name in enumerate(_NAMES, start=1)}


def to_time(
    column: pd.Series,
    *,
    timezone: str,
    format: str | None = None,
    name: str = "",
    written_in: str | None = None,
) -> Converted:
    """Read moments and give them the study's zone.

    Args:
        column: text, or datetimes as a typed export stores them.
        timezone: the study's zone.
        format: declared form, as strftime writes it; it settles day and month.
        name: the column's name, for messages.
        written_in: zone of times that carry none, where the export states it.

    Returns:
        Times with zone; `bad` holds `date_impossible`; `repairs` holds `date_form`, the
        cells written in another form than most of the column.

    Raises:
        CleaningError: day and month cannot be told apart; both readings are shown.
    """
    source = written_in or timezone
    if pd.api.types.is_datetime64_any_dtype(column):
        return Converted(_in_zone(column, source, timezone))
    text, cut = trimmed(column)
    absent = text.str.lower().isin(_MISSING).to_numpy()
    moments = pd.Series(pd.NaT, index=column.index, dtype=f"datetime64[us, {timezone}]")
    form = np.full(len(text), "", dtype=object)
    for kind, pattern in _FORMS.items():
        at = np.flatnonzero(~absent & (form == ""))
        found = text.iloc[at].str.extract(rf"^{pattern}{_TIME}{_ZONE}$")
        fits = found["y"].notna().to_numpy()
        if not fits.any():
            continue
        at, found = at[fits], found[fits]
        if kind == "parts":
            found = _told_apart(found, format, name or str(column.name), text.iloc[at])
        moments.iloc[at] = _moments(found, source, timezone)
        form[at] = kind
    moments = _settled(moments, text, form, format, source)
    usual = pd.Series(form[form != ""]).mode()
    odd = (form != "") & (form != (usual.iloc[0] if len(usual) else ""))
    return Converted(
        moments,
        {
            "trimmed": cut & ~absent,
            "date_form": odd & moments.notna().to_numpy(),
            "word_for_missing": absent & (text != "").to_numpy(),
        },
        {"date_impossible": moments.isna().to_numpy() & ~absent},
    )


def _told_apart(
    found: pd.DataFrame, declared: str | None, name: str, text: pd.Series
) -> pd.DataFrame:
    """Tell day from month: as declared, else by a part that exceeds 12."""
    first, second = found["a"].astype(int), found["b"].astype(int)
    if declared and "%d" in declared and "%m" in declared:
        day_first = declared.index("%d") < declared.index("%m")
    else:
        over_first, over_second = (first > 12) & (second <= 12), (second > 12) & (first <= 12)
        if over_first.any() == over_second.any():
            raise CleaningError(_unclear(name, text, over_first, over_second), column=name)
        day_first = bool(over_first.any())
    day, month = ("a", "b") if day_first else ("b", "a")
    return found.rename(columns={day: "d", month: "m"})


def _unclear(name: str, text: pd.Series, over_first: pd.Series, over_second: pd.Series) -> str:
    if over_first.any():
        return (
            f"'{name}': '{text[over_first].iloc[0]}' has the day first and "
            f"'{text[over_second].iloc[0]}' the month. Set the rows right, or declare the form: "
            f'formats: {{{name}: "%d/%m/%Y"}}; the others are then set aside.'
        )
    shown = text.iloc[0]
    first, second = re.match(r"(\d+)\D(\d+)", shown).groups()  # type: ignore[union-attr]
    months = [_NAMES[int(part) - 1] for part in (first, second)]
    return (
        f"'{name}': '{shown}' reads as {int(first)} {months[1]} or as {int(second)} {months[0]}, "
        "and no row of the column decides it. Declare it under 'formats:', as "
        '"%d/%m/%Y" (day first) or "%m/%d/%Y" (month first).'
    )


def _moments(found: pd.DataFrame, source: str, timezone: str) -> pd.Series:
    year = found["y"].astype(int)
    year = year.where(year >= 100, year + np.where(year < 70, 2000, 1900))
    if "name" in found:
        month = found["name"].str[:3].str.title().map(_MONTHS)
    else:
        month = found["m"].astype(float)
    hour = found["h"].fillna("0").astype(int)
    noon = found["ap"].str.lower()
    hour = hour.where(~((noon == "pm") & (hour < 12)), hour + 12)
    hour = hour.where(~((noon == "am") & (hour == 12)), 0)
    parts = {
        "year": year,
        "month": month,
        "day": found["d"].astype(int),
        "hour": hour,
        "minute": found["mi"].fillna("0").astype(int),
        "second": found["s"].fillna("0").astype(int),
    }
    local = pd.to_datetime(pd.DataFrame(parts), errors="coerce").astype("datetime64[us]")
    moments = _in_zone(local, source, timezone)
    offset = found["zone"]
    if offset.notna().any():
        minutes = offset.map(_minutes, na_action="ignore").astype(float)
        exact = (local - pd.to_timedelta(minutes, unit="min")).dt.tz_localize("UTC")
        moments = exact.dt.tz_convert(timezone).astype(moments.dtype).where(offset.notna(), moments)
    return moments


def _minutes(offset: str) -> int:
    if offset == "Z":
        return 0
    digits = offset[1:].replace(":", "")
    return (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if offset[0] == "-" else 1)


def _settled(
    moments: pd.Series, text: pd.Series, form: np.ndarray, declared: str | None, source: str
) -> pd.Series:
    """Read what no known form fits by the declared one."""
    left = (form == "") & (text != "").to_numpy()
    if not declared or not left.any():
        return moments
    read = pd.to_datetime(text[left], format=declared, errors="coerce").astype("datetime64[us]")
    moments[left] = _in_zone(read, source, str(moments.dt.tz))
    form[left & moments.notna().to_numpy()] = "declared"
    return moments


def _in_zone(times: pd.Series, source: str, timezone: str) -> pd.Series:
    if times.dt.tz is None:
        # a local time that occurs twice is the earlier one; one that never occurs moves forward
        times = times.dt.tz_localize(source, ambiguous=True, nonexistent="shift_forward")
    return times.dt.tz_convert(timezone).astype(f"datetime64[us, {timezone}]")
