"""What did people write? Their comments, folded, with a language each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from cxlab.codebook import did_you_mean
from cxlab.results import Misuse, Result, Unanswerable, count, listing, percent
from cxlab.voice.workings import repeated, tongues
from cxlab.voice.workings.texts import LONGEST, cut, folded, says_nothing, sentences
from cxlab.voice.workings.vectors import EXTRA, STATIC, STUDY, installed

NEEDS = "answers with a comment"
ALIKE = 20  # comments word for word the same that are worth a word
NOT_TOLD = tongues.NOT_TOLD
NO_LANGUAGE = "No language could be told."
NAME_IT = "'voice: {languages: [fi]}' in the study file says which to look for"
RARE = 0.03  # share of the comments, below which a language may be slips in telling it


class VoiceError(Unanswerable):
    """These comments cannot carry what is asked of them."""


@dataclass(frozen=True, eq=False)
class Heard:
    """Comments that say something, one row each.

    Attributes:
        frame: the answers they stand in, all columns.
        comment: name of the column that holds them, as written (masked when the study was opened).
        text: the comments, folded, without what very many of them hold word for word.
        language: its code, or `not told`.
        notes: what was left out and why, a sentence each.
        source: `comment` of a survey, or `review`.
        own: how many, from the first, themes are learned from; all if None.
        beside: public reviews, of which the same themes are told; nothing is learned from them.
        aside: what very many comments hold word for word, as a tag or a footer.
        vectors: where themes have words lie: `study`, or `static` in English.
    """

    frame: pd.DataFrame
    comment: str
    text: np.ndarray
    language: np.ndarray
    notes: tuple[str, ...] = field(default=())
    source: str = "comment"
    own: int | None = None
    beside: "Heard | None" = None
    aside: tuple[str, ...] = ()
    vectors: str = STUDY

    @cached_property
    def sentences(self) -> pd.DataFrame:
        """One row a sentence: `row` (place of the comment) and `text`."""
        parts = [sentences(text) for text in self.text]
        rows = np.repeat(np.arange(len(parts)), [len(each) for each in parts])
        return pd.DataFrame({"row": rows, "text": [one for each in parts for one in each]})

    @cached_property
    def written(self) -> np.ndarray:
        """The comments, folded, with all that they hold."""
        return np.array([folded(each) for each in self.frame[self.comment]], dtype=object)

    @property
    def base(self) -> str:
        """Who is counted."""
        return f"{count(len(self.frame), self.source)} that say something."


def hear(
    responses: pd.DataFrame,
    *,
    comment: str = "comment",
    languages: Sequence[str] = (),
    once: bool = False,
    vectors: str = STUDY,
    like: Heard | None = None,
) -> Heard:
    """Take the comments out of answers, fold them, and tell their language.

    Args:
        responses: one row per answer.
        comment: column of what people wrote.
        languages: codes such as `en`, `de`; those of the column `language` if not given.
        once: count comments that are word for word the same once.
        vectors: `study`: themes learn from the comments where words lie near each other; `static`:
            an embedding says it for English ones, from the extra `voice`; it is no better as a
            rule (`workings/vectors.py` has the figures).
        like: comments of the whole, for those of a part: what they hold alike is left out here.

    Returns:
        The comments that say something; its notes tell what was left out.

    Raises:
        VoiceError: nobody wrote anything.
        Misuse: a language that is not known, vectors that are none or not installed.

    Example:
        >>> said = hear(pd.DataFrame({"comment": ["Box late", None, "n/a", "!!!"]}))
        >>> said.text.tolist()
        ['box late']
    """
    if vectors not in (STUDY, STATIC):
        raise Misuse(f"vectors '{vectors}' are none; write '{STUDY}' or '{STATIC}'.")
    if vectors == STATIC and not installed():
        raise Misuse(f"vectors: {EXTRA}, or leave them out.")
    if comment not in responses:
        near = "" if comment == "comment" else did_you_mean(comment, responses.columns)
        raise VoiceError(f"No comment was asked for.{near}", needs=NEEDS)
    written = responses[responses[comment].notna()]
    text = np.array([folded(each) for each in written[comment]], dtype=object)
    aside = repeated.found(text) if like is None else like.aside
    said = np.array([*map(repeated.without(aside), text)], dtype=object)
    empty = np.array([says_nothing(each) for each in said], dtype=bool)
    kept = ~empty
    again = pd.Series(text).duplicated().to_numpy() & kept
    if once:
        kept &= ~again
    if not kept.any():
        raise VoiceError("Nobody wrote a comment that says something.", needs=NEEDS)
    alike = _again(int(again.sum())) if once else _told_alike(text[~empty])
    notes = [*_left_out(empty, written[comment]), *alike, *_told_aside(aside)]
    rows, text = written[kept].reset_index(drop=True), said[kept]
    among = tongues.among(rows, languages)
    if unknown := [each for each in among if each not in tongues.known()]:
        raise Misuse(f"there is no language {listing(unknown)}; write codes such as en, de, fr.")
    return Heard(rows, comment, text, tongues.told(text, among), tuple(notes), aside=aside,
                 vectors=vectors)  # fmt: skip


def languages(heard: Heard) -> Result:
    """Count the comments by language.

    Returns:
        term (a language, or `not told`), share, n.
    """
    counts = pd.Series(heard.language).value_counts()
    names = counts.index = pd.Index([tongues.NAMES.get(code, code) for code in counts.index])
    frame = pd.DataFrame({"term": names, "share": counts / len(heard.text), "n": counts})
    known = [each for each in names if each != NOT_TOLD]
    often = [each for each in known if counts[each] >= RARE * len(heard.text)] or known
    others = ", a few perhaps in others" if len(often) < len(known) else ""
    said = f"The comments are in {listing(often)}{others}." if known else NO_LANGUAGE
    if known and (doubtful := int(counts.get(NOT_TOLD, 0))):
        share = doubtful / len(heard.text)
        said = f"{said[:-1]}; of {percent(share)} it cannot be told."
        if share > 0.5:  # the rest may be slips, of a language that was not looked for
            said = f"Of {percent(share)} of the comments the language cannot be told; {NAME_IT}."
    return Result("languages of the comments", frame, said, tongues.METHOD, heard.base, heard.notes)


def _left_out(empty: np.ndarray, written: pd.Series) -> list[str]:
    notes = []
    if empty.any():
        notes.append(
            f"{count(int(empty.sum()), 'comment')} left out: no letter in it, or a word for "
            "nothing, such as n/a."
        )
    if long := int((written.astype(str).str.len() > LONGEST).sum()):
        notes.append(f"Of {count(long, 'comment')} only the first {LONGEST:,} characters are read.")
    return notes


def _again(n: int) -> list[str]:
    """Tell of comments not counted, as others before them are word for word the same."""
    return [f"{count(n, 'comment')} left out: word for word another; each is counted once."] * (
        n > 0
    )


def _told_alike(text: np.ndarray) -> list[str]:
    """Tell of comments pasted many times: one person, a script, or a very short answer."""
    counts = pd.Series(text).value_counts()
    many = counts[(counts >= ALIKE) & (counts.index.str.count(" ") >= 2)]
    if many.empty:
        return []
    which = f"one of {len(many):,} texts" if len(many) > 1 else "one text"
    return [
        f"{count(int(many.sum()), 'comment')} are {which} written {ALIKE} times or more, word for "
        "word: pasted, or by a script; each is counted ('voice: once' counts them once)."
    ]


def _told_aside(aside: tuple[str, ...]) -> list[str]:
    """Tell of what is no part of what people say."""
    if not aside:
        return []
    named = listing([f"'{cut(run)}'" for run in aside], 4)
    return [f"Very many comments hold {named} word for word, a tag or a footer; it is left out of "
            "what they say."]  # fmt: skip
