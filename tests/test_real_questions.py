"""Real questionnaires tabulated whole; five questions of each counted once more in plain pandas."""

import pandas as pd
import pytest

from cxlab import questions
from tests import small

STARS = "Please state whether you view*"
SEEN = "Which of the following Star Wars films have you seen? Please select all that apply. - *"
SFO_MENTIONS = {"purpose": "Q2PURP", "came_by": "Q3GETTO", "comments": "Q8COM", "clean": "Q9COM",
                "safe": "Q10COM", "checked": "Q12COM", "problems": "Q15COM"}  # fmt: skip
SLIDERS = ("Competence_1", "Intelligence_1", "Qualification_1", "Honesty_1", "Ethic_1",
           "Sincerity_1", "Concern_1", "Eagerness_1", "Consideration_1", "Feedback_1",
           "Transparency_1", "Attentiveness_1")  # fmt: skip


def _table(folder, file, said, **words):
    words = {"columns": {}, "rules": {"no_answer": "off"}, **words}
    data = file.read_bytes()
    return small.load(folder, data, name=file.name, questions=said, **words).questionnaire


def _counts(asked, name, item=""):
    told = questions.topline(asked, questions=name).frame
    rows = told[(told["part"] == "answer") & (told["item"] == item)]
    return {a: int(n) for a, n in zip(rows["answer"], rows["count"], strict=True) if n}


def _whole(asked):
    """Tabulate everything: no line may count more people than its base."""
    told = questions.topline(asked).frame
    assert (told["count"].dropna() <= told["n"][told["count"].notna()]).all()
    assert set(told["question"]) == set(asked.names())
    assert set(questions.banner(asked).frame["question"]) == set(asked.names())


def test_star_wars(shared_data, tmp_path):
    file = shared_data / "starwars_surveymonkey" / "StarWars.csv"
    raw = pd.read_csv(file, encoding="cp1252", header=None, skiprows=2, dtype=str)
    scale = ["Very unfavorably", "Somewhat unfavorably",
             "Neither favorably nor unfavorably (neutral)", "Somewhat favorably",
             "Very favorably"]  # fmt: skip
    said = {"seen": "Have you seen any of the 6 films in the Star Wars franchise?",
            "fan": "Do you consider yourself to be a fan of the Star Wars film franchise?",
            "films": [SEEN], "order": ["Please rank the Star Wars films*"],
            "stars": {"columns": [STARS], "codes": scale, "missing": "Unfamiliar (N/A)"},
            "shot": "Which character shot first?",
            "known": "Are you familiar with the Expanded Universe?",
            "fan_of_it": "Do you consider yourself to be a fan of the Expanded Universe?Œæ",
            "trek": "Do you consider yourself to be a fan of the Star Trek franchise?",
            "sex": "Gender", "years": "Age", "income": "Household Income",
            "school": "Education", "place": "Location (Census Region)"}  # fmt: skip
    asked = _table(tmp_path, file, said, columns={"response_id": "RespondentID"},
                   segments={"gender": "Gender", "age": "Age"})  # fmt: skip
    _whole(asked)
    films = dict(zip(asked["films"].items, raw.iloc[:, 3:9].notna().sum(), strict=True))
    assert _counts(asked, "films") == films
    ranks = raw[10].value_counts()
    assert _counts(asked, "order", asked["order"].items[1]) == dict(sorted(ranks.items()))
    for name, at in {
        "seen": 1,
        "fan": 2,
        "shot": 29,
        "known": 30,
        "fan_of_it": 31,
        "trek": 32,
        "sex": 33,
        "years": 34,
        "income": 35,
        "school": 36,
        "place": 37,
    }.items():
        assert _counts(asked, name) == raw[at].value_counts().to_dict()
    han = raw[15][raw[15] != "Unfamiliar (N/A)"].value_counts().to_dict()
    assert _counts(asked, "stars", "Han Solo") == han


def test_the_airport_leaves_out_what_was_never_used(shared_data, tmp_path):
    file = shared_data / "sfo_airport_2017" / "2017_SFO_Customer_Survey.csv"
    raw = pd.read_csv(file, dtype=str, keep_default_na=False)
    gone = {"missing": ["6", "0", "Blank"]}
    said = {name: [f"{start}*"] for name, start in SFO_MENTIONS.items()}
    told = [c for c in raw if c.startswith("Q") and 1 < raw[c].nunique() <= 60
            and not c.startswith(tuple(SFO_MENTIONS.values()))]  # fmt: skip
    rated = [name for name in told if name[:2] in ("Q7", "Q9")]
    said |= {name: {"column": name, "kind": "scale", **gone} if name in rated else name
             for name in told}  # fmt: skip
    asked = _table(tmp_path, file, said, columns={"response_id": "RESPNUM"},
                   segments={"area": "BAREA"})  # fmt: skip
    _whole(asked)
    for name in rated:
        kept = raw[name][raw[name].isin(list("12345"))]
        assert _counts(asked, name) == kept.value_counts().sort_index().to_dict()
        assert sum(asked[name].missing.values()) == (raw[name].isin(["0", "6", "Blank"])).sum()
    for name, start in SFO_MENTIONS.items():  # coded comments: a first, a second, a third
        cells = raw[[c for c in raw if c.startswith(start)]].replace("", None)
        people = cells.stack().reset_index().drop_duplicates(["level_0", 0])[0].value_counts()
        assert _counts(asked, name) == people.to_dict(), name


def test_the_airline(shared_data, tmp_path):
    file = shared_data / "airline_invistico" / "Invistico_Airline.csv"
    raw = pd.read_csv(file, dtype=str).iloc[:-1]  # the last row is torn
    rated = list(raw.columns[7:21])
    numbers = ["Age", "Flight Distance", *raw.columns[21:]]
    said = {name: {"column": name, "kind": "scale", "missing": "0"} for name in rated}
    said |= {name: {"column": name, "kind": "number"} for name in numbers}
    said |= {name: name for name in raw if name not in said}
    asked = _table(tmp_path, file, said, segments={"travel": "Class"})
    _whole(asked)
    for name in rated:
        kept = raw[name][raw[name] != "0"]
        assert _counts(asked, name) == kept.value_counts().sort_index().to_dict()
    told = questions.topline(asked, questions=numbers).frame.set_index("question")
    assert told["estimate"].to_dict() == pytest.approx(raw[numbers].astype(float).mean().to_dict())


def test_the_bank_in_spss(shared_data, tmp_path):
    import pyreadstat

    file = shared_data / "bank_satisfaction_spss" / "satisfaction.sav"
    raw, meta = pyreadstat.read_sav(str(file))
    asked = _table(tmp_path, file, {name: name for name in raw if name != "ID"})
    _whole(asked)
    for name in asked.names():
        labels = meta.variable_value_labels[name]
        codes = raw[name].dropna()
        kept = codes.map(labels).fillna(codes.map("{:g}".format))  # code 5 has no label
        assert _counts(asked, name) == kept.value_counts().to_dict()
        order = sorted({*labels, *codes})
        assert list(asked[name].answers) == [labels.get(code, f"{code:g}") for code in order]


def test_the_qualtrics_export(shared_data, tmp_path):
    file = shared_data / "qualtrics_export" / "qualtrics.csv"
    raw = pd.read_csv(file, dtype=str, skiprows=[1, 2])
    bins = [0, 25, 50, 75]
    said = {"attention": "Attention", "condition": "condition", "how": "Impressiveness",
            **{name: {"column": name, "kind": "number", "bins": bins}
               for name in SLIDERS}}  # fmt: skip
    asked = _table(tmp_path, file, said, columns={"answered_at": "EndDate"},
                   segments={"group": "condition"}, rules={"no_answer": "off", "preview": "off",
                   "unfinished": "off"})  # fmt: skip
    _whole(asked)
    for name in SLIDERS:
        classes = pd.cut(raw[name].astype(float), [*bins, 101], right=False).value_counts(
            sort=False
        )
        assert list(_counts(asked, name).values()) == [n for n in classes if n]
        told = questions.topline(asked, questions=name).frame
        mean = told.loc[told["part"] == "mean", "estimate"].iloc[0]
        assert mean == pytest.approx(raw[name].astype(float).mean())
    assert _counts(asked, "how") == raw["Impressiveness"].value_counts().to_dict()
    assert _counts(asked, "condition") == raw["condition"].value_counts().to_dict()
    told = {text.casefold(): n for text, n in _counts(asked, "attention").items()}
    folded = raw["Attention"].str.strip().str.casefold().str.split().str.join(" ")
    assert told == folded.value_counts().to_dict()
