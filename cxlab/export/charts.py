"""Which chart a finding calls for, and what it shows: rows, names, groups, what is unsure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxlab.codebook import label
from cxlab.export.inert import cell
from cxlab.results import RATIOS, amount, currency_of

MOST = {
    "bars": 20,
    "answers": 20,
    "likert": 14,
    "dots": 14,
    "columns": 30,
    "line": 120,
    "curves": 400,
}
MOST_CURVES, MOST_PLACES = 6, 14
PIECES = {"change": "change", "mix": "who answered", "rate": "scores inside the groups",
          "interaction": "scores and shares moving together",
          "gap, adjusted": "more than others alike"}  # fmt: skip
SIDES = {"penalty": "rated low", "reward": "rated high"}
LONGEST = 60  # characters of a name
FEW, CHANCE = 30, 0.05
READ_AT_ONCE = 12  # rows
_UNSURE = re.compile(
    r"not apart|no detectable|not detectable|not decidable|unclear|cannot|inside|undecided"
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """What a chart shows.

    Attributes:
        how: the kind of chart.
        rows: one a bar, point or moment, in the order they are drawn.
        keys: the columns that name a row.
        number: the column that is drawn.
    """

    how: str
    rows: list[Row]
    keys: tuple[str, ...] = ()
    number: str = "estimate"

    @property
    def names(self) -> list[str]:
        """The name of each row, inert."""
        return [named(row, self.keys) for row in self.rows]


def kind(finding: Mapping[str, Any]) -> str:
    """Say which chart a finding's columns call for; empty for none.

    Returns:
        map (two scores), waterfall, curves, sides (low ratings to the left, high to the right),
        line (by period), tenths, answers, likert (the answers of several items), dots (ratios, and
        means on a scale of their own), columns or bars.
    """
    rows = _rows(finding)
    if len(rows) < 2:
        return ""
    have = {name for name in rows[0] if sum(row[name] is not None for row in rows) > 1}
    alt, keys = str(finding.get("alt", "")), _keys(rows)
    if {"answer", "share"} <= have and "breakdown" not in rows[0]:
        return "likert" if len({row.get("item") for row in rows}) > 1 else "answers"
    if {"performance", "estimate"} <= have and len(rows) <= MOST_PLACES:
        return "map"
    if "scale of its own" in alt or alt.startswith("Map of"):  # no one axis
        return ""
    if waterfall(rows):
        return "waterfall"
    moments = {row.get("time") for row in rows}
    several = any(len({row.get(key) for row in rows}) < len(rows) for key in keys or ["group"])
    if {"time", "estimate"} <= have and len(moments) > 1 and several:
        return "curves"
    if SIDES.keys() <= {row.get("part") for row in rows}:
        return "sides"
    if keys == ["period"] and "estimate" in have:
        return "line"
    if {"lift", "rank", "estimate"} <= have:
        return "tenths"
    if {"value", "share"} <= have and all(isinstance(row["value"], int | float) for row in rows):
        return "columns"
    if not keys or "estimate" not in have or "table" in have:
        return ""
    return "dots" if _off_zero(finding, rows) else "bars"


def _off_zero(finding: Mapping[str, Any], rows: list[Row]) -> bool:
    """Whether zero means nothing here: a ratio, a mean on a scale that begins at one, a value
    that is compared between groups made alike."""
    top = re.fullmatch(r"of (\d+)", finding["unit"])
    low = min((row["estimate"] for row in rows if row.get("estimate") is not None), default=0.0)
    high = max((row["estimate"] for row in rows if row.get("estimate") is not None), default=0.0)
    on_scale = bool(top) and low >= 1.0 and high <= float(top[1] if top else 0)
    return (finding["unit"] in RATIOS and low > 0) or on_scale or bool(_adjusted(rows))


def _adjusted(rows: list[Row]) -> str:
    """Name the level that is told both as it is and among customers alike, if there is one."""
    terms = list(dict.fromkeys(str(row.get("term")) for row in rows))
    return terms[0] if terms and f"{terms[0]}, adjusted" in terms else ""


def _keys(rows: list[Row]) -> list[str]:
    """Give the columns whose values tell the rows apart."""
    known = ("period", "term", "group", "part", "against", "reason")
    names = [name for name in known if len({row.get(name) for row in rows}) > 1]
    if len({row.get("term") for row in rows}) == len(rows) and all(
        str(row.get("term")).startswith(f"{row.get('group')}: ") for row in rows
    ):
        return ["term"]  # it names the group itself
    return names[:2] if names != ["reason"] else []  # a reason alone names no row


def waterfall(rows: list[Row]) -> bool:
    """Whether rows tell a change from one level to the next and the pieces it is the sum of."""
    change = [row for row in rows if row.get("term") == "change" and row.get("group") in ALL]
    if not change or None in (change[0].get("before"), change[0].get("after")):
        return False
    return len(steps(rows)) > 1


ALL = (None, "all")


def steps(rows: list[Row]) -> list[Row]:
    """Give the pieces of a change in the order they are told; they sum to it, or there are none."""
    rows = [row for row in rows if row.get("group") in ALL and row.get("estimate") is not None]
    change = next(row for row in rows if row["term"] == "change")
    pieces = [row for row in rows if row["term"] in PIECES and row is not change]
    if len(pieces) < 2:
        pieces = [row for row in rows if row is not change and row["estimate"]]
    off = abs(sum(row["estimate"] for row in pieces) - change["estimate"])
    return pieces if off < 1e-6 * max(1.0, abs(change["estimate"])) else []


def _rows(finding: Mapping[str, Any]) -> list[Row]:
    columns = finding["frame"]["columns"]
    return [dict(zip(columns, row, strict=True)) for row in finding["frame"]["rows"]]


def drawn(finding: Mapping[str, Any]) -> Drawn:
    """Give what the chart of a finding shows."""
    how, rows = kind(finding), _rows(finding)
    number = "share" if how in ("columns", "answers", "likert") else "estimate"
    if how == "waterfall":
        return Drawn(how, rows, ("term",))
    rows = [row for row in map(_felt, rows) if row.get(number) is not None]
    if how in ("answers", "likert"):
        return Drawn(how, _answers(rows, how), ("answer" if how == "answers" else "item",))
    if how == "sides":
        return Drawn(how, _sides(rows), ("term",))
    if how == "curves":
        return Drawn(how, _curves(finding, rows), (_key(rows),))
    if how in ("columns", "tenths"):
        return Drawn(how, rows[-MOST["columns"] :], ("value" if how == "columns" else "rank",),
                     number)  # fmt: skip
    keys = _keys(rows)
    if how == "dots" and (level := _adjusted(rows)):
        rows = [row for row in rows if row["term"] == f"{level}, adjusted"]
        keys = ["group"]
    if how in ("bars", "dots"):
        # in order of value, the highest on top; a chart of bars is drawn from the bottom
        rows = sorted(_kept(finding, rows, keys, MOST[how]), key=lambda row: row["estimate"])
    elif how == "line":
        rows = rows[-MOST["line"] :]  # of a long line the latest
    return Drawn(how, rows, tuple(keys))


def _felt(row: Row) -> Row:
    """Give a row by what it weighs over all, where its finding tells that."""
    weighs = {"estimate": "felt", "conf_low": "felt_low", "conf_high": "felt_high"}
    return {**row, **{k: row[v] for k, v in weighs.items()}} if "felt" in row else row


def _answers(rows: list[Row], how: str) -> list[Row]:
    """Give the answers from the bottom up, or items with their answers in order."""
    rows = [{**row, "estimate": row["share"]} for row in rows if row["part"] == "answer"]
    if how == "likert":
        items = list(dict.fromkeys(row["item"] for row in rows))[: MOST["likert"]]
        return [row for row in rows if row["item"] in items]
    if rows and rows[0].get("kind") == "choose all":
        rows.sort(key=lambda row: -row["share"])
    kept = sorted(rows, key=lambda row: -row["share"])[: MOST["answers"]]
    return [row for row in rows if any(row is each for each in kept)][::-1]


def _sides(rows: list[Row]) -> list[Row]:
    """Put the rating with the longest arms on top."""
    rows = [row for row in rows if row.get("part") in SIDES]
    span: Counter[str] = Counter()
    for row in rows:
        span[str(row["term"])] += abs(row["estimate"])
    return sorted(rows, key=lambda row: (span[str(row["term"])], str(row["term"])))


def _kept(finding: Mapping[str, Any], rows: list[Row], keys: list[str], most: int) -> list[Row]:
    """Choose the bars: those the sentence names, of a rare verdict, farthest from zero, in turn."""
    apart = {"above": "apart", "below": "apart"}
    verdicts = [apart.get(str(row.get("verdict")), row.get("verdict")) for row in rows]
    usual = Counter(verdicts).most_common(1)[0][0] if rows else None
    usual = None if usual == "apart" else usual

    def place(row: Row) -> tuple[bool, bool, float]:
        told = any(_stated(_word(row[key], key), finding["headline"]) for key in keys if row[key])
        return not told, row.get("verdict") == usual, -abs(row["estimate"])

    return sorted(rows, key=place)[:most]


def _stated(word: str, sentence: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence) is not None


def _key(rows: list[Row]) -> str:
    return next(iter(_keys(rows)), "group")


def _curves(finding: Mapping[str, Any], rows: list[Row]) -> list[Row]:
    """Choose the curves: of everyone, those the sentence names, the long, the high."""
    rows = [row for row in rows if row["time"] is not None]
    key = _key(rows)
    points = Counter(row.get(key) for row in rows)
    last = {row.get(key): row for row in rows if points[row.get(key)] > 1}
    whole = max(row["time"] for row in last.values()) or 1

    def place(name: Any) -> tuple[bool, float, float]:
        told = name == "all" or _stated(str(name), finding["headline"])
        return not told, -round(10 * last[name]["time"] / whole), -last[name]["estimate"]

    chosen = sorted(last, key=place)[:MOST_CURVES]
    return [row for row in rows if row.get(key) in chosen]


def left_out(finding: Mapping[str, Any]) -> str:
    """Say how much of a finding its chart shows, where it does not show all."""
    how = kind(finding)
    if how == "curves":
        points = Counter(row.get(_key(_rows(finding))) for row in _rows(finding))
        there = sum(many > 1 for many in points.values())
        return f"{MOST_CURVES} of {there} curves shown" if there > MOST_CURVES else ""
    if how in ("", "waterfall", "sides", "map"):
        return ""
    if how in ("answers", "likert"):
        return _fewer(finding, how)
    shown = drawn(finding)
    rows = _rows(finding)
    if how == "dots" and (level := _adjusted(rows)):
        return f"{label(level)} among customers alike" if level else ""
    there = sum(row.get(shown.number) is not None for row in rows)
    return f"{len(shown.rows)} of {there} shown" if len(shown.rows) < there else ""


def _fewer(finding: Mapping[str, Any], how: str) -> str:
    key = "answer" if how == "answers" else "item"
    there = len({row[key] for row in _rows(finding) if row["part"] == "answer"})
    return f"{MOST[how]} of {there} {key}s shown" if there > MOST[how] else ""


def telling(finding: Mapping[str, Any]) -> bool:
    """Whether a chart is taken in at once: few bars, or lines."""
    shown = drawn(finding)
    return shown.how not in ("bars", "dots") or len(shown.rows) <= READ_AT_ONCE


# ---------------------------------------------------------------- names, and how sure a row is


def named(row: Row, keys: Sequence[str]) -> str:
    """Name a row by its columns, inert."""
    words = [_word(row[key], key) for key in keys if row.get(key) is not None]
    return cell(", ".join(words) or "everyone", longest=LONGEST)


def _word(value: Any, key: str) -> str:
    """Write a value as people do; what comes from data stays as it stands."""
    if key == "group" and value == "all":
        return "everyone"
    if key == "reason" and isinstance(value, str):
        return ", ".join(map(label, value.split(", ")))
    if key == "term" and isinstance(value, str):
        return label(value)
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def unsure(row: Row, unit: str) -> bool:
    """Whether a row may be chance: by its p-value, else its verdict, its interval, its base.

    Example:
        >>> unsure({"estimate": 1.4, "conf_low": 0.9, "conf_high": 2.2}, "ratio")
        True
    """
    p = row.get("p_adjusted") if row.get("p_adjusted") is not None else row.get("p_value")
    if p is not None:
        return bool(p >= CHANCE)
    if row.get("verdict") is not None and _UNSURE.search(str(row["verdict"])):
        return True
    low, high = row.get("conf_low"), row.get("conf_high")
    nothing = 1.0 if unit in RATIOS else 0.0
    crosses = low is not None and high is not None and low < nothing < high
    few = row.get("n") is not None and row["n"] < FEW
    return crosses or bool(few)


def greyed(finding: Mapping[str, Any]) -> str:
    """Say what grey means on a chart that has some."""
    shown = drawn(finding) if kind(finding) in ("bars", "dots", "map", "sides") else None
    if shown and any(unsure(row, finding["unit"]) for row in shown.rows):
        return "grey: cannot be placed" if shown.how == "map" else "grey: could be chance"
    if kind(finding) == "waterfall" and any(unsure(s, "") for s in steps(_rows(finding))):
        return "grey: could be chance"
    return ""


def unit_of(finding: Mapping[str, Any]) -> str:
    """Give the unit of a finding; money is known by its base, too."""
    return finding["unit"] or ("money" if currency_of(finding["base"]) else "")


def written(row: Row, unit: str, *, signed: bool = False) -> str:
    """Write the estimate of a row as its unit is written."""
    return amount(row["estimate"], unit, signed=signed)
