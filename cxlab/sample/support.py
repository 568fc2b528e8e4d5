"""Who calls, who answers, and is it put right?"""

import numpy as np

from cxlab.sample import company

CHANNELS = ("Phone", "Email", "Chat")
CHANNEL_SHARE = (0.34, 0.38, 0.28)
REPLY_MINUTES = (16, 520, 9)  # medians
COST_PENCE = (620, 380, 290)
#: kind, stage, touchpoint and share of the contacts that no failed delivery began
KINDS = (
    ("Question", "Ordering", "product", 0.20),
    ("Question", "Joining", "communication", 0.12),
    ("Question", "Billing", "price", 0.12),
    ("Complaint", "Using", "product", 0.13),
    ("Complaint", "Billing", "price", 0.09),
    ("Complaint", "Ordering", "communication", 0.06),
    ("Website problem", "Ordering", "website", 0.16),
    ("Change of plan", "Ordering", "support", 0.12),
    ("Delivery problem", "Delivery", "delivery", 0.0),
)
COMPLAINTS = np.array([kind in ("Complaint", "Delivery problem") for kind, *_ in KINDS])
DELIVERY = len(KINDS) - 1


def open_cases(
    rng: np.random.Generator, lives, here: np.ndarray, orders: dict, *, month: int
) -> dict:
    """Open this month's cases: complaints about failed deliveries and everything else."""
    customer, order, opened, kind = _contacts(rng, lives, here, orders, month)
    size, planted = len(customer), company.SUPPORT
    channel = rng.choice(3, size, p=CHANNEL_SHARE)
    slowness = rng.normal(0, 0.9, size) + (0.35 if month % 12 == 11 else 0.0)
    reply = np.take(REPLY_MINUTES, channel) * np.exp(slowness)
    agent = rng.integers(0, len(company.AGENTS), size)
    trained = (agent % 2 == 0) & (opened >= company.TRAINING["day"] * 1440)
    resolved = _resolved(rng, trained, slowness, kind)
    changed = rng.random(size) < planted["channel_change"]
    reopened = rng.random(size) < (
        planted["reopened"]
        + planted["reopened_if_unresolved"] * ~resolved
        + planted["reopened_if_channel_changed"] * changed
    )
    closed = opened + reply + rng.lognormal(6.6, 0.8, size) + 2880 * reopened
    end = (company.LAST_DAY + 1) * 1440
    logged = rng.random(size) >= planted["first_reply_not_logged"]
    finished = closed < end
    return {
        "customer": customer.astype(np.int32),
        "order": order.astype(np.int32),
        "from_failure": kind == DELIVERY,
        "kind": kind.astype(np.int8),
        "opened": opened.astype(np.int64),
        "reply": np.where(logged & (opened + reply < end), opened + np.ceil(reply), -1).astype(
            np.int64
        ),
        "closed": np.where(finished, np.ceil(closed) + 1, -1).astype(np.int64),
        "channel": channel.astype(np.int8),
        "changed_to": np.where(changed, (channel + rng.integers(1, 3, size)) % 3, -1).astype(
            np.int8
        ),
        "agent": agent.astype(np.int8),
        "resolved": np.where(finished, resolved, -1).astype(np.int8),
        "reopened": reopened,
        "put_right": finished & resolved & ~reopened,
        "csat": _case_csat(rng, lives, customer, month, resolved, changed, reopened, slowness)
        * finished.astype(np.int8),
        "cost": _cost(rng, channel, changed, reopened),
    }


def _contacts(rng, lives, here: np.ndarray, orders: dict, month: int):
    """Who gets in touch: customer, failed order (or -1), minute of opening, kind."""
    planted = company.SUPPORT
    failed = np.flatnonzero(orders["failed"])
    failed = failed[rng.random(len(failed)) < company.FAILURES["complaint_share"]]
    failure_day = orders["second"][failed] // 86_400 + rng.integers(1, 4, len(failed))
    experience = lives.experience[month, here]
    rate = planted["contacts_per_month"] * np.exp(planted["contacts_per_experience"] * experience)
    other = np.repeat(here, rng.poisson(rate))
    start = (np.datetime64("2024-01") + month).astype("M8[D]") - np.datetime64(company.START)
    other_day = start.astype(int) + rng.integers(0, 28, len(other))
    share = np.array([row[3] for row in KINDS])
    customer = np.concatenate([orders["customer"][failed], other])
    order = np.concatenate([failed, np.full(len(other), -1)])
    day = np.concatenate([failure_day, other_day])
    kind = np.concatenate(
        [np.full(len(failed), DELIVERY), rng.choice(len(KINDS), len(other), p=share)]
    )
    minute = day * 1440 + rng.integers(8 * 60, 20 * 60, len(day))
    real = (
        (day > lives.people.joined[customer])
        & (day < lives.cancelled[customer])
        & (day <= company.LAST_DAY)
    )
    return customer[real], order[real], minute[real], kind[real]


def _case_csat(rng, lives, customer, month, resolved, changed, reopened, slowness) -> np.ndarray:
    planted = company.SUPPORT["csat"]
    latent = (
        planted["intercept"]
        + planted["resolved"] * resolved
        + planted["channel_changed"] * changed
        + planted["reopened"] * reopened
        + planted["per_log_reply_time"] * slowness
        + planted["per_experience"] * lives.experience[month, customer]
        + rng.normal(0, planted["noise"], len(customer))
    )
    asked = rng.random(len(customer)) < planted["answered_share"]
    return np.where(asked, np.clip(np.floor(latent + 0.5), 1, 5), 0).astype(np.int8)


def _cost(rng, channel, changed, reopened) -> np.ndarray:
    pence = np.take(COST_PENCE, channel) + 240 * changed
    return np.round(pence * (1 + 0.6 * reopened) * rng.uniform(0.8, 1.25, len(channel))).astype(
        np.int32
    )


def _resolved(rng, trained, slowness, kind) -> np.ndarray:
    planted = company.SUPPORT
    logit = (
        planted["resolved"]
        + planted["resolved_if_agent_trained"] * trained
        + planted["resolved_per_log_reply_time"] * slowness
        + planted["resolved_if_complaint"] * COMPLAINTS[kind]
    )
    return rng.random(len(kind)) < 1 / (1 + np.exp(-logit))
