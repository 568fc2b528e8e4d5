"""Is this what it was? Files told by size, inode and time of writing, so that none is read again.

A command that ends well may keep its answer under a seal: a mark of everything it read, wrote and
stood on. Where the seal is whole, the answer stands, and nothing heavy is opened to find that out.
"""

import contextlib
import hashlib
import json
import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Mark = list[int]
_SETTLED = 2_000_000_000  # nanoseconds; what was written just now may change under the same time
_CODE = (".py", ".html", ".css", ".js")


def mark(path: Path) -> Mark:
    """Give size, inode and time of writing of a file."""
    found = path.stat()
    return [found.st_size, found.st_ino, found.st_mtime_ns]


def now(folder: Path) -> int:
    """Give the time as the file system itself tells it, in nanoseconds; 0 where it is read-only."""
    folder = next(each for each in (folder, *folder.absolute().parents) if each.is_dir())
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as moment:
            return os.fstat(moment.fileno()).st_mtime_ns
    except OSError:
        return 0


def settled(one: Mark, moment: int) -> bool:
    """Say whether a file written at its time could not be written again under the same time."""
    return one[2] < moment - _SETTLED


def known(path: Path, otherwise: Any) -> Any:
    """Read what was kept as JSON; what is not there or damaged is `otherwise`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return otherwise
    return content if isinstance(content, type(otherwise)) else otherwise


def put(path: Path, content: Any, *, indent: int | None = None, mode: int = 0o600) -> None:
    """Keep plain values as JSON in one move; a folder that cannot be written is no error."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch(mode=mode)
        part.write_text(json.dumps(content, indent=indent, ensure_ascii=False), encoding="utf-8")
        os.replace(part, path)


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """Hold a lock and say whether nobody else does; kept: removing it would let two hold two."""
    with lock.open("w") as held:
        try:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except ImportError:
            free = True
        except OSError:
            free = False
        yield free


# ---------------------------------------------------------------- seals


def seal(place: Path, study: Path, patterns: Sequence[str], *others: Path) -> dict[str, Any]:
    """Mark everything an answer about a study will rest on, before any of it is read.

    Args:
        place: the file in which the answer will be kept.
        study: the study file.
        patterns: the files of its tables, as the study file names them.
        others: folders of notebooks.

    Returns:
        Plain values; empty where a file was written just now, or cannot be told.
    """
    found = _sealed(study, patterns, *others)
    moment = now(place.parent)
    return found if all(settled(one, moment) for one in found.get("files", {}).values()) else {}


def _sealed(study: Path, patterns: Sequence[str], *others: Path) -> dict[str, Any]:
    try:
        exports = [path for each in patterns for path in _matching(study.parent, each)]
        notebooks = [path for other in others for path in sorted(other.glob("*.ipynb"))]
        return {
            "study": hashlib.sha256(study.read_bytes()).hexdigest(),
            "patterns": list(patterns),
            "files": {str(path): mark(path) for path in [study, *exports, *notebooks]},
            "code": hashlib.sha256(json.dumps(list(_code())).encode()).hexdigest(),
        }
    except OSError:
        return {}


def recalled(place: Path, asked: Mapping[str, Any], study: Path) -> dict[str, Any]:
    """Give what is kept at a place, if the same was asked and nothing the answer rests on changed.

    Args:
        place: the file it is kept in.
        asked: what is asked; `notebooks` names folders of them.
        study: the study file.

    Returns:
        What `keep` wrote: `asked`, `seal`, `answer`, `made`; empty where nothing stands.
    """
    kept = known(place, {})
    if kept.get("asked") != asked or not kept.get("seal"):
        return {}
    if kept["seal"] != _sealed(
        study, kept["seal"].get("patterns", ()), *map(Path, asked.get("notebooks", ()))
    ):
        return {}
    return kept if _stand(kept.get("made", {})) else {}


def keep(
    place: Path,
    asked: Mapping[str, Any],
    sealed: Mapping[str, Any],
    answer: Mapping[str, Any],
    *,
    made: Iterable[Path] = (),
    there: Iterable[Path] = (),
) -> None:
    """Keep an answer.

    Args:
        place: the file it is kept in.
        asked: what was asked, in plain values.
        sealed: the seal; without one, what was kept before is taken away.
        answer: the answer, in plain values.
        made: files the command wrote that must stay as they are for the answer to stand.
        there: files that need only be there.
    """
    if not sealed:
        with contextlib.suppress(OSError):
            place.unlink()
        return
    wrote = {str(path): mark(path) for path in made} | {str(path): [] for path in there}
    content = {"asked": asked, "seal": sealed, "answer": answer, "made": wrote}
    put(place, content)


def _stand(made: Mapping[str, Mark]) -> bool:
    try:
        return all(mark(Path(path)) == (one or mark(Path(path))) for path, one in made.items())
    except OSError:
        return False


def _matching(folder: Path, pattern: str) -> list[Path]:
    found = [Path(pattern)] if Path(pattern).is_absolute() else sorted(folder.glob(pattern))
    if not found:
        raise FileNotFoundError(pattern)
    return found


def _code() -> Iterator[Any]:
    """Mark the code of cxlab, the Python it runs on and the packages installed beside it."""
    yield sys.version
    for where in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        yield Path(where).stat().st_mtime_ns
    for top, folders, names in os.walk(Path(__file__).parent):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(name for name in names if name.endswith(_CODE)):
            yield [name, *mark(Path(top, name))]
