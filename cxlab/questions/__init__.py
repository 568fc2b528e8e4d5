"""What did people answer to every question, and who answers otherwise?"""

from cxlab.codebook import guard
from cxlab.questions.apart import apart
from cxlab.questions.association import association, associations
from cxlab.questions.banner import banner, differences
from cxlab.questions.between import between
from cxlab.questions.grids import correspondence, grid, one_of, several, together
from cxlab.questions.people import QuestionsError
from cxlab.questions.topline import topline, toplines, wording
from cxlab.questions.waves import changes, waves

__all__ = [
    "QuestionsError",
    "apart",
    "association",
    "associations",
    "banner",
    "between",
    "changes",
    "correspondence",
    "differences",
    "grid",
    "one_of",
    "several",
    "together",
    "topline",
    "toplines",
    "waves",
    "wording",
]
guard(globals())
