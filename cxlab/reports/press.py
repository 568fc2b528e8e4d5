"""Execute a plan with papermill; files appear whole, failures stay alone, nothing is done twice."""

import contextlib
import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import cxlab
from cxlab import export
from cxlab.reports import workshop
from cxlab.reports.notebooks import PlanError
from cxlab.reports.plan import Job
from cxlab.reports.report import FINDINGS, INDEX, STAGING, make
from cxlab.reports.workshop import Engine
from cxlab.results import count

MANIFEST = "manifest.json"
_VERSIONS = ("numpy", "pandas", "scipy", "statsmodels", "scikit-learn", "matplotlib", "papermill")


@dataclass
class Run:
    """What became of one report.

    Attributes:
        notebook, question, part: which report.
        parameters: what it was run with.
        state: `done`, `unchanged`, `failed` or `not made`.
        key: hash of everything the report depends on.
        page, file: the page and the executed notebook, relative to the output folder.
        headline, base: its first finding.
        error: first line of what went wrong.
        seconds: time it took.
        reading_order: place in the list of what to read first.
    """

    notebook: str
    question: str
    part: str
    parameters: dict[str, Any]
    state: str
    key: str = ""
    page: str = ""
    file: str = ""
    headline: str = ""
    base: str = ""
    error: str = ""
    seconds: float = 0.0
    reading_order: int = 99


def run(
    jobs: Sequence[Job],
    out: Path,
    *,
    study: dict[str, Any],
    data: str,
    engine: Engine | None = None,
    force: bool = False,
    tell: Callable[[Run], None] = lambda run: None,
) -> list[Run]:
    """Make every report of a plan that is not up to date.

    Args:
        jobs: the plan.
        out: output folder; it gets `index.html`, `manifest.json`, `findings.json` and, for
            each report, the page, the executed notebook and its findings.
        study: name, `as_of` and row counts, for the manifest.
        data: fingerprint of the study's data.
        engine: how reports are executed: which kernels, how many at a time, which limits.
        force: make all of them, also those that are up to date.
        tell: called with each finished report.

    Returns:
        One `Run` a job, in the order of the plan.

    Raises:
        PlanError: the output folder cannot be written, or another run is at work in it.
    """
    started = time.time()
    with _alone(out):
        before = _last(out)
        runs: dict[str, Run] = {}
        todo = []
        for job in jobs:
            entry = _entry(job, data)
            known = before.get(job.stem)
            if job.missing:
                entry.state, entry.error = "not made", f"needs {', '.join(job.missing)}"
            elif not force and known and _up_to_date(known, entry, out):
                entry = Run(**{**known, "state": "unchanged", "seconds": 0.0})
            else:
                todo.append(job)
                continue
            runs[job.stem] = entry
            tell(entry)
        for stem, entry in _executed(todo, out, data, study["study"], engine or Engine()):
            runs[stem] = entry
            _write(out, jobs, runs, study, data, started)
            tell(entry)
        _write(out, jobs, runs, study, data, started)
    return [runs[job.stem] for job in jobs]


def _entry(job: Job, data: str) -> Run:
    return Run(
        notebook=job.notebook.name,
        question=job.notebook.question,
        part=job.part,
        parameters=job.parameters,
        state="",
        key=_key(job, data),
        reading_order=job.notebook.reading_order,
    )


def _key(job: Job, data: str) -> str:
    """Hash everything a report depends on."""
    digest = hashlib.sha256()
    digest.update(job.notebook.path.read_bytes())
    digest.update(json.dumps(job.parameters, sort_keys=True).encode())
    digest.update(data.encode())
    digest.update(_code().encode())
    digest.update(json.dumps(versions(), sort_keys=True).encode())
    return digest.hexdigest()[:32]


def _code() -> str:
    digest = hashlib.sha256()
    root = Path(cxlab.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".js"):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Give the versions a report depends on."""
    found = {name: metadata.version(name) for name in _VERSIONS}
    return {"cxlab": cxlab.__version__, "python": platform.python_version(), **found}


def _up_to_date(known: dict[str, Any], entry: Run, out: Path) -> bool:
    return (
        known["key"] == entry.key
        and known["state"] in ("done", "unchanged")
        and (out / known["page"]).is_file()
        and (out / known["file"]).is_file()
    )


def _last(out: Path) -> dict[str, dict[str, Any]]:
    """Give the reports of the last run by stem; a damaged manifest counts as none."""
    try:
        reports = json.loads((out / MANIFEST).read_text(encoding="utf-8"))["reports"]
        return {Path(entry["page"]).with_suffix("").as_posix(): entry for entry in reports}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _executed(
    jobs: Sequence[Job], out: Path, data: str, study: str, how: Engine
) -> Iterator[tuple[str, Run]]:
    staging = out / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    todo = {job.stem: (job, str(out), study, how.name) for job in jobs}
    try:
        for stem, told in workshop.work(make, todo, how):
            job = todo[stem][0]
            yield stem, Run(**{**asdict(_entry(job, data)), **told})
    finally:
        shutil.rmtree(staging, ignore_errors=True)


# ---------------------------------------------------------------- writing


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the output folder; two runs never mix."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("w")  # kept: removing it would let two runs hold two files
    except OSError as error:
        raise PlanError(f"{out}: cannot be written ({error.strerror}).") from None
    with lock:
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass
        except OSError:
            busy = f"{out}: another run is at work here. Wait for it, or use --out."
            raise PlanError(busy) from None
        yield


def _write(
    out: Path,
    jobs: Sequence[Job],
    runs: dict[str, Run],
    study: dict[str, Any],
    data: str,
    started: float,
) -> None:
    """Write manifest, findings and index of what is finished so far, each in one move."""
    finished = [runs[job.stem] for job in jobs if job.stem in runs]
    manifest = {
        **study,
        "data": data,
        "started": _moment(started),
        "finished": _moment(time.time()),
        "seconds": round(time.time() - started, 1),
        "versions": versions(),
        "reports": [asdict(entry) for entry in finished],
    }
    found = []
    for entry in finished:
        if entry.state in ("done", "unchanged"):
            path = (out / entry.page).with_suffix(".findings.json")
            results = json.loads(path.read_text(encoding="utf-8"))
            found.append({"notebook": entry.notebook, "part": entry.part, "page": entry.page,
                          "findings": results})  # fmt: skip
    _whole(out / FINDINGS, json.dumps(found, indent=1, ensure_ascii=False))
    _whole(out / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
    _whole(out / INDEX, export.index(manifest))


def _whole(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def summary(runs: Sequence[Run]) -> str:
    """Say in one sentence what a run came to.

    Example:
        >>> summary([])
        '0 reports: nothing to do.'
    """
    tally = {state: sum(entry.state == state for entry in runs)
             for state in ("done", "unchanged", "failed", "not made")}  # fmt: skip
    words = [f"{n} {state}" for state, n in tally.items() if n]
    return f"{count(len(runs), 'report')}: {', '.join(words) or 'nothing to do'}."
