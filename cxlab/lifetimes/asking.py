"""The words that tell how times are read, written once for every question about spells."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import pandas as pd

from cxlab.codebook import ordered, worded
from cxlab.lifetimes.spells import Spells, spells
from cxlab.results import Misuse, listing

Answer = TypeVar("Answer")
TIMES = {
    name: each for name, each in inspect.signature(spells).parameters.items() if name != "customers"
}
CUSTOMERS = inspect.Parameter(
    "customers", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=pd.DataFrame | Spells
)
SAID = {"customers": "one row per customer, or `Spells`."}
SAID |= dict.fromkeys(("start", "end", "since", "unit"), "how the times are read; see `spells`.")


def of_customers(ask: Callable[..., Answer]) -> Callable[..., Answer]:
    """Make a question about `Spells` one about customers, with the words of `spells`.

    Example:
        >>> @of_customers
        ... def longest(watched, *, level=0.95):
        ...     return float(watched.time.max())
        >>> longest(pd.DataFrame({"tenure": [3, 8], "churned": [1, 0]}))
        8.0
    """
    own = list(inspect.signature(ask).parameters.values())[1:]

    @functools.wraps(ask)
    def asked(customers: pd.DataFrame | Spells, *given: Any, **said: Any) -> Answer:
        times = {name: said.pop(name) for name in TIMES if name in said}
        if isinstance(customers, Spells) and (named := [name for name in times if times[name]]):
            raise Misuse(
                f"{listing(named)}: how the times are read was said when the spells were made."
            )
        return ask(spells(customers, **times), *given, **said)

    asked.__signature__ = ordered(ask, [CUSTOMERS, *own, *TIMES.values()])  # type: ignore[attr-defined]
    return worded(asked, SAID)
