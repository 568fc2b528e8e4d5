"""A small company with planted leaving, made for the tests of churn."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from cxlab import churn

AS_OF = "2025-12-31"
START = pd.Timestamp("2024-01-01", tz="UTC")


def people(seed=0, n=1500, *, base=0.03):
    """Customers who leave faster on a monthly contract and when unhappy; nothing leaks."""
    rng = np.random.default_rng(seed)
    came = START + pd.to_timedelta(rng.integers(0, 600, n), unit="D")
    mood, monthly = rng.normal(size=n), rng.random(n) < 0.5
    hazard = base * np.exp(-0.7 * mood + 0.9 * monthly) / 30
    left = came + pd.to_timedelta(np.minimum(rng.exponential(1 / hazard), 9999), unit="D")
    known = left <= pd.Timestamp(AS_OF, tz="UTC")
    return pd.DataFrame(
        {
            "customer_id": [f"{i:05d}" for i in range(n)],
            "signed_up_at": came,
            "churned_at": pd.Series(left).where(known),
            "contract": np.where(monthly, "monthly", "yearly"),
            "mood": mood + rng.normal(0, 0.5, n),
            "colour": rng.choice(["red", "green", "blue"], n),
        }
    )


def with_leaks(customers, seed=0):
    """Two columns that are written when a customer leaves."""
    rng, gone = np.random.default_rng(seed + 1000), customers["churned_at"].notna()
    offer = rng.random(len(gone)) < np.where(gone, 0.7, 0.01)
    bill = np.where(gone, "final", rng.choice(["paid", "overdue"], len(gone), p=[0.95, 0.05]))
    return customers.assign(offer=np.where(offer, "Yes", "No"), last_bill=bill)


def study(customers, **tables):
    """A study of a customer list; `contract` is a segment, all else is undated."""
    listed = SimpleNamespace(segments={"contract": "contract"}, ratings={})
    mapping = SimpleNamespace(
        timezone="UTC", as_of=pd.Timestamp(AS_OF).date(), tables={"customers": listed}
    )
    given = {"orders": None, "interactions": None, "responses": None, "cleaned": {}, **tables}
    return SimpleNamespace(customers=customers, mapping=mapping, **given)


def taken(seed=0, day="2025-06-30", attributes=("mood",), n=1500, **options):
    """A snapshot of the company."""
    return churn.snapshot(study(people(seed, n)), as_of=day, attributes=attributes, **options)
