"""Where words lie: as the study has it, or as an embedding whose weights are in its wheel."""

import logging
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from cxlab import codebook, voice
from cxlab.results import Misuse
from cxlab.voice.workings import vectors
from tests.conftest import ROOT
from tests.planted import comments

FILE = "study: S\nas_of: 2025-01-01\ntables: {responses: {files: a.csv, columns: {comment: C}}}\n"
# each meant like the second, with no word in common, and unlike the third
ALIKE = [
    ("courier arrived late", "delivery came after the promised hour", "soup tasted salty"),
    ("rude waiter", "impolite server", "cheap ticket"),
    ("expensive fees", "costly charges", "soft pillow"),
    ("website crashed", "internet page froze", "tasty bread"),
    ("refund took weeks", "money returned slowly", "friendly driver"),
]


def test_an_embedding_that_is_not_installed_is_a_sentence(tmp_path, monkeypatch):
    rows = pd.DataFrame({"comment": ["late box"]})
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("cxlab.codebook.mapping.find_spec", lambda name: None)
    with pytest.raises(Misuse, match=re.escape("pip install 'cxlab[voice]', or leave them out")):
        voice.hear(rows, vectors="static")
    with pytest.raises(codebook.MappingError, match=r"line 4.*needs the extra 'voice'"):
        codebook.parse(FILE + "voice: {vectors: static}", tmp_path / "s")
    assert voice.hear(rows).vectors == "study"


def test_vectors_that_are_none_are_refused(tmp_path):
    with pytest.raises(Misuse, match="vectors 'hub' are none; write 'study' or 'static'"):
        voice.hear(pd.DataFrame({"comment": ["late box"]}), vectors="hub")
    with pytest.raises(codebook.MappingError, match="vectors"):
        codebook.parse(FILE + "voice: {vectors: hub}", tmp_path / "s")


@pytest.fixture
def embedding():
    pytest.importorskip("wordllama", reason="the extra 'voice' is absent")


def test_words_that_mean_the_same_lie_near_each_other(embedding):
    said = [text for each in ALIKE for text in each] * 2
    at = vectors.space(said, by="static")
    one, two, other = np.array(vectors.place(said[:15], at)).reshape(5, 3, -1).transpose(1, 0, 2)
    assert ((one * two).sum(axis=1) > (one * other).sum(axis=1) + 0.05).all()
    own = vectors.space(said)
    assert own.words.shape != at.words.shape


def test_nothing_is_learned_elsewhere_than_in_english(embedding):
    rows = comments(4, 300, 1)
    told = voice.themes(voice.hear(rows, languages=["en"], vectors="static"))
    assert "static embedding" in " ".join(told.notes)
    assert len(told.themes) >= 4
    german = rows.assign(language="de")
    heard = [voice.hear(german, vectors=each) for each in ("static", "study")]
    one, two = map(voice.themes, heard)
    assert one.themes == two.themes
    assert not any("static" in note for note in one.notes)


def test_opening_the_embedding_leaves_the_log_as_it_was(embedding):
    code = """
import logging
before = (logging.getLogger().level, len(logging.getLogger().handlers))
from cxlab.voice.workings import vectors
vectors.space(["late box again", "box late again", "kind shop again", "shop kind again"] * 2,
              by="static")
assert before == (logging.getLogger().level, len(logging.getLogger().handlers))
print(len(vectors._embedding().embed(["late"])[0]))
"""
    away = ["unshare", "-rn"] if sys.platform == "linux" and shutil.which("unshare") else []
    done = subprocess.run([*away, sys.executable, "-c", code], cwd=ROOT, capture_output=True,
                          text=True)  # fmt: skip
    assert done.stdout == "256\n", done.stderr
    assert not done.stderr
    assert logging.getLogger("wordllama").level == logging.NOTSET
