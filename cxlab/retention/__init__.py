"""How long do customers stay?

In reading order; `help(retention.stay)` says more of one, and `workings` holds what they share.

Who stays:
    cohorts           who comes back, by when they began?
    compare_cohorts   do cohorts differ at one age?
    survival          what share is there still, month by month?
    survival_at       the same at times of your choice
    still_there       what share is there after some months?
    stay              how long do they stay: the median, and the mean so far
    there_on          who is there on a day?

Who stays longer:
    compare           do groups differ?
    hazards           what goes with leaving sooner? (Cox)
    check_hazards     do its ratios hold over time?
    discrete_hazards  the same, month by month
    parametric        by what factor does a covariate stretch the time?
    quality           how well do these models tell who leaves?
    covariates        which columns can be used for it?
    in_words          what a model says, in words
    referred          do those who were referred stay longer?
    episodes          customers cut where something changed

Why:
    reasons           why do they leave?

Where it is heading:
    project           what share will be there later?
    contract          the fitted projection, for any time
    extrapolate       the same from curves of a shape
    beside            two projections beside each other
    sorting           how much of it is that the likely leavers go first?

How times are read:
    spells            who was there from when until when
    from_answers      the same from the first answer on
"""

from cxlab.codebook import guard
from cxlab.lifetimes import FitError, OrdersError, SpellError, Spells, from_answers, spells
from cxlab.retention.cohorts import cohorts, compare_cohorts
from cxlab.retention.hazards import check_hazards, episodes, hazards
from cxlab.retention.overview import beside, covariates, in_words, still_there
from cxlab.retention.parametric import discrete_hazards, extrapolate, parametric
from cxlab.retention.projection import contract, project
from cxlab.retention.quality import quality
from cxlab.retention.reasons import reasons
from cxlab.retention.referred import referred
from cxlab.retention.sorting import sorting
from cxlab.retention.survival import compare, stay, survival, survival_at
from cxlab.retention.there import there_on
from cxlab.retention.workings.contracts import Contract

__all__ = [
    "Contract", "FitError", "OrdersError", "SpellError", "Spells", "beside", "check_hazards",
    "cohorts", "compare", "compare_cohorts", "contract", "covariates", "discrete_hazards",
    "episodes", "extrapolate", "from_answers", "hazards", "in_words", "parametric", "project",
    "quality", "reasons", "referred", "sorting", "spells", "stay", "still_there", "survival",
    "survival_at", "there_on",
]  # fmt: skip
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
