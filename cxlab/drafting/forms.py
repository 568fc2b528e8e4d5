"""In which form values are written: days, decimals, and prices of a piece."""

import re

import pandas as pd

from cxlab.cleaning import CleaningError
from cxlab.cleaning.convert import to_currency, to_number
from cxlab.cleaning.dates import to_time
from cxlab.drafting.guesses import Guess
from cxlab.drafting.profiles import MONTH, NO_CENTS, Profile

_MANY = 10  # rows of several pieces


def written(made: Guess) -> None:
    """Write down the form of dates that do not tell day from month."""
    for ours, column in made.columns.items():
        if column.by_month:
            made.formats[ours] = MONTH
            made.doubt(
                f"'{column.name}' ('{column.example}') holds months and no days: the first day of "
                "each is taken, so that lengths of time may be a month off, to either side.",
                0.2,
                "formats",
                ours,
            )
        if column.kind != "unclear time":
            continue
        example = next(
            (word for word in sorted(column.counts.index) if _swaps(word)), column.example
        )
        mark = next((letter for letter in example if letter in "/.-"), "/")
        year = "%Y" if re.search(r"\d{4}", example) else "%y"
        clock = re.search(r"[ T]\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?", example)
        time = ""
        if clock:
            hour = "%I" if clock[2] else "%H"
            time = f" {hour}:%M{':%S' if clock[1] else ''}{' %p' if clock[2] else ''}"
        us = bool(clock and clock[2])
        day, month = ("%m", "%d") if us else ("%d", "%m")
        form, other = (f"{a}{mark}{b}{mark}{year}{time}" for a, b in ((day, month), (month, day)))
        made.formats[ours] = form
        made.doubt(
            f"'{example}' in '{ours}' does not tell day from month"
            f"{'' if year == '%Y' else ' and year'}; {'month' if us else 'day'} first is written "
            f'down. Change it to "{other}" if the other comes first: most of {column.n:,} dates '
            f"would be other days{_last_by(column, form, other)}.",
            0.6,
            "formats",
            ours,
        )


def _last_by(column: Profile, form: str, other: str) -> str:
    """Say which day would be the last in either reading of a column of dates."""
    seen = column.counts.index.to_series()
    try:
        last = [to_time(seen, timezone="UTC", format=each).values.max() for each in (form, other)]
    except CleaningError:
        return ""
    if any(pd.isna(day) for day in last):
        return ""
    return f", the last {last[1]:%Y-%m-%d} instead of {last[0]:%Y-%m-%d}"


def _swaps(word: str) -> bool:
    found = re.match(r"(\d{1,2})\D(\d{1,2})\D", word)
    return found is not None and found[1].lstrip("0") != found[2].lstrip("0")


def decimals(made: Guess) -> None:
    """Settle a mark that may part thousands or tenths, by the other columns where they tell."""
    unclear = [(ours, c) for ours, c in made.columns.items() if c.kind == "unclear number"]
    for ours, column in unclear:
        values = column.counts.index.to_series()
        readings = {}
        for mark in (".", ","):
            try:
                read = to_number(values, decimal=mark).values
            except CleaningError:
                continue
            readings[mark] = float((read * column.counts.to_numpy()).sum())
        if not readings:
            continue
        codes = set(to_currency(values).values.fillna("")) - {""}
        if codes and codes <= NO_CENTS:  # yen have no hundredths: a mark parts thousands
            made.said["decimal"] = max(readings, key=lambda m: readings[m])
            continue
        proven = {_proven(c) for c in made.found if c.kind == "number"} - {""}
        mark = proven.pop() if len(proven) == 1 else max(readings, key=lambda m: readings[m])
        other = readings.get("," if mark == "." else ".", 0.0)
        made.said["decimal"] = mark
        made.doubt(
            f"'{column.example}' in '{column.name}' may have a decimal mark or one of thousands; "
            f"'{mark}' is taken for the decimal mark: '{ours}' adds up to {readings[mark]:,.2f}, "
            f"otherwise to {other:,.2f}.",
            0.9,
            "decimal",
        )


def _proven(column: Profile) -> str:
    text = column.counts.index.to_series()
    commas = text.str.fullmatch(r"-?\d+,\d{1,2}").any()
    points = text.str.fullmatch(r"-?\d+\.\d{1,2}").any()
    return "," if commas and not points else "." if points and not commas else ""


def by_pieces(made: Guess) -> None:
    """Tell the price of a piece from what was paid: the one is the other times the quantity."""
    pieces = made.columns.get("quantity")
    if pieces is None or len(pieces.counts) < 2 or "unit_price" in made.columns:
        return
    money = [c for c in made.found if c.numbers and c is not pieces and len(c.counts) > 2
             and c.kind in ("number", "scale", "id")]  # fmt: skip
    cells = {c.name: made.raw(c).map(c.numbers).astype(float) for c in [pieces, *money]}
    several = cells[pieces.name] > 1
    for each in money:
        for whole in money:
            off = (cells[each.name] * cells[pieces.name] - cells[whole.name]).abs()[several]
            apart = (cells[each.name] != 0).loc[several] & off.notna()
            if each is whole or apart.sum() < _MANY or (off[apart] > 0.011).mean() > 0.02:
                continue
            for column in (each, whole):
                made.release(column)
            made.columns = {ours: c for ours, c in made.columns.items() if c not in (each, whole)}
            made.columns |= {"unit_price": each, "amount": whole}
            made.doubts = [d for d in made.doubts if not d.line.endswith("columns.amount")]
            return
