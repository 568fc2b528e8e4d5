"""How many comparisons have been looked at, and how sure must the next one be?

Whoever clicks through a study looks until something stands out. So that browsing makes no
findings, the allowance for error of a whole sitting is spent look by look: the m-th comparison
has alpha / (m (m + 1)), which adds up to alpha however many there are and whatever made one stop
(the union bound; spending in advance after Lan and DeMets 1983). False-discovery control of
Benjamini and Yekutieli (2001) needs all comparisons at once, and would change with each click
what had been said before; what has been spent here stays said.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

from cxlab.results import count


@dataclass
class Looks:
    """The comparisons of one sitting.

    Attributes:
        level: confidence in all that is said in the sitting together.
        spent: what was looked at -> the confidence its comparisons were given.
        total: comparisons so far.
    """

    level: float = 0.95
    spent: dict[Hashable, float] = field(default_factory=dict)
    total: int = 0

    def look(self, what: Hashable, comparisons: int) -> float:
        """Give the confidence level for comparisons; the same look again costs nothing.

        Args:
            what: names the look.
            comparisons: how many it makes at once; they share what it may spend.

        Returns:
            The level of each, between `level` and 1; `level` itself where nothing is compared.

        Example:
            >>> sitting = Looks(level=0.95)
            >>> sitting.look("north", 1), round(sitting.look("south", 1), 6)
            (0.975, 0.991667)
        """
        if comparisons < 1:
            return self.level
        if what not in self.spent:
            first, self.total = self.total, self.total + comparisons
            share = (1 / (first + 1) - 1 / (self.total + 1)) / comparisons
            self.spent[what] = 1 - (1 - self.level) * share
        return self.spent[what]

    def told(self, *, adjusted: bool = True) -> str:
        """Say how many comparisons there were, and what that costs."""
        if not self.total:
            return "No comparison looked at yet."
        looked = f"{count(self.total, 'comparison')} looked at in this sitting"
        if not adjusted:
            return (
                f"{looked}; each interval is for one alone, with {self.level:.0%} confidence: of "
                "many, some will miss."
            )
        return (
            f"{looked}; intervals are widened so that all of them hold together with "
            f"{self.level:.0%} confidence."
        )
