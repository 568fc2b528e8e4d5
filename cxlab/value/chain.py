"""From a rating to money: each link measured, the whole resampled from end to end."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import label, need
from cxlab.lifetimes import cox
from cxlab.lifetimes.design import FitError, design
from cxlab.lifetimes.spells import Spells, spells
from cxlab.results import Result, number


def chain(
    people: pd.DataFrame | Spells,
    *,
    links: tuple[str, str, str],
    controls: Sequence[str] = (),
    horizon: float = 12,
    as_of: Any = None,
    level: float = 0.95,
    n_boot: int = 500,
    seed: int = 0,
) -> Result:
    """Follow one point of a rating through score and retention to money.

    Four links, each on the same customers: points of score that go with a point of the rating
    (least squares); how much sooner or later customers leave with a point of score (Cox); how
    much longer they stay within the horizon; and what that time brings. Every resample of
    customers repeats all four, so that the last number carries the doubt of the first.

    Args:
        people: one row per customer from the day of the answer on: `Spells`, or a frame with
            `answered_at` and `churned_at`.
        links: the columns of the rating, of the score it goes with, and of the money a customer
            brings per unit of time while they stay.
        controls: columns held equal in both regressions, such as tenure, plan, other ratings.
        horizon: how far money is counted, in units of time.
        as_of: the last moment known.
        level: confidence level.
        n_boot: resamples.
        seed: of the resampling.

    Returns:
        term (`score per point of rating`, `hazard ratio per point of score`, `time kept per
        point of rating`, `money per customer and point of rating`), estimate, conf_low,
        conf_high, n.

    Raises:
        FitError: a column is missing, constant or separating.
    """
    rating, score, money = links
    watched = people
    if not isinstance(people, Spells):
        start = "answered_at" if "answered_at" in people.columns else None
        watched = spells(people, start=start, as_of=as_of)
    x, watched, notes = _columns(watched, rating, score, money, controls)
    pay = watched.frame[money].to_numpy(float)
    if horizon > watched.time.max():
        raise FitError(
            f"horizon: {horizon:g} {watched.unit}s lie beyond the longest watch after an answer, "
            f"{watched.time.max():.1f}; choose at most that."
        )
    found = _links(watched, x, pay, horizon, np.arange(len(pay)))
    draws, lost = [], 0
    for rows, times in stats.samples(len(pay), n_boot=n_boot, seed=seed):
        try:
            draws.append(_links(watched, x, pay, horizon, np.repeat(rows, times)))
        except (FitError, stats.DependentError, np.linalg.LinAlgError):
            lost += 1
    if lost > n_boot / 20:
        raise FitError(f"{lost} of {n_boot} resamples could not be fitted: too few customers left.")
    low, high = stats.percentile(stats.narrowed(draws, found, len(pay)), level)
    said = f"answer to {label(score)}"
    terms = [f"{said} per point of '{rating}'", f"hazard ratio per point of the {said}"]
    terms += [f"{watched.unit}s kept per point of '{rating}'"]
    terms += [f"money per customer and point of '{rating}'"]
    frame = pd.DataFrame({"term": terms, "estimate": found, "conf_low": low, "conf_high": high})
    frame["n"] = len(pay)
    return Result(
        name="chain from rating to value",
        frame=frame,
        headline=_headline(frame, rating, horizon, watched.unit),
        method=f"least squares, Cox, expected stay over {horizon:g} {watched.unit}s, mean money "
        f"per {watched.unit}; bootstrap of the whole chain ({stats.resamples(n_boot, len(pay))})",
        base=watched.base,
        notes=(*notes, "The chain multiplies associations; only an experiment shows more."),
    )


def _columns(watched: Spells, rating: str, score: str, money: str, controls: Sequence[str]):
    need(watched.frame, (rating, score, money), FitError)
    columns = design(watched.frame, [rating, score, *controls])
    kept = columns.kept & watched.frame[money].notna().to_numpy()
    x = columns.x[kept[columns.kept]]
    notes = watched.notes + columns.notes
    return x, watched.take(kept), notes


def _links(watched: Spells, x, pay, horizon: float, rows: np.ndarray) -> np.ndarray:
    """Measure the four links on some rows."""
    x, entry, time, event = x[rows], watched.entry[rows], watched.time[rows], watched.event[rows]
    per_rating = stats.line(np.delete(x, 1, axis=1), x[:, 1]).coefficients[1]
    # the score carries the rating: holding the rating equal would take away what it carries
    found = cox.fit(entry, time, event, np.delete(x, 0, axis=1))
    if not found.settled.all():
        raise FitError("the score separates those who left from those who stayed.")
    per_score = found.coefficients[0]
    kept = _time_kept(found, horizon, np.exp(per_score * per_rating))
    return np.array([per_rating, np.exp(per_score), kept, kept * pay[rows].mean()])


def _time_kept(found: cox.Fit, horizon: float, ratio: float) -> float:
    """Average, over customers, the time gained within a horizon when each hazard is multiplied."""
    inside = found.sets.times < horizon
    jump = np.bincount(found.sets.time_of, 1 / found.last.denominator, len(inside))[inside]
    width = np.diff(np.r_[0.0, found.sets.times[inside], horizon])
    # customers of nearly equal risk share a curve: fifty curves stand for all
    log = np.log(found.last.risk)
    sizes, edges = np.histogram(log, bins=50)
    sums = np.histogram(log, bins=edges, weights=found.last.risk)[0]
    mean = np.divide(sums, sizes, out=np.zeros(50), where=sizes > 0)
    passed = mean[:, None] * np.r_[0.0, np.cumsum(jump)]
    gained = (np.exp(-passed * ratio) - np.exp(-passed)) @ width
    return float(sizes @ gained / sizes.sum())


def _headline(frame: pd.DataFrame, rating: str, horizon: float, unit: str) -> str:
    last = frame.iloc[-1]
    if last["conf_low"] <= 0 <= last["conf_high"]:
        return (
            f"No detectable money goes with '{rating}' within {horizon:g} {unit}s: from end to end "
            f"the interval runs from {number(last['conf_low'], 2)} to "
            f"{number(last['conf_high'], 2)} per customer and point."
        )
    return (
        f"One point more on '{rating}' is associated with {number(last['estimate'], 2)} more per "
        f"customer within {horizon:g} {unit}s ({number(last['conf_low'], 2)} to "
        f"{number(last['conf_high'], 2)}, all links resampled)."
    )
