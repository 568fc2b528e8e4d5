"""What the sample's reports say: words that change are seen, and they are plain."""

import re

import pytest

from cxlab import codebook
from tests import sentences
from tests.conftest import ROOT

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[1-9]*.ipynb"))
OURS = {word for table in codebook.COLUMNS.values() for word in table} | set(codebook.RESULT_WORDS)
ODD = {word for word in OURS if "_" in word or re.search(r"\d", word)} | {"nps", "csat", "ces"}
INSIDE = re.compile(
    rf"\b(?:{'|'.join(sorted(ODD))})\b|\b(?:drivers|metrics|churn|retention|value|plots|results)"
    r"\.[a-z_]+\b|weighted by '|both at once|\bnan\b|\bNone\b"
)
MOST_WORDS, MOST_NUMBERS = 25, 3


@pytest.fixture(scope="module")
def found(sample_run):
    return sentences.found(sample_run)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_change_of_words_is_seen_in_review(sample_run, notebook):
    kept = sentences.GOLDEN / f"{notebook}.txt"
    renew = "renew with: python -m tests.sentences"
    assert kept.is_file(), renew
    now = sentences.words(sentences.told(sample_run)[notebook])
    assert sentences.words(kept.read_text(encoding="utf-8")) == now, renew


def test_a_sentence_has_no_word_from_inside(found):
    said = {text for one in found for text in (one["headline"], one["base"], one["method"])}
    said |= {note for one in found for note in one["notes"] if one["name"] != "ledger"}
    assert {(text, *INSIDE.findall(text)) for text in said if INSIDE.search(text)} == set()


def test_a_headline_can_be_read_aloud(found):
    long = {one["headline"] for one in found if len(one["headline"].split()) > MOST_WORDS}
    assert long == set()


def test_a_sentence_tells_at_most_three_numbers(found):
    said = {text for one in found for text in (one["headline"], *one["notes"])
            if one["name"] != "ledger"}  # fmt: skip
    assert {each for text in said for each in sentences.sentences(text)
            if len(sentences.numbers(each)) > MOST_NUMBERS} == set()  # fmt: skip


def test_column_headings_are_words(found):
    told = {(name, words) for one in found for name, words
            in codebook.headings(one["frame"]["columns"], one["unit"]).items()}  # fmt: skip
    told |= set(codebook.headings(codebook.RESULT_WORDS).items())
    bare = re.compile(r"(?:from|to|of [a-z]+|[a-z-]{3,}\b[a-z ,-]*)")
    assert {pair for pair in told if not bare.fullmatch(pair[1])} == set()
    for one in found:
        words = codebook.headings(one["frame"]["columns"], one["unit"])
        assert len(set(words.values())) == len(words), one["name"]


def test_no_finding_stands_twice_on_a_page(sample_run):
    for path in sorted(sample_run.glob("[0-9]*/*.html")):
        page = path.read_text(encoding="utf-8")
        said = re.findall(r"<h3>(.*?)</h3>", page, re.S)
        assert len(set(said)) == len(said), path
