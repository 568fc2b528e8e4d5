"""What could name a person is taken out of what people wrote, before anyone reads it."""

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MASKS = {
    "e-mail": "[e-mail]",
    "address": "[IP address]",
    "card": "[card number]",
    "account": "[account number]",
    "phone": "[phone]",
    "id": "[number]",
    "name": "[name]",
}
_EMAIL = re.compile(r"[\w.+'-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_IP = re.compile(
    r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b"
    r"|\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\d.,])\d(?:[ -]?\d){12,18}(?![\d.,]?\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_PHONE = re.compile(r"(?<![\w.,£$€/-])(?:\+|\(\+?)?\d(?:[\s().\-/]{0,2}\d){6,14}(?![\w/])")
_ID = re.compile(r"(?<![\w.,£$€])(?:\d{7,}|[A-Za-z]{1,5}[-_/]?\d{5,}[\w-]*)(?![\w%])")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}[:.]\d{2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"
)
_YEARS = re.compile(r"(?:19|20)\d{2}\s?[-/–]\s?(?:19|20)\d{2}")
_TELLING = r"(?i)@|\p{Nd}|\(at\)|\[at\]"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BEFORE_NAME = re.compile(
    r"(?:\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|mme|named?|called|name is|i am|i'm|regards|thanks|"
    r"dear|spoke to|spoke with|agent|adviser|advisor|colleague)[.,:]?\s+)$",
    re.IGNORECASE,
)
SHORTEST_NAME = 3
_REMEMBERED = 2**12  # texts that many people write alike


@dataclass(frozen=True)
class Names:
    """Names to look for, and which of them are also ordinary words in these texts."""

    known: frozenset[str]
    words: frozenset[str]


def mask(
    texts: pd.Series, *, names: Iterable[str] = (), ids: Collection[str] = ()
) -> tuple[pd.Series, dict[str, int]]:
    """Take e-mail addresses, numbers and names out of texts.

    Args:
        texts: what people wrote; missing stays missing.
        names: first names and surnames, as the customer table has them. A name that these
            texts mostly write small, such as Price, is masked only where it stands as a name.
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
    looked_at = texts.notna().to_numpy() if looked_for.known else _telling(texts)
    safe = np.array(texts[looked_at], dtype=object)
    changed = np.zeros(len(safe), bool)
    masked = lru_cache(_REMEMBERED)(partial(_masked, names=looked_for, ids=known))
    for row, text in enumerate(safe):
        safe[row], kinds = masked(str(text))
        changed[row] = bool(kinds)
        for kind in kinds:
            found[kind] += 1
    out = texts.copy()
    if changed.any():
        out.iloc[np.flatnonzero(looked_at)[changed]] = pd.array(safe[changed], dtype=texts.dtype)
    return out, {kind: n for kind, n in found.items() if n}


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


def _masked(text: str, names: Names, ids: Collection[str]) -> tuple[str, set[str]]:
    kinds: set[str] = set()

    def by(kind: str):
        def replace(found: re.Match) -> str:
            if kind == "card" and not _luhn(found[0]):
                return by("id")(found) if _in_groups(found[0]) else found[0]
            if kind == "phone" and not _is_phone(found[0]):
                return found[0]
            if kind == "account" and not _is_iban(found[0]):
                return found[0]
            kinds.add(kind)
            return MASKS[kind]

        return replace

    if "@" in text or "at" in text:
        text = _EMAIL.sub(by("e-mail"), text)
    if any(letter.isdigit() for letter in text):
        if ids:
            tokens = re.compile(r"[\w-]{4,}")
            text = tokens.sub(lambda found: by("id")(found) if found[0] in ids else found[0], text)
        text = _IP.sub(by("address"), text)
        text = _IBAN.sub(by("account"), text)
        text = _CARD.sub(by("card"), text)
        text = _PHONE.sub(by("phone"), text)
        text = _ID.sub(
            lambda found: found[0] if _DATE.fullmatch(found[0]) else by("id")(found), text
        )
    if names.known:
        text = _without_names(text, names, kinds)
    return text, kinds


def _telling(texts: pd.Series) -> np.ndarray:
    """Find the texts with a digit or an at sign: where no name is known, the others are safe."""
    found = pc.match_substring_regex(pa.array(texts.astype("str")), _TELLING)
    return pc.fill_null(found, False).to_numpy()


def _names(given: Iterable[str], texts: pd.Series) -> Names:
    """Fold the names, and find those which these texts use as words."""
    known: set[str] = set()
    for name in given:
        if isinstance(name, str):
            known |= {_folded(word) for word in _WORD.findall(name) if len(word) >= SHORTEST_NAME}
            known |= {_folded(word) for word in name.split() if len(word) >= SHORTEST_NAME}
    if not known:
        return Names(frozenset(), frozenset())
    small: dict[str, int] = {}
    large: dict[str, int] = {}
    for text in texts.dropna():
        for found in _WORD.finditer(text):
            word = _folded(found[0])
            if word in known:
                counted = small if found[0].islower() else large
                counted[word] = counted.get(word, 0) + 1
    words = {word for word, n in small.items() if n >= 2 and n >= large.get(word, 0)}
    return Names(frozenset(known), frozenset(words))


def _without_names(text: str, names: Names, kinds: set[str]) -> str:
    out, end, last_was_name = [], 0, False
    for found in _WORD.finditer(text):
        word = _folded(found[0])
        between = text[end : found.start()]
        beside = last_was_name and between.strip() in ("", "-", "'")
        is_name = word in names.known and (
            word not in names.words
            or (
                not found[0].islower()
                and (beside or bool(_BEFORE_NAME.search(text[: found.start()])))
            )
        )
        if is_name and not _in_brackets(text, found.start()):
            kinds.add("name")
            out.append("" if beside else between + MASKS["name"])
            if beside:
                out.append("")
        else:
            out.append(between + found[0])
            is_name = False
        end, last_was_name = found.end(), is_name
    out.append(text[end:])
    return "".join(out)


def _in_brackets(text: str, at: int) -> bool:
    """Say whether a word is part of a mask that stands already."""
    open_at = text.rfind("[", 0, at)
    return (
        open_at >= 0
        and any(text.startswith(mask, open_at) for mask in MASKS.values())
        and (text.find("]", open_at) >= at)
    )


def _folded(word: str) -> str:
    return word.casefold().replace("’", "'")


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
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _is_phone(text: str) -> bool:
    """Tell a telephone number from a date, a range of years or an amount."""
    digits = sum(letter.isdigit() for letter in text)
    if _DATE.search(text) or _YEARS.search(text):
        return False
    starts = text.lstrip("(").startswith(("+", "0"))
    parted = bool(re.search(r"\d[\s().\-/]+\d", text))
    return 7 <= digits <= 15 and (starts or (parted and digits >= 7) or digits in (10, 11))
