"""Where on the way does it hurt, and how many feel it?

In reading order:

    reached        how many people each stage reaches, by contacts and visits
    hurts          which stage weighs most, by how low and how many
    scorecard      each stage: people, scores, failures, repeats, waiting, cost
    promptness     how a score goes with waiting, and where it bends
    impatience     how leaving goes with waiting, and where it bends
    handled        what a bot, help to oneself or a person settles, and what stays settled
    handoffs       what goes with a change of channel or of hands
    peak_end       whether the worst, the last or the mean contact goes best with the score
    cost_to_serve  what contacts and refunds cost by score, and by cases settled at once
    consistency    how much of the spread lies between channels, agents, weeks
    agents         which agents lie further off than chance has it
    funnel         who comes through the declared steps, how soon, where the others go
    transitions    where people go from each event
    step_matrix    what people do at each step of a visit
    loops          where they go in circles
    commonest      the ways most of them go
    compare_ways   where the ways of two groups part
    ways           visits in order, made once and handed to the questions above
"""

from cxlab.codebook import guard
from cxlab.events import Ways, WaysError, ways
from cxlab.journey.comparison import compare_ways
from cxlab.journey.consistency import agents, consistency
from cxlab.journey.funnel import funnel
from cxlab.journey.handled import handled
from cxlab.journey.handoffs import handoffs
from cxlab.journey.hurts import hurts
from cxlab.journey.impatience import impatience
from cxlab.journey.paths import commonest, loops, transitions
from cxlab.journey.peaks import peak_end
from cxlab.journey.promptness import promptness
from cxlab.journey.reached import reached
from cxlab.journey.scorecard import scorecard
from cxlab.journey.serving import cost_to_serve
from cxlab.journey.steps import step_matrix
from cxlab.journey.workings.refusal import JourneyError

__all__ = [
    "JourneyError",
    "Ways",
    "WaysError",
    "agents",
    "commonest",
    "compare_ways",
    "consistency",
    "cost_to_serve",
    "funnel",
    "handled",
    "handoffs",
    "hurts",
    "impatience",
    "loops",
    "peak_end",
    "promptness",
    "reached",
    "scorecard",
    "step_matrix",
    "transitions",
    "ways",
]
guard(globals())
