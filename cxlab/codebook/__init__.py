"""Which words do we use? Columns, scales and their direction, reasons, the study file."""

from cxlab.codebook.asking import (
    ABOUT,
    HOW,
    How,
    UnknownWord,
    guard,
    ordered,
    placed,
    question,
    refuse_unknown,
    worded,
)
from cxlab.codebook.conditions import ANSWER, QUESTION, WHERE, Condition
from cxlab.codebook.journey import STAGES, Journey
from cxlab.codebook.mapping import Mapping, MappingError, Privacy, Reports, Table, Weighting
from cxlab.codebook.opening import load, parse
from cxlab.codebook.questions import ASKED, KINDS, Question, fitting
from cxlab.codebook.scales import Scale, ScaleError, check_scale
from cxlab.codebook.tiers import WORTH, net_points, tier
from cxlab.codebook.words import (
    COLUMNS,
    DOUBT,
    JUDGEMENT,
    REPAIRS,
    RESULT_WORDS,
    SET_ASIDE,
    THRESHOLDS,
    UNSEEN,
    Refusal,
    did_you_mean,
    headings,
    label,
)

__all__ = [
    "ABOUT",
    "ANSWER",
    "ASKED",
    "COLUMNS",
    "DOUBT",
    "HOW",
    "JUDGEMENT",
    "KINDS",
    "QUESTION",
    "REPAIRS",
    "RESULT_WORDS",
    "SET_ASIDE",
    "STAGES",
    "THRESHOLDS",
    "UNSEEN",
    "WHERE",
    "WORTH",
    "Condition",
    "How",
    "Journey",
    "Mapping",
    "MappingError",
    "Privacy",
    "Question",
    "Refusal",
    "Reports",
    "Scale",
    "ScaleError",
    "Table",
    "UnknownWord",
    "Weighting",
    "check_scale",
    "did_you_mean",
    "fitting",
    "guard",
    "headings",
    "label",
    "load",
    "net_points",
    "ordered",
    "parse",
    "placed",
    "question",
    "refuse_unknown",
    "tier",
    "worded",
]
