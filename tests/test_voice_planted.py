"""Planted themes of the sample are found; a tone learned from scores beats a lexicon."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linear_sum_assignment

from cxlab import study, voice
from tests.conftest import ROOT
from tests.negations import SIGNED
from tests.planted import comments as planted_comments
from tests.planted import rated as planted_rated

VADER = json.loads((ROOT / "tests/golden/vader_auc.json").read_text(encoding="utf-8"))
# what went wrong with a box is about delivery
SAME = {"failure left": "delivery", "failure put right": "delivery"}


@pytest.fixture(scope="module")
def themed(sample):
    kestrel = study.load(sample)
    return voice.themes(voice.hear(kestrel.responses), ratings=kestrel.ratings)


@pytest.fixture(scope="module")
def planted(sample, themed) -> pd.DataFrame:
    """The planted first and second theme of each comment heard."""
    labels = pd.read_csv(sample.parent / "truth_comments.csv").set_index("response_id")
    rows = labels.loc[themed.heard.frame["response_id"], ["theme", "second_theme"]]
    return rows.replace(SAME).fillna("").reset_index(drop=True)


def _matched(themed, about):
    """Match themes found to planted ones, one to one: what is planted, what both hold, pairs."""
    names = sorted(set().union(*about))
    truth = np.array([[name in each for name in names] for each in about])
    both = truth.T.astype(float) @ themed.carried
    either = truth.sum(axis=0)[:, None] + themed.carried.sum(axis=0)[None] - both
    return truth, both, linear_sum_assignment(-both / either)


@pytest.mark.parametrize(("number", "seed"), [(4, 1), (7, 2), (12, 3)])
def test_planted_themes_are_found_one_to_one_with_their_shares(number, seed):
    told = voice.themes(voice.hear(planted_comments(number, 100 * number, seed)))
    truth, both, (rows, columns) = _matched(told, told.heard.frame["about"])
    assert both[rows, columns].sum() / told.carried[:, columns].sum() >= 0.85
    assert number == len(rows) <= len(told.themes) <= number + 3
    share, frame = truth[:, rows].mean(axis=0), voice.shares(told).frame.iloc[columns]
    assert (frame["conf_low"].le(share) & frame["conf_high"].ge(share)).mean() >= 0.85


def test_what_the_sample_rated_are_the_themes_planted_in_its_comments(themed, planted):
    about = [set(filter(None, each)) for each in planted.itertuples(index=False)]
    _, both, (rows, columns) = _matched(themed, about)
    assert len(themed.themes) <= 15
    assert both[rows, columns].sum() / themed.carried[:, columns].sum() >= 0.85


def test_intervals_of_what_the_sample_rated_hold_the_planted_shares(themed, planted):
    frame = voice.shares(themed).frame.set_index("term")
    rated = [theme.name for theme in themed.themes if theme.kind == "rated"]
    true = pd.Series({name: planted.eq(name).any(axis=1).mean() for name in rated})
    told = frame.loc[rated]
    assert len(rated) == 6
    assert ((told["conf_low"] <= true) & (true <= told["conf_high"])).all()
    # as if each were told without error: the intervals are those of who wrote
    sure = replace(themed, themes=[theme._replace(steadiness=1.0) for theme in themed.themes])
    alone = voice.shares(sure).frame.set_index("term").loc[rated]
    assert ((told["conf_high"] - told["conf_low"]) > alone["conf_high"] - alone["conf_low"]).all()


@pytest.mark.parametrize(("language", "seed"), [("en", 1), ("de", 2), ("fr", 3)])
def test_ratings_tell_themes_in_any_language_with_their_shares(language, seed):
    said = planted_rated(500, seed, language)
    names = [name for name in said if name not in ("comment", "about", "language", "nps")]
    told = voice.themes(voice.hear(said), ratings=names)
    assert sorted(told.names) == sorted(names)
    truth, both, (rows, columns) = _matched(told, told.heard.frame["about"])
    assert both[rows, columns].sum() / told.carried.sum() >= 0.95
    share, frame = truth[:, rows].mean(axis=0), voice.shares(told).frame.iloc[columns]
    assert (frame["conf_low"].le(share) & frame["conf_high"].ge(share)).all()


def test_ratings_of_other_people_teach_no_theme(themed):
    names = [theme.name for theme in themed.themes if theme.kind == "rated"]
    rows = themed.heard.frame.copy()
    rows[names] = rows[names].sample(frac=1, random_state=1).to_numpy()
    told = voice.themes(voice.hear(rows), ratings=names)
    assert {theme.kind for theme in told.themes} == {"found"}
    assert "Ratings do not tell what people write about; none is a theme." in told.notes


def test_every_theme_is_found_again_in_halves(themed):
    steady = pd.DataFrame(theme[1::3] for theme in themed.themes).groupby(0)[1]
    assert steady.min()["found"] >= 0.5
    assert steady.mean()["rated"] >= 0.5
    assert len(set(themed.names)) == len(themed.names)


def _gain(rows: pd.DataFrame, score: str, name: str) -> float:
    tone = voice.tone(voice.hear(rows, languages=["en"]), score=score)
    assert tone.taught == VADER[name]["n"]
    assert tone.slope == pytest.approx(1, abs=0.25)
    return tone.area.estimate - VADER[name]["auc"]


def _told(rows: pd.DataFrame, score: str = "nps") -> int:
    """Count the phrases of which a tone taught by these comments tells the right sign."""
    said = pd.DataFrame({"comment": [*SIGNED], score: np.nan, "phrase": True})
    heard = voice.hear(pd.concat([rows[["comment", score]], said]), languages=["en"])
    tone = voice.tone(heard, score=score)
    phrases = heard.frame["phrase"].eq(True).to_numpy()
    signs = heard.frame.loc[phrases, "comment"].map(SIGNED).to_numpy()
    return int(((tone.chance[phrases] > 0.5) == (signs > 0)).sum())


def test_negations_are_told_right_where_the_scores_of_a_study_taught_the_tone(themed):
    assert len(SIGNED) == 60
    assert sum(SIGNED.values()) == 0
    assert _told(themed.heard.frame) >= 57 > VADER["negations"]["right"]


def test_negations_are_told_right_where_hardly_any_comment_is_praise(shared_data):
    rows = pd.read_csv(shared_data / "telecom_nps_verbatims/verbatims.csv")
    rows = rows.rename(columns={"NPS_SCORE": "nps", "text": "comment"})
    assert _told(rows) >= 52


def test_a_learned_tone_beats_the_lexicon_on_the_sample(themed):
    assert _gain(themed.heard.frame, "nps", "sample") >= 0.10


def test_a_learned_tone_beats_the_lexicon_on_product_reviews(shared_data):
    rows = pd.read_csv(shared_data / "alexa_reviews/amazon_alexa.tsv", sep="\t")
    text = rows["verified_reviews"].astype(str)
    rows["comment"] = text.where(text.str.strip() != "")
    assert _gain(rows, "rating", "alexa_reviews") >= 0.10


def test_a_learned_tone_beats_the_lexicon_on_telecom_comments(shared_data):
    rows = pd.read_csv(shared_data / "telecom_nps_verbatims/verbatims.csv")
    rows = rows.rename(columns={"NPS_SCORE": "nps", "text": "comment"})
    assert _gain(rows, "nps", "telecom_nps_verbatims") >= 0.075  # of 0.112 that are left


def test_masks_tell_no_theme(themed):
    words = {word for theme in themed.themes for word in " ".join(theme.words).split()}
    assert not words & {"phone]", "[name]", "[e-mail]"}
    assert np.all(themed.strength[~themed.carried] == 0)
