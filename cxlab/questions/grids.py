"""A question of several items: its answers item by item, what goes together, and its map."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from cxlab.codebook import label
from cxlab.questionnaire import Asked, Questionnaire
from cxlab.questions.topline import topline
from cxlab.questions.workings.columns import groups
from cxlab.questions.workings.people import QuestionsError, numbers_of, questionnaire_of, weights_of
from cxlab.questions.workings.telling import METHOD, WITHHELD, asked_as, rivals, some_pairs, told_of
from cxlab.results import Misuse, Result, listing, number, or_others, percent, whole
from cxlab.stats import quantile

MAP = (
    "Correspondence analysis (Benzécri 1973; Greenacre 1984): singular values of the standardised "
    "residuals of the table; both sets of points in principal coordinates. Distances between "
    "points of one set are chi-square distances; those between the sets are not."
)
TOGETHER = (
    "Correlations over those who answered both items, weighted; of items that were chosen or not, "
    "phi (Yule 1912)."
)
_ALOUD = 25  # words of a headline that can be read aloud
_FEWEST = 3  # items of which a map or a table of pairs tells something
_MOST_POINTS = 200
_BASES = "{} {}."


def several(study: Any, *, question: str = "") -> str:
    """Name the question of several items that is looked at closely.

    Args:
        study: the study, or its questionnaire.
        question: a name; the first grid, else the first choose-all, if empty.

    Raises:
        QuestionsError: no question has several items.
        Misuse: there is no such question.
    """
    asked = questionnaire_of(study)
    found = [each for each in asked.questions if len(each.items) > 1 and each.kind != "sum"]
    found.sort(key=lambda each: each.kind != "grid")
    if question:
        named = asked[question]
        found = [named] if len(named.items) > 1 else []
    if not found:
        raise QuestionsError(
            f"'{question}' has no items." if question else "No question has several items.",
            needs="a grid or a choose-all question",
        )
    return found[0].name


def one_of(study: Any, *, question: str = "") -> str:
    """Name the question that is followed: the one named, else the first whose answers are listed.

    Args:
        study: the study, or its questionnaire.
        question: a name; the first that is no text and no date if empty.

    Raises:
        QuestionsError: nothing was asked that can be followed.
        Misuse: there is no such question.
    """
    asked = questionnaire_of(study)
    if question:
        return asked[question].name
    found = [each.name for each in asked.questions if each.kind not in ("open", "date")]
    if not found:
        raise QuestionsError("Only texts and days were asked.", needs="a question with answers")
    return found[0]


def grid(study: Any, *, question: str) -> Result:
    """Give the shares of every item of a grid, to be drawn as bars centred on the middle.

    Args:
        study: the study, or its questionnaire.
        question: a question of kind grid, rank or scale.

    Returns:
        `term` (the item), `value` (the answer), `rank` (its place, the best last), `share`, `n`.

    Raises:
        QuestionsError: it has no list of answers.
    """
    asked = questionnaire_of(study)
    each = asked[question]
    if each.kind == "choose all" or not each.answers:
        raise QuestionsError(f"'{question}' is no grid: its kind is '{each.kind}'.")
    numbers_of(each)  # words in no known order have no middle
    told = topline(asked, questions=question)
    rows = told.frame[(told.frame["part"] == "answer") & (told.frame["verdict"] != WITHHELD)]
    upwards = [each.answers[at] for at in each.upwards]
    frame = pd.DataFrame({
        "term": rows["item"].where(rows["item"] != "", each.name), "value": rows["answer"],
        "rank": rows["answer"].map({a: at for at, a in enumerate(upwards, 1)}),
        "share": rows["share"], "n": rows["n"],
    })  # fmt: skip
    top = frame[frame["rank"] > len(each.answers) - 2].groupby("term", sort=False)["share"].sum()
    if top.empty:
        raise QuestionsError(f"'{question}' was answered by too few people to be shown.")
    best, worst = top.idxmax(), top.idxmin()
    worth = rows.groupby(frame["term"], sort=False)["n_effective"].first()[top.index]
    error = np.sqrt((top * (1 - top)).clip(lower=0) / worth)
    ends = listing([f"'{whole(answer)}'" for answer in upwards[-2:]])
    first = f"{whole(best)}{or_others(rivals(top, error))}"
    said = f"{ends}: {first} most often ({percent(top.max())})"
    if len(top) > 1:
        others = or_others(rivals(-top, error))
        said += f", {whole(worst)}{others} least ({percent(top.min())})"
        if rivals(top, error) == len(top) - 1:
            said = f"{ends}: no item stands apart, {percent(top.min())} to {percent(top.max())}"
    return Result(name=f"answers to {each.name}", frame=frame, headline=f"{said}.",
                  method=METHOD, base=_BASES.format(asked_as(each), told.base.rstrip(".")),
                  notes=told.notes, unit="share")  # fmt: skip


def together(study: Any, *, question: str, smallest: int | None = None) -> Result:
    """Say which items of a question go together, pair by pair.

    Args:
        study: the study, or its questionnaire.
        question: a grid whose answers are numbers, a choose-all, a rank, or several numbers.
        smallest: fewest people of a pair that is shown; the study's if not given.

    Returns:
        `term`, `against` (each pair once), `estimate` (correlation), `n`.

    Raises:
        QuestionsError: fewer than three items, or answers that are no numbers.
        Misuse: there is no such question.
    """
    asked = questionnaire_of(study)
    each = asked[question]
    given = numbers_of(each)
    if len(each.items) < _FEWEST:
        raise QuestionsError(f"'{question}' has fewer than {_FEWEST} items to set side by side.")
    weight = weights_of(asked)
    chosen, left_out = some_pairs(each.items)
    rows = [
        (each.items[i], each.items[j], *_correlation(given[i], given[j], weight))
        for i, j in combinations(chosen, 2)
    ]
    frame = pd.DataFrame(rows, columns=["term", "against", "estimate", "n"])
    fewest = asked.smallest if smallest is None else smallest
    frame.loc[frame["n"] < max(fewest, _FEWEST), "estimate"] = np.nan
    told = frame.dropna(subset=["estimate"])
    if told.empty:
        raise QuestionsError(f"'{question}': no two items were answered differently by enough.")
    high = told.loc[told["estimate"].idxmax()]
    low = told.loc[told["estimate"].idxmin()]
    said = f"'{whole(high['term'])}' and '{whole(high['against'])}' go together most closely"
    turned = np.arctanh(told["estimate"].clip(-1 + 1e-12, 1 - 1e-12))  # Fisher (1921)
    error = 1 / np.sqrt((told["n"] - 3).clip(lower=1))
    others = rivals(turned, error)
    said = said.replace(" go together", f"{or_others(others)} go together")
    said += f" ({number(high['estimate'], 2)})"
    if turned[high.name] <= quantile(1 - 0.05 / len(told)) * error[high.name]:
        said = f"No two items of {whole(label(each.name))} detectably go together"
    elif len(told) > 1 and not others:
        pair = f"'{whole(low['term'])}' and '{whole(low['against'])}'"
        more = f"{said}, {pair} least ({number(low['estimate'], 2)})"
        said = more if len(more.split()) <= _ALOUD else said  # long names leave no breath
    return Result(name=f"items of {each.name} together", frame=frame, headline=f"{said}.",
                  method=TOGETHER, base=_BASES.format(asked_as(each), asked.base),
                  notes=(*left_out, *told_of((each,))))  # fmt: skip


def correspondence(
    study: Any, *, by: str | None = None, question: str, smallest: int | None = None
) -> Result:
    """Place the items of a grid and its answers, or answers and groups, on one map.

    Args:
        study: the study, or its questionnaire.
        by: a segment or question whose groups are placed among the answers.
        question: a grid; with `by`, any question with answers or items.
        smallest: fewest people of a point that is shown; the study's if not given.

    Returns:
        A row a point: `term`, `part` (`item` or `answer`, or `answer` and `group`), `x`, `y`,
        `share` (its mass), `quality` (how much of its distance the map shows), `n`.

    Raises:
        QuestionsError: fewer than three rows or columns have answers.
        Misuse: there is no such question or segment.
    """
    asked = questionnaire_of(study)
    each = asked[question]
    fewest = asked.smallest if smallest is None else smallest
    table, counts, names, parts = _crossed(asked, each, by)
    wide = [counts.sum(axis=1 - side) >= max(fewest, 1) for side in (0, 1)]
    table = table[np.ix_(*wide)]
    counts = counts[np.ix_(*wide)]
    if max(table.shape) > _MOST_POINTS:
        raise QuestionsError(
            f"'{question}': {max(table.shape):,} points on one map cannot be read; it takes at "
            f"most {_MOST_POINTS}."
        )
    if min(table.shape) < _FEWEST:
        raise QuestionsError(f"'{question}': a map needs at least {_FEWEST} rows and columns.")
    values, *points = axes_of(table)
    drawn = values**2 / (values**2).sum()
    frames = []
    for side, place in enumerate(points):
        far = (place**2).sum(axis=1)
        shown = (place[:, :2] ** 2).sum(axis=1)
        frames.append(pd.DataFrame({
            "term": np.array(names[side], dtype=object)[wide[side]], "part": parts[side],
            "x": place[:, 0], "y": place[:, 1], "share": table.sum(axis=1 - side) / table.sum(),
            "quality": np.divide(shown, far, out=np.ones_like(far), where=far > 0),
            "n": counts.sum(axis=1 - side),
        }))  # fmt: skip
    frame = pd.concat(frames, ignore_index=True)
    first = frame[frame["part"] == parts[0]] if by is None else frame[frame["part"] == parts[1]]
    left, right = (whole(first.loc[first["x"].agg(w), "term"]) for w in ("idxmin", "idxmax"))
    headline = (
        f"{percent(drawn[0])} of what sets {first['part'].iloc[0]}s apart lies along one line, "
        f"from {left} to {right}."
    )
    return Result(name=f"map of {question}" + (f" by {by}" if by else ""), frame=frame,
                  headline=headline, method=MAP,
                  base=_BASES.format(asked_as(each), asked.base),
                  notes=(f"The map shows {percent(drawn[:2].sum())} of all differences; its "
                         f"first line {percent(drawn[0])}, the second {percent(drawn[1])}.",
                         *told_of((each,))))  # fmt: skip


def axes_of(table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the axes of a table (Greenacre 1984): singular values, rows and columns on them.

    Args:
        table: (rows, columns) counts, no row or column all 0.

    Returns:
        Singular values, largest first; principal coordinates of rows and of columns.
    """
    share = table / table.sum()
    r, c = share.sum(axis=1), share.sum(axis=0)
    residual = (share - np.outer(r, c)) / np.sqrt(np.outer(r, c))
    u, values, v = np.linalg.svd(residual, full_matrices=False)
    k = min(table.shape) - 1
    turn = np.sign(u[np.abs(u).argmax(axis=0), range(u.shape[1])])  # a mirror image says the same
    rows = u * turn / np.sqrt(r)[:, None] * values
    columns = v.T * turn / np.sqrt(c)[:, None] * values
    return values[:k], rows[:, :k], columns[:, :k]


def _crossed(
    asked: Questionnaire, each: Asked, by: str | None
) -> tuple[np.ndarray, np.ndarray, tuple[list[str], list[str]], tuple[str, str]]:
    """Count a grid by item and answer, or a question by answer and group."""
    weight = weights_of(asked)
    heavy = np.ones(each.codes.shape[1]) if weight is None else weight
    if by is None:
        if each.kind == "choose all" or len(each.items) < 2 or not each.answers:
            raise QuestionsError(f"'{each.name}' is no grid: its kind is '{each.kind}'.")
        k = len(each.answers)
        tables = [
            np.stack([np.bincount(row[row >= 0], w[row >= 0], minlength=k) for row in each.codes])
            for w in (heavy, np.ones_like(heavy))
        ]
        return tables[0], tables[1], ([*each.items], [*each.answers]), ("item", "answer")
    if by == each.name:
        raise Misuse(f"'{by}' is crossed with itself; name another.")
    labels, member = groups(asked, by)
    names, lines = groups(asked, each.name)
    weighted = (lines * heavy[:, None]).T @ member
    return weighted, lines.T @ member, (names, labels), ("answer", "group")


def _correlation(a: np.ndarray, b: np.ndarray, weight: np.ndarray | None) -> tuple[float, int]:
    there = ~np.isnan(a) & ~np.isnan(b)
    if not there.any():
        return float("nan"), 0
    w = np.ones(there.sum()) if weight is None else weight[there]
    a, b = (x[there] - np.average(x[there], weights=w) for x in (a, b))
    spread = np.sqrt((w * a**2).sum() * (w * b**2).sum())
    return float((w * a * b).sum() / spread) if spread > 0 else float("nan"), int(there.sum())
