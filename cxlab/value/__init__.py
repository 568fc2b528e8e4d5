"""What is a customer worth, and a good experience?

In reading order; `help(value.worth)` says more of one, and `workings` holds what they share.

What a good experience goes with:
    value_by_tier          what do customers of each tier bring?
    worth                  how much more does one tier bring than another?
    value_around           what do they bring after, less before, a moment?
    from_answers           customers watched from their first answer on
    tier_of                the tier of each score
    chain                  from a rating by way of the score to money
    links_of               the columns of that chain

Who brings others:
    referrals              do those who say they would recommend do so?
    referral_value         what are the referred worth?
    count_referrals        how many each customer referred
    with_referrals         the same since their first answer

How they took a price:
    price_response         who left after a price rose?
    answer_to_price        the same from tables and a sentence
    loyalties              how loyal, in mind and habit, before it rose?

Who buys lately, often, for much:
    rfm                    each customer's three scores
    tiers                  tiers of habit, and what they bring
    migration              who moved between tiers?

Worth without a contract:
    unbound                what will they buy, and did the model hold?
    likeliest              the model that fits best
    lifetime_value         what is a customer worth until a horizon?
    customer_values        the same, customer by customer
    buying                 will they buy again? (BG/NBD and kin)
    buying_of              the same model from published parameters
    describe               its parameters in words
    spending               how much do they spend each time?
    describe_spend         its parameters in words
    check_spend            may that model be used?
    outlook                each customer's chance and purchases ahead
    purchases_since_first  purchases expected of a new customer
    held_out               as many as came, by how often before?
    tracking               expected and came, over the calendar

Before:
    buyers                 who bought how often, and when last
    orders_of              the orders of these customers
    in_currency            an answer, with its currency
    in_front               an answer, with the number to quote in front
"""

from cxlab.codebook import guard
from cxlab.lifetimes import Buyers, FitError, OrdersError, buyers, from_answers, orders_of, tier_of
from cxlab.value.buying import buying, buying_of, describe
from cxlab.value.chain import chain
from cxlab.value.lifetime import customer_values, lifetime_value
from cxlab.value.outlook import held_out, outlook, purchases_since_first, tracking
from cxlab.value.overview import in_currency, in_front, links_of, value_by_tier
from cxlab.value.price import answer_to_price, loyalties, price_response
from cxlab.value.referral import count_referrals, referral_value, referrals, with_referrals
from cxlab.value.rfm import migration, rfm, tiers
from cxlab.value.spend import check_spend, describe_spend, spending
from cxlab.value.unbound import Unbound, likeliest, unbound
from cxlab.value.workings.purchasing import Buying
from cxlab.value.workings.spend import Spend
from cxlab.value.worth import value_around, worth

__all__ = [
    "Buyers", "Buying", "FitError", "OrdersError", "Spend", "Unbound", "answer_to_price",
    "buyers", "buying", "buying_of", "chain", "check_spend", "count_referrals", "customer_values",
    "describe", "describe_spend", "from_answers", "held_out", "in_currency", "in_front",
    "lifetime_value", "likeliest", "links_of", "loyalties", "migration", "orders_of", "outlook",
    "price_response", "purchases_since_first", "referral_value", "referrals", "rfm", "spending",
    "tier_of", "tiers", "tracking", "unbound", "value_around", "value_by_tier", "with_referrals",
    "worth",
]  # fmt: skip
guard(globals())
