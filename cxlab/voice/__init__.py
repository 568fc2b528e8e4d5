"""What do people say, in their own words, and what goes with low scores?"""

from cxlab.voice.hearing import Heard, VoiceError, hear, languages
from cxlab.voice.themes import Theme, Themed, about, keep, themes

__all__ = ["Heard", "Theme", "Themed", "VoiceError", "about", "hear", "keep", "languages", "themes"]
