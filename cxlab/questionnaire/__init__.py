"""What was asked of whom, and what did each answer? The cells of an export become codes."""

from cxlab.questionnaire.asked import NOT_ANSWERED, NOT_ASKED, Asked, Questionnaire
from cxlab.questionnaire.build import QuestionError, coded, of_scores
from cxlab.questionnaire.cells import same
from cxlab.questionnaire.kinds import NO, YES
from cxlab.questionnaire.routing import put_to, routed

__all__ = [
    "NO",
    "NOT_ANSWERED",
    "NOT_ASKED",
    "YES",
    "Asked",
    "QuestionError",
    "Questionnaire",
    "coded",
    "of_scores",
    "put_to",
    "routed",
    "same",
]
