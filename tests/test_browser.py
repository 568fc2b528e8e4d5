"""Every page opens from disk in a browser: no request, no error, nothing beside the screen."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cxlab import export, reports
from cxlab.export.slides import slides
from tests import desk
from tests.conftest import absent

WIDTHS = (390, 1440)


@pytest.fixture(scope="session")
def nasty(tmp_path_factory):
    return desk.nasty_run(tmp_path_factory.getbasetemp() / "nasty")


class Visit:
    """A page opened from disk, and what it asked for and complained about."""

    def __init__(self, browser, path: Path, width: int, **words) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **words)
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.goto(path.resolve().as_uri())

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.context.close()

    def strangers(self) -> list[str]:
        """Give what was asked for beside the page itself and the pictures inside it."""
        return [url for url in self.asked[1:] if not url.startswith("data:")]

    def overflow(self) -> int:
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


def _pages(out: Path) -> list[Path]:
    return [out / "index.html", *sorted(out.glob("10_score/*.html"))]


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_open_from_disk_quietly_and_fit(browser, nasty, width):
    for path in _pages(nasty[0]):
        with Visit(browser, path, width) as visit:
            assert visit.said == [], path.name
            assert visit.strangers() == [], path.name
            assert visit.overflow() <= 0, path.name


def test_every_picture_is_drawn_and_has_words(browser, nasty):
    with Visit(browser, nasty[0] / "10_score/everyone.html", 390) as visit:
        images = visit.page.evaluate("[...document.images].map(i => [i.naturalWidth, i.alt])")
        assert images
        assert all(width > 0 and len(alt) > 10 for width, alt in images)


def test_search_and_filter_narrow_the_list(browser, nasty):
    with Visit(browser, nasty[0] / "index.html", 1440) as visit:
        rows = visit.page.locator("#reports tbody tr:visible")
        assert rows.count() == len(desk.NASTY) + 1
        visit.page.fill("#search", "con")
        assert rows.count() == 1
        assert visit.page.text_content("#shown") == "1 of 10 reports shown"
        visit.page.fill("#search", "")
        visit.page.select_option("#question", "What is 10_score?")
        assert rows.count() == 10


def test_toplines_are_found_by_what_is_typed(browser, tmp_path):
    asked = ("Ways in: phone", "Ways in: shop", "Age", "Price now")
    cards = "".join(f"<figure class='cx-exhibit'><p>{text}</p></figure>" for text in asked)
    shown = {"output_type": "display_data",
             "data": {"text/html": f'<section class="cx-gallery">{cards}</section>'}}  # fmt: skip
    code = {"cell_type": "code", "source": "", "outputs": [shown]}
    (tmp_path / "p.html").write_text(export.page({"cells": [code]}, study="S"))
    with Visit(browser, tmp_path / "p.html", 1440) as visit:
        seen = visit.page.locator(".cx-exhibit:visible")
        for typed, n in {"WAYS in ": 2, "shop ways": 1, "<b>": 0, "": 4}.items():
            visit.page.locator(".cx-find input").press_sequentially(typed)
            assert seen.count() == n
            assert visit.page.text_content("[role=status]") == f"{n} of 4 questions shown"
            visit.page.locator(".cx-find input").fill("")


def test_the_list_narrows_to_a_part(browser, nasty):
    with Visit(browser, nasty[0] / "index.html", 1440) as visit:
        visit.page.select_option("#whom", "region: North")
        assert visit.page.locator("#reports tbody tr:visible").count() == 1


WIDE = """<p>x</p><div class="cx-scroll" role="group"><table><tr>{}</tr></table></div>"""


@pytest.mark.parametrize(("columns", "left"), [(11, 0), (40, 1)])
def test_a_wide_table_leaves_the_column_and_scrolls_beyond(browser, tmp_path, columns, left):
    cells = "".join(f"<td class='cx-number'>{place}.000000</td>" for place in range(columns))
    shown = {"output_type": "display_data", "data": {"text/html": WIDE.format(cells)}}
    code = {"cell_type": "code", "source": "", "outputs": [shown]}
    (tmp_path / "p.html").write_text(export.page({"cells": [code]}, study="S"))
    box = "(b => [b.clientWidth, b.scrollWidth])(document.querySelector('.cx-scroll'))"
    for width in (390, 1440):
        with Visit(browser, tmp_path / "p.html", width) as visit:
            seen, there = visit.page.evaluate(box)
            assert visit.overflow() <= 0
            if width == 1440:  # wider than the column of 46rem
                assert seen > 46 * 17
                assert (there > seen) == bool(left)
            shade = "getComputedStyle(document.querySelector('.cx-scroll')).backgroundImage"
            assert visit.page.evaluate(shade).count("gradient") == 4


def test_a_search_survives_what_people_type(browser, nasty):
    with Visit(browser, nasty[0] / "index.html", 1440) as visit:
        for typed in ("<b>", "\\", "[a", "$a$", "   "):
            visit.page.fill("#search", typed)
        assert visit.said == []
        visit.page.fill("#search", "zebra")
        assert visit.page.locator("#reports tbody tr:visible").count() == 0


def test_the_way_through_a_run_works_by_keyboard(browser, nasty):
    with Visit(browser, nasty[0] / "index.html", 1440) as visit:
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/10_score/everyone.html")
        assert visit.page.text_content("h1") == "What is 10_score?"


def test_a_dark_page_is_dark_and_paper_is_white(browser, nasty):
    colour = "getComputedStyle(document.body).backgroundColor"
    path = nasty[0] / "10_score/everyone.html"
    with Visit(browser, path, 1440, color_scheme="dark") as visit:
        assert visit.page.evaluate(colour) == "rgb(20, 25, 30)"
        visit.page.emulate_media(media="print")
        assert visit.page.evaluate(colour) == "rgb(255, 255, 255)"


# ---------------------------------------------------------------- every page of the sample

SHEET = 680  # pixels between the margins of A4
BEYOND = """[...document.querySelectorAll('body *')].filter(one => one.checkVisibility() &&
  one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(one => one.outerHTML.slice(0, 80))"""
CELLS = """[...document.querySelectorAll('h1, h2, h3, th, td, figcaption')]
  .filter(one => one.checkVisibility()).map(one => one.textContent)"""


def _sample_pages(out: Path) -> list[Path]:
    pages = [out / "index.html", *sorted(out.glob("[0-9]*/*.html"))]
    assert len(pages) > 20
    return pages


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_the_sample_opens_quietly_and_fits(browser, sample_run, width):
    for path in _sample_pages(sample_run):
        with Visit(browser, path, width, offline=True) as visit:
            assert (visit.said, visit.strangers()) == ([], []), path
            assert visit.overflow() <= 0, path
            images = "[...document.images].map(i => [i.naturalWidth, i.alt])"
            assert all(w > 0 and len(alt) > 10 for w, alt in visit.page.evaluate(images)), path


def test_a_page_of_the_sample_is_short_and_light(browser, sample_run):
    ends = "(document.querySelector('.cx-appendix, footer') || document.body.lastElementChild)"
    for path in _sample_pages(sample_run):
        assert path.stat().st_size <= 700_000, path
        with Visit(browser, path, 1440) as visit:
            assert visit.page.evaluate(f"{ends}.getBoundingClientRect().top") <= 5000, path


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_leadership_reads_on_one_screen(browser, sample_run, width, height):
    with Visit(browser, sample_run / "90_leadership/everyone.html", width) as visit:
        ends = "[...document.querySelectorAll('.cx-answer, .cx-exhibit, .cx-card')]"
        ends = visit.page.evaluate(f"{ends}.map(one => one.getBoundingClientRect().bottom)")
        assert len(ends) == 5
        assert max(ends) <= height


def test_every_page_of_the_sample_fits_on_paper(browser, sample_run):
    for path in _sample_pages(sample_run):
        with Visit(browser, path, SHEET) as visit:
            visit.page.emulate_media(media="print")
            assert visit.page.evaluate(BEYOND) == [], path


def test_every_page_of_the_sample_prints_whole_on_a4(browser, sample_run, tmp_path):
    if not shutil.which("pdftotext"):
        absent("a reader of PDF (pdftotext of poppler-utils)")
    for path in _sample_pages(sample_run):
        with Visit(browser, path, SHEET) as visit:
            visit.page.emulate_media(media="print")
            told = visit.page.evaluate(CELLS)
            (tmp_path / "page.pdf").write_bytes(visit.page.pdf(prefer_css_page_size=True))
        words = ["pdftotext", "-raw", str(tmp_path / "page.pdf"), "-"]
        text = "".join(
            subprocess.run(words, capture_output=True, check=True).stdout.decode().split()
        )
        sizes = re.findall(rb"/MediaBox ?\[([\d. ]+)\]", (tmp_path / "page.pdf").read_bytes())
        assert {tuple(round(float(n)) for n in size.split()) for size in sizes} == {
            (0, 0, 595, 842)
        }
        assert [one for one in told if "".join(one.split()) not in text] == [], path


def test_nobody_is_kept_from_reading_the_sample_in_light_or_dark(browser, sample_run, tmp_path):
    manifest, found = reports.load(sample_run)
    show = tmp_path / "slides.html"
    show.write_text(slides(manifest, found, reports.executed(sample_run, manifest)))
    pages = [path for path in _sample_pages(sample_run)
             if not path.stem.startswith("region") or path.stem.endswith("west")]  # fmt: skip
    pages.append(show)
    for scheme, rules in (("light", None), ("dark", ["color-contrast"])):
        assert list(_unread(browser, pages, scheme, rules)) == []


# ---------------------------------------------------------------- slides, accessibility


def test_slides_turn_by_key_and_click_and_print_whole(browser, nasty, tmp_path):
    manifest, found = reports.load(nasty[0])
    path = tmp_path / "slides.html"
    path.write_text(slides(manifest, found, reports.executed(nasty[0], manifest)))
    with Visit(browser, path, 1440) as visit:
        shown = visit.page.locator(".cx-slide:visible")
        assert (shown.count(), visit.page.text_content("#place")) == (1, "Slide 1 of 3")
        visit.page.keyboard.press("ArrowRight")
        assert visit.page.text_content("#place") == "Slide 2 of 3"
        visit.page.mouse.click(1000, 300)
        assert "Nothing stands apart." in shown.text_content()
        tall = visit.page.evaluate("document.querySelector('.cx-now img').clientHeight")
        assert tall > 0.6 * 900
        visit.page.keyboard.press("Home")
        assert visit.page.text_content("#place") == "Slide 1 of 3"
        visit.page.emulate_media(media="print")
        assert shown.count() == 3
        assert (visit.said, visit.strangers()) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_accessibility_checker_finds_nothing(browser, nasty, scheme):
    assert list(_unread(browser, _pages(nasty[0])[:2], scheme, None)) == []


def test_our_own_look_at_contrast_sees_pale_letters(browser, tmp_path):
    said = '<p style="color:#999;background:linear-gradient(#fff,#eee)">pale</p><p>dark</p>'
    (tmp_path / "p.html").write_text(f"<!doctype html><title>t</title>{said}")
    with Visit(browser, tmp_path / "p.html", 1440) as visit:
        seen = visit.page.evaluate(CONTRAST, [["p"], ["p:last-child"]])
        assert seen == ["p: 2.8"]


# where the checker cannot tell what is behind letters: nearest opaque ground, as drawn
CONTRAST = """targets => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(x => x / 255)
    .map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4)
    .reduce((sum, x, i) => sum + x * [.2126, .7152, .0722][i], 0);
  const ground = one => { for (; one; one = one.parentElement) {
    const found = rgb(getComputedStyle(one).backgroundColor);
    if (found.length === 3 || found[3] === 1) return found; } return [255, 255, 255]; };
  return targets.map(([where]) => [where, document.querySelector(where)]).map(([where, one]) => {
    const style = getComputedStyle(one), size = parseFloat(style.fontSize);
    const [a, b] = [light(rgb(style.color)), light(ground(one))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 600);
    return ratio < (large ? 3 : 4.5) ? `${where}: ${ratio.toFixed(1)}` : ""; })
    .filter(Boolean); }"""


def _unread(browser, pages, scheme: str, rules: list[str] | None):
    """Give what the checker finds in pages, and what our own look finds where it cannot tell."""
    spec = importlib.util.find_spec("axe_core_python")
    if spec is None or not spec.origin:
        absent("the accessibility checker (axe-core-python)")
    axe = Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")
    asked = {"resultTypes": ["violations", "incomplete"], **({"runOnly": rules} if rules else {})}
    with Visit(browser, pages[0], 1440, color_scheme=scheme, bypass_csp=True) as visit:
        for path in pages:
            visit.page.goto(path.resolve().as_uri())
            visit.page.evaluate(axe)
            found = visit.page.evaluate("asked => axe.run(asked)", asked)
            yield from ((path, one["id"], one["nodes"][0]["html"]) for one in found["violations"])
            unsure = [one for one in found["incomplete"] if one["id"] == "color-contrast"]
            targets = [node["target"] for one in unsure for node in one["nodes"]]
            yield from ((path, "contrast", one) for one in visit.page.evaluate(CONTRAST, targets))
