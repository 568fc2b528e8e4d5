"""The answers of a study as narrow columns: what is clicked is counted, not searched.

Every column one can choose by is coded once, as small whole numbers; a set of answers is a mask
over these codes. Questions are handed only the columns they read, words as categories, so that
each asks what it would ask of the whole table, at a fraction of the reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxlab import cleaning, codebook
from cxlab.codebook import How
from cxlab.desk import metrics
from cxlab.results import Absence, Misuse
from cxlab.study import Study, parts

WORDS = ("channel", "touchpoint", "language")  # columns of answers that a click may choose by
TIERS = ("detractor", "passive", "promoter")
WITHIN = "90D"
MOST_KEPT = 64_000_000  # bytes of the masks that are remembered
CUSTOMER, MOMENT = "customer_id", "answered_at"

Chips = Mapping[str, Any]


class Coded(NamedTuple):
    """A column as codes from 0, -1 where it is empty, and what each code stands for."""

    codes: np.ndarray
    values: pd.Index


@dataclass(eq=False)
class Cube:
    """The answers of a study, coded column by column when they are first asked for.

    Attributes:
        study: the study.
        frame: its answers.
        columns: what one can choose by, with how people call each, in the order of the bar.
    """

    study: Study
    frame: pd.DataFrame = field(init=False)
    columns: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.frame = answers(self.study)
        self.columns = columns(self.study)
        self._coded: dict[str, Coded] = {}
        self._masks: dict[tuple, np.ndarray] = {}
        self._last: tuple[str, np.ndarray] = ("", np.array([], dtype=int))

    def __len__(self) -> int:
        return len(self.frame)

    def coded(self, column: str) -> Coded:
        """Give a column one can choose by as codes."""
        if column not in self._coded:
            values = _values(self, column)
            if isinstance(values.dtype, pd.CategoricalDtype):
                codes, known = values.cat.codes.to_numpy(), values.cat.categories
            else:
                codes, known = pd.factorize(values, sort=True)
            small = np.min_scalar_type(-max(len(known), 1))
            self._coded[column] = Coded(codes.astype(small), pd.Index(known))
        return self._coded[column]

    def counts(self, column: str, chips: Chips | None = None) -> pd.Series:
        """Count the chosen answers that gave each value."""
        codes, values = self.coded(column)
        here = codes[self.places(chips)] if chips else codes
        n = np.bincount(here.astype(np.int32) + 1, minlength=len(values) + 1)
        return pd.Series(n[1:], index=values)[n[1:] > 0]

    def rows(self, chips: Chips) -> np.ndarray:
        """Mark the answers that chips choose, one truth a row.

        Raises:
            Misuse: there is no such column, or no such value.
        """
        marked = np.ones(len(self), dtype=bool)
        for column, wanted in chips.items():
            marked &= self._having(column, several(wanted))
        return marked

    def places(self, chips: Chips) -> np.ndarray:
        """Give the places of the answers that chips choose; those of the last are remembered."""
        key = repr(sorted(chips.items()))
        if self._last[0] != key:
            self._last = (key, np.flatnonzero(self.rows(chips)))
        return self._last[1]

    @cached_property
    def people(self) -> np.ndarray:
        """The code of the person behind each answer; one without a name is a person alone."""
        named = self.who.codes.astype(np.int64)
        alone = named < 0
        named[alone] = len(self.who.values) + np.arange(alone.sum())
        return named

    @cached_property
    def who(self) -> Coded:
        """The customer of each answer."""
        if CUSTOMER not in self.frame:
            return Coded(np.full(len(self), -1, dtype=np.int32), pd.RangeIndex(0))
        codes, known = pd.factorize(self.frame[CUSTOMER])
        return Coded(codes.astype(np.int32), pd.RangeIndex(len(known)))

    @cached_property
    def score(self) -> Any:
        """The study's first score, or that there is none."""
        found = metrics.asked(self.study.scales)
        return found[0] if found else Absence("The study has no score.", "answers with a score")

    @cached_property
    def how(self) -> How:
        """The words of the study for questions about its answers."""
        return self.study.how()

    @cached_property
    def followed(self) -> tuple[np.ndarray, np.ndarray]:
        """Which answers were watched for 90 days, and whether their customer left in them."""
        frame = self.frame[[CUSTOMER, MOMENT]].assign(row=np.arange(len(self)))
        customers = self.study.customers
        known = None if customers is None else customers[[CUSTOMER, "churned_at"]]
        words = {"customers": known, "within": WITHIN, "as_of": self.study.mapping.as_of}
        after = metrics.afterwards(frame, **words)
        if isinstance(after, Absence) or "left" not in after:
            return np.array([], dtype=int), np.array([])
        return after["row"].to_numpy(), after["left"].to_numpy(dtype=float)

    @cached_property
    def quotable(self) -> np.ndarray:
        """The rows whose comment may be quoted, the latest first."""
        if "comment" not in self.frame:
            return np.array([], dtype=int)
        rows = np.flatnonzero(cleaning.quotable(self.frame).to_numpy(dtype=bool))
        if MOMENT not in self.frame:
            return rows
        times = self.frame[MOMENT].take(rows).reset_index(drop=True)
        return rows[times.sort_values(ascending=False, kind="stable").index]

    def part(self, chips: Chips, *more: str) -> pd.DataFrame:
        """Give the chosen answers with the columns that questions about scores read.

        Args:
            chips: as in `chosen`; the weights of a part have mean 1 in it, as there.
            more: further columns, such as one to compare by.
        """
        rows = self.places(chips) if chips else None
        names = dict.fromkeys((*self._read, *more))
        found = pd.DataFrame({name: self._taken(name, rows) for name in names}, copy=False)
        if rows is not None and "weight" in found and len(found):
            found["weight"] = parts.even_weights(found["weight"], found["weight"].mean())
        return found

    @cached_property
    def _read(self) -> list[str]:
        words = (*self.study.scales, "weight", CUSTOMER, MOMENT, "channel")
        return [name for name in words if name in self.frame]

    def _taken(self, name: str, rows: np.ndarray | None) -> Any:
        if name == CUSTOMER:
            return _categories(self.who, rows)
        values = self.frame.get(name, None)
        if values is None or not (_is_number(values) or _is_time(values)):
            return _categories(self.coded(name), rows)
        return values if rows is None else values.take(rows).reset_index(drop=True)

    def _having(self, column: str, wanted: Sequence[Any]) -> np.ndarray:
        key = (column, *map(str, wanted))
        if key not in self._masks:
            if len(self._masks) * len(self) > MOST_KEPT:
                self._masks.pop(next(iter(self._masks)))
            self._masks[key] = self._marked(column, wanted)
        return self._masks[key]

    def _marked(self, column: str, wanted: Sequence[Any]) -> np.ndarray:
        if column not in self.columns:
            near = codebook.did_you_mean(column, self.columns)
            raise Misuse(f"'{column}' is nothing to choose by.{near}")
        if column == "comment":
            found = [self._said.str.contains(str(word).casefold(), regex=False) for word in wanted]
            return np.logical_or.reduce([each.to_numpy(dtype=bool) for each in found])
        if column == "period":
            return self._within(wanted)
        codes, values = self.coded(column)
        numbers = pd.api.types.is_numeric_dtype(values.dtype)
        named = [_number(column, each) if numbers else str(each) for each in wanted]
        hit = np.append((values if numbers else values.map(str)).isin(named), False)
        marked = hit[codes]
        if not numbers and not marked.any():
            near = codebook.did_you_mean(str(wanted[0]), [str(each) for each in values])
            raise Misuse(f"No answer has {column} = '{wanted[0]}'.{near}")
        return marked

    @cached_property
    def _said(self) -> pd.Series:
        return self.frame["comment"].fillna("").str.casefold()

    @cached_property
    def local(self) -> pd.Series:
        """The moment of each answer in the study's zone."""
        return self.frame[MOMENT].dt.tz_localize(None)

    def _within(self, wanted: Sequence[Any]) -> np.ndarray:
        try:
            spans = [pd.Period(str(each)) for each in wanted]
        except ValueError:
            raise Misuse(f"'{wanted[0]}' is no period; write 2025Q3, 2025-09 or 2025.") from None
        return np.logical_or.reduce(
            [self.local.between(span.start_time, span.end_time).to_numpy() for span in spans]
        )


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


def several(wanted: Any) -> list[Any]:
    """Give what a chip names as a list."""
    return list(wanted) if isinstance(wanted, (list, tuple, set)) else [wanted]


def _values(cube: Cube, column: str) -> pd.Series:
    """Give what each answer has of a column one can choose by."""
    if column == "period":
        return cube.local.dt.to_period("Q").astype("category")
    if column == "tier":
        points = cube.frame["nps"].to_numpy(dtype=float, na_value=np.nan)
        worth = metrics.Score().worth(points)
        codes = np.where(np.isnan(points), -1, np.digitize(worth, (-50, 50)))
        return pd.Series(pd.Categorical.from_codes(codes.astype(int), list(TIERS)))
    return cube.frame[column]


def _categories(column: Coded, rows: np.ndarray | None) -> pd.Categorical:
    codes = column.codes if rows is None else column.codes[rows]
    return pd.Categorical.from_codes(codes, categories=column.values, validate=False)


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values.dtype)


def _is_time(values: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(values.dtype)


def _number(column: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Misuse(f"'{column}' holds numbers; '{value}' is none.") from None
