"""The overview that readers choose in: equal to the question, bounded, and telling of nobody."""

import io
import json
from itertools import product

import numpy as np
import pandas as pd
import pytest

from cxlab import explore, export, results
from cxlab.desk import metrics
from cxlab.explore import offered as room
from cxlab.explore.offered import Dimension, shown_of, unlinked
from tests import small
from tests.test_explore import ROWS, _export

EVIL = "</script><b>Sons"
FACTS = {"study": "S", "as_of": "2025-12-31", "finished": "x", "versions": {"cxlab": "0"},
         "reports": []}  # fmt: skip


@pytest.fixture(scope="module", params=["nps", "csat", "ces"])
def made(request, tmp_path_factory):
    """A study with gaps, weights and customers who answer twice, and what it offers."""
    rows = pd.read_csv(io.StringIO(_export())).assign(w=np.tile([0.5, 1.7, 1.1], ROWS // 3))
    rows["region"] = rows["region"].replace("O'Hara & <b>Sons</b>", EVIL)
    rows["plan"] = np.where(np.arange(ROWS) % 9 == 0, "big", "small")
    rows.loc[::7, "region"] = rows.loc[::11, "id"] = rows.loc[::13, "score"] = None
    rows["score"] = rows["score"] if request.param == "nps" else rows["service"]
    columns = {"customer_id": "id", "answered_at": "date", request.param: "score"}
    columns |= {"weight": "w"} if request.param == "nps" else {}
    scale = {"nps": "0..10", "csat": "1..5", "ces": "1..5"}[request.param]
    study = small.load(tmp_path_factory.mktemp("around"), rows.to_csv(index=False), columns=columns,
                       scales={request.param: scale}, segments=["region", "plan"])  # fmt: skip
    return study, explore.around(study).table


def _asked(study, chips: dict[str, str]) -> str:
    here = explore.chosen(study, **chips)
    score = metrics.asked(study.scales)[0]
    told = metrics.score_of(here.responses, score=score, how=here.how()).frame.iloc[0]
    words = [results.cell(name, told[name], score.unit) for name in ("estimate", "conf_low",
             "conf_high", "n")]  # fmt: skip
    return f"{words[0]} ({words[1]} to {words[2]}) of {words[3]}"


READ = """(places) => { const picks = document.querySelectorAll('#around .cx-tools select');
  return places.map((all) => { all.forEach((value, at) => { picks[at].value = value;
      picks[at].dispatchEvent(new Event('change')); });
    const tile = document.querySelector('.cx-tile');
    return tile.children[0].textContent + ' of ' + tile.children[2].textContent; }); }"""


def test_the_page_says_what_the_question_says_of_every_combination(made, browser, tmp_path):
    study, table = made
    (tmp_path / "index.html").write_text(export.index({**FACTS, "around": table}))
    page, said = browser.new_page(), []
    page.on("console", lambda each: said.append(each.text))
    page.goto((tmp_path / "index.html").as_uri())
    dims = table["dimensions"]
    places = list(product(*(range(-1, len(each["values"])) for each in dims)))
    shown = page.evaluate(READ, [list(map(str, each)) for each in places])
    told = sum(len(each["at"]) for each in table["sets"])
    assert sum(not text.startswith("held") for text in shown) == told >= 20
    for values, text in zip(places, shown, strict=True):
        chips = {each["title"].lower(): each["values"][value].removesuffix(", not over")
                 for each, value in zip(dims, values, strict=True) if value >= 0}  # fmt: skip
        name, _, n = text.rpartition(", ")
        if not text.startswith("held"):
            assert f"{name.split(' of ')[0]} of {n.split()[0]}" == _asked(study, chips), chips
    assert said == []
    page.close()


def test_it_is_reached_by_keyboard_and_a_bar_becomes_a_chip(made, browser, tmp_path):
    (tmp_path / "index.html").write_text(export.index({**FACTS, "around": made[1]}))
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto((tmp_path / "index.html").as_uri())
    bar = page.locator("#around button.cx-row").last
    name = bar.locator("span").first.text_content()
    bar.focus()
    page.keyboard.press("Enter")
    assert name in page.locator(".cx-tile").text_content()
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_values_of_the_data_stay_text(made):
    page = export.index({**FACTS, "around": made[1]})
    assert EVIL in [value for each in made[1]["dimensions"] for value in each["values"]]
    assert EVIL not in page
    assert page.count("<script") == page.count("</script>") == 2


def _crossed(draw: np.random.Generator, n: int, sizes: tuple[int, ...]) -> list[Dimension]:
    """Make columns of which some values are rare, and some of all others."""
    return [
        Dimension(f"d{k}", f"d{k}", [f"v{i}" for i in range(size)],
                  draw.choice(size + 1, n, p=draw.dirichlet([1.5] * size + [0.2])))
        for k, size in enumerate(sizes)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_no_held_set_follows_from_those_shown(seed):
    draw = np.random.default_rng(seed)
    dims, who = _crossed(draw, 400, (3, 4, 3)), draw.integers(0, 300, 400)
    shown = unlinked(dims, *shown_of(dims, who, 10), 10)
    # every answer lies in one cell of the full table; each shown set adds up some of these
    full, n = room._joint(dims, (0, 1, 2), 400), room._cells(dims, (0, 1, 2))
    sums = [np.bincount(full[room._joint(dims, on, 400) == cell], minlength=n) > 0
            for on, which in shown.items() for cell in np.flatnonzero(which)]  # fmt: skip
    known = np.linalg.svd(np.array(sums, dtype=float), full_matrices=False)
    basis = known[2][known[1] > 1e-9]
    for on, which in shown.items():
        code = room._joint(dims, on, 400)
        for cell in np.flatnonzero(np.bincount(code, minlength=len(which)) > 0):
            mine = code == cell
            if len(set(who[mine])) < 10:  # too few to be shown, and not to be worked out either
                set_ = (np.bincount(full[mine], minlength=n) > 0).astype(float)
                assert np.linalg.norm(set_ - basis.T @ (basis @ set_)) > 1e-6, (on, cell)


def test_what_would_be_too_much_is_left_out_and_named(monkeypatch, made):
    monkeypatch.setattr(room, "LARGEST", 30 * 20)
    less = explore.around(made[0])
    assert "Left out, for it would be too much" in less.said
    assert len(json.dumps(less.table)) < len(json.dumps(made[1]))


def test_a_part_offers_nothing_and_a_study_without_a_score_says_so(made, tmp_path):
    study, _ = made
    assert explore.around(study.part(segment="plan", value="small")).table == {}
    bare = small.load(tmp_path, "id,speed\n" + "a,3\nb,4\n" * 20, columns={"customer_id": "id"},
                      ratings={"speed": "speed"}, scales={"ratings": "1..5"})  # fmt: skip
    assert isinstance(explore.around(bare), results.Absence)
    (tmp_path / "one").mkdir()
    alone = small.load(tmp_path / "one", "id,nps,plan\na,9,x\n", columns={"customer_id": "id",
                       "nps": "nps"}, segments=["plan"])  # fmt: skip
    assert isinstance(explore.around(alone), results.Absence)
