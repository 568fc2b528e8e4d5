"""An answer is given again only while everything it rests on is what it was."""

import os
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from cxlab import marks, study
from cxlab.cli import app, standing
from cxlab.study import cache

STUDY = "study: S\nas_of: 2025-01-01\ntables:\n  responses:\n    files: a*.csv\n"
LONG_AGO = 1_700_000_000


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("nps\n" + "9\n" * 20)
    (tmp_path / "study.yaml").write_text(STUDY + "    columns: {nps: nps}\n")
    _age(tmp_path)
    return tmp_path


def _age(folder):
    for path in folder.glob("*.*"):
        os.utime(path, (LONG_AGO, LONG_AGO))


def _check(*words):
    return CliRunner().invoke(app, ["check", "study.yaml", *words])


def _kept(place):
    return list((place / ".cxlab").glob("check-*.json"))


def _never(*words, **more):
    raise AssertionError("the study was opened")


def test_a_check_of_what_has_not_changed_opens_nothing_and_says_the_same(place, monkeypatch):
    first, as_json = _check(), _check("--json")
    monkeypatch.setattr(study, "load", _never)
    assert _check().output == first.output
    assert "All 20 rows read" in first.output
    assert _check("--json").output == as_json.output
    assert _kept(place)[0].stat().st_mode & 0o077 == 0  # it holds what people wrote


@pytest.mark.parametrize("changed", ["a.csv", "study.yaml", "a2.csv"])
def test_whatever_changes_is_read_again(place, changed):
    _check()
    before = (place / changed).read_text() if (place / changed).exists() else "nps\n"
    (place / changed).write_text(before + ("8\n" if changed != "study.yaml" else "currency: GBP\n"))
    _age(place)
    rows = {"a.csv": "All 21 rows", "study.yaml": "All 20 rows", "a2.csv": "All 21 rows"}[changed]
    asked = standing.asked(place / "study.yaml", None, command="check")
    assert not marks.recalled(standing.place(asked), asked, place / "study.yaml")
    assert rows in _check().output


def test_what_was_written_just_now_is_not_kept(place):
    (place / "a.csv").write_text("nps\n" + "8\n" * 20)
    assert marks.now(place) - marks.mark(place / "a.csv")[2] < 2e9
    sealed = marks.seal(place / ".cxlab" / "x.json", place / "study.yaml", ["a*.csv"])
    assert sealed == {}


def test_verify_finds_what_changed_under_the_same_size_and_time(place):
    _check()
    kept = marks.mark(place / "a.csv")
    with (place / "a.csv").open("r+") as stream:
        stream.write("nps\n" + "8\n" * 20)
    os.utime(place / "a.csv", (LONG_AGO, LONG_AGO))
    assert marks.mark(place / "a.csv") == kept
    before = study.load("study.yaml").responses["nps"].tolist()
    after = study.load("study.yaml", verify=True).responses["nps"].tolist()
    assert (before, after) == ([9] * 20, [8] * 20)


def test_an_export_is_hashed_once_while_it_is_as_it_was(place, monkeypatch):
    known = study.load("study.yaml").exports
    monkeypatch.setattr(cache, "_hash", _never)
    assert study.load("study.yaml").exports == known


def test_a_run_with_a_failure_is_not_kept(place):
    asked = {"study": "study.yaml", "command": "run", "notebooks": []}
    run = SimpleNamespace(state="failed", question="Q", part="p", page="", file="")
    standing.keep(asked, {"files": {}}, [run], place, [])
    assert not standing.place(asked).exists()
