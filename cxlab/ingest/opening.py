"""What is in this file? Its kind and its bytes, held against its name."""

import csv
import gzip
import io
import mmap
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cxlab.codebook import Refusal

LARGEST_UNPACKED = 2 * 2**30  # bytes; a packed file that grows beyond this is refused
_PIECE = 2**24  # bytes held at once where a file is looked through
HEAD = 2**18  # bytes looked at to decide on delimiter and header
Bytes = bytes | mmap.mmap
csv.field_size_limit(2**31 - 1)  # a long comment is no fault; the usual limit is 131,072 letters

_KINDS = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".tab": "text",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".sav": "spss",
    ".zsav": "spss",
    ".zip": "zip",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}
_TEXTS = ("text", "json")
_CALLED = {
    "text": "a text file",
    "json": "a file of JSON records",
    "workbook": "an Excel workbook",
    "parquet": "a Parquet file",
    "spss": "an SPSS file",
    "old workbook": "an Excel 97-2003 workbook",
    "web page": "a web page",
    "zip": "a zip archive",
    "gzip": "a file packed with gzip",
    "pdf": "a PDF document",
    "picture": "a picture",
    "database": "an SQLite database",
}
_STARTS = (
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0", "old workbook"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"$FL2", "spss"),
    (b"$FL3", "spss"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"SQLite format 3", "database"),
)
_INSTEAD = {".xls": " Save it as .xlsx.", ".ods": " Save it as .xlsx.", ".7z": " Unpack it."}


class IngestError(Refusal):
    """A file cannot be read as what it claims to be."""


@dataclass(frozen=True)
class Opened:
    """A file's content: its kind, and its bytes where it is text."""

    kind: str
    data: Bytes = b""
    note: str = ""


def open_file(path: Path) -> Opened:
    """Decide what a file is by its content, and hold that against its name.

    Raises:
        IngestError: empty, of a kind that is not read, or not what its name says.
    """
    packed = path.suffix.lower() == ".gz"
    ending = (Path(path.stem) if packed else path).suffix.lower()
    claimed = _KINDS.get(ending)
    if claimed is None or (packed and claimed not in _TEXTS):
        raise IngestError(
            f"{path.name}: files ending in '{''.join(path.suffixes[-2:]) if packed else ending}' "
            f"are not read.{_INSTEAD.get(ending, '')} "
            f"Known endings: {', '.join(sorted(_KINDS))}, each of the text kinds also as .gz."
        )
    if path.stat().st_size == 0:
        raise IngestError(f"{path.name}: the file is empty (0 bytes). Export it again.")
    with path.open("rb") as stream:
        start = stream.read(512)
    found = "gzip" if packed and start[:2] == b"\x1f\x8b" else _kind(start, path)
    if found == "text" and claimed == "json":
        found = "json"
    if found != ("gzip" if packed else claimed):
        raise IngestError(
            f"{path.name}: named as {_CALLED['gzip' if packed else claimed]}, "
            f"but its content is {_CALLED[found]}. Give it the right ending, or export it again."
        )
    if found == "zip":
        return _from_archive(path)
    if found not in (*_TEXTS, "gzip"):
        return Opened(found)
    data = _unpack(path) if packed else _mapped(path)
    if not len(data):
        raise IngestError(f"{path.name}: the file is empty once unpacked. Export it again.")
    return Opened(str(claimed), data)


def exports(folder: Path) -> list[Path]:
    """List the files of a folder that are read, by their endings.

    Raises:
        IngestError: there is none.
    """
    endings = (*_KINDS, *(f"{name}.gz" for name, kind in _KINDS.items() if kind in _TEXTS))
    found = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and path.name.lower().endswith(endings)
        and not path.name.lower().startswith((".", "readme"))
    ]
    if not found:
        raise IngestError(f"{folder}: holds no export. Known endings: {', '.join(sorted(_KINDS))}.")
    return found


def pieces(data: Bytes, start: int = 0, size: int = _PIECE) -> Iterator[bytes]:
    """Give the content piece by piece, so that a large file is never held whole."""
    for at in range(start, len(data), size):
        yield data[at : at + size]
        if isinstance(data, mmap.mmap):  # what was looked at need not stay in memory
            data.madvise(mmap.MADV_DONTNEED)


class Streamed(io.RawIOBase):
    """A file's content from some place on, read once, a piece at a time."""

    def __init__(self, data: Bytes, start: int):
        self._pieces = pieces(data, start)
        self._rest = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, `size` of them where a piece holds as many; none at the end."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        end = size if size >= 0 else len(self._rest)
        given, self._rest = self._rest[:end], self._rest[end:]
        return given


def tally(data: Bytes, byte: bytes) -> int:
    """Count how often a byte occurs."""
    return sum(piece.count(byte) for piece in pieces(data))


def delimiter(head: str, name: str, declared: str | None) -> str:
    """Find the character between fields: the one that cuts the most rows alike.

    Raises:
        IngestError: two candidates cut the rows equally well.
    """
    if declared:
        mark = {"tab": "\t", "\\t": "\t"}.get(declared, declared)
        if len(mark) != 1:
            raise IngestError(f"{name}: 'delimiter: {declared}' is not one character.")
        return mark
    scores: dict[str, tuple[float, int]] = {}
    for candidate in _USUAL_MARKS + _RARE_MARKS:
        if candidate in _RARE_MARKS and scores:
            break
        rows = _cut(head, candidate)
        if len(rows) > 2:  # the last row of the head may be cut
            rows = rows[:-1]
        widths = [len(row) for row in rows]
        common = max(sorted(set(widths)), key=widths.count) if widths else 1
        if common > 1:
            scores[candidate] = (round(widths.count(common) / len(widths), 2), common)
    if not scores:
        words = {len(line.split()) for line in head.splitlines()[:200][:-1] if line.strip()}
        return " " if len(words) == 1 and words.pop() > 2 else ","
    best = sorted(scores, key=lambda mark: scores[mark], reverse=True)
    if len(best) > 1 and scores[best[0]] == scores[best[1]]:
        raise IngestError(
            f"{name}: '{best[0]}' and '{best[1]}' cut the rows equally well. "
            "Declare 'delimiter:' in the study file."
        )
    return best[0]


_USUAL_MARKS, _RARE_MARKS = ",;\t|", "~^¦\x1f\x01§"


def _cut(head: str, mark: str) -> list[list[str]]:
    """Cut the first rows at a character; what comes after an unreadable row is not looked at."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(head), delimiter=mark):
            if row:
                rows.append(row)
            if len(rows) == 200:
                break
    except csv.Error:
        pass
    return rows


def _kind(start: bytes, path: Path) -> str:
    for magic, kind in _STARTS:
        if start.startswith(magic):
            return kind
    if start.startswith(b"PK\x03\x04"):
        return "workbook" if _has_workbook(path) else "zip"
    if start.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "web page"
    return "text"


def _has_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST_UNPACKED:
                raise _too_large(path)
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        raise IngestError(
            f"{path.name}: the archive is damaged and cannot be opened. Export it again."
        ) from None


def _from_archive(path: Path) -> Opened:
    """Take the one export out of a zip archive."""
    with zipfile.ZipFile(path) as archive:
        inside = [
            entry
            for entry in archive.infolist()
            if not entry.is_dir() and not entry.filename.startswith(("__MACOSX/", "."))
        ]
        names = ", ".join(entry.filename for entry in inside[:6]) or "nothing"
        if len(inside) != 1 or _KINDS.get(Path(inside[0].filename).suffix.lower()) != "text":
            raise IngestError(
                f"{path.name}: holds {names}; one text export is expected. Unpack it first."
            )
        if inside[0].file_size > LARGEST_UNPACKED:
            raise _too_large(path)
        try:
            data = archive.read(inside[0])
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as bad:
            raise IngestError(f"{path.name}: {names} cannot be unpacked ({bad}).") from None
    if not data:
        raise IngestError(f"{path.name}: {names} is empty. Export it again.")
    return Opened("text", data, f"{path.name}: holds {names}.")


def _unpack(path: Path) -> bytes:
    """Unpack a file whose size, counted without holding it, is within bounds."""
    try:
        size = 0
        with gzip.open(path) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > LARGEST_UNPACKED:
                    raise _too_large(path)
        with gzip.open(path) as stream:
            return stream.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise IngestError(f"{path.name}: the packed file is damaged ({error}).") from None


def _too_large(path: Path) -> IngestError:
    return IngestError(
        f"{path.name}: unpacks to more than {LARGEST_UNPACKED:,} bytes; refused. Unpack it by hand "
        "if it is meant to be so large."
    )


def _mapped(path: Path) -> Bytes:
    with path.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
