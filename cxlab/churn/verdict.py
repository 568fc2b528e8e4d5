"""What a page about leaving answers: how many leave, and whether they can be picked out in time."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlab import cleaning, stats
from cxlab.churn.case import Asked, Case
from cxlab.churn.definition import FLAG, SILENCE, ChurnError
from cxlab.churn.evaluation import evaluate
from cxlab.churn.targets import profit, save, targets
from cxlab.churn.workings.asking import question
from cxlab.churn.workings.judging import FEW_LEFT, SUSPICIOUS, TOP_TENTH, few_left, know, named
from cxlab.churn.workings.learning import kind_of, taught, untrained
from cxlab.results import (
    Note,
    Result,
    amount,
    count,
    money,
    money_in,
    percent,
    sentence,
    span,
)

PICKED, NOT_YET = "picked out", "not yet"
CANNOT = "We cannot yet pick out who will leave"


def verdict(case: Asked, judged: Result, pays: Result) -> Result:
    """Say whether those about to leave can be picked out well enough to call them.

    Where the tenth holds fewer people than may be told of, the ranking of all is told instead.
    They can where the ranking is detectably better than chance, the tenth ranked highest leaves
    detectably more often than all, and some number of calls detectably pays.

    Returns:
        A `Result` with the one row the verdict rests on: `term` (lift or AUC), `estimate`,
        `conf_low`, `conf_high`, `n`, `verdict` (picked out, not yet, suspicious).
    """
    rows = judged.frame.set_index("term", drop=False)
    left = case.judge.judged().label.to_numpy()
    if left.sum() < FEW_LEFT:
        return _unmeasured(case, judged, rows.loc[["AUC"]], left)
    area, top = rows.loc["AUC"], rows.loc[TOP_TENTH].copy()
    few, top["n"] = top["n"] < case.smallest, area["n"]
    calls = bool((pays.frame["conf_low"] > 0).any())
    chance = bool(area["conf_low"] <= 0.5)
    row = area if chance or few or area["estimate"] >= SUSPICIOUS else top
    able = not chance and top["conf_low"] > 1 and calls
    word = PICKED if able else NOT_YET
    suspicious = area["estimate"] >= SUSPICIOUS or bool(case.kept)
    if able and suspicious:
        word, row = "suspicious", area
    unit = "share" if row["term"] == "AUC" else "ratio"
    frame = pd.DataFrame([row]).assign(verdict=word).dropna(axis="columns", how="all")
    return replace(
        judged,
        name="leaver ranked above stayer"
        if unit == "share"
        else "leaving in the top tenth against all",
        frame=frame.reset_index(drop=True),
        headline=sentence(_said(case, row, word, unit)),
        unit=unit,
        notes=(*_became(case), *judged.notes),
    )


def _unmeasured(case: Asked, judged: Result, row: pd.DataFrame, left: np.ndarray) -> Result:
    cannot = f"{_without(case)}nobody can be picked out yet" if case.left_out else CANNOT
    row = row.assign(estimate=np.nan, conf_low=np.nan, conf_high=np.nan, verdict=NOT_YET)
    return replace(
        judged,
        name="leaver ranked above stayer",
        frame=row.reset_index(drop=True),
        headline=sentence(f"{cannot}: {few_left(left)}"),
        unit="share",
        notes=(*_became(case), *judged.notes),
    )


def _said(case: Asked, row: pd.Series, word: str, unit: str) -> str:
    """Write the verdict, with the number that decides; what had to leave the model comes first."""
    found = f"{amount(row['estimate'], unit)}"
    ends = f"({span(row['conf_low'], row['conf_high'], unit)})"
    ranked = f"leavers rank above stayers {found} of the time {ends}"
    of_all = row["term"] == "AUC"
    top = ranked if of_all else f"the top tenth left {found} times as often as all {ends}"
    chance = bool(row["conf_low"] <= (0.5 if of_all else 1))
    if word == "suspicious":
        why = f"{_few(case.kept)} used" if case.kept else "too good to be believed"
        return f"{_without(case)}{why}: {ranked}; find the fact that was written later."
    if word == NOT_YET and case.left_out:
        other = "too few rank highest to judge by" if of_all else "no calls detectably pay"
        return f"{_without(case)}{'nobody can be picked out yet' if chance else other}: {top}."
    if word == NOT_YET and chance:
        return f"{CANNOT}: {top}, {'no better than chance' if of_all else 'about the average'}."
    if word == NOT_YET and of_all:
        return f"{CANNOT}: {top}, but its top tenth is too few customers to judge by."
    if word == NOT_YET:
        return f"{CANNOT}: no calls detectably pay, though {top}."
    if case.left_out:
        return f"{_without(case)}{top}."
    if not case.dated:  # one table of one moment: nothing was foretold
        return f"those who left can be told from those who stayed: {top}."
    return f"those likeliest to leave can be picked out: {top}."


def _without(case: Asked) -> str:
    """Begin a sentence with the columns that know of the leaving and left the model."""
    out = case.left_out
    return f"without {_few(out)}, which {know(out)} of the leaving, " if out else ""


def _few(names: tuple[str, ...]) -> str:
    return named(names) if len(names) < 3 else count(len(names), "column")


def _became(case: Asked) -> tuple[str, ...]:
    out, kept = case.left_out, case.kept
    notes = []
    if out:
        notes.append(
            f"{named(out)} {know(out)} of the leaving and left the model; name such a column in "
            "'keep' to use it all the same."
        )
    if kept:
        notes.append(f"{named(kept)} {know(kept)} of the leaving and stayed by the word 'keep'.")
    return tuple(notes)


def beside(found: Result, judged: Result) -> Result:
    """Give the number of a judgement that its verdict does not state."""
    said = str(found.frame["term"].iloc[0])
    if found.frame["estimate"].isna().all():
        return found
    return _number(judged, TOP_TENTH if said == "AUC" else "AUC")


@question
def leaving(asked: Asked, *, level: float = 0.95) -> Result:
    """Say how many of all customers leave, and in which stretch of time.

    Counted is everyone who was there on the day judged, also those whom no model is asked about:
    who left within the gap, or who buys too seldom to fall silent within the horizon. Of a table
    without dates, counted is everyone in it.

    Args:
        asked: the customers of the question; nothing has to be learned of them.
        level: of the interval (Wilson 1927).

    Returns:
        A `Result` with one row: `estimate` (share of everyone), `conf_low`, `conf_high`,
        `events`, `n`; the base tells the share of those judged beside it.
    """
    gone = (asked.judge if asked.dated else asked.all).gone
    if gone is None:
        raise ChurnError("the table does not say who left.")
    gone = gone.dropna()
    n, left = len(gone), int(gone.sum())
    low, high = stats.proportion_interval(np.array([left]), np.array([n]), level=level)
    row = {"term": "leaving", "estimate": left / n, "conf_low": low[0], "conf_high": high[0]}
    judged = asked.judge.judged().label
    who, when = asked.left
    found = f"{percent(left / n, 1)} of the customers"
    headline = f"{found} {who} ({span(low[0], high[0], 'share')}){when}."
    told = int((asked.judge.label.notna() | (asked.judge.gone == 1)).sum()) if asked.dated else n
    kind = asked.definition.kind
    if kind == SILENCE and told < n / 2:  # of the others silence tells nothing
        row |= dict.fromkeys(("estimate", "conf_low", "conf_high"), np.nan)
        headline = (
            f"Who fell silent can be told of {count(told)} of {count(n, 'customer')} only: the "
            "others buy too seldom."
        )
    return Result(
        name="customers marked as having left" if kind == FLAG else "customers leaving",
        frame=pd.DataFrame([{**row, "events": left, "n": n}]),
        headline=headline,
        method=f"Share with Wilson's interval, level {level:g}. {asked.definition.sentence()}",
        base=(
            f"{count(n, 'customer')}, of whom {count(left)} left; a model can be judged on "
            f"{count(len(judged))} of them, of whom {percent(judged.mean(), 1)} left."
        ),
        unit="share",
    )


@question
def with_and_without(case: Case, judged: Result, *, level: float = 0.95) -> Result:
    """Show the score with and without the columns that know of the leaving.

    Args:
        judged: what `evaluate` said of its model.

    Returns:
        A `Result` with `term` (without, with), `estimate` (AUC), `conf_low`, `conf_high`, `n`.

    Raises:
        ChurnError: no column had to leave the model.
    """
    if not case.left_out:
        raise ChurnError("no column had to leave the model, so there is one score alone.")
    learn, judge = case.suspect
    taken = learn.judged()
    model = taught(taken, untrained(taken, kind_of(case.model)))
    leaky = evaluate(model, judge, level=level)
    columns = ["estimate", "conf_low", "conf_high", "n"]
    rows = [each.frame.set_index("term").loc["AUC", columns] for each in (judged, leaky)]
    frame = pd.DataFrame(rows).reset_index(drop=True)
    frame.insert(0, "term", ["without", "with"])
    frame["verdict"] = [None, "suspicious"]
    shown = [percent(row["estimate"], 1) for row in rows]
    out, them = _few(case.left_out), "it" if len(case.left_out) == 1 else "them"
    return Result(
        name="with and without the leak",
        frame=frame,
        headline=(
            f"Without {out} a leaver is ranked above a stayer {shown[0]} of the time, with "
            f"{them} {shown[1]}, which is of no use on the day."
        ),
        method=judged.method,
        base=judged.base,
        notes=_became(case),
        unit="share",
    )


@question
def calls(
    case: Case,
    *,
    cost: float = 0.0,
    saved: float = 0.3,
    limit: int | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Result:
    """Work out what calling down the ranking of a case brings, as `profit` does.

    Args:
        cost: of a call; the case's own assumption if 0.
    """
    found = profit(
        case.model, case.judge, value=case.worth, cost=cost or case.cost, saved=saved,
        limit=limit, level=level, seed=seed,
    )  # fmt: skip
    if found.unit != "money" or not case.currency:
        return found
    most = found.frame["estimate"].max()
    return replace(
        found,
        headline=found.headline.replace(money(most), money(most, case.currency), 1),
        method=found.method.replace(" minus ", f" minus {case.currency} ", 1),
        base=money_in(found.base, case.currency),
    )


@question
def whom(
    case: Case,
    found: Result,
    *,
    key: bytes,
    contacts: int = 100,
    saved: float = 0.3,
    by_lot: bool = False,
    real_ids: bool = False,
    seed: int = 0,
) -> Result:
    """List whom to call today, where the verdict is that they can be picked out.

    Args:
        found: the verdict.
        by_lot: draw customers by lot, for an experiment, where no list can be offered.
        real_ids: show ids as they are.

    Returns:
        What `targets` gives; or customers drawn by lot, half of them to be left alone.

    Raises:
        ChurnError: they cannot be picked out, so no list is offered.
    """
    secret = None if real_ids else key
    if found.frame["verdict"].iloc[0] != NOT_YET:
        listed = targets(
            case,
            case.today,
            key=secret,
            value=case.worth,
            contacts=contacts,
            saved=saved,
            seed=seed,
        )
        if not case.currency or not isinstance(case.worth, str):
            return listed
        kept, *rest = listed.notes
        kept = kept.replace(" keeps ", f" keeps {case.currency} ", 1)
        return replace(listed, notes=(kept, *rest))
    if by_lot:
        return _lot(case, secret, contacts, seed)
    raise ChurnError(
        f"no list is offered. {found.headline} To learn whether calls keep anybody, set 'by_lot' "
        "and call customers drawn by lot."
    )


def _lot(case: Case, key: bytes | None, contacts: int, seed: int) -> Result:
    """Draw as many to be left alone as are called; ids in order, so that rows decide nothing."""
    ids = np.sort(case.today.customer.astype(str).unique())
    drawn = np.random.default_rng(seed).permutation(ids)[: 2 * contacts]
    shown = pd.Series(drawn) if key is None else cleaning.pseudonyms(pd.Series(drawn), key=key)
    called = (len(drawn) + 1) // 2
    role = np.where(np.arange(len(drawn)) < called, "call", "hold out")
    return Result(
        name="drawn by lot",
        frame=pd.DataFrame({"customer": shown, "role": role}),
        headline=(
            f"{count(called, 'customer')} to call and {count(len(drawn) - called)} to leave alone, "
            "drawn by lot for an experiment; nobody is likelier to leave than another."
        ),
        method=f"Drawn at random with seed {seed}, whatever the risk.",
        base=f"{count(len(ids), 'customer')} who could leave.",
        notes=("The difference between the two groups after the horizon is what calls keep.",),
    )


def written(listed: Result, list_file: str) -> Note:
    """Write a list where a file is named, and say so."""
    if not list_file:
        return Note("The list was not written; name a file in the parameters to have it.")
    return Note(f"Written to {save(listed, list_file).name}.")


def _number(judged: Result, term: str) -> Result:
    """Give one number of a judgement with a sentence of its own."""
    row = judged.frame[judged.frame["term"] == term].dropna(axis="columns", how="all")
    unit = "share" if term == "AUC" else "ratio"
    one = row.iloc[0]
    ends = span(one["conf_low"], one["conf_high"], unit)
    found = amount(one["estimate"], unit)
    name, said = {
        "AUC": ("leaver ranked above stayer", judged.headline),
        TOP_TENTH: (
            "leaving in the top tenth against all",
            f"The tenth ranked highest left {found} times as often as all ({ends}).",
        ),
    }[term]
    frame = row.reset_index(drop=True)
    return replace(judged, name=name, frame=frame, headline=said, unit=unit, notes=())
