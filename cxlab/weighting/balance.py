"""Who answered, against who was asked: response rates and balance."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy

from cxlab.codebook import label, need
from cxlab.results import Result, count, number, percent
from cxlab.weighting.raking import ABSENT, WeightingError

ROWS = ["term", "group", "n"]
LARGE = 0.1  # a standardised difference above this is worth a word (Austin 2009)


def response_rates(
    responses: pd.DataFrame,
    invited: pd.DataFrame,
    *,
    by: str | None = None,
    key: str = "customer_id",
    level: float = 0.95,
) -> Result:
    """Say what part of the people asked gave an answer.

    Args:
        responses: answers, with `key`.
        invited: one row a person asked, or the customer list, with `key`.
        by: column of `invited` to compare.
        key: id that both have.
        level: confidence level of the interval.

    Returns:
        `group`, `n` asked, `events` who answered, `estimate` with its Wilson interval. People
        are counted once, however often they answered.

    Raises:
        WeightingError: a column is absent, or nobody was asked.
    """
    asked = _asked(responses, invited, key, [by] if by else [])
    groups = [("everyone", asked)]
    if by:
        groups += [(str(value), part) for value, part in asked.groupby(by, observed=True)]
    rows = []
    for group, part in groups:
        n, answered = len(part), int(part["answered"].sum())
        low, high = _wilson(answered, n, level)
        rows.append((group, n, answered, answered / n, low, high))
    names = ["group", "n", "events", "estimate", "conf_low", "conf_high"]
    frame = pd.DataFrame(rows, columns=names)
    return Result(
        name="response rate",
        frame=frame,
        headline=_rate_sentence(frame, by, "customer" if key == "customer_id" else "person asked"),
        method=f"Share of {'customers' if key == 'customer_id' else 'people asked'} who gave at "
        f"least one answer; Wilson interval, {level:.0%}.",
        base=_asked_base(asked, key),
        unit="share",
    )


def balance(
    responses: pd.DataFrame,
    population: pd.DataFrame,
    *,
    by: str | Sequence[str],
    weight: str | None = None,
) -> Result:
    """Compare those who answered with the population, before and after weighting.

    Args:
        responses: answers.
        population: the invited list or the customer list.
        by: columns that both have; words are compared value by value.
        weight: column of `responses` with the weight.

    Returns:
        `term`, `group`, `n`, and the standardised difference `before` and `after` weighting:
        the difference of means in standard deviations of the population.

    Raises:
        WeightingError: a column is absent.
    """
    by = [by] if isinstance(by, str) else by
    need(responses, [*by, *([weight] if weight else [])], WeightingError, ABSENT)
    need(population, by, WeightingError, "the population has no column '{}'.")
    weights = responses[weight].to_numpy(float) if weight else np.ones(len(responses))
    rows = []
    for name in by:
        for group, ours, theirs in _measures(responses[name], population[name]):
            known = ours.notna().to_numpy()
            spread = theirs.std(ddof=0)
            if not known.any() or not spread > 0:
                continue
            means = [
                np.average(ours[known], weights=w[known]) for w in (np.ones(len(ours)), weights)
            ]
            gaps = [(mean - theirs.mean()) / spread for mean in means]
            counted = int((ours == 1).sum()) if group else int(known.sum())
            rows.append((name, group, counted, gaps[0], gaps[1] if weight else np.nan))
    frame = pd.DataFrame(rows, columns=[*ROWS, "before", "after"])
    return Result(
        name="balance",
        frame=frame,
        headline=_balance_sentence(frame),
        method="Standardised difference: difference of means over the population's standard "
        f"deviation; above {LARGE} is worth a look (Austin 2009).",
        base=f"{count(len(responses), 'answer')} against {count(len(population), 'person')} "
        "of the population.",
    )


def _measures(ours: pd.Series, theirs: pd.Series):
    """Give number columns whole, and words value by value as 0 and 1."""
    if pd.api.types.is_numeric_dtype(theirs) and not pd.api.types.is_bool_dtype(theirs):
        yield None, ours.astype(float), theirs.dropna().astype(float)
        return
    known = theirs.dropna().astype(str)
    kinds = sorted(known.unique())
    for value in kinds[-1:] if len(kinds) == 2 else kinds:  # of two, one says it all
        mine = ours.map(lambda cell, value=value: float(str(cell) == value), na_action="ignore")
        yield value, mine.astype(float), (known == value).astype(float)


def _balance_sentence(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "Nothing known about both sides can be compared."
    apart = frame[frame["before"].abs() > LARGE]
    if apart.empty:
        return "Those who answered look like the population in everything compared."
    worst = frame.loc[frame["before"].abs().idxmax()]
    name = worst["term"] if pd.isna(worst["group"]) else f"{worst['term']} '{worst['group']}'"
    way = "above" if worst["before"] > 0 else "below"
    said = (
        f"{count(len(apart))} of {count(len(frame), 'comparison')} "
        f"with the population {'stands' if len(apart) == 1 else 'stand'} apart"
    )
    if frame["after"].notna().any():
        left = int((frame["after"].abs() > LARGE).sum())
        said += f", {count(left) if left else 'none'} after weighting"
    return f"{said}; furthest {way} it lies {label(name)}."


def _asked(responses: pd.DataFrame, invited: pd.DataFrame, key: str, by: list[str]) -> pd.DataFrame:
    need(responses, [key], WeightingError, ABSENT)
    need(invited, [key, *by], WeightingError, "the invited list has no column '{}'.")
    asked = invited.drop_duplicates(key).dropna(subset=[key])
    if asked.empty:
        raise WeightingError("nobody was asked: the invited list holds no id.")
    return asked.assign(answered=asked[key].isin(set(responses[key].dropna())))


def _rate_sentence(frame: pd.DataFrame, by: str | None, noun: str) -> str:
    """Say what part answered; of customers listed nobody knows whether they were asked."""
    whole = frame.iloc[0]
    them = "the customers" if noun == "customer" else "those asked"
    them = them if whole["n"] != 1 else f"the one {noun}"
    said = f"{percent(whole['estimate'])} of {them} answered"
    parts = frame.iloc[1:]
    if by is None or len(parts) < 2:
        return f"{said}."
    high, low = (
        parts.loc[pick] for pick in (parts["estimate"].idxmax(), parts["estimate"].idxmin())
    )
    if low["conf_high"] >= high["conf_low"]:
        return f"{said}; no {by} stands apart."
    return (
        f"{said}, from {percent(low['estimate'])} ({low['group']}) "
        f"to {percent(high['estimate'])} ({high['group']})."
    )


def _asked_base(asked: pd.DataFrame, key: str) -> str:
    n = len(asked)
    if key != "customer_id":
        return f"{number(n, 0)} people asked, each counted once." if n > 1 else "1 person asked."
    once = ", each counted once" if n > 1 else ""
    return f"{count(n, 'customer')}, asked or not{once}."


def _wilson(hits: int, n: int, level: float) -> tuple[float, float]:
    z = float(scipy.special.ndtri((1 + level) / 2))
    share = hits / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)
