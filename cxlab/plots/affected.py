"""How many people speak of a theme, and how much lower the score is where they do."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from cxlab.codebook.colours import GREEN, GREY, INK, ORANGE, PAPER
from cxlab.plots.theme import canvas, clipped, picture, ticks
from cxlab.results import Result

NAMED = 8  # themes that are named in the picture, those of most people times difference
COLOURS = {"worse": ORANGE, "better": GREEN}


@picture
def affected(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw people who speak of a theme against the difference in score, an interval a theme.

    Args:
        result: with `term`, `share`, `estimate`, `conf_low`, `conf_high`, `verdict`, and `part`,
            of which the first is drawn.
        ax: axes to draw on.
    """
    rows = result.frame.dropna(subset=["estimate", "share"])
    if "part" in rows:
        rows = rows[rows["part"] == rows["part"].iloc[0]]
    rows = rows.reset_index(drop=True)
    kind = "Map of people affected against difference in score, an interval a theme"
    with canvas(result, kind, ax, height=4.6) as ax:
        ax.axhline(0, color=GREY, lw=1, ls=(0, (4, 3)))
        for _, row in rows.iterrows():
            colour = COLOURS.get(row["verdict"], GREY)
            ends = [row["conf_low"], row["conf_high"]]
            ax.plot([row["share"]] * 2, ends, color=colour, lw=1.2, alpha=0.45)
            ax.plot(row["share"], row["estimate"], "o", color=colour, ms=6, mec="white", mew=0.8)
        ax.margins(0.12, 0.08)
        _named(ax, rows)
        ax.set_xlabel("share of comments   (grey: not apart)")
        ax.set_ylabel(f"higher or lower, {result.unit}")
        ticks(ax.xaxis)
    return ax


def _named(ax: Axes, rows: pd.DataFrame) -> None:
    """Write the names of what matters most, each where no other name stands yet."""
    worth = (rows["estimate"] * rows["share"]).abs().where(rows["verdict"].isin(COLOURS))
    wide, tall = np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())
    middle = np.mean(ax.get_xlim())
    taken: list[tuple[float, float]] = []
    for place in worth.dropna().sort_values(ascending=False).index:
        row = rows.loc[place]
        left = row["share"] > middle
        at = (row["share"] / wide, row["estimate"] / tall)
        if any(abs(at[1] - y) < 0.06 for _, y in taken):
            continue
        ax.annotate(
            clipped(row["term"], 26), (row["share"], row["estimate"]),
            xytext=(-7 if left else 7, 0), textcoords="offset points",
            ha="right" if left else "left", va="center", fontsize=10, color=INK,
            path_effects=[withStroke(linewidth=2.5, foreground=PAPER)],
        )  # fmt: skip
        taken.append(at)
        if len(taken) == NAMED:
            break
