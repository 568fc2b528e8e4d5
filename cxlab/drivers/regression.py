"""How much higher is the score where a rating is one point higher, all else held?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import chi2
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

from cxlab import stats
from cxlab.codebook import label, need
from cxlab.drivers.workings import certainty
from cxlab.drivers.workings.asking import question
from cxlab.drivers.workings.design import (
    ABSENT,
    Design,
    DriverError,
    refuse_absent,
)
from cxlab.drivers.workings.lines import fitted
from cxlab.drivers.workings.ordered import (
    MOST_CATEGORIES,
    columns,
    fit_named,
    fit_ordered,
    per_unit,
    robust,
    slopes_in_points,
)
from cxlab.drivers.workings.points import risen, score_unit, worth_of
from cxlab.results import Result, count, listing, number, probability, span, tellable

ALOUD = 25  # words of a headline
MODELS = ("linear", "logit", "ordinal")
POINTS = ("score", "nps", "log-odds")
FIT_COLUMNS = [
    "term",
    "role",
    "part",
    "estimate",
    "std_error",
    "std_error_plain",
    "conf_low",
    "conf_high",
    "p_value",
    "p_adjusted",
    "odds_ratio",
    "n",
    "n_effective",
]
HIGH_VIF, HIGH_CONDITION, SUPPRESSED = 5.0, 30.0, 0.1


@question()
def fit(design: Design, *, model: str = "linear", points: str = "score") -> Result:
    """Estimate how the score differs by one point of each rating, the others held.

    Args:
        model: `linear` (HC3 errors, or by cluster), `logit` (two values) or `ordinal`
            (proportional odds); the last two with robust errors where there are weights or
            clusters.
        points: what `estimate` counts: `score`, its own points; `nps`, promoters less detractors
            of a 0 to 10 score, times 100; `log-odds`, the coefficients of a logit (with its
            intercept) or of an ordinal model (with its cuts).

    Returns:
        One row a term: term, role (driver, control, intercept, cut), part (`points`, or
        `log-odds`), estimate, std_error, std_error_plain (of a linear model: classical),
        conf_low, conf_high, p_value, p_adjusted (Holm, over the drivers), odds_ratio (beside
        log-odds), n, n_effective. How well the model fits is said by `quality`.

    Raises:
        DriverError: a column cannot be used, or the outcome does not fit the model.

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2, 6], "price": [5, 1, 3, 4, 2, 3]})
        >>> fit(answers, outcome="nps", drivers=["price"]).frame["role"].tolist()
        ['driver', 'intercept']
    """
    _check_choice("model", model, MODELS)
    _check_choice("points", points, POINTS)
    _check_outcome(design, model, points)
    estimate = _linear if model == "linear" else _ordered
    found = [estimate(design, place, points) for place in range(len(design.x))]
    frame = _pooled(design, found)
    unit = {"nps": "points", "log-odds": ""}.get(points, score_unit(design))
    return Result(
        name="driver model",
        frame=frame,
        headline=_headline(design, frame, unit, points, model),
        method=_METHODS[model].format(errors=_errors(design, model)),
        base=design.base,
        notes=(
            "Each line compares answers that are alike in all other ratings and controls.",
            *design.notes,
        ),
        unit=unit,
    )


_METHODS = {
    "linear": "Linear regression with {errors}.",
    "logit": "Logistic regression with {errors}; points are average slopes of the prediction.",
    "ordinal": "Proportional-odds regression (McCullagh 1980) with {errors}; points are average "
    "slopes of the predicted mean.",
}


@question(gaps="indicator")
def quality(design: Design, *, model: str = "linear") -> Result:
    """Say how well a driver model fits, in the numbers other programs print.

    Gaps in ratings are marked, not imputed.

    Args:
        model: as in `fit`.

    Returns:
        term (`R²`, `adjusted R²`, `residual standard deviation`, `log-likelihood`, `AIC`,
        `all slopes are zero`; of a logit or ordinal model McFadden's, Cox and Snell's and
        Nagelkerke's R² in place of R²), estimate, statistic (F; likelihood ratio), df, p_value, n.

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2, 6], "price": [5, 1, 3, 4, 2, 3]})
        >>> found = quality(answers, outcome="nps", drivers=["price"])
        >>> round(float(found.frame["estimate"][0]), 3)
        0.787
    """
    _check_choice("model", model, MODELS)
    _check_outcome(design, model, "score")
    rows = _linear_quality(design) if model == "linear" else _ordered_quality(design)
    frame = pd.DataFrame(rows, columns=["term", "estimate", "statistic", "df", "p_value"])
    first, test = frame.iloc[0], frame.iloc[-1]
    return Result(
        name="quality of the driver model",
        frame=frame.assign(n=design.n),
        headline=f"{first['term']} is {number(first['estimate'], 2)} of 1; that all slopes are "
        f"zero has p {probability(test['p_value'])}.",
        method=_QUALITY[model],
        base=design.base,
        notes=design.notes,
    )


_QUALITY = {
    "linear": "Least squares; classical F test; normal log-likelihood; AIC counts slopes and "
    "intercept.",
    "logit": "Logistic regression; likelihood-ratio test; McFadden (1974), Cox and Snell (1989), "
    "Nagelkerke (1991).",
    "ordinal": "Proportional odds; likelihood-ratio test; McFadden (1974), Cox and Snell (1989), "
    "Nagelkerke (1991).",
}


def _linear_quality(design: Design) -> list[tuple]:
    x = np.column_stack([design.x[0], design.z])
    found = fitted(x, design.y, design.w, None, [t for t, _ in _terms(design)])
    p = float(f_distribution.sf(found.f, x.shape[1], found.df_residual))
    none = (np.nan, np.nan, np.nan)
    return [
        ("R²", found.r2, *none),
        ("adjusted R²", found.adjusted_r2, *none),
        ("residual standard deviation", found.scatter, np.nan, found.df_residual, np.nan),
        ("log-likelihood", found.loglik, *none),
        ("AIC", found.aic, *none),
        ("all slopes are zero", np.nan, found.f, x.shape[1], p),
    ]


def _ordered_quality(design: Design) -> list[tuple]:
    z = columns(design).z
    found = fit_named(design, design.y, z)
    null = fit_ordered(design.y, z[:, :0], design.w).loglik
    ratio, n = 2 * (found.loglik - null), design.w.sum()
    snell = -np.expm1(-ratio / n)
    none = (np.nan, np.nan, np.nan)
    return [
        ("McFadden R²", 1 - found.loglik / null, *none),
        ("Cox and Snell R²", snell, *none),
        ("Nagelkerke R²", snell / -np.expm1(2 * null / n), *none),
        ("log-likelihood", found.loglik, *none),
        ("AIC", 2 * len(found.theta) - 2 * found.loglik, *none),
        ("all slopes are zero", np.nan, ratio, z.shape[1], float(chi2.sf(ratio, z.shape[1]))),
    ]


@question()
def conflicts(design: Design) -> Result:
    """Compare each rating's sign alone and among the others, and name what repeats it.

    Returns:
        term, correlation (alone), estimate (slope among the others, in standard deviations),
        conf_low, conf_high, vif, verdict (`same sign`, `sign turns`, `suppressed`,
        `repeats others`, `nothing of its own`).

    Example:
        >>> rng = np.random.default_rng(3)
        >>> answers = pd.DataFrame(rng.integers(1, 6, (80, 2)), columns=["price", "speed"])
        >>> answers["nps"] = answers["price"] + answers["speed"] + rng.integers(0, 2, 80)
        >>> conflicts(answers, outcome="nps", drivers=["price", "speed"]).frame["verdict"].tolist()
        ['same sign', 'same sign']
    """
    tables = [certainty.table_of(design, place) for place in range(len(design.x))]
    cov = certainty.mean_covariance(design)
    first = len(design.controls)
    alike = _standardised(design, tables)
    slopes = _pooled(alike, [_linear(alike, place, "score") for place in range(len(tables))])
    slopes = slopes[slopes["role"] == "driver"]
    frame = pd.DataFrame(
        {
            "term": design.drivers,
            "correlation": cov[first:-1, -1],
            "estimate": slopes["estimate"],
            "conf_low": slopes["conf_low"],
            "conf_high": slopes["conf_high"],
            "vif": np.diag(np.linalg.pinv(cov[:-1, :-1]))[first:],
        }
    )
    frame["verdict"] = [_sign_verdict(row) for row in frame.itertuples()]
    condition = float(np.sqrt(np.linalg.cond(cov[first:-1, first:-1])))
    return Result(
        name="driver conflicts",
        frame=frame,
        headline=_conflict_headline(frame, design.outcome),
        method="Correlation with the outcome beside the standardised slope in one linear model; "
        "variance inflation factors.",
        base=design.base,
        notes=(
            f"The condition number of the ratings is {number(condition, 1)}"
            + (": slopes are unstable." if condition > HIGH_CONDITION else "."),
            *design.notes,
        ),
    )


@question(gaps="indicator")
def differs(design: Design, *, by: str) -> Result:
    """Test whether ratings go with the score differently in each segment, or in each wave.

    Args:
        by: column of the segment or the wave.

    Returns:
        term, group, estimate (points of the score for one point of rating, in that group),
        std_error, conf_low, conf_high, p_value (do the groups differ in this term),
        p_adjusted (Holm, over the terms), verdict, n. The first row, `all together`, tests
        all ratings at once.

    Example:
        >>> rng = np.random.default_rng(3)
        >>> answers = pd.DataFrame({"price": rng.integers(1, 6, 90), "region": list("nss") * 30})
        >>> answers["nps"] = answers["price"] + rng.integers(0, 3, 90)
        >>> differs(answers, outcome="nps", drivers=["price"], by="region").frame["group"].tolist()
        [None, 'n', 's']
    """
    need(design.answers, [by], DriverError, ABSENT)
    segment, groups = _segments(design, by)
    frame = _differences(design, segment, groups)
    whole, level, what = frame.iloc[0], design.survey.level, label(design.outcome)
    apart = frame.loc[frame["verdict"] == "differs", "term"].unique()
    apart = [term for term in apart if term != "all together"]
    if whole["p_value"] >= 1 - level:
        headline = (
            f"No detectable difference by {label(by)} in how ratings are associated with "
            f"{what} (p {probability(whole['p_value'])}): one order stands for all."
        )
    else:
        headline = f"How ratings are associated with {what} differs by {label(by)}" + (
            f", most clearly for {listing(apart)}."
            if apart
            else ", though no single rating stands apart."
        )
    return Result(
        name="driver differences",
        frame=frame,
        headline=headline,
        method=f"Interactions of every rating with {label(by)} in one linear model with "
        f"{_errors(design, 'linear')}; slopes from a model in each group.",
        base=design.base,
        notes=design.notes,
        unit=score_unit(design),
    )


def _segments(design: Design, by: str) -> tuple[np.ndarray, list[str]]:
    column = design.answers[by].iloc[design.rows]
    text = column.astype(object).where(column.notna(), None)
    segment = np.array([None if value is None else str(value) for value in text], dtype=object)
    sizes = pd.Series(segment).value_counts()
    least = design.x[0].shape[1] + design.z.shape[1] + 10
    told = tellable(sizes)
    groups = sorted(name for name in sizes.index[sizes >= least] if name in told)
    if len(groups) < 2:
        raise DriverError(
            f"'{by}' has fewer than two groups of {least} answers or more.\n"
            "Choose a segment with larger groups, or name fewer drivers."
        )
    inside = np.isin(segment, groups)
    refuse_absent(design.drivers, design.given[inside], segment[inside], by)
    return segment, groups


def _differences(design: Design, segment: np.ndarray, groups: list[str]) -> pd.DataFrame:
    inside = np.isin(segment, groups)
    x = stats.scaled(design.x[0][inside], design.w[inside]).z
    marks = (segment[inside, None] == np.array(groups[1:], dtype=object)).astype(float)
    crossed = [x[:, k : k + 1] * marks for k in range(x.shape[1])]
    table = np.column_stack([marks, x, *crossed])
    # a control may say what the groups say, as a region does of its stores
    held = design.z[inside][:, _beyond(marks, design.z[inside])]
    names = [*groups[1:], *design.drivers, *np.repeat(design.drivers, marks.shape[1])]
    cluster = design.cluster[inside] if design.cluster is not None else None
    found = fitted(
        np.column_stack([table, held]), design.y[inside], design.w[inside], cluster, names
    )
    beta, cov, freedom = found.coefficients, found.covariance, found.df
    first = 1 + marks.shape[1] + x.shape[1]
    wide = marks.shape[1]
    spans = [range(first + k * wide, first + (k + 1) * wide) for k in range(x.shape[1])]
    p = [_wald(beta, cov, list(span), freedom) for span in spans]
    whole = _wald(beta, cov, list(range(first, 1 + table.shape[1])), freedom)
    adjusted, level = stats.adjust(p, method="holm"), design.survey.level
    rows = [{"term": "all together", "group": None, "p_value": whole, "p_adjusted": whole}]
    within = {group: _slopes_within(design, segment == group) for group in groups}
    for k, name in enumerate(design.drivers):
        for group in groups:
            rows.append(
                {"term": name, "group": group, "p_value": p[k], "p_adjusted": adjusted[k]}
                | within[group].iloc[k].to_dict()
            )
    frame = pd.DataFrame(rows)
    frame["group"] = frame["group"].astype(object).where(frame["group"].notna(), None)
    frame["verdict"] = np.where(
        frame["p_adjusted"] < 1 - level, "differs", "no detectable difference"
    )
    frame["n"] = frame["n"].fillna(inside.sum())
    words = "term group estimate std_error conf_low conf_high p_value p_adjusted verdict n"
    return frame[words.split()]


def _beyond(marks: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Say which controls tell something that the groups do not."""
    return stats.owned(np.column_stack([marks, z]))[marks.shape[1] :] > 0


def _slopes_within(design: Design, inside: np.ndarray) -> pd.DataFrame:
    """Give every driver's slope among some of the answers, of one model."""
    z = design.z[inside]
    table = np.column_stack([design.x[0][inside], z[:, stats.owned(z) > 0]])
    cluster = design.cluster[inside] if design.cluster is not None else None
    names = [*design.drivers, *design.controls]
    found = fitted(table, design.y[inside], design.w[inside], cluster, names)
    slope = found.coefficients[1 : len(design.drivers) + 1]
    error = np.sqrt(np.diag(found.covariance)[1 : len(design.drivers) + 1])
    reach = t_distribution.ppf((1 + design.survey.level) / 2, found.df) * error
    ends = {"conf_low": slope - reach, "conf_high": slope + reach}
    return pd.DataFrame({"estimate": slope, "std_error": error, **ends, "n": inside.sum()})


def _wald(beta, cov, places: list[int], freedom: float) -> float:
    statistic, df = stats.wald(beta[places], cov[np.ix_(places, places)])
    return float(f_distribution.sf(statistic / max(df, 1), max(df, 1), freedom))


def _check_choice(word: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise DriverError(f"{word}='{given}' is not known.\nUse one of {', '.join(known)}.")


def _check_outcome(design: Design, model: str, points: str) -> None:
    values = np.unique(design.y)
    if model == "logit" and len(values) != 2:
        raise DriverError(
            f"outcome '{design.outcome}' has {len(values)} values; a logit needs two.\n"
            "Use model='ordinal' or 'linear', or make it yes or no."
        )
    if model == "ordinal" and len(values) > MOST_CATEGORIES:
        raise DriverError(
            f"outcome '{design.outcome}' has {len(values)} values: too many to be categories.\n"
            "Use model='linear', or band the outcome."
        )
    if points == "log-odds" and model == "linear":
        raise DriverError("A linear model has no log-odds.\nUse model='logit' or 'ordinal'.")
    if points == "nps" and (values.min() < 0 or values.max() > 10):
        raise DriverError(
            f"outcome '{design.outcome}' runs from {values.min():g} to {values.max():g}; "
            "NPS points need a score of 0 to 10.\nUse points='score'."
        )


def _linear(design: Design, imputation: int, points: str) -> list[tuple]:
    x = np.column_stack([design.x[imputation], design.z])
    y = worth_of(design.y, "nps") if points == "nps" else design.y
    found = fitted(x, y, design.w, design.cluster, [t for t, _ in _terms(design)])
    last = np.roll(np.arange(x.shape[1] + 1), -1)
    cov = found.covariance[np.ix_(last, last)]
    terms = [*_terms(design), ("intercept", "intercept")]
    plain = np.diag(found.classical)[last]
    return [("points", terms, found.coefficients[last], cov, found.df, plain)]


def _ordered(design: Design, imputation: int, points: str) -> list[tuple]:
    scale = columns(design, imputation)
    model = fit_named(design, design.y, scale.z)
    if design.weighted or design.cluster is not None:
        cov = robust(model, design.y, scale.z, design.w, design.cluster)
    else:
        cov = stats.inverse(model.information)
    many = np.inf if design.cluster is None else pd.Series(design.cluster).nunique() - 1
    unknown = np.full(len(model.theta), np.nan)
    if points != "log-odds":
        worth = worth_of(model.values, points)
        slope, cov = slopes_in_points(model, cov, scale.z, design.w, worth)
        cov = cov / np.outer(scale.spread, scale.spread)
        terms = _terms(design)
        return [("points", terms, slope / scale.spread, cov, many, unknown[: len(terms)])]
    theta, cov = per_unit(scale, len(model.cuts), model.theta, cov)
    if len(model.values) == 2:
        # a logit's intercept is its one cut, turned over
        turn = np.append(-1.0, np.ones(len(theta) - 1))
        terms = [("intercept", "intercept"), *_terms(design)]
        return [("log-odds", terms, turn * theta, cov * np.outer(turn, turn), many, unknown)]
    cuts = [
        (f"{a:g}|{b:g}", "cut") for a, b in zip(model.values[:-1], model.values[1:], strict=True)
    ]
    return [("log-odds", [*cuts, *_terms(design)], theta, cov, many, unknown)]


def _terms(design: Design) -> list[tuple[str, str]]:
    return [(d, "driver") for d in design.drivers] + [(c, "control") for c in design.controls]


def _pooled(design: Design, found: list[list[tuple]]) -> pd.DataFrame:
    """Put the estimates of all imputations together (Rubin 1987)."""
    blocks = [one for (one,) in found]
    part, terms, _, _, freedom, _ = blocks[0]
    estimates = np.array([block[2] for block in blocks])
    within = np.mean([np.diag(block[3]) for block in blocks], axis=0)
    between = estimates.var(axis=0, ddof=1) if len(blocks) > 1 else np.zeros(len(terms))
    extra = (1 + 1 / len(blocks)) * between
    estimate, error = estimates.mean(axis=0), np.sqrt(within + extra)
    with np.errstate(divide="ignore", over="ignore"):
        ratio = np.exp(estimate)
        rubin = (len(blocks) - 1) * (1 + within / extra) ** 2 if len(blocks) > 1 else np.inf
    freedom = np.minimum(freedom, rubin)
    reach = t_distribution.ppf((1 + design.survey.level) / 2, freedom) * error
    p = 2 * t_distribution.sf(np.abs(estimate / error), freedom)
    names, roles = zip(*terms, strict=True)
    per_point = np.isin(roles, ("driver", "control")) & (part == "log-odds")
    own, adjusted = np.array(roles) == "driver", np.full(len(terms), np.nan)
    adjusted[own] = stats.adjust(p[own], method="holm")
    columns = {
        "term": names,
        "role": roles,
        "part": part,
        "estimate": estimate,
        "std_error": error,
        "std_error_plain": np.sqrt(np.mean([block[5] for block in blocks], axis=0) + extra),
        "conf_low": estimate - reach,
        "conf_high": estimate + reach,
        "p_value": p,
        "p_adjusted": adjusted,
        "odds_ratio": np.where(per_point, ratio, np.nan),
        "n": design.n,
        "n_effective": design.n_effective,
    }
    return pd.DataFrame(columns)[FIT_COLUMNS]


def _headline(design: Design, frame: pd.DataFrame, unit: str, points: str, model: str) -> str:
    own = frame[frame["role"] == "driver"]
    clear = own[own["p_adjusted"] < 1 - design.survey.level]
    named = label(design.outcome)
    what = {"nps": "NPS points", "log-odds": f"in log-odds of higher {named}"}.get(
        points, f"in {named}" if unit == "share" else f"in the answer to {named}"
    )
    if clear.empty:
        return f"Nothing stands apart: no rating has a detectable association with {named}."
    first = clear.loc[clear["estimate"].abs().idxmax()]
    ordered = " (ordered answers)" if model == "ordinal" else ""
    said = (
        f"One point more for {first['term']} is associated with "
        f"{risen(first['estimate'], unit)} {what} "
        f"({span(first['conf_low'], first['conf_high'], unit)}), others held{ordered}."
    )
    whole = f"{said} Detectable: {len(clear)} of {len(own)}."
    return whole if len(whole.split()) <= ALOUD else said


def _errors(design: Design, model: str) -> str:
    if design.cluster is not None:
        return f"errors robust to answers alike within a {label(str(design.survey.cluster))}"
    if model == "linear":
        return "HC3 errors"
    return "robust errors" if design.weighted else "model-based errors"


def _standardised(design: Design, tables: list[np.ndarray]) -> Design:
    first = len(design.controls)
    return replace(
        design,
        y=tables[0][:, -1],
        x=tuple(table[:, first:-1] for table in tables),
        z=tables[0][:, :first],
    )


def _sign_verdict(row) -> str:
    clear = row.conf_low > 0 or row.conf_high < 0
    if row.correlation * row.estimate < 0 and clear:
        return "sign turns"
    if abs(row.estimate) > abs(row.correlation) + SUPPRESSED and clear:
        return "suppressed"
    if row.vif > HIGH_VIF:
        return "repeats others"
    return "same sign" if clear else "nothing of its own"


def _conflict_headline(frame: pd.DataFrame, outcome: str) -> str:
    turned = frame.loc[frame["verdict"] == "sign turns", "term"].tolist()
    hidden = frame.loc[frame["verdict"] == "suppressed", "term"].tolist()
    empty = frame.loc[frame["verdict"] == "nothing of its own", "term"].tolist()
    repeats = frame.loc[frame["vif"] > HIGH_VIF, "term"].tolist()
    told = [
        (turned, f"{_verb(turned, 'turns', 'turn')} sign among the others"),
        (hidden, f"{_verb(hidden, 'shows', 'show')} more among the others than alone"),
        (empty if len(frame) > 1 else [], f"{_verb(empty, 'adds', 'add')} nothing detectable"),
        (repeats, f"mostly {_verb(repeats, 'repeats', 'repeat')} other ratings"),
    ]
    if not any(names for names, _ in told):
        return f"Alone and among the others, every rating goes the same way with {label(outcome)}."
    for most in (4, 2, 0):  # as many names as can be read aloud
        said = [
            f"{listing(names, most) if most else count(len(names), 'rating')} {tail}"
            for names, tail in told
            if names
        ]
        headline = f"Read with care: {'; '.join(said)}."
        if len(headline.split()) <= ALOUD:
            break
    return headline


def _verb(terms: list, one: str, many: str) -> str:
    return one if len(terms) == 1 else many
