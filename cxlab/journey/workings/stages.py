"""Which stage of the way does a value belong to? Whole values, whatever stands in them."""

import re
from collections.abc import Mapping, Sequence

NO_STAGE = "(no stage)"


def pattern(like: Sequence[str]) -> str:
    """Write the values of a stage as one pattern; `*` stands for anything, all else for itself.

    Example:
        >>> [bool(re.search(pattern(["/help*"]), each)) for each in ("/help/a", "/shelp")]
        [True, False]
    """
    parts = [".*".join(re.escape(part) for part in each.casefold().split("*")) for each in like]
    return rf"^(?:{'|'.join(parts)})$"


def stage_of(value: str, stages: Mapping[str, Sequence[str]]) -> str | None:
    """Give the first stage that a value belongs to, in small or large letters."""
    low = value.casefold()
    return next((name for name, like in stages.items() if re.search(pattern(like), low)), None)
