"""Which drivers go with the score most, and how sure is the order?"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import t as t_distribution

from cxlab import stats
from cxlab.codebook import did_you_mean, label
from cxlab.drivers.workings import certainty, likelihood, subsets
from cxlab.drivers.workings.asking import question
from cxlab.drivers.workings.design import Design, DriverError
from cxlab.drivers.workings.sharing import ORDERS, Sharing, covariances, refuse_many, sharing
from cxlab.results import Result, count, listing, number, percent, sentence, span

MOST_SUBSETS_OF = 8
COLUMNS = [
    "term",
    "group",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "rank",
    "rank_low",
    "rank_high",
    "p_first",
    "p_top3",
    "tie",
    "direction",
    "verdict",
    "r2",
    "n_needed",
    "n",
    "n_effective",
]

SUSPICIOUS = 0.95  # explained: a score is hardly ever so near to what people rate
LINEAR = ("lmg", "sampled", "relative_weights")
LIKELIHOODS = {
    "mcfadden": "McFadden's",
    "cox_snell": "Cox and Snell's",
    "nagelkerke": "Nagelkerke's",
}
_METHOD = {
    "lmg": "Exact LMG (Shapley) shares of R² over all orders of the drivers (Lindeman, Merenda "
    "and Gold 1980; Grömping 2006)",
    "sampled": f"LMG shares of R² from {count(ORDERS)} random orders of the drivers, in pairs "
    "of an order and its reverse",
    "relative_weights": "Relative weights (Johnson 2000)",
    "mcfadden": "General dominance of McFadden's R² of a {kind} model",
    "cox_snell": "General dominance of Cox and Snell's R² of a {kind} model",
    "nagelkerke": "General dominance of Nagelkerke's R² of a {kind} model",
}


@question(gaps=lambda words: "impute" if words["method"] in LINEAR else "indicator")
def importance(design: Design, *, method: str = "lmg", n_boot: int = 1000, seed: int = 0) -> Result:
    """Share what the drivers explain among them, and say how sure the order is.

    Args:
        drivers: columns of ratings; or group name -> columns, to share among groups first
            (Owen).
        controls: columns held constant in every model; their part is not shared out.
        method: `lmg` (over all orders while these are few, else over random ones, which the
            result says), `sampled` (random orders in any case), `relative_weights`; for an
            outcome with two values or ordered ones `mcfadden`, `cox_snell`, `nagelkerke`.
        n_boot: bootstrap replicates; 0 leaves the certainty out.

    Returns:
        term, group, estimate (share of what the drivers explain) with std_error, conf_low and
        conf_high, rank with rank_low and rank_high, p_first, p_top3, tie, direction (sign
        of the slope, others held: 1 or -1), verdict (`own`, `suspicious` of the first where
        0.95 or more is explained, or `none of its own` where that sign may be chance), r2 (the
        share as a part of the variance), n_needed (answers that would tell it from the next), n,
        n_effective. With groups, their rows come first.

    Raises:
        DriverError: a column cannot be used, or the question is too large.

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2, 6], "price": [5, 1, 3, 4, 2, 3],
        ...                         "speed": [4, 3, 5, 4, 3, 2]})
        >>> shares = importance(answers, outcome="nps", drivers=["price", "speed"], n_boot=0)
        >>> shares.frame["term"].tolist()
        ['price', 'speed']
    """
    return shared(design, method, n_boot, seed)


@question()
def relative_weights(design: Design, *, n_boot: int = 1000, seed: int = 0) -> Result:
    """Share what the drivers explain by Johnson's relative weights, as a cross-check.

    It returns what `importance` does.

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2, 6], "price": [5, 1, 3, 4, 2, 3],
        ...                         "speed": [4, 3, 5, 4, 3, 2]})
        >>> shares = relative_weights(answers, outcome="nps", drivers=["price", "speed"], n_boot=0)
        >>> shares.frame["term"].tolist()
        ['price', 'speed']
    """
    return shared(design, "relative_weights", n_boot, seed)


def shared(design: Design, method: str, n_boot: int, seed: int) -> Result:
    """Share out what the drivers explain, by one of the methods of `importance`."""
    _check_method(method)
    _check_cost(design, method)
    covs = covariances(design)
    if method not in LINEAR:
        parts, replicates = likelihood.parts(design, method, n_boot=n_boot, seed=seed)
        return _result(design, parts, replicates, method, covs.mean(axis=0))
    how = _linear(design, covs, method, n_boot, seed)
    method, drawn = method if how.exact else "sampled", _replicates(design, how, seed)
    return _result(design, how.parts, drawn, method, covs.mean(axis=0), how.told)


@question(gaps="indicator")
def by_likelihood(design: Design, *, n_boot: int = 100, seed: int = 0) -> Result:
    """Share out McFadden's R² of a model for ordered answers, where the models are few enough.

    It returns what `importance` does.

    Raises:
        DriverError: so many ratings that a model for each subset of them is too many.

    Example:
        >>> rng = np.random.default_rng(3)
        >>> answers = pd.DataFrame(rng.integers(1, 6, (90, 2)), columns=["price", "csat"])
        >>> found = by_likelihood(answers, outcome="csat", drivers=["price"], n_boot=0)
        >>> found.frame["term"].tolist()
        ['price']
    """
    players = len(design.drivers)
    if players > MOST_SUBSETS_OF:
        raise DriverError(
            f"Likelihood-based shares take a model for each of the {2**players:,} subsets "
            f"of {count(players, 'rating')}; the shares of R² and the relative weights stand "
            "in their place.",
            needs=f"at most {MOST_SUBSETS_OF} ratings",
        )
    return shared(design, "mcfadden", n_boot, seed)


@question()
def pairs(design: Design, *, n_boot: int = 1000, seed: int = 0) -> Result:
    """Compare the shares of every two drivers, and say how many answers would part them.

    Returns:
        term, against, estimate (difference of shares) with conf_low and conf_high, p_value,
        p_adjusted (Holm), verdict (`apart`, `cannot be told apart`), n_needed.

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2, 6], "price": [5, 1, 3, 4, 2, 3],
        ...                         "speed": [4, 3, 5, 4, 3, 2]})
        >>> pairs(answers, outcome="nps", drivers=["price", "speed"], n_boot=50).frame.shape
        (1, 9)
    """
    if len(design.drivers) < 2 or n_boot < 2:
        what = "two ratings" if n_boot > 1 else "at least two replicates"
        raise DriverError(f"Pairs take {what}.")
    how = sharing(design, covariances(design), n_boot=n_boot, seed=seed)
    shares, drawn = _as_shares(how.parts), _as_shares(_replicates(design, how, seed))
    level = design.survey.level
    found = certainty.differences(shares, drawn, design.n, level)
    order = np.argsort(-shares, kind="stable")
    rows = [(i, j) for place, i in enumerate(order) for j in order[place + 1 :]]
    left, right = (np.array(side) for side in zip(*rows, strict=True))
    apart = found["apart"][left, right]
    names = np.array(design.drivers, dtype=object)
    frame = pd.DataFrame(
        {
            "term": names[left],
            "against": names[right],
            "estimate": found["difference"][left, right],
            "conf_low": found["low"][left, right],
            "conf_high": found["high"][left, right],
            "p_value": found["p_value"][left, right],
            "p_adjusted": found["p_adjusted"][left, right],
            "verdict": np.where(apart, "apart", "cannot be told apart"),
            "n_needed": found["n_needed"][left, right],
        }
    )
    return Result(
        name="driver pairs",
        frame=frame,
        headline=f"{_told_apart(int(apart.sum()), len(rows))} can be told apart by their "
        f"association with {label(design.outcome)}.",
        method=f"Differences of LMG shares over {certainty.replicated(design, how.replicates)}; "
        f"p-values from their standard errors, Holm-adjusted; answers needed for 80% power.",
        base=design.base,
        notes=(*how.told, *design.notes),
        unit="share",
    )


def _told_apart(apart: int, pairs: int) -> str:
    if pairs == 1:
        return "The two drivers" if apart else "Nothing shows that the two drivers"
    return f"{apart or 'None'} of {count(pairs, 'pair')} of drivers"


@question(gaps="indicator")
def dominance(design: Design, *, method: str = "r2") -> Result:
    """Compare drivers subset by subset: what each adds to models of every size.

    Args:
        method: `r2` (at most 16 drivers), or for an outcome with two values or ordered ones
            `mcfadden`, `cox_snell`, `nagelkerke` (at most 12).

    Returns:
        term, part (`general`, or `model of k`), against (for `complete`: the other driver),
        estimate (R² added; for `complete` the share of subsets in which the term adds more).

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2, 6], "price": [5, 1, 3, 4, 2, 3],
        ...                         "speed": [4, 3, 5, 4, 3, 2]})
        >>> found = dominance(answers, outcome="nps", drivers=["price", "speed"])
        >>> found.frame["part"].unique().tolist()
        ['general', 'model of 1', 'model of 2', 'complete']
    """
    if method == "r2":
        _check_few(len(design.drivers))
        cov = certainty.covariance(certainty.table_of(design), design.w)
        values = subsets.subset_r2(cov, always=len(design.controls))
    else:
        _check_method(method)
        _check_cost(design, method)
        values = likelihood.subset_r2(design, method)
    return _dominance(design.drivers, values, design.outcome, design.base, design.notes)


def dominance_of(correlations: pd.DataFrame, *, outcome: str, drivers: Sequence[str]) -> Result:
    """Compare drivers subset by subset from a published matrix of correlations or covariances.

    Args:
        correlations: square, named alike in rows and columns.
        outcome: name of the outcome.
        drivers: names of the drivers, at most 16.

    Returns:
        As `dominance`.

    Raises:
        DriverError: a name is absent, or the matrix is none of correlations.

    Example:
        >>> names = ["y", "a", "b"]
        >>> r = pd.DataFrame([[1, 0.5, 0.6], [0.5, 1, 0.2], [0.6, 0.2, 1]], names, names)
        >>> found = dominance_of(r, outcome="y", drivers=["a", "b"])
        >>> found.frame["estimate"].round(2)[:2].tolist()
        [0.2, 0.31]
    """
    order = [*drivers, outcome]
    for name in order:
        if name not in correlations.index or name not in correlations.columns:
            raise DriverError(
                f"There is no '{name}' in rows and columns of the matrix."
                f"{did_you_mean(name, correlations.columns)}\nName rows and columns alike."
            )
    _check_few(len(drivers))
    cov = correlations.loc[order, order].to_numpy(float)
    if not np.allclose(cov, cov.T) or not np.linalg.eigvalsh(cov)[0] > 0:
        raise DriverError(
            "The matrix is not symmetric, or no answers could have these correlations.\n"
            "Check for a missing or mistyped entry."
        )
    base = f"A matrix of correlations among {count(len(order), 'column')}; no answers."
    return _dominance(drivers, subsets.subset_r2(cov), outcome, base, ())


def _check_few(players: int) -> None:
    if players > 16:
        raise DriverError(
            f"{players} drivers have too many pairs of subsets to compare.\n"
            "Name at most 16, or use importance, which averages over them."
        )


def _dominance(drivers, values: np.ndarray, outcome: str, base: str, notes) -> Result:
    rows = _dominance_rows(drivers, values)
    frame = pd.DataFrame(rows, columns=["term", "part", "against", "estimate"])
    complete = frame[(frame["part"] == "complete") & (frame["estimate"] == 1)]
    pairs_of = len(drivers) * (len(drivers) - 1) // 2
    return Result(
        name="driver dominance",
        frame=frame,
        headline=f"In {len(complete)} of {count(pairs_of, 'pair')} one driver adds more than the "
        f"other to every model of {label(outcome)} that can be made without both.",
        method="General, conditional and complete dominance of R² (Azen and Budescu 2003).",
        base=base,
        notes=notes,
    )


def _dominance_rows(names, values: np.ndarray) -> list[tuple]:
    added = []
    sizes, rows = subsets.popcounts(len(names)), []
    every = np.arange(len(values))
    for place in range(len(names)):
        without = every[(every >> place) & 1 == 0]
        added.append((without, values[without + (1 << place), 0] - values[without, 0]))
    rows += [
        (n, "general", None, v) for n, v in zip(names, subsets.shapley(values)[:, 0], strict=True)
    ]
    for size in range(len(names)):
        for name, (without, gain) in zip(names, added, strict=True):
            rows.append((name, f"model of {size + 1}", None, gain[sizes[without] == size].mean()))
    for i, name in enumerate(names):
        for j, other in enumerate(names):
            if i != j:
                neither = every[((every >> i) & 1 == 0) & ((every >> j) & 1 == 0)]
                more = values[neither + (1 << i), 0] > values[neither + (1 << j), 0]
                rows.append((name, "complete", other, more.mean()))
    return rows


def _check_method(method: str) -> None:
    if method not in _METHOD:
        raise DriverError(
            f"'{method}' is not a method.{did_you_mean(method, _METHOD)}\n"
            f"Use one of {', '.join(_METHOD)}."
        )


def _check_cost(design: Design, method: str) -> None:
    players = len(design.drivers)
    if method in LINEAR:
        refuse_many(players)
    elif players > likelihood.MOST_DRIVERS:
        raise DriverError(
            f"method='{method}' fits a model for each of {2**players:,} subsets; it stops at "
            f"{likelihood.MOST_DRIVERS} drivers.\nUse method='lmg', or name fewer drivers."
        )
    if method == "lmg" and design.groups is not None:
        largest = len(design.groups) - 1 + max(len(g) for g in design.groups.values())
        if largest > 20:
            raise DriverError(
                f"groups and the largest group's members make 2^{largest} subsets.\n"
                "Make the groups fewer, or the largest one smaller."
            )


def _linear(design: Design, covs: np.ndarray, method: str, n_boot: int, seed: int) -> Sharing:
    """Choose how each driver's part of R² is computed, and compute it."""
    always = len(design.controls)
    if method == "relative_weights":
        return _all_of(lambda many: _relative_weights(many, always), covs, n_boot)
    if method == "lmg" and design.groups is not None:
        place = {name: k for k, name in enumerate(design.drivers)}
        groups = [[place[name] for name in members] for members in design.groups.values()]
        return _all_of(lambda many: subsets.owen(many, groups, always=always), covs, n_boot)
    return sharing(design, covs, n_boot=n_boot, seed=seed, sampled=method == "sampled")


def _all_of(of: Callable, covs: np.ndarray, n_boot: int) -> Sharing:
    return Sharing(np.mean([of(cov[None])[0] for cov in covs], axis=0), of, n_boot)


def _replicates(design: Design, how: Sharing, seed: int) -> np.ndarray:
    if not how.replicates:
        return np.empty((0, len(how.parts)))
    return certainty.resample(design, how.of, n_boot=how.replicates, seed=seed)


def _relative_weights(covs: np.ndarray, always: int) -> np.ndarray:
    """Rotate the drivers to their nearest orthogonal set, and share its R² back."""
    whole = covs[:, -1, -1]
    if always:
        inner, across = covs[:, :always, :always], covs[:, :always, always:]
        covs = (
            covs[:, always:, always:] - across.transpose(0, 2, 1) @ np.linalg.pinv(inner) @ across
        )
    scale = np.sqrt(np.einsum("bii->bi", covs))
    corr = covs / (scale[:, :, None] * scale[:, None, :])
    values, vectors = np.linalg.eigh(corr[:, :-1, :-1])
    values = np.sqrt(np.maximum(values, 1e-12))
    loading = (vectors * values[:, None, :]) @ vectors.transpose(0, 2, 1)
    inverse = (vectors / values[:, None, :]) @ vectors.transpose(0, 2, 1)
    beta = (inverse @ corr[:, :-1, -1:])[:, :, 0]
    parts = (loading**2 @ (beta**2)[:, :, None])[:, :, 0]
    return parts * (covs[:, -1, -1] / whole)[:, None]


def _as_shares(parts: np.ndarray) -> np.ndarray:
    total = parts.sum(axis=-1, keepdims=True)
    return parts / np.where(total > 0, total, 1.0)


def _result(design: Design, parts, replicates, method: str, cov, told=()) -> Result:
    frames = []
    if design.groups is not None:
        which = [np.isin(design.drivers, members) for members in design.groups.values()]
        sums = np.array([parts[inside].sum() for inside in which])
        drawn = np.column_stack([replicates[:, inside].sum(axis=1) for inside in which])
        frames.append(_rows(design, list(design.groups), sums, drawn, None))
    frames.append(_rows(design, list(design.drivers), parts, replicates, _directions(design, cov)))
    if design.groups is not None:
        home = {name: g for g, members in design.groups.items() for name in members}
        frames[-1]["group"] = frames[-1]["term"].map(home)
    frame = pd.concat(frames, ignore_index=True)
    explained = float(parts.sum())
    if explained >= SUSPICIOUS:
        frame.loc[frame["rank"] == 1, "verdict"] = "suspicious"
    return Result(
        name="driver importance",
        frame=frame,
        headline=sentence(_headline(design, frames[0], explained, method)),
        method=_method(design, method, len(replicates)),
        base=design.base,
        notes=(
            *_notes(design, frames[0], explained, method),
            *told,
            *design.notes,
        ),
        unit="share",
    )


def _rows(design: Design, names, parts, replicates, directions) -> pd.DataFrame:
    shares, level = _as_shares(parts), design.survey.level
    order = np.argsort(-shares, kind="stable")
    frame = pd.DataFrame(index=range(len(names)), columns=COLUMNS, dtype=float)
    frame = frame.astype({"term": object, "group": object, "tie": object, "verdict": object})
    frame["term"], frame["estimate"], frame["r2"] = names, shares, parts
    frame["group"] = frame["tie"] = frame["verdict"] = None
    frame["rank"] = order.argsort() + 1
    frame["n"], frame["n_effective"] = design.n, design.n_effective
    if directions is not None:
        frame["direction"], frame["verdict"] = directions
    if len(replicates):
        drawn = _as_shares(replicates)
        frame["std_error"] = drawn.std(axis=0, ddof=1)
        frame["conf_low"], frame["conf_high"] = stats.percentile(drawn, level)
        for word, values in certainty.places(shares, drawn, level).items():
            frame[word] = values
        pair = certainty.differences(shares, drawn, design.n, level)
        frame["tie"] = certainty.ties(shares, pair["apart"])
        following = dict(pairwise(order))
        needed = [
            pair["n_needed"][k, following[k]] if k in following else np.nan
            for k in range(len(names))
        ]
        frame["n_needed"] = needed
    return frame.iloc[order].reset_index(drop=True)


def _directions(design: Design, cov: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Say which way each driver goes with the outcome, and whether others leave it anything."""
    inverse = np.linalg.pinv(cov[:-1, :-1])
    beta = inverse @ cov[:-1, -1]
    freedom = max(design.n_effective - len(beta) - 1, 1)
    error = np.sqrt(np.diag(inverse) * max(1 - beta @ cov[:-1, -1], 0) / freedom)
    own = slice(len(design.controls), None)
    beta, error = beta[own], error[own]
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * t_distribution.sf(np.abs(beta / error), freedom)
    # of two dozen ratings one would else have an effect by chance, and perhaps a wrong way
    sure = stats.adjust(p, method="holm") < 1 - design.survey.level
    return np.sign(beta), np.where(sure, "own", "none of its own")


def _part(explained: float, what: str, method: str, digits: int) -> str:
    """Say what is explained; R² of a likelihood is no part of a variance."""
    if method in LIKELIHOODS:
        return f"{LIKELIHOODS[method]} R² of {number(explained, 2)}" + (
            f" for {what}" if what else ""
        )
    whose = f"the variance of {what}" if what else "its variance"
    return f"{percent(explained, digits)} of {whose}"


def _headline(design: Design, frame: pd.DataFrame, explained: float, method: str) -> str:
    what, first = label(design.outcome), frame.iloc[0]
    if not certainty.detectable(design, explained):
        return (
            f"Nothing stands apart: no detectable association of the ratings with {what} "
            f"({_part(explained, '', method, 1)})."
        )
    if explained >= SUSPICIOUS:
        return (
            f"Too good to be believed: {_part(explained, what, method, 1)} goes with the ratings, "
            f"most with {first['term']}. Was it worked out from them?"
        )
    if len(frame) == 1:
        return f"{first['term']} is associated with {_part(explained, what, method, 0)}."
    if pd.isna(first["conf_low"]):
        return (
            f"{first['term']} is most closely associated with {what}: "
            f"{percent(first['estimate'])} of what the ratings explain."
        )
    tied = [t for t, letters in zip(frame["term"], frame["tie"], strict=True) if "a" in letters]
    if len(tied) == 1:
        return (
            f"{first['term']} is most closely associated with {what}: "
            f"{percent(first['estimate'])} of what the ratings explain "
            f"({span(first['conf_low'], first['conf_high'], 'share')}), ahead of every other."
        )
    letters = set("".join(frame.loc[frame["term"].isin(tied), "tie"]))
    below = [
        t for t, own in zip(frame["term"], frame["tie"], strict=True) if not letters & set(own)
    ]
    if len(tied) > 3 and not below:
        return f"No driver stands apart in its association with {what}: the order is open."
    text = f"{listing(tied)} cannot be told apart in their association with {what}"
    if not below:
        return f"{text}."
    side = "both are" if len(tied) == 2 else "all are"
    return f"{text}; {side} above {listing(below)}."


def _method(design: Design, method: str, n_boot: int) -> str:
    kind = "logistic" if len(np.unique(design.y)) == 2 else "proportional-odds"
    text = _METHOD[method].format(kind=kind)
    if design.groups is not None:
        text += ", among groups first, then within them (Owen 1977)"
    if design.controls:
        text += f"; {count(len(design.controls), 'control column')} in every model"
    if n_boot:
        text += (
            f". Intervals and ties from {certainty.replicated(design, n_boot)}; ties at "
            f"{percent(design.survey.level)} after Holm's correction; probabilities of places "
            "after empirical-Bayes shrinkage"
        )
    return text + "."


def _notes(design: Design, frame: pd.DataFrame, explained: float, method: str) -> list[str]:
    outcome = design.outcome
    notes = [
        f"The ratings {'reach' if method in LIKELIHOODS else 'explain'} "
        + _part(explained, label(outcome), method, 1)
        + (" beyond the controls." if design.controls else "."),
        "Shares describe association in these answers; they do not say what would follow from "
        "a change.",
    ]
    if not certainty.detectable(design, explained):
        return notes  # the order of nothing is no news
    if len(frame) > 1 and frame["p_first"].notna().any():
        first, second = frame.iloc[0], frame.iloc[1]
        alike = "a" in second["tie"] and first["p_first"] > design.survey.level
        notes.append(
            f"That {first['term']} comes first is likely "
            f"({_chance(first['p_first'])}), but not beyond what chance does among "
            f"{count(len(frame) * (len(frame) - 1) // 2, 'pair')} compared."
            if alike
            else f"{sentence(first['term'])} is truly first with probability "
            f"{_chance(first['p_first'])}"
            + (
                f" and among the first three with probability {_chance(first['p_top3'])}."
                if len(frame) > 3
                else "."
            )
        )
        if "a" in frame["tie"].iloc[1] and np.isfinite(first["n_needed"]):
            notes.append(
                f"About {number(_round(first['n_needed']), 0)} answers would tell {first['term']} "
                f"from {frame['term'].iloc[1]}, if their shares are as estimated."
            )
    towards = frame["term"].map(design.good_end) * design.good_end(outcome)
    turns = (frame["direction"] * towards < 0) & (frame["verdict"] == "own")
    if against := frame.loc[turns, "term"].tolist():
        better, worse = ("Better", "worse") if design.low_is_good else ("Higher", "lower")
        notes.append(f"{better} ratings of {listing(against)} go with {worse} scores, others held.")
    alone = frame.loc[frame["verdict"] == "none of its own", "term"].tolist()
    if alone and len(frame) > 1:
        verb = "adds" if len(alone) == 1 else "add"
        notes.append(
            f"{sentence(listing(alone))} {verb} nothing detectable to the other ratings; the share "
            "comes from what they have in common."
        )
    return notes


def _chance(p: float) -> str:
    return "above 99%" if p > 0.99 else "below 1%" if p < 0.01 else percent(p)


def _round(n: float) -> float:
    return float(f"{n:.2g}")
