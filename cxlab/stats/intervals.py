"""Intervals for shares, means and Net Promoter Scores; every argument may be an array."""

from typing import Any

import numpy as np
import scipy

from cxlab.codebook import Refusal

Pair = tuple[np.ndarray, np.ndarray]

NPS_METHODS = {
    "adjusted_wald": "adjusted Wald interval, three pseudo-answers (Rocks 2016)",
    "wald": "Wald interval (Rocks 2016)",
    "score": "Tango score interval (Tango 1998; Rocks 2016)",
    "bootstrap": "percentile bootstrap of the counts (Efron 1979)",
}
PROPORTION_METHODS = {
    "wilson": "Wilson score interval (Wilson 1927; Newcombe 1998)",
    "agresti_coull": "Agresti-Coull interval (Agresti and Coull 1998)",
    "jeffreys": "Jeffreys interval (Brown, Cai and DasGupta 2001)",
    "exact": "Clopper-Pearson exact interval (Clopper and Pearson 1934)",
    "wald": "Wald interval",
}


class StatsError(Refusal):
    """An uncertainty was asked for that these numbers cannot give."""


def quantile(level: float, df: Any = np.inf) -> Any:
    """Give the two-sided normal or t quantile of a confidence level.

    Example:
        >>> round(float(quantile(0.95)), 3), round(float(quantile(0.95, df=9)), 3)
        (1.96, 2.262)
    """
    if not 0 < level < 1:
        raise StatsError(f"level must lie between 0 and 1, such as 0.95; it is {level}.")
    upper = (1 + level) / 2
    df = np.asarray(df, dtype=float)
    with np.errstate(invalid="ignore"):
        student = scipy.special.stdtrit(np.where(np.isfinite(df) & (df > 0), df, 1.0), upper)
    return np.where(df > 0, np.where(np.isinf(df), scipy.special.ndtri(upper), student), np.nan)[()]


def mean_interval(mean: Any, std_error: Any, *, df: Any = np.inf, level: float = 0.95) -> Pair:
    """Put the normal or t interval around an estimate.

    Example:
        >>> low, high = mean_interval(5.38, 1.38026 / 200**0.5, df=199)
        >>> round(float(low), 3), round(float(high), 3)
        (5.188, 5.572)
    """
    half = quantile(level, df) * np.asarray(std_error, dtype=float)
    mean = np.asarray(mean, dtype=float)
    return mean - half, mean + half


def proportion_interval(
    successes: Any, n: Any, *, method: str = "wilson", level: float = 0.95
) -> Pair:
    """Put an interval around a share of answers.

    Args:
        successes: how many, whole or effective.
        n: out of how many; the interval of 0 answers is missing.
        method: one of `PROPORTION_METHODS`.
        level: confidence level.

    Returns:
        The lower and upper ends, between 0 and 1.

    Example:
        >>> low, high = proportion_interval(81, 263)
        >>> round(float(low), 4), round(float(high), 4)
        (0.2553, 0.3662)
    """
    _known(method, PROPORTION_METHODS)
    x, n = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    z = float(quantile(level))
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = _PROPORTION[method](x, n, z, level)
        empty = ~(n > 0)
    low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    return np.where(empty, np.nan, low)[()], np.where(empty, np.nan, high)[()]


def newcombe(first: Any, n_first: Any, second: Any, n_second: Any, *, level: float = 0.95) -> Pair:
    """Put Newcombe's interval around the difference of two shares, second minus first.

    Squares and adds the Wilson ends (Newcombe 1998, method 10).

    Example:
        >>> low, high = newcombe(48, 80, 56, 70)
        >>> round(float(low), 4), round(float(high), 4)
        (0.0524, 0.3339)
    """
    p1, p2 = np.divide(first, n_first), np.divide(second, n_second)
    low1, high1 = proportion_interval(first, n_first, level=level)
    low2, high2 = proportion_interval(second, n_second, level=level)
    change = p2 - p1
    low = change - np.sqrt((p2 - low2) ** 2 + (high1 - p1) ** 2)
    return low, change + np.sqrt((high2 - p2) ** 2 + (p1 - low1) ** 2)


def nps_variance(detractors: Any, promoters: Any) -> Any:
    """Give the variance of one answer's contribution (-1, 0, 1) from the two shares.

    Example:
        >>> round(float(nps_variance(0.2, 0.5)), 2)
        0.61
    """
    detractors, promoters = np.asarray(detractors, float), np.asarray(promoters, float)
    return (promoters + detractors - (promoters - detractors) ** 2)[()]


def nps_interval(
    detractors: Any,
    passives: Any,
    promoters: Any,
    *,
    method: str = "adjusted_wald",
    level: float = 0.95,
    seed: int = 0,
) -> Pair:
    """Put an interval around a Net Promoter Score given its three counts.

    Args:
        detractors: how many answered 0 to 6; counts may be effective, not whole.
        passives: how many answered 7 or 8.
        promoters: how many answered 9 or 10.
        method: one of `NPS_METHODS`.
        level: confidence level.
        seed: for the bootstrap.

    Returns:
        The lower and upper ends in points, within -100 to 100.

    Example:
        >>> low, high = nps_interval(10, 20, 30)
        >>> round(float(low), 1), round(float(high), 1)
        (13.3, 50.2)
    """
    _known(method, NPS_METHODS)
    given = np.broadcast_arrays(*(np.asarray(c, float) for c in (detractors, passives, promoters)))
    d, o, p = (np.atleast_1d(count) for count in given)
    n = d + o + p
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "score":
            low, high = _tango(p, d, n, float(quantile(level)))
        elif method == "bootstrap":
            low, high = _nps_bootstrap(d, o, p, level, seed)
        else:
            extra = 0.75 if method == "adjusted_wald" else 0.0
            d, p, m = d + extra, p + extra, n + 4 * extra
            half = quantile(level) * np.sqrt(nps_variance(d / m, p / m) / m)
            low, high = (p - d) / m - half, (p - d) / m + half
    shape = given[0].shape
    low, high = (np.where(n > 0, 100 * np.clip(end, -1, 1), np.nan) for end in (low, high))
    return low.reshape(shape)[()], high.reshape(shape)[()]


# ---------------------------------------------------------------- the formulas


def _known(method: str, methods: dict) -> None:
    if method not in methods:
        raise StatsError(f"'{method}' is no known method; choose one of {sorted(methods)}.")


def _wilson(x, n, z, level):
    centre = (x + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(x * (n - x) / n + z * z / 4)
    return centre - half, centre + half


def _agresti_coull(x, n, z, level):
    return _wald(x + z * z / 2, n + z * z, z, level)


def _wald(x, n, z, level):
    half = z * np.sqrt(x / n * (1 - x / n) / n)
    return x / n - half, x / n + half


def _exact(x, n, z, level):
    tail = (1 - level) / 2
    low = np.where(x > 0, scipy.special.betaincinv(np.maximum(x, 1e-300), n - x + 1, tail), 0.0)
    inside = np.where(x < n, n - x, 1.0)
    high = np.where(x < n, scipy.special.betaincinv(x + 1, inside, 1 - tail), 1.0)
    return low, high


def _jeffreys(x, n, z, level):
    # the ends are set to 0 and 1 at no and at all successes, as its authors advise
    tail = (1 - level) / 2
    low = np.where(x > 0, scipy.special.betaincinv(x + 0.5, n - x + 0.5, tail), 0.0)
    high = np.where(x < n, scipy.special.betaincinv(x + 0.5, n - x + 0.5, 1 - tail), 1.0)
    return low, high


_PROPORTION = {
    "wilson": _wilson,
    "agresti_coull": _agresti_coull,
    "jeffreys": _jeffreys,
    "exact": _exact,
    "wald": _wald,
}


def _tango(p, d, n, z):
    """Find where Tango's score statistic for promoters minus detractors crosses z."""
    estimate = (p - d) / n
    ends = []
    for outer, sign in ((-1.0, 1.0), (1.0, -1.0)):
        inside, outside = estimate.copy(), np.full_like(estimate, outer)
        for _ in range(60):
            middle = (inside + outside) / 2
            within = sign * _tango_statistic(p, d, n, middle) < z
            inside, outside = np.where(within, middle, inside), np.where(within, outside, middle)
        ends.append((inside + outside) / 2)
    return ends


def _tango_statistic(p, d, n, delta):
    b = -p - d + (2 * n - p + d) * delta
    c = -d * delta * (1 - delta)
    share = (np.sqrt(np.maximum(b * b - 8 * n * c, 0)) - b) / (4 * n)
    spread = np.sqrt(np.maximum(n * (2 * share + delta * (1 - delta)), 0))
    # when every answer lies at one end the statistic's spread is 0 there: it is at its limit
    return (p - d - n * delta) / np.where(spread > 0, spread, 1e-300)


def _nps_bootstrap(d, o, p, level, seed, n_boot=2000):
    rng = np.random.default_rng(seed)
    n = np.round(d + o + p).astype(np.int64)
    shares = np.stack([d, o, p], axis=-1) / np.maximum(d + o + p, 1e-300)[:, None]
    shares = np.where(n[:, None] > 0, shares, [[0.0, 1.0, 0.0]])
    drawn = rng.multinomial(n, shares, size=(n_boot, len(n)))
    scores = (drawn[..., 2] - drawn[..., 0]) / np.maximum(n, 1)
    tail = (1 - level) / 2
    return np.quantile(scores, tail, axis=0), np.quantile(scores, 1 - tail, axis=0)
