"""Do two questions go together?"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from cxlab.codebook import label
from cxlab.questionnaire import Asked, Questionnaire
from cxlab.questions.workings.columns import groups
from cxlab.questions.workings.people import (
    QuestionsError,
    clusters_of,
    questionnaire_of,
    weights_of,
)
from cxlab.results import Misuse, Result, count, number, probability, whole
from cxlab.stats import adjust

METHOD = (
    "Pearson's chi-square; under weights or clusters with Rao and Scott's second-order correction "
    "(1984), referred to F (Thomas and Rao 1987). Cramér's V (1946), 0 to 1. The rarest answers "
    "are put together until no cell expects less than one person (Cochran 1954) and the average "
    "cell five, since sparser weighted tables were called associated too often in simulation."
)
EXPECTED = 5  # people of an average cell, below which a test of the table misleads
_NONE = 1e-9  # of the longest direction, below which another has no length
_COLUMNS = ["question", "item", "against", "estimate", "statistic", "df", "df_error", "p_value",
            "p_adjusted", "n"]  # fmt: skip


class Chi(NamedTuple):
    """A test of independence: `df_error` is infinite for chi-square, else `statistic` is an F."""

    statistic: float
    df: float
    df_error: float
    p_value: float
    v: float
    n: int


def association(study: Any, *, row: str, column: str) -> Result:
    """Test whether the answers to a question go with a segment or another question.

    Args:
        study: the study, or its questionnaire.
        row: name of the question.
        column: a segment, or a question of one choice or choose-all.

    Returns:
        A row an item: `question`, `item`, `against`, `estimate` (Cramér's V), `statistic` (F, or
        chi-square where every answer counts alike), `df`, `df_error`, `p_value`, `p_adjusted`
        (Holm, over items), `n`.

    Raises:
        QuestionsError: one of the two has a single answer only.
        Misuse: there is no such question or segment.

    Example:
        The F and its degrees of freedom are those of R's `svychisq(..., statistic = "F")`.
    """
    asked = questionnaire_of(study)
    rows = _rows(asked, asked[row], column)
    if not rows:
        raise QuestionsError(f"'{row}' and '{column}': one of the two has a single answer only.")
    frame = _adjusted(rows, "holm")
    best = frame.loc[frame["estimate"].idxmax()]
    name = f"'{row}'" + (f" ({whole(best['item'])})" if best["item"] else "")
    sure = best["p_adjusted"] <= 0.05
    said = "is associated with" if sure else "shows no association with"
    value = f"Cramér's V {number(best['estimate'], 2)}, p {probability(best['p_adjusted'])}"
    return _result(f"{row} and {column}", frame, f"{name} {said} '{column}' ({value}).", asked)


def associations(study: Any, *, column: str, questions: Sequence[str] | None = None) -> Result:
    """Rank all questions by how closely they go with a segment or another question.

    Args:
        study: the study, or its questionnaire.
        column: a segment, or a question of one choice or choose-all.
        questions: names of questions; all if not given.

    Returns:
        As `association`, closest first; `p_adjusted` by Benjamini and Hochberg (1995). What is
        the column under another name is left out.

    Raises:
        QuestionsError: no question can be compared.
        Misuse: there is no such question or segment.
    """
    asked = questionnaire_of(study)
    rows = [row for each in asked.chosen(questions) if each.name != column
            for row in _rows(asked, each, column) if not row["same"]]  # fmt: skip
    if not rows:
        raise QuestionsError(f"No question can be compared by '{column}'.")
    frame = _adjusted(rows, "bh").sort_values("estimate", ascending=False, kind="stable")
    sure = int((frame["p_adjusted"] <= 0.05).sum())
    headline = (
        f"{count(sure, 'line')} of {len(frame):,} {'is' if sure == 1 else 'are'} associated with "
        f"'{label(column)}' at 95%."
        if sure
        else f"No question is detectably associated with '{label(column)}' at 95%."
    )
    return _result(f"what goes with {column}", frame.reset_index(drop=True), headline, asked)


def independence(
    row: np.ndarray,
    column: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    cluster: np.ndarray | None = None,
) -> Chi:
    """Test two lists of codes for independence.

    Args:
        row, column: codes from 0, without gaps; all rows answered.
        weight, cluster: of each row.
    """
    row, column = _pooled(row, column)
    r, c, n = int(row.max()) + 1, int(column.max()) + 1, len(row)
    w = np.ones(n) if weight is None else weight
    place = row * c + column
    share = np.bincount(place, w, minlength=r * c) / w.sum()
    table = share.reshape(r, c)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = n * float(((table - expected) ** 2 / expected).sum())
    v = float(np.sqrt(pearson / n / (min(r, c) - 1)))
    if weight is None and cluster is None:
        free = (r - 1) * (c - 1)
        return Chi(pearson, free, np.inf, float(special.chdtrc(free, pearson)), v, n)
    spread, units = _variance(place, w, share, cluster)
    with np.errstate(divide="ignore"):
        over = np.where(share > 0, 1 / np.sqrt(share), 0.0)[:, None]
    # empty cells leave the contrasts fewer directions than they have columns
    turn, size, _ = np.linalg.svd(over * _contrasts(r, c), full_matrices=False)
    scaled = over * turn[:, size > _NONE * size[0]]
    delta = n * scaled.T @ spread @ scaled
    trace = float(np.trace(delta))
    df = trace**2 / float(np.trace(delta @ delta))
    statistic = pearson / trace
    error = df * (units - 1)
    return Chi(statistic, df, error, float(special.fdtrc(df, error, statistic)), v, n)


def _pooled(row: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number codes anew; the rarest of a side stand together while a cell expects too few."""
    sides = [np.unique(each, return_inverse=True)[1] for each in (row, column)]
    counts = [dict(enumerate(np.bincount(side).tolist())) for side in sides]
    homes = [np.arange(len(each)) for each in counts]
    while _sparse(*([*each.values()] for each in counts)):
        wide = [side for side in (0, 1) if len(counts[side]) > 2]
        if not wide:
            break
        side = min(wide, key=lambda at: min(counts[at].values()))
        rarest, beside = sorted(counts[side], key=lambda at: counts[side][at])[:2]
        counts[side][beside] += counts[side].pop(rarest)
        homes[side][homes[side] == rarest] = beside
    one, other = (np.unique(home, return_inverse=True)[1][side]
                  for home, side in zip(homes, sides, strict=True))  # fmt: skip
    return one, other


def _sparse(rows: list[int], columns: list[int]) -> bool:
    """Say whether cells expect too few people, one of them or all of them on average."""
    n = sum(rows)
    return min(rows) * min(columns) < n or n < EXPECTED * len(rows) * len(columns)


def _variance(
    place: np.ndarray, w: np.ndarray, share: np.ndarray, cluster: np.ndarray | None
) -> tuple[np.ndarray, int]:
    """Give the covariance of the shares of all cells, and the units it rests on."""
    unit = np.arange(len(w)) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    units, k = int(unit.max()) + 1, len(share)
    totals = np.bincount(unit * k + place, w, minlength=units * k).reshape(units, k)
    scores = (totals - totals.sum(axis=1)[:, None] * share) / w.sum()
    return units / (units - 1) * scores.T @ scores, units


def _contrasts(r: int, c: int) -> np.ndarray:
    """Give the interaction of rows and columns, free of both."""
    left, right = (np.vstack([np.eye(k)[1:].T]) for k in (r, c))
    both = np.einsum("ia,jb->ijab", left, right).reshape(r * c, -1)
    main = np.hstack([np.repeat(np.eye(r), c, axis=0), np.tile(np.eye(c), (r, 1))])
    return both - main @ np.linalg.lstsq(main, both, rcond=None)[0]


def _rows(asked: Questionnaire, question: Asked, column: str) -> list[dict[str, Any]]:
    """Test every item of a question against every way to be in the groups of a column."""
    if column == question.name:
        raise Misuse(f"'{column}' is compared with itself; name another.")
    labels, member = groups(asked, column)
    overlap = bool((member.sum(axis=1) > 1).any())
    sides = (
        [(f"{column}: {name}", np.where(member.sum(axis=1) > 0, member[:, at], -1).astype(int))
         for at, name in enumerate(labels)]
        if overlap
        else [(column, np.where(member.any(axis=1), member.argmax(axis=1), -1))]
    )  # fmt: skip
    weight, cluster = weights_of(asked), clusters_of(asked)
    items = question.items if question.kind == "choose all" or len(question.items) > 1 else ("",)
    rows = []
    for at, item in enumerate(items):
        if (question.numbers is not None and not question.answers) or question.kind == "open":
            continue
        for name, side in sides:
            codes = question.codes[at].astype(int)
            both = (codes >= 0) & (side >= 0)
            if len(np.unique(codes[both])) < 2 or len(np.unique(side[both])) < 2:
                continue
            if cluster is not None and len(np.unique(cluster[both])) < 2:
                continue  # one customer alone tells nothing of others
            chi = independence(
                codes[both],
                side[both],
                weight=None if weight is None else weight[both],
                cluster=None if cluster is None else cluster[both],
            )
            rows.append({"question": question.name, "item": item, "against": name,
                         "estimate": chi.v, "statistic": chi.statistic, "df": chi.df,
                         "df_error": chi.df_error, "p_value": chi.p_value, "n": chi.n,
                         "same": _one_to_one(codes[both], side[both])})  # fmt: skip
    return rows


def _one_to_one(one: np.ndarray, other: np.ndarray) -> bool:
    """Say whether two lists of codes tell the same of everyone."""
    width = int(other.max()) + 1
    left, right = np.divmod(np.unique(one * width + other), width)
    return len(left) == len(np.unique(left)) == len(np.unique(right))


def _adjusted(rows: list[dict[str, Any]], method: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    frame["df_error"] = frame["df_error"].replace(np.inf, np.nan)
    frame["p_adjusted"] = adjust(frame["p_value"], method=method)
    return frame[_COLUMNS]


def _result(name: str, frame: pd.DataFrame, headline: str, asked: Questionnaire) -> Result:
    return Result(name=name, frame=frame, headline=headline, method=METHOD, base=asked.base,
                  notes=asked.notes)  # fmt: skip
