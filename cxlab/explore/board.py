"""A pin board: views kept beside the study, which become a notebook, a page and slides."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cxlab.codebook import Refusal
from cxlab.explore.views import NAMED, State, code
from cxlab.study import Study

FOLDER, BOARD, NOTEBOOK = "explored", "pins.json", "80_explored.ipynb"
PICTURES = {"distribution": "distribution", "drivers": "importance", "groups": "forest",
            "later": "forest", "question": "topline", "trend": "trend"}  # fmt: skip


@dataclass(frozen=True)
class Pin:
    """A view that was kept.

    Attributes:
        view: its name.
        chips: column -> value, as chosen.
        by: the column whose groups it compares.
        question: the question it tabulates.
        level: confidence level of what stands alone.
        level_groups: the same of groups.
        said: its sentence when it was kept.
        content: names the exports it was made from.
    """

    view: str
    chips: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    question: str = ""
    level: float = 0.95
    level_groups: float = 0.95
    said: str = ""
    content: dict[str, str] = field(default_factory=dict)


def read(folder: Path) -> list[Pin]:
    """Give the pins kept beside a study; none where there is no board.

    Raises:
        Refusal: the board cannot be read.
    """
    path = folder / FOLDER / BOARD
    if not path.exists():
        return []
    try:
        return [Pin(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError) as error:
        raise Refusal(
            f"{FOLDER}/{BOARD} is no board of pins ({type(error).__name__}). Move it away to begin "
            "a new one.",
            file=BOARD,
        ) from None


def write(folder: Path, pins: Sequence[Pin]) -> None:
    """Keep pins beside a study, all or nothing.

    Raises:
        Refusal: the folder cannot be written.
    """
    _put(folder, BOARD, json.dumps([asdict(pin) for pin in pins], indent=1, ensure_ascii=False))


def notebook(study: Study, pins: Sequence[Pin], *, file: str = "study.yaml") -> Path:
    """Write the pins as a notebook like those of the reports, beside the study.

    Args:
        study: the study.
        pins: what was kept.
        file: name of the study file, in the study's folder.

    Returns:
        The notebook's path; `cxlab run STUDY --notebooks explored` makes its page.

    Raises:
        Refusal: there is no pin, or the folder cannot be written.
    """
    if not pins:
        raise Refusal("There is no pin yet: pin a view first.")
    cells = [
        new_markdown_cell("# What was found in exploring?\n\nViews pinned while looking around, "
                          "asked again of the data as they are now. Intervals allow for the "
                          "comparisons that were looked at before each was pinned."),
        new_code_cell(f'study_file: str = {f"../{file}"!r}  # the study',
                      metadata={"tags": ["parameters"]}),
        new_code_cell("from cxlab import explore\n"
                      "from cxlab.desk import drivers, metrics, plots, questions, results, study\n"
                      "whole = study.load(study_file)"),
        new_markdown_cell("## The answer"),
        *_cells(study, pins[0], first=True),
    ]  # fmt: skip
    for place, pin in enumerate(pins[1:], start=2):
        cells += [new_markdown_cell(f"## Pin {place}"), *_cells(study, pin)]
    made = new_notebook(cells=cells, metadata={
        "cxlab": {"needs": ["scores"], "reading_order": 8, "scope": "study"},
        "kernelspec": {"display_name": "cxlab", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    })  # fmt: skip
    for place, each in enumerate(made.cells):
        each.id = f"c{place:02d}"
    return _put(study.mapping.folder, NOTEBOOK, nbformat.writes(made) + "\n")


def _cells(study: Study, pin: Pin, *, first: bool = False) -> list[Any]:
    state = State(
        study, pin.chips, pin.by, pin.question, level=pin.level, level_groups=pin.level_groups
    )
    lines = code(NAMED[pin.view], state).splitlines()
    lines = [line for line in lines if line and not line.startswith(("from ", "whole = "))]
    if pin.chips:
        lines[-1:] = [f"told = {lines[-1]}", f"explore.about(told, **{dict(pin.chips)!r})"]
    if first:
        lines[-1] = f"results.answer({lines[-1]})"
    elif pin.view in PICTURES:
        lines[-1] = f"plots.show(plots.{PICTURES[pin.view]}({lines[-1]}))"
    chosen = "; ".join(f"{name}: {each}" for name, each in pin.chips.items()) or "everyone"
    note = f"results.note({'Chosen: ' + chosen + '.'!r})"
    cells = [new_code_cell(note), new_code_cell("\n".join(lines))]
    return cells[::-1] if first else cells


def _put(folder: Path, name: str, text: str) -> Path:
    path = folder / FOLDER / name
    try:
        path.parent.mkdir(exist_ok=True)
        staged = path.with_suffix(".part")
        staged.write_text(text, encoding="utf-8")
        os.replace(staged, path)
    except OSError as error:
        raise Refusal(
            f"{FOLDER}/{name} cannot be written beside the study ({error.strerror}). Copy the "
            "study file to a folder of your own to pin views."
        ) from None
    return path
