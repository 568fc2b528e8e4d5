"""What a column says against the study file: not readable, off its scale, one moment for all."""

import numpy as np
import pandas as pd

from cxlab.cleaning.convert import CleaningError, Converted
from cxlab.cleaning.dates import MONTHS
from cxlab.cleaning.durations import of_two_by_guess
from cxlab.codebook import DOUBT, Scale, Table
from cxlab.results import count, listing, number

_FEW, _SOME = 3, 8  # cells below which nothing is said of a whole column, or of half of it
_CODES = {-1, -6, -7, -8, -9, -66, -77, -88, -97, -98, -99, -999, -9999}
_CODES |= {77, 88, 96, 97, 98, 99, 777, 888, 997, 998, 999, 9999}
_SCALES = [(0, 1), (1, 3), (1, 4), (1, 5), (0, 5), (1, 6), (0, 6), (1, 7), (1, 9), (1, 10), (0, 10)]
_SCALES += [(1, 11), (0, 100)]
_WHAT = {
    "time": "no dates",
    "score": "no score",
    "rating": "no rating",
    "number": "no numbers",
    "duration": "no length of time",
    "flag": "neither yes nor no",
}
_ENOUGH, _AGAINST = 50, -0.4  # answers, and a rank correlation, that turn a scale round
_LOOKED_AT = 20_000  # answers, from all over the file, that tell whether a scale is turned
_ALIKE = 10  # rows from which one moment in all of them is no date


def refuse_unreadable(
    cells: pd.Series, done: Converted, *, kind: str, name: str, heading: str, table: str
) -> None:
    """Refuse a column half or more of which cannot be read as what it is said to hold.

    Raises:
        CleaningError: names the words found, and how to say what they mean.
    """
    none = np.zeros(len(cells), bool)
    eaten = done.bad.get("as_date", none)
    bad = done.bad.get("unreadable", none) | done.bad.get("date_impossible", none) | eaten
    if kind not in _WHAT or not bad.any():
        return
    n = int(bad.sum())
    filled = n + int(done.values.notna().sum() + done.bad.get("off_scale", none).sum())
    if not (n == filled >= _FEW or (2 * n >= filled >= _SOME)):
        return
    words = cells[bad].astype("str").str.strip().value_counts()
    shown = listing([f"'{word[:40]}' ({count(times)})" for word, times in words.items()], 6)
    lost = 2 * int(eaten.sum()) >= n
    cure = _EATEN if lost else _remedy(kind, name, table, list(words.index))
    raise CleaningError(
        f"'{heading}' (read as {name}): {count(n)} of {count(filled)} filled cells are "
        f"{_WHAT[kind]}: {shown}. {cure}",
        column=heading,
        shown=list(words.index[:1]),
    )


_EATEN = (
    "A spreadsheet made dates of answers such as 9-10, and what they were is lost: export again, "
    "without opening the file in one."
)
_USUAL = {"nps": "0..10", "ces": "1..7"}  # scales as they are mostly asked


def _remedy(kind: str, name: str, table: str, words: list[str]) -> str:
    if kind in ("score", "rating"):
        points = ", ".join(f"'{word[:40]}': …" for word in words[:4])
        which = name if kind == "score" else "ratings"
        return (
            f"Say under tables.{table}.scales what the words stand for, such as '{which}: "
            f"{{range: {_USUAL.get(name, '1..5')}, labels: {{{points}}}}}', and list those that "
            "are no answer under 'missing: [..]'; or leave the column out."
        )
    if kind == "time" and all(MONTHS.fullmatch(word) for word in words):
        return (
            f"They are months: to take the first day of each, write 'formats: {{{name}: "
            f'"%m/%Y"}}\' under tables.{table}.'
        )
    if kind == "time":
        return f"Declare their form under tables.{table}.formats, or leave the column out."
    return "Map the column that is meant, or leave this one out."


def on_scale(
    cells: pd.Series, done: Converted, *, scale: Scale, name: str, heading: str, declared: bool
) -> list[str]:
    """Doubt answers that look like codes, or like answers on another scale.

    Raises:
        CleaningError: an NPS whose answers never leave 1 to 5 or 1 to 7, and no scale declared.
    """
    notes = []
    off = done.bad.get("off_scale", np.zeros(len(cells), bool))
    if off.any():
        notes = _off(cells[off], done.values, scale, name, heading)
    answers = done.values.dropna()
    low, high = answers.min(), answers.max()
    narrow = len(answers) >= 20 and low >= 1 and (high <= 5 or (high <= 7 and len(answers) >= 50))
    if name == "nps" and narrow and (scale.low, scale.high) == (0, 10):
        said = f"'{heading}' (read as nps): the answers run from {low:g} to {high:g}"
        if not declared:
            raise CleaningError(
                f"{said}, none beyond; declare the scale, 'scales: {{nps: 0..10}}' if it is so. "
                f"Another rating is no NPS: map it as csat, with 'scales: {{csat: {low:g}.."
                f"{high:g}}}'.",
                column=heading,
                shown=cells[done.values.notna()].astype("str").head(1),
            )
        notes.append(f"{DOUBT}{said} on a scale of 0 to 10.")
    return notes


def _off(cells: pd.Series, read: pd.Series, scale: Scale, name: str, heading: str) -> list[str]:
    text = cells.astype("str").str.strip()
    figures = text.str.extract(r"([+-]?\d+(?:[.,]\d+)?)")[0].str.replace(",", ".").astype(float)
    filled, notes = len(figures) + int(read.notna().sum()), []
    coded = figures.isin(_CODES)
    if coded.any():
        times = figures[coded].value_counts()
        shown = listing([f"{code:g} ({count(n, 'cell')})" for code, n in times.items()])
        codes = ", ".join(f"{code:g}" for code in times.index)
        said = f"{{range: {scale}, missing: [{codes}]}}"
        alarm = DOUBT if 100 * coded.sum() >= filled else ""
        notes.append(
            f"{alarm}'{heading}' holds {shown}, likely a code for no answer; if so, declare it: "
            f"'scales: {{{name}: {said}}}'."
        )
    rest = figures[~coded]
    if len(rest) >= _FEW and 10 * len(rest) >= filled:
        ends = min(rest.min(), read.min()), max(rest.max(), read.max())
        likely = [f"{a}..{b}" for a, b in _SCALES if a <= ends[0] and ends[1] <= b]
        values = listing([f"{value:g}" for value in sorted(rest.unique())])
        other = f": is it {likely[0]}?" if likely else ""
        other += f" Then declare 'scales: {{{name}: {likely[0]}}}'" if likely else ""
        notes.append(
            f"{DOUBT}'{heading}': {count(len(rest))} of {count(filled)} answers lie off the scale "
            f"{scale} ({values}){other}."
        )
    return notes


def two_figures(
    cells: pd.Series, read: pd.Series, *, name: str, heading: str, declared: str | None
) -> str:
    """Say so where '34:05' may be hours and minutes, or minutes and seconds."""
    shown = "" if declared in ("h:mm", "m:ss") else of_two_by_guess(cells, heading=heading)
    if not shown:
        return ""
    other = "h:mm" if name == "duration_s" else "m:ss"
    taken, times = ("hours", 1 / 60) if other == "m:ss" else ("minutes", 60)
    mean = float(read.mean()) / 3600
    return (
        f"{DOUBT}'{heading}': '{shown}' is read as {shown.split(':')[0]} {taken}, so that the mean "
        f"is {mean:,.2f} hours; otherwise it is {mean * times:,.2f}. Say which: "
        f"'formats: {{{name}: h:mm}}' or '{{{name}: m:ss}}'."
    )


def one_moment(moments: pd.Series, heading: str) -> str:
    """Say so where a column holds one and the same moment in every row, which is no date."""
    known = moments.dropna()
    if len(known) < _ALIKE or known.nunique() > 1:
        return ""
    return (
        f"{DOUBT}'{heading}' holds one and the same moment, {known.iloc[0]:%Y-%m-%d %H:%M}, in all "
        f"{count(len(known), 'row')}: the day of the export, not of what happened. No trend is "
        "drawn from it."
    )


def other_years(moments: pd.Series, heading: str) -> str:
    """Say so where most years are those of another calendar, such as 2568 in Thailand."""
    known = moments.dropna()
    year = int(known.dt.year.median()) if len(known) else 2000
    if 1800 <= year <= 2200:
        return ""
    names = {
        "Buddhist": (2400, 2700, -543),
        "Persian": (1300, 1420, 621),
        "Islamic": (1421, 1500, 579),
    }
    said = [f"{name} years, {year} is about {year + shift}"
            for name, (low, high, shift) in names.items() if low <= year <= high]  # fmt: skip
    likely = f" If they are {said[0]}." if said else ""
    return (
        f"{DOUBT}'{heading}': most of {count(len(known), 'date')} lie about the year {year}."
        f"{likely} Export them in the usual calendar: until then ages and trends are of that year."
    )


def turned(answers: pd.DataFrame, spec: Table) -> list[str]:
    """Say so where a score falls as the first one rises: its good end is likely the other one.

    Args:
        answers: scores and ratings, typed.
        spec: the table's part of the study file, with their scales.
    """
    asked = [name for name in ("nps", "csat", "ces", *spec.ratings) if name in answers]
    answers, notes = answers.iloc[:: max(1, len(answers) // _LOOKED_AT)], []
    given = {name: answers[name].to_numpy(float, na_value=np.nan) for name in asked}
    for name in asked[1:]:
        known = np.isfinite(given[asked[0]]) & np.isfinite(given[name])
        both = [given[each][known] for each in (asked[0], name)]
        if known.sum() < _ENOUGH or any(np.ptp(each) == 0 for each in both):
            continue
        better = {_better(spec, each) for each in (asked[0], name)}
        r = np.corrcoef([pd.Series(each).rank() for each in both])[0, 1] * (
            1 if len(better) == 1 else -1
        )
        if r <= _AGAINST:
            end = "low" if _better(spec, name) == "high" else "high"
            heading = spec.sources().get(name, name)
            notes.append(
                f"{DOUBT}'{heading}' falls where '{spec.sources()[asked[0]]}' rises (rank "
                f"correlation {r:.2f} over {count(known.sum(), 'answer')}): is {end} the good end? "
                f"Then declare 'scales: {{{name}: {{range: {spec.scale(name)}, better: {end}}}}}'."
            )
    return notes


def _better(spec: Table, name: str) -> str:
    scale = spec.scale(name)
    return scale.better if scale else "high"


def alike_lines(rows: pd.DataFrame, gone: pd.DataFrame, spec: Table) -> list[str]:
    """Say so where lines of orders are set aside as alike, and their article is not read.

    Args:
        rows: every row, typed.
        gone: place (index), `reason` of those set aside.
        spec: the table's part of the study file.
    """
    twice = gone.index[gone["reason"] == "duplicate_order"]
    if not len(twice) or "product" in spec.columns or "amount" not in rows:
        return []
    parts = rows["order_id"].drop(gone.index).duplicated().any()
    if not parts or not rows["amount"].loc[twice].fillna(0).any():
        return []  # an order is a row, and a row that repeats is the same order; or worth nothing
    sum_ = number(float(rows["amount"].loc[twice].sum()), 2)
    return [
        f"{DOUBT}{count(len(twice), 'row')} of orders in several rows, worth {sum_}, repeat "
        "another in every column that is read and are set aside. Two lines at one price look so, "
        "too: map "
        "the column of the article as 'product', or write 'rules: {duplicate_order: off}'."
    ]


def several_labels(labels: pd.Series, name: str, heading: str) -> str:
    """Say so where the cells of a column of labels hold several labels each."""
    words = labels.dropna().astype("str")
    kinds = words.value_counts()
    for mark in (";", "|", ","):
        joined = [kind for kind in kinds.index if mark in kind]
        if len(joined) < 2:
            continue
        parts = [[part.strip() for part in kind.split(mark)] for kind in joined]
        found = pd.Series([part for each in parts for part in set(each) if part]).value_counts()
        again = found.index[(found > 1) | found.index.isin(kinds.index)]
        alone = found.index.isin(kinds.index).mean()
        if len(again) >= 0.8 * len(found) and (mark != "," or alone >= 0.8):
            return (
                f"{DOUBT}'{heading}' holds several labels in a cell, such as '{joined[0][:60]}': "
                f"{count(len(joined), 'combination')} are read as groups of their own. To count a "
                f"row for each of its labels, declare 'split: {{{name}: \"{mark}\"}}'."
            )
    return ""


def refuse_spells(customers: pd.DataFrame, raw: pd.DataFrame) -> None:
    """Refuse a customer list whose customers come back in further rows: such a row is a spell.

    Taken for a duplicate, the second row would be set aside, and who came back would have left.

    Args:
        customers: the typed list; looked at where it has `customer_id`, `signed_up_at` and
            `churned_at`.
        raw: the same rows as they came, with `file` and `line`.

    Raises:
        CleaningError: two customers or more have several rows of which one begins after another
            has ended.
    """
    words = ["customer_id", "signed_up_at", "churned_at"]
    if not {*words} <= {*customers.columns}:
        return
    rows = customers[words].dropna(subset=words[:2])
    rows = rows[rows.duplicated("customer_id", keep=False)].sort_values(words[:2], kind="stable")
    ended = rows.groupby("customer_id")["churned_at"].shift()
    again = rows[ended.notna() & (rows["signed_up_at"] >= ended)]
    people = again["customer_id"].nunique()
    if people < 2:
        return
    file, line = str(raw["file"].loc[again.index[0]]), int(raw["line"].loc[again.index[0]])
    raise CleaningError(
        f"{file}, line {line}: {count(people, 'customer')} of the list have several rows that do "
        "not overlap, the later beginning after the earlier ended. Such a row is a spell, not a "
        "customer: declare the file as table 'subscriptions' (columns customer_id, started_at, "
        "ended_at), so that who came back has not left. If they are mistakes, keep one row each.",
        file=file,
        line=line,
        column="customer_id",
    )
