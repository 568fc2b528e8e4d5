"""The study file: what it may say, and how it is refused."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from cxlab import codebook
from cxlab.codebook import MappingError, Scale, ScaleError

GOOD = """\
study: A shop
as_of: 2025-12-31
tables:
  responses:
    files: answers.csv
    columns: {nps: Q1}
    segments: [region]
"""


def _refusal(tmp_path, text: str) -> str:
    path = tmp_path / "study.yaml"
    path.write_text(text)
    with pytest.raises(MappingError) as refused:
        codebook.load(path)
    return str(refused.value).replace(str(path), "study.yaml")


def test_a_small_study_file_is_enough(tmp_path):
    (tmp_path / "study.yaml").write_text(GOOD)
    mapping = codebook.load(tmp_path / "study.yaml")
    assert mapping.tables["responses"].sources() == {"nps": "Q1", "region": "region"}
    assert mapping.until().isoformat() == "2025-12-31T23:59:59.999999"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("segments:", "segmets:"), "study.yaml, line 7: unknown key 'tables.responses.segmets'. "
         "Did you mean 'segments'?"),
        (("{nps: Q1}", "{npss: Q1}"), "'npss' is no column of responses. Did you mean 'nps'?"),
        (("as_of: 2025-12-31\n", ""), "study.yaml: 'as_of' is missing."),
        (("2025-12-31", "soon"), "study.yaml, line 2: 'as_of': 'soon' is no day; write it like"),
        (("tables:", "timezone: Europe/Londn\ntables:"),
         "'timezone': there is no time zone 'Europe/Londn'. Did you mean 'Europe/London'?"),
        (("tables:", "timezone: ../../x\ntables:"), "there is no time zone '../../x'."),
        (("tables:", "tables: ["), "not valid YAML"),
        (("tables:", "source: x.csv\ntables:"), "study.yaml, line 3: unknown key 'source'."),
        (("    segments: [region]", "    scales: {nps: 0-10}"),
         "line 7: 'tables.responses.scales.nps': '0-10' is not a scale; write it as 0..10"),
        (("    segments: [region]", "    rules: {speeeder: off}"),
         "there is no cleaning rule 'speeeder'. Did you mean 'speeder'?"),
    ],
)  # fmt: skip
def test_a_study_file_is_refused_with_line_and_nearest_word(tmp_path, change, said):
    assert said in _refusal(tmp_path, GOOD.replace(*change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("2025-12-31", "2025-13-31"),
         "line 2: 'as_of': '2025-13-31' is no day; write it like 2025-12-31."),
        (("    segments: [region]", "    segments: region"),
         "line 7: 'tables.responses.segments' must be a list such as [region, plan], or lines of "
         "'name: column', not 'region'."),
        (("study: A shop", "study: 2025"), "line 1: 'study' must be text (numbers go into quotes), "
         "not 2025."),
        (("{nps: Q1}", "[Q1]"), "line 6: 'tables.responses.columns' must be lines of "
         "'name: value', not a list."),
        (("{nps: Q1}", "{nps: 1}"),
         "line 6: 'tables.responses.columns.nps' must be text (numbers go into quotes), not 1."),
        (("files: answers.csv", "files: []"), "line 5: 'tables.responses.files': name a file."),
        (("  responses:", "  respones:"), "line 4: unknown key 'tables.respones'. "
         "Did you mean 'responses'?"),
        (("    segments: [region]", "    rules: {speeder: soon}"), "line 7: "
         "'tables.responses.rules.speeder' must be a number or 'off', not 'soon'."),
        (("    segments: [region]", "    rules: {duplicate_response: 5}"), "line 7: "
         "'tables.responses.rules': the rule 'duplicate_response' compares with no number; it can "
         "only be off."),
        (("    segments: [region]", "    scales: {nps: {range: 0..10, labels: 5}}"), "line 7: "
         "'tables.responses.scales.nps.labels' must be lines of 'name: value', not 5."),
        (("    segments: [region]", "    scales: {npss: 0..10}"), "line 7: "
         "tables.responses.scales: 'npss' is no score or rating that is mapped. "
         "Did you mean 'nps'?"),
        (("{nps: Q1}", "{nps: Q1, answered_at: D}\n    formats: {answered: '%d/%m/%Y'}"),
         "line 7: tables.responses.formats: 'answered' is no column of dates that is mapped. "
         "Did you mean 'answered_at'?"),
        (("{nps: Q1}", "{nps: Q1, answered_at: D}\n    formats: {answered_at: DD/MM/YYYY}"),
         "line 7: tables.responses.formats.answered_at: 'DD/MM/YYYY' is no form of a date. "
         "Did you mean '%d/%m/%Y'?"),
        (("{nps: Q1}", "{nps: Q1, answered_at: D}\n    formats: {answered_at: dayfirst}"),
         "'dayfirst' is no form of a date; write it like '%d/%m/%Y'."),
        (("    columns: {nps: Q1}\n    segments: [region]", "    columns: {}"),
         "line 4: tables.responses: no column is mapped; name one under 'columns'."),
        (("{nps: Q1}", "{npss: Q1}"), "line 6: tables.responses.columns: 'npss' is no column"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_in_plain_words(tmp_path, change, said):
    assert said in _refusal(tmp_path, GOOD.replace(*change))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("privacy: {smallest_group: ten}",
         "line 8: 'privacy.smallest_group' must be a whole number, not 'ten'."),
        ("privacy: {smallest_group: 0}", "'privacy.smallest_group' must be at least 1, not 0."),
        ("privacy: {mask_comments: maybe}",
         "'privacy.mask_comments' must be true or false, not 'maybe'."),
        ("privacy:", "line 8: 'privacy' must be lines of 'name: value', not empty."),
        ("reports: {over: region}", "line 8: 'reports.over' must be lines of 'segment: all' or "
         "'segment: [value, value]', not 'region'."),
        ("reports: {notebooks: 20_scores}", "line 8: 'reports.notebooks' must be 'all' or a list, "
         "not '20_scores'."),
        ("weighting: {method: rakee}", "line 8: 'weighting.method' must be 'rake', 'cells' or "
         "'propensity', not 'rakee'. Did you mean 'rake'?"),
        ("population: {region: {North: half}}",
         "line 8: 'population.region.North' must be a number, not 'half'."),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_in_plain_words(tmp_path, more, said):
    assert said in _refusal(tmp_path, f"{GOOD}{more}\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[region]", "[region\nreports: {}"),
         "line 7: the bracket that opens here is not closed."),
        (("A shop", "'A shop"), "line 1: the quote that opens here is not closed."),
        (("A shop", "A shop: the first"), "line 1: a colon stands where none may; "
         "put the text into quotes, or look at the indentation."),
        (("    files", "\tfiles"), "line 5: a tab stands here; indent with blanks."),
        (("[region]", "[region]\n    formats: {x: %d}"),
         "line 8: text that begins with '%' goes into quotes."),
        (("    segments", "   segments"), "line 7: the indentation fits none of the lines above."),
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_refused_in_plain_words(tmp_path, change, said):
    refused = _refusal(tmp_path, GOOD.replace(*change))
    assert refused == f"study.yaml, {said.replace(': ', ': not valid YAML: ', 1)}"


def test_a_file_that_two_patterns_name_is_read_once(tmp_path):
    text = GOOD.replace("answers.csv", "[e/*.csv, e/a.csv, ./e/../e/b.csv]")
    (tmp_path / "study.yaml").write_text(text)
    (tmp_path / "e").mkdir()
    for name in ("a", "b"):
        (tmp_path / "e" / f"{name}.csv").write_text("Q1\n9\n")
    found = codebook.load(tmp_path / "study.yaml").files("responses")
    assert [path.name for path in found] == ["a.csv", "b.csv"]


def test_a_moment_may_be_the_last_that_is_known(tmp_path):
    (tmp_path / "study.yaml").write_text(GOOD.replace("2025-12-31", "2025-12-31 14:30:00"))
    assert codebook.load(tmp_path / "study.yaml").until().isoformat() == "2025-12-31T14:30:00"


def test_the_rules_that_compare_with_a_number_are_those_of_cleaning():
    from cxlab.cleaning import RULES

    assert {rule.name for rule in RULES if rule.threshold is not None} == set(codebook.THRESHOLDS)


def test_a_grid_over_an_unknown_segment_is_refused(tmp_path):
    text = GOOD + "reports:\n  over: {regoin: all}\n"
    assert "'regoin' is not a segment. Did you mean 'region'?" in _refusal(tmp_path, text)


def test_a_missing_study_file_is_one_sentence(tmp_path):
    with pytest.raises(MappingError, match="there is no such study file"):
        codebook.load(tmp_path / "none.yaml")


def test_a_missing_export_names_the_nearest_file(tmp_path):
    (tmp_path / "study.yaml").write_text(GOOD)
    (tmp_path / "answer.csv").write_text("Q1\n9\n")
    mapping = codebook.load(tmp_path / "study.yaml")
    with pytest.raises(MappingError, match=r"no file matches 'answers.csv'.*'answer.csv'"):
        mapping.files("responses")


def test_the_text_of_a_scale_error():
    scores = pd.Series([0.0, 11, 10, 47], name="nps")
    with pytest.raises(ScaleError) as refused:
        codebook.check_scale(scores, 0, 10)
    assert str(refused.value) == (
        "'nps': 2 of 4 values lie outside 0..10 (first rows [1, 3], largest 47).\n"
        "Declare the true scale in the mapping, or let the rule 'score_off_scale' set them aside."
    )


@pytest.mark.parametrize(
    ("scale", "top"),
    [("1..5", (4, 5)), ("1..7", (5, 7)), ("0..10", (9, 10)), ("0..1", (1, 1))],
)
def test_the_top_box_follows_the_scale(scale, top):
    assert Scale.model_validate(scale).top_box() == top


def test_the_top_box_turns_over_with_the_direction():
    assert Scale.model_validate({"range": "1..7", "better": "low"}).top_box() == (1, 3)


def test_a_scale_runs_upwards():
    with pytest.raises(ValidationError, match="must run from low to high"):
        Scale.model_validate("5..1")


# ---------------------------------------------------------------- which rows count

SHOP = """\
study: A shop
as_of: 2025-12-31
currency: GBP
rates: {usd: 0.79, EUR: {2025-01-01: 0.83}}
tables:
  orders:
    files: orders.csv
    columns: {order_id: Name, customer_id: Email, amount: Total, product: Tags}
    where: {Status: [Paid, 1], Kind: {not: test}, amount: {at least: 0}, Cancelled: {filled: no}}
    ids: {customer_id: {match: case}}
    split: {product: ";"}
  customers: {files: crm.csv, columns: {customer_id: Mail, referred_by: By}, since: 2024-01-01}
  responses: {files: a.csv, columns: {response_id: R, nps: Q1}, question: Question, answer: Answer}
"""


def test_conditions_name_headings_whatever_name_they_were_given_by(tmp_path):
    (tmp_path / "study.yaml").write_text(SHOP)
    mapping = codebook.load(tmp_path / "study.yaml")
    said = {name: str(one) for name, one in mapping.tables["orders"].conditions().items()}
    assert said == {"Status": "one of Paid, 1", "Kind": "not test", "Total": "at least 0"} | {
        "Cancelled": "empty"
    }
    assert mapping.rates["USD"] == {date.min: 0.79}
    assert mapping.tables["customers"].ids == {"customer_id": "case", "referred_by": "case"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("{not: test}", "{nott: test}"), "line 9: 'tables.orders.where.Kind': 'nott' is no cond"),
        (("filled: no", "filled: none"), "where.Cancelled.filled' must be true or false"),
        (("[Paid, 1]", "[]"), "a condition names a value, or a list of values"),
        (("match: case", "match: soundex"), "line 10: 'tables.orders.ids': '{'match': 'soundex'}'"),
        (('product: ";"', 'prodct: ";"'), "'prodct' is no column of labels that is mapped"),
        (
            (", answer: Answer", ""),
            "line 13: tables.responses: 'question' and 'answer'",
        ),
        (("since: 2024-01-01", "since: 2024-13-01"), "must be a day, written like 2025-01-31"),
        (("usd: 0.79", "usd: -1"), "line 4: rates.USD: a rate is what one USD is worth in GBP"),
        (("currency: GBP\n", ""), "rates: say the study's own currency"),
    ],
)
def test_what_rows_count_is_refused_where_it_means_nothing(tmp_path, change, said):
    assert said in _refusal(tmp_path, SHOP.replace(*change))


def test_tiers_and_points_of_recommending_meet_at_six_nine_and_between():
    scores = [0, 6, 6.5, 7, 8, 8.9, 9, 10, None]
    named = ["detractor"] * 2 + ["passive"] * 4 + ["promoter"] * 2 + [""]
    assert codebook.tier(scores).tolist() == named
    worth = codebook.net_points(scores)
    assert worth[:-1].tolist() == [codebook.WORTH[tier] for tier in named[:-1]]
    assert np.isnan(worth[-1])


LIST = """\
study: A club
as_of: 2025-12-31
tables:
  customers:
    files: members.csv
    columns: {customer_id: No, churned: Left, tenure: How long}
    formats: {tenure: years}
"""


@pytest.mark.parametrize(
    ("formats", "heading", "unit"),
    [
        ("tenure: years", "How long", "year"),
        ("", "How long", ""),
        ("", "Months as member", "month"),
        ("", "months_or_years", ""),
    ],
)
def test_a_ready_made_time_has_the_unit_that_is_told(tmp_path, formats, heading, unit):
    text = LIST.replace("How long", heading).replace("tenure: years", formats)
    (tmp_path / "study.yaml").write_text(text)
    assert codebook.load(tmp_path / "study.yaml").tenure_unit() == unit


def test_a_unit_of_time_that_is_none_is_refused(tmp_path):
    said = "formats.tenure: 'fortnights' is no unit of time; write one of days, weeks, months"
    assert said in _refusal(tmp_path, LIST.replace("years", "fortnights"))


def test_what_is_not_alike_is_not_suggested():
    assert codebook.did_you_mean("answered_at", ["seat", "note"]) == ""


def test_a_word_of_ours_is_no_misspelling_of_a_column():
    with pytest.raises(codebook.Refusal) as refused:
        codebook.need(pd.DataFrame({"churned_at": []}), ["churn_reason"], codebook.Refusal)
    assert str(refused.value) == "there is no column 'churn_reason'."
