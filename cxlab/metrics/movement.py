"""Where is it going? The slope of a trend, and the moment of one lasting shift."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.metrics.workings import season
from cxlab.metrics.workings.answers import ALL, NOT_STATED
from cxlab.metrics.workings.gaps import two_sided
from cxlab.results import Result, amount, count, listing, number, probability

EDGE = 2  # periods on either side of a shift that lasts


def slope(trend: Result, *, looks: int = 1, level: float = 0.95) -> Result:
    """Give the straight-line movement of a trend, free of the season where two years allow it.

    With less than two years of finished periods a season could draw any line: then a movement is
    told, its verdict is `season or trend`, and no trend is claimed.

    Args:
        trend: what `trend` returned; only finished periods count.
        looks: how many questions are asked of the same movement; a claim needs a p-value below
            (1 - level) / looks (Bonferroni).
        level: confidence level.

    Returns:
        group, term, estimate (change per period), std_error, conf_low, conf_high, p_value,
        periods, df, level, verdict (`rising`, `falling`, `no detectable trend`,
        `season or trend`, `too few periods`).

    Example:
        >>> days = pd.date_range("2025-01-05", periods=6, freq="30D").repeat(40)
        >>> rows = pd.DataFrame({"nps": [9, 3, 7, 10] * 60, "answered_at": days})
        >>> from cxlab import metrics
        >>> slope(metrics.trend(rows, as_of="2025-06-30")).frame["verdict"][0]
        'no detectable trend'
    """
    kind = kind_of(trend)
    frame, notes = _by_group(trend, lambda rows: _line(rows, kind, level, looks))
    return Result(
        name=f"{trend.name}: slope",
        frame=frame,
        headline=_slope_headline(frame, trend),
        method="weighted least squares on the periods, season as fixed effects where two full "
        "years are seen; errors widened where periods scatter more than sampling would",
        base=trend.base,
        notes=notes,
        unit=trend.unit,
    )


def change_point(
    trend: Result,
    *,
    looks: int = 1,
    n_sim: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Result:
    """Ask whether a trend is better told as one lasting shift, and when it came.

    The season is taken out beside the shift where the finished periods span two years. Below
    that, a season could make any shift: then the two levels are told, the verdict is
    `season or shift`, and no shift is claimed.

    Args:
        trend: what `trend` returned; only finished periods count.
        looks: as in `slope`.
        n_sim: draws of the largest shift that chance would show.
        level: confidence level.
        seed: for the draws.

    Returns:
        group, period (the first after the shift), before, after, estimate (their difference),
        std_error, conf_low, conf_high, p_value (of the largest shift anywhere), periods,
        level, verdict (`shift`, `no detectable shift`, `season or shift`, `too few periods`).

    Example:
        >>> days = pd.date_range("2024-01-05", periods=24, freq="MS").repeat(50)
        >>> rows = pd.DataFrame({"nps": [9, 8] * 400 + [9, 3] * 200, "answered_at": days})
        >>> from cxlab import metrics
        >>> change_point(metrics.trend(rows, as_of="2026-01-31")).frame["period"][0]
        '2025-06'
    """
    rng = np.random.default_rng(seed)
    kind = kind_of(trend)
    frame, notes = _by_group(trend, lambda rows: _shift(rows, kind, level, looks, n_sim, rng))
    return Result(
        name=f"{trend.name}: change point",
        frame=frame,
        headline=_shift_headline(frame, trend),
        method="largest standardised difference before and after any period, beside the season "
        f"where two years are seen; p-value by simulation, {n_sim:,} draws (Hawkins 1977)",
        base=trend.base,
        notes=("The interval takes the period of the shift as known.", *notes),
        unit=trend.unit,
    )


def _by_group(trend: Result, look: Callable) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Take a look at the line of each group: what was found, and what must be known of it."""
    groups = trend.frame.groupby("group", sort=False)
    looks = [(group, *look(rows)) for group, rows in groups]
    frame = pd.DataFrame([{"group": group, **fit} for group, fit, _ in looks])
    return frame, tuple(dict.fromkeys(note for *_, notes in looks for note in notes))


def kind_of(trend: Result) -> str:
    """Name the period a trend goes by."""
    return trend.name.rsplit(" by ", 1)[1]


# ---------------------------------------------------------------- the fits


def _line(
    rows: pd.DataFrame, kind: str, level: float, looks: int
) -> tuple[dict[str, Any], list[str]]:
    used, error = season.usable(rows)
    missing = {
        "term": f"change per {kind}", "estimate": np.nan, "std_error": np.nan,
        "conf_low": np.nan, "conf_high": np.nan, "p_value": np.nan, "periods": len(used),
        "df": np.nan, "level": level, "verdict": "too few periods",
    }  # fmt: skip
    if len(used) < 3 or not (error > 0).all():
        return missing, []
    place = used["place"].to_numpy(float)
    columns, told = season.background(used["period"], place, kind)
    base = season.ground(used["estimate"].to_numpy(float), error, columns)
    fit = season.beside(base, place)
    if not np.isfinite(fit.std_error):
        return missing, []
    low, high = stats.mean_interval(fit.estimate, fit.std_error, df=fit.sure, level=level)
    p = two_sided(fit.estimate, fit.std_error, fit.sure)
    verdict = "rising" if fit.estimate > 0 else "falling"
    if p > (1 - level) / looks:
        verdict = "no detectable trend"
    elif not told:
        verdict = "season or trend"
    return {
        **missing, "estimate": fit.estimate, "std_error": fit.std_error,
        "conf_low": float(low), "conf_high": float(high), "df": float(fit.df),
        "verdict": verdict, "p_value": p,
    }, _season_note(kind, told)  # fmt: skip


def _season_note(kind: str, told: bool) -> list[str]:
    if kind == "year":
        return []
    return [season.REMOVED if told else season.SHORT_NOTE]


def _slope_headline(frame: pd.DataFrame, trend: Result) -> str:
    name, kind = trend.name.rsplit(" by ", 1)
    moving = frame[frame["verdict"].isin(["rising", "falling"])]
    if len(frame) == 1:
        row = frame.iloc[0]
        if row["verdict"] == "too few periods":
            return f"{name}: {count(row['periods'], 'finished period')} are too few for a trend."
        ends = signed(row, trend.unit)
        over = count(row["periods"], kind)
        if row["verdict"] == "season or trend":
            return f"{name} moved by {ends} a {kind}, over {over}; {season.TOO_SHORT}."
        if moving.empty:
            return f"{name} has no detectable trend over {over}: {ends} a {kind}."
        return f"{name} is {row['verdict']} by {ends} a {kind}, over {over}."
    if moving.empty:
        short = (frame["verdict"] == "season or trend").any()
        tail = f"; {season.TOO_SHORT}" if short else ""
        return f"{name}: no group has a trend that can be told{tail}."
    said = [f"{r.group} is {r.verdict}" for r in moving.itertuples()]
    return f"{name}: {listing(said, 4)}."


def signed(row: pd.Series, unit: str) -> str:
    """Write a difference with its sign and its interval."""
    scale, digits = (100.0, 1) if unit == "share" else (1.0, 1 if unit == "points" else 2)
    word = {"share": " percentage points", "points": " points"}.get(unit, "")
    said = [
        number(row[key] * scale, digits, signed=True)
        for key in ("estimate", "conf_low", "conf_high")
    ]
    return f"{said[0]}{word} ({said[1]} to {said[2]})"


def _shift(
    rows: pd.DataFrame, kind: str, level: float, looks: int, n_sim: int, rng: np.random.Generator
) -> tuple[dict[str, Any], list[str]]:
    used, error = season.usable(rows)
    found: dict[str, Any] = {
        "period": None, "before": np.nan, "after": np.nan, "estimate": np.nan,
        "std_error": np.nan, "conf_low": np.nan, "conf_high": np.nan, "p_value": np.nan,
        "periods": len(used), "level": level, "verdict": "too few periods",
    }  # fmt: skip
    if len(used) < season.FEWEST or not (error > 0).all():
        return found, []
    columns, told = season.background(used["period"], used["place"].to_numpy(), kind)
    values = used["estimate"].to_numpy(float)
    base = season.ground(values, error, columns)
    sizes = _sizes(base)
    if base.df < 2 or not (sizes > 0).any():
        return found, []
    noise = rng.standard_normal((n_sim, len(used)))
    noise -= (noise @ base.basis) @ base.basis.T
    largest, first = _largest(base.rest[None], base, sizes)
    p = (1 + int((_largest(noise, base, sizes)[0] >= largest[0]).sum())) / (n_sim + 1)
    at = int(first[0])
    step = (np.arange(len(used)) >= at).astype(float)
    fit = season.beside(base, step)
    low, high = stats.mean_interval(fit.estimate, fit.std_error, level=level)
    level_before = float(np.average(values - fit.estimate * step, weights=error**-2))
    verdict = "no detectable shift" if p > (1 - level) / looks else "shift"
    verdict = "season or shift" if verdict == "shift" and not told else verdict
    return {
        **found, "period": used["period"].iloc[at], "before": level_before,
        "after": level_before + fit.estimate, "estimate": fit.estimate,
        "std_error": fit.std_error, "conf_low": float(low), "conf_high": float(high),
        "p_value": p, "verdict": verdict,
    }, _season_note(kind, told)  # fmt: skip


def _sizes(base: season.Ground) -> np.ndarray:
    """Give how much of a step at each period the background leaves, squared; 0 where too little."""
    whole = _from_here(base.error**-2)
    inside = _from_here((base.basis / base.error[:, None]).T)
    left = whole - (inside**2).sum(axis=0)
    left[:EDGE] = left[len(left) - EDGE + 1 :] = 0.0
    return np.where(left > 1e-9 * whole, left, 0.0)


def _largest(rests: np.ndarray, base: season.Ground, sizes: np.ndarray):
    """Give the largest squared step of each row of rests, over what its fit leaves, and where."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = np.where(sizes > 0, _from_here(rests / base.error) ** 2 / sizes, 0.0)
    at = gains.argmax(axis=1)
    best = gains[np.arange(len(gains)), at]
    left = ((rests**2).sum(axis=1) - best) / (base.df - 1)
    return best / np.maximum(left, 1.0), at


def _from_here(values: np.ndarray) -> np.ndarray:
    """Sum from each place to the end."""
    return np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]


def _shift_headline(frame: pd.DataFrame, trend: Result) -> str:
    name = trend.name.rsplit(" by ", 1)[0]
    shifts = frame[frame["verdict"] == "shift"]
    if frame["verdict"].eq("too few periods").all():
        return f"{name}: too few finished periods to look for a shift."
    unsure = frame[frame["verdict"] == "season or shift"]
    if shifts.empty and len(unsure):
        stood = listing([_levels(r, trend.unit) for r in unsure.itertuples()], 3)
        return f"{name} stood at {stood}; {season.TOO_SHORT}."
    if shifts.empty:
        p = frame["p_value"].min()
        more = f" (p {probability(p)})" if len(frame) == 1 else ""
        return f"{name}: no lasting shift can be told from chance{more}."
    said = [f"{_levels(r, trend.unit)} (p {probability(r.p_value)})" for r in shifts.itertuples()]
    return f"{name} shifted: {listing(said, 3)}."


def _levels(row: Any, unit: str) -> str:
    who = "" if row.group in (ALL, NOT_STATED) else f"{row.group} "
    before, after = amount(row.before, unit), amount(row.after, unit)
    return f"{who}{before} before, {after} from {row.period} on"
