"""Which cells of an executed notebook have something to tell, and what was left out."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxlab.results import ABSENCE, MIME

Cell = Mapping[str, Any]


def telling(cells: Sequence[Cell]) -> list[Cell]:
    """Leave out what is absent, and every heading and paragraph that speaks of nothing else.

    A heading speaks of the cells down to the next of its rank, a paragraph of those down to the
    next prose. Either goes where none of these cells shows anything and one is absent; a heading
    that stands alone goes where code below it showed nothing at all. Prose written in the cell of a
    heading speaks of what stands below it before the next heading, and goes by itself where only
    that is absent.

    Args:
        cells: the cells of an executed notebook.
    """
    kept = []
    for at, cell in enumerate(cells):
        below = [one for one in _below(cells, at) if one["cell_type"] == "code"]
        if cell["cell_type"] == "code":
            if not (absences([cell]) and not _speaks(cell)):
                kept.append(cell)
        elif any(_speaks(one) for one in below) or not (absences(below) or _bare(cell, below)):
            straight = _straight_below(cells, at) if _heading(cell)[0] else ()
            alone = absences(straight) and not any(_speaks(one) for one in straight)
            kept.append({**cell, "source": _heading_line(cell)} if alone else cell)
    return kept


_IMAGE = re.compile(r'src="data:image/png;base64,([^"]*)"')


def exhibits(output: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Give what an output shows, each finding with its picture in base64, if it has one.

    Args:
        output: of a cell; a gallery holds several findings and draws each in its markup. An
            answer, which is told by what stands below it, is no exhibit.
    """
    data = output.get("data", {})
    told = data.get(MIME)
    if isinstance(told, dict):
        yield told, "".join("".join(data.get("image/png", "")).split())
    elif isinstance(told, list):
        images = _IMAGE.findall("".join(data.get("text/html", "")))
        yield from zip(told, images, strict=True) if len(images) == len(told) else ()


def absences(cells: Sequence[Cell]) -> list[dict[str, str]]:
    """Collect what cells say is absent, in order, each with the heading it stands under."""
    found, heading = [], ""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            heading = _heading(cell)[1] or heading
        for output in cell.get("outputs", ()):
            if gone := output.get("data", {}).get(ABSENCE):
                found.append({**gone, "heading": heading})
    return found


def unanswered(cells: Sequence[Cell]) -> dict[str, str] | None:
    """Give the absence that stands straight below the heading of the answer, or nothing."""
    for at, cell in enumerate(cells):
        if cell["cell_type"] == "markdown" and re.match("The answer", _heading(cell)[1]):
            gone = absences(straight := _straight_below(cells, at))
            return gone[0] if gone and not any(_speaks(one) for one in straight) else None
    return None


def left_out(cells: Sequence[Cell]) -> list[tuple[str, str]]:
    """Say what is not on the page: the sections, and why with what would supply them."""
    here = {_heading(cell)[1] for cell in telling(cells)}
    why: dict[str, list[str]] = {}
    for gone in absences(cells):
        said = gone["why"] + (f" It needs {gone['needs']}." if gone["needs"] else "")
        heading = gone["heading"]
        section = f"Part of “{heading}”" if heading in here else heading
        why.setdefault(said, []).append(section)
    return [("; ".join(dict.fromkeys(sections)), said) for said, sections in why.items()]


def _below(cells: Sequence[Cell], at: int) -> Iterator[Cell]:
    """Go through what a cell of prose speaks of."""
    rank = _heading(cells[at])[0]
    for cell in cells[at + 1 :]:
        if cell["cell_type"] == "markdown" and (not rank or 0 < _heading(cell)[0] <= rank):
            return
        yield cell


def _straight_below(cells: Sequence[Cell], at: int) -> list[Cell]:
    """Give the code between a heading and the next one, of whatever rank."""
    own = itertools.takewhile(lambda one: not _heading(one)[0], cells[at + 1 :])
    return [one for one in own if one["cell_type"] == "code"]


def _heading_line(cell: Cell) -> str:
    return "".join(cell["source"]).strip().partition("\n")[0]


def _heading(cell: Cell) -> tuple[int, str]:
    """Give rank and text of the heading a cell of prose begins with; 0 if with none."""
    found = re.match(r"\s*(#+)\s+([^\n]+)", "".join(cell["source"]))
    is_prose = cell["cell_type"] == "markdown"
    return (len(found[1]), found[2].strip()) if found and is_prose else (0, "")


def _bare(cell: Cell, below: Sequence[Cell]) -> bool:
    """Whether a heading stands alone above code that showed nothing."""
    return bool(below) and bool(re.fullmatch(r"\s*#+\s[^\n]+\s*", "".join(cell["source"])))


def _speaks(cell: Cell) -> bool:
    return any(_says(output) for output in cell.get("outputs", ()))


def _says(output: Mapping[str, Any]) -> bool:
    if output["output_type"] == "stream":
        return output.get("name") == "stdout" and bool("".join(output["text"]).strip())
    if output["output_type"] == "error":
        return True
    data = output.get("data", {})
    said = ("".join(data.get(kind, "")) for kind in ("text/html", "image/png", "text/plain"))
    return ABSENCE not in data and any(one.strip() for one in said)
