"""No group so small that it names its people: the one place every answer passes when shown.

What is computed stays whole; what a notebook displays, and so what pages, findings, decks and
workbooks hold, goes through `shown`. A study sets how small is too small when it is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlab.results.words import amount, count, listing, number, percent, span

if TYPE_CHECKING:
    from cxlab.results import Result

ALL = "all"  # everyone is no group
SUPPRESSED = "suppressed"
# columns that say which row this is; everything else is a number of the group or a word on it
KEYS = ("group", "term", "period", "table", "column", "role", "part", "against", "reason", "level",
        "question", "item", "answer", "breakdown")  # fmt: skip
_ESTIMATES = ("estimate", "conf_low", "conf_high", "share", "before", "after", "raw")
_PEOPLE = r"(answer|customer|respondent|people|person|repl)"
_HELD_BACK = ": only groups of"
_floor = 0
_behind: dict[str, tuple[int, int]] = {}


def keep_back(smallest: int, *, behind: Mapping[str, tuple[int, int]] | None = None) -> int:
    """Show no group of fewer people from now on, in this process.

    Opening a study calls this with its `privacy.smallest_group`; whoever shows the same study
    to another audience may call it again with another number.

    Args:
        smallest: fewest people a group that is shown may have; 0 shows every group.
        behind: how many people stand behind how many answers of a group or a period, by its
            name, where some answered more than once.

    Returns:
        The number that held before.
    """
    global _floor, _behind
    before, _floor = _floor, int(smallest)
    _behind = dict(behind or {})
    return before


def shown(result: Result, *, blank: bool = True) -> Result:
    """Give a result as it may be shown in this process.

    Args:
        result: any answer.
        blank: keep the rows held back, without numbers; False leaves them out.

    Example:
        >>> from cxlab.results import Result, keep_back, shown
        >>> rows = pd.DataFrame({"group": ["a", "b", "c"], "n": [50, 20, 3]})
        >>> before = keep_back(10)
        >>> shown(Result("size", rows, "Sizes differ.", "counted", "all")).frame["n"].tolist()
        [50.0, nan, nan]
        >>> keep_back(before)
        10
    """
    return suppress(result, smallest=_floor, blank=blank)


def suppress(
    result: Result, *, smallest: int, blank: bool = True, people: Sequence[Any] | None = None
) -> Result:
    """Blank the numbers of groups with fewer people than may be shown.

    Args:
        result: any answer; those without a count of people stay as they are.
        smallest: fewest people a group that is shown may have.
        blank: keep the rows held back, without numbers; False leaves them out.
        people: of each row, where this process does not know them (see `known_people`).

    Returns:
        The result with every number of those groups missing, `suppressed` as their verdict,
        and a note that says so. The headline is replaced, and notes are left out, only where
        they name a group that is blank or state one of its numbers.

    Example:
        >>> from cxlab.results import Result
        >>> rows = pd.DataFrame({"group": ["a", "b", "c"], "n": [50, 20, 3]})
        >>> answer = Result("size", rows, "c is smallest.", "counted", "everyone")
        >>> suppress(answer, smallest=10).headline
        'Size: only groups of 10 or more people are shown.'
    """
    frame = result.frame
    small = hidden(frame, smallest=smallest, people=people)
    if not small.any():
        return result
    gone = _gone(frame, small)
    secret = _secret(result, small)
    told = _names_any(result.headline, gone) or _states(result.headline, secret)
    told = told or not _any_left(frame, small)  # whatever it says, it says of those held back
    left = (n for n in result.notes if not _names_any(n, gone) and not _states(n, secret))
    name = re.sub(r"^(nps|csat|ces)\b", lambda score: score[0].upper(), result.name)
    said = f"{name[:1].upper()}{name[1:]}{_HELD_BACK} {smallest} or more people"
    return replace(
        result,
        frame=_blanked(frame, small) if blank else frame[~small].reset_index(drop=True),
        headline=f"{said} are shown." if told else result.headline,
        notes=(*left, _note(gone, small, smallest)),
    )


def speechless(headline: str) -> bool:
    """Say whether a sentence tells only that groups are held back.

    Example:
        >>> speechless("Size: only groups of 10 or more people are shown."), speechless("Up.")
        (True, False)
    """
    return _HELD_BACK in headline and headline.endswith("people are shown.")


def hidden(
    frame: pd.DataFrame, *, smallest: int, people: Sequence[Any] | None = None
) -> np.ndarray:
    """Say which rows of a result's frame are about too few people to be shown.

    A row is about few people when its count `n`, or `at_risk` on a curve, is below `smallest`,
    whatever the row is of: a group, a period, a tenth of a ranking, a term, or everyone where
    they are so few; where every row is a point of a scale (`value`, `share`), the group's points
    are counted together. Accounts of a table's rows (`table`) are not about people. Where what is
    left out of one set of groups, periods or ranks would be a single one, or still fewer than
    `smallest` people, the next smallest goes with it, or the first could be told by taking the
    others from the total.

    Args:
        frame: any result's; without `n` or `at_risk` nothing is held back.
        smallest: fewest people a group that is shown may have.
        people: of each row, where this process does not know them (see `known_people`).

    Returns:
        True where a row is held back.

    Example:
        >>> hidden(pd.DataFrame({"group": ["a", "b", "all"], "n": [50, 3, 53]}), smallest=10)
        array([ True,  True, False])
    """
    none = np.zeros(len(frame), dtype=bool)
    if smallest <= 1 or not len(frame) or "table" in frame:
        return none
    if "at_risk" in frame:  # a curve: what comes after the last allowed point is left out
        watched = frame["at_risk"].astype(float)
        return ((watched > 0) & (watched < smallest)).to_numpy()
    if "n" not in frame:
        return none
    counted = _people(frame)
    if people is not None:
        counted = np.fmin(counted, pd.Series([*people], index=frame.index, dtype=float))
    small = ((counted > 0) & (counted < smallest)).to_numpy()
    if not small.any():
        return none
    small = _with_seconds(frame, counted.to_numpy(), small, smallest)
    if "group" in frame:  # a group of which nothing else is left goes whole, uncounted rows too
        named = _named(frame)
        left = frame.loc[~small & (counted > 0).to_numpy(), "group"]
        gone = set(frame.loc[small & named.to_numpy(), "group"]) - set(left)
        small |= (frame["group"].isin(gone) & named).to_numpy()
    return small


def people_behind(n: np.ndarray, names: Iterable[object]) -> np.ndarray:
    """Give the people of groups, of which answers were counted: fourteen of two people are two.

    Args:
        n: answers of each group.
        names: the groups; of those without repeated answers each answer is a person, and what is
            more than there are answers counts something else.
    """
    known = [_behind.get(str(name), (np.nan, np.nan)) for name in names]
    people, answers = np.array(known, dtype=float).reshape(-1, 2).T
    return np.where(n <= answers, np.fmin(n, people), n)


def crossed(*names: object) -> str:
    """Name a group of a period, as who is behind it is kept (`keep_back`).

    Example:
        >>> crossed("Oslo", "2025Q3")
        'Oslo, 2025Q3'
    """
    return ", ".join(map(str, names))


def known_people(frame: pd.DataFrame) -> list[int | None]:
    """Give the people of each row where some answered more than once; nothing if none did.

    A finding takes them along, since whoever reads it later does not know who answered.

    Example:
        >>> before = keep_back(10, behind={"c": (2, 14)})
        >>> known_people(pd.DataFrame({"group": ["a", "c"], "n": [50, 14]}))
        [50, 2]
        >>> keep_back(before)
        10
    """
    if "n" not in frame or "table" in frame or not _behind:
        return []
    people, n = _people(frame), frame["n"].astype(float)
    if not (people < n).any():
        return []
    return [None if np.isnan(each) else int(each) for each in people]


def tellable(sizes: pd.Series) -> list[str]:
    """Name the groups that may be shown in this process, for questions that choose among them.

    A question that leaves small groups out by itself would else show the next one, from which
    they follow.

    Args:
        sizes: people of every group, by its name.

    Example:
        >>> before = keep_back(10)
        >>> tellable(pd.Series({"a": 50, "b": 20, "c": 3}))
        ['a']
        >>> keep_back(before)
        10
    """
    frame = pd.DataFrame({"group": sizes.index.astype(str), "n": sizes.to_numpy()})
    return frame.loc[~hidden(frame, smallest=_floor), "group"].tolist()


# ---------------------------------------------------------------- helpers


def _any_left(frame: pd.DataFrame, small: np.ndarray) -> bool:
    """Say whether any row that counts people is shown."""
    people = frame["at_risk" if "at_risk" in frame else "n"].astype(float)
    return bool((people[~small] > 0).any())


def _keys(frame: pd.DataFrame) -> list[str]:
    """Name the columns that tell rows apart and are no number of a group."""
    keys = [name for name in KEYS if name in frame]
    if "time" in frame and ("at_risk" in frame or _several_rows_a_group(frame)):
        keys.append("time")  # the axis of a curve; elsewhere time is what a group was watched
    return keys + (["value"] if {"value", "share"} <= set(frame.columns) else [])


def _blanked(frame: pd.DataFrame, small: np.ndarray) -> pd.DataFrame:
    blanked = frame.copy()
    for name in frame.columns.drop(_keys(frame)):
        column = blanked[name]
        number_like = pd.api.types.is_numeric_dtype(column) and column.dtype != bool
        blanked[name] = column.astype(float if number_like else object).mask(small)
    if "verdict" in blanked:
        blanked["verdict"] = blanked["verdict"].astype(object).mask(small, SUPPRESSED)
    return blanked


def _several_rows_a_group(frame: pd.DataFrame) -> bool:
    return "group" in frame and bool(frame.duplicated("group").any())


def _named(frame: pd.DataFrame) -> pd.Series:
    named = pd.Series(False, index=frame.index)
    if "group" in frame:
        named |= frame["group"].notna() & (frame["group"] != ALL)
    if "period" in frame:
        named |= frame["period"].notna()
    return named


def _people(frame: pd.DataFrame) -> pd.Series:
    n = frame["n"].astype(float)
    named = [frame[name] for name in ("group", "period") if name in frame]
    if len(named) > 1:
        named.append(pd.Series(map(crossed, *named), index=frame.index, dtype=object))
    for names in named or [pd.Series(ALL, index=frame.index)]:
        n = pd.Series(people_behind(n.to_numpy(), names), index=frame.index)
    if not {"group", "value", "share"} <= set(frame.columns):
        return n
    points = pd.to_numeric(frame["value"], errors="coerce").notna()
    sets = [_text(frame[name]) for name in ("group", "period") if name in frame]
    return n.where(~points, n.groupby(sets).transform("sum"))


def _with_seconds(
    frame: pd.DataFrame, people: np.ndarray, small: np.ndarray, smallest: int
) -> np.ndarray:
    """Add the groups without which the small ones could be told from the total."""
    small, by = small.copy(), _dealt(frame)
    if not by:
        return small
    sets = [_text(frame[name]) for name in _keys(frame) if name != by]
    names = sets[0].str.cat(sets[1:], sep="\x1f") if sets else pd.Series("", index=frame.index)
    apart = (frame[by].notna() & (frame[by] != ALL)).to_numpy() & (people > 0)
    for rows in pd.Series(np.arange(len(frame)))[apart].groupby(names.to_numpy()[apart]):
        places = rows[1].to_numpy()
        for place in places[np.argsort(people[places], kind="stable")]:
            gone = places[small[places]]
            if not len(gone) or (len(gone) > 1 and people[gone].sum() >= smallest):
                break
            small[place] = True
    return small


def _dealt(frame: pd.DataFrame) -> str:
    """Name the column by which the people are dealt into rows that make up everyone."""
    if "group" in frame and (_named(frame[["group"]])).any():
        return "group"
    if "period" in frame:
        return "period"
    return "rank" if "rank" in frame and "term" not in frame else ""


def _text(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), "").astype(str)


def _gone(frame: pd.DataFrame, small: np.ndarray) -> list[str]:
    """Name the groups, or else the periods, of which nothing is left."""
    by = "group" if "group" in frame and _named(frame[["group"]])[small].any() else "period"
    if by not in frame:
        return []
    left = set(frame.loc[~small, by].dropna().astype(str))
    return [n for n in dict.fromkeys(frame.loc[small, by].dropna().astype(str)) if n not in left]


def _names_any(text: str, names: list[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names)


def _secret(result: Result, small: np.ndarray) -> tuple[set[str], set[str]]:
    """Give the numbers, and the counts of people, that only rows held back have."""
    frame = result.frame
    held, told = (_texts(frame[side], result.unit) for side in (small, ~small))
    return held - told, {
        count(n) for n in frame.loc[small, "n"].dropna()
    } if "n" in frame else set()


def _states(text: str, secret: tuple[set[str], set[str]]) -> bool:
    """Say whether a sentence states a number that only rows held back have."""
    numbers, counts = secret
    return any(
        re.search(rf"(?<![\d.,]){re.escape(one)}(?![\d%]|[.,]\d)", text) for one in numbers
    ) or any(re.search(rf"(?<![\d.,]){n} {_PEOPLE}", text) for n in counts)


def _texts(rows: pd.DataFrame, unit: str) -> set[str]:
    """Give every way in which sentences write the estimates of these rows."""
    out: set[str] = set()
    for name in _ESTIMATES:
        values = rows[name].dropna().unique() if name in rows else ()
        for value in values:
            if pd.api.types.is_number(value):
                out |= {amount(value, unit), number(value, 1), number(value, 2)}
                out |= {number(value, 1, signed=True), number(value, 2, signed=True)}
                out |= {percent(value, 1), percent(value)} if 0 <= value <= 1 else set()
    if {"conf_low", "conf_high"} <= set(rows.columns):
        ends = rows[["conf_low", "conf_high"]].dropna().drop_duplicates()
        out |= {span(low, high, unit) for low, high in ends.itertuples(index=False)}
    return out - {"–"}


def _note(gone: list[str], small: np.ndarray, smallest: int) -> str:
    if not gone:
        rows = count(int(small.sum()), "row")
        return f"{rows} about fewer than {smallest} people not shown."
    return (
        f"Not shown: {listing(gone)}. Fewer than {smallest} people, or would tell the numbers of "
        "those that have."
    )
