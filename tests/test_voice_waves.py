"""A later wave keeps the themes of an earlier one: kept, new, vanished, split, told rightly."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlab import voice
from cxlab.results import Misuse
from tests.planted import BOOK, comments, rated

PLAIN = ("comment", "about", "language", "nps")


def _kept(rows: pd.DataFrame, tmp_path, **asked) -> str:
    first = voice.themes(voice.hear(rows), **asked)
    return str(voice.keep(first, file=tmp_path / "themes.json"))


def _before(file: str) -> list[str]:
    return [each["name"] for each in json.loads(Path(file).read_text())["themes"]]


def _spoken(themes: int, n: int, seed: int) -> pd.DataFrame:
    """Comments that each speak of something."""
    rows = comments(themes, n, seed)
    return rows[rows["about"].map(bool)].reset_index(drop=True)


def _right(themed) -> float:
    """Give the share of what themes hold that is planted under their name, or most of it."""
    about = themed.heard.frame["about"]
    hit = [
        about[held].explode().value_counts().iloc[0] / held.sum()
        if theme.name not in BOOK
        else about[held].map(lambda each, name=theme.name: name in each).mean()
        for theme, held in zip(themed.themes, themed.carried.T, strict=True)
    ]
    return float(np.mean(hit))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_wave_too_small_to_be_taught_by_ratings_keeps_what_was_rated(tmp_path, seed):
    rows = rated(500, seed)
    names = [name for name in rows if name not in PLAIN]
    file, later = _kept(rows[:420], tmp_path, ratings=names), rows[420:]
    told = voice.themes(voice.hear(later), ratings=names, kept=file)
    assert dict(told.fates) == dict.fromkeys(names, "kept")
    assert {theme.kind for theme in told.themes} == {"rated"}
    assert _right(told) >= 0.9
    frame = voice.shares(told).frame.set_index("term").loc[names]
    share = [later["about"].map(lambda each, name=name: name in each).mean() for name in names]
    assert (frame["conf_low"].le(share) & frame["conf_high"].ge(share)).all()


def test_what_is_rated_no_more_is_told_by_the_words_of_then(tmp_path):
    rows = rated(500, 4)
    names = [name for name in rows if name not in PLAIN]
    file = _kept(rows[:300], tmp_path, ratings=names)
    for still in (names[1:], []):
        told = voice.themes(voice.hear(rows[300:]), ratings=still, kept=file)
        assert dict(told.fates) == dict.fromkeys(names, "kept")
        assert _right(told) >= 0.9


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_found_themes_are_kept_in_a_small_wave(tmp_path, seed):
    rows = _spoken(6, 700, seed)
    file = _kept(rows[:480], tmp_path)
    told = voice.themes(voice.hear(rows[480:]), kept=file)
    before = _before(file)
    assert dict(told.fates) == dict.fromkeys(before, "kept")
    assert _right(told) >= 0.85


def test_a_theme_that_nobody_speaks_of_has_vanished_and_another_is_new(tmp_path):
    rows = _spoken(5, 900, 7)
    gone, came = sorted(set().union(*rows["about"]))[:2]
    first, later = rows[:450], rows[450:]
    file = _kept(first[~first["about"].map(lambda each: came in each)], tmp_path)
    before = _before(file)
    later = later[~later["about"].map(lambda each: gone in each)]
    told = voice.themes(voice.hear(later), kept=file)
    fates = pd.Series(told.fates)
    assert len(before) == 4
    assert fates[before].value_counts().to_dict() == {"kept": 3, "vanished": 1}
    assert set(BOOK[gone][0]) & set(" ".join(fates.index[fates == "vanished"]).split())
    assert set(BOOK[came][0]) & set(" ".join(fates.index[fates == "new"]).split())
    assert "split" not in set(fates)
    assert "no longer found" in voice.about(told).headline


def _wrote(topics: dict[str, str], n: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    text = [" ".join(draw.choice(topics[one].split(), 3, replace=False))
            for one in draw.choice(list(topics), n)]  # fmt: skip
    return pd.DataFrame({"comment": text, "language": "en"})


def test_a_theme_of_which_two_have_become_has_split(tmp_path):
    others = {"bus": "driver route timetable stop ticket", "meal": "soup pasta waiter dessert menu"}
    bed, bath = "pillow mattress duvet sheets blanket", "shower towel mirror sink toilet"
    file = _kept(_wrote({**others, "room": f"{bed} {bath}"}, 400, 1), tmp_path)
    before = _before(file)
    assert len(before) == 3
    told = voice.themes(voice.hear(_wrote({**others, "bed": bed, "bath": bath}, 400, 2)), kept=file)
    fates = pd.Series(told.fates)
    room = next(name for name in before if set(name.split(" · ")) & set(f"{bed} {bath}".split()))
    assert fates[room] == "split"
    assert fates.value_counts().to_dict() == {"kept": 2, "split": 1, "new": 1}
    assert told.carried.sum(axis=1).max() == 1


def test_a_name_is_kept_where_it_is_declared_and_no_longer_rated_or_found(tmp_path):
    rows = rated(400, 5)
    names = [name for name in rows if name not in PLAIN]
    declared = {names[0]: BOOK[names[0]][0], "weather": ["rain"]}
    file = _kept(rows[:300], tmp_path, ratings=names)
    told = voice.themes(voice.hear(rows[300:]), ratings=names, declared=declared, kept=file)
    assert dict(told.fates) == {**dict.fromkeys(names, "kept"), "weather": "new"}
    assert told.themes[0].kind == "declared"
    # a declared theme that is declared no more is looked for no more
    again = voice.keep(told, file=tmp_path / "two.json")
    told = voice.themes(voice.hear(rows[300:]), ratings=names, kept=str(again))
    assert told.fates["weather"] == "vanished"


def test_themes_kept_without_counts_of_words_are_followed_by_their_words(tmp_path):
    rows = _spoken(4, 600, 3)
    file = tmp_path / "themes.json"
    _kept(rows[:300], tmp_path)
    held = json.loads(file.read_text())
    for each in held["themes"]:
        del each["often"]
    file.write_text(json.dumps(held))
    told = voice.themes(voice.hear(rows[300:]), kept=str(file))
    assert set(told.fates.values()) == {"kept"}


def test_words_of_both_languages_are_kept_for_what_was_rated_in_both(tmp_path):
    english, german = rated(420, 1), rated(420, 2, "de")
    theirs = [name for name in german if name not in PLAIN]
    ours = [name for name in english if name not in PLAIN][: len(theirs)]
    english = english.rename(columns=dict(zip(ours, theirs, strict=True)))
    first, later = (
        pd.concat([english[part], german[part]], ignore_index=True)
        for part in (slice(340), slice(340, None))
    )
    file = _kept(first, tmp_path, ratings=theirs)
    often = {each["name"]: each["often"] for each in json.loads(Path(file).read_text())["themes"]}
    for name, was in zip(theirs, ours, strict=True):
        assert {each for each in BOOK[was][0] if each.isalpha()} & set(often[name])
    assert {"matratze", "kissen"} <= set(often["bett"])
    told = voice.themes(voice.hear(later), ratings=theirs, kept=file)
    assert {name: told.fates[name] for name in theirs} == dict.fromkeys(theirs, "kept")


def test_a_third_wave_knows_the_words_of_both(tmp_path):
    rows = _spoken(4, 600, 3)
    second = voice.themes(voice.hear(rows[300:]), kept=_kept(rows[:300], tmp_path))
    for theme in second.themes:
        first = next(t for t in json.loads((tmp_path / "themes.json").read_text())["themes"]
                     if t["name"] == theme.name)  # fmt: skip
        assert set(first["often"]) <= set(theme.often)
        assert sum(theme.often.values()) > sum(first["often"].values())


@pytest.mark.parametrize("said", ["[]", '{"themes": [1]}', '{"themes": [{"name": "a"}]}',
                                  '{"themes": [["a", "found", "en", 3, 1.0]]}',
                                  '{"themes": [{"name": "a", "kind": "found", "language": "en", '
                                  '"words": {"a": "b"}, "steadiness": 1}]}'])  # fmt: skip
def test_files_of_kept_themes_that_are_none_are_refused(tmp_path, said):
    (tmp_path / "x.json").write_text(said)
    with pytest.raises(Misuse, match="no file of kept themes"):
        voice.themes(voice.hear(comments(4, 200, 1)), kept=str(tmp_path / "x.json"))
