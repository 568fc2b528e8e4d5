"""Which letters do these bytes stand for? Found out, doubted, or refused with the readings.

Weighed and not taken: charset-normalizer 3.5.2, which never doubts: it read the sample's list of
customers (cp1252), and short lists in Turkish (cp1254) and of a Mac, as cp1250, with other letters.
"""

import codecs
import re
import unicodedata
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from cxlab.codebook import DOUBT
from cxlab.ingest.opening import Bytes, IngestError, pieces

_HAN = (
    "一不人上下大中小年月日有是的了在我他这个们来到时地要就出会可也你对生能而子那得于着自之后作里用道行所然家种事成方多经"
    "么去法学如都同现当没动面起看定天分还进好部其些主样理心本前开但因只从想实重新电话号名姓客户订单金额地址城市北京广州"
    "海省区路街满意度服务质量价格产品回答提交编答案问题您请公司张王李刘陈杨黄赵吴周徐孙朱高林何郭马罗"
)
_TRADITIONAL = (
    "一不人上下大中小年月日有是的了在我他這個們來到時地要就出會可也你對生能而子那得於著自之後作裡用道行所然家種事成方多經"
    "麼去法學如都同現當沒動面起看定天分還進好部其些主樣理心本前開但因只從想實重新電話號名姓客戶訂單金額地址城市北灣台"
    "高雄省區路街滿意度服務質量價格產品回答提交編答案問題您請公司張王李劉陳楊黃趙吳周徐孫朱林何郭馬羅縣鄉鎮"
)
_KANA = "".join(map(chr, (*range(0x3041, 0x3094), *range(0x30A1, 0x30F7), 0x30FC)))
_KANJI = (
    "日一国人年大十本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電"
    "校語土木聞食車何南万毎白天母火右読友左休父雨会員番号氏住所客注文合計額県市区町村都道府回答満足度配送店品商業株式社"
    "田佐藤鈴伊渡辺林加吉松井森斎清池橋石原藤野村京阪横浜神奈福岡札幌太郎花美様受付対応良悪"
)
_HANGUL = (
    "이다는에가을의고하지로사은어시도일아기자대한리나인서해정과수만보부장그들전제스라상오구주있를으요번호고객명성응답시간주문날짜"
    "름소별금액합계배송만족직원불매우통의견추천친김박최조강윤임신안송류홍울산광경남북전빠르좋습니"
)
# encodings of other scripts with the characters their languages use most, and the part of a text
# that those usually make
_OTHERS = {
    "gb18030": (_HAN, 0.4),
    "big5": (_TRADITIONAL, 0.4),
    "shift_jis": (_KANA + _KANJI, 0.7),
    "euc_jp": (_KANA + _KANJI, 0.7),
    "cp949": (_HANGUL, 0.6),
    "cp1251": ("оеаинтсрвлкмд", 0.7),
    "koi8-r": ("оеаинтсрвлкмд", 0.7),
    "cp1253": ("αοιετσνηρκπυςάέίό", 0.75),
    "iso8859-8": ("יוהלאתרמבשנםןדע", 0.85),
    "cp1256": ("ايلمنتوربعهة", 0.75),
}
_WIDE = ("cp949", "shift_jis", "euc_jp", "gb18030", "big5")  # two bytes a character
_LEAST = 0.4  # of that usual part, from which a text may be of the language
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
#: Words with a letter beyond a to z; tried where a word begins alone, not at each of its letters.
_FOREIGN = re.compile(r"(?:(?<![^\W\d_])[^\W\d_]*)?[^\x00-\x7f][^\W\d_]*")
_LOOKED_AT = 2**20


class Read(NamedTuple):
    """Text as UTF-8.

    Attributes:
        data: without a byte order mark.
        encoding, why: what it was, and how that was decided.
        doubt: what it may be otherwise, both readings shown; or nothing.
    """

    data: Bytes
    encoding: str
    why: str
    doubt: str = ""


def decode(data: Bytes, name: str, declared: str | None) -> Read:
    """Turn text of any encoding into UTF-8.

    Args:
        data: the file.
        name: its name, for messages.
        declared: the encoding of the study file, or None to find out.

    Returns:
        The text as UTF-8 without a byte order mark, the encoding's name, how it was decided,
        and the next likely reading where so little text does not settle it.

    Raises:
        IngestError: the declared encoding does not fit, the file is not text, or it reads
            as well in two ways; both readings are shown.
    """
    if declared:
        try:
            return Read(_utf8(data, declared), declared, "as declared")
        except (UnicodeError, LookupError) as error:
            raise IngestError(f"{name}: not readable as '{declared}' ({error}).") from None
    head = bytes(data[:4])
    if head.startswith(b"\xef\xbb\xbf"):
        _check_utf8(data, name)
        return Read(data[3:], "utf-8", "byte order mark")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return Read(_utf8(data, "utf-16"), "utf-16", "byte order mark")
        except UnicodeError as error:
            raise IngestError(f"{name}: damaged UTF-16 ({error}). Export it again.") from None
    if (at := data.find(b"\x00")) >= 0:
        return _wide_without_mark(data, name, at)
    bad = _first_bad(data)
    if bad is None:
        return Read(data, "utf-8", "every byte is valid UTF-8")
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


def _wide_without_mark(data: Bytes, name: str, at: int) -> Read:
    """Tell UTF-16 without a byte order mark from a file that is no text."""
    head = bytes(data[:4096])
    half = max(len(head) // 2, 1)
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros.count(0) > 0.6 * half and (len(data) % 2 == 0):
            try:
                return Read(_utf8(data, encoding), encoding, "every other byte is zero")
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


def _other(data: Bytes, name: str, bad: int) -> Read:
    """Decide among the encodings that are not UTF-8, by the letters they make."""
    start = data.rfind(b"\n", 0, bad) + 1
    sample = bytes(data[start : start + _LOOKED_AT])
    cut = start + _LOOKED_AT < len(data)
    # cells of a to z alone read alike in each, and tell nothing; no character ends in a separator
    telling = b"\n".join(cell for cell in re.split(rb"[\n\t,;]", sample) if not cell.isascii())
    read = {each: _reads(telling, each, cut) for each in (*_OTHERS, *_LATIN)}
    high = re.findall(rb"[\x80-\xff]+[\x40-\x7e]?", telling)
    alone = sum(len(run.rstrip(bytes(range(0x40, 0x7F)))) == 1 for run in high)
    foreign = sum(map(len, high))
    scattered = alone > 0.5 * len(high) or (foreign < 12 and foreign < 0.02 * len(sample))
    if scattered and (latin := _latin(read, mixed=True)):
        return _utf8_of(data, latin, name, _also_latin(read, latin))
    usual = {each: score for each in _OTHERS if (score := _usual(read[each], each)) >= _LEAST}
    ranked = sorted(usual, key=lambda each: -usual[each])
    if ranked and (len(ranked) == 1 or usual[ranked[0]] > usual[ranked[1]]):
        return _utf8_of(data, ranked[0], name, _also(read, usual, ranked))
    if not ranked and (latin := _latin(read, mixed=False)):
        return _utf8_of(data, latin, name, _also_latin(read, latin))
    shown = ranked or [each for each in (*_OTHERS, *_LATIN) if _made(read[each], each)]
    readings = "; ".join(f"{each}: '{_glimpse(read[each])}'" for each in shown)
    raise IngestError(
        f"{name}: not UTF-8, and the bytes do not decide what it is. "
        f"It reads as {readings or 'no text at all'}. Declare 'encoding:' in the study file."
    )


def _made(text: str, encoding: str) -> bool:
    """Say whether a reading could be text at all."""
    if not text or encoding in _LATIN:
        return bool(text)
    return _apart(text) if encoding in _WIDE else _words(text)


def _usual(text: str, encoding: str) -> float:
    """Say how usual the characters of a reading are in its language; about 1 if it is right."""
    common, part = _OTHERS[encoding]
    letters = _letters(text)
    if not letters or not _made(text, encoding):
        return 0.0
    shouted = 0.5 if all(map(str.isupper, letters)) else 1.0  # Hebrew is capitals in koi8-r
    return shouted * sum(letter.lower() in common for letter in letters) / len(letters) / part


def _letters(text: str) -> list[str]:
    """Give the letters beyond a to z, of each word once: a word that repeats tells no more."""
    words = set(re.findall(r"[^\W\d_]+", text))
    return [letter for word in words for letter in word if ord(letter) > 0x7F]


def _also(read: dict[str, str], usual: dict[str, float], ranked: list[str]) -> str:
    """Name the next likely reading, where so few characters do not settle it."""
    first, *others = ranked
    n = len(_letters(read[first]))
    latin = "" if others else _latin(read, mixed=False)
    if latin and n < _SETTLED:
        return _doubted(read, first, latin)
    if not others or usual[first] - usual[others[0]] >= 2 / n**0.5:
        return ""
    return _doubted(read, first, others[0])


_SETTLED = 12  # characters of other scripts that are no chance


def _also_latin(read: dict[str, str], chosen: str) -> str:
    """Name another encoding whose letters would be those of one language, too."""
    for each in _LATIN:
        other = read[each]
        if each == chosen or not other or len(other) != len(read[chosen]):
            continue
        # each encoding reads the same bytes as a to z
        here, there = (
            re.findall(r"[^\x00-\x7f]", text) for text in (_counted(read[chosen], other))
        )
        changed = {b for a, b in zip(here, there, strict=True) if a != b}
        letters = [letter for letter in there if letter.isalpha()]
        likely = any(
            _share(letters, own) >= _ONE and _share(list(changed), own) == 1 for own in _LATIN[each]
        )
        if changed and likely and not _odd(other) and not _nowhere(other, changed):
            return _doubted(read, chosen, each)
    return ""


# where 'º' and 'ª' number something: 'N.º 7', '2ª'
_ORDINAL = re.compile(r"(?:\d|\b[NnMm][rao]?\.?)[ºª](?![^\W\d_])")
_HARD = "bcdfghjklmnpqrstvwxz"
# letters where no word of their languages has them: those of Western words read amiss
_NOWHERE = re.compile(
    rf"ń[aeiouyó]|ă[oe]|[ĺĹ]|ŕ(?![{_HARD}čšž])|[aeiou]ů|[{_HARD}][čćř][{_HARD}]|ő[eo]",
    re.IGNORECASE,
)


def _counted(text: str, other: str) -> tuple[str, str]:
    """Blank the signs that number something, in both readings: they are no letters."""
    if not _ORDINAL.search(text):
        return text, other
    spots = {found.end() - 1 for found in _ORDINAL.finditer(text)}
    one, two = ("".join(" " if at in spots else sign for at, sign in enumerate(each))
                for each in (text, other))  # fmt: skip
    return one, two


def _nowhere(text: str, changed: set[str]) -> bool:
    """Say whether letters stand where no language has them, in more than a third of the words."""
    words = [word for word in set(_FOREIGN.findall(text)) if changed & set(word)]
    return 3 * sum(bool(_NOWHERE.search(word)) for word in words) > len(words)


def _doubted(read: dict[str, str], chosen: str, other: str) -> str:
    """Show the same place in both readings."""
    lines = [read[each].splitlines() for each in (chosen, other)]
    at = next((n for n, pair in enumerate(zip(*lines, strict=False)) if pair[0] != pair[1]), 0)
    pair = [part[at] for part in lines]
    apart = next((n for n, two in enumerate(zip(*pair, strict=False)) if two[0] != two[1]), 0)
    start = max(apart - 15, 0)
    here, there = (" ".join(part[start : start + 40].split()) for part in pair)
    return (
        f"it is read as {chosen} ('{here}'), and as {other} it would be text, too ('{there}'). "
        f"If that is right, declare 'encoding: {other}' beside 'files:'."
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
    fits: dict[str, float] = {}
    for each in _LATIN:
        text = read[each]
        if not text or _odd(text):
            continue
        letters = [letter for letter in re.findall(r"[^\x00-\x7fºª]", text) if letter.isalpha()]
        fits[each] = max(_share(letters, own) for own in _LATIN[each])
    likely = [each for each, share in fits.items() if share >= _ONE]
    whole = [each for each in likely if fits[each] == 1]
    if likely and whole and _strays(read[likely[0]], _LATIN[likely[0]]) > 1:
        return whole[0]  # 'valószínû' and 'Gyõr' are no one language; 'valószínű' and 'Győr' are
    return next(iter(likely), "cp1252" if mixed and "cp1252" in fits else "")


def _strays(text: str, languages: tuple[str, ...]) -> int:
    """Count the different words whose letters are not those of the one language that fits best."""
    words = set(_FOREIGN.findall(text))
    return min(
        sum(
            any(ord(x) > 0x7F and x.isalpha() and x.lower() not in own for x in word)
            for word in words
        )
        for own in languages
    )


_ONE = 0.95  # part of the letters that are those of one language


def _share(letters: list[str], own: str) -> float:
    known = sum(letter in own or letter.lower() in own for letter in letters)
    return known / len(letters) if letters else 1.0


def _odd(text: str) -> bool:
    """Say whether symbols or capitals stand inside words, as in what is read amiss."""
    words = set(_FOREIGN.findall(text))  # one that repeats tells no more
    odd = len(set(_AMID.findall(text)))
    for word in words:
        odd += any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairwise(word))
    return odd > 0.02 * len(words)


def _apart(text: str) -> bool:
    """Say whether characters are those of books, and few of their words touch a Latin letter."""
    beside = re.findall(r"([a-z]?)[^\x00-\x7f]+([a-z]?)", text)
    amid = sum(bool(before or after) for before, after in beside)
    private = any(unicodedata.category(letter) in ("Co", "Cn", "Cc") for letter in text
                  if ord(letter) > 0x7F)  # fmt: skip
    return bool(beside) and not private and amid <= 0.5 * len(beside)


def _words(text: str) -> bool:
    """Say whether the letters make words of their own: capitals first, no symbol, no a to z."""
    words = _FOREIGN.findall(text)
    odd = sum(
        (word[1:] != word[1:].lower() and word != word.upper()) or bool(re.search("[A-Za-z]", word))
        for word in words
    )
    odd += len(re.findall(r"[ךםןףץ](?=[^\W\d_])", text))  # letters that end a word in Hebrew
    odd += len(re.findall(r"\b[бвгджзклмнпрстфхцчшщ]{2,}\b", text.lower()))  # no vowel in Russian
    letters = [letter for letter in text if ord(letter) > 0x7F]
    scripts = Counter(unicodedata.name(each, "").split(" ")[0] for each in letters
                      if each.isalpha())  # fmt: skip
    return bool(scripts) and odd < 0.1 * len(words) and max(scripts.values()) > 0.9 * len(letters)


def _glimpse(text: str) -> str:
    found = re.search(r"[^\x00-\x7f].{0,20}", text)
    return " ".join(found[0].split()) if found else ""


def _utf8(data: Bytes, encoding: str) -> bytes:
    return bytes(data).decode(encoding).removeprefix("\ufeff").encode("utf-8")


def _utf8_of(data: Bytes, encoding: str, name: str, also: str) -> Read:
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
    doubt = f"{DOUBT}{name}: {also}" if also else ""
    return Read(read, encoding, f"not UTF-8, {why}", doubt)
