"""What goes with a change of channel, or of hands, within a case?"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cxlab import stats
from cxlab.codebook import How, label, question
from cxlab.journey.workings.adjusting import difference, told
from cxlab.journey.workings.cases import cases_of
from cxlab.journey.workings.refusal import JourneyError
from cxlab.results import Result, number

OUTCOMES = ("csat", "failed", "again", "solved")
FEWEST = 10
_SEVERAL = r"[>;,|]|→"


@question("level")
def handoffs(
    interactions: Any,
    *,
    outcomes: Sequence[str] = OUTCOMES,
    adjust: Sequence[str] = ("kind", "channel"),
    as_of: Any,
    how: How,
) -> Result:
    """Compare cases that changed channel or agent with those that did not.

    Args:
        interactions: contacts; `channels_used` or `agent` lists several, such as `Phone > Email`.
        outcomes: what is compared: `csat`, `failed`, `again` (shares), `solved` (hours to the
            end, of closed cases).
        adjust: columns of words held the same.

    Returns:
        `term` (`changed channel`, `changed agent`), `part` (the outcome), `estimate` (difference,
        adjusted), `conf_low`, `conf_high`, `raw` (not adjusted), `p_value`, `p_adjusted`, `count`
        (cases that changed, of those with the outcome), `n`.

    Raises:
        JourneyError: no case tells of a change.
    """
    cases = cases_of(interactions, as_of=as_of)
    rows, found = cases.frame, []
    used: list[str] = []
    for term, column in (("changed channel", "channels_used"), ("changed agent", "agent")):
        if column not in rows:
            continue
        changed = rows[column].astype("str").str.contains(_SEVERAL, na=False, regex=True)
        for part in outcomes:
            if part in rows:
                one = _difference(rows, changed, part, adjust, how.level)
                used = one.pop("held", used)
                found += [{"term": term, "part": _PARTS.get(part, part), **one}] if one else []
    if not found:
        raise JourneyError(
            "no case tells that it changed channel or hands.",
            needs="'channels_used' of interactions, such as 'Phone > Email'",
        )
    frame = pd.DataFrame(found)
    frame["p_adjusted"] = stats.adjust(frame["p_value"])
    return Result(
        name="hand-offs",
        frame=frame[_COLUMNS],
        headline=_headline(frame),
        method=f"Differences by least squares{told(used)}, a customer's cases taken together "
        "(CR1, no less than plain); p adjusted for how many were looked at (Benjamini and Hochberg "
        "1995).",
        base=cases.base,
        notes=(*cases.notes, _HARD),
    )


_HARD = "How hard a case was is known by its kind alone; hard cases are handed on more often."
_PARTS = {"failed": "share failed", "again": "share back again", "solved": "hours to the end"}
_COLUMNS = ["term", "part", "estimate", "conf_low", "conf_high", "raw", "p_value", "p_adjusted",
            "count", "n"]  # fmt: skip


def _difference(
    rows: pd.DataFrame, changed: pd.Series, part: str, adjust: Sequence[str], level: float
) -> dict[str, Any]:
    known = rows[part].notna()
    if part == "solved":
        known &= rows["closed"]
    mine = changed[known]
    if min(mine.sum(), (~mine).sum()) < FEWEST:
        return {}
    return difference(rows[known], part, mine, adjust, level)


def _headline(frame: pd.DataFrame) -> str:
    sure = frame[frame["p_adjusted"] < 0.05]
    if sure.empty:
        return (
            "Cases that changed channel or hands differ from the others no more than chance has it."
        )
    best = sure.loc[sure["p_adjusted"].idxmin()]
    return (
        f"Cases that {best['term']} differ in {label(best['part'])} by "
        f"{number(best['estimate'], 2, signed=True)} "
        f"({number(best['conf_low'], 2)} to {number(best['conf_high'], 2)}) from cases of their "
        "kind that did not."
    )
