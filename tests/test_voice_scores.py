"""What goes with the score: themes, words, a tone; and nothing where there is nothing."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlab import codebook, desk, results, voice
from cxlab.codebook import How
from cxlab.export import leadership
from cxlab.export.audience import seen
from cxlab.results import Misuse
from cxlab.voice.workings.learned import area
from tests.planted import rated

GOOD, BAD = "great lovely quick friendly tasty", "awful rude broken dirty stale"


def _scored(n: int = 400, seed: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    nps = draw.integers(0, 11, n)
    words = [(GOOD if score >= 8 else BAD).split() for score in nps]
    text = [f"{' '.join(draw.choice(w, 2))} {draw.choice(['bus', 'meal'])} today" for w in words]
    day = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(draw.integers(0, 360, n), "D")
    return pd.DataFrame({"comment": text, "nps": nps, "language": "en", "answered_at": day,
                         "region": draw.choice(["N", "S"], n)})  # fmt: skip


def _themed(rows: pd.DataFrame, **declared):
    return voice.themes(voice.hear(rows), declared=declared, find=False)


@pytest.fixture(scope="module")
def rows():
    return _scored()


def test_eight_comments_by_hand():
    # 'late' in 3 of 8 comments; those three score 2, 4, 6, the others 9, 10, 9, 10, 7
    text = ["late", "so late", "Late!", "ok box", "good box", "good one", "fine box", "nice box"]
    eight = pd.DataFrame({"comment": text, "mark": [2, 4, 6, 9, 10, 9, 10, 7], "language": "en"})
    themed = _themed(pd.concat([eight] * 10, ignore_index=True), delay=["late"])
    assert voice.shares(themed).frame["estimate"].tolist() == [3 / 8, 5 / 8]
    told = voice.impact(themed, score="mark").frame.iloc[0]
    assert told["estimate"] == pytest.approx(4 - 9)
    assert (told["share"], told["n"], told["verdict"]) == (3 / 8, 30, "worse")


def test_a_share_follows_the_weights():
    frame = pd.DataFrame(
        {"comment": ["late"] * 10 + ["fine"] * 30, "weight": [3.0] * 10 + [1.0] * 30}
    )
    told = voice.shares(_themed(frame, delay=["late"]), weight="weight").frame.iloc[0]
    assert told["estimate"] == 0.5
    assert told["conf_low"] < 0.5 < told["conf_high"]


def test_shares_by_a_day_are_by_quarter(rows):
    told = voice.shares(_themed(rows, bus=["bus"]), by="answered_at").frame
    assert set(told["group"]) == {"2025Q1", "2025Q2", "2025Q3", "2025Q4"}
    held = rows.assign(bus=rows["comment"].str.contains("bus"), q=rows["answered_at"].dt.quarter)
    by_hand = held.groupby("q")["bus"].mean()
    one = told[told["term"] == "bus"].set_index("group")["estimate"]
    assert one.sort_index().tolist() == pytest.approx(by_hand.tolist())


def test_detractors_and_promoters_have_their_own_words(rows):
    frame = voice.keyness(voice.hear(rows)).frame
    sure = frame[frame["p_adjusted"] < 0.05]
    assert set(sure.loc[sure["group"] == "promoters", "term"]) >= set(GOOD.split())
    assert not set(sure.loc[sure["group"] == "detractors", "term"]) & set(GOOD.split())


def test_words_turn_over_with_the_groups(rows):
    one, two = (voice.keyness(voice.hear(rows), by="region", between=sides).frame
                for sides in (("N", "S"), ("S", "N")))  # fmt: skip
    both = one.merge(two, on="term")
    assert np.allclose(both["estimate_x"], -both["estimate_y"])


def test_ratings_held_equal_take_their_part_of_an_impact(rows):
    rated = rows.assign(food=rows["nps"] // 2, empty=np.nan)
    themed = _themed(rated, bad=BAD.split())
    frame = voice.impact(themed, ratings=["food", "empty"]).frame.set_index("part")
    assert frame.loc["alone", "estimate"] < frame.loc["ratings held equal", "estimate"]
    assert frame.loc["alone", "verdict"] == "worse"


def test_impacts_of_nothing_cover_zero_as_often_as_they_say():
    draw, covered = np.random.default_rng(3), []
    rows = _scored(300)
    themed = _themed(rows, one=["bus"], two=["great"], three=["rude"])
    for _ in range(120):
        themed.heard.frame["nps"] = draw.permutation(themed.heard.frame["nps"])
        frame = voice.impact(themed).frame
        covered += list((frame["conf_low"] <= 0) & (frame["conf_high"] >= 0))
    assert 0.91 <= np.mean(covered) <= 0.985


def test_a_tone_is_learned_from_the_scores_and_says_how_well(rows):
    told = voice.sentiment(voice.tone(voice.hear(rows))).frame.set_index("term")
    assert told.loc["told apart (AUC)", "conf_low"] > 0.9
    assert told.loc["told apart (AUC)", "n"] == (rows["nps"] <= 6).sum() + (rows["nps"] >= 9).sum()


def test_a_tone_of_shuffled_scores_is_refused(rows):
    draw, refused = np.random.default_rng(0), 0
    for _ in range(6):
        shuffled = rows.assign(nps=draw.permutation(rows["nps"]))
        try:
            voice.tone(voice.hear(shuffled))
        except voice.VoiceError as error:
            refused += "beyond chance" in str(error)
    assert refused >= 5


def test_too_few_scored_comments_give_no_tone(rows):
    with pytest.raises(voice.VoiceError, match="too few to learn a tone"):
        voice.tone(voice.hear(rows.head(80)))


def test_the_same_four_sentences_again_and_again_teach_no_tone():
    said = ["late again", "fine", "driver friendly", "parcel wet"]
    rows = pd.DataFrame({"comment": said * 60, "nps": [3, 9, 10, 2] * 60})
    with pytest.raises(voice.VoiceError, match="2 comments in different words"):
        voice.tone(voice.hear(rows))


def test_the_area_is_the_share_of_pairs_in_order():
    draw = np.random.default_rng(1)
    high, told = draw.random(60) > 0.5, np.round(draw.random(60), 1)
    pairs = told[high][:, None] - told[~high][None]
    assert area(high, told).estimate == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())


def test_what_is_new_this_period_is_told_and_what_is_not_is_not(rows):
    late = rows["answered_at"] >= "2025-10-01"
    said = rows.assign(comment=rows["comment"].where(~late, rows["comment"] + " strike"))
    frame = voice.risen(_themed(said, bus=["bus"])).frame.set_index("term")
    assert frame.loc["strike", "verdict"] == "new"
    assert frame.loc["bus", "verdict"] == "not apart"


def test_what_is_new_and_whose_words_follow_the_weights(rows):
    late = rows["answered_at"] >= "2025-10-01"
    said = rows.assign(comment=rows["comment"] + np.where(late & (rows.index % 4 == 0), " fog", ""))
    said["weight"] = np.where(said["comment"].str.contains("fog"), 3.0, 1.0)
    said.loc[0, "answered_at"] = pd.NaT  # no period: neither before nor after
    frame = voice.risen(_themed(said, fog=["fog"]), weight="weight").frame.set_index("term")
    told = said[late & said["answered_at"].notna()]
    share = np.average(told["comment"].str.contains("fog"), weights=told["weight"])
    assert frame.loc["fog", "after"].iloc[0] == pytest.approx(share)
    even, heavy = (voice.keyness(voice.hear(said), weight=w).frame.set_index("term")["estimate"]
                   for w in (None, "weight"))  # fmt: skip
    assert not np.allclose(even.reindex(heavy.index), heavy)


def test_weights_that_are_all_alike_change_nothing(rows):
    alike = rows.assign(weight=7.0)
    one, two = (voice.keyness(voice.hear(alike), weight=w).frame for w in (None, "weight"))
    pd.testing.assert_frame_equal(one, two)


def test_where_low_is_good_everything_turns_over(rows):
    low = codebook.Scale.model_validate({"range": "1..4", "better": "low"})
    turned = rows.assign(effort=4 - rows["nps"] // 3, mark=1 + rows["nps"] // 3)
    themed = _themed(turned, bad=BAD.split())
    asked = {"effort": low, "mark": None}
    bad = {name: voice.impact(themed, score=name, scale=at) for name, at in asked.items()}
    assert [one.frame["verdict"].iloc[0] for one in bad.values()] == ["worse", "worse"]
    assert "A higher effort goes most with 'bad'" in bad["effort"].headline
    pleased = voice.tone(voice.hear(turned), score="effort", scale=low).chance
    assert np.corrcoef(pleased, turned["nps"])[0, 1] > 0.5
    words = voice.keyness(voice.hear(turned), score="effort", scale=low).frame
    assert set(words.loc[words["group"] == "those with a low effort", "term"]) >= set(GOOD.split())


def test_groups_below_the_limit_are_not_compared_nor_quoted(rows):
    few = rows.assign(region=["tiny"] * 5 + ["N"] * 195 + ["S"] * 200)
    assert "tiny" not in set(voice.shares(_themed(few, a=["bus"]), by="region", smallest=10)
                             .frame["group"])  # fmt: skip
    with pytest.raises(voice.VoiceError, match=r"No theme is spoken of by 13 people\."):
        voice.quotes(_themed(rows.head(12), bus=["bus"]), smallest=13)
    with pytest.raises(voice.VoiceError, match="No comment may be quoted"):
        voice.quotes(_themed(rows.assign(consent=False), bus=["bus"]))


def test_quotes_respect_consent_and_take_nobody_twice(rows):
    agreed = rows.assign(consent=rows.index % 2 == 0, customer_id=(rows.index // 8).astype(str))
    agreed["comment"] += agreed.index.map(lambda i: " " + "abcdefghij"[i % 10] * 4 + str(i))
    told = voice.quotes(_themed(agreed, bus=["bus"], meal=["meal"])).frame
    written = agreed.set_index("comment").loc[told["text"]]
    assert written["consent"].all()
    assert not written["customer_id"].duplicated().any()
    parts = told.groupby("term")["part"].value_counts().unstack()
    assert parts["typical"].to_dict() == {"bus": 3, "meal": 3}
    assert parts["atypical"].to_dict() == {"bus": 1, "meal": 1}


def test_leadership_reads_two_quotes_of_themes_that_enough_people_speak_of(rows):
    few = rows["comment"].where(rows.index >= 12, rows["comment"] + " lift")
    few += rows.index.map(lambda i: " " + "abcdefghij"[i % 10] * 4 + str(i))
    themed = _themed(rows.assign(comment=few), bus=["bus"], lift=["lift"])
    told = voice.quotes(themed)
    report = {"part": "everyone", "page": "60_voice/everyone.html", "notebook": "60_voice",
              "reading_order": 60, "findings": [told.to_dict()]}  # fmt: skip
    for smallest, themes in ((10, ["bus", "lift"]), (20, ["bus", "bus"])):
        page = leadership.Page(seen([report], smallest=smallest), smallest=smallest)
        typical = told.frame[told.frame["part"] == "typical"].set_index("term")["text"]
        wanted = [list(typical[name])[themes[:place].count(name)]
                  for place, name in enumerate(themes)]  # fmt: skip
        quoted = re.findall("“(.*?)”", page.quotes._repr_mimebundle_()["text/plain"])
        assert [text.replace(" ", "") for text in quoted] == [
            each.replace(" ", "") for each in wanted
        ]


def test_a_quote_stands_beside_what_speaks_of_its_theme(rows):
    apart = rows["comment"] + [" " + "abcdefghij"[i % 10] * 4 + str(i) for i in rows.index]
    themed = _themed(rows.assign(comment=apart), bus=["bus"], rude=["rude"])
    quoted, told = voice.quotes(themed), voice.impact(themed)
    beside = voice.beside(quoted, told)
    assert beside.frame["term"].tolist() == ["rude"]  # the one that stands apart
    assert set(beside.frame["text"]) <= set(quoted.frame["text"])
    other = replace(told, frame=pd.DataFrame({"term": ["nothing"]}))
    with pytest.raises(voice.VoiceError, match="No quote speaks"):
        voice.beside(quoted, other)


def test_where_no_theme_goes_with_the_score_the_most_frequent_is_quoted_first(rows):
    draw, n = np.random.default_rng(8), len(rows)
    names = ["bus", "meal", "pool", "desk"]
    about = draw.choice(names, n, p=[0.5, 0.25, 0.15, 0.1])
    said = [f"the {each} on {day:%A} {draw.choice(GOOD.split())} {i}" for i, (each, day)
            in enumerate(zip(about, rows["answered_at"], strict=True))]  # fmt: skip
    themed = _themed(rows.assign(comment=said), **{each: [each] for each in names})
    impact = voice.impact(themed)
    assert set(impact.frame["verdict"]) == {"not apart"}
    quoted = voice.quotes(themed, about=impact).frame
    assert quoted["term"].drop_duplicates().tolist() == themed.names == names


def test_exhibits_in_turn_show_different_people(rows):
    apart = rows["comment"] + [" " + "abcdefghij"[i % 10] * 4 + str(i) for i in rows.index]
    themed = _themed(rows.assign(comment=apart), bus=["bus"])
    quoted, told = voice.quotes(themed), voice.shares(themed, by="region")
    shown = [voice.beside(quoted, told, turn=turn).frame["text"].iloc[0] for turn in range(4)]
    assert len(set(shown)) == 3  # three are typical; the last comes again
    assert shown[2] == shown[3]


def test_the_words_that_tell_a_theme_are_marked_however_it_was_told(rows):
    apart = [f" {'abcdefghij'[i % 10] * 4}{i}" for i in rows.index]
    some = np.where(rows.index < 15, "Die Größe paßt, der Bote kam. ", "")
    said = rows.assign(comment=some + rows["comment"] + apart)
    themed = _themed(said, size=["grösse"], post={"": ["bote kam", "courier"]})
    markup = results.quoted(voice.quotes(themed))._repr_mimebundle_()["text/html"]
    assert "Die <strong>Größe</strong> paßt, der Bote kam." in markup
    assert "der <strong>Bote kam</strong>." in markup
    asian = said.assign(comment=[f"配送很慢 {i}" for i in said.index])  # no blanks between words
    told = _themed(asian, delivery=["配送"])
    assert told.carried.all()
    markup = results.quoted(voice.quotes(told))._repr_mimebundle_()["text/html"]
    assert "“<strong>配送</strong>很慢" in markup


def test_a_declared_theme_is_quoted_in_the_words_that_most_use_for_it(rows):
    odd = ["late, and my aunt in Wales keeps bees", "late, the paint on the gate peels off"]
    usual = [f"late parcel came {word} days after" for word in GOOD.split()]
    said = pd.DataFrame({"comment": [*odd, *usual * 4, *(f"fine {n}" for n in range(30))]})
    told = voice.quotes(_themed(said.assign(language="en"), late=["late"])).frame
    assert "parcel" in told["text"].iloc[0]
    assert told.loc[told["part"] == "atypical", "text"].isin(odd).all()


def test_all_themes_are_quoted_those_beyond_the_third_are_folded(rows):
    names = ["bus", "meal", "rude", "broken", "tasty"]
    said = rows["comment"] + [f" {'abcdefghij'[i % 10] * 4}{i}" for i in rows.index]
    quoted = voice.quotes(_themed(rows.assign(comment=said), **{name: [name] for name in names}))
    page = results.quoted(replace(quoted, notes=("Mind <this>.",)))._repr_mimebundle_()["text/html"]
    open_, folded = page.split("<details><summary>Further themes, 2</summary>")
    assert (open_.count("<h4>"), folded.count("<h4>")) == (3, 2)
    assert "Mind &lt;this&gt;." in page


def test_every_theme_of_enough_people_is_quoted_also_what_is_new(rows):
    names = [f"thing{letter}" for letter in "abcdefghijklmnopq"]
    last = rows["answered_at"] >= "2025-10-01"
    said = [f"{names[i % 16]} {text} {'abcdefghij'[i % 10] * 4}" for i, text in
            enumerate(rows["comment"])]  # fmt: skip
    new = "thingq is what we saw " + rows["region"] + rows["nps"].astype(str)
    rows = rows.assign(comment=pd.Series(said).where(~last | (rows.index % 3 > 0), new))
    themed = _themed(rows, **{name: [name] for name in names})
    quoted = voice.quotes(themed)
    assert set(quoted.frame["term"]) == set(names)
    told = voice.beside(quoted, voice.risen(themed), turn=2)
    assert told.frame["term"].tolist() == ["thingq"]


def test_phrases_of_the_same_comments_are_listed_once(rows):
    text, odd = rows["comment"], rows.index % 2 == 0
    more = ("return label missing. " + text).where(odd, text + ". return label missing")
    words = voice.keyness(voice.hear(rows.assign(comment=text.where(rows["nps"] > 6, more))))
    same = {"return", "label", "missing", "return label", "label missing"}
    assert same & set(words.frame["term"]) == {"label missing"}
    late = rows["answered_at"] >= "2025-10-01"
    told = voice.risen(_themed(rows.assign(comment=text.where(~late, more)), bus=["bus"]))
    assert told.headline.startswith("In 2025Q4 more often than before: 'label missing'")
    assert same & set(told.frame["term"]) == {"label missing"}


@pytest.mark.parametrize("end", [". ", "! ", ", ", "; ", "\n", " (", "… "])
def test_words_of_two_clauses_are_no_phrase(rows, end):
    said = ["the lid leaks", "cup wobbles", f"the lid leaks{end}cup wobbles"]
    low = np.array(said, dtype=object)[rows.index % 3]
    said = rows.assign(comment=rows["comment"].where(rows["nps"] > 6, low))
    words = set(voice.keyness(voice.hear(said)).frame["term"])
    assert {"lid leaks", "cup wobbles"} <= words
    assert "leaks cup" not in words


def test_what_disagrees_is_read_once_a_text(rows):
    turned = rows.assign(nps=np.where(rows.index < 40, 0, rows["nps"]))
    turned.loc[turned.index < 40, "comment"] = "great lovely bus today"
    told = voice.disagreements(voice.tone(voice.hear(turned))).frame["text"]
    assert "great lovely bus today" in set(told)
    assert not told.duplicated().any()


def test_quotes_and_words_are_inert(rows):
    hostile = rows.assign(comment="<img src=x onerror=alert(1)> $x$ bus " + rows["comment"])
    html = voice.quotes(_themed(hostile, bus=["bus"]))._repr_mimebundle_()["text/html"]
    assert "<img" not in html
    assert "&lt;img" in html


def test_a_theme_of_few_people_is_blank_where_it_is_shown(rows):
    themed = _themed(rows, bus=["bus"])
    results.keep_back(1_000)
    shown = results.shown(voice.quotes(themed))
    assert shown.frame["text"].isna().all()


def test_a_group_or_column_that_is_none_is_refused(rows):
    heard = voice.hear(rows)
    for wrong in ({"by": "plan"}, {"by": "region", "between": ("N", "X")}):
        with pytest.raises(Misuse, match=r"no column|no group"):
            voice.keyness(heard, **wrong)
    with pytest.raises(Misuse, match="no period"):
        voice.risen(_themed(rows, a=["bus"]), period="week")


def _posted(n: int) -> pd.DataFrame:
    said = ["the courier was rude and late", "the shop staff were kind and patient"]
    stars, at = np.array([[1, 2], [4, 5]]), np.arange(n) % 2
    day = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(np.arange(n), unit="D")
    return pd.DataFrame(
        {
            "text": [said[k] for k in at],
            "rating": stars[at, np.arange(n) // 2 % 2],
            "posted_at": day,
        }
    )


def test_reviews_are_heard_where_nobody_wrote_a_comment():
    posts = _posted(200)
    answers = pd.DataFrame({"nps": [9, 2], "comment": ["n/a", None], "weight": [2.0, 1.0]})
    heard = voice.listen(answers, posts)
    assert (heard.base, voice.stars(heard)) == ("200 reviews that say something.", "rating")
    themed = voice.themes(heard, declared={"courier": ["courier"]}, find=False)
    told = voice.impact(themed, score="rating").headline
    assert told.startswith("A lower rating goes most with 'courier': 3.0 points lower (−3")
    assert heard.notes[-1] == "Who reviews in public is no sample of the customers."


def test_themes_of_the_survey_are_told_of_reviews_and_nothing_is_learned_from_them():
    draw = np.random.default_rng(4)
    book = {"bus": "bus driver route timetable stop", "meal": "soup pasta waiter dessert menu",
            "pool": "swim lifeguard slide goggles locker"}  # fmt: skip

    def said(n, chance):
        topic = draw.choice(list(book), n, p=chance)
        text = [" ".join(draw.choice(book[one].split(), 3, replace=False)) for one in topic]
        return pd.DataFrame({"comment": text, "topic": topic, "nps": 7})

    wrote, posted = said(300, [0.4, 0.4, 0.2]), said(2_000, [0.1, 0.1, 0.8])
    heard = voice.listen(wrote, languages=["en"])
    posts = voice.listen(None, posted.rename(columns={"comment": "text"}), languages=["en"])
    alone, themed = voice.themes(heard), voice.themes(replace(heard, beside=posts))
    assert themed.themes == alone.themes
    assert np.array_equal(themed.carried, alone.carried)
    told = voice.public(themed, posts)
    rows = told.frame[told.frame["term"] == told.frame["term"].iloc[0]].set_index("part")
    assert rows["verdict"].tolist() == ["more often in reviews"] * 2
    assert rows.loc["survey", "estimate"] == pytest.approx((wrote["topic"] == "pool").mean())
    assert rows.loc["reviews", "estimate"] == pytest.approx((posted["topic"] == "pool").mean())
    assert told.headline.startswith("Reviews speak more often of '")
    with pytest.raises(voice.VoiceError, match="no comments of a survey"):
        voice.public(alone, posts)


def test_a_language_of_the_survey_alone_sets_no_theme_apart_from_reviews():
    english, german = rated(700, 3), rated(500, 3, "de")
    survey = pd.concat([english[:400], german], ignore_index=True)
    heard = voice.hear(survey)
    posts = voice.listen(None, english[400:].rename(columns={"comment": "text"}))
    names = [each for each in english if each not in ("comment", "about", "language", "nps")]
    themed = voice.themes(replace(heard, beside=posts), ratings=names)
    told = voice.public(themed, posts)
    assert set(told.frame["verdict"]) == {"not apart"}
    assert not told.frame["term"].str.contains("(de)", regex=False).any()
    left = int((themed.heard.language == "de").sum())
    assert told.base == f"300 reviews and {900 - left} comments that say something."
    assert told.notes[-1] == ("Set beside each other in English; left aside are "
                              f"{left} comments in other languages.")  # fmt: skip
    with pytest.raises(voice.VoiceError, match="no language in common"):
        voice.public(voice.within(themed, voice.hear(german)), posts)


def test_a_part_is_heard_from_where_the_whole_was_heard():
    wrote = pd.DataFrame({"comment": ["the till was slow"], "region": "N"})
    whole = voice.listen(wrote, _posted(40))
    assert (whole.source, len(whole.text)) == ("comment", 1)
    with pytest.raises(voice.VoiceError, match="Nobody wrote"):
        voice.listen(wrote.head(0), _posted(40), like=whole)
    public = voice.listen(None, _posted(40))
    assert len(voice.listen(wrote, _posted(10), like=public).text) == 10
    with pytest.raises(voice.VoiceError, match="no stars"):
        voice.stars(whole)


def test_at_the_desk_comments_of_one_customer_are_taken_together_and_reviews_have_no_weight():
    rows = pd.DataFrame({"comment": ["parcel late", "nice shop"] * 60, "customer_id": [*"ab"] * 60,
                         "weight": 1.0, "nps": [2, 9] * 60})  # fmt: skip
    how = How(weight="weight", cluster="customer_id", level=0.95, smallest=0)
    themed = desk.voice.themes(voice.hear(rows), declared={"parcel": ["parcel"]}, find=False)
    wide = desk.voice.shares(themed, how=how).frame.iloc[0]
    narrow = voice.shares(themed).frame.iloc[0]
    assert wide["conf_high"] - wide["conf_low"] > 3 * (narrow["conf_high"] - narrow["conf_low"])
    posted = voice.listen(None, _posted(40))
    themed = desk.voice.themes(posted, declared={"shop": ["shop"]}, find=False)
    assert "weighted" not in desk.voice.shares(themed, how=how).base
