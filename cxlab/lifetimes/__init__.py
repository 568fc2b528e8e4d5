"""Who was there from when until when, and who bought how often? What several questions read.

Customers under watch (`spells`), customers who answered (`from_answers`), customers who bought
(`buyers`), and the arithmetic of models over time: design matrices, steps of a curve, Cox, climbs.
"""

from cxlab.lifetimes.answered import from_answers, tier_of
from cxlab.lifetimes.buyers import Buyers, OrdersError, buyers, orders_of
from cxlab.lifetimes.design import FitError
from cxlab.lifetimes.spells import SpellError, Spells, spells
from cxlab.lifetimes.stretches import lives, stretches

__all__ = [
    "Buyers",
    "FitError",
    "OrdersError",
    "SpellError",
    "Spells",
    "buyers",
    "from_answers",
    "lives",
    "orders_of",
    "spells",
    "stretches",
    "tier_of",
]
