"""A score over time."""

import numpy as np
from matplotlib.axes import Axes

from cxlab.codebook.colours import BLUE, GREY
from cxlab.plots.theme import canvas, clipped, picture, ticks, unit_label
from cxlab.results import Result, Unanswerable, amount


@picture
def trend(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw estimate and interval period by period; control limits dashed, where there are any.

    Args:
        result: with `period`, `estimate`, `conf_low`, `conf_high`; `limit_low` and
            `limit_high` where the result has limits; `raw`, the line without adjustment, where it
            differs; `verdict` "incomplete" leaves a period hollow.

    Raises:
        Unanswerable: fewer than two periods have a number that may be shown.
    """
    rows = result.frame
    if rows["estimate"].notna().sum() < 2:
        raise Unanswerable(f"{result.headline} A line needs two periods that may be shown.")
    at = np.arange(len(rows))
    with canvas(result, "Line chart with an interval a period", ax, height=3.0) as ax:
        ax.fill_between(at, rows["conf_low"], rows["conf_high"], color=BLUE, alpha=0.16, lw=0)
        if _differs(rows):
            ax.plot(at, rows["raw"], "-", color=GREY, lw=1.2, label="as answered")
            ax.figure.legend(loc="outside upper right", fontsize=10)
        ax.plot(at, rows["estimate"], "-", color=BLUE, lw=1.8)
        hollow = np.zeros(len(rows), bool)
        if "verdict" in rows:
            hollow = rows["verdict"].eq("incomplete").to_numpy()
        ax.plot(at[~hollow], rows["estimate"][~hollow], "o", color=BLUE, ms=6, mec="white")
        ax.plot(at[hollow], rows["estimate"][hollow], "o", mfc="white", mec=BLUE, ms=6)
        for limit in ("limit_low", "limit_high"):
            if limit in rows:
                ax.plot(at, rows[limit], "--", color=GREY, lw=1)
        every = max(1, -(-len(rows) // 7))
        ax.set_xticks(at[::every], [clipped(p, 12) for p in rows["period"][::every]])
        ax.set_ylabel(unit_label(result.unit))
        ax.grid(axis="y")
        ax.set_axisbelow(True)
        if result.unit == "share":
            ticks(ax.yaxis)
        _name_ends(ax, rows, at, result.unit)
    return ax


def _differs(rows) -> bool:
    """Say whether the line as answered lies visibly off the one drawn."""
    if "raw" not in rows or rows["raw"].isna().all():
        return False
    reach = (rows["conf_high"] - rows["conf_low"]).max()
    return bool(((rows["raw"] - rows["estimate"]).abs() > reach / 20).any())


def _name_ends(ax: Axes, rows, at, unit: str) -> None:
    """Write the first and the last value beside their points."""
    known = np.flatnonzero(rows["estimate"].notna())
    for place in {int(known[0]), int(known[-1])} if len(known) else ():
        ax.annotate(
            amount(rows["estimate"].iloc[place], unit),
            xy=(at[place], rows["estimate"].iloc[place]),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            fontsize=10,
            fontweight="bold",
        )
