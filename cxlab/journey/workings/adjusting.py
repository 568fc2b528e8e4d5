"""Hold kind and channel of a contact the same: covariates without those that repeat others."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

RARE = 5  # contacts; rarer kinds are held together


def covariates(rows: pd.DataFrame, adjust: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Give an intercept and a column a value of each column named, and which columns were there.

    Args:
        rows: contacts.
        adjust: columns of words; those that are not there, or the same in every row, are left out.
    """
    parts, used = [np.ones((len(rows), 1))], []
    for name in adjust:
        if name not in rows:
            continue
        word = rows[name].astype(object).where(rows[name].notna(), "")
        rare = word.map(word.value_counts()) < RARE
        codes, values = pd.factorize(word.mask(rare, "(rare)"), sort=True)
        if len(values) > 1:
            parts.append(np.eye(len(values))[codes][:, 1:])
            used.append(name)
    return _independent(np.hstack(parts)), used


def _independent(x: np.ndarray) -> np.ndarray:
    """Leave out columns that others make up."""
    kept: list[int] = []
    basis = np.empty((len(x), 0))
    for at, column in enumerate(x.T):
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)
        size = np.linalg.norm(left)
        if size > 1e-8 * max(float(np.linalg.norm(column)), 1.0):
            kept.append(at)
            basis = np.column_stack([basis, left / size])
    return x[:, kept]


def told(used: Sequence[str]) -> str:
    """Say what is held the same."""
    return f", {' and '.join(used)} of the contact held the same" if used else ""
