"""Groups beside each other: intervals as a forest, answers as bars."""

import numpy as np
from matplotlib.axes import Axes

from cxlab.codebook import label
from cxlab.codebook.colours import BLUE, GREY, INK, MEANING, own
from cxlab.plots.theme import SMALL_BASE, canvas, clipped, more_rows, picture, ticks, unit_label
from cxlab.results import Result, amount, count, percent

MOST_ROWS = 40
BANDS = ("detractor", "passive", "promoter")


@picture
def forest(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw one interval a group or term, best first; small bases in grey.

    Args:
        result: with `estimate`, `conf_low`, `conf_high`, and `group` or `term`.
    """
    frame = result.frame
    key = "group" if "group" in frame and frame["group"].notna().any() else "term"
    rows = frame.dropna(subset=["estimate"]).sort_values("estimate", kind="stable")
    left_out = len(rows) - MOST_ROWS
    rows = rows.tail(MOST_ROWS)
    kind = "Forest plot with one interval a row"
    with canvas(result, kind, ax, height=1.1 + 0.34 * max(len(rows), 2)) as ax:
        at = np.arange(len(rows))
        small = (rows["n"] < SMALL_BASE).to_numpy() if "n" in rows else np.zeros(len(rows), bool)
        for place, (_, row) in enumerate(rows.iterrows()):
            colour = GREY if small[place] else own(row[key], BLUE)
            ax.plot([row["conf_low"], row["conf_high"]], [place, place], color=colour, lw=2.2)
            ax.plot(row["estimate"], place, "o", color=colour, ms=6.5, mec="white", mew=0.8)
        names = rows[key] if key == "group" else rows[key].astype(str).map(label)
        ax.set_yticks(at, [clipped(name) for name in names])
        ax.set_ylim(-0.7, len(rows) - 0.3)
        ax.set_xlabel(unit_label(result.unit))
        ax.grid(axis="x")
        ax.set_axisbelow(True)
        ax.spines["left"].set_visible(False)
        _beside(ax, rows, result.unit)
        if result.unit == "share":
            ticks(ax.xaxis)
        more_rows(ax, left_out)
    return ax


def _beside(ax: Axes, rows, unit: str) -> None:
    """Write the estimate at the right edge of each row, and its base where rows differ in it."""
    bases = "n" in rows and (len(rows) == 1 or rows["n"].nunique() > 1)
    for place, (_, row) in enumerate(rows.iterrows()):
        base = f"   n {count(row['n'])}" if bases else ""
        ax.annotate(
            f"{amount(row['estimate'], unit)}{base}",
            xy=(1.01, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=10,
            color=INK if "n" not in rows or row["n"] >= SMALL_BASE else GREY,
        )


@picture
def distribution(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw how often each value was given, detractors to promoters in their colours.

    Args:
        result: with `term` (the tier, for NPS), `value`, `share`, `n`.
    """
    rows = result.frame.sort_values("value")
    with canvas(result, "Bar chart of answers by value", ax, height=2.7) as ax:
        tiers = (rows["term"] if "term" in rows else rows["value"].astype(str)).fillna("")
        colours = [MEANING.get(tier, BLUE) for tier in tiers]
        bars = ax.bar(rows["value"], rows["share"], color=colours, width=0.82)
        ax.bar_label(bars, [percent(share) for share in rows["share"]], fontsize=10, padding=2)
        ax.set_xticks(rows["value"], [f"{value:g}" for value in rows["value"]])
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_ylim(0, rows["share"].max() * 1.18 or 1)
        for tier in BANDS:
            its = rows[tiers == tier]
            if len(its):
                ax.annotate(
                    f"{tier.capitalize()}s\n{percent(its['share'].sum())}",
                    xy=(its["value"].mean(), -0.17),
                    xycoords=("data", "axes fraction"),
                    ha="center",
                    va="top",
                    fontsize=10,
                    color=INK,
                )
    return ax
