"""Do tables of the same people meet, and is it loud where they do not?"""

import pytest
import yaml

from cxlab import study
from cxlab.export import index
from cxlab.study import StudyError, account_of

IDS = {
    "case": [(f"ab{n}x", f"AB{n}X") for n in range(20)],
    "pad 6": [(f"{n}7", f"{n}7".zfill(6)) for n in range(20)],
    "salesforce18": [(f"0015000000Gv{n:03d}", f"0015000000Gv{n:03d}AAB") for n in range(20)],
    "plain number": [(f"{n + 100}", f"#{n + 100}.0") for n in range(20)],
    "last number": [(f"{n + 100:06d}", f"CUST-{n + 100:06d}") for n in range(20)],
}


def opened(folder, tables: dict[str, list[str]], **said) -> study.Study:
    """Write tables that hold a customer's id, and open them as a study."""
    heads = {"responses": "nps: 9", "orders": "amount: 5", "interactions": "kind: query"}
    spec = {}
    for table, ids in tables.items():
        more, value = heads.get(table, "plan: basic").split(": ")
        rows = "".join(f"{each},{value}\n" for each in ids)
        (folder / f"{table}.csv").write_text(f"Who,What\n{rows}", encoding="utf-8")
        columns = {"customer_id": "Who", more: "What"}
        spec[table] = {"files": f"{table}.csv", "columns": columns, **said.get(table, {})}
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump({"study": "S", "as_of": "2025-12-31", "tables": spec}))
    return study.load(path, cache=False)


@pytest.mark.parametrize("rule", IDS)
@pytest.mark.parametrize("turned", [False, True])
def test_ids_in_two_forms_are_refused_with_the_rule_that_matches(tmp_path, rule, turned):
    own, listed = zip(*[pair[::-1] if turned else pair for pair in IDS[rule]], strict=True)
    with pytest.raises(StudyError) as refused:
        opened(tmp_path, {"responses": own, "customers": listed})
    said = str(refused.value)
    assert f"'{own[0]}'" in said
    assert f"'{listed[0]}'" in said
    assert f"'ids: {{customer_id: {rule}}}' under tables.responses, 20 of 20" in said
    (error,) = refused.value.errors
    assert (error["table"], error["column"]) == ("responses", "Who")


def test_a_rule_that_makes_one_id_of_several_is_not_proposed(tmp_path):
    listed = [f"{kind}-{n}" for kind in ("north", "south") for n in range(20)]
    with pytest.raises(StudyError, match="No rule for ids"):
        opened(tmp_path, {"orders": [f"{n}" for n in range(20)], "customers": listed})


def test_under_a_tenth_is_refused_and_a_tenth_is_not(tmp_path):
    own = [f"a{n}" for n in range(20)]
    with pytest.raises(StudyError, match="only 1 of the 20 customer ids"):
        opened(tmp_path, {"orders": own, "customers": ["a0", "b1", "b2"]})
    assert opened(tmp_path, {"orders": own, "customers": ["a0", "a1", "b2"]}).doubts


def test_who_accepts_that_nothing_meets_says_so(tmp_path):
    tables = {"responses": ["x1", "x2", "x3"], "customers": ["c1", "c2"]}
    got = opened(tmp_path, tables, responses={"rules": {"orphan": "off"}})
    assert len(got.responses) == 3
    assert got.ledger.headline.startswith("Doubtful: 3 of the 3 customers in the responses (100%)")


def test_tables_without_a_customer_list_meet_one_another(tmp_path):
    own, theirs = zip(*IDS["case"], strict=True)
    with pytest.raises(StudyError, match="is in responses, responses"):
        opened(tmp_path, {"responses": own, "orders": theirs})
    assert opened(tmp_path, {"responses": own[:4], "orders": theirs}).doubts == ()


def test_a_third_that_finds_nobody_is_said_first_everywhere(tmp_path):
    own = [f"c{n}" for n in range(12)]
    got = opened(tmp_path, {"responses": own, "customers": own[:8]})
    ((_table, said),) = got.doubts
    assert said.startswith("Doubtful: 4 of the 12 customers in the responses (33%), with 4 of 12")
    assert got.ledger.headline.startswith(said)
    assert got.joins.headline.startswith(said)
    assert account_of(got)["doubts"] == [{"table": "responses", "message": said}]
    facts = {"study": "S", "as_of": "2025-12-31", "reports": [], "finished": "", "doubts": [said]}
    assert said in index({**facts, "versions": {"cxlab": "1"}}).split("<main>")[1][:400]


def test_less_than_a_third_is_counted_and_not_doubted(tmp_path):
    own = [f"c{n}" for n in range(12)]
    got = opened(tmp_path, {"responses": own, "customers": own[:9]})
    assert got.doubts == ()
    assert got.joins.headline.startswith("3 rows with an id find no customer")


def test_answers_of_people_on_no_list_cost_only_what_needs_both(tmp_path):
    tables = {"responses": [f"x{n}" for n in range(9)], "customers": [f"c{n}" for n in range(7)]}
    got = opened(tmp_path, tables)
    assert (len(got.responses), len(got.customers)) == (9, 7)
    ((_, said),) = got.doubts
    assert said.startswith("Doubtful: 9 of the 9 customers in the responses (100%), with 9 of 9")
    assert "such as 'x0' and 'x1', and there 'c0' and 'c1'), so nothing is told of both" in said
