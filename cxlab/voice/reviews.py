"""What do public reviews say, beside the survey and never mixed into it?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from cxlab import stats
from cxlab.codebook import How, label, question
from cxlab.results import Misuse, Result, count, listing, number, percent
from cxlab.voice.hearing import Heard, VoiceError, hear
from cxlab.voice.themes import Themed
from cxlab.voice.within import within
from cxlab.voice.workings import odds, people, scoring, tongues
from cxlab.voice.workings.texts import folded, says_nothing

AS_ANSWERS = {"text": "comment", "posted_at": "answered_at"}
PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}
STARS, SURVEY = "stars of reviews", "survey"
REVIEW = "review"
NO_SAMPLE = "Who reviews in public is no sample of the customers."
LEAST = 6  # periods that are compared; of fewer no order is beyond chance at 5%
FEW = 20  # reviews of which themes are told


def listen(
    responses: pd.DataFrame | None = None,
    reviews: pd.DataFrame | None = None,
    *,
    languages: Sequence[str] = (),
    like: Heard | None = None,
    once: bool = False,
    vectors: str = "study",
) -> Heard:
    """Take the comments of a survey; where nobody wrote one, the texts of public reviews.

    The two are never mixed; reviews stand `beside` the comments where there are both. Reviews have
    their stars in the column `rating`.

    Args:
        responses: answers of the survey, with `comment`.
        reviews: one row a review: `text`, and where known `rating` and `posted_at`.
        languages: codes such as `en`, `de`; those of the column `language` if not given.
        like: comments of the whole, for those of a part of it: from where they were.
        once: count texts that are word for word the same once.
        vectors: as `hear` says.

    Returns:
        The comments that say something.

    Raises:
        VoiceError: there is neither a comment nor a review that says something.
        Misuse: a language that is not known.
    """
    asked = pd.DataFrame() if responses is None else responses
    how: Any = {"languages": languages, "once": once, "vectors": vectors}
    public = like.source == REVIEW if like else _nothing_said(asked)
    posts = None if reviews is None else reviews.rename(columns=AS_ANSWERS)
    if responses is None and posts is None:
        raise VoiceError("The study holds no reviews.", needs="a table 'reviews'")
    if posts is None or _nothing_said(posts):
        return hear(asked, **how, like=like)
    if not public:
        own = hear(asked, **how, like=like)
        theirs = like and like.beside
        return replace(own, beside=hear(posts, **how, like=theirs))
    heard = hear(posts, **how, like=like)
    return replace(heard, source=REVIEW, notes=(*heard.notes, NO_SAMPLE))


def stars(heard: Heard) -> str:
    """Name the score that goes with public reviews, their stars.

    Raises:
        VoiceError: these are comments of a survey, or reviews without stars.
    """
    if heard.source != REVIEW or "rating" not in heard.frame:
        raise VoiceError("These comments have no stars.", needs="'rating' of reviews")
    return "rating"


@question("weight", "level", "smallest")
def reviews(
    posts: pd.DataFrame,
    *,
    responses: pd.DataFrame | None = None,
    score: str = "nps",
    period: str = "quarter",
    how: How,
) -> Result:
    """Give stars and survey score by period, beside each other; the two are never mixed.

    Args:
        posts: one row a review: `rating`, `posted_at`.
        responses: answers of the survey, with `answered_at` and the score.
        score: which score.
        period: `month`, `quarter` or `year`.
        weight: of the answers; reviews have none.
        smallest: periods of fewer reviews or answers are not shown.

    Returns:
        part (stars or survey), period, estimate (mean), conf_low, conf_high, n.

    Raises:
        VoiceError: no review has both stars and a date.
        Misuse: no such period.
    """
    if period not in PERIODS:
        raise Misuse(f"there is no period '{period}': month, quarter or year.")
    if not {"rating", "posted_at"} <= set(posts) or posts[["rating", "posted_at"]].dropna().empty:
        raise VoiceError("No review has stars and a date.", needs="'rating' and 'posted_at'")
    stars = posts.dropna(subset=["rating", "posted_at"])
    table = _means(stars["rating"].to_numpy(float), stars["posted_at"], None, period, how.level)
    table.insert(0, "part", STARS)
    if responses is not None and {"answered_at", score} <= set(responses):
        value = scoring.values(responses, score)
        kept = np.isfinite(value) & responses["answered_at"].notna().to_numpy()
        if how.weight:
            kept &= (responses[how.weight] > 0).to_numpy()
        w = responses.loc[kept, how.weight].to_numpy(float) if how.weight else None
        own = _means(value[kept], responses.loc[kept, "answered_at"], w, period, how.level)
        own.insert(0, "part", f"{label(score)} of the {SURVEY}")
        table = pd.concat([table, own], ignore_index=True)
    table = table[table["n"] >= how.smallest].reset_index(drop=True)
    if not (table["part"] == STARS).any():
        raise VoiceError(f"No {period} holds {how.smallest} reviews.")
    told = int(table.loc[table["part"] == STARS, "n"].sum())
    more = f", of {len(stars):,}: the others lie in a {period} of fewer than {how.smallest}"
    return Result(
        name="reviews beside the survey",
        frame=table,
        headline=_together(table, score, how.level),
        method="Mean by period with linearised intervals; Spearman's rank correlation (1904) "
        f"of the periods that both have. {NO_SAMPLE}",
        base=f"{count(told, 'review')} with stars and a date{more if told < len(stars) else ''}.",
        notes=("Reviews are never part of the survey's score.",),
    )


@question("weight", "level", "smallest")
def public(
    themed: Themed,
    posts: Heard,
    *,
    how: How,
) -> Result:
    """Set the themes of reviews beside those of the survey's comments; the two are never mixed.

    Only texts of languages that both are written in are set beside each other.

    Args:
        themed: comments with their themes, told `beside` of reviews.
        posts: the reviews, from `listen`.
        weight: of the answers; reviews have none.
        smallest: nothing is told of fewer reviews.

    Returns:
        term, part (survey or reviews), estimate (share that speaks of it), conf_low, conf_high,
        p_value, p_adjusted (over all themes), n (comments or reviews), verdict (more or less
        often in reviews, not apart).

    Raises:
        VoiceError: themes were told of no reviews, of too few, or not in a language of both.
    """
    if themed.beside is None:
        raise VoiceError("There are no comments of a survey beside the reviews.",
                         needs="answers with a comment")  # fmt: skip
    if len(posts.text) < max(how.smallest, FEW):
        raise VoiceError(
            f"{count(len(posts.text), 'review')} are too few to set beside the survey."
        )
    both = _languages(themed.heard, posts)
    mine, his = (np.isin(each.language, both) for each in (themed.heard, posts))
    told = within(themed.beside, posts)
    theirs = told.carried[his][:, [told.names.index(name) for name in themed.names]]
    ours, w = themed.carried[mine], people.worth(themed.heard.frame[mine], how.weight)
    there = np.logical_or(ours.any(axis=0), theirs.any(axis=0))
    there &= [theme.language in ("", *both) for theme in themed.themes]
    if not there.any():
        raise VoiceError("Neither comments nor reviews speak of a theme in a language of both.")
    names = [name for name, spoken in zip(themed.names, there, strict=True) if spoken]
    ours, theirs = ours[:, there], theirs[:, there]
    parts = {SURVEY: (w @ ours, w.sum(), len(ours)),
             "reviews": (theirs.sum(axis=0), len(theirs), len(theirs))}  # fmt: skip
    (x, m, _), (y, n, _) = parts.values()
    p = odds.two_shares(x, m, y, n)
    sure = stats.adjust(p) <= 1 - how.level
    word = np.where(y / n > x / m, "more often in reviews", "less often in reviews")
    rows = []
    for part, (held, worth, size) in parts.items():
        low, high = stats.proportion_interval(held, worth, level=how.level)
        rows.append(pd.DataFrame({
            "term": names, "part": part, "estimate": held / worth, "conf_low": low,
            "conf_high": high, "p_value": p, "p_adjusted": stats.adjust(p), "n": size,
            "verdict": np.where(sure, word, "not apart").astype(object),
        }))  # fmt: skip
    table = pd.concat(rows, ignore_index=True).sort_values(
        ["p_value", "term", "part"], ascending=[True, True, False], kind="stable"
    )
    return Result(
        name="themes of reviews beside the survey",
        frame=table.reset_index(drop=True),
        headline=_aloud(table),
        method="Themes of the survey's comments told of reviews by the same words; score test of "
        f"two shares, false discovery rate held over all themes. {NO_SAMPLE}",
        base=f"{count(len(theirs), 'review')} and {count(len(ours), 'comment')}"
        f" that say something{', comments weighted' if how.weight else ''}.",
        notes=(
            "Nothing is learned from reviews, and they are never part of the survey's score.",
            *_one_sided(themed.heard, posts, both),
        ),
        unit="share",
    )


@question("level")
def replies(
    posts: pd.DataFrame,
    *,
    how: How,
) -> Result:
    """Say how many reviews were answered, and after how many days.

    Args:
        posts: one row a review, with `reply` (what was answered) and, where known, `replied_at`.

    Returns:
        group (source), estimate (share answered), conf_low, conf_high, time (median days until
        the answer, of those answered), n (reviews).

    Raises:
        VoiceError: nothing is known of replies.
    """
    if not {"reply", "replied_at"} & set(posts):
        raise VoiceError("Nothing is known of replies.", needs="'reply' or 'replied_at'")
    answered = pd.Series(False, index=posts.index)
    for name in {"reply", "replied_at"} & set(posts):
        answered |= posts[name].notna()
    days = np.full(len(posts), np.nan)
    if {"replied_at", "posted_at"} <= set(posts):
        days = (posts["replied_at"] - posts["posted_at"]).dt.total_seconds().to_numpy() / 86400
    source = (
        posts["source"].fillna("not told") if "source" in posts else pd.Series("all", posts.index)
    )
    frame = pd.DataFrame(
        {"group": source.to_numpy(), "answered": answered.to_numpy(), "time": days}
    )
    frame.loc[frame["time"] < 0, "time"] = np.nan  # an answer before the review is no delay
    parts = [("all", frame), *(frame.groupby("group") if frame["group"].nunique() > 1 else [])]
    rows = []
    for name, each in parts:
        done, n = int(each["answered"].sum()), len(each)
        low, high = stats.proportion_interval(done, n, level=how.level)
        rows.append({"group": str(name), "estimate": done / n, "conf_low": float(low),
                     "conf_high": float(high), "time": each["time"].median(), "n": n})  # fmt: skip
    table = pd.DataFrame(rows)
    delay = table["time"].iloc[0]
    after = f", half of them within {number(delay, 1)} days" if np.isfinite(delay) else ""
    return Result(
        name="replies to reviews",
        frame=table,
        headline=f"{percent(table['estimate'].iloc[0])} of reviews were answered{after}.",
        method="Shares with Wilson intervals (Wilson 1927); median of the days until the answer.",
        base=f"{count(len(posts), 'review')}.",
        unit="share",
    )


def _languages(heard: Heard, posts: Heard) -> list[str]:
    """Name the languages that both are written in; elsewhere the language is the difference."""
    sizes = [pd.Series(each.language).value_counts() for each in (heard, posts)]
    often = [set(each.index[each >= FEW]) for each in sizes]
    if both := sorted((often[0] & often[1]) - {tongues.NOT_TOLD}):
        return [*both, tongues.NOT_TOLD]
    if tongues.NOT_TOLD in often[0] & often[1]:
        return [tongues.NOT_TOLD]
    raise VoiceError(f"Comments and reviews have no language in common of {FEW} each.")


def _one_sided(heard: Heard, posts: Heard, both: Sequence[str]) -> list[str]:
    """Tell of texts left aside, as the other side has hardly any of their language."""
    gone = {word: int((~np.isin(each.language, both)).sum())
            for word, each in (("comment", heard), (REVIEW, posts))}  # fmt: skip
    named = [tongues.NAMES.get(code, code) for code in both if code != tongues.NOT_TOLD]
    left = [count(n, word) for word, n in gone.items() if n]
    if not left or not named:
        return []
    return [f"Set beside each other in {listing(named)}; left aside are {listing(left)} in other "
            "languages."]  # fmt: skip


def _aloud(table: pd.DataFrame) -> str:
    loud = table[table["verdict"].eq("more often in reviews")]
    if loud.empty:
        return "Reviews speak of no theme more often than the survey's comments do."
    term = loud["term"].iloc[0]
    one = loud[loud["term"] == term].set_index("part")["estimate"]
    return (f"Reviews speak more often of '{term}' than the survey's comments do: "
            f"{percent(one['reviews'])} against {percent(one[SURVEY])}.")  # fmt: skip


def _nothing_said(asked: pd.DataFrame) -> bool:
    written = asked.get("comment", pd.Series(dtype=object)).dropna()
    return all(says_nothing(folded(each)) for each in written)


def _means(values, moments: pd.Series, weight, period: str, level: float) -> pd.DataFrame:
    day = moments.dt.tz_localize(None).dt.to_period(PERIODS[period])
    codes, names = pd.factorize(day, sort=True)
    if not len(names):
        return pd.DataFrame(columns=["period", "estimate", "conf_low", "conf_high", "n"])
    found = stats.linearised(values, weight=weight, group=codes)
    low, high = stats.mean_interval(found.estimate, found.std_error, df=found.df, level=level)
    return pd.DataFrame({"period": names.astype(str), "estimate": found.estimate, "conf_low": low,
                         "conf_high": high, "n": found.n.astype(int)})  # fmt: skip


def _together(table: pd.DataFrame, score: str, level: float) -> str:
    wide = table.pivot(index="period", columns="part", values="estimate").dropna()
    stars = table[table["part"] == STARS]
    said = f"Reviews gave {number(np.average(stars['estimate'], weights=stars['n']), 2)} stars"
    if table["part"].nunique() < 2:
        return f"{said} on average, from {count(int(stars['n'].sum()), 'review')}."
    if len(wide) < LEAST:
        return f"{said}; too few periods to set them beside the survey."
    found = spearmanr(wide.iloc[:, 0], wide.iloc[:, 1])
    if not found.pvalue <= 1 - level:
        return (f"{said}; over {len(wide)} periods it cannot be told whether they and "
                f"{label(score)} move together.")  # fmt: skip
    word = "together" if found.statistic > 0 else "against each other"
    return f"{said}; over {len(wide)} periods stars and {label(score)} move {word}."
