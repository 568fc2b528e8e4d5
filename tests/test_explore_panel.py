"""What a person does in the panel while an answer arrives is not lost."""

import json
from pathlib import Path

import pytest

from cxlab import explore, results
from cxlab.explore.sitting import Sitting
from tests import small
from tests.test_explore import _export

SCRIPT = Path(explore.__file__).with_name("panel.js").read_text(encoding="utf-8")
STYLE = Path(explore.__file__).with_name("panel.css").read_text(encoding="utf-8")
BEGIN = """async ([script, shown]) => {
  const { default: { render } } = await import(URL.createObjectURL(
    new Blob([script], { type: "text/javascript" })));
  const sent = [], heard = [];
  const model = { get: () => shown, send: (each) => sent.push(each),
                  on: (name, told) => heard.push(told), off: () => {} };
  window.sent = () => sent.splice(0);
  window.answer = (next) => { shown = next; heard.forEach((told) => told()); };
  render({ model, el: document.querySelector("main") });
}"""


@pytest.fixture
def panel(tmp_path, browser):
    study = small.load(
        tmp_path, _export(),
        columns={"customer_id": "id", "answered_at": "date", "nps": "score", "comment": "remark"},
        ratings={"service": "service", "speed": "speed"},
        scales={"nps": "0..10", "ratings": "1..5"}, segments=["region"],
    )  # fmt: skip
    results.keep_back(10)
    sitting = Sitting(study, file=str(tmp_path / "study.yaml"))
    page = browser.new_page(viewport={"width": 1000, "height": 3000})
    page.set_content(f"<style>{STYLE}</style><main></main>")
    page.evaluate(BEGIN, [SCRIPT, _shown(sitting)])
    yield page, sitting
    page.close()


def _shown(sitting: Sitting) -> dict:
    return json.loads(json.dumps({**sitting.shown(), "turn": id(object())}))


def _answer(page, sitting, message) -> None:
    """Do what was asked and hand the panel what follows, as the kernel does."""
    sitting.do(message)
    page.evaluate("answer", _shown(sitting))


def _next(page, deed: str) -> dict:
    page.wait_for_function(  # what is slow is asked after a pause, which a busy machine may reach
        "(deed) => (window.got = [...(window.got ?? []), ...sent()].filter((each) => "
        "deed === 'rest' || each.do !== 'rest')).length > 0", arg=deed,
    )  # fmt: skip
    told = page.evaluate("got.splice(0)")
    assert [each["do"] for each in told] == [deed]
    return told[0]


def _press(page, place) -> None:
    box = place.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


@pytest.mark.parametrize("where", ["button.cx-quote >> nth=0", "[aria-label^='pin The score']",
                                   "[data-view=groups] button.cx-row >> nth=1"])  # fmt: skip
def test_an_answer_between_press_and_release_takes_no_click_away(panel, where):
    page, sitting = panel
    _next(page, "rest")
    _press(page, page.locator(where))
    _answer(page, sitting, {"do": "add", "column": "region", "value": "North"})  # moves everything
    assert page.locator(".cx-chip").count() == 0
    page.mouse.up()
    page.locator(".cx-chip").wait_for()
    assert page.evaluate(
        "got = [...got, ...sent()].filter((each) => each.do !== 'rest'), got.length"
    )


def test_what_is_typed_stays_while_slow_views_are_answered(panel):
    page, sitting = panel
    rest = _next(page, "rest")
    page.get_by_label("comments with").press_sequentially("la")
    page.locator("[data-view=score] .cx-tools button", has_text="code").last.click()
    while rest:
        _answer(page, sitting, rest)
        waits = any(each.get("waits") for each in sitting.shown()["views"])
        rest = _next(page, "rest") if waits else None
    assert page.locator("[data-view=score] .cx-code").is_visible()
    page.get_by_label("comments with").focus()
    page.keyboard.press("End")
    page.keyboard.type("te")
    page.keyboard.press("Enter")
    message = _next(page, "add")
    assert message == {"do": "add", "column": "comment", "value": "late"}
    _answer(page, sitting, message)
    assert "late" in page.locator(".cx-chip").text_content()


def test_an_answer_redraws_only_what_it_changes_and_a_refusal_undoes_a_choice(panel):
    page, sitting = panel
    _next(page, "rest")
    page.evaluate("for (const each of document.querySelectorAll('[data-view]')) each.old = true")
    _answer(page, sitting, {"do": "rest"})
    fresh = page.evaluate("[...document.querySelectorAll('[data-view]')].filter((each) =>"
                          " !each.old).map((each) => each.dataset.view)")  # fmt: skip
    assert len(fresh) == 1
    listed = page.locator(".cx-choose select").first
    listed.select_option(index=1)
    _next(page, "add")
    _answer(page, sitting, {"do": "add", "column": "region", "value": "nobody's"})
    assert "nobody's" in page.locator(".cx-alert").text_content()
    assert listed.input_value() == ""


@pytest.mark.parametrize("width", [500, 1000])
def test_the_bars_of_one_view_are_drawn_on_one_scale(panel, width):
    page, _ = panel
    page.set_viewport_size({"width": width, "height": 3000})
    found = page.evaluate("""() => [...document.querySelectorAll(".cx-rows")].map((rows) =>
      [...rows.querySelectorAll(".cx-track")].map((track) => track.getBoundingClientRect())
        .map((box) => `${box.left} ${box.width}`))""")
    several = [places for places in found if len(places) > 1]
    assert len(several) >= 3
    assert [len(set(places)) for places in several] == [1] * len(several)
    assert all(float(places[0].split()[1]) >= 50 for places in several)
