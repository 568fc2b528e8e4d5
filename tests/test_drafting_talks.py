"""Transcripts beside a survey: customers' words are read as texts, the survey keeps its place."""

import numpy as np
import pandas as pd
import pytest
import yaml

from cxlab import study
from cxlab.drafting import draft

N, TALKS, TURNS = 90, 40, 5
HOURS = pd.Timestamp("2025-05-02 09:00") + pd.to_timedelta(np.arange(TALKS * TURNS) * 3, unit="h")
SCORES = [at % 11 for at in range(N)]
THEIRS = ["The courier left my crate with a neighbour", "My invoice shows the old street",
          "I cannot log in since the update", "Where is the refund you promised"]  # fmt: skip
OURS = ["Thank you, I am looking into it now", "A new link is on its way to you"]


def _turns(called):
    """Three of five turns are the customer's; all turns have the words of the looks below."""
    for at, hour in enumerate(HOURS):
        talk, turn = divmod(at, TURNS)
        mine = turn % 2 == 0
        text = f"{(THEIRS if mine else OURS)[(talk + turn) % (4 if mine else 2)]} {at}"
        yield talk, turn, called[mine], hour, text


def _plain():
    names = ["conversation_id", "speaker", "timestamp", "text"]
    rows = [(f"T-{talk:03d}", who, str(hour), text)
            for talk, _, who, hour, text in _turns(["agent", "customer"])]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _desk():
    names = ["Chat ID", "Message ID", "Sent at", "Author", "Author role", "Message"]
    rows = [(f"{77000 + talk}", f"m{talk}-{turn}", hour.isoformat(), f"P{talk}", who, text)
            for talk, turn, who, hour, text in _turns(["Operator", "Visitor"])]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _helpdesk():
    names = ["ticket_id", "comment_id", "role", "created_at", "body"]
    rows = [(5100 + talk, 910000 + 10 * talk + turn, who, f"{hour:%Y-%m-%dT%H:%M:%SZ}", text)
            for talk, turn, who, hour, text in _turns(["staff", "end-user"])]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _survey(path):
    days = pd.date_range("2025-05-01", periods=N, freq="D").strftime("%Y-%m-%d")
    names = {"Answer no": [f"A{at}" for at in range(N)], "Sent on": days,
             "How likely are you to recommend us?": SCORES}  # fmt: skip
    pd.DataFrame(names).to_csv(path, index=False)


def _drafted(tmp_path, **files):
    for name, frame in files.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    _survey(tmp_path / "wave.csv")
    made = draft([tmp_path / f"{name}.csv" for name in (*files, "wave")], tmp_path)
    (tmp_path / "study.yaml").write_text(made.text)
    said = yaml.safe_load(made.text)["tables"]
    return "\n".join(made.doubts), said, study.load(tmp_path / "study.yaml")


@pytest.mark.parametrize("look", [_plain, _desk, _helpdesk])
def test_a_transcript_beside_a_survey_is_texts_and_takes_no_place_of_it(look, tmp_path):
    doubts, said, opened = _drafted(tmp_path, transcript=look())
    assert opened.responses["nps"].tolist() == SCORES
    assert said["responses"]["files"] == "wave.csv"
    assert len(opened.reviews) == TALKS * 3
    assert opened.reviews["text"].str.contains("|".join(words[:12] for words in THEIRS)).all()
    assert opened.reviews["posted_at"].notna().all()
    assert f"{TALKS} conversations" in doubts
    assert f"{TALKS * 2} of {TALKS * TURNS} rows" in doubts


def test_of_files_that_look_like_answers_the_one_with_a_score_is_the_survey(tmp_path):
    """The other has more rows, and a comment alone."""
    rows = 3 * N
    remarks = pd.DataFrame(
        {
            "Response ID": range(rows),
            "Submitted": HOURS[0],
            "Comment": [f"{THEIRS[at % 4]} again {at}" for at in range(rows)],
        }
    )
    remarks["Submitted"] = pd.date_range("2025-05-01", periods=rows, freq="h").astype(str)
    doubts, _, opened = _drafted(tmp_path, survey_remarks=remarks)
    assert opened.responses["nps"].tolist() == SCORES
    assert f"survey_remarks.csv ({rows} rows)" in doubts


def test_messages_of_which_nobody_says_who_wrote_them_are_no_transcript(tmp_path):
    """A role that knows no staff, as in a survey of managers and clerks, leaves a survey one."""
    _survey(tmp_path / "wave.csv")
    frame = pd.read_csv(tmp_path / "wave.csv").assign(Role=["manager", "clerk", "buyer"] * 30)
    frame["Case"] = np.arange(N) // 3
    frame["Why?"] = [f"{THEIRS[at % 4]} and {at}" for at in range(N)]
    frame.to_csv(tmp_path / "wave.csv", index=False)
    said = yaml.safe_load(draft([tmp_path / "wave.csv"], tmp_path).text)["tables"]
    assert list(said) == ["responses"]
