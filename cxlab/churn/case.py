"""One question asked whole: days to learn from, a later day to judge on, and today's customers."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
from sklearn.pipeline import Pipeline

from cxlab import events
from cxlab.churn.calibration import Line, line_of
from cxlab.churn.definition import CONTRACT, FLAG, ChurnError, Definition, definition, open_ended
from cxlab.churn.evaluation import halves
from cxlab.churn.models import fit
from cxlab.churn.snapshots import Snapshot, days_of, judged_by, snapshot, stack, within_reach
from cxlab.results import Result, amount, count, span

MOST_DAYS = 8


@dataclass(frozen=True, eq=False)
class Case:
    """Everything a report about leaving stands on.

    Attributes:
        learn: days whose outcomes were known before the day judged.
        judge: the latest day with a whole horizon; of a table without dates, a third of it.
        today: customers of today who could leave, outcome not yet known; without dates, those
            who stayed.
        model: what was learned from `learn`; it is judged on `judge`.
        latest: the same kind of model, learned from all judged days; it ranks today's customers.
        worth: column with what a customer is worth, or 1 where there is none.
        cost: of one call, a fiftieth of the mean worth.
        line: sets the risks of `latest` right, by the outcomes of the last day judged.
    """

    learn: Snapshot
    judge: Snapshot
    today: Snapshot
    model: Pipeline
    latest: Pipeline
    worth: str | float
    cost: float
    line: Line

    @property
    def dated(self) -> bool:
        """Whether there are days to go back to."""
        return self.judge.definition.kind != FLAG

    @property
    def definition(self) -> Definition:
        """What counts as leaving."""
        return self.judge.definition

    @property
    def all(self) -> Snapshot:
        """All judged days."""
        return stack([self.learn, self.judge])

    @property
    def recipe(self) -> Pipeline:
        """The model that was kept, unfitted."""
        return self.model.lesson_.untrained

    @property
    def days(self) -> list[pd.Timestamp]:
        """All days, of learning and of judging."""
        return sorted(self.all.day.dropna().unique())


def case(
    study,
    *,
    as_of: str = "",
    lookback: str = "180D",
    gap: str = "14D",
    horizon: str = "90D",
    model: str = "simplest",
    seed: int = 0,
) -> Case:
    """Set up the question for a study: learn on earlier days, judge on a later one.

    Args:
        study: a study with end dates, with marks of leaving, or with orders.
        as_of: the day judged; the latest one with a whole horizon if empty.
        lookback: how far back recent facts reach.
        gap: days nobody can use.
        horizon: stretch in which leaving counts.
        model: `simplest`, `logistic` or `boosting`.
        seed: for all random numbers.

    Returns:
        The case. A table without dates is split at random by customer instead.
    """
    _refuse_strangers(study)
    known = definition(study, lookback=lookback, gap=gap, horizon=horizon)
    if known.kind == FLAG:
        whole = snapshot(study)
        learn, judge = halves(whole, seed=seed)
        learned = fit(learn, model=model, seed=seed)
        here = whole.rows((whole.label == 0).to_numpy())
        return _priced(learn, judge, here, learned)
    day = _day_judged(known, as_of)
    before, now = _days_before(study, known, day), known.until if known.until is not None else day
    days_of([day], known)
    facts = events.as_of(study, [*before, day, now], lookback)
    judge = judged_by(known, study, facts, [day])
    learn = judged_by(known, study, facts, before)
    today = within_reach(study, judged_by(open_ended(known), study, facts, [now]), known)
    learned = fit(learn, model=model, seed=seed)
    return _priced(learn, judge, today, learned)


def tried(question: Callable[[], Result]) -> Result:
    """Ask a question; where the study cannot answer it, the answer says why.

    Example:
        >>> from cxlab.churn.definition import ChurnError
        >>> def ask():
        ...     raise ChurnError("there are no dates.")
        >>> tried(ask).headline
        'Not answered here: there are no dates.'
    """
    try:
        return question()
    except (ChurnError, events.EventsError) as error:
        return Result(
            name="not answered",
            frame=pd.DataFrame(),
            headline=f"Not answered here: {' '.join(str(error).split())}",
            method="None.",
            base="",
        )


def key_numbers(evaluation: Result) -> tuple[Result, ...]:
    """Give the three numbers of an evaluation that a reader wants first, each as a result."""
    wanted = {
        "AUC": ("leaver ranked above stayer", "share"),
        "base rate": ("customers leaving", "share"),
        "lift, top tenth": ("times the leaving in the top tenth", ""),
    }
    rows = evaluation.frame.set_index("term", drop=False)
    return tuple(
        replace(
            evaluation,
            name=name,
            headline=_said(term, rows.loc[term]) or evaluation.headline,
            frame=rows.loc[[term]].reset_index(drop=True),
            unit=unit,
            notes=(),
        )
        for term, (name, unit) in wanted.items()
        if term in rows.index
    )


def _refuse_strangers(study) -> None:
    """Refuse a table none of whose rows was kept: all would seem to have done nothing."""
    for table in ("orders", "interactions"):
        done = study.cleaned.get(table)
        if done is None or len(done.frame):
            continue
        why = done.set_aside["reason"].mode().iloc[0]
        column = done.set_aside["column"].mode().iloc[0]
        raise ChurnError(
            f"{table}: none of {count(done.rows_in, 'row')} was kept; most were set aside as "
            f"'{why}', for their column '{column}'. Set that column right so that ids and dates "
            f"agree with the customer list, or take '{table}' out of the study file."
        )


def _said(term: str, row: pd.Series) -> str:
    """Say one number in a sentence of its own; the first is said by the evaluation itself."""
    low, high = row["conf_low"], row["conf_high"]
    if term == "base rate":
        shown = (amount(row["estimate"], "share"), span(low, high, "share"))
        return "{} of the customers leave ({}).".format(*shown)
    if term == "lift, top tenth":
        shown = (amount(row["estimate"]), span(low, high))
        return "In the tenth ranked highest {} times as many leave as overall ({}).".format(*shown)
    return ""


def _day_judged(known: Definition, as_of: str) -> pd.Timestamp:
    if as_of:
        return days_of([as_of], known)[0]
    if known.until is None:
        raise ChurnError(
            "as_of: the study does not say until when it knows; name the day to judge."
        )
    return known.until - (known.window(known.until)[1] - known.until)


def _days_before(study, known: Definition, day: pd.Timestamp) -> list[pd.Timestamp]:
    """Go back from the day judged in steps of a whole outcome, so that none is known too late."""
    step = known.window(day)[1] - day
    first = _first_day(study, known) + pd.Timedelta("30D")
    days = [day - step * k for k in range(1, MOST_DAYS + 1) if day - step * k >= first]
    if not days:
        raise ChurnError(
            f"there is no day before {day.tz_convert(known.timezone):%Y-%m-%d} whose outcome was "
            "known by then. Shorten the horizon, or judge on a later day."
        )
    return days


def _first_day(study, known: Definition) -> pd.Timestamp:
    if known.kind == CONTRACT and "signed_up_at" in study.customers:
        return events.utc(study.customers["signed_up_at"], known.timezone).min()
    if study.orders is not None:
        first = pd.Timestamp(study.orders.ordered_at.min().to_pyarrow().as_py())
        return first if first.tz is not None else first.tz_localize(known.timezone)
    raise ChurnError("nothing tells when the first customer came; declare 'signed_up_at'.")


def _priced(learn: Snapshot, judge: Snapshot, today: Snapshot, model: Pipeline) -> Case:
    latest = fit(stack([learn, judge]), model=model.lesson_.untrained)
    line = line_of(latest, judge.day.max())
    for name in ("spend", "monthly_fee"):
        for source in (judge.features, judge.undated):
            if name in source and source[name].clip(lower=0).sum() > 0:
                cost = float(source[name].clip(lower=0).mean()) / 50
                return Case(learn, judge, today, model, latest, name, cost, line)
    return Case(learn, judge, today, model, latest, 1.0, 0.02, line)
