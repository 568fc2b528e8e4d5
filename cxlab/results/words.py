"""Numbers into words."""

import math
import re
from collections.abc import Sequence

TIMES = ("seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years")
RATIOS = ("ratio", "times the hazard")  # units in which 1 means no difference


def number(value: float, digits: int = 1, *, signed: bool = False) -> str:
    """Write a number for reading: grouped thousands, a true minus, no negative zero.

    Example:
        >>> number(-1234.56), number(4.06, signed=True), number(-0.01)
        ('−1,234.6', '+4.1', '0.0')
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{round(float(value), digits) + 0.0:{'+' if signed else ''},.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("+-")
    return text.replace("-", "−")


def count(n: float, noun: str = "") -> str:
    """Write a count with its noun in the right number.

    Example:
        >>> count(4817, "answer"), count(1, "reply"), count(2, "person")
        ('4,817 answers', '1 reply', '2 people')
    """
    text = number(n, 0)
    if not noun:
        return text
    if n == 1:
        return f"{text} {noun}"
    if noun.endswith("person"):
        return f"{text} {noun[:-6]}people"
    if re.search(r"[^aeiou]y$", noun):
        return f"{text} {noun[:-1]}ies"
    return f"{text} {noun}{'es' if noun.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def percent(share: float, digits: int = 0) -> str:
    """Write a share of one as a percentage.

    Example:
        >>> percent(0.4567), percent(0.4567, 1)
        ('46%', '45.7%')
    """
    text = number(share * 100, digits) if share is not None else "–"
    return text if text == "–" else f"{text}%"


def amount(value: float, unit: str = "", *, signed: bool = False) -> str:
    """Write an estimate in the result's unit: points with one digit, shares as percent.

    Example:
        >>> amount(12.34, "points"), amount(0.5, "share"), amount(4.064, "of 5")
        ('12.3', '50.0%', '4.06')
        >>> span(0.769, 0.846, "ratio")
        '0.77 to 0.85'
    """
    if unit == "share":
        return f"+{percent(value, 1)}" if signed and value > 0 else percent(value, 1)
    if unit == "money":
        return money(value)
    digits = 2 if unit in RATIOS or (unit.startswith("of ") and len(unit) < 6) else 1
    return number(value, digits, signed=signed)


def money(value: float, currency: str = "") -> str:
    """Write an amount of money, with its currency where it is known.

    Example:
        >>> money(1234.5), money(7.397, "GBP")
        ('1,234.50', 'GBP 7.40')
    """
    return f"{currency} {number(value, 2)}".lstrip()


def in_unit(value: float, unit: str, base: str) -> str:
    """Write an estimate as a headline number: money with the currency that its base names.

    Example:
        >>> in_unit(7.397, "money", "9 customers; money in GBP"), in_unit(12.34, "points", "")
        ('GBP 7.40', '12.3')
        >>> in_unit(54.47, "months", "")
        '54.5 months'
    """
    if unit == "money":
        return money(value, currency_of(base))
    text = amount(value, unit)
    return f"{text} {unit}" if unit in TIMES else text


def money_in(base: str, currency: str) -> str:
    """Say at the end of a base in which currency its money is, where that is known.

    Example:
        >>> money_in("9 customers", "GBP"), currency_of("9 customers; money in GBP")
        ('9 customers; money in GBP', 'GBP')
    """
    return f"{base.rstrip('.')}; money in {currency}" if currency else base


def currency_of(base: str) -> str:
    """Read the currency off a base that `money_in` wrote; nothing where there is none."""
    found = re.search(r"; money in (\S+)$", base)
    return found[1] if found else ""


def span(low: float, high: float, unit: str = "") -> str:
    """Write an interval.

    Example:
        >>> span(37.18, 42.41, "points")
        '37.2 to 42.4'
        >>> span(0.0214, 0.0236, "of 5")
        '0.021 to 0.024'
    """
    ends = amount(low, unit), amount(high, unit)
    if ends[0] == ends[1] != "–" and unit != "money" and low < high:
        finer = [_finer(low, high, unit, more) for more in (1, 2)]
        ends = next((pair for pair in finer if pair[0] != pair[1]), ends)
    return " to ".join(ends)


def _finer(low: float, high: float, unit: str, more: int) -> tuple[str, str]:
    """Write both ends with more digits than the unit has."""
    if unit == "share":
        return percent(low, 1 + more), percent(high, 1 + more)
    digits = len(amount(0.0, unit).partition(".")[2]) + more
    return number(low, digits), number(high, digits)


def listing(words: Sequence[str], limit: int = 5) -> str:
    """Join words as a sentence does.

    Example:
        >>> listing(["North", "South", "East"])
        'North, South and East'
    """
    shown = [str(word) for word in words]
    if len(shown) > limit:
        shown = [*shown[: limit - 1], f"{len(shown) - limit + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def or_others(others: int) -> str:
    """Say beside what is named first that so many may stand there as well.

    Example:
        >>> f"'9'{or_others(1)} most often", f"'9'{or_others(0)} most often"
        ("'9' or another most often", "'9' most often")
    """
    return "" if not others else (" or another" if others == 1 else " or others")


def may_equal(others: int, name: str = "another") -> str:
    """Say after what stands first that something else may stand there, too; nothing if none.

    Example:
        >>> f"Most write of delivery{may_equal(2)}."
        'Most write of delivery, which others may equal.'
    """
    return f", which {name if others == 1 else 'others'} may equal" if others else ""


def brief(text: object, longest: int = 48) -> str:
    """Shorten a text of the data for a sentence: one line, the rest left out.

    Example:
        >>> brief("Very\\n likely, I would say to everybody whom I meet", longest=20)
        'Very likely, I woul…'
    """
    line = " ".join(str(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def whole(text: object, longest: int = 100) -> str:
    """Give a name for a headline whole; of one as long as a sentence, its first words.

    Example:
        >>> whole("Customer support (if you contacted us)")
        'Customer support (if you contacted us)'
        >>> whole("Ease of finding your way through all our shops (if you have been there)", 60)
        'Ease of finding your way through all our shops'
    """
    line = " ".join(str(text).split())
    if len(line) > longest:
        line = re.sub(r"\s*[(\[][^()\[\]]*[)\]]\s*$", "", line) or line
    return line if len(line) <= longest else f"{line[:longest].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def sentence(text: str) -> str:
    """Begin with a capital, whatever word comes first.

    Example:
        >>> sentence("product is ahead of price.")
        'Product is ahead of price.'
    """
    return text[:1].upper() + text[1:]


def probability(p: float) -> str:
    """Write a p-value.

    Example:
        >>> probability(0.0312), probability(0.00002)
        ('0.031', '< 0.001')
    """
    if p is None or not math.isfinite(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
