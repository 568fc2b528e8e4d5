"""Draw any answer."""

from cxlab.plots.groups import distribution, forest
from cxlab.plots.ranks import asymmetry, importance, pareto, priorities
from cxlab.plots.rows import waterfall
from cxlab.plots.scores import apart, bridge, league, seen
from cxlab.plots.show import Exhibit, show
from cxlab.plots.time import trend

__all__ = [
    "Exhibit",
    "apart",
    "asymmetry",
    "bridge",
    "distribution",
    "forest",
    "importance",
    "league",
    "pareto",
    "priorities",
    "seen",
    "show",
    "trend",
    "waterfall",
]
