"""Rows of an export, from read to kept."""

from matplotlib.axes import Axes

from cxlab.plots.theme import BLUE, GREY, INK, ORANGE, canvas, clipped
from cxlab.results import Result, count


def waterfall(result: Result, *, table: str = "responses", ax: Axes | None = None) -> Axes:
    """Draw what became of the rows of one table: read, set aside by reason, kept.

    The axis begins near the rows kept, or no reason could be seen; each bar says its count.

    Args:
        result: a ledger, with `table`, `term`, `reason`, `n`.
        table: which table.
        ax: axes to draw on.
    """
    rows = result.frame[result.frame["table"] == table]
    read = int(rows.loc[rows["term"] == "rows read", "n"].iloc[0])
    kept = int(rows.loc[rows["term"] == "kept", "n"].iloc[0])
    reasons = rows[rows["term"] == "set aside"].groupby("reason", sort=False)["n"].sum()
    steps = [("read", read, 0), *((r, int(n), 1) for r, n in reasons.items()), ("kept", kept, 2)]
    gone = max(read - kept, 1)
    start = max(0, kept - gone * 0.35)
    kind = f"Waterfall of the rows of {table}"
    with canvas(result, kind, ax, height=0.8 + 0.32 * len(steps)) as ax:
        left = read
        for place, (name, n, step) in enumerate(steps):
            low = left - n if step == 1 else start
            ax.barh(place, (left if step == 1 else n) - low, left=low, height=0.66,
                    color=(BLUE, ORANGE, BLUE)[step])  # fmt: skip
            left = low if step == 1 else left
            end = low + n if step == 1 else n
            ax.text(end + gone * 0.02, place, count(n), va="center", fontsize=9.5, color=INK)
        names = [clipped(name.replace("_", " ")) for name, _, _ in steps]
        ax.set_yticks(range(len(steps)), names)
        ax.invert_yaxis()
        ax.set_xlim(start, read + gone * 0.2)
        ax.set_xticks([])
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)
        if start:
            ax.set_xlabel(f"bars begin at {count(start)} rows", fontsize=9, color=GREY)
    return ax
