"""What stops a study from being opened; every table that fails is named."""

from typing import Any

from cxlab.codebook import Refusal


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


def stop_at(errors: list[dict[str, Any]]) -> None:
    if errors:
        raise StudyError("\n".join(f"{e['table']}: {e['message']}" for e in errors), errors)
