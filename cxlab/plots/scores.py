"""Scores explained: who stands apart, what a change is made of, who is best."""

from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from cxlab.codebook import label
from cxlab.codebook.colours import BLUE, FAINT, GREEN, GREY, INK, ORANGE, PURPLE, sides
from cxlab.plots.theme import canvas, clipped, fitting, more_rows, picture, ticks
from cxlab.results import Result, amount, count, number, percent

MOST_ROWS = 40
MOST_STEPS = 6
WRAPPED = 26  # letters of a name on one line


@picture
def apart(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw each group against the rest; those that stand apart in colour, the others in grey.

    Args:
        result: with `group` (or `term`, where a group stands in several rows), `estimate`,
            `conf_low`, `conf_high`, `verdict`, as a comparison corrected for many groups gives
            them.
    """
    rows = result.frame.dropna(subset=["estimate"]).sort_values("estimate", kind="stable")
    shown = fitting(len(rows), MOST_ROWS)
    left_out = len(rows) - shown
    if left_out > 0:  # the middle says least
        rows = pd.concat([rows.head(shown // 2), rows.tail(shown - shown // 2)])
    key = "term" if "term" in rows and rows["group"].duplicated().any() else "group"
    names = [fill(clipped(name, 44 if key == "group" else 60), WRAPPED) for name in rows[key]]
    if fitting(2 * len(rows), 2 * len(rows)) < 2 * len(
        rows
    ):  # no room for a second line of letters
        names = [clipped(name, WRAPPED) for name in rows[key]]
    each = 0.44 if any("\n" in name for name in names) else 0.34
    above, below = sides(rows.columns)
    kind = "Forest plot of each group against the rest; grey does not stand apart"
    with canvas(result, kind, ax, height=1.1 + each * max(len(rows), 2)) as ax:
        ax.axvline(0, color=INK, lw=1)
        for place, row in enumerate(rows.itertuples()):
            colour = {"above": above, "below": below}.get(str(row.verdict), GREY)
            mark: Any = {"mec": "white"} if colour != GREY else {"mfc": "white", "mec": GREY}
            ax.plot([row.conf_low, row.conf_high], [place, place], color=colour, lw=2.2)
            ax.plot(row.estimate, place, "o", color=colour, ms=6.5, **mark)
            _beside(ax, place, f"{_signed(row.estimate, result.unit)}   n {count(row.n)}", colour)
        ax.set_yticks(range(len(rows)), names)
        ax.locator_params(axis="x", nbins=3)
        ax.set_ylim(-0.7, len(rows) - 0.3)
        ax.set_xlabel(f"beside all others{_unit(result.unit)}", loc="right")
        _tidy(ax, result.unit)
        if result.unit == "share":  # of a difference of shares, in the points the label names
            ticks(ax.xaxis, lambda value, digits: number(100 * value, digits))
        more_rows(ax, left_out)
    return ax


@picture
def bridge(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw how a score came from one level to the next, piece by piece, each with its interval.

    Args:
        result: with `term` (`change`, then pieces that sum to it), `group`, `before`, `after`,
            `estimate`, `conf_low`, `conf_high`.
    """
    whole = result.frame[result.frame["term"] == "change"].iloc[0]
    steps = _steps(result.frame)
    kind = "Waterfall of the pieces of a change, whiskers are intervals"
    with canvas(result, kind, ax, height=1.5 + 0.36 * (len(steps) + 2)) as ax:
        level = float(whole["before"])
        _level(ax, 0, level, "before", result.unit)
        for place, (_, row, colour) in enumerate(steps, start=1):
            piece = float(row["estimate"])
            ax.plot([level, level], [place - 1.33, place + 0.33], color=FAINT, lw=1, zorder=0)
            ax.barh(place, piece, left=level, height=0.62, color=colour)
            ends = [level + row["conf_low"], level + row["conf_high"]]
            ax.plot(ends, [place, place], color=INK, lw=1, alpha=0.75)
            level += piece
            _beside(ax, place, _signed(piece, result.unit), INK)
        _level(ax, len(steps) + 1, float(whole["after"]), "after", result.unit)
        names = ["before", *(clipped(name, 34) for name, _, _ in steps), "after"]
        ax.set_yticks(range(len(names)), names)
        ax.set_ylim(len(names) - 0.5, -0.6)
        ax.set_xlabel(_unit(result.unit).strip(", ") or "score")
        _tidy(ax, result.unit)
    return ax


@picture
def league(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw a league table: pooled estimates with intervals, each group's raw score hollow.

    Args:
        result: with `group`, `estimate`, `conf_low`, `conf_high`, `raw`, `rank`, `rank_low`,
            `rank_high`, best first.
    """
    rows = result.frame.dropna(subset=["estimate"])
    left_out = len(rows) - MOST_ROWS
    if left_out > 0:
        rows = pd.concat([rows.head(MOST_ROWS // 2), rows.tail(MOST_ROWS // 2)])
    kind = "League table with one interval a row; hollow points are the groups' own scores"
    with canvas(result, kind, ax, height=1.1 + 0.32 * max(len(rows), 3)) as ax:
        for place, row in enumerate(rows.itertuples()):
            colour = {"best three": GREEN, "last three": ORANGE}.get(str(row.verdict), BLUE)
            ax.plot([row.conf_low, row.conf_high], [place, place], color=colour, lw=2.2)
            ax.plot(row.raw, place, "o", mfc="none", mec=GREY, ms=5.5)
            ax.plot(row.estimate, place, "o", color=colour, ms=6.5, mec="white")
            _beside(ax, place, f"place {row.rank_low:g} to {row.rank_high:g}", INK)
        ax.set_yticks(
            range(len(rows)), [f"{r.rank:g}  {clipped(r.group)}" for r in rows.itertuples()]
        )
        ax.set_ylim(len(rows) - 0.3, -0.7)
        ax.set_xlabel(_unit(result.unit).strip(", "))
        _tidy(ax, result.unit)
        more_rows(ax, left_out)
    return ax


@picture
def seen(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw the smallest change each group could show, beside the change worth seeing.

    Args:
        result: with `group`, `estimate`, `value`, `n`, `verdict`.
    """
    rows = result.frame.dropna(subset=["estimate"]).head(MOST_ROWS)
    kind = "Bars of the smallest change that would be seen; the line is the change worth seeing"
    with canvas(result, kind, ax, height=1.2 + 0.34 * max(len(rows), 2)) as ax:
        able = rows["verdict"].eq("enough").tolist()
        colours = [BLUE if enough else FAINT for enough in able]
        ax.barh(range(len(rows)), rows["estimate"], height=0.6, color=colours)
        goal = float(rows["value"].iloc[0])
        ax.axvline(goal, color=ORANGE, lw=1.6)
        for place, row in enumerate(rows.itertuples()):
            _beside(ax, place, f"{amount(row.estimate, result.unit)}   n {count(row.n)}", INK)
        ax.set_yticks(range(len(rows)), [clipped(name) for name in rows["group"]])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlabel(f"smallest change seen between two waves{_unit(result.unit)}")
        _tidy(ax, result.unit)
    return ax


@picture
def tells(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw how often each score puts two customers in the right order; the line is chance.

    Args:
        result: with `part`, `term`, `estimate`, `conf_low`, `conf_high`, `verdict`.
    """
    rows = result.frame[result.frame["part"] == "score"]
    kind = "Forest plot of the share of pairs in the right order; the line is chance"
    with canvas(result, kind, ax, height=1.1 + 0.34 * max(len(rows), 2)) as ax:
        ax.axvline(0.5, color=INK, lw=1)
        for place, row in enumerate(rows.itertuples()):
            colour = BLUE if row.verdict == "tells" else GREY
            ax.plot([row.conf_low, row.conf_high], [place, place], color=colour, lw=2.2)
            ax.plot(row.estimate, place, "o", color=colour, ms=6.5, mec="white")
            _beside(ax, place, percent(row.estimate), INK)
        ax.set_yticks(range(len(rows)), [clipped(label(term)) for term in rows["term"]])
        ax.set_ylim(len(rows) - 0.3, -0.7)
        ax.set_xlabel("pairs of customers in the right order")
        _tidy(ax, "share")
    return ax


# ---------------------------------------------------------------- pieces of pictures


def _steps(frame: pd.DataFrame) -> list[tuple[str, Any, str]]:
    """Choose the steps of a bridge: the mix by segment, then the rest; or the moves."""
    everyone = frame[frame["group"] == "all"].set_index("term")
    if "mix" not in everyone.index:
        rows = everyone.drop(index="change")
        rows = rows[rows["estimate"].abs() > 1e-9]
        return [(str(term), row, _side(row)) for term, row in rows.iterrows()]
    mix = frame[(frame["term"] == "mix") & (frame["group"] != "all")]
    steps = [(f"mix: {row['group']}", row, PURPLE) for _, row in mix.iterrows()]
    if len(steps) > MOST_STEPS:
        steps = [("mix: who answered", everyone.loc["mix"], PURPLE)]
    return [
        *steps,
        ("scores inside the groups", everyone.loc["rate"], BLUE),
        ("mix and scores together", everyone.loc["interaction"], GREY),
    ]


def _side(row: pd.Series) -> str:
    return GREEN if row["estimate"] > 0 else ORANGE


def _level(ax: Axes, place: int, value: float, name: str, unit: str) -> None:
    ax.plot([value, value], [place - 0.36, place + 0.36], color=INK, lw=3)
    _beside(ax, place, amount(value, unit), INK, bold=True)


def _beside(ax: Axes, place: int, text: str, colour: str, *, bold: bool = False) -> None:
    """Write at the right edge of a row."""
    weight = "bold" if bold else "normal"
    where: Any = ("axes fraction", "data")
    ax.annotate(
        text, xy=(1.01, place), xycoords=where, va="center", fontsize=10, color=colour,
        fontweight=weight,
    )  # fmt: skip


def _tidy(ax: Axes, unit: str) -> None:
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    ax.spines["left"].set_visible(False)
    if unit == "share":
        ticks(ax.xaxis)


def _unit(unit: str) -> str:
    words = {"points": "points", "share": "percentage points"}
    return f", {words[unit]}" if unit in words else ""


def _signed(value: float, unit: str) -> str:
    if unit == "share":
        return number(value * 100, 1, signed=True)
    return number(value, 2 if unit.startswith("of ") else 1, signed=True)
