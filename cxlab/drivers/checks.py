"""May these answers be read this way? A checklist in plain words: pass, look, fail."""

import numpy as np
import pandas as pd
from scipy.stats import chi2
from scipy.stats import f as f_distribution

from cxlab.drivers.workings import certainty
from cxlab.drivers.workings.asking import question
from cxlab.drivers.workings.design import Design, DriverError
from cxlab.drivers.workings.ordered import Separation, brant, separate_logits, usable_cuts
from cxlab.results import Result, count, listing, number, percent, probability

VERDICTS = ("pass", "look", "fail")


@question()
def checks(design: Design) -> Result:
    """Go through what a driver model takes for granted.

    Returns:
        term (the check), estimate (what was measured), p_value where there is a test, verdict
        (`pass`, `look`, `fail`), reason (what it means, in words).

    Example:
        >>> rng = np.random.default_rng(3)
        >>> answers = pd.DataFrame(rng.integers(1, 6, (200, 2)), columns=["price", "speed"])
        >>> answers["nps"] = answers["price"] + answers["speed"] + rng.integers(0, 2, 200)
        >>> checks(answers, outcome="nps", drivers=["price", "speed"]).frame["verdict"][0]
        'pass'
    """
    ratings = design.given
    table = certainty.table_of(design)
    rows = [
        _sample(design),
        _outcome(design),
        _missing(ratings, design.survey.missing),
        _collinearity(design),
        _common(design),
        *_residuals(design, table),
    ]
    cuts = _cuts(design)
    if cuts is not None:
        rows.append(_proportional(design, cuts))
    frame = pd.DataFrame(rows, columns=["term", "estimate", "p_value", "verdict", "reason"])
    worst = next(v for v in reversed(VERDICTS) if (frame["verdict"] == v).any())
    flagged = [f"'{term}'" for term in frame.loc[frame["verdict"] == worst, "term"]]
    passed = int((frame["verdict"] == "pass").sum())
    return Result(
        name="driver checks",
        frame=frame,
        headline=f"All {count(len(frame), 'check')} pass."
        if worst == "pass"
        else f"{passed} of {count(len(frame), 'check')} pass; {worst} at {listing(flagged)}.",
        method="Rules of thumb and tests named in each line.",
        base=design.base,
        notes=design.notes,
    )


def _grade(value: float, look: float, fail: float) -> str:
    return "fail" if value > fail else "look" if value > look else "pass"


def _sample(design: Design) -> tuple:
    columns = len(design.drivers) + len(design.controls)
    each = design.n_effective / columns
    verdict = _grade(-each, -20, -10)
    return (
        "answers for each column",
        each,
        np.nan,
        verdict,
        f"{count(design.n, 'answer')}, worth {number(design.n_effective, 0)}, for "
        f"{count(columns, 'column')}; 20 for each is comfortable, fewer than 10 is too few.",
    )


def _outcome(design: Design) -> tuple:
    values = len(np.unique(design.y))
    if values >= 5:
        return "outcome", values, np.nan, "pass", f"{values} values: a linear model can serve."
    use = "'logit'" if values == 2 else "'ordinal'"
    return (
        "outcome",
        values,
        np.nan,
        "look",
        f"{values} values: compare with model={use} and method='mcfadden'.",
    )


def _missing(ratings: np.ndarray, handling: str) -> tuple:
    loss = float(1 - np.isfinite(ratings).all(axis=1).mean())
    return (
        "missing ratings",
        loss,
        np.nan,
        _grade(loss, 0.05, 0.2 if handling == "listwise" else 1.0),
        f"{percent(loss)} of the answers lack a rating"
        + ("." if loss <= 0.05 else "; see what leaving them out would do with drivers.gaps."),
    )


def _collinearity(design: Design) -> tuple:
    cov = certainty.mean_covariance(design)
    vif = np.diag(np.linalg.pinv(cov[:-1, :-1]))[len(design.controls) :]
    worst = int(np.argmax(vif))
    condition = float(
        np.sqrt(np.linalg.cond(cov[len(design.controls) : -1, len(design.controls) : -1]))
    )
    return (
        "ratings repeat each other",
        vif[worst],
        np.nan,
        _grade(vif[worst], 5, 10),
        f"largest variance inflation {number(vif[worst])} ({design.drivers[worst]}), condition "
        f"number {number(condition)}; above 5 single slopes are unstable, shares less so.",
    )


def _common(design: Design) -> tuple:
    cov = certainty.mean_covariance(design)[len(design.controls) : -1, len(design.controls) : -1]
    first = float(np.linalg.eigvalsh(cov)[-1] / len(cov))
    if len(cov) == 1:
        return "one overall impression", first, np.nan, "pass", "there is only one rating."
    return (
        "one overall impression",
        first,
        np.nan,
        _grade(first, 0.6, 0.8),
        f"the first common factor holds {percent(first)} of the ratings' variance; above 60% "
        "people may rate the whole, not the parts (see drivers.halo).",
    )


def _residuals(design: Design, table: np.ndarray) -> list[tuple]:
    root = np.sqrt(design.w)[:, None]
    x = np.column_stack([np.ones(len(table)), table[:, :-1]]) * root
    y = table[:, -1] * root[:, 0]
    q = np.linalg.qr(x)[0]
    fitted = q @ (q.T @ y)
    away, freedom = y - fitted, len(y) - x.shape[1]
    leverage, variance = (q**2).sum(axis=1), away @ away / freedom
    with np.errstate(divide="ignore", invalid="ignore"):
        cook = away**2 * leverage / (x.shape[1] * variance * (1 - leverage) ** 2)
    return [
        _spread_check(away, q),
        _influence(float(np.nanmax(cook))),
        _curvature(design, x, table, away, freedom),
    ]


def _spread_check(away: np.ndarray, q: np.ndarray) -> tuple:
    square = away**2 - (away**2).mean()
    explained = ((q.T @ square) ** 2).sum() / (square @ square)
    p = float(chi2.sf(len(away) * explained, q.shape[1] - 1))
    return (
        "even scatter",
        len(away) * explained,
        p,
        "pass" if p >= 0.05 else "look",
        f"Breusch-Pagan test in Koenker's form, p {probability(p)}"
        + ("." if p >= 0.05 else ": scatter is uneven; the errors used allow for it."),
    )


def _influence(cook: float) -> tuple:
    return (
        "single answers",
        cook,
        np.nan,
        _grade(cook, 0.5, 1.0),
        f"largest Cook's distance {number(cook, 2)}; above 0.5 one answer moves the result.",
    )


def _curvature(design: Design, x, table, away, freedom) -> tuple:
    """Test whether squares of the ratings would fit better (RESET's idea, by rating)."""
    own = table[:, len(design.controls) : -1]
    squares = own**2 * np.sqrt(design.w)[:, None]
    varied = [k for k in range(own.shape[1]) if len(np.unique(own[:, k])) > 2]
    if not varied or freedom <= len(varied) + 1:
        return "straight lines", np.nan, np.nan, "pass", "no rating has more than two values."
    q = np.linalg.qr(np.column_stack([x, squares[:, varied]]))[0]
    left = away - q @ (q.T @ away)
    gained = (away @ away - left @ left) / len(varied)
    ratio = gained / (left @ left / (freedom - len(varied)))
    p = float(f_distribution.sf(ratio, len(varied), freedom - len(varied)))
    more = 1 - (left @ left) / (away @ away)
    return (
        "straight lines",
        more,
        p,
        "pass" if p >= 0.05 or more < 0.01 else "look",
        f"squares of the ratings explain {percent(more, 1)} of what is left, p {probability(p)}"
        + ("." if p >= 0.05 or more < 0.01 else "; see penalty and reward."),
    )


def _cuts(design: Design) -> np.ndarray | None:
    try:
        cuts = usable_cuts(design)[0]
    except DriverError:
        return None
    return cuts if len(cuts) > 1 else None


def _proportional(design: Design, cuts: np.ndarray) -> tuple:
    try:
        slopes, cov = separate_logits(design, cuts)
    except Separation as error:
        text = str(error).split(":")[0]
        return "one slope for all cuts", np.nan, np.nan, "look", f"not tested: {text}."
    statistic, freedom, p = brant(slopes, cov, range(slopes.shape[1]))
    return (
        "one slope for all cuts",
        statistic,
        p,
        "pass" if p >= 0.05 else "look",
        f"Brant test, {freedom} degrees of freedom, p {probability(p)}"
        + ("." if p >= 0.05 else ": low and high answers go differently; see drivers.odds."),
    )
