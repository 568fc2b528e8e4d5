"""The way of a customer: its stages from left to right, waiting, agents, steps."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxlab.codebook.colours import BLUE, FAINT, GREEN, GREY, INK, ORANGE, RED
from cxlab.plots.theme import canvas, clipped, picture, ticks, unit_label
from cxlab.results import Result, amount, count, percent

_MAP = LinearSegmentedColormap.from_list("scores", [RED, FAINT, GREEN])
_MOST = 7  # stages beside each other


@picture
def way(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw stages from left to right: the larger the more people, the redder the worse the score.

    Grey is a stage that differs from the others by less than the doubt about it.

    Args:
        result: with `group`, `n`, `estimate`, `conf_low`, `conf_high`, and `felt`, above 0 where
            the score is worse than elsewhere.
        ax: axes to draw on.
    """
    rows = result.frame.head(_MOST)
    at = np.arange(len(rows))
    with canvas(result, "Stages of the way as circles, left to right", ax, height=2.3) as ax:
        room = 2600 / max(len(rows), 3) ** 1.1
        size = room * 4 * rows["n"] / rows["n"].max()
        shade = _shade(rows)
        ax.plot(at, 0 * at, "-", color=FAINT, lw=3, zorder=1)
        ax.scatter(at, 0 * at, s=size, c=shade, cmap=_MAP, vmin=0, vmax=1,
                   edgecolor=INK, lw=0.8, zorder=2)  # fmt: skip
        for place, (_, row) in enumerate(rows.iterrows()):
            ax.text(place, 0.62, amount(row["estimate"], result.unit), ha="center",
                    fontsize=10.5, fontweight="bold")  # fmt: skip
            ax.text(place, -0.62, f"{clipped(row['group'], 12)}\nn {count(row['n'])}",
                    ha="center", va="top", fontsize=10)  # fmt: skip
        ax.set_xlim(-0.6, len(rows) - 0.4)
        ax.set_ylim(-1.2, 0.85)
        ax.axis("off")
    return ax


def _shade(rows) -> np.ndarray:
    """Colour what is apart: differences smaller than their doubt stay grey."""
    off = (rows["estimate"] - np.average(rows["estimate"].fillna(0), weights=rows["n"])).fillna(0)
    reach = max(off.abs().max(), (rows["conf_high"] - rows["conf_low"]).median() / 2)
    turned = "felt" in rows and (off * rows["felt"].fillna(0)).sum() > 0  # the low end is good
    off = -off if turned else off
    return (0.5 + off / reach / 2 if reach > 0 else off * 0 + 0.5).to_numpy()


@picture
def waiting(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw a score against how long people waited, on doublings of the wait, with its knee.

    Args:
        result: with `term`, `time` in hours, `estimate`, `conf_low`, `conf_high`.
        ax: axes to draw on.
    """
    rows = result.frame[result.frame["term"] == "waiting"]
    knee = result.frame[(result.frame["term"] == "knee") & result.frame["time"].notna()]
    with canvas(result, "Curve of a score by waiting time", ax, height=3.0) as ax:
        ax.fill_between(rows["time"], rows["conf_low"], rows["conf_high"], color=BLUE, alpha=0.16,
                        lw=0)  # fmt: skip
        ax.plot(rows["time"], rows["estimate"], "-o", color=BLUE, ms=5.5, mec="white")
        for _, row in knee.iterrows():
            ax.axvspan(row["time_low"], row["time_high"], color=ORANGE, alpha=0.18, lw=0)
            ax.axvline(row["time"], color=ORANGE, lw=1.6)
            ax.annotate("knee", (row["time"], 1), xycoords=("data", "axes fraction"), ha="center",
                        va="bottom", fontsize=10, color=ORANGE)  # fmt: skip
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(FuncFormatter(_spoken))
        ax.xaxis.set_minor_formatter(FuncFormatter(lambda *_: ""))
        ax.set_xlabel("waited")
        ax.set_ylabel(unit_label(result.unit) or "mean score")
        ax.grid(axis="y")
    return ax


def _spoken(hours: float, _) -> str:
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"


@picture
def limits(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw each one's mean against how many contacts it is of, with the limits of chance.

    Args:
        result: with `term`, `estimate`, `n`, `limit_low`, `limit_high`, `verdict`.
        ax: axes to draw on.
    """
    rows = result.frame.sort_values("n")
    off = (rows["verdict"] != "within").to_numpy()
    with canvas(result, "Funnel plot with limits by number of contacts", ax, height=3.0) as ax:
        middle = (rows["limit_low"] + rows["limit_high"]) / 2
        many = np.linspace(rows["n"].min() * 0.9, rows["n"].max() * 1.08, 120)
        reach = ((rows["limit_high"] - middle) * np.sqrt(rows["n"])).median() / np.sqrt(many)
        ax.fill_between(many, middle.median() - reach, middle.median() + reach, color=FAINT,
                        alpha=0.5, lw=0)  # fmt: skip
        ax.axhline(middle.median(), color=GREY, lw=1)
        ax.plot(rows["n"][~off], rows["estimate"][~off], "o", color=BLUE, ms=6, mec="white")
        ax.plot(rows["n"][off], rows["estimate"][off], "o", color=RED, ms=7, mec="white")
        for _, row in rows[off].iterrows():
            ax.annotate(clipped(row["term"], 16), (row["n"], row["estimate"]), xytext=(0, 7),
                        textcoords="offset points", ha="center", fontsize=10)  # fmt: skip
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.set_xlabel("contacts")
        ax.set_ylabel(unit_label(result.unit) or "mean score")
    return ax


@picture
def steps(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw the steps of a way as bars, one below the other, with how many come so far.

    Args:
        result: with `term`, `share`, `n`, in order of the way.
        ax: axes to draw on.
    """
    rows = result.frame
    at = np.arange(len(rows))
    with canvas(result, "Bars of the people at each step", ax, height=0.9 + 0.42 * len(rows)) as ax:
        ax.barh(at, rows["share"], height=0.62, color=BLUE)
        ends = [rows["share"] - rows["conf_low"], rows["conf_high"] - rows["share"]]
        ax.errorbar(rows["share"], at, xerr=np.maximum(ends, 0), fmt="none", ecolor=INK, lw=1)
        for place, (_, row) in enumerate(rows.iterrows()):
            ax.text(1.02, place, f"{percent(row['share'])}  n {count(row['n'])}", va="center",
                    fontsize=10)  # fmt: skip
        ax.set_yticks(at, [clipped(name, 18) for name in rows["term"]])
        ax.invert_yaxis()
        ax.set_xlim(0, 1)
        ticks(ax.xaxis)
        ax.spines["left"].set_visible(False)
    return ax
