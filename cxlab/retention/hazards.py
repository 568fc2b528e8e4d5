"""What goes with leaving sooner? Cox regression, its check, and the discrete-time alternative."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from pandas.api import types
from scipy.stats import chi2

from cxlab import events
from cxlab.codebook import need
from cxlab.lifetimes import cox
from cxlab.lifetimes.asking import of_customers
from cxlab.lifetimes.design import Design, FitError, spoken
from cxlab.lifetimes.spells import Spells, elapsed
from cxlab.results import Result, count, listing, number, probability
from cxlab.retention.workings.proportional import codes_of, cox_of, ratios

CLOCKS = ("km", "rank", "identity")
ALL = "all together"


@of_customers
def hazards(
    watched: Spells,
    *,
    covariates: Sequence[str],
    strata: str | None = None,
    ties: str = "efron",
    cluster: str | None = None,
    level: float = 0.95,
) -> Result:
    """Estimate how much sooner customers leave with each covariate (Cox regression).

    Args:
        customers: one row per customer, or `Spells`: `spells` with `since` for customers who
            joined before the data begin, `episodes` for covariates that change over time.
        covariates: columns; numbers and flags as they are, words against their first value.
        strata: column whose groups keep a rhythm of leaving of their own.
        cluster: column of rows that belong together; makes the errors robust.
        ties: how customers who left at one time are counted: `efron`, or `breslow`.

    Returns:
        term, estimate (hazard ratio), std_error (of the ratio, by the delta method), conf_low,
        conf_high, p_value (Wald), coefficient (log of the ratio), coefficient_error (its standard
        error), n, events. How well the model fits is told by the method, and by `quality`; notes
        carry what the check of proportional hazards found.

    Raises:
        FitError: a column is constant, collinear or separating; it is named.
        SpellError: the times cannot be read.

    Example:
        >>> frame = pd.DataFrame({"tenure": [1, 2, 3, 4, 5, 6], "churned": 1})
        >>> frame["calls"] = [3, 1, 2, 0, 2, 0]
        >>> hazards(frame, covariates=["calls"]).frame["term"].tolist()
        ['calls']
    """
    watched, columns, inside, found = cox_of(watched, covariates, strata, ties)
    spread, errors = found.covariance, ""
    if cluster is not None:
        spread = cox.robust(found, columns.x, codes_of(watched.frame, cluster))
        errors = f", errors robust to '{cluster}'"
    frame = ratios(columns.terms, found.coefficients, spread, level)
    frame["n"], frame["events"] = len(watched), int(watched.event.sum())
    return Result(
        name="hazards",
        frame=frame,
        headline=_headline(frame, "leaving", _flags(columns)),
        method=f"Cox regression, {ties.capitalize()}'s ties"
        + (f", strata '{strata}'" if strata else "")
        + f"{errors}; {_quality(found, watched, columns, inside)}",
        base=watched.base,
        notes=watched.notes
        + columns.notes
        + tuple(_advice(_steadiness(found, watched, columns, "km"), columns)),
        unit="ratio",
    )


@of_customers
def check_hazards(
    watched: Spells,
    *,
    covariates: Sequence[str],
    clock: str = "km",
    strata: str | None = None,
) -> Result:
    """Test whether each hazard ratio stays the same over time (Schoenfeld, score test).

    Args:
        covariates, strata: as for `hazards`.
        clock: how time is measured: `km` (share gone), `rank` or `identity`.

    Returns:
        term, statistic, df, p_value, verdict (`steady` or `changes over time`): each column, then
        each covariate of several words as a whole, then `all together`, the global test. Notes
        advise in words, of such a covariate as a whole.
    """
    if clock not in CLOCKS:
        raise FitError(f"clock: '{clock}' is none of {listing(CLOCKS)}.")
    watched, columns, _, found = cox_of(watched, covariates, strata)
    frame = _steadiness(found, watched, columns, clock)
    named = [row.term for row in _drifting(frame, columns)]
    return Result(
        name="check of hazards",
        frame=frame,
        headline=f"Not the same hazard ratio early and late: {listing(list(map(spoken, named)))}."
        if named
        else "No detectable change of any hazard ratio over time.",
        method=f"score test on scaled Schoenfeld residuals, clock '{clock}' (Grambsch-Therneau)",
        base=watched.base,
        notes=tuple(_advice(frame, columns)),
    )


def _headline(frame: pd.DataFrame, what: str, flags: Sequence[str]) -> str:
    apart = frame[(frame["conf_low"] > 1) | (frame["conf_high"] < 1)]
    if apart.empty:
        return f"No covariate is detectably associated with {what}."
    strongest = apart.loc[apart["p_value"].idxmin()]
    sooner = "sooner" if strongest["estimate"] > 1 else "later"
    term = strongest["term"]
    more = spoken(term) if ": " in term or term in flags else f"a higher {spoken(term)}"
    return (
        f"Most clearly associated with {what} {sooner}: {more} (hazard ratio "
        f"{number(strongest['estimate'], 2)}, {number(strongest['conf_low'], 2)} to "
        f"{number(strongest['conf_high'], 2)})."
    )


def _flags(columns: Design) -> list[str]:
    """Name the terms that are there or not."""
    two = [len(np.unique(column[:1000])) <= 2 for column in columns.x.T]
    return [term for term, flag in zip(columns.terms, two, strict=True) if flag]


def _quality(found: cox.Fit, watched: Spells, columns: Design, inside) -> str:
    """Say how well the model fits."""
    ratio = 2 * (found.loglik[1] - found.loglik[0])
    p = chi2.sf(ratio, len(columns.terms))
    said = (
        f"likelihood-ratio test {number(ratio, 1)} on {len(columns.terms)} df, "
        f"p {probability(p)}; log-likelihood {number(found.loglik[1], 2)}"
    )
    if (watched.entry > 0).any():
        return said
    eta = columns.x @ found.coefficients
    index, error = cox.concordance(watched.time, watched.event, eta, inside)
    return f"{said}; concordance {number(index, 3)} (std. error {number(error, 3)})"


def _steadiness(found: cox.Fit, watched: Spells, columns: Design, clock: str) -> pd.DataFrame:
    tests = {name: [place] for place, name in enumerate(columns.terms)}
    tests |= columns.factors() | {ALL: [*range(len(columns.terms))]}
    parts = list(tests.values())
    try:
        statistic = cox.proportional(found, columns.x, _clock(found, watched, clock), parts)
    except np.linalg.LinAlgError:
        statistic = np.full(len(parts), np.nan)
    frame = pd.DataFrame({"term": list(tests), "statistic": statistic, "df": list(map(len, parts))})
    frame["p_value"] = chi2.sf(frame["statistic"], frame["df"])
    frame["verdict"] = np.where(frame["p_value"] < 0.05, "changes over time", "steady")
    return frame


def _clock(found: cox.Fit, watched: Spells, clock: str) -> np.ndarray:
    times = found.sets.times
    if clock == "identity":
        return times
    if clock == "rank":
        every = np.sort(watched.time)
        low = np.searchsorted(every, times, side="left")
        return (low + 1 + np.searchsorted(every, times, side="right")) / 2
    ordered = np.unique(times)
    start = np.sort(np.where(watched.entry > 0, watched.entry, -np.inf))
    at_risk = np.searchsorted(start, ordered, side="left") - np.searchsorted(
        np.sort(watched.time), ordered, side="left"
    )
    events = np.bincount(np.searchsorted(ordered, watched.time[watched.event]))
    before = np.r_[1.0, np.cumprod(1 - events / at_risk)[:-1]]
    return 1 - before[np.searchsorted(ordered, times)]


def _drifting(frame: pd.DataFrame, columns: Design) -> list:
    """Name what changes over time, words of one covariate as that covariate."""
    whole = columns.factors()
    inside = {columns.terms[place] for places in whole.values() for place in places}
    drifting = frame[(frame["verdict"] != "steady") & (frame["term"] != ALL)]
    return [row for row in drifting.itertuples() if row.term not in inside]


def _advice(frame: pd.DataFrame, columns: Design) -> list[str]:
    return [
        f"'{spoken(row.term)}' does not keep its ratio over time (p {probability(row.p_value)}): "
        "read it as an average, or name it as strata, or let it change with time (`episodes`)."
        for row in _drifting(frame, columns)
    ]


# ---------------------------------------------------------------- covariates that change


@of_customers
def episodes(
    watched: Spells,
    changes: pd.DataFrame,
    *,
    at: str = "time",
) -> Spells:
    """Cut each customer's time where a covariate changes (a failure, a price rise, a score).

    Args:
        customers: one row per customer, or `Spells`, with `customer_id`.
        changes: `customer_id`, a column that says when, and the columns that hold their new
            values from then on. Before the first change, the columns of the same name among the
            customers hold, or zero where there are none.
        at: when it changed: a column of moments, where customers joined at moments; or of time
            since the customer's start, in the unit of time.

    Returns:
        One row per customer and stretch of unchanged values; give it to `hazards` with
        `cluster="customer_id"`.

    Raises:
        FitError: a column is missing, or holds moments where customers have lengths of time.

    Example:
        >>> people = pd.DataFrame({"customer_id": ["a"]})
        >>> people["signed_up_at"] = pd.to_datetime(["2025-01-01"])
        >>> people["churned_at"] = pd.to_datetime(["2025-01-31"])
        >>> calls = pd.DataFrame({"customer_id": ["a"], "calls": [1]})
        >>> calls["at"] = pd.to_datetime(["2025-01-11"])
        >>> cut = episodes(people, calls, at="at", unit="day")
        >>> cut.entry.tolist(), cut.time.tolist(), cut.frame["calls"].tolist()
        ([0.0, 10.0], [10.0, 30.0], [0, 1])
    """
    need(changes, ("customer_id", at), FitError, "changes: there is no column '{}'.")
    if "customer_id" not in watched.frame.columns:
        raise FitError("episodes need 'customer_id' among the customers.")
    values = [c for c in changes.columns if c not in ("customer_id", at)]
    row = pd.Index(watched.frame["customer_id"]).get_indexer(changes["customer_id"])
    moments = _since_start(watched, changes[at], row)
    inside = (row >= 0) & (moments < watched.time[row])
    known = {name: watched.frame.get(name, 0) for name in values}
    begun = pd.DataFrame(known, index=watched.frame.index)
    begun["_row"], begun["_from"] = np.arange(len(watched)), watched.entry
    # of several changes before the watch began, the last one holds
    inside = np.flatnonzero(inside)[np.argsort(moments[inside], kind="stable")]
    later = changes.iloc[inside][values].assign(
        _row=row[inside], _from=np.maximum(moments[inside], watched.entry[row[inside]])
    )
    cut = pd.concat([begun, later]).sort_values(["_row", "_from"], kind="stable")
    cut = cut.drop_duplicates(["_row", "_from"], keep="last")
    where = cut["_row"].to_numpy()
    closing = np.r_[where[1:] != where[:-1], True]
    begin = cut["_from"].to_numpy(float)
    stop = np.where(closing, watched.time[where], np.r_[begin[1:], 0.0])
    frame = watched.frame.iloc[where].reset_index(drop=True)
    frame[values] = cut[values].to_numpy()
    event = closing & watched.event[where]
    lost = int((np.isnan(moments) | (row < 0)).sum())
    said = f"{count(lost, 'change')} without a time or of customers not watched are left out."
    note = f"{count(len(frame), 'stretch')} of unchanged covariates."
    limit, notes = watched.limit[where], (*watched.notes, note, *([said] if lost else []))
    return replace(
        watched, frame=frame, entry=begin, time=stop, event=event, limit=limit, notes=notes
    )


def _since_start(watched: Spells, when: pd.Series, row: np.ndarray) -> np.ndarray:
    """Tell when, in units of time since the start of each change's customer."""
    if not types.is_datetime64_any_dtype(when):
        return when.to_numpy(float, na_value=np.nan)
    begun = watched.frame[watched.columns[0]] if watched.columns[0] in watched.frame else when[:0]
    if not types.is_datetime64_any_dtype(begun):
        raise FitError(
            f"changes: '{when.name}' holds moments, but of the customers only lengths of time are "
            "known. Give the time since each customer's start, or customers with moments."
        )
    zone = events.zone_of(begun)
    begun = events.local_times(begun, zone).to_numpy()[row]
    return elapsed(events.local_times(when, zone).reset_index(drop=True) - begun, watched.unit)
