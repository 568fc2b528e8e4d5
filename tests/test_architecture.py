"""The laws of the house: imports go down, answers know no pictures, the press no statistics."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

import cxlab
import cxlab.desk
from cxlab import codebook
from tests.conftest import ROOT

PACKAGE = ROOT / "cxlab"
FLOORS = {
    1: {"codebook", "results", "marks"},
    2: {
        "stats",
        "weighting",
        "events",
        "plots",
        "ingest",
        "cleaning",
        "export",
        "sample",
        "lifetimes",
        "shell",
        "questionnaire",
    },
    3: {"metrics", "drivers", "churn", "retention", "value", "missing", "voice", "journey"}
    | {"recovery", "claims", "questions"}
    | {"study", "reports"},
    4: {"drafting", "desk"},
    5: {"explore"},
    6: {"cli"},
}
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
# rooms of one floor that may look at a neighbour, and why (ARCHITECTURE.md says more)
NEIGHBOURS = {
    ("results", "codebook"),
    ("lifetimes", "stats"),
    ("lifetimes", "events"),
    ("weighting", "stats"),
}
FILES = sorted(PACKAGE.rglob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cxlab":
            parts = (node.module or "").split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("cxlab.")}
    return {room for room in found if room in FLOOR}


def test_every_room_stands_on_a_floor():
    rooms = {_room(path) for path in FILES} - {"__init__"}
    assert rooms <= set(FLOOR), rooms - set(FLOOR)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_down_never_sideways_or_up(path):
    room = _room(path)
    if room == "__init__":
        return
    for other in _imported_rooms(path) - {room}:
        down = FLOOR[other] < FLOOR[room]
        assert down or (room, other) in NEIGHBOURS, f"{room} imports {other}"


def test_answers_know_no_pictures():
    names = {name.lower() for name in dir(cxlab.results.Result)}
    assert not any("plot" in name or "draw" in name for name in names)


def test_pictures_see_only_answers():
    for path in (PACKAGE / "plots").rglob("*.py"):
        assert _imported_rooms(path) <= {"plots", "results", "codebook"}, path.name


def test_the_press_knows_no_statistics():
    for folder in ("reports", "export"):
        for path in (PACKAGE / folder).rglob("*.py"):
            assert _imported_rooms(path) <= {"reports", "export", "results", "codebook", "marks"}, (
                path.name
            )


def test_analyses_read_no_clock_and_no_network():
    forbidden = re.compile(
        r"datetime\.now|Timestamp\.now|date\.today|Timestamp\.today|time\.time\(|urllib|requests\b|"
        r"socket\b|os\.environ"
    )
    rooms = FLOORS[1] | FLOORS[2] | FLOORS[3] - {"reports"}
    for path in (path for path in FILES if _room(path) in rooms):
        assert not forbidden.search(path.read_text(encoding="utf-8")), path.name


def test_no_text_from_data_is_ever_evaluated():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", "") or f".{getattr(node.func, 'attr', '')}"
                where = f"{path.name}, line {node.lineno}"
                assert name not in {"eval", "exec", ".eval", ".query"}, where


def test_the_picture_of_the_house_is_true():
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for room in {_room(path) for path in FILES} - {"__init__"}:
        assert f"`{room}`" in page, f"{room} is not in ARCHITECTURE.md"


ROOMS = [room for room in cxlab.desk.ROOMS if room != "plots"]
FOLDERS = [room for room in ROOMS if room not in ("missing", "weighting")]


@pytest.mark.parametrize("room", [*FOLDERS, "explore"])
def test_the_first_screen_of_a_room_lists_its_questions_with_a_line_each(room):
    face = importlib.import_module(f"cxlab.{room}")
    listed = re.findall(r"^    (\w+)  +\S", face.__doc__, re.MULTILINE)
    asked = [name for name in face.__all__ if inspect.isfunction(getattr(face, name))]
    assert sorted(listed) == sorted(asked)


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/workings/*.py")), ids=lambda p: p.stem)
def test_what_questions_share_asks_no_question(path):
    """Workings stand below: they see each other, the room's objects, and no question."""
    room = path.parts[-3]
    seen = re.findall(rf"from cxlab\.{room}\.(?!workings)(\w+)", path.read_text("utf-8"))
    allowed = {"definition", "snapshots"} if room == "churn" else set()
    assert set(seen) <= allowed


@pytest.mark.parametrize("room", FOLDERS)
def test_a_question_takes_from_its_neighbours_only_their_questions(room):
    """What a file needs beside them lies in workings, so that it is read without the others."""
    face = set(importlib.import_module(f"cxlab.{room}").__all__)
    objects = "workings|definition|snapshots" if room == "churn" else "workings"
    for path in (ROOT / "cxlab" / room).glob("*.py"):
        text = re.sub(r"\(\n([^)]*)\)", lambda found: found[1], path.read_text("utf-8"))
        seen = re.findall(rf"from cxlab\.{room}\.(?!{objects})\w+ import (.+)", text)
        assert {name for names in seen for name in re.findall(r"\w+", names)} <= face, path.name


def _questions(room: str) -> dict:
    face = importlib.import_module(f"cxlab.{room}")
    names = getattr(face, "__all__", [name for name in vars(face) if not name.startswith("_")])
    found = {name: getattr(face, name) for name in names}
    return {k: f for k, f in found.items() if inspect.isfunction(f) and "cxlab" in f.__module__}


@pytest.mark.parametrize("room", ROOMS)
def test_the_words_of_every_question_stand_in_the_one_order(room):
    """Frames first; then what is asked, the question's own words, how it is asked."""
    for name, question in _questions(room).items():
        words = list(inspect.signature(question).parameters.values())
        named = [word.name for word in words if word.kind is word.KEYWORD_ONLY]
        assert named == codebook.placed(named), f"{room}.{name}"
        assert not any(word.kind is word.VAR_KEYWORD for word in words), f"{room}.{name}"


@pytest.mark.parametrize("room", ["metrics", "drivers", "churn", "retention"])
def test_help_tells_every_keyword_of_a_question(room):
    for name, question in _questions(room).items():
        words = inspect.signature(question).parameters.values()
        named = {word.name for word in words if word.kind is word.KEYWORD_ONLY}
        args = inspect.cleandoc(question.__doc__).partition("Returns:")[0]
        told = re.findall(r"^    (\w+(?:, \w+)*): ", args, re.M)
        assert named <= {word for words in told for word in words.split(", ")}, name


def test_no_function_takes_more_than_eight_words():
    """A command of the door apart: its options are written one by one."""
    for path in (path for path in FILES if _room(path) != "cli"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                words = [each.arg for each in node.args.args + node.args.kwonlyargs]
                assert len([w for w in words if w not in ("self", "cls")]) <= 8, node.name


@pytest.mark.parametrize("room", cxlab.desk.ROOMS)
def test_a_misspelt_word_is_refused_with_the_nearest_in_every_question(room):
    for name, question in _questions(room).items():
        words = inspect.signature(question).parameters.values()
        for word in [word.name for word in words if word.kind is word.KEYWORD_ONLY]:
            with pytest.raises(codebook.UnknownWord, match=f"{name} takes no '{word}_'.*'{word}'"):
                question(**{f"{word}_": None})


def test_absence_has_one_way():
    for path in [*FILES, *(ROOT / "notebooks").glob("*.ipynb")]:
        assert not re.search(r"\bor_why\b|churn\.tried\b", path.read_text(encoding="utf-8")), (
            path.name
        )
