"""The way on the sample's website: what is planted there is found, and drawn."""

import json

import pytest

from cxlab import journey, plots, study
from tests.conftest import ROOT

SAMPLE = ROOT / "data" / "sample"


@pytest.fixture(scope="module")
def kestrel():
    return study.load(SAMPLE / "journey.yaml")


@pytest.fixture(scope="module")
def visits(kestrel):
    return journey.ways(kestrel.visits)


@pytest.fixture(scope="module")
def planted():
    return json.loads((SAMPLE / "truth_web.json").read_text())


def test_every_event_and_visit_of_the_website_is_read(visits, planted):
    assert (visits.events, visits.visits) == (planted["events"], planted["visits"])


def test_most_are_lost_where_it_was_planted(kestrel, visits, planted):
    done = journey.funnel(visits, steps=planted["steps"], as_of=kestrel.mapping.until())
    assert f"most are lost between '{planted['lost_most_after']}' and" in done.headline


def test_the_planted_circle_is_the_commonest_loop(visits, planted):
    circle = planted["circle"]
    loops = journey.loops(visits).frame
    path = f"{circle['from']} → {circle['to']} → {circle['from']}"
    row = loops[loops["term"] == path].iloc[0]
    assert loops["term"].iloc[0] == path
    edges = journey.transitions(visits).frame
    back = edges[(edges["term"] == circle["from"]) & (edges["against"] == circle["to"])].iloc[0]
    entered = edges.loc[edges["term"] == circle["from"], "count"].sum() - back["count"]
    assert back["count"] / entered == pytest.approx(circle["share"], abs=0.03)
    assert row["count"] == back["count"]


def test_ways_of_promoters_and_detractors_do_not_part_where_nothing_was_planted(kestrel):
    ways = journey.ways(kestrel.visits, who="customer_id")
    assert "part nowhere" in journey.compare_ways(ways, kestrel.responses).headline


def test_ways_that_part_are_found(visits):
    ids = visits.table.join(visits.ids, "who").select(who="id", event="event").distinct().execute()
    buyers = set(ids.loc[ids["event"] == "purchase", "who"])
    groups = ids[["who"]].drop_duplicates().rename(columns={"who": "customer_id"})
    groups["group"] = ["b" if who in buyers else "a" for who in groups["customer_id"]]
    done = journey.compare_ways(visits, groups)
    row = done.frame.set_index("term").loc["purchase"]
    assert (row["before"], row["after"]) == (0, 1)
    assert row["p_adjusted"] < 1e-6


def test_the_way_the_wait_and_the_agents_are_drawn(kestrel):
    ask = {"as_of": kestrel.mapping.until()}
    pain = journey.hurts(kestrel.interactions, kestrel.responses, **ask)
    wait = journey.promptness(kestrel.interactions, **ask)
    desk = journey.agents(kestrel.interactions, **ask)
    for draw, result in ((plots.way, pain), (plots.waiting, wait), (plots.limits, desk)):
        assert result.headline in plots.show(draw(result)).alt
