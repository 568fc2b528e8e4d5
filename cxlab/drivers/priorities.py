"""Where is work most worth its while? Importance beside performance, and possible gains."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import label, need
from cxlab.drivers.workings import certainty
from cxlab.drivers.workings.asking import question
from cxlab.drivers.workings.design import ABSENT, Design, DriverError
from cxlab.drivers.workings.points import (
    ends,
    on_one_scale,
    points_of,
    risen,
    turned,
    worth_of,
)
from cxlab.drivers.workings.sharing import Sharing, covariances, sharing
from cxlab.results import Result, listing, percent, sentence, span, tellable

QUADRANTS = (
    "low priority",
    "possible overkill",
    "concentrate here",
    "keep up the good work",
)
UNPLACED = "cannot be placed"
LEAST_IN_GROUP = 30
ENDS = ["estimate", "conf_low", "conf_high"]


@question()
def priorities(design: Design, *, n_boot: int = 1000, seed: int = 0) -> Result:
    """Place each driver by importance and mean rating, where the answers allow it.

    Ratings of which low is good are counted from their other end.

    Returns:
        term, estimate (share of what the drivers explain), conf_low, conf_high, performance
        (mean rating), performance_low, performance_high, verdict (the quadrant around both
        means, or `cannot be placed` where fewer replicates agree than the level asks), n
        (ratings given).

    Example:
        >>> rng = np.random.default_rng(1)
        >>> answers = pd.DataFrame(rng.integers(1, 6, (90, 2)), columns=["price", "speed"])
        >>> answers["nps"] = answers["price"] * 2 + rng.integers(0, 2, 90)
        >>> priorities(answers, outcome="nps", drivers=["price", "speed"], n_boot=50).frame.shape
        (2, 9)
    """
    if len(design.drivers) < 2:
        raise DriverError("A map needs at least two drivers.\nName more ratings.")
    design = turned(design)
    ratings = design.given
    how = sharing(design, covariances(design), n_boot=n_boot, seed=seed)
    share, means = how.parts / how.parts.sum(), _means(design, ratings)
    shares, performance = _replicates(design, ratings, how, seed)
    low, high = ends(ratings)
    reached, drawn = (means - low) / (high - low), (performance - low) / (high - low)
    level = design.survey.level
    lower, upper = stats.percentile(shares, level)
    worst, best = stats.percentile(performance, level)
    frame = pd.DataFrame(
        {
            "term": design.drivers,
            "estimate": share,
            "conf_low": lower,
            "conf_high": upper,
            "performance": means,
            "performance_low": worst,
            "performance_high": best,
            "verdict": _placed(share, reached, shares, drawn, level),
            "n": np.isfinite(ratings).sum(axis=0),
        }
    )
    frame = frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    return Result(
        name="driver priorities",
        frame=frame,
        headline=sentence(_map_headline(frame)),
        method="Importance-performance analysis (Martilla and James 1977) with LMG shares, lines "
        "at both means; intervals and places from "
        f"{certainty.replicated(design, how.replicates, 'joint bootstrap replicate')}.",
        base=design.base,
        notes=(
            "A driver is placed only where at least "
            f"{percent(level)} of the replicates put it in one quadrant.",
            *_scale_note(design, ratings),
            *how.told,
            *design.notes,
        ),
        unit="share",
    )


def quadrants(importance: Sequence[float], performance: Sequence[float]) -> list[str]:
    """Place terms by whether they lie above the mean importance and the mean performance.

    Example:
        >>> quadrants([6.5, 6, 4, 4.5], [3, 6, 2.5, 5.5])[:2]
        ['concentrate here', 'keep up the good work']
    """
    return [
        QUADRANTS[place] for place in _quadrant(np.asarray(importance), np.asarray(performance))
    ]


@question()
def gains(design: Design, *, by: str, n_boot: int = 1000, seed: int = 0) -> Result:
    """Rank drivers by the gain if each came to the mean of its best group.

    Args:
        outcome: column of the score; `nps` counts in NPS points.

    Returns:
        term, group (the best one), estimate (points of the score; a gain is below zero where
        low is good), conf_low, conf_high, share (of all gains), cumulative, rank, n (ratings in
        the best group), verdict (assumed, as that the association is causal).

    Example:
        >>> rng = np.random.default_rng(1)
        >>> answers = pd.DataFrame({"speed": rng.integers(1, 6, 90), "region": list("nss") * 30})
        >>> answers["nps"] = answers["speed"] + rng.integers(0, 3, 90)
        >>> gains(answers, outcome="nps", drivers=["speed"], by="region").frame["rank"].tolist()
        [1]
    """
    need(design.answers, [by], DriverError, ABSENT)
    points, unit = points_of(design)
    sign, whole = design.good_end(design.outcome), design
    design = turned(replace(design, y=sign * worth_of(design.y, points)))
    if np.ptp(design.y) == 0:
        raise DriverError(
            "every answer counts alike in the score, so no rating can raise it.\n"
            "answers that count differently"
        )
    ratings = design.given
    inside, names = _groups(design, by)
    frame = _gain_frame(design, ratings, inside, names, n_boot, seed).assign(verdict="assumed")
    first = frame.iloc[0]
    what = "NPS" if points == "nps" else label(design.outcome)
    sure = first["conf_low"] > 0
    came = "rose" if design.good_end(first["term"]) > 0 else "fell"
    if sign < 0:
        frame[ENDS] = -frame[["estimate", "conf_high", "conf_low"]].to_numpy()
        first = frame.iloc[0]
    headline = (
        f"If {first['term']} {came} to its level in {label(by)} '{first['group']}': {what} "
        f"{risen(first['estimate'], unit)} "
        f"({span(first['conf_low'], first['conf_high'], unit)}), if the association is causal."
        if sure
        else f"No driver shows a detectable gain from its best {label(by)}, if the association is "
        "causal."
    )
    return Result(
        name="driver gains",
        frame=frame,
        headline=headline,
        method="Slope of one linear model times the distance from the mean to the best group's "
        f"mean; intervals from {certainty.replicated(design, n_boot)} with the best group kept.",
        base=whole.base,
        notes=(
            "The best of several groups is partly lucky: its level flatters the gain.",
            "Gains hold only if the association is causal, and do not add up exactly.",
            *whole.notes,
        ),
        unit=unit,
    )


def _means(design: Design, ratings: np.ndarray) -> np.ndarray:
    given, filled = np.isfinite(ratings), np.nan_to_num(ratings)
    return (design.w @ filled) / (design.w @ given)


def _replicates(design: Design, ratings, how: Sharing, seed: int):
    """Draw importance and performance from the same replicates."""
    shares, performance = [], []
    given, players = np.isfinite(ratings), ratings.shape[1]
    both = np.column_stack([np.nan_to_num(ratings), given]) * design.w[:, None]
    by_lot = design.lots.sums(lambda rows: both[rows])
    for drawn, covs in certainty.moments(design, n_boot=how.replicates, seed=seed):
        parts = how.of(covs)
        shares.append(parts / parts.sum(axis=1, keepdims=True))
        sums = drawn @ by_lot
        performance.append(sums[:, :players] / np.maximum(sums[:, players:], 1e-12))
    return np.concatenate(shares), np.concatenate(performance)


def _quadrant(importance: np.ndarray, performance: np.ndarray) -> np.ndarray:
    high = importance >= importance.mean(axis=-1, keepdims=True)
    good = performance >= performance.mean(axis=-1, keepdims=True)
    return 2 * high.astype(int) + good.astype(int)


def _placed(share, means, shares, performance, level: float) -> list[str]:
    own, drawn = _quadrant(share, means), _quadrant(shares, performance)
    agree = (drawn == own).mean(axis=0)
    return [QUADRANTS[q] if a >= level else UNPLACED for q, a in zip(own, agree, strict=True)]


def _scale_note(design: Design, ratings: np.ndarray) -> list[str]:
    if on_one_scale(ratings):
        return []
    return [
        "The ratings are not on one scale: each is placed by how far up its own scale its mean "
        "lies."
    ]


def _map_headline(frame: pd.DataFrame) -> str:
    first = frame.loc[frame["verdict"] == "concentrate here", "term"].tolist()
    unplaced = frame.loc[frame["verdict"] == UNPLACED, "term"].tolist()
    if len(unplaced) == len(frame):
        return "No driver can be placed on the map: nothing stands apart in both directions."
    rest = f"; {listing(unplaced)} cannot be placed" if unplaced else ""
    if first:
        verb = "is" if len(first) == 1 else "are"
        return f"{listing(first)} {verb} above average in importance and below in rating{rest}."
    return f"No driver is clearly both above average in importance and below in rating{rest}."


def _groups(design: Design, by: str) -> tuple[np.ndarray, list[str]]:
    column = design.answers[by].iloc[design.rows]
    values = column.astype(object).where(column.notna(), None)
    sizes = values.value_counts()
    names = sorted(str(v) for v in sizes.index[sizes >= LEAST_IN_GROUP])
    told = tellable(sizes)
    names = [name for name in names if name in told]
    if not names:
        raise DriverError(
            f"no group of '{by}' has {LEAST_IN_GROUP} answers.\n"
            "Choose a segment with larger groups."
        )
    text = np.array([None if v is None else str(v) for v in values], dtype=object)
    return text[:, None] == np.array(names, dtype=object), names


def _gain_frame(design: Design, ratings, inside, names, n_boot: int, seed: int) -> pd.DataFrame:
    given, filled = np.isfinite(ratings), np.nan_to_num(ratings)
    w = design.w[:, None]
    enough = inside.T.astype(float) @ given >= LEAST_IN_GROUP
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (inside.T @ (w * filled)) / (inside.T @ (w * given))
    means = np.where(enough, means, -np.inf)
    best = means.argmax(axis=0)
    mine = inside[:, best]
    slopes, sums = _slopes(design, certainty.mean_covariance(design)[None])[0], []
    gap = means[best, np.arange(len(best))] - (w * filled).sum(axis=0) / (w * given).sum(axis=0)
    columns = np.column_stack([w * filled * mine, w * given * mine, w * filled, w * given])
    by_lot = design.lots.sums(lambda rows: columns[rows])
    for drawn, covs in certainty.moments(design, n_boot=n_boot, seed=seed):
        top, n_top, here, n_here = np.split(drawn @ by_lot, 4, axis=1)
        distance = top / np.maximum(n_top, 1e-9) - here / np.maximum(n_here, 1e-9)
        sums.append(_slopes(design, covs) * distance)
    low, high = stats.percentile(np.concatenate(sums), design.survey.level)
    gain = slopes * np.where(np.isfinite(gap), gap, 0.0)
    positive = np.maximum(gain, 0)
    frame = pd.DataFrame(
        {
            "term": design.drivers,
            "group": [names[k] for k in best],
            "estimate": gain,
            "conf_low": low,
            "conf_high": high,
            "share": positive / max(positive.sum(), 1e-12),
            "n": (mine & given).sum(axis=0),
        }
    )
    frame = frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    return frame.assign(cumulative=frame["share"].cumsum(), rank=np.arange(1, len(frame) + 1))


def _slopes(design: Design, covs: np.ndarray) -> np.ndarray:
    """Give slopes in the outcome's points, from covariances of standardised columns."""
    own = len(design.controls)
    columns = np.column_stack([design.x[0], design.y])
    share = design.w / design.w.sum()
    spread = np.sqrt(share @ (columns - share @ columns) ** 2)
    ridge = 1e-10 * np.eye(covs.shape[1] - 1)
    beta = np.linalg.solve(covs[:, :-1, :-1] + ridge, covs[:, :-1, -1:])[:, own:, 0]
    return beta * spread[-1] / spread[:-1]
