"""The account of a study: every row, every repair, every rule, every export."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlab import __version__
from cxlab.cleaning import RULES, careless
from cxlab.codebook import COLUMNS, DOUBT, REPAIRS, SET_ASIDE, label, part_named
from cxlab.questionnaire.doubts import at_once
from cxlab.results import Absence, Result, count, listing, percent
from cxlab.study import meeting, parts
from cxlab.study.cache import fingerprint

if TYPE_CHECKING:
    from cxlab.study import Study

_SEVERAL = 20  # rows from which a part of them tells something
_SAID = ("not_counted", "preview", "unfinished", "orphan", "score_as_date", "no_answer")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line break


def account_of(study: Study) -> dict[str, Any]:
    """Give the whole account as plain JSON values (`cxlab check --json`)."""
    return {
        "tables": {
            table: {
                "rows_in": done.rows_in,
                "kept": done.rows_in - len(done.set_aside),
                "set_aside": len(done.set_aside),
                "rows": json.loads(done.set_aside.to_json(orient="records")),
                "repairs": [
                    {"column": row.column, "reason": row.reason, "count": int(row.n)}
                    for row in done.repairs.itertuples()
                ],
                "notes": list(study.notes.get(table, ())),
            }
            for table, done in study.read.items()
        },
        "errors": [],
        "doubts": [{"table": table, "message": said} for table, said in study.doubts],
    }


def doubts(study: Study) -> tuple[tuple[str, str], ...]:
    """See `Study.doubts`: tables that hardly meet, and the notes of reading that begin so."""
    if study.only:
        return ()
    noted = [
        (table, note)
        for table in study.cleaned
        for note in study.notes.get(table, ())
        if note.startswith(DOUBT)
    ]
    # a note that counts the same rows says more of them
    lost = [
        (table, said)
        for table, said in _lost(study)
        if not any(at == table and said.split(" of ")[0] in note for at, note in noted)
    ]
    return (*meeting.doubts(study.cleaned), *_eaten(study), *lost, *noted, *_guessed(study))


def _guessed(study: Study) -> list[tuple[str, str]]:
    """Tell what was guessed about the questions."""
    if isinstance(study.questionnaire, Absence):
        return []
    notes = [
        note
        for each in study.questionnaire.questions
        for note in each.notes
        if note.startswith(DOUBT)
    ]
    return [("responses", note) for note in at_once(notes)]


def _lost(study: Study) -> list[tuple[str, str]]:
    """Doubt a table of which a tenth or more is set aside for what nobody asked to leave out."""
    out = []
    for table, done in study.read.items():
        for reason, n in done.set_aside["reason"].value_counts().items():
            if 10 * n >= done.rows_in >= _SEVERAL and reason not in _SAID:
                out.append(
                    (
                        table,
                        f"{DOUBT}{count(n)} of {count(done.rows_in, 'row')} of the {table} "
                        f"({percent(n / done.rows_in)}) are set aside: {SET_ASIDE[reason]}.",
                    )
                )
    return out


def _eaten(study: Study) -> list[tuple[str, str]]:
    """Doubt answers of which a tenth or more came as dates."""
    out = []
    for table, done in study.cleaned.items():
        dates = done.set_aside[done.set_aside["reason"] == "score_as_date"]
        for column, rows in dates.groupby("column", sort=False):
            if 10 * len(rows) >= done.rows_in:
                out.append(
                    (
                        table,
                        f"{DOUBT}{count(len(rows))} of {count(done.rows_in)} answers to '{column}' "
                        f"came as dates, such as '{rows['value'].iloc[0]}': a spreadsheet made "
                        "them of answers such as 9-10. Export again, without opening the file in "
                        "a spreadsheet.",
                    )
                )
    return out


def export(study: Study, folder: Path) -> None:
    """Write each cleaned table as Parquet and each list of rows set aside as CSV.

    Args:
        study: the study.
        folder: made if need be. Text that a spreadsheet would take for a formula gets a
            leading apostrophe in the CSV.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table, done in study.cleaned.items():
        for name, write in (
            (f"{table}.parquet", parts.plain(done.frame).to_parquet),
            (f"{table}.set_aside.csv", _inert(done.set_aside).to_csv),
        ):
            part = folder / f".{name}.part"
            write(part, index=False)
            os.replace(part, folder / name)


def _inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep a spreadsheet from taking text for a formula, and a terminal for a command."""
    words = frame.select_dtypes(["str", "object", "category"])
    return frame.assign(**{str(name): _plain(words[name].astype("str")) for name in words})


def _plain(text: pd.Series) -> pd.Series:
    shown = text.str.replace(_CONTROL, lambda found: f"\\x{ord(found[0]):02x}", regex=True)
    return shown.where(~text.str.match(r"[=+\-@\t\r]"), "'" + shown)


_ROW = {"visits": "event"}  # what a row is, where the table is named for what rows make up


def scope(study: Study) -> Result:
    """See `Study.scope`."""
    rows = []
    for table, done in study.cleaned.items():
        moments = [c for c in COLUMNS[table] if c in done.frame and COLUMNS[table][c] == "time"]
        when = done.frame[moments[0]].dropna() if moments else pd.Series(dtype="datetime64[us]")
        period = f"{when.min():%Y-%m-%d} to {when.max():%Y-%m-%d}" if len(when) else None
        several = "customer_id" in done.frame and table != "customers"
        whose = done.frame["customer_id"].nunique() if several else None
        rows.append({"table": table, "n": len(done.frame), "period": period, "customers": whose})
    frame = pd.DataFrame(rows, columns=["table", "n", "period", "customers"])
    people = frame["table"].isin(["responses", "customers"]) if len(frame) > 3 else frame["n"] >= 0
    held = [count(row.n, _ROW.get(row.table, row.table.rstrip("s")))
            for row in frame[people].itertuples()]  # fmt: skip
    if held and "customers" not in study.cleaned and "responses" not in study.cleaned:
        most = frame["customers"].max()
        held[-1] += f" of {count(int(most), 'customer')}" if most > 0 else ""
    rest = [f"the {name}" for name in frame.loc[~people, "table"]]
    also = f", with {listing(rest, 9)} that go with them" if rest else ""
    return Result(
        name="scope",
        frame=frame,
        headline=f"This report stands on {listing(held)}{also}.",
        method="Rows that were kept, counted.",
        base=_base(study),
    )


def codebook_of(study: Study) -> Result:
    """See `Study.codebook`."""
    rows = [
        {
            "table": table,
            "column": column,
            "value": study.wording.get(table, {}).get(column, ""),
            "kind": study.mapping.tables[table].kind(table, column),  # type: ignore[index]
            "scale": _scale_of(study, table, column),
            "n": int(done.frame[column].notna().sum()),
            "share": float(done.frame[column].isna().mean()) if len(done.frame) else None,
        }
        for table, done in study.cleaned.items()
        for column in parts.plain(done.frame).columns
    ]
    frame = pd.DataFrame(rows, columns=["table", "column", "value", "kind", "scale", "n", "share"])
    most = frame.sort_values("share", ascending=False, kind="stable").iloc[0]
    return Result(
        name="codebook",
        frame=frame,
        headline=(
            f"{count(len(frame), 'column')} {'is' if len(frame) == 1 else 'are'} used; "
            f"{_emptiest(most)}."
        ),
        method="`value` is the wording in the export, `share` the part of kept rows without value.",
        base=_base(study),
    )


def _emptiest(most: pd.Series) -> str:
    if not most["share"] > 0:
        return "no cell of them is empty"
    often = percent(most["share"], 1 if most["share"] < 0.01 else 0)
    return f"most often empty is {label(most['column'])} ({most['table']}), in {often} of its rows"


def _scale_of(study: Study, table: str, column: str) -> str | None:
    """Write a score's scale with its good end and the words that stand for its points."""
    spec = study.mapping.tables[table]  # type: ignore[index]
    if spec.kind(table, column) not in ("score", "rating"):
        return None
    scale = spec.scale(column) if table == "responses" else spec.scales.get(column)
    words = [f"{word} = {point:g}" for word, point in scale.labels.items()] if scale else []
    return "; ".join([f"{scale}, {scale.better} is good", *words]) if scale else None


def haste(study: Study) -> Result | Absence:
    """See `Study.haste`."""
    unseen = Absence("Haste cannot be seen.", "'batteries': ratings that were asked together")
    done = study.cleaned.get("responses")
    if done is None:
        return unseen
    rows = pd.concat([done.frame, done.judged.drop(columns="reason")], ignore_index=True)
    batteries = study.mapping.tables["responses"].batteries
    fewest = study.mapping.privacy.smallest_group
    return careless.haste(rows, ratings=batteries, smallest=fewest) if batteries else unseen


def provenance(study: Study) -> Result:
    """See `Study.provenance`."""
    mapping = study.mapping
    if study.only:  # no file by its size: rows of other parts may have changed it
        rows = [
            {"table": table, "file": ", ".join(path.name for path in mapping.files(table))}
            | {"value": count(len(done.frame), "row")}
            for table, done in study.read.items()
        ]
        said = f"Made from the rows of {part_named(study.only)}."
    else:
        rows = [
            {"table": table, "file": path.name, "value": f"{path.stat().st_size:,} bytes"}
            for table in study.read
            for path in mapping.files(table)
        ]
        said = f"Made from {count(len(rows), 'export')}."
    name = study.content if study.only else fingerprint(mapping)
    made = f"cxlab {__version__}, pandas {pd.__version__}, data {name}"
    return Result(
        name="provenance",
        frame=pd.DataFrame(rows, columns=["table", "file", "value"]),
        headline=said,
        method=made,
        base=_base(study),
        notes=(made,),
    )


def _base(study: Study) -> str:
    return f"{study.mapping.study}; exports known on {study.mapping.as_of:%d %B %Y}."


def ledger(study: Study) -> Result:
    """See `Study.ledger`."""
    rows: list[dict[str, Any]] = []
    for table, done in study.read.items():
        gone = done.set_aside.groupby(["reason", "column"], sort=False).size()
        kept = done.rows_in - len(done.set_aside)
        rows.append({"table": table, "term": "rows read", "n": done.rows_in, "share": 1.0})
        for (reason, column), n in gone.sort_values(ascending=False).items():
            rows.append(
                {"table": table, "term": "set aside", "reason": reason, "column": column, "n": n}
                | {"share": n / done.rows_in}
            )
        rows.append({"table": table, "term": "kept", "n": kept, "share": kept / done.rows_in})
        for row in done.repairs.itertuples():
            rows.append(
                {"table": table, "term": "cells repaired", "reason": row.reason}
                | {"column": row.column, "n": row.n}
            )
    columns = ["table", "term", "reason", "column", "n", "share"]
    frame = pd.DataFrame(rows, columns=columns)
    read = sum(done.rows_in for done in study.read.values())
    gone = sum(len(done.set_aside) for done in study.read.values())
    said = (
        f"Of {count(read, 'row')} read, {count(read - gone)} "
        f"{'is' if read - gone == 1 else 'are'} kept and {count(gone)} "
        f"{'is' if gone == 1 else 'are'} set aside, each for one reason."
        if gone
        else f"All {count(read, 'row')} read are kept."
    )
    notes = [note for table in study.cleaned for note in study.notes.get(table, ())]
    return Result(
        name="ledger",
        frame=frame,
        headline=" ".join([*(doubt for _, doubt in study.doubts), said]),
        method="Each row is set aside for the first rule that fits, in the order of the rules.",
        base=_base(study),
        notes=tuple(note for note in notes if not note.startswith(DOUBT)),
    )


def told(study: Study) -> str:
    """See `Study.told`."""
    if not study.only:
        return ledger(study).headline
    answers = study.cleaned.get("responses")
    where = "What became of every row read is told in the report on data quality."
    if answers is None:
        return where
    kept, gone = len(answers.frame), len(answers.judged)
    aside = f"{count(gone)} {'is' if gone == 1 else 'are'} set aside by judgement" if gone else ""
    said = f"{count(kept, 'answer')} of this part {'is' if kept == 1 else 'are'} kept"
    return f"{said}{f' and {aside}' if aside else ', none is set aside by judgement'}. {where}"


def repairs(study: Study) -> Result:
    """See `Study.repairs`."""
    rows = [
        {"table": table, "column": row.column, "reason": row.reason, "n": row.n}
        | {"value": REPAIRS[row.reason]}
        for table, done in study.cleaned.items()
        for row in done.repairs.itertuples()
    ]
    frame = pd.DataFrame(rows, columns=["table", "column", "reason", "n", "value"])
    cells = int(frame["n"].sum())
    return Result(
        name="repairs",
        frame=frame,
        headline=(
            f"{count(cells, 'cell')} of the rows kept were read in another form than written."
            if cells
            else "No cell needed repair."
        ),
        method="Counted by column and reason, over the rows that were kept.",
        base=_base(study),
    )


def rules(study: Study) -> Result:
    """See `Study.rules`."""
    rows = []
    for table, done in study.read.items():
        said = study.mapping.tables[table].rules  # type: ignore[index]
        gone = done.set_aside["reason"].value_counts()
        listed = dict.fromkeys((r.name, r.threshold, r.source) for r in RULES if table in r.tables)
        for name, threshold, source in listed:
            meaning = f"{SET_ASIDE[name]}{f'; {source}' if source else ''}"
            limit = said.get(name, threshold)
            rows.append(
                {"table": table, "reason": name, "value": meaning, "n": int(gone.get(name, 0))}
                | {"estimate": None if limit == "off" else limit}
                | {"verdict": "off" if limit == "off" else "on"}
            )
    columns = ["table", "reason", "value", "estimate", "verdict", "n"]
    frame = pd.DataFrame(rows, columns=columns)
    fired = frame[frame["n"] > 0]
    return Result(
        name="rules",
        frame=frame,
        headline=f"{count(len(fired)) if len(fired) else 'None'} of the "
        f"{count(len(frame), 'rule')} set a row aside.",
        method="A row goes for the first rule that fits, in this order. Estimate: the threshold.",
        base=_base(study),
    )
