"""The tables and the first three numbers of the page on retention."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxlab import results
from cxlab.codebook import did_you_mean, label
from cxlab.results import Result, count, percent
from cxlab.retention.buyers import OrdersError
from cxlab.retention.design import FitError, spoken
from cxlab.retention.price import loyalties, price_response
from cxlab.retention.spells import DAYS, SpellError, Spells, spells
from cxlab.retention.survival import carried, survival, survival_at
from cxlab.retention.worth import tier_of, value_around, worth

REFUSALS = (FitError, OrdersError, SpellError)


def or_why(question: Callable[[], Any]) -> Any:
    """Ask a question of this room, or say why these data have no answer to it.

    Example:
        >>> or_why(lambda: spells(pd.DataFrame({"tenure": [], "churned": []}))).text[:36]
        'None of the 0 customers can be count'
    """
    try:
        return question()
    except REFUSALS as refusal:
        return results.note(f"{str(refusal)[:1].upper()}{str(refusal)[1:]}")


def from_answers(
    customers: pd.DataFrame, responses: pd.DataFrame, *, score: str = "nps", as_of: Any = None
) -> Spells:
    """Watch each customer from their first answer on.

    A customer's experience is known from the answer only: counting the time before it, too, would
    credit the score with time the customer had to survive in order to answer.

    Args:
        customers: the customer list, with `customer_id`, `churned_at`.
        responses: the answers, with `customer_id`, `answered_at` and the score.
        score: the score that must be there.
        as_of: the last moment known.

    Returns:
        `Spells` of customers with answer and list entry; besides the columns of both, `tier`
        (of the score) and `tenure_before` (months from signing up to the answer).

    Raises:
        SpellError: a column is missing, or nobody on the list answered.
    """
    for frame, name in ((customers, "customers"), (responses, "responses")):
        needed = ("customer_id", "churned_at") if name == "customers" else (
            "customer_id", "answered_at", score)  # fmt: skip
        lost = [column for column in needed if column not in frame.columns]
        if lost:
            raise SpellError(f"{name}: there is no column '{lost[0]}'.")
    known = responses.dropna(subset=["customer_id", "answered_at", score])
    first = known.sort_values("answered_at", kind="stable").drop_duplicates("customer_id")
    both = [c for c in first.columns if c in customers.columns and c != "customer_id"]
    people = first.drop(columns=both).merge(customers, on="customer_id")
    gone = people["churned_at"] < people["answered_at"]
    people = people[~gone].reset_index(drop=True)
    if people.empty:
        raise SpellError("nobody on the customer list gave an answer while being a customer.")
    people["tier"] = tier_of(people[score])
    if "signed_up_at" in people:
        since = people["answered_at"] - people["signed_up_at"]
        people["tenure_before"] = (since / pd.Timedelta(days=365.25 / 12)).clip(lower=0)
    watched = spells(people, start="answered_at", end="churned_at", as_of=as_of)
    late = int(gone.sum())
    notes = (f"{count(late, 'answer')} came after the customer had left.",) if late else ()
    base = watched.base.replace("customers with 'answered_at'", "customers from their first answer")
    return replace(watched, base=base, notes=watched.notes + notes)


def value_by_tier(
    people: Spells,
    orders: Any,
    *,
    as_of: Any,
    horizon: str = "180D",
    n_boot: int = 300,
    level: float = 0.95,
) -> Result:
    """Compare what customers of each tier bring after their answer, like with like.

    Alike in time as a customer, in plan, and in what they brought before the answer, as far as
    these are known. Customers whose span after the answer is not over are left out.
    """
    around = value_around(people.frame, orders, at="answered_at", horizon=horizon, as_of=as_of)
    around = around[around["finished"]].rename(columns={"before": "spend_before"})
    adjust = [c for c in ("tenure_before", "plan", "spend_before") if c in around]
    adjust = [c for c in adjust if around[c].nunique() > 1]
    found = worth(around, adjust=adjust, n_boot=n_boot, level=level)
    span = f"in the {horizon[:-1]} days after the answer"
    said = found.headline.replace(" customer brings ", f" customer brings, {span}, ", 1)
    said = said.replace("difference in value", f"difference in value {span}", 1)
    return replace(found, headline=said, base=f"{found.base}, {span}")


def in_currency(answer: Any, currency: str) -> Any:
    """Say under a result, and beside its number, in which currency its money is; notes pass.

    Example:
        >>> brought = Result("value", pd.DataFrame(), "A customer brings 7.", "Sum.", "9 customers")
        >>> in_currency(brought, "GBP").base
        '9 customers; money in GBP'
    """
    if not currency or not isinstance(answer, Result):
        return answer
    return replace(answer, base=f"{answer.base}; money in {currency}")


def links_of(people: Spells, ratings: list[str], *, score: str) -> tuple[str, str, str]:
    """Choose the chain: the rating that goes closest with the score, the score, the money."""
    frame = people.frame
    rated = [r for r in ratings if r in frame and frame[r].notna().sum() >= 100]
    if not rated or "monthly_fee" not in frame:
        raise FitError("a chain needs a rating with 100 answers, and the customers' 'monthly_fee'.")
    close = frame[rated].corrwith(frame[score]).abs()
    return str(close.idxmax()), score, "monthly_fee"


_CHANGE = re.compile(r"\s*(\d{4}-\d{2}-\d{2})\s+(.+?)\s*=\s*(.+?)\s+([+\-−]?\d+(?:\.\d+)?)\s*%\s*")


def answer_to_price(
    customers: pd.DataFrame,
    responses: pd.DataFrame,
    orders: Any,
    *,
    change: str,
    score: str = "nps",
    level: float = 0.95,
) -> Result:
    """Measure both loyalties before a change of price, and how leaving answered it.

    Args:
        customers, responses, orders: the tables of the study.
        change: the day, who felt it, and by how much: `2025-01-01 region=West +15%`.
        score: the score that stands for loyalty of attitude.
        level: confidence level.

    Returns:
        What `price_response` gives.

    Raises:
        FitError: the change cannot be read, or cannot be measured.
    """
    read = _CHANGE.fullmatch(change)
    if read is None:
        raise FitError(
            f"'{change[:60]}' does not name a change of price; write the day, who felt it and by "
            "how much, such as: 2025-01-01 region=West +15%."
        )
    day, segment, felt, step = read.groups()
    if segment not in customers.columns:
        raise FitError(f"there is no column '{segment}'.{did_you_mean(segment, customers)}")
    people = customers.assign(felt=customers[segment].astype(str) == felt)
    measured = loyalties(people, responses, orders, changed_on=day, score=score)
    increase = float(step.replace("−", "-")) / 100
    loyalty = ("attitude", "habit")
    return price_response(measured, changed_on=day, increase=increase, loyalty=loyalty, level=level)


def overview(
    customers: pd.DataFrame | Spells | results.Note | None,
    *made: Any,
    times: tuple[float, ...] = (12.0,),
    otherwise: Any = None,
    as_of: Any = None,
    level: float = 0.95,
) -> tuple[Result, ...]:
    """Give the first numbers of the page: what was made of it, each with its number in front.

    Args:
        customers: for the share still there; None, or a note, where the day they left is not
            known, or nobody did.
        *made: results of `chain` and `worth`; what is a note instead is left out.
        times: when the share still there is read, in months, where it was watched that long; at
            the end of the watch where it is not told how long a unit of time is.
        otherwise: a result of `lifetime_value`, to answer with where no curve can.
        as_of: the last moment known.
        level: confidence level of the share still there.

    Returns:
        One result a number, the first with the sentence to quote.

    Raises:
        SpellError: there is no number at all to answer with.
    """
    asked = [each for result in made if isinstance(result, Result) for each in _in_front(result)]
    instead = _in_front(otherwise) if isinstance(otherwise, Result) else []
    why = (
        customers.text
        if isinstance(customers, results.Note)
        else "no day is known that anyone left."
    )
    try:
        if customers is None or isinstance(customers, results.Note):
            raise SpellError(why)
        watched = spells(customers, as_of=as_of)
        curve = survival(watched, level=level)
    except SpellError:
        if asked or instead:
            return (*asked, *instead)
        raise
    asked_for = times[0] * watched.units_in("month") if watched.unit in DAYS else np.inf
    reach = min(asked_for, carried(curve.frame))
    if not np.isfinite(reach):
        raise SpellError("fewer than ten customers are under watch: too few to answer from.")
    return (*asked, survival_at(curve, times=[reach]))


def left_out(**there: bool) -> Any:
    """List, in one sentence, what the page does not answer because the study does not hold it.

    Args:
        **there: of each key of `NEEDED`, whether the study holds it.

    Returns:
        A note, or None where nothing is left out.

    Example:
        >>> left_out(orders=True, reasons=False).text
        'Left out, as the study does not hold them: reasons for leaving (why they leave).'
    """
    lost = [NEEDED[name] for name, holds in there.items() if not holds]
    if not lost:
        return None
    return results.note(f"Left out, as the study does not hold them: {'; '.join(lost)}.")


NEEDED = {
    "leaving": "the days customers left (how long they stay, and where that is heading)",
    "orders": "orders (who comes back, who buys often, and what that brings)",
    "scores": "scores of customers whose leaving is known (whether a good experience goes with "
    "staying, and what it is worth)",
    "reasons": "reasons for leaving (why they leave)",
    "referrals": "who referred whom (whether those who would recommend do so)",
    "price": "a change of price, which `price_change` would name (how they took it)",
}


def in_words(answer: Any) -> Any:
    """Name the terms of a model as a person would; notes pass."""
    if not isinstance(answer, Result):
        return answer
    return replace(answer, frame=answer.frame.assign(term=answer.frame["term"].map(spoken)))


def beside(projected: Any, carried_on: Any) -> Any:
    """Say whether two ways of looking ahead agree at their common horizon.

    Args:
        projected: what `project` gave, or a note.
        carried_on: what `extrapolate` gave, or a note.
    """
    if not (isinstance(projected, Result) and isinstance(carried_on, Result)):
        return None
    one, lines = projected.frame.iloc[-1], carried_on.frame
    other = lines[(lines["rank"] == 1) & (lines["time"] == one["time"])]
    if other.empty:
        return None
    other = other.iloc[0]
    apart = one["conf_low"] > other["conf_high"] or one["conf_high"] < other["conf_low"]
    verdict = (
        "do not agree, and which of them is right cannot be told before it comes"
        if apart
        else "agree within their ranges"
    )
    said = [
        f"{percent(row['estimate'])} ({percent(row['conf_low'])} to {percent(row['conf_high'])})"
        for row in (one, other)
    ]
    return results.note(
        f"Two ways of looking ahead {verdict}: of the same customers, {said[0]} are expected to be "
        f"there by the projection, {said[1]} by the {other['term']} curve."
    )


def _in_front(result: Result) -> list[Result]:
    """Put the number to quote in the first row, under a short name that tells its stretch."""
    frame = result.frame
    if result.name == "chain from rating to value":
        rows = frame[frame["term"].str.startswith("money per customer")]
        return [replace(result, frame=rows, name=str(rows["term"].iloc[0]), unit="money")]
    if result.name == "lifetime value":
        span = re.search(r"from now on|over the next [\d,]+ \w+", result.headline)
        name = f"value of a customer {span[0] if span else 'ahead'}"
        first = replace(result, frame=frame[:1], name=name, unit="money")
        there = frame[frame["term"] == "share still there"]
        return [first, replace(result, frame=there, name="share still there", unit="share")]
    term = "gap, adjusted" if (frame["term"] == "gap, adjusted").any() else "gap"
    rows = frame[frame["term"] == term].tail(1)
    against = frame.loc[frame["term"] == "value", "group"].iloc[0]
    name = f"value of {label(rows['group'].iloc[0])} over {against}"
    span = re.search(r"in the \d+ days after the answer", result.base)
    name = f"{name} {span[0]}" if span else name
    return [replace(result, frame=rows, name=name, unit="money")]
