"""Draw any answer."""

from cxlab.plots.groups import distribution, forest
from cxlab.plots.rows import waterfall
from cxlab.plots.show import Exhibit, show
from cxlab.plots.time import trend

__all__ = ["Exhibit", "distribution", "forest", "show", "trend", "waterfall"]
