"""Which letters do these bytes stand for? Found out, said, or refused with the readings.

Weighed and not taken: charset-normalizer 3.5.2, which knows a two-line list in cp932 that is
misread here, but never doubts: it read the sample's list of customers (cp1252), and short lists in
Turkish (cp1254) and of a Mac, as cp1250, with other letters.
"""

import codecs
import re
import unicodedata
from itertools import pairwise

from cxlab.ingest.opening import Bytes, IngestError, pieces

_WIDE = ("cp949", "shift_jis", "euc_jp", "gb18030", "big5")  # two bytes a character
_NARROW = ("cp1251", "cp1253", "koi8-r", "iso8859-8")  # one byte, other alphabets
# the letters beyond a to z of the languages written in Latin letters, one language a string
_WESTERN = ("äöüß", "àâæçèéêëîïôœùûüÿ", "áéíñóúü", "àáâãçéêíóôõúü", "àèéìíîòóù", "áèéêëíïóöúü",
            "åäöàáéü", "æøåäèéöôóü", "áðéíóúýþæö", "àçèéíïòóúü", "äöõüšž")  # fmt: skip
_CENTRAL = ("ąćęłńóśźż", "áäčďéěíĺľňóôŕřšťúůýž", "áéíóöőúüű", "čćđšž", "ăâîşţ")
_LATIN = {  # the first that fits is taken
    "cp1252": _WESTERN,
    "mac_roman": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": ("çğıİöşüâîû",),
}
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_IN_WORDS = r"[^\W\d_¹²³¼½¾ªºˆˇ]"
_APART = "’‘“”„‚‹›–—…•«»€£¥°™®©§·´¿¡\u00ad"  # may touch a word; other symbols do not
_ODD = rf"(?:[¼¾ˆˇ]|[^\w\s\x00-\x7f{_APART}])"
_AMID = re.compile(
    rf"{_IN_WORDS}[¹²³½ªº«»£¥°§©®¿¡“”„‚‹›•]{_IN_WORDS}|(?![lL]){_IN_WORDS}·{_IN_WORDS}"
    rf"|[¹³£¥]{_IN_WORDS}|{_IN_WORDS}{_ODD}|{_ODD}{_IN_WORDS}|[\x80-\x9f]"
)
_LOOKED_AT = 2**20


def decode(data: Bytes, name: str, declared: str | None) -> tuple[Bytes, str, str]:
    """Turn text of any encoding into UTF-8.

    Args:
        data: the file.
        name: its name, for messages.
        declared: the encoding of the study file, or None to find out.

    Returns:
        The text as UTF-8 without a byte order mark, the encoding's name, and how it was
        decided.

    Raises:
        IngestError: the declared encoding does not fit, the file is not text, or it reads
            as well in two ways; both readings are shown.
    """
    if declared:
        try:
            return _utf8(data, declared), declared, "as declared"
        except (UnicodeError, LookupError) as error:
            raise IngestError(f"{name}: not readable as '{declared}' ({error}).") from None
    head = bytes(data[:4])
    if head.startswith(b"\xef\xbb\xbf"):
        _check_utf8(data, name)
        return data[3:], "utf-8", "byte order mark"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return _utf8(data, "utf-16"), "utf-16", "byte order mark"
        except UnicodeError as error:
            raise IngestError(f"{name}: damaged UTF-16 ({error}). Export it again.") from None
    if (at := data.find(b"\x00")) >= 0:
        return _wide_without_mark(data, name, at)
    bad = _first_bad(data)
    if bad is None:
        return data, "utf-8", "every byte is valid UTF-8"
    _check_stray(data, name, bad)
    return _other(data, name, bad)


def _first_bad(data: Bytes) -> int | None:
    """Give the place of the first byte that is not UTF-8."""
    decoder, before = codecs.getincrementaldecoder("utf-8")(), 0
    for piece in pieces(data):
        try:
            if not piece.isascii() or decoder.getstate()[0]:
                decoder.decode(piece)
        except UnicodeDecodeError as error:
            return before + error.start
        before += len(piece)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return before
    return None


def _check_utf8(data: Bytes, name: str) -> None:
    at = _first_bad(data)
    if at is not None:
        line = bytes(data[:at]).count(b"\n") + 1
        raise IngestError(
            f"{name}, line {line}: the file says it is UTF-8 and is not. Declare 'encoding:'.",
            line=line,
        )


def _wide_without_mark(data: Bytes, name: str, at: int) -> tuple[Bytes, str, str]:
    """Tell UTF-16 without a byte order mark from a file that is no text."""
    head = bytes(data[:4096])
    half = max(len(head) // 2, 1)
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros.count(0) > 0.6 * half and (len(data) % 2 == 0):
            try:
                return _utf8(data, encoding), encoding, "every other byte is zero"
            except UnicodeError:
                continue
    line = bytes(data[:at]).count(b"\n") + 1
    raise IngestError(
        f"{name}, line {line}: a zero byte; this is not a text file. Export it again, as CSV.",
        line=line,
    )


def _check_stray(data: Bytes, name: str, bad: int) -> None:
    """Refuse UTF-8 with a few bytes of another encoding: no encoding reads the whole."""
    around = bytes(data[max(0, bad - _LOOKED_AT) : bad + _LOOKED_AT])
    rest, letters = _LETTER.subn(b"", around)
    stray = len(rest) - len(rest.translate(None, bytes(range(0x80, 0x100))))
    if letters > stray:
        line = bytes(data[:bad]).count(b"\n") + 1
        raise IngestError(
            f"{name}, line {line}: a byte that is not UTF-8, as the {letters:,} letters around it "
            "are. Set the line right and export again, or declare 'encoding:' in the study file.",
            line=line,
        )


def _other(data: Bytes, name: str, bad: int) -> tuple[Bytes, str, str]:
    """Decide among the encodings that are not UTF-8, by how their bytes keep company."""
    start = data.rfind(b"\n", 0, bad) + 1
    sample = bytes(data[start : start + _LOOKED_AT])
    cut = start + _LOOKED_AT < len(data)
    read = {each: _reads(sample, each, cut) for each in (*_WIDE, *_NARROW, *_LATIN)}
    high = re.findall(rb"[\x80-\xff]+[\x40-\x7e]?", sample)
    alone = sum(len(run.rstrip(bytes(range(0x40, 0x7F)))) == 1 for run in high)
    foreign = sum(map(len, high))
    scattered = alone > 0.5 * len(high) or (foreign < 12 and foreign < 0.02 * len(sample))
    if scattered and (latin := _latin(read, mixed=True)):
        return _utf8_of(data, latin, name)
    fits = {each: read[each] for each in _WIDE if read[each] and _at_home(read[each], each)}
    for plain in ("cp949", "shift_jis", "euc_jp"):  # letters of their own, unlike the Chinese ones
        if plain in fits:
            fits = {plain: fits[plain]}
    if len(fits) == 1:
        return _utf8_of(data, next(iter(fits)), name)
    if not fits:
        fits = {each: read[each] for each in _NARROW if read[each] and _words(read[each])}
        if not fits and (latin := _latin(read, mixed=False)):
            return _utf8_of(data, latin, name)
    fits = fits or {each: text for each in _LATIN if (text := read[each])}
    shown = "; ".join(f"{each}: '{_glimpse(text)}'" for each, text in fits.items())
    raise IngestError(
        f"{name}: not UTF-8, and the bytes do not decide what it is. "
        f"It reads as {shown or 'no text at all'}. Declare 'encoding:' in the study file."
    )


def _reads(sample: bytes, encoding: str, cut: bool) -> str:
    for less in range(3 if cut else 1):  # the sample may end inside a character
        try:
            return sample[: len(sample) - less].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 4:
                return ""
    return ""


def _latin(read: dict[str, str], *, mixed: bool) -> str:
    """Name the encoding whose Latin letters are those of one language, and make words.

    Args:
        read: the text as each encoding reads it; empty where it cannot.
        mixed: whether several Western languages together will do where none does alone.
    """
    fits = []
    for each in _LATIN:
        text = read[each]
        if not text or _odd(text):
            continue
        fits.append(each)
        letters = [letter for letter in text if ord(letter) > 0x7F and letter.isalpha()]
        usual = (
            sum(letter in own or letter.lower() in own for letter in letters)
            for own in _LATIN[each]
        )
        if max(usual) >= 0.95 * len(letters):
            return each
    return "cp1252" if mixed and "cp1252" in fits else ""


def _odd(text: str) -> bool:
    """Say whether symbols or capitals stand inside words, as in what is read amiss."""
    words = re.findall(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*", text)
    odd = len(_AMID.findall(text))
    for word in words:
        odd += any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairwise(word))
    return odd > 0.02 * len(words)


def _at_home(text: str, encoding: str) -> bool:
    """Say whether most foreign letters belong to the script the encoding is made for."""
    foreign = [letter for letter in text if ord(letter) > 0x7F]
    kana = ("HIRAGANA", "KATAKANA")
    scripts = {"cp949": ("HANGUL SYLLABLE",), "shift_jis": kana, "euc_jp": kana}
    wanted = scripts.get(encoding, ("CJK",))
    at_home = sum(unicodedata.name(letter, "").startswith(wanted) for letter in foreign)
    usual = {"shift_jis": 0.3, "euc_jp": 0.3, "cp949": 0.9}.get(encoding, 0.8)
    if encoding == "cp949":  # rare syllables are a sign of another encoding
        usual_ones = sum(len(letter.encode("euc_kr", "ignore")) == 2 for letter in foreign)
        at_home = min(at_home, usual_ones)
    beside = re.findall(r"([a-z]?)[^\x00-\x7f]+([a-z]?)", text)
    amid = sum(bool(before or after) for before, after in beside)
    private = any(unicodedata.category(letter) in ("Co", "Cn", "Cc") for letter in foreign)
    apart = amid <= 0.5 * len(beside)  # few words of these scripts touch a Latin letter
    return bool(foreign) and not private and apart and at_home >= usual * len(foreign)


def _words(text: str) -> bool:
    """Say whether the letters make words of their own: capitals first, no symbol, no a to z."""
    words = re.findall(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*", text)
    odd = sum(
        (word[1:] != word[1:].lower() and word != word.upper()) or bool(re.search("[A-Za-z]", word))
        for word in words
    )
    letters = [letter for letter in text if ord(letter) > 0x7F]
    lettered = sum(letter.isalpha() for letter in letters)
    return bool(words) and odd < 0.1 * len(words) and lettered > 0.9 * len(letters)


def _glimpse(text: str) -> str:
    found = re.search(r"[^\x00-\x7f].{0,20}", text)
    return " ".join(found[0].split()) if found else ""


def _utf8(data: Bytes, encoding: str) -> bytes:
    return bytes(data).decode(encoding).removeprefix("\ufeff").encode("utf-8")


def _utf8_of(data: Bytes, encoding: str, name: str) -> tuple[bytes, str, str]:
    """Read the whole file as what its first letters are."""
    try:
        read = _utf8(data, encoding)
    except UnicodeDecodeError as error:
        line = bytes(data[: error.start]).count(b"\n") + 1
        raise IngestError(
            f"{name}, line {line}: a byte that is not {encoding}, as the rest seems to be. "
            "Set the line right, or declare 'encoding:' in the study file.",
            line=line,
        ) from None
    why = "every byte is valid cp1252" if encoding == "cp1252" else "read by the letters it makes"
    return read, encoding, f"not UTF-8, {why}"
