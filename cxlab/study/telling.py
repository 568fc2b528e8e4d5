"""What parts that may be shown tell together of people who may not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from cxlab.results import ALL, crossed, hidden

MOST_SETS = 20_000  # differences of two parts that are looked at
LATELY = 3  # quarters of which groups of parts are told: a change is between two of them
MOST_CELLS = 600  # quarters and groups of parts that are weighed together


def people_of_labels(
    responses: pd.DataFrame | None, segments: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """Count the people behind each label and period whose answers are more than its people.

    Example:
        >>> rows = pd.DataFrame({"customer_id": ["a", "a", "b"], "depot": ["x", "x", "y"]})
        >>> people_of_labels(rows, ["depot"])
        {'all': (2, 3), 'x': (1, 2)}
    """
    if responses is None or "customer_id" not in responses:
        return {}
    who = pd.factorize(responses["customer_id"])[0]
    alone = np.flatnonzero(who < 0)
    who[alone] = who.max(initial=-1) + 1 + np.arange(len(alone))  # nobody known is alone
    if (people := who.max(initial=-1) + 1) == len(who):
        return {}
    dealt = [(np.zeros(len(who), int), [ALL])]  # everyone, who may be few
    dealt += [pd.factorize(responses[name]) for name in segments if name in responses]
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


def cells(
    frames: Mapping[str, pd.DataFrame],
    shown: Sequence[Mapping[str, Any]],
    beside: Sequence[Mapping[str, str]],
    *,
    by: Callable[[str], Any],
    smallest: int,
) -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
    """Name the quarters and groups that the page of a part may not tell: the few would follow.

    A quarter of everyone less the same quarter of a region is that of the other regions, a plan
    less its customers in a region those elsewhere. Why a score moved is told by groups of the last
    quarters, so these are crossed as well. Not weighed: the periods of a report that was asked for
    by itself (`--set every=month`), and how many of a part are left at a point of a curve.

    Args:
        frames: the tables of the whole study.
        shown: parts that have pages.
        beside: groups that are shown in the tables of a page.
        by: gives the segment whose groups the page of a part of a segment compares.
        smallest: fewest people who may be told of.

    Returns:
        Segment and value, or nothing and a quarter, or nothing twice for everyone -> quarter,
        group or both (`results.crossed`) -> one person behind so many answers, for `keep_back`.
    """
    rows = frames.get("responses")
    parts = [part for part in shown if part.get("segment")]
    parts += [dict(part) for part in beside if part not in parts]
    if smallest <= 1 or not parts or rows is None or "answered_at" not in rows or not len(rows):
        return {}
    when = rows["answered_at"].dt.tz_localize(None)
    quarter = when.dt.to_period("Q").astype(str)
    pages = dict.fromkeys(part["period"] for part in shown if part.get("period"))
    who = _who(rows)
    told = _told(quarter, who, smallest)
    every = dict.fromkeys([*sorted(quarter[when.notna()].unique()), *pages])
    times = {name: np.asarray(when.dt.to_period(pd.Period(name).freqstr) == pd.Period(name))
             for name in every}  # fmt: skip
    person = pd.factorize(who)[0]
    asked, counts, dealt, lately = [], [], [], told[-LATELY:]
    for part in parts:
        mine = (_labels(frames, "responses", part["segment"]) == part["value"]).to_numpy(
            bool, na_value=False)  # fmt: skip
        crossings = [({"period": name}, there) for name, there in times.items()]
        if isinstance(name := by(part["segment"]), str) and name in rows:
            for each in rows[name].dropna().unique():
                group = (rows[name] == each).to_numpy(bool, na_value=False)
                crossings.append(({"also": (name, each)}, group))
                crossings += [({"also": (name, each), "period": last}, group & times[last])
                              for last in lately]  # fmt: skip
        for more, there in crossings:
            cell = mine & there
            of, label = more.get("also", ("period", more.get("period")))
            of, label = (f"{of} of {more['period']}", label) if len(more) > 1 else (of, label)
            dealt.append((part["segment"], part["value"], of, label, len(np.unique(person[cell]))))
            if dealt[-1][-1] >= smallest:
                asked.append({**part, **more})
                counts.append(int(cell.sum()))
    fixed = [*parts, *beside, *({"period": name} for name in dict.fromkeys([*told, *pages]))]
    out: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for place in (
        telling(frames, asked, fixed, smallest=smallest)
        if len(asked) <= MOST_CELLS
        else _by_totals(dealt, smallest)
    ):
        cell, few = asked[place], (1, counts[place])
        label = [str(cell["also"][1])] if "also" in cell else []
        label += [cell["period"]] if "period" in cell else []
        out.setdefault((cell["segment"], cell["value"]), {})[crossed(*label)] = few
        if "also" not in cell:  # the page of the quarter does not tell it either, nor everyone's
            group = str(cell["value"])
            out.setdefault(("", cell["period"]), {})[group] = few
            for page in [("", ""), *(("", each) for each in times)]:
                out.setdefault(page, {})[crossed(group, cell["period"])] = few
    return out


def quarters(frames: Mapping[str, pd.DataFrame], smallest: int) -> list[dict[str, str]]:
    """List the quarters that lines over time tell of, as parts."""
    rows = frames.get("responses")
    if rows is None or "answered_at" not in rows:
        return []
    quarter = rows["answered_at"].dt.tz_localize(None).dt.to_period("Q").astype(str)
    return [{"period": name} for name in _told(quarter, _who(rows), smallest)]


def _who(rows: pd.DataFrame) -> pd.Series:
    """Name the person behind each row; nobody known is alone."""
    who = rows["customer_id"] if "customer_id" in rows else pd.Series(rows.index, rows.index)
    return who.astype(object).where(who.notna(), rows.index.to_series())


def _told(label: pd.Series, who: pd.Series, smallest: int) -> list[str]:
    """Name the periods that a line over time shows."""
    people = who.groupby(label.to_numpy()).nunique().drop("NaT", errors="ignore")
    whole = pd.DataFrame({"period": people.index, "n": people.to_numpy()})
    return whole.loc[~hidden(whole, smallest=smallest), "period"].tolist()


def _by_totals(dealt: Sequence[tuple], smallest: int) -> list[int]:
    """Name the places to hold back where there are too many to weigh together.

    Each quarter, or group, is dealt out over the parts of a segment, and each part over its
    quarters: those of too few people go, and a second one that would tell them from the total.
    """
    rows = pd.DataFrame(dealt, columns=["segment", "value", "of", "label", "n"]).astype(
        {"value": str, "label": str})  # fmt: skip
    enough = (rows["n"] >= smallest).to_numpy()
    gone, before = ~enough, np.zeros(0, bool)
    while not np.array_equal(gone, before):
        before = gone.copy()
        for out, over in (("value", "label"), ("label", "value")):
            names = {out: "group", over: "period", "segment": "term", "of": "part"}
            frame = rows.rename(columns=names).assign(n=rows["n"].mask(gone & enough, 1))
            gone |= hidden(frame, smallest=smallest)
    return (enough.cumsum() - 1)[gone & enough].tolist()


def telling(
    frames: Mapping[str, pd.DataFrame],
    asked: Sequence[Mapping[str, Any]],
    fixed: Sequence[Mapping[str, Any]],
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
    parts = [{}, *fixed, *asked]
    inside, sizes = _inside(alike, parts), np.bincount(people, minlength=len(alike))
    first, gone = 1 + len(fixed), set[int]()
    while True:
        shown = np.array([k for k in range(inside.shape[1]) if k - first not in gone])
        dims = _dimensions(alike, [parts[k] for k in shown])
        used = _combination(inside[:, shown], dims, people, who, smallest)
        able = [int(shown[k]) - first for k in used if shown[k] >= first]
        able = [place for place in able if dict(asked[place]) not in fixed]
        if not able:
            return sorted(gone)
        gone.add(min(able, key=lambda place: int(sizes @ inside[:, first + place])))


def _alike(
    frames: Mapping[str, pd.DataFrame], table: str, shown: Sequence[Mapping[str, Any]]
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Give the kinds of rows by what parts are made of, and of each person in each their codes."""
    rows, labels = frames[table], {}
    for name in dict.fromkeys(name for part in shown for name, _ in _said(part)):
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


def _said(part: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the segments, with their values, that make a part, and what it is crossed with."""
    own = [(part["segment"], part["value"])] if part.get("segment") else []
    return [*own, part["also"]] if "also" in part else own


def _labels(frames: Mapping[str, pd.DataFrame], table: str, segment: str) -> pd.Series:
    """Give the segment of each row; a table without it follows the customers who have it."""
    rows, people = frames[table], frames.get("customers")
    if segment in rows or people is None or segment not in people or "customer_id" not in rows:
        return rows.get(segment, pd.Series(None, rows.index, dtype=object))
    return rows["customer_id"].map(people.drop_duplicates("customer_id").set_index("customer_id")[
        segment])  # fmt: skip


def _inside(alike: pd.DataFrame, shown: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Say of each kind of rows whether it lies in each part."""
    out, known = np.ones((len(alike), len(shown)), bool), dict[tuple[str, Any], np.ndarray]()
    for k, part in enumerate(shown):
        for name, value in _marks(part):
            if (name, value) not in known:
                found = (alike[name] == value).to_numpy(bool, na_value=False)
                known[name, value] = found
            out[:, k] &= known[name, value]
    return out


def _marks(part: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Give all columns of `_alike`, with their labels, that a part is known by."""
    if not part.get("period"):
        return list(_said(part))
    wanted = pd.Period(part["period"])
    return [*_said(part), (wanted.freqstr, str(wanted))]


def _dimensions(alike: pd.DataFrame, shown: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Give the place of each kind of rows by what is shown: a code a label, -1 for all others."""
    out, marks = [], {mark for part in shown for mark in _marks(part)}
    for name in alike.columns:
        told = sorted(value for of, value in marks if of == name)
        codes = pd.Categorical(alike[name].astype(object), categories=told).codes
        out.append(codes.astype(int))
    return np.column_stack(out) if out else np.zeros((len(alike), 0), int)


def _few_together(kinds: np.ndarray, dims: np.ndarray) -> np.ndarray:
    """Give sets of kinds that a reader would ask for: a label, two crossed, one part less another.

    Of a dimension all labels that are not shown stand together, as the rest.
    """
    labels = [dims[:, [d]] == np.unique(dims[:, d]) for d in range(dims.shape[1])]
    sets = [kinds.astype(bool), *labels]
    for d, one in enumerate(labels):
        sets += [(one[:, :, None] & other[:, None, :]).reshape(len(kinds), -1)
                 for other in labels[d + 1 :]]  # fmt: skip
    size = kinds.astype(float).T @ kinds.astype(float)
    inner, outer = np.nonzero((size == np.diag(size)[:, None]) & ~np.eye(len(size), dtype=bool))
    if len(inner) <= MOST_SETS:
        sets.append(kinds[:, outer].astype(bool) & ~kinds[:, inner].astype(bool))
    return np.unique(np.hstack(sets), axis=1)


def _combination(
    inside: np.ndarray, dims: np.ndarray, people: np.ndarray, who: np.ndarray, smallest: int
) -> list[int]:
    """Give the parts whose sums tell of a set of too few people; empty if none do."""
    both, kind = np.unique(np.column_stack([inside, dims]), axis=0, return_inverse=True)
    kinds, dims = both[:, : inside.shape[1]], both[:, inside.shape[1] :]
    pairs = pd.DataFrame({"kind": kind.ravel()[people], "who": who}).drop_duplicates()
    sizes = np.bincount(pairs["kind"], minlength=len(kinds))
    once = int(pairs["who"].value_counts().max())  # kinds that one person is in
    sets = _few_together(kinds, dims)
    sets = sets[:, (sizes @ sets > 0) & (sizes @ sets < smallest * once)]
    person = sparse.csr_array(
        (np.ones(len(pairs)), (pairs["who"], pairs["kind"])), shape=(who.max() + 1, len(kinds))
    )
    told = [np.count_nonzero(person @ each.astype(float)) for each in sets.T]
    wanted = sets[:, np.array(told, dtype=int) < smallest].astype(float)
    small = np.flatnonzero((sizes > 0) & (sizes < smallest))
    # a set of kinds is a combination of parts where its shadow on what they span is all of it
    known = kinds.astype(float)
    depth, ways = np.linalg.eigh(known.T @ known)
    spans = depth > depth[-1] * 1e-11
    turn = ways[:, spans] / np.sqrt(depth[spans])
    shadows = ((wanted.T @ known @ turn) ** 2).sum(axis=1)
    near = wanted[:, shadows > wanted.sum(axis=0) - 1e-5]
    seen = known[small] @ turn
    shadow = seen @ seen.T
    own = np.diag(shadow)
    few = sizes[small][:, None] + sizes[small] < smallest
    whole = own[:, None] + own + 2 * shadow > 2 - 1e-5
    two = np.argwhere(np.triu(few & whole, 1))
    more = np.zeros((len(kinds), len(two)))
    for side in (0, 1):
        more[small[two[:, side]], np.arange(len(two))] = 1
    alone = np.eye(len(kinds))[:, small[own > 1 - 1e-5]]
    for each in np.hstack([alone, near, more]).T:
        found = np.linalg.lstsq(known, each, rcond=None)[0]
        if np.abs(known @ found - each).max() < 1e-8:
            return np.flatnonzero(np.abs(found) > 1e-8).tolist()
    return []
