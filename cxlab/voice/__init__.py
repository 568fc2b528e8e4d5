"""What do people say, in their own words, and what goes with low scores?

In reading order.

Words:
    hear           what did people write, in which language?
    listen         what did they write, or post where none was asked?
    languages      how many comments in which language?

Themes:
    themes         what are comments about?
    within         which of all themes in some comments, a part's?
    about          which words tell each theme, and how sure is it?
    keep           keep the names of themes for the next wave
    shares         how many speak of each theme, and who more than others?
    risen          what is new this period?

What goes with the score:
    keyness        which words stand with low scores, or with one group?
    impact         which themes go with a lower score, and of how many people?
    tone           in which tone is each comment, as the scores teach it?
    sentiment      how many sound pleased, and how well is that told?
    disagreements  where do tone and score disagree?

Their own words:
    quotes         what do typical comments say?
    beside         which of them belong beside an exhibit?
    sheet          a workbook in which two people code comments
    agree          do they agree, and the machine with them?
    confusion      which themes does it take for another?
    teach          which theme is a comment mainly about, as people coded it?
    stars          which score goes with reviews?
    reviews        do public reviews move with the survey?
    public         do reviews speak of the same themes?
    replies        are reviews answered, and how soon?
"""

from cxlab.codebook import guard
from cxlab.voice.coding import agree, confusion, sheet
from cxlab.voice.hearing import Heard, VoiceError, hear, languages
from cxlab.voice.impact import impact
from cxlab.voice.keyness import keyness
from cxlab.voice.quotes import beside, quotes
from cxlab.voice.reviews import listen, public, replies, reviews, stars
from cxlab.voice.sentiment import Tone, disagreements, sentiment, tone
from cxlab.voice.shares import risen, shares
from cxlab.voice.teaching import teach
from cxlab.voice.themes import Themed, about, keep, themes
from cxlab.voice.within import within
from cxlab.voice.workings.matching import Theme

__all__ = [
    "Heard", "Theme", "Themed", "Tone", "VoiceError", "about", "agree", "beside", "confusion",
    "disagreements", "hear", "impact", "keep", "keyness", "languages", "listen", "public",
    "quotes", "replies", "reviews", "risen", "sentiment", "shares", "sheet", "stars", "teach",
    "themes", "tone", "within",
]  # fmt: skip
guard(globals())
