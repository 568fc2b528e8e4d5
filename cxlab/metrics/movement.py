"""Where is it going? The slope of a trend, and the moment of one lasting shift."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from cxlab import stats
from cxlab.metrics.answers import ALL, NOT_STATED
from cxlab.results import Result, amount, count, listing, number, probability

SEASONS = {"day": 7, "month": 12, "quarter": 4}


def slope(trend: Result, *, level: float = 0.95) -> Result:
    """Give the straight-line movement of a trend, free of the season where two cycles allow it.

    Args:
        trend: what `trend` returned; only finished periods count.
        level: confidence level.

    Returns:
        group, term, estimate (change per period), std_error, conf_low, conf_high, p_value,
        periods, df, level, verdict (`rising`, `falling`, `no detectable trend`).

    Example:
        >>> days = pd.date_range("2025-01-05", periods=6, freq="30D").repeat(40)
        >>> rows = pd.DataFrame({"nps": [9, 3, 7, 10] * 60, "answered_at": days})
        >>> from cxlab import metrics
        >>> slope(metrics.trend(rows, as_of="2025-06-30")).frame["verdict"][0]
        'no detectable trend'
    """
    found, notes = [], []
    for group, rows in trend.frame.groupby("group", sort=False):
        fit, note = _line(rows, _kind(trend), level)
        found.append({"group": group, **fit})
        notes += note
    frame = pd.DataFrame(found)
    return Result(
        name=f"{trend.name}: slope",
        frame=frame,
        headline=_slope_headline(frame, trend),
        method="weighted least squares on the periods, season as fixed effects where two full "
        "cycles are seen; errors widened where periods scatter more than sampling would",
        base=trend.base,
        notes=tuple(dict.fromkeys(notes)),
        unit=trend.unit,
    )


def change_point(trend: Result, *, level: float = 0.95, n_sim: int = 4000, seed: int = 0) -> Result:
    """Ask whether a trend is better told as one lasting shift, and when it came.

    Args:
        trend: what `trend` returned; only finished periods count.
        level: confidence level.
        n_sim: draws of the largest shift that chance would show.
        seed: for the draws.

    Returns:
        group, period (the first after the shift), before, after, estimate (their difference),
        std_error, conf_low, conf_high, p_value (of the largest shift anywhere), periods,
        level, verdict (`shift`, `no detectable shift`).

    Example:
        >>> days = pd.date_range("2025-01-05", periods=8, freq="30D").repeat(50)
        >>> rows = pd.DataFrame({"nps": [9, 8] * 100 + [9, 3] * 100, "answered_at": days})
        >>> from cxlab import metrics
        >>> change_point(metrics.trend(rows, as_of="2025-08-31")).frame["period"][0]
        '2025-05'
    """
    rng = np.random.default_rng(seed)
    found = [
        {"group": group, **_shift(rows, level, n_sim, rng)}
        for group, rows in trend.frame.groupby("group", sort=False)
    ]
    frame = pd.DataFrame(found)
    return Result(
        name=f"{trend.name}: change point",
        frame=frame,
        headline=_shift_headline(frame, trend),
        method="largest standardised difference before and after any period, its p-value by "
        f"simulation, {n_sim:,} draws (Hawkins 1977); season is not removed",
        base=trend.base,
        notes=("The interval takes the period of the shift as known.",),
        unit=trend.unit,
    )


# ---------------------------------------------------------------- the fits


def _kind(trend: Result) -> str:
    return trend.name.rsplit(" by ", 1)[1]


def _usable(rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Give finished periods with answers, and a standard error of each from a common spread."""
    rows = rows.assign(place=np.arange(len(rows)))
    done = rows["finished"].map(lambda f: f is not False).to_numpy(bool)
    rows = rows[done & rows["estimate"].notna().to_numpy()]
    n = rows["n_effective"].to_numpy(float)
    own = np.nan_to_num(rows["std_error"].to_numpy(float))
    variance = (n * n * own**2).sum() / n.sum() if len(rows) else np.nan
    return rows, np.sqrt(variance / n)


def _season(labels: pd.Series, kind: str) -> np.ndarray:
    if kind == "day":
        return pd.to_datetime(labels).dt.dayofweek.to_numpy()
    return labels.str.extract(r"(\d+)$")[0].astype(int).to_numpy()


def _line(rows: pd.DataFrame, kind: str, level: float) -> tuple[dict[str, Any], list[str]]:
    used, error = _usable(rows)
    missing = {
        "term": f"change per {kind}", "estimate": np.nan, "std_error": np.nan,
        "conf_low": np.nan, "conf_high": np.nan, "p_value": np.nan, "periods": len(used),
        "df": np.nan, "level": level, "verdict": "too few periods",
    }  # fmt: skip
    cycle = SEASONS.get(kind, 0)
    seasonal = bool(cycle) and len(used) >= 2 * cycle
    columns = [np.ones(len(used)), used["place"].to_numpy(float)]
    if seasonal:
        season = _season(used["period"], kind)
        columns += [(season == s).astype(float) for s in np.unique(season)[1:]]
    design = np.stack(columns, axis=1)
    df = len(used) - design.shape[1]
    if df < 1 or not (error > 0).all():
        return missing, []
    scaled, target = design / error[:, None], used["estimate"].to_numpy(float) / error
    coefficients, *_ = np.linalg.lstsq(scaled, target, rcond=None)
    scatter = max(1.0, float(((target - scaled @ coefficients) ** 2).sum() / df))
    std_error = float(np.sqrt(scatter * np.linalg.pinv(scaled.T @ scaled)[1, 1]))
    low, high = stats.mean_interval(coefficients[1], std_error, df=df, level=level)
    verdict = "rising" if low > 0 else "falling" if high < 0 else "no detectable trend"
    note = "The season is removed." if seasonal else "Too few full cycles to remove the season."
    return {
        **missing, "estimate": float(coefficients[1]), "std_error": std_error,
        "conf_low": float(low), "conf_high": float(high), "df": float(df), "verdict": verdict,
        "p_value": float(2 * special.stdtr(df, -abs(coefficients[1]) / std_error)),
    }, [note] if cycle else []  # fmt: skip


def _slope_headline(frame: pd.DataFrame, trend: Result) -> str:
    name, kind = trend.name.rsplit(" by ", 1)
    moving = frame[frame["verdict"].isin(["rising", "falling"])]
    if len(frame) == 1:
        row = frame.iloc[0]
        if row["verdict"] == "too few periods":
            return f"{name}: {count(row['periods'], 'finished period')} are too few for a trend."
        ends = _signed(row, trend.unit)
        over = count(row["periods"], kind)
        if moving.empty:
            return f"{name} has no detectable trend over {over}: {ends} a {kind}."
        return f"{name} is {row['verdict']} by {ends} a {kind}, over {over}."
    if moving.empty:
        return f"{name}: no group has a detectable trend."
    said = [f"{r.group} is {r.verdict}" for r in moving.itertuples()]
    return f"{name}: {listing(said, 4)}."


def _signed(row: pd.Series, unit: str) -> str:
    scale, digits = (100.0, 1) if unit == "share" else (1.0, 1 if unit == "points" else 2)
    word = {"share": " percentage points", "points": " points"}.get(unit, "")
    said = [
        number(row[key] * scale, digits, signed=True)
        for key in ("estimate", "conf_low", "conf_high")
    ]
    return f"{said[0]}{word} ({said[1]} to {said[2]})"


def _shift(rows: pd.DataFrame, level: float, n_sim: int, rng: np.random.Generator) -> dict:
    used, error = _usable(rows)
    found: dict[str, Any] = {
        "period": None, "before": np.nan, "after": np.nan, "estimate": np.nan,
        "std_error": np.nan, "conf_low": np.nan, "conf_high": np.nan, "p_value": np.nan,
        "periods": len(used), "level": level, "verdict": "too few periods",
    }  # fmt: skip
    if len(used) < 4 or not (error > 0).all():
        return found
    weight, values = 1 / error**2, used["estimate"].to_numpy(float)
    gap, spread, first, second = _splits(values, weight)
    z = np.abs(gap) / spread
    chance = rng.standard_normal((n_sim, len(used))) * error
    noise = _splits(chance, weight)[0] / spread
    largest = int(np.argmax(z))
    p = (1 + int((np.abs(noise).max(axis=1) >= z[largest]).sum())) / (n_sim + 1)
    low, high = stats.mean_interval(gap[largest], spread[largest], level=level)
    return {
        **found, "period": used["period"].iloc[largest + 1], "before": first[largest],
        "after": second[largest], "estimate": gap[largest], "std_error": spread[largest],
        "conf_low": float(low), "conf_high": float(high), "p_value": p,
        "verdict": "shift" if p <= 1 - level else "no detectable shift",
    }  # fmt: skip


def _splits(values: np.ndarray, weight: np.ndarray):
    """Give the gap between the weighted means after and before each cut."""
    w = np.cumsum(weight)
    wv = np.cumsum(values * weight, axis=-1)
    first = wv[..., :-1] / w[:-1]
    second = (wv[..., -1:] - wv[..., :-1]) / (w[-1] - w[:-1])
    return second - first, np.sqrt(1 / w[:-1] + 1 / (w[-1] - w[:-1])), first, second


def _shift_headline(frame: pd.DataFrame, trend: Result) -> str:
    name = trend.name.rsplit(" by ", 1)[0]
    shifts = frame[frame["verdict"] == "shift"]
    if len(frame) == 1 and frame["verdict"].iloc[0] == "too few periods":
        return f"{name}: too few finished periods to look for a shift."
    if shifts.empty:
        p = frame["p_value"].min()
        more = f" (p {probability(p)})" if len(frame) == 1 else ""
        return f"{name}: no lasting shift can be told from chance{more}."
    said = [
        f"{'' if r.group in (ALL, NOT_STATED) else f'{r.group} '}"
        f"{amount(r.before, trend.unit)} before, {amount(r.after, trend.unit)} from {r.period} on "
        f"(p {probability(r.p_value)})"
        for r in shifts.itertuples()
    ]
    return f"{name} shifted: {listing(said, 3)}."
