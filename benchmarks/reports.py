"""The study's own reports beside an earlier build of cxlab: processor seconds, from one run.

Usage: reports.py [--only NOTEBOOK …] [--before COMMIT]
The earlier build is cloned into `.bench` with an environment of its own; each reads its own study
file of the sample, which differs by words the earlier one does not know, not by exports.
"""

import argparse
import ctypes
import os
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BEFORE = "1c35b63"


def main() -> None:
    """Make the same reports with both builds, one after the other, and print the ratio."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--only", nargs="*", default=[])
    words.add_argument("--before", default=BEFORE)
    given = words.parse_args()
    builds = {given.before: earlier(given.before), "today": ROOT}
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # what a run leaves to end by itself counts too (Linux)
    spent = {name: run(root, given.only) for name, root in builds.items()}
    for task in spent["today"]:
        old, new = spent[given.before][task], spent["today"][task]
        print(f"{task}: {old:.1f} s at {given.before}, {new:.1f} s today, ratio {old / new:.2f}")


def earlier(commit: str) -> Path:
    """Clone an earlier commit and give it its own environment, once."""
    root = ROOT / ".bench" / f"cxlab-{commit}"
    if not root.exists():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(root)], check=True)
        subprocess.run(["git", "-C", str(root), "checkout", "--quiet", commit], check=True)
    subprocess.run(["make", "--silent", "-C", str(root), "env"], check=True)
    return root


def run(root: Path, only: list[str]) -> dict[str, float]:
    """Check the sample cold and warm, make its reports, make them again."""
    cxlab = str(root / ".venv/bin/cxlab")
    with tempfile.TemporaryDirectory(prefix="cx-") as folder:
        copy = Path(folder) / "study"
        shutil.copytree(root / "data/sample", copy, ignore=shutil.ignore_patterns(".cxlab"))
        here, out = str(copy / "study.yaml"), str(Path(folder) / "out")
        chosen = [word for name in only for word in ("--only", name)]
        notebooks = ["--notebooks", str(root / "notebooks")]
        reports = ["run", here, *chosen, *notebooks, "--out", out]
        tasks = {"check, cold": ["check", here], "check": ["check", here], "reports": reports,
                 "unchanged": reports}  # fmt: skip
        return {task: seconds(cxlab, *words, cwd=root) for task, words in tasks.items()}


def seconds(*command: str, cwd: Path) -> float:
    """Give the processor seconds of a command and all it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, check=True)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
