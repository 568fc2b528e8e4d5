"""What are comments about? Themes declared, rated or found; several a comment, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import Scale
from cxlab.results import Result, count, listing, percent
from cxlab.voice.hearing import Heard, VoiceError
from cxlab.voice.workings import finding, matching
from cxlab.voice.workings import kept as earlier
from cxlab.voice.workings.matching import KINDS, Theme

Declared = Mapping[str, Any]
METHOD = (
    "What people rated is a theme where ratings and score of those who wrote tell what they wrote "
    "about (a mixture with a conditional logit, McFadden 1974) and halves of the comments lead to "
    "the same (mean Jaccard 0.5 or more); in the end words alone decide. Other sentences are a "
    "mixture of distributions of words (Yin and Wang 2014), begun in small groups that are merged "
    "by the evidence of their words (Heller and Ghahramani 2005); the number of themes is the one "
    "of which halves of the sentences, each alone, lead to most again, and a theme counts that "
    "they lead to (mean Jaccard beyond chance 0.5 or more, Hennig 2007), that holds 1% of the "
    "sentences, and whose name stands in half of its comments; praise or blame alone is none. A "
    "sentence whose words are as likely without any theme has none; a declared theme is told by "
    "its whole words."
)


@dataclass(frozen=True, eq=False)
class Themed:
    """Comments and the themes each carries.

    Attributes:
        heard: the comments.
        themes: the themes, the most frequent first; declared, then rated, then found.
        carried: a row a comment, a column a theme: whether it speaks of it.
        strength: how typical the comment is of the theme, 0 to 1.
        fates: what became of the themes that were kept, name -> kept, new, vanished, split.
        notes: what the reader must know.
        beside: other texts that the same themes were told of and not learned from, or None.
    """

    heard: Heard
    themes: tuple[Theme, ...]
    carried: np.ndarray
    strength: np.ndarray
    fates: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=())
    beside: "Themed | None" = None

    @property
    def frame(self) -> pd.DataFrame:
        """The answers the comments stand in."""
        return self.heard.frame

    @property
    def names(self) -> list[str]:
        """The names of the themes, in order."""
        return [theme.name for theme in self.themes]


def themes(
    heard: Heard,
    *,
    score: str = "nps",
    ratings: Sequence[str] = (),
    declared: Declared | None = None,
    find: bool = True,
    kept: str = "",
    scale: Scale | None = None,
    seed: int = 0,
) -> Themed:
    """Say what comments are about.

    Args:
        heard: comments, from `hear`.
        score: column of the score that goes with the ratings.
        ratings: columns of ratings; what was rated is a theme where those who wrote tell by
            their ratings and score what they wrote about.
        declared: theme -> its words, or language -> its words; whole words, a phrase may be one.
        find: also look for themes in sentences without a declared one.
        kept: file of the themes of an earlier wave, from `keep`: they are looked for first, by
            their words of then, and keep their names; what was rated is taught by both waves.
        scale: of the score.
        seed: for starts and halves.

    Returns:
        The comments with their themes.

    Raises:
        VoiceError: no theme is declared, and too few comments hold together to find one.
        Misuse: the file of kept themes cannot be read.
    """
    own, posts, before = heard, heard.beside, earlier.read(kept) if kept else []
    heard = heard if posts is None else _pooled(heard, posts)
    parts = [matching.declared(heard, declared or {})]
    notes = matching.unheard(heard, declared or {})
    if find:
        noted: list[tuple[str, str]] = []
        asked = finding.asked(heard, [name for name in ratings if name not in (declared or {})],
                       score, scale)  # fmt: skip
        for code in finding.languages(heard):
            more, said = finding.found(heard, code, declared or {}, asked, before, seed)
            parts, noted = parts + more, noted + said
        notes += finding.told_once(noted)
    parts = finding.together([part for part in parts if part[0]])
    if not parts:
        raise VoiceError(
            f"In {count(n := len(own.text), 'comment')} no theme is found again in halves of them.",
            needs=f"{finding.enough(n)} comments of one language, or 'voice: themes'",
        )
    listed = [theme for part in parts for theme in part[0]]
    carried = np.column_stack([part[1] for part in parts])
    strength = np.column_stack([part[2] for part in parts])
    sizes, n = carried[: heard.own].sum(axis=0), len(own.text)
    order = sorted(range(len(listed)), key=lambda i: (KINDS.index(listed[i].kind), -sizes[i]))
    told, carried, strength = tuple(listed[i] for i in order), carried[:, order], strength[:, order]
    done = Themed(own, told, carried[:n], strength[:n], notes=(*own.notes, *notes))
    done = _renamed(done, before) if kept else done
    if posts is None:
        return done
    return replace(done, beside=Themed(posts, done.themes, carried[n:], strength[n:]))


def keep(themed: Themed, *, file: str | Path) -> Path:
    """Write the themes to a file, so that the next wave keeps them; words and counts, no text.

    The study file of the next wave names it: `voice: {kept: themes.json}`.
    """
    return earlier.write(themed.themes, file)


def about(themed: Themed) -> Result:
    """List the themes: their keyest words, and how far each is found again.

    Returns:
        term (the theme), text (its keyest words), kind, role (declared, rated or found), estimate
        (how far it is found again in halves), share, n (comments), verdict (kept, new, split;
        vanished without numbers).
    """
    n = themed.carried.sum(axis=0)
    rows = [
        {"term": theme.name, "text": ", ".join(list(theme.words)[:8]), "role": theme.kind,
         "estimate": theme.steadiness, "share": size / len(themed.heard.text), "n": int(size),
         "verdict": themed.fates.get(theme.name, "")}
        for theme, size in zip(themed.themes, n, strict=True)
    ]  # fmt: skip
    gone = [name for name, fate in themed.fates.items() if fate == "vanished"]
    rows += [{"term": name, "verdict": "vanished"} for name in gone]
    frame = pd.DataFrame(rows)
    none = float((~themed.carried.any(axis=1)).mean())
    said = f"{count(len(themed.themes), 'theme')}; {percent(none)} of comments carry none of them."
    if gone:
        said = f"{said[:-1]}; no longer found: {listing(gone)}."
    return Result("themes", frame, said, METHOD, themed.heard.base, themed.notes)


# ---------------------------------------------------------------- helpers


def _pooled(heard: Heard, posts: Heard) -> Heard:
    """Put reviews after comments; of their writers no score and no rating is known."""
    n = len(heard.text)
    return replace(
        heard, frame=heard.frame.reset_index(drop=True).reindex(range(n + len(posts.text))), own=n,
        text=np.concatenate([heard.text, posts.text]),
        language=np.concatenate([heard.language, posts.language]),
    )  # fmt: skip


def _renamed(done: Themed, before: Sequence[Theme]) -> Themed:
    """Give themes that were kept their names back, and tell what became of each."""
    names, fates = matching.identities(done.themes, before)
    themes = tuple(t._replace(name=n) for t, n in zip(done.themes, names, strict=True))
    return replace(done, themes=tuple(finding.apart(list(themes))), fates=fates)
