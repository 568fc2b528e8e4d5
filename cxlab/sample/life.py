"""What happens to each customer, month by month?

Time is walked in 24 steps; within a step every customer is handled at once.
"""

from dataclasses import dataclass, field

import numpy as np

from cxlab.sample import company, support, survey
from cxlab.sample.people import NEVER, People

LONG_AGO = 99
DAY = 86_400
BEANS = np.array([850, 990, 1150, 1400, 2400, 3900])  # one-off prices in pence
BEANS_SHARE = np.array([0.30, 0.25, 0.18, 0.14, 0.09, 0.04])
KINDS = ("subscription", "one-off", "refund")
CHANNELS = ("web", "app", "phone")


@dataclass(eq=False)
class Lives:
    """All that happened: how each customer fared, and what was left behind in the systems."""

    people: People
    cancelled: np.ndarray
    voluntary: np.ndarray
    referred_by: np.ndarray
    source: np.ndarray
    experience: np.ndarray  # months x customers; missing where not a customer
    loyal_at_rise: np.ndarray
    hurt: np.ndarray
    unrecovered_ago: np.ndarray
    recovered_ago: np.ndarray
    contact_ago: np.ndarray
    orders: list = field(default_factory=list)
    cases: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    waves: list = field(default_factory=list)
    moments: np.ndarray = field(default_factory=lambda: np.zeros((20, 20)))
    referrals: list = field(default_factory=list)


def live(rng: np.random.Generator, people: People) -> Lives:
    """Let the customers live through the two years.

    Example:
        >>> from cxlab.sample import people
        >>> rng = np.random.default_rng(1)
        >>> bool((live(rng, people.draw(rng, customers=50)).cancelled > 0).all())
        True
    """
    lives = _born(people)
    for month in range(company.MONTHS):
        _welcome(rng, lives, month)
        end = company.MONTH_STARTS[month + 1]
        here = np.flatnonzero((people.joined < end) & (lives.cancelled == NEVER))
        lives.experience[month, here] = people.nature[here] - lives.hurt[here]
        if month == company.PRICE_RISE["month"]:
            threshold = company.PRICE_RISE["loyal_when_experience_from"]
            lives.loyal_at_rise[here] = lives.experience[month, here] >= threshold
        _cancel(rng, lives, here, month)
        if month % 3 == 2:
            survey.hold_wave(rng, lives, here, month=month)
        orders = _order(rng, lives, here, month)
        cases = support.open_cases(rng, lives, here, orders, month=month)
        _remember(lives, here, orders["customer"][orders["failed"]], cases)
        lives.orders += [orders, _credit(orders, cases)]
        lives.cases.append(cases)
    survey.ask_after_contact(rng, lives)
    return lives


def all_orders(lives: Lives) -> dict:
    """Return all orders and credits, with the customer's number."""
    orders = {
        name: np.concatenate([part[name] for part in lives.orders]) for name in lives.orders[0]
    }
    return orders | {"number": lives.people.number[orders["customer"]]}


def all_cases(lives: Lives) -> dict:
    """Return all support cases in the order of opening."""
    cases = {name: np.concatenate([part[name] for part in lives.cases]) for name in lives.cases[0]}
    by_time = np.argsort(cases["opened"], kind="stable")
    return {name: values[by_time] for name, values in cases.items()}


def log_hazard(lives: Lives, here: np.ndarray, month: int) -> np.ndarray:
    """Return the log of the monthly cancellation hazard of the customers here."""
    people, planted = lives.people, company.HAZARD
    tenure = month - _month_of(people.joined[here])
    lasts = planted["failure_lasts_months"]
    unrecovered = lives.unrecovered_ago[here] <= lasts
    recovered = (lives.recovered_ago[here] <= lasts) & ~unrecovered
    return (
        planted["baseline"]
        + planted["experience"] * lives.experience[month, here]
        + planted["tenure_under_3_months"] * (tenure < 3)
        + planted["tenure_12_months_or_more"] * (tenure >= 12)
        + planted["failure_unrecovered"] * unrecovered
        + planted["failure_recovered"] * recovered
        + planted["referred"] * (lives.referred_by[here] >= 0)
        + planted["comparison_site"] * (lives.source[here] == 2)
        + planted["month"].get(str(month % 12 + 1), 0.0)
        + _price_reaction(lives, here, month)
    )


def _price_reaction(lives: Lives, here: np.ndarray, month: int) -> np.ndarray:
    rise, people = company.PRICE_RISE, lives.people
    if not rise["month"] <= month < rise["month"] + rise["lasts_months"]:
        return np.zeros(len(here))
    felt = (people.region[here] == company.REGIONS.index(rise["region"])) & (
        people.joined[here] < company.MONTH_STARTS[rise["month"]]
    )
    loyal = lives.loyal_at_rise[here]
    often = people.appetite[here] >= rise["frequent_when_one_off_orders_a_month_from"]
    return felt * (
        rise["hazard"]
        + rise["hazard_if_loyal"] * loyal
        + rise["hazard_if_merely_frequent"] * (often & ~loyal)
    )


def _born(people: People) -> Lives:
    size = len(people)
    return Lives(
        people=people,
        cancelled=np.full(size, NEVER, np.int32),
        voluntary=np.ones(size, bool),
        referred_by=np.full(size, -1, np.int32),
        source=people.source.copy(),
        experience=np.full((company.MONTHS, size), np.nan, np.float32),
        loyal_at_rise=np.zeros(size, bool),
        hurt=np.zeros(size, np.float32),
        unrecovered_ago=np.full(size, LONG_AGO, np.int16),
        recovered_ago=np.full(size, LONG_AGO, np.int16),
        contact_ago=np.full(size, LONG_AGO, np.int16),
    )


def _month_of(day: np.ndarray) -> np.ndarray:
    return np.searchsorted(company.MONTH_STARTS, day, side="right") - 1


def _welcome(rng: np.random.Generator, lives: Lives, month: int) -> None:
    """Some of this month's newcomers were sent by last month's customers."""
    joined = lives.people.joined
    first, last = np.searchsorted(
        joined, [company.MONTH_STARTS[month], company.MONTH_STARTS[month + 1]]
    )
    if month == 0 or first == last:
        return
    before = lives.experience[month - 1, :first]
    able = np.flatnonzero(~np.isnan(before) & (lives.cancelled[:first] == NEVER))
    rate = np.exp(
        company.REFERRAL["log_rate_per_month"] + company.REFERRAL["per_experience"] * before[able]
    )
    sent = rng.poisson(rate)
    referrers = rng.permutation(np.repeat(able, sent))[: last - first]
    guests = first + rng.permutation(last - first)[: len(referrers)]
    lives.referred_by[guests] = referrers
    lives.source[guests] = company.SOURCES.index("Friend")
    lives.referrals.append((len(able), float(rate.sum()), len(referrers)))


def _cancel(rng: np.random.Generator, lives: Lives, here: np.ndarray, month: int) -> None:
    start, end = company.MONTH_STARTS[month], company.MONTH_STARTS[month + 1]
    chance = -np.expm1(-np.exp(log_hazard(lives, here, month)))
    old = lives.people.joined[here] < start
    chooses = old & (rng.random(len(here)) < chance)
    unpaid = old & (rng.random(len(here)) < company.HAZARD["payment_failed_per_month"]) & ~chooses
    day = np.minimum(rng.integers(start, end, len(here)), company.LAST_DAY)
    gone = chooses | unpaid
    lives.cancelled[here[gone]] = day[gone]
    lives.voluntary[here[unpaid]] = False


def _order(rng: np.random.Generator, lives: Lives, here: np.ndarray, month: int) -> dict:
    """This month's boxes and one-off orders, and which of them never arrived."""
    people = lives.people
    start, end = company.MONTH_STARTS[month], company.MONTH_STARTS[month + 1]
    box_day = np.where(
        people.joined[here] >= start, people.joined[here], start + people.billing_day[here] - 1
    )
    often = rng.poisson(people.appetite[here] * _appetite_factor(lives, here))
    extra = np.repeat(here, often)
    extra_day = np.minimum(rng.integers(start, end, len(extra)), company.LAST_DAY)
    who = np.concatenate([here, extra])
    day = np.concatenate([box_day, extra_day])
    boxed = np.arange(len(who)) < len(here)
    real = (day < lives.cancelled[who]) & (day >= people.joined[who]) & (day <= company.LAST_DAY)
    who, day, boxed = who[real], day[real], boxed[real]
    orders = _priced(rng, lives, who, day, boxed, month)
    rate = np.array(list(company.FAILURES["rate_per_delivery"].values()))[people.region[who]]
    rate = rate * (company.FAILURES["december_factor"] if month % 12 == 11 else 1.0)
    return orders | {"failed": rng.random(len(who)) < rate}


def _appetite_factor(lives: Lives, here: np.ndarray) -> np.ndarray:
    planted = company.FAILURES
    lasts = planted["one_off_orders_last_months"]
    unrecovered = lives.unrecovered_ago[here] <= lasts
    recovered = (lives.recovered_ago[here] <= lasts) & ~unrecovered
    factor = np.where(unrecovered, planted["one_off_orders_unrecovered"], 1.0)
    return np.where(recovered, planted["one_off_orders_recovered"], factor)


def _priced(rng, lives: Lives, who, day, boxed, month: int) -> dict:
    people, size = lives.people, len(who)
    fee = np.take(company.PLAN_FEE, people.plan[who])
    risen = (people.region[who] == company.REGIONS.index(company.PRICE_RISE["region"])) & (
        month >= company.PRICE_RISE["month"]
    )
    fee = np.where(risen, np.round(fee * (1 + company.PRICE_RISE["increase"]), -1), fee)
    price = np.where(boxed, fee, rng.choice(BEANS, size, p=BEANS_SHARE) * rng.integers(1, 3, size))
    welcome = boxed & (lives.source[who] == 2) & (day - people.joined[who] < 85)
    offer = np.where(boxed, 0.2 * welcome, rng.choice([0, 0.1, 0.2], size, p=[0.8, 0.14, 0.06]))
    discount = np.round(price * offer)
    second = np.where(
        boxed, rng.integers(6 * 3600, 9 * 3600, size), rng.integers(7 * 3600, 23 * 3600, size)
    )
    back = ~boxed & (rng.random(size) < 0.02)
    returned = np.where(back, day + rng.integers(3, 20, size), -1)
    returned = np.where(returned > company.LAST_DAY, -1, returned)
    channel = np.where(rng.random(size) < 0.03, 2, people.app_user[who])
    return {
        "customer": who.astype(np.int32),
        "second": day.astype(np.int64) * DAY + second,
        "amount": (price - discount).astype(np.int32),
        "list_price": price.astype(np.int32),
        "discount": discount.astype(np.int32),
        "kind": np.where(boxed, 0, 1).astype(np.int8),
        "channel": channel.astype(np.int8),
        "returned": returned.astype(np.int32),
    }


def _credit(orders: dict, cases: dict) -> dict:
    """A delivery put right is credited: a row of its own with a negative amount."""
    settled = np.flatnonzero(cases["put_right"] & cases["from_failure"])
    original = cases["order"][settled]
    credit = {name: values[original] for name, values in orders.items()}
    amount = -credit["amount"]
    return credit | {
        "second": cases["closed"][settled] * 60,
        "amount": amount,
        "list_price": amount,
        "discount": np.zeros_like(amount),
        "kind": np.full(len(settled), KINDS.index("refund"), np.int8),
        "returned": np.full(len(settled), -1, np.int32),
        "failed": np.zeros(len(settled), bool),
    }


def _remember(lives: Lives, here: np.ndarray, failed: np.ndarray, cases: dict) -> None:
    """Carry this month's failures and contacts into the months to come."""
    for since in (lives.unrecovered_ago, lives.recovered_ago, lives.contact_ago):
        since[here] = np.minimum(since[here] + 1, LONG_AGO)
    lives.hurt[here] *= company.FAILURES["hurt_kept_each_month"]
    put_right = np.unique(cases["customer"][cases["from_failure"] & cases["put_right"]])
    let_down = np.setdiff1d(failed, put_right)
    lives.hurt[let_down] += company.FAILURES["hurt_unrecovered"]
    lives.hurt[put_right] += company.FAILURES["hurt_recovered"]
    lives.unrecovered_ago[let_down] = 1
    lives.recovered_ago[put_right] = 1
    lives.contact_ago[cases["customer"]] = 1
