"""Order, place and shape: shares with ties, a map of two scores, two-sided bars, a Pareto."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from cxlab.codebook import label
from cxlab.codebook.colours import BLUE, FAINT, GREEN, GREY, INK, MEANING, ORANGE, PAPER
from cxlab.plots.theme import canvas, clipped, fitting, more_rows, picture, ticks, unit_label
from cxlab.results import Result, amount, percent

MOST_ROWS = 30


@picture
def importance(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw shares with their intervals, first place on top, and brackets over ties.

    Args:
        result: with `term`, `estimate`, `conf_low`, `conf_high`, `rank`, `tie`, `p_top3`.
    """
    rows = result.frame.dropna(subset=["estimate"])
    if "group" in rows and rows["group"].notna().any():
        rows = rows[rows["group"].isna()]
    shown = fitting(len(rows), MOST_ROWS)
    left_out = len(rows) - shown
    rows = rows.sort_values("rank", kind="stable").head(shown).reset_index(drop=True)
    kind = "Shares in order with an interval a row; brackets join what cannot be told apart"
    with canvas(result, kind, ax, height=1.2 + 0.36 * max(len(rows), 2)) as ax:
        _interval_rows(ax, rows)
        ax.set_xlabel("share of what the ratings explain")
        ticks(ax.xaxis)
        ax.set_xlim(left=0)
        _brackets(ax, rows)
        _beside(ax, rows, left_out)
    return ax


def _interval_rows(ax: Axes, rows: pd.DataFrame) -> None:
    for place, row in rows.iterrows():
        ax.plot([0, row["estimate"]], [place, place], color=FAINT, lw=7, solid_capstyle="butt")
        if pd.notna(row.get("conf_low")):
            ax.plot([row["conf_low"], row["conf_high"]], [place, place], color=BLUE, lw=2.2)
        ax.plot(row["estimate"], place, "o", color=BLUE, ms=6.5, mec="white", mew=0.8)
    ax.set_yticks(range(len(rows)), [clipped(label(term)) for term in rows["term"]])
    ax.set_ylim(len(rows) - 0.4, -0.9)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    ax.set_axisbelow(True)


def _brackets(ax: Axes, rows: pd.DataFrame) -> None:
    """Join rows that share a letter, one column of brackets a letter."""
    ties = [str(tie) if pd.notna(tie) else "" for tie in rows["tie"]] if "tie" in rows else []
    column = 0
    for letter in dict.fromkeys("".join(ties)):
        inside = [place for place, tie in enumerate(ties) if letter in tie]
        if len(inside) < 2:
            continue
        x, top, bottom = 1.025 + 0.03 * column, inside[0] - 0.25, inside[-1] + 0.25
        ax.plot(
            [x - 0.012, x, x, x - 0.012],
            [top, top, bottom, bottom],
            transform=ax.get_yaxis_transform(),
            color=INK,
            lw=1.3,
            clip_on=False,
            gid="tie",
        )
        column += 1


def _beside(ax: Axes, rows: pd.DataFrame, left_out: int) -> None:
    ties = "".join(str(tie) for tie in rows["tie"].dropna()) if "tie" in rows else ""
    brackets = sum(ties.count(letter) > 1 for letter in set(ties))
    columns = {"share": rows["estimate"]}
    if "p_top3" in rows and rows["p_top3"].notna().any() and len(rows) > 3:
        columns["in top three"] = rows["p_top3"]
    for column, (head, values) in enumerate(columns.items()):
        shift = 12 + 12 * brackets + 42 * column
        _write(ax, head, -0.75, shift, GREY)
        for place, value in enumerate(values):
            _write(ax, percent(value), place, shift, INK)
    more_rows(ax, left_out)


def _write(ax: Axes, text: str, place: float, shift: float, colour: str) -> None:
    """Write to the right of the axes, on the height of a row."""
    ax.annotate(
        text,
        (1, place),
        xycoords=ax.get_yaxis_transform(),
        xytext=(shift, 0),
        textcoords="offset points",
        va="center",
        fontsize=10,
        color=colour,
    )


@picture
def priorities(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw importance against rating, with both intervals; grey where nothing can be placed.

    Args:
        result: with `term`, `estimate`, `conf_low`, `conf_high`, `performance`,
            `performance_low`, `performance_high`, `verdict`.
    """
    rows = result.frame.dropna(subset=["estimate", "performance"]).reset_index(drop=True)
    kind = "Map of importance against mean rating, a cross of two intervals a driver"
    with canvas(result, kind, ax, height=4.6) as ax:
        ax.axhline(rows["estimate"].mean(), color=GREY, lw=1, ls=(0, (4, 3)))
        ax.axvline(rows["performance"].mean(), color=GREY, lw=1, ls=(0, (4, 3)))
        for _, row in rows.iterrows():
            colour = MEANING.get(row["verdict"], GREY)
            across = [row["performance_low"], row["performance_high"]]
            ax.plot(across, [row["estimate"]] * 2, color=colour, lw=1.8)
            ax.plot(
                [row["performance"]] * 2, [row["conf_low"], row["conf_high"]], color=colour, lw=1.8
            )
            filled = colour if row["verdict"] in MEANING else "white"
            ax.plot(row["performance"], row["estimate"], "o", ms=7, mec=colour, mfc=filled, mew=1.4)
        _name_points(ax, rows)
        ax.margins(0.16, 0.16)
        _name_corners(ax)
        ax.set_xlabel("mean rating   (hollow and grey: cannot be placed)")
        ax.set_ylabel("share of what the ratings explain")
        ticks(ax.yaxis)
    return ax


def _name_points(ax: Axes, rows: pd.DataFrame) -> None:
    """Write each name off its cross, on the side that leaves the others free."""
    tall = max(np.ptp(rows["estimate"]), 1e-9)
    wide = max(np.ptp(rows["performance"]), 1e-9)
    for place, row in rows.iterrows():
        others = rows.drop(index=place)
        dx = (others["performance"] - row["performance"]) / wide
        dy = (others["estimate"] - row["estimate"]) / tall
        near = (dx.abs() < 0.3) & (dy.abs() < 0.12)
        below = bool((near & (dy >= 0)).any()) and not bool((near & (dy < 0)).any())
        left = bool((near & (dx > 0)).any())
        ax.annotate(
            clipped(label(row["term"]), 22),
            (row["performance"], row["estimate"]),
            xytext=(-6 if left else 6, -7 if below else 6),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top" if below else "bottom",
            fontsize=10,
            color=INK if row["verdict"] in MEANING else GREY,
            path_effects=[withStroke(linewidth=2.5, foreground=PAPER)],
        )


def _name_corners(ax: Axes) -> None:
    for x, y, text in (
        (0.01, 0.985, "concentrate here"),
        (0.99, 0.985, "keep up the good work"),
        (0.01, 0.015, "low priority"),
        (0.99, 0.015, "possible overkill"),
    ):
        ax.text(
            x,
            y,
            text,
            transform=ax.transAxes,
            ha="left" if x < 0.5 else "right",
            va="bottom" if y < 0.5 else "top",
            fontsize=10,
            color=GREY,
        )


@picture
def asymmetry(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw for each driver what low ratings cost, to the left, and high ones bring, to the right.

    Args:
        result: with `term`, `part` (`penalty`, `reward`), `estimate`, `conf_low`,
            `conf_high`, `verdict`.
    """
    sides = result.frame[result.frame["part"].isin(["penalty", "reward"])]
    terms = list(dict.fromkeys(sides["term"]))
    span = sides.groupby("term")["estimate"].agg(lambda e: e.abs().sum())
    terms = sorted(terms, key=lambda term: -span[term])[:MOST_ROWS]
    place = {term: k for k, term in enumerate(terms)}
    kind = "Two-sided bars: low ratings to the left, high ratings to the right, with intervals"
    with canvas(result, kind, ax, height=1.2 + 0.42 * max(len(terms), 2)) as ax:
        for row in sides[sides["term"].isin(place)].itertuples():
            low = row.part == "penalty"
            # one above the other: both may point the same way
            at = place[row.term] + (-0.17 if low else 0.17)
            ax.barh(at, row.estimate, height=0.32, color=ORANGE if low else GREEN)
            ax.plot([row.conf_low, row.conf_high], [at, at], color=INK, lw=1.2)
        ax.axvline(0, color=INK, lw=0.9)
        ax.set_yticks(range(len(terms)), [clipped(label(term)) for term in terms])
        ax.set_ylim(len(terms) - 0.4, -1.0)
        ax.text(0, -0.75, "rated low  ", ha="right", va="center", fontsize=10, color=ORANGE)
        ax.text(0, -0.75, "  rated high", ha="left", va="center", fontsize=10, color=GREEN)
        ax.set_xlabel("difference in the answer, against a middling rating")
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x")
        ax.set_axisbelow(True)
        verdicts = sides.drop_duplicates("term").set_index("term")["verdict"]
        for term, at in place.items():
            _write(ax, verdicts[term], at, 8, GREY if verdicts[term] == "unclear" else INK)
    return ax


@picture
def pareto(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw gains in order as bars with intervals, and what they add up to as a share.

    Args:
        result: with `term`, `estimate`, `conf_low`, `conf_high`, `cumulative`, and `group`.
    """
    rows = result.frame.sort_values("rank", kind="stable").head(MOST_ROWS).reset_index(drop=True)
    kind = "Bars of gain in order with an interval each, and their running share"
    with canvas(result, kind, ax, height=1.2 + 0.4 * max(len(rows), 2)) as ax:
        for place, row in rows.iterrows():
            clear = row["conf_low"] > 0
            ax.barh(place, row["estimate"], height=0.62, color=BLUE if clear else FAINT)
            ax.plot([row["conf_low"], row["conf_high"]], [place, place], color=INK, lw=1.3)
            _write(ax, amount(row["estimate"], result.unit, signed=True), place, 8, INK)
            _write(ax, percent(row["cumulative"]), place, 48, INK)
        _write(ax, "gain", -0.75, 8, GREY)
        _write(ax, "running", -0.75, 48, GREY)
        names = [
            f"{clipped(label(r.term), 18)} (to {clipped(r.group, 14)})" for r in rows.itertuples()
        ]
        ax.set_yticks(range(len(rows)), names)
        ax.set_ylim(len(rows) - 0.4, -1.0)
        ax.axvline(0, color=INK, lw=0.9)
        ax.set_xlabel(
            f"gain in {unit_label(result.unit).split(',')[0]}, if the association is causal"
        )
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x")
        ax.set_axisbelow(True)
    return ax
