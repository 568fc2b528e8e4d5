"""Visits: events as web analytics export them, whose they are, and rows accounted for."""

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from cxlab import codebook, journey, study
from tests import small

VISITS = {"visitor_id": "user_pseudo_id", "customer_id": "user_id", "at": "event_timestamp",
          "event": "event_name", "page": "event_params.page_location", "device": "device.category",
          "session_id": "event_params.ga_session_id"}  # fmt: skip
PLAIN = {"visitor_id": "v", "customer_id": "c", "at": "at", "event": "e"}


def ga4(seconds, name, visitor="v1", user=None, **params):
    kinds = {int: "int_value", str: "string_value"}
    values = [
        {"key": key, "value": {"string_value": None, "int_value": None, kinds[type(v)]: v}}
        for key, v in params.items()
    ]
    return {"event_timestamp": 1735732800000000 + seconds * 1_000_000, "event_name": name,
            "event_params": values, "user_id": user, "user_pseudo_id": visitor,
            "device": {"category": "mobile", "web_info": {"browser": "Firefox"}}}  # fmt: skip


EVENTS = [
    ga4(0, "page_view", page_location="https://x.test/", ga_session_id=7),
    ga4(0, "scroll", ga_session_id=7),
    ga4(61, "login", user="0012", page_location="https://x.test/in", ga_session_id=7),
]


def opened(folder, columns=VISITS, name="visits.jsonl", data="", **said):
    return small.load(folder, data, name=name, table="visits", columns=columns, **said)


def seen(visits):
    rows = visits.cleaned["visits"].frame
    return rows[["event", "page", "session_id", "device"]].astype(object).to_numpy().tolist()


LIST = [["page_view", "https://x.test/", "7", "mobile"], ["scroll", None, "7", "mobile"],
        ["login", "https://x.test/in", "7", "mobile"]]  # fmt: skip


@pytest.mark.parametrize("kind", ["lines", "list", "parquet"])
def test_nested_parameters_are_columns_by_their_key(tmp_path, kind):
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(EVENTS), tmp_path / "v.parquet")
        data, name = (tmp_path / "v.parquet").read_bytes(), "v.parquet"
    else:
        lines = [json.dumps(each) for each in EVENTS]
        data = "\n".join(lines) if kind == "lines" else f"[{','.join(lines)}]"
        name = "v.jsonl" if kind == "lines" else "v.json"
    done = opened(tmp_path, data=data, name=name)
    rows = seen(done)
    assert [[None if pd.isna(cell) else cell for cell in row] for row in rows] == LIST
    at = done.cleaned["visits"].frame["at"].dt.tz_convert("UTC")
    assert str(at.iloc[2]) == "2025-01-01 12:01:01+00:00"


def test_an_id_of_twenty_digits_keeps_them(tmp_path):
    data = '{"v": 12345678901234567890, "c": null, "at": "2025-01-05T10:00:00Z", "e": "x"}\n'
    rows = opened(tmp_path, PLAIN, data=data).cleaned["visits"].frame
    assert rows["visitor_id"].tolist() == ["12345678901234567890"]


def test_a_line_that_is_no_record_is_booked_with_its_line(tmp_path):
    good = '{"v": "a", "c": "1", "at": "2025-01-05T10:00:00Z", "e": "x"}'
    done = opened(tmp_path, PLAIN, data=f"{good}\n{{broken\n\n{good}\n").cleaned["visits"]
    assert done.set_aside[["line", "reason"]].to_numpy().tolist() == [[2, "row_torn"]]
    assert done.rows_in == 3


def test_a_file_without_records_is_refused(tmp_path):
    with pytest.raises(study.StudyError, match="holds no JSON record"):
        opened(tmp_path, PLAIN, data="hello\n")


def test_an_unknown_parameter_is_refused_with_the_nearest(tmp_path):
    wrong = {**VISITS, "page": "event_params.page_locaton"}
    data = "\n".join(json.dumps(each) for each in EVENTS)
    with pytest.raises(study.StudyError, match="Did you mean 'event_params"):
        opened(tmp_path, wrong, data=data)


TIMES = "v,c,at,e\na,,2025-01-05 10:00,x\na,7,2025-01-05 10:00,login\na,,2025-01-05 10:00,y\n"


def test_a_visitor_is_the_customer_from_the_first_login_on(tmp_path):
    done = opened(tmp_path, PLAIN, name="v.csv", data=TIMES)
    assert done.cleaned["visits"].frame["customer_id"].fillna("-").tolist() == ["-", "7", "7"]
    assert "1 of 1 visitor (100%) logged in" in " ".join(done.notes["visits"])


def test_what_came_before_the_login_is_the_customers_only_where_declared(tmp_path):
    whole = {"journey": {"before_login": True}}
    done = opened(tmp_path, PLAIN, name="v.csv", data=TIMES, whole=whole)
    assert done.cleaned["visits"].frame["customer_id"].tolist() == ["7", "7", "7"]


def joined(folder, table, data, columns):
    """A study of that table and two customers, who joined on the 5th and the 9th of January."""
    (folder / "crm.csv").write_text("id,joined\n7,2025-01-05\n8,2025-01-09\n")
    (folder / "data.csv").write_text(data)
    known = {"files": "crm.csv", "columns": {"customer_id": "id", "signed_up_at": "joined"}}
    whole = {"study": "S", "as_of": "2025-12-31", "timezone": "Europe/London", "tables": {
        "customers": known, table: {"files": "data.csv", "columns": columns}}}  # fmt: skip
    (folder / "study.yaml").write_text(yaml.safe_dump(whole))
    return study.load(folder / "study.yaml", cache=False)


def test_what_lies_before_the_sign_up_is_told_and_kept(tmp_path):
    data = "v,c,at,e\na,7,2025-01-05 00:10,x\na,7,2025-01-04 23:50,y\nb,8,2025-01-09 10:00,x\n"
    done = joined(tmp_path, "visits", data, PLAIN)
    assert len(done.cleaned["visits"].frame) == 3
    assert any("sign-up: 1 event of 1 customer, kept" in each for each in done.notes["visits"])


CASES = {"interaction_id": "i", "customer_id": "c", "opened_at": "o", "closed_at": "e"}


def test_a_case_closed_before_it_was_opened_is_booked_and_an_early_one_told(tmp_path):
    data = "i,c,o,e\n1,7,2025-01-08,2025-01-07\n2,8,2025-01-02,2025-01-03\n3,7,2025-02-01,\n"
    done = joined(tmp_path, "interactions", data, CASES)
    gone = done.cleaned["interactions"].set_aside[["line", "reason", "column", "value"]]
    assert gone.to_numpy().tolist() == [[2, "closed_before_opened", "closed_at", "2025-01-07"]]
    assert "sign-up: 1 contact of 1 customer, kept" in " ".join(done.notes["interactions"])
    card = journey.scorecard(done.interactions, as_of="2025-12-31")
    assert card.frame.loc[card.frame["part"] == "contacts", "estimate"].tolist() == [2]


def test_a_second_customer_at_the_same_machine_is_told(tmp_path):
    done = opened(tmp_path, PLAIN, name="v.csv", data=TIMES + "a,8,2025-01-06,login\n")
    assert done.cleaned["visits"].frame["customer_id"].iloc[-1] == "8"
    assert "1 time another customer" in " ".join(done.notes["visits"])


def test_every_event_that_tells_nothing_has_one_reason(tmp_path):
    rows = (
        ",,2025-01-05,x\na,,,x\na,,2025-01-05,\na,,2025-02-30,x\na,,2026-02-01,x\na,,2025-01-05,x\n"
    )
    done = opened(tmp_path, PLAIN, name="v.csv", data="v,c,at,e\n" + rows)
    assert small.reasons(done, "visits") == {
        "id_missing": 1, "date_missing": 1, "event_missing": 1, "date_impossible": 1,
        "date_after_as_of": 1}  # fmt: skip


def test_the_same_event_twice_in_a_moment_is_no_duplicate(tmp_path):
    done = opened(tmp_path, PLAIN, name="v.csv", data="v,c,at,e\n" + "a,,2025-01-05,x\n" * 3)
    assert len(done.cleaned["visits"].frame) == 3
    assert done.visits.position.execute().tolist() == [0, 1, 2]


@pytest.mark.parametrize(("journey", "said"), [
    ({"funnel": ["a"]}, "two or more"), ({"gap": "soon"}, "30min, 12h or 7D"),
    ({"stages": {"a": ["x"], "b": ["x"]}}, "several stages"), ({"stage": {}}, "stages"),
])  # fmt: skip
def test_a_way_that_cannot_be_is_refused(tmp_path, journey, said):
    with pytest.raises(codebook.MappingError, match=said):
        opened(tmp_path, PLAIN, name="v.csv", data=TIMES, whole={"journey": journey})


def test_visits_without_a_visitor_are_refused(tmp_path):
    with pytest.raises(codebook.MappingError, match="nobody's way"):
        opened(tmp_path, {"at": "at", "event": "e"}, name="v.csv", data=TIMES)
