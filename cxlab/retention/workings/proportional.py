"""Cox's model of some customers, and its ratios as a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxlab import stats
from cxlab.codebook import did_you_mean
from cxlab.lifetimes import cox
from cxlab.lifetimes.design import Design, FitError, design, separating
from cxlab.lifetimes.spells import Spells
from cxlab.results import count, listing

WORDS = ["term", "estimate", "std_error", "conf_low", "conf_high", "p_value", "coefficient",
         "coefficient_error"]  # fmt: skip


def cox_of(watched: Spells, covariates: Sequence[str], strata: str | None, ties="efron"):
    """Fit Cox's model: the customers used, their columns, their strata, and the fit."""
    columns = design(watched.frame, covariates)
    if not columns.kept.all():
        watched = watched.take(columns.kept)
    inside = None if strata is None else codes_of(watched.frame, strata)
    if not watched.event.any():
        raise FitError(watched.nobody_left())
    return watched, columns, inside, _fit(watched, columns, inside, ties)


def codes_of(frame: pd.DataFrame, name: str) -> np.ndarray:
    """Code the groups of a column, those without a value a group of their own."""
    if name not in frame.columns:
        raise FitError(f"there is no column '{name}'.{did_you_mean(name, frame)}")
    codes = pd.factorize(frame[name], use_na_sentinel=False)[0]
    return np.asarray(codes, np.int64)


def _fit(watched: Spells, columns: Design, inside: np.ndarray | None, ties="efron") -> cox.Fit:
    if ties not in cox.TIES:
        raise FitError(f"ties: '{ties}' is none of {listing(cox.TIES)}.")
    events = int(watched.event.sum())
    if events <= len(columns.terms):
        raise FitError(
            f"{count(events, 'customer')} left, but there are {count(len(columns.terms), 'term')} "
            f"to estimate ({listing(columns.terms)}); name fewer covariates."
        )
    try:
        found = cox.fit(watched.entry, watched.time, watched.event, columns.x, inside, ties=ties)
    except np.linalg.LinAlgError:
        raise FitError(
            f"the risk sets tell nothing about {listing(columns.terms)}: within them every "
            "customer has the same values. Leave out what never differs among those at risk."
        ) from None
    loose = ~found.settled | ~np.isfinite(found.coefficients)
    loose |= np.abs(found.coefficients * columns.x.std(0)) > 15
    if loose.any():
        raise FitError(separating(columns.x, columns.terms, watched.event, loose))
    return found


def ratios(terms, coefficients, spread, level: float) -> pd.DataFrame:
    """Give a table of hazard ratios, from coefficients and their covariance."""
    error = np.sqrt(np.diag(spread))
    reach = stats.quantile(level) * error
    # the ratio of a billion units may be beyond any number; its coefficient is not
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(coefficients + end * reach) for end in (0, -1, 1))
    frame = pd.DataFrame({"term": list(terms), "estimate": ratio, "std_error": ratio * error})
    frame["conf_low"], frame["conf_high"] = low, high
    frame["p_value"] = 2 * norm.sf(np.abs(coefficients / error))
    frame["coefficient"], frame["coefficient_error"] = coefficients, error
    return frame[WORDS]
