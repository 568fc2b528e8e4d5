"""A survey export of 20 columns: read, cleaned and written as Parquet, beside pyarrow's parse.

The export is made up, a thirtieth of its cells in need of care: labelled scores, words for
missing, blanks around values, duplicates, scores off their scale; no two comments are alike.
Each contestant runs in a process of its own; seconds are processor seconds of all its threads.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CHUNK = 250_000
RATINGS = [f"r{n}" for n in range(1, 8)]
LETTERS = str.maketrans("0123456789", "aeioutnrsl")
STUDY = """study: A large survey
as_of: 2025-12-31
tables:
  responses:
    files: survey.csv
    columns: {response_id: ResponseId, customer_id: ExternalReference, answered_at: EndDate,
              nps: Q1, csat: Q2, ces: Q3, comment: Q5, channel: Channel, language: Language,
              duration_s: Seconds}
    ratings: [r1, r2, r3, r4, r5, r6, r7]
    segments: {region: Region, plan: Plan, shop: Shop}
"""
HEADER = "ResponseId,ExternalReference,EndDate,Q1,Q2,Q3,Q5,Channel,Language,Seconds,"
HEADER += ",".join(RATINGS) + ",Region,Plan,Shop\n"


def main() -> None:
    """Run both contestants and print what they took."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rows", type=int, default=5_000_000, help="rows of the export")
    given.add_argument("--contestant", help=argparse.SUPPRESS)
    given.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    words = given.parse_args()
    if words.contestant:
        CONTESTANTS[words.contestant](words.folder)
        return
    with tempfile.TemporaryDirectory(prefix="cx-bench-") as folder:
        path = write(Path(folder), words.rows)
        size = path.stat().st_size / 1e9
        print(
            f"{words.rows:,} rows, {size:.2f} GB | processor s | wall s | peak GB | times pyarrow"
        )
        taken = {name: _run(name, Path(folder)) for name in CONTESTANTS}
        base = taken["pyarrow"]["cpu"]
        for name, one in taken.items():
            print(f"{name} | {one['cpu']:.1f} | {one['wall']:.1f} | {one['peak']:.2f} | "
                  f"{one['cpu'] / base:.1f}")  # fmt: skip


def write(folder: Path, rows: int) -> Path:
    """Write the study and its export."""
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    path = folder / "survey.csv"
    rng = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as out:
        out.write(HEADER)
        for start in range(0, rows, CHUNK):
            out.writelines(_lines(rng, start, min(CHUNK, rows - start)))
    return path


def _lines(rng: np.random.Generator, start: int, n: int) -> list[str]:
    days = np.datetime64("2024-01-01T00:00:00") + rng.integers(0, 700 * 86400, n)
    nps = rng.integers(0, 11, n).astype(str).astype(object)
    nps[rng.random(n) < 0.02] = "10 - Extremely likely"
    nps[rng.random(n) < 0.005] = "11"
    words = ["", "Quick and friendly, as it always was.", "It took far too long: " * 9]
    words += ["The parcel came late but support put it right the same day. " * 3]
    columns = [
        np.char.add("R_", np.arange(start, start + n).astype(str)),
        np.char.add("00", rng.integers(10**6, 10**7, n).astype(str)),
        np.char.replace(days.astype(str), "T", " "),
        nps,
        rng.choice(["1", "2", "3", "4", "5", "N/A"], n),
        rng.choice(["1", "2", "3", "4", "5", "6", "7", ""], n),
        np.char.add(np.char.add('"', rng.choice(words, n)), _endings(start, n)),
        rng.choice(["e-mail", "web", " app "], n),
        rng.choice(["EN", "DE"], n),
        rng.integers(5, 2000, n).astype(str),
        *(rng.choice(["1", "2", "3", "4", "5", ""], n) for _ in RATINGS),
        rng.choice(["North of the country", "South", "East", "West"], n),
        rng.choice(["basic", "home", "office"], n),
        np.char.add("shop ", rng.integers(1, 400, n).astype(str)),
    ]
    return [",".join(row) + "\n" for row in zip(*map(list, columns), strict=True)]


def _endings(start: int, n: int) -> np.ndarray:
    """Give a different last word, in letters, to every comment."""
    digits = np.arange(start, start + n).astype(str)
    return np.array([f' {each.translate(LETTERS)}"' for each in digits])


def _run(name: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--contestant", name, "--folder", str(folder)]
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {**json.loads(done.stdout.splitlines()[-1]), "wall": time.perf_counter() - start}


def _told() -> None:
    """Print what this process took; its peak is that of its resident memory."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss * (1024 if sys.platform != "darwin" else 1) / 1e9
    print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "peak": peak}))


def _pyarrow(folder: Path) -> None:
    from pyarrow import csv

    csv.read_csv(folder / "survey.csv")
    _told()


def _cxlab(folder: Path) -> None:
    from cxlab import study

    study.export(study.load(folder / "study.yaml", cache=False), folder / "out")
    _told()


CONTESTANTS = {"pyarrow": _pyarrow, "cxlab": _cxlab}


if __name__ == "__main__":
    main()
