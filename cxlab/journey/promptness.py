"""How does satisfaction go with waiting, and is there a knee?"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from cxlab.codebook import How, label, question
from cxlab.journey.workings.cases import cases_of, scored
from cxlab.journey.workings.waiting import HOUR, SOONER, Waited, against_waiting
from cxlab.results import Result, count, number, percent

_WHAT = {"failed": "The share that fails", "again": "The share back again",
         "cost": "The cost of a contact"}  # fmt: skip
_SHARES = ("failed", "again")


@question("level")
def promptness(
    interactions: Any,
    *,
    outcome: str = "csat",
    waiting: str = "waited",
    adjust: Sequence[str] = ("kind", "channel", "handled_by"),
    hours: float = 4,
    as_of: Any,
    seed: int = 0,
    how: How,
) -> Result:
    """Draw a score against how long people waited, and look for a knee.

    A knee is told only where a line that bends once fits better than both lines that do not: one
    on which each doubling of the wait goes with as much, and one on which each hour does.

    Args:
        interactions: contacts, one a row.
        outcome: a number of the contact: `csat`, `failed`, `again` or `cost`.
        waiting: `waited` (hours to the first reply) or `solved` (hours to the end).
        adjust: columns of words held the same.
        hours: the wait of the what-if.
        seed: for everything that is drawn.

    Returns:
        `term`: `waiting` (a row a tenth of the contacts: `time`, its median wait in hours, and
        the adjusted mean with interval and `n`), `knee` (`time` with `time_low`, `time_high`;
        missing where there is none; `p_value` of no bend at all), `if answered in time` (nobody
        had waited longer than `hours`) and `an hour sooner` (whoever waited longer than an hour
        had waited one less, but not below one): `estimate`, by how much the mean would be another
        if the association were causal, and `n`, who would have waited less.

    Raises:
        JourneyError: too few contacts have both a wait that ended and the score.
    """
    cases = cases_of(interactions, as_of=as_of)
    found = against_waiting(scored(cases, outcome), outcome, waiting, adjust=adjust, hours=hours,
                            level=how.level, seed=seed)  # fmt: skip
    share = outcome in _SHARES
    show = partial(percent, digits=1) if share else partial(number, digits=2)
    return Result(
        name="promptness",
        frame=found.frame,
        headline=found.said(_WHAT.get(outcome, label(outcome)), show, waiting),
        method=found.method,
        base=f"{count(found.n, 'contact')} with {label(outcome)} whose wait has ended. "
        f"{cases.base}",
        notes=(*cases.notes, _clause(found, hours, waiting)),
    )


def _clause(found: Waited, hours: float, waiting: str) -> str:
    longer = found.longer(hours, waiting)
    row, hour = found.row(SOONER), found.row(HOUR)
    if not row["n"] or not found.goes:
        return longer
    low, high = (number(row[name], 2) for name in ("conf_low", "conf_high"))
    return (
        f"{longer} If the association were causal and nobody did, the mean would differ by "
        f"{number(row['estimate'], 2, signed=True)} ({low} to {high}). With an hour less for "
        f"whoever waited longer than one, it would by {number(hour['estimate'], 2, signed=True)}. "
        "What is waited for long may be hard."
    )
