"""What is the score, for whom, and is it moving?

In reading order; `help(metrics.asked)` says more of one, and `workings` holds what they share.

The score:
    asked              which scores were asked here?
    overview           every score of the study, for everyone
    score_of           any score, with its interval
    nps                NPS
    csat               CSAT
    ces                CES
    distribution       how many gave which answer?
    ratings_overview   what do the ratings say?
    reliability        do several items measure one thing?
    service_gaps       does what they get fall short of what they expect?

For whom:
    compare            who differs from the rest?
    any_difference     does anybody differ?
    two_groups         do two small groups differ?
    league             who is best, and how sure is the order?
    adjusted           do they differ among people who are alike?
    benchmark          how do we stand beside others?

Is it moving:
    movement           the one verdict: is it moving?
    trend              the score, period by period
    slope              where is it heading?
    change_point       when did it shift for good?
    latest             the answers of the last finished period
    latest_change      why did the last period move?
    change             why did it move between two waves?
    difference         how far apart are two waves?
    equivalence        are two waves as good as the same?
    migration          who moved, who came, who went?
    panel              the change of those who answered twice
    before_after       did it change at this day?

What it tells:
    foretells          which score tells what customers do later?
    predictors         the same, trained and tested on answers of your choice
    afterwards         what did customers do after they answered?

How sure:
    universes          does cleaning decide the answer?
    bounds             what if the silent think otherwise?
    detectable         what could this sample have shown?
    sample_size        how many answers would it take?
    sample_size_share  the same for a share

The calendar:
    calendar           names the period of each moment
    waves              the finished periods
    end_of             the last moment of a period
"""

from cxlab.codebook import guard
from cxlab.metrics.around import before_after
from cxlab.metrics.change import change
from cxlab.metrics.differences import any_difference, compare, difference, equivalence
from cxlab.metrics.exact import two_groups
from cxlab.metrics.expectations import service_gaps
from cxlab.metrics.foretelling import afterwards, foretells
from cxlab.metrics.latest import end_of, latest, latest_change
from cxlab.metrics.league import league
from cxlab.metrics.levels import ces, csat, distribution, nps
from cxlab.metrics.migration import migration, panel
from cxlab.metrics.modes import adjusted
from cxlab.metrics.movement import change_point, slope
from cxlab.metrics.overview import asked, overview, score_of, universes
from cxlab.metrics.planning import detectable, sample_size, sample_size_share
from cxlab.metrics.prediction import predictors
from cxlab.metrics.ratings import ratings_overview
from cxlab.metrics.rivals import benchmark
from cxlab.metrics.scales import reliability
from cxlab.metrics.silence import bounds
from cxlab.metrics.trend import trend
from cxlab.metrics.verdict import movement
from cxlab.metrics.workings.measures import MetricsError, Score
from cxlab.metrics.workings.periods import calendar, waves

__all__ = [
    "MetricsError", "Score", "adjusted", "afterwards", "any_difference", "asked",
    "before_after", "benchmark", "bounds", "calendar", "ces", "change", "change_point",
    "compare", "csat", "detectable", "difference", "distribution", "end_of", "equivalence",
    "foretells", "latest", "latest_change", "league", "migration", "movement", "nps",
    "overview", "panel", "predictors", "ratings_overview", "reliability", "sample_size",
    "sample_size_share", "score_of", "service_gaps", "slope", "trend", "two_groups",
    "universes", "waves",
]  # fmt: skip
guard(globals())
