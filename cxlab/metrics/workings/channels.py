"""Were groups that are compared asked in the same way?"""

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.metrics.workings.answers import Answers, By
from cxlab.results import listing

MODE = "channel"
MODE_NOTE = (
    "Ways of asking may change the answer itself: a person on the telephone hears higher scores "
    "than a form does. Adjusting removes who was asked, not how."
)


def mode_note(answers: Answers, by: By = None, *, group: np.ndarray | None = None) -> list[str]:
    """Say when groups that are compared were asked in different ways.

    Args:
        answers: the answers compared.
        by: column of the groups; comparing ways of asking always has the note.
        group: code of each answer's group, if not that of the answers.
    """
    if by == MODE or (isinstance(by, list | tuple) and MODE in by):
        return [MODE_NOTE]
    if answers.mode is None:
        return []
    group = answers.group if group is None else group
    codes, modes = pd.factorize(answers.mode)
    told = codes >= 0
    if len(modes) < 2 or not told.any():
        return []
    table = stats.tally(group[told], codes[told], groups=int(group.max()) + 1, cells=len(modes)).n
    test = stats.chi_square(table)
    if test.p_value > 0.001 or test.effect < 0.1:
        return []
    ways = listing([str(mode) for mode in modes], 4)
    return [
        f"The groups were asked in different ways ({ways}, in unlike shares): part of a "
        "difference may be the way of asking. See metrics.adjusted."
    ]
