"""One question asked whole: days to learn from, a later day to judge on, and today's customers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import pandas as pd
from sklearn.pipeline import Pipeline

from cxlab import events
from cxlab.churn.audit import audit, red
from cxlab.churn.calibration import Line, line_of
from cxlab.churn.definition import (
    CONTRACT,
    FLAG,
    SILENCE,
    ChurnError,
    Definition,
    definition,
    open_ended,
)
from cxlab.churn.evaluation import halves
from cxlab.churn.models import fit
from cxlab.churn.snapshots import Snapshot, days_of, judged_by, snapshot, stack, within_reach
from cxlab.churn.workings.asking import question
from cxlab.churn.workings.judging import know, named
from cxlab.churn.workings.learning import drawn, of_whom
from cxlab.codebook import did_you_mean
from cxlab.results import Misuse, Result, count

DRAWN = "Learned from"
MOST_DAYS = 8


@dataclass(frozen=True, eq=False)
class Asked:
    """The customers of a question about leaving, before anything is learned of them.

    Attributes:
        learn: days whose outcomes were known before the day judged.
        judge: the latest day with a whole horizon; of a table without dates, a third of it.
        today: customers of today who could leave, outcome not yet known; without dates, those
            who stayed.
        audit: what was found among all columns, and what became of those that know of the leaving.
        left_out: columns that know of the leaving and have left the model.
        kept: columns that know of it and are used all the same, by the reader's own word.
        suspect: days of learning and the day judged with the columns that were left out.
        currency: in which the study counts money, if it says so.
        smallest: fewest people whom a sentence told to any audience may rest on.
    """

    learn: Snapshot
    judge: Snapshot
    today: Snapshot
    audit: Result
    left_out: tuple[str, ...]
    kept: tuple[str, ...]
    suspect: tuple[Snapshot, Snapshot]
    currency: str
    smallest: int

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
    def told(self) -> str:
        """What counts as leaving, in a sentence."""
        return self.definition.sentence()

    @property
    def day(self) -> pd.Timestamp:
        """The day judged; missing where there are no dates."""
        return self.judge.day.max()

    @property
    def left(self) -> tuple[str, str]:
        """What leavers did, and in which stretch of time, for a sentence."""
        known = self.definition
        if known.kind == FLAG:
            return "are marked as having left", "; the table does not say when"
        day = self.judge.day.iloc[0]
        days = count(round((known.window(day)[1] - day) / pd.Timedelta("1D")), "day")
        did = "fell silent" if known.kind == SILENCE else "left"
        return did, f" in the {days} after {day.tz_convert(known.timezone):%-d %B %Y}"

    @property
    def left_aside(self) -> str:
        """What was left aside in the judgement, in sentences."""
        drawn = [note for note in self.learn.notes if note.startswith(DRAWN)]
        told = " ".join([*drawn, *self.judge.notes])
        return told or "Nothing was left aside in the judgement."

    @property
    def days(self) -> list[pd.Timestamp]:
        """All days, of learning and of judging."""
        return sorted(self.all.day.dropna().unique())

    @property
    def last_days(self) -> list[pd.Timestamp]:
        """The last two of them."""
        return self.days[-2:]


@dataclass(frozen=True, eq=False)
class Case(Asked):
    """Everything a report about leaving stands on: what was asked, and what was learned.

    Attributes:
        model: what was learned from `learn`; it is judged on `judge`.
        latest: the same kind of model, learned from all judged days; it ranks today's customers.
        worth: column with what a customer is worth, or 1 where there is none.
        cost: of one call, a fiftieth of the mean worth.
        line: sets the risks of `latest` right, by the outcomes of the last day judged.
    """

    model: Pipeline
    latest: Pipeline
    worth: str | float
    cost: float
    line: Line

    @property
    def recipe(self) -> Pipeline:
        """The model that was kept, unfitted."""
        return self.model.lesson_.untrained


@question
def case(
    study,
    *,
    lookback: str = "180D",
    gap: str = "14D",
    horizon: str = "90D",
    keep: str | Sequence[str] = (),
    model: str = "simplest",
    as_of: str = "",
    seed: int = 0,
) -> Case:
    """Set up the question for a study: learn on earlier days, judge on a later one.

    Args:
        model: `simplest`, `logistic` or `boosting`.
        keep, as_of: as for `asked`.
    """
    found = asked(
        study, lookback=lookback, gap=gap, horizon=horizon, keep=keep, as_of=as_of, seed=seed
    )
    return learned(found, model=model, seed=seed)


@question
def asked(
    study,
    *,
    lookback: str = "180D",
    gap: str = "14D",
    horizon: str = "90D",
    keep: str | Sequence[str] = (),
    as_of: str = "",
    seed: int = 0,
) -> Asked:
    """Find the customers of a question about leaving, and examine what is known of them.

    Args:
        keep: columns to use although the audit finds that they know of the leaving; several names
            in one text are divided by commas.
        as_of: the day judged; the latest one with a whole horizon if empty.

    Returns:
        Days to learn from and the day to judge on; a table without dates is split at random by
        customer instead. Columns that know of the leaving are no features, but for those in `keep`.

    Raises:
        ChurnError: the study cannot say who leaves, or there are too few days.
        Misuse: `keep` names a column that no model could use.
    """
    _refuse_strangers(study)
    known = definition(study, lookback=lookback, gap=gap, horizon=horizon)
    if known.kind == FLAG:
        whole = snapshot(study)
        found = audit(whole)
        learn, judge = halves(whole, seed=seed)
        here = whole.rows((whole.label == 0).to_numpy())
    else:
        learn, judge, here = _dated(study, known, as_of)
        found = audit(judge, lagged=learn)
    learn = _drawn(learn, seed)
    wanted, leaks = _names(keep, judge), red(found, judge)
    out = tuple(name for name in leaks if name not in wanted)
    kept = tuple(name for name in leaks if name in wanted)
    privacy = getattr(study.mapping, "privacy", None)
    return Asked(
        learn.without(out),
        judge.without(out),
        here.without(out),
        audit=_settled(found, out, kept),
        left_out=out,
        kept=kept,
        suspect=(learn, judge),
        currency=getattr(study.mapping, "currency", None) or "",
        smallest=max(privacy.fewest().values()) if privacy else 0,
    )


@question
def learned(found: Asked, *, model: str = "simplest", seed: int = 0) -> Case:
    """Learn who leaves, to be judged on the day judged, and what a customer is worth.

    Args:
        found: what `asked` gave.
        model: `simplest`, `logistic` or `boosting`.

    Raises:
        ChurnError: fewer than 20 leavers or stayers to learn from, or nothing known of them.
    """
    taught = fit(found.learn, model=model, seed=seed)
    latest = fit(stack([found.learn, found.judge]), model=taught.lesson_.untrained)
    line = line_of(latest, found.judge.day.max())
    worth, cost = _worth(found.judge)
    parts = {each.name: getattr(found, each.name) for each in fields(found)}
    return Case(**parts, model=taught, latest=latest, worth=worth, cost=cost, line=line)


def _dated(study, known: Definition, as_of: str) -> tuple[Snapshot, Snapshot, Snapshot]:
    """Take the days to learn from, the day to judge on, and today."""
    day = _day_judged(known, as_of)
    before, now = _days_before(study, known, day), known.until if known.until is not None else day
    days_of([day], known)
    facts = events.as_of(study, [*before, day, now], known.lookback)
    judge = judged_by(known, study, facts, [day])
    learn = judged_by(known, study, facts, before)
    today = within_reach(study, judged_by(open_ended(known), study, facts, [now]), known)
    return learn, judge, today


def _drawn(learn: Snapshot, seed: int) -> Snapshot:
    """Keep no more judgements to learn from than a page has time for, customer by customer."""
    few = drawn(learn.customer, seed)
    if few.all():
        return learn
    note = f"{DRAWN} {of_whom(learn.customer, few)}"
    taken = learn.rows(few)
    return replace(taken, notes=(note, *taken.notes))


def _names(keep: str | Sequence[str], judge: Snapshot) -> list[str]:
    """Read which columns are to be kept; a name that is none is refused."""
    words = keep.split(",") if isinstance(keep, str) else keep
    names = [word.strip() for word in words if word.strip()]
    for name in names:
        if name not in judge.features:
            near = did_you_mean(name, list(judge.features))
            raise Misuse(f"keep: '{name}' is no column that the model could use.{near}")
    return names


def _settled(found: Result, out: Sequence[str], kept: Sequence[str]) -> Result:
    """Say of the columns that know of the leaving what became of them."""
    said = []
    if out:
        said.append(f"{named(out)} {know(out)} of the leaving and {_has(out)} left the model")
    if kept:
        said.append(
            f"{named(kept)} {know(kept)} of the leaving and {_is(kept)} used all the same, "
            "because 'keep' says so"
        )
    if not said:
        return found
    blind = (found.frame["verdict"] == "cannot check").any()
    more = " What cannot be checked is listed." if blind else ""
    return replace(found, headline=f"Red: {'; '.join(said)}.{more}")


def _has(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


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


def _day_judged(known: Definition, as_of: str) -> pd.Timestamp:
    if as_of:
        return days_of([as_of], known)[0]
    latest = known.latest_day()
    if latest is None:
        raise ChurnError(
            "as_of: the study does not say until when it knows; name the day to judge."
        )
    return latest


def _days_before(study, known: Definition, day: pd.Timestamp) -> list[pd.Timestamp]:
    """Go back from the day judged in steps of a whole outcome, so that none is known too late."""
    zone = known.timezone
    judged = events.local_moment(day, zone)
    step = events.local_moment(known.window(day)[1], zone) - judged
    first = _first_day(study, known) + pd.Timedelta("30D")
    days = [events.moment(judged - step * k, zone) for k in range(1, MOST_DAYS + 1)]
    days = [sooner for sooner in days if sooner >= first]
    if not days:
        raise ChurnError(
            f"there is no day before {day.tz_convert(known.timezone):%Y-%m-%d} whose outcome was "
            "known by then. Shorten the horizon, or judge on a later day."
        )
    return days


def _first_day(study, known: Definition) -> pd.Timestamp:
    if known.kind == CONTRACT and "signed_up_at" in study.customers:
        first = events.utc(study.customers["signed_up_at"], known.timezone).min()
        if "watched_since" not in study.customers:
            return first
        # days on which nobody could be seen to leave teach nothing
        return max(first, events.utc(study.customers["watched_since"], known.timezone).iloc[0])
    if study.orders is not None:
        first = pd.Timestamp(study.orders.ordered_at.min().to_pyarrow().as_py())
        return first if first.tz is not None else first.tz_localize(known.timezone)
    raise ChurnError("nothing tells when the first customer came; declare 'signed_up_at'.")


def _worth(judge: Snapshot) -> tuple[str | float, float]:
    """Give the column of what a customer is worth, and a fiftieth of its mean as cost of a call."""
    for name in ("spend", "monthly_fee"):
        for source in (judge.features, judge.undated):
            if name in source and source[name].clip(lower=0).sum() > 0:
                return name, float(source[name].clip(lower=0).mean()) / 50
    return 1.0, 0.02
