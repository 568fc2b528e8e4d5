"""Reports by the press, beside the plain loop of papermill and nbconvert commands.

Five toy notebooks, each a question with two exhibits, times twelve parts of the sample study; with
`--real`, the study's own notebooks times five parts, or those named after it. Each contestant
runs in a process of its own; processor seconds are those of all its descendants.
With `--small 1000`, that many reports of one printed line: seconds and memory, first and last.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample" / "study.yaml"
BIN = Path(sys.executable).parent
PARAMETERS = """study_file: str = ""  # the study
segment: str = ""  # a segment column
value: str = ""  # its value
period: str = ""  # a quarter"""
SETUP = """from cxlab import metrics, plots, results, study
whole = study.load(study_file)
here = whole.part(segment=segment, value=value, period=period)"""
SPREAD = "plots.show(plots.distribution(metrics.distribution(here.responses, score='{}')))"
REAL = ["10_data_quality", "20_scores", "30_drivers", "40_churn", "50_retention"]
HELD = ("responses", "customers", "orders", "interactions", "scores", "ratings", "questions",
        "questionnaire", "leaving", "leaving or orders")  # fmt: skip
QUESTIONS = {
    "10_score": ["results.answer(metrics.nps(here.responses))", SPREAD.format("nps")],
    "20_groups": ["plots.show(plots.forest(metrics.nps(here.responses, by='plan')))"],
    "30_ease": ["results.answer(metrics.csat(here.responses))", SPREAD.format("csat")],
    "40_rest": [
        "rest = metrics.compare(here.responses, score='nps', by='plan')",
        "plots.show(plots.forest(rest))",
    ],
    "50_rows": ["results.answer(whole.ledger)", "plots.show(plots.waterfall(whole.ledger))"],
}


def main() -> None:
    """Run the contestants asked for and print what they took."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--parts", type=int, default=12, help="parts of the study, at most 13")
    given.add_argument("--real", nargs="*", metavar="NOTEBOOK", help="the study's own notebooks")
    given.add_argument("--small", type=int, default=0, help="small reports, none of the above")
    given.add_argument("--contestant", help=argparse.SUPPRESS)
    given.add_argument("--desk", type=Path, help=argparse.SUPPRESS)
    words = given.parse_args()
    if words.real is not None:
        words.parts = min(words.parts, 5)
    if words.small:
        _many(words.small)
        return
    if words.contestant:
        CONTESTANTS[words.contestant](words.desk, words.parts)
        return
    from cxlab import study

    _stay_parent()
    with tempfile.TemporaryDirectory(prefix="cx-bench-") as folder:
        desk = Path(folder)
        _write(desk) if words.real is None else _copy(desk, words.real or REAL)
        study.load(SAMPLE)  # fill the cache of cleaned tables for all alike
        reports = len(_jobs(desk, words.parts))
        print(f"{reports} reports | wall s | processor s | peak MB | times the press")
        taken: dict[str, dict[str, float]] = {}
        for name in CONTESTANTS:
            taken[name] = _measured(name, desk, words.parts)
            _print(name, taken[name], taken[PRESS])


def _write(desk: Path) -> None:
    for name, cells in QUESTIONS.items():
        said = {"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}}
        sources = [(PARAMETERS, ["parameters"]), (SETUP, []), *((cell, []) for cell in cells)]
        code = [_cell(source, tags, place) for place, (source, tags) in enumerate(sources)]
        prose = {"cell_type": "markdown", "metadata": {}, "source": f"# {name}", "id": "p"}
        whole = {"cells": [prose, *code], "metadata": said, "nbformat": 4, "nbformat_minor": 5}
        (desk / f"{name}.ipynb").write_text(json.dumps(whole))


def _copy(desk: Path, names: list[str]) -> None:
    for name in names:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", desk)


def _cell(source: str, tags: list[str], place: int) -> dict:
    words = {"cell_type": "code", "metadata": {"tags": tags}, "source": source, "outputs": []}
    return {**words, "execution_count": None, "id": f"c{place}"}


def _jobs(desk: Path, parts: int) -> list:
    from cxlab import reports

    study_file = SAMPLE
    regions = [{"segment": "region", "value": v} for v in ("North", "South", "East", "West")]
    quarters = [{"period": f"{year}Q{q}"} for year in (2024, 2025) for q in (1, 2, 3, 4)]
    some = [{}, *regions, *quarters][:parts]
    return reports.plan(desk, study_file=study_file, parts=some, tables=HELD)


def _press(desk: Path, parts: int, *, out: str = "out") -> None:
    from cxlab import reports

    facts = {"study": "Kestrel", "as_of": "2025-12-31", "rows": {}}
    runs = reports.run(_jobs(desk, parts), desk / out, study=facts, data="sample")
    assert all(run.state in ("done", "unchanged") for run in runs), runs


def _plain_code(desk: Path, parts: int) -> None:
    """Run the same cells in forks of one warm process: no papermill, no page."""
    from IPython.core.interactiveshell import InteractiveShell

    import cxlab.metrics
    import cxlab.plots
    import cxlab.study  # noqa: F401

    shell = InteractiveShell.instance()
    for job in _jobs(desk, parts):
        if os.fork() == 0:
            cells = json.loads(job.notebook.path.read_text())["cells"]
            with open(os.devnull, "w") as nowhere:
                sys.stdout = nowhere
                for cell in cells:
                    if cell["cell_type"] != "code":
                        continue
                    assert shell.run_cell("".join(cell["source"])).success
                    if "parameters" in cell["metadata"].get("tags", []):
                        shell.user_ns.update(job.parameters)
            os._exit(0)
        assert os.wait()[1] == 0


def _loop(desk: Path, parts: int) -> None:
    """Do what a shell loop does: two commands a report, one after the other."""
    for job in _jobs(desk, parts):
        out = desk / "loop" / f"{job.stem}.ipynb"
        out.parent.mkdir(parents=True, exist_ok=True)
        given = [w for k, v in job.parameters.items() for w in ("-r", k, str(v))]
        quiet = {"check": True, "capture_output": True, "cwd": desk}
        subprocess.run(
            [BIN / "papermill", job.notebook.path, out, "-k", "python3", *given], **quiet
        )
        subprocess.run([BIN / "jupyter", "nbconvert", "--to", "html", "--no-input", out], **quiet)


def _many(n: int) -> None:
    """Make many small reports; say whether the last cost more than the first."""
    from cxlab import reports

    with tempfile.TemporaryDirectory(prefix="cx-bench-") as folder:
        desk, done = Path(folder), []
        asked = 'segment: str = ""  # which\nvalue: str = ""  # one'
        cells = [_cell(asked, ["parameters"], 0), _cell("print(value)", [], 1)]
        said = {"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}}
        whole = {"cells": cells, "metadata": said, "nbformat": 4, "nbformat_minor": 5}
        (desk / "10_small.ipynb").write_text(json.dumps(whole))
        parts = [{"segment": "place", "value": str(place)} for place in range(n)]
        jobs = reports.plan(desk, study_file=SAMPLE, parts=parts, tables=())
        facts = {"study": "Many", "as_of": "2025-12-31", "rows": {}}
        tell = lambda run: done.append((time.perf_counter(), _held(os.getpid()) / 1e6))  # noqa: E731
        reports.run(jobs, desk / "out", study=facts, data="none", tell=tell)
        tenth = max(2, n // 10)
        print(f"{n} small reports | seconds a report | MB held by all processes (mean)")
        for name, some in (("first tenth", done[1 : tenth + 1]), ("last tenth", done[-tenth:])):
            taken = (some[-1][0] - some[0][0]) / (len(some) - 1)
            print(f"{name} | {taken:.3f} | {sum(held for _, held in some) / len(some):.0f}")
        start = time.perf_counter()
        reports.run(jobs, desk / "out", study=facts, data="none")
        print(f"rerun, nothing changed | {time.perf_counter() - start:.2f} s in all")
        print(f"index | {(desk / 'out' / 'index.html').stat().st_size / 1e6:.2f} MB{_opens(desk)}")


def _opens(desk: Path) -> str:
    """Time how long a browser takes to show the index, where there is one."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return ""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        return ""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        start = time.perf_counter()
        page.goto((desk / "out" / "index.html").as_uri(), wait_until="load")
        shown = page.locator("#reports tbody tr").count()
        taken = time.perf_counter() - start
        browser.close()
    return f", {shown} rows open in {taken:.2f} s"


PRESS = "cxlab press, executed and exported"
CONTESTANTS = {
    PRESS: _press,
    "rerun": _press,
    "the same cells as plain code, one warm process": _plain_code,
    "papermill and nbconvert commands, a loop": _loop,
}


def _measured(name: str, desk: Path, parts: int) -> dict[str, float]:
    start, before = time.perf_counter(), os.times()
    words = [sys.executable, __file__, "--contestant", name, "--parts", str(parts)]
    run = subprocess.Popen([*words, "--desk", str(desk)])
    peak = 0
    while run.poll() is None:
        peak = max(peak, _held(run.pid))
        time.sleep(0.2)
    assert run.returncode == 0, name
    wall = time.perf_counter() - start
    while True:  # what the contestant left to end by itself counts too
        try:
            os.wait()
        except ChildProcessError:
            break
    now = os.times()
    processor = now.children_user + now.children_system
    processor -= before.children_user + before.children_system
    return {"wall": wall, "processor": processor, "peak": peak / 1e6}


def _held(pid: int) -> int:
    try:
        family = psutil.Process(pid)
        return sum(p.memory_info().rss for p in [family, *family.children(recursive=True)])
    except psutil.Error:
        return 0


def _stay_parent() -> None:
    """Become the parent of whatever a contestant leaves behind (Linux), to count it."""
    import ctypes

    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def _print(name: str, each: dict[str, float], ours: dict[str, float]) -> None:
    ratios = f"{each['wall'] / ours['wall']:.2f}, {each['processor'] / ours['processor']:.2f}"
    words = "rerun, nothing changed" if name == "rerun" else name
    numbers = f"{each['wall']:.1f} | {each['processor']:.1f} | {each['peak']:.0f}"
    print(f"{words} | {numbers} | {ratios} (wall, processor)", flush=True)


if __name__ == "__main__":
    main()
