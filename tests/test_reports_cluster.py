"""The press on a Dask cluster: the same reports, and faults that stay where they are."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cxlab import reports
from cxlab.reports import cluster
from tests import desk, test_reports_parameters
from tests.conftest import ROOT

pytest.importorskip("distributed", reason="the package 'distributed' is absent")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


def _dask(*words: str) -> subprocess.Popen:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-m", "dask", *words], cwd=ROOT, env=env, **quiet)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _until(true, *, within: float = 60) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def _gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(scope="module")
def alone():
    """A scheduler without workers."""
    address = f"tcp://127.0.0.1:{_free_port()}"
    scheduler = _dask("scheduler", "--host", address, "--no-dashboard")
    assert _until(lambda: _listens(address))
    yield address
    scheduler.terminate()
    scheduler.wait(20)


@pytest.fixture(scope="module")
def address():
    """A cluster of two worker processes."""
    port = _free_port()
    address = f"tcp://127.0.0.1:{port}"
    started = [_dask("scheduler", "--host", address, "--no-dashboard")]
    assert _until(lambda: _listens(address))
    started.append(_dask("worker", address, "--nworkers", "2", "--nthreads", "1",
                         "--no-dashboard"))  # fmt: skip
    yield address
    for one in reversed(started):
        one.terminate()
        one.wait(30)


def _listens(address: str) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", int(address.rsplit(":", 1)[1]))) == 0


def _beside_good(folder: Path, address: str, *cells: str, **engine) -> reports.Run:
    desk.notebook(folder / "desk", "10_bad", *cells)
    desk.notebook(folder / "desk", "20_good", "1")
    words = {"workers": None, "cluster": address, **engine}
    bad, good = desk.pressed(desk.planned(folder / "desk"), folder / "out", **words)
    assert (good.state, good.error) == ("done", "")
    assert (folder / "out" / good.page).is_file()
    return bad


def test_a_cluster_makes_what_is_made_here(tmp_path, address):
    desk.notebook(tmp_path / "desk", "10_score", desk.SCORE, *desk.SHOWN)
    jobs = desk.planned(tmp_path / "desk", "North", "../../x", "South")
    here = desk.pressed(jobs, tmp_path / "here")
    there = desk.pressed(jobs, tmp_path / "there", workers=None, cluster=address)
    assert [run.error for run in there] == [""] * 4
    for mine, other in zip(here, there, strict=True):
        assert (mine.key, mine.page, mine.headline) == (other.key, other.page, other.headline)
        pages = [(tmp_path / out / mine.page).read_text() for out in ("here", "there")]
        assert pages[0] == pages[1]
    again = desk.pressed(jobs, tmp_path / "there")
    assert {run.state for run in again} == {"unchanged"}


def test_each_report_is_a_process_of_its_own_on_its_worker(tmp_path, address):
    leak = "import builtins, os\nseen = getattr(builtins, 'cx_leak', None)\n"
    leak += "builtins.cx_leak = 1; os.environ['CX'] = '1'\nassert seen is None"
    desk.notebook(tmp_path / "desk", "10_one", "import os; assert 'CX' not in os.environ", leak)
    jobs = desk.planned(tmp_path / "desk", "a", "b", "c")
    runs = desk.pressed(jobs, tmp_path / "out", workers=None, cluster=address)
    assert [(run.state, run.error) for run in runs] == [("done", "")] * 4


@pytest.mark.parametrize(
    ("cell", "said", "limits"),
    [
        ("import os; os.kill(os.getpid(), 9)", "the process was ended by signal SIGKILL", {}),
        ("raise ValueError('\\n first line \\n second')", "ValueError: first line", {}),
        ("x = bytearray(40_000_000_000)", "MemoryError:", {"memory": 2000}),
        ("while True: pass", "took longer than 5 seconds and was ended", {"limit": 5}),
    ],
)
def test_a_fault_stays_alone_on_a_cluster(tmp_path, address, cell, said, limits):
    bad = _beside_good(tmp_path, address, cell, **limits)
    assert (bad.state, bad.error) == ("failed", said)


def test_the_death_of_a_worker_costs_no_report(tmp_path, address):
    mark = tmp_path / "mark"
    kill = f"import os, pathlib, psutil, time\nmark = pathlib.Path(r'{mark}')\n"
    kill += (
        "if not mark.exists():\n    mark.touch(); psutil.Process(os.getppid()).parent().kill()\n"
    )
    kill += "    time.sleep(60)"
    bad = _beside_good(tmp_path, address, kill)
    assert mark.exists()
    assert (bad.state, bad.error) == ("done", "")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_report_on_the_cluster(tmp_path, address, ending):
    pid, out = tmp_path / "pid", tmp_path / "out"
    endless = f"import os, time\nopen(r'{pid}', 'w').write(str(os.getpid()))\ntime.sleep(120)"
    desk.notebook(tmp_path / "desk", "10_endless", endless)
    code = "import sys; from pathlib import Path; from tests import desk\n"
    code += "jobs = desk.planned(Path(sys.argv[1]))\n"
    code += "desk.pressed(jobs, Path(sys.argv[2]), workers=None, cluster=sys.argv[3], limit=200)"
    words = [sys.executable, "-c", code, str(tmp_path / "desk"), str(out), address]
    run = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL)
    assert _until(lambda: pid.is_file() and pid.read_text())
    run.send_signal(ending)
    assert run.wait(40) != 0
    assert _until(lambda: _gone(int(pid.read_text())), within=30)


def test_an_address_where_nobody_answers_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    desk.notebook(tmp_path / "desk", "10_one", "1")
    jobs = desk.planned(tmp_path / "desk")
    for wrong in (f"tcp://127.0.0.1:{_free_port()}", "tcp://[::1]:1"):
        with pytest.raises(reports.PlanError) as error:
            desk.pressed(jobs, tmp_path / "out", workers=None, cluster=wrong)
        assert str(error.value).startswith(f"--cluster {wrong}: no Dask scheduler answers there (")
        assert str(error.value).endswith("Start one with 'dask scheduler', or leave --cluster out.")


@pytest.mark.parametrize(
    "wrong", ["foo", "foo:8786", "tcp://", "tcp://foo", "no address", "xyz://a:1", "tcp://a:x"]
)
def test_what_is_no_address_is_refused_before_a_client_is_made(tmp_path, monkeypatch, wrong):
    import distributed

    monkeypatch.setattr(distributed, "Client", None)
    desk.notebook(tmp_path / "desk", "10_one", "1")
    jobs = desk.planned(tmp_path / "desk")
    with pytest.raises(reports.PlanError) as error:
        desk.pressed(jobs, tmp_path / "out", workers=None, cluster=wrong)
    said = f"--cluster {wrong}: this is no address of a scheduler; write it like tcp://host:8786."
    assert str(error.value) == said


def test_a_cluster_without_workers_is_a_sentence(tmp_path, alone, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    desk.notebook(tmp_path / "desk", "10_one", "1")
    with pytest.raises(reports.PlanError) as error:
        desk.pressed(desk.planned(tmp_path / "desk"), tmp_path, workers=None, cluster=alone)
    said = f"--cluster {alone}: the scheduler has no workers. Start some with 'dask worker'."
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("other", True), "has another cxlab or other packages. Install the same and restart it."),
        ((None, False), "does not see {out}. Share the folder under the same path."),
        (ModuleNotFoundError("no cxlab"),
         "cannot open cxlab (ModuleNotFoundError: no cxlab). Install it there."),
    ],
)  # fmt: skip
def test_a_worker_that_would_make_other_reports_is_refused(tmp_path, told, said):
    class Client:
        def run(self, function, *arguments, on_error):
            same = (cluster.code(), told[1]) if told[0] is None else told
            return {"tcp://w:1": same}

    if isinstance(told, Exception):
        Client.run = lambda *_, on_error: {"tcp://w:1": told}
    with pytest.raises(reports.PlanError) as error:
        cluster._alike(Client(), "tcp://s:1", tmp_path)
    assert str(error.value) == f"--cluster tcp://s:1: the worker tcp://w:1 {said}".format(
        out=tmp_path.resolve()
    )
    assert list(tmp_path.iterdir()) == []


def test_a_lost_scheduler_is_a_failure_that_is_listed(tmp_path):
    at = f"tcp://127.0.0.1:{_free_port()}"
    scheduler = _dask("scheduler", "--host", at, "--no-dashboard")
    assert _until(lambda: _listens(at))
    worker = _dask("worker", at, "--nthreads", "1", "--no-dashboard")
    try:
        kill = f"import os, time\nbooked = r'{tmp_path / 'out' / '.journal'}'\n"
        kill += "while not os.path.getsize(booked): time.sleep(0.1)\n"
        kill += f"os.kill({scheduler.pid}, 9); time.sleep(100)"
        desk.notebook(tmp_path / "desk", "10_one", "1")
        desk.notebook(tmp_path / "desk", "20_kill", kill)
        runs = desk.pressed(desk.planned(tmp_path / "desk"), tmp_path / "out", workers=None,
                            cluster=at)  # fmt: skip
    finally:
        worker.kill()
        scheduler.kill()
    assert [run.state for run in runs] == ["done", "failed"]
    assert runs[1].error == "the cluster's scheduler was lost"
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["reports"]


def test_every_kind_of_parameter_arrives_on_a_cluster(tmp_path, address):
    found = test_reports_parameters.run(tmp_path, workers=None, cluster=address)
    assert found.strip() == repr(tuple(test_reports_parameters.GIVEN.values()))
