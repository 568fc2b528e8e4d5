"""Make one report, in a process of its own."""

import json
import os
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from time import perf_counter
from typing import Any

from cxlab import export
from cxlab.reports.plan import EVERYONE, Job

FINDINGS, INDEX, STAGING = "findings.json", "index.html", ".staging"
KERNEL = "cxlab-this-python"
FAILED, AROUND = ".failed.ipynb", ".around.json"
LONGEST_STREAM = 1_000_000  # characters of printed text kept a cell


def make(job: Job, out: str, study: str, engine: str, smallest: int = 0) -> dict[str, Any]:
    """Execute a notebook in the staging folder, render it, and move the files to their place.

    Args:
        job: the report.
        out: output folder of the run.
        study: name of the study, for the page.
        engine: `warm` or `plain`.
        smallest: fewest people of a group that readers of the page may see.

    Returns:
        The fields of `Run` that only making the report can tell.
    """
    start = perf_counter()
    target, staged = Path(out) / job.stem, Path(out) / STAGING / job.stem
    staged.parent.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    executed = staged.with_suffix(".ipynb")
    notebook, error = _execute(job, engine)
    told: dict[str, Any] = {}
    if error:
        # a failed run shows its notebook, and never takes the place of a finished one
        if _kept(notebook, executed):
            os.replace(executed, target.with_name(target.name + FAILED))
            told["file"] = f"{job.stem}{FAILED}"
        told |= {"state": "failed", "error": error}
    else:
        told |= _publish(job, study, notebook, executed, target, smallest)
    return {**told, "seconds": round(perf_counter() - start, 2)}


def _kept(notebook: dict[str, Any], executed: Path) -> bool:
    """Write what a failed run came to, where the disk has room and something was run."""
    try:
        executed.write_text(_text(notebook), encoding="utf-8")
    except (OSError, ValueError):
        return False
    return bool(notebook)


def _text(notebook: dict[str, Any]) -> str:
    """Write a notebook as text, a cell a line: indented, it takes longer than to run it."""
    words: Any = {"ensure_ascii": False, "sort_keys": True}
    language = {"language_info": {"name": "python"}}  # a kernel adds more: every engine writes this
    notebook = {**notebook, "metadata": {**notebook.get("metadata", {}), **language}}
    cells = ",\n".join(json.dumps(cell, **words) for cell in notebook.get("cells", ()))
    rest = json.dumps({key: one for key, one in notebook.items() if key != "cells"}, **words)
    return f'{{"cells": [\n{cells}\n],\n{rest[1:]}\n'


def _publish(
    job: Job,
    study: str,
    notebook: dict[str, Any],
    executed: Path,
    target: Path,
    smallest: int,
) -> dict[str, Any]:
    """Render an executed notebook and write its three files in their place."""
    text = _text(_timeless(notebook))
    executed.write_text(text, encoding="utf-8")
    notebook = json.loads(text)
    if gone := export.unanswered(notebook["cells"]):
        return _not_made(job, executed, target, gone)
    page = export.page(
        notebook,
        study=study,
        part="" if job.part == EVERYONE else job.part,
        home=f"../{INDEX}",
        analyst=executed.name,
        smallest=smallest,
    )
    found = export.findings(notebook)
    executed.with_suffix(".html").write_text(page, encoding="utf-8")
    executed.with_suffix(".findings.json").write_text(json.dumps(found), encoding="utf-8")
    _aside(export.around(notebook), target.with_suffix(AROUND))
    for ending in (".findings.json", ".html", ".ipynb"):
        os.replace(executed.with_suffix(ending), target.with_suffix(ending))
    target.with_name(target.name + FAILED).unlink(missing_ok=True)
    files = {"file": f"{job.stem}.ipynb", "page": f"{job.stem}.html"}
    return {
        "state": "done",
        **files,
        **_first([export.held(one, smallest=smallest) for one in found[:3]] + found[3:]),
    }


def _aside(told: dict[str, Any], path: Path) -> None:
    """Keep what a notebook offers the readers of the overview, where it does."""
    if told:
        path.write_text(json.dumps(told), encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def _not_made(job: Job, executed: Path, target: Path, gone: dict[str, str]) -> dict[str, Any]:
    """Keep the notebook that could not answer its question, and no page that once did."""
    for ending in (".findings.json", ".html", AROUND, FAILED):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    os.replace(executed, target.with_suffix(".ipynb"))
    needs = f" It needs {gone['needs']}." if gone["needs"] else ""
    return {"state": "not made", "file": f"{job.stem}.ipynb", "error": gone["why"] + needs}


def _timeless(notebook: dict[str, Any]) -> dict[str, Any]:
    """Take out when and where it was executed; the manifest has that, in one place."""
    notebook["metadata"].pop("papermill", None)
    for at, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{at}"  # the cell of parameters is given another one each time
        for word in ("papermill", "execution"):
            cell["metadata"].pop(word, None)
    return notebook


def _first(found: list[dict[str, Any]]) -> dict[str, Any]:
    if not found:
        return {}
    # what rests on few of them is no headline of all
    one = next((each for each in found[:3] if not export.thin(each, found)), found[0])
    return {"headline": one["headline"], "base": one["base"], "tiles": export.tiles(found)}


def _execute(job: Job, engine: str) -> tuple[Any, str]:
    """Run the notebook; give it, and the first line of what went wrong, or nothing.

    These are the steps of `papermill.execute_notebook`, which writes the notebook twice a cell.
    """
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import (
        prepare_notebook_metadata,
        raise_for_execution_errors,
        remove_error_markers,
    )
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    _as_they_are()
    path, name = str(job.notebook.path), None if engine == "plain" else "cxlab"
    notebook: Any = {}
    try:
        notebook = load_notebook_node(path)
        if job.parameters:
            words: Any = {"engine_name": name, "kernel_name": KERNEL, "language": "python"}
            notebook = parameterize_notebook(notebook, job.parameters, **words)
        notebook = remove_error_markers(prepare_notebook_metadata(notebook, path, ""))
        quiet: Any = {"progress_bar": False, "log_output": False, "autosave_cell_every": 0}
        with tempfile.TemporaryDirectory(prefix="cx-") as folder, chdir(Path(path).parent):
            kernel = _own_kernel(Path(folder)) if engine == "plain" else {}
            papermill_engines.execute_notebook_with_engine(
                name, notebook, KERNEL, **quiet, **kernel
            )
        raise_for_execution_errors(notebook, None)
    except PapermillExecutionError as error:
        return notebook, _line(f"{error.ename}: {str(error.evalue).strip()}")
    except Exception as error:  # a kernel that would not start
        return notebook, _line(f"{type(error).__name__}: {error}")
    finally:
        _bound(notebook)
    return notebook, ""


def _as_they_are() -> None:
    """Let papermill write every value as Python writes it; it makes one text of a tuple."""
    from papermill.translators import PythonTranslator, papermill_translators

    class AsWritten(PythonTranslator):
        translate = staticmethod(repr)

    papermill_translators.register(KERNEL, AsWritten)


def _bound(notebook: dict[str, Any]) -> None:
    """Cut what a cell printed without end."""
    for cell in notebook.get("cells", ()):
        for output in cell.get("outputs", ()):
            text = "".join(output.get("text", ""))
            if len(text) > LONGEST_STREAM + 100:  # what the warm engine cut is a line longer
                left = f"{len(text) - LONGEST_STREAM:,}"
                output["text"] = f"{text[:LONGEST_STREAM]}\n… {left} more characters\n"


def _line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "failed")


def _own_kernel(folder: Path) -> dict[str, Any]:
    """Describe a kernel that is certain to be this Python, and keep user start-up files out."""
    spec = folder / "kernels" / KERNEL
    spec.mkdir(parents=True, exist_ok=True)
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    words = {"argv": launch, "display_name": "cxlab", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(words), encoding="utf-8")
    os.environ["JUPYTER_PATH"] = str(folder)
    os.environ["JUPYTER_RUNTIME_DIR"] = str(folder / "run")
    os.environ["IPYTHONDIR"] = str(folder / "ipython")
    if sys.platform == "win32":
        return {}
    from traitlets.config import Config

    # files instead of ports, in a folder of its own: two kernels can never take the same one
    sockets = {"transport": "ipc", "ip": str(folder / "k")}
    return {"config": Config({"KernelManager": sockets})}
