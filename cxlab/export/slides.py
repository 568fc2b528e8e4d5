"""The story of a run as slides in one page that works offline."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from cxlab.export.audience import held
from cxlab.export.frame import framed
from cxlab.export.layout import sizes
from cxlab.export.sentences import caption
from cxlab.export.story import APPENDIX, Slide, story, tabled
from cxlab.export.telling import exhibits

TALL = 0.8  # height by width from which a picture stands beside its words


def slides(
    manifest: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
    notebooks: Mapping[str, Mapping[str, Any]],
) -> str:
    """Make slides of a run: those of the deck, in the same order, with the reports' pictures.

    Args:
        manifest: the run's manifest.
        found: the run's findings.
        notebooks: page of a report -> its executed notebook.

    Returns:
        A whole HTML document: arrow keys, space and swipes turn the slides; on paper each is
        a sheet.
    """
    smallest = manifest.get("fewest", {}).get("leadership", 0)
    pictures = {page: _pictures(notebook, smallest) for page, notebook in notebooks.items()}
    told = story(manifest, found)
    return framed(
        "slides.html",
        script="slides.js",
        title="Slides",
        study=manifest["study"],
        body="\n".join(_slide(one, pictures.get(one.page, {})) for one in told),
    )


def _pictures(notebook: Mapping[str, Any], smallest: int) -> dict[tuple[str, str], str]:
    """Give the pictures that show nothing the audience may not see, by name and sentence."""
    out: dict[tuple[str, str], str] = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            for told, image in exhibits(output):
                if image and held(told, smallest=smallest) == told:
                    out.setdefault((told["name"], told["headline"]), image)
    return out


def _slide(slide: Slide, pictures: Mapping[tuple[str, str], str]) -> str:
    said = html.escape
    kicker = slide.question
    if slide.section == APPENDIX and kicker != APPENDIX:
        kicker = f"{APPENDIX} · {kicker}"
    head = f'<p class="cx-base">{said(kicker)}</p>' if kicker else ""
    level = "h1" if slide.key == "title" else "h2"
    base = f'<p class="cx-base">{said(slide.base)}</p>' if slide.base else ""
    words = f"{head}<{level}>{said(slide.title)}</{level}>{base}{_numbers(slide)}"
    body = _body(slide, pictures)
    if any(high > TALL * wide for wide, high in sizes(body)):  # beside the words it has more room
        return f'<section class="cx-slide cx-tall"><div>{words}</div>{body}</section>'
    return f'<section class="cx-slide">{words}{body}</section>'


def _numbers(slide: Slide) -> str:
    """Write the headline numbers of the summary; of an exhibit, the number it is about."""
    if not slide.callout:
        return ""
    if slide.finding is None:
        return f'<p class="cx-base">{html.escape("; ".join(slide.callout))}</p>'
    number, whom, ends, sure = map(html.escape, slide.callout)
    return f'<p class="cx-base"><strong>{number}</strong> {whom} ({ends}) <em>{sure}</em></p>'


def _body(slide: Slide, pictures: Mapping[tuple[str, str], str]) -> str:
    said = html.escape
    if slide.sentences:
        items = "".join(
            f"<li>{said(s.text)} <small>{said(caption(s))}<em>{said(s.word)}</em></small></li>"
            for s in slide.sentences
        )
        return f"<ol>{items}</ol>" + "".join(f"<p>{said(line)}</p>" for line in slide.lines)
    if slide.finding is None:
        return "".join(f"<p>{said(line)}</p>" for line in slide.lines)
    name = (slide.finding["name"], slide.finding["headline"])
    if name in pictures:
        alt = slide.finding.get("alt") or slide.finding["headline"]
        return f'<img src="data:image/png;base64,{said(pictures[name])}" alt="{said(alt)}">'
    columns, rows = tabled(slide.finding)
    head = "".join(f'<th scope="col">{said(column)}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{said(word)}</td>' for word in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
