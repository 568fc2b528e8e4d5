"""Bring each period to the same mix of people, so that a change is not one of who was reached."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxlab import weighting
from cxlab.codebook import label
from cxlab.metrics.workings.answers import need, numeric
from cxlab.metrics.workings.measures import MetricsError
from cxlab.results import listing

Margins = Mapping[str, Mapping[Any, float]] | Sequence[str] | str | None
BROUGHT = "\x00weight of the period"  # no export has such a heading
STAYS = 0.5  # of a raw change: what is left of it at the same mix, so that the mix is not its story


class Brought(NamedTuple):
    """Weights that bring each period to the same shares.

    Attributes:
        weight: one for each answer, of mean 1 within its period; NaN where it counts for nobody.
        notes: whom a period lacks.
        lacking: the periods that lack somebody, and so are not quite alike.
    """

    weight: np.ndarray
    notes: tuple[str, ...]
    lacking: frozenset[str]


def targets(responses: pd.DataFrame, margins: Margins, weight: str | None) -> dict[str, pd.Series]:
    """Give the shares that every period is brought to.

    Args:
        responses: all answers.
        margins: column -> value -> share that is known; or names of columns, whose (weighted)
            shares among all the answers then stand for the known ones.
        weight: column with survey weights.
    """
    names = [margins] if isinstance(margins, str) else list(margins or [])
    need(responses, names)
    found = {}
    for name in names:
        if isinstance(margins, Mapping):
            known = pd.Series({str(key): float(share) for key, share in margins[name].items()})
            if not (np.isfinite(known) & (known >= 0)).all() or not known.sum() > 0:
                raise MetricsError(f"margins: the shares of '{name}' must be numbers above zero.")
        else:
            w = np.ones(len(responses)) if weight is None else numeric(responses, weight)
            words = responses[name].map(str, na_action="ignore")
            known = pd.Series(np.asarray(w, float)).groupby(words.to_numpy()).sum()
        here = set(responses[name].dropna().astype(str))
        found[name] = known[[value in here and known[value] > 0 for value in known.index]]
    return {name: shares / shares.sum() for name, shares in found.items() if len(shares) > 1}


def brought(
    responses: pd.DataFrame,
    periods: np.ndarray,
    shares: Mapping[str, pd.Series],
    *,
    weight: str | None = None,
    cap: float = 5,
) -> Brought:
    """Rake each period by itself to the same shares.

    A value that nobody of a period gave cannot be stood for: the others share its part, and a
    note says so. Answers whose value has no share count as they came.

    Args:
        responses: answers that count.
        periods: the period of each.
        shares: what `targets` gave.
        weight: column with survey weights to start from.
        cap: as in `weighting.rake`.
    """
    out = np.full(len(responses), np.nan)
    start = np.ones(len(responses)) if weight is None else numeric(responses, weight).to_numpy()
    lacks: dict[str, list[str]] = {}
    for period in pd.unique(periods):
        at = np.flatnonzero((periods == period) & (start > 0))
        rows = responses.iloc[at]
        here: dict[str, dict[str, float]] = {}
        for name, known in shares.items():
            words = rows[name].map(str, na_action="ignore")
            there = known[known.index.isin(words.dropna().unique())]
            if len(there) < len(known):
                lacks.setdefault(str(period), []).extend(set(known.index) - set(there.index))
            if len(there):
                rows = rows.assign(**{name: words.where(words.isin(there.index))})
                here[name] = (there / there.sum()).to_dict()
        if not len(at):
            continue
        if not here:
            out[at] = start[at] / start[at].mean()
            continue
        out[at] = weighting.rake(rows, margins=here, weight=weight, cap=cap).frame["weight"]
    return Brought(out, _lacking(lacks), frozenset(lacks))


def two_alike(
    before: pd.DataFrame, after: pd.DataFrame, shares: Mapping[str, pd.Series], weight: str | None
) -> tuple[list[pd.DataFrame], tuple[str, ...]]:
    """Bring two periods to the same shares of those who answered in both.

    Returns:
        The answers of both with the weight under `BROUGHT`, and whom the comparison leaves out.
    """
    sides, notes, both = [before, after], [], {}
    for name, known in shares.items():
        words = [rows[name].map(str, na_action="ignore") for rows in sides]
        here = [set(each.dropna().unique()) for each in words]
        common = known[known.index.isin(here[0] & here[1])]
        once = sorted((here[0] ^ here[1]) & set(known.index))
        if not len(common):
            continue
        both[name] = common / common.sum()
        if once:
            notes.append(f"{listing(once, 4)} answered in one of the two periods: left out.")
            sides = [rows[~each.isin(once)] for rows, each in zip(sides, words, strict=True)]
    for place, rows in enumerate(sides):
        found = brought(rows, np.zeros(len(rows)), both, weight=weight)
        sides[place] = rows.assign(**{BROUGHT: found.weight})
    return sides, tuple(notes)


def said(shares: Iterable[str]) -> str:
    """Name the columns whose mix is held.

    Example:
        >>> said(["region", "sales_area"])
        'region and sales area'
    """
    return listing([label(name) for name in shares])


def _lacking(lacks: Mapping[str, list[str]]) -> tuple[str, ...]:
    if not lacks:
        return ()
    told = [f"nobody from {listing(sorted(who), 3)} in {period}" for period, who in lacks.items()]
    return (f"Not quite the same mix: {listing(told, 3)}; the others stand for them.",)
