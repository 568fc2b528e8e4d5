"""What did people answer to every question, and who answers otherwise?

In reading order; `help(questions.topline)` says more of one, and `workings` holds what they share.

What was answered:
    leading         which answer to each question do most people share?
    wording         what was asked, of whom, and who answered?
    topline         every question: who answered, and what
    toplines        the same, an answer to draw for each question
    one_of          one question of a kind that is named
    several         the first question with several items
    grid            item by item: where do bars lean?
    between         is one item ahead of another?
    together        which items go together?
    correspondence  a map of items and answers

Who answers otherwise:
    apart           which groups differ most, over all questions?
    banner          every question against every breakdown, with letters
    differences     one question by one breakdown, p by p
    association     do two questions go together?
    associations    which questions go with one breakdown?

Does it move:
    waves           one question, period by period
    changes         was a question changed on the way?
"""

from cxlab.codebook import guard
from cxlab.questions.apart import apart
from cxlab.questions.association import association, associations
from cxlab.questions.banner import banner, differences
from cxlab.questions.between import between
from cxlab.questions.grids import correspondence, grid, one_of, several, together
from cxlab.questions.leading import leading
from cxlab.questions.topline import topline, toplines, wording
from cxlab.questions.waves import changes, waves
from cxlab.questions.workings.people import QuestionsError

__all__ = [
    "QuestionsError", "apart", "association", "associations", "banner", "between", "changes",
    "correspondence", "differences", "grid", "leading", "one_of", "several", "together", "topline",
    "toplines", "waves", "wording",
]  # fmt: skip
guard(globals())
