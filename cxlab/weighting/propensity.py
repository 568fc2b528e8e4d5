"""Weights from the chance of answering, where everyone asked is known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import need
from cxlab.results import Result, count, listing, number
from cxlab.weighting.balance import _asked
from cxlab.weighting.raking import Weighted, WeightingError, effective_size


def propensity(
    responses: pd.DataFrame,
    invited: pd.DataFrame,
    *,
    using: Sequence[str],
    key: str = "customer_id",
    cap: float = 5,
) -> Weighted:
    """Weight each answer by the inverse of its chance of being given.

    The chance comes from a logistic model over everyone asked. An answer whose person is not
    on the list has the average weight.

    Args:
        responses: answers, with `key`.
        invited: one row a person asked, or the customer list, with `key` and `using`.
        using: what the chance depends on; numbers enter as they are, words value by value.
        key: id that both have.
        cap: weights are held between `1 / cap` and `cap` averages.

    Returns:
        The answers with `weight` (mean 1), and diagnostics with `term` and its `odds_ratio`
        of answering.

    Raises:
        WeightingError: a column is absent, or nobody or everybody answered.

    """
    asked = _asked(responses, invited, key, list(using))
    need(asked, using, WeightingError, "the invited list has no column '{}'.")
    if asked["answered"].nunique() < 2:
        raise WeightingError("either nobody or everybody answered: there is no chance to model.")
    design = _design(asked, using)
    from sklearn.linear_model import LogisticRegression  # opening a study needs none of it

    model = LogisticRegression(C=1e4, solver="newton-cholesky", max_iter=200).fit(
        design, asked["answered"]
    )
    chance = pd.Series(model.predict_proba(design)[:, 1], index=asked[key])
    weights = (1 / responses[key].map(chance)).to_numpy(float)
    strangers = np.isnan(weights)
    weights = np.where(strangers, np.nanmean(weights), weights)
    weights = (weights / weights.mean()).clip(1 / cap, cap)
    weights = weights / weights.mean()
    worth = effective_size(weights)
    terms = pd.DataFrame({"term": design.columns, "odds_ratio": np.exp(model.coef_[0])})
    notes = [
        f"Weights run from {number(weights.min(), 2)} to {number(weights.max(), 2)} averages; "
        f"design effect {number(len(weights) / worth, 2)}."
    ]
    if strangers.any():
        notes.append(f"{count(strangers.sum(), 'answer')} not on the list: average weight.")
    frame = terms.assign(n=len(asked), n_effective=np.nan)
    frame.loc[len(frame)] = ["all answers", np.nan, len(responses), worth]
    diagnostics = Result(
        name="propensity weights",
        frame=frame,
        headline=f"Weighted by the chance of answering, {count(len(responses), 'answer')} are "
        f"worth {number(worth, 0)} equal ones.",
        method=f"Logistic regression of answering on {listing(list(using))}; inverse chance, held "
        f"within 1/{cap:g} and {cap:g} averages. Numbers are per standard deviation.",
        base=f"{number(len(asked), 0)} people asked, {count(len(responses), 'answer')}.",
        notes=tuple(notes),
    )
    return Weighted(responses.assign(weight=weights), diagnostics)


def _numbers(name: str, column: pd.Series) -> dict[str, pd.Series]:
    """Bring numbers to mean 0 and standard deviation 1; those not known are the mean, marked."""
    known, made = column.notna(), {}
    values = column[known].to_numpy()
    if np.isinf(values).any():
        raise WeightingError(f"'{name}' holds an infinite value; blank it first.")
    if len(values) and np.ptp(values) > 0:
        try:
            z = stats.scaled(values[:, None]).z[:, 0]
        except stats.DependentError:
            raise WeightingError(stats.blurred(name, values)) from None
        made[name] = pd.Series(0.0, index=column.index)
        made[name][known] = z
    if not known.all() and known.any():
        made[f"{name} unknown"] = (~known).astype(float)
    return made


def _design(asked: pd.DataFrame, using: Sequence[str]) -> pd.DataFrame:
    """Make columns of numbers; a missing number is the mean and says so beside it."""
    columns: dict[str, pd.Series] = {}
    for name in using:
        column = asked[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            columns |= _numbers(name, column.astype(float))
            continue
        words = column.map(str, na_action="ignore").fillna("unknown")
        for value in sorted(words.unique())[1:]:
            columns[f"{name}: {value}"] = (words == value).astype(float)
    if not columns:
        raise WeightingError(f"{listing(list(using))}: the same for everyone asked.")
    return pd.DataFrame(columns)
