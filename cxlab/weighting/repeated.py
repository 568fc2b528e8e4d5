"""How many answers does each row stand for? Frequencies, which are no survey weights."""

import numpy as np
import pandas as pd

from cxlab.codebook import need
from cxlab.results import count
from cxlab.weighting.raking import WeightingError

#: Names of one person or one answer: a row that stands for several can have none of them.
_NAMES = ("response_id", "customer_id")
#: More rows than this are more than was meant; totals of a population belong into weights.
MOST = 20_000_000


def repeated(responses: pd.DataFrame, *, frequency: str) -> pd.DataFrame:
    """Write out each row as often as it was given, so that every question counts answers.

    A frequency says how many answers a row stands for, and adds to what is known; a survey weight
    says whom an answer speaks for, and takes away from it. A table of counts goes through here
    before any question, and its answers are to the last digit those of the rows written out.

    Args:
        responses: one row for each kind of answer.
        frequency: column with the number of answers like it: whole, zero or more.

    Returns:
        One row an answer, in the order given, without the column of frequencies.

    Raises:
        WeightingError: a frequency that is no whole number, or a row of several answers that
            bears the name of one.

    Example:
        >>> table = pd.DataFrame({"nps": [9, 3], "n": [3, 1]})
        >>> repeated(table, frequency="n")["nps"].tolist()
        [9, 9, 9, 3]
    """
    need(responses, [frequency], WeightingError, "frequency: there is no column '{}'.")
    times = pd.to_numeric(responses[frequency], errors="coerce").to_numpy(float, na_value=np.nan)
    odd = np.flatnonzero(~(np.isfinite(times) & (times >= 0) & (times == np.floor(times))))
    if len(odd):
        raise WeightingError(
            f"frequency: '{frequency}' is {responses[frequency].iloc[odd[0]]} in row "
            f"{responses.index[odd[0]]} and no whole number in {count(len(odd), 'row')}. How often "
            "an answer was given is 0, 1, 2 …; shares and fractions are weights, named as `weight`."
        )
    if times.sum() > MOST:
        raise WeightingError(
            f"frequency: '{frequency}' adds up to {times.sum():,.0f} answers, more than "
            f"{MOST:,} rows. If these are people answers speak for, name them as `weight`."
        )
    for name in _NAMES:
        if name in responses and (responses[name].notna().to_numpy() & (times > 1)).any():
            row = responses.index[np.argmax(responses[name].notna().to_numpy() & (times > 1))]
            raise WeightingError(
                f"frequency: row {row} stands for several answers and yet has one '{name}', which "
                f"would make one person of them. Leave '{name}' out, or name '{frequency}' as "
                "`weight`."
            )
    rows = np.repeat(np.arange(len(times)), times.astype(np.int64))
    return responses.drop(columns=frequency).iloc[rows].reset_index(drop=True)
