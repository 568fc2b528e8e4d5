"""Which words go with low scores, or with one group rather than another?"""

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxlab import stats
from cxlab.codebook import How, Scale, need, question
from cxlab.results import Misuse, Result, count, listing
from cxlab.voice.hearing import Heard, VoiceError
from cxlab.voice.workings import odds, people, scoring

LEAST = 20  # comments of each side
SHOWN = 15  # words of each side
MANY = 10  # times as many are looked at for those that stand in comments of their own


@question("weight", "level", "smallest")
def keyness(
    heard: Heard,
    *,
    score: str = "nps",
    by: str | None = None,
    between: tuple[str, str] | None = None,
    scale: Scale | None = None,
    how: How,
) -> Result:
    """Give the words that stand in one set of comments rather than in another.

    Args:
        heard: the comments.
        score: detractors against promoters of this score, where no groups are named.
        by: column of two groups to set against each other instead.
        between: which two of its groups; the two largest if not given.
        scale: of the score; its `better` says which end is good, the high one if not given.
        smallest: words that fewer people wrote are not shown.

    Returns:
        term (a word or pair of words), group (where it stands), estimate (log-odds ratio, above 0
        where it stands with the first), conf_low, conf_high, p_value, p_adjusted, n (comments
        that hold it).

    Raises:
        VoiceError: a side wrote fewer than 20 comments, or no word often enough.
        Misuse: no such column, or no such group.
    """
    first, second, names = _sides(heard, score, by, between, scale)
    if min(first.sum(), second.sum()) < LEAST:
        raise VoiceError(
            f"{names[0]} wrote {count(int(first.sum()), 'comment')}, {names[1]} "
            f"{count(int(second.sum()), 'comment')}: too few to compare words.",
            needs=f"{LEAST} comments of each",
        )
    table = odds.counted(heard.text[first | second], fewest=max(5, how.smallest))
    if table is None:
        raise VoiceError("No word was written often enough to be compared.")
    held, words = table
    rows = [heard.frame[which] for which in (first, second)]
    parts = [held[which[first | second]] for which in (first, second)]
    ours, theirs = (people.worth(each, how.weight) @ part
                    for each, part in zip(rows, parts, strict=True))  # fmt: skip
    frame = _frame(words, odds.log_odds(ours, theirs), held, names, how.level)
    return Result(
        name=f"words of {names[0]} against {names[1]}",
        frame=frame,
        headline=_headline(frame, names, how.level),
        method=f"{odds.SOURCE}; false discovery rate held over all words looked at "
        "(Benjamini and Hochberg 1995).",
        base=f"{count(int(first.sum()), 'comment')} of {names[0]}, "
        f"{count(int(second.sum()), 'comment')} of {names[1]}"
        f"{', weighted' if how.weight else ''}.",
        unit="log-odds ratio",
    )


def _sides(heard: Heard, score: str, by: str | None, between: tuple[str, str] | None, scale):
    """Give who is on either side, and what the sides are called."""
    frame = heard.frame
    if by is None:
        low, high = scoring.ends(frame, score, scale)
        return low, high, scoring.names(score, scale)
    need(frame, [by], Misuse, "there is no column '{}' in the answers.")
    sizes = frame[by].astype(object).value_counts()
    chosen = between or tuple(sizes.index[:2])
    if len(chosen) < 2:
        raise VoiceError(f"'{by}' has no two groups.")
    for name in chosen:
        if name not in sizes.index:
            raise Misuse(f"'{by}' has no group '{name}'.")
    first, second = ((frame[by] == name).fillna(False).to_numpy(bool) for name in chosen)
    return first, second, tuple(map(str, chosen))


def _frame(words, found: odds.Odds, held, names, level: float) -> pd.DataFrame:
    """List the words of either side, those in the same comments once."""
    z = found.log_odds / found.std_error
    reach = float(stats.quantile(level)) * found.std_error
    p = 2 * norm.sf(np.abs(z))
    frame = pd.DataFrame(
        {"term": words, "group": np.where(z > 0, names[0], names[1]),
         "estimate": found.log_odds, "conf_low": found.log_odds - reach,
         "conf_high": found.log_odds + reach, "p_value": p, "p_adjusted": stats.adjust(p),
         "n": np.asarray(held.sum(axis=0)).ravel().astype(int)}
    )  # fmt: skip
    sides = []
    for sign in (1, -1):
        order = np.lexsort((-odds.detail(words), -sign * z.round(6)))[: MANY * SHOWN]
        order = order[sign * z[order] > 0]
        sides.append(order[odds.fresh(held, order)][:SHOWN])
    return frame.iloc[np.concatenate([sides[0], sides[1][::-1]])].reset_index(drop=True)


def _headline(frame: pd.DataFrame, names: tuple[str, str], level: float) -> str:
    sure = frame[frame["p_adjusted"] <= 1 - level]
    said = []
    for name, sign in zip(names, (1, -1), strict=True):
        own = sure[sure["estimate"] * sign > 0].sort_values("p_value")["term"].head(3)
        told = [f"'{word}'" for word in own]
        said += [f"{name} write {listing(told)}"] if told else []
    if not said:
        return f"No word goes with {names[0]} rather than {names[1]} beyond chance."
    return f"More often than the others, {' and '.join(said)}."
