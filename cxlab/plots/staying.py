"""Who stays: cohort maps, survival curves with their base, projections, a chain of links."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from cxlab.codebook.colours import BLUE, FAINT, GREY, INK, ORANGE, PAPER, SERIES, hues, own
from cxlab.plots.theme import canvas, clipped, line_names, picture, ticks
from cxlab.results import Result, count, number, percent

MOST_COHORTS = 26
MOST_AGES = 13
_WIDE = 1.5  # of the column of sizes, from its left end to the middle of a common cell
_SHADES = LinearSegmentedColormap.from_list("staying", [PAPER, "#9cc3e4", BLUE, "#06365e"])


@picture
def cohort_map(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw cohorts by age as a map; cells not seen to the end are hatched, the average on top.

    Args:
        result: with `group` (cohort, `all` the average), `time`, `estimate`, `n`, `finished`.
    """
    rows = result.frame[result.frame["time"] < MOST_AGES]
    cohorts = [name for name in dict.fromkeys(rows["group"]) if name != "all"]
    shown = cohorts[-MOST_COHORTS:]
    places = {name: k for k, name in enumerate(shown)} | {"all": -1.4}
    rows = rows[rows["group"].isin(places)]
    later = rows.loc[rows["time"] > 0, "estimate"]
    ends = tuple(later.quantile([0.02, 0.98])) if len(later) else (0.0, 1.0)
    kind = "Map of cohorts by age, darker where more are there; hatched cells are not finished"
    with canvas(result, kind, ax, height=1.5 + 0.26 * max(len(shown), 4)) as ax:
        for row in rows.itertuples():
            _cell(ax, row, places[row.group], ends, result.unit)
        ax.set_yticks(list(places.values()), [*(clipped(c, 12) for c in shown), "average"])
        ax.set_ylim(len(shown) - 0.4, -2.1)
        ax.set_xlim(-_WIDE, int(rows["time"].max()) + 0.5)
        ages = range(1, int(rows["time"].max()) + 1)
        ax.set_xticks([_middle(0), *ages], ["began", *map(str, ages)])
        ax.xaxis.set_ticks_position("top")
        ax.xaxis.set_label_position("top")
        ax.set_xlabel("periods since the start")
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        if len(shown) < len(cohorts):
            ax.text(0, len(shown) - 0.3, f"{count(len(cohorts) - len(shown), 'older cohort')} in "
                    "the table", fontsize=10, color=GREY, va="top")  # fmt: skip
    return ax


def _cell(ax: Axes, row, place: float, ends: tuple[float, float], unit: str) -> None:
    low, high = ends
    shade = min(max((row.estimate - low) / (high - low), 0), 1) if high > low else 0.5
    done = bool(row.finished)
    face = _SHADES(0.12 + 0.88 * shade) if done else PAPER
    if row.time == 0:  # a size, no share
        face, shade = (FAINT if done else PAPER), 0.0
    wide = _WIDE + 0.44 if row.time == 0 else 0.96
    cell = Rectangle((row.time + 0.48 - wide, place - 0.46), wide, 0.92, facecolor=face, lw=0)
    if not done:
        cell.set(hatch="////", edgecolor=FAINT)
    ax.add_patch(cell).set_in_layout(False)  # what lies inside the axes need not be measured
    if row.time == 0:
        text = count(row.n) if row.n < 100_000 else f"{number(row.n / 1000, 0)}k"
    elif unit == "share":
        text = number(100 * row.estimate, 0)
    else:
        text = number(row.estimate, 0)
    dark = done and shade > 0.55
    ax.text(_middle(row.time), place, text, ha="center", va="center", fontsize=7.8,
            color=PAPER if dark else INK if done else GREY, clip_on=True,
            in_layout=False)  # fmt: skip


def _middle(age: int) -> float:
    """Give the middle of a cell: the first column holds sizes, and is wider."""
    return age if age else 0.26 - _WIDE / 2


@picture
def survival(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw survival curves with bands, and below them how many are still under watch.

    Args:
        result: with `group`, `time`, `estimate`, `conf_low`, `conf_high`, `at_risk`.
        ax: axes to draw on; the counts are then left out.
    """
    groups = list(dict.fromkeys(result.frame["group"]))[: len(SERIES)]
    below = 0.32 + 0.24 * len(groups)
    own = ax is None
    kind = "Survival curves, the share still there by time, with bands"
    height, rows = (3.3 + below, (3.3, below)) if own else (3.2, (1.0,))
    with canvas(result, kind, ax, height=height, rows=rows) as ax:
        ends, colours = [], hues(groups)
        for colour, name in zip(colours, groups, strict=True):
            steps = result.frame[result.frame["group"] == name]
            ends.append(_steps(ax, steps, colour))
        ax.set_ylim(0, 1.02)
        if groups != ["all"]:
            line_names(ax, groups, ends, colours)
        ax.set_xlim(left=0)
        ticks(ax.yaxis)
        ax.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        ax.set_xlabel(_units_of(result))
        ax.set_ylabel("still there")
        ax.grid(axis="y")
        ax.set_axisbelow(True)
        if own:
            _at_risk(ax, result, groups, colours if len(groups) > 1 else [INK])
    return ax


def _units_of(result: Result) -> str:
    """Read off the name of a curve in which unit its time is counted."""
    return result.name.rpartition(" in ")[2] if " in " in result.name else "time"


def _steps(ax: Axes, steps: pd.DataFrame, colour: str) -> float:
    low, high = steps["conf_low"].ffill().fillna(1.0), steps["conf_high"].ffill().fillna(1.0)
    ax.fill_between(steps["time"], low, high, step="post", color=colour, alpha=0.15, lw=0)
    ax.step(steps["time"], steps["estimate"], where="post", color=colour, lw=1.9)
    return float(steps["estimate"].iloc[-1])


def _at_risk(ax: Axes, result: Result, groups: list[str], colours: list[str]) -> None:
    below = ax.figure.axes[1]
    ticks = [t for t in ax.get_xticks() if 0 <= t <= ax.get_xlim()[1]]
    below.set_xlim(ax.get_xlim())
    below.set_ylim(len(groups) - 0.4, -0.9)
    below.axis("off")
    below.text(0, -0.85, "still under watch", fontsize=10, color=GREY, va="center")
    for k, name in enumerate(groups):
        steps = result.frame[result.frame["group"] == name]
        times, risk = steps["time"].to_numpy(), steps["at_risk"].to_numpy()
        for tick in ticks:
            place = np.searchsorted(times, tick, side="left")
            left = int(risk[place]) if place < len(risk) else 0
            below.text(tick, k, count(left), fontsize=10, ha="center", va="center",
                       color=colours[k])  # fmt: skip


@picture
def reasons(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw the share lost to each reason over time, named at the end of its line.

    Args:
        result: with `term`, `group`, `time`, `estimate`, `conf_low`, `conf_high`.
    """
    rows = result.frame[result.frame["group"] == result.frame["group"].iloc[0]]
    ends = rows.groupby("term")["estimate"].last().sort_values(ascending=False)
    names = list(ends.index)[: len(SERIES)]
    with canvas(result, "Lines of the share lost to each reason by time", ax, height=3.3) as ax:
        for colour, name in zip(SERIES, names, strict=False):
            part = rows[rows["term"] == name]
            ax.fill_between(part["time"], part["conf_low"], part["conf_high"], step="post",
                            color=colour, alpha=0.13, lw=0)  # fmt: skip
            ax.step(part["time"], part["estimate"], where="post", color=colour, lw=1.8)
        top = float(rows[["estimate", "conf_high"]].max(axis=None))
        ax.set_ylim(0, top)
        ax.set_xlim(left=0)
        line_names(ax, names, [float(ends[name]) for name in names], SERIES)
        ticks(ax.yaxis)
        ax.set_xlabel(_units_of(result))
        ax.set_ylabel("share of customers lost")
        ax.grid(axis="y")
        ax.set_axisbelow(True)
    return ax


@picture
def migration(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw where the customers of each tier went: a row a tier before, a column a tier after.

    Args:
        result: with `term` (tier before), `group` (tier after), `share` of the row, `n`.
    """
    frame = result.frame
    rows, columns = (list(dict.fromkeys(frame[word])) for word in ("term", "group"))
    columns = [name for name in rows if name in columns] + [c for c in columns if c not in rows]
    kind = (
        "Map of tiers before by tiers after, darker where more of a row went; counts at the right"
    )
    with canvas(result, kind, ax, height=1.1 + 0.34 * max(len(rows), 3)) as ax:
        for row in frame.itertuples():
            x, y = columns.index(row.group), rows.index(row.term)
            shade = 0.06 + 0.94 * float(row.share)
            ax.add_patch(
                Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=_SHADES(shade), lw=0)
            )
            ax.text(x, y, percent(row.share), ha="center", va="center", fontsize=10,
                    color=PAPER if shade > 0.55 else INK, clip_on=True)  # fmt: skip
        whole = (frame["n"] / frame["share"]).groupby(frame["term"]).first().round()
        for y, n in enumerate(whole.reindex(rows)):
            ax.text(len(columns) - 0.35, y, f"n {count(n)}", va="center", fontsize=10, color=GREY)
        ax.set_xticks(range(len(columns)), [clipped(name, 12) for name in columns], fontsize=7.4)
        ax.set_yticks(range(len(rows)), [clipped(name, 14) for name in rows])
        ax.set_xlim(-0.5, len(columns) + 0.35)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.xaxis.set_ticks_position("top")
        ax.xaxis.set_label_position("top")
        ax.set_xlabel("tier after")
        ax.set_ylabel("tier before")
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
    return ax


@picture
def projection(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw a projected curve: what it was fitted to, what was held out, what is to come.

    Args:
        result: with `time`, `estimate`, `conf_low`, `conf_high`, `share`, `verdict`.
    """
    rows = result.frame
    fitted, held = (rows["verdict"].eq(word) for word in ("fitted", "held out"))
    kind = "Line of the projected share with its band; dots are what was seen, hollow if held out"
    with canvas(result, kind, ax, height=3.2) as ax:
        cut = float(rows.loc[fitted, "time"].max())
        ax.axvspan(0, cut, color=FAINT, alpha=0.35, lw=0)
        ax.fill_between(
            rows["time"], rows["conf_low"], rows["conf_high"], color=BLUE, alpha=0.16, lw=0
        )
        ax.plot(rows["time"], rows["estimate"], color=BLUE, lw=1.9)
        ax.plot(rows["time"][fitted], rows["share"][fitted], "o", color=INK, ms=4)
        ax.plot(
            rows["time"][held], rows["share"][held], "o", mfc=PAPER, mec=ORANGE, ms=5.5, mew=1.4
        )
        ax.text(cut / 2, 1.03, "used to fit", ha="center", fontsize=10, color=GREY)
        if held.any():
            middle = (cut + float(rows.loc[held, "time"].max())) / 2
            ax.text(middle, 1.03, "held out", ha="center", fontsize=10, color=ORANGE)
        ax.set_ylim(0, 1.1)
        ax.set_xlim(0, float(rows["time"].max()))
        ticks(ax.yaxis)
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        ax.set_xlabel("periods since the start")
        ax.set_ylabel("still there")
        ax.grid(axis="y")
        ax.set_axisbelow(True)
    return ax


@picture
def tracking(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw repeat purchases that came against those expected, over the calendar.

    Args:
        result: with `time`, `estimate`, `expected`, `verdict`.
    """
    rows = result.frame
    kind = "Two lines over time: purchases that came, and purchases the model expected"
    with canvas(result, kind, ax, height=3.2) as ax:
        cut = float(rows.loc[rows["verdict"] == "fitted", "time"].max())
        ax.axvspan(0, cut, color=FAINT, alpha=0.35, lw=0)
        ax.plot(rows["time"], rows["estimate"], color=INK, lw=1.9)
        ax.plot(rows["time"], rows["expected"], color=ORANGE, lw=1.9, ls=(0, (5, 2)))
        for column, colour, word in (("estimate", INK, "came"), ("expected", ORANGE, "expected")):
            last = float(rows[column].iloc[-1])
            up = last >= rows[["estimate", "expected"]].iloc[-1].mean()
            ax.annotate(f"{word}\n{count(round(last))}", (1, last),
                        xycoords=ax.get_yaxis_transform(), xytext=(5, 0),
                        textcoords="offset points", va="bottom" if up else "top",
                        fontsize=10, fontweight="bold", color=colour)  # fmt: skip
        top = float(rows[["estimate", "expected"]].to_numpy().max())
        ax.set_ylim(0, 1.14 * top)
        ax.text(cut / 2, 1.07 * top, "used to fit", ha="center", fontsize=10, color=GREY)
        ax.set_xlim(0, float(rows["time"].max()))
        ax.set_xlabel(f"{_units_of(result)} since the first purchase of all")
        ax.set_ylabel("repeat purchases so far")
        ticks(ax.yaxis, number, scale=1)
        ax.grid(axis="y")
        ax.set_axisbelow(True)
    return ax


@picture
def chain(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw the links of a chain, one row each on its own scale, against no association.

    Args:
        result: with `term`, `estimate`, `conf_low`, `conf_high`; a term that begins with
            `hazard ratio` is held against 1, the others against 0.
    """
    rows = result.frame.reset_index(drop=True)
    kind = "Links of a chain from top to bottom, an interval each on a scale of its own"
    with canvas(result, kind, ax, height=0.9 + 0.78 * len(rows)) as ax:
        for place, row in rows.iterrows():
            nil = 1.0 if str(row["term"]).startswith("hazard ratio") else 0.0
            reach = max(abs(row[word] - nil) for word in ("estimate", "conf_low", "conf_high"))
            low, middle, high = (
                (row[word] - nil) / (1.15 * reach) for word in ("conf_low", "estimate", "conf_high")
            )
            clear = not row["conf_low"] <= nil <= row["conf_high"]
            colour = BLUE if clear else GREY
            ax.plot([low, high], [place, place], color=colour, lw=3)
            ax.plot(middle, place, "o", color=colour, ms=8, mec=PAPER)
            ax.text(-1.12, place - 0.36, clipped(row["term"], 48), fontsize=10, va="center")
            digits = 2 if reach < 20 else 0
            text = (
                f"{number(row['estimate'], digits)}  ({number(row['conf_low'], digits)} to "
                f"{number(row['conf_high'], digits)})"
            )
            ax.text(1.12, place + 0.33, text, fontsize=10, va="center", ha="right",
                    fontweight="bold", color=colour)  # fmt: skip
            ax.text(
                0, place + 0.33, number(nil, 0), fontsize=10, color=GREY, ha="center", va="center"
            )
            ax.plot([0, 0], [place - 0.16, place + 0.16], color=GREY, lw=1)
            ax.plot([-1.1, 1.1], [place, place], color=FAINT, lw=0.8, zorder=0)
        ax.set_ylim(len(rows) - 0.45, -0.75)
        ax.set_xlim(-1.15, 1.15)
        ax.axis("off")
    return ax


@picture
def worth(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw what a customer of each tier is worth: like with like in full, as they are hollow.

    Args:
        result: with `term` (`value`, `value, adjusted`), `group`, `estimate`, `conf_low`,
            `conf_high`, `n`.
    """
    frame = result.frame
    names = list(dict.fromkeys(frame.loc[frame["term"] == "value", "group"]))
    kind = "Two intervals a tier: customers alike in kind, and hollow, customers as they are"
    with canvas(result, kind, ax, height=1.3 + 0.62 * len(names)) as ax:
        for term, shift, usual in (("value, adjusted", 0.16, BLUE), ("value", -0.16, GREY)):
            for row in frame[frame["term"] == term].itertuples():
                place, colour = names.index(row.group) + shift, own(row.group, usual)
                ax.plot([row.conf_low, row.conf_high], [place, place], color=colour, lw=2.4)
                fill = PAPER if term == "value" else colour
                ax.plot(row.estimate, place, "o", ms=7, mfc=fill, mec=colour, mew=1.5)
                text = number(row.estimate, 1 if abs(row.estimate) < 1000 else 0)
                ax.annotate(text, (1.01, place), xycoords=("axes fraction", "data"), va="center",
                            fontsize=10, color=INK if term != "value" else GREY)  # fmt: skip
        ax.set_yticks(range(len(names)), [clipped(name) for name in names])
        ax.set_ylim(-0.6, len(names) - 0.3)
        adjusted = (frame["term"] == "value, adjusted").any()
        ax.set_xlabel(
            "value per customer"
            + ("   (full: like with like, hollow: as they are)" if adjusted else "")
        )
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x")
        ax.set_axisbelow(True)
    return ax
