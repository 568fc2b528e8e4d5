"""Who saw a question? Where the answers to an earlier one tell it, and only there."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cxlab.codebook import DOUBT
from cxlab.questionnaire.asked import IN_WORDS, NOT_ANSWERED, NOT_ASKED, Asked
from cxlab.results import count, listing

FEWEST = 10  # people whom the route leaves out, below which it may be chance
USUAL = 0.6  # share of those asked who have to answer
_MOST = 15  # answers of a question that may be a gate
_LOOKED_AT = 50_000  # people among whom a gate is looked for


def routed(questions: Sequence[Asked]) -> tuple[Asked, ...]:
    """Take an empty cell for 'not asked' where an earlier answer tells who was asked.

    A question counts as put only to those who gave certain answers to an earlier question of
    one choice, where of all others, ten people at least, nobody answered it, and of those who
    gave them most did. Whoever left the earlier question empty is left as he is.

    Args:
        questions: in the order they were asked.

    Returns:
        The same questions; whose route was found says so in a note.
    """
    gates = [
        (at, q) for at, q in enumerate(questions)
        if q.kind in ("single", "scale") and 2 <= len(q.answers) <= _MOST
    ]  # fmt: skip
    if not gates:
        return tuple(map(_told_apart, questions))
    step = max(1, questions[0].codes.shape[1] // _LOOKED_AT)
    hot = [(at, a, q.codes[0, ::step] == a) for at, q in gates for a in range(len(q.answers))]
    sides = np.stack([each for _, _, each in hot]).astype(np.float32)
    filled = np.stack([q.answered()[::step] for q in questions]).astype(np.float32)
    size, answered = sides.sum(axis=1), sides @ filled.T
    owner = np.array([at for at, _, _ in hot])
    out = []
    for at, question in enumerate(questions):
        if question.name.endswith(IN_WORDS):  # that few wrote something is no route
            out.append(question)
            continue
        best = _gate(at, question, gates, owner, size, answered[:, at])
        out.append(_told_apart(question if best is None else _put_to(question, *best)))
    return tuple(out)


def _gate(at: int, question: Asked, gates, owner, size, answered) -> tuple[Asked, list[int]] | None:
    """Find the earlier question that leaves out the most people who did not answer."""
    if (question.codes == NOT_ASKED).any() or question.answered().mean() > 0.99:
        return None
    found: list[tuple[int, Asked, list[int]]] = []
    for place, gate in gates:
        if place >= at:
            break
        mine = owner == place
        open_ = [a for a, n in enumerate(answered[mine]) if n > 0]
        shut = int(size[mine][answered[mine] == 0].sum())
        inside = size[mine][open_].sum()
        if open_ and shut >= FEWEST and answered[mine][open_].sum() >= USUAL * inside:
            found.append((shut, gate, open_))
    for _, gate, open_ in sorted(found, key=lambda each: -each[0]):
        left = (gate.codes[0] >= 0) & ~np.isin(gate.codes[0], open_)
        if not question.answered()[left].any():
            return gate, open_
    return None


def _told_apart(question: Asked) -> Asked:
    """Say of choose-all whose empty rows are neither 'none' nor 'not asked' for sure."""
    if question.kind != "choose all":
        return question
    blank = int((question.codes == NOT_ANSWERED).all(axis=0).sum())
    chose = (question.codes == 1).any(axis=0)
    if not blank or question.missing or (question.answered() & ~chose).any():
        return question
    note = (
        f"{DOUBT}'{question.name}': {count(blank, 'row')} hold nothing at all; who was not asked "
        "and who chose none cannot be told apart, so they are left out of its base. Write "
        "'none: empty' if they were asked and chose none."
    )
    return replace(question, notes=(*question.notes, note))


def _put_to(question: Asked, gate: Asked, open_: list[int]) -> Asked:
    left = (gate.codes[0] >= 0) & ~np.isin(gate.codes[0], open_)
    codes = np.where(left & (question.codes == NOT_ANSWERED), NOT_ASKED, question.codes)
    said = listing([f"'{gate.answers[a]}'" for a in open_], 6)
    note = (
        f"{DOUBT}'{question.name}' is taken as put only to those who answered {said} to "
        f"'{gate.name}': of {count(int(left.sum()), 'other person')} nobody answered it. If they "
        f"saw it, write it above '{gate.name}' under 'questions'."
    )
    return replace(question, codes=codes.astype(question.codes.dtype),
                   notes=(*question.notes, note))  # fmt: skip
