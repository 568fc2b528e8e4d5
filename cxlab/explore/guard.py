"""Would this view, beside those already seen, tell of fewer people than may be shown?

Two views that are each large enough may differ by two people; whoever sees both has seen the two.
So every set of answers that was shown is remembered, and a set that lies inside another (or
around it) is shown only if those between them are nobody or enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cxlab.explore.chosen import Chips, answers, rows
from cxlab.results import count
from cxlab.study import Study


@dataclass
class Guard:
    """The sets of answers seen in one sitting.

    Attributes:
        study: the whole study.
        smallest: fewest people a shown set may hold.
    """

    study: Study
    smallest: int
    _seen: dict[tuple, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        frame = answers(self.study)
        ids = frame.get("customer_id")
        own = np.arange(len(frame))  # an answer without a customer is a person of its own
        codes = own if ids is None else ids.astype("category").cat.codes.to_numpy()
        self._people = np.where(codes < 0, own + codes.max() + 1, codes)
        self._most = int(np.bincount(self._people).max()) if len(frame) else 0

    def why_not(self, sets: Sequence[Chips]) -> str:
        """Say why sets of answers cannot be shown together now; remember them if they can.

        Args:
            sets: each the chips that choose it; those that nobody is in tell nothing.

        Returns:
            A sentence, empty where they may be shown.
        """
        marked = {_key(chips): rows(self.study, chips) for chips in sets}
        marked = {key: rows for key, rows in marked.items() if rows.any()}
        for which in marked.values():
            if self._few(which):
                return f"Fewer than {count(self.smallest, 'person')}: too few to be shown."
        # within a view, too, one set may lie inside another
        known = {**self._seen, **{key: int(which.sum()) for key, which in marked.items()}}
        for which in marked.values():
            if any(self._betrays(which, key, size, marked) for key, size in known.items()):
                return (
                    f"Beside what was already seen, this would tell of fewer than "
                    f"{count(self.smallest, 'person')}."
                )
        self._seen = known
        return ""

    def _betrays(
        self, which: np.ndarray, key: tuple, size: int, marked: dict[tuple, np.ndarray]
    ) -> bool:
        """Tell whether a set lies inside another, or around it, with too few between them."""
        apart = abs(size - int(which.sum()))
        if not 0 < apart < self.smallest * self._most:
            return False
        other = marked[key] if key in marked else rows(self.study, dict(key))
        between = which ^ other
        return int(between.sum()) == apart and self._few(between)

    def _few(self, which: np.ndarray) -> bool:
        return len(np.unique(self._people[which])) < self.smallest


def _key(chips: Chips) -> tuple:
    return tuple(sorted((name, _frozen(wanted)) for name, wanted in chips.items()))


def _frozen(wanted):
    return tuple(wanted) if isinstance(wanted, (list, tuple, set)) else wanted
