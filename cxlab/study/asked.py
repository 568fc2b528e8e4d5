"""The questionnaire of a study: what its file declares, and its scores and ratings."""

import pandas as pd

from cxlab import questionnaire
from cxlab.codebook import ASKED, Scale, Table, part_named
from cxlab.questionnaire import Asked, Questionnaire
from cxlab.results import Absence, count

NO_QUESTION = Absence("No question was asked.", "a table 'responses' with scores or questions")


def questionnaire_of(study) -> Questionnaire | Absence:
    """See `Study.questionnaire`."""
    spec, done = study.mapping.tables.get("responses"), study.cleaned.get("responses")
    if spec is None or done is None or not len(done.frame):
        return NO_QUESTION
    coded = questionnaire.coded(done.frame, spec.questions, study.printed.get("responses"))
    declared = questionnaire.routed(coded, spec.questions)
    questions = questionnaire.put_to((*_scores(study, spec, done.frame), *declared), spec.questions)
    if not questions:
        return NO_QUESTION
    how = study.how()
    people, notes = study.responses, []
    if how.weight and (lost := int(people["weight"].isna().sum())):
        notes.append(
            f"{count(lost, 'answer')} have no weight in the column "
            f"'{spec.sources().get('weight', 'weight')}' and count nowhere below. Give each a "
            "weight, or leave 'weight' out of the study file."
        )
    base = f"{count(len(people), 'answer')}" + (", weighted" if how.weight else "")
    return Questionnaire(
        questions=questions,
        people=people,
        segments=tuple(name for name in study.segments() if name in people),
        weight=how.weight,
        cluster=how.cluster,
        smallest=how.smallest,
        base=base + (f", {part_named(study.only)}" if study.only else ""),
        notes=tuple(notes),
    )


def _scores(study, spec: Table, frame: pd.DataFrame) -> tuple[Asked, ...]:
    """Give scores, ratings and the comment, unless the study file declares their column."""
    declared = {h for q in spec.questions.values() for h in q.headings()}
    sources = spec.sources()
    scales: dict[str, Scale] = {
        name: scale
        for name, scale in {**study.scales, **study.rating_scales}.items()
        if sources.get(name) not in declared and ASKED + sources.get(name, name) not in frame
    }
    wording = study.wording.get("responses", {})
    return questionnaire.of_scores(frame, scales, wording, _batteries(spec, scales))


def _batteries(spec: Table, scales: dict[str, Scale]) -> dict[str, list[str]]:
    """Give the grids: the batteries declared, else all ratings on one scale."""
    if spec.batteries:
        return {name: [*members] for name, members in spec.batteries.items()}
    by_scale: dict[str, list[str]] = {}
    for name in spec.ratings:
        if name in scales:
            by_scale.setdefault(str(scales[name]), []).append(name)
    several = [members for members in by_scale.values() if len(members) > 1]
    return {f"ratings {at}" if at > 1 else "ratings": m for at, m in enumerate(several, 1)}
