"""A run as a Word document: its structure is Word's own, its text inert, its readers leadership."""

import base64
import io
import shutil
import subprocess
import zipfile

import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from typer.testing import CliRunner

from cxlab.cli import app
from cxlab.export.story import tabled
from cxlab.export.word import WordError, document
from cxlab.results import MIME, Result
from tests import desk
from tests.conftest import absent

MANIFEST = {"study": "Small & <Co>", "as_of": "2025-12-31", "fewest": {"leadership": 20}}
PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\nIDATx\x9cc\0\1\0\0\5\0\1\r\n-\xb4\0\0\0\0IEND\xaeB`\x82"
).decode()


def _finding(name: str, n: int = 400, said: str = "=North <b>leads</b>.") -> dict:
    rows = {"group": ["North", "South"], "estimate": [40.0, 30.5], "conf_low": [35.0, 25.0],
            "conf_high": [45.0, 36.0], "n": [400, n]}  # fmt: skip
    return Result(name, pd.DataFrame(rows), said, "By hand.", "All.", (), "points").to_dict()


def _run(*told: dict, prose: str = "## Who leads?\n\nIn **words**.") -> tuple[list, dict]:
    report = {"notebook": "20_scores", "question": "How?", "part": "everyone", "settings": "",
              "reading_order": 1, "page": "20/e.html", "findings": list(told)}  # fmt: skip
    outputs = [{"data": {MIME: one, **({"image/png": PNG} if one.get("alt") else {})}}
               for one in told]  # fmt: skip
    cells = [{"cell_type": "markdown", "source": prose},
             {"cell_type": "code", "source": "", "outputs": outputs},
             {"cell_type": "markdown", "source": "## Nothing here\n\nGone."},
             {"cell_type": "code", "source": "",
              "outputs": [{"data": {"text/plain": "–"}}]}]  # fmt: skip
    return [report], {"20/e.html": {"cells": cells}}


def _opened(*told: dict):
    return Document(io.BytesIO(document(MANIFEST, *_run(*told))))


def test_headings_prose_and_tables_are_word_s_own():
    doc = _opened(_finding("a"))
    said = {p.text: p.style.name for p in doc.paragraphs}
    assert said["How?"] == said["What leadership should know"] == "Heading 1"
    assert (said["Who leads?"], said["=North <b>leads</b>."]) == ("Heading 2", "Heading 3")
    assert said["In words."] == "Normal"
    assert not {"Nothing here", "Gone."} & set(said)  # a section that found nothing
    table = doc.tables[-1]
    assert [c.text for c in table.rows[1].cells][:2] == ["North", "40.0"]
    heads = [t.rows[0]._tr.trPr.find(qn("w:tblHeader")) for t in doc.tables]
    assert None not in heads


def test_a_picture_has_words_and_pages_have_numbers():
    doc = _opened({**_finding("a"), "alt": "Forest plot."})
    (shape,) = doc.inline_shapes
    assert shape._inline.docPr.get("descr") == "Forest plot."
    fields = [one.get(qn("w:instr")) for one in doc.sections[0].footer._element.iter(
              qn("w:fldSimple"))]  # fmt: skip
    assert fields == ["PAGE", "NUMPAGES"]


def test_leadership_s_document_holds_back_small_groups_and_their_picture():
    doc = _opened({**_finding("a", n=12), "alt": "Forest plot."})
    words = doc.element.xml
    assert len(doc.inline_shapes) == 0
    assert "30.5" not in words
    assert "30.5" in _opened(_finding("a")).element.xml


def test_text_from_data_is_no_link_no_field_and_no_control_code():
    made = document(MANIFEST, *_run(_finding("a", said="https://x.test a\x07b \u202e {MERGE}.")))
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        body = package.read("word/document.xml").decode()
        links = package.read("word/_rels/document.xml.rels").decode()
    assert not any(mark in body for mark in ("w:hyperlink", "w:fldChar", "\x07", "\u202e"))
    assert "x.test" not in links


def test_a_notebook_that_the_run_lacks_is_refused():
    with pytest.raises(WordError, match=r"no report of that notebook\. Did you mean '20_scores'"):
        document(MANIFEST, *_run(_finding("a")), only=["20_score"])


def test_writer_opens_the_document(tmp_path):
    if not shutil.which("soffice"):
        absent("LibreOffice (soffice)")
    (tmp_path / "r.docx").write_bytes(document(MANIFEST, *_run(_finding("a"))))
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
             "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "r.docx"]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True, timeout=170)
    if not (tmp_path / "r.pdf").exists():  # without Writer the status is 0 all the same
        absent("LibreOffice Writer")
    assert b"/Count 2" in (tmp_path / "r.pdf").read_bytes()


@pytest.fixture(scope="session")
def nasty(tmp_path_factory):
    return desk.nasty_run(tmp_path_factory.getbasetemp() / "nasty")


def test_the_command_writes_a_document_once_and_replaces_it_only_when_told(nasty, tmp_path):
    out = tmp_path / "r.docx"
    words = ["report", "study.yaml", "--docx", "--run", str(nasty[0]), "--out", str(out)]
    first, second = CliRunner().invoke(app, words), CliRunner().invoke(app, words)
    assert first.output.split() == [str(out)]
    assert "may hold what people wrote" in str(second.exception)
    assert CliRunner().invoke(app, [*words, "--force"]).exception is None
    bare = CliRunner().invoke(app, ["report", "study.yaml", "--run", str(nasty[0])])
    assert "say --docx" in str(bare.exception)
    assert Document(out).paragraphs[0].style.name == "Title"


def test_a_row_of_which_nothing_is_left_is_no_row_of_dashes():
    rows = [[None, None, "assumed"]] * 3 + [[30, 1.5, "assumed"], [31, 2.5, "assumed"]]
    frame = {"columns": ["n", "estimate", "verdict"], "rows": rows}
    words = {"name": "profit curve", "headline": "H.", "base": "b", "unit": "", "alt": ""}
    _, told = tabled({**words, "frame": frame})
    assert [row[0] for row in told] == ["30", "31"]


def test_a_table_of_which_every_row_is_held_back_is_its_sentence():
    rows = pd.DataFrame({"n": [12, 13], "estimate": [1.5, 2.5]})
    told = Result("profit curve", rows, "It rises from 1.5 to 2.5.", "m", "b").to_dict()
    doc = _opened(told)
    assert not doc.tables
    assert any("only groups of 20 or more" in each.text for each in doc.paragraphs)
