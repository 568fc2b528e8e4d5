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
