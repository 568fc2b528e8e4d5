"""Who settles what: a bot, help to oneself, a person; with a personal word or without?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, arms, question
from cxlab.journey.workings.adjusting import difference, told, whose
from cxlab.journey.workings.cases import Cases, cases_of
from cxlab.journey.workings.means import mean_of
from cxlab.journey.workings.refusal import JourneyError
from cxlab.results import Result, listing, number, percent

FEWEST = 10  # customers of a group
SAID, SETTLED, AGAIN = "said to be settled", "settled", "back again"
PARTS = {SAID: True, SETTLED: True, AGAIN: True, "rating": False, "cost": False}  # a share?
WHO, PERSONAL, LOT = "handled by", "personal", "experiment"


@question("as_of", "level", "smallest")
def handled(
    interactions: Any,
    customers: pd.DataFrame | None = None,
    *,
    by: str = "handled_by",
    adjust: Sequence[str] = ("kind",),
    repeat: str = "7D",
    treated: str | None = None,
    how: How,
) -> Result:
    """Compare contacts by who handled them, and tell what stayed settled.

    A contact is settled where it did not fail and the customer did not get in touch again within
    `repeat`: what a bot contains and somebody else has to hear again was not contained.

    Args:
        interactions: contacts with `handled_by` (bot, self-service, person, …) or `personalised`,
            one a row.
        customers: the customer list, where the experiment's column stands there.
        by: column of who handled it.
        adjust: columns of words held the same.
        repeat: within how long a further contact says that the first was not settled.
        treated: column of an experiment by lot: yes and no, or a word beside 'control'; not
            compared where neither contacts nor customers have it.

    Returns:
        `term` (`handled by`, `personal`, `experiment`), `group`, `part` (`said to be settled`,
        `settled`, `back again`: shares; `rating`, `cost`: means), and `against`. Where that is
        missing, `estimate` is the group's own; else its difference from the group `against`,
        adjusted (of an experiment, as it is), with `raw`, `p_value` and `p_adjusted`.
        `conf_low`, `conf_high`, `count` (contacts of the group), `n` (contacts compared).

    Raises:
        JourneyError: contacts do not tell who handled them, or fewer than two ways have enough.
    """
    cases = cases_of(interactions, as_of=how.as_of, repeat=repeat,
                     also=[by, *([treated] if treated else [])])  # fmt: skip
    rows = _outcomes(cases)
    found: list[dict[str, Any]] = []
    used: set[str] = set()
    sides = _sides(rows, customers, by, treated)
    if not sides:
        raise JourneyError(
            "contacts do not tell who handled them, nor whether it was personal.",
            needs="'handled_by' of interactions, such as bot or person",
        )
    for term, side in sides.items():
        rest = () if term == LOT else tuple(adjust)
        more, held = _of_sides(rows, term, side, rest, how)
        found, used = [*found, *more], used | set(held)
    frame = pd.DataFrame(found).reindex(columns=_COLUMNS)
    if frame["against"].isna().all():
        raise JourneyError(
            f"fewer than two ways of handling have {max(FEWEST, how.smallest)} customers."
        )
    frame["p_adjusted"] = stats.adjust(frame["p_value"])
    return Result(
        name="who handles it",
        frame=frame,
        headline=_headline(frame),
        method=f"Differences by least squares{told(sorted(used))}, a customer's contacts taken "
        "together (CR1, no less than plain); shares by Wilson on the contacts worth as much; p "
        "adjusted for how many were looked at (Benjamini and Hochberg 1995). Settled: not failed, "
        f"and no further contact of the customer within {repeat}, whatever it was about.",
        base=cases.base,
        notes=(*cases.notes, _BY_LOT if LOT in sides else _NOT_BY_LOT),
    )


_COLUMNS = ["term", "group", "part", "against", "estimate", "conf_low", "conf_high", "raw",
            "p_value", "p_adjusted", "count", "n"]  # fmt: skip
_NOT_BY_LOT = "Contacts are not dealt by lot: easy ones may go one way and hard ones another."
_BY_LOT = "The experiment was dealt by lot; the other comparisons are not."


def _outcomes(cases: Cases) -> pd.DataFrame:
    """Give each contact what is compared."""
    rows = cases.frame.copy()
    nothing = pd.Series(np.nan, rows.index)
    failed, again = (rows.get(name, nothing) for name in ("failed", "again"))
    settled = (1 - failed.fillna(0)).where(again.eq(0), 0.0)
    if "failed" in rows:
        settled = settled.where(failed.eq(1) | again.eq(1) | (failed.notna() & again.notna()))
    rows[SETTLED] = settled.where(again.notna() | failed.eq(1)) if "again" in rows else nothing
    rows[SAID], rows[AGAIN] = 1 - failed, again
    rows["rating"] = rows.get("csat", nothing).astype(float)
    rows["cost"] = rows.get("cost", nothing).astype(float)
    return rows


def _sides(rows: pd.DataFrame, customers: Any, by: str, treated: str | None) -> dict:
    """Give the group of each contact, by what tells them apart."""
    out = {}
    dealt = _dealt(rows, customers, treated) if treated else None
    if dealt is not None:
        out[LOT] = dealt
    if by in rows and rows[by].notna().any():
        out[WHO] = rows[by].astype(object).where(rows[by].notna())
    if "personalised" in rows and rows["personalised"].notna().any():
        out[PERSONAL] = rows["personalised"].astype(object).map({True: "yes", False: "no"})
    return out


def _dealt(rows: pd.DataFrame, customers: Any, treated: str) -> pd.Series | None:
    """Tell whose contacts were treated; None where neither contacts nor customers say so."""
    column = rows.get(treated)
    if column is None and customers is not None and "customer_id" in rows:
        if not {"customer_id", treated} <= set(customers.columns):
            return None
        known = customers.drop_duplicates("customer_id").set_index("customer_id")[treated]
        column = rows["customer_id"].map(known)
    found = None if column is None else arms(column)
    return None if found is None else found.map({1.0: "treated", 0.0: "not treated"})


def _of_sides(
    rows: pd.DataFrame, term: str, side: pd.Series, adjust: tuple[str, ...], how: How
) -> tuple[list[dict[str, Any]], list[str]]:
    """Describe each group, and compare it with the largest."""
    out, used = [], []
    fewest = max(FEWEST, how.smallest)
    sizes = side.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    against = "not treated" if term == LOT else ("no" if term == PERSONAL else sizes.index[0])
    for part, share in PARTS.items():
        known = rows[part].notna() & side.notna()
        these, group = rows[known], side[known]
        enough = [name for name in sizes.index if _people(these[group == name]) >= fewest]
        for name in enough:
            own = these[group == name]
            told_of = {"term": term, "group": str(name), "part": part, "count": len(own)}
            out.append({**told_of, **mean_of(own[part], whose(own), share=share, level=how.level)})
            if name == against or against not in enough:
                continue
            pair = these[group.isin([name, against])]
            one = difference(pair, part, group[pair.index].eq(name), adjust, how.level)
            if one:
                used += one.pop("held")
                out.append({**told_of, "against": str(against), **one})
    return out, used


def _people(rows: pd.DataFrame) -> int:
    return rows["customer_id"].nunique() if "customer_id" in rows else len(rows)


def _headline(frame: pd.DataFrame) -> str:
    apart = frame[frame["against"].notna()]
    sure = apart[apart["p_adjusted"] < 0.05]
    lot = sure[sure["term"] == LOT].sort_values("p_adjusted", kind="stable")
    if len(lot):
        row = pd.concat([lot[lot["part"] == SETTLED], lot]).iloc[0]
        return f"Dealt by lot, the treatment moves {_of(row['part'])} by {_moved(row)}."
    if sure.empty:
        ways = listing([*dict.fromkeys(apart["term"])])
        return f"Contacts apart by {ways} differ no more than chance has it."
    settled = sure[(sure["part"] == SETTLED) & (sure["term"] == WHO)]
    if settled.empty:
        row = sure.loc[sure["p_adjusted"].idxmin()]
        return (
            f"Contacts {_way(row['term'], row['group'])} differ in {_of(row['part'])} by "
            f"{_moved(row)} from others of their kind {_way(row['term'], row['against'])}."
        )
    row = settled.loc[settled["p_adjusted"].idxmin()]
    own = frame[(frame["term"] == WHO) & (frame["group"] == row["group"]) & frame["against"].isna()]
    own = own.set_index("part")["estimate"]
    said = f"are said to be settled in {percent(own[SAID])} and " if SAID in own else ""
    return (
        f"Contacts handled by '{row['group']}' {said}stay settled in {percent(own[SETTLED])}; of "
        f"their kind, those by '{row['against']}' in {percent(own[SETTLED] - row['estimate'])}."
    )


def _of(part: str) -> str:
    return f"the share {part}" if PARTS[part] else f"the {part}"


def _way(term: str, group: str) -> str:
    if term == PERSONAL:
        return "with a personal word" if group == "yes" else "without one"
    return f"handled by '{group}'"


def _moved(row: pd.Series) -> str:
    if PARTS[row["part"]]:
        ends = [number(100 * row[name], 1, signed=name == "estimate")
                for name in ("estimate", "conf_low", "conf_high")]  # fmt: skip
        return f"{ends[0]} points ({ends[1]} to {ends[2]})"
    low, high = (number(row[name], 2) for name in ("conf_low", "conf_high"))
    return f"{number(row['estimate'], 2, signed=True)} ({low} to {high})"
