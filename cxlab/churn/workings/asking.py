"""What the words of a question about leaving mean, written once."""

from collections.abc import Callable
from typing import Any, TypeVar

from cxlab.codebook import worded

Asks = TypeVar("Asks", bound=Callable[..., Any])
SAID = {
    "study": "a study with end dates, with marks of leaving, or with orders.",
    "snapshot": "customers as known on a day, or on several; whether they left is known.",
    "snapshots": "one, or several days.",
    "model": "what `fit` returned.",
    "case": "the whole question, as `case` gives it.",
    "lookback": "how far back recent facts reach, `180D` or `6M`.",
    "gap": "time after the day that nobody can use; who leaves then is not judged.",
    "horizon": "stretch in which leaving counts.",
    "silence": "multiple of a buyer's usual gap after which silence counts as leaving.",
    "leavers": "`all`, or `voluntary`.",
    "groups": "bands of equal size, at most; as many as hold `smallest` customers each.",
    "smallest": "fewest customers of a band that is shown.",
    "value": "what a customer kept is worth: one number, or a feature's name.",
    "saved": "share of leavers kept by a call, as assumed.",
    "contacts": "most calls possible.",
    "limit": "most calls possible.",
    "key": "secret of the study, for pseudonyms; None shows ids as they are.",
    "level": "of the intervals.",
    "seed": "for all that is drawn at random.",
}


def question(ask: Asks) -> Asks:
    """Complete the help of a question by what its words mean in this room."""
    return worded(ask, SAID)
