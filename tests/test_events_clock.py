"""Days, weeks and months begin where the study is: the same events, however they are written."""

from types import SimpleNamespace

import ibis
import numpy as np
import pandas as pd
import pytest

import cxlab
from cxlab import churn, events, lifetimes, retention, value
from cxlab.events import clock

ZONES = (
    "America/Los_Angeles", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe",
    "Europe/London", "Pacific/Auckland",
)  # fmt: skip


def told(n=600, seed=0):
    """Customers and orders by the clock on the wall, over two changes of clocks each way."""
    rng = np.random.default_rng(seed)
    # an hour of the day that no zone skips or passes twice
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 730, n), unit="D")
    at = pd.Series(at + pd.to_timedelta(rng.integers(4 * 60, 24 * 60, n), unit="min"))
    ids = pd.Series([f"{k:03d}" for k in rng.integers(0, 80, n)])
    orders = pd.DataFrame({"customer_id": ids, "ordered_at": at.dt.as_unit("us")})
    orders["amount"] = rng.integers(100, 9000, n) / 100
    came = orders.groupby("customer_id")["ordered_at"].min().rename("signed_up_at")
    customers = came.reset_index()
    stay = pd.to_timedelta(rng.integers(1, 700, len(customers)), unit="D")
    left = (customers["signed_up_at"] + stay).dt.normalize()
    customers["churned_at"] = left.where(left < "2025-12-31")
    return customers, orders


def written(frame, zone, how):
    """Write local times as they are, in their zone, or in UTC."""
    if how == "local":
        return frame
    times = frame.select_dtypes("datetime").columns
    zoned = {name: frame[name].dt.tz_localize(zone, nonexistent="shift_forward") for name in times}
    if how == "UTC":
        zoned = {name: column.dt.tz_convert("UTC") for name, column in zoned.items()}
    return frame.assign(**zoned)


def answers(customers, orders, zone):
    """Ask every question that speaks of days or months; orders lie in an engine."""
    customers = events.local(customers, zone)
    engine = ibis.duckdb.connect()
    engine.con.register("orders", orders)
    lying = engine.table("orders")
    table = events.local(lying, zone)
    mapping = SimpleNamespace(timezone=zone, as_of="2025-12-31", tables={})
    study = SimpleNamespace(
        customers=customers, orders=lying, interactions=None, responses=None,
        mapping=mapping,
    )  # fmt: skip
    taken = churn.snapshot(study, as_of="2025-06-30", gap="14D", horizon="150D")
    return {
        "cohorts": retention.cohorts(table, customers=customers, as_of="2025-12-31").frame,
        "weeks": retention.cohorts(table, period="week", as_of="2025-12-31").frame,
        "buyers": lifetimes.buyers(table, as_of="2025-12-31").frame,
        "tiers": value.rfm(table, as_of="2025-12-31", lookback="365D"),
        "stay": retention.survival(customers, as_of="2025-12-31", unit="week").frame,
        "known": taken.features.assign(label=taken.label, who=taken.customer),
        "trend": cxlab.metrics.trend(
            orders.rename(columns={"ordered_at": "answered_at"}).assign(nps=orders["amount"] // 9),
            period="month", timezone=zone,
        ).frame,
    }  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("how", ["zone", "UTC"])
def test_the_same_events_give_the_same_numbers_however_they_are_written(zone, how):
    customers, orders = told()
    plain = answers(customers, orders, zone)
    other = answers(written(customers, zone, how), written(orders, zone, how), zone)
    for name, frame in plain.items():
        pd.testing.assert_frame_equal(frame, other[name], check_dtype=False, obj=name)


@pytest.mark.parametrize("zone", ZONES[1:])
def test_moving_all_events_and_the_zone_together_moves_nothing(zone):
    customers, orders = told(seed=1)
    here, there = (answers(customers, orders, where) for where in (ZONES[0], zone))
    for name, frame in here.items():
        pd.testing.assert_frame_equal(frame, there[name], check_dtype=False, obj=name)


@pytest.mark.parametrize("zone", [*ZONES, "UTC"])
def test_every_road_to_local_time_agrees_with_pandas(zone):
    """Also in the hours that clocks skip or pass twice, for engines with and without a word."""
    at = pd.DataFrame({"at": pd.date_range("2024-12-01", "2025-12-01", freq="29min", tz="UTC")})
    expected = at["at"].dt.tz_convert(zone).dt.tz_localize(None).astype("datetime64[us]")
    table = ibis.memtable(at)
    shifted = table.mutate(at=clock._shifted(table.at, zone))
    carried = ibis.memtable(at.assign(at=at["at"].dt.tz_convert(zone)))
    for found in (events.local(table, zone), shifted, events.local(carried)):
        got = found.execute()["at"].sort_values(ignore_index=True).astype("datetime64[us]")
        pd.testing.assert_series_equal(got, expected.sort_values(ignore_index=True))


def opened(folder, zone, stamp):
    rows = "".join(f"o{k},c{k},{stamp},9.5\n" for k in range(40))
    (folder / "orders.csv").write_text(f"order,who,at,paid\n{rows}", encoding="utf-8")
    (folder / "study.yaml").write_text(
        f"study: Evening\nas_of: 2025-12-31\ntimezone: {zone}\ncurrency: USD\n"
        "tables: {orders: {files: orders.csv, columns: "
        "{order_id: order, customer_id: who, ordered_at: at, amount: paid}}}\n",
        encoding="utf-8",
    )
    return cxlab.study.load(folder / "study.yaml")


@pytest.mark.parametrize(
    ("zone", "stamp", "cohort"),
    [
        ("America/Los_Angeles", "2025-02-01T04:00:00Z", "2025-01"),
        ("America/Los_Angeles", "2025-01-31T20:00:00", "2025-01"),
        ("Europe/London", "2025-05-31T23:30:00Z", "2025-06"),
        ("Asia/Kolkata", "2025-05-31T18:31:00Z", "2025-06"),
        ("Asia/Kolkata", "2025-06-01T00:01:00+05:30", "2025-06"),
    ],
)
def test_an_evening_order_belongs_to_the_month_of_its_evening(tmp_path, zone, stamp, cohort):
    study = opened(tmp_path, zone, stamp)
    frame = retention.cohorts(study.orders, as_of="2025-12-31").frame
    assert frame["group"].unique().tolist() == ["all", cohort]
    first = lifetimes.buyers(study.orders, as_of="2025-12-31").frame["first_at"]
    assert first.dt.strftime("%Y-%m").unique().tolist() == [cohort]


def test_a_moment_after_midnight_utc_may_be_the_day_before_here(tmp_path):
    study = opened(tmp_path, "America/Los_Angeles", "2025-02-01T04:00:00Z")
    end = pd.Timestamp("2025-02-01T07:59:59Z")
    assert lifetimes.buyers(study.orders, as_of=end).as_of == pd.Timestamp("2025-01-31")
