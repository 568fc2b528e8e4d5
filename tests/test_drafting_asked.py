"""A draft finds the questions that are neither score nor rating, and they can be tabulated."""

import pytest
import yaml

from cxlab import study
from cxlab.drafting import draft


def _drafted(folder, head, cells):
    """Draft a survey of an id, an NPS and these cells; give what it says of the answers."""
    rows = [f"r{at},{at % 11},{cell}" for at, cell in enumerate(cells)]
    (folder / "survey.csv").write_text("\n".join([f"ResponseId,NPS,{head}", *rows]) + "\n")
    said = draft([folder / "survey.csv"], folder).text
    (folder / "study.yaml").write_text(said, encoding="utf-8")
    return yaml.safe_load(said)["tables"]["responses"]


def test_choose_all_in_columns_is_one_question(tmp_path):
    cells = [f"{'Phone' if at % 2 else ''},{'Shop' if at % 3 else ''},Web" for at in range(60)]
    said = _drafted(tmp_path, "Which apply? - Phone,Which apply? - Shop,Which apply? - Web", cells)
    assert said["questions"] == {"which_apply": {"columns": ["Which apply? - *"]}}
    told = study.load(tmp_path / "study.yaml", cache=False).questionnaire["which_apply"]
    assert (told.kind, told.items) == ("choose all", ("Phone", "Shop", "Web"))
    assert (told.codes == 1).sum(axis=1).tolist() == [30, 40, 60]


def test_several_answers_in_one_cell_are_one_question(tmp_path):
    pool = [f"Way number {at}" for at in range(9)]
    pairs = [(at % 9, at // 9 % 9, at // 7 % 9) for at in range(300)]
    cells = [";".join(dict.fromkeys(pool[k] for k in some)) for some in pairs]
    said = _drafted(tmp_path, "Ways in", cells)
    assert said["questions"]["ways_in"] == {"column": "Ways in", "kind": "choose all", "split": ";"}
    told = study.load(tmp_path / "study.yaml", cache=False).questionnaire["ways_in"]
    assert sorted(told.items) == pool


@pytest.mark.parametrize("mark", ["\n", "|", ";"])
def test_whatever_parts_the_answers_of_a_cell_is_written_so_that_it_reads_back(tmp_path, mark):
    pool = ["Bus", "Bike", "Boat", "Walk"]
    cells = [f'"{mark.join(w for k, w in enumerate(pool) if at >> k & 1)}"' for at in range(1, 90)]
    said = _drafted(tmp_path, "Ways in", cells)
    assert said["questions"]["ways_in"]["split"] == mark
    if said.get("segments"):  # combinations of answers are no groups
        assert said["split"]["ways_in"] == mark
    told = study.load(tmp_path / "study.yaml", cache=False).questionnaire["ways_in"]
    assert sorted(told.items) == sorted(pool)


def test_an_item_nobody_chose_stays_an_item_of_its_question(tmp_path):
    cells = [f"{'Phone' if at % 2 else ''},,{'Web' if at % 3 else ''}" for at in range(60)]
    _drafted(tmp_path, "Which? - Phone,Which? - Fax,Which? - Web", cells)
    told = study.load(tmp_path / "study.yaml", cache=False).questionnaire["which"]
    assert told.items == ("Phone", "Fax", "Web")
    assert any("nobody chose 'Fax'" in note for note in told.notes)


def test_a_day_people_named_is_a_question_and_one_that_was_logged_is_not(tmp_path):
    cells = [f"2025-{at % 9 + 1:02d}-11,2024-{at % 12 + 1:02d}-03,2025-10-{at % 28 + 1:02d}"
             for at in range(60)]  # fmt: skip
    said = _drafted(tmp_path, "Answered at,When did you last call us?,Record modified", cells)
    assert said["questions"] == {
        "last_call_us": {"column": "When did you last call us?", "kind": "date"}}  # fmt: skip
    told = study.load(tmp_path / "study.yaml", cache=False).questionnaire["last_call_us"]
    assert len(told.answers) == 12


def test_names_of_questions_are_the_words_that_tell_them_apart(tmp_path):
    head = ("Which of the following shops have you been to during the last month?",
            "Which of the following shops have you never heard of until now?",
            "Welche Farbe hat das Auto, das Sie jetzt fahren?")  # fmt: skip
    cells = [f"{'AB'[at % 2]},{'CDE'[at % 3]},{['rot', 'blau'][at % 2]}" for at in range(60)]
    said = _drafted(tmp_path, ",".join(f'"{each}"' for each in head), cells)
    assert list(said["questions"]) == ["shops_last_month", "shops_never_heard_until_now",
                                       "farbe_auto_jetzt_fahren"]  # fmt: skip


def test_a_route_is_told_where_the_gate_is_a_question_too(tmp_path):
    cells = [f"Yes,{'Red' if at % 3 else ''},Blue" if at % 2 else "No,," for at in range(80)]
    said = _drafted(tmp_path, "Do you own one?,Which? - Red,Which? - Blue", cells)
    assert list(said["questions"]) == ["do_you_own_one", "which"]
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert opened.questionnaire["which"].put_to().sum() == 40
    assert any("taken as put only to those" in text for _, text in opened.doubts)


def test_yes_and_no_of_different_questions_are_no_choose_all(tmp_path):
    cells = [f"{'Yes' if at % 2 else 'No'},{'Yes' if at % 3 else 'No'}" for at in range(60)]
    said = _drafted(tmp_path, "Member,Insured", cells)["questions"]
    assert said == {"member": {"column": "Member"}, "insured": {"column": "Insured"}}


def test_every_column_with_a_list_of_answers_is_tabulated(tmp_path):
    cells = [f"{'NS'[at % 2]},{'PQRS'[at % 4]},Town {at}" for at in range(90)]
    said = _drafted(tmp_path, "Side,Tariff,Town", cells)["questions"]
    assert [one["column"] for one in said.values()] == ["Side", "Tariff"]


@pytest.mark.parametrize("kind", ["rank", "sum"])
def test_ranks_and_parts_of_a_whole_are_found(tmp_path, kind):
    ranks = [[(at + k) % 3 + 1 for k in range(3)] for at in range(90)]
    parts = [[at % 50, 50 - at % 50, 50] for at in range(90)]
    cells = [",".join(map(str, row)) for row in {"rank": ranks, "sum": parts}[kind]]
    said = _drafted(tmp_path, "Deal out. - A,Deal out. - B,Deal out. - C", cells)
    assert [one["kind"] for one in said["questions"].values()] == [kind]


def _table(folder, rows):
    """Draft and tabulate an export of these rows; give what was drafted, and each question."""
    (folder / "survey.csv").write_text("\n".join(",".join(row) for row in rows) + "\n")
    (folder / "study.yaml").write_text(draft([folder / "survey.csv"], folder).text, "utf-8")
    said = yaml.safe_load((folder / "study.yaml").read_text("utf-8"))["tables"]["responses"]
    return said["questions"], study.load(folder / "study.yaml", cache=False).questionnaire


def test_seen_and_left_empty_is_neither_not_asked_nor_an_answer_in_qualtrics(tmp_path):
    which = "Which? (Select all) - Selected Choice - "
    rows = [["StartDate", "EndDate", "ResponseId", "QID7_1", "QID7_2", "QID7_9", "QID7_9_TEXT"],
            ["Start", "End", "Id", f"{which}Maps", f"{which}Mail", f"{which}Other",
             "Which? (Select all) - Other - Text"],
            [f'"{{""ImportId"":""{at}""}}"' for at in range(7)]]  # fmt: skip
    for at in range(90):  # a third not asked, a sixth saw it and chose nothing
        seen = ["-99"] * 3 if at % 6 == 1 else ["Maps", "Mail" * (at % 2), "Other" * (at % 6 == 5)]
        day = f"2025-03-{at % 28 + 1:02d} 10:00:00"
        cells = ["", "", ""] if at % 3 == 0 else seen
        rows.append([day, day, f"R_{at}", *cells, f"word {at}" if cells[2] == "Other" else ""])
    said, asked = _table(tmp_path, rows)
    (name,) = said
    assert said[name] == {"columns": ["QID7_1", "QID7_2", "QID7_9"], "other": "QID7_9_TEXT"}
    told = asked[name]
    assert (told.put_to().sum(), told.answered().sum()) == (60, 45)
    assert (told.codes == 1).sum(axis=1).tolist() == [45, 15, 15]
    assert told.items == ("Maps", "Mail", "Other")


def test_not_asked_and_other_in_words_are_told_apart_in_limesurvey(tmp_path):
    rows = [["id", "submitdate", "lastpage", "startlanguage", "own[SQ001] . Own? [Car]",
             "own[SQ002] . Own? [Bike]", "own[SQ003] . Own? [Boat]",
             "own[other] . Own? [Other]"]]  # fmt: skip
    for at in range(80):
        cells = ["N/A"] * 3 if at % 4 == 0 else ["Yes", "No" if at % 2 else "Yes", "No"]
        rows.append(
            [
                str(at),
                f"2025-05-{at % 28 + 1:02d} 09:00:00",
                "4",
                "en",
                *cells,
                "sled" * (at % 8 == 1),
            ]
        )
    said, asked = _table(tmp_path, rows)
    assert said["own"]["other"] == "own[other] . Own? [Other]"
    assert asked["own"].items == ("Car", "Bike", "Boat", "Other, in words")
    assert (asked["own"].codes == 1).sum(axis=1).tolist() == [60, 20, 0, 10]
    assert asked["own"].put_to().sum() == 60
    assert any("nobody chose 'Boat'" in note for note in asked["own"].notes)


def test_other_in_words_of_surveymonkey_is_an_answer(tmp_path):
    head = "Respondent ID,Start Date,Which do you use?,,,Where from?,\n"
    below = ",,App,Shop,Other (please specify),Response,Other (please specify)\n"
    rows = [f"{at},2026-03-{1 + at % 27:02d} 10:00:00,{'App' if at % 2 else ''},"
            f"{'Shop' if at % 3 else ''},{'' if at % 6 else f'kiosk {at}'},"
            f"{['Price', 'Habit', ''][at % 3]},{'' if at % 3 < 2 else f'my aunt {at % 7}'}\n"
            for at in range(90)]  # fmt: skip
    path = tmp_path / "sm.csv"
    path.write_text(head + below + "".join(rows), encoding="utf-8")
    (tmp_path / "study.yaml").write_text(draft([path], tmp_path).text, encoding="utf-8")
    asked = study.load(tmp_path / "study.yaml", cache=False).questionnaire
    use, why = asked["which_do_you_use"], asked["where_from"]
    assert dict(zip(use.items, (use.codes == 1).sum(axis=1), strict=True)) == {
        "App": 45, "Shop": 60, "Other, in words": 15}  # fmt: skip
    assert why.answered().all()
    assert (why.codes[0] == why.answers.index("Other, in words")).sum() == 30


def test_amounts_are_tabulated_in_classes_and_names_made_of_numbers_are_not(tmp_path):
    cells = [f"{at * 37 % 900 / 10},{10000 + at * 7 % 80}" for at in range(300)]
    said = _drafted(tmp_path, "Minutes waited,Zip", cells)["questions"]
    assert list(said) == ["minutes_waited"]
    told = study.load(tmp_path / "study.yaml", cache=False).questionnaire["minutes_waited"]
    assert (told.kind, len(told.answers)) == ("number", 5)
