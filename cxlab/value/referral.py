"""Do those who say they would recommend do so, and are the recommended good customers?"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from cxlab import stats
from cxlab.codebook import label, need, those
from cxlab.lifetimes.design import FitError
from cxlab.lifetimes.spells import Spells, spells
from cxlab.lifetimes.steps import product_limit, steps_of
from cxlab.results import Result, count, number, probability


def referrals(
    customers: pd.DataFrame | Spells,
    *,
    tier: str = "tier",
    value: float | None = None,
    as_of: Any = None,
    level: float = 0.95,
) -> Result:
    """Hold what customers say about recommending to the referrals on record.

    Args:
        customers: one row per customer with `tier` (of their stated intent), `referrals` (how
            many customers named them, see `count_referrals`) and the times of `spells`; start
            at the answer, so that only referrals after it count.
        tier: column of the stated intent.
        value: what one referred customer is worth; puts a value on each tier's referrals.
        as_of: the last moment known.
        level: confidence level (exact, Poisson).

    Returns:
        group (tier, and `all`), n, events (referrals), time (customer-years), estimate
        (referrals per 100 customer-years), conf_low, conf_high, share (customers with any
        referral), expected (value of a year's referrals per customer, if `value` is given),
        p_value (of `all`: no difference between tiers).

    Raises:
        FitError: a column is missing, or there is one tier only.
    """
    watched = spells(customers, as_of=as_of)
    need(watched.frame, (tier, "referrals"), FitError)
    years = (watched.time - watched.entry) / watched.units_in("year")
    rows = watched.frame.assign(years=years, any=watched.frame["referrals"] > 0)
    rows = rows[rows[tier].notna()]
    by = rows.groupby(tier, observed=True).agg(
        n=("years", "size"),
        events=("referrals", "sum"),
        time=("years", "sum"),
        share=("any", "mean"),
    )
    if len(by) < 2:
        raise FitError(f"'{tier}' has one group only: nothing to compare.")
    whole = pd.DataFrame(
        {"n": [by["n"].sum()], "events": [by["events"].sum()], "time": [by["time"].sum()]},
        index=["all"],
    ).assign(share=rows["any"].mean())
    frame = pd.concat([by, whole]).reset_index(names="group")
    frame["group"] = frame["group"].astype(str)
    frame["estimate"] = 100 * frame["events"] / frame["time"]
    frame["conf_low"], frame["conf_high"] = _poisson(frame["events"], frame["time"], level)
    frame["expected"] = np.nan if value is None else frame["estimate"] / 100 * value
    frame["p_value"] = np.nan
    frame.loc[len(frame) - 1, "p_value"] = p = _same_rate(by["events"], by["time"])
    ordered = frame.iloc[:-1].sort_values("estimate")
    low, top = ordered.iloc[0], ordered.iloc[-1]
    words = ["group", "n", "events", "time", "estimate", "conf_low", "conf_high", "share"]
    return Result(
        name="intent and referrals",
        frame=frame[[*words, "expected", "p_value"]],
        headline=f"Most referrals come from {those(top['group'])}: "
        f"{number(top['estimate'], 1)} ({number(top['conf_low'], 1)} to "
        f"{number(top['conf_high'], 1)}) a year from a hundred of them. From "
        f"{those(low['group'])} come {number(low['estimate'], 1)}."
        if p < 0.05
        else f"No detectable difference in referrals between tiers (p {probability(p)}).",
        unit="referrals a year from a hundred",
        method="recorded referrals per customer-year, exact Poisson intervals, likelihood ratio",
        base=watched.base,
        notes=watched.notes + _who_said(by),
    )


def _poisson(events, time, level: float):
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * events) / 2
    high = chi2.ppf(1 - tail, 2 * events + 2) / 2
    return 100 * np.nan_to_num(low) / time, 100 * high / time


def _same_rate(events: pd.Series, time: pd.Series) -> float:
    hoped = events.sum() * time / time.sum()
    ratio = np.where(events > 0, events * np.log(np.maximum(events, 1) / hoped), 0.0)
    return float(chi2.sf(2 * ratio.sum(), len(events) - 1))


def _who_said(by: pd.DataFrame) -> tuple[str, ...]:
    quiet = by["n"].sum() - (by["n"] * by["share"]).sum()
    return (
        f"{count(round(quiet), 'customer')} of {count(by['n'].sum())} have no referral on record.",
    )


def count_referrals(
    customers: pd.DataFrame, *, after: pd.Series | None = None, until: pd.Series | None = None
) -> pd.Series:
    """Count, for each customer, how many others name them in `referred_by`.

    Args:
        customers: `customer_id`, `referred_by` and, with `after`, `signed_up_at`.
        after: a moment per customer id; only referrals who joined later count.
        until: a moment per customer id, missing where there is none; who joined later than
            that does not count.

    Returns:
        Counts in the order of `customers`.
    """
    dated = () if after is None and until is None else ("signed_up_at",)
    needed = ("customer_id", "referred_by", *dated)
    need(customers, needed, FitError)
    named = customers[list(needed)].dropna(subset="referred_by")
    named = named[named["referred_by"] != named["customer_id"]]
    if after is not None:
        begin = named["referred_by"].map(after)
        named = named[(named["signed_up_at"] > begin).to_numpy()]
    if until is not None:
        end = named["referred_by"].map(until)
        named = named[~(named["signed_up_at"] > end).to_numpy()]
    counts = named["referred_by"].value_counts()
    return customers["customer_id"].map(counts).fillna(0).astype(int)


def with_referrals(people: Spells, customers: pd.DataFrame) -> Spells:
    """Add how many customers each one brought while under watch, as `referrals`.

    The watch goes from the first answer to the day of leaving: a referral before or after it
    would be held against a time in which it did not fall.

    Args:
        people: customers watched from their first answer on, see `from_answers`.
        customers: the whole customer list: whom they brought need not have answered.
    """
    known = people.frame.set_index("customer_id")
    left = known.get("churned_at")
    counts = count_referrals(customers, after=known["answered_at"], until=left)
    brought = pd.Series(counts.to_numpy(), index=customers["customer_id"].to_numpy())
    mine = people.frame["customer_id"].map(brought).fillna(0).astype(int)
    return replace(people, frame=people.frame.assign(referrals=mine))


def referral_value(
    customers: pd.DataFrame | Spells,
    *,
    money: str = "monthly_fee",
    horizon: float = 12,
    as_of: Any = None,
    level: float = 0.95,
    n_boot: int = 500,
    seed: int = 0,
) -> Result:
    """Estimate what a referred customer brings, beside what others bring.

    Args:
        customers: one row per customer with `referred_by`.
        money: column of money per month while the customer stays.
        horizon: how far money is counted, in units of time.
        as_of: the last moment known.
        level: confidence level.
        n_boot: resamples of customers.
        seed: of the resampling.

    Returns:
        term (`value`, `gap`), group (`referred`, `others`), estimate (mean stay within the
        horizon times mean money), conf_low, conf_high, n.

    Raises:
        FitError: nobody was referred, or a column is missing.
    """
    watched = spells(customers, as_of=as_of)
    need(watched.frame, ("referred_by", money), FitError)
    flag = watched.frame["referred_by"].notna().to_numpy()
    if flag.sum() < 10 or (~flag).sum() < 10:
        raise FitError(f"{count(int(flag.sum()), 'customer')} of {len(flag)} were referred: too "
                       "few on one side to compare.")  # fmt: skip
    if horizon > min(watched.time[flag].max(), watched.time[~flag].max()):
        raise FitError(f"horizon: nobody was watched for {horizon:g} {watched.unit}s.")
    pay = watched.frame[money].to_numpy(float) / watched.units_in("month")
    sides = [np.flatnonzero(flag), np.flatnonzero(~flag)]
    found = [_brought(watched, pay, rows, horizon) for rows in sides]
    rng = np.random.default_rng(seed)
    draws = np.array([
        [_brought(watched, pay, rng.choice(rows, len(rows)), horizon) for rows in sides]
        for _ in range(n_boot)
    ])  # fmt: skip
    draws = np.column_stack([draws, draws[:, 0] - draws[:, 1]])
    low, high = stats.percentile(draws, level)
    frame = pd.DataFrame({"term": ["value", "value", "gap"]})
    frame["group"] = ["referred", "others", "referred"]
    frame["estimate"] = [*found, found[0] - found[1]]
    frame["conf_low"], frame["conf_high"] = low, high
    frame["n"] = [len(sides[0]), len(sides[1]), len(sides[0])]
    one, gap = frame.iloc[0], frame.iloc[2]
    more = "more" if gap["estimate"] > 0 else "less"
    ends = sorted(abs(gap[word]) for word in ("conf_low", "conf_high"))
    apart = not gap["conf_low"] <= 0 <= gap["conf_high"]
    return Result(
        name="value of a referral",
        frame=frame,
        headline=f"A referred customer brings {number(one['estimate'], 2)} within {horizon:g} "
        f"{watched.unit}s, "
        + (f"{number(abs(gap['estimate']), 2)} {more} than another. The difference lies between "
           f"{number(ends[0], 2)} and {number(ends[1], 2)}." if apart
           else "not detectably more or less than another."),
        method=f"Kaplan-Meier mean stay within {horizon:g} {watched.unit}s times mean "
        f"{label(money)}, bootstrap with {n_boot} resamples",
        base=watched.base,
        notes=(*watched.notes, "As they are: referred customers may differ in kind from others."),
    )  # fmt: skip


def _brought(watched: Spells, pay: np.ndarray, rows: np.ndarray, horizon: float) -> float:
    steps = steps_of(watched.entry[rows], watched.time[rows], watched.event[rows])
    inside = steps["time"] < horizon
    curve = np.r_[1.0, product_limit(steps)[0][inside]]
    stay = np.diff(np.r_[0.0, steps["time"][inside], horizon]) @ curve
    return float(stay * np.nanmean(pay[rows]))
