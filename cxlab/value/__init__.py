"""What is a customer worth, and a good experience?

In reading order: what customers bring (`value_by_tier`, `worth`), from a rating to money (`chain`),
who refers whom (`referrals`, `referral_value`), how they took a price (`price_response`), who buys
lately, often and for much (`rfm`, `tiers`, `migration`), and what those are worth who have no
contract (`unbound`, `buying`, `spending`, `outlook`, `lifetime_value`).
"""

from cxlab.codebook import guard
from cxlab.lifetimes import Buyers, FitError, OrdersError, buyers, from_answers, orders_of, tier_of
from cxlab.value.buying import Buying, buying, buying_of, describe
from cxlab.value.chain import chain
from cxlab.value.lifetime import customer_values, lifetime_value
from cxlab.value.outlook import held_out, outlook, purchases_since_first, tracking
from cxlab.value.overview import in_currency, in_front, links_of, value_by_tier
from cxlab.value.price import answer_to_price, loyalties, price_response
from cxlab.value.referral import count_referrals, referral_value, referrals, with_referrals
from cxlab.value.rfm import migration, rfm, tiers
from cxlab.value.spend import Spend, check_spend, describe_spend, spending
from cxlab.value.unbound import Unbound, likeliest, unbound
from cxlab.value.worth import value_around, worth

__all__ = [
    "Buyers",
    "Buying",
    "FitError",
    "OrdersError",
    "Spend",
    "Unbound",
    "answer_to_price",
    "buyers",
    "buying",
    "buying_of",
    "chain",
    "check_spend",
    "count_referrals",
    "customer_values",
    "describe",
    "describe_spend",
    "from_answers",
    "held_out",
    "in_currency",
    "in_front",
    "lifetime_value",
    "likeliest",
    "links_of",
    "loyalties",
    "migration",
    "orders_of",
    "outlook",
    "price_response",
    "purchases_since_first",
    "referral_value",
    "referrals",
    "rfm",
    "spending",
    "tier_of",
    "tiers",
    "tracking",
    "unbound",
    "value_around",
    "value_by_tier",
    "with_referrals",
    "worth",
]
guard(globals())
