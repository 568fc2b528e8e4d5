"""The first minute in Python: a light door, a card, Tab, and refusals without a traceback."""

import subprocess
import sys

import pytest

import cxlab
from cxlab import shell, study
from cxlab.results import Unanswerable
from tests.conftest import ROOT
from tests.small import load

ANSWERS = "id,on,nps,region\n" + "".join(
    f"r{at},2025-03-{1 + at % 28:02d},{at % 11},{'North' if at % 2 else 'South'}\n"
    for at in range(60)
)
SAID = {"columns": {"response_id": "id", "answered_at": "on", "nps": "nps"}, "segments": ["region"]}


@pytest.fixture
def small(tmp_path):
    return load(tmp_path, ANSWERS, **SAID)


def test_opening_the_package_or_its_help_opens_no_room():
    asked = (
        "import sys, cxlab, cxlab.cli; print([m for m in ('pandas', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_help_opens_no_room():
    asked = "import sys; from cxlab.cli import main; sys.argv = ['cxlab', 'check', '--help']\n"
    asked += "try: main()\nexcept SystemExit: print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip().endswith("False")


def test_the_card_says_what_is_held_asked_and_missing_in_fifteen_lines(small):
    card = repr(small)
    assert len(card.splitlines()) <= 15
    assert "60 responses" in card
    assert 'metrics.nps(k.responses, by="region")' in card
    assert "drivers: needs ratings" in card
    assert len(repr(small)) < 1500


ROWS = "id,who,on,what,stars\n" + "".join(
    f"o{at},c{at % 20},2025-{1 + at % 12:02d}-{1 + at % 28:02d} 10:00,w{at % 3},{1 + at % 5}\n"
    for at in range(200)
)


def calls(opened):
    """Make the calls of a card, as they stand on it."""
    told = study.card.lines(opened)
    names = {"k": opened}
    exec(next(said for word, said in told if word == "first"), names)
    made = []
    for said in (said for word, said in told if word == "try"):
        try:
            made.append(type(eval(said, names)).__name__)
        except Unanswerable as few:
            made.append(str(few))
    return made


def test_the_calls_on_the_card_can_be_made(sample):
    assert calls(study.load(sample)) == ["Result", "Result", "Case"]


ONLY = {
    "orders": {"order_id": "id", "customer_id": "who", "ordered_at": "on", "amount": "stars"},
    "interactions": {"interaction_id": "id", "customer_id": "who", "opened_at": "on"},
    "visits": {"visitor_id": "who", "at": "on", "event": "what"},
    "reviews": {"review_id": "id", "posted_at": "on", "text": "what", "rating": "stars"},
}


@pytest.mark.parametrize("table", ONLY)
def test_a_study_of_one_table_has_a_call_to_try(tmp_path, table):
    opened = load(tmp_path, ROWS, table=table, columns=ONLY[table])
    assert "Result" in calls(opened)
    assert len(repr(opened).splitlines()) <= 15


@pytest.mark.parametrize("room", cxlab.ROOMS)
def test_every_room_is_there_when_the_package_is(room):
    assert getattr(cxlab, room)


def test_segments_and_their_values_are_completed(small):
    assert small._ipython_key_completions_() == ["region"]
    assert small["region"]._ipython_key_completions_() == ["North", "South"]
    assert len(small["region"]["North"].responses) == 30
    with pytest.raises(study.StudyError, match="Did you mean 'region'"):
        small["regoin"]


def test_a_name_that_a_study_does_not_have_is_answered_with_the_nearest(small):
    with pytest.raises(study.StudyError, match="Did you mean 'responses'"):
        _ = small.respones
    assert not hasattr(small, "colour")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("k['re", ["region"]),
        ("k['region']['S", ["South"]),
        ("k.part(segment='region',\n    value='N", ["North"]),
        ('it = "it\'s"\nmetrics.compare(k.responses, by="reg', ["region"]),
        ("drivers.fit(k.responses, outcome='nps', drivers=['response', 'np", ["nps"]),
        ("metrics.csat(k.responses, method='", []),
        ("print('", []),
        ("open(k.part(segment='region')['", []),
    ],
)
def test_tab_inside_quotes_offers_what_the_study_holds(small, typed, offered):
    assert shell.names_for(typed, {"k": small})[1] == offered


def test_text_of_an_export_stays_text_on_the_card(tmp_path):
    shown = load(tmp_path, ANSWERS, whole={"study": "<b>S</b>"}, **SAID)._repr_mimebundle_()
    assert "&lt;b&gt;S&lt;/b&gt;" in shown["text/html"]


IN_IPYTHON = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="NoColor")
shell.run_cell("import cxlab; from cxlab.desk import metrics, study")
shell.run_cell("study.load('nowhere.yaml')")
print("=====")
shell.run_cell("%tb")
print("=====")
shell.run_cell("1 / 0")
print("=====")
shell.run_cell("rows = __import__('pandas').DataFrame({'plan': []})")
from IPython.core.completer import provisionalcompleter
with provisionalcompleter():
    print([each.text for each in shell.Completer.completions("metrics.nps(rows, by='p", 23)])
"""


def test_in_ipython_a_refusal_is_its_sentence_and_a_fault_its_traceback():
    done = subprocess.run(
        [sys.executable, "-c", IN_IPYTHON], capture_output=True, text=True, cwd=ROOT
    )
    refused, asked_for, fault, tab = done.stdout.split("=====")
    assert "nowhere.yaml" in refused
    assert "Traceback" not in refused
    assert len(refused.strip().splitlines()) == 1
    assert "Traceback" in asked_for
    assert "ZeroDivisionError" in fault
    assert "Traceback" in fault
    assert tab.strip() == "['plan']"
