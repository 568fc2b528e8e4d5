"""One house style: colour-blind safe, quiet, readable in print and on a phone."""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxlab import results
from cxlab.codebook import worded
from cxlab.codebook.colours import FAINT, GREY, INK, PAPER, SERIES
from cxlab.plots import fonts
from cxlab.results import Result, Unanswerable, count, percent

WIDTH = 4.5  # inches; on a phone of 390 pixels the smallest letters are 11 pixels high
DPI = 180
AXIS, LINE = 0.75, 0.2  # inches of an axis with its label, and of a line of letters
SMALL_BASE = 30  # answers; below this a point is drawn in grey

STYLE: Any = {
    "font.family": [fonts.HOUSE],
    "font.size": 10.5,
    "text.color": INK,
    "text.parse_math": False,  # a `$` in a label is a dollar
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.prop_cycle": cycler(color=SERIES),
    "axes.grid": False,
    "grid.color": "#e8ecf0",
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "hatch.linewidth": 0.6,
}

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_size: ContextVar[tuple[float, float | None]] = ContextVar("size", default=(WIDTH, None))
_ANSWERS: WeakKeyDictionary[Any, tuple[Result, str]] = WeakKeyDictionary()


@contextmanager
def canvas(
    result: Result,
    kind: str,
    ax: Axes | None,
    *,
    height: float = 3.2,
    rows: Sequence[float] = (1,),
) -> Iterator[Axes]:
    """Open axes in the house style and remember which answer they show.

    Args:
        result: the answer being drawn.
        kind: what the picture is, in words for those who cannot see it.
        ax: axes to draw on, or None for a figure of its own.
        height: inches.
        rows: relative heights of axes below each other; the first is opened.
    """
    with mpl.rc_context(style(result)):
        if ax is None:
            wide, high = _size.get()
            figure = Figure(figsize=(wide, high or height), layout="constrained")
            axes = figure.subplots(len(rows), squeeze=False, height_ratios=rows)
            ax = axes[0][0]
        _ANSWERS[ax.figure] = (result, kind)
        yield ax


def style(result: Result) -> Any:
    """Give the house style with the fonts that a result's texts take."""
    return {**STYLE, "font.family": list(fonts.drawn_with(fonts.texts(result.frame))[0])}


SAID = {"ax": "axes to draw on.", "width": "in inches; letters stay as large on a smaller one."}


def picture(draw: Callable[..., Axes]) -> Callable[..., Axes]:
    """Make a drawing function see only what may be shown: groups held back are left out.

    What holds no estimate (or share) at all is no picture: `Unanswerable`, the headline says why.
    Every picture takes `width` and `height` in inches: letters stay as large on a smaller one.
    """

    @wraps(draw)
    def drawn(
        result: Result,
        *,
        ax: Axes | None = None,
        width: float = WIDTH,
        height: float | None = None,
    ) -> Axes:
        told = results.shown(result, blank=False)
        if len(told.frame) == 0 < len(result.frame):
            raise Unanswerable(told.headline)
        heights = [name for name in ("estimate", "share") if name in told.frame]
        if heights and told.frame[heights].isna().all(axis=None):
            raise Unanswerable(result.headline)
        before = _size.set((width, height))
        try:
            return draw(told, ax=ax)
        finally:
            _size.reset(before)

    drawn.__signature__ = inspect.signature(drawn, follow_wrapped=False)  # type: ignore[attr-defined]
    return worded(drawn, SAID)


def fitting(rows: int, most: int) -> int:
    """Give how many of the rows have room: all up to `most` where the picture may be as high.

    Of a picture of a given height each line of letters takes its part, as do the axis and, where
    rows are left out, the line that says so.
    """
    high = _size.get()[1]
    if high is None:
        return min(rows, most)
    room = int((high - AXIS) / LINE)
    return min(most, rows if rows <= room else max(2, int((high - AXIS - LINE) / LINE)))


def ticks(
    axis: Axis, write: Callable[..., str] = percent, *, scale: float = 100.0, most: int = 6
) -> None:
    """Write the ticks of an axis with as many digits as each needs to say where it stands.

    Args:
        axis: the axis.
        write: writes a value with a number of digits.
        scale: what `write` multiplies a value by before it rounds.
        most: ticks at most.
    """
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))

    def written(value: float, place: int | None) -> str:
        at = scale * np.asarray(axis.get_majorticklocs())
        told = (k for k in range(9) if np.allclose(at, at.round(k), rtol=0, atol=10.0 ** -(k + 3)))
        return write(value, next(told, 9))

    axis.set_major_formatter(FuncFormatter(written))


def more_rows(ax: Axes, left_out: int) -> None:
    """Say how many rows only the table holds."""
    if left_out > 0:
        ax.set_title(f"{count(left_out)} more rows in the table", fontsize=10, color=GREY)


def line_names(
    ax: Axes, names: Sequence[str], ends: Sequence[float], colours: Sequence[str]
) -> None:
    """Write each name at the end of its line, moved apart where lines end together.

    Args:
        ends: the height at which each line ends.
        colours: of each name, at least as many.
    """
    low, high = ax.get_ylim()
    last = -np.inf
    for k in np.argsort(ends, kind="stable"):
        last = max(ends[k], last + 0.07 * (high - low))
        ax.annotate(clipped(names[k], 22), (1, last), xycoords=ax.get_yaxis_transform(),
                    xytext=(5, 0), textcoords="offset points", va="center", fontsize=10,
                    fontweight="bold", color=colours[k])  # fmt: skip


def shown(figure: Any) -> tuple[Result, str]:
    """Give the answer a figure shows, and what kind of picture it is."""
    return _ANSWERS[figure]


def clipped(text: object, longest: int = 30) -> str:
    """Make a label of text from data: one line, no control characters, not too long.

    Example:
        >>> clipped("North\\n" + "x" * 40)
        'North xxxxxxxxxxxxxxxxxxxxxxx…'
    """
    line = " ".join(
        re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", " ", str(text)).split()
    )
    return line if len(line) <= longest else line[: longest - 1] + "…"


def unit_label(unit: str) -> str:
    """Name the axis of a result's unit."""
    if unit == "points":
        return "points, −100 to 100"
    if unit == "share":
        return "share"
    return f"mean, out {unit}" if unit.startswith("of ") else unit
