"""What is the score, for whom, and is it moving?"""

from cxlab.metrics.levels import ces, csat, distribution, nps
from cxlab.metrics.measures import MetricsError, Score

__all__ = ["MetricsError", "Score", "ces", "csat", "distribution", "nps"]
