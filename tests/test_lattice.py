"""Ordinary small studies: every page is done, or not made with a sentence; none fails.

`CXLAB_LATTICE=all` walks every page over the whole lattice (hours), `CXLAB_LATTICE=5` over every
fifth study; `CXLAB_LATTICE_PAGES=30_drivers,40_churn` keeps to some pages.
"""

import itertools
import os

import pytest

from tests import lattice

EVERY = os.environ.get("CXLAB_LATTICE", "")
PAGES = [name for name in os.environ.get("CXLAB_LATTICE_PAGES", "").split(",") if name]
WHOLE = [*lattice.singles(), *lattice.covering(), *lattice.covering(7)]
# one study each in which a table, the dates, the groups or the differences between people lack
FEW = [
    {"answers": "few"},
    {"scores": "promoters", "segments": "none", "orders": "none"},
    {"ratings": "equal", "customers": "joined only", "contacts": "none", "smallest_group": "1"},
]
CHOSEN = WHOLE[:: 1 if EVERY == "all" else int(EVERY)] if EVERY else [
    {**lattice.ORDINARY, **kind} for kind in FEW]  # fmt: skip


def test_the_lattice_holds_two_hundred_studies_and_every_pair_of_words():
    assert len({tuple(kind.items()) for kind in WHOLE}) >= 200
    met = set().union(*(lattice._pairs(kind) for kind in lattice.covering()))
    for (a, left), (b, right) in itertools.combinations(lattice.FACTORS.items(), 2):
        assert {((a, x), (b, y)) for x in left for y in right} <= met


@pytest.mark.parametrize("kind", CHOSEN, ids=lambda kind: str(lattice.small(kind))[:80])
def test_no_page_of_a_small_study_fails(kind, tmp_path):
    path = lattice.write(kind, tmp_path)
    only = PAGES or ("all" if EVERY else ["10_data_quality", "30_drivers"])
    made = lattice.pages(path, tmp_path / "out", only=only)
    assert [page for page in made if page.state not in ("done", "not made")] == []
    assert all(page.error.strip() for page in made if page.state == "not made")
