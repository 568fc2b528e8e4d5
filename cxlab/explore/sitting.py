"""One sitting with the explorer: what was clicked, what may be shown, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxlab.codebook import Refusal
from cxlab.explore import board, people
from cxlab.explore.chosen import choices
from cxlab.explore.cube import Cube
from cxlab.explore.drawn import drawn
from cxlab.explore.guard import Guard
from cxlab.explore.looks import Looks
from cxlab.explore.views import NAMED, VIEWS, Asked, State, View, asked, leaving
from cxlab.results import Absence, count
from cxlab.study import Study

BY_ITSELF = Absence("The chips choose by the score itself, so this would only say it again.")
ONE_PERIOD = Absence("One period is chosen; take its chip away to see them all.")
UNCOMPARED = ("comment", "period", "tier")  # the trend tells of periods; tiers are the score
WAITS = Absence("Being worked out …")
MOST_KNOWN = 400
MANY = 200_000  # answers
MOST_BESIDE = 100  # groups
CHANGED = "The exports changed since this panel was opened. Open it again to see them as they are."


@dataclass
class Sitting:
    """What the panel knows; it can be held without a browser.

    Attributes:
        study: the study.
        file: the study file, as code names it.
        level: confidence in all that is said in the sitting together.
        chips: column -> value, in the order of clicks.
        by: column whose groups are compared.
        question: question that is tabulated.
        adjusted: whether intervals allow for the comparisons looked at.
    """

    study: Study
    file: str = "study.yaml"
    level: float = 0.95
    chips: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    question: str = ""
    adjusted: bool = True
    said: str = ""

    def __post_init__(self) -> None:
        self.cube = Cube(self.study)
        smallest = self.study.mapping.privacy.smallest_group
        self.looks = Looks(level=self.level)
        self.guard = Guard(self.cube, smallest)
        self.columns = self.cube.columns
        self.choices = choices(self.cube, smallest=smallest)
        self.by = self.by or str(self.study.compared_by() or next(iter(self.columns), ""))
        asked = self.study.questionnaire
        self.questions = (
            {each.name: each.text or each.name for each in asked.questions} if asked else {}
        )
        self.question = self.question or next(reversed(self.questions), "")
        self.pins = board.read(self.study.mapping.folder)
        self.person: int | None = None
        self._exports = _stamps(self.study)
        self._known: dict[tuple, dict[str, Any]] = {}  # views that were drawn
        self._views = self._look()

    def do(self, message: Mapping[str, Any]) -> None:
        """Do what was clicked; what cannot be done is said, and nothing changes.

        Args:
            message: `do` (`add`, `drop`, `clear`, `by`, `question`, `adjust`, `person`, `rest`,
                `pin`, `unpin`, `notebook`) and what it needs.
        """
        self.said = ""
        before = (dict(self.chips), self.by, self.question, self.adjusted)
        try:
            deed = DEEDS[str(message.get("do"))]
            deed(self, message)
        except KeyError:
            self.said = f"There is no deed '{message.get('do')}'."
        except Refusal as refusal:
            self.chips, self.by, self.question, self.adjusted = before
            self.said = str(refusal)

    def shown(self) -> dict[str, Any]:
        """Give all that is to be drawn, as plain JSON values."""
        n = len(self.cube.places(self.chips))
        return {
            "study": self.study.mapping.study,
            "chips": [{"column": name, "title": self.columns[name], "value": _said(each)}
                      for name, each in self.chips.items()],
            "size": f"{count(n, 'answer')} of {count(len(self.cube))}",
            "choices": [{"column": each.column, "title": each.title, "note": each.note,
                         "values": [[value, n] for value, n in each.values]}
                        for each in self.choices],
            "by": self.by,
            "compared": [each.column for each in self.choices if each.column not in UNCOMPARED],
            "question": self.question,
            "questions": [[name, text] for name, text in self.questions.items()],
            "searched": "comment" in self.columns,
            "looks": self.looks.told(adjusted=self.adjusted),
            "adjusted": self.adjusted,
            "views": self._views,
            "people": people.listed(self.state) if self._open else [],
            "wordless": "No comment of these people may be shown." if self.columns.get("comment")
                        else "The answers carry no comments.",
            "person": people.told(self.state, self.person) if self._person_open else None,
            "pins": [{"title": NAMED[pin.view].title, "said": pin.said,
                      "chips": ", ".join(f"{self.columns.get(name, name)}: {_said(each)}"
                                         for name, each in pin.chips.items()) or "everyone",
                      "changed": pin.content != self._content}
                     for pin in self.pins],
            "said": self.said or (CHANGED if _stamps(self.study) != self._exports else ""),
        }  # fmt: skip

    @property
    def state(self) -> State:
        """What is asked now."""
        alone = self.looks.spent.get(("against", *self._named), self.level)
        groups = self.looks.spent.get(("groups", self.by, *self._named), self.level)
        if not self.adjusted:
            alone = groups = self.level
        return State(
            self.study, dict(self.chips), self.by, self.question, level=round(alone, 9),
            level_groups=round(groups, 9), file=self.file, cube=self.cube,
        )  # fmt: skip

    @property
    def _named(self) -> tuple:
        return tuple(sorted((name, str(each)) for name, each in self.chips.items()))

    @property
    def _content(self) -> dict[str, str]:
        return self.study.exports

    @property
    def _person_open(self) -> bool:
        return self._open and self.person is not None

    def _look(self) -> list[dict[str, Any]]:
        """Ask every view of the present chips, as far as it may be shown."""
        self.person = None
        held = self.guard.why_not([self.chips])
        self._open = not held
        if held:
            return [drawn(view, Absence(held), self.state) for view in VIEWS[:1]]
        if self.chips:  # beside all others, by score and by leaving
            self.looks.look(("against", *self._named), 1 + leaving(self.study))
        self._held = {name: self._refused(name) for name in ("groups", "trend")}
        if self._held["groups"] is None:
            several = len(self._cells("groups"))
            self.looks.look(("groups", self.by, *self._named), several if several > 1 else 0)
        state = self.state
        return [self._drawn(view, state, wait=view.slow or self._far(view)) for view in VIEWS]

    def _far(self, view: View) -> bool:
        """Tell whether a view reads so many answers that the others are painted first."""
        return view.name == "against" and len(self.cube) > MANY

    def _drawn(self, view: View, state: State, *, wait: bool = False) -> dict[str, Any]:
        """Draw a view; what was drawn before is not asked again, what is slow may wait."""
        words = {"groups": (self.by, state.level_groups), "question": (self.question, state.level)}
        key = (view.name, self._named, words.get(view.name, state.level), self._held.get(view.name))
        if key not in self._known:
            if wait:
                return {**drawn(view, WAITS, state), "waits": True}
            if len(self._known) > MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[key] = drawn(view, self._asked(view, state), state)
        return self._known[key]

    def _asked(self, view: View, state: State) -> Asked:
        if (held := self._held.get(view.name)) is not None:
            return held
        if view.name == "question" and not self.question:
            return Absence("The study declares no questions.", "'questions:' in the study file")
        if view.name in ("against", "later") and not self.chips:
            return Absence("Choose somebody, and they are compared with all others.")
        if view.name not in ("question", "later") and self._circular(state):
            return BY_ITSELF
        try:
            return asked(view, state)
        except Refusal as refusal:
            return Absence(str(refusal))
        except Exception as error:  # one view that fails leaves the others
            return Absence(f"This could not be worked out here ({type(error).__name__}).")

    def _circular(self, state: State) -> bool:
        return bool({"tier", state.outcome} & set(self.chips))

    def _refused(self, name: str) -> Absence | None:
        """Say why a view of several sets is not shown: a chip names it, or it tells too much."""
        column = "period" if name == "trend" else self.by
        if name == "trend" and column not in self.columns:
            return Absence("The answers carry no date.", "a column for answered_at")
        if column in self.chips:
            return ONE_PERIOD if name == "trend" else Absence("Choose other groups to compare.")
        cells = self._cells(name)
        if len(cells) > MOST_BESIDE:
            return Absence(
                f"'{self.columns[column]}' has {count(len(cells), 'value')} of enough answers: too "
                f"many to set beside each other (at most {MOST_BESIDE}). Choose one, or another "
                "column."
            )
        held = self.guard.why_not(cells)
        return Absence(held) if held else None

    def _cells(self, name: str) -> list[dict[str, Any]]:
        """Give the chips of each group that a view shows beside each other."""
        column = "period" if name == "trend" else self.by
        counts = self.cube.counts(column, self.chips)
        enough = counts[counts >= self.guard.smallest].index
        return [{**self.chips, column: str(value)} for value in enough]

    def _add(self, message: Mapping[str, Any]) -> None:
        column, value = str(message.get("column", "")), message.get("value", "")
        chips = {**self.chips, column: value}
        if not self.cube.rows(chips).any():
            raise Refusal("Nobody is left with this chip, so it was not added.")
        self.chips = chips
        self._views = self._look()

    def _drop(self, message: Mapping[str, Any]) -> None:
        self.chips.pop(str(message.get("column", "")), None)
        self._views = self._look()

    def _clear(self, message: Mapping[str, Any]) -> None:
        self.chips = {}
        self._views = self._look()

    def _compare(self, message: Mapping[str, Any]) -> None:
        column = str(message.get("column", ""))
        if column not in self.columns or column in UNCOMPARED:
            raise Refusal(f"'{column}' has no groups to compare.")
        self.by = column
        self._views = self._look()

    def _tabulate(self, message: Mapping[str, Any]) -> None:
        name = str(message.get("name", ""))
        if name not in self.questions:
            raise Refusal(f"There is no question '{name}'.")
        self.question = name
        self._views = self._look()

    def _adjust(self, message: Mapping[str, Any]) -> None:
        self.adjusted = bool(message.get("on"))
        self._views = self._look()

    def _rest(self, message: Mapping[str, Any]) -> None:
        """Ask the first view that waits."""
        for place, view in enumerate(self._views):
            if view.get("waits"):
                self._views[place] = self._drawn(NAMED[view["name"]], self.state)
                return

    def _person(self, message: Mapping[str, Any]) -> None:
        place = message.get("place")
        self.person = int(place) if place is not None else None

    def _pin(self, message: Mapping[str, Any]) -> None:
        found = [each for each in self._views if each["name"] == message.get("view")]
        if not found or "said" not in found[0]:
            raise Refusal("This view has no answer to pin.")
        state = self.state
        levels = {"level": state.level, "level_groups": state.level_groups}
        pin = board.Pin(found[0]["name"], dict(state.chips), state.by, state.question, **levels,
                        said=found[0]["said"], content=self._content)  # fmt: skip
        board.write(self.study.mapping.folder, [*self.pins, pin])
        self.pins = [*self.pins, pin]

    def _unpin(self, message: Mapping[str, Any]) -> None:
        place = int(message.get("place", -1))
        left = [pin for at, pin in enumerate(self.pins) if at != place]
        board.write(self.study.mapping.folder, left)
        self.pins = left

    def _notebook(self, message: Mapping[str, Any]) -> None:
        file = Path(self.file).name
        path = board.notebook(self.study, self.pins, file=file)
        self.said = (f"{board.FOLDER}/{path.name} is written. Its page: "
                     f"cxlab run {file} --notebooks {board.FOLDER}")  # fmt: skip


DEEDS = {
    "add": Sitting._add,
    "drop": Sitting._drop,
    "clear": Sitting._clear,
    "by": Sitting._compare,
    "question": Sitting._tabulate,
    "adjust": Sitting._adjust,
    "person": Sitting._person,
    "rest": Sitting._rest,
    "pin": Sitting._pin,
    "unpin": Sitting._unpin,
    "notebook": Sitting._notebook,
}


def _said(value: Any) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _stamps(study: Study) -> tuple:
    """Tell the exports as they lie there by size and time; a missing one is told as well."""
    try:
        files = [path for table in study.mapping.tables for path in study.mapping.files(table)]
        return tuple((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files)
    except (Refusal, OSError) as error:
        return (str(error),)
