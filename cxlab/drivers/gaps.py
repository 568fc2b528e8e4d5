"""Who left ratings blank, and would leaving those answers out change the order?"""

import numpy as np
import pandas as pd
from scipy.stats import t as t_distribution

from cxlab import stats
from cxlab.drivers.workings.asking import question
from cxlab.drivers.workings.design import (
    HARMLESS_LOSS,
    Design,
    DriverError,
)
from cxlab.drivers.workings.lines import fitted
from cxlab.drivers.workings.points import score_unit
from cxlab.drivers.workings.sharing import covariances, lmg
from cxlab.results import Result, count, percent


@question(missing="impute")
def gaps(design: Design) -> Result:
    """Count missing ratings, and say what leaving those answers out would do.

    Returns:
        term, share (of answers without this rating), n (answers without it), estimate (how
        their mean outcome differs from the others'), std_error, p_value, p_adjusted (Holm),
        rank (by importance, gaps treated), value (rank if incomplete answers were left out),
        verdict (`harmless`, `look`).

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2, 6], "price": [5, 1, 3, 4, 2, 3]})
        >>> gaps(answers, outcome="nps", drivers=["price"]).headline
        'No rating is missing: all 6 answers are used.'
    """
    blank = np.isnan(design.given)
    complete = ~blank.any(axis=1)
    ranks = _ranks(design)
    try:
        without = _ranks(design.again(missing="listwise"))
    except DriverError:
        without = np.full(len(ranks), np.nan)
    rows = [_against(design, blank[:, k]) for k in range(len(design.drivers))]
    frame = pd.DataFrame(rows, columns=["estimate", "std_error", "p_value"])
    frame["p_adjusted"] = stats.adjust(frame["p_value"], method="holm")
    loss, level = 1 - complete.mean(), design.survey.level
    frame = frame.assign(
        term=design.drivers,
        share=blank.mean(axis=0),
        n=blank.sum(axis=0),
        rank=ranks,
        value=without,
    )
    odd = (frame["p_adjusted"] < 1 - level) | (frame["share"] > HARMLESS_LOSS)
    frame["verdict"] = np.where(odd, "look", "harmless")
    words = "term share n estimate std_error p_value p_adjusted rank value verdict"
    return Result(
        name="missing ratings",
        frame=frame[words.split()],
        headline=_headline(frame, loss, complete),
        method="Mean outcome of answers with and without each rating, robust errors; LMG ranks "
        "from 20 imputations and from complete answers alone.",
        base=design.base,
        notes=design.notes,
        unit=score_unit(design),
    )


def _ranks(design: Design) -> np.ndarray:
    return (-lmg(design, covariances(design))).argsort(kind="stable").argsort() + 1


def _against(design: Design, blank: np.ndarray) -> tuple[float, float, float]:
    if min(blank.sum(), (~blank).sum()) < 5:
        return np.nan, np.nan, np.nan
    found = fitted(blank[:, None].astype(float), design.y, design.w, design.cluster, ["blank"])
    gap, error = float(found.coefficients[1]), float(np.sqrt(found.covariance[1, 1]))
    return gap, error, float(2 * t_distribution.sf(abs(gap) / error, found.df))


def _headline(frame: pd.DataFrame, loss: float, complete: np.ndarray) -> str:
    if loss == 0:
        return f"No rating is missing: all {count(len(complete), 'answer')} are used."
    text = f"{percent(loss)} of the answers lack a rating"
    if frame["value"].isna().any():
        return f"{text}; too few are complete to be used alone."
    first = frame.loc[frame["rank"] == 1].iloc[0]
    if first["value"] != 1:
        return (
            f"{text}; leaving them out would move {first['term']} from place 1 to "
            f"place {int(first['value'])}."
        )
    moved = int((frame["rank"] != frame["value"]).sum())
    if not moved:
        return f"{text}; leaving them out would not change the order."
    places = "place" if moved == 1 else "places"
    return f"{text}; leaving them out would keep {first['term']} first and change {moved} {places}."
