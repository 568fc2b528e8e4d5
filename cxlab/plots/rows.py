"""Rows of an export, from read to kept."""

from matplotlib.axes import Axes

from cxlab.plots.theme import BLUE, GREY, INK, ORANGE, canvas, clipped, picture
from cxlab.results import Result, count


@picture
def waterfall(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw what became of the rows of each table: read, set aside by reason, kept.

    Each axis begins near the rows kept, or no reason could be seen; each bar says its count.

    Args:
        result: a ledger, with `table`, `term`, `reason`, `n`.
        ax: axes to draw on, for the first table alone.
    """
    tables = list(dict.fromkeys(result.frame["table"]))
    steps = {table: _steps(result, table) for table in tables}
    rows = [len(steps[table]) for table in tables]
    kind = f"Waterfall of the rows of {', '.join(tables)}"
    with canvas(result, kind, ax, height=0.6 * len(rows) + 0.3 * sum(rows), rows=rows) as first:
        axes = [first] if ax is not None else first.figure.axes
        for table, each in zip(tables, axes, strict=False):
            _fall(each, table, steps[table])
    return first


def _steps(result: Result, table: str) -> list[tuple[str, int]]:
    rows = result.frame[result.frame["table"] == table]
    read = int(rows.loc[rows["term"] == "rows read", "n"].iloc[0])
    kept = int(rows.loc[rows["term"] == "kept", "n"].iloc[0])
    gone = rows[rows["term"] == "set aside"].groupby("reason", sort=False)["n"].sum()
    reasons = [(str(reason).replace("_", " "), int(n)) for reason, n in gone.items()]
    return [("read", read), *reasons, ("kept", kept)]


def _fall(ax: Axes, table: str, steps: list[tuple[str, int]]) -> None:
    read, kept = steps[0][1], steps[-1][1]
    gone = max(read - kept, read * 0.01, 1)
    start = max(0.0, kept - gone * 0.3)
    left = float(read)
    for place, (_, n) in enumerate(steps):
        whole = place in (0, len(steps) - 1)
        low, high = (start, n) if whole else (left - n, left)
        left = left if whole else left - n
        ax.barh(place, high - low, left=low, height=0.66, color=BLUE if whole else ORANGE)
        ax.text(high + gone * 0.02, place, count(n), va="center", fontsize=9.5, color=INK)
    ax.set_yticks(range(len(steps)), [clipped(name) for name, _ in steps])
    ax.invert_yaxis()
    ax.set_xlim(start, read + gone * 0.25)
    ax.set_xticks([])
    ax.set_title(table, loc="left", fontsize=10.5, fontweight="bold")
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    if start:
        ax.set_xlabel(f"bars begin at {count(start)} rows", fontsize=8.5, color=GREY)
