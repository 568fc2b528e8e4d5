"""What was learned from all comments, shown on some of them."""

from dataclasses import replace
from typing import overload

import numpy as np
import pandas as pd

from cxlab.results import Misuse, count
from cxlab.voice.hearing import Heard
from cxlab.voice.sentiment import Tone
from cxlab.voice.themes import Themed
from cxlab.voice.workings.matching import KINDS


@overload
def within(learned: Themed, heard: Heard) -> Themed: ...
@overload
def within(learned: Tone, heard: Heard) -> Tone: ...
def within(learned: Themed | Tone, heard: Heard) -> Themed | Tone:
    """Show themes or tone, learned from all comments, on those of a part.

    So a part has the themes of the whole, by the same names, and can be set beside it. Words
    alone decide what a comment is about and how it sounds, so each is found again by its text.

    Args:
        learned: from `themes`, `teach` or `tone`, of comments that hold those of the part.
        heard: the comments of the part.

    Returns:
        The same themes, or the same tone, of the part's comments alone.

    Raises:
        Misuse: a comment of the part is not among those that were learned from.
    """
    whole = pd.Series(np.arange(len(learned.heard.text)), index=learned.heard.written)
    at = whole[~whole.index.duplicated()].reindex(heard.written)
    if at.isna().any():
        raise Misuse(f"{count(int(at.isna().sum()), 'comment')} of the part are not among those "
                     "that were learned from.")  # fmt: skip
    rows = at.to_numpy(int)
    if isinstance(learned, Tone):
        return replace(learned, heard=heard, chance=learned.chance[rows])
    carried, kinds = learned.carried[rows], [KINDS.index(t.kind) for t in learned.themes]
    order = np.lexsort([-carried.sum(axis=0), kinds])
    own = [note for note in learned.notes if note not in learned.heard.notes]
    if len(rows) < len(learned.heard.text):
        own.append(f"Themes are those of all {count(len(learned.heard.text), 'comment')}.")
    return replace(
        learned, heard=heard, themes=tuple(learned.themes[place] for place in order),
        carried=carried[:, order], strength=learned.strength[rows][:, order],
        notes=(*heard.notes, *own),
    )  # fmt: skip
