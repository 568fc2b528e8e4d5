"""Which columns of a table are about too few people, or would tell the numbers of those."""

from collections.abc import Iterator

import numpy as np

from cxlab.questions.columns import Columns


def held(n: np.ndarray, columns: Columns, *, smallest: int) -> np.ndarray:
    """Say which columns are held back, where a table shows these bases.

    A column with fewer people than `smallest` is held back. Where those held back of a breakdown,
    of a row or of a column of nested ones, are a single column or together still too few, the
    next smallest goes with them: else taking the others from the total would tell them.

    Args:
        n: people of each column; the first column is everyone.
        columns: the columns.
        smallest: fewest people of a group that is shown.

    Returns:
        True where a column is held back; all are where everyone is too few.
    """
    gone = (n > 0) & (n < smallest)
    if smallest <= 1 or not gone.any():
        return np.zeros(len(n), bool)
    if gone[0]:
        return n > 0
    sets = [np.array(places) for places in _sums(columns)]
    while True:
        more = [_second(places, n, gone, smallest) for places in sets]
        if not any(more):
            return gone
        gone[[at for at in more if at]] = True


def _sums(columns: Columns) -> Iterator[list[int]]:
    """Give the sets of columns that add up to a number that is told, or may be."""
    for name, span in columns.spans.items():
        yield list(span)
        inside = columns.nested.get(name, ())
        for depth in range(len(inside[0]) if inside else 0):
            others = {each[:depth] + each[depth + 1 :] for each in inside}
            for other in sorted(others):
                yield [span[at] for at, each in enumerate(inside)
                       if each[:depth] + each[depth + 1 :] == other]  # fmt: skip


def _second(places: np.ndarray, n: np.ndarray, gone: np.ndarray, smallest: int) -> int:
    """Give the column that has to go with those held back of a set; 0 where none has to."""
    there = places[n[places] > 0]
    out = there[gone[there]]
    left = there[~gone[there]]
    if not len(out) or not len(left) or (len(out) > 1 and n[out].sum() >= smallest):
        return 0
    return int(left[np.argmin(n[left])])
