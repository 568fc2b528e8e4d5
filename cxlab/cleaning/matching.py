"""Which rule brings the ids of two tables into one form?"""

import pandas as pd

from cxlab.cleaning.convert import Converted, matched

RULES = ("case", "salesforce18", "pad", "plain number", "last number")
LEAST = 0.1  # below this part of the ids, two tables are not of the same people
_APART = 0.99  # a rule may not make one id of several


def in_form(ids: pd.Index, rule: str) -> pd.Index:
    """Write ids as the rule does under `ids:` of the study file."""
    return pd.Index(matched(Converted(pd.Series(ids, dtype="str")), rule).values)


def rule_between(own: pd.Index, theirs: pd.Index) -> tuple[str, int] | None:
    """Name the rule under which most ids of a table are found in another, and how many are.

    A rule that makes one id of several of a table brings together what is apart: it is none.

    Args:
        own: the ids of one table, each once.
        theirs: the ids of the other, each once.
    """
    found, best = int(own.isin(theirs).sum()), None
    for name in RULES:
        rule = f"pad {_digits(own, theirs)}" if name == "pad" else name
        mine, yours = in_form(own, rule), in_form(theirs, rule)
        if name == "last number" and not (_bare(own) or _bare(theirs)):
            continue  # 'x7' and 'c7' are two customers
        if yours.nunique() < _APART * len(yours) or mine.nunique() < _APART * len(mine):
            continue
        met = int(mine.isin(yours).sum())
        if met > max(2 * found, LEAST * len(own), best[1] if best else 0):
            best = (rule, met)
    return best


def _bare(ids: pd.Index) -> bool:
    """Say whether ids are digits alone."""
    return bool(pd.Series(ids, dtype="str").str.fullmatch(r"\d+").mean() > _APART)


def _digits(own: pd.Index, theirs: pd.Index) -> int:
    """Give the commonest length of those ids that begin with zeros; 1 if none does."""
    both = pd.Series([*own, *theirs], dtype="str")
    led = both[both.str.fullmatch(r"0\d+")]
    return int(led.str.len().mode().iloc[0]) if len(led) else 1
