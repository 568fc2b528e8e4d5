"""Themes of an earlier wave, as `voice.keep` wrote them to a file."""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from cxlab.results import Misuse
from cxlab.voice.workings.matching import Theme


def write(themes: Sequence[Theme], file: str | Path) -> Path:
    """Write themes to a file: words and counts, no text of anybody."""
    told = {"themes": [theme._asdict() for theme in themes]}
    path = Path(file)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def read(file: str | Path) -> list[Theme]:
    """Read the themes of an earlier wave.

    Raises:
        Misuse: there is no such file, or `keep` did not write it.
    """
    try:
        rows = json.loads(Path(file).read_text(encoding="utf-8"))["themes"]
        known = [{"often": {}, **row} for row in rows]  # older files have no such counts
        return TypeAdapter(list[Theme]).validate_python(known)
    except FileNotFoundError:
        raise Misuse(
            f"there is no file '{file}'; give the whole path of the kept themes."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise Misuse(
            f"'{Path(file).name}' is no file of kept themes; write one with voice.keep."
        ) from None
