"""Subscriptions as spells: who is there, who came back."""

import pandas as pd

from cxlab import retention, study
from cxlab.study import account_of
from tests.small import load, reasons

COLUMNS = {"customer_id": "who", "started_at": "from", "ended_at": "to", "plan": "plan"}
ROWS = """who,from,to,plan
a,2024-01-01,2024-06-01,S
a,2024-09-01,,L
b,2024-01-01,2024-06-01,S
b,2024-05-01,2024-12-01,L
c,2024-02-01,2024-03-01,S
c,2024-03-01,,S
d,2024-02-01,2024-01-01,S
"""


def _open(folder, rows=ROWS):
    return load(folder, rows, table="subscriptions", columns=COLUMNS)


def test_customers_who_came_back_have_not_left(tmp_path):
    opened = _open(tmp_path)
    people = opened.customers.set_index("customer_id")
    assert people["churned_at"].notna().to_dict() == {"a": False, "b": True, "c": False}
    assert f"{people.loc['b', 'churned_at']:%Y-%m-%d}" == "2024-12-01"
    assert people["plan"].to_dict() == {"a": "L", "b": "L", "c": "S"}
    assert {"customers", "leaving"} <= set(opened.holds)
    assert reasons(opened, "subscriptions") == {"ended_before_started": 1}


def test_who_is_there_on_a_day_counts_the_returned_apart(tmp_path):
    rows = _open(tmp_path).cleaned["subscriptions"].frame
    found = [
        retention.there_on(rows, day=day).frame["n"].tolist()
        for day in ("2024-05-15", "2024-07-01", "2025-01-01")
    ]
    assert found == [[3, 0, 0], [2, 0, 1], [2, 1, 1]]


def test_the_order_of_subscriptions_says_nothing(tmp_path):
    head, *lines = ROWS.splitlines()
    there = [_open(tmp_path, "\n".join([head, *order])).customers for order in (lines, lines[::-1])]
    pd.testing.assert_frame_equal(*there)


def test_rows_read_are_rows_of_files_and_nameless_spells_are_booked(tmp_path):
    opened = _open(tmp_path, ROWS + ",2024-01-01,,S\n")
    read = opened.ledger.frame.query("term == 'rows read'").set_index("table")["n"]
    assert read.to_dict() == {"subscriptions": 8}
    assert list(account_of(opened)["tables"]) == ["subscriptions"]
    assert reasons(opened, "subscriptions") == {"ended_before_started": 1, "id_missing": 1}
    assert len(opened.customers) == 3


def test_subscriptions_of_which_none_has_an_end_are_lives_that_go_on(tmp_path):
    rows = "".join(f"c{at},2025-0{at % 9 + 1}-03\n" for at in range(30))
    (tmp_path / "s.csv").write_text("who,since\n" + rows, encoding="utf-8")
    said = "study: s\nas_of: 2025-12-31\ntables:\n  subscriptions:\n    files: s.csv\n"
    said += "    columns: {customer_id: who, started_at: since}\n"
    (tmp_path / "study.yaml").write_text(said, encoding="utf-8")
    people = study.load(tmp_path / "study.yaml", cache=False).customers
    assert people["churned_at"].isna().all()
