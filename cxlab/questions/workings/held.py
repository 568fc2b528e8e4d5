"""Which columns of a table are about too few people, tell the numbers of those, or tell nothing."""

from collections.abc import Sequence

import numpy as np
from scipy import linalg

from cxlab.questionnaire import Asked
from cxlab.questions.workings.blocks import ANSWER, Block
from cxlab.questions.workings.cells import Cells
from cxlab.questions.workings.columns import Columns, Sum
from cxlab.questions.workings.telling import FLAGGED

_NO_FREEDOM = 1e-9


def held(done: Cells, columns: Columns, *, smallest: int) -> np.ndarray:
    """Say which columns are held back, where a table shows the bases of these cells.

    A column with fewer people than `smallest` is held back. Where those held back of a breakdown,
    of a row or of a column of nested ones, are together still too few, or one of them follows from
    all sums that are told (those of nested breakdowns beside their own), the next smallest goes
    with them.

    Args:
        done: the cells of a block; the first column is everyone.
        columns: the columns.
        smallest: fewest people of a group that is shown.

    Returns:
        True where a column is held back; all are where everyone is too few.
    """
    n = done.units
    gone = (n > 0) & (n < smallest)
    if smallest <= 1 or not gone.any():
        return np.zeros(len(n), bool)
    if gone[0]:
        return n > 0
    sums = [Sum(places[n[places] > 0], each.whole) for each in columns.sums
            for places in [np.array(each.places, dtype=int)]]  # fmt: skip
    while True:
        more = {_second(each.places, done, gone, smallest) for each in sums} - {0}
        more = more or {_freed(at, sums, n, gone) for at in _solved(sums, gone)} - {0}
        if not more:
            return gone
        gone[[*more]] = True


def itself(question: Asked, done: Sequence[tuple[Block, Cells]], columns: Columns) -> np.ndarray:
    """Say which columns break a question down by itself, by its own or by another name.

    Args:
        question: of one choice; the items of choose-all are worth crossing with one another.
        done: its cells.
        columns: the columns.

    Returns:
        True where a column belongs to such a breakdown.
    """
    own = np.zeros(len(columns.group), bool)
    if question.kind == "choose all" or len(question.items) > 1 or not question.answers:
        return own
    block, cells = done[0]
    answers = cells.estimate[np.array(block.part) == ANSWER]
    for name, span in columns.spans.items():
        places = np.array(span, dtype=int)
        known = places[cells.n[places] > 0]
        shares = answers[:, known]
        one_to_one = (
            len(known) > 1
            and cells.n[known].sum() >= FLAGGED  # of fewer it may be chance
            and ((shares == 0) | (shares == 1)).all()
            and (shares.sum(axis=0) == 1).all()
            and (shares.sum(axis=1) <= 1).all()
        )
        own[places] = one_to_one or question.name in columns.parts.get(name, ())
    return own


def _second(places: np.ndarray, done: Cells, gone: np.ndarray, smallest: int) -> int:
    """Give the column that has to go with those held back of a sum; 0 where none has to."""
    out, left = places[gone[places]], places[~gone[places]]
    if not len(out) or not len(left) or (len(out) > 1 and done.people(out) >= smallest):
        return 0
    return int(left[np.argmin(done.n[left])])


def _solved(sums: Sequence[Sum], gone: np.ndarray) -> list[int]:
    """Give the columns held back that the sums leave no freedom: all solutions agree on them."""
    unknown = np.flatnonzero(gone)
    where = {int(at): place for place, at in enumerate(unknown)}
    lines = np.zeros((len(sums), len(unknown)))
    for line, each in zip(lines, sums, strict=True):
        line[[where[int(at)] for at in each.places if gone[at]]] = 1.0
        if each.whole in where:
            line[where[each.whole]] = -1.0
    free = linalg.null_space(lines[lines.any(axis=1)])
    fixed = np.abs(free).max(axis=1, initial=0.0) < _NO_FREEDOM
    return [int(at) for at in unknown[fixed]]


def _freed(at: int, sums: Sequence[Sum], n: np.ndarray, gone: np.ndarray) -> int:
    """Give the smallest column shown that stands in a sum with this one; 0 where none does."""
    near = {int(c) for each in sums if at in each.places or at == each.whole
            for c in (*each.places, each.whole) if c and not gone[c]}  # fmt: skip
    return min(near, key=lambda c: n[c], default=0)
