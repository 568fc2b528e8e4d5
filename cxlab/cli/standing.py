"""The answer of the last command, given again where nothing it rests on has changed."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxlab import marks

_WRITTEN = ("manifest.json", "findings.json", "index.html")


def asked(study_file: Path, notebooks: Path | None, **words: Any) -> dict[str, Any]:
    """Say what is asked, in plain values; the same words in another folder ask something else."""
    found = [str(folder) for folder in folders(notebooks)]
    return {"study": str(study_file), "in": os.getcwd(), "notebooks": found, **words}


def place(asked: dict[str, Any]) -> Path:
    """Name the file in which an answer is kept, one for each thing asked."""
    name = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
    return Path(asked["study"]).parent / ".cxlab" / f"{asked['command']}-{name}.json"


def folders(given: Path | None) -> list[Path]:
    """Give the folder of notebooks, if there is one."""
    beside = Path(__file__).resolve().parents[2] / "notebooks"
    wanted = [given] if given else [Path("notebooks"), beside]
    return [folder.resolve() for folder in wanted if folder.is_dir()][:1]


def sealed(study_file: Path, mapping: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Mark what the answer will rest on, before it is read."""
    patterns = [pattern for table in mapping.tables.values() for pattern in table.files]
    patterns += mapping.voice.files.values()
    return marks.seal(place(asked), study_file, patterns, *map(Path, asked["notebooks"]))


def keep(
    asked: dict[str, Any],
    seal: dict[str, Any],
    runs: Sequence[Any],
    out: Path,
    doubts: Sequence[str],
) -> None:
    """Keep what a run will say when nothing has changed, where everything was made."""
    from cxlab.reports import summary

    again = [replace(run, state="unchanged") if run.state == "done" else run for run in runs]
    if any(run.state not in ("unchanged", "not made") for run in again):
        seal = {}
    lines = [line(at, len(again), run) for at, run in enumerate(again, 1)]
    said = [one for one, run in zip(lines, again, strict=True) if run.state != "unchanged"]
    answer = {
        "aside": [*doubts, *said],
        "summary": summary(again),
        "index": str(out / "index.html"),
    }
    pages = [out / run.page for run in runs if run.page]
    there = [page.with_suffix(end) for page in pages for end in (".html", ".findings.json")]
    there += [out / run.file for run in runs if run.file]
    made = [out / name for name in _WRITTEN]
    marks.keep(place(asked), asked, seal, answer, made=made, there=there)


def line(at: int, total: int, run: Any) -> str:
    """Say what became of a report, and why it was not made."""
    why = f": {run.error}" if run.state == "not made" and run.error else ""
    return f"[{at}/{total}] {run.state}: {run.question}, {run.part}{why}"


def stands(study_file: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Give the answer of the last run if it stands, and book its reports as unchanged.

    Nothing is given where another run is at work, for that is refused in a sentence.
    """
    kept = marks.recalled(place(asked), asked, study_file)
    if not kept:
        return {}
    index = Path(kept["answer"]["index"])
    try:
        with marks.alone(index.with_name(".lock")) as free:
            return _booked(kept, index.with_name("manifest.json"), place(asked)) if free else {}
    except OSError:
        return {}


def _booked(kept: dict[str, Any], path: Path, place: Path) -> dict[str, Any]:
    manifest = marks.known(path, {})
    states = manifest["run"]["reports"]
    if any(one["state"] == "done" for one in states):
        for one in states:
            one.update(state="unchanged" if one["state"] == "done" else one["state"], seconds=0.0)
        marks.put(path, manifest, indent=1, mode=0o666)
        kept["made"][str(path)] = marks.mark(path)
        marks.put(place, kept)
    return kept["answer"]
