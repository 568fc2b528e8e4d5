"""Whom to call, how many, and how the effect will be known afterwards."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from cxlab import cleaning, stats
from cxlab.churn.case import Case
from cxlab.churn.definition import ChurnError
from cxlab.churn.reasons import reasons
from cxlab.churn.snapshots import Snapshot
from cxlab.churn.workings.asking import question
from cxlab.churn.workings.judging import judgement, too_good
from cxlab.churn.workings.learning import aligned
from cxlab.results import Misuse, Result, amount, count, number, percent, span

N_BOOT = 500
_NEARLY_ALL = 0.9  # share called at best from which on whom to call first hardly matters
_PRICED = {
    "spend": "A customer counts at the recent spend.",
    "monthly_fee": "A customer counts at one monthly fee; who stays for longer is worth more.",
}
_UNPRICED = (
    "No column tells what a customer is worth: each counts alike, and a call costs what is said "
    "as a part of that."
)
#: Cells that begin like this are formulas to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@question
def profit(
    model,
    snapshot: Snapshot,
    *,
    value: float | str,
    cost: float,
    saved: float = 0.3,
    limit: int | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Result:
    """Work out how many customers of a ranking it pays to call.

    Args:
        model: what `fit` returned, or one score a row.
        cost: of one call and its offer.
        saved: share of those called and leaving who stay. It is an assumption until a
            hold-out group has measured it.

    Returns:
        A `Result` with `n` (calls, down the ranking), `share` (of all customers), `estimate`
        (profit), `conf_low`, `conf_high`, `verdict` (assumed, as the share kept is; or
        suspicious, as a ranking too good to be believed is). The headline
        tells an amount only where it is detectably more than as many calls drawn by lot bring.

    Raises:
        Misuse: a cost below 0, a share kept that is none, or no calls.
    """
    _check_money(cost, saved)
    if limit is not None and limit < 1:
        raise Misuse(f"{limit} calls are none: the most calls possible are 1 or more.")
    taken, p = judgement(model, snapshot)
    worth = _worth(taken, value)
    gain = saved * taken.label.to_numpy(dtype=float) * worth - cost
    order = np.argsort(-p * worth, kind="stable")
    calls = np.unique(np.linspace(0, min(limit or len(p), len(p)), 101).astype(int))
    curve = _curve(gain[order], calls)
    curves, means = [], []
    who = taken.customer.to_numpy()[order]
    for times in stats.counts(len(p), n_boot=N_BOOT, seed=seed, cluster=who):
        curves += [_resampled_curve(gain[order], row, calls) for row in times]
        means.append(times @ gain[order] / times.sum(axis=1))
    drawn, a_call = np.array(curves), np.concatenate(means)
    low, high = stats.percentile(drawn, level)
    frame = pd.DataFrame({"n": calls, "share": calls / len(p), "estimate": curve})
    frame["conf_low"], frame["conf_high"] = low, high
    frame["verdict"] = "suspicious" if too_good(taken.label.to_numpy(dtype=int), p) else "assumed"
    best = stats.percentile(calls[drawn.argmax(axis=1)], level)
    top = int(curve.argmax())
    over_lot = stats.percentile(drawn[:, top] - calls[top] * a_call, level)[0]
    counted = _PRICED.get(value, "") if isinstance(value, str) else _UNPRICED
    return Result(
        name="profit curve",
        frame=frame,
        headline=_best(frame, value, float(over_lot)),
        method=(
            f"Value kept ({percent(saved)} of those called who would leave) minus "
            f"{number(cost, 2)} a call, down the ranking by risk times value; bootstrap of "
            f"customers, level {level:g}."
        ),
        base=taken.base(),
        notes=(
            *_most(frame, best),
            *((counted,) if counted else ()),
            f"That {percent(saved)} of leavers who are called can be kept is an assumption; the "
            "hold-out group of the list measures it.",
            "The best number of calls is found on the same customers it is judged on, and so "
            "flatters a little.",
        ),
        unit="money" if isinstance(value, str) else "",
    )


@question
def targets(
    model,
    snapshot: Snapshot,
    *,
    key: bytes | None,
    value: float | str = 1.0,
    contacts: int = 100,
    hold_out: float = 0.1,
    saved: float = 0.3,
    seed: int = 0,
) -> Result:
    """Rank customers by the value that calling them is expected to keep.

    A random part of those at the top is marked "hold out" and must not be called: only the
    difference between the two groups tells later whether calling worked.

    Args:
        model: what `fit` returned; or a case, whose line sets the risks of its latest model right.
        snapshot: today's customers; no outcome is needed.
        hold_out: share of the list that is not called.
        seed: for the draw of the hold-out group.

    Returns:
        A `Result` with `rank`, `customer`, `role` (call, hold out), `expected` (risk of leaving),
        `value`, `estimate` (value kept, as foretold), `reason`, `verdict` (stable, unstable).
        Who is no likelier to leave than was usual on the last day learned from is not listed.

    Raises:
        ChurnError: nobody is likelier to leave than usual.
        Misuse: the options make no list.
    """
    _check_list(contacts, hold_out, saved)
    last = snapshot.rows((snapshot.day == snapshot.day.max()).to_numpy())
    today = last if len(last) else snapshot
    model, line = (model.latest, model.line) if isinstance(model, Case) else (model, None)
    risk = model.predict_proba(aligned(model, today.features))[:, 1]
    risk = risk if line is None else line(risk)
    worth = _worth(today, value)
    keeps, usual = saved * risk * worth, _usual(model)
    likelier = int((risk > usual).sum())
    if not likelier:
        raise ChurnError(
            f"targets: nobody of today is likelier to leave than the usual {percent(usual, 1)}."
        )
    listed = min(likelier, int(np.ceil(contacts / (1 - hold_out))))
    # ties are broken by id, so that the order of rows decides nothing
    order = np.lexsort((today.customer.astype(str).to_numpy(), -keeps, risk <= usual))[:listed]
    chosen = today.rows(order)
    ids = chosen.customer
    why = reasons(model, chosen, top=1).frame
    frame = pd.DataFrame(
        {
            "rank": np.arange(1, listed + 1),
            "customer": ids if key is None else cleaning.pseudonyms(ids, key=key),
            "role": _drawn(listed, max(listed - contacts, round(listed * hold_out)), seed),
            "expected": risk[order],
            "value": worth[order],
            "estimate": keeps[order],
            "reason": why["reason"].to_numpy(),
            "verdict": why["verdict"].to_numpy(),
        }
    )
    kept = frame.loc[frame["role"] == "call", "estimate"].sum()
    left_alone = int((frame["role"] == "hold out").sum())
    return Result(
        name="targets",
        frame=frame,
        headline=(
            f"{count(listed - left_alone, 'customer')} to call, each likelier to leave than usual; "
            f"{count(left_alone)} more, drawn at random, are left alone to measure what calls keep."
        ),
        method=(
            f"Ranked by risk{'' if line is None else ', recalibrated,'} × value × share kept; the "
            "reason is the largest contribution to the risk. Hold-out drawn at random with seed "
            f"{seed}."
        ),
        base=(
            f"{count(len(today), 'customer')} of today, of whom {count(likelier)} are likelier to "
            f"leave than the usual {percent(usual, 1)}."
        ),
        notes=(
            f"If calls keep {percent(saved)} of leavers, which is assumed, calling those listed "
            f"keeps {_amount(kept, value)}.",
            "A high risk is not persuadability: who would leave anyway, or stay anyway, gains "
            "nothing from a call. Compare both groups after the horizon.",
        ),
    )


def save(listed: Result, path: str | Path) -> Path:
    """Write a list as CSV or XLSX; text that looks like a formula stays text.

    Args:
        listed: what `targets` returned.
        path: ends in `.csv` or `.xlsx`.

    Returns:
        The path written.
    """
    path = Path(path)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(listed.frame.columns)
            lines.writerows([_inert(cell) for cell in row] for row in listed.frame.to_numpy(object))
        return path
    if path.suffix != ".xlsx":
        raise ChurnError(f"'{path.name}': a list is written as .csv or .xlsx.")
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "targets"
    rows = [list(listed.frame.columns), *listed.frame.to_numpy(object).tolist()]
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(line, place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(_FORMULA)
    book.save(path)
    return path


# ---------------------------------------------------------------- helpers


def _curve(gain: np.ndarray, calls: np.ndarray) -> np.ndarray:
    return np.append(0.0, np.cumsum(gain))[calls]


def _resampled_curve(gain: np.ndarray, times: np.ndarray, calls: np.ndarray) -> np.ndarray:
    """Give the curve of one resample: walk down the ranking until so many have been called."""
    drawn = np.repeat(gain, times)
    return _curve(drawn, np.minimum(calls, len(drawn)))


def _best(frame: pd.DataFrame, value: float | str, over_lot: float) -> str:
    top = frame.loc[frame["estimate"].idxmax()]
    if not _pays(top):
        return "At this value and cost no number of calls detectably pays."
    unit = "money" if isinstance(value, str) else ""
    whom = "" if unit else " customers' worth"
    if top["share"] >= _NEARLY_ALL:
        return (
            "If calls keep as many as is assumed, it pays to call nearly everyone: so many leave "
            "that the ranking saves little."
        )
    if over_lot <= 0:
        return (
            "If calls keep as many as is assumed, those down the ranking bring detectably no more "
            "than as many drawn by lot."
        )
    found, ends = amount(top["estimate"], unit), span(top["conf_low"], top["conf_high"], unit)
    bring = "they bring at most"
    if top["n"] == frame["n"].max():  # more calls than were looked at may bring more
        bring = "the most calls possible bring"
    return f"If calls keep as many as is assumed, {bring} {found}{whom} ({ends})."


def _most(frame: pd.DataFrame, best) -> tuple[str, ...]:
    """Say at how many calls the most is brought."""
    top = frame.loc[frame["estimate"].idxmax()]
    if not _pays(top):
        return ()
    ends = f"the best number lies between {count(best[0])} and {count(best[1])}"
    if top["n"] == frame["n"].max():
        return (
            f"The most is reached at {count(top['n'], 'call')}, more than which were not looked "
            f"at; up to there {ends}.",
        )
    return (f"The most is reached at {count(top['n'], 'call')}; {ends}.",)


def _pays(top: pd.Series) -> bool:
    return bool(top["n"] > 0 and top["conf_low"] > 0)


def _amount(kept: float, value: float | str) -> str:
    if isinstance(value, str):
        return f"{number(kept, 2)} of value"
    return count(round(kept / value) if value else 0, "customer")


def _worth(taken: Snapshot, value: float | str) -> np.ndarray:
    if not isinstance(value, str):
        return np.full(len(taken), float(value))
    for source in (taken.features, taken.undated):
        if value in source:
            worth = pd.to_numeric(source[value], errors="coerce").fillna(0.0)
            return worth.clip(lower=0).to_numpy(dtype=float)
    raise ChurnError(f"value: '{value}' is neither a number nor a column of the snapshot.")


def _usual(model) -> float:
    """Give the share that left among the customers of the last day a model learned from."""
    learned = model.lesson_.snapshot
    day = learned.day.max()
    here = learned.label if pd.isna(day) else learned.label[(learned.day == day).to_numpy()]
    return float(here.mean())


def _drawn(listed: int, out: int, seed: int) -> np.ndarray:
    place = np.random.default_rng(seed).permutation(listed)
    return np.where(place < out, "hold out", "call")


def _check_money(cost: float, saved: float) -> None:
    if cost < 0 or not 0 < saved <= 1:
        raise Misuse(
            f"a call cannot cost {cost:g} and keep {saved:g} of the leavers: a cost is 0 or more, "
            "a share kept lies above 0 and up to 1."
        )


def _check_list(contacts: int, hold_out: float, saved: float) -> None:
    if contacts < 1 or not 0 <= hold_out < 1 or not 0 < saved <= 1:
        raise Misuse(
            f"targets: {contacts} contacts, hold_out {hold_out:g} and saved {saved:g} do not make "
            "a list; contacts is 1 or more, hold_out from 0 up to 1, saved above 0."
        )


def _inert(cell):
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell
