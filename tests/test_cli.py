"""The door: what a person types, what comes back, and with which exit status."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests import desk
from tests.conftest import ROOT
from tests.small import write

RUN = [sys.executable, "-c", "from cxlab.cli import main; main()"]


def _cxlab(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(
        [*RUN, *map(str, words)], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


def _small(folder: Path, *, rows: int) -> Path:
    """Write a study of a few answers from two regions."""
    lines = [f"{n % 11},{'North' if n % 2 else 'South'}" for n in range(rows)]
    (folder / "a.csv").write_text("\n".join(["nps,region", *lines]))
    text = "study: S\nas_of: 2025-01-01\ntables:\n  responses:\n    files: a.csv\n"
    (folder / "study.yaml").write_text(f"{text}    columns: {{nps: nps}}\n    segments: [region]\n")
    return folder / "study.yaml"


def test_check_prints_the_ledger(sample):
    done = _cxlab("check", sample)
    assert done.returncode == 0
    assert "rows read" in done.stdout
    assert "byte order mark" in done.stdout


def test_check_json_is_one_object_with_the_contract_keys(sample):
    account = json.loads(_cxlab("check", sample, "--json").stdout)
    assert set(account) == {"tables", "errors", "doubts"}
    wanted = {"rows_in", "kept", "set_aside", "rows", "repairs", "notes"}
    assert all(set(table) == wanted for table in account["tables"].values())
    assert set(account["tables"]["responses"]["rows"][0]) == {
        "file", "line", "column", "reason", "value"}  # fmt: skip


def test_check_json_tells_errors_as_json_and_exits_with_2(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    text = "study: S\nas_of: 2025-01-01\ntables:\n  responses: {files: a.csv, columns: {nps: y}}\n"
    (tmp_path / "study.yaml").write_text(text)
    done = _cxlab("check", tmp_path / "study.yaml", "--json")
    (error,) = json.loads(done.stdout)["errors"]
    assert done.returncode == 2
    assert (error["table"], error["file"]) == ("responses", "a.csv")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("reports: {over: {region: [Nrth]}}", "no row has region = 'Nrth'. Did you mean 'North'?"),
        ("reports: {notebooks: [20_score]}", "Did you mean '20_scores'?"),
        ("as_of: yesterday", "'yesterday' is no day"),
    ],
)
def test_check_refuses_what_run_would_refuse(tmp_path, written, says):
    path = _small(tmp_path, rows=30)
    text = path.read_text()
    kept = [line for line in text.splitlines() if not line.startswith(written.split(":")[0])]
    path.write_text("\n".join([*kept, written]) + "\n")
    plain, run = _cxlab("check", path), _cxlab("run", path, "--dry-run")
    assert (plain.returncode, plain.stderr) == (run.returncode, run.stderr) == (2, plain.stderr)
    told = _cxlab("check", path, "--json")
    (error,) = json.loads(told.stdout)["errors"]
    assert told.returncode == 2
    assert says in error["message"]


def test_a_doubt_is_the_first_thing_check_and_run_say(tmp_path):
    path = _small(tmp_path, rows=30)
    (tmp_path / "a.csv").write_text("nps,region\n" + "09-Oct,North\n9,South\n8,South\n" * 10)
    said = "Doubtful: 10 of 30 answers to 'nps' came as dates, such as '09-Oct'"
    assert _cxlab("check", path).stdout.startswith(said[:60])
    (doubt,) = json.loads(_cxlab("check", path, "--json").stdout)["doubts"]
    assert (doubt["table"], doubt["message"][: len(said)]) == ("responses", said)


def test_check_out_writes_tables_and_lists(sample, tmp_path):
    assert _cxlab("check", sample, "--out", tmp_path).returncode == 0
    kept = pd.read_parquet(tmp_path / "responses.parquet")
    gone = pd.read_csv(tmp_path / "responses.set_aside.csv")
    account = json.loads(_cxlab("check", sample, "--json").stdout)["tables"]["responses"]
    assert (len(kept), len(gone)) == (account["kept"], account["set_aside"])
    assert list(gone.columns) == ["file", "line", "column", "reason", "value"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "nope.yaml"], "nope.yaml: there is no such study file."),
        (["run", "{sample}", "--only", "20_score"], "Did you mean '20_scores'?"),
        (["run", "{sample}", "--set", "levl=0.9"], "no notebook has a parameter 'levl'. Did you"),
        (["run", "{sample}", "--set", "level=high"], "'level' must be a number, not 'high'"),
        (["run", "{sample}", "--set", "level"], "--set level: write NAME=VALUE."),
    ],
)
def test_a_refusal_is_a_sentence_and_status_2(words, said, sample):
    done = _cxlab(*[word.format(sample=sample) for word in words])
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("value=North", "the value 'North' needs a segment, given beside it. "
         "Did you mean the segment 'region'?"),
        ("segment=region", "the segment 'region' needs a value, given beside it, such as 'East'."),
        ("segment=regoin value=North", "'regoin' is not a segment of this study. "
         "Did you mean 'region'?"),
        ("segment=region value=Nort", "no row has region = 'Nort'. Did you mean 'North'?"),
        ("period=2031Q1", "no answer lies in 2031Q1."),
        ("level=95", "20_scores.ipynb: parameter 'level' must lie between 0 and 1, not 95.0. "
         "Did you mean 0.95?"),
    ],
)  # fmt: skip
def test_a_part_that_is_not_there_is_refused_with_the_plan(words, said, sample, tmp_path):
    given = [word for one in words.split() for word in ("--set", one)]
    done = _cxlab("run", sample, "--dry-run", "--only", "20_scores", *given, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {said}\n"


def test_a_setting_of_a_study_with_a_small_part_is_run(tmp_path):
    rows = "".join(f"r{k},{k % 11},{'South' if k < 4 else 'North'}\n" for k in range(60))
    whole = {"privacy": {"smallest_group": 10}, "reports": {"over": {"region": "all"}}}
    path = write(tmp_path, "id,nps,region\n" + rows, columns={"response_id": "id", "nps": "nps"},
                 segments=["region"], whole=whole)  # fmt: skip
    words = ("run", path, "--dry-run", "--only", "20_scores", "--set", "level=0.9")
    done = _cxlab(*words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "20_scores/everyone-level-0-9.html  (to be made)" in done.stdout
    assert "(not made: " in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("deck x.yaml --run {run} --out /nope/x.pptx", "/nope: there is no such folder."),
        ("deck x.yaml --run {run} --out {run}/manifest.json/x.html",
         "{run}/manifest.json/x.html: cannot be opened (Not a directory)."),
        ("deck x.yaml --run {run}/none", "{run}/none: there is no such folder. Use cxlab run."),
        ("diff {run} /nope", "/nope: there is no such folder. Use cxlab run."),
        ("sample {run}/manifest.json/x", "{run}/manifest.json/x/exports: "
         "cannot be opened (Not a directory)."),
    ],
)  # fmt: skip
def test_a_place_that_is_not_there_is_a_sentence(words, said, tmp_path):
    desk.notebook(tmp_path / "desk", "10_one", "1")
    desk.pressed(desk.planned(tmp_path / "desk"), tmp_path)
    done = _cxlab(*words.format(run=tmp_path).split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {said.format(run=tmp_path)}\n"


def test_debug_shows_the_traceback():
    assert "Traceback" in _cxlab("--debug", "check", "nope.yaml").stderr


def test_a_dry_run_prints_the_plan_and_makes_nothing(sample, tmp_path):
    done = _cxlab("run", sample, "--dry-run", "--only", "20_scores", cwd=tmp_path)
    assert done.stdout.splitlines() == [
        f"20_scores/{part}.html  (to be made)"
        for part in ("everyone", "region-east", "region-north", "region-south", "region-west")
    ]
    assert not (tmp_path / "reports").exists()


def test_sample_writes_a_study_that_runs_through_check(tmp_path):
    assert _cxlab("sample", tmp_path / "s", "--customers", "300").returncode == 0
    assert (tmp_path / "s" / "truth.json").is_file()
    assert _cxlab("check", tmp_path / "s" / "study.yaml").returncode == 0


def test_control_codes_of_an_export_do_not_reach_the_terminal(tmp_path):
    (tmp_path / "a.csv").write_text("x\n\x1b[31mred\n")
    text = "study: S\nas_of: 2025-01-01\ntables:\n  responses: {files: a.csv, columns: {nps: x}}\n"
    (tmp_path / "study.yaml").write_text(text)
    done = _cxlab("check", tmp_path / "study.yaml")
    assert "\x1b[31m" not in done.stdout + done.stderr


def test_the_labs_kernel_is_this_python_whatever_else_is_installed(sample, tmp_path, monkeypatch):
    other = tmp_path / ".local" / "share" / "jupyter" / "kernels" / "python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text('{"argv": ["/elsewhere/python"], "display_name": "x"}')
    monkeypatch.setenv("HOME", str(tmp_path))
    own = Path(sys.prefix, "share", "jupyter", "kernels", "python3", "kernel.json")
    before = own.read_bytes()
    assert _cxlab("lab", sample, "--version").returncode == 0
    assert own.read_bytes() == before
    listed = [sys.executable, "-m", "jupyter", "kernelspec", "list", "--json"]
    env = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    done = subprocess.run(listed, env=env, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)["kernelspecs"]["python3"]
    assert Path(found["resource_dir"]) == own.parent
    # Jupyter takes a bare `python` to be the Python it runs in itself
    assert found["spec"]["argv"][0] in ("python", sys.executable)


def test_new_drafts_a_study_that_check_accepts(tmp_path):
    export, there = tmp_path / "answers.csv", tmp_path / "to come" / "study"
    rows = "".join(f"R{i},{i % 11},2025-03-{i % 28 + 1:02d}\n" for i in range(60))
    export.write_text(f"Response,How likely are you to recommend us?,Date\n{rows}")
    done = _cxlab("new", there, "--from", export)
    assert done.returncode == 0, done.stderr
    assert "will refuse" not in done.stdout  # it is tried before its folder is made
    assert _cxlab("check", there / "study.yaml").returncode == 0
    (tmp_path / "readme.txt").write_text("What these exports are.")
    whole = _cxlab("new", tmp_path / "of_folder", "--from", tmp_path)
    assert "files: ../answers.csv" in (tmp_path / "of_folder" / "study.yaml").read_text(), whole
    (tmp_path / "empty").mkdir()
    assert "holds no export" in _cxlab("new", tmp_path / "x", "--from", tmp_path / "empty").stderr
    again = _cxlab("new", there, "--from", export)
    assert (again.returncode, "not written over" in again.stderr) == (2, True)


IMPORTING = """
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "cxlab.codebook":
            sys.meta_path.remove(self); wait()
sys.meta_path.insert(0, Slow())
"""
LOADING = "from cxlab import study\nstudy.load = lambda path, **words: wait()"
WAIT = """import pathlib, sys, time
mark = pathlib.Path(sys.argv.pop())
def wait():
    mark.touch(); time.sleep(60)
"""


def _stopped(start: subprocess.Popen, mark: Path, number: int) -> str:
    """Send a signal once a file is there; give what was said, after a look at the status."""
    for _ in range(600):
        if mark.exists():
            break
        time.sleep(0.1)
    start.send_signal(number)
    said = start.communicate(timeout=60)[1]
    assert start.returncode == 130, said
    return said


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", [IMPORTING, LOADING], ids=["importing", "loading"])
def test_a_stop_at_any_moment_is_one_sentence(tmp_path, number, moment):
    code = f"{WAIT}{moment}\nfrom cxlab.cli import main; main()"
    study = str(_small(tmp_path, rows=30))
    words = [sys.executable, "-c", code, "check", study, str(tmp_path / "mark")]
    start = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    said = _stopped(start, tmp_path / "mark", number)
    assert said == "stopped; what was finished is kept\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_keeps_the_reports_outside_its_plan(tmp_path, number):
    study = _small(tmp_path, rows=30)
    desk.notebook(tmp_path / "desk", "10_one", "1")
    endless = f"import pathlib, time\npathlib.Path(r'{tmp_path / 'mark'}').touch(); time.sleep(60)"
    desk.notebook(tmp_path / "desk", "20_endless", endless)
    words = ["run", study, "--notebooks", tmp_path / "desk", "--out", tmp_path / "out", "--only"]
    assert _cxlab(*words, "10_one").returncode == 0
    door = [*RUN, *map(str, words), "20_endless"]
    start = subprocess.Popen(door, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    said = _stopped(start, tmp_path / "mark", number)
    assert said.endswith("stopped; what was finished is kept\n")
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    both = zip(told["reports"], told["run"]["reports"], strict=True)
    states = {report["notebook"]: made["state"] for report, made in both}
    assert states == {"20_endless": "missing", "10_one": "kept"}
