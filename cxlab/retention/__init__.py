"""How long do customers stay, and what is that worth?"""

from cxlab.retention.buyers import Buyers, OrdersError, buyers
from cxlab.retention.buying import Buying, buying, describe
from cxlab.retention.design import FitError
from cxlab.retention.hazards import check_hazards, episodes, hazards
from cxlab.retention.outlook import held_out, outlook, purchases_since_first, tracking
from cxlab.retention.parametric import discrete_hazards, extrapolate, parametric
from cxlab.retention.projection import Contract, contract, project, sorting
from cxlab.retention.reasons import reasons
from cxlab.retention.spells import SpellError, Spells, spells
from cxlab.retention.spend import Spend, check_spend, describe_spend, spending
from cxlab.retention.survival import compare, stay, survival, survival_at
from cxlab.retention.value import customer_values, lifetime_value

__all__ = [
    "Buyers",
    "Buying",
    "Contract",
    "FitError",
    "OrdersError",
    "SpellError",
    "Spells",
    "Spend",
    "buyers",
    "buying",
    "check_hazards",
    "check_spend",
    "compare",
    "contract",
    "customer_values",
    "describe",
    "describe_spend",
    "discrete_hazards",
    "episodes",
    "extrapolate",
    "hazards",
    "held_out",
    "lifetime_value",
    "outlook",
    "parametric",
    "project",
    "purchases_since_first",
    "reasons",
    "sorting",
    "spells",
    "spending",
    "stay",
    "survival",
    "survival_at",
    "tracking",
]
