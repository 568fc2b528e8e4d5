"""What is the score, for whom, and is it moving?"""

from cxlab.metrics.differences import any_difference, compare, difference, equivalence
from cxlab.metrics.levels import ces, csat, distribution, nps
from cxlab.metrics.measures import MetricsError, Score
from cxlab.metrics.movement import change_point, slope
from cxlab.metrics.trend import calendar, trend

__all__ = [
    "MetricsError",
    "Score",
    "any_difference",
    "calendar",
    "ces",
    "change_point",
    "compare",
    "csat",
    "difference",
    "distribution",
    "equivalence",
    "nps",
    "slope",
    "trend",
]
