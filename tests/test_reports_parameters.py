"""What the parameters cell declares is what the notebook gets, by every road, or a refusal."""

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxlab.reports import notebooks, values
from tests import desk

CELL = """text: str = ""  # text
count: int = 0  # a number
ratio: float = 0.5  # a number
flag: bool = False  # yes or no
brackets: tuple = (0, 1)  # two ends
several: list = []  # a list
named: dict = {}  # names
nothing: None = None  # nothing"""
GIVEN: dict[str, Any] = {
    "text": 'it\'s "a" \\ back\\slash\n{count} $x$ 2025_01 \u2028 日本 😀 # no comment',
    "count": -(10**30),
    "ratio": 1e-300,
    "flag": True,
    "brackets": (0, (2, "a'b")),
    "several": [[1, None], {"a": (True,)}, "x"],
    "named": {"a b": [1.5], "c'\"": None},
    "nothing": None,
}
LOOK = "print(repr((text, count, ratio, flag, brackets, several, named, nothing)))"


def told(out: Path) -> str:
    cells = json.loads(next(out.glob("10_kinds/*.ipynb")).read_text())["cells"]
    return "".join("".join(o.get("text", "")) for c in cells for o in c.get("outputs", ()))


def run(folder: Path, **engine: Any) -> str:
    desk.notebook(folder / "notebooks", "10_kinds", LOOK, parameters=CELL)
    jobs = desk.planned(folder / "notebooks", given=GIVEN)
    runs = desk.pressed(jobs, folder / "out", **engine)
    assert [(entry.state, entry.error) for entry in runs] == [("done", "")]
    return told(folder / "out")


@pytest.mark.parametrize("kind", ["warm", "plain"])
def test_every_kind_arrives_as_it_is(tmp_path, kind):
    assert run(tmp_path, kind=kind).strip() == repr(tuple(GIVEN.values()))
    made = json.loads(next((tmp_path / "out").glob("10_kinds/*.ipynb")).read_text())
    assert made["metadata"]["language_info"] == {"name": "python"}  # whichever engine


@pytest.mark.parametrize(
    ("value", "default", "wanted"),
    [
        ("(0, 2)", (1, 1), (0, 2)),
        ([0, 2], (1, 1), (0, 2)),
        ((0, 2), [1], [0, 2]),
        ("[1, 'a']", [], [1, "a"]),
        ("{'a': 1}", {}, {"a": 1}),
        ("2025_01", "", "2025_01"),
        ("007", "", "007"),
        ("None", None, None),
        ("1", 1.5, 1.0),
        ("1e3", 1.5, 1000.0),
        (np.int64(3), 1, 3),
        (np.float64(0.5), 1.0, 0.5),
        (np.float32(0.5), 1.0, 0.5),
        (np.bool_(True), False, True),
        (np.str_("a"), "", "a"),
        (np.array(4), 1, 4),
        ([np.int64(3)], [1], [3]),
        (datetime.date(2025, 6, 30), "", "2025-06-30"),
        (Path("a") / "b", "", str(Path("a") / "b")),
    ],
)
def test_a_value_is_given_the_declared_kind(value, default, wanted):
    found = values.as_declared(value, default)
    assert (found, type(found)) == (wanted, type(wanted))


@pytest.mark.parametrize(
    ("value", "default"),
    [
        ("2025_01", 1),
        ("[2025_01]", [1]),
        ("1_0.5", 1.0),
        ("True", 1),
        (True, 1.0),
        (1, False),
        (2025, ""),
        ("2.0", 1),
        (float("inf"), 1.0),
        ("nan", 1.0),
        ("1e999", 1.0),
        (10**400, 1.0),
        (2**53 + 1, 1.0),
        ([float("nan")], []),
        ({1: "a"}, {}),
        ([{1, 2}], []),
        ({1}, {2}),
        (b"a", ""),
        ("\udcff", ""),
        (3, None),
        (np.array([1, 2]), [1]),
        (None, ""),
        ("[" * 5000, []),
    ],
)
def test_what_would_arrive_as_something_else_is_refused(value, default):
    with pytest.raises(values.Unfit):
        values.as_declared(value, default)


def test_a_refusal_names_the_parameter_and_what_it_takes(tmp_path):
    book = notebooks.read(desk.notebook(tmp_path, "10_kinds", parameters=CELL))
    with pytest.raises(notebooks.PlanError) as refused:
        notebooks.checked(book, {"brackets": "2025_01"})
    assert str(refused.value) == (
        "10_kinds.ipynb: parameter 'brackets' must be a list in round brackets, not '2025_01'."
    )
