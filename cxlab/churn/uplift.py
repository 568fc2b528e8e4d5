"""Whom does contact keep? Only a randomised treatment can say."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import special

from cxlab import stats
from cxlab.churn.definition import ChurnError
from cxlab.churn.snapshots import Snapshot
from cxlab.churn.workings.asking import question
from cxlab.churn.workings.learning import FOLDS, learn, parts_of, untrained
from cxlab.codebook import arms, did_you_mean
from cxlab.results import Result, count, listing, number

N_BOOT = 300
STEPS = 20


@question
def uplift(
    snapshot: Snapshot, *, treated: str | pd.Series | None, level: float = 0.95, seed: int = 0
) -> Result:
    """Rank customers by how much less they leave when treated, and check the ranking.

    Args:
        snapshot: customers before the treatment, outcomes known after it.
        treated: who was treated, drawn at random: a column of the snapshot, or yes and no a
            row; None where there was no experiment.

    Returns:
        A `Result`: the Qini curve, with `share` (treated first by uplift), `estimate` (leavers
        avoided per 1,000 customers), `conf_low`, `conf_high`, `p_value` (normal, by the spread of
        the bootstrap), `expected` (were they treated in any order), `n`. Without an
        experiment, a result that says what cannot be known.
    """
    if treated is None:
        return _no_experiment(snapshot)
    taken, given = _treated(snapshot, treated)
    y = taken.label.to_numpy(dtype=int)
    rank = _cross_uplift(taken, given, seed)
    order = np.argsort(-rank, kind="stable")
    curve, area, effect = _curves(y[order], given[order], np.ones((1, len(y))))
    clusters = None if taken.customer.is_unique else taken.customer.to_numpy()[order]
    drawn = [
        _curves(y[order], given[order], times)
        for times in stats.counts(len(y), n_boot=N_BOOT, seed=seed, cluster=clusters)
    ]
    curves, areas, effects = (np.concatenate([part[at] for part in drawn]) for at in range(3))
    low, high = stats.percentile(curves, level)
    share = np.linspace(0, 1, STEPS + 1)
    frame = pd.DataFrame({"share": share, "estimate": curve[0], "conf_low": low})
    frame["conf_high"], frame["expected"] = high, share * curve[0][-1]
    frame["p_value"] = _chance(curve[0], curves.std(axis=0))
    frame["n"] = np.round(share * len(y)).astype(int)
    return Result(
        name="uplift",
        frame=frame,
        headline=_headline(area[0], stats.percentile(areas, level), effect[0], effects, level),
        method=(
            "One penalised logistic regression for the treated and one for the others, each "
            f"customer scored by fits without them ({FOLDS} parts); Qini curve and coefficient "
            f"(Radcliffe 2007), bootstrap of customers, level {level:g}."
        ),
        base=f"{taken.base()[:-1]}; {count(int(given.sum()))} treated at random.",
        unit="leavers avoided per 1,000",
    )


@question
def uplift_by_customer(snapshot: Snapshot, *, treated: str | pd.Series, seed: int = 0) -> Result:
    """Hand out how much less each customer would leave when treated, by fits without them.

    Whether the ranking can be trusted, `uplift` checks.

    Args:
        treated: as for `uplift`.

    Returns:
        customer, estimate (chance of leaving untreated less treated), rank (1: most is gained).
    """
    taken, given = _treated(snapshot, treated)
    gain = _cross_uplift(taken, given, seed)
    rank = (-gain).argsort(kind="stable").argsort() + 1
    frame = pd.DataFrame({"customer": taken.customer.to_numpy(), "estimate": gain, "rank": rank})
    frame = frame.sort_values("rank", ignore_index=True)
    better = int((gain > 0).sum())
    return Result(
        name="uplift by customer",
        frame=frame,
        headline=f"{count(better, 'customer')} of {count(len(frame))} would leave less when "
        "treated, by these models; whether the order holds is said by uplift.",
        method=f"One penalised logistic regression a side, each customer scored by fits without "
        f"them ({FOLDS} parts).",
        base=f"{taken.base()[:-1]}; {count(int(given.sum()))} treated at random.",
        unit="share",
    )


def _no_experiment(snapshot: Snapshot) -> Result:
    return Result(
        name="uplift",
        frame=pd.DataFrame(
            columns=["share", "estimate", "conf_low", "conf_high", "p_value", "expected", "n"]
        ),
        headline="Risk is not persuadability: nothing here says whom a call would keep.",
        method="None; uplift needs a treatment given at random.",
        base=snapshot.base(),
        notes=(
            "The study names no experiment. Hold out a random part of the next list, and declare "
            "the flag under 'experiment'.",
        ),
    )


def _arms(column: pd.Series) -> pd.Series:
    """Read who was treated, or refuse."""
    found = arms(column)
    if found is None:
        said = sorted(map(repr, set(column.dropna().astype(str).str.strip().str.casefold())))
        raise ChurnError(
            f"treated: '{column.name}' says {listing(said, 4)}; it must hold "
            "yes and no, 1 and 0, or one word beside 'control'."
        )
    return found


def _treated(snapshot: Snapshot, treated: str | pd.Series) -> tuple[Snapshot, np.ndarray]:
    if isinstance(treated, str):
        source = next((s for s in (snapshot.undated, snapshot.features) if treated in s), None)
        if source is None:
            near = did_you_mean(treated, [*snapshot.features, *snapshot.undated])
            raise ChurnError(f"treated: '{treated}' is no column of the snapshot.{near}")
        flag, name = _arms(source[treated]), treated
    else:
        flag, name = _arms(pd.Series(treated, name="treated").reset_index(drop=True)), ""
    kept = (snapshot.label.notna() & flag.notna()).to_numpy()
    taken = snapshot.rows(kept)
    given = flag.to_numpy()[kept].astype(bool)
    for side in (given, ~given):
        if taken.label.to_numpy()[side].sum() < 20:
            raise ChurnError(
                "treated: fewer than 20 leavers among the treated or among the others; the effect "
                "cannot be told. Wait for more, or widen the horizon."
            )
    if name in taken.features:
        taken = replace(taken, features=taken.features.drop(columns=name))
    return taken, given


def _cross_uplift(taken: Snapshot, given: np.ndarray, seed: int) -> np.ndarray:
    """Foretell how much less each customer leaves when treated, by fits without them."""
    part = parts_of(taken.customer, seed=seed)
    model = untrained(taken, "logistic", seed)
    gain = np.zeros(len(taken))
    for out in range(FOLDS):
        inside = part != out
        foretold = {}
        for side in (True, False):
            rows = inside & (given == side)
            fitted = learn(model, taken.features[rows], taken.label[rows])
            foretold[side] = fitted.predict_proba(taken.features[~inside])[:, 1]
        gain[~inside] = foretold[False] - foretold[True]
    return gain


def _curves(y: np.ndarray, given: np.ndarray, times: np.ndarray):
    """Give the Qini curve per 1,000, its area above the straight line, and the whole effect."""
    n = times.shape[1]
    places = np.round(np.linspace(0, n, STEPS + 1)).astype(int)
    walked = {}
    for name, row in (
        ("t", given),
        ("c", ~given),
        ("yt", given & (y == 1)),
        ("yc", ~given & (y == 1)),
    ):
        sums = np.cumsum(times * row, axis=1)
        walked[name] = np.concatenate([np.zeros((len(times), 1)), sums], axis=1)[:, places]
    with np.errstate(invalid="ignore", divide="ignore"):
        # of the others as many are taken as were treated so far
        scaled = np.where(walked["c"] > 0, walked["yc"] * walked["t"] / walked["c"], 0.0)
    curve = (scaled - walked["yt"]) / walked["t"][:, -1:] * 1000
    straight = curve[:, -1:] * np.linspace(0, 1, STEPS + 1)
    area = (curve - straight)[:, 1:].mean(axis=1)
    return curve, area, curve[:, -1]


def _chance(estimate: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Give the p-value of each estimate against zero; missing where none can vary."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > 0, 2 * special.ndtr(-np.abs(estimate) / error), np.nan)


def _headline(area: float, between, effect: float, effects: np.ndarray, level: float) -> str:
    low, high = (float(end) for end in stats.percentile(effects, level))
    if low <= 0 <= high:
        whole = (
            "In the experiment, treating everybody makes no detectable difference "
            f"({number(effect)} leavers avoided per 1,000, {number(low)} to {number(high)})"
        )
    else:
        ends = sorted((abs(low), abs(high)))
        whole = (
            f"In the experiment, treating everybody {'avoids' if effect > 0 else 'adds'} "
            f"{number(abs(effect))} leavers per 1,000 ({number(ends[0])} to {number(ends[1])})"
        )
    if between[0] > 0:
        return f"{whole}; choosing by uplift avoids more than any order would."
    return f"{whole}; whom to treat first cannot be told."
