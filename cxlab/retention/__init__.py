"""How long do customers stay?

In reading order: who comes back (`cohorts`), how long they stay (`survival`, `still_there`,
`stay`), who is there on a day (`there_on`), who stays longer (`compare`, `hazards`,
`discrete_hazards`, `parametric`, `quality`, `referred`), why they leave (`reasons`), where it is
heading (`project`, `extrapolate`, `sorting`).
"""

from cxlab.codebook import guard
from cxlab.lifetimes import FitError, OrdersError, SpellError, Spells, from_answers, spells
from cxlab.retention.cohorts import cohorts, compare_cohorts
from cxlab.retention.hazards import check_hazards, episodes, hazards
from cxlab.retention.overview import beside, covariates, in_words, still_there
from cxlab.retention.parametric import discrete_hazards, extrapolate, parametric
from cxlab.retention.projection import Contract, contract, project
from cxlab.retention.quality import quality
from cxlab.retention.reasons import reasons
from cxlab.retention.referred import referred
from cxlab.retention.sorting import sorting
from cxlab.retention.survival import compare, stay, survival, survival_at
from cxlab.retention.there import there_on

__all__ = [
    "Contract",
    "FitError",
    "OrdersError",
    "SpellError",
    "Spells",
    "beside",
    "check_hazards",
    "cohorts",
    "compare",
    "compare_cohorts",
    "contract",
    "covariates",
    "discrete_hazards",
    "episodes",
    "extrapolate",
    "from_answers",
    "hazards",
    "in_words",
    "parametric",
    "project",
    "quality",
    "reasons",
    "referred",
    "sorting",
    "spells",
    "stay",
    "still_there",
    "survival",
    "survival_at",
    "there_on",
]
guard(globals())

_MOVED = """
Buyers Buying Spend Unbound answer_to_price buyers buying chain check_spend count_referrals
customer_values describe describe_spend held_out in_currency lifetime_value likeliest links_of
loyalties migration orders_of outlook price_response purchases_since_first referral_value
referrals rfm spending tier_of tiers tracking unbound value_around value_by_tier worth
"""


def __getattr__(name: str):
    """Say where a question about money went."""
    where = f"; it is 'value.{name}' now" if name in _MOVED.split() else ""
    raise AttributeError(f"the room 'retention' has no '{name}'{where}")
