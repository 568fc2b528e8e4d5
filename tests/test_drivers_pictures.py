"""Pictures of drivers show what is tied, what cannot be placed, and which way it points."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from cxlab import plots
from cxlab.codebook import colours
from cxlab.results import Result


def answer(frame: pd.DataFrame, unit: str = "share") -> Result:
    return Result("drivers", frame, "product is first.", "method", "base", unit=unit)


def shares(ties, terms=None) -> Result:
    n = len(ties)
    frame = pd.DataFrame({"term": terms or [f"t{k}" for k in range(n)], "group": None})
    frame["estimate"] = np.linspace(0.4, 0.1, n)
    frame = frame.assign(conf_low=frame["estimate"] - 0.05, conf_high=frame["estimate"] + 0.05)
    return answer(frame.assign(rank=range(1, n + 1), tie=ties, p_top3=0.5, n=100))


def brackets(ax) -> list[tuple[float, float]]:
    lines = [line.get_ydata() for line in ax.lines if line.get_gid() == "tie"]
    return [(round(float(min(y)) + 0.25), round(float(max(y)) - 0.25)) for y in lines]


def test_brackets_join_what_cannot_be_told_apart():
    assert brackets(plots.importance(shares(["a", "b", "bc", "c"]))) == [(1, 2), (2, 3)]
    assert brackets(plots.importance(shares(["a", "b", "c"]))) == []


def test_the_first_place_stands_on_top():
    ax = plots.importance(shares(["a", "a"], ["first", "second"]))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    assert ax.yaxis_inverted()


def test_what_cannot_be_placed_is_hollow_and_grey():
    frame = pd.DataFrame({"term": ["a", "b"], "estimate": [0.6, 0.4], "performance": [3.0, 4.0]})
    for name in ("estimate", "performance"):
        low, high = (
            ("conf_low", "conf_high") if name == "estimate" else (f"{name}_low", f"{name}_high")
        )
        frame[low], frame[high] = frame[name] - 0.1, frame[name] + 0.1
    frame["verdict"] = ["concentrate here", "cannot be placed"]
    ax = plots.priorities(answer(frame))
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert [to_hex(p.get_markerfacecolor()) for p in points] == [colours.ORANGE, "#ffffff"]
    assert points[1].get_markeredgecolor() == colours.GREY


def test_low_ratings_point_left_and_high_ones_right():
    rows = [("a", "penalty", -2.0), ("a", "reward", 0.5), ("a", "penalty minus reward", 1.5)]
    frame = pd.DataFrame(rows, columns=["term", "part", "estimate"])
    frame = frame.assign(conf_low=frame["estimate"] - 0.1, conf_high=frame["estimate"] + 0.1)
    ax = plots.asymmetry(answer(frame.assign(verdict="must-have"), "of 10"))
    assert [bar.get_width() for bar in ax.patches] == [-2.0, 0.5]
    assert "must-have" in [text.get_text() for text in ax.texts]


def test_only_clear_gains_are_coloured():
    frame = pd.DataFrame({"term": ["a", "b"], "group": "North", "estimate": [3.0, 1.0]})
    frame = frame.assign(conf_low=[1.0, -1.0], conf_high=[5.0, 3.0], rank=[1, 2])
    ax = plots.pareto(answer(frame.assign(cumulative=[0.75, 1.0]), "points"))
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches] == [colours.BLUE, colours.FAINT]
    assert "if the association is causal" in ax.get_xlabel()


@pytest.mark.parametrize("name", ["$a$", r"$\frac{", "<b>", "x" * 300, "line\nbreak"])
def test_names_of_drivers_are_drawn_as_text(name):
    shown = plots.show(plots.importance(shares(["a", "a"], [name, "other"])))
    assert shown.png.startswith(b"\x89PNG")
