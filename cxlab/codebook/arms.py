"""Yes or no, treated or left alone: columns that tell two sides apart."""

import pandas as pd

#: Words for those who were left alone.
CONTROL = frozenset(
    ("control", "control group", "holdout", "hold-out", "untreated", "placebo", "kontrolle",
     "kontrollgruppe", "témoin", "contrôle")
)  # fmt: skip
_YES_NO = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}


def marks(column: pd.Series) -> pd.Series | None:
    """Read yes and no, true and false, 1 and 0 as 1 and 0; None where the column holds others.

    Example:
        >>> marks(pd.Series(["Yes", "no"])).tolist()
        [1.0, 0.0]
    """
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        found = column.astype("float")
    else:
        found = column.astype("str").str.strip().str.lower().map(_YES_NO)
    known = found.dropna()
    return found if len(known) and known.isin([0, 1]).all() else None


def arms(column: pd.Series) -> pd.Series | None:
    """Read who was treated (1) and who was not (0): as `marks`, or a word beside 'control'.

    Example:
        >>> arms(pd.Series(["call", "control"])).tolist()
        [1.0, 0.0]
    """
    words = column.astype("object").map(lambda v: str(v).strip().casefold(), na_action="ignore")
    said = set(words.dropna())
    if len(said) == 2 and len(control := said & CONTROL) == 1:
        return words.map(lambda word: float(word not in control), na_action="ignore").astype(float)
    return marks(column)
