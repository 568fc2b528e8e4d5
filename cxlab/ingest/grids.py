"""A file's cells before they have our names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from cxlab.ingest.layouts import Header

Wanted = Callable[[Header], list[int]]  # which places of a header are to be read

FOOTER = "below the table"


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of one file.

    Attributes:
        cells: columns named by their place, "0" being the first; text, as categories where
            few values repeat.
        header: names, wording and layout.
        lines: where each row begins.
        damage: why a row cannot be trusted, or empty; one text for all, or one a row.
        notes: what was decided on the way.
        missing: place -> codes the file itself declares as missing.
        labels: place -> code -> the words it stands for.
    """

    cells: pd.DataFrame
    header: Header
    lines: np.ndarray
    damage: object = ""
    notes: tuple[str, ...] = ()
    missing: dict[int, tuple[str, ...]] = field(default_factory=dict)
    labels: dict[int, dict[str, str]] = field(default_factory=dict)


def stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put rows below one another; what is categories of text in the first part stays so."""
    if len(parts) == 1:
        return parts[0]
    names = list(dict.fromkeys(name for part in parts for name in part))
    first = {name: next(part[name] for part in parts if name in part) for name in names}
    coded = [name for name, column in first.items() if _is_coded(column)]
    plain = [part.drop(columns=coded, errors="ignore") for part in parts]
    frame = pd.concat(plain, ignore_index=True)
    for name in coded:
        each = [part[name] if name in part else [np.nan] * len(part) for part in parts]
        frame[name] = union_categoricals([pd.Categorical(pd.Series(c, dtype="str")) for c in each])
    return frame[names]


def _is_coded(column: pd.Series) -> bool:
    kind = column.dtype
    return isinstance(kind, pd.CategoricalDtype) and kind.categories.dtype == "str"
