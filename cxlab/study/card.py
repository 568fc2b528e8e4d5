"""A study in fifteen lines: what it holds, what can be asked of it, three calls to try."""

from __future__ import annotations

import html
import textwrap
from typing import TYPE_CHECKING

from cxlab.codebook import label
from cxlab.results import count, listing

if TYPE_CHECKING:
    from cxlab.study import Study

WIDTH = 96
# room, what the study must hold for its questions, and a call to begin with
ASKED = (
    ("metrics", ("scores",), "metrics.{score}(k.responses{by})"),
    (
        "drivers",
        ("scores", "ratings"),
        'drivers.importance(k.responses, outcome="{score}", drivers=k.ratings)',
    ),
    ("churn", ("leaving or orders",), "churn.case(k)"),
    ("retention", ("leaving",), "retention.survival(k.customers, as_of=k.mapping.until())"),
    ("value", ("leaving or orders",), "value.tiers(k.orders, as_of=k.mapping.until())"),
)


def lines(study: Study) -> list[tuple[str, str]]:
    """Give the card as pairs of a word and what is to be said of it."""
    part = ", ".join(study.only.values())
    known = f"{study.mapping.study}{f', {part}' if part else ''}"
    out = [("study", f"{known}; known to {study.mapping.as_of:%d %B %Y}")]
    out.append(("holds", listing([_table(study, name) for name in study.cleaned], 9)))
    asked = [label(name) for name in study.scales]
    asked += [count(len(study.ratings), "rating")] if study.ratings else []
    asked += [f"by {listing(study.segments(), 6)}"] if study.segments() else []
    out += [("asked", ", ".join(asked))] if asked else []
    out.append(("rows", study.told))
    can = [each for each in ASKED if _missing(study, each[1]) is None]
    cannot = [(room, gone) for room, needs, _ in ASKED if (gone := _missing(study, needs))]
    out += [("ask", listing([room for room, *_ in can]))] if can else []
    why = dict.fromkeys(gone for _, gone in cannot)
    out += [
        ("not", f"{listing([room for room, gone in cannot if gone == one])}: needs {one}")
        for one in why
    ]
    tries = [_call(study, call) for room, _, call in can if _fits(study, call)][:3]
    return out + [("try", call) for call in tries]


def text(study: Study) -> str:
    """Write the card for a terminal, at most fifteen lines."""
    rows = [row for word, said in lines(study) for row in _wrapped(word, said)]
    return "\n".join(rows[:15])


def markup(study: Study) -> str:
    """Write the card as inert HTML."""
    rows = "".join(_row(word, html.escape(said)) for word, said in lines(study))
    return f'<table class="cx-card"><tbody>{rows}</tbody></table>'


def _row(word: str, said: str) -> str:
    shown = f"<code>{said}</code>" if word == "try" else said
    return f'<tr><th>{word}</th><td style="text-align: left">{shown}</td></tr>'


def _wrapped(word: str, said: str) -> list[str]:
    folded = textwrap.wrap(said, WIDTH - 7, max_lines=2, placeholder=" …") or [""]
    return [f"{word if at == 0 else '':<6} {line}" for at, line in enumerate(folded)]


def _table(study: Study, name: str) -> str:
    frame = study.cleaned[name].frame
    return count(len(frame), name.rstrip("s"))


def _missing(study: Study, needs: tuple[str, ...]) -> str | None:
    lacks = [need for need in needs if need not in study.holds]
    return listing(lacks).replace("leaving", "a list that says who left") if lacks else None


def _fits(study: Study, call: str) -> bool:
    """Whether the tables that a call names are there."""
    tables = ("responses", "customers", "orders")
    return all(study.cleaned.get(name) is not None for name in tables if f"k.{name}" in call)


def _call(study: Study, call: str) -> str:
    by = study.compared_by()
    return call.format(score=next(iter(study.scales), ""), by=f', by="{by}"' if by else "")
