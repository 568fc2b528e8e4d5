"""From clock times, words and numbers with a unit to seconds."""

import re

import numpy as np
import pandas as pd

from cxlab.cleaning.convert import _MISSING, CleaningError, Converted, one_of, to_number, trimmed

SECONDS = {"ms": 0.001, "seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
SECONDS |= {"weeks": 604_800}
# the words for each unit in English, German, French, Spanish, Dutch, Portuguese and Italian; the
# usual ones in Turkish, Polish, Czech, Swedish, Danish, Norwegian, Finnish, Hungarian and Russian
_UNITS = {
    "ms": r"ms|msecs?|millis(?:ec(?:ond)?s?)?|millisekunden?|millisecondes?|milisegundos?|"
    r"milliseconden|millisecondi|毫秒",
    "seconds": r"s|secs?|seconds?|sek(?:unden?)?|secondes?|seg(?:undos?)?|seconden?|second[oi]|"
    r"sn|saniye|sekund\w*|vteřin\w*|sekunti\w*|másodperc|сек\w*|с|秒钟?|초",
    "minutes": r"m|mins?|minutes?|minuten?|minuut|minutos?|minut[oi]|"
    r"dk|dakika|minut\w*|minuutti\w*|perc|мин\w*|分钟?|分鐘|분",
    "hours": r"h|hrs?|hours?|std|stunden?|heures?|horas?|uur|uren|or[ae]|"
    r"saat|godz\w*|hod\w*|tim(?:me|mar|er)?|tunti\w*|óra|час\w*|ч|小时|小時|時間?|시간",
    "days": r"d|days?|tage?n?|t(?=\.?[\s,]+\d+\s*(?:std|stunden?|h)\b)|jours?|d[ií]as?|"
    r"dag(?:en)?|giorn[oi]|"
    r"gün|dni|dzień|dn[yíůi]|dygn|dagar?|dage|päiv\w*|nap|дн\w*|день|天|日|일",
    "weeks": r"w|wks?|weeks?|wochen?|semaines?|semanas?|we?ken|settiman[ae]",
}
_NUMBER = r"\d+(?:[.,]\d+)?"
_AND = r"[\s,]*(?:and|und|et|en|y|e)?\s*"
_SPAN = "".join(rf"(?:(?P<{unit}>{_NUMBER})\s*(?:{words})\.?(?![^\W\d]){_AND})?"
                for unit, words in reversed(_UNITS.items()) if unit != "weeks")  # fmt: skip
_WORDS = rf"(?:(?P<weeks>{_NUMBER})\s*(?:{_UNITS['weeks']})\.?[\s,]*)?{_SPAN}"
_CLOCK = (
    r"(?:(?P<d>\d+)(?:\.| ?d(?:ays?)?,? ?))?(?P<h>\d+):(?P<m>[0-5]\d)"
    r"(?::(?P<s>[0-5]\d(?:[.,]\d+)?))?"
)
_ISO = (
    r"P(?:(?P<w>[\d.]+)W)?(?:(?P<d>[\d.]+)D)?(?:T(?:(?P<h>[\d.]+)H)?(?:(?P<m>[\d.]+)M)?"
    r"(?:(?P<s>[\d.]+)S)?)?"
)
_PARTS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
DECLARED = ("seconds", "minutes", "hours", "days", "ms", "h:mm", "m:ss")


def to_duration(
    column: pd.Series, *, heading: str, declared: str | None = None, usual: str | None = None
) -> Converted:
    """Read lengths of time, in seconds.

    Args:
        column: clock times (`26:15:09`), words (`2 d 3 h`), ISO 8601 (`PT1H`), numbers, or
            differences of time as a typed export stores them.
        heading: what the export calls the column; it may name the unit of plain numbers.
        declared: the unit of plain numbers, or how `1:20` is read: one of `DECLARED`.
        usual: the unit of numbers where neither says it; None where none is usual.

    Raises:
        CleaningError: plain numbers, and no unit is told.
    """
    if pd.api.types.is_timedelta64_dtype(column):
        return Converted(column.dt.total_seconds())
    text, cut = trimmed(column)
    absent = one_of(text, _MISSING)
    lower = _bound(text)
    out = pd.Series(np.nan, index=column.index)
    two = declared if declared in ("h:mm", "m:ss") else _of_two(heading, usual)
    clock = lower.str.extract(rf"^{_CLOCK}$")
    parts = {part: clock[part].str.replace(",", ".").astype(float) for part in "dhms"}
    short = clock["s"].isna() & clock["d"].isna() & (two == "m:ss")
    whole = parts["d"].fillna(0) * 86_400 + parts["h"] * 3600 + parts["m"] * 60
    out = out.fillna((parts["h"] * 60 + parts["m"]).where(short, whole + parts["s"].fillna(0)))
    iso = text.str.upper().str.extract(rf"^{_ISO}$").astype(float)
    told = iso.notna().any(axis="columns")
    out = out.fillna(sum(iso[part].fillna(0) * size for part, size in _PARTS.items()).where(told))
    words = lower.str.extract(rf"^{_WORDS}$")
    words = pd.DataFrame({unit: words[unit].str.replace(",", ".").astype(float) for unit in words})
    told = words.notna().any(axis="columns") & (text != "")
    sized = sum(words[unit].fillna(0) * size for unit, size in SECONDS.items())
    out = out.fillna(sized.where(told))
    out = out.fillna(_as_dated(text))
    left = out.isna() & ~absent
    form = out.notna().to_numpy()
    if left.any():
        figures = to_number(text.where(left, "").rename(heading)).values
        plain = figures.notna()
        unit = (declared if declared in SECONDS else None) or unit_named(heading) or usual
        if plain.any() and unit is None:
            raise CleaningError(
                f"'{heading}': '{text[plain].iloc[0]}' is a length of time without a unit. Say it "
                f"under 'formats:', such as '{column.name}: minutes' (or seconds, hours, days).",
                column=heading,
                shown=text[plain].head(1),
            )
        out = out.fillna(figures * SECONDS[unit or "seconds"])
        form = form | (plain & (unit != "seconds")).to_numpy()
    unread = (out.isna() | (out < 0)).to_numpy() & ~absent
    repairs = {"trimmed": cut & ~absent, "duration_form": form & ~unread}
    repairs["word_for_missing"] = absent & (text != "").to_numpy()
    return Converted(out.mask(unread), repairs, {"unreadable": unread})


def spoken(texts: pd.Series) -> pd.Series:
    """Say of each text whether it is a length of time that names its own units."""
    lower = _bound(texts.str.strip())
    form = lower.str.fullmatch(_CLOCK) | lower.str.upper().str.fullmatch(_ISO)
    return (form | lower.str.fullmatch(_WORDS)) & (lower != "")


_UNDER = r"^(?:<=?|less than|under|up to|weniger als|unter|moins de|menos de|minder dan|meno di) ?"


def _bound(text: pd.Series) -> pd.Series:
    """Read '< 1 minute' as its bound, and 'a minute' as one: left out, quick ones would miss."""
    lower = text.str.casefold()
    under = lower.str.match(_UNDER).to_numpy(bool)
    if not under.any():
        return lower
    bare = lower[under].str.replace(_UNDER, "", regex=True)
    return lower.mask(under, bare.str.replace(r"^(?:an?|eine[rn]?|une?) ", "1 ", regex=True))


def _as_dated(text: pd.Series) -> pd.Series:
    """Read lengths of a day and more that a sheet showed as a moment of its first days."""
    early = text.str.match(r"1899-12-3[01]|1900-0[1-9]")
    when = pd.to_datetime(text.where(early), format="ISO8601", errors="coerce")
    start = pd.Timestamp("1899-12-31") - pd.to_timedelta((when >= "1900-03-01").astype(int), "D")
    return (when - start).dt.total_seconds()


def unit_named(heading: str) -> str | None:
    """Find the unit a heading names, as 'First reply time (minutes)' does."""
    plain = re.sub(r"[_\W]+", " ", heading.casefold())
    for unit, words in _UNITS.items():
        if re.search(rf"(?:^| )(?:in )?(?:{words})(?: |$)", plain) and unit in SECONDS:
            return unit
    return None


def of_two_by_guess(column: pd.Series, *, heading: str) -> str:
    """Give a clock of two figures, such as `34:05`, of which nothing says what they are.

    Args:
        column: lengths of time as they stand.
        heading: what the export calls them.

    Returns:
        The longest of them; empty where heading or figures tell, or where there is none.
    """
    text = column.dropna().astype("str").str.strip()
    two = text[text.str.fullmatch(r"\d+:[0-5]\d")]
    if _named_form(heading) or len(two) <= len(text) / 2:
        return ""
    return max(two, key=lambda word: (int(word.split(":")[0]), word), default="")


def _named_form(heading: str) -> str:
    plain = heading.casefold().replace(" ", "").replace("hh", "h").replace("mm:ss", "m:ss")
    return next((form for form in ("h:mm", "m:ss") if form in plain), "")


def _of_two(heading: str, usual: str | None) -> str:
    """Say how two figures with a colon are read: a questionnaire takes minutes, a case hours."""
    return _named_form(heading) or ("m:ss" if usual == "seconds" else "h:mm")
