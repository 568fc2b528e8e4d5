"""Is one item of a question ahead of another? The same people answered both."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from cxlab.questionnaire import Asked
from cxlab.questions.workings.letters import SURE, adjusted
from cxlab.questions.workings.people import (
    QuestionsError,
    clusters_of,
    numbers_of,
    questionnaire_of,
    weights_of,
)
from cxlab.questions.workings.telling import asked_as, some_pairs, told_of
from cxlab.results import Result, number, percent, whole
from cxlab.stats import quantile

METHOD = (
    "Over those who answered both items, so that who chose both counts on both sides: of shares "
    "McNemar's test (1947), of means the t-test of pairs, each linearised under weights and "
    "clusters; p-values corrected for all pairs (Benjamini and Hochberg 1995)."
)
_COLUMNS = ["term", "against", "estimate", "std_error", "conf_low", "conf_high", "statistic", "df",
            "p_value", "p_adjusted", "n", "verdict"]  # fmt: skip


def between(
    study: Any, *, question: str, level: float = 0.95, smallest: int | None = None
) -> Result:
    """Compare the items of a question with one another, pair by pair.

    Args:
        study: the study, or its questionnaire.
        question: a choose-all; a grid, rank or sum whose answers are numbers.
        level: confidence level.
        smallest: fewest people of a pair that is shown; the study's if not given.

    Returns:
        A row a pair, the item with more first, the largest differences on top: `term`, `against`,
        `estimate` (difference of shares or of means) with its interval, `std_error`, `statistic`
        (z, or t with `df`), `p_value`, `p_adjusted`, `n` (who answered both), and as `verdict`
        `above` or `not apart`.

    Raises:
        QuestionsError: it has no two items, answers that are no numbers, or too few people.
        Misuse: there is no such question.
    """
    asked = questionnaire_of(study)
    each = asked[question]
    if len(each.items) < 2:
        raise QuestionsError(f"'{question}' has no two items to compare.")
    given, weight, cluster = numbers_of(each), weights_of(asked), clusters_of(asked)
    fewest = max(asked.smallest if smallest is None else smallest, 2)
    shares = each.kind == "choose all"
    chosen, left_out = some_pairs(each.items)
    rows = [
        (each.items[a], each.items[b], *_paired(given[a], given[b], weight, cluster, shares))
        for a, b in combinations(chosen, 2)
    ]
    frame = pd.DataFrame(rows, columns=["term", "against", "estimate", "std_error", "df", "n"])
    frame = _tested(frame[frame["n"] >= fewest].copy(), level)
    if frame.empty:
        raise QuestionsError(f"'{question}': too few people answered two of its items.")
    return Result(
        name=f"items of {each.name} compared",
        frame=frame,
        headline=_headline(each, frame, given, weight),
        method=METHOD,
        base=f"{asked_as(each)} {asked.base}.",
        notes=(*left_out, *told_of((each,))),
        unit="share" if shares else "",
    )


def _paired(
    a: np.ndarray, b: np.ndarray, weight: np.ndarray | None, cluster: np.ndarray | None,
    shares: bool,
) -> tuple[float, float, float, int]:  # fmt: skip
    """Give the mean difference of two items, its standard error, its df, and how many it is of.

    Shares: the error they would have if the items did not differ, as McNemar takes it.
    """
    there = ~np.isnan(a) & ~np.isnan(b)
    n = int(there.sum())
    if not n:
        return np.nan, np.nan, np.nan, 0
    w = np.ones(n) if weight is None else weight[there]
    ahead = a[there] - b[there]
    mean = float(np.average(ahead, weights=w))
    score = w * (ahead if shares else ahead - mean) / w.sum()
    if cluster is not None:
        score = np.bincount(np.unique(cluster[there], return_inverse=True)[1], score)
    units = len(score)
    more = 1.0 if shares else units / (units - 1) if units > 1 else np.nan
    df = np.inf if shares and cluster is None else float(units - 1)
    return mean, float(np.sqrt(more * (score**2).sum())), df, n


def _tested(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    """Test each difference, turn the pairs so that the item with more stands first."""
    back = frame["estimate"] < 0
    frame.loc[back, ["term", "against"]] = frame.loc[back, ["against", "term"]].to_numpy()
    frame["estimate"] = frame["estimate"].abs()
    error, df = frame["std_error"].to_numpy(), frame["df"].to_numpy()
    half = quantile(level, df) * error
    frame["conf_low"], frame["conf_high"] = frame["estimate"] - half, frame["estimate"] + half
    frame["statistic"] = frame["estimate"].div(error).where(error > 0)
    z = -frame["statistic"].to_numpy()
    tail = np.where(np.isinf(df), special.ndtr(z), special.stdtr(df, z))
    same = (frame["estimate"] == 0) & (error == 0)  # whoever chose one chose the other
    frame["p_value"] = np.where(same, 1.0, 2 * tail)
    frame["p_adjusted"] = adjusted(frame["p_value"].to_numpy())
    frame["verdict"] = np.where(frame["p_adjusted"] <= SURE, "above", "not apart")
    return frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)[
        _COLUMNS
    ]


def _headline(
    each: Asked, frame: pd.DataFrame, given: np.ndarray, weight: np.ndarray | None
) -> str:
    """Say which item leads, by how much it is ahead of the next, and how many pairs differ."""
    w = np.where(np.isnan(given), 0.0, 1.0 if weight is None else weight)
    with np.errstate(invalid="ignore"):
        level = pd.Series(np.nansum(given * w, axis=1) / w.sum(axis=1), index=each.items)
    known = level[level.index.isin([*frame["term"], *frame["against"]])]
    order = known.sort_values(ascending=each.kind == "rank", kind="stable")
    first, second = order.index[:2]
    told = [percent(order[i]) if each.kind == "choose all" else number(order[i], 2)
            for i in (first, second)]  # fmt: skip
    pair = frame[frame["term"].isin([first, second]) & frame["against"].isin([first, second])]
    sure = len(pair) and pair["verdict"].iloc[0] == "above"
    led = "stands before" if sure else "cannot be told apart from"
    said = f"{whole(first)} ({told[0]}) {led} {whole(second)} ({told[1]})"
    apart = int((frame["verdict"] == "above").sum())
    lie = f"{apart or 'none'} {'lies' if apart == 1 else 'lie'} apart"
    return f"{said}. Of {len(frame):,} pairs of items {lie}." if len(frame) > 1 else f"{said}."
