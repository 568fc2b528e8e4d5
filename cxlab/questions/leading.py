"""What did people answer, in a sentence: the answers that most of them share."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cxlab.codebook import label
from cxlab.questionnaire import Asked, Questionnaire
from cxlab.questionnaire.asked import IN_WORDS
from cxlab.questions.topline import topline
from cxlab.questions.workings.blocks import boxes
from cxlab.questions.workings.people import QuestionsError, questionnaire_of
from cxlab.results import Result, count, percent, whole

_ALOUD = 25  # words of a headline that can be read aloud
_HALF, _NEARLY_ALL = 0.5, 0.95  # what nearly all answer is hardly worth a headline
_COLUMNS = ["question", "item", "answer", "part", "share", "conf_low", "conf_high", "count", "n",
            "verdict"]  # fmt: skip
_METHOD = (
    "Of each question the answer that most people gave, of a scale of four points or more the two "
    "at its good or its bad end, of a ranking what most put first. More than half is said where "
    "the whole interval lies above it. "
)


def leading(
    study: Any,
    *,
    questions: str | Sequence[str] | None = None,
    level: float = 0.95,
    smallest: int | None = None,
) -> Result:
    """Give the answer to each question that most people share, the most widely shared first.

    Args:
        study: the study, or its questionnaire.
        questions: names of questions; all if not given.
        level: confidence level.
        smallest: fewest people of a base that is shown; the study's if not given.

    Returns:
        A row a question with a list of answers: `question`, `item`, `answer`, `part`,
        `share` with `conf_low` and `conf_high`, `count`, `n` (who answered), and as `verdict`
        `more than half` or `not apart`.

    Raises:
        QuestionsError: no question has a list of answers, or too few people answered each.
        Misuse: there is no such question.
    """
    asked = questionnaire_of(study)
    told = topline(asked, questions=questions, level=level, smallest=smallest)
    lines = dict(iter(told.frame.dropna(subset=["share"]).groupby("question", sort=False)))
    chosen = [one for one in asked.chosen(questions) if one.kind not in ("open", "date")]
    tops = [_first(one, lines[one.name]) for one in chosen
            if one.name in lines and not one.name.endswith(IN_WORDS)]  # fmt: skip
    frame = pd.DataFrame([top for top in tops if top is not None])
    if frame.empty:
        raise QuestionsError("No question with a list of answers was answered by enough people.",
                             needs="a question with answers to choose from")  # fmt: skip
    most = frame["conf_low"] > _HALF
    frame["verdict"] = most.map({True: "more than half", False: "not apart"})
    frame = frame.sort_values("share", ascending=False, kind="stable", ignore_index=True)[_COLUMNS]
    return Result(
        name="most shared answers",
        frame=frame,
        headline=_headline(asked, frame),
        method=_METHOD + told.method,
        base=told.base,
        unit="share",
    )


def _first(each: Asked, rows: pd.DataFrame) -> pd.Series | None:
    """Give the line of a question that has the largest share."""
    ends = {name for name in boxes(each) if name not in each.nets}
    if each.kind == "rank":
        rows = rows[rows["answer"] == each.answers[each.upwards[-1]]]
    elif ends:
        rows = rows[rows["answer"].isin(ends)]
    else:
        rows = rows[rows["part"] == "answer"]
    return rows.loc[rows["share"].idxmax()] if len(rows) else None


def _headline(asked: Questionnaire, frame: pd.DataFrame) -> str:
    """Say a widely shared answer, and in how many questions more than half agree.

    What people are (a segment) and a range of numbers that we drew are no answer that they gave.
    """
    given = [name not in asked.segments and asked[name].kind != "number"
             for name in frame["question"]]  # fmt: skip
    frame = frame[given] if any(given) else frame
    bare = (frame["part"] == "answer") & frame["answer"].str.fullmatch(r"-?[\d.,]+")
    telling = frame[(frame["share"] <= _NEARLY_ALL) & ~bare]
    top = (telling if len(telling) else frame).iloc[0]
    first = _said(asked[top["question"]], top)
    if len(frame) == 1:
        return f"{first}."
    half = int((frame["verdict"] == "more than half").sum())
    more = f"Of {count(len(frame), 'question')} {half or 'none'} had one answer of more than half."
    said = f"{first}. {more}"
    return said if len(said.split()) <= _ALOUD else f"{first}."


def _said(each: Asked, top: pd.Series) -> str:
    name, share = f"'{whole(label(each.name))}'", percent(top["share"])
    of = f"'{whole(top['item'])}' in {name}" if top["item"] else name
    if each.kind == "choose all":
        return f"'{whole(top['answer'])}' in {name} was chosen by {share}"
    if each.kind == "rank":
        return f"'{whole(top['item'])}' in {name} was put first by {share}"
    places = boxes(each).get(top["answer"], ()) if top["part"] == "net" else ()
    answers = [each.answers[at] for at in places] or [top["answer"]]
    words = " or ".join(f"'{whole(answer)}'" for answer in answers)
    return f"{share} answered {words} to {of}"
