"""In which tone is a comment, as the respondents' own scores teach it?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import How, Scale, label, question
from cxlab.results import Result, count, number, percent, span
from cxlab.voice.hearing import Heard, VoiceError
from cxlab.voice.workings import learned, people, scoring

LEAST = 60  # comments at either end of the score
CLEAR = 0.8  # chance from which a tone is clear


@dataclass(frozen=True, eq=False)
class Tone:
    """How each comment sounds: the chance that its writer gave a high score.

    Attributes:
        heard: the comments.
        score: whose ends taught it.
        chance: a number a comment, by models that never saw it.
        area: how well the two ends are told apart.
        slope: of the calibration; 1 is right.
        taught: comments at the ends.
        scale: of the score; the chance is that of its good end.
    """

    heard: Heard
    score: str
    chance: np.ndarray
    area: learned.Area
    slope: float
    taught: int
    scale: Scale | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """The answers the comments stand in."""
        return self.heard.frame


@question("level")
def tone(
    heard: Heard,
    *,
    score: str = "nps",
    scale: Scale | None = None,
    seed: int = 0,
    how: How,
) -> Tone:
    """Learn a tone from the comments of those who gave low and high scores.

    Args:
        heard: the comments.
        score: `nps` (detractors against promoters), or a column of numbers (its lower half
            against its highest value).
        scale: of the score; its `better` says which end is good, the high one if not given.
        level: confidence at which it must be told from chance.
        seed: for folds.

    Returns:
        The tone of every comment, out of fold.

    Raises:
        VoiceError: fewer than 60 comments at either end, or hardly any in words of their own,
            or ends that words do not tell apart.
    """
    if score not in heard.frame:
        raise VoiceError(f"{label(score)} was not asked.", needs=f"the score '{score}'")
    low, high = scoring.ends(heard.frame, score, scale)
    names = scoring.names(score, scale)
    if min(low.sum(), high.sum()) < LEAST:
        raise VoiceError(
            f"{count(int(low.sum()), 'comment')} of {names[0]} and "
            f"{count(int(high.sum()), 'comment')} of {names[1]} are too few to learn a tone from.",
            needs=f"{LEAST} comments of each",
        )
    different = min(len(pd.unique(heard.text[end])) for end in (low, high))
    if different < 2 * learned.FOLDS:
        raise VoiceError(
            f"{count(different, 'comment')} in different words are too few to learn a tone from.",
            needs=f"{2 * learned.FOLDS} different comments of each end",
        )
    ends, x = low | high, learned.table(heard.text)
    alike = pd.factorize(heard.text[ends])[0]
    told = learned.out_of_fold(x[ends], high[ends], alike, seed)
    area = learned.area(high[ends], told, level=how.level)
    if not area.low > 0.5:
        raise VoiceError(
            f"The words of {names[0]} and {names[1]} cannot be told apart beyond chance "
            f"(AUC {number(area.estimate, 2)}, {span(area.low, area.high, 'ratio')}), so no tone "
            "is given."
        )
    chance = np.empty(len(ends))
    chance[ends] = told
    chance[~ends] = learned.chances(x[ends], high[ends], x[~ends], seed)
    slope = learned.slope(high[ends], told)
    return Tone(heard, score, chance, area, slope, int(ends.sum()), scale)


@question("level")
def sentiment(
    tone: Tone,
    *,
    how: How,
) -> Result:
    """Say in which tone people write, and how well the tone is told.

    Args:
        tone: from `tone`.

    Returns:
        term (`told apart (AUC)`, `calibration slope`, `clearly positive`, `clearly negative`),
        estimate, conf_low, conf_high, n.
    """
    n, names = len(tone.chance), scoring.names(tone.score, tone.scale)
    up, down = (tone.chance >= CLEAR), (tone.chance <= 1 - CLEAR)
    area, taught = tone.area, tone.taught
    rows: list[tuple] = [("told apart (AUC)", area.estimate, area.low, area.high, taught)]
    rows.append(("calibration slope", tone.slope, np.nan, np.nan, taught))
    for word, held in (("clearly positive", up), ("clearly negative", down)):
        rows.append(
            (word, held.mean(), *stats.proportion_interval(held.sum(), n, level=how.level), n)
        )
    frame = pd.DataFrame(rows, columns=["term", "estimate", "conf_low", "conf_high", "n"])
    return Result(
        name="tone of the comments",
        frame=frame,
        headline=f"{percent(up.mean())} of comments sound clearly like {names[1]}, "
        f"{percent(down.mean())} like {names[0]}; of one of each the tone tells the right one in "
        f"{percent(tone.area.estimate)} of pairs.",
        method="Logistic model on words and pairs of words, with a mark and once more with the "
        "other sign where a 'not' turns them, beside the sign that words usually have, taught by "
        "the respondents' own scores, each comment judged by a model not taught by its text; "
        "calibrated (Platt 1999); AUC with its interval (DeLong, DeLong and Clarke-Pearson 1988).",
        base=f"{tone.heard.base[:-1]}; {count(tone.taught, 'comment')} of {names[0]} and "
        f"{names[1]} taught the tone.",
    )


def disagreements(tone: Tone, *, most: int = 10, smallest: int = 0) -> Result:
    """List comments whose tone and score disagree most: irony, a turned scale, or a mishap.

    Args:
        tone: from `tone`.
        most: how many are listed.
        smallest: fewest people in the comments; fewer are not quoted.

    Returns:
        text (masked), value (the score), estimate (chance of a high score by the words), verdict
        (`praise with a bad score`, `blame with a good score`), one a person and a text.

    Raises:
        VoiceError: fewer people wrote than may be shown, or nothing disagrees.
    """
    frame, chance = tone.heard.frame, tone.chance
    if len(frame) < smallest:
        raise VoiceError(f"Fewer than {smallest} people wrote; none is quoted.")
    low, high = scoring.ends(frame, tone.score, tone.scale)
    odd = (low & (chance >= CLEAR)) | (high & (chance <= 1 - CLEAR))
    odd &= people.quotable(tone.heard)
    order = np.argsort(-np.abs(chance - 0.5), kind="stable")
    seen = pd.DataFrame({"row": order, "who": people.each_once(frame)[order],
                         "text": tone.heard.text[order]})[odd[order]]  # fmt: skip
    rows = seen.drop_duplicates("who").drop_duplicates("text")["row"].to_numpy()[:most]
    if not len(rows):
        raise VoiceError("No comment disagrees clearly with its score.")
    table = pd.DataFrame(
        {"text": frame[tone.heard.comment].astype(str).to_numpy()[rows],
         "value": frame[tone.score].to_numpy()[rows], "estimate": chance[rows],
         "verdict": np.where(low[rows], "praise with a bad score", "blame with a good score")}
    )  # fmt: skip
    n = int((odd).sum())
    return Result("tone and score disagree", table,
                  f"In {count(n, 'comment')} tone and score disagree clearly; worth reading.",
                  "Chance of a high score by the words alone, out of fold, 80% or more against the "
                  "score given.", tone.heard.base, unit="share")  # fmt: skip
