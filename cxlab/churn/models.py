"""Models of leaving: scikit-learn Pipelines that take a snapshot's features as they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from cxlab.churn.definition import ChurnError
from cxlab.churn.scores import auc, auc_difference, single_auc
from cxlab.churn.snapshots import Snapshot, stack
from cxlab.results import Result, count, number, percent

FEWEST_LEAVERS = 20
FOLDS = 3
MODELS = ("logistic", "boosting")
# a choice is asked for by a fit and again by its reader, and costs many fits
_CHOSEN: WeakKeyDictionary[Snapshot, dict] = WeakKeyDictionary()
#: A category seen in fewer rows than this is joined with other rare ones.
RARE = 20
MANY_CELLS = 2_000_000
#: Strengths of the penalty to choose from; a strong one keeps facts that go together apart.
PENALTIES = (0.001, 0.01, 0.1, 1.0)


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a model learned from; `evaluate` needs it to keep customers apart."""

    snapshot: Snapshot
    untrained: Pipeline


def fit(
    snapshots: Snapshot | Sequence[Snapshot], *, model: str | Pipeline = "simplest", seed: int = 0
) -> Pipeline:
    """Learn from customers whose outcome is known who leaves.

    Args:
        snapshots: one, or several days.
        model: `logistic` (penalised), `boosting` (histogram gradient boosting), `simplest`
            (logistic, unless boosting is better beyond its uncertainty), or a Pipeline.
        seed: for the random numbers.

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


def taught(taken: Snapshot, recipe: Pipeline) -> Pipeline:
    """Fit a recipe to judged rows as they are, and keep with it what it learned from."""
    fitted = learn(recipe, taken.features, taken.label)
    fitted.lesson_ = Lesson(taken, recipe)
    return fitted


def kind_of(fitted: Pipeline) -> str:
    """Name the kind of a model: boosting or logistic."""
    trees = isinstance(fitted.named_steps["model"], HistGradientBoostingClassifier)
    return "boosting" if trees else "logistic"


def learn(recipe: Pipeline, features: pd.DataFrame, left) -> Pipeline:
    """Fit a fresh copy of a Pipeline.

    On small tables one thread is faster than many, the more so beside other reports.
    """
    few = len(features) * features.shape[1] < MANY_CELLS
    with threadpool_limits(limits=1 if few else None):
        return clone(recipe).fit(features, np.asarray(left, dtype=int))


def choose(
    snapshots: Snapshot | Sequence[Snapshot], *, seed: int = 0, level: float = 0.95
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


def plain(taken: Snapshot) -> Pipeline:
    """Give a logistic regression with a fixed penalty, for comparisons with itself."""
    learner = LogisticRegression(C=0.03, solver="newton-cholesky")
    return untrained(taken, "logistic").set_params(model=learner)


def settled(fitted: Pipeline) -> Pipeline:
    """Give the recipe of a fitted Pipeline with the penalty it chose, to be fitted again."""
    recipe = clone(fitted)
    chosen = fitted.named_steps["model"]
    if isinstance(chosen, LogisticRegressionCV):
        recipe.set_params(model=LogisticRegression(C=float(chosen.C_), solver=chosen.solver))
    return recipe


def untrained(taken: Snapshot, name: str, seed: int = 0) -> Pipeline:
    """Give the Pipeline of a model by name, made for a snapshot's columns."""
    rare = min(RARE, max(1, len(taken) // 100))
    numbers, words = _kinds(taken.features, fewest=rare)
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="(none)"),
        OneHotEncoder(
            handle_unknown="infrequent_if_exist",
            min_frequency=rare,
            max_categories=40,
            sparse_output=False,
        ),
    )
    if name == "boosting":
        columns = ColumnTransformer(
            [("numbers", "passthrough", numbers), ("words", categories, words)]
        )
        learner = HistGradientBoostingClassifier(
            learning_rate=0.06,
            max_iter=150,
            max_leaf_nodes=15,
            min_samples_leaf=40,
            l2_regularization=1.0,
            random_state=seed,
        )
        return Pipeline([("columns", columns), ("model", learner)])
    if name != "logistic":
        raise ChurnError(f"model: '{name}' is none of {(*MODELS, 'simplest')}, nor a Pipeline.")
    filled = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    columns = ColumnTransformer([("numbers", filled, numbers), ("words", categories, words)])
    learner = LogisticRegressionCV(
        Cs=PENALTIES,
        cv=FOLDS,
        l1_ratios=(0.0,),
        scoring="neg_log_loss",
        solver="newton-cholesky",
        use_legacy_attributes=False,
        max_iter=300,
        random_state=seed,
    )
    return Pipeline([("columns", columns), ("model", learner)])


def cross_scores(model: Pipeline, taken: Snapshot, seed: int = 0) -> np.ndarray:
    """Score each customer by a model that never saw them."""
    part = parts_of(taken.customer, seed=seed)
    y = taken.label.to_numpy(dtype=int)
    scores = np.full(len(taken), np.nan)
    for out in range(FOLDS):
        inside = part != out
        fitted = learn(model, taken.features[inside], y[inside])
        scores[~inside] = fitted.predict_proba(taken.features[~inside])[:, 1]
    return scores


def unseen(
    snapshots: Snapshot | Sequence[Snapshot], *, model: str = "logistic", seed: int = 0
) -> Result:
    """Hand out each customer's chance of leaving by a model that never saw them.

    Args:
        snapshots: one, or several days.
        model: `logistic` or `boosting`.
        seed: for dealing customers into parts.

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


def parts_of(customer: pd.Series, *, seed: int = 0, parts: int = FOLDS) -> np.ndarray:
    """Put each customer into one part, the same on every day and in every order of rows."""
    salted = f"{seed}:" + customer.astype("str")
    return (pd.util.hash_array(salted.to_numpy(dtype=object)) % parts).astype(int)


def aligned(model, features: pd.DataFrame) -> pd.DataFrame:
    """Give features the columns a model knows; a fact nobody could know then is missing."""
    known = getattr(model, "feature_names_in_", None)
    if known is None or list(known) == list(features.columns):
        return features
    return features.reindex(columns=list(known))


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
    _refuse_the_label(taken)
    return taken


def _refuse_the_label(taken: Snapshot) -> None:
    y = taken.label.to_numpy(dtype=int)
    for name, column in taken.features.items():
        if single_auc(column, y) > 0.999:
            raise ChurnError(
                f"'{name}' tells leavers from stayers without a mistake: it is the label under "
                "another name, or was written after the leaving. Leave it out and fit again."
            )


def _kinds(features: pd.DataFrame, fewest: int) -> tuple[list[str], list[str]]:
    """Name the columns of numbers and of words; what hardly anybody has teaches nothing."""
    number = [n for n in features if pd.api.types.is_numeric_dtype(features[n])]
    dates = [n for n in features if pd.api.types.is_datetime64_any_dtype(features[n])]
    known = [n for n in number if features[n].notna().sum() >= fewest]
    return known, [n for n in features if n not in {*number, *dates}]


def _in_auc(gap: dict) -> str:
    low, high = number(gap["conf_low"], 3, signed=True), number(gap["conf_high"], 3, signed=True)
    return f"{number(gap['estimate'], 3, signed=True)} in AUC ({low} to {high})"
