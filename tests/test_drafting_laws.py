"""Laws of a draft: whatever is given passes `check`, and order and ballast change no number."""

import csv
from pathlib import Path

import numpy as np
import pytest

from cxlab import reports, study
from cxlab.drafting import draft
from tests.conftest import ROOT, SHARED, absent
from tests.test_drafting_vendors import measured
from tests.vendors import EXPORTS

# what a person has to change before a draft says what they mean, beyond what its doubts offer
EDITS: dict[str, int] = {
    "sfo_airport_2017": 1,  # 0 and 6 are no ratings
    "airline_invistico": 1,  # 0 is no rating
    "alexa_reviews": 1,  # nobody is named, so no page but the first
    "cdnow": 1,  # one of two layouts
    "bank_satisfaction_spss": 1,  # one of two files
    "qualtrics_export": 1,  # which question is the score
    "starwars_surveymonkey": 1,  # which question is the score
    "12_stripe_currency_failed": 1,  # rates
    "15_left_truncated_crm": 1,  # since
    "04_nps_four_faces": 1,  # the scale of the score
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


@pytest.mark.parametrize("folder", _DATA or [None], ids=lambda path: path.name if path else "none")
def test_a_draft_passes_check_and_feeds_a_page(folder, tmp_path):
    if folder is None:
        absent("the folder of real data sets (shared/data)")
    made, opened = _opened(_exports(folder), tmp_path)
    assert EDITS.get(folder.name, 0) <= 2
    jobs = reports.plan(
        ROOT / "notebooks",
        study_file=tmp_path / "study.yaml",
        parts=[{}],
        tables=opened.holds,
        notebooks="all",
    )
    assert [job for job in jobs if not job.missing]
    for table, done in opened.cleaned.items():
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


@pytest.mark.parametrize("change", [_shuffled, _with_ballast])
@pytest.mark.parametrize("name", _MOVED)
def test_order_and_ballast_of_columns_change_no_number(name, change, tmp_path):
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
