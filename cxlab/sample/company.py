"""What is true of Kestrel Coffee: every planted number, named once.

The generator reads these tables and ``truth.json`` repeats them, so the two cannot disagree.
"""

from typing import Any

import numpy as np

START = "2024-01-01"
AS_OF = "2025-12-31"
EDITION = 4  # the same seed draws another company in another edition of the model
MONTHS = 24
LAST_DAY = 729  # 30 December 2025: nothing natural happens on the as-of day or after it
#: The first day of each month, and of the month after the last, as days since the start.
MONTH_STARTS = np.array(
    [
        (np.datetime64("2024-01") + m).astype("M8[D]") - np.datetime64(START)
        for m in range(MONTHS + 1)
    ]
).astype(int)

REGIONS = ("North", "South", "East", "West")
REGION_SHARE = (0.25, 0.25, 0.24, 0.26)
REGION_EXPERIENCE = (0.42, 0.24, -0.22, -0.40)

PLANS = ("Home", "Connoisseur", "Office")
PLAN_SHARE = (0.58, 0.27, 0.15)
PLAN_FEE = (1290, 1990, 3450)  # pence a month

SOURCES = ("Web search", "Social media", "Comparison site", "Market stall", "Friend")
SOURCE_SHARE = (0.36, 0.28, 0.22, 0.14)  # of those nobody referred

#: Touchpoints in the order of the questionnaire (Q4_1 to Q4_6).
TOUCHPOINTS = ("delivery", "website", "support", "product", "price", "communication")

#: How a rating moves the latent experience behind NPS, CSAT and CES, in points of the 0-10 scale.
#: low: added for a rating of 1 or 2; per_point: added for each point above 4; high: added for a 5.
EFFECTS: dict[str, Any] = {
    "delivery": {"kind": "must-have", "low": -1.7, "per_point": 0.0, "high": 0.0},
    "website": {"kind": "linear", "low": 0.0, "per_point": 0.3, "high": 0.0},
    "support": {"kind": "linear", "low": 0.0, "per_point": 0.5, "high": 0.0},
    "product": {"kind": "linear", "low": 0.0, "per_point": 0.75, "high": 0.0},
    "price": {"kind": "irrelevant", "low": 0.0, "per_point": 0.0, "high": 0.0},
    "communication": {"kind": "delighter", "low": 0.0, "per_point": 0.0, "high": 1.3},
}
RATINGS: dict[str, Any] = {
    "mood_per_experience": 0.93,
    "mood_of_the_day": 0.3,
    "shared_variance": 0.68,
    "lasting_share_of_own_variance": 0.5,
    "cuts": [-1.75, -1.05, -0.30, 0.65],
    "offset": [0.20, 0.15, 0.05, 0.35, -0.35, -0.05],
    "blank_share": 0.012,
    "support_asked_within_months": 12,
}
SCORES: dict[str, Any] = {
    "nps": {"at_zero": 8.15, "noise": 1.0},
    "csat": {"cuts": [4.3, 5.8, 7.2, 8.9], "noise": 1.0},
    "ces": {"cuts": [3.0, 4.2, 5.4, 6.5, 7.7, 9.2], "noise": 1.4, "blank_share": 0.02},
}

#: Monthly cancellation: P = 1 - exp(-exp(sum of terms)), so each term is a log hazard ratio.
HAZARD: dict[str, Any] = {
    "baseline": -3.88,
    "experience": -0.60,
    "tenure_under_3_months": 0.45,
    "tenure_12_months_or_more": -0.35,
    "failure_unrecovered": 0.75,
    "failure_recovered": 0.20,
    "failure_lasts_months": 3,
    "referred": -0.45,
    "comparison_site": 0.25,
    "month": {"1": 0.30, "7": 0.15, "8": 0.15, "11": -0.15, "12": -0.25},
    "payment_failed_per_month": 0.0025,
}

#: One region, one day; customers who joined later never knew the old price.
PRICE_RISE: dict[str, Any] = {
    "region": "West",
    "date": "2025-01-01",
    "month": 12,
    "increase": 0.15,
    "hazard": 0.80,
    "hazard_if_loyal": -0.75,
    "hazard_if_merely_frequent": 0.70,
    "lasts_months": 6,
    "loyal_when_experience_from": 0.4,
    "frequent_when_one_off_orders_a_month_from": 0.4,
    "price_rating_shift": -0.5,
}

#: A failed delivery lowers the experience by `hurt`, which fades month by month.
FAILURES: dict[str, Any] = {
    "rate_per_delivery": {"North": 0.022, "South": 0.026, "East": 0.040, "West": 0.034},
    "december_factor": 1.6,
    "complaint_share": 0.68,
    "hurt_unrecovered": 0.80,
    "hurt_recovered": 0.28,
    "hurt_kept_each_month": 0.85,
    "delivery_rating_shift_per_hurt": -0.9,
    "one_off_orders_unrecovered": 0.55,
    "one_off_orders_recovered": 0.88,
    "one_off_orders_last_months": 3,
}

REFERRAL: dict[str, Any] = {"log_rate_per_month": -4.75, "per_experience": 0.60}

#: Who answers an invitation: a logit.
RESPONSE: dict[str, Any] = {
    "intercept": -0.10,
    "per_experience": 0.32,
    "region": {"North": 0.25, "South": 0.05, "East": -0.15, "West": -0.35},
    "answers_per_wave_and_customer": 0.140,
    "post_contact_invited": 0.12,
}

#: The regions asked for in the two waves whose mix moves; other waves are asked at random.
MIX_SHIFT: dict[str, Any] = {
    "before": {
        "quarter": "2025Q3",
        "mix": dict(zip(REGIONS, (0.40, 0.36, 0.14, 0.10), strict=True)),
    },
    "after": {
        "quarter": "2025Q4",
        "mix": dict(zip(REGIONS, (0.16, 0.18, 0.38, 0.28), strict=True)),
    },
    "answers_factor": 1.05,
}

SUPPORT: dict[str, Any] = {
    "contacts_per_month": 0.085,
    "contacts_per_experience": -0.25,
    "first_reply_not_logged": 0.03,
    "resolved": 0.60,
    "resolved_if_agent_trained": 1.0,
    "resolved_per_log_reply_time": -0.30,
    "resolved_if_complaint": -0.35,
    "channel_change": 0.18,
    "reopened": 0.07,
    "reopened_if_unresolved": 0.22,
    "reopened_if_channel_changed": 0.08,
    "csat": {
        "intercept": 3.0,
        "resolved": 1.3,
        "channel_changed": -0.40,
        "reopened": -0.45,
        "per_log_reply_time": -0.30,
        "per_experience": 0.35,
        "noise": 0.8,
        "answered_share": 0.45,
    },
}
AGENTS = (
    "Aisha Karim", "Ben Pritchard", "Chloe Marsh", "Dylan Rees", "Esther Nwosu", "Finlay Grant",
    "Gemma Tate", "Harjit Bains", "Isla McRae", "Joel Whitby", "Katya Lund", "Liam O'Dowd",
)  # fmt: skip
TRAINING: dict[str, Any] = {"date": "2025-03-03", "day": 427, "agents": list(AGENTS[::2])}

#: Who looked for help in three months, and what they used: shares of those who looked.
HELP: dict[str, Any] = {
    "looked": {"Home": 0.42, "Connoisseur": 0.42, "Office": 0.60},
    "used": {
        "Help pages": 0.46,
        "Chatbot": 0.24,
        "Chat with a person": 0.12,
        "Phone": 0.22,
        "E-mail": 0.31,
        "The market stall": 0.09,
    },
    "otherwise": {"Office": {"Phone": 0.48, "The market stall": 0.02}},
    "chat_after_bot": 0.55,
    "none": "None of these",
    "blank_share": 0.02,
}
#: What matters most: each next place goes in proportion to these.
MATTERS: dict[str, Any] = {
    "worth": {
        "Freshly roasted": 4.0,
        "A fair price": 2.0,
        "A choice of coffees": 1.2,
        "Delivery on the day promised": 2.5,
    },
}

LEAKS: dict[str, Any] = {
    "columns": ["retention_offer_sent", "last_bill_status"],
    "known": "only after cancellation",
    "as_last_billed": ["Monthly fee"],  # in a view of 2024 it gives away who stayed into 2025
    "offer_sent_if_cancelled": 0.72,
    "offer_sent_if_staying": 0.01,
}

#: Rows spoiled on purpose, as a share of the rows of their table.
DIRT: dict[str, Any] = {
    "responses": {
        "preview": 0.004,
        "unfinished": 0.026,
        "duplicate_response": 0.005,
        "score_off_scale": 0.003,
        "date_impossible": 0.002,
        "date_after_as_of": 0.0015,
        "speeder": 0.007,
        "straightliner": 0.005,
    },
    "customers": {
        "duplicate_customer": 0.004,
        "date_impossible": 0.002,
        "churn_before_signup": 0.0015,
    },
    "orders": {"duplicate_order": 0.0008, "orphan": 0.0005, "date_after_as_of": 0.0002},
    "interactions": {
        "duplicate_interaction": 0.004,
        "orphan": 0.0025,
        "closed_before_opened": 0.004,
    },
}
REPAIRS: dict[str, Any] = {
    "responses": {"nps:label_to_number": 0.05, "customer_id:trimmed": 0.012},
    "customers": {"customer_id:trimmed": 0.010, "signed_up_at:date_form": 0.12},
}
