"""In which language is a comment? Told by py3langid, or not told.

Weighed: lingua 2.1 is as right on short comments and takes 300 MB on disk; py3langid takes 4.5 MB
and needs numpy alone. Its probabilities, limited to the study's languages, lie below
`SURE` for 'merci', 'ok' or 'super', and for languages outside the set: these are not told.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from cxlab.voice.workings.texts import MASK, WORD

NOT_TOLD = "not told"
NAMES = {"de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian",
         "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "sv": "Swedish", "da": "Danish",
         "no": "Norwegian", "nb": "Norwegian", "fi": "Finnish", "ja": "Japanese",
         "zh": "Chinese"}  # fmt: skip
SURE = 0.65  # probability from which a language is told
USUAL = ("de", "en", "es", "fr", "it", "nl", "pt")  # where the study names none
READ = 400  # characters of a comment that are looked at
METHOD = (
    "Language of each comment by py3langid (Lui and Baldwin 2012) among those of the study; not "
    f"told where its probability lies below {SURE:.0%}, as for many single words."
)


@lru_cache(1)
def _identifier():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def known() -> set[str]:
    """Give the codes of all languages that can be told."""
    _identifier().set_languages(None)
    return set(_identifier().labels)


def among(frame: pd.DataFrame, given: Sequence[str]) -> list[str]:
    """Name the languages looked for: those given, those of column `language`, or the usual."""
    if given:
        return sorted({str(each).lower() for each in given})
    if "language" not in frame or frame["language"].isna().all():
        return list(USUAL)
    codes = frame["language"].dropna().astype(str).str.lower().str.extract(r"^([a-z]{2})\b")[0]
    return sorted(set(codes.dropna()) & known()) or list(USUAL)


def told(texts: Sequence[str], languages: Sequence[str]) -> np.ndarray:
    """Tell the language of each folded text; with one language, of each that holds a word."""
    if len(languages) == 1:
        worded = np.array([bool(WORD.search(MASK.sub(" ", text))) for text in texts], dtype=bool)
        return np.where(worded, languages[0], NOT_TOLD).astype(object)
    found, codes = _identifier(), list(languages)
    found.set_languages(codes)
    once = {text: _one(found, text) for text in dict.fromkeys(texts)}
    return np.array([once[text] for text in texts], dtype=object)


def _one(found, text: str) -> str:
    bare = MASK.sub(" ", text[:READ]).strip()
    if not WORD.search(bare):
        return NOT_TOLD
    code, probability = found.rank(bare)[0]
    return code if probability >= SURE else NOT_TOLD
