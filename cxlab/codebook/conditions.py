"""Which rows count: the closed grammar of `where:`, and the rules that bring ids together."""

import re
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

WHERE = "where:"  # before the heading of a column that is read for a condition
QUESTION, ANSWER = "question:", "answer:"  # the columns of a table whose rows are questions
_WORDS = {"not": "none_of", "at least": "at_least", "at most": "at_most", "filled": "filled"}
_RULES = re.compile(r"salesforce18|case|plain number|last number|pad [1-9]\d?")


class Condition(BaseModel):
    """What a cell must hold for its row to count; all that is said must be true.

    Written in a study file as a value, a list of values, or `{not: [..]}`, `{at least: x}`,
    `{at most: x}`, `{filled: yes}`. Upper and lower case, and blanks around, do not matter.

    Attributes:
        one_of: values of which the cell holds one; empty for any.
        none_of: values the cell does not hold; an empty cell holds none.
        at_least, at_most: bounds, numbers or days; an empty cell lies within none.
        filled: whether the cell holds anything; None where that does not matter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    at_least: float | str | None = None
    at_most: float | str | None = None
    filled: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return {"one_of": _listed(given)}
        if set(given) <= set(cls.model_fields) and given:
            return given
        unknown = [str(word) for word in given if word not in _WORDS]
        if unknown or not given:
            said = f"'{unknown[0]}' is no condition; " if unknown else ""
            raise ValueError(
                f"{said}write a value, a list of values, or {{not: [..]}}, {{at least: 5}}, "
                "{at most: 5}, {filled: yes}."
            )
        read = {_WORDS[word]: value for word, value in given.items()}
        if "none_of" in read:
            read["none_of"] = _listed(read["none_of"])
        return read

    @model_validator(mode="after")
    def _bounded(self) -> "Condition":
        for bound in (self.at_least, self.at_most):
            try:
                datetime.fromisoformat(bound if isinstance(bound, str) else "2025-01-01")
            except ValueError:
                raise ValueError(
                    f"'{bound}' is no bound; write a number, or a day like 2025-01-31."
                ) from None
        return self

    def __str__(self) -> str:
        said = [
            f"one of {', '.join(self.one_of)}" if self.one_of else "",
            f"not {', '.join(self.none_of)}" if self.none_of else "",
            f"at least {_plain(self.at_least)}" if self.at_least is not None else "",
            f"at most {_plain(self.at_most)}" if self.at_most is not None else "",
            "" if self.filled is None else "filled" if self.filled else "empty",
        ]
        return " and ".join(filter(None, said))


def _listed(given: Any) -> tuple[str, ...]:
    values = given if isinstance(given, list | tuple) else [given]
    if not values or any(isinstance(value, dict | list) or value is None for value in values):
        raise ValueError("a condition names a value, or a list of values.")
    return tuple(_plain(value) for value in values)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def id_rule(given: Any) -> str:
    """Check a rule that brings ids into one form.

    Args:
        given: `salesforce18` (15 characters get their check letters), `case` (in lower case),
            `pad 6` (zeros in front, to that many digits), `plain number` (digits alone,
            without zeros in front) or `last number` (the same without letters and marks before
            it: `CUST-000123` is 123); or `{match: …}` around it.

    Raises:
        ValueError: names the rules there are.
    """
    rule = given.get("match") if isinstance(given, dict) and len(given) == 1 else given
    if not isinstance(rule, str) or not _RULES.fullmatch(rule):
        raise ValueError(
            f"'{given}' is no rule for ids; write salesforce18, case, plain number, last number, "
            "or pad and a number of digits, such as pad 6."
        )
    return rule
