"""Declared themes are words that a comment holds; kept themes are words that come again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from cxlab.results import listing
from cxlab.voice.workings.texts import MASK, folded, telling
from cxlab.voice.workings.tongues import NOT_TOLD

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_JOINED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)  # Korean sets words apart, and hangs particles on them
KEYEST = 8  # words of a theme that are shown
ALIKE = 0.3  # likeness of words from which a theme is the one that was kept


KINDS = ["declared", "rated", "found"]  # of themes, in the order they are listed


class Theme(NamedTuple):
    """A theme: its name, the words that tell it, where it comes from."""

    name: str
    kind: str  # declared, rated or found
    language: str
    words: dict[str, float]
    steadiness: float
    often: dict[str, float]  # how many of its sentences hold each word, in all waves so far


def declared(heard: Any, given: Mapping[str, Any]):
    """Give the themes that the analyst declared: which comments hold one of their words.

    Args:
        heard: the comments.
        given: theme -> words, or theme -> language -> words of that language.
    """
    texts = pd.Series(heard.text, dtype=object)
    listed, columns = [], []
    for name, told in given.items():
        held = holding(texts, heard.language, told)
        by_language = told if isinstance(told, Mapping) else {"": told}
        every = {folded(word): 1.0 for each in by_language.values() for word in each}
        listed.append(Theme(str(name), "declared", "", every, np.nan, {}))
        columns.append(held)
    carried = np.column_stack(columns) if columns else np.zeros((len(texts), 0), bool)
    return listed, carried, carried * 0.5


def holding(texts: pd.Series, language: np.ndarray, told: Any) -> np.ndarray:
    """Say which texts hold a word of a declared theme; words of a language count in it alone."""
    held = np.zeros(len(texts), dtype=bool)
    texts = texts.str.replace(MASK, " ", regex=True)  # "[phone]" speaks of no phone
    for code, wanted in (told if isinstance(told, Mapping) else {"": told}).items():
        where = np.isin(language, (code, NOT_TOLD)) if code else np.ones(len(texts), bool)
        held |= where & texts.str.contains(pattern(wanted), regex=True).to_numpy(dtype=bool)
    return held


def unheard(heard: Any, given: Mapping[str, Any]) -> list[str]:
    """Tell of declared words that no comment holds: misspelt, in another form, or not written."""
    out, read = [], {}
    for name, told in given.items():
        lost = []
        for code, wanted in (told if isinstance(told, Mapping) else {"": told}).items():
            if code not in read:
                where = np.isin(heard.language, (code, NOT_TOLD)) if code else slice(None)
                texts = MASK.sub(" ", "\n".join(heard.text[where]))
                read[code] = texts, frozenset(re.findall(r"\w+", texts))
            lost += [f"'{word}'" for word in wanted if not _stands(word, *read[code])]
        out += [f"{listing(lost, 6)} of '{name}'"] if lost else []
    if not out:
        return []
    return [f"No comment holds these declared words, as whole words: {'; '.join(out)}."]


def _stands(word: str, texts: str, words: frozenset[str]) -> bool:
    """Say whether a word or phrase stands in texts; what its words rule out is not sought."""
    parts = folded(word).split()
    plain = all(re.fullmatch(r"\w+", part) and not _JOINED.search(part) for part in parts)
    if (plain and len(parts) < 2) or (plain and not words.issuperset(parts)):
        return words.issuperset(parts) and bool(parts)
    return bool(re.search(pattern([word]), texts))


def spelt(name: str, beside: Sequence[str] = ()) -> list[str]:
    """Give the ways in which a text names what was rated.

    Args:
        name: of the rating, such as `rate_room`.
        beside: names of all ratings; nobody writes what two of them share, as `rate`.

    Example:
        >>> spelt("opening_hours")
        ['opening hours', 'opening hourss', 'opening hour']
        >>> spelt("rate_room", ["rate_room", "rate_desk"])
        ['rate room', 'rate rooms', 'rate room', 'room', 'rooms', 'room']
    """
    plain = name.replace("_", " ")
    shared = {word for other in beside if other != name for word in other.split("_")}
    own = " ".join(word for word in name.split("_") if word not in shared)
    ways = [plain, own] if own != plain and telling(own) else [plain]
    return [form for way in ways for form in (way, way + "s", way.removesuffix("s"))]


def pattern(wanted: Iterable[str]) -> str:
    """Write words and phrases as one pattern of whole words; what they hold is never a pattern.

    Example:
        >>> [bool(re.search(pattern(["late"]), text)) for text in ("too late.", "latest")]
        [True, False]
        >>> bool(re.search(pattern(["配送"]), "配送很慢"))
        True
    """
    parts = [r"\s+".join(re.escape(part) for part in folded(word).split()) for word in wanted]
    ways = [_whole(part) for part in sorted(filter(None, parts), key=len, reverse=True)]
    return "|".join(ways) or "(?!)"


def _whole(word: str) -> str:
    """Ask for a whole word, as far as its tongue sets words apart by blanks."""
    front = "" if _UNSPACED.match(word) else r"(?<!\w)"
    return f"{front}{word}" if _JOINED.search(word[-1]) else rf"{front}{word}(?!\w)"


def standing(text: str, theme: Theme) -> str:
    """Give the words of a text, as it spells them, that tell a theme.

    Example:
        >>> standing("Große Kiste, spät", Theme("x", "declared", "", {"grosse": 1.0}, 1.0, {}))
        'Große'
    """
    told = list(theme.words)
    if theme.kind != "declared":  # its keyest words; a pair of them need not stand side by side
        told = [*spelt(theme.name), *" ".join(told[:KEYEST]).split()]
        told += [one for name in theme.name.split(" · ") for one in name.split()]
    loose = pattern(told).replace("ss", "(?:ss|ß)").replace("'", "['’]")
    return " · ".join(dict.fromkeys(re.findall(loose, text, flags=re.IGNORECASE)))


def identities(now: Sequence[Any], before: Sequence[Any]) -> tuple[list[str], dict[str, str]]:
    """Match themes to those kept, one to one, by the words they share (cosine).

    Returns:
        The name of each theme now, and the fate of each name: `kept`, `new`, `split` (more than
        one theme resembles it), `vanished`.
    """
    same = {theme.name for theme in now} & {old.name for old in before}
    likeness = np.array([[_likeness(a, b, same) for b in before] for a in now])
    likeness = likeness.reshape(len(now), len(before))
    names = [theme.name for theme in now]
    fates: dict[str, str] = {}
    pairs = zip(*linear_sum_assignment(-likeness), strict=True) if likeness.size else ()
    matched = {int(i): int(j) for i, j in pairs if likeness[i, j] >= ALIKE}
    for i, j in matched.items():
        names[i] = before[j].name
        heirs = int((likeness[:, j] >= ALIKE).sum())
        fates[names[i]] = "split" if heirs > 1 else "kept"
    fates |= {name: "new" for i, name in enumerate(names) if i not in matched}
    gone = [old for j, old in enumerate(before) if j not in matched.values()]
    return names, fates | {old.name: "vanished" for old in gone}


def _likeness(first: Any, second: Any, same: set) -> float:
    """Give the cosine of two themes' words; what bears the name of a kept one is that one."""
    if {first.name, second.name} & same or first.kind != "found" or second.kind == "declared":
        return float(first.name == second.name)
    a, b = first.words, second.words
    shared = sum(a[word] * b[word] for word in a.keys() & b.keys())
    size = np.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return float(shared / size) if size else 0.0
