"""Scales: where a score begins and ends, which end is good, what stands for 'no answer'."""

import re
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from cxlab.codebook.words import Refusal


class ScaleError(Refusal):
    """A score does not fit its declared scale."""


class Scale(BaseModel):
    """A closed range of numbers with a direction.

    Written in a study file as `0..10`, or as a mapping when more is to be said:
    `{range: 1..5, better: high, missing: [6, Blank], labels: {satisfied: 1}, top: 2}`.

    Attributes:
        low: lowest value that is an answer.
        high: highest value that is an answer.
        better: which end is good news for the customer.
        missing: codes and words in the export that mean 'no answer'.
        labels: words in the export and the number each stands for.
        top: how many of the best values count as the top box.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: float
    high: float
    better: Literal["high", "low"] = "high"
    missing: tuple[str, ...] = ()
    labels: dict[str, float] = Field(default_factory=dict)
    top: int = 0

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        if isinstance(given, str):
            given = {"range": given}
        if not isinstance(given, dict):
            raise ValueError("a scale is written as 0..10, or as {range: 0..10, better: high}")
        given = dict(given)
        if "range" in given:
            given["low"], given["high"] = _ends(given.pop("range"))
        if "missing" in given:  # that nothing is one is said, too
            given["missing"] = tuple(str(code) for code in _as_list(given["missing"]))
        if isinstance(labels := given.get("labels"), dict):
            given["labels"] = {str(word): value for word, value in labels.items()}
        return given

    @model_validator(mode="after")
    def _check(self) -> "Scale":
        if not self.low < self.high:
            raise ValueError(f"the scale {self} must run from low to high")
        return self

    def __str__(self) -> str:
        return f"{self.low:g}..{self.high:g}"

    def unsettled(self) -> tuple[float, ...]:
        """Give the ends that may be codes for no answer, which the study file does not settle.

        Example:
            >>> Scale.model_validate("0..6").unsettled(), Scale.model_validate("0..10").unsettled()
            ((0.0, 6.0), ())
        """
        usual = (self.low, self.high) in ((0, 10), (0, 100)) or self.high - self.low < 3
        if usual or self.labels or "missing" in self.model_fields_set:
            return ()
        return (0.0,) * (self.low == 0) + (self.high,) * (self.high in (6, 8, 11))

    def top_box(self) -> tuple[float, float]:
        """Give the lowest and highest value of the top box (2 of 5, 3 of 7, 1 of 2)."""
        steps = int(self.high - self.low) + 1
        width = self.top or {2: 1, 3: 1, 7: 3}.get(steps, 2)
        if self.better == "high":
            return self.high - width + 1, self.high
        return self.low, self.low + width - 1


def check_scale(scores: pd.Series, low: float, high: float) -> None:
    """Refuse scores that lie outside their scale.

    Args:
        scores: numbers, missing allowed.
        low: lowest value allowed.
        high: highest value allowed.

    Raises:
        ScaleError: names the column, how many values, the first rows and the largest.

    Example:
        >>> check_scale(pd.Series([0, 7, 10], name="nps"), 0, 10)
    """
    outside = scores.notna() & ~scores.between(low, high)
    if not outside.any():
        return
    rows = scores.index[outside][:3].tolist()
    raise ScaleError(
        f"'{scores.name}': {outside.sum():,} of {len(scores):,} values lie outside "
        f"{low:g}..{high:g} (first rows {rows}, largest {scores[outside].max():g}).\n"
        "Declare the true scale in the mapping, or let the rule 'score_off_scale' set them aside."
    )


def _ends(text: Any) -> tuple[float, float]:
    found = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)\s*", str(text))
    if not found:
        raise ValueError(f"'{text}' is not a scale; write it as 0..10")
    return float(found[1]), float(found[2])


def _as_list(given: Any) -> list:
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple) else [given]
