"""What is in this file? Its kind, its encoding, its delimiter, found out and said."""

import csv
import gzip
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from cxlab.codebook import Refusal

LARGEST_UNPACKED = 4 * 2**30  # bytes; a packed file that grows beyond this is refused
HEAD = 2**18  # bytes looked at to decide on delimiter and header

_KINDS = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".tab": "text",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_CALLED = {
    "text": "a text file",
    "workbook": "an Excel workbook",
    "parquet": "a Parquet file",
    "old workbook": "an Excel 97-2003 workbook",
    "web page": "a web page",
    "zip": "a zip archive",
    "pdf": "a PDF document",
}


class IngestError(Refusal):
    """A file cannot be read as what it claims to be."""


@dataclass(frozen=True)
class Opened:
    """A file's content: its kind, and its bytes where it is text."""

    kind: str
    data: bytes = b""


def open_file(path: Path) -> Opened:
    """Decide what a file is by its content, and hold that against its name.

    Raises:
        IngestError: empty, of a kind that is not read, or not what its name says.
    """
    packed = path.suffix.lower() == ".gz"
    ending = (Path(path.stem) if packed else path).suffix.lower()
    claimed = _KINDS.get(ending)
    if claimed is None:
        raise IngestError(
            f"{path.name}: files ending in '{ending}' are not read. "
            f"Known endings: {', '.join(sorted(_KINDS))}, each of the text kinds also as .gz."
        )
    if path.stat().st_size == 0:
        raise IngestError(f"{path.name}: the file is empty (0 bytes). Export it again.")
    with path.open("rb") as stream:
        start = stream.read(512)
    found = "text" if packed else _kind(start, path)
    if found != claimed:
        raise IngestError(
            f"{path.name}: named as {_CALLED[claimed]}, but its content is {_CALLED[found]}. "
            "Give it the right ending, or export it again."
        )
    if found != "text":
        return Opened(found)
    return Opened("text", _unpack(path) if packed else path.read_bytes())


def decode(data: bytes, name: str, declared: str | None) -> tuple[bytes, str, str]:
    """Turn text of any encoding into UTF-8.

    Args:
        data: the file.
        name: its name, for messages.
        declared: the encoding of the study file, or None to find out.

    Returns:
        The text as UTF-8 without a byte order mark, the encoding's name, and how it was
        decided.

    Raises:
        IngestError: the declared encoding does not fit, or the file is not text.
    """
    if declared:
        try:
            return _utf8(data, declared), declared, "as declared"
        except (UnicodeDecodeError, LookupError) as error:
            raise IngestError(f"{name}: not readable as '{declared}' ({error}).") from None
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:], "utf-8", "byte order mark"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _utf8(data, "utf-16"), "utf-16", "byte order mark"
    if (at := data.find(b"\x00")) >= 0:
        raise IngestError(
            f"{name}, line {data[:at].count(10) + 1}: a zero byte; this is not a text file. "
            "If it is UTF-16 without a byte order mark, declare 'encoding: utf-16-le'."
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte(data)
    return data, "utf-8", "every byte is valid UTF-8"


def delimiter(head: str, name: str, declared: str | None) -> str:
    """Find the character between fields: the one that cuts the most rows alike.

    Raises:
        IngestError: two candidates cut the rows equally well.
    """
    if declared:
        return {"tab": "\t", "\\t": "\t"}.get(declared, declared)
    scores = {}
    for candidate in ",;\t|":
        rows = [row for row in csv.reader(io.StringIO(head), delimiter=candidate) if row][:200]
        if len(rows) > 2:  # the last row of the head may be cut
            rows = rows[:-1]
        widths = [len(row) for row in rows]
        common = max(set(widths), key=widths.count) if widths else 1
        if common > 1:
            scores[candidate] = (widths.count(common) / len(widths), common)
    if not scores:
        return ","
    best = sorted(scores, key=lambda mark: scores[mark], reverse=True)
    if len(best) > 1 and scores[best[0]] == scores[best[1]]:
        raise IngestError(
            f"{name}: '{best[0]}' and '{best[1]}' cut the rows equally well. "
            "Declare 'delimiter:' in the study file."
        )
    return best[0]


def _kind(start: bytes, path: Path) -> str:
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "old workbook"
    if start.startswith(b"%PDF"):
        return "pdf"
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
                raise IngestError(f"{path.name}: unpacks to {unpacked:,} bytes; refused.")
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        raise IngestError(
            f"{path.name}: the workbook is damaged (its archive cannot be opened). Export it again."
        ) from None


def _unpack(path: Path) -> bytes:
    try:
        with gzip.open(path) as stream:
            data = stream.read(LARGEST_UNPACKED + 1)
    except (OSError, EOFError) as error:
        raise IngestError(f"{path.name}: the packed file is damaged ({error}).") from None
    if len(data) > LARGEST_UNPACKED:
        raise IngestError(f"{path.name}: unpacks to more than {LARGEST_UNPACKED:,} bytes; refused.")
    return data


def _utf8(data: bytes, encoding: str) -> bytes:
    return data.decode(encoding).removeprefix("\ufeff").encode("utf-8")


def _single_byte(data: bytes) -> tuple[bytes, str, str]:
    try:
        return _utf8(data, "cp1252"), "cp1252", "not UTF-8, every byte is valid cp1252"
    except UnicodeDecodeError:
        return _utf8(data, "latin-1"), "latin-1", "neither UTF-8 nor cp1252"
