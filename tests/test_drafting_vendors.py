"""One truth in the layouts of many systems: the draft finds its numbers, or doubts them aloud."""

import re

import numpy as np
import pytest

from cxlab import study
from cxlab.drafting import draft
from tests.vendors import EXPORTS, N

_RATED = {
    "speed": r"speed|tempo|vitesse|rapidez|q3_speed|_1$|r1$|sq001",
    "staff": r"staff|person|"
    r"_2$|r2$|sq002",
}


def _opened(folder, tmp_path):
    made = draft(sorted(folder.iterdir()), tmp_path)
    (tmp_path / "study.yaml").write_text(made.text, encoding="utf-8")
    return made, study.load(tmp_path / "study.yaml", cache=False)


def measured(opened, name: str) -> float:
    """Read one number of the truth off an opened study."""
    frames = {table: done.frame for table, done in opened.cleaned.items()}
    if name == "nps":
        scores = frames["responses"]["nps"].dropna()
        return 100 * float((scores > 8).mean() - (scores < 7).mean())
    if name in _RATED:
        ratings = opened.mapping.tables["responses"].ratings
        ours = next(
            key
            for key, theirs in ratings.items()
            if re.search(_RATED[name], f"{key} {theirs}".lower())
        )
        return float(frames["responses"][ours].mean())
    if name in ("orders", "net"):
        orders = frames["orders"]
        back = orders["refunded"].sum() if "refunded" in orders else 0
        return float(len(orders) if name == "orders" else orders["amount"].sum() - back)
    if name == "there":
        spells = frames["subscriptions"]
        return spells.loc[spells["ended_at"].isna(), "customer_id"].nunique()
    if name in ("customers", "left"):
        people = frames["customers"]
        ours = "churned_at" if "churned_at" in people else "churned"
        gone = people[ours].notna() if ours == "churned_at" else people[ours].fillna(False)
        return float(len(people) if name == "customers" else gone.sum())
    column = {"tickets": "interaction_id", "good": "csat", "ticket csat": "csat"}.get(name)
    cells = frames["interactions"][column or "first_reply"]
    return float(len(cells) if name == "tickets" else cells.mean())


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_truth_in_is_numbers_out_or_a_doubt_that_names_it(export, tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    export.write(folder)
    made, opened = _opened(folder, tmp_path)
    for name, true in export.truth.items():
        try:
            found = measured(opened, name)
        except (KeyError, StopIteration):
            found = np.nan
        told = export.doubts.get(name) and any(export.doubts[name] in d for d in made.doubts)
        assert found == pytest.approx(true, abs=1e-6) or told, (name, made.doubts, made.text)


def test_most_of_the_truth_needs_no_doubt():
    assert len(EXPORTS) >= 60
    assert sum(bool(export.doubts) for export in EXPORTS) <= 3
    assert N >= 100
