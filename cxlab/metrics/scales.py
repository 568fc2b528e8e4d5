"""Do several items measure one thing? Reliability of a multi-item scale."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from cxlab import stats
from cxlab.metrics.workings.answers import need, numeric
from cxlab.metrics.workings.measures import MetricsError
from cxlab.results import Result, count, number

STEPS = 200
LOW = 0.6  # below, items hardly measure one thing (Nunnally 1978 asks 0.7 of new scales)


def reliability(
    responses: pd.DataFrame,
    *,
    items: Sequence[str],
    level: float = 0.95,
    n_boot: int = 500,
    seed: int = 0,
) -> Result:
    """Say how consistently several items measure one thing: Cronbach's alpha and omega.

    Args:
        responses: one row per answer; rows that miss an item are left out and counted.
        items: columns of the items, two or more, all pointing the same way.
        level: confidence level.
        n_boot: bootstrap replicates behind the interval of omega.
        seed: for the replicates.

    Returns:
        part (`scale`, `without item`), term (`alpha`, `alpha, standardised`, `omega`, and where
        answers have gaps `alpha, pairwise rows`; an item), estimate, conf_low, conf_high,
        correlation (of the item with the sum of the others), n, level.

    Raises:
        MetricsError: fewer than two items, too few rows, or an item that never varies.

    Example:
        >>> rows = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 4, 3, 5], "c": [1, 3, 2, 5, 4]})
        >>> round(float(reliability(rows, items=list("abc"), n_boot=20).frame["estimate"][0]), 2)
        0.84
    """
    items = list(items)
    if len(items) < 2:
        raise MetricsError("A scale has two or more items; name them in `items`.")
    need(responses, items)
    answers = pd.DataFrame({name: numeric(responses, name) for name in items})
    complete = answers.dropna().to_numpy(float)
    n, k = complete.shape
    if n < 3:
        raise MetricsError(f"{count(n, 'row')} with all items; three are needed for a scale.")
    covariance = np.cov(complete, rowvar=False)
    flat = [name for name, v in zip(items, np.diag(covariance), strict=True) if v == 0]
    if flat:
        raise MetricsError(f"'{flat[0]}' has the same answer in every row; leave it out.")
    alpha, omega = _alpha(covariance), float(_omega(covariance[None])[0])
    spread = np.sqrt(np.diag(covariance))
    standardised = _alpha(covariance / np.outer(spread, spread))
    ends = [_feldt(alpha, n, k, level), (np.nan, np.nan)]
    ends.append(_bootstrap(complete, n_boot, seed, level) if k > 2 else (np.nan, np.nan))
    scale = pd.DataFrame(
        {
            "part": "scale",
            "term": ["alpha", "alpha, standardised", "omega"],
            "estimate": [alpha, standardised, omega if k > 2 else np.nan],
            "conf_low": [low for low, _ in ends],
            "conf_high": [high for _, high in ends],
        }
    )
    if len(answers) > n:
        pairwise = _alpha(answers.cov().to_numpy())
        row = {"part": "scale", "term": "alpha, pairwise rows", "estimate": pairwise}
        scale = pd.concat([scale, pd.DataFrame([row])], ignore_index=True)
    frame = pd.concat([scale, _items(complete, covariance, items)], ignore_index=True)
    notes = [f"{count(len(answers) - n, 'row')} without all items left out."]
    correlations = frame["correlation"]
    if (correlations < 0).any():
        wrong = frame.loc[correlations < 0, "term"].iloc[0]
        notes.append(f"'{wrong}' points the other way; turn its scale round before.")
    ends_said = f"{number(ends[0][0], 2)} to {number(ends[0][1], 2)}"
    return Result(
        name="reliability",
        frame=frame.assign(n=n, level=level),
        headline=f"Cronbach's alpha of {count(k, 'item')} is {number(alpha, 2)} ({ends_said})"
        + (": too low to be read as one scale." if alpha < LOW else "."),
        method="Cronbach (1951) with Feldt's (1965) interval; omega of a one-factor model fitted "
        "by least squares (McDonald 1999), bootstrap interval",
        base=f"{count(n, 'answer')} with all of {', '.join(items)}.",
        notes=tuple(notes if len(answers) > n else notes[1:]),
        unit="of 1",
    )


def _alpha(covariance: np.ndarray) -> float:
    k = len(covariance)
    if k < 2:
        return float("nan")
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _feldt(alpha: float, n: int, k: int, level: float) -> tuple[float, float]:
    df, tail = (n - 1, (n - 1) * (k - 1)), (1 - level) / 2
    low = 1 - (1 - alpha) * special.fdtri(*df, 1 - tail)
    return float(low), float(1 - (1 - alpha) * special.fdtri(*df, tail))


def _items(complete: np.ndarray, covariance: np.ndarray, items: list[str]) -> pd.DataFrame:
    rows = []
    for place, name in enumerate(items):
        others = np.delete(np.arange(len(items)), place)
        rest = complete[:, others].sum(axis=1)
        rows.append(
            {
                "part": "without item",
                "term": name,
                "estimate": _alpha(covariance[np.ix_(others, others)]),
                "conf_low": np.nan,
                "conf_high": np.nan,
                "correlation": np.corrcoef(complete[:, place], rest)[0, 1],
            }
        )
    return pd.DataFrame(rows)


def _omega(covariances: np.ndarray) -> np.ndarray:
    """Fit one factor to each covariance matrix by iterated principal axes; give omega."""
    spread = np.sqrt(np.einsum("bii->bi", covariances))
    correlation = covariances / (spread[:, :, None] * spread[:, None, :])
    k = correlation.shape[1]
    shared = np.clip((correlation**2).sum(axis=2) - 1, 0, None) / (k - 1)
    index = np.arange(k)
    for _ in range(STEPS):
        reduced = correlation.copy()
        reduced[:, index, index] = shared
        values, vectors = np.linalg.eigh(reduced)
        loading = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:], 0))
        after = np.minimum(loading**2, 1.0)
        if np.abs(after - shared).max() < 1e-9:
            break
        shared = after
    loading = loading * spread * np.sign(loading.sum(axis=1, keepdims=True))
    common = loading.sum(axis=1) ** 2
    return common / (common + (spread**2 * (1 - shared)).sum(axis=1))


def _bootstrap(complete: np.ndarray, n_boot: int, seed: int, level: float) -> tuple[float, float]:
    found = []
    products = np.einsum("ni,nj->nij", complete, complete).reshape(len(complete), -1)
    k = complete.shape[1]
    for drawn in stats.counts(len(complete), n_boot=n_boot, seed=seed):
        share = drawn / len(complete)
        centre = share @ complete
        second = (share @ products).reshape(-1, k, k)
        covariance = second - centre[:, :, None] * centre[:, None, :]
        varies = (np.einsum("bii->bi", covariance) > 1e-12).all(axis=1)
        found.append(_omega(covariance[varies]))
    low, high = stats.percentile(np.concatenate(found), level)
    return float(low), float(high)
