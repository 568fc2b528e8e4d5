"""Report notebooks: thin, typed, without outputs, and running on the sample."""

import ast
import itertools
import json
import re
from pathlib import Path

import pytest

from cxlab import reports
from cxlab.reports import notebooks
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[1-9]*.ipynb"))
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
SKELETON = ["The answer", "How sure are we", "What this cannot say", "Next steps", "Appendix"]
COMPOSED = ["The answer", "What was decided", *SKELETON[1:3], "Appendix"]


def _cells(path: Path, kind: str) -> list[dict]:
    return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == kind]


def _code(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in _cells(path, "code")]


def _prose(path: Path) -> str:
    return "\n\n".join("".join(cell["source"]) for cell in _cells(path, "markdown"))


@each
def test_no_outputs_are_committed(path):
    assert all(not cell["outputs"] and not cell["execution_count"] for cell in _cells(path, "code"))


@each
def test_a_kernel_and_a_language_are_named(path):
    metadata = json.loads(path.read_text())["metadata"]
    assert metadata["kernelspec"]["name"] == "python3"
    assert metadata["language_info"]["name"] == "python"


@each
def test_code_cells_are_thin(path):
    for source in _code(path):
        declares = "study_file: str" in source  # a line a parameter, each with its comment
        assert declares or len(source.splitlines()) <= 8, source
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For), source


@each
def test_no_path_and_no_plotting_of_its_own(path):
    parameters = "".join(notebooks.read(path).parameters)
    for source in _code(path)[1:]:
        assert "matplotlib" not in source
        assert "pyplot" not in source
        assert not re.search(r"""["'][^"']*\.(ya?ml|csv|parquet|xlsx)["']""", source), parameters


@each
def test_parameters_are_typed_literals_with_a_comment_each(path):
    assert notebooks.read(path).parameters["study_file"]
    tagged = [c for c in _cells(path, "code") if "parameters" in c["metadata"].get("tags", [])]
    for line in "".join(tagged[0]["source"]).splitlines():
        assert re.fullmatch(r"\w+: (str|int|float|bool) = .+  # \S.*", line), line


@each
def test_no_figure_is_typed_into_prose(path):
    assert not re.findall(r"\d", re.sub(r"`[^`]*`", "", _prose(path)))


@each
def test_the_skeleton_is_kept(path):
    headings = re.findall(r"^##+ (.+)$", _prose(path), re.MULTILINE)
    wanted = COMPOSED if notebooks.read(path).composes else SKELETON
    places = [next(i for i, h in enumerate(headings) if h.startswith(s)) for s in wanted]
    assert places == sorted(places)
    assert _prose(path).startswith("# ")


@each
def test_a_page_has_at_most_six_sections_before_its_appendix(path):
    sections = re.findall(r"^## (.+)$", _prose(path), re.MULTILINE)
    assert len(list(itertools.takewhile(lambda s: not s.startswith("Appendix"), sections))) <= 6


@each
def test_every_exhibit_goes_through_show(path):
    for source in _code(path):
        for call in re.findall(r"plots\.(\w+)\(", source):
            assert call == "show" or "plots.show(" in source


@each
def test_a_notebook_reads_no_more_than_it_says(path):
    """What is current is decided by the part a notebook says it reads; here it is held to it."""
    scope, code = notebooks.read(path).scope, "\n".join(_code(path)[1:])
    if scope == "study":
        return
    assert set(re.findall(r"\bwhole\.(\w+)", code)) <= {"part", "mapping", "key"}
    assert not re.search(r"\b(here|near)\.(ledger|repairs|rules|notes|weights|cleaned)\b", code)
    assert len(re.findall(r"\bwhole\b(?!\.)", code)) == 1  # nobody is handed the whole study
    assert "whole.part(segment=segment, value=value" in code
    if scope == "part" and "period" in notebooks.read(path).parameters:
        assert "whole.part(segment=segment, value=value, period=period)" in code


def test_every_notebook_runs_on_the_sample(sample_run):
    made = reports.load(sample_run)[0]["reports"]
    assert {run["notebook"] for run in made} == {path.stem for path in NOTEBOOKS}
    assert [run["error"] for run in made if run["state"] not in ("done", "unchanged")] == []
    assert all(run["headline"] for run in made)
