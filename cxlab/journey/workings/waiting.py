"""How does a number of contacts go with waiting: a curve, a knee, what a shorter wait is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import label
from cxlab.journey.workings.adjusting import Fit, covariates, robust, told, whose
from cxlab.journey.workings.kink import Kink, bent
from cxlab.journey.workings.refusal import JourneyError
from cxlab.results import count, number

BINS = 10
FEWEST = 60  # contacts of which a curve is told
EARLIEST = 1 / 60  # hours; a reply within a minute is one after a minute
CURVE, KNEE, SOONER, HOUR = "waiting", "knee", "if answered in time", "an hour sooner"
WAITS = {"waited": "how long the first reply took", "solved": "how long they took"}
_CAME = {"waited": "replied", "solved": "closed"}
_MOMENTS = {"waited": "first_reply_at", "solved": "closed_at"}
_COLUMNS = ["term", "time", "time_low", "time_high", "estimate", "conf_low", "conf_high",
            "p_value", "n"]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Waited:
    """A number of contacts against how long they waited.

    Attributes:
        frame: a row a tenth, the knee, and the two what-ifs (`promptness` says which columns).
        goes: whether it goes with waiting beyond chance.
        bends: whether there is a knee.
        n: contacts.
        method: how it was told.
    """

    frame: pd.DataFrame
    goes: bool
    bends: bool
    n: int
    method: str

    def row(self, term: str) -> pd.Series:
        """Give the one row of a term."""
        return self.frame[self.frame["term"] == term].iloc[0]

    def said(self, what: str, show: Any, waiting: str) -> str:
        """Say how it goes, with its knee.

        Args:
            what: what the curve is of, as a sentence begins.
            show: writes a level of it.
            waiting: column of the wait.
        """
        if not self.goes:
            return f"{what} goes with {WAITS[waiting]} no more than chance has it."
        curve = self.frame[self.frame["term"] == CURVE]
        first, last = (f"{show(row['estimate'])} after {long(row['time'])}"
                       for _, row in curve.iloc[[0, -1]].iterrows())  # fmt: skip
        went = f"{what} goes from {first} to {last}, with"
        if not self.bends:
            return f"{went} no knee."
        row = self.row(KNEE)
        ends = f"{long(row['time_low'])} to {long(row['time_high'])}"
        return f"{went} a knee at {long(row['time'])} ({ends})."

    def longer(self, hours: float, waiting: str) -> str:
        """Say how many waited longer than so many hours."""
        n = self.row(SOONER)["n"]
        many = count(n, "contact") if n else "No contact"
        what = "answered" if waiting == "waited" else "closed"
        return f"{many} waited longer than {long(hours)} to be {what}."


def against_waiting(
    rows: pd.DataFrame, outcome: str, waiting: str, *, adjust: Sequence[str], hours: float,
    level: float, seed: int,
) -> Waited:  # fmt: skip
    """Set a number of contacts against how long they waited.

    Args:
        rows: contacts that have the number.
        outcome: its column.
        waiting: `waited` or `solved`, in hours.
        adjust: columns of words held the same.
        hours: the wait of the what-if.
        level: confidence level.
        seed: of the draws.

    Raises:
        JourneyError: too few contacts have a wait that ended, or the number is the same in all.
    """
    if waiting not in rows:
        raise JourneyError(
            f"contacts do not tell {WAITS[waiting]}.", needs=f"'{_MOMENTS[waiting]}' of contacts"
        )
    rows = rows[rows[waiting].notna() & rows[_CAME[waiting]]]
    if len(rows) < FEWEST or rows[waiting].nunique() < BINS or rows[outcome].nunique() < 2:
        raise JourneyError(
            f"{count(len(rows), 'contact')} tell both {WAITS[waiting]} and {label(outcome)}; a "
            f"curve takes {FEWEST} that are not all alike."
        )
    wait = np.maximum(rows[waiting].to_numpy(float), EARLIEST)
    y, (rest, used), who = rows[outcome].to_numpy(float), covariates(rows, adjust), whose(rows)
    straight = robust(np.column_stack([rest, np.log2(wait)]), y, who)
    kink = bent(np.log2(wait), y, wait, rest, who, level=level, seed=seed)
    bends = kink is not None and kink.p_value < 1 - level and kink.gain > 0
    parts = [_curve(wait, y, rest, who, level), _knee(kink, bends),
             _sooner(wait, rest, straight, kink if bends else None, hours, level)]  # fmt: skip
    return Waited(
        frame=pd.DataFrame([row for part in parts for row in part]).reindex(columns=_COLUMNS),
        goes=bends or straight.last(level)[3] < 1 - level,
        bends=bends,
        n=len(rows),
        method=f"Means of tenths by waiting{told(used)}; a customer's contacts taken together "
        "(CR1, no less than plain); a knee where a line on doublings of the wait that bends once "
        "has a lower BIC than both lines that do not, and no bend at all is rejected over all "
        "places looked at (Hansen 1996); interval by inverting the fit (Hansen 2017).",
    )


def _curve(wait, y: np.ndarray, rest: np.ndarray, who: np.ndarray, level: float) -> list[dict]:
    edges = np.unique(np.quantile(wait, np.linspace(0, 1, BINS + 1)))
    bins = np.clip(np.searchsorted(edges, wait, side="left") - 1, 0, len(edges) - 2)
    codes = pd.factorize(bins, sort=True)[0]
    dummies = np.eye(codes.max() + 1)[codes]
    centred = rest[:, 1:] - rest[:, 1:].mean(axis=0)
    fit, tenths = robust(np.hstack([dummies, centred]), y, who), dummies.shape[1]
    mean, error = fit.beta[:tenths], fit.errors(np.eye(len(fit.beta))[:tenths])
    low, high = stats.mean_interval(mean, error, df=fit.df, level=level)
    return [
        {"term": CURVE, "time": float(np.median(wait[codes == at])), "estimate": mean[at],
         "conf_low": low[at], "conf_high": high[at], "n": int((codes == at).sum())}
        for at in range(len(mean))
    ]  # fmt: skip


def _knee(kink: Kink | None, bends: bool) -> list[dict]:
    if kink is None:
        return [{"term": KNEE}]
    if not bends:
        return [{"term": KNEE, "p_value": kink.p_value}]
    return [{"term": KNEE, "time": 2**kink.at, "time_low": 2**kink.low, "time_high": 2**kink.high,
             "p_value": kink.p_value}]  # fmt: skip


def _sooner(
    wait: np.ndarray, rest: np.ndarray, fit: Fit, kink: Kink | None, hours: float, level: float
) -> list[dict[str, Any]]:
    """Tell what goes with a shorter wait, were the association causal."""
    x, out = np.log2(wait), []
    shorter = {SOONER: (hours, np.minimum(wait, hours)),
               HOUR: (1.0, np.maximum(wait - 1, np.minimum(wait, 1)))}  # fmt: skip
    for term, (time, other) in shorter.items():
        less = np.log2(other)
        slopes, fitted = [less - x], fit
        if kink is not None:
            at, fitted = kink.at, kink.fit
            slopes = [np.minimum(less, at) - np.minimum(x, at),
                      np.maximum(less - at, 0) - np.maximum(x - at, 0)]  # fmt: skip
        change = np.r_[np.zeros(rest.shape[1]), [each.mean() for each in slopes]]
        estimate, low, high, _ = fitted.of(change, level)
        out.append({"term": term, "time": time, "estimate": estimate, "conf_low": low,
                    "conf_high": high, "n": int((less < x).sum())})  # fmt: skip
    return out


def long(hours: float) -> str:
    """Write a length of time in minutes, hours or days.

    Example:
        >>> long(0.25), long(1), long(72)
        ('15 minutes', '1 hour', '3 days')
    """
    if hours < 1:
        return _some(number(hours * 60, 0), "minute")
    return _some(number(hours, 1), "hour") if hours < 48 else _some(number(hours / 24, 1), "day")


def _some(shown: str, unit: str) -> str:
    shown = shown.removesuffix(".0")
    return f"{shown} {unit}" if shown == "1" else f"{shown} {unit}s"
