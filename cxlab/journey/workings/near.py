"""Which contact does an answer tell of? The customer's last one within a stated time before."""

from typing import Any

import numpy as np
import pandas as pd

from cxlab import events
from cxlab.codebook import net_points
from cxlab.journey.workings.cases import Cases
from cxlab.journey.workings.refusal import JourneyError


def near(
    cases: Cases, responses: Any, *, score: str, within: str, weight: str | None = None
) -> pd.DataFrame:
    """Put to each answer the customer's last contact within so long before it.

    Args:
        cases: contacts.
        responses: answers, with `customer_id`, `answered_at` and the score.
        score: column of the score.
        within: how long before.
        weight: column of weights of the answers; one without a weight is left out.

    Returns:
        A row an answer: `customer_id`, `value` (−100, 0 or 100 for NPS), `weight`, and `case`, the
        row of the contact, -1 where there was none.

    Raises:
        JourneyError: answers and contacts cannot be met.
    """
    if responses is None:
        raise JourneyError("the study holds no survey answers.", needs="a table 'responses'")
    lacking = [n for n in ("customer_id", "answered_at", score) if n not in responses]
    if lacking or "customer_id" not in cases.frame:
        raise JourneyError(
            f"answers are not met with contacts without '{(lacking or ['customer_id'])[0]}'."
        )
    rows = responses[["customer_id", "answered_at", score]]
    rows = rows.assign(weight=1.0 if weight is None else responses[weight]).dropna()
    rows = rows[rows["weight"] > 0]
    rows = rows.assign(at=events.utc(rows["answered_at"], "UTC"))
    left = rows.sort_values("at", kind="stable")
    right = cases.frame[["customer_id", "opened_at"]].assign(case=np.arange(len(cases.frame)))
    right = right[right["customer_id"].notna()].assign(at=right["opened_at"])
    kind = {"customer_id": "str", "at": "datetime64[us, UTC]"}
    met = pd.merge_asof(
        left[["customer_id", "at", score, "weight"]].astype(kind), right.astype(kind), on="at",
        by="customer_id", tolerance=pd.Timedelta(within),
    )  # fmt: skip
    value = met[score].to_numpy(float)
    if score == "nps":
        value = net_points(value)
    case = met["case"].fillna(-1).astype(int)
    return pd.DataFrame({"customer_id": met["customer_id"], "value": value,
                         "weight": met["weight"].to_numpy(float), "case": case})  # fmt: skip
