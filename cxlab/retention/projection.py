"""How many customers under contract will still be there? sBG and beta-discrete-Weibull."""

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.lifetimes.spells import Spells
from cxlab.results import Result, count, number, percent
from cxlab.retention.workings.contracts import (
    MODELS,
    Contract,
    as_told,
    fit_contract,
    log_survival,
    notes_of,
    period_of,
)
from cxlab.retention.workings.reach import spans


def project(
    survivors: pd.DataFrame | Spells,
    *,
    model: str = "sbg",
    fit_to: int | None = None,
    horizon: int = 12,
    level: float = 0.95,
) -> Result:
    """Project how many customers under contract stay, and hold the projection to what came.

    Args:
        survivors: `time` (whole periods since the start, from 0) and `n` (customers still
            there), with `group` where there are several cohorts; or customers with their
            times (see `spells`), counted by whole periods.
        model: `sbg` (each customer a steady chance of leaving of their own) or `bdw` (which
            may rise or fall with time).
        fit_to: use this many periods only; the rest is held out to judge by. 0 with customers and
            their times: two thirds of the periods in which ten customers were watched.
        horizon: how many periods to project; 0: half as far again as was watched.
        level: confidence level; the bands hold the luck of a cohort of this size, too.

    Returns:
        time, estimate (share still there), conf_low, conf_high, share (as observed), n,
        expected (customers), verdict (`fitted`, `held out`, `projected`).

    Raises:
        FitError: a cohort grows, or too few periods or customers who left are known.

    Example:
        >>> cohort = pd.DataFrame({"time": range(5), "n": [1000, 869, 743, 653, 593]})
        >>> project(cohort, horizon=6).frame["verdict"].tolist()[-2:]
        ['projected', 'projected']
    """
    survivors = as_told(survivors)
    if isinstance(survivors, Spells) and not (fit_to and horizon):
        usual, ahead = spans(survivors, fit_to=fit_to or 0)
        fit_to, horizon = usual if fit_to == 0 else fit_to, horizon or ahead
    found, seen = fit_contract(survivors, model, fit_to)
    periods = np.arange(max(horizon, len(seen) - 1) + 1)
    height, slope = log_survival(found.top.point, periods.astype(float))
    frame = pd.DataFrame({"time": periods, "estimate": np.exp(height)})
    frame["conf_low"], frame["conf_high"] = _band(found, height, slope, level)
    frame["share"] = pd.Series(seen / seen[0] if found.customers else np.nan)
    frame["n"] = pd.Series(seen)
    frame["expected"] = frame["estimate"] * seen[0]
    frame["verdict"] = np.select(
        [periods <= found.fitted, frame["n"].notna()], ["fitted", "held out"], "projected"
    )
    period = period_of(survivors)
    return Result(
        name="projected retention",
        frame=frame,
        headline=_headline(frame, period),
        method=f"{MODELS[model]}, maximum likelihood on counts by period",
        base=f"{count(found.customers, 'customer')}, {count(found.fitted, period)} used to fit",
        notes=(*_held_out(frame, period), *notes_of(found)),
        unit="share",
    )


def _headline(frame: pd.DataFrame, period: str) -> str:
    """Say what is expected, and first of all whether what was held out speaks against it."""
    last, held = frame.iloc[-1], frame[frame["verdict"] == "held out"]
    after = count(last["time"], period)
    low, middle, high = (
        number(100 * last[word], 0) for word in ("conf_low", "estimate", "conf_high")
    )
    inside = int(held["share"].between(held["conf_low"], held["conf_high"]).sum())
    missed = [*~held["share"].between(held["conf_low"], held["conf_high"])]
    if missed and (missed[-1] or inside < len(held) / 2):
        return (
            f"The projection failed its test: {_missed(held, period)}. "
            f"Its {middle}% after {after} is no guide."
        )
    said = f"Of a hundred customers, {middle} are expected after {after} ({low} to {high})"
    if held.empty:
        return f"{said}."
    return (
        f"{said}. Of {count(len(held), period)} held out, "
        f"{'all' if inside == len(held) else _so_many(inside)} lie in the band."
    )


def _missed(held: pd.DataFrame, period: str) -> str:
    """Say how what was held out came otherwise: at its end, or all along."""
    last = held.iloc[-1]
    if last["conf_low"] <= last["share"] <= last["conf_high"]:
        inside = int(held["share"].between(held["conf_low"], held["conf_high"]).sum())
        return f"{_so_many(inside)} of {count(len(held), period)} held out lie in its band"
    way = "fewer" if last["share"] < last["conf_low"] else "more"
    return f"after {count(last['time'], period)} {way} are left than its band allows"


def _so_many(inside: int) -> str:
    return count(inside) if inside else "none"


def contract(survivors: pd.DataFrame | Spells, *, model: str = "sbg", fit_to: int | None = None):
    """Fit a projection and hand it on, for its curve at any time.

    Args:
        survivors, model, fit_to: as for `project`.

    Returns:
        A `Contract`.
    """
    return fit_contract(survivors, model, fit_to)[0]


def _band(found: Contract, height, slope, level):
    share = np.exp(height)
    with np.errstate(divide="ignore", invalid="ignore"):
        steep = slope / (1 - share)
        spread = np.einsum("it,ij,jt->t", steep, found.top.covariance, steep)
        spread = spread + 1 / (found.customers * share * (1 - share))
        logit = height - np.log1p(-share)
        reach = stats.quantile(level) * np.sqrt(spread)
        low, high = (1 / (1 + np.exp(-(logit + s * reach))) for s in (-1, 1))
    return np.where(share < 1, low, 1.0), np.where(share < 1, high, 1.0)


def _held_out(frame: pd.DataFrame, period: str) -> tuple[str, ...]:
    rows = frame[frame["verdict"] == "held out"]
    if rows.empty:
        return ("Nothing was held out: name `fit_to` to judge the projection by what came.",)
    gap = (rows["estimate"] - rows["share"]).abs()
    inside = ((rows["share"] >= rows["conf_low"]) & (rows["share"] <= rows["conf_high"])).sum()
    return (
        f"Held out: {count(len(rows), period)}, mean gap {percent(gap.mean(), 1)} of the "
        f"customers, largest {percent(gap.max(), 1)}; {_so_many(inside)} inside the band.",
    )
