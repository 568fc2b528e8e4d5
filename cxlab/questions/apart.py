"""Who answers otherwise than everyone else, when all that was looked at is allowed for."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import label
from cxlab.questionnaire import NO, YES, same
from cxlab.questions.workings.blocks import ANSWER, Block
from cxlab.questions.workings.cells import Cells, cells
from cxlab.questions.workings.columns import Columns, layout_of
from cxlab.questions.workings.held import held
from cxlab.questions.workings.letters import SURE, adjusted, with_the_rest
from cxlab.questions.workings.people import QuestionsError, questionnaire_of
from cxlab.questions.workings.telling import FLAGGED
from cxlab.results import Result, brief, count, listing, percent, sentence, whole
from cxlab.stats import quantile

METHOD = (
    "Each share beside that of everyone else of the breakdown: two-sided z-test with pooled "
    "variance, times the design effect of weights and clusters; p-values corrected for all "
    "comparisons together (Benjamini and Hochberg 1995). Intervals are of single differences."
)
_COLUMNS = ["question", "item", "answer", "term", "breakdown", "group", "estimate", "std_error",
            "conf_low", "conf_high", "share", "share_rest", "p_value", "p_adjusted", "n",
            "verdict"]  # fmt: skip


def apart(
    study: Any,
    *,
    by: str | Sequence[str] | None = None,
    questions: str | Sequence[str] | None = None,
    level: float = 0.95,
    smallest: int | None = None,
) -> Result:
    """Find the groups that answer otherwise than everyone else, over all questions at once.

    Args:
        study: the study, or its questionnaire.
        by: segments or questions that tell groups apart; the segments of the study if not given.
        questions: names of questions; all if not given.
        level: confidence level.
        smallest: fewest people of a group that is shown; the study's if not given.

    Returns:
        A row an answer and group, what stands apart first, the largest difference on top: `term`
        (both in words), `estimate` (the difference of shares) with its interval, `share`,
        `share_rest`, `p_value`, `p_adjusted`, `n`, and as `verdict` `above`,
        `below` or `not apart`. Of two groups, which are each other's rest, the one with the larger
        share has a row.

    Raises:
        QuestionsError: no two groups can be compared.
        Misuse: there is no such question or breakdown.
    """
    asked = questionnaire_of(study)
    layout, beside = layout_of(asked, by)
    if not layout.spans:
        raise QuestionsError("There is nothing to break down by.", needs="a segment")
    fewest = asked.smallest if smallest is None else smallest
    chosen = [one for one in asked.chosen(questions) if one.name not in layout.spans]
    frames = [
        _frame(block, done, layout, fewest, level)
        for one in chosen
        for block, done in cells(one, layout, rest=beside)
        if not block.means
    ]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if frame.empty:
        raise QuestionsError(
            f"No group and those outside it have {FLAGGED} answers each, the fewest compared.",
            needs=f"a segment with groups of {FLAGGED} answers",
        )
    frame["p_adjusted"] = adjusted(frame["p_value"].to_numpy())
    sure = frame["p_adjusted"] <= SURE
    side = np.where(frame["estimate"] > 0, "above", "below")
    frame["verdict"] = np.where(sure, side, "not apart")
    order = np.lexsort((-frame["estimate"].abs(), ~sure))
    frame = frame.iloc[order].reset_index(drop=True)[_COLUMNS]
    return Result(
        name="who answers otherwise",
        frame=frame,
        headline=_headline(frame, layout),
        method=METHOD,
        base=f"{asked.base}; differences of shares of those who answered the question.",
        notes=asked.notes,
        unit="share",
    )


_ALOUD = 25  # words of a headline that can be read aloud


def _frame(block: Block, done: Cells, layout: Columns, smallest: int, level: float) -> pd.DataFrame:
    """Give every comparison of a block that may be shown."""
    tests = with_the_rest(done, layout, means=False)
    gone = held(done, layout, smallest=smallest)
    rest: Cells = done.rest  # type: ignore[assignment]
    few = (done.n < FLAGGED) | (rest.n < FLAGGED)
    line, column = np.nonzero(np.isfinite(tests.p_value) & ~gone & ~few)
    kept = (column > 0) & (np.array(block.part, dtype=object)[line] == ANSWER)
    kept &= ~np.isin(column, _same(done, layout))
    kept &= ~_mirrored(tests.difference[line, column], column, layout)
    line, column = line[kept], column[kept]
    told = [each[line, column] for each in tests]
    difference, std_error, df = told[0], told[1], told[3]
    half = quantile(level, df) * std_error
    words = np.array(block.answers, dtype=object)[line]
    named = [np.array(each, dtype=object)[column] for each in (layout.breakdown, layout.group)]
    groups = [_named(*each) for each in zip(*named, strict=True)]
    return pd.DataFrame({
        "question": block.question, "item": block.item, "answer": words,
        "term": [_term(block, word, group) for word, group in zip(words, groups, strict=True)],
        "breakdown": named[0], "group": named[1], "estimate": difference, "std_error": std_error,
        "conf_low": np.maximum(difference - half, -1), "share": done.estimate[line, column],
        "conf_high": np.minimum(difference + half, 1), "p_value": told[4],
        "share_rest": rest.estimate[line, column], "n": done.n[column],
    })  # fmt: skip


def _same(done: Cells, layout: Columns) -> list[int]:
    """Give the columns of breakdowns that are this question under another name."""
    found: list[int] = []
    for span in layout.spans.values():
        shares = done.estimate[:, list(span)]
        if np.isin(shares[np.isfinite(shares)], (0.0, 1.0)).all():
            found += span
    return found


def _mirrored(difference: np.ndarray, column: np.ndarray, layout: Columns) -> np.ndarray:
    """Say which comparisons tell again what the other of two groups tells."""
    two = [span for name, span in layout.spans.items()
           if len(span) == 2 and name not in layout.overlap]  # fmt: skip
    second = np.isin(column, [span[1] for span in two])
    return np.isin(column, two) & np.where(second, difference <= 0, difference < 0)


def _named(breakdown: str, group: str) -> str:
    """Name a group; a bare yes, number or letter along with what it is a value of."""
    return f"{whole(label(breakdown))} {group}" if _bare(group) else group


def _bare(group: str) -> bool:
    return same(group) in YES | NO or len(group) < 3 or group.replace(".", "").isdecimal()


def _term(block: Block, answer: str, group: str) -> str:
    of = block.item or block.question
    return f"{brief(group, 27)}: {brief(of if block.item else label(of), 18)}, {brief(answer, 14)}"


def _headline(frame: pd.DataFrame, layout: Columns) -> str:
    sure = frame[frame["verdict"] != "not apart"]
    by = listing([whole(name) for name in layout.spans], 3)
    if sure.empty:
        return sentence(
            f"No group of {by} answers otherwise than everyone else: of "
            f"{count(len(frame), 'share')} looked at none lies apart."
        )
    top = sure.iloc[0]
    of = f"'{whole(label(top['question']))}'" + (f" ({whole(top['item'])})" if top["item"] else "")
    who = f"{whole(label(top['breakdown']))} '{top['group']}' answers"
    way = "more" if top["estimate"] > 0 else "less"
    share, rest = (percent(top[each]) for each in ("share", "share_rest"))
    rest_of_it = (
        f"'{whole(top['answer'])}' to {of} {way} often, {share} beside {rest}. Of "
        f"{count(len(frame), 'share')} looked at {count(len(sure))} lie{'s' * (len(sure) == 1)} "
        "apart."
    )
    if len(f"{who} {rest_of_it}".split()) > _ALOUD and not _bare(top["group"]):
        who = f"{whole(top['group'])} answers"
    return sentence(f"{who} {rest_of_it}")
