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
    ],
)
def test_what_names_a_person_is_masked(text, after):
    assert masked(text) == after


@pytest.mark.parametrize(
    "text",
    [
        "on 2024-01-31 at 10:05 I waited 45 minutes",
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
