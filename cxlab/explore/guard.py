"""Would this view, beside those already seen, tell of fewer people than may be shown?

Two views that are each large enough may differ by two people; whoever sees both has seen the two.
So every set of answers that was shown is remembered, and a set that lies inside another (or
around it) is shown only if those between them are nobody or enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cxlab.explore.cube import Chips, Cube
from cxlab.results import count


@dataclass
class Guard:
    """The sets of answers seen in one sitting.

    Attributes:
        cube: the answers.
        smallest: fewest people a shown set may hold.
    """

    cube: Cube
    smallest: int
    _seen: dict[tuple, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        most = np.sort(np.bincount(self.cube.people))[-max(self.smallest - 1, 1) :]
        self._sure = int(most.sum()) + 1  # so many answers are of enough people, whoever they are

    def why_not(self, sets: Sequence[Chips]) -> str:
        """Say why sets of answers cannot be shown together now; remember them if they can.

        Args:
            sets: each the chips that choose it; those that nobody is in tell nothing.

        Returns:
            A sentence, empty where they may be shown.
        """
        marked = {_key(chips): self.cube.rows(chips) for chips in sets}
        marked = {key: which for key, which in marked.items() if which.any()}
        for which in marked.values():
            if self._few(which):
                return f"Fewer than {count(self.smallest, 'person')}: too few to be shown."
        # within a view, too, one set may lie inside another
        known = {
            **self._seen,
            **{key: int(np.count_nonzero(which)) for key, which in marked.items()},
        }
        for key, which in marked.items():
            near = [each for each, n in known.items() if 0 < abs(n - known[key]) < self._sure]
            if any(self._betrays(which, each, known, marked) for each in near):
                return (
                    f"Beside what was already seen, this would tell of fewer than "
                    f"{count(self.smallest, 'person')}."
                )
        self._seen = known
        return ""

    def _betrays(
        self,
        which: np.ndarray,
        key: tuple,
        known: dict[tuple, int],
        marked: dict[tuple, np.ndarray],
    ) -> bool:
        """Tell whether a set lies inside another, or around it, with too few between them."""
        other = marked[key] if key in marked else self.cube.rows(dict(key))
        between = which ^ other
        apart = abs(known[key] - np.count_nonzero(which))
        return np.count_nonzero(between) == apart and self._few(between)

    def _few(self, which: np.ndarray) -> bool:
        places = np.flatnonzero(which)
        if len(places) >= self._sure:
            return False
        return len(np.unique(self.cube.people[places])) < self.smallest


def _key(chips: Chips) -> tuple:
    return tuple(sorted((name, _frozen(wanted)) for name, wanted in chips.items()))


def _frozen(wanted):
    return tuple(wanted) if isinstance(wanted, (list, tuple, set)) else wanted
