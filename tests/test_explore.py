"""Exploring: chips, the code of a view, the cost of looking, and what may not be seen."""

import io
import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cxlab import explore, questions, results
from cxlab.cli import app
from cxlab.codebook import Refusal
from cxlab.explore import board
from cxlab.explore.chosen import choices
from cxlab.explore.cube import Cube
from cxlab.explore.drawn import drawn
from cxlab.explore.guard import Guard
from cxlab.explore.looks import Looks
from cxlab.explore.sitting import Sitting
from cxlab.explore.views import VIEWS, State, code
from cxlab.explore.views import asked as ask
from tests import lattice, small

ROWS = 600


def _export(n: int = ROWS, seed: int = 1) -> str:
    draw = np.random.default_rng(seed)
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(draw.integers(0, 360, n), unit="D")
    frame = pd.DataFrame({
        "id": [f"c{i}" for i in draw.integers(0, n // 2, n)],
        "date": day.strftime("%Y-%m-%d"),
        "score": draw.choice(11, n, p=np.r_[[0.02] * 6, 0.08, 0.2, 0.2, 0.2, 0.2]),
        "service": draw.integers(1, 6, n),
        "speed": draw.integers(1, 6, n),
        "region": draw.choice(["North", "South", "O'Hara & <b>Sons</b>"], n),
        "shop": draw.choice([f"shop {i}" for i in range(60)], n),
        "remark": draw.choice(["late again", "fine", "<script>x</script> $x^2$"], n),
    })  # fmt: skip
    return frame.to_csv(index=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explore")
    words = {"columns": {"customer_id": "id", "answered_at": "date", "nps": "score",
                         "comment": "remark"},
             "ratings": {"service": "service", "speed": "speed"},
             "scales": {"nps": "0..10", "ratings": "1..5"},
             "segments": ["region", "shop"]}  # fmt: skip
    return small.load(folder, _export(), **words)


@pytest.fixture(autouse=True)
def _own_board(study):
    yield
    (study.mapping.folder / board.FOLDER / board.BOARD).unlink(missing_ok=True)


def _sitting(study, **words) -> Sitting:
    results.keep_back(10)
    return Sitting(study, file=str(study.mapping.folder / "study.yaml"), **words)


@pytest.mark.parametrize("chips", [
    {}, {"region": "O'Hara & <b>Sons</b>"}, {"region": ["North", "South"], "period": "2025Q2"},
    {"tier": "promoter"}, {"service": 2, "comment": "late"},
])  # fmt: skip
def test_code_asks_what_the_view_asked_to_the_digit(study, chips):
    file = str(study.mapping.folder / "study.yaml")
    results.keep_back(10)
    state = State(study, chips, "region", "nps", level=0.975, level_groups=0.99, file=file)
    for view in VIEWS:
        *lines, last = code(view, state).splitlines()
        names: dict = {}
        exec("\n".join([*lines, f"answer = {last}"]), names)
        seen = ask(view, state)
        if isinstance(seen, results.Result):
            told = names["answer"]
            pd.testing.assert_frame_equal(
                told.frame, seen.frame, rtol=1e-12, check_categorical=False
            )
            assert drawn(view, told, state) == drawn(view, seen, state)
        else:
            assert names["answer"].sentence == seen.sentence


def test_code_of_a_weighted_view_with_gaps_says_the_same(tmp_path):
    rows = pd.read_csv(io.StringIO(_export())).assign(w=np.tile([0.5, 1.7, 1.1], ROWS // 3))
    rows.loc[::7, "region"] = rows.loc[::11, "id"] = rows.loc[::13, "score"] = None
    path = small.write(tmp_path, rows.to_csv(index=False), columns={"customer_id": "id",
                       "answered_at": "date", "nps": "score", "weight": "w"},
                       scales={"nps": "0..10"}, segments=["region", "shop"])  # fmt: skip
    study = _open(path)
    for chips in ({}, {"region": "North"}):
        state = State(study, chips, "shop", file=str(path))
        for view in (each for each in VIEWS if not each.slow and (chips or each.of)):
            *lines, last = code(view, state).splitlines()
            exec("\n".join([*lines, f"answer = {last}"]), names := {})
            told, seen = (drawn(view, each, state) for each in (names["answer"], ask(view, state)))
            assert told == seen
            assert "rows" in seen


def test_chips_choose_the_rows_that_pandas_chooses(study):
    frame = study.responses
    late = frame["comment"].str.contains("late", regex=False).fillna(False)
    quarter = frame["answered_at"].dt.tz_localize(None).dt.to_period("Q").astype(str) == "2025Q3"
    wanted = (frame["nps"] <= 6) & late & quarter
    assert (
        Cube(study).rows({"tier": "detractor", "comment": "LATE", "period": "2025Q3"}) == wanted
    ).all()


def test_one_segment_is_the_part_that_the_reports_show(study):
    one, other = explore.chosen(study, region="North"), study.part(segment="region", value="North")
    pd.testing.assert_frame_equal(one.responses, other.responses)


def test_a_column_or_value_that_is_none_is_named_with_the_nearest(study):
    with pytest.raises(Refusal, match=r"'regoin' is nothing to choose by.*region"):
        explore.chosen(study, regoin="North")
    with pytest.raises(Refusal, match=r"No answer has region = 'Nroth'.*North"):
        explore.chosen(study, region="Nroth")
    with pytest.raises(Refusal, match=r"'service' holds numbers; 'good' is none"):
        explore.chosen(study, service="good")


def test_many_values_are_cut_to_the_largest_and_small_ones_not_offered(study):
    shop = next(each for each in choices(Cube(study), smallest=10) if each.column == "shop")
    counts = study.responses["shop"].value_counts()
    assert len(shop.values) == min(30, (counts >= 10).sum())
    assert "not offered" in shop.note or "further" in shop.note


def test_looks_spend_no_more_than_the_sitting_may():
    looks, draw = Looks(level=0.95), np.random.default_rng(3)
    spent = 0.0
    for place in range(300):
        k = int(draw.integers(1, 6))
        spent += k * (1 - looks.look(place, k))
    assert spent < 0.05
    assert looks.look(7, 2) == looks.spent[7]


def test_browsing_noise_finds_something_in_at_most_a_twentieth_of_sittings():
    draw = np.random.default_rng(11)
    from scipy.stats import norm

    z = np.abs(draw.standard_normal((4000, 60)))
    looks = Looks(level=0.95)
    edge = np.array([norm.isf((1 - looks.look(place, 1)) / 2) for place in range(60)])
    assert (z > edge).any(axis=1).mean() <= 0.05
    assert (z > norm.isf(0.025)).any(axis=1).mean() > 0.9  # what it guards against


def test_a_view_seen_again_costs_nothing_and_says_the_same(study):
    sitting = _sitting(study)
    sitting.do({"do": "add", "column": "region", "value": "North"})
    first, total = sitting.shown()["views"], sitting.looks.total
    sitting.do({"do": "clear"})
    sitting.do({"do": "add", "column": "region", "value": "North"})
    assert sitting.looks.total == total
    assert sitting.shown()["views"] == first


def test_adjusted_intervals_are_wider_and_the_plain_ones_at_a_toggle(study):
    sitting = _sitting(study)
    sitting.do({"do": "add", "column": "region", "value": "North"})
    wide = sitting.state.level
    assert "widened" in sitting.shown()["looks"]
    sitting.do({"do": "adjust", "on": False})
    assert sitting.state.level == 0.95 < wide
    assert "widened" not in sitting.shown()["looks"]


def test_what_the_chips_choose_stands_in_the_base(study):
    told = questions.topline(explore.chosen(study, region="North"), questions="nps")
    assert ", region: North; shares are of" in told.base


def test_toggling_chips_never_shows_two_sets_that_differ_by_a_few(study):
    draw, guard = np.random.default_rng(5), Guard(Cube(study), 10)
    people = study.responses["customer_id"].to_numpy()
    offered = [(each.column, value) for each in choices(Cube(study), smallest=1)
               for value, _ in each.values]  # fmt: skip
    seen = []
    for _ in range(400):
        some = draw.permutation(len(offered))[: draw.integers(1, 4)]
        chips = dict(offered[i] for i in some)
        chips["region"] = (
            ["North", "South"] if draw.random() < 0.3 else chips.get("region", "North")
        )
        if not guard.why_not([chips]):
            seen.append(guard.cube.rows(chips))
    assert len(seen) > 50
    for one, other in combinations([each for each in seen if each.any()], 2):
        inside = (one & ~other).sum() == 0 or (other & ~one).sum() == 0
        between = len(set(people[one ^ other]))
        assert not inside or between == 0 or between >= 10


def test_all_but_a_few_are_withheld_because_the_few_would_follow(tmp_path):
    data = _export().replace("North", "Tiny", 3)
    held = small.load(tmp_path, data, columns={"customer_id": "id", "answered_at": "date",
                      "nps": "score"}, scales={"nps": "0..10"}, segments=["region"])  # fmt: skip
    sitting = _sitting(held)
    rest = ["North", "South", "O'Hara & <b>Sons</b>"]
    sitting.do({"do": "add", "column": "region", "value": rest})
    told = sitting.shown()
    assert [view["name"] for view in told["views"]] == ["score"]
    assert "would tell of fewer than 10 people" in told["views"][0]["absent"]
    assert told["people"] == []


def test_a_score_chosen_by_itself_is_not_compared(study):
    sitting = _sitting(study)
    sitting.do({"do": "add", "column": "tier", "value": "promoter"})
    views = {view["name"]: view for view in sitting.shown()["views"]}
    for name in ("score", "against"):
        assert "by the score itself" in views[name]["absent"]


def test_a_rating_that_is_chosen_is_no_driver_of_the_chosen(tmp_path):
    rng = np.random.default_rng(3)
    rows = pd.DataFrame(rng.integers(1, 6, (400, 3)), columns=["speed", "tone", "price"])
    rows["score"] = (rows.sum(axis=1) + rng.integers(-3, 4, 400)).clip(0, 10)
    opened = small.load(tmp_path, rows.to_csv(index=False), columns={"nps": "score"},
                        ratings={name: name for name in ("speed", "tone", "price")},
                        scales={"nps": "0..10", "ratings": "1..5"})  # fmt: skip
    sitting = _sitting(opened)
    sitting.do({"do": "add", "column": "tone", "value": "3"})
    while any(each.get("waits") for each in sitting.shown()["views"]):
        sitting.do({"do": "rest"})
    views = {view["name"]: view for view in sitting.shown()["views"]}
    assert sorted(row["label"] for row in views["drivers"]["rows"]) == ["price", "speed"]


@pytest.mark.parametrize("message", [
    {}, {"do": "fly"}, {"do": "add"}, {"do": "add", "column": "nps", "value": "many"},
    {"do": "add", "column": "comment", "value": "nobody wrote this"}, {"do": "by", "column": "x"},
    {"do": "question", "name": "x"},
    {"do": "pin", "view": "later"}, {"do": "notebook"},
    {"do": "add", "column": "period", "value": "Q"},
])  # fmt: skip
def test_what_cannot_be_done_is_said_and_nothing_changes(study, message):
    sitting = _sitting(study)
    before = sitting.shown()
    sitting.do(message)
    after = sitting.shown()
    assert after["said"]
    assert (after["views"], after["chips"]) == (before["views"], [])


def test_from_a_bar_to_its_people_to_one_persons_answers(study):
    sitting = _sitting(study)
    groups = next(v for v in sitting.shown()["views"] if v["name"] == "groups")
    column, value = groups["rows"][0]["chip"]
    sitting.do({"do": "add", "column": column, "value": value})
    sitting.do({"do": "person", "place": 0})
    told = sitting.shown()
    assert ["region", value] in told["person"]["answers"]
    assert told["person"]["text"] == told["people"][0]["text"]


def test_a_column_of_many_values_is_a_sentence_and_a_value_is_typed(tmp_path):
    rows = pd.DataFrame({"id": range(5000), "score": np.arange(5000) % 11,
                         "agent": [f"agent {i % 500}" for i in range(5000)]})  # fmt: skip
    opened = small.load(tmp_path, rows.to_csv(index=False), columns={"customer_id": "id",
                        "nps": "score"}, scales={"nps": "0..10"}, segments=["agent"])  # fmt: skip
    sitting = _sitting(opened)
    groups = next(each for each in sitting.shown()["views"] if each["name"] == "groups")
    assert "500 values of enough answers: too many to set beside each other" in groups["absent"]
    assert "470 further values: type one" in sitting.choices[0].note
    sitting.do({"do": "add", "column": "agent", "value": "agent 499"})
    assert sitting.shown()["size"] == "10 answers of 5,000"


def test_what_is_slow_is_asked_after_the_rest_is_painted(study):
    sitting = _sitting(study)
    slow = [view.name for view in VIEWS if view.slow]
    assert [each["name"] for each in sitting.shown()["views"] if each.get("waits")] == slow
    for _ in slow:
        sitting.do({"do": "rest"})
    assert not any(each.get("waits") for each in sitting.shown()["views"])
    sitting.do({"do": "add", "column": "region", "value": "North"})
    sitting.do({"do": "clear"})  # what was worked out once is there at once
    assert not any(each.get("waits") for each in sitting.shown()["views"])


def test_everything_the_panel_is_handed_is_plain_json(study):
    sitting = _sitting(study)
    sitting.do({"do": "add", "column": "region", "value": "North"})
    json.dumps(sitting.shown(), allow_nan=False)


def test_pins_outlive_the_sitting_and_say_when_the_data_changed(study, tmp_path):
    path = small.write(tmp_path, _export(), columns={"customer_id": "id", "answered_at": "date",
                       "nps": "score"}, scales={"nps": "0..10"}, segments=["region"])  # fmt: skip
    sitting = Sitting(_open(path), file=str(path))
    sitting.do({"do": "pin", "view": "groups"})
    again = Sitting(_open(path), file=str(path))
    assert [pin["changed"] for pin in again.shown()["pins"]] == [False]
    (tmp_path / "survey.csv").write_text(_export(seed=2))
    assert "changed since" in again.shown()["said"]
    third = Sitting(_open(path), file=str(path))
    assert [pin["changed"] for pin in third.shown()["pins"]] == [True]


def _open(path):
    from cxlab import study as room

    return room.load(path, cache=False)


def test_a_board_that_is_none_is_refused_by_name(study):
    path = study.mapping.folder / board.FOLDER / board.BOARD
    path.parent.mkdir(exist_ok=True)
    path.write_text("[{")
    with pytest.raises(Refusal, match=r"explored/pins.json is no board"):
        _sitting(study)


@pytest.mark.parametrize(("data", "said"), [
    ("id,score\n" + "".join(f"{i},{i % 11}\n" for i in range(40)), "carry no date"),
    ("id,score\n1,9\n", "Fewer than 10 people"),
])  # fmt: skip
def test_a_study_without_dates_or_with_one_answer_is_a_sentence(tmp_path, data, said):
    opened = small.load(tmp_path, data, columns={"customer_id": "id", "nps": "score"},
                        scales={"nps": "0..10"})  # fmt: skip
    assert said in json.dumps(_sitting(opened).shown())


def _page_of_pins(path):
    out = path.parent / "out"
    words = ["run", path, "--notebooks", path.parent / board.FOLDER, "--out", out]
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return (out / "80_explored" / "everyone.html").read_text(encoding="utf-8")


def test_every_view_can_be_pinned_and_read_on_the_page_of_pins(tmp_path):
    path = lattice.write(lattice.ORDINARY, tmp_path)
    sitting = Sitting(_open(path), file=str(path))
    for chips in ({}, {"region": "north"}):
        for column, value in chips.items():
            sitting.do({"do": "add", "column": column, "value": value})
        while any(each.get("waits") for each in sitting.shown()["views"]):
            sitting.do({"do": "rest"})
        for question in sitting.questions:
            sitting.do({"do": "question", "name": question})
            sitting.do({"do": "rest"})
            sitting.do({"do": "pin", "view": "question"})
        for view in VIEWS:
            sitting.do({"do": "pin", "view": view.name})
    assert {pin.view for pin in sitting.pins} == {view.name for view in VIEWS}
    sitting.do({"do": "notebook"})
    _page_of_pins(path)


def test_a_study_without_answers_is_refused(tmp_path):
    opened = small.load(tmp_path, "id,joined\na,2025-01-01\n", table="customers",
                        columns={"customer_id": "id", "signed_up_at": "joined"})  # fmt: skip
    with pytest.raises(Refusal, match="holds no survey answers"):
        _sitting(opened)


def test_pins_become_a_notebook_like_the_others_and_its_page(tmp_path):
    path = small.write(tmp_path, _export(), columns={"customer_id": "id", "answered_at": "date",
                       "nps": "score"}, scales={"nps": "0..10"}, segments=["region"])  # fmt: skip
    sitting = Sitting(_open(path), file=str(path))
    sitting.do({"do": "add", "column": "region", "value": "O'Hara & <b>Sons</b>"})
    for view in ("against", "distribution", "trend"):
        sitting.do({"do": "pin", "view": view})
    sitting.do({"do": "notebook"})
    page = _page_of_pins(path)
    told = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    heads = [each["headline"] for one in told for each in one["findings"]]
    assert heads
    assert all(head.startswith("Region O'Hara & <b>Sons</b>: ") for head in heads)
    assert "&amp; &lt;b&gt;Sons" in page
    assert "<b>Sons" not in page
