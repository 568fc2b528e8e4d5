"""What a finding says, in a sentence: its number, and how sure that number is."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxlab.codebook import label
from cxlab.results import RATIOS, amount, in_unit, money, number, span

# the fixed scale, and what each word promises to a reader who knows no statistics
SCALE = {
    "well established": "the number is pinned down closely, or chance alone would show such a "
    "difference in fewer than one study in a hundred",
    "likely": "pinned down fairly closely, or chance alone would show as much in fewer than one "
    "study in twenty",
    "tentative": "a hint: the range is wide, fewer than thirty were counted, or no difference at "
    "all is still possible",
    "not decidable": "chance alone would show as much",
    "counted": "a count or a description; no one interval applies to it",
    "assumed": "it rests on an assumption that nobody has measured yet",
    "suspicious": "too good to be believed until somebody has found out why",
}
RULES = (
    "Well established: adjusted p below 0.01, or an interval that reaches at most a fortieth of "
    "its scale to either side. Likely: adjusted p below 0.05, or a twentieth. Tentative: adjusted "
    "p below 0.2, a wider interval, one that crosses zero (one, of a ratio), or fewer than thirty "
    "counted, be it of those who left or who stayed. Assumed and suspicious are said by the "
    "analysis itself."
)
OWN = ("assumed", "suspicious")  # words that a finding says of itself, however narrow its interval
MOVEMENT = "movement"  # the name of the one verdict on whether a score moved
# what tells of rows, columns and the choice between two models
ROWS = ("scope", "ledger", "codebook", "repairs", "joins", "rules", "provenance", "choice of model",
        "coding by two people")  # fmt: skip
PART, MOST_WORDS = 0.1, 25
FEW = 30
# what comes before a level: the term of a change, and the end of the name of a comparison
NEWS = ("change", "against the rest", "uplift")
TRIED = "uplift"  # what a declared experiment found is news, whatever it found


@dataclass(frozen=True)
class Sentence:
    """One finding, as it stands on the page.

    Attributes:
        question: which report asked it.
        text: the finding's headline.
        figure: its number and interval, in words; empty for a count.
        word: how sure, one of `SCALE`.
        page: the report, relative to the output folder.
        row: the row of the finding's frame that is shown.
        finding: the whole finding.
    """

    question: str
    text: str
    figure: str
    word: str
    page: str
    row: Mapping[str, Any]
    finding: Mapping[str, Any]


def lead(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Give the row of a finding whose number its sentence states first; empty when it states none.

    A number may stand beside a sentence only if the sentence is about that number. An interval
    in the sentence counts however few digits it is written with; its ends are no estimates. Of
    rows of one number the one whose name the sentence says is meant.
    """
    columns, unit, said = finding["frame"]["columns"], finding["unit"], finding["headline"]
    stated = [(found.start(), found.groups()) for found in _INTERVAL.finditer(said)]
    bare = _INTERVAL.sub(lambda found: "\0" * len(found[0]), said)  # places stay
    best: tuple[float, bool, bool] = (math.inf, True, True)
    row: dict[str, Any] = {}
    for cells in finding["frame"]["rows"]:
        here = dict(zip(columns, cells, strict=True))
        if here.get("estimate") is None:
            continue
        at = min(_place(text, bare) for text in _written(here["estimate"], unit))
        ends = (here.get("conf_low"), here.get("conf_high"))
        spans = [place for place, two in stated if None not in ends and _same(ends, two, unit)]
        names = [label(str(here[key])) for key in ("term", "group") if here.get(key)]
        named = any(name.casefold() in said.casefold() for name in names)
        found = (min(at, *spans, math.inf), not spans, not named)
        if found < best and found[0] < math.inf:
            best, row = found, here
    return row


_NUMBER = r"([−-]?\d[\d,]*(?:\.\d+)?%?)"
_INTERVAL = re.compile(
    rf"(?<![\d.,]){_NUMBER} to {_NUMBER}(?![\d%])|between {_NUMBER} and {_NUMBER}"
)


def numbers_of(sentence: str) -> set[str]:
    """Give the numbers of a sentence, without the ends of intervals.

    Example:
        >>> sorted(numbers_of("Still there: 59% (57% to 61%) of them after 72 months."))
        ['59%', '72']
    """
    return set(re.findall(_NUMBER, _INTERVAL.sub("", sentence)))


def _written(estimate: float, unit: str) -> list[str]:
    """Give the ways in which a sentence may state a number; a difference by its size and side."""
    size = _points(estimate) if unit == "share" else ""
    side = "above" if estimate > 0 else "below"
    return [amount(estimate, unit), f"{size or number(abs(estimate), 1)} {side}"]


def _place(text: str, sentence: str) -> float:
    """Say where a sentence states a number, infinitely far off if nowhere."""
    found = re.search(rf"(?<![\d.,−-]){re.escape(text)}(?![\d%])", sentence)
    return found.start() if found else math.inf


def _same(ends: Sequence[Any], written: Sequence[str | None], unit: str) -> bool:
    """Say whether two ends, rounded as they are written, are the ones written."""
    for end, text in zip(ends, [word for word in written if word], strict=True):
        if text.endswith("%") != (unit == "share"):
            return False
        value, digits = end * (100 if unit == "share" else 1), text.rstrip("%").partition(".")[2]
        if number(value, len(digits)) != text.rstrip("%").replace("-", "−"):
            return False
    return True


def certainty(row: Mapping[str, Any], unit: str) -> str:
    """Say how sure a number is, in a word of the fixed scale.

    Args:
        row: a row of a finding's frame.
        unit: the finding's unit.

    Example:
        >>> certainty({"estimate": 40.0, "conf_low": 37.0, "conf_high": 43.0}, "points")
        'well established'
        >>> certainty({"estimate": 1.0, "conf_low": -3.0, "conf_high": 5.0, "p_value": 0.6}, "")
        'not decidable'
        >>> certainty({"estimate": 0.61, "conf_low": 0.54, "conf_high": 0.68}, "of 1")
        'tentative'
    """
    if row.get("verdict") in OWN:
        return str(row["verdict"])
    low, high, p = (row.get(key) for key in ("conf_low", "conf_high", "p_value"))
    p = row.get("p_adjusted") if row.get("p_adjusted") is not None else p
    words = list(SCALE)
    if p is not None:
        place = 0 if p < 0.01 else 1 if p < 0.05 else 2 if p < 0.2 else 3
    elif low is None or high is None or row.get("estimate") is None:
        return "counted"
    else:
        reach = (high - low) / 2 / _range(unit, row["estimate"])
        place = 0 if reach <= 1 / 40 else 1 if reach <= 1 / 20 else 2
    nothing = 1.0 if unit in RATIOS else 0.0
    crosses = low is not None and high is not None and low <= nothing <= high
    counted = row.get("n") or math.inf
    if unit == "share" and row.get("n") and row.get("events") is not None:  # who left, who stayed
        counted = min(row["events"], row["n"] - row["events"])
    if counted < FEW or crosses:
        place = max(place, 2)
    return words[place]


def _range(unit: str, estimate: float) -> float:
    """Give the length of the scale a unit has; without one, the estimate is the measure."""
    if unit == "points":
        return 200.0
    if unit == "share":
        return 1.0
    top = re.fullmatch(r"of (\d+)", unit)
    return max(float(top[1]) - 1, 1.0) if top else max(4 * abs(estimate), 1e-12)


def figure(row: Mapping[str, Any], unit: str, base: str = "", said: str = "") -> str:
    """Write the number of a row with its interval; money in the currency that the base names.

    Args:
        row: a row of a finding's frame.
        unit: the finding's unit.
        base: whom it counts.
        said: its sentence: a difference of shares told in percentage points is none of a share.

    Example:
        >>> row = {"estimate": 0.36, "conf_low": 0.341, "conf_high": 0.377}
        >>> figure(row, "share"), figure(row, "share", said="36.0 percentage points above")
        ('36.0% (34.1% to 37.7%)', '+36.0 points (34.1 to 37.7)')
    """
    if row.get("estimate") is None:
        return ""
    told, apart = dict(row), in_points(row, unit, said)
    if apart:
        unit = "points"
        told |= {
            key: row[key] * 100 for key in ("estimate", "conf_low", "conf_high") if row.get(key)
        }
    text = in_unit(told["estimate"], unit, base)
    if apart:
        text = f"{amount(told['estimate'], unit, signed=True)} points"
    if told.get("conf_low") is None or told.get("conf_high") is None:
        return text
    return f"{text} ({span(told['conf_low'], told['conf_high'], unit)})"


def in_points(row: Mapping[str, Any], unit: str, said: str) -> bool:
    """Say whether a sentence tells the number of a row in percentage points."""
    return unit == "share" and row.get("estimate") is not None and _points(row["estimate"]) in said


def _points(difference: float) -> str:
    """Write the size of a difference of shares as sentences do."""
    return f"{number(abs(difference) * 100, 1)} percentage points"


def estimates(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give what quotes an estimate with its interval; where nothing does, the first finding.

    How many rows were read, and which model was kept, is no finding about anybody.
    """
    told = [f for f in findings if f["name"] not in ROWS]
    sure = [f for f in told if None not in map(lead(f).get, ("estimate", "conf_low"))]
    return sure or told[:1]


def sentence(report: Mapping[str, Any], finding: Mapping[str, Any]) -> Sentence:
    row, unit, text = lead(finding), finding["unit"], finding["headline"]
    if not row and finding["name"] == MOVEMENT:  # what did not move may be told without a number
        row = next(_rows(finding), {})
        row = {key: row.get(key) for key in ("term", "p_value", "p_adjusted", "verdict", "n")}
    shown = figure(row, unit, finding["base"], text)
    text = brief(text, amount(row["estimate"], unit) if row.get("estimate") is not None else "")
    if shown and unit == "money":
        bare, named = money(row["estimate"]), in_unit(row["estimate"], unit, finding["base"])
        text = text if named in text else text.replace(bare, named, 1)
    return Sentence(
        question=report["question"],
        text=text,
        figure=shown,
        word=certainty(row, unit) if row else _by_its_words(text),
        page=report["page"],
        row=row,
        finding=finding,
    )


_STATED = re.compile(rf"{_NUMBER}[^()\d]*\({_NUMBER} (?:to {_NUMBER}|or more)\)")


def _by_its_words(text: str) -> str:
    """Say how sure a number is that a sentence states with an interval, and no row holds."""
    found = _STATED.search(text)
    if not found:
        return "counted"
    value, low, high = (
        float(each.rstrip("%").replace(",", "").replace("−", "-")) if each else math.inf
        for each in found.groups()
    )
    share = found[1].endswith("%")
    row = {"estimate": value, "conf_low": low, "conf_high": high}
    return certainty({k: v / 100 for k, v in row.items()} if share else row,
                     "share" if share else "")  # fmt: skip


def brief(text: str, told: str = "") -> str:
    """Leave out the last clauses of a sentence too long for a page of one screen.

    Args:
        text: the sentence; clauses end in semicolons.
        told: the number it is about, which stays.

    Example:
        >>> brief("It is 4.0; " + "and so on and on " * 8 + "far.", "4.0")
        'It is 4.0.'
    """
    clauses = text.split("; ")
    while len(clauses) > 1 and len("; ".join(clauses).split()) > MOST_WORDS:
        if told not in "; ".join(clauses[:-1]):
            break
        clauses.pop()
    return text if "; ".join(clauses) == text else f"{'; '.join(clauses)}."


def thin(finding: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a finding rests on less than a tenth of those its report stands on.

    Args:
        finding: the finding; its base says whether customers or answers are counted.
        findings: all findings of its report; `scope` lists the tables with their sizes.
    """
    scope = [row for each in findings if each["name"] == "scope" for row in _rows(each)]
    sizes = {row.get("table"): row.get("n") for row in scope}
    sizes.setdefault("customers", max((row.get("customers") or 0 for row in scope), default=0))
    counted = re.search(r"customer|answer|respon", finding["base"])
    table = "customers" if counted and counted[0] == "customer" else "responses"
    counts = [row["n"] for row in _rows(finding) if row.get("n")]
    n, whole = lead(finding).get("n") or max(counts, default=None), sizes.get(table)
    return bool(n and whole and n < PART * whole)


def _rows(finding: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    columns = finding["frame"]["columns"]
    return (dict(zip(columns, cells, strict=True)) for cells in finding["frame"]["rows"])


def kind(said: Sentence) -> str:
    """Name the kind of news a sentence is, if it is any: sure enough, and not about nothing."""
    if said.finding["name"] == TRIED and said.figure:
        return TRIED
    if said.word not in list(SCALE)[:2]:
        return ""
    words = (str(said.row.get("term") or ""), str(said.finding["name"]))
    return next((kind for kind in NEWS if kind == words[0] or words[1].endswith(kind)), "")


def caption(said: Sentence) -> str:
    """Write the number with what it is of, unless the sentence says it all, and its base."""
    base = f"{said.finding['base'].rstrip('.')} · " if said.finding["base"] else ""
    if not said.figure:
        return base
    row, name = said.row, said.finding["name"]
    several = len(said.finding["frame"]["rows"]) > 1
    names = [row.get("group"), row.get("term"), name] if several else [name]
    whom = next(str(name) for name in names if name and name != "all")
    if whom == name and all(part in said.text for part in said.figure.split(" ", 1)):
        return base
    return f"{label(whom)}: {said.figure} · {base}"
