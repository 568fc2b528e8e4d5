"""Comments folded, cut into sentences and into words; what is left says nothing to a machine."""

import re
import unicodedata
from functools import lru_cache

from cxlab.cleaning import masking
from cxlab.voice.workings.stopwords import LIGHT, STOPS, TONE, TURNING

LONGEST = 5_000  # characters of one comment that are read
QUOTED = 280  # characters of a quote
# what people write where they have nothing to say
NOTHING = frozenset(
    "n/a na n.a. none nil nope no_comment no_comments nothing_to_add - -- . .. ... k.a. ka "
    "keine_angabe keine kein_kommentar rien aucun aucune ras ninguno ninguna nada nessuno niente "
    "geen x xx xxx test asdf ?".replace("_", "\x00").split()
)
MASK = re.compile("|".join(re.escape(mask.casefold()) for mask in masking.MASKS.values()))
WORD = re.compile(r"(?:[^\W\d_]+-)*[^\W\d_]{2,}")
_ENDS = re.compile(r"(?<=[.!?…])\s+|[\n\r]+|[;|•]")
CLAUSE = re.compile(r"[.!?…,;:|•()\n]+")  # what ends one; words on its sides are no phrase
_LETTER = re.compile(r"[^\W\d_]")


@lru_cache(2**16)
def folded(text: str) -> str:
    """Write a comment in one way: composed letters, small, plain blanks and apostrophes.

    Example:
        >>> folded("  It\u2019s  LATE ")
        "it's late"
    """
    plain = unicodedata.normalize("NFKC", str(text)[:LONGEST]).casefold().replace("’", "'")
    return "\n".join(" ".join(line.split()) for line in plain.splitlines()).strip()


def cut(text: str) -> str:
    """Give a comment on one line, cut where it is longer than a quote.

    Example:
        >>> cut("late,\\nand cold")
        'late, and cold'
    """
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1] + "…"


def says_nothing(text: str) -> bool:
    """Say whether a folded comment holds no letter, or one of the words for nothing."""
    bare = text.strip(" .!-").replace(" ", "\x00")
    return not _LETTER.search(text) or bare in NOTHING or text in NOTHING


def sentences(text: str) -> list[str]:
    """Cut a folded comment into sentences.

    What holds a mask tells who wrote and how to be reached, not what about; it is left out.

    Example:
        >>> sentences("box late. nobody rang! call me on [phone].")
        ['box late.', 'nobody rang!']
    """
    parts = [part.strip() for part in _ENDS.split(text)]
    return [part for part in parts if _LETTER.search(part) and not MASK.search(part)]


def words(text: str) -> list[str]:
    """Give the words of a folded text that carry meaning; `not` and its kin do.

    Example:
        >>> words("it is not the box")
        ['not', 'box']
    """
    return [word for word in WORD.findall(MASK.sub(" ", text)) if word not in STOPS]


def topics(text: str) -> list[str]:
    """Give the words that tell what a text is about, not in which tone.

    Example:
        >>> topics("it is not the box")
        ['box']
    """
    return [word for word in words(text) if word not in TURNING]


def telling(text: str) -> list[str]:
    """Give the words of a text that may tell a theme: what it is about, praise or blame.

    Example:
        >>> telling("it was quite a good box again")
        ['good', 'box']
    """
    return [word for word in topics(text) if word not in LIGHT]


def toned(phrase: str) -> bool:
    """Say whether a phrase holds a word of praise or blame, which may be said of anything."""
    return any(word in TONE for word in phrase.split())
