"""How do ordered answers go with ratings? Weighted proportional odds, and its test.

With logistic errors, P(y = j) = F(u)·F(-l)·(1 - exp(l - u)), where u and l are the cuts around
j less the linear part. The last factor depends on the category alone, so every row costs two
logistic functions, and the log-likelihood is concave: Newton's method finds its maximum.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import chi2

from cxlab import stats
from cxlab.drivers.workings.design import Design, DriverError
from cxlab.results import listing

STEPS = 60
PRECISE = 1e-10
SEPARATED = 25.0
MOST_CATEGORIES = 21
LEAST_A_SIDE = 10
LEAST_OWN = 1e-5
ROWS_AT_ONCE = 8192


@dataclass(frozen=True, eq=False)
class Ordered:
    """A fitted proportional-odds model: cuts first, then slopes.

    Attributes:
        theta: cuts between categories, then one slope for each column.
        values: the outcome's values in order.
        loglik: weighted log-likelihood.
        information: minus the Hessian at the maximum.
        rise: chance, for each row, of an error above its upper cut.
        fall: of one below its lower cut.
        each: log-likelihood of each row, unweighted.
    """

    theta: np.ndarray
    values: np.ndarray
    loglik: float
    information: np.ndarray
    rise: np.ndarray
    fall: np.ndarray
    each: np.ndarray

    @property
    def residual(self) -> np.ndarray:
        """Give each row's slope of the log-likelihood along its linear part."""
        return self.rise - self.fall

    @property
    def cuts(self) -> np.ndarray:
        """Give the cuts between neighbouring categories."""
        return self.theta[: len(self.values) - 1]

    @property
    def slopes(self) -> np.ndarray:
        """Give the log-odds of higher answers, for one point more."""
        return self.theta[len(self.values) - 1 :]


def fit_ordered(
    y: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    *,
    begin: np.ndarray | None = None,
    held: np.ndarray | None = None,
) -> Ordered:
    """Fit a proportional-odds model to weighted answers.

    Args:
        y: the outcome; its distinct values in order are the categories.
        x: columns on one scale, see `columns`.
        w: weights.
        begin: cuts and slopes to begin from.
        held: how strongly each slope is held to zero; none if not given.

    Raises:
        DriverError: the likelihood has no maximum (separation).

    Example:
        >>> model = fit_ordered(np.array([0, 1, 0, 1, 1]), np.array([[1.0], [2], [3], [4], [2]]),
        ...                     np.ones(5))
        >>> model.theta.shape
        (2,)
    """
    codes, values = pd.factorize(y, sort=True)
    theta = _begin(codes, len(values), x, w) if begin is None else begin
    state = _Likelihood(codes, len(values), x, w, held)
    best, slope, curve = state.at(theta)
    for _ in range(STEPS):
        step = _solve(curve, slope)
        size = 1.0
        while True:
            found = state.at(theta + size * step)
            if found[0] >= best - 1e-12 * abs(best) or size < 1e-8:
                break
            size /= 2
        gain = found[0] - best
        theta = theta + size * step
        best, slope, curve = found
        if abs(step @ slope) < PRECISE and gain < PRECISE * (1 + abs(best)):
            break
    _check_maximum(theta, len(values), x, best)
    return Ordered(theta, values, best, curve, *state.rows())


def fit_named(design: Design, y: np.ndarray, x: np.ndarray) -> Ordered:
    """Fit drivers, then controls; a driver that separates the outcome is named."""
    return fit_held(design, y, x, [*design.drivers, *design.controls])


def fit_held(
    design: Design, y: np.ndarray, x: np.ndarray, names: Sequence[str], begin=None
) -> Ordered:
    """Fit named columns; where a control separates the outcome, hold controls toward zero.

    A mark for a missing rating can part a small segment by chance. A normal prior with
    standard deviation 2.5 on the controls then keeps the model (Gelman and others 2008).
    """
    try:
        return fit_ordered(y, x, design.w, begin=begin)
    except Separation as error:
        if names[error.place] in design.drivers:
            raise Separation(error.place, names[error.place]) from None
    held = np.array([0.0 if name in design.drivers else 1 / 2.5**2 for name in names])
    try:
        return fit_ordered(y, x, design.w, held=held)
    except Separation as error:
        raise Separation(error.place, names[error.place]) from None


def scores(model: Ordered, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Give each row's derivatives of its own log-likelihood, unweighted."""
    codes = np.searchsorted(model.values, y)
    cuts = np.zeros((len(y), len(model.values) - 1))
    gap = _gap_slope(model.cuts)[codes]
    rows = np.arange(len(y))
    top, bottom = codes < len(model.values) - 1, codes > 0
    cuts[rows[top], codes[top]] += (model.rise + gap)[top]
    cuts[rows[bottom], codes[bottom] - 1] -= (model.fall + gap)[bottom]
    return np.column_stack([cuts, -x * model.residual[:, None]])


def robust(model: Ordered, y, x, w, cluster=None) -> np.ndarray:
    """Compute the sandwich covariance of the estimates, by cluster where there is one."""
    each = scores(model, y, x) * w[:, None]
    if cluster is not None:
        each = stats.totals(each, cluster)
    bread = stats.inverse(model.information)
    return bread @ (each.T @ each) @ bread * (len(each) / (len(each) - 1))


def expected(model: Ordered, x: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Predict the mean worth of each row's answer, where `worth` says what a category counts."""
    below = expit(model.cuts - (x @ model.slopes)[:, None])
    return worth[-1] - below @ np.diff(worth)


def slopes_in_points(model: Ordered, cov: np.ndarray, x, w, worth: np.ndarray):
    """Translate slopes into points of the outcome for one point of rating, by prediction.

    Returns:
        The average slope of the predicted mean along each column, and their covariance
        (delta method).
    """
    steps, share = np.diff(worth), w / w.sum()
    below = expit(model.cuts - (x @ model.slopes)[:, None])
    density = below * (1 - below)
    bend = density * (1 - 2 * below)
    mean = float(share @ (density @ steps))
    by_cut = share @ bend * steps
    by_slope = -(share * (bend @ steps)) @ x
    gradient = np.outer(model.slopes, np.concatenate([by_cut, by_slope]))
    gradient[:, len(model.cuts) :] += mean * np.eye(len(model.slopes))
    return model.slopes * mean, gradient @ cov @ gradient.T


def columns(design: Design, imputation: int = 0) -> stats.Columns:
    """Put drivers, then controls, on one scale: every likelihood is climbed on that.

    Raises:
        DriverError: a column has next to nothing of its own.
    """
    table = np.column_stack([design.x[imputation], design.z])
    repeats = np.flatnonzero(stats.owned(table, design.w) < LEAST_OWN)
    if len(repeats):
        name = [*design.drivers, *design.controls][int(repeats[0])]
        raise DriverError(
            f"'{name}' follows so nearly from the other columns that it has no slope of its own.\n"
            "Leave it out, or one of those; method='lmg' and model='linear' still serve."
        )
    return stats.scaled(table, design.w)


def per_unit(found: stats.Columns, cuts: int, theta: np.ndarray, cov: np.ndarray):
    """Give cuts and slopes, and their covariance, per unit of the columns given."""
    turn = np.diag(np.append(np.ones(cuts), 1 / found.spread))
    turn[:cuts, cuts:] = found.centre / found.spread
    slopes = theta[cuts:] / found.spread
    return np.append(theta[:cuts] + found.centre @ slopes, slopes), turn @ cov @ turn.T


def usable_cuts(design: Design, cuts=None) -> tuple[np.ndarray, list[str]]:
    """Choose the cuts with enough answers on both sides."""
    values = np.unique(design.y)
    if len(values) > MOST_CATEGORIES:
        raise DriverError(
            f"outcome '{design.outcome}' has {len(values)} values: too many to be categories.\n"
            "Use the linear model, or band the outcome."
        )
    if cuts is None:
        nps_like = values.min() >= 0 and values.max() == 10
        cuts = (6, 8) if nps_like else values[:-1]
    cuts = np.asarray(cuts, float)
    sides = np.array([min((design.y <= c).sum(), (design.y > c).sum()) for c in cuts])
    least = max(LEAST_A_SIDE, design.x[0].shape[1] + design.z.shape[1] + 2)
    kept = sides >= least
    few = [f"{c:g}" for c in cuts[~kept]]
    cut = "cut at {} has" if len(few) == 1 else "cuts at {} have"
    notes = [f"The {cut.format(listing(few))} fewer than {least} answers on a side."] if few else []
    return cuts[kept], notes


def separate_logits(design: Design, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit a logit above each cut, and the covariance among all their slopes.

    Returns:
        Slopes for one standard deviation, shape (cuts, columns), and their joint covariance,
        flattened cut by cut.
    """
    x = columns(design).z
    table = np.column_stack([np.ones(len(x)), x])
    if not len(cuts):
        return np.empty((0, x.shape[1])), np.empty((0, 0))
    robustly = design.weighted or design.cluster is not None
    slopes, chances, breads = [], [], []
    for cut in cuts:
        model = fit_named(design, (design.y > cut).astype(float), x)
        chance = expit(x @ model.slopes - model.cuts[0])
        weight = design.w * chance * (1 - chance)
        breads.append(stats.inverse((table * weight[:, None]).T @ table))
        slopes.append(model.slopes)
        chances.append(chance)
    wide, k = table.shape[1], len(cuts)
    cov = np.zeros((k * wide, k * wide))
    each = [
        (table * (design.w * ((design.y > c) - p))[:, None])
        for c, p in zip(cuts, chances, strict=True)
    ]
    if design.cluster is not None:
        each = [stats.totals(one, design.cluster) for one in each]
    for i in range(k):
        for j in range(i, k):
            if robustly:
                meat = each[i].T @ each[j] * (len(each[i]) / (len(each[i]) - 1))
            else:
                meat = (table * (chances[j] * (1 - chances[i]))[:, None]).T @ table
            block = breads[i] @ meat @ breads[j]
            cov[i * wide : (i + 1) * wide, j * wide : (j + 1) * wide] = block
            cov[j * wide : (j + 1) * wide, i * wide : (i + 1) * wide] = block.T
    slope_places = (np.arange(k)[:, None] * wide + np.arange(1, wide)).ravel()
    return np.array(slopes), cov[np.ix_(slope_places, slope_places)]


def brant(slopes: np.ndarray, cov: np.ndarray, columns: Sequence[int]) -> tuple[float, int, float]:
    """Test that the slopes of these columns are the same at every cut."""
    k, wide = slopes.shape
    pairs = [(column, cut) for column in columns for cut in range(1, k)]
    contrast = np.zeros((len(pairs), k * wide))
    for row, (column, cut) in enumerate(pairs):
        contrast[row, column], contrast[row, cut * wide + column] = 1, -1
    away = contrast @ slopes.ravel()
    spread = contrast @ _as_printed(cov, k, wide) @ contrast.T
    size = np.sqrt(np.diag(spread))
    statistic = float(away / size @ np.linalg.solve(spread / np.outer(size, size), away / size))
    freedom = len(contrast)
    return statistic, freedom, float(chi2.sf(statistic, freedom))


def _as_printed(cov: np.ndarray, k: int, wide: int) -> np.ndarray:
    """Put the covariance between two cuts untransposed in both places.

    The programs users compare with (brant, car) do so; the omnibus test then differs by
    some 0.03% from that with the symmetric matrix, the tests of single terms not at all.
    """
    blocks = cov.reshape(k, wide, k, wide).copy()
    for i in range(k):
        for j in range(i):
            blocks[i, :, j, :] = blocks[j, :, i, :]
    return blocks.reshape(k * wide, k * wide)


class _Likelihood:
    """The log-likelihood of cuts and slopes, with its slope and curvature.

    Rows stand category by category, and are gone through a block at a time that fits the cache.
    """

    def __init__(self, codes, categories: int, x: np.ndarray, w: np.ndarray, held=None) -> None:
        self.order = np.argsort(codes, kind="stable")
        self.x, self.w = x[self.order], w[self.order]
        ends = np.searchsorted(codes[self.order], np.arange(categories + 1))
        self.blocks = [
            (j, slice(begin, min(begin + ROWS_AT_ONCE, ends[j + 1])))
            for j in range(categories)
            for begin in range(ends[j], ends[j + 1], ROWS_AT_ONCE)
        ]
        self.held = np.zeros(x.shape[1]) if held is None else held
        self.counts = np.bincount(codes, weights=w, minlength=categories)
        self.rise, self.fall, self.each = np.empty((3, len(x)))

    def at(self, theta: np.ndarray):
        """Give log-likelihood, slope and information at `theta`."""
        cuts, slopes = np.split(theta, [len(self.counts) - 1])
        if (np.diff(cuts) <= 0).any():
            return -np.inf, None, None
        slope, curve = self._of_gaps(cuts, len(theta))
        edges = np.concatenate([[-np.inf], cuts, [np.inf]])
        with np.errstate(divide="ignore"):
            gap = np.log(-np.expm1(-np.diff(edges)))
        total, across = 0.0, np.zeros((len(slopes), len(edges)))
        for j, rows in self.blocks:
            x, w = self.x[rows], self.w[rows]
            linear = x @ slopes
            rise, above = _beyond(edges[j + 1] - linear)
            fall, below = _beyond(linear - edges[j])
            each = gap[j] - above - below
            self.rise[rows], self.fall[rows], self.each[rows] = rise, fall, each
            total += w @ each
            at_upper, at_lower = w * rise * (1 - rise), w * fall * (1 - fall)
            if j < len(cuts):
                slope[j] += w @ rise
                curve[j, j] += at_upper.sum()
            if j:
                slope[j - 1] -= w @ fall
                curve[j - 1, j - 1] += at_lower.sum()
            slope[len(cuts) :] -= (w * (rise - fall)) @ x
            curve[len(cuts) :, len(cuts) :] += (x * (at_upper + at_lower)[:, None]).T @ x
            across[:, j] -= at_lower @ x
            across[:, j + 1] -= at_upper @ x
        curve[len(cuts) :, : len(cuts)] = across[:, 1:-1]
        curve[: len(cuts), len(cuts) :] = across[:, 1:-1].T
        slope[len(cuts) :] -= self.held * slopes
        curve[np.arange(len(cuts), len(theta)), np.arange(len(cuts), len(theta))] += self.held
        return float(total - self.held @ slopes**2 / 2), slope, curve

    def rows(self) -> np.ndarray:
        """Give `rise`, `fall` and `each` where last looked at, in the order of the rows given."""
        found = np.empty((3, len(self.order)))
        found[:, self.order] = self.rise, self.fall, self.each
        return found

    def _of_gaps(self, cuts: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Begin slope and curvature with what hangs on the gaps between cuts alone."""
        by_gap = _gap_slope(cuts) * self.counts
        bent = _gap_curve(cuts) * self.counts
        slope, curve = np.zeros(size), np.zeros((size, size))
        slope[: len(cuts)] = by_gap[:-1] - by_gap[1:]
        places = np.arange(len(cuts))
        curve[places, places] = bent[:-1] + bent[1:]
        curve[places[1:], places[:-1]] = curve[places[:-1], places[1:]] = -bent[1:-1]
        return slope, curve


def _beyond(reach: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the chance of a logistic error beyond a reach, and minus the log of the other chance."""
    small = np.exp(-np.abs(reach))
    share = 1 / (1 + small)
    return np.where(reach > 0, small * share, share), np.log1p(small) + np.maximum(-reach, 0)


def _gap_slope(cuts: np.ndarray) -> np.ndarray:
    """Differentiate log(1 - exp(-gap)) for each category; the outer ones have no gap."""
    return np.concatenate([[0.0], 1 / np.expm1(np.diff(cuts)), [0.0]])


def _gap_curve(cuts: np.ndarray) -> np.ndarray:
    wide = np.diff(cuts)
    return np.concatenate([[0.0], 1 / (np.expm1(wide) * -np.expm1(-wide)), [0.0]])


def _begin(codes, categories, x, w) -> np.ndarray:
    share = np.cumsum(np.bincount(codes, weights=w, minlength=categories))[:-1] / w.sum()
    cuts = np.log(share / (1 - share))
    return np.concatenate([cuts, np.zeros(x.shape[1])])


def _solve(curve: np.ndarray, slope: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.solve(curve, slope)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(curve, slope, rcond=None)[0]


def _check_maximum(theta, categories, x, loglik) -> None:
    if not x.shape[1]:
        return
    reach = np.abs(theta[categories - 1 :]) * np.ptp(x, axis=0)
    if np.isfinite(loglik) and reach.max() < SEPARATED:
        return
    raise Separation(int(np.argmax(reach)))


class Separation(DriverError):
    """Some column splits the outcome without error: its slope has no bound."""

    def __init__(self, place: int, name: str = "") -> None:
        self.place = place
        what = f"'{name}'" if name else f"column {place + 1}"
        super().__init__(
            f"{what} separates the outcome: above some value every answer is on one side, so "
            "its slope has no bound.\nLeave it out, band it, or use the linear model."
        )
