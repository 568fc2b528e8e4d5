"""The press from the command line: decks, slides and differences."""

import json

import pytest
from typer.testing import CliRunner

from cxlab.cli import app
from tests import desk


@pytest.fixture(scope="session")
def nasty(tmp_path_factory):
    return desk.nasty_run(tmp_path_factory.getbasetemp() / "nasty")


def _cxlab(*words) -> str:
    done = CliRunner().invoke(app, [*map(str, words)])
    assert done.exception is None, done.exception
    return done.output


@pytest.mark.parametrize("name", ["deck.pptx", "slides.html"])
def test_a_deck_is_made_of_a_run_and_made_again(nasty, tmp_path, name):
    for _ in range(2):
        out = tmp_path / name
        said = _cxlab("deck", "study.yaml", "--run", nasty[0], "--out", out)
        assert said.split() == [str(out)]
        assert out.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [("deck.docx", [], "a deck is written as .pptx, or as .html; name it so."),
     ("deck", [], "a deck is written as .pptx, or as .html; name it so."),
     ("s.html", ["--template", "t.pptx"], "slides as .html take no template; write a .pptx.")],
)  # fmt: skip
def test_a_deck_of_another_kind_is_refused(nasty, tmp_path, name, more, said):
    words = ["deck", "study.yaml", "--run", nasty[0], "--out", tmp_path / name, *more]
    done = CliRunner().invoke(app, [*map(str, words)])
    assert str(done.exception) == f"{tmp_path / name}: {said}"
    assert not (tmp_path / name).exists()


def test_a_run_does_not_differ_from_itself(nasty):
    assert _cxlab("diff", nasty[0], nasty[0]) == "Nothing changed.\n"
    assert json.loads(_cxlab("diff", nasty[0], nasty[0], "--json")) == {}
