"""The study file: what it may say, and how it is refused."""

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
        (("    segments: [region]", "    scales: {nps: 0-10}"),
         "line 7: 'tables.responses.scales.nps': '0-10' is not a scale; write it as 0..10"),
        (("    segments: [region]", "    rules: {speeeder: off}"),
         "there is no cleaning rule 'speeeder'. Did you mean 'speeder'?"),
    ],
)  # fmt: skip
def test_a_study_file_is_refused_with_line_and_nearest_word(tmp_path, change, said):
    assert said in _refusal(tmp_path, GOOD.replace(*change))


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
