"""A changed region is made anew alone, and what is left standing is what would be made."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cxlab import reports
from tests.conftest import ROOT

QUESTIONS = ("20_scores", "30_drivers", "90_leadership")


def _changed(survey: Path, region: str) -> None:
    """Leave one answer of a region out, and give another the opposite score."""
    with survey.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    words = rows[0]
    own = [i for i, row in enumerate(rows) if row[words.index("region")] == region]
    score = words.index("Q1")
    said = next(i for i in own[1:] if rows[i][score] == "9")
    rows[said][score] = "1"
    del rows[own[0]]
    with survey.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)


def _run(study_file: Path, out: Path, *more: str) -> dict[tuple[str, str], str]:
    only = [word for name in QUESTIONS for word in ("--only", name)]
    door = [sys.executable, "-c", "from cxlab.cli import main; main()"]
    words = ["run", str(study_file), "--out", str(out), *only, *more]
    done = subprocess.run([*door, *words], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    entries = reports.load(out)[0]["reports"]
    return {(each["notebook"], each["part"]): each["state"] for each in entries}


@pytest.fixture(scope="module")
def changed(tmp_path_factory, sample):
    """Two regions, a run more after the South changed, and the North once more from nothing."""
    folder = tmp_path_factory.mktemp("parts")
    shutil.copytree(sample.parent, folder / "sample", ignore=shutil.ignore_patterns(".cxlab"))
    own = folder / "sample" / "study.yaml"
    said = own.read_text(encoding="utf-8")
    assert "{region: all}" in said
    own.write_text(said.replace("{region: all}", "{region: [North, South]}"), encoding="utf-8")
    _run(own, folder / "out")
    _changed(folder / "sample" / "exports" / "survey_qualtrics.csv", "South")
    states = _run(own, folder / "out")
    _run(own, folder / "fresh", "--set", "segment=region", "--set", "value=North")
    return states, folder


def test_one_changed_region_is_made_anew_alone(changed):
    states, _ = changed
    left = {place for place, state in states.items() if state == "unchanged"}
    assert len(states) == 7
    assert left == {("20_scores", "region: North"), ("30_drivers", "region: North")}


@pytest.mark.parametrize("name", QUESTIONS[:2])
def test_what_was_left_standing_is_what_would_be_made_now(changed, name):
    _, folder = changed
    kept, made = (
        json.loads((folder / out / name / "region-north.findings.json").read_text())
        for out in ("out", "fresh")
    )
    assert len(kept) > 5
    assert kept == made


def test_the_changed_region_alone_tells_other_numbers(changed):
    _, folder = changed
    since = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))["since"]
    moved = [number["where"] for number in since["numbers"]]
    assert any("region: South" in where for where in moved)
    assert not any("region: North" in where for where in moved)
