"""Where on the way does it hurt most, counting how many pass there?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, Scale, label, question
from cxlab.journey.workings.cases import Cases, cases_of
from cxlab.journey.workings.near import near
from cxlab.journey.workings.pooling import shrunk
from cxlab.journey.workings.refusal import JourneyError
from cxlab.journey.workings.stages import NO_STAGE
from cxlab.results import Result, amount, count, listing, span

DRAWS = 4000


@question("weight", "as_of", "level", "smallest")
def hurts(
    interactions: Any,
    responses: pd.DataFrame,
    *,
    score: str = "nps",
    by: str = "stage",
    stages: Mapping[str, Sequence[str]] | None = None,
    within: str = "30D",
    scale: Scale | None = None,
    how: How,
) -> Result:
    """Tell which stage or touchpoint weighs most: how bad the answers after it, times how many.

    An answer tells of the customer's last contact within so long before it.

    Args:
        interactions: contacts, one a row.
        responses: answers, with `customer_id` and `answered_at`.
        score: column of the score.
        by: `stage`, `touchpoint`, `kind` or `channel`.
        stages: stage -> what belongs to it, in order of the way.
        within: how long before an answer a contact counts.
        scale: of the score; its `better` says which end is good, the high one if not given.

    Returns:
        A row a stage, in order of the way: `group`, `n` (customers reached), `share` of all who
        got in touch, `count` (answers that tell of it), `raw` (their score), `estimate` (the
        same, drawn towards all by how few they are), `conf_low`, `conf_high`; `felt`, by how much
        better the score of all would be if these answers were like the others, with `felt_low`
        and `felt_high`; `rank` by it, `rank_low`, `rank_high` and `p_first`. Weighs most who is
        not beaten by another beyond chance; the headline names all who may.

    Raises:
        JourneyError: contacts and answers do not meet.
    """
    cases = cases_of(interactions, as_of=how.as_of, stages=stages)
    if by not in cases.frame:
        raise JourneyError(f"contacts have no {by}.", needs=f"'{by}' under tables.interactions")
    told = near(cases, responses, score=score, within=within, weight=how.weight)
    groups = _order(cases, by, stages)
    if groups == [NO_STAGE]:
        raise JourneyError("no contact names its stage.", needs="'stage' of interactions")
    place = cases.frame[by].map({name: at for at, name in enumerate(groups)}).fillna(-1)
    codes = np.where(told["case"] >= 0, place.to_numpy()[told["case"]], -1).astype(int)
    if not (codes >= 0).any():
        raise JourneyError(f"no answer follows a contact within {within}.")
    frame = _scored(told, codes, groups, how.level)
    frame = frame.assign(**_reach(cases, by, groups))
    sign = -1.0 if scale is not None and scale.better == "low" else 1.0
    felt, cover = _felt(told, codes, sign, len(groups))
    low, high = stats.mean_interval(felt, np.sqrt(np.diag(cover)), level=how.level)
    frame = frame.assign(felt=felt, felt_low=low, felt_high=high, **_ranks(felt, cover, how.level))
    few = frame["count"] < how.smallest
    frame.loc[few, [*_COLUMNS[_COLUMNS.index("count") :]]] = np.nan
    most = stats.contenders(np.where(few, np.nan, felt), cover, level=how.level)
    unit = "points" if score == "nps" else ""
    linked = int((codes >= 0).sum())
    return Result(
        name="where it hurts",
        frame=frame[_COLUMNS],
        headline=_headline(frame, most, by, score, unit, "lower" if sign > 0 else "higher"),
        method=f"An answer tells of the customer's last contact within {within} before it. Scores "
        "drawn towards their mean (empirical Bayes, Efron and Morris 1975); a customer's answers "
        "taken together (linearised); ranks from draws of what is felt; what may weigh most by "
        "comparisons with the best (Hsu 1981).",
        base=f"{cases.base} {count(linked)} of {count(len(told), 'answer')} follow a contact"
        f"{', weighted' if how.weight else ''}.",
        notes=(*cases.notes, "A contact and the score after it are associated; what led to the "
               "contact may explain both."),
        unit=unit,
    )  # fmt: skip


_COLUMNS = ["group", "n", "share", "count", "raw", "estimate", "conf_low", "conf_high", "felt",
            "felt_low", "felt_high", "rank", "rank_low", "rank_high", "p_first"]  # fmt: skip


def _order(cases: Cases, by: str, stages: Mapping[str, Sequence[str]] | None) -> list[str]:
    """Put stages in the order declared, then the others by how many contacts they have."""
    there = list(cases.frame[by].dropna().value_counts().sort_index(kind="stable").sort_values(
        ascending=False, kind="stable").index)  # fmt: skip
    first = [name for name in (stages or {}) if name in there] if by == "stage" else []
    return first + [name for name in there if name not in first]


def _reach(cases: Cases, by: str, groups: list[str]) -> dict[str, Any]:
    people = cases.frame.groupby(by)["customer_id"].nunique().reindex(groups).fillna(0)
    return {"n": people.to_numpy(int), "share": (people / cases.frame["customer_id"].nunique())
            .to_numpy()}  # fmt: skip


def _scored(told: pd.DataFrame, codes: np.ndarray, groups: list[str], level: float) -> pd.DataFrame:
    value, who = told["value"].to_numpy(), told["customer_id"].to_numpy()
    mine = codes >= 0
    found = stats.linearised(value[mine], weight=told["weight"].to_numpy()[mine],
                             group=codes[mine], cluster=who[mine])  # fmt: skip
    n = np.bincount(codes[mine], minlength=len(groups))
    padded = [np.r_[each, np.full(len(groups) - len(each), np.nan)]
              for each in (found.estimate, found.std_error)]  # fmt: skip
    drawn, error, _ = shrunk(*padded)
    low, high = stats.mean_interval(drawn, error, level=level)
    return pd.DataFrame({"group": groups, "count": n, "raw": padded[0], "estimate": drawn,
                         "conf_low": low, "conf_high": high})  # fmt: skip


def _felt(
    told: pd.DataFrame, codes: np.ndarray, sign: float, groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Tell by how much better the score of all would be were each group like the others."""
    value, who = sign * told["value"].to_numpy(), pd.factorize(told["customer_id"])[0]
    w = told["weight"].to_numpy()
    mean = np.average(value, weights=w)
    felt, influence = np.full(groups, np.nan), np.zeros((who.max() + 1, groups))
    for group in range(groups):
        others = codes != group
        if not 0 < others.sum() < len(value):
            continue
        rest = np.average(value[others], weights=w[others])
        felt[group] = rest - mean
        each = others * w * (value - rest) / w[others].sum() - w * (value - mean) / w.sum()
        influence[:, group] = np.bincount(who, each, minlength=len(influence))
    m = len(influence)
    return felt, influence.T @ influence * m / max(m - 1, 1)


def _ranks(felt: np.ndarray, cover: np.ndarray, level: float) -> dict[str, np.ndarray]:
    known = np.isfinite(felt)
    out = {name: np.full(len(felt), np.nan) for name in ("rank", "rank_low", "rank_high",
                                                         "p_first")}  # fmt: skip
    if not known.any():
        return out
    rng = np.random.default_rng(0)
    draws = rng.multivariate_normal(felt[known], cover[np.ix_(known, known)], DRAWS,
                                    method="eigh")  # fmt: skip
    places = (-draws).argsort(axis=1).argsort(axis=1) + 1
    tail = (1 - level) / 2 * 100
    out["rank"][known] = (-felt[known]).argsort().argsort() + 1
    out["rank_low"][known] = np.percentile(places, tail, axis=0, method="lower")
    out["rank_high"][known] = np.percentile(places, 100 - tail, axis=0, method="higher")
    out["p_first"][known] = (places == 1).mean(axis=0)
    return out


def _headline(
    frame: pd.DataFrame, most: np.ndarray, by: str, score: str, unit: str, worse: str
) -> str:
    rows = frame[frame["felt"].notna()]
    if rows.empty:
        return f"No {by} has enough answers to tell where it hurts."
    top = rows.loc[rows["felt"].idxmax()]
    points, reach = " points" * (unit == "points"), span(top["felt_low"], top["felt_high"], unit)
    if top["felt_low"] <= 0:
        return (
            f"No {by} stands apart: scores are clearly {worse} after none; nearest to it is "
            f"'{top['group']}' with {amount(top['felt'], unit, signed=True)}{points} ({reach})."
        )
    first = frame[most].sort_values("felt", ascending=False, kind="stable")
    felt = f"amount to {amount(top['felt'], unit)}{points} of {label(score)} over all ({reach})"
    if len(first) == 1:
        return f"Of the {by}s, '{top['group']}' weighs most: {worse} answers after it {felt}."
    if len(first) == 2 and (first["felt_low"] > 0).all():
        worth = listing([amount(each, unit) for each in first["felt"]])
        return (
            f"Of the {by}s, {listing(_quoted(first['group']))} weigh most: {worse} answers after "
            f"them amount to {worth}{points} of {label(score)} over all."
        )
    return (
        f"{worse.capitalize()} answers after '{top['group']}' {felt}; which {by} weighs most "
        "cannot be told."
    )


def _quoted(names: Iterable[str]) -> list[str]:
    return [f"'{name}'" for name in names]
