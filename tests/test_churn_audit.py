"""Planted leaks are found, clean data raises no alarm, and blind spots are named."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlab import churn
from tests.churn_company import people, study, taken, with_leaks

SEEDS = 40


def snap(customers, **options):
    return churn.snapshot(study(customers), as_of=["2025-03-31", "2025-06-30"], **options)


def test_both_planted_leaks_are_caught_in_every_seed():
    for seed in range(SEEDS):
        found = churn.audit(snap(with_leaks(people(seed), seed))).frame
        leaks = set(found.loc[found["verdict"] == "leak", "column"])
        assert leaks == {"offer", "last_bill"}, seed


def test_clean_data_raise_no_alarm_in_95_percent_of_seeds():
    alarms = 0
    for seed in range(SEEDS):
        clean = snap(people(seed), attributes=())
        lagged = churn.snapshot(study(people(seed)), as_of="2025-03-31") if seed < 15 else None
        alarms += not churn.audit(clean, lagged=lagged).headline.startswith("Green")
    assert alarms <= 0.05 * SEEDS


def test_a_leak_left_out_is_green_and_a_leak_used_is_red():
    leaky = with_leaks(people())
    assert "; offer and last bill do, and are left out." in churn.audit(snap(leaky)).headline
    used = churn.audit(snap(leaky, attributes=("offer",)))
    assert used.headline.startswith("Red: offer knows of the leaving and must not be used")
    reason = used.frame.set_index("column").loc["offer", "reason"]
    assert "'Yes' stands almost only with leavers" in reason
    assert reason.endswith("it is used as a feature")


def test_a_segment_that_is_written_when_they_leave_is_a_leak():
    seen = snap(people(4)).judged()
    left, chance = seen.label.to_numpy() == 1, np.random.default_rng(2).random(len(seen))
    words = np.where(chance < np.where(left, 0.9, 0.03), "yes", "no")
    found = churn.audit(replace(seen, features=seen.features.assign(locker_back=words)))
    assert found.headline.startswith("Red: locker back knows of the leaving")
    terms = np.where(chance < np.where(left, 0.6, 0.2), "monthly", "yearly")
    fair = churn.audit(replace(seen, features=seen.features.assign(terms=terms)))
    assert "terms" not in fair.headline


def test_a_count_is_named_as_it_is_written():
    customers = people()
    gone = customers["churned_at"].notna().to_numpy()
    chance = np.random.default_rng(2).random(len(gone))
    customers["closing"] = np.where(chance < np.where(gone, 0.5, 0.01), 1.0, 0.0)
    reasons = churn.audit(snap(customers)).frame.set_index("column")["reason"]
    assert "'1' stands" in reasons["closing"]


def test_a_number_that_many_leavers_share_and_hardly_a_stayer_is_a_leak():
    customers, draw = people(), np.random.default_rng(4)
    gone = customers["churned_at"].notna().to_numpy()
    balance = draw.lognormal(7, 1, len(gone)).round(2)
    customers["balance"] = np.where(gone & (draw.random(len(gone)) < 0.7), 0.0, balance)
    customers["spare"] = np.where(draw.random(len(gone)) < 0.5, 0.0, balance)
    frame = churn.audit(snap(customers)).frame.set_index("column")
    assert "'0' stands" in frame.loc["balance", "reason"]
    assert frame["verdict"][["balance", "spare"]].tolist() == ["leak", "clear"]


def test_a_column_that_is_there_only_for_leavers_is_a_leak():
    customers = people()
    gone = customers["churned_at"].notna()
    customers["exit_score"] = np.where(gone, np.random.default_rng(0).random(len(gone)), np.nan)
    frame = churn.audit(snap(customers)).frame.set_index("column")
    assert frame.loc["exit_score", "verdict"] == "leak"
    assert "'any value' stands almost only with leavers" in frame.loc["exit_score", "reason"]


def test_moments_after_the_day_are_facts_of_the_future():
    found = taken()
    late = found.day + pd.Timedelta("1D")
    late[10:] = found.day[10:]
    looked = churn.Snapshot(
        found.features.assign(seen_at=late),
        found.customer,
        found.day,
        found.label,
        found.definition,
    )
    row = churn.audit(looked).frame.set_index("column").loc["seen_at"]
    assert row["verdict"] == "leak"
    assert row["reason"] == "10 rows hold a moment after the day"


@pytest.mark.parametrize(
    ("zone", "hours", "late"), [("Asia/Kolkata", -1, 0), ("America/Los_Angeles", 1, 10)]
)
def test_a_moment_without_a_zone_is_one_of_the_study_s_clock(zone, hours, late):
    found = taken()
    here = found.day.dt.tz_convert(zone)
    seen = here.dt.tz_localize(None) - pd.Timedelta("1D")
    seen[:10] = here.dt.tz_localize(None)[:10] + pd.Timedelta(hours=hours)
    looked = replace(found, day=here, features=found.features.assign(seen_at=seen))
    frame = churn.audit(looked).frame.set_index("column")
    said = frame["reason"][frame["reason"].str.contains("hold a moment")].to_list()
    assert said == [f"{late} rows hold a moment after the day"] * bool(late)


def test_a_column_alone_too_good_to_be_true_is_suspect():
    found, rng = taken(), np.random.default_rng(1)
    known = found.label.fillna(0) * 4 + rng.normal(size=len(found))
    looked = churn.Snapshot(
        found.features.assign(score=known),
        found.customer,
        found.day,
        found.label,
        found.definition,
    )
    row = churn.audit(looked).frame.set_index("column").loc["score"]
    assert row["verdict"] == "suspect"
    assert row["estimate"] > 0.95


def test_older_facts_that_foretell_better_are_suspect():
    day = "2025-06-30"
    then, now = taken(day="2025-03-31"), taken(day=day)
    outcome = now.label.set_axis(now.customer)
    knows = then.customer.map(outcome).fillna(0) + np.random.default_rng(0).normal(
        0, 0.8, len(then)
    )
    columns = {"hint": knows.to_numpy()}
    older = churn.Snapshot(
        then.features.assign(**columns), then.customer, then.day, then.label, then.definition
    )
    newer = churn.Snapshot(
        now.features.assign(hint=0.0), now.customer, now.day, now.label, now.definition
    )
    row = churn.audit(newer, lagged=older).frame.set_index("column").loc["all features, lagged"]
    assert row["verdict"] == "suspect"
    assert row["reason"].startswith("older facts foretell better")


def test_a_ready_made_table_is_told_what_cannot_be_checked():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"left": rng.random(500) < 0.3, "fee": rng.random(500)})
    found = churn.audit(churn.from_table(table, label="left"))
    blind = found.frame.loc[found.frame["verdict"] == "cannot check", "column"]
    assert {"facts after the day", "score when lagged"} <= set(blind)
    assert found.headline.endswith("What cannot be checked is listed.")


def test_the_label_under_another_name_is_refused_before_learning():
    rng = np.random.default_rng(0)
    left = rng.random(500) < 0.3
    table = pd.DataFrame({"left": left, "fee": rng.random(500), "gone": np.where(left, "y", "n")})
    with pytest.raises(
        churn.ChurnError, match="'gone' tells leavers from stayers without a mistake"
    ):
        churn.fit(churn.from_table(table, label="left"))
