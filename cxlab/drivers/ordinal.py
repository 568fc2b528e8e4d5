"""Does one slope hold at every cut of an ordered outcome?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxlab import stats
from cxlab.codebook import label
from cxlab.drivers.workings.asking import question
from cxlab.drivers.workings.design import Design, DriverError
from cxlab.drivers.workings.ordered import (
    Separation,
    brant,
    columns,
    fit_named,
    separate_logits,
    usable_cuts,
)
from cxlab.results import Result, listing, probability


@question(gaps="indicator")
def odds(design: Design, *, cuts: Sequence[float] | None = None) -> Result:
    """Test whether one slope holds at every cut of the outcome (Brant).

    Where it does not hold, read the slopes of the separate logits that stand beside it.

    Args:
        outcome: column of ordered answers.
        cuts: values that end a lower side, such as `(6, 8)` for detractors and promoters;
            all cuts if not given, those two for a scale of 0 to 10.
        weight: column of weights, or a `Survey`; with weights or clusters the test uses
            robust covariances.

    Returns:
        term, part (`test`, or `above k`), estimate (chi-squared, or the log-odds above that
        cut), std_error, conf_low, conf_high, odds_ratio, p_value, p_adjusted (Holm, over the
        terms), n. The term `all together` is the omnibus test.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> answers = pd.DataFrame({"price": rng.integers(1, 6, 300)})
        >>> answers["csat"] = (answers["price"] + rng.integers(-1, 2, 300)).clip(1, 5)
        >>> odds(answers, outcome="csat", drivers=["price"], cuts=(2, 3)).frame["part"].tolist()
        ['test', 'test', 'above 2', 'above 3']
    """
    candidates, left_out = usable_cuts(design, cuts)
    used, separated = _unseparated(design, candidates)
    if not len(used):
        raise DriverError(
            f"No cut of {label(design.outcome)} has enough answers: slopes cannot be compared.",
            needs="more answers on both sides of a cut",
        )
    frame = _odds_frame(design, *separate_logits(design, used), used)
    return Result(
        name="proportional odds",
        frame=frame,
        headline=_odds_headline(design, frame, len(used)),
        method="Brant (1990) test of parallel slopes from separate binary logits"
        + (" with robust covariances." if design.weighted or design.cluster is not None else "."),
        base=design.base,
        notes=(*left_out, *separated, *design.notes),
    )


def _odds_headline(design: Design, frame: pd.DataFrame, cuts: int) -> str:
    what, least = label(design.outcome), 1 - design.survey.level
    if cuts < 2:
        return f"Only one cut of {what} has enough answers: slopes cannot be compared."
    if frame["p_value"].iloc[0] >= least:
        p = probability(frame["p_value"].iloc[0])
        return f"One slope for all cuts of {what} is not contradicted (p {p})."
    tests = frame[frame["part"] == "test"]
    uneven = tests.loc[tests["p_adjusted"] < least, "term"].tolist()
    if not uneven:
        return f"One slope does not fit all cuts of {what}; read the separate logits."
    verb = "goes" if len(uneven) == 1 else "go"
    return (
        f"One slope does not fit all cuts of {what}: {listing(uneven)} {verb} differently with "
        "low and with high answers."
    )


def _unseparated(design: Design, cuts: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Keep the cuts at which a logit has a maximum; say why the others are left out."""
    kept, notes = [], []
    for cut in cuts:
        try:
            fit_named(design, (design.y > cut).astype(float), columns(design).z)
            kept.append(cut)
        except Separation as error:
            notes.append(f"The cut above {cut:g} is left out: {str(error).splitlines()[0]}")
    return np.array(kept), notes


def _odds_frame(design: Design, slopes, cov, cuts) -> pd.DataFrame:
    names = list(design.drivers)
    which = [range(slopes.shape[1]), *[[k] for k in range(len(names))]]
    untested = (np.nan, 0, np.nan)
    tests = [brant(slopes, cov, own) if len(cuts) > 1 else untested for own in which]
    adjusted = [np.nan, *stats.adjust([t[2] for t in tests[1:]], method="holm")]
    rows = [
        {"term": name, "part": "test", "estimate": t[0], "p_value": t[2], "p_adjusted": a}
        for name, t, a in zip(["all together", *names], tests, adjusted, strict=True)
    ]
    reach = norm.ppf((1 + design.survey.level) / 2)
    spread = columns(design).spread
    error = np.sqrt(np.diag(cov)).reshape(slopes.shape) / spread
    slopes = slopes / spread
    for k, name in enumerate(names):
        for place, cut in enumerate(cuts):
            b, se = slopes[place, k], error[place, k]
            # the ratio of a billion units may be beyond any number; its slope is not
            with np.errstate(over="ignore"):
                ratio = np.exp(b)
            rows.append(
                {
                    "term": name,
                    "part": f"above {cut:g}",
                    "estimate": b,
                    "std_error": se,
                    "conf_low": b - reach * se,
                    "conf_high": b + reach * se,
                    "odds_ratio": ratio,
                    "p_value": 2 * norm.sf(abs(b / se)),
                }
            )
    words = "term part estimate std_error conf_low conf_high odds_ratio p_value p_adjusted n"
    return pd.DataFrame(rows).assign(n=design.n)[words.split()]
