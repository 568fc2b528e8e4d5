"""Laws of a draft: whatever is given passes `check`, and order and ballast change no number."""

import csv
from difflib import ndiff
from pathlib import Path

import numpy as np
import pytest

from cxlab import reports, study
from cxlab.drafting import draft
from cxlab.drafting.profiles import folded
from tests.conftest import ROOT, SHARED, absent
from tests.test_drafting_vendors import measured
from tests.vendors import EXPORTS

# what a person changes in a draft before it says what they mean: a line, and what it becomes
EDITS: dict[str, dict[str, str]] = {
    "sfo_airport_2017": {"      ratings: 0..6": "      ratings: {range: 1..5, missing: [0, 6]}"},
    "airline_invistico": {"      ratings: 0..5": "      ratings: {range: 1..5, missing: [0]}"},
    "bank_satisfaction_spss": {"*.sav": "satisfaction.sav"},
    "04_nps_four_faces": {
        "    columns:\n": "    columns:\n      csat: score\n",
        "    rules: {no_answer: 'off'}": "    scales: {csat: 1..4}",
    },
    "15_left_truncated_crm": {"    segments:\n": "    since: 2024-01-01\n    segments:\n"},
}
# a number that is right only then
SENSE = {
    "sfo_airport_2017": lambda opened: opened.responses["q7food"].max() == 5,
    "airline_invistico": lambda opened: opened.responses["seat_comfort"].min() == 1,
    "bank_satisfaction_spss": lambda opened: len(opened.responses) == 896,
    "04_nps_four_faces": lambda opened: opened.responses["csat"].between(1, 4).sum() == 140,
    "15_left_truncated_crm": lambda opened: not opened.doubts,
    "12_stripe_currency_failed": lambda opened: round(_net(opened), 2) == 11158.27,
    "11_woo_refund_rows": lambda opened: round(_net(opened), 2) == 359278.56,
    "31_item_rows_own_amount": lambda opened: round(_net(opened), 2) == 17140.04,
    "34_forsta_status": lambda opened: len(opened.responses) == 167,
    "36_crm_plan_draft": lambda opened: opened.customers["churned_at"].notna().sum() == 50,
}
_DATA = sorted(
    path for kind in ("data", "cases") for path in (SHARED / kind).glob("*") if path.is_dir()
)
_NO_EXPORT = (".md", ".pdf", ".yaml")
_MOVED = (
    "plain de",
    "google forms en",
    "words satisfait",
    "missing code 99",
    "plain orders de",
    "shopify",
    "stripe with failed",
    "quantity and price",
    "plain list fr",
    "zendesk",
    "stripe subscriptions",
)


def _exports(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix not in _NO_EXPORT and path.name != "expect.txt"
    ]


def _opened(paths: list[Path], folder: Path):
    folder.mkdir(exist_ok=True)
    made = draft(paths, folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    return made, study.load(folder / "study.yaml", cache=False)


def _net(opened) -> float:
    orders = opened.cleaned["orders"].frame
    return float(orders["amount"].sum() - orders.get("refunded", orders["amount"] * 0).sum())


def _edited(text: str, edits: dict[str, str]) -> tuple[str, int]:
    """Change a draft, and count the lines that differ."""
    after = text
    for old, new in edits.items():
        assert after.count(old) == 1, old
        after = after.replace(old, new)
    marks = [line[:2] for line in ndiff(text.splitlines(), after.splitlines())]
    return after, max(marks.count("+ "), marks.count("- "))


@pytest.mark.parametrize("folder", _DATA or [None], ids=lambda path: path.name if path else "none")
def test_a_draft_passes_check_and_feeds_a_page(folder, tmp_path):
    if folder is None:
        absent("the folder of real data sets (shared/data)")
    made, drafted = _opened(_exports(folder), tmp_path)
    text, changed = _edited(made.text, EDITS.get(folder.name, {}))
    assert changed <= 2
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    opened = study.load(tmp_path / "study.yaml", cache=False) if changed else drafted
    assert SENSE.get(folder.name, lambda opened: True)(opened)
    jobs = reports.plan(
        ROOT / "notebooks",
        study_file=tmp_path / "study.yaml",
        parts=[{}],
        tables=opened.holds,
        notebooks="all",
    )
    assert [job for job in jobs if not job.missing]
    for table, done in drafted.cleaned.items():
        lost = done.set_aside["reason"].value_counts()
        for reason, n in lost[lost > 0.01 * done.rows_in].items():
            assert f"{n:,} {reason}" in made.text, (table, reason)


def _written(export, tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    export.write(folder)
    (path,) = folder.iterdir()
    return path


def _cells(path: Path) -> tuple[list[list[str]], str]:
    text = path.read_text(encoding="utf-8")
    mark = max(",;\t", key=text.split("\n")[0].count)
    return list(csv.reader(text.splitlines(), delimiter=mark)), mark


def _write(path: Path, rows: list[list[str]], mark: str) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=mark).writerows(rows)


def _numbers(paths: list[Path], export, folder: Path) -> dict[str, float]:
    _, opened = _opened(paths, folder)
    return {name: measured(opened, name) for name in export.truth}


def _shuffled(rows: list[list[str]]) -> list[list[str]]:
    order = np.random.default_rng(7).permutation(len(rows[0]))
    return [[row[at] for at in order] for row in rows]


def _with_ballast(rows: list[list[str]]) -> list[list[str]]:
    body = rows[1:]
    more = [["zz note", "zz batch", "", "zz empty"]]
    more += [[f"written by hand {at}", f"b{at * 7919 % 1000}", "x", ""] for at in range(len(body))]
    return [[*row, *extra] for row, extra in zip(rows, more, strict=True)]


def _rows_shuffled(rows: list[list[str]]) -> list[list[str]]:
    order = np.random.default_rng(3).permutation(len(rows) - 1)
    return [rows[0], *(rows[1 + at] for at in order)]


@pytest.mark.parametrize("change", [_shuffled, _rows_shuffled, _with_ballast])
@pytest.mark.parametrize("name", _MOVED)
def test_order_of_columns_and_rows_and_ballast_change_no_number(name, change, tmp_path):
    export = next(export for export in EXPORTS if export.name == name)
    path = _written(export, tmp_path)
    before = _numbers([path], export, tmp_path / "one")
    rows, mark = _cells(path)
    _write(path, change(rows), mark)
    assert _numbers([path], export, tmp_path / "two") == pytest.approx(before)


@pytest.mark.parametrize("name", _MOVED)
def test_files_by_month_in_any_order_change_no_number(name, tmp_path):
    export = next(export for export in EXPORTS if export.name == name)
    path = _written(export, tmp_path)
    before = _numbers([path], export, tmp_path / "one")
    (head, *body), mark = _cells(path)
    parts = []
    for month, start in enumerate(range(0, len(body), len(body) // 3 + 1), 1):
        part = path.with_name(f"{path.stem}_2025-0{month}{path.suffix}")
        _write(part, [head, *body[start : start + len(body) // 3 + 1]], mark)
        parts.append(part)
    path.unlink()
    assert _numbers(parts[::-1], export, tmp_path / "two") == pytest.approx(before)


@pytest.mark.parametrize("parts", ["by month", "by shop", "at random"])
def test_rows_without_an_id_are_counted_alike_however_the_file_is_split(parts, tmp_path):
    rng = np.random.default_rng(31)
    days = np.sort(rng.integers(0, 180, 400))
    rows = [
        [f"{np.datetime64('2025-01-01') + day}", f"C{day * 3 % 17}", f"{day % 5 + 1}.50", "ABC"[n]]
        for day, n in zip(days, rng.integers(0, 3, 400), strict=True)
    ]  # many are alike by chance
    key = {"by month": lambda at: rows[at][0][5:7], "by shop": lambda at: rows[at][3]}
    of = [key.get(parts, lambda at: at * 7919 % 4)(at) for at in range(len(rows))]
    found = []
    for name, groups in (("one", [0] * 400), ("several", of)):
        folder = tmp_path / name
        folder.mkdir()
        for group in sorted(set(groups)):
            mine = [row for row, own in zip(rows, groups, strict=True) if own == group]
            head = ["Date", "Customer ID", "Amount", "Shop"]
            _write(folder / f"sales {group}.csv", [head, *mine], ",")
        _, opened = _opened(sorted(folder.glob("*.csv")), tmp_path / f"of {name}")
        found.append((len(opened.cleaned["orders"].frame), _net(opened)))
    assert found[0] == pytest.approx(found[1]) == (400, pytest.approx(found[0][1]))


@pytest.mark.parametrize(
    ("heading", "name"),
    [(same, same) for same in ("ご意見", "सेवा", "บริการ", "서비스")] + [("Qualité_X", "qualite x")],
)
def test_a_heading_folds_without_losing_a_letter_of_another_script(heading, name):
    assert folded(heading) == name
