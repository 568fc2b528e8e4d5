"""A study in fifteen lines: what it holds, what can be asked of it, three calls to try."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cxlab.codebook import label
from cxlab.results import count, listing

if TYPE_CHECKING:
    from cxlab.study import Study

WIDTH = 96
# room, what the study must hold for its questions, and a call to begin with for what it holds
UNTIL = "as_of=k.mapping.until()"
DRIVERS = 'drivers.importance(k.responses, outcome="{score}", drivers=k.ratings)'
ASKED = (
    ("metrics", ("scores",), {"scores": "metrics.{score}(k.responses{by})"}),
    ("drivers", ("scores", "ratings"), {"ratings": DRIVERS}),
    ("churn", ("leaving or orders",), {"leaving or orders": "churn.case(k)"}),
    ("retention", ("leaving",), {"leaving": f"retention.survival(k.customers, {UNTIL})"}),
    ("value", ("leaving or orders",), {"orders": f"value.tiers(k.orders, {UNTIL})"}),
    ("questions", ("questionnaire",), {"questionnaire": "questions.topline(k)"}),
    (
        "voice",
        ("comments or reviews",),
        {
            "comments": "voice.languages(voice.hear(k.responses))",
            "reviews": "voice.reviews(k.reviews)",
        },
    ),
    (
        "journey",
        ("interactions or visits",),
        {
            "interactions": f"journey.scorecard(k.interactions, {UNTIL})",
            "visits": "journey.commonest(k.visits)",
        },
    ),
    ("explore", ("responses",), {"responses": "explore.panel(k)"}),
)
WORDS = {
    "leaving": "a list that says who left",
    "leaving or orders": "a list that says who left, or orders",
    "questionnaire": "scores or questions",
    "interactions or visits": "contacts or visits",
    "responses": "survey answers",
}


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
    out += [("ask", listing([room for room, *_ in can], 9))] if can else []
    why = dict.fromkeys(gone for _, gone in cannot)
    out += [
        ("not", f"{listing([room for room, gone in cannot if gone == one])}: needs {one}")
        for one in why
    ]
    tries = [(room, call) for room, _, calls in can for call in _fitting(study, calls)][:3]
    out += [("first", f"from cxlab import {', '.join(room for room, _ in tries)}")] if tries else []
    return out + [("try", call) for _, call in tries]


def text(study: Study) -> str:
    """Write the card for a terminal, at most fifteen lines."""
    rows = [row for word, said in lines(study) for row in _wrapped(word, said)]
    return "\n".join(rows[:15])


def markup(study: Study) -> str:
    """Write the card as inert HTML."""
    rows = "".join(_row(word, html.escape(said)) for word, said in lines(study))
    return f'<table class="cx-card"><tbody>{rows}</tbody></table>'


def _row(word: str, said: str) -> str:
    shown = f"<code>{said}</code>" if word in ("first", "try") else said
    return f'<tr><th>{word}</th><td style="text-align: left">{shown}</td></tr>'


def _wrapped(word: str, said: str) -> list[str]:
    folded = textwrap.wrap(said, WIDTH - 7, max_lines=2, placeholder=" …") or [""]
    return [f"{word if at == 0 else '':<6} {line}" for at, line in enumerate(folded)]


def _table(study: Study, name: str) -> str:
    frame = study.cleaned[name].frame
    return count(len(frame), name.rstrip("s"))


def _missing(study: Study, needs: tuple[str, ...]) -> str | None:
    lacks = [need for need in needs if need not in _held(study)]
    return listing([WORDS.get(need, need) for need in lacks]) if lacks else None


def _held(study: Study) -> set[str]:
    """Name what the study holds, comments and reviews as well."""
    answers, held = study.responses, set(study.holds)
    if answers is not None and "comment" in answers and answers["comment"].notna().any():
        held.add("comments")
    return held | ({"comments or reviews"} if held & {"comments", "reviews"} else set())


def _fitting(study: Study, calls: Mapping[str, str]) -> list[str]:
    """Give the first call for what the study holds."""
    by, held = study.compared_by(), _held(study)
    words = {"score": next(iter(study.scales), ""), "by": f', by="{by}"' if by else ""}
    return [call.format(**words) for need, call in calls.items() if need in held][:1]
