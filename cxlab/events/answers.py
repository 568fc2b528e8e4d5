"""Survey answers as known on a day: the last score of each kind, and how old it is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlab.events.clock import local_micros, local_moment
from cxlab.events.moments import micros, utc

SCORES = ("nps", "csat", "ces")
DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, eq=False)
class Answers:
    """All answers of some customers in order of time, to be asked what was known on any day.

    Attributes:
        customers: how many there are.
        who: place of the customer of each answer.
        at: when it was given, in microseconds.
        scores: name -> value of each answer, missing where it was not given.
        zone: whose clock tells days.
    """

    customers: int
    who: np.ndarray
    at: np.ndarray
    scores: dict[str, np.ndarray]
    zone: str

    def on(self, day: pd.Timestamp, after: pd.Timestamp) -> dict[str, np.ndarray]:
        """Give the answers of each customer as known on a day.

        Args:
            day: the moment; later answers do not exist.
            after: where the window begins in which answers are counted.

        Returns:
            `answers`, `answers_ever`, `days_since_answer`, and `last_<score>` for each score.
        """
        now = day.value // 1000
        until, since = np.searchsorted(self.at, [now, after.value // 1000], side="right")
        who, last = self.who[:until], np.full(self.customers, np.nan)
        # of several answers of one customer the latest is written last, and stays
        last[who] = self.at[:until]
        found = {
            "answers": np.bincount(who[since:], minlength=self.customers),
            "answers_ever": np.bincount(who, minlength=self.customers),
            "days_since_answer": _days_since(day, last, self.zone),
        }
        for score, values in self.scores.items():
            given = ~np.isnan(values[:until])
            known = np.full(self.customers, np.nan)
            known[who[given]] = values[:until][given]
            found[f"last_{score}"] = known
        return found


def answers_of(study, ids: pd.Index, zone: str) -> Answers:
    """Put the answers of these customers in order; the id settles ties, not the order of rows.

    Args:
        study: with `responses`; ratings are taken from its mapping.
        ids: the customers.
        zone: zone of times that carry none.

    Returns:
        The answers, to be asked about any day.
    """
    responses = study.responses
    at = utc(responses["answered_at"], zone)
    rows = responses.assign(_at=at)[at.notna() & responses["customer_id"].notna()]
    keys = ["_at", "response_id"] if "response_id" in rows else ["_at"]
    rows = rows.sort_values(keys)
    who = ids.get_indexer(rows["customer_id"].astype("str"))
    rows, who = rows[who >= 0], who[who >= 0]
    scores = {name: rows[name].to_numpy(float, na_value=np.nan) for name in _scores(study)}
    return Answers(len(ids), who, micros(rows["_at"]), scores, zone)


def _days_since(day: pd.Timestamp, last: np.ndarray, zone: str) -> np.ndarray:
    now, given = local_moment(day, zone).value // 1000, ~np.isnan(last)
    age = np.full(len(last), np.nan)
    age[given] = (now - local_micros(last[given].astype(np.int64), zone)) / DAY
    return age


def _scores(study) -> list[str]:
    tables = getattr(getattr(study, "mapping", None), "tables", None) or {}
    ratings = list(tables["responses"].ratings) if "responses" in tables else []
    return [name for name in (*SCORES, *ratings) if name in study.responses]
