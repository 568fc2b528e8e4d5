"""In which words are questions asked? One order, and one meaning a word, for every room."""

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

Asks = TypeVar("Asks", bound=Callable[..., Any])
_ARGS = re.compile(r"\n\nArgs:((?:\n {4}.*)+)")
_OWN = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
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
    "weight": "column of weights; in `drivers` also a `Survey`.",
    "cluster": "column of what was drawn together, such as the customer.",
    "as_of": "the last moment known.",
    "timezone": "the study's zone.",
    "level": "confidence level of every interval.",
    "smallest": "groups with fewer answers are not shown.",
    "n_boot": "bootstrap replicates.",
    "seed": "for everything that is drawn.",
}
ORDER = (*ABOUT, "", *HOW)


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


def worded(question: Asks) -> Asks:
    """Complete the docstring of a question: a line on each word that it shares with others.

    What the docstring says of a word itself stays; only the section `Args` changes.

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
    own = dict(_OWN.findall(found[1])) if found else {}
    lines = [
        f"    {name}: {own.get(name) or ABOUT.get(name) or HOW[name]}"
        for name in inspect.signature(question).parameters
        if name in own or name in ABOUT or name in HOW
    ]
    section = _SECTION.search(text)
    place = found.start() if found else section.start() if section else len(text)
    rest = text[found.end() if found else place :]
    question.__doc__ = f"{text[:place]}\n\nArgs:\n" + "\n".join(lines) + rest
    return question
