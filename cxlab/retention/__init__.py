"""How long do customers stay, and what is that worth?"""

from cxlab.retention.design import FitError
from cxlab.retention.hazards import check_hazards, episodes, hazards
from cxlab.retention.parametric import discrete_hazards, extrapolate, parametric
from cxlab.retention.reasons import reasons
from cxlab.retention.spells import SpellError, Spells, spells
from cxlab.retention.survival import compare, stay, survival, survival_at

__all__ = [
    "FitError",
    "SpellError",
    "Spells",
    "check_hazards",
    "compare",
    "discrete_hazards",
    "episodes",
    "extrapolate",
    "hazards",
    "parametric",
    "reasons",
    "spells",
    "stay",
    "survival",
    "survival_at",
]
