"""Kinds of columns that no heading names: read by what their values do, or doubted aloud."""

import pytest

from cxlab.cleaning.durations import unit_named
from cxlab.ingest.encodings import decode
from tests.test_drafting_overlooked import DAYS, NPS, PAID, RATED, N, _drafted

LATER = "2025-09-{:02d}"


def test_the_day_of_those_who_left_is_known_though_others_are_in_a_state_unknown(tmp_path):
    state = ("Active", "Active", "Cancelled", "On hold")
    _, _, opened = _drafted(
        tmp_path, "Customer ID;Joined on;Ended;State",
        lambda at: (f"k{at}", f"{DAYS[at]:%Y-%m-%d}",
                    LATER.format(at % 28 + 1) if at % 4 == 2 else "", state[at % 4]), ";",
    )  # fmt: skip
    assert opened.cleaned["customers"].frame["churned_at"].notna().sum() == N // 4
    assert str(opened.mapping.as_of) >= "2025-09-27"


@pytest.mark.parametrize(
    "text", ["N.º;Rua\n1;Águas 2º andar\n", "Nr;Ort\n1;Skåne\n", "a\n1ª planta\n", "x\nnão\nmãe\n",
             "x\ncittà\npiù\n", "x\nseñal\n"],
)  # fmt: skip
def test_words_of_the_west_with_few_letters_are_read_without_a_doubt(text):
    read = decode(text.encode("cp1252"), "x.csv", None)
    assert bytes(read.data).decode() == text
    assert not read.doubt


@pytest.mark.parametrize("text", ["Miasto\nGdańsk\nPoznań\n", "x\noraş\n"])
def test_words_of_the_middle_with_few_letters_are_doubted(text):
    assert "cp1250" in decode(text.encode("cp1250"), "x.csv", None).doubt


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("İlk yanıt (sn)", "seconds"), ("Czas (godz)", "hours"), ("Svarstid (minuter)", "minutes"),
     ("Kesto (tuntia)", "hours"), ("Время (сек)", "seconds"), ("Doba (dny)", "days")],
)  # fmt: skip
def test_units_of_further_languages_are_known(heading, unit):
    assert unit_named(heading) == unit


@pytest.mark.parametrize("heading", ["Q4_Resolved", "Was the problem fixed?", "FCR"])
def test_yes_and_no_as_one_and_two_are_doubted_with_their_share(heading, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, f"Respondent;Date;Likely to recommend us;{heading}",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", NPS[at], 1 + (at % 5 == 0)), ";",
    )  # fmt: skip
    assert f"if 1 is yes, that is {1 - (N // 5) / N:.0%}" in doubts


def test_a_satisfaction_behind_the_number_of_its_question_is_satisfaction(tmp_path):
    _, said, _ = _drafted(
        tmp_path, "Call Ref;Answered;Q1_Satisfaction;Q2_Agent_Courtesy",
        lambda at: (f"r{at}", f"{DAYS[at]:%Y-%m-%d}", RATED[at], RATED[-at]), ";",
    )  # fmt: skip
    assert said["responses"]["columns"]["csat"] == "Q1_Satisfaction"


@pytest.mark.parametrize("heading", ["Dues", "Premium", "Plan £"])
def test_money_of_a_list_that_nothing_reads_is_doubted_with_its_sum(heading, tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, f"Member No;Joined;Left;{heading}",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%d}",
                    LATER.format(at % 28 + 1) if at % 3 == 0 else "", f"{PAID[at]:.2f}"), ";",
    )  # fmt: skip
    assert f"'{heading}' holds money ({PAID.sum():,.2f})" in doubts


def test_a_day_that_some_have_is_doubted_where_no_day_of_joining_stands(tmp_path):
    doubts, _, _ = _drafted(
        tmp_path, "Member No;Branch;Wegfall",
        lambda at: (f"m{at}", "NS"[at % 2], LATER.format(at % 28 + 1) if at % 3 == 0 else ""), ";",
    )  # fmt: skip
    assert f"'Wegfall' holds a date for {N // 3} of {N}" in doubts


def test_a_day_that_just_those_have_whom_a_status_calls_gone_is_when_they_left(tmp_path):
    doubts, said, _ = _drafted(
        tmp_path, "Member No;Joined;Wegfall;Status",
        lambda at: (f"m{at}", f"{DAYS[at]:%Y-%m-%d}",
                    LATER.format(at % 28 + 1) if at % 3 == 0 else "",
                    ("inactive", "active", "paused")[at % 3]), ";",
    )  # fmt: skip
    assert said["customers"]["columns"]["churned_at"] == "Wegfall"
    assert "when somebody left" in doubts
