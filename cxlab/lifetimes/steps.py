"""The arithmetic of a curve of staying: who is at risk, who leaves, what is left."""

import numpy as np

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
