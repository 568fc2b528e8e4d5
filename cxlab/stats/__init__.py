"""How uncertain is it? Intervals, resampling, many comparisons, and the plans that follow."""

from cxlab.stats.columns import (
    Columns,
    DependentError,
    Line,
    blurred,
    flats,
    inverse,
    line,
    owned,
    scaled,
    wald,
)
from cxlab.stats.groups import Test, chi_square, kruskal
from cxlab.stats.intervals import (
    NPS_METHODS,
    PROPORTION_METHODS,
    Pair,
    StatsError,
    mean_interval,
    newcombe,
    nps_interval,
    nps_variance,
    proportion_interval,
    quantile,
)
from cxlab.stats.many import adjust
from cxlab.stats.moments import Mean, Tally, delta, linearised, mean_of, tally
from cxlab.stats.plans import (
    change_for_n,
    n_for_change,
    n_for_margin,
    n_two_shares,
    power_two_shares,
)
from cxlab.stats.resample import counts, percentile, resampled_means

__all__ = [
    "NPS_METHODS",
    "PROPORTION_METHODS",
    "Columns",
    "DependentError",
    "Line",
    "Mean",
    "Pair",
    "StatsError",
    "Tally",
    "Test",
    "adjust",
    "blurred",
    "change_for_n",
    "chi_square",
    "counts",
    "delta",
    "flats",
    "inverse",
    "kruskal",
    "line",
    "linearised",
    "mean_interval",
    "mean_of",
    "n_for_change",
    "n_for_margin",
    "n_two_shares",
    "newcombe",
    "nps_interval",
    "nps_variance",
    "owned",
    "percentile",
    "power_two_shares",
    "proportion_interval",
    "quantile",
    "resampled_means",
    "scaled",
    "tally",
    "wald",
]
