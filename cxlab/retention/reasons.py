"""Why do they leave? The share lost to each reason when reasons compete."""

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import need
from cxlab.lifetimes.asking import of_customers
from cxlab.lifetimes.spells import SpellError, Spells, groups
from cxlab.lifetimes.steps import LEAST, steps_of
from cxlab.results import Result, count, listing, may_equal, number, percent
from cxlab.retention.survival import survival
from cxlab.retention.workings.reach import carried

#: What stands where no reason was given.
UNTOLD = ("not known", "not given", "unknown", "no reason", "none", "n/a")


@of_customers
def reasons(
    watched: Spells,
    *,
    by: str | None = None,
    reason: str = "churn_reason",
    level: float = 0.95,
) -> Result:
    """Estimate the share of customers lost to each reason after each length of time.

    Drawing one curve per reason with the others treated as censored would count customers as
    if, having left for one reason, they could still leave for another; the shares would add up
    to more than were lost. Here they add up.

    Args:
        reason: column saying why a customer left; empty for one who left is `not known`.
        by: column to estimate separately for.

    Returns:
        term (the reason), group, time, estimate (share lost to it), std_error, conf_low,
        conf_high (log-log), at_risk, events: one row per reason, group and event time.

    Raises:
        SpellError: the times cannot be read, nobody left, or there is no column of reasons.
    """
    need(watched.frame, [reason], SpellError, "reason: there is no column '{}'.")
    if not watched.event.any():
        raise SpellError(watched.nobody_left())
    codes, names, notes = groups(watched, by)
    why = watched.frame[reason].astype(object).where(watched.frame[reason].notna(), "not known")
    why = why.astype(str).to_numpy()
    parts = [
        _incidence(watched.take(codes == i), why[codes == i], level).assign(group=name)
        for i, name in enumerate(names)
        if watched.event[codes == i].any()
    ]
    words = ["term", "group", "time", "estimate", "std_error", "conf_low", "conf_high"]
    frame = pd.concat(parts, ignore_index=True)[[*words, "at_risk", "events"]]
    first = watched.take(codes == names.index(frame["group"].iloc[0]))
    odd = int((~watched.event & watched.frame[reason].notna().to_numpy()).sum())
    if odd:
        notes = (*notes, f"{count(odd, 'customer')} still there carry a reason; it is not used.")
    return Result(
        name=f"reasons for leaving in {watched.unit}s",
        frame=frame,
        headline=_headline(frame, carried(survival(first).frame), watched.unit, level),
        method="Aalen-Johansen cumulative incidence, Gaynor's variance, log-log bands",
        base=watched.base,
        notes=watched.notes + notes,
        unit="share",
    )


def _incidence(watched: Spells, why: np.ndarray, level: float) -> pd.DataFrame:
    steps = steps_of(watched.entry, watched.time, watched.event)
    at = steps["events"] > 0
    times, n, d = (steps[word][at].astype(float) for word in ("time", "at_risk", "events"))
    before = np.r_[1.0, np.cumprod(1 - d / n)[:-1]]
    place = np.searchsorted(times, watched.time[watched.event])
    parts = []
    for name in sorted(set(why[watched.event])):
        mine = np.bincount(place, why[watched.event] == name, len(times))
        share = np.cumsum(before * mine / n)
        part = pd.DataFrame({"term": name, "time": times, "estimate": share, "at_risk": n})
        part["events"] = mine.astype(int)
        part["std_error"] = np.sqrt(_gaynor(share, before, n, d, mine))
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame["at_risk"] = frame["at_risk"].astype(int)
    frame["conf_low"], frame["conf_high"] = _bands(frame, level)
    return frame


def _gaynor(share, before, n, d, mine) -> np.ndarray:
    """Sum the variance of a cumulative incidence up to each time (Gaynor et al. 1993)."""
    left = n * (n - d)
    a = np.divide(d, left, out=np.zeros(len(n)), where=left > 0)
    b = before * mine / n**2
    c = before**2 * (n - mine) * mine / n**3
    total = share**2 * np.cumsum(a) - 2 * share * np.cumsum(a * share) + np.cumsum(a * share**2)
    total += np.cumsum(c) - 2 * (share * np.cumsum(b) - np.cumsum(b * share))
    return np.maximum(total, 0)


def _bands(frame: pd.DataFrame, level: float):
    share, error = frame["estimate"].to_numpy(), frame["std_error"].to_numpy()
    low, high = np.full((2, len(share)), np.nan)
    inside = (share > 0) & (share < 1)
    log = np.log1p(-share[inside])
    spread = error[inside] / ((1 - share[inside]) * -log)
    reach = np.exp(stats.quantile(level) * spread)
    low[inside], high[inside] = -np.expm1(log / reach), -np.expm1(log * reach)
    return low, high


def _headline(frame: pd.DataFrame, end: float, unit: str, level: float) -> str:
    """Tell the reasons of the first group, as long as its curve is carried by enough."""
    first = frame[(frame["group"] == frame["group"].iloc[0]) & (frame["time"] <= end)]
    if first.empty:
        return f"Fewer than {LEAST} customers were under watch: too few to compare reasons."
    last = first.groupby("term", sort=False).tail(1).sort_values("estimate", ascending=False)
    whole, told = last["estimate"].sum(), last[~last["term"].str.lower().isin(UNTOLD)]
    within = f"Within {number(last['time'].max(), 0)} {unit}s"
    if told.empty:
        return f"{within}, {percent(whole)} were lost and nobody gave a reason."
    top, silent = told.iloc[0], whole - told["estimate"].sum()
    none = f" {percent(silent, 1)} gave none." if silent > 0 else ""
    ends = f"{percent(top['conf_low'], 1)} to {percent(top['conf_high'], 1)}"
    first = told[_may_be_first(told, level)]
    if len(first) == 2:
        both = zip(first["term"], first["estimate"], ("", " of all customers"), strict=True)
        named = listing([f"'{term}' ({percent(share, 1)}{of})" for term, share, of in both])
        return f"{within}, the reasons given most often are {named}.{none}"
    if len(first) > 2:
        return (
            f"{within}, the commonest reason is '{top['term']}': {percent(top['estimate'], 1)} of "
            f"customers ({ends}){may_equal(len(first) - 1)}.{none}"
        )
    return (
        f"{within}, the reason given most often is '{top['term']}': {percent(top['estimate'], 1)} "
        f"({ends}) of all customers.{none}"
    )


def _may_be_first(told: pd.DataFrame, level: float) -> np.ndarray:
    """Say which reasons may be the most frequent; who gives one does not give another."""
    share, variance = told["estimate"].to_numpy(), told["std_error"].to_numpy() ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.nanmin(share * (1 - share) / variance, initial=np.inf)
    cover = -np.outer(share, share) / worth
    np.fill_diagonal(cover, variance)
    return stats.contenders(share, cover, level=level)
