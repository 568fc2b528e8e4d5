"""What these data cannot say is a value: handed on by questions, told at the end of a page."""

import ast
import inspect
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from cxlab import codebook, desk, drivers, export, results
from cxlab import metrics as plain
from cxlab import value as plain_value
from cxlab.codebook import How
from cxlab.desk import metrics, plots, retention, value
from cxlab.metrics import MetricsError
from cxlab.results import ABSENCE, Absence, Unanswerable
from tests.conftest import ROOT

NOBODY = Absence("Nobody has left.", "customers who left", "retention.survival")


def test_whatever_is_asked_of_an_absence_is_absent():
    assert NOBODY.frame["term"][:3].column() is NOBODY
    assert [*NOBODY] == [NOBODY]
    assert not NOBODY
    assert NOBODY.sentence == "Nobody has left. It needs customers who left."


def test_an_absence_is_handed_on_by_questions_and_pictures():
    curve = retention.survival(NOBODY)
    assert plots.show(plots.survival(curve)) is NOBODY
    assert results.first(NOBODY) is NOBODY


def test_a_refusal_becomes_an_absence_with_the_same_sentence():
    rows = pd.DataFrame({"score": [1, 2]})
    with pytest.raises(MetricsError) as refused:
        desk.metrics._room.nps(rows)
    told = metrics.nps(rows)
    assert isinstance(told, Absence)
    assert told.why[1:] == " ".join(str(refused.value).split())[1:]


def test_a_question_handed_nothing_names_the_table_it_needs():
    assert (
        value.tiers(None, as_of="").sentence
        == "The study holds no orders. It needs a table 'orders'."
    )


def test_a_fault_of_ours_is_no_absence():
    with pytest.raises(TypeError):
        metrics.nps(pd.DataFrame({"nps": [1]}), "red")


@pytest.mark.parametrize("ask", [metrics.nps, retention.stay, plain.nps, drivers.fit])
def test_a_word_that_a_question_does_not_take_is_refused_with_the_nearest(ask):
    with pytest.raises(codebook.UnknownWord, match=r"takes no 'levl'\. Did you mean 'level'"):
        ask(pd.DataFrame({"nps": [1]}), levl=0.9)


@pytest.mark.parametrize(
    ("given", "said", "sentence"),
    [
        ((), {"foo": 1}, "tiers takes no 'foo'. It takes orders, lookback, as_of."),
        ((), {"lookback": "6M"}, "tiers needs 'orders' and 'as_of'."),
        (
            (None, "6M"),
            {},
            "tiers takes orders without a word; say the rest as lookback=…, as_of=…",
        ),
    ],
)
def test_a_call_that_cannot_be_made_says_how_it_can(given, said, sentence):
    with pytest.raises(codebook.UnknownWord, match=re.escape(sentence)):
        plain_value.tiers(*given, **said)


def test_how_fills_in_the_words_a_question_has_and_no_others():
    rows = pd.DataFrame({"nps": [10, 9, 0, 5] * 5, "customer_id": list("abcd") * 5})
    how = How(cluster="customer_id", level=0.9, currency="GBP")
    told = metrics.nps(rows, how=how)
    assert told.frame["level"].iloc[0] == 0.9
    assert metrics.nps(rows, how=how, level=0.8).frame["level"].iloc[0] == 0.8
    assert "answers of one customer taken together" in told.base


def test_an_answer_passes_over_what_is_absent():
    one = results.Result("n", pd.DataFrame({"n": [3]}), "Three.", "Counted.", "All.")
    assert results.answer(NOBODY, one).results == (one,)
    assert results.answer(NOBODY) is NOBODY


def test_every_room_error_about_data_is_unanswerable():
    from cxlab import churn, drivers, events, retention, weighting

    errors = (churn.ChurnError, drivers.DriverError, events.EventsError, retention.SpellError)
    errors += (retention.FitError, retention.OrdersError, MetricsError, weighting.WeightingError)
    assert all(issubclass(error, Unanswerable) for error in errors)


# ---------------------------------------------------------------- on the page


def _md(text):
    return {"cell_type": "markdown", "source": text}


def _out(*said):
    data = [{ABSENCE: one.to_dict(), "text/html": "x"} if isinstance(one, Absence)
            else {"text/html": one} for one in said]  # fmt: skip
    outputs = [{"output_type": "display_data", "data": each} for each in data]
    return {"cell_type": "code", "source": "", "outputs": outputs}


def _page(*cells):
    return export.page({"cells": [_md("# T?"), *cells]}, study="S").partition("<main>")[2]


def test_a_section_with_nothing_to_tell_leaves_the_page_and_is_told_at_its_end():
    body = _page(_md("## Gone\n\nOf the gone."), _out(NOBODY), _md("## Here"), _out("<p>yes</p>"))
    assert "Of the gone." not in body
    end = body.partition("Not on this page")[2]
    assert "Gone" in end
    assert "Nobody has left. It needs customers who left." in end
    assert "Here" not in end


def test_a_section_of_which_a_part_is_absent_stays_with_what_it_has():
    cells = (_md("## Half\n\nWords."), _out(NOBODY), _md("More words."), _out("<p>yes</p>"))
    body = _page(*cells)
    assert "Words." in body
    assert "Part of “Half”" in body
    assert "More words." not in _page(*cells[:3], _out(NOBODY), _md("## On"), _out("<p>1</p>"))


def test_the_prose_of_a_heading_goes_where_only_what_stands_straight_below_is_absent():
    inner = (_md("### Inner"), _out("<p>yes</p>"))
    body = _page(_md("## Outer\n\nOf the curve."), _out(NOBODY), *inner)
    assert ">Outer</h2>" in body
    assert "Of the curve." not in body
    assert "Part of “Outer”" in body


def test_a_subsection_goes_alone_and_a_section_with_all_its_own():
    inner = (_md("### Inner"), _out(NOBODY))
    assert "<h3>Inner" not in _page(_md("## Outer"), _out("<p>yes</p>"), *inner)
    assert ">Outer</h2>" in _page(_md("## Outer"), _out("<p>yes</p>"), *inner)
    assert ">Outer</h2>" not in _page(
        _md("## Outer\n\nWhy."), *inner, _md("## On"), _out("<p>1</p>")
    )


def test_a_page_whose_answer_is_absent_is_not_made():
    asked = [_md("## The answer"), _out(NOBODY), _md("## More"), _out("<p>yes</p>")]
    assert export.unanswered(asked)["why"] == "Nobody has left."
    told = [*asked[:2], _md("### Whom we asked"), _out("<p>120 customers</p>"), *asked[2:]]
    assert export.unanswered(told) is not None
    asked[1] = _out("<p>there</p>")
    assert export.unanswered(asked) is None


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_cells_are_questions(path: Path):
    """No cell branches, guards, or cuts a frame, nor is it long: what is missing is a value."""
    forbidden = (ast.If, ast.IfExp, ast.Lambda, ast.Try, ast.For, ast.While, ast.Slice)
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            nodes = list(ast.walk(ast.parse(source)))
            assert not any(isinstance(node, forbidden) for node in nodes), source
            assert "isinstance" not in source
            listed = "parameters" in cell["metadata"].get("tags", ())
            assert listed or len([line for line in source.splitlines() if line]) <= 8, source


TAKEN = {"weight", "cluster", "level", "smallest"}


def _rooms(tree: ast.Module) -> dict[str, str]:
    """Name the rooms of a notebook: what a name in it stands for."""
    found = [
        n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "cxlab.desk"
    ]
    names = {each.asname or each.name: each.name for one in found for each in one.names}
    return {name: room for name, room in names.items() if room in desk.ROOMS and room != "plots"}


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_every_question_of_a_page_gets_its_words_from_the_study(path: Path):
    """Who asks without `how` forgets a weight or a cluster: ten people pass for sixty."""
    cells = [c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
    tree = ast.parse("\n".join("".join(cell["source"]) for cell in cells))
    rooms, nodes = _rooms(tree), list(ast.walk(tree))
    made = [n for n in nodes if isinstance(n, ast.Assign) and isinstance(n.value, ast.Dict)]
    held = {n.targets[0].id for n in made if "'how'" in ast.unparse(n.value)}
    for call in (n for n in nodes if isinstance(n, ast.Call)):
        room, _, name = ast.unparse(call.func).partition(".")
        question = getattr(getattr(desk, rooms.get(room, "results")), name, None)
        if room in rooms and inspect.isfunction(question):
            words = {k.arg or ast.unparse(k.value) for k in call.keywords}
            has = TAKEN & set(inspect.signature(question).parameters)
            assert not has or words & {"how", *held}, ast.unparse(call)
            assert not has & words, f"{ast.unparse(call)}: how says it"


def test_a_cluster_is_handed_on_only_where_somebody_is_there_twice():
    how = How(cluster="customer_id")
    once = pd.DataFrame({"nps": [10, 9, 0, 5] * 5, "customer_id": range(20)})
    assert "together" not in metrics.nps(once, how=how).base
    assert "together" in metrics.nps(once.assign(customer_id=list(range(10)) * 2), how=how).base
