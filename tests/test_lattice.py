"""Ordinary small studies: every page is done, or not made with a sentence; none fails.

Each of 200 studies and more has one page made, so that every page meets every word of every
factor. `CXLAB_LATTICE=all` walks every page over the whole lattice (hours), `CXLAB_LATTICE=5` over
every fifth study; `CXLAB_LATTICE_PAGES=30_drivers,40_churn` keeps to some pages.
"""

import itertools
import os
import re

import pytest

from tests import lattice, sentences

EVERY = os.environ.get("CXLAB_LATTICE", "")
PAGES = [name for name in os.environ.get("CXLAB_LATTICE_PAGES", "").split(",") if name]
WHOLE = [*lattice.singles(), *lattice.covering(), *lattice.covering(7)[:40]]
CHOSEN = WHOLE[:: 1 if EVERY in ("", "all") else int(EVERY)]
FED = ["20_scores", "50_retention", "90_leadership"]  # leadership reads what others found


def _only(kind: lattice.Kind) -> list[str] | str:
    if EVERY or PAGES:
        return PAGES or "all"
    return FED if kind["page"] == FED[-1] else [kind["page"]]


def _named(kind: lattice.Kind) -> str:
    return f"{kind['page']} {lattice.small({**kind, 'page': lattice.FACTORS['page'][0]})}"[:100]


def test_the_lattice_holds_two_hundred_studies_and_every_pair_of_words():
    assert len({tuple(kind.items()) for kind in WHOLE}) >= 200
    met = set().union(*(lattice._pairs(kind) for kind in lattice.covering()))
    for (a, left), (b, right) in itertools.combinations(lattice.FACTORS.items(), 2):
        assert {((a, x), (b, y)) for x in left for y in right} <= met


@pytest.mark.parametrize("kind", CHOSEN, ids=_named)
def test_no_page_of_a_small_study_fails(kind, tmp_path):
    made = lattice.pages(lattice.write(kind, tmp_path), tmp_path / "out", only=_only(kind))
    assert [page for page in made if page.state not in ("done", "not made")] == []
    assert all(page.error.strip() for page in made if page.state == "not made")
    for page in made:
        said = page.error + page.headline
        assert not re.search(r"\b(nan|NaN|None(?! of)|NaT|inf)\b|<NA>", said), said
        assert page.notebook == FED[-1] or "This report stands on" not in said
    if (tmp_path / "out").is_dir():  # a study that cannot be opened makes no page
        assert sentences.unplain(sentences.found(tmp_path / "out")) == {}


ALONE = {"answers": "none", "orders": "none", "contacts": "none"}
CASES = {
    "a group all promoters": (
        {"scores": "promoters"}, "20_scores", "NPS is 100.0 (95.5 to 100.0)."),
    "id and joining date only": (
        {**ALONE, "customers": "joined only"}, "10_data_quality", "All 120 rows read are kept."),
    "a mark of leaving and no id": (
        {**ALONE, "customers": "flag without id"}, "40_churn", "of the time"),
    "orders without customers": (
        {**ALONE, "customers": "none", "orders": "many"}, "50_retention",
        "of the customers bought in that period"),
    "faces mapped as NPS": (
        {"scores": "faces", "ratings": "none"}, "20_scores",
        "'nps': the NPS needs answers from 0 to 10; the scale here is 1..4."),
    "every week suppressed": (
        {"answered": "silent weeks", "smallest_group": "60"}, "20_scores", "NPS is"),
    "nobody left": (
        {"customers": "stayed", "orders": "none"}, "40_churn", "so nobody has left"),
    "no overall score": ({**ALONE, "answers": "many", "scores": "none", "customers": "none"},
                         "20_scores", "No rating stands apart: support is"),
    "answers of strangers": ({"asked": "strangers"}, "20_scores", "NPS is"),
    "all answers by one customer": ({"asked": "one alone"}, "15_questions", ""),
    "contacts never settled": ({"contacts": "unsettled"}, "40_churn", ""),
    "one review": ({"reviews": "one"}, "60_voice", ""),
    "nine answers": ({"answers": "few"}, "30_drivers", "Only 9 answers with NPS, for 4 ratings"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_ordinary_study_has_its_sentence(name, tmp_path):
    kind, page, said = CASES[name]
    path = lattice.write({**lattice.ORDINARY, **kind}, tmp_path)
    (made,) = lattice.pages(path, tmp_path / "out", only=[page])
    assert said in made.error + made.headline
    assert made.state == ("done" if made.headline else "not made")
