"""Which reports a run makes: notebooks times parts of the study, checked before anything starts."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlab.codebook import did_you_mean
from cxlab.reports.notebooks import Notebook, PlanError, checked, read

EVERYONE = "everyone"


@dataclass(frozen=True)
class Job:
    """One report to make.

    Attributes:
        notebook: the notebook.
        parameters: what it is run with.
        part: for whom, in words.
        stem: path of its files under the output folder, without ending.
        missing: tables it needs and the study lacks; such a job is listed, not run.
    """

    notebook: Notebook
    parameters: dict[str, Any]
    part: str
    stem: str
    missing: tuple[str, ...] = ()


def plan(
    folder: Path,
    *,
    study_file: Path,
    parts: Sequence[Mapping[str, str]],
    tables: Collection[str],
    notebooks: Sequence[str] | str = "all",
    given: Mapping[str, Any] | None = None,
) -> list[Job]:
    """Lay out a run.

    Args:
        folder: where the notebooks are.
        study_file: the study file, handed to each notebook as `study_file`.
        parts: `{}` for everyone, `{"segment": …, "value": …}`, `{"period": …}`.
        tables: tables the study holds.
        notebooks: names, or `all`.
        given: further parameters for every notebook that knows them.

    Returns:
        The jobs, notebook by notebook; two jobs never share a file.

    Raises:
        PlanError: an unknown notebook, or a parameter that no chosen notebook knows or that
            has the wrong type.
    """
    chosen = _chosen(folder, notebooks)
    for name in given or {}:
        if not any(name in notebook.parameters for notebook in chosen):
            known = sorted({word for notebook in chosen for word in notebook.parameters})
            raise PlanError(f"no notebook has a parameter '{name}'.{did_you_mean(name, known)}")
    jobs = []
    for notebook in chosen:
        missing = tuple(table for table in notebook.needs if table not in tables)
        extra = {k: v for k, v in (given or {}).items() if k in notebook.parameters}
        for part in [{}] if missing else parts:
            if not set(part) <= set(notebook.parameters):
                continue
            parameters = checked(notebook, {"study_file": str(study_file), **part, **extra})
            stem = f"{notebook.name}/{slug(_words(part))}"
            jobs.append(Job(notebook, parameters, _words(part), stem, missing))
    return _apart(jobs)


def slug(text: str) -> str:
    """Make a file name of any text: a-z, 0-9 and single hyphens, at most 60 characters.

    Example:
        >>> slug("Région: ../../Île de France")
        'region-ile-de-france'
    """
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = re.sub(r"[^a-z0-9]+", "-", "".join(letters).lower())
    return plain.strip("-")[:60].strip("-") or "x"


def _words(part: Mapping[str, str]) -> str:
    if not part:
        return EVERYONE
    words = [f"{part['segment']}: {part['value']}"] if "segment" in part else []
    return ", ".join([*words, *([part["period"]] if "period" in part else [])])


def _apart(jobs: list[Job]) -> list[Job]:
    """Give jobs whose parts look alike as file names a mark made from the part itself."""
    taken = [job.stem for job in jobs]
    out = []
    for job in jobs:
        stem = job.stem
        if taken.count(stem) > 1 or stem.endswith("/x"):
            stem = f"{stem}-{hashlib.sha256(job.part.encode()).hexdigest()[:8]}"
        out.append(Job(job.notebook, job.parameters, job.part, stem, job.missing))
    return out


def _chosen(folder: Path, notebooks: Sequence[str] | str) -> list[Notebook]:
    found = {path.stem: path for path in sorted(folder.glob("[0-9]*.ipynb"))}
    if not found:
        raise PlanError(f"there are no notebooks in {folder}.")
    if isinstance(notebooks, str):
        return [read(path) for path in found.values()]
    for name in notebooks:
        if name not in found:
            raise PlanError(f"there is no notebook '{name}'.{did_you_mean(name, found)}")
    return [read(found[name]) for name in found if name in notebooks]
