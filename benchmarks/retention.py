"""Buying, spend, cohorts, survival and hazards: ours beside the peers a user would pick.

Run `python benchmarks/retention.py [--task buying spend cohorts survival cox] [--share 0.1]`. Each
way runs in a process of its own on the same simulated data; processor seconds are those of the
call alone, memory is what the call adds to the peak of the process. Peers in Python are looked for
in `.bench` (see requirements.txt), R's survival in the path; what is absent is left out.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".bench" / "bin" / "python"
SIZES = {"buying": 1_000_000, "spend": 1_000_000, "cohorts": 10_000_000, "survival": 1_000_000}
SIZES["cox"] = 100_000


def customers(n: int) -> pd.DataFrame:
    """Customers who buy and stop as BG/NBD says, counted in whole days of up to two years."""
    rng = np.random.default_rng(1)
    rate, coin = rng.gamma(0.6, 1 / 8, n), rng.beta(0.8, 2.5, n)
    age = rng.integers(140, 730, n) / 7
    x, last, clock, going = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, bool)
    while going.any():
        clock = clock + rng.exponential(1 / rate)
        going &= clock <= age
        x, last = x + going, np.where(going, clock, last)
        going &= rng.random(n) > coin
    frame = pd.DataFrame({"frequency": x, "recency": np.floor(last * 7) / 7, "age": age})
    mean = rng.gamma(6 * np.maximum(x, 1)) / np.maximum(x, 1) * 15 / rng.gamma(3.7, 1, n)
    frame["spend"] = np.where(x > 0, mean, 0.0)
    return frame


def orders(n: int) -> pd.DataFrame:
    """Orders of a tenth as many customers over two years."""
    rng = np.random.default_rng(2)
    who = rng.integers(0, n // 10, n)
    day = np.minimum(729, who % 500 + rng.exponential(90, n).astype(int))
    when = np.datetime64("2024-01-01", "s") + day * np.timedelta64(86_400, "s")
    frame = pd.DataFrame({"customer_id": who, "ordered_at": when})
    return frame.assign(amount=np.round(rng.gamma(3, 9, n), 2))


def lives(n: int) -> pd.DataFrame:
    """Lengths of stay in whole days, ten covariates."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(n, 10))
    life = np.ceil(rng.exponential(300 / np.exp(x @ np.linspace(-0.3, 0.3, 10))))
    watch = np.ceil(rng.uniform(1, 730, n))
    frame = pd.DataFrame(x, columns=[f"x{k}" for k in range(10)])
    return frame.assign(tenure=np.minimum(life, watch), churned=life <= watch)


# ---------------------------------------------------------------- the ways


def _ours_buyers(frame: pd.DataFrame):
    from cxlab import value

    return value.Buyers(frame, "week", pd.Timestamp("2026-01-01"), None, "simulated")


def ours_buying(n: int):
    """BG/NBD on grouped sufficient statistics."""
    from cxlab import value

    made = _ours_buyers(customers(n))
    return lambda: list(value.buying(made).parameters.values())


def lifetimes_buying(n: int):
    """BG/NBD of lifetimes."""
    from lifetimes import BetaGeoFitter

    frame = customers(n)
    columns = [frame[word] for word in ("frequency", "recency", "age")]
    return lambda: BetaGeoFitter().fit(*columns).params_.tolist()


def pymc_buying(n: int):
    """BG/NBD of PyMC-Marketing, MAP."""
    from pymc_marketing.clv import BetaGeoModel

    frame = customers(n).rename(columns={"age": "T"}).assign(customer_id=np.arange(n))
    return lambda: _fitted(BetaGeoModel(frame), ("r", "alpha", "a", "b"))


def ours_spend(n: int):
    """Gamma-Gamma on grouped sufficient statistics."""
    from cxlab import value

    made = _ours_buyers(customers(n))
    return lambda: list(value.spending(made).parameters.values())


def lifetimes_spend(n: int):
    """Gamma-Gamma of lifetimes."""
    from lifetimes import GammaGammaFitter

    frame = customers(n)
    frame = frame[frame["frequency"] > 0]
    return lambda: GammaGammaFitter().fit(frame["frequency"], frame["spend"]).params_.tolist()


def pymc_spend(n: int):
    """Gamma-Gamma of PyMC-Marketing, MAP."""
    from pymc_marketing.clv import GammaGammaModel

    frame = customers(n)
    frame = frame[frame["frequency"] > 0].rename(columns={"spend": "monetary_value"})
    frame = frame.assign(customer_id=np.arange(len(frame)))
    return lambda: _fitted(GammaGammaModel(frame), ("p", "q", "v"))


def _fitted(model, names) -> list[float]:
    model.fit(method="map", progressbar=False)
    return [float(model.fit_result[name].mean()) for name in names]


def ours_cohorts(path: Path):
    """Cohort matrix as one expression over Parquet, in DuckDB."""
    import ibis

    from cxlab import retention

    table = ibis.duckdb.connect().read_parquet(path)

    def matrix() -> list[int]:
        frame = retention.cohorts(table, as_of="2025-12-31").frame
        return [int(frame.loc[frame["group"] != "all", "events"].sum())]

    return matrix


def pandas_cohorts(path: Path):
    """Cohort matrix by crosstab of merged frames."""

    def matrix() -> list[int]:
        frame = pd.read_parquet(path)
        frame["month"] = frame["ordered_at"].dt.to_period("M")
        first = frame.groupby("customer_id", as_index=False)["month"].min()
        merged = frame.merge(first.rename(columns={"month": "cohort"}), on="customer_id")
        age = (merged["month"].dt.year - merged["cohort"].dt.year) * 12
        merged["age"] = age + merged["month"].dt.month - merged["cohort"].dt.month
        seen = merged.drop_duplicates(["customer_id", "age"])
        return [int(pd.crosstab(seen["cohort"], seen["age"]).to_numpy().sum())]

    return matrix


def ours_survival(n: int):
    """Kaplan-Meier with bands."""
    from cxlab import retention

    frame = lives(n)
    return lambda: [float(retention.survival(frame).frame["estimate"].iloc[-1])]


def ours_cox(n: int):
    """Cox with Efron's ties, likelihood ratio, concordance, check of proportional hazards."""
    from cxlab import retention

    frame, names = lives(n), [f"x{k}" for k in range(10)]
    return lambda: retention.hazards(frame, covariates=names).frame["coefficient"].tolist()


def sksurv_cox(n: int):
    """Cox with Efron's ties of scikit-survival."""
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.util import Surv

    frame = lives(n)
    y = Surv.from_arrays(frame["churned"], frame["tenure"])
    x = frame[[f"x{k}" for k in range(10)]].to_numpy()
    return lambda: CoxPHSurvivalAnalysis(ties="efron").fit(x, y).coef_.tolist()


R_COX = """library(survival); d <- read.csv(commandArgs(TRUE)[1])
t <- proc.time(); f <- coxph(Surv(tenure, churned) ~ . , data = d, ties = "efron")
s <- proc.time() - t; cat(s[["user.self"]] + s[["sys.self"]], coef(f))"""


def r_cox(n: int) -> dict:
    """Cox with Efron's ties of R's survival, timed inside R."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lives.csv"
        lives(n).astype({"churned": int}).to_csv(path, index=False)
        told = subprocess.run(["Rscript", "-e", R_COX, str(path)], capture_output=True, text=True)
    seconds, *answer = (float(word) for word in told.stdout.split())
    return {"seconds": seconds, "added_mb": float("nan"), "answer": answer}


# ---------------------------------------------------------------- measuring


def measure(way: str, given: str) -> dict:
    """Prepare one way in this process, then time its call."""
    run = globals()[way](Path(given) if way.endswith("cohorts") else int(given))
    before, start = _peak(), resource.getrusage(resource.RUSAGE_SELF)
    answer = run()
    end = resource.getrusage(resource.RUSAGE_SELF)
    seconds = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
    return {"seconds": seconds, "added_mb": _peak() - before, "answer": answer}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(way: str, given: str | int) -> dict | None:
    """Run one way in a process of its own; none where its program is absent."""
    if way == "r_cox":
        return r_cox(int(given)) if shutil.which("Rscript") else None
    own = way.startswith(("ours", "pandas"))
    if not own and not PEERS.exists():
        return None
    command = [sys.executable if own else str(PEERS), __file__, "--way", way, "--given", str(given)]
    told = subprocess.run(command, capture_output=True, text=True)
    if told.returncode:
        print(f"  {way}: {told.stderr.strip().splitlines()[-1]}")
        return None
    return json.loads(told.stdout.strip().splitlines()[-1])


def compare(task: str, given: str | int, peers: list[str]) -> None:
    """Print ours, then each peer with the ratio of theirs to ours."""
    ours = apart(f"ours_{task}", given)
    if ours is None:
        return
    print(f"  {'ours':22}{ours['seconds']:9.2f} s {ours['added_mb']:8.0f} MB")
    for peer in peers:
        found = apart(f"{peer}_{task}", given)
        if found is None:
            print(f"  {peer:22}   absent")
            continue
        one, other = np.array(ours["answer"]), np.array(found["answer"])
        gap = np.max(np.abs(one / other - 1)) if one.shape == other.shape else np.nan
        times, memory = (
            found["seconds"] / ours["seconds"],
            found["added_mb"] / max(ours["added_mb"], 1),
        )
        print(
            f"  {peer:22}{found['seconds']:9.2f} s {found['added_mb']:8.0f} MB   "
            f"{times:6.2f} x our time, {memory:5.2f} x our memory, answers differ {gap:.1e}"
        )


def main() -> None:
    """Measure the tasks asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", nargs="*", default=list(SIZES))
    parser.add_argument("--share", type=float, default=1.0, help="share of the full sizes")
    parser.add_argument("--way")
    parser.add_argument("--given")
    given = parser.parse_args()
    if given.way:
        print(json.dumps(measure(given.way, given.given)))
        return
    for task in given.task:
        full = int(SIZES[task] * given.share)
        print(f"{task}, {full:,} rows")
        if task == "cohorts":
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "orders.parquet"
                orders(full).to_parquet(path)
                compare(task, str(path), ["pandas"])
        elif task in ("buying", "spend"):
            for n in (2000, 100_000, full):
                print(f" {n:,} customers")
                compare(task, n, ["lifetimes", "pymc"])
        else:
            compare(task, full, ["r", "sksurv"] if task == "cox" else [])


if __name__ == "__main__":
    main()
