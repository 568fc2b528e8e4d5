"""The home of JupyterLab: which reports there are, and which of them a study can feed."""

import hashlib
import html
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlab.reports.changes import load
from cxlab.reports.notebooks import FINDINGS_FILE, Notebook, PlanError, checked, read
from cxlab.reports.plan import EVERYONE, OWN, report_files, slug, words
from cxlab.reports.report import FINDINGS
from cxlab.results import dressed, listing

OPENED = "CXLAB_STUDY"  # the study file that `cxlab lab` was opened on
COPIES = "opened"  # folder of the copies that hold a study's parameters, beside the notebooks
_WORDS = ("report", "with these parameters", "can be made", "last found")
_HEAD = "".join(f'<th scope="col">{word}</th>' for word in _WORDS)


@dataclass(frozen=True)
class Home:
    """The reports of a folder, for one study.

    Attributes:
        study: name of the study.
        study_file: the file, as notebooks of the folder name it.
        lines: of each report its notebook, its question, what the study lacks for it, what was
            found last, and the copy that holds the parameters, if one could be written.
        part: for whom the copies are, in words.
    """

    study: str
    study_file: str
    lines: tuple[tuple[str, str, str, str, str], ...]
    part: str = EVERYONE

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        plain = "\n".join(
            f"{name}  {question}  {lacks or 'yes'}" for name, question, lacks, *_ in self.lines
        )
        return {"text/plain": f"{self.study}\n{plain}", "text/html": dressed(self._html())}

    def _html(self) -> str:
        said = html.escape
        rows = "".join(
            f'<tr><td><a href="{said(name)}">{said(question)}</a></td>'
            f"<td>{_link(copy, self.part)}</td>"
            f"<td>{said(lacks or 'yes')}</td><td>{said(found or '–')}</td></tr>"
            for name, question, lacks, found, copy in self.lines
        )
        able = sum(not lacks for _, _, lacks, *_ in self.lines)
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
    part: Mapping[str, str] | None = None,
) -> Home:
    """List the reports of a folder of notebooks, and which of them a study can feed.

    Args:
        study: its name.
        study_file: its file.
        holds: what reports can be made from in it, as `Study.holds` lists it.
        folder: the notebooks.
        out: where runs are written; what the last run of the study found is told.
        part: `segment` and `value`, or `period`, that the reports are to be opened with; copies
            with these parameters are written beside the notebooks, once.

    Returns:
        A table of the reports with links, as JupyterLab follows them.
    """
    told = _last(Path(out) / slug(study))
    books = sorted(_books(Path(folder)), key=lambda one: (one.reading_order, one.name))
    chosen = {name: word for name, word in (part or {}).items() if word}
    files = {"study_file": str(Path(study_file).resolve()),
             FINDINGS_FILE: str((Path(out) / slug(study) / FINDINGS).resolve())}  # fmt: skip
    lines = tuple(
        (one.path.name, one.question, _lacks(one, holds), told.get(one.name, ""),
         _copy(one, Path(folder), study, {**files, **chosen}))
        for one in books
    )  # fmt: skip
    named = words(chosen) if chosen else EVERYONE
    return Home(study, os.path.relpath(study_file, folder), lines, named)


def _link(copy: str, part: str) -> str:
    return f'<a href="{html.escape(copy)}">{html.escape(part)}</a>' if copy else "–"


def _copy(notebook: Notebook, folder: Path, study: str, given: dict[str, str]) -> str:
    """Write a notebook with its parameters, where none stands yet; nothing where it cannot be.

    What an analyst wrote into a copy stays; another notebook, or another part, has another copy.
    """
    taken = {name: word for name, word in given.items() if name in notebook.parameters}
    content = notebook.path.read_text(encoding="utf-8")
    mark = hashlib.sha256(f"{content} {sorted(taken.items())}".encode()).hexdigest()[:8]
    part = slug(words(taken)) if set(taken) & {"segment", "period"} else EVERYONE
    path = Path(COPIES) / slug(study) / f"{notebook.name}-{part}-{mark}.ipynb"
    target = folder / path
    if target.is_file():
        return path.as_posix()
    for name in set(OWN) & set(taken):
        taken[name] = Path(os.path.relpath(taken[name], target.parent)).as_posix()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_given(content, checked(notebook, taken)), encoding="utf-8")
    except OSError:
        return ""
    return path.as_posix()


def _given(content: str, given: Mapping[str, str]) -> str:
    """Put parameters into a notebook, in a cell below its own."""
    told = json.loads(content)
    place = 1 + next(at for at, cell in enumerate(told["cells"])
                     if "parameters" in cell.get("metadata", {}).get("tags", []))  # fmt: skip
    lines = [f"{name} = {word!r}" for name, word in given.items()]
    cell: dict[str, Any] = {"cell_type": "code", "id": "given", "execution_count": None,
                            "outputs": [], "metadata": {"tags": ["injected-parameters"]},
                            "source": "\n".join(lines)}  # fmt: skip
    told["cells"].insert(place, cell)
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


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
