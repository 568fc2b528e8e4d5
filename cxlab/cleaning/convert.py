"""From text to scores, numbers, flags and ids; every changed cell is counted."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxlab.codebook import UNSEEN, Refusal, Scale

_MISSING = {"", "n/a", "na", "#n/a", "nan", "null", "none", "nil", "-", "--", ".", "?"}
_YES = {"yes", "y", "true", "t", "1", "x", "ja", "wahr", "oui", "vrai", "si", "sí"}
_NO = {"no", "n", "false", "f", "0", "nein", "falsch", "non", "faux"}
_YES |= {"sim", "vero", "waar"}
_NO |= {"nee", "não", "nao", "falso"}
_YES |= {"tak", "ano", "áno", "evet", "kyllä", "igen", "да", "так", "ναι", "نعم", "כן", "ya"}
_NO |= {"nej", "nei", "nie", "ne", "hayır", "ei", "nem", "нет", "ні", "не", "όχι", "لا", "לא"}
_YES |= {"j", "s", "o"}  # as in J/N, S/N and O/N
_YES |= {"はい", "是", "예", "네", "ใช่", "có", "jah", "jā", "taip"}
_NO |= {"いいえ", "否", "아니오", "아니요", "ไม่ใช่", "ไม่", "không", "nē", "tidak"}
# how lists call those who left, and those who are there
_GONE = "churned|churn|left|cancelled|canceled|attrited|attrited customer|lost|gone|inactive|"
_GONE += "closed|terminated|expired|ended|former|former customer|lapsed|gekündigt|ausgetreten|"
_GONE += "ehemalig|inaktiv|beendet|résilié|résiliée|parti|partie|inactif|baja|de baja|cancelado|"
_GONE += (
    "cancelada|inactivo|inactiva|opgezegd|inactief|vertrokken|inativo|inativa|cessato|disdetto|"
)
_GONE += "wypowiedziana|wypowiedziany|rozwiązana|zrušená|ukončená|退会|解約|"
_GONE += "unsubscribed|opted out|abgemeldet|désinscrit|"
_GONE += "nieaktywny|nieaktywna|neaktivní|inaktiv|inaktiivinen|päättynyt|uppsagd|oppsagt|opsagt"
_THERE = "stayed|retained|active|current|existing|existing customer|customer|joined|open|live|"
_THERE += "paying|not churned|aktiv|bestehend|actif|active|activo|activa|alta|de alta|actief|ativo|"
_THERE += "subscribed|angemeldet|inscrit|ativa|attivo|aktywny|aktywna|aktivní|aktiivinen"
LEFT, STAYED = frozenset(_GONE.split("|")), frozenset(_THERE.split("|"))
# '10 - Very likely' and '10 very likely', but not '7 or 8'; 'Very likely (10)', not 'less than 10'
_LABELLED = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?)(?:\s*[-–—:=.)(]\s*[^\d\s].*|\s+[^\d\s][^\d]*)", re.DOTALL
)
_LABEL_FIRST = re.compile(r"[^\d<>≤≥]*[^\W\d_][^\d<>≤≥]*(?:[(\[]([+-]?\d+)[)\]]|[=:–—-]\s*(\d+))")
_MONTH = (
    r"(?:jan|ene|f[eé]b|fév|m[aä]r|mrz|a[pvb]r|ma[iy]|jun|juin|jul|juil|a[ug]g|ago|aoû|sep|[os][ck]t"
    r"|okt|nov|de[cz]|déc|dic)[a-zéûä]{0,6}"
)
# '09-Oct', 'Oct-10', '10. Sep 24', '2024-10-09 00:00:00', '9/10/2024': an answer such as 9-10 once
DATED = re.compile(
    rf"\d{{1,2}}[-./ ]{{1,2}}{_MONTH}\.?(?:[-./ ]+\d{{2,4}})?|{_MONTH}\.?[-./ ]{{1,2}}\d{{1,4}}"
    r"|\d{4}-\d\d-\d\d(?:[ T]00:00(?::00)?)?|\d{1,2}([-./])\d{1,2}\1(?:\d{4}|\d\d)",
    re.IGNORECASE,
)
_CURRENCY = re.compile(
    r"(?<![a-z])(?:r|us|au?|ca?|nz|hk|s|mx)\$|[£$€¥₩₹₨₺₽₪฿₫₴円元원]|(?<![a-z])(?:gbp|usd|eur|chf|kr|zł|pln|kč|czk|huf|ft|lei|ron|sek|nok|dkk|"
    r"try|brl|cad|aud|nzd|jpy|cny|inr|zar|mxn|sgd|hkd|aed|ils|bgn|rs|лв|uah|грн|rub|руб|rsd|din|дин|mkd|"
    r"ден|bam|isk|idr|rp|myr|php|thb|vnd|kes|ksh|ngn|egp|sar|qar|kwd|pkr|ars|clp|cop|pen)"
    r"(?![a-zа-я])\.?|%",
    re.IGNORECASE,
)
_SIGNS = {
    "us$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "hk$": "HKD",
    "s$": "SGD", "mx$": "MXN", "r$": "BRL", "$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY",
    "₹": "INR", "₩": "KRW", "₺": "TRY", "₪": "ILS", "円": "JPY", "元": "CNY",
    "원": "KRW", "zł": "PLN", "kč": "CZK", "ft": "HUF",
    "lei": "RON", "лв": "BGN", "грн": "UAH", "руб": "RUB", "din": "RSD", "дин": "RSD",
    "ден": "MKD", "rp": "IDR", "ksh": "KES", "rs": "INR", "₨": "INR",
    "₽": "RUB", "฿": "THB", "₫": "VND", "₴": "UAH",
}  # fmt: skip

_PROBED = 10_000  # rows that tell whether values repeat


class CleaningError(Refusal):
    """A column cannot be read without a declaration.

    Attributes:
        shown: values the message shows, so that their place in the export can be found.
    """

    def __init__(self, message: str, *, shown: Sequence[str] = (), **place) -> None:
        super().__init__(message, **place)
        self.shown = tuple(shown)


@dataclass
class Converted:
    """A column after conversion.

    Attributes:
        values: typed values, missing where nothing can be used.
        repairs: reason -> which cells were changed on the way.
        bad: reason -> which cells are unusable.
    """

    values: pd.Series
    repairs: dict[str, np.ndarray] = field(default_factory=dict)
    bad: dict[str, np.ndarray] = field(default_factory=dict)


def by_value(read: Callable[[pd.Series], Converted], column: pd.Series) -> Converted:
    """Read each value of a column once, however many rows hold it.

    Args:
        read: reads a column; what it makes of a cell follows from the values the column has,
            not from how often it has them.
        column: any column; only text is worth the trouble.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = _in_use(column.cat.codes.to_numpy(), column.cat.categories)
    elif column.dtype == "str" and 2 * column.iloc[:_PROBED].nunique() < len(column[:_PROBED]):
        codes, values = pd.factorize(column, use_na_sentinel=False)
    else:
        return read(column)
    done = read(pd.Series(values, name=column.name, dtype="str"))
    place = np.asarray(codes, dtype=np.intp)

    def spread(hit: np.ndarray) -> np.ndarray:
        return hit[place] if hit.any() else np.zeros(len(place), bool)

    return Converted(
        pd.Series(done.values.array.take(place), index=column.index, name=done.values.name),
        {reason: spread(hit) for reason, hit in done.repairs.items()},
        {reason: spread(hit) for reason, hit in done.bad.items()},
    )


def _in_use(codes: np.ndarray, values: pd.Index) -> tuple[np.ndarray, list]:
    """Leave out values that no row has, and give what is missing a place of its own."""
    held = np.bincount(codes.astype(np.intp) + 1, minlength=len(values) + 1) > 0
    place = np.cumsum(held[1:]) - 1
    words = [*values[held[1:]], *([np.nan] if held[0] else [])]
    return np.append(place, len(words) - 1)[codes], words


def among(values: pd.Series, known: Collection[str] | pd.Series) -> np.ndarray:
    """Say which texts are among others; a missing one is not.

    As `Series.isin`, which makes a scalar of every known text, one by one (pandas 3.0).
    """
    known = pa.array(known if isinstance(known, pd.Series) else [*known], from_pandas=True)
    held = pa.array(values.astype("str"), from_pandas=True)
    return pc.is_in(held, value_set=known.cast(held.type), skip_nulls=True).to_numpy(False)


def trimmed(column: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Remove blanks, no-break spaces and marks that nobody sees around each value."""
    text = column.astype("str").fillna("")
    clean = text.str.strip(UNSEEN)
    cut = (text.str.len() != clean.str.len()).to_numpy()
    return (clean if cut.any() else text), cut


def one_of(text: pd.Series, words: set[str]) -> np.ndarray:
    """Say which cells hold one of a few short words, in any case."""
    found = np.array(text.str.len() <= max(map(len, words)), dtype=bool)
    found[found] = text[found].str.lower().isin(words).to_numpy()
    return found


def to_id(column: pd.Series) -> Converted:
    """Keep an id as it stands, without the blanks around it.

    Two things a spreadsheet does to ids are undone where the column proves them: `123.0`
    where every id is a whole number that does not begin with 0, and `1.23456E+05` where all
    digits are still there, also as `1.23456E5`. Where it does not, the id is `unreadable`.
    """
    text, cut = trimmed(column)
    absent = one_of(text, _NO_ID)
    ids = text.mask(absent) if absent.any() else text
    floated = np.array(text.str.endswith(".0"), dtype=bool)
    repaired, lost = np.zeros(len(ids), bool), np.zeros(len(ids), bool)
    if floated.any():
        floated &= text.str.fullmatch(r"\d+\.0").to_numpy(bool)
        if text[~absent].str.fullmatch(r"[1-9]\d*(?:\.0)?").all():
            repaired = floated
            ids = ids.mask(repaired, ids.str.removesuffix(".0"))
        else:
            lost = floated
            ids = ids.mask(lost)
    powers = np.flatnonzero(text.str.contains(r"\d[eE]\+?\d", regex=True).to_numpy(bool))
    powers = powers[text.iloc[powers].str.fullmatch(_POWER).to_numpy(bool)]
    signed = text.iloc[powers].str.contains("+", regex=False).to_numpy(bool)
    # a program writes all digits that are not zero; a sheet, the same few of every number
    program = any(_written_out(each) for each in text.iloc[powers[~signed]])
    for at, plus in zip(powers, signed, strict=True):
        exact = _written_out(ids.iloc[at], zeros=program and not plus)
        repaired[at], lost[at] = exact is not None, exact is None
        ids.iloc[at] = exact
    return Converted(
        ids,
        {
            "trimmed": cut & ~absent,
            "id_form": repaired,
            "word_for_missing": absent & (text != "").to_numpy(),
        },
        {"unreadable": lost} if lost.any() else {},
    )


def matched(done: Converted, rule: str) -> Converted:
    """Bring ids into the form that the study file declares, so that tables meet."""
    ids = done.values
    if rule == "case":
        new = ids.str.casefold()
    elif rule == "salesforce18":
        new = ids.where(
            ~ids.str.fullmatch(r"[A-Za-z0-9]{15}(?:[A-Za-z0-5]{3})?"), ids.map(_checked)
        )
    elif rule == "plain number":
        bare = ids.str.replace(r"[\s,'#]", "", regex=True).str.extract(r"^0*(\d+)(?:\.0+)?$")[0]
        new = bare.fillna(ids)
    elif rule == "last number":
        new = ids.str.extract(r"^\D*?0*(\d+)$")[0].fillna(ids)
    else:
        new = ids.where(~ids.str.fullmatch(r"\d+"), ids.str.zfill(int(rule.split()[1])))
    changed = (ids.notna() & (new != ids)).to_numpy(bool)
    return Converted(new, {**done.repairs, "id_matched": changed}, done.bad)


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def _checked(given: str) -> str:
    """Write a Salesforce id with its check letters, which say where capitals stand.

    Each letter stands for five characters, a bit for each capital (Salesforce, "15- and
    18-character record IDs").
    """
    if not isinstance(given, str) or len(given) not in (15, 18):
        return given
    body, marks = given[:15], given[15:].upper()
    if marks:
        capital = [_LETTERS.index(marks[at // 5]) >> at % 5 & 1 for at in range(15)]
        body = "".join(c.upper() if up else c.lower() for c, up in zip(body, capital, strict=True))
        return body + marks
    bits = [sum(body[at + i].isupper() << i for i in range(5)) for at in (0, 5, 10)]
    return body + "".join(_LETTERS[each] for each in bits)


_NO_ID = {"", "n/a", "#n/a", "nan", "null", "none", "-", "--"}


def in_full(number: float) -> str:
    """Write a number out: whole ones without a point, others as they are."""
    if isinstance(number, float) and number.is_integer():
        exact = abs(number) < 2**53  # beyond, the last digits are no longer held
        return str(int(number)) if exact else f"{number:.14E}"
    return str(number)


_POWER = r"\d(?:[.,]\d+)?[eE]\+\d+|\d[.,]\d+[eE]\d+"  # 1E5 without a point may be an id


def _written_out(power: str, *, zeros: bool = False) -> str | None:
    """Write `1.23456E+05` out, where no digit is missing or those missing are zeros."""
    digits, _, exponent = power.upper().replace(",", ".").replace("E+", "E").partition("E")
    whole, _, rest = digits.partition(".")
    rest = rest.ljust(int(exponent), "0") if zeros and int(exponent) < _MOST_DIGITS else rest
    return whole + rest if rest and len(rest) == int(exponent) else None


_MOST_DIGITS = 16  # more than a number of a program or a sheet holds


def to_category(column: pd.Series) -> Converted:
    """Keep a short text as it stands, without the blanks around it."""
    text, cut = trimmed(column)
    return Converted(_without_blanks(text), {"trimmed": cut & (text != "").to_numpy()})


def to_text(column: pd.Series) -> Converted:
    """Keep what people wrote; blanks alone are no comment, and are not worth counting."""
    text, _ = trimmed(column)
    return Converted(_without_blanks(text))


def _without_blanks(text: pd.Series) -> pd.Series:
    blank = text == ""
    return text.mask(blank) if blank.any() else text


def to_attribute(column: pd.Series) -> Converted:
    """Read a field of the user's own: numbers where every value is one, else words."""
    words = to_category(column)
    filled = words.values.dropna()
    plain = filled.str.fullmatch(r"[+-]?(?:0|[1-9]\d{0,14})(?:\.\d+)?")
    if filled.empty or not plain.all():
        return words
    return Converted(pd.to_numeric(words.values).astype(float), words.repairs)


def to_flag(column: pd.Series, *, yes: Collection[str] = (), no: Collection[str] = ()) -> Converted:
    """Read yes and no.

    Args:
        column: text, or booleans.
        yes, no: further words that say so, in small letters.

    Raises:
        CleaningError: no value of the column is either.
    """
    if column.dtype == bool:
        return Converted(column.astype("boolean"))
    text, cut = trimmed(column)
    values = pd.Series(pd.NA, index=column.index, dtype="boolean")
    values[one_of(text, _YES | set(yes))] = True
    values[one_of(text, _NO | set(no))] = False
    absent = one_of(text, _MISSING)
    unread = values.isna().to_numpy() & ~absent
    if unread.any() and (unread | absent).all():
        words = ", ".join(f"'{word[:40]}'" for word in text[unread].unique()[:4])
        raise CleaningError(
            f"'{column.name}': none of its values says yes or no; it holds {words}. Write yes and "
            "no in the export, or leave the column out.",
            column=str(column.name),
            shown=text[unread].head(1),
        )
    return Converted(
        values,
        {"trimmed": cut & ~absent, "word_for_missing": absent & (text != "").to_numpy()},
        {"unreadable": unread},
    )


def to_score(column: pd.Series, scale: Scale, *, whole: bool = False) -> Converted:
    """Read a score: declared labels and missing codes first, then numbers and '10 - Very'.

    Args:
        column: text or numbers.
        scale: where the score begins and ends, its labels and missing codes.
        whole: whether only whole numbers are answers, as with NPS (Reichheld 2003).

    Returns:
        Floats; `bad` holds `off_scale`, `unreadable`, and `as_date` for what a spreadsheet took
        for a date, as it does 9-10.
    """
    text, cut = trimmed(column)
    at, known = pd.factorize(text)
    form = sum(OF_MOST.fullmatch(str(value)) is not None for value in known)
    of = 2 * form > len(known)  # one '9/10' may be 9 or 10
    read = [_read_score(str(value), scale, whole, of) for value in known]
    number = np.array([value for value, _ in read], float)
    how = np.array([reason for _, reason in read], object)
    off = np.isfinite(number) & ~((number >= scale.low) & (number <= scale.high))
    filled = np.array([value != "" for value in known], bool)
    number[off] = np.nan
    return Converted(
        pd.Series(number[at], index=text.index, name=text.name),
        {
            "trimmed": cut & filled[at],
            **{reason: (how == reason)[at] for reason in _SCORE_REPAIRS},
        },
        {
            "off_scale": off[at],
            "unreadable": (how == "unreadable")[at],
            "as_date": (how == "as_date")[at],
        },
    )


_SCORE_REPAIRS = ("declared_missing", "label_to_number", "number_form", "word_for_missing")


def _read_score(text: str, scale: Scale, whole: bool, of: bool) -> tuple[float, str]:
    """Give the number a cell stands for, and how it was read."""
    folded = unicodedata.normalize("NFKC", text)
    if text == "":
        return np.nan, ""
    known = {word.casefold(): value for word, value in scale.labels.items()}
    if folded.casefold() in known:
        return known[folded.casefold()], "label_to_number"
    if folded.casefold() in {word.casefold() for word in scale.missing}:
        return np.nan, "declared_missing"
    plain = re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", folded)
    if plain:
        value = float(folded.replace(",", "."))
        if f"{value:g}" in scale.missing:
            return np.nan, "declared_missing"
        if whole and value % 1:
            return np.nan, "unreadable"
        return value, "number_form" if folded != text or "," in folded else ""
    if folded.lower() in _MISSING:
        return np.nan, "word_for_missing"
    if len(folded) > _LONGEST:
        return np.nan, "unreadable"
    if scale.high == 100 and (part := re.fullmatch(r"(\d+(?:[.,]\d+)?) ?%", folded)):
        return float(part[1].replace(",", ".")), "number_form"
    if DATED.fullmatch(folded):
        return np.nan, "as_date"
    if _STARS.fullmatch(text):
        return float(len(re.sub("[☆✩]", "", text))), "label_to_number"
    part = OF_MOST.fullmatch(folded) if of else None
    if part and scale.high in (float(part[2]), np.inf, _ANY):
        return float(part[1].replace(",", ".")), "label_to_number"
    labelled = next(filter(None, (form.fullmatch(folded) for form in _FORMS)), None)
    if labelled:
        figure = next(part for part in labelled.groups() if part)
        value = float(figure.replace(",", "."))
        return (np.nan, "unreadable") if whole and value % 1 else (value, "label_to_number")
    return np.nan, "unreadable"


_LONGEST = (
    300  # letters of a labelled answer; what is longer was written, and no form is looked for
)
_ANY = 1e12  # the high end of a scale that is not known
# '7/10', '4 out of 5', '8 von 10', '8/10 Good'
OF_MOST = re.compile(
    r"(\d{1,3}(?:[.,]\d+)?)\s*(?:/|(?:out )?of|von|sur|de|van|su)\s*(5|7|10|100)(?:\s+\D*)?"
)
_STARS = re.compile(r"[★⭐✭☆✩]{1,10}")
_BRACKETED = re.compile(r"[\[(]([+-]?\d+(?:[.,]\d+)?)[\])](?:\s+[^\d]*)?")  # '(5) Very good'
_FORMS = (_LABELLED, _LABEL_FIRST, _BRACKETED)


# figures of other scripts (Arabic, Persian, Devanagari …), and the marks between Arabic ones
_FIGURES = {
    code: str(unicodedata.digit(chr(code)))
    for code in range(0x80, 0x10000)
    if unicodedata.category(chr(code)) == "Nd"
} | {0x066B: ".", 0x066C: ","}
_OWED = re.compile(r"^\((.*)\)$|^([\d.,]*\d)-$")  # '(12.50)' and '12.50-', as ledgers write


def to_currency(column: pd.Series) -> Converted:
    """Give the currency that amounts bear: `EUR` of '€12.30', '12,30 EUR' and 'EUR'."""
    text, _ = trimmed(column)
    found = text.map(_currency_of)
    return Converted(found.where(found != "").astype("str"))


def _currency_of(amount: str) -> str:
    sign = next((each for each in _CURRENCY.findall(amount) if each != "%"), "")
    bare = sign.lower().rstrip(".")
    return _SIGNS.get(bare, bare.upper())


def to_number(
    column: pd.Series, *, decimal: str | None = None, currencies: bool = False
) -> Converted:
    """Read numbers with thousands separators, decimal commas and currency signs.

    Args:
        column: text or numbers.
        decimal: the declared decimal mark, or None to find it out.
        currencies: whether the amounts may be in several currencies.

    Raises:
        CleaningError: a comma or point that could mean either, and both readings are shown; or
            amounts in several currencies.
    """
    if pd.api.types.is_numeric_dtype(column):
        return Converted(column.astype(float))
    text, cut = trimmed(column)
    absent = one_of(text, _MISSING)
    bare = text.str.replace(_CURRENCY, "", regex=True).str.replace(r"[\s'\u2019]", "", regex=True)
    bare = bare.str.replace(r"(?<=\d)[.,][–—-]{1,2}$", "", regex=True)  # '12.–', as shops write
    if not all(map(str.isascii, bare.unique())):
        bare = bare.str.normalize("NFKC").str.translate(_FIGURES)
    if not currencies:
        _check_one_currency(text, bare, str(column.name))
    bare = bare.str.replace("−", "-").str.replace(_OWED, r"-\1\2", regex=True)
    mark = decimal or _decimal_mark(bare[~absent], str(column.name))
    other = "," if mark == "." else "."
    grouped = bare.str.contains(other, regex=False).fillna(False).to_numpy(dtype=bool)
    thousands, rest = re.escape(other), re.escape(mark)
    groups = rf"[+-]?\d{{1,3}}(?:{thousands}\d{{2,3}})*{thousands}\d{{3}}(?:{rest}\d*)?"
    misplaced = grouped & ~bare.str.fullmatch(groups).fillna(False).to_numpy(dtype=bool)
    plain = bare.str.replace(other, "", regex=False).str.replace(mark, ".", regex=False)
    figures = plain.mask(absent | misplaced).where(plain.str.match(r"[+-]?[\d.]"))
    values = pd.to_numeric(figures, errors="coerce").astype(float)
    values = values.where(np.isfinite(values))
    unread = values.isna().to_numpy() & ~absent
    changed = (text != plain).to_numpy() & ~absent & ~unread
    return Converted(
        values,
        {
            "trimmed": cut & ~absent,
            "number_form": changed,
            "word_for_missing": absent & (text != "").to_numpy(),
        },
        {"unreadable": unread},
    )


def _check_one_currency(text: pd.Series, bare: pd.Series, name: str) -> None:
    """Refuse amounts in several currencies: their sum would mean nothing."""
    shown: dict[str, str] = {}
    for amount in text[text.str.len() != bare.str.len()].unique():
        shown.setdefault(_currency_of(amount), amount)
    shown.pop("", None)
    if len(shown) > 1:
        amounts = " and ".join(f"'{amount}'" for amount in shown.values())
        raise CleaningError(
            f"'{name}': {amounts} are in different currencies ({', '.join(shown)}). "
            f"Write 'currency: {name}' beside it, and keep one by 'where: {{currency: "
            f"{next(iter(shown))}}}' or say at the top what the others are worth: "
            f"'currency: {next(iter(shown))}' and 'rates: {{{list(shown)[-1]}: …}}'.",
            column=name,
            shown=list(shown.values())[1:],
        )


def _decimal_mark(values: pd.Series, name: str) -> str:
    """Prove the decimal mark from the column: the last mark, or one not before 3 digits."""
    commas, points = values.str.contains(",", regex=False), values.str.contains(".", regex=False)
    both = values[commas & points]
    if len(both):
        comma_last = both.str.rfind(",") > both.str.rfind(".")
        if comma_last.nunique() == 2:
            raise CleaningError(
                f"'{name}': '{both[comma_last].iloc[0]}' has a decimal comma and "
                f"'{both[~comma_last].iloc[0]}' a decimal point. Set the rows right, or declare "
                "'decimal: \",\"' or 'decimal: \".\"'; the others then count as unreadable.",
                column=name,
                shown=both[comma_last != comma_last.iloc[0]].head(1),
            )
        return "," if comma_last.iloc[0] else "."
    for mark, having in ((",", values[commas]), (".", values[points])):
        escaped = re.escape(mark)
        if having.empty:
            continue
        if having.str.contains(rf"{escaped}\d*{escaped}", regex=True).any():
            return "." if mark == "," else ","
        if not having.str.fullmatch(rf"[+-]?[1-9]\d{{0,2}}{escaped}\d{{3}}").all():
            return mark
        if not (commas.any() and points.any()):
            shown = having.iloc[0]
            raise CleaningError(
                f"'{name}': '{shown}' reads as {shown.replace(mark, '')} or as "
                f"{shown.replace(mark, '.')}. Declare 'decimal: \",\"' or 'decimal: \".\"'.",
                column=name,
                shown=[shown],
            )
    if commas.any() and points.any():
        raise CleaningError(
            f"'{name}': '{values[commas].iloc[0]}' and '{values[points].iloc[0]}' do not tell "
            "which mark parts thousands. Declare 'decimal: \",\"' or 'decimal: \".\"'.",
            column=name,
            shown=values[commas].head(1),
        )
    return "."
