"""A study is opened whole, accounted for, cached by content, and cut into parts."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from cxlab import codebook, study
from cxlab.study import StudyError
from cxlab.study.secret import key_of
from tests import small
from tests.conftest import ROOT

STUDY = """\
study: A shop
as_of: 2025-12-31
timezone: Europe/London
privacy: {smallest_group: 1}
tables:
  responses:
    files: answers.csv
    columns: {customer_id: who, answered_at: when, nps: score}
  customers:
    files: customers.csv
    columns: {customer_id: id}
    segments: [region]
  orders:
    files: orders.csv
    columns: {order_id: no, customer_id: who, ordered_at: day, amount: paid}
reports:
  over: {region: all, period: quarterly}
"""
FILES = {
    "answers.csv": "who,when,score\n1,2025-01-05 10:00,9\n2,2025-04-06 11:00,3\n9,2025-05-01,7\n",
    "customers.csv": "id,region\n1,North\n2,<b>South</b>\n3,North\n",
    "orders.csv": "no,who,day,paid\na,1,2025-02-01,10.5\nb,2,2025-02-02,=1+1\nc,8,2025-02-03,7\n",
}


@pytest.fixture
def shop(tmp_path):
    for name, text in {"study.yaml": STUDY, **FILES}.items():
        (tmp_path / name).write_text(text)
    return tmp_path / "study.yaml"


def test_rows_read_are_rows_kept_and_rows_set_aside(shop):
    account = study.account_of(study.load(shop))["tables"]
    for table in account.values():
        assert table["rows_in"] == table["kept"] + table["set_aside"] == 3 - 0
        assert len(table["rows"]) == table["set_aside"]
    reasons = [row["reason"] for row in account["orders"]["rows"]]
    assert sorted(reasons) == ["amount_unreadable", "orphan"]


def test_each_row_set_aside_says_where_it_stands(shop):
    row = study.account_of(study.load(shop))["tables"]["orders"]["rows"][0]
    assert row == {
        "file": "orders.csv",
        "line": 3,
        "column": "amount",
        "reason": "amount_unreadable",
        "value": "=1+1",
    }


def test_a_stranger_among_the_answers_is_kept_and_said(shop):
    opened = study.load(shop)
    assert len(opened.responses) == 3
    assert any("not in the customer list" in note for note in opened.ledger.notes)


def test_a_part_has_one_name_whether_read_anew_or_from_the_cache(shop):
    asked = {"segment": "region", "value": "North"}
    names = [study.load(shop, cache=kept).part(**asked).content for kept in (False, True, True)]
    sample = ROOT / "data" / "sample" / "study.yaml"
    asked = {"segment": "region", "value": "East"}
    study.load(sample)
    names += [study.load(sample, cache=kept).part(**asked).content for kept in (False, True)]
    assert [names.count(name) for name in names] == [3, 3, 3, 2, 2]


def test_a_folder_in_place_of_an_export_is_said(shop):
    (shop.parent / "orders.csv").unlink()
    (shop.parent / "orders.csv").mkdir()
    with pytest.raises(study.StudyError, match=r"'orders.csv' is a folder.*'orders.csv/\*.csv'"):
        study.load(shop)


def test_joins_are_counted_both_ways_and_name_lines_not_ids(shop):
    found = study.load(shop).joins
    rows = found.frame.set_index(["table", "term"])
    lost = rows.loc[("orders", "rows whose customer is not in the list")]
    assert (lost["n"], lost["value"]) == (1, "orders.csv, line 4")
    assert rows.loc[("responses", "customers with a row"), "n"] == 2
    assert rows.loc[("responses", "rows whose customer is not in the list"), "n"] == 1
    assert found.headline.startswith("2 rows with an id find no customer in the list. Of the")


def test_what_is_known_stands_row_by_row_beside_the_answers():
    sample = study.load(ROOT / "data" / "sample" / "study.yaml")
    known, answers = sample.known, sample.responses
    assert len(known) == len(answers)
    assert (known["region"].to_numpy() == answers["region"].to_numpy()).all()
    word = "contacted in the year before"
    asked = answers["support"].notna().to_numpy()
    assert (known[word] == "yes")[asked].mean() > 0.99
    assert set(sample.people.columns) >= {"customer_id", "region", "tenure", "left", "contacted"}
    assert sample.people["customer_id"].is_unique


def test_nobody_without_an_id_is_taken_for_another(shop):
    calls = "  interactions:\n    files: calls.csv\n    columns: {interaction_id: no, "
    calls += "customer_id: who, opened_at: day}\nreports:"
    shop.write_text(shop.read_text().replace("reports:", calls))
    (shop.parent / "answers.csv").write_text(
        "who,when,score\n1,2025-01-05 10:00,9\n,2025-04-06 11:00,3\n2,2025-05-01,7\n"
    )
    (shop.parent / "calls.csv").write_text("no,who,day\na,1,2024-12-01\nb,,2025-03-01\n")
    said = study.load(shop).known["contacted in the year before"]
    assert said.fillna("not known").tolist() == ["yes", "not known", "no"]


def test_weighting_moves_the_answers_towards_what_it_was_told():
    found = study.load(ROOT / "data" / "sample" / "study.yaml").balance.frame
    region = found[found["term"] == "region"]
    assert region["before"].abs().max() > 0.1 > region["after"].abs().max()
    assert found[["before", "after"]].notna().all(axis=None)


def test_answers_get_the_segments_of_the_customer_list(shop):
    assert study.load(shop).responses["region"].tolist()[:2] == ["North", "<b>South</b>"]


def test_orders_are_an_ibis_table_whose_moments_carry_the_zone(shop):
    orders = study.load(shop).orders
    assert orders.amount.sum().execute() == 10.5
    assert str(orders.schema()["ordered_at"]).startswith("timestamp('Europe/London'")


def test_the_second_opening_reads_the_cache_and_gives_the_same(shop):
    first = study.load(shop)
    kept = _kept(shop)
    second = study.load(shop)
    assert _kept(shop) == kept
    assert len(kept) == len(first.read)
    pd.testing.assert_frame_equal(first.responses, second.responses)
    assert study.account_of(first) == study.account_of(second)


def _kept(shop) -> set[str]:
    return {path.name for path in (shop.parent / ".cxlab").iterdir() if path.is_dir()}


def test_a_new_month_of_answers_leaves_the_other_tables_unread(shop):
    shop.write_text(shop.read_text().replace("answers.csv", "answers*.csv"))
    tables, before = len(study.load(shop).read), _kept(shop)
    (shop.parent / "answers_june.csv").write_text("who,when,score\n2,2025-06-01,10\n")
    assert len(study.load(shop).responses) == 4
    assert len(_kept(shop) - before) == 1
    with (shop.parent / "customers.csv").open("a") as listed:
        listed.write("\n")  # every table is held against the customer list
    study.load(shop)
    assert len(_kept(shop)) == 1 + 2 * tables


def test_what_no_opening_used_for_a_month_leaves_the_cache(shop):
    study.load(shop)
    old, ago = _kept(shop), time.time() - 40 * 24 * 3600
    for name in old:
        os.utime(shop.parent / ".cxlab" / name, (ago, ago))
    with (shop.parent / "answers.csv").open("a") as more:
        more.write("2,2025-06-01,10\n")
    study.load(shop)  # reads the other tables, which are used again, and writes this one anew
    now = _kept(shop)
    assert len(now) == len(old)
    assert len(old - now) == 1


def test_a_table_held_against_a_list_that_fails_is_not_kept(shop):
    listed = shop.parent / "customers.csv"
    good = listed.read_text()
    listed.write_bytes(b"\x00\x01\x02")
    with pytest.raises(study.StudyError):
        study.load(shop)
    assert not [path for path in shop.parent.glob(".cxlab/*") if path.is_dir()]
    listed.write_text(good)
    assert len(study.load(shop).responses) == 3


def test_a_changed_export_is_read_again(shop):
    before = study.fingerprint(codebook.load(shop))
    (shop.parent / "answers.csv").write_text(FILES["answers.csv"] + "3,2025-06-01,10\n")
    assert study.fingerprint(codebook.load(shop)) != before
    assert len(study.load(shop).responses) == 4


def test_a_part_holds_its_segment_and_its_customers_orders(shop):
    north = study.load(shop).part(segment="region", value="North")
    assert len(north.responses) == 1
    assert len(north.customers) == 2
    assert north.orders.count().execute() == 1
    assert len(study.load(shop).part(period="2025Q2").responses) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"segment": "regoin", "value": "North"}, "Did you mean 'region'?"),
        ({"segment": "region", "value": "Nort"}, "Did you mean 'North'?"),
        ({"segment": "", "value": "North"},
         "the value 'North' needs a segment, given beside it. Did you mean the segment 'region'?"),
        ({"segment": "region"}, "the segment 'region' needs a value, given beside it, such as"),
        ({"period": "2031Q1"}, "no answer lies in 2031Q1"),
        ({"period": "someday"}, "is no period; write 2025Q3, 2025-09 or 2025"),
    ],
)  # fmt: skip
def test_a_part_that_is_not_there_is_refused(shop, asked, said):
    with pytest.raises(StudyError, match=said.replace("?", r"\?")):
        study.load(shop).part(**asked)


def test_the_grid_lists_everyone_then_each_value_then_each_period(shop):
    assert study.wanted(study.load(shop)) == [
        {},
        {"segment": "region", "value": "<b>South</b>"},
        {"segment": "region", "value": "North"},
        {"period": "2025Q1"},
        {"period": "2025Q2"},
    ]


def test_every_table_that_fails_is_named_at_once(shop):
    (shop.parent / "answers.csv").write_text("")
    (shop.parent / "orders.csv").write_text("no,who,day,payed\na,1,2025-02-01,1\n")
    with pytest.raises(StudyError) as refused:
        study.load(shop)
    assert [error["table"] for error in refused.value.errors] == ["responses", "orders"]
    assert "Did you mean 'payed'?" in str(refused.value)


def test_set_aside_lists_are_inert_in_a_spreadsheet(shop, tmp_path):
    study.export(study.load(shop), tmp_path / "out")
    lists = (tmp_path / "out" / "orders.set_aside.csv").read_text()
    assert "'=1+1" in lists
    assert len(pd.read_parquet(tmp_path / "out" / "orders.parquet")) == 1


def test_set_aside_lists_hold_no_command_for_a_terminal(tmp_path):
    answers = "Q1,Q2\n9,a\n\x1b[2Jten,b\n"
    study.export(small.load(tmp_path, answers, columns={"nps": "Q1"}), tmp_path / "out")
    lists = (tmp_path / "out" / "responses.set_aside.csv").read_text()
    assert "\\x1b[2Jten" in lists
    assert "\x1b" not in lists


def test_file_names_in_set_aside_lists_are_inert_too(tmp_path):
    opened = small.load(tmp_path, "Q1\nten\n9\n", name="=1+1.csv", columns={"nps": "Q1"})
    study.export(opened, tmp_path / "out")
    assert "\n'=1+1.csv" in (tmp_path / "out" / "responses.set_aside.csv").read_text()


def test_the_sample_has_the_dirt_that_was_planted(sample):
    account = study.account_of(study.load(sample))["tables"]
    truth = json.loads((ROOT / "data" / "sample" / "truth.json").read_text())["dirt"]
    for table, dirt in truth.items():
        rows = pd.Series([row["reason"] for row in account[table]["rows"]]).value_counts()
        fixed = {f"{r['column']}:{r['reason']}": r["count"] for r in account[table]["repairs"]}
        assert account[table]["rows_in"] == dirt["rows_in"]
        assert rows.to_dict() == dirt["set_aside"]
        assert {name: fixed.get(name) for name in dirt["repairs"]} == dirt["repairs"]


def test_the_secret_of_pseudonyms_is_drawn_once_and_kept_from_others(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: key_of(tmp_path), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    path = tmp_path / "pseudonyms.key"
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    path.write_text("not a secret")
    with pytest.raises(study.StudyError, match="delete it"):
        key_of(tmp_path)


WEIGHED = {
    **FILES,
    "answers.csv": "who,when,score,region,w\n1,2025-01-05 10:00,9,N,2\n2,2025-04-06 11:00,3,S,1\n"
    "3,2025-05-01 10:00,7,N,4\n",
}


def _weighed(folder, **changed):
    said = STUDY.replace("nps: score}", "nps: score}\n    segments: [region]\n    weight: w")
    for name, text in {"study.yaml": said, **WEIGHED, **changed}.items():
        (folder / name).write_text(text)
    return study.load(folder / "study.yaml").part(segment="region", value="N")


def test_weights_of_a_part_have_mean_one(tmp_path):
    # 2 and 4, whose mean is 3
    assert _weighed(tmp_path).responses["weight"].tolist() == [0.666666667, 1.333333333]


def test_the_content_of_a_part_follows_its_own_rows_alone(tmp_path):
    before = _weighed(tmp_path).content
    elsewhere = WEIGHED["answers.csv"].replace(",3,S,1", ",5,S,3")
    own = WEIGHED["answers.csv"].replace(",9,N,2", ",8,N,2")
    assert _weighed(tmp_path, **{"answers.csv": elsewhere}).content == before
    assert _weighed(tmp_path, **{"answers.csv": own}).content != before


def test_a_part_does_not_count_whom_its_customers_brought(shop):
    whole = study.load(shop)
    assert len(whole.arrivals) == len(whole.customers)
    assert "may belong to another" in whole.part(segment="region", value="North").arrivals.why


def test_a_part_tells_of_its_own_rows(shop):
    part = study.load(shop).part(segment="region", value="North")
    assert part.told == (
        "1 answer of this part is kept, none is set aside by judgement. "
        "What became of every row read is told in the report on data quality."
    )
    assert part.provenance.headline == "Made from the rows of region: North."


def test_rows_set_aside_by_judgement_get_the_segments_of_the_customer_list(shop):
    assert "region" in study.load(shop).judged


def test_answers_without_ids_beside_a_customer_list_make_a_page(tmp_path):
    from cxlab import reports

    (tmp_path / "survey.csv").write_text("Q1\n" + "9\n10\n3\n" * 20)
    (tmp_path / "people.csv").write_text("Id,Region\n" + "".join(f"c{k},N\n" for k in range(90)))
    (tmp_path / "study.yaml").write_text(
        "study: Nameless\nas_of: 2025-12-31\ntables:\n"
        "  responses: {files: survey.csv, columns: {nps: Q1}}\n"
        "  customers: {files: people.csv, columns: {customer_id: Id}, segments: {region: Region}}\n"
    )
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert opened.asked is None
    jobs = reports.plan(
        ROOT / "notebooks", study_file=tmp_path / "study.yaml", parts=[{}], tables=opened.holds,
        notebooks=["10_data_quality"],
    )  # fmt: skip
    facts = {"study": "Nameless", "as_of": "2025-12-31", "rows": {}}
    (run,) = reports.run(jobs, tmp_path / "out", study=facts, data="x")
    assert (run.state, run.error) == ("done", "")


def test_what_the_pages_will_lack_is_told_before_they_are_made(tmp_path):
    columns = {"order_id": "o", "amount": "a"}
    got = small.load(tmp_path, "o,a\n1,5\n2,6\n", table="orders", columns=columns)
    said = got.lacking({"30_drivers": ("scores", "ratings"), "20_scores": ("scores",)})
    assert said[0].startswith("30_drivers will not be made: no score is named; map nps, csat or")
    assert said[1].startswith("20_scores will not be made: no score is named")
    assert said[2].startswith("Orders without 'customer_id' do not tell who bought")
    whole = columns | {"customer_id": "c", "ordered_at": "d"}
    text = "o,a,c,d\n1,5,x,2025-01-01\n"
    assert "orders" not in small.load(tmp_path, text, table="orders", columns=whole).lacks


def test_answers_of_which_none_is_in_words_make_no_page_of_words(tmp_path):
    bare = small.load(tmp_path, "Q1,c\n9,\n8,\n", columns={"nps": "Q1", "comment": "c"})
    assert "comments or reviews" not in bare.holds
    said = bare.lacking({"60_voice": ("comments or reviews",)})[0]
    assert said.startswith("60_voice will not be made: nobody wrote a comment and there are no")
    wrote = small.load(tmp_path, "Q1,c\n9,good\n8,\n", columns={"nps": "Q1", "comment": "c"})
    assert "comments or reviews" in wrote.holds


def test_fees_of_customers_nobody_asked_make_no_page_of_worth(tmp_path):
    columns = {"customer_id": "c", "signed_up_at": "b", "churned_at": "e", "monthly_fee": "f"}
    text = "c,b,e,f\nx,2024-01-01,2025-01-01,9.5\ny,2024-02-01,,12\n"
    paid = small.load(tmp_path, text, table="customers", columns=columns)
    assert "leaving or orders" in paid.holds
    assert "orders or fees" not in paid.holds
    said = paid.lacking({"55_value": ("orders or fees",)})[0]
    assert said.startswith("55_value will not be made: it is not told what customers bring")


def test_a_customer_list_without_an_id_meets_no_other_table(tmp_path):
    alone = small.load(tmp_path, "p\nBasic\n", table="customers", columns={"plan": "p"})
    assert "whom no other table can name" in alone.notes["customers"][-1]
    assert alone.customers["customer_id"].tolist() == ["row 1"]
    path = small.write(tmp_path, "Q1\n9\n", columns={"nps": "Q1"})
    more = "  customers: {files: survey.csv, columns: {plan: Q1}}\n"
    path.write_text(path.read_text().replace("tables:\n", f"tables:\n{more}"))
    with pytest.raises(codebook.MappingError, match="a customer list beside other tables needs an"):
        study.load(path, cache=False)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("{customer_id: Cust, amount: Totl}", 7),
        ("{customer_id: Cust, amount: Total}\n    where: {Statsu: [paid]}", 8),
        ("{customer_id: Cust, amount: Total}\n    where: {Status: [paying]}", 8),
        ("{customer_id: Cust, amount: Total}\n    where: {Status: {at least: 5}}", 8),
    ],
)
def test_what_an_export_does_not_hold_is_refused_with_the_line_that_asks_for_it(
    said, line, tmp_path
):
    (tmp_path / "o.csv").write_text("Cust,Total,Status\n" + "a,5,paid\n" * 4)
    text = "study: x\nas_of: 2025-12-31\ntimezone: UTC\ntables:\n  orders:\n    files: o.csv\n"
    (tmp_path / "study.yaml").write_text(f"{text}    columns: {said}\n")
    with pytest.raises(study.StudyError, match=rf"o\.csv: .*See study\.yaml, line {line}\."):
        study.load(tmp_path / "study.yaml", cache=False)


def test_a_study_opened_early_is_handed_out_once_and_only_while_it_stands(shop):
    study.early(shop)
    given = study.load(shop)
    assert "ledger" in given.__dict__  # what was told of it already need not be told anew
    assert "ledger" not in study.load(shop).__dict__
    study.early(shop)
    (shop.parent / "orders.csv").write_text(FILES["orders.csv"] + "d,1,2025-02-04,5\n")
    assert study.load(shop).cleaned["orders"].rows_in == 4


def test_the_engine_draws_no_bar_over_the_terminal(shop):
    """DuckDB draws one of a query of two seconds, once IPython is loaded."""
    shell = InteractiveShell.instance()
    try:
        asked = "select current_setting('enable_progress_bar')"
        drawn = study.load(shop)._connection.raw_sql(asked).fetchone()
    finally:
        shell.clear_instance()
    assert drawn == (False,)
