"""Weighted NPS of 200 segments with intervals: against one groupby-mean, and a naive bootstrap.

Run `python benchmarks/scores.py [--rows 5000000] [--naive 3]`. Each way runs in a process of its
own; its processor seconds are the middle of five runs, its memory is what it adds to the peak of
making the data. The naive bootstrap draws the rows of each segment again for each replicate; it is
timed for `--naive` replicates, and the cost of 1,000 is 1,000 times the middle one.
"""

import argparse
import json
import resource
import subprocess
import sys

import numpy as np
import pandas as pd

from cxlab import metrics

SEGMENTS = 200
REPLICATES = 1000


def answers(rows: int, kind: str) -> pd.DataFrame:
    """Make answers with weights, in segments held as category or as text."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, SEGMENTS, rows)
    names = np.array([f"segment {place:03d}" for place in range(SEGMENTS)])
    held = pd.Categorical.from_codes(codes, names) if kind == "category" else names[codes]
    score = rng.choice(11, rows).astype(np.int8)
    frame = pd.DataFrame({"segment": held, "nps": score, "weight": rng.uniform(0.2, 4, rows)})
    return frame if kind == "category" else frame.astype({"segment": "str"})


def groupby_mean(frame: pd.DataFrame) -> object:
    """The peer: one mean a segment, no weight, no interval."""
    return frame.groupby("segment", observed=True)["nps"].mean()


def ours(frame: pd.DataFrame) -> object:
    """Weighted NPS with adjusted Wald intervals, groups compared, headline and notes."""
    return metrics.nps(frame, by="segment", weight="weight")


def ours_bootstrap(frame: pd.DataFrame) -> object:
    """The same with 1,000 bootstrap replicates of the counts."""
    return metrics.nps(frame, by="segment", weight="weight", method="bootstrap")


def naive_bootstrap(frame: pd.DataFrame) -> object:
    """One replicate as usually written: draw the rows of each segment, then apply."""

    def weighted(part: pd.DataFrame) -> float:
        drawn = part.sample(len(part), replace=True)
        promoters = drawn.loc[drawn["nps"] >= 9, "weight"].sum()
        detractors = drawn.loc[drawn["nps"] <= 6, "weight"].sum()
        return 100 * (promoters - detractors) / drawn["weight"].sum()

    return frame.groupby("segment", observed=True)[["nps", "weight"]].apply(weighted)


WAYS = {f.__name__: f for f in (groupby_mean, ours, ours_bootstrap, naive_bootstrap)}


def measure(way: str, rows: int, kind: str, times: int) -> dict[str, float]:
    """Run one way in this process; give processor seconds and peak memory."""
    frame = answers(rows, kind)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = []
    for _ in range(times):
        start = resource.getrusage(resource.RUSAGE_SELF)
        WAYS[way](frame)
        end = resource.getrusage(resource.RUSAGE_SELF)
        seconds.append(end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": float(np.median(seconds)), "added_mb": (peak - before) / 1024}


def apart(way: str, rows: int, kind: str, times: int) -> dict[str, float]:
    """Run one way in a process of its own."""
    command = [sys.executable, __file__, "--way", way, "--rows", str(rows), "--kind", kind,
               "--times", str(times)]  # fmt: skip
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measure all ways and print ours beside the peers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--naive", type=int, default=3, help="replicates of the naive bootstrap")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--kind", choices=["category", "text"])
    parser.add_argument("--way", choices=list(WAYS))
    given = parser.parse_args()
    if given.way:
        print(json.dumps(measure(given.way, given.rows, given.kind, given.times)))
        return
    print(f"{given.rows:,} answers, {SEGMENTS} segments; processor seconds, added peak memory")
    for kind in [given.kind] if given.kind else ["category", "text"]:
        peer, plain, boot = (
            apart(way, given.rows, kind, given.times)
            for way in ("groupby_mean", "ours", "ours_bootstrap")
        )
        naive = apart("naive_bootstrap", given.rows, kind, given.naive)
        print(f"\nsegments as {kind}")
        for name, row in (("one groupby-mean", peer), ("weighted NPS, intervals", plain)):
            print(f"  {name:40}{row['seconds']:8.3f} s {row['added_mb']:8.0f} MB")
        print(f"    ratio {plain['seconds'] / peer['seconds']:.2f} (aim: at most 2)")
        added, all_naive = boot["seconds"] - plain["seconds"], naive["seconds"] * REPLICATES
        print(
            f"  {'1,000 replicates on top':40}{added:8.3f} s {boot['added_mb']:8.0f} MB (aim: 1 s)"
        )
        print(f"  {'naive: one replicate':40}{naive['seconds']:8.3f} s {naive['added_mb']:8.0f} MB")
        print(
            f"    naive for 1,000, scaled: {all_naive:,.0f} s, {all_naive / added:,.0f} times ours"
        )


if __name__ == "__main__":
    main()
