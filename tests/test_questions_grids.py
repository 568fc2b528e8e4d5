"""Items together, maps, waves, and who answers otherwise: by hand, by golden file, by chance."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlab import plots, questions
from cxlab.desk import plots as desk_plots
from cxlab.desk import questions as desk_questions
from cxlab.questionnaire import NOT_ANSWERED, Asked, Questionnaire
from cxlab.questions import QuestionsError
from cxlab.questions.grids import axes_of
from cxlab.results import Absence, Misuse

SMOKE = json.loads((Path(__file__).parent / "golden" / "questions_smoke.json").read_text())


def _scale(codes, name="q", points=5, items=("",), text="How good?"):
    codes = np.atleast_2d(np.asarray(codes))
    answers = tuple(str(p) for p in range(1, points + 1))
    kind = "scale" if len(codes) == 1 else "grid"
    return Asked(name, kind, text, items, answers, tuple(map(float, answers)), codes)


def _asked(*asked, smallest=1, **people):
    frame = pd.DataFrame(people)
    return Questionnaire(asked, frame, tuple(n for n in frame if n not in ("w", "answered_at")),
                         "w" if "w" in frame else None, None, smallest, "all")  # fmt: skip


def _days(n):
    return pd.date_range("2025-01-01", "2025-12-30", periods=n, tz="UTC")


def test_a_map_agrees_with_rs_ca():
    values, rows, columns = axes_of(np.array(SMOKE["table"], float))
    np.testing.assert_allclose(values, SMOKE["values"], rtol=1e-10)
    for mine, known in ((rows, "row_standard"), (columns, "column_standard")):
        known = np.array(SMOKE[known]) * values
        np.testing.assert_allclose(mine * np.sign(mine[0]), known * np.sign(known[0]), rtol=1e-8)


def test_a_map_of_a_question_by_groups_is_that_of_its_table():
    table = np.array(SMOKE["table"])
    group, answer = (np.repeat(each.ravel(), table.ravel()) for each in np.indices(table.shape))
    asked = _asked(_scale(answer, points=4), staff=np.array(SMOKE["rows"])[group])
    told = questions.correspondence(asked, question="q", by="staff")
    spots = told.frame[told.frame["part"] == "group"].set_index("term")
    values = np.array(SMOKE["values"])
    known = np.abs(np.array(SMOKE["row_standard"])[:, :2] * values[:2])
    np.testing.assert_allclose(spots.loc[SMOKE["rows"], ["x", "y"]].abs(), known, rtol=1e-8)
    assert f"{values[0] ** 2 / (values**2).sum():.0%}" in told.headline


def test_items_together_are_correlations_over_who_answered_both():
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 5, (3, 400))
    codes[1] = np.where(rng.random(400) < 0.7, codes[0], codes[1])
    codes[2, :50] = NOT_ANSWERED
    told = questions.together(
        _asked(_scale(codes, items=tuple("abc")), s=["x"] * 400), question="q"
    )
    known = pd.DataFrame(codes.T, columns=[*"abc"]).where(lambda f: f >= 0).corr()
    for row in told.frame.itertuples():
        assert row.estimate == pytest.approx(known.loc[row.term, row.against])
    assert told.headline.startswith("'a' and 'b' go together most closely")


def test_of_very_many_items_some_are_set_side_by_side_and_it_is_said():
    codes = np.random.default_rng(3).integers(0, 5, (70, 40))
    asked = _asked(_scale(codes, items=tuple(f"i{n}" for n in range(70))), s=["x"] * 40)
    for told, pairs in ((questions.between(asked, question="q"), 60 * 59 / 2),
                        (questions.together(asked, question="q"), 60 * 59 / 2)):  # fmt: skip
        assert len(told.frame) == pairs
        assert "Of 70 items the first 60 are set side by side." in told.notes


def test_a_scale_that_grew_is_found_and_told():
    rng = np.random.default_rng(2)
    days = _days(1200)
    late = days >= "2025-04-01"
    codes = np.where(late, rng.integers(0, 7, 1200), rng.integers(0, 5, 1200))
    asked = _asked(_scale(codes, points=7), answered_at=days)
    told = questions.changes(asked).frame
    assert told["text"].tolist() == ["'6' and '7' were answered to 'q' from 2025-04 on only: the "
                                     "scale had 5 points until then, 7 since."]  # fmt: skip
    line = questions.waves(asked, question="q", period="month")
    assert line.notes[0] == told["text"][0]
    assert line.headline.startswith("q cannot be followed as it stands")


def test_a_question_of_one_wave_and_an_item_that_came_later_are_told():
    days = _days(400)
    once = np.where(days < "2025-03-31", 1, NOT_ANSWERED)
    items = np.array([np.arange(400) % 2, np.where(days >= "2025-07-01", np.arange(400) % 2, 0)])
    more = Asked("m", "choose all", "Which?", ("old", "new"), (), (), items)
    asked = _asked(_scale(once, "once"), more, answered_at=days)
    told = questions.changes(asked, period="quarter")
    assert told.frame["text"].tolist() == [
        "'once' was asked in 2025Q1 only; set it beside questions of that time.",
        "'new' was chosen in 'm' from 2025Q3 on only."
    ]  # fmt: skip


def test_a_question_that_stayed_the_same_is_hardly_ever_told_to_have_changed():
    rng, found = np.random.default_rng(3), 0
    for _ in range(100):
        codes = rng.choice(7, 300, p=[0.01, 0.02, 0.07, 0.2, 0.3, 0.3, 0.1])
        asked = _asked(_scale(codes, points=7), answered_at=_days(300))
        found += len(questions.changes(asked).frame)
    assert found <= 2


def test_waves_are_toplines_of_each_period():
    rng = np.random.default_rng(4)
    codes, days = rng.integers(0, 5, 800), _days(800)
    told = questions.waves(_asked(_scale(codes), answered_at=days), question="q").frame
    known = pd.Series(codes >= 3).groupby(days.tz_localize(None).to_period("Q")).mean()
    np.testing.assert_allclose(told["estimate"], known)
    assert told["period"].tolist() == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]


def test_who_answers_otherwise_is_found_and_nobody_else():
    rng = np.random.default_rng(5)
    side = rng.choice(list("abcd"), 2000)
    many = [_scale(rng.integers(0, 5, 2000), f"q{at}") for at in range(10)]
    odd = _scale(np.where(side == "b", rng.integers(3, 5, 2000), rng.integers(0, 5, 2000)), "odd")
    told = questions.apart(_asked(*many, odd, side=side))
    sure = told.frame[told.frame["verdict"] != "not apart"]
    assert (sure["question"] == "odd").mean() > 0.9  # one in twenty of those told may be chance
    assert told.headline.startswith("Side 'b' answers '")
    row = sure.iloc[0]
    assert row["estimate"] == pytest.approx(row["share"] - row["share_rest"])


def test_without_differences_somebody_stands_apart_in_one_study_of_twenty():
    rng, found = np.random.default_rng(6), 0
    for _ in range(60):
        asked = [_scale(rng.integers(0, 5, 600), f"q{at}") for at in range(4)]
        told = questions.apart(_asked(*asked, side=rng.choice(list("abc"), 600))).frame
        found += bool((told["verdict"] != "not apart").any())
    assert found <= 7


def test_every_exhibit_tells_its_wording():
    rng = np.random.default_rng(7)
    grid = _scale(rng.integers(0, 5, (4, 200)), "g", items=tuple("abcd"), text="How was <b>it</b>?")
    asked = _asked(grid, side=rng.choice(list("xy"), 200), answered_at=_days(200))
    found = [*questions.toplines(asked), questions.grid(asked, question="g"),
             questions.together(asked, question="g"), questions.waves(asked, question="g"),
             questions.correspondence(asked, question="g")]  # fmt: skip
    assert all("“How was <b>it</b>?”" in each.base for each in found)
    shown = plots.show(*plots.toplines(found[:1] * 2))._repr_mimebundle_()["text/html"]
    assert "<b>it" not in shown


def test_likert_bars_stand_on_the_middle():
    codes = np.array([[0] * 20 + [2] * 40 + [4] * 40, [1] * 50 + [3] * 50])
    asked = _asked(_scale(codes, items=("a", "b")), s=["x"] * 100)
    ax = plots.likert(questions.grid(asked, question="q"))
    first = [bar for bar in ax.patches if abs(bar.get_y() + bar.get_height() / 2) < 0.01]
    ends = [(round(bar.get_x(), 9), round(bar.get_width(), 9)) for bar in first]
    assert ends == [(-0.4, 0.2), (-0.2, 0.0), (-0.2, 0.4), (0.2, 0.0), (0.2, 0.4)]


def test_of_a_scale_of_troubles_the_low_end_is_good_and_lies_to_the_right():
    codes = np.array([[0] * 60 + [4] * 40, [0] * 30 + [4] * 70])
    asked = _asked(replace(_scale(codes, items=("a", "b")), better="low"), s=["x"] * 100)
    told = questions.grid(asked, question="q")
    assert told.headline == "'2' and '1': a most often (60%), b least (30%)."
    assert told.frame.set_index(["term", "value"]).loc[("a", "1"), ["rank", "share"]].tolist() == [
        5, 0.6]  # fmt: skip
    lines = questions.topline(asked).frame.set_index(["item", "answer"])["share"]
    assert lines[("a", "top 2")] == 0.6
    (drawn,) = questions.toplines(asked)
    assert drawn.frame.set_index(["item", "answer"])["rank"]["a"].head(5).tolist() == [
        5,
        4,
        3,
        2,
        1,
    ]


def test_the_answers_most_people_share_are_told_first():
    place = Asked("place", "single", "Where?", ("",), ("Ulm", "Rom"), (np.nan,) * 2,
                  np.array([[0] * 52 + [1] * 48]))  # fmt: skip
    used = Asked("used", "choose all", "Which?", ("App", "Web"), (), (),
                 np.array([[1] * 80 + [0] * 20, [1] * 10 + [0] * 90]))  # fmt: skip
    text = Asked("why", "open", "Why?", ("",), ("wrote something",), (np.nan,), np.zeros((1, 100)))
    paid = Asked("paid", "single", "Paid?", ("",), ("yes", "no"), (np.nan,) * 2,
                 np.array([[0] * 99 + [1]]))  # fmt: skip
    asked = _asked(place, used, text, paid, _scale([4] * 35 + [3] * 35 + [0] * 30), s=["x"] * 100)
    told = questions.leading(asked)
    assert told.headline == (
        "'App' in 'used' was chosen by 80%. Of 4 questions 3 had one answer of more than half."
    )
    assert told.frame["share"].tolist() == [0.99, 0.8, 0.7, 0.52]
    assert questions.leading(asked, questions="q").headline == "70% answered '4' or '5' to 'q'."
    bare = _asked(place, replace(used, items=("0", "7")), s=["x"] * 100)  # a code tells no reader
    assert questions.leading(bare).headline.startswith("52% answered 'Ulm' to 'place'")


@pytest.mark.parametrize(
    ("ask", "why"),
    [(lambda d, a: d.waves(a, question="q"), "no date"),
     (lambda d, a: d.changes(a), "no date"),
     (lambda d, a: d.several(a), "No question has several items"),
     (lambda d, a: d.correspondence(a, question="q"), "is no grid"),
     (lambda d, a: d.apart(a), "nothing to break down by")],
)  # fmt: skip
def test_what_these_data_cannot_tell_is_a_sentence(ask, why):
    asked = _asked(_scale([0, 1, 2, 3]), w=[1.0] * 4)
    with pytest.raises(QuestionsError, match=why):
        ask(questions, asked)
    assert isinstance(ask(desk_questions, asked), Absence)
    assert desk_plots.show(*desk_plots.toplines(ask(desk_questions, asked))).why


def test_a_period_that_is_none_is_refused():
    with pytest.raises(Misuse, match="not 'fortnight'"):
        questions.waves(_asked(_scale([0, 1]), answered_at=_days(2)), question="q",
                        period="fortnight")  # fmt: skip


def test_a_breakdown_that_is_the_question_itself_is_not_told_apart_by_it():
    codes = np.random.default_rng(8).integers(0, 2, 400)
    other = _scale(np.random.default_rng(9).integers(0, 5, 400), "other")
    same = Asked("own", "single", "Own?", ("",), ("no", "yes"), (np.nan, np.nan), codes[None])
    told = questions.apart(_asked(same, other, side=np.array(["no", "yes"])[codes]), by="side")
    assert set(told.frame["question"]) == {"other"}


def test_of_two_groups_each_difference_is_told_once():
    codes = np.random.default_rng(10).integers(0, 3, 600)
    two = questions.apart(_asked(_scale(codes), side=np.array(["x", "y"])[codes % 2])).frame
    assert (two["estimate"] >= 0).all()
    assert len(two) == codes.max() + 1


def test_who_left_a_question_empty_is_said_of_bases_that_may_be_shown():
    few = np.where(np.arange(50) < 3, 0, -1)
    asked = _asked(_scale(few, "rare"), _scale(np.zeros(50, int), "usual"))
    told = questions.wording(Questionnaire(asked.questions, asked.people, smallest=10))
    assert (
        told.headline
        == "2 questions were put to people, and nearly all who were asked answered each."
    )


def test_what_is_ranked_first_has_the_lowest_place():
    ranks = np.array([[0, 0, 1, 0], [1, 1, 0, 1], [2, 2, 2, 2]])
    asked = Asked("r", "rank", "Rank.", tuple("abc"), ("1", "2", "3"), (1.0, 2.0, 3.0), ranks)
    (told,) = questions.toplines(_asked(asked, s=["x"] * 4))
    assert told.headline == ("r: a or another is put first (place 1.25 on average), c last (3.00).")
    alone = questions.topline(_asked(asked, s=["x"] * 4), questions="r")
    assert alone.headline == told.headline
    # the best lies to the right: of c, always last, nothing does
    bars = plots.topline(told).patches
    ends = {round(bar.get_y() + bar.get_height() / 2): bar.get_x() + bar.get_width()
            for bar in bars if bar.get_width() > 0}  # fmt: skip
    assert ends[2] <= 0 < ends[0]


def _several(table, *, items=tuple("abcdefgh"), kind="choose all", **people):
    asked = Asked("m", kind, "Which?", items[: len(table)], (), (), np.asarray(table))
    return _asked(asked, **(people or {"s": ["x"] * len(table[0])}))


def test_items_of_the_same_people_are_compared_as_mcnemar_compares_them():
    # Agresti (2002), table 10.1: 794 approve twice, 150 only first, 86 only later, 570 never;
    # z squared = (86 - 150)^2 / (86 + 150) = 17.36
    first, later = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [794, 150, 86, 570], axis=0).T
    told = questions.between(_several([later, first]), question="m")
    row = told.frame.iloc[0]
    assert row["statistic"] ** 2 == pytest.approx(17.36, abs=0.005)
    assert (row["term"], row["against"]) == ("b", "a")
    assert row["estimate"] == pytest.approx(64 / 1600)
    assert told.headline.startswith("b (59%) stands before a (55%)")


def test_means_of_items_are_compared_as_pairs():
    from scipy import stats

    rng = np.random.default_rng(11)
    codes = rng.integers(0, 5, (2, 90))
    codes[1] = np.where(rng.random(90) < 0.6, codes[0], codes[1])
    codes[0, :7] = NOT_ANSWERED
    told = questions.between(_asked(_scale(codes, items=("a", "b")), s=["x"] * 90), question="q")
    known = stats.ttest_rel(*codes[:, 7:])
    row = told.frame.iloc[0]
    np.testing.assert_allclose([row["statistic"], row["p_value"], row["n"]],
                               [abs(known.statistic), known.pvalue, 83])  # fmt: skip


def test_items_that_do_not_differ_are_told_apart_at_the_promised_rate_only():
    # items of one person go together closely: taken for strangers, they would hardly ever differ
    rng, rate = np.random.default_rng(12), []
    for weighted in (False, True):
        for _ in range(150):
            like = rng.random(400) < 0.5
            table = np.where(rng.random((3, 400)) < 0.7, like, rng.random((3, 400)) < 0.5)
            people = {"w": rng.choice([0.4, 1.0, 2.0], 400)} if weighted else {"s": like}
            told = questions.between(_several(table.astype(int), **people), question="m").frame
            rate.append((told["p_value"] <= 0.05).mean())
    assert np.mean(rate[:150]) == pytest.approx(0.05, abs=0.02)
    assert np.mean(rate[150:]) == pytest.approx(0.05, abs=0.02)


def test_items_under_weights_are_those_of_people_repeated_in_clusters():
    # a person of weight 3 says as much as one answer of three rows, however often it is written
    table, times = np.random.default_rng(13).integers(0, 2, (2, 60)), np.arange(60) % 3 + 1
    heavy = questions.between(_several(table, w=times.astype(float)), question="m").frame.iloc[0]
    many = _several(np.repeat(table, times, axis=1))
    many = replace(many, people=pd.DataFrame({"who": np.repeat(range(60), times)}), cluster="who")
    again = questions.between(many, question="m").frame.iloc[0]
    np.testing.assert_allclose(heavy[["estimate", "std_error"]].astype(float),
                               again[["estimate", "std_error"]].astype(float))  # fmt: skip


def test_words_without_an_order_have_no_means_to_compare():
    words = Asked("g", "grid", "How?", ("a", "b", "c"), ("so", "so so"), (np.nan,) * 2,
                  np.zeros((3, 4), int))  # fmt: skip
    for ask in (questions.between, questions.together):
        with pytest.raises(QuestionsError, match="'g': its answers are words without numbers"):
            ask(_asked(words, s=["x"] * 4), question="g")
