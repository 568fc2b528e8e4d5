"""What is the score, and for whom? NPS, CSAT, CES and the whole distribution."""

from typing import Literal

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, Scale, question
from cxlab.metrics.workings.answers import Answers, By, take
from cxlab.metrics.workings.level import level_result
from cxlab.metrics.workings.measures import Score, as_scale, resolve
from cxlab.results import Result, amount

COLUMNS = ["group", "estimate", "std_error", "conf_low", "conf_high", "n", "n_effective", "level"]


@question()
def nps(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    by: By = None,
    method: str = "adjusted_wald",
    how: How,
) -> Result:
    """Give the Net Promoter Score with its interval, for everyone or for each group.

    The default interval covers 93 to 97 times of 100 from 10 answers on, more where nearly all
    are passives, less (88 of 100 at 10 answers) where the population holds no detractor at all.

    Args:
        score: column with the answers, 0 to 10.
        by: column, or columns, to report by.
        method: `adjusted_wald`, `wald`, `score` (Tango) or `bootstrap`.

    Returns:
        group, estimate, std_error, conf_low, conf_high, n, n_effective, level, verdict; in
        points. A group without answers, or too small to show, has no estimate.

    Raises:
        MetricsError: the frame cannot give a score; the message says why.
        ScaleError: answers lie outside 0 to 10.

    Example:
        >>> nps(pd.DataFrame({"nps": [0, 7, 7, 9, 9, 9]})).headline
        'NPS is 33.3 (−26.7 to 71.2). Only 6 answers.'
    """
    what = Score(score, "nps") if isinstance(score, str) else score
    return _level(responses, what, by, method, how)


@question()
def csat(
    responses: pd.DataFrame,
    *,
    score: str | Score = "csat",
    by: By = None,
    kind: Literal["top", "mean"] = "top",
    scale: Scale | str | None = "1..5",
    method: str = "wilson",
    how: How,
) -> Result:
    """Give customer satisfaction: the share in the top box, or the mean.

    Args:
        score: column with the answers.
        kind: `top` for the share in the top box, `mean` for the mean.
        scale: the scale of the answers; its `top` says how wide the top box is.
        method: for the top box `wilson`, `agresti_coull`, `jeffreys`, `exact` or `wald`;
            a mean has the t interval.

    Returns:
        The columns of `nps`, as a share or on the scale.

    Example:
        >>> csat(pd.DataFrame({"csat": [5, 4, 3, 5]})).headline
        'CSAT: 75.0% give one of the best answers (30.1% to 95.4%). Only 4 answers.'
    """
    what = score if isinstance(score, Score) else Score(score, kind, as_scale(scale), "CSAT")
    return _level(responses, what, by, method, how)


@question()
def ces(
    responses: pd.DataFrame,
    *,
    score: str | Score = "ces",
    by: By = None,
    kind: Literal["top", "mean"] = "mean",
    scale: Scale | str | None = "1..7",
    method: str = "wilson",
    how: How,
) -> Result:
    """Give the customer effort score: the mean, or the share who found it easy.

    Args:
        score: column with the answers.
        kind: `mean`, or `top` for the share in the easy box (5 to 7 of 1 to 7).
        scale: the scale of the answers; its `better` says which end means easy.
        method: as in `csat`.

    Returns:
        The columns of `nps`, on the scale or as a share.

    Example:
        >>> ces(pd.DataFrame({"ces": [5, 6, 7, 6]})).headline
        'CES averages 6.00 (4.70 to 7.00); high means easy. Only 4 answers.'
    """
    what = score if isinstance(score, Score) else Score(score, kind, as_scale(scale), "CES")
    return _level(responses, what, by, method, how)


def _level(responses: pd.DataFrame, what: Score, by: By, method: str, how: How) -> Result:
    answers = take(responses, what, by=by, weight=how.weight, cluster=how.cluster)
    return level_result(answers, by=by, method=method, level=how.level, smallest=how.smallest)


@question("weight", "level", "smallest")
def distribution(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    by: By = None,
    how: How,
) -> Result:
    """Give the share of every point of the scale.

    Returns:
        group, term (detractor, passive, promoter for the NPS), value, n, share, std_error,
        conf_low, conf_high; one row for each point of the scale, answered or not.

    Example:
        >>> distribution(pd.DataFrame({"nps": [0, 7, 7, 9]})).headline
        '25.0% promoters, 50.0% passives and 25.0% detractors.'
    """
    answers = take(responses, resolve(score), by=by, weight=how.weight)
    means = _means_of_points(answers)
    parts = [_shares(answers, cell, mean, how=how) for cell, mean in enumerate(means)]
    frame = pd.concat(parts).sort_values("place", kind="stable").drop(columns="place")
    return Result(
        name=f"{answers.score.name} distribution",
        frame=frame,
        headline=_shape(answers, how.smallest),
        method=stats.PROPORTION_METHODS["wilson"],
        base=answers.base,
        notes=answers.notes,
        unit="share",
    )


def _shape(answers: Answers, smallest: int) -> str:
    if answers.total.n.sum() < smallest:
        return f"Only groups of {smallest} or more people are shown."
    total = answers.total.w[0] / answers.total.w.sum()
    if answers.score.kind == "nps":
        said = [amount(total[answers.worth == v].sum(), "share") for v in (100, 0, -100)]
        return f"{said[0]} promoters, {said[1]} passives and {said[2]} detractors."
    most = int(np.argmax(total))
    point, share = answers.score.point(answers.points[most]), amount(total[most], "share")
    return f"{point} is given most often: {share}."


def _means_of_points(answers: Answers) -> list[stats.Mean]:
    """Give the share of each point; of clusters as `stats.linearised` does, added up once."""
    points = len(answers.points)
    alone = [stats.mean_of(answers.cells, np.arange(points) == cell) for cell in range(points)]
    if answers.cluster is None:
        return alone
    groups, most = len(answers.groups), int(answers.cluster.max()) + 1
    weight = np.ones(len(answers.cell)) if answers.weight is None else answers.weight
    owner, who, (all_,) = stats.pairs(answers.group, answers.cluster, groups, weight)
    cell = np.multiply(answers.group, points, dtype=np.int64) + answers.cell
    place, one, (part,) = stats.pairs(cell, answers.cluster, groups * points, weight)
    of = np.searchsorted(owner * most + who, place // points * most + one)
    shape = {"minlength": groups * points}
    own, both = (np.bincount(place, each, **shape).reshape(groups, points)
                 for each in (part**2, part * all_[of]))  # fmt: skip
    m, squares = (np.bincount(owner, each, minlength=groups) for each in (None, all_**2))
    total, n = answers.cells.w.sum(axis=1), answers.cells.n.sum(axis=1)
    out = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for at, mean in enumerate(alone):
            p = mean.estimate
            spread = m / (m - 1) * np.maximum(own[:, at] - 2 * p * both[:, at] + p**2 * squares, 0)
            plain = (mean.std_error * total) ** 2
            n_effective = np.where(spread > 0, mean.n_effective * plain / spread, mean.n_effective)
            error = np.where(m > 1, np.sqrt(spread) / total, np.nan)
            out.append(stats.Mean(p, error, n, n_effective, np.maximum(m - 1, 0)))
    return out


def _shares(answers: Answers, cell: int, mean: stats.Mean, *, how: How) -> pd.DataFrame:
    level, smallest = how.level, how.smallest
    with np.errstate(divide="ignore", invalid="ignore"):
        n = np.where(answers.weight is None, mean.n, mean.n_effective)
        if answers.cluster is not None:
            plain = mean.estimate * (1 - mean.estimate)
            n = np.where(mean.std_error > 0, plain / mean.std_error**2, mean.n_effective)
    low, high = stats.proportion_interval(mean.estimate * n, n, level=level)
    term = None
    if answers.score.kind == "nps":
        term = {100.0: "promoter", 0.0: "passive", -100.0: "detractor"}[answers.worth[cell]]
    frame = pd.DataFrame(
        {
            "place": np.arange(len(answers.groups)),
            "group": answers.groups,
            "term": term,
            "value": answers.points[cell],
            "n": answers.cells.n[:, cell].astype(int),
            "share": mean.estimate,
            "std_error": mean.std_error,
            "conf_low": low,
            "conf_high": high,
        }
    )
    if (mean.n < smallest).any():
        numbers = ["n", "share", "std_error", "conf_low", "conf_high"]
        frame.loc[mean.n < smallest, numbers] = np.nan
    return frame
