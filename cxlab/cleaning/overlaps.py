"""Do the exports of one table tell of the same rows twice, where no id says which is which?"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cxlab.codebook import DOUBT, Table
from cxlab.results import count, number

_WHEN = ("answered_at", "ordered_at", "opened_at", "posted_at", "at")
_OWN = {f"{kind}_id" for kind in ("response", "order", "interaction", "review", "subscription")}
_ALIKE, _OVERLAP, _BEYOND = 5, 0.05, 3
_WHOLE = 0.9  # of the rows of the days that two exports tell of, from which they are the same
_OTHERS = 0.9  # part of the rows that no other row of the file is like


def told_twice(rows: pd.DataFrame, files: pd.Series, spec: Table) -> tuple[np.ndarray, list[str]]:
    """Find the rows of later exports that repeat all that an earlier one tells of those days.

    Two exports overlap where, over the time both tell of, each row of the one stands in the
    other as often. Rows that are alike by chance, as of two shops on one day, do not add up to
    that; nor do exports that follow one another, which have no time in common.

    Args:
        rows: every row, typed.
        files: the file of each.
        spec: the table's part of the study file.

    Returns:
        For each row whether it is such a repeat, and a doubt for each file that has some, or
        that holds rows of an earlier one for all that is not so sure.
    """
    twice, notes = np.zeros(len(rows), bool), []
    when = next((rows[name] for name in _WHEN if name in rows), None)
    marks = _marks(rows, files, spec)
    if when is not None and spec.rules.get("duplicate_export") != "off":
        notes = _counted_once(marks, rows, when.to_numpy(dtype="datetime64[ns]"), twice)
    rest = {name: mine[~twice[mine.index]] for name, mine in marks.items()}
    return twice, [*notes, *_partly(rest, rows)]


def _counted_once(
    marks: dict[str, pd.DataFrame], rows: pd.DataFrame, moments: np.ndarray, twice: np.ndarray
) -> list[str]:
    names, notes = sorted(marks), []
    for at, name in enumerate(names[1:], 1):
        for earlier in names[:at]:
            again, days = _shared(marks[earlier], marks[name], moments)
            fresh = again[~twice[again]]
            if len(fresh):
                twice[fresh] = True
                notes.append(
                    f"{DOUBT}{count(len(fresh), 'row')} of {name}{_worth(rows, fresh)} stand in "
                    f"{earlier}, too, as do all of {days}: the exports overlap, and they are "
                    "counted once. To count them twice, write 'rules: {duplicate_export: off}'."
                )
    return notes


def _marks(rows: pd.DataFrame, files: pd.Series, spec: Table) -> dict[str, pd.DataFrame]:
    """Give each file its rows as hashes of all cells and of how often they stood there before."""
    names = files.astype("str").to_numpy()
    if len(set(names)) < 2 or _OWN & {*spec.columns} or len(rows.columns) < 2:
        return {}
    hashes = pd.util.hash_pandas_object(rows.reset_index(drop=True), index=False)
    turn = hashes.groupby([names, hashes]).cumcount()
    if turn.eq(0).groupby(names).mean().min() < _OTHERS:
        return {}  # too little is known of a row to tell it from others
    marks = pd.DataFrame({"row": hashes, "turn": turn})
    marks["key"] = pd.util.hash_pandas_object(marks, index=False)
    return {str(name): mine for name, mine in marks.groupby(names)}


def _shared(
    mine: pd.DataFrame, theirs: pd.DataFrame, moments: np.ndarray
) -> tuple[np.ndarray, str]:
    """Find the rows of the second that are all there is of the time both tell of."""
    first, second = moments[mine.index], moments[theirs.index]
    if np.isnat(first).all() or np.isnat(second).all():
        return np.array([], int), ""
    start = max(np.nanmin(first), np.nanmin(second))
    end = min(np.nanmax(first), np.nanmax(second))
    one = mine[(first >= start) & (first <= end)]
    other = theirs[(second >= start) & (second <= end)]
    again = other.index[other["key"].isin(one["key"])].to_numpy()
    if len(again) < _ALIKE or len(again) < _WHOLE * max(len(one), len(other)):
        return np.array([], int), ""
    return again, f"{pd.Timestamp(start):%Y-%m-%d} to {pd.Timestamp(end):%Y-%m-%d}"


def _partly(marks: dict[str, pd.DataFrame], rows: pd.DataFrame) -> Iterator[str]:
    before = pd.Series(dtype="uint64")
    for name in sorted(marks):
        mine = marks[name]
        again = mine["key"].isin(before).to_numpy()
        same, n, chance = int(again.sum()), len(mine), int(mine["turn"].gt(0).sum())
        if same >= max(_ALIKE, _OVERLAP * n) and same > _BEYOND * max(chance, 1):
            yield (
                f"{DOUBT}{count(same)} of {count(n, 'row')} of {name}"
                f"{_worth(rows, mine.index[again].to_numpy())} stand in an earlier file, too, "
                "alike in every column that is read: exports that overlap count them twice. Name "
                "the latest file alone under 'files', or map their id."
            )
        before = pd.concat([before, mine["key"]])


def _worth(rows: pd.DataFrame, places: np.ndarray) -> str:
    if "amount" not in rows:
        return ""
    return f", worth {number(float(rows['amount'].iloc[places].sum()), 2)},"
