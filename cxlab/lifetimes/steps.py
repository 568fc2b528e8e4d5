"""The arithmetic of a curve of staying: who is at risk, who leaves, what is left."""

import numpy as np

#: A number is read off a curve only where it is worth that of at least this many customers.
LEAST = 10


def steps_of(entry: np.ndarray, time: np.ndarray, event: np.ndarray) -> dict[str, np.ndarray]:
    """Count, at each distinct time, who was under watch, who left, who was lost from view."""
    order = np.argsort(time, kind="stable")
    ordered = time[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] > ordered[:-1]])
    times = ordered[first]
    leaving = np.diff(np.r_[first, len(ordered)])
    events = np.add.reduceat(event[order].astype(np.int64), first)
    at_risk = len(time) - first
    if (entry > 0).any():
        later = np.sort(np.where(entry > 0, entry, -1.0))
        at_risk = at_risk - (len(time) - np.searchsorted(later, times, side="left"))
    return {"time": times, "at_risk": at_risk, "events": events, "censored": leaving - events}


def product_limit(steps: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    at_risk, events = steps["at_risk"].astype(float), steps["events"].astype(float)
    staying = np.divide(at_risk - events, at_risk, out=np.ones(len(events)), where=at_risk > 0)
    curve = np.cumprod(staying)
    room = at_risk * (at_risk - events)
    hazard_variance = np.divide(events, room, out=np.zeros(len(events)), where=room > 0)
    error = curve * np.sqrt(np.cumsum(hazard_variance))
    return curve, np.where(curve > 0, error, np.nan)


def carried(at_risk: np.ndarray, curve: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Say at which steps a curve is worth that of `LEAST` customers.

    Who left is known for good, who was lost from view is not: ten customers watched until the
    last has left carry their curve to its end. Counted are the customers of whom, watched
    throughout, as many would still be there, and no more than the curve's own variance allows
    (Cutler and Ederer, 1958), which late entry makes smaller.

    Args:
        at_risk: customers under watch at each step.
        curve: share still there after it.
        error: standard error of that share.
    """
    before, none = np.r_[1.0, curve[:-1]], np.zeros(len(curve))
    worth = np.divide(at_risk, before, out=none, where=before > 0)
    spread = np.r_[0.0, error[:-1]] ** 2
    endless = np.full(len(curve), np.inf)
    sure = np.divide(before * (1 - before), spread, out=endless, where=spread > 0)
    return np.minimum(worth, sure) >= LEAST - 1e-9
