"""The secret under which a study gives its customers other names."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from cxlab.study.errors import StudyError

FILE = "pseudonyms.key"


def key_of(folder: Path) -> bytes:
    """Read the secret kept beside the study file; the first call draws and keeps it.

    Args:
        folder: where the study file is.

    Returns:
        32 random bytes. Who has them can find the customer behind a pseudonym, so the file is
        readable by its owner alone and belongs into no repository.

    Raises:
        StudyError: the file cannot be written, or does not hold a secret.
    """
    path = folder / FILE
    if not path.exists():
        try:
            _draw(path)
        except OSError as error:
            raise StudyError(
                f"{FILE}: pseudonyms need a secret beside the study file, and it cannot be written "
                f"there ({error.strerror}). Make the folder writable, or ask for real ids.",
                [],
            ) from error
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if len(key) < 32:
        raise StudyError(f"{FILE}: expected 64 hexadecimal digits; delete it to draw anew.", [])
    return key


def _draw(path: Path) -> None:
    """Write a new secret whole; of two writers at once the first one's stands."""
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}")
    try:
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
