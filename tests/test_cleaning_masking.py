"""Is nobody named, and nothing else taken away?"""

import csv

import pandas as pd
import pytest

from cxlab import study
from cxlab.cleaning.masking import mask, pseudonyms, quotable
from tests import small

NAMES = ["Ann", "Price", "O'Brien", "Da-Silva"]


def masked(text: str) -> str:
    return mask(pd.Series([text]), names=NAMES, ids=["0001782"])[0].iloc[0]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("write to a.b+c@mail.example.org.", "write to [e-mail]."),
        ("ring 07700 900482.", "ring [phone]."),
        ("ring +44 (0)7700-900482", "ring [phone]"),
        ("card 4111 1111 1111 1111 was charged", "card [card number] was charged"),
        ("card 4111-1111-1111-1112, mistyped", "card [number], mistyped"),
        ("ring 0044 7700 900 482", "ring [phone]"),
        ("from 192.168.10.7", "from [IP address]"),
        ("GB82 WEST 1234 5698 7654 32", "[account number]"),
        ("order KC-1234567 lost", "order [number] lost"),
        ("I am 0001782", "I am [number]"),
        ("Ann was kind, ann was quick", "[name] was kind, [name] was quick"),
        ("Mr Da-Silva and O’Brien", "Mr [name] and [name]"),
        ("kontakt: anna.b @ web . de", "kontakt: [e-mail]"),
        ("tim at gmail.com", "[e-mail]"),
        ("claire chez laposte point net", "[e-mail]"),
        ("Storgatan 4, 114 55 Stockholm", "[street address]"),
        ("abito in Via Roma 10, 00184 Roma", "abito in [street address]"),
        ("Rua das Flores, 25, 1200-195 Lisboa", "[street address]"),
        ("ul. Długa 7, 00-238 Warszawa", "[street address]"),
        ("Flat 3, 22 Acacia Avenue, Leeds LS1 4DY", "[street address]"),
        ("nací el 12 de marzo de 1980", "nací el [birth date]"),
        ("geboren op 3 mei 1975", "geboren op [birth date]"),
        ("nato il 12/03/1980", "nato il [birth date]"),
        ("this is Priya from accounts", "this is [name] from accounts"),
        ("Viele Grüße, Heike", "Viele Grüße, [name]"),
        ("mi chiamo Giulia", "mi chiamo [name]"),
        ("NI number QQ 12 34 56 C", "NI number [number]"),
        ("SSN 078-05-1120", "SSN [number]"),
    ],
)
def test_what_names_a_person_is_masked(text, after):
    assert masked(text) == after


@pytest.mark.parametrize(
    "text",
    [
        "on 2024-01-31 at 10:05 I waited 45 minutes",
        "ordered via the website 3 times, bought at amazon.com for 20",
        "look @ this. No way",
        "Best regards and see you, this is Sparta",
        "between 2019 - 2024 it cost £1,234.50, then 12.99",
        "31/12/2024 was fine, 1/2/2024 too",
        "10/10, 100% of 250g, room 1204",
        "Announcement of plan A",
    ],
)
def test_dates_amounts_and_words_stay(text):
    assert masked(text) == text


def test_a_name_that_is_a_word_is_masked_only_where_it_is_a_name():
    texts = pd.Series(["the price is high", "price went up", "my name is Price", "Ann Price wrote"])
    after = mask(texts, names=NAMES)[0].tolist()
    assert after == ["the price is high", "price went up", "my name is [name]", "[name] wrote"]


PEOPLE = [
    "Talia Yarrow",
    "May O'Hara",
    "Will Price",
    "Grace Good",
    "Anneke van Dijk",
    "Jörg Müller",
]


def both(text: str) -> str:
    return mask(pd.Series([text]), names=[*PEOPLE, *" ".join(PEOPLE).split()])[0].iloc[0]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Talia Yarrow was great", "[name] was great"),
        ("talia yarrow helped", "[name] helped"),
        ("TALIA, (Talia) and Talia's team", "[name], ([name]) and [name]'s team"),
        ("https://example.org/talia.yarrow?id=77", "https://example.org/[name].[name]?id=77"),
        ("from Anneke van Dijk, the van came", "from [name], the van came"),
        ("Mueller, muller and MÜLLER", "[name], [name] and [name]"),
        ("Spoke with May O'Hara", "Spoke with [name]"),
        ("then Grace was kind; Grace's reply", "then [name] was kind; [name]'s reply"),
        ("Thanks Will. Grace helped me", "Thanks [name]. [name] helped me"),
        ("my neighbour Ingrid Sandvik said", "my neighbour [name] said"),
        ("My name is Kofi Mensah-Boateng.", "My name is [name]."),
        ("Herr Dr. Schmidt und Mme Lefèvre", "Herr Dr. [name] und Mme [name]"),
    ],
)  # fmt: skip
def test_names_are_masked_wherever_they_stand(text, after):
    assert both(text) == after


@pytest.mark.parametrize(
    "text",
    [
        "delivery will be best in May. May I ask? Will it come? I hope you will",
        "the Grace period was short, Grace period over, good price, Price was high",
        "The Price is right. Good, young people. In May it was fine",
        "I spoke to Customer Service and dealt with the team",
    ],
)
def test_a_name_used_as_a_word_stays(text):
    assert both(text) == text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("ingrid [at] example [dot] com", "[e-mail]"),
        ("name at example dot com, a.b (at) web.de", "[e-mail], [e-mail]"),
        ("order 20250311-4471, ref INV-88213455", "order [number], ref [number]"),
        ("order no 4471 8822 9911 or 1Z999AA10123456784", "order no [number] or [number]"),
        ("14 Willow Lane, Leeds LS1 4DT", "[street address]"),
        ("at 1200 N Main St Apt 4, Springfield, IL 62704.", "at [street address]."),
        ("in der Lindenstraße 12a, 10115 Berlin und", "in der [street address] und"),
        ("au 12 rue de la Paix, 75002 Paris.", "au [street address]."),
        ("en Calle Mayor 5, 28013 Madrid, sí", "en [street address], sí"),
        ("born 12.3.1984 or DOB 03/12/1984", "born [birth date] or DOB [birth date]"),
        ("geb. am 4. Mai 1970, née le 3 mai 1970", "geb. am [birth date], née le [birth date]"),
        ("(0049) 151 2345 6789 or 089 / 123 456 78", "[phone] or [phone]"),
        ("twitter @taliay", "twitter [handle]"),
    ],
)
def test_what_leads_to_a_person_is_masked_in_every_form(text, after):
    assert both(text) == after


@pytest.mark.parametrize(
    "text",
    ["delivered 12.3.2024, paid 1.299,00 EUR", "at amazon.com", "5 Star Service, 3 Good Things",
     "12:30-14:00 on 2 Main points, version 1.2.3"],
)  # fmt: skip
def test_what_leads_to_nobody_stays(text):
    assert both(text) == text


def test_names_on_no_list_are_counted_as_not_looked_for(tmp_path):
    rows = "Q1,Q9\n9,then Ingrid Sandvik rang\n3,slow\n"
    got = small.load(tmp_path, rows, columns={"nps": "Q1", "comment": "Q9"})
    (said,) = [note for note in got.ledger.notes if "Nothing to mask" in note]
    assert "1 text may hold another name" in said
    assert "not looked for are other names" in said


@pytest.mark.parametrize("text", ["1 2 3 ", "dot a@", "A1 ", "Am Aa ", "12 rue a ", "GB82 "])
def test_masking_a_long_text_ends(text):
    assert len(mask(pd.Series([text * 20_000]), names=["Ann"])[0].iloc[0]) > 0


def test_masking_twice_changes_nothing():
    once = mask(pd.Series(["Ann, ann@x.org, 07700 900482"]), names=NAMES)[0]
    assert mask(once, names=[*NAMES, "name", "phone"])[0].tolist() == once.tolist()


def test_the_sample_keeps_nothing_it_should_mask(sample):
    opened = study.load(sample)
    with (sample.parent / "truth_comments.csv").open(encoding="utf-8") as file:
        truth = {row["response_id"]: row for row in csv.DictReader(file)}
    comments = opened.responses.dropna(subset=["comment"]).set_index("response_id")["comment"]
    for kind, mark in (("name", "[name]"), ("phone", "[phone]"), ("email", "[e-mail]")):
        wanted = [key for key in comments.index if truth[key][kind] == "1"]
        hit = sum(mark in comments[key] for key in wanted)
        assert hit == len(wanted), kind
    clean = [
        key
        for key in comments.index
        if not any(truth[key][k] == "1" for k in ("name", "phone", "email"))
    ]
    assert sum("[" in comments[key] for key in clean) <= 0.002 * len(clean)


def test_a_study_may_ask_for_the_words_as_written(sample, tmp_path):
    text = sample.read_text(encoding="utf-8").replace("mask_comments: true", "mask_comments: false")
    path = sample.with_name("unmasked.test.yaml")
    try:
        path.write_text(text, encoding="utf-8")
        comments = study.load(path).responses["comment"].dropna()
    finally:
        path.unlink()
    assert comments.str.contains("@").any()


def test_pseudonyms_are_stable_and_need_the_key():
    ids = pd.Series(["a", "b", None, "a"])
    one = pseudonyms(ids, key=b"k")
    assert one[0] == one[3] != one[1]
    assert pd.isna(one[2])
    assert pseudonyms(ids, key=b"other")[0] != one[0]


def test_quotes_honour_consent():
    rows = pd.DataFrame({"comment": ["x", "y", None, "z"], "consent": [True, False, True, None]})
    assert quotable(rows).tolist() == [True, False, False, False]
    assert quotable(rows[["comment"]]).tolist() == [True, True, False, True]


def test_a_study_quotes_only_those_who_agreed(tmp_path):
    rows = "Q1,Q9,may\n9,kind,yes\n3,slow,no\n5,fine,\n8,,yes\n"
    said = {"columns": {"nps": "Q1", "comment": "Q9", "consent": "may"}}
    assert small.load(tmp_path, rows, **said).quotes["comment"].tolist() == ["kind"]
    said["columns"].pop("consent")
    assert small.load(tmp_path, rows, **said).quotes["comment"].tolist() == ["kind", "slow", "fine"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("I am Zoltan and I want my money", "Zoltan"),
        ("Ich bin Zoltan Kovacs und warte", "Zoltan Kovacs"),
        ("Je suis Lucie, votre cliente", "Lucie"),
        ("It came late. Thanks, Zoltan", "Zoltan"),
        ("They scratched B-MW 1234 at the gate", "B-MW 1234"),
        ("My plate is 7ABC123 and it was towed", "7ABC123"),
        ("voiture AB-123-CD devant la porte", "AB-123-CD"),
    ],
)
def test_who_says_so_and_what_he_drives_is_masked(text, hidden):
    (out,), counts = mask(pd.Series([text]))
    assert hidden not in out
    assert sum(counts.values()) == 1


@pytest.mark.parametrize(
    "text",
    ["this is Great from start", "I am German", "I'm Very pleased", "Ich bin Kunde seit 2010",
     "our friend Amazon sent it, unser Freund Zalando not", "Im Mai war es gut", "I am Back again",
     "Model X1234 and part no 5512", "Thanks, Great"],
)  # fmt: skip
def test_what_only_looks_like_a_name_or_a_plate_stays(text):
    assert mask(pd.Series([text]))[0].tolist() == [text]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Zoltan here, the line is dead", "[name] here, the line is dead"),
        ("Hi, Agnieszka here - still waiting", "Hi, [name] here - still waiting"),
        ("my husband Tibor and my wife Eva", "my husband [name] and my wife [name]"),
        ("Mi esposa Guadalupe llamó", "Mi esposa [name] llamó"),
        ("Kovács Péter vagyok, nem jött meg", "[name] vagyok, nem jött meg"),
        ("Det er Sigrid her", "Det er [name] her"),
        ("Mit freundlichen Grüßen\nJürgen Öztürk", "Mit freundlichen Grüßen\n[name]"),
        ("@patdoe99, or linkedin.com/in/pat-doe-12", "[handle], or linkedin.com/in/[handle]"),
        ("Prinsengracht 263, 1016 GV Amsterdam", "[street address]"),
    ],
)  # fmt: skip
def test_names_by_their_cue_and_profiles_are_masked(text, masked):
    assert mask(pd.Series([text]))[0].tolist() == [masked]


def test_what_only_looks_like_a_cue_stays():
    texts = ["Same here. Everyone here, newbie here", "Service here is bad", "my dad's iPad broke",
             "MY HUSBAND WAITED", "my husband waited", "5 items @10 each, call @ home"]  # fmt: skip
    assert mask(pd.Series(texts))[0].tolist() == texts


@pytest.mark.parametrize(
    ("text", "name"),
    [("Ich bin die Liesbeth und war da", "Liesbeth"), ("ich bin der Ottokar", "Ottokar"),
     ("Hier schreibt die Walburga", "Walburga"), ("Benim adım Nilgün", "Nilgün"),
     ("mit navn er Torunn", "Torunn"), ("Mam na imię Bożena", "Bożena")],
)  # fmt: skip
def test_who_says_who_he_is_behind_an_article_and_in_further_languages(text, name):
    assert mask(pd.Series([text]))[0].tolist() == [text.replace(name, "[name]")]


@pytest.mark.parametrize("text", ["Ich bin der Meinung", "ich bin die Mutter", "Ich bin der Erste"])
def test_a_noun_behind_ich_bin_is_no_name(text):
    assert mask(pd.Series([text]))[0].tolist() == [text]
