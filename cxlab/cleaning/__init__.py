"""Which rows and values can we use, and why not the others?"""

from cxlab.cleaning.clean import Around, Cleaned, clean
from cxlab.cleaning.convert import CleaningError, among
from cxlab.cleaning.masking import pseudonyms, quotable
from cxlab.cleaning.purchases import Money
from cxlab.cleaning.rules import RULES, Rule

__all__ = [
    "RULES",
    "Around",
    "Cleaned",
    "CleaningError",
    "Money",
    "Rule",
    "among",
    "clean",
    "pseudonyms",
    "quotable",
]
