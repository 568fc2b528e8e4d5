"""The way of a customer: its stages, its steps, and when a visit ends."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

STAGES = ("awareness", "consideration", "purchase", "use", "support", "after-sales")
_SPAN = r"\d+\s*(?:min|h|D)"


class Journey(BaseModel):
    """What the study file says of the way its customers go.

    Attributes:
        stages: stage, in order of the way -> what belongs to it: values of a contact's stage,
            touchpoint or kind, or of a visit's event or page (`journey.reached` counts both);
            `*` stands for anything.
        funnel: events that lead to one another, the first step first.
        gap: a visit ends where nothing happened for so long, if the export names no sessions.
        repeat: a further contact of a customer within so long says the first was not settled.
        near: an answer within so long of a contact tells of it.
        before_login: whether what a visitor did before first logging in is the customer's too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stages: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    funnel: tuple[str, ...] = ()
    gap: str = "30min"
    repeat: str = "7D"
    near: str = "30D"
    before_login: bool = False

    @field_validator("stages", mode="before")
    @classmethod
    def _listed(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            raise ValueError("write a line a stage, such as 'support: [phone, chat]'.")
        out = {str(k): [str(x) for x in (v if isinstance(v, list | tuple) else [v])]
               for k, v in given.items()}  # fmt: skip
        several = [each for each in {x for v in out.values() for x in v}
                   if sum(each in v for v in out.values()) > 1]  # fmt: skip
        if several:
            raise ValueError(f"'{min(several)}' stands in several stages; it can be in one.")
        return out

    @field_validator("funnel", mode="after")
    @classmethod
    def _steps(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if len(given) == 1 or len(set(given)) < len(given):
            raise ValueError("funnel: name two or more different events, the first step first.")
        return given

    @field_validator("gap", "repeat", "near")
    @classmethod
    def _length(cls, given: str) -> str:
        if not re.fullmatch(_SPAN, given.strip()) or not int(re.split(r"\D", given)[0]):
            raise ValueError(f"'{given}' is no length of time; write it like 30min, 12h or 7D.")
        return given.replace(" ", "")


def check_visits(columns: Mapping[str, str]) -> None:
    """Refuse events of which is not said whose, when, and what they are."""
    if not {"visitor_id", "customer_id"} & set(columns):
        raise ValueError(
            "tables.visits: map 'visitor_id' or 'customer_id' under 'columns': else nobody's way "
            "can be followed."
        )
    for name, told in (("at", "when it happened"), ("event", "what happened")):
        if name not in columns:
            raise ValueError(f"tables.visits: map '{name}' under 'columns': it says {told}.")
