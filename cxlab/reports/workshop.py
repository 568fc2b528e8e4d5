"""Where reports are made: a process for each, a few at a time, none able to stop the others."""

import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, get_context
from pathlib import Path
from typing import Any

import psutil

WARM_ROOMS, WARM_STUDY = "CXLAB_WARM", "CXLAB_WARM_STUDY"  # read by `warm`
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
LOOK = 0.5  # seconds between two looks at time and memory
MB = 1_000_000
SHORT = 70  # characters; the path of a socket has room for about 100


@dataclass(frozen=True)
class Engine:
    """How reports are executed.

    Attributes:
        kind: `warm` forks each report from one process that has imported the stack;
            `plain` gives each an ordinary kernel. Empty chooses what the system can do.
        workers: reports made at a time; the number of cores when None.
        limit: seconds a report may take before it is ended.
        memory: megabytes a report may hold before it is ended; its share of four fifths of
            the machine when None.
        cluster: address of a Dask scheduler whose workers make the reports; empty for here.
    """

    kind: str = ""
    workers: int | None = None
    limit: float = 900
    memory: int | None = None
    cluster: str = ""

    @property
    def name(self) -> str:
        """Name the engine that will be used."""
        can_fork = sys.platform != "win32" and hasattr(os, "fork")
        return self.kind if self.kind else "warm" if can_fork else "plain"

    def bytes_of(self, workers: int) -> int:
        """Give the memory one report may hold."""
        whole = self.memory * MB if self.memory else int(psutil.virtual_memory().total * 0.8)
        return whole if self.memory else whole // workers


@dataclass(frozen=True)
class _Bench:
    """A report being made."""

    name: str
    process: Any
    ends: float


def work(
    make: Callable[..., dict[str, Any]],
    todo: Mapping[str, tuple],
    engine: Engine,
    *,
    rooms: Collection[str] = (),
    study_file: str = "",
    threads: int | None = None,
    unwanted: Callable[[], bool] = lambda: False,
    begun: Callable[[str], None] = lambda name: None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Call `make` for each entry in a process of its own.

    Args:
        make: importable function; gets the entry's arguments, returns plain values.
        todo: name -> arguments.
        engine: how many at a time, how long each, how large.
        rooms: parts of cxlab that the warm process opens before the first report.
        study_file: the study that it opens, so that no report has to; empty for none.
        threads: how many a report may use; one when None.
        unwanted: asked now and then; once it says yes, every report is ended.
        begun: told the name of each entry as it is begun.

    Yields:
        Name and what `make` returned, in order of completion; a process that ended without
        an answer is a failed report.
    """
    waiting, again = list(todo), set()
    active: dict[Any, _Bench] = {}
    workers = max(1, min(engine.workers or os.cpu_count() or 1, len(todo)))
    memory = engine.bytes_of(workers)
    # tables of a report are small: it loses time by a second thread, even alone
    share = str(threads or 1)
    warm = {WARM_ROOMS: " ".join(rooms), WARM_STUDY: study_file}
    with _environment({**dict.fromkeys(THREADS, share), **warm}):
        context: Any = get_context("forkserver" if engine.name == "warm" else "spawn")
        if engine.name == "warm":
            context.set_forkserver_preload(["__main__", "cxlab.reports.warm"])
        # when this process ends, however it ends, the leash breaks and the reports end too
        leash, hold = context.Pipe(duplex=False)
        scratch = tempfile.TemporaryDirectory(prefix="cx-", dir=_near(), ignore_cleanup_errors=True)
        try:
            while (waiting or active) and not unwanted():
                while waiting and len(active) < workers:
                    name = waiting.pop(0)
                    begun(name)
                    pipe, process = _start(context, (leash, scratch.name, memory, make, todo[name]))
                    active[pipe] = _Bench(name, process, time.monotonic() + engine.limit)
                for pipe in _ready(active):
                    bench = active.pop(pipe)
                    told = _answer(pipe, bench.process)
                    if told is _WARM_ENDED and bench.name not in again:
                        again.add(bench.name)
                        waiting.insert(0, bench.name)
                    else:
                        yield bench.name, told
                for pipe, why in _too_much(active, engine.limit, memory):
                    bench = active.pop(pipe)
                    _end(bench.process)
                    yield bench.name, failed(why)
        finally:
            for bench in active.values():
                _end(bench.process)
            hold.close()
            leash.close()
            scratch.cleanup()


def _near() -> Path:
    """Choose where temporary files go: the usual folder, unless sockets find no room in it."""
    usual, other = Path(tempfile.gettempdir()), Path("/tmp")
    fits = len(str(usual)) <= SHORT or not os.access(other, os.W_OK)
    return usual if fits else other


def _start(context: Any, arguments: tuple) -> tuple[Any, Any]:
    """Start a report; a warm process that was ended from outside is started anew."""
    ours, theirs = context.Pipe(duplex=False)
    for attempt in range(3):
        process = context.Process(target=_child, args=(theirs, *arguments), daemon=False)
        try:
            process.start()
            break
        except (OSError, EOFError):
            if attempt == 2:
                raise
            time.sleep(0.2)
    theirs.close()
    return ours, process


def _ready(active: Mapping[Any, _Bench]) -> list[Any]:
    """Wait for answers and for processes that ended without one."""
    sentinels = {bench.process.sentinel: pipe for pipe, bench in active.items()}
    ready = connection.wait([*active, *sentinels], timeout=LOOK)
    return list(dict.fromkeys(sentinels.get(one, one) for one in ready))  # type: ignore[call-overload]


def _too_much(active: Mapping[Any, _Bench], limit: float, memory: int) -> list[tuple[Any, str]]:
    out = []
    for pipe, bench in active.items():
        if time.monotonic() > bench.ends:
            out.append((pipe, f"took longer than {limit:g} seconds and was ended"))
        elif _held(bench.process.pid) > memory:
            out.append((pipe, f"needed more than {memory // MB:,} MB of memory and was ended"))
    return out


def _held(pid: int) -> int:
    """Give the memory of a process and everything it started."""
    total = 0
    for process in _family(pid):
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return total


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


# ---------------------------------------------------------------- in the report's own process


def _child(
    pipe: Any, leash: Any, scratch: str, memory: int, make: Callable, arguments: tuple
) -> None:
    os.setsid() if hasattr(os, "setsid") else None
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_heel, args=(leash,), daemon=True).start()
    _bound(memory)
    # what a report that is ended leaves here goes with the run
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    try:
        told = make(*arguments)
    except BaseException as error:
        told = failed(f"{type(error).__name__}: {error}".splitlines()[0])
    for one in _family(os.getpid())[1:]:  # what a notebook started ends with it
        with contextlib.suppress(psutil.Error):
            one.kill()
    with contextlib.suppress(OSError):
        pipe.send(told)
    pipe.close()


def _heel(leash: Any) -> None:
    """End this report and what it started when the run has ended."""
    with contextlib.suppress(EOFError, OSError):
        leash.recv()
    _kill(os.getpid())


def _bound(memory: int) -> None:
    """Let an allocation beyond the limit raise MemoryError in its own cell."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        now = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))


# ---------------------------------------------------------------- the end of a report


def _answer(pipe: Any, process: Any) -> dict[str, Any]:
    try:
        told = pipe.recv() if pipe.poll() else _silent(process)
    except (EOFError, OSError):
        told = _silent(process)
    pipe.close()
    process.join(LOOK * 4)
    _end(process)
    return told


def _silent(process: Any) -> dict[str, Any]:
    process.join(LOOK * 4)
    code = process.exitcode or 0
    if code == _LOST:
        return _WARM_ENDED
    return failed(
        f"the process was ended by signal {signal.Signals(-code).name}"
        if code < 0
        else f"the process ended with status {code}"
    )


def _end(process: Any) -> None:
    """End a report with everything it started."""
    _kill(process.pid)
    process.join(LOOK * 4)


def _kill(pid: int) -> None:
    """End a process group, and the children that left it for a group of their own."""
    others = [one for one in _family(pid) if one.pid != os.getpid()]
    for one in reversed(others):
        with contextlib.suppress(psutil.Error):
            one.kill()
    with contextlib.suppress(OSError, AttributeError):
        os.killpg(pid, signal.SIGKILL)


def failed(why: str) -> dict[str, Any]:
    """Give the answer of a report that failed."""
    return {"state": "failed", "error": why}


_LOST = 255  # what multiprocessing says when the warm process is gone and cannot tell
_WARM_ENDED = failed("the process ended without an answer")


@contextmanager
def _environment(words: Mapping[str, str]) -> Iterator[None]:
    """Hold thread pools to their share of the cores, and say what to keep warm."""
    before = {name: os.environ.get(name) for name in words}
    os.environ.update(words)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
