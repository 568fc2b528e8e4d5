"""Read the files of one table: every cell as text, every row with its file and line."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from cxlab.codebook import ASKED, DOUBT, WHERE, Table, did_you_mean
from cxlab.ingest import asked
from cxlab.ingest.grids import Grid, Wanted, stacked
from cxlab.ingest.layouts import Header, seen_of
from cxlab.ingest.nested import read_json
from cxlab.ingest.opening import IngestError, open_file
from cxlab.ingest.texts import read_text
from cxlab.ingest.typed import read_parquet, read_spss
from cxlab.ingest.workbooks import read_workbook, tables_of
from cxlab.results import count

_READERS = {"workbook": read_workbook, "parquet": read_parquet, "spss": read_spss}


@dataclass(frozen=True, eq=False)
class Raw:
    """A table as it came, under our names.

    Attributes:
        frame: one row per row of the exports. Our column names; text as it stood, as
            categories where few values repeat; typed columns of Parquet as they are. `file`
            and `line` say where the row stands; `damage` says why its fields cannot be
            trusted, or is empty.
        wording: our column -> the question or heading of the export.
        zones: our column -> file -> the zone its times are written in, where the file says so.
        notes: what was decided on the way, a sentence each.
        missing: our column -> file -> codes the file itself declares as missing.
        printed: file -> what it says of the columns of questions (see `asked.printed`).
    """

    frame: pd.DataFrame
    wording: dict[str, str]
    zones: dict[str, dict[str, str]]
    notes: tuple[str, ...]
    missing: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    printed: dict[str, dict[str, Any]] = field(default_factory=dict)


def read(paths: Sequence[Path], table: Table) -> Raw:
    """Read one or more exports of the same kind.

    Args:
        paths: the files; their columns may stand in different order.
        table: which columns are wanted, and what is declared about the files.

    Returns:
        The rows of all files, one below the other.

    Raises:
        IngestError: names the file, the line where there is one, and what to do.
    """
    parts: list[pd.DataFrame] = []
    whole = Raw(pd.DataFrame(), {}, {}, ())
    notes: list[str] = []
    lacks: dict[str, dict[str, str]] = {}  # file -> column of ours -> what to say of it
    sources = [source for path, called in zip(paths, _told_apart(paths), strict=True)
               for source in _sheets(path, called, table)]  # fmt: skip
    for path, called, sheet in sources:
        found: dict[str, int] = {}
        absent = lacks.setdefault(called, {})

        def wanted(
            header: Header, name: str = path.name, found: dict = found, absent: dict = absent
        ) -> list[int]:
            found.update(_wanted(table, header, name, absent))
            if absent and (len(sources) == 1 or not found):
                raise IngestError("\n".join(absent.values()))
            return list(dict.fromkeys(found.values()))

        grid = _grid(path, table.model_copy(update={"sheet": sheet}), wanted)
        parts.append(_named(grid, found, called))
        whole.wording.update({ours: grid.header.wording[at] for ours, at in found.items()})
        for ours, at in found.items():
            if zone := "".join(grid.header.zones[at : at + 1]):
                _check_zone(zone, ours, path.name)
                whole.zones.setdefault(ours, {})[called] = zone
            if at in grid.missing and not ours.startswith(ASKED):
                whole.missing.setdefault(ours, {})[called] = grid.missing[at]
        if table.questions:
            whole.printed[called] = asked.printed(grid, found)
        notes += grid.notes
        for read in sorted({grid.header.names[at] for at in found.values()} & grid.header.repeated):
            notes.append(
                f"{path.name}: several columns are called '{read}'; the first is read, and the "
                f"next goes by the name '{read} (2)'."
            )
    notes += _lacking(lacks, parts, table)
    return replace(whole, frame=stacked(parts), notes=tuple(dict.fromkeys(notes)))


def _sheets(path: Path, called: str, table: Table) -> list[tuple[Path, str, str | None]]:
    """Give what is read of a file: the file under its name, or each of several sheets as one."""
    if table.sheet is None or (isinstance(table.sheet, str) and table.sheet != "*"):
        return [(path, called, table.sheet)]
    declared = () if isinstance(table.sheet, str) else table.sheet
    with _naming(path):
        if open_file(path).kind != "workbook":
            return [(path, called, None)]
        return [(path, f"{called}, sheet '{one}'", one) for one in tables_of(path, declared)]


def _lacking(
    lacks: dict[str, dict[str, str]], parts: Sequence[pd.DataFrame], table: Table
) -> list[str]:
    """Doubt columns that some of the files have and others do not; refuse those that none has.

    Conditions of `where` have to be met in every file: rows of one without them would all go.
    """
    had = {ours for part in parts for ours in part}
    notes = []
    for part, (name, absent) in zip(parts, lacks.items(), strict=True):
        refused = [said for ours, said in absent.items()
                   if ours not in had or ours.startswith(WHERE)]  # fmt: skip
        if refused:
            raise IngestError("\n".join(refused), file=name)
        for ours in absent:
            heading = table.read().get(ours, ours)
            notes.append(
                f"{DOUBT}{name} has no column '{heading}' (wanted as '{ours}'), which other files "
                f"of the table have: it is empty in {count(len(part), 'row')}."
            )
    return notes


def look(path: Path, table: Table) -> Grid:
    """Read a whole file under the names it gives its columns, to see what it holds.

    Args:
        path: the file.
        table: what is declared about it; its columns are not looked at.

    Returns:
        The cells under column places, the header, and what was decided on the way.
    """
    return _grid(path, table, lambda header: list(range(len(header.names))))


def _told_apart(paths: Sequence[Path]) -> list[str]:
    """Name each file; where a name stands in several folders, with its folder."""
    names = [path.name for path in paths]
    if len(set(names)) == len(names):
        return names
    top = Path(os.path.commonpath([path.parent for path in paths]))
    return [
        path.name if names.count(path.name) == 1 else path.relative_to(top).as_posix()
        for path in paths
    ]


def _check_zone(zone: str, ours: str, name: str) -> None:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise IngestError(
            f"{name}: its header says that '{ours}' is written in the zone '{zone}', and there "
            "is none of that name. Set the header right.",
            file=name,
        ) from None


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the file in what refuses it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise IngestError(f"{path.name}: cannot be opened ({reason}).", file=path.name) from None
    except IngestError as error:
        error.file = path.name
        raise


def _grid(path: Path, table: Table, wanted: Wanted) -> Grid:
    with _naming(path):
        opened = open_file(path)
        if opened.kind == "text":
            return read_text(path, opened, table, wanted)
        if opened.kind == "json":
            return read_json(path, opened, table, wanted)
        return _READERS[opened.kind](path, table, wanted)


def _wanted(table: Table, header: Header, name: str, absent: dict[str, str]) -> dict[str, int]:
    """Find the place of each column of ours: by name, else by the question's wording.

    Those that are not in the export are written down as absent, with the nearest name.

    Raises:
        IngestError: a wording stands over several columns.
    """
    by_name = {seen_of(given): place for place, given in reversed([*enumerate(header.names)])}
    by_name |= {given: place for place, given in enumerate(header.names)}
    by_wording: dict[str, list[int]] = {}
    for place, given in enumerate(header.wording):
        by_wording.setdefault(given, []).append(place)
    places = {}
    for ours, theirs in {**header.usual, **table.read(), **asked.wanted(table, header)}.items():
        folded = seen_of(theirs)
        named = by_name.get(theirs, by_name.get(folded))
        worded = by_wording.get(folded, []) if named is None else [named]
        if len(worded) > 1:
            shown = " and ".join(f"'{header.names[at]}'" for at in worded[:4])
            raise IngestError(
                f"{name}: '{theirs}' (wanted as '{ours}') is asked in {len(worded)} columns, "
                f"{shown}. Write the name of the one that is meant."
            )
        if not worded and table.question and (ours in table.sources() or ours.startswith(ASKED)):
            continue  # a question, which stands in the rows
        if not worded:
            use = "for 'where'" if ours.startswith(WHERE) else f"as '{ours.rstrip(':')}'"
            if ours.startswith(ASKED):
                use = f"for the question '{asked.asks(table, theirs)}'"
            absent[ours] = (
                f"{name}: no column '{theirs}' (wanted {use}).{did_you_mean(theirs, header.names)}"
            )
        else:
            places[ours] = worded[0]
    return places


def _named(grid: Grid, wanted: dict[str, int], name: str) -> pd.DataFrame:
    columns = {ours: grid.cells[str(place)].array for ours, place in wanted.items()}
    frame = pd.DataFrame(columns, copy=False)
    frame["file"] = pd.Categorical([name]).repeat(len(grid.lines))
    frame["line"] = grid.lines
    frame["damage"] = grid.damage
    return frame
