"""Make one report, in a process of its own."""

import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

from cxlab import export
from cxlab.reports.plan import EVERYONE, Job

FINDINGS, INDEX, STAGING = "findings.json", "index.html", ".staging"
KERNEL = "cxlab-this-python"
FAILED = ".failed.ipynb"
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
    error = _execute(job, executed, engine)
    told: dict[str, Any] = {}
    if error:
        # a failed run shows its notebook, and never takes the place of a finished one
        if _whole(executed):
            os.replace(executed, target.with_name(target.name + FAILED))
            told["file"] = f"{job.stem}{FAILED}"
        told |= {"state": "failed", "error": error}
    else:
        told |= _publish(job, study, executed, target, smallest)
    return {**told, "seconds": round(perf_counter() - start, 2)}


def _whole(executed: Path) -> bool:
    """Whether a notebook was written to its end; a full disk may have cut it."""
    try:
        return bool(json.loads(executed.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False


def _publish(job: Job, study: str, executed: Path, target: Path, smallest: int) -> dict[str, Any]:
    """Render an executed notebook and move its three files to their place."""
    notebook = _timeless(json.loads(executed.read_text(encoding="utf-8")))
    executed.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")
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
    for ending in (".findings.json", ".html", ".ipynb"):
        os.replace(executed.with_suffix(ending), target.with_suffix(ending))
    target.with_name(target.name + FAILED).unlink(missing_ok=True)
    files = {"file": f"{job.stem}.ipynb", "page": f"{job.stem}.html"}
    return {
        "state": "done",
        **files,
        **_first([export.held(one, smallest=smallest) for one in found[:3]] + found[3:]),
    }


def _not_made(job: Job, executed: Path, target: Path, gone: dict[str, str]) -> dict[str, Any]:
    """Keep the notebook that could not answer its question, and no page that once did."""
    for ending in (".findings.json", ".html", FAILED):
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


def _execute(job: Job, executed: Path, engine: str) -> str:
    """Run the notebook; give the first line of what went wrong, or nothing."""
    import papermill

    _as_they_are()
    how: dict[str, Any] = {"engine_name": "cxlab"}
    try:
        with tempfile.TemporaryDirectory(prefix="cx-") as folder:
            if engine == "plain":
                how = _own_kernel(Path(folder))
            papermill.execute_notebook(
                str(job.notebook.path),
                str(executed),
                parameters=job.parameters,
                kernel_name=KERNEL,
                language="python",
                cwd=str(job.notebook.path.parent),
                progress_bar=False,
                log_output=False,
                **how,
            )
    except papermill.PapermillExecutionError as error:
        return _line(f"{error.ename}: {str(error.evalue).strip()}")
    except Exception as error:  # a kernel that would not start, a full disk
        return _line(f"{type(error).__name__}: {error}")
    finally:
        with suppress(OSError, ValueError):
            _bound(executed)
    return ""


def _as_they_are() -> None:
    """Let papermill write every value as Python writes it; it makes one text of a tuple."""
    from papermill.translators import PythonTranslator, papermill_translators

    class AsWritten(PythonTranslator):
        translate = staticmethod(repr)

    papermill_translators.register(KERNEL, AsWritten)


def _bound(executed: Path) -> None:
    """Cut what a cell printed without end."""
    if not executed.is_file() or executed.stat().st_size < LONGEST_STREAM:
        return
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            text = "".join(output.get("text", ""))
            if len(text) > LONGEST_STREAM + 100:  # what the warm engine cut is a line longer
                left = f"{len(text) - LONGEST_STREAM:,}"
                output["text"] = f"{text[:LONGEST_STREAM]}\n… {left} more characters\n"
    executed.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


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
