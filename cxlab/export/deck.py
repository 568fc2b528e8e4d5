"""Findings become slides: the title states the finding, the chart can be edited."""

import io
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR
from pptx.exc import PackageNotFoundError
from pptx.util import Emu, Inches, Pt

from cxlab.codebook import Refusal
from cxlab.codebook.colours import BLUE, FAINT, GREY, INK
from cxlab.export import native
from cxlab.export import template as house
from cxlab.export.inert import plain
from cxlab.export.story import APPENDIX, LONGEST_TITLE, Slide, story, tabled

MARK = "cxlab:"  # the name of a slide this room made; all others belong to a person
MOST_POINTS, FEWEST_POINTS = 20, 9  # size of the sentences


class DeckError(Refusal):
    """A deck or a template cannot be used."""


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
    wanted = story(manifest, found)
    standing = {slide.name.removeprefix(MARK): slide for slide in show.slides
                if slide.name.startswith(MARK)}  # fmt: skip
    for key in standing.keys() - {slide.key for slide in wanted}:
        _remove(show, standing.pop(key))
    source = f"Source: {manifest['study']}, known on {manifest['as_of']}"
    after = None
    for words in wanted:
        slide = standing.get(words.key)
        if slide is None:
            slide = show.slides.add_slide(_layout(show, first=words.key == "title"))
            _move(show, slide, after)
        _fill(show, slide, words, source)
        after = slide
    _sections(show, {f"{MARK}{slide.key}": slide.section for slide in wanted})
    buffer = io.BytesIO()
    show.save(buffer)
    return buffer.getvalue()


# ---------------------------------------------------------------- how it is shown


def _fill(show: Any, slide: Any, words: Slide, source: str) -> None:
    """Write a slide, in the place of what was written before."""
    for shape in [one for one in slide.shapes if one.name.startswith(MARK)]:
        _drop_part(slide, shape)
        shape._element.getparent().remove(shape._element)
    slide._element.cSld.set("name", f"{MARK}{words.key}")
    _title(slide, words)
    ours = house.own(slide.slide_layout)
    place = house.room() if ours else _room(show, slide)
    if ours:
        _around(slide, words, source)
    elif words.base:
        left, top, width, height = place
        foot = slide.shapes.add_textbox(left, top + height, width, Emu(show.slide_height // 16))
        foot.name = f"{MARK}base"
        _write(foot.text_frame, [words.base], Pt(10))
    if words.finding is not None:
        _exhibit(slide, words, place, ours=ours)
    elif words.sentences and ours:
        _summary(slide, words, place)
    elif words.sentences or words.lines:
        said = [f"{s.text} ({s.word})" for s in words.sentences] or words.lines
        _lines(slide, words, said, place)
    for shape in _contents(slide):
        if shape.has_text_frame and not shape.text_frame.text:
            shape._element.getparent().remove(shape._element)
    slide.notes_slide.notes_text_frame.text = "\n".join(map(plain, words.notes.split("\n")))


def _around(slide: Any, words: Slide, source: str) -> None:
    """Write what stands around an exhibit: the question, who is counted, where it is from."""
    kicker = words.question or "In short"
    if words.section == APPENDIX and words.question != APPENDIX:
        kicker = f"{APPENDIX} · {kicker}"
    said = {house.KICKER: kicker, house.BASE: words.base,
            house.SOURCE: f"{source} · {words.page}" if words.page else source}  # fmt: skip
    for shape in slide.placeholders:
        number = shape.placeholder_format.idx
        if number in said:
            shape.text_frame.text = plain(said[number], longest=260)
    house.number(slide)


def _exhibit(slide: Any, words: Slide, place: tuple[int, int, int, int], *, ours: bool) -> None:
    left, top, width, height = place
    finding = words.finding or {}
    aside = Inches(2.75) if words.callout and ours else 0
    if not native.add(slide, finding, (left, top, width - aside, height)):
        _table(slide, finding, place)
    slide.shapes[-1].name = f"{MARK}exhibit"
    if aside:
        _callout(slide, words.callout, (left + width - Inches(2.45), top + Inches(0.3)))


def _callout(slide: Any, said: Sequence[str], at: tuple[int, int]) -> None:
    """Write the number the title is about, large, beside the chart."""
    number, whom, ends, sure = said
    box = slide.shapes.add_textbox(*at, Inches(2.45), Inches(2.3))
    box.name = f"{MARK}callout"
    frame = box.text_frame
    _write(frame, [number, whom, f"between {ends.replace(' to ', ' and ')}", sure], Pt(13))
    for paragraph, size, colour, bold in zip(
        frame.paragraphs, (32, 14, 13, 13), (BLUE, INK, GREY, GREY), (True, True, False, False),
        strict=True,
    ):  # fmt: skip
        paragraph.space_after = Pt(4)
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(size), bold
            run.font.color.rgb = native.rgb(colour)
    frame.paragraphs[-1].runs[0].font.italic = True


def _summary(slide: Any, words: Slide, place: tuple[int, int, int, int]) -> None:
    """Write the headline numbers side by side, and below them what else was found, how sure."""
    left, top, width, height = place
    tiles = words.callout[:3]
    for at, tile in enumerate(tiles):
        name, _, shown = tile.partition(": ")
        number, _, ends = shown.partition(" (")
        box = slide.shapes.add_textbox(
            left + at * (width // 3), top, width // 3 - Inches(0.2), Inches(1.1)
        )
        box.name = f"{MARK}number {at + 1}"
        _write(box.text_frame, [number, f"{name}, {ends.rstrip(')')}"], Pt(12))
        first, second = box.text_frame.paragraphs
        first.runs[0].font.size, first.runs[0].font.bold = Pt(30), True
        first.runs[0].font.color.rgb = native.rgb(BLUE)
        second.runs[0].font.color.rgb = native.rgb(GREY)
        for side in ("margin_left", "margin_top"):
            setattr(box.text_frame, side, 0)
    down = Inches(1.25) if tiles else 0
    foot = min(Inches(0.25) + Inches(0.3) * len(words.lines), Inches(1)) if words.lines else 0
    _findings(slide, words, (left, top + down, width, height - down - foot))
    if words.lines:
        box = slide.shapes.add_textbox(left, top + height - foot, width, foot)
        box.name = f"{MARK}decided"
        box.text_frame.margin_left, box.text_frame.word_wrap = 0, True
        box.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        _write(box.text_frame, words.lines, _fitting(words.lines, width, foot, most=15))


def _findings(slide: Any, words: Slide, place: tuple[int, int, int, int]) -> None:
    """List sentences with how sure each is, as a table without colours of its own."""
    left, top, width, height = place
    rows, aside = len(words.sentences), Inches(2)
    said = [each.text for each in words.sentences]
    size = _fitting(said, width - aside, height, most=18)
    shape = slide.shapes.add_table(rows, 2, left, top, width, min(height, rows * Inches(0.68)))
    shape.name = f"{MARK}exhibit"
    shape._element.nvGraphicFramePr.cNvPr.set("descr", "What was found, and how sure it is.")
    _plain_table(shape)
    shape.table.columns[0].width, shape.table.columns[1].width = width - aside, aside
    for y, told in enumerate(words.sentences):
        cells = ((told.text, size, INK), (told.word, Pt(min(14, size.pt)), GREY))
        for x, (text, points, colour) in enumerate(cells):
            place_of = shape.table.cell(y, x)
            place_of.vertical_anchor = MSO_ANCHOR.MIDDLE
            place_of.margin_left = 0 if x == 0 else Inches(0.2)
            _write(place_of.text_frame, [text], points)
            for run in place_of.text_frame.paragraphs[0].runs:
                run.font.color.rgb = native.rgb(colour)


_BARE_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No Style, No Grid", known to every office


def _plain_table(shape: Any) -> None:
    """Take off the bands and colours of a table, and rule its rows with a hair line."""
    properties = shape.table._tbl.tblPr
    properties.find(f"{_A}tableStyleId").text = _BARE_TABLE
    shape.table.first_row = shape.table.horz_banding = False
    for row in shape.table._tbl.tr_lst:
        for one in row.tc_lst:
            line = etree.SubElement(one.get_or_add_tcPr(), f"{_A}lnB", w=str(Pt(0.75)))
            fill = etree.SubElement(line, f"{_A}solidFill")
            etree.SubElement(fill, f"{_A}srgbClr", val=FAINT.removeprefix("#"))


def _title(slide: Any, words: Slide) -> None:
    title = slide.shapes.title
    if title is None:
        raise DeckError("the template has no layout with a title; add one and try again.")
    title.text_frame.text = plain(words.title, longest=220)
    if house.own(slide.slide_layout):
        if len(words.title) > 110:
            points = Pt(22 if len(words.title) <= 125 else 20)
            title.text_frame.paragraphs[0].runs[0].font.size = points
        return
    if words.key != "title" or len(words.title) > 40:
        size = 26 if len(words.title) < 90 else 22 if len(words.title) <= LONGEST_TITLE else 18
        for run in title.text_frame.paragraphs[0].runs:
            run.font.size = Pt(size)


def _lines(slide: Any, words: Slide, said: Sequence[str], place: tuple[int, int, int, int]) -> None:
    """Use the layout's own place for text, if it has one."""
    beside = (house.KICKER, house.BASE, house.SOURCE) if house.own(slide.slide_layout) else ()
    texts = [one for one in _contents(slide)
             if one.has_text_frame and one.placeholder_format.idx not in beside]  # fmt: skip
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
        if beside:
            box.text_frame.margin_left = 0
    size = None if words.key == "title" else _fitting(said, *place[2:])
    _write(box.text_frame, said, size, gap=None if texts and size is None else Pt(8))


_FURNITURE = {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER}
_TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE}


def _contents(sheet: Any) -> list[Any]:
    """Give the places of a slide or a layout that are neither title nor furniture."""
    beside = _FURNITURE | _TITLES
    return [one for one in sheet.placeholders if one.placeholder_format.type not in beside]


def _fitting(lines: Sequence[str], width: int, height: int, *, most: int = MOST_POINTS) -> Any:
    """Give the largest size at which lines fit a box: half a letter's height is its width."""
    for size in range(most, FEWEST_POINTS, -1):
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
    columns, rows = tabled(finding)
    left, top, width, _ = place
    high = Pt(20) * (len(rows) + 1)
    shape = slide.shapes.add_table(len(rows) + 1, len(columns), left, top, width, high)
    shape._element.nvGraphicFramePr.cNvPr.set("descr", plain(f"Table. {finding['headline']}"))
    for y, row in enumerate([columns, *rows]):
        for x, words in enumerate(row):
            _write(shape.table.cell(y, x).text_frame, [words], Pt(11))


# ---------------------------------------------------------------- PowerPoint itself


def _opened(path: Path | None) -> Any:
    if path is None:
        return house.template()
    try:
        return Presentation(str(path))
    except (PackageNotFoundError, KeyError, ValueError, OSError) as error:
        said = f"{path}: is no PowerPoint file (.pptx) that can be read ({type(error).__name__})."
        raise DeckError(said) from None


def _layout(show: Any, *, first: bool) -> Any:
    """Choose the layout with a title and the least beside it; for the first slide, its own."""
    if first:
        kinds = PP_PLACEHOLDER.CENTER_TITLE
        own = [one for one in show.slide_layouts
               if any(s.placeholder_format.type == kinds for s in one.placeholders)]  # fmt: skip
        if own:
            return own[0]
    ours = [one for one in show.slide_layouts if house.own(one)]
    if ours:
        return ours[0]
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


_SECTIONS = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"
_P14 = "{http://schemas.microsoft.com/office/powerpoint/2010/main}"


def _sections(show: Any, wanted: Mapping[str, str]) -> None:
    """Put the slides into sections by name; a person's slide stays with the one before it.

    Sections that a template or a person made are left alone but for what must be in them:
    every slide, once.
    """
    root = show.part._element
    told = root.find(f".//{_P14}sectionLst")
    names = {entry.get("id"): show.part.related_part(entry.rId).slide.name
             for entry in show.slides._sldIdLst}  # fmt: skip
    if told is None:
        told = _section_list(root)
    for entry in list(told.iter(f"{_P14}sldId")):
        if entry.get("id") not in names:
            entry.getparent().remove(entry)
    known = {entry.get("id"): entry for entry in told.iter(f"{_P14}sldId")}
    last = None
    for number, name in names.items():
        if number not in known:
            own = _section(told, wanted.get(name, ""), last)
            entry = etree.Element(f"{_P14}sldId", id=number)
            if last is not None and last.getparent() is own:
                last.addnext(entry)
            else:
                own.append(entry)
            known[number] = entry
        last = known[number]
    for section in list(told):
        if not len(section.find(f"{_P14}sldIdLst")):
            told.remove(section)


def _section_list(root: Any) -> Any:
    more = root.find(f"{_P}extLst")
    if more is None:
        more = etree.SubElement(root, f"{_P}extLst")
    one = etree.SubElement(more, f"{_P}ext", uri=_SECTIONS)
    return etree.SubElement(one, f"{_P14}sectionLst", nsmap={"p14": _P14[1:-1]})


def _section(told: Any, name: str, last: Any) -> Any:
    """Give the list of a section's slides, made where there is none of that name."""
    for section in told:
        if section.get("name") == name:
            return section.find(f"{_P14}sldIdLst")
    if not name and last is not None:
        return last.getparent()
    made = etree.Element(f"{_P14}section", name=plain(name or "Slides", longest=80))
    made.set("id", "{" + str(uuid.uuid5(uuid.NAMESPACE_OID, name)).upper() + "}")
    if last is not None:
        last.getparent().getparent().addnext(made)
    else:
        told.append(made)
    return etree.SubElement(made, f"{_P14}sldIdLst")
