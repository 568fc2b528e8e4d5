"""Their own words: typical comments of each theme, masked, with consent, one a person."""

from collections import Counter
from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd

from cxlab.codebook import How, question
from cxlab.results import Result, count
from cxlab.voice.hearing import VoiceError
from cxlab.voice.themes import Themed
from cxlab.voice.workings import matching, people
from cxlab.voice.workings.texts import cut, words

ALIKE = 0.6  # share of words in common from which a quote repeats another


@question("smallest")
def quotes(
    themed: Themed,
    *,
    about: Result | None = None,
    each: int = 3,
    how: How,
) -> Result:
    """Quote for each theme typical comments, and one that is not.

    Args:
        themed: comments with their themes.
        about: an `impact`, to begin with what goes with a lower score; else the most frequent.
        each: how many typical ones.
        smallest: a theme of fewer people is not quoted.

    Returns:
        term, part (typical or atypical), text (masked when the study was opened, cut at 280
        characters), words (those of it that tell the theme), n (people who speak of the theme).
        Nobody is quoted twice.

    Raises:
        VoiceError: nobody agreed to be quoted, or no theme is spoken of by enough people.
    """
    heard = themed.heard
    allowed, who = people.quotable(heard), people.each_once(heard.frame)
    written = heard.frame[heard.comment].astype(str).to_numpy()
    quoted: set[int] = set()
    said: list[frozenset[str]] = []
    rows = []
    persons = [len(set(who[held])) for held in themed.carried.T]
    large = [p for p in _order(themed, about) if persons[p] >= max(how.smallest, 1)]
    if not allowed.any():
        raise VoiceError("No comment may be quoted.", needs="comments whose writers agreed")
    for place in large:
        theme = themed.themes[place]
        held = np.flatnonzero(themed.carried[:, place])
        by = held[_typical(themed, held, place)]
        for part, order, wanted in (("typical", by, each), ("atypical", by[::-1], 1)):
            for row in _chosen(order, wanted, allowed, who, heard.text, quoted, said):
                text = cut(written[row])
                rows.append(
                    {
                        "term": theme.name,
                        "part": part,
                        "text": text,
                        "words": matching.standing(text, theme),
                        "n": persons[place],
                    }
                )
    if not rows:
        few = f"No theme is spoken of by {count(max(how.smallest, 1), 'person')}"
        why = " of whom one agreed to be quoted" if large else ""
        raise VoiceError(f"{few}{why}.", needs="more comments")
    frame = pd.DataFrame(rows)
    return Result(
        name="quotes",
        frame=frame,
        headline=f"{count(len(frame), 'person')} in their own words, on "
        f"{count(frame['term'].nunique(), 'theme')}.",
        method="The comments most clearly of their theme, in the words that most use for it, and "
        "the one that is so least; no person twice, no text twice.",
        base=f"{count(int(allowed.sum()), 'comment')} that may be quoted.",
    )


def beside(quotes: Result, about: Result, *, most: int = 1, turn: int = 0) -> Result:
    """Give of the quotes those that belong beside an exhibit, a typical one a theme.

    Args:
        quotes: from `quotes`.
        about: the exhibit, whose `term` names themes; those that stand apart come first.
        most: how many themes.
        turn: which typical one, so that several exhibits show different ones; the last if fewer.

    Returns:
        Rows of `quotes`.

    Raises:
        VoiceError: no theme of the exhibit is quoted.
    """
    rows = about.frame
    if "verdict" in rows:
        rows = rows.sort_values("verdict", key=lambda words: words.eq("not apart"), kind="stable")
    typical = quotes.frame[quotes.frame["part"] == "typical"].groupby("term").head(turn + 1)
    typical = typical.drop_duplicates("term", keep="last").set_index("term", drop=False)
    names = [name for name in rows["term"].drop_duplicates() if name in typical.index][:most]
    if not names:
        raise VoiceError("No quote speaks of these themes.")
    return replace(
        quotes,
        name=f"quotes beside {about.name}",
        frame=typical.loc[names].reset_index(drop=True),
        headline="In their own words.",
    )


def _typical(themed: Themed, held: np.ndarray, place: int) -> np.ndarray:
    """Order comments of a theme: clearly of it, and in the words that others use for it, first."""
    told = [set(words(text)) for text in themed.heard.text[held]]
    often = Counter(chain.from_iterable(told))
    usual = [np.mean([often[word] for word in each]) if each else 0.0 for each in told]
    sure = themed.strength[held, place].round(1)
    return np.lexsort((-np.array(usual), -sure, _mixed(themed, held)))


def _mixed(themed: Themed, held: np.ndarray) -> np.ndarray:
    """Say which comments speak of more than one theme, or in fewer than four words."""
    short = np.array([text.count(" ") < 3 for text in themed.heard.text[held]], dtype=bool)
    return (themed.carried[held].sum(axis=1) > 1) | short


def _order(themed: Themed, about: Result | None) -> list[int]:
    """Give the places of themes: what goes with a lower score, with a higher one, then the rest.

    Worst and best come first; of what does not go with the score, the most frequent.
    """
    if about is None or "verdict" not in about.frame:
        return list(range(len(themed.themes)))
    rows = about.frame.drop_duplicates("term")
    low, good = (rows.loc[rows["verdict"] == side, "term"] for side in ("worse", "better"))
    names = [*low, *good[::-1], *themed.names]
    return [themed.names.index(name) for name in dict.fromkeys(names) if name in themed.names]


def _chosen(order, wanted, allowed, who, text, quoted, said) -> list[int]:
    """Take the first ones that may be quoted, of nobody and with nearly the same words before."""
    out: list[int] = []
    for row in order:
        if len(out) == wanted:
            break
        told = frozenset(words(text[row]))
        fresh = told and all(len(told & each) < ALIKE * len(told | each) for each in said)
        if allowed[row] and who[row] not in quoted and fresh:
            quoted.add(int(who[row]))
            said.append(told)
            out.append(int(row))
    return out
