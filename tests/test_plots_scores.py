"""Pictures of scores: every piece is drawn where the numbers say, text from data stays text."""

import numpy as np
import pandas as pd
import pytest

from cxlab import metrics, plots
from cxlab.codebook.colours import GREEN, GREY, ORANGE
from cxlab.results import Result


def wave(rng, n: int, north: float) -> pd.DataFrame:
    """Answers from two regions, the north scoring higher."""
    region = np.where(rng.random(n) < north, "$North$", "<b>South</b>")
    nps = np.where(rng.random(n) < np.where(region == "$North$", 0.8, 0.4), 9, 3)
    return pd.DataFrame({"nps": nps, "region": region, "customer_id": np.arange(n) % 60})


@pytest.fixture(scope="module")
def waves():
    """Two waves with a mix shift."""
    rng = np.random.default_rng(1)
    return wave(rng, 300, 0.7), wave(rng, 300, 0.3)


def test_the_bridge_begins_before_and_ends_after(waves):
    found = metrics.change(*waves, by="region")
    ax = plots.bridge(found)
    bars = [bar for bar in ax.patches if bar.get_width()]
    whole = found.frame.iloc[0]
    assert bars[0].get_x() == pytest.approx(whole["before"])
    assert bars[-1].get_x() + bars[-1].get_width() == pytest.approx(whole["after"])
    assert "mix: $North$" in [label.get_text() for label in ax.get_yticklabels()]


def test_the_bridge_of_customers_has_their_moves(waves):
    ax = plots.bridge(metrics.migration(*waves))
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert {"before", "promoter to detractor", "after"} <= set(labels)


def test_what_does_not_stand_apart_is_grey():
    rows = pd.DataFrame({"nps": [9, 3] * 100, "region": ["a", "a", "b", "b"] * 50})
    ax = plots.apart(metrics.compare(rows, by="region"))
    colours = {line.get_color() for line in ax.lines[1:]}
    assert colours == {GREY}


def test_many_groups_show_both_ends():
    rng = np.random.default_rng(2)
    rows = pd.DataFrame({"nps": rng.integers(0, 11, 4000), "shop": rng.integers(0, 80, 4000)})
    for ax in (
        plots.apart(metrics.compare(rows, by="shop")),
        plots.league(metrics.league(rows, by="shop")),
    ):
        assert len(ax.get_yticklabels()) == 40
        assert ax.get_title() == "40 more rows in the table"


def test_every_picture_becomes_an_exhibit_with_words(waves):
    rows = pd.concat(waves)
    late = rows.assign(left=(rows["nps"] < 7), csat=3)
    pictures = [
        plots.apart(metrics.compare(rows, by="region")),
        plots.seen(metrics.detectable(rows, by="region")),
        plots.tells(metrics.predictors(late, late, scores=["nps"], outcome="left", n_boot=20)),
    ]
    for ax in pictures:
        exhibit = plots.show(ax)
        assert exhibit.png.startswith(b"\x89PNG")
        assert exhibit.result.headline in exhibit.alt


def test_where_more_happens_the_colour_is_that_of_bad_news():
    told = pd.DataFrame({"group": ["a", "b"], "estimate": [-0.2, 0.2], "n": 90})
    told = told.assign(conf_low=told["estimate"] - 0.1, conf_high=told["estimate"] + 0.1,
                       verdict=["below", "above"])  # fmt: skip
    for more, colours in ({}, [ORANGE, GREEN]), ({"events": 9}, [GREEN, ORANGE]):
        ax = plots.apart(Result("x", told.assign(**more), "H.", "m", "b", unit="share"))
        assert [line.get_color() for line in ax.lines if line.get_marker() == "o"] == colours


@pytest.mark.parametrize("draw", [plots.apart, plots.importance])
@pytest.mark.parametrize(("rows", "seen"), [(5, 5), (14, 6), (90, 6)])
def test_a_picture_of_a_given_height_draws_what_it_has_room_for(draw, rows, seen):
    frame = pd.DataFrame({"estimate": [k / 100 for k in range(rows)], "n": 90}).assign(
        conf_low=0.0, conf_high=1.0, rank=range(1, rows + 1), verdict="not apart")  # fmt: skip
    word = "group" if draw is plots.apart else "term"
    frame[word] = [f"a name that takes more than one line {k}" for k in range(rows)]
    ax = draw(Result("x", frame, "H.", "m", "b"), width=3.9, height=2.2)
    ax.figure.canvas.draw()
    boxes = sorted(one.get_window_extent().y0 for one in ax.get_yticklabels())
    assert len(boxes) == seen
    assert (f"{rows - seen} more rows" in ax.get_title()) == (rows > seen)
    high = ax.get_yticklabels()[0].get_window_extent().height
    assert np.diff(boxes).min() > high * 0.85
