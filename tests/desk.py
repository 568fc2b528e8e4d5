"""A small desk for tests of the press: notebooks of a few lines, and one run of them all."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from cxlab import reports

PARAMETERS = """study_file: str = ""  # the study
segment: str = ""  # a segment column
value: str = ""  # its value
level: float = 0.95  # confidence level"""

SCORE = """import pandas as pd
from cxlab import plots, results
words = {"term": "nps", "group": [value or "all", "others"], "estimate": [40.0, 30.0]}
words |= {"conf_low": [35.0, 22.0], "conf_high": [45.0, 38.0], "n": [200, 180]}
frame = pd.DataFrame(words)
said = f"Customers of {value or 'the whole company'} score 40.0 (35.0 to 45.0)."
base = f"200 answers, {value}."
one = results.Result("nps", frame.head(1), said, "By hand.", base, (), "points")
two = results.Result("by region", frame, "Nothing stands apart.", "By hand.", base, (value,))"""
SHOWN = ["results.answer(one)", "plots.show(plots.forest(two))", "print(value)"]

# names that have broken files, pages, pictures, spreadsheets and shells
NASTY = [
    "../../x",
    "<b>North</b><script>alert(1)</script>",
    "$a$ and $b",
    "CON",
    "north",
    "North",
    "=1+1",
    "x" * 300,
    "North\u202e\x07 line",
]
FACTS = {"study": "Small & <Co>", "as_of": "2025-12-31", "rows": {"responses": 380}}


def notebook(
    folder: Path, name: str, *cells: str, parameters: str | None = PARAMETERS, **said: Any
) -> Path:
    """Write a notebook of a title, a parameters cell and some code cells."""
    title = said.pop("title", f"What is {name}?")
    content = [{"cell_type": "markdown", "metadata": {}, "source": f"# {title}\n\n## The answer"}]
    if parameters is not None:
        content.append(_code(parameters, tags=["parameters"]))
    content += [_code(cell) for cell in cells]
    spec = {"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}}
    metadata = {**({} if said.pop("bare", False) else spec), "cxlab": said}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    whole = {"cells": content, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def _code(source: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [],
            "execution_count": None}  # fmt: skip


def planned(folder: Path, *values: str, **words: Any) -> list[reports.Job]:
    """Plan the notebooks of a folder for everyone and for some values of a region."""
    parts = [{}, *({"segment": "region", "value": value} for value in values)]
    given = {"study_file": Path("study.yaml"), "parts": parts, "tables": ["responses"], **words}
    return reports.plan(folder, **given)


def pressed(
    jobs: list[reports.Job], out: Path, *, data: Any = "data", force: bool = False, **engine: Any
) -> list[reports.Run]:
    """Run a plan."""
    how = reports.Engine(**{"workers": 2, "limit": 60, **engine})
    return reports.run(jobs, out, study=FACTS, data=data, engine=how, force=force)


@cache
def nasty_run(base: Path) -> tuple[Path, list[reports.Run]]:
    """One run for all tests: nasty names, a failure, and a notebook that cannot be made."""
    desk, out = base / "notebooks", base / "out"
    notebook(desk, "10_score", SCORE, *SHOWN, reading_order=1)
    notebook(desk, "20_broken", "1 / 0", title="Does this break?", reading_order=2)
    notebook(desk, "30_orders", "1", needs=["orders"])
    jobs = planned(desk, *NASTY)
    keep = [job for job in jobs if job.notebook.name != "20_broken" or job.part == "everyone"]
    return out, pressed(keep, out)
