"""The gap between two sets of answers: independent, clustered, or the same customers."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from cxlab import stats
from cxlab.codebook import label
from cxlab.metrics.workings.answers import CUSTOMER, Answers, need, repeated, take
from cxlab.metrics.workings.estimates import interval, means
from cxlab.metrics.workings.measures import MetricsError, Score
from cxlab.results import count


class Gap(NamedTuple):
    """The difference between two sets of answers, the second less the first."""

    before: float
    after: float
    estimate: float
    std_error: float
    low: float
    high: float
    p_value: float
    df: float
    n: int
    method: str
    base: str
    notes: tuple[str, ...]


def gap_between(
    before, after, what: Score, pair, weight, cluster, method: str, level: float
) -> Gap:
    """Compute the difference between two sets of answers, by the road their design needs."""
    if method not in ("mover", "wald"):
        raise MetricsError(f"'{method}' is no known method; choose 'mover' or 'wald'.")
    if pair is not None:
        return _paired(before, after, what, pair, weight, level)
    cluster = (_met_twice(before, after) if cluster is None else cluster) or None
    sides = [take(rows, what, weight=weight, cluster=cluster or "") for rows in (before, after)]
    base = f"before: {sides[0].base} after: {sides[1].base}"
    notes = tuple(dict.fromkeys((*sides[0].notes, *sides[1].notes)))
    if cluster:
        return _clustered(before, after, sides, cluster, level, base, notes)
    first, second = (means(side) for side in sides)
    m0, m1 = float(first.estimate[0]), float(second.estimate[0])
    se0, se1 = float(first.std_error[0]), float(second.std_error[0])
    std_error = float(np.hypot(se0, se1))
    df = _welch(se0, se1, first.df[0], second.df[0]) if what.kind == "mean" else np.inf
    low, high = (float(x) for x in stats.mean_interval(m1 - m0, std_error, df=df, level=level))
    p = two_sided(m1 - m0, std_error, df)
    said = "Welch t interval" if what.kind == "mean" else "Wald interval of the difference"
    if method == "mover" and what.kind != "mean":
        low, high = _mover(sides, (first, second), m1 - m0, level)
        p = two_sided(m1 - m0, _shared_error(sides, (first, second)), np.inf)
        said = "interval from the two single intervals (Newcombe 1998; Zou and Donner 2008)"
        said += "; score test"
    n = int(first.n[0] + second.n[0])
    if np.isnan(p):
        p, said = parted(int(first.n[0]), int(second.n[0])), said + EXACT
    return Gap(m0, m1, m1 - m0, std_error, low, high, p, df, n, said, base, notes)


#: Where answers have no spread, p counts how often chance alone would part them so (Fisher 1935).
EXACT = "; exact randomisation test, for want of a spread"


def parted(n0: int, n1: int) -> float:
    """Give the chance that dealing answers of two kinds parts them wholly, one way or other."""
    ways = special.gammaln(n0 + n1 + 1) - special.gammaln(n0 + 1) - special.gammaln(n1 + 1)
    return float(np.exp(np.log(2 if n0 == n1 else 1) - ways))


def _met_twice(before: pd.DataFrame, after: pd.DataFrame) -> str | None:
    """Name the column of the customer where some answered more than once in both sets together."""
    if CUSTOMER not in before or CUSTOMER not in after:
        return None
    return repeated(pd.concat([before[[CUSTOMER]], after[[CUSTOMER]]]))


def _mover(sides: list[Answers], found, estimate: float, level: float) -> tuple[float, float]:
    kind = sides[0].score.kind
    method = "adjusted_wald" if kind == "nps" else "wilson"
    ends = [
        [float(end[0]) for end in interval(side, mean, method=method, level=level)]
        for side, mean in zip(sides, found, strict=True)
    ]
    m0, m1 = (float(mean.estimate[0]) for mean in found)
    (low0, high0), (low1, high1) = ends
    most = sides[0].score.ends[1] - sides[0].score.ends[0]
    low = estimate - np.hypot(m1 - low1, high0 - m0)
    high = estimate + np.hypot(high1 - m1, m0 - low0)
    return float(max(low, -most)), float(min(high, most))


def _shared_error(sides: list[Answers], found) -> float:
    """Give the standard error if both sets had the same shares."""
    w = sum(side.cells.w[0] for side in sides)
    shares, worth = w / w.sum(), sides[0].worth
    variance = shares @ worth**2 - (shares @ worth) ** 2
    return float(np.sqrt(variance * sum(1 / mean.n_effective[0] for mean in found)))


def _clustered(before, after, sides, cluster: str, level: float, base: str, notes) -> Gap:
    labels = pd.factorize(pd.concat([before[cluster], after[cluster]], ignore_index=True))[0]
    labels = np.where(labels < 0, labels.max() + 1 + np.arange(len(labels)), labels)
    kept = np.concatenate([sides[0].kept, len(before) + sides[1].kept])
    scores = []
    centres = []
    for side, sign in zip(sides, (-1.0, 1.0), strict=True):
        values = side.values()
        weight = np.ones(len(values)) if side.weight is None else side.weight
        centres.append(float(weight @ values / weight.sum()))
        scores.append(sign * weight * (values - centres[-1]) / weight.sum())
    codes = pd.factorize(labels[kept])[0]
    m = int(codes.max()) + 1
    total = np.bincount(codes, np.concatenate(scores))
    std_error = float(np.sqrt(m / max(m - 1, 1) * (total @ total)))
    m0, m1 = centres
    estimate = m1 - m0
    low, high = stats.mean_interval(estimate, std_error, df=m - 1, level=level)
    p = two_sided(estimate, std_error, m - 1)
    said = f"t interval over {count(m, 'cluster')}; standard error by Taylor linearisation"
    ends = (float(low), float(high))
    df, n = float(m - 1), len(kept)
    return Gap(m0, m1, estimate, std_error, *ends, p, df, n, said, base, notes)


def last_answers(rows: pd.DataFrame, what: Score, pair: str) -> tuple[pd.DataFrame, int]:
    """Keep each customer's last answer; say how many earlier ones are left out."""
    need(rows, [what.column, pair])
    held = rows[rows[what.column].notna() & rows[pair].notna()]
    if "answered_at" in held:
        held = held.sort_values("answered_at", kind="stable")
    last = held.drop_duplicates(pair, keep="last")
    return last, len(held) - len(last)


def _paired(before, after, what: Score, pair: str, weight, level: float) -> Gap:
    (first, extra0), (second, extra1) = (last_answers(r, what, pair) for r in (before, after))
    both = set(first[pair]) & set(second[pair])
    if len(both) < 2:
        raise MetricsError(
            f"'{pair}': {count(len(both), 'customer')} answered in both sets; two are needed for "
            "a paired difference. Leave `pair` out to compare the sets as they stand."
        )
    sides = [
        take(r[r[pair].isin(both)].set_index(pair, drop=False).sort_index(), what, weight=weight)
        for r in (first, second)
    ]
    ids = [len(side.kept) for side in sides]
    if ids[0] != ids[1]:
        raise MetricsError(f"'{weight}': a customer in both sets has no weight in one of them.")
    values = [side.values() for side in sides]
    parts = [np.ones(ids[0]) if s.weight is None else s.weight / s.weight.mean() for s in sides]
    weights = (parts[0] + parts[1]) / 2
    found = stats.linearised(values[1] - values[0], weight=weights)
    m0, m1 = (float(weights @ v / weights.sum()) for v in values)
    estimate, std_error, df = (
        float(found.estimate[0]),
        float(found.std_error[0]),
        float(found.df[0]),
    )
    ends = stats.mean_interval(estimate, std_error, df=df, level=level)
    low, high = (float(end) for end in ends)
    notes = [f"{count(len(both), 'customer')} answered in both sets; all others are left out."]
    if extra0 + extra1:
        notes.append(f"{count(extra0 + extra1, 'earlier answer')} by the same customers left out.")
    if not std_error > 0:
        low = high = np.nan
        notes.append("Every customer moved by the same amount; no interval can be given.")
    p, said = two_sided(estimate, std_error, df), "paired t interval"
    if np.isnan(p):
        # each of the pairs' signs turned by chance: all one way, or all the other
        p, said = 2.0 ** (1 - len(both)), said + EXACT
    base = f"{count(len(both), 'customer')} with an answer to {label(what.column)} in both sets."
    return Gap(m0, m1, estimate, std_error, low, high, p, df, len(both), said, base, tuple(notes))


def gap_frame(gap: Gap, term: str, low, high, p, level: float, verdict: str) -> pd.DataFrame:
    """Write a gap as the one row of a result."""
    row = {
        "term": term, "before": gap.before, "after": gap.after, "estimate": gap.estimate,
        "std_error": gap.std_error, "conf_low": low, "conf_high": high, "p_value": p,
        "n": gap.n, "level": level, "verdict": verdict,
    }  # fmt: skip
    return pd.DataFrame([row])


def _welch(se0: float, se1: float, df0: float, df1: float) -> float:
    if not (df0 > 0 and df1 > 0) or se0 + se1 == 0:
        return 0.0
    return (se0**2 + se1**2) ** 2 / (se0**4 / df0 + se1**4 / df1)


def two_sided(estimate: float, std_error: float, df: float) -> float:
    """Give the p-value of an estimate against zero, by the t distribution; missing without one."""
    if not std_error > 0:
        return 1.0 if estimate == 0 else float("nan")
    return float(2 * special.stdtr(min(df, 1e12), -abs(estimate) / std_error))
