"""What a state of the explorer shows: ordinary questions, each with the lines that ask it.

A view names its question and what it is handed; it is asked and written down from these same
names, so that what is copied is what was asked.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cxlab import desk
from cxlab.codebook import How, label
from cxlab.desk import metrics
from cxlab.explore.chosen import kept
from cxlab.explore.cube import Chips, Cube, several
from cxlab.results import Absence, Result, percent, sentence, whole
from cxlab.study import Study

REPLICATES = 100  # of an order of drivers that is looked at in passing; the page draws more
CHOSEN, OTHERS = "the chosen", "all others"
UNSURE = "; that cannot be told from no difference"

# what a question may be handed: the name in the code, what it is made of, and how
CODE = {
    "whole": ("", "study.load({file!r})"),
    "here": ("whole", "explore.chosen(whole{chips})"),
    "answers": ("here", "here.responses"),
    "score": ("whole", "metrics.asked(whole.scales)[0]"),
    "outcome": ("score", "score.column"),
    "ratings": ("answers", "[each for each in here.ratings if answers[each].nunique() > 1]"),
    "as_of": ("whole", "whole.mapping.as_of"),
    "how": ("here", "here.how(level={level})"),
    "how_groups": ("here", "here.how(level={level_groups})"),
    "against": ("whole", "explore.against(whole, level={level}{chips})"),
    "later": ("whole", "explore.later(whole, level={level}{chips})"),
}

Asked = Result | Absence


@dataclass(frozen=True)
class State:
    """What is asked: the study, the chips, and how sure intervals are to be.

    Attributes:
        whole: the study.
        chips: column -> value.
        by: the column whose groups are compared; empty if there is none.
        question: the question of the questionnaire that is tabulated; empty if there is none.
        level: confidence level of what stands alone.
        level_groups: the same of groups beside each other.
        file: the study file, as the code names it.
        cube: the answers of the study, coded; coded anew where none is given.
    """

    whole: Study
    chips: Chips = field(default_factory=dict)
    by: str = ""
    question: str = ""
    level: float = 0.95
    level_groups: float = 0.95
    file: str = "study.yaml"
    cube: Cube | None = None

    @cached_property
    def known(self) -> Cube:
        """The answers, coded."""
        return self.cube or Cube(self.whole)

    @cached_property
    def here(self) -> Study:
        """The study of the chosen answers."""
        return kept(self.known, self.chips)

    @cached_property
    def answers(self) -> pd.DataFrame:
        """The chosen answers, with what questions about scores read of them."""
        return self.known.part(self.chips, *[self.by] * bool(self.by))

    @cached_property
    def rated(self) -> pd.DataFrame:
        """The same with the ratings."""
        return self.known.part(self.chips, *self.whole.ratings)

    @cached_property
    def score(self) -> Any:
        """The study's first score."""
        return self.known.score

    @property
    def outcome(self) -> Any:
        """The score's column."""
        return self.score.column if not isinstance(self.score, Absence) else self.score

    @property
    def ratings(self) -> list[str]:
        """The ratings to which the chosen gave several answers: a chip on one settles it."""
        return [name for name in self.whole.ratings if self.rated[name].nunique() > 1]

    @property
    def as_of(self) -> Any:
        """The last moment known."""
        return self.whole.mapping.as_of

    @property
    def how(self) -> How:
        """The study's words for the chosen."""
        return replace(self.known.how, level=self.level)

    @property
    def how_groups(self) -> How:
        """The same, for groups beside each other."""
        return replace(self.known.how, level=self.level_groups)

    def code(self, name: str) -> str:
        """Write what a name stands for."""
        chips = "".join(f", {column}={value!r}" for column, value in self.chips.items())
        return CODE[name][1].format(
            file=self.file, chips=chips, level=self.level, level_groups=self.level_groups
        )


@dataclass(frozen=True)
class View:
    """A question of the explorer.

    Attributes:
        name: its word on pin boards.
        title: the question, as it is headed.
        kind: how it is drawn: `tile`, `bars`, `line` or `forest`.
        question: room and name of the question.
        of: what it is asked of; empty for the explorer's own, which take the study.
        words: parameter -> what it is handed, by a name of `CODE`, or of `State` as it is.
        given: parameter -> what it is handed, as it is.
        click: column of `State.chips` that a row chooses; empty where a row is no choice.
        slow: whether it is asked after the others are painted.
    """

    name: str
    title: str
    kind: str
    question: str
    of: str = ""
    words: dict[str, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    click: str = ""
    slow: bool = False


SCORED = {"score": "score", "how": "how"}
DATED = {**SCORED, "as_of": "as_of"}
VIEWS = (
    View("score", "The score of the chosen", "tile", "metrics.score_of", "answers", SCORED),
    View("against", "The chosen beside all others", "forest", "explore.against"),
    View("distribution", "How they answered", "bars", "metrics.distribution", "answers",
         SCORED, click="value"),
    View("trend", "Quarter by quarter, as answered", "line", "metrics.trend", "answers", DATED,
         {"period": "quarter", "margins": None}, click="period"),
    View("groups", "Group by group", "forest", "metrics.score_of", "answers",
         {"score": "score", "by": "by", "how": "how_groups"}, click="group"),
    View("drivers", f"What goes with it ({REPLICATES} replicates, a page draws more)", "bars",
         "drivers.importance", "answers",
         {"outcome": "outcome", "drivers": "ratings", "how": "how"},
         {"n_boot": REPLICATES}, slow=True),
    View("question", "One question", "bars", "questions.topline", "here",
         {"questions": "question", "how": "how"}, slow=True),
    View("later", "Who left later", "forest", "explore.later", slow=True),
)  # fmt: skip
NAMED = {view.name: view for view in VIEWS}


def asked(view: View, state: State) -> Asked:
    """Ask a view's question of a state."""
    room, name = view.question.split(".")
    if not view.of:
        return OWN[name](state.known, state.chips, state.level)
    question = getattr(getattr(desk, room), name)
    handed = {word: getattr(state, each) for word, each in view.words.items()}
    gone = [each for each in handed.values() if isinstance(each, Absence)]
    table = state.rated if "ratings" in view.words.values() else getattr(state, view.of)
    return gone[0] if gone else question(table, **handed, **view.given)


def code(view: View, state: State) -> str:
    """Write the lines that ask the same, from the study file to the answer."""
    if not view.of:
        return "\n".join([*_opening(state, {"whole"}), state.code(view.name)])
    handed = {**view.words, **{word: repr(each) for word, each in view.given.items()}}
    said = {word: name for word, name in view.words.items() if name not in CODE}
    handed |= {word: repr(getattr(state, name)) for word, name in said.items()}
    words = ", ".join(f"{word}={each}" for word, each in handed.items())
    needed = {view.of, *view.words.values()} - set(said.values())
    return "\n".join([*_opening(state, needed), f"{view.question}({view.of}, {words})"])


def _opening(state: State, needed: set[str]) -> list[str]:
    """Name what a call is handed, and what that is made of."""
    for name in reversed(CODE):  # what a thing is made of stands above it
        needed |= {CODE[name][0]} if name in needed else set()
    return [
        "from cxlab import explore",
        "from cxlab.desk import drivers, metrics, questions, study",
        "",
        *(f"{name} = {state.code(name)}" for name in CODE if name in needed),
    ]


def about(told: Asked, **chips: Any) -> Asked:
    """Name in the sentence of an answer whom it is told of, so that it may be quoted alone.

    Args:
        told: an answer about the people that chips choose.
        chips: as in `chosen`.
    """
    if isinstance(told, Absence) or not chips:
        return told
    said = [f"{label(name)} {' or '.join(whole(str(each)) for each in several(value))}"
            for name, value in chips.items()]  # fmt: skip
    return replace(told, headline=f"{sentence(', '.join(said))}: {told.headline}")


def beside(study: Study, **chips: Any) -> pd.DataFrame:
    """Give all answers with a column `chosen`: whether the chips choose them, in words.

    Args:
        study: the study.
        chips: as in `chosen`.
    """
    cube = Cube(study)
    return cube.frame.assign(chosen=_sides(cube, chips))


def _sides(cube: Cube, chips: Chips) -> pd.Categorical:
    return pd.Categorical.from_codes(cube.rows(chips).astype(np.int8), [OTHERS, CHOSEN])


def against(study: Study, *, level: float = 0.95, **chips: Any) -> Asked:
    """Ask how far the score of the chosen is from that of all others.

    Args:
        study: the study.
        level: confidence level.
        chips: as in `chosen`.

    Returns:
        One row, `the chosen`, with the difference and its interval, as `metrics.compare` gives it.
    """
    return _against(Cube(study), chips, level)


def _against(cube: Cube, chips: Chips, level: float) -> Asked:
    score, frame = cube.score, cube.part({}).assign(chosen=_sides(cube, chips))
    told = metrics.compare(frame, score=score, by="chosen", how=replace(cube.how, level=level))
    if isinstance(told, Absence):
        return told
    row = told.frame[told.frame["group"] == CHOSEN]
    return replace(told, frame=row, headline=_apart(row, score) if len(row) else told.headline)


def _apart(row: pd.DataFrame, score: Any) -> str:
    size, low, high = (float(row[name].iloc[0]) for name in ("estimate", "conf_low", "conf_high"))
    if pd.isna(size):
        return f"{score.name}: too few answers to compare the chosen with all others."
    side = "above" if size > 0 else "below"
    told = f"the chosen are {score.difference(size)} {side} all others ({score.range(low, high)})"
    return f"{score.name}: {told}{'' if _surely(row) else UNSURE}."


def _surely(row: pd.DataFrame) -> bool:
    return bool(len(row)) and bool(row["conf_low"].iloc[0] > 0 or row["conf_high"].iloc[0] < 0)


def later(study: Study, *, level: float = 0.95, **chips: Any) -> Asked:
    """Ask what share of the chosen left within 90 days of their answer, beside all others.

    Args:
        study: the study, with customers whose leaving is known.
        level: confidence level.
        chips: as in `chosen`.

    Returns:
        One row a group, as `metrics.score_of` gives them: an association, not an effect.
    """
    return _later(Cube(study), chips, level)


def _later(cube: Cube, chips: Chips, level: float) -> Asked:
    if not leaving(cube.study):
        return Absence("Who left, and when, is not known.", "customers with the day they left")
    rows, left = cube.followed
    if not len(rows):
        return Absence("No answer was watched for 90 days.", "answers older than 90 days")
    score = metrics.Score("left", "top", "0..1", "Leaving within 90 days")
    frame = cube.part({}).assign(chosen=_sides(cube, chips)).take(rows).assign(left=left)
    words = {"score": score, "by": "chosen", "how": replace(cube.how, level=level)}
    told, beside = metrics.score_of(frame, **words), metrics.compare(frame, **words)
    if isinstance(told, Absence):
        return told
    surely = not isinstance(beside, Absence) and _surely(
        beside.frame[beside.frame["group"] == CHOSEN]
    )
    base = told.base.replace("answers to left", "answers followed for 90 days")
    return replace(told, headline=_shares(told, surely=surely), base=base)


def leaving(study: Study) -> bool:
    """Tell whether it is known who left, and when they had answered."""
    customers = study.customers
    return customers is not None and "churned_at" in customers and bool(study.dated)


def _shares(told: Result, *, surely: bool) -> str:
    share = told.frame.set_index("group")["estimate"]
    sides = [f"{percent(share[side], 1)} of {side}" for side in (CHOSEN, OTHERS) if side in share]
    unsure = "" if surely or len(sides) < 2 else UNSURE
    return f"{' and '.join(sides)} left within 90 days of their answer{unsure}."


OWN = {"against": _against, "later": _later}
