"""Which reports a run makes: notebooks times parts of the study, checked before anything starts."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cxlab.codebook import did_you_mean, part_named
from cxlab.reports.notebooks import FINDINGS_FILE, SCOPES, Notebook, PlanError, checked, read

EVERYONE = "everyone"
PART = SCOPES["part"]
HOME = "00_home"
TOO_SMALL = "too few people to be shown, or so few would follow from it (privacy.smallest_group)"
OWN = ("study_file", FINDINGS_FILE)  # what the press itself hands over


@dataclass(frozen=True)
class Job:
    """One report to make.

    Attributes:
        notebook: the notebook.
        parameters: what it is run with.
        part: for whom, in words.
        stem: path of its files under the output folder, without ending.
        missing: tables it needs and the study lacks; such a job is listed, not run.
        refused: why it cannot be run at all; such a job is listed as failed.
        withheld: why it may not be run, such as too few people; such a job is listed, not run.
        settings: parameters set by hand, in words.
    """

    notebook: Notebook
    parameters: dict[str, Any]
    part: str
    stem: str
    missing: tuple[str, ...] = ()
    refused: str = ""
    settings: str = ""
    withheld: str = ""

    @property
    def about(self) -> dict[str, str]:
        """Say which part of the study it is about; nothing means all of it."""
        words = {**self.notebook.parameters, **self.parameters}
        return {name: words[name] for name in PART if words.get(name)}

    @property
    def reads(self) -> dict[str, str]:
        """Say which part of the study it reads; nothing means all of it."""
        read = SCOPES[self.notebook.scope]
        return {name: word for name, word in self.about.items() if name in read}


def plan(
    folder: Path,
    *,
    study_file: Path,
    parts: Sequence[Mapping[str, str]],
    tables: Collection[str],
    withheld: Sequence[Mapping[str, str]] = (),
    notebooks: Sequence[str] | str = "all",
    given: Mapping[str, Any] | None = None,
) -> list[Job]:
    """Lay out a run.

    Args:
        folder: where the notebooks are.
        study_file: the study file, handed to each notebook as `study_file`.
        parts: `{}` for everyone, `{"segment": …, "value": …}`, `{"period": …}`.
        tables: tables the study holds.
        withheld: parts asked for that are too small to be shown.
        notebooks: names, or `all`.
        given: further parameters for every notebook that knows them; a segment, value or
            period takes the place of `parts`.

    Returns:
        The jobs, notebook by notebook, those made of the others' findings last; two jobs
        never share a file.

    Raises:
        PlanError: an unknown notebook, or a parameter that no chosen notebook knows or that
            has the wrong type.
    """
    given = dict(given or {})
    chosen, unusable = _chosen(folder, notebooks)
    _known(given, chosen, folder)
    if here := {name: given.pop(name) for name in PART if name in given}:
        parts, withheld = [here], ()
    jobs = list(unusable)
    for notebook in sorted(chosen, key=lambda one: one.composes):
        missing = tuple(table for table in notebook.needs if table not in tables)
        extra = {k: v for k, v in given.items() if k in notebook.parameters}
        for part in [{}] if missing or notebook.composes else parts:
            if set(part) <= set(notebook.parameters):
                jobs.append(_job(notebook, study_file, part, extra, missing))
        for part in [] if missing or notebook.composes else withheld:
            if set(part) <= set(notebook.parameters):
                small = _job(notebook, study_file, part, extra, ())
                jobs.append(replace(small, withheld=f"{words(part)}: {TOO_SMALL}"))
    return _apart(jobs)


def _job(
    notebook: Notebook,
    study_file: Path,
    part: Mapping[str, str],
    extra: Mapping[str, Any],
    missing: tuple[str, ...],
) -> Job:
    own = {"study_file": str(study_file)} if "study_file" in notebook.parameters else {}
    parameters = checked(notebook, {**own, **part, **extra})
    settings = ", ".join(f"{name} = {parameters[name]}" for name in extra)
    name = slug(words(part)) + (f"-{slug(settings)}" if settings else "")
    stem = f"{notebook.name}/{name}"
    return Job(notebook, parameters, words(part), stem, missing, settings=settings)


def slug(text: str) -> str:
    """Make a file name of any text: a-z, 0-9 and single hyphens, at most 60 characters.

    Example:
        >>> slug("Région: ../../Île de France")
        'region-ile-de-france'
    """
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = re.sub(r"[^a-z0-9]+", "-", "".join(letters).lower())
    return plain.strip("-")[:60].strip("-") or "x"


def words(part: Mapping[str, str]) -> str:
    """Say for whom a report is."""
    return part_named(part) or EVERYONE


def _apart(jobs: list[Job]) -> list[Job]:
    """Give jobs whose parts look alike as file names a mark made from the part itself."""
    taken = [job.stem for job in jobs]
    out = []
    for job in jobs:
        stem = job.stem
        if taken.count(stem) > 1 or stem.endswith("/x"):
            whole = f"{job.part}\n{job.settings}"
            stem = f"{stem}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
        out.append(replace(job, stem=stem))
    return out


def _known(given: Mapping[str, Any], chosen: Sequence[Notebook], folder: Path) -> None:
    for name in given:
        if name in OWN:
            raise PlanError(f"'{name}' is set by the run itself; it cannot be given.")
        if not any(name in notebook.parameters for notebook in chosen):
            has = [one.path.stem for one in _chosen(folder, "all")[0] if name in one.parameters]
            if has:
                raise PlanError(f"'{name}' is a parameter of {has[0]}, which is not asked for.")
            known = sorted({word for notebook in chosen for word in notebook.parameters})
            raise PlanError(f"no notebook has a parameter '{name}'.{did_you_mean(name, known)}")


def report_files(folder: Path) -> list[Path]:
    """List the notebooks of a folder that are reports; the home of JupyterLab is none."""
    return [path for path in sorted(folder.glob("[0-9]*.ipynb")) if path.stem != HOME]


def _chosen(folder: Path, notebooks: Sequence[str] | str) -> tuple[list[Notebook], list[Job]]:
    """Read the notebooks; of `all`, one that cannot be used is listed and stops no other."""
    found = {path.stem: path for path in report_files(folder)}
    if not found:
        raise PlanError(f"there are no notebooks in {folder}.")
    if not isinstance(notebooks, str):
        for name in notebooks:
            if name not in found:
                raise PlanError(f"there is no notebook '{name}'.{did_you_mean(name, found)}")
        return [read(found[name]) for name in found if name in notebooks], []
    usable: list[Notebook] = []
    unusable: list[Job] = []
    for name, path in found.items():
        try:
            usable.append(read(path))
        except PlanError as error:
            notebook = Notebook(path, name, (), 99, {})
            stem = f"{name}/{EVERYONE}"
            unusable.append(Job(notebook, {}, EVERYONE, stem, refused=str(error)))
    return usable, unusable
