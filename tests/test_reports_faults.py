"""What goes wrong in a night of reports: each fault stays alone, and nothing stays behind."""

import errno
import json
import multiprocessing.forkserver
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from cxlab import reports
from cxlab.reports import record
from tests import desk
from tests.conftest import ROOT, absent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
ENDLESS = "import time\nwhile True: time.sleep(0.1)"
PID = "import os\nopen(r'{0}', 'w').write(str(os.getpid()))"


def _beside_good(folder: Path, *cells: str, **engine) -> tuple[reports.Run, Path]:
    """Run a bad notebook beside a good one; the good one must be done."""
    desk.notebook(folder / "desk", "10_bad", *cells)
    desk.notebook(folder / "desk", "20_good", "1")
    bad, good = desk.pressed(desk.planned(folder / "desk"), folder / "out", **engine)
    assert (good.state, good.error) == ("done", "")
    assert (folder / "out" / good.page).is_file()
    return bad, folder / "out"


def _gone(pid: int, *, within: float = 15) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.1)
    return False


def _appears(path: Path, *, within: float = 90) -> str:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if path.is_file() and path.read_text():
            return path.read_text()
        time.sleep(0.1)
    raise AssertionError(f"{path} did not appear")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("import os; os.kill(os.getpid(), 9)", "the process was ended by signal SIGKILL"),
        ("import os; os._exit(3)", "the process ended with status 3"),
        ("import sys; sys.exit(4)", "SystemExit: 4"),
        ("raise ValueError('\\n first line \\n second')", "ValueError: first line"),
        ("x = bytearray(40_000_000_000)", "MemoryError:"),
    ],
)
def test_a_report_that_dies_says_why_and_stops_no_other(tmp_path, cell, said):
    bad, _ = _beside_good(tmp_path, cell, memory=2000)
    assert (bad.state, bad.error) == ("failed", said)


@pytest.mark.parametrize("cell", ["import os; os.kill(os.getpid(), 9)", "import os; os._exit(3)"])
def test_an_ordinary_kernel_that_dies_says_so_and_stops_no_other(tmp_path, cell):
    bad, _ = _beside_good(tmp_path, cell, kind="plain")
    assert (bad.state, bad.error) == ("failed", "DeadKernelError: Kernel died")


@pytest.mark.parametrize(("kind", "limit"), [("warm", 6), ("plain", 40)])
def test_an_endless_notebook_is_ended(tmp_path, kind, limit):
    pid = tmp_path / "pid"
    bad, _ = _beside_good(tmp_path, PID.format(pid), ENDLESS, kind=kind, limit=limit)
    assert bad.error == f"took longer than {limit} seconds and was ended"
    assert _gone(int(pid.read_text()))


@pytest.mark.parametrize("longer", ["", "a-folder-with-a-name-as-long-as-some-are" * 3])
def test_kernels_at_work_together_share_no_socket_and_leave_none(
    tmp_path, monkeypatch, capfd, longer
):
    room = tmp_path / "room" / longer
    room.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    tell = f"import tempfile\nprint(tempfile.gettempdir(), file=open(r'{tmp_path / 'rooms'}', 'a'))"
    desk.notebook(tmp_path / "desk", "10_one", "import time; time.sleep(1)", tell)
    jobs = desk.planned(tmp_path / "desk", "a", "b", "c")
    runs = desk.pressed(jobs, tmp_path / "out", kind="plain")
    assert [(run.state, run.error) for run in runs] == [("done", "")] * 4
    assert "Invalid" not in capfd.readouterr().err
    left = [path for folder in (room, tmp_path / "desk") for path in folder.iterdir()]
    assert [path.name for path in left] == ["10_one.ipynb"]
    used = set((tmp_path / "rooms").read_text().split())
    assert not any(Path(one).exists() for one in used)


def test_a_notebook_that_eats_memory_is_ended(tmp_path):
    hungry = (
        "import subprocess, sys\nwords = 'x = b\"1\" * 700_000_000; import time; time.sleep(60)'"
    )
    bad, _ = _beside_good(
        tmp_path, hungry, "subprocess.run([sys.executable, '-c', words])", memory=500
    )
    assert bad.error == "needed more than 500 MB of memory and was ended"


def test_a_hundred_megabytes_of_prints_are_cut(tmp_path):
    bad, out = _beside_good(tmp_path, "for i in range(100): print('x' * 1_000_000)")
    assert bad.state == "done"
    assert (out / bad.file).stat().st_size < 2_000_000
    assert "99,000,100 more characters" in (out / bad.file).read_text()


def test_five_hundred_pictures_make_a_page_that_still_opens(tmp_path):
    many = "import os\nfrom IPython.display import Image, display\n"
    many += "png = b'\\x89PNG\\r\\n\\x1a\\n' + bytes(40_000)\n"
    many += "for i in range(500): display(Image(data=png, format='png'))"
    bad, out = _beside_good(tmp_path, many)
    assert bad.state == "done"
    assert 5_000_000 < (out / bad.page).stat().st_size < 10_000_000


@pytest.mark.parametrize("kind", ["warm", "plain"])
def test_an_error_in_the_last_cell_keeps_what_came_before(tmp_path, kind):
    bad, out = _beside_good(tmp_path, "print('so far so good')", "undefined", kind=kind)
    assert bad.error == "NameError: name 'undefined' is not defined"
    assert "so far so good" in (out / bad.file).read_text()


@pytest.mark.parametrize("kind", ["warm", "plain"])
def test_a_notebook_is_not_written_between_its_cells(tmp_path, kind):
    look = f"from pathlib import Path\nseen = Path(r'{tmp_path / 'out'}').rglob('10_*.ipynb')"
    bad, out = _beside_good(tmp_path, look, "1 / len(list(seen))", kind=kind)
    assert bad.error == "ZeroDivisionError: division by zero"
    assert (out / bad.file).is_file()


def test_a_notebook_without_kernel_name_is_made(tmp_path):
    desk.notebook(tmp_path / "desk", "10_bare", "print(level)", bare=True)
    (run,) = desk.pressed(desk.planned(tmp_path / "desk"), tmp_path / "out")
    assert (run.state, run.error) == ("done", "")


def test_what_a_notebook_started_ends_with_it(tmp_path):
    start = "import subprocess\nfor own in (True, False):\n"
    start += "    one = subprocess.Popen(['sleep', '300'], start_new_session=own)\n"
    start += f"    print(one.pid, file=open(r'{tmp_path / 'pids'}', 'a'))"
    _beside_good(tmp_path, start)
    assert all(_gone(int(pid)) for pid in (tmp_path / "pids").read_text().split())


def test_the_death_of_the_warm_process_costs_no_report(tmp_path):
    mark = tmp_path / "mark"
    kill = f"import os, pathlib, time\nmark = pathlib.Path(r'{mark}')\n"
    kill += "if not mark.exists(): mark.touch(); os.kill(os.getppid(), 9); time.sleep(60)"
    before = multiprocessing.forkserver._forkserver._forkserver_pid
    bad, _ = _beside_good(tmp_path, kill)
    assert (bad.state, bad.error) == ("done", "")
    assert multiprocessing.forkserver._forkserver._forkserver_pid != before


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM], ids=str)
def test_a_run_that_is_ended_leaves_no_process_and_goes_on_later(tmp_path, ending):
    out, pid = tmp_path / "out", tmp_path / "pid"
    desk.notebook(tmp_path / "desk", "10_good", "1")
    desk.notebook(tmp_path / "desk", "20_endless", PID.format(pid), ENDLESS)
    code = "import sys; from pathlib import Path; from tests import desk\n"
    code += "if __name__ == '__main__':\n    jobs = desk.planned(Path(sys.argv[1]))\n"
    code += "    desk.pressed(jobs, Path(sys.argv[2]), workers=1)"
    script = tmp_path / "script.py"
    script.write_text(code)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, str(script), str(tmp_path / "desk"), str(out)]
    run = subprocess.Popen(words, env=env, stderr=subprocess.DEVNULL)
    started = [int(_appears(pid)), *(one.pid for one in psutil.Process(run.pid).children())]
    run.send_signal(ending)
    assert run.wait(30) != 0
    assert all(_gone(one) for one in started)
    again = desk.pressed(desk.planned(tmp_path / "desk"), out, limit=1)
    assert [one.state for one in again] == ["unchanged", "failed"]


def test_a_disk_that_fills_in_one_report_leaves_no_half_file(tmp_path):
    full = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    bad, out = _beside_good(tmp_path, full, "print('x' * 100_000)")
    assert bad.state == "failed"
    assert "File too large" in bad.error
    assert list((out / "10_bad").iterdir()) == []


def test_a_full_disk_is_told_in_a_sentence_and_loses_nothing(tmp_path, monkeypatch):
    jobs = [desk.planned(desk.notebook(tmp_path / "desk", "10_one", "1").parent)[0]]
    desk.pressed(jobs, tmp_path / "out")
    before = (tmp_path / "out" / "manifest.json").read_text()

    def full(path, text):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(record, "whole", full)
    with pytest.raises(reports.PlanError, match=r"No space left on device.*run again") as error:
        desk.pressed(jobs, tmp_path / "out", force=True)
    assert error.value.status == 1
    assert (tmp_path / "out" / "manifest.json").read_text() == before
    assert (tmp_path / "out" / "10_one" / "everyone.html").read_text().endswith("</html>\n")
    monkeypatch.undo()
    assert desk.pressed(jobs, tmp_path / "out")[0].state == "unchanged"


@pytest.fixture
def disk(tmp_path):
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        absent("the right to mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_on_a_disk_that_is_full_finished_pages_stand_and_are_not_made_again(tmp_path, disk):
    desk.notebook(tmp_path / "desk", "10_one", "1")
    fill = f"import os\nfile = os.open(r'{disk / 'filler'}', os.O_CREAT | os.O_WRONLY)\n"
    fill += "try:\n    while True: os.write(file, bytes(1000))\nexcept OSError: pass"
    desk.pressed(desk.planned(tmp_path / "desk"), disk / "out")
    before = (disk / "out" / "10_one" / "everyone.html").read_bytes()
    desk.notebook(tmp_path / "desk", "20_full", fill)
    with pytest.raises(reports.PlanError, match=r"No space left on device.*run again"):
        desk.pressed(desk.planned(tmp_path / "desk"), disk / "out")
    assert (disk / "out" / "10_one" / "everyone.html").read_bytes() == before
    assert not (disk / "out" / "20_full" / "everyone.html").exists()
    (disk / "filler").unlink()
    desk.notebook(tmp_path / "desk", "20_full", "1")
    again = desk.pressed(desk.planned(tmp_path / "desk"), disk / "out")
    assert [run.state for run in again] == ["unchanged", "done"]


def test_on_a_disk_that_turns_read_only_finished_pages_stand(tmp_path, disk):
    desk.notebook(tmp_path / "desk", "10_one", "1")
    jobs = desk.planned(tmp_path / "desk")
    desk.pressed(jobs, disk / "out")
    before = {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(reports.PlanError, match=r"cannot be written \(Read-only file system\)"):
        desk.pressed(jobs, disk / "out", force=True)
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()} == before
    assert desk.pressed(jobs, disk / "out")[0].state == "unchanged"


def test_an_output_folder_that_cannot_be_written_is_refused(tmp_path):
    jobs = [desk.planned(desk.notebook(tmp_path / "desk", "10_one", "1").parent)[0]]
    (tmp_path / "file").write_text("x")
    with pytest.raises(reports.PlanError, match=r"file/out: cannot be written \(Not a directory\)"):
        desk.pressed(jobs, tmp_path / "file" / "out")


def test_two_runs_do_not_mix(tmp_path):
    import fcntl

    jobs = [desk.planned(desk.notebook(tmp_path / "desk", "10_one", "1").parent)[0]]
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(reports.PlanError, match="another run is at work here"):
            desk.pressed(jobs, tmp_path)


def test_a_damaged_manifest_counts_as_none(tmp_path):
    jobs = [desk.planned(desk.notebook(tmp_path / "desk", "10_one", "1").parent)[0]]
    for damage in ("{", "[]", '{"reports": [1, {}]}'):
        (tmp_path / "manifest.json").write_text(damage)
        assert desk.pressed(jobs, tmp_path)[0].state == "done"
    assert json.loads((tmp_path / "manifest.json").read_text())["reports"]


def test_a_stop_in_the_middle_keeps_and_lists_what_was_finished(tmp_path):
    desk.notebook(tmp_path / "desk", "10_one", "1")
    jobs = desk.planned(tmp_path / "desk", "a", "b", "c")

    def stop(run):
        raise KeyboardInterrupt

    how = reports.Engine(workers=1)
    with pytest.raises(KeyboardInterrupt):
        reports.run(jobs, tmp_path / "out", study=desk.FACTS, data="data", engine=how, tell=stop)
    assert "1 of 1 reports shown" in (tmp_path / "out" / "index.html").read_text()
    again = desk.pressed(jobs, tmp_path / "out")
    assert [run.state for run in again] == ["unchanged", "done", "done", "done"]


def test_a_stop_before_the_first_report_keeps_what_earlier_runs_made(tmp_path):
    desk.notebook(tmp_path / "desk", "10_one", "1")
    desk.notebook(tmp_path / "desk", "20_two", "1", scope="part")
    plans = [desk.planned(tmp_path / "desk", "a", notebooks=[n]) for n in ("10_one", "20_two")]
    out = tmp_path / "out"
    for plan in plans:
        desk.pressed(plan, out)

    def stopped(part):
        if part:
            raise KeyboardInterrupt
        return "data"

    with pytest.raises(KeyboardInterrupt):
        desk.pressed([plans[1][1]], out, data=stopped)
    assert "4 of 4 reports shown" in (out / "index.html").read_text()
    assert {one.state for plan in plans for one in desk.pressed(plan, out)} == {"unchanged"}


def test_a_stop_before_the_first_report_on_other_data_leaves_the_last_run_as_it_was(tmp_path):
    jobs = [desk.planned(desk.notebook(tmp_path / "desk", "10_one", "1").parent)[0]]
    out = tmp_path / "out"
    desk.pressed(jobs, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def stopped(part):
        if len(asked) == 1:
            raise KeyboardInterrupt
        asked.append(part)
        return "other"

    asked: list[dict] = []
    with pytest.raises(KeyboardInterrupt):
        desk.pressed(jobs, out, data=stopped)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
