"""Which score tells what customers do later? Compared out of time, on the same people."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import label
from cxlab.metrics.workings.answers import need, numeric
from cxlab.metrics.workings.measures import MetricsError, Score
from cxlab.results import Result, count, listing, may_equal, percent

BINS = 12


def predictors(
    train: pd.DataFrame,
    test: pd.DataFrame,
    *,
    scores: Sequence[str | Score],
    outcome: str,
    cluster: str | None = None,
    level: float = 0.95,
    n_boot: int = 1000,
    seed: int = 0,
) -> Result:
    """Say which score best tells later behaviour, judged on answers the choice never saw.

    Each score is measured by the share of pairs of customers it puts in the right order (the
    concordance; for a yes-or-no outcome the area under the ROC curve). Which way a score points
    is learned on the earlier answers and judged on the later ones.

    Args:
        train: earlier answers, each with what the customer did afterwards.
        test: later answers with the same columns.
        scores: columns as they stand, or a `Score` for its boxes (an NPS as detractor,
            passive, promoter; a top box as yes or no).
        outcome: column with what happened after the answer: yes or no, or an amount.
        cluster: column of the customer, where customers answer more than once.
        level: confidence level.
        n_boot: bootstrap replicates, the same for all scores.
        seed: for the replicates.

    Returns:
        part (`score`, `against the best`), term, against, estimate (share of pairs ordered
        rightly; difference from the best), std_error, conf_low, conf_high, n, rank, level,
        verdict (`tells`, `no better than chance`, `worse`, `not apart`).

    Raises:
        MetricsError: the outcome does not vary, or nobody answered all scores.

    Example:
        >>> rows = pd.DataFrame({"nps": [0, 3, 9, 10] * 50, "csat": [3, 3, 4, 3] * 50,
        ...                      "left": [1, 1, 0, 0] * 50})
        >>> predictors(rows, rows, scores=["nps", "csat"], outcome="left").frame["term"][0]
        'NPS'
    """
    names, early = _points(train, scores, outcome)
    _, late = _points(test, scores, outcome)
    signs = np.array([_sign(early[0][:, i], early[1]) for i in range(len(names))])
    x, y, rows = late
    labels = None if cluster is None else _labels(test, cluster, rows)
    point, replicates = _concordance(x * signs, y, labels, n_boot, seed)
    order = np.argsort(-point, kind="stable")
    best = order[0]
    low, high = stats.percentile(replicates, level)
    gap_low, gap_high = stats.percentile(replicates - replicates[:, [best]], level)
    found = [
        {"part": "score", "term": names[i], "against": None, "estimate": point[i],
         "std_error": replicates[:, i].std(), "conf_low": low[i], "conf_high": high[i],
         "rank": place + 1, "verdict": "tells" if low[i] > 0.5 else "no better than chance"}
        for place, i in enumerate(order)
    ]  # fmt: skip
    found += [
        {"part": "against the best", "term": names[i], "against": names[best],
         "estimate": point[i] - point[best],
         "std_error": (replicates[:, i] - replicates[:, best]).std(), "conf_low": gap_low[i],
         "conf_high": gap_high[i], "rank": place + 2,
         "verdict": "worse" if gap_high[i] < 0 else "not apart"}
        for place, i in enumerate(order[1:])
    ]  # fmt: skip
    frame = pd.DataFrame(found).assign(n=len(y), level=level)
    left = len(test) - len(y)
    notes = [f"{count(left, 'later answer')} without all scores or the outcome left out."]
    notes += [
        f"'{names[i]}' pointed the other way earlier: low scores went with more of '{outcome}'."
        for i in np.flatnonzero(signs < 0)[: 0 if (signs < 0).all() else 3]
    ]
    return Result(
        name=f"what tells {outcome}",
        frame=frame,
        headline=_headline(frame, outcome),
        method="share of pairs in the right order (Harrell's C; AUC), direction learned earlier, "
        f"judged later; paired bootstrap, {n_boot:,} replicates",
        base=f"{count(len(early[1]), 'earlier answer')} to learn the direction, "
        f"{count(len(y), 'later answer')} to judge; '{outcome}' after each answer.",
        notes=tuple(notes if left else notes[1:]),
        unit="share",
    )


def _points(rows: pd.DataFrame, scores: Sequence[str | Score], outcome: str):
    """Give each candidate as numbers, for the rows that have all of them and the outcome."""
    names, columns = [], []
    for score in scores:
        column = score.column if isinstance(score, Score) else score
        need(rows, [column, outcome])
        values = numeric(rows, column).to_numpy(float, na_value=np.nan)
        if isinstance(score, Score) and score.kind != "mean":
            boxes = np.where(np.isnan(values), np.nan, score.worth(values))
            names.append(
                f"{score.name} in boxes" if score.kind == "nps" else f"{score.name} top box"
            )
            columns.append(boxes)
        else:
            names.append(score.name if isinstance(score, Score) else label(column))
            columns.append(values)
    after = rows[outcome]
    if pd.api.types.is_bool_dtype(after):
        after = after.astype(float)
    y = numeric(after.to_frame(), outcome).to_numpy(float, na_value=np.nan)
    x = np.stack(columns, axis=1)
    full = ~np.isnan(x).any(axis=1) & ~np.isnan(y)
    if full.sum() < 2 or len(np.unique(y[full])) < 2:
        raise MetricsError(
            f"'{outcome}': {count(int(full.sum()), 'answer')} with all scores, and the outcome is "
            "the same for all of them; nothing can be told apart. Take a longer time afterwards."
        )
    return names, (x[full], y[full], np.flatnonzero(full))


def _sign(x: np.ndarray, y: np.ndarray) -> float:
    ranks, after = pd.Series(x).rank().to_numpy(), pd.Series(y).rank().to_numpy()
    return -1.0 if np.cov(ranks, after)[0, 1] < 0 else 1.0


def _labels(rows: pd.DataFrame, cluster: str, kept: np.ndarray) -> np.ndarray:
    need(rows, [cluster])
    return pd.factorize(rows[cluster].iloc[kept], use_na_sentinel=False)[0]


def _concordance(x: np.ndarray, y: np.ndarray, labels, n_boot: int, seed: int):
    """Count pairs in the right order, for the sample and for each replicate, from cell counts."""
    after = _binned(y)
    k = int(after.max()) + 1
    cells = []
    for column in x.T:
        points, place = np.unique(column, return_inverse=True)
        if len(points) > 50:
            place = _binned(column)
        cells.append((place * k + after, int(place.max()) + 1))
    whole = [np.bincount(code, minlength=m * k).reshape(1, m, k) for code, m in cells]
    point = np.array([_pairs(table)[0] for table in whole])
    parts = []
    for drawn in stats.counts(len(y), n_boot=n_boot, seed=seed, cluster=labels):
        tables = [_gathered(drawn, code, m * k).reshape(-1, m, k) for code, m in cells]
        parts.append(np.stack([_pairs(table) for table in tables], axis=1))
    return point, np.concatenate(parts)


def _gathered(drawn: np.ndarray, code: np.ndarray, size: int) -> np.ndarray:
    order = np.argsort(code, kind="stable")
    edges = np.searchsorted(code[order], np.arange(size + 1))
    sums = np.zeros((len(drawn), len(code) + 1))
    np.cumsum(drawn[:, order], axis=1, out=sums[:, 1:])
    return sums[:, edges[1:]] - sums[:, edges[:-1]]


def _pairs(table: np.ndarray) -> np.ndarray:
    """Give the share of pairs with unlike outcomes that a score orders rightly, ties half."""
    below = np.cumsum(table, axis=1) - table / 2
    right = (table * (np.cumsum(below, axis=2) - below)).sum(axis=(1, 2))
    size = table.sum(axis=1)
    pairs = (size * (np.cumsum(size, axis=1) - size)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(pairs > 0, right / pairs, 0.5)


def _binned(values: np.ndarray) -> np.ndarray:
    if len(np.unique(values)) <= BINS:
        return np.unique(values, return_inverse=True)[1]
    return pd.qcut(values, BINS, labels=False, duplicates="drop")


def _headline(frame: pd.DataFrame, outcome: str) -> str:
    scores = frame[frame["part"] == "score"]
    best = scores.iloc[0]
    if best["verdict"] != "tells":
        return f"No score tells '{outcome}' better than chance on later answers."
    ends = f"{percent(best['conf_low'])} to {percent(best['conf_high'])}"
    pairs = f"{percent(best['estimate'])} of pairs in the right order ({ends})"
    start = f"{best['term']} tells '{outcome}'"
    rest = frame[frame["part"] == "against the best"]
    level = rest.loc[rest["verdict"] == "not apart", "term"].tolist()
    if level:
        return f"{start}: {pairs}{may_equal(len(level), level[0])}."
    if rest.empty:
        return f"{start}: {pairs}."
    return f"{start} best: {pairs}, ahead of {listing(rest['term'].tolist(), 4)}."
