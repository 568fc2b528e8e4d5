"""Words that very many comments hold alike, as a tag, an opening or a footer: nobody meant them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from cxlab.voice.workings.texts import MASK

FEWEST = 20  # different comments that hold it
TAGS, ENDS = (
    0.01,
    0.05,
)  # share of the comments that holds a tag in brackets, or a run at an end
FOOTER, OPENING = 4, 6  # words, at least; an opening that ends in a colon may be shorter
ALWAYS = 0.95  # share of the places where it stands that are at this end
ROUNDS = 4  # of footers above footers
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_TAG = re.compile(r"\[[^\[\]\n]{1,60}\]|\{[^{}\n]{1,60}\}|<[^<>\n]{1,60}>")
_COLON = re.compile(r"(?=.*(?:#|\w \w.* \w))[^:|\n]{3,60}?(?::|\|| -)(?= )")


def found(texts: Iterable[str]) -> tuple[str, ...]:
    """Give what stands word for word, whatever its numbers, in very many different comments.

    Args:
        texts: folded comments.

    Returns:
        Tags in brackets, openings and footers, numbers written as `#`.

    Example:
        >>> found(f"{one}{two} [store {ord(two)}]" for one in "abcdef" for two in "uvwxyz")
        ('[store #]',)
    """
    left = pd.unique(pd.Series([_NUMBER.sub("#", text) for text in texts], dtype=object))
    n, runs = len(left), Counter[str]()
    for text in left:
        runs.update({tag for tag in _TAG.findall(text) if not MASK.fullmatch(tag)})
    told = [run for run, often in runs.items() if often >= max(FEWEST, TAGS * n)]
    for _ in range(ROUNDS):
        left = [text for text in map(without(told), left) if text]
        more = _at_an_end(left, max(FEWEST, ENDS * n))
        if not more:
            break
        told += more
    return tuple(told)


def without(runs: Sequence[str]) -> Callable[[str], str]:
    """Give what takes such runs out of a text.

    Example:
        >>> without(["[store #]", "sent from #"])("[store 12] late\\nsent from 7")
        'late'
    """
    if not runs:
        return lambda text: text
    pattern = re.compile("|".join(map(_spelt, sorted(runs, key=len, reverse=True))))
    return lambda text: "\n".join(
        " ".join(line.split()) for line in pattern.sub(" ", text).splitlines()
    ).strip()


def _spelt(run: str) -> str:
    """Write a run as a pattern of whole words, any number where it has one."""
    words = [re.escape(word).replace(r"\#", r"(?:#|\d[\d.,:/-]*)") for word in run.split()]
    first, last = (r"(?<!\w)" * run[0].isalnum(), r"(?!\w)" * run[-1].isalnum())
    return first + r"\s+".join(words) + last


def _at_an_end(texts: Sequence[str], fewest: float) -> list[str]:
    """Give the openings and footers of different texts, each as long as it is shared."""
    words = [text.rstrip(" .!").split() for text in texts]
    turned = [each[::-1] for each in words]
    ends = [" ".join(each) for each in words]
    heads = Counter(each.group() for each in map(_COLON.match, texts) if each)
    openings = [run for run, often in heads.items() if often >= fewest]
    openings += [" ".join(run) for run in _begun_alike(words, OPENING, fewest)]
    footers = [" ".join(run[::-1]) for run in _begun_alike(turned, FOOTER, fewest)]
    return [
        *(run for run in openings if _only_there(run, ends, str.startswith)),
        *(run for run in footers if _only_there(run, ends, str.endswith)),
    ]


def _begun_alike(words: Sequence[list[str]], least: int, fewest: float) -> list[list[str]]:
    """Give the first words that many lists share, `least` words or more."""
    longer = [each for each in words if len(each) > least]
    often = Counter(tuple(each[:least]) for each in longer)
    out = []
    for run in (list(key) for key, n in often.items() if n >= fewest):
        ours = [each for each in longer if each[: len(run)] == run]
        while True:
            after = Counter(each[len(run)] for each in ours if len(each) > len(run) + 1)
            word, n = after.most_common(1)[0] if after else ("", 0)
            if n < ALWAYS * len(ours):
                break
            run.append(word)
            ours = [each for each in ours if each[: len(run)] == run and len(each) > len(run)]
        out.append(run)
    return out


def _only_there(run: str, texts: Sequence[str], there: Callable[[str, str], bool]) -> bool:
    """Say whether a run of words stands at this end of texts, and hardly elsewhere."""
    holding = [text for text in texts if f" {run} " in f" {text} "]
    return sum(there(text, run) for text in holding) >= ALWAYS * len(holding)
