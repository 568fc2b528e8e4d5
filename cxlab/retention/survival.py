"""How long do customers stay? Kaplan-Meier curves, medians, means, and comparisons."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from cxlab import stats
from cxlab.codebook import label, those
from cxlab.lifetimes.asking import of_customers
from cxlab.lifetimes.spells import SpellError, Spells, groups
from cxlab.lifetimes.steps import LEAST, product_limit, steps_of
from cxlab.results import Result, listing, number, percent
from cxlab.retention.workings.reach import carried

WEIGHTINGS = {
    "logrank": "log-rank",
    "gehan": "Gehan-Wilcoxon",
    "tarone_ware": "Tarone-Ware",
    "peto": "Peto-Peto",
    "late": "Fleming-Harrington (0, 1)",
}


@of_customers
def survival(
    watched: Spells,
    *,
    by: str | None = None,
    method: str = "log-log",
    level: float = 0.95,
) -> Result:
    """Estimate the share of customers still there after each length of time.

    Args:
        by: column to draw one curve for each value of.
        method: the scale on which bands are symmetric: `log-log`, which keeps them within 0 and
            1, or `log`, R's default, cut off at 1.
        level: confidence level of the bands.

    Returns:
        group, time, estimate (share still there), std_error (Greenwood), conf_low, conf_high,
        at_risk, events, censored: one row per group and distinct time, from 0.

    Raises:
        SpellError: the times cannot be read. Where nobody left, the share is 1 without a band,
            and the headline says so.

    Example:
        >>> frame = pd.DataFrame({"tenure": [2, 4, 4, 6], "churned": [1, 1, 0, 0]})
        >>> survival(frame).frame["estimate"].tolist()
        [1.0, 0.75, 0.5, 0.5]
    """
    if method not in BANDS:
        raise SpellError(f"method: '{method}' is none of {listing(list(BANDS))}.")
    codes, names, notes = groups(watched, by)
    frame = pd.concat(
        [_curve(watched, codes == i, name, level, method) for i, name in enumerate(names)],
        ignore_index=True,
    )
    return Result(
        name=f"survival in {watched.unit}s",
        frame=frame,
        headline=_curve_headline(frame, names, watched.unit)
        if watched.event.any()
        else f"Nobody left: {watched.nobody_left().partition('. ')[0]}.",
        method=f"Kaplan-Meier (1958), Greenwood's variance, {method} bands",
        base=watched.base,
        notes=watched.notes + notes + _thin_ice(frame, watched.unit),
        unit="share",
    )


def _reach(curves: pd.DataFrame) -> dict[str, float]:
    """Give the groups whose curve is carried by enough, with the time until when."""
    ends = {name: carried(steps) for name, steps in curves.groupby("group", sort=False)}
    return {name: end for name, end in ends.items() if np.isfinite(end)}


def _ended(curves: pd.DataFrame, ends: dict[str, float]) -> bool:
    """Say whether each curve was watched to where nobody is left: beyond, it stays at zero."""
    last = curves.groupby("group", sort=False).tail(1).set_index("group")
    return bool((last["estimate"] == 0).all() and (last["time"] == pd.Series(ends)).all())


def _someone_left(watched: Spells) -> None:
    if not watched.event.any():
        raise SpellError(watched.nobody_left())


def _curve(watched: Spells, mine, name: str, level: float, method: str) -> pd.DataFrame:
    steps = steps_of(watched.entry[mine], watched.time[mine], watched.event[mine])
    curve, error = product_limit(steps)
    low, high = BANDS[method](curve, error, level)
    frame = pd.DataFrame({"group": name, **steps})
    frame["estimate"], frame["std_error"] = curve, error
    frame["conf_low"], frame["conf_high"] = low, high
    if frame["time"].iloc[0] > 0:
        first = {"group": name, "time": 0.0, "estimate": 1.0, "std_error": 0.0}
        first |= {"conf_low": 1.0, "conf_high": 1.0, "events": 0, "censored": 0}
        first["at_risk"] = int((watched.entry[mine] <= 0).sum())
        frame = pd.concat([pd.DataFrame([first]), frame], ignore_index=True)
    words = ["group", "time", "estimate", "std_error", "conf_low", "conf_high"]
    return frame[[*words, "at_risk", "events", "censored"]]


def _loglog(curve: np.ndarray, error: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    z = stats.quantile(level)
    low, high = np.full((2, len(curve)), np.nan)
    inside = (curve > 0) & (curve < 1)
    log = np.log(curve[inside])
    reach = np.exp(z * error[inside] / (curve[inside] * -log))
    low[inside], high[inside] = np.exp(log * reach), np.exp(log / reach)
    return low, high


def _log(curve: np.ndarray, error: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Give bands symmetric for the log of the share (Kalbfleisch and Prentice, 1980)."""
    low, high = np.full((2, len(curve)), np.nan)
    inside = (curve > 0) & (curve < 1)
    reach = np.exp(stats.quantile(level) * error[inside] / curve[inside])
    low[inside], high[inside] = curve[inside] / reach, np.minimum(curve[inside] * reach, 1.0)
    return low, high


BANDS = {"log-log": _loglog, "log": _log}


def _curve_headline(frame: pd.DataFrame, names: Sequence[str], unit: str) -> str:
    ends = _reach(frame)
    if not ends:
        return f"Fewer than {LEAST} customers are under watch: too few to read a share off."
    curves = {
        name: frame[(frame["group"] == name) & (frame["time"] <= ends[name])] for name in ends
    }
    medians = {name: _quantile(steps, "estimate") for name, steps in curves.items()}
    known = {name: time for name, time in medians.items() if np.isfinite(time)}
    last = min(ends.values())
    share = {name: _step(steps, last) for name, steps in curves.items()}
    if len(ends) == 1:
        whom = "the customers" if len(names) == 1 else those(next(iter(ends)))
        if known:
            half, steps = next(iter(known.values())), next(iter(curves.values()))
            return f"Half of {whom} leave within {_length(half, unit)} ({_ends(steps)})."
        left = percent(next(iter(share.values())))
        return f"After {_length(last, unit)}, {left} of {whom} are still there."
    if len(known) >= 2:
        first, final = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        rest = [those(name) for name in ends if name not in known]
        between = (known[first] + known[final]) / 2
        more = _chance(curves[first], curves[final], min(between, last), len(curves))
        more += f"; of {listing(rest)} more than half stayed" if rest else ""
        return (
            f"Half of {those(first)} leave within {_length(known[first], unit)}, half of "
            f"{those(final)} within {_length(known[final], unit)}{more}."
        )
    best, worst = max(share, key=share.__getitem__), min(share, key=share.__getitem__)
    return (
        f"After {_length(last, unit)}, {percent(share[best])} of {those(best)} are still there, "
        f"{percent(share[worst])} of {those(worst)}"
        f"{_chance(curves[best], curves[worst], last, len(curves))}."
    )


def _chance(one: pd.DataFrame, other: pd.DataFrame, time: float, groups: int) -> str:
    """Say that two shares still there may differ by chance, allowing for every pair of groups."""
    share, error = (
        np.array([_step(steps, time, word) for steps in (one, other)])
        for word in ("estimate", "std_error")
    )
    reach = stats.quantile(1 - 0.05 / max(groups * (groups - 1) / 2, 1))
    apart = abs(share[0] - share[1]) > reach * np.hypot(*error)
    return "" if apart else ", as chance may have it"


def _ends(steps: pd.DataFrame) -> str:
    """Give the ends of a median; where the upper line never falls to a half, there is none."""
    low, high = (_quantile(steps, word) for word in ("conf_low", "conf_high"))
    return f"{number(low)} to {number(high)}" if np.isfinite(high) else f"{number(low)} or more"


def _length(time: float, unit: str) -> str:
    whole = abs(time - round(time)) < 0.05
    return f"{number(time, 0 if whole else 1)} {unit}{'' if whole and round(time) == 1 else 's'}"


def _thin_ice(frame: pd.DataFrame, unit: str) -> tuple[str, ...]:
    """Say where a curve rests on nobody, on few, or on one event."""
    notes = _carried(frame, unit)
    for name, rows in frame.groupby("group", sort=False):
        events = int(rows["events"].sum())
        if events == 0:
            notes.append(f"Nobody left in '{name}': its line at 100% has no band.")
        elif events == 1:
            notes.append(f"The curve of '{name}' rests on one customer who left.")
        emptied = rows[(rows["events"] == rows["at_risk"]) & (rows["events"] > 0)]
        if len(emptied) and emptied["time"].iloc[0] < rows["time"].iloc[-1]:
            notes.append(
                f"In '{name}' everyone then under watch had left at {emptied['time'].iloc[0]:g}, "
                "before most came under watch; start the curve later."
            )
    return tuple(notes)


def _carried(frame: pd.DataFrame, unit: str) -> list[str]:
    """Say until when each curve rests on enough customers, once for all that end together."""
    until: dict[str, list[str]] = {}
    for name, rows in frame.groupby("group", sort=False):
        end = carried(rows)
        if not np.isfinite(end):
            said = f"carried by fewer than {LEAST} customers all along."
        elif end < rows["time"].iloc[-1]:
            said = (
                f"carried by at least {LEAST} customers until {_length(end, unit)}; no number is "
                "read off beyond."
            )
        else:
            continue
        until.setdefault(said, []).append("" if name == "all" else f"'{name}'")
    return [
        f"The {'curve is' if names == [''] else _curves_of(names)} {said}"
        for said, names in until.items()
    ]


def _curves_of(names: Sequence[str]) -> str:
    return f"curve{'s' if names[1:] else ''} of {listing(names)} {'are' if names[1:] else 'is'}"


# ---------------------------------------------------------------- reading a curve


def survival_at(curve: Result, *, times: Sequence[float]) -> Result:
    """Read a survival curve at chosen times.

    Args:
        curve: what `survival` gave.
        times: lengths of time, in the curve's unit.

    Returns:
        group, time, estimate, std_error, conf_low, conf_high, at_risk; all but group and time
        missing beyond the last customer under watch.
    """
    rows = []
    for _, steps in curve.frame.groupby("group", sort=False):
        at = np.searchsorted(steps["time"].to_numpy(), times, side="right") - 1
        watched = np.asarray(times) <= steps["time"].iloc[-1]
        next_up = np.searchsorted(steps["time"].to_numpy(), times, side="left")
        part = steps.iloc[at.clip(0)].reset_index(drop=True)
        part["time"] = times
        part["at_risk"] = steps["at_risk"].to_numpy()[next_up.clip(max=len(steps) - 1)]
        numbers = ["estimate", "std_error", "conf_low", "conf_high", "at_risk"]
        part.loc[~watched, numbers] = np.nan
        rows.append(part[["group", "time", *numbers]])
    frame = pd.concat(rows, ignore_index=True)
    last = frame.dropna(subset="estimate").groupby("group", sort=False).tail(1)
    if last.empty:
        raise SpellError(f"no customer was under watch as long as {min(times):g}.")
    unit = curve.name.removeprefix("survival in ")
    said = [
        f"{'all' if row.estimate == 1 else percent(row.estimate) + _band(row)} of "
        f"{'the customers' if row.group == 'all' else repr(row.group)} "
        f"after {_long(row.time, unit)}"
        for row in last.itertuples()
    ]
    return Result(
        name=f"still there after {_long(times[0], unit)}",
        frame=frame,
        headline=f"Still there: {'. '.join(said)}.",
        method=curve.method,
        base=curve.base,
        notes=curve.notes,
        unit="share",
    )


def _long(time: float, unit: str) -> str:
    """Say how long, one unit in the singular."""
    shown = number(time, 1).removesuffix(".0")
    return f"{shown} {unit.removesuffix('s') if shown == '1' else unit}"


def _band(row) -> str:
    known = np.isfinite([row.conf_low, row.conf_high]).all()
    return f" ({percent(row.conf_low)} to {percent(row.conf_high)})" if known else " (no band)"


@of_customers
def stay(
    watched: Spells,
    *,
    by: str | None = None,
    horizon: float | None = None,
    method: str = "log-log",
    level: float = 0.95,
) -> Result:
    """Estimate how long customers stay: the median, and the mean up to a horizon.

    Args:
        customers: one row per customer, or `Spells` (which know about `since`).
        horizon: the mean counts time up to here; without it, up to the last time at which
            every curve is carried by ten customers under watch.
        by: column to estimate separately for.
        method: the bands the median's interval is read from; see `survival`.

    Returns:
        term (`median`, `mean to horizon`), group, verdict (`reached`, `not reached`, `too few`),
        estimate, std_error, conf_low, conf_high, n, events, in the unit of time; a median not
        reached is missing, and so is all of a group of fewer than ten customers.

    Raises:
        SpellError: the times cannot be read, nobody left, or the horizon lies beyond what ten
            customers carry.
    """
    _someone_left(watched)
    curves = survival(watched, by=by, method=method, level=level)
    ends = _reach(curves.frame)
    if not ends:
        raise SpellError(f"fewer than {LEAST} customers are under watch: too few to average.")
    last = min(ends.values())
    horizon = float(last if horizon is None else horizon)
    if horizon > last and not _ended(curves.frame, ends):
        raise SpellError(
            f"horizon: {horizon:g} {watched.unit}s lie beyond {last:g}, until when the shortest "
            f"curve is carried by at least {LEAST} customers; choose at most that, or project."
        )
    rows = []
    for name, steps in curves.frame.groupby("group", sort=False):
        size = {"group": name, "n": int(steps["events"].sum() + steps["censored"].sum())}
        size["events"] = int(steps["events"].sum())
        known = steps[steps["time"] <= ends.get(name, -1.0)]
        rows.append({"term": "median", **size} | _median(known))
        rows.append({"term": f"mean to {round(horizon, 1):g}", **size})
        rows[-1] |= _restricted_mean(known, horizon, level) if len(known) else {}
    words = ["term", "group", "verdict", "estimate", "std_error", "conf_low", "conf_high"]
    frame = pd.DataFrame(rows).reindex(columns=[*words, "n", "events"])
    return Result(
        name="length of stay",
        frame=frame,
        headline=_stay_headline(frame, horizon, watched.unit, curves.frame),
        method=f"Kaplan-Meier median (Brookmeyer-Crowley interval, {method}) and restricted mean",
        base=curves.base,
        notes=curves.notes,
        unit=f"{watched.unit}s",
    )


def _median(steps: pd.DataFrame) -> dict[str, Any]:
    if steps.empty:
        return {"verdict": "too few"}
    words = ("estimate", "conf_low", "conf_high")
    found: dict[str, Any] = {word: _quantile(steps, word) for word in words}
    return found | {"verdict": "reached" if np.isfinite(found["estimate"]) else "not reached"}


def _quantile(steps: pd.DataFrame, line: str, share: float = 0.5) -> float:
    """Find when a curve falls to a share; where it rests on it, the middle of the rest."""
    curve, time = steps[line].to_numpy(float), steps["time"].to_numpy(float)
    reached = np.flatnonzero(curve <= share + 1e-12)
    if not len(reached):
        return np.nan
    first = reached[0]
    if abs(curve[first] - share) < 1e-12:
        below = np.flatnonzero(curve < share - 1e-12)
        if len(below):
            return (time[first] + time[below[0]]) / 2
    return time[first]


def _restricted_mean(steps: pd.DataFrame, horizon: float, level: float) -> dict[str, float]:
    inside = steps["time"].to_numpy() < horizon
    time = np.r_[steps["time"].to_numpy()[inside], horizon]
    area = steps["estimate"].to_numpy()[inside] * np.diff(time)
    beyond = np.cumsum(area[::-1])[::-1]
    at_risk, events = (steps[w].to_numpy(float)[inside] for w in ("at_risk", "events"))
    room = at_risk * (at_risk - events)
    share = np.divide(events, room, out=np.zeros(len(events)), where=room > 0)
    error = float(np.sqrt((beyond**2 * share).sum()))
    reach = stats.quantile(level) * error
    mean = float(area.sum())
    return {
        "estimate": mean,
        "std_error": error,
        "conf_low": mean - reach,
        "conf_high": min(mean + reach, horizon),
    }


def _step(steps: pd.DataFrame, time: float, word: str = "estimate") -> float:
    at = np.searchsorted(steps["time"].to_numpy(), time, side="right") - 1
    return float(steps[word].iloc[max(at, 0)])


def _stay_headline(frame: pd.DataFrame, horizon: float, unit: str, curves: pd.DataFrame) -> str:
    means = frame[frame["term"] != "median"].dropna(subset="estimate").sort_values("estimate")
    low, high = means.iloc[0], means.iloc[-1]
    if len(means) == 1:
        short, more = (frame["verdict"] == "not reached").any(), ""
        if short:
            mine = curves[curves["group"] == low["group"]]
            end = carried(mine)
            there = percent(_step(mine, end))
            more = f". The median is not reached: at {_length(end, unit)} {there} are there"
        return f"Of the first {_length(horizon, unit)}, customers stay {_months(low, unit)}{more}."
    return (
        f"Of the first {_length(horizon, unit)}, customers stay {_months(high, unit)} in "
        f"'{high['group']}'. In '{low['group']}' they stay {_months(low, unit)}."
    )


def _months(row: pd.Series, unit: str) -> str:
    low, high = number(row["conf_low"], 1), number(row["conf_high"], 1)
    return f"{_length(round(row['estimate'], 1), unit)} on average ({low} to {high})"


# ---------------------------------------------------------------- comparing curves


@of_customers
def compare(
    watched: Spells,
    *,
    by: str,
    method: str = "logrank",
) -> Result:
    """Test whether groups of customers stay equally long.

    Args:
        by: the column whose groups are compared.
        method: which differences weigh most: `logrank` (all alike), `gehan`, `tarone_ware`
            and `peto` (early ones), `late`.

    Returns:
        group, n, events, expected, estimate (events per expected event), statistic, df,
        p_value, p_adjusted: each group against all others (Holm), and `all` for the whole test.

    Raises:
        SpellError: the times cannot be read, nobody left, or there is one group only.

    Example:
        >>> frame = pd.DataFrame({"tenure": [1, 2, 8, 9], "churned": 1, "plan": list("aabb")})
        >>> compare(frame, by="plan").headline
        'No detectable difference in length of stay by plan.'
    """
    if method not in WEIGHTINGS:
        raise SpellError(f"method: '{method}' is none of {listing(list(WEIGHTINGS), 9)}.")
    codes, names, notes = groups(watched, by)
    if len(names) < 2:
        raise SpellError(f"by: '{by}' has one group only, '{listing(names)}': nothing to compare.")
    watched = watched.take(codes >= 0)
    codes = codes[codes >= 0]
    _someone_left(watched)
    observed, expected, gap, spread = _logrank(watched, codes, len(names), method)
    whole = _chi_square(gap[:-1], spread[:-1, :-1])
    rows = [{"group": "all", "n": len(watched), "events": int(observed.sum())}]
    rows[0] |= {"expected": expected.sum(), "statistic": whole, "df": len(names) - 1}
    for i, name in enumerate(names):
        one = gap[i] ** 2 / spread[i, i] if spread[i, i] > 0 else np.nan
        rows.append({"group": name, "n": int((codes == i).sum()), "events": int(observed[i])})
        ratio = observed[i] / expected[i] if expected[i] > 0 else np.nan
        rows[-1] |= {"expected": expected[i], "estimate": ratio}
        rows[-1] |= {"statistic": one, "df": 1}
    frame = pd.DataFrame(rows)
    frame["p_value"] = chi2.sf(frame["statistic"], frame["df"])
    # of two groups, each against the other is one test, not two
    each = frame["p_value"].to_numpy()[1:]
    frame["p_adjusted"] = np.r_[np.nan, _holm(each) if len(names) > 2 else each]
    words = ["group", "n", "events", "expected", "estimate", "statistic", "df", "p_value"]
    return Result(
        name="comparison of stay",
        frame=frame.reindex(columns=[*words, "p_adjusted"]),
        headline=_compare_headline(frame, by),
        method=f"{WEIGHTINGS[method]} test; each group against the others, adjusted by Holm",
        base=watched.base,
        notes=watched.notes + notes,
        unit="ratio",
    )


def _logrank(watched: Spells, codes: np.ndarray, k: int, method: str):
    steps = steps_of(watched.entry, watched.time, watched.event)
    at = steps["events"] > 0
    times, n, d = (steps[word][at] for word in ("time", "at_risk", "events"))
    n_group, d_group = np.zeros((2, len(times), k))
    for i in range(k):
        mine = codes == i
        entry, time = np.sort(watched.entry[mine]), np.sort(watched.time[mine])
        entered = np.searchsorted(np.where(entry > 0, entry, -1.0), times, side="left")
        n_group[:, i] = entered - np.searchsorted(time, times, side="left")
        left = np.searchsorted(times, watched.time[mine & watched.event])
        d_group[:, i] = np.bincount(left, minlength=len(times))
    weight = _weights(method, n.astype(float), d.astype(float))
    share = n_group / n[:, None]
    expected = d[:, None] * share
    gap = weight @ (d_group - expected)
    scale = weight**2 * d * np.divide(n - d, n - 1, out=np.zeros(len(n)), where=n > 1)
    spread = np.diag(scale @ share) - share.T @ (share * scale[:, None])
    return d_group.sum(0), expected.sum(0), gap, spread


def _weights(method: str, n: np.ndarray, d: np.ndarray) -> np.ndarray:
    before = np.r_[1.0, np.cumprod((n - d) / n)[:-1]]
    choices = {
        "logrank": np.ones(len(n)),
        "gehan": n,
        "tarone_ware": np.sqrt(n),
        "peto": before,
        "late": 1 - before,
    }
    return choices[method]


def _chi_square(gap: np.ndarray, spread: np.ndarray) -> float:
    return float(gap @ np.linalg.pinv(spread, hermitian=True) @ gap)


def _holm(p: np.ndarray) -> np.ndarray:
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)).clip(max=1)
    return steps[np.argsort(order)]


def _compare_headline(frame: pd.DataFrame, by: str) -> str:
    p = frame["p_value"].iloc[0]
    if not np.isfinite(p) or p >= 0.05:
        return f"No detectable difference in length of stay by {label(by)}."
    worst = frame.iloc[1:].sort_values("estimate").iloc[-1]
    return (
        f"Length of stay differs by {label(by)}: of {those(worst['group'])} "
        f"{number(worst['events'], 0)} left where {number(worst['expected'], 0)} were to be "
        "expected."
    )
