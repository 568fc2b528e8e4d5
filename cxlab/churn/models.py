"""Models of leaving: scikit-learn Pipelines that take a snapshot's features as they come."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary, WeakSet

import pandas as pd
from sklearn.pipeline import Pipeline

from cxlab.churn.definition import ChurnError
from cxlab.churn.snapshots import Snapshot, stack
from cxlab.churn.workings.asking import question
from cxlab.churn.workings.learning import (
    FEWEST_LEAVERS,
    FOLDS,
    MODELS,
    cross_scores,
    taught,
    untrained,
)
from cxlab.churn.workings.scores import auc, auc_difference, single_auc
from cxlab.results import Result, count, number, percent

# a choice is asked for by a fit and again by its reader, and costs many fits
_CHOSEN: WeakKeyDictionary[Snapshot, dict] = WeakKeyDictionary()
_SOUND: WeakSet[Snapshot] = WeakSet()  # what was found to be no label under another name


@question
def fit(
    snapshots: Snapshot | Sequence[Snapshot], *, model: str | Pipeline = "simplest", seed: int = 0
) -> Pipeline:
    """Learn from customers whose outcome is known who leaves.

    Args:
        model: `logistic` (penalised), `boosting` (histogram gradient boosting), `simplest`
            (logistic, unless boosting is better beyond its uncertainty), or a Pipeline.

    Returns:
        A fitted scikit-learn Pipeline; `predict_proba(snapshot.features)` works on any day.

    Raises:
        ChurnError: fewer than 20 leavers, one outcome only, no feature, or a feature that is
            the label under another name.
    """
    taken = _teachable(snapshots)
    if model == "simplest":
        frame = choose(snapshots, seed=seed).frame
        model = str(frame.loc[frame["verdict"] == "kept", "term"].iloc[0])
    return taught(taken, untrained(taken, model, seed) if isinstance(model, str) else model)


@question
def choose(
    snapshots: Snapshot | Sequence[Snapshot], *, level: float = 0.95, seed: int = 0
) -> Result:
    """Set the two models against each other on customers neither has seen.

    Returns:
        A `Result` with `term`, `estimate` (AUC), `conf_low`, `conf_high`, `p_value`, `verdict`;
        the last row is the difference.
    """
    kept = _CHOSEN.setdefault(snapshots, {}) if isinstance(snapshots, Snapshot) else {}
    if (seed, level) not in kept:
        kept[seed, level] = _choice(_teachable(snapshots), seed, level)
    return kept[seed, level]


def _choice(taken: Snapshot, seed: int, level: float) -> Result:
    y = taken.label.to_numpy(dtype=int)
    scores = {name: cross_scores(untrained(taken, name, seed), taken, seed) for name in MODELS}
    rows = [
        {"term": name, **auc(y, scores[name], customer=taken.customer, level=level)}
        for name in MODELS
    ]
    gap = auc_difference(
        y, scores["boosting"], scores["logistic"], customer=taken.customer, level=level
    )
    better = bool(gap["conf_low"] > 0)
    rows.append({"term": "boosting − logistic", **gap})
    frame = pd.DataFrame(rows)
    frame["n"] = len(taken)
    winner = "boosting" if better else "logistic"
    frame["verdict"] = ["kept" if name == winner else "not kept" for name in MODELS] + [None]
    apart = _in_auc(gap)
    headline = (
        f"Boosting is kept: it ranks better than logistic regression by {apart}."
        if better
        else f"The simpler logistic regression is kept; boosting differs by {apart}."
    )
    return Result(
        name="choice of model",
        frame=frame,
        headline=headline,
        method=(
            f"Area under the ROC curve on customers left out of the fit ({FOLDS} parts); the "
            f"difference on the same customers (DeLong), level {level:g}."
        ),
        base=taken.base(),
        unit="of 1",
    )


@question
def unseen(
    snapshots: Snapshot | Sequence[Snapshot], *, model: str = "logistic", seed: int = 0
) -> Result:
    """Hand out each customer's chance of leaving by a model that never saw them.

    Args:
        model: `logistic` or `boosting`.

    Returns:
        customer, time (days since the first day asked about), estimate (chance), value (1: left).
    """
    taken = _teachable(snapshots)
    chance = cross_scores(untrained(taken, model, seed), taken, seed)
    y = taken.label.to_numpy(dtype=int)
    frame = pd.DataFrame({"customer": taken.customer.to_numpy(), "estimate": chance, "value": y})
    if taken.day.notna().all():
        frame.insert(1, "time", (taken.day - taken.day.min()).dt.days.to_numpy())
    found = auc(y, chance, customer=taken.customer)
    return Result(
        name="risk of unseen customers",
        frame=frame,
        headline=f"Scored by models that never saw them, a leaver ranks above a stayer "
        f"{percent(found['estimate'])} of the time.",
        method=f"{model}, customers dealt into {FOLDS} parts, each scored by a fit to the others.",
        base=taken.base(),
        unit="share",
    )


# ---------------------------------------------------------------- what can be learned from


def _teachable(snapshots: Snapshot | Sequence[Snapshot]) -> Snapshot:
    taken = snapshots if isinstance(snapshots, Snapshot) else stack(snapshots)
    taken = taken.judged()
    left = int(taken.label.sum())
    if left < FEWEST_LEAVERS or len(taken) - left < FEWEST_LEAVERS:
        who = "leave" if left < FEWEST_LEAVERS else "stay"
        n = min(left, len(taken) - left)
        more = "Add days (as_of takes several), or widen the horizon."
        more = "Wait until more are marked." if taken.day.isna().all() else more
        raise ChurnError(
            f"only {count(n, 'customer')} to learn from {who}; a model needs at least "
            f"{FEWEST_LEAVERS}. {more}"
        )
    if taken.features.shape[1] == 0:
        raise ChurnError("there is no feature to learn from; only ids and outcomes are known.")
    if not isinstance(snapshots, Snapshot) or snapshots not in _SOUND:
        _refuse_the_label(taken)
    if isinstance(snapshots, Snapshot):
        _SOUND.add(snapshots)
    return taken


def _refuse_the_label(taken: Snapshot) -> None:
    y = taken.label.to_numpy(dtype=int)
    for name, column in taken.features.items():
        if single_auc(column, y) > 0.999:
            raise ChurnError(
                f"'{name}' tells leavers from stayers without a mistake: it is the label under "
                "another name, or was written after the leaving. Leave it out and fit again."
            )


def _in_auc(gap: dict) -> str:
    low, high = number(gap["conf_low"], 3, signed=True), number(gap["conf_high"], 3, signed=True)
    return f"{number(gap['estimate'], 3, signed=True)} in AUC ({low} to {high})"
