"""From counts to numbers: estimates, their errors and intervals, and small bases."""

import numpy as np
import pandas as pd
from scipy import sparse

from cxlab import results, stats
from cxlab.metrics.workings.answers import Answers
from cxlab.metrics.workings.measures import MetricsError
from cxlab.results import count

SMALL = 30
ROUNDING = 1e-9  # of the scale
N_BOOT = 1000


def estimated(answers: Answers, *, method: str, level: float) -> pd.DataFrame:
    """Give each group's estimate with its interval and base, a row a group."""
    mean = means(answers)
    low, high = interval(answers, mean, method=method, level=level)
    return pd.DataFrame(
        {
            "group": answers.groups,
            "estimate": mean.estimate,
            "std_error": mean.std_error,
            "conf_low": low,
            "conf_high": high,
            "n": mean.n.astype(int),
            "n_effective": mean.n_effective,
        }
    )


def means(answers: Answers) -> stats.Mean:
    """Give each group's estimate and standard error; what sums leave of no spread is none."""
    mean = _means(answers)
    least = ROUNDING * np.abs(answers.worth).max(initial=0.0)
    return mean._replace(std_error=np.where(mean.std_error <= least, 0.0, mean.std_error))


def _means(answers: Answers) -> stats.Mean:
    """Give the same by the road the data need."""
    if answers.cluster is not None:
        mean = stats.linearised(
            answers.values(), weight=answers.weight, group=answers.group, cluster=answers.cluster
        )
        return _up_to(mean, len(answers.groups))
    mean = stats.mean_of(answers.cells, answers.worth)
    if answers.weight is None and answers.score.kind != "mean":
        # shares have the variance p(1-p)/n: n, not n-1
        with np.errstate(invalid="ignore", divide="ignore"):
            plain = np.sqrt((answers.cells.n @ answers.worth**2) / mean.n - mean.estimate**2)
            mean = mean._replace(std_error=np.nan_to_num(plain) / np.sqrt(mean.n))
    return mean


def _up_to(mean: stats.Mean, groups: int) -> stats.Mean:
    """Add the groups behind the last one that answered."""
    more = groups - len(mean.n)
    if not more:
        return mean
    ends = (np.nan, np.nan, 0.0, 0.0, 0.0)
    parts = zip(mean, ends, strict=True)
    return stats.Mean(*(np.concatenate([part, np.full(more, end)]) for part, end in parts))


def interval(answers: Answers, mean: stats.Mean, *, method: str, level: float) -> stats.Pair:
    """Put each group's interval around its estimate."""
    kind = answers.score.kind
    if kind == "mean":
        if method not in ("wilson", "adjusted_wald", "t"):
            raise MetricsError(f"'{method}' is for shares; a mean has the t interval.")
        low, high = stats.mean_interval(mean.estimate, mean.std_error, df=mean.df, level=level)
        # answers that are all alike do not say how far the next one may lie
        certain = ~(mean.std_error > 0)
        ends = answers.score.ends
        return (
            np.where(certain, np.nan, np.clip(low, *ends)),
            np.where(certain, np.nan, np.clip(high, *ends)),
        )
    if method == "bootstrap" and kind == "nps":
        return stats.percentile(_replicates(answers), level)
    shares, n = _effective(answers, mean, level)
    if kind == "top":
        top = answers.worth > 0
        return stats.proportion_interval(shares[:, top].sum(1) * n, n, method=method, level=level)
    parts = [shares[:, answers.worth == value].sum(axis=1) * n for value in (-100, 0, 100)]
    return stats.nps_interval(*parts, method=method, level=level)


def mark_small(frame: pd.DataFrame, smallest: int) -> tuple[pd.DataFrame, list[str]]:
    """Blank groups too small to be shown, and mark those with a small base."""
    n, notes = frame["n"], []
    hidden = ((n < smallest) & (n > 0)) | results.hidden(frame, smallest=smallest)
    numbers = ["estimate", "std_error", "conf_low", "conf_high", "n_effective"]
    if (blank := hidden | (n == 0)).any():
        frame.loc[blank, numbers] = np.nan
    verdict = np.where(hidden, "suppressed", np.where(n < SMALL, "small base", None))  # type: ignore[call-overload]
    verdict = np.where(n == 0, "no answers", verdict)
    frame["verdict"] = pd.Series(verdict, index=frame.index, dtype=object)
    if hidden.any():
        few = int(((n < smallest) & (n > 0)).sum())
        more = int(hidden.sum()) - few
        tail = f", and {count(more)} more that would tell the numbers of the first" if more else ""
        notes.append(f"{count(few, 'group')} with fewer than {smallest} answers: suppressed{tail}.")
    small = int((frame["verdict"] == "small base").sum())
    if small:
        who = "Fewer" if len(frame) == 1 else f"{count(small, 'group')} with fewer"
        notes.append(f"{who} than {SMALL} answers: read the interval, not the estimate.")
    empty = frame.loc[n == 0, "group"].tolist()
    if empty:
        notes.append(f"No answers from {count(len(empty), 'group')}, first '{empty[0]}'.")
    return frame, notes


def _effective(answers: Answers, mean: stats.Mean, level: float):
    """Give weighted shares and the number of plain answers that would be as sure.

    The number is the plain variance over the design's, less what few degrees of freedom cost
    (Korn and Graubard 1998).
    """
    total = answers.cells.w.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(total > 0, answers.cells.w / total, 0.0)
        if answers.weight is None and answers.cluster is None:
            return shares, mean.n
        plain = shares @ answers.worth**2 - (shares @ answers.worth) ** 2
        n = np.where(mean.std_error > 0, plain / mean.std_error**2, mean.n_effective)
        fewer = (stats.quantile(level) / stats.quantile(level, mean.df)) ** 2
        return shares, n * np.where(mean.df > 0, fewer, np.where(mean.n > 0, 0.0, np.nan))


def _replicates(answers: Answers) -> np.ndarray:
    if answers.cluster is None:
        return stats.resampled_means(answers.cells, answers.worth, n_boot=N_BOOT)
    weight = np.ones(len(answers.cell)) if answers.weight is None else answers.weight
    clusters, groups = int(answers.cluster.max()) + 1, len(answers.groups)
    place = (answers.cluster, answers.group)
    sums = [
        sparse.csr_array((part, place), shape=(clusters, groups))
        for part in (weight * answers.values(), weight)
    ]
    drawn = stats.counts(clusters, n_boot=N_BOOT)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.concatenate([(part @ sums[0]) / (part @ sums[1]) for part in drawn])
