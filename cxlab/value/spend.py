"""How much do they spend each time? The Gamma-Gamma model, and whether it may be used."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from cxlab import stats
from cxlab.lifetimes.buyers import Buyers
from cxlab.lifetimes.design import FitError
from cxlab.results import Result, count, number
from cxlab.value.workings.spend import Spend, top_of


def spending(buyers: Buyers, *, start: Spend | None = None, weight=None) -> Spend:
    """Fit how spend per purchase differs between customers (Fader & Hardie 2013).

    Args:
        buyers: what `buyers` gave; repeat buyers who spent something are used.
        start: a former fit to start from.
        weight: how often each customer counts.

    Raises:
        FitError: too few repeat buyers, or all spend the same.
    """
    x, m = (buyers.frame[word].to_numpy(float) for word in ("frequency", "spend"))
    weight = np.ones(len(x)) if weight is None else np.asarray(weight, float)
    used = (x > 0) & (m > 0) & (weight > 0)
    if used.sum() < 10:
        raise FitError(
            f"{count(int(used.sum()), 'repeat buyer')} spent something: too few to tell how spend "
            "differs between customers."
        )
    x, m, w = x[used], m[used], weight[used]
    if np.ptp(m) <= 1e-9 * m.max():
        raise FitError("'amount' is constant: every repeat buyer spends the same; no model needed.")
    scale = float(np.average(m, weights=w))
    return Spend(top_of(x, m / scale, w, scale, start), int(used.sum()))


def describe_spend(fit: Spend, *, level: float = 0.95) -> Result:
    """Give the parameters of a fit of spend, and the mean spend they imply.

    Returns:
        term (p, q, v, `mean spend`), estimate, std_error, conf_low, conf_high, n.
    """
    point, reach = fit.top.point, stats.quantile(level)
    q = np.exp(point[1])
    logs = np.r_[point, np.log(fit.mean)]
    slope = np.vstack([np.eye(3), [1.0, -q / (q - 1), 1.0]])
    error = np.sqrt(np.einsum("ij,jk,ik->i", slope, fit.top.covariance, slope))
    frame = pd.DataFrame({"term": ["p", "q", "v", "mean spend"], "estimate": np.exp(logs)})
    frame["std_error"] = np.exp(logs) * error
    frame["conf_low"], frame["conf_high"] = (
        np.exp(logs - reach * error),
        np.exp(logs + reach * error),
    )
    frame["n"] = fit.n
    last = frame.iloc[-1]
    return Result(
        name="spend per purchase",
        frame=frame,
        headline=f"A customer's purchase is worth {number(last['estimate'], 2)} on average "
        f"({number(last['conf_low'], 2)} to {number(last['conf_high'], 2)}).",
        method="Gamma-Gamma (Fader & Hardie 2013), maximum likelihood",
        base=count(fit.n, "repeat buyer"),
        notes=(f"Log-likelihood {number(fit.top.loglik, 2)}.",),
    )


def check_spend(buyers: Buyers, *, level: float = 0.95) -> Result:
    """Check what the Gamma-Gamma model takes for granted: that frequent buyers spend the same.

    Returns:
        term (`correlation`, `rank correlation` of spend with frequency), estimate, conf_low,
        conf_high (Fisher), n, verdict (`negligible` below 0.2 in size, else `not negligible`).
    """
    rows = buyers.frame[(buyers.frame["frequency"] > 0) & (buyers.frame["spend"] > 0)]
    if len(rows) < 10 or rows["frequency"].nunique() < 2:
        raise FitError("too few different repeat buyers to check spend against frequency.")
    x, m = rows["frequency"].to_numpy(), rows["spend"].to_numpy()
    pairs = {"correlation": (x, m), "rank correlation": (rankdata(x), rankdata(m))}
    reach = stats.quantile(level) / np.sqrt(len(rows) - 3)
    table = []
    for term, (one, other) in pairs.items():
        value = float(np.corrcoef(one, other)[0, 1])
        middle = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
        low, high = np.tanh(middle - reach), np.tanh(middle + reach)
        word = "negligible" if abs(value) < 0.2 else "not negligible"
        table.append({"term": term, "estimate": value, "conf_low": low, "conf_high": high})
        table[-1] |= {"n": len(rows), "verdict": word}
    frame = pd.DataFrame(table)
    first = frame.iloc[0]
    return Result(
        name="spend and frequency",
        frame=frame,
        headline=f"Spend per purchase and frequency correlate {number(first['estimate'], 2)} "
        f"({number(first['conf_low'], 2)} to {number(first['conf_high'], 2)}): "
        f"{first['verdict']}"
        + (
            ", the model of spend may be used."
            if first["verdict"] == "negligible"
            else ", read values per customer with care."
        ),
        method="Pearson's and Spearman's correlation among repeat buyers",
        base=count(len(rows), "repeat buyer"),
    )
