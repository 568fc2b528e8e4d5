"""The press: plans checked before they start, failures alone, nothing twice, nothing leaks."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cxlab import reports
from cxlab.reports.depends import key
from tests import desk


@pytest.fixture(scope="session")
def nasty(tmp_path_factory):
    return desk.nasty_run(tmp_path_factory.getbasetemp() / "nasty")


def _one(folder: Path, *cells: str, **words) -> reports.Job:
    desk.notebook(folder / "desk", "10_one", *cells, **words)
    return desk.planned(folder / "desk")[0]


# ---------------------------------------------------------------- plans


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"levl": "0.9"}, "no notebook has a parameter 'levl'. Did you mean 'level'?"),
        ({"level": "high"}, "10_one.ipynb: parameter 'level' must be a number, not 'high'."),
        ({"level": "95"}, "10_one.ipynb: parameter 'level' must lie between 0 and 1, not 95.0. "
         "Did you mean 0.95?"),
        ({"level": 1.0}, "10_one.ipynb: parameter 'level' must lie between 0 and 1, not 1.0."),
        ({"level": "nan"}, "10_one.ipynb: parameter 'level' must be a number, not 'nan'."),
        ({"study_file": "x"}, "'study_file' is set by the run itself; it cannot be given."),
    ],
)  # fmt: skip
def test_parameters_are_held_against_the_notebook_before_anything_starts(tmp_path, given, said):
    desk.notebook(tmp_path, "10_one")
    with pytest.raises(reports.PlanError) as error:
        desk.planned(tmp_path, given=given)
    assert str(error.value) == said


def test_a_parameter_that_another_notebook_has_is_refused_with_its_name(tmp_path):
    desk.notebook(tmp_path, "10_one")
    desk.notebook(tmp_path, "55_value", parameters="price_change = 0.0")
    with pytest.raises(reports.PlanError, match="a parameter of 55_value, which is not asked for"):
        desk.planned(tmp_path, notebooks=["10_one"], given={"price_change": "0.1"})


def test_an_unknown_notebook_is_refused_with_the_nearest_name(tmp_path):
    desk.notebook(tmp_path, "20_scores")
    with pytest.raises(reports.PlanError) as error:
        desk.planned(tmp_path, notebooks=["20_score"])
    assert str(error.value) == "there is no notebook '20_score'. Did you mean '20_scores'?"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("x = open('y')", "10_one.ipynb: parameter 'x' is not a literal."),
        ("import os", "10_one.ipynb: the parameters cell may hold only 'name = literal'."),
        ("x =", "10_one.ipynb: the parameters cell is not Python (invalid syntax)."),
    ],
)
def test_a_parameters_cell_holds_literals_only(tmp_path, cell, said):
    desk.notebook(tmp_path, "10_one", parameters=cell)
    with pytest.raises(reports.PlanError) as error:
        desk.planned(tmp_path, notebooks=["10_one"])
    assert str(error.value) == said


def test_text_from_a_command_line_becomes_the_parameters_own_type(tmp_path):
    desk.notebook(tmp_path, "10_one", parameters=f"{desk.PARAMETERS}\nmonths: float = 12.0  # x")
    (job,) = desk.planned(tmp_path, given={"months": "1", "value": "007"})
    assert (job.parameters["months"], type(job.parameters["months"])) == (1.0, float)
    assert job.parameters["value"] == "007"


def test_a_segment_given_by_hand_takes_the_place_of_the_grid(tmp_path):
    desk.notebook(tmp_path, "10_one")
    jobs = desk.planned(tmp_path, "North", "South", given={"segment": "plan", "value": "Gold"})
    assert [(job.part, job.stem) for job in jobs] == [("plan: Gold", "10_one/plan-gold")]


def test_a_setting_by_hand_has_a_file_of_its_own(tmp_path):
    desk.notebook(tmp_path, "10_one")
    stems = {desk.planned(tmp_path, given={"level": n})[0].stem for n in ("0.9", "0.95")}
    assert stems == {"10_one/everyone-level-0-9", "10_one/everyone-level-0-95"}


def test_no_two_values_share_a_file_and_no_value_leaves_the_folder(tmp_path):
    desk.notebook(tmp_path, "10_one")
    stems = [job.stem for job in desk.planned(tmp_path, *desk.NASTY)]
    assert len({stem.lower() for stem in stems}) == len(desk.NASTY) + 1
    for stem in stems:
        name = stem.removeprefix("10_one/")
        assert name == reports.slug(name) or len(name) <= 69
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_a_notebook_without_parameters_cell_is_listed_and_stops_no_other(tmp_path):
    desk.notebook(tmp_path / "desk", "10_bare", "1", parameters=None)
    desk.notebook(tmp_path / "desk", "20_good", "1")
    bare, good = desk.pressed(desk.planned(tmp_path / "desk"), tmp_path / "out")
    assert (bare.state, good.state) == ("failed", "done")
    assert bare.error == "10_bare.ipynb: one cell must carry the tag 'parameters', not 0."


# ---------------------------------------------------------------- one run with everything in it


def test_every_value_gets_its_report_whole(nasty):
    out, runs = nasty
    scores = [run for run in runs if run.notebook == "10_score"]
    assert [run.error for run in scores if run.state != "done"] == []
    assert len(scores) == len(desk.NASTY) + 1
    for run in scores:
        assert (out / run.page).resolve().is_relative_to(out.resolve())
        assert (out / run.page).read_text(encoding="utf-8").endswith("</html>\n")


def test_a_value_reaches_its_notebook_unchanged(nasty):
    out, runs = nasty
    for run in runs:
        if run.notebook == "10_score" and run.part != "everyone":
            found = json.loads((out / run.page).with_suffix(".findings.json").read_text())
            assert found[0]["frame"]["rows"][0][1] == run.parameters["value"]


def test_a_failure_stays_alone_and_says_its_first_line(nasty):
    out, runs = nasty
    (broken,) = [run for run in runs if run.notebook == "20_broken"]
    assert (broken.state, broken.error) == ("failed", "ZeroDivisionError: division by zero")
    assert broken.file == "20_broken/everyone.failed.ipynb"
    assert "ZeroDivisionError" in (out / broken.file).read_text()
    assert not (out / "20_broken/everyone.html").exists()


def test_what_the_study_does_not_hold_is_no_error(nasty):
    _, runs = nasty
    (orders,) = [run for run in runs if run.notebook == "30_orders"]
    assert (orders.state, orders.error) == ("not made", "needs orders")


def test_the_manifest_tells_what_was_run_on_what(nasty):
    out, runs = nasty
    manifest, _ = reports.load(out)
    assert (manifest["study"], manifest["data"]) == (desk.FACTS["study"], "data")
    assert {"cxlab", "python", "pandas", "papermill"} <= set(manifest["versions"])
    assert len(manifest["reports"]) == len(runs)
    assert {"parameters", "key", "seconds", "state"} <= set(manifest["reports"][0])


def test_findings_hold_every_result_of_every_report(nasty):
    out, _ = nasty
    found = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    assert len(found) == len(desk.NASTY) + 1
    names = [[result["name"] for result in report["findings"]] for report in found]
    assert names == [["nps", "by region"]] * len(found)


def test_a_run_leaves_nothing_but_its_files(nasty):
    out, _ = nasty
    assert not (out / ".staging").exists()
    assert [p for p in out.rglob("*") if p.name.endswith(".part") or p.name == ".journal"] == []


# ---------------------------------------------------------------- nothing twice


def test_what_did_not_change_is_not_made_again(tmp_path):
    jobs = [_one(tmp_path, "1")]
    first = desk.pressed(jobs, tmp_path / "out")[0]
    page = tmp_path / "out" / first.page
    before = page.stat().st_mtime_ns
    assert desk.pressed(jobs, tmp_path / "out")[0].state == "unchanged"
    assert page.stat().st_mtime_ns == before
    assert desk.pressed(jobs, tmp_path / "out", force=True)[0].state == "done"


def test_changed_data_notebook_or_parameters_are_made_again(tmp_path):
    out = tmp_path / "out"
    desk.pressed([_one(tmp_path, "1")], out)
    assert desk.pressed([_one(tmp_path, "1")], out, data="other")[0].state == "done"
    assert desk.pressed([_one(tmp_path, "2")], out, data="other")[0].state == "done"
    jobs = desk.planned(tmp_path / "desk", given={"level": "0.9"})
    assert desk.pressed(jobs, out, data="other")[0].state == "done"


def test_a_changed_part_is_made_alone(tmp_path):
    desk.notebook(tmp_path / "desk", "10_one", "1", scope="part")
    jobs = desk.planned(tmp_path / "desk", "North", "South")
    desk.pressed(jobs, tmp_path / "out", data=lambda part: f"{part.get('value')} 1")
    changed = {None: "2", "South": "2", "North": "1"}
    data = lambda part: f"{part.get('value')} {changed[part.get('value')]}"  # noqa: E731
    again = desk.pressed(jobs, tmp_path / "out", data=data)
    assert [run.state for run in again] == ["done", "unchanged", "done"]


def test_a_report_depends_on_what_a_file_named_to_it_holds(tmp_path):
    for name in ("x.ipynb", "themes.json"):
        (tmp_path / name).write_text("one")
    job = SimpleNamespace(
        notebook=SimpleNamespace(path=tmp_path / "x.ipynb"),
        parameters={"kept": "themes.json", "value": "n" * 5_000, "segment": "", "level": 0.95},
    )
    before = key(job, "data")
    assert key(job, "data") == before
    (tmp_path / "themes.json").write_text("two")
    assert key(job, "data") != before


@pytest.mark.parametrize(
    ("scope", "reads"),
    [("study", {}), ("segment", {"segment": "s", "value": "v"}),
     ("part", {"segment": "s", "value": "v", "period": "2025"})],
)  # fmt: skip
def test_a_report_depends_on_what_its_notebook_says_it_reads(tmp_path, scope, reads):
    parameters = f"{desk.PARAMETERS}\nperiod: str = ''  # a period"
    desk.notebook(tmp_path, "10_one", scope=scope, parameters=parameters)
    given = {"segment": "s", "value": "v", "period": "2025"}
    assert desk.planned(tmp_path, given=given)[0].reads == reads


def test_a_part_written_into_the_notebook_is_what_its_report_reads(tmp_path):
    parameters = "segment: str = 'region'  # x\nvalue: str = 'North'  # x"
    desk.notebook(tmp_path, "10_one", scope="part", parameters=parameters)
    assert desk.planned(tmp_path)[0].reads == {"segment": "region", "value": "North"}


def test_an_unknown_scope_is_refused(tmp_path):
    desk.notebook(tmp_path, "10_one", scope="parts")
    with pytest.raises(reports.PlanError) as error:
        desk.planned(tmp_path, notebooks=["10_one"])
    assert str(error.value) == "10_one.ipynb: 'parts' is no scope. Did you mean 'part'?"


def test_a_run_of_one_notebook_keeps_the_others_in_the_index(tmp_path):
    desk.notebook(tmp_path / "desk", "10_one", "1")
    desk.notebook(tmp_path / "desk", "20_two", "1")
    desk.pressed(desk.planned(tmp_path / "desk"), tmp_path / "out")
    desk.pressed(desk.planned(tmp_path / "desk", notebooks=["20_two"]), tmp_path / "out")
    manifest, _ = reports.load(tmp_path / "out")
    states = {entry["notebook"]: entry["state"] for entry in manifest["reports"]}
    assert states == {"20_two": "unchanged", "10_one": "kept"}


def test_a_failure_never_takes_the_place_of_a_finished_page(tmp_path):
    out = tmp_path / "out"
    good = desk.pressed([_one(tmp_path, "print('good')")], out)[0]
    bad = desk.pressed([_one(tmp_path, "1 / 0")], out)[0]
    assert bad.state == "failed"
    assert "good" in (out / good.page).read_text()
    assert bad.page == good.page
    assert desk.pressed([_one(tmp_path, "2")], out)[0].state == "done"
    assert not (out / "10_one/everyone.failed.ipynb").exists()


# ---------------------------------------------------------------- engines


def test_state_does_not_leak_from_one_report_to_the_next(tmp_path):
    leak = "import builtins, os, pandas\nseen = getattr(builtins, 'cx_leak', None)\n"
    leak += "builtins.cx_leak = 1; pandas.cx = 1; os.environ['CX'] = '1'\nassert seen is None"
    desk.notebook(tmp_path / "desk", "10_one", leak, "assert os.environ.pop('CX') == '1'")
    jobs = desk.planned(tmp_path / "desk", "a", "b")
    runs = desk.pressed(jobs, tmp_path / "out", workers=1)
    assert [(run.state, run.error) for run in runs] == [("done", "")] * 3


def test_the_warm_process_compiles_no_grammar_of_addresses():
    asked = (
        "import sys, cxlab.reports.warm; print('nbformat' in sys.modules, 'lark' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "False"]


def test_both_engines_write_the_same_outputs(tmp_path):
    cells = ["import sys", "print('a'); print('b', file=sys.stderr); 1 + 1", "_ + 1", "%pwd",
             "from IPython.display import display, HTML; display(HTML('<p>x</p>'))"]  # fmt: skip
    job, told = _one(tmp_path, *cells), {}
    for kind in ("warm", "plain"):
        run = desk.pressed([job], tmp_path / kind, kind=kind)[0]
        assert run.error == ""
        cells = json.loads((tmp_path / kind / run.file).read_text())["cells"]
        told[kind] = [(cell.get("execution_count"), cell.get("outputs")) for cell in cells]
    assert told["warm"] == told["plain"]
