"""Who saw a question? As the study file says; else where the answers to an earlier one tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cxlab.codebook import DOUBT, Question, did_you_mean
from cxlab.questionnaire import doubts
from cxlab.questionnaire.asked import IN_WORDS, NOT_ANSWERED, NOT_ASKED, Asked
from cxlab.questionnaire.cells import QuestionError, same
from cxlab.questionnaire.chosen import says_none
from cxlab.results import count, listing

FEWEST = 10  # people whom the route leaves out, below which it may be chance
USUAL = 0.6  # share of those asked who have to answer
_MOST = 15  # answers of a question that may be a gate
_LOOKED_AT = 50_000  # people among whom a gate is looked for


def put_to(questions: Sequence[Asked], said: Mapping[str, Question]) -> tuple[Asked, ...]:
    """Take for not asked whom the route that a study file declares leaves out.

    Args:
        questions: all questions, so that a score may be where the way parts.
        said: name -> what the study file says.

    Returns:
        The same questions. Who answered although the route leaves them out still counts.

    Raises:
        QuestionError: names the question or answer that is not there.
    """
    named = {each.name: each for each in questions}
    return tuple(
        _declared(each, said[each.name], named)
        if each.name in said and said[each.name].asked_of else each
        for each in questions
    )  # fmt: skip


def _declared(question: Asked, said: Question, named: Mapping[str, Asked]) -> Asked:
    asked, notes = np.ones(question.codes.shape[1], bool), []
    for name, answers in said.asked_of.items():
        if name not in named or name == question.name:
            others = [each for each in named if each != question.name]
            raise QuestionError(
                f"questions.{question.name}: 'asked_of' names '{name}', which is no other question."
                f"{did_you_mean(name, others)}"
            )
        asked &= _gave(named[name], answers, question.name)
        quoted = listing([f"'{each}'" for each in answers])
        notes.append(f"{quoted} to '{name}'")
    against = int((~asked & question.answered()).sum())
    note = f"'{question.name}' was put to those who answered {listing(notes)}."
    if against:
        note = f"{DOUBT}{note[:-1]}; {count(against, 'answer')} of others are counted all the same."
    codes = np.where(~asked & (question.codes == NOT_ANSWERED), NOT_ASKED, question.codes)
    return replace(question, codes=codes.astype(question.codes.dtype),
                   notes=(*question.notes, note))  # fmt: skip


def _gave(gate: Asked, answers: Sequence[str], name: str) -> np.ndarray:
    """Say who gave one of these answers, or chose one of these items."""
    offered = [same(each) for each in (gate.answers or gate.items)]
    for answer in answers:
        if same(answer) not in offered:
            near = did_you_mean(answer, gate.answers or gate.items)
            raise QuestionError(
                f"questions.{name}: 'asked_of' names '{answer}', which is no answer to "
                f"'{gate.name}'.{near}"
            )
    places = [offered.index(same(answer)) for answer in answers]
    hit = np.isin(gate.codes, places) if gate.answers else gate.codes[places] == 1
    return np.any(hit, axis=0)


def routed(
    questions: Sequence[Asked], said: Mapping[str, Question] | None = None
) -> tuple[Asked, ...]:
    """Take an empty cell for 'not asked' where an earlier answer tells who was asked.

    A question counts as put only to those who gave certain answers to an earlier question of
    one choice, where of all others, ten people at least, nobody answered it, and of those who
    gave them most did. Whoever left the earlier question empty is left as he is.

    Args:
        questions: in the order they were asked.
        said: name -> what the study file says; whose route it declares is left as it is.

    Returns:
        The same questions; whose route was found says so in a note.
    """
    said = said or {}
    gates = [
        (at, q) for at, q in enumerate(questions)
        if q.kind in ("single", "scale") and 2 <= len(q.answers) <= _MOST
    ]  # fmt: skip
    if not gates:
        return tuple(_told_apart(each, said.get(each.name)) for each in questions)
    step = max(1, questions[0].codes.shape[1] // _LOOKED_AT)
    hot = [(at, a, q.codes[0, ::step] == a) for at, q in gates for a in range(len(q.answers))]
    sides = np.stack([each for _, _, each in hot]).astype(np.float32)
    filled = np.stack([q.answered()[::step] for q in questions]).astype(np.float32)
    size, answered = sides.sum(axis=1), sides @ filled.T
    owner = np.array([at for at, _, _ in hot])
    out: list[Asked] = []
    routes: dict[tuple, tuple[tuple[Asked, list[int]], list[int]]] = {}
    for at, question in enumerate(questions):
        mine = said.get(question.name)
        if question.name.endswith(IN_WORDS) or (mine and mine.asked_of):
            out.append(question)  # that few wrote something is no route
            continue
        best = _gate(at, question, gates, owner, size, answered[:, at])
        if best is not None:
            question = _put_to(question, *best)
            routes.setdefault((best[0].name, *best[1]), (best, []))[1].append(len(out))
        out.append(_told_apart(question, mine))
    for (gate, open_), places in routes.values():
        for at in places:
            alike = [out[one].name for one in places if one != at] if at == places[0] else None
            note = _route(out[at].name, gate, open_, alike)
            out[at] = replace(out[at], notes=(note, *out[at].notes))
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


def _told_apart(question: Asked, said: Question | None) -> Asked:
    """Say of choose-all whose empty rows are neither 'none' nor 'not asked' for sure."""
    if question.kind != "choose all":
        return question
    none = [says_none(said or Question(column="-"), item) for item in question.items]
    if (question.codes[none] == 1).any():  # who saw it and chose nothing had a box to tick
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
    return replace(question, codes=codes.astype(question.codes.dtype))


def _route(name: str, gate: Asked, open_: list[int], alike: list[str] | None) -> str:
    """Say to whom a question was put; the first of those put to the same people doubts it."""
    quoted = [f"'{gate.answers[a]}'" for a in open_]
    left = int(((gate.codes[0] >= 0) & ~np.isin(gate.codes[0], open_)).sum())
    said = (
        f"'{name}' {doubts.ROUTED} to those who answered {listing(quoted, 6)} to "
        f"'{gate.name}': of {count(left, 'other person')} nobody answered it."
    )
    if alike is None:
        return said
    names = [f"'{each}'" for each in alike]
    others = f" {doubts.ALIKE} {listing(names)}." if names else ""
    return (
        f"{DOUBT}{said}{others} If so, say so under 'questions': asked_of: {{{gate.name}: "
        f"[{', '.join(quoted)}]}}; if they saw it, write it above '{gate.name}'."
    )
