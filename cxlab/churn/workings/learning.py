"""Recipes that learn from a snapshot, and scores by models that never saw a customer."""

from dataclasses import dataclass
from typing import overload

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import ThreadpoolController

from cxlab.churn.definition import ChurnError
from cxlab.churn.snapshots import Snapshot
from cxlab.churn.workings import sheets
from cxlab.churn.workings.sheets import NONE, Sheet, Taught
from cxlab.results import count

FEWEST_LEAVERS = 20
MOST_TAUGHT = 100_000  # customer-days a model learns from; of more, customers are drawn
FOLDS = 3
MODELS = ("logistic", "boosting")
#: A category seen in fewer rows than this is joined with other rare ones.
RARE = 20
MANY_CELLS = 2_000_000
_THREADS = ThreadpoolController()  # to look for the libraries takes as long as a small fit
#: Strengths of the penalty to choose from; a strong one keeps facts that go together apart.
PENALTIES = (0.001, 0.01, 0.1, 1.0)
EXACT = 1e-8  # slope at which a fit ends, so that both roads to it come to the same digits


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a model learned from; `evaluate` needs it to keep customers apart."""

    snapshot: Snapshot
    untrained: Pipeline


def taught(taken: Snapshot, recipe: Pipeline) -> Pipeline:
    """Fit a recipe to judged rows as they are, and keep with it what it learned from."""
    (coded,) = in_codes(recipe, taken.features)
    fitted = learn(settled(recipe, coded, taken.label), taken.features, taken.label)
    fitted.lesson_ = Lesson(taken, recipe)
    return fitted


def kind_of(fitted: Pipeline) -> str:
    """Name the kind of a model: boosting or logistic."""
    trees = isinstance(fitted.named_steps["model"], HistGradientBoostingClassifier)
    return "boosting" if trees else "logistic"


@overload
def learn(recipe: Pipeline, features: Sheet, left) -> Taught: ...
@overload
def learn(recipe: Pipeline, features: pd.DataFrame, left) -> Pipeline: ...
def learn(recipe: Pipeline, features: pd.DataFrame | Sheet, left) -> Pipeline | Taught:
    """Fit a fresh copy of a Pipeline; of rows of a sheet, its learner alone.

    On small tables one thread is faster than many, the more so beside other reports. A number
    that nobody has yet is learned as a constant: trees of scikit-learn cannot cut an empty column.

    Raises:
        ChurnError: all of these rows left, or none.
    """
    if len(np.unique(left)) < 2:
        raise ChurnError(
            "too few left, or stayed, for each customer to be judged by a model of the others."
        )
    if isinstance(features, Sheet):
        few = features.numbers.size < MANY_CELLS
        with _THREADS.limit(limits=1 if few else None):
            return sheets.taught(recipe, features, left)
    empty = features.columns[features.isna().all()]
    features = features.assign(**dict.fromkeys(features[empty].select_dtypes("number"), 0.0))
    few = len(features) * features.shape[1] < MANY_CELLS
    with _THREADS.limit(limits=1 if few else None):
        return clone(recipe).fit(features, np.asarray(left, dtype=int))


def plain(taken: Snapshot) -> Pipeline:
    """Give a logistic regression with a fixed penalty, for comparisons with itself."""
    learner = LogisticRegression(C=0.03, solver="newton-cholesky", tol=EXACT)
    return untrained(taken, "logistic").set_params(model=learner)


def settled(recipe: Pipeline, features: pd.DataFrame | Sheet, left) -> Pipeline:
    """Choose the penalty on these rows, if it is to be chosen, so that no refit chooses again."""
    if not isinstance(recipe.named_steps.get("model"), LogisticRegressionCV):
        return recipe
    chosen = learn(recipe, features, left).named_steps["model"]
    strength = float(getattr(chosen, "C_", chosen.C))
    learner = LogisticRegression(C=strength, solver=chosen.solver, tol=EXACT)
    return clone(recipe).set_params(model=learner)


def untrained(taken: Snapshot, name: str, seed: int = 0) -> Pipeline:
    """Give the Pipeline of a model by name, made for a snapshot's columns."""
    rare = min(RARE, max(1, len(taken) // 100))
    numbers, words = _kinds(taken.features, fewest=rare)
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=NONE),
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
        tol=EXACT,
        random_state=seed,
    )
    return Pipeline([("columns", columns), ("model", learner)])


def cross_scores(model: Pipeline, taken: Snapshot, seed: int = 0) -> np.ndarray:
    """Score each customer by a model that never saw them."""
    part = parts_of(taken.customer, seed=seed)
    y = taken.label.to_numpy(dtype=int)
    scores = np.full(len(taken), np.nan)
    (features,) = in_codes(model, taken.features)
    teach = drawn(taken.customer, seed)
    for out in range(FOLDS):
        inside = part != out
        few = inside & teach
        fitted = learn(model, features[few], y[few])
        scores[~inside] = fitted.predict_proba(features[~inside])[:, 1]
    return scores


def drawn(customer: pd.Series, seed: int) -> np.ndarray:
    """Say which judgements to learn from: of very many those of customers drawn by lot."""
    parts = len(customer) // MOST_TAUGHT
    if parts < 2:
        return np.ones(len(customer), dtype=bool)
    return parts_of("taught " + customer.astype("str"), seed=seed, parts=parts) == 0


def of_whom(customer: pd.Series, taught: np.ndarray) -> str:
    """Say of how many customers a model learned, where some were drawn."""
    few, all_of_them = customer[taught].nunique(), customer.nunique()
    return (
        f"{count(few, 'customer')} drawn by lot of {count(all_of_them)}, with all their days, so "
        "that the page ends in time. All are judged."
    )


def in_codes(recipe: Pipeline, *tables: pd.DataFrame) -> tuple[pd.DataFrame | Sheet, ...]:
    """Read tables once for the many fits of a recipe to their rows.

    A Pipeline of somebody else's takes the tables as they are.
    """
    return sheets.sheets(recipe, *tables) if sheets.columns_of(recipe) else tables


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


def _kinds(features: pd.DataFrame, fewest: int) -> tuple[list[str], list[str]]:
    """Name the columns of numbers and of words; what hardly anybody has teaches nothing."""
    number = [n for n in features if pd.api.types.is_numeric_dtype(features[n])]
    dates = [n for n in features if pd.api.types.is_datetime64_any_dtype(features[n])]
    known = [n for n in number if features[n].notna().sum() >= fewest]
    return known, [n for n in features if n not in {*number, *dates}]
