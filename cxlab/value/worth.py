"""What is a good experience worth? Tiers of score, like held against like."""

from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxlab import events, stats
from cxlab.codebook import did_you_mean, label, need, those
from cxlab.lifetimes.buyers import table_of
from cxlab.lifetimes.design import FitError, design
from cxlab.results import Result, count, listing, number, percent, sentence

RAREST = 0.02


def value_around(
    moments: pd.DataFrame, orders: Any, *, at: str = "at", horizon: str = "180D", as_of: Any
) -> pd.DataFrame:
    """Sum each customer's money in equal spans before and after a moment, such as an answer.

    Args:
        moments: `customer_id` and a column of moments, one row per customer.
        orders: pandas frame or Ibis table with `customer_id`, `ordered_at`, `amount` and, where
            there were refunds, `refunded`.
        at: the column of moments.
        horizon: length of each span.
        as_of: the last day known.

    Returns:
        The rows of `moments` with `value` (after), `before` (before) and `finished`: whether the
        whole span after was seen. Who left within it brings nothing from then on, and counts.
    """
    span = pd.Timedelta(horizon)
    zone = events.zone_of(orders["ordered_at"]) if "ordered_at" in orders.columns else None
    when = events.local_times(moments[at], zone)
    asked = pd.DataFrame({"customer_id": moments["customer_id"], "at": when}).dropna()
    table = table_of(orders, ("customer_id", "ordered_at", "amount"))
    paid = table["amount"].cast("float64")
    if "refunded" in table.columns:
        paid = paid - table["refunded"].cast("float64").fill_null(0.0)
    rows = table.select("customer_id", on=table["ordered_at"].cast("timestamp"), paid=paid)
    both = rows.join(ibis.memtable(asked), "customer_id")
    length = ibis.interval(seconds=int(span.total_seconds()))
    after = (both["on"] > both["at"]) & (both["on"] <= both["at"] + length)
    earlier = (both["on"] <= both["at"]) & (both["on"] > both["at"] - length)
    summed = both.group_by("customer_id").aggregate(
        value=after.ifelse(both["paid"], 0.0).sum(), before=earlier.ifelse(both["paid"], 0.0).sum()
    )
    money = summed.execute().set_index("customer_id")
    out = moments.assign(
        value=moments["customer_id"].map(money["value"]).fillna(0.0).astype(float),
        before=moments["customer_id"].map(money["before"]).fillna(0.0).astype(float),
    )
    last = events.local_moment(as_of, zone)
    return out.assign(finished=(when + span <= last + pd.Timedelta(days=1)).to_numpy())


def worth(
    people: pd.DataFrame,
    *,
    tier: str = "tier",
    value: str = "value",
    adjust: Sequence[str] = (),
    against: str | None = None,
    level: float = 0.95,
    n_boot: int = 500,
    seed: int = 0,
) -> Result:
    """Compare what customers of different tiers are worth, as they are and like with like.

    Like with like: customers are weighted by how rare their tier is among customers of the same
    kind, and the rest of the difference in kind is taken out by regression (doubly robust).

    Args:
        people: one row per customer.
        tier: column of the tier, such as `tier_of` gives.
        value: column of the value.
        adjust: columns that must be alike: tenure, product, earlier spend. Only what was known
            before the tier was; without any, nothing is adjusted.
        against: the tier the others are held against; without it, the first.
        level: confidence level.
        n_boot: resamples; all steps are repeated in each.
        seed: of the resampling.

    Returns:
        term (`value`, `value, adjusted`, `gap`, `gap, adjusted`, `share of the gap that is
        selection`), group (tier), estimate, conf_low, conf_high, n, n_effective.

    Raises:
        FitError: a column is missing, constant or collinear, or a tier has too few customers.
    """
    rows, names, x, notes = _ready(people, tier, value, adjust)
    against = names[0] if against is None else against
    if against not in names:
        raise FitError(f"against: there is no tier '{against}'.{did_you_mean(against, names)}")
    y = rows[value].to_numpy(float)
    codes = pd.Categorical(rows[tier].astype(str), categories=names).codes.astype(int)
    base = names.index(against)
    beta, weights = _propensity(x, codes, np.ones(len(y)), len(names))
    found = _means(x, y, codes, np.ones(len(y)), beta, len(names))
    told, draws = _told(found, base), []
    for here, often in stats.samples(len(y), n_boot=n_boot, seed=seed):
        mine, times = codes[here], often.astype(float)
        drawn, _ = _propensity(x[here], mine, times, len(names), beta)
        draws.append(_told(_means(x[here], y[here], mine, times, drawn, len(names)), base))
    spread = stats.narrowed(draws, told, len(y))
    frame = _frame(told, spread, names, base, level, bool(adjust))
    size = np.bincount(codes, minlength=len(names))
    effective = [
        float(w.sum() ** 2 / (w**2).sum()) for w in (weights[codes == k] for k in range(len(names)))
    ]
    frame["n"] = frame["group"].map(dict(zip(names, size, strict=True)))
    frame["n_effective"] = frame["group"].map(dict(zip(names, effective, strict=True)))
    frame.loc[~frame["term"].str.contains("adjusted"), "n_effective"] = np.nan
    return Result(
        name=f"value by {tier}",
        frame=frame,
        headline=_headline(frame, names, against, adjust),
        method="means; adjusted by inverse chance of the tier and regression (doubly robust), "
        f"bootstrap of the whole with {stats.resamples(n_boot, len(y))}",
        base=f"{count(len(y), 'customer')} whose {label(tier)} and {label(value)} are known",
        unit="money",
        notes=notes + _balance(x, codes, weights, adjust),
    )


def _ready(people: pd.DataFrame, tier: str, value: str, adjust: Sequence[str]):
    need(people, (tier, value, *adjust), FitError)
    known = people[tier].notna() & people[value].notna() & (people[tier].astype(str) != "")
    rows, notes = people[known], tuple[str, ...]()
    x = np.ones((len(rows), 1))
    if adjust:
        columns = design(rows, adjust)
        rows, notes = rows[columns.kept], columns.notes
        z = (columns.x - columns.x.mean(0)) / columns.x.std(0)
        x = np.column_stack([np.ones(len(rows)), z])
    sizes = rows[tier].astype(str).value_counts()
    order = rows[tier].cat.categories if hasattr(rows[tier], "cat") else sorted(sizes.index)
    names = [str(name) for name in order if str(name) in sizes.index]
    if len(names) < 2:
        raise FitError(f"'{tier}' has one group only: nothing to compare.")
    small = [name for name in names if sizes[name] < max(10, 2 * x.shape[1])]
    if small:
        raise FitError(
            f"'{tier}': {listing(small)} has too few customers ({sizes[small].min()}) for "
            f"{count(x.shape[1] - 1, 'column')} to adjust for; join tiers or name fewer."
        )
    return rows.reset_index(drop=True), names, x, notes


def _propensity(x, codes, times, k: int, start: np.ndarray | None = None):
    """Fit each customer's chance of each tier (multinomial logit); give it and the weights."""
    p = x.shape[1]
    beta = np.zeros((k - 1, p)) if start is None else start
    mine = np.eye(k)[codes][:, 1:]
    # a whisper of shrinkage keeps a rare draw without overlap from running away
    ridge = 1e-3 * np.eye(p * (k - 1))
    for _ in range(25 if start is None else 4):
        chance = _chances(x, beta)[:, 1:]
        slope = ((mine - chance) * times[:, None]).T @ x
        bend = np.empty((k - 1, p, k - 1, p))
        for a in range(k - 1):
            for b in range(k - 1):
                room = times * chance[:, a] * ((a == b) - chance[:, b])
                bend[a, :, b, :] = (x * room[:, None]).T @ x
        flat = bend.reshape(p * (k - 1), -1) + ridge
        step = np.linalg.solve(flat, slope.ravel() - 1e-3 * beta.ravel()).reshape(k - 1, p)
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    own = np.maximum(_chances(x, beta)[np.arange(len(codes)), codes], RAREST)
    return beta, 1 / own


def _chances(x: np.ndarray, beta: np.ndarray) -> np.ndarray:
    eta = np.column_stack([np.zeros(len(x)), x @ beta.T])
    grown = np.exp(eta - eta.max(1, keepdims=True))
    return grown / grown.sum(1, keepdims=True)


def _means(x, y, codes, times, beta, k: int) -> np.ndarray:
    """Give the raw and the adjusted mean of each tier."""
    out = np.empty((2, k))
    chance = np.maximum(_chances(x, beta), RAREST)
    for t in range(k):
        mine = codes == t
        w = times[mine]
        out[0, t] = np.average(y[mine], weights=w)
        root = np.sqrt(w)[:, None]
        line = np.linalg.lstsq(x[mine] * root, y[mine] * root[:, 0], rcond=1e-9)[0]
        rest = y[mine] - x[mine] @ line
        tilt = w / chance[mine, t]
        out[1, t] = np.average(x @ line, weights=times) + np.average(rest, weights=tilt)
    return out


def _told(means: np.ndarray, base: int) -> np.ndarray:
    """Put means, gaps and the share of selection in one row per kind of number."""
    gaps = means - means[:, [base]]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(np.arange(len(gaps[0])) == base, 0.0, 1 - gaps[1] / gaps[0])
    return np.vstack([means, gaps, share])


def _frame(found, draws, names, base, level, adjusted: bool) -> pd.DataFrame:
    terms = ["value", "value, adjusted", "gap", "gap, adjusted"]
    terms.append("share of the gap that is selection")
    low, high = stats.percentile(draws.reshape(len(draws), -1), level)
    low, high = (np.reshape(ends, found.shape) for ends in (low, high))
    rows = []
    for i, term in enumerate(terms):
        for k, name in enumerate(names):
            if (i >= 2 and k == base) or (not adjusted and i in (1, 3, 4)):
                continue
            rows.append({"term": term, "group": name, "estimate": found[i, k]})
            rows[-1] |= {"conf_low": low[i, k], "conf_high": high[i, k]}
    frame = pd.DataFrame(rows)
    # a share of nothing: where the gap may be nil, how much of it is selection has no answer
    raw = frame[frame["term"] == "gap"].set_index("group")
    nil = raw[(raw["conf_low"] <= 0) & (raw["conf_high"] >= 0)].index
    lost = (frame["term"] == terms[4]) & frame["group"].isin(nil)
    frame.loc[lost, ["estimate", "conf_low", "conf_high"]] = np.nan
    return frame


def _balance(x, codes, weights, adjust) -> tuple[str, ...]:
    if not adjust:
        return ("Nothing was adjusted for: tiers may differ in kind, not only in experience.",)
    worst = []
    for w in (np.ones(len(codes)), weights):
        means = [np.average(x[codes == k, 1:], axis=0, weights=w[codes == k]) for k in set(codes)]
        worst.append(float(np.max(np.ptp(np.array(means), axis=0))))
    rare = float((weights >= 1 / RAREST - 1e-9).mean())
    notes = [
        f"Largest difference between tiers in {listing([label(one) for one in adjust])}: "
        f"{number(worst[0], 2)} "
        f"standard deviations before weighting, {number(worst[1], 2)} after."
    ]
    if rare > 0:
        notes.append(f"{percent(rare, 1)} of the customers are of a kind rare in their tier.")
    notes.append("What was not measured is not adjusted for: this is association, not effect.")
    return tuple(notes)


def _headline(frame: pd.DataFrame, names, against: str, adjust: Sequence[str]) -> str:
    top = names[-1] if names[-1] != against else names[0]
    term = "gap, adjusted" if adjust else "gap"
    rows = frame[frame["group"] == top].set_index("term")
    gap = rows.loc[term]
    alike = f" alike in {listing([label(name) for name in adjust])}" if adjust else ""
    if gap["conf_low"] <= 0 <= gap["conf_high"]:
        return (
            f"No detectable difference in value between {those(top)} and {those(against)}{alike}."
        )
    ends = sorted(abs(gap[word]) for word in ("conf_low", "conf_high"))
    text = (
        f"{sentence(those(top))} bring {number(abs(gap['estimate']), 2)} "
        f"{'more' if gap['estimate'] > 0 else 'less'} each ({number(ends[0], 2)} to "
        f"{number(ends[1], 2)}) than {those(against)}{' like them' if adjust else ''}"
    )
    if not adjust:
        return f"{text}; how much of it is selection was not asked."
    row = rows.loc["share of the gap that is selection"]
    share, low, high = (row[word] for word in ("estimate", "conf_low", "conf_high"))
    if not np.isfinite(share) or high - low > 1:
        return f"{text}; what part of the gap is selection cannot be told."
    between = f"{percent(min(max(low, 0), 1))} to {percent(min(max(high, 0), 1))}"
    return f"{text}. Selection is {percent(min(max(share, 0), 1))} ({between}) of the raw gap."
