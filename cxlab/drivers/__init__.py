"""Which ratings go with the score, and how sure is the order?"""

from cxlab.drivers.design import DriverError, Survey
from cxlab.drivers.importance import dominance, importance, pairs, relative_weights
from cxlab.drivers.ordinal import odds
from cxlab.drivers.regression import conflicts, differs, fit

__all__ = [
    "DriverError",
    "Survey",
    "conflicts",
    "differs",
    "dominance",
    "fit",
    "importance",
    "odds",
    "pairs",
    "relative_weights",
]
