"""Is every row and every cell accounted for, and nothing guessed?"""

import numpy as np
import pandas as pd
import pytest

from cxlab import study
from cxlab.cleaning import RULES, Around, CleaningError, clean
from cxlab.cleaning.convert import (
    by_value,
    in_full,
    to_category,
    to_flag,
    to_id,
    to_number,
    to_score,
)
from cxlab.cleaning.dates import to_time
from cxlab.codebook import REPAIRS, SET_ASIDE, Scale, ScaleError, Table, check_scale
from cxlab.study import StudyError
from tests import small
from tests.conftest import ROOT

STUDIES = sorted((ROOT / "tests" / "studies").glob("*.yaml"))
NPS = {"columns": {"nps": "Q1"}}


def moments(*cells, **said) -> list[str]:
    """Read dates and write them as text."""
    done = to_time(pd.Series(cells, name="when"), timezone=said.pop("timezone", "UTC"), **said)
    return [f"{m:%Y-%m-%d %H:%M}" if pd.notna(m) else "" for m in done.values]


def scores(*cells, scale="0..10") -> list[float]:
    return to_score(pd.Series(cells), Scale.model_validate(scale)).values.tolist()


# ---------------------------------------------------------------- the account


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_rows_in_are_rows_kept_and_rows_set_aside(path, shared_data):
    for done in study.load(path, cache=False).cleaned.values():
        assert done.rows_in == len(done.frame) + len(done.set_aside)
        assert set(done.set_aside["reason"]) <= set(SET_ASIDE)
        assert set(done.repairs["reason"]) <= set(REPAIRS)
        assert not done.set_aside.duplicated(["file", "line"]).any()


def test_every_rule_is_in_the_closed_list():
    assert {rule.name for rule in RULES} <= set(SET_ASIDE)


def test_the_value_booked_is_the_one_in_the_file(tmp_path):
    got = small.load(tmp_path, "Q1\n9\n11\n-1\nten\n", **NPS).cleaned["responses"].set_aside
    assert got["value"].tolist() == ["11", "-1", "ten"]
    assert got["line"].tolist() == [3, 4, 5]
    assert got["reason"].tolist() == ["score_off_scale"] * 2 + ["score_unreadable"]


def test_a_rule_can_be_turned_off_or_moved(tmp_path):
    rows = "id,Q1,t\n" + "".join(f"{n},5,{100 + n}\n" for n in range(9)) + "9,5,20\n"
    said = {"columns": {"response_id": "id", "nps": "Q1", "duration_s": "t"}}
    assert small.reasons(small.load(tmp_path, rows, **said)) == {"speeder": 1}
    assert small.reasons(small.load(tmp_path, rows, **said, rules={"speeder": "off"})) == {}
    assert small.reasons(small.load(tmp_path, rows, **said, rules={"speeder": 10})) == {}


def test_what_a_rule_turned_off_leaves_blank_is_booked(tmp_path):
    rows = "id,d,a\n1,2025-01-01,abc\n2,2025-01-01,3\n"
    columns = {"customer_id": "id", "ordered_at": "d", "amount": "a"}
    off = {"amount_unreadable": "off"}
    got = small.load(tmp_path, rows, table="orders", columns=columns, rules=off)
    assert len(got.cleaned["orders"].frame) == 2
    assert small.repairs(got, "orders") == {"amount:unreadable": 1}


def test_an_unknown_rule_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(ValueError, match=r"no cleaning rule 'speedr'.*'speeder'"):
        small.load(tmp_path, "Q1\n9\n", **NPS, rules={"speedr": 3})


def test_the_first_of_two_equal_ids_stays_whatever_the_order():
    spec = Table(files=("a",), columns={"response_id": "id", "nps": "q"})
    raw = pd.DataFrame({"response_id": ["a", "b", "a"], "nps": ["1", "2", "3"]})
    raw = raw.assign(file="f", line=[2, 3, 4], damage="")
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        mixed = raw.iloc[order].reset_index(drop=True)
        done = clean(mixed, table="responses", spec=spec, around=Around(pd.Timestamp("2025-12-31")))
        assert done.set_aside["line"].tolist() == [4]


def test_scores_off_scale_are_told_with_rows_and_largest():
    with pytest.raises(ScaleError, match=r"1 of 3 values lie outside 0..10 .*\[2\], largest 99"):
        check_scale(pd.Series([1, 2, 99], name="nps"), 0, 10)


# ---------------------------------------------------------------- dates


def test_an_ambiguous_date_is_refused_with_both_readings(tmp_path):
    said = {"columns": {"nps": "Q1", "answered_at": "when"}}
    with pytest.raises(StudyError, match="reads as 3 Apr or as 4 Mar"):
        small.load(tmp_path, "Q1,when\n9,03/04/2024\n8,05/06/2024\n", **said)


def test_one_row_that_decides_settles_the_whole_column():
    assert moments("03/04/2024", "13/04/2024") == ["2024-04-03 00:00", "2024-04-13 00:00"]
    assert moments("03/04/2024", "04/13/2024") == ["2024-03-04 00:00", "2024-04-13 00:00"]


def test_a_column_that_contradicts_itself_is_refused():
    with pytest.raises(CleaningError, match="'13/04/2024' has the day first and '04/13/2024'"):
        moments("13/04/2024", "04/13/2024")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["24/03/05", "24/03/17"], "'24/03/05' reads as 5 Mar 2024 or as 24 Mar 2005, and"),
        (["01/02/03"], "reads as 3 Feb 2001 or as 1 Feb 2003 or as 2 Jan 2003, and"),
    ],
)
def test_a_year_of_two_digits_that_may_stand_first_is_refused(cells, says):
    with pytest.raises(CleaningError, match=says):
        moments(*cells)


def test_a_year_of_two_digits_is_placed_by_what_cannot_be():
    assert moments("24/03/05", "01/03/70") == ["2005-03-24 00:00", "1970-03-01 00:00"]
    assert moments("24/03/05", "99/12/31") == ["2024-03-05 00:00", "1999-12-31 00:00"]
    assert moments("03/04/05", "03/25/05") == ["2005-03-04 00:00", "2005-03-25 00:00"]


def test_a_day_that_is_also_its_month_needs_no_decision():
    assert moments("03/03/2024", "05/05/2024") == ["2024-03-03 00:00", "2024-05-05 00:00"]
    assert moments("01/01/1900", "2024-05-06") == ["", "2024-05-06 00:00"]
    with pytest.raises(CleaningError, match="'03/04/2024' reads as 3 Apr or as 4 Mar"):
        moments("01/01/1900", "45/45/2024", "03/04/2024")


def test_a_declared_form_settles_it():
    assert moments("03/04/2024", format="%d/%m/%Y") == ["2024-04-03 00:00"]
    assert moments("24/03/05", format="%y/%m/%d") == ["2024-03-05 00:00"]
    assert moments("24/03/05", format="%d/%m/%y") == ["2005-03-24 00:00"]
    assert moments("24-05-03", format="%y-%m-%d") == ["2024-05-03 00:00"]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-02-29", "2024-02-29 00:00"),
        ("2023-02-29", ""),
        ("31/02/2024 10:00", ""),
        ("20240131", "2024-01-31 00:00"),
        ("2024013123", "2024-01-31 23:00"),
        ("20240131T2330", "2024-01-31 23:30"),
        ("20240131233015Z", "2024-01-31 23:30"),
        ("2024013125", ""),
        ("2024-01-31T23:30:15.250Z", "2024-01-31 23:30"),
        ("2024-01-31 23:30:00+02:00", "2024-01-31 21:30"),
        ("2024/01/31 3:30:00 PM GMT+1", "2024-01-31 14:30"),
        ("31 January 2024", "2024-01-31 00:00"),
        ("Jan 31, 2024 11:05 PM", "2024-01-31 23:05"),
        ("Wed, 31 Jan 2024 10:00:00 +0000", "2024-01-31 10:00"),
        ("31. Mai 2024", "2024-05-31 00:00"),
        ("31-Oct-23", "2023-10-31 00:00"),
        ("45322", "2024-01-31 00:00"),
        ("45322.5", "2024-01-31 12:00"),
        ("1706702400", "2024-01-31 12:00"),
        ("1706702400000", "2024-01-31 12:00"),
        ("1900-01-01", ""),
        ("9999-12-31", ""),
        ("12:30 PM 1/31/2024", ""),
        ("soon", ""),
    ],
)
def test_a_date_in_each_form(cell, moment):
    assert moments(cell) == [moment]


def test_what_most_systems_write_is_read_at_once_and_alike(monkeypatch):
    cells = ["2025-01-02", "2025-02-30 10:00:00", "2025-01-02T10:11:12", "1900-01-01", "n/a"]
    cells += ["2025-03-30 01:30", "2025-10-26 01:30:00", "2025-01-02 24:00", "2025-01-02 10:61"]
    column = pd.Series([*cells, " 2025-1-2 "], dtype="str")
    quick = to_time(column, timezone="Europe/London")
    monkeypatch.setattr("cxlab.cleaning.dates._as_usual", lambda *_: None)
    slow = to_time(column, timezone="Europe/London")
    pd.testing.assert_series_equal(quick.values, slow.values)
    for one, other in ((quick.repairs, slow.repairs), (quick.bad, slow.bad)):
        assert {k: v.tolist() for k, v in one.items()} == {k: v.tolist() for k, v in other.items()}
    assert quick.bad["date_impossible"].tolist() == [False, True, *[False] * 6, True, False]


@pytest.mark.parametrize("read", [to_id, to_category, to_number, to_flag])
def test_a_value_is_read_alike_however_many_rows_hold_it(read):
    few = pd.Series([" 007", "1,250.5", "yes", "N/A", "", None, "£ 3"], dtype="str", name="x")
    many = pd.concat([few] * 9, ignore_index=True)
    once, each = by_value(read, many), read(many)
    pd.testing.assert_series_equal(once.values, each.values)
    assert {k: v.tolist() for k, v in once.repairs.items()} == {
        k: v.tolist() for k, v in each.repairs.items()
    }
    assert {k: v.tolist() for k, v in once.bad.items()} == {
        k: v.tolist() for k, v in each.bad.items()
    }


def test_a_placeholder_is_no_date_and_no_fault():
    nothing = ["1900-01-01", "9999-12-31", "0000-00-00 00:00:00", "1900-01-00", "0001-01-01"]
    done = to_time(pd.Series([*nothing, "2024-01-31"]), timezone="UTC")
    assert done.repairs["placeholder_date"].tolist() == [True] * 5 + [False]
    assert not done.bad["date_impossible"].any()


def test_a_serial_and_an_epoch_are_booked_as_read():
    done = to_time(pd.Series(["45322", "1706702400", "2024-01-31"]), timezone="UTC")
    assert [done.repairs[kind].sum() for kind in ("serial_date", "epoch")] == [1, 1]


def test_clocks_that_change_move_nothing_out_of_its_hour():
    # 31 March 2024, 01:30 does not exist in London; 27 October, 01:30 comes twice
    london = {"timezone": "Europe/London"}
    assert moments("2024-03-31 01:30", **london) == ["2024-03-31 02:00"]
    assert moments("2024-10-27 01:30", **london) == ["2024-10-27 01:30"]
    assert moments("2024-10-27 00:30Z", "2024-10-27 01:30Z", **london) == ["2024-10-27 01:30"] * 2


def test_a_time_that_never_was_or_came_twice_is_booked():
    times = ["2024-03-31 01:30:00", "2024-10-27 01:30", "2024-10-27 01:30Z", "27/10/2024 03:00"]
    done = to_time(pd.Series(times), timezone="Europe/London")
    assert done.repairs["clock_change"].tolist() == [True, True, False, False]
    typed = pd.Series(pd.to_datetime(["2024-03-31 01:30", "2024-03-31 03:30"]))
    done = to_time(typed, timezone="Europe/London")
    assert done.repairs["clock_change"].tolist() == [True, False]


def test_an_end_after_as_of_is_not_known_yet(tmp_path):
    rows = "id,joined,left\nA,2024-01-01,2026-05-01\nB,2024-01-01,9999-12-31\n"
    columns = {"customer_id": "id", "signed_up_at": "joined", "churned_at": "left"}
    got = small.load(tmp_path, rows, table="customers", columns=columns)
    assert got.customers["churned_at"].isna().all()
    booked = small.repairs(got, "customers")
    assert booked == {"churned_at:placeholder_date": 1, "churned_at:after_as_of": 1}


# ---------------------------------------------------------------- numbers that are words


def test_scores_are_read_from_words_and_digits():
    read = scores("10 - Extremely likely", "9.0", "８", " 7 ", "6=so so", "Very likely (5)")
    assert read == [10, 9, 8, 7, 6, 5]


def test_what_is_no_score_is_missing_and_booked():
    done = to_score(pd.Series(["N/A", "", "often", "11"]), Scale.model_validate("0..10"))
    assert done.values.isna().all()
    assert done.repairs["word_for_missing"].tolist() == [True, False, False, False]
    assert done.bad["unreadable"].tolist() == [False, False, True, False]
    assert done.bad["off_scale"].tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    "cell", ["7 or 8", "7-8", "Less than 5", "more than 9", "< 5", "<=5", "at least: <5", "5/7"]
)
def test_a_score_with_a_condition_is_no_score(cell):
    assert np.isnan(scores(cell)).all()


def test_scores_keep_their_usual_labels():
    cells = ["10 - Very likely (9-10)", "5 stars", "Score: 7", "Likely - 6", "4=fine", "Good [3]"]
    assert scores(*cells) == [10, 5, 7, 6, 4, 3]


def test_an_nps_answer_is_a_whole_number_and_a_csat_need_not_be(tmp_path):
    rows = 'Q1,Q2\n"8,9",4.5\n9.0,"4,2"\n9.5 - high,5\n'
    got = small.load(tmp_path, rows, columns={"nps": "Q1", "csat": "Q2"})
    assert small.reasons(got) == {"score_unreadable": 2}
    assert got.responses[["nps", "csat"]].to_numpy().tolist() == [[9, 4.2]]


def test_declared_labels_hold_in_any_case():
    scale = {"range": "1..5", "labels": {"Very good": 5}, "missing": ["No opinion", 6]}
    assert scores("very good", "VERY GOOD", scale=scale) == [5, 5]
    assert np.isnan(scores("no opinion", "6", scale=scale)).all()


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.234,56", "7,5"], [1234.56, 7.5]),
        (["1,234.56", "7.5"], [1234.56, 7.5]),
        (["£1,234.50", "(12.25)"], [1234.5, -12.25]),
        (["1 234,5", "2'000,0"], [1234.5, 2000]),
        (["−3", "12%"], [-3, 12]),
        (["1,234,567"], [1234567]),
        (["1,23,456.5"], [123456.5]),
        (["0.123", "1.234"], [0.123, 1.234]),
        (["1.234", "1234.500"], [1.234, 1234.5]),
        (["€ 2.50", "3.50 EUR", "4.5%"], [2.5, 3.5, 4.5]),
        (["inf", "1e400", "0x10"], [np.nan] * 3),
        (["1,234.5", "12,5"], [1234.5, np.nan]),
    ],
)
def test_numbers_are_read_or_left_never_bent(cells, numbers):
    read = to_number(pd.Series(cells, name="x")).values
    assert np.allclose(read, numbers, equal_nan=True)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["1,234"], "'1,234' reads as 1234 or as 1.234"),
        (["1.234", "2.500", "7"], "'1.234' reads as 1234 or as 1.234"),
        (["£10.50", "$2.50", "2.00 EUR"], r"'£10.50' and '\$2.50' and '2.00 EUR' .*GBP, USD, EUR"),
        (["1,234.5", "1.234,5"], "has a decimal comma"),
        (["1,234", "1.234"], "do not tell which mark"),
    ],
)
def test_a_number_that_reads_two_ways_is_refused(cells, says):
    with pytest.raises(CleaningError, match=says):
        to_number(pd.Series(cells, name="x"))


def test_ids_keep_zeros_case_and_length():
    ids = ["007", "aBc", "12345678901234567890", "1E5", "a.0"]
    assert to_id(pd.Series(ids)).values.tolist() == ids


def test_ids_are_repaired_only_where_the_column_proves_it():
    assert to_id(pd.Series(["123.0", "45"])).values.tolist() == ["123", "45"]
    for other in ("A-45", "00123"):  # what the first was written as cannot be told
        done = to_id(pd.Series(["123.0", other]))
        assert done.bad["unreadable"].tolist() == [True, False]
        assert done.values.tolist()[1] == other
    done = to_id(pd.Series(["1.23456E+05", "1.2E+05"]))
    assert done.values.tolist()[0] == "123456"
    assert done.bad["unreadable"].tolist() == [False, True]


def test_a_total_row_does_not_keep_ids_from_being_repaired(tmp_path):
    rows = "o,c,v\n1.0,a,5\n2.0,b,6\nTotal,,11\n"
    columns = {"order_id": "o", "customer_id": "c", "amount": "v"}
    got = small.load(tmp_path, rows, table="orders", columns=columns)
    assert got.cleaned["orders"].frame["order_id"].tolist() == ["1", "2"]
    assert small.reasons(got, "orders") == {"below_table": 1}


def test_numbers_of_typed_files_are_written_in_full():
    assert [in_full(n) for n in (1.5, 2.5, 3.0, -0.5, 12345678901234567)] == [
        "1.5", "2.5", "3", "-0.5", "12345678901234567",
    ]  # fmt: skip
    spec = Table(files=("a",), columns={"response_id": "id", "nps": "q"}, segments={"s": "s"})
    raw = pd.DataFrame({"response_id": [1.0, 2.0, 2.0**60], "nps": [9, 8, 7], "s": [1.5, 2.5, 3]})
    raw = raw.assign(file="f", line=[2, 3, 4], damage="")
    done = clean(raw, table="responses", spec=spec, around=Around(pd.Timestamp("2025-12-31")))
    assert done.frame[["response_id", "s"]].to_numpy().tolist() == [["1", "1.5"], ["2", "2.5"]]
    assert done.set_aside["reason"].tolist() == ["id_damaged"]  # a float holds 53 bits


def test_an_order_whose_id_is_lost_is_set_aside(tmp_path):
    rows = "o,c,v\n1,1.2E+12,5\n2,77,6\n"
    columns = {"order_id": "o", "customer_id": "c", "amount": "v"}
    got = small.load(tmp_path, rows, table="orders", columns=columns)
    assert small.reasons(got, "orders") == {"id_damaged": 1}


def test_yes_and_no():
    assert to_flag(pd.Series(["Yes", "n", "1", "false", "", "maybe"])).values.tolist() == [
        True, False, True, False, pd.NA, pd.NA,
    ]  # fmt: skip


def test_a_flag_without_one_yes_or_no_is_refused_with_its_words(tmp_path):
    rows = "id,s,c\n1,2024-01-01,Weg\n2,2024-01-01,Da\n3,2024-01-01,\n"
    columns = {"customer_id": "id", "signed_up_at": "s", "churned": "c"}
    with pytest.raises(StudyError, match=r"'churned': none .* it holds 'Weg', 'Da'"):
        small.load(tmp_path, rows, table="customers", columns=columns)


def test_an_id_with_an_exponent_and_no_plus_is_written_out_where_all_its_digits_stand():
    ids = pd.Series(["1.6147805824037E13", "1.614780582404E13", "1E5", "12e3"])
    done = to_id(ids)
    assert done.values.tolist() == ["16147805824037", "16147805824040", "1E5", "12e3"]
    lone = to_id(pd.Series(["1.61E13", "1.61E+13"]))
    assert lone.values.isna().all()
    assert lone.bad["unreadable"].all()


def test_what_is_said_out_of_ten_is_read_where_most_cells_say_so():
    assert scores("7/10", "9 out of 10", "8 von 10") == [7, 9, 8]
    assert np.isnan(scores("7", "8", "9/10")[2])


def test_ledgers_and_other_scripts_write_numbers_in_their_own_way():
    read = to_number(pd.Series(["12.50-", "(3.25)", "٧٫٥", "१२.५"])).values
    assert read.tolist() == [-12.5, -3.25, 7.5, 12.5]
