"""Which ratings can be used at all, and which outcome do people's later deeds give?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlab.codebook import label, need, worded
from cxlab.drivers.workings.design import ABSENT, DriverError, Survey, as_survey, numbers
from cxlab.drivers.workings.sharing import refuse_many
from cxlab.results import Result, count, listing, number, percent

LEAST_GIVEN = 30
MOST_MISSING = 0.8


@worded
def screen(
    responses: pd.DataFrame,
    *,
    outcome: str,
    drivers: Sequence[str],
    weight: str | Survey | None = None,
    cluster: str | None = None,
    smallest: int = 0,
) -> Result:
    """Name the ratings that cannot be told from a constant, from each other, or from silence.

    Args:
        outcome: column of the score; answers without it are not looked at.

    Returns:
        term, verdict (`used`, `left out`), reason (empty where used), share (missing), n
        (ratings given).

    Raises:
        DriverError: fewer answers, or people, than a model of these ratings takes; more ratings
            than can stand beside each other; no such column.

    Example:
        >>> answers = pd.DataFrame({"nps": range(40), "price": [1, 2, 4, 5] * 10, "speed": 3})
        >>> screen(answers, outcome="nps", drivers=["price", "speed"]).headline
        '1 of 2 ratings can be used; speed is left out.'
    """
    survey = as_survey(weight, cluster)
    named = (outcome, *drivers, survey.weight, survey.cluster)
    need(responses, [name for name in named if name], DriverError, ABSENT)
    rows = responses[np.isfinite(numbers(responses, outcome, "outcome"))]
    _refuse_few(rows, outcome, len(drivers), survey)
    if len(rows) < smallest:
        raise DriverError(
            f"Only {count(len(rows), 'answer')} with {label(outcome)}, and nothing about fewer "
            f"than {count(smallest, 'person')} is shown."
        )
    refuse_many(len(drivers))
    ratings = np.column_stack([numbers(rows, name, "driver") for name in drivers])
    reasons = [_alone(column) for column in ratings.T]
    for place in range(len(drivers)):
        for earlier in range(place):
            if not reasons[place] and not reasons[earlier] and _twins(ratings, earlier, place):
                reasons[place] = f"the same answers as {drivers[earlier]}"
    given = np.isfinite(ratings)
    frame = pd.DataFrame(
        {
            "term": list(drivers),
            "verdict": ["left out" if reason else "used" for reason in reasons],
            "reason": [reason or None for reason in reasons],
            "share": 1 - given.mean(axis=0),
            "n": given.sum(axis=0),
        }
    )
    out = frame.loc[frame["verdict"] == "left out", "term"].tolist()
    verb = "is" if len(out) == 1 else "are"
    headline = (
        f"{len(drivers) - len(out)} of {count(len(drivers), 'rating')} can be used; "
        f"{listing(out)} {verb} left out."
        if out
        else f"{'Both' if len(drivers) == 2 else f'All {len(drivers):,}'} ratings can be used."
        if len(drivers) > 1
        else f"The rating can be used: {listing(drivers)}."
    )
    return Result(
        name="ratings used",
        frame=frame,
        headline=headline,
        method=f"A rating needs {LEAST_GIVEN} answers, at most {percent(MOST_MISSING)} missing, "
        "more than one value, and answers of its own.",
        base=f"{count(len(rows), 'answer')} with {label(outcome)}, "
        f"of {count(len(responses), 'row')}"
        + ("; weighted." if survey.weight else "; unweighted."),
    )


def used(screened: Result) -> list[str]:
    """List the ratings a screen lets through.

    Raises:
        DriverError: none of them.

    Example:
        >>> answers = pd.DataFrame({"nps": range(40), "price": [1, 2, 4, 5] * 10, "speed": 3})
        >>> used(screen(answers, outcome="nps", drivers=["price", "speed"]))
        ['price']
    """
    kept = screened.frame.loc[screened.frame["verdict"] == "used", "term"].tolist()
    if not kept:
        why = [f"{row.term} ({row.reason})" for row in screened.frame.itertuples()]
        raise DriverError(
            f"No rating can be used: {listing(why)}.", needs="a rating that differs between people"
        )
    return kept


def stayed(
    responses: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    within: str = "180D",
    as_of: object,
) -> pd.DataFrame:
    """Add whether each person was still a customer some time after answering.

    Args:
        responses: one row per answer, with customer_id and answered_at.
        customers: with customer_id and churned_at.
        within: how long after the answer, such as `180D`.
        as_of: nothing after this moment is known.

    Returns:
        The answers with a column `stayed`: 1, 0, or missing where the time is not over yet
        or the person is not in the list.

    Example:
        >>> answers = pd.DataFrame({"customer_id": ["a", "b"],
        ...     "answered_at": pd.to_datetime(["2025-01-05", "2025-01-05"])})
        >>> people = pd.DataFrame({"customer_id": ["a", "b"],
        ...     "churned_at": pd.to_datetime(["2025-02-01", None])})
        >>> stayed(answers, people, as_of="2025-12-31")["stayed"].tolist()
        [0.0, 1.0]
    """
    pairs = ((responses, "answered_at"), (customers, "churned_at"))
    for frame, name in (*pairs, (responses, "customer_id"), (customers, "customer_id")):
        if name not in frame.columns:
            raise DriverError(f"There is no column '{name}'.\nMap it in the study file.")
    asked, left = _plain(responses["answered_at"]), _plain(customers["churned_at"])
    ends = pd.Series(left.to_numpy(), index=customers["customer_id"].to_numpy())
    ends = ends[~ends.index.duplicated()]
    known = responses["customer_id"].isin(ends.index).to_numpy()
    end = responses["customer_id"].map(ends).to_numpy("datetime64[ns]")
    due = (asked + pd.Timedelta(within)).to_numpy("datetime64[ns]")
    last = np.datetime64(_moment(as_of), "ns") + np.timedelta64(1, "D")
    gone = end < due
    # a short time seen would count early leavers and no stayers
    seen = known & (due <= last)
    return responses.assign(stayed=np.where(seen, np.where(gone, 0.0, 1.0), np.nan))


def _plain(times: pd.Series) -> pd.Series:
    return times.dt.tz_localize(None) if times.dt.tz is not None else times


def _moment(as_of: object) -> pd.Timestamp:
    moment = pd.Timestamp(as_of)  # type: ignore[arg-type]
    return moment.tz_localize(None) if moment.tzinfo else moment


def _refuse_few(rows: pd.DataFrame, outcome: str, ratings: int, survey: Survey) -> None:
    """Say first that there are fewer answers, or fewer people, than such a model takes."""
    again = survey.cluster and survey.cluster in rows
    n = rows[survey.cluster].nunique() + rows[survey.cluster].isna().sum() if again else len(rows)
    needed = max(LEAST_GIVEN, ratings + 2)
    if n < needed:
        answers = count(len(rows), "answer")
        who = f"{number(n, 0)} people gave {answers}" if again else answers
        raise DriverError(
            f"Only {who} with {label(outcome)}, for {count(ratings, 'rating')}.",
            needs=f"at least {needed} {'people' if again else 'answers'}",
        )


def _alone(column: np.ndarray) -> str:
    given = column[np.isfinite(column)]
    if len(given) < LEAST_GIVEN:
        return f"only {count(len(given), 'answer')}"
    if 1 - len(given) / len(column) > MOST_MISSING:
        return f"{percent(1 - len(given) / len(column))} missing"
    return f"always {given[0]:g}" if np.ptp(given) == 0 else ""


def _twins(ratings: np.ndarray, one: int, other: int) -> bool:
    both = np.isfinite(ratings[:, [one, other]]).all(axis=1)
    pair = ratings[both][:, [one, other]]
    if len(pair) < 3 or (np.ptp(pair, axis=0) == 0).any():
        return False
    return bool(abs(np.corrcoef(pair, rowvar=False)[0, 1]) > 1 - 1e-10)
