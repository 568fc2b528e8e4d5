"""Is an existing health score worth anything? Replay it at past days."""

import numpy as np
import pandas as pd

from cxlab import events, stats
from cxlab.churn.definition import ChurnError
from cxlab.churn.snapshots import Snapshot
from cxlab.churn.workings import scores
from cxlab.churn.workings.asking import question
from cxlab.results import Result, count, number, percent

WORST = 0.2
LEAD = "lead time, days (median)"
_FEW = 10  # fewer who left do not tell good warnings from bad ones


@question
def health(
    snapshot: Snapshot, *, score: str | pd.DataFrame, better: str = "high", level: float = 0.95
) -> Result:
    """Replay a score that is already in use at the days of a snapshot.

    Args:
        score: a feature of the snapshot, or a frame with `customer_id`, `scored_at`, `score`;
            of that, each day knows the last value before it.
        better: which end of the score is good news, `high` or `low`.

    Returns:
        A `Result` with `term` (customers with a score, AUC, lift in the worst tenth, leaving in
        each fifth of the score, lead time in days), `estimate`, `conf_low`, `conf_high`, `n`.
    """
    if better not in ("high", "low"):
        raise ChurnError(f"better: '{better}' is neither 'high' nor 'low'.")
    taken = snapshot.judged()
    values = _values(taken, score)
    known = values.notna().to_numpy()
    here = taken.rows(known)
    y, who = here.label.to_numpy(dtype=int), here.customer
    if len(np.unique(y)) < 2:
        raise ChurnError(
            "health: among customers with a score, all left or none; nothing to judge."
        )
    danger = values[known].to_numpy(dtype=float) * (-1 if better == "high" else 1)
    rows = [{"term": "customers with a score", **scores.mean(known, customer=taken.customer)}]
    rows.append({"term": "AUC", **scores.auc(y, danger, customer=who, level=level)})
    clusters = None if who.is_unique else who
    found = scores.top_tenth(y, danger, customer=clusters, level=level)
    rows.append({"term": "lift, worst tenth", **found, "n": int(np.ceil(len(y) / 10))})
    rows += _fifths(y, danger, level)
    rows += _lead(snapshot, _values(snapshot, score), better, level)
    frame = pd.DataFrame(rows).drop(columns="std_error")
    frame["n"] = frame["n"].fillna(len(y))
    return Result(
        name="health score replayed",
        frame=frame,
        headline=_headline(frame.set_index("term"), int(y.sum())),
        method=(
            "The score as known on each past day, against leaving in the horizon after it; errors "
            f"by customer, level {level:g}. Lead time: from the first day in the worst fifth, "
            "without a better day since, to the leaving."
        ),
        base=here.base(),
        unit="of 1",
    )


def _values(taken: Snapshot, score: str | pd.DataFrame) -> pd.Series:
    if isinstance(score, str):
        if score not in taken.features:
            raise ChurnError(f"health: no '{score}' is among what was known of the customers.")
        return pd.to_numeric(taken.features[score], errors="coerce")
    missing = {"customer_id", "scored_at", "score"} - set(score.columns)
    if missing:
        raise ChurnError(f"health: the scores lack {sorted(missing)}.")
    if taken.day.isna().all():
        raise ChurnError("health: a table without dates cannot be gone back in.")
    dated = pd.DataFrame(
        {
            "customer": score["customer_id"].astype("str"),
            "at": events.utc(score["scored_at"], taken.definition.timezone),
            "score": pd.to_numeric(score["score"], errors="coerce"),
        }
    ).dropna()
    asked = pd.DataFrame({"customer": taken.customer, "at": taken.day.dt.as_unit("us")})
    asked["row"] = np.arange(len(asked))
    met = pd.merge_asof(
        asked.sort_values("at", kind="stable"),
        dated.sort_values("at", kind="stable"),
        on="at",
        by="customer",
    )
    return met.set_index("row")["score"].sort_index().reset_index(drop=True)


def _fifths(y: np.ndarray, danger: np.ndarray, level: float) -> list[dict]:
    """Give the share leaving in each fifth of the score; ties stay together."""
    edges = np.unique(np.quantile(danger, [0.2, 0.4, 0.6, 0.8]))
    part = np.searchsorted(edges, danger, side="left")
    rows = []
    names = {0: "best", part.max(): "worst"}
    for place in np.unique(part):
        here = y[part == place]
        low, high = stats.proportion_interval(here.sum(), len(here), level=level)
        name = names.get(place, f"{place + 1} of {part.max() + 1}")
        rows.append(
            {"term": f"leaving, score {name}", "estimate": here.mean(), "n": len(here)}
            | {"conf_low": float(low), "conf_high": float(high)}
        )
    return rows


def _lead(snapshot: Snapshot, values: pd.Series, better: str, level: float) -> list[dict]:
    """Measure how long before leaving the score had been bad, and stayed so."""
    if snapshot.left_at is None or snapshot.day.nunique() < 2:
        return []
    danger = values * (-1 if better == "high" else 1)
    bad = danger >= danger.quantile(1 - WORST)
    rows = pd.DataFrame(
        {"customer": snapshot.customer, "day": snapshot.day, "bad": bad, "left": snapshot.left_at}
    )
    gone = rows[rows["left"].notna() & (rows["left"] > rows["day"])].sort_values("day")
    last = gone.groupby("customer").tail(1)
    warned = set(last.loc[last["bad"], "customer"])
    gone = gone[gone["customer"].isin(warned)]
    # the first day of the last unbroken run of bad days
    good = gone.loc[~gone["bad"]].groupby("customer")["day"].max()
    better_day = pd.to_datetime(gone["customer"].map(good.to_dict()), utc=True)
    run = gone[better_day.isna() | (gone["day"] > better_day)]
    since = run.groupby("customer").agg(day=("day", "min"), left=("left", "first"))
    days = ((since["left"] - since["day"]) / pd.Timedelta(days=1)).to_numpy(dtype=float)
    low, high = stats.proportion_interval(len(warned), len(last), level=level)
    found = [
        {"term": "leavers in the worst fifth before", "estimate": len(warned) / max(len(last), 1)}
        | {"conf_low": float(low), "conf_high": float(high), "n": len(last)}
    ]
    if len(days) >= 5:
        drawn = np.random.default_rng(0).choice(days, (500, len(days)))
        low, high = stats.percentile(np.median(drawn, axis=1), level)
        found.append(
            {"term": LEAD, "estimate": round(float(np.median(days)))}
            | {"conf_low": round(float(low)), "conf_high": round(float(high)), "n": len(days)}
        )
    return found


def _headline(rows: pd.DataFrame, left: int) -> str:
    area, covered = rows.loc["AUC"], rows.loc["customers with a score", "estimate"]
    has = f"{percent(covered)} of customers have the score"
    if left < _FEW:
        return f"{has}; {count(left)} of them left, too few to tell what it is worth."
    if area["conf_low"] <= 0.5 <= area["conf_high"]:
        return f"{has}; it does not detectably tell leavers from stayers."
    if area["conf_high"] < 0.5:
        return f"{has}; it points the wrong way: those scored well leave more often."
    worst = number(rows.loc["lift, worst tenth", "estimate"])
    return (
        f"{has}. It ranks a leaver above a stayer {percent(area['estimate'])} of the time; its "
        f"worst tenth leaves {worst} times as often."
    )
