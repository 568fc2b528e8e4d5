"""Rows of an export, and for which reasons some were set aside."""

from matplotlib.axes import Axes

from cxlab.codebook.colours import GREY, INK, ORANGE
from cxlab.plots.theme import canvas, clipped, picture
from cxlab.results import Result, count


@picture
def waterfall(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw which rows of each table were set aside, by reason, in the order of the rules.

    Bars begin at zero; above each table stands how many rows were read and how many are kept.

    Args:
        result: a ledger, with `table`, `term`, `reason`, `n`.
        ax: axes to draw on, for the first table alone.
    """
    tables = list(dict.fromkeys(result.frame["table"]))
    gone = {table: _gone(result, table) for table in tables}
    rows = [max(len(gone[table]), 0.4) + 0.9 for table in tables]
    kind = f"Bars of the rows set aside, of {', '.join(tables)}"
    with canvas(result, kind, ax, height=0.3 + 0.24 * sum(rows), rows=rows) as first:
        axes = [first] if ax is not None else first.figure.axes
        longest = max((n for each in gone.values() for _, n in each), default=1)
        for table, each in zip(tables, axes, strict=False):
            _bars(each, _account(result, table), gone[table], longest)
    return first


def _account(result: Result, table: str) -> str:
    """Say of a table how many rows were read and kept."""
    rows = result.frame[result.frame["table"] == table].groupby("term")["n"].sum()
    return f"{table}: {count(rows['rows read'])} read, {count(rows['kept'])} kept"


def _gone(result: Result, table: str) -> list[tuple[str, int]]:
    rows = result.frame[(result.frame["table"] == table) & (result.frame["term"] == "set aside")]
    sums = rows.groupby("reason", sort=False)["n"].sum()
    return [(str(reason).replace("_", " "), int(n)) for reason, n in sums.items()]


def _bars(ax: Axes, title: str, gone: list[tuple[str, int]], longest: int) -> None:
    places = range(len(gone))
    ax.barh(places, [n for _, n in gone], height=0.62, color=ORANGE)
    for place, (_, n) in enumerate(gone):
        ax.text(n + longest * 0.015, place, count(n), va="center", fontsize=10, color=INK)
    ax.set_yticks(places, [clipped(name) for name, _ in gone])
    ax.set_ylim(max(len(gone), 1) - 0.4, -0.6)
    ax.set_xlim(0, longest * 1.12)
    ax.set_xticks([])
    ax.set_title(title, loc="left", fontsize=10.5, fontweight="bold")
    if not gone:
        ax.text(0, 0, "none set aside", va="center", fontsize=10, color=GREY)
    ax.spines["bottom"].set_visible(False)
