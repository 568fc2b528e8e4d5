"""What could name a person is taken out of what people wrote, before anyone reads it.

**Found by pattern** (`finds`): e-mail addresses, also spelled out ('ingrid [at] example [dot]
com', 'tim at gmail.com'); network addresses; cards and accounts, by their check digits; telephone,
order, customer and social security numbers; dates of birth after words that say so; street
addresses with a number (British, American, German, French, Spanish, Italian, Portuguese, Dutch,
Scandinavian, Polish), British and Canadian postcodes; number plates of Germany, Britain and France,
others after words such as 'plate'; accounts on social networks.

**Found by list**: names of customers and agents, in any case and place, also in links, with 's, or
beside a hyphen. A name that is also a word (May, Will, Grace, Price) is masked where it is written
with a capital and stands as a name: in a customer's full name, beside another name, after words
such as 'Mr' or 'spoke to', before 's or words such as 'helped', or amid a sentence before 'was'.
Which names are words follows from a list and from these texts, where they stand after 'the', 'a',
'your'.

**Found by cue**: names with a capital and on no list after 'my name is', 'I am', 'ich bin' (first
name and surname, or one behind 'die' and 'der'), 'spoke to', 'Mr', 'Frau', 'my neighbour',
'this is … speaking', of kin ('my husband Tibor'), before 'here,' where it begins what is said,
and after 'Kind regards' or 'Thanks,' at the end. A capital after 'I am' that is no name may be
masked, too.

**Not found**: other names on no list (`unsure` counts texts that may hold one), nicknames,
what a person is told by without a name. Weighed and not taken:
presidio-analyzer 2.2, whose names come from a model that is downloaded, whose patterns do without
one but ask the network for a list of domains, and which brings spaCy and some fifty packages;
scrubadub 2.0, for nltk, textblob and the like; phonenumbers 9.0, which needs to know the country
and passes over what cannot be dialled, mistyped numbers among them.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxlab.cleaning import finds

MASKS = {
    "e-mail": "[e-mail]",
    "address": "[IP address]",
    "card": "[card number]",
    "account": "[account number]",
    "birth date": "[birth date]",
    "street address": "[street address]",
    "phone": "[phone]",
    "number plate": "[number plate]",
    "id": "[number]",
    "handle": "[handle]",
    "name": "[name]",
}
NOT_FOUND = (
    "Masking finds names of the customer list and those behind words such as 'Mr' or 'my name is'; "
    "not looked for are other names, nicknames, and places told without a street number. Read a "
    "comment before you quote it."
)
# signs without which a text need not be looked at for what they tell, found for all texts at once
_TELLING = {
    "address": r"(?i)@|[(\[{<]\s?(?:at|ät|arr|ch)|\s(?:dot|punkt|punto|point)\s|"
    + f"{finds.AT_POST}|{finds.PROFILE}",
    "number": r"\p{Nd}",
    "cue": f"(?i){finds.CUES.pattern}",
}
_SAID = (finds.CUED, finds.KNOWN_AS, finds.KIN, finds.HERE, finds.SIGNED, finds.SPEAKING,
         finds.SELF, finds.THANKED)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PIECE = re.compile(r"[^\W\d_]+")
_BESIDE = re.compile(r"[ \t]*[-'’]?[ \t]*")
_UNSURE = (
    r"[\p{Ll},] \p{Lu}\p{Ll}+(?:['’-]\p{L}+)* (?:(?:van|von|de|der|di|da|la|le) ){0,2}\p{Lu}\p{Ll}+"
)
SHORTEST_NAME = 3  # shorter ones count as words
_REMEMBERED = 2**12  # texts that many people write alike


@dataclass(frozen=True)
class Names:
    """Names to look for.

    Attributes:
        known: each word of a name, folded.
        words: those that are also ordinary words.
        whole: first names and surnames that belong to one person, side by side.
        pieces: the runs of letters one of which a text with a name must hold.
    """

    known: frozenset[str]
    words: frozenset[str]
    whole: frozenset[tuple[str, str]]
    pieces: frozenset[str]


def mask(
    texts: pd.Series, *, names: Iterable[str] = (), ids: Collection[str] = ()
) -> tuple[pd.Series, dict[str, int]]:
    """Take e-mail addresses, numbers, addresses and names out of texts.

    Args:
        texts: what people wrote; missing stays missing.
        names: first names, surnames, or whole names, as the customer table has them. A name that
            is also a word, such as Price, is masked only where it stands as a name.
        ids: ids that must not appear, such as customer numbers.

    Returns:
        The texts with each find replaced by its kind in brackets, and how many texts held
        each kind.

    Example:
        >>> mask(pd.Series(["Ring Ann on 07700 900123"]), names=["Ann"])[0].tolist()
        ['Ring [name] on [phone]']
    """
    looked_for = _names(names, texts)
    known = {str(each) for each in ids if len(str(each)) >= 4}
    found: dict[str, int] = dict.fromkeys(MASKS, 0)
    told = {what: _matching(texts, pattern) for what, pattern in _TELLING.items()}
    any_sign = np.logical_or.reduce([*told.values()])
    looked_at = texts.notna().to_numpy() & (any_sign | bool(looked_for.known))
    signs = np.column_stack([told[what][looked_at] for what in told]).tolist()
    safe = np.array(texts[looked_at], dtype=object)
    changed = np.zeros(len(safe), bool)
    masked = lru_cache(_REMEMBERED)(partial(_masked, names=looked_for, ids=known))
    for row, text in enumerate(safe):
        safe[row], kinds = masked(str(text), *signs[row])
        changed[row] = bool(kinds)
        for kind in kinds:
            found[kind] += 1
    out = texts.copy()
    if changed.any():
        out.iloc[np.flatnonzero(looked_at)[changed]] = pd.array(safe[changed], dtype=texts.dtype)
    return out, {kind: n for kind, n in found.items() if n}


def unsure(texts: pd.Series) -> int:
    """Count masked texts in which two capitals stand side by side amid a sentence, as in a name.

    Args:
        texts: texts that were masked.
    """
    return int(_matching(texts, _UNSURE).sum())


def pseudonyms(ids: pd.Series, *, key: bytes) -> pd.Series:
    """Give each id a name that only the key can lead back to.

    Args:
        ids: ids; missing stays missing.
        key: secret of the study; the same key gives the same names.

    Returns:
        `P` and twelve hexadecimal digits an id (HMAC-SHA256, cut).
    """

    def named(value: str) -> str:
        return "P" + hmac.new(key, str(value).encode(), hashlib.sha256).hexdigest()[:12]

    return ids.map({value: named(value) for value in ids.dropna().unique()}, na_action="ignore")


def quotable(responses: pd.DataFrame) -> pd.Series:
    """Say which comments may be quoted: all, or those whose writer agreed.

    Args:
        responses: answers, with `comment`, and `consent` where it was asked for.

    Returns:
        True where there is a comment that may be quoted; no answer to `consent` is no.
    """
    written = responses["comment"].notna()
    if "consent" not in responses:
        return written
    return written & responses["consent"].fillna(False).astype(bool)


# ---------------------------------------------------------------- helpers


def _masked(
    text: str, address: bool, number: bool, cue: bool, *, names: Names, ids: Collection[str]
) -> tuple[str, set[str]]:
    kinds: set[str] = set()
    by = partial(_replaced, kinds)
    if address:
        text = finds.EMAIL.sub(lambda found: by("e-mail"), text)
        text = finds.HANDLE.sub(lambda found: _inside(found, by("handle")), text)
    if number:
        text = _without_numbers(text, ids, by)
    if cue:
        for each in _SAID:
            text = each.sub(lambda found: _inside(found, by("name")), text)
    if names.known and not names.pieces.isdisjoint(_pieces(text)):
        text = _without_names(text, names, by)
    return text, kinds


def _replaced(kinds: set[str], kind: str) -> str:
    kinds.add(kind)
    return MASKS[kind]


def _inside(found: re.Match, mask: str) -> str:
    """Put a mask for the part of a find that is personal; the words before it stay."""
    part = found.lastindex or 0
    if found[part] in MASKS.values():
        return found[0]
    start, end = found.start(part) - found.start(), found.end(part) - found.start()
    return found[0][:start] + mask + found[0][end:]


def _without_numbers(text: str, ids: Collection[str], by) -> str:
    """Mask what holds digits, the surest kinds first."""

    def card(found: re.Match) -> str:
        if _luhn(found[0]):
            return by("card")
        return by("id") if _in_groups(found[0]) else found[0]

    def account(found: re.Match) -> str:
        said = text[: found.start()].rstrip(" :").lower().endswith("iban")
        return by("account") if said or _is_iban(found[0]) else found[0]

    def phone(found: re.Match) -> str:
        if finds.DAY_FIRST.match(found[0]) or finds.NUMBERED.search(
            found.string, max(0, found.start() - 40), found.start()
        ):
            return by("id")
        return by("phone") if _is_phone(found[0]) else found[0]

    def number(found: re.Match) -> str:
        return found[0] if finds.DATE.fullmatch(found[0]) else by("id")

    if ids:
        tokens = re.compile(r"[\w-]{4,}")
        text = tokens.sub(lambda found: by("id") if found[0] in ids else found[0], text)
    text = finds.BIRTH.sub(lambda found: _inside(found, by("birth date")), text)
    text = finds.IP.sub(lambda found: by("address"), text)
    text = finds.IBAN.sub(account, text)
    text = finds.CARD.sub(card, text)
    text = finds.PLATE.sub(lambda found: _inside(found, by("number plate")), text)
    text = finds.STREET.sub(lambda found: by("street address"), text)
    text = finds.PHONE.sub(phone, text)
    return finds.ID.sub(number, text)


def _matching(texts: pd.Series, pattern: str) -> np.ndarray:
    found = pc.match_substring_regex(pa.array(texts.astype("str")), pattern)
    return pc.fill_null(found, False).to_numpy(zero_copy_only=False)


def _names(given: Iterable[str], texts: pd.Series) -> Names:
    """Fold the names, and find those which these texts use as words."""
    known: set[str] = set()
    whole: set[tuple[str, str]] = set()
    for name in given:
        if isinstance(name, str):
            folded = [_folded(word) for word in _WORD.findall(name)]
            folded = [word for word in folded if word not in finds.PARTICLES and len(word) > 1]
            known.update(folded, (_folded(_spelled(word)) for word in _WORD.findall(name)))
            whole.update(pairwise(folded))
            if len(folded) == 2:
                known.add("".join(folded))
    if not known:
        return Names(frozenset(), frozenset(), frozenset(), frozenset())
    known = {word for word in known if len(word) > 1 and word not in finds.PARTICLES}
    pieces = frozenset(piece for word in known for piece in _PIECE.findall(word) if len(piece) > 1)
    short = {word for word in known if len(word) < SHORTEST_NAME}
    words = short | (known & finds.WORDS) | _used_as_words(known, pieces, texts)
    return Names(frozenset(known), frozenset(words), frozenset(whole), pieces)


def _used_as_words(known: set[str], pieces: frozenset[str], texts: pd.Series) -> set[str]:
    """Find the names that stand as words: twice or more small after an article, seldom large."""
    small: dict[str, int] = {}
    large: dict[str, int] = {}
    for text in texts.dropna():
        if pieces.isdisjoint(_pieces(text)):
            continue
        for found in _WORD.finditer(text):
            word = _folded(found[0])
            if word not in known:
                continue
            if not found[0].islower():
                large[word] = large.get(word, 0) + 1
            elif finds.BEFORE_WORD.search(text, max(0, found.start() - 12), found.start()):
                small[word] = small.get(word, 0) + 1
    return {word for word, n in small.items() if n >= 2 and n >= large.get(word, 0)}


def _pieces(text: str) -> list[str]:
    """Give the runs of letters of a text, folded."""
    return _PIECE.findall(_plain(text))


def _without_names(text: str, names: Names, by) -> str:
    """Mask the names of the list; those of one person, side by side, by one mask."""
    tokens = list(_WORD.finditer(text))
    folded = [_known_form(_folded(found[0]), names.known) for found in tokens]
    out, end, last = [], 0, -2
    for at, found in enumerate(tokens):
        if folded[at] not in names.known or not _is_name(at, tokens, folded, text, names):
            continue
        if _in_brackets(text, found.start()):
            continue
        between = text[end : found.start()]
        particle = all(_folded(word) in finds.PARTICLES for word in _PIECE.findall(between))
        if not (last >= 0 and particle and not re.search(r"[^\w\s'’-]", between)):
            out.append(between + by("name"))
        end, last = found.start() + len(_stem(found[0], names.known)), at
    out.append(text[end:])
    return "".join(out)


def _is_name(at: int, tokens: list[re.Match], folded: list[str], text: str, names: Names) -> bool:
    """Say whether a word of the list stands here as a name."""
    word, found = folded[at], tokens[at]
    if word not in names.words:
        return True
    if found[0].islower():
        return _paired(at, tokens, folded, text, names, small=True)
    before = max(0, found.start() - 40)
    if finds.BEFORE_NAME.search(text, before, found.start()):
        return True
    if _paired(at, tokens, folded, text, names, small=False):
        return True
    if finds.BEFORE_WORD.search(text, before, found.start()):
        return False
    stem_end = found.start() + len(_stem(found[0], names.known))
    starts = not re.search(r"\w\s+$", text[before : found.start()])
    if finds.AFTER_NAME.match(text, stem_end):
        return True
    return not starts and bool(finds.MIDDLE_NAME.match(text, stem_end))


def _paired(
    at: int, tokens: list[re.Match], folded: list[str], text: str, names: Names, *, small: bool
) -> bool:
    """Say whether a name stands beside another one, as first name or surname."""
    for first, second in ((at - 1, at), (at, at + 1)):
        if first < 0 or second >= len(tokens):
            continue
        between = text[tokens[first].end() : tokens[second].start()]
        if not _BESIDE.fullmatch(between):
            continue
        other = second if first == at else first
        if (folded[first], folded[second]) in names.whole and (
            not small or folded[other] not in names.words
        ):
            return True
        if not small and folded[other] in names.known - names.words:
            return True
    return False


def _known_form(word: str, known: Collection[str]) -> str:
    """Give a word without the 's of possession, where it is a name."""
    return _stem(word, known)


def _stem(word: str, known: Collection[str]) -> str:
    if _folded(word) in known:
        return word
    bare = re.sub(r"['’]s?$", "", word)
    return bare if _folded(bare) in known else word


def _in_brackets(text: str, at: int) -> bool:
    """Say whether a word is part of a mask that stands already."""
    open_at = text.rfind("[", 0, at)
    return (
        open_at >= 0
        and any(text.startswith(mask, open_at) for mask in MASKS.values())
        and (text.find("]", open_at) >= at)
    )


def _spelled(word: str) -> str:
    """Write ä, ö, ü as those without such keys do."""
    return word.casefold().translate({0xE4: "ae", 0xF6: "oe", 0xFC: "ue", 0xF8: "oe"})


@lru_cache(2**14)
def _folded(word: str) -> str:
    return _plain(word)


def _plain(word: str) -> str:
    """Write a word small, without accents, and ü as u."""
    small = word.casefold().replace("’", "'")
    if small.isascii():
        return small
    plain = unicodedata.normalize("NFKD", small)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _luhn(text: str) -> bool:
    """Check the last digit of a card number (ISO/IEC 7812)."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    return sum(digits[-1::-2]) % 10 == (10 - sum(doubled) % 10) % 10 and len(set(digits)) > 1


def _in_groups(text: str) -> bool:
    """Say whether a long number is written like a card's, though its last digit does not fit."""
    groups = re.findall(r"\d+", text)
    return not text.startswith("0") and all(len(group) >= 3 for group in groups[:-1])


def _is_iban(text: str) -> bool:
    """Check the two digits of an account number (ISO 13616)."""
    plain = text.replace(" ", "").upper()
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _is_phone(text: str) -> bool:
    """Tell a telephone number from a date, a range of years or an amount."""
    digits = sum(letter.isdigit() for letter in text)
    if finds.DATE.search(text) or finds.YEARS.search(text):
        return False
    starts = text.lstrip("(").startswith(("+", "0"))
    parted = bool(re.search(r"\d[\s().\-/]+\d", text))
    return 7 <= digits <= 15 and (starts or (parted and digits >= 7) or digits in (10, 11))
