"""Draw any answer."""

from cxlab.codebook import guard
from cxlab.plots.affected import affected
from cxlab.plots.answers import (
    correspondence,
    heat,
    likert,
    topline,
    toplines,
    waves,
)
from cxlab.plots.groups import distribution, forest
from cxlab.plots.leaving import (
    calibration,
    gains,
    lights,
    profit,
    qini,
    steadiness,
    timeline,
)
from cxlab.plots.quality import empties, love, universes
from cxlab.plots.ranks import asymmetry, importance, pareto, priorities
from cxlab.plots.rows import waterfall
from cxlab.plots.scores import apart, bridge, league, seen, tells
from cxlab.plots.show import Exhibit, Gallery, show
from cxlab.plots.staying import (
    chain,
    cohort_map,
    migration,
    projection,
    reasons,
    survival,
    tracking,
    worth,
)
from cxlab.plots.time import trend
from cxlab.plots.way import limits, steps, waiting, way

__all__ = [
    "Exhibit",
    "Gallery",
    "affected",
    "apart",
    "asymmetry",
    "bridge",
    "calibration",
    "chain",
    "cohort_map",
    "correspondence",
    "distribution",
    "empties",
    "forest",
    "gains",
    "heat",
    "importance",
    "league",
    "lights",
    "likert",
    "limits",
    "love",
    "migration",
    "pareto",
    "priorities",
    "profit",
    "projection",
    "qini",
    "reasons",
    "seen",
    "show",
    "steadiness",
    "steps",
    "survival",
    "tells",
    "timeline",
    "topline",
    "toplines",
    "tracking",
    "trend",
    "universes",
    "waiting",
    "waterfall",
    "waves",
    "way",
    "worth",
]
guard(globals())
