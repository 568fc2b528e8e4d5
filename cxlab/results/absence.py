"""What these data cannot say: what is missing, why, and what would supply it, as a value."""

import html
import re
from dataclasses import dataclass
from typing import Any

from cxlab.codebook import Refusal

ABSENCE = "application/vnd.cxlab.absence+json"


class Unanswerable(Refusal):
    """These data cannot carry a question; the room that raises it gives it a name of its own.

    Attributes:
        needs: what would supply an answer, in words; the message says it too where this is empty.
    """

    def __init__(self, message: str = "", *, needs: str = "", **where: Any) -> None:
        super().__init__(message, **where)
        self.needs = needs


class Misuse(Refusal):
    """A question is asked in words that it has not; no data could answer it."""


@dataclass(frozen=True)
class Absence:
    """An answer that these data do not hold.

    It stands wherever an answer would: whatever is asked of it, or made of it, is absent for the
    same reason. It counts as false, is displayed as its sentence, and on a page it takes its
    section along; the end of the page tells what was left out.

    Attributes:
        why: why there is no answer, one sentence.
        needs: what would supply it, in words; empty where the sentence says it.
        of: the question that was asked, such as `retention.survival`.
    """

    why: str
    needs: str = ""
    of: str = ""

    def __getattr__(self, name: str) -> "Absence":
        if name.startswith("_"):  # whoever asks for a protocol is told that there is none
            raise AttributeError(name)
        return self

    def __call__(self, *given: Any, **words: Any) -> "Absence":
        return self

    def __getitem__(self, key: Any) -> "Absence":
        return self

    def __iter__(self):
        return iter((self,))

    def __bool__(self) -> bool:
        return False

    @property
    def sentence(self) -> str:
        """The whole of it, in words."""
        return f"{self.why} It needs {self.needs}." if self.needs else self.why

    def to_dict(self) -> dict[str, str]:
        """Give the absence as plain JSON values."""
        return {"why": self.why, "needs": self.needs, "of": self.of}

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        markup = f'<p class="cx-absent">{html.escape(self.sentence)}</p>'
        return {"text/plain": self.sentence, "text/html": markup, ABSENCE: self.to_dict()}


def absent(refusal: Exception, *, of: str = "") -> Absence:
    """Make of a refusal the value that stands for the missing answer.

    Args:
        refusal: what a question raised.
        of: the question.

    Example:
        >>> absent(Unanswerable("nobody has left.", needs="customers who left")).sentence
        'Nobody has left. It needs customers who left.'
    """
    said = " ".join(str(refusal).split())
    named = re.match(r"[\w.]*[_.]\w", said)  # a column keeps its name
    said = said if named else said[:1].upper() + said[1:]
    return Absence(said if said.endswith((".", "!", "?")) else f"{said}.",
                   getattr(refusal, "needs", ""), of)  # fmt: skip
