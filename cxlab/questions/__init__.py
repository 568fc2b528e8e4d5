"""What did people answer to every question, and who answers otherwise?"""

from cxlab.questions.association import association, associations
from cxlab.questions.banner import banner, differences
from cxlab.questions.people import QuestionsError
from cxlab.questions.topline import grid, topline, wording

__all__ = [
    "QuestionsError",
    "association",
    "associations",
    "banner",
    "differences",
    "grid",
    "topline",
    "wording",
]
