"""What goes with each customer's risk, in plain words, from exact contributions.

A contribution says how far a fact moves the log-odds of leaving away from what is usual. For
logistic regression it is the coefficient times the distance from the mean. For boosted trees it
is the Shapley value against a background of customers, exact for that background: every leaf of
a tree is a box, and the value of a box has a closed form (Lundberg et al. 2020, interventional).
"""

from math import factorial

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from cxlab import events
from cxlab.churn.definition import ChurnError
from cxlab.churn.snapshots import Snapshot
from cxlab.churn.workings.asking import question
from cxlab.churn.workings.judging import judgement
from cxlab.churn.workings.learning import aligned, in_codes, learn
from cxlab.churn.workings.scores import auc
from cxlab.results import Result, count, listing, number, percent

BACKGROUND = 200
REFITS = 5
SOME = 500
#: A reason is stable when it stays among the first few, with its sign, in this share of refits.
STABLE = 0.8
#: Facts among which one must be again in a refit.
FIRST = 10
ALONE = "; alone, the "  # a fact that by itself goes the other way with leaving
#: Rank correlation of a fact with its contribution from which one direction is named: a fact
#: whose middle goes with staying and whose ends go with leaving has none.
ONE_WAY = 0.8


@question
def contributions(model, snapshot: Snapshot) -> pd.DataFrame:
    """Split each customer's log-odds of leaving into what each fact adds.

    Args:
        snapshot: customers to explain.

    Returns:
        One column per feature, one row per customer; with `base` they sum to the log-odds.

    Raises:
        ChurnError: the model is neither logistic regression nor boosted trees.
    """
    pipeline = _inside(model)
    columns, learner = pipeline.named_steps["columns"], pipeline.named_steps["model"]
    names = columns.feature_names_in_
    owners = [_owner(name, names) for name in columns.get_feature_names_out()]
    x = columns.transform(aligned(pipeline, snapshot.features))
    return _contributed(learner, x, columns.transform(_background(pipeline)), owners)


def _contributed(learner, x, usual, owners: list[str]) -> pd.DataFrame:
    """Split the log-odds of rows as the learner sees them, of columns made of the named facts."""
    x, usual = np.asarray(x, dtype=float), np.asarray(usual, dtype=float)
    if isinstance(learner, LogisticRegression):
        parts = (x - usual.mean(axis=0)) * learner.coef_[0]
        base = float(usual.mean(axis=0) @ learner.coef_[0] + learner.intercept_[0])
    elif isinstance(learner, HistGradientBoostingClassifier):
        parts = tree_contributions(learner, x, usual)
        base = float(learner.decision_function(usual).mean())
    else:
        raise ChurnError(
            f"reasons: contributions are exact for logistic regression and boosted trees only, and "
            f"this is {type(learner).__name__}."
        )
    return _by_feature(parts, owners, base)


@question
def reasons(model, snapshot: Snapshot, *, top: int = 3, seed: int = 0) -> Result:
    """Say for each customer what goes with a high risk.

    Each reason is checked on refits to resampled customers; one that does not come back among
    the first reasons with the same sign is marked unstable.

    Args:
        snapshot: customers to explain.
        top: reasons a customer.

    Returns:
        A `Result` with `customer`, `rank`, `term` (the fact), `value` (as known that day),
        `estimate` (log-odds added), `reason` (a sentence), `share` (refits in which it came
        back), `verdict` (stable, unstable).
    """
    found = contributions(model, snapshot).drop(columns="base")
    again = [other.reindex(columns=found.columns) for other in _again(model, snapshot, seed)]
    top = min(top, found.shape[1])
    place = np.argsort(-found.to_numpy(), axis=1, kind="stable")[:, :top]
    back = np.mean([_comes_back(found, other, place) for other in again], axis=0)
    usual = _usual(model)
    rows = []
    for at in range(len(found)):
        for rank in range(top):
            name = found.columns[place[at, rank]]
            value = snapshot.features[name].iloc[at] if name in snapshot.features else None
            rows.append(
                {
                    "customer": snapshot.customer.iloc[at],
                    "rank": rank + 1,
                    "term": name,
                    "value": _plain(value),
                    "estimate": found.iloc[at, place[at, rank]],
                    "reason": _sentence(name, value, usual.get(name), found.iloc[at][name]),
                    "share": back[at, rank],
                    "verdict": "stable" if back[at, rank] >= STABLE else "unstable",
                }
            )
    frame = pd.DataFrame(rows)
    first = frame[frame["rank"] == 1]
    common = [events.describe(name) for name in first["term"].value_counts().index[:3]]
    steady = (frame["verdict"] == "stable").mean()
    return Result(
        name="reasons",
        frame=frame,
        headline=(
            f"With the highest risks goes most often: {listing(common)}; {percent(steady)} of the "
            "reasons come back when the model is fitted again."
        ),
        method=(
            "Exact contributions to the log-odds against customers the model learned from; "
            f"stable when back among the first reasons in {percent(STABLE)} of {REFITS} refits."
        ),
        base=f"{count(len(found), 'customer')}, {count(top, 'reason')} each.",
        notes=("A reason goes with the risk; that it brings about the leaving is not shown.",),
        unit="of 1",
    )


@question
def associations(model, snapshot: Snapshot, *, seed: int = 0) -> Result:
    """Show what goes with leaving over all customers, and whether it comes back.

    Returns:
        A `Result` with `term` (in words), `column`, `estimate` (mean size of the contribution),
        `correlation` (rank correlation of the fact with its contribution; missing for facts in
        words or all alike), `direction` (the same in words, and where the fact by itself goes the
        other way, that), `share`
        (refits in which it is again among the first ten, of few facts the first half), `verdict`.
    """
    found = contributions(model, snapshot).drop(columns="base")
    size = found.abs().mean().sort_values(ascending=False)
    top = min(FIRST, (len(size) + 1) // 2)  # among the first of few, everything always comes back
    again = []
    for other in _again(model, _some(model, snapshot), seed):
        sizes = other.drop(columns="base").abs().mean()
        again.append(set(sizes.sort_values(ascending=False).index[:top]))
    rows = []
    for rank, (name, mean) in enumerate(size.items(), start=1):
        back = float(np.mean([name in first for first in again]))
        together, way = _direction(snapshot.features.get(name), found[name], snapshot.label)
        rows.append(
            {
                "rank": rank,
                "term": events.describe(str(name)),
                "column": name,
                "estimate": mean,
                "correlation": together,
                "direction": way,
                "share": back,
                "verdict": "stable" if back >= STABLE else "unstable",
            }
        )
    frame = pd.DataFrame(rows)
    steady = frame[(frame["verdict"] == "stable") & (frame["rank"] <= top)]
    # what goes one way alone and the other among the rest is no sentence to be quoted
    steady = steady[~steady["direction"].str.contains(ALONE, regex=False)]
    named = [_with_direction(row.term, row.direction) for row in steady.head(2).itertuples()]
    named = named if len(" ".join(named).split()) < 18 else named[:1]
    return Result(
        name="what goes with leaving",
        frame=frame,
        headline=(
            "What goes with leaving cannot be told: the ranking is no better than chance."
            if not _better_than_chance(model, snapshot)
            else f"Associated with leaving, other facts held equal: {listing(named)}."
            if named
            else "Nothing is associated with leaving steadily enough to be named."
        ),
        method=(
            "Mean size of the exact contribution to the log-odds, in the model that was kept; back "
            f"among the first {top} in {REFITS} refits to resampled customers."
        ),
        base=snapshot.base(),
        notes=("What goes with leaving need not bring it about.",),
        unit="of 1",
    )


def _better_than_chance(model, snapshot: Snapshot) -> bool:
    """Say whether the model tells leavers from stayers; where that was not judged, it may."""
    if snapshot.label.nunique() < 2:
        return True
    try:
        taken, p = judgement(model, snapshot)
    except ChurnError:
        return True
    return auc(taken.label.to_numpy(float), p, customer=taken.customer.to_numpy())["conf_low"] > 0.5


# ---------------------------------------------------------------- trees


def tree_contributions(
    learner: HistGradientBoostingClassifier, x: np.ndarray, background: np.ndarray
) -> np.ndarray:
    """Give exact Shapley values of boosted trees against a background.

    Each leaf is a box: on every feature of its path, a stretch of values and whether missing
    ones belong. A customer x and a background customer b reach it in a mixture exactly when
    each of the box's features holds in x or in b. With a features only x fulfils and c only b
    does, the leaf adds v (a−1)! c! / (a+c)! to each of the former and takes
    v a! (c−1)! / (a+c)! from each of the latter.
    """
    total = np.zeros_like(x)
    for (tree,) in learner._predictors:
        for value, box in _boxes(tree.nodes):
            if box:
                _add_leaf(total, value, box, x, background)
    return total


def _boxes(nodes: np.ndarray) -> list[tuple[float, dict[int, tuple[float, float, bool]]]]:
    """List the leaves: value, and feature -> (above, up to, whether missing belongs)."""
    leaves: list = []
    todo: list = [(0, {})]
    while todo:
        at, box = todo.pop()
        node = nodes[at]
        if node["is_leaf"]:
            leaves.append((float(node["value"]), box))
            continue
        if node["is_categorical"]:
            raise ChurnError("reasons: trees with categorical splits are not supported.")
        name, cut = int(node["feature_idx"]), float(node["num_threshold"])
        above, upto, missing = box.get(name, (-np.inf, np.inf, True))
        goes_left = bool(node["missing_go_to_left"])
        left = (above, min(upto, cut), missing and goes_left)
        right = (max(above, cut), upto, missing and not goes_left)
        todo += [
            (int(node["left"]), {**box, name: left}),
            (int(node["right"]), {**box, name: right}),
        ]
    return leaves


def _add_leaf(total, value, box, x, background) -> None:
    names = list(box)
    # which features hold, as the bits of a number: few patterns, however many customers
    holds_x, code_x = np.unique(_pattern(x, box), return_inverse=True)
    holds_b, n_b = np.unique(_pattern(background, box), return_counts=True)
    bits = 1 << np.arange(len(names))
    in_x = (holds_x[:, None, None] & bits) > 0
    in_b = (holds_b[None, :, None] & bits) > 0
    reached = (in_x | in_b).all(axis=2)
    only_x, only_b = in_x & ~in_b, in_b & ~in_x
    plus = _WEIGHT[only_x.sum(axis=2), only_b.sum(axis=2)]
    minus = _WEIGHT[only_b.sum(axis=2), only_x.sum(axis=2)]
    share = (n_b / n_b.sum()) * reached * value
    added = np.einsum("ub,ubf->uf", share * plus, only_x.astype(float))
    added -= np.einsum("ub,ubf->uf", share * minus, only_b.astype(float))
    total[:, names] += added[code_x]


def _pattern(x: np.ndarray, box: dict) -> np.ndarray:
    code = np.zeros(len(x), dtype=np.int64)
    for place, (name, (above, upto, missing)) in enumerate(box.items()):
        values = x[:, name]
        with np.errstate(invalid="ignore"):
            inside = (values > above) & (values <= upto)
        code |= np.where(np.isnan(values), missing, inside).astype(np.int64) << place
    return code


def _weights(most: int = 40) -> np.ndarray:
    """Give (own−1)! other! / (own+other)! for own and other features."""
    table = np.zeros((most, most))
    for own in range(1, most):
        for other in range(most):
            table[own, other] = factorial(own - 1) * factorial(other) / factorial(own + other)
    return table


_WEIGHT = _weights()


# ---------------------------------------------------------------- helpers


def _inside(model):
    """Give the Pipeline, if it is one whose steps are known."""
    if not {"columns", "model"} <= set(getattr(model, "named_steps", ())):
        raise ChurnError("reasons: this Pipeline has no steps 'columns' and 'model'.")
    return model


def _background(pipeline) -> pd.DataFrame:
    lesson = getattr(pipeline, "lesson_", None)
    if lesson is None:
        raise ChurnError("reasons: the model does not know whom it learned from; use churn.fit.")
    features = lesson.snapshot.features
    if isinstance(pipeline.named_steps["model"], LogisticRegression):
        return features
    return features.sample(min(BACKGROUND, len(features)), random_state=0)


def _some(model, snapshot: Snapshot) -> Snapshot:
    """Take enough customers to rank the facts of boosted trees, whose contributions cost more."""
    if isinstance(_inside(model).named_steps["model"], LogisticRegression) or len(snapshot) <= SOME:
        return snapshot
    return snapshot.rows(np.linspace(0, len(snapshot) - 1, SOME).astype(int))


def _by_feature(parts: np.ndarray, owners: list[str], base: float) -> pd.DataFrame:
    """Add up what belongs to one feature: its number, its being missing, its categories."""
    frame = pd.DataFrame(parts.T, index=owners).groupby(level=0, sort=False).sum().T
    frame = frame.reset_index(drop=True)
    frame.columns.name = None
    frame["base"] = base
    return frame


def _owner(made: str, names) -> str:
    """Find the feature behind a column that preprocessing made."""
    rest = made.split("__", 1)[1].removeprefix("missingindicator_")
    if rest in names:
        return rest
    fits = [name for name in names if rest.startswith(f"{name}_")]
    return max(fits, key=len)


def _again(model, snapshot: Snapshot, seed: int) -> list[pd.DataFrame]:
    """Split the log-odds anew by fits of the same model to resampled customers."""
    pipeline = _inside(model)
    learned, usual = pipeline.lesson_.snapshot, _background(pipeline)
    tables = (learned.features, aligned(pipeline, snapshot.features), usual)
    known, here, common = in_codes(pipeline, *tables)
    code = pd.factorize(learned.customer)[0]
    customers = code.max() + 1
    rng = np.random.default_rng(seed)
    split = []
    for _ in range(REFITS):
        times = np.bincount(rng.integers(0, customers, customers), minlength=customers)
        rows = np.repeat(np.arange(len(code)), times[code])
        other = learn(pipeline, known[rows], learned.label.to_numpy()[rows])
        seen = (other.spread(here), other.spread(common))
        split.append(_contributed(other.named_steps["model"], *seen, other.owners))
    return split


def _comes_back(found: pd.DataFrame, other: pd.DataFrame, place: np.ndarray) -> np.ndarray:
    """Say of each reason whether another fit puts it among its first reasons, same sign."""
    here, there = found.to_numpy(), other.to_numpy()
    rank = np.empty_like(place, shape=there.shape)
    order = np.argsort(-there, axis=1, kind="stable")
    np.put_along_axis(rank, order, np.arange(there.shape[1])[None, :], axis=1)
    near = np.take_along_axis(rank, place, axis=1) < place.shape[1] + 2
    signs = np.sign(np.take_along_axis(here, place, axis=1))
    same = signs == np.sign(np.take_along_axis(there, place, axis=1))
    return near & same


def _usual(model) -> dict[str, float]:
    features = _inside(model).lesson_.snapshot.features
    numeric = features.select_dtypes(["number", "bool"])
    return numeric.astype(float).median().to_dict()


def _sentence(name: str, value, usual, added: float) -> str:
    if added <= 0:
        return "nothing stands out"
    words = events.describe(name)
    if value is None or pd.isna(value):
        return f"{words}: not known"
    if isinstance(value, bool | np.bool_):
        return f"{words}: {'yes' if value else 'no'}"
    if isinstance(value, str):
        return f"{words}: {value}"
    shown = number(float(value), 0 if float(value).is_integer() or abs(value) >= 10 else 1)
    if usual is None or np.isnan(usual) or np.isclose(value, usual):
        return f"{words}: {shown}"
    middle = number(usual, 0 if float(usual).is_integer() or abs(usual) >= 10 else 1)
    return f"{words}: {shown}, {'above' if value > usual else 'below'} the usual {middle}"


def _direction(values, added: pd.Series, label: pd.Series) -> tuple[float, str]:
    if values is None or not pd.api.types.is_numeric_dtype(values):
        return np.nan, "by group"
    both = pd.DataFrame({"value": values.astype(float), "added": added}).dropna()
    if len(both) < 3 or both["value"].nunique() < 2:
        return np.nan, "where not known"
    together = both.corr("spearman").iloc[0, 1]
    if not np.isfinite(together) or abs(together) < ONE_WAY:
        return together, "no one direction"
    way, other = ("higher", "lower") if together > 0 else ("lower", "higher")
    alone = pd.DataFrame({"value": values.astype(float), "label": label.astype(float)}).dropna()
    raw = alone.corr("spearman").iloc[0, 1]
    turned = raw * together < 0 and abs(raw) > 2 / np.sqrt(len(alone))
    return together, f"{way}, likelier" + (f"{ALONE}{other}" if turned else "")


def _with_direction(term: str, direction: str) -> str:
    way = direction.removesuffix(", likelier")
    return f"{term} (the {way}, the likelier)" if way != direction else f"{term} ({direction})"


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value
