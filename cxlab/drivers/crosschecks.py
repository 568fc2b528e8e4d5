"""Would another way of looking tell another story? Curves, halo, other outcomes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from cxlab import codebook, stats
from cxlab.codebook import How, label
from cxlab.drivers.importance import importance
from cxlab.drivers.workings import certainty, subsets
from cxlab.drivers.workings.asking import question
from cxlab.drivers.workings.design import Design, DriverError
from cxlab.drivers.workings.sharing import lmg
from cxlab.results import Result, count, listing, number, percent, sentence

SURE = 0.95  # chance of the first place from which on it is told without a doubt

FOLDS = 5
SHUFFLES = 3
ROWS_AT_MOST = 20_000
AGREES = 0.6
STEPS_AT_MOST = 1_250_000_000  # of all decompositions, each rating's in every replicate
FEWEST_REPLICATES = 100
LOOKS_AT_MOST = 40_000_000  # ratings that shuffled trees look at, answer by answer


@question(gaps="indicator")
def nonlinear(design: Design, *, seed: int = 0) -> Result:
    """Compare the order with that of boosted trees, judged on answers they have not seen.

    Args:
        drivers: columns of ratings, or group name -> columns that are shuffled together.
        controls: columns held constant; they are in the trees and never shuffled.
        weight: column of weights, or a `Survey`; a cluster stays on one side of each split.

    Returns:
        term, estimate (share of the accuracy lost when the term is shuffled), r2 (accuracy
        lost), rank (by that), value (rank by LMG), verdict (`agrees`, `disagrees`), n.

    Raises:
        DriverError: the trees tell nothing on answers they have not seen.

    Example:
        >>> rng = np.random.default_rng(3)
        >>> answers = pd.DataFrame(rng.integers(1, 6, (200, 2)), columns=["price", "speed"])
        >>> answers["nps"] = answers["price"] * 2 + rng.integers(0, 2, 200)
        >>> nonlinear(answers, outcome="nps", drivers=["price", "speed"]).frame["term"][0]
        'price'
    """
    groups = design.groups or {name: [name] for name in design.drivers}
    # these trees are too small to gain from threads, and reports run beside each other
    with threadpool_limits(1):
        lost, trees, line = _lost(design, groups, seed)
    linear = _linear_order(design, groups)
    positive = np.maximum(lost, 0)
    rank = (-lost).argsort(kind="stable").argsort() + 1
    if not positive.any() or trees <= 0:
        raise DriverError(
            "On held-out answers boosted trees tell nothing of "
            f"{label(design.outcome)}: there is no order to compare with.",
            needs="more answers",
        )
    together = float(np.corrcoef(lost, linear)[0, 1]) if len(groups) > 2 else np.nan
    same_first = lost.argmax() == linear.argmax()
    agrees = same_first and (len(groups) < 3 or together >= AGREES)
    frame = pd.DataFrame(
        {
            "term": list(groups),
            "estimate": positive / max(positive.sum(), 1e-12),
            "r2": lost,
            "rank": rank,
            "value": linear_rank(linear),
            "verdict": "agrees" if agrees else "disagrees",
            "n": design.n,
        }
    ).sort_values("rank", ignore_index=True)
    return Result(
        name="non-linear cross-check",
        frame=frame,
        headline=sentence(
            f"{'' if np.isfinite(design.given).all() else 'with gaps marked, '}"
            f"boosted trees {'agree' if agrees else 'disagree'} with the linear order: "
            f"{'both put' if same_first else 'they put'} {frame['term'][0]} first"
            + ("" if same_first else f", the linear model {list(groups)[int(linear.argmax())]}")
            + (f"; correlation of the shares {number(together, 2)}." if len(groups) > 2 else ".")
        ),
        method=f"Gradient boosting, {FOLDS}-fold; loss of R² on held-out answers when a term is "
        "shuffled (Breiman 2001; Fisher, Rudin and Dominici 2019), beside LMG.",
        base=design.base,
        notes=(
            *_some_rows(design.n, rows_looked_at(len(groups), design.x[0].shape[1])),
            f"On held-out answers trees explain {percent(max(trees, 0), 1)} of the variance of "
            f"{label(design.outcome)}, the linear model {percent(max(line, 0), 1)}.",
            *design.notes,
        ),
        unit="share",
    )


@question()
def halo(design: Design, *, n_boot: int = 1000, seed: int = 0) -> Result:
    """Say what each rating adds once the overall impression is held constant.

    The impression is the first common factor of all other ratings: what is left of a rating
    is what people say with it beyond their mood.

    Returns:
        term, estimate (what it adds, as a share of what all add this way), conf_low,
        conf_high, rank (by that), value (rank by LMG), r2 (what it adds), n.

    Example:
        >>> rng = np.random.default_rng(3)
        >>> answers = pd.DataFrame(rng.integers(1, 6, (200, 3)), columns=["price", "speed", "web"])
        >>> answers["nps"] = answers["price"] * 2 + rng.integers(0, 2, 200)
        >>> halo(answers, outcome="nps", drivers=["price", "speed", "web"], n_boot=20).frame.shape
        (3, 8)
    """
    if len(design.drivers) < 3:
        raise DriverError("An overall impression needs three ratings or more.\nName more drivers.")
    cov = certainty.mean_covariance(design)
    always = len(design.controls)
    n_boot = replicates_looked_at(len(design.drivers), n_boot)
    whole = lmg(design, cov[None])
    left, first = _beyond(cov[None], always)
    parts = left[0]
    drawn = certainty.resample(design, lambda c: _beyond(c, always)[0], n_boot=n_boot, seed=seed)
    shares = parts / max(parts.sum(), 1e-12)
    low, high = stats.percentile(drawn / drawn.sum(axis=1, keepdims=True), design.survey.level)
    frame = pd.DataFrame(
        {
            "term": design.drivers,
            "estimate": shares,
            "conf_low": low,
            "conf_high": high,
            "rank": linear_rank(parts),
            "value": linear_rank(whole),
            "r2": parts,
            "n": design.n,
        }
    ).sort_values("rank", ignore_index=True)
    top, now = frame["term"][0], frame.loc[frame["value"] == 1, "term"].iloc[0]
    same = f"{top} stays first" if top == now else f"{top} comes first in place of {now}"
    told = f"without it {same} in association with {label(design.outcome)}"
    if not certainty.detectable(design, float(whole.sum())):
        told = f"no rating has a detectable association with {label(design.outcome)}"
    return Result(
        name="halo",
        frame=frame,
        headline=f"One overall impression holds {percent(first[0])} of the ratings' variance; "
        f"{told}.",
        method="R² each rating adds to the first principal component of the others; intervals "
        f"from {certainty.replicated(design, n_boot)}.",
        base=design.base,
        notes=(
            f"The ratings explain {percent(whole.sum(), 1)} of the variance of "
            f"{label(design.outcome)}; single ratings add {percent(parts.min(), 1)} to "
            f"{percent(parts.max(), 1)} to the others' common factor.",
            *design.notes,
        ),
        unit="share",
    )


@codebook.question("weight", "cluster", "level")
def beside(
    responses: pd.DataFrame,
    *,
    outcomes: Sequence[str],
    drivers: Sequence[str],
    controls: Sequence[str] = (),
    n_boot: int = 1000,
    seed: int = 0,
    how: How,
) -> Result:
    """Compare the order for what people say with the order for what they do.

    Args:
        outcomes: columns, the stated one first, such as `["nps", "stayed"]`.

    Returns:
        The rows of `importance` for every outcome: term, group (the outcome), estimate,
        conf_low, conf_high, rank, p_first, p_top3, tie, r2, n.

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2, 6], "stayed": [1, 0, 1, 1, 1, 0],
        ...                         "price": [5, 1, 3, 4, 2, 3], "speed": [4, 3, 5, 4, 3, 2]})
        >>> terms = ["price", "speed"]
        >>> both = beside(answers, outcomes=["nps", "stayed"], drivers=terms, n_boot=20)
        >>> both.frame["group"].unique().tolist()
        ['nps', 'stayed']
    """
    if len(outcomes) < 2:
        raise DriverError("Two outcomes are needed to stand beside each other.\nName them both.")
    found = {
        name: importance(
            responses,
            outcome=name,
            drivers=drivers,
            controls=controls,
            weight=how.weight,
            cluster=how.cluster,
            level=how.level,
            n_boot=n_boot,
            seed=seed,
        )
        for name in outcomes
    }
    frame = pd.concat([r.frame.assign(group=name) for name, r in found.items()], ignore_index=True)
    words = "term group estimate conf_low conf_high rank p_first p_top3 tie r2 n"
    firsts = {name: r.frame["term"][0] for name, r in found.items()}
    explained = [f"{percent(r.frame['r2'].sum(), 1)} of {label(name)}" for name, r in found.items()]
    sure = frame[(frame["rank"] == 1) & (frame["p_first"] >= SURE)]["group"].tolist()
    others = [label(name) for name in outcomes if name not in sure]
    named, said = [label(name) for name in sure], [f"{firsts[n]} for {label(n)}" for n in sure]
    if not sure:
        headline = f"Which rating comes first is settled for none of {listing(others)}."
    elif len({firsts[name] for name in sure}) == 1:
        alike = " alike" if len(sure) > 1 else ""
        headline = f"{sentence(firsts[sure[0]])} comes first for {listing(named)}{alike}."
    else:
        headline = f"The first place differs by outcome: {listing(said)}."
    if sure and others:
        headline = f"{headline[:-1]}; which rating does for {listing(others)} is not settled."
    return Result(
        name="outcomes beside each other",
        frame=frame[words.split()],
        headline=headline,
        method=found[outcomes[0]].method,
        base=" ".join(f"{label(name)}: {r.base}" for name, r in found.items()),
        notes=(f"The ratings explain {listing(explained)}.",),
        unit="share",
    )


def replicates_looked_at(terms: int, n_boot: int) -> int:
    """Give as many replicates as the decompositions of one matrix a rating allow."""
    return min(n_boot, max(STEPS_AT_MOST // terms**4, FEWEST_REPLICATES))


def rows_looked_at(terms: int, columns: int) -> int:
    """Give the most answers the trees learn from: fewer where there are many ratings."""
    return min(ROWS_AT_MOST, max(LOOKS_AT_MOST // (SHUFFLES * terms * columns), 1000))


def linear_rank(parts: np.ndarray) -> np.ndarray:
    """Rank parts, the largest first."""
    return (-np.asarray(parts)).argsort(kind="stable").argsort() + 1


def _some_rows(n: int, most: int) -> tuple[str, ...]:
    told = f"The trees learn from {count(most)} of {count(n, 'answer')}, drawn at random."
    return (told,) if n > most else ()


def _linear_order(design: Design, groups) -> np.ndarray:
    parts = lmg(design)
    own = dict(zip(design.drivers, parts, strict=True))
    return np.array([sum(own[name] for name in members) for members in groups.values()])


def _lost(design: Design, groups, seed: int) -> tuple[np.ndarray, float, float]:
    """Average over folds what held-out R² loses when a term is shuffled."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(design.n)[: rows_looked_at(len(groups), design.x[0].shape[1])]
    table = np.column_stack([design.x[0], design.z, design.y])[rows]
    table, w = stats.scaled(table, design.w[rows]).z, design.w[rows]
    x, y = table[:, :-1], table[:, -1]
    units = design.cluster[rows] if design.cluster is not None else np.arange(len(rows))
    # folds by shuffled unit codes: GroupKFold alone would split in the order of the file
    units = rng.permutation(int(units.max()) + 1)[units]
    place = {name: k for k, name in enumerate(design.drivers)}
    lost, trees, line = np.zeros(len(groups)), [], []
    for train, test in GroupKFold(FOLDS).split(x, y, units):
        model = HistGradientBoostingRegressor(
            max_iter=80,
            learning_rate=0.1,
            max_leaf_nodes=15,
            early_stopping=False,
            random_state=seed,
        )
        model.fit(x[train], y[train], sample_weight=w[train])
        base = _r2(y[test], model.predict(x[test]), w[test])
        trees.append(base)
        line.append(_r2(y[test], _straight(x, y, w, train, test), w[test]))
        for g, members in enumerate(groups.values()):
            columns = [place[name] for name in members]
            mixed = np.tile(x[test], (SHUFFLES, 1, 1))
            for one in mixed:
                one[:, columns] = one[rng.permutation(len(test))][:, columns]
            told = model.predict(mixed.reshape(-1, x.shape[1])).reshape(SHUFFLES, -1)
            for predicted in told:
                lost[g] += (base - _r2(y[test], predicted, w[test])) / SHUFFLES / FOLDS
    return lost, float(np.mean(trees)), float(np.mean(line))


def _straight(x, y, w, train, test) -> np.ndarray:
    """Predict by least squares; a column that a fold cannot tell apart says nothing in it."""
    own = stats.owned(x[train], w[train]) > 0
    beta = stats.line(x[train][:, own], y[train], weight=w[train]).coefficients
    return beta[0] + x[test][:, own] @ beta[1:]


def _r2(y: np.ndarray, predicted: np.ndarray, w: np.ndarray) -> float:
    mean = np.average(y, weights=w)
    return float(1 - (w @ (y - predicted) ** 2) / (w @ (y - mean) ** 2))


def _beyond(covs: np.ndarray, always: int):
    """Say what each rating adds to the first factor of all other ratings.

    The factor of all ratings would not do: it holds each rating's own part, and a rating
    that adds nothing would then count against it.
    """
    scale = np.sqrt(np.einsum("bii->bi", covs))
    corr = covs / (scale[:, :, None] * scale[:, None, :])
    ratings = np.arange(always, covs.shape[1] - 1)
    parts = [_beside_others(corr, always, own, ratings[ratings != own]) for own in ratings]
    values = np.linalg.eigvalsh(corr[:, always:-1, always:-1])
    return np.column_stack(parts), values[:, -1] / values.shape[1]


def _beside_others(corr: np.ndarray, always: int, own: int, others: np.ndarray) -> np.ndarray:
    vectors = np.linalg.eigh(corr[:, others[:, None], others[None, :]])[1][:, :, -1]
    wide = corr.shape[1]
    turn = np.zeros((len(corr), wide, always + 3))
    turn[:, np.arange(always), np.arange(always)] = 1
    turn[:, others, always] = vectors
    turn[:, own, always + 1] = 1
    turn[:, wide - 1, always + 2] = 1
    return subsets.shapley_r2(turn.transpose(0, 2, 1) @ corr @ turn, always=always + 1)[:, 0]
