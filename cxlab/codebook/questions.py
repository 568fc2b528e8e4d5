"""What a study file says of a question: its columns, its kind, its codes, what is put together."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cxlab.codebook.words import did_you_mean

ASKED = "asked:"  # how the name of a column of ours begins that is read for a question
KINDS = (
    "single",
    "choose all",
    "grid",
    "scale",
    "number",
    "rank",
    "sum",
    "date",
    "open",
)
Kind = Literal["single", "choose all", "grid", "scale", "number", "rank", "sum", "date", "open"]
_SAME = {"choose-all": "choose all", "multiple": "choose all", "multi": "choose all",
         "constant sum": "sum", "ranking": "rank", "text": "open", "likert": "grid",
         "matrix": "grid", "numeric": "number", "choice": "single"}  # fmt: skip
_ONE = ("single", "scale", "date", "open")


class Question(BaseModel):
    """One question of a questionnaire.

    Written in a study file as the heading of its column, as a list of headings, or as lines.

    Attributes:
        kind: one of `KINDS`; recognised by the answers where it is not said.
        text: the wording; that of the export where it is not said.
        column: heading of its one column.
        columns: item -> heading, where the question has several columns; `Q5_*` names all that
            begin so, and an item without a name takes it from the export.
        set: name of a multiple-response set of an SPSS file.
        split: what stands between the answers where one cell holds several.
        codes: code in the export -> its words, in the order to show them; words alone, in a
            list, are numbered from 1.
        missing: codes and words that mean 'no answer', such as 'don't know'.
        not_asked: codes and words that mean that the question was not put.
        counted: of an item of choose-all, cells that mean 'chosen'.
        none: the answer that means 'none of these'; `empty` where an empty row means it.
        other: heading of what was written for 'other, please specify'.
        nets: name -> codes or words of answers, or items, that are counted together.
        asked_of: earlier question -> its answers: who gave another was not asked. Where it is not
            said, it is inferred from the answers, and doubted.
        bins: where the classes of a number begin.
        by: a date is counted by `day`, `month`, `quarter` or `year`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind | None = None
    text: str = ""
    column: str = ""
    columns: dict[str, str] = Field(default_factory=dict)
    set: str = ""
    split: str = ""
    codes: dict[str, str] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    none: str = ""
    other: str = ""
    nets: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    asked_of: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    bins: tuple[float, ...] = ()
    by: Literal["day", "month", "quarter", "year"] = "month"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        if isinstance(given, str | int | float):
            return {"column": str(given)}
        return {"columns": given} if isinstance(given, list) else given

    @field_validator("kind", mode="before")
    @classmethod
    def _same(cls, given: Any) -> Any:
        word = " ".join(str(given).replace("_", " ").lower().split())
        word = _SAME.get(word, word)
        if given is not None and word not in KINDS:
            near = did_you_mean(word, KINDS)
            raise ValueError(f"'{given}' is no kind of question: {', '.join(KINDS)}.{near}")
        return None if given is None else word

    @field_validator("columns", mode="before")
    @classmethod
    def _items(cls, given: Any) -> Any:
        if isinstance(given, list | tuple):
            twice = {str(heading) for heading in given if given.count(heading) > 1}
            if twice:
                raise ValueError(f"the column '{sorted(twice)[0]}' is listed twice; keep one.")
            return {f"{place}\x1f": str(heading) for place, heading in enumerate(given)}
        if isinstance(given, str):
            return {"0\x1f": given}
        if isinstance(given, dict):
            headings = [str(heading) for heading in given.values()]
            twice = {heading for heading in headings if headings.count(heading) > 1}
            if twice:
                raise ValueError(f"the column '{sorted(twice)[0]}' stands for two items; keep one.")
            return {str(item): str(heading) for item, heading in given.items()}
        return given

    @field_validator("codes", mode="before")
    @classmethod
    def _words(cls, given: Any) -> Any:
        if isinstance(given, list | tuple):
            return {str(place): str(word) for place, word in enumerate(given, 1)}
        return {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else given

    @field_validator("missing", "not_asked", "counted", mode="before")
    @classmethod
    def _one_or_many(cls, given: Any) -> Any:
        listed = given if isinstance(given, list | tuple) else [given]
        return tuple(str(each) for each in listed if each is not None)

    @field_validator("nets", "asked_of", mode="before")
    @classmethod
    def _listed(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {
            str(name): tuple(map(str, codes if isinstance(codes, list | tuple) else [codes]))
            for name, codes in given.items()
        }

    @model_validator(mode="after")
    def _check(self) -> "Question":
        places = [word for word in ("column", "columns", "set") if getattr(self, word)]
        if len(places) != 1:
            raise ValueError("say where it stands: one of 'column', 'columns' and 'set'.")
        if self.columns and self.kind in _ONE:
            raise ValueError(f"a question of kind '{self.kind}' has one 'column'; several are a "
                             "'grid', 'choose all', 'rank', 'sum' or 'number'.")  # fmt: skip
        if self.column and self.kind in ("grid", "rank", "sum"):
            raise ValueError(f"a question of kind '{self.kind}' has several 'columns'.")
        if list(self.bins) != sorted(set(self.bins)):
            raise ValueError("'bins' go up, such as [0, 18, 35, 50].")
        return self

    def headings(self) -> list[str]:
        """Give the headings it stands under, patterns as they are written; not those of a set."""
        several = list(self.columns.values())
        return [each for each in (self.column, *several, self.other) if each]


def fitting(heading: str, names: Sequence[str]) -> list[str]:
    """Give the names that a pattern stands for, or the one heading.

    Example:
        >>> fitting("Q5[*]", ["Q5[a]", "Q5[b]", "Q6"])
        ['Q5[a]', 'Q5[b]']
    """
    if heading in names:
        return [heading]
    if "*" not in heading:
        return []
    form = re.compile(".*".join(re.escape(part) for part in heading.split("*")), re.DOTALL)
    return [name for name in names if form.fullmatch(name)]
