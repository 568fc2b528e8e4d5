"""What follows a run: what changed since last time, workbooks, slides, paper, a word to others."""

import json
import shutil
import sys

import pytest

from cxlab import reports
from cxlab.export import pdf
from cxlab.export.slides import slides
from cxlab.reports import after, record
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


def test_a_number_within_its_earlier_interval_is_no_news():
    since = reports.changes(_run(40.0), _run(41.0))
    assert reports.lines(since) == ["No number moved beyond its earlier interval."]


def test_a_number_that_reads_as_before_did_not_move():
    before, after = _run(40.0), _run(40.04)
    for run in (before, after):
        run[1][0]["findings"][0]["frame"]["rows"][0][2:4] = [39.99, 40.01]
    said = reports.lines(reports.changes(before, after))
    assert said == ["No number moved beyond its earlier interval."]


def test_a_renamed_word_is_no_news_and_a_changed_verdict_is():
    assert reports.changes(_run(), _run(verdict="stands apart")) == {}
    both = reports.changes(_reports(0.0), _reports(0.0, "stands apart"))
    assert both == {}
    moved = reports.changes(_run(), _run(43.0, verdict="not apart"))
    assert [one["after"] for one in moved["verdicts"]] == ["not apart"]


def test_a_title_worded_anew_makes_no_new_report():
    before, after = _run(40.0), _run(43.0)
    for one in (after[0]["reports"][0], after[1][0]):
        one["question"] = "How well?"
    since = reports.changes(before, after)
    assert (since["new"], since["gone"]) == ([], [])
    assert since["numbers"][0]["where"].startswith("How well?, everyone")


def test_what_an_ended_run_did_not_reach_is_neither_new_nor_gone():
    missing = _run(state="missing")
    assert reports.changes(missing, _run()) == {}
    assert reports.changes(_run(), missing) == {}


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


def _reports(moved: float, verdict: str = "apart"):
    """Two runs' worth of reports, by hand: for everyone and for the North, read second first."""
    columns = ["group", "estimate", "conf_low", "conf_high", "verdict"]
    rows = [[f"G{n:02d}", 10.0 + moved, 8.0, 12.0, verdict] for n in range(12)]
    table = {"name": "by group", "headline": "-", "unit": "points",
             "frame": {"columns": columns, "rows": rows}}  # fmt: skip
    tile = {**table, "name": "nps", "frame": {"columns": columns[1:4], "rows": [rows[0][1:4]]}}
    ways = [["none", *rows[0][1:4], "reported"], ["speed", *rows[1][1:4], "other"]]
    other = {"columns": ["reason", *columns[1:]], "rows": ways}
    other = {**table, "name": "nps and the cleaning", "frame": other}
    words = [("A", "everyone", 2), ("A", "region: North", 2), ("B", "everyone", 1)]
    found = [{"notebook": name, "question": name, "part": part, "reading_order": order,
              "findings": [tile, table, other]} for name, part, order in words]  # fmt: skip
    entries = [{**one, "state": "done"} for one in found]
    return {"finished": "then", "data": "d", "reports": entries}, found


def test_what_moved_for_everyone_is_told_first_and_headlines_before_tables():
    since = reports.changes(_reports(0.0), _reports(5.0, "not apart"))
    said = reports.lines(since, limit=3)
    assert said[:3] == [
        "B, everyone: nps: 10.0 → 15.0, beyond its earlier interval.",
        "B, everyone: by group, G00: verdict was “apart”, is “not apart”.",
        "B, everyone: by group, G01: verdict was “apart”, is “not apart”.",
    ]  # no number stands twice
    assert said[4:] == ["… and 33 more verdicts changed."]


def test_other_ways_of_cleaning_are_no_news():
    since = reports.changes(_reports(0.0), _reports(5.0))
    named = [one["where"] for key in ("numbers", "verdicts", "headlines") for one in since[key]]
    assert named
    assert not any("the cleaning" in where for where in named)


def test_a_change_between_other_periods_is_not_set_against_the_last_one():
    before, after = _run(-1.8), _run(-68.4, verdict="moved")
    assert reports.changes(before, after)["numbers"]
    for _, found in (before, after):
        found[0]["findings"][0]["name"] = "NPS change"
    assert reports.changes(before, after) == {}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"responses": "1"}, {"responses": "2"},
         "The data changed: responses has other values in as many rows."),
        ({"responses": "1", "orders": "1"}, {"responses": "1", "reviews": "1"},
         "The data changed: reviews is new; orders is gone."),
        ({"responses": "1"}, {"responses": "1"},
         "The study file changed, or how exports are read; the exports did not."),
    ],
)  # fmt: skip
def test_the_table_whose_data_changed_is_named(before, after, said):
    since = reports.changes(_run(exports=before), _run(exports=after, data="e"))
    assert reports.lines(since) == [said]


def test_a_table_that_grew_is_told_with_its_rows():
    now = _run(data="e", rows={"responses": 12}, exports={"responses": "2"})
    since = reports.changes(_run(exports={"responses": "1"}), now)
    assert reports.lines(since) == ["The data changed: responses had 9 rows, has 12 rows."]


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(reports.PlanError) as error:
        reports.load(tmp_path / "none")
    assert str(error.value) == f"{tmp_path / 'none'}: there is no such folder. Use cxlab run."
    with pytest.raises(reports.PlanError) as error:
        reports.load(tmp_path)
    assert str(error.value) == f"{tmp_path}: no finished run is here. Use cxlab run."
    for damage in ("{", "[]"):
        (tmp_path / "manifest.json").write_text(damage)
        with pytest.raises(reports.PlanError) as error:
            reports.load(tmp_path)
        said = f"{tmp_path / 'manifest.json'}: this is damaged. Run the study again."
        assert str(error.value) == said


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


def test_a_headline_number_within_its_earlier_interval_is_no_news():
    was = {"name": "NPS", "shown": "40.0", "value": 40.0, "ends": [35.0, 45.0]}
    for value, told in ((44.0, False), (46.0, True)):
        now = {**was, "shown": str(value), "value": value}
        assert [one.get("was") for one in record._moved([now], [was])] == ["40.0" if told else None]
    assert record._moved([was], [{**was, "value": 50.0, "ends": [49.0, 51.0]}]) == [was]


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
