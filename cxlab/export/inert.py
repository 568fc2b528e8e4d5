"""Text from data, made safe for programs that read meaning into it."""

import re

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
_MEANT = re.compile(r"\s*(?:[=+\-@\t\r|]|(?:https?|ftp|mailto|internal|external|file):)", re.I)


def plain(text: object, *, longest: int = 32_000) -> str:
    """Give text as one line without control characters, not too long.

    Example:
        >>> plain("North\\x07\\nand South", longest=10)
        'North and…'
    """
    line = " ".join(_CONTROL.sub(" ", str(text)).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def cell(text: object, *, longest: int = 32_000) -> str:
    """Give text that a spreadsheet cannot take for a formula or an address.

    Example:
        >>> cell("=1+1"), cell("North")
        ("'=1+1", 'North')
    """
    line = plain(text, longest=longest)
    return f"'{line}" if _MEANT.match(line) else line
