"""Which fonts draw a text? The house's, then any on this machine that has the letters."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

HOUSE = "DejaVu Sans"  # comes with matplotlib
SCRIPTS = {"CJK": "Chinese characters", "IDEOGRAPHIC": "Chinese characters"}


def drawn_with(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose fonts that have every letter of a text between them.

    Args:
        text: what is to be drawn.

    Returns:
        Names of fonts, the house's first, and names of the scripts that none of them has.

    Example:
        >>> drawn_with("Zürich, Αθήνα, 日本")[0][0]
        'DejaVu Sans'
    """
    return _chosen(frozenset(c for c in text if ord(c) > 126 and c.isprintable()))


def texts(frame) -> str:
    """Join every text of a frame, each once."""
    told = (frame[name] for name in frame if frame[name].dtype.kind in "OSTU")
    words = (column.dropna().unique().tolist() for column in told)
    return "".join(str(word) for column in words for word in column)


@cache
def _chosen(letters: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    fonts, missing = [HOUSE], letters - _letters(font_manager.findfont(HOUSE))
    for name, path in _installed() if missing else ():
        if missing & _letters(path):
            fonts.append(name)
            missing -= _letters(path)
        if not missing:
            break
    return tuple(fonts), tuple(_scripts(missing))


@cache
def _installed() -> tuple[tuple[str, str], ...]:
    """List upright fonts of ordinary weight, those of more letters first, each name once."""
    entries = [e for e in font_manager.fontManager.ttflist if e.style == "normal"]
    found: dict[str, str] = {}
    for entry in sorted(entries, key=lambda e: (str(e.weight) not in ("400", "regular"), e.name)):
        if "Last Resort" not in entry.name:
            found.setdefault(entry.name, entry.fname)
    return tuple(sorted(found.items(), key=lambda font: (-len(_letters(font[1])), font[0])))


@cache
def _letters(path: str) -> frozenset[str]:
    try:
        return frozenset(map(chr, FT2Font(path).get_charmap()))
    except (OSError, RuntimeError, ValueError):  # a broken font has none
        return frozenset()


def _scripts(letters: Iterable[str]) -> list[str]:
    signs = {letter for letter in letters if unicodedata.category(letter)[0] in "SC"}
    found = {unicodedata.name(letter, "SYMBOL").split()[0] for letter in set(letters) - signs}
    return sorted({SCRIPTS.get(word, word.capitalize()) for word in found}) + ["signs"] * bool(
        signs
    )
