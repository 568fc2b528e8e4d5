"""Questions: what was answered, item by item, together, on a map, over time."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.ticker import MaxNLocator

from cxlab.codebook.colours import BLUE, FAINT, GREY, INK, MEANING, ORANGE, PAPER, SERIES
from cxlab.plots.theme import canvas, clipped, line_names, picture, ticks
from cxlab.results import Misuse, Result, Unanswerable, count, number, percent, shown

MOST_ROWS, MOST_ITEMS, MOST_LINES, MOST_PAIRS = 20, 24, 6, 16
_LOW, _MIDDLE, _HIGH = ("#a34b00", "#f2c199"), "#d9dee4", ("#a9cdea", "#0b4f8a")
_WIDE = 0.075  # share of a bar from which its number is written into it
_TWO_SIDED = LinearSegmentedColormap.from_list("two", [ORANGE, PAPER, BLUE])


def toplines(answers: Sequence[Result]) -> list[Axes]:
    """Draw every question on a small picture of its own; those held back whole are left out.

    Args:
        answers: from `questions.toplines`.

    Raises:
        Unanswerable: nothing of them may be shown.
    """
    drawn = [topline(each) for each in answers if _any(shown(each, blank=False).frame)]
    if not drawn:
        raise Unanswerable("Too few people answered each question to be shown.")
    return drawn


@picture
def topline(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw what was answered to a question: bars, or for several items bars centred on the middle.

    Args:
        result: with `kind`, `item`, `answer`, `part`, `rank`, `share`, `estimate`, `conf_low`,
            `conf_high`, `n`, all of one question.

    Raises:
        Misuse: it holds several questions.
    """
    rows = result.frame
    if rows["question"].nunique() > 1:
        raise Misuse("one question is drawn at a time: plots.toplines(questions.toplines(…)).")
    given = rows[(rows["part"] == "answer") & rows["share"].notna()]
    if given.empty:
        return _means(result, ax)
    if given["item"].nunique() > 1:
        frame = given.assign(term=given["item"], value=given["answer"])
        return _diverging(result, frame, ax)
    if rows["kind"].iloc[0] == "choose all":
        given = given.sort_values("share", ascending=False, kind="stable")
    return _bars(result, given, ax)


@picture
def likert(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw the answers of each item as one bar, centred on the middle of the scale.

    Args:
        result: with `term`, `value` (the answer), `rank` (its place), `share`, `n`.
    """
    return _diverging(result, result.frame.dropna(subset=["share"]), ax)


def _any(rows: pd.DataFrame) -> bool:
    return bool(rows[["share", "estimate"]].notna().any(axis=None)) if len(rows) else False


def _bars(result: Result, rows: pd.DataFrame, ax: Axes | None) -> Axes:
    left_out = len(rows) - MOST_ROWS
    if left_out > 0:  # the commonest, in their order
        rows = rows.loc[rows["share"].nlargest(MOST_ROWS).index.sort_values()]
    kind = "Bars of the share of each answer, whiskers are intervals"
    with canvas(result, kind, ax, height=0.5 + 0.27 * max(len(rows), 2)) as ax:
        at = np.arange(len(rows))
        shares = rows["share"].to_numpy(float)
        terms = rows["term"] if "term" in rows else [""] * len(rows)
        ax.barh(at, shares, height=0.66, color=[MEANING.get(term, BLUE) for term in terms])
        ends = rows[["conf_low", "conf_high"]].to_numpy(float)
        ax.hlines(at, ends[:, 0], ends[:, 1], color=INK, lw=1)
        reach = float(np.nanmax(np.r_[ends[:, 1], shares, 0.02]))
        for place, share in enumerate(shares):
            edge = np.nanmax([share, ends[place, 1]])
            ax.text(edge + reach * 0.02, place, percent(share), va="center", fontsize=10)
        ax.set_yticks(at, [clipped(answer, 34) for answer in rows["answer"]])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlim(0, reach * 1.14)
        ax.set_xticks([])
        for side in ("bottom", "left"):
            ax.spines[side].set_visible(False)
        if left_out > 0:
            ax.set_title(f"{count(left_out)} more answers in the table", fontsize=10, color=GREY)
    return ax


def _means(result: Result, ax: Axes | None) -> Axes:
    """Draw means with their intervals, where a question has no list of answers."""
    rows = result.frame.dropna(subset=["estimate"]).head(MOST_ITEMS)
    kind = "Means with an interval a row"
    with canvas(result, kind, ax, height=0.9 + 0.3 * max(len(rows), 2)) as ax:
        at = np.arange(len(rows))
        ax.hlines(at, rows["conf_low"], rows["conf_high"], color=BLUE, lw=2.2)
        ax.plot(rows["estimate"], at, "o", color=BLUE, ms=6.5, mec="white")
        names = rows["item"].where(rows["item"] != "", rows["answer"])
        ax.set_yticks(at, [clipped(name, 34) for name in names])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.set_xlabel("mean")
        ax.grid(axis="x")
        for place, value in enumerate(rows["estimate"]):
            _beside(ax, place, number(value, 2))
    return ax


def _diverging(result: Result, rows: pd.DataFrame, ax: Axes | None) -> Axes:
    """Stack the answers of each item so that the middle of the scale stands on one line."""
    order = list(dict.fromkeys(rows.sort_values("rank", kind="stable")["value"]))
    table = rows.pivot_table(
        index="term", columns="value", values="share", sort=False, aggfunc="first"
    )
    table = table.reindex(columns=order).fillna(0.0)
    left_out = len(table) - MOST_ITEMS
    table = table.iloc[:MOST_ITEMS]
    shares = table.to_numpy(float)
    colours, lower = _scale(len(order)), len(order) // 2
    begin = -shares[:, :lower].sum(axis=1)
    if len(order) % 2:
        begin = begin - shares[:, lower] / 2
    kind = "Stacked bars of the answers of each item, centred on the middle of the scale"
    lines = -(-sum(len(clipped(a, 24)) + 6 for a in order) // 46)
    with canvas(result, kind, ax, height=0.75 + 0.24 * lines + 0.3 * max(len(table), 2)) as ax:
        at, left = np.arange(len(table)), begin.copy()
        for place, colour in enumerate(colours):
            width = shares[:, place]
            ax.barh(
                at, width, left=left, height=0.72, color=colour, label=clipped(order[place], 24)
            )
            for row in map(int, np.flatnonzero(width >= _WIDE)):
                ax.text(left[row] + width[row] / 2, row, percent(width[row]).rstrip("%"),
                        ha="center", va="center", fontsize=9.5, color=_ink_on(colour),
                        clip_on=True)  # fmt: skip
            left = left + width
        ax.axvline(0, color=INK, lw=0.8, zorder=0)  # seen between the bars, not on numbers
        _named_items(ax, list(table.index), left_out)
        ax.set_xlabel("per cent of those who answered", fontsize=10)
        ax.figure.legend(loc="outside upper left", ncols=max(1, -(-len(order) // lines)),
                         fontsize=9.5, handlelength=0.9, columnspacing=1.0)  # fmt: skip
    return ax


def _named_items(ax: Axes, names: list[str], left_out: int) -> None:
    ax.set_yticks(range(len(names)), [clipped(name, 34) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.spines["left"].set_visible(False)
    if left_out > 0:
        ax.set_title(f"{count(left_out)} more items in the table", fontsize=10, color=GREY)


def _scale(k: int) -> list:
    """Give k colours from low to high, with a quiet middle where k is odd."""
    half = k // 2
    low = LinearSegmentedColormap.from_list("low", _LOW)
    high = LinearSegmentedColormap.from_list("high", _HIGH)
    steps = np.linspace(0, 1, half) if half > 1 else np.array([0.5] * half)
    middle = [_MIDDLE] if k % 2 else []
    return [*map(low, steps), *middle, *map(high, steps)]


def _ink_on(colour) -> str:
    """Choose letters that can be read on a colour."""
    red, green, blue = to_rgb(colour)
    return PAPER if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.42 else INK


@picture
def heat(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw a table of pairs: how closely each two go together.

    Args:
        result: with `term`, `against`, `estimate` (a correlation).
    """
    names = list(dict.fromkeys([*result.frame["term"], *result.frame["against"]]))
    left_out = len(names) - MOST_PAIRS
    names = names[:MOST_PAIRS]
    table = result.frame.pivot(index="term", columns="against", values="estimate")
    table = table.reindex(index=names, columns=names).to_numpy(float)
    table = np.where(np.isnan(table), table.T, table)  # each pair stands in the frame once
    kind = "Table of colours: the correlation of each two items"
    with canvas(result, kind, ax, height=1.5 + 0.3 * len(names)) as ax:
        ax.imshow(table, cmap=_TWO_SIDED, vmin=-1, vmax=1, aspect="auto")
        for i, row in enumerate(table):
            for j, value in enumerate(row):
                if np.isfinite(value) and len(names) <= 10:
                    ax.text(j, i, number(value, 2), ha="center", va="center", fontsize=9.5,
                            color=_ink_on(_TWO_SIDED((value + 1) / 2)), clip_on=True)  # fmt: skip
        ax.set_yticks(range(len(names)), [clipped(name, 26) for name in names])
        ax.set_xticks(range(len(names)), [clipped(name, 16) for name in names], rotation=40,
                      ha="right", rotation_mode="anchor")  # fmt: skip
        for side in ax.spines.values():
            side.set_visible(False)
        if left_out > 0:
            ax.set_title(f"{count(left_out)} more items in the table", fontsize=10, color=GREY)
    return ax


@picture
def correspondence(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw two sets of points on one map.

    Args:
        result: with `term`, `part` (which set), `x`, `y`.
    """
    rows = result.frame
    kind = "Map of " + " and ".join(f"{part}s" for part in dict.fromkeys(rows["part"]))
    with canvas(result, kind, ax, height=4.2) as ax:
        ax.axhline(0, color=FAINT, lw=1, zorder=0)
        ax.axvline(0, color=FAINT, lw=1, zorder=0)
        for colour, mark, (part, points) in zip(
            (BLUE, ORANGE), "os", rows.groupby("part", sort=False), strict=False
        ):
            ax.plot(points["x"], points["y"], mark, color=colour, ms=5.5, mec="white",
                    label=f"{part}s")  # fmt: skip
        _name_points(ax, rows)
        ax.margins(0.22, 0.12)
        ax.set_xlabel("first line")
        ax.set_ylabel("second line")
        ax.figure.legend(loc="outside upper left", ncols=2, fontsize=10)
    return ax


def _name_points(ax: Axes, rows: pd.DataFrame) -> None:
    """Write each name beside its point, where none stands yet; else where fewest do."""
    spread = np.maximum(np.ptp(rows[["x", "y"]].to_numpy(float), axis=0), 1e-9)
    spots = rows[["x", "y"]].to_numpy(float) / spread
    colour = dict(zip(dict.fromkeys(rows["part"]), (BLUE, ORANGE), strict=False))
    taken = [(x - 0.02, x + 0.02, y - 0.02, y + 0.02) for x, y in spots]
    for (x, y), row in zip(spots, rows.itertuples(), strict=True):
        text = clipped(row.term, 22)
        long, tall = 0.026 * len(text), 0.055
        sides = {
            (0, 5, "center", "bottom"): (x - long / 2, x + long / 2, y + 0.02, y + 0.02 + tall),
            (0, -5, "center", "top"): (x - long / 2, x + long / 2, y - 0.02 - tall, y - 0.02),
            (6, 0, "left", "center"): (x + 0.03, x + 0.03 + long, y - tall / 2, y + tall / 2),
            (-6, 0, "right", "center"): (x - 0.03 - long, x - 0.03, y - tall / 2, y + tall / 2),
        }
        best = min(sides, key=lambda side: sum(_meet(sides[side], other) for other in taken))
        taken.append(sides[best])
        ax.annotate(text, (row.x, row.y), xytext=best[:2], textcoords="offset points",
                    ha=best[2], va=best[3], fontsize=10, color=colour[row.part])  # fmt: skip


def _meet(one: tuple, two: tuple) -> bool:
    """Whether two boxes (left, right, low, high) lie over each other."""
    return one[0] < two[1] and two[0] < one[1] and one[2] < two[3] and two[2] < one[3]


@picture
def waves(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw a line an answer or item over the periods, named at its end.

    Args:
        result: with `term`, `period`, `estimate`, `conf_low`, `conf_high`.
    """
    rows = result.frame.dropna(subset=["estimate"])
    periods = sorted(rows["period"].unique())
    size = rows.groupby("term", sort=False)["estimate"].mean().sort_values(ascending=False)
    names = list(size.index[:MOST_LINES])
    with canvas(result, "Lines over periods, with their intervals", ax, height=3.1) as ax:
        ends = []
        for colour, name in zip(SERIES, names, strict=False):
            line = rows[rows["term"] == name].set_index("period").reindex(periods)
            at = np.arange(len(periods))
            ax.fill_between(at, line["conf_low"], line["conf_high"], color=colour, alpha=0.13, lw=0)
            ax.plot(at, line["estimate"], "-o", color=colour, lw=1.8, ms=5, mec="white")
            ends.append(float(line["estimate"].dropna().iloc[-1]))
        every = max(1, -(-len(periods) // 6))
        ax.set_xticks(range(len(periods))[::every], [clipped(p, 12) for p in periods[::every]])
        ax.grid(axis="y")
        ax.set_axisbelow(True)
        if result.unit == "share":
            ticks(ax.yaxis)
        ax.set_ylabel("share" if result.unit == "share" else "mean")
        line_names(ax, names, ends, SERIES)
        if len(size) > len(names):
            more = f"{count(len(size) - len(names))} more lines in the table"
            ax.set_title(more, fontsize=10, color=GREY)
    return ax


def _beside(ax: Axes, place: float, text: str) -> None:
    ax.annotate(text, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=10)
