"""A click in the explorer beside the same views as pandas group-bys, on weighted answers.

Run `python benchmarks/explore.py [--rows 1000000] [--clicks 12]`. The study has customers who
answer more than once, so that every interval allows for it; pandas gives the same estimates and
standard errors, no intervals, no sentences, and nothing is held back. Both see the same clicks in
turn, in one process. `painted` is what a click waits for; `whole` adds the comparison with all
others, which is painted after the rest. Processor seconds.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

import cxlab
from cxlab.explore.sitting import Sitting

GROUPS = {"region": list("ABCDEFGH"), "plan": ["basic", "plus", "pro"], "channel": ["mail", "web"]}


def write(folder: Path, rows: int) -> Path:
    """Write a study of so many answers."""
    draw = np.random.default_rng(1)
    shares = np.r_[[0.02] * 6, 0.08, 0.2, 0.2, 0.2, 0.2]
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 720, rows), unit="D")
    frame = pd.DataFrame({
        "id": np.char.add("c", draw.integers(0, rows * 7 // 10, rows).astype(str)),
        "date": day.strftime("%Y-%m-%d"),
        "score": draw.choice(11, rows, p=shares / shares.sum()),
        "w": draw.uniform(0.5, 2, rows).round(3),
        **{name: draw.choice(values, rows) for name, values in GROUPS.items()},
        **{f"r{k}": draw.integers(1, 6, rows) for k in range(4)},
    })  # fmt: skip
    frame.to_csv(folder / "s.csv", index=False)
    table = {"files": "s.csv", "columns": {"customer_id": "id", "answered_at": "date",
             "nps": "score", "channel": "channel", "weight": "w"},
             "ratings": {f"r{k}": f"r{k}" for k in range(4)}, "segments": ["region", "plan"],
             "scales": {"nps": "0..10", "ratings": "1..5"}}  # fmt: skip
    path = folder / "study.yaml"
    words = {"study": "Many", "as_of": "2025-12-31", "tables": {"responses": table}}
    path.write_text(yaml.safe_dump(words), encoding="utf-8")
    return path


def clicks(n: int) -> list[dict[str, str]]:
    """Choose the chips of each state: one, then a second beside it."""
    draw, out = np.random.default_rng(2), []
    while len(out) < n:
        first, second = draw.permutation(list(GROUPS))[:2]
        chips = {first: str(draw.choice(GROUPS[first]))}
        out += [chips, {**chips, second: str(draw.choice(GROUPS[second]))}]
    return out[:n]


def error(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Give weighted means with errors by customer, as one writes them with pandas."""
    sums = rows.groupby(by, observed=True)[["w", "wv"]].transform("sum")
    rows = rows.assign(z=rows["wv"] - rows["w"] * sums["wv"] / sums["w"])
    people = rows.groupby([*by, "customer_id"], observed=True)[["w", "wv", "z"]].sum()
    told = people.assign(z2=people["z"] ** 2).groupby(by, observed=True).agg(
        w=("w", "sum"), wv=("wv", "sum"), z2=("z2", "sum"), m=("w", "size")
    )  # fmt: skip
    spread = np.sqrt(told["m"] / (told["m"] - 1) * told["z2"]) / told["w"]
    return pd.DataFrame({"estimate": told["wv"] / told["w"], "std_error": spread})


def by_pandas(frame: pd.DataFrame, chips: dict[str, str], by: str) -> None:
    """Make the same five views."""
    inside = np.logical_and.reduce([frame[name] == value for name, value in chips.items()])
    here = frame[inside].assign(all=0)
    error(here, ["all"])
    here.groupby("nps")["w"].agg(["size", "sum"])
    error(here, ["quarter"])
    if by not in chips:
        error(here, [by])
    error(frame.assign(chosen=inside), ["chosen"])


def spent(work, *given) -> float:
    """Give the processor seconds of a call."""
    start = time.process_time()
    work(*given)
    return time.process_time() - start


def click(sitting: Sitting, chips: dict[str, str]) -> None:
    """Reach a state as clicks do; the last one is what is timed as painted."""
    last = list(chips)[-1]
    sitting.do({"do": "add", "column": last, "value": chips[last]})
    sitting.shown()


def compared(sitting: Sitting) -> None:
    """Ask what a large study paints last: the chosen beside all others."""
    if any(each["name"] == "against" and each.get("waits") for each in sitting.shown()["views"]):
        sitting.do({"do": "rest"})


def main() -> None:
    """Time both ways on the same clicks and print a line of JSON."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--clicks", type=int, default=12)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sitting = Sitting(cxlab.open(write(Path(folder), given.rows)))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    frame = sitting.study.responses.assign(
        wv=lambda rows: (
            rows["weight"] * np.select([rows["nps"] >= 9, rows["nps"] <= 6], [100.0, -100.0], 0.0)
        )
    ).rename(columns={"weight": "w"})
    frame["quarter"] = (
        frame["answered_at"].dt.tz_localize(None).dt.to_period("Q").astype("category")
    )
    frame = frame.astype({name: "category" for name in ("customer_id", *GROUPS)})
    painted, whole, theirs, wall = [], [], [], []
    for chips in clicks(given.clicks):
        if len(chips) == 1:
            sitting.do({"do": "clear"})
        begun = time.perf_counter()
        painted.append(spent(click, sitting, chips))
        wall.append(time.perf_counter() - begun)
        whole.append(painted[-1] + spent(compared, sitting))
        theirs.append(spent(by_pandas, frame, chips, sitting.by))
    told = {"rows": given.rows, "clicks": given.clicks,
            "painted_median": np.median(painted), "painted_95": np.quantile(painted, 0.95),
            "wall_median": np.median(wall), "whole_median": np.median(whole),
            "pandas_median": np.median(theirs),
            "times_faster": sum(theirs) / sum(whole), "peak_mb": own}  # fmt: skip
    print(json.dumps({name: round(float(value), 3) for name, value in told.items()}))


if __name__ == "__main__":
    main()
