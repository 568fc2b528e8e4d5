"""Are the layouts of survey vendors recognised by what they hold, whatever the file is called?"""

import pytest

from cxlab import ingest
from cxlab.codebook import Table
from cxlab.ingest import IngestError
from tests import small

GOOGLE = """\
Timestamp,How likely are you to recommend us to a friend?,\
How satisfied are you overall?,Why is that?
2025/03/01 9:15:04 am GMT,9,4,"Quick, and kind"
2025/03/02 7:45:00 pm GMT,3,2,"He said ""later"".
Nobody came."
"""
TYPEFORM = """\
#,How likely is it that you would recommend us?,What could we do better?,\
Start Date (UTC),Submit Date (UTC),Network ID
a1b2c3,10,,2025-03-01 08:00:00,2025-03-01 08:02:10,0012ab
d4e5f6,0,Answer the phone,2025-07-01 23:30:00,2025-07-01 23:59:59,0099cd
"""
IMPORT = '"{""ImportId"":""%s""}"'


def qualtrics(*answers: str, wording: str = "How likely are you to recommend us?") -> str:
    """Write an export of three header rows: names, wording, import ids."""
    names = ["StartDate", "EndDate", "Status", "Progress", "Finished", "ResponseId", "Q1", "Q2"]
    words = ["Start Date", "End Date", "Response Type", "Progress", "Finished", "Response ID",
             f'"{wording}"', "How satisfied are you?"]  # fmt: skip
    ids = [IMPORT % name for name in names]
    ids[:2] = ['"{""ImportId"":""startDate"",""timeZone"":""America/Denver""}"'] * 2
    return "\n".join([",".join(row) for row in (names, words, ids)] + list(answers)) + "\n"


def read(folder, text: str, **said) -> ingest.Raw:
    """Read one export under a name that says nothing."""
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    return ingest.read([path], Table(files=(path.name,), **said))


def test_a_google_form_is_read_with_its_questions_as_wording(tmp_path):
    asked = GOOGLE.split("\n")[0].split(",")
    said = {"columns": {"answered_at": "Timestamp", "nps": asked[1], "csat": asked[2],
                        "comment": asked[3]}}  # fmt: skip
    raw = read(tmp_path, GOOGLE, **said)
    assert "google forms layout" in raw.notes[0]
    assert raw.wording["nps"] == asked[1]
    assert raw.frame["line"].tolist() == [2, 3]
    frame = small.load(tmp_path, GOOGLE, **said).responses
    assert frame["nps"].tolist() == [9, 3]
    assert frame["comment"][1] == 'He said "later".\nNobody came.'
    assert f"{frame['answered_at'][1]:%Y-%m-%d %H:%M}" == "2025-03-02 19:45"


def test_a_typeform_export_is_read_in_utc_with_its_ids_whole(tmp_path):
    said = {"columns": {"response_id": "#", "nps": "How likely is it that you would recommend us?",
                        "answered_at": "Submit Date (UTC)", "customer_id": "Network ID",
                        "comment": "What could we do better?"},
            "whole": {"timezone": "Europe/London"}}  # fmt: skip
    opened = small.load(tmp_path, TYPEFORM, **said)
    assert "typeform layout" in opened.notes["responses"][0]
    assert opened.responses["customer_id"].tolist() == ["0012ab", "0099cd"]
    # 23:59:59 in UTC is one o'clock of the next day in a London summer
    assert str(opened.responses["answered_at"][1]) == "2025-07-02 00:59:59+01:00"
    assert opened.responses["comment"].isna().tolist() == [True, False]


CODES = {"nps": "0..10", "csat": {"range": "1..5", "labels": {"Very satisfied": 5, "Poor": 1}}}
QUALTRICS = {"columns": {"nps": "Q1", "csat": "Q2", "answered_at": "EndDate"}, "scales": CODES}


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("values", ["0,100,1,R_1,9,5", "0,100,1,R_2,0,1", "1,100,1,R_3,10,5", "0,40,0,R_4,8,5"]),
        ("labels", ["IP Address,100,True,R_1,9,Very satisfied",
                    "IP Address,100,True,R_2,0 - Not at all likely,Poor",
                    "Survey Preview,100,True,R_3,10 - Extremely likely,Very satisfied",
                    "IP Address,40,False,R_4,8,Very satisfied"]),
    ],
)  # fmt: skip
def test_values_and_labels_of_one_qualtrics_survey_are_the_same_answers(tmp_path, kind, rows):
    day = "2025-03-01 08:00:00,2025-03-01 08:05:00,"
    opened = small.load(tmp_path, qualtrics(*(day + row for row in rows)), **QUALTRICS)
    assert "qualtrics layout" in opened.notes["responses"][0]
    assert opened.responses["nps"].tolist() == [9, 0]
    assert opened.responses["csat"].tolist() == [5, 1]
    assert small.reasons(opened) == {"preview": 1, "unfinished": 1}
    # the header says the times are Denver's: seven hours behind UTC
    assert str(opened.responses["answered_at"][0]) == "2025-03-01 15:05:00+00:00"


def test_two_exports_in_two_zones_are_read_each_in_its_own(tmp_path):
    row = "2025-03-01 08:00:00,2025-03-01 08:05:00,0,100,1,R_{},9,5"
    (tmp_path / "a.csv").write_text(qualtrics(row.format(1)))
    (tmp_path / "b.csv").write_text(
        qualtrics(row.format(2)).replace("America/Denver", "Asia/Tokyo")
    )
    (tmp_path / "c.csv").write_text(qualtrics(row.format(3)).replace("timeZone", "none"))
    said = {"files": ["a.csv", "b.csv", "c.csv"], "columns": QUALTRICS["columns"]}
    frame = small.load(tmp_path, "", **said, whole={"timezone": "Europe/London"}).responses
    # Denver is seven hours behind London, Tokyo nine before it; the third says nothing
    assert [f"{when:%d %H:%M}" for when in frame["answered_at"]] == [
        "01 15:05", "28 23:05", "01 08:05",
    ]  # fmt: skip


def test_a_zone_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(IngestError, match="'answered_at' is written in the zone 'Americ/Denver'"):
        read(tmp_path, qualtrics("a,b,0,100,1,R_1,9,5").replace("America", "Americ"),
             columns={"answered_at": "EndDate"})  # fmt: skip


def test_a_recoded_export_is_read_once_its_codes_are_declared(tmp_path):
    # recoded values: 11 stands for 'cannot say', and 1 to 5 run from best to worst
    rows = ["2025-03-01 08:00:00,2025-03-01 08:05:00,0,100,1,R_1,11,1",
            "2025-03-01 08:00:00,2025-03-01 08:05:00,0,100,1,R_2,7,5"]  # fmt: skip
    scales = {
        "nps": {"range": "0..10", "missing": [11]},
        "csat": {"range": "1..5", "better": "low"},
    }
    opened = small.load(tmp_path, qualtrics(*rows), columns=QUALTRICS["columns"], scales=scales)
    assert opened.responses["nps"].isna().tolist() == [True, False]
    assert small.repairs(opened)["nps:declared_missing"] == 1
    undeclared = small.load(tmp_path, qualtrics(*rows), columns=QUALTRICS["columns"])
    assert small.reasons(undeclared) == {"score_off_scale": 1}


def test_wording_with_line_breaks_and_quotes_is_one_line_of_the_codebook(tmp_path):
    wording = 'Please read:\nhow ""likely"" are you?'
    raw = read(tmp_path, qualtrics("a,b,0,100,1,R_1,9,5", wording=wording), columns={"nps": "Q1"})
    assert raw.wording["nps"] == 'Please read: how "likely" are you?'
    assert raw.frame["line"].tolist() == [5]  # the wording takes two lines


ASKED = {
    "ResponseId": "Response ID",
    "Status": "Response Type",
    "Finished": "Finished",
    "Q5": "Which plan? - Selected Choice",
    "Q5_7_TEXT": "Which plan? - Other (please specify) - Text",
    "Q6_1": "Which do you use? - Selected Choice - App",
    "Q6_2": "Which do you use? - Selected Choice - Shop",
}
CHOICE = "\n".join(
    [",".join(ASKED), ",".join(ASKED.values()), ",".join(IMPORT % name for name in ASKED),
     "R_1,IP Address,True,Basic,,App,",
     "R_2,IP Address,True,Other (please specify),Family,App,Shop\n"]
)  # fmt: skip


def test_selected_choice_and_its_own_words_are_two_columns(tmp_path):
    said = {"attributes": {"plan": "Which plan? - Selected Choice", "app": "Q6_1", "shop": "Q6_2",
                           "own_words": "Which plan? - Other (please specify) - Text"}}  # fmt: skip
    opened = small.load(tmp_path, CHOICE, columns={"response_id": "ResponseId"}, **said)
    assert opened.responses["plan"].tolist() == ["Basic", "Other (please specify)"]
    assert opened.responses["own_words"].fillna("").tolist() == ["", "Family"]
    assert opened.responses[["app", "shop"]].notna().sum().tolist() == [2, 1]
    assert opened.wording["responses"]["plan"] == "Which plan? - Selected Choice"


def test_a_question_that_is_not_there_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(IngestError, match=r"no column 'Which plans\?'.*Did you mean"):
        read(tmp_path, GOOGLE.replace("Why is that?", "Which plan?"),
             columns={"comment": "Which plans?"})  # fmt: skip


def test_a_question_asked_in_two_columns_is_refused_with_both(tmp_path):
    twice = "Q1,Q2,StartDate\nRate us,Rate us,Start Date\n9,1,2025-01-01\n"
    with pytest.raises(IngestError, match=r"'Rate us' .* is asked in 2 columns, 'Q1' and 'Q2'"):
        read(tmp_path, twice, columns={"nps": "Rate us"})


def test_of_two_columns_of_one_name_the_first_is_read_and_that_is_said(tmp_path):
    raw = read(tmp_path, "Q1,Q2,Q1\n9,a,0\n", columns={"nps": "Q1"})
    assert raw.frame["nps"].tolist() == ["9"]
    assert "several columns are called 'Q1'; the first is read" in raw.notes[-1]
    assert len(read(tmp_path, "Q1,Q2\n9,a\n", columns={"nps": "Q1"}).notes) == 1
