"""A file's cells before they have our names."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cxlab.ingest.layouts import Header

Wanted = Callable[[Header], list[int]]  # which places of a header are to be read

FOOTER = "below the table"


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of one file.

    Attributes:
        cells: columns named by their place, "0" being the first.
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
