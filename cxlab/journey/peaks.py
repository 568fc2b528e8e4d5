"""Does the worst, the last or the mean of a customer's contacts go best with the score after?"""

from typing import Any

import numpy as np
import pandas as pd

from cxlab import events, stats
from cxlab.codebook import How, label, net_points, question
from cxlab.journey.workings.cases import cases_of
from cxlab.journey.workings.refusal import JourneyError
from cxlab.results import Result, count, percent, span

FEWEST = 60  # answers after two or more rated contacts
FOLDS = 10
KINDS = ("worst", "last", "mean", "first", "best")


@question("as_of", "level")
def peak_end(
    interactions: Any,
    responses: pd.DataFrame,
    *,
    score: str = "nps",
    rating: str = "csat",
    within: str = "365D",
    n_boot: int = 1000,
    seed: int = 0,
    how: How,
) -> Result:
    """Tell which moment of a customer's contacts tells the score that follows best.

    Each of the worst, last, mean, first and best rating is a line of its own, judged only on
    customers from whom it was not learned.

    Args:
        interactions: contacts with a rating, high is good, one a row.
        responses: answers, with `customer_id` and `answered_at`.
        score: column of the score.
        rating: column of the rating of a contact.
        within: how long before an answer its contacts count.
        n_boot: bootstrap replicates, of customers.

    Returns:
        `term` (`worst`, `last`, …), `estimate`, the part of the variance of the score that it
        tells out of sample (below 0 where the mean of all tells more), `conf_low`, `conf_high`,
        `rank`, `p_first` (how often it is first under resampling), `n` (answers).

    Raises:
        JourneyError: too few answers follow two or more rated contacts of the customer.
    """
    cases = cases_of(interactions, as_of=how.as_of)
    rows = _summed(cases.frame, responses, score, rating, within)
    if len(rows) < FEWEST or rows["score"].nunique() < 2:
        raise JourneyError(
            f"{count(len(rows), 'answer')} follow two or more rated contacts; {FEWEST} are needed.",
            needs=f"'{rating}' of contacts and '{score}' of the same customers",
        )
    who = pd.factorize(rows["customer_id"])[0]
    left = _left(rows, who, seed)  # squared errors: a column a kind, the last of the mean alone
    told = 1 - left[:, :-1].sum(axis=0) / left[:, -1].sum()
    drawn = _drawn(np.column_stack([np.bincount(who, each) for each in left.T]), n_boot, seed)
    low, high = stats.percentile(drawn, how.level)
    first = np.bincount(drawn.argmax(axis=1), minlength=len(KINDS)) / n_boot
    frame = pd.DataFrame({"term": KINDS, "estimate": told, "conf_low": low, "conf_high": high,
                          "p_first": first, "n": len(rows)})  # fmt: skip
    frame = frame.sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)
    frame.insert(1, "rank", np.arange(1, len(frame) + 1))
    return Result(
        name="peak and end",
        frame=frame,
        headline=_headline(frame, score),
        method=f"A line on each alone, judged in {FOLDS} folds of customers on those left out; "
        "intervals by a bootstrap of customers (percentiles).",
        base=f"{count(len(rows), 'answer')} of {count(who.max() + 1, 'customer')} with two or more "
        f"rated contacts within {pd.Timedelta(within).days:,} days before.",
        notes=cases.notes,
        unit="share",
    )


def _summed(frame: pd.DataFrame, responses: Any, score: str, rating: str, within: str):
    """Put to each answer what the rated contacts of the time before it were like."""
    there = {"customer_id", rating} <= set(frame) and {"customer_id", score} <= set(responses)
    if not there or "answered_at" not in responses:
        return pd.DataFrame({"score": [], "customer_id": []})
    rated = frame[frame[rating].notna() & frame["customer_id"].notna()]
    given = responses.dropna(subset=["customer_id", score, "answered_at"]).reset_index(drop=True)
    given = given.assign(at=events.utc(given["answered_at"], "UTC"), answer=given.index)
    value = given[score].to_numpy(float)
    given["score"] = net_points(value) if score == "nps" else value
    both = given[["customer_id", "at", "answer", "score"]].astype({"customer_id": "str"}).merge(
        rated[["customer_id", "opened_at", rating]].astype({"customer_id": "str"}),
        on="customer_id")  # fmt: skip
    ago = both["at"] - both["opened_at"]
    both = both[(ago >= pd.Timedelta(0)) & (ago <= pd.Timedelta(within))]
    by = both.sort_values("opened_at", kind="stable").groupby("answer")
    rows = by.agg(customer_id=("customer_id", "first"), score=("score", "first"),
                  worst=(rating, "min"), last=(rating, "last"), mean=(rating, "mean"),
                  first=(rating, "first"), best=(rating, "max"), size=(rating, "size"))  # fmt: skip
    return rows[rows["size"] > 1]


def _left(rows: pd.DataFrame, who: np.ndarray, seed: int) -> np.ndarray:
    """Give squared errors of each answer by lines that were not learned from its customer."""
    y = rows["score"].to_numpy(float)
    fold = np.random.default_rng(seed).integers(0, FOLDS, who.max() + 1)[who]
    out = np.zeros((len(y), len(KINDS) + 1))
    for place, kind in enumerate((*KINDS, "")):
        x = rows[kind].to_numpy(float) if kind else np.zeros(len(y))
        for at in np.unique(fold):
            test = fold == at
            a, b = x[~test] - x[~test].mean(), y[~test]
            slope = a @ b / (a @ a) if a @ a > 0 else 0.0
            out[test, place] = (y[test] - b.mean() - slope * (x[test] - x[~test].mean())) ** 2
    return out


def _drawn(sums: np.ndarray, n_boot: int, seed: int) -> np.ndarray:
    """Give what is told with customers drawn again and again."""
    rng, n = np.random.default_rng(seed), len(sums)
    again = np.array([np.bincount(rng.integers(0, n, n), minlength=n) @ sums
                      for _ in range(n_boot)])  # fmt: skip
    return 1 - again[:, :-1] / again[:, -1:]


def _headline(frame: pd.DataFrame, score: str) -> str:
    best = frame.iloc[0]
    if best["conf_low"] <= 0:
        return f"No moment of the contacts tells {label(score)} beyond the mean of all."
    said = (
        f"The {best['term']} contact" if best["term"] != "mean" else "The mean of all contacts"
    ) + f" goes best with {label(score)}: it tells {percent(best['estimate'], 1)}"
    sure = "" if best["p_first"] >= 0.95 else "; which comes first is not certain"
    return f"{said} of it ({span(best['conf_low'], best['conf_high'], 'share')}){sure}."
