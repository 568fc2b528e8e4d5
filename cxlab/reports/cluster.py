"""Reports made by the workers of a Dask cluster, each in a process of its own there."""

import contextlib
import logging
import multiprocessing
import re
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxlab.reports import workshop
from cxlab.reports.depends import code
from cxlab.reports.notebooks import PlanError
from cxlab.reports.workshop import MB, Engine

PATIENCE = 10  # seconds a scheduler has to answer, and its workers to be there
ADDRESS = r"(tcp|tls|ucx|wss?)://(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):\d+/?"
Work = Callable[..., Iterator[tuple[str, dict[str, Any]]]]


@contextmanager
def hands(engine: Engine, out: Path) -> Iterator[Work]:
    """Give what makes reports: this machine's workshop, or a cluster's in its place.

    Args:
        engine: how reports are executed; its `cluster` is the address of a scheduler.
        out: output folder of the run, which every worker must see.

    Yields:
        A function that is called as `workshop.work` is.

    Raises:
        PlanError: the address is none, no scheduler answers, it has no workers, or a worker has
            other code or another disk.
    """
    if not engine.cluster:
        yield workshop.work
        return
    client = _client(engine.cluster)
    try:
        _alike(client, engine.cluster, out)
        yield lambda make, todo, engine, rooms=(), study_file="", begun=None: _work(
            client, make, todo, engine, rooms
        )
    finally:
        client.close(timeout=PATIENCE)


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        said = "--cluster needs the package 'distributed': pip install 'cxlab[cluster]'."
        raise PlanError(said) from None
    if not re.fullmatch(ADDRESS, address):
        said = f"--cluster {address}: this is no address of a scheduler; write it like"
        raise PlanError(f"{said} tcp://host:8786.")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    # an assertion: on a starved machine the client's own loop may not start in time
    except (OSError, ValueError, TypeError, AssertionError) as error:
        raise PlanError(
            f"--cluster {address}: no Dask scheduler answers there ({_first(error)}). "
            "Start one with 'dask scheduler', or leave --cluster out."
        ) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close()
        said = f"--cluster {address}: the scheduler has no workers. Start some with 'dask worker'."
        raise PlanError(said) from None
    return client


def _alike(client: Any, address: str, out: Path) -> None:
    """Refuse workers that would make other reports, or put them elsewhere."""
    mark = out.resolve() / f".seen-{uuid.uuid4().hex}"
    try:
        mark.touch()
        told = client.run(_told, str(mark), on_error="return")
    finally:
        mark.unlink(missing_ok=True)
    for worker, words in told.items():
        if isinstance(words, BaseException):
            why = f"cannot open cxlab ({_first(words)}). Install it there"
        elif words[0] != code():
            why = "has another cxlab or other packages. Install the same and restart it"
        elif not words[1]:
            why = f"does not see {out.resolve()}. Share the folder under the same path"
        else:
            continue
        raise PlanError(f"--cluster {address}: the worker {worker} {why}.")


def _work(
    client: Any,
    make: Callable[..., dict[str, Any]],
    todo: Mapping[str, tuple],
    engine: Engine,
    rooms: Collection[str],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Do what `workshop.work` does, a report a free thread of the cluster."""
    from distributed import as_completed

    here, run = replace(engine, workers=1, cluster=""), uuid.uuid4().hex
    names = {
        client.submit(
            _one, make, arguments, here, tuple(rooms), key=f"{run}-{name}", pure=False, priority=-at
        ): name
        for at, (name, arguments) in enumerate(todo.items())
    }
    try:
        for future in as_completed(list(names), loop=client.loop):
            yield names[future], _answer(future)
    finally:
        with contextlib.suppress(Exception):  # the scheduler may be gone
            client.cancel(list(names), force=True)


def _answer(future: Any) -> dict[str, Any]:
    if future.status == "finished":
        return future.result()
    if future.status == "cancelled":
        return workshop.failed("the cluster's scheduler was lost")
    return workshop.failed(_first(future.exception()))


def _first(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return f"{type(error).__name__}: {text}".splitlines()[0]


# ---------------------------------------------------------------- on a worker


def _told(mark: str) -> tuple[str, bool]:
    return code(), Path(mark).is_file()


def _one(make: Callable, arguments: tuple, engine: Engine, rooms: tuple[str, ...]) -> dict:
    """Make one report in a process of its own, so that its faults stay its own."""
    from distributed import get_worker

    worker = get_worker()
    key = str(worker.get_current_task())
    threads, limit = worker.state.nthreads, worker.memory_manager.memory_limit
    if not engine.memory and limit:
        engine = replace(engine, memory=max(1, limit // threads // MB))
    # Dask starts its workers as daemons, and multiprocessing gives daemons no children
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]

    def unwanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    making = workshop.work(
        make, {key: arguments}, engine, rooms=rooms, threads=1, unwanted=unwanted
    )
    return next((told for _, told in making), workshop.failed("the run was stopped"))
