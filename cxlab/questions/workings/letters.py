"""Which columns differ: the tests behind the letters of a banner table."""

from typing import NamedTuple

import numpy as np
from scipy import special

from cxlab.questions.workings.cells import Cells
from cxlab.questions.workings.columns import Columns
from cxlab.stats import adjust

SURE, NEARLY = 0.05, 0.10  # capitals, small letters


class Tests(NamedTuple):
    """Differences of pairs, (lines, pairs) each."""

    difference: np.ndarray
    std_error: np.ndarray
    statistic: np.ndarray
    df: np.ndarray
    p_value: np.ndarray


def each_with_each(done: Cells, columns: Columns, *, means: bool) -> Tests:
    """Test every pair of columns of one breakdown."""
    both = columns.ends
    one, two = (_side(done, both[:, at]) for at in (0, 1))
    covariance = 0.0 if done.covariance is None else done.covariance
    clustered = columns.cluster is not None
    plain = columns.weight is None and not clustered and not columns.overlap
    return _test(one, two, covariance, means=means, plain=plain, clustered=clustered)


def with_the_rest(done: Cells, columns: Columns, *, means: bool) -> Tests:
    """Test every column against everyone else of its breakdown."""
    beside: Cells = done.rest  # type: ignore[assignment]
    every = np.arange(len(done.n))
    covariance = 0.0 if done.with_rest is None else done.with_rest
    clustered = columns.cluster is not None
    plain = columns.weight is None and not clustered
    one, two = _side(done, every), _side(beside, every)
    return _test(one, two, covariance, means=means, plain=plain, clustered=clustered)


def adjusted(p_values: np.ndarray) -> np.ndarray:
    """Correct the p-values of a table for their number (Benjamini and Hochberg 1995)."""
    return adjust(p_values.ravel(), method="bh").reshape(p_values.shape)


def letters(tests: Tests, columns: Columns, p_values: np.ndarray) -> np.ndarray:
    """Write for every cell the letters of the columns that it lies above."""
    with np.errstate(invalid="ignore"):
        line, pair = np.nonzero(p_values <= NEARLY)
    ends = columns.ends[pair]
    ends = np.where((tests.difference[line, pair] > 0)[:, None], ends, ends[:, ::-1])
    gap = [" " * (len(letter) > 1) for letter in columns.letter]
    out = [[""] * len(columns.letter) for _ in p_values]
    sure = (p_values[line, pair] <= SURE).tolist()
    for at, (above, below), capital in zip(line.tolist(), ends.tolist(), sure, strict=True):
        letter, told = columns.letter[below], out[at][above]
        letter = letter if capital else letter.lower()
        out[at][above] = f"{told}{gap[below] if told else ''}{letter}"
    return np.array(out, dtype=object).reshape(len(p_values), len(columns.letter))


class _Side(NamedTuple):
    n: np.ndarray
    w: np.ndarray
    n_effective: np.ndarray
    units: np.ndarray
    weighted: np.ndarray
    estimate: np.ndarray
    variance: np.ndarray


def _side(done: Cells, at: np.ndarray) -> _Side:
    return _Side(done.n[at], done.w[at], done.n_effective[at], done.units[at],
                 done.weighted[:, at], done.estimate[:, at], done.variance[:, at])  # fmt: skip


def _test(
    one: _Side, two: _Side, covariance: np.ndarray | float, *,
    means: bool, plain: bool, clustered: bool,
) -> Tests:  # fmt: skip
    difference = one.estimate - two.estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        design = one.variance + two.variance - 2 * covariance
        if means:
            std_error, df = np.sqrt(design), _welch(one, two, clustered)
        else:
            std_error = np.sqrt(_pooled(one, two) * (1.0 if plain else _effect(one, two, design)))
            df = one.units + two.units - 2 if clustered else np.full(one.n.shape, np.inf)
        statistic = np.where(std_error > 0, difference / std_error, np.nan)
    df, below = np.broadcast_to(df, statistic.shape), -np.abs(statistic)
    with np.errstate(invalid="ignore"):
        tail = special.ndtr(below) if np.isinf(df).all() else np.where(
            np.isinf(df), special.ndtr(below), special.stdtr(df, below))  # fmt: skip
    return Tests(difference, std_error, statistic, df, 2 * tail)


def _pooled(one: _Side, two: _Side) -> np.ndarray:
    """Give the variance of a difference of shares if there were none (pooled)."""
    share = (one.weighted + two.weighted) / (one.w + two.w)
    return share * (1 - share) * (1 / one.n + 1 / two.n)


def _effect(one: _Side, two: _Side, design: np.ndarray) -> np.ndarray:
    """Give how many times the variance of a simple random sample the design makes (Kish 1965)."""
    simple = sum(np.where(side.n > 1, side.estimate * (1 - side.estimate) / (side.n - 1), np.nan)
                 for side in (one, two))  # fmt: skip
    kish = (1 / one.n_effective + 1 / two.n_effective) / (1 / one.n + 1 / two.n)
    return np.where(simple > 0, np.maximum(design, 0) / simple, kish)


def _welch(one: _Side, two: _Side, clustered: bool) -> np.ndarray:
    """Give the degrees of freedom (Welch 1947), by the answers the bases are worth."""
    first, second = ((side.units if clustered else side.n_effective) - 1 for side in (one, two))
    total = one.variance + two.variance
    return total**2 / (one.variance**2 / first + two.variance**2 / second)
