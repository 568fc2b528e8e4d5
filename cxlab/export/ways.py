"""From one page to the others: the bar that a finished run puts at the top of each."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cxlab.results import percent, sentence

EVERYONE = "everyone"
MOST_PARTS = 12  # more are found in the index
MOST_WORDS = 18  # of a sentence to which a clause is added

Report = Mapping[str, Any]
Tile = Mapping[str, Any]
Tiles = Sequence[Tile] | None


def joined(page: str, report: Report, made: Sequence[Report]) -> str:
    """Put the ways to the other pages of a run into one of them.

    Args:
        page: an HTML document of this room.
        report: its entry in the manifest: notebook, question, part, settings, reading_order,
            page, headline, tiles.
        made: the entries of all reports that have a page, this one too.

    Returns:
        The page with a bar: the overview, the same question for other parts, the previous and
        next question of the same part; that of a part says what was found for everyone, and its
        answer begins with its number beside that of everyone.
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
        page = _compared(page, report.get("tiles"), whole.get("tiles"))
    return _filled(_filled(page, "ways", bar), "beside", said)


def _compared(page: str, here: Tiles, whole: Tiles) -> str:
    """Set the first number of a page's answer beside that of everyone, instead of as before."""
    known = {tile["name"]: tile for tile in whole or ()}
    one = next((tile for tile in here or () if tile["name"] in known), None)

    def beside(found: re.Match[str]) -> str:
        said = re.sub(r'<span class="cx-here">.*?</span> ?', "", found[2])
        return found[1] + (_beside_everyone(said, one, known[one["name"]]) if one else said)

    return re.sub(r'(<section class="cx-answer"><h3>)(.*?)(?=</h3>)', beside, page, count=1)


def _beside_everyone(said: str, here: Tile, whole: Tile) -> str:
    """Say after a short sentence that gives the number, else before it, what everyone's is.

    Example:
        >>> one = {"name": "NPS", "shown": "14.2", "value": 14.2, "ends": [9.1, 19.3]}
        >>> all_ = one | {"shown": "35.1", "ends": [31.7, 38.3]}
        >>> re.sub("<.*?>", "", _beside_everyone("NPS is 14.2 (9.1 to 19.3).", one, all_))
        'NPS is 14.2 (9.1 to 19.3), below the 35.1 of everyone.'
        >>> re.sub("<.*?>", "", _beside_everyone("Nobody stands apart.", one, all_))
        'NPS: 14.2 here, below the 35.1 of everyone. Nobody stands apart.'
    """
    how = _standing(*(tile.get("ends") or () for tile in (here, whole)))
    clause = html.escape(f", {how} the {whole['shown']} of everyone")
    numbers = {here["shown"], percent(here["value"])}
    told = re.fullmatch(rf"(.*(?<![\d.,])(?:{'|'.join(map(re.escape, numbers))})(?!\d).*)\.", said)
    if told and len(said.split()) <= MOST_WORDS:
        return f'{told[1]}<span class="cx-here">{clause}</span>.'
    start = html.escape(f"{sentence(here['name'])}: {here['shown']} here")
    return f'<span class="cx-here">{start}{clause}.</span> {said}'


def _standing(here: Sequence[float], whole: Sequence[float]) -> str:
    """Say where a part lies beside the whole it is a part of.

    Intervals that do not meet say so surely, whatever the number of parts. Where they meet, the
    part is not clearly off only if the difference is within its own interval, whose squared half
    is that of the part less that of the whole (what they share cancels).

    Example:
        >>> whole = (31, 39)
        >>> _standing((9, 19), whole), _standing((33, 43), whole), _standing((38, 44), whole)
        ('below', 'not clearly off', 'beside')
    """
    if not here or not whole:
        return "beside"
    if here[1] < whole[0] or here[0] > whole[1]:
        return "below" if here[1] < whole[0] else "above"
    (middle, half), (other, wide) = (((a + b) / 2, (b - a) / 2) for a, b in (here, whole))
    return "not clearly off" if (middle - other) ** 2 <= half**2 - wide**2 else "beside"


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
