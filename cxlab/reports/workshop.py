"""Where reports are made: a process for each, a few at a time, none able to stop the others."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, get_context
from typing import Any

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class Engine:
    """How reports are executed.

    Attributes:
        kind: `warm` forks each report from one process that has imported the stack;
            `plain` gives each an ordinary kernel. Empty chooses what the system can do.
        workers: reports made at a time; the number of cores when None.
        limit: seconds a report may take before it is ended.
    """

    kind: str = ""
    workers: int | None = None
    limit: float = 900

    @property
    def name(self) -> str:
        """Name the engine that will be used."""
        can_fork = sys.platform != "win32" and hasattr(os, "fork")
        return self.kind if self.kind else "warm" if can_fork else "plain"


def work(
    make: Callable[..., dict[str, Any]], todo: Mapping[str, tuple], engine: Engine
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Call `make` for each entry in a process of its own.

    Args:
        make: importable function; gets the entry's arguments, returns plain values.
        todo: name -> arguments.
        engine: how many at a time, how long each.

    Yields:
        Name and what `make` returned, in order of completion; a process that ended without
        an answer is a failed report.
    """
    waiting = list(todo)
    active: dict[Any, tuple[str, Any, float]] = {}
    workers = max(1, min(engine.workers or os.cpu_count() or 1, len(todo)))
    with _threads((os.cpu_count() or 1) // workers):
        context: Any = get_context("forkserver" if engine.name == "warm" else "spawn")
        if engine.name == "warm":
            context.set_forkserver_preload(["__main__", "cxlab.reports.warm"])
        try:
            while waiting or active:
                while waiting and len(active) < workers:
                    name = waiting.pop(0)
                    pipe, process = _start(context, make, todo[name])
                    active[pipe] = (name, process, time.monotonic() + engine.limit)
                for pipe in connection.wait(list(active), timeout=0.5):
                    name, process, _ = active.pop(pipe)
                    yield name, _answer(pipe, process)
                for pipe in [p for p, (*_, end) in active.items() if time.monotonic() > end]:
                    name, process, _ = active.pop(pipe)
                    _end(process)
                    yield name, _failed(f"took longer than {engine.limit:g} seconds and was ended")
        finally:
            for _, process, _ in active.values():
                _end(process)


def _start(context: Any, make: Callable, arguments: tuple) -> tuple[Any, Any]:
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(theirs, make, arguments), daemon=False)
    process.start()
    theirs.close()
    return ours, process


def _child(pipe: Any, make: Callable, arguments: tuple) -> None:
    os.setsid() if hasattr(os, "setsid") else None
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    try:
        pipe.send(make(*arguments))
    except BaseException as error:
        pipe.send(_failed(f"{type(error).__name__}: {error}".splitlines()[0]))
    finally:
        pipe.close()


def _answer(pipe: Any, process: Any) -> dict[str, Any]:
    try:
        told = pipe.recv()
    except EOFError:
        process.join()
        code = process.exitcode or 0
        told = _failed(
            f"the process was ended by signal {signal.Signals(-code).name}"
            if code < 0
            else f"the process ended with status {code}"
        )
    process.join()
    return told


def _end(process: Any) -> None:
    """End a report with everything it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        process.kill()
    process.join()


def _failed(why: str) -> dict[str, Any]:
    return {"state": "failed", "error": why}


@contextmanager
def _threads(each: int) -> Iterator[None]:
    """Hold the thread pools of the reports to their share of the cores."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, str(max(1, each))))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
