"""What did people answer to every question?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab.questionnaire import Asked
from cxlab.questions.blocks import Block, blocks
from cxlab.questions.cells import Cells, cells
from cxlab.questions.columns import Columns, columns
from cxlab.questions.people import QuestionsError, clusters_of, questionnaire_of, weights_of
from cxlab.results import Misuse, Result, brief, count, listing, number, percent
from cxlab.stats import mean_interval, proportion_interval, quantile

WITHHELD = "withheld"
SMALL = "small base"
FLAGGED = 30  # answers below which a base is flagged
INTERVALS = ("wilson", "logit")
METHOD = (
    "Shares of those who answered, with Wilson intervals (Wilson 1927) on the answers that the "
    "weighted and clustered base is worth; means with linearised standard errors (Särndal, "
    "Swensson and Wretman 1992)."
)
_COLUMNS = ["question", "item", "answer", "part", "share", "estimate", "conf_low", "conf_high",
            "count", "asked", "n", "n_effective", "weighted", "base_weighted",
            "verdict"]  # fmt: skip


def topline(
    study: Any,
    *,
    questions: str | Sequence[str] | None = None,
    level: float = 0.95,
    smallest: int | None = None,
    interval: str = "wilson",
) -> Result:
    """Tabulate every question: who was asked, who answered, and what, with its interval.

    Args:
        study: the study, or its questionnaire.
        questions: names of questions; all if not given.
        level: confidence level.
        smallest: fewest people of a base that is shown; the study's if not given.
        interval: of shares, `wilson`, or `logit` as R's svyciprop gives it.

    Returns:
        A row an answer, a net (`part`), and a mean: `question`, `item`, `answer`, `share` or
        `estimate` with `conf_low` and `conf_high`, `count`, `asked`, `n` (who answered),
        `n_effective`, `weighted`, `base_weighted`, and as `verdict` `small base` below 30 answers
        or `withheld`.

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
    frame = pd.concat(
        [
            _held_back(_rows(block, cells(block, whole), level, interval, whole), fewest)
            for each in chosen
            for block in blocks(each)
        ],
        ignore_index=True,
    )[_COLUMNS]
    return Result(
        name="topline",
        frame=frame,
        headline=_headline(frame, chosen),
        method=METHOD,
        base=f"{asked.base}; shares are of those who answered the question.",
        notes=(*asked.notes, *told_of(chosen), *_held(frame, fewest)),
    )


def wording(study: Any, *, question: str) -> Result:
    """Give the wording of a question, who was asked, and who answered.

    Args:
        study: the study, or its questionnaire.
        question: its name.

    Returns:
        `question`, `text`, `kind`, `asked`, `n`.
    """
    asked = questionnaire_of(study)
    each = asked[question]
    put, answered = int(each.put_to().sum()), int(each.answered().sum())
    row = {"question": each.name, "text": each.text, "kind": each.kind, "asked": put, "n": answered}
    silent = f", {count(put - answered, 'person')} did not" if put > answered else ""
    return Result(
        name=f"wording of {each.name}",
        frame=pd.DataFrame([row]),
        headline=f"{count(answered, 'person')} answered '{each.name}'{silent}.",
        method="Rows counted.",
        base=asked.base,
        notes=told_of((each,)),
    )


def grid(study: Any, *, question: str) -> Result:
    """Give the shares of every item of a grid, to be drawn as bars centred on the middle.

    Args:
        study: the study, or its questionnaire.
        question: a question of kind grid, rank or scale.

    Returns:
        `term` (the item), `value` (the answer), `rank` (its place), `share`, `n`.

    Raises:
        QuestionsError: it has no list of answers.
    """
    asked = questionnaire_of(study)
    each = asked[question]
    if each.kind == "choose all" or not each.answers:
        raise QuestionsError(f"'{question}' is no grid: its kind is '{each.kind}'.")
    told = topline(asked, questions=question)
    rows = told.frame[(told.frame["part"] == "answer") & (told.frame["verdict"] != WITHHELD)]
    frame = pd.DataFrame({
        "term": rows["item"].where(rows["item"] != "", each.name), "value": rows["answer"],
        "rank": rows["answer"].map({a: at for at, a in enumerate(each.answers, 1)}),
        "share": rows["share"], "n": rows["n"],
    })  # fmt: skip
    top = frame[frame["rank"] > len(each.answers) - 2].groupby("term", sort=False)["share"].sum()
    if top.empty:
        raise QuestionsError(f"'{question}' was answered by too few people to be shown.")
    best, worst = top.idxmax(), top.idxmin()
    ends = listing([f"'{brief(answer)}'" for answer in each.answers[-2:]])
    said = f"{ends}: {brief(best)} most often ({percent(top.max())})"
    if len(top) > 1:
        said += f", {brief(worst)} least ({percent(top.min())})"
    return Result(name=f"answers to {each.name}", frame=frame, headline=f"{said}.",
                  method=METHOD, base=told.base, notes=(each.text, *told.notes),
                  unit="share")  # fmt: skip


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
    rows = frame[(frame["part"] == "answer") & frame["share"].notna()]
    if len(chosen) > 1 or rows.empty:
        return f"{count(len(chosen), 'question')} tabulated, {count(len(frame), 'line')}."
    most = rows.loc[rows["share"].idxmax()]
    of = f" ({brief(most['item'])})" if most["item"] else ""
    return f"'{brief(most['answer'])}'{of} is answered most often: {percent(most['share'])}."


def told_of(chosen: Sequence[Asked]) -> tuple[str, ...]:
    """Give what the reader must know of questions: their notes, and what counted as no answer."""
    notes = [note for each in chosen for note in each.notes]
    for each in chosen:
        given = [f"'{word}' {number(n, 0)}" for word, n in each.missing.items() if n]
        if given:
            notes.append(f"'{each.name}': no answer, not in the base: {listing(given, 6)}.")
    return tuple(notes)


def _held(frame: pd.DataFrame, smallest: int) -> tuple[str, ...]:
    gone = frame[frame["verdict"] == WITHHELD]
    if gone.empty:
        return ()
    names = listing([f"'{name}'" for name in dict.fromkeys(gone["question"])])
    return (f"Not shown: {names}. Fewer than {smallest} people answered.",)
