"""Pictures: they draw any answer, carry words for it, and take text from data as text."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlab import codebook, metrics, plots
from cxlab.codebook.colours import BLUE, GREY
from cxlab.results import MIME, Result

NASTY = ["$a$", r"$\frac{", "<script>", "x" * 200, "line\nbreak", "\u202eright to left", "日本"]


def _result(groups, unit="points", **columns) -> Result:
    n = len(groups)
    frame = pd.DataFrame({"group": groups, "estimate": np.linspace(-20, 60, n)})
    frame = frame.assign(conf_low=frame["estimate"] - 5, conf_high=frame["estimate"] + 5)
    frame = frame.assign(**{"n": np.arange(n) * 20 + 5, **columns})
    return Result("nps", frame, "North stands apart.", "method", "base", unit=unit)


def test_a_forest_greys_small_bases():
    ax = plots.forest(_result(["few", "many"], n=[29, 30]))
    colours = [line.get_color() for line in ax.lines if line.get_marker() == "o"]
    assert colours == [GREY, BLUE]


@pytest.mark.parametrize("name", NASTY)
def test_text_from_data_is_drawn_as_text(name):
    exhibit = plots.show(plots.forest(_result([name, "other"])))
    assert exhibit.png.startswith(b"\x89PNG")


def test_a_group_without_estimate_is_not_drawn():
    result = _result(["a", "b", "c"])
    result.frame.loc[1, ["estimate", "conf_low", "conf_high"]] = np.nan
    assert len(plots.forest(result).get_yticks()) == 2


def test_too_many_groups_are_cut_and_counted():
    ax = plots.forest(_result([f"g{i}" for i in range(500)]))
    assert len(ax.get_yticks()) == 40
    assert "460 more rows in the table" in ax.get_title()


def test_an_exhibit_carries_picture_words_base_and_table():
    shown = plots.show(plots.forest(_result(["<i>North</i>", "South"])))._repr_mimebundle_()
    page = shown["text/html"]
    assert 'alt="Forest plot with one interval a row. North stands apart."' in page
    assert "base" in page
    assert "&lt;i&gt;North" in page
    assert "<i>" not in page
    assert shown["image/png"] in page
    assert shown[MIME]["headline"] == "North stands apart."


def test_rows_set_aside_are_bars_from_zero_below_what_was_read_and_kept():
    rows = [("rows read", None, 100), ("set aside", "speeder", 6), ("kept", None, 94)]
    frame = pd.DataFrame(rows, columns=["term", "reason", "n"]).assign(table="responses")
    ax = plots.waterfall(Result("ledger", frame, "Kept.", "m", "b"))
    edges = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert edges == [(0, 6)]
    assert ax.get_title(loc="left") == "responses: 100 read, 94 kept"


def test_words_too_long_for_their_axes_are_not_cut():
    rows = [("rows read", None, 4198), ("set aside", "closed before opened", 17),
            ("kept", None, 4154)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["term", "reason", "n"]).assign(table="interactions of ours")
    ax = plots.waterfall(Result("ledger", frame, "Kept.", "m", "b"))
    ax.set_xlabel("a name of an axis that is longer than the axis itself is")
    plots.show(ax)
    for text in (ax.xaxis.label, ax._left_title):
        assert text.get_window_extent().x1 <= ax.figure.bbox.x1 + 1


def test_the_trend_leaves_an_unfinished_period_hollow():
    result = _result(["all"] * 3, period=["Q1", "Q2", "Q3"], verdict=["", "", "incomplete"])
    ax = plots.trend(result)
    hollow = [line for line in ax.lines if line.get_markerfacecolor() == "white"]
    assert [list(line.get_xdata()) for line in hollow] == [[2]]


def test_the_distribution_names_its_thirds():
    frame = pd.DataFrame(
        {"value": range(11), "share": [0.1] * 3 + [0.0] * 4 + [0.2, 0.1, 0.2, 0.2]}
    )
    frame["n"], frame["term"] = 1, codebook.tier(frame["value"])
    ax = plots.distribution(Result("nps", frame, "As asked.", "m", "b"))
    words = [text.get_text() for text in ax.texts]
    assert {"Detractors\n30%", "Passives\n30%", "Promoters\n40%"} <= set(words)


def test_ten_points_of_satisfaction_have_no_promoters():
    asked = pd.DataFrame({"csat": [0, 5, 9, 10] * 5})
    score = metrics.Score("csat", "mean", scale="0..10")
    ax = plots.distribution(metrics.distribution(asked, score=score))
    assert "Promoters" not in " ".join(text.get_text() for text in ax.texts)


@pytest.mark.parametrize("low", [0.0, 0.05, 0.31, 0.972])
@pytest.mark.parametrize("reach", [0.004, 0.012, 0.027, 0.1, 0.13, 0.6])
def test_every_tick_of_a_share_says_where_it_stands(low, reach):
    ends = {"conf_low": [low, low + reach / 2], "conf_high": [low + reach / 2, low + reach]}
    wide = _result(["a", "b"], unit="share", estimate=[low + reach / 4, low + reach * 0.7], **ends)
    when = pd.DataFrame(wide.frame).assign(period=["2025Q1", "2025Q2"])
    pictures = [
        (plots.forest(wide), "xaxis"),
        (plots.trend(replace(wide, frame=when)), "yaxis"),
        (plots.apart(replace(wide, frame=wide.frame.assign(verdict=""))), "xaxis"),
    ]
    for ax, name in pictures:
        axis = getattr(ax, name)
        at = axis.get_majorticklocs()
        said = [text.replace("−", "-").replace("%", "") for text in
                axis.get_major_formatter().format_ticks(at)]  # fmt: skip
        assert 3 <= len(said) <= 9
        assert np.allclose(np.array(said, float) / 100, at, rtol=0, atol=1e-9), said
