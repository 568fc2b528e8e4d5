"""From one page to the others: the bar that a finished run puts at the top of each."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

EVERYONE = "everyone"
MOST_PARTS = 12  # more are found in the index

Report = Mapping[str, Any]


def joined(page: str, report: Report, made: Sequence[Report]) -> str:
    """Put the ways to the other pages of a run into one of them.

    Args:
        page: an HTML document of this room.
        report: its entry in the manifest: notebook, question, part, settings, reading_order,
            page, headline.
        made: the entries of all reports that have a page, this one too.

    Returns:
        The page with a bar: the overview, the same question for other parts, the previous and
        next question of the same part; that of a part says what was found for everyone.
    """
    alike = [one for one in made if one["settings"] == report["settings"]]
    parts = [one for one in alike if one["notebook"] == report["notebook"]]
    parts.sort(key=lambda one: (one["part"] != EVERYONE, one["part"]))
    whole = next((one for one in parts if one["part"] == EVERYONE), None)
    lines = "".join([_parts(report, parts), _questions(report, alike)])
    bar = f'<nav class="cx-ways" aria-label="Other pages">{lines}</nav>' if lines else ""
    said = ""
    if whole and whole is not report and whole["headline"]:
        said = f'<p class="cx-base">For everyone: {html.escape(whole["headline"])}</p>'
    return _filled(_filled(page, "ways", bar), "beside", said)


def _filled(page: str, place: str, markup: str) -> str:
    """Put markup where the template left a place for it, or put it there before."""
    place = f"<!-- {place} -->{{}}<!-- /{place} -->"
    return re.sub(place.format(".*?"), lambda _: place.format(markup), page, count=1, flags=re.S)


def _parts(report: Report, parts: Sequence[Report]) -> str:
    """Link to the same question for other parts."""
    if not 1 < len(parts) <= MOST_PARTS:
        return ""
    each = " ".join(
        f"<strong>{html.escape(one['part'])}</strong>" if one["page"] == report["page"]
        else _link(one, one["part"])
        for one in parts
    )  # fmt: skip
    return f"<p>For {each}</p>"


def _questions(report: Report, alike: Sequence[Report]) -> str:
    """Link to the question before and the one after, of the same part."""
    line = sorted(
        (one for one in alike if one["part"] == report["part"]),
        key=lambda one: (one["reading_order"], one["notebook"]),
    )
    at = next(i for i, one in enumerate(line) if one["page"] == report["page"])
    before = f"← {_link(line[at - 1], line[at - 1]['question'])}" if at else ""
    after = line[at + 1 : at + 2]
    following = "".join(f"{_link(one, one['question'])} →" for one in after)
    return f"<p>{before} {following}</p>" if before or following else ""


def _link(report: Report, words: str) -> str:
    return f'<a href="../{html.escape(report["page"])}">{html.escape(words)}</a>'
