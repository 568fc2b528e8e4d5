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


def executed(folder: Path, manifest: Mapping[str, Any], *, curve: Draw | None = None) -> dict:
    """Read the executed notebooks of the reports for everyone, by page.

    Args:
        folder: of the run.
        manifest: of the run.
        curve: draws a survival curve, as `plots.survival` does; those that show more than
            leadership may see are then drawn anew without the rest.
    """
    smallest, out = manifest.get("fewest", {}).get("leadership", 0), {}
    for report in manifest["reports"]:
        path = folder / (report["file"] or ".")
        if report["part"] == "everyone" and report["state"] in MADE and path.is_file():
            notebook = json.loads(path.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                for output in cell.get("outputs", ()):
                    if curve is not None:
                        output.get("data", {}).update(_held(output, smallest, curve))
            out[report["page"]] = notebook
    return out


def _held(output: Mapping[str, Any], smallest: int, curve: Draw) -> dict[str, Any]:
    """Draw a survival curve without what is held back from an audience, where there is any."""
    told = output.get("data", {}).get(MIME)
    if not isinstance(told, dict) or "at_risk" not in told["frame"]["columns"]:
        return {}
    seen = export.held(told, smallest=smallest)
    if seen == told or not told.get("alt"):
        return {}
    left = Result.from_dict(seen)
    left = replace(left, frame=left.frame[left.frame["estimate"].notna()])
    return curve(left)._repr_mimebundle_() if len(left.frame) else {}
