"""In which words are questions asked? One order, and one meaning a word, for every room."""

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from cxlab.codebook.words import Refusal, did_you_mean

Answer = TypeVar("Answer")
Asks = TypeVar("Asks", bound=Callable[..., Any])
_ARGS = re.compile(r"\n\nArgs:((?:\n {4}.*)+)")
_OWN = re.compile(r"^ {4}\*{0,2}(\w+(?:, \w+)*): (.*(?:\n {8}.*)*)", re.MULTILINE)
_SECTION = re.compile(r"\n\n(?:Returns|Raises|Example):\n")

# what is asked: the first words of a question, after its frames
ABOUT = {
    "responses": "one row per answer.",
    "score": "`nps`, `csat`, `ces`, or a `Score`.",
    "scores": "the measures, as `metrics.asked` gives them.",
    "outcome": "column of the score.",
    "outcomes": "columns, the one that people state first.",
    "drivers": "columns of ratings, or name of a group -> its columns.",
    "ratings": "column of a rating -> its scale.",
    "items": "columns of the items.",
    "links": "columns, in the order of the chain.",
    "covariates": "columns that may go with it.",
    "controls": "columns held constant; of words, each value stands against the most frequent one.",
    "by": "column of the groups, such as region or store.",
}
# how it is asked: the last words; a question's own stand between those and these
HOW = {
    "weight": "column of weights.",
    "cluster": "column of what was drawn together, such as the customer.",
    "as_of": "the last moment known.",
    "timezone": "the study's zone.",
    "level": "confidence level of every interval.",
    "smallest": "groups with fewer answers are not shown.",
    "low_is_good": "columns of which a low value is good news.",
    "n_boot": "bootstrap replicates.",
    "seed": "for everything that is drawn.",
}
ORDER = (*ABOUT, "", *HOW)
NOTHING_MORE: Mapping[str, str] = {}


@dataclass(frozen=True)
class How:
    """How questions are asked: the words that a study settles for all of them, as one value.

    Attributes:
        weight: column of weights.
        cluster: column of what was drawn together, such as the customer.
        as_of: the last moment known.
        timezone: the zone of the calendar.
        level: confidence level of every interval.
        smallest: fewest people of a group that is shown.
        currency: what money is counted in.
        margins: what each period is brought to, so that no line moves by who was reached.
        low_is_good: columns of which a low value is good news.
    """

    weight: str | None = None
    cluster: str | None = None
    as_of: Any = None
    timezone: str | None = None
    level: float = 0.95
    smallest: int = 0
    currency: str = ""
    margins: Any = None
    low_is_good: tuple[str, ...] = ()


PLAIN = How()


class UnknownWord(Refusal, TypeError):
    """A question is asked with a word that it does not take, or without one that it needs."""


def guard(face: dict[str, Any]) -> None:
    """Let the questions of a room refuse, in a sentence, words that they do not take.

    Args:
        face: the names of the room's first screen, its `globals()`.
    """
    for name in face["__all__"]:
        if inspect.isfunction(face[name]):
            face[name] = _guarded(face[name])


def _guarded(question: Asks) -> Asks:
    """Give a question that looks at its words before it is asked."""
    hidden = {"how"} & set(question.__kwdefaults__ or ())

    @functools.wraps(question)
    def asked(*given: Any, **said: Any) -> Any:
        refuse_unknown(question, given, said.keys() - hidden)
        return question(*given, **said)

    return cast(Asks, asked)


def refuse_unknown(question: Callable[..., Any], given: Sequence[Any], said: Iterable[str]) -> None:
    """Refuse words that a question does not take, with the nearest, and those it lacks.

    Raises:
        UnknownWord: a word is not in its signature, one that it needs is not said, or too much is
            given without a word.
    """
    name, said = question.__name__, sorted(said)
    taken = _signature(question).parameters
    for word in said:
        if word not in taken:
            near = did_you_mean(word, taken) or f" It takes {', '.join(taken)}."
            raise UnknownWord(f"{name} takes no '{word}'.{near}")
    places = [each for each in taken.values() if each.kind is not each.KEYWORD_ONLY]
    if any(each.kind is each.VAR_POSITIONAL for each in places):
        return
    if len(given) > len(places):
        words = ", ".join(f"{each}=…" for each in list(taken)[len(places) :][:3])
        alone = ", ".join(each.name for each in places) or "nothing"
        raise UnknownWord(f"{name} takes {alone} without a word; say the rest as {words}.")
    told = {*said, *(each.name for each in places[: len(given)])}
    lacks = [each.name for each in taken.values() if each.default is each.empty]
    if lacks := [f"'{each}'" for each in lacks if each not in told]:
        raise UnknownWord(f"{name} needs {' and '.join(lacks)}.")


_signature = functools.cache(inspect.signature)


def question(
    *words: str,
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Give a question the words of `How`: keywords where it is asked, one value inside.

    Questions hand that value on to one another, as `how`.

    Args:
        words: those that it takes; if none is named, weight, cluster, level and smallest.

    Returns:
        What turns `ask(frame, *, its own words, how)` into a question, its help completed.

    Example:
        >>> @question("level")
        ... def ask(rows, *, how):
        ...     return how.level
        >>> ask([], level=0.9), str(inspect.signature(ask))
        (0.9, '(rows, *, level: float = 0.95)')
    """
    words = words or ("weight", "cluster", "level", "smallest")
    kinds, keyword = How.__dataclass_fields__, inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter(name, keyword, default=kinds[name].default, annotation=kinds[name].type)
        for name in words
    ]

    def make(ask: Callable[..., Answer]) -> Callable[..., Answer]:
        own = [each for each in inspect.signature(ask).parameters.values() if each.name != "how"]

        @functools.wraps(ask)
        def asked(*given: Any, how: How | None = None, **said: Any) -> Answer:
            mine = {name: said.pop(name) for name in words if name in said}
            return ask(*given, how=replace(how or PLAIN, **mine), **said)

        asked.__signature__ = ordered(ask, own + shared)  # type: ignore[attr-defined]
        return worded(asked)

    return make


def placed(names: Iterable[str]) -> list[str]:
    """Put the words of a question in the one order; its own keep theirs, in the middle.

    Example:
        >>> placed(["seed", "model", "weight", "outcome"])
        ['outcome', 'model', 'weight', 'seed']
    """
    return sorted(names, key=lambda name: ORDER.index(name if name in ORDER else ""))


def ordered(question: Callable[..., Any], parameters: Sequence[inspect.Parameter]):
    """Give a signature of these parameters: frames first, then words in the one order."""
    keys = {each.name: each for each in parameters}
    frames = [name for name, each in keys.items() if each.kind is not each.KEYWORD_ONLY]
    names = [*frames, *placed(name for name in keys if name not in frames)]
    back = inspect.signature(question).return_annotation
    return inspect.Signature([keys[name] for name in names], return_annotation=back)


def worded(question: Asks, more: Mapping[str, str] = NOTHING_MORE) -> Asks:
    """Complete the docstring of a question: a line on each word that it shares with others.

    What the docstring says of a word itself stays; only the section `Args` changes. `more` says
    what the words of one room mean.

    Example:
        >>> def ask(rows, *, level=0.95):
        ...     "Ask."
        >>> print(worded(ask).__doc__)
        Ask.
        <BLANKLINE>
        Args:
            level: confidence level of every interval.
    """
    text = inspect.cleandoc(question.__doc__ or "")
    found = _ARGS.search(text)
    said = _OWN.findall(found[1]) if found else []
    own = {name: line for names, line in said for name in names.split(", ")}
    meant = {**ABOUT, **HOW, **more, **own}
    names = [name for name in inspect.signature(question).parameters if name in meant]
    lines = [f"    {name}: {meant[name]}" for name in names]
    section = _SECTION.search(text)
    place = found.start() if found else section.start() if section else len(text)
    rest = text[found.end() if found else place :]
    question.__doc__ = f"{text[:place]}\n\nArgs:\n" + "\n".join(lines) + rest
    return question
