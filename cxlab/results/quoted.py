"""What people wrote, shown as quotes: inert text, the words that tell its theme in bold."""

import html
import re
from dataclasses import dataclass
from typing import Any

from cxlab.results.absence import Absence

OPEN = 3  # themes whose quotes are not folded


@dataclass(frozen=True, eq=False)
class Quoted:
    """A result whose rows are what people wrote, by `term`; shown as quotes."""

    result: Any

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        from cxlab.results import MIME, shown

        told = shown(self.result, blank=False)
        markup = as_quotes(told) if len(told.frame) else f"<p>{html.escape(told.headline)}</p>"
        return {"text/plain": told.headline, "text/html": markup, MIME: told.to_dict()}


def quoted(result: Any) -> "Quoted | Absence":
    """Show what people wrote as quotes rather than as a table.

    Args:
        result: with `term`, `text` and `part`.
    """
    return result if isinstance(result, Absence) else Quoted(result)


def as_quotes(result: Any) -> str:
    """Write quotes as inert HTML, a heading a theme."""
    each = [
        f"<h4>{html.escape(str(term))}</h4>{''.join(_one(row) for row in rows.itertuples())}"
        for term, rows in result.frame.groupby("term", sort=False)
    ]
    body, more = "".join(each[:OPEN]), each[OPEN:]
    if more:
        body += f"<details><summary>Further themes, {len(more)}</summary>{''.join(more)}</details>"
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in result.notes)
    notes = f'<ul class="cx-notes">{notes}</ul>' if notes else ""
    return (
        f'<section class="cx-result"><h3>{html.escape(result.headline)}</h3>{body}'
        f'<p class="cx-base">{html.escape(result.base)}</p>{notes}</section>'
    )


def quote(text: str, told: str = "") -> str:
    """Write one quote; the words of it that tell its theme in bold.

    Example:
        >>> quote("Late <b>box", "Late")
        '<blockquote>“<strong>Late</strong> &lt;b&gt;box”</blockquote>'
    """
    words = [re.escape(word) for word in sorted(told.split(" · "), key=len, reverse=True) if word]
    whole = [rf"(?<!\w){word}(?!\w)" for word in words]  # some tongues write without blanks
    found = [w if re.search(w, text) else word for w, word in zip(whole, words, strict=True)]
    parts = re.split(f"({'|'.join(found)})", text) if found else [text]
    marked = "".join(
        f"<strong>{html.escape(part)}</strong>" if place % 2 else html.escape(part)
        for place, part in enumerate(parts)
    )
    return f"<blockquote>“{marked}”</blockquote>"


def _one(row: Any) -> str:
    apart = "" if row.part == "typical" else '<p class="cx-base">Less typical:</p>'
    return apart + quote(str(row.text), str(row.words))
