"""Where on the way does it hurt, and how many feel it?

In reading order:

    funnel        who comes through the declared steps, how soon, where the others go
    transitions   where people go from each event
    step_matrix   what people do at each step of a visit
    loops         where they go in circles
    commonest     the ways most of them go
    ways          visits in order, made once and handed to the questions above
"""

from cxlab.events import Ways, WaysError, ways
from cxlab.journey.funnel import funnel
from cxlab.journey.paths import commonest, loops, transitions
from cxlab.journey.steps import step_matrix
from cxlab.journey.workings.refusal import JourneyError

__all__ = [
    "JourneyError",
    "Ways",
    "WaysError",
    "commonest",
    "funnel",
    "loops",
    "step_matrix",
    "transitions",
    "ways",
]
