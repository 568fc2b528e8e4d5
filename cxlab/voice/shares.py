"""How many speak of each theme, who more than others, and what is new this period?"""

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import norm

from cxlab import stats
from cxlab.codebook import How, label, need, question
from cxlab.results import Misuse, Result, count, listing, may_equal, percent, tellable
from cxlab.voice.hearing import VoiceError
from cxlab.voice.themes import Themed
from cxlab.voice.workings import odds, people

LEAST = 10  # comments of a group or period that are compared
MOST = 1_000  # words that rose or fell and are listed
METHOD = (
    "Shares of those who wrote a comment, Wilson intervals (Wilson 1927) on the comments that the "
    "weighted and clustered base is worth; several themes a comment, so shares do not add up to one"
)
TELLING = (
    ". A theme that was rated or found is told with error: two tellings err apart from each other, "
    "so one is as like the truth as the root of their likeness (Spearman 1904), and the interval "
    "of all comments is that much wider"
)
AGAINST = (
    "; each group against the rest, false discovery rate held over all themes and groups "
    "(Benjamini and Hochberg 1995)."
)


@question()
def shares(
    themed: Themed,
    *,
    by: str | None = None,
    how: How,
) -> Result:
    """Give the share of comments that speak of each theme, for everyone or by group.

    Args:
        themed: comments with their themes.
        by: column of the groups, or of days for quarters; each group stands against the rest.
        smallest: groups with fewer comments are not compared.

    Returns:
        term, group, estimate, conf_low, conf_high, n (comments of the group), and by group
        p_value, p_adjusted (Benjamini and Hochberg 1995, over all themes and groups), verdict
        (above, below, not apart). The last row, `no theme`, is the share that carries none.
        Without groups the interval of a theme that was not declared allows for errors of telling
        it; groups are told by the same words, and theirs is of who wrote alone.

    Raises:
        VoiceError: there are no two groups large enough.
        Misuse: there is no such column.
    """
    frame, w = themed.heard.frame, people.weights(themed.heard.frame, how.weight)
    if by and by not in frame and themed.heard.source != "comment":
        raise VoiceError(f"Of reviews the {label(by)} is not known.")
    if not (w > 0).any():
        raise VoiceError("No comment has a weight.")
    codes, groups = _groups(frame, by, max(how.smallest, LEAST))
    columns = [*zip(themed.names, themed.carried.T, strict=True)]
    columns.append(("no theme", ~themed.carried.any(axis=1)))
    kept = codes >= 0
    labels = None if how.cluster is None else people.labels(frame[how.cluster])[kept]
    rows = []
    for name, held in columns:
        found = stats.linearised(held[kept], weight=w[kept], group=codes[kept], cluster=labels)
        for place, group in enumerate(groups):
            row = {"term": name, **({"group": group} if by else {}),
                   "estimate": found.estimate[place], "n": int(found.n[place]),
                   "n_effective": _worth(found, place)}  # fmt: skip
            if by:
                row["p_value"] = _apart(held[kept], codes[kept] == place, w[kept], labels)
            rows.append(row)
    table = pd.DataFrame(rows)
    worth = table["n_effective"].to_numpy()
    low, high = stats.proportion_interval(table["estimate"] * worth, worth, level=how.level)
    table.insert(list(table).index("estimate") + 1, "conf_low", low)
    table.insert(list(table).index("conf_low") + 1, "conf_high", high)
    if by:
        table = _judged(table, how.level)
    else:
        likeness = np.append(_likeness(themed), 1.0)
        table["conf_low"] *= likeness
        table["conf_high"] = np.minimum(1, table["conf_high"] / likeness)
    return Result(
        name=f"themes by {by}" if by else "themes in comments",
        frame=table,
        headline=_who(table, by) if by else _most(table, _first(themed, w, labels, how.level)),
        method=METHOD + (AGAINST if by else f"{TELLING}."),
        base=f"{themed.heard.base[:-1]}{people.counted(how)}",
        unit="share",
    )


@question("weight", "level", "smallest")
def risen(
    themed: Themed,
    *,
    date: str = "answered_at",
    period: str = "quarter",
    how: How,
) -> Result:
    """Say which themes and words are more frequent in the last period than before it.

    Args:
        themed: comments with their themes.
        date: column of the day.
        period: `month`, `quarter` or `year`.
        smallest: words and themes of fewer people are not looked at.

    Returns:
        term, role (theme or word), before, after (shares of the comments), estimate (the
        difference), conf_low, conf_high, p_value, p_adjusted, n (comments of the last period
        that hold it), verdict (new, risen, fallen, not apart).

    Raises:
        VoiceError: there are no dates, or too few comments in the last period or before it.
        Misuse: no such period.
    """
    frame = themed.heard.frame
    earlier, last, told = _last_period(frame, date, period)
    names, held = _held(themed, fewest=max(5, how.smallest))
    n_before, n_after = int(earlier.sum()), int(last.sum())
    if min(n_before, n_after) < 3 * LEAST:
        raise VoiceError(
            f"{count(n_after, 'comment')} in {told} and {count(n_before, 'comment')} before it are "
            "too few to tell what is new.", needs=f"{3 * LEAST} comments of each",
        )  # fmt: skip
    old, new = (people.worth(frame[which], how.weight) for which in (earlier, last))
    before, after, m, n = old @ held[earlier], new @ held[last], old.sum(), new.sum()
    low, high = stats.newcombe(before, m, after, n, level=how.level)
    counted = np.asarray(held[last].sum(axis=0)).ravel().astype(int)
    frame = pd.DataFrame(
        {"term": names, "role": ["theme"] * len(themed.names)
         + ["word"] * (len(names) - len(themed.names)),
         "before": before / m, "after": after / n,
         "estimate": after / n - before / m, "conf_low": low, "conf_high": high,
         "p_value": odds.two_shares(before, m, after, n), "n": counted}
    )  # fmt: skip
    frame["p_adjusted"] = stats.adjust(frame["p_value"])
    up, sure = frame["estimate"] > 0, frame["p_adjusted"] <= 1 - how.level
    words = np.where(up, np.where(before == 0, "new", "risen"), "fallen")
    frame["verdict"] = np.where(sure, words, "not apart").astype(object)
    themes = frame["role"].eq("theme")
    order = np.lexsort((-odds.detail(names), frame["p_value"].round(12)))
    loud = order[(~themes & sure).to_numpy()[order]][:MOST]
    loud = loud[odds.fresh(held[earlier | last], loud)]
    kept = np.concatenate([np.flatnonzero(themes), loud])
    frame = frame.iloc[kept].sort_values("p_value", kind="stable")
    frame = frame[frame["n"].ge(how.smallest) | frame["verdict"].eq("fallen")]
    return Result(
        name=f"what is new in {told}",
        frame=frame.reset_index(drop=True),
        headline=_news(frame, told),
        method="Share of the comments of the last period less that of all before it, Newcombe's "
        "interval (1998); false discovery rate held over all themes and words looked at.",
        base=f"{count(n_after, 'comment')} in {told}, {count(n_before, 'comment')} before"
        f"{', weighted' if how.weight else ''}.",
        notes=("Season, trend and who was reached are in the difference.",),
        unit="share",
    )


# ---------------------------------------------------------------- helpers


def _groups(frame: pd.DataFrame, by: str | None, least: int) -> tuple[np.ndarray, list[str]]:
    if by is None:
        return np.zeros(len(frame), dtype=int), ["all"]
    need(frame, [by], Misuse, "there is no column '{}' in the answers.")
    labels = frame[by]
    if pd.api.types.is_datetime64_any_dtype(labels):
        labels = labels.dt.tz_localize(None).dt.to_period("Q")
    sizes = labels.value_counts()
    told = tellable(sizes)
    names = sorted(name for name in map(str, sizes.index[sizes >= least]) if name in told)
    if len(names) < 2:
        raise VoiceError(f"No two groups of '{by}' wrote {least} comments each.")
    places = {name: place for place, name in enumerate(names)}
    text = labels.astype(object).map(str, na_action="ignore")
    return text.map(places).fillna(-1).to_numpy(dtype=int), names


def _worth(found: stats.Mean, place: int) -> float:
    share, error, n = found.estimate[place], found.std_error[place], found.n[place]
    if error > 0 and 0 < share < 1:
        return float(share * (1 - share) / error**2 * (n - 1) / n)
    return float(found.n_effective[place])


def _apart(held: np.ndarray, ours: np.ndarray, w: np.ndarray, labels: np.ndarray | None) -> float:
    """Test a group against the rest, by the difference of two weighted shares."""
    found = stats.linearised(held, weight=w, group=ours.astype(int), cluster=labels)
    error = np.hypot(*found.std_error)
    return float(2 * norm.sf(abs(np.diff(found.estimate)[0]) / error)) if error > 0 else 1.0


def _judged(table: pd.DataFrame, level: float) -> pd.DataFrame:
    table["p_adjusted"] = stats.adjust(table["p_value"])
    mean = table.groupby("term")["estimate"].transform("mean")
    side = np.where(table["estimate"] > mean, "above", "below")
    sure = table["p_adjusted"] <= 1 - level
    table["verdict"] = np.where(sure, side, "not apart").astype(object)
    return table.sort_values("p_value", kind="stable").reset_index(drop=True)


def _likeness(themed: Themed) -> np.ndarray:
    """Give how like the truth each theme is told: the root of how like two tellings are."""
    steady = [theme.steadiness for theme in themed.themes]
    return np.sqrt(np.clip(np.nan_to_num(steady, nan=1.0), 0.01, 1.0))


def _first(themed: Themed, w: np.ndarray, labels: np.ndarray | None, level: float) -> np.ndarray:
    """Say which themes may be the most frequent; the same comments stand behind all of them."""
    held = themed.carried
    share = np.average(held, weights=w, axis=0)
    each = (held - share) * (w / w.sum())[:, None]
    if labels is not None:
        each = pd.DataFrame(each).groupby(labels).sum().to_numpy()
    telling = share * (1 / _likeness(themed) - 1) / float(stats.quantile(level))
    return stats.contenders(share, each.T @ each + np.diag(telling**2), level=level)


def _most(table: pd.DataFrame, first: np.ndarray) -> str:
    named, none = table[table["term"] != "no theme"], table.iloc[-1]
    named = named[first].sort_values("estimate", ascending=False, kind="stable")
    top = named.iloc[0]
    said = f"'{top['term']}' ({percent(top['estimate'])} of comments)"
    if len(named) == 2:
        next_ = named.iloc[1]
        said = f"{said} and '{next_['term']}' ({percent(next_['estimate'])})"
    else:
        said += may_equal(len(named) - 1)
    if len(table) == 2:
        return f"They write about {said}; {percent(none['estimate'])} carry no theme."
    they = "They" if len(named) > 1 else f"Of {count(len(table) - 1, 'theme')} they"
    return f"{they} write most often about {said}; {percent(none['estimate'])} carry no theme."


def _who(table: pd.DataFrame, by: str) -> str:
    apart = table[table["verdict"] == "above"].sort_values("p_adjusted").head(3)
    if apart.empty:
        return f"No group of {by} writes more often about a theme than the others do."
    said = [f"{row.group} of '{row.term}'" for row in apart.itertuples()]
    said[0] = said[0].replace(" of '", " writes of '", 1)
    return f"More often than others, {listing(said)}."


def _last_period(frame: pd.DataFrame, date: str, period: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Say which rows are of an earlier period, which of the last, and what that is called."""
    units = {"month": "M", "quarter": "Q", "year": "Y"}
    if period not in units:
        raise Misuse(f"there is no period '{period}': month, quarter or year.")
    if date not in frame or frame[date].isna().all():
        raise VoiceError("The comments carry no date.", needs="'answered_at' of the answers")
    day = frame[date].dt.tz_localize(None).dt.to_period(units[period])
    return (day < day.max()).to_numpy(), (day == day.max()).to_numpy(), str(day.max())


def _held(themed: Themed, *, fewest: int) -> tuple[list[str], sparse.csr_matrix]:
    """Give themes and words with the comments that hold them."""
    table = odds.counted(themed.heard.text, fewest=fewest)
    if table is None:
        return themed.names, sparse.csr_matrix(themed.carried, dtype=float)
    held, words = table
    return [*themed.names, *map(str, words)], sparse.hstack(
        [themed.carried, held], format="csr", dtype=float
    )


def _news(frame: pd.DataFrame, told: str) -> str:
    up = frame[frame["verdict"].isin(["new", "risen"])]
    if up.empty:
        return f"In {told} nothing is written about more often than before, beyond chance."
    names = [f"'{term}'" for term in up["term"].head(4)]
    return f"In {told} more often than before: {listing(names)}."
