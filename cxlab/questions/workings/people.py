"""Who is counted: the questionnaire of a study, without those who have no weight."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxlab.questionnaire import Asked, Questionnaire
from cxlab.results import Absence, Misuse, Unanswerable

CLOSE = 1e-12  # weights that differ by less are one weight


class QuestionsError(Unanswerable):
    """These answers cannot carry what is asked of them."""


def questionnaire_of(study: Any) -> Questionnaire:
    """Give the questionnaire of a study, or the one that was handed over.

    Raises:
        QuestionsError: nothing was asked, or a weight is below 0.
    """
    asked = getattr(study, "questionnaire", study)
    if isinstance(asked, Absence):
        raise QuestionsError(asked.why, needs=asked.needs)
    if not isinstance(asked, Questionnaire):
        raise Misuse("a question is asked of a study, such as study.load('study.yaml').")
    if not asked.questions:
        raise QuestionsError("No question was asked.", needs="'questions' in the study file")
    if asked.weight is None:
        return asked
    weights = asked.people[asked.weight].to_numpy(float)
    if (weights < 0).any():
        raise QuestionsError(
            f"'{asked.weight}': {int((weights < 0).sum()):,} weights lie below 0. Weight anew."
        )
    kept = weights > 0  # a missing weight is none
    if kept.all():
        return asked
    return only(asked, kept)


def only(asked: Questionnaire, kept: np.ndarray) -> Questionnaire:
    """Keep some of the people, with what they answered."""
    return replace(
        asked,
        people=asked.people[kept].reset_index(drop=True),
        questions=tuple(
            replace(
                each,
                codes=each.codes[:, kept],
                numbers=None if each.numbers is None else each.numbers[:, kept],
            )
            for each in asked.questions
        ),
    )


def weights_of(asked: Questionnaire) -> np.ndarray | None:
    """Give the weights, or None where every answer counts alike."""
    if asked.weight is None:
        return None
    given = asked.people[asked.weight].to_numpy(float)
    alike = len(given) and np.ptp(given) <= CLOSE * abs(given[0])
    return None if alike and abs(given[0] - 1) <= CLOSE else given


def clusters_of(asked: Questionnaire) -> np.ndarray | None:
    """Give the code of each row's cluster; a row whose cluster is unknown is its own."""
    if asked.cluster is None:
        return None
    codes, found = pd.factorize(asked.people[asked.cluster])
    alone = codes < 0
    codes[alone] = len(found) + np.arange(alone.sum())
    return codes if np.bincount(codes).max(initial=0) > 1 else None


def numbers_of(each: Asked) -> np.ndarray:
    """Give what was answered as numbers, (items, people); missing where nothing was.

    Raises:
        QuestionsError: its answers are words without numbers.
    """
    if each.kind == "choose all":
        return np.where(each.answered(), each.codes == 1, np.nan)
    if each.numbers is not None:
        return each.numbers
    worth = np.array(each.values, dtype=float)
    if not len(worth) or np.isnan(worth).any():
        raise QuestionsError(
            f"'{each.name}': its answers are words without numbers.",
            needs="its answers in order, under 'codes' in the study file",
        )
    return np.append(worth, [np.nan, np.nan])[each.codes]
