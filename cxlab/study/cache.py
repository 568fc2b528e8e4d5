"""Keep cleaned tables, so that nine notebooks do not clean nine times."""

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from cxlab import __version__, cleaning, codebook, ingest, marks
from cxlab.cleaning import Cleaned
from cxlab.codebook import Mapping

FOLDER, HASHES = ".cxlab", "hashes.json"
WEIGHTS = ("population", "weighting")
LATER = {"reports", "next_steps", "study", "privacy", *WEIGHTS}  # matter once tables are clean
UNUSED = 30 * 24 * 3600  # seconds
_LOG = logging.getLogger(__name__)
_FRAMES = ("frame", "set_aside", "repairs", "judged")
Printed = dict[str, dict[str, Any]]  # file -> what it says of the columns of questions
Kept = tuple[
    dict[str, Cleaned], dict[str, dict[str, str]], dict[str, tuple[str, ...]], dict[str, Printed]
]


def fingerprint(mapping: Mapping, *, whole: bool = False) -> str:
    """Name the content a study stands on: exports, reading and cleaning code, study file.

    Args:
        mapping: the study file.
        whole: include what matters to reports but not to reading and cleaning.
    """
    digest = hashlib.blake2b(digest_size=12)
    digest.update(json.dumps(exports(mapping)).encode())
    reading = mapping.model_dump(mode="json", exclude={"reports"} if whole else LATER)
    digest.update(json.dumps(reading, sort_keys=True).encode())
    digest.update(_code())
    digest.update(_named(mapping) if whole else b"")
    return digest.hexdigest()


def names(mapping: Mapping) -> dict[str, str]:
    """Name the content each cleaned table stands on: its exports, what is said of it, code.

    Rows of other tables are held against the customer list, so they stand on that one, too.
    """
    files, code = exports(mapping), _code()
    rest = mapping.model_dump(mode="json", exclude={*LATER, "tables"})
    held = {
        str(table): [files[str(table)], spec.model_dump(mode="json")]
        for table, spec in mapping.tables.items()
    }
    named = {}
    for table, own in held.items():
        stands_on = json.dumps([table, own, held.get("customers"), rest], sort_keys=True)
        named[table] = hashlib.blake2b(stands_on.encode() + code, digest_size=12).hexdigest()
    return named


def _code() -> bytes:
    """Name the code that reads and cleans."""
    digest = hashlib.blake2b(f"{__version__} pandas {pd.__version__}".encode(), digest_size=12)
    for room in (codebook, ingest, cleaning):
        for path in sorted(Path(str(room.__file__)).parent.glob("*.py")):
            digest.update(path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.digest()


def exports(mapping: Mapping, *, verify: bool = False) -> dict[str, str]:
    """Name the content of each table's exports.

    Args:
        mapping: the study file.
        verify: read every byte, also of files that are as they were by size, inode and time.
    """
    place = mapping.folder / FOLDER / HASHES
    before, after = {} if verify else marks.known(place, {}), {}
    moment = marks.now(place.parent)
    named = {}
    for table in mapping.tables:
        digest = hashlib.blake2b(digest_size=12)
        for path in mapping.files(table):
            digest.update(path.name.encode())
            one, was = marks.mark(path), before.get(str(path.resolve()), [[], ""])
            content = was[1] if was[0] == one else _hash(path)
            digest.update(bytes.fromhex(content))
            if marks.settled(one, moment):
                after[str(path.resolve())] = [one, content]
        named[str(table)] = digest.hexdigest()
    if after != before:
        marks.put(place, after)
    return named


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def content(mapping: Mapping, cleaned: dict[str, Cleaned]) -> str:
    """Name the rows of a part of a study and the settings they are shown under."""
    digest = hashlib.blake2b(digest_size=12)
    digest.update(mapping.model_dump_json(exclude={"reports", "next_steps"}).encode())
    digest.update(_named(mapping))
    for table, done in sorted(cleaned.items()):
        for rows in (done.frame, done.judged):
            digest.update(f"{table} {rows.dtypes.to_dict()}".encode())
            digest.update(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _named(mapping: Mapping) -> bytes:
    """Name the content of files beside the exports that reports read."""
    paths = map(mapping.beside, mapping.voice.files.values())
    return "".join(_hash(Path(path)) for path in paths).encode()


def write(kept: Kept, folder: Path) -> None:
    """Write cleaned tables, wording and notes in one move; a read-only folder is no error."""
    cleaned, wording, notes, printed = kept
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=folder.parent))
    except OSError:
        return
    try:
        for table, done in cleaned.items():
            for part in _FRAMES:
                getattr(done, part).to_parquet(staging / f"{table}.{part}.parquet")
        words = {
            table: {
                "rows_in": done.rows_in,
                "wording": wording.get(table, {}),
                "notes": notes.get(table, ()),
                "printed": printed.get(table, {}),
            }
            for table, done in cleaned.items()
        }
        (staging / "words.json").write_text(json.dumps(words), encoding="utf-8")
        os.replace(staging, folder)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)


def tidy(used: Iterable[Path]) -> None:
    """Remove tables that lie beside those in use and were last used a month before them."""
    with suppress(OSError):
        now = {path: path.stat().st_mtime for path in used}
        for each in next(iter(now)).parent.iterdir():
            if each.is_dir() and each.stat().st_mtime < max(now.values()) - UNUSED:
                _LOG.info("%s: removed, unused for 30 days", each)
                shutil.rmtree(each, ignore_errors=True)


def read(folder: Path) -> Kept | None:
    """Give what `write` kept, or None when it is not there or not whole."""
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
    with suppress(OSError):  # a folder that cannot be written
        os.utime(folder)  # it was used
    wording = {table: words[table]["wording"] for table in words}
    notes = {table: tuple(words[table]["notes"]) for table in words}
    return cleaned, wording, notes, {table: words[table]["printed"] for table in words}
