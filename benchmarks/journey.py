"""Order, transitions, steps and a funnel of many events: ours beside the peers a user would pick.

Run `python benchmarks/journey.py [--share 0.1]`: at 1 it is ten million events of 500,000 people.
Each way runs in a process of its own on the same log; processor seconds are those of the call
alone, memory is what the process holds at the call's peak beyond what it held before (Linux). Peers
are looked for in `.bench`.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
PEERS = Path(os.environ.get("CXLAB_PEERS", ROOT / ".bench" / "bin" / "python"))
EVENTS, PEOPLE = 10_000_000, 500_000
STEPS = ["e0", "e1", "e2"]


def log(n: int) -> pd.DataFrame:
    """Events of twenty names over a year, no two at one moment."""
    rng = np.random.default_rng(1)
    names = np.array([f"e{k}" for k in range(20)])
    who = rng.integers(0, n * PEOPLE // EVENTS, n)
    at = np.datetime64("2025-01-01", "us") + np.sort(rng.choice(31_536_000_000, n)) * 1000
    return pd.DataFrame({"visitor_id": who.astype(str), "event": names[rng.integers(0, 20, n)],
                         "at": at})  # fmt: skip


def ours(frame: pd.DataFrame):
    """All four through DuckDB, the events put in order once."""
    import ibis

    from cxlab import journey

    connection = ibis.duckdb.connect()
    connection.con.register("rows", frame.assign(position=np.arange(len(frame))))
    connection.con.execute("create table visits as from rows")

    def call():
        ways = journey.ways(connection.table("visits"), within="person")
        journey.transitions(ways)
        journey.step_matrix(ways)
        journey.funnel(ways, steps=STEPS, as_of="2026-01-01")

    return call


def retentioneering(frame: pd.DataFrame):
    """The same by retentioneering 5.2."""
    import retentioneering as peer

    rows = frame.rename(columns={"visitor_id": "user_id", "at": "timestamp"})

    def call():
        stream = peer.Eventstream(rows, schema={"path_cols": ["user_id"]})
        stream.transition_graph_data(edge_weight="count")
        stream.step_matrix_data(max_steps=8)
        stream.funnel_data(steps=STEPS)

    return call


def pm4py(frame: pd.DataFrame):
    """Transitions alone, as the directly-follows graph of pm4py."""
    import pm4py as peer

    names = ["case:concept:name", "concept:name", "time:timestamp"]
    rows = frame.set_axis(names, axis="columns").assign(
        **{"time:timestamp": frame["at"].dt.tz_localize("UTC")}
    )
    return lambda: peer.discover_dfg(rows)


WAYS = {"ours": ours, "retentioneering": retentioneering, "pm4py": pm4py}


def _held(name: str) -> float:
    """Megabytes of this process: `VmRSS` now, `VmHWM` at its peak."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return (
        next(float(line.split()[1]) for line in told.splitlines() if line.startswith(name)) / 1024
    )


def one(name: str, share: float) -> None:
    """Run one way and print its cost."""
    call = WAYS[name](log(int(EVENTS * share)))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    held, usage = _held("VmRSS"), resource.getrusage(resource.RUSAGE_SELF)
    call()
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    added = _held("VmHWM") - held
    print(json.dumps({"way": name, "seconds": round(spent, 2), "megabytes": round(added)}))


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--share", type=float, default=1.0)
    given.add_argument("--way")
    asked = given.parse_args()
    if asked.way:
        one(asked.way, asked.share)
        sys.exit()
    ours_took: dict = {}
    for each in WAYS:
        program = sys.executable if each == "ours" else str(PEERS)
        told = subprocess.run(
            [program, __file__, "--way", each, "--share", str(asked.share)], capture_output=True,
            text=True, check=False, env={**os.environ, "RETENTIONEERING_NO_TRACK": "1"},
        )  # fmt: skip
        lines = [line for line in told.stdout.splitlines() if line.startswith('{"way"')]
        print(lines[-1] if lines else f"{each}: not run ({told.stderr.strip()[-120:]})")
        if lines and each == "ours":
            ours_took = json.loads(lines[-1])
        elif lines and ours_took:
            took = json.loads(lines[-1])
            times, memory = (took[of] / ours_took[of] for of in ("seconds", "megabytes"))
            print(f"  {each}: {times:.1f} times our seconds, {memory:.1f} times our memory")
