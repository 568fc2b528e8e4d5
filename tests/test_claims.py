"""What a sentence claims is what its numbers carry: made-up answers of which the truth is known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cxlab import (
    churn,
    codebook,
    drivers,
    metrics,
    questions,
    results,
    retention,
    study,
    value,
    weighting,
)
from cxlab.churn.workings import scores
from cxlab.churn.workings.learning import learn
from cxlab.export import leadership
from cxlab.export.audience import held, people
from cxlab.export.sentences import sentence
from cxlab.questionnaire import Asked, Questionnaire
from cxlab.retention.projection import _headline as projected
from cxlab.retention.survival import _curve_headline as curves
from cxlab.study.telling import cells
from tests.small import load, write

WORDS = ("1", "2", "3", "4", "5")


def asked(kind, codes, *, items=("",), answers=WORDS, smallest=1, **known):
    """A questionnaire of one question, and what is known of each person."""
    one = Asked("q", kind, "How?", items, answers, tuple(map(float, range(1, len(answers) + 1))),
                np.atleast_2d(np.asarray(codes)))  # fmt: skip
    people = pd.DataFrame(known)
    segments = tuple(name for name in people if name != "answered_at")
    return Questionnaire((one,), people, segments, None, None, smallest, "all")


def told(kind, codes, **words):
    n = np.atleast_2d(np.asarray(codes)).shape[1]
    return questions.toplines(asked(kind, codes, **words, s=["x"] * n))[0].headline


# ------------------------------------------------------------------ what others may equal


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((21, 20, 9, 9, 9), "q: '1' (31%) or another most often."),
        ((60, 10, 10, 10, 10), "q: '1' most often, 60%."),
        ((21, 20, 20, 20, 19), "q: '1' (21%) or others most often."),
    ],
)
def test_an_answer_that_others_may_equal_is_told_so(counts, said):
    assert told("scale", np.repeat(np.arange(5), counts)) == said


def test_items_that_cannot_be_told_apart_are_not_ranked():
    rng = np.random.default_rng(1)
    alike = np.stack([rng.permutation(np.arange(80) % 5) for _ in range(3)])
    assert "no item stands apart" in told("grid", alike, items=("a", "b", "c"))
    apart = np.stack([np.full(80, 4), rng.integers(0, 5, 80), np.zeros(80, int)])
    said = told("grid", apart, items=("a", "b", "c"))
    assert said == "q: a is highest (5.00 on average), c lowest (1.00)."
    people = {"s": ["x"] * 80}
    grid = questions.grid(asked("grid", alike, items=("a", "b", "c"), **people), question="q")
    assert grid.headline.startswith("'4' and '5': no item stands apart, ")


def test_items_of_chance_do_not_go_together():
    rng = np.random.default_rng(3)
    one = rng.integers(0, 5, 200)
    near = np.stack([one, np.clip(one + rng.integers(-1, 2, 200), 0, 4), rng.integers(0, 5, 200)])
    items = {"items": ("a", "b", "c"), "s": ["x"] * 200}
    chance = asked("grid", rng.integers(0, 5, (3, 200)), **items)
    said = questions.together(chance, question="q").headline
    assert said == "No two items of q detectably go together."
    said = questions.together(asked("grid", near, **items), question="q").headline
    assert said.startswith("'a' and 'b' go together most closely (")


# ------------------------------------------------------------------ over time


def test_a_period_that_is_not_over_is_compared_with_none():
    days = pd.to_datetime(["2025-02-01"] * 40 + ["2025-05-01"] * 40 + ["2025-07-02"] * 30)
    codes = np.r_[np.tile([4, 0], 40), np.tile([4, 0, 0, 0, 0], 6)]  # July begins unhappily
    one = asked("scale", codes, answered_at=days.tz_localize("UTC"))
    assert "2025Q3" in questions.waves(one, question="q").headline
    said = questions.waves(one, question="q", as_of="2025-07-10").headline
    assert said == "q: '4' and '5' stay at 50.0% from 2025Q1 to 2025Q2."


def test_a_first_quarter_of_its_last_days_is_compared_with_none():
    rng = np.random.default_rng(16)
    whole = pd.date_range("2025-10-01", "2025-12-30", periods=180)
    begun = pd.date_range("2025-09-22", "2025-09-30", periods=16)
    rows = pd.DataFrame({"answered_at": [*begun, *whole], "nps": [10] * 16 + [3, 9] * 90})
    rows["customer_id"], rows["region"] = [f"c{k}" for k in range(196)], rng.choice(["a", "b"], 196)
    known = {"as_of": "2025-12-31"}
    line = metrics.trend(rows, period="quarter", **known)
    assert line.frame["verdict"].tolist() == ["incomplete", None]
    assert "2025Q3 is incomplete: answers begin 2025-09-22." in line.notes
    found = metrics.movement(rows, **known)
    assert found.headline.startswith("Whether NPS is moving cannot be said: one finished quarter")
    assert "no change to explain" in metrics.latest_change(rows, by="region", **known).headline
    one = asked("scale", rows["nps"] // 3, answered_at=rows["answered_at"].dt.tz_localize("UTC"))
    said = questions.waves(one, question="q", **known).headline
    assert said == "q: one period that is over has enough answers; nothing to compare it with."
    waves = rows[rows["answered_at"].dt.day > 20]  # of each quarter the end was asked: a wave
    assert metrics.trend(waves, **known).frame["verdict"].ne("incomplete").all()


@pytest.mark.parametrize(("last", "of"), [(12, "2024Q4 to 2025Q1"), (40, "2025Q1 to 2025Q2")])
def test_why_it_moved_is_told_of_quarters_that_may_be_told(last, of):
    n = {"2024-11-01": 30, "2025-02-01": 30, "2025-05-01": last, "2025-08-01": 4}
    rows = pd.DataFrame({"answered_at": pd.to_datetime([day for day in n for _ in range(n[day])])})
    rows["nps"], rows["region"] = np.resize([10, 3, 8], len(rows)), "a"
    before = results.keep_back(10)
    found = metrics.latest_change(rows, by="region", smallest=10, as_of="2025-12-31")
    results.keep_back(before)
    assert found.headline.startswith(of)


def test_a_quarter_of_few_does_not_follow_from_the_others():
    days = pd.to_datetime(["2025-02-01"] * 40 + ["2025-05-01"] * 12 + ["2025-08-01"] * 4)
    one = asked("scale", np.tile([4, 0], 28), smallest=10, answered_at=days.tz_localize("UTC"))
    frame = questions.waves(one, question="q").frame.set_index("period")
    assert frame["n"].isna().to_dict() == {"2025Q1": False, "2025Q2": True, "2025Q3": True}
    assert frame["verdict"]["2025Q3"] == frame["verdict"]["2025Q2"] == "withheld"


@pytest.mark.parametrize(
    ("up", "down", "said"),
    [
        (3, 4, "too few moved up or down to be counted: no detectable change of NPS."),
        (0, 25, "none moved up and 25 down: NPS down "),
        (2, 25, "25 moved down, fewer than 10 the other way: NPS down "),
    ],
)
def test_who_moved_is_told_of_enough(up, down, said):
    before = np.r_[np.full(up, 3), np.full(down, 9), np.full(8, 8)]
    after = np.r_[np.full(up, 9), np.full(down, 3), np.full(8, 8)]
    ids = [f"c{k}" for k in range(len(before))]
    waves = [pd.DataFrame({"customer_id": ids, "nps": each}) for each in (before, after)]
    found = metrics.panel(*waves, score="nps", pair="customer_id", smallest=10)
    assert found.headline.startswith(f"Of {len(ids)} customers in both periods, {said}")


def test_a_fall_that_is_left_at_the_same_mix_is_not_laid_to_the_mix():
    rng = np.random.default_rng(5)
    rows = pd.DataFrame({"region": np.tile(["n", "s"], 60)})
    rows["answered_at"] = pd.to_datetime(["2025-02-01"] * 60 + ["2025-05-01"] * 60)
    said = []
    for fall in np.linspace(0.15, 0.6, 40):
        mood = rng.random(120) - np.repeat([0, fall], 60)
        scored = rows.assign(nps=np.select([mood > 0.6, mood > 0.2], [10, 8], 3))
        asked = {"by": "region", "margins": "region", "as_of": "2025-06-30"}
        found = metrics.latest_change(scored, **asked)
        kept = found.frame.set_index("term").loc["at the same mix", "estimate"]
        if kept / found.frame["estimate"].iloc[0] > 0.5:
            said.append(found.headline)
    assert said
    assert not [one for one in said if "with the mix of" in one]


# ------------------------------------------------------------------ groups


def test_a_group_that_stands_apart_is_named_with_its_segment_and_of_two_one_is_told():
    rows = pd.DataFrame({"city": ["Aachen"] * 60 + ["Bonn"] * 60, "nps": [10] * 50 + [3] * 70})
    found = metrics.compare(rows, by="city").headline
    assert found.startswith("NPS by city: Aachen ")
    assert found.endswith(" above Bonn.")


def test_those_of_a_group_answer():
    codes = np.repeat([4, 0, 0, 4], [45, 15, 45, 15])
    one = asked("scale", codes, arm=["call"] * 60 + ["control"] * 60)
    assert questions.apart(one).headline.startswith("Arm 'control' answers '")


@pytest.mark.parametrize(("seed", "rate", "doubted"), [(0, 1.0, True), (0, 4.0, False)])
def test_curves_that_chance_may_part_are_told_so(seed, rate, doubted):
    rng = np.random.default_rng(seed)
    n = 60
    frame = pd.DataFrame({"tier": np.repeat(["a", "b"], n)})
    life = rng.exponential(np.where(frame["tier"] == "a", 40, 40 / rate))
    frame["tenure"], frame["churned"] = np.minimum(life, 12), life <= 12
    found = retention.survival(frame, unit="month", by="tier")
    assert found.headline.endswith(", as chance may have it.") is doubted, found.headline
    assert curves(found.frame, ["a", "b"], "month") == found.headline


def test_a_table_without_groups_to_compare_counts_no_shares():
    small = asked("scale", np.tile(range(5), 3), smallest=10, s=["x"] * 8 + ["y"] * 7)
    assert questions.banner(small, columns="s").headline == (
        "1 question by s: no group is large enough to be compared with everyone else."
    )


# ------------------------------------------------------------------ leaving


def test_nine_of_ten_are_too_few_to_be_sure_of_the_top_tenth():
    y = np.r_[np.tile([1] * 9 + [0], 2), np.tile([1, 1, 1, 0, 0], 16)]  # nine of the top ten
    score = -np.arange(100.0)
    alone = scores.resampled(scores.lift_top, y, score)
    found = scores.top_tenth(y, score)
    assert alone["conf_low"] > 1 > found["conf_low"]
    many, left = np.repeat(score, 30), np.repeat(y, 30)
    assert scores.top_tenth(left, many)["conf_low"] > 1


def test_of_leavers_who_are_all_in_one_part_nothing_is_learned():
    rows = pd.DataFrame({"seats": np.arange(30.0)})
    with pytest.raises(churn.ChurnError, match="too few left, or stayed"):
        learn(SimpleNamespace(), rows, np.zeros(30))


def test_who_is_between_two_subscriptions_is_no_customer_on_the_day(tmp_path):
    rows = ["customer_id,started_at,ended_at"]
    for k in range(60):
        end = "2025-11-20" if k % 2 else ""
        rows.append(f"stays{k},2024-01-10,{end}")
        rows += [f"back{k},2024-01-10,2025-06-01", f"back{k},2025-12-01,"]
    names = ("customer_id", "started_at", "ended_at")
    columns = {name: name for name in names}
    opened = load(tmp_path, "\n".join(rows), table="subscriptions", columns=columns)
    taken = churn.snapshot(opened, as_of="2025-09-18", horizon="90D", gap="14D", lookback="180D")
    assert set(taken.customer.str[:5]) == {"stays"}
    assert any("60 customers" in note and "come back later" in note for note in taken.notes)


def test_a_projection_that_missed_says_how():
    held = {"time": [0, 1, 2, 3, 9], "estimate": [1, 0.9, 0.8, 0.7, 0.2], "conf_low": 0.1,
            "conf_high": [1, 0.95, 0.85, 0.75, 0.3], "share": [1, 0.9, 0.8, 0.7, np.nan],
            "verdict": ["fitted", *["held out"] * 3, "projected"]}  # fmt: skip
    frame = pd.DataFrame(held).assign(conf_low=[1, 0.85, 0.75, 0.65, 0.1])
    assert projected(frame, "month").endswith("Of 3 months held out, all lie in the band.")
    off = frame.assign(share=[1, 0.5, 0.8, 0.7, np.nan])  # one of three, and not the last
    assert projected(off, "month").endswith("Of 3 months held out, 2 lie in the band.")
    low = frame.assign(share=[1, 0.9, 0.8, 0.5, np.nan])
    assert projected(low, "month") == (
        "The projection failed its test: after 3 months fewer are left than its band allows. "
        "Its 20% after 9 months is no guide."
    )


def test_of_no_champion_none_stayed_one():
    orders = pd.DataFrame({"customer_id": list("abcd") * 2, "amount": 5.0})
    orders["ordered_at"] = pd.to_datetime(["2024-06-01"] * 4 + ["2025-06-01"] * 4)
    found = value.migration(orders, after="2025-12-31").headline
    assert found.startswith("No customer was a champion on 2024-12-31")


def test_who_gives_once_a_year_is_told_of_after_a_year():
    first = pd.date_range("2023-01-05", periods=120, freq="2D")
    again = first[::2] + pd.DateOffset(months=12)
    gifts = pd.DataFrame({"ordered_at": [*first, *again], "amount": 20.0})
    gifts["customer_id"] = [f"c{k}" for k in [*range(120), *range(0, 120, 2)]]
    found = retention.cohorts(gifts, as_of="2025-06-30").headline
    assert found.startswith("12 months after they began, 50.0% of the customers bought")
    found = retention.cohorts(gifts, as_of="2025-06-30", rule="on or after").headline
    assert found.startswith("3 months after they began, 50.0% ")


def test_customers_listed_are_not_said_to_have_been_asked():
    listed = pd.DataFrame({"customer_id": [f"c{k}" for k in range(100)]})
    rows = listed.head(30).assign(nps=9)
    said = [
        weighting.response_rates(rows, listed).headline,
        weighting.tipping_point(rows, asked=listed, person="customer_id").headline,
        metrics.bounds(rows, asked=listed).headline,
    ]
    assert said[0] == "30% of the customers answered."
    assert all("asked" not in one and "customers" in one for one in said), said
    assert "all asked" in metrics.bounds(rows, asked=100).headline


def test_of_a_first_place_that_is_not_settled_nothing_is_told():
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(rng.integers(1, 6, (300, 3)), columns=["a", "b", "c"])
    rows["nps"] = (2 * rows["a"]).clip(0, 10)
    rows["stayed"] = rng.integers(0, 2, 300)
    said = drivers.beside(rows, outcomes=["nps", "stayed"], drivers=["a", "b", "c"], n_boot=50)
    assert said.headline == "A comes first for NPS; which rating does for stayed is not settled."


# ------------------------------------------------------------------ people, not answers


@pytest.mark.parametrize("name", ["file", "line", "damage"])
def test_a_segment_may_not_be_called_as_the_place_of_a_row(name, tmp_path):
    path = write(tmp_path, f"nps,{name}\n9,x\n", columns={"nps": "nps"}, segments=[name])
    with pytest.raises(codebook.MappingError, match=f"'{name}' is kept for the place of a row"):
        study.load(path, cache=False)


@pytest.fixture
def twelve():
    """Twelve customers with fifteen answers each, opened at a floor of ten."""
    rows = pd.DataFrame({"customer_id": np.repeat([f"c{k}" for k in range(12)], 15)})
    rows["nps"] = np.tile([9, 3, 8], 60)
    before = results.keep_back(10, behind=study.telling.people_of_labels(rows, []))
    yield metrics.nps(rows)
    results.keep_back(before)


def test_everyone_may_be_few_people(twelve):
    rows = pd.DataFrame({"customer_id": np.repeat([f"c{k}" for k in range(12)], 15)})
    results.keep_back(20, behind=study.telling.people_of_labels(rows, []))
    assert results.shown(twelve).frame["n"].isna().all()


def test_a_finding_takes_its_people_to_whoever_reads_it_later(twelve):
    finding = twelve._repr_mimebundle_()[results.MIME]
    results.keep_back(0)  # another process knows nothing of who answered
    assert finding["people"] == [12]
    assert held(finding, smallest=10)["frame"]["rows"] == finding["frame"]["rows"]
    hidden = held(finding, smallest=20)
    assert "only groups of 20" in hidden["headline"]
    assert "people" not in hidden
    assert people([finding]) == 12


def test_a_quarter_of_a_region_does_not_tell_that_of_the_others(monkeypatch):
    size = {("A", "2025-02-01"): 40, ("B", "2025-02-01"): 30, ("A", "2025-05-01"): 50,
            ("B", "2025-05-01"): 4}  # fmt: skip
    rows = pd.DataFrame([key for key, n in size.items() for _ in range(n)],
                        columns=["region", "answered_at"])  # fmt: skip
    rows["answered_at"] = pd.to_datetime(rows["answered_at"], utc=True)
    shown = [{"segment": "region", "value": name} for name in "AB"]
    asked = {"by": lambda segment: None, "smallest": 10}
    gone = cells({"responses": rows}, shown, [], **asked)
    assert set(gone[("region", "A")]) >= {"2025Q2"}  # less it, everyone's would be B's four
    monkeypatch.setattr("cxlab.study.telling.MOST_CELLS", 0)  # of very many each by its total
    assert cells({"responses": rows}, shown, [], **asked) == gone
    rows = rows[rows["region"].eq("A") | rows["answered_at"].dt.month.eq(2)]
    assert not cells({"responses": rows}, shown, [], **asked)


def test_a_plan_within_a_region_does_not_tell_of_the_plan_elsewhere(tmp_path):
    rows = ["nps,region,plan,when"]
    for region, plan, n in (("A", "x", 30), ("A", "y", 14), ("B", "x", 20), ("B", "y", 2)):
        rows += [f"{k % 11},{region},{plan},2025-02-01" for k in range(n)]
    path = write(tmp_path, "\n".join(rows), columns={"nps": "nps", "answered_at": "when"},
                 segments=["region", "plan"],
                 whole={"privacy": {"smallest_group": 10},
                        "reports": {"over": {"region": "all", "plan": "all"}}})  # fmt: skip
    opened = study.load(path, cache=False)
    near = opened.part(segment="region", value="A")
    here = near.part()  # as a page asks
    told = results.shown(metrics.nps(here.responses, by="plan")).frame.set_index("group")["n"]
    results.keep_back(0)
    assert told.isna()["y"]  # y less these fourteen would be the two elsewhere


# ------------------------------------------------------------------ answers all alike


def test_answers_all_alike_are_no_certainty():
    days = pd.to_datetime(["2025-02-01"] * 40 + ["2025-05-01"] * 40)
    rows = pd.DataFrame({"answered_at": days, "nps": 9, "region": ["n", "s", "s", "s"] * 20})
    rows.loc[:9, "region"] = "n"
    found = metrics.latest_change(rows, by="region", as_of="2025-06-30")
    assert found.headline == (
        "2025Q1 to 2025Q2: NPS shows no detectable change from 100.0 to 100.0. All answers of a "
        "period are alike: no interval."
    )
    line = metrics.trend(rows, period="quarter", margins=["region"], as_of="2025-06-30").frame
    assert (line["conf_high"] - line["conf_low"] > 5).all()
    assert metrics.compare(rows, by="region").frame["conf_low"].isna().all()
    few = rows.assign(nps=np.repeat([3, 9], 40)).iloc[[0, 1, 40, 41]]
    assert metrics.change(few.head(2), few.tail(2)).frame["verdict"][0].startswith("no detect")
    assert metrics.change(rows.assign(nps=3), rows).frame["verdict"][0] == "moved"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("Half of the customers leave within 24.0 months (23.0 to 25.0).", "well established"),
        ("Half of the customers leave within 24.0 months (20.0 to 39.0).", "tentative"),
        ("Half of the customers leave within 24.0 months (20.0 or more).", "tentative"),
        ("After 12 months, 61% are left (60% to 62%).", "well established"),
        ("Half of a leave within 3 months, half of b within 12.", "counted"),
    ],
)
def test_a_number_with_an_interval_is_not_called_counted(said, word):
    report = {"question": "?", "page": "p"}
    finding = results.Result("survival", pd.DataFrame({"time": [1.0]}), said, "m", "b").to_dict()
    assert sentence(report, finding).word == word


@pytest.mark.parametrize("kept", [0.0, 0.9])
def test_what_a_declared_experiment_found_is_news(kept):
    rng = np.random.default_rng(4)
    given = rng.random(900) < 0.5
    table = pd.DataFrame({"x": rng.normal(size=900)})
    table["left"] = rng.random(900) < 1 / (1 + np.exp(1 + kept * given))
    tried = churn.uplift(churn.from_table(table, label="left"), treated=pd.Series(given))
    row = pd.DataFrame({"estimate": [0.2], "conf_low": 0.1, "conf_high": 0.3, "n": 900})
    names = ("customers leaving", "leaver ranked", "leaving in the top tenth")
    told = [results.Result(name, row, f"{name}: 20.0% (10.0% to 30.0%).", "m", "b", unit="share")
            for name in names]  # fmt: skip
    report = {"notebook": "40_churn", "part": "everyone", "page": "p", "question": "?"}
    report |= {"reading_order": 40, "findings": [one.to_dict() for one in (*told, tried)]}
    said = leadership.Page([report]).sentences[0]
    assert said.text == tried.headline
    assert said.text.startswith("In the experiment, treating everybody ")
    assert (said.word == "well established") is bool(kept), said


def test_of_ratings_all_alike_none_is_best_and_groups_that_answer_alike_are_large_enough():
    rows = pd.DataFrame({"speed": [4] * 60, "price": [4] * 60})
    scale = codebook.Scale(low=1, high=5)
    found = metrics.ratings_overview(rows, ratings={"speed": scale, "price": scale})
    assert found.headline.startswith("No rating stands apart: ")
    one = asked("scale", np.full(80, 3), smallest=10, s=["x"] * 40 + ["y"] * 40)
    assert (
        questions.banner(one, columns="s").headline == "1 question by s: every group answers alike."
    )


def test_a_likelihood_explained_is_no_part_of_a_variance():
    rng = np.random.default_rng(7)
    rows = pd.DataFrame({"ease": rng.integers(1, 6, 200)})
    rows["stayed"] = (rows["ease"] + rng.normal(0, 1.5, 200) > 3).astype(int)
    words = {"outcome": "stayed", "drivers": ["ease"], "n_boot": 20}
    found = drivers.importance(rows, method="mcfadden", **words)
    assert found.headline.startswith("Ease is associated with McFadden's R² of 0.")
    assert not [one for one in (found.headline, *found.notes) if "variance" in one]
    found = drivers.importance(rows, method="lmg", **words)
    assert found.headline.endswith("% of the variance of stayed.")


def test_a_score_worked_out_from_a_rating_is_not_believed():
    draw = np.random.default_rng(3)
    rated = pd.DataFrame(draw.integers(1, 6, (300, 3)).astype(float), columns=["a", "b", "c"])
    csat = rated["a"].where(draw.random(300) < 0.99, 3.0)
    told = drivers.importance(rated.assign(csat=csat), outcome="csat", drivers=["a", "b", "c"])
    assert told.headline.startswith("Too good to be believed: 9")
    assert told.frame["verdict"].tolist()[0] == "suspicious"
    noisy = rated["a"] + draw.normal(0, 1, 300)
    usual = drivers.importance(rated.assign(csat=noisy), outcome="csat", drivers=["a", "b", "c"])
    assert "believed" not in usual.headline
