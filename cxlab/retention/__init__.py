"""How long do customers stay, and what is that worth?"""

from cxlab.retention.buyers import Buyers, OrdersError, buyers, orders_of
from cxlab.retention.buying import Buying, buying, describe
from cxlab.retention.chain import chain
from cxlab.retention.cohorts import cohorts, compare_cohorts
from cxlab.retention.design import FitError
from cxlab.retention.hazards import check_hazards, episodes, hazards
from cxlab.retention.outlook import held_out, outlook, purchases_since_first, tracking
from cxlab.retention.overview import (
    answer_to_price,
    beside,
    from_answers,
    in_currency,
    in_words,
    left_out,
    links_of,
    or_why,
    overview,
    value_by_tier,
)
from cxlab.retention.parametric import discrete_hazards, extrapolate, parametric
from cxlab.retention.price import loyalties, price_response
from cxlab.retention.projection import Contract, contract, project, spans
from cxlab.retention.reasons import reasons
from cxlab.retention.referral import count_referrals, referral_value, referrals, referred
from cxlab.retention.rfm import migration, rfm, tiers
from cxlab.retention.sorting import sorting
from cxlab.retention.spells import SpellError, Spells, spells
from cxlab.retention.spend import Spend, check_spend, describe_spend, spending
from cxlab.retention.survival import compare, stay, survival, survival_at
from cxlab.retention.unbound import Unbound, likeliest, unbound
from cxlab.retention.value import customer_values, lifetime_value
from cxlab.retention.worth import tier_of, value_around, worth

__all__ = [
    "Buyers",
    "Buying",
    "Contract",
    "FitError",
    "OrdersError",
    "SpellError",
    "Spells",
    "Spend",
    "Unbound",
    "answer_to_price",
    "beside",
    "buyers",
    "buying",
    "chain",
    "check_hazards",
    "check_spend",
    "cohorts",
    "compare",
    "compare_cohorts",
    "contract",
    "count_referrals",
    "customer_values",
    "describe",
    "describe_spend",
    "discrete_hazards",
    "episodes",
    "extrapolate",
    "from_answers",
    "hazards",
    "held_out",
    "in_currency",
    "in_words",
    "left_out",
    "lifetime_value",
    "likeliest",
    "links_of",
    "loyalties",
    "migration",
    "or_why",
    "orders_of",
    "outlook",
    "overview",
    "parametric",
    "price_response",
    "project",
    "purchases_since_first",
    "reasons",
    "referral_value",
    "referrals",
    "referred",
    "rfm",
    "sorting",
    "spans",
    "spells",
    "spending",
    "stay",
    "survival",
    "survival_at",
    "tier_of",
    "tiers",
    "tracking",
    "unbound",
    "value_around",
    "value_by_tier",
    "worth",
]
