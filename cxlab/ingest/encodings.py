"""Which letters do these bytes stand for? Found out, said, or refused with the readings."""

import codecs
import re
import unicodedata

from cxlab.ingest.opening import Bytes, IngestError, pieces

_WIDE = ("cp949", "shift_jis", "gb18030", "big5")  # two bytes a character
_NARROW = ("cp1251", "cp1253", "koi8-r", "iso8859-8")  # one byte, other alphabets
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
    return _other(data, name)


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


def _other(data: Bytes, name: str) -> tuple[Bytes, str, str]:
    """Decide among the encodings that are not UTF-8, by how their bytes keep company."""
    sample = bytes(data[:_LOOKED_AT])
    high = re.findall(rb"[\x80-\xff]+[\x40-\x7e]?", sample)
    alone = sum(len(run.rstrip(bytes(range(0x40, 0x7F)))) == 1 for run in high)
    foreign = sum(map(len, high))
    if alone > 0.5 * len(high) or (foreign < 12 and foreign < 0.02 * len(sample)):
        return _single_byte(data)
    fits = {name: text for name in _WIDE if (text := _reads(sample, name)) and _at_home(text, name)}
    for plain in ("cp949", "shift_jis"):  # letters of their own, unlike the Chinese ones
        if plain in fits:
            fits = {plain: fits[plain]}
    if len(fits) == 1:
        encoding = next(iter(fits))
        return _utf8(data, encoding), encoding, "not UTF-8; read as the letters it is made for"
    if not fits:
        fits = {each: text for each in _NARROW if (text := _reads(sample, each)) and _words(text)}
        if (latin := _reads(sample, "cp1252")) and _words(latin) and not fits:
            return _single_byte(data)
    shown = "; ".join(f"{each}: '{_glimpse(text)}'" for each, text in fits.items())
    raise IngestError(
        f"{name}: not UTF-8, and the bytes do not decide what it is. "
        f"It reads as {shown or 'no text at all'}. Declare 'encoding:' in the study file."
    )


def _reads(sample: bytes, encoding: str) -> str:
    for cut in range(3):  # the sample may end inside a character
        try:
            return sample[: len(sample) - cut].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 4:
                return ""
    return ""


def _at_home(text: str, encoding: str) -> bool:
    """Say whether most foreign letters belong to the script the encoding is made for."""
    foreign = [letter for letter in text if ord(letter) > 0x7F]
    scripts = {"cp949": ("HANGUL",), "shift_jis": ("HIRAGANA", "KATAKANA")}
    wanted = scripts.get(encoding, ("CJK",))
    at_home = sum(unicodedata.name(letter, "").startswith(wanted) for letter in foreign)
    usual = {"shift_jis": 0.3, "cp949": 0.9}.get(encoding, 0.8)
    if encoding == "cp949":  # rare syllables are a sign of another encoding
        usual_ones = sum(bool(letter.encode("euc_kr", "ignore")) for letter in foreign)
        at_home = min(at_home, usual_ones)
    private = any(unicodedata.category(letter) in ("Co", "Cn", "Cc") for letter in foreign)
    return bool(foreign) and not private and at_home >= usual * len(foreign)


def _words(text: str) -> bool:
    """Say whether the letters make words: capitals first, no symbols among them."""
    words = re.findall(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*", text)
    odd = sum(word[1:] != word[1:].lower() and word != word.upper() for word in words)
    letters = [letter for letter in text if ord(letter) > 0x7F]
    lettered = sum(letter.isalpha() for letter in letters)
    return bool(words) and odd < 0.1 * len(words) and lettered > 0.9 * len(letters)


def _glimpse(text: str) -> str:
    found = re.search(r"[^\x00-\x7f].{0,20}", text)
    return " ".join(found[0].split()) if found else ""


def _utf8(data: Bytes, encoding: str) -> bytes:
    return bytes(data).decode(encoding).removeprefix("\ufeff").encode("utf-8")


def _single_byte(data: Bytes) -> tuple[bytes, str, str]:
    try:
        return _utf8(data, "cp1252"), "cp1252", "not UTF-8, every byte is valid cp1252"
    except UnicodeDecodeError:
        return _utf8(data, "latin-1"), "latin-1", "neither UTF-8 nor cp1252"
