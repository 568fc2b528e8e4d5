"""How do we stand beside others? A table of benchmark scores with their uncertainty."""

import numpy as np
import pandas as pd
from scipy import special

from cxlab import stats
from cxlab.codebook import How, question
from cxlab.metrics.workings.answers import need, numeric, take
from cxlab.metrics.workings.estimates import interval, means
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.results import Result, amount, count, listing

OURS = "ours"


@question("weight", "cluster", "level")
def benchmark(
    responses: pd.DataFrame,
    rivals: pd.DataFrame,
    *,
    score: str | Score = "nps",
    how: How,
) -> Result:
    """Compare our score with a table of others', each with the uncertainty its base allows.

    Args:
        responses: our answers.
        rivals: one row each: `group` (the name), `score` (in the unit of ours; shares between 0
            and 1), `n` where known; for an NPS also `promoters` and `detractors` as shares, for a
            mean `sd`. What is not known is taken at its worst.

    Returns:
        group (`ours` first), estimate, std_error, conf_low, conf_high, n, p_value, p_adjusted,
        level, verdict (`above us`, `below us`, `not apart`, `no base`).

    Example:
        >>> ours = pd.DataFrame({"nps": [9] * 60 + [3] * 40})
        >>> table = pd.DataFrame({"group": ["A", "B"], "score": [60, 25], "n": [800, None]})
        >>> benchmark(ours, table).frame["verdict"].tolist()
        [None, 'above us', 'no base']
    """
    what = resolve(score)
    need(rivals, ["group", "score"])
    answers = take(responses, what, weight=how.weight, cluster=how.cluster)
    own = means(answers)
    method = "adjusted_wald" if what.kind == "nps" else "wilson"
    low, high = interval(answers, own, method=method, level=how.level)
    theirs = _theirs(rivals, what)
    ours = pd.DataFrame({"group": [OURS], "estimate": own.estimate, "std_error": own.std_error,
                         "conf_low": low, "conf_high": high, "n": own.n})  # fmt: skip
    ends = stats.mean_interval(theirs["estimate"], theirs["std_error"], level=how.level)
    theirs["conf_low"] = np.maximum(ends[0], what.ends[0])
    theirs["conf_high"] = np.minimum(ends[1], what.ends[1])
    gap = theirs["estimate"] - own.estimate[0]
    error = np.hypot(theirs["std_error"], own.std_error[0])
    theirs["p_value"] = 2 * special.ndtr(-np.abs(gap) / error)
    theirs["p_adjusted"] = stats.adjust(theirs["p_value"])
    verdict = np.select(
        [theirs["p_value"].isna(), theirs["p_adjusted"] > 1 - how.level, gap > 0],
        ["no base", "not apart", "above us"],
        default="below us",
    )
    frame = pd.concat([ours, theirs.assign(verdict=verdict.astype(object))], ignore_index=True)
    frame["verdict"] = frame["verdict"].astype(object).where(frame["verdict"].notna(), None)
    notes = [*answers.notes, "Scores of others may rest on other questions, samples and modes."]
    if (verdict == "no base").any():
        notes.append(
            f"{count(int((verdict == 'no base').sum()), 'score')} without a number of answers: "
            "shown, not compared."
        )
    columns = ["group", "estimate", "std_error", "conf_low", "conf_high", "n", "p_value",
               "p_adjusted", "level", "verdict"]  # fmt: skip
    return Result(
        name=f"{what.name} beside others",
        frame=frame.assign(level=how.level)[columns],
        headline=_headline(frame, what),
        method="difference of independent scores, false discovery rate held (Benjamini and "
        "Hochberg 1995); a spread that was not published is taken at its largest",
        base=answers.base,
        notes=tuple(notes),
        unit=what.unit,
    )


def _theirs(rivals: pd.DataFrame, what: Score) -> pd.DataFrame:
    value = numeric(rivals, "score").to_numpy(float)
    if np.isnan(value).any() or (value < what.ends[0]).any() or (value > what.ends[1]).any():
        raise MetricsError(
            f"'score': benchmark scores must lie between {what.ends[0]:g} and {what.ends[1]:g}, "
            "without gaps; write shares as 0.8 and an NPS in points."
        )
    n = numeric(rivals, "n").to_numpy(float) if "n" in rivals else np.full(len(value), np.nan)
    n = np.where(n > 0, n, np.nan)
    return pd.DataFrame(
        {
            "group": rivals["group"].astype(str).to_numpy(),
            "estimate": value,
            "std_error": np.sqrt(_spread(rivals, value, what) / n),
            "n": n,
        }
    )


def _spread(rivals: pd.DataFrame, value: np.ndarray, what: Score) -> np.ndarray:
    """Give the variance of one answer: as published, or at its largest for that score."""
    if what.kind == "nps":
        worst = 1e4 - value**2
        if {"promoters", "detractors"} <= set(rivals.columns):
            p, d = (numeric(rivals, c).to_numpy(float) for c in ("promoters", "detractors"))
            return np.where(np.isnan(p + d), worst, 1e4 * stats.nps_variance(d, p))
        return worst
    low, high = what.ends
    worst = (value - low) * (high - value)
    if what.kind == "mean" and "sd" in rivals:
        sd = numeric(rivals, "sd").to_numpy(float)
        return np.where(np.isnan(sd), worst, sd**2)
    return worst


def _headline(frame: pd.DataFrame, what: Score) -> str:
    ours = what.says(amount(frame["estimate"].iloc[0], what.unit))
    said = [
        f"{listing(frame.loc[frame['verdict'] == f'{side} us', 'group'].tolist(), 4)} {side}"
        for side in ("above", "below")
        if (frame["verdict"] == f"{side} us").any()
    ]
    if not said:
        return f"{ours}: no benchmark stands apart from it."
    return f"{ours}, with {' and '.join(said)}."
