"""The same inputs make the same bytes, whoever runs them, when, and however often interrupted."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cxlab import reports
from tests import desk
from tests.conftest import ROOT

CODE = """
import sys
from pathlib import Path
from tests import desk
base, out, stop = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
from cxlab import reports
done = []
def tell(run):
    done.append(run)
    if stop and len(done) >= stop:
        import os
        os._exit(9)
if __name__ == "__main__":
    jobs = desk.planned(base, "South", "North", "East")
    how = {"study": desk.FACTS, "data": "data", "engine": reports.Engine(workers=2)}
    reports.run(jobs, out, **how, tell=tell)
"""


def _pressed(base: Path, out: Path, *, stop: int = 0, **world: str) -> None:
    script = base.parent / "press.py"
    script.write_text(CODE)
    words = [sys.executable, str(script), str(base), str(out), str(stop)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **world}
    done = subprocess.run(words, env=env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == (9 if stop else 0), done.stderr


def _bytes(out: Path) -> dict[str, bytes]:
    """Every file of a run, without the one block of times, and the line that quotes it."""
    found = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    kept = json.loads(found["manifest.json"])
    assert set(kept["run"]) == {"started", "finished", "seconds", "reports"}
    del kept["run"]
    found["manifest.json"] = json.dumps(kept).encode()
    found["index.html"] = re.sub(rb"Made with cxlab .*? UTC", b"", found["index.html"])
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    base = tmp_path_factory.mktemp("same")
    for name in ("10_one", "20_two", "30_three"):
        desk.notebook(base / "desk", name, desk.SCORE, *desk.SHOWN, title=f"{name}?")
    world = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    _pressed(base / "desk", base / "one", **world)
    return base, _bytes(base / "one")


def _alike(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert set(one) == set(other)
    assert [name for name in one if one[name] != other[name]] == []


def test_another_hash_seed_zone_locale_and_number_of_threads_change_no_byte(first):
    base, found = first
    world = {"PYTHONHASHSEED": "77", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "OMP_NUM_THREADS": "2"}
    _pressed(base / "desk", base / "two", **world)
    _alike(found, _bytes(base / "two"))


def test_a_run_killed_and_resumed_leaves_the_same_bytes(first):
    base, found = first
    _pressed(base / "desk", base / "three", stop=4)
    _pressed(base / "desk", base / "three")
    _alike(found, _bytes(base / "three"))


def test_a_run_killed_on_new_data_tells_the_same_news_when_resumed(first):
    base, _ = first
    for out, stops in (("four", (0, 0)), ("five", (0, 3, 0))):
        for turn, stop in enumerate(stops):
            cell = desk.SCORE.replace("40.0", "47.0") if turn else desk.SCORE
            desk.notebook(base / out, "10_one", cell, *desk.SHOWN, title="10_one?")
            _pressed(base / out, base / f"{out}_out", stop=stop)
    told = [reports.load(base / f"{out}_out")[0]["since"]["lines"] for out in ("four", "five")]
    assert told[0] == told[1]
    assert "47.0" in " ".join(told[0])


def test_reports_stand_in_the_order_of_the_plan(first):
    base, _ = first
    manifest, _ = reports.load(base / "one")
    jobs = desk.planned(base / "desk", "South", "North", "East")
    assert [r["page"] for r in manifest["reports"]] == [f"{job.stem}.html" for job in jobs]
    assert {r["state"] for r in manifest["reports"]} == {"done"}


def test_a_dry_run_knows_what_is_current_and_writes_nothing(first):
    base, found = first
    jobs = desk.planned(base / "desk", "South", "North", "East")
    assert reports.current(jobs, base / "one", data="data") == {job.stem for job in jobs}
    assert reports.current(jobs, base / "one", data="other") == set()
    assert reports.current(jobs, base / "none", data="data") == set()
    assert not (base / "none").exists()
    _alike(found, _bytes(base / "one"))


def test_after_a_run_that_was_killed_the_index_names_what_is_missing(first):
    base, _ = first
    jobs = desk.planned(base / "desk", "South")

    def end(run):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reports.run(jobs, base / "six", study=desk.FACTS, data="data", tell=end,
                    engine=reports.Engine(workers=1))  # fmt: skip
    index = (base / "six" / "index.html").read_text(encoding="utf-8")
    told = re.search(r"(\d) reports not made yet: (.*?)\. Run again", index)
    assert int(told[1]) >= 4
    assert "30_three?, region: South" in told[2]
    assert desk.pressed(jobs, base / "six")
    assert "not made yet" not in (base / "six" / "index.html").read_text(encoding="utf-8")
    assert not list((base / "six").glob(".last*"))
