"""Customer lists that tell who leaves only since a day."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cxlab import churn, retention
from cxlab.study import watch
from tests.small import load

COLUMNS = {"customer_id": "id", "signed_up_at": "joined", "churned_at": "left"}
RATE = np.log(2) / 9  # a month: half leave within nine


def _members(*, known_since: str, seed: int = 4) -> str:
    """Make a list of customers leaving at one pace, who left before a day wiped from it."""
    rng = np.random.default_rng(seed)
    joined = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 1800, 4000), "D")
    left = joined + pd.to_timedelta(rng.exponential(1 / RATE, 4000) * 365.25 / 12, "D")
    rows = pd.DataFrame({"id": [f"m{k}" for k in range(4000)], "joined": joined, "left": left})
    rows["left"] = rows["left"].dt.normalize().where(rows["left"] < "2025-12-31")
    rows = rows[~(rows["left"] < known_since)]
    return rows.to_csv(index=False)


def _year(opened) -> pd.Series:
    return retention.still_there(opened.customers, as_of=opened.mapping.until()).frame.iloc[0]


def test_late_entry_finds_the_pace_the_bare_list_hides(tmp_path):
    said = {"table": "customers", "columns": COLUMNS}
    rows, truth = _members(known_since="2024-06-01"), np.exp(-12 * RATE)
    bare = _year(load(tmp_path, rows, **said))
    late = _year(load(tmp_path, rows, since="2024-06-01", **said))
    assert late["conf_low"] < truth < late["conf_high"]
    assert bare["conf_low"] > truth


def test_a_list_without_early_leavers_is_doubted_with_both_numbers(tmp_path):
    said = {"table": "customers", "columns": COLUMNS}
    ((table, doubt),) = load(tmp_path, _members(known_since="2024-06-01"), **said).doubts
    assert table == "customers"
    assert "`since: 2024-06-01`" in doubt
    assert "stay a year" in doubt
    assert not load(tmp_path, _members(known_since="2020-01-01"), **said).doubts
    declared = load(tmp_path, _members(known_since="2024-06-01"), since="2024-06-01", **said)
    assert not declared.doubts


def test_days_before_the_watch_are_no_snapshots(tmp_path):
    rows = _members(known_since="2024-06-01")
    opened = load(tmp_path, rows, table="customers", columns=COLUMNS, since="2024-06-01")
    with pytest.raises(churn.ChurnError, match="begins on 2024-06-01"):
        churn.snapshot(opened, as_of="2024-03-31")
    taken = churn.snapshot(opened, as_of="2025-03-31")
    assert "watched_since" not in taken.features


def test_leavers_before_the_watch_are_named(tmp_path):
    rows = _members(known_since="2020-01-01")
    opened = load(tmp_path, rows, table="customers", columns=COLUMNS, since="2024-06-01")
    n = int((opened.customers["churned_at"] < pd.Timestamp("2024-06-01", tz="UTC")).sum())
    assert f"{n:,} customers left before it" in " ".join(opened.notes["customers"])
    aside = retention.spells(opened.customers).set_aside["reason"]
    assert (aside == "left_before_watch").sum() >= n


def test_a_day_of_watch_without_a_day_of_joining_is_doubted(tmp_path):
    columns = {"customer_id": "id", "tenure": "months", "churned": "left"}
    body = [f"m{at},{at % 9},{'no' if at % 3 else 'yes'}" for at in range(60)]
    rows = "\n".join(["id,months,left", *body])
    opened = load(tmp_path, rows, table="customers", columns=columns, since="2024-06-01")
    ((_, doubt),) = opened.doubts
    assert "`since: 2024-06-01` changes nothing" in doubt


def test_small_lists_whose_members_leave_late_are_not_doubted():
    rng, end = np.random.default_rng(3), pd.Timestamp("2025-12-31")
    asked = SimpleNamespace(until=lambda: end, timezone="UTC")
    for _ in range(40):
        days = np.where(rng.random(120) < 0.4, rng.uniform(0, 30, 120), 1800 * rng.random(120))
        begun = pd.Series(pd.Timestamp("2021-01-01") + pd.to_timedelta(days.astype(int), "D"))
        left = begun + pd.to_timedelta((900 * rng.weibull(2, 120)).astype(int), "D")
        times = pd.DataFrame({"begun": begun, "left": left.where(left <= end)})
        assert not watch._doubtful(times, SimpleNamespace(mapping=asked))
