"""Do two groups differ? Tests that hold for few answers: Mann-Whitney's and Fisher's."""

import pandas as pd

from cxlab import stats
from cxlab.codebook import label
from cxlab.metrics.workings.answers import need, numeric
from cxlab.metrics.workings.measures import MetricsError
from cxlab.results import Result, count, listing, percent, probability


def two_groups(
    responses: pd.DataFrame, *, score: str = "nps", by: str, top: float = 9, level: float = 0.95
) -> Result:
    """Test whether two groups differ in a score and in their share of high answers.

    Unweighted, each row an answer of its own; for weights and repeat answers see `compare`.

    Args:
        responses: one row per answer.
        score: column of numbers.
        by: column with two groups.
        top: answers from this on are high, such as 9 for promoters.
        level: the tests are read at one minus this.

    Returns:
        term (`level`, `share of high answers`), group, against, estimate (chance that an answer
        of the first is above one of the second, ties halved; odds ratio), statistic (U; high
        answers of the first), p_value, verdict, n.

    Raises:
        MetricsError: a column is absent, or `by` has not two groups.

    Example:
        >>> rows = pd.DataFrame({"nps": [9, 10, 9, 2, 3, 9, 1, 0], "plan": list("aaaabbbb")})
        >>> two_groups(rows, by="plan").frame["p_value"].round(3).tolist()
        [0.183, 0.486]
    """
    need(responses, [score, by])
    rows = pd.DataFrame({"y": numeric(responses, score), "by": responses[by]}).dropna()
    names = sorted(rows["by"].unique(), key=str)
    if len(names) != 2:
        raise MetricsError(
            f"'{by}' has {count(len(names), 'group')} with answers ({listing(names) or 'none'}); "
            "this test takes two. Keep two of them, or use metrics.compare."
        )
    first, second = (rows.loc[rows["by"] == name, "y"] for name in names)
    table = [[int((side >= top).sum()), int((side < top).sum())] for side in (first, second)]
    tests = {"level": stats.mann_whitney(first, second)}
    tests["share of high answers"] = stats.fisher(table)
    frame = pd.DataFrame(
        {
            "term": list(tests),
            "group": str(names[0]),
            "against": str(names[1]),
            "estimate": [test.effect for test in tests.values()],
            "statistic": [test.statistic for test in tests.values()],
            "p_value": [test.p_value for test in tests.values()],
            "n": len(rows),
        }
    )
    apart = frame["p_value"] < 1 - level
    frame["verdict"] = apart.map({True: "differs", False: "no detectable difference"})
    p = frame["p_value"].iloc[0]
    said = "differs between" if apart.iloc[0] else "shows no detectable difference between"
    return Result(
        name=f"{score} in two groups",
        frame=frame,
        headline=f"The level of {label(score)} {said} '{names[0]}' and '{names[1]}' "
        f"(p {probability(p)}).",
        method=f"Mann and Whitney's test; Fisher's exact test of answers of {top:g} and more; "
        f"level {percent(level)}.",
        base=f"{count(len(rows), 'answer')}: {len(first):,} and {len(second):,}.",
    )
