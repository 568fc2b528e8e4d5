"""Is it the same wherever one lands? The part of the scores' spread that lies between groups."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, label, question
from cxlab.journey.workings.adjusting import covariates, told
from cxlab.journey.workings.cases import cases_of, scored
from cxlab.journey.workings.mixed import shared
from cxlab.journey.workings.refusal import JourneyError
from cxlab.results import Result, amount, count, listing, percent, span

FEWEST = 3  # groups of which a spread between them can be told
WEEK = "week"


@question("level")
def consistency(
    interactions: Any,
    *,
    outcome: str = "csat",
    between: Sequence[str] = ("channel", "agent", WEEK),
    adjust: Sequence[str] = ("kind",),
    as_of: Any,
    timezone: str = "UTC",
    how: How,
) -> Result:
    """Tell how much of the spread of a score lies between channels, agents and weeks.

    Args:
        interactions: contacts, one a row.
        outcome: a number of the contact: `csat`, or `failed`, `again`.
        between: columns whose values are the groups, each looked at alone; `week` is the week in
            which the contact was opened.
        adjust: columns of words held the same.
        timezone: the study's zone, in which weeks begin.

    Returns:
        A row a column: `term`, `share` of the variance between its groups (intraclass
        correlation), `conf_low`, `conf_high` by profile likelihood, `p_value` that there is none,
        `p_adjusted`, `count` (groups), `n` (contacts).

    Raises:
        JourneyError: no contact has the score, or none of the columns has three groups.
    """
    cases = cases_of(interactions, as_of=as_of)
    rows = scored(cases, outcome).copy()
    local = rows["opened_at"].dt.tz_convert(timezone).dt.tz_localize(None)
    rows[WEEK] = local.dt.to_period("W").astype(str)
    found = []
    used: list[str] = []
    for name in between:
        told_of = rows[rows[name].notna()] if name in rows else rows.iloc[:0]
        if told_of[name].nunique() < FEWEST if name in rows else True:
            continue
        x, used = covariates(told_of, [other for other in adjust if other != name])
        codes = pd.factorize(told_of[name])[0]
        if codes.max() + 1 + x.shape[1] >= len(told_of):
            continue
        part = shared(told_of[outcome].to_numpy(float), codes, x, level=how.level)
        found.append({"term": name, "share": part.share, "conf_low": part.low, "conf_high":
                      part.high, "p_value": part.p_value, "count": codes.max() + 1,
                      "n": len(told_of)})  # fmt: skip
    if not found:
        raise JourneyError(
            f"no {listing(list(between))} with {FEWEST} or more groups is named in the contacts "
            f"that have {label(outcome)}."
        )
    frame = pd.DataFrame(found)
    frame["p_adjusted"] = stats.adjust(frame["p_value"])
    return Result(
        name="consistency",
        frame=frame[["term", "share", "conf_low", "conf_high", "p_value", "p_adjusted", "count",
                     "n"]],
        headline=_headline(frame, outcome),
        method="Intraclass correlation by REML with a random intercept a group, each column alone"
        f"{told(used)}; intervals by profile likelihood; p by likelihood ratio with half a "
        "chi-square (Self and Liang 1987), adjusted for how many were looked at.",
        base=f"{count(len(rows), 'contact')} with {label(outcome)}. {cases.base}",
        notes=cases.notes,
        unit="share",
    )  # fmt: skip


def _headline(frame: pd.DataFrame, outcome: str) -> str:
    most = frame.loc[frame["share"].idxmax()]
    said = f"{percent(most['share'], 1)} ({span(most['conf_low'], most['conf_high'], 'share')})"
    if most["p_adjusted"] >= 0.05:
        return (
            f"{label(outcome)} differs no more between {listing([*frame['term']])} than chance "
            f"has it: at most {percent(most['conf_high'], 1)} of its spread."
        )
    return f"Of the spread of {label(outcome)}, {said} lies between {_many(most['term'])}."


def _many(word: str) -> str:
    return f"{label(word)}s"


# ---------------------------------------------------------------- agents

LIMITS = 0.998  # what lies beyond is one in five hundred by chance (Spiegelhalter 2005)


@question("level")
def agents(
    interactions: Any,
    *,
    outcome: str = "csat",
    adjust: Sequence[str] = ("kind", "channel"),
    named: bool = False,
    key: bytes = b"",
    as_of: Any,
    smallest: int = 10,
    how: How,
) -> Result:
    """Tell which agents' scores lie further off than chance has them, for so many contacts.

    Args:
        interactions: contacts, one a row, with `agent`.
        outcome: a number of the contact, such as `csat`.
        adjust: columns of words held the same.
        named: name the agents beyond the limits; the others stay pseudonyms.
        key: secret under which pseudonyms are given.
        smallest: agents with fewer contacts that have the outcome are not shown.

    Returns:
        `term` (a pseudonym), `estimate` (mean, adjusted), `conf_low`, `conf_high`, `limit_low`,
        `limit_high` (where chance alone rarely goes beyond), `verdict` (`above`, `below`,
        `within`), `n` (contacts with the outcome).

    Raises:
        JourneyError: no agent is named, or fewer than three have enough contacts.
    """
    cases = cases_of(interactions, as_of=as_of)
    if "agent" not in cases.frame or cases.frame["agent"].isna().all():
        raise JourneyError("no contact names its agent.", needs="'agent' in interactions")
    rows = scored(cases, outcome)
    rows = rows[rows["agent"].notna()]
    sizes = rows["agent"].value_counts()
    enough = sizes.index[sizes >= smallest]
    if len(enough) < FEWEST:
        raise JourneyError(
            f"fewer than {FEWEST} agents have {smallest} or more contacts with {label(outcome)}."
        )
    x, used = covariates(rows, adjust)
    value = rows[outcome].to_numpy(float)
    left = value - x @ np.linalg.lstsq(x, value, rcond=None)[0] + value.mean()
    frame = _funnel(rows["agent"], left, [*enough], how.level)
    off = frame["verdict"] != "within"
    names = _pseudonyms(frame["agent"], key)
    frame["term"] = np.where(off, frame["agent"], names) if named else names
    few = len(sizes) - len(enough)
    notes = (
        (f"{count(few, 'agent')} with fewer than {smallest} contacts not shown.",) if few else ()
    )
    return Result(
        name="agents",
        frame=frame.sort_values(["n", "term"], ascending=[False, True])[_AGENTS],
        headline=_agents_headline(frame, outcome),
        method=f"Means{told(used)}; limits for the number of contacts at {percent(LIMITS, 1)} "
        "around the mean of all (funnel plot, Spiegelhalter 2005).",
        base=f"{count(len(rows), 'contact')} with {label(outcome)} and an agent. {cases.base}",
        notes=(*notes, "Customers are not dealt to agents by lot: who lies beyond the limits is "
               "looked at, not judged."),
    )  # fmt: skip


_AGENTS = ["term", "estimate", "conf_low", "conf_high", "limit_low", "limit_high", "verdict",
           "n"]  # fmt: skip


def _funnel(agent: pd.Series, value: np.ndarray, shown: list[str], level: float) -> pd.DataFrame:
    by = pd.DataFrame({"agent": agent.to_numpy(), "value": value}).groupby("agent")["value"]
    all_, mean = by.agg(["mean", "size"]), value.mean()
    spread = np.sqrt(((value - by.transform("mean")) ** 2).sum() / (len(value) - len(all_)))
    frame = all_.loc[sorted(shown)].reset_index()
    error = spread / np.sqrt(frame["size"])
    reach = stats.quantile(LIMITS) * error
    low, high = stats.mean_interval(frame["mean"], error, level=level)
    verdict = np.select([frame["mean"] < mean - reach, frame["mean"] > mean + reach],
                        ["below", "above"], "within")  # fmt: skip
    return pd.DataFrame({
        "agent": frame["agent"], "estimate": frame["mean"], "conf_low": low, "conf_high": high,
        "limit_low": mean - reach, "limit_high": mean + reach, "verdict": verdict,
        "n": frame["size"],
    })  # fmt: skip


def _pseudonyms(names: pd.Series, key: bytes) -> list[str]:
    """Number agents in an order that tells nothing of them."""
    marks = [hashlib.blake2b(str(name).encode(), key=key[:64], digest_size=8).hexdigest()
             for name in names]  # fmt: skip
    place = {mark: at for at, mark in enumerate(sorted(marks), start=1)}
    return [f"agent {place[mark]:02d}" for mark in marks]


def _agents_headline(frame: pd.DataFrame, outcome: str) -> str:
    off = frame[frame["verdict"] != "within"]
    of = f"{count(len(frame), 'agent')}"
    if off.empty:
        return f"Of {of}, not one lies beyond what chance allows in {label(outcome)}."
    worst = off.loc[(off["estimate"] - frame["estimate"].mean()).abs().idxmax()]
    more = "one lies" if len(off) == 1 else f"{count(len(off))} lie"
    return (
        f"Of {of}, {more} beyond what chance allows in {label(outcome)}; furthest off is "
        f"{worst['term']} with {amount(worst['estimate'])} ({worst['verdict']} the others)."
    )
