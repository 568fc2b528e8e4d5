"""The colours of the house, and what each means: the same on pages, slides and paper."""

from collections.abc import Collection, Sequence
from itertools import cycle

INK, GREY, PALE, FAINT, PAPER = "#1f2933", "#66727e", "#aeb8c2", "#d9dee4", "#ffffff"
# Okabe and Ito (2008), darkened where white paper needs it; told apart by every common eye
BLUE, ORANGE, GREEN, PURPLE, RED = "#0b62a8", "#c8690a", "#0a7d5f", "#9a4f86", "#b83b1e"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, RED, GREY)

MEANING = {
    "detractor": ORANGE,
    "passive": PALE,
    "promoter": GREEN,
    "concentrate here": ORANGE,
    "keep up the good work": GREEN,
    "possible overkill": BLUE,
    "low priority": BLUE,
}


def strong(colour: str) -> str:
    """Darken the pale colour, where it is to be a line or letters on white paper."""
    return GREY if colour == PALE else colour


def own(name: object, usual: str) -> str:
    """Give the colour of what a name means, else the usual one.

    Example:
        >>> own("detractor", BLUE) == ORANGE, own("North", BLUE) == BLUE
        (True, True)
    """
    return strong(MEANING.get(str(name), "")) or usual


def sides(words: Collection[str]) -> tuple[str, str]:
    """Give the colours of above and of below: where what happened is counted, more is worse.

    Args:
        words: the columns of the answer; `events` counts those who left.

    Example:
        >>> sides(["estimate"]) == (GREEN, ORANGE), sides(["estimate", "events"]) == (ORANGE, GREEN)
        (True, True)
    """
    return (ORANGE, GREEN) if "events" in words else (GREEN, ORANGE)


def hues(names: Sequence[str]) -> list[str]:
    """Give each of several lines its colour: that of its meaning, else the next of the series.

    Example:
        >>> hues(["promoter", "passive"]) == [GREEN, GREY], hues(["North"]) == [BLUE]
        (True, True)
    """
    fresh = cycle(SERIES)
    return [own(name, "") or next(fresh) for name in names]
