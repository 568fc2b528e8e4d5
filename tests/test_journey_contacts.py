"""Contacts: stages, scores after them, waiting, agents; by hand, beside R, by planted truth."""

import json

import ibis
import numpy as np
import pandas as pd
import pytest

from cxlab import codebook, journey, results, retention
from cxlab.journey.peaks import _summed
from cxlab.journey.workings.half import median_time
from cxlab.journey.workings.mixed import shared
from tests.conftest import ROOT

AS_OF = "2025-03-31"


def contacts(*rows, **columns):
    """Make contacts of who, day opened, hours to the reply, hours to the end (or None)."""
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "reply", "end"])
    opened = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(frame["day"], unit="D")
    hours = {
        name: pd.to_timedelta(frame[name].astype(float), unit="h") for name in ("reply", "end")
    }
    given = {"opened_at": opened, "first_reply_at": opened + hours["reply"],
             "closed_at": opened + hours["end"]}  # fmt: skip
    return frame[["customer_id"]].assign(**given, **columns)


SIX = contacts(
    ("a", 0, 1, 10), ("a", 5, 2, 20), ("b", 0, 3, 30), ("c", 1, 4, None), ("d", 2, 5, 50),
    ("e", 3, 6, 60), ("f", 85, 7, None),
    stage=["buy", "buy", "buy", "use", "use", "use", "use"],
    resolved=pd.array([True, False, True, None, True, False, None], "boolean"),
    reopened=pd.array([False, False, True, False, False, False, False], "boolean"),
)  # fmt: skip


def card(frame=SIX, **words):
    rows = journey.scorecard(frame, as_of=AS_OF, **words).frame
    return rows.set_index(["group", "part"])["estimate"]


def test_a_scorecard_of_six_by_hand():
    told = card()
    assert told["buy", "customers"] == 2
    assert told["buy", "contacts"] == 3
    assert told["buy", "share failed"] == 2 / 3  # one not resolved, one opened again
    assert told["use", "share failed"] == 1 / 2  # of the two whose end is known
    assert told["buy", "share back again"] == 1 / 3  # a, five days later
    assert told["use", "share back again"] == 0  # f's seven days are not over: of three


def test_of_contacts_of_which_only_the_day_is_known_the_number_is_told():
    bare = SIX[["opened_at"]].assign(kind="visit")
    told = card(bare, by="kind")
    assert told["visit", "contacts"] == len(SIX)


def test_open_cases_wait_until_now_as_survival_has_it():
    told = card()
    use = pd.DataFrame({"tenure": [24 * 89.0, 50, 60, 24 * 5.0], "churned": [0, 1, 1, 0]})
    curve = retention.survival(use).frame
    assert told["use", "hours to the end"] == curve.loc[curve["estimate"] <= 0.5, "time"].iloc[0]
    assert told["buy", "hours to the end"] == 20


def test_the_median_and_its_interval_are_those_of_survival():
    rng = np.random.default_rng(4)
    time, seen = np.round(rng.exponential(20, 80), 1) + 0.1, rng.random(80) < 0.7
    stay = retention.stay(pd.DataFrame({"tenure": time, "churned": seen})).frame
    row = stay[stay["term"].astype(str).str.contains("median")].iloc[0]
    half = median_time(time, seen)
    assert half == pytest.approx((row["estimate"], row["conf_low"], row["conf_high"]))


def test_stages_of_the_study_file_and_contacts_of_none():
    done = journey.scorecard(SIX, stages={"after": ["us*"], "before": ["none"]}, as_of=AS_OF)
    assert set(done.frame["group"]) == {"after", "(no stage)"}
    assert "3 of 7 contacts (43%) belong to no stage" in done.notes[0]


def answers(**scores):
    rows = pd.DataFrame([(who, day, nps) for who, (day, nps) in scores.items()],
                        columns=["customer_id", "day", "nps"])  # fmt: skip
    at = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(rows["day"], unit="D")
    return rows.assign(answered_at=at)


def test_an_answer_tells_of_the_last_contact_within_the_time_before():
    given = answers(a=(6, 0), b=(31, 10), c=(0, 0), d=(3, 10), e=(90, 9), f=(86, 10), g=(5, 10))
    done = journey.hurts(SIX, given, as_of=AS_OF)
    rows = done.frame.set_index("group")
    # a tells of buying; b's contact is 31 days old, c's comes later, e's is too old, g has none
    assert rows["count"].to_dict() == {"use": 2, "buy": 1}
    assert rows.loc["buy", "raw"] == -100
    # scores −100, 100, −100, 100 × 4 have the mean 300/7; without a's they have 400/6
    assert rows.loc["buy", "felt"] == pytest.approx(400 / 6 - 300 / 7)


def test_where_it_hurts_is_found_and_said():
    rng = np.random.default_rng(1)
    who = [f"c{k}" for k in range(600)]
    stage = rng.choice(["buy", "use", "help"], 600)
    frame = contacts(*[(one, 1, 1, 2) for one in who], stage=stage)
    nps = np.where((stage == "help") & (rng.random(600) < 0.7), 2, 9)
    done = journey.hurts(frame, answers(**{w: (3, s) for w, s in zip(who, nps, strict=True)}),
                         as_of=AS_OF)  # fmt: skip
    assert done.headline.startswith("Of the stages, 'help' weighs most")
    assert done.frame.set_index("group").loc["help", "p_first"] > 0.99


@pytest.mark.parametrize(
    ("low", "said"),
    [
        ({"help": 0.6, "wait": 0.58}, "Of the stages, 'help' and 'wait' weigh most: lower ans"),
        ({"help": 0.5, "wait": 0.48, "buy": 0.47}, "Lower answers after 'help' amount to "),
    ],
)
def test_a_first_place_is_told_only_where_no_other_may_have_it(low, said):
    stage = np.repeat(["buy", "use", "help", "wait"], 150)
    place = np.tile(np.arange(150) / 150, 4)
    nps = np.where(place < pd.Series(stage).map(low).fillna(0.1), 2, 9)
    frame = contacts(*[(f"c{k}", 1, 1, 2) for k in range(600)], stage=stage)
    given = answers(**{f"c{k}": (3, int(score)) for k, score in enumerate(nps)})
    done = journey.hurts(frame, given, as_of=AS_OF)
    assert done.headline.startswith(said)
    assert ("cannot be told" in done.headline) == ("buy" in low)


@pytest.mark.parametrize(("bad", "said"), [(0.6, "those at 'help'"), (0.3, "cannot be told")])
def test_where_cases_stay_open_most_is_told_only_beyond_chance(bad, said):
    stage = np.repeat(["buy", "use", "help"], 100)
    open_ = np.tile(np.arange(100) / 100, 3) < np.where(stage == "help", bad, 0.28)
    frame = contacts(*[(f"c{k}", 1, 1, 2) for k in range(300)], stage=stage)
    done = journey.scorecard(frame.assign(resolved=~open_), as_of=AS_OF)
    assert done.headline.endswith(f"{said}: 60%." if bad == 0.6 else f"{said}.")


def test_nothing_stands_apart_where_all_are_alike():
    rng = np.random.default_rng(2)
    who = [f"c{k}" for k in range(300)]
    frame = contacts(*[(one, 1, 1, 2) for one in who], stage=rng.choice(["buy", "use"], 300))
    given = answers(
        **{one: (3, int(s)) for one, s in zip(who, rng.integers(0, 11, 300), strict=True)}
    )
    assert journey.hurts(frame, given, as_of=AS_OF).headline.startswith("No stage stands apart")


def test_where_no_contact_names_a_stage_none_hurts_and_few_answers_tell_of_none():
    given = answers(a=(6, 0), d=(3, 10), f=(86, 10))
    nameless = SIX.assign(stage=None)
    with pytest.raises(journey.JourneyError, match="no contact names its stage"):
        journey.hurts(nameless, given, as_of=AS_OF)
    few = journey.hurts(SIX, given, as_of=AS_OF, smallest=2).frame.set_index("group")
    assert few.loc["use", "raw"] == 100
    assert few.loc["buy", ["count", "raw", "felt"]].isna().all()


def stage_of_three(score: str, **more):
    """Six customers: a, b bought and are content, c, d used and are not, e, f none."""
    frame = contacts(*[(who, 1, 1, 2) for who in "abcd"], stage=["buy", "buy", "use", "use"])
    rows = pd.DataFrame({"customer_id": [*"abcdef"], score: [1, 2, 6, 7, 1, 1], **more})
    return frame, rows.assign(answered_at=pd.Timestamp("2025-01-04", tz="UTC"))


def test_where_low_is_good_a_high_score_hurts():
    frame, given = stage_of_three("ces")
    low = codebook.Scale.model_validate({"range": "1..7", "better": "low"})
    asked = {"score": "ces", "as_of": AS_OF}
    felt, plain = (journey.hurts(frame, given, scale=at, **asked).frame.set_index("group")["felt"]
                   for at in (low, None))  # fmt: skip
    # all have the mean 3, those but c and d 5/4; where high is good, a and b hurt instead
    assert felt["use"] == pytest.approx(3 - 5 / 4)
    assert plain.to_numpy() == pytest.approx(-felt.to_numpy())
    card = journey.scorecard(frame, responses=given, scales={"ces": low}, as_of=AS_OF).frame
    assert "CES after it, low is good" in set(card["part"])


def test_answers_count_by_their_weight():
    frame, given = stage_of_three("ces", weight=[1.0, 1, 2, 2, 0, None])
    told = journey.hurts(frame, given, score="ces", weight="weight", as_of=AS_OF)
    rows = told.frame.set_index("group")
    # (1 + 2 + 12 + 14) / 6 for all, (12 + 14) / 4 for those who used
    assert rows.loc["buy", "felt"] == pytest.approx(26 / 4 - 29 / 6)
    assert rows.loc["use", "count"] == 2
    assert told.base.endswith("follow a contact, weighted.")
    asked = {"responses": given, "weight": "weight", "scales": {"ces": None}, "as_of": AS_OF}
    card = journey.scorecard(frame, **asked).frame.set_index(["group", "part"])["estimate"]
    assert card["use", "CES after it"] == 6.5


def test_people_of_a_stage_are_counted_over_contacts_and_visits():
    seen = [("a", "v1", "view"), (None, "v2", "view"), (None, "v2", "help"), ("g", "v3", "hm[")]
    visits = ibis.memtable(pd.DataFrame(seen, columns=["customer_id", "visitor_id", "event"]))
    way = {"look": ["VIEW"], "buy": ["buy"], "help": ["use", "he*"], "odd": ["hm[*"]}
    rows = journey.reached(SIX, visits, stages=way, as_of=AS_OF).frame.set_index("group")
    # people: six of the contacts, the stranger v2, and g
    assert rows["n"].to_dict() == {"look": 2, "buy": 2, "help": 5, "odd": 1}
    assert rows["share"]["help"] == 5 / 8
    assert rows.loc["help", ["count", "events"]].tolist() == [4, 1]
    alone = journey.reached(visits=visits, stages={"buy": ["buy"], "look": ["view"]}, as_of=AS_OF)
    assert "50% of what is known of them belongs to no stage" in alone.headline


# ---------------------------------------------------------------- between groups

GOLDEN = json.loads((ROOT / "tests/golden/journey_icc.json").read_text())


def test_variances_are_those_of_lme4():
    kind = pd.get_dummies(pd.Series(GOLDEN["kind"]), drop_first=True).to_numpy(float)
    y, group = np.array(GOLDEN["y"]), np.array(GOLDEN["group"])
    found = shared(y, group, np.column_stack([np.ones(len(y)), kind]))
    assert found.between == pytest.approx(GOLDEN["between"], rel=1e-4)
    assert found.within == pytest.approx(GOLDEN["within"], rel=1e-4)
    assert found.low < found.share < found.high


def test_the_share_between_equal_groups_has_a_closed_form():
    rng = np.random.default_rng(5)
    y = rng.normal(size=(12, 10)) + rng.normal(size=(12, 1))
    between, within = 10 * y.mean(axis=1).var(ddof=1), y.var(axis=1, ddof=1).mean()
    icc = (between - within) / (between + 9 * within)
    found = shared(y.ravel(), np.repeat(np.arange(12), 10), np.ones((120, 1)))
    assert found.share == pytest.approx(icc, abs=1e-6)


def test_the_interval_of_the_share_covers_as_often_as_it_says():
    rng, hits = np.random.default_rng(6), 0
    group, one = np.repeat(np.arange(15), 12), np.ones((180, 1))
    for _ in range(200):
        y = rng.normal(size=180) + 0.5 * rng.normal(size=15)[group]
        found = shared(y, group, one)
        hits += found.low <= 0.2 <= found.high
    assert 181 <= hits <= 198


def desk(n=1200, spread=0.0, off=0.0, seed=7):
    rng = np.random.default_rng(seed)
    agent = rng.integers(0, 12, n)
    csat = 3.5 + spread * rng.normal(size=12)[agent] - off * (agent == 3) + rng.normal(size=n)
    rows = [(f"c{k}", float(k % 80), 1, 2) for k in range(n)]
    return contacts(*rows, csat=csat, agent=[f"Ann {k}" for k in agent])


def test_one_agent_far_off_is_beyond_the_limits_under_a_pseudonym():
    done = journey.agents(desk(off=1.2), as_of=AS_OF)
    assert (done.frame["verdict"] == "below").sum() == 1
    assert not done.frame["term"].str.contains("Ann").any()
    named = journey.agents(desk(off=1.2), as_of=AS_OF, named=True).frame
    assert named.loc[named["verdict"] != "within", "term"].tolist() == ["Ann 3"]


def test_agents_alike_are_within_the_limits():
    done = journey.agents(desk(), as_of=AS_OF)
    assert (done.frame["verdict"] == "within").all()
    assert "not one lies beyond" in done.headline
    assert "no more between" in journey.consistency(desk(), as_of=AS_OF).headline


def test_agents_are_refused_where_none_is_named():
    with pytest.raises(journey.JourneyError, match="names its agent"):
        journey.agents(desk().assign(agent=None), as_of=AS_OF)
    with pytest.raises(journey.JourneyError, match="no contact has CSAT"):
        journey.agents(desk().drop(columns="csat"), as_of=AS_OF)


# ---------------------------------------------------------------- cost, peak and end


def test_cost_of_a_case_by_hand(monkeypatch):
    monkeypatch.setattr("cxlab.journey.serving.FEWEST", 1)
    frame = SIX.assign(cost=[5.0, 7, 4, 9, 3, 6, 8])
    told = journey.cost_to_serve(frame, as_of=AS_OF)
    rows = told.frame.set_index(["part", "group"])["estimate"]
    # a came back: 12; b was opened again: 4; e failed: 6; d alone was settled at once: 3; of c and
    # f it is not known. The three cost 22, and 22 - 3 × 3 more than had they been like d
    assert rows["a case", "settled first time"] == 3
    assert rows["a case", "not settled first time"] == pytest.approx(22 / 3)
    assert rows["spared if settled first", "all cases"] == pytest.approx(13)
    with pytest.raises(journey.JourneyError, match="contacts have no cost"):
        journey.cost_to_serve(SIX, as_of=AS_OF)


def test_cost_to_serve_by_what_customers_say(monkeypatch):
    monkeypatch.setattr("cxlab.journey.serving.FEWEST", 1)
    frame = SIX.assign(cost=[5.0, 7, 4, None, 3, 6, 8])
    given = answers(a=(9, 2), b=(9, 10), c=(9, 5), z=(9, 9))
    orders = pd.DataFrame({"customer_id": ["a", "a", "z"], "refunded": [10.0, 1, 2]})
    told = journey.cost_to_serve(frame, given, orders, as_of=AS_OF)
    rows = told.frame.set_index(["part", "group"])["estimate"]
    assert rows["contacts", "detractors"] == 6  # a's 12 and c's, of whom no cost is known
    assert rows["contacts", "promoters"] == 2  # b's 4 and z, who never got in touch
    assert rows["refunds", "detractors"] == 11 / 2
    assert "1 contact without a cost count as none." in told.notes


def test_what_is_spared_covers_what_was_planted():
    hits, rng = 0, np.random.default_rng(11)
    for _ in range(40):
        bad = rng.random(200) < 0.3
        frame = contacts(*[(f"c{k}", 1, 1, 2) for k in range(200)]).assign(
            cost=5 + 3 * bad + rng.exponential(2, 200), resolved=~bad)  # fmt: skip
        rows = journey.cost_to_serve(frame, as_of=AS_OF).frame.set_index("part")
        row = rows.loc["spared if settled first"]
        hits += row["conf_low"] <= 3 * bad.sum() <= row["conf_high"]
    assert hits >= 34


def rated(weights, n=500, seed=12):
    """Customers with three rated contacts and a score made of the worst, last and mean of them."""
    rng = np.random.default_rng(seed)
    csat = rng.integers(1, 6, (n, 3)).astype(float)
    rows = [(f"c{k}", day, 1, 2) for k in range(n) for day in (1, 2, 3)]
    parts = np.column_stack([csat.min(axis=1), csat[:, -1], csat.mean(axis=1)])
    score = parts @ weights + rng.normal(0, 1, n)
    given = pd.DataFrame({"customer_id": [f"c{k}" for k in range(n)], "mark": score,
                          "answered_at": pd.Timestamp("2025-01-06", tz="UTC")})  # fmt: skip
    return contacts(*rows).assign(csat=csat.ravel()), given


@pytest.mark.parametrize(("weights", "first"), [([1, 0, 0], "worst"), ([0, 1, 0], "last"),
                                                ([0, 0, 2], "mean")])  # fmt: skip
def test_the_moment_that_was_planted_goes_best(weights, first):
    told = journey.peak_end(*rated(weights), score="mark", as_of=AS_OF).frame
    assert told["term"].iloc[0] == first
    assert told["p_first"].iloc[0] > 0.95
    assert told["estimate"].between(-0.1, 1).all()


def test_where_no_moment_tells_the_score_none_is_named():
    told = journey.peak_end(*rated([0, 0, 0]), score="mark", as_of=AS_OF)
    assert told.headline.startswith("No moment of the contacts tells")
    with pytest.raises(journey.JourneyError, match="0 answers follow two or more rated"):
        journey.peak_end(SIX, answers(a=(6, 0)), as_of=AS_OF)


def test_worst_last_and_mean_of_six_by_hand():
    frame = SIX.assign(csat=[4.0, 1, 5, 2, 3, 3, 5])
    rows = _summed(frame, answers(a=(6, 0), b=(7, 10)), "nps", "csat", "30D")
    row = rows.iloc[0]
    assert (len(rows), row["score"]) == (1, -100)  # b was in touch once
    told = row[["worst", "last", "mean", "first", "best"]].tolist()
    assert told == [1, 1, 2.5, 4, 4]


# ---------------------------------------------------------------- waiting


def waits(shape, n=1500, seed=8):
    rng = np.random.default_rng(seed)
    wait = np.exp(rng.normal(1.2, 1.3, n))
    frame = contacts(*[(f"c{k}", float(k % 80), w, w + 1) for k, w in enumerate(wait)])
    return frame.assign(csat=shape(wait) + rng.normal(0, 0.8, n))


def test_a_planted_knee_is_found_within_its_interval():
    done = journey.promptness(waits(lambda w: 4 - 0.8 * np.maximum(np.log2(w / 4), 0)), as_of=AS_OF)
    row = done.frame[done.frame["term"] == "knee"].iloc[0]
    assert row["time_low"] <= 4 <= row["time_high"]
    assert "with a knee at" in done.headline


@pytest.mark.parametrize("shape", [lambda w: 4 - 0.3 * np.log2(w), lambda w: 4 - 0.02 * w,
                                   lambda w: 0 * w + 3.5])  # fmt: skip
def test_lines_without_a_bend_have_no_knee(shape):
    said = journey.promptness(waits(shape), as_of=AS_OF).headline
    assert "with no knee" in said or "no more than chance has it" in said


def test_a_bend_is_not_found_more_often_than_chance_where_there_is_none():
    found = [journey.promptness(waits(lambda w: 0 * w, n=300, seed=k), as_of=AS_OF).frame
             for k in range(60)]  # fmt: skip
    p = [rows.loc[rows["term"] == "knee", "p_value"].iloc[0] for rows in found]
    assert (np.array(p) < 0.05).sum() <= 9


def test_the_what_if_is_what_was_planted_and_says_its_clause():
    frame = waits(lambda w: 4 - 0.3 * np.log2(w))
    done = journey.promptness(frame, hours=4, as_of=AS_OF)
    row = done.frame[done.frame["term"] == "if answered in time"].iloc[0]
    wait = (frame["first_reply_at"] - frame["opened_at"]).dt.total_seconds() / 3600
    true = 0.3 * np.maximum(np.log2(wait / 4), 0).mean()
    assert row["conf_low"] <= true <= row["conf_high"]
    assert "If the association were causal" in done.notes[-1]


def test_handoffs_hold_the_kind_the_same():
    rng = np.random.default_rng(9)
    hard = rng.random(2000) < 0.4
    moved = rng.random(2000) < np.where(hard, 0.5, 0.1)
    frame = contacts(*[(f"c{k}", 1, 1, 2) for k in range(2000)]).assign(
        kind=np.where(hard, "hard", "easy"), csat=4 - hard - 0.4 * moved + rng.normal(size=2000),
        channels_used=np.where(moved, "Phone > Email", "Phone"))  # fmt: skip
    row = journey.handoffs(frame, outcomes=["csat"], as_of=AS_OF).frame.iloc[0]
    assert row["conf_low"] <= -0.4 <= row["conf_high"]
    assert row["raw"] < -0.6


def test_a_reply_before_its_opening_is_left_out_and_told():
    frame = SIX.assign(first_reply_at=SIX["opened_at"] - pd.Timedelta("1h"))
    done = journey.scorecard(frame, as_of=AS_OF)
    assert "hours to the first reply" not in set(done.frame["part"])
    assert any("that can be right" in note for note in done.notes)


def test_no_contacts_and_no_last_moment_are_refused():
    with pytest.raises(results.Misuse, match="the last moment that is known"):
        journey.scorecard(SIX)
    with pytest.raises(journey.JourneyError, match="no contact has a day"):
        journey.scorecard(SIX.iloc[:0], as_of=AS_OF)


def test_contacts_of_no_stage_are_told_by_what_they_name():
    bare = SIX.drop(columns=[c for c in ("stage", "touchpoint", "kind", "channel") if c in SIX])
    by_kind = journey.scorecard(bare.assign(kind=["a", "b"] * 3 + ["a"]), as_of=AS_OF)
    assert by_kind.headline.startswith("Contacts are most often of the kind 'a': 57% of 7")
    none = journey.scorecard(bare, as_of=AS_OF)
    assert none.headline == "None of the 7 contacts names its stage."
