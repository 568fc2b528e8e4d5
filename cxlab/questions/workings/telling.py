"""How answers are told: below which base, in which wording, and with what the reader must know."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxlab.codebook import label
from cxlab.questionnaire import Asked
from cxlab.questionnaire.doubts import at_once
from cxlab.results import brief, listing, number
from cxlab.stats import contenders

WITHHELD = "withheld"
SMALL = "small base"
ITSELF = "itself"
FLAGGED = 30  # answers below which a base is flagged
MOST_PAIRED = 60  # items beyond which pairs take minutes and nobody reads them
METHOD = (
    "Shares of those who answered, with Wilson intervals (Wilson 1927) on the answers that the "
    "weighted and clustered base is worth; means with linearised standard errors (Särndal, "
    "Swensson and Wretman 1992)."
)


def asked_as(each: Asked) -> str:
    """Give the wording of a question as it stands below an exhibit.

    Example:
        >>> import numpy as np
        >>> asked_as(Asked("q", "scale", "How likely?", ("",), (), (), np.zeros((1, 1))))
        '“How likely?”'
    """
    known = each.text not in ("", each.name)
    return f"“{brief(each.text if known else label(each.name), 240)}”"


def told_of(chosen: Sequence[Asked]) -> tuple[str, ...]:
    """Give what the reader must know of questions: their notes, and what counted as no answer."""
    notes = at_once([note for each in chosen for note in each.notes])
    for each in chosen:
        given = [f"'{word}' {number(n, 0)}" for word, n in each.missing.items() if n]
        if given:
            notes.append(f"'{each.name}': no answer, not in the base: {listing(given, 6)}.")
    return tuple(notes)


def some_pairs(items: Sequence[str]) -> tuple[range, tuple[str, ...]]:
    """Choose the items whose pairs are looked at, and say so where they are not all.

    Example:
        >>> len(some_pairs(["price"] * 700)[0])
        60
    """
    chosen = range(min(len(items), MOST_PAIRED))
    if len(chosen) == len(items):
        return chosen, ()
    return chosen, (f"Of {len(items):,} items the first {len(chosen)} are set side by side.",)


def rivals(estimate: Any, std_error: Any, *, one_each: bool = False) -> int:
    """Count what may equal the highest of several values (see `stats.contenders`).

    Args:
        estimate: one value each.
        std_error: of each; values of the same people are taken as told apart, which they are at
            least as well.
        one_each: they are shares of people of whom each gave one answer.

    Example:
        >>> rivals([0.21, 0.19, 0.02], [0.01, 0.01, 0.01]), rivals([3.0, 1.0], [0.1, 0.1])
        (1, 0)
    """
    value, error = np.asarray(estimate, dtype=float), np.asarray(std_error, dtype=float)
    cover = np.diag(error**2)
    if one_each:
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.sqrt(value / (1 - value))
            apart = -np.outer(error * odds, error * odds)  # no chance times no end is none
        cover = np.where(np.eye(len(value), dtype=bool), cover, np.nan_to_num(apart))
    return max(int(contenders(value, cover).sum()) - 1, 0)
