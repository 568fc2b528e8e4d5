"""Which themes go with a higher or lower score, and how many people speak of them?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import t as student

from cxlab import stats
from cxlab.codebook import How, Scale, label, question
from cxlab.results import Result, amount, count, listing, may_equal, span
from cxlab.voice.hearing import VoiceError
from cxlab.voice.themes import Themed
from cxlab.voice.workings import people, scoring

LEAST = 60  # scored comments
SPOKEN = 10  # comments of a theme
ALONE, HELD = "alone", "ratings held equal"


@question()
def impact(
    themed: Themed,
    *,
    score: str = "nps",
    ratings: Sequence[str] = (),
    scale: Scale | None = None,
    how: How,
) -> Result:
    """Compare the score of those who speak of a theme with that of all others who wrote.

    Args:
        themed: comments with their themes.
        score: `nps` (in points, promoters less detractors), or a column of numbers.
        ratings: columns of ratings that are also held equal; a rating not given is told apart.
        scale: of the score; its `better` says which end is good, the high one if not given.
        smallest: themes of fewer people are left out.

    Returns:
        term, part (`alone`, or `ratings held equal`), estimate (how much higher the score is),
        std_error, conf_low, conf_high, p_value, p_adjusted (within the part), share (of scored
        comments that speak of it), n, verdict (worse, better, not apart).

    Raises:
        VoiceError: fewer than 60 scored comments, or no theme of enough people.
    """
    frame = themed.heard.frame
    if score not in frame:
        raise VoiceError(f"{label(score)} was not asked.", needs=f"the score '{score}'")
    y, w = scoring.values(frame, score), people.weights(frame, how.weight)
    scored = np.isfinite(y) & (w > 0)
    if (n := int(scored.sum())) < LEAST:
        raise VoiceError(f"{count(n, 'comment')} with {label(score)} are too few.",
                         needs=f"{LEAST} comments with a score")  # fmt: skip
    groups = None if how.cluster is None else people.labels(frame[how.cluster])[scored]
    beside = _ratings(frame[scored], [name for name in ratings if name in frame])
    rows = []
    for name, held in zip(themed.names, themed.carried[scored].T, strict=True):
        spoken = int(held.sum())
        if min(spoken, n - spoken) < max(SPOKEN, how.smallest):
            continue
        about = {"term": name, "share": float(np.average(held, weights=w[scored])), "n": spoken}
        for part, more in ((ALONE, None), (HELD, beside)):
            if part == ALONE or beside is not None:
                found = _slope(held, more, y[scored], w[scored], groups, how.level)
                rows.append(about | {"part": part} | found)
    if not rows:
        raise VoiceError(f"No theme is spoken of in {max(SPOKEN, how.smallest)} scored comments.")
    table = _judged(pd.DataFrame(rows), -1 if scoring.turned(scale) else 1, how.level)
    return Result(
        name=f"themes and {label(score)}",
        frame=table,
        headline=_headline(table, score, "higher" if scoring.turned(scale) else "lower", how.level),
        method="Score of those who speak of a theme less that of all others who wrote, by linear "
        "model; errors are HC3 (MacKinnon and White 1985) or by cluster; false discovery rate held "
        "within each part. Associated with, not caused by.",
        base=f"{count(n, themed.heard.source)} with {label(score)}{people.counted(how)}",
        unit=scoring.unit(score),
    )


def _ratings(frame: pd.DataFrame, ratings: Sequence[str]) -> np.ndarray | None:
    """Give ratings as columns, the empty ones at the mean with a column that says so."""
    out = []
    for name in ratings:
        given = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
        empty = np.isnan(given)
        if empty.mean() > 0.9:
            continue
        out.append(np.where(empty, np.nanmean(given), given))
        out += [empty.astype(float)] if 0 < empty.sum() < len(empty) else []
    return np.column_stack(out) if out else None


def _slope(held, more, y, w, groups, level: float) -> dict[str, float]:
    x = held[:, None].astype(float) if more is None else np.column_stack([held, more])
    try:
        found = stats.line(x, y, weight=w, cluster=groups)
    except stats.DependentError as same:
        kept = [place for place in range(x.shape[1]) if place != same.place]
        return _nothing() if 0 not in kept or len(kept) < 2 else _slope(
            held, x[:, kept][:, 1:], y, w, groups, level)  # fmt: skip
    estimate, error = found.coefficients[1], float(np.sqrt(found.covariance[1, 1]))
    if not error > 0:
        return _nothing()
    reach = float(stats.quantile(level, found.df_residual)) * error
    p = float(2 * student.sf(abs(estimate / error), found.df_residual))
    return {"estimate": estimate, "std_error": error, "conf_low": estimate - reach,
            "conf_high": estimate + reach, "p_value": p}  # fmt: skip


def _nothing() -> dict[str, float]:
    return dict.fromkeys(("estimate", "std_error", "conf_low", "conf_high", "p_value"), np.nan)


def _judged(table: pd.DataFrame, sign: int, level: float) -> pd.DataFrame:
    table["p_adjusted"] = table.groupby("part")["p_value"].transform(lambda p: stats.adjust(p))
    side = np.where(sign * table["estimate"] < 0, "worse", "better")
    sure = table["p_adjusted"] <= 1 - level
    table["verdict"] = np.where(sure, side, "not apart").astype(object)
    worth = (sign * table["estimate"] * table["share"]).groupby(table["term"]).transform("first")
    order = table.assign(worth=worth).sort_values(["worth", "term"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _headline(table: pd.DataFrame, score: str, bad: str, level: float) -> str:
    alone = table[table["part"] == ALONE]
    sure = alone[alone["verdict"] != "not apart"]
    if sure.empty:
        return f"No theme goes with {label(score)} beyond chance."
    low, good = sure[sure["verdict"] == "worse"], "lower" if bad == "higher" else "higher"
    if low.empty:
        names = [f"'{term}'" for term in sure.iloc[::-1]["term"]]
        return f"No theme goes with a {bad} {label(score)}; {listing(names, 2)} with a {good} one."
    worst, unit = low.iloc[0], scoring.unit(score)
    felt = (low["estimate"] * low["share"]).abs()
    first = stats.contenders(felt, np.diag((low["std_error"] * low["share"]) ** 2), level=level)
    more = may_equal(int(first.sum()) - 1)
    return (
        f"A {bad} {label(score)} goes most with '{worst['term']}': "
        f"{amount(abs(worst['estimate']), unit)} points {bad} "
        f"({span(worst['conf_low'], worst['conf_high'], unit)}) where spoken of{more}."
    )
