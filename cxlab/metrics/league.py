"""Who is best, and how sure is the order? League tables with partial pooling."""

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, question
from cxlab.metrics.workings.answers import Answers, By, take
from cxlab.metrics.workings.estimates import means
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.results import Result, amount, count, listing, percent

TAIL = 3
GRID = 400


@question()
def league(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    by: By,
    seed: int = 0,
    how: How,
) -> Result:
    """Rank groups, each drawn towards the whole as far as its answers are few.

    Args:
        seed: for the draws behind the ranks.

    Returns:
        group, estimate (pooled), std_error, conf_low, conf_high, raw (the group alone), share
        (how much of the pooled estimate is the group's own), rank, rank_low, rank_high,
        p_top3, p_bottom3, n, level, verdict; best first.

    Raises:
        MetricsError: fewer than three groups can be ranked.

    Example:
        >>> rows = pd.DataFrame({"nps": [0, 9, 7, 9, 9, 9, 0, 0] * 30, "shop": list("abcd") * 60})
        >>> league(rows, by="shop").frame["group"][0]
        'b'
    """
    what = resolve(score)
    answers = take(responses, what, by=by, weight=how.weight, cluster=how.cluster)
    mean = means(answers)
    shown = (mean.n >= max(how.smallest, 1)) & np.isfinite(mean.estimate)
    if shown.sum() < 3:
        raise MetricsError(
            f"{count(int(shown.sum()), 'group')} with enough answers; a league table needs three."
        )
    raw, error = mean.estimate[shown], np.sqrt(_variance(answers, mean))[shown]
    pooled, spread, own, draws = _pool(raw, error, seed)
    order = np.argsort(-draws if not what.low_is_good else draws, axis=1).argsort(axis=1) + 1
    tail = (1 - how.level) / 2
    low, high = stats.mean_interval(pooled, spread, level=how.level)
    frame = pd.DataFrame(
        {
            "group": np.array(answers.groups, dtype=object)[shown],
            "estimate": pooled,
            "std_error": spread,
            "conf_low": np.maximum(low, what.ends[0]),
            "conf_high": np.minimum(high, what.ends[1]),
            "raw": raw,
            "share": own,
            "rank_low": np.quantile(order, tail, axis=0, method="lower").astype(int),
            "rank_high": np.quantile(order, 1 - tail, axis=0, method="higher").astype(int),
            "p_top3": (order <= TAIL).mean(axis=0),
            "p_bottom3": (order > len(raw) - TAIL).mean(axis=0),
            "n": mean.n[shown].astype(int),
            "level": how.level,
        }
    )
    frame = frame.sort_values("estimate", ascending=what.low_is_good, kind="stable")
    frame.insert(7, "rank", np.arange(1, len(frame) + 1))
    tops = [frame["p_top3"] >= how.level, frame["p_bottom3"] >= how.level]
    found = pd.Series(np.select(tops, ["best three", "last three"], default=""), dtype=object)
    frame["verdict"] = found.replace("", None).to_numpy()
    notes = list(answers.notes)
    if (~shown).any():
        notes.append(f"{count(int((~shown).sum()), 'group')} with too few answers: not ranked.")
    return Result(
        name=f"{what.name} league",
        frame=frame,
        headline=_headline(frame, what, how.level),
        method="partial pooling in a normal model, the spread between groups averaged over its "
        "posterior (Efron and Morris 1975; Gelman et al. 2013); ranks from 4,000 draws",
        base=answers.base,
        notes=tuple(notes),
        unit=what.unit,
    )


def _variance(answers: Answers, mean: stats.Mean) -> np.ndarray:
    """Give each group's sampling variance; few answers borrow their spread from all."""
    total = answers.total.w[0] / answers.total.w.sum()
    w = answers.cells.w / np.maximum(answers.cells.w.sum(axis=1, keepdims=True), 1e-300)
    n = np.maximum(mean.n_effective, 1e-300)[:, None]
    shares = (w * n + 3 * total) / (n + 3)
    spread = shares @ answers.worth**2 - (shares @ answers.worth) ** 2
    return np.maximum(spread, 1e-12) / n[:, 0]


def _pool(raw: np.ndarray, error: np.ndarray, seed: int):
    """Average the pooled estimates over the posterior of the spread between groups."""
    widest = 3 * max(float(np.std(raw, ddof=1)), float(error.mean()))
    taus = np.linspace(0, widest, GRID)
    variance = taus[:, None] ** 2 + error**2
    precision = (1 / variance).sum(axis=1)
    centre = (raw / variance).sum(axis=1) / precision
    fit = -0.5 * (np.log(variance) + (raw - centre[:, None]) ** 2 / variance).sum(axis=1)
    fit -= 0.5 * np.log(precision)
    chance = np.exp(fit - fit.max())
    chance /= chance.sum()
    own = taus[:, None] ** 2 / variance
    means_at = own * raw + (1 - own) * centre[:, None]
    inner = own * error**2 + (1 - own) ** 2 / precision[:, None]
    pooled = chance @ means_at
    spread = np.sqrt(chance @ (inner + (means_at - pooled) ** 2))
    rng = np.random.default_rng(seed)
    pick = rng.choice(GRID, size=4000, p=chance)
    middle = centre[pick] + rng.standard_normal(4000) / np.sqrt(precision[pick])
    given = own[pick] * raw + (1 - own[pick]) * middle[:, None]
    noise = rng.standard_normal(given.shape) * np.sqrt(own[pick]) * error
    return pooled, spread, chance @ own, given + noise


def _headline(frame: pd.DataFrame, what: Score, level: float) -> str:
    first = frame.iloc[0]
    sure = frame[frame["verdict"] == "best three"]["group"].tolist()
    poor = frame[frame["verdict"] == "last three"]["group"].tolist()
    said = []
    if sure:
        said.append(f"{listing(sure)} {'is' if len(sure) == 1 else 'are'} among the best three")
    if poor:
        said.append(f"{listing(poor)} {'is' if len(poor) == 1 else 'are'} among the last three")
    if said and len(frame) > 2 * TAIL:
        return f"{what.name}: {', '.join(said)} ({percent(level)} sure)."
    level_of = amount(first["estimate"], what.unit)
    if first["rank_high"] == 1:
        return f"{what.name}: {first['group']} comes first of {len(frame)} ({level_of})."
    places = f"place {int(first['rank_low'])} to {int(first['rank_high'])} of {len(frame)}"
    return f"{what.name}: no first place can be told; {first['group']} ({level_of}) takes {places}."
