"""How different would the silent have to be to overturn the headline?"""

from collections.abc import Sized

import numpy as np
import pandas as pd

from cxlab.codebook import Scale, label, need
from cxlab.results import Result, number, percent
from cxlab.weighting.raking import ABSENT, WeightingError


def tipping_point(
    responses: pd.DataFrame,
    *,
    score: str = "nps",
    asked: int | Sized,
    person: str | None = None,
    line: float = 0.0,
    scale: Scale | None = None,
    weight: str | None = None,
) -> Result:
    """Find the score of those who did not answer at which the total would cross a line.

    Args:
        responses: answers.
        score: `nps` (in points) or a column whose mean is the score.
        asked: how many people were asked, or the list of them, one row a person.
        person: column with whose answer it is; the last one of each then counts, and answers
            of nobody known are left aside. Every answer is a person's if missing.
        line: where the conclusion would turn, in the score's unit.
        scale: ends of the score's scale; needed unless `score` is `nps`.
        weight: column with the weight.

    Returns:
        `estimate` for those who answered, for the silent at the tipping point (missing where
        no possible score would do), and `share` of each among those asked.

    Raises:
        WeightingError: no answer, fewer asked than answered, or no scale.

    Example:
        >>> answers = pd.DataFrame({"nps": [10, 10, 9, 3]})
        >>> tipping_point(answers, asked=8).frame["estimate"].tolist()
        [50.0, -50.0]
    """
    named = (score, person, weight)
    need(responses, [name for name in named if name], WeightingError, ABSENT)
    everyone = "all asked" if isinstance(asked, int) else "all customers"
    asked = asked if isinstance(asked, int) else len(asked)
    if person:
        named = responses[responses[person].notna() & responses[score].notna()]
        if "answered_at" in named:
            named = named.sort_values("answered_at", kind="stable")
        responses = named.drop_duplicates(person, keep="last")
    values, low, high = _values(responses, score, scale)
    known = values.notna().to_numpy()
    if not known.any():
        raise WeightingError(f"'{score}': nobody gave an answer.")
    n = int(known.sum())
    if asked < n:
        raise WeightingError(f"asked={asked}: fewer people than answers ({n}).")
    weights = responses[weight].to_numpy(float)[known] if weight else np.ones(n)
    said = float(np.average(values[known], weights=weights))
    rate = n / asked
    silent = (line - rate * said) / (1 - rate) if rate < 1 else np.nan
    possible = rate < 1 and low <= silent <= high
    rows = [("those who answered", n, rate, said, np.nan)]
    rows.append(("those who did not", asked - n, 1 - rate, silent if possible else np.nan, line))
    return Result(
        name="tipping point",
        frame=pd.DataFrame(rows, columns=["group", "n", "share", "estimate", "against"]),
        headline=_sentence(said, silent, line, rate, possible, everyone),
        method="Total = share × score of those who answered + rest × score of the silent, solved "
        f"for the total at {number(line)}.",
        base=f"{number(n, 0)} of {number(asked, 0)} answered"
        f"{', the last answer of each' if person else ''}"
        f"{', weighted' if weight else ''}; {label(score)} from "
        f"{number(low, 0)} to {number(high, 0)}.",
        unit="points" if score == "nps" else "",
    )


def _values(
    responses: pd.DataFrame, score: str, scale: Scale | None
) -> tuple[pd.Series, float, float]:
    given = responses[score].astype(float)
    if score == "nps":
        return ((given >= 9) * 100.0 - (given <= 6) * 100.0).where(given.notna()), -100.0, 100.0
    if scale is None:
        raise WeightingError(f"'{score}': say on which scale it was given.")
    return given, scale.low, scale.high


def _sentence(
    said: float, silent: float, line: float, rate: float, possible: bool, everyone: str
) -> str:
    if rate == 1:
        return f"{everyone.capitalize()} answered: nobody is silent."
    if not possible:
        return (
            f"Whatever the silent {percent(1 - rate)} think, the score of {everyone} stays "
            f"{'above' if said > line else 'below'} {number(line)}."
        )
    way = "fall" if said > line else "rise"
    gap = f"{number(abs(silent - said))} {'below' if silent < said else 'above'}"
    return (
        f"The score of {everyone} would {way} to {number(line)} if the silent scored "
        f"{number(silent)}, {gap} those who answered."
    )
