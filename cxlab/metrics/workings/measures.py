"""What is measured: a score's column, its kind, its scale, and how it is written in words."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from pydantic import ValidationError

from cxlab.codebook import Scale, net_points
from cxlab.results import Unanswerable, amount, number

Kind = Literal["nps", "top", "mean"]


class MetricsError(Unanswerable):
    """A score cannot be computed from what was given."""


@dataclass(frozen=True)
class Score:
    """A score: which column, which statistic of it, on which scale.

    Attributes:
        column: column of the responses.
        kind: `nps` (promoters less detractors), `top` (share in the top box) or `mean`.
        scale: the scale the answers are given on; none means any number.
        name: how the score is called in sentences.
    """

    column: str = "nps"
    kind: Kind = "nps"
    scale: Scale | None = field(default_factory=lambda: as_scale("0..10"))
    name: str = "NPS"

    def __post_init__(self) -> None:
        if isinstance(self.scale, str):
            object.__setattr__(self, "scale", as_scale(self.scale))
        if self.kind not in ("nps", "top", "mean"):
            raise MetricsError(f"'{self.kind}' is no kind of score; choose nps, top or mean.")
        if self.kind == "nps" and str(self.scale) != "0..10":
            raise MetricsError(
                f"'{self.column}': the NPS needs answers from 0 to 10; the scale here is "
                f"{self.scale}.\nReport the top box or the mean of another scale."
            )
        if self.kind == "top" and self.scale is None:
            raise MetricsError(f"'{self.column}': a top box needs a scale, such as 1..5.")

    @property
    def unit(self) -> str:
        """The unit of the estimate."""
        if self.kind == "mean":
            return f"of {self.scale.high:g}" if self.scale else ""
        return "points" if self.kind == "nps" else "share"

    @property
    def low_is_good(self) -> bool:
        """Whether a smaller estimate is better news; a top box already looks at the good end."""
        return self.kind == "mean" and self.scale is not None and self.scale.better == "low"

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest score there can be."""
        if self.kind == "mean":
            return (self.scale.low, self.scale.high) if self.scale else (-np.inf, np.inf)
        return (-100.0, 100.0) if self.kind == "nps" else (0.0, 1.0)

    def worth(self, points: np.ndarray) -> np.ndarray:
        """Say what an answer at each point of the scale adds to the score."""
        if self.kind == "nps":
            return net_points(points)
        if self.kind == "top" and self.scale:
            low, high = self.scale.top_box()
            return ((points >= low) & (points <= high)).astype(float)
        return np.asarray(points, dtype=float)

    def says(self, text: str) -> str:
        """Begin a sentence with the score's value."""
        if self.kind == "top":
            return f"{self.name}: {text} give {self._best}"
        return f"{self.name} averages {text}" if self.kind == "mean" else f"{self.name} is {text}"

    @property
    def _best(self) -> str:
        """Name the top box, for a sentence: a single answer by its word."""
        if not self.scale or len(set(self.scale.top_box())) > 1:
            return "one of the best answers"
        low = self.scale.top_box()[0]
        words = [f", '{word}'" for word, at in self.scale.labels.items() if at == low]
        return "the best answer" + "".join(words[:1])

    @property
    def box(self) -> str:
        """Name the values of the top box."""
        low, high = self.scale.top_box() if self.scale else (0, 0)
        if low == high:
            return self.point(low)
        return f"{low:g} {'or' if high == low + 1 else 'to'} {high:g}"

    def point(self, value: float) -> str:
        """Write a point of the scale, with the word that stands for it in the export."""
        words = (
            [word for word, at in self.scale.labels.items() if at == value] if self.scale else []
        )
        return f"{value:g} ({words[0]})" if words else f"{value:g}"

    def difference(self, value: float) -> str:
        """Write the size of a difference, without its sign."""
        if self.kind == "top":
            return f"{number(abs(value) * 100, 1)} percentage points"
        if self.kind == "nps":
            return f"{number(abs(value), 1)} points"
        return amount(abs(value), self.unit)

    def range(self, low: float, high: float) -> str:
        """Write the interval of a difference."""
        if self.kind == "top":
            low, high = low * 100, high * 100
        digits = 2 if self.kind == "mean" else 1
        return f"{number(low, digits, signed=True)} to {number(high, digits, signed=True)}"


_KNOWN = {
    "nps": ("nps", "0..10", "NPS"),
    "csat": ("top", "1..5", "CSAT"),
    "ces": ("mean", "1..7", "CES"),
}


def resolve(score: str | Score) -> Score:
    """Take a score as named: `nps`, `csat` (top box), `ces` (mean); other columns as a mean.

    Example:
        >>> resolve("csat").kind, resolve("price").unit
        ('top', '')
    """
    if isinstance(score, Score):
        return score
    kind, scale, name = _KNOWN.get(score, ("mean", None, score))
    return Score(score, kind, as_scale(scale), name)  # type: ignore[arg-type]


def as_scale(given: Scale | str | None) -> Scale | None:
    """Take a scale as an object or as text, such as `1..5`."""
    if not isinstance(given, str):
        return given
    try:
        return Scale.model_validate(given)
    except ValidationError:
        raise MetricsError(f"'{given}' is not a scale; write it as 1..5.") from None
