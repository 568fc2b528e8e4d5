"""What parts that may be shown tell together of people who may not."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd


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
    who = pd.factorize(responses["customer_id"])[0]
    alone = np.flatnonzero(who < 0)
    who[alone] = who.max(initial=-1) + 1 + np.arange(len(alone))  # nobody known is alone
    if (people := who.max(initial=-1) + 1) == len(who):
        return {}
    dealt = [pd.factorize(responses[name]) for name in segments if name in responses]
    if "answered_at" in responses:
        local = responses["answered_at"].dt.tz_localize(None)
        dealt += [pd.factorize(local.dt.to_period(unit)) for unit in "MQY"]
    out: dict[str, tuple[int, int]] = {}
    for codes, labels in dealt:
        known = codes >= 0
        answers = np.bincount(codes[known], minlength=len(labels))
        pairs = pd.unique(codes[known] * np.int64(people) + who[known])
        for place, n in enumerate(np.bincount(pairs // people, minlength=len(labels))):
            if n < answers[place]:
                word, told = str(labels[place]), (int(n), int(answers[place]))
                out[word] = min(told, out.get(word, told))
    return out


def telling(
    frames: Mapping[str, pd.DataFrame],
    asked: Sequence[Mapping[str, str]],
    fixed: Sequence[Mapping[str, str]],
    *,
    smallest: int,
) -> list[int]:
    """Name the parts to hold back, so that no difference of parts tells of too few people.

    Depots lie within regions: the region less its large depots is the small one. Sums of answers
    follow from one another wherever the rows of a small set are a combination of those of parts.

    Args:
        frames: the tables of the whole study.
        asked: parts that would be shown.
        fixed: groups that are shown all the same, in the tables of a page.
        smallest: fewest people who may be told of.

    Returns:
        Places in `asked`; the smallest parts go first.
    """
    table = "responses" if frames.get("responses") is not None else "customers"
    if smallest <= 1 or frames.get(table) is None or not len(frames[table]):
        return []
    alike, people, who = _alike(frames, table, [*fixed, *asked])
    inside, sizes = _inside(alike, [{}, *fixed, *asked]), np.bincount(people, minlength=len(alike))
    first, gone = 1 + len(fixed), set[int]()
    while True:
        shown = np.array([k for k in range(inside.shape[1]) if k - first not in gone])
        used = _combination(inside[:, shown], people, who, smallest)
        able = [int(shown[k]) - first for k in used if shown[k] >= first]
        able = [place for place in able if dict(asked[place]) not in fixed]
        if not able:
            return sorted(gone)
        gone.add(min(able, key=lambda place: int(sizes @ inside[:, first + place])))


def _alike(
    frames: Mapping[str, pd.DataFrame], table: str, shown: Sequence[Mapping[str, str]]
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Give the kinds of rows by what parts are made of, and of each person in each their codes."""
    rows, labels = frames[table], {}
    for name in dict.fromkeys(part["segment"] for part in shown if part.get("segment")):
        labels[name] = _labels(frames, table, name)
    for unit in dict.fromkeys(pd.Period(p["period"]).freqstr for p in shown if p.get("period")):
        labels[unit] = rows["answered_at"].dt.tz_localize(None).dt.to_period(unit).astype(str)
    codes = pd.DataFrame({name: pd.factorize(each)[0] for name, each in labels.items()})
    kind = codes.groupby(list(codes), sort=False).ngroup().to_numpy() if labels else np.zeros(
        len(rows), int)  # fmt: skip
    one = np.unique(kind, return_index=True)[1]
    alike = pd.DataFrame({name: np.asarray(each)[one] for name, each in labels.items()}, one)
    who = rows["customer_id"] if "customer_id" in rows else pd.Series(np.arange(len(rows)))
    person = pd.factorize(who)[0]
    person = np.where(person < 0, len(rows) + np.arange(len(rows)), person)  # nobody known is alone
    known = pd.DataFrame({"kind": kind, "who": person}).drop_duplicates()
    return alike, known["kind"].to_numpy(), known["who"].to_numpy()


def _labels(frames: Mapping[str, pd.DataFrame], table: str, segment: str) -> pd.Series:
    """Give the segment of each row; a table without it follows the customers who have it."""
    rows, people = frames[table], frames.get("customers")
    if segment in rows or people is None or segment not in people or "customer_id" not in rows:
        return rows.get(segment, pd.Series(None, rows.index, dtype=object))
    return rows["customer_id"].map(people.drop_duplicates("customer_id").set_index("customer_id")[
        segment])  # fmt: skip


def _inside(alike: pd.DataFrame, shown: Sequence[Mapping[str, str]]) -> np.ndarray:
    """Say of each kind of rows whether it lies in each part."""
    out = np.ones((len(alike), len(shown)), bool)
    for k, part in enumerate(shown):
        if part.get("segment"):
            out[:, k] &= (alike[part["segment"]] == part["value"]).to_numpy(bool, na_value=False)
        if part.get("period"):
            wanted = pd.Period(part["period"])
            out[:, k] &= (alike[wanted.freqstr] == str(wanted)).to_numpy(bool, na_value=False)
    return out


def _combination(
    inside: np.ndarray, people: np.ndarray, who: np.ndarray, smallest: int
) -> list[int]:
    """Give the parts whose sums tell of a set of too few people; empty if none do."""
    kinds, kind = np.unique(inside, axis=0, return_inverse=True)
    pairs = pd.DataFrame({"kind": kind.ravel()[people], "who": who}).drop_duplicates()
    sizes = np.bincount(pairs["kind"], minlength=len(kinds))
    small = np.flatnonzero((sizes > 0) & (sizes < smallest))
    if not len(small):
        return []
    # a set of kinds is a combination of parts where its shadow on what they span is all of it
    known = kinds.astype(float)
    depth, ways = np.linalg.eigh(known.T @ known)
    spans = depth > depth[-1] * 1e-11
    seen = known[small] @ (ways[:, spans] / np.sqrt(depth[spans]))
    shadow = seen @ seen.T
    own = np.diag(shadow)
    few = sizes[small][:, None] + sizes[small] < smallest
    whole = own[:, None] + own + 2 * shadow > 2 - 1e-5
    sets = [*np.argwhere(own > 1 - 1e-5).tolist(), *np.argwhere(np.triu(few & whole, 1)).tolist()]
    for chosen in sets:
        wanted = np.zeros(len(kinds))
        wanted[small[chosen]] = 1
        found = np.linalg.lstsq(known, wanted, rcond=None)[0]
        if np.abs(known @ found - wanted).max() < 1e-8:
            return np.flatnonzero(np.abs(found) > 1e-8).tolist()
    return []
