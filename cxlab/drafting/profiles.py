"""One column of an export, looked at: what kind of thing does it hold?"""

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from cxlab.cleaning import CleaningError
from cxlab.cleaning.convert import _MISSING, _NO, _YES, OF_MOST, to_number, to_score
from cxlab.cleaning.dates import MONTHS, MONTHS_NAMED, to_time
from cxlab.cleaning.durations import spoken, unit_named
from cxlab.codebook import Scale
from cxlab.drafting.lexicon import SMALL_WORDS
from cxlab.ingest import Grid

MOST_VALUES = 25  # a segment with more values than this is no segment
_MOST_CODES = 30  # a scale of answers has no more points, missing codes among them
MONTH = "%m/%Y"  # the form of dates that are months, however written
_ANY = Scale(low=-1e12, high=1e12)
_EMAIL = r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"


_CODES = (
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES "
    "KRW MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD "
    "VND ZAR"
)
CODES = frozenset(_CODES.split())
# currencies without hundredths
NO_CENTS = {"JPY", "KRW", "VND", "CLP", "HUF", "ISK", "UGX", "XAF", "XOF"}
# the currency that a heading names: 'Fare (EUR)', 'Pris kr', 'Betrag in €'
IN_MONEY = re.compile(
    rf"(?<![^\W\d_])[kKmMT]?(?:{'|'.join(sorted(CODES))}|kr|SKr|zł|Kč|Ft|Rs|R\$|лв|руб|грн)\.?(?![^\W\d_])|"
    r"[£$€¥₹₺₽₩₪₴]"
)
_BEHIND = re.compile(rf"\s*[(\[](?:in )?(?:{IN_MONEY.pattern})[)\]]\s*$")


@dataclass(frozen=True, eq=False)
class Profile:
    """A column: its name, its wording, and what its values look like.

    Attributes:
        name, wording: as the export has them.
        kind: `empty`, `time`, `unclear time`, `duration`, `flag`, `scale`, `number`,
            `unclear number`, `category`, `text`, `id` or `email`.
        counts: each value in use with the number of rows that hold it, most frequent first.
        rows: rows of the table.
        numbers: the values that are numbers (or begin with one), with their number.
        moments: the moments of a column of dates, missing ones left out.
        labels: code -> words, where the file itself says so.
        codes: codes that the file itself declares as missing.
    """

    name: str
    wording: str
    kind: str
    counts: pd.Series
    rows: int
    numbers: dict[str, float]
    moments: pd.Series | None = None
    labels: dict[str, str] | None = None
    codes: tuple[str, ...] = ()

    @cached_property
    def by_month(self) -> bool:
        """Whether it holds dates of which each is a month and no day."""
        dated = self.moments is not None and self.kind == "time"
        return dated and bool(self.counts.index.str.fullmatch(MONTHS).all())

    @cached_property
    def called(self) -> str:
        """The name, folded, to look for words in; 'Belopp (SEK)' is called what 'Belopp' is."""
        return folded(_BEHIND.sub("", self.name))

    @cached_property
    def said(self) -> str:
        """Name and wording, folded, to look for words in."""
        same = self.wording == self.name
        return self.called if same else f"{self.called} {folded(self.wording)}"

    @cached_property
    def asked(self) -> str:
        """The wording alone, folded."""
        return folded(self.wording)

    @property
    def words(self) -> list[str]:
        """The values that are no numbers, most frequent first."""
        return [word for word in self.counts.index.tolist() if word not in self.numbers]

    @property
    def n(self) -> int:
        """Rows with a value."""
        return int(self.counts.sum())

    @property
    def filled(self) -> float:
        """Share of rows with a value."""
        return self.n / max(self.rows, 1)

    @property
    def most(self) -> float | None:
        """What the answers are out of, where they say so: 10 in '7/10'."""
        found = [OF_MOST.fullmatch(word) for word in self.numbers]
        said = {float(each[2]) for each in found if each}
        return said.pop() if len(said) == 1 and all(found) else None

    @property
    def distinct(self) -> float:
        """Different values for each filled row; 1 where none repeats."""
        return len(self.counts) / max(self.n, 1)

    @property
    def example(self) -> str:
        """A value; the same whatever the order of the rows."""
        return min(self.counts.index, default="")

    def tally(self) -> dict[float, int]:
        """Count the rows of each number, in order of the numbers."""
        found: dict[float, int] = {}
        rows = dict(zip(self.counts.index.tolist(), self.counts.tolist(), strict=True))
        for word, number in self.numbers.items():
            found[number] = found.get(number, 0) + rows[word]
        return dict(sorted(found.items()))


def folded(text: str) -> str:
    """Fold a heading: small letters without marks, words parted by one blank."""
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    plain = unicodedata.normalize("NFKD", parted.casefold())
    # accents go; the marks that make another syllable of a kana, or are a vowel, stay
    plain = unicodedata.normalize("NFC", re.sub(r"[\u0300-\u036f]", "", plain))
    kept = (x if x.isalnum() or unicodedata.category(x)[0] == "M" else " " for x in plain)
    words = " ".join("".join(kept).split())
    return words or plain.replace("\ufe0f", "").strip()  # a face is a word, too


def stem_of(column: Profile) -> str:
    """Give what the parts of one question have in common: a code, or the wording before [ or -."""
    for text in (column.name, column.wording):
        if found := re.match(r"(.{3,}?)\s*(?:\[.+\]|(?: - |: | >> ).+)$", text, re.DOTALL):
            return folded(found[1])
    found = re.match(r"[A-Za-z]+\d+(?=[A-Za-z_.]|$)", column.name)
    return found[0] if found else ""


def telling(text: str, *, most: int) -> list[str]:
    """Give the words of a heading; of a longer one, those that are no small words.

    Example:
        >>> telling("Which of the following halls did you visit?", most=4)
        ['halls', 'visit']
    """
    words = re.findall(r"[^\W_]+", folded(text))
    if len(words) <= most:
        return words
    return [word for word in words if word not in SMALL_WORDS] or words


def joined(words: Sequence[str], *, longest: int = 40) -> str:
    """Join words to a name that ends with a whole word, if its first is no longer than that.

    Example:
        >>> joined(["consider", "fan", "star", "trek", "franchise"], longest=20)
        'consider_fan_star'
    """
    name = ""
    for word in words:
        if name and len(name) + 1 + len(word) > longest:
            break
        name = f"{name}_{word}" if name else word[:longest]
    return name


def profiles(grids: Sequence[Grid]) -> list[Profile]:
    """Look at every column of the files of one table; all rows of all files.

    Args:
        grids: the files; a column that is not in all of them is looked at where it is.
    """
    names = dict.fromkeys(name for grid in grids for name in grid.header.names)
    rows = sum(len(grid.lines) for grid in grids)
    out = []
    for name in names:
        having = [
            (grid, grid.header.names.index(name)) for grid in grids if name in grid.header.names
        ]
        cells = [_whole(grid, grid.cells[str(at)]) for grid, at in having]
        grid, at = having[0]
        column = (
            cells[0]
            if len(cells) == 1
            else pd.concat([each.astype("str") for each in cells], ignore_index=True)
        )
        out.append(
            _profile(
                column,
                name,
                grid.header.wording[at],
                rows,
                grid.labels.get(at),
                grid.missing.get(at, ()),
            )
        )
    return out


def _whole(grid: Grid, cells: pd.Series) -> pd.Series:
    return cells[grid.damage == ""] if isinstance(grid.damage, np.ndarray) else cells


def _profile(
    column: pd.Series,
    name: str,
    wording: str,
    rows: int,
    labels: dict[str, str] | None,
    codes: tuple[str, ...],
) -> Profile:
    typed = column.dropna() if pd.api.types.is_datetime64_any_dtype(column) else None
    every = _counted(column)
    counts = every[[word.lower() not in _MISSING for word in every.index.tolist()]]
    made = {"counts": counts, "rows": rows, "labels": labels, "codes": codes}
    if counts.empty:
        return Profile(name, wording, "empty", numbers={}, **made)
    if typed is not None:
        plain = typed.dt.tz_localize(None) if typed.dt.tz is not None else typed
        return Profile(name, wording, "time", numbers={}, moments=plain, **made)
    kind, moments = _time_kind(counts, name)
    if kind:
        return Profile(name, wording, kind, numbers={}, moments=moments, **made)
    prose = len(counts) > _FEW_VALUES and is_prose(counts)
    values = () if prose else tuple(sorted(counts.index))
    seen = _few_seen(values) if len(values) <= _FEW_VALUES else _seen(values)
    numbers = {word: seen.numbers[word] for word in counts.index.tolist() if word in seen.numbers}
    found = Profile(name, wording, "", numbers=numbers, **made)
    kind = _kind(found, seen)
    if kind == "category" and not numbers:
        made["counts"] = _with_none(every, counts)
    return Profile(name, wording, kind, numbers=numbers, **made)


NONE = {"none", "nil"}  # a word among words, and no word among numbers and days


def _with_none(every: pd.Series, counts: pd.Series) -> pd.Series:
    """Take 'none' for a word where the others are; 'NA' beside capitals, '-' beside '+'."""
    words = set(NONE)
    if counts.index.str.fullmatch(r"\+{1,3}|\+ ?/ ?-|[o0]").all():
        words |= {"-", "--"}
    if len(counts) > 1 and counts.index.str.fullmatch("[A-Z]{2,5}").all():
        words.add("na")
    return every[every.index.isin(counts.index) | every.index.str.lower().isin(words)]


def _counted(column: pd.Series) -> pd.Series:
    """Count the rows of each value without the blanks around it, the most frequent first."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        held = column.cat.codes.to_numpy()
        rows = np.bincount(held[held >= 0], minlength=len(column.cat.categories))
        words = column.cat.categories.astype("str").tolist()
    else:
        known = column.dropna().astype("str").value_counts()
        rows, words = known.to_numpy(), known.index.tolist()
    tally: dict[str, int] = {}
    for word, n in zip(words, rows.tolist(), strict=True):
        if n:
            plain = word.strip(" \t\r\n\u00a0\u200b\ufeff")
            tally[plain] = tally.get(plain, 0) + n
    order = sorted(tally, key=lambda word: (-tally[word], word))
    return pd.Series([tally[word] for word in order], pd.Index(order, dtype="str"), dtype="int64")


@dataclass(frozen=True, eq=False)
class _Seen:
    """What values in use say by themselves, whatever the column.

    Attributes:
        numbers: those that are numbers; unclear: whether they can be read in two ways.
        lengths, addresses: the parts of them that are lengths of time, and e-mail addresses.
    """

    numbers: dict[str, float]
    unclear: bool
    lengths: float
    addresses: float


def _seen(values: tuple[str, ...]) -> _Seen:
    text = pd.Series(values, dtype="str")
    some = values[:: max(1, len(values) // _PROBED)]
    numbers, unclear = _numbers(text) if any(map(_COUNTS.search, values)) else ({}, False)
    told = any(map(_LASTS.match, some)) and spoken(_some(text)).any()
    lengths = spoken(text).mean() if told else 0.0
    addresses = text.str.fullmatch(_EMAIL).mean() if "@" in "".join(some) else 0.0
    return _Seen(numbers, unclear, float(lengths), float(addresses))


# what a number, also one with a label, and a length of time have: looks that cost little
_COUNTS = re.compile(r"^\W*(?:[^\W\d_]{1,3}\W{0,2})?\d|[(\[=:–—-]\s*[+-]?\d+[)\]]?\W*$|[①-⓿★☆⭐✭✩]")
_LASTS = re.compile(r"\W*\d|p|[^\d]*\b(?:than|to|under|unter|als|de|dan|di)\b", re.IGNORECASE)
_MOSTLY = 0.7  # part of the values that are lengths of time; the others are booked
_KEYED = r"\b(?:ids?|no|nr|num(?:ber)?|nummer|numero|code|key|ref)\b"
_FEW_VALUES = 30  # with so many, columns of one questionnaire often hold the same ones
_few_seen = lru_cache(maxsize=2048)(_seen)


def _kind(column: Profile, seen: _Seen) -> str:
    counts, text = column.counts, column.counts.index
    if len(counts) <= 2 and set(text.str.lower()) <= (_YES | _NO):
        return "flag"
    if seen.lengths > _MOSTLY:
        return "duration"
    if seen.addresses > 0.9:
        return "email"
    if _is_scale(column):
        return "scale"
    words = len(counts) - len(column.numbers)
    if words <= 0.02 * len(counts) + 1 and len(column.numbers) > words:
        if seen.unclear:
            return "unclear number"
        whole = all(float(number).is_integer() for number in column.numbers.values())
        told = unit_named(column.name) and not re.search(_KEYED, column.called)
        return "id" if column.distinct > 0.95 and whole and column.n > 20 and not told else "number"
    return _word_kind(column)


def _is_scale(column: Profile) -> bool:
    """Say whether a column holds few whole numbers, as answers on a scale do."""
    tally = column.tally()
    if not tally or len(column.words) > 4 or len(column.numbers) < 0.5 * len(column.counts):
        return False
    whole = all(float(number).is_integer() for number in tally)
    small = [number for number in tally if -5 <= number <= 11]
    answers = sum(tally[number] for number in small)
    most = answers > 0.5 * sum(tally.values()) and len(tally) <= _MOST_CODES
    wide = max(tally) <= 100 and min(tally) >= 0 and len(tally) > 20 and max(tally) == 100
    return whole and len(tally) >= 2 and ((most and len(small) >= 2) or wide)


def _time_kind(counts: pd.Series, name: str) -> tuple[str, pd.Series | None]:
    """Say whether the values are moments, and whether day and month can be told apart."""
    words = list(counts.index)
    figures = sum(map(bool, map(re.compile(r"\d").search, words)))
    if figures <= 0.9 * len(words) or sum(map(len, words)) < 5 * len(words):
        return "", None
    if not any(map(_may_be_day, words[:: max(1, len(words) // _PROBED)])):
        return "", None
    seen = counts.index.to_series()
    plain = seen.str.fullmatch(r"[+-]?\d+([.,]\d+)?").mean() > 0.5
    if seen.str.fullmatch(MONTHS).all() and (not plain or _dated(name) or _MONTHLY.search(name)):
        first = to_time(seen, timezone="UTC", format=MONTH).values.dt.tz_localize(None)
        if first.notna().all():
            return "time", first.repeat(counts.to_numpy()).reset_index(drop=True)
    seen = seen[~seen.str.fullmatch("0{8}|9{8}|99991231")]  # no day at all
    counts = counts[seen.index]
    if seen.empty:
        return "", None
    days = (
        r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|1[0-9]{9}(?:\d{3}){0,2}|"
        r"20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d){0,2}|"
        r"(?:0[1-9]|[12]\d|3[01]){2}(?:19|20)\d{2}"
    )
    serial = re.search(_LIVED, folded(name)) and not unit_named(name)
    serial = serial and seen.str.fullmatch(r"[2-5]\d{4}(?:[.,]\d+)?").all()
    whole = len(seen) >= _SURE and seen.str.fullmatch(_SECONDS).all()  # '20250103091500'
    told = seen.str.fullmatch(days).mean() > 0.95 and _dated(name)
    if plain and not serial and not whole and not told:
        return "", None
    if spoken(_some(seen)).any() and spoken(seen).mean() > 0.5:
        return "", None
    try:
        if not _some_readable(seen):
            return "", None
        moments = to_time(seen, timezone="UTC").values.dt.tz_localize(None)
        return ("time", _each(moments, counts)) if moments.notna().mean() > 0.7 else ("", None)
    except CleaningError:
        mark = next((letter for letter in seen.iloc[0] if letter in "/.-"), "/")
        year = "%Y" if re.search(r"\d{4}", seen.iloc[0]) else "%y"
        clock = _clock(seen)
        try:
            moments = _read(seen, counts, f"%d{mark}%m{mark}{year}{clock}")
        except CleaningError:
            moments = None
        return "unclear time", moments


_SURE = 10  # different values of fourteen figures, from which chance makes no days
_SECONDS = r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d){2}"


def _clock(seen: pd.Series) -> str:
    found = re.search(r"[ T]\d{1,2}:\d{2}(:\d{2})?", seen.iloc[0])
    return "" if not found else " %H:%M:%S" if found[1] else " %H:%M"


def _some(texts: pd.Series) -> pd.Series:
    """Give values from all over a column: where none of these is of a kind, most are not."""
    return texts.iloc[:: max(1, len(texts) // _PROBED)]


_PROBED = 60


def _may_be_day(word: str) -> bool:
    """Say whether a word has what every form of day or moment has: a look that costs little."""
    if _THREE.search(word):
        return True
    parts = [part.lower() for part in _LETTERS.findall(word)]
    return any(part[:3] in MONTHS_NAMED or part[:4] in MONTHS_NAMED for part in parts)


# three figures, five in a row, or a month and a year
_THREE = re.compile(
    r"\d\D+\d+\D+\d|\d{5}|(?:19|20)\d\d\D{1,2}\d{1,2}(?!\d)|\b\d{1,2}[-/. ](?:19|20)\d\d"
    r"|[年년월月]"
)
_LETTERS = re.compile(r"[^\W\d_]{3,}")


def _some_readable(seen: pd.Series) -> bool:
    """Say whether of values from all over a column enough are moments to look at all."""
    with suppress(CleaningError):
        return bool(to_time(_some(seen), timezone="UTC").values.notna().mean() >= 0.4)
    return True


def _read(seen: pd.Series, counts: pd.Series, form: str) -> pd.Series:
    return _each(to_time(seen, timezone="UTC", format=form).values.dt.tz_localize(None), counts)


def _each(moments: pd.Series, counts: pd.Series) -> pd.Series:
    return moments.repeat(counts.to_numpy()).dropna().reset_index(drop=True)


# headings under which five figures may be a spreadsheet's day
_LIVED = (
    r"dat(?:e|um|a)\b|datum|fecha|\btime|joined|\bleft\b|since|\bseit\b|started?\b|ended?\b|"
    r"sign(?:ed)? ?up|\bon$|\bam$|(?:open|clos|creat|cancel|complet|answer|order)ed\b|eintritt|"
    r"austritt|beginn|\bat$"
)


_MONTHLY = re.compile(r"month|monat|\bmois\b|\bmes\b|maand|period", re.IGNORECASE)


def _dated(name: str) -> bool:
    words = (
        r"dat(?:e|um|$)|time|zeit|_at$| at$|[_ ]on$|day|tag|fecha|"
        r"created|^column \d+$|\bdt\b|_d?ts?$|[A-Z]DT$|"
        r"^(?:sent|opened|responded|answered|updated|closed|solved|completed|submitted|started)$"
    )
    return bool(re.search(words, name, re.IGNORECASE))


def _numbers(values: pd.Series) -> tuple[dict[str, float], bool]:
    """Give the values in use that are numbers (with or without a label), and whether unclear."""
    unclear = False
    try:
        read = to_number(values, currencies=True).values.to_numpy(copy=True)
    except CleaningError:
        read, unclear = _as_thousands(values), True
    if np.isnan(read).any() or values.str.startswith("(").all():
        read = _labelled(values, read)
    found = zip(values.tolist(), read.tolist(), strict=True)
    return {value: number for value, number in found if not np.isnan(number)}, unclear


def _labelled(values: pd.Series, read: np.ndarray) -> np.ndarray:
    """Read numbers with a label, too, such as '5 - very good'; ids that look alike are none."""
    labelled = to_score(values, _ANY).values.to_numpy()
    if values.str.fullmatch(r"[^\W\d_]{1,6}[-_/]?\d{2,}\w*").mean() > 0.5:  # an id, no label
        labelled = np.full(len(read), np.nan)
    if values.str.fullmatch(r"\(.*\).*").all():  # a point in brackets, and no money owed
        read = np.full(len(read), np.nan)
    return np.where(np.isnan(read), labelled, read)


def _as_thousands(values: pd.Series) -> np.ndarray:
    mark = "." if values.str.contains(",", regex=False).any() else ","
    return to_number(values, decimal=mark, currencies=True).values.to_numpy(copy=True)


def _word_kind(column: Profile) -> str:
    counts, text = column.counts, column.counts.index
    long = is_prose(counts)
    if len(counts) <= MOST_VALUES and not (long and column.distinct > 0.5):
        return "id" if column.distinct > 0.95 and is_coded(text) and column.n > 5 else "category"
    if long:
        return "text"
    each = sum(word.count(" ") for word in text.tolist()) / len(text)
    return "id" if is_coded(text) else "text" if each > 1.5 else "category"


def is_prose(counts: pd.Series) -> bool:
    """Say whether most of what was written is sentences: 25 letters and three blanks, or more."""
    each = list(zip(counts.index.tolist(), counts.tolist(), strict=True))
    letters = sum(len(word) * n for word, n in each)
    blanks = sum(word.count(" ") * n for word, n in each)
    return letters > 25 * counts.sum() and blanks > 3 * counts.sum()


def is_coded(text: pd.Index) -> bool:
    """Say whether values are written as ids are: in one word, and with figures."""
    return bool(
        text.str.fullmatch(r"\S{2,40}").mean() > 0.95 and text.str.contains(r"\d").mean() > 0.7
    )
