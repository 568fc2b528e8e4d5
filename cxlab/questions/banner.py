"""Every question against every breakdown, and which groups answer otherwise."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import label
from cxlab.questionnaire import Asked, Questionnaire
from cxlab.questions.workings.blocks import Block
from cxlab.questions.workings.cells import Cells, cells
from cxlab.questions.workings.columns import ALL, MOST, Columns, layout_of
from cxlab.questions.workings.held import held, itself
from cxlab.questions.workings.letters import (
    SURE,
    Tests,
    adjusted,
    each_with_each,
    letters,
    with_the_rest,
)
from cxlab.questions.workings.people import (
    QuestionsError,
    questionnaire_of,
)
from cxlab.questions.workings.telling import FLAGGED, ITSELF, SMALL, WITHHELD, told_of
from cxlab.results import Misuse, Result, count, listing, sentence, whole

PERCENT = ("column", "row", "cell", "count")
METHOD = (
    "A capital letter: this column lies above that one at 95%; a small letter: at 90%. Shares: "
    "two-sided z-test with pooled variance, times the design effect of weights, clusters and "
    "people who stand in both columns; means: Welch's test (1947) with effective numbers. "
)
_CORRECTED = {
    False: "P-values are not corrected for their number.",
    True: "P-values are corrected within each table (Benjamini and Hochberg 1995).",
}
_COLUMNS = ["question", "item", "answer", "part", "breakdown", "group", "letter", "share",
            "estimate", "above", "rest", "p_rest", "count", "n", "n_effective", "weighted",
            "base_weighted", "verdict"]  # fmt: skip
_OF_LINE = ("question", "item", "answer", "part")
_OF_COLUMN = ("breakdown", "group", "letter")


def banner(
    study: Any,
    *,
    rows: str | Sequence[str] | None = None,
    columns: str | Sequence[str] | None = None,
    percent: str = "column",
    correct: bool = False,
    smallest: int | None = None,
) -> Result:
    """Tabulate questions against breakdowns, with letters for what differs.

    Args:
        study: the study, or its questionnaire.
        rows: names of questions; all if not given.
        columns: segments or questions to break down by; `region+plan` nests them. The segments of
            the study, but those with too many values, if not given; everyone alone if there is
            none.
        percent: shares of the `column`, the `row` or all (`cell`), or `count`: none.
            Letters always compare shares of columns.
        correct: correct p-values for their number within each table.
        smallest: fewest people of a column that is shown; the study's if not given.

    Returns:
        A row a cell: `question`, `item`, `answer`, `part` (answer, net, mean), `breakdown`, `group`
        (`all` is everyone), `letter` of the column, `share` or `estimate`, `above` (letters),
        `rest` and `p_rest` against everyone else, `count`, `n` (base), `n_effective`, `weighted`,
        `base_weighted`, `verdict` (`small base`, `withheld`, or `itself` where a question would be
        broken down by itself and has no numbers).

    Raises:
        QuestionsError: nothing was asked, or a breakdown has too many values.
        Misuse: there is no such question or breakdown.
    """
    if percent not in PERCENT:
        raise Misuse(f"percent is {listing(PERCENT)}, not '{percent}'.")
    asked = questionnaire_of(study)
    layout, beside = layout_of(asked, columns)
    fewest = asked.smallest if smallest is None else smallest
    chosen = asked.chosen(rows)
    lines: list[tuple[str, ...]] = []
    parts = []
    for question in chosen:
        done = list(cells(question, layout, rest=beside))
        own = itself(question, done, layout)
        p_values = _p_values(done, layout, own, correct)
        for (block, found), p in zip(done, p_values, strict=True):
            lines += [(block.question, block.item, *line)
                      for line in zip(block.answers, block.part, strict=True)]  # fmt: skip
            parts.append(_line_by_line(found, layout, own, p, fewest, percent, block.means))
    frame = _framed(lines, parts, layout)
    return Result(
        name="banner",
        frame=frame,
        headline=_headline(frame, chosen, layout, corrected=correct),
        method=METHOD + _CORRECTED[correct],
        base=f"{asked.base}; shares are of those who answered the question.",
        notes=(*asked.notes, *told_of(chosen), *_withheld(frame, fewest), *_itself(frame),
               *_left_out(asked, columns)),
    )  # fmt: skip


def differences(
    study: Any, *, row: str, column: str, correct: bool = False, smallest: int | None = None
) -> Result:
    """Test every pair of groups of one breakdown on one question.

    Args:
        study: the study, or its questionnaire.
        row: name of the question.
        column: the breakdown.
        correct: correct p-values for their number.
        smallest: fewest people of a group that is shown; the study's if not given.

    Returns:
        `item`, `answer`, `part`, `group`, `against`, `estimate` (the difference of shares or
        means), `std_error`, `statistic` (z or t), `df`, `p_value`, `p_adjusted`.

    Raises:
        QuestionsError: no two groups can be compared.
        Misuse: there is no such question or breakdown.
    """
    asked = questionnaire_of(study)
    layout, _ = layout_of(asked, column)
    fewest = asked.smallest if smallest is None else smallest
    parts = []
    for block, done in cells(asked[row], layout):
        tests = each_with_each(done, layout, means=block.means)
        gone = held(done, layout, smallest=fewest)
        for at, (c, d) in enumerate(layout.pairs):
            if not gone[c] and not gone[d]:
                parts.append(_compared(block, layout, tests, at, c, d))
    if not parts:
        raise QuestionsError(f"'{column}' has no two groups to compare that are large enough.")
    frame = pd.concat(parts, ignore_index=True)
    frame["p_adjusted"] = adjusted(frame["p_value"].to_numpy())
    return Result(
        name=f"differences of {row} by {column}",
        frame=frame,
        headline=_apart(frame, correct),
        method=METHOD + _CORRECTED[correct],
        base=asked.base,
        notes=told_of((asked[row],)),
    )


def _p_values(
    done: Sequence[tuple[Block, Cells]], layout: Columns, own: np.ndarray, correct: bool
) -> list[tuple[Tests, np.ndarray, Tests, np.ndarray]]:
    """Test a question's blocks, and correct all its p-values together where that is asked."""
    pairs = [each_with_each(found, layout, means=block.means) for block, found in done]
    rest = [with_the_rest(found, layout, means=block.means) for block, found in done]
    ends = layout.ends
    told = ([np.where(own[ends].any(axis=1), np.nan, tests.p_value) for tests in pairs],
            [np.where(own, np.nan, tests.p_value) for tests in rest])  # fmt: skip
    if correct:
        told = tuple(_together(each) for each in told)  # type: ignore[assignment]
    return list(zip(pairs, told[0], rest, told[1], strict=True))


def _together(tables: list[np.ndarray]) -> list[np.ndarray]:
    flat = adjusted(np.concatenate([table.ravel() for table in tables]))
    ends = np.cumsum([table.size for table in tables])[:-1]
    return [part.reshape(t.shape) for part, t in zip(np.split(flat, ends), tables, strict=True)]


def _framed(
    lines: Sequence[tuple[str, ...]], parts: Sequence[dict[str, np.ndarray]], layout: Columns
) -> pd.DataFrame:
    """Make one frame of all cells; one of each block would cost more than all the counting."""
    of_line = dict(zip(_OF_LINE, zip(*lines, strict=True), strict=True))
    of_column = {name: getattr(layout, name) for name in _OF_COLUMN}
    columns = {
        **{name: np.repeat(np.array(words, object), len(layout.group))
           for name, words in of_line.items()},
        **{name: np.tile(np.array(words, object), len(lines)) for name, words in of_column.items()},
        **{name: np.concatenate([part[name] for part in parts]).ravel() for name in parts[0]},
    }  # fmt: skip
    return pd.DataFrame({name: columns[name] for name in _COLUMNS})


def _line_by_line(
    done: Cells,
    layout: Columns,
    own: np.ndarray,
    tested: tuple[Tests, np.ndarray, Tests, np.ndarray],
    smallest: int,
    percent: str,
    means: bool,
) -> dict[str, np.ndarray]:
    """Give what is told of each cell of a block, (lines, columns)."""
    pairs, p_pairs, rest, p_rest = tested
    shape = done.estimate.shape
    gone = held(done, layout, smallest=smallest)
    pair = layout.ends
    known = ~gone[pair].any(axis=1)
    marks = letters(pairs, layout, np.where(known, p_pairs, np.nan))
    verdict = np.where(gone, WITHHELD, np.where((done.n > 0) & (done.n < FLAGGED), SMALL, ""))
    gone, verdict = gone | own, np.where(own, ITSELF, verdict)
    with np.errstate(invalid="ignore"):
        side = np.where(rest.difference > 0, "above", "below")
    words = {"above": marks, "rest": np.where(p_rest <= SURE, side, "").astype(object)}
    words["rest"][:, 0] = ""
    numbers = {
        "share": np.nan if means else _shares(done, percent),
        "estimate": done.estimate if means else np.nan,
        "p_rest": p_rest,
        "count": done.count,
        "n": done.n,
        "n_effective": done.n_effective,
        "weighted": done.w if means else done.weighted,
        "base_weighted": done.w,
    }
    told = np.empty((len(numbers), *shape))
    for at, each in enumerate(numbers.values()):
        told[at] = each
    told[:, :, gone] = np.nan
    told[2, :, 0] = np.nan  # everyone has no rest
    for each in words.values():
        each[:, gone] = ""
    words["verdict"] = np.broadcast_to(verdict.astype(object), shape)
    return {**dict(zip(numbers, told, strict=True)), **words}


def _shares(done: Cells, percent: str) -> np.ndarray:
    if percent == "column":
        return done.estimate
    if percent == "count":
        return np.full(done.estimate.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return done.weighted / (done.weighted[:, :1] if percent == "row" else done.w[0])


def _compared(block: Block, layout: Columns, tests: Tests, at: int, c: int, d: int) -> pd.DataFrame:
    return pd.DataFrame({
        "item": block.item, "answer": block.answers, "part": block.part,
        "group": layout.group[c], "against": layout.group[d],
        "estimate": tests.difference[:, at], "std_error": tests.std_error[:, at],
        "statistic": tests.statistic[:, at], "df": tests.df[:, at],
        "p_value": tests.p_value[:, at],
    })  # fmt: skip


def _apart(frame: pd.DataFrame, correct: bool) -> str:
    used = int((frame["p_adjusted" if correct else "p_value"] <= SURE).sum())
    stand = int((frame["p_adjusted"] <= SURE).sum())
    said = f"{count(used, 'difference')} of {len(frame):,} at 95%"
    return f"{said}." if correct else f"{said}, {stand:,} once corrected for their number."


def _headline(
    frame: pd.DataFrame, chosen: Sequence[Asked], layout: Columns, *, corrected: bool
) -> str:
    """Count what stands apart once it is allowed for how much was looked at."""
    told = frame[(frame["breakdown"] != ALL) & (frame["part"] != "mean")]
    p_values = told["p_rest"].dropna().to_numpy()
    stands = p_values if corrected else adjusted(p_values)
    apart = int((stands <= SURE).sum())
    if not layout.spans:
        return f"{count(len(chosen), 'question')} for everyone; nothing breaks them down."
    by = listing([whole(label(name)) for name in layout.spans], 3)
    alike = told.dropna(subset=["share"])
    if not len(p_values) and len(alike) and alike["share"].isin([0.0, 1.0]).all():
        return sentence(f"{count(len(chosen), 'question')} by {by}: every group answers alike.")
    if not len(p_values):
        return sentence(
            f"{count(len(chosen), 'question')} by {by}: no group is large enough to be compared "
            "with everyone else."
        )
    return sentence(
        f"{count(len(chosen), 'question')} by {by}: {f'{apart:,}' if apart else 'none'} of "
        f"{count(len(p_values), 'share')} in the table, sums and small bases included, "
        f"{'lies' if apart == 1 else 'lie'} apart from everyone else, corrected for their number"
    )


def _left_out(asked: Questionnaire, by: str | Sequence[str] | None) -> tuple[str, ...]:
    """Say which segments break nothing down, where none was named."""
    if by is not None:
        return ()
    told = [(name, asked.people[name].nunique()) for name in asked.segments]
    wide = [f"'{name}' ({n:,})" for name, n in told if n > MOST]
    if wide:
        return (f"Not broken down by {listing(wide)}: a table is read with at most {MOST} columns "
                "of one breakdown. Put values together in the export to see them.",)  # fmt: skip
    if told:
        return ()
    return ("The study names no segments; a question of one choice, or choose-all, can break the "
            "others down as well: name it.",)  # fmt: skip


def _itself(frame: pd.DataFrame) -> tuple[str, ...]:
    """Name what was left out because the breakdown is the question."""
    pairs = frame.loc[frame["verdict"] == ITSELF, ["question", "breakdown"]].drop_duplicates()
    if pairs.empty:
        return ()
    named = listing([f"'{q}' by '{b}'" for q, b in pairs.itertuples(index=False)], 6)
    return (f"Left empty: {named}. A question is not broken down by itself.",)


def _withheld(frame: pd.DataFrame, smallest: int) -> tuple[str, ...]:
    gone = frame[(frame["verdict"] == WITHHELD)]
    if gone.empty:
        return ()
    names = listing([f"'{name}'" for name in dict.fromkeys(gone["group"])], 8)
    return (
        f"Withheld in some tables: {names}. Fewer than {smallest} people, or they would tell the "
        "numbers of those by the total.",
    )
