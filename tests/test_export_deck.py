"""Slides for the boardroom: native charts of the findings, and a person's slides left alone."""

import html
import io
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from pptx import Presentation
from pptx.enum.dml import MSO_FILL
from pptx.util import Inches

from cxlab.codebook.colours import BLUE, GREEN, ORANGE, PALE
from cxlab.export import charts, native, story
from cxlab.export.deck import MARK, DeckError, deck
from cxlab.export.slides import slides
from cxlab.export.tables import workbook
from cxlab.export.telling import exhibits
from cxlab.results import MIME, Result
from tests.conftest import absent

MANIFEST = {"study": "Small & <Co>", "as_of": "2025-12-31"}


def _finding(name: str, frame: dict, headline: str = "Nothing stands apart.", **words) -> dict:
    given = {"method": "By hand.", "base": "380 answers, 2025.", **words}
    alt = f"A picture. {headline}"
    return {**Result(name, pd.DataFrame(frame), headline, **given).to_dict(), "alt": alt}


def _groups(*names: str, estimates=(40.0, 30.0)) -> dict:
    low, high = [e - 5 for e in estimates], [e + 5 for e in estimates]
    return {"group": [*names], "estimate": [*estimates], "conf_low": low, "conf_high": high,
            "n": [200] * len(names)}  # fmt: skip


def _found(*findings: dict) -> list[dict]:
    report = {"notebook": "20_scores", "question": "How?", "part": "everyone", "settings": ""}
    return [{**report, "reading_order": 1, "page": "20_scores/everyone.html",
             "findings": list(findings)}]  # fmt: skip


def _opened(made: bytes):
    return Presentation(io.BytesIO(made))


BARS = _finding("by region", _groups("North", "South"), unit="points", notes=("A note.",))
LINE = _finding("trend", {"period": ["2025Q1", "2025Q2"], "estimate": [40.0, 41.0]})
COLUMNS = _finding("distribution", {"value": [0, 10], "share": [0.4, 0.6], "n": [4, 6]})
CURVES = _finding("survival", {"time": [0.0, 1.0, 2.0], "estimate": [1.0, 0.9, 0.8]})


MAP = _finding("priorities", {
    "term": ["price", "last_visit"], "estimate": [0.6, 0.4], "conf_low": [0.5, 0.3],
    "conf_high": [0.7, 0.5], "performance": [3.0, 4.0], "performance_low": [2.9, 3.8],
    "performance_high": [3.1, 4.2],
}, unit="share")  # fmt: skip


@pytest.mark.parametrize(
    ("finding", "kind"), [(BARS, "bars"), (LINE, "line"), (COLUMNS, "columns"), (CURVES, "curves")]
)
def test_each_shape_of_finding_gets_its_native_chart(finding, kind):
    assert charts.kind(finding) == kind
    (chart,) = [s.chart for s in _opened(deck(MANIFEST, _found(finding))).slides[2].shapes
                if s.has_chart]  # fmt: skip
    values = list(chart.plots[0].series[0].values)
    number = "share" if kind == "columns" else "estimate"
    at = finding["frame"]["columns"].index(number)
    assert sorted(values) == sorted(row[at] for row in finding["frame"]["rows"])


@pytest.mark.parametrize("reach", [0.006, 0.02, 0.05, 0.3])
def test_every_tick_of_a_line_of_shares_says_where_it_stands(reach):
    at = [0.25, 0.25 + reach / 2, 0.25 + reach]
    line = {"period": ["2025Q1", "2025Q2", "2025Q3"], "estimate": at}
    chart = _chart(_finding("trend", line, unit="share"))
    digits = 3 if ".0" in chart.value_axis.tick_labels.number_format else 2
    unit = chart.value_axis.major_unit
    assert round(unit, digits) == pytest.approx(unit)


def test_a_slide_states_the_finding_and_carries_base_notes_and_words():
    slide = _opened(deck(MANIFEST, _found(BARS))).slides[2]
    assert slide.shapes.title.text == "Nothing stands apart."
    assert "Base: 380 answers, 2025." in [
        s.text_frame.text for s in slide.shapes if s.has_text_frame
    ]
    assert slide.notes_slide.notes_text_frame.text.splitlines() == [
        "By hand.", "A note.", "Report: 20_scores/everyone.html"]  # fmt: skip
    (chart,) = [s for s in slide.shapes if s.has_chart]
    assert "Nothing stands apart." in chart._element.nvGraphicFramePr.cNvPr.get("descr")


def test_one_pale_bar_does_not_take_their_numbers_from_the_others():
    tiers = _groups("promoter", "passive", "detractor", estimates=(28.2, 17.2, 10.4))
    series = _chart(_finding("referrals", tiers, unit="points")).plots[0].series[0]
    (one,) = series._element.findall(".//{*}dLbl")
    (every,) = series._element.findall("{*}dLbls")
    for labels in (one, every):
        assert labels.find("{*}showVal").get("val") == "1"
    assert one.find("{*}numFmt").get("formatCode") == every.find("{*}numFmt").get("formatCode")


def test_intervals_are_drawn_as_whiskers():
    (chart,) = [
        s.chart for s in _opened(deck(MANIFEST, _found(BARS))).slides[2].shapes if s.has_chart
    ]
    xml = etree.tostring(chart._chartSpace).decode()
    assert xml.count("<c:v>5.0</c:v>") == 4
    assert xml.index("c:errBars") < xml.index("<c:cat>")


def _chart(finding: dict):
    shapes = _opened(deck(MANIFEST, _found(finding))).slides[2].shapes
    return next(shape.chart for shape in shapes if shape.has_chart)


def test_what_others_are_compared_with_has_no_whisker_and_takes_none_away():
    frame = _groups("none", "some", estimates=(1.0, 12.0))
    frame["conf_low"][0] = frame["conf_high"][0] = None
    xml = etree.tostring(_chart(_finding("ratio", frame))._chartSpace).decode()
    assert xml.count("<c:v>5.0</c:v>") == xml.count("<c:v>0.0</c:v>") == 2


def test_a_map_places_each_term_with_both_intervals_and_names_its_quadrants():
    chart = _chart(MAP)
    assert charts.kind(MAP) == "map"
    points, *others = chart.plots[0].series
    assert list(points.values) == [0.6, 0.4]
    spans = {one.name: list(one.values) for one in others}
    assert spans["price, interval"] == [0.6, 0.6]
    assert (spans["mean rating"], spans["mean importance"])[1] == [0.5, 0.5]
    xml = etree.tostring(chart._chartSpace).decode()
    assert xml.count("c:errBars>") == 2  # upwards; a tag at each end
    for words in ("price", "last visit", "concentrate here", "keep up the good work"):
        assert f"<a:t>{words}</a:t>" in xml
    assert chart.category_axis.axis_title.text_frame.text == "performance"


def test_curves_are_told_apart_by_what_differs_and_small_shares_fill_the_axis():
    frame = {"term": ["price"] * 2 + ["moved"] * 2, "group": ["all"] * 4,
             "time": [0.0, 1.0] * 2, "estimate": [0.0, 0.08, 0.0, 0.04]}  # fmt: skip
    chart = _chart(_finding("reasons", frame, unit="share"))
    assert [series.name for series in chart.plots[0].series] == ["price", "moved"]
    assert chart.value_axis.maximum_scale == pytest.approx(0.1)


MANY = [f"2024-{place:02}" for place in range(1, 22)]


def test_a_chart_cut_short_keeps_what_its_title_names_and_says_so():
    frame = _groups(*MANY, estimates=[-9.0, -0.1, *range(1, 20)])
    frame["verdict"] = ["worse", *["not apart"] * 20]
    finding = _finding("cohorts", frame, "Apart from the others: 2024-01 (lower).")
    slide = _opened(deck(MANIFEST, _found(finding))).slides[2]
    names = list(next(s.chart for s in slide.shapes if s.has_chart).plots[0].categories)
    assert len(names) == 20
    assert "2024-01" in names
    assert "2024-02" not in names  # nearest to zero, and nothing is said of it
    texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
    assert "Base: 380 answers, 2025; 20 of 21 shown; grey: could be chance" in texts


def test_curves_cut_short_keep_the_one_the_title_names():
    rows = [(name, time, place * time) for place, name in enumerate(MANY) for time in (0.0, 1.0)]
    frame = dict(zip(("term", "time", "estimate"), map(list, zip(*rows, strict=True)), strict=True))
    finding = _finding("reasons", frame, "Most often: 2024-02.")
    drawn = [series.name for series in _chart(finding).plots[0].series]
    assert drawn == ["2024-02", *MANY[-5:]]
    assert charts.left_out(finding) == "6 of 21 curves shown"


def test_a_table_cut_short_says_so():
    ledger = _finding("set aside", {"reason": MANY, "n": [1] * 21}, base="all rows")
    slide = _opened(deck(MANIFEST, _found(ledger))).slides[2]
    texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
    assert "Base: all rows; 12 of 21 rows shown" in texts


@pytest.mark.parametrize(
    ("finding", "along", "up"),
    [(COLUMNS, "answer", "share of answers"), (BARS, None, "points"), (LINE, None, "trend"),
     (_finding("survival in months", {"time": [0.0, 1.0], "estimate": [1.0, 0.9]}, unit="share"),
      "months since the start", "share"),
     (_finding("rate", _groups("a", "b"), unit="of 5"), None, "out of 5")],
)  # fmt: skip
def test_each_axis_says_what_it_measures(finding, along, up):
    chart = _chart(finding)
    assert chart.value_axis.axis_title.text_frame.text == up
    assert chart.value_axis.visible
    assert chart.category_axis.has_title == (along is not None)
    if along:
        assert chart.category_axis.axis_title.text_frame.text == along


CHANGE = _finding("NPS change", {
    "term": ["change", "mix", "rate", "mix"], "group": ["all"] * 3 + ["North"],
    "before": [5.0, None, None, 0.3], "after": [-5.0, None, None, 0.1],
    "estimate": [-10.0, -20.0, 10.0, -9.0], "conf_low": [-15.0, -25.0, -1.0, -9.5],
    "conf_high": [-5.0, -15.0, 21.0, -8.0],
}, "Q3 to Q4: NPS fell.", unit="points")  # fmt: skip


def test_a_change_is_a_waterfall_from_one_level_to_the_next_across_zero():
    chart = _chart(CHANGE)
    carried, above, below = ([*series.values] for series in chart.plots[0].series)
    # 5, then 20 down to −15, then 10 up to −5; what is seen ends where the next begins
    assert carried == [0.0, 0.0, -5.0, 0.0]
    assert above == [5.0, 5.0, 0.0, 0.0]
    assert below == [0.0, -15.0, -10.0, -5.0]
    assert [name.partition("\n")[0] for name in chart.plots[0].categories] == [
        "Q3", "who answered", "scores inside the groups", "Q4"]  # fmt: skip
    assert chart.plots[0].series[0].format.fill.type == MSO_FILL.BACKGROUND


def test_pieces_that_do_not_sum_to_the_change_are_no_waterfall():
    rows = [[*row] for row in CHANGE["frame"]["rows"]]
    rows[1][4] = -7.0
    assert charts.kind({**CHANGE, "frame": {**CHANGE["frame"], "rows": rows}}) == "bars"


HAZARDS = _finding("hazards", {
    "group": ["none", "bad", "good"], "estimate": [1.0, 2.2, 0.9],
    "conf_low": [None, 1.8, 0.7], "conf_high": [None, 2.6, 1.2],
}, "Worst: bad.", unit="times the hazard")  # fmt: skip


def test_ratios_are_points_on_a_ratio_axis_with_a_line_at_one_and_grey_is_chance():
    chart = _chart(HAZARDS)
    points, line, *spans = chart.plots[0].series
    assert charts.kind(HAZARDS) == "dots"
    assert list(points.iter_values()) == [1, 2, 3]  # in order of value, the highest on top
    xml = etree.tostring(chart.category_axis._element).decode()
    assert 'c:logBase val="2"' in xml
    across = [float(v) for v in line._element.xpath("./c:xVal//c:v/text()")]
    assert across == [1.0, 1.0]
    assert [one.name for one in spans] == ["good, interval", "bad, interval"]
    colours = [
        str(p.marker.format.fill.fore_color.rgb) for p in map(points.points.__getitem__, range(3))
    ]
    assert colours == _hex(PALE, PALE, BLUE)


def test_bars_stand_in_order_start_at_zero_and_are_grey_where_unsure():
    frame = {**_groups("a", "b", "c", estimates=(30.0, 50.0, 40.0)), "p_value": [0.4, 0.01, 0.01]}
    chart = _chart(_finding("x", frame, unit="points"))
    assert list(chart.plots[0].categories) == ["a", "c", "b"]
    assert chart.value_axis.minimum_scale == 0.0
    bars = chart.plots[0].series[0].points
    filled = [str(bars[n].format.fill.fore_color.rgb) for n in range(3)]
    assert filled == _hex(PALE, BLUE, BLUE)


def test_promoters_and_detractors_have_one_colour_in_every_chart():
    names = ("detractor", "passive", "promoter")
    frame = {"group": [n for n in names for _ in (0, 1)], "time": [0.0, 1.0] * 3,
             "estimate": [1.0, 0.4, 1.0, 0.5, 1.0, 0.7]}  # fmt: skip
    lines = _chart(_finding("survival", frame, unit="share")).plots[0].series
    bars = _chart(_finding("b", _groups(*names, estimates=(10.0, 20.0, 30.0)))).plots[0].series[0]
    drawn = {one.name: str(one.format.line.color.rgb) for one in lines}
    filled = [str(bars.points[n].format.fill.fore_color.rgb) for n in range(3)]
    assert [drawn["detractor"], drawn["promoter"]] == _hex(ORANGE, GREEN)
    assert [filled[0], filled[2]] == _hex(ORANGE, GREEN)


def _hex(*colours: str) -> list[str]:
    return [str(native.rgb(colour)) for colour in colours]


def test_links_on_scales_of_their_own_share_no_axis():
    assert charts.kind({**BARS, "alt": "Links, an interval each on a scale of its own."}) == ""


def test_one_number_a_group_is_no_curve_even_where_time_is_told():
    rates = _finding("rates", {**_groups("a", "b"), "time": [250.0, 400.0]})
    assert charts.kind(rates) == "bars"


@pytest.mark.parametrize(
    ("said", "title"),
    [("NPS fell, " + "x" * 120 + " (1.0, 2.0), and more and more.",
      "NPS fell, " + "x" * 120 + "."),
     ("NPS rises by 4, if the link is causal.",) * 2,
     ("A is 1.0, 2.0 above (p 0.03); B is 3.0, 4.0 below.", "A is 1.0, 2.0 above."),
     ("From 2025Q3 (35.8) to 2025Q4 (41.8); as answered 10.4 less.",) * 2,
     ("word " * 40, "word " * 25 + "…")],
)  # fmt: skip
def test_a_title_is_short_enough_to_be_read_aloud(said, title):
    slide = _opened(deck(MANIFEST, _found(_finding("x", _groups("a", "b"), said)))).slides[2]
    assert slide.shapes.title.text == title


def test_a_hedge_without_room_in_the_title_stands_below_it():
    said = f"{'word ' * 24}more; how much of it is chance cannot be told."
    slide = _opened(deck(MANIFEST, _found(_finding("x", _groups("a", "b"), said)))).slides[2]
    assert slide.shapes.title.text == f"{'word ' * 24}more."
    texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
    assert "Base: 380 answers, 2025. How much of it is chance cannot be told." in texts


def _reports(n: int) -> list[dict]:
    found = []
    for place in range(n):
        three = [_finding(f"{place}{x}", _groups("a", "b"), f"{x} is said by {place}.")
                 for x in "xyz"]  # fmt: skip
        report = _found(*three)[0]
        found.append({**report, "notebook": f"{place:02}", "reading_order": place,
                      "question": f"Question {place}?", "page": f"{place:02}/e.html"})  # fmt: skip
    return found


def test_at_most_twelve_slides_come_before_the_appendix_and_each_report_has_its_turn():
    told = story.story(MANIFEST, _reports(6))
    main = [slide for slide in told if slide.section != story.APPENDIX]
    assert len(main) == 12
    assert len({slide.question for slide in main[2:]}) == 6
    assert len(told) == 2 + 18 + 1  # and the words of certainty
    assert [slide.key for slide in told[12:13]] == ["words"]


def test_a_question_chosen_for_the_deck_is_one_of_the_twelve():
    found = _reports(6)
    found[0]["findings"].append(_topline("used", ("",), ("a", "b")))
    told = story.story({**MANIFEST, "deck": ["used"]}, found)
    main = [slide for slide in told if slide.section != story.APPENDIX]
    assert len(main) == 12
    assert "topline: used" in main[2].key


def test_slides_in_a_page_tell_the_deck_s_story_in_its_order():
    told = story.story(MANIFEST, _reports(6))
    page = html.unescape(slides(MANIFEST, _reports(6), {}))
    shown = re.findall(r"<h[12]>(.*?)</h[12]>", page)
    assert shown == [slide.title for slide in told]
    assert [s.shapes.title.text for s in _opened(deck(MANIFEST, _reports(6))).slides] == shown


def test_a_curve_that_may_not_be_pictured_is_told_by_its_ends():
    columns, rows = story.tabled(
        _finding("survival", {"group": ["a", "a", "b", "b"], "time": [0.0, 2.0] * 2,
                              "estimate": [1.0, 0.4, 1.0, 0.6]}, unit="share")
    )  # fmt: skip
    assert columns == ["for whom", "time", "share"]
    assert [row[0] for row in rows] == ["a", "b"]
    assert [row[2] for row in rows] == ["40.0%", "60.0%"]


def test_a_deck_has_sections_that_a_refresh_and_a_persons_slide_keep(tmp_path):
    path = tmp_path / "deck.pptx"
    show = _opened(deck(MANIFEST, _reports(3)))
    show.slides.add_slide(show.slide_layouts[5])
    show.save(path)
    made = deck(MANIFEST, _reports(4), before=path)
    root = _opened(made).part._element
    told = root.xpath("//*[local-name()='section']")
    names = [one.get("name") for one in told]
    assert names == ["Summary", *(f"Question {n}?" for n in range(4)), "Appendix"]
    listed = [one.get("id") for one in root.xpath("//*[local-name()='section']//*[@id]")
              if one.tag.endswith("sldId")]  # fmt: skip
    assert sorted(listed) == sorted(str(one.id) for one in root.sldIdLst)


def test_a_reason_alone_names_no_bar():
    audit = _finding("audit", {"column": ["a", "b"], "reason": ["x", "y"], "estimate": [0.5, 0.9]})
    assert charts.kind(audit) == ""


def test_what_is_no_chart_becomes_a_table():
    ledger = _finding("set aside", {"table": ["a", "b"], "reason": ["x", "y"], "n": [1, 2]})
    shapes = _opened(deck(MANIFEST, _found(ledger))).slides[2].shapes
    (table,) = [shape.table for shape in shapes if shape.has_table]
    assert [cell.text for cell in table.rows[1].cells] == ["a", "x", "1"]


def test_a_refresh_keeps_a_persons_slides_where_they_stand(tmp_path):
    path = tmp_path / "deck.pptx"
    show = _opened(deck(MANIFEST, _found(BARS, LINE)))
    own = show.slides.add_slide(show.slide_layouts[5])
    own.shapes.title.text = "Our plan"
    entries = show.slides._sldIdLst
    entries.insert(3, entries[-1])
    show.save(path)
    moved = _finding("by region", _groups("North", "South", estimates=(50.0, 20.0)), "North leads.")
    titles = [
        s.shapes.title.text
        for s in _opened(deck(MANIFEST, _found(moved, LINE), before=path)).slides
    ]
    assert titles[2:] == ["North leads.", "Our plan", "Nothing stands apart."]


def test_a_refresh_drops_what_is_no_longer_found_and_its_parts(tmp_path):
    path = tmp_path / "deck.pptx"
    path.write_bytes(deck(MANIFEST, _found(BARS, LINE)))
    made = deck(MANIFEST, _found(LINE), before=path)
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert sum(name.startswith("ppt/charts/chart") for name in names) == 1
    assert sum(name.startswith("ppt/slides/slide") for name in names) == 3
    assert all(slide.name.startswith(MARK) for slide in _opened(made).slides)


def test_a_template_is_respected(tmp_path):
    template = tmp_path / "corporate.pptx"
    show = Presentation()
    show.slide_width, show.slide_height = Inches(10), Inches(7.5)
    show.slide_layouts[5].name = "Corporate title only"
    show.slides.add_slide(show.slide_layouts[6])
    show.save(template)
    made = _opened(deck(MANIFEST, _found(BARS), template=template))
    assert made.slide_width == Inches(10)
    assert made.slides[-1].slide_layout.name == "Corporate title only"
    assert len(made.slides) == 4


@pytest.fixture
def content_only(tmp_path):
    """A template whose one layout has a title and a place for content."""
    show = Presentation()
    for layout in [one for one in show.slide_layouts if one.name != "Title and Content"]:
        show.slide_layouts.remove(layout)
    show.save(tmp_path / "corporate.pptx")
    return tmp_path / "corporate.pptx"


def test_a_chart_takes_the_place_for_content_and_nothing_stays_empty(content_only):
    made = _opened(deck(MANIFEST, _found(BARS), template=content_only))
    own = next(s for s in made.slide_layouts[0].placeholders if s.placeholder_format.idx == 1)
    (chart,) = [s for s in made.slides[2].shapes if s.has_chart]
    assert (chart.left, chart.top, chart.width) == (own.left, own.top, own.width)
    assert chart.top + chart.height < own.top + own.height  # room for the base line
    empty = [s.name for slide in made.slides for s in slide.placeholders if not s.text_frame.text]
    assert empty == []


def test_long_sentences_are_set_in_letters_that_fit(content_only):
    said = [f"{word * 12} is 4{place}.0 (35.0 to 45.0)." for place, word in enumerate(
            ("region ", "driver ", "rating ", "season ", "leaver "))]  # fmt: skip
    found = [_finding(str(n), _groups("a", "b", estimates=(40.0 + n, 1.0)), words)
             for n, words in enumerate(said)]  # fmt: skip
    slide = _opened(deck(MANIFEST, _found(*found), template=content_only)).slides[1]
    box = next(s for s in slide.placeholders if s.placeholder_format.idx == 1)
    sizes = {run.font.size.pt for p in box.text_frame.paragraphs for run in p.runs}
    (size,) = sizes
    letters = box.width.pt / (0.5 * size)
    rows = sum(-(-len(p.text) // int(letters)) for p in box.text_frame.paragraphs)
    assert rows * size * 1.2 < box.height.pt
    assert 9 <= size <= 20


def test_what_a_person_adds_to_a_slide_of_ours_stays(tmp_path, content_only):
    path = tmp_path / "deck.pptx"
    show = _opened(deck(MANIFEST, _found(BARS), template=content_only))
    show.slides[2].shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.text = "Ask Ann."
    show.save(path)
    slide = _opened(deck(MANIFEST, _found(BARS), before=path)).slides[2]
    texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
    assert texts.count("Ask Ann.") == 1
    assert texts.count("Base: 380 answers, 2025.") == 1
    assert sum(s.has_chart for s in slide.shapes) == 1


def test_a_template_for_a_deck_that_stands_is_refused(tmp_path, content_only):
    path = tmp_path / "deck.pptx"
    path.write_bytes(deck(MANIFEST, _found(BARS)))
    with pytest.raises(DeckError) as error:
        deck(MANIFEST, _found(BARS), template=content_only, before=path)
    said = "deck.pptx exists and keeps its own layouts; give --out or remove it to use a template."
    assert str(error.value) == said


def test_a_template_that_is_none_is_refused(tmp_path):
    (tmp_path / "x.pptx").write_text("no deck")
    with pytest.raises(DeckError, match=r"x\.pptx: is no PowerPoint file"):
        deck(MANIFEST, _found(BARS), template=tmp_path / "x.pptx")


NASTY = ["=1+1", "<b>x</b>", "https://x.test", "a\x07b\u202e", "@SUM(A1)", "x" * 300]


def test_text_from_data_is_inert_in_deck_and_chart_workbook():
    finding = _finding("a", _groups(*NASTY, estimates=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)), "=1+1 <b>")
    made = zipfile.ZipFile(io.BytesIO(deck(MANIFEST, _found(finding))))
    (name,) = [name for name in made.namelist() if name.startswith("ppt/embeddings/")]
    sheet = openpyxl.load_workbook(io.BytesIO(made.read(name))).active
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert cell.hyperlink is None
    assert b"hlinkClick" not in b"".join(made.read(n) for n in made.namelist() if "slides/" in n)


def test_every_part_of_a_deck_is_xml():
    made = zipfile.ZipFile(io.BytesIO(deck(MANIFEST, _found(BARS, LINE, COLUMNS, CURVES))))
    for name in made.namelist():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(made.read(name))
    assert made.testzip() is None


def test_a_deck_opens_in_an_office_program(tmp_path):
    if not shutil.which("soffice"):
        absent("LibreOffice (soffice)")
    (tmp_path / "d.pptx").write_bytes(deck(MANIFEST, _found(BARS, LINE, COLUMNS, CURVES)))
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
             "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "d.pptx"]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True, timeout=170)
    pdf = (tmp_path / "d.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"/Count 6" in pdf


def test_a_workbook_holds_every_table_as_inert_text():
    finding = _finding("a", _groups(*NASTY, estimates=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)), "=1+1")
    twin = _finding("A", {"group": ["=2"], "estimate": [1.0]})
    book = openpyxl.load_workbook(io.BytesIO(workbook([finding, twin])))
    assert book.sheetnames == ["contents", "a", "A (2)"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert [book["a"].cell(row, 1).value for row in (4, 5)] == ["=1+1", "<b>x</b>"]
    assert book["a"].cell(4, 2).value == 1.0


def _topline(name: str, items: tuple[str, ...], answers: tuple[str, ...]) -> dict:
    rows = [(name, "grid", i, a, "answer", at, 1 / len(answers), 0.1, 0.4, 100)
            for i in items for at, a in enumerate(answers, 1)]  # fmt: skip
    columns = ["question", "kind", "item", "answer", "part", "rank", "share", "conf_low",
               "conf_high", "n"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).to_dict("list")
    return _finding(f"topline: {name}", frame, f"{name} told.", unit="share")


def test_questions_the_study_file_names_get_slides_of_their_own_first():
    grid = _topline("service", ("Speed", "Tone"), ("bad", "so so", "good"))
    found = _found(
        BARS, _topline("size", ("",), ("one", "two")), grid, _topline("x", ("",), ("a", "b"))
    )
    told = story.story({**MANIFEST, "deck": ["service", "size"]}, found)
    keys = [slide.key.split("/")[1] for slide in told if slide.finding]
    assert keys[:3] == ["topline: service", "topline: size", "by region"]
    assert keys.count("topline: service") == 1
    show = _opened(deck({**MANIFEST, "deck": ["service", "size"]}, found))
    charts_ = [s.chart for slide in show.slides for s in slide.shapes if s.has_chart]
    bars = {series.name: list(series.values) for series in charts_[0].plots[0].series}
    assert bars["bad"] == pytest.approx([1 / 3] * 2)
    assert bars[" "] == pytest.approx([0.0] * 2)
    assert list(charts_[1].plots[0].categories) == ["two", "one"]


def test_answers_lie_from_the_worst_to_the_best():
    finding = _topline("q", ("a", "b"), ("1", "2", "3"))
    rank = finding["frame"]["columns"].index("rank")
    for row in finding["frame"]["rows"]:
        row[rank] = 4 - row[rank]
    names = [series.name for series in _chart(finding).plots[0].series]
    assert names == [" ", "3", "2", "1"]


def test_the_middles_of_the_scale_of_several_items_line_up():
    finding = _topline("q", ("a", "b"), ("low", "mid", "high"))
    share = finding["frame"]["columns"].index("share")
    for row, told in zip(finding["frame"]["rows"], (0.6, 0.2, 0.2, 0.1, 0.4, 0.5), strict=True):
        row[share] = told
    show = _opened(deck({**MANIFEST, "deck": ["q"]}, _found(finding)))
    chart = next(s.chart for slide in show.slides for s in slide.shapes if s.has_chart)
    bars = {series.name: series.values for series in chart.plots[0].series}
    assert list(bars) == [" ", "low", "mid", "high"]
    middles = [bars[" "][at] + bars["low"][at] + bars["mid"][at] / 2 for at in (0, 1)]
    assert middles == pytest.approx([0.7, 0.7])
    assert chart.value_axis.crosses_at == pytest.approx(0.7)


def test_slides_show_the_pictures_of_a_gallery():
    finding = _finding("topline: x", _groups("a", "b"), "X: a is given most often.")
    card = '<section><img src="data:image/png;base64,QUJD" alt="x"></section>'
    output = {"data": {MIME: [finding, finding | {"name": "y"}], "text/html": [card, card]}}
    assert [image for _, image in exhibits(output)] == ["QUJD", "QUJD"]
    assert list(exhibits({"data": {MIME: [finding, finding], "text/html": "<p>told</p>"}})) == []
