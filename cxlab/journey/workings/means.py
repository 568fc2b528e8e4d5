"""A mean or a share of contacts, a customer's taken together."""

from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats


def mean_of(
    values: Any, who: Any, *, share: bool = False, level: float, weight: Any = None
) -> dict[str, Any]:
    """Give `estimate`, `conf_low`, `conf_high` and `n` of numbers without gaps.

    Args:
        values: the numbers; 0 and 1 of a share.
        who: whose each is.
        share: by Wilson on the rows worth as much, else by t.
        level: confidence level.
        weight: optional weight of each row.
    """
    found = stats.linearised(np.asarray(values, float), weight=weight,
                             cluster=pd.factorize(np.asarray(who))[0])  # fmt: skip
    mean, error = float(found.estimate[0]), float(found.std_error[0])
    if share:
        worth = np.minimum(found.n_effective[0], len(values))
        low, high = stats.proportion_interval(mean * worth, worth, level=level)
    else:
        low, high = stats.mean_interval(mean, error, df=float(found.df[0]), level=level)
    return {"estimate": mean, "conf_low": float(low), "conf_high": float(high), "n": len(values)}
