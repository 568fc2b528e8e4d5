"""What a draft is unsure of, the weightiest first."""

from collections.abc import Iterable
from dataclasses import dataclass

MOST = 12  # doubts told; lesser ones stand beside their lines


@dataclass(frozen=True)
class Doubt:
    """Something to look at before a draft is trusted.

    Attributes:
        text: what was taken for what, and the number it would be otherwise.
        weight: the part of an answer it could change, 0 to 1.
        line: the line of the study file that settles it.
    """

    text: str
    weight: float
    line: str = ""

    def __str__(self) -> str:
        return f"{self.text} (line: {self.line})" if self.line else self.text


def ranked(doubts: Iterable[Doubt]) -> list[Doubt]:
    """Put doubts in order of what they could change, each once."""
    once = {doubt.text: doubt for doubt in doubts}
    return sorted(once.values(), key=lambda doubt: (-doubt.weight, doubt.text))
