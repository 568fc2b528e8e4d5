"""Execute a plan with papermill; files appear whole, failures stay alone, nothing is done twice."""

import contextlib
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from cxlab import marks
from cxlab.reports.changes import MISSING
from cxlab.reports.cluster import Work, hands
from cxlab.reports.depends import code, key, versions
from cxlab.reports.notebooks import FINDINGS_FILE, PlanError, RunError
from cxlab.reports.plan import Job
from cxlab.reports.record import NOT_MADE, Record, Run, last_run, stands
from cxlab.reports.report import FINDINGS, STAGING, make
from cxlab.reports.workshop import Engine
from cxlab.results import count

Named = Callable[[Mapping[str, str]], str]  # part of the study -> name of what it holds


def run(
    jobs: Sequence[Job],
    out: Path,
    *,
    study: dict[str, Any],
    data: str | Named,
    engine: Engine | None = None,
    force: bool = False,
    tell: Callable[[Run], None] = lambda run: None,
    begun: Callable[[Job], None] = lambda job: None,
) -> list[Run]:
    """Make every report of a plan that is not up to date.

    Args:
        jobs: the plan.
        out: output folder; it gets `index.html`, `manifest.json`, `findings.json` and, for
            each report, the page, the executed notebook and its findings.
        study: name, `as_of`, row counts, names of what the exports hold and the fewest people
            of a group that each audience may see, for the manifest.
        data: name of the study's content; or what gives that of a part, and of the whole
            study when asked for none.
        engine: how reports are executed: which kernels, how many at a time, which limits.
        force: make all of them, also those that are up to date.
        tell: called with each finished report.
        begun: called with each job as it is begun, except on a cluster.

    Returns:
        One `Run` a job, in the order of the plan.

    Raises:
        PlanError: the output folder cannot be written, or another run is at work in it, or the
            cluster cannot be used.
        RunError: the disk is full.
    """
    named = data if callable(data) else _always(data)
    facts = {**study, "data": named({}), "versions": versions(), "code": code()[:16]}
    engine = engine or Engine()
    with _alone(out), _stoppable(), _refusing(out), hands(engine, out) as work:
        record = Record(out, facts, force=force)
        record.planned = {job.stem: _entry(job) for job in jobs}
        try:
            for composed in (False, True):
                wave = [_told(job, out) for job in jobs if job.notebook.composes == composed]
                if composed and wave:
                    record.write()
                    named = _always(f"{facts['data']} {record.fingerprint()}")
                for entry in _made(
                    wave, record, named, engine, partial(work, begun=_by_stem(wave, begun))
                ):
                    tell(entry)
        finally:
            record.keep_others()
            record.close()
    return [record.runs[job.stem] for job in jobs]


def current(jobs: Sequence[Job], out: Path, *, data: str | Named) -> set[str]:
    """Say which reports of a plan are as they would be if made now; nothing is written.

    Args:
        jobs: the plan.
        out: output folder of the last run.
        data: as for `run`.

    Returns:
        The stems of those that are current; one made of the others' findings only where all
        others are.
    """
    named = data if callable(data) else _always(data)
    before, found = last_run(out)
    able = [job for job in jobs if not (job.refused or job.missing or job.withheld)]
    good: set[str] = set()
    for job in sorted(able, key=lambda one: one.notebook.composes):
        composes, known = job.notebook.composes, before.get(job.stem)
        rest = {one.stem for one in able if not one.notebook.composes}
        if known is None or (composes and not rest <= good):
            continue
        content = f"{named({})} {found}" if composes else named(job.reads)
        if stands(out, known, key(_told(job, out), content)):
            good.add(job.stem)
    return good


def _by_stem(jobs: Sequence[Job], begun: Callable[[Job], None]) -> Callable[[str], None]:
    by = {job.stem: job for job in jobs}
    return lambda stem: begun(by[stem])


def _always(name: str) -> Named:
    return lambda part: name


def _told(job: Job, out: Path) -> Job:
    """Tell a notebook made of the others' findings where they are."""
    if not job.notebook.composes:
        return job
    path = os.path.relpath((out / FINDINGS).resolve(), job.notebook.path.parent.resolve())
    return replace(job, parameters={**job.parameters, FINDINGS_FILE: Path(path).as_posix()})


def _made(
    jobs: Sequence[Job],
    record: Record,
    named: Named,
    engine: Engine,
    work: Work,
) -> Iterator[Run]:
    """Give each job's report: as it stands where it is up to date, made anew elsewhere."""
    todo: dict[str, tuple[Job, Run]] = {}
    for job in jobs:
        able = not (job.refused or job.missing or job.withheld)
        entry = replace(_entry(job), key=key(job, named(job.reads) if able else ""))
        known = record.before.get(job.stem)
        if job.refused:
            entry.state, entry.error = "failed", job.refused
        elif job.missing or job.withheld:
            needs = f"needs {', '.join(job.missing)}"
            entry.state, entry.error = NOT_MADE, job.withheld or needs
        elif known and record.stands(known, entry.key):
            made = known["state"] != NOT_MADE
            entry = Run(**{**known, "state": "unchanged" if made else NOT_MADE, "seconds": 0.0})
        else:
            todo[job.stem] = (job, entry)
            continue
        record.add(job.stem, entry)
        yield entry
    name = record.facts["study"]
    staging = record.out / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    out = str(record.out.resolve())
    smallest = record.facts.get("fewest", {}).get("manager", 0)
    same = (out, name, engine.name, smallest)
    arguments = {stem: (job, *same) for stem, (job, _) in todo.items()}
    try:
        rooms = {room for job, _ in todo.values() for room in job.notebook.rooms}
        read = {_study_file(job) for job, _ in todo.values()}
        words = {"rooms": sorted(rooms), "study_file": min(read) if len(read) == 1 else ""}
        for stem, told in work(make, arguments, engine, **words):
            entry = Run(**{**asdict(todo[stem][1]), **told})
            record.add(stem, entry)
            yield entry
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _study_file(job: Job) -> str:
    """Give the path of the study that a report reads; a notebook may read none."""
    told = job.parameters.get("study_file", "")
    return str((job.notebook.path.parent / told).resolve()) if told else ""


def _entry(job: Job) -> Run:
    """Book a report that is planned; so it stands if the run is ended before it."""
    return Run(
        notebook=job.notebook.name,
        question=job.notebook.question,
        part=job.part,
        parameters=job.parameters,
        state=MISSING,
        reading_order=job.notebook.reading_order,
        settings=job.settings,
        composes=job.notebook.composes,
    )


# ---------------------------------------------------------------- one run at a time


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the output folder; two runs never mix."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        held = contextlib.ExitStack()
        free = held.enter_context(marks.alone(out / ".lock"))
    except OSError as error:
        raise PlanError(f"{out}: cannot be written ({error.strerror}).") from None
    with held:
        if not free:
            busy = f"{out}: another run is at work here. Wait for it, or use --out."
            raise PlanError(busy)
        yield


@contextlib.contextmanager
def _refusing(out: Path) -> Iterator[None]:
    """Say in a sentence that the disk is full or cannot be written."""
    try:
        yield
    except OSError as error:
        where = error.filename or out
        raise RunError(
            f"{where}: cannot be written ({error.strerror or error}). "
            "What was finished before is kept; make room and run again."
        ) from None


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let a polite request to end (SIGTERM) stop the run as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def summary(runs: Sequence[Run]) -> str:
    """Say in one sentence what a run came to.

    Example:
        >>> summary([])
        '0 reports: nothing to do.'
    """
    tally = {state: sum(entry.state == state for entry in runs)
             for state in ("done", "unchanged", "failed", NOT_MADE)}  # fmt: skip
    words = [f"{n} {state}" for state, n in tally.items() if n]
    return f"{count(len(runs), 'report')}: {', '.join(words) or 'nothing to do'}."
