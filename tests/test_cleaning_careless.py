"""Are the signs of haste those of the papers, and two of them needed?"""

import json

import numpy as np
import pandas as pd
import pytest

from cxlab import codebook, results
from cxlab.cleaning import careless
from tests import small
from tests.conftest import ROOT

CASE = json.loads((ROOT / "tests/golden/careless_responding.json").read_text())["cases"][0]
EXPECTED = CASE["expected"]


@pytest.fixture(scope="module")
def items() -> pd.DataFrame:
    frame = pd.read_csv(ROOT / "tests/golden/data/careless_dataset.csv")
    assert frame.shape == (EXPECTED["n"], EXPECTED["items"])
    return frame


def test_runs_equal_the_careless_package(items):
    longest = careless.longstring(items)
    assert longest.head(10).tolist() == EXPECTED["longstring_first_10"]
    assert longest.max() == EXPECTED["longstring_max"]
    half = (longest >= EXPECTED["items"] / 2).mean()
    assert half == pytest.approx(EXPECTED["share_longstring_at_least_half_of_items"])
    mean = careless.averagestring(items).head(10)
    assert np.allclose(mean, EXPECTED["avgstring_first_10"], atol=1e-6)


def test_spread_equals_the_careless_package(items):
    spread = careless.irv(items)
    assert np.allclose(spread.head(10), EXPECTED["irv_first_10"], atol=1e-6)
    assert spread.mean() == pytest.approx(EXPECTED["irv_mean"], abs=1e-6)


def test_distance_equals_the_careless_package(items):
    distance = careless.mahalanobis(items)
    other = careless.mahalanobis(items * 10.0 ** np.linspace(-9, 9, items.shape[1]) + 5e-9)
    np.testing.assert_allclose(other, distance, rtol=1e-6)
    assert np.allclose(distance.head(10), EXPECTED["mahalanobis_sq_first_10"], rtol=1e-6)
    assert distance.max() == pytest.approx(EXPECTED["mahalanobis_sq_max"])
    assert distance.sum() == pytest.approx(EXPECTED["mahalanobis_sq_sum"])


def test_even_odd_by_hand():
    # three scales of two items: odd 1, 3, 5 and even 2, 4, 6 agree; turned round they oppose
    rows = pd.DataFrame([[1, 2, 3, 4, 5, 6], [1, 6, 3, 4, 5, 2]], columns=list("abcdef"))
    scales = [["a", "b"], ["c", "d"], ["e", "f"]]
    assert careless.even_odd(rows, scales=scales).tolist() == pytest.approx([1, -1])


def test_synonyms_tell_the_random_from_the_careful():
    rng = np.random.default_rng(3)
    trait = rng.integers(1, 6, (300, 4))
    rows = pd.DataFrame(np.hstack([trait, trait]))
    rows.iloc[:10] = rng.integers(1, 6, (10, 8))
    agreement = careless.synonyms(rows)
    assert agreement.iloc[10:].min() > 0.99
    assert agreement.iloc[:10].median() < 0.7


def test_one_sign_is_not_enough():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(rng.integers(1, 6, (200, 6)), columns=list("abcdef")).astype(float)
    rows["duration_s"] = 300.0
    rows.loc[0, list("abcdef")] = 4.0
    rows.loc[1, list("abcdef")] = 4.0
    rows.loc[1, "duration_s"] = 8.0
    flags = careless.signs(rows, ratings=list("abcdef"))["flags"]
    assert flags[[0, 1]].tolist() == [1, 2]
    assert careless.haste(rows, ratings=list("abcdef")).frame["n"].iloc[-1] == 1


def test_signs_of_the_same_thing_count_once():
    rng = np.random.default_rng(4)
    level = rng.integers(2, 5, 400)[:, None]
    rows = pd.DataFrame(np.repeat(level, 6, axis=1) + rng.integers(0, 2, (400, 6)))
    rows.iloc[0] = [1, 5, 1, 5, 1, 5]  # far from the pattern, and every pair at odds
    found = careless.signs(rows, ratings=list(rows.columns))
    assert found.loc[0, ["mahalanobis", "synonyms"]].all()
    assert found.loc[0, "flags"] == 1


DRAWN = np.random.default_rng(6).integers(1, 6, (60, 6))
SURVEY = "id,t,a,b,c,d,e,f,words\n" + "".join(
    f"{n},{200 + n},{','.join(map(str, row))},fine\n" for n, row in enumerate(DRAWN)
)
HASTY = SURVEY + "x,201,3,3,3,3,3,3,aaaaaaaa\ny,202,3,3,3,3,3,3,good value\n"
SAID = {
    "columns": {"response_id": "id", "duration_s": "t", "comment": "words"},
    "ratings": list("abcdef"),
    "batteries": {"experience": list("abcdef")},
}


@pytest.mark.parametrize(
    ("rules", "gone"), [({}, {"careless": 1}), ({"careless": "off"}, {}), ({"careless": 3}, {})]
)
def test_two_signs_set_a_row_aside_unless_the_study_file_says_otherwise(tmp_path, rules, gone):
    opened = small.load(tmp_path, HASTY, **SAID, rules=rules)
    assert small.reasons(opened) == gone
    listed = opened.rules.frame.set_index("reason").loc["careless"]
    assert listed["n"] == gone.get("careless", 0)
    assert listed["verdict"] == ("off" if rules.get("careless") == "off" else "on")


def test_the_signs_are_counted_over_what_was_kept_and_what_was_judged(tmp_path):
    opened = small.load(tmp_path, HASTY, **SAID)
    assert opened.judged["response_id"].tolist() == ["x"]
    counts = opened.haste.frame.set_index("term")["n"]
    assert counts["longstring"] == 2
    assert counts["gibberish"] == 1
    assert counts["2 signs or more"] == 1


def _kept(folder, data, **said) -> list[str]:
    folder.mkdir()
    return small.load(folder, data, **said).responses["response_id"].tolist()


@pytest.mark.parametrize("first", [3, 4, 5])
@pytest.mark.parametrize("declared", [True, False])
def test_a_further_rating_drops_no_other_answer(tmp_path, first, declared):
    quick = "".join(f"q{n},{9 + n},3,3,3,3,3,3,aaaaaaaa\n" for n in range(6))
    few = {**SAID, "ratings": list("abcdef")[:first], "rules": {"speeder": "off"}}
    few["batteries"] = {"asked": few["ratings"]} if declared else {}
    more = {**few, "ratings": list("abcdef")}
    data = SURVEY + quick + "r,100,3,3,3,3,3,3,fine\n"
    assert _kept(tmp_path / "few", data, **few) == _kept(tmp_path / "more", data, **more)


def test_several_batteries_are_each_looked_at(tmp_path):
    rows = pd.DataFrame(
        np.random.default_rng(2).integers(1, 6, (50, 10)), columns=list("abcdefghij")
    )
    rows.loc[0, list("fghij")] = 2
    found = careless.signs(rows, ratings={"one": list("abcde"), "two": list("fghij")})
    assert found.loc[0, ["longstring", "irv"]].all()


def test_a_battery_of_what_is_no_rating_is_refused(tmp_path):
    with pytest.raises(codebook.MappingError, match="'g' is no rating that is mapped"):
        small.load(tmp_path, SURVEY, **{**SAID, "batteries": {"experience": ["a", "g"]}})


def test_ratings_in_no_battery_are_said_not_to_be_looked_at(tmp_path):
    opened = small.load(tmp_path, HASTY, **{**SAID, "batteries": {}})
    assert small.reasons(opened) == {}
    assert any("tables.responses.batteries" in note for note in opened.cleaned["responses"].notes)


def test_fewer_hasty_answers_than_may_be_counted_are_not_counted_in_the_sentence():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.integers(1, 6, (60, 6)), columns=list("abcdef"))
    rows.loc[0] = 3
    plain = careless.haste(rows, ratings=list("abcdef"), at_least=1)
    assert plain.frame["n"].iloc[-1] > 0
    told = careless.haste(rows, ratings=list("abcdef"), at_least=1, smallest=61)
    assert told.headline == "Hardly any answers, fewer than 61, show 1 or more signs of haste."
    shown = results.suppress(told, smallest=61).headline  # whatever it says, it says of few
    assert shown == "Signs of haste: only groups of 61 or more people are shown."
