"""What the sample's reports say: words that change are seen, and they are plain."""

import re

import pytest

from cxlab import codebook
from tests import sentences
from tests.conftest import ROOT

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[1-9]*.ipynb"))


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


def test_what_the_sample_says_is_plain(found):
    assert sentences.unplain(found) == {}


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
