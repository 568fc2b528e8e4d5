"""What are comments about? Themes found, themes declared, or both; several a comment, or none."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxlab.results import Misuse, Result, count, listing, percent
from cxlab.voice.hearing import Heard, VoiceError
from cxlab.voice.workings import groups, matching, odds, vectors
from cxlab.voice.workings.matching import Theme
from cxlab.voice.workings.texts import topics
from cxlab.voice.workings.tongues import NOT_TOLD

FEWEST = 60  # comments of a language in which themes are looked for
LEARNED = 6_000  # sentences from which themes are learned
NAMED_IN = 60_000  # sentences whose words name themes
NAMED_BY = 3  # words in a name
Declared = Mapping[str, Any]
METHOD = (
    "Sentences as a mixture of distributions of words (Yin and Wang 2014), begun in small groups "
    "that are merged by the evidence of their words (Heller and Ghahramani 2005); the number of "
    "themes is the one under which two halves of the sentences agree best, and a theme counts that "
    "stays what it is when a half takes it up (Jaccard 0.5 or more, Hennig 2007) and holds 1% of "
    "the sentences. A sentence whose words are as likely without any theme has none; a declared "
    "theme is told by its whole words."
)


@dataclass(frozen=True, eq=False)
class Themed:
    """Comments and the themes each carries.

    Attributes:
        heard: the comments.
        themes: the themes, the most frequent first, those declared before those found.
        carried: a row a comment, a column a theme: whether it speaks of it.
        strength: how typical the comment is of the theme, 0 to 1.
        fates: what became of the themes that were kept, name -> kept, new, vanished, split.
        notes: what the reader must know.
    """

    heard: Heard
    themes: tuple[Theme, ...]
    carried: np.ndarray
    strength: np.ndarray
    fates: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=())

    @property
    def names(self) -> list[str]:
        """The names of the themes, in order."""
        return [theme.name for theme in self.themes]


def themes(
    heard: Heard,
    *,
    declared: Declared | None = None,
    find: bool = True,
    kept: str = "",
    seed: int = 0,
) -> Themed:
    """Say what comments are about.

    Args:
        heard: comments, from `hear`.
        declared: theme -> its words, or language -> its words; whole words, a phrase may be one.
        find: also look for themes in sentences without a declared one.
        kept: file of the themes of an earlier wave, from `keep`: what is found again keeps its
            name.
        seed: for starts and halves.

    Returns:
        The comments with their themes.

    Raises:
        VoiceError: no theme is declared, and too few comments hold together to find one.
        Misuse: the file of kept themes cannot be read.
    """
    parts = [matching.declared(heard, declared or {})]
    notes: list[str] = []
    if find:
        for code in _languages(heard):
            part, note = _found(heard, code, declared or {}, seed)
            parts += [part] if part else []
            notes += [note] if note else []
    parts = [part for part in parts if part[0]]
    if not parts:
        raise VoiceError(
            f"In {count(len(heard.text), 'comment')} no theme is found again in half of "
            "them.", needs=f"{FEWEST} or more comments of one language, or 'voice: themes'",
        )  # fmt: skip
    listed = [theme for part in parts for theme in part[0]]
    carried = np.column_stack([part[1] for part in parts])
    strength = np.column_stack([part[2] for part in parts])
    order = sorted(range(len(listed)), key=lambda i: (listed[i].kind != "declared",
                                                      -carried[:, i].sum()))  # fmt: skip
    done = Themed(heard, tuple(listed[i] for i in order), carried[:, order], strength[:, order])
    done = replace(done, notes=(*heard.notes, *notes))
    return _renamed(done, kept) if kept else done


def keep(themed: Themed, *, file: str | Path) -> Path:
    """Write the themes to a file, so that the next wave keeps their names; words alone, no text."""
    told = [theme._asdict() for theme in themed.themes]
    path = Path(file)
    path.write_text(json.dumps({"themes": told}, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def about(themed: Themed) -> Result:
    """List the themes: their keyest words, and how far each is found again.

    Returns:
        term (the theme), text (its keyest words), kind, role (found or declared), estimate
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


def _languages(heard: Heard) -> list[str]:
    """Name the languages told, the most frequent first; comments not told go with the first."""
    counts = pd.Series(heard.language[heard.language != NOT_TOLD], dtype=object).value_counts()
    return [str(code) for code in counts.index] or [NOT_TOLD]


def _found(heard: Heard, code: str, declared: Declared, seed: int):
    """Find the themes of one language, in sentences that hold no word of a declared one."""
    first = code == _languages(heard)[0]
    ours = (heard.language == code) | (first & (heard.language == NOT_TOLD))
    if (n := int(ours.sum())) < FEWEST:
        return None, f"In '{code}' no theme was looked for: {count(n, 'comment')}."
    rows = heard.sentences[ours[heard.sentences["row"]]]
    language = heard.language[rows["row"]]
    for told in declared.values():
        free = ~matching.holding(rows["text"], language, told)
        rows, language = rows[free], language[free]
    texts = rows["text"].tolist()
    learned = _some(len(texts), seed)
    at = vectors.space([texts[place] for place in learned], seed=seed)
    found = at and _grouped([texts[place] for place in learned], at, seed)
    if at is None or not found:
        return None, f"In '{code}' no theme is found again in half of the comments."
    which, carried, strength = _carried(heard, rows["row"].to_numpy(), at.held(texts), found)
    names = _keyest(texts, which, len(found.shares))
    _keyed(heard, names, carried, strength)
    several = len(_languages(heard)) > 1
    listed = [
        Theme(_name(each, code if several else ""), "found", code, each, float(steady))
        for each, steady in zip(names, found.steadiness, strict=True)
    ]
    some = carried.any(axis=0) & np.array([bool(each) for each in names])
    kept = [theme for theme, there in zip(listed, some, strict=True) if there]
    return (_apart(kept), carried[:, some], strength[:, some]), ""


def _some(n: int, seed: int) -> np.ndarray:
    """Take so many sentences that themes are learned."""
    if n <= LEARNED:
        return np.arange(n)
    return np.random.default_rng(seed).choice(n, LEARNED, replace=False)


def _grouped(texts: Sequence[str], at: vectors.Space, seed: int) -> groups.Groups | None:
    return groups.grouped(at.held(texts), vectors.place(texts, at), seed=seed)


def _carried(heard: Heard, row: np.ndarray, held: Any, found: groups.Groups):
    """Give the first theme of each sentence, and of each comment its themes, and how strongly."""
    which, likelier = groups.first(held, found)
    more = groups.second(held, found, which)
    carried = np.zeros((len(heard.text), len(found.shares)), dtype=bool)
    strength = np.zeros(carried.shape)
    told = which >= 0
    typical = likelier / (likelier + groups.SECOND)
    np.maximum.at(strength, (row[told], which[told]), np.clip(typical[told], 0, 1))
    for theme in (which, more):
        carried[row[theme >= 0], theme[theme >= 0]] = True
    strength[carried & (strength == 0)] = 0.5
    return which, carried, strength


def _keyed(heard: Heard, names: Sequence[Mapping], carried: np.ndarray, strength: np.ndarray):
    """Count comments without a word of the theme's name as half as typical of it."""
    for place, told in enumerate(names):
        rows = np.flatnonzero(carried[:, place])
        texts = pd.Series(heard.text[rows], dtype=object)
        held = matching.holding(texts, heard.language[rows], list(told)[:NAMED_BY])
        strength[rows[~held], place] /= 2


def _keyest(texts: Sequence[str], which: np.ndarray, k: int) -> list[dict[str, float]]:
    """Give each group the words that stand in it rather than elsewhere, with their weight."""
    texts, which = texts[:NAMED_IN], which[:NAMED_IN]
    table = odds.counted(texts, fewest=2, by=topics)
    if table is None:
        return [{} for _ in range(k)]
    held, known = table
    total = np.asarray(held.sum(axis=0)).ravel()
    out = []
    for group in range(k):
        inside = np.asarray(held[which == group].sum(axis=0)).ravel()
        found = odds.log_odds(inside, total - inside)
        z = found.log_odds / found.std_error
        top = [i for i in np.argsort(-z)[:12] if z[i] > 1.64 and inside[i] > 0]
        out.append({str(known[i]): round(float(z[i]), 3) for i in top})
    return out


def _name(found: Mapping[str, float], code: str) -> str:
    """Name a theme by its keyest words, none of which is part of another."""
    chosen: list[str] = []
    for word in found:
        inside = set(word.split())
        if not any(inside & set(other.split()) for other in chosen):
            chosen.append(word)
        if len(chosen) == NAMED_BY:
            break
    return " · ".join(chosen) + (f" ({code})" if code else "")


def _apart(listed: list[Theme]) -> list[Theme]:
    """Number names that came twice."""
    seen: dict[str, int] = {}
    out = []
    for theme in listed:
        seen[theme.name] = seen.get(theme.name, 0) + 1
        more = f" {seen[theme.name]}" if seen[theme.name] > 1 else ""
        out.append(theme._replace(name=theme.name + more))
    return out


def _renamed(done: Themed, kept: str) -> Themed:
    """Give themes that were kept their names back, and tell what became of each."""
    try:
        rows = json.loads(Path(kept).read_text(encoding="utf-8"))["themes"]
        before = [Theme(**row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError):
        raise Misuse(
            f"'{re.sub(r'.*/', '', kept)}' is no file of kept themes; write one with voice.keep."
        ) from None
    names, fates = matching.identities(done.themes, before)
    themes = tuple(t._replace(name=n) for t, n in zip(done.themes, names, strict=True))
    return replace(done, themes=tuple(_apart(list(themes))), fates=fates)
