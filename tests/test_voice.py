"""What people say: languages, themes, and what comments of every kind do to them."""

import re
import socket

import numpy as np
import pandas as pd
import pytest

from cxlab import codebook, voice
from cxlab.results import Misuse
from cxlab.voice.workings import matching
from cxlab.voice.workings.matching import pattern
from cxlab.voice.workings.odds import log_odds
from tests.planted import rated

TOPICS = {
    "bus": "bus driver route timetable stop ticket",
    "meal": "soup pasta waiter dessert kitchen menu",
    "room": "bed pillow shower towel heating balcony",
    "pool": "swim lifeguard water slide goggles locker",
}


def _said(n: int = 240, seed: int = 0) -> pd.DataFrame:
    """Comments of three words of one topic each, with a filler."""
    draw = np.random.default_rng(seed)
    topic = draw.choice(list(TOPICS), n)
    text = [" ".join(draw.choice(TOPICS[t].split(), 3, replace=False)) + " was so" for t in topic]
    return pd.DataFrame({"comment": text, "topic": topic, "language": "en"})


@pytest.fixture(scope="module")
def themed():
    return voice.themes(voice.hear(_said()))


def test_planted_topics_are_found_apart(themed):
    topic = themed.heard.frame["topic"].to_numpy()
    shares = [pd.Series(topic[c]).value_counts(normalize=True).iloc[0] for c in themed.carried.T]
    assert min(shares) >= 0.85
    most = {pd.Series(topic[c]).mode()[0] for c in themed.carried.T}
    assert most == set(TOPICS)


def test_shares_of_planted_topics_lie_within_their_intervals():
    inside = []
    for seed in range(8):
        told = voice.themes(voice.hear(_said(seed=seed)))
        topic, frame = told.heard.frame["topic"], voice.shares(told).frame
        for held, row in zip(told.carried.T, frame.itertuples(), strict=False):
            truth = (topic == topic[held].mode()[0]).mean()
            inside.append(row.conf_low <= truth <= row.conf_high)
    assert np.mean(inside) >= 0.9


def test_a_part_has_the_themes_of_the_whole_counted_in_its_own_comments(themed):
    topic = themed.heard.frame["topic"]
    mine = themed.heard.frame[topic.isin(["bus", "meal"])].iloc[::-1]
    part = voice.within(themed, voice.hear(mine))
    assert sorted(part.names) == sorted(themed.names)
    sizes = part.carried.sum(axis=0)
    assert (np.diff(sizes) <= 0).all()
    told = dict(zip(part.names, sizes, strict=True))
    in_all = dict(zip(themed.names, themed.carried[topic.isin(["bus", "meal"])].T, strict=True))
    assert told == {name: held.sum() for name, held in in_all.items()}
    assert part.notes == ("Themes are those of all 240 comments.",)
    with pytest.raises(Misuse, match="1 comment of the part"):
        voice.within(themed, voice.hear(pd.DataFrame({"comment": ["never said before"]})))


def test_themes_that_may_be_equally_frequent_are_not_put_in_order():
    place = np.arange(200) % 20
    who = {"alpha": place < 10, "beta": place < 9, "delta": place >= 11}
    said = [" ".join(["note", *(word for word in who if who[word][k])]) for k in range(200)]
    heard = voice.hear(pd.DataFrame({"comment": said}), languages=["en"])

    def headline(*words):
        declared = {word: [word] for word in words}
        return voice.shares(voice.themes(heard, declared=declared, find=False)).headline

    # the same people wrote of both, so ten more in two hundred are beyond chance
    assert "most often about 'alpha' (50% of comments); " in headline("alpha", "beta")
    assert "about 'alpha' (50% of comments) and 'delta' (45%); " in headline("alpha", "delta")


def test_comments_of_which_none_has_a_weight_are_a_sentence():
    rows = pd.DataFrame({"comment": ["late box", "kind shop"] * 3, "w": 0.0})
    themed = voice.themes(voice.hear(rows, languages=["en"]), declared={"box": ["box"]}, find=False)
    with pytest.raises(voice.VoiceError, match="No comment has a weight"):
        voice.shares(themed, weight="w")


def test_the_room_asks_no_network(monkeypatch):
    def refused(*given, **words):
        raise AssertionError("a request left the machine")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    rows = _said(100).assign(language=None)
    assert voice.about(voice.themes(voice.hear(rows))).frame["n"].sum() > 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("The box came late and nobody rang", "en"), ("Das Paket kam nie an", "de"),
     ("Le colis est arrivé en retard", "fr"), ("merci", "not told"), ("ok", "not told"),
     ("こんにちは", "not told"), ("bella pizza buonissima", "not told")],
)  # fmt: skip
def test_the_language_of_a_comment_is_told_or_not_told(text, code):
    heard = voice.hear(pd.DataFrame({"comment": [text]}), languages=["en", "de", "fr"])
    assert heard.language.tolist() == [code]


def test_languages_that_cannot_be_told_are_one_sentence():
    told = voice.languages(voice.hear(pd.DataFrame({"comment": ["merci", "ok", "super"]})))
    assert told.headline == "No language could be told."


def test_a_language_of_a_comment_or_two_is_no_second_one():
    rows = pd.concat([_said(), pd.DataFrame({"comment": ["Das Paket kam leider nie an"] * 2})])
    heard = voice.hear(rows, languages=["en", "de"])
    assert 2 <= (heard.language == "de").sum() <= 6
    assert voice.languages(heard).headline.startswith("The comments are in English, a few perhaps")
    assert not any(name.endswith("(en)") for name in voice.themes(heard).names)


def test_languages_are_themed_apart():
    german = {"zug": "Zug Verspätung Gleis Bahnhof Ansage Schaffner"}["zug"].split()
    draw = np.random.default_rng(1)
    rows = [f"Der {a} und die {b} waren schlecht" for a, b in draw.choice(german, (90, 2))]
    both = pd.concat([_said(120)[["comment"]], pd.DataFrame({"comment": rows})])
    found = voice.themes(voice.hear(both, languages=["en", "de"]))
    told = found.heard.language
    for theme, column in zip(found.themes, found.carried.T, strict=True):
        assert set(told[column]) <= {theme.language, "not told"}
        assert theme.name.endswith(f"({theme.language})")


def test_declared_words_are_whole_words_and_no_patterns():
    rows = pd.DataFrame({"comment": ["Too late.", "the latest bag", "price (net)", "LATE!"]})
    told = voice.themes(voice.hear(rows, languages=["en"]), find=False,
                        declared={"delay": ["late"], "cost": ["(net)"]})  # fmt: skip
    assert told.carried.T.tolist() == [[True, False, False, True], [False, False, True, False]]
    masked = voice.hear(rows.assign(comment="write to [phone]"), languages=["en"])
    assert not voice.themes(masked, find=False, declared={"calls": ["phone"]}).carried.any()
    assert pattern(["a.b"]).count("\\.") == 1


def test_words_declared_for_a_language_count_in_it_alone():
    rows = pd.DataFrame({"comment": ["der Rat war gut und richtig", "a rat sat in the kitchen"]})
    told = voice.themes(voice.hear(rows, languages=["de", "en"]), find=False,
                        declared={"advice": {"de": ["Rat"]}})  # fmt: skip
    assert told.carried[:, 0].tolist() == [True, False]


def test_a_wave_keeps_the_names_of_the_last(tmp_path, themed):
    file = voice.keep(themed, file=tmp_path / "themes.json")
    again = voice.themes(voice.hear(_said(200, seed=5)), kept=str(file))
    assert set(again.names) >= set(themed.names[:4])
    rows = _said(300, seed=6)
    fewer = voice.themes(voice.hear(rows[rows["topic"] != "pool"]), kept=str(file))
    assert "vanished" in fewer.fates.values()
    assert "no longer found" in voice.about(fewer).headline


def test_kept_themes_that_are_none_are_refused(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(Misuse, match="no file of kept themes"):
        voice.themes(voice.hear(_said()), kept=str(tmp_path / "x.json"))


def test_log_odds_by_hand():
    # 8 of 10 against 2 of 10, prior of 2 words in all: log(9/3) - log(3/9) = 2.1972
    found = log_odds(np.array([8.0, 2.0]), np.array([2.0, 8.0]), prior=2)
    assert found.log_odds[0] == pytest.approx(np.log(9))
    assert found.std_error[0] == pytest.approx(np.sqrt(1 / 9 + 1 / 3))


BAD = {
    "nobody wrote": [None, None],
    "n/a alone": ["n/a", "N/A", "-", "keine Angabe", "None"],
    "emoji alone": ["👍", "😡😡", "!!!"],
}


@pytest.mark.parametrize("kind", BAD)
def test_comments_that_say_nothing_are_a_sentence(kind):
    with pytest.raises(voice.VoiceError, match="Nobody wrote a comment"):
        voice.hear(pd.DataFrame({"comment": BAD[kind]}))


def test_twelve_comments_hold_no_theme_and_say_so():
    with pytest.raises(voice.VoiceError, match="In 12 comments no theme"):
        voice.themes(voice.hear(_said(12)))


def _praised(n: int, seed: int = 0) -> pd.DataFrame:
    """Comments of one topic each in words of praise or blame, every third of praise alone."""
    rows, draw = _said(n, seed), np.random.default_rng(seed)
    how = draw.choice(["lovely", "always great", "really bad", "not good"], n)
    alone = draw.choice(["Very happy, thanks", "happy so far", "great, thanks again"], n)
    rows["topic"] = rows["topic"].where(np.arange(n) % 3 > 0, "none")
    rows["comment"] = (rows["comment"] + " " + how).where(rows["topic"] != "none", alone)
    return rows


def test_praise_and_blame_are_no_theme_and_name_none():
    told = voice.themes(voice.hear(_praised(360), languages=["en"]))
    named = {word for name in told.names for word in name.replace("·", " ").split()}
    assert named <= set(" ".join(TOPICS.values()).split())
    assert not told.carried[told.frame["topic"] == "none"].any()
    assert "praise or blame in general, which is no theme." in " ".join(told.notes)


def test_few_comments_in_a_crowd_of_words_lead_to_no_mixed_theme():
    draw, crowd = np.random.default_rng(1), [f"{a}{b}lo" for a in "bdfgklmn" for b in "aeiou"]
    often, said = 1 / np.arange(1, len(crowd) + 1), []
    for _ in range(120):
        own = draw.choice(list(TOPICS)) if draw.random() < 0.5 else ""
        words = draw.choice(TOPICS[own].split(), 2, replace=False) if own else []
        more = draw.choice(crowd, 3, replace=False, p=often / often.sum())
        said.append(" ".join([*words, *more]))
    rows = pd.DataFrame({"comment": said})
    with pytest.raises(voice.VoiceError, match="In 120 comments no theme is found again"):
        voice.themes(voice.hear(rows, languages=["en"]))


ODD = [
    "x" * 20_000, "late", "<script>alert(1)</script> =HYPERLINK(1)", "привет мир это mixed",
    "$\\frac{1}{2}$ [a](b)", "すばらしい", "a\x00b", "\u202egnp.exe",
]  # fmt: skip


def test_odd_comments_do_no_harm():
    rows = pd.concat([_said(120), pd.DataFrame({"comment": ODD})])
    heard = voice.hear(rows, languages=["en"])
    assert "20,000" not in "".join(heard.notes)
    assert any("first 5,000 characters" in note for note in heard.notes)
    html = voice.about(voice.themes(heard))._repr_mimebundle_()["text/html"]
    assert "<script" not in html


def test_a_comment_pasted_many_times_is_told_and_counted_once_on_request():
    rows = pd.DataFrame({"comment": ["great service, would buy again"] * 500 + ["late box"]})
    assert "500 comments are one text" in " ".join(voice.hear(rows).notes)
    assert len(voice.hear(rows, once=True).text) == 2


TAGGED = {
    "a tag": lambda n, said: f"[Store {n % 9}] {said}",
    "tags of words": lambda n, said: f"{said} <{['Leeds', 'York', 'Bath'][n % 3]} shop>",
    "a heading": lambda n, said: f"Store {n % 9}: {said}",
    "an opening": lambda n, said: f"The reason for my score is {said}",
    "a mailer": lambda n, said: f"{said}\nSent from my iPhone" if n % 3 else said,
    "two footers": lambda n, said: f"{said}\nDo not reply to this.\nAcme Ltd, {n} High Street",
}


@pytest.mark.parametrize("kind", TAGGED)
def test_what_very_many_comments_hold_alike_is_not_what_they_say(kind):
    rows = _said().assign(comment=lambda all: all["comment"].str.removesuffix(" was so"))
    plain = voice.hear(rows, languages=["en"])
    rows["comment"] = [TAGGED[kind](n, said) for n, said in enumerate(rows["comment"])]
    heard = voice.hear(rows, languages=["en"])
    assert heard.text.tolist() == plain.text.tolist()
    assert "word for word, a tag or a footer; it is left out" in " ".join(heard.notes)
    # a part too small to show it is read as the whole is, and found in it
    few = voice.listen(rows[::40], like=heard)
    assert few.text.tolist() == plain.text[::40].tolist()
    assert len(voice.within(voice.themes(heard), voice.hear(rows[::40])).heard.text) == 6


def test_what_people_say_often_is_no_tag():
    draw = np.random.default_rng(2)
    said = _said()["comment"].str.removesuffix(" was so")
    said = said.where(draw.random(240) < 0.4, "easy to use every day " + said)
    said = said.where(draw.random(240) < 0.4, said + " easy to use every day")
    heard = voice.hear(pd.DataFrame({"comment": [*said, *["works like a charm today"] * 90]}))
    assert not heard.aside
    assert len(heard.text) == 330


def test_the_study_file_declares_themes(tmp_path):
    text = (
        "study: S\nas_of: 2025-01-01\ntables: {responses: {files: a.csv, columns: {comment: C}}}\n"
    )
    told = codebook.parse(
        text + "voice: {themes: {delay: [late], cost: {de: [teuer]}}}", tmp_path / "s"
    )
    assert told.voice.themes == {"delay": ["late"], "cost": {"de": ["teuer"]}}
    with pytest.raises(codebook.MappingError, match="theme 'delay' has no word"):
        codebook.parse(text + "voice: {themes: {delay: []}}", tmp_path / "s")
    with pytest.raises(codebook.MappingError, match=r"unknown key 'voice.theme'"):
        codebook.parse(text + "voice: {theme: {}}", tmp_path / "s")


def test_declared_words_that_no_comment_holds_are_told():
    rows = pd.DataFrame({"comment": ["Die Box kam zu spät", "the parcels are here", "fine"] * 30,
                         "language": ["de", "en", "en"] * 30})  # fmt: skip
    given = {"delivery": {"de": ["box", "parcels"], "en": ["parcel"]}, "card": ["points"]}
    told = voice.themes(voice.hear(rows), declared=given, find=False)
    assert told.notes[-1] == (
        "No comment holds these declared words, as whole words: 'parcels' and 'parcel' of "
        "'delivery'; 'points' of 'card'."
    )
    held = {"delivery": {"de": ["box"], "en": ["parcels"]}}
    assert "declared" not in str(voice.themes(voice.hear(rows), declared=held, find=False).notes)


def test_a_language_that_is_not_looked_for_is_not_told_as_another():
    words = ["toimitus oli hidas", "hinta oli kallis", "laatu oli huono", "palvelu oli hyvä"]
    heard = voice.hear(
        pd.DataFrame({"comment": [f"{word} {n}" for n in range(40) for word in words]})
    )
    assert (heard.language == "not told").mean() > 0.5
    said = voice.languages(heard).headline
    assert said.startswith("Of ")
    assert "the language cannot be told; 'voice: {languages: [fi]}' in the study file" in said
    told = voice.themes(heard, declared={"late": ["hidas"]}, find=False)
    assert voice.shares(told).headline == (
        "They write about 'late' (25% of comments); 75% carry no theme."
    )


def test_words_that_no_comment_holds_are_those_that_the_pattern_misses():
    texts = ["too late again", "can't say", "parcel was lost", "配送很慢", "late, lost", "x" * 40]
    held = frozenset(re.findall(r"\w+", "\n".join(texts)))
    words = ["late", "Late ", "lat", "can't", "can", "was lost", "late lost", "parcel  was", "送很",
             "配送", "", "  ", "lost again", "say parcel", "late,"]  # fmt: skip
    for word in words:
        sought = bool(re.search(matching.pattern([word]), "\n".join(texts)))
        assert matching._stands(word, "\n".join(texts), held) == sought, word


@pytest.mark.parametrize("seed", range(3))
def test_what_nobody_names_and_no_rating_is_tied_to_is_no_rated_theme(seed):
    draw = np.random.default_rng(seed)
    topic = draw.choice(list(TOPICS), 900)
    mood = pd.Series(topic).map({"bus": -2.0, "meal": 0.0, "room": 1.5, "pool": 0.5}).to_numpy()
    nps = (7.5 + mood + draw.normal(0, 1.5, 900)).round().clip(0, 10)
    said = [" ".join(draw.choice(TOPICS[each].split(), 3, replace=False)) for each in topic]
    care = (3.5 + (nps - 7) / 3 + draw.normal(0, 0.7, 900)).round().clip(1, 5)
    rows = pd.DataFrame({"comment": said, "nps": nps, "care": care,
                         "value": draw.integers(1, 6, 900)})  # fmt: skip
    told = voice.themes(voice.hear(rows), ratings=["care", "value"], seed=seed)
    assert [theme.name for theme in told.themes if theme.kind == "rated"] == []


@pytest.mark.parametrize("name", ["rate_{}", "{}_rating", "how_was_the_{}"])
def test_what_is_rated_is_named_without_the_words_that_all_ratings_share(name):
    draw = np.random.default_rng(3)
    about = draw.choice(list(TOPICS), 800)
    said = [
        f"the {each} and the " + " ".join(draw.choice(TOPICS[each].split(), 2)) for each in about
    ]
    given = {name.format(each): draw.integers(1, 6, 800) for each in TOPICS}
    rows = pd.DataFrame({"comment": said, "nps": draw.integers(0, 11, 800), **given})
    told = voice.themes(voice.hear(rows), ratings=list(given))
    names = {theme.name for theme in told.themes if theme.kind == "rated"}
    assert names == {each.replace("_", " ") for each in given}


def test_a_note_on_several_languages_is_told_once():
    draw = np.random.default_rng(4)
    both = pd.concat([rated(300, 1), rated(300, 2, "de"), rated(300, 3, "fr")], ignore_index=True)
    rows = both[["comment", "language", "nps"]].assign(
        care=draw.integers(1, 6, 900), worth=draw.integers(1, 6, 900)
    )
    notes = voice.themes(voice.hear(rows), ratings=["care", "worth"]).notes
    told = [each for each in notes if "ratings do not tell" in each]
    assert told == ["In 'en', 'de' and 'fr' ratings do not tell what people write about; "
                    "none is a theme."]  # fmt: skip


def test_what_was_rated_and_hardly_anybody_writes_of_is_told():
    rows = rated(500, 1)
    names = [each for each in rows if each not in ("comment", "about", "language", "nps")]
    told = voice.themes(voice.hear(rows.assign(app=3)), ratings=[*names, "app"])
    assert {theme.name for theme in told.themes} == set(names)
    assert told.notes == ("Hardly anybody writes of 'app', which was rated; that is no theme.",)


@pytest.mark.filterwarnings("error")
def test_comments_all_alike_are_a_sentence_without_a_warning():
    heard = voice.hear(pd.DataFrame({"comment": ["see the long queue for pictures"] * 80}))
    with pytest.raises(voice.VoiceError, match="no theme is found"):
        voice.themes(heard)
