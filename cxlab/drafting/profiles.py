"""One column of an export, looked at: what kind of thing does it hold?"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlab.cleaning import CleaningError
from cxlab.cleaning.convert import _MISSING, _NO, _YES, to_number, to_score
from cxlab.cleaning.dates import to_time
from cxlab.codebook import Scale
from cxlab.ingest import Grid

MOST_VALUES = 25  # a segment with more values than this is no segment
LOOKED_AT = 4000  # rows a column is judged by
_ANY = Scale(low=-1e12, high=1e12)


@dataclass(frozen=True, eq=False)
class Profile:
    """A column: its name, its wording, and what its values look like.

    Attributes:
        name, wording: as the export has them.
        kind: `empty`, `time`, `unclear time`, `flag`, `scale`, `number`, `category`,
            `text` or `id`.
        low, high: ends of the numbers in use, where they are whole and few.
        words: other values in use, most frequent first; the first dozen.
        values: how many different values are in use.
        filled: share of rows with a value.
        distinct: share of filled values that occur once.
        example: the first value.
    """

    name: str
    wording: str
    kind: str
    low: float = np.nan
    high: float = np.nan
    words: tuple[str, ...] = ()
    values: int = 0
    filled: float = 0.0
    distinct: float = 0.0
    example: str = ""

    @property
    def said(self) -> str:
        """Name and wording, folded, to look for words in."""
        split = re.sub(
            r"([a-z])([A-Z])",
            r"\1 \2",
            self.name if self.wording == self.name else f"{self.name} {self.wording}",
        )
        return re.sub(r"[_\W]+", " ", split).lower().strip()


def profiles(grid: Grid) -> list[Profile]:
    """Look at every column of a file."""
    whole = grid.damage == "" if isinstance(grid.damage, np.ndarray) else slice(None)
    return [
        _profile(grid.cells[str(at)][whole], name, grid.header.wording[at])
        for at, name in enumerate(grid.header.names)
    ]


def _profile(column: pd.Series, name: str, wording: str) -> Profile:
    typed_time = pd.api.types.is_datetime64_any_dtype(column)
    text = column.dropna().astype("str").str.strip()
    text = text[~text.str.lower().isin(_MISSING)]
    if text.empty:
        return Profile(name, wording, "empty")
    filled = len(text) / len(column)
    counts = text.value_counts()
    distinct = float((counts == 1).sum() / len(text))
    seen = text.iloc[:: max(1, len(text) // LOOKED_AT)]
    facts: dict[str, Any] = {"filled": filled, "distinct": distinct, "example": text.iloc[0]}
    facts["values"] = len(counts)
    if typed_time:
        return Profile(name, wording, "time", **facts)
    if kind := _time_kind(seen, name):
        return Profile(name, wording, kind, **facts)
    numbers, words = _numbers(counts)
    if len(counts) == 2 and set(counts.index.str.lower()) <= (_YES | _NO):
        return Profile(name, wording, "flag", words=tuple(counts.index), **facts)
    if len(numbers) >= 0.5 * len(counts) and _is_scale(numbers, words, counts):
        ends: dict[str, Any] = {"low": float(min(numbers)), "high": float(max(numbers))}
        return Profile(name, wording, "scale", words=tuple(words[:8]), **ends, **facts)
    if len(words) <= 0.02 * len(counts) + 1 and len(numbers) > len(words):
        kind = "id" if distinct > 0.95 and _whole(numbers) and len(text) > 20 else "number"
        return Profile(name, wording, kind, words=tuple(words[:8]), **facts)
    return Profile(
        name, wording, _word_kind(text, counts, distinct), words=tuple(words[:12]), **facts
    )


def _time_kind(seen: pd.Series, name: str) -> str:
    """Say whether the values are moments, and whether day and month can be told apart."""
    if not seen.str.contains(r"\d", regex=True).mean() > 0.9 or seen.str.len().mean() < 6:
        return ""
    plain = seen.str.fullmatch(r"[+-]?\d+([.,]\d+)?").mean() > 0.5
    if plain and not (seen.str.fullmatch(r"(?:19|20)\d{6}").mean() > 0.95 and _dated(name)):
        return ""
    try:
        done = to_time(seen, timezone="UTC", name=name)
    except CleaningError:
        return "unclear time"
    return "time" if done.values.notna().mean() > 0.7 else ""


def _dated(name: str) -> bool:
    return bool(re.search(r"date|time|_at$|day|^column \d+$", name, re.IGNORECASE))


def _numbers(counts: pd.Series) -> tuple[list[float], list[str]]:
    """Part the values in use into numbers (with or without a label) and words."""
    values = counts.index.to_series()
    try:
        read = to_number(values).values.to_numpy()
    except CleaningError:
        read = np.full(len(values), np.nan)
    labelled = to_score(values, _ANY).values.to_numpy()
    read = np.where(np.isnan(read), labelled, read)
    words = [str(word) for word, number in zip(values, read, strict=True) if np.isnan(number)]
    return [float(number) for number in read if not np.isnan(number)], words


def _whole(numbers: list[float]) -> bool:
    return all(float(number).is_integer() for number in numbers)


def _is_scale(numbers: list[float], words: list[str], counts: pd.Series) -> bool:
    low, high = min(numbers), max(numbers)
    return (
        _whole(numbers)
        and low >= -1
        and (high <= 11 or (high == 100 and low <= 5 and len(numbers) > 20) or high == 99)
        and len(numbers) >= 3
        and len(words) <= 4
    )


def _word_kind(text: pd.Series, counts: pd.Series, distinct: float) -> str:
    long = text.str.len().mean() > 25 and text.str.count(" ").mean() > 3
    if len(counts) <= MOST_VALUES and not (long and distinct > 0.5):
        return "category"
    if long:
        return "text"
    coded = text.str.fullmatch(r"\S{3,40}").mean() > 0.95 and text.str.contains(r"\d").mean() > 0.7
    return "id" if coded else "text" if text.str.count(" ").mean() > 1.5 else "category"
