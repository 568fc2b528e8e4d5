"""The rooms as a page asks them: what the data cannot say is a value, handed from call to call.

`from cxlab.desk import metrics, plots, results, study` gives the same questions as
`from cxlab import …`, with one difference: a question whose data cannot carry it returns a
`results.Absence` where the plain call raises its named error, and a question that is handed an
absence, or nothing where it needs a table, hands on why.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

import pandas as pd

from cxlab import shell
from cxlab.codebook import How, label, refuse_unknown
from cxlab.results import Absence, Result, Unanswerable, absent

shell.quiet()

ROOMS = (
    "churn",
    "drivers",
    "journey",
    "metrics",
    "missing",
    "plots",
    "questions",
    "retention",
    "value",
    "voice",
    "weighting",
)
PLAIN = ("results", "stats", "study")  # what opens a study, and words: nothing to be absent

# what a study without it lacks, by the name under which questions take it
LACKS = {
    "by": ("The study names no segment to compare.", "a segment with at least two groups"),
    "date": ("No day is named on which something changed.", "the parameter 'changed_on'"),
    "customers": ("The study holds no customer list.", "a table 'customers'"),
    "orders": ("The study holds no orders.", "a table 'orders'"),
    "interactions": ("The study holds no contacts.", "a table 'interactions'"),
    "visits": ("The study holds no visits.", "a table 'visits'"),
    "answers": ("No question was asked, so none was left empty.", "a table 'responses'"),
    "responses": ("The study holds no survey answers.", "a table 'responses'"),
    "questions": ("No question was asked, so none was left empty.", "a table 'responses'"),
    "posts": ("The study holds no reviews.", "a table 'reviews'"),
    "score": ("The study has no score.", "answers with a score such as NPS or CSAT"),
    "asked": ("How many were asked is not known.", "a customer list that finds the answers"),
    "invited": ("How many were asked is not known.", "a customer list that finds the answers"),
    "treated": ("The study declares no experiment.", "'experiment:' in the study file"),
}  # fmt: skip


class Desk:
    """A room whose questions take and give absences."""

    def __init__(self, room: ModuleType) -> None:
        self._room = room
        self.__doc__ = room.__doc__

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._room, name)
        return asked(found) if inspect.isfunction(found) else found

    def __dir__(self) -> list[str]:
        return list(getattr(self._room, "__all__", dir(self._room)))


def asked(question: Callable[..., Any]) -> Callable[..., Any]:
    """Give a question as a page asks it.

    Args:
        question: a public function of a room.

    Returns:
        The same question. Handed an absence it hands it on; handed nothing where it needs
        something, or unable to answer, it returns an absence. `how`, the words of a study
        (`Study.how`), fills in those parameters that the question has and the call does not name;
        `cluster` only where the first table holds somebody more than once. Comments, themes and
        tones are told by the answers they stand in.
    """
    signature = inspect.signature(question)
    name = f"{question.__module__.split('.')[1]}.{question.__name__}"

    @functools.wraps(question)
    def ask(*given: Any, how: How | None = None, **words: Any) -> Any:
        words = {**_fitting(how, signature, given), **words}
        refuse_unknown(question, given, words)
        if gone := _gone(signature, given, words, drawn=name.startswith("plots.")):
            return gone[0]
        try:
            return question(*given, **words)
        except Unanswerable as refusal:
            return absent(refusal, of=name)

    return ask


def _fitting(
    how: How | None, signature: inspect.Signature, given: tuple[Any, ...]
) -> dict[str, Any]:
    """Give the words of a study that a question has, and that say something of its table."""
    told = {} if how is None else vars(how)
    taken, needed = signature.parameters, inspect.Parameter.empty
    words = {
        name: each
        for name, each in told.items()
        if name in taken and (each is not None or taken[name].default is needed)
    }
    first = given[0] if given else None
    held = getattr(first, "frame", None)
    if held is not None and "weight" in words and words["weight"] not in held:
        words["weight"] = None  # nobody knows for how many a review stands
    table = first if held is None else held
    if cluster := words.get("cluster"):
        there = table[cluster] if isinstance(table, pd.DataFrame) and cluster in table else None
        again = there is not None and there.dropna().duplicated().any()
        words["cluster"] = cluster if again else None
    return words


def _gone(
    signature: inspect.Signature, given: tuple[Any, ...], words: Mapping[str, Any], *, drawn: bool
) -> list[Absence]:
    """Find what a call is handed that is absent, or that is nothing and must be something."""
    handed = signature.bind_partial(*given, **words).arguments
    for name, value in handed.items():
        if isinstance(value, Absence):
            return [value]
        if isinstance(value, Result) and drawn and value.frame.empty:
            return [Absence(value.headline)]
        if value is None and signature.parameters[name].default is inspect.Parameter.empty:
            return [lacking(name)]
    return []


def lacking(name: str) -> Absence:
    """Say that the study does not hold what a question takes under a name.

    Example:
        >>> lacking("orders").sentence
        "The study holds no orders. It needs a table 'orders'."
    """
    why, needs = LACKS.get(name, (f"The study holds no {label(name)}.", ""))
    return Absence(why, needs)


def __getattr__(name: str) -> Any:
    """Open a room when it is first asked for."""
    if name in ROOMS:
        return Desk(import_module(f"cxlab.{name}"))
    if name in PLAIN:
        return import_module(f"cxlab.{name}")
    raise AttributeError(f"the desk has no room '{name}'")


def __dir__() -> list[str]:
    return [*ROOMS, *PLAIN]
