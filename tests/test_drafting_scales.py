"""On which scale are these answers, and what among them is no answer?"""

import numpy as np
import pandas as pd
import pytest

from cxlab.drafting.profiles import profiles
from cxlab.drafting.scales import order_of, read_scale
from cxlab.ingest import Grid, Header


def _columns(**columns):
    """Look at columns as if a file held them."""
    cells = pd.DataFrame(
        {str(at): pd.Series(values, dtype="str") for at, values in enumerate(columns.values())}
    )
    header = Header("plain", 1, tuple(columns), tuple(columns))
    return profiles([Grid(cells, header, np.arange(len(cells)))])


def _spread(codes, n=120):
    return [str(codes[at % len(codes)]) for at in range(n)]


@pytest.mark.parametrize(
    "words",
    [
        ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"],
        ["Sehr unzufrieden", "Unzufrieden", "Teils/teils", "Zufrieden", "Sehr zufrieden"],
        [
            "Pas du tout d'accord",
            "Plutôt pas d'accord",
            "Ni d'accord ni pas d'accord",
            "Plutôt d'accord",
            "Tout à fait d'accord",
        ],
        [
            "Muy insatisfecho",
            "Insatisfecho",
            "Ni satisfecho ni insatisfecho",
            "Satisfecho",
            "Muy satisfecho",
        ],
        ["Very poor", "Poor", "Average", "Good", "Excellent"],
        ["Very difficult", "Difficult", "Neither easy nor difficult", "Easy", "Very easy"],
        [
            "Not at all satisfied",
            "Not so satisfied",
            "Somewhat satisfied",
            "Very satisfied",
            "Extremely satisfied",
        ],
    ],
)
def test_the_middle_answer_is_an_answer(words):
    reading = read_scale(_columns(a=_spread(words)))
    assert [reading.labels[word] for word in words] == [1, 2, 3, 4, 5]
    assert reading.missing == []


@pytest.mark.parametrize(
    "words", [["Good", "Bad", "Blue"], ["Basic", "Plus", "Pro"], ["North", "South"], ["Neutral"]]
)
def test_words_without_a_known_order_stay_words(words):
    assert read_scale(_columns(a=_spread(words))) is None


def test_what_was_offered_or_refused_is_no_answer():
    reading = read_scale(_columns(a=_spread(["Good", "Bad", "Offered", "Unoffered"])))
    assert reading.labels == {"Good": 1, "Bad": 0}
    assert set(reading.missing) == {"Offered", "Unoffered"}


def test_a_word_nobody_chose_moves_no_other():
    words = ["Strongly agree", "Agree", "Neutral", "Disagree"]
    reading = read_scale(_columns(a=_spread(words)))
    assert (reading.low, reading.high) == (1, 5)
    assert [reading.labels[word] for word in words] == [5, 4, 3, 2]


def test_four_words_without_a_middle_are_four_points_and_unsure():
    words = ["Strongly disagree", "Disagree", "Agree", "Strongly agree"]
    reading = read_scale(_columns(a=_spread(words)))
    assert [reading.labels[word] for word in words] == [1, 2, 3, 4]
    assert "no middle answer" in reading.unsure[0]


def test_six_points_evenly_used_are_six_points():
    reading = read_scale(_columns(a=_spread([1, 2, 3, 4, 5, 6])))
    assert (reading.low, reading.high, reading.missing) == (1, 6, [])
    assert reading.ends == {"6": 20}


@pytest.mark.parametrize("code", [98, 99, -99, 97, 999, -1, 88])
def test_a_code_apart_from_the_answers_stretches_no_scale(code):
    reading = read_scale(_columns(a=_spread([1, 2, 3, 4, 5, code])))
    assert (reading.low, reading.high) == (1, 5)
    assert reading.guessed == {str(code): 20}
    assert reading.says() == {"range": "1..5", "missing": [code]}


def test_sliders_to_a_hundred_keep_their_upper_end():
    reading = read_scale(_columns(a=_spread(list(range(101)), 303)))
    assert (reading.low, reading.high, reading.missing) == (0, 100, [])


def test_codes_of_nps_beyond_ten_are_no_answers():
    reading = read_scale(_columns(a=_spread([0, 5, 9, 10, 11])), fixed=(0, 10))
    assert (reading.low, reading.high, reading.missing) == (0, 10, ["11"])


@pytest.mark.parametrize(("codes", "odd"), [(range(1, 11), True), (range(11), False)])
def test_nps_on_which_nobody_answered_0_is_doubted(codes, odd):
    reading = read_scale(_columns(nps=_spread(list(codes))), fixed=(0, 10))
    assert (reading.low, reading.high) == (0, 10)
    assert any("asked on 1..10" in clause for clause in reading.unsure) == odd


def test_columns_of_one_battery_are_read_together():
    low, high = _spread(["Agree", "Disagree"]), _spread(["Neutral", "Strongly agree"])
    reading = read_scale(_columns(a=low, b=high))
    assert reading.labels == {"Strongly agree": 5, "Agree": 4, "Neutral": 3, "Disagree": 2}


def test_two_words_for_one_place_are_no_order():
    assert order_of({"neutral", "neither agree nor disagree", "agree"}) == {}
