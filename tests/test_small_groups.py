"""No number about fewer than ten people leaves a run of a small study, by whatever door.

Each study is run twice: as it is, with groups of any size shown, which tells what there is to
hide; and at `smallest_group: 10`, whose every table, sentence, picture, slide and sheet is read.
"""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from cxlab import export, results
from cxlab.export import deck, tables
from cxlab.results import Result
from tests import lattice
from tests.test_results_suppression import unpacked

FLOOR = 10
STUDIES = {
    "survey": {"segments": "tiny", "customers": "id only", "orders": "none"},
    "customers": {"answers": "few", "customers": "referred", "segments": "lopsided"},
    "flag": {"answers": "none", "customers": "flag", "orders": "none", "contacts": "none"},
}
NUMBER = re.compile(r"(?<![\d.,−-])[−+]?\d[\d,]*\.\d+%?(?![\d.])")
_COUNTED = re.compile(r"([\d,]+) (?:answer|customer|respon|people|person|repl|judgement)")


@pytest.fixture(scope="module", params=STUDIES)
def runs(request, tmp_path_factory):
    """The answers to a study as it is, and the folder of its run at the floor."""
    folder = tmp_path_factory.mktemp(request.param)
    kind = {**lattice.ORDINARY, **STUDIES[request.param]}
    whole = lattice.answers(lattice.write({**kind, "smallest_group": "1"}, folder / "1"))
    path = lattice.write({**kind, "smallest_group": str(FLOOR)}, folder / "10")
    made = lattice.pages(path, folder / "out")
    assert {page.state for page in made} <= {"done", "not made"}, made
    results.keep_back(0)
    return counted(whole), folder / "out"


def found(out: Path) -> list[dict]:
    """Give the reports of a run with their findings."""
    return json.loads((out / "findings.json").read_text(encoding="utf-8"))


def counted(answers: list[Result]) -> list[Result]:
    """Leave accounts of a table's rows out."""
    return [one for one in answers if "table" not in one.frame]


def frames(reports: list[dict]) -> list[Result]:
    """Give all findings but accounts of a table's rows."""
    return counted([Result.from_dict(one) for report in reports for one in report["findings"]])


def people(frame: pd.DataFrame) -> pd.Series:
    """Count the people of each row: points of a scale together."""
    n = pd.to_numeric(frame["at_risk" if "at_risk" in frame else "n"])
    if {"group", "value", "share"} <= set(frame.columns):
        points = pd.to_numeric(frame["value"], errors="coerce").notna()
        return n.where(~points, n.groupby(frame["group"]).transform("sum"))
    return n


def test_no_row_of_any_finding_is_about_so_few(runs):
    for one in frames(found(runs[1])):
        if {"n", "at_risk"} & set(one.frame.columns):
            base = people(one.frame)
            assert not ((base > 0) & (base < FLOOR)).any(), (one.name, one.frame)


def test_what_counts_nobody_row_by_row_rests_on_enough_people(runs):
    for one in frames(found(runs[1])):
        if "estimate" in one.frame and not {"n", "at_risk"} & set(one.frame.columns):
            counted = _COUNTED.search(one.base)
            assert counted, (one.name, one.base)
            assert int(counted[1].replace(",", "")) >= FLOOR, (one.name, one.base)


def test_nothing_held_back_is_what_the_total_leaves(runs):
    for one in frames(found(runs[1])):
        frame = one.frame
        if not {"group", "n"} <= set(frame.columns) or "at_risk" in frame:
            continue
        keys = [k for k in ("term", "period", "part", "time", "value") if k in frame]
        for _, rows in frame.groupby(keys, dropna=False) if keys else [("", frame)]:
            whole = rows.loc[rows["group"] == "all", "n"].max()
            left = whole - rows.loc[rows["group"] != "all", "n"].sum()
            if rows["n"].isna().any() and pd.notna(whole):
                assert left == 0 or left >= FLOOR, (one.name, rows)


def secrets(answers: list[Result]) -> set[str]:
    """Give the numbers, as sentences write them, that only rows about so few have."""
    texts: dict[bool, set[str]] = {True: set(), False: set()}
    for one in answers:
        base = people(one.frame) if {"n", "at_risk"} & set(one.frame.columns) else None
        few = (base > 0) & (base < FLOOR) if base is not None else pd.Series(False, one.frame.index)
        for here, rows in one.frame.groupby(few):
            values = rows.filter(["estimate", "conf_low", "conf_high", "before", "after", "lift"])
            values = values.apply(pd.to_numeric, errors="coerce").stack()
            for value in values:
                texts[bool(here)] |= {results.amount(value, one.unit), results.number(value, 2)}
        if not few.any():  # whatever it says rests on enough
            texts[False] |= set(
                re.findall(r"[−+]?\d[\d,.]*\d", " ".join((one.headline, *one.notes)))
            )
    longer = {text for text in texts[True] - texts[False] if len(re.sub(r"\D", "", text)) > 2}
    return {text for text in longer if re.search(r"\.\d*[1-9]", text)}  # no round ones: counts


def doors(out: Path) -> dict[str, str]:
    """Give every text of a run: pages, notebooks, findings, slides, sheets."""
    reports = found(out)
    said = {path.name: path.read_text(encoding="utf-8") for path in sorted(out.rglob("*.html"))}
    looks = r'src="data:[^"]*"|<style\b.*?</style>|<(?:svg|script)\b.*?</(?:svg|script)>'
    said = {name: re.sub(looks, "", text, flags=re.S) for name, text in said.items()}
    told = [one for report in reports for one in report["findings"]]
    return {
        **said,
        "findings": " ".join(
            " ".join((one["headline"], one["base"], *one["notes"])) for one in told
        ),
        "deck": unpacked(deck.deck({"study": "Small", "as_of": "2025-12-31"}, reports)),
        "workbook": unpacked(tables.workbook(told)),
        "leaders": json.dumps(export.audience.seen(reports, smallest=2 * FLOOR)),
    }


def test_no_door_tells_a_number_of_so_few(runs):
    secret = secrets(runs[0])
    assert len(secret) >= 5
    for where, text in doors(runs[1]).items():
        told = {at[0]: text[max(0, at.start() - 90) : at.end() + 60] for at in NUMBER.finditer(text)
                if at[0].lstrip("+") in secret}  # fmt: skip
        assert not told, (where, told)
