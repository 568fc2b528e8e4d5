"""Who differs? Groups against the rest, one wave against another, and equivalence."""

import numpy as np
import pandas as pd
from scipy import special

from cxlab import results, stats
from cxlab.codebook import How, question
from cxlab.metrics.workings.answers import By, take
from cxlab.metrics.workings.apart import apart, stands_apart
from cxlab.metrics.workings.channels import mode_note
from cxlab.metrics.workings.gaps import gap_between, gap_frame
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.results import Result, amount, count, probability

SOURCES = {
    "bh": "false discovery rate held within this family (Benjamini and Hochberg 1995)",
    "by": "false discovery rate under any dependence (Benjamini and Yekutieli 2001)",
    "holm": "chance of any error held within this family (Holm 1979)",
    "bonferroni": "chance of any error held within this family (Bonferroni)",
}

OTHER_TIMES = (
    "The two sets were given at different times: season, trend and who was reached are in the "
    "difference. metrics.before_after allows for them."
)


@question()
def compare(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    by: By,
    correction: str = "bh",
    how: How,
) -> Result:
    """Compare each group with all answers outside it, corrected for the number of groups.

    Args:
        by: column, or columns, that make the groups.
        correction: `bh` (default), `by`, `holm` or `bonferroni`; the groups shown are the family.
        smallest: groups with fewer answers are not compared; their answers stay in the rest.

    Returns:
        group, estimate (the group less the rest), std_error, conf_low, conf_high, p_value,
        p_adjusted, n, level, verdict (`above`, `below`, `not apart`, `suppressed`).

    Example:
        >>> rows = pd.DataFrame({"nps": [9] * 40 + [5] * 40, "region": ["N"] * 40 + ["S"] * 40})
        >>> compare(rows, by="region").frame["verdict"].tolist()
        ['above', 'below']
    """
    answers = take(responses, resolve(score), by=by, weight=how.weight, cluster=how.cluster)
    n = answers.cells.n.sum(axis=1)
    sizes = pd.DataFrame({"group": answers.groups, "n": n})
    hidden = results.hidden(sizes, smallest=how.smallest) | (n == 0)
    if len(answers.groups) < 2:
        raise MetricsError(
            f"Only one group answered ('{answers.groups[0]}'); there is no rest to compare with."
        )
    found = apart(answers, level=how.level, hidden=hidden, method=correction)
    side = np.where(found.estimate > 0, "above", "below")
    frame = pd.DataFrame(
        {
            "group": answers.groups,
            **{key: getattr(found, key) for key in found._fields if key != "stands"},
            "n": n.astype(int),
            "level": how.level,
            "verdict": np.where(
                hidden, "suppressed", np.where(found.stands, side, "not apart")
            ).astype(object),
        }
    )
    frame.loc[hidden, ["estimate", "std_error", "conf_low", "conf_high", "p_value"]] = np.nan
    frame.loc[~(frame["std_error"] > 0), ["conf_low", "conf_high"]] = np.nan  # all alike
    notes = [*answers.notes, *mode_note(answers, by)]
    if hidden.any():
        notes.append(
            f"{count(int(hidden.sum()), 'group')} not compared: fewer than {how.smallest} answers, "
            "or would tell the numbers of those that have; their answers stay with the rest."
        )
    return Result(
        name=f"{answers.score.name} against the rest",
        frame=frame,
        headline=stands_apart(answers, found, by, sizes=True),
        method="each group against all answers outside it: score test, Wald interval; "
        + SOURCES[correction],
        base=answers.base,
        notes=tuple(notes),
        unit=answers.score.unit,
    )


@question("weight", "cluster", "level")
def difference(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    score: str | Score = "nps",
    pair: str | None = None,
    method: str = "mover",
    how: How,
) -> Result:
    """Give the difference of a score between two sets of answers, the second less the first.

    Sets given at different times differ by their season, the trend and who was reached as well; a
    note says so (`before_after` and `movement` allow for them).

    Args:
        before: answers of the first set.
        after: answers of the second set.
        pair: column naming the customer; only those in both sets count, each with the last
            answer in either.
        method: `mover` squares and adds the ends of the two single intervals (for shares
            Newcombe's interval); `wald` takes the normal interval and test.
        cluster: column of what was drawn together, also across the two sets.

    Returns:
        term, before, after, estimate, std_error, conf_low, conf_high, p_value, n, level,
        verdict (`higher`, `lower`, `no detectable difference`).

    Example:
        >>> first = pd.DataFrame({"nps": [0] * 30 + [7] * 40 + [9] * 30})
        >>> second = pd.DataFrame({"nps": [0] * 20 + [7] * 35 + [9] * 45})
        >>> difference(first, second, method="wald").headline
        'NPS is 25.0 points higher (+3.6 to +46.4): 25.0 after 0.0.'
    """
    what = resolve(score)
    gap = gap_between(before, after, what, pair, how.weight, how.cluster, method, how.level)
    if not gap.low < gap.high:
        # answers all alike do not tell how far others would have been from them
        gap = gap._replace(low=np.nan, high=np.nan)
    apart_from_zero = gap.low > 0 or gap.high < 0
    verdict = "no detectable difference"
    if apart_from_zero:
        verdict = "higher" if gap.estimate > 0 else "lower"
    frame = gap_frame(gap, "difference", gap.low, gap.high, gap.p_value, how.level, verdict)
    values = f"{amount(gap.after, what.unit)} after {amount(gap.before, what.unit)}"
    ends = f" ({what.range(gap.low, gap.high)})" if np.isfinite(gap.low) else ""
    if apart_from_zero:
        headline = f"{what.name} is {what.difference(gap.estimate)} {verdict}{ends}: {values}."
    elif np.isfinite(gap.low):
        headline = f"{what.name}: no detectable difference{ends}: {values}."
    else:
        frame["verdict"] = None
        headline = f"{what.name}: {values}; without a spread in the answers no interval is given."
    name = f"{what.name} difference"
    notes = (*gap.notes, *_other_times(before, after))
    return Result(name, frame, headline, gap.method, gap.base, notes, what.unit)


def _other_times(before: pd.DataFrame, after: pd.DataFrame) -> tuple[str, ...]:
    """Warn where one set was given after the other."""
    sides = [rows.get("answered_at") for rows in (before, after)]
    if not all(s is not None and pd.api.types.is_datetime64_any_dtype(s) for s in sides):
        return ()
    try:
        apart_in_time = sides[0].max() < sides[1].min() or sides[1].max() < sides[0].min()
    except TypeError:  # one with a zone, one without
        return ()
    return (OTHER_TIMES,) if apart_in_time else ()


@question("weight", "cluster", "level")
def equivalence(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    score: str | Score = "nps",
    margin: float,
    pair: str | None = None,
    how: How,
) -> Result:
    """Ask whether a score changed by less than a margin, by two one-sided tests.

    Args:
        before, after, pair: as in `difference`.
        margin: the largest difference that would not matter, in the unit of the score.
        level: confidence of the statement; the interval shown has level 2 * level - 1.

    Returns:
        The columns of `difference`; `p_value` is the larger of the two one-sided ones, and
        `verdict` is `equivalent` or `not shown`.

    Example:
        >>> rows = pd.DataFrame({"nps": [0, 7, 9, 10] * 2000})
        >>> equivalence(rows, rows, margin=5).frame["verdict"][0]
        'equivalent'
    """
    what = resolve(score)
    if not margin > 0:
        raise MetricsError(f"margin must be above zero; it is {margin:g}.")
    inner = 2 * how.level - 1
    gap = gap_between(before, after, what, pair, how.weight, how.cluster, "mover", inner)
    p = float("nan")
    if gap.std_error > 0:
        nearest = (margin - abs(gap.estimate)) / gap.std_error
        p = float(special.stdtr(min(gap.df, 1e12), -nearest))
    # answers that are all alike show no spread, and so no equivalence
    shown = bool(gap.std_error > 0 and gap.low > -margin and gap.high < margin)
    verdict = "equivalent" if shown else "not shown"
    frame = gap_frame(gap, f"within {margin:g}", gap.low, gap.high, p, inner, verdict)
    ends = f"{what.range(gap.low, gap.high)}, {inner * 100:.0f}% interval"
    if not np.isfinite(gap.low):
        ends = "no interval: the answers are all alike"
    size = what.difference(margin)
    headline = (
        f"{what.name} did not change by more than {size} ({ends}; p {probability(p)})."
        if shown
        else f"{what.name}: a change larger than {size} cannot be ruled out ({ends})."
    )
    method = f"two one-sided tests (Schuirmann 1987); {gap.method}"
    name = f"{what.name} equivalence"
    return Result(name, frame, headline, method, gap.base, gap.notes, what.unit)


def any_difference(
    responses: pd.DataFrame, *, score: str | Score = "nps", by: By, level: float = 0.95
) -> Result:
    """Test whether the groups differ at all: in their boxes, and in the level of the answers.

    Args:
        responses: one row per answer; weights are not used.
        score, by: as in `compare`.
        level: confidence level of the verdict.

    Returns:
        term (chi-square of the boxes, Kruskal-Wallis of the answers), statistic, df, p_value,
        estimate (Cramer's V, epsilon squared), n, verdict.

    Example:
        >>> rows = pd.DataFrame({"nps": [9] * 40 + [5] * 40, "region": ["N"] * 40 + ["S"] * 40})
        >>> any_difference(rows, by="region").headline
        'NPS differs between the groups of region (chi-square p < 0.001).'
    """
    answers = take(responses, resolve(score), by=by, cluster="")
    worth = answers.worth
    boxes = np.stack([answers.cells.n[:, worth == v].sum(axis=1) for v in np.unique(worth)], axis=1)
    tests = {
        "chi-square": stats.chi_square(boxes),
        "Kruskal-Wallis": stats.kruskal(answers.cells.n),
    }
    frame = pd.DataFrame(
        [
            {"term": term, "statistic": t.statistic, "df": t.df, "p_value": t.p_value,
             "estimate": t.effect, "n": int(answers.cells.n.sum()),
             "verdict": "differ" if t.p_value <= 1 - level else "no detectable difference"}
            for term, t in tests.items()
        ]
    )  # fmt: skip
    p = probability(tests["chi-square"].p_value)
    said = f"chi-square p {p if p.startswith('<') else f'= {p}'}"
    what = by if isinstance(by, str) else " and ".join(by or [])
    differ = tests["chi-square"].p_value <= 1 - level
    found = " differs" if differ else ": no detectable difference"
    headline = f"{answers.score.name}{found} between the groups of {what} ({said})."
    method = "Pearson chi-square with Cramer's V; Kruskal and Wallis (1952), ties corrected"
    return Result(
        f"{answers.score.name} across groups", frame, headline, method, answers.base, answers.notes
    )
