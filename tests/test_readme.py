"""What the README shows is true: its answer runs, its files and commands exist."""

import re
import subprocess
import sys

import yaml

from cxlab.codebook import Mapping
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _block(kind: str) -> str:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[0]


def test_the_answer_in_python_runs_as_printed():
    run = [sys.executable, "-c", _block("python")]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(_block("python").strip().splitlines()) <= 9
    assert "are kept and" in done.stdout
    assert "North" in done.stdout


def test_the_study_file_is_one():
    mapping = Mapping(**yaml.safe_load(_block("yaml")))
    assert mapping.tables["responses"].scale("support").high == 5


def test_the_tree_is_there():
    for name in re.findall(r"^([\w./]+)  +\S", README, re.MULTILINE):
        assert (ROOT / name).exists(), name


def test_every_command_and_notebook_is_there():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    named = set(re.findall(r"`(\d\d_\w+)`", README))
    assert named == {path.stem for path in (ROOT / "notebooks").glob("[1-9]*.ipynb")}


def test_documents_keep_their_length():
    lengths = {"README.md": 135, "ARCHITECTURE.md": 100, "CONTRIBUTING.md": 60}
    for name, most in lengths.items():
        assert len((ROOT / name).read_text().splitlines()) <= most, name
