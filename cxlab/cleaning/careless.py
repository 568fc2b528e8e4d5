"""Was it read before it was answered? Signs of haste, each with its paper."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxlab.results import Result, count, percent

# sign -> (which side is suspicious, paper)
SIGNS = {
    "longstring": ("high", "longest run of one answer (Johnson 2005)"),
    "irv": ("low", "spread of one person's answers (Dunn et al. 2018)"),
    "even_odd": ("low", "agreement of even with odd items of each scale (Curran 2016)"),
    "synonyms": ("low", "agreement over item pairs that go together (Meade and Craig 2012)"),
    "mahalanobis": ("high", "distance from the usual pattern (Mahalanobis 1936)"),
    "speed": ("low", "seconds against a reading-time floor (Huang et al. 2012)"),
    "gibberish": ("high", "a comment without words (Buchanan and Scofield 2018)"),
}
# signs that look at the same thing: alike, unusual, fast, empty of words
KINDS = (
    ("longstring", "irv"),
    ("mahalanobis", "synonyms", "even_odd"),
    ("speed",),
    ("gibberish",),
)
SECONDS_AN_ITEM = 2.0
SYNONYM_AT = 0.6
SHORTEST = 5  # ratings a battery needs to show a pattern
_BLOCK = 2**17  # rows


def longstring(items: pd.DataFrame) -> pd.Series:
    """Give the longest run of equal answers in each row, in the order asked.

    Example:
        >>> longstring(pd.DataFrame([[1, 1, 2, 2, 2]])).tolist()
        [3]
    """
    longest, _ = _runs(items)
    return longest


def averagestring(items: pd.DataFrame) -> pd.Series:
    """Give the mean length of the runs of equal answers in each row."""
    _, mean = _runs(items)
    return mean


def irv(items: pd.DataFrame) -> pd.Series:
    """Give the standard deviation of each person's answers (n - 1)."""
    parts = [block.std(axis="columns", ddof=1) for block in _blocks(items)]
    return pd.concat(parts) if parts else pd.Series(dtype=float)


def mahalanobis(items: pd.DataFrame) -> pd.Series:
    """Give the squared distance of each complete row from the mean, in sample covariance.

    Items are brought to one scale first, so that none is lost for being in small units.
    """
    out = pd.Series(np.nan, index=items.index)
    whole = items.notna().all(axis="columns").to_numpy()
    n, k = int(whole.sum()), items.shape[1]
    if n <= k:
        return out
    mean = items.mean().to_numpy() if whole.all() else items[whole].mean().to_numpy()
    products = np.zeros((k, k))
    for block in _blocks(items):
        centred = block.dropna().to_numpy() - mean
        products += centred.T @ centred
    spread = np.sqrt(np.diag(products) / (n - 1))
    # what does not vary, or only by rounding, keeps nobody apart
    scale = np.divide(1, spread, out=np.zeros(k), where=spread > 1e-12 * np.abs(mean))
    inverse = np.linalg.pinv(products / (n - 1) * np.outer(scale, scale), hermitian=True)
    measured = [
        np.einsum("ij,jk,ik->i", z, inverse, z)
        for block in _blocks(items)
        for z in [(block.dropna().to_numpy() - mean) * scale]
    ]
    out[whole] = np.concatenate(measured)
    return out


def even_odd(items: pd.DataFrame, *, scales: Sequence[Sequence[str]]) -> pd.Series:
    """Give the agreement of each person's even and odd items over several scales.

    Args:
        items: answers.
        scales: the columns of each scale; at least three scales of two items.

    Returns:
        Correlation over scales, stepped up to full length (Spearman and Brown).
    """
    used = [list(scale) for scale in scales if len(scale) >= 2]
    if len(used) < 3:
        return pd.Series(np.nan, index=items.index)
    odd = pd.DataFrame({at: items[scale[0::2]].mean(axis=1) for at, scale in enumerate(used)})
    even = pd.DataFrame({at: items[scale[1::2]].mean(axis=1) for at, scale in enumerate(used)})
    r = _row_correlation(odd, even)
    return (2 * r / (1 + r.abs())).clip(-1, 1)


def synonyms(items: pd.DataFrame, *, at_least: float = SYNONYM_AT) -> pd.Series:
    """Give each person's agreement over the pairs of items that correlate strongly.

    Args:
        items: answers.
        at_least: correlation from which two items count as a pair.

    Returns:
        Correlation over the pairs; missing where there are fewer than three pairs.
    """
    r = items.astype(float).corr().to_numpy()
    first, second = np.where(np.triu(r, 1) >= at_least)
    if len(first) < 3:
        return pd.Series(np.nan, index=items.index)
    left = items.iloc[:, first].set_axis(range(len(first)), axis=1)
    right = items.iloc[:, second].set_axis(range(len(first)), axis=1)
    return _row_correlation(left, right)


def gibberish(texts: pd.Series) -> pd.Series:
    """Say which comments hold no word: one letter repeated, or letters without vowels.

    Example:
        >>> gibberish(pd.Series(["aaaaaa", "sdfghjk", "ok", "great value", None])).tolist()
        [True, True, False, False, False]
    """
    hit = _odd_at_a_glance(texts)
    text = texts[hit].astype("str").str.strip().str.lower()
    letters = text.str.replace(r"[\W\d_]", "", regex=True)
    same = letters.str.fullmatch(r"(.{1,2})\1{2,}") & (letters.str.len() >= 5)
    bare = (letters.str.len() >= 6) & ~letters.str.contains(r"[aeiouy]")
    hit[hit] = (same | (bare & letters.map(str.isascii).astype(bool))).to_numpy(bool)
    return pd.Series(hit, index=texts.index)


def signs(
    responses: pd.DataFrame,
    *,
    ratings: Sequence[str] | Mapping[str, Sequence[str]],
    limits: Mapping[str, float] | None = None,
    comment: str = "comment",
) -> pd.DataFrame:
    """Flag each sign of haste in each row.

    Args:
        responses: answers.
        ratings: the rating columns of one battery, in the order asked; or name of a battery ->
            its columns.
        limits: sign -> its threshold, instead of the usual one.
        comment: column of free text.

    Returns:
        One True-or-False column a sign that could be looked for, and `flags`, their number.
        Signs that look at the same thing count once: answers all alike (`longstring`, `irv`),
        and an unusual pattern (`mahalanobis`, `synonyms`).
    """
    given = dict(limits or {})
    batteries = list(ratings.values()) if isinstance(ratings, Mapping) else [ratings]
    found: dict[str, pd.Series] = {}
    for battery in batteries:
        for name, hit in _in_battery(responses[list(battery)].astype(float), given).items():
            found[name] = found[name] | hit if name in found else hit
    rated = list(dict.fromkeys(name for battery in batteries for name in battery))
    asked = responses[rated].notna().sum(axis="columns")
    if "duration_s" in responses:
        floor = given.get("speed", SECONDS_AN_ITEM)
        third = responses["duration_s"].median() / 3
        found["speed"] = (responses["duration_s"] < third) & (
            responses["duration_s"] < floor * (asked + 3)
        )
    if comment in responses:
        found["gibberish"] = gibberish(responses[comment])
    frame = pd.DataFrame(found, index=responses.index).fillna(False).astype(bool)
    kinds = pd.DataFrame(
        {at: frame[[name for name in kind if name in frame]].any(axis="columns")
         for at, kind in enumerate(KINDS)}
    )  # fmt: skip
    return frame.assign(flags=kinds.sum(axis="columns").astype(int))


def haste(
    responses: pd.DataFrame,
    *,
    ratings: Sequence[str] | Mapping[str, Sequence[str]],
    at_least: int = 2,
    smallest: int = 0,
) -> Result:
    """Count the signs of haste and the answers that show two or more.

    Args:
        responses: answers.
        ratings: the rating columns of one battery, or name -> columns, as in `signs`.
        at_least: flags from which an answer counts as careless.
        smallest: fewest answers that the sentence counts; of fewer it says no more than that.

    Returns:
        `term` (the sign), `value` (its paper), `n` and `share`; the last row counts the
        answers with at least that many flags.
    """
    found = signs(responses, ratings=ratings)
    batteries = list(ratings.values()) if isinstance(ratings, Mapping) else [ratings]
    rated = len({name for battery in batteries for name in battery})
    total = max(len(found), 1)
    rows = [
        (name, SIGNS[name][1], int(found[name].sum()), float(found[name].sum() / total))
        for name in found.columns.drop("flags")
    ]
    careless = int((found["flags"] >= at_least).sum())
    rows.append((f"{at_least} signs or more", "set aside together", careless, careless / total))
    return Result(
        name="signs of haste",
        frame=pd.DataFrame(rows, columns=["term", "value", "n", "share"]),
        headline=_hasty(careless, total, at_least, smallest),
        method="One sign alone is no proof; signs that look at the same thing count as one: "
        "answers all alike (runs, spread), an unusual pattern (distance, pairs at odds).",
        base=f"{count(len(found), 'answer')}, {count(rated, 'rating')} each.",
    )


# ---------------------------------------------------------------- helpers


def _hasty(careless: int, total: int, at_least: int, smallest: int) -> str:
    if 0 < careless < smallest:
        return f"Hardly any answers, fewer than {smallest}, show {at_least} or more signs of haste."
    found = f"{count(careless, 'answer')} ({percent(careless / total, 1)})"
    verb = "shows" if careless == 1 else "show"
    return f"{found} {verb} {at_least} or more signs of haste."


def _in_battery(items: pd.DataFrame, given: Mapping[str, float]) -> dict[str, pd.Series]:
    """Flag the signs that lie in the answers to one battery, if it is long enough to show any."""
    found: dict[str, pd.Series] = {}
    asked, long = items.notna().sum(axis="columns"), items.shape[1]
    if long < SHORTEST:
        return found
    enough = asked >= max(SHORTEST, long / 2)
    run = longstring(items) >= given.get("longstring", max(SHORTEST, long * 0.8))
    found["longstring"] = run & enough
    found["irv"] = (irv(items) <= given.get("irv", 0.0)) & enough
    found["mahalanobis"] = mahalanobis(items) > given.get("mahalanobis", _chi_square(0.999, long))
    pairs = synonyms(items)
    if pairs.notna().any():
        found["synonyms"] = pairs < given.get("synonyms", 0.0)
    return found


def _blocks(items: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Give the rows in blocks, so that what is measured row by row needs little room."""
    for start in range(0, len(items), _BLOCK):
        yield items.iloc[start : start + _BLOCK].astype(float)


def _odd_at_a_glance(texts: pd.Series) -> np.ndarray:
    """Find the few comments worth a closer look: no vowel, or a start that repeats itself."""
    written = pa.array(texts.astype("str"))
    bare = pc.invert(pc.match_substring_regex(written, "(?i)[aeiouy]"))
    start = pc.utf8_lower(pc.utf8_slice_codeunits(written, 0, 12))
    start = pc.replace_substring_regex(start, r"[^\p{L}\p{N}]|\p{Nd}", "")
    first, second = (pc.utf8_slice_codeunits(start, at, at + 2) for at in (0, 2))
    short = pc.less(pc.utf8_length(start), 4)
    odd = pc.or_(pc.or_(bare, short), pc.equal(first, second))
    odd = pc.and_(odd, pc.not_equal(written, ""))
    return np.array(pc.fill_null(odd, False), dtype=bool)


def _runs(items: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Measure the runs of equal answers; a missing answer is passed over."""
    longest = np.zeros(len(items), dtype=np.int32)
    current, runs, answered = longest.copy(), longest.copy(), longest.copy()
    last = np.full(len(items), np.nan)
    for name in range(items.shape[1]):
        column = items.iloc[:, name].to_numpy(dtype=float)
        known = ~np.isnan(column)
        same = known & (column == last)
        current = np.where(same, current + 1, np.where(known, 1, current))
        runs += known & ~same
        answered += known
        longest = np.maximum(longest, current)
        last = np.where(known, column, last)
    mean = np.divide(answered, runs, out=np.full(len(items), np.nan), where=runs > 0)
    return pd.Series(longest, index=items.index), pd.Series(mean, index=items.index)


def _row_correlation(left: pd.DataFrame, right: pd.DataFrame) -> pd.Series:
    both = left.notna() & right.notna()
    a, b = left.astype(float).where(both), right.astype(float).where(both)
    a, b = a.sub(a.mean(axis=1), axis=0), b.sub(b.mean(axis=1), axis=0)
    below = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return ((a * b).sum(axis=1) / below.where(below > 0)).where(both.sum(axis=1) >= 3)


def _chi_square(level: float, df: int) -> float:
    from scipy.special import chdtri

    return float(chdtri(df, 1 - level))
