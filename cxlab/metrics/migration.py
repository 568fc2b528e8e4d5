"""Who moved, who came, who went? A change of a score told customer by customer."""

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, question
from cxlab.metrics.workings.answers import ALL, Answers, need, take
from cxlab.metrics.workings.gaps import last_answers
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.results import Result, count, number

BOXES = {-100.0: "detractor", 0.0: "passive", 100.0: "promoter"}
REPEATS = "repeat answers"
OTHERS = "other customers"


@question("weight", "level", "smallest")
def migration(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    score: str | Score = "nps",
    pair: str = "customer_id",
    how: How,
) -> Result:
    """Split a change into who moved between boxes, who came and who went.

    A customer who stayed moved from the last answer before to the last answer after. Who came
    (answered only after) adds as far as their scores lie from those who stayed; who went
    likewise. What repeated answers and uneven weights add is a piece of its own.

    Args:
        before, after: as in `change`.
        pair: column naming the customer.
        smallest: pieces of fewer customers are joined as `other customers`.

    Returns:
        term (`change`, one move each, `came`, `went`, `repeat answers`), group, before, after,
        estimate, std_error, conf_low, conf_high, n (customers), level, verdict; the pieces sum
        to the change.

    Raises:
        MetricsError: fewer than two customers answered in both periods.

    Example:
        >>> first = pd.DataFrame({"customer_id": ["a", "b", "c"], "nps": [9, 9, 3]})
        >>> second = pd.DataFrame({"customer_id": ["a", "b", "d"], "nps": [9, 3, 9]})
        >>> found = migration(first, second).frame.set_index("term")["estimate"]
        >>> found["promoter to detractor"].item(), found["change"].item()
        (-100.0, 0.0)
    """
    what = resolve(score)
    waves = (("0", before), ("1", after))
    sides = [_side(rows, what, pair, how.weight, wave) for wave, rows in waves]
    stayed = np.intersect1d(sides[0].index, sides[1].index)
    if len(stayed) < 2:
        raise MetricsError(
            f"'{pair}': {count(len(stayed), 'customer')} answered in both periods; two are needed "
            "to see who moved. Explain the change by segments (`by`) instead."
        )
    rows, names, moves = _contributions(before, after, what, pair, sides, stayed)
    totals = rows.sum(axis=0)
    found = _parts(totals)
    scores = rows @ stats.delta(_parts, totals).T
    m = len(rows)
    centres = [float(side["wv"].sum() / side["w"].sum()) for side in sides]
    n_moves = (rows[:, 9:] != 0).sum(axis=0)
    n = [m, len(sides[1]) - len(stayed), len(sides[0]) - len(stayed), len(stayed), *n_moves]
    terms = ["change", "came", "went", REPEATS, *names]
    inner = scores[:, 3:].sum(axis=1)  # those who stayed: their moves and repeat answers
    moves["by"] = (float(found[3:].sum()), float(np.sqrt(m / (m - 1) * (inner**2).sum())))
    join, kept = _joined(np.array(n), how.smallest)
    found, scores = join @ found, scores @ join.T
    frame = _frame([*(terms[i] for i in kept), OTHERS][: len(join)], found, scores, how.level)
    frame["n"] = (join @ np.array(n)).astype(int)
    frame.loc[0, ["before", "after"]] = centres
    order = sorted(range(len(frame)), key=lambda i: (i > 0, frame["term"][i] in terms[1:4]))
    return Result(
        name=f"{what.name} migration",
        frame=frame.iloc[order],
        headline=_headline(what, stayed, moves, how.level, how.smallest),
        method="customers in both periods by their last answers, the rest as came and went; "
        "intervals by linearisation over customers",
        base=f"{count(len(sides[0]), 'customer')} before, {count(len(sides[1]), 'customer')} "
        f"after, {count(len(stayed), 'customer')} in both; '{what.column}'.",
        unit=what.unit,
    )


@question("level", "smallest")
def panel(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    score: str | Score = "nps",
    pair: str = "customer_id",
    how: How,
) -> Result:
    """Tell how those who answered in both periods moved, and of nobody else.

    Args:
        before, after, pair: as in `migration`; the last answer of each counts.
        smallest: moves of fewer customers are joined; a smaller panel is refused.

    Returns:
        The columns of `migration`; the moves sum to the change among these customers.

    Raises:
        MetricsError: too few customers answered in both periods.

    Example:
        >>> first = pd.DataFrame({"customer_id": ["a", "b", "c"], "nps": [9, 9, 3]})
        >>> second = pd.DataFrame({"customer_id": ["a", "b", "d"], "nps": [9, 3, 9]})
        >>> panel(first, second).frame["estimate"][0].item()
        -100.0
    """
    what = resolve(score)
    ends = [
        last_answers(rows, what, pair)[0].set_index(pair)[what.column] for rows in (before, after)
    ]
    both = ends[0].index.intersection(ends[1].index)
    if len(both) < max(how.smallest, 2):
        raise MetricsError(
            f"Too few customers answered in both periods to follow them: {number(len(both), 0)}."
            if len(both) >= how.smallest
            else "Too few customers answered in both periods to follow them."
        )
    worth = [what.worth(end[both].to_numpy(float)) for end in ends]
    step, moves = worth[1] - worth[0], _moves(what, *worth)
    kinds = np.stack([np.ones(len(both)), *moves.values()], axis=1) * step[:, None]
    n = np.array([len(both), *(kind.sum() for kind in moves.values())])
    join, kept = _joined(n, how.smallest)
    parts = kinds @ join.T
    terms = ["change", *moves]
    scores = (parts - parts.mean(axis=0)) / len(both)
    frame = _frame(
        [*(terms[i] for i in kept), OTHERS][: len(join)], parts.mean(axis=0), scores, how.level
    )
    frame["n"] = (join @ n).astype(int)
    frame.loc[0, ["before", "after"]] = [each.mean() for each in worth]
    whole = (float(frame["estimate"][0]), float(frame["std_error"][0]))
    moved = {"up": step > 0, "down": step < 0, "by": whole}
    return Result(
        name=f"{what.name} of the same customers",
        frame=frame,
        headline=_headline(what, both, moved, how.level, how.smallest),
        method="customers in both periods by their last answers; t interval over customers",
        base=f"{count(len(both), 'customer')} who answered in both periods, and nobody else.",
        unit=what.unit,
    )


def _frame(terms: list[str], found: np.ndarray, scores: np.ndarray, level: float) -> pd.DataFrame:
    m = len(scores)
    std_error = np.sqrt(m / (m - 1) * (scores**2).sum(axis=0))
    low, high = stats.mean_interval(found, std_error, level=level)
    return pd.DataFrame(
        {
            "term": terms,
            "group": ALL,
            "before": np.nan,
            "after": np.nan,
            "estimate": found,
            "std_error": std_error,
            "conf_low": low,
            "conf_high": high,
            "n": 0,
            "level": level,
            "verdict": np.where((low > 0) | (high < 0), "moved", "no detectable difference"),
        }
    )


def _joined(n: np.ndarray, smallest: int) -> tuple[np.ndarray, list[int]]:
    """Say which pieces stay, and join those of too few so that the sum stays whole.

    Returns:
        A matrix that makes the pieces shown of all pieces, the joined one last, and which stay.
    """
    small = (n > 0) & (n < smallest)
    small[0] = False  # the whole
    for least in np.argsort(n, kind="stable"):
        if not small.any() or (small.sum() > 1 and n[small].sum() >= smallest):
            break
        small[least] |= least > 0 and n[least] > 0
    kept = np.flatnonzero(~small).tolist()
    rows = [np.eye(len(n))[kept]]
    return np.vstack([*rows, small[None]] if small.any() else rows), kept


def _side(
    rows: pd.DataFrame, what: Score, pair: str, weight: str | None, wave: str
) -> pd.DataFrame:
    """Sum each customer's answers of one period; an answer without an id is a person of its own."""
    need(rows, [pair])
    answers = take(rows, what, weight=weight, cluster="")
    ids = rows[pair].iloc[answers.kept].astype(object).to_numpy()
    # a name no customer has, and no other period
    alone = [f"\x00{wave}\x00{place}" for place in range(len(ids))]
    ids = np.where(pd.isna(ids), alone, ids.astype(str))
    w = _weight(answers)
    return pd.DataFrame({"w": w, "wv": w * answers.values()}).groupby(ids, sort=False).sum()


def _weight(answers: Answers) -> np.ndarray:
    return np.ones(len(answers.cell)) if answers.weight is None else answers.weight


def _contributions(before, after, what: Score, pair: str, sides, stayed):
    """Write each customer's part in every total: weights, scores, and moves by kind."""
    everyone = sides[0].index.union(sides[1].index, sort=False)
    both = np.isin(everyone, stayed)
    first, second = (side.reindex(everyone, fill_value=0.0) for side in sides)
    columns = []
    for side in (first, second):
        for mask in (both, ~both):
            columns += [side["w"] * mask, side["wv"] * mask]
    ends = [
        last_answers(rows, what, pair)[0].assign(id=lambda r: r[pair].astype(str)).set_index("id")
        for rows in (before, after)
    ]
    worth = [
        what.worth(end[what.column].reindex(everyone).to_numpy(float, na_value=np.nan))
        for end in ends
    ]
    share = [np.where(both, side["w"] / side["w"][both].sum(), 0.0) for side in (first, second)]
    common = (share[0] + share[1]) / 2
    moves = _moves(what, *worth)
    step = np.nan_to_num(worth[1] - worth[0]) * common
    columns += [common, *(np.where(kind, step, 0.0) for kind in moves.values())]
    steps = {"up": both & (worth[1] > worth[0]), "down": both & (worth[1] < worth[0])}
    parts = np.stack([np.asarray(c, dtype=float) for c in columns], axis=1)
    return parts, list(moves), steps


def _moves(what: Score, first: np.ndarray, second: np.ndarray) -> dict[str, np.ndarray]:
    if what.kind == "nps":
        return {
            f"{BOXES[a]} to {BOXES[b]}": (first == a) & (second == b)
            for a in BOXES
            for b in BOXES
            if a != b
        }
    words = ("into the top box", "out of the top box") if what.kind == "top" else ("rose", "fell")
    return {words[0]: second > first, words[1]: second < first}


def _parts(totals: np.ndarray) -> np.ndarray:
    """Compute the pieces from the totals; arithmetic only, so that it can be differentiated."""
    w0s, v0s, w0l, v0l, w1s, v1s, w1c, v1c, common = (totals[..., i : i + 1] for i in range(9))
    moves = totals[..., 9:] / common
    went = -(v0l - w0l * v0s / w0s) / (w0s + w0l)
    came = (v1c - w1c * v1s / w1s) / (w1s + w1c)
    stayed = v1s / w1s - v0s / w0s
    repeats = stayed - moves.sum(axis=-1, keepdims=True)
    change = (v1s + v1c) / (w1s + w1c) - (v0s + v0l) / (w0s + w0l)
    return np.concatenate([change, came, went, repeats, moves], axis=-1)


def _headline(what: Score, stayed, moves: dict, level: float, smallest: int) -> str:
    up, down = (int(moves[way].sum()) for way in ("up", "down"))
    inner, error = moves["by"]
    few = {way for way, n in (("up", up), ("down", down)) if 0 < n < smallest}
    moved = f"{count(up) if up else 'none'} moved up and {count(down) if down else 'none'} down"
    if len(few) == 2:
        moved = "too few moved up or down to be counted"
    elif few:
        way, n = ("down", down) if "up" in few else ("up", up)
        moved = (
            f"{count(n) if n else 'none'} moved {way}, fewer than {count(smallest)} the other way"
        )
    start = f"Of {count(len(stayed), 'customer')} in both periods, {moved}: "
    if abs(inner) <= stats.quantile(level) * error:
        return f"{start}no detectable change of {what.name}."
    word = "up" if inner > 0 else "down"
    return f"{start}{what.name} {word} {what.difference(inner)} among them."
