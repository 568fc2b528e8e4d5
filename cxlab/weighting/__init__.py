"""Whom do the answers stand for? Raking, trimming, effective sample size, the silent."""

from cxlab.codebook import guard
from cxlab.weighting.balance import balance, response_rates
from cxlab.weighting.calibrated import Drawn, calibrated_mean, calibrated_total
from cxlab.weighting.propensity import propensity
from cxlab.weighting.raking import Weighted, WeightingError, cells, effective_size, rake
from cxlab.weighting.repeated import repeated
from cxlab.weighting.silent import tipping_point

__all__ = [
    "Drawn",
    "Weighted",
    "WeightingError",
    "balance",
    "calibrated_mean",
    "calibrated_total",
    "cells",
    "effective_size",
    "propensity",
    "rake",
    "repeated",
    "response_rates",
    "tipping_point",
]
guard(globals())
