"""What is doubted of several questions is said of all of them at once."""

import re
from collections.abc import Sequence

from cxlab.codebook import DOUBT
from cxlab.results import count, listing

COUNTED = "counted as answers of a scale of"  # an end that may be no answer
ROUTED, ALIKE = "is taken as put only", "The same is taken of"  # whom a question was put to
_ALONE = "beside no other answer."
_SAID = re.compile(
    rf"{DOUBT}(.+) (?:is|are|stands|stand) ((?:{COUNTED}|{re.escape(_ALONE)}) .+)", re.DOTALL
)


def lone_zero(name: str, times: int) -> str:
    """Doubt a code 0 that nobody gave beside another answer: it may stand for none."""
    return (
        f"{DOUBT}'{name}': 0 ({count(times, 'time')}) stands {_ALONE} If it means 'none of these', "
        "write none: '0'; if 'no answer', missing: ['0']."
    )


def at_once(notes: Sequence[str]) -> list[str]:
    """Give doubts that differ in the question alone one sentence; what one says of all stands once.

    Args:
        notes: of several questions, in order.
    """
    alike: dict[str, list[str]] = {}
    for note in notes:
        said = _SAID.fullmatch(note)
        alike.setdefault(said[2] if said else note, []).append(note)
    told = [_one(same, write) for write, same in alike.items()]
    routes = [note for note in told if note.startswith(DOUBT) and ALIKE in note]
    return [note for note in told if not _told_by(note, routes)]


def _one(same: Sequence[str], write: str) -> str:
    of = [said[1] for note in same if (said := _SAID.fullmatch(note))]
    verb = "are" if write.startswith(COUNTED) else "stand"
    return same[0] if len(of) < 2 else f"{DOUBT}{listing(of, 8)} {verb} {write}"


def _told_by(note: str, routes: Sequence[str]) -> bool:
    route = note.partition(ROUTED)[2]
    return bool(route) and not note.startswith(DOUBT) and any(route in each for each in routes)
