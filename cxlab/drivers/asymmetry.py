"""Is it missed when it is bad, or noticed when it is good? Penalty, reward, and Kano."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import t as t_distribution

from cxlab import stats
from cxlab.codebook import label, need
from cxlab.drivers.workings import certainty
from cxlab.drivers.workings.asking import question
from cxlab.drivers.workings.design import ABSENT, Design, DriverError
from cxlab.drivers.workings.lines import fitted
from cxlab.drivers.workings.points import on_one_scale, score_unit, turned
from cxlab.results import Result, count, listing, sentence

LEAST_A_SIDE = 5
PRODUCTS_AT_MOST = 12_000_000_000  # of all answers' columns, two by two, in all replicates
FEWEST_REPLICATES = 100
PARTS = ("penalty", "reward", "penalty minus reward")

# Berger et al. (1993): rows the answer when it is there, columns when it is not
KANO_ORDER = ("like", "must-be", "neutral", "live with", "dislike")
KANO_TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
KANO_WORDS = {
    "A": "delighter",
    "O": "linear",
    "M": "must-have",
    "I": "indifferent",
    "R": "reversed",
    "Q": "contradictory",
}


@question(gaps="indicator")
def penalty_reward(
    design: Design,
    *,
    cuts: tuple[float, float] | Mapping[str, tuple[float, float]] | None = None,
    n_boot: int = 1000,
    seed: int = 0,
) -> Result:
    """Compare what a low rating costs with what a high one brings, for each driver.

    Args:
        cuts: a rating at or below the first is low, at or above the second high; one pair
            for all, or driver -> pair. If not given, the lowest two fifths of the scale and
            its highest fifth: 2 and 5 on a scale of 1 to 5. Ratings of which low is good are
            counted from their other end first.

    Returns:
        term, part (`penalty`, `reward`, `penalty minus reward`, the last in size), estimate
        (points of the score against a middling rating), conf_low, conf_high, p_value, verdict
        (`must-have`, `delighter`, `linear`, `unclear`), r2 of the model, n (low ratings, high
        ones, answers).

    Example:
        >>> rng = np.random.default_rng(1)
        >>> answers = pd.DataFrame({"speed": rng.integers(1, 6, 400)})
        >>> answers["nps"] = 7 - 4 * (answers["speed"] <= 2) + rng.integers(-1, 2, 400)
        >>> penalty_reward(answers, outcome="nps", drivers=["speed"]).frame["verdict"][0]
        'must-have'
    """
    design, sign = turned(design), design.good_end(design.outcome)
    ratings = design.given
    ends = _ends(design, ratings, cuts)
    low, high = ratings <= ends[:, 0], ratings >= ends[:, 1]
    table, places = _table(design, low, high)
    names = [*design.controls, *[design.drivers[k] for k, _ in places]]
    found = fitted(table[:, 1:], design.y, design.w, design.cluster, names)
    estimate = _spread(found.coefficients, places, len(design.drivers))
    finer, reach = _finer(design, ratings, low, high)
    wide = finer.z.shape[1] + table.shape[1]
    n_boot = min(
        n_boot, max(PRODUCTS_AT_MOST * 2 // (len(design.lots) * wide**2), FEWEST_REPLICATES)
    )
    draws = design.lots.counts(n_boot=n_boot, seed=seed)
    replicates, sides = _replicates(design, table, finer, places, reach, draws)
    frame = _frame(design, estimate, replicates, found, places, low, high)
    frame["verdict"] = np.repeat(_verdicts(sign * sides, design.survey.level), len(PARTS))
    shown = [
        f"{d}: {a:g} and below, {b:g} and above"
        for d, (a, b) in zip(design.drivers, ends, strict=True)
    ]
    same = len({(a, b) for a, b in ends}) == 1
    return Result(
        name="penalty and reward",
        frame=frame,
        headline=sentence(_headline(frame, design.outcome, sign)),
        method="Penalty-reward contrast regression (Brandt 1987), low and high ratings against "
        f"middling ones; intervals from {certainty.replicated(design, n_boot)}; p-values of "
        + ("least squares." if _even(design) else "robust errors.")
        + ("" if same else f" Low and high are: {'; '.join(shown)}."),
        base=design.base,
        notes=(
            "The verdict compares both sides for one point of rating, with ratings held point by "
            "point: a bend is three times as much on one side.",
            f"Low is {ends[0][0]:g} and below, high {ends[0][1]:g} and above; another choice "
            "can give another verdict."
            if same
            else "What is low and what is high differs by rating, as the method says.",
            *design.notes,
        ),
        unit=score_unit(design),
    )


def kano(responses: pd.DataFrame, *, pairs: Mapping[str, tuple[str, str]], level: float = 0.95):
    """Sort features by pairs of questions: how if it is there, how if it is not.

    Args:
        responses: one row per answer; answers as `like`, `must-be`, `neutral`, `live with`,
            `dislike`, or 1 to 5 in that order.
        pairs: feature -> (column of the functional, of the dysfunctional question).
        level: of the intervals.

    Returns:
        term, part (each category, `better`, `worse`), estimate (share of answers; Berger's
        coefficients), conf_low, conf_high, verdict (the most frequent category), n.

    Example:
        >>> answers = pd.DataFrame({"with": ["like", "neutral"], "without": ["dislike", "dislike"]})
        >>> kano(answers, pairs={"tracking": ("with", "without")}).frame["verdict"][0]
        'unclear'
    """
    rows: list[dict] = []
    for feature, (functional, dysfunctional) in pairs.items():
        there, absent = (_kano_codes(responses, name) for name in (functional, dysfunctional))
        both = (there >= 0) & (absent >= 0)
        if not both.any():
            raise DriverError(
                f"'{feature}': no answer has both '{functional}' and '{dysfunctional}'.\n"
                "Check the pair of columns."
            )
        letters = np.array([list(row) for row in KANO_TABLE])[there[both], absent[both]]
        rows += _kano_rows(feature, letters, level)
    frame = pd.DataFrame(rows)
    verdicts = frame.drop_duplicates("term").set_index("term")["verdict"]
    must = verdicts.index[verdicts == "must-have"].tolist()
    return Result(
        name="kano",
        frame=frame,
        headline=f"{listing(must)} {'is a must-have' if len(must) == 1 else 'are must-haves'}."
        if must
        else "No feature stands apart as a must-have.",
        method="Kano's evaluation table; better and worse coefficients (Berger et al. 1993); "
        "Wilson intervals.",
        base=f"{count(len(responses), 'row')}, {count(len(pairs), 'pair')} of questions.",
    )


def _ends(design: Design, ratings: np.ndarray, cuts) -> np.ndarray:
    if isinstance(cuts, Mapping):
        lacking = [d for d in design.drivers if d not in cuts]
        if lacking:
            raise DriverError(f"cuts for '{lacking[0]}' are missing.\nGive (low, high) for each.")
        ends = np.array([cuts[d] for d in design.drivers], float)
    elif cuts is not None:
        ends = np.array([cuts] * len(design.drivers), float)
    else:
        ends = _usual_ends(ratings)
    if (ends[:, 0] >= ends[:, 1]).any():
        worst = design.drivers[int(np.argmax(ends[:, 0] - ends[:, 1]))]
        raise DriverError(
            f"'{worst}': a low rating must end below where a high one begins.\n"
            "Give cuts=(low, high), such as (2, 5)."
        )
    return ends


def _usual_ends(ratings: np.ndarray) -> np.ndarray:
    """Give the lowest two fifths and the highest fifth of each scale, in its own steps."""
    step = np.array([np.diff(np.unique(c[np.isfinite(c)])).min() for c in ratings.T])
    bottoms, tops = np.nanmin(ratings, axis=0), np.nanmax(ratings, axis=0)
    # drivers asked on one scale share its ends, even if nobody used them for one of them
    if on_one_scale(ratings):
        step = np.full(len(step), step.min())
        bottoms, tops = np.full(len(step), bottoms.min()), np.full(len(step), tops.max())
    steps = (tops - bottoms) / step + 1
    # a trace beyond: what is computed may miss a value by its last digit
    low = bottoms + (np.round(0.4 * steps) - 1 + 1e-6) * step
    return np.column_stack([low, tops - (np.round(0.2 * steps) - 1 + 1e-6) * step])


def _table(design: Design, low, high) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Lay out low and high columns, those that can be estimated; remember which is which."""
    z = stats.scaled(design.z, design.w).z if design.z.shape[1] else design.z
    columns, places = [], []
    for k in range(len(design.drivers)):
        for side, marks in enumerate((low, high)):
            if min(marks[:, k].sum(), design.n - marks[:, k].sum()) >= LEAST_A_SIDE:
                columns.append(marks[:, k].astype(float))
                places.append((k, side))
    table = np.column_stack([z, *columns])
    own = stats.owned(table, design.w)[z.shape[1] :] > 0
    if not own.any():
        raise DriverError("No driver has both low and middling ratings.\nGive other cuts.")
    kept = np.append(np.full(z.shape[1], True), own)
    places = [place for place, mine in zip(places, own, strict=True) if mine]
    return np.column_stack([np.ones(design.n), table[:, kept]]), places


def _spread(params: np.ndarray, places, drivers: int) -> np.ndarray:
    """Give penalty, reward and their difference, shape (..., drivers, 3)."""
    found = np.full((*params.shape[:-1], drivers, 3), np.nan)
    begin = params.shape[-1] - len(places)
    for place, (k, side) in enumerate(places):
        found[..., k, side] = params[..., begin + place]
    found[..., 2] = -found[..., 0] - found[..., 1]
    return found


def _finer(design: Design, ratings, low, high) -> tuple[stats.Columns, np.ndarray]:
    """Add each rating itself, so that ratings within a band do not stand in for one another.

    Returns:
        The ratings on one scale, and how many points the low and the high band lie from the
        middle.
    """
    middle = ~low & ~high & np.isfinite(ratings)
    # counted from the middle of the scale: a large offset would cost digits
    given = np.nan_to_num(ratings - np.nanmean(ratings, axis=0))

    def mean_of(band):
        weight = design.w[:, None] * band
        with np.errstate(invalid="ignore", divide="ignore"):
            return (weight * given).sum(axis=0) / weight.sum(axis=0)

    centre = mean_of(middle)
    reach = np.column_stack([mean_of(low) - centre, mean_of(high) - centre])
    return stats.scaled(design.x[0], design.w), reach


def _replicates(design: Design, table, finer, places, reach, draws):
    """Draw penalties and rewards, and both for one point of rating from the finer model."""
    players = len(design.drivers)
    full = np.column_stack([finer.z, table, design.y - design.w @ design.y / design.w.sum()])
    upper = np.triu_indices(full.shape[1])
    sums = design.lots.sums(
        lambda rows: full[rows][:, upper[0]] * full[rows][:, upper[1]] * design.w[rows, None]
    )
    found, sides = [], []
    for drawn in draws:
        cross = _crossed(drawn.astype(float) @ sums, full)
        coarse = cross[:, players:, players:]  # the model of bands alone is a part of the finer
        found.append(_spread(_solved(coarse), places, players))
        params = _solved(cross)
        steps = _spread(params[:, players:], places, players)[:, :, :2]
        sides.append(steps / reach + (params[:, :players] / finer.spread)[:, :, None])
    return np.concatenate(found), np.concatenate(sides)


def _crossed(sums: np.ndarray, full: np.ndarray) -> np.ndarray:
    """Give the matrix of products of columns, two by two, of every replicate."""
    upper = np.triu_indices(full.shape[1])
    cross = np.empty((len(sums), full.shape[1], full.shape[1]))
    cross[:, upper[0], upper[1]] = sums
    cross[:, upper[1], upper[0]] = sums
    # a replicate may lack a rare answer, and a band of one value repeats the rating itself
    inner = np.arange(full.shape[1] - 1)
    cross[:, inner, inner] += 1e-8 * len(full)
    return cross


def _solved(cross: np.ndarray) -> np.ndarray:
    """Solve the weighted normal equations of every replicate; the outcome is the last column."""
    wide = cross.shape[1] - 1
    return np.linalg.solve(cross[:, :wide, :wide], cross[:, :wide, wide:])[:, :, 0]


def _even(design: Design) -> bool:
    return design.cluster is None and not design.weighted


def _frame(design: Design, estimate, replicates, found, places, low, high) -> pd.DataFrame:
    level = design.survey.level
    bottom, top = np.full(estimate.shape, np.nan), np.full(estimate.shape, np.nan)
    known = np.isfinite(estimate)
    bottom[known], top[known] = stats.percentile(replicates[:, known], level)
    p = np.full(estimate.shape, np.nan)
    begin = len(found.coefficients) - len(places)
    error = np.sqrt(np.diag(found.classical if _even(design) else found.covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        each = 2 * t_distribution.sf(np.abs(found.coefficients / error), found.df)
    for place, (k, side) in enumerate(places):
        p[k, side] = each[begin + place]
    rows = []
    for k, name in enumerate(design.drivers):
        for side, part in enumerate(PARTS):
            n = (low[:, k].sum(), high[:, k].sum(), design.n)[side]
            rows.append(
                (
                    name,
                    part,
                    estimate[k, side],
                    bottom[k, side],
                    top[k, side],
                    p[k, side],
                    n,
                )
            )
    words = ["term", "part", "estimate", "conf_low", "conf_high", "p_value", "n"]
    return pd.DataFrame(rows, columns=words).assign(r2=found.r2)


def _verdicts(sides: np.ndarray, level: float) -> list[str]:
    """Name the shape from what a point down and a point up go with, in every replicate.

    A straight line has the same on both sides; three times as much on one is a bend.
    """
    tail = (1 - level) / 2
    down, up = sides[:, :, 0], sides[:, :, 1]
    shapes = {
        "must-have": (down > 0) & (up < down / 3),
        "delighter": (up > 0) & (down < up / 3),
        "linear": (up >= down / 3) & (down >= up / 3) & (up > 0) & (down > 0),
    }
    clear = {
        "must-have": np.quantile(down, tail, axis=0) > 0,
        "delighter": np.quantile(up, tail, axis=0) > 0,
    }
    clear["linear"] = clear["must-have"] & clear["delighter"]
    verdicts = ["unclear"] * sides.shape[1]
    for shape, met in shapes.items():
        sure = (met.mean(axis=0) >= level) & clear[shape]
        verdicts = [shape if s else v for s, v in zip(sure, verdicts, strict=True)]
    return verdicts


def _headline(frame: pd.DataFrame, outcome: str, sign: int) -> str:
    verdicts = frame.drop_duplicates("term").set_index("term")["verdict"]
    said: list[str] = []
    fall, rise = ("lower", "higher")[::sign]
    for verdict, words in (
        ("must-have", f"with {fall} {{}} when rated low"),
        ("delighter", f"with {rise} {{}} when rated high"),
    ):
        terms = verdicts.index[verdicts == verdict].tolist()
        if terms:
            verb = "" if said else "go " if len(terms) > 1 else "goes "
            told = f"{listing(terms)} {verb}{words.format(label(outcome))}"
            said.append(f"{told}, hardly otherwise ({verdict})")
    if said:
        return "; ".join(said) + "."
    linear = verdicts.index[verdicts == "linear"].tolist()
    if linear:
        verb = "is" if len(linear) == 1 else "are"
        return f"No rating is clearly a must-have or a delighter; {listing(linear)} {verb} linear."
    sides = frame[frame["part"].isin(PARTS[:2])]
    lone = sides[sides["estimate"].isna()].drop_duplicates("term")
    if len(lone):  # a penalty without a reward to hold it against is no must-have, and not nothing
        those = f"{count(len(lone))} of {count(len(verdicts), 'rating')}"
        return (
            "Whether a rating is missed when bad or noticed when good cannot be told: too few "
            f"answers lie at one end of {those}."
        )
    return f"No rating is clearly a must-have or a delighter for {label(outcome)}."


def _kano_codes(responses: pd.DataFrame, name: str) -> np.ndarray:
    need(responses, [name], DriverError, ABSENT)
    places = {word: place for place, word in enumerate(KANO_ORDER)}
    places |= {str(place + 1): place for place in range(5)}
    codes = np.full(len(responses), -1)
    for row, value in enumerate(responses[name]):
        if pd.isna(value):
            continue
        word = (
            f"{value:g}"
            if isinstance(value, int | float | np.number)
            else str(value).strip().lower()
        )
        if word not in places:
            raise DriverError(
                f"'{name}' holds '{value}', which is no Kano answer.\n"
                f"Use {', '.join(KANO_ORDER)}, or 1 to 5 in that order."
            )
        codes[row] = places[word]
    return codes


def _kano_rows(feature: str, letters: np.ndarray, level: float) -> list[dict]:
    n, sums = len(letters), {letter: int((letters == letter).sum()) for letter in KANO_WORDS}
    most = max(sums.values())
    leaders = [letter for letter, k in sums.items() if k == most]
    verdict = KANO_WORDS[leaders[0]] if len(leaders) == 1 else "unclear"
    rows = []
    for letter, k in sums.items():
        low, high = map(float, stats.proportion_interval(k, n, level=level))
        rows.append((KANO_WORDS[letter], k / n, low, high, n))
    told = sums["A"] + sums["O"] + sums["M"] + sums["I"]
    if told:
        for part, k, sign in (
            ("better", sums["A"] + sums["O"], 1),
            ("worse", sums["O"] + sums["M"], -1),
        ):
            low, high = sorted(
                sign * float(end) for end in stats.proportion_interval(k, told, level=level)
            )
            rows.append((part, sign * k / told, low, high, told))
    words = ("part", "estimate", "conf_low", "conf_high", "n")
    return [
        {"term": feature, "verdict": verdict} | dict(zip(words, row, strict=True)) for row in rows
    ]
