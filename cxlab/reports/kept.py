"""What a run drew, as leadership may see it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxlab import export
from cxlab.reports.changes import MADE
from cxlab.results import MIME, Result

Draw = Callable[[Result], Any]  # gives what a notebook displays


def executed(
    folder: Path, manifest: Mapping[str, Any], *, curves: Mapping[str, Draw] | None = None
) -> dict[str, Any]:
    """Read the executed notebooks of the reports for everyone, by page.

    Args:
        folder: of the run.
        manifest: of the run.
        curves: beginning of a finding's name -> what draws it; those that show more than
            leadership may see are then drawn anew without the rest.
    """
    smallest, out = manifest.get("fewest", {}).get("leadership", 0), {}
    for report in manifest["reports"]:
        path = folder / (report["file"] or ".")
        if report["part"] == "everyone" and report["state"] in MADE and path.is_file():
            notebook = json.loads(path.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                for output in cell.get("outputs", ()):
                    output.get("data", {}).update(_held(output, smallest, curves or {}))
            out[report["page"]] = notebook
    return out


def _held(output: Mapping[str, Any], smallest: int, curves: Mapping[str, Draw]) -> dict[str, Any]:
    """Draw a curve without what is held back from an audience, where there is any."""
    told = output.get("data", {}).get(MIME)
    if not isinstance(told, dict) or not told.get("alt"):
        return {}
    draw = next((draw for name, draw in curves.items() if told["name"].startswith(name)), None)
    seen = export.held(told, smallest=smallest)
    if draw is None or seen == told:
        return {}
    left = Result.from_dict(seen)
    left = replace(left, frame=left.frame[left.frame["estimate"].notna()])
    return draw(left)._repr_mimebundle_() if len(left.frame) else {}
