"""Survey answers as known on a day: the last score of each kind, and how old it is."""

import numpy as np
import pandas as pd

from cxlab.events.moments import utc

SCORES = ("nps", "csat", "ces")


def answers_on(study, day, after, ids: pd.Index, zone: str) -> pd.DataFrame:
    """Give the last answers of these customers, as known on a day.

    Args:
        study: with `responses`; ratings are taken from its mapping.
        day: the moment; later answers do not exist.
        after: where the window begins in which answers are counted.
        ids: customers, in the order of the rows wanted.
        zone: zone of times that carry none.

    Returns:
        `answers`, `answers_ever`, `days_since_answer`, and `last_<score>` for each score and
        rating; rows in the order of `ids`.
    """
    responses = _in_order(study.responses, zone)
    known = responses[responses["_at"] <= day]
    by_customer = known.groupby("customer_id")["_at"]
    recent = known[known["_at"] > after].groupby("customer_id").size()
    last = by_customer.max().reindex(ids)
    columns = {
        "answers": recent.reindex(ids).fillna(0).to_numpy().astype(np.int64),
        "answers_ever": by_customer.size().reindex(ids).fillna(0).to_numpy().astype(np.int64),
        "days_since_answer": ((day - last) / pd.Timedelta(days=1)).to_numpy(),
    }
    for score in _scores(study):
        given = known[known[score].notna()].drop_duplicates("customer_id", keep="last")
        values = given.set_index("customer_id")[score].reindex(ids)
        columns[f"last_{score}"] = values.to_numpy(dtype=float, na_value=np.nan)
    return pd.DataFrame(columns)


def _in_order(responses: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Order answers by time; the id settles ties, so that the order of rows does not."""
    at = utc(responses["answered_at"], zone)
    rows = responses.assign(_at=at)[at.notna() & responses["customer_id"].notna()]
    keys = ["_at", "response_id"] if "response_id" in rows else ["_at"]
    return rows.assign(customer_id=rows["customer_id"].astype("str")).sort_values(keys)


def _scores(study) -> list[str]:
    tables = getattr(getattr(study, "mapping", None), "tables", None) or {}
    ratings = list(tables["responses"].ratings) if "responses" in tables else []
    return [name for name in (*SCORES, *ratings) if name in study.responses]
