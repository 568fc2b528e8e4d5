"""What holds for any table: nothing lost, nothing changed twice, order does not matter."""

import pandas as pd
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from cxlab.cleaning import Around, CleaningError, clean
from cxlab.codebook import SET_ASIDE, Table

SPEC = Table(
    files=("a.csv",),
    columns={
        "response_id": "id",
        "nps": "q",
        "answered_at": "d",
        "comment": "c",
        "duration_s": "t",
    },
    ratings=["r1", "r2"],
)
CELLS = {
    "response_id": st.sampled_from(["", "1", "2", " 3 ", "1.2E+05"]),
    "nps": st.sampled_from(["", "0", "10 - Likely", "11", "-1", "N/A", "nine", "９", "7.0"]),
    "answered_at": st.sampled_from(
        ["2024-01-31", "2024-02-30", "", "9999-12-31", "2027-01-01", "x"]
    ),
    "comment": st.text(max_size=8),
    "duration_s": st.sampled_from(["5", "300", "", "1e3", "a"]),
    "r1": st.sampled_from(["1", "5", "6", ""]),
    "r2": st.sampled_from(["1", "5", "6", ""]),
    "damage": st.sampled_from(["", "", "", "3 fields, 5 expected"]),
}
TABLES = st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=12)


def cleaned(rows: list[dict], order: list[int] | None = None):
    raw = pd.DataFrame(rows, dtype="str").assign(file="a.csv", line=range(2, len(rows) + 2))
    if order:
        raw = raw.iloc[order].reset_index(drop=True)
    try:
        return clean(raw, table="responses", spec=SPEC, around=Around(pd.Timestamp("2025-12-31")))
    except CleaningError:  # a column of which half is unreadable is refused
        return reject()


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_no_row_is_lost_or_counted_twice(rows):
    done = cleaned(rows)
    assert done.rows_in == len(rows) == len(done.frame) + len(done.set_aside)
    assert done.set_aside["line"].is_unique
    assert set(done.set_aside["reason"]) <= set(SET_ASIDE)
    assert done.repairs["n"].le(len(done.frame)).all()


@settings(max_examples=40, deadline=None)
@given(TABLES, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows, random):
    order = random.sample(range(len(rows)), len(rows))
    one, other = cleaned(rows), cleaned(rows, order)
    key = ["line", "reason", "value"]
    assert sorted(map(tuple, one.set_aside[key].to_numpy().tolist())) == sorted(
        map(tuple, other.set_aside[key].to_numpy().tolist())
    )


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_cleaning_twice_changes_nothing(rows):
    once = cleaned(rows).frame
    again = once.assign(file="a.csv", line=range(2, len(once) + 2), damage="")
    spec = SPEC.model_copy(
        update={"rules": {"speeder": "off", "straightliner": "off", "careless": "off"}}
    )
    done = clean(again, table="responses", spec=spec, around=Around(pd.Timestamp("2025-12-31")))
    assert done.set_aside.empty
    assert done.repairs.empty
    pd.testing.assert_frame_equal(done.frame, once, check_dtype=False)
