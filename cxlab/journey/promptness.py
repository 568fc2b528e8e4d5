"""How does satisfaction go with waiting, and is there a knee?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, label, question
from cxlab.journey.workings.adjusting import covariates, told
from cxlab.journey.workings.cases import cases_of, scored
from cxlab.journey.workings.kink import Kink, bent, robust
from cxlab.journey.workings.refusal import JourneyError
from cxlab.results import Result, count, number

BINS = 10
FEWEST = 60  # contacts of which a curve is told
EARLIEST = 1 / 60  # hours; a reply within a minute is one after a minute
CURVE, KNEE, SOONER = "waiting", "knee", "if answered in time"


@question("level")
def promptness(
    interactions: Any,
    *,
    outcome: str = "csat",
    waiting: str = "waited",
    adjust: Sequence[str] = ("kind", "channel"),
    hours: float = 4,
    as_of: Any,
    seed: int = 0,
    how: How,
) -> Result:
    """Draw a score against how long people waited, and look for a knee.

    A knee is told only where a line that bends once fits better than both lines that do not: one
    on which each doubling of the wait goes with as much, and one on which each hour does.

    Args:
        interactions: contacts, one a row.
        outcome: a number of the contact: `csat`, `failed` or `again`.
        waiting: `waited` (hours to the first reply) or `solved` (hours to the end).
        adjust: columns of words held the same.
        hours: the wait of the what-if.
        seed: for everything that is drawn.

    Returns:
        `term`: `waiting` (a row a tenth of the contacts: `time`, its median wait in hours, and
        the adjusted mean with interval and `n`), `knee` (`time` with `time_low`, `time_high`;
        missing where there is none; `p_value` of no bend at all) and `if answered in time`
        (`estimate`: by how much the mean would be another if the association were causal and
        nobody had waited longer than `hours`).

    Raises:
        JourneyError: too few contacts have both a wait that ended and the score.
    """
    cases = cases_of(interactions, as_of=as_of)
    rows = scored(cases, outcome)
    came = {"waited": "replied", "solved": "closed"}[waiting]
    if waiting not in rows:
        raise JourneyError(
            f"contacts do not tell {_WAITS[waiting]}.", needs=f"'{_MOMENTS[waiting]}' of contacts"
        )
    rows = rows[rows[waiting].notna() & rows[came]]
    if len(rows) < FEWEST or rows[waiting].nunique() < BINS:
        raise JourneyError(
            f"{count(len(rows), 'contact')} tell both {_WAITS[waiting]} and {label(outcome)}; a "
            f"curve takes {FEWEST}."
        )
    wait = np.maximum(rows[waiting].to_numpy(float), EARLIEST)
    y, (rest, used) = rows[outcome].to_numpy(float), covariates(rows, adjust)
    kink = bent(np.log2(wait), y, wait, rest, level=how.level, seed=seed)
    found = kink is not None and kink.p_value < 1 - how.level and kink.gain > 0
    sooner = _sooner(wait, y, rest, kink if found else None, hours, how.level)
    parts = [_curve(wait, y, rest, how.level), _knee(kink, found), sooner]
    frame = pd.DataFrame([row for part in parts for row in part]).reindex(columns=_COLUMNS)
    return Result(
        name="promptness",
        frame=frame,
        headline=_headline(frame, kink, found, outcome, waiting),
        method=f"Means of tenths by waiting{told(used)}; a knee where a line on doublings of the "
        "wait that bends once has a lower BIC than both lines that do not, and no bend at all is "
        "rejected over all places looked at (Hansen 1996); interval by inverting the fit (Hansen "
        "2017).",
        base=f"{count(len(rows), 'contact')} with {label(outcome)} whose wait has ended. "
        f"{cases.base}",
        notes=(*cases.notes, _clause(frame, hours, waiting)),
    )


_COLUMNS = ["term", "time", "time_low", "time_high", "estimate", "conf_low", "conf_high",
            "p_value", "n"]  # fmt: skip
_WAITS = {"waited": "how long the first reply took", "solved": "how long they took"}
_MOMENTS = {"waited": "first_reply_at", "solved": "closed_at"}


def _curve(wait: np.ndarray, y: np.ndarray, rest: np.ndarray, level: float) -> list[dict]:
    edges = np.unique(np.quantile(wait, np.linspace(0, 1, BINS + 1)))
    bins = np.clip(np.searchsorted(edges, wait, side="left") - 1, 0, len(edges) - 2)
    codes = pd.factorize(bins, sort=True)[0]
    dummies = np.eye(codes.max() + 1)[codes]
    centred = rest[:, 1:] - rest[:, 1:].mean(axis=0)
    beta, cover = robust(np.hstack([dummies, centred]), y)
    mean, error = beta[: dummies.shape[1]], np.sqrt(np.diag(cover)[: dummies.shape[1]])
    low, high = stats.mean_interval(mean, error, level=level)
    return [
        {"term": CURVE, "time": float(np.median(wait[codes == at])), "estimate": mean[at],
         "conf_low": low[at], "conf_high": high[at], "n": int((codes == at).sum())}
        for at in range(len(mean))
    ]  # fmt: skip


def _knee(kink: Kink | None, found: bool) -> list[dict]:
    if kink is None:
        return [{"term": KNEE}]
    if not found:
        return [{"term": KNEE, "p_value": kink.p_value}]
    return [{"term": KNEE, "time": 2**kink.at, "time_low": 2**kink.low, "time_high": 2**kink.high,
             "p_value": kink.p_value}]  # fmt: skip


def _sooner(
    wait: np.ndarray, y: np.ndarray, rest: np.ndarray, kink: Kink | None, hours: float, level: float
) -> list[dict]:
    """Tell what goes with a shorter wait, were the association causal."""
    x, less = np.log2(wait), np.log2(np.minimum(wait, hours))
    if kink is None:
        beta, cover = robust(np.column_stack([rest, x]), y)
        change = np.r_[np.zeros(rest.shape[1]), (less - x).mean()]
    else:
        beta, cover = kink.beta, kink.cover
        moved = [np.minimum(less, kink.at) - np.minimum(x, kink.at),
                 np.maximum(less - kink.at, 0) - np.maximum(x - kink.at, 0)]  # fmt: skip
        change = np.r_[np.zeros(rest.shape[1]), [each.mean() for each in moved]]
    estimate, error = float(change @ beta), float(np.sqrt(change @ cover @ change))
    low, high = stats.mean_interval(estimate, error, level=level)
    return [{"term": SOONER, "time": hours, "estimate": estimate, "conf_low": float(low),
             "conf_high": float(high), "n": int((wait > hours).sum())}]  # fmt: skip


def _headline(frame: pd.DataFrame, kink: Kink | None, found: bool, outcome: str, waiting: str):
    curve = frame[frame["term"] == CURVE]
    ends = [number(curve["estimate"].iloc[at], 2) for at in (0, -1)]
    went = f"from {ends[0]} after {_hours(curve['time'].iloc[0])} to {ends[1]} after "
    went += _hours(curve["time"].iloc[-1])
    if kink is None or not found:
        return f"{label(outcome)} goes {went}, with no knee."
    row = frame[frame["term"] == KNEE].iloc[0]
    return (
        f"{label(outcome)} goes {went}, with a knee at {_hours(row['time'])} "
        f"({_hours(row['time_low'])} to {_hours(row['time_high'])})."
    )


def _hours(hours: float) -> str:
    if hours < 1:
        return _some(number(hours * 60, 0), "minute")
    return _some(number(hours, 1), "hour") if hours < 48 else _some(number(hours / 24, 1), "day")


def _some(shown: str, unit: str) -> str:
    shown = shown.removesuffix(".0")
    return f"{shown} {unit}" if shown == "1" else f"{shown} {unit}s"


def _clause(frame: pd.DataFrame, hours: float, waiting: str) -> str:
    row = frame[frame["term"] == SOONER].iloc[0]
    what = "answered" if waiting == "waited" else "closed"
    if not row["n"]:
        return f"No contact waited longer than {_hours(hours)} to be {what}."
    return (
        f"{count(row['n'], 'contact')} waited longer than {_hours(hours)} to be {what}. If the "
        f"association were causal and nobody did, the mean would differ by "
        f"{number(row['estimate'], 2, signed=True)} "
        f"({number(row['conf_low'], 2)} to {number(row['conf_high'], 2)}). "
        "What is waited for long may be hard."
    )
