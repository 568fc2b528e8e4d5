"""From the cells of an export to questions: kinds, codes, who was asked, what is refused."""

import io
import subprocess

import numpy as np
import pandas as pd
import pytest

from cxlab import questions
from cxlab.codebook import DOUBT, MappingError
from cxlab.questionnaire import NOT_ANSWERED, NOT_ASKED, QuestionError
from cxlab.questionnaire.doubts import at_once, lone_zero
from cxlab.study import StudyError
from tests import small

SETS = """DATA LIST LIST /id Größe_1 Größe_2 v1 v2 v3 (F8.0) t1 (A4) t2 (A4).
BEGIN DATA
1 1 0 1 2 . "yes" "no"
2 0 0 2 . . "" "yes"
3 1 1 3 1 . "yes" ""
END DATA.
VARIABLE LABELS Größe_1 'Small' Größe_2 'Large'.
VALUE LABELS v1 v2 v3 1 'Alpha' 2 'Beta' 3 'Gamma' 4 'Delta'.
MRSETS /MDGROUP NAME=$g LABEL='Sizes' VARIABLES=Größe_1 Größe_2 VALUE=1
 /MCGROUP NAME=$b LABEL='Brands' VARIABLES=v1 v2 v3
 /MDGROUP NAME=$t LABEL='Texts' VARIABLES=t1 t2 VALUE='yes'.
"""


def _asked(folder, data, questions, **said):
    words = {"columns": {"response_id": "id"}, "questions": questions, **said}
    words["rules"] = {"no_answer": "off"}
    return small.load(folder, data, **words).questionnaire


def _rows(header, *rows):
    return "\n".join([header, *rows]) + "\n"


def _shares(question):
    chosen = (question.codes == 1).sum(axis=1) if question.kind == "choose all" else np.bincount(
        question.codes[0][question.codes[0] >= 0], minlength=len(question.answers))  # fmt: skip
    return dict(zip(question.answers or question.items, chosen.tolist(), strict=True))


@pytest.mark.parametrize("mark", [";", "|", ", ", "\n"])
def test_one_cell_of_several_answers_counts_each(tmp_path, mark):
    cells = ["Price", f"Price{mark}Speed", f"Speed{mark}None of these", "", f"Price{mark}Price"]
    data = _rows("id,Why", *(f'{at},"{cell}"' for at, cell in enumerate(cells)))
    asked = _asked(tmp_path, data, {"why": {"column": "Why", "kind": "choose all"}})["why"]
    assert _shares(asked) == {"Price": 3, "Speed": 2, "None of these": 1}
    assert (asked.codes[:, 3] == NOT_ANSWERED).all()
    assert any("same answer twice" in note for note in asked.notes)
    assert any("together with something else" in note for note in asked.notes)


def test_who_saw_no_item_is_not_none(tmp_path):
    data = _rows("id,Q5_1,Q5_2", "1,1,0", "2,0,0", "3,,", "4,1,1")
    asked = _asked(tmp_path, data, {"Q5": ["Q5_*"]})["Q5"]
    assert asked.kind == "choose all"
    assert asked.codes.T.tolist() == [[1, 0], [0, 0], [NOT_ANSWERED] * 2, [1, 1]]


def test_empty_rows_are_none_only_where_the_study_file_says_so(tmp_path):
    data = _rows("id,A,B", "1,A,", "2,,", "3,A,B")
    unsaid = _asked(tmp_path, data, {"q": ["A", "B"]})["q"]
    said = _asked(tmp_path, data, {"q": {"columns": ["A", "B"], "none": "empty"}})["q"]
    assert (int(unsaid.answered().sum()), int(said.answered().sum())) == (2, 3)
    assert any("cannot be told apart" in note for note in unsaid.notes)


def test_codes_beside_labels_count_as_chosen_and_are_told(tmp_path):
    data = _rows("id,Radio,Print", "1,Radio,", "2,1,Print", "3,,", "4,Radio,")
    asked = _asked(tmp_path, data, {"q": {"columns": ["Radio", "Print"], "kind": "choose all"}})[
        "q"
    ]
    assert _shares(asked) == {"Radio": 3, "Print": 1}
    assert any("codes beside labels" in note and "'Radio'" in note for note in asked.notes)


def test_an_item_nobody_chose_is_a_zero_and_told(tmp_path):
    data = _rows("id,A,B", "1,1,", "2,1,", "3,1,")
    asked = _asked(tmp_path, data, {"q": ["A", "B"]})["q"]
    assert _shares(asked) == {"A": 3, "B": 0}
    assert any("nobody chose 'B'" in note for note in asked.notes)


def test_an_item_with_three_answers_is_refused_by_its_column(tmp_path):
    data = _rows("id,A,B", "1,often,1", "2,rarely,0", "3,never,1")
    with pytest.raises(QuestionError, match=r"column 'A' holds 3 different answers.*'counted'"):
        _asked(tmp_path, data, {"q": {"columns": ["A", "B"], "kind": "choose all"}})


def test_the_same_item_twice_is_refused(tmp_path):
    with pytest.raises(MappingError, match="the column 'A' is listed twice"):
        _asked(tmp_path, _rows("id,A", "1,1"), {"q": ["A", "A"]})
    with pytest.raises(MappingError, match="stands for two items"):
        _asked(tmp_path, _rows("id,A", "1,1"), {"q": {"columns": {"x": "A", "y": "A"}}})


def test_spss_sets_of_both_kinds_are_read(tmp_path):
    syntax = tmp_path / "make.sps"
    syntax.write_text(SETS + f"SAVE OUTFILE='{tmp_path}/survey.sav'.\n", encoding="utf-8")
    if subprocess.run(["which", "pspp"], capture_output=True).returncode:
        pytest.skip("PSPP is absent")
    subprocess.run(["pspp", syntax], check=True, capture_output=True)
    questions = {"sizes": {"set": "$g"}, "brands": {"set": "b"}, "texts": {"set": "$T"}}
    data = (tmp_path / "survey.sav").read_bytes()
    asked = _asked(tmp_path, data, questions, name="survey.sav")
    assert _shares(asked["sizes"]) == {"Small": 2, "Large": 1}
    assert _shares(asked["brands"]) == {"Alpha": 2, "Beta": 2, "Gamma": 1, "Delta": 0}
    assert list(_shares(asked["texts"]).values()) == [2, 1]
    assert asked["sizes"].text == "Sizes"


def test_a_set_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    with pytest.raises(StudyError, match="no multiple-response set 'x'"):
        _asked(tmp_path, _rows("id,A", "1,1"), {"q": {"set": "x"}})


def test_kinds_are_told_by_the_answers(tmp_path):
    rng = np.random.default_rng(1)
    rows = []
    for at in range(60):
        order = rng.permutation(3) + 1
        part = rng.integers(0, 51)
        rows.append(
            f"{at},{rng.integers(1, 6)},{rng.integers(1, 6)},{order[0]},{order[1]},{order[2]},"
            f"{part},{100 - part},{rng.choice(['a', 'b'])},{rng.integers(18, 90)},"
            f"2025-0{at % 9 + 1}-05"
        )
    data = _rows("id,G1,G2,R1,R2,R3,S1,S2,One,Age,Day", *rows)
    said = {"grid": ["G*"], "rank": ["R*"], "sum": ["S*"], "single": "One", "number": "Age",
            "date": "Day", "scale": "G1"}  # fmt: skip
    asked = _asked(tmp_path, data, said)
    assert {each.name: each.kind for each in asked.questions} == {kind: kind for kind in said}


def test_qualtrics_marks_who_saw_a_question(tmp_path):
    marks = ",".join(f'"{{""ImportId"":""{name}""}}"' for name in "rab")
    data = f"ResponseId,Q1,Q2\nResponse ID,First,Second\n{marks}\nR1,Yes,Red\nR2,No,\nR3,Yes,-99\n"
    asked = _asked(tmp_path, data, {"Q2": "Q2"}, columns={})["Q2"]
    assert asked.codes[0].tolist() == [0, NOT_ASKED, NOT_ANSWERED]
    assert asked.text == "Second"


def test_limesurvey_writes_not_asked_as_na(tmp_path):
    data = _rows("id,Q5[SQ001],Q5[SQ002]", "1,Y,N", "2,N/A,N/A", "3,N,Y")
    asked = _asked(tmp_path, data, {"Q5": ["Q5[*]"]})["Q5"]
    assert asked.kind == "choose all"
    assert asked.codes.T.tolist() == [[1, 0], [NOT_ASKED] * 2, [0, 1]]


def test_who_was_asked_is_told_by_an_earlier_answer(tmp_path):
    rows = [f"{at},{'Yes' if at % 2 else 'No'},{'Red' if at % 2 else ''}" for at in range(60)]
    asked = _asked(tmp_path, _rows("id,Own,Colour", *rows), {"any": "Own", "colour": "Colour"})
    assert int((asked["colour"].codes == NOT_ASKED).sum()) == 30
    assert any("put only to those who answered 'Yes' to 'any'" in n for n in asked["colour"].notes)


def test_questions_put_to_the_same_people_are_doubted_once(tmp_path):
    rows = [f"{at},{'Yes,Red,10' if at % 2 else 'No,,'}" for at in range(60)]
    words = {"any": "Own", "colour": "Colour", "size": "Size"}
    asked = _asked(tmp_path, _rows("id,Own,Colour,Size", *rows), words)
    doubts = [n for each in asked.questions for n in each.notes if n.startswith(DOUBT)]
    assert ["The same is taken of 'size'." in each for each in doubts] == [True]
    assert any("'size' is taken as put only to" in note for note in asked["size"].notes)


def test_chance_gaps_are_no_route(tmp_path):
    rows = [f"{at},{'Yes' if at % 2 else 'No'},{'' if at % 7 == 0 else 'Red'}" for at in range(60)]
    asked = _asked(tmp_path, _rows("id,Own,Colour", *rows), {"any": "Own", "colour": "Colour"})
    assert not (asked["colour"].codes == NOT_ASKED).any()


def test_order_of_codes_and_missing_codes(tmp_path):
    data = _rows("id,A", "1,5", "2,1", "3,9", "4,3")
    question = {"column": "A", "codes": {1: "bad", 5: "good"}, "missing": [9]}
    asked = _asked(tmp_path, data, {"a": question})["a"]
    assert asked.answers == ("bad", "3", "good")
    assert asked.codes[0].tolist() == [2, 0, NOT_ANSWERED, 1]
    assert asked.missing == {"9": 1}


def test_a_code_without_a_label_is_shown_and_told(tmp_path):
    data = _rows("id,A", "1,1", "2,2", "3,7")
    asked = _asked(tmp_path, data, {"a": {"column": "A", "codes": {1: "x", 2: "y"}}})["a"]
    assert asked.answers == ("x", "y", "7")
    assert any("'A': '7' has no label" in note for note in asked.notes)


def test_a_grid_of_two_scales_is_doubted(tmp_path):
    rows = [f"{at},{at % 5 + 1},{at % 11}" for at in range(40)]
    asked = _asked(tmp_path, _rows("id,A,B", *rows), {"g": {"kind": "grid", "columns": ["A", "B"]}})
    assert any("'g': A was answered from 1 to 5 only" in note for note in asked["g"].notes)


def test_many_options_are_told(tmp_path):
    rows = [f"{at},town {at % 400}" for at in range(900)]
    asked = _asked(tmp_path, _rows("id,Town", *rows), {"t": {"column": "Town", "kind": "single"}})
    assert any("400 different answers, too many to read" in note for note in asked["t"].notes)


@pytest.mark.parametrize("kind", ["one cell", "columns"])
def test_many_options_of_choose_all_are_told(tmp_path, kind):
    names = [f"o{k}" for k in range(70)]
    said = {"column": "A", "split": ";"} if kind == "one cell" else {"columns": names}
    ones = [f"{at},{';'.join(names[k] for k in (at % 70, at * 3 % 70))}" for at in range(200)]
    many = [f"{at},{','.join(str(int(at % 70 == k)) for k in range(70))}" for at in range(200)]
    rows = ("id,A", *ones) if kind == "one cell" else (f"id,{','.join(names)}", *many)
    asked = _asked(tmp_path, _rows(*rows), {"q": {**said, "kind": "choose all"}})
    assert any("70 different answers, too many to read" in note for note in asked["q"].notes)


def test_a_net_of_an_answer_nobody_could_give_is_refused(tmp_path):
    question = {"column": "A", "nets": {"Top": ["4", "6"]}}
    with pytest.raises(QuestionError, match=r"questions.a.nets.Top: nobody could answer '6'"):
        _asked(tmp_path, _rows("id,A", "1,4", "2,5"), {"a": question})


def test_a_heading_that_is_not_there_is_refused_with_its_question(tmp_path):
    with pytest.raises(StudyError, match=r"no column 'Agee' .wanted for the question 'age'."):
        _asked(tmp_path, _rows("id,Age", "1,4"), {"age": "Agee"})
    with pytest.raises(StudyError, match=r"no column fits 'Q7_\*'"):
        _asked(tmp_path, _rows("id,Q5_1", "1,4"), {"q": ["Q7_*"]})


@pytest.mark.parametrize(
    ("said", "why"),
    [({"column": "A", "kind": "choice all"}, "no kind of question"), ({"kind": "single"}, "one of"),
     ({"column": "A", "bins": [5, 1]}, "'bins' go up"), ({"column": "A", "net": {}}, "unknown key"),
     ({"columns": ["A", "B"], "kind": "single"}, "has one 'column'")],
)  # fmt: skip
def test_what_no_question_can_mean_is_refused(tmp_path, said, why):
    with pytest.raises(MappingError, match=why):
        _asked(tmp_path, _rows("id,A,B", "1,4,1"), {"q": said})


def test_scores_and_ratings_are_questions_without_being_declared(sample):
    from cxlab import study

    asked = study.load(sample).questionnaire
    assert asked.names()[:4] == ["nps", "csat", "ces", "experience"]
    assert asked["experience"].items[0] == "Delivery of your orders"
    assert asked["nps"].kind == "scale"


def test_answers_to_questions_stay_out_of_the_other_rooms(tmp_path):
    opened = small.load(tmp_path, _rows("id,A", "1,x"), columns={"response_id": "id"},
                        questions={"a": "A"})  # fmt: skip
    assert list(opened.responses) == ["response_id"]


def test_a_number_that_is_none_is_refused_by_its_column(tmp_path):
    with pytest.raises(QuestionError, match=r"'x' in the column 'A' is no number\. Name it under"):
        _asked(tmp_path, _rows("id,A", "1,x"), {"n": {"column": "A", "kind": "number"}})


def test_what_is_guessed_about_a_question_is_a_doubt_of_the_study(tmp_path):
    rows = [f"{at},{'Yes' if at % 2 else 'No'},{'Red' if at % 2 else ''}" for at in range(60)]
    said = {"questions": {"any": "Own", "colour": "Colour"}, "columns": {"response_id": "id"}}
    opened = small.load(tmp_path, _rows("id,Own,Colour", *rows), **said)
    (told,) = [text for _, text in opened.doubts if "'colour'" in text]
    assert told.startswith("Doubtful: ")
    assert "of 30 other people nobody answered it" in told
    assert "write it above 'any'" in told


def test_weights_missing_for_some_are_told_by_their_column(tmp_path):
    rows = [f"{at},{at % 2},{'' if at < 7 else 1.5}" for at in range(40)]
    asked = _asked(tmp_path, _rows("id,A,Wt", *rows), {"a": "A"}, weight="Wt")
    assert any("7 answers have no weight in the column 'Wt'" in note for note in asked.notes)


def test_first_second_and_third_mentions_are_one_question(tmp_path):
    # as coded comments and reasons stand in an export: the first in one column, more in the next
    rows = [f"{at},{'abcd'[at % 4]},{'abcd'[(at + 1) % 4] if at % 3 == 0 else ''},"
            f"{'abcd'[(at + 2) % 4] if at % 6 == 0 else ''}" for at in range(120)]  # fmt: skip
    rows += [f"{at},,," for at in range(120, 130)]
    asked = _asked(tmp_path, _rows("id,Why1,Why2,Why3", *rows), {"why": ["Why*"]})["why"]
    cells = pd.read_csv(io.StringIO(_rows("id,Why1,Why2,Why3", *rows)), index_col="id")
    known = cells.stack().value_counts()
    assert asked.kind == "choose all"
    assert dict(zip(asked.items, (asked.codes == 1).sum(axis=1), strict=True)) == known.to_dict()
    assert asked.answered().sum() == 120


def test_a_grid_that_people_left_midway_is_no_list_of_mentions(tmp_path):
    rng = np.random.default_rng(3)
    rows = [",".join([str(at), *(map(str, rng.integers(1, 6, 3 - at % 3))), *[""] * (at % 3)])
            for at in range(150)]  # fmt: skip
    asked = _asked(tmp_path, _rows("id,G1,G2,G3", *rows), {"g": ["G*"]})["g"]
    assert asked.kind == "grid"


def test_words_in_no_known_order_have_no_ends(tmp_path):
    rows = [
        f"{at},{'Good' if at % 3 else 'Poor'},{'Fair' if at % 2 else 'Bad'}" for at in range(40)
    ]
    said = {"g": {"columns": ["G - *"], "kind": "grid"}}
    asked = _asked(tmp_path, _rows("id,G - A,G - B", *rows), said)
    assert "the export gives its answers no order" in " ".join(asked["g"].notes)
    assert set(questions.topline(asked).frame["part"]) == {"answer"}
    said["g"]["codes"] = ["Bad", "Poor", "Fair", "Good"]
    told = questions.topline(_asked(tmp_path, _rows("id,G - A,G - B", *rows), said)).frame
    assert set(told["part"]) == {"answer", "net", "mean"}


def test_an_answer_off_its_scale_is_in_no_top_two(tmp_path):
    rows = [f"{at},{at % 5 + 1 if at % 6 else 'Never used it'}" for at in range(60)]
    said = {"s": {"column": "S", "kind": "scale"}}
    asked = _asked(tmp_path, _rows("id,S", *rows), said)
    assert "'Never used it' is no point of its scale" in " ".join(asked["s"].notes)
    assert set(questions.topline(asked).frame["part"]) == {"answer", "mean"}
    said["s"]["missing"] = "Never used it"
    told = questions.topline(_asked(tmp_path, _rows("id,S", *rows), said)).frame
    top = told.loc[told["answer"] == "top 2", "count"].iloc[0]
    assert top == sum(at % 6 > 0 and at % 5 > 2 for at in range(60))


@pytest.mark.parametrize("mark", ["", "Other"])
def test_who_only_wrote_under_other_has_answered(tmp_path, mark):
    """Some exports mark 'other' in the question, in some the words alone tell it."""
    rows = ["1,App,,,,Ad", "2,,Shop,{mark},a kiosk,Ad", "3,,,{mark},by phone,", "4,,,,,"]
    data = _rows("id,App,Shop,Other,words,how", *(row.format(mark=mark) for row in rows))
    use = {"columns": ["App", "Shop", *(["Other"] if mark else [])], "other": "words"}
    said = {"use": use, "how": {"column": "how", "other": "words"}}
    asked = _asked(tmp_path, data, said)
    other = mark or "Other, in words"
    assert _shares(asked["use"]) == {"App": 1, "Shop": 1, other: 2}
    assert asked["use"].answered().tolist() == [True, True, True, False]
    assert _shares(asked["how"]) == {"Ad": 2, "Other, in words": 1}
    assert asked["use: other, in words"].answered().sum() == 2


def test_a_route_that_is_declared_is_kept_to_and_not_doubted(tmp_path):
    rows = [f"{at},{at % 5 + 1},{'x' if at % 5 < 2 and at % 3 else ''}" for at in range(60)]
    said = {"s": "S", "why": {"column": "W", "kind": "open", "asked_of": {"s": [1, 2]}}}
    asked = _asked(tmp_path, _rows("id,S,W", *rows), said)["why"]
    assert asked.put_to().sum() == 24
    assert not any(note.startswith("Doubtful") for note in asked.notes)
    said["why"]["asked_of"] = {"s": 1}
    asked = _asked(tmp_path, _rows("id,S,W", *rows), said)["why"]
    assert "8 answers of others are counted all the same" in asked.notes[-1]
    said["why"]["asked_of"] = {"s": 9}
    with pytest.raises(QuestionError, match="'9', which is no answer to 's'"):
        _asked(tmp_path, _rows("id,S,W", *rows), said)


def test_items_are_named_by_their_cells_and_a_box_for_none_settles_empty_rows(tmp_path):
    rows = ["1,Tea,,", "2,,,None of these", "3,,Milk,", "4,,,"]
    said = {"d": {"columns": ["A", "B", "C"], "nets": {"hot": ["A", "Milk"]}}}
    asked = _asked(tmp_path, _rows("id,A,B,C", *rows), said)["d"]
    assert asked.items == ("Tea", "Milk", "None of these")
    assert asked.nets == {"hot": (0, 1)}
    assert asked.answered().sum() == 3
    assert not any("nothing at all" in note for note in asked.notes)


def test_an_end_that_may_be_no_answer_is_doubted_until_the_file_settles_it(tmp_path):
    rows = [f"{at},{at % 7},{at % 6}" for at in range(70)]
    data, columns = _rows("id,G,S", *rows), {"response_id": "id", "csat": "S"}

    def doubts(scale, **question):
        said = {"g": {"column": "G", "kind": "scale", **question}}
        words = {"questions": said, "scales": {"csat": scale}, "rules": {"no_answer": "off"}}
        return " ".join(note for _, note in small.load(tmp_path, data, columns=columns,
                                                        **words).doubts)  # fmt: skip

    told = doubts("0..5")
    assert "'g': 0 (10 times) and 6 (10 times) are counted as answers of a scale of 0..6" in told
    assert "'csat': 0 (12 times) is counted" in told
    assert "{range: 1..5, missing: [0]} under 'scales'" in told
    assert doubts({"range": "0..5", "missing": []}, missing=[]) == ""
    assert doubts({"range": "1..5", "missing": [0]}, missing=[0, 6]) == ""


def test_ends_that_need_the_same_word_are_doubted_in_one_sentence():
    one = "Doubtful: 'a': 0 (3 times) is counted as answers of a scale of 0..5. Write so."
    two = "Doubtful: 'b': 0 (4 times) is counted as answers of a scale of 0..5. Write so."
    other = "Doubtful: 'c': 0 (4 times) is counted as answers of a scale of 0..9. Write so."
    both = ("Doubtful: 'a': 0 (3 times) and 'b': 0 (4 times) are counted as answers of a scale "
            "of 0..5. Write so.")  # fmt: skip
    assert at_once([one, "Something else.", two, other]) == [both, "Something else.", other]
    lone = [lone_zero("q", 7), lone_zero("r", 1)]
    assert at_once(lone)[0].startswith(
        "Doubtful: 'q': 0 (7 times) and 'r': 0 (1 time) stand beside"
    )
    to = "is taken as put only to those who said 'Yes': of 9 other people nobody answered it."
    route = f"Doubtful: 'a' {to} The same is taken of 'b'. If so, say so."
    assert at_once([route, f"'b' {to}", "'c' is taken as put only to others."]) == [
        route, "'c' is taken as put only to others."]  # fmt: skip


def test_codes_beside_labels_are_told_where_headings_are_bare(tmp_path):
    rows = [f"{at},{['Tea', '1', ''][at % 3]},{['Milk', ''][at % 2]}" for at in range(60)]
    asked = _asked(tmp_path, _rows("id,Q1_1,Q1_2", *rows), {"q": ["Q1_*"]})["q"]
    assert _shares(asked) == {"Tea": 40, "Milk": 30}
    assert "codes beside labels" in " ".join(asked.notes)


def test_a_rare_answer_on_a_line_of_its_own_does_not_hide_the_others(tmp_path):
    cells = ["Tea", "Tea\nMilk, cold", "Tea\nMilk, cold\nSugar"]
    rows = [f'{at},"{cells[min(at % 9, 2) if at % 9 < 3 else 1]}"' for at in range(60)]
    asked = _asked(tmp_path, _rows("id,W", *rows), {"w": "W"})["w"]
    assert asked.kind == "choose all"
    assert asked.items == ("Tea", "Milk, cold", "Sugar")


def test_a_zero_that_stands_alone_in_coded_answers_is_doubted_until_settled(tmp_path):
    pairs = ["1,4", "4,", "0,", "2,1"]
    rows = [f"{at},{pairs[min(at % 9, 3) if at % 9 < 4 else 2]}" for at in range(90)]
    said = {"columns": ["A", "B"], "kind": "choose all"}
    data = _rows("id,A,B", *rows)
    told = _asked(tmp_path, data, {"q": said})["q"]
    assert "Doubtful: 'q': 0 (60 times) stands beside no other answer." in " ".join(told.notes)
    settled = _asked(tmp_path, data, {"q": {**said, "none": "0"}})["q"]
    assert not any("stands beside" in note for note in settled.notes)
    gone = _asked(tmp_path, data, {"q": {**said, "missing": ["0"]}})["q"]
    assert gone.answered().sum() == 30
