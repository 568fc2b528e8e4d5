"""Which answers do these chips choose, and which chips can be chosen?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlab import codebook, metrics
from cxlab.results import Misuse, count, listing
from cxlab.study import Study

WORDS = ("channel", "touchpoint", "language")  # columns of answers that a click may choose by
TIERS = ("detractor", "passive", "promoter")
OFFERED = 30  # values of a column that are offered at once; the others are found by typing
EVERY = "quarter"

Chips = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """A column one can choose by.

    Attributes:
        column: the word a chip begins with.
        title: how people call it.
        values: value and number of answers, those that may be shown.
        note: what is not offered, and why; empty if all is.
    """

    column: str
    title: str
    values: tuple[tuple[str, int], ...]
    note: str = ""


def chosen(study: Study, **chips: Any) -> Study:
    """Restrict a study to the answers that chips choose.

    Args:
        study: the whole study, or a part of it.
        chips: column = value, or a list of values of which one must hold. Columns are segments,
            `channel`, `touchpoint`, `language`, scores, ratings, `period` (`2025Q3`, `2025-09`),
            `tier` (`detractor`, `passive`, `promoter`) and `comment` (a word it contains).

    Returns:
        A study of these answers, every other table as it was.

    Raises:
        Misuse: there is no such column, or no such value.
    """
    if not chips:
        return study
    words = {name: listing([str(each) for each in _several(wanted)], len(TIERS))
             for name, wanted in chips.items()}  # fmt: skip
    return study.keeping(rows(study, chips), **words)


def rows(study: Study, chips: Chips) -> np.ndarray:
    """Mark the answers that chips choose, one truth a row."""
    frame = answers(study)
    marked = np.ones(len(frame), dtype=bool)
    for column, wanted in chips.items():
        marked &= _having(study, frame, column, _several(wanted))
    return marked


def answers(study: Study) -> pd.DataFrame:
    """Give the answers of a study.

    Raises:
        Misuse: it has none.
    """
    frame = study.responses
    if frame is None or frame.empty:
        raise Misuse("This study holds no survey answers, so there is nothing to choose from.")
    return frame


def columns(study: Study) -> dict[str, str]:
    """Give the columns one can choose by, with how people call each, in the order of the bar."""
    frame = answers(study)
    words = [name for name in (*study.segments(), *WORDS) if name in frame]
    words += ["period"] * bool(study.dated) + ["tier"] * ("nps" in study.scales)
    words += [*study.scales, *study.ratings] + ["comment"] * ("comment" in frame)
    return {name: codebook.label(name) for name in dict.fromkeys(words)}


def choices(study: Study, *, smallest: int) -> tuple[Choice, ...]:
    """List what can be chosen: columns with their values and how many gave each.

    Args:
        study: the study.
        smallest: fewest answers of a value that is offered.
    """
    frame = answers(study)
    named = {name: title for name, title in columns(study).items() if name != "comment"}
    return tuple(_choice(study, frame, name, title, smallest) for name, title in named.items())


def _choice(study: Study, frame: pd.DataFrame, column: str, title: str, smallest: int) -> Choice:
    counts = values_of(study, frame, column).value_counts()
    large = counts[counts >= smallest]
    some = large.iloc[:OFFERED].sort_index()
    said = []
    if small := len(counts) - len(large):
        said.append(
            f"{count(small, 'value')} of fewer than {count(smallest, 'answer')} not offered"
        )
    if more := len(large) - len(some):
        said.append(f"{more} further values: type one to find it")
    values = tuple((_text(value), int(n)) for value, n in some.items())
    return Choice(column, title, values, "; ".join(said))


def values_of(study: Study, frame: pd.DataFrame, column: str) -> pd.Series:
    """Give what each answer has of a column one can choose by."""
    if column == "period":
        local = frame["answered_at"].dt.tz_localize(None)
        return local.dt.to_period(EVERY[0].upper()).astype("category")
    if column == "tier":
        return pd.Series(_tiers(frame["nps"].to_numpy(dtype=float)), index=frame.index)
    return frame[column]


def _tiers(points: np.ndarray) -> pd.Categorical:
    worth = metrics.Score().worth(points)
    codes = np.where(np.isnan(points), -1, np.digitize(worth, (-50, 50)))
    return pd.Categorical.from_codes(codes.astype(int), list(TIERS))


def _having(study: Study, frame: pd.DataFrame, column: str, wanted: Sequence[Any]) -> np.ndarray:
    known = columns(study)
    if column not in known:
        raise Misuse(f"'{column}' is nothing to choose by.{codebook.did_you_mean(column, known)}")
    if column == "comment":
        return _containing(frame["comment"], wanted)
    if column == "period":
        return _within(frame["answered_at"], wanted)
    given = values_of(study, frame, column)
    if pd.api.types.is_numeric_dtype(given):
        return given.isin([_number(column, each) for each in wanted]).to_numpy()
    marked = given.isin([str(each) for each in wanted]).to_numpy()
    if not marked.any():
        near = codebook.did_you_mean(
            str(wanted[0]), [str(each) for each in given.dropna().unique()]
        )
        raise Misuse(f"No answer has {column} = '{wanted[0]}'.{near}")
    return marked


def _containing(comments: pd.Series, wanted: Sequence[Any]) -> np.ndarray:
    said = comments.fillna("").str.casefold()
    found = [said.str.contains(str(word).casefold(), regex=False) for word in wanted]
    return np.logical_or.reduce([each.to_numpy(dtype=bool) for each in found])


def _within(moments: pd.Series, wanted: Sequence[Any]) -> np.ndarray:
    local = moments.dt.tz_localize(None)
    try:
        spans = [pd.Period(str(each)) for each in wanted]
    except ValueError:
        raise Misuse(f"'{wanted[0]}' is no period; write 2025Q3, 2025-09 or 2025.") from None
    return np.logical_or.reduce(
        [local.between(span.start_time, span.end_time).to_numpy() for span in spans]
    )


def _number(column: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Misuse(f"'{column}' holds numbers; '{value}' is none.") from None


def _several(wanted: Any) -> list[Any]:
    return list(wanted) if isinstance(wanted, (list, tuple, set)) else [wanted]


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
