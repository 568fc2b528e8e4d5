"""The door: new, check, run, deck, report, tables, diff, lab, sample."""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cxlab import marks
from cxlab.cli import standing

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help in colours takes as long as all else it does
    help="Customer-experience research: from exports to reports that can be defended.",
)
STOPPED = 130  # exit status of a command that was stopped
STUDY = Annotated[Path, typer.Argument(help="The study file (study.yaml).")]
RUN_FOLDER = Annotated[
    Path | None, typer.Option("--run", help="Folder of the run; the study's last one if not given.")
]
VERIFY = Annotated[
    bool, typer.Option("--verify", help="Read every byte of the exports, also of those as before.")
]
NOTEBOOKS = Annotated[
    Path | None, typer.Option("--notebooks", help="Folder of the report notebooks.")
]


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option(help="Show the whole traceback of an error.")] = False,
) -> None:
    """Customer-experience research: from exports to reports that can be defended."""


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Where study.yaml is written.")],
    files: Annotated[
        list[Path], typer.Option("--from", help="An export, or a folder of them; more may follow.")
    ],
    more: Annotated[list[Path] | None, typer.Argument(help="Further exports.")] = None,
) -> None:
    """Draft a study.yaml for exports, and say what is unsure in it."""
    from cxlab import drafting, ingest
    from cxlab.codebook import Refusal

    target = folder / "study.yaml"
    if target.exists():
        raise Refusal(f"{target}: there is a study file already; it is not written over.")
    given = [*files, *(more or [])]
    missing = [path for path in given if not path.exists()]
    if missing:
        raise Refusal(f"{missing[0]}: there is no such file.")
    each = [ingest.exports(path) if path.is_dir() else [path] for path in given]
    draft = drafting.draft([path for some in each for path in some], folder)
    folder.mkdir(parents=True, exist_ok=True)
    part = target.with_name(".study.yaml.part")
    part.write_text(draft.text, encoding="utf-8")
    os.replace(part, target)
    typer.echo(target)
    for doubt in draft.doubts:
        typer.echo(f"unsure: {_readable(doubt)}")


@app.command()
def check(
    study_file: STUDY,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write cleaned tables and set-aside lists here.")
    ] = None,
    verify: VERIFY = False,
) -> None:
    """Read and clean only; print what happened to every row.

    What `run` would refuse is refused here, too.
    """
    asked = standing.asked(study_file, None, command="check")
    kept = {} if out or verify else marks.recalled(standing.place(asked), asked, study_file)
    told = kept.get("answer") or _checked(study_file, asked, as_json, out, verify)
    if as_json:
        typer.echo(told["account"])
    else:
        _print_ledger(told)


def _checked(
    study_file: Path, asked: dict[str, Any], as_json: bool, out: Path | None, verify: bool
) -> dict[str, Any]:
    """Read and clean, write what is asked for, and keep what is said of it."""
    from cxlab import codebook, study
    from cxlab.codebook import Refusal

    try:
        mapping = codebook.load(study_file)
        sealed = standing.sealed(study_file, mapping, asked)
        _check_files(mapping, study_file)
        opened = study.load(mapping, verify=verify)
        jobs = _check_plan(opened, study_file)
    except Refusal as error:
        if not as_json:
            raise
        typer.echo(json.dumps({"tables": {}, "errors": _errors(error), "doubts": []}, indent=1))
        raise typer.Exit(2) from None
    if out is not None:
        study.export(opened, out)
    lacking = opened.lacking({job.notebook.name: job.missing for job in jobs})
    account = json.dumps(study.account_of(opened), indent=1, ensure_ascii=False)
    told = {**_ledger(opened.ledger), "lacking": lacking, "account": account}
    marks.keep(standing.place(asked), asked, sealed, told)
    return told


@app.command()
def run(
    study_file: STUDY,
    only: Annotated[list[str] | None, typer.Option(help="Only this notebook; repeatable.")] = None,
    given: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Reports made at a time.")] = None,
    engine: Annotated[str, typer.Option(help="warm: forks of one process; plain: kernels.")] = "",
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Dask scheduler, such as tcp://host:8786.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="Seconds a report may take.")] = 900,
    memory: Annotated[int | None, typer.Option(min=50, help="Megabytes a report may hold.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Make reports that are current.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
    tables: Annotated[str, typer.Option(help="xlsx: a workbook of its tables a report.")] = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="Print every page as PDF.")] = False,
    notify: Annotated[
        str, typer.Option(metavar="COMMAND", help="Gets a JSON summary on standard input.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Output folder.")] = None,
    notebooks: NOTEBOOKS = None,
    verify: VERIFY = False,
) -> None:
    """Make every report that is not up to date, and the index."""
    words = {"only": only, "given": given, "out": str(out)}
    asked = standing.asked(study_file, notebooks, command="run", **words)
    more = force or dry_run or verify or cluster or tables or pdf or notify
    if not more and (answer := standing.stands(study_file, asked)):
        for said in answer["aside"]:
            typer.echo(_readable(said), err=True)
        typer.echo(f"{answer['summary']}\n{answer['index']}")
        return
    from cxlab import codebook, reports, study

    if tables not in ("", "xlsx"):
        raise reports.PlanError(f"--tables {tables}: the one form tables are written in is xlsx.")
    if engine not in ("", "warm", "plain"):
        raise reports.PlanError(f"--engine {engine}: warm or plain.")
    if cluster and workers:
        raise reports.PlanError("--workers: with --cluster, the cluster says how many there are.")
    mapping = codebook.load(study_file)
    folder = _notebooks(notebooks)
    sealed = standing.sealed(study_file, mapping, asked)
    _check_files(mapping, study_file)
    opened = study.load(mapping, verify=verify)
    parts = study.wanted(opened)
    jobs = reports.plan(
        folder,
        study_file=Path(os.path.relpath(study_file.resolve(), folder)),
        parts=parts,
        withheld=study.withheld(opened),
        tables=opened.holds,
        notebooks=only or mapping.reports.notebooks,
        given=_assignments(given or []),
    )
    if {"segment", "value", "period"} & _assignments(given or []).keys():
        for part in {tuple(job.about.items()) for job in jobs if job.about not in parts}:
            opened.part(**dict(part))  # refuses one that is not there
    for name in mapping.deck.questions:
        opened.questionnaire[name]  # refuses one that is not there
    out = out or Path("reports") / reports.slug(mapping.study)
    if dry_run:
        good = set() if force else reports.current(jobs, out, data=_content(opened))
        for job in jobs:
            why = job.withheld or (f"needs {', '.join(job.missing)}" if job.missing else "")
            state = f"not made: {why}" if why else "current" if job.stem in good else "to be made"
            typer.echo(_readable(f"{job.stem}.html  ({state})"))
        return
    fewest = mapping.privacy.fewest()
    held = study.withheld(opened, smallest=fewest["leadership"])
    facts: dict[str, Any] = {
        "study": mapping.study,
        "as_of": str(mapping.as_of),
        "next_steps": mapping.next_steps,
        "fewest": fewest,
        "deck": mapping.deck.questions,
        "held": [reports.words(part) for part in held],
        "rows": {name: done.rows_in for name, done in opened.read.items()},
        "exports": opened.exports,
        "doubts": [said for _, said in opened.doubts],
    }
    for said in facts["doubts"]:
        typer.echo(_readable(said), err=True)
    with _progress(len(jobs)) as (tell, begun):
        runs = reports.run(
            jobs,
            out,
            study=facts,
            data=_content(opened),
            engine=reports.Engine(engine, workers, limit, memory, cluster),
            force=force,
            tell=tell,
            begun=begun,
        )
    standing.keep(asked, sealed, runs, out, facts["doubts"])
    typer.echo(reports.summary(runs))
    for entry in runs:
        if entry.state == "failed":
            failed = f"failed: {entry.question}, {entry.part}: {entry.error}"
            typer.echo(_readable(failed), err=True)
            if entry.file:
                typer.echo(f"        {out / entry.file}", err=True)
    typer.echo(out / "index.html")
    _afterwards(runs, out, tables=tables, pdf=pdf, notify=notify)
    raise typer.Exit(1 if any(entry.state == "failed" for entry in runs) else 0)


@app.command()
def deck(
    study_file: STUDY,
    out: Annotated[
        Path | None, typer.Option(help="The deck to write: .pptx, or .html for slides.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="A deck whose layouts, fonts and colours are used.")
    ] = None,
    run_folder: RUN_FOLDER = None,
) -> None:
    """Make a deck of the last run; slides a person added to it stay."""
    from cxlab import reports
    from cxlab.export import deck as slides
    from cxlab.export import slides as html

    folder = run_folder or _last_run(study_file)
    manifest, found = reports.load(folder)
    out = out or folder / "deck.pptx"
    if out.suffix not in (".pptx", ".html"):
        raise slides.DeckError(f"{out}: a deck is written as .pptx, or as .html; name it so.")
    if out.suffix == ".html":
        if template:
            raise slides.DeckError(f"{out}: slides as .html take no template; write a .pptx.")
        notebooks = reports.executed(folder, manifest, curves=_curves())
        reports.whole(out, html.slides(manifest, found, notebooks))
    else:
        before = out if out.exists() else None
        reports.whole(out, slides.deck(manifest, found, template=template, before=before))
    typer.echo(out)


def _curves() -> dict[str, Any]:
    """Say how curves are drawn anew for a deck or a document, by the names of their findings."""
    from cxlab import plots

    drawn = {"survival": plots.survival, "profit curve": plots.profit}
    return {name: lambda result, draw=draw: plots.show(draw(result))
            for name, draw in drawn.items()}  # fmt: skip


@app.command()
def report(
    study_file: STUDY,
    docx: Annotated[bool, typer.Option("--docx", help="As a Word document.")] = False,
    out: Annotated[Path | None, typer.Option(help="The document to write: .docx.")] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A report's notebook; may be repeated.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a document that stands.")] = False,
    run_folder: RUN_FOLDER = None,
) -> None:
    """Write the last run's leadership page and reports as a document."""
    from cxlab import reports
    from cxlab.export import word

    folder = run_folder or _last_run(study_file)
    if not docx:
        raise word.WordError("report: say --docx; the one form a report is written in is Word.")
    manifest, found = reports.load(folder)
    out = out or folder / "report.docx"
    if out.suffix != ".docx":
        raise word.WordError(f"{out}: a document is written as .docx; name it so.")
    if out.exists() and not force:
        said = "may hold what people wrote; name another with --out, or replace it with --force."
        raise word.WordError(f"{out} exists and {said}")
    notebooks = reports.executed(folder, manifest, curves=_curves())
    reports.whole(out, word.document(manifest, found, notebooks, only=only or ()))
    typer.echo(out)


@app.command()
def tables(
    study_file: STUDY,
    by: Annotated[
        str, typer.Option(help="Segments or questions, such as region,plan or region+plan.")
    ] = "",
    questions: Annotated[str, typer.Option(help="Names of questions; all if not given.")] = "",
    percent: Annotated[str, typer.Option(help="column, row, cell or count.")] = "column",
    correct: Annotated[
        bool, typer.Option("--correct", help="Correct p-values for their number in each table.")
    ] = False,
    each: Annotated[bool, typer.Option("--each", help="A sheet for each question.")] = False,
    out: Annotated[Path | None, typer.Option(help="The workbook to write: .xlsx.")] = None,
) -> None:
    """Tabulate questions against breakdowns, with significance.

    The cells stand beside it as .csv and .parquet. Groups too small for managers are withheld.
    """
    import io
    from dataclasses import replace

    from cxlab import questions as room
    from cxlab import reports, study
    from cxlab.codebook import Refusal
    from cxlab.desk import questions as desk
    from cxlab.export import book

    opened = study.load(study_file)
    out = out or Path("reports") / reports.slug(opened.mapping.study) / "tables.xlsx"
    if out.suffix != ".xlsx":
        raise Refusal(f"{out}: a workbook is written as .xlsx; name it so.")
    fewest = opened.mapping.privacy.fewest()["manager"]
    found = room.banner(opened, rows=_names(questions), columns=_names(by), percent=percent,
                        correct=correct, smallest=fewest)  # fmt: skip
    asked = opened.questionnaire.questions
    words = {one.name: one.text for one in asked}
    changed = desk.changes(opened)  # nothing where answers carry no date
    told = ()
    if changed:
        shown = changed.frame["question"].isin(found.frame["question"])
        told = changed.frame.loc[shown, "text"].unique()
    found = replace(found, notes=(*found.notes, *told))
    out.parent.mkdir(parents=True, exist_ok=True)
    cells = io.BytesIO()
    found.frame.to_parquet(cells, index=False)
    title = opened.mapping.study
    reports.whole(out, book.book(found, words, title=title, each=each, percent=percent))
    reports.whole(out.with_suffix(".csv"), book.tidy(found))
    reports.whole(out.with_suffix(".parquet"), cells.getvalue())
    typer.echo(_readable(found.headline))
    for said in found.notes:
        typer.echo(f"· {_readable(said)}")
    typer.echo(out)


@app.command()
def diff(
    run_a: Annotated[Path, typer.Argument(help="The earlier run's folder.")],
    run_b: Annotated[Path, typer.Argument(help="The later run's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what changed between two runs: numbers, verdicts, data, code."""
    from cxlab import reports

    since = reports.changes(reports.load(run_a), reports.load(run_b))
    if as_json:
        typer.echo(json.dumps(since, indent=1, ensure_ascii=False))
        return
    for line in reports.lines(since, limit=40):
        typer.echo(_readable(line))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context, study_file: STUDY, notebooks: NOTEBOOKS = None) -> None:
    """Open JupyterLab on the notebooks, with this Python as kernel.

    Further options, such as --no-browser, are JupyterLab's own.
    """
    from cxlab import codebook, reports

    codebook.load(study_file)
    folder = _notebooks(notebooks)
    typer.echo(f"In a notebook, set: study_file = {os.path.relpath(study_file, folder)!r}")
    os.environ[reports.OPENED] = str(study_file.resolve())
    # this environment's kernels come before any the user has elsewhere; theirs is `python`, which
    # Jupyter takes to be the Python it runs in
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["PYTHONNOUSERSITE"] = "1"
    launch = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}", *context.args]
    if (folder / f"{reports.HOME}.ipynb").is_file():
        launch.insert(4, f"--LabApp.default_url=/lab/tree/{reports.HOME}.ipynb")
    sys.stdout.flush()
    os.execv(sys.executable, launch)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where the exports are written.")],
    customers: Annotated[int, typer.Option(min=100, help="How many customers.")] = 3000,
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 20251231,
) -> None:
    """Write a sample company of any size, with its truth."""
    from cxlab import sample as company

    truth = company.write(folder, customers=customers, seed=seed)
    for table, dirt in truth["dirt"].items():
        typer.echo(f"{table}: {dirt['rows_in']:,} rows")
    typer.echo(folder / "truth.json")


def main() -> None:
    """Run the command line; a refusal is a sentence and exit status 2, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    # a polite request to end stops as Ctrl-C does
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _answer()
    except KeyboardInterrupt:
        _say_stopped()
        sys.exit(STOPPED)
    except SystemExit as left:
        if left.code == STOPPED:  # Typer's own word for a Ctrl-C
            _say_stopped()
        raise


def _answer() -> None:
    """Do what was asked, and say in a sentence why it cannot be done."""
    try:
        app()
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        said, status = _refused(error)
        typer.echo(f"error: {_readable(said)}", err=True)
        sys.exit(status)


def _refused(error: Exception) -> tuple[str, int]:
    """Put into a sentence what went wrong, with the exit status that goes with it."""
    from cxlab.codebook import Refusal  # opened only now: help needs none of it

    if isinstance(error, Refusal):
        return str(error), getattr(error, "status", 2)
    if isinstance(error, OSError):
        return _not_opened(error), 2
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    return (
        f"cxlab did not expect this ({what}). The mistake is cxlab's, not yours; --debug shows "
        "where."
    ), 2


def _not_opened(error: OSError) -> str:
    """Say which file or folder the system would not open."""
    if not error.filename:
        return f"{error.strerror or error}."
    path = Path(error.filename)
    if not isinstance(error, FileNotFoundError):
        return f"{path}: cannot be opened ({error.strerror})."
    if path.parent.is_dir():
        return f"{path}: there is no such file."
    return f"{path.parent}: there is no such folder."


def _say_stopped() -> None:
    typer.echo("stopped; what was finished is kept", err=True)


# ---------------------------------------------------------------- helpers


def _last_run(study_file: Path) -> Path:
    from cxlab import codebook, reports

    return Path("reports") / reports.slug(codebook.load(study_file).study)


def _check_plan(opened, study_file: Path) -> list:
    """Lay out a run; parts and notebooks that are asked for and not there are refused."""
    from cxlab import reports, study

    parts, held = study.wanted(opened), study.withheld(opened)
    try:
        folder = _notebooks(None)
    except reports.PlanError:  # read and cleaned where no report can be made
        return []
    return reports.plan(
        folder,
        study_file=study_file,
        parts=parts,
        withheld=held,
        tables=opened.holds,
        notebooks=opened.mapping.reports.notebooks,
    )


def _check_files(mapping, study_file: Path) -> None:
    """Refuse files beside the exports that no report could read, with the line that names them."""
    for key, name in mapping.voice.files.items():
        from cxlab import codebook
        from cxlab.voice.workings import coded, kept

        try:
            {"kept": kept, "coded": coded}[key].read(mapping.beside(name))
        except codebook.Refusal as error:
            line = codebook.line_of(study_file, "voice", key)
            said = f"{study_file}, line {line}: voice: {key}: {error}"
            raise codebook.MappingError(said, file=str(study_file), line=line) from None


def _errors(refusal) -> list[dict[str, Any]]:
    """Give a refusal as `check --json` lists it: one entry, or one a table."""
    place = {name: getattr(refusal, name) for name in ("file", "line", "column")}
    one = {"table": "", **place, "message": str(refusal)}
    return getattr(refusal, "errors", None) or [one]


def _notebooks(given: Path | None) -> Path:
    for folder in standing.folders(given):
        return folder
    from cxlab.reports import PlanError

    raise PlanError(f"there is no folder of notebooks at {given or 'notebooks'}; use --notebooks.")


def _content(opened):
    """Give what names the content of each part of a study, so that a changed part is made alone."""
    from functools import cache

    @cache
    def named(*part: tuple[str, str]) -> str:
        return opened.part(**dict(part)).content

    return lambda part: named(*part.items())


def _afterwards(runs, out: Path, *, tables: str, pdf: bool, notify: str) -> None:
    from cxlab.reports import after

    if tables:
        typer.echo(f"{len(after.workbooks(runs, out)):,} workbooks beside their pages")
    if pdf:
        typer.echo(after.papers(runs, out)[-1])
    if notify:
        after.notify(notify, runs, out)


def _names(given: str) -> list[str] | None:
    return [name.strip() for name in given.split(",") if name.strip()] or None


def _assignments(given: list[str]) -> dict[str, str]:
    from cxlab.reports import PlanError

    pairs = dict(word.partition("=")[::2] for word in given)
    for word in given:
        if "=" not in word:
            raise PlanError(f"--set {word}: write NAME=VALUE.")
    return pairs


def _progress(total: int):
    from contextlib import contextmanager

    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    @contextmanager
    def bar():
        console = Console(stderr=True)
        done = 0
        with Progress(console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("reports", total=total)

            def tell(entry) -> None:
                nonlocal done
                done += 1
                line = standing.line(done, total, entry)
                progress.advance(task)
                if entry.state != "unchanged":
                    text = f"{line} ({entry.seconds:.1f} s)" if entry.seconds else line
                    console.print(_readable(text), markup=False, highlight=False)

            def begun(job) -> None:
                said = _readable(f"{job.notebook.question} {job.part}")
                progress.update(task, description=escape(said[:60]))

            yield tell, begun

    return bar()


def _ledger(ledger) -> dict[str, Any]:
    """Put the account of the rows into words, a cell a word."""
    from cxlab.codebook import label
    from cxlab.results import cell

    names = list(ledger.frame.columns)
    rows = ledger.frame.itertuples(index=False, name=None)
    return {
        "headline": ledger.headline,
        "columns": [[label(name), "right" if name in ("n", "share") else "left"] for name in names],
        "rows": [[cell(*pair) for pair in zip(names, row, strict=True)] for row in rows],
        "notes": list(ledger.notes),
    }


def _print_ledger(told: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 100)
    console.print(Text(told["headline"], style="bold"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, side in told["columns"]:
        table.add_column(name, justify=side, overflow="fold")
    for row in told["rows"]:
        table.add_row(*(Text(_readable(word)) for word in row))
    console.print(table)
    for note in told["notes"]:
        console.print(Text(f"· {_readable(note)}"))
    for said in told["lacking"]:
        typer.echo(_readable(said))


def _readable(text: str) -> str:
    """Keep control codes that came with the data away from the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
