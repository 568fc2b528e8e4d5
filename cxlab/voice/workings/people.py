"""Who counts how much, and whose comments belong together."""

from typing import Any

import numpy as np
import pandas as pd

from cxlab import cleaning
from cxlab.codebook import How, label


def weights(frame: pd.DataFrame, weight: str | None) -> np.ndarray:
    """Give the weight of each row; one without counts nothing."""
    return np.ones(len(frame)) if weight is None else frame[weight].fillna(0).to_numpy(float)


def worth(frame: pd.DataFrame, weight: str | None) -> np.ndarray:
    """Give weights that add up to what the rows are worth together (Kish 1965).

    Example:
        >>> worth(pd.DataFrame({"w": [3.0, 1.0]}), "w").round(2).tolist()
        [1.2, 0.4]
    """
    w = weights(frame, weight)
    return w * w.sum() / (w**2).sum() if w.any() else w


def counted(how: How) -> str:
    """Say after a base how its rows count, and end the sentence."""
    told = ["weighted"] * bool(how.weight)
    told += (
        [f"those of one {label(how.cluster.removesuffix('_id'))} taken together"]
        if how.cluster
        else []
    )
    return "".join(f", {each}" for each in told) + "."


def labels(column: pd.Series) -> np.ndarray:
    """Give codes of who belongs together; one who is not known is alone."""
    codes = pd.factorize(column)[0]
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    return codes


def each_once(frame: pd.DataFrame) -> np.ndarray:
    """Give codes of persons; without ids every row is a person."""
    if "customer_id" not in frame:
        return np.arange(len(frame))
    return labels(frame["customer_id"])


def quotable(heard: Any) -> np.ndarray:
    """Say which comments may be quoted: where consent was asked, those of who gave it."""
    told = heard.frame.assign(comment=heard.frame[heard.comment])
    return cleaning.quotable(told).to_numpy(dtype=bool)
