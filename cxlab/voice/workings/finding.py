"""Look for themes: what was rated first, then whatever else holds together."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxlab.codebook import Scale
from cxlab.results import count, listing
from cxlab.voice.workings import groups, matching, odds, rated, scoring, vectors
from cxlab.voice.workings.matching import Theme
from cxlab.voice.workings.texts import telling, toned
from cxlab.voice.workings.tongues import NOT_TOLD

FEWEST = 60  # comments of a language in which themes are looked for
LEARNED = 6_000  # sentences from which themes are learned
NAMED_IN = 60_000  # sentences whose words name themes
TOLD = 0.5  # share of its comments that hold a word of its name, below which it tells nothing
OFTEN = 5  # sentences that hold a word that is kept for the next wave
NOTHING = Theme("", "", "", {}, 1.0, {})  # before the first wave
SILENT = "Hardly anybody writes of {}, which was rated; that is no theme."
UNTOLD = "Ratings do not tell what people write about; none is a theme."
NAMED_BY = 3  # words in a name, and of those that tell whether it is a topic


def languages(heard: Any) -> list[str]:
    """Name the languages told, the most frequent first; comments not told go with the first."""
    own = heard.language[: heard.own]
    counts = pd.Series(own[own != NOT_TOLD], dtype=object).value_counts()
    return [str(code) for code in counts.index] or [NOT_TOLD]


def enough(n: int) -> str:
    """Say how many comments would do where none of so many held a theme."""
    return f"{FEWEST} or more" if n < FEWEST else "more"


class Asked(NamedTuple):
    """What was rated, where on its scale each writer rated it, and the third of their score."""

    names: list[str]
    places: np.ndarray
    third: np.ndarray


def asked(heard: Any, ratings: Sequence[str], score: str, scale: Scale | None) -> Asked | None:
    names = [name for name in ratings if name in heard.frame]
    if len(names) < 2 or score not in heard.frame:
        return None
    low, high = scoring.ends(heard.frame, score, scale)
    return Asked(names, rated.places(heard.frame, names), 1 + high.astype(int) - low)


def found(
    heard: Any,
    code: str,
    declared: Mapping[str, Any],
    given: Asked | None,
    kept: Sequence[Theme],
    seed: int,
):
    """Find the themes of one language, in sentences that hold no word of a declared one.

    What was kept of an earlier wave is looked for first: what was rated by ratings and the words
    of then and now, the rest by those words alone.
    """
    first = code == languages(heard)[0]
    ours = (heard.language == code) | (first & (heard.language == NOT_TOLD))
    if (n := int(ours[: heard.own].sum())) < FEWEST:
        return [], [(code, f"No theme was looked for: {count(n, 'comment')}.")]
    rows = heard.sentences[ours[heard.sentences["row"]]]
    for told in declared.values():
        rows = rows[~matching.holding(rows["text"], heard.language[rows["row"]], told)]
    texts = rows["text"].tolist()
    by = heard.vectors if code == vectors.TONGUE else vectors.STUDY
    some = [texts[place] for place in _some(_own(heard, rows), seed)]
    at = vectors.space(some, by=by, seed=seed)
    none = [(code, "No theme is found again in halves of the comments.")]
    if at is None:
        return [], none
    parts: list = []
    notes: list[tuple[str, str]] = []
    if by == vectors.STATIC:
        notes = [(code, "Themes begin where a static embedding (wordllama) has their words.")]
    if given:
        part, which = _rated(heard, rows, at, given, kept, seed)
        parts, rows = parts + part, rows[which < 0]
        kept = [theme for theme in kept if not part or theme.name not in map(_plain, given.names)]
        there = {theme.name for each in part for theme in each[0]}
        gone = [name for name in map(_plain, given.names) if name not in there]
        said = SILENT.format(listing([f"'{name}'" for name in gone])) if gone else ""
        notes += [(_apart(heard, code), said if part else UNTOLD)] if gone else []
    most = groups.MOST - sum(len(part[0]) for part in parts)
    part, general = _grouped(heard, code, rows, at, most, kept, seed)
    return parts + part, notes + general + (none if not parts + part else [])


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _rated(heard: Any, rows: pd.DataFrame, at: vectors.Space, given: Asked,
           kept: Sequence[Theme], seed: int):  # fmt: skip
    """Give the themes that ratings teach, and the place of that of each sentence, -1 for none."""
    row = rows["row"].to_numpy()
    ways = [matching.spelt(name, given.names) for name in given.names]
    named = [matching.holding(rows["text"], heard.language[row], each) for each in ways]
    seen = rated.Seen(at.held(rows["text"]), np.column_stack(named), given.places[row],
                      given.third[row])  # fmt: skip
    own = _own(heard, rows)
    learned = _some(own, seed)
    told_before = {theme.name: theme for theme in kept if theme.kind == "rated"}
    before = [told_before.get(_plain(name), NOTHING) for name in given.names]
    taught = rated.found(seen.some(learned), row[learned], _often(before, at), seed=seed)
    which, sure = rated.told(seen, taught)
    spoken = rated.spoken_of(seen, which, taught.tied)
    spoken |= [_plain(name) in told_before for name in given.names]  # an earlier wave spoke of it
    if taught.steadiness.mean() < groups.FOUND_AGAIN or not spoken.any():
        return [], np.full(len(rows), -1)
    which[~spoken[which]] = -1
    k, told = len(given.names), which >= 0
    large = np.bincount(which[told & own], minlength=k) >= max(2, groups.LEAST * own.sum())
    which[~large[which]], told = -1, told & large[which]
    carried, strength = np.zeros((len(heard.text), k), dtype=bool), np.zeros((len(heard.text), k))
    carried[row[told], which[told]] = True
    np.maximum.at(strength, (row[told], which[told]), sure[told])
    words = _keyest(rows["text"][own].tolist(), which[own], k)
    listed = [
        Theme(_plain(name), "rated", "", each, min(float(steady), old.steadiness), often)
        for name, each, steady, old, often in zip(
            given.names,
            words,
            taught.steadiness,
            before,
            _counted(seen.held[own], which[own], before, at),
            strict=True,
        )
    ]
    _keyed(heard, words, carried, strength)
    kept = [theme for theme, there in zip(listed, large, strict=True) if there]
    return [(kept, carried[:, large], strength[:, large])], which


def _grouped(heard: Any, code: str, rows: pd.DataFrame, at: vectors.Space, most: int,
             kept: Sequence[Theme], seed: int):  # fmt: skip
    """Give the themes that halves of the sentences agree on, and tell of praise or blame alone."""
    texts, own = rows["text"].tolist(), _own(heard, rows)
    some = _some(own, seed)
    if not len(some):
        return [], []
    held = at.held(texts)
    fit = groups.grouped(
        held[some], vectors.place([texts[place] for place in some], at), most=most, seed=seed
    )
    parts: list = []
    kept = [theme for theme in kept if theme.kind == "rated"
            or (theme.kind == "found" and theme.language in (code, NOT_TOLD))]  # fmt: skip
    rest = np.ones(len(rows), dtype=bool)
    if kept:
        fresh = np.full(len(rows), -1) if fit is None else groups.first(held, fit)[0]
        parts, rest, new = _followed(heard, code, rows, at, held, kept, fresh, seed)
        new = new[: 0 if fit is None else len(fit.shares)]
        if fit is not None:
            fit = fit.some(np.flatnonzero(new)[: most - sum(len(part[0]) for part in parts)])
    if fit is None or not len(fit.shares):
        return parts, []
    row = rows["row"].to_numpy()
    which = np.full(len(rows), -1)
    which[rest], carried, strength = _carried(heard, row[rest], held[rest], fit)
    words = _keyest(rows["text"][own].tolist(), which[own], len(fit.shares))
    told = _keyed(heard, words, carried, strength)
    listed = [
        Theme(_name(each, _apart(heard, code)), "found", code, each, float(steady), often)
        for each, steady, often in zip(
            words, fit.steadiness,
            _counted(held[own], which[own], [NOTHING] * len(words), at), strict=True)
    ]  # fmt: skip
    tone = np.array([_of_tone(each) for each in words])
    there = _large(heard, code, carried) & ~tone & (told >= TOLD)
    general = int(carried[: heard.own, tone].any(axis=1).sum())
    said = f"{count(general, 'comment')} praise or blame in general, which is no theme."
    notes = [(_apart(heard, code), said)]
    found = (apart(_those(listed, there)), carried[:, there], strength[:, there])
    return [*parts, found] if there.any() else parts, notes if general else []


def _followed(heard: Any, code: str, rows: pd.DataFrame, at: vectors.Space, held: Any,
              kept: Sequence[Theme], fresh: np.ndarray, seed: int):  # fmt: skip
    """Give kept themes as their words tell them, the sentences left, and which groups are new.

    A group most of whose sentences a kept theme holds is that theme; where it holds two or more,
    that are most of it, it has split, and they are told in its place.
    """
    own, k, many = _own(heard, rows), len(kept), fresh.max(initial=-1) + 1
    fit = groups.followed(held[_some(own, seed)], _often(kept, at), seed=seed)
    which, carried, strength = _carried(heard, rows["row"].to_numpy(), held, fit)
    told = own & (fresh >= 0)
    both = np.zeros((many, k + 1))
    np.add.at(both, (fresh[told], which[told]), 1)
    sizes = np.bincount(which[own & (which >= 0)], minlength=k)
    heir = both[:, :k] > both.sum(axis=1, keepdims=True) * TOLD
    split = (heir.sum(axis=0) > 1) & ((both[:, :k] * heir).sum(axis=0) >= TOLD * sizes)
    there = _large(heard, code, carried) & ~split
    words = _keyest(rows["text"][own].tolist(), which[own], k)
    _keyed(heard, words, carried, strength)
    listed = [
        old._replace(words=each, steadiness=min(float(steady), old.steadiness), often=often)
        for old, each, steady, often in zip(
            kept, words, fit.steadiness, _counted(held[own], which[own], kept, at), strict=True)
    ]  # fmt: skip
    parts = [
        ([theme for theme in _those(listed, mine)], carried[:, mine], strength[:, mine])
        for kind in ("rated", "found")
        if (mine := there & [theme.kind == kind for theme in kept]).any()
    ]
    return parts, ~np.append(there, False)[which], ~(heir & there).any(axis=1)


def _those(listed: Sequence[Theme], there: np.ndarray) -> list[Theme]:
    return [theme for theme, held in zip(listed, there, strict=True) if held]


def _large(heard: Any, code: str, carried: np.ndarray) -> np.ndarray:
    wrote = int((heard.language[: heard.own] == code).sum())
    return carried[: heard.own].sum(axis=0) >= max(2, groups.LEAST * wrote)


def _apart(heard: Any, code: str) -> str:
    """Give the language where themes are named by it: there are several."""
    own = heard.language[: heard.own]
    return code if sum((own == each).sum() >= FEWEST for each in languages(heard)) > 1 else ""


def _often(kept: Sequence[Theme], at: vectors.Space) -> np.ndarray:
    """Give how often sentences of kept themes held each word, a row a word of now."""
    known, out = at.counter.vocabulary_, np.zeros((len(at.words), len(kept)))
    for place, theme in enumerate(kept):
        for word, times in (theme.often or theme.words).items():
            if word in known:
                out[known[word], place] = times
    return out


def _counted(held: Any, which: np.ndarray, before: Sequence[Theme], at: vectors.Space):
    """Count in how many sentences of each theme each word stands, and add those of before."""
    words = at.counter.get_feature_names_out()
    usual = np.asarray(held.sum(axis=0)).ravel() >= OFTEN
    for place, old in enumerate(before):
        inside = np.asarray(held[which == place].sum(axis=0)).ravel()
        now = {str(words[i]): float(inside[i]) for i in np.flatnonzero(usual & (inside > 0))}
        yield old.often | {word: times + old.often.get(word, 0.0) for word, times in now.items()}


def told_once(notes: Sequence[tuple[str, str]]) -> list[str]:
    """Write notes of languages as sentences, each once; a language is empty if it is the only one.

    Example:
        >>> told_once([("de", "No theme."), ("en", "No word."), ("fr", "No theme.")])
        ["In 'de' and 'fr' no theme.", "In 'en' no word."]
    """
    codes: dict[str, list[str]] = {}
    for code, said in notes:
        codes.setdefault(said, []).extend([f"'{code}'"] if code else [])
    return [f"In {listing(of, len(of))} {said[0].lower()}{said[1:]}" if of else said
            for said, of in codes.items()]  # fmt: skip


def together(parts: list) -> list:
    """Put what was rated into one theme over the languages."""
    theirs = [part for part in parts if part[0][0].kind == "rated"]
    if len(theirs) < 2:
        return parts
    names = list(dict.fromkeys(theme.name for part in theirs for theme in part[0]))
    shape = (len(theirs[0][1]), len(names))
    listed: dict[str, Theme] = {}
    carried, strength = np.zeros(shape, dtype=bool), np.zeros(shape)
    for themes, held, typical in theirs:
        for theme, each, much in zip(themes, held.T, typical.T, strict=True):
            place, before = names.index(theme.name), listed.get(theme.name, theme)
            listed[theme.name] = before._replace(
                words=before.words | theme.words,
                steadiness=min(before.steadiness, theme.steadiness),
                often={
                    word: max(each.often.get(word, 0.0) for each in (before, theme))
                    for word in before.often | theme.often
                },
            )
            carried[:, place] |= each
            strength[:, place] = np.maximum(strength[:, place], much)
    others = [part for part in parts if part[0][0].kind != "rated"]
    return [*others, ([listed[name] for name in names], carried, strength)]


def _own(heard: Any, rows: pd.DataFrame) -> np.ndarray:
    """Say which sentences themes may be learned from; others are told by them."""
    return rows["row"].to_numpy() < (len(heard.text) if heard.own is None else heard.own)


def _some(own: np.ndarray, seed: int) -> np.ndarray:
    """Take so many sentences that themes are learned."""
    places = np.flatnonzero(own)
    if len(places) <= LEARNED:
        return places
    return np.random.default_rng(seed).choice(places, LEARNED, replace=False)


def _carried(heard: Any, row: np.ndarray, held: Any, found: groups.Groups):
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


def _keyed(heard: Any, names: Sequence[Mapping], carried: np.ndarray, strength: np.ndarray):
    """Count comments without a word of the theme's name as half as typical; give who holds one."""
    share = np.zeros(len(names))
    for place, told in enumerate(names):
        rows = np.flatnonzero(carried[:, place])
        texts = pd.Series(heard.text[rows], dtype=object)
        held = matching.holding(texts, heard.language[rows], " ".join(naming(told)).split())
        strength[rows[~held], place] /= 2
        share[place] = held.mean() if len(held) and naming(told) else 0
    return share


def _keyest(texts: Sequence[str], which: np.ndarray, k: int) -> list[dict[str, float]]:
    """Give each group the words that stand in it rather than elsewhere, with their weight."""
    texts, which = texts[:NAMED_IN], which[:NAMED_IN]
    table = odds.counted(texts, fewest=2, by=telling)
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


def naming(found: Mapping[str, float]) -> list[str]:
    """Give the keyest words of what is talked about, none of which is part of another.

    Example:
        >>> naming({"lovely": 9.0, "lovely cake": 8.0, "cake": 7.0, "slice": 3.0})
        ['cake', 'slice']
    """
    chosen: list[str] = []
    for phrase in found:
        inside = set(phrase.split())
        if not toned(phrase) and not any(inside & set(other.split()) for other in chosen):
            chosen.append(phrase)
    return chosen[:NAMED_BY]


def _of_tone(found: Mapping[str, float]) -> bool:
    """Say whether most of the keyest words are of praise or blame: this is a tone, no theme."""
    keyest = [word for word in found if " " not in word][:NAMED_BY]
    return sum(map(toned, keyest)) > len(keyest) / 2


def _name(found: Mapping[str, float], code: str) -> str:
    return " · ".join(naming(found)) + (f" ({code})" if code else "")


def apart(listed: list[Theme]) -> list[Theme]:
    """Number names that came twice."""
    seen: dict[str, int] = {}
    out = []
    for theme in listed:
        seen[theme.name] = seen.get(theme.name, 0) + 1
        more = f" {seen[theme.name]}" if seen[theme.name] > 1 else ""
        out.append(theme._replace(name=theme.name + more))
    return out
