"""No set of too few people follows from what pages of parts tell, by sums and differences.

Of made-up studies every part is asked what its pages ask. Each row told is an equation: the sum of
the answers behind it. A quarter, a group or both, of fewer than ten people, must not be a
combination of them.
"""

import itertools
import re

import numpy as np
import pandas as pd

from cxlab import metrics, results, study
from cxlab.results import Absence
from tests.small import write

FLOOR, SEGMENTS = 10, ("region", "plan")


def made(seed: int, folder):
    """Write a study of some 150 answers, a part of them by customers who answer again."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(110, 170))
    days = pd.Timestamp("2025-12-31") - pd.to_timedelta(rng.integers(1, 300, n), unit="D")
    rows = pd.DataFrame({
        "customer_id": [f"c{k}" for k in rng.integers(0, int(n * rng.choice([0.3, 1, 4])), n)],
        "when": days.strftime("%Y-%m-%d"), "nps": rng.integers(0, 11, n),
        "region": rng.choice(list("ABC"), n, p=[0.55, 0.3, 0.15]),
        "plan": rng.choice(["basic", "plus"], n, p=[0.75, 0.25]),
    })  # fmt: skip
    columns = {"nps": "nps", "answered_at": "when", "customer_id": "customer_id"}
    over = {"region": "all", "plan": "all", "period": "monthly"}
    whole = {"privacy": {"smallest_group": FLOOR}, "reports": {"over": over}, "as_of": "2025-12-31"}
    path = write(folder, rows.to_csv(index=False), columns=columns, segments=[*SEGMENTS],
                 whole=whole)  # fmt: skip
    rows["quarter"] = days.to_period("Q").astype(str)
    rows["month"] = days.to_period("M").astype(str)
    return study.load(path, cache=False), rows


def told(opened, part: dict[str, str]):
    """Give what page 20 tells of a part, over time, by group and of why it moved."""
    near = opened.part(**{word: part[word] for word in ("segment", "value") if word in part})
    here = near.part(period=part.get("period", ""))
    by = here.compared_by(part.get("segment", ""))
    until = metrics.end_of(part.get("period", ""), as_of=opened.mapping.as_of)
    moving = {"period": "quarter", "as_of": until, "smallest": FLOOR}
    asked = [metrics.nps(here.responses), metrics.trend(near.responses, **moving)]
    if not isinstance(by, Absence):
        asked.append(metrics.nps(here.responses, by=by))
        asked.append(metrics.latest_change(near.responses, by=by, **moving))
    return [results.shown(one) for one in asked]


def behind(one, part: dict[str, str], rows: pd.DataFrame):
    """Give the rows behind each number of an answer."""
    mine = np.ones(len(rows), bool)
    if part.get("segment"):
        mine &= (rows[part["segment"]] == part["value"]).to_numpy()
    own = mine
    if part.get("period"):
        own = mine & (rows["quarter" if "Q" in part["period"] else "month"] == part["period"])
    two = re.findall(r"\d{4}Q\d", one.headline)[:2] if one.name.endswith("change") else []
    for row in one.frame.to_dict("records"):
        period, group = row.get("period"), row.get("group")
        inside = mine if period or two else own
        if group == "other groups":
            rest = {r["group"] for r in one.frame.to_dict("records")}
            inside = inside & ~np.any([rows[s].isin(rest) for s in SEGMENTS], axis=0)
        elif group not in (None, "all"):
            inside = inside & np.any([rows[s] == group for s in SEGMENTS], axis=0)
        if two and row.get("term") in ("change", "rate"):
            yield from (inside & (rows["quarter"] == q).to_numpy() for q in two)
        elif not two and pd.notna(row.get("n")) and (rows["quarter"] == period).any():
            until = (rows["month"] <= part["period"]) if "-" in part.get("period", "") else True
            yield inside & (rows["quarter"] == period).to_numpy() & until
        elif not two and pd.notna(row.get("n")) and period is None:
            yield np.asarray(inside)


def test_no_sum_of_what_pages_tell_is_of_so_few(tmp_path):
    opened, rows = made(3, tmp_path)
    parts = study.wanted(opened)
    sets = [
        each for part in parts for one in told(opened, part) for each in behind(one, part, rows)
    ]
    results.keep_back(0)
    known = np.unique(np.array(sets, float), axis=0)
    assert len(known) > 8
    people = [rows.loc[each > 0, "customer_id"].nunique() for each in known]
    assert min(people) >= FLOOR, people
    _, size, span = np.linalg.svd(known, full_matrices=False)
    span = span[size > 1e-9]
    dims = [*SEGMENTS, "quarter", "month"]
    for keys in [*itertools.combinations(dims, 1), *itertools.combinations(dims[:3], 2)]:
        for name, some in rows.groupby(list(keys)):
            if some["customer_id"].nunique() < FLOOR:
                few = np.isin(np.arange(len(rows)), some.index).astype(float)
                assert np.linalg.norm(few - (few @ span.T) @ span) > 1e-6, (keys, name, len(some))
