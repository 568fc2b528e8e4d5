"""What a draft is unsure of, the weightiest first."""

from collections.abc import Iterable
from dataclasses import dataclass

from cxlab.cleaning.durations import to_duration
from cxlab.drafting.profiles import Profile

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


def would_be(ours: str, column: Profile) -> str:
    """Give the headline number that a column would make."""
    if ours == "nps" and column.numbers:
        tally = {n: rows for n, rows in column.tally().items() if 0 <= n <= 10}
        total = sum(tally.values()) or 1
        high = sum(rows for n, rows in tally.items() if n >= 9)
        low = sum(rows for n, rows in tally.items() if n <= 6)
        return f"NPS {100 * (high - low) / total:.1f} on {total:,} answers"
    if ours in ("nps", "csat", "ces") and column.numbers:
        return f"a mean of {mean(column.tally()):.2f}"
    if ours == "customer_id":
        return f"{len(column.counts):,} customers in {column.n:,} rows"
    if ours == "amount" and column.numbers:
        return f"{sum(n * rows for n, rows in column.tally().items()):,.2f}"
    if ours == "resolution" and column.kind == "duration":
        read = to_duration(column.counts.index.to_series(), heading=column.name).values
        minutes = float((read * column.counts.to_numpy()).sum()) / 60 / max(column.n, 1)
        return f"{minutes:,.1f} minutes"
    if ours.endswith("_at") and column.moments is not None and len(column.moments):
        return f"{column.n:,} dates to {column.moments.max():%Y-%m-%d}"
    return ""


def mean(tally: dict[float, int]) -> float:
    """Give the mean of counted numbers."""
    return sum(n * rows for n, rows in tally.items()) / max(sum(tally.values()), 1)
