"""What is the score, for whom, and is it moving?"""

from cxlab.metrics.around import before_after
from cxlab.metrics.change import change
from cxlab.metrics.differences import any_difference, compare, difference, equivalence
from cxlab.metrics.exact import two_groups
from cxlab.metrics.expectations import service_gaps
from cxlab.metrics.foretelling import afterwards, foretells
from cxlab.metrics.latest import end_of, latest, latest_change, waves
from cxlab.metrics.league import league
from cxlab.metrics.levels import ces, csat, distribution, nps
from cxlab.metrics.measures import MetricsError, Score
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
from cxlab.metrics.trend import calendar, trend
from cxlab.metrics.verdict import movement

__all__ = [
    "MetricsError",
    "Score",
    "adjusted",
    "afterwards",
    "any_difference",
    "asked",
    "before_after",
    "benchmark",
    "bounds",
    "calendar",
    "ces",
    "change",
    "change_point",
    "compare",
    "csat",
    "detectable",
    "difference",
    "distribution",
    "end_of",
    "equivalence",
    "foretells",
    "latest",
    "latest_change",
    "league",
    "migration",
    "movement",
    "nps",
    "overview",
    "panel",
    "predictors",
    "ratings_overview",
    "reliability",
    "sample_size",
    "sample_size_share",
    "score_of",
    "service_gaps",
    "slope",
    "trend",
    "two_groups",
    "universes",
    "waves",
]
