"""What would the score be, if a rating rose for some, and if the association is causal?"""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import norm

from cxlab.codebook import did_you_mean, label
from cxlab.drivers.workings.asking import question
from cxlab.drivers.workings.design import Design, DriverError
from cxlab.drivers.workings.lines import fitted
from cxlab.drivers.workings.ordered import MOST_CATEGORIES, columns, fit_named, robust
from cxlab.drivers.workings.points import points_of, risen, worth_of
from cxlab.results import Result, count, listing, number, percent, sentence, span

NAMED = 4  # ratings that a sentence names one by one
CLAUSE = "if the association is causal"


@question(gaps="indicator")
def simulate(design: Design, *, moves: Mapping[str, float | tuple[float, float]]) -> Result:
    """Predict the score if ratings rose, all else as it is and the association causal.

    Args:
        outcome: column of the score; `nps` counts in NPS points.
        moves: driver -> points up, or -> (points up, share of the lowest ratings that rise); points
            below zero go down, and are those of the highest ratings that fall. No rating leaves
            the range of those given.

    Returns:
        term (a driver, or `all together`), part (the move in words), estimate (points of the
        score), std_error, conf_low, conf_high, p_value, verdict (assumed, as that the association
        is causal), n (answers).

    Example:
        >>> rng = np.random.default_rng(1)
        >>> answers = pd.DataFrame({"speed": rng.integers(1, 6, 300)})
        >>> answers["nps"] = (answers["speed"] * 2 + rng.integers(-2, 2, 300)).clip(0, 10)
        >>> found = simulate(answers, outcome="nps", drivers=["speed"], moves={"speed": (1, 0.3)})
        >>> "if the association is causal" in found.headline
        True
    """
    asked = _moves(design, moves)
    ratings = design.given
    raised = {name: _raised(design, ratings, name, *move) for name, move in asked.items()}
    points, unit = points_of(design)
    change = _ordered_change if len(np.unique(design.y)) <= MOST_CATEGORIES else _linear_change
    predict = change(design, points)
    frame = _frame(design, asked, raised, predict).assign(verdict="assumed")
    last, what = frame.iloc[-1], "NPS" if points == "nps" else label(design.outcome)
    what = f"the mean answer to {what}" if unit not in ("points", "share") else what
    moved = _moved(asked)
    return Result(
        name="what if",
        frame=frame,
        headline=f"{moved}. {sentence(_in_points(last, what, unit))}, {CLAUSE}.",
        method=("Proportional-odds" if change is _ordered_change else "Linear")
        + " model, predictions before and after over the answers as they are; delta method.",
        base=design.base,
        notes=(
            f"The sum holds only {CLAUSE}: answers are compared, nobody was treated differently.",
            "No rating leaves the range of those given; ratings not given stay as they are.",
            *design.notes,
        ),
        unit=unit,
    )


def moves(
    order: Result,
    *,
    outcome: str = "",
    by: float = 1.0,
    first: int = 3,
    lowest: float = 1.0,
    low_is_good: Collection[str] = (),
) -> dict[str, tuple[float, float]]:
    """Write the same move for the first terms of an order, as `simulate` takes it.

    A list never ends where the order is open: it ends before those that cannot be told apart, or,
    where that leaves nothing, behind them.

    Args:
        order: what `importance` found.
        outcome: column of the score that it is about; needed where low is good in it.
        by: points towards the good end of a rating.
        first: at most how many terms, if the order allows; passed over are those whose better
            ratings go with a worse score, or, beside others, with no detectable difference of
            their own.
        lowest: share of the worst ratings that move.
        low_is_good: columns of which a low value is good news, ratings or the score.

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2, 6], "price": [5, 1, 3, 4, 2, 3]})
        >>> from cxlab.drivers import importance
        >>> moves(importance(answers, outcome="nps", drivers=["price"], n_boot=0), lowest=0.3)
        {'price': (1.0, 0.3)}
    """
    frame = order.frame
    ways = {term: -1 if term in low_is_good else 1 for term in frame["term"]}
    sign = -1 if outcome in low_is_good else 1
    helps = frame["direction"] * frame["term"].map(ways) * sign > 0
    own = (frame["verdict"] == "own") | (len(frame) == 1)
    able = frame.loc[helps & own, ["term", "tie"]].reset_index(drop=True)
    terms = able["term"].iloc[: _end(able["tie"], first)]
    return {term: (ways[term] * float(by), float(lowest)) for term in terms}


def _end(ties: pd.Series, first: int) -> int:
    """Say where a list of at most so many ends, so that nothing after it is like its last."""
    sure = [
        end
        for end in range(1, len(ties) + 1)
        if end == len(ties) or not set(ties[end - 1] or "") & set(ties[end] or "")
    ]
    return max((end for end in sure if end <= first), default=sure[0] if sure else 0)


def _in_points(row: pd.Series, what: str, unit: str) -> str:
    value = risen(row["estimate"], unit)
    ends = span(row["conf_low"], row["conf_high"], unit)
    if row["conf_low"] <= 0 <= row["conf_high"]:
        return f"no detectable difference in {what} ({value}, from {ends})"
    return f"{what} {value} ({ends})"


def _moves(design: Design, moves) -> dict[str, tuple[float, float]]:
    if not moves:
        raise DriverError(
            "No rating is moved: none goes detectably with a better score.\nName those to move, "
            "such as moves={'delivery': (1, 0.3)}."
        )
    asked = {}
    for name, move in moves.items():
        if name not in design.drivers:
            raise DriverError(
                f"'{name}' is moved but is not among the drivers."
                f"{did_you_mean(name, design.drivers)}\nName it among the drivers."
            )
        by, lowest = move if isinstance(move, tuple | list) else (move, 1.0)
        if not np.isfinite(by) or not 0 < lowest <= 1:
            raise DriverError(
                f"'{name}': a move is points up and a share of the lowest ratings above 0 and up "
                f"to 1, not ({by}, {lowest}).\nWrite moves={{'{name}': (1, 0.3)}}."
            )
        asked[name] = (float(by), float(lowest))
    return asked


def _raised(design: Design, ratings, name: str, by: float, lowest: float) -> np.ndarray:
    """Say how far each answer's rating moves; those tied at the border share what is left."""
    own = ratings[:, design.drivers.index(name)]
    given = np.isfinite(own)
    step = np.zeros(len(own))
    step[given] = np.clip(own[given] + by, own[given].min(), own[given].max()) - own[given]
    wanted = lowest * design.w[given].sum()
    for value in np.unique(own[given])[:: 1 if by > 0 else -1]:
        here = given & (own == value)
        weight = design.w[here].sum()
        step[here] *= np.clip(wanted / weight, 0, 1)
        wanted -= weight
    return step


def _ordered_change(design: Design, points: str):
    """Predict the change in the mean, its slopes by the parameters, and their covariance."""
    scale = columns(design)
    x = scale.z
    model = fit_named(design, design.y, x)
    steps = np.diff(worth_of(model.values, points))
    cov = robust(model, design.y, x, design.w, design.cluster)

    def at(moved: np.ndarray):
        below = expit(model.cuts - (moved @ model.slopes)[:, None])
        density = below * (1 - below) * steps
        return -below @ steps, -density, density.sum(axis=1)

    now, now_cuts, now_rise = at(x)

    def predict(moved: np.ndarray):
        moved = scale.moved(moved)
        then, cuts, rise = at(moved)
        share = design.w / design.w.sum()
        slope = np.concatenate(
            [share @ (cuts - now_cuts), (share * rise) @ moved - (share * now_rise) @ x]
        )
        return then - now, float(slope @ cov @ slope)

    return predict


def _linear_change(design: Design, points: str):
    x = np.column_stack([design.x[0], design.z])
    names = [*design.drivers, *design.controls]
    found = fitted(x, worth_of(design.y, points), design.w, design.cluster, names)
    slopes, cov = found.coefficients[1:], found.covariance[1:, 1:]

    def predict(moved: np.ndarray):
        away = moved - x
        mean = (design.w / design.w.sum()) @ away
        return away @ slopes, float(mean @ cov @ mean)

    return predict


def _frame(design: Design, asked, raised, predict) -> pd.DataFrame:
    x = np.column_stack([design.x[0], design.z])
    rows, together = [], x.copy()
    for name, step in raised.items():
        moved = x.copy()
        place = design.drivers.index(name)
        moved[:, place] += step
        together[:, place] += step
        rows.append((name, _in_words(*asked[name]), *_change(design, predict(moved))))
    if len(rows) > 1:
        rows.append(("all together", "all of these", *_change(design, predict(together))))
    frame = pd.DataFrame(rows, columns=["term", "part", "estimate", "std_error"])
    reach = norm.ppf((1 + design.survey.level) / 2) * frame["std_error"]
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * norm.sf(np.abs(frame["estimate"] / frame["std_error"]))
    return frame.assign(
        conf_low=frame["estimate"] - reach,
        conf_high=frame["estimate"] + reach,
        p_value=p,
        n=design.n,
    )


def _change(design: Design, predicted) -> tuple[float, float]:
    """Average the change; its error has a part from the model and one from who was asked."""
    each, from_model = predicted
    share = design.w / design.w.sum()
    mean = float(share @ each)
    away = share * (each - mean)
    if design.cluster is not None:
        away = np.bincount(design.cluster, weights=away)
    return mean, float(np.sqrt(from_model + (away**2).sum()))


def _moved(asked: dict[str, tuple[float, float]]) -> str:
    """Say what rises and what falls, terms with the same move together."""
    same: dict[tuple[float, float], list[str]] = {}
    for name, move in asked.items():
        same.setdefault(move, []).append(name)
    said, before = [], ""
    for move, names in same.items():
        verb = "raise " if move[0] > 0 else "lower "
        who = listing(names) if len(names) <= NAMED else count(len(names), "rating")
        said.append(f"{'' if verb == before else verb}{who} {_in_words(*move)}")
        before = verb
    return sentence("; ".join(said))


def _in_words(by: float, lowest: float) -> str:
    side = "lowest" if by > 0 else "highest"
    who = "everyone" if lowest == 1 else f"the {side} {percent(lowest)}"
    size = "a point" if abs(by) == 1 else f"{number(abs(by), 0 if by.is_integer() else 1)} points"
    return f"by {size} among {who}"
