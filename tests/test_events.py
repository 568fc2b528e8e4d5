"""What was known on a day: by hand, by another road, and on two engines."""

from types import SimpleNamespace

import ibis
import numpy as np
import pandas as pd
import pytest

from cxlab import events, lifetimes, results

DAYS = ("2025-03-31", "2025-06-30")
START = pd.Timestamp("2024-06-01", tz="UTC")


def moments(rng, n, days=420):
    seconds = rng.integers(0, days * 86_400, n)
    return pd.Series(START + pd.to_timedelta(seconds, unit="s")).dt.as_unit("us")


def made(seed=0, n=60):
    """Frames of a small company, as cleaning would hand them over."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"{i:04d}" for i in range(n)], dtype=object)
    came = moments(rng, n, 250)
    left = came + pd.to_timedelta(rng.integers(20, 500, n), unit="D")
    customers = pd.DataFrame({"customer_id": ids, "signed_up_at": came, "plan": "Home"})
    customers["churned_at"] = left.where(rng.random(n) < 0.5)
    at, returned = moments(rng, 900), rng.random(900) < 0.1
    orders = pd.DataFrame({"customer_id": rng.choice(ids, 900), "ordered_at": at})
    orders["amount"] = rng.integers(-300, 9000, 900) / 100
    orders["discount"] = np.where(rng.random(900) < 0.5, np.nan, 1.25)
    orders["returned_at"] = (at + pd.Timedelta("9D")).where(returned)
    orders["delivery_failed"] = rng.random(900) < 0.05
    opened = moments(rng, 400)
    cases = pd.DataFrame({"customer_id": rng.choice(ids, 400), "opened_at": opened})
    cases["first_reply_at"] = opened + pd.to_timedelta(rng.integers(60, 90_000, 400), unit="s")
    cases["closed_at"] = (opened + pd.Timedelta("3D")).where(rng.random(400) < 0.8)
    cases["kind"] = rng.choice(["Complaint", "Question", "Survey invitation"], 400)
    cases["resolved"] = rng.random(400) < 0.6
    cases["reopened"] = rng.random(400) < 0.2
    cases["channels_used"] = rng.choice(["Email", "Email > Phone"], 400)
    cases["csat"] = np.where(rng.random(400) < 0.5, np.nan, rng.integers(1, 6, 400))
    answers = pd.DataFrame({"response_id": [f"R{i}" for i in range(200)]})
    answers["customer_id"], answers["answered_at"] = rng.choice(ids[:40], 200), moments(rng, 200)
    answers["nps"] = np.where(rng.random(200) < 0.2, np.nan, rng.integers(0, 11, 200))
    return {"customers": customers, "orders": orders, "interactions": cases, "responses": answers}


def hold(con, name, frame):
    if con.name != "duckdb":
        return con.create_table(name, frame, temp=True)
    con.con.register(name, frame)
    return con.table(name)


def study(frames, con=None, zone="Europe/London"):
    con = con or ibis.duckdb.connect()
    tables = {name: frames.get(name) for name in ("customers", "responses")}
    for name in ("orders", "interactions"):
        tables[name] = None if frames.get(name) is None else hold(con, name, frames[name])
    return SimpleNamespace(**tables, mapping=SimpleNamespace(timezone=zone, tables={}))


def test_four_orders_by_hand():
    when = ["2025-01-05", "2025-02-04", "2025-03-06", "2025-04-05"]
    orders = pd.DataFrame({"customer_id": "a", "ordered_at": pd.to_datetime(when, utc=True)})
    orders["amount"] = [10.0, 20.0, -5.0, 40.0]
    row = events.as_of(study({"orders": orders}), "2025-03-06", "60D").iloc[0]
    # known on 6 March: 10, 20 and a credit of 5; the fourth order does not exist yet
    assert (row.orders_ever, row.orders, row.credits, row.spend_ever) == (2, 1, 1, 25.0)
    assert row.usual_gap_days == 30
    assert row.days_since_order == pytest.approx(31, abs=1e-9)
    # 60 days back is 5 January 23:59: only 20 − 5 lie inside, both in the later 30 days or sooner
    assert row.spend == 15.0


def test_counts_and_sums_agree_with_plain_pandas():
    frames = made()
    known = events.as_of(study(frames), DAYS, "90D")
    orders = frames["orders"]
    for day in known["day"].unique():
        inside = (orders["ordered_at"] <= day) & (orders["ordered_at"] > day - pd.Timedelta("90D"))
        rows = orders[inside & (orders["amount"] >= 0)].groupby("customer_id").size()
        spent = orders[inside].groupby("customer_id")["amount"].sum()
        got = known[known["day"] == day].set_index("customer_id")
        np.testing.assert_array_equal(got["orders"], rows.reindex(got.index).fillna(0))
        np.testing.assert_allclose(got["spend"], spent.reindex(got.index).fillna(0), atol=1e-9)


def test_several_lookbacks_in_one_reading_tell_what_each_tells_alone():
    given = study(made())
    together = events.looking_back(given, DAYS, ("90D", "6M", "30D"))
    for lookback, known in together.items():
        pd.testing.assert_frame_equal(known, events.as_of(given, DAYS, lookback))


def test_cases_are_open_until_closed_whatever_the_file_says():
    frames = made()
    cases = frames["interactions"]
    known = events.as_of(study(frames), DAYS[0], "90D").set_index("customer_id")
    day = known["day"].iloc[0]
    real = cases[(cases["kind"] != "Survey invitation") & (cases["opened_at"] <= day)]
    unknown = real["closed_at"].isna() | (real["closed_at"] > day)
    expected = real[unknown].groupby("customer_id").size().reindex(known.index).fillna(0)
    np.testing.assert_array_equal(known["open_cases"], expected)
    solved = real[~unknown & real["resolved"] & (real["closed_at"] > day - pd.Timedelta("90D"))]
    solved = solved.groupby("customer_id").size().reindex(known.index).fillna(0)
    np.testing.assert_array_equal(known["solved"], solved)


def test_customers_active_on_the_day_and_nobody_else():
    frames = made()
    people = frames["customers"].set_index("customer_id")
    known = events.as_of(study(frames), DAYS)
    for day, part in known.groupby("day"):
        here = (people["signed_up_at"] <= day) & ~(people["churned_at"] <= day)
        assert part["customer_id"].tolist() == sorted(people.index[here])


def test_nobody_asked_is_not_nobody_answered():
    known = events.as_of(study(made()), DAYS[1])
    words = known.groupby("asked")[["answers_ever", "invitations_ever"]].agg(["min", "max"])
    assert words.loc["answered", ("answers_ever", "min")] >= 1
    assert words.loc["asked, never answered", ("invitations_ever", "min")] >= 1
    assert words.loc["asked, never answered", ("answers_ever", "max")] == 0
    assert words.loc["never asked", ("invitations_ever", "max")] == 0


def tampered(frames, day, rng):
    """Change everything the files say about what became known after the day."""
    cut = events.moment(day, "Europe/London")
    later = {}
    for name, at in (("orders", "ordered_at"), ("interactions", "opened_at")):
        frame = frames[name].copy()
        after = (frame[at] > cut).to_numpy()
        for column in ("returned_at", "first_reply_at", "closed_at"):
            if column in frame:
                late = ~(frame[column] <= cut).to_numpy()
                frame.loc[late, column] = cut + pd.Timedelta(int(rng.integers(1, 99)), "h")
        settled = cut - pd.Timedelta("7D")
        if "delivery_failed" in frame:
            frame.loc[(frame[at] > settled).to_numpy(), "delivery_failed"] = True
        else:
            unclosed = ~(frame["closed_at"] <= cut).to_numpy()
            frame.loc[unclosed, ["resolved", "reopened", "csat"]] = [True, True, 5.0]
        extra = frame[after].assign(kind="New kind") if name == "interactions" else frame[after]
        later[name] = pd.concat([frame[~after], extra, extra], ignore_index=True)
    answers = frames["responses"]
    late = answers["answered_at"] > cut
    later["responses"] = answers.assign(nps=answers["nps"].where(~late, 0.0))
    people = frames["customers"].copy()
    people.loc[people["churned_at"] > cut, "churned_at"] = pd.NaT
    later["customers"] = people[people["signed_up_at"] <= cut]
    return later


@pytest.mark.parametrize("seed", range(5))
def test_not_a_bit_moves_when_anything_after_the_day_changes(seed):
    frames = made(seed)
    before = events.as_of(study(frames), DAYS[0])
    after = events.as_of(study(tampered(frames, DAYS[0], np.random.default_rng(seed))), DAYS[0])
    pd.testing.assert_frame_equal(before, after, check_exact=True)
    moved = events.as_of(study(tampered(frames, "2025-02-01", np.random.default_rng(1))), DAYS[0])
    assert not before.equals(moved), "the change must be one that could be seen"


def test_the_order_of_rows_moves_nothing():
    frames = made()
    shuffled = {name: f.sample(frac=1, random_state=1) for name, f in frames.items()}
    left, right = (events.as_of(study(given), DAYS) for given in (frames, shuffled))
    pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_days_together_are_days_apart():
    frames, kinds = made(), ("Complaint", "Question")
    together = events.as_of(study(frames), DAYS, kinds=kinds)
    apart = pd.concat([events.as_of(study(frames), d, kinds=kinds) for d in DAYS])
    pd.testing.assert_frame_equal(together, apart.reset_index(drop=True), check_exact=True)


def test_times_without_a_zone_are_read_in_the_zone_of_the_study():
    frames = made()
    local = {name: f.copy() for name, f in frames.items()}
    for frame in local.values():
        for column in frame.select_dtypes("datetimetz"):
            frame[column] = frame[column].dt.tz_convert("Asia/Tokyo").dt.tz_localize(None)
    got = events.as_of(study(local, zone="Asia/Tokyo"), DAYS)
    pd.testing.assert_frame_equal(got, events.as_of(study(frames, zone="Asia/Tokyo"), DAYS))


def test_half_a_year_of_calendar_months_ends_where_months_end():
    day = events.moment("2025-06-30")
    assert str(events.earlier(day, "4M")).startswith("2025-02-28 23:59:59")
    assert events.earlier(day, "180D") == day - pd.Timedelta("180D")


def test_strangers_are_counted_and_total_strangers_refused():
    frames = made()
    some = frames["orders"].assign(customer_id=frames["orders"]["customer_id"].replace("0001", "x"))
    notes = events.as_of(study({**frames, "orders": some}), DAYS[1]).attrs["notes"]
    assert any("not on the list (such as 'x')" in note for note in notes)
    none = frames["orders"].assign(customer_id=[f"#{i}" for i in frames["orders"].index])
    with pytest.raises(events.EventsError, match=r"none of the .* has a customer on the list"):
        events.as_of(study({**frames, "orders": none}), DAYS[1])


@pytest.mark.parametrize(
    ("days", "lookback", "message"),
    [
        ("soon", "90D", "days: .* are not dates"),
        ((), "90D", "no day is given"),
        ("2025-03-31", "a while", "'a while' is no duration"),
    ],
)
def test_days_and_durations_that_are_none_are_refused(days, lookback, message):
    wanted = results.Misuse if days else events.EventsError
    with pytest.raises(wanted, match=message):
        events.as_of(study(made()), days, lookback)


def test_no_table_at_all_is_refused():
    with pytest.raises(events.EventsError, match="neither a customer list nor a table of events"):
        events.as_of(study({}), DAYS)


# ---------------------------------------------------------------- the same on PostgreSQL


def test_postgresql_gives_the_same_numbers_to_the_last_bit(postgres):
    frames = made(7)
    here = events.as_of(study(frames), DAYS, "90D")
    there = events.as_of(study(frames, postgres), DAYS, "90D")
    pd.testing.assert_frame_equal(here, there, check_exact=True)
    assert len(here) > 30


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_postgresql_tells_the_same_days_whatever_zone_its_session_has(postgres, zone):
    orders = made(3)["orders"]
    # the clock of whoever asks must not decide on which day a customer bought
    postgres.raw_sql("SET TIME ZONE 'Pacific/Auckland'")
    there = events.local(hold(postgres, f"o_{zone[-5:].lower()}", orders), zone)
    expected = orders["ordered_at"].dt.tz_convert(zone).dt.tz_localize(None)
    got = there.order_by("ordered_at").execute()["ordered_at"].astype("datetime64[us]")
    assert (got == expected.sort_values(ignore_index=True).astype("datetime64[us]")).all()
    here = orders.assign(ordered_at=expected)
    counts = [lifetimes.buyers(table, as_of="2025-06-30").frame for table in (there, here)]
    pd.testing.assert_frame_equal(*counts, check_dtype=False)


def test_a_query_is_written_once_whatever_the_days(monkeypatch):
    written = []
    monkeypatch.setattr(ibis, "to_sql", lambda t, f=ibis.to_sql: written.append(1) or f(t))
    times = pd.to_datetime(["2025-01-05", "2025-02-05"])
    engine = ibis.duckdb.connect()
    engine.con.register("o", pd.DataFrame({"customer_id": ["a", "b"], "ordered_at": times}))
    orders = engine.table("o")
    asked = SimpleNamespace(
        orders=orders, customers=None, responses=None, interactions=None, mapping=None
    )
    first = len(events.as_of(asked, "2025-01-31"))
    before, later = len(written), len(events.as_of(asked, ["2025-02-28", "2025-03-31"]))
    assert (first, later, len(written)) == (1, 4, before)
