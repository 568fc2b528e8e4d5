"""Covariates become columns of numbers, checked before anything is fitted to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from cxlab import stats
from cxlab.codebook import did_you_mean, label
from cxlab.results import Unanswerable, count, listing

#: A covariate with less of its own, in standard deviations, has no coefficient of its own.
LEAST_OWN = 1e-4
#: Customers who must have left for a curve to be carried beyond what was watched.
ENOUGH = 20


class FitError(Unanswerable):
    """A model cannot be fitted to these columns; the text names the column and why."""


@dataclass(frozen=True, eq=False)
class Design:
    """Numbers to fit to: `x`, the name of each column, and which rows had every value.

    `sources` names the covariate each column was made of.
    """

    x: np.ndarray
    terms: tuple[str, ...]
    kept: np.ndarray
    notes: tuple[str, ...]
    sources: tuple[str, ...] = ()

    def factors(self) -> dict[str, list[int]]:
        """Give the places of the terms of each covariate that has several: words against one."""
        places: dict[str, list[int]] = {}
        for place, name in enumerate(self.sources):
            places.setdefault(name, []).append(place)
        return {name: own for name, own in places.items() if len(own) > 1}


def design(frame: pd.DataFrame, covariates: Sequence[str]) -> Design:
    """Turn covariates into numbers: numbers and flags as they are, words against the first.

    Raises:
        FitError: a column is absent, constant, or a combination of others.
    """
    if not covariates:
        raise FitError("covariates: name at least one column.")
    columns: list[np.ndarray] = []
    terms: list[str] = []
    sources: list[str] = []
    absent = [name for name in covariates if name not in frame.columns]
    if absent:
        raise FitError(f"there is no column '{absent[0]}'.{did_you_mean(absent[0], frame)}")
    kept = frame[list(covariates)].notna().all(axis=1).to_numpy()
    for name in covariates:
        for term, values in _columns(frame.loc[kept, name], name):
            terms.append(term)
            sources.append(name)
            columns.append(values)
    lost = int((~kept).sum())
    notes = (f"{count(lost, 'customer')} with a missing covariate are left out.",) if lost else ()
    if not kept.any():
        raise FitError(f"no customer has a value in each of {listing(list(covariates))}.")
    x = np.column_stack(columns)
    _check(x, terms)
    return Design(x, tuple(terms), kept, notes, tuple(sources))


def _columns(column: pd.Series, name: str):
    if types.is_numeric_dtype(column) or types.is_bool_dtype(column):
        values = column.to_numpy(float)
        if not np.isfinite(values).all():
            raise FitError(f"'{name}' holds an infinite value; mend it first.")
        return [(name, values)]
    if types.is_datetime64_any_dtype(column):
        raise FitError(f"'{name}' holds moments; turn it into a length of time first.")
    words = column.astype(str)
    levels = sorted(words.unique())
    if isinstance(column.dtype, pd.CategoricalDtype):
        levels = [str(word) for word in column.cat.categories if str(word) in set(levels)]
    if len(levels) < 2:
        raise FitError(f"'{name}' is constant ('{listing(levels)}'): leave it out.")
    if len(levels) > 50:
        raise FitError(f"'{name}' has {len(levels)} different words; group them first.")
    return [(f"{name}: {word}", (words == word).to_numpy(float)) for word in levels[1:]]


def _check(x: np.ndarray, terms: Sequence[str]) -> None:
    flat = np.flatnonzero(stats.flats(x))
    if len(flat):
        name, values = terms[int(flat[0])], x[:, int(flat[0])]
        if np.ptp(values) > 0:
            raise FitError(stats.blurred(name, values))
        raise FitError(f"'{name}' is constant among the customers counted: leave it out.")
    repeats = np.flatnonzero(stats.owned(x) < LEAST_OWN)
    if len(repeats):
        j, z = int(repeats[0]), stats.scaled(x).z
        weights = np.linalg.lstsq(z[:, :j], z[:, j], rcond=1e-6)[0]
        others = [terms[i] for i in map(int, np.flatnonzero(np.abs(weights) > 1e-4))]
        raise FitError(
            f"'{terms[j]}' is collinear: it follows exactly from {listing(others)}. "
            "Leave one of them out."
        )


def spoken(term: str) -> str:
    """Write a term of a model as a person would: a column, or one of its groups.

    Example:
        >>> spoken("nps"), spoken("plan: Home")
        ('NPS', "plan 'Home'")
    """
    name, found, level = term.partition(": ")
    return f"{label(name)} '{level}'" if found else label(name)


def separating(x: np.ndarray, terms: Sequence[str], event: np.ndarray, loose: np.ndarray) -> str:
    """Say which columns run off to infinity, and which of their values nobody left from."""
    said = []
    for j in map(int, np.flatnonzero(loose)):
        values = np.unique(x[:, j])
        if len(values) == 2:
            none = [v for v in values if not event[x[:, j] == v].any()]
            every = [v for v in values if event[x[:, j] == v].all()]
            if none or every:
                where = f"{terms[j]} = {(none or every)[0]:g}"
                said.append(f"'{where}': {'nobody left' if none else 'everybody left'}")
                continue
        said.append(f"'{terms[j]}'")
    return (
        f"{listing(said)}. The likelihood has no highest point: the column separates those who "
        "left from those who stayed. Join its groups, or leave it out."
    )
