"""Trends on the right calendar, and changes whose pieces sum to the change."""

import json

import numpy as np
import pandas as pd
import pytest

from cxlab import metrics, study
from cxlab.results import Result


def answers(rng, n: int, shares: dict, levels: dict, **columns) -> pd.DataFrame:
    """Answers by region: `shares` of the regions, `levels` the chance to be a promoter."""
    region = rng.choice(list(shares), n, p=list(shares.values()))
    promoter = rng.random(n) < np.array([levels[name] for name in region])
    return pd.DataFrame({"nps": np.where(promoter, 9, 3), "region": region, **columns})


def total(found: Result, term: str) -> float:
    """The piece of everyone."""
    frame = found.frame
    return float(frame.loc[(frame["term"] == term) & (frame["group"] == "all"), "estimate"].iloc[0])


# ------------------------------------------------------------------ the calendar


def stamps(texts: list[str], zone: str | None = None) -> pd.DataFrame:
    """Answers at these moments."""
    return pd.DataFrame({"nps": 9, "answered_at": pd.to_datetime(texts).tz_localize(zone)})


def test_a_period_begins_in_the_zone_of_the_study():
    # 23:30 UTC on 30 June is already July in London (summer time), and 23:30 on 31 January is not
    rows = stamps(["2025-01-31 23:30", "2025-06-30 23:30"], "UTC")
    london = metrics.calendar(rows["answered_at"], "month", "Europe/London")
    sydney = metrics.calendar(rows["answered_at"], "month", "Australia/Sydney")
    assert london.tolist() == ["2025-01", "2025-07"]
    assert sydney.tolist() == ["2025-02", "2025-07"]


def test_times_without_a_zone_are_local():
    rows = stamps(["2025-06-30 23:30", "2025-07-01 00:00"])
    found = metrics.trend(rows, period="quarter", timezone="Asia/Tokyo", as_of="2025-12-31")
    assert found.frame["period"].tolist() == ["2025Q2", "2025Q3"]


def test_two_periods_are_no_ground_to_call_one_of_them_unusual():
    rows = stamps(["2025-01-10", "2025-02-11", "2025-10-12", "2025-10-13"])
    found = metrics.trend(rows, period="quarter", as_of="2025-12-31")
    assert found.headline == "NPS: 2 quarters with answers, too few to call one unusual."


def test_weeks_run_monday_to_sunday_and_cross_the_year():
    rows = stamps(["2024-12-29 23:59", "2024-12-30 00:00", "2025-01-05 23:59"])
    found = metrics.trend(rows, period="week", as_of="2025-01-05")
    assert found.frame["period"].tolist() == ["2024-W52", "2025-W01"]
    assert found.frame["n"].tolist() == [1, 2]
    assert found.frame["finished"].all()


def test_the_night_the_clocks_change_is_one_day():
    rows = stamps(["2025-10-26 00:30", "2025-10-26 01:30", "2025-10-27 00:30"], "UTC")
    found = metrics.trend(rows, period="day", timezone="Europe/London", as_of="2025-10-27")
    assert found.frame["period"].tolist() == ["2025-10-26", "2025-10-27"]
    assert found.frame["n"].tolist() == [2, 1]


def test_a_period_without_answers_is_a_row():
    rows = stamps(["2025-01-10", "2025-03-10"])
    found = metrics.trend(rows, as_of="2025-03-31")
    assert found.frame["period"].tolist() == ["2025-01", "2025-02", "2025-03"]
    assert found.frame["n"].tolist() == [1, 0, 1]
    assert found.frame["verdict"][1] == "no answers"


@pytest.mark.parametrize(("as_of", "done"), [("2025-02-27", False), ("2025-02-28", True)])
def test_the_last_period_is_incomplete_until_its_last_day_is_over(as_of, done):
    found = metrics.trend(stamps(["2025-01-10", "2025-02-10"]), as_of=as_of)
    assert found.frame["finished"].tolist() == [True, done]
    assert (found.frame["verdict"][1] == "incomplete") is not done


def test_without_as_of_nobody_claims_the_last_period_is_whole():
    found = metrics.trend(stamps(["2025-01-10", "2025-02-10"]))
    assert found.frame["finished"].tolist() == [True, None]
    assert any("not known whether the last period is complete" in note for note in found.notes)


def test_answers_after_as_of_do_not_count():
    found = metrics.trend(stamps(["2025-01-10", "2025-02-10"]), as_of="2025-01-31")
    assert found.frame["n"].tolist() == [1]
    assert any("1 answer after 2025-01-31" in note for note in found.notes)


def test_dates_as_text_are_refused():
    rows = pd.DataFrame({"nps": [9], "answered_at": ["2025-01-10"]})
    with pytest.raises(metrics.MetricsError, match="not times"):
        metrics.trend(rows)


# ------------------------------------------------------------------ limits, slope, shift


def months(rng, levels: list[float], n: int = 200) -> pd.DataFrame:
    """Answers of months, each with its chance to be a promoter."""
    at = pd.date_range("2023-01-15", periods=len(levels), freq="MS").repeat(n)
    chance = np.repeat(levels, n)
    return pd.DataFrame({"nps": np.where(rng.random(len(at)) < chance, 9, 3), "answered_at": at})


def trended(rows: pd.DataFrame, **words):
    """The monthly trend, all months finished."""
    return metrics.trend(rows, as_of="2030-01-01", **words)


def test_limits_follow_the_answers_of_each_period():
    rows = stamps(["2025-01-10"] * 400 + ["2025-02-10"] * 100)
    rows["nps"] = [9, 3] * 250
    found = trended(rows).frame
    # one answer has a deviation of 100 around 0: three times 100 / 20, three times 100 / 10
    assert found["limit_high"].tolist() == pytest.approx([15, 30])


def test_chance_alone_rarely_leaves_the_limits():
    rng = np.random.default_rng(1)
    out = [trended(months(rng, [0.5] * 12)).frame["verdict"].notna().sum() for _ in range(40)]
    assert np.mean(out) < 12 * 0.012


def test_the_slope_is_found_and_the_season_is_not_taken_for_it():
    rng = np.random.default_rng(2)
    season = 0.1 * np.sin(np.arange(36) * np.pi / 6)
    rising = metrics.slope(trended(months(rng, list(0.4 + season + 0.005 * np.arange(36)))))
    row = rising.frame.iloc[0]
    assert row["verdict"] == "rising"
    assert row["conf_low"] < 1.0 < row["conf_high"]
    flat = metrics.slope(trended(months(rng, list(0.5 + season))))
    assert "no detectable trend" in flat.headline
    assert "The season is removed." in flat.notes


def test_the_slope_interval_covers():
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(40):
        row = metrics.slope(trended(months(rng, list(0.4 + 0.01 * np.arange(10))))).frame.iloc[0]
        inside += row["conf_low"] <= 2.0 <= row["conf_high"]
    assert inside >= 35


def test_a_lasting_shift_is_dated():
    rng = np.random.default_rng(4)
    found = metrics.change_point(trended(months(rng, [0.5] * 15 + [0.3] * 9)))
    assert found.frame["period"][0] == "2024-05"
    assert found.frame["verdict"][0] == "shift"
    assert "from 2024-05 on" in found.headline


def test_below_two_years_no_shift_is_claimed_and_its_levels_are_told():
    rng = np.random.default_rng(4)
    trend = trended(months(rng, [0.5] * 7 + [0.3] * 5))
    for found, word in (
        (metrics.change_point(trend), "season or shift"),
        (metrics.slope(trend), "season or trend"),
    ):
        assert found.frame["verdict"][0] == word
        assert found.headline.endswith("season and change cannot be told apart.")


def test_years_have_no_season():
    rng = np.random.default_rng(4)
    rows = months(rng, [0.7] * 36 + [0.3] * 24, n=20)
    trend = metrics.trend(rows, period="year", as_of="2030-01-01")
    assert metrics.change_point(trend).frame["verdict"][0] == "shift"


def test_no_shift_is_rarely_called_one():
    rng = np.random.default_rng(5)
    called = [
        metrics.change_point(trended(months(rng, [0.5] * 10)), n_sim=500).frame["verdict"][0]
        for _ in range(40)
    ]
    assert called.count("no detectable shift") >= 34


# ------------------------------------------------------------------ season


CYCLES = {"month": ("M", 24), "quarter": ("Q", 8), "week": ("W-SUN", 106)}


def lines(kind: str, move, *, seed: int, groups: int = 100) -> Result:
    """A trend of many groups, each with the same season and the same movement."""
    code, k = CYCLES[kind]
    labels = [metrics.calendar(pd.Series([p.start_time]), kind).iloc[0]
              for p in pd.period_range("2022-01-03", periods=k, freq=code)]  # fmt: skip
    error, t = np.full(k, {"month": 3.6, "quarter": 2.5, "week": 9.0}[kind]), np.arange(k)
    level = 30 + 15 * np.sin(2 * np.pi * t / (k // 2)) + move(t)
    drawn = level + np.random.default_rng(seed).normal(size=(groups, k)) * error
    frame = pd.DataFrame({"group": np.repeat(np.arange(groups), k).astype(str),
                          "period": labels * groups, "estimate": drawn.ravel(),
                          "std_error": np.tile(error, groups), "n_effective": 400.0})  # fmt: skip
    frame["finished"] = True
    return Result(f"NPS by {kind}", frame, "Lines.", "drawn", "drawn", unit="points")


@pytest.mark.parametrize("kind", list(CYCLES))
def test_a_season_alone_is_called_no_shift_and_no_trend(kind):
    trend = lines(kind, lambda t: 0 * t, seed=1)
    claimed = metrics.change_point(trend, n_sim=500).frame["verdict"] == "shift"
    assert claimed.sum() <= 8
    assert metrics.slope(trend).frame["verdict"].isin(["rising", "falling"]).sum() <= 8


@pytest.mark.parametrize("kind", list(CYCLES))
def test_a_shift_of_ten_points_beside_a_season_is_found(kind):
    trend = lines(kind, lambda t: 10 * (t >= len(t) // 2), seed=2)
    found = metrics.change_point(trend, n_sim=500).frame
    assert (found["verdict"] == "shift").sum() >= 88
    assert ((found["conf_low"] < 10) & (found["conf_high"] > 10)).sum() >= 88


@pytest.mark.parametrize("kind", list(CYCLES))
def test_a_slope_beside_a_season_is_found(kind):
    found = metrics.slope(lines(kind, lambda t: 20 * t / len(t), seed=3)).frame
    assert (found["verdict"] == "rising").sum() >= 88


def test_a_period_is_held_against_its_time_of_the_year():
    rng = np.random.default_rng(6)
    season = 0.3 * np.sin(np.arange(36) * np.pi / 6)
    flat = trended(months(rng, list(0.5 + season), n=300))
    assert flat.frame["verdict"].notna().sum() <= 1
    odd = 0.5 + season - 0.2 * (np.arange(36) == 30)
    found = trended(months(rng, list(odd), n=300)).frame
    assert found.loc[found["verdict"].notna(), "period"].tolist() == ["2025-08"]


# ------------------------------------------------------------------ why it moved


@pytest.mark.parametrize("score", ["nps", "csat", "ces"])
@pytest.mark.parametrize("weight", [None, "w"])
def test_the_pieces_sum_to_the_change(score, weight):
    rng = np.random.default_rng(6)
    waves = [
        pd.DataFrame({"nps": rng.integers(0, 11, n), "csat": rng.integers(1, 6, n),
                      "ces": rng.integers(1, 8, n), "w": rng.uniform(0.3, 3, n),
                      "customer_id": rng.integers(0, 150, n), "region": rng.choice(names, n)})
        for n, names in ((300, list("abc")), (240, list("bcd")))
    ]  # fmt: skip
    found = metrics.change(*waves, score=score, by="region", weight=weight, pair="customer_id")
    frame = found.frame
    everyone = frame[frame["group"] == "all"].set_index("term")["estimate"]
    change = everyone.pop("change")
    three = everyone[["mix", "rate", "interaction"]]
    assert three.sum() == pytest.approx(change, abs=1e-10)
    assert everyone.drop(three.index).sum() == pytest.approx(change, abs=1e-10)
    parts = frame[frame["group"] != "all"].groupby("term")["estimate"].sum()
    assert parts.to_dict() == pytest.approx(three.to_dict(), abs=1e-10)


def test_the_pieces_by_hand():
    # shares 75:25 to 25:75, levels 100 and -100 unchanged: 50 points lost, all of it mix
    first = pd.DataFrame({"nps": [9, 9, 9, 3], "region": list("NNNS")})
    second = pd.DataFrame({"nps": [9, 3, 3, 3], "region": list("NSSS")})
    found = metrics.change(first, second, by="region")
    assert [total(found, t) for t in ("change", "mix", "rate")] == pytest.approx([-100, -100, 0])


def test_the_intervals_of_the_pieces_cover_the_truth():
    rng = np.random.default_rng(7)
    p0, p1 = {"N": 0.5, "S": 0.3, "W": 0.2}, {"N": 0.2, "S": 0.3, "W": 0.5}
    m0, m1 = {"N": 0.8, "S": 0.6, "W": 0.4}, {"N": 0.7, "S": 0.6, "W": 0.5}
    whole = sum(p0[g] * m0[g] for g in p0)
    truth = {
        "mix": 200 * sum((p1[g] - p0[g]) * (m0[g] - whole) for g in p0),
        "rate": 200 * sum(p0[g] * (m1[g] - m0[g]) for g in p0),
        "interaction": 200 * sum((p1[g] - p0[g]) * (m1[g] - m0[g]) for g in p0),
    }
    inside = {term: 0 for term in truth}
    for _ in range(80):
        waves = answers(rng, 300, p0, m0), answers(rng, 300, p1, m1)
        rows = metrics.change(*waves, by="region").frame.head(4).set_index("term")
        for term, value in truth.items():
            inside[term] += rows.loc[term, "conf_low"] <= value <= rows.loc[term, "conf_high"]
    assert min(inside.values()) >= 69


def test_a_segment_seen_once_counts_as_mix():
    first = pd.DataFrame({"nps": [9, 9, 3], "region": list("NNS")})
    second = pd.DataFrame({"nps": [9, 9, 3, 3], "region": list("NNWW")})
    found = metrics.change(first, second, by="region")
    assert total(found, "rate") == 0
    assert any("No answers from S after" in note for note in found.notes)
    assert any("No answers from W before" in note for note in found.notes)


def test_the_planted_mix_shift_is_found_and_named(sample):
    truth = json.loads((sample.parent / "truth.json").read_text())["mix_shift"]
    rows = study.load(sample).responses
    quarter = metrics.calendar(rows["answered_at"], "quarter", "Europe/London")
    waves = [rows[quarter == truth["asked"][side]["quarter"]] for side in ("before", "after")]
    found = metrics.change(*waves, by="region")
    mix = found.frame.set_index(["term", "group"]).loc[("mix", "all")]
    assert mix["conf_high"] < 0
    assert mix["conf_low"] < truth["change_from_mix"] < mix["conf_high"]
    rate = found.frame.set_index(["term", "group"]).loc[("rate", "all")]
    assert rate["verdict"] == "no detectable difference"
    assert "goes with who answered (" in found.headline
    assert all(region in found.headline for region in ("North", "East"))


# ------------------------------------------------------------------ who moved


def test_moves_by_hand():
    first = pd.DataFrame({"customer_id": list("abcdx"), "nps": [9, 9, 7, 3, 3]})
    second = pd.DataFrame({"customer_id": list("abcdy"), "nps": [9, 3, 9, 3, 9]})
    found = metrics.migration(first, second)
    rows = found.frame.set_index("term")
    # of four who stayed, one fell 200 and one rose 100; x (-100) went, y (+100) came
    assert rows.loc["promoter to detractor", "estimate"] == pytest.approx(-50)
    assert rows.loc["passive to promoter", "estimate"] == pytest.approx(25)
    assert rows.loc["came", "estimate"] == pytest.approx((100 - 0) / 5)
    assert rows.loc["went", "estimate"] == pytest.approx(-(-100 - 25) / 5)
    assert rows.loc["change", "estimate"] == pytest.approx(20)
    assert found.headline.startswith("Of 4 customers in both periods, 1 moved up")


def test_nobody_in_both_periods_is_refused():
    first = pd.DataFrame({"customer_id": ["a"], "nps": [9]})
    second = pd.DataFrame({"customer_id": ["b"], "nps": [9]})
    with pytest.raises(metrics.MetricsError, match="0 customers answered in both periods"):
        metrics.migration(first, second)


def test_answers_without_an_id_are_not_taken_for_one_person():
    first = pd.DataFrame({"customer_id": ["a", "b", None, None], "nps": [9, 9, 3, 3]})
    second = pd.DataFrame({"customer_id": ["a", "b", None], "nps": [9, 9, 9]})
    rows = metrics.migration(first, second).frame.set_index("term")
    assert rows.loc["went", "n"] == 2
    assert rows.loc["came", "n"] == 1


def test_a_period_without_answers_cannot_explain_a_change():
    rows = pd.DataFrame({"nps": [9, 3], "region": ["N", "S"]})
    with pytest.raises(metrics.MetricsError, match="The period after holds no answer"):
        metrics.change(rows, rows.head(0), by="region")


def test_without_segments_all_of_the_change_is_rate():
    found = metrics.change(pd.DataFrame({"nps": [9, 3]}), pd.DataFrame({"nps": [9, 9]}))
    assert found.frame["term"].tolist() == ["change", "mix", "rate", "interaction"]
    assert found.frame["estimate"].tolist() == pytest.approx([100, 0, 100, 0])


def test_other_ways_of_asking_are_said():
    first = pd.DataFrame({"nps": [9, 3] * 100, "region": "N", "channel": "phone"})
    second = first.assign(channel="web")
    found = metrics.change(first, second, by="region")
    assert any("asked in different ways (phone and web" in note for note in found.notes)


def test_small_segments_are_joined_and_the_pieces_still_sum():
    rng = np.random.default_rng(8)
    shares = {"N": 0.5, "S": 0.3, "W": 0.18, "tiny": 0.02}
    levels = {"N": 0.6, "S": 0.4, "W": 0.5, "tiny": 0.5}
    waves = [answers(rng, 200, shares, levels) for _ in range(2)]
    found = metrics.change(*waves, by="region", smallest=10)
    assert set(found.frame["group"]) == {"all", "N", "S", "other groups"}
    others = found.frame[found.frame["group"] == "other groups"]
    assert (others["n"] > 40).all()  # W went with tiny, or the total would tell it
    pieces = sum(total(found, term) for term in ("mix", "rate", "interaction"))
    assert pieces == pytest.approx(total(found, "change"))
    assert any("joined as 'other groups'" in note for note in found.notes)


def test_who_answers_from_two_segments_is_one_of_those_joined():
    # v and w hold 6 people each, of whom 3 are the same: 9 together
    def wave(score):
        who = [*range(60), *range(100, 106), *range(103, 109), *range(200, 212)]
        region = ["N"] * 60 + ["v"] * 6 + ["w"] * 6 + ["x"] * 12
        return pd.DataFrame({"customer_id": who, "nps": [score, 9, 3] * 28, "region": region})

    found = metrics.change(wave(9), wave(3), by="region", smallest=10).frame
    assert set(found["group"]) == {"all", "N", "other groups"}  # x had to go with them


# ------------------------------------------------------------------ the last period


def test_the_last_finished_period_is_compared_with_the_one_before():
    rng = np.random.default_rng(9)
    rows = months(rng, [0.6] * 3 + [0.3] * 3 + [0.9] * 2).assign(region="N")
    found = metrics.latest_change(rows, period="quarter", by="region", as_of="2023-08-20")
    assert found.headline.startswith("2023Q1 to 2023Q2: NPS fell by")


def test_a_report_on_a_period_knows_nothing_after_it():
    assert metrics.end_of("2025Q3", as_of="2025-12-31") == pd.Timestamp(
        "2025-09-30 23:59:59.999999"
    )
    assert metrics.end_of("", as_of="2025-12-31") == pd.Timestamp("2025-12-31 23:59:59.999999")
    assert metrics.end_of("2026", as_of="2025-12-31").year == 2025
    with pytest.raises(metrics.MetricsError, match="write 2025Q3"):
        metrics.end_of("summer")


def test_waves_are_whole_and_in_order():
    rows = stamps(["2025-05-01", "2025-03-31", "2025-04-01", "2025-07-01"])
    found = metrics.waves(rows, period="quarter", as_of="2025-07-15")
    assert [(name, len(part)) for name, part in found] == [("2025Q1", 1), ("2025Q2", 2)]
    assert len(metrics.latest(rows, as_of="2025-07-15")) == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (pd.DataFrame({"nps": [9]}), "the answers carry no date"),
        (stamps(["2025-01-10"]), "fewer than two finished quarters"),
        (stamps(["2025-01-10", "2025-04-10"]), "no segment and no customer"),
    ],
)
def test_no_change_to_explain_is_an_answer(rows, said):
    found = metrics.latest_change(rows, as_of="2025-12-31")
    assert found.frame.empty
    assert said in found.headline


# ------------------------------------------------------------------ one verdict


MIXES = ({"N": 0.40, "S": 0.36, "E": 0.14, "W": 0.10}, {"N": 0.16, "S": 0.18, "E": 0.38, "W": 0.28})
LEVELS = {"N": 0.73, "S": 0.71, "E": 0.57, "W": 0.56}
KNOWN = {"region": dict.fromkeys("NSEW", 0.25)}


def shifted(seed: int, *, rise: float = 0.0, quarters: int = 4, n: int = 400) -> pd.DataFrame:
    """Quarters of one mix, the last of another; `rise` adds to every level in the last."""
    rng, parts = np.random.default_rng(seed), []
    for place, day in enumerate(pd.date_range("2023-01-15", periods=quarters, freq="QS")):
        last = place == quarters - 1
        levels = {name: value + rise * last for name, value in LEVELS.items()}
        parts.append(answers(rng, n, MIXES[last], levels, answered_at=day))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("margins", [KNOWN, "region"])
def test_the_verdict_is_never_that_of_the_mix_alone(margins):
    said = []
    for seed in range(20):
        found = metrics.movement(shifted(seed), margins=margins, as_of="2024-03-31", score="nps")
        row = found.frame.iloc[0]
        said.append(row["verdict"])
        assert not (row["verdict"] == "moved" and row["estimate"] < 0), found.headline
        assert row["raw"] < row["estimate"]
    assert said.count("no detectable change") >= 19


def test_the_raw_fall_is_told_with_its_reason():
    found = metrics.movement(shifted(3, n=2500), margins=KNOWN, as_of="2024-03-31")
    assert found.name == "movement"
    assert found.headline.startswith("NPS shows no detectable change from 2023Q4")
    assert "the raw fall of" in found.headline
    assert found.headline.endswith("goes with who was reached.")
    assert any(note.startswith("Who was reached: ") for note in found.notes)


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_a_fall_that_stays_at_the_same_mix_is_not_laid_to_who_was_reached(seed):
    rows = shifted(seed, rise=-0.16, n=60)
    found = metrics.movement(rows, margins=KNOWN, as_of="2024-03-31", score="nps")
    row = found.frame.iloc[0]
    assert row["estimate"] < row["raw"] / 2 < 0
    assert "goes with who was reached" not in found.headline
    assert "as answered, not at the same mix, it fell by" in found.headline


def test_a_true_rise_is_seen_through_the_mix():
    found = metrics.movement(shifted(4, rise=0.12, n=900), margins=KNOWN, as_of="2024-03-31")
    assert found.headline.startswith("NPS rose by")
    moved = metrics.latest_change(
        shifted(4, rise=0.12, n=900), by="region", margins=KNOWN, as_of="2024-03-31"
    ).frame.set_index("term")
    assert moved.loc["at the same mix", "conf_low"] > 0


def test_each_period_stands_at_the_known_shares():
    rows = shifted(5)
    line = metrics.trend(rows, period="quarter", margins=KNOWN, as_of="2024-03-31").frame
    levels = rows.assign(v=np.where(rows["nps"] == 9, 100, -100))
    by_hand = levels.groupby(["answered_at", "region"])["v"].mean().groupby(level=0).mean()
    assert line["estimate"].tolist() == pytest.approx(by_hand.tolist())
    assert line["raw"].tolist() == pytest.approx(levels.groupby("answered_at")["v"].mean().tolist())


def test_nobody_from_a_region_in_a_period_is_said_and_left_out_of_the_comparison():
    rows = shifted(6)
    rows = rows[(rows["region"] != "W") | (rows["answered_at"] < rows["answered_at"].max())]
    assert any("nobody from W in" in note for note in metrics.trend(
        rows, period="quarter", margins=KNOWN, as_of="2024-03-31").notes)  # fmt: skip
    found = metrics.movement(rows, margins=KNOWN, as_of="2024-03-31")
    assert "W answered in one of the two periods: left out." in found.notes


def test_a_lasting_shift_comes_first_and_the_pieces_agree():
    rng = np.random.default_rng(7)
    season = 0.15 * np.sin(np.arange(12) * np.pi / 2)
    rows = months(rng, list(np.repeat(0.5 + season + 0.12 * (np.arange(12) > 5), 3)), n=300)
    found = metrics.movement(rows, as_of="2026-01-31")
    rows = found.frame.set_index("term")
    assert rows.loc["lasting shift", "verdict"] == "moved"
    assert found.headline.startswith("NPS has stood at")
    assert "2024Q" in found.headline


def test_a_season_alone_moves_no_verdict():
    claimed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        season = 0.15 * np.sin(np.arange(24) * np.pi / 6)
        said = metrics.movement(months(rng, list(0.5 + season)), period="month", as_of="2030-01-01")
        claimed += "no detectable change" not in said.headline and "season" not in said.headline
    assert claimed <= 4


def test_below_two_years_a_change_between_two_periods_is_told_as_such():
    rng = np.random.default_rng(8)
    found = metrics.movement(months(rng, [0.7] * 5 + [0.4] * 4), as_of="2030-01-01")
    assert "Less than two years: season and change cannot be told apart." in found.notes
    assert "has stood at" not in found.headline


def test_no_week_with_enough_answers_is_said():
    rows = stamps([f"2025-01-{day:02d}" for day in range(1, 29)])
    words = {"period": "week", "smallest": 10, "as_of": "2025-12-31"}
    assert metrics.trend(rows, **words).headline == "NPS: no week has enough answers to be shown."
    found = metrics.movement(rows, **words)
    assert found.frame.empty
    assert "cannot be said: no week has enough answers" in found.headline
    assert metrics.latest_change(rows.assign(r="N"), by="r", **words).frame.empty


def test_one_period_that_is_not_over_is_no_lack_of_answers():
    rows = stamps([f"2025-10-{day:02d}" for day in range(1, 20)] * 4)
    found = metrics.movement(rows, period="quarter", smallest=10, as_of="2025-10-19")
    assert "cannot be said: no quarter with enough answers is over yet" in found.headline


# ------------------------------------------------------------------ small pieces


def test_pieces_of_few_customers_are_joined_and_still_sum():
    rng = np.random.default_rng(9)
    first = pd.DataFrame({"customer_id": np.arange(200), "nps": rng.integers(0, 11, 200)})
    second = first.assign(nps=np.where(rng.random(200) < 0.2, 9, first["nps"])).head(190)
    second = pd.concat([second, pd.DataFrame({"customer_id": [900, 901], "nps": [3, 9]})])
    found = metrics.migration(first, second, smallest=10).frame
    assert not ((found["n"] > 0) & (found["n"] < 10)).any()
    assert "other customers" in set(found["term"])
    assert found["estimate"].iloc[1:].sum() == pytest.approx(found["estimate"].iloc[0])
    whole = metrics.migration(first, second).frame
    assert found["estimate"].iloc[0] == pytest.approx(whole["estimate"].iloc[0])


def test_a_panel_of_few_is_told_apart():
    rng = np.random.default_rng(10)
    first = pd.DataFrame({"customer_id": np.arange(300), "nps": rng.choice([3, 9], 300), "r": "N"})
    second = first.assign(customer_id=np.arange(270, 570), nps=rng.choice([3, 9], 300))
    whole = metrics.change(first, second, by="r", pair="customer_id")
    assert set(whole.frame["term"]) == {"change", "mix", "rate", "interaction"}
    alone = metrics.panel(first, second, smallest=10)
    assert alone.frame["n"].iloc[0] == 30
    assert alone.frame["estimate"].iloc[1:].sum() == pytest.approx(alone.frame["estimate"].iloc[0])
    assert "and nobody else" in alone.base


def test_customers_who_answer_often_are_no_crowd():
    rng = np.random.default_rng(11)
    rows = pd.DataFrame(
        {"customer_id": np.repeat(np.arange(10), 6), "nps": np.repeat(rng.choice([3, 9], 10), 6)}
    )
    once = metrics.nps(rows.drop_duplicates("customer_id")).frame.iloc[0]
    often = metrics.nps(rows)
    assert often.frame["std_error"][0] > 0.9 * once["std_error"]
    assert "answers of one customer taken together" in often.base
    assert metrics.nps(rows, cluster="").frame["std_error"][0] < once["std_error"] / 2


def test_two_last_periods_of_one_answer_take_no_look_and_break_nothing():
    rng = np.random.default_rng(4)
    quarters = pd.period_range("2023Q1", "2025Q2", freq="Q")
    rows = [(q.start_time, int(score)) for q in quarters for score in rng.integers(0, 11, 12)]
    rows += [(pd.Timestamp("2025-08-08"), 6), (pd.Timestamp("2025-11-03"), 10)]
    given = pd.DataFrame(rows, columns=["answered_at", "nps"])
    given["customer_id"] = [f"c{k}" for k in (0, *range(len(given) - 1))]  # one answers twice
    told = metrics.movement(given, period="quarter", as_of="2025-12-31", smallest=1)
    frame = told.frame.set_index("term")
    assert frame["verdict"].eq("no detectable change").all()
    assert frame.loc["last change", ["conf_low", "p_value", "p_adjusted"]].isna().all()
    assert "no detectable change from 2025Q3" in told.headline
    looks = frame["p_value"].drop("last change beyond the season", errors="ignore").count()
    assert looks == 2
    assert frame.loc["trend", "p_adjusted"] == pytest.approx(
        min(1, frame.loc["trend", "p_value"] * looks))  # fmt: skip
