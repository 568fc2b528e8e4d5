"""Which ratings go with the score, and how sure is the order?

In reading order; `help(drivers.screen)` says more of one, and `workings` holds what they share.

Before:
    screen            which ratings can be used?
    used              the names that a screen lets through
    stayed            who was still there some time after answering?

The order:
    importance        which ratings go with the score most, and how sure is the order?
    pairs             which two can be told apart?
    relative_weights  the same shares by Johnson's weights
    by_likelihood     the same for ordered answers
    dominance         what does each add, subset by subset?
    dominance_of      the same from a published matrix

What it means:
    priorities        where is work most worth its while?
    quadrants         above or below both means
    gains             what if each rose to its best group?
    penalty_reward    missed when bad, or noticed when good?
    kano              must-have or delighter, asked in pairs of questions?
    simulate          what would the score be, if ratings rose?
    moves             the same move for the first terms of an order

The model:
    fit               how much higher is the score, one point of rating higher?
    quality           how well does the model fit?
    differs           does it differ between groups?
    odds              does one slope hold at every cut?

How sure:
    checks            may these answers be read this way?
    conflicts         which signs turn, which ratings repeat others?
    gaps              who left ratings blank, and does that matter?
    halo              what is left without one overall mood?
    nonlinear         do trees tell another story?
    beside            is it what they do, too?
"""

from cxlab.codebook import guard
from cxlab.drivers.asymmetry import kano, penalty_reward
from cxlab.drivers.checks import checks
from cxlab.drivers.crosschecks import beside, halo, nonlinear
from cxlab.drivers.gaps import gaps
from cxlab.drivers.importance import (
    by_likelihood,
    dominance,
    dominance_of,
    importance,
    pairs,
    relative_weights,
)
from cxlab.drivers.ordinal import odds
from cxlab.drivers.priorities import gains, priorities, quadrants
from cxlab.drivers.regression import conflicts, differs, fit, quality
from cxlab.drivers.screen import screen, stayed, used
from cxlab.drivers.whatif import moves, simulate
from cxlab.drivers.workings.design import DriverError, Survey

__all__ = [
    "DriverError", "Survey", "beside", "by_likelihood", "checks", "conflicts", "differs",
    "dominance", "dominance_of", "fit", "gains", "gaps", "halo", "importance", "kano",
    "moves", "nonlinear", "odds", "pairs", "penalty_reward", "priorities", "quadrants",
    "quality", "relative_weights", "screen", "simulate", "stayed", "used",
]  # fmt: skip
guard(globals())
