"""What stops a study from being opened; every table that fails is named."""

import re
from pathlib import Path
from typing import Any

from cxlab.codebook import Refusal, line_of


class StudyError(Refusal):
    """A study cannot be opened; every table that fails is named.

    Attributes:
        errors: table, file, line, column, message of each.
    """

    def __init__(self, message: str, errors: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.errors = errors


class NoSuchName(StudyError, AttributeError):
    """A study has nothing of this name."""


class collecting:
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


def stop_at(errors: list[dict[str, Any]], source: Path | None = None) -> None:
    """Refuse, if there is any trouble; with the line of the study file it comes from."""
    for error in errors if source else ():
        said = [_with_line(text, error["table"], source) for text in error["message"].split("\n")]  # type: ignore[arg-type]
        error["message"] = "\n".join(said)
    if errors:
        raise StudyError("\n".join(f"{e['table']}: {e['message']}" for e in errors), errors)


_PARTS = ("columns", "ratings", "segments")
_OURS = re.compile(r"\((?:wanted|read) as '([^']+)'")
_WHERE = re.compile(r"'([^']+)' \(wanted for 'where'\)|'([^']+)' holds .*`where`")


def _with_line(text: str, table: str, path: Path) -> str:
    places: list[tuple[str, ...]] = []
    if found := _OURS.search(text):
        places = [("tables", table, part, found[1]) for part in _PARTS]
        places += [("tables", table, found[1]), ("tables", table, "attributes")]
    elif found := _WHERE.search(text):
        places = [("tables", table, "where", found[1] or found[2])]
    elif found := re.search(r"\brates\.(\w+)", text):
        places = [("rates", found[1])]
    elif f"tables.{table}.files" in text:
        places = [("tables", table, "files")]
    line = next((line for place in places if (line := line_of(path, *place))), None)
    return f"{text} (See {path.name}, line {line}.)" if line else text
