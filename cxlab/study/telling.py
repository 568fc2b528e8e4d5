"""What parts that may be shown tell together of people who may not."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from cxlab.study import parts

ROW = "\x00row"
LOOKED_AT = 40  # small sets of people tried in twos, too; of more, one by one


def people_of_labels(
    responses: pd.DataFrame | None, segments: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """Count the people behind each label and period whose answers are more than its people.

    Example:
        >>> rows = pd.DataFrame({"customer_id": ["a", "a", "b"], "depot": ["x", "x", "y"]})
        >>> people_of_labels(rows, ["depot"])
        {'x': (1, 2)}
    """
    if responses is None or "customer_id" not in responses:
        return {}
    if not responses["customer_id"].dropna().duplicated().any():
        return {}
    dealt = {name: responses[name] for name in segments if name in responses}
    if "answered_at" in responses:
        local = responses["answered_at"].dt.tz_localize(None)
        dealt |= {f"\x00{each}": local.dt.to_period(each) for each in "MQY"}
    out: dict[str, tuple[int, int]] = {}
    for labels in dealt.values():
        rows = pd.DataFrame({"label": labels.astype("object"), "who": responses["customer_id"]})
        rows = rows[rows["label"].notna()]
        answers = rows["label"].astype(str).value_counts()
        again = rows["who"].notna() & rows.duplicated(["label", "who"])
        people = rows.loc[~again, "label"].astype(str).value_counts()
        for word, n in people[people < answers.reindex(people.index)].items():
            told = (int(n), int(answers[word]))
            out[str(word)] = min(told, out.get(str(word), told))
    return out


def telling(
    frames: Mapping[str, pd.DataFrame],
    asked: Sequence[Mapping[str, str]],
    fixed: Sequence[Mapping[str, str]],
    *,
    segments: tuple[str, ...],
    smallest: int,
) -> list[int]:
    """Name the parts to hold back, so that no difference of parts tells of too few people.

    Depots lie within regions: the region less its large depots is the small one. Sums of answers
    follow from one another wherever the rows of a small set are a combination of those of parts.

    Args:
        frames: the tables of the whole study.
        asked: parts that would be shown.
        fixed: groups that are shown all the same, in the tables of a page.
        segments: the segments of the study.
        smallest: fewest people who may be told of.

    Returns:
        Places in `asked`; the smallest parts go first.
    """
    gone: set[int] = set()
    table = "responses" if frames.get("responses") is not None else "customers"
    if smallest <= 1 or frames.get(table) is None or not len(frames[table]):
        return []
    columns = [_rows(frames, table, part, segments) for part in [*fixed, *asked]]
    inside = np.column_stack([np.ones(len(frames[table]), bool), *columns])
    who = frames[table].get("customer_id", pd.Series(range(len(frames[table]))))
    first = 1 + len(fixed)
    while True:
        held = [first + place for place in gone]
        shown = np.delete(np.arange(inside.shape[1]), held)
        used = _combination(inside[:, shown], who, smallest)
        able = [int(shown[k]) - first for k in used if shown[k] >= first]
        able = [place for place in able if dict(asked[place]) not in fixed]
        if not able:
            return sorted(gone)
        gone.add(min(able, key=lambda place: inside[:, first + place].sum()))


def _rows(frames, table: str, part: Mapping[str, str], segments: tuple[str, ...]) -> np.ndarray:
    marked = {name: rows.assign(**{ROW: np.arange(len(rows))}) for name, rows in frames.items()}
    if part.get("segment"):
        marked = parts.of_segment(marked, part["segment"], part["value"], segments)
    if part.get("period"):
        marked[table] = parts.of_period(marked[table], part["period"])
    inside = np.zeros(len(frames[table]), bool)
    inside[marked[table][ROW].to_numpy()] = True
    return inside


def _combination(inside: np.ndarray, who: pd.Series, smallest: int) -> list[int]:
    """Give the parts whose sums tell of a set of too few people; empty if none do."""
    kinds, kind = np.unique(inside, axis=0, return_inverse=True)
    people = pd.Series(who.to_numpy()).groupby(kind.ravel()).nunique().to_numpy()
    small = [k for k in range(len(kinds)) if people[k] < smallest]
    sets: list[tuple[int, ...]] = [(k,) for k in small]
    if len(small) <= LOOKED_AT:
        pairs = combinations(small, 2)
        sets += [pair for pair in pairs if people[list(pair)].sum() < smallest]
    known = kinds.T.astype(float)
    for chosen in sets:
        wanted = np.zeros(len(kinds))
        wanted[list(chosen)] = 1
        found = np.linalg.lstsq(known.T, wanted, rcond=None)[0]
        if np.abs(known.T @ found - wanted).max() < 1e-8:
            return np.flatnonzero(np.abs(found) > 1e-8).tolist()
    return []
