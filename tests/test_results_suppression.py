"""Does any number of a small group leave, by whatever door?"""

import io
import json
import re
import zipfile
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxlab import drivers, export, metrics, plots, results, study
from cxlab.export import deck, tables
from cxlab.plots.theme import shown as shown_by
from cxlab.results import MIME, Result, hidden, keep_back, shown, suppress
from cxlab.results.absence import Unanswerable
from cxlab.study.telling import telling
from tests import desk
from tests.small import write


def answer(headline: str = "c leads.", notes: tuple[str, ...] = ("c is high",), **columns):
    return Result("score", pd.DataFrame(columns), headline, "counted", "everyone", notes)


def test_a_second_group_goes_where_the_total_would_tell_the_first():
    done = suppress(answer(group=["a", "b", "c"], n=[50, 20, 3], estimate=[1, 2, 3]), smallest=10)
    assert done.frame["n"].isna().tolist() == [False, True, True]
    assert done.frame["estimate"].isna().tolist() == [False, True, True]
    assert "c" not in done.headline.split()
    assert not any("c is high" in note for note in done.notes)


def test_groups_left_out_together_are_never_fewer_than_may_be_shown():
    # 3 + 4 people are 7: the total less the others would tell the mean of seven
    frame = pd.DataFrame({"group": list("abcd"), "n": [50, 20, 3, 4], "estimate": 1.0})
    assert hidden(frame, smallest=10).tolist() == [False, True, True, True]
    assert hidden(frame.assign(n=[50, 20, 6, 4]), smallest=10).tolist() == [False] * 2 + [True] * 2


def test_of_nothing_that_is_shown_nothing_is_said():
    few = answer("NPS is −66.7 overall.", (), group=["a", "b"], n=[5, 4], estimate=[-60.0, -75.0])
    assert (
        suppress(few, smallest=10).headline == "Score: only groups of 10 or more people are shown."
    )


def test_groups_large_enough_stay_as_they_are():
    whole = answer(group=["a", "b"], n=[50, 20], estimate=[1, 2])
    assert suppress(whole, smallest=10) is whole
    assert suppress(answer(group=["a", "b"], n=[5, 2], estimate=[1, 2]), smallest=0).notes == (
        "c is high",
    )


@pytest.mark.parametrize(
    ("headline", "stays"),
    [
        ("No group stands apart.", True),
        ("a scores 12.0, ahead of all.", True),
        ("The lowest group scores −47.3.", False),
        ("The lowest has 3 answers.", False),
        ("cc is lowest.", True),
        ("c is lowest.", False),
        ("Three groups over 3 quarters.", True),
        ("d scores 30.0.", False),  # its number would tell that of c
    ],
)
def test_a_headline_is_replaced_only_where_it_tells_what_is_held_back(headline, stays):
    told = answer(headline, (), group=["a", "b", "c", "d"], n=[50, 40, 3, 20],
                  estimate=[12.0, 14.0, -47.3, 30.0])  # fmt: skip
    assert (suppress(told, smallest=10).headline == headline) is stays


def test_a_curve_ends_at_the_last_allowed_point():
    frame = {"group": ["a"] * 3 + ["b"] * 2, "time": [1.0, 2.0, 3.0, 1.0, 2.0]}
    frame |= {"estimate": [0.9, 0.8, 0.4, 0.95, 0.5], "at_risk": [40, 12, 9, 30, 3]}
    done = suppress(answer("After 2 months 80% stay.", (), **frame), smallest=10)
    assert done.frame["estimate"].isna().tolist() == [False, False, True, False, True]
    assert done.frame["time"].notna().all()
    assert done.headline == "After 2 months 80% stay."
    keep_back(10)
    ends = {"conf_low": [0.8, 0.7, 0.2, 0.8, 0.3], "conf_high": [1.0, 0.9, 0.6, 1.0, 0.7]}
    drawn, _ = shown_by(plots.survival(answer(**frame, **ends)).figure)
    assert drawn.frame["time"].tolist() == [1.0, 2.0, 1.0]


def test_points_of_a_scale_count_together():
    one = {"group": ["a"] * 2 + ["b"] * 2 + ["c"] * 2, "value": [1.0, 2.0] * 3}
    frame = pd.DataFrame({**one, "n": [400, 2, 1, 2, 200, 30], "share": [0.5] * 6})
    assert hidden(frame, smallest=10).tolist() == [False] * 2 + [True] * 4


def test_accounts_of_rows_are_not_about_people():
    ledger = pd.DataFrame({"table": ["responses"], "group": ["x"], "n": [2]})
    assert not hidden(ledger, smallest=10).any()


@pytest.mark.parametrize(
    ("columns", "held"),
    [
        ({"group": ["all"], "term": ["came"]}, [True]),  # everyone, who are three
        ({"term": ["speed", "price", "web"], "n": [40, 3, 40]}, [False, True, False]),
        ({"rank": [1, 2, 3], "n": [4, 50, 90]}, [True, True, False]),  # tenths make up everyone
        ({"period": ["Q1", "Q2", "Q3"], "n": [3, 90, 40]}, [True, False, True]),
        ({"term": ["a", "b"], "rank": [2, 1], "n": [90, 3]}, [False, True]),  # an order is none
        ({"term": ["with", "without"], "n": [3.0, np.nan]}, [True, False]),
    ],
)
def test_whatever_a_row_is_of_its_base_decides(columns, held):
    frame = pd.DataFrame({"n": [3] * len(held), **columns})
    assert hidden(frame, smallest=10).tolist() == held
    assert not hidden(frame, smallest=1).any()


def test_a_sentence_or_note_on_people_held_back_is_not_said():
    one = Result("stay", pd.DataFrame({"term": ["NPS"], "estimate": [41.27], "n": [8]}),
                 "The score is 41.3.", "counted", "all", ("It rests on 8 customers.",))  # fmt: skip
    done = suppress(one, smallest=10)
    assert done.headline == "Stay: only groups of 10 or more people are shown."
    assert done.notes == ("1 row about fewer than 10 people not shown.",)
    keep_back(10)
    assert results.note(one).text == done.headline


SEVERAL = {"Exhibit", "Gallery", "show", "toplines"}  # made of pictures, each drawn by one below


@pytest.mark.parametrize("name", sorted(set(plots.__all__) - SEVERAL))
def test_every_picture_is_drawn_of_what_may_be_shown(name):
    assert hasattr(getattr(plots, name), "__wrapped__"), f"plots.{name} lacks @picture"


def test_a_picture_of_nothing_that_may_be_shown_says_so():
    keep_back(10)
    few = answer(group=["a"], n=[3], estimate=[1.0], conf_low=[0], conf_high=[2])
    with pytest.raises(Unanswerable, match="only groups of 10 or more people are shown"):
        plots.forest(few)


# ------------------------------------------------------------------ from file to slide


@pytest.fixture(scope="module")
def small_study(tmp_path_factory):
    rng = np.random.default_rng(5)
    rows = ["id,Q1,Region,When"]
    for place, region in enumerate(["North"] * 90 + ["South"] * 70 + ["East"] * 40 + ["Tiny"] * 4):
        score = [1, 1, 1, 9][place % 4] if region == "Tiny" else rng.integers(4, 11)
        rows.append(f"r{place},{score},{region},2025-0{1 + place % 9}-11")
    folder = tmp_path_factory.mktemp("small")
    return write(
        folder,
        "\n".join(rows),
        columns={"response_id": "id", "nps": "Q1", "answered_at": "When"},
        segments={"region": "Region"},
        whole={"reports": {"over": {"region": "all"}}},
    )


def test_a_part_of_four_people_is_not_asked_for_nor_the_one_that_would_tell_of_it(small_study):
    opened = study.load(small_study, cache=False)
    parts = [part.get("value") for part in study.wanted(opened)]
    assert parts == [None, "North", "South"]
    assert [part["value"] for part in study.withheld(opened)] == ["East", "Tiny"]
    with pytest.raises(study.StudyError) as refused:
        opened.part(segment="region", value="Tiny")
    assert str(refused.value) == (
        "region = 'Tiny': fewer than 10 responses, too few to be shown "
        "(privacy.smallest_group). Ask for a larger part."
    )


def asked(opened) -> list[tuple[Result, Any]]:
    """Ask what the scores notebook asks by segment; each answer with its picture."""
    rows, by = opened.responses, "region"
    return [
        (metrics.nps(rows, by=by), plots.forest),
        (metrics.compare(rows, by=by), plots.apart),
        (metrics.distribution(rows, by=by), plots.distribution),
        (metrics.trend(rows, by=by, period="quarter"), plots.trend),
        (metrics.detectable(rows, by=by), plots.seen),
        (metrics.change(rows[:120], rows[84:], by=by), plots.bridge),
        (metrics.league(rows, by=by), plots.league),
    ]


def executed(answers: list[tuple[Result, Any]]) -> dict[str, Any]:
    """Give a notebook that has shown each answer as table, picture and headline number."""
    shown_here = [one for one, _ in answers] + [plots.show(draw(one)) for one, draw in answers]
    shown_here.append(results.answer(*(one for one, _ in answers)))
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# How?"}]
    for one in shown_here:
        said = {"output_type": "display_data", "data": one._repr_mimebundle_(), "metadata": {}}
        cells.append({"cell_type": "code", "metadata": {}, "source": "", "outputs": [said]})
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def unpacked(made: bytes) -> str:
    """Give every text in an Office file, charts and the workbooks behind them too."""
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        parts = [packed.read(name) for name in packed.namelist()]
    return " ".join(
        unpacked(part) if part[:2] == b"PK" else part.decode("utf-8", "replace") for part in parts
    )


def only_of_tiny(answers: list[Result]) -> set[str]:
    """Give the numbers that nobody but the group of four has, as sentences write them."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for one in answers:
        for tiny, rows in one.frame.groupby(one.frame["group"].eq("Tiny")):
            values = rows.drop(columns=["level", "p_value", "p_adjusted"], errors="ignore")
            values = values.select_dtypes("number").stack()
            found[bool(tiny)] |= {results.amount(value, one.unit) for value in values}
    return {text for text in found[True] - found[False] if "." in text}


def test_no_number_of_a_group_of_four_is_in_page_findings_deck_or_workbook(small_study):
    opened = study.load(small_study, cache=False)
    answers = asked(opened)
    notebook = executed(answers)
    found = export.findings(notebook)
    for finding in found:
        frame = Result.from_dict(finding).frame
        numbers = frame.drop(columns=["level", "value", "finished"], errors="ignore")
        tiny = numbers[frame.get("group", pd.Series(dtype=object)).eq("Tiny")]
        assert tiny.select_dtypes("number").isna().all(axis=None), finding["name"]
    report = {"notebook": "20_scores", "question": "How?", "part": "everyone", "settings": ""}
    report |= {"reading_order": 1, "page": "20_scores/everyone.html", "findings": found}
    made = {
        "page": export.page(notebook, study="Small"),
        "findings": json.dumps(found, ensure_ascii=False),
        "deck": unpacked(deck.deck({"study": "Small", "as_of": "2025-12-31"}, [report])),
        "workbook": unpacked(tables.workbook(found)),
    }
    secret = only_of_tiny([one for one, _ in answers])
    assert len(secret) >= 5
    for where, text in made.items():
        text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)  # sizes of letters
        told = [n for n in secret if re.search(rf"(?<![\d.,−-]){re.escape(n)}(?![\d.])", text)]
        assert not told, (where, told)


def test_what_is_computed_stays_whole_and_the_floor_can_be_moved(small_study):
    opened = study.load(small_study, cache=False)
    by_region = metrics.nps(opened.responses, by="region")
    assert by_region.frame.set_index("group").loc["Tiny", "n"] == 4
    assert "4" not in repr(by_region).split("Tiny")[1].split("\n")[0]
    assert keep_back(3) == 10
    assert shown(by_region) is by_region
    opened.part(segment="region", value="East")  # the study's own floor holds again
    assert MIME in by_region._repr_mimebundle_()
    assert shown(by_region) is not by_region


def test_a_part_too_small_is_listed_in_the_index_and_not_run(tmp_path):
    desk.notebook(tmp_path / "desk", "10_score", "1 / 0", title="How good?")
    small = [{"segment": "region", "value": "Tiny"}]
    jobs = desk.planned(tmp_path / "desk", parts=[], withheld=small)
    (run,) = desk.pressed(jobs, tmp_path / "out")
    assert (run.state, run.page) == ("not made", "")
    assert run.error.startswith("region: Tiny: too few people to be shown, or so few would follow")
    assert "How good?: region: Tiny: too few" in (tmp_path / "out" / "index.html").read_text()


def test_a_question_that_leaves_small_groups_out_tells_none_from_which_they_follow():
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"region": ["n"] * 60 + ["s"] * 50 + ["e"] * 40 + ["tiny"] * 4})
    rows["speed"], rows["price"] = rng.integers(1, 6, (2, len(rows)))
    rows.loc[rows["region"] == "e", "speed"] = 5  # the best group of all
    rows["nps"] = (rows["speed"] + rows["price"]).clip(0, 10)
    asked = {"outcome": "nps", "drivers": ["speed", "price"], "by": "region"}
    before = results.keep_back(10)
    try:
        frames = [
            drivers.gains(rows, **asked, n_boot=20).frame,
            drivers.differs(rows, **asked).frame,
        ]
    finally:
        results.keep_back(before)
    assert not any(set(frame["group"].dropna()) & {"e", "tiny"} for frame in frames)
    assert "e" in set(drivers.gains(rows, **asked, n_boot=20).frame["group"])


def test_fourteen_answers_of_two_people_are_two_people():
    rows = pd.DataFrame({"group": ["a", "b", "c"], "n": [50, 40, 14], "estimate": 1.0})
    before = keep_back(10, behind={"c": (2, 14), "b": (38, 40)})
    told = shown(Result("size", rows, "c is first.", "m", "b"))
    keep_back(before)
    assert told.frame["n"].isna().tolist() == [False, True, True]
    assert "only groups of 10" in told.headline
    assert not hidden(rows, smallest=10).any()


@pytest.fixture
def nested(tmp_path):
    """Answers of depots within regions: a small depot, and one of two who answer seven times."""
    depots = {"A": ("north", 60, 1), "B": ("south", 40, 1), "C": ("south", 30, 1),
              "D": ("north", 5, 1), "E": ("south", 2, 7)}  # fmt: skip
    rows = [f"{name}{k},{name},{region},{(k + len(name)) % 11}"
            for name, (region, n, times) in depots.items() for k in range(n) for _ in range(times)
            ]  # fmt: skip
    said = {"columns": {"customer_id": "who", "nps": "nps"}, "segments": ["depot", "region"]}
    whole = {"privacy": {"smallest_group": 10},
             "reports": {"over": {"depot": "all", "region": "all"}}}  # fmt: skip
    data = "who,depot,region,nps\n" + "\n".join(rows)
    return study.load(write(tmp_path, data, **said, whole=whole), cache=False)


def test_parts_within_parts_do_not_tell_of_a_few(nested):
    held = {(part["segment"], part["value"]) for part in study.withheld(nested)}
    # a region less its large depot would be the small one; so would all less the other region
    assert {("region", "north"), ("region", "south")} <= held
    assert ("depot", "A") not in held
    south = nested.part(segment="region", value="south")
    told = shown(metrics.nps(south.responses, by="depot", how=south.how()))
    keep_back(0)
    assert told.frame.set_index("group")["n"].isna().to_dict() == {"B": False, "C": True, "E": True}


@pytest.mark.parametrize("seed", range(6))
def test_no_sum_or_difference_of_parts_is_a_set_of_too_few(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.choice([2, 4, 7, 12, 30, 60], 18)
    depots = pd.DataFrame({"region": rng.choice([*"NSW"], 18), "plan": rng.choice([*"xy"], 18)})
    rows = depots.loc[np.repeat(np.arange(18), sizes)].reset_index(names="depot").astype(str)
    rows["customer_id"] = [*map(str, range(len(rows) - 3)), None, None, None]
    asked = [{"segment": name, "value": value} for name in ("region", "depot", "plan")
             for value in rows[name].unique() if (rows[name] == value).sum() >= 10]  # fmt: skip
    gone = telling({"responses": rows}, asked, [], smallest=10)
    left = [part for place, part in enumerate(asked) if place not in gone]
    told = [rows[part["segment"]] == part["value"] for part in left]
    base = np.linalg.svd(np.column_stack([np.ones(len(rows)), *told]), full_matrices=False)
    base = base[0][:, base[1] > 1e-9]
    for few in rows.groupby(["depot"]).indices.values():
        if len(few) < 10:  # its rows are no combination of those of parts
            wanted = np.isin(np.arange(len(rows)), few).astype(float)
            assert np.linalg.norm(wanted - base @ (base.T @ wanted)) > 1e-3
    assert seed or gone
