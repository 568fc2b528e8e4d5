"""Make one report, in a process of its own."""

import json
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from cxlab import export
from cxlab.reports.plan import EVERYONE, Job

FINDINGS, INDEX, STAGING = "findings.json", "index.html", ".staging"
KERNEL = "cxlab-this-python"


def make(job: Job, out: str, study: str, engine: str) -> dict[str, Any]:
    """Execute a notebook in the staging folder, render it, and move the files to their place.

    Args:
        job: the report.
        out: output folder of the run.
        study: name of the study, for the page.
        engine: `warm` or `plain`.

    Returns:
        The fields of `Run` that only making the report can tell.
    """
    start = perf_counter()
    target, staged = Path(out) / job.stem, Path(out) / STAGING / job.stem
    staged.parent.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    executed = staged.with_suffix(".ipynb")
    error = _execute(job, executed, engine)
    told: dict[str, Any] = {"file": f"{job.stem}.ipynb", "page": f"{job.stem}.html"}
    if executed.is_file():
        notebook = json.loads(executed.read_text(encoding="utf-8"))
        told |= _first(found := export.findings(notebook))
        page = export.page(
            notebook,
            study=study,
            part="" if job.part == EVERYONE else job.part,
            home=f"../{INDEX}",
            analyst=executed.name,
        )
        staged.with_suffix(".html").write_text(page, encoding="utf-8")
        staged.with_suffix(".findings.json").write_text(json.dumps(found), encoding="utf-8")
        # a failed run still shows its notebook, but never replaces a finished page
        for ending in [".ipynb"] if error else [".ipynb", ".html", ".findings.json"]:
            os.replace(staged.with_suffix(ending), target.with_suffix(ending))
    state = {"state": "failed", "error": error} if error else {"state": "done"}
    return {**told, **state, "seconds": round(perf_counter() - start, 2)}


def _first(found: list[dict[str, Any]]) -> dict[str, str]:
    return {"headline": found[0]["headline"], "base": found[0]["base"]} if found else {}


def _execute(job: Job, executed: Path, engine: str) -> str:
    """Run the notebook; give the first line of what went wrong, or nothing."""
    import papermill

    if engine == "plain":
        _own_kernel(executed.parent)
    try:
        papermill.execute_notebook(
            str(job.notebook.path),
            str(executed),
            parameters=job.parameters,
            engine_name="cxlab" if engine == "warm" else None,
            kernel_name=KERNEL,
            cwd=str(job.notebook.path.parent),
            progress_bar=False,
            log_output=False,
        )
    except papermill.PapermillExecutionError as error:
        return _line(f"{error.ename}: {error.evalue}")
    except Exception as error:  # a kernel that would not start, a full disk
        return _line(f"{type(error).__name__}: {error}")
    return ""


def _line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "failed")


def _own_kernel(folder: Path) -> None:
    """Describe a kernel that is certain to be this Python, and keep user start-up files out."""
    spec = folder / "jupyter" / "kernels" / KERNEL
    spec.mkdir(parents=True, exist_ok=True)
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    words = {"argv": launch, "display_name": "cxlab", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(words), encoding="utf-8")
    os.environ["JUPYTER_PATH"] = str(folder.resolve() / "jupyter")
    os.environ["IPYTHONDIR"] = str(folder.resolve() / "ipython")
