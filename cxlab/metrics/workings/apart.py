"""Which groups stand apart? Each group against all the others, corrected for their number."""

from typing import NamedTuple

import numpy as np
from scipy import special

from cxlab import stats
from cxlab.codebook import label
from cxlab.metrics.workings.answers import Answers, By
from cxlab.results import amount, listing, sentence


class Apart(NamedTuple):
    """Each group against the rest: an array each, over the groups."""

    estimate: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    p_value: np.ndarray
    p_adjusted: np.ndarray
    stands: np.ndarray


def apart(
    answers: Answers, *, level: float, hidden: np.ndarray | None = None, method: str = "bh"
) -> Apart:
    """Compare each group with all answers outside it.

    The test takes the variance both sides share if they do not differ (a score test), so a
    handful of equal answers is not taken for certainty; the interval takes each side's own.

    Args:
        answers: the counted answers.
        level: confidence level; a group stands apart when its adjusted p is below 1 - level
            and its interval leaves out zero.
        hidden: groups that are not compared (suppressed); their answers stay with the rest.
        method: correction, see `stats.adjust`.
    """
    own = stats.mean_of(answers.cells, answers.worth)
    rest_cells = stats.Tally(*(t - c for t, c in zip(answers.total, answers.cells, strict=True)))
    rest = stats.mean_of(rest_cells, answers.worth)
    whole = stats.mean_of(answers.total, answers.worth)
    shares = answers.total.w[0] / answers.total.w.sum()
    variance = shares @ answers.worth**2 - whole.estimate[0] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = own.estimate - rest.estimate
        design = _design(answers, own, rest)
        std_error = np.sqrt((own.std_error**2 + rest.std_error**2) * design)
        shared = np.sqrt(variance * (1 / own.n_effective + 1 / rest.n_effective) * design)
        # a side that shows no spread of its own borrows what both sides share
        std_error = np.where(
            std_error > 0, np.maximum(std_error, _floor(own, rest, shared)), shared
        )
        p = np.where(shared > 0, 2 * special.ndtr(-np.abs(estimate) / shared), 1.0)
        p = np.where(np.isfinite(estimate), p, np.nan)
        half = stats.quantile(level) * std_error
    if hidden is not None:
        p = np.where(hidden, np.nan, p)
    adjusted = stats.adjust(p, method=method)
    low, high = estimate - half, estimate + half
    with np.errstate(invalid="ignore"):
        stands = (adjusted <= 1 - level) & ((low > 0) | (high < 0))
    return Apart(estimate, std_error, low, high, p, adjusted, stands)


def stands_apart(answers: Answers, found: Apart, by: By, *, sizes: bool = False) -> str:
    """Say in one sentence which groups stand apart; with `sizes` the furthest at its level."""
    score, names = answers.score, answers.groups
    noun = label(by) if isinstance(by, str) else " and ".join(map(label, by or ["group"]))
    if not found.stands.any():
        whole = stats.mean_of(answers.total, answers.worth).estimate[0]
        overall = score.says(amount(whole, score.unit))
        if np.isnan(found.p_adjusted).all():
            return f"No {noun} has enough answers to be compared: {overall} overall."
        link = ";" if ":" in overall else ":"
        return f"No {noun} stands apart from the rest{link} {overall} overall."
    own = stats.mean_of(answers.cells, answers.worth).estimate
    sides = []
    for word, side in (("above", found.estimate > 0), ("below", found.estimate < 0)):
        chosen = np.flatnonzero(found.stands & side)
        chosen = chosen[np.argsort(-np.abs(found.estimate[chosen]))]
        if not len(chosen):
            continue
        if not sizes:
            sides.append(f"{listing([names[i] for i in chosen])} {word} the others")
            continue
        one, more = chosen[0], [names[i] for i in chosen[1:]]
        level = amount(own[one], score.unit)
        size = score.difference(found.estimate[one])
        size = size.removesuffix(" points") if score.kind == "nps" else size
        too = f" ({listing(more, 4)} too)" if more else ""
        others = names[1 - one] if len(names) == 2 else "the others"
        sides.append(sentence(f"{names[one]} {level}, {size} {word} {others}{too}"))
    sides = sides[:1] if sizes and len(names) == 2 else sides  # of two, one says it all
    good = " (low means easy)" if score.low_is_good else ""
    told = ". ".join(sides) if sizes else "; ".join(sides)
    return f"{score.name} by {noun}: {told}{good}."


def _floor(own: stats.Mean, rest: stats.Mean, shared: np.ndarray) -> np.ndarray:
    alike = (own.std_error == 0) | (rest.std_error == 0) | ~(own.n > 1) | ~(rest.n > 1)
    return np.where(alike, shared, 0.0)


def _design(answers: Answers, own: stats.Mean, rest: stats.Mean) -> np.ndarray:
    """Say by how much clustering multiplies the variance of each comparison.

    Most clusters lie outside most groups; only those that touch a group are looked at singly.
    """
    groups = len(answers.groups)
    if answers.cluster is None:
        return np.ones(groups)
    codes, values = answers.cluster, answers.values()
    weight = np.ones(len(values)) if answers.weight is None else answers.weight
    m = int(codes.max()) + 1
    group, cluster, (w, wv) = stats.pairs(answers.group, codes, groups, weight, weight * values)
    w_all, wv_all = np.bincount(cluster, w, minlength=m), np.bincount(cluster, wv, minlength=m)
    inside = answers.cells.w.sum(axis=1)
    outside = answers.cells.w.sum() - inside
    with np.errstate(divide="ignore", invalid="ignore"):
        away = (rest.estimate[group] * w_all[cluster] - wv_all[cluster]) / outside[group]
        touched = (wv - own.estimate[group] * w) / inside[group] + (
            rest.estimate[group] * (w_all[cluster] - w) - (wv_all[cluster] - wv)
        ) / outside[group]
        everywhere = (
            rest.estimate**2 * (w_all @ w_all)
            - 2 * rest.estimate * (w_all @ wv_all)
            + wv_all @ wv_all
        ) / outside**2
        clustered = everywhere + np.bincount(group, touched**2 - away**2, minlength=groups)
        plain = _squares(answers.cells.w2, answers.worth, own.estimate) / inside**2
        others = answers.total.w2 - answers.cells.w2
        plain += _squares(others, answers.worth, rest.estimate) / outside**2
        factor = m / max(m - 1, 1) * clustered / plain
    return np.where(np.isfinite(factor) & (factor > 0), factor, 1.0)


def _squares(w2: np.ndarray, worth: np.ndarray, centre: np.ndarray) -> np.ndarray:
    return (w2 * (worth - centre[:, None]) ** 2).sum(axis=1)
