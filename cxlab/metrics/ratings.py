"""What do the ratings say by themselves, where no overall score was asked, or beside one?"""

from collections.abc import Mapping

import pandas as pd

from cxlab.codebook import How, Scale, label, question
from cxlab.metrics.overview import score_of
from cxlab.metrics.workings.answers import CUSTOMER, repeated
from cxlab.metrics.workings.measures import MetricsError, Score
from cxlab.results import Result, amount, count, or_others, percent, sentence, span

_NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "n", "n_effective")
_PLACES = ["place", "place_low", "place_high"]  # from 0 at the bad end of the scale to 1


@question()
def ratings_overview(
    responses: pd.DataFrame,
    *,
    ratings: Mapping[str, Scale],
    how: How,
) -> Result:
    """Give the mean of every rating with its interval, and the share in its two best points.

    Args:
        ratings: column -> its scale, as `Study.rating_scales` gives them.

    Returns:
        The best first, each on its own scale: term, rank, estimate (mean), std_error, conf_low,
        conf_high, share (in the two best points), n, n_effective.

    Raises:
        MetricsError: there are no ratings, or none has enough answers.

    Example:
        >>> answers = pd.DataFrame({"price": [2, 3, 2, 3], "speed": [5, 4, 5, 4]})
        >>> scales = dict.fromkeys(answers, Scale(low=1, high=5))
        >>> found = ratings_overview(answers, ratings=scales)
        >>> found.frame["term"].tolist(), found.frame["share"].tolist()
        (['speed', 'price'], [1.0, 0.0])
    """
    who = (repeated(responses) if how.cluster is None else how.cluster) or ""
    who = "customer" if who == CUSTOMER else who
    rows = [_row(responses, name, scale, how) for name, scale in ratings.items()]
    frame = pd.DataFrame(rows, columns=["term", *_NUMBERS, "share", *_PLACES])
    frame = frame.dropna(subset=["estimate"]).sort_values("place", ascending=False, kind="stable")
    if frame.empty:
        raise MetricsError(
            "no rating has enough answers to be shown.", needs="ratings that people answered"
        )
    tops = {name: scale.high for name, scale in ratings.items()}
    unit = f"of {max(tops.values()):g}" if len({*tops.values()}) == 1 else ""
    frame.insert(1, "rank", range(1, len(frame) + 1))
    return Result(
        name="ratings",
        frame=frame.drop(columns=_PLACES).reset_index(drop=True),
        headline=sentence(_headline(frame, unit, tops)),
        method="Mean of each rating with its interval; share in the two best points of its scale.",
        base=f"{count(len(responses), 'answer')}, {count(len(frame), 'rating')}; "
        + ("weighted" if how.weight else "unweighted")
        + (f"; answers of one {label(who)} taken together." if who else "."),
        unit=unit,
    )


def _row(responses: pd.DataFrame, name: str, scale: Scale, how: How) -> tuple:
    found = score_of(responses, score=Score(name, "mean", scale, name), how=how).frame.iloc[0]
    best = _two_best(responses, name, scale, how.weight)
    ends = ("estimate", "conf_low", "conf_high")
    up = [(found[word] - scale.low) / (scale.high - scale.low) for word in ends]
    places = [1 - up[0], 1 - up[2], 1 - up[1]] if scale.better == "low" else up
    return (name, *(found[word] for word in _NUMBERS), best, *places)


def _two_best(responses: pd.DataFrame, name: str, scale: Scale, weight: str | None) -> float:
    rated = responses[responses[name].notna()]
    values = pd.to_numeric(rated[name])
    best = values <= scale.low + 1 if scale.better == "low" else values >= scale.high - 1
    if weight is None:
        return float(best.mean())
    w = rated[weight].fillna(0)
    return float((best * w).sum() / w.sum()) if w.sum() > 0 else float("nan")


def _headline(frame: pd.DataFrame, unit: str, tops: Mapping[str, float]) -> str:
    top, low = frame.iloc[0], frame.iloc[-1]
    best, worst = label(top["term"]), label(low["term"])
    if len(frame) == 1:
        return f"{best} is rated {_said(top, unit)}."
    if not top["place_low"] > low["place_high"]:  # without a spread nothing stands apart
        return f"No rating stands apart: {best} is {_of(top, tops)}, the others near it."
    if not unit:
        return (
            f"{best} lies highest on its scale ({_of(top, tops)}) and {worst} lowest "
            f"({_of(low, tops)}); the scales differ."
        )
    high = int((~(frame["place_high"] < top["place_low"])).sum())
    deep = int((~(frame["place_low"] > low["place_high"])).sum())
    return (
        f"{best}{or_others(high - 1)} is rated best ({_of(top, tops)}) and "
        f"{worst}{or_others(deep - 1)} worst ({amount(low['estimate'], unit)})."
    )


def _of(row: pd.Series, tops: Mapping[str, float]) -> str:
    unit = f"of {tops[row['term']]:g}"
    return f"{amount(row['estimate'], unit)} {unit}"


def _said(row: pd.Series, unit: str) -> str:
    said = amount(row["estimate"], unit)
    if pd.notna(row["conf_low"]):
        said += f" ({span(row['conf_low'], row['conf_high'], unit)})"
    return f"{said} {unit}. {percent(row['share'])} give one of the two best answers"
