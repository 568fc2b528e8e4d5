"""Ways read once, in order, some people at a time: numbers for people, names and turns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

AT_ONCE = 1_000_000  # events that are read at a time


@dataclass(frozen=True, eq=False)
class Stretch:
    """The events of some people, whole and in order, one an entry.

    Attributes:
        who: number of the person, from 0.
        event, next: place of the name; of what follows in the visit, the number of names at its
            end.
        step: place in the visit, from 1.
        us: microseconds since 1970.
    """

    who: np.ndarray
    event: np.ndarray
    next: np.ndarray
    step: np.ndarray
    us: np.ndarray


def names_of(table: Any) -> list[str]:
    """Give the names of a table of ways kept in our engine, in the order of their places."""
    run = table.get_backend().con.execute
    kind = run(f"select enum_range(event) from {table.get_name()} limit 1").fetchall()
    return list(kind[0][0]) if kind else []


def stretches(table: Any) -> Iterator[Stretch]:
    """Read a table of ways kept in our engine, in the order in which it was written."""
    columns = (
        "who, enum_code(event)::smallint as event, step::int as step, us, "
        "coalesce(enum_code(next)::smallint, len(enum_range(event))::smallint) as next"
    )
    found = table.get_backend().con.sql(f"select {columns} from {table.get_name()}")
    held: dict[str, np.ndarray] = {}
    for batch in found.to_arrow_reader(AT_ONCE):
        read = {name: batch.column(name).to_numpy() for name in batch.schema.names}
        if held:
            read = {name: np.concatenate([held[name], read[name]]) for name in read}
        who = read["who"]
        cut = int(np.searchsorted(who, who[-1])) if len(who) else 0  # the last one may go on
        held = {name: each[cut:] for name, each in read.items()}
        if cut:
            yield _stretch({name: each[:cut] for name, each in read.items()})
    if held and len(held["who"]):
        yield _stretch(held)


def _stretch(read: dict[str, np.ndarray]) -> Stretch:
    return Stretch(**{**read, "who": read["who"] - read["who"][0]})


def runs(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each number once, in order, and how often it occurs."""
    keys = np.sort(keys)
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
    return keys[first], np.diff(np.append(first, len(keys)))


def edges(stretch: Stretch, term: np.ndarray, against: np.ndarray, names: int) -> np.ndarray:
    """Count pairs of places (each below `names` + 1), and what their intervals take.

    Returns:
        (7, names + 1, names + 1): how often, people, sums over people of x² and xy; and, told
        alike for all that follow a place, sums of y and y² and people, where x counts a
        person's pairs and y all that start like it.
    """
    wide = names + 1
    key, x = runs((stretch.who.astype(np.int64) * wide + term) * wide + against)
    pair, start = key % wide**2, key // wide
    first = np.flatnonzero(np.concatenate([[True], start[1:] != start[:-1]])[: len(start)])
    y = np.add.reduceat(x, first) if len(x) else x
    ys = np.repeat(y, np.diff(np.append(first, len(start))))
    of_pair = [np.bincount(pair, each, wide**2).reshape(wide, wide)
               for each in (x, None, x * x, x * ys)]  # fmt: skip
    of_term = [np.bincount(start[first] % wide, each, wide)[:, None] * np.ones(wide)
               for each in (y, y * y, None)]  # fmt: skip
    return np.array([*of_pair, *of_term], float)


def first_turns(stretch: Stretch, steps: list[int]) -> np.ndarray:
    """Give for each person the place of the first event of each step after the one before.

    Returns:
        (steps, people): places in the stretch, -1 where a step is not reached.
    """
    people = int(stretch.who[-1]) + 1
    out = np.full((len(steps), people), -1)
    for rank, step in enumerate(steps):
        at = np.flatnonzero(stretch.event == step)
        if rank:
            before = out[rank - 1][stretch.who[at]]
            at = at[(before >= 0) & (at > before)]
        who = stretch.who[at]
        new = np.concatenate([[True], who[1:] != who[:-1]])[: len(who)]
        out[rank, who[new]] = at[new]
    return out
