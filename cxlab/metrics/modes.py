"""Were they asked the same way? Scores by channel, adjusted for who uses it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from cxlab import results, stats
from cxlab.codebook import How, label, question
from cxlab.metrics.workings.answers import Answers, need, take
from cxlab.metrics.workings.channels import MODE, MODE_NOTE
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.results import Result, count, listing, probability


@question()
def adjusted(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    controls: Sequence[str],
    by: str = MODE,
    how: How,
) -> Result:
    """Give each group's score as if all groups were made up of the same people.

    Args:
        by: column of the groups, such as the channel that asked.
        controls: columns that say who answered; numbers enter as a line, all else by value.

    Returns:
        group, estimate (adjusted), raw, std_error, conf_low, conf_high, n, share (of answers),
        level, verdict.

    Raises:
        MetricsError: a control goes with the groups so closely that they cannot be separated.

    Example:
        >>> rows = pd.DataFrame({"nps": [9, 3, 9, 3, 3] * 20, "channel": list("aabbb") * 20,
        ...                      "plan": list("xyxyy") * 20})
        >>> found = adjusted(rows, controls=["plan"]).frame
        >>> found["raw"].round(1).tolist(), found["estimate"].round(1).tolist()
        ([0.0, -33.3], [-20.0, -20.0])
    """
    what = resolve(score)
    controls = [controls] if isinstance(controls, str) else list(controls)
    need(responses, controls)
    if by in controls:
        raise MetricsError(f"'{by}' makes the groups and cannot be a control as well.")
    complete, notes = _complete(responses, controls)
    answers = take(complete, what, by=by, weight=how.weight, cluster=how.cluster)
    if len(answers.groups) < 2:
        raise MetricsError(f"All answers came by one {label(by)}; there is nothing to adjust.")
    design, plain = _design(complete.iloc[answers.kept], answers, controls)
    fitted, covariance = _fit(design, answers, by, controls)
    weights = np.ones(len(design)) if answers.weight is None else answers.weight
    groups = len(answers.groups)
    contrast = np.repeat(((weights @ design) / weights.sum())[None], groups, axis=0)
    contrast[:, :groups] = np.eye(groups)
    estimate = contrast @ fitted
    spread = contrast @ covariance @ contrast.T
    std_error = np.sqrt(np.maximum(np.diag(spread), 0))
    low, high = stats.mean_interval(estimate, std_error, level=how.level)
    frame = pd.DataFrame(
        {
            "group": answers.groups,
            "estimate": estimate,
            "raw": plain.estimate,
            "std_error": std_error,
            "conf_low": low,
            "conf_high": high,
            "n": plain.n.astype(int),
            "share": answers.cells.w.sum(axis=1) / answers.cells.w.sum(),
            "level": how.level,
            "verdict": pd.Series([None] * groups, dtype=object),
        }
    )
    hidden = results.hidden(frame, smallest=how.smallest)
    frame.loc[hidden, ["estimate", "raw", "std_error", "conf_low", "conf_high"]] = np.nan
    frame.loc[hidden, "verdict"] = "suppressed"
    p = _wald(estimate[~hidden], spread[np.ix_(~hidden, ~hidden)])
    return Result(
        name=f"{what.name} by {by}, adjusted",
        frame=frame,
        headline=_headline(what, by, controls, p, how.level),
        method="linear model of the score's parts, predicted for the same mix of people in every "
        "group; robust standard errors (White 1980)",
        base=answers.base,
        notes=(*answers.notes, *notes, MODE_NOTE),
        unit=what.unit,
    )


def _complete(responses: pd.DataFrame, controls: list[str]) -> tuple[pd.DataFrame, list[str]]:
    numbers = [c for c in controls if _is_number(responses[c])]
    missing = responses[numbers].isna().any(axis=1)
    if not missing.any():
        return responses, []
    left = count(int(missing.sum()), "answer")
    return responses[~missing], [f"{left} without a value in {listing(numbers)} left out."]


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and values.nunique() > 10


def _design(rows: pd.DataFrame, answers: Answers, controls: list[str]):
    """Build columns for the groups and the controls, without any formula."""
    columns = [(answers.group == g).astype(float) for g in range(len(answers.groups))]
    for control in controls:
        values = rows[control]
        if _is_number(values):
            columns.append(_one_scale(control, values.to_numpy(float)))
            continue
        codes, seen = pd.factorize(values, use_na_sentinel=False)
        if len(seen) > 200:
            raise MetricsError(f"'{control}' has {len(seen):,} values; join them to fewer first.")
        columns += [(codes == c).astype(float) for c in range(1, len(seen))]
    return np.stack(columns, axis=1), stats.mean_of(answers.cells, answers.worth)


def _one_scale(control: str, values: np.ndarray) -> np.ndarray:
    try:
        return stats.scaled(values[:, None]).z[:, 0]
    except stats.DependentError:
        raise MetricsError(stats.blurred(control, values)) from None


def _fit(design: np.ndarray, answers: Answers, by: str, controls: list[str]):
    weight = np.ones(len(design)) if answers.weight is None else answers.weight
    root = np.sqrt(weight)[:, None]
    rank, columns = np.linalg.matrix_rank(design * root), design.shape[1]
    if rank < columns:
        raise MetricsError(
            f"'{by}' and {listing(controls)} go together so closely that they cannot be separated: "
            "some groups hold only people of one kind. Leave a control out, or join groups."
        )
    bread = stats.inverse((design * weight[:, None]).T @ design)
    values = answers.values()
    fitted = bread @ (design * weight[:, None]).T @ values
    scores = design * (weight * (values - design @ fitted))[:, None]
    n = len(scores)
    if answers.cluster is not None:
        codes = pd.factorize(answers.cluster)[0]
        scores = np.stack([np.bincount(codes, column) for column in scores.T], axis=1)
    m = len(scores)
    correction = m / max(m - 1, 1) * (n - 1) / max(n - columns, 1)
    return fitted, correction * bread @ scores.T @ scores @ bread


def _wald(estimate: np.ndarray, covariance: np.ndarray) -> float:
    """Test whether all groups are equal."""
    df = len(estimate) - 1
    if df < 1:
        return 1.0
    contrast = np.hstack([np.ones((df, 1)), -np.eye(df)])
    statistic, df = stats.wald(contrast @ estimate, contrast @ covariance @ contrast.T)
    return float(special.chdtrc(max(df, 1), statistic))


def _headline(what: Score, by: str, controls: list[str], p: float, level: float) -> str:
    same = listing([label(name) for name in controls])
    said = "differs between" if p <= 1 - level else "shows no detectable difference between"
    return (
        f"{what.name} {said} the groups of {label(by)} once {same} are the same "
        f"(p {probability(p)})."
    )
