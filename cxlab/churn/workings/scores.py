"""How good is a score? Ranking, calibration and lift, each with its interval."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm, rankdata

from cxlab import stats

N_BOOT = 300
SMALLEST = 1e-12


def auc(y, score, *, customer=None, level: float = 0.95) -> dict[str, float]:
    """Give the area under the ROC curve with DeLong's interval.

    Args:
        y: 1 left, 0 stayed.
        score: higher means likelier to leave; ties count one half.
        customer: whose row it is; rows of one customer are counted as one draw.
        level: of the interval.

    Returns:
        `estimate`, `std_error`, `conf_low`, `conf_high`.

    Example:
        >>> round(auc([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1])["estimate"], 3)
        0.75
    """
    theta, influence = _roc(np.asarray(y), np.asarray(score, dtype=float))
    error = _error(influence, np.asarray(y), customer)
    return _interval(theta, error, level, low=0.0, high=1.0)


def auc_difference(y, score, other, *, customer=None, level: float = 0.95) -> dict[str, float]:
    """Compare two scores on the same rows (DeLong, DeLong and Clarke-Pearson, 1988).

    Returns:
        `estimate` (the first minus the other), `std_error`, `conf_low`, `conf_high`, `p_value`.
    """
    y = np.asarray(y)
    theta, influence = _roc(y, np.asarray(score, dtype=float))
    theta_other, influence_other = _roc(y, np.asarray(other, dtype=float))
    error = _error(influence - influence_other, y, customer)
    found = _interval(theta - theta_other, error, level)
    p = 1.0 if error == 0 else float(2 * norm.sf(abs(theta - theta_other) / error))
    return {**found, "p_value": p}


def average_precision(y, score, times=None) -> np.ndarray:
    """Give the area under the precision-recall curve, for each set of multiplicities."""
    return _along(y, score, times, _precision)


def ks(y, score, times=None) -> np.ndarray:
    """Give the largest distance between the scores of leavers and stayers."""
    return _along(y, score, times, _distance)


def lift_top(y, score, times=None, *, part: float = 0.1) -> np.ndarray:
    """Give how many times the overall rate leaves in the top part of the ranking."""
    return _along(y, score, times, lambda left, all_, _: _lift(left, all_, part))


def brier(y, p) -> np.ndarray:
    """Give the squared error of each probability."""
    return (np.asarray(p) - np.asarray(y)) ** 2


def log_loss(y, p) -> np.ndarray:
    """Give the log loss of each probability."""
    p = np.clip(np.asarray(p, dtype=float), SMALLEST, 1 - SMALLEST)
    y = np.asarray(y)
    return -(y * np.log(p) + (1 - y) * np.log1p(-p))


def mean(values, *, customer=None, level: float = 0.95) -> dict[str, float]:
    """Give a mean with its interval; rows of one customer are counted as one draw."""
    values = np.asarray(values, dtype=float)
    centre = values.mean()
    clusters = _sum_by(customer, (values - centre) / len(values))
    n = len(clusters)
    error = float(np.sqrt((clusters**2).sum() * n / max(n - 1, 1)))
    return _interval(float(centre), error, level)


def resampled(measure, y, score, *, customer=None, level=0.95, seed=0) -> dict[str, float]:
    """Give a ranking measure with its bootstrap percentile interval."""
    replicates = [
        measure(y, score, times)
        for times in stats.counts(len(y), n_boot=N_BOOT, seed=seed, cluster=customer)
    ]
    drawn = np.concatenate(replicates)
    low, high = stats.percentile(drawn[np.isfinite(drawn)], level)
    return {
        "estimate": float(measure(y, score)[0]),
        "std_error": float(np.nanstd(drawn, ddof=1)),
        "conf_low": float(low),
        "conf_high": float(high),
    }


def top_tenth(
    y, score, *, customer=None, level: float = 0.95, seed: int = 0, part: float = 0.1
) -> dict[str, float]:
    """Give the lift of the top tenth; its bootstrap interval is no narrower than Wilson's.

    Nine of ten who left, resampled, are all but always many: of so few a bootstrap alone is too
    sure. With Wilson's interval (1927) around the share of the tenth, over the rate of all, what
    is told of the tenth as a share and as a ratio agrees.
    """
    top = partial(lift_top, part=part)
    found = resampled(top, y, score, customer=customer, level=level, seed=seed)
    rate, n = float(np.mean(y)), np.ceil(len(y) * part)
    ends = stats.proportion_interval(found["estimate"] * rate * n, n, level=level)
    low, high = (float(end) / rate for end in ends)
    found["conf_low"] = min(found["conf_low"], low)
    found["conf_high"] = max(found["conf_high"], high)
    return found


def log_odds(p) -> np.ndarray:
    """Give the log-odds of probabilities, those of 0 and 1 kept finite."""
    p = np.clip(np.asarray(p, dtype=float), 1e-9, 1 - 1e-9)
    return np.log(p / (1 - p))


def calibration_line(y, p, *, customer=None, level: float = 0.95) -> dict[str, dict[str, float]]:
    """Fit the outcome on the log-odds foretold (Cox, 1958).

    Returns:
        `slope` (1 where high risks are as high as foretold, below 1 where the model is
        overconfident) and `intercept` (0 where as many leave as foretold, the slope held at 1).
    """
    y, x = np.asarray(y, dtype=float), log_odds(p)
    both, errors = _logit(np.column_stack([np.ones_like(x), x]), y, np.zeros_like(x), customer)
    alone, error = _logit(np.ones((len(x), 1)), y, x, customer)
    return {
        "slope": _interval(float(both[1]), float(errors[1]), level),
        "intercept": _interval(float(alone[0]), float(error[0]), level),
    }


def platt(y, p) -> tuple[float, float]:
    """Fit intercept and slope of the outcome on the log-odds foretold (Platt, 1999)."""
    x = log_odds(p)
    both, _ = _logit(np.column_stack([np.ones_like(x), x]), np.asarray(y, float), 0 * x, None)
    return float(both[0]), float(both[1])


def hosmer_lemeshow(events, expected, n) -> float:
    """Test leavers in bands against those foretold for other customers (one degree a band).

    Args:
        events: how many left, a band.
        expected: how many were foretold to leave.
        n: customers.

    Returns:
        The p-value (Hosmer and Lemeshow, 1980, for risks that were not fitted to the rows).
    """
    events, expected, n = (np.asarray(given, dtype=float) for given in (events, expected, n))
    spread = expected * (1 - expected / n)
    return float(chi2.sf(((events - expected) ** 2 / np.maximum(spread, SMALLEST)).sum(), len(n)))


def single_auc(column: pd.Series, y: np.ndarray, *, seed: int = 0) -> float:
    """Give how well one column alone tells leavers from stayers, 0.5 to 1.

    Numbers are ranked either way, missing at either end; the values of a category are scored
    in one half of the rows by how many left in the other.
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        column = pd.Series(column.astype("int64").where(column.notna()), dtype=float)
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        ends = (np.nanmin(values) - 1, np.nanmax(values) + 1) if np.isfinite(values).any() else (0,)
        filled = [np.where(np.isnan(values), end, values) for end in ends]
        return max(max(a, 1 - a) for a in (_area(y, v) for v in filled))
    return _area(y, _scored(column, y, seed))


# ---------------------------------------------------------------- ROC


def _roc(y: np.ndarray, score: np.ndarray) -> tuple[float, np.ndarray]:
    """Give the area and what each row adds to its deviation, in structural components."""
    left = y == 1
    m, n = int(left.sum()), int((~left).sum())
    ranks = rankdata(score)
    placed = np.empty(len(y))
    placed[left] = (ranks[left] - rankdata(score[left])) / n
    placed[~left] = 1 - (ranks[~left] - rankdata(score[~left])) / m
    theta = float(placed[left].mean())
    influence = np.where(left, (placed - theta) / m, (placed - theta) / n)
    return theta, influence


def _error(influence: np.ndarray, y: np.ndarray, customer) -> float:
    if customer is None or pd.Series(np.asarray(customer)).is_unique:
        left = y == 1
        m, n = left.sum(), (~left).sum()
        scale = np.where(left, m / max(m - 1, 1), n / max(n - 1, 1))
        return float(np.sqrt((influence**2 * scale).sum()))
    clusters = _sum_by(customer, influence)
    c = len(clusters)
    return float(np.sqrt((clusters**2).sum() * c / (c - 1)))


def _sum_by(customer, values: np.ndarray) -> np.ndarray:
    if customer is None:
        return values
    code = pd.factorize(np.asarray(customer))[0]
    return np.bincount(code, weights=values)


def _interval(value, error, level, *, low=-np.inf, high=np.inf) -> dict[str, float]:
    z = norm.ppf((1 + level) / 2)
    return {
        "estimate": float(value),
        "std_error": float(error),
        "conf_low": float(max(low, value - z * error)),
        "conf_high": float(min(high, value + z * error)),
    }


def _scored(column: pd.Series, y: np.ndarray, seed: int) -> np.ndarray:
    """Score each value in one half of the rows by the rate of leaving in the other half."""
    code = pd.factorize(column.astype("object").where(column.notna(), "(none)"))[0]
    half = np.random.default_rng(seed).permutation(len(y)) % 2
    scores = np.empty(len(y))
    for side in (0, 1):
        learn, judge = half != side, half == side
        n = np.bincount(code[learn], minlength=code.max() + 1)
        left = np.bincount(code[learn], weights=y[learn], minlength=code.max() + 1)
        # values seldom seen lean towards the overall rate
        rate = (left + 5 * y[learn].mean()) / (n + 5)
        scores[judge] = rate[code[judge]]
    return scores


def _area(y: np.ndarray, score: np.ndarray) -> float:
    left = y == 1
    m, n = int(left.sum()), int((~left).sum())
    return float((rankdata(score)[left].sum() - m * (m + 1) / 2) / (m * n))


# ---------------------------------------------------------------- along the ranking


def _along(y, score, times, measure) -> np.ndarray:
    """Walk down the ranking, ties in one step, once for each set of multiplicities."""
    y, score = np.asarray(y, dtype=float), np.asarray(score, dtype=float)
    order = np.argsort(-score, kind="stable")
    last = np.append(np.diff(score[order]) != 0, True)
    times = np.ones((1, len(y))) if times is None else np.asarray(times, dtype=float)
    weight = times[:, order]
    everyone = np.cumsum(weight, axis=1)
    left = np.cumsum(weight * y[order], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return measure(left[:, last], everyone[:, last], last)


def _precision(left, everyone, _last) -> np.ndarray:
    total = left[:, -1:]
    gained = np.diff(left, axis=1, prepend=0) / total
    precision = np.where(everyone > 0, left / everyone, 0.0)
    return (gained * precision).sum(axis=1)


def _distance(left, everyone, _last) -> np.ndarray:
    stayed = everyone - left
    return np.abs(left / left[:, -1:] - stayed / stayed[:, -1:]).max(axis=1)


def _lift(left, everyone, part) -> np.ndarray:
    """Count the leavers among the first `part` rows; a tie at the border is shared out."""
    total, n = left[:, -1], everyone[:, -1]
    wanted = np.ceil(part * n - 1e-9)
    found = np.array(
        [
            np.interp(w, np.append(0, e), np.append(0, k))
            for w, e, k in zip(wanted, everyone, left, strict=True)
        ]
    )
    return found / wanted / (total / n)


# ---------------------------------------------------------------- a small logistic fit


def _logit(x: np.ndarray, y: np.ndarray, offset: np.ndarray, customer):
    """Fit by Newton steps; errors allow for a customer's rows going together."""
    beta = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ beta + offset, -35, 35)))
        information = (x * (p * (1 - p))[:, None]).T @ x + 1e-12 * np.eye(x.shape[1])
        step = np.linalg.solve(information, x.T @ (y - p))
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            break
    bread = np.linalg.inv(information)
    if customer is None or pd.Series(np.asarray(customer)).is_unique:
        return beta, np.sqrt(np.diag(bread))
    code = pd.factorize(np.asarray(customer))[0]
    pieces = x * (y - p)[:, None]
    sums = np.column_stack([np.bincount(code, weights=column) for column in pieces.T])
    return beta, np.sqrt(np.diag(bread @ (sums.T @ sums) @ bread))
