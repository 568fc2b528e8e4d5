"""The one home of season: what of a movement comes back at the same time of every year.

Where the finished periods span two full years or more, each has an effect of its time of the year
(its quarter or calendar month; a week or a day that of its month, a day that of its weekday as
well), fitted beside whatever else is asked, so that its uncertainty is carried. Below two years a
season could explain any movement: what moved is told of the periods, and no lasting shift or trend
is claimed.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

ROUNDING = 1e-9  # what a sum of weights leaves of a difference that is none
CYCLE = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 0}
TOO_SHORT = "less than two years: season and change cannot be told apart"
SHORT_NOTE = f"{TOO_SHORT[0].upper()}{TOO_SHORT[1:]}."
REMOVED = "The season is removed."
FEWEST = 4  # periods of which a line can be told


def usable(rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Give finished periods with answers, and a standard error of each from a common spread."""
    rows = rows.assign(place=np.arange(len(rows)))
    done = rows["finished"].map(lambda f: f is not False).to_numpy(bool)
    rows = rows[done & rows["estimate"].notna().to_numpy() & (rows["n_effective"] > 0).to_numpy()]
    n = rows["n_effective"].to_numpy(float)
    own = np.nan_to_num(rows["std_error"].to_numpy(float))
    variance = (n * n * own**2).sum() / n.sum() if len(rows) else np.nan
    return rows, np.sqrt(variance / n)


def spans_two_years(places: np.ndarray, kind: str) -> bool:
    """Say whether periods, by their place in the calendar, span two full cycles; a year has none.

    Example:
        >>> spans_two_years(np.arange(8), "quarter"), spans_two_years(np.arange(7), "quarter")
        (True, False)
    """
    return bool(len(places)) and int(places[-1] - places[0]) + 1 >= 2 * CYCLE[kind]


def background(labels: pd.Series, places: np.ndarray, kind: str) -> tuple[np.ndarray, bool]:
    """Give the columns of level and season, and whether season and change can be told apart.

    Args:
        labels: periods as `trend` names them.
        places: the place of each in the calendar, in order.
        kind: `day`, `week`, `month`, `quarter` or `year`.
    """
    told = spans_two_years(places, kind)
    columns = [np.ones(len(labels))]
    if told and CYCLE[kind]:
        columns += _dummies(_time_of_year(labels, kind))
    if kind == "day" and len(places) and places[-1] - places[0] + 1 >= 14:
        columns += _dummies(pd.to_datetime(labels).dt.dayofweek.to_numpy())
    return np.stack(columns, axis=1), told


def _time_of_year(labels: pd.Series, kind: str) -> np.ndarray:
    if kind == "day":
        return pd.to_datetime(labels).dt.month.to_numpy()
    if kind == "week":  # the month of its Thursday
        return pd.to_datetime(labels + "-4", format="%G-W%V-%u").dt.month.to_numpy()
    return np.array([int(label[-2:].lstrip("Q")) for label in labels])


def _dummies(codes: np.ndarray) -> list[np.ndarray]:
    return [(codes == code).astype(float) for code in np.unique(codes)[1:]]


class Ground(NamedTuple):
    """Values from which a background is taken away, all divided by their errors.

    Attributes:
        basis: orthonormal columns that span the background.
        rest: what the background leaves of the values.
        error: standard error of each value.
    """

    basis: np.ndarray
    rest: np.ndarray
    error: np.ndarray

    def free(self, column: np.ndarray) -> np.ndarray:
        """Give what the background leaves of another column."""
        scaled = column / self.error
        return scaled - self.basis @ (self.basis.T @ scaled)

    @property
    def df(self) -> int:
        """Degrees of freedom left."""
        return len(self.rest) - self.basis.shape[1]


def ground(values: np.ndarray, error: np.ndarray, columns: np.ndarray) -> Ground:
    """Take the background out of values by weighted least squares, through an orthogonal basis."""
    left, size, _ = np.linalg.svd(columns / error[:, None], full_matrices=False)
    basis = left[:, size > size.max(initial=0.0) * 1e-10]
    scaled = values / error
    return Ground(basis, scaled - basis @ (basis.T @ scaled), error)


class Term(NamedTuple):
    """The coefficient of one column beside the background.

    `sure` are the degrees of freedom of its interval: none are spent (infinite) where the values
    scatter no more than their own errors, which many answers give; else those of the residuals.
    """

    estimate: float
    std_error: float
    df: int
    sure: float


def beside(base: Ground, column: np.ndarray) -> Term:
    """Fit one column beside the background; its error grows where values scatter beyond theirs."""
    free = base.free(column)
    size = float(free @ free)
    df = base.df - 1
    if df < 1 or size <= 1e-9 * float((column / base.error) @ (column / base.error)):
        return Term(np.nan, np.nan, df, np.nan)
    estimate = float(free @ base.rest) / size
    left = base.rest - estimate * free
    scatter = float(left @ left) / df
    sure = df if scatter > 1 else np.inf
    return Term(estimate, float(np.sqrt(max(1.0, scatter) / size)), df, float(sure))


def foretold(
    values: np.ndarray, error: np.ndarray, columns: np.ndarray, *, most: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give what the other values lead to expect of each one, and how far it may lie from that.

    The value that lies furthest off, beyond `most` standard errors, is then left out of what is
    expected of the others, and so on; of two that only contradict each other it is the later.

    Returns:
        The value expected and the standard error of the gap; missing where the others say nothing.
    """
    apart = np.zeros(len(values), bool)
    for _ in range(len(values) // 4 + 1):
        scaled = columns[~apart] / error[~apart, None]
        left, size, right = np.linalg.svd(scaled, full_matrices=False)
        kept = size > size.max(initial=0.0) * 1e-10
        spread = columns @ (right[kept].T / size[kept])
        fitted = spread @ (left[:, kept].T @ (values[~apart] / error[~apart]))
        reach = (spread**2).sum(axis=1) / error**2
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = np.where(reach < 1 - 1e-9, 1 - reach, np.nan)
            expected = np.where(apart, fitted, values - (values - fitted) / rest)
            gap = error * np.where(apart, np.sqrt(1 + reach), 1 / np.sqrt(rest))
        off = np.where(apart, 0.0, np.nan_to_num(np.abs(values - expected) / gap))
        worst = len(off) - 1 - int(off[::-1].argmax())
        if off[worst] <= most:
            break
        apart[worst] = True
    return expected, gap
