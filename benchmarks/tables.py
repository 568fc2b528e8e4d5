"""Banner tables of a whole questionnaire, beside a loop over pandas crosstab and R's svytable.

Usage: python benchmarks/tables.py [--part 0.1]

Two tasks, ours each in a process of its own: 200 questions by 30 columns of 20,000 answers, and 50
questions by 12 columns of 1 million; each with letters, and written as a workbook. The peers give
weighted shares alone, without a test: `pandas.crosstab` a question and breakdown, by turns with
ours in one process, and, where R and its package survey are there, `svytable` in the same loop;
both on some questions and scaled to all.
"""

import argparse
import json
import shutil
import subprocess
import sys
from statistics import median

DATA = """
import json, resource, sys, time
import numpy as np, pandas as pd
def answers(people, questions, spans):
    rng = np.random.default_rng(questions)
    codes = rng.integers(-1, 5, (questions, people)).astype(np.int16)
    groups = {f"s{k}": rng.integers(0, n, people) for k, n in enumerate(spans)}
    return codes, pd.DataFrame({**groups, "w": rng.uniform(0.5, 2, people)})
def used():
    now = resource.getrusage(resource.RUSAGE_SELF)
    return now.ru_utime + now.ru_stime
def told(begin, **more):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": used() - begin, "peak_mb": peak, **more}))
people, questions, spans = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
codes, frame = answers(people, questions, spans)
"""
OURS = (
    DATA
    + """
from cxlab import questions as room
from cxlab.export import book
from cxlab.questionnaire import Asked, Questionnaire
points, worth = tuple("12345"), (1.0, 2.0, 3.0, 4.0, 5.0)
asked = tuple(Asked(f"q{k}", "scale", "", ("",), points, worth, one[None])
              for k, one in enumerate(codes))
begin, clock = used(), time.time()
names = tuple(name for name in frame if name != "w")
found = room.banner(Questionnaire(asked, frame, names, "w", None, 10), columns=names)
tabled = used() - begin
data = book.book(found, {}, title="Benchmark")
row = found.frame.query("question == 'q0' and breakdown == 's0' and answer == '1'")
told(begin, tabled=tabled, clock=time.time() - clock, megabytes=len(data) / 1e6,
     shares=row["share"].tolist())
"""
)
BESIDE = (
    DATA
    + """
from cxlab import questions as room
from cxlab.questionnaire import Asked, Questionnaire
points, worth = tuple("12345"), (1.0, 2.0, 3.0, 4.0, 5.0)
names, some = tuple(name for name in frame if name != "w"), int(sys.argv[4])
def ours():
    asked = tuple(Asked(f"q{k}", "scale", "", ("",), points, worth, one[None])
                  for k, one in enumerate(codes))
    return room.banner(Questionnaire(asked, frame, names, "w", None, 10), columns=names).frame
def loop():
    tables = []
    for one in codes[:some]:
        kept = one >= 0
        for name in [None, *names]:
            across = np.zeros(kept.sum(), int) if name is None else frame[name][kept]
            tables.append(pd.crosstab(one[kept], across, values=frame["w"][kept].to_numpy(),
                                      aggfunc="sum", normalize="columns"))
    return tables
took = {"ours": [], "loop": []}
for _ in range(int(sys.argv[5])):  # in turns, so that both meet the same load
    for name, way in (("ours", ours), ("loop", loop)):
        begin = used()
        made = way()
        took[name].append(used() - begin)
        if name == "ours":
            row = made.query("question == 'q0' and breakdown == 's0' and answer == '1'")
told(0, shares=made[1].iloc[0].tolist(), mine=row["share"].tolist(), **took)
"""
)
R_LOOP = """
suppressMessages(library(survey))
d <- read.csv(file("stdin")); q <- grep("^q", names(d), value = TRUE)
s <- grep("^s", names(d), value = TRUE); g <- svydesign(~1, weights = ~w, data = d)
t <- system.time(for (a in q) for (b in s) {
  x <- prop.table(svytable(reformulate(c(a, b)), g), 2); if (a == q[1] && b == s[1]) f <- x[1, ]
})
cat(sprintf('{"seconds": %f, "shares": [%s]}', sum(t[1:2]), paste(f, collapse = ",")))
"""
TASKS = {
    "200 questions x 30 columns x 20,000 answers": (20_000, 200, [10, 10, 10], 40, 10),
    "50 questions x 12 columns x 1,000,000 answers": (1_000_000, 50, [4, 8], 5, 0),
}
ROUNDS = 5


def main() -> None:
    """Run every task, and print seconds of processor time side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", type=float, default=1.0, help="share of the answers")
    part = parser.parse_args().part
    for name, (people, questions, spans, by_pandas, by_r) in TASKS.items():
        size = [int(people * part), questions, json.dumps(spans)]
        ours, both = _run(OURS, *size), _run(BESIDE, *size, by_pandas, ROUNDS)
        _agree(ours["shares"], both["shares"])
        times = sorted(b * questions / by_pandas / a
                       for a, b in zip(both["ours"], both["loop"], strict=True))  # fmt: skip
        tabled, loop = median(both["ours"]), median(both["loop"]) * questions / by_pandas
        print(f"{name}\n  ours: tables {tabled:.2f} s; tables and workbook in a process of their "
              f"own {ours['seconds']:.2f} s ({ours['clock']:.1f} s on the clock), "
              f"{ours['peak_mb']:,.0f} MB, file {ours['megabytes']:.2f} MB")  # fmt: skip
        print(f"  pandas crosstab in a loop, shares alone: {loop:.2f} s (scaled from {by_pandas} "
              f"questions), {median(times):.1f} times our tables ({times[0]:.1f} to "
              f"{times[-1]:.1f} in {ROUNDS} rounds by turns)")  # fmt: skip
        if by_r and (slow := _of_r(size, by_r)):
            _agree(ours["shares"], slow["shares"])
            loop = slow["seconds"] * questions / by_r
            print(f"  survey::svytable in a loop, shares alone: {loop:.2f} s (scaled from {by_r} "
                  f"questions), {loop / tabled:.1f} times our tables")  # fmt: skip


def _run(code: str, *words: object) -> dict:
    done = subprocess.run([sys.executable, "-c", code, *map(str, words)], check=True,
                          capture_output=True, text=True)  # fmt: skip
    return json.loads(done.stdout)


def _of_r(size: list, some: int) -> dict:
    """Run R on some of the questions, where it and its package are there."""
    if not shutil.which("Rscript"):
        return {}
    write = (
        DATA
        + """
out = frame.join(pd.DataFrame(codes[: int(sys.argv[4])].T).astype(float).where(lambda f: f >= 0)
                 .set_axis([f"q{k}" for k in range(int(sys.argv[4]))], axis=1))
out.to_csv(sys.stdout, index=False)
"""
    )
    table = subprocess.run([sys.executable, "-c", write, *map(str, size), str(some)], check=True,
                           capture_output=True).stdout  # fmt: skip
    done = subprocess.run(["Rscript", "-e", R_LOOP], input=table, capture_output=True)
    return json.loads(done.stdout) if done.returncode == 0 else {}


def _agree(ours: list[float], theirs: list[float]) -> None:
    apart = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    if apart > 1e-9:
        raise SystemExit(f"the shares differ by {apart:g}")


if __name__ == "__main__":
    main()
