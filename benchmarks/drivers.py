"""Exact driver importance, its bootstrap and the ordered logit, beside pingouin and statsmodels.

Usage: python benchmarks/drivers.py [--full]

pingouin is run in an environment of its own, `.bench` (`python -m venv .bench && .bench/bin/pip
install -r benchmarks/requirements.txt`); without it ours is timed alone. With `--full`, pingouin
shares out 16 and 20 drivers (minutes); otherwise 12.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEER = HERE.parent / ".bench" / "bin" / "python"
REPLICATES_OF_PEER = 5
SIZES = (8, 12, 16, 20)

DATA = """
import json, resource, sys, time
import numpy as np, pandas as pd
def answers(n, p):
    rng = np.random.default_rng(p)
    mood = rng.normal(size=(n, 1))
    x = 0.77 * mood + 0.63 * rng.normal(size=(n, p))
    y = x @ np.linspace(1, 0.2, p) + 2 * rng.normal(size=n)
    return pd.DataFrame(x, columns=[f"t{k}" for k in range(p)]).assign(score=y)
def used():
    now = resource.getrusage(resource.RUSAGE_SELF)
    return now.ru_utime + now.ru_stime
def told(begin, **more):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": used() - begin, "peak_mb": peak, **more}))
"""

OURS = (
    DATA
    + """
from cxlab import drivers
n, p, n_boot = map(int, sys.argv[1:4])
rows = answers(n, p)
terms = [f"t{k}" for k in range(p)]
drivers.importance(answers(200, 4), outcome="score", drivers=terms[:4], n_boot=10)
begin = used()
found = drivers.importance(rows, outcome="score", drivers=terms, n_boot=n_boot).frame
told(begin, shares=found.set_index("term").loc[terms, "r2"].tolist())
"""
)

PINGOUIN = (
    DATA
    + """
import pingouin
n, p, n_boot = map(int, sys.argv[1:4])
rows = answers(n, p)
terms = [f"t{k}" for k in range(p)]
pingouin.linear_regression(rows[terms[:4]], rows["score"], relimp=True)
begin = used()
found = pingouin.linear_regression(rows[terms], rows["score"], relimp=True)
rng = np.random.default_rng(0)
for _ in range(n_boot):
    drawn = rows.iloc[rng.integers(0, n, n)]
    pingouin.linear_regression(drawn[terms], drawn["score"], relimp=True)
told(begin, shares=found["relimp"].iloc[1:].tolist())
"""
)

ORDERED = (
    DATA
    + """
from cxlab.drivers.workings import ordered as ordinal
n, p, which = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rows = answers(n, p)
terms = [f"t{k}" for k in range(p)]
y = pd.qcut(rows["score"], 5, labels=False).to_numpy()
x, w = rows[terms].to_numpy(), np.random.default_rng(0).uniform(0.5, 2, n)
if which == "ours":
    begin = used()
    model = ordinal.fit_ordered(y, x, w)
    ordinal.robust(model, y, x, w)
    told(begin, loglik=model.loglik)
else:
    from statsmodels.miscmodels.ordinal_model import OrderedModel
    begin = used()
    OrderedModel(y, x, distr="logit").fit(method="bfgs", disp=False)
    told(begin)
"""
)


def run(script: str, *arguments: object, python: str | Path = sys.executable) -> dict:
    """Run a script in a process of its own and read what it tells."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)} | {
        name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    }
    done = subprocess.run(
        [str(python), "-W", "ignore", "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=HERE.parent,
    )
    return json.loads(done.stdout.splitlines()[-1])


def line(what: str, ours: dict, peer: float | None, scaled: str = "") -> None:
    """Print one row of the table."""
    beside = f"{peer:10.2f} s   {peer / ours['seconds']:9.0f} times" if peer else " " * 12
    print(f"{what:44s} {ours['seconds']:8.3f} s {ours['peak_mb']:6.0f} MB   {beside} {scaled}")


def shares(full: bool) -> None:
    """Exact shares of one model."""
    for p in SIZES:
        ours = run(OURS, 10_000, p, 0)
        peer = None
        if PEER.exists() and (full or p <= 12):
            peer = run(PINGOUIN, 10_000, p, 0, python=PEER)
            away = max(abs(a - b) for a, b in zip(ours["shares"], peer["shares"], strict=True))
            assert away < 1e-8, f"shares differ by {away}"
        line(f"exact shares, {p} drivers, 10,000 rows", ours, peer and peer["seconds"])
    line("exact shares, 20 drivers, 100,000 rows", run(OURS, 100_000, 20, 0), None)
    line("exact shares, 24 drivers, 10,000 rows", run(OURS, 10_000, 24, 0), None)


def bootstrap() -> None:
    """A thousand replicates; the peer's are scaled from a few."""
    for p in (8, 12):
        ours = run(OURS, 10_000, p, 1000)
        peer = None
        if PEER.exists():
            few = run(PINGOUIN, 10_000, p, REPLICATES_OF_PEER, python=PEER)["seconds"]
            peer = few / (REPLICATES_OF_PEER + 1) * 1001
        scaled = f"(scaled from {REPLICATES_OF_PEER + 1})"
        line(f"1,000 replicates, {p} drivers, 10,000 rows", ours, peer, scaled if peer else "")


def ordered() -> None:
    """Ours weighted with robust errors, statsmodels unweighted."""
    ours = run(ORDERED, 100_000, 12, "ours")
    peer = run(ORDERED, 100_000, 12, "statsmodels")["seconds"]
    line("ordered logit, 12 drivers, 100,000 rows", ours, peer, "(statsmodels, no weights)")


if __name__ == "__main__":
    print(f"{'':44s} {'ours':>10s} {'peak':>9s}   {'pingouin':>12s}   {'ratio':>10s}")
    shares("--full" in sys.argv)
    bootstrap()
    ordered()
