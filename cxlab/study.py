"""Open a study file: read, clean, and hand over the tables."""

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cxlab import __version__, cleaning, codebook, ingest
from cxlab.cleaning import Cleaned
from cxlab.codebook import Mapping, Refusal
from cxlab.results import Result, count

CACHE = ".cxlab"
_FRAMES = ("frame", "set_aside", "repairs")


class StudyError(Refusal):
    """A study cannot be opened; every table that fails is named.

    Attributes:
        errors: table, file, line, column, message of each.
    """

    def __init__(self, message: str, errors: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.errors = errors


@dataclass(frozen=True, eq=False)
class Study:
    """A study, cleaned: its tables under canonical names, and the account of its rows.

    Attributes:
        mapping: the study file.
        cleaned: table -> what cleaning kept, set aside and repaired.
        wording: table -> column -> question or heading of the export.
        notes: table -> what was decided while reading and cleaning.
    """

    mapping: Mapping
    cleaned: dict[str, Cleaned]
    wording: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def responses(self) -> pd.DataFrame | None:
        """Survey answers, or None; a segment known only to the customer list is joined on."""
        return self._frame("responses")

    @property
    def customers(self) -> pd.DataFrame | None:
        """The customer list, or None."""
        return self._frame("customers")

    @cached_property
    def orders(self):
        """Orders as an Ibis table, or None."""
        return self._events("orders")

    @cached_property
    def interactions(self):
        """Contacts as an Ibis table, or None."""
        return self._events("interactions")

    @cached_property
    def ledger(self) -> Result:
        """What happened to every row: read, set aside with a reason, kept."""
        return _ledger(self)

    def segments(self) -> tuple[str, ...]:
        """Names of the columns the study reports by."""
        names = [name for table in self.mapping.tables.values() for name in table.segments]
        return tuple(dict.fromkeys(names))

    def part(self, *, segment: str = "", value: str = "", period: str = "") -> "Study":
        """Restrict the study to one segment value and one period of answers.

        Args:
            segment: a segment column; empty for everyone.
            value: the value wanted; text, as it stands in the data.
            period: `2025Q3`, `2025-09` or `2025`; empty for all answers.

        Returns:
            A study whose tables hold that part alone; the account of rows stays whole.

        Raises:
            StudyError: there is no such segment, no such value, or no answer in the period.
        """
        frames = {name: done.frame for name, done in self.cleaned.items()}
        if segment:
            frames = _of_segment(frames, segment, value, self.segments())
        if period and "responses" in frames:
            frames["responses"] = _of_period(frames["responses"], period)
        if segment or period:
            cleaned = {
                name: replace(done, frame=frames[name]) for name, done in self.cleaned.items()
            }
            return replace(self, cleaned=cleaned)
        return self

    def _frame(self, table: str) -> pd.DataFrame | None:
        done = self.cleaned.get(table)
        return None if done is None else done.frame

    def _events(self, table: str):
        frame = self._frame(table)
        if frame is None:
            return None
        return self._connection.create_table(table, _for_engine(frame), temp=True)

    @cached_property
    def _connection(self):
        import ibis

        if self.mapping.events == "duckdb":
            return ibis.duckdb.connect()
        return ibis.connect(self.mapping.events)


def load(path: str | Path, *, cache: bool = True) -> Study:
    """Open a study: read every export, clean it, and keep the result for the next call.

    Args:
        path: the study file.
        cache: keep cleaned tables in a folder `.cxlab` beside the study file, under a name
            made from the content of exports, study file and cleaning code.

    Returns:
        The study.

    Raises:
        MappingError: the study file cannot be used.
        StudyError: an export cannot be read; all of them are named.
    """
    mapping = codebook.load(path)
    errors: list[dict[str, Any]] = []
    files: dict[str, list[Path]] = {}
    for table in mapping.tables:
        with _collecting(errors, table):
            files[table] = mapping.files(table)
    _stop_at(errors)
    kept = mapping.folder / CACHE / fingerprint(mapping)
    if cache and (study := _from_cache(mapping, kept)):
        return study
    study = _read_and_clean(mapping, files, errors)
    if cache:
        _to_cache(study, kept)
    return study


def fingerprint(mapping: Mapping) -> str:
    """Name the content a study stands on: exports, study file, reading and cleaning code."""
    digest = hashlib.blake2b(digest_size=12)
    for table in mapping.tables:
        for path in mapping.files(table):
            digest.update(f"{table}/{path.name}".encode())
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    reading = mapping.model_dump(mode="json", exclude={"reports", "study", "privacy", "population"})
    digest.update(json.dumps(reading, sort_keys=True).encode())
    digest.update(f"{__version__} pandas {pd.__version__}".encode())
    for room in (codebook, ingest, cleaning):
        for path in sorted(Path(str(room.__file__)).parent.glob("*.py")):
            digest.update(path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


# ---------------------------------------------------------------- reading


def _read_and_clean(
    mapping: Mapping, files: dict[str, list[Path]], errors: list[dict[str, Any]]
) -> Study:
    cleaned: dict[str, Cleaned] = {}
    wording, notes = {}, {}
    # the customer list first: it says who is a stranger in the other tables
    for table in sorted(files, key=lambda name: name != "customers"):
        spec = mapping.tables[table]  # type: ignore[index]
        customers = cleaned.get("customers")
        with _collecting(errors, table):
            raw = ingest.read(files[table], spec)
            cleaned[table] = cleaning.clean(
                raw.frame,
                table=table,
                spec=spec,
                as_of=mapping.until(),
                timezone=mapping.timezone,
                zones=raw.zones,
                customers=None if customers is None else set(customers.frame["customer_id"]),
            )
            wording[table] = raw.wording
            notes[table] = (*raw.notes, *cleaned[table].notes)
    _stop_at(errors)
    cleaned = {table: cleaned[table] for table in files}
    return _with_customer_segments(Study(mapping, cleaned, wording, notes))


def _with_customer_segments(study: Study) -> Study:
    """Give answers the segments that only the customer list knows."""
    responses, customers = study.responses, study.customers
    if responses is None or customers is None or "customer_id" not in responses:
        return study
    known = study.mapping.tables["customers"].segments
    missing = [name for name in known if name not in responses]
    if not missing:
        return study
    joined = responses.merge(customers[["customer_id", *missing]], on="customer_id", how="left")
    answers = replace(study.cleaned["responses"], frame=joined)
    return replace(study, cleaned={**study.cleaned, "responses": answers})


class _collecting:
    """Book a refusal under its table, so that every table's trouble is told at once."""

    def __init__(self, errors: list[dict[str, Any]], table: str) -> None:
        self.errors, self.table = errors, table

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, trace) -> bool:
        if not isinstance(error, Refusal):
            return False
        self.errors.append(
            {
                "table": self.table,
                "file": error.file,
                "line": error.line,
                "column": error.column,
                "message": str(error),
            }
        )
        return True


def _stop_at(errors: list[dict[str, Any]]) -> None:
    if errors:
        raise StudyError("\n".join(f"{e['table']}: {e['message']}" for e in errors), errors)


# ---------------------------------------------------------------- parts


def _of_segment(
    frames: dict[str, pd.DataFrame], segment: str, value: str, known: tuple[str, ...]
) -> dict[str, pd.DataFrame]:
    if segment not in known:
        near = codebook.did_you_mean(segment, known)
        raise StudyError(f"'{segment}' is not a segment of this study.{near}", [])
    having = {name: frame for name, frame in frames.items() if segment in frame}
    part = {name: frame[frame[segment] == value] for name, frame in having.items()}
    if all(frame.empty for frame in part.values()):
        values = {str(v) for frame in having.values() for v in frame[segment].dropna().unique()}
        near = codebook.did_you_mean(value, sorted(values))
        raise StudyError(f"no row has {segment} = '{value}'.{near}", [])
    if "customers" in part:
        ids = part["customers"]["customer_id"]
        for name in frames.keys() - part.keys():
            if "customer_id" in frames[name]:
                part[name] = frames[name][frames[name]["customer_id"].isin(ids)]
    return {name: part.get(name, frame).reset_index(drop=True) for name, frame in frames.items()}


def _of_period(responses: pd.DataFrame, period: str) -> pd.DataFrame:
    if "answered_at" not in responses:
        raise StudyError(f"period '{period}': the answers carry no date (answered_at).", [])
    try:
        wanted = pd.Period(period)
    except ValueError:
        raise StudyError(f"'{period}' is no period; write 2025Q3, 2025-09 or 2025.", []) from None
    local = responses["answered_at"].dt.tz_localize(None)
    inside = local.between(wanted.start_time, wanted.end_time)
    if not inside.any():
        raise StudyError(f"no answer lies in {period}.", [])
    return responses[inside].reset_index(drop=True)


def _for_engine(frame: pd.DataFrame) -> pd.DataFrame:
    """Give engines moments in UTC, which all of them keep alike."""
    zoned = frame.select_dtypes("datetimetz").columns
    return frame.assign(**{name: frame[name].dt.tz_convert("UTC") for name in zoned})


# ---------------------------------------------------------------- the account of rows


def account(study: Study) -> dict[str, Any]:
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
            for table, done in study.cleaned.items()
        },
        "errors": [],
    }


def _ledger(study: Study) -> Result:
    rows: list[dict[str, Any]] = []
    for table, done in study.cleaned.items():
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
    read = sum(done.rows_in for done in study.cleaned.values())
    gone = sum(len(done.set_aside) for done in study.cleaned.values())
    return Result(
        name="ledger",
        frame=frame,
        headline=(
            f"Of {count(read, 'row')} read, {count(read - gone)} are kept and {count(gone)} "
            f"{'is' if gone == 1 else 'are'} set aside, each for one reason."
            if gone
            else f"All {count(read, 'row')} read are kept."
        ),
        method="Each row is set aside for the first rule that fits, in the order of the rules.",
        base=f"{study.mapping.study}; exports known on {study.mapping.as_of:%d %B %Y}.",
        notes=tuple(note for table in study.cleaned for note in study.notes.get(table, ())),
    )


# ---------------------------------------------------------------- keeping


def _to_cache(study: Study, folder: Path) -> None:
    """Write the cleaned tables in one move; a folder that cannot be written is no error."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=folder.parent))
    except OSError:
        return
    try:
        for table, done in study.cleaned.items():
            for part in _FRAMES:
                getattr(done, part).to_parquet(staging / f"{table}.{part}.parquet")
        words = {
            table: {
                "rows_in": done.rows_in,
                "notes": done.notes,
                "wording": study.wording.get(table, {}),
                "all_notes": study.notes.get(table, ()),
            }
            for table, done in study.cleaned.items()
        }
        (staging / "words.json").write_text(json.dumps(words), encoding="utf-8")
        os.replace(staging, folder)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)


def _from_cache(mapping: Mapping, folder: Path) -> Study | None:
    try:
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        cleaned = {
            table: Cleaned(
                **{part: pd.read_parquet(folder / f"{table}.{part}.parquet") for part in _FRAMES},
                notes=tuple(words[table]["notes"]),
                rows_in=words[table]["rows_in"],
            )
            for table in words
        }
    except (OSError, ValueError, KeyError):
        return None
    return Study(
        mapping,
        cleaned,
        {table: words[table]["wording"] for table in words},
        {table: tuple(words[table]["all_notes"]) for table in words},
    )
