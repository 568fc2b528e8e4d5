"""From rows of questions to rows of people."""

import numpy as np
import pandas as pd

from cxlab.cleaning.convert import CleaningError
from cxlab.codebook import ANSWER, ASKED, QUESTION, WHERE, Table, did_you_mean
from cxlab.results import count


def pivoted(raw: pd.DataFrame, spec: Table) -> tuple[pd.DataFrame, np.ndarray, tuple[str, ...]]:
    """Put the rows of one questionnaire together.

    Args:
        raw: rows of questions as `ingest.read` gives them.
        spec: the table's part of the study file, with `question` and `answer`.

    Returns:
        A row a `response_id`, with file and line of its first row; for each row of `raw` the
        place of its response; notes. Where a question is answered twice, the first answer holds.

    Raises:
        CleaningError: a question that is asked of nobody; the nearest is named.
    """
    asked = raw[QUESTION].astype("str").map(_plain, na_action="ignore")
    ids = raw["response_id"].astype("str").str.strip()
    codes, _ = pd.factorize(ids.where(ids != ""))
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    known = [name for name in raw if not name.startswith((QUESTION, ANSWER, WHERE))]
    filled = raw[known].replace(r"^\s*$", np.nan, regex=True)
    wide = filled.groupby(codes).first()
    wide["damage"] = ""
    notes = [f"{count(len(raw), 'row')} of questions are {count(len(wide), 'response')}."]
    asked_of = {ASKED + h: h for each in spec.questions.values() for h in each.headings()}
    for ours, theirs in {**spec.sources(), **asked_of}.items():
        if ours in raw:
            continue
        hit = (asked == _plain(theirs)).to_numpy()
        if not hit.any():
            found = list(raw[QUESTION].astype("str").dropna().unique())
            raise CleaningError(
                f"no column and no question '{theirs}' (wanted as '{ours}')."
                f"{did_you_mean(theirs, found)}",
                column=theirs,
            )
        answers = raw[ANSWER][hit].astype("str").groupby(codes[hit])
        wide[ours] = answers.first().reindex(wide.index)
        if again := int((answers.size() > 1).sum()):
            notes.append(
                f"'{theirs}' is answered more than once in {count(again, 'response')}; the first "
                "answer is read."
            )
    return wide.reset_index(drop=True), codes, tuple(notes)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
