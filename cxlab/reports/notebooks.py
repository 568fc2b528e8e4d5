"""What a report notebook says of itself: its title, what it needs, its parameters."""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlab.codebook import Refusal, did_you_mean
from cxlab.reports.values import Unfit, as_declared

SCOPES = {"study": (), "segment": ("segment", "value"), "part": ("segment", "value", "period")}
FINDINGS_FILE = "findings_file"  # a notebook with this parameter is made of the others' findings


class PlanError(Refusal):
    """A run is refused before it starts."""


class RunError(PlanError):
    """A run that was at work cannot go on; what it finished is kept."""

    status = 1


@dataclass(frozen=True)
class Notebook:
    """A report notebook, as far as the press must know it.

    Attributes:
        path: the file.
        question: its title.
        needs: tables of the study without which it cannot be made.
        reading_order: place in the list of what to read first.
        parameters: name -> default value, from the cell tagged `parameters`.
        scope: what it reads of the study: `part`, its own part alone; `segment`, its segment in
            all periods; `study`, anything.
        rooms: parts of cxlab it opens, so that they are open before it starts.
    """

    path: Path
    question: str
    needs: tuple[str, ...]
    reading_order: int
    parameters: dict[str, Any]
    scope: str = "study"
    rooms: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name the notebook as a command line does."""
        return self.path.stem

    @property
    def composes(self) -> bool:
        """Whether it is made of the findings of the other reports, and so comes last."""
        return FINDINGS_FILE in self.parameters


def read(path: Path) -> Notebook:
    """Read a notebook's title, needs and typed parameters.

    Raises:
        PlanError: not a notebook, no parameters cell, a parameter that is no literal, or a
            scope that is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = content["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise PlanError(f"{path.name}: not a notebook ({error}).") from None
    prose = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    title = re.search(r"^#\s+(.+)$", "\n".join(prose), re.MULTILINE)
    tagged = [c for c in cells if "parameters" in c.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise PlanError(
            f"{path.name}: one cell must carry the tag 'parameters', not {len(tagged)}."
        )
    said = content.get("metadata", {}).get("cxlab", {})
    scope = str(said.get("scope", "study"))
    if scope not in SCOPES:
        raise PlanError(f"{path.name}: '{scope}' is no scope.{did_you_mean(scope, SCOPES)}")
    return Notebook(
        path=path,
        question=title[1].strip() if title else path.stem,
        needs=tuple(said.get("needs", ())),
        reading_order=int(said.get("reading_order", 99)),
        parameters=_literals("".join(tagged[0]["source"]), path.name),
        scope=scope,
        rooms=_rooms(cells),
    )


def _rooms(cells: list[dict[str, Any]]) -> tuple[str, ...]:
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    lists = re.findall(r"^from cxlab(?:\.desk)? import ([\w, ]+)", code, re.MULTILINE)
    return tuple(sorted({room.split()[0] for names in lists for room in names.split(",")}))


def checked(notebook: Notebook, given: dict[str, Any]) -> dict[str, Any]:
    """Hold parameters against the notebook's own; text from a command line is converted.

    Raises:
        PlanError: an unknown name, or a value of another type than the default's.
    """
    out = {}
    for name, value in given.items():
        if name not in notebook.parameters:
            near = did_you_mean(name, notebook.parameters)
            raise PlanError(f"{notebook.path.name} has no parameter '{name}'.{near}")
        out[name] = _typed(name, value, notebook.parameters[name], notebook.path.name)
    return out


def _literals(source: str, name: str) -> dict[str, Any]:
    try:
        lines = ast.parse(source).body
    except SyntaxError as error:
        raise PlanError(f"{name}: the parameters cell is not Python ({error.msg}).") from None
    found = {}
    for line in lines:
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        if not isinstance(line, ast.Assign | ast.AnnAssign) or not isinstance(target, ast.Name):
            raise PlanError(f"{name}: the parameters cell may hold only 'name = literal'.")
        try:
            found[target.id] = ast.literal_eval(line.value)  # type: ignore[arg-type]
        except (ValueError, TypeError):
            raise PlanError(f"{name}: parameter '{target.id}' is not a literal.") from None
    return found


def _typed(name: str, value: Any, default: Any, notebook: str) -> Any:
    try:
        value = as_declared(value, default)
    except Unfit as wanted:
        said = f"{notebook}: parameter '{name}' must be {wanted}, not {value!r:.200}."
        raise PlanError(said) from None
    if name == "level" and not 0 < value < 1:
        near = f" Did you mean {value / 100:g}?" if 1 < value < 100 else ""
        said = f"{notebook}: parameter 'level' must lie between 0 and 1, not {value!r}.{near}"
        raise PlanError(said)
    return value
