"""What people wrote, shown as quotes: inert text, the words that tell its theme in bold."""

import html
import re
from dataclasses import dataclass
from typing import Any

from cxlab.results.absence import Absence


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
    body = "".join(
        f"<h4>{html.escape(str(term))}</h4>{''.join(_one(row) for row in rows.itertuples())}"
        for term, rows in result.frame.groupby("term", sort=False)
    )
    return (
        f'<section class="cx-result"><h3>{html.escape(result.headline)}</h3>{body}'
        f'<p class="cx-base">{html.escape(result.base)}</p></section>'
    )


def quote(text: str, term: str = "") -> str:
    """Write one quote; the words of its theme in bold.

    Example:
        >>> quote("Late <b>box", "late · parcel")
        '<blockquote>“<strong>Late</strong> &lt;b&gt;box”</blockquote>'
    """
    words = [re.escape(word) for word in re.findall(r"[^\W\d_]+", term) if len(word) > 2]
    parts = re.split(rf"(?i)\b({'|'.join(words)})\b", text) if words else [text]
    told = "".join(
        f"<strong>{html.escape(part)}</strong>" if place % 2 else html.escape(part)
        for place, part in enumerate(parts)
    )
    return f"<blockquote>“{told}”</blockquote>"


def _one(row: Any) -> str:
    apart = "" if row.part == "typical" else '<p class="cx-base">Less typical:</p>'
    return apart + quote(str(row.text), str(row.term))
