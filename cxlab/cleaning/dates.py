"""From text to moments; a date is never guessed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxlab.cleaning.convert import _MISSING, CleaningError, Converted, one_of, trimmed

_CLOCK = r"(?P<h>\d{1,2})[:.h](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?"
_TIME = rf"(?:[T ,]+{_CLOCK}\s*(?P<ap>[AaPp]\.?[Mm]\.?|Uhr)?)?"
_ZONE = r"\s*(?P<zone>Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?(?:\s*\([^)]*\))?"
_DAY = r"(?:[^\W\d_]{2,10}\.?,?[ ]+)?"  # the day of the week is not looked at
# the forms a date comes in; each names year, month and day, or two parts still to be told apart
_FORMS = {
    "iso": r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
    "compact": r"(?P<y>(?:1[3-9]|2[0-5])\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>\d{2})",
    "parts": r"(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y>\d{4}|\d{2})",
    "compact parts": r"(?P<a>\d{2})(?P<b>\d{2})(?P<y>(?:19|20)\d{2})",  # '01042025'
    "day month": _DAY
    + r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.|º)?[ /-]*(?:de )?(?P<name>[^\W\d_]{3,10})\.?[ ,/-]*"
    + r"(?:del? )?(?P<y>\d{4}|\d{2})",
    "month day": _DAY
    + r"(?P<name>[^\W\d_]{3,10})\.?[ ]+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?[ ]+(?P<y>\d{4})",
}
_USUAL = r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_NAMED = {name.lower(): at for at, name in enumerate(_NAMES, start=1)}
MONTHS_NAMED |= {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}  # German
MONTHS_NAMED |= {"fév": 2, "fev": 2, "avr": 4, "juin": 6, "juil": 7, "aoû": 8, "aou": 8, "déc": 12}
MONTHS_NAMED |= {"ene": 1, "abr": 4, "ago": 8, "dic": 12, "mrt": 3, "mei": 5}  # Spanish, Dutch
MONTHS_NAMED |= {"gen": 1, "mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10}  # Italian
MONTHS_NAMED |= {"out": 10, "maj": 5, "des": 12}  # Portuguese, Scandinavian
_FURTHER = (  # Polish, Turkish, Russian
    "sty|lut||kwi||cze|lip|sie|wrz|paź|lis|gru",
    "oca|şub||nis||haz|tem|ağu|eyl|eki|kas|ara",
    "янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек",
)
for _listed in _FURTHER:
    MONTHS_NAMED |= {name: at for at, name in enumerate(_listed.split("|"), 1) if name}
# numbers that stand for moments: days since the last of 1899, or seconds since 1970,
# in thousandths or millionths where longer
_NUMBERS = {
    "serial_date": (r"[2-7]\d{4}(?:\.\d+)?", "1899-12-30", 86_400e6),
    "epoch": (r"1\d{9}(?:\.\d+)?", "1970-01-01", 1e6),
    "epoch_ms": (r"1\d{12}", "1970-01-01", 1e3),
    "epoch_us": (r"1\d{15}", "1970-01-01", 1),
}
# what systems write for "no date": the ends of their calendars
_PLACEHOLDERS = ("1900-01-01", "1899-12-30", "1899-12-31", "1901-01-01", "1753-01-01", "0001-01-01")
_NO_DAY = (
    r"(?:0{8}|9{8}|0000-00-00|1900-01-00|00[/.-]00[/.-]0000|0?0/0?1/1900|0?1/0?0/1900)"
    r"(?:[T ][0:.]+)?"
)
_YEAR_ENDS = (1230, 1231, 101)  # month and day
_FAR_YEAR = 2090  # from here on the ends of a year are "never": 2099-12-31, 2999-12-31
_LAST_YEAR = 9999


def to_time(
    column: pd.Series,
    *,
    timezone: str,
    format: str | None = None,
    name: str = "",
    written_in: str | pd.Series | None = None,
) -> Converted:
    """Read moments and give them the study's zone.

    Args:
        column: text, or datetimes as a typed export stores them.
        timezone: the study's zone.
        format: declared form, as strftime writes it; it settles day and month.
        name: what the export calls the column, for messages.
        written_in: zone of times that carry none, where the export states it; one for all,
            or one a row.

    Returns:
        Times with zone; `bad` holds `date_impossible`; `repairs` holds, among others,
        `date_form`, the cells written in another form than most of the column, and
        `clock_change`, local times that never were or came twice.

    Raises:
        CleaningError: day and month cannot be told apart; both readings are shown.
    """
    source = _Zone(timezone if written_in is None else written_in)
    if pd.api.types.is_datetime64_any_dtype(column):
        empty = _placeholder(column)
        moments = _in_zone(column.mask(empty), source, timezone)
        return Converted(moments, {**_booked(empty), **source.booked(column.index)})
    text, cut = trimmed(column)
    absent = one_of(text, _MISSING)
    moments = pd.Series(pd.NaT, index=column.index, dtype=f"datetime64[us, {timezone}]")
    form = np.full(len(text), "", dtype=object)
    empty = np.zeros(len(text), bool)
    if format and "%d" not in format and re.search("%[mbB]", format):
        _as_months(moments, text, form, source)
    elif format:
        _as_declared(moments, text, form, absent, format, source)
    else:
        _as_usual(moments, text, form, empty, source)
    left = np.flatnonzero(~absent & (form == ""))
    if len(left):
        text = _in_figures(text, left)
        empty[left] = text.iloc[left].str.fullmatch(_NO_DAY).to_numpy(dtype=bool)
        form[empty & (form == "")] = "none"
    for kind, pattern in _FORMS.items():
        at = np.flatnonzero(~absent & (form == ""))
        if not len(at):
            break
        found = text.iloc[at].str.extract(rf"^{pattern}{_TIME}{_ZONE}$")
        fits = found["y"].notna().to_numpy()
        if not fits.any():
            continue
        at, found = at[fits], found[fits]
        if kind in ("parts", "compact parts"):
            found = _told_apart(found, format, name or str(column.name), text.iloc[at])
        local = _local(found)
        empty[at] = _placeholder(local)
        moments.iloc[at] = _moments(local.mask(empty[at]), found["zone"], source, timezone)
        form[at] = kind
    numbers = _numbered(moments, text, form, absent, source)
    usual = pd.Series(form[(form != "") & (form != "none")]).mode()
    odd = (form != "") & (form != (usual.iloc[0] if len(usual) else ""))
    known = moments.notna().to_numpy()
    return Converted(
        moments,
        {
            "trimmed": cut & ~absent,
            "date_form": odd & known & ~np.isin(form, list(_NUMBERS)),
            "word_for_missing": absent & (text != "").to_numpy(),
            **numbers,
            **_booked(empty),
            **source.booked(column.index),
        },
        {"date_impossible": ~known & ~absent & ~empty},
    )


# days as Japan, China and Korea write them: '2025年1月3日', '令和7年1月3日', '2025. 1. 3.'
_EAST = re.compile(
    r"(?P<era>令和|平成)?(?P<y>\d{1,4}|元) ?[年년.] ?(?P<m>\d{1,2}) ?[月월.] ?"
    r"(?P<d>\d{1,2}) ?[日일.]?"
    r"(?:\s*[(（].[)）])?\s*(?P<half>午前|午後|上午|下午|오전|오후)?\s*"
    r"(?:(?P<h>\d{1,2})[:時时시] ?(?P<mi>\d{1,2})[:分분]? ?(?:(?P<s>\d{1,2})[秒초]?)?)?"
)
# '20250103T0915', '2025010309', '20250103091500Z': figures in a row, down to the hour or less
_ROW = re.compile(
    r"(?P<day>20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))[T ]?(?P<h>[01]\d|2[0-3])"
    r"(?:(?P<mi>[0-5]\d)(?P<s>[0-5]\d)?)?(?P<zone>Z|[+-]\d{4})?"
)
# what stands behind a year or before an hour: '3.1.2025 г.', '3.1.2025. 9:15', '9:15 Uhr'
_ABOUT = re.compile(r"(?<=\d{4})\s?[гр]\.?(?=$|[ ,])|(?<=[./]\d{4})\.(?=$| )|(?<=\d) ?Uhr$|"
                    r"(?<=\d)(?:,? kl\.?| à) (?=\d)")  # fmt: skip
_NET = re.compile(r"\\?/Date\((\d+)(?:[+-]\d{4})?\)\\?/")
_ERAS = {"令和": 2018, "平成": 1988, None: 0}  # the year before the first


def _in_figures(text: pd.Series, left: np.ndarray) -> pd.Series:
    """Write days of East Asia, of .NET, and figures in a row as the standard has them."""
    words = text.iloc[left]
    odd = words.str.contains(
        r"[年년오]|/Date\(|^\d{4}\. |^20\d{6}[T ]?\d|\d\s?[гр]\.|\d\. |\d\.$|Uhr|kl\.? |à \d",
        regex=True,
    ).to_numpy(bool)
    if not odd.any():
        return text
    text = text.copy()
    text.iloc[left[odd]] = [_standard(word) for word in words[odd]]
    return text


def _standard(word: str) -> str:
    word = _ABOUT.sub(" ", word).strip()
    if net := _NET.fullmatch(word):
        return net[1].rjust(13, "0")
    if row := _ROW.fullmatch(word):
        return f"{row['day']} {row['h']}:{row['mi'] or '00'}:{row['s'] or '00'}{row['zone'] or ''}"
    found = _EAST.fullmatch(word)
    if not found or (found["era"] is None and len(found["y"]) != 4):
        return word
    year = _ERAS[found["era"]] + (1 if found["y"] == "元" else int(found["y"]))
    day = f"{year:04d}-{int(found['m']):02d}-{int(found['d']):02d}"
    if found["h"] is None:
        return day
    late = found["half"] in ("午後", "下午", "오후")
    hour = int(found["h"]) % 12 + 12 * late if found["half"] else int(found["h"])
    return f"{day} {hour:02d}:{int(found['mi']):02d}:{int(found['s'] or 0):02d}"


@dataclass
class _Zone:
    """The zone times are written in, and which of them its clocks skipped or passed twice."""

    written: str | pd.Series
    changed: list[pd.Index] = field(default_factory=list)

    def parts(self, times: pd.Series) -> Iterator[tuple[str, pd.Series]]:
        """Give the times of each zone."""
        if isinstance(self.written, str):
            yield self.written, times
        elif times.empty:
            yield "UTC", times
        else:
            yield from times.groupby(self.written[times.index].astype("str"))

    def booked(self, index: pd.Index) -> dict[str, np.ndarray]:
        """Say which rows hold a time that never was or came twice."""
        rows = [row for rows in self.changed for row in rows]
        return {"clock_change": index.isin(rows)} if rows else {}


def _booked(empty: np.ndarray | pd.Series) -> dict[str, np.ndarray]:
    cells = np.asarray(empty, dtype=bool)
    return {"placeholder_date": cells} if cells.any() else {}


def _placeholder(local: pd.Series) -> np.ndarray:
    """Find the dates that systems write where there is none."""
    if local.dt.tz is not None:
        local = local.dt.tz_localize(None)
    days = (
        local.dt.strftime("%Y-%m-%d")
        if (local.dt.year < 1902).any()
        else pd.Series("", local.index)
    )
    years = local.dt.year
    ends = (100 * local.dt.month + local.dt.day).isin(_YEAR_ENDS)
    never = (years >= _LAST_YEAR) | ((years >= _FAR_YEAR) & ends)
    return (days.isin(_PLACEHOLDERS) | never).to_numpy()


def _numbered(
    moments: pd.Series, text: pd.Series, form: np.ndarray, absent: np.ndarray, source: _Zone
) -> dict[str, np.ndarray]:
    """Read the numbers a spreadsheet or a computer keeps for moments."""
    booked: dict[str, np.ndarray] = {}
    for kind, (pattern, start, step) in _NUMBERS.items():
        at = np.flatnonzero(~absent & (form == ""))
        at = at[text.iloc[at].str.fullmatch(pattern).to_numpy(dtype=bool)] if len(at) else at
        if not len(at):
            continue
        micros = (text.iloc[at].astype(float) * step).round().astype("int64")
        local = pd.Timestamp(start) + pd.to_timedelta(micros, unit="us")
        zone = source if kind == "serial_date" else _Zone("UTC")
        moments.iloc[at] = _in_zone(pd.Series(local, index=micros.index), zone, str(moments.dt.tz))
        form[at] = kind
        reason = kind.removesuffix("_ms").removesuffix("_us")
        booked[reason] = booked.get(reason, np.zeros(len(text), bool)) | (form == kind)
    return booked


def _as_usual(
    moments: pd.Series, text: pd.Series, form: np.ndarray, empty: np.ndarray, source: _Zone
) -> None:
    """Read at once what most systems write; what is left is read form by form."""
    at = np.flatnonzero(text.str.fullmatch(_USUAL).to_numpy(dtype=bool))
    local = _iso(text if len(at) == len(text) else text.iloc[at])
    there = local.notna().to_numpy()
    at, local = at[there], local[there]
    empty[at] = _placeholder(local)
    moments.iloc[at] = _in_zone(local.mask(empty[at]), source, str(moments.dt.tz))
    form[at] = "iso"


def _iso(text: pd.Series) -> pd.Series:
    """Read moments written as the standard has them, missing where there is no such day."""
    try:
        read = pc.cast(pa.array(text, pa.large_string()), pa.timestamp("us"))
        return pd.Series(read.to_numpy(zero_copy_only=False), index=text.index)
    except pa.ArrowInvalid:  # one of them is no day at all
        return pd.to_datetime(text, format="ISO8601", errors="coerce").astype("datetime64[us]")


# '2025-03', '202503', '03/2025', 'Mar 2025', 'März 2025', 'Mar-25'
MONTHS = re.compile(
    r"(?P<y>(?:19|20)\d{2})[-/. ]?(?P<m>0[1-9]|1[0-2]|(?<=\D)[1-9])|"
    r"(?P<m2>0?[1-9]|1[0-2])[-/. ](?P<y2>(?:19|20)\d{2})|"
    r"(?P<name>[^\W\d_]{3,10})\.?[-/ ]+(?:del? )?(?P<y3>(?:19|20)\d{2}|\d{2})|"
    r"(?P<y4>(?:19|20)\d{2})[-/ ]+(?P<name2>[^\W\d_]{3,10})"
)


def _as_months(moments: pd.Series, text: pd.Series, form: np.ndarray, source: _Zone) -> None:
    """Read months, however written, as their first day, where a form without days is declared."""
    days = {value: _first_day(str(value)) for value in text.unique()}
    local = pd.to_datetime(text.map(days)).astype("datetime64[us]")
    fits = local.notna().to_numpy()
    moments.iloc[np.flatnonzero(fits)] = _in_zone(local[fits], source, str(moments.dt.tz))
    form[fits] = "declared"


def _first_day(text: str) -> datetime | None:
    found = MONTHS.fullmatch(text)
    if not found:
        return None
    year = int(next(filter(None, (found["y"], found["y2"], found["y3"], found["y4"]))))
    name = (found["name"] or found["name2"] or "").lower()
    figure = found["m"] or found["m2"]
    month = int(figure) if figure else MONTHS_NAMED.get(name[:3], MONTHS_NAMED.get(name[:4], 0))
    return datetime(_century(year) if year < 100 else year, month, 1) if month else None


def _as_declared(
    moments: pd.Series,
    text: pd.Series,
    form: np.ndarray,
    absent: np.ndarray,
    declared: str,
    source: _Zone,
) -> None:
    """Read what fits the declared form to the letter."""
    read = pd.to_datetime(text.mask(absent), format=declared, errors="coerce")
    if read.dt.tz is None:
        read = read.astype("datetime64[us]")
    fits = read.notna().to_numpy()
    if fits.any():
        moments.iloc[np.flatnonzero(fits)] = _in_zone(read[fits], source, str(moments.dt.tz))
        form[fits] = "declared"


def _told_apart(
    found: pd.DataFrame, declared: str | None, name: str, text: pd.Series
) -> pd.DataFrame:
    """Tell day, month and a year of two digits apart: as declared, else by what cannot be."""
    if declared and "%d" in declared and "%m" in declared:
        day_first = declared.index("%d") < declared.index("%m")
        return _called(found, "dmy" if day_first else "mdy")
    first, second = found["a"].astype(int), found["b"].astype(int)
    low, high = first.between(1, 12), second.between(1, 12)
    if (found["y"].str.len() == 2).all():
        last = found["y"].astype(int)
        usual = (first.between(1, 31) & high) | (low & second.between(1, 31))
        year_first = high & last.between(1, 31)
        if year_first.any() and not (usual & ~year_first).any():
            if not (year_first & ~usual).any():
                shown = text[year_first].head(1)
                raise CleaningError(_short_year(name, shown.iloc[0]), column=name, shown=shown)
            return _called(found, "ymd")
    over_first, over_second = (first > 12) & high, (second > 12) & low
    unsettled = low & high & (first != second)
    if over_first.any() == over_second.any() and (over_first.any() or unsettled.any()):
        said = _unclear(name, text, over_first, over_second, unsettled)
        shown = text[over_second if over_first.any() else unsettled].head(1)
        raise CleaningError(said, column=name, shown=shown)
    return _called(found, "mdy" if over_second.any() else "dmy")


def _called(found: pd.DataFrame, order: str) -> pd.DataFrame:
    """Name the three parts of each date."""
    return found.rename(columns=dict(zip("aby", order, strict=True)))


def _short_year(name: str, shown: str) -> str:
    parts = re.match(r"(\d+)(\D)(\d+)\D(\d+)", shown)
    first, mark, second, last = parts.groups()  # type: ignore[union-attr]
    month, year = _NAMES[int(second) - 1], _century(int(last))
    readings = [f"{int(last)} {month} {_century(int(first))}"]
    readings += [f"{int(first)} {month} {year}"] if 1 <= int(first) <= 31 else []
    if 1 <= int(first) <= 12 and first != second:
        readings.append(f"{int(second)} {_NAMES[int(first) - 1]} {year}")
    forms = [f'"{mark.join(form)}"' for form in (["%y", "%m", "%d"], ["%d", "%m", "%y"])]
    return (
        f"'{name}': '{shown}' reads as {' or as '.join(readings)}, and no row of the column "
        f"decides it. Declare it under 'formats:', as {forms[0]} (year first) or {forms[1]} (day "
        "first)."
    )


def _century(year: int) -> int:
    return year + (2000 if year < 70 else 1900)


def _unclear(
    name: str,
    text: pd.Series,
    over_first: pd.Series,
    over_second: pd.Series,
    unsettled: pd.Series,
) -> str:
    if over_first.any():
        return (
            f"'{name}': '{text[over_first].iloc[0]}' has the day first and "
            f"'{text[over_second].iloc[0]}' the month. Set the rows right, or declare the form: "
            f'formats: {{{text.name or name}: "%d/%m/%Y"}}; the others are then set aside.'
        )
    shown = text[unsettled].iloc[0]
    first, second = re.match(r"(\d{1,2})\D?(\d{1,2})", shown).groups()  # type: ignore[union-attr]
    months = [_NAMES[int(part) - 1] for part in (first, second)]
    return (
        f"'{name}': '{shown}' reads as {int(first)} {months[1]} or as {int(second)} {months[0]}, "
        "and no row of the column decides it. Declare it under 'formats:', as "
        '"%d/%m/%Y" (day first) or "%m/%d/%Y" (month first).'
    )


def _local(found: pd.DataFrame) -> pd.Series:
    """Put the parts of each date together, missing where there is no such day."""
    year = found["y"].astype(int)
    year = year.where(found["y"].str.len() > 2, year.map(_century))
    if "name" in found:
        names = found["name"].str.lower()
        month = names.str[:3].map(MONTHS_NAMED).fillna(names.str[:4].map(MONTHS_NAMED))
    else:
        month = found["m"].astype(float)
    hour = found["h"].fillna("0").astype(int)
    noon = found["ap"].str.lower().str.replace(".", "")
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
    early = year.between(1, 1676) | (year > 2261)
    real = (hour <= 24) & (parts["minute"] <= 59) & (parts["second"] <= 60)
    days = pd.to_datetime(pd.DataFrame(parts)[~early & real], errors="coerce")
    local = days.astype("datetime64[us]").reindex(found.index)
    for at in found.index[early]:
        local[at] = _far(*(parts[name][at] for name in ("year", "month", "day")))
    return local


def _far(year: int, month: float, day: int) -> datetime | None:
    try:
        return datetime(int(year), int(month), int(day))
    except ValueError:
        return None


def _moments(local: pd.Series, zone: pd.Series, source: _Zone, timezone: str) -> pd.Series:
    told = zone.notna()
    moments = _in_zone(local.mask(told), source, timezone)
    if told.any():
        minutes = zone.map(_minutes, na_action="ignore").astype(float)
        exact = (local - pd.to_timedelta(minutes, unit="min")).dt.tz_localize("UTC")
        moments = exact.dt.tz_convert(timezone).astype(moments.dtype).where(told, moments)
    return moments


def _minutes(zone: str) -> int:
    offset = zone.removeprefix("UTC").removeprefix("GMT")
    if offset in ("", "Z"):
        return 0
    digits = offset[1:].replace(":", "")
    hours, rest = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    return (int(hours) * 60 + int(rest)) * (-1 if offset[0] == "-" else 1)


def _in_zone(times: pd.Series, source: _Zone, timezone: str) -> pd.Series:
    kind = f"datetime64[us, {timezone}]"
    if times.dt.tz is not None:
        return times.dt.tz_convert(timezone).astype(kind)
    done = [
        _localized(part, zone, source).dt.tz_convert(timezone).astype(kind)
        for zone, part in source.parts(times)
    ]
    return done[0] if len(done) == 1 else pd.concat(done).reindex(times.index).astype(kind)


def _localized(times: pd.Series, zone: str, source: _Zone) -> pd.Series:
    """Put local times into their zone.

    A time that occurs twice is the earlier one; one that never occurs moves forward.
    """
    moments = times.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    odd = moments.isna() & times.notna()
    if odd.any():
        source.changed.append(times.index[odd])
        moments[odd] = times[odd].dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    return moments
