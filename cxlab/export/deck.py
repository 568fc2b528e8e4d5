"""Findings become slides: the title states the finding, the chart can be edited."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError
from pptx.util import Emu, Pt

from cxlab.codebook import Refusal, label
from cxlab.export import charts
from cxlab.export.audience import seen
from cxlab.export.inert import plain
from cxlab.export.leadership import EVERYONE, Page
from cxlab.results import cell, count, decimals

MARK = "cxlab:"  # the name of a slide this room made; all others belong to a person
PER_REPORT = 5  # pictures of one report
LONGEST_TITLE = 130
MOST_ROWS, MOST_COLUMNS = 12, 6
MOST_POINTS, FEWEST_POINTS = 20, 9  # size of the sentences


class DeckError(Refusal):
    """A deck or a template cannot be used."""


@dataclass(frozen=True)
class Slide:
    """What one slide says.

    Attributes:
        key: its name from one refresh to the next.
        title: the finding, in a sentence.
        lines: text below it, instead of a chart.
        finding: what is drawn or tabulated, if anything.
        base: the line at the foot.
        notes: for the speaker: method, what to know, which report.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    finding: Mapping[str, Any] | None = None
    base: str = ""
    notes: str = ""


def deck(
    manifest: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
    *,
    template: Path | None = None,
    before: Path | None = None,
) -> bytes:
    """Make a PowerPoint deck of a run's findings.

    Args:
        manifest: the run's manifest.
        found: the run's findings.
        template: a deck whose layouts, fonts and colours are used; its slides are kept.
        before: an earlier deck: its slides made here are made anew where they stand, those a
            person added stay.

    Returns:
        The file.

    Raises:
        DeckError: the template or the earlier deck is no PowerPoint file, or both are given:
            an earlier deck keeps the layouts it has.
    """
    if before and template:
        raise DeckError(
            f"{before.name} exists and keeps its own layouts; give --out or remove it to use a "
            "template."
        )
    show = _opened(before or template)
    found = seen(found, smallest=manifest.get("fewest", {}).get("leadership", 0))
    wanted = _slides(manifest, found)
    standing = {slide.name.removeprefix(MARK): slide for slide in show.slides
                if slide.name.startswith(MARK)}  # fmt: skip
    for key in standing.keys() - {slide.key for slide in wanted}:
        _remove(show, standing.pop(key))
    after = None
    for words in wanted:
        slide = standing.get(words.key)
        if slide is None:
            slide = show.slides.add_slide(_layout(show, first=words.key == "title"))
            _move(show, slide, after)
        _fill(show, slide, words)
        after = slide
    buffer = io.BytesIO()
    show.save(buffer)
    return buffer.getvalue()


# ---------------------------------------------------------------- what is said


def _slides(manifest: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> list[Slide]:
    page = Page([r for r in found if not any(f["name"] == "leadership" for f in r["findings"])])
    known = f"As known on {manifest['as_of']}"
    out = [Slide("title", manifest["study"], (known,))]
    if page.sentences:
        said = tuple(f"{s.text} ({s.word})" for s in page.sentences)
        notes = "\n".join(
            f"{s.text} {s.finding['method']} Report: {s.page}" for s in page.sentences
        )
        numbers = [f"{n['name']} {n['shown']} ({n['interval']})" for n in page.numbers]
        base = "; ".join([*numbers, known])
        out.append(Slide("summary", "What to know", said, base=base, notes=notes))
    whole = [r for r in found if r["part"] == EVERYONE and not r.get("settings")]
    for report in sorted(whole, key=lambda r: (r["reading_order"], r["notebook"])):
        if not any(f["name"] == "leadership" for f in report["findings"]):
            out += _of_report(report)
    return out


def _of_report(report: Mapping[str, Any]) -> list[Slide]:
    """Give what the report itself drew, as charts; else its first finding as a table."""
    drawn = [f for f in report["findings"] if f.get("alt") and charts.kind(f)][:PER_REPORT]
    tables = [f for f in report["findings"] if len(f["frame"]["rows"]) > 1]
    out = []
    for finding in drawn or tables[:1]:
        notes = [finding["method"], *finding["notes"], f"Report: {report['page']}"]
        title = _short(finding["headline"])
        notes = notes if title == finding["headline"] else [finding["headline"], *notes]
        base = f"Base: {finding['base']}"
        part = charts.left_out(finding) if charts.kind(finding) else _cut(finding)
        out.append(
            Slide(
                key=f"{report['notebook']}/{finding['name']}/{charts.kind(finding) or 'table'}",
                title=title,
                finding=finding,
                base=f"{base.rstrip('.')}; {part}" if part else base,
                notes="\n".join(notes),
            )
        )
    return list({slide.key: slide for slide in out}.values())


def _cut(finding: Mapping[str, Any]) -> str:
    there = len(finding["frame"]["rows"])
    return f"{MOST_ROWS} of {count(there, 'row')} shown" if there > MOST_ROWS else ""


def _short(headline: str) -> str:
    """Give the first clauses of a long sentence; the notes then hold the whole.

    Where what is left out would hedge what is kept, the sentence stays whole.
    """
    if len(headline) <= LONGEST_TITLE:
        return headline
    cut = headline[:LONGEST_TITLE]
    ends = [found.start() for found in re.finditer(r"[;:,.] ", cut)
            if cut[: found.start()].count("(") == cut[: found.start()].count(")")]  # fmt: skip
    if not ends:
        return f"{cut[: cut.rfind(' ')]} …"
    hedged = re.search(r"\b(if|but|unless|cannot|provided)\b", headline[ends[-1] :])
    return headline if hedged else f"{headline[: ends[-1]]}."


# ---------------------------------------------------------------- how it is shown


def _fill(show: Any, slide: Any, words: Slide) -> None:
    """Write a slide, in the place of what was written before."""
    for shape in [one for one in slide.shapes if one.name.startswith(MARK)]:
        _drop_part(slide, shape)
        shape._element.getparent().remove(shape._element)
    slide._element.cSld.set("name", f"{MARK}{words.key}")
    _title(slide, words)
    left, top, width, height = place = _room(show, slide)
    if words.finding is not None:
        if not charts.add(slide, words.finding, place):
            _table(slide, words.finding, place)
        slide.shapes[-1].name = f"{MARK}exhibit"
    elif words.lines:
        _lines(slide, words, place)
    if words.base:
        foot = slide.shapes.add_textbox(left, top + height, width, Emu(show.slide_height // 16))
        foot.name = f"{MARK}base"
        _write(foot.text_frame, [words.base], Pt(10))
    for shape in _contents(slide):
        if shape.has_text_frame and not shape.text_frame.text:
            shape._element.getparent().remove(shape._element)
    slide.notes_slide.notes_text_frame.text = "\n".join(map(plain, words.notes.split("\n")))


def _title(slide: Any, words: Slide) -> None:
    title = slide.shapes.title
    if title is None:
        raise DeckError("the template has no layout with a title; add one and try again.")
    title.text_frame.text = plain(words.title, longest=220)
    if words.key != "title" or len(words.title) > 40:
        size = 26 if len(words.title) < 90 else 22 if len(words.title) <= LONGEST_TITLE else 18
        for run in title.text_frame.paragraphs[0].runs:
            run.font.size = Pt(size)


def _lines(slide: Any, words: Slide, place: tuple[int, int, int, int]) -> None:
    """Use the layout's own place for text, if it has one."""
    texts = [shape for shape in _contents(slide) if shape.has_text_frame]
    if texts:
        box = texts[0]
        place = (
            *place[:2],
            min(box.width or place[2], place[2]),
            min(box.height or place[3], place[3]),
        )
    else:
        box = slide.shapes.add_textbox(*map(Emu, place))
        box.name = f"{MARK}text"
    size = None if words.key == "title" else _fitting(words.lines, *place[2:])
    _write(box.text_frame, words.lines, size, gap=None if texts and size is None else Pt(8))


_FURNITURE = {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER}
_TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE}


def _contents(sheet: Any) -> list[Any]:
    """Give the places of a slide or a layout that are neither title nor furniture."""
    beside = _FURNITURE | _TITLES
    return [one for one in sheet.placeholders if one.placeholder_format.type not in beside]


def _fitting(lines: Sequence[str], width: int, height: int) -> Any:
    """Give the largest size at which lines fit a box: half a letter's height is its width."""
    for size in range(MOST_POINTS, FEWEST_POINTS, -1):
        wide = max(1, int((Emu(width).pt - 40) / (0.52 * size)))
        rows = sum(-(-len(line) // wide) for line in lines)
        if rows * size * 1.25 + len(lines) * (8 + size / 4) <= Emu(height).pt - 8:
            return Pt(size)
    return Pt(FEWEST_POINTS)


def _write(frame: Any, lines: Sequence[str], size: Any, *, gap: Any = None) -> None:
    frame.word_wrap = True
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.text = plain(line, longest=600)
        if gap is not None:
            paragraph.space_after = gap
        for run in paragraph.runs:
            if size is not None:
                run.font.size = size


def _table(slide: Any, finding: Mapping[str, Any], place: tuple[int, int, int, int]) -> None:
    names, whole = finding["frame"]["columns"], finding["frame"]["rows"]
    at = [i for i in range(len(names)) if any(row[i] is not None for row in whole)][:MOST_COLUMNS]
    columns, rows = [names[i] for i in at], whole[:MOST_ROWS]
    digits = decimals(pd.DataFrame(rows, columns=names), finding["unit"])
    left, top, width, _ = place
    high = Pt(20) * (len(rows) + 1)
    shape = slide.shapes.add_table(len(rows) + 1, len(columns), left, top, width, high)
    shape._element.nvGraphicFramePr.cNvPr.set("descr", plain(f"Table. {finding['headline']}"))
    for x, column in enumerate(columns):
        _write(shape.table.cell(0, x).text_frame, [label(column)], Pt(11))
        for y, row in enumerate(rows, 1):
            words = cell(column, row[at[x]], finding["unit"], digits=digits.get(column))
            _write(shape.table.cell(y, x).text_frame, [plain(words, longest=60)], Pt(11))


# ---------------------------------------------------------------- PowerPoint itself


def _opened(path: Path | None) -> Any:
    if path is None:
        show = Presentation()
        show.slide_width, show.slide_height = Emu(12192000), Emu(6858000)
        _widen(show)
        return show
    try:
        return Presentation(str(path))
    except (PackageNotFoundError, KeyError, ValueError, OSError) as error:
        said = f"{path}: is no PowerPoint file (.pptx) that can be read ({type(error).__name__})."
        raise DeckError(said) from None


def _widen(show: Any) -> None:
    """Stretch the layouts that come with the writer, which are of the old 4:3 shape."""
    factor = show.slide_width / 9144000
    for sheet in [show.slide_master, *show.slide_layouts]:
        for shape in sheet.placeholders:
            if shape._element.spPr.xfrm is not None:
                left, width = shape.left, shape.width
                shape.left, shape.width = int(left * factor), int(width * factor)
    for sheet in [show.slide_master, *show.slide_layouts]:
        for shape in sheet.placeholders:
            titled = shape.placeholder_format.type == PP_PLACEHOLDER.TITLE
            if titled and shape._element.spPr.xfrm is not None:
                shape.top, shape.height = Emu(300000), Emu(1000000)
    style = show.slide_master._element.find(f".//{_P}titleStyle/{_A}lvl1pPr")
    if style is not None:
        style.set("algn", "l")
    for shape in show.slide_layouts[0].placeholders:
        for level in shape._element.iter(f"{_A}lvl1pPr"):
            level.set("algn", "l")
            shape.left = show.slide_layouts[0].placeholders[0].left


def _layout(show: Any, *, first: bool) -> Any:
    """Choose the layout with a title and the least beside it; for the first slide, its own."""
    if first:
        kinds = PP_PLACEHOLDER.CENTER_TITLE
        own = [one for one in show.slide_layouts
               if any(s.placeholder_format.type == kinds for s in one.placeholders)]  # fmt: skip
        if own:
            return own[0]
    titled = [one for one in show.slide_layouts
              if any(s.placeholder_format.type in _TITLES for s in one.placeholders)]  # fmt: skip
    if not titled:
        raise DeckError("the template has no layout with a title; add one and try again.")
    beside = [len(_contents(one)) for one in titled]
    return titled[beside.index(min(beside))]


def _room(show: Any, slide: Any) -> tuple[int, int, int, int]:
    """Give the layout's place for content, or that below the title and above the furniture."""
    foot = show.slide_height // 16
    for own in _contents(slide.slide_layout):
        if own.width and own.width > show.slide_width // 2 and own.height > show.slide_height // 3:
            return own.left, own.top, own.width, own.height - foot
    title = slide.shapes.title
    wide, high = show.slide_width, show.slide_height
    left, width = (title.left, title.width) if title.width else (wide // 20, wide * 9 // 10)
    top = title.top + title.height + high // 50 if title.height else high // 5
    if top > high * 0.6:  # a title slide: its title stands low
        top = high // 5
    return left, top, width, int(high * 0.87) - top


def _drop_part(slide: Any, shape: Any) -> None:
    """Let go of the chart behind a shape, so that it is not saved any more."""
    if getattr(shape, "has_chart", False):
        chart = shape._element.graphic.graphicData.find(
            "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
        )
        slide.part.drop_rel(chart.get(_RID))


_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _remove(show: Any, slide: Any) -> None:
    listed = show.slides._sldIdLst
    for entry in list(listed):
        if show.part.related_part(entry.rId) is slide.part:
            show.part.drop_rel(entry.rId)
            listed.remove(entry)


def _move(show: Any, slide: Any, after: Any) -> None:
    """Put a new slide behind the one made before it."""
    listed = show.slides._sldIdLst
    entries = {show.part.related_part(entry.rId): entry for entry in listed}
    entry = entries[slide.part]
    if after is not None and entry.getprevious() is not entries[after.part]:
        entries[after.part].addnext(entry)
