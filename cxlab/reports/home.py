"""The home of JupyterLab: which reports there are, and which of them a study can feed."""

import html
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlab.reports.changes import load
from cxlab.reports.notebooks import Notebook, PlanError, read
from cxlab.reports.plan import report_files, slug
from cxlab.results import dressed, listing

OPENED = "CXLAB_STUDY"  # the study file that `cxlab lab` was opened on
_HEAD = "".join(f'<th scope="col">{word}</th>' for word in ("report", "can be made", "last found"))


@dataclass(frozen=True)
class Home:
    """The reports of a folder, for one study.

    Attributes:
        study: name of the study.
        study_file: the file, as notebooks of the folder name it.
        lines: of each report its notebook, its question, what the study lacks for it, and what
            was found last.
    """

    study: str
    study_file: str
    lines: tuple[tuple[str, str, str, str], ...]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        plain = "\n".join(
            f"{name}  {question}  {lacks or 'yes'}" for name, question, lacks, _ in self.lines
        )
        return {"text/plain": f"{self.study}\n{plain}", "text/html": dressed(self._html())}

    def _html(self) -> str:
        said = html.escape
        rows = "".join(
            f'<tr><td><a href="{said(name)}">{said(question)}</a></td>'
            f"<td>{said(lacks or 'yes')}</td><td>{said(found or '–')}</td></tr>"
            for name, question, lacks, found in self.lines
        )
        able = sum(not lacks for _, _, lacks, _ in self.lines)
        return (
            f'<section class="cx-answer"><h3>{said(self.study)} can feed {able} of '
            f'{len(self.lines)} reports.</h3><p class="cx-base">To open one on this study, write '
            f"in its parameters: study_file = {said(repr(self.study_file))}</p></section>"
            f'<div class="cx-scroll"><table><thead><tr>{_HEAD}</tr></thead><tbody>{rows}</tbody>'
            "</table></div>"
        )


def opened(study_file: str) -> str:
    """Give the study that `cxlab lab` was opened on; the one named, where it was opened on none."""
    return os.environ.get(OPENED) or study_file


def home(
    study: str,
    *,
    study_file: str,
    holds: Collection[str],
    folder: str | Path = ".",
    out: str | Path = "../reports",
) -> Home:
    """List the reports of a folder of notebooks, and which of them a study can feed.

    Args:
        study: its name.
        study_file: its file.
        holds: what reports can be made from in it, as `Study.holds` lists it.
        folder: the notebooks.
        out: where runs are written; what the last run of the study found is told.

    Returns:
        A table of the reports with links, as JupyterLab follows them.
    """
    told = _last(Path(out) / slug(study))
    books = sorted(_books(Path(folder)), key=lambda one: (one.reading_order, one.name))
    lines = tuple(
        (one.path.name, one.question, _lacks(one, holds), told.get(one.name, "")) for one in books
    )
    return Home(study, os.path.relpath(study_file, folder), lines)


def _books(folder: Path) -> Iterator[Notebook]:
    """Read the reports of a folder; one that cannot be read is none."""
    for path in report_files(folder):
        with suppress(PlanError):
            yield read(path)


def _lacks(notebook: Notebook, holds: Collection[str]) -> str:
    missing = [table for table in notebook.needs if table not in holds]
    return f"needs {listing(missing)}" if missing else ""


def _last(out: Path) -> dict[str, str]:
    """Give what each report on everyone said in the last run, if there was one."""
    if not (out / "manifest.json").is_file():
        return {}
    made = load(out)[0]["reports"]
    return {one["notebook"]: one.get("headline", "") for one in made if one["part"] == "everyone"}
