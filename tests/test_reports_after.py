"""What follows a run: what changed since last time, workbooks, slides, paper, a word to others."""

import json
import shutil
import sys

import pytest

from cxlab import reports
from cxlab.export import pdf
from cxlab.export.slides import slides
from cxlab.reports import after
from tests import desk
from tests.conftest import absent


@pytest.fixture(scope="session")
def nasty(tmp_path_factory):
    return desk.nasty_run(tmp_path_factory.getbasetemp() / "nasty")


def _run(estimate: float = 40.0, *, state: str = "done", verdict: str = "apart", **facts):
    """A manifest and findings of one report, by hand."""
    entry = {"notebook": "20", "question": "How?", "part": "everyone", "state": state}
    frame = {"columns": ["group", "estimate", "conf_low", "conf_high", "verdict"],
             "rows": [["North", estimate, estimate - 2, estimate + 2, verdict]]}  # fmt: skip
    finding = {"name": "nps", "headline": f"NPS is {estimate}.", "unit": "points", "frame": frame}
    words = {"finished": "then", "data": "d", "versions": {"pandas": "3"}, "rows": {"responses": 9}}
    return {**words, "reports": [entry], **facts}, [{**entry, "findings": [finding]}]


def test_two_runs_that_agree_have_no_changes():
    assert reports.changes(_run(), _run()) == {}
    assert reports.lines({}) == ["Nothing changed."]


def test_a_first_run_has_nothing_to_compare_with():
    assert reports.changes(({}, []), _run()) == {}


def test_a_number_beyond_its_earlier_interval_is_named():
    since = reports.changes(_run(40.0), _run(43.0))
    (moved,) = since["numbers"]
    assert (moved["before"], moved["after"], moved["beyond"]) == (40.0, 43.0, True)
    said = "How?, everyone: nps, North: 40.0 → 43.0, beyond its earlier interval."
    assert reports.lines(since) == [said]


def test_a_number_within_its_earlier_interval_is_only_counted():
    since = reports.changes(_run(40.0), _run(41.0))
    assert reports.lines(since) == ["1 number moved, all within their earlier intervals."]


def test_verdicts_failures_data_and_versions_are_told():
    now = _run(verdict="not apart", data="e", rows={"responses": 12}, versions={"pandas": "4"})
    said = reports.lines(reports.changes(_run(), now))
    assert said == [
        "The data changed: responses had 9 rows, has 12 rows.",
        "Versions changed: pandas 3 → 4.",
        "How?, everyone: nps, North: verdict was “apart”, is “not apart”.",
    ]
    failed = reports.changes(_run(), _run(state="failed"))
    assert reports.lines(failed) == ["Fails now: How?, everyone."]
    assert reports.lines(reports.changes(_run(state="failed"), _run())) == [
        "Works again: How?, everyone."
    ]


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(reports.PlanError, match=r"no finished run is here.*Use cxlab run"):
        reports.load(tmp_path)


def test_what_changed_stays_in_the_index_when_nothing_new_happens(tmp_path):
    cells = [desk.SCORE, *desk.SHOWN]
    desk.notebook(tmp_path / "desk", "10_one", *cells)
    desk.pressed(desk.planned(tmp_path / "desk"), tmp_path / "out")
    desk.notebook(tmp_path / "desk", "10_one", cells[0].replace("40.0", "46.0"), *cells[1:])
    for _ in range(2):
        desk.pressed(desk.planned(tmp_path / "desk"), tmp_path / "out")
        index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
        assert "40.0 → 46.0, beyond its earlier interval." in index
        assert "last time 40.0" in index


def test_every_report_gets_a_workbook_once(nasty):
    out, runs = nasty
    made = after.workbooks(runs, out)
    assert len(made) == len(desk.NASTY) + 1
    before = [path.stat().st_mtime_ns for path in made]
    assert [path.stat().st_mtime_ns for path in after.workbooks(runs, out)] == before


def test_a_command_is_told_the_summary_as_json(nasty, tmp_path):
    out, runs = nasty
    script = tmp_path / "note.py"
    script.write_text(f"import sys; open(r'{tmp_path / 'told'}', 'w').write(sys.stdin.read())")
    after.notify(f"'{sys.executable}' '{script}'", runs, out)
    told = json.loads((tmp_path / "told").read_text())
    assert told["states"] == {"done": 10, "failed": 1, "not made": 1}
    assert told["failed"][0]["error"] == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize("command", ["/no/such/program", "false", "'", ""])
def test_a_command_that_fails_is_told_and_the_run_stands(nasty, command):
    with pytest.raises(reports.PlanError, match="The reports themselves are finished"):
        after.notify(command, nasty[1], nasty[0])


def test_a_page_and_the_whole_run_are_printed(nasty, tmp_path):
    if not shutil.which("chromium") and not shutil.which("google-chrome"):
        absent("a Chromium browser")
    out, runs = nasty
    few = [run for run in runs if run.notebook == "10_score"][:2]
    made = after.papers(few, out)
    assert [path.name for path in made][:: len(made) - 1] == ["everyone.pdf", "all-reports.pdf"]
    assert all(path.read_bytes().startswith(b"%PDF") for path in made)
    assert not list(out.glob(".all-reports*"))


def test_without_a_browser_printing_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(pdf.PdfError, match="PDF needs a Chromium or Chrome browser"):
        pdf.browser()


def test_slides_show_each_picture_under_its_sentence(nasty):
    manifest, found = reports.load(nasty[0])
    page = slides(manifest, found, reports.executed(nasty[0], manifest))
    assert page.count('class="cx-slide"') == 3
    assert page.count("<img ") == page.count('alt="Forest plot') == 1
    assert "<h2>Nothing stands apart.</h2>" in page
    assert "http" not in page.replace("http-equiv", "")
