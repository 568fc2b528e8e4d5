"""One page for those who decide: nothing typed, nothing surer than its finding."""

import html
import json
import re

import pandas as pd
import pytest

from cxlab import results
from cxlab.export import leadership, tiles
from tests import desk
from tests.conftest import ROOT
from tests.small import load

NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?")
TWO = """import pandas as pd
from cxlab import results
words = {"term": ["speed", "price"], "estimate": [0.31, 0.12], "conf_low": [0.25, 0.05]}
words |= {"conf_high": [0.37, 0.19], "p_adjusted": [0.001, 0.3], "rank": [1, 2]}
frame = pd.DataFrame(words)
said = f"Price comes last; speed first with {frame.estimate[0]:.1%} (25.0% to 37.0%)."
results.Result("importance", frame, said, "m", "b", unit="share")"""


def _row(**words) -> dict:
    return {"estimate": 40.0, "conf_low": 38.0, "conf_high": 42.0, "n": 900, **words}


@pytest.fixture(scope="module")
def composed(tmp_path_factory):
    """A run of two reports, a part, and the leadership page made of them."""
    base = tmp_path_factory.mktemp("lead")
    desk.notebook(base / "desk", "20_score", desk.SCORE, *desk.SHOWN, title="How?", reading_order=1)
    desk.notebook(base / "desk", "30_why", TWO, title="Why?", reading_order=2)
    path = desk.notebook(base / "desk", "90_lead", reading_order=0)
    content = json.loads((ROOT / "notebooks" / "90_leadership.ipynb").read_text())
    content["cells"] = [c for c in content["cells"] if "whole" not in "".join(c["source"])]
    setup = (
        "from cxlab.desk import plots, results\nfrom cxlab.export import leadership\n"
        "card = {}\npage = leadership.compose(findings_file, most=most)"
    )
    content["cells"].insert(2, desk._code(setup))
    path.write_text(json.dumps(content))
    runs = desk.pressed(desk.planned(base / "desk", "North", "South"), base / "out")
    assert [run.error for run in runs if run.state != "done"] == []
    return base / "out", runs, base / "desk"


@pytest.mark.parametrize(
    ("row", "unit", "word"),
    [
        (_row(), "points", "well established"),
        (_row(conf_low=32.0, conf_high=48.0), "points", "likely"),
        (_row(conf_low=10.0, conf_high=70.0), "points", "tentative"),
        (_row(n=12), "points", "tentative"),
        (_row(p_value=0.001, p_adjusted=0.04), "points", "likely"),
        (_row(p_adjusted=0.5), "points", "not decidable"),
        (_row(estimate=0.5, conf_low=0.48, conf_high=0.52), "share", "well established"),
        (_row(estimate=4.0, conf_low=3.85, conf_high=4.15), "of 5", "likely"),
        (_row(estimate=1.0, conf_low=-1.0, conf_high=3.0), "points", "tentative"),
        ({"estimate": 40.0, "n": 900}, "points", "counted"),
    ],
)
def test_the_word_follows_from_the_interval_or_the_corrected_p(row, unit, word):
    assert leadership.certainty(row, unit) == word
    assert word in leadership.SCALE


def test_a_ratio_that_crosses_one_is_tentative_at_best():
    row = {"estimate": 1.01, "conf_low": 0.99, "conf_high": 1.03}
    assert leadership.certainty(row, "ratio") == "tentative"
    assert leadership.certainty({**row, "conf_low": 1.005}, "ratio") == "well established"


def test_more_certainty_never_gets_a_weaker_word():
    words = list(leadership.SCALE)
    reach = [_row(conf_low=40.0 - half, conf_high=40.0 + half) for half in range(1, 60)]
    places = [words.index(leadership.certainty(row, "points")) for row in reach]
    assert places == sorted(places)


def test_every_number_on_the_page_stands_in_the_findings(composed):
    out, _, _ = composed
    found = json.loads((out / "findings.json").read_text())
    known = set()
    for finding in (f for report in found for f in report["findings"] if f["name"] != "leadership"):
        words = [finding["headline"], finding["base"], finding["method"], *finding["notes"]]
        for row in finding["frame"]["rows"]:
            pairs = zip(finding["frame"]["columns"], row, strict=True)
            words += [results.cell(name, value, finding["unit"]) for name, value in pairs]
        known |= set(NUMBER.findall(" ".join(words)))
    page = (out / "90_lead/everyone.html").read_text(encoding="utf-8")
    shown = re.search(r'(?s)id="s1".*?id="s4"', page)[0]
    text = html.unescape(re.sub(r"<[^>]+>", " ", shown))
    assert set(NUMBER.findall(text)) - {"4"} <= known
    assert "40.0" in text


def test_each_sentence_has_number_interval_word_and_report(composed):
    page = (composed[0] / "90_lead/everyone.html").read_text(encoding="utf-8")
    verdict = re.findall(r'(?s)<section class="cx-answer">.*?</section>', page)
    items = verdict + re.findall(r"(?s)<li><p><strong>.*?</li>", page)
    assert len(items) == 2
    for item in items:
        assert re.search(r"[\d.]+%? \([\d.]+%? to [\d.]+%?\)", item)
        assert any(f"<em>{word}</em>" in item for word in leadership.SCALE)
        (address,) = re.findall(r'href="\.\./([^"]+)"', item)
        assert (composed[0] / address).is_file()


def test_the_number_shown_is_the_one_the_sentence_quotes(composed):
    page = (composed[0] / "90_lead/everyone.html").read_text(encoding="utf-8")
    assert "speed: 31.0% (25.0% to 37.0%)" in page


def test_parts_are_listed_with_their_own_numbers(composed):
    page = (composed[0] / "90_lead/everyone.html").read_text(encoding="utf-8")
    for part in ("north", "south"):
        assert f'href="../20_score/region-{part}.html"' in page


def test_leadership_comes_first_in_the_index_and_last_in_the_run(composed):
    out, runs, _ = composed
    assert runs[-1].notebook == "90_lead"
    index = (out / "index.html").read_text(encoding="utf-8")
    first = re.search(r'(?s)aria-label="Read first".*?</section>', index)[0]
    assert 'href="90_lead/everyone.html"' in first
    assert "<strong>40.0</strong>" in first


def test_the_page_is_made_again_when_a_finding_moves_and_only_then(composed):
    out, _, folder = composed
    jobs = desk.planned(folder, "North", "South")
    assert {run.state for run in desk.pressed(jobs, out)} == {"unchanged"}
    desk.notebook(folder, "30_why", TWO.replace("0.31", "0.32"), title="Why?", reading_order=2)
    again = desk.pressed(desk.planned(folder, "North", "South"), out)
    states = {run.notebook: run.state for run in again}
    assert states == {"20_score": "unchanged", "30_why": "done", "90_lead": "done"}
    assert "speed: 32.0%" in (out / "90_lead/everyone.html").read_text(encoding="utf-8")
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "No number moved beyond its earlier interval." in index


def test_a_run_without_findings_says_so(tmp_path):
    for page in (leadership.compose(""), leadership.compose(tmp_path / "none.json")):
        assert "cxlab run" in page.answer.text
        assert page.parts.text
        assert page.certainty.text


@pytest.mark.parametrize(
    ("said", "estimate"),
    [("Price leads with 12.0 points.", 12.0), ("Nothing stands apart.", None),
     ("It is 112.0.", None), ("It is 5.0 to 19.0 points.", 12.0)],
)  # fmt: skip
def test_no_number_stands_beside_a_sentence_that_is_not_about_it(said, estimate):
    row = {"group": "a", "estimate": 12.0, "conf_low": 5.0, "conf_high": 19.0}
    frame = {"columns": list(row), "rows": [list(row.values())]}
    found = leadership.lead({"headline": said, "unit": "points", "frame": frame})
    assert found.get("estimate") == estimate


@pytest.mark.parametrize(
    ("said", "group"),
    [("Of pairs 60% (55% to 65%) are in order; 6.0% leave.", "order"),
     ("6.0% leave; 60% (55% to 65%) are in order.", "leave"),
     ("Between waves, between 6.0% and 9.0% left.", None),
     ("It lies at 6.0% to 61.0%, in order 60.1%.", "order"),
     ("It is 60.15 points.", None)],
)  # fmt: skip
def test_the_number_beside_a_sentence_is_the_first_it_states(said, group):
    rows = [["leave", 0.06, 0.049, 0.071], ["order", 0.601, 0.551, 0.652]]
    frame = {"columns": ["group", "estimate", "conf_low", "conf_high"], "rows": rows}
    found = leadership.lead({"headline": said, "unit": "share", "frame": frame})
    assert found.get("group") == group


def test_of_two_rows_of_one_number_the_one_that_is_named_is_meant():
    rows = [["East", 12.0, 1.0, 23.0], ["West", 12.0, 11.0, 13.0]]
    frame = {"columns": ["group", "estimate", "conf_low", "conf_high"], "rows": rows}
    found = leadership.lead({"headline": "West stands at 12.0.", "unit": "points", "frame": frame})
    assert found["group"] == "West"


PLACE = NUMBER.pattern
FIGURE = rf"({PLACE})%? \(({PLACE})%? to ({PLACE})%?\)"
STATED = rf"\(({PLACE})%? to ({PLACE})%?"


def _says(sentence: str, shown: str) -> bool:
    """Whether a sentence has a number, rounded as the sentence rounds; "fell by 5" is −5."""
    value = abs(float(shown.replace(",", "").replace("−", "-")))
    told = [text.lstrip("−-").replace(",", "") for text in NUMBER.findall(sentence)]
    return any(f"{value:.{len(text.partition('.')[2])}f}" == text for text in told)


def _alike(told: tuple[str, ...], shown: tuple[str, ...]) -> bool:
    """Whether a sentence tells the ends that its caption shows, rounded as it rounds."""
    digits = [len(end.partition(".")[2]) for end in told]
    ends = zip(told, shown, digits, strict=True)
    return all(f"{float(full.replace('−', '-')):.{n}f}".replace("-", "−") == end
               for end, full, n in ends)  # fmt: skip


SAID = re.compile(
    r"(?:<li><p><strong>|<h3>)([^<]*)<(?:(?!<h3>|<li><p>).)*?"
    r'<p class="cx-base"><span class="cx-far">([^<]*)</span><em>(.*?)</em>',
    re.S,
)


def test_each_caption_of_the_sample_tells_the_first_number_of_its_sentence(sample_run):
    page = (sample_run / "90_leadership/everyone.html").read_text(encoding="utf-8")
    found = [f for r in json.loads((sample_run / "findings.json").read_text())
             for f in r["findings"] if f["name"] != "leadership"]  # fmt: skip
    items = re.findall(SAID, page)
    assert len(items) == 7  # the verdict, the line, three cards, two more
    for said, caption, word in items:
        said = html.unescape(said).replace("GBP ", "")
        figure = re.search(FIGURE, caption.replace("GBP ", ""))
        about = [f for f in found
                 if f["headline"].replace("GBP ", "").startswith(said.rstrip("."))]  # fmt: skip
        told = re.search(STATED, said)
        if figure is None:  # a verdict weighs levels; a sentence with its range is not said again
            assert told or {f["name"] for f in about} <= {"movement", "NPS by quarter"}, said
            continue
        assert _says(said[: told.start() if told else None], figure[1]), said
        assert told is None or _alike(told.groups(), figure.groups()[1:]), said
        rows = [(dict(zip(f["frame"]["columns"], cells, strict=True)), f["unit"])
                for f in about for cells in f["frame"]["rows"]]  # fmt: skip
        shown = [one for one in rows if leadership.figure(*one) == figure[0]]
        assert {leadership.certainty(*one) for one in shown} == {word}, said


def _found(notebook: str, *findings: tuple[str, str, dict], unit: str = "points", base: str = "b"):
    out = []
    for name, said, row in findings:
        frame = pd.DataFrame({word: [value] for word, value in row.items()})
        out.append(results.Result(name, frame, said, "m", base, unit=unit).to_dict())
    return {"question": f"{notebook}?", "part": "everyone", "page": f"{notebook}/e.html",
            "notebook": notebook, "reading_order": int(notebook), "findings": out}  # fmt: skip


LEVEL = ("NPS", "NPS is 40.0 (38.0 to 42.0).", _row(group="all"))
CHANGE = ("NPS change", "NPS fell by 9.0 points (−12.0 to −6.0).",
          {"term": "change", "group": "all", "estimate": -9.0, "conf_low": -12.0,
           "conf_high": -6.0})  # fmt: skip
APART = (
    "NPS against the rest",
    "North (+20.0) stands above the rest.",
    _row(group="North", estimate=20.0, conf_low=15.0, conf_high=25.0, p_adjusted=0.001),
)
OTHERS = [_found(str(n), ("x", f"It is {n}0.0 ({n}0.0 to {n}1.0).",
                          {"estimate": n * 10.0, "conf_low": n * 10.0, "conf_high": n * 10.0 + 1}))
          for n in (2, 3, 4)]  # fmt: skip


def test_what_moved_and_who_stands_apart_come_before_the_level():
    page = leadership.Page([_found("1", LEVEL, CHANGE, APART), *OTHERS])
    said = [sentence.text for sentence in page.sentences]
    assert said[:2] == [CHANGE[1], APART[1]]
    assert [text[:7] for text in said[2:]] == ["It is 2", "It is 3", "It is 4"]  # one a question
    assert page.numbers[0]["shown"] == "40.0"  # the level stands above
    assert "<strong>40.0</strong>" in page.answer.markup
    assert page.parts.text  # of no part


def test_a_card_draws_what_leadership_may_see_and_nothing_else():
    rows = {"group": ["a", "a", "b"], "time": [0, 1, 0], "estimate": [1.0, 0.9, 1.0],
            "conf_low": [1.0, 0.8, 1.0], "conf_high": [1.0, 1.0, 1.0],
            "at_risk": [90, None, None]}  # fmt: skip
    curve = results.Result("survival in months", pd.DataFrame(rows), "90% stay.", "m", "b")
    held = results.Result("survival in months", curve.frame.assign(estimate=None), "–.", "m", "b")
    for told, left in ((curve, 1), (held, 0)):
        report = {**_found("5"), "page": "50_retention/e.html", "findings": [told.to_dict()]}
        seen = leadership.Page([report]).about("kept")
        assert len(seen.frame if left else []) == left
        assert left or not seen


def test_what_is_all_held_back_is_neither_card_nor_sentence():
    said = "Survival in months: only groups of 20 or more people are shown."
    frame = pd.DataFrame({"group": ["a"], "time": [0], "estimate": [None], "at_risk": [None]})
    held = results.Result("survival in months", frame, said, "m", "b")
    report = {**_found("5"), "page": "50_retention/e.html", "findings": [held.to_dict()]}
    page = leadership.Page([report])
    assert isinstance(page.about("kept"), results.Absence)
    assert not [one for one in page.sentences if one.text == said]


def test_what_is_not_sure_is_no_news():
    unsure = ("NPS change", "NPS fell by 1.0 points (−4.0 to +2.0).",
              {"term": "change", "estimate": -1.0, "conf_low": -4.0, "conf_high": 2.0})  # fmt: skip
    page = leadership.Page([_found("1", LEVEL, unsure), *OTHERS])
    assert page.sentences[0].text == LEVEL[1]
    assert page.numbers == []


def test_a_verdict_that_had_nothing_to_weigh_is_not_the_first_sentence():
    report = _found("1", LEVEL)
    said = "Whether NPS is moving cannot be said: no quarter is over yet."
    silent = results.Result("movement", pd.DataFrame(columns=["term", "estimate"]), said, "m", "b")
    report["findings"] = [*report["findings"], silent.to_dict()]
    page = leadership.Page([report, *OTHERS])
    assert page.sentences[0].text == LEVEL[1]
    assert said not in page.answer.markup


def test_one_question_asked_by_two_methods_is_told_once():
    row = {"term": "care", "estimate": 0.42, "conf_low": 0.2, "conf_high": 0.6, "part": "points"}
    first = ("driver model", "A point of care goes with +0.42.", row)
    again = ("driver model", "A point of care goes with +0.41 (ordered).", row | {"estimate": 0.41})
    texts = [said.text for said in leadership.Page([_found("1", first, again)]).sentences]
    assert first[1] in texts
    assert again[1] not in texts


@pytest.mark.parametrize("name", ["choice of model", "coding by two people"])
def test_a_figure_of_method_is_no_sentence_for_leadership(name):
    row = {"term": "b − a", "estimate": -0.03, "conf_low": -0.05, "conf_high": -0.01}
    choice = (name, "The simpler one is kept; b differs by −0.03 (−0.05 to −0.01).", row)
    assert [said.text for said in leadership.Page([_found("1", LEVEL, choice)]).sentences] == [
        LEVEL[1]
    ]


def test_what_stands_on_a_card_is_not_listed_again():
    scores = {**_found("1", MOVED, APART), "page": "20_scores/everyone.html"}
    page = leadership.Page([scores, *OTHERS])
    assert APART[1] in [said.text for said in page.sentences]
    assert APART[1] not in page.more.markup
    assert page.about("where").headline == APART[1]
    assert page.about("kept").why == "No report found how long customers stay."


def test_a_caption_tells_no_number_twice_and_money_its_currency():
    page = leadership.Page([_found("1", LEVEL, base="900 answers.")])
    assert '<span class="cx-far">900 answers · </span><em>' in page.answer.markup
    row = {"term": "gap", "estimate": 7.4, "conf_low": 6.0, "conf_high": 8.9}
    more = ("gain", "It brings 7.40 more within 12 months (6.00 to 8.90).", row)
    (said,) = leadership.Page([_found("1", more, unit="money", base="a; money in GBP")]).sentences
    assert said.text == "It brings GBP 7.40 more within 12 months (6.00 to 8.90)."
    assert said.figure == "GBP 7.40 (6.00 to 8.90)"


def test_next_steps_are_those_the_study_file_gives():
    assert leadership.Steps([])._repr_mimebundle_() == {"text/plain": ""}
    markup = leadership.Steps(["Ann <b> by May."])._repr_mimebundle_()["text/html"]
    assert markup == "<ul><li>Ann &lt;b&gt; by May.</li></ul>"
    sources = (ROOT / "notebooks" / "90_leadership.ipynb").read_text()
    assert "For the analyst" not in sources
    assert "page.decided(whole.mapping.next_steps)" in sources
    assert "justify no action" in leadership.Page([]).decided([]).text


def test_text_of_a_finding_is_inert_on_the_page():
    frame = pd.DataFrame({"group": ["<b>x</b>"], "estimate": [1.0]})
    result = results.Result("a", frame, "<script>1</script>", "m", "b").to_dict()
    report = {"question": "<i>", "part": "everyone", "page": "a/b.html", "notebook": "a"}
    page = leadership.Page([{**report, "reading_order": 1, "findings": [result]}])
    assert "<script>" not in page.answer.markup
    assert "<b>" not in page.answer.markup
    assert "<i>" not in page.answer.markup


MOVED = ("movement", "No detectable change of NPS between Q3 and Q4 once the mix is held equal.",
         {"term": "adjusted", "estimate": -0.5, "conf_low": -4.0, "conf_high": 3.0,
          "p_value": 0.8})  # fmt: skip
RAW = ("NPS change", "NPS fell by 10.4 points (−14.0 to −6.0).",
       {"term": "change", "estimate": -10.4, "conf_low": -14.0, "conf_high": -6.0,
        "p_value": 0.001})  # fmt: skip


def test_the_verdict_on_movement_opens_the_page_and_no_raw_change_stands_beside_it():
    page = leadership.Page([*OTHERS, _found("9", LEVEL, RAW, MOVED)], most=9)
    said = [sentence.text for sentence in page.sentences]
    assert said[0] == MOVED[1]
    assert page.sentences[0].word == "not decidable"
    assert not any("10.4" in text for text in said)


def test_what_rests_on_under_a_tenth_of_the_base_is_never_first():
    scope = results.Result(
        "scope", pd.DataFrame({"table": ["customers"], "n": [600]}),
        "This report stands on 600 customers.", "m", "b",
    ).to_dict()  # fmt: skip
    few = ("x", "9.0% left (7.0% to 11.0%).", {"estimate": 0.09, "conf_low": 0.07,
           "conf_high": 0.11, "n": 50})  # fmt: skip
    report = _found("1", few, unit="share", base="50 customers judged")
    report["findings"].append(scope)
    said = leadership.Page([report, *OTHERS]).sentences
    assert said[-1].text == few[1]
    assert leadership.Page([report]).sentences[0].text == "This report stands on 600 customers."


def test_where_orders_are_all_there_is_their_customers_are_the_base(tmp_path):
    rows = "".join(f"c{k % 60},{day},5\n" for k, day in enumerate(["2025-03-01"] * 90))
    columns = {"customer_id": "who", "ordered_at": "day", "amount": "sum"}
    opened = load(tmp_path, "who,day,sum\n" + rows, table="orders", columns=columns,
                  whole={"currency": "EUR"})  # fmt: skip
    scope = opened.scope
    assert scope.headline == "This report stands on 90 orders of 60 customers."
    few = ("x", "9.0% left (7.0% to 11.0%).", {"estimate": 0.09, "conf_low": 0.07,
           "conf_high": 0.11, "n": 5})  # fmt: skip
    for n, first in ((5, scope.headline), (6, few[1])):
        few[2]["n"] = n
        report = _found("1", few, unit="share", base=f"{n} customers judged")
        report["findings"].append(scope.to_dict())
        assert leadership.Page([report]).sentences[0].text == first


def test_each_sentence_carries_its_base_and_no_number_stands_twice():
    page = leadership.Page([_found("1", LEVEL, LEVEL, CHANGE, base="900 answers.")])
    items = [page.answer.markup, *re.findall(r"<li><p>.*?</li>", page.more.markup)]
    assert len(items) == 2
    assert all("900 answers · </span><em>" in item for item in items)


def test_a_finding_may_say_that_it_is_assumed_or_too_good():
    for word in ("assumed", "suspicious"):
        assert leadership.certainty(_row(verdict=word), "points") == word
        assert word in leadership.SCALE


@pytest.mark.parametrize(("events", "word"), [
    (17, "tentative"), (29, "tentative"), (40, "well established"), (390, "tentative"),
])  # fmt: skip
def test_a_share_of_few_who_left_or_stayed_is_not_well_established(events, word):
    share = {"estimate": events / 409, "conf_low": events / 409 - 0.02, "n": 409, "events": events}
    share["conf_high"] = share["estimate"] + 0.02
    assert leadership.certainty(share, "share") == word


def test_words_of_certainty_are_defined_without_p_values():
    page = leadership.Page([_found("1", LEVEL)])
    assert not re.search(r"\bp\b|p-value|adjusted", page.certainty.markup)
    assert "adjusted p below" in page.methods.markup  # for whom wants the rule


def test_a_long_headline_loses_its_last_clauses_and_keeps_its_number():
    said = "It is 40.0 (38.0 to 42.0); " + "and much more of the same, " * 5 + "so it goes."
    (one,) = leadership.Page([_found("1", ("x", said, _row()))]).sentences
    assert one.text == "It is 40.0 (38.0 to 42.0)."


def test_survival_of_everybody_without_doubt_is_no_tile():
    whole = {"term": "still there", "estimate": 1.0, "conf_low": 1.0, "conf_high": 1.0}
    report = _found("1", ("x", "All are there.", whole), ("y", "Most.", {**whole, "conf_low": 0.9}),
                    unit="share")  # fmt: skip
    assert [tile["interval"] for tile in tiles(report["findings"])] == ["90.0% to 100.0%"]
    shown = results.answer(*(results.Result.from_dict(f) for f in report["findings"]))
    assert shown._repr_mimebundle_()["text/html"].count("<li>") == 1


def test_a_difference_of_shares_is_told_in_points_beside_its_sentence():
    row = {"estimate": 0.36, "conf_low": 0.341, "conf_high": 0.377, "n": 900}
    said = "Of plan 'month' 42.7% left, 36.0 percentage points above all others."
    for text, told in ((said, "+36.0 points (34.1 to 37.7)"),
                       ("36.0% left.", "36.0% (34.1% to 37.7%)")):  # fmt: skip
        page = leadership.Page([_found("1", ("left", text, row), unit="share")])
        assert page.sentences[0].figure == told
