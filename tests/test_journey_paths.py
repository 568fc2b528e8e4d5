"""Ways: order, visits, transitions, steps, loops and funnels, by hand and beside other programs."""

import json
from dataclasses import replace
from functools import partial

import ibis
import numpy as np
import pandas as pd
import pytest

from cxlab import journey
from cxlab.events import passes, sequences
from tests.conftest import ROOT


def table(rows):
    """Put rows of who, event and seconds into an engine."""
    frame = pd.DataFrame(rows, columns=["visitor_id", "event", "at"])
    at = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(frame["at"], unit="s")
    frame = frame.assign(at=at, position=range(len(frame)))
    connection = ibis.duckdb.connect()
    connection.con.register("rows", frame)
    connection.con.execute("create table visits as from rows")
    return connection.table("visits")


def way(who, events, start=0, every=60):
    return [(who, event, start + every * at) for at, event in enumerate(events)]


# six customers by hand: home, search, product, basket, pay
SIX = [
    *way("a", "hspbx"), *way("b", "hsp"), *way("c", "hsshp"), *way("d", "pbpbx"),
    *way("e", "h"), *way("f", "hp"), *way("f", "hbx", start=7200),
]  # fmt: skip


@pytest.fixture(scope="module")
def six():
    return journey.ways(table(SIX))


def pick(result, **where):
    rows = result.frame
    for name, value in where.items():
        rows = rows[rows[name] == value]
    return rows.iloc[0]


def test_a_visit_ends_after_the_gap(six):
    assert (six.people, six.visits, six.events) == (6, 7, 24)


def test_transitions_of_six_by_hand(six):
    row = pick(journey.transitions(six), term="p", against="b")
    # p is left 7 times: a b, b end, c end, d b, d b, f end -> 6 in all, to b three times by two
    assert (row["count"], row["n"]) == (3, 2)
    assert row["share"] == 3 / 6
    assert pick(journey.transitions(six), term="(start)", against="h")["count"] == 6


def test_the_interval_takes_the_steps_of_one_person_together():
    many = [row for k in range(40) for row in way(f"u{k}", "ab" * 10 if k % 2 else "ac" * 10)]
    row = pick(journey.transitions(table(many)), term="a", against="b")
    assert row["share"] == 0.5
    assert row["conf_high"] - row["conf_low"] > 0.28  # that of 40 people, not of 400 steps


def test_steps_of_six_by_hand(six):
    steps = journey.step_matrix(six, steps=4)
    assert pick(steps, rank=1, term="h")["count"] == 6
    assert pick(steps, rank=2, term="(end)")["count"] == 1
    assert pick(steps, rank=4, term="(end)")["count"] == 4  # b, e, and both visits of f
    assert steps.frame.groupby("rank")["share"].sum().round(9).eq(1).all()


def test_loops_of_six_by_hand(six):
    loops = journey.loops(six)
    assert pick(loops, term="p → b → p")[["count", "n"]].tolist() == [1, 1]
    assert pick(loops, term="s → s")["share"] == 1 / 3  # a, b, c came to s; c alone went round
    assert "h → p → h" not in set(loops.frame["term"])  # another visit


def test_the_commonest_ways_are_told_with_their_people(six):
    ways = journey.commonest(six, steps=3)
    assert pick(ways, term="h → s → p → …")["count"] == 1
    assert ways.frame["count"].sum() == 7


def test_a_funnel_of_six_by_hand(six):
    done = journey.funnel(six, steps=["h", "p", "b", "x"], as_of="2025-01-02")
    assert done.frame["n"].tolist() == [5, 4, 2, 2]
    row = pick(done, term="p")
    # e never comes: half of five are there once three are, 2, 2, 4 and 1 minutes after home
    assert row["time"] == pytest.approx(2 / 60)
    assert (row["against"], row["lost"]) == ("(end)", 1.0)
    assert "those who did 'h' come to 'x'" in done.headline


def test_half_is_never_reached_where_most_stay_away():
    rows = [*way("a", "xy"), *way("b", "x"), *way("c", "x")]
    row = pick(journey.funnel(table(rows), steps=["x", "y"], as_of="2025-06-01"), term="y")
    assert np.isnan(row["time"])
    assert row["share"] == pytest.approx(1 / 3)


def test_equal_moments_fall_in_the_order_of_the_file_however_many():
    names = [f"e{k:03d}" for k in range(120)]
    rows = [(f"u{k}", name, 5) for k in range(30) for name in names]
    edges = journey.transitions(journey.ways(table(rows), most=200)).frame
    inner = edges[~edges["against"].eq("(end)") & ~edges["term"].eq("(start)")]
    assert len(inner) == 119
    assert (inner["against"].str[1:].astype(int) - inner["term"].str[1:].astype(int)).eq(1).all()
    assert any("very moment" in note for note in journey.transitions(table(rows)).notes)


@pytest.mark.parametrize("within", ["visit", "person"])
def test_rows_sorted_once_give_what_windows_by_person_give(within):
    rng, n = np.random.default_rng(3), 125_000  # more than the engine reads in one piece
    frame = pd.DataFrame({"visitor_id": rng.integers(0, 20_000, n).astype(str),
                          "event": rng.choice(list("abcd"), n), "position": rng.permutation(n),
                          "session_id": rng.choice(["1", "2", None], n)})  # fmt: skip
    at = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 9999, n), "m")
    connection = ibis.duckdb.connect()
    connection.con.register("v", frame.assign(at=at))
    visits = connection.table("v")
    ways, order = journey.ways(visits, within=within), ["us", "position"]
    rows = sequences._chosen(visits, "visitor_id", [])
    other = sequences._ordered(rows, "30min", within, group_by="who", order_by=order)
    keys = ["who", "us", "event", "step", "next", "tied"]
    named = ways.table.join(ways.ids, "who").drop("who").rename(who="id")
    one, two = (each.select(*keys).execute().sort_values(keys) for each in (named, other))
    assert one.reset_index(drop=True).equals(two.reset_index(drop=True))
    assert ways.visits == int((other.step == 1).sum().execute())


def test_shuffled_rows_give_the_same_ways():
    rows = table(SIX)
    shuffled = rows.order_by(rows.position * 7919 % 23)
    one, two = journey.transitions(rows).frame, journey.transitions(shuffled).frame
    pd.testing.assert_frame_equal(one, two)


def test_ten_thousand_names_are_counted_together_and_told():
    rows = [(f"u{k % 50}", f"n{k}", k) for k in range(10_000)] + [("u1", "x", 1)] * 500
    found = journey.ways(table(rows))
    assert "10,001 event names" in found.notes[0]
    assert set(found.table.event.execute()) >= {"x", "(other)"}


def test_one_event_a_person_is_told():
    found = journey.transitions(table([("a", "x", 1), ("b", "x", 2)]))
    assert found.headline == "No event is followed by another in the same visit."
    assert any("one event alone" in note for note in found.notes)


def test_a_visit_goes_on_across_midnight_and_a_clock_change():
    before = pd.Timestamp("2025-03-30 00:50", tz="UTC") - pd.Timestamp("2025-01-01", tz="UTC")
    rows = way("a", "xyz", start=int(before.total_seconds()), every=20 * 60)
    rows += way("b", "xyz", start=86_400 - 60)
    assert journey.ways(table(rows)).visits == 2


def test_sessions_that_the_export_names_are_kept():
    rows = table([("a", "x", 0), ("a", "y", 10), ("a", "z", 9000)])
    named = rows.mutate(session_id=ibis.ifelse(rows.event == "x", "1", "2"))
    found = journey.ways(named)
    assert found.visits == 2
    assert found.table.filter(found.table.event == "y").begin.execute().tolist() == [2]


def test_events_of_nobody_are_told_and_a_table_without_any_is_refused():
    rows = table([(None, "x", 1), ("a", "x", 2)])
    assert "1 event without a visitor left out." in journey.ways(rows).notes
    with pytest.raises(journey.WaysError, match="no visit has a visitor"):
        journey.ways(table([(None, "x", 1)]))


def test_a_step_that_nobody_took_is_named():
    with pytest.raises(journey.JourneyError, match="nobody did 'z'"):
        journey.funnel(table(SIX), steps=["h", "z"], as_of="2025-02-01")


@pytest.fixture(scope="module")
def others():
    golden = json.loads((ROOT / "tests/golden/journey_paths.json").read_text())
    rng, rows = np.random.default_rng(golden["seed"]), []
    names = np.array(["home", "search", "product", "basket", "delivery", "pay"])
    for person in range(60):
        n = int(rng.integers(1, 16))
        events = names[rng.integers(0, 6, n)]
        at = np.sort(rng.choice(100_000, n, replace=False))
        rows += [(f"u{person:02d}", *pair) for pair in zip(events, map(int, at), strict=True)]
    return golden, journey.ways(table(rows), within="person")


def test_transitions_are_those_of_pm4py_and_retentioneering(others):
    golden, ways = others
    edges = journey.transitions(ways).frame
    found = {f"{a}>{b}": n for a, b, n in edges[["term", "against", "count"]].to_numpy()}
    inner = {k: n for k, n in found.items() if "(" not in k}
    assert inner == golden["pm4py"] == golden["retentioneering"]
    assert {k[8:]: n for k, n in found.items() if k.startswith("(start)")} == golden["starts"]
    assert {k[:-6]: n for k, n in found.items() if k.endswith("(end)")} == golden["ends"]


def test_steps_and_funnel_are_those_of_retentioneering(others):
    golden, ways = others
    steps = journey.step_matrix(ways, steps=5).frame
    for rank, counts in golden["steps"].items():
        rows = steps[steps["rank"] == int(rank)]
        assert dict(zip(rows["term"], rows["count"], strict=True)) == counts
    done = journey.funnel(ways, steps=["home", "basket", "pay"], as_of="2025-02-01")
    assert done.frame["n"].tolist() == golden["funnel"]


@pytest.mark.parametrize("within", ["visit", "person"])
def test_ways_read_in_passes_and_asked_where_they_lie_give_the_same(within, monkeypatch):
    rng = np.random.default_rng(8)
    n = 3000
    rows = zip(rng.integers(0, 90, n).astype(str), rng.choice(list("abcde"), n),
               np.sort(rng.integers(0, 50_000, n)), strict=True)  # fmt: skip
    visits = table(list(rows))
    monkeypatch.setattr(passes, "AT_ONCE", 7)
    ways = journey.ways(visits, within=within)
    assert ways.kept
    way = partial(journey.funnel, steps=["a", "b", "c"], as_of="2026-01-01")
    for ask in (journey.transitions, journey.step_matrix, way):
        read, asked = ask(ways), ask(replace(ways, kept=False))
        pd.testing.assert_frame_equal(read.frame, asked.frame, rtol=1e-9)
        assert read.headline == asked.headline


def test_postgresql_gives_the_same_ways(postgres):
    rng = np.random.default_rng(9)
    rows = zip(rng.integers(0, 40, 800).astype(str), rng.choice(list("abcd"), 800),
               np.sort(rng.integers(0, 9_000, 800)), strict=True)  # fmt: skip
    here = table(list(rows))
    there = postgres.create_table("ways_of_people", here.execute(), temp=True)
    way = partial(journey.funnel, steps=["a", "b", "c"], as_of="2026-01-01")
    pair = [journey.ways(each) for each in (here, there)]
    assert (pair[0].events, pair[0].visits, pair[0].tied) == (
        pair[1].events, pair[1].visits, pair[1].tied)  # fmt: skip
    assert not pair[1].kept
    for ask in (journey.transitions, journey.step_matrix, journey.loops, journey.commonest, way):
        one, other = (ask(ways) for ways in pair)
        pd.testing.assert_frame_equal(one.frame, other.frame, check_dtype=False, rtol=1e-9)
        assert one.headline == other.headline
