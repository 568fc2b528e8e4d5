"""What is empty: not asked or not answered, in which patterns, and of whom."""

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from cxlab import stats
from cxlab.codebook import guard, label
from cxlab.results import Result, count, listing, percent, probability

NEARLY_ALL = 0.99  # empty this often in a group, a question was not asked of it
ENOUGH = 30
MOST_PATTERNS = 12
BANDS = 4


def not_asked(answers: pd.DataFrame, *, known: pd.DataFrame) -> dict[str, tuple[str, np.ndarray]]:
    """Find questions that whole groups were not asked.

    An export shows a question that was skipped and one that was never put as the same empty
    cell. Where at least 30 people share something known and 99% of them left the question
    empty, while others answered, it was most likely not put to them.

    Args:
        answers: one column a question, missing where empty.
        known: what is known of the same people, row by row.

    Returns:
        Question -> of whom it was not asked, in words, and a True for each such row.

    Example:
        >>> rows = pd.DataFrame({"support": [5.0] * 40 + [None] * 40})
        >>> told = pd.DataFrame({"contacted": ["yes"] * 40 + ["no"] * 40})
        >>> whom, skipped = not_asked(rows, known=told)["support"]
        >>> whom, int(skipped.sum())
        ('contacted: no', 40)
    """
    found: dict[str, tuple[str, np.ndarray]] = {}
    words_of = [name for name in known if not pd.api.types.is_numeric_dtype(known[name])]
    groups = {name: pd.factorize(known[name], sort=True) for name in words_of}
    for question in answers:
        empty = answers[question].isna().to_numpy()
        if not 0 < empty.sum() < len(empty):
            continue
        words, skipped = [], np.zeros(len(empty), bool)
        for name, (code, kinds) in groups.items():
            table = _counted(empty, code, len(kinds))
            size = table.sum(axis=1)
            blank = (size >= ENOUGH) & (table[:, 1] / np.maximum(size, 1) >= NEARLY_ALL)
            told = np.append(blank, False)[code] & empty & ~skipped  # code -1 is no group
            if blank.any() and told.sum() >= ENOUGH:
                words.append(f"{label(name)}: {listing([str(each) for each in kinds[blank]])}")
                skipped |= told
        if words:
            found[question] = (listing(words), skipped)
    return found


def by_question(
    answers: pd.DataFrame, *, known: pd.DataFrame, base: str = "the answers kept"
) -> Result:
    """Count for each question who answered, who was not asked, and who left it empty.

    Args:
        answers: one column a question.
        known: what is known of the same people, row by row.
        base: who is counted.

    Returns:
        `column`, `n` (asked), `events` (of these, left empty), `share` (of those asked),
        `value` (of whom the question was not asked). Most often empty first.
    """
    apart = not_asked(answers, known=known)
    rows = []
    for question in answers:
        empty = answers[question].isna().to_numpy()
        whom, skipped = apart.get(question, (None, np.zeros(len(empty), bool)))
        asked = len(empty) - int(skipped.sum())
        left = int(empty.sum() - skipped.sum())
        rows.append((question, asked, left, left / asked if asked else np.nan, whom))
    frame = pd.DataFrame(rows, columns=["column", "n", "events", "share", "value"])
    frame = frame.sort_values("share", ascending=False, kind="stable", ignore_index=True)
    return Result(
        name="missing answers",
        frame=frame,
        headline=_missing_sentence(frame),
        method=f"Not asked: at least {percent(NEARLY_ALL)} of a group of {ENOUGH} or more left it "
        "empty. The share is taken among those asked.",
        base=f"{count(len(answers), 'answer')}; {base}.",
    )


def patterns(answers: pd.DataFrame, *, base: str = "the answers kept") -> Result:
    """List which questions are empty together, the most frequent pattern first.

    Args:
        answers: one column a question.
        base: who is counted.

    Returns:
        One row a pattern and question: `rank` of the pattern, `n`, `share`, `column`,
        `verdict` (answered, empty). Twelve patterns at most.
    """
    empty = answers.isna()
    kinds = empty.value_counts()
    rows = [
        (rank, int(n), n / len(empty), question, "empty" if gone else "answered")
        for rank, (pattern, n) in enumerate(kinds.head(MOST_PATTERNS).items(), start=1)
        for question, gone in zip(answers.columns, pattern, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["rank", "n", "share", "column", "verdict"])
    whole = float((~empty.any(axis=1)).mean()) if len(empty) else 0.0
    return Result(
        name="missing map",
        frame=frame,
        headline=f"{percent(whole)} of the answers are complete; {count(len(kinds), 'pattern')} of "
        f"empty questions {'occurs' if len(kinds) == 1 else 'occur'}.",
        method="Answers with the same questions empty are counted together.",
        base=f"{count(len(answers), 'answer')}; {base}.",
    )


def who(answers: pd.DataFrame, *, known: pd.DataFrame, base: str = "the answers kept") -> Result:
    """Test whether leaving a question empty goes with anything known of the people asked.

    Args:
        answers: one column a question.
        known: what is known of the same people, row by row; numbers are cut into quarters.
        base: who is counted.

    Returns:
        `column`, `term` (what is known), `n` asked, `share` empty, `estimate` (Cramér's V, 0 to
        1), `p_value` (chi-squared), `p_adjusted` (Benjamini and Hochberg 1995), `verdict`
        (goes with, nothing detectable). Strongest first; questions that hardly anybody left
        empty, or hardly anybody answered, cannot be tested and are left out.
    """
    apart = not_asked(answers, known=known)
    rows = []
    of_all = {name: _grouped(known[name].reset_index(drop=True)) for name in known}
    for question in answers:
        asked = ~apart[question][1] if question in apart else np.ones(len(answers), bool)
        empty = answers[question].isna().to_numpy()[asked]
        if min(empty.sum(), (~empty).sum()) < ENOUGH // 3:
            continue
        for name in known:
            groups = of_all[name]
            if question in apart:  # quarters of those asked
                groups = _grouped(known[name].reset_index(drop=True)[asked])
            found = _association(empty, groups)
            if found is not None:
                rows.append((question, name, int(asked.sum()), float(empty.mean()), *found))
    frame = pd.DataFrame(rows, columns=["column", "term", "n", "share", "estimate", "p_value"])
    frame["p_adjusted"] = stats.adjust(frame["p_value"].to_numpy(float))
    sure = frame["p_adjusted"] < 0.05
    frame["verdict"] = np.where(sure, "goes with", "nothing detectable")
    frame = frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    return Result(
        name="who left questions empty",
        frame=frame,
        headline=_who_sentence(frame),
        method="Chi-squared test of empty against answered by each thing known; Cramér's V; "
        "p adjusted for the number of tests (Benjamini and Hochberg 1995).",
        base=f"{count(len(answers), 'answer')}; {base}.",
    )


def _grouped(column: pd.Series) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(column) or column.nunique() <= BANDS:
        return column.astype("str").where(column.notna())
    return pd.qcut(column, BANDS, duplicates="drop").astype("str").where(column.notna())


def _counted(empty: np.ndarray, code: np.ndarray, kinds: int) -> np.ndarray:
    """Count answered and empty of each group; a row a group, -1 is none."""
    some = code >= 0
    return np.bincount(2 * code[some] + empty[some], minlength=2 * kinds).reshape(-1, 2)


def _association(empty: np.ndarray, groups: pd.Series) -> tuple[float, float] | None:
    """Give Cramér's V and p, or None where a table is too thin for the test (Cochran 1954)."""
    code, kinds = pd.factorize(groups, sort=True)
    table = _counted(empty, code, len(kinds))
    if len(table) < 2 or not table.sum(axis=0).all():
        return None
    statistic, p, _, expected = chi2_contingency(table, correction=False)
    if (expected < 1).any() or (expected < 5).mean() > 0.2:
        return None
    return float(np.sqrt(statistic / table.sum())), float(p)


def _missing_sentence(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "No question was asked."
    most = frame.iloc[0]
    said = (
        f"Of those asked, at most {percent(most['share'], 1)} gave a question no answer that "
        f"counts ({label(most['column'])})"
        if most["events"]
        else "All who were asked answered every question"
    )
    apart = frame[frame["value"].notna()]
    if apart.empty:
        return f"{said}."
    names = listing([f"'{label(name)}'" for name in apart["column"]])
    return f"{said}; {names} {'was' if len(apart) == 1 else 'were'} not asked of everyone."


def _who_sentence(frame: pd.DataFrame) -> str:
    sure = frame[frame["verdict"] == "goes with"]
    if frame.empty:
        return "Too few questions were left empty to ask who left them."
    if sure.empty:
        return "Nothing known of the people goes detectably with leaving a question empty."
    most = sure.iloc[0]
    return (
        f"Leaving '{label(most['column'])}' empty goes with {label(most['term'])} (p, adjusted, "
        f"{probability(most['p_adjusted'])}); {count(len(sure))} of {count(len(frame), 'pair')} "
        "of question and fact go together."
    )


__all__ = ["by_question", "not_asked", "patterns", "who"]
guard(globals())
