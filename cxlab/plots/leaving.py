"""Leaving: the timeline of a judgement, how far risks can be trusted, and what calling pays."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

from cxlab.codebook import label
from cxlab.codebook.colours import BLUE, FAINT, GREEN, GREY, INK, ORANGE, RED
from cxlab.plots.theme import canvas, clipped, picture, ticks
from cxlab.results import Result, number, percent

_STRETCHES = {"lookback": BLUE, "gap": GREY, "horizon": ORANGE}
_LIGHTS = {"leak": RED, "suspect": ORANGE, "clear": GREEN, "cannot check": GREY}
MOST_LIGHTS = 14


@picture
def timeline(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw the stretches of time around a day: what is known, what is skipped, what is asked.

    Args:
        result: with `term` (lookback, gap, horizon), `starts`, `ends`.
    """
    rows = result.frame[result.frame["term"].isin(_STRETCHES)]
    # the axis tells days by the clock of the study, not by UTC
    for end in ("starts", "ends"):
        rows = rows.assign(**{end: rows[end].dt.tz_localize(None)})
    with canvas(result, "Timeline of what is known and what is asked", ax, height=1.5) as ax:
        names = {"lookback": "known", "gap": "gap", "horizon": "left by then?"}
        for _, row in rows.iterrows():
            starts, ends = date2num(row["starts"]), date2num(row["ends"])
            ax.barh(0, ends - starts, left=starts, color=_STRETCHES[row["term"]], height=0.5)
            wide = (ends - starts) > 0.12 * _length(rows)
            ax.annotate(
                names[row["term"]],
                xy=((starts + ends) / 2 if wide else ends, 0 if wide else 0.42),
                ha="center" if wide else "left",
                va="center",
                fontsize=10,
                color="white" if wide else INK,
            )
        day = date2num(rows["ends"].iloc[0])
        ax.axvline(day, color=INK, lw=1.4)
        ax.annotate(
            "the day", xy=(day, -0.42), ha="right", va="center", fontsize=10,
            xytext=(-4, 0), textcoords="offset points",
        )  # fmt: skip
        ax.set_ylim(-0.6, 0.65)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        locator = AutoDateLocator(minticks=4, maxticks=8)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    return ax


@picture
def calibration(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw the share that left against the risk foretold, with the line of perfect risks.

    Args:
        result: with `expected`, `estimate`, `conf_low`, `conf_high`.
    """
    rows = result.frame
    with canvas(result, "Share that left against risk foretold", ax, height=3.6) as ax:
        most = max(rows["expected"].max(), rows["conf_high"].max()) * 1.05
        ax.plot([0, most], [0, most], color=GREY, lw=1.2, ls=(0, (4, 3)))
        ax.annotate(
            "as foretold", xy=(most * 0.98, most * 0.98), ha="right", va="bottom", fontsize=10,
            color=GREY, rotation=0, xytext=(-8, -2), textcoords="offset points",
        )  # fmt: skip
        ax.vlines(rows["expected"], rows["conf_low"], rows["conf_high"], color=BLUE, lw=2.2)
        ax.plot(rows["expected"], rows["estimate"], "o", color=BLUE, ms=6.5, mec="white", mew=0.8)
        ax.set_xlim(0, most)
        ax.set_ylim(0, most)
        ax.set_xlabel("risk foretold, mean of each group")
        ax.set_ylabel("share that left")
        ticks(ax.xaxis)
        ticks(ax.yaxis)
        ax.grid(axis="both")
        ax.set_axisbelow(True)
    return ax


@picture
def gains(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw the share leaving from the highest scores to the lowest, with the overall share.

    Args:
        result: with `rank`, `estimate`, `conf_low`, `conf_high`, `lift`, `events`, `n`.
    """
    rows = result.frame.sort_values("rank")
    overall = rows["events"].sum() / rows["n"].sum()
    part = "tenth" if len(rows) == 10 else "group"
    with canvas(result, f"Share leaving by {part} of the ranking", ax, height=3.0) as ax:
        above = rows["estimate"] > overall
        ax.bar(rows["rank"], rows["estimate"], color=np.where(above, ORANGE, FAINT), width=0.8)
        ax.vlines(rows["rank"], rows["conf_low"], rows["conf_high"], color=INK, lw=1.1)
        ax.axhline(overall, color=GREY, lw=1.2, ls=(0, (4, 3)))
        right = rows["rank"].max() + 0.5
        ax.annotate(f"overall\n{percent(overall, 1)}", (1, overall), xytext=(4, 0), va="center",
                    xycoords=ax.get_yaxis_transform(), textcoords="offset points", fontsize=10,
                    color=INK)  # fmt: skip
        ax.set_xticks(rows["rank"], [f"{rank}" for rank in rows["rank"]])
        ax.set_xlim(0.5, right)
        ax.set_xlabel(f"{part} of customers, the likeliest to leave first")
        ax.set_ylabel("share that left")
        ticks(ax.yaxis)
    return ax


@picture
def profit(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw what calling down the ranking brings, with its band and the best number of calls.

    Args:
        result: with `n`, `estimate`, `conf_low`, `conf_high`.
    """
    rows = result.frame
    with canvas(result, "Profit against the number of calls", ax, height=3.2) as ax:
        ax.fill_between(
            rows["n"], rows["conf_low"], rows["conf_high"], color=BLUE, alpha=0.16, lw=0
        )
        ax.plot(rows["n"], rows["estimate"], color=BLUE, lw=2)
        ax.axhline(0, color=INK, lw=0.9)
        best = rows.loc[rows["estimate"].idxmax()]
        if best["n"] > 0 and best["conf_low"] > 0:
            ax.plot(best["n"], best["estimate"], "o", color=ORANGE, ms=7, mec="white")
            ax.annotate(
                f"most at {number(best['n'], 0)}", xy=(best["n"], best["estimate"]),
                xytext=(0, 9), textcoords="offset points", ha="center", fontsize=10,
            )  # fmt: skip
        ax.set_xlabel("customers called, highest expected value first")
        ax.set_ylabel("value kept minus cost")
        ticks(ax.xaxis, number, scale=1)
        ticks(ax.yaxis, number, scale=1)
        ax.margins(x=0.02, y=0.12)
    return ax


@picture
def lights(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw a lamp for each column that was examined, the alarming ones first.

    Args:
        result: with `column`, `verdict`, `estimate` (AUC of the column alone).
    """
    rows = result.frame[result.frame["estimate"].notna()]
    order = {verdict: place for place, verdict in enumerate(_LIGHTS)}
    rows = rows.assign(order=rows["verdict"].map(order)).sort_values(
        ["order", "estimate"], ascending=[True, False], kind="stable"
    )
    left_out = len(rows) - MOST_LIGHTS
    rows = rows.head(MOST_LIGHTS).iloc[::-1]
    with canvas(
        result, "Columns examined for leaks", ax, height=0.9 + 0.27 * max(len(rows), 3)
    ) as ax:
        at = np.arange(len(rows))
        ax.hlines(at, 0.5, rows["estimate"], color=FAINT, lw=1.4)
        for place, (_, row) in enumerate(rows.iterrows()):
            ax.plot(row["estimate"], place, "o", color=_LIGHTS[row["verdict"]], ms=7)
            word = "" if row["verdict"] == "clear" else row["verdict"]
            ax.annotate(word, xy=(row["estimate"], place), xytext=(7, 0), fontsize=10,
                        textcoords="offset points", va="center", color=INK)  # fmt: skip
        ax.set_yticks(at, [clipped(label(name)) for name in rows["column"]])
        ax.set_xlim(0.45, 1.09)
        ax.axvline(0.95, color=GREY, lw=1, ls=(0, (4, 3)))
        ax.set_xlabel("AUC of the column alone; dashed: too good to be true")
        ax.spines["left"].set_visible(False)
        if left_out > 0:
            ax.set_title(f"{left_out} more columns in the table", fontsize=10, color=GREY)
    return ax


@picture
def qini(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw leavers avoided by treating those first whom it keeps most.

    Args:
        result: with `share`, `estimate`, `conf_low`, `conf_high`, `expected`.
    """
    rows = result.frame
    with canvas(result, "Qini curve: leavers avoided by share treated", ax, height=3.2) as ax:
        ax.fill_between(
            rows["share"], rows["conf_low"], rows["conf_high"], color=BLUE, alpha=0.16, lw=0
        )
        ax.plot(rows["share"], rows["estimate"], color=BLUE, lw=2)
        ax.plot(rows["share"], rows["expected"], color=GREY, lw=1.2, ls=(0, (4, 3)))
        ax.set_xlabel("share of customers treated; dashed: in any order")
        ax.set_ylabel("leavers avoided per 1,000")
        ticks(ax.xaxis)
    return ax


@picture
def steadiness(result: Result, *, ax: Axes | None = None) -> Axes:
    """Draw how well each day was foretold, with intervals.

    Args:
        result: with `period`, `estimate`, `conf_low`, `conf_high`.
    """
    rows = result.frame
    with canvas(result, "AUC day by day", ax, height=2.6) as ax:
        at = np.arange(len(rows))
        ax.vlines(at, rows["conf_low"], rows["conf_high"], color=BLUE, lw=2.2)
        ax.plot(at, rows["estimate"], "o-", color=BLUE, ms=6.5, mec="white", lw=1)
        ax.axhline(0.5, color=GREY, lw=1.2, ls=(0, (4, 3)))
        ax.annotate(
            "chance", xy=(at[-1] + 0.3, 0.5), va="bottom", ha="right", fontsize=10, color=GREY
        )
        ax.set_xticks(at, rows["period"], rotation=0 if len(rows) < 6 else 30)
        ax.set_xlim(-0.4, at[-1] + 0.4)
        ax.set_ylabel("AUC")
    return ax


def _length(rows) -> float:
    return float(date2num(rows["ends"].max()) - date2num(rows["starts"].min()))
