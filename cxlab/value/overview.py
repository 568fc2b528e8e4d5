"""The tables of the page on value, and its first numbers."""

import re
from dataclasses import replace
from typing import Any

import pandas as pd

from cxlab.codebook import label
from cxlab.lifetimes.design import FitError
from cxlab.lifetimes.spells import Spells
from cxlab.results import Result, count, money, money_in, percent
from cxlab.value.workings.purchasing import EVERYBODY
from cxlab.value.worth import value_around, worth


def value_by_tier(
    people: Spells,
    orders: Any,
    *,
    horizon: str = "180D",
    as_of: Any,
    level: float = 0.95,
    n_boot: int = 300,
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
    return replace(found, base=f"{found.base}, {span}")


def in_currency(answer: Result, currency: str) -> Result:
    """Say under a result, and at the first amount of its sentence, in which currency its money is.

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"estimate": [7.0]})
        >>> brought = Result("value", frame, "A customer brings 7.00.", "Sum.", "9 customers")
        >>> in_currency(brought, "GBP").headline
        'A customer brings GBP 7.00.'
    """
    if not currency:
        return answer
    amounts = [money(value) for value in answer.frame.get("estimate", pd.Series()).dropna()]
    known = "|".join(map(re.escape, amounts)) or "$^"
    said = re.sub(
        rf"(?<![\d.,−])(?:{known})(?![\d%])", rf"{currency} \g<0>", answer.headline, count=1
    )
    return replace(answer, headline=said, base=money_in(answer.base, currency))


def links_of(people: Spells, ratings: list[str], *, score: str) -> tuple[str, str, str]:
    """Choose the chain: the rating that goes closest with the score, the score, the money."""
    frame = people.frame
    rated = [r for r in ratings if r in frame and frame[r].notna().sum() >= 100]
    if "monthly_fee" not in frame:
        raise FitError("a chain needs the customers' 'monthly_fee'.")
    if not rated:
        most = max((int(frame[r].notna().sum()) for r in ratings if r in frame), default=0)
        raise FitError(
            f"a chain needs 100 customers who gave a rating; {count(most)} did."
            if most
            else "a chain needs ratings of customers who are known."
        )
    close = frame[rated].corrwith(frame[score]).abs()
    return str(close.idxmax()), score, "monthly_fee"


def in_front(result: Result) -> list[Result]:
    """Put the number to quote in the first row, under a short name that tells its stretch.

    Args:
        result: what `chain`, `worth` or `lifetime_value` gave.

    Returns:
        One result a number, the first with the sentence to quote.
    """
    frame = result.frame
    if result.name == "chain from rating to value":
        rows = frame[frame["term"].str.startswith("money per customer")]
        return [replace(result, frame=rows, name=str(rows["term"].iloc[0]), unit="money")]
    if result.name == "lifetime value":
        span = re.search(r"from now on|over the next [\d,]+ \w+", result.headline)
        name = f"value of a customer {span[0] if span else 'ahead'}"
        first = replace(result, frame=frame[:1], name=name, unit="money")
        there = frame[(frame["term"] == "share still there") & frame["estimate"].notna()]
        if there.empty or there["conf_low"].iloc[0] > EVERYBODY:
            return [first]
        said = f"The model takes {percent(there['estimate'].iloc[0], 1)} of the customers to be"
        words = {"name": "share still there", "headline": f"{said} there still.", "unit": "share"}
        return [first, replace(result, frame=there, notes=(), **words)]
    term = "gap, adjusted" if (frame["term"] == "gap, adjusted").any() else "gap"
    rows = frame[frame["term"] == term].tail(1)
    against = frame.loc[frame["term"] == "value", "group"].iloc[0]
    name = f"value of {label(rows['group'].iloc[0])} over {against}"
    span = re.search(r"in the \d+ days after the answer", result.base)
    name = f"{name} {span[0]}" if span else name
    return [replace(result, frame=rows, name=name, unit="money")]
