"""What did people answer to every question?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import label, tier
from cxlab.questionnaire import Asked, Questionnaire
from cxlab.questionnaire.asked import IN_WORDS
from cxlab.questions.workings.blocks import Block
from cxlab.questions.workings.cells import Cells, cells
from cxlab.questions.workings.columns import Columns, columns
from cxlab.questions.workings.people import clusters_of, questionnaire_of, weights_of
from cxlab.questions.workings.telling import (
    FLAGGED,
    METHOD,
    SMALL,
    WITHHELD,
    asked_as,
    rivals,
    told_of,
)
from cxlab.results import Misuse, Result, count, listing, number, or_others, percent, whole
from cxlab.stats import mean_interval, proportion_interval, quantile

INTERVALS = ("wilson", "logit")
_COLUMNS = ["question", "kind", "item", "answer", "part", "rank", "share", "estimate", "conf_low",
            "conf_high", "count", "n", "verdict"]  # fmt: skip


def topline(
    study: Any,
    *,
    questions: str | Sequence[str] | None = None,
    interval: str = "wilson",
    level: float = 0.95,
    smallest: int | None = None,
) -> Result:
    """Tabulate every question: who was asked, who answered, and what, with its interval.

    Args:
        study: the study, or its questionnaire.
        questions: names of questions; all if not given.
        interval: of shares, `wilson`, or `logit` as R's svyciprop gives it.
        level: confidence level.
        smallest: fewest people of a base that is shown; the study's if not given.

    Returns:
        A row an answer, a net (`part`), and a mean: `question`, `kind`, `item`, `answer`, `rank`
        (place of the answer, the best last), `share` or `estimate` with `conf_low` and
        `conf_high`, `count`, `asked`, `n` (who answered), `n_effective`, `weighted`,
        `base_weighted`, `term` (promoter, passive, detractor; of NPS), and as `verdict`
        `small base` below 30 answers or `withheld`.

    Raises:
        QuestionsError: nothing was asked.
        Misuse: there is no such question, or no such interval.
    """
    if interval not in INTERVALS:
        raise Misuse(f"there is no interval '{interval}': {listing(INTERVALS)}.")
    asked = questionnaire_of(study)
    fewest = asked.smallest if smallest is None else smallest
    whole = columns(asked, (), weight=weights_of(asked), cluster=clusters_of(asked))
    chosen = asked.chosen(questions)
    told = ((each, [_held_back(_rows(block, done, level, interval, whole), fewest)
                    for block, done in cells(each, whole)]) for each in chosen)  # fmt: skip
    frame = pd.concat([_placed(each, rows) for each, rows in told if rows], ignore_index=True)
    return Result(
        name="topline",
        frame=frame,
        headline=_headline(frame, chosen),
        method=METHOD,
        base=f"{asked.base}; shares are of those who answered the question.",
        notes=(*asked.notes, *told_of(chosen), *_held(frame, fewest)),
    )


def _placed(each: Asked, blocks: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the lines of a question below each other, with the place of each answer."""
    rows = pd.concat(blocks, ignore_index=True).assign(kind=each.kind)
    rows["rank"] = rows.groupby(["item", "part"]).cumcount() + 1
    if upwards := {each.answers[at]: place for place, at in enumerate(each.upwards, 1)}:
        rows["rank"] = [upwards.get(answer, place) if part == "answer" else place
                        for answer, place, part in zip(rows["answer"], rows["rank"], rows["part"],
                                                       strict=True)]  # fmt: skip
    if each.name == "nps":
        rows["term"] = tier(pd.to_numeric(rows["answer"], errors="coerce"))
    return rows


def wording(study: Any, *, question: str | None = None) -> Result:
    """Give the wording of questions, who was asked, and who answered.

    Args:
        study: the study, or its questionnaire.
        question: a name; all if not given.

    Returns:
        `question`, `text`, `kind`, `asked`, `n`, `share` (of those asked who answered).

    Raises:
        QuestionsError: nothing was asked.
    """
    asked = questionnaire_of(study)
    chosen = asked.chosen(question)
    rows = [(each.name, each.text, each.kind, int(each.put_to().sum()),
             int(each.answered().sum())) for each in chosen]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["question", "text", "kind", "asked", "n"])
    frame["share"] = (frame["n"] / frame["asked"]).where(frame["asked"] > 0)
    return Result(
        name="questions asked" if question is None else f"wording of {question}",
        frame=frame,
        headline=_answering(frame, asked.smallest, _noun(asked)),
        method="Rows counted; asked is whom the question was put to, as far as the export tells.",
        base=asked.base,
        notes=(*asked.notes, *told_of(chosen)) if question is None else told_of(chosen),
    )


def _noun(asked: Questionnaire) -> str:
    """Name what is counted: where some answered more than once, answers are no people."""
    return "answer" if asked.cluster else "person"


def _answering(frame: pd.DataFrame, smallest: int, noun: str) -> str:
    """Say how many answered; of several questions, which was left empty most often."""
    if len(frame) == 1:
        one = frame.iloc[0]
        silent = int(one["asked"] - one["n"])
        if noun == "answer":
            of = f", asked {count(one['asked'], 'time')}" if silent > 0 else ""
            return f"{count(one['n'], 'answer')} to {whole(label(one['question']))}{of}."
        more = f", {count(silent, 'person')} did not" if silent > 0 else ""
        return f"{count(one['n'], 'person')} answered {whole(label(one['question']))}{more}."
    said = f"{count(len(frame), 'question')} were put to people"
    put = ~frame["question"].str.endswith(IN_WORDS)  # hardly anybody writes under 'other'
    shown = (frame["n"] == 0) | (frame["n"] >= smallest)
    told = frame.loc[put & shown, "share"].dropna()
    if told.empty:
        return f"{said}."
    worst = frame.loc[told.idxmin()]
    if worst["share"] > 0.995:
        return f"{said}, and nearly all who were asked answered each."
    times = count(worst["asked"], "time" if noun == "answer" else noun)
    whose = f"asked {times}, it was answered in" if noun == "answer" else f"of {times} asked,"
    answered = f"{percent(worst['share'])}{' answered it' * (noun == 'person')}"
    which = whole(label(worst["question"]))
    return f"{said}; {which} was left empty most often: {whose} {answered}."


def toplines(
    study: Any,
    *,
    questions: str | Sequence[str] | None = None,
    level: float = 0.95,
    smallest: int | None = None,
) -> tuple[Result, ...]:
    """Give an answer for each question, with its wording in the base, to be drawn one by one.

    Args:
        study: the study, or its questionnaire.
        questions: names of questions; all if not given.
        level: confidence level.
        smallest: fewest people of a base that is shown; the study's if not given.

    Returns:
        A result a question, in order: `question`, `kind`, `item`, `answer`, `part`, `rank` (place
        of the answer, the best last), `share` or `estimate` with `conf_low` and `conf_high`,
        `count`, `n`, and as `verdict` `small base` or `withheld`. Answers nobody gave are there,
        with 0.

    Raises:
        QuestionsError: nothing was asked.
        Misuse: there is no such question.
    """
    asked = questionnaire_of(study)
    whole = topline(asked, questions=questions, level=level, smallest=smallest)
    parts = dict(iter(whole.frame.groupby("question", sort=False)))
    return tuple(
        _topline(each, parts[each.name], whole, asked)
        for each in asked.chosen(questions)
        if each.name in parts
    )


def _topline(each: Asked, rows: pd.DataFrame, whole: Result, asked: Questionnaire) -> Result:
    columns = [*_COLUMNS, *["term"] * (each.name == "nps")]
    people = len(asked.people)
    put, answered = int(each.put_to().sum()), int(each.answered().sum())
    noun = _noun(asked)
    of = f", asked {count(put, 'time')}" if noun == "answer" else f", of {count(put, noun)} asked"
    of = of if put != answered else ""
    weighted = ", weighted" if weights_of(asked) is not None else ""
    of += f" ({count(people, 'answer')} in all)" if people != put else ""
    return Result(
        name=f"topline: {each.name}",
        frame=rows[columns],
        headline=_told(each, rows),
        method=whole.method,
        base=f"{asked_as(each)} {count(answered, noun)}{' answered' * (noun == 'person')}"
        f"{of}{weighted}.",
        notes=told_of((each,)),
        unit="share",
    )


def _told(each: Asked, rows: pd.DataFrame) -> str:
    """Say in a sentence what was answered to a question."""
    name = whole(label(each.name))
    means = rows[(rows["part"] == "mean") & rows["estimate"].notna()]
    given = rows[(rows["part"] == "answer") & rows["share"].notna()]
    if given.empty and means.empty:
        return f"{name}: too few people answered to be shown, or nobody did."
    if given.empty or (each.kind == "number" and not means.empty):
        best = means.loc[means["estimate"].idxmax()]
        of = f"{whole(best['item'])} is highest, " if len(means) > 1 else ""
        return f"{name}: {of}{number(best['estimate'], 2)} on average."
    share_error = np.sqrt(given["share"] * (1 - given["share"]) / given["n_effective"])
    if each.kind == "choose all":
        order = given["share"].sort_values(ascending=False, kind="stable").index
        top = given.loc[order[:2]]
        most = [f"'{whole(a)}' ({percent(s)})" for a, s in zip(top["answer"], top["share"],
                                                                   strict=True)]  # fmt: skip
        others = rivals(given.loc[order[1:], "share"], share_error[order[1:]])
        return f"{name}: {listing(most)}{or_others(others)} chosen most often."
    if (each.kind == "rank" or len(each.items) > 1) and not means.empty:
        return f"{name}: {_ends(means, rank=each.kind == 'rank')}."
    top_one = given.loc[given["share"].idxmax()]
    alike = given["item"] == top_one["item"]
    others = rivals(given.loc[alike, "share"], share_error[alike], one_each=True)
    of = f" to {whole(top_one['item'])}" if top_one["item"] else ""
    first, share = f"'{whole(top_one['answer'])}'", percent(top_one["share"])
    if others:
        return f"{name}: {first} ({share}){or_others(others)}{of} most often."
    return f"{name}: {first}{of} most often, {share}."


def _ends(means: pd.DataFrame, *, rank: bool) -> str:
    """Name the items with the best and the worst mean, as far as they can be told apart."""
    error = (means["conf_high"] - means["conf_low"]) / (2 * quantile(0.95))
    up = -means["estimate"] if rank else means["estimate"]
    best, worst = means.loc[up.idxmax()], means.loc[up.idxmin()]
    high, low = (number(row["estimate"], 2) for row in (best, worst))
    ahead, behind = rivals(up, error), rivals(-up, error)
    if len(means) > 1 and ahead == len(means) - 1:
        lie = " to ".join(sorted({low, high}))
        return f"no item stands {'before another' if rank else 'apart'}, {lie} on average"
    if rank:
        first = f"{whole(best['item'])}{or_others(ahead)} is put first (place {high} on average)"
        return f"{first}, {whole(worst['item'])}{or_others(behind)} last ({low})"
    first = f"{whole(best['item'])}{or_others(ahead)} is highest ({high} on average)"
    return f"{first}, {whole(worst['item'])}{or_others(behind)} lowest ({low})"


def _rows(block: Block, done: Cells, level: float, interval: str, whole: Columns) -> pd.DataFrame:
    """Give the lines of a block for everyone."""
    n = int(done.n[0])
    estimate, std_error = done.estimate[:, 0], np.sqrt(done.variance[:, 0])
    alike = whole.weight is None and whole.cluster is None
    df = np.inf if alike else max(done.units[0] - 1, 0)
    worth = np.full(len(estimate), float(done.n_effective[0]))
    if block.means:
        units = max(done.units[0] - 1, 0)
        low, high = mean_interval(estimate, std_error, df=units, level=level)
    else:
        if not alike:
            worth = _worth(estimate, std_error**2, n, worth)
        low, high = _interval(estimate, std_error, worth, df, level, interval)
    return pd.DataFrame({
        "question": block.question, "item": block.item, "answer": block.answers,
        "part": block.part, "share": np.nan if block.means else estimate,
        "estimate": estimate if block.means else np.nan, "conf_low": low, "conf_high": high,
        "count": done.count[:, 0], "asked": block.asked, "n": n, "n_effective": worth,
        "weighted": done.w[0] if block.means else done.weighted[:, 0],
        "base_weighted": done.w[0], "verdict": "" if n >= FLAGGED or not n else SMALL,
    })  # fmt: skip


def _worth(share: np.ndarray, variance: np.ndarray, n: int, kish: np.ndarray) -> np.ndarray:
    """Give the answers of a simple random sample that would tell as much."""
    with np.errstate(divide="ignore", invalid="ignore"):
        simple = share * (1 - share) / (n - 1)
        return np.where((simple > 0) & (variance > 0), n * simple / variance, kish)


def _interval(
    share: np.ndarray,
    std_error: np.ndarray,
    worth: np.ndarray,
    df: float,
    level: float,
    how: str,
) -> tuple[np.ndarray, np.ndarray]:
    reach, normal = float(quantile(level, df)), float(quantile(level))
    if how == "wilson":
        few = worth * (normal / reach) ** 2  # few clusters tell less (Korn and Graubard 1998)
        return proportion_interval(share * few, few, level=level)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, half = np.log(share / (1 - share)), reach * std_error / (share * (1 - share))
        return 1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))


def _held_back(rows: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Blank the numbers of a base that is too small to be shown."""
    if not len(rows) or not 0 < rows["n"].iloc[0] < smallest:
        return rows
    words = ("question", "item", "answer", "part", "verdict")
    numbers = {name: np.nan for name in rows if name not in words}
    return rows.assign(**numbers, verdict=WITHHELD)


def _headline(frame: pd.DataFrame, chosen: Sequence[Asked]) -> str:
    if len(chosen) == 1:
        return _told(chosen[0], frame)
    return f"{count(len(chosen), 'question')} tabulated, {count(len(frame), 'line')}."


def _held(frame: pd.DataFrame, smallest: int) -> tuple[str, ...]:
    gone = frame[frame["verdict"] == WITHHELD]
    if gone.empty:
        return ()
    names = listing([f"'{name}'" for name in dict.fromkeys(gone["question"])])
    return (f"Not shown: {names}. Fewer than {smallest} people answered.",)
