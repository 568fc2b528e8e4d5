"""In which order do words stand that have one of their own: days, months, numbers?"""

import re
import unicodedata
from collections.abc import Sequence

_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "montag dienstag mittwoch donnerstag freitag sonnabend sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miercoles jueves viernes sabado domingo",
    "lunedi martedi mercoledi giovedi venerdi sabato domenica",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "segunda terca quarta quinta sexta sabado domingo",
)
_MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "janner feber marz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
)


# begins a class of numbers that has one end
_BOUND = re.compile(
    r"[<>≤≥]|under\b|below\b|less\b|up to\b|over\b|above\b|more\b|at (?:least|most)\b|from\b|"
    r"bis\b|unter\b|über\b|mehr\b|mindestens\b|ab\b", re.IGNORECASE)  # fmt: skip


def in_order(words: Sequence[str]) -> list[str] | None:
    """Put words in the order they have of their own, or give None where they have none.

    Days of the week from Monday and months, in one of seven languages, also shortened and with a
    year; else by the first number of each, where each has one, those of one word beside each other.

    Example:
        >>> in_order(["Wed", "Mon", "Sun"]), in_order(["Mar 2025", "Dec 2024"])
        (['Mon', 'Wed', 'Sun'], ['Dec 2024', 'Mar 2025'])
        >>> in_order(["10-19", "under 5", "5-9", "> 19"])
        ['under 5', '5-9', '10-19', '> 19']
        >>> in_order(["West 10", "East 2", "West 9"])
        ['East 2', 'West 9', 'West 10']
        >>> in_order(["West", "East"]) is None
        True
    """
    if len(words) < 2:
        return None
    bare = [_bare(word) for word in words]
    for calendar in (*_DAYS, *_MONTHS):
        places = [_place(word, calendar.split()) for word in bare]
        if all(place is not None for place in places):
            return _by(words, places)
    leads = [re.match(r"[^\d]*", word)[0].strip(" $£€-–+~#(").casefold()  # type: ignore[index]
             for word in words]  # fmt: skip
    if len({*leads}) == len(words) or any(not lead or _BOUND.match(lead) for lead in leads):
        leads = [""] * len(words)
    numbers = [_number(word) for word in words]
    return _by(words, [n and (lead, *n) for lead, n in zip(leads, numbers, strict=True)])


def _by(words: Sequence[str], places: Sequence[tuple | None]) -> list[str] | None:
    if any(place is None for place in places):
        return None
    return [word for _, _, word in sorted(zip(places, range(len(words)), words, strict=True))]


def _bare(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"-feira\b|[.,'/-]", " ", plain.casefold()).split())


def _place(word: str, names: Sequence[str]) -> tuple[int, int] | None:
    """Give year and place of a name, whole or shortened so that it is no other's."""
    name, _, year = word.partition(" ")
    if year and not re.fullmatch(r"\d\d(?:\d\d)?", year):
        return None
    fits = [at for at, whole in enumerate(names) if whole.startswith(name) and len(name) > 1]
    if len(fits) != 1 or (year and len(names) == 7):  # a day of the week has no year
        return None
    return (int(year or 0) % 100, fits[0])


def _number(word: str) -> tuple[float, bool] | None:
    found = re.search(r"-?\d[\d,]*\.?\d*", word)
    if not found:
        return None
    lower = re.match(r"\s*(?:<|≤|under\b|below\b|less\b|up to\b|bis\b|unter\b)", word, re.I)
    value = float(found[0].replace(",", "").rstrip("."))
    return value - (1e-9 if lower else 0), word.strip()[:1] in ">≥"
