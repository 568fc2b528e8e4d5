"""What may follow a run: workbooks, PDF, and a word to whoever waits."""

import json
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cxlab.export import held, pdf, tables
from cxlab.export.audience import people
from cxlab.reports.notebooks import RunError
from cxlab.reports.plan import EVERYONE
from cxlab.reports.press import Run
from cxlab.reports.record import MADE, MANIFEST, whole

WHOLE = "all-reports"
PATIENCE = 60  # seconds the notified command may take


def workbooks(runs: Sequence[Run], out: Path) -> list[Path]:
    """Write the tables of each report beside its page, those that are current excepted.

    Args:
        runs: what the run came to.
        out: its output folder.

    Returns:
        The workbooks of all reports that were made; a part of too few people for managers has
        none, as its page shows nothing.
    """
    made = []
    manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    smallest = manifest.get("fewest", {}).get("manager", 0)
    for run in (run for run in runs if run.state in MADE):
        target = (out / run.page).with_suffix(".xlsx")
        findings = (out / run.page).with_suffix(".findings.json")
        found = json.loads(findings.read_text(encoding="utf-8"))
        if run.part != EVERYONE and (people(found) or smallest) < smallest:
            target.unlink(missing_ok=True)
            continue
        if not _current(target, findings):
            whole(target, tables.workbook([held(one, smallest=smallest) for one in found]))
        made.append(target)
    return made


def papers(runs: Sequence[Run], out: Path) -> list[Path]:
    """Print each page, and the pages for everyone behind each other as one document.

    Args:
        runs: what the run came to.
        out: its output folder.

    Returns:
        The documents.
    """
    made, bound = [], []
    for run in sorted((r for r in runs if r.state in MADE), key=lambda r: r.reading_order):
        page = out / run.page
        if not _current(page.with_suffix(".pdf"), page):
            pdf.printed(page, page.with_suffix(".pdf"))
        made.append(page.with_suffix(".pdf"))
        bound += [page] if run.part == EVERYONE else []
    if bound:
        joined = out / f".{WHOLE}.html"
        try:
            joined.write_text(pdf.bound(bound), encoding="utf-8")
            pdf.printed(joined, out / f"{WHOLE}.pdf")
        finally:
            joined.unlink(missing_ok=True)
        made.append(out / f"{WHOLE}.pdf")
    return made


def notify(command: str, runs: Sequence[Run], out: Path) -> None:
    """Run a command and hand it the summary of a run as JSON on its standard input.

    Args:
        command: program and arguments; no shell reads it.
        runs: what the run came to.
        out: its output folder.

    Raises:
        RunError: the command cannot be run or fails; the run itself stands.
    """
    told = json.dumps(_told(runs, out), ensure_ascii=False)
    try:
        words = shlex.split(command)
        subprocess.run(words, input=told, text=True, encoding="utf-8", check=True, timeout=PATIENCE)
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        said = f"--notify {command}: {error}. The reports themselves are finished."
        raise RunError(said) from None


def _told(runs: Sequence[Run], out: Path) -> dict[str, Any]:
    manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    states = [run.state for run in runs]
    keys = ("notebook", "question", "part", "error", "file")
    return {
        "study": manifest["study"],
        "index": str(out / "index.html"),
        "states": {state: states.count(state) for state in sorted(set(states))},
        "failed": [{k: asdict(run)[k] for k in keys} for run in runs if run.state == "failed"],
        "since": (manifest.get("since") or {}).get("lines", []),
    }


def _current(made: Path, source: Path) -> bool:
    return made.is_file() and made.stat().st_mtime >= source.stat().st_mtime
