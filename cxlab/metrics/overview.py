"""What was asked here, how it stands, and whether cleaning decides the answer."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import pandas as pd

from cxlab.codebook import How, Scale, question
from cxlab.metrics.workings.answers import By, take
from cxlab.metrics.workings.level import level_result
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.results import Result, amount, count

_METHODS = {"nps": "adjusted_wald", "top": "wilson", "mean": "wilson"}
_NUMBERS = ["estimate", "conf_low", "conf_high"]
MOST_RULES = 5
_NAMES = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}


def asked(scales: Mapping[str, Scale]) -> tuple[Score, ...]:
    """Turn the scores of a study into measures: NPS, CSAT as top box, CES as mean.

    Args:
        scales: score column -> its scale, as `Study.scales` gives them.

    Returns:
        The measures, the study's main one first.

    Raises:
        MetricsError: the study has no score.

    Example:
        >>> [score.name for score in asked({"csat": Scale(low=1, high=5)})]
        ['CSAT']
    """
    if not scales:
        raise MetricsError("the study has no score; map nps, csat or ces in the study file.")
    kinds = {"nps": "nps", "csat": "top", "ces": "mean"}
    return tuple(
        Score(column, kinds[column], scale, _NAMES[column])  # type: ignore[arg-type]
        for column, scale in scales.items()
    )


@question()
def overview(
    responses: pd.DataFrame,
    *,
    scores: Sequence[Score],
    how: How,
) -> tuple[Result, ...]:
    """Give every score of the study for everyone.

    Args:
        scores: the measures, as `asked` gives them.

    Returns:
        One result a score, each with one row: group, estimate, std_error, conf_low,
        conf_high, n, n_effective, level, verdict.
    """
    return tuple(score_of(responses, score=score, how=how) for score in scores)


@question()
def score_of(
    responses: pd.DataFrame,
    *,
    score: str | Score,
    by: By = None,
    how: How,
) -> Result:
    """Give any measure with its interval, by the default method of its kind.

    Args:
        score: the measure, or `nps`, `csat`, `ces`.
        by: column, or columns, to report by.

    Returns:
        group, estimate, std_error, conf_low, conf_high, n, n_effective, level, verdict.
    """
    what = resolve(score)
    answers = take(responses, what, by=by, weight=how.weight, cluster=how.cluster)
    method = _METHODS[what.kind]
    return level_result(answers, by=by, method=method, level=how.level, smallest=how.smallest)


@question("weight", "level")
def universes(
    responses: pd.DataFrame,
    judged: pd.DataFrame,
    *,
    score: Score,
    how: How,
) -> Result:
    """Give the score under every reasonable choice of exclusions and of weighting.

    Rows that can be shown to be wrong stay out in all of them. Each rule that judges (given
    twice, given in haste) is used and not used, and so are the weights: a small multiverse
    (Steegen, Tuerlinckx, Gelman and Vanpaemel 2016).

    Args:
        responses: answers that were kept.
        judged: answers set aside by judgement, with their `reason`.
        score: the measure.

    Returns:
        One row a choice, the one reported first: `rank` (1 is the lowest score), `reason` (the
        rules used), `part` (weighted, every answer alike), `estimate`, `conf_low`, `conf_high`,
        `n`, `verdict` (reported, other).
    """
    rules = list(judged["reason"].value_counts().head(MOST_RULES).index) if len(judged) else []
    rows = []
    for size in range(len(rules), -1, -1):
        for used in combinations(rules, size):
            taken = pd.concat([responses, judged[~judged["reason"].isin(used)]])
            for by in dict.fromkeys((how.weight, None)):
                found = score_of(taken, score=score, weight=by, level=how.level).frame.iloc[0]
                kind = {"reason": ", ".join(used) or "none", "n": found["n"]}
                kind["part"] = "weighted" if by else "every answer alike"
                rows.append(kind | {name: found[name] for name in _NUMBERS})
    frame = pd.DataFrame(rows)
    frame["verdict"] = ["reported", *["other"] * (len(rows) - 1)]
    main = frame.iloc[0]
    frame["rank"] = frame["estimate"].rank(method="first", na_option="bottom").astype(int)
    return Result(
        name=f"{score.name} and the cleaning",
        frame=frame[["rank", "reason", "part", *_NUMBERS, "n", "verdict"]],
        headline=_universe_sentence(frame, main, score),
        method="The same score with each rule that judges used and not used, weighted and not "
        "(multiverse; Steegen et al. 2016)",
        base=f"{count(len(responses), 'answer')} kept; "
        f"{count(len(judged), 'answer') if len(judged) else 'none'} set aside by judgement.",
        unit=score.unit,
    )


def _universe_sentence(frame: pd.DataFrame, main: pd.Series, score: Score) -> str:
    if len(frame) == 1:
        return f"No answer was set aside by judgement, so the cleaning cannot sway {score.name}."
    told = frame["estimate"].dropna()
    if told.empty:
        return f"Too few answers to show {score.name} under other choices."
    low, high = (amount(end, score.unit) for end in (told.min(), told.max()))
    ways = f"{'both' if len(frame) == 2 else 'all'} reasonable ways of cleaning and weighting"
    said = (
        f"{score.name} is {low} in {ways}"
        if low == high
        else f"{score.name}, {amount(main['estimate'], score.unit)} as reported, lies between "
        f"{low} and {high} in {ways}"
    )
    outside = int((~told.between(main["conf_low"], main["conf_high"])).sum())
    if not outside:
        return f"{said}: the answer does not depend on them."
    lie = "lies" if outside == 1 else "lie"
    return f"{said}: it depends on them. {count(outside)} {lie} outside the range reported."
