"""Each customer scored by a fit that never saw them, and what is said of such scores."""

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.churn.definition import ChurnError
from cxlab.churn.snapshots import Snapshot
from cxlab.churn.workings import scores
from cxlab.churn.workings.learning import FOLDS, aligned, in_codes, learn, parts_of
from cxlab.codebook import label
from cxlab.results import listing

#: AUC from which a ranking is too good to be believed.
SUSPICIOUS = 0.95
FEW_LEFT = 10  # leavers, fewer of whom are no measure of a ranking
TOP_TENTH = "lift, top tenth"
# a judgement is asked for by several questions and costs several fits
_KEPT: WeakKeyDictionary[Any, WeakKeyDictionary[Snapshot, np.ndarray]] = WeakKeyDictionary()


def judgement(model, snapshot: Snapshot) -> tuple[Snapshot, np.ndarray]:
    """Score the judged rows; the model's own customers by fits without them."""
    known = snapshot.label.notna().to_numpy()
    taken = snapshot.judged()
    y = taken.label
    if y.nunique() < 2:
        raise ChurnError("evaluate: takes leavers and stayers; this snapshot has only one of them.")
    if not hasattr(model, "predict_proba"):
        given = np.asarray(model, dtype=float)
        if len(given) != len(snapshot):
            raise ChurnError(f"evaluate: {len(given)} scores for {len(snapshot)} rows.")
        if np.isnan(given[known]).any():
            raise ChurnError("evaluate: some scores are missing; fill them or leave the rows out.")
        return taken, given[known]
    kept = _KEPT.setdefault(model, WeakKeyDictionary())
    if snapshot not in kept:
        kept[snapshot] = _cross_fitted(model, taken)
    return taken, kept[snapshot]


def _cross_fitted(model, taken: Snapshot) -> np.ndarray:
    lesson = getattr(model, "lesson_", None)
    if lesson is None:
        return model.predict_proba(aligned(model, taken.features))[:, 1]
    learned = lesson.snapshot
    _refuse_hindsight(learned, taken)
    p = model.predict_proba(aligned(model, taken.features))[:, 1]
    seen = taken.customer.isin(learned.customer.unique()).to_numpy()
    if not seen.any():
        return p
    of, by = parts_of(taken.customer), parts_of(learned.customer)
    tables = (learned.features, aligned(model, taken.features))
    known, features = in_codes(model, *tables)
    for out in range(FOLDS):
        inside = by != out
        part = learn(model, known[inside], learned.label[inside])
        chosen = seen & (of == out)
        if chosen.any():
            p[chosen] = part.predict_proba(features[chosen])[:, 1]
    return p


def _refuse_hindsight(learned: Snapshot, taken: Snapshot) -> None:
    if learned.day.isna().all() or taken.day.isna().all():
        return
    ends = max(learned.definition.window(day)[1] for day in learned.day.unique())
    first = taken.day.min()
    if ends > first:
        zone = taken.definition.timezone
        raise ChurnError(
            f"evaluate: the model learned from leavings up to {ends.tz_convert(zone):%Y-%m-%d} and "
            f"is judged on {first.tz_convert(zone):%Y-%m-%d}; on that day they were not known. "
            "Judge on a later day, or learn from earlier ones."
        )


def parts_for(n: int, groups: int, smallest: int) -> int:
    """Say into how many groups customers are dealt so that each may be shown.

    Example:
        >>> [parts_for(n, 10, 10) for n in (500, 64, 12)]
        [10, 6, 2]
    """
    return max(min(groups, n // max(smallest, 1)), 2)


def dealt_into(dealt: int, groups: int, smallest: int) -> tuple[str, ...]:
    """Say that customers were dealt into fewer groups than usual, where they were."""
    if dealt == groups:
        return ()
    return (f"Dealt into {dealt} groups, not {groups}, so that each holds {smallest} or more.",)


def grouped(y: np.ndarray, p: np.ndarray, groups: int, level: float) -> pd.DataFrame:
    order = np.argsort(p, kind="stable")
    part = np.empty(len(p), int)
    # dealt from the top, so that the first tenth is the one that the lift of the top tenth counts
    part[order[::-1]] = groups - 1 - np.arange(len(p)) * groups // len(p)
    cells = pd.DataFrame({"rank": part + 1, "left": y, "p": p}).groupby("rank")
    frame = cells.agg(expected=("p", "mean"), events=("left", "sum"), n=("left", "size"))
    frame["estimate"] = frame["events"] / frame["n"]
    low, high = stats.proportion_interval(
        frame["events"].to_numpy(), frame["n"].to_numpy(), level=level
    )
    frame["conf_low"], frame["conf_high"] = low, high
    return frame.reset_index()


def are_probabilities(p: np.ndarray) -> bool:
    return bool(p.min() >= 0 and p.max() <= 1)


def named(names) -> str:
    """Name columns as a reader meets them."""
    return listing([label(str(name)) for name in names])


def know(names) -> str:
    """Say `know` of several columns, `knows` of one."""
    return "knows" if len(names) == 1 else "know"


def too_good(y: np.ndarray, p: np.ndarray) -> bool:
    """Say whether a ranking is too good to be believed, and with it all that rests on it."""
    return bool(scores.auc(y, p)["estimate"] >= SUSPICIOUS)


def few_left(left: np.ndarray) -> str:
    """Say that too few of those judged left to measure a ranking by."""
    return f"only {left.sum():,.0f} of {len(left):,} judged left, too few to measure a ranking by."
