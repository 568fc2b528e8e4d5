"""Two people read comments: do they agree, and does the machine agree with them?"""

from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from cxlab import stats
from cxlab.codebook import How, question
from cxlab.results import Result, count, number, span
from cxlab.voice.hearing import VoiceError
from cxlab.voice.themes import Themed
from cxlab.voice.workings import coded
from cxlab.voice.workings.coded import CODERS, NONE
from cxlab.voice.workings.texts import cut

LEAST = 10  # comments coded by both
DRAWN = (
    "Half of the comments of a sheet are those of which the machine is least sure or finds no "
    "theme in, so these are harder than comments are as a rule."
)

SEVERAL = (
    "People choose one theme a comment; where the machine tells several, it is right if that is "
    "one of them, and else counted by the one it is surest of."
)


def sheet(themed: Themed, *, file: str | Path, n: int = 200, seed: int = 0) -> Path:
    """Write a workbook in which two people give each comment its theme.

    Half of the comments are drawn evenly over the themes; of the other half, one part are those of
    which the machine is least sure between two themes, one those in which it finds none. What the
    machine says stands on a hidden sheet. What several wrote word for word is coded once.

    Args:
        themed: comments with their themes.
        file: the workbook, `.xlsx`.
        n: how many comments.
        seed: for the draw.

    Returns:
        The path.
    """
    rows = _drawn(themed, n, seed)
    names = [*themed.names, NONE]
    text = themed.heard.frame[themed.heard.comment].astype(str).to_numpy()
    book = xlsxwriter.Workbook(
        str(file), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    page, lists, told = (book.add_worksheet(name) for name in ("coding", "themes", "machine"))
    page.set_column(1, 1, 80)
    page.set_column(2, 3, 28)
    for column, head in enumerate(("row", "comment", *CODERS)):
        page.write_string(0, column, head)
    for place, name in enumerate(names):
        lists.write_string(place, 0, name)
    allowed = {"validate": "list", "source": f"=themes!$A$1:$A${len(names)}"}
    for place, row in enumerate(rows, 1):
        page.write_number(place, 0, int(row))
        page.write_string(place, 1, cut(text[row]))
        told.write_number(place, 0, int(row))
        for column, name in enumerate(_machine(themed, row), 1):
            told.write_string(place, column, name)
    page.data_validation(1, 2, len(rows), 3, allowed)
    told.hide()
    book.close()
    return Path(file)


@question("level")
def agree(
    file: str | Path,
    *,
    n_boot: int = 1000,
    seed: int = 0,
    how: How,
) -> Result:
    """Read a coded workbook: do two people agree, and the machine with them?

    Args:
        file: a workbook from `sheet`, filled in.
        n_boot: bootstrap replicates, of comments.
        seed: for those.

    Returns:
        term (Krippendorff's alpha, Gwet's AC1, `same theme`, `machine as people`; then precision
        and recall by theme, `part`), estimate, conf_low, conf_high, n.

    Raises:
        VoiceError: no file is named, or fewer than 10 comments were coded by both.
        Misuse: the file is no such workbook.
    """
    if not file:
        raise VoiceError("No comment was coded by people.", needs="a workbook of 'voice.sheet'")
    told = coded.read(file)
    first, second, machine = (told[name] for name in ("first", "second", "machine"))
    both = first.notna() & second.notna()
    if (n := int(both.sum())) < LEAST:
        raise VoiceError(f"{count(n, 'comment')} coded by both are too few.",
                         needs=f"{LEAST} coded by two people")  # fmt: skip
    codes, names = pd.factorize(pd.concat([first[both], second[both], machine[both]]))
    a, b, m = np.split(codes, 3)
    k = int(max(a.max(), b.max())) + 1  # what the machine alone says was no choice of theirs
    draws = np.random.default_rng(seed).integers(0, n, (n_boot, n))
    agreed = a == b
    seen = agreed & (m >= 0)  # of a line whose number was lost nobody knows what the machine said
    rows = [
        _row("Krippendorff's alpha", alpha, (a, b), k, draws, how.level),
        _row("Gwet's AC1", ac1, (a, b), k, draws, how.level),
        _share("same theme", agreed, how.level),
        _share("machine as people", (m == a)[seen], how.level),
        *_by_theme(a[seen], m[seen], names, how.level),
    ]
    frame = pd.DataFrame(rows)
    right, of = int((m == a)[seen].sum()), int(seen.sum())
    top = frame.iloc[0]
    return Result(
        name="coding by two people",
        frame=frame,
        headline=f"Checked by people: {right} of {of}; the two agree with alpha "
        f"{number(top['estimate'], 2)} ({span(top['conf_low'], top['conf_high'], 'ratio')}).",
        method="Krippendorff's alpha for names (2011), Gwet's AC1 (2008), bootstrap over comments; "
        f"shares with Wilson intervals; the machine against what both people say. {SEVERAL}",
        base=f"{count(n, 'comment')} coded by two people.",
        notes=(DRAWN,),
    )


def confusion(file: str | Path) -> Result:
    """Set what people say a comment is about against what the machine says, theme by theme.

    Args:
        file: a workbook from `sheet`, filled in; what both coders say of a comment counts.

    Returns:
        term (what people say), answer (what the machine says), share (of the comments of the
        term), count (comments), n (comments of the term); where they differ, the most first.

    Raises:
        VoiceError: no file is named, or fewer than 10 comments were coded alike by both.
        Misuse: the file is no such workbook.
    """
    if not file:
        raise VoiceError("No comment was coded by people.", needs="a workbook of 'voice.sheet'")
    told = coded.read(file)
    same = told[told["first"].eq(told["second"]) & told["machine"].notna()]
    if (n := len(same)) < LEAST:
        raise VoiceError(f"{count(n, 'comment')} coded alike by both are too few.",
                         needs=f"{LEAST} coded alike by two people")  # fmt: skip
    cells = same.groupby(["first", "machine"]).size().rename("count").reset_index()
    cells["n"] = cells.groupby("first")["count"].transform("sum")
    frame = cells.assign(
        share=cells["count"] / cells["n"], alike=cells["first"] == cells["machine"]
    )
    frame = frame.sort_values(["alike", "count"], ascending=[True, False], kind="stable")
    frame = frame.rename(columns={"first": "term", "machine": "answer"})
    wrong = frame[~frame["alike"]]
    said = f"The machine says of {count(n, 'comment')} what both people say."
    if len(wrong):
        top = wrong.iloc[0]
        said = (f"People and machine differ most often where people say '{top['term']}' and the "
                f"machine '{top['answer']}': {top['count']} of {top['n']}.")  # fmt: skip
    return Result(
        name="people against machine",
        frame=frame[["term", "answer", "share", "count", "n"]].reset_index(drop=True),
        headline=said,
        method=f"Counts of comments by what both people and what the machine say. {SEVERAL}",
        base=f"{count(n, 'comment')} of which two people say the same.",
        notes=(DRAWN,),
    )


def alpha(a: np.ndarray, b: np.ndarray, k: int) -> float:
    """Give Krippendorff's alpha of two coders, for names (Krippendorff 2011).

    Example:
        >>> round(alpha(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]), 2), 4)
        0.5333
    """
    counts = np.bincount(np.concatenate([a, b]), minlength=k).astype(float)
    total = counts.sum()
    expected = (total**2 - (counts**2).sum()) / (total * (total - 1))
    return float(1 - (a != b).mean() / expected) if expected > 0 else 1.0


def ac1(a: np.ndarray, b: np.ndarray, k: int) -> float:
    """Give Gwet's AC1 of two coders (Gwet 2008).

    Example:
        >>> round(ac1(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]), 2), 4)
        0.5294
    """
    share = np.bincount(np.concatenate([a, b]), minlength=k) / (2 * len(a))
    chance = float((share * (1 - share)).sum() / max(k - 1, 1))
    return float(((a == b).mean() - chance) / (1 - chance))


def _drawn(themed: Themed, n: int, seed: int) -> np.ndarray:
    """Draw half evenly over themes, a quarter among the least sure, a quarter without a theme."""
    draw = np.random.default_rng(seed)
    none = np.logical_not(themed.carried.any(axis=1, keepdims=True))[:, 0]
    ranked = np.sort(np.column_stack([themed.strength, np.zeros(len(none))]), axis=1)
    sure = ranked[:, -1] - ranked[:, -2]
    held = np.where(none, -1, themed.strength.argmax(axis=1))
    first = np.flatnonzero(~pd.Series(themed.heard.written).duplicated())  # each text once
    n, order = min(n, len(first)), draw.permutation(first)
    turn = pd.Series(held[order]).groupby(held[order]).cumcount().to_numpy()
    even = order[np.argsort(turn, kind="stable")][: n - n // 2]
    rest = order[~np.isin(order, even)]
    by = np.argsort(np.where(none[rest], 0.0, sure[rest]), kind="stable")
    turn = pd.Series(none[rest[by]]).groupby(none[rest[by]]).cumcount().to_numpy()
    unsure = rest[by[np.argsort(turn, kind="stable")]][: n // 2]
    return np.sort(np.concatenate([even, unsure]))


def _machine(themed: Themed, row: int) -> list[str]:
    """Name the themes that a comment carries, the one it is mainly about first."""
    order = np.argsort(-themed.strength[row], kind="stable")
    return [themed.names[place] for place in order if themed.carried[row, place]] or [NONE]


def _row(name, measure, sides, k, draws, level) -> dict:
    a, b = sides
    drawn = np.array([measure(a[each], b[each], k) for each in draws])
    low, high = stats.percentile(drawn[:, None], level)
    return {"term": name, "part": "", "estimate": measure(a, b, k), "conf_low": float(low[0]),
            "conf_high": float(high[0]), "n": len(a)}  # fmt: skip


def _share(name: str, right: np.ndarray, level: float, part: str = "") -> dict:
    n = len(right)
    low, high = stats.proportion_interval(int(right.sum()), n, level=level)
    return {"term": name, "part": part, "estimate": right.mean() if n else np.nan,
            "conf_low": float(low), "conf_high": float(high), "n": n}  # fmt: skip


def _by_theme(people: np.ndarray, machine: np.ndarray, names, level: float) -> list[dict]:
    out = []
    for code, name in enumerate(names):
        said, held = machine == code, people == code
        out += [_share(str(name), held[said], level, "precision")] if said.any() else []
        out += [_share(str(name), said[held], level, "recall")] if held.any() else []
    return out
