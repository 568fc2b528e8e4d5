"""How good is the model, on a later day and on customers it never saw?"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.base import clone

from cxlab import events
from cxlab.churn.definition import FLAG, SILENCE, ChurnError, Definition, definition
from cxlab.churn.snapshots import Snapshot, days_of, judged_by
from cxlab.churn.workings import scores
from cxlab.churn.workings.asking import question
from cxlab.churn.workings.judging import (
    FEW_LEFT,
    SUSPICIOUS,
    TOP_TENTH,
    are_probabilities,
    dealt_into,
    few_left,
    grouped,
    judgement,
    parts_for,
    too_good,
)
from cxlab.churn.workings.learning import (
    FOLDS,
    cross_scores,
    drawn,
    in_codes,
    learn,
    of_whom,
    parts_of,
    plain,
    settled,
    untrained,
)
from cxlab.results import Result, amount, count, number, percent, sentence, span


@question
def evaluate(model, snapshot: Snapshot, *, level: float = 0.95, seed: int = 0) -> Result:
    """Judge a model on a later day, each customer by a fit that never saw them.

    Args:
        model: what `fit` returned, or one score per row (higher means likelier to leave).
        snapshot: a day after everything the model learned from.

    Returns:
        A `Result` with `term` (base rate, AUC, PR-AUC, lift, KS, Brier score, log loss,
        calibration slope and intercept), `estimate`, `std_error`, `conf_low`, `conf_high`, `n`
        (of the lift, those in the tenth), `verdict` (suspicious: too good to be believed).

    Raises:
        ChurnError: the model learned from leavings after the day it is judged on, or the
            outcome of the snapshot is not known or all alike.
    """
    taken, p = judgement(model, snapshot)
    y, who = taken.label.to_numpy(dtype=int), taken.customer
    rows = [{"term": "base rate", **scores.mean(y, customer=who, level=level)}]
    rows.append({"term": "AUC", **scores.auc(y, p, customer=who, level=level)})
    ranked = {"PR-AUC": scores.average_precision, "KS": scores.ks}
    clusters = None if who.is_unique else who
    for term, measure in ranked.items():
        found = scores.resampled(measure, y, p, customer=clusters, level=level, seed=seed)
        rows.append({"term": term, **found})
    found = scores.top_tenth(y, p, customer=clusters, level=level, seed=seed)
    rows.append({"term": TOP_TENTH, **found})
    if are_probabilities(p):
        for term, loss in (("Brier score", scores.brier), ("log loss", scores.log_loss)):
            rows.append({"term": term, **scores.mean(loss(y, p), customer=who, level=level)})
        line = scores.calibration_line(y, p, customer=who, level=level)
        rows += [{"term": f"calibration {part}", **found} for part, found in line.items()]
    frame = pd.DataFrame(rows)
    frame["n"] = np.where(frame["term"] == TOP_TENTH, np.ceil(len(y) / 10), len(y)).astype(int)
    doubted = too_good(y, p) & (frame["term"] != "base rate")
    frame["verdict"] = doubted.map({True: "suspicious", False: None})
    return Result(
        name="churn evaluation",
        frame=frame,
        headline=_verdict(frame) if y.sum() >= FEW_LEFT else sentence(few_left(y)),
        method=(
            f"Customers are dealt into {FOLDS} parts; each is scored by a fit without them. AUC "
            "with DeLong's interval, ranking measures by bootstrap of customers, losses and "
            f"calibration linearised; level {level:g}."
        ),
        base=taken.base(),
        notes=_notes(model, taken),
        unit="of 1",
    )


@question
def lift(
    model, snapshot: Snapshot, *, groups: int = 10, level: float = 0.95, smallest: int = 0
) -> Result:
    """Show how leavers gather at the top of the ranking.

    Returns:
        A `Result` with `rank` (1 holds the highest scores), `estimate` (share that left),
        `conf_low`, `conf_high`, `lift`, `cumulative` (share of all leavers so far), `events`, `n`;
        `verdict` (suspicious) where the ranking is too good to be believed.
    """
    taken, p = judgement(model, snapshot)
    y = taken.label.to_numpy(dtype=int)
    dealt = parts_for(len(y), groups, smallest)
    frame = grouped(y, p, dealt, level).iloc[::-1].reset_index(drop=True)
    frame["rank"] = np.arange(1, len(frame) + 1)
    frame["lift"] = frame["estimate"] / y.mean()
    frame["cumulative"] = frame["events"].cumsum() / y.sum()
    if too_good(y, p):
        frame["verdict"] = "suspicious"
    top, which = frame.iloc[0], "tenth" if dealt == 10 else f"first of {dealt} groups"
    who = None if taken.customer.is_unique else taken.customer
    whole = scores.top_tenth(y, p, customer=who, level=level, part=1 / dealt)  # as the verdict has
    apart = y.sum() >= FEW_LEFT and not whole["conf_low"] <= 1 <= whole["conf_high"]
    beside = f"{number(top['lift'])} times" if apart else "which cannot be told from"
    return Result(
        name="lift",
        frame=frame.drop(columns="expected"),
        headline=(
            f"Of the {which} ranked likeliest to leave {percent(top['estimate'], 1)} left, "
            f"{beside} the overall {percent(y.mean(), 1)}."
        ),
        method=f"Groups of equal size by score; Wilson intervals, level {level:g}.",
        base=taken.base(),
        notes=dealt_into(dealt, groups, smallest),
        unit="share",
    )


@question
def halves(snapshot: Snapshot, *, seed: int = 0) -> tuple[Snapshot, Snapshot]:
    """Split customers at random, two thirds and one third; no customer is on both sides.

    A random split says how well leavers are told apart within one table. It does not say how
    well leaving is foretold: for that, judge on a later day.
    """
    # another deal than that of the parts a fit is judged by
    third = parts_of("split " + snapshot.customer.astype("str"), seed=seed, parts=3) == 0
    return snapshot.rows(~third), snapshot.rows(third)


@question
def rolling(snapshot: Snapshot, *, model="logistic", level: float = 0.95, seed: int = 0) -> Result:
    """Learn up to each day and judge on it, as if the model had been in use all along.

    Args:
        snapshot: several days, stacked.
        model: a model's name, or an unfitted Pipeline.

    Returns:
        A `Result` with `period` (the day), `estimate` (AUC), `conf_low`, `conf_high`, `share`
        (base rate), `correlation` (rank correlation with the scores of the day before, over
        customers on both), `events`, `n`.
    """
    taken = snapshot.judged()
    days = sorted(taken.day.dropna().unique())
    if len(days) < 2:
        raise ChurnError("steadiness is seen over several days, and only one is judged.")
    rows, before, learner = [], None, None
    for day in days:
        judged = taken.rows((taken.day == day).to_numpy())
        past = _before(taken, judged)
        if past is None:
            continue
        recipe = untrained(past, model, seed) if isinstance(model, str) else clone(model)
        if learner is None:  # its penalty is chosen on the first days, and kept
            (known,) = in_codes(recipe, past.features)
            learner = settled(recipe, known, past.label).named_steps.get("model")
        p = _from_before(past, judged, recipe.set_params(model=learner), seed)
        y = judged.label.to_numpy(dtype=int)
        now = pd.Series(p, index=judged.customer)
        rows.append(
            {
                "period": f"{day.tz_convert(taken.definition.timezone):%Y-%m-%d}",
                **scores.auc(y, p, level=level),
                "share": y.mean(),
                "correlation": _agreement(before, now),
                "events": int(y.sum()),
                "n": len(y),
            }
        )
        before = now
    if not rows:
        raise ChurnError(
            "rolling: on no day was the outcome of an earlier day already known, with 20 leavers. "
            "Add earlier days, or shorten the horizon."
        )
    frame = pd.DataFrame(rows).drop(columns="std_error")
    return _rolled(frame, taken, level)


def choices_around(known: Definition) -> tuple[dict[str, Any], ...]:
    """List other definitions of leaving to hold a result against, the one in use first."""
    used = {"lookback": known.lookback, "gap": known.gap, "horizon": known.horizon}
    other_gap = "0D" if pd.Timedelta(0) < _length(known.gap) else "14D"
    return (
        used,
        {**used, "gap": other_gap},
        {**used, "horizon": _scaled(known.horizon or "90D", 0.5)},
        {**used, "lookback": _scaled(known.lookback, 0.5)},
        {**used, "lookback": _scaled(known.lookback, 2)},
        {**used, "silence": known.silence + 1}
        if known.kind == SILENCE
        else {**used, "leavers": "voluntary"},
    )


@question
def sensitivity(
    study,
    *,
    choices: Sequence[dict],
    without: Sequence[str] = (),
    as_of,
    seed: int = 0,
) -> Result:
    """Show how the result depends on how leaving is defined.

    Args:
        choices: one `dict` of `lookback`, `gap`, `horizon`, `silence` or `leavers` a row, such
            as `choices_around` lists.
        without: features that no model may use, such as `left_out` of a case.
        as_of: days, stacked.

    Returns:
        A `Result` with `term` (the choice), `share` (base rate), `estimate` (AUC), `conf_low`,
        `conf_high`, `events`, `n`; a choice the study cannot answer has a `reason` instead.
    """
    if not len(as_of) or definition(study).kind == FLAG:
        raise ChurnError("sensitivity: without dates there is no gap and no horizon to vary.")
    rows, notes = [], dict[str, None]()
    facts = _of_all(study, as_of, choices)
    for choice in choices:
        row: dict[str, Any] = {
            "term": ", ".join(f"{name} {value}" for name, value in choice.items())
        }
        try:
            taken = _by_choice(study, as_of, choice, facts).without(without)
            y = taken.label.to_numpy(dtype=int)
            p = cross_scores(plain(taken), taken, seed)
            row |= scores.auc(y, p, customer=taken.customer)
            teach = drawn(taken.customer, seed)
            if not teach.all():
                notes[f"Learned from {of_whom(taken.customer, teach)}"] = None
            row |= {"share": y.mean(), "events": int(y.sum()), "n": len(y)}
        except ChurnError as error:
            row["reason"] = str(error)
        rows.append(row)
    columns = ["term", "share", "estimate", "conf_low", "conf_high", "events", "n", "reason"]
    frame = pd.DataFrame(rows).reindex(columns=columns)
    return replace(_depends(frame), notes=tuple(notes))


def _length(duration: str) -> pd.Timedelta:
    months = duration.endswith("M")
    return pd.Timedelta(days=30 * int(duration[:-1])) if months else pd.Timedelta(duration)


def _scaled(duration: str, times: float) -> str:
    """Stretch a duration: `90D` by one half is `45D`; months become days."""
    return f"{round(_length(duration) / pd.Timedelta('1D') * times)}D"


def _of_all(study, as_of, choices: Sequence[dict]) -> dict[str, pd.DataFrame]:
    """Gather what was known for every lookback of the choices, in one reading of the events."""
    wanted: dict[str, list[pd.Timestamp]] = {}
    for choice in choices:
        with suppress(ChurnError):  # told in the choice's own row
            known = definition(study, **choice)
            wanted[known.lookback] = days_of(as_of, known)
    days = next(iter(wanted.values()), [])
    return events.looking_back(study, days, list(wanted)) if wanted else {}


def _by_choice(study, as_of, choice: dict, facts: dict[str, pd.DataFrame]) -> Snapshot:
    """Judge by one definition what was known by its lookback."""
    known = definition(study, **choice)
    days = days_of(as_of, known)
    return judged_by(known, study, facts[known.lookback], days).judged()


# ---------------------------------------------------------------- judging without having seen


def _before(taken: Snapshot, judged: Snapshot) -> Snapshot | None:
    """Take the days whose outcomes were known by a day, if one can learn from them."""
    day = judged.day.iloc[0]
    known = [d for d in taken.day.unique() if taken.definition.window(d)[1] <= day]
    past = taken.rows(taken.day.isin(known).to_numpy()) if known else None
    few = past is None or past.label.sum() < 20 or judged.label.nunique() < 2
    return None if few else past


def _from_before(past: Snapshot, judged: Snapshot, recipe, seed: int) -> np.ndarray:
    """Score a day by models that learned from days before, each customer by one without them."""
    of, by = parts_of(judged.customer, seed=seed), parts_of(past.customer, seed=seed)
    known_then, now = in_codes(recipe, past.features, judged.features)
    p = np.full(len(judged), np.nan)
    for out in range(FOLDS):
        inside = by != out
        fitted = learn(recipe, known_then[inside], past.label[inside])
        if (of == out).any():
            p[of == out] = fitted.predict_proba(now[of == out])[:, 1]
    return p


# ---------------------------------------------------------------- words and groups


def _verdict(frame: pd.DataFrame) -> str:
    rows = frame.set_index("term")
    area = rows.loc["AUC"]
    found = amount(area["estimate"], "share")
    interval = span(area["conf_low"], area["conf_high"], "share")
    if area["conf_low"] <= 0.5:
        return (
            f"The ranking cannot be told apart from chance: a leaver is ranked above a stayer "
            f"{found} of the time ({interval})."
        )
    if area["estimate"] >= SUSPICIOUS:
        return (
            f"Too good to be believed: a leaver is ranked above a stayer {found} of the time "
            f"({interval}); some fact may have been written after the leaving."
        )
    return (
        f"A leaver is ranked above a stayer {found} of the time ({interval}); by chance it would "
        "be half."
    )


def _notes(model, taken: Snapshot) -> tuple[str, ...]:
    notes = list(taken.notes)
    if taken.definition.kind == FLAG or taken.day.isna().all():
        notes.append(
            "Judged within one table without dates: how well leavers are told apart, not how well "
            "leaving is foretold."
        )
    if hasattr(model, "predict_proba") and not hasattr(model, "lesson_"):
        notes.append("Nobody can say whether this model has seen the customers it is judged on.")
    return tuple(notes)


def _agreement(before: pd.Series | None, now: pd.Series) -> float:
    if before is None:
        return float("nan")
    both = before.index.intersection(now.index)
    if len(both) < 10:
        return float("nan")
    return float(spearmanr(before[both], now[both]).statistic)


def _rolled(frame: pd.DataFrame, taken: Snapshot, level: float) -> Result:
    low, high = frame["estimate"].min(), frame["estimate"].max()
    apart = frame["conf_low"].max() > frame["conf_high"].min()
    trend = "moves between" if apart else "does not detectably move; it lies between"
    alike = frame["correlation"].mean()
    steady = (
        f" Rankings of neighbouring days agree with correlation {number(alike, 2)}."
        if np.isfinite(alike)
        else ""
    )
    return Result(
        name="rolling evaluation",
        frame=frame,
        headline=f"Day by day the AUC {trend} {number(low, 2)} and {number(high, 2)}.{steady}",
        method=(
            "On each day the model has learned only from outcomes known by then, each customer "
            f"scored by a fit without them; DeLong intervals, level {level:g}."
        ),
        base=taken.base(),
        unit="of 1",
    )


def _depends(frame: pd.DataFrame) -> Result:
    done = frame.dropna(subset=["estimate"])
    if done.empty:
        raise ChurnError(f"sensitivity: no choice could be answered. {frame['reason'].iloc[0]}")
    low, high = done["estimate"].min(), done["estimate"].max()
    rates = [percent(share, 1) for share in (done["share"].min(), done["share"].max())]
    same = rates[0] == rates[1]
    rate = f"is {rates[0]}" if same else f"lies between {rates[0]} and {rates[1]}"
    return Result(
        name="sensitivity to the definition",
        frame=frame,
        headline=(
            f"Across {count(len(done), 'definition')} of leaving the AUC lies between "
            f"{number(low, 2)} and {number(high, 2)}. The share leaving {rate}."
        ),
        method="AUC on customers left out of the fit, with DeLong's interval by customer.",
        base=f"{count(len(frame), 'choice')} of lookback, gap and horizon.",
        unit="of 1",
    )
