"""Tables of plain arrays, for the many fits of one recipe to rows of one table."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from cxlab.churn.workings import penalised

NONE = "(none)"


@dataclass(frozen=True, eq=False)
class Sheet:
    """Rows of a table in arrays: numbers as they are, words as their place in the alphabet.

    Rows are taken as of an array: `sheet[rows]`.
    """

    numbers: np.ndarray
    words: np.ndarray
    kinds: tuple[int, ...]

    def __getitem__(self, rows) -> "Sheet":
        return Sheet(self.numbers[rows], self.words[rows], self.kinds)


@dataclass(frozen=True, eq=False)
class Taught:
    """A learner that was fitted to rows of a sheet, asked as a Pipeline is.

    Attributes:
        named_steps: `model`, the learner.
        spread: turns rows of a sheet into what the learner sees.
        owners: of each column that the learner sees, the one it was made of.
    """

    named_steps: dict
    spread: Callable[[Sheet], np.ndarray]
    owners: list[str]

    def predict_proba(self, rows: Sheet) -> np.ndarray:
        """Give the chance of each outcome, row by row."""
        return self.named_steps["model"].predict_proba(self.spread(rows))


def sheets(recipe: Pipeline, *tables: pd.DataFrame) -> tuple[Sheet, ...]:
    """Put the columns that a recipe takes into arrays, the words of all tables numbered alike."""
    taken = columns_of(recipe)
    places: list[list[np.ndarray]] = [[] for _ in tables]
    kinds = []
    for name in taken["words"]:
        texts = [table[name].astype("object").where(table[name].notna(), NONE) for table in tables]
        order = pd.Index(np.unique(np.concatenate([text.unique() for text in texts]).astype(str)))
        kinds.append(len(order))
        for place, text in zip(places, texts, strict=True):
            place.append(order.get_indexer(text.astype(str)))
    return tuple(
        Sheet(
            table[taken["numbers"]].to_numpy(dtype=float, na_value=np.nan),
            np.array(place, dtype=int).reshape(len(taken["words"]), len(table)).T,
            tuple(kinds),
        )
        for table, place in zip(tables, places, strict=True)
    )


def columns_of(recipe: Pipeline) -> dict[str, list[str]]:
    """Name the columns of numbers and words of a recipe; none of a Pipeline made elsewhere."""
    columns = recipe.named_steps.get("columns")
    found = {name: list(of) for name, _, of in getattr(columns, "transformers", ())}
    ours = set(found) == {"numbers", "words"} and isinstance(columns.transformers[1][1], Pipeline)
    return found if ours else {}


def taught(recipe: Pipeline, rows: Sheet, left) -> Taught:
    """Fit the learner of a recipe to rows, filled and spread as the recipe's own steps do it."""
    (_, numbers, named), (_, words, worded) = recipe.named_steps["columns"].transformers
    given = rows.numbers.copy()
    given[:, np.isnan(given).all(axis=0)] = 0.0  # what nobody has yet is learned as a constant
    kept = isinstance(numbers, str)
    filled, marked = (_as_they_are, np.array([], dtype=int)) if kept else _filled(given)
    dealt, wide = _dealt(rows, words.steps[-1][1])
    owners = [*named, *np.array(named)[marked], *np.repeat(worded, wide)]

    def spread(other: Sheet, table: np.ndarray | None = None) -> np.ndarray:
        return np.hstack([filled(other.numbers if table is None else table), dealt(other.words)])

    learner, table = recipe.named_steps["model"], spread(rows, given)
    y = np.asarray(left, dtype=int)
    ours = penalised.serves(learner)
    done = penalised.fit(learner, table, y) if ours else clone(learner).fit(table, y)
    return Taught({"model": done}, spread, owners)


def _as_they_are(table: np.ndarray) -> np.ndarray:
    return table


def _filled(known: np.ndarray) -> tuple[Callable[[np.ndarray], np.ndarray], np.ndarray]:
    """Fill by the middle value, mark what was filled, and bring all to mean 0 and deviation 1.

    Say, too, which columns are marked.
    """
    gaps = np.isnan(known)
    marked = gaps.any(axis=0)
    middle = np.nanmedian(known, axis=0) if known.size else np.zeros(known.shape[1])

    def whole(table: np.ndarray) -> np.ndarray:
        gone = np.isnan(table)
        return np.hstack([np.where(gone, middle, table), gone[:, marked].astype(float)])

    table = whole(known)
    mean, spread = table.mean(axis=0), table.var(axis=0)
    # a column is constant where its variance is that of rounding (as in scikit-learn)
    tiny = np.finfo(float).eps
    still = spread <= len(table) * tiny * spread + (len(table) * mean * tiny) ** 2
    width = np.where(still, 1.0, np.sqrt(spread))
    return lambda other: (whole(other) - mean) / width, np.flatnonzero(marked)


def _dealt(rows: Sheet, encoder) -> tuple[Callable[[np.ndarray], np.ndarray], list[int]]:
    """Give each common word a column, the rare ones one together, as `OneHotEncoder` does.

    Say, too, how many columns each column of words was given.
    """
    columns, each, wide = [], [], 0
    for at, kinds in enumerate(rows.kinds):
        times = np.bincount(rows.words[:, at], minlength=kinds)
        rare = (times > 0) & (times < encoder.min_frequency)
        seen = np.flatnonzero(times)
        if len(seen) - rare.sum() + 1 > encoder.max_categories:
            rare[seen[np.argsort(times[seen], kind="stable")[: 1 - encoder.max_categories]]] = True
        common = np.flatnonzero((times > 0) & ~rare)
        column = np.full(kinds, wide + len(common) if rare.any() else -1)
        column[common] = wide + np.arange(len(common))
        each.append(len(common) + bool(rare.any()))
        wide += each[-1]
        columns.append(column)

    def dealt(words: np.ndarray) -> np.ndarray:
        out = np.zeros((len(words), wide + 1))  # the last holds words never seen
        for at, column in enumerate(columns):
            out[np.arange(len(words)), column[words[:, at]]] = 1.0
        return out[:, :wide]

    return dealt, each
