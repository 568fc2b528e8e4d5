"""No group so small that it names its people."""

import pandas as pd

from cxlab.results import Result, count, listing

KEYS = (
    "group",
    "term",
    "period",
    "table",
    "column",
    "verdict",
    "role",
    "part",
    "against",
    "reason",
)


def suppress(result: Result, *, smallest: int, by: str = "group", total: bool = True) -> Result:
    """Blank the numbers of groups with fewer people than may be shown.

    Where exactly one group would be blank and the total is known, the next smallest goes with
    it, or the first could be told by taking the others from the total.

    Args:
        result: with the column `by` and the count `n`.
        smallest: fewest people a group that is shown may have.
        by: the column that names the groups.
        total: whether the total of the groups is shown or known.

    Returns:
        The result with every number of those groups missing and a note that says so. The
        headline is replaced where it names a group that is blank.

    Example:
        >>> rows = pd.DataFrame({"group": ["a", "b", "c"], "n": [50, 20, 3]})
        >>> answer = Result("size", rows, "c is smallest.", "counted", "everyone")
        >>> suppress(answer, smallest=10).frame["n"].tolist()
        [50.0, nan, nan]
    """
    frame = result.frame
    if by not in frame or "n" not in frame:
        return result
    named = frame[by].notna()
    small = named & (frame["n"] < smallest)
    others = [name for name in ("period", "term", "table") if name in frame and name != by]
    beside = [frame[name].fillna("").astype(str) for name in others]
    sets = beside[0].str.cat(beside[1:], sep="\x1f") if beside else pd.Series("", frame.index)
    if total:
        for _, rows in frame[named].groupby(sets[named]):
            blank = small[rows.index]
            if blank.sum() == 1 and len(rows) > 1:
                small[rows.loc[~blank, "n"].idxmin()] = True
    if not small.any():
        return result
    gone = [str(name) for name in dict.fromkeys(frame.loc[small, by])]
    numbers = [name for name in frame if name not in KEYS]
    blanked = frame.copy()
    for name in numbers:
        column = blanked[name]
        typed = column.astype(float) if pd.api.types.is_numeric_dtype(column) else column
        blanked[name] = typed.mask(small)
    if "verdict" in blanked:
        blanked["verdict"] = blanked["verdict"].mask(small)
    told = any(name in result.headline for name in gone)
    return Result(
        name=result.name,
        frame=blanked,
        headline=_without(result) if told else result.headline,
        method=result.method,
        base=result.base,
        notes=(
            *(note for note in result.notes if not any(name in note for name in gone)),
            f"{count(len(gone), 'group')} not shown ({listing(gone)}): fewer than {smallest} "
            "people, or would tell the number of one that has.",
        ),
        unit=result.unit,
    )


def _without(result: Result) -> str:
    return f"{result.name[:1].upper()}{result.name[1:]}: groups large enough to be shown."
