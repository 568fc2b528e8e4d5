"""What the data are worth: who is out of balance, what is empty, whether cleaning decides."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from cxlab.codebook import label
from cxlab.codebook.colours import BLUE, FAINT, GREY, INK, ORANGE
from cxlab.plots.theme import canvas, clipped, more_rows, picture, unit_label
from cxlab.results import Result, Unanswerable, percent

LARGE = 0.1
MOST_ROWS = 24
_PARTS = {"weighted": BLUE, "every answer alike": ORANGE}


@picture
def love(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw standardised differences before weighting, hollow, and after it, full.

    Args:
        result: with `term`, `group`, `before`, `after`.
    """
    frame = result.frame
    order = frame["before"].abs().sort_values(kind="stable").index
    left_out = len(order) - MOST_ROWS
    rows = frame.loc[order[-MOST_ROWS:]]
    kind = "Love plot: standardised differences before and after weighting"
    with canvas(result, kind, ax, height=1.3 + 0.22 * max(len(rows), 2)) as ax:
        at = np.arange(len(rows))
        ax.axvspan(-LARGE, LARGE, color="#f1f4f7", lw=0)
        ax.axvline(0, color=GREY, lw=0.8)
        ax.hlines(at, rows["before"], rows["after"].fillna(rows["before"]), color=FAINT, lw=2)
        hollow: Any = {"mfc": "white", "mew": 1.6, "ms": 6.5}
        ax.plot(rows["before"], at, "o", color=ORANGE, label="answers as they came", **hollow)
        if rows["after"].notna().any():
            ax.plot(rows["after"], at, "o", color=BLUE, ms=5.5, label="weighted")
        named = zip(rows["term"].map(label), rows["group"], strict=True)
        names = [word if pd.isna(group) else f"{word}: {group}" for word, group in named]
        ax.set_yticks(at, [clipped(name) for name in names])
        reach = max(float(np.nanmax(np.abs(rows[["before", "after"]]))), LARGE) * 1.15
        ax.set_xlim(-reach, reach)
        ax.set_xlabel("standard deviations from the population")
        ax.spines["left"].set_visible(False)
        ax.figure.legend(loc="outside upper center", ncols=2, fontsize=10)
        more_rows(ax, left_out)
    return ax


@picture
def empties(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw which questions are empty together: a row a pattern, filled where empty.

    Args:
        result: with `rank`, `column`, `verdict`, `share`.
    """
    frame = result.frame
    names = list(dict.fromkeys(frame["column"]))
    grid = (frame["verdict"] == "empty").to_numpy().reshape(-1, len(names))
    shares = frame.drop_duplicates("rank")["share"]
    kind = "Map of questions left empty together"
    with canvas(result, kind, ax, height=1.5 + 0.22 * max(len(grid), 2)) as ax:
        ax.pcolormesh(grid, cmap=ListedColormap([FAINT, ORANGE]), vmin=0, vmax=1, ec="white", lw=2)
        ax.set_ylim(len(grid), 0)
        ax.set_xticks(np.arange(len(names)) + 0.5, [clipped(label(name), 16) for name in names])
        ax.tick_params(axis="x", length=0, rotation=35 if len(names) > 6 else 0, top=True)
        ax.tick_params(labeltop=True, labelbottom=False, top=False, bottom=False)
        for text in ax.get_xticklabels():
            text.set_horizontalalignment("left" if len(names) > 6 else "center")
        ax.set_yticks(np.arange(len(grid)) + 0.5, [percent(share, 1) for share in shares])
        ax.set_ylabel("share of answers")
        ax.set_xlabel("orange: left empty or not asked")
        for side in ax.spines.values():
            side.set_visible(False)
    return ax


@picture
def universes(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw a score under every choice, lowest first, the one reported in ink and named.

    Args:
        result: with `rank`, `reason`, `part`, `estimate`, `conf_low`, `conf_high`, `verdict`.

    Raises:
        Unanswerable: there is one choice only, and so nothing to set side by side.
    """
    rows = result.frame.dropna(subset=["estimate"])
    if len(result.frame) < 2:
        raise Unanswerable(result.headline)
    every = dict.fromkeys(rule for used in rows["reason"] for rule in used.split(", "))
    rules = [rule for rule in every if rule != "none"]
    kind = "Specification curve: the score under every reasonable choice"
    parts = (2, 1) if rules else (1,)
    with canvas(result, kind, ax, height=3.2 if rules else 2.4, rows=parts) as ax:
        for row in rows.itertuples():
            colour = _colour(row)
            ax.plot([row.rank] * 2, [row.conf_low, row.conf_high], color=colour, lw=1.8)
            ax.plot(row.rank, row.estimate, "o", color=colour, ms=6)
            if row.verdict == "reported":
                for end in (row.conf_low, row.conf_high):
                    ax.axhline(end, color=GREY, lw=0.8, ls=(0, (4, 3)))
        shown = {part: colour for part, colour in _PARTS.items() if (rows["part"] == part).any()}
        for name, colour in {**shown, "as reported": INK}.items():
            ax.plot([], [], "o", color=colour, label=name)
        ax.set_ylabel(unit_label(result.unit).split(",")[0])
        ax.set_xticks([])
        ax.figure.legend(loc="outside upper center", ncols=3, fontsize=10)
        below = ax.figure.axes[1] if rules and len(ax.figure.axes) > 1 else ax
        if below is not ax:
            _used(below, rows, rules)
            below.set_xlim(*ax.get_xlim())
        below.set_xlabel("each column one way, lowest score first")
    return ax


def _colour(row: Any) -> str:
    return INK if row.verdict == "reported" else _PARTS[row.part]


def _used(ax: Axes, rows: Any, rules: list[str]) -> None:
    """Mark under each choice which rules it used."""
    for row in rows.itertuples():
        for place, rule in enumerate(rules):
            used = rule in row.reason.split(", ")
            ax.plot(row.rank, place, "o", ms=6, color=_colour(row) if used else FAINT)
    ax.set_yticks(range(len(rules)), [clipped(f"without {label(rule)}s", 34) for rule in rules])
    ax.set_ylim(-0.6, len(rules) - 0.4)
    ax.set_xticks([])
    for side in ax.spines.values():
        side.set_visible(False)
