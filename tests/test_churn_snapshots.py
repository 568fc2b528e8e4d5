"""Who is in a snapshot, what is known of them, and what counts as leaving."""

from types import SimpleNamespace

import ibis
import numpy as np
import pandas as pd
import pytest

from cxlab import churn, events, results
from cxlab.churn import exposure
from tests.churn_company import people, study, taken


def listed(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "signed_up_at", "churned_at"])
    for name in ("signed_up_at", "churned_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return study(frame)


def test_five_customers_by_hand():
    company = listed(
        ("stays", "2024-01-01", None),
        ("in the gap", "2024-01-01", "2025-07-10"),
        ("in the horizon", "2024-01-01", "2025-08-01"),
        ("afterwards", "2024-01-01", "2025-11-01"),
        ("gone before", "2024-01-01", "2025-06-30"),
        ("not yet here", "2025-07-01", "2025-08-01"),
    )
    found = churn.snapshot(company, as_of="2025-06-30", gap="14D", horizon="90D")
    label = dict(zip(found.customer, found.label, strict=True))
    assert np.isnan(label.pop("in the gap"))
    assert label == {"stays": 0, "in the horizon": 1, "afterwards": 0}
    assert any("1 customer left within the gap" in note for note in found.notes)


def test_a_leaver_not_of_their_own_choice_is_not_judged_when_asked():
    company = study(people())
    pushed = np.random.default_rng(1).random(len(company.customers)) < 0.3
    company.customers = company.customers.assign(voluntary=~pushed)
    all_, chose = (
        churn.snapshot(company, as_of="2025-06-30", leavers=who) for who in ("all", "voluntary")
    )
    lost = all_.customer[(all_.label == 1) & chose.label.isna()]
    assert 0 < len(lost) == all_.label.sum() - chose.label.sum()
    assert set(lost) <= set(company.customers["customer_id"][pushed])


def test_undated_columns_stay_out_unless_named():
    out, named = taken(attributes=()), taken(attributes=("mood",))
    assert "mood" not in out.features
    assert {"mood", "colour"} == set(out.undated.columns)
    assert any("nobody can say when they were written: mood and colour" in n for n in out.notes)
    assert "mood" in named.features
    assert "colour" not in named.features


def test_not_a_bit_moves_when_the_future_changes():
    now = people()
    later = now[now["signed_up_at"] <= events.moment("2025-06-30")].copy()
    future = later["churned_at"] > events.moment("2025-10-12")
    later.loc[future, "churned_at"] = pd.NaT
    before = churn.snapshot(study(now), as_of="2025-06-30")
    after = churn.snapshot(study(later), as_of="2025-06-30")
    pd.testing.assert_frame_equal(before.features, after.features, check_exact=True)
    pd.testing.assert_series_equal(before.label, after.label, check_exact=True)


def test_days_stack_to_what_they_are_apart():
    days = ["2025-03-31", "2025-06-30"]
    together = taken(day=days)
    apart = churn.stack([taken(day=day) for day in days])
    pd.testing.assert_frame_equal(together.features, apart.features)
    pd.testing.assert_series_equal(together.label, apart.label)
    assert together.day.nunique() == 2


def buyers(*dates, rhythm=30):
    """One customer who buys on these dates, and steady ones who set the usual rhythm."""
    rows = [("x", day) for day in dates]
    for who in range(30):
        rows += [
            (f"s{who}", d) for d in pd.date_range("2024-01-01", "2025-12-31", freq=f"{rhythm}D")
        ]
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at"])
    orders["ordered_at"] = pd.to_datetime(orders["ordered_at"], utc=True)
    con = ibis.duckdb.connect()
    con.con.register("orders", orders)
    return study(None, orders=con.table("orders"))


def test_silence_is_measured_by_the_own_rhythm():
    # every 10 days until 30 June; silent since: 3 × 10 days are over in July
    often = [f"2025-{m:02d}-{d:02d}" for m in (5, 6) for d in (1, 11, 21)] + ["2025-06-29"]
    found = churn.snapshot(buyers(*often), as_of="2025-06-30", gap="7D", horizon="90D")
    label = dict(zip(found.customer, found.label, strict=True))
    assert label["x"] == 1
    assert label["s0"] == 0
    # the same last order, but every 60 days: silence until October is usual, and says nothing
    seldom = ["2024-12-31", "2025-03-01", "2025-04-30", "2025-06-29"]
    slow = buyers(*seldom)
    with pytest.raises(churn.ChurnError, match="no one of 30 customers leaves"):
        churn.snapshot(slow, as_of="2025-06-30", gap="7D", horizon="90D")


def test_who_was_silent_before_the_day_is_not_at_risk_any_more():
    gone = ["2024-02-01", "2024-02-11", "2024-02-21"]
    found = churn.snapshot(buyers(*gone), as_of="2025-06-30", horizon=None)
    assert "x" not in set(found.customer)
    assert len(found) == 30


def test_a_table_with_a_mark_and_no_dates_is_taken_as_it_is():
    table = pd.DataFrame(
        {"customer_id": ["a", "b", "c"], "churned": [True, False, False], "fee": ["1.5", "", "2"]}
    )
    found = churn.snapshot(study(table.assign(plan=["x", None, "y"], surname="Smith")))
    assert found.features["fee"].tolist()[::2] == [1.5, 2.0]
    assert np.isnan(found.features["fee"][1])
    assert list(found.features) == ["fee", "plan"]
    assert found.label.tolist() == [1, 0, 0]


def test_columns_of_names_are_left_out_with_a_note():
    table = pd.DataFrame({"left": [0, 1] * 100, "title": [f"name {i}" for i in range(200)]})
    found = churn.from_table(table.assign(fee=1.0), label="left")
    assert list(found.features) == ["fee"]
    assert "nearly every customer has a value of their own: title" in found.notes[0]


def test_timeline_lays_out_lookback_gap_and_horizon():
    known = churn.definition(study(people()), lookback="3M", gap="14D", horizon="90D")
    frame = churn.timeline(known, "2025-06-30").frame.set_index("term")
    assert str(frame.loc["lookback", "starts"].date()) == "2025-03-31"
    assert frame.loc["gap", "ends"] == frame.loc["horizon", "starts"]
    assert str(frame.loc["horizon", "ends"].date()) == "2025-10-12"


REFUSED = {
    "horizon": (
        {"as_of": "2025-11-30"},
        r"2025-11-30 \+ gap 14D \+ horizon 90D reaches 2026-03-14.*Choose 2025-09-18 or earlier",
    ),
    "no day": ({}, "no day is given.*latest day with a whole horizon is 2025-09-18"),
    "attribute": ({"as_of": "2025-06-30", "attributes": ["moood"]}, r"\['moood'\] are not undated"),
    "voluntary": (
        {"as_of": "2025-06-30", "leavers": "voluntary"},
        "the customer list has no column 'voluntary'",
    ),
    "before anybody": ({"as_of": "2019-01-31"}, "no customer was active on 2019-01-31"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_is_refused_with_a_way_on(case):
    options, message = REFUSED[case]
    with pytest.raises(churn.ChurnError, match=message):
        churn.snapshot(study(people()), **options)


@pytest.mark.parametrize(("options", "message"), [
    ({"as_of": "soon"}, "are not dates"),
    ({"as_of": "2025-06-30", "gap": "long"}, "gap: 'long' is no duration"),
    ({"as_of": "2025-06-30", "horizon": "-3D"}, "horizon: '-3D' is no duration"),
    ({"as_of": "2025-06-30", "leavers": "some"}, "neither 'all' nor 'voluntary'"),
])  # fmt: skip
def test_words_that_no_data_could_answer_are_misuse(options, message):
    with pytest.raises(results.Misuse, match=message):
        churn.snapshot(study(people()), **options)


def test_churn_before_signup_is_refused_by_name():
    wrong = people()
    wrong.loc[3, "churned_at"] = wrong.loc[3, "signed_up_at"] - pd.Timedelta("3D")
    with pytest.raises(churn.ChurnError, match=r"left before they signed up \(such as '00003'\)"):
        churn.snapshot(study(wrong), as_of="2025-06-30")


@pytest.mark.parametrize(("base", "who"), [(1e-12, "no one"), (None, "everyone")])
def test_everyone_or_no_one_leaving_is_refused(base, who):
    customers = people(base=base or 0.03)
    if base is None:
        customers["churned_at"] = events.moment("2025-08-01")
        customers = customers[customers["signed_up_at"] < events.moment("2025-06-01")]
    else:
        customers.loc[0, "churned_at"] = events.moment("2025-12-30")
        customers.loc[0, "signed_up_at"] = events.moment("2024-01-05")
    with pytest.raises(churn.ChurnError, match=f"{who} of .* leaves"):
        churn.snapshot(study(customers), as_of="2025-06-30")


def test_a_study_without_dates_has_no_past_days():
    table = pd.DataFrame({"customer_id": ["a", "b"], "churned": [True, False], "fee": [1, 2]})
    with pytest.raises(churn.ChurnError, match="no day can be gone back to"):
        churn.snapshot(study(table), as_of="2025-06-30")


def test_end_dates_that_nobody_has_are_not_taken_for_silence():
    nobody = people().assign(churned_at=pd.NaT)
    with pytest.raises(churn.ChurnError, match="churned_at: no customer has an end date"):
        churn.case(study(nobody))


def test_orders_that_find_no_customer_are_refused_by_column():
    gone = pd.DataFrame({"reason": ["orphan"] * 3, "column": ["customer_id"] * 3})
    lost = SimpleNamespace(frame=pd.DataFrame(), set_aside=gone, rows_in=3)
    with pytest.raises(churn.ChurnError, match=r"orders: none of 3 rows was kept.*'customer_id'"):
        churn.case(study(people(), cleaned={"orders": lost}))


def test_a_day_that_is_no_day_is_refused():
    with pytest.raises(results.Misuse, match=r"as_of: .'soon'. are not dates"):
        churn.case(study(people()), as_of="soon")


def test_hazards_without_a_first_day_are_refused_by_column():
    since_nobody_knows = study(people().drop(columns="signed_up_at"))
    with pytest.raises(churn.ChurnError, match="'signed_up_at'"):
        exposure._months(since_nobody_knows, "90D", ("spend",))


def test_nothing_that_tells_who_left_is_refused():
    with pytest.raises(churn.ChurnError, match="nothing tells who left"):
        churn.snapshot(study(people().drop(columns="churned_at")), as_of="2025-06-30")


def test_choice_of_leavers_is_refused_where_there_is_no_customer_list():
    with pytest.raises(churn.ChurnError, match="the customer list has no column 'voluntary'"):
        churn.definition(buyers("2025-06-29"), leavers="voluntary")
