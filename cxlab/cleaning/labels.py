"""Several labels in one cell: a column for each label, so that a row counts for each it has."""

import numpy as np
import pandas as pd

from cxlab.cleaning.convert import in_full
from cxlab.codebook import UNSEEN

_MOST = 30  # labels that get a column of their own; the commonest


def apart(
    frame: pd.DataFrame, judged: pd.DataFrame, *, name: str, mark: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put a column of labels apart into columns of yes and no, `name: label`.

    Args:
        frame: rows kept.
        judged: rows set aside by judgement, with the same columns.
        name: the column of labels.
        mark: what stands between the labels in a cell.

    Returns:
        Both frames with a column for each label, the commonest thirty, in place of `name`; an
        empty cell has none of the labels.
    """
    held = frame[name].dropna().map(lambda cell: sorted(_labels(cell, mark)))
    counts = held.explode().dropna().value_counts()
    chosen = sorted(counts.index, key=lambda label: (-counts[label], label))[:_MOST]
    return _spread(frame, name, mark, chosen), _spread(judged, name, mark, chosen)


def as_answered(cells: pd.Series) -> pd.Series:
    """Keep the answers to a question as they stand, blanks around them aside, as categories."""
    place, values = pd.factorize(cells)
    held = {"": -1}
    codes = [held.setdefault(in_full(each).strip(UNSEEN), len(held) - 1) for each in values]
    coded = pd.Categorical.from_codes(
        np.array([*codes, -1])[place], categories=pd.Index([*held][1:], dtype="str"), validate=False
    )
    return pd.Series(coded, index=cells.index, name=cells.name)


def _spread(frame: pd.DataFrame, name: str, mark: str, chosen: list[str]) -> pd.DataFrame:
    cells = frame[name].map(lambda cell: _labels(cell, mark), na_action="ignore")
    new = {
        f"{name}: {label}": cells.map(
            lambda held, label=label: "yes" if isinstance(held, set) and label in held else "no"
        ).astype("str")
        for label in sorted(chosen)
    }
    return frame.drop(columns=name).assign(**new)


def _labels(cell: str, mark: str) -> set[str]:
    return {" ".join(part.split()) for part in str(cell).split(mark.strip())} - {""}
