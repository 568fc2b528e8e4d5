"""Can the risks be trusted as numbers, and what would set them right?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from cxlab.churn.definition import ChurnError
from cxlab.churn.snapshots import Snapshot
from cxlab.churn.workings import scores
from cxlab.churn.workings.asking import question
from cxlab.churn.workings.judging import (
    are_probabilities,
    dealt_into,
    grouped,
    judgement,
    parts_for,
)
from cxlab.churn.workings.learning import FEWEST_LEAVERS, cross_scores, parts_of
from cxlab.results import Result, count, number, percent, probability


@dataclass(frozen=True)
class Line:
    """What log-odds foretold have to be moved and stretched by (Platt, 1999).

    Example:
        >>> Line(0.0, 1.0)([0.25]).tolist()
        [0.25]
    """

    intercept: float
    slope: float

    def __call__(self, risk) -> np.ndarray:
        """Give the risks set right."""
        return 1 / (1 + np.exp(-(self.intercept + self.slope * scores.log_odds(risk))))


@question
def line_of(model: Pipeline, day=pd.NaT) -> Line:
    """Fit the line that sets a model's risks right, by customers each fit had not seen.

    Args:
        day: of all days it learned from, the one whose outcomes decide; all of them if missing.
    """
    learned = model.lesson_.snapshot
    p = cross_scores(model, learned)
    here = np.ones(len(p), bool) if pd.isna(day) else (learned.day == day).to_numpy()
    return Line(*scores.platt(learned.label.to_numpy(dtype=int)[here], p[here]))


@question
def calibration(
    model,
    snapshot: Snapshot,
    *,
    groups: int = 10,
    recalibrated: bool = False,
    level: float = 0.95,
    smallest: int = 0,
) -> Result:
    """Compare the risks foretold with how many left, from the lowest risks to the highest.

    Args:
        model: what `fit` returned, or one probability a row.
        recalibrated: set the risks of each half of the customers right by a line fitted to the
            other half (Platt, 1999), and compare those.

    Returns:
        A `Result` with `rank`, `expected` (mean risk foretold), `estimate` (share that left),
        `conf_low`, `conf_high` (Wilson), `events`, `n`; the method line gives slope and
        intercept.
    """
    taken, p = judgement(model, snapshot)
    if not are_probabilities(p):
        raise ChurnError("calibration: the scores are not probabilities between 0 and 1.")
    y = taken.label.to_numpy(dtype=int)
    if recalibrated:
        p = _set_right(y, p, taken.customer)
    dealt = parts_for(len(y), groups, smallest)
    frame = grouped(y, p, dealt, level)
    line = scores.calibration_line(y, p, customer=taken.customer, level=level)
    chance = scores.hosmer_lemeshow(frame["events"], frame["expected"] * frame["n"], frame["n"])
    said = _trusted(y, p, line, chance, level)
    return Result(
        name="recalibration" if recalibrated else "calibration",
        frame=frame,
        headline=f"Recalibrated on other customers: {said[0].lower()}{said[1:]}"
        if recalibrated
        else said,
        method=(
            f"Slope {_of(line['slope'])}, intercept {_of(line['intercept'])} (Cox 1958); p of the "
            f"bands {probability(chance)} (Hosmer and Lemeshow 1980); shares with Wilson "
            f"intervals, level {level:g}."
        ),
        base=taken.base(),
        notes=dealt_into(dealt, groups, smallest),
        unit="share",
    )


# ---------------------------------------------------------------- helpers


def _set_right(y: np.ndarray, p: np.ndarray, customer: pd.Series) -> np.ndarray:
    """Set the risks of each half of the customers right by the outcomes of the other half."""
    half = parts_of("line " + customer.astype("str"), parts=2)
    out = np.empty(len(p))
    for side in (0, 1):
        here = half == side
        if y[~here].sum() < FEWEST_LEAVERS:
            raise ChurnError(
                f"recalibration: it is learned from one half of those judged, of whom "
                f"{count(int(y[~here].sum())) if y[~here].any() else 'nobody'} left, and takes "
                f"{FEWEST_LEAVERS} leavers. Judge on more customers, or a longer horizon."
            )
        out[here] = Line(*scores.platt(y[~here], p[~here]))(p[here])
    return out


def _trusted(y: np.ndarray, p: np.ndarray, line: dict, chance: float, level: float) -> str:
    slope, shift = line["slope"], line["intercept"]
    if not shift["conf_low"] <= 0 <= shift["conf_high"]:
        side = "More" if shift["estimate"] > 0 else "Fewer"
        return (
            f"{side} customers leave than foretold: {percent(y.mean(), 1)} against "
            f"{percent(p.mean(), 1)}."
        )
    if not slope["conf_low"] <= 1 <= slope["conf_high"]:
        side = "too extreme" if slope["estimate"] < 1 else "too cautious"
        return f"As many leave as foretold, but single risks are {side}."
    if chance < 1 - level:
        return "As many leave as foretold over all, but not band by band."
    return "The risks foretold cannot be told apart from how many left."


def _of(found: dict) -> str:
    low, high = number(found["conf_low"], 2), number(found["conf_high"], 2)
    return f"{number(found['estimate'], 2)} ({low} to {high})"
