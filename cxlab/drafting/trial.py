"""Check a draft by the road `cxlab check` takes, and mend what is refused."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cxlab import codebook, study
from cxlab.codebook import DOUBT, MappingError
from cxlab.drafting.guesses import Guess
from cxlab.drafting.writing import Head, written
from cxlab.results import count, listing

_TRIES = 12  # columns given up before a draft is handed over as it is
_MATERIAL = 0.01  # part of the rows from which what is booked is a doubt
_OF_A_QUESTION = 0.04  # weight of what it doubts of a question beside scores and ratings
_ALOUD = 0.8  # weight of what `check` itself doubts aloud
# what is lost of a cell; all else is read in another form than written
_LOST = {"placeholder_date", "after_as_of", "off_scale", "as_date", "unreadable", "same_moment"}


def tried(tables: list[Guess], head: Head, folder: Path) -> list[Guess]:
    """Read and clean with a draft until it is not refused, and book what `check` would.

    Args:
        tables: the tables; what is refused is taken out, and doubted.
        head: what is said of the study; its account is written there.
        folder: where the study file will stand.

    Returns:
        The tables that can be read.
    """
    for _ in range(_TRIES):
        text = written(tables, head, folder)
        try:
            opened = study.load(codebook.parse(text, folder / "study.yaml"), cache=False)
        except study.StudyError as refused:
            tables = _mended(tables, refused.errors)
            continue
        except MappingError as refused:
            tables = _without_empty(tables, str(refused))
            continue
        _book(opened, tables, head)
        return tables
    return tables


def _mended(tables: list[Guess], errors: Sequence[dict[str, Any]]) -> list[Guess]:
    """Take out what each refusal names: a column, else the table where there is another."""
    for error in errors:
        made = next((made for made in tables if made.table == error["table"]), None)
        if made is None:
            continue
        ours = _named(made, error)
        why = " ".join(str(error["message"]).split())
        if ours:
            name = next(part[ours].name for part in _parts(made) if ours in part)
            made.doubt(
                f"'{name}' is not used as '{ours}', as it would be refused: {why}",
                0.6,
                "columns",
                ours,
            )
            made.drop(ours, f"refused as '{ours}'")
        elif len(tables) > 1:
            tables[0].doubt(f"{made.table} is left out, as it would be refused: {why}", 0.9)
            tables = [one for one in tables if one is not made]
        else:
            made.doubt(f"`check` will refuse this: {why}", 1.0)
    return tables


def _parts(made: Guess) -> tuple[dict, ...]:
    return (made.columns, made.ratings, made.segments, made.attributes)


def _named(made: Guess, error: dict[str, Any]) -> str:
    """Find the column of ours that a refusal is about."""
    held = {ours: column.name for part in _parts(made) for ours, column in part.items()}
    words = [str(error["column"]), *re.findall(r"['`]([^'`]+)['`]", str(error["message"]))]
    for word in words:
        if word in held:
            return word
        for ours, name in held.items():
            if name == word:
                return ours
    return ""


def _without_empty(tables: list[Guess], why: str) -> list[Guess]:
    """Leave out tables of which nothing is mapped; a draft that says nonsense is a defect."""
    full = [made for made in tables if any(_parts(made))]
    if full and len(full) < len(tables):
        lost = listing([made.files.name for made in tables if made not in full])
        full[0].doubt(f"{lost} is left out: none of its columns could be named.", 0.9)
        return full
    told = " ".join(why.split())
    named = re.search(r"\btables\.(\w+): (.*)", told)
    rest = [made for made in tables if named is None or made.table != named[1]]
    if named and rest and len(rest) < len(tables):
        gone = next(made for made in tables if made not in rest)
        rest[0].doubt(f"{gone.files.name} ({gone.files.rows:,} rows) is left out: {named[2]}", 0.9)
        return rest
    tables[0].doubt(f"`check` will refuse this: {told}", 1.0)
    return tables


def _book(opened: study.Study, tables: list[Guess], head: Head) -> None:
    """Write what became of the rows into the draft, and doubt what is material."""
    lines = []
    account = study.account_of(opened)["tables"]
    for made in tables:
        done = account[made.table]
        reasons: dict[str, int] = {}
        for row in done["rows"]:
            reasons[row["reason"]] = reasons.get(row["reason"], 0) + 1
        gone = [f"{n:,} {reason}" for reason, n in sorted(reasons.items(), key=lambda at: -at[1])]
        lost = [each for each in done["repairs"] if each["reason"] in _LOST]
        blank = [f"{each['count']:,} {each['reason']} in {each['column']}" for each in lost]
        text = f"check: {made.table}, {count(done['rows_in'], 'row')} read, {done['kept']:,} kept"
        text += f"; set aside: {', '.join(gone)}" if gone else ""
        lines.append(text + (f"; cells blanked: {', '.join(blank)}" if blank else ""))
        told = " ".join(said for table, said in opened.doubts if table == made.table)
        fresh = {reason: n for reason, n in reasons.items() if _meaning(reason) not in told}
        _doubt_booked(made, done["rows_in"], fresh, lost)
    head.booked = tuple(lines)
    for table, said in opened.doubts:
        made = next((made for made in tables if made.table == table), tables[0])
        settles = re.search(r"[`'](\w+): ", said)
        told = said.removeprefix(DOUBT).removeprefix(f"{made.files.name}: ")
        if "} under 'scales'" in told and any(reading.ends for reading in made.scales.values()):
            continue  # the draft doubts these ends with the mean that they would make
        whose = re.match(r"'([^']+)'", told)
        asked = opened.mapping.tables[made.table].questions  # type: ignore[index]
        if whose and whose[1] in asked:
            made.doubt(told, _OF_A_QUESTION, "questions", whose[1])
        else:
            words = [settles[1]] if settles and settles[1] in codebook.Table.model_fields else []
            made.doubt(told, _ALOUD, *words)


def _doubt_booked(
    made: Guess, rows: int, reasons: dict[str, int], lost: list[dict[str, Any]]
) -> None:
    expected = ("not_counted", "preview", "unfinished")
    for reason, n in reasons.items():
        if n >= _MATERIAL * rows and reason not in expected:
            made.doubt(
                f"{n:,} of {rows:,} rows will be set aside: {_meaning(reason)}.",
                n / max(rows, 1),
                "rules",
                reason,
            )
    for each in lost:
        if each["count"] >= _MATERIAL * rows:
            meaning = codebook.REPAIRS.get(each["reason"], each["reason"])
            made.doubt(
                f"{each['count']:,} cells of '{each['column']}' will be empty: {meaning}.",
                each["count"] / max(rows, 1),
                "columns",
                each["column"],
            )


def _meaning(reason: str) -> str:
    return codebook.SET_ASIDE.get(reason, reason)
