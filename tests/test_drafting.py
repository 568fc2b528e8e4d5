"""Does a draft run, with at most two edits, and say what it is unsure of?"""

from datetime import date
from pathlib import Path

import pytest
import yaml

from cxlab import study
from cxlab.drafting import draft

# what a person has to change before `cxlab check` runs; at most two each
EDITS: dict[str, list[tuple[str, str]]] = {}
EXPORTS = {
    "airline_invistico/Invistico_Airline.csv": ("responses", {"csat": "satisfaction"}),
    "bank_churn_modelling/Churn_Modelling_relabelled.csv": (
        "customers", {"customer_id": "CustomerId", "churned": "Exited", "tenure": "Tenure"},
    ),
    "bank_satisfaction_spss/satisfaction.sav": ("responses", {"csat": "Overall"}),
    "bank_satisfaction_spss/bank_tidied.sav": ("responses", {"csat": "Overall"}),
    "cdnow/CDNOW_sample.txt": ("orders", {"customer_id": "column 1", "amount": "column 5"}),
    "cdnow/CDNOW_master.txt": ("orders", {"customer_id": "customer_id", "ordered_at": "date"}),
    "online_retail_2010_2011/online_retail.csv.gz": ("orders", {"customer_id": "CustomerID"}),
    "qualtrics_export/qualtrics.csv": ("responses", {"answered_at": "EndDate"}),
    "sfo_airport_2017/2017_SFO_Customer_Survey.csv": ("responses", {"nps": "NETPRO"}),
    "starwars_surveymonkey/StarWars.csv": ("responses", {"response_id": "RespondentID"}),
    "telco_churn_ibm/Telco-Customer-Churn.csv": ("customers", {"churned": "Churn"}),
    "telecom_nps_verbatims/verbatims.csv": ("responses", {"nps": "NPS_SCORE", "comment": "text"}),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_the_draft_of_a_real_export_runs(name, shared_data, tmp_path):
    table, columns = EXPORTS[name]
    text = draft([shared_data / name], tmp_path).text
    edits = EDITS.get(name, [])
    assert len(edits) <= 2
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert columns.items() <= opened.mapping.tables[table].columns.items()
    done = opened.cleaned[table]
    assert len(done.set_aside) < 0.3 * done.rows_in


def test_every_export_of_the_sample_makes_its_table(sample, tmp_path):
    made = draft(sorted((sample.parent / "exports").iterdir()), tmp_path)
    (tmp_path / "study.yaml").write_text(made.text, encoding="utf-8")
    opened = study.load(tmp_path / "study.yaml", cache=False)
    tables = ["responses", "customers", "orders", "interactions", "visits"]
    assert list(opened.cleaned) == tables
    columns = opened.mapping.tables["responses"].columns
    assert {"nps": "Q1", "csat": "Q2", "ces": "Q3", "comment": "Q5"}.items() <= columns.items()
    assert len(opened.mapping.tables["responses"].ratings) == 6
    drafted = {each.name: each.kind for each in opened.questionnaire.questions}
    assert {*drafted.values()} >= {"choose all", "rank", "single"}


def test_codes_beyond_the_scale_are_a_doubt(shared_data, tmp_path):
    survey = shared_data / "sfo_airport_2017" / "2017_SFO_Customer_Survey.csv"
    made = draft([survey], tmp_path)
    assert any("11 (84 times) is taken for 'no answer'" in doubt for doubt in made.doubts)


def test_a_battery_is_the_parts_of_a_question_not_all_that_has_its_scale(shared_data, tmp_path):
    made = draft([shared_data / "sfo_airport_2017" / "2017_SFO_Customer_Survey.csv"], tmp_path)
    ratings = yaml.safe_load(made.text)["tables"]["responses"]["ratings"].values()
    assert {name[:2] for name in ratings} == {"Q7", "Q9"}
    assert any("have the scale of the ratings (mean " in doubt for doubt in made.doubts)


def test_no_real_order_lies_after_the_day_that_is_drafted(shared_data, tmp_path):
    made = draft([shared_data / "online_retail_2010_2011" / "online_retail.csv.gz"], tmp_path)
    (tmp_path / "study.yaml").write_text(made.text, encoding="utf-8")
    gone = study.load(tmp_path / "study.yaml", cache=False).cleaned["orders"].set_aside
    assert "date_after_as_of" not in set(gone["reason"])


def test_a_mistyped_year_is_not_the_last_day(tmp_path):
    days = [f"2024-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(2000)]
    rows = "".join(f"{n},{day},9\n" for n, day in enumerate([*days, "2204-05-01"]))
    (tmp_path / "orders.csv").write_text(f"customer,order date,amount\n{rows}")
    made = draft([tmp_path / "orders.csv"], tmp_path)
    assert yaml.safe_load(made.text)["as_of"] == date(2024, 12, 28)


def test_a_column_of_many_words_is_no_segment(tmp_path):
    rows = "".join(f"{n % 11},w{'abcdefghij'[n % 10] * (n // 10 + 1)},{'ab'[n % 2]}\n"
                   for n in range(300))  # fmt: skip
    (tmp_path / "s.csv").write_text(f"NPS,word,plan\n{rows}")
    made = yaml.safe_load(draft([tmp_path / "s.csv"], tmp_path).text)
    assert list(made["tables"]["responses"]["segments"]) == ["plan"]


def test_a_file_without_names_that_says_nothing_is_a_doubt(tmp_path):
    (tmp_path / "s.csv").write_text("".join(f"{n},{n % 7}\n" for n in range(40)))
    made = draft([tmp_path / "s.csv"], tmp_path)
    assert any("no header: nothing says what its columns are" in doubt for doubt in made.doubts)


def test_a_flag_in_other_words_is_a_doubt(tmp_path):
    rows = "".join(f"C{n},2024-01-02,{('Weg', 'Da')[n % 2]}\n" for n in range(40))
    (tmp_path / "crm.csv").write_text(f"Customer ID,Joined,Churn\n{rows}")
    made = draft([tmp_path / "crm.csv"], tmp_path)
    assert any("written as yes and no it could be 'churned'" in doubt for doubt in made.doubts)
    (tmp_path / "study.yaml").write_text(made.text)
    assert len(study.load(tmp_path / "study.yaml", cache=False).customers) == 40


def test_dates_that_do_not_decide_are_a_doubt(tmp_path):
    (tmp_path / "s.csv").write_text(
        "Date,How likely are you to recommend us?\n01/02/2024,9\n03/04/2024,8\n05/06/2024,0\n"
    )
    made = draft([tmp_path / "s.csv"], tmp_path)
    assert any("does not tell day from month" in doubt for doubt in made.doubts)
    said = yaml.safe_load(made.text)["tables"]["responses"]["formats"]
    assert said == {"answered_at": "%d/%m/%Y"}


def test_a_year_of_two_digits_that_may_stand_first_is_a_doubt(tmp_path):
    (tmp_path / "s.csv").write_text("Date,NPS\n24-03-05,9\n24-03-17,8\n24-11-30,0\n")
    made = draft([tmp_path / "s.csv"], tmp_path)
    assert any("does not tell day from month and year" in doubt for doubt in made.doubts)
    said = yaml.safe_load(made.text)["tables"]["responses"]["formats"]
    assert said == {"answered_at": "%d-%m-%y"}


def test_the_question_is_known_by_its_wording(tmp_path):
    rows = "".join(f"2024-01-{day:02},{day % 11},{day % 5 + 1}\n" for day in range(1, 29))
    head = "Timestamp,How likely are you to recommend us to a friend?,How easy was it?\n"
    (tmp_path / "form.csv").write_text(head + rows)
    (tmp_path / "study.yaml").write_text(draft([tmp_path / "form.csv"], tmp_path).text)
    columns = study.load(tmp_path / "study.yaml").mapping.tables["responses"].columns
    assert columns["nps"].startswith("How likely")
    assert columns["ces"].startswith("How easy")


def test_text_from_an_export_cannot_break_the_draft(tmp_path):
    head = '"nps: {a: [1}","# no","=cmd()|x","a\nb"\n'
    (tmp_path / "odd.csv").write_text(head + "".join(f"{n},x,y,z\n" for n in range(11)))
    made = draft([tmp_path / "odd.csv"], Path(tmp_path))
    (tmp_path / "study.yaml").write_text(made.text)
    assert study.load(tmp_path / "study.yaml").responses is not None


def test_money_without_a_currency_is_asked_for_its_currency(tmp_path):
    rows = "".join(f"o{n},c{n % 7},2025-0{1 + n % 9}-11,{10 + n}\n" for n in range(40))
    (tmp_path / "orders.csv").write_text(f"Order,Customer,Ordered,Total\n{rows}")
    assert "\n# currency: EUR " in draft([tmp_path / "orders.csv"], tmp_path).text
