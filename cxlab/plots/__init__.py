"""Draw any answer."""

from cxlab.plots.groups import distribution, forest
from cxlab.plots.ranks import asymmetry, importance, pareto, priorities
from cxlab.plots.rows import waterfall
from cxlab.plots.scores import apart, bridge, league, seen, tells
from cxlab.plots.show import Exhibit, show
from cxlab.plots.staying import chain, cohort_map, projection, reasons, survival, tracking
from cxlab.plots.time import trend

__all__ = [
    "Exhibit",
    "apart",
    "asymmetry",
    "bridge",
    "chain",
    "cohort_map",
    "distribution",
    "forest",
    "importance",
    "league",
    "pareto",
    "priorities",
    "projection",
    "reasons",
    "seen",
    "show",
    "survival",
    "tells",
    "tracking",
    "trend",
    "waterfall",
]
