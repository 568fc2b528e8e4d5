"""One segment, one period: which rows belong to a part of the study."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from cxlab import codebook
from cxlab.cleaning import Cleaned, among
from cxlab.results import count
from cxlab.study.errors import StudyError


class TooFew(StudyError):
    """A part holds so few people that a report would say who they are."""


def of_segment(
    frames: dict[str, pd.DataFrame], segment: str, value: str, known: tuple[str, ...]
) -> dict[str, pd.DataFrame]:
    """Give the rows of each table that belong to a segment value.

    A table without the segment follows the customers who have it.
    """
    _whole(frames, segment, value, known)
    having = {name: frame for name, frame in frames.items() if segment in frame}
    part = {name: frame[frame[segment] == value] for name, frame in having.items()}
    if all(frame.empty for frame in part.values()):
        near = codebook.did_you_mean(value, values(list(frames.values()), segment))
        raise StudyError(f"no row has {segment} = '{value}'.{near}", [])
    if "customers" in part:
        ids = part["customers"]["customer_id"]
        for name in frames.keys() - part.keys():
            if "customer_id" in frames[name]:
                part[name] = frames[name][among(frames[name]["customer_id"], ids)]
    return {name: part.get(name, frame).reset_index(drop=True) for name, frame in frames.items()}


def by_itself(frame: pd.DataFrame) -> pd.DataFrame:
    """Put answers in the order in which the rows of a part give them, whatever others gave."""
    coded = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    own = {}
    for name in coded:
        codes, words = pd.factorize(frame[name])
        words = pd.Index(words, dtype=frame[name].cat.categories.dtype)
        own[name] = pd.Categorical.from_codes(codes, categories=words)
    return frame.assign(**own) if own else frame


def _whole(
    frames: Mapping[str, pd.DataFrame], segment: str, value: str, known: Sequence[str]
) -> None:
    """Refuse an unknown segment, and a segment or a value without the other."""
    tables = list(frames.values())
    if not segment:
        having = [name for name in known if value in values(tables, name)]
        near = f" Did you mean the segment '{having[0]}'?" if having else ""
        raise StudyError(f"the value '{value}' needs a segment, given beside it.{near}", [])
    if segment not in known:
        near = codebook.did_you_mean(segment, known)
        raise StudyError(f"'{segment}' is not a segment of this study.{near}", [])
    if not value:
        such = f", such as '{found[0]}'" if (found := values(tables, segment)) else ""
        raise StudyError(f"the segment '{segment}' needs a value, given beside it{such}.", [])


def large_enough(
    frames: Mapping[str, pd.DataFrame], segment: str, value: str, period: str, *, smallest: int
) -> None:
    """Refuse a part of so few people that a report on it would say who they are.

    Raises:
        TooFew: answers or customers are fewer than `smallest`, and some there are.
    """
    for name, people in people_of(frames).items():
        if people < smallest:
            part = " and ".join(
                [f"{segment} = '{value}'"] * bool(segment) + [f"period {period}"] * bool(period)
            )
            noun = name.rstrip("s")
            raise TooFew(
                f"{part}: fewer than {count(smallest, noun)}, too few to be shown "
                "(privacy.smallest_group). Ask for a larger part.",
                [],
            )


def people_of(frames: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Count the people in answers and customer list, where there are any."""
    counts = {}
    for name in ("responses", "customers"):
        frame = frames.get(name)
        if frame is None or not len(frame):
            continue
        people = frame["customer_id"].dropna().nunique() if "customer_id" in frame else len(frame)
        counts[name] = people or len(frame)  # answers without a name are people of their own
    return counts


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the answers to questions, which `Study.questionnaire` gives."""
    asked = [name for name in frame if str(name).startswith(codebook.ASKED)]
    return frame.drop(columns=asked) if asked else frame


def judged(rows: pd.DataFrame, segment: str, value: str, period: str) -> pd.DataFrame:
    """Give the rows set aside by judgement that belong to a segment value and a period."""
    rows = rows[rows[segment] == value] if segment in rows else rows
    if period and "answered_at" in rows:
        rows = rows[_inside(rows["answered_at"], pd.Period(period))]
    return rows.reset_index(drop=True)


def evened(answers: Cleaned) -> Cleaned:
    """Give the weights of a part the mean 1; rows of other parts then have no say in them."""
    if "weight" not in answers.frame or not len(answers.frame):
        return answers
    mean = answers.frame["weight"].mean()
    even = {
        name: rows.assign(weight=even_weights(rows["weight"], mean))
        for name, rows in (("frame", answers.frame), ("judged", answers.judged))
        if "weight" in rows
    }
    return replace(answers, **even)


def even_weights(weights: pd.Series, mean: float) -> pd.Series:
    """Give weights the mean 1."""
    return (weights / mean).round(9)


def of_period(responses: pd.DataFrame, period: str) -> pd.DataFrame:
    """Give the answers of a period."""
    if "answered_at" not in responses:
        raise StudyError(f"period '{period}': the answers carry no date (answered_at).", [])
    try:
        wanted = pd.Period(period)
    except ValueError:
        raise StudyError(f"'{period}' is no period; write 2025Q3, 2025-09 or 2025.", []) from None
    inside = _inside(responses["answered_at"], wanted)
    if not inside.any():
        raise StudyError(f"no answer lies in {period}.", [])
    return responses[inside].reset_index(drop=True)


def _inside(times: pd.Series, period: pd.Period) -> pd.Series:
    return times.dt.tz_localize(None).between(period.start_time, period.end_time)


def values(frames: Sequence[pd.DataFrame], segment: str) -> list[str]:
    """List the values of a segment, in order."""
    having = [frame[segment].dropna() for frame in frames if segment in frame]
    return sorted({str(value) for column in having for value in column.unique()})


def periods(responses: pd.DataFrame | None, every: str) -> list[str]:
    """List the months or quarters in which there are answers."""
    if responses is None or "answered_at" not in responses:
        raise StudyError("reports.over.period: the study has no dated answers.", [])
    local = responses["answered_at"].dropna().dt.tz_localize(None)
    return sorted(map(str, local.dt.to_period(every[0].upper()).unique()))
