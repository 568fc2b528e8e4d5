"""Which ratings go with the score, and how sure is the order?"""

from cxlab.drivers.asymmetry import kano, penalty_reward
from cxlab.drivers.checks import checks
from cxlab.drivers.crosschecks import beside, by_likelihood, halo, nonlinear
from cxlab.drivers.design import DriverError, Survey
from cxlab.drivers.gaps import gaps
from cxlab.drivers.importance import dominance, dominance_of, importance, pairs, relative_weights
from cxlab.drivers.ordinal import odds
from cxlab.drivers.priorities import gains, priorities, quadrants
from cxlab.drivers.regression import conflicts, differs, fit, quality
from cxlab.drivers.screen import drawn, screen, stayed, used
from cxlab.drivers.whatif import moves, simulate

__all__ = [
    "DriverError",
    "Survey",
    "beside",
    "by_likelihood",
    "checks",
    "conflicts",
    "differs",
    "dominance",
    "dominance_of",
    "drawn",
    "fit",
    "gains",
    "gaps",
    "halo",
    "importance",
    "kano",
    "moves",
    "nonlinear",
    "odds",
    "pairs",
    "penalty_reward",
    "priorities",
    "quadrants",
    "quality",
    "relative_weights",
    "screen",
    "simulate",
    "stayed",
    "used",
]
