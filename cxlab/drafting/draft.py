"""Write the draft: a study file with remarks, and the list of what is unsure."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from cxlab import ingest
from cxlab.cleaning import CleaningError
from cxlab.cleaning.dates import to_time
from cxlab.codebook import COLUMNS, Table
from cxlab.drafting.guesses import NO_HEADER, Guess, guess, labels_of, scale_of, table_of, unnamed
from cxlab.drafting.profiles import Profile, profiles
from cxlab.results import listing

_ORDER = ("responses", "customers", "orders", "interactions", "reviews")
_USUAL = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


@dataclass(frozen=True)
class Draft:
    """A proposed study file.

    Attributes:
        text: the study file, with remarks.
        doubts: what to look at before trusting it, a sentence each.
    """

    text: str
    doubts: tuple[str, ...]


def draft(files: Sequence[Path], folder: Path) -> Draft:
    """Profile exports and propose a study file for them.

    Args:
        files: the exports; files with the same columns become one table.
        folder: where the study file will stand; paths are written relative to it.

    Returns:
        The draft. Nothing is written.

    Raises:
        IngestError: a file cannot be read; the message says why.
    """
    tables: dict[str, dict[str, Any]] = {}
    doubts: list[str] = []
    last: list[pd.Timestamp] = []
    for path in files:
        grid = ingest.look(path, Table(files=(path.name,)))
        found = profiles(grid)
        table, sure = table_of(found, grid.header.layout)
        if table in tables:
            if tables[table]["names"] == sorted(grid.header.names):
                tables[table]["paths"].append(path)
                continue
            doubts.append(f"{path.name}: looks like a second file of {table}; it is left out.")
            continue
        if not sure:
            doubts.append(f"{path.name}: taken for {table}; its columns do not say so clearly.")
        nameless = grid.header.layout == NO_HEADER
        made = unnamed(found) if nameless else guess(found, table, set(grid.header.usual.values()))
        doubts += [f"{path.name}: {doubt}" for doubt in made.doubts]
        last += _moments(made, grid)
        tables[table] = {"guess": made, "paths": [path], "names": sorted(grid.header.names)}
    as_of, sure_of_day = _as_of(last, files)
    if not sure_of_day:
        doubts.append(f"as_of: no date in the exports; {as_of} is when the files were written.")
    text = _header(files, as_of)
    for table in [name for name in _ORDER if name in tables]:
        lines, more = _table(tables[table]["guess"], tables[table]["paths"], folder)
        text += lines
        doubts += more
    return Draft(text + _footer(tables), tuple(doubts))


# ---------------------------------------------------------------- the parts of the file


def _header(files: Sequence[Path], as_of: date) -> str:
    name = re.sub(r"[_\W]+", " ", files[0].stem).strip() or "My study"
    return (
        f"# A draft. Look at every line marked '?' and run: cxlab check STUDY\n"
        f"study: {_quoted(name)}\n"
        f"as_of: {as_of}            # nothing after this day is known\n"
        f"timezone: UTC               # ? where the times were written\n"
        f"tables:\n"
    )


def _table(made: Guess, paths: list[Path], folder: Path) -> tuple[str, list[str]]:
    doubts: list[str] = []
    files = [_quoted(os.path.relpath(path, folder).replace(os.sep, "/")) for path in paths]
    lines = [f"  {made.table}:", f"    files: {files[0] if len(files) == 1 else _flow(files)}"]
    lines.append("    columns:" if made.columns else "    columns: {}")
    for ours, column in made.columns.items():
        mark = "  # ?" if any(f"'{ours}'" in doubt for doubt in made.doubts) else ""
        lines.append(f"      {ours}: {_quoted(column.name)}{_wording(column)}{mark}")
    for heading, columns in (("ratings", made.ratings), ("segments", made.segments)):
        if columns:
            lines.append(f"    {heading}:")
            lines += [f"      {key}: {_quoted(c.name)}" for key, c in _keyed(columns, made)]
    lines += _scales(made, doubts)
    lines += _formats(made, doubts)
    if made.attributes:
        lines.append("    attributes:")
        lines += [f"      - {_quoted(column.name)}" for column in made.attributes]
    if made.table == "responses" and not ({"nps", "csat", "ces"} & set(made.columns)):
        doubts.append("responses: no overall score was found; name one under 'columns'.")
        lines.append("    rules: {no_answer: off}     # without a score, other answers count")
    return "\n".join(lines) + "\n", doubts


def _scales(made: Guess, doubts: list[str]) -> list[str]:
    if made.table != "responses":
        return []
    lines = []
    for ours, column in made.columns.items():
        if ours in _USUAL:
            lines.append(f"      {ours}: {_scale(column, ours, doubts)}")
    if made.ratings:
        lines.append(f"      ratings: {_battery(made.ratings, doubts)}")
    return ["    scales:", *lines] if lines else []


def _scale(column: Profile, ours: str, doubts: list[str]) -> str:
    labels = labels_of(column)
    if column.kind == "number":
        low, high = _USUAL[ours]
        doubts.append(
            f"responses: '{column.name}' is not on {low}..{high} throughout; see the ledger."
        )
        return f"{low}..{high}"
    if labels or column.kind != "scale":
        if not labels:
            labels = {word: float(at) for at, word in enumerate(column.words)}
            doubts.append(f"responses: the order of the words of '{ours}' is a guess.")
        return _written((min(labels.values()), max(labels.values())), labels, _rest(column, labels))
    low, high = (0, 10) if ours == "nps" else scale_of(column) or (column.low, column.high)
    missing = _beyond(column, low, high)
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        doubts.append(
            f"responses: in '{column.name}' {listing(missing)} {verb} taken for 'no answer'; "
            f"the scale for {low:g}..{high:g}."
        )
    return _written((low, high), {}, missing)


def _battery(ratings: list[Profile], doubts: list[str]) -> str:
    labels: dict[str, float] = {}
    for column in ratings:
        labels |= labels_of(column)
    if labels:
        words = dict.fromkeys(word for column in ratings for word in _rest(column, labels))
        return _written((min(labels.values()), max(labels.values())), labels, list(words))
    low, high = scale_of(ratings[0]) or (1, 5)
    missing = list(dict.fromkeys(code for c in ratings for code in _beyond(c, low, high)))
    if missing:
        doubts.append(
            f"responses: in the ratings {', '.join(missing)} taken for 'no answer'; "
            f"the scale for {low:g}..{high:g}."
        )
    return _written((low, high), {}, missing)


def _beyond(column: Profile, low: float, high: float) -> list[str]:
    ends = [*range(int(column.low), int(low)), *range(int(high) + 1, int(column.high) + 1)]
    return [*map(str, ends), *column.words]


def _rest(column: Profile, labels: dict[str, float]) -> list[str]:
    return [word for word in column.words if word not in labels]


def _written(ends: tuple[float, float], labels: dict[str, float], missing: list[str]) -> str:
    if ends[0] == ends[1]:
        ends = (0, 1)
    said: dict[str, Any] = {"range": f"{ends[0]:g}..{ends[1]:g}"}
    if not labels and not missing:
        return said["range"]
    if labels:
        said["labels"] = {word: int(value) for word, value in labels.items()}
    if missing:
        said["missing"] = missing
    return yaml.safe_dump(said, default_flow_style=True, width=10_000, sort_keys=False).strip()


def _formats(made: Guess, doubts: list[str]) -> list[str]:
    unclear = [ours for ours, column in made.columns.items() if column.kind == "unclear time"]
    if not unclear:
        return []
    lines = ["    formats:"]
    for ours in unclear:
        example = made.columns[ours].example
        mark = next((letter for letter in example if letter in "/.-"), "/")
        year = "%Y" if re.search(r"\d{4}", example) else "%y"
        doubts.append(
            f"{made.table}: '{example}' in '{ours}' does not tell day from month"
            f"{'' if year == '%Y' else ' and year'}; day first is written down. Change it to "
            f'"%m{mark}%d{mark}{year}" if the month comes first.'
        )
        lines.append(f'      {ours}: "%d{mark}%m{mark}{year}"      # ?')
    return lines


def _footer(tables: dict[str, dict[str, Any]]) -> str:
    segments = [column for part in tables.values() for column in part["guess"].segments]
    said = "# population: {region: {north: 0.31, south: 0.69}}   # margins to weight to\n"
    said += "privacy: {smallest_group: 10, mask_comments: true}\n"
    if segments:
        key = _keyed(segments[:1], Guess(""))[0][0]
        return said + f"reports:\n  over: {{{key}: all}}        # one report for each value\n"
    return said


# ---------------------------------------------------------------- helpers


def _keyed(columns: list[Profile], made: Guess) -> list[tuple[str, Profile]]:
    """Give each column a short name of our own."""
    taken = set(made.columns) | set(COLUMNS.get(made.table, ()))
    keyed = []
    for column in columns:
        words = re.sub(r"\W+", "_", column.name.rsplit(" - ", 1)[-1].lower()).strip("_")[:40]
        key = words if words and not words[0].isdigit() else f"q_{words}"
        while key in taken:
            key += "_2"
        taken.add(key)
        keyed.append((key, column))
    return keyed


def _wording(column: Profile) -> str:
    words = "".join(c if c.isprintable() else " " for c in column.wording)
    return f"   # {words[:60]}" if words != column.name else ""


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, width=10_000, allow_unicode=True).removesuffix("\n...\n").strip()


def _flow(words: list[str]) -> str:
    return f"[{', '.join(words)}]"


def _moments(made: Guess, grid: ingest.Grid) -> list[pd.Timestamp]:
    """Find the last moment of each dated column."""
    out = []
    for ours, column in made.columns.items():
        if column.kind in ("time", "unclear time") and ours not in ("churned_at",):
            at = grid.header.names.index(column.name)
            form = "%d/%m/%Y" if column.kind == "unclear time" else None
            cells = grid.cells[str(at)]
            whole = grid.damage == "" if isinstance(grid.damage, np.ndarray) else slice(None)
            try:
                done = to_time(cells[whole], timezone="UTC", format=form, name=ours)
            except CleaningError:  # `check` will say so
                continue
            if done.values.notna().any():
                out.append(_last(done.values.dropna()))
    return out


def _last(moments: pd.Series) -> pd.Timestamp:
    """Give the last moment that is not far beyond almost all others, as a mistyped year is."""
    early, late = moments.quantile([0.001, 0.999], interpolation="higher")
    limit = late + max(0.05 * (late - early), pd.Timedelta(days=31))
    return moments[moments <= limit].max()


def _as_of(last: list[pd.Timestamp], files: Sequence[Path]) -> tuple[date, bool]:
    if last:
        return (max(last) + pd.Timedelta(days=1)).date(), True
    written = max(path.stat().st_mtime for path in files)
    return pd.Timestamp(written, unit="s").date(), False
