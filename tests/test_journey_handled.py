"""Who settles what, and who leaves after waiting: by hand, by planted truth, under chance alone."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

from cxlab import journey, study
from cxlab.journey.workings.adjusting import difference
from tests.conftest import ROOT
from tests.test_journey_contacts import AS_OF, SIX, contacts

SAMPLE = ROOT / "data" / "sample"
ASK = {"as_of": AS_OF}


@pytest.fixture(scope="module")
def kestrel():
    return study.load(SAMPLE / "journey.yaml")


@pytest.fixture(scope="module")
def planted():
    return json.loads((SAMPLE / "truth_helpdesk.json").read_text())


# ---------------------------------------------------------------- who handled it


def own(told, term="handled by"):
    rows = told.frame[told.frame["against"].isna() & told.frame["term"].eq(term)]
    return rows.set_index(["group", "part"])["estimate"]


def apart(told, part, term="handled by"):
    rows = told.frame[told.frame["against"].notna() & told.frame["part"].eq(part)]
    return rows[rows["term"] == term].iloc[0]


def test_what_stays_settled_by_hand(monkeypatch):
    monkeypatch.setattr(sys.modules["cxlab.journey.handled"], "FEWEST", 1)
    by = ["bot", "bot", "person", "person", "person", "bot", "person"]
    told = own(journey.handled(SIX.assign(handled_by=by), **ASK))
    # in order of days: b (opened again), a (solved, back after five days), c (open, not back),
    # d (solved), e (not solved), a's second (not solved), f (too late to tell)
    assert told["bot", "said to be settled"] == 1 / 3  # a, of a, a's second and e
    assert told["bot", "settled"] == 0
    assert told["bot", "back again"] == 1 / 3
    assert told["person", "said to be settled"] == 1 / 2  # d, of b and d
    assert told["person", "settled"] == 1 / 2  # of c it is not known


def test_of_contacts_that_do_not_tell_how_they_ended_repeats_alone_count(monkeypatch):
    monkeypatch.setattr(sys.modules["cxlab.journey.handled"], "FEWEST", 1)
    bare = SIX.drop(columns=["resolved", "reopened"]).assign(
        handled_by=["bot", "person"] * 3 + ["bot"]
    )
    told = own(journey.handled(bare, **ASK))
    assert told["bot", "settled"] == pytest.approx(1 - told["bot", "back again"])
    assert ("bot", "said to be settled") not in told.index


def desk(seed, n=900, bot=-0.2, hard=0.5):
    """Contacts of two kinds; a bot gets the easy ones, and settles `bot` more of its kind."""
    rng = np.random.default_rng(seed)
    kind = rng.random(n) < 0.5
    by = rng.random(n) < np.where(kind, 0.2, 0.7)
    settled = rng.random(n) < 0.9 - hard * kind + bot * by
    rows = contacts(*[(f"c{k}", float(k % 80), 1, 2) for k in range(n)])
    return rows.assign(kind=np.where(kind, "hard", "easy"), resolved=settled,
                       handled_by=np.where(by, "bot", "person"))  # fmt: skip


def test_a_bot_that_gets_the_easy_ones_is_held_against_its_kind():
    hits = 0
    for seed in range(60):
        row = apart(journey.handled(desk(seed), **ASK), "settled")
        true = -0.2 if row["group"] == "bot" else 0.2  # against the larger of the two
        hits += row["conf_low"] <= true <= row["conf_high"]
    assert 53 <= hits <= 60
    told = journey.handled(desk(0), **ASK)
    assert told.headline.startswith("Contacts handled by 'bot' are said to be settled in ")
    assert "'person'" in told.headline


def test_where_all_settle_alike_no_way_is_named():
    named = [journey.handled(desk(seed, bot=0), **ASK).headline for seed in range(60)]
    assert sum("no more than chance" not in said for said in named) <= 7


def test_an_experiment_by_lot_is_told_as_one():
    rng = np.random.default_rng(3)
    people = pd.DataFrame({"customer_id": [f"c{k}" for k in range(900)],
                           "arm": rng.choice(["bot first", "control"], 900)})  # fmt: skip
    rows = desk(1, bot=0, hard=0)
    bot = rows["customer_id"].map(people.set_index("customer_id")["arm"]).eq("bot first")
    rows["resolved"] = rng.random(900) < 0.9 - 0.3 * bot
    told = journey.handled(rows, people, treated="arm", **ASK)
    row = apart(told, "settled", "experiment")
    assert row["conf_low"] <= -0.3 <= row["conf_high"]
    assert told.headline.startswith("Dealt by lot, the treatment moves the share ")
    elsewhere = journey.handled(rows, people, treated="nowhere", **ASK)
    assert set(elsewhere.frame["term"]) == {"handled by"}


def test_contacts_that_do_not_tell_are_refused():
    with pytest.raises(journey.JourneyError, match="do not tell who handled them"):
        journey.handled(SIX, **ASK)
    with pytest.raises(journey.JourneyError, match="fewer than two ways"):
        journey.handled(desk(0).assign(handled_by="person"), **ASK)


def test_a_kind_that_one_way_alone_handles_is_not_compared():
    rows = desk(0)
    rows = rows.assign(y=1.0 * rows["resolved"], kind=rows["handled_by"])
    told = difference(rows, "y", rows["handled_by"].eq("bot"), ["kind"], 0.95)
    assert told == {}


def test_contacts_of_one_customer_count_as_one_customer():
    rows = desk(0, n=200).assign(y=lambda frame: 1.0 * frame["resolved"])
    four = pd.concat([rows] * 4, ignore_index=True)
    one, same = (difference(each, "y", each["handled_by"].eq("bot"), [], 0.95)
                 for each in (rows, four))  # fmt: skip
    assert same["estimate"] == pytest.approx(one["estimate"])
    assert same["conf_low"] == pytest.approx(one["conf_low"], abs=0.002)
    assert same["conf_high"] == pytest.approx(one["conf_high"], abs=0.002)


# ---------------------------------------------------------------- leaving after waiting


def waited(slope, n=2000, seed=5):
    """Customers of whom 10% leave, and `slope` more with each doubling of the wait."""
    rng = np.random.default_rng(seed)
    wait = np.exp(rng.normal(1.0, 1.2, n))
    rows = contacts(*[(f"c{k}", 0.0, w, w + 1) for k, w in enumerate(wait)])
    left = rng.random(n) < 0.10 + slope * np.log2(wait / wait.min())
    gone = rows["opened_at"] + pd.to_timedelta(
        np.where(left, rng.integers(1, 80, n), 400), unit="D"
    )
    people = pd.DataFrame({"customer_id": rows["customer_id"], "churned_at": gone.where(left),
                           "monthly_fee": 20.0})  # fmt: skip
    return rows, people, wait


def test_of_whom_leaving_is_told_by_hand():
    rows, people, _ = waited(0.02)
    day = pd.Timestamp("2025-01-01", tz="UTC")
    again = contacts(("c0", 30, 1, 2), ("c1", 40, 1, 2))  # second contacts do not count
    late = contacts(("new", 60, 1, 2), ("gone", 5, 1, 2))  # too late to tell; after leaving
    more = pd.DataFrame({"customer_id": ["new", "gone"],
                         "churned_at": [pd.NaT, day + pd.Timedelta("2D")]})  # fmt: skip
    told = journey.impatience(pd.concat([rows, again, late]), pd.concat([people, more]),
                              within="80D", as_of=AS_OF)  # fmt: skip
    assert told.base.startswith("2,000 customers, each with the first contact.")


def test_leaving_that_goes_with_waiting_is_told_in_people_and_money():
    hits, told = 0, None
    for seed in range(40):
        rows, people, wait = waited(0.04, seed=seed)
        told = journey.impatience(rows, people, within="80D", as_of=AS_OF, currency="EUR")
        row = told.frame.set_index("term").loc["if answered in time"]
        true = 0.04 * -np.maximum(np.log2(wait / 4), 0).mean()
        hits += row["conf_low"] <= true <= row["conf_high"]
    assert hits >= 34
    people = 2000 * row["estimate"]
    assert f"the number who left would differ by −{-people:.0f} (" in told.notes[-1]
    assert f"The fees they pay a month would by EUR −{-people * 20:,.2f}." in told.notes[-1]
    assert told.headline.startswith("The share who leave within 80 days goes from ")


def test_leaving_by_chance_goes_with_no_wait_and_no_what_if_is_told():
    said = [journey.impatience(*waited(0, n=400, seed=seed)[:2], within="80D", as_of=AS_OF)
            for seed in range(40)]  # fmt: skip
    assert sum("no more than chance" not in told.headline for told in said) <= 6
    assert not any("causal" in told.notes[-1] for told in said if "no more" in told.headline)
    with pytest.raises(journey.JourneyError, match="no customer list tells who left"):
        journey.impatience(SIX, None, as_of=AS_OF)


# ---------------------------------------------------------------- the help desk of the sample


def test_the_planted_knee_and_personal_word_are_found(kestrel, planted):
    ask = {"as_of": kestrel.mapping.until()}
    knee = journey.promptness(kestrel.interactions, **ask).frame.set_index("term").loc["knee"]
    assert knee["time_low"] <= planted["knee_hours"] <= knee["time_high"]
    personal = apart(journey.handled(kestrel.interactions, **ask), "rating", "personal")
    assert personal["conf_low"] <= planted["personal"] <= personal["conf_high"]


def test_the_agent_far_off_is_found_and_the_spread_is_not_of_the_week(kestrel, planted):
    ask = {"as_of": kestrel.mapping.until()}
    told = journey.agents(kestrel.interactions, named=True, **ask).frame.set_index("term")
    assert told.loc[planted["agent_furthest_off"], "verdict"] == "below"
    spread = journey.consistency(kestrel.interactions, **ask).frame.set_index("term")
    assert spread.loc["agent", "p_adjusted"] < 1e-6
    assert spread.loc["week", "conf_low"] == 0


def test_repeats_that_a_bot_hides_are_found(kestrel, planted):
    told = journey.handled(kestrel.interactions, as_of=kestrel.mapping.until())
    rows = told.frame[told.frame["against"].isna()].set_index(["group", "part"])
    said, kept = (rows.loc[("Bot", part)] for part in ("said to be settled", "settled"))
    true = planted["said_to_be_resolved"]["Bot"]
    assert said["conf_low"] <= true <= said["conf_high"]
    true *= 1 - planted["of_those_back_again"]["Bot"]
    # others of the customer's contacts fall into the week, too: some 4 in 100
    assert kept["conf_low"] - 0.05 <= true <= kept["conf_high"] + 0.05
    assert told.headline.startswith("Contacts handled by 'Bot' are said to be settled in 85%")


def test_ways_of_leavers_and_stayers_are_set_side_by_side(kestrel):
    ways = journey.ways(kestrel.visits, who="customer_id")
    told = journey.compare_ways(ways, kestrel.customers)
    assert told.headline.startswith("The ways of leavers and stayers part nowhere")
    with pytest.raises(journey.JourneyError, match="neither by NPS nor by who left"):
        journey.compare_ways(ways, kestrel.customers[["customer_id"]])


def test_a_side_of_which_nobody_did_it_is_no_sure_thing():
    rng, sure = np.random.default_rng(6), 0
    for _ in range(400):
        rows = pd.DataFrame({"customer_id": np.arange(460), "y": 1.0 * (rng.random(460) < 0.02)})
        told = difference(rows, "y", pd.Series(np.arange(460) < 60), [], 0.95)
        sure += told["p_value"] < 0.05
    assert sure <= 34
