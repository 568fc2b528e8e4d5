"""What was asked here, how it stands, and whether cleaning decides the answer."""

from collections.abc import Mapping, Sequence

import pandas as pd

from cxlab.codebook import Scale
from cxlab.metrics.answers import By, take
from cxlab.metrics.levels import level_result
from cxlab.metrics.measures import MetricsError, Score
from cxlab.results import Result, amount, count, span

_METHODS = {"nps": "adjusted_wald", "top": "wilson", "mean": "wilson"}
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


def overview(
    responses: pd.DataFrame,
    *,
    scores: Sequence[Score],
    weight: str | None = None,
    level: float = 0.95,
    smallest: int = 0,
) -> tuple[Result, ...]:
    """Give every score of the study for everyone.

    Args:
        responses: one row per answer.
        scores: the measures, as `asked` gives them.
        weight: column with survey weights.
        level: confidence level.
        smallest: fewer answers than this are suppressed.

    Returns:
        One result a score, each with one row: group, estimate, std_error, conf_low,
        conf_high, n, n_effective, level, verdict.
    """
    words = {"weight": weight, "level": level, "smallest": smallest}
    return tuple(score_of(responses, score=score, **words) for score in scores)  # type: ignore[arg-type]


def score_of(
    responses: pd.DataFrame,
    *,
    score: Score,
    by: By = None,
    weight: str | None = None,
    level: float = 0.95,
    smallest: int = 0,
) -> Result:
    """Give any measure with its interval, by the default method of its kind.

    Args:
        responses: one row per answer.
        score: the measure.
        by: column, or columns, to report by.
        weight: column with survey weights.
        level: confidence level.
        smallest: groups with fewer answers are suppressed; their number is shown.

    Returns:
        group, estimate, std_error, conf_low, conf_high, n, n_effective, level, verdict.
    """
    answers = take(responses, score, by=by, weight=weight)
    method = _METHODS[score.kind]
    return level_result(answers, by=by, method=method, level=level, smallest=smallest)


def sensitivity(
    responses: pd.DataFrame,
    judged: pd.DataFrame,
    *,
    score: Score,
    weight: str | None = None,
    level: float = 0.95,
) -> Result:
    """Give the score without and with the rows that were set aside by judgement.

    Args:
        responses: answers that were kept.
        judged: answers set aside as duplicates, speeders or straight-liners.
        score: the measure.
        weight: column with survey weights; rows set aside count 1.
        level: confidence level.

    Returns:
        term, estimate, conf_low, conf_high, n: without the rows, and with them.
    """
    both = pd.concat([responses, judged], ignore_index=True)
    if weight:
        both[weight] = both[weight].fillna(1.0)
    frames = []
    for term, rows in (("without them", responses), ("with them", both)):
        row = score_of(rows, score=score, weight=weight, level=level)
        frames.append(row.frame.assign(term=term))
    frame = pd.concat(frames, ignore_index=True)
    without, within = frame["estimate"]
    inside = frame["conf_low"][0] <= within <= frame["conf_high"][0]
    low, high = frame["conf_low"][0], frame["conf_high"][0]
    rows = count(len(judged), "row")
    said = f"{amount(without, score.unit)} without and {amount(within, score.unit)} with"
    return Result(
        name=f"{score.name} and the cleaning",
        frame=frame[["term", "estimate", "conf_low", "conf_high", "n"]],
        headline=(
            f"No answer was set aside by judgement, so the cleaning cannot sway {score.name}."
            if judged.empty
            else f"{score.name} is {said} the {rows} set aside by judgement: the answer "
            f"{'does not depend' if inside else 'depends'} on them."
        ),
        method="the same score over the kept rows and over kept rows and rows set aside as "
        "duplicates, speeders or straight-liners",
        base=f"{count(len(responses), 'answer')} kept; {rows} set aside by judgement.",
        notes=(f"The interval without them is {span(low, high, score.unit)}.",),
        unit=score.unit,
    )
