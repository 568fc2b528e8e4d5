"""Pages: self-contained, inert, whole; text from data stays text."""

import json
import re

import pytest

from cxlab import export
from cxlab.export import layout
from cxlab.results import ABSENCE, MIME
from tests import desk

REMOTE = re.compile(
    r"(?:src|href|action|srcset|data)\s*=\s*[\"']?\s*(?:https?:|//|javascript:)", re.I
)


@pytest.fixture(scope="session")
def nasty(tmp_path_factory):
    return desk.nasty_run(tmp_path_factory.getbasetemp() / "nasty")


def _notebook(*outputs: dict, prose: str = "# Title\n\n## One") -> dict:
    code = {"cell_type": "code", "metadata": {}, "source": "secret_code()", "outputs": [*outputs]}
    words = {"cell_type": "markdown", "metadata": {}, "source": prose}
    return {"cells": [words, code], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def _shown(**data) -> dict:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _html(markup: str) -> dict:
    return _shown(**{"text/html": markup})


def test_no_page_of_a_run_names_a_remote_address(nasty):
    out, _ = nasty
    pages = list(out.rglob("*.html"))
    assert len(pages) == len(desk.NASTY) + 2
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not REMOTE.search(text), page
        assert "@import" not in text
        assert "url(" not in text


def test_every_page_forbids_what_is_not_its_own(nasty):
    out, _ = nasty
    for page in out.rglob("*.html"):
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page.read_text())[1]
        assert "default-src &#39;none&#39;" in policy
        assert "unsafe" not in policy
        assert "http" not in policy


def test_a_segment_name_is_never_markup(nasty):
    out, _ = nasty
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "<b>North" not in text
    assert "&lt;b&gt;North&lt;/b&gt;" in (out / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "markup",
    [
        "<script>fetch('//x')</script>",
        "<img src=x onerror=alert(1)>",
        '<img src="https://x.test/p.png">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="https://x.test">x</a>',
        '<iframe srcdoc="<script>1</script>"></iframe>',
        "<svg><script>alert(1)</script></svg>",
        '<p style="background:url(https://x.test)">x</p>',
        '<form action="https://x.test"><input></form>',
        '<meta http-equiv="refresh" content="0;url=https://x.test">',
    ],
)
def test_markup_of_outputs_is_made_inert(markup):
    body = export.page(_notebook(_html(f"<p>kept</p>{markup}")), study="S").split("<main>")[1]
    assert "<p>kept</p>" in body
    assert not re.search(r"x\.test|alert|<script|javascript|onerror|<iframe|<form", body)


def test_raw_html_in_prose_stays_text():
    page = export.page(_notebook(prose="# T\n\n<img src=x onerror=alert(1)>"), study="S")
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_a_page_shows_no_code(nasty):
    out, runs = nasty
    assert "secret_code" not in export.page(_notebook(), study="S")
    page = (out / runs[0].page).read_text(encoding="utf-8")
    assert "pd.DataFrame" not in page
    assert 'href="everyone.ipynb"' in page


def test_a_page_has_title_contents_and_a_way_home(nasty):
    out, runs = nasty
    page = (out / runs[0].page).read_text(encoding="utf-8")
    assert "<title>What is 10_score? · Small &amp; &lt;Co&gt;</title>" in page
    assert '<a href="#s1">The answer</a>' in page
    assert 'href="../index.html"' in page


def test_every_picture_has_words_and_a_table_behind_it(nasty):
    out, runs = nasty
    page = (out / runs[0].page).read_text(encoding="utf-8")
    images = re.findall(r"<img [^>]+>", page)
    assert images
    assert all(re.search(r'alt="[^"]{10,}"', image) for image in images)
    assert page.count("The numbers behind this picture") == len(images)


def _told(kind: str, said: str) -> dict:
    return _html(f'<section class="cx-{kind}"><h3>{said}</h3><p>more</p></section>')


def test_the_headline_of_the_answer_is_no_heading_once_more():
    page = export.page(_notebook(_told("answer", "North leads."), _told("exhibit", "North leads.")),
                       study="S")  # fmt: skip
    assert page.count("North leads.") == 1
    assert page.count("<p>more</p>") == 2


def test_a_page_tells_a_note_once_but_below_each_table_what_it_leaves_out():
    few = "3 rows about fewer than 10 people not shown."
    notes = f'<ul class="cx-notes"><li>Weighted.</li><li>{few}</li></ul>'
    shown = ("shown", f'<section class="cx-result">x{notes}</section>')
    _, body = layout.laid_out(layout.sections([shown, shown]))
    assert (body.count("Weighted."), body.count(few)) == (1, 2)


def test_from_the_appendix_on_a_page_is_folded_and_what_is_missing_stands_open():
    cells = _notebook(_told("exhibit", "A"), prose="# T\n\n## One")["cells"]
    cells += _notebook(_told("exhibit", "B"), prose="## Appendix")["cells"]
    cells += _notebook(_told("exhibit", "C"), prose="### Long")["cells"]
    absent = {"why": "No orders.", "needs": "orders", "of": ""}
    cells += _notebook(_shown(**{ABSENCE: absent}), prose="## Gone")["cells"]
    page = export.page({"cells": cells, "metadata": {}}, study="S")
    before, folded, after = re.split(r'<details class="cx-appendix".*?>|</details>', page)
    assert "<h3>A</h3>" in before
    assert "<h3>B</h3>" in folded and "<h3>C</h3>" in folded  # noqa: PT018
    assert "Not on this page" in after
    assert re.findall(r'href="#(s\d+)">(.*?)<', before) == [("s1", "One"), ("s2", "Appendix")]


def test_what_stands_in_two_columns_is_read_down_the_first():
    prose = [("prose", f"<p>{f'Word {n}. ' * 40}</p>") for n in range(4)]
    _, body = layout.laid_out(layout.sections([("prose", "<h2>One</h2>"), *prose]))
    columns = body.split('<div class="cx-column">')[1:]
    read = [list(dict.fromkeys(re.findall(r"Word (\d)", column))) for column in columns]
    assert read == [["0", "1"], ["2", "3"]]


def test_a_page_leads_to_other_parts_and_to_the_questions_before_and_after():
    def one(notebook, part, order):
        return {"notebook": notebook, "part": part, "settings": "", "reading_order": order,
                "page": f"{notebook}/{part}.html", "question": f"{notebook}?",
                "headline": f"{part} leads."}  # fmt: skip

    made = [one("a", "everyone", 1), one("b", "everyone", 2), one("b", "<North>", 2)]
    page = export.page(_notebook(), study="S", home="../index.html")
    north = export.joined(page, made[2], made)
    assert 'href="../b/everyone.html">everyone</a> <strong>&lt;North&gt;</strong>' in north
    assert "For everyone: everyone leads." in north
    made[1]["tiles"] = [{"name": "NPS", "shown": "35.1", "value": 35.1, "ends": [31.7, 38.3]}]
    made[2]["tiles"] = [{"name": "NPS", "shown": "40.0", "value": 40.0, "ends": [-1.0, 81.0]}]
    for said, told in (
        ("A.", "NPS: 40.0 here, not clearly off the 35.1 of everyone. A."),
        ("NPS is 40.0 (−1.0 to 81.0).",
         "NPS is 40.0 (−1.0 to 81.0), not clearly off the 35.1 of everyone."),
    ):  # fmt: skip
        shown = _shown(**{"text/html": f'<section class="cx-answer"><h3>{said}</h3></section>'})
        north = export.page(_notebook(shown), study="S")
        for _ in range(2):  # said once, however often a page is joined
            north = export.joined(north, made[2], made)
        assert re.sub("<.*?>", "", re.search("<h3>.*?</h3>", north)[0]) == told
    whole = export.joined(page, made[1], made)
    assert '← <a href="../a/everyone.html">a?</a>' in whole
    assert export.joined(whole, made[1], made) == whole


def test_a_page_stays_below_ten_megabytes():
    picture = "iVBORw0KGgo" + "A" * 100_000
    many = [_shown(**{"image/png": picture}) for _ in range(500)]
    page = export.page(_notebook(*many), study="S")
    assert len(page) < 10_000_000
    assert "too large; they are in the executed notebook" in page


@pytest.mark.parametrize(("said", "there"), [("", False), ("<p>Ann calls Bo.</p>", True)])
def test_a_heading_with_nothing_below_is_left_out(said, there):
    cells = _notebook(_html(said))["cells"]
    heading = {"cell_type": "markdown", "metadata": {}, "source": "## Next steps"}
    page = export.page({"cells": [cells[0], heading, cells[1]]}, study="S")
    assert ("Next steps" in page) == there


def test_long_prints_are_cut_and_counted():
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 50_000}
    page = export.page(_notebook(output), study="S")
    assert "30,000 more characters" in page
    assert len(page) < 40_000


def test_findings_are_collected_once_in_order():
    one, two = ({"name": n, "headline": n, "frame": {}} for n in "ab")
    outputs = [_shown(**{MIME: [one, two]}), _shown(**{MIME: one})]
    assert export.findings(_notebook(*outputs)) == [one, two]


def test_the_index_leads_with_the_first_answer_and_names_failures(nasty):
    out, _ = nasty
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.index("Customers of the whole company score 40.0") < page.index("All reports</h2>")
    assert "1 of 11 reports failed" in page
    assert 'href="20_broken/everyone.failed.ipynb"' in page
    assert "needs orders" in page


def _index(*parts: str, **facts) -> str:
    entry = {"question": "How?", "state": "done", "page": "a/b.html", "file": "a/b.ipynb",
             "headline": "NPS is 35.1.", "base": "b", "error": "", "reading_order": 1}  # fmt: skip
    given = {"study": "S", "as_of": "2025-12-31", "finished": "x", "versions": {"cxlab": "0"}}
    reports = [{**entry, "part": part} for part in parts] + facts.pop("more", [])
    return export.index({**given, "reports": reports, **facts})


def test_what_needs_attention_lists_flipped_verdicts_and_parts_withheld():
    flip = {"where": "How?, region: East: NPS, x", "before": "above", "after": "below"}
    line = "How?, region: East: NPS, x: verdict was “above”, is “below”."
    small = {"question": "How?", "state": "not made", "part": "region: Tiny", "page": "",
             "error": "region: Tiny: too few people", "reading_order": 1,
             "headline": ""}  # fmt: skip
    since = {"then": "x", "lines": [line, "2 numbers moved."], "verdicts": [flip]}
    thin = small | {"part": "region: Odd", "error": "Only 9 answers."}
    page = _index("everyone", "region: East", since=since, more=[small, thin])
    attention = re.search(r'(?s)aria-label="Needs attention".*?</section>', page)[0]
    assert f"<li>{line}</li>" in attention
    assert "<li>region: Tiny: too few people</li>" in attention
    assert "<li>How?, region: Odd: Only 9 answers.</li>" in attention
    assert page.count(line) == 1
    assert "2 numbers moved." in page
    assert "Needs attention" not in _index("everyone")


def test_a_part_that_lacks_what_everyone_lacks_is_told_once():
    bare = {"question": "What?", "state": "not made", "page": "", "error": "No comment was asked.",
            "reading_order": 1, "headline": ""}  # fmt: skip
    page = _index("everyone", more=[{**bare, "part": p} for p in ("everyone", "region: East")])
    assert page.count("No comment was asked.") == 1
    assert "Needs attention" not in page


def test_reports_can_be_chosen_by_part_or_where_they_are_many_by_segment():
    few = _index("everyone", "region: East", "2025Q3")
    assert "<option>region: East</option>" in few
    assert '<td class="cx-part">region: East</td>' in few
    many = _index(*(f"region: {place}" for place in range(100)))
    assert "<option>region</option>" in many
    assert "<option>region: 1</option>" not in many


def test_every_link_of_a_run_leads_to_a_file(nasty):
    out, _ = nasty
    for page in out.rglob("*.html"):
        for address in re.findall(r'href="([^"#]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / address).is_file(), f"{page.name}: {address}"


def test_pages_of_a_typical_report_are_small(nasty):
    out, _ = nasty
    assert max(page.stat().st_size for page in out.rglob("*.html")) < 1_000_000


def test_findings_json_is_plain_json(nasty):
    out, _ = nasty
    text = (out / "findings.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert json.loads(text)[0]["findings"][0]["unit"] == "points"


def test_an_index_of_a_thousand_reports_stays_light():
    entry = {"question": "How?", "state": "done", "page": "a/b.html", "file": "a/b.ipynb",
             "headline": "NPS is 35.1.", "base": "b", "error": "", "reading_order": 1}  # fmt: skip
    reports = [{**entry, "part": f"region: {place}"} for place in range(1000)]
    facts = {"study": "S", "as_of": "2025-12-31", "finished": "x", "versions": {"cxlab": "0"}}
    page = export.index({**facts, "reports": reports})
    assert "1000 of 1000 reports shown" in page
    assert len(page) < 300_000


def test_a_gallery_is_searched_by_a_script_of_ours_and_no_other_page_runs_one():
    cards = '<section class="cx-exhibit"><h3>x</h3></section>' * 4
    gallery = f'<section class="cx-gallery">{cards}</section>'
    body = export.page(_notebook(_html(gallery)), study="S").split("<body>")[1]
    assert "Search questions" in body
    assert body.count("<script") == 1
    assert "<script" not in export.page(_notebook(_html("<p>yes</p>")), study="S")
