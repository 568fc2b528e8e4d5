"""The study's own reports beside an earlier build of cxlab: processor seconds, from one run.

Usage: reports.py [--only NOTEBOOK …] [--before COMMIT] [--times N]
The earlier build is cloned into `.bench` with an environment of its own; each reads its own study
file of the sample, which differs by words the earlier one does not know, not by exports.
"""

import argparse
import ctypes
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BEFORE = "1c35b63"
ONCE = ("check, cold", "reports")


def main() -> None:
    """Do the same with both builds, turn by turn, and print the ratio of the middle times."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--only", nargs="*", default=[])
    words.add_argument("--before", default=BEFORE)
    words.add_argument("--times", type=int, default=3, help="how often each short task is done")
    given = words.parse_args()
    builds = {given.before: earlier(given.before), "today": ROOT}
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # what a run leaves to end by itself counts too (Linux)
    with tempfile.TemporaryDirectory(prefix="cx-") as folder:
        asked = {
            name: tasks(root, Path(folder) / name, given.only) for name, root in builds.items()
        }
        for task in asked["today"]:
            spent: dict[str, list[float]] = {name: [] for name in builds}
            for _ in range(1 if task in ONCE else given.times):
                for name, root in builds.items():
                    spent[name].append(seconds(*asked[name][task], cwd=root))
            old, new = (statistics.median(spent[name]) for name in builds)
            said = f"{old:.2f} s at {given.before}, {new:.2f} s today, ratio {old / new:.2f}"
            print(f"{task}: {said}", flush=True)


def earlier(commit: str) -> Path:
    """Clone an earlier commit and give it its own environment with bytecode, once."""
    root = ROOT / ".bench" / f"cxlab-{commit}"
    if not root.exists():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(root)], check=True)
        subprocess.run(["git", "-C", str(root), "checkout", "--quiet", commit], check=True)
    subprocess.run(["make", "--silent", "-C", str(root), "env"], check=True)
    for each in (root, ROOT):  # what compiles first must not pay for it here
        words = [str(each / ".venv/bin/python"), "-m", "compileall", "-q", ".venv/lib", "cxlab"]
        subprocess.run(words, cwd=each, stdout=subprocess.DEVNULL, check=False)
    return root


def tasks(root: Path, folder: Path, only: list[str]) -> dict[str, list[str]]:
    """Say what is done: help, check of the sample cold and warm, its reports, and these again."""
    cxlab = str(root / ".venv/bin/cxlab")
    shutil.copytree(root / "data/sample", folder, ignore=shutil.ignore_patterns(".cxlab"))
    here, out = str(folder / "study.yaml"), str(folder.with_name(f"{folder.name}-out"))
    chosen = [word for name in only for word in ("--only", name)]
    reports = [cxlab, "run", here, *chosen, "--notebooks", str(root / "notebooks"), "--out", out]
    check = [cxlab, "check", here]
    return {"help": [cxlab, "--help"], "check --help": [cxlab, "check", "--help"],
            "check, cold": check, "check": check, "reports": reports,
            "unchanged": reports}  # fmt: skip


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
