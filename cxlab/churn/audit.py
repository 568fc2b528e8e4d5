"""Did the model learn from the leaving? Search a snapshot for facts from the future."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlab.churn.definition import CONTRACT, FLAG
from cxlab.churn.snapshots import Snapshot
from cxlab.churn.workings.asking import question
from cxlab.churn.workings.judging import know, named
from cxlab.churn.workings.learning import FEWEST_LEAVERS, cross_scores, plain
from cxlab.churn.workings.scores import auc_difference, single_auc
from cxlab.events import clock
from cxlab.results import Result, count, number, percent

TOO_GOOD = 0.95
#: AUC of a column that is the label under another name.
SAME = 0.999
ALMOST_ALL = 0.95
#: Share of leavers who must have a value that almost only leavers have.
SOME = 0.1
#: Of a column without a date: share of stayers at which hardly any has a value, and of leavers.
HARDLY, MANY = 0.02, 0.2
#: How many times as usual such a value is among leavers, where more stayers have it.
TIMES = 10
#: Rows below which a value that only leavers have is still chance.
FEWEST = 30


_UNDATED = "it carries no date: nobody can say that it was known on the day"
_RULES = (
    "Red: facts after the day; a value in at least "
    f"{FEWEST} rows, of which at least {percent(ALMOST_ALL)} left, and that at least "
    f"{percent(SOME)} of leavers have; of a column without a date also a value that at least "
    f"{percent(MANY)} of leavers have and at most {percent(HARDLY)}, or a share {TIMES} times "
    f"smaller, of stayers, or an AUC alone above {TOO_GOOD}; of a dated fact an AUC alone above "
    f"{SAME}. Amber: a dated fact with an AUC alone above {TOO_GOOD}, a feature that hardly varies "
    "within leavers or stayers or carries no "
    "date on a dated day. By time: older facts must not foretell better."
)


@question
def audit(snapshot: Snapshot, *, lagged: Snapshot | None = None, seed: int = 0) -> Result:
    """Search a snapshot for columns that know of the leaving.

    Columns without a date are examined too, whether or not they are used as features: what
    is written down when a customer leaves stands in the file of today, and tells the outcome.

    Args:
        snapshot: what a model would learn from.
        lagged: the same study taken an earlier day; what is foretold from older facts must
            not be foretold better.
        seed: splits the rows in which values are judged from those they are learned from.

    Returns:
        A `Result` with a row per finding: `column`, `verdict` (leak, suspect, clear, cannot
        check), `reason` in a sentence, `estimate` (AUC of the column alone), `n`. The verdict
        of the whole stands in the headline. Features that are leaks are `red` and should leave.
    """
    taken = snapshot.judged() if snapshot.label.notna().any() else snapshot
    found: list[dict] = []
    for name, column in taken.features.items():
        if name not in taken.undated:
            found += _of_a_fact(str(name), column, taken, seed)
    for name, column in taken.undated.items():
        found += _of_an_undated(str(name), column, taken, seed)
    found += _by_time(taken, lagged)
    found += _not_checked(taken, lagged)
    frame = pd.DataFrame(found, columns=["column", "verdict", "reason", "estimate", "n"])
    order = {"leak": 0, "suspect": 1, "clear": 2, "cannot check": 3}
    frame = frame.sort_values("verdict", key=lambda v: v.map(order), kind="stable")
    return Result(
        name="leakage audit",
        frame=frame.reset_index(drop=True),
        headline=_headline(frame, taken),
        method=_RULES,
        base=taken.base(),
        unit="of 1",
    )


def red(found: Result, taken: Snapshot) -> tuple[str, ...]:
    """Name the features that an audit found to know of the leaving, in its order."""
    leaks = found.frame.loc[found.frame["verdict"] == "leak", "column"]
    return tuple(dict.fromkeys(name for name in leaks if name in taken.features))


def alarms(found: Result) -> Result:
    """Keep what an audit found, and what it could not check; columns found clear are counted."""
    clear = found.frame["verdict"] == "clear"
    note = f"{count(int(clear.sum()), 'column')} examined and found clear."
    return replace(found, frame=found.frame[~clear], notes=(note, *found.notes))


# ---------------------------------------------------------------- one column


def _of_a_fact(name: str, column: pd.Series, taken: Snapshot, seed: int) -> list[dict]:
    """Examine a feature against the outcome it is meant to foretell."""
    rows = _late(name, column, taken)
    if taken.label.isna().all():
        return rows
    y = taken.label.to_numpy(dtype=int)
    area = single_auc(column, y, seed=seed)
    row = {"column": name, "estimate": area, "n": len(y)}
    # columns of words are those of the customer list, whose cells carry no date
    dated = taken.definition.kind != FLAG and pd.api.types.is_numeric_dtype(column)
    why, leak = _only_leavers(column, y, dated=dated), True
    if not why and area > TOO_GOOD:
        why = f"alone it tells leavers from stayers with AUC {number(area, 3)}; facts seldom do"
        leak = not dated or area > SAME
    if not why:
        why, leak = _constant_within(column, y), False
    if why:
        rows.append({**row, "verdict": "leak" if leak else "suspect", "reason": why})
    elif not rows:
        rows.append({**row, "verdict": "clear", "reason": "nothing found"})
    return rows


def _of_an_undated(name: str, column: pd.Series, taken: Snapshot, seed: int) -> list[dict]:
    """Examine a column without a date against having left at all, once per customer."""
    used = name in taken.features
    first = ~taken.customer.duplicated(keep="last")
    values = column[first.to_numpy()].reset_index(drop=True)
    ever = taken.ever[first].reset_index(drop=True) if taken.ever is not None else None
    if ever is None or ever.isna().any() or ever.nunique() < 2:
        why = "it carries no date, and nobody on the list has left to compare with"
        return [{"column": name, "verdict": "cannot check", "reason": why}]
    y = ever.to_numpy(dtype=int)
    area = single_auc(values, y, seed=seed)
    row = {"column": name, "estimate": area, "n": len(y)}
    why = _only_leavers(values, y, dated=False)
    if not why and area > TOO_GOOD:
        why = f"alone it tells who has left with AUC {number(area, 3)}"
    if why:
        state = "it is used as a feature" if used else "it is left out of the features"
        return [{**row, "verdict": "leak", "reason": f"{why}; without a date; {state}"}]
    why = _constant_within(values, y)
    why = f"{why}; without a date" if why else _UNDATED
    return [{**row, "verdict": "suspect" if used else "clear", "reason": why}]


def _late(name: str, column: pd.Series, taken: Snapshot) -> list[dict]:
    """Find moments after the day."""
    if not pd.api.types.is_datetime64_any_dtype(column) or taken.day.isna().all():
        return []
    zone = clock.zone_of(taken.day)
    moments, days = clock.local_times(column, zone), clock.local_times(taken.day, zone)
    after = int((moments.to_numpy() > days.to_numpy()).sum())
    if not after:
        return []
    why = f"{count(after, 'row')} hold a moment after the day"
    return [{"column": name, "verdict": "leak", "reason": why, "n": len(column)}]


def _only_leavers(column: pd.Series, y: np.ndarray, *, dated: bool) -> str:
    """Name a value that stands almost only with leavers, and with many of them.

    Of a column without a date it is enough that many leavers have a value that hardly any
    stayer has; a dated fact may be that telling for good reason, such as a call to cancel.
    """
    overall = y.mean()
    if overall > 0.8:
        return ""
    values = column
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > 12:
        usual = column[y == 1].value_counts(normalize=True)
        often = usual.index[usual >= MANY]
        # of a number its being there at all can belong to leavers alone, and a value that many
        # of them share: an account that is emptied when they go
        if not dated and len(often):
            values = column.astype("object").where(column.isin(often) | column.isna(), "another")
        elif not column.isna().any():
            return ""
        else:
            values = column.notna().map({True: "any value", False: "no value"})
    place, named = _by_value(values)
    sizes, left = (np.bincount(place, each, len(named)).astype(int) for each in (None, y))
    table = pd.DataFrame({"value": map(_as_written, named), "sum": left, "size": sizes})
    table = table[sizes > 0].groupby("value").sum()
    of_leavers = table["sum"] / y.sum()
    of_stayers = (table["size"] - table["sum"]) / (1 - y).sum()
    only = (table["sum"] / table["size"] >= ALMOST_ALL) & (of_leavers >= SOME)
    few = (of_stayers <= HARDLY) | (of_stayers * TIMES <= of_leavers)
    hardly = few & (of_leavers >= MANY) & (not dated)
    table = table[(only | hardly) & (table["size"] >= FEWEST)]
    if table.empty:
        return ""
    value, row = table["sum"].idxmax(), table.loc[table["sum"].idxmax()]
    if only[value]:
        return (
            f"'{value}' stands almost only with leavers ({count(int(row['sum']))} of "
            f"{count(int(row['size']), 'row')}, where {percent(overall)} leave overall)"
        )
    return (
        f"'{value}' stands with {percent(of_leavers[value])} of leavers and "
        f"{percent(of_stayers[value], 1)} of stayers"
    )


def _by_value(column: pd.Series) -> tuple[np.ndarray, list]:
    """Give the place of each row's value in a list of values, of which the last is no value."""
    place, values = pd.factorize(column)
    return np.where(place < 0, len(values), place), [*values, "no value"]


def _as_written(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def _constant_within(column: pd.Series, y: np.ndarray) -> str:
    """Find a column that never varies in one class, and much in the other."""
    place, named = _by_value(column)
    for outcome, name in ((1, "leavers"), (0, "stayers")):
        inside, outside = (
            np.bincount(place[side], minlength=len(named)) for side in (y == outcome, y != outcome)
        )
        if inside.sum() < FEWEST:
            continue
        usual = int(inside.argmax())
        share, elsewhere = inside[usual] / inside.sum(), outside[usual] / max(outside.sum(), 1)
        if share >= 0.995 and elsewhere <= 0.8:
            return (
                f"all but {percent(1 - share, 1)} of {name} have the value "
                f"'{named[usual]}', others only {percent(elsewhere)}"
            )
    return ""


# ---------------------------------------------------------------- time


def _by_time(taken: Snapshot, lagged: Snapshot | None) -> list[dict]:
    """Foretell the same outcomes from older facts; that must not go better."""
    if lagged is None or taken.label.isna().all():
        return []
    now, then = _same_customers(taken, lagged)
    if now.label.nunique() < 2 or min(now.label.sum(), (now.label == 0).sum()) < FEWEST_LEAVERS:
        why = f"it takes {FEWEST_LEAVERS} leavers and as many stayers seen on both days"
        return [{"column": "all features, lagged", "verdict": "cannot check", "reason": why}]
    model = plain(now)
    y = now.label.to_numpy(dtype=int)
    gap = auc_difference(
        y, cross_scores(model, then), cross_scores(model, now), customer=now.customer, level=0.99
    )
    row = {"column": "all features, lagged", "estimate": gap["estimate"], "n": len(now)}
    low, high = number(gap["conf_low"], 3, signed=True), number(gap["conf_high"], 3, signed=True)
    change = f"AUC moves by {number(gap['estimate'], 3, signed=True)} ({low} to {high})"
    if gap["conf_low"] > 0:
        why = f"older facts foretell better: {change}; something in them was written later"
        return [{**row, "verdict": "suspect", "reason": why}]
    return [{**row, "verdict": "clear", "reason": f"from older facts {change}"}]


def _same_customers(taken: Snapshot, lagged: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Match rows by customer; the older facts are given the outcome of the newer day."""
    last = taken.rows((taken.day == taken.day.max()).to_numpy())
    place = pd.Series(np.arange(len(lagged)), index=lagged.customer)
    place = place[~place.index.duplicated(keep="last")].reindex(last.customer)
    both = place.notna().to_numpy()
    now = last.rows(both)
    older = lagged.features.iloc[place[both].astype(int)].reset_index(drop=True)
    older = older.reindex(columns=now.features.columns)
    return now, replace(now, features=older)


def _not_checked(taken: Snapshot, lagged: Snapshot | None) -> list[dict]:
    """Say what this table cannot be asked."""
    cannot = []
    if taken.definition.kind == FLAG:
        cannot += [
            ("facts after the day", "the table has no dates, so no fact can be placed in time"),
            ("score when lagged", "the table shows one moment only"),
            ("customers gone before", "who left long ago may be missing from the table"),
        ]
    elif lagged is None:
        cannot.append(("score when lagged", "no earlier snapshot was given (lagged=)"))
    if taken.definition.kind != CONTRACT and taken.label.isna().all():
        cannot.append(("columns against the outcome", "no outcome is known for these rows"))
    return [{"column": c, "verdict": "cannot check", "reason": why} for c, why in cannot]


def _headline(frame: pd.DataFrame, taken: Snapshot) -> str:
    leaks = frame.loc[frame["verdict"] == "leak", "column"]
    suspects = frame.loc[frame["verdict"] == "suspect", "column"]
    used = [name for name in leaks if name in taken.features]
    blind = (
        " What cannot be checked is listed." if (frame["verdict"] == "cannot check").any() else ""
    )
    if used:
        return f"Red: {named(used)} {know(used)} of the leaving and must not be used.{blind}"
    if len(suspects):
        return f"Amber: {named(suspects)} should be looked at by a person.{blind}"
    if len(leaks):
        return (
            f"Green: what the model uses does not know of the leaving; {named(leaks)} "
            f"{'does, and is' if len(leaks) == 1 else 'do, and are'} left out.{blind}"
        )
    return f"Green: no column was found to know of the leaving.{blind}"
