"""The door: what a person types, what comes back, and with which exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ROOT

RUN = [sys.executable, "-c", "from cxlab.cli import main; main()"]


def _cxlab(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(
        [*RUN, *map(str, words)], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


def test_check_prints_the_ledger(sample):
    done = _cxlab("check", sample)
    assert done.returncode == 0
    assert "rows read" in done.stdout
    assert "byte order mark" in done.stdout


def test_check_json_is_one_object_with_the_contract_keys(sample):
    account = json.loads(_cxlab("check", sample, "--json").stdout)
    assert set(account) == {"tables", "errors"}
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


def test_debug_shows_the_traceback():
    assert "Traceback" in _cxlab("--debug", "check", "nope.yaml").stderr


def test_a_dry_run_prints_the_plan_and_makes_nothing(sample, tmp_path):
    done = _cxlab("run", sample, "--dry-run", "--only", "20_scores", cwd=tmp_path)
    assert done.stdout.splitlines() == [
        f"20_scores/{part}.html"
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
    assert _cxlab("lab", sample, "--version").returncode == 0
    listed = [sys.executable, "-m", "jupyter", "kernelspec", "list", "--json"]
    env = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    done = subprocess.run(listed, env=env, capture_output=True, text=True, check=True)
    spec = json.loads(done.stdout)["kernelspecs"]["python3"]["spec"]
    assert Path(spec["argv"][0]) == Path(sys.executable)


def test_new_drafts_a_study_that_check_accepts(tmp_path):
    export = tmp_path / "answers.csv"
    rows = "".join(f"R{i},{i % 11},2025-03-{i % 28 + 1:02d}\n" for i in range(60))
    export.write_text(f"Response,How likely are you to recommend us?,Date\n{rows}")
    done = _cxlab("new", tmp_path / "study", "--from", export)
    assert done.returncode == 0, done.stderr
    assert _cxlab("check", tmp_path / "study" / "study.yaml").returncode == 0
    again = _cxlab("new", tmp_path / "study", "--from", export)
    assert (again.returncode, "not written over" in again.stderr) == (2, True)
