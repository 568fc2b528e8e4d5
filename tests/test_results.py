"""Results: their shape is kept, their words are right, their tables are inert."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from cxlab import results
from cxlab.results import Result, ResultError


def _result(**changed) -> Result:
    frame = pd.DataFrame({"group": ["North"], "estimate": [12.345], "n": [40]})
    words = {"name": "nps", "frame": frame, "headline": "NPS is 12.3.", "method": "m", "base": "b"}
    return Result(**{**words, **changed})


def test_a_column_outside_the_closed_list_is_refused():
    with pytest.raises(ResultError, match="'nps': \\['my_column'\\] are not in"):
        _result(frame=pd.DataFrame({"my_column": [1]}))


@pytest.mark.parametrize(
    "headline",
    ["", "two\nlines", "NPS is nan.", "NPS is inf points.", "A customer's NPS is None in 'None'."],
)
def test_a_headline_that_says_nothing_is_refused(headline):
    with pytest.raises(ResultError):
        _result(headline=headline)


def test_a_group_may_be_called_none():
    frame = pd.DataFrame({"group": ["None", "Basic"], "estimate": [1.0, 2.0]})
    for headline in ("'None' lost 3 customers.", "Apart from the others: None and Basic."):
        assert _result(frame=frame, headline=headline).headline == headline
    with pytest.raises(results.ResultError, match="quotes no number"):
        _result(frame=frame, headline="'None' lost nan customers.")


def test_a_sentence_may_begin_with_none():
    frame = pd.DataFrame({"term": ["none_of_these"], "estimate": [1.0]})
    for headline in ("None of 9 ratings stands apart.", "No rating leads: None of These is first."):
        assert _result(frame=frame, headline=headline).headline == headline


def test_the_mean_of_answers_is_no_share_of_them():
    frame = pd.DataFrame(
        {"part": ["answer", "mean"], "share": [0.5, None], "estimate": [None, 8.4]}
    )
    written = results.table(frame, "share")
    assert "50.0%" in written
    assert "8.40" in written
    assert "840" not in written


def test_an_index_never_carries_meaning():
    frame = pd.DataFrame({"estimate": [1.0, 2.0]}, index=["a", "b"])
    assert list(_result(frame=frame).frame.index) == [0, 1]


def test_a_result_survives_json_and_missing_numbers_are_null():
    frame = pd.DataFrame({"group": ["a", None], "estimate": [np.nan, 2.5], "n": [1, 2]})
    said = json.loads(json.dumps(_result(frame=frame, notes=("x",), unit="points").to_dict()))
    back = Result.from_dict(said)
    assert said["frame"]["rows"] == [["a", None, 1], [None, 2.5, 2]]
    assert (back.headline, back.notes, back.unit) == ("NPS is 12.3.", ("x",), "points")


def test_text_from_data_is_inert_in_tables():
    frame = pd.DataFrame({"group": ["<script>alert(1)</script>"], "n": [1]})
    shown = results.as_html(_result(frame=frame, base="<b>", notes=("<i>",)))
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<b>" not in shown
    assert "<i>" not in shown


def test_rows_left_out_of_a_table_are_counted():
    frame = pd.DataFrame({"n": range(100)})
    assert "and 90 more rows" in results.table(frame, rows=10)


def test_the_answer_shows_at_most_three_numbers():
    frame = pd.DataFrame({"estimate": [5.0], "conf_low": [4.0], "conf_high": [6.0]})
    one = _result(frame=frame)
    bundle = results.answer(one, one, one, one)._repr_mimebundle_()
    assert bundle["text/html"].count("<li>") == 3
    assert len(bundle[results.MIME]) == 4


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(1234.5, 0, "1,234"), (-0.04, 1, "0.0"), (-5, 1, "−5.0"), (float("nan"), 1, "–")],
)
def test_numbers_read_as_a_person_writes_them(value, digits, said):
    assert results.number(value, digits) == said


def test_words_for_counts_lists_and_p_values():
    assert results.count(1, "answer") == "1 answer"
    assert results.listing(list("abcdefg"), limit=3) == "a, b and 5 more"
    assert results.probability(0.04999) == "0.050"
    assert results.percent(0.12345, 1) == "12.3%"


def test_a_ratio_has_two_decimals_and_a_column_one_way():
    assert results.amount(0.808, "ratio") == "0.81"
    assert results.span(1.768, 2.619, "times the hazard") == "1.77 to 2.62"
    frame = pd.DataFrame({"estimate": [116.296, 8.4], "conf_low": [108.0, 1.28], "rank": [1, 2],
                          "statistic": [1.0, 0.25]})  # fmt: skip
    cells = re.findall(r"<td[^>]*>(.*?)</td>", results.table(frame))
    assert cells == ["116.30", "108.00", "1", "1.00", "8.40", "1.28", "2", "0.25"]


def test_a_table_writes_what_is_alike_in_one_form():
    frame = pd.DataFrame({"share": [0.25], "before": [0.2], "expected": [0.22], "cumulative": [0.9],
                          "r2": [0.125], "p_first": [0.46], "share_rest": [0.5]})  # fmt: skip
    assert "0." not in re.sub(r"\d\.\d%", "", results.table(frame, "share"))
    points = results.table(pd.DataFrame({"estimate": [3.25], "before": [2.0]}), "points")
    assert re.findall(r"<td[^>]*>(.*?)</td>", points) == ["3.2", "2.0"]
    people = pd.DataFrame({"estimate": [0.5], "expected": [6678.24]})
    assert "6,678<" in results.table(people, "share")  # a number of people is no share


def test_a_whole_number_that_could_not_be_computed_is_missing_like_any_other():
    frame = pd.DataFrame({"n_needed": pd.array([3, None], dtype="Int64")})
    one = Result("planning", frame, "Three are needed.", "counted", "all")
    assert one.to_dict()["frame"]["rows"] == [[3], [None]]
    assert '<td class="cx-number">–</td>' in results.as_html(one)


def test_money_in_a_headline_number_has_its_currency():
    frame = pd.DataFrame({"estimate": [7.397], "conf_low": [5.98], "conf_high": [8.9]})
    worth = Result(
        "value", frame, "It brings 7.40.", "Mean.", "9 customers; money in €", unit="money"
    )
    assert "<strong>€ 7.40</strong>" in results.answer(worth)._repr_mimebundle_()["text/html"]
