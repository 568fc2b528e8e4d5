"""Write the draft: a study file with remarks, and the list of what is unsure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import available_timezones

import pandas as pd

from cxlab.codebook import COLUMNS
from cxlab.drafting.doubts import MOST, Doubt, mean, ranked, would_be
from cxlab.drafting.guesses import SCORES, Guess, guess
from cxlab.drafting.lexicon import NO_RATING
from cxlab.drafting.long import put_together
from cxlab.drafting.moments import last_day
from cxlab.drafting.overlooked import is_period, overlooked
from cxlab.drafting.people import brought_together, of_orders, parted
from cxlab.drafting.profiles import MOST_VALUES, Profile, folded, profiles
from cxlab.drafting.rows import completed
from cxlab.drafting.tables import NO_HEADER, Files, gathered, pattern, scored, speakers, table_of
from cxlab.drafting.trial import tried
from cxlab.drafting.writing import Head, written
from cxlab.ingest import IngestError
from cxlab.results import count, listing

_IN_ONE = {"customers", "responses"}  # what a file may hold both of, a row each


@dataclass(frozen=True)
class Draft:
    """A proposed study file.

    Attributes:
        text: the study file, with remarks; `cxlab check` does not refuse it.
        doubts: what to look at before trusting it, a sentence each; what could change most
            comes first.
    """

    text: str
    doubts: tuple[str, ...]


def draft(files: Sequence[Path], folder: Path) -> Draft:
    """Profile exports and propose a study file for them.

    Every row is read, and the proposal is read and cleaned by the road `cxlab check` takes
    before it is handed over.

    Args:
        files: the exports; files of one layout become one table.
        folder: where the study file will stand; paths are written relative to it.

    Returns:
        The draft. Nothing is written.

    Raises:
        IngestError: a file cannot be read; the message says why.
    """
    tables, beside, doubts = _tables(gathered(files))
    currency, others = completed(tables)
    brought_together(tables)
    for made in tables:
        overlooked(made)
    day = last_day([*tables, *beside])
    if day is None:
        moment = pd.Timestamp(max(path.stat().st_mtime for path in files), unit="s").date()
        doubts.append(_undated(tables, moment))
    head = Head(_name(tables), day or moment, _zone(tables), currency, tuple(others))
    for made in tables:
        if made.table == "responses" and not set(SCORES) & set(made.columns):
            doubts.append(_no_score(made))
    tables = tried(tables, head, folder)
    if not any(made.holds() for made in tables):
        raise IngestError(_nothing(tables), file=tables[0].files.name)
    doubts += [doubt for made in tables for doubt in made.doubts]
    told = ranked(doubts)
    head.remarks = tuple(f"unsure: {doubt}" for doubt in told[MOST:])
    return Draft(written(tables, head, folder), tuple(map(str, told[:MOST])))


def _tables(groups: list[Files]) -> tuple[list[Guess], list[Guess], list[Doubt]]:
    """Make one table of each layout; of two that are the same table, the surer, then the larger.

    Of answers, those with a score come first. What is left out is given beside: its dates tell
    up to when the exports do.
    """
    beside: list[Guess] = []
    doubts: list[Doubt] = []
    chosen: dict[str, Guess] = {}
    told = [_told(files) for files in groups]
    there = {table for _, _, table, _ in told}
    within: list[Guess] = []
    for files, found, table, other in sorted(
        told,
        key=lambda one: (
            one[2] == "responses" and not scored(one[1]),
            bool(one[3]),
            -one[0].rows,
            one[0].name,
        ),
    ):
        if table in chosen:
            first = chosen[table]
            named = files.name if files.sheets else listing([path.name for path in files.paths])
            layout = "another sheet" if files.sheets else "another layout"
            beside.append(guess(found, table, files))
            doubts.append(
                Doubt(
                    f"{named} ({files.rows:,} rows) looks "
                    f"like {table} too, in {layout} than {first.files.name} "
                    f"({first.files.rows:,} rows); it is left out. Give it a study of its own, or "
                    "bring both into one layout.",
                    0.9,
                    f"tables.{table}.files",
                )
            )
            continue
        nameless = files.layout == NO_HEADER
        made = unnamed(found, files) if nameless else guess(found, table, files)
        if table in _IN_ONE and not nameless and _IN_ONE - {table} - there:
            made, one = parted(made)
            within += [one] if one else []
        if other and not nameless:
            made.doubt(
                f"taken for {table}; its columns do not say so clearly. If its "
                f"{count(files.rows, 'row')} are {other}, write that name instead.",
                0.7,
            )
        _of_sheets(made)
        if talk := speakers(found) if table == "reviews" else None:
            made.doubt(
                f"a row is what one side said in one of {len(talk[0].counts):,} conversations "
                f"('{talk[0].name}', '{talk[1].name}'): messages are read as texts without a "
                "rating, and shares are of messages, not of conversations.",
                0.5,
            )
        if len(files.paths) > 1 and not pattern(files.paths)[1]:
            made.doubt(
                "no pattern names these files alone, so each is listed; the next one has to "
                "be added by hand.",
                0.05,
                "files",
            )
        chosen[made.table] = made
    for made in within:
        chosen.setdefault(made.table, made)
    for made in of_orders(list(chosen.values())):
        beside.append(chosen.pop(made.table))
    return list(chosen.values()), beside, doubts


def _of_sheets(made: Guess) -> None:
    """Doubt what the names of sheets say and no column does, and sheets told twice."""
    files = made.files
    if files.told:
        made.doubt(
            f"the rows of {listing(files.told)} stand in the other sheets, too; it is left out.",
            0.3,
            "sheet",
        )
    dated = any(column.moments is not None for column in made.found)
    words = [folded(sheet) for sheet in files.sheets]
    if len(words) < 2 or (dated and all(is_period(word) for word in words)):
        return
    said = {
        folded(word) for c in made.found if len(c.counts) <= MOST_VALUES for word in c.counts.index
    }
    if not set(words) <= said:
        shown = listing(
            [
                f"'{sheet}' ({len(grid.lines):,} rows)"
                for sheet, grid in zip(files.sheets, files.grids, strict=False)
            ],
            6,
        )
        made.doubt(
            f"sheets {shown} have one layout and are read as one table; what the names of the "
            "sheets say stands in no column. If it matters (who left, where, when), add a column "
            "that says it.",
            0.5,
            "sheet",
        )


def _told(files: Files) -> tuple[Files, list[Profile], str, str]:
    """Look at files of one layout, put together if they are parts, and say which table they are."""
    found = profiles(files.grids)
    if (together := put_together(files, found)) is not files:
        files, found = together, profiles(together.grids)
    if speakers(found) and files.vendor and files.vendor.name == "Google Forms":
        files = replace(files, vendor=None)  # known by 'Timestamp' alone, which transcripts have
    return files, found, *table_of(found, files)


def unnamed(found: list[Profile], files: Files) -> Guess:
    """Guess the place of the columns of a file without a header, from their values alone."""
    numbers = [column for column in found if column.kind in ("number", "id")]
    times = [column for column in found if column.kind == "time"]
    amounts = [c for c in numbers[1:] if re.search(r"[.,]\d{1,2}$", c.counts.index[0])]
    made = Guess("orders" if times and amounts else "responses", files, found)
    if made.table == "orders":
        made.columns = {"customer_id": numbers[0], "ordered_at": times[0], "amount": amounts[-1]}
    else:
        made.attributes = {column.name: column for column in found if column.kind != "empty"}
    for column in made.left():
        made.unused[column.name] = "the file does not name it"
    said = (
        ", ".join(
            f"{column.name} is taken for '{ours}' ({would_be(ours, column)})"
            for ours, column in made.columns.items()
        )
        or "nothing says what its columns are"
    )
    made.doubt(f"the file has no header: {said}. Write names into a first line of it.", 1.0)
    return made


def _undated(tables: Sequence[Guess], day: object) -> Doubt:
    dated = [c.name for made in tables for c in made.found if c.moments is not None]
    why = f"no date of {listing(dated[:4])} was used" if dated else "no date in the exports"
    return Doubt(f"as_of: {why}; {day} is when the files were written.", 0.1, "as_of")


def _no_score(made: Guess) -> Doubt:
    made.said["rules"] = {"no_answer": "off"}
    kept = [c for c in made.attributes.values() if c.kind == "scale"]
    kept = [c for c in kept if not re.search(NO_RATING, c.called) and c.distinct < 0.9]
    rated = [(c, _points(made, key, c)) for key, c in made.ratings.items()]
    fit = [f"'{c.name}' (mean {mean(tally):.2f})"
           for c, tally in (*rated, *((c, c.tally()) for c in kept)) if tally]  # fmt: skip
    return Doubt(
        "responses: no overall score was found; name one under 'columns'"
        f"{f', such as one of {listing(fit, 4)}' if fit else ''}.",
        0.95,
        made.line("columns"),
    )


def _points(made: Guess, key: str, column: Profile) -> dict[float, int]:
    """Count the points of a rating, also where words stand for them."""
    reading = made.scales.get(key) or made.scales.get("ratings")
    labels = reading.labels if reading else {}
    said = Counter({n: rows for n, rows in column.tally().items()})
    said.update({labels[word]: int(n) for word, n in column.counts.items() if word in labels})
    return dict(said)


def _nothing(tables: Sequence[Guess]) -> str:
    """Say why nothing can be drafted of exports of which no column holds anything of use."""
    made = tables[0]
    why = [f"'{name}' ({said})" for name, said in made.unused.items()]
    return (
        f"{made.files.name}: no column can be used for a study: {listing(why, 6)}. Export answers, "
        "customers, orders or contacts, a row each, under a line of headings."
    )


def _name(tables: Sequence[Guess]) -> str:
    """Call the study after the first of its files, less the numbers that tell files apart."""
    order = list(COLUMNS)
    first = min(tables, key=lambda made: order.index(made.table)).files.paths
    stem = first[0].stem
    lasting = re.sub(r"(?i)(?:19|20)\d\d[-_. ]?q[1-4]|\d+", " ", stem) if len(first) > 1 else stem
    named = lasting if re.search(r"[^\W\d_]", lasting) else stem
    return re.sub(r"[_\W]+", " ", named).strip() or "My study"


def _zone(tables: Sequence[Guess]) -> str:
    """Name the zone that the exports say their times are written in, where they agree."""
    zones = set()
    for made in tables:
        header = made.files.grids[0].header
        used = {
            column.name
            for ours, column in made.columns.items()
            if COLUMNS[made.table][ours] == "time"
        }
        zones |= {
            zone
            for name, zone in zip(header.names, header.zones, strict=False)
            if zone and name in used
        }
    zone = zones.pop() if len(zones) == 1 else "UTC"
    return zone if zone in available_timezones() else "UTC"
