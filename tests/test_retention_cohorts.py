"""Cohorts and tiers: counts of other programs, plain pandas, unfinished cells, odd orders."""

import json
import sys
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from cxlab import plots, retention, value

GOLDEN = Path(__file__).parent / "golden"
RULES = ("on", "on or after", "bracket")


def golden(name: str) -> dict:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))["expected"]


@pytest.fixture(scope="module")
def cdnow(shared_data) -> pd.DataFrame:
    path = shared_data / "cdnow" / "CDNOW_master.txt"
    names = ["customer_id", "date", "cds", "amount"]
    frame = pd.read_csv(path, sep=r"\s+", header=0, names=names, dtype={"customer_id": str})
    return frame.assign(ordered_at=pd.to_datetime(frame["date"].astype(str), format="%Y%m%d"))


@pytest.fixture(scope="module")
def retail(shared_data) -> pd.DataFrame:
    path = shared_data / "online_retail_2010_2011" / "online_retail.csv.gz"
    raw = pd.read_csv(path, dtype={"CustomerID": str, "InvoiceNo": str})
    raw = raw[raw["CustomerID"].notna()]
    when = pd.to_datetime(raw["InvoiceDate"], format="%m/%d/%y %H:%M")
    frame = pd.DataFrame({"customer_id": raw["CustomerID"], "ordered_at": when})
    return frame.assign(amount=raw["Quantity"] * raw["UnitPrice"])


def made_up(n: int = 3000, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"customer_id": rng.integers(0, n // 8, n).astype(str)})
    days = pd.to_timedelta(rng.integers(0, 420, n), "D")
    return frame.assign(ordered_at=pd.Timestamp("2023-11-03") + days, amount=rng.gamma(3, 9, n))


# ---------------------------------------------------------------- published counts


def test_cdnow_counts_are_the_published(cdnow):
    frame = retention.cohorts(cdnow, as_of="1998-06-30").frame
    for right in golden("cohort_retention")["cohorts"]:
        rows = frame[frame["group"] == right["cohort"]]
        assert rows["n"].iloc[0] == right["size"]
        assert rows["events"].tolist() == list(right["active_customers_by_month_offset"].values())
        assert rows["finished"].all()


def test_cdnow_money_is_the_published(cdnow):
    frame = retention.cohorts(cdnow, as_of="1998-06-30", measure="money").frame
    for right in golden("cohort_retention")["cohorts"]:
        rows = frame[frame["group"] == right["cohort"]]
        money = list(right["revenue_by_month_offset"].values())
        np.testing.assert_allclose(rows["estimate"] * rows["n"], money, atol=0.01)


def test_the_last_month_of_online_retail_is_unfinished(retail):
    frame = retention.cohorts(retail).frame
    last = pd.Period("2011-06")
    cells = frame[frame["group"] != "all"]
    month = pd.PeriodIndex(cells["group"], freq="M") + cells["time"].to_numpy()
    assert (cells["finished"].to_numpy() == (month < last)).all()


def test_online_retail_agrees_with_plain_pandas(retail):
    frame = retention.cohorts(retail, as_of="2011-06-26").frame
    bought = retail[retail["amount"] >= 0]
    month = bought["ordered_at"].dt.to_period("M")
    first = month.groupby(bought["customer_id"]).transform("min")
    age = (month - first).map(lambda gap: gap.n)
    right = bought.groupby([first.astype(str), age])["customer_id"].nunique()
    cells = frame[(frame["group"] != "all") & (frame["events"] > 0)]
    found = cells.set_index(["group", "time"])["events"]
    assert found.to_dict() == {(g, t): n for (g, t), n in right.items()}


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("period", ["month", "week", "quarter", "30D"])
def test_everyone_is_there_at_the_start(rule, period):
    frame = retention.cohorts(made_up(), rule=rule, period=period).frame
    start = frame[(frame["time"] == 0) & frame["finished"]]
    assert (start["estimate"] == 1).all()
    assert frame["estimate"].between(0, 1).all()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("period", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize("listed", [False, True])
def test_bits_and_rows_give_the_same_matrix(monkeypatch, rule, period, listed):
    orders = made_up()
    joined = pd.to_timedelta(np.arange(400) % 200, "D") + pd.Timestamp("2023-10-01")
    people = pd.DataFrame({"customer_id": np.arange(400).astype(str), "signed_up_at": joined})
    asked = {"rule": rule, "period": period, "customers": people if listed else None}
    bits = retention.cohorts(orders, **asked).frame
    rows = sys.modules["cxlab.retention.cohorts"]
    monkeypatch.setattr(rows, "_attended", lambda *_: None)
    pd.testing.assert_frame_equal(bits, retention.cohorts(orders, **asked).frame, check_dtype=False)


def test_a_span_of_more_than_one_word_loses_nobody():
    orders = pd.DataFrame({"customer_id": ["a", "a", "a"], "amount": 5.0})
    orders["ordered_at"] = pd.to_datetime(["2015-01-05", "2020-06-10", "2024-03-01"])
    frame = retention.cohorts(orders, as_of="2024-03-31").frame
    seen = frame[(frame["group"] == "2015-01") & (frame["events"] > 0)]
    assert seen["time"].tolist() == [0, 65, 110]


def test_a_week_begins_on_monday():
    orders = pd.DataFrame({"customer_id": ["a", "b"], "amount": 5.0})
    orders["ordered_at"] = pd.to_datetime(["2024-01-02", "2024-01-07"])  # Tuesday and Sunday
    frame = retention.cohorts(orders, period="week", as_of="2024-01-14").frame
    assert set(frame["group"]) == {"all", "2024-01-01"}
    assert frame["finished"].all()


def test_orders_after_the_last_day_are_not_known():
    orders = made_up()
    known = orders[orders["ordered_at"] <= "2024-06-15"]
    one, other = (retention.cohorts(o, as_of="2024-06-15") for o in (orders, known))
    pd.testing.assert_frame_equal(one.frame, other.frame)
    assert one.base == other.base


def test_on_or_after_never_rises_and_never_lies_below_on():
    on = retention.cohorts(made_up()).frame.set_index(["group", "time"])["estimate"]
    later = retention.cohorts(made_up(), rule="on or after").frame
    for _, rows in later[later["group"] != "all"].groupby("group"):
        assert (rows["estimate"].diff().dropna() <= 0).all()
    assert (later.set_index(["group", "time"])["estimate"] >= on - 1e-12).all()


def test_rolling_periods_agree_with_plain_pandas():
    orders = made_up()
    frame = retention.cohorts(orders, period="30D", as_of="2024-12-31").frame
    first = orders.groupby("customer_id")["ordered_at"].transform("min")
    age = (orders["ordered_at"] - first).dt.days // 30
    right = orders.groupby([first.dt.strftime("%Y-%m"), age])["customer_id"].nunique()
    cells = frame[(frame["group"] != "all") & (frame["events"] > 0)]
    assert cells.set_index(["group", "time"])["events"].to_dict() == right.to_dict()


def test_unfinished_cells_stay_out_of_the_average():
    frame = retention.cohorts(made_up(), as_of="2024-12-10").frame
    cells = frame[(frame["group"] != "all") & frame["finished"]]
    right = cells.groupby("time")["events"].sum() / cells.groupby("time")["n"].sum()
    whole = frame[frame["group"] == "all"].set_index("time")["estimate"]
    pd.testing.assert_series_equal(whole, right, check_names=False)
    assert (~frame["finished"]).any()


def test_a_day_less_of_data_moves_no_finished_cell():
    orders = made_up()
    one = retention.cohorts(orders, as_of="2024-11-30").frame
    cut = orders[orders["ordered_at"] <= "2024-11-30"]
    other = retention.cohorts(cut, as_of="2024-11-30").frame
    whole = one["finished"] & (one["group"] != "all")
    pd.testing.assert_frame_equal(
        one[whole].reset_index(drop=True),
        other[other["finished"] & (other["group"] != "all")].reset_index(drop=True),
    )


def test_refunds_lower_money_and_are_no_visit():
    frame = pd.DataFrame({"customer_id": ["a"] * 3, "amount": [50.0, -20.0, 30.0]})
    frame["ordered_at"] = pd.to_datetime(["2024-01-05", "2024-02-07", "2024-03-02"])
    money = retention.cohorts(frame, measure="money", as_of="2024-03-31").frame
    cells = money[money["group"] == "2024-01"]
    assert cells["estimate"].tolist() == [50, -20, 30]
    assert cells["events"].tolist() == [1, 0, 1]


def test_customers_without_orders_count_and_orders_before_signup_are_booked():
    orders = pd.DataFrame({"customer_id": ["a", "a"], "amount": 5.0})
    orders["ordered_at"] = pd.to_datetime(["2023-12-05", "2024-02-05"])
    people = pd.DataFrame({"customer_id": ["a", "b"]})
    people["signed_up_at"] = pd.to_datetime(["2024-01-02", "2024-01-09"])
    result = retention.cohorts(orders, customers=people, as_of="2024-02-29")
    cells = result.frame[result.frame["group"] == "2024-01"]
    assert cells["n"].tolist() == [2, 2]
    assert cells["estimate"].tolist() == [0, 0.5]
    assert "1 order from before the customer signed up are not counted." in result.notes


@pytest.mark.parametrize("measure", ["customers", "money"])
def test_where_no_order_joins_a_customer_nothing_is_counted(measure):
    people = pd.DataFrame({"customer_id": ["x1", "x2"]})
    people["signed_up_at"] = pd.to_datetime(["2024-01-02", "2024-01-09"])
    asked = {"customers": people, "as_of": "2024-12-31", "measure": measure}
    for orders in (made_up(), made_up()[:0]):
        with pytest.raises(retention.OrdersError, match=r"joins any of the 2 .*'customer_id'"):
            retention.cohorts(orders, **asked)
    with pytest.raises(retention.OrdersError, match="no order names its customer"):
        retention.cohorts(made_up()[:0])
    before = made_up().replace({"customer_id": {"7": "x1"}})
    before["ordered_at"] = pd.Timestamp("2023-06-01")
    with pytest.raises(retention.OrdersError, match="no order lies where it is counted"):
        retention.cohorts(before, **asked)


def test_a_cohort_of_one_is_named():
    frame = pd.concat([made_up(), pd.DataFrame({"customer_id": ["zz"], "amount": 1.0})])
    frame["ordered_at"] = frame["ordered_at"].fillna(pd.Timestamp("2025-03-01"))
    notes = " ".join(retention.cohorts(frame, as_of="2025-05-31").notes)
    assert "2025-03" in notes


def test_an_ibis_table_gives_what_a_frame_gives(tmp_path):
    made_up().to_parquet(tmp_path / "orders.parquet")
    table = ibis.duckdb.connect().read_parquet(tmp_path / "orders.parquet")
    one, other = (retention.cohorts(o, rule="on or after").frame for o in (made_up(), table))
    pd.testing.assert_frame_equal(one, other)


def test_cohorts_that_do_not_differ_rarely_stand_apart():
    said = []
    for seed in range(15):
        result = retention.cohorts(made_up(seed=seed), as_of="2024-12-31")
        found = retention.compare_cohorts(result, time=3).frame
        said.append((found["verdict"] != "not apart").any())
    assert np.mean(said) <= 0.2


def test_a_cohort_that_stays_away_is_found_with_its_sign():
    orders = made_up(6000)
    first = orders.groupby("customer_id")["ordered_at"].transform("min")
    odd = first.dt.strftime("%Y-%m").eq("2023-12") & (orders["ordered_at"] > first)
    orders = orders[~(odd & (orders.index % 4 > 0))]
    frame = retention.compare_cohorts(retention.cohorts(orders), time=3).frame.set_index("group")
    row = frame.loc["2023-12"]
    assert row["verdict"] == "lower"
    assert row["conf_low"] < row["estimate"] < row["conf_high"] < 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"rule": "after"}, "rule: 'after' is none of"),
        ({"period": "moon"}, "nor a length such as '30D'"),
        ({"measure": "joy"}, "measure: 'joy' is none of customers and money"),
    ],
)
def test_unknown_words_are_refused(asked, said):
    with pytest.raises(retention.OrdersError, match=said):
        retention.cohorts(made_up(), **asked)


# ---------------------------------------------------------------- tiers


@pytest.fixture(scope="module")
def rfm_orders(reference) -> pd.DataFrame:
    frame = pd.read_csv(reference / "data" / "rfm_orders.csv")
    frame = frame.rename(columns={"customer": "customer_id", "revenue": "amount"})
    return frame.assign(ordered_at=pd.to_datetime(frame["order_date"]))


def test_scores_are_those_of_the_package_rfm(rfm_orders):
    scored, right = value.rfm(rfm_orders, as_of="2006-12-31"), golden("rfm")
    assert len(scored) == right["customers"]
    assert scored["frequency"].sum() == right["orders"]
    for row, one in zip(scored.head(10).itertuples(), right["first_ten"], strict=True):
        assert (row.recency, row.frequency, row.amount) == (one["recency"], one["n"], one["amount"])
        assert (row.r, row.f, row.m) == (one["R"], one["F"], one["M"])
    for letter, counts in right["score_counts"].items():
        assert scored[letter.lower()].value_counts().sort_index().tolist() == list(counts.values())


def test_tiers_hold_every_customer_and_all_the_money(rfm_orders):
    frame = value.tiers(rfm_orders, as_of="2006-12-31").frame
    assert frame["n"].sum() == 995
    assert frame["share"].sum() == pytest.approx(1)
    assert (frame["estimate"] * frame["n"]).sum() == pytest.approx(rfm_orders["amount"].sum())


def test_migration_counts_everyone_once(rfm_orders):
    frame = value.migration(rfm_orders, before="2005-12-31", after="2006-12-31").frame
    recent = rfm_orders["ordered_at"] > "2004-12-31"
    assert frame["n"].sum() == rfm_orders[recent]["customer_id"].nunique()
    np.testing.assert_allclose(frame.groupby("term")["share"].sum(), 1)


def test_later_orders_are_not_known_on_the_day():
    orders = made_up()
    cut = orders[orders["ordered_at"] <= "2024-06-30"]
    one, other = (value.rfm(o, as_of="2024-06-30") for o in (orders, cut))
    pd.testing.assert_frame_equal(one, other)


# ---------------------------------------------------------------- pictures


def words_of(ax) -> list[str]:
    texts = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label]
    return [text.get_text() for text in texts]


def test_the_first_column_of_the_map_says_what_it_counts():
    ax = plots.cohort_map(retention.cohorts(made_up()))
    assert ax.get_xticklabels()[0].get_text() == "began"


def test_cohorts_are_compared_in_points():
    result = retention.compare_cohorts(retention.cohorts(made_up()), time=3)
    assert result.unit == "difference in points"
    assert result.frame["estimate"].abs().max() > 1
    assert "difference in points" in words_of(plots.forest(result))


def test_migration_is_drawn_as_a_matrix_that_counts_everyone():
    result = value.migration(made_up(6000), after="2024-12-26", lookback="200D")
    ax = plots.migration(result)
    assert len(ax.patches) == len(result.frame)
    said = words_of(ax)
    whole = [int(word[2:].replace(",", "")) for word in said if word.startswith("n ")]
    assert sum(whole) == result.frame["n"].sum()
    assert {"champion", "gone", "new"} <= set(said)
