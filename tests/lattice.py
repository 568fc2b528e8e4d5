"""Many small studies of ordinary kinds, and every page made of each in one warm process."""

import ast
import contextlib
import io
import itertools
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from threadpoolctl import threadpool_limits

from cxlab import reports, study
from cxlab.codebook import Refusal
from cxlab.reports import report
from cxlab.reports.depends import versions
from cxlab.reports.record import Record, Run
from cxlab.results import Result
from tests.conftest import ROOT

# what may differ between two studies; the first word of each is the ordinary one
FACTORS: dict[str, tuple[str, ...]] = {
    "answers": ("many", "none", "few", "one"),
    "scores": ("all", "nps", "csat", "none", "equal", "promoters", "faces", "empty"),
    "answered": ("spread", "undated", "one day", "silent weeks"),
    "asked": ("customers", "no id", "repeat", "strangers"),  # and "one alone"
    "ratings": ("four", "none", "one", "equal", "gaps", "repeated"),
    "extras": ("all", "none", "weight", "population"),
    "segments": ("two", "none", "one group", "tiny", "lopsided", "empty"),
    "customers": ("left", "none", "joined only", "flag", "flag without id", "stayed", "all left",
                  "id only", "named", "referred"),
    "orders": ("many", "none", "one each", "one day", "no amount", "strangers", "single"),
    "contacts": ("many", "none", "bare"),  # and "unsettled"
    "smallest_group": ("10", "1", "60"),
    "page": tuple(sorted(path.stem for path in (ROOT / "notebooks").glob("[1-9]*.ipynb"))),
}  # fmt: skip
Kind = Mapping[str, str]
ORDINARY = {name: words[0] for name, words in FACTORS.items()}
CUSTOMERS, END = 120, pd.Timestamp("2025-12-31")


# ---------------------------------------------------------------- which studies


def small(kind: Kind) -> dict[str, str]:
    """Say in words how a study differs from the ordinary one."""
    return {name: word for name, word in kind.items() if word != ORDINARY[name]}


def singles() -> Iterator[dict[str, str]]:
    """Give every study that differs from the ordinary one in one way, the pages in turn."""
    turns = itertools.cycle(FACTORS["page"])
    for name, words in FACTORS.items():
        for word in words[name != "page" :]:
            yield {**ORDINARY, "page": next(turns), name: word}


def covering(seed: int = 0, *, tries: int = 30) -> list[dict[str, str]]:
    """Draw studies until every word of one factor has met every word of each other one."""
    rng, names = random.Random(seed), list(FACTORS)
    pairs = itertools.combinations(names, 2)
    open_ = {((a, x), (b, y)) for a, b in pairs for x in FACTORS[a] for y in FACTORS[b]}
    out = []
    while open_:
        start = dict(min(open_))  # so that each drawing closes a pair at least
        drawn = [{name: start.get(name) or rng.choice(FACTORS[name]) for name in names}
                 for _ in range(tries)]  # fmt: skip
        best = max(drawn, key=lambda kind: len(open_ & _pairs(kind)))
        open_ -= _pairs(best)
        out.append(best)
    return out


def _pairs(kind: Kind) -> set[tuple]:
    return set(itertools.combinations(kind.items(), 2))


# ---------------------------------------------------------------- one of them


def write(kind: Kind, folder: Path, *, seed: int = 0) -> Path:
    """Write the exports and the study file of one study."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Any] = {}
    makers = {"responses": _answers, "customers": _customers, "orders": _orders,
              "interactions": _contacts, "reviews": _reviews}  # fmt: skip
    for name, maker in makers.items():
        if (made := maker(kind, rng)) is not None:
            frame, said = made
            frame.to_csv(folder / f"{name}.csv", index=False)
            own = {"ratings", "segments", "weight", "scales"}
            columns = [c for c in frame if c not in said.get("ratings", ()) and c not in (
                       *said.get("segments", ()), said.get("weight"))]  # fmt: skip
            tables[name] = {"files": f"{name}.csv", "columns": {c: c for c in columns}}
            tables[name] |= {word: said[word] for word in own if said.get(word)}
    whole: dict[str, Any] = {"study": "Small", "as_of": str(END.date()), "tables": tables}
    whole["privacy"] = {"smallest_group": int(kind["smallest_group"])}
    segments = tables.get("responses", {}).get("segments", ())
    if kind["extras"] == "population" and segments and kind["segments"] == "two":
        whole["population"] = {"region": {"north": 0.5, "south": 0.5}}
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")
    return path


def _groups(kind: Kind, n: int, rng: np.random.Generator) -> dict[str, Any]:
    word = kind["segments"]
    if word == "none":
        return {}
    regions = {"two": ["north", "south"], "one group": ["north"], "empty": [None],
               "tiny": [f"r{i}" for i in range(max(1, n // 3))],
               "lopsided": ["north"] * 29 + ["south"]}[word]  # fmt: skip
    return {"region": rng.choice(regions, n), "plan": rng.choice(["basic", "plus"], n)}


def _ids(n: int) -> np.ndarray:
    return np.array([f"c{i:04d}" for i in range(n)])


def _days(n: int, rng: np.random.Generator, *, first: int = 700) -> pd.DatetimeIndex:
    return END - pd.to_timedelta(rng.integers(1, first, n), unit="D")


def _answers(kind: Kind, rng: np.random.Generator) -> tuple[pd.DataFrame, dict] | None:
    if kind["answers"] == "none":
        return None
    n = {"many": 160, "few": 9, "one": 1}[kind["answers"]]
    who = {"customers": _ids(CUSTOMERS), "repeat": _ids(12), "no id": _ids(1), "one alone": _ids(1),
           "strangers": np.array([f"x{i}" for i in range(CUSTOMERS)])}[kind["asked"]]  # fmt: skip
    frame = pd.DataFrame({"response_id": [f"a{i}" for i in range(n)]})
    if kind["asked"] != "no id":
        frame["customer_id"] = rng.choice(who, n)
    frame = frame.assign(**_when(kind, n, rng))
    mood = rng.normal(size=n)
    rated = _ratings(kind, mood, rng)
    frame = frame.assign(**_scores(kind, mood, rng), **rated)
    groups, weight = _groups(kind, n, rng), None
    frame = frame.assign(**groups)
    if kind["extras"] in ("all", "weight"):
        frame["weight"] = rng.uniform(0.5, 2, n).round(2) if kind["extras"] == "weight" else 1
        weight = "weight"
    if kind["extras"] == "all":
        frame["comment"] = rng.choice(["fine", "too slow, call 555 0100", ""], n)
        frame["channel"] = rng.choice(["web", "phone"], n)
        frame["duration_s"] = rng.integers(30, 400, n)
    if len(frame.columns) == 1:
        frame["comment"] = "fine"
    scales = {"nps": "1..4"} if kind["scores"] == "faces" else {}
    said = {"ratings": list(rated), "segments": list(groups), "weight": weight, "scales": scales}
    return frame, said


def _when(kind: Kind, n: int, rng: np.random.Generator) -> dict[str, Any]:
    word = kind["answered"]
    if word == "undated":
        return {}
    days = _days(n, rng)
    if word == "one day":
        days = pd.DatetimeIndex([END - pd.Timedelta(days=40)] * n)
    if word == "silent weeks":
        days = END - pd.to_timedelta(rng.choice([20, 300, 310], n), unit="D")
    return {"answered_at": days}


def _scores(kind: Kind, mood: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    n, word = len(mood), kind["scores"]
    nps = np.clip(np.round(7.5 + 2 * mood), 0, 10).astype(int)
    csat = np.clip(np.round(3.4 + mood), 1, 5).astype(int)
    if word == "none":
        return {}
    return {
        "all": {"nps": nps, "csat": csat, "ces": np.clip(csat + 1, 1, 7)},
        "nps": {"nps": nps},
        "csat": {"csat": csat},
        "equal": {"nps": np.full(n, 8)},
        "promoters": {"nps": rng.integers(9, 11, n)},
        "faces": {"nps": np.clip(csat, 1, 4)},
        "empty": {"nps": [None] * n, "csat": csat},
    }[word]


def _ratings(kind: Kind, mood: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    n, word = len(mood), kind["ratings"]
    if word == "none":
        return {}
    if word == "equal":
        return {"speed": np.full(n, 4), "price": np.full(n, 4)}
    names = ["speed"] if word == "one" else ["speed", "price", "support", "website"]
    out = {name: pd.Series(np.clip(np.round(3 + mood * w + rng.normal(size=n)), 1, 5))
           for name, w in zip(names, (1, 0.5, 0.3, 0), strict=False)}  # fmt: skip
    if word == "gaps":
        out = {name: column.mask(rng.random(n) < 0.4) for name, column in out.items()}
    if word == "repeated":
        out["website"] = out["speed"]
    return out


def _customers(kind: Kind, rng: np.random.Generator) -> tuple[pd.DataFrame, dict] | None:
    word, n = kind["customers"], CUSTOMERS
    if word == "none":
        return None
    frame = pd.DataFrame({"customer_id": _ids(n)})
    if word == "id only":
        return frame, {}
    if word == "named":
        return frame.assign(first_name="Ann", surname="Lee", email="a@example.org"), {}
    joined, stayed = _days(n, rng, first=1400), rng.integers(20, 900, n)
    if word in ("flag", "flag without id"):
        frame = frame.assign(churned=rng.choice(["yes", "no"], n, p=[0.3, 0.7]), tenure=stayed)
        frame = frame.assign(monthly_fee=rng.integers(5, 60, n), plan=rng.choice(["a", "b"], n))
        return frame.drop(columns="customer_id" if word == "flag without id" else []), {}
    frame["signed_up_at"] = joined
    if word == "joined only":
        return frame, {}
    left = pd.Series(joined + pd.to_timedelta(stayed, unit="D"))
    gone = {"left": left <= END, "referred": left <= END, "all left": left <= left,
            "stayed": left < END - pd.Timedelta(days=9999)}[word]  # fmt: skip
    frame["churned_at"] = left.clip(upper=END - pd.Timedelta(days=1)).where(gone)
    frame["monthly_fee"] = rng.integers(5, 60, n)
    groups = _groups(kind, n, rng)
    if word == "referred":
        frame["referred_by"] = pd.Series(_ids(n)[::-1]).where(rng.random(n) < 0.2)
        frame["churn_reason"] = pd.Series(rng.choice(["price", "moved"], n)).where(gone)
        frame["acquired_via"] = rng.choice(["ads", "friends"], n)
    return frame.assign(**groups), {"segments": list(groups)}


def _orders(kind: Kind, rng: np.random.Generator) -> tuple[pd.DataFrame, dict] | None:
    word = kind["orders"]
    if word == "none":
        return None
    n = {"one each": CUSTOMERS, "single": 1}.get(word, 700)
    who = {"one each": _ids(CUSTOMERS), "strangers": rng.choice(["y1", "y2", "y3"], n)}
    frame = pd.DataFrame({"order_id": [f"o{i}" for i in range(n)]})
    frame["customer_id"] = who[word] if word in who else rng.choice(_ids(CUSTOMERS), n)
    frame["ordered_at"] = END - pd.Timedelta(days=30) if word == "one day" else _days(n, rng)
    if word != "no amount":
        frame["amount"] = rng.gamma(2, 20, n).round(2)
    if word == "many":
        frame["delivery_failed"] = rng.choice(["yes", "no"], n, p=[0.1, 0.9])
    return frame, {}


def _contacts(kind: Kind, rng: np.random.Generator) -> tuple[pd.DataFrame, dict] | None:
    if kind["contacts"] == "none":
        return None
    n = 200
    frame = pd.DataFrame({"interaction_id": [f"t{i}" for i in range(n)]})
    frame["customer_id"] = rng.choice(_ids(CUSTOMERS), n)
    frame["opened_at"] = _days(n, rng)
    if kind["contacts"] in ("many", "unsettled"):
        frame["kind"] = rng.choice(["complaint", "question"], n)
    if kind["contacts"] == "many":
        frame["resolved"] = rng.choice(["yes", "no"], n)
        frame["closed_at"] = frame["opened_at"] + pd.Timedelta(days=2)
    return frame, {}


def _reviews(kind: Kind, rng: np.random.Generator) -> tuple[pd.DataFrame, dict] | None:
    if "reviews" not in kind:
        return None
    n = {"many": 80, "one": 1}[kind["reviews"]]
    said = rng.choice(["fine and quick", "too slow", None], n)
    frame = pd.DataFrame({"review_id": [f"w{i}" for i in range(n)], "text": said})
    return frame.assign(rating=rng.integers(1, 6, n), posted_at=_days(n, rng)), {}


# ---------------------------------------------------------------- every page of it


FACTS = {"study": "Small", "as_of": str(END.date()), "data": "", "rows": {}, "code": "",
         "versions": versions()}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """What became of one page."""

    notebook: str
    state: str
    error: str
    headline: str = ""
    seconds: float = 0.0


def pages(path: Path, out: Path, *, only: Sequence[str] | str = "all") -> list[Page]:
    """Make pages of a study in this process: the press without papermill and kernels."""
    try:
        opened = study.load(path)
    except Refusal as refused:  # a study that cannot be opened says why
        return [Page("study", "not made", str(refused))]
    jobs = reports.plan(ROOT / "notebooks", study_file=path, parts=[{}], tables=opened.holds,
                        notebooks=only)  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    record = Record(out, FACTS, force=True)
    told = []
    for job in jobs:
        if job.notebook.composes:
            record.write()
            where = str((out / "findings.json").resolve())
            job.parameters["findings_file"] = where
        said = {"state": "not made", "error": f"needs {', '.join(job.missing)}"}
        if not job.missing:
            with threadpool_limits(1):  # small fits, on cores that others share
                said = make(job, out)
        entry = Run(**{**_blank(job), **said})
        record.add(job.stem, entry)
        told.append(
            Page(job.notebook.name, entry.state, entry.error, entry.headline, entry.seconds)
        )
    record.close()
    return told


def answers(path: Path) -> list[Result]:
    """Give what the pages of a study would show, without drawing or publishing it."""
    opened, told = study.load(path), []
    for job in reports.plan(ROOT / "notebooks", study_file=path, parts=[{}], tables=opened.holds):
        names: dict[str, Any] = {}
        for cell in json.loads(job.notebook.path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code" and not (job.missing or job.notebook.composes):
                plain = Undrawn().visit(ast.parse("".join(cell["source"])))
                run({**cell, "source": [ast.unparse(plain)]}, names, job.parameters, told)
    return [one for one in told if isinstance(one, Result)]


class Undrawn(ast.NodeTransformer):
    """What is drawn, in the place of its picture."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Attribute) or ast.unparse(node.func.value) != "plots":
            return node
        alone = len(node.args) == 1 and not isinstance(node.args[0], ast.Starred)
        return node.args[0] if alone else ast.Tuple(node.args, ast.Load())


def _blank(job: reports.Job) -> dict[str, Any]:
    return {"notebook": job.notebook.name, "question": job.notebook.question, "part": job.part,
            "parameters": job.parameters, "state": "", "key": "",
            "reading_order": job.notebook.reading_order, "settings": "",
            "composes": job.notebook.composes}  # fmt: skip


def make(job: reports.Job, out: Path) -> dict[str, Any]:
    """Run the cells of a notebook and publish it; what raises or prints has failed."""
    start, printed = time.process_time(), io.StringIO()
    target, executed = out / job.stem, out / ".staging" / f"{job.stem}.ipynb"
    for folder in (target.parent, executed.parent):
        folder.mkdir(parents=True, exist_ok=True)
    notebook = json.loads(job.notebook.path.read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                try:
                    run(cell, names, job.parameters)
                except Exception as error:
                    where = "".join(cell["source"])
                    return {
                        "state": "failed",
                        "error": f"{type(error).__name__}: {error} | {where}",
                    }
    if said := printed.getvalue().strip():
        return {"state": "failed", "error": f"printed: {said}"}
    told = report._publish(job, "Small", notebook, executed, target, 0)
    return {"seconds": time.process_time() - start, **told}


def run(cell: dict[str, Any], names: dict, parameters: Mapping, told: list | None = None) -> None:
    """Run a cell and keep what it shows, as a kernel does, or hand it over as it is."""
    lines = ast.parse("".join(cell["source"]))
    last = lines.body.pop() if isinstance(lines.body[-1], ast.Expr) else None
    exec(compile(lines, "cell", "exec"), names)
    if "parameters" in cell["metadata"].get("tags", ()):
        names.update(parameters)
    if last is not None:
        shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        if told is not None:
            told += shown if isinstance(shown, tuple) else getattr(shown, "results", [shown])
            return
        data = json.loads(json.dumps(shown._repr_mimebundle_()))
        cell["outputs"] = [{"output_type": "execute_result", "execution_count": None,
                            "metadata": {}, "data": data}]  # fmt: skip
